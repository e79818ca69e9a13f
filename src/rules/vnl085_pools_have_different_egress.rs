//! See the rule's page below.

use super::udr::{Egress, egresses_with_pods};
use super::{Finding, Settings, Step};
use crate::azure::cluster;
use crate::network::{DefaultRoute, Network, Place, Table};
use crate::value::Truth;

rule! {
    /// Some pools of a cluster leave through a firewall, and some do not.
    ///
    /// System pods run on every pool, and pods move. When one subnet's default route leads to the firewall and another
    /// subnet has none, what is forbidden in one pool is possible in the next, and a pod works or does not by the node
    /// that it lands on.
    ///
    /// Attach one route table to the subnets of all nodes and pods: in Terraform an
    /// `azurerm_subnet_route_table_association` for each, in Bicep `routeTable: { id: table.id }` in each. A pool that is
    /// meant to have another way out, as one with a static egress gateway, is what an inline ignore is for. With outbound
    /// type `userDefinedRouting` a node subnet without a table is VNL070's.
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
    /// resource "azurerm_subnet" "apps" {
    ///   name                 = "apps"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.1.4.0/22"]
    /// }
    ///
    /// resource "azurerm_route_table" "nodes" {
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
    ///   }
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster_node_pool" "apps" {
    ///   name                  = "apps"
    ///   kubernetes_cluster_id = azurerm_kubernetes_cluster.aks.id
    ///   vnet_subnet_id        = azurerm_subnet.apps.id # expect: VNL085
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
    ///         properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' }
    ///       }
    ///     ]
    ///   }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource apps 'subnets' = {
    ///     name: 'apps'
    ///     properties: { addressPrefix: '10.1.4.0/22' }
    ///   }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22', routeTable: { id: table.id } }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [
    ///       { name: 'system', vnetSubnetID: spoke::nodes.id }
    ///       {
    ///         name: 'apps'
    ///         vnetSubnetID: spoke::apps.id // expect: VNL085
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/node-pool-unique-subnet>
    /// Source: Cloud Adoption Framework: all traffic that leaves the cluster is inspected. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL085 "pools-have-different-egress", Warning Medium, since "0.2.0"
}

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    // What a policy attaches to every subnet is not in the code.
    if settings.routes_by_policy {
        return;
    }
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let own_routes = cluster.is(&cluster::OUTBOUND, "userDefinedRouting").possibly();
    let egresses = egresses_with_pods(cluster);
    let inspected = egresses.iter().find(|egress| egress.hop().is_some_and(|hop| hop.is_appliance()) && is_certain(egress))?;
    let without = |egress: &&Egress| {
        let missing = matches!((&egress.table, &egress.route), (Table::None, _) | (Table::Is(..), DefaultRoute::None));
        // What a hub or a Route Server announces may lead to the same firewall.
        let announced = egress.injections.iter().any(|injection| injection.certain.possibly());
        let told = own_routes && egress.is_of_nodes;
        missing && !announced && !told && is_certain(egress)
    };
    let other = match egresses.iter().find(without) {
        Some(other) => other,
        None => return open(cluster, &egresses, inspected, own_routes),
    };
    let hop = inspected.hop()?;
    let message = format!(
        "`{}` of `{}` leaves through {}, and `{}` does not",
        inspected.subnet_name(),
        cluster.name(),
        hop.words(),
        other.subnet_name()
    );
    let mut finding = RULE.finding(other.subnet.span, message).about(cluster);
    finding.objects = [inspected, other].iter().filter_map(|egress| Some(egress.subnet.end.place()?.address().clone())).collect();
    finding.steps = inspected.steps();
    finding.steps.extend(other.steps());
    let span = other.subnet.end.place().map_or(other.subnet.span, Place::span);
    finding.steps.push(Step { message: "and has no default route".into(), span });
    finding.help = Some(format!("attach the same route table to `{}`", other.subnet_name()));
    finding.why = Some("what is forbidden in one pool is possible in the other".into());
    Some(finding)
}

fn is_certain(egress: &Egress) -> bool {
    egress.subnet.pool.exists() == Truth::Yes && egress.subnet.end.place().is_some_and(|subnet| subnet.exists() == Truth::Yes)
}

/// A table whose routes are not known may have none for the default.
fn open(cluster: Place, egresses: &[Egress], inspected: &Egress, own_routes: bool) -> Option<Finding> {
    let other = egresses.iter().find(|egress| {
        let told = own_routes && egress.is_of_nodes;
        !told && matches!((&egress.table, &egress.route), (Table::Is(..), DefaultRoute::Unknown(Some(_))))
    })?;
    let DefaultRoute::Unknown(unknown) = &other.route else { return None };
    let message = format!("cannot tell whether `{}` of `{}` leaves through a firewall as `{}` does", other.subnet_name(), cluster.name(), inspected.subnet_name());
    let finding = RULE.finding(other.subnet.span, message).about(cluster);
    Some(finding.undecided(unknown.clone(), "if its table has a default route it passes; else VNL085"))
}
