//! See the rule's page below.

use super::udr::{Egress, egresses};
use super::{Finding, Settings};
use crate::network::{Network, Table};

rule! {
    /// A cluster says that its routes are its own, and its node subnet has no route table.
    ///
    /// With outbound type `userDefinedRouting` AKS makes no public address for egress and checks that the node subnet has a
    /// route table with a default route. Without a table the cluster is refused.
    ///
    /// Attach a route table with a `0.0.0.0/0` route to the subnet of every node pool, or take another outbound type.
    ///
    /// Where a policy of Azure gives every subnet its routes, say so in `vnetlint.toml` by `policy_applies = ["udr"]`, and
    /// nothing is missed.
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
    ///     outbound_type  = "userDefinedRouting" # expect: VNL070
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: {
    ///       addressPrefix: '10.1.0.0/22'
    ///     }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       outboundType: 'userDefinedRouting' // expect: VNL070
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/egress-udr>
    VNL070 "udr-outbound-without-route-table", Error High, since "0.1.0"
}

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    // What a policy attaches to every subnet is not in the code.
    if settings.routes_by_policy {
        return;
    }
    for egress in egresses(network) {
        findings.extend(found(&egress));
    }
}

fn found(egress: &Egress) -> Option<Finding> {
    let (cluster, subnet) = (egress.cluster.name(), egress.subnet_name());
    let mut finding = match &egress.table {
        Table::None => egress.finding(
            &RULE,
            format!("`{cluster}` cannot be created: outbound type is `userDefinedRouting` and `{subnet}` has no route table"),
        ),
        Table::Unknown(unknown) => egress.open(
            &RULE,
            unknown.clone(),
            format!("cannot tell whether `{subnet}`, where the nodes of `{cluster}` stand, has a route table"),
            "if the subnet has a route table with a default route it passes; without a table: VNL070",
        ),
        Table::Is(..) | Table::Outside(_) => return None,
    };
    finding.help = Some(format!("attach a route table with a `0.0.0.0/0` route to `{subnet}`, or take another outbound type"));
    finding.why = Some("AKS makes no public address for these nodes and refuses a subnet without routes".into());
    Some(finding)
}
