//! See the rule's page below.

use super::finding::in_words_of;
use super::udr::{Egress, egresses};
use super::{Finding, Settings, Step};
use crate::azure::{cluster, routes};
use crate::network::{DefaultRoute, Got, Network, Place};
use crate::value::{Truth, Unknown};

rule! {
    /// A cluster says that its routes are its own, and its default route leads to the internet or to nowhere.
    ///
    /// With outbound type `userDefinedRouting` AKS gives the nodes no public address. A default route with the next hop
    /// `Internet` sends their packets out without an address that answers could come back to, `None` drops them, and
    /// `VirtualAppliance` without an address leads nowhere. AKS checks the route and refuses the cluster; where it did
    /// not, no node would ever become ready.
    ///
    /// Send `0.0.0.0/0` to the firewall or appliance that has a public address: in Terraform `next_hop_type =
    /// "VirtualAppliance"` with `next_hop_in_ip_address`, in Bicep `nextHopType: 'VirtualAppliance'` with
    /// `nextHopIpAddress`. A gateway, `VirtualNetworkGateway`, is right as well. If nothing inspects the traffic, take
    /// outbound type `loadBalancer` or `userAssignedNATGateway`: for those a route to `Internet` is fine.
    ///
    /// Wrong:
    ///
    /// ```tf
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
    ///
    ///   route {
    ///     name           = "default"
    ///     address_prefix = "0.0.0.0/0"
    ///     next_hop_type  = "Internet" # expect: VNL072
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
    /// resource table 'Microsoft.Network/routeTables@2024-05-01' = {
    ///   name: 'nodes'
    ///   properties: {
    ///     routes: [
    ///       {
    ///         name: 'default'
    ///         properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'Internet' } // expect: VNL072
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
    /// Source: <https://learn.microsoft.com/azure/aks/egress-udr>
    VNL072 "udr-default-route-to-internet-or-none", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut seen: Vec<(Place, Place)> = Vec::new();
    for egress in egresses(network) {
        let DefaultRoute::Is(route) = egress.route else { continue };
        // Two subnets of a cluster with one table are one mistake.
        if seen.contains(&(egress.cluster, route)) {
            continue;
        }
        seen.push((egress.cluster, route));
        findings.extend(found(&egress, route));
    }
}

fn found(egress: &Egress, route: Place) -> Option<Finding> {
    let (cluster, table) = (egress.cluster.name(), route.parent().map_or_else(|| route.name(), Place::name));
    let kind = route.get(&routes::NEXT_HOP_TYPE);
    let wrong = ["Internet", "None", "VnetLocal"].into_iter().find(|text| kind.ask(|value| value.is(text)).certainly());
    let (place, message) = match (wrong, without_address(route)) {
        (Some(wrong), _) => (
            route.span_of(&routes::NEXT_HOP_TYPE),
            format!("`{cluster}` cannot be created: route table `{table}` sends `0.0.0.0/0` to `{wrong}`"),
        ),
        (None, Truth::Yes) => (
            route.span_of(&routes::NEXT_HOP_TYPE),
            format!("`{cluster}` cannot be created: the default route of `{table}` leads to an appliance without an address"),
        ),
        _ => return open(egress, route, kind.unknown()?),
    };
    let mut finding = RULE.finding(place, message).about(egress.cluster);
    finding.objects.push(route.address().clone());
    finding.objects.extend(egress.subnet.end.place().map(|subnet| subnet.address().clone()));
    finding.steps = egress.steps();
    let own = "this cluster says that its routes are its own".into();
    finding.steps.insert(0, Step { message: own, span: egress.cluster.span_of(&cluster::OUTBOUND) });
    finding.help = Some(in_words_of(
        route,
        "`next_hop_type = \"VirtualAppliance\"` and `next_hop_in_ip_address =` the private address of the firewall",
        "`nextHopType: 'VirtualAppliance'` and `nextHopIpAddress:` the private address of the firewall",
    ));
    finding.why = Some("the nodes have no public address of their own, so nothing answers them".into());
    Some(finding)
}

/// It leads to an appliance, and nothing says where that is.
fn without_address(route: Place) -> Truth {
    let missing = match route.get(&routes::NEXT_HOP_ADDRESS) {
        Got::Is(value) if value.hole().is_none() => value.is(""),
        Got::Absent => Truth::Yes,
        _ => Truth::No,
    };
    route.is(&routes::NEXT_HOP_TYPE, "VirtualAppliance") & missing
}

fn open(egress: &Egress, route: Place, unknown: Unknown) -> Option<Finding> {
    let message = format!("cannot tell where the default route of `{}` leads", egress.cluster.name());
    let finding = RULE.finding(route.span_of(&routes::NEXT_HOP_TYPE), message).about(egress.cluster);
    let effect = "if it is `VirtualAppliance` or `VirtualNetworkGateway` it passes; else VNL072";
    let mut finding = finding.undecided(Some(unknown), effect);
    finding.objects.push(route.address().clone());
    Some(finding)
}
