//! See the rule's page below.

use super::conflicts::write;
use super::{Confidence, Finding, Settings, Step};
use crate::azure::cluster;
use crate::network::{Network, Place};
use crate::value::{Truth, Unknown};

rule! {
    /// A node pool has room for too few pods, or asks for more on a node than AKS allows.
    ///
    /// A node takes from 10 to 250 pods, and a pool as a whole needs room for 30: its own system pods run there. AKS refuses the
    /// pool otherwise.
    ///
    /// In Terraform `max_pods = 50`, in Bicep `maxPods: 50`. From 10 to 29 pods on a node are allowed where the pool begins with
    /// enough nodes, as three of 10. The number cannot be changed for a pool that exists.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "apps"
    ///
    ///   default_node_pool {
    ///     name       = "system"
    ///     node_count = 3
    ///     max_pods   = 8 # expect: VNL176
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
    ///         count: 3
    ///         maxPods: 8 // expect: VNL176
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning#maximum-pods-per-node>
    VNL176 "max-pods-out-of-bounds", Error High, since "0.2.0"
}

/// The fewest and the most pods of a node, and the fewest of a pool.
const FEWEST: i64 = 10;
const MOST: i64 = 250;
const FEWEST_OF_POOL: i64 = 30;

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let pools = network.made(&cluster::POOL).into_iter().filter(|pool| pool.exists() != Truth::No);
    findings.extend(pools.filter_map(found));
}

fn found(pool: Place) -> Option<Finding> {
    let name = pool.name();
    let finding = |message: String| {
        let place = pool.span_of(&cluster::MAX_PODS);
        let mut finding = RULE.finding(place, message).about(pool);
        finding.objects.extend(pool.parent().map(|cluster| cluster.address().clone()));
        finding.help = Some(format!("write {}", write(pool, "max_pods = 50", "maxPods: 50")));
        finding.why = Some("AKS keeps room for its own system pods and refuses a pool without it".into());
        finding
    };
    let open = |unknown: Unknown| {
        let message = format!("cannot tell whether pool `{name}` has room for {FEWEST_OF_POOL} pods, and at most {MOST} on a node");
        let effect = "from 10 to 250 pods on a node, and 30 in the pool, it passes; else VNL176";
        Some(finding(message).undecided(Some(unknown), effect))
    };
    let pods = match pool.number(&cluster::MAX_PODS) {
        // azurerm sends no 0: it stands for what is not set.
        Ok(None | Some(0)) => return None,
        Ok(Some(pods)) => pods,
        Err(unknown) => return open(unknown),
    };
    if pods < FEWEST {
        return Some(finding(format!("pool `{name}` has up to {pods} pods on a node, and AKS takes no fewer than {FEWEST}")));
    }
    if pods > MOST {
        return Some(finding(format!("pool `{name}` has up to {pods} pods on a node, and AKS takes no more than {MOST}")));
    }
    let nodes = match pool.nodes_now() {
        _ if pods >= FEWEST_OF_POOL => return None,
        // A pool that begins without nodes is measured when it has some.
        Ok(0) => return None,
        Ok(nodes) => nodes,
        Err(unknown) => return open(unknown),
    };
    let room = pods.saturating_mul(nodes);
    if room >= FEWEST_OF_POOL {
        return None;
    }
    let noun = if nodes == 1 { "node" } else { "nodes" };
    let message = format!("pool `{name}` has room for {room} pods ({nodes} {noun} × {pods}), and AKS wants room for {FEWEST_OF_POOL}");
    let mut finding = finding(message);
    let written = pool.is_written(&cluster::COUNT);
    let system = pool.is(&cluster::POOL_MODE, "System") == Truth::Yes;
    if !written || !system || pool.is_true(&cluster::AUTOSCALING) != Truth::No {
        finding.confidence = Confidence::Medium;
    }
    let begins = format!("the pool begins with {nodes} {noun}{}", if written { "" } else { ", as none is written" });
    finding.steps = vec![
        Step { message: format!("a node of this pool takes {pods} pods"), span: finding.place },
        Step { message: begins, span: pool.span_of(&cluster::COUNT) },
    ];
    Some(finding)
}
