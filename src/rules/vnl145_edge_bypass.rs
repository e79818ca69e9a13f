//! See the rule's page below.

use super::gateways::{FROM_INTERNET, gateway_of, guarded, settled};
use super::{Finding, Level, Settings, Step};
use crate::azure::{application_gateway as gateway, front_door, waf};
use crate::network::{Decision, Got, Group, Network, Place};
use crate::source::Span;
use crate::value::{Truth, Unknown, Value};

rule! {
    /// The application gateway behind a Front Door also takes what comes to it directly.
    ///
    /// Front Door filters and caches what comes through it. The gateway has a public address of its own and lets everybody in
    /// on it: whoever finds that address goes around Front Door and its firewall. Without a firewall of its own that is a
    /// warning.
    ///
    /// Let the network security group of the gateway's subnet take `AzureFrontDoor.Backend` instead of the internet, and let a
    /// rule of the firewall policy compare the header `X-Azure-FDID` with the id of the profile; or reach the gateway through
    /// Private Link.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_public_ip" "web" {
    ///   name                = "pip-web"
    ///   resource_group_name = "rg-web"
    /// }
    ///
    /// resource "azurerm_subnet" "gateway" {
    ///   name                 = "snet-agw"
    ///   resource_group_name  = "rg-web"
    ///   virtual_network_name = "vnet-web"
    ///   address_prefixes     = ["10.1.4.0/24"]
    /// }
    ///
    /// resource "azurerm_application_gateway" "web" {
    ///   name                = "agw-web"
    ///   resource_group_name = "rg-web"
    ///   firewall_policy_id  = "/subscriptions/s/resourceGroups/rg-web/providers/Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies/waf"
    ///
    ///   sku {
    ///     name = "WAF_v2"
    ///     tier = "WAF_v2"
    ///   }
    ///   gateway_ip_configuration {
    ///     name      = "gateway"
    ///     subnet_id = azurerm_subnet.gateway.id
    ///   }
    ///   frontend_ip_configuration {
    ///     name                 = "public"
    ///     public_ip_address_id = azurerm_public_ip.web.id
    ///   }
    /// }
    ///
    /// resource "azurerm_cdn_frontdoor_origin" "shop" {
    ///   name                          = "shop"
    ///   cdn_frontdoor_origin_group_id = "/subscriptions/s/resourceGroups/rg-edge/providers/Microsoft.Cdn/profiles/afd/originGroups/shop"
    ///   host_name                     = azurerm_public_ip.web.fqdn # expect: VNL145
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource pip 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
    ///   name: 'pip-web'
    /// }
    ///
    /// resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'vnet-web'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource gateway 'subnets' = {
    ///     name: 'snet-agw'
    ///     properties: { addressPrefix: '10.1.4.0/24' }
    ///   }
    /// }
    ///
    /// resource web 'Microsoft.Network/applicationGateways@2024-05-01' = {
    ///   name: 'agw-web'
    ///   properties: {
    ///     sku: { name: 'WAF_v2', tier: 'WAF_v2' }
    ///     firewallPolicy: { id: resourceId('Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies', 'waf') }
    ///     gatewayIPConfigurations: [ { name: 'gateway', properties: { subnet: { id: vnet::gateway.id } } } ]
    ///     frontendIPConfigurations: [ { name: 'public', properties: { publicIPAddress: { id: pip.id } } } ]
    ///   }
    /// }
    ///
    /// resource edge 'Microsoft.Cdn/profiles@2024-02-01' = {
    ///   name: 'afd-edge'
    ///   sku: { name: 'Premium_AzureFrontDoor' }
    ///   resource group 'originGroups' = {
    ///     name: 'shop'
    ///     resource origin 'origins' = {
    ///       name: 'shop'
    ///       properties: {
    ///         hostName: pip.properties.dnsSettings.fqdn // expect: VNL145
    ///       }
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/frontdoor/origin-security>
    VNL145 "edge-bypass", Note Medium, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for origin in network.made(&front_door::ORIGIN) {
        let private = matches!(origin.get(&front_door::PRIVATE_LINK), Got::Is(_) | Got::Unknown(_));
        if private || origin.is(&front_door::ORIGIN_STATE, "Disabled") == Truth::Yes {
            continue;
        }
        if let Some(gateway) = gateway_of(network, origin).filter(|gateway| gateway.is_public() == Truth::Yes) {
            findings.extend(found(origin, gateway));
        }
    }
}

/// How the internet gets to a gateway: openly, and where that is written; `Err` for what would decide.
fn way_in(place: Place, subnet: Place) -> Result<Option<Span>, Option<Unknown>> {
    match subnet.security_group() {
        Group::None => Ok(Some(subnet.span())),
        Group::Is(group, _) => match group.decides_on(FROM_INTERNET, subnet) {
            Decision::Allows => Ok(Some(group.span())),
            Decision::Denies(_) => Ok(None),
            Decision::Unknown(unknown) => Err(unknown),
        },
        Group::Outside(step) => Err(step.unread("the rules")),
        Group::Unknown(unknown) => Err(unknown),
    }
    .and_then(|open| match open {
        Some(span) => match looks_at_header(place) {
            Truth::Yes => Ok(None),
            Truth::No => Ok(Some(span)),
            Truth::Unknown => Err(None),
        },
        None => Ok(None),
    })
}

/// Whether a rule of the firewall policy looks at the header that Front Door sends; a policy that is not declared here may.
fn looks_at_header(place: Place) -> Truth {
    let policies = place.follow(&gateway::GATEWAY_TO_POLICY).into_iter();
    Truth::any(policies.map(|step| match step.end.place().filter(|policy| policy.is_made()) {
        Some(policy) => {
            let (selectors, open) = policy.get_all(&waf::CUSTOM_SELECTORS);
            let looks = selectors.iter().map(|selector: &Value| selector.is("X-Azure-FDID"));
            Truth::any(looks) | if open.is_some() { Truth::Unknown } else { Truth::No }
        }
        // Its rules are not in the code; most policies have none of their own.
        None => Truth::No,
    }))
}

fn found(origin: Place, place: Place) -> Option<Finding> {
    let subnet = place.gateway_subnet()?;
    let span = origin.span_of(&front_door::HOST_NAME);
    let (name, shown) = (place.name(), origin.name());
    let mut found = match way_in(place, subnet) {
        Ok(None) => return None,
        Ok(Some(open)) => {
            let message = format!("application gateway `{name}` behind Front Door origin `{shown}` takes what comes directly from the internet, too");
            let mut found = RULE.finding(span, message).about(origin);
            found.steps.push(Step { message: "whose subnet lets the internet in".into(), span: open });
            found
        }
        Err(unknown) => {
            let message = format!("cannot tell whether application gateway `{name}` behind Front Door origin `{shown}` lets the internet in");
            let effect = "if its subnet takes `AzureFrontDoor.Backend` only it passes; else VNL145";
            RULE.finding(span, message).about(origin).undecided(unknown, effect)
        }
    };
    found.objects = vec![place.address().clone(), subnet.address().clone()];
    let mut steps = vec![
        Step { message: "Front Door sends requests to this address".into(), span },
        Step { message: format!("which is that of application gateway `{name}`"), span: place.span_of(&gateway::PUBLIC_ADDRESSES) },
    ];
    steps.append(&mut found.steps);
    found.steps = steps;
    if guarded(place).0 == Truth::No {
        found.level = Level::Warning;
    }
    found.help = Some(format!("let `{}` take the source `AzureFrontDoor.Backend` instead of the internet, or use Private Link", subnet.name()));
    found.why = Some("whoever knows the address of the gateway goes around Front Door and its firewall".into());
    Some(settled(found, origin, RULE.code))
}
