//! See the rule's page below.

use super::udr::{Egress, egresses_of};
use super::{Finding, Settings, Step};
use crate::azure::{cluster, hub, virtual_network};
use crate::network::{Network, Place, Table};
use crate::source::Span;
use crate::value::{Cidr, Truth, Unknown};

rule! {
    /// Packets to on-premises go through a firewall, and packets from there do not, or the other way round.
    ///
    /// A stateful firewall has to see both halves of a connection. When the subnet of the nodes sends its traffic through
    /// the firewall, and the gateway delivers what comes from on-premises straight into the spoke, the firewall sees only
    /// the answers and drops them. The private API server and the applications cannot be reached from on-premises, or only
    /// in one direction.
    ///
    /// Send both ways through the firewall: give `GatewaySubnet` a route table with one route for each spoke prefix to the
    /// firewall, in Terraform `address_prefix = "10.1.0.0/16"` with `next_hop_type = "VirtualAppliance"`, in Bicep
    /// `addressPrefix: '10.1.0.0/16'` with `nextHopType: 'VirtualAppliance'`; keep propagation on in that table and off in
    /// the spoke's. Or let neither. The prefix must be as long as the spoke's own, because the route of the peering wins
    /// otherwise. A virtual hub with routing intent routes both ways alike.
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
    /// resource "azurerm_subnet" "gateways" { # expect: VNL095
    ///   name                 = "GatewaySubnet"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.hub.name
    ///   address_prefixes     = ["10.0.1.0/27"]
    /// }
    ///
    /// resource "azurerm_virtual_network_gateway" "hub" {
    ///   name                = "gateway"
    ///   resource_group_name = "net"
    ///   type                = "Vpn"
    ///
    ///   ip_configuration {
    ///     subnet_id = azurerm_subnet.gateways.id
    ///   }
    /// }
    ///
    /// resource "azurerm_virtual_network_peering" "to_hub" {
    ///   name                      = "to-hub"
    ///   resource_group_name       = "net"
    ///   virtual_network_name      = azurerm_virtual_network.spoke.name
    ///   remote_virtual_network_id = azurerm_virtual_network.hub.id
    ///   use_remote_gateways       = true
    /// }
    ///
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.1.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.1.0.0/22"]
    /// }
    ///
    /// resource "azurerm_route_table" "nodes" {
    ///   name                = "nodes"
    ///   resource_group_name = "net"
    ///   bgp_route_propagation_enabled = false
    ///
    ///   route {
    ///     name                   = "default"
    ///     address_prefix         = "0.0.0.0/0"
    ///     next_hop_type          = "VirtualAppliance"
    ///     next_hop_in_ip_address = "10.0.0.4"
    ///   }
    /// }
    ///
    /// resource "azurerm_subnet_route_table_association" "nodes" {
    ///   subnet_id      = azurerm_subnet.nodes.id
    ///   route_table_id = azurerm_route_table.nodes.id
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    ///
    ///   network_profile {
    ///     network_plugin = "azure"
    ///     outbound_type  = "userDefinedRouting"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'hub'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.0.0.0/16' ] } }
    /// }
    ///
    /// resource gateways 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = { // expect: VNL095
    ///   parent: hub
    ///   name: 'GatewaySubnet'
    ///   properties: { addressPrefix: '10.0.1.0/27' }
    /// }
    ///
    /// resource gateway 'Microsoft.Network/virtualNetworkGateways@2024-05-01' = {
    ///   name: 'gateway'
    ///   properties: {
    ///     gatewayType: 'Vpn'
    ///     ipConfigurations: [ { name: 'main', properties: { subnet: { id: gateways.id } } } ]
    ///   }
    /// }
    ///
    /// resource toHub 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-05-01' = {
    ///   parent: spoke
    ///   name: 'to-hub'
    ///   properties: { remoteVirtualNetwork: { id: hub.id }, useRemoteGateways: true }
    /// }
    ///
    /// resource table 'Microsoft.Network/routeTables@2024-05-01' = {
    ///   name: 'nodes'
    ///   properties: {
    ///     disableBgpRoutePropagation: true
    ///     routes: [
    ///       {
    ///         name: 'default'
    ///         properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' }
    ///       }
    ///     ]
    ///   }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22', routeTable: { id: table.id } }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       outboundType: 'userDefinedRouting'
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/architecture/networking/architecture/hub-spoke>
    /// Source: Cloud Adoption Framework: the gateway subnet has routes that send requests to the device that inspects them, and routing must not become asymmetric. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL095 "gateway-subnet-return-path-asymmetric", Warning Medium, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in network.made(&cluster::CLUSTER) {
        let egresses = egresses_of(cluster);
        findings.extend(egresses.iter().filter_map(|egress| found(network, egress)).take(1));
    }
}

fn found(network: &Network, egress: &Egress) -> Option<Finding> {
    let (vnet, subnet) = (egress.vnet()?, egress.subnet.end.place()?);
    let (home, peering) = home_of_gateway(network, vnet)?;
    let gateways = home.subnet_named("GatewaySubnet").filter(|subnet| subnet.exists() == Truth::Yes)?;
    let range = *subnet.ranges(&virtual_network::PREFIXES).ok()?.first()?;
    let there = there(egress)?;
    let (back, span) = match back(gateways, range) {
        Ok(answer) => answer,
        Err(unknown) => return open(egress, gateways, unknown?),
    };
    let (place, message, help) = match (there, back) {
        (true, false) => (
            span,
            format!(
                "`{}` of `{}` sends to on-premises through {}, and `GatewaySubnet` of `{}` answers beside it",
                subnet.name(),
                egress.cluster.name(),
                egress.hop()?.words(),
                home.name()
            ),
            format!("route {} in the table of `GatewaySubnet` to the same firewall", vnet_range(vnet, range)),
        ),
        (false, true) => (
            egress.subnet.span,
            format!(
                "`GatewaySubnet` of `{}` sends to `{}` of `{}` through a firewall, and that answers beside it",
                home.name(),
                subnet.name(),
                egress.cluster.name()
            ),
            format!("keep propagated routes out of the table of `{}`, with a default route to the same firewall", subnet.name()),
        ),
        _ => return None,
    };
    let mut finding = RULE.finding(place, message).about(egress.cluster);
    finding.objects = vec![subnet.address().clone(), gateways.address().clone()];
    finding.steps = egress.steps();
    if let Some(peering) = peering {
        let message = format!("its VNet uses the gateway of `{}`", home.name());
        finding.steps.push(Step { message, span: peering.span() });
    }
    let message = if back { "what comes from there is sent through the firewall" } else { "what comes from there is delivered straight" };
    finding.steps.push(Step { message: message.into(), span });
    finding.help = Some(help);
    finding.why = Some("a firewall that sees half of a connection drops it".into());
    Some(finding)
}

/// The VNet whose gateway a VNet uses, and the peering over which it does.
fn home_of_gateway<'n>(network: &'n Network, vnet: Place<'n>) -> Option<(Place<'n>, Option<Place<'n>>)> {
    let homes = network.all(&hub::GATEWAY).into_iter().filter(|gateway| gateway.exists() == Truth::Yes);
    homes.filter_map(|gateway| gateway.stands_in(&hub::GATEWAY_TO_SUBNET)).find_map(|home| {
        if home == vnet {
            return Some((home, None));
        }
        let peering = vnet.peering_to(home)?;
        (peering.is_true(&virtual_network::USE_REMOTE_GATEWAYS) == Truth::Yes).then_some((home, Some(peering)))
    })
}

/// Whether what leaves for on-premises goes through an appliance: by the default route, where nothing more specific is
/// learned. Routes for single prefixes say nothing of the others.
fn there(egress: &Egress) -> Option<bool> {
    let appliance = egress.hop().is_some_and(|hop| hop.is_appliance());
    match &egress.table {
        Table::None => Some(false),
        Table::Is(table, _) => match table.lets_routes_in() {
            Truth::No => Some(appliance),
            // Learned prefixes win over the default; a route of the table for a private range may send them elsewhere.
            Truth::Yes if has_private_route(*table) => None,
            Truth::Yes => Some(false),
            Truth::Unknown => None,
        },
        Table::Outside(_) | Table::Unknown(_) => None,
    }
}

/// A table has a route for a private range: it may be one on premises.
fn has_private_route(table: Place) -> bool {
    let private = ["10.0.0.0/9", "10.128.0.0/9", "172.16.0.0/12", "192.168.0.0/16"];
    private.iter().filter_map(|text| Cidr::parse(text)).any(|range| match table.route_for(range) {
        Ok(Some(route)) => route.prefix.length() > 0,
        Ok(None) => false,
        Err(_) => true,
    }) || table.children(&crate::azure::routes::ROUTE).len() > 1
}

/// Whether the gateway sends what is for a range through an appliance, and where that is said.
fn back(gateways: Place, range: Cidr) -> Result<(bool, Span), Option<Unknown>> {
    match gateways.route_table() {
        Table::None => Ok((false, gateways.span())),
        Table::Is(table, step) => match table.route_for(range) {
            Ok(Some(route)) => Ok((route.hop.is_appliance(), route.by.span())),
            Ok(None) => Ok((false, step.span)),
            Err(unknown) => Err(Some(unknown)),
        },
        Table::Outside(step) => Err(step.unread("the routes")),
        Table::Unknown(unknown) => Err(unknown),
    }
}

/// The range of the VNet that holds a subnet, which is what a route has to be as long as.
fn vnet_range(vnet: Place, range: Cidr) -> String {
    let ranges = vnet.ranges(&virtual_network::ADDRESS_SPACE).unwrap_or_default();
    ranges.into_iter().find(|own| own.covers(range)).unwrap_or(range).to_string()
}

fn open(egress: &Egress, gateways: Place, unknown: Unknown) -> Option<Finding> {
    let message = format!("cannot tell whether `GatewaySubnet` answers `{}` by the way that its packets come", egress.subnet_name());
    let finding = RULE.finding(gateways.span(), message).about(egress.cluster);
    Some(finding.undecided(Some(unknown), "if both ways go through the firewall, or neither, it passes; else VNL095"))
}
