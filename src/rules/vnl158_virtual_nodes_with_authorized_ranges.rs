//! See the rule's page below.

use super::clusters::{clusters, hop, on};
use super::finding::in_words_of;
use super::{Finding, Settings};
use crate::azure::cluster;
use crate::network::{ApiMode, Network, Place};
use crate::value::Truth;

rule! {
    /// A cluster has virtual nodes and authorized ranges, which do not go together.
    ///
    /// Virtual nodes reach the API server from addresses that are in no list. With authorized ranges they are shut out, and their
    /// pods never become ready.
    ///
    /// Make the cluster private, drop the ranges, or run these pods on a pool that scales by itself. In Terraform remove
    /// `authorized_ip_ranges` or the block `aci_connector_linux`, in Bicep `authorizedIPRanges` or the add-on `aciConnectorLinux`.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name = "system"
    ///   }
    ///   api_server_access_profile {
    ///     authorized_ip_ranges = ["203.0.113.0/24"] # expect: VNL158
    ///   }
    ///   aci_connector_linux {
    ///     subnet_name = "virtual-nodes"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system' } ]
    ///     apiServerAccessProfile: {
    ///       authorizedIPRanges: [ '203.0.113.0/24' ] // expect: VNL158
    ///     }
    ///     addonProfiles: {
    ///       aciConnectorLinux: { enabled: true, config: { SubnetName: 'virtual-nodes' } }
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/virtual-nodes#limitations>
    VNL158 "virtual-nodes-with-authorized-ranges", Warning High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(clusters(network).filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let field = &cluster::AUTHORIZED_RANGES;
    let public = matches!(cluster.api_mode(), Some(ApiMode::Public | ApiMode::InVnetPublic));
    if !public || cluster.is_true(&cluster::VIRTUAL_NODES) != Truth::Yes {
        return None;
    }
    let (name, allowed) = (cluster.name(), cluster.allowed());
    match allowed.is_everybody {
        Truth::Yes => return None,
        Truth::No => {}
        Truth::Unknown => {
            let message = format!("cannot tell whether `{name}`, which has virtual nodes, has authorized ranges");
            return Some(on(&RULE, cluster, field, message).undecided(allowed.unknown(), "if it has any: VNL158; else it passes"));
        }
    }
    let mut finding = on(&RULE, cluster, field, format!("the virtual nodes of `{name}` cannot reach its API server: they are in no authorized range"));
    finding.steps.push(hop(cluster, field, "only these ranges may reach its API server".into()));
    finding.steps.push(hop(cluster, &cluster::VIRTUAL_NODES, "and it has virtual nodes".into()));
    let words = in_words_of(cluster, "`private_cluster_enabled = true` and no `authorized_ip_ranges`", "`enablePrivateCluster: true` and no `authorizedIPRanges`");
    finding.help = Some(format!("write {words}, or do without virtual nodes"));
    finding.why = Some("virtual nodes reach the API server from addresses that no list can name".into());
    Some(finding)
}
