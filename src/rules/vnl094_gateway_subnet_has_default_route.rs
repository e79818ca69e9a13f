//! See the rule's page below.

use super::finding::in_words_of;
use super::{Finding, Settings, Step};
use crate::azure::{routes, virtual_network};
use crate::network::{DefaultRoute, Network, Place, Table};
use crate::source::Span;
use crate::value::{Truth, Unknown};

rule! {
    /// The subnet of a gateway has a default route of its own, or shuts out the routes that its gateway learns.
    ///
    /// A VPN or ExpressRoute gateway needs its way to Azure's management, and the routes that it learns by BGP. With a
    /// route for `0.0.0.0/0` in the table of `GatewaySubnet` the first is lost, with propagation switched off the second:
    /// the gateway goes down, or Azure refuses the table. On-premises then reaches neither the private API server nor the
    /// applications.
    ///
    /// Write only the prefixes of the spokes into the table, with the firewall as next hop, and keep propagation on: in
    /// Terraform `bgp_route_propagation_enabled = true` (before version 4 `disable_bgp_route_propagation = false`), in
    /// Bicep `disableBgpRoutePropagation: false`. A route to `Internet` is no exception.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "hub" {
    ///   name                = "hub"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.0.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "gateways" {
    ///   name                 = "GatewaySubnet"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.hub.name
    ///   address_prefixes     = ["10.0.1.0/27"]
    /// }
    ///
    /// resource "azurerm_route_table" "gateways" {
    ///   name                = "gateways"
    ///   resource_group_name = "net"
    ///
    ///   route {
    ///     name                   = "default"
    ///     address_prefix         = "0.0.0.0/0" # expect: VNL094
    ///     next_hop_type          = "VirtualAppliance"
    ///     next_hop_in_ip_address = "10.0.0.4"
    ///   }
    /// }
    ///
    /// resource "azurerm_subnet_route_table_association" "gateways" {
    ///   subnet_id      = azurerm_subnet.gateways.id
    ///   route_table_id = azurerm_route_table.gateways.id
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource table 'Microsoft.Network/routeTables@2024-05-01' = {
    ///   name: 'gateways'
    ///   properties: {
    ///     disableBgpRoutePropagation: true // expect: VNL094
    ///   }
    /// }
    ///
    /// resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'hub'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.0.0.0/16' ] } }
    ///   resource gateways 'subnets' = {
    ///     name: 'GatewaySubnet'
    ///     properties: { addressPrefix: '10.0.1.0/27', routeTable: { id: table.id } }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub>
    /// Source: Cloud Adoption Framework: routing in the gateway subnet is set up on purpose, to send requests to the inspecting device. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL094 "gateway-subnet-has-default-route", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for vnet in network.all(&virtual_network::VNET) {
        let Some(subnet) = vnet.subnet_named("GatewaySubnet") else { continue };
        let Table::Is(table, step) = subnet.route_table() else { continue };
        findings.extend(default_route(vnet, subnet, table, step.span));
        findings.extend(propagation(vnet, subnet, table, step.span));
    }
}

fn default_route(vnet: Place, subnet: Place, table: Place, attached: Span) -> Option<Finding> {
    let (place, unknown) = match table.default_route() {
        DefaultRoute::Is(route) | DefaultRoute::Halves(route) => (route.span_of(&routes::PREFIX), None),
        DefaultRoute::None => return None,
        DefaultRoute::Unknown(unknown) if table.is_made() => (table.span(), Some(unknown?)),
        DefaultRoute::Unknown(_) => return None,
    };
    let mut finding = with_steps(vnet, subnet, table, attached, place, unknown, "has a default route");
    finding.steps.push(Step { message: "this route is for `0.0.0.0/0`".into(), span: place });
    finding.help = Some("route only the prefixes of the spokes to the firewall".into());
    finding.why = Some("the gateway loses its way to Azure's management and goes down".into());
    Some(finding)
}

fn propagation(vnet: Place, subnet: Place, table: Place, attached: Span) -> Option<Finding> {
    let unknown = match table.lets_routes_in() {
        Truth::Yes => return None,
        Truth::No => None,
        Truth::Unknown if table.is_made() => Some(table.get(&routes::NO_PROPAGATION).unknown()?),
        Truth::Unknown => return None,
    };
    let place = table.span_of(&routes::NO_PROPAGATION);
    let mut finding = with_steps(vnet, subnet, table, attached, place, unknown, "shuts out what its gateway learns");
    finding.steps.push(Step { message: "this keeps propagated routes out".into(), span: place });
    finding.help = Some(in_words_of(table, "`bgp_route_propagation_enabled = true`", "`disableBgpRoutePropagation: false`"));
    finding.why = Some("a gateway does not work without the routes that it learns".into());
    Some(finding)
}

fn with_steps(
    vnet: Place,
    subnet: Place,
    table: Place,
    attached: Span,
    place: Span,
    unknown: Option<Unknown>,
    what: &str,
) -> Finding {
    let name = format!("`GatewaySubnet` of `{}`", vnet.name());
    let mut finding = match unknown {
        None => RULE.finding(place, format!("{name} {what}")).about(subnet),
        Some(unknown) => {
            let finding = RULE.finding(place, format!("cannot tell whether {name} {what}")).about(subnet);
            finding.undecided(Some(unknown), &format!("if it {what}: VNL094; else it passes"))
        }
    };
    finding.objects.push(table.address().clone());
    let message = format!("{name} has route table `{}`", table.name());
    finding.steps.push(Step { message, span: attached });
    finding
}
