//! See the rule's page below.

use super::conflicts::{Conflict, Part, finding, write};
use super::{Confidence, Finding, Level, Settings};
use crate::azure::cluster;
use crate::network::{Network, NetworkModel, Place};
use crate::value::Truth;

rule! {
    /// A cluster may grow beyond what its network supports.
    ///
    /// A cluster with overlay has at most 5,000 nodes and a pool at most 1,000, and two limits are lower: Azure's own network policy
    /// engine is supported up to 250 nodes, where it runs out of memory, and for Windows nodes 110 pods are recommended at most. The
    /// autoscaler knows none of them: it goes on until something breaks.
    ///
    /// Split the workload into several pools or clusters (`max_count = 1000`, in Bicep `maxCount: 1000`), and take
    /// `network_policy = "cilium"` with `network_data_plane = "cilium"` (`networkPolicy: 'cilium'`, `networkDataplane: 'cilium'`).
    ///
    /// More than 1,000 nodes in a cluster with overlay are a note: it is what the Cloud Adoption Framework plans with.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "apps"
    ///
    ///   default_node_pool {
    ///     name                 = "system"
    ///     auto_scaling_enabled = true
    ///     min_count            = 3
    ///     max_count            = 400 # expect: VNL174
    ///   }
    ///
    ///   network_profile {
    ///     network_plugin      = "azure"
    ///     network_plugin_mode = "overlay"
    ///     network_policy      = "azure"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [
    ///       {
    ///         name: 'system'
    ///         enableAutoScaling: true
    ///         minCount: 3
    ///         maxCount: 400 // expect: VNL174
    ///       }
    ///     ]
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       networkPluginMode: 'overlay'
    ///       networkPolicy: 'azure'
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Cloud Adoption Framework: an overlay scales to 1,000 nodes with 250 pods each, and that is enough for most (sentence 30),
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay>
    /// Source: <https://learn.microsoft.com/azure/aks/use-network-policies>
    VNL174 "overlay-scale-limits", Warning High, since "0.2.0"
}

/// The most nodes of a cluster with overlay, and of a pool.
const MOST: i64 = 5000;
const MOST_OF_POOL: i64 = 1000;
/// What the Cloud Adoption Framework plans with.
const PLANNED: i64 = 1000;
/// The most nodes that Azure's own policy engine is supported with.
const MOST_OF_ENGINE: i64 = 250;
/// The most pods that are recommended for a Windows node.
const MOST_ON_WINDOWS: i64 = 110;

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let mut pools: Vec<(Place, i64)> = cluster
        .pools()
        .into_iter()
        .filter(|pool| pool.exists() == Truth::Yes)
        .filter_map(|pool| Some((pool, pool.nodes_at_most().ok()?)))
        .collect();
    pools.sort_by_key(|(_, most)| std::cmp::Reverse(*most));
    // Pools whose size is not known add to it and take nothing away.
    let total: i64 = pools.iter().map(|(_, most)| most).sum();
    let sizes = || pools.iter().take(4).map(|(pool, most)| size(*pool, *most)).collect::<Vec<Part>>();
    let overlay = || Part::model(cluster, |model| model == NetworkModel::Overlay);
    let with = |part: Part| sizes().into_iter().chain([part]).collect::<Vec<Part>>();
    let mut conflicts = Vec::new();
    if let Some((pool, most)) = pools.first().filter(|(_, most)| *most > MOST_OF_POOL) {
        let what = format!("may have {most} nodes in pool `{}`, and a pool has at most {MOST_OF_POOL}", pool.name());
        conflicts.push(Conflict::new(Level::Error, vec![size(*pool, *most)], what, "spread the nodes over several pools"));
    }
    if total > MOST {
        let what = format!("may grow to {total} nodes with overlay, which supports {MOST}");
        conflicts.push(Conflict::new(Level::Error, with(overlay()), what, "spread the workload over several clusters"));
    } else if total > PLANNED {
        let what = format!("may grow to {total} nodes with overlay, and {PLANNED} are what it is planned with");
        let help = "make sure that quotas, API server and policies are planned for so many nodes";
        conflicts.push(Conflict::new(Level::Note, with(overlay()), what, help).at_most(Confidence::Medium));
    }
    if total > MOST_OF_ENGINE {
        let engine = Part::is(cluster, &cluster::NETWORK_POLICY, "azure", "its network policies are of Azure's own engine");
        let what = format!("may grow to {total} nodes, and network policy engine `azure` is supported with {MOST_OF_ENGINE}");
        let help = format!("take Cilium: {} and {}",
            write(cluster, "network_data_plane = \"cilium\"", "networkDataplane: 'cilium'"),
            write(cluster, "network_policy = \"cilium\"", "networkPolicy: 'cilium'"));
        conflicts.push(Conflict::new(Level::Warning, with(engine), what, help));
    }
    for pool in cluster.pools() {
        let Ok(Some(pods)) = pool.number(&cluster::MAX_PODS) else { continue };
        if pods > MOST_ON_WINDOWS {
            let many = Part::so(format!("pool `{}` has up to {pods} pods on a node", pool.name()), pool.span_of(&cluster::MAX_PODS));
            let windows = Part::is(pool, &cluster::OS, "Windows", "its nodes are Windows").of(pool);
            let what = format!("has up to {pods} pods on Windows nodes of pool `{}`, where {MOST_ON_WINDOWS} are recommended", pool.name());
            let help = format!("write {}", write(pool, "max_pods = 110", "maxPods: 110"));
            conflicts.push(Conflict::new(Level::Warning, vec![many, windows, overlay()], what, help).at_most(Confidence::Medium));
        }
    }
    finding(&RULE, cluster, conflicts, "the autoscaler knows no limit of the network: it goes on until something breaks")
}

/// The line that lets a pool grow so far.
fn size(pool: Place, most: i64) -> Part {
    let grows = pool.is_true(&cluster::AUTOSCALING) == Truth::Yes && pool.is_written(&cluster::MAX_COUNT);
    let field = if grows { &cluster::MAX_COUNT } else { &cluster::COUNT };
    Part::so(format!("pool `{}` has up to {most} nodes", pool.name()), pool.span_of(field))
}
