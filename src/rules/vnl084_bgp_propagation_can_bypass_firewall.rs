//! See the rule's page below.

use super::finding::in_words_of;
use super::udr::{Egress, egresses_of};
use super::{Finding, Settings, Step};
use crate::azure::{cluster, hub, routes, virtual_network};
use crate::network::{Network, Place, Table};
use crate::value::{Truth, Unknown};

rule! {
    /// The nodes leave through a firewall, and their route table lets routes in that a gateway learns.
    ///
    /// A gateway learns routes from on-premises and puts them into every subnet whose table does not keep them out. A
    /// route that is more specific than the default goes around the firewall, and nobody sees that in the code. Which
    /// routes arrive is decided on the other side, on any day.
    ///
    /// Keep them out of the table of the nodes: in Terraform `bgp_route_propagation_enabled = false` (before version 4
    /// `disable_bgp_route_propagation = true`), in Bicep `disableBgpRoutePropagation: true`; write a route for each range
    /// on-premises that is to be reached directly. Never do so on the table of `GatewaySubnet`. Where traffic with
    /// on-premises is meant to go around the firewall there is nothing to do: this is a note for those who select it.
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
    /// resource "azurerm_subnet" "gateway" {
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
    ///     name      = "main"
    ///     subnet_id = azurerm_subnet.gateway.id
    ///   }
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
    /// resource "azurerm_virtual_network_peering" "spoke" {
    ///   name                      = "spoke-to-hub"
    ///   resource_group_name       = "net"
    ///   virtual_network_name      = azurerm_virtual_network.spoke.name
    ///   remote_virtual_network_id = azurerm_virtual_network.hub.id
    ///   use_remote_gateways       = true
    /// }
    ///
    /// resource "azurerm_route_table" "nodes" { # expect: VNL084
    ///   name                = "nodes"
    ///   resource_group_name = "net"
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
    ///   resource gateways 'subnets' = {
    ///     name: 'GatewaySubnet'
    ///     properties: { addressPrefix: '10.0.1.0/27' }
    ///   }
    /// }
    ///
    /// resource gateway 'Microsoft.Network/virtualNetworkGateways@2024-05-01' = {
    ///   name: 'gateway'
    ///   properties: {
    ///     gatewayType: 'Vpn'
    ///     ipConfigurations: [ { name: 'main', properties: { subnet: { id: hub::gateways.id } } } ]
    ///   }
    /// }
    ///
    /// resource table 'Microsoft.Network/routeTables@2024-05-01' = { // expect: VNL084
    ///   name: 'nodes'
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
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22', routeTable: { id: table.id } }
    ///   }
    /// }
    ///
    /// resource toHub 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-05-01' = {
    ///   parent: spoke
    ///   name: 'to-hub'
    ///   properties: { remoteVirtualNetwork: { id: hub.id }, useRemoteGateways: true }
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
    /// Source: <https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#border-gateway-protocol>
    /// Source: Cloud Adoption Framework: where policy wants all outbound internet traffic inspected, it goes through a firewall in the hub. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL084 "bgp-propagation-can-bypass-firewall", Note Medium opt_in, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut seen: Vec<Place> = Vec::new();
    let mut clusters = network.made(&cluster::CLUSTER);
    // Which of two is named must not hang on the order of the text.
    clusters.sort_by(|a, b| a.address().cmp(b.address()));
    for egress in clusters.into_iter().flat_map(egresses_of) {
        let Table::Is(table, _) = egress.table else { continue };
        if table.is_made() && !seen.contains(&table) {
            seen.push(table);
            findings.extend(found(&egress, table));
        }
    }
}

fn found(egress: &Egress, table: Place) -> Option<Finding> {
    let hop = egress.hop().filter(|hop| hop.is_appliance())?;
    // What a Route Server or a virtual hub announces is wanted there, or another rule speaks of it.
    if egress.injections.iter().any(|injection| injection.noun != "gateway" && injection.certain.possibly()) {
        return None;
    }
    let (source, certain, unknown) = learns(egress.vnet()?)?;
    let place = table.span_of(&routes::NO_PROPAGATION);
    let mut finding = match table.lets_routes_in() & certain {
        Truth::No => return None,
        Truth::Yes => {
            let message = format!("routes that a gateway learns can lead `{}` around {}", egress.cluster.name(), hop.words());
            RULE.finding(place, message).about(table)
        }
        Truth::Unknown => {
            let unknown = table.get(&routes::NO_PROPAGATION).unknown().or(unknown)?;
            let message = format!("cannot tell whether routes that a gateway learns can lead `{}` around {}", egress.cluster.name(), hop.words());
            let effect = "if the table lets routes of a gateway in: VNL084; else it passes";
            RULE.finding(place, message).about(table).undecided(Some(unknown), effect)
        }
    };
    finding.objects = vec![egress.cluster.address().clone(), source.address().clone()];
    finding.steps = egress.steps();
    finding.steps.push(Step { message: "the table lets routes in that a gateway learns".into(), span: place });
    let message = match source.kind() == &hub::GATEWAY {
        true => format!("gateway `{}` stands in the same VNet", source.name()),
        false => "by this peering the VNet uses the gateway of another one".into(),
    };
    finding.steps.push(Step { message, span: source.span() });
    finding.help = Some(in_words_of(
        table,
        "`bgp_route_propagation_enabled = false`",
        "`disableBgpRoutePropagation: true`",
    ));
    finding.why = Some("a more specific route that is learned wins over the static default".into());
    Some(finding)
}

/// By what the subnets of a VNet learn the routes of a gateway: one of its own, or a peering that uses another VNet's.
fn learns(vnet: Place<'_>) -> Option<(Place<'_>, Truth, Option<Unknown>)> {
    let own = vnet.gateways().into_iter().filter(|gateway| gateway.kind() == &hub::GATEWAY);
    if let Some(gateway) = own.min_by(|a, b| a.address().cmp(b.address())) {
        return Some((gateway, gateway.exists(), gateway.decides().cloned()));
    }
    let peerings = vnet.children(&virtual_network::PEERING).into_iter().map(|peering| {
        let uses = peering.is_true(&virtual_network::USE_REMOTE_GATEWAYS) & peering.exists();
        (peering, uses, peering.get(&virtual_network::USE_REMOTE_GATEWAYS).unknown())
    });
    peerings.filter(|(_, uses, _)| uses.possibly()).max_by_key(|(peering, uses, _)| (*uses, std::cmp::Reverse(peering.address().clone())))
}
