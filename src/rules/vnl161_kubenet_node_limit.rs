//! See the rule's page below.

use super::clusters::{clusters, on};
use super::finding::in_words_of;
use super::{Finding, Level, Settings, Step};
use crate::azure::{cluster, routes};
use crate::network::{Network, NetworkModel, Place, Table};
use crate::value::Truth;

rule! {
    /// A kubenet cluster has, or may grow to, more nodes than a route table has room for routes.
    ///
    /// With kubenet each node has a route of its own, and Azure takes 400 routes in a table. The pods of a node without a
    /// route cannot be reached, and AKS refuses to make more nodes. Routes that the code writes into the same table count too,
    /// and so do the nodes that an upgrade adds.
    ///
    /// Azure CNI Overlay needs no routes and takes 5,000 nodes: in Terraform `network_plugin = "azure"` and
    /// `network_plugin_mode = "overlay"` in `network_profile`, in Bicep `networkPlugin: 'azure'` and
    /// `networkPluginMode: 'overlay'` in `networkProfile`. Or let the pools grow less.
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
    ///     node_count = 450
    ///   }
    ///   network_profile {
    ///     network_plugin = "kubenet" # expect: VNL161
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', count: 450 } ]
    ///     networkProfile: {
    ///       networkPlugin: 'kubenet' // expect: VNL161
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/configure-kubenet#limitations--considerations-for-kubenet>,
    /// Cloud Adoption Framework: kubenet suits clusters of fewer than 400 nodes
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL161 "kubenet-node-limit", Error High, since "0.2.0"
}

/// The routes that a table takes.
const MOST: i64 = 400;

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(clusters(network).filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let field = &cluster::NETWORK_PLUGIN;
    if !matches!(cluster.network_model(), Ok((NetworkModel::Kubenet, _))) {
        return None;
    }
    let nodes = cluster.nodes();
    let (table, own) = own_routes(cluster);
    let largest = nodes.most + nodes.surge + own;
    let name = cluster.name();
    let beside = if own == 0 { String::new() } else { format!(" beside {own} routes of the code") };
    let mut finding = if nodes.now > MOST {
        on(&RULE, cluster, field, format!("`{name}` cannot be created: kubenet takes a route for each of its {} nodes, and a route table has room for {MOST}", nodes.now))
    } else if largest > MOST {
        let message = format!(
            "`{name}` may grow to {} nodes, and to {} while it is upgraded: kubenet takes a route for each of them{beside}, and a route table has room for {MOST}",
            nodes.most,
            nodes.most + nodes.surge
        );
        Finding { level: Level::Warning, ..on(&RULE, cluster, field, message) }
    } else {
        let unknown = nodes.unknown?;
        let message = format!("cannot tell whether `{name}` stays below {MOST} nodes, for which kubenet takes a route each");
        let effect = format!("if all its pools together have more than {} nodes at most: VNL161; else it passes", MOST - own);
        return Some(on(&RULE, cluster, field, message).undecided(Some(unknown), &effect));
    };
    finding.steps.push(Step { message: "its network plugin is kubenet".into(), span: cluster.span_of(field) });
    for pool in cluster.pools().into_iter().filter(|pool| pool.exists() == Truth::Yes) {
        let (Ok(now), Ok(most)) = (pool.nodes_now(), pool.nodes_at_most()) else { continue };
        let count = if pool.is_written(&cluster::MAX_COUNT) { &cluster::MAX_COUNT } else { &cluster::COUNT };
        let message = format!("pool `{}` has {now} nodes, and at most {}", pool.name(), most.max(now));
        finding.steps.push(Step { message, span: pool.span_of(count) });
    }
    if let Some(table) = table.filter(|_| own > 0) {
        finding.objects.push(table.address().clone());
        finding.steps.push(Step { message: format!("its route table `{}` has {own} routes already", table.name()), span: table.span() });
    }
    let azurerm = "`network_plugin = \"azure\"` and `network_plugin_mode = \"overlay\"`, which takes 5000 nodes";
    let arm = "`networkPlugin: 'azure'` and `networkPluginMode: 'overlay'`, which takes 5000 nodes";
    finding.help = Some(format!("write {}", in_words_of(cluster, azurerm, arm)));
    finding.why = Some("the pods of a node without a route cannot be reached".into());
    Some(finding)
}

/// The route table of the nodes, and the routes that the code writes into it.
fn own_routes(cluster: Place<'_>) -> (Option<Place<'_>>, i64) {
    let subnets = cluster.node_subnets().into_iter().filter_map(|subnet| subnet.end.place());
    let table = subnets.into_iter().find_map(|subnet| match subnet.route_table() {
        Table::Is(table, _) => Some(table),
        _ => None,
    });
    let routes = table.map_or(0, |table| table.children(&routes::ROUTE).iter().filter(|route| route.exists() == Truth::Yes).count());
    (table, i64::try_from(routes).unwrap_or(0))
}
