//! See the rule's page below.

use super::gateways::{finding, gateways, is_version_1, stands_in};
use super::{Finding, Level, Settings, Step};
use crate::azure::application_gateway as gateway;
use crate::network::{Decision, Flow, Group, Network, Place};
use crate::value::{Truth, Unknown};

rule! {
    /// The network security group of an application gateway's subnet blocks what the gateway needs.
    ///
    /// The control plane of the gateway comes in from `GatewayManager` on the ports 65200 to 65535, Azure's probes come in
    /// from `AzureLoadBalancer`, and the gateway itself goes out to the internet. Where one of them is blocked, Azure refuses
    /// the gateway (`ApplicationGatewaySubnetInboundTrafficBlockedByNetworkSecurityGroup`) or shows it as unhealthy. The
    /// default rules of a network security group do not let `GatewayManager` in: each group of one's own needs a rule.
    ///
    /// Add a rule that allows the source `GatewayManager` to the ports `65200-65535`, and before a rule that denies
    /// everything one that allows `AzureLoadBalancer`. A gateway without a public address may do with less, with a feature
    /// that the code does not show: a note.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_subnet" "gateway" {
    ///   name                 = "snet-agw"
    ///   resource_group_name  = "rg-web"
    ///   virtual_network_name = "vnet-web"
    ///   address_prefixes     = ["10.1.4.0/24"]
    /// }
    ///
    /// resource "azurerm_network_security_group" "gateway" {
    ///   name                = "nsg-agw"
    ///   resource_group_name = "rg-web"
    ///
    ///   security_rule {
    ///     name                       = "https"
    ///     priority                   = 100
    ///     direction                  = "Inbound"
    ///     access                     = "Allow"
    ///     protocol                   = "Tcp"
    ///     source_address_prefix      = "Internet"
    ///     source_port_range          = "*"
    ///     destination_address_prefix = "*"
    ///     destination_port_range     = "443"
    ///   }
    /// }
    ///
    /// resource "azurerm_subnet_network_security_group_association" "gateway" { # expect: VNL121
    ///   subnet_id                 = azurerm_subnet.gateway.id
    ///   network_security_group_id = azurerm_network_security_group.gateway.id
    /// }
    ///
    /// resource "azurerm_application_gateway" "web" {
    ///   name                = "agw-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   gateway_ip_configuration {
    ///     name      = "gateway"
    ///     subnet_id = azurerm_subnet.gateway.id
    ///   }
    ///   frontend_ip_configuration {
    ///     name                 = "public"
    ///     public_ip_address_id = "/subscriptions/s/resourceGroups/rg-web/providers/Microsoft.Network/publicIPAddresses/pip-web"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource group 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
    ///   name: 'nsg-agw'
    ///   properties: {
    ///     securityRules: [
    ///       {
    ///         name: 'https'
    ///         properties: {
    ///           priority: 100
    ///           direction: 'Inbound'
    ///           access: 'Allow'
    ///           protocol: 'Tcp'
    ///           sourceAddressPrefix: 'Internet'
    ///           sourcePortRange: '*'
    ///           destinationAddressPrefix: '*'
    ///           destinationPortRange: '443'
    ///         }
    ///       }
    ///     ]
    ///   }
    /// }
    ///
    /// resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'vnet-web'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource gateway 'subnets' = {
    ///     name: 'snet-agw'
    ///     properties: {
    ///       addressPrefix: '10.1.4.0/24'
    ///       networkSecurityGroup: { id: group.id } // expect: VNL121
    ///     }
    ///   }
    /// }
    ///
    /// resource web 'Microsoft.Network/applicationGateways@2024-05-01' = {
    ///   name: 'agw-web'
    ///   properties: {
    ///     gatewayIPConfigurations: [ { name: 'gateway', properties: { subnet: { id: vnet::gateway.id } } } ]
    ///     frontendIPConfigurations: [
    ///       { name: 'public', properties: { publicIPAddress: { id: resourceId('Microsoft.Network/publicIPAddresses', 'pip-web') } } }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure#network-security-groups>
    VNL121 "appgw-nsg-blocks-required", Error High, since "0.2.0"
}

/// What a gateway needs, in words, and what to write.
struct Needed {
    flow: Flow,
    words: String,
    help: String,
}

fn needed(place: Place) -> [Needed; 3] {
    let ports = if is_version_1(place) == Truth::Yes { (65503, 65534) } else { (65200, 65535) };
    let shown = format!("{}-{}", ports.0, ports.1);
    let flow = |inbound, peer, ports| Flow { inbound, peer, protocol: "Tcp", ports };
    [
        Needed {
            flow: flow(true, "GatewayManager", ports),
            words: format!("its control plane, `GatewayManager` on the ports {shown}"),
            help: format!("add an inbound rule that allows the source `GatewayManager` to the ports `{shown}`"),
        },
        Needed {
            flow: flow(true, "AzureLoadBalancer", ports),
            words: "Azure's probes, `AzureLoadBalancer`".into(),
            help: "add an inbound rule that allows the source `AzureLoadBalancer`, before the one that denies".into(),
        },
        Needed {
            flow: flow(false, "Internet", (443, 443)),
            words: "its own way out to `Internet`".into(),
            help: "take the outbound rule away, or allow `Internet` before it".into(),
        },
    ]
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for place in gateways(network) {
        let Some((subnet, stands)) = stands_in(place) else { continue };
        let Some(mut found) = of_subnet(place, subnet) else { continue };
        found.steps.insert(0, stands);
        found.objects.push(subnet.address().clone());
        found.why = Some("Azure refuses an application gateway that its control plane does not reach, or shows it as unhealthy".into());
        if place.is_public() == Truth::No && found.verdict == super::Verdict::Violation {
            found.level = Level::Note;
            found.message.push_str(": without a public address it needs the feature `EnableApplicationGatewayNetworkIsolation`");
        }
        findings.push(found);
    }
}

fn of_subnet(place: Place, subnet: Place) -> Option<Finding> {
    let name = place.name();
    let open = |unknown: Option<Unknown>, words: &str| {
        let message = format!("cannot tell whether the network security group of `{}` lets through what application gateway `{name}` needs", subnet.name());
        let effect = format!("if it blocks {words}: VNL121; else it passes");
        finding(&RULE, place, &gateway::SUBNETS, message).undecided(unknown, &effect)
    };
    let (group, step) = match subnet.security_group() {
        Group::Is(group, step) => (group, step),
        Group::None => return None,
        Group::Outside(step) => return Some(open(step.unread("the rules"), "its control plane")),
        Group::Unknown(unknown) => return Some(open(unknown, "its control plane")),
    };
    let mut unsettled = None;
    for needed in needed(place) {
        match group.decides_on(needed.flow, subnet) {
            Decision::Allows => {}
            Decision::Unknown(unknown) => {
                let found = open(unknown, &needed.words);
                unsettled = unsettled.or(Some(Finding { place: step.span, ..found }));
            }
            Decision::Denies(rule) => {
                let message = format!("network security group `{}` blocks what application gateway `{name}` needs: {}", group.name(), needed.words);
                let mut found = finding(&RULE, place, &gateway::SUBNETS, message);
                found.place = step.span;
                found.objects.push(group.address().clone());
                found.steps = vec![Step { message: format!("the subnet has network security group `{}`", group.name()), span: step.span }];
                found.steps.push(match rule {
                    Some(rule) => Step { message: "this rule denies it".into(), span: rule.span() },
                    None => Step { message: "none of its rules allows it".into(), span: group.span() },
                });
                found.help = Some(needed.help);
                return Some(found);
            }
        }
    }
    unsettled
}
