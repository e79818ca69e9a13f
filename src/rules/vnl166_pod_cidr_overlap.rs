//! See the rule's page below.

use super::clashes::{clashes, finding, free_range};
use super::clusters::{clusters, open};
use super::finding::in_words_of;
use super::{Confidence, Finding, Level, Settings};
use crate::azure::cluster;
use crate::network::{Basis, Network, Place};

rule! {
    /// The addresses of a cluster's pods are also addresses of its VNet, or of something near it.
    ///
    /// With Azure CNI Overlay and kubenet, nodes take every address of the pod range for a pod. What has such an address
    /// outside the cluster cannot be reached from pods; where it is the cluster's own VNet, AKS refuses the cluster
    /// (`NetworkProfileCIDROverlapVNET`). The range that is taken where none is written is `10.244.0.0/16`.
    ///
    /// Give the cluster a pod range that exists nowhere else; several clusters may have the same one. In Terraform
    /// `pod_cidr = "100.64.0.0/14"` in `network_profile`, in Bicep `podCidr` in `networkProfile`. The range of an existing
    /// cluster can only be widened.
    ///
    /// It is silent for a cluster whose pods have addresses of a subnet, for one whose VNet AKS makes, and of VNets whose ranges
    /// are not in the code.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.244.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.244.4.0/22"]
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" { # expect: VNL166
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    ///   network_profile {
    ///     network_plugin      = "azure"
    ///     network_plugin_mode = "overlay"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.244.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.244.4.0/22' }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = { // expect: VNL166
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       networkPluginMode: 'overlay'
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#ip-address-planning>
    VNL166 "pod-cidr-overlap", Error High, since "0.2.0"
}

/// Ranges that are rarely used, for a proposal.
const PROPOSALS: [&str; 5] = ["100.64.0.0/14", "192.168.0.0/16", "172.20.0.0/14", "10.244.0.0/16", "100.68.0.0/14"];

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(clusters(network).filter_map(|cluster| found(cluster, settings)));
}

fn found(cluster: Place, settings: &Settings) -> Option<Finding> {
    let (_, basis) = cluster.network_model().ok().filter(|(model, _)| model.has_pod_range())?;
    let vnet = cluster.node_vnet()?;
    let (pods, written) = match cluster.pod_ranges() {
        Ok(pods) => pods,
        Err(unknown) => {
            let name = cluster.name();
            let message = format!("cannot tell whether the pods of `{name}` have addresses that are taken near `{}`", vnet.name());
            let effect = "if the pod range is free it passes; else VNL166";
            return Some(open(&RULE, cluster, &cluster::POD_CIDRS, unknown, message, effect));
        }
    };
    let mut clashes = clashes(cluster, &pods, settings)?;
    // Of pods, AKS refuses a range that only the VNet has, too.
    for clash in clashes.iter_mut().filter(|clash| clash.with == Some(vnet)) {
        (clash.level, clash.confidence) = (Level::Error, Confidence::Medium);
    }
    clashes.sort_by_key(|clash| std::cmp::Reverse((clash.level, clash.confidence)));
    let mut finding = finding(&RULE, cluster, &cluster::POD_CIDRS, (&pods, "pod"), &clashes)?;
    if !written && basis != Basis::Written {
        finding.confidence = finding.confidence.min(Confidence::Medium);
    }
    let services = cluster.ranges(&cluster::SERVICE_CIDRS).unwrap_or_default();
    let free = free_range(cluster, &PROPOSALS, &services, settings);
    let words = in_words_of(cluster, &format!("`pod_cidr = \"{free}\"` in `network_profile`"), &format!("`podCidr: '{free}'` in `networkProfile`"));
    finding.help = Some(format!("write {words}, which nothing here has"));
    finding.why = Some("nodes take every address of the pod range for a pod".into());
    Some(finding)
}
