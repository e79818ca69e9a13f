//! See the rule's page below.

use super::conflicts::write;
use super::{Finding, Settings, Step};
use crate::azure::{cluster, virtual_network};
use crate::network::{Basis, Network, NetworkModel, Place};
use crate::value::{Truth, Unknown};

rule! {
    /// A cluster takes an address of its subnet for every pod, more than the subnet has, and nothing in the code needs that.
    ///
    /// With flat Azure CNI a pod can be reached by its own address from the VNet and what is tied to it. Virtual nodes and the
    /// ingress controller of Application Gateway are reasons for it. Without such a reason the addresses are spent for nothing, and
    /// the cluster stops growing when they are.
    ///
    /// An overlay takes one address for each node: in Terraform `network_plugin_mode = "overlay"`, in Bicep
    /// `networkPluginMode: 'overlay'`. Keep the flat model where something outside the cluster calls pods directly: the code does not
    /// show that, so this is advice that runs where it is asked for.
    ///
    /// Whether the subnet is too small at all, VNL162 says.
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
    ///   address_prefixes     = ["10.1.0.0/24"]
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     node_count     = 8
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    ///
    ///   network_profile {
    ///     network_plugin = "azure" # expect: VNL180
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
    ///     properties: { addressPrefix: '10.1.0.0/24' }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', count: 8, vnetSubnetID: spoke::nodes.id } ]
    ///     networkProfile: {
    ///       networkPlugin: 'azure' // expect: VNL180
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Cloud Adoption Framework: take an overlay where addresses are scarce, and flat Azure CNI where features need it (sentences 26,
    /// 28 to 30 and 123),
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-cni-overview>
    VNL180 "flat-cni-only-needed-when", Note Low opt_in, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let writers = network.gateway_writers();
    for cluster in network.made(&cluster::CLUSTER) {
        let flat = matches!(cluster.network_model(), Ok((NetworkModel::NodeSubnet, Basis::Written)));
        let virtual_nodes = cluster.is_true(&cluster::VIRTUAL_NODES).possibly();
        // A controller whose cluster is not known may be this one's.
        let gateway = cluster.is_true(&cluster::GATEWAY_ADDON_ENABLED).possibly()
            || writers.iter().any(|writer| writer.cluster.is_none_or(|of| of == cluster));
        if flat && !virtual_nodes && !gateway {
            findings.extend(found(cluster));
        }
    }
}

fn found(cluster: Place) -> Option<Finding> {
    let nodes = cluster.node_subnets();
    let mut subnets: Vec<(Place, _)> = Vec::new();
    for nodes in &nodes {
        if let Some(subnet) = nodes.end.place().filter(|subnet| !subnets.iter().any(|(known, _)| known == subnet)) {
            subnets.push((subnet, nodes));
        }
    }
    let mut all: Vec<(Finding, Truth)> = Vec::new();
    for (subnet, nodes) in subnets {
        // A subnet whose ranges are not in the code has some all the same.
        let Some(room) = subnet.room().ok().filter(|room| !room.ranges.is_empty()) else { continue };
        let has = room.usable.saturating_sub(u64::try_from(room.others.len()).unwrap_or(u64::MAX));
        let (needs, open) = needs(subnet);
        let truth = match (needs > has, &open) {
            (true, _) => Truth::Yes,
            (false, Some(_)) => Truth::Unknown,
            (false, None) => continue,
        };
        let (name, shown) = (cluster.name(), subnet.name());
        let place = cluster.span_of(&cluster::NETWORK_PLUGIN);
        let message = match truth {
            Truth::Yes => format!("pods of `{name}` take {needs} addresses of `{shown}`, which has {has}, and nothing in the code needs them to have some"),
            _ => format!("cannot tell whether `{shown}` has enough addresses for the pods of `{name}`, and nothing in the code needs them to have some"),
        };
        let mut finding = RULE.finding(place, message).about(cluster);
        finding.objects.push(subnet.address().clone());
        if truth == Truth::Unknown {
            let effect = format!("beyond {has} addresses at its largest: VNL180; else it passes");
            finding = finding.undecided(open, &effect);
        }
        finding.steps = vec![
            Step { message: "plugin `azure` without a mode gives every pod an address of the subnet".into(), span: place },
            Step { message: format!("its pool `{}` stands in `{shown}`", nodes.pool.name()), span: nodes.span },
            Step { message: format!("`{shown}` has {has} addresses"), span: subnet.span_of(&virtual_network::PREFIXES) },
        ];
        finding.help = Some(format!("write {}", write(cluster, "network_plugin_mode = \"overlay\"", "networkPluginMode: 'overlay'")));
        finding.why = Some("an overlay takes one address for each node, and the cluster can grow".into());
        all.push((finding, truth));
    }
    all.into_iter().max_by_key(|(_, truth)| *truth).map(|(finding, _)| finding)
}

/// The addresses of a subnet that all pools in it take at their largest while one of them is upgraded, as far as they are
/// known, and what is not.
fn needs(subnet: Place) -> (u64, Option<Unknown>) {
    let (loads, mut open) = subnet.node_loads();
    let (mut sum, mut surge) = (0u64, 0u64);
    for load in &loads {
        match load.needs_at_most() {
            Ok(most) => sum = sum.saturating_add(most),
            Err(unknown) => open = open.or(Some(unknown)),
        }
        match load.needs_for_upgrade() {
            Ok((least, _)) => surge = surge.max(least),
            Err(unknown) => open = open.or(Some(unknown)),
        }
    }
    (sum.saturating_add(surge), open)
}
