//! See the rule's page below.

use super::finding::in_words_of;
use super::udr::egresses_of;
use super::{Finding, Level, Settings, Step};
use crate::azure::cluster;
use crate::network::{Actor, Network, Place, Table};
use crate::value::Truth;

rule! {
    /// A cluster with kubenet is to write into a route table of yours, and has no identity that could be given the right to.
    ///
    /// With kubenet AKS writes a route for every node into the table of the subnet, while the cluster is being created. A
    /// system-assigned identity does not exist before that, so nobody could give it rights on your table or your subnet,
    /// and the creation fails. Only the Azure CLI does that by itself.
    ///
    /// Make a user-assigned identity, give it Network Contributor on the subnet and the route table, and let the cluster
    /// wait for both: in Terraform `identity { type = "UserAssigned" identity_ids = [...] }`, in Bicep `identity: { type:
    /// 'UserAssigned', userAssignedIdentities: { '${id.id}': {} } }`. Without a route table of its own the subnet alone is
    /// a warning.
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
    ///   identity {
    ///     type = "SystemAssigned" # expect: VNL081
    ///   }
    ///
    ///   network_profile {
    ///     network_plugin = "kubenet"
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
    ///   identity: {
    ///     type: 'SystemAssigned' // expect: VNL081
    ///   }
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     networkProfile: {
    ///       networkPlugin: 'kubenet'
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/configure-kubenet>
    VNL081 "kubenet-own-route-table-with-system-identity", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in network.made(&cluster::CLUSTER) {
        if cluster.is(&cluster::NETWORK_PLUGIN, "kubenet").certainly() {
            findings.extend(found(cluster));
        }
    }
}

fn found(cluster: Place) -> Option<Finding> {
    if cluster.brings_subnet().0 != Truth::Yes {
        return None;
    }
    let egresses = egresses_of(cluster);
    let attached = egresses.iter().find(|egress| matches!(egress.table, Table::Is(..) | Table::Outside(_)));
    let place = cluster.span_of(&cluster::IDENTITY_TYPE);
    let message = match attached {
        Some(egress) => format!("`{}` is to write into the route table of `{}`, and has a system-assigned identity", cluster.name(), egress.subnet_name()),
        None => format!("`{}` is to give its subnet a route table, and has a system-assigned identity", cluster.name()),
    };
    let mut finding = match (cluster.actor(), attached) {
        (Actor::System, _) => RULE.finding(place, message).about(cluster),
        (Actor::Unknown(Some(unknown)), Some(_)) => {
            let message = format!("cannot tell whether the identity of `{}` can be given rights on its route table", cluster.name());
            let effect = "if it is `SystemAssigned`: VNL081; if it is `UserAssigned` it passes";
            RULE.finding(place, message).about(cluster).undecided(Some(unknown), effect)
        }
        _ => return None,
    };
    finding.steps.push(Step { message: "this cluster acts as itself, once it is there".into(), span: place });
    let span = cluster.span_of(&cluster::NETWORK_PLUGIN);
    finding.steps.push(Step { message: "kubenet writes routes while it is being created".into(), span });
    let shown = attached.or(egresses.first())?;
    finding.steps.extend(shown.steps());
    finding.objects.extend(shown.subnet.end.place().map(|subnet| subnet.address().clone()));
    if attached.is_none() {
        finding.level = Level::Warning;
    }
    finding.help = Some(in_words_of(
        cluster,
        "`identity { type = \"UserAssigned\" … }` with Network Contributor on the subnet and the table, before the cluster",
        "`identity: { type: 'UserAssigned', … }` with Network Contributor on the subnet and the table, before the cluster",
    ));
    finding.why = Some("nobody can give rights to an identity that is only made with the cluster".into());
    Some(finding)
}
