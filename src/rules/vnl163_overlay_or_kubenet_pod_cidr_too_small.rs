//! See the rule's page below.

use super::clusters::{clusters, on};
use super::finding::in_words_of;
use super::{Confidence, Finding, Level, Settings, Step};
use crate::azure::cluster;
use crate::network::{Basis, Network, Place, Sized};
use crate::value::Truth;

rule! {
    /// The pod range of a cluster has too few addresses for its nodes.
    ///
    /// With Azure CNI Overlay and kubenet every node takes a `/24` of the pod range, however few pods it may run: a `/20` ends at
    /// 16 nodes, and the `/16` that is taken where none is written at 256. Further nodes do not become ready, and neither do
    /// those that an upgrade adds.
    ///
    /// Take a range that is large enough: it need not exist anywhere else. In Terraform `pod_cidr = "100.64.0.0/14"` in
    /// `network_profile`, in Bicep `podCidr` in `networkProfile`. The range of an existing overlay cluster can be widened; of
    /// others it cannot.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name       = "system"
    ///     node_count = 5
    ///   }
    ///   network_profile {
    ///     network_plugin      = "azure"
    ///     network_plugin_mode = "overlay"
    ///     pod_cidr            = "10.244.0.0/22" # expect: VNL163
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', count: 5 } ]
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       networkPluginMode: 'overlay'
    ///       podCidr: '10.244.0.0/22' // expect: VNL163
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#ip-address-planning>
    VNL163 "overlay-or-kubenet-pod-cidr-too-small", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(clusters(network).filter_map(found));
}

/// The nodes that a range has room for: each takes a /24.
fn room(range: &Sized) -> i64 {
    24u32.checked_sub(u32::from(range.length)).map_or(0, |bits| 1 << bits.min(40))
}

fn found(cluster: Place) -> Option<Finding> {
    let field = &cluster::POD_CIDRS;
    let (model, basis) = cluster.network_model().ok().filter(|(model, _)| model.has_pod_range())?;
    let (name, nodes) = (cluster.name(), cluster.nodes());
    let undecided = |message: String, unknown, effect: &str| Some(on(&RULE, cluster, field, message).undecided(unknown, effect));
    let written = cluster.is_written(field);
    let ranges = if written { cluster.sizes(field) } else { Ok(Vec::new()) };
    let ranges = match ranges {
        Ok(ranges) if ranges.is_empty() => vec![Sized { text: "10.244.0.0/16".into(), length: 16, is_v6: false }],
        Ok(ranges) => ranges,
        Err(unknown) => {
            let message = format!("cannot tell whether the pod range of `{name}` has room for {} nodes", nodes.most + nodes.surge);
            let effect = format!("if it has fewer than {} ranges of /24: VNL163; else it passes", nodes.most + nodes.surge);
            return undecided(message, Some(unknown), &effect);
        }
    };
    let range = ranges.iter().find(|range| !range.is_v6)?;
    let (text, room) = (&range.text, room(range));
    let unbounded = cluster.has_unbounded_nodes() != Truth::No;
    let holds = |nodes: i64| if nodes == 1 { "1 node".to_string() } else { format!("{nodes} nodes") };
    let assumed = if written { "" } else { ", which AKS takes where none is written," };
    let (level, message) = if room == 0 {
        (Level::Error, format!("the pod range {text} of `{name}` has room for no node: each takes a /24"))
    } else if nodes.now > room {
        (Level::Error, format!("the pod range {text}{assumed} of `{name}` has room for {}, and it has {} from the beginning", holds(room), nodes.now))
    } else if nodes.most + nodes.surge > room && !unbounded {
        let more = if nodes.most > room { String::new() } else { format!(", and to {} while it is upgraded", nodes.most + nodes.surge) };
        (Level::Warning, format!("the pod range {text}{assumed} of `{name}` has room for {}, and it may grow to {}{more}", holds(room), nodes.most))
    } else {
        let unknown = nodes.unknown.filter(|_| !unbounded)?;
        let message = format!("cannot tell whether the pod range {text} of `{name}` has room for all its nodes");
        return undecided(message, Some(unknown), &format!("if its pools together may have more than {}: VNL163; else it passes", holds(room)));
    };
    let mut finding = on(&RULE, cluster, field, message);
    finding.level = level;
    if !written && basis != Basis::Written {
        finding.confidence = Confidence::Medium;
    }
    let span = cluster.span_of(&cluster::NETWORK_PLUGIN);
    finding.steps.push(Step { message: format!("with {} each node takes a /24 of the pod range", model.words()), span });
    for pool in cluster.pools().into_iter().filter(|pool| pool.exists() == Truth::Yes) {
        let (Ok(now), Ok(most)) = (pool.nodes_now(), pool.nodes_at_most()) else { continue };
        let count = if pool.is_written(&cluster::MAX_COUNT) { &cluster::MAX_COUNT } else { &cluster::COUNT };
        let at_most = if most > now { format!(", and at most {most}") } else { String::new() };
        finding.steps.push(Step { message: format!("pool `{}` has {}{at_most}", pool.name(), holds(now)), span: pool.span_of(count) });
    }
    let wanted = nodes.now.max(nodes.most + nodes.surge);
    let length = (8..=16).rev().find(|length| 1i64 << (24 - length) >= wanted).unwrap_or(8);
    let length = if length <= 10 { 10 } else { length };
    let words = in_words_of(cluster, &format!("`pod_cidr = \"100.64.0.0/{length}\"`"), &format!("`podCidr: '100.64.0.0/{length}'`"));
    finding.help = Some(format!("take a larger range, as in {words}: it need not exist anywhere else"));
    finding.why = Some("a node that finds no /24 in the pod range does not become ready".into());
    Some(finding)
}
