//! See the rule's page below.

use super::gateways::{finding, gateways, is_version_1, stands_in};
use super::{Confidence, Finding, Level, Settings, Step};
use crate::azure::{application_gateway as gateway, routes};
use crate::network::{DefaultRoute, Network, Place, Table};
use crate::value::{Truth, Value};

rule! {
    /// The subnet of an application gateway has a default route to a firewall, an appliance or a gateway.
    ///
    /// An application gateway of version 2 needs a way of its own to the internet and to its control plane. With a
    /// `0.0.0.0/0` route to an appliance, or one that a virtual hub, a Route Server or a VPN announces, it cannot be made or
    /// goes unhealthy, and what clients of its public address get back takes another way than it came.
    ///
    /// Leave the gateway's subnet out of the loop that attaches the firewall's route table to every subnet, or give it a
    /// table of its own whose default route goes to `Internet` and which keeps propagated routes out. Send only the ranges
    /// of the backends to the firewall. A route table of kubenet, which holds the ranges of pods, is fine. A gateway without
    /// a public address may have such a route with the feature `EnableApplicationGatewayNetworkIsolation`.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "web" {
    ///   name                = "vnet-web"
    ///   resource_group_name = "rg-web"
    ///   address_space       = ["10.1.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "gateway" {
    ///   name                 = "snet-agw"
    ///   resource_group_name  = "rg-web"
    ///   virtual_network_name = azurerm_virtual_network.web.name
    ///   address_prefixes     = ["10.1.4.0/24"]
    /// }
    ///
    /// resource "azurerm_route_table" "firewall" {
    ///   name                = "rt-firewall"
    ///   resource_group_name = "rg-web"
    ///
    ///   route {
    ///     name                   = "default"
    ///     address_prefix         = "0.0.0.0/0"
    ///     next_hop_type          = "VirtualAppliance"
    ///     next_hop_in_ip_address = "10.0.0.4"
    ///   }
    /// }
    ///
    /// resource "azurerm_subnet_route_table_association" "gateway" { # expect: VNL111
    ///   subnet_id      = azurerm_subnet.gateway.id
    ///   route_table_id = azurerm_route_table.firewall.id
    /// }
    ///
    /// resource "azurerm_application_gateway" "web" {
    ///   name                = "agw-web"
    ///   resource_group_name = "rg-web"
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
    ///     public_ip_address_id = "/subscriptions/s/resourceGroups/rg-web/providers/Microsoft.Network/publicIPAddresses/pip-web"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource firewall 'Microsoft.Network/routeTables@2024-05-01' = {
    ///   name: 'rt-firewall'
    ///   properties: {
    ///     routes: [
    ///       {
    ///         name: 'default'
    ///         properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' }
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
    ///       routeTable: { id: firewall.id } // expect: VNL111
    ///     }
    ///   }
    /// }
    ///
    /// resource web 'Microsoft.Network/applicationGateways@2024-05-01' = {
    ///   name: 'agw-web'
    ///   properties: {
    ///     sku: { name: 'WAF_v2', tier: 'WAF_v2' }
    ///     gatewayIPConfigurations: [ { name: 'gateway', properties: { subnet: { id: vnet::gateway.id } } } ]
    ///     frontendIPConfigurations: [
    ///       { name: 'public', properties: { publicIPAddress: { id: resourceId('Microsoft.Network/publicIPAddresses', 'pip-web') } } }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure#supported-user-defined-routes>
    VNL111 "appgw-subnet-default-route-to-appliance", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for place in gateways(network) {
        // Version 1 and the Basic tier have rules of their own.
        if is_version_1(place) == Truth::Yes || place.is(&gateway::SKU_TIER, "Basic") == Truth::Yes {
            continue;
        }
        let Some((subnet, stands)) = stands_in(place) else { continue };
        let Some(mut finding) = of_subnet(place, subnet) else { continue };
        finding.steps.insert(0, stands);
        finding.objects.push(subnet.address().clone());
        finding.help = Some(format!(
            "take the table off `{}`, or give it one whose route for `0.0.0.0/0` goes to `Internet` and which keeps propagated routes out",
            subnet.name()
        ));
        finding.why = Some("an application gateway reaches its control plane and its clients only with a way of its own to the internet".into());
        if place.is_public() == Truth::No && finding.verdict == super::Verdict::Violation {
            finding.level = Level::Note;
            finding.message.push_str(": without a public address it needs the feature `EnableApplicationGatewayNetworkIsolation`");
        }
        findings.push(finding);
    }
}

fn of_subnet(place: Place, subnet: Place) -> Option<Finding> {
    let (name, shown) = (place.name(), subnet.name());
    let open = |unknown, effect| {
        let message = format!("cannot tell whether the default route of `{shown}` leads application gateway `{name}` to the internet");
        Some(finding(&RULE, place, &gateway::SUBNETS, message).undecided(unknown, effect))
    };
    match subnet.route_table() {
        Table::Is(table, step) => match table.default_route() {
            DefaultRoute::Is(route) | DefaultRoute::Halves(route) => {
                let hop = route.get(&routes::NEXT_HOP_TYPE);
                let away = hop.ask(|hop| hop.ask(&leads_away));
                let unknown = match away {
                    Truth::No => return None,
                    Truth::Yes => None,
                    Truth::Unknown => Some(hop.unknown()),
                };
                let kind = route.text(&routes::NEXT_HOP_TYPE).ok().flatten().unwrap_or_else(|| "an appliance".into());
                let message = format!("the default route of `{shown}` sends application gateway `{name}` to `{kind}`, not to the internet");
                let mut found = finding(&RULE, place, &gateway::SUBNETS, message);
                found.place = step.span;
                found.objects.push(table.address().clone());
                found.steps = vec![
                    Step { message: format!("the subnet has route table `{}`", table.name()), span: step.span },
                    Step { message: "whose default route is this".into(), span: route.span_of(&routes::NEXT_HOP_TYPE) },
                ];
                if place.get(&gateway::SKU_NAME).unknown().is_some() {
                    found.confidence = Confidence::Medium;
                }
                match unknown {
                    Some(unknown) => Some(found.undecided(unknown, "if it goes to `Internet` it passes; else VNL111")),
                    None => Some(found),
                }
            }
            DefaultRoute::None if table.lets_routes_in() == Truth::No => None,
            DefaultRoute::None => injected(place, subnet, table.lets_routes_in()),
            DefaultRoute::Unknown(unknown) => open(unknown, "if none of its routes is for `0.0.0.0/0` it passes"),
        },
        Table::None => injected(place, subnet, Truth::Yes),
        Table::Outside(step) => open(step.unread("the routes"), "if its route for `0.0.0.0/0` leads to an appliance or a gateway: VNL111"),
        Table::Unknown(unknown) => open(unknown, "if its route for `0.0.0.0/0` leads to an appliance or a gateway: VNL111"),
    }
}

fn leads_away(hop: &Value) -> Truth {
    hop.is("VirtualAppliance") | hop.is("VirtualNetworkGateway") | hop.is("None")
}

/// A default route that arrives while the network runs.
fn injected(place: Place, subnet: Place, let_in: Truth) -> Option<Finding> {
    let injections = subnet.parent()?.injections();
    // What a Route Server announces is not in the code.
    let injection = injections.into_iter().find(|from| from.noun != "Route Server" && (from.certain & let_in) == Truth::Yes)?;
    let message = format!(
        "application gateway `{}` gets a default route from {} `{}`, and its subnet `{}` has none to the internet",
        place.name(),
        injection.noun,
        injection.source.name(),
        subnet.name()
    );
    let mut found = finding(&RULE, place, &gateway::SUBNETS, message);
    found.confidence = Confidence::Medium;
    found.objects.push(injection.source.address().clone());
    let tie = |place: &Place| Step { message: format!("its VNet is tied to the {} by this {}", injection.noun, place.kind().noun), span: place.span() };
    found.steps.extend(injection.way.iter().map(tie));
    found.steps.push(Step { message: format!("the {} announces a default route", injection.noun), span: injection.source.span() });
    Some(found)
}
