//! See the rule's page below.

use super::conflicts::{Conflict, Part, finding, write};
use super::{Confidence, Finding, Level, Settings};
use crate::azure::{cluster, nat_gateway, virtual_network};
use crate::network::{End, Network, NetworkModel, Place};
use crate::value::Truth;

rule! {
    /// A cluster asks for IPv6 beside something that does not know it.
    ///
    /// AKS gives pods addresses of IPv6 with overlay only. Neither Azure's own policy engine nor Calico, nor virtual nodes, nor a
    /// Standard NAT gateway know them, and the node subnet needs a range of IPv6 too. The request fails, or policies are not enforced
    /// and nothing leaves.
    ///
    /// In Terraform `ip_versions = ["IPv4", "IPv6"]` beside `network_plugin_mode = "overlay"` and `network_data_plane = "cilium"`; in
    /// Bicep `ipFamilies: [ 'IPv4', 'IPv6' ]` beside `networkPluginMode: 'overlay'` and `networkDataplane: 'cilium'`.
    ///
    /// kubenet is a warning: it had both families once.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "apps"
    ///
    ///   network_profile {
    ///     network_plugin = "azure"
    ///     ip_versions    = ["IPv4", "IPv6"] # expect: VNL177
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       ipFamilies: [ 'IPv4', 'IPv6' ] // expect: VNL177
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/azure-cni-overlay>
    VNL177 "dual-stack-needs-overlay", Error Medium, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let dual = || {
        let (truth, unknown) = cluster.is_dual_stack();
        let part = Part::so("it asks for addresses of IPv6", cluster.span_of(&cluster::IP_FAMILIES));
        Part { truth, unknown, ..part }
    };
    if dual().truth == Truth::No {
        return None;
    }
    let mut conflicts = Vec::new();
    let mut conflict = |level, part: Part, what: &str, help: String| {
        let what = format!("asks for IPv6 {what}");
        conflicts.push(Conflict::new(level, vec![dual(), part], what, help).at_most(Confidence::Medium));
    };
    let overlay = || format!("write {}", write(cluster, "network_plugin_mode = \"overlay\"", "networkPluginMode: 'overlay'"));
    let cilium = || format!("write {}", write(cluster, "network_data_plane = \"cilium\"", "networkDataplane: 'cilium'"));
    let flat = |model| matches!(model, NetworkModel::NodeSubnet | NetworkModel::PodSubnet);
    conflict(Level::Error, Part::model(cluster, flat), "with flat Azure CNI, and only an overlay gives it to pods", overlay());
    let kubenet = Part::model(cluster, |model| model == NetworkModel::Kubenet);
    // One cause, one answer: what is not known of the model is said above.
    if kubenet.truth == Truth::Yes {
        conflict(Level::Warning, kubenet, "with kubenet, and only an overlay gives it to pods today", overlay());
    }
    for engine in ["azure", "calico"] {
        let message = format!("its network policies are of engine `{engine}`");
        let part = Part::is(cluster, &cluster::NETWORK_POLICY, engine, message);
        conflict(Level::Error, part, &format!("beside network policy engine `{engine}`, which does not know it"), cilium());
    }
    let part = Part::is_true(cluster, &cluster::VIRTUAL_NODES, "virtual nodes are switched on");
    conflict(Level::Error, part, "beside virtual nodes, which do not know it", "leave virtual nodes out".into());
    let part = Part::is(cluster, &cluster::OUTBOUND, "managedNATGateway", "its nodes leave through a Standard NAT gateway");
    let leave = "let the nodes leave through a load balancer or a NAT gateway of SKU `StandardV2`";
    conflict(Level::Error, part, "and leaves through a Standard NAT gateway, which has IPv4 only", leave.into());
    let own_gateway = cluster.is(&cluster::OUTBOUND, "userAssignedNATGateway") == Truth::Yes;
    let mut subnets: Vec<Place> = cluster.node_subnets().iter().filter_map(|nodes| nodes.end.place()).collect();
    subnets.dedup();
    for subnet in subnets.into_iter().filter(|subnet| subnet.is_made()) {
        for step in subnet.follow(&nat_gateway::SUBNET_TO_NAT_GATEWAY).iter().filter(|_| own_gateway) {
            let End::Place(gateway) = &step.end else { continue };
            let message = format!("the nodes leave through Standard NAT gateway `{}`", gateway.name());
            let part = Part { span: step.span, ..Part::is(*gateway, &nat_gateway::SKU, "Standard", message) };
            conflict(Level::Error, part, "and leaves through a Standard NAT gateway, which has IPv4 only", leave.into());
        }
        let Ok(ranges) = subnet.sizes(&virtual_network::PREFIXES) else { continue };
        if !ranges.is_empty() && ranges.iter().all(|range| !range.is_v6) {
            let name = subnet.name();
            let message = format!("`{name}` has no range of IPv6");
            let part = Part::so(message, subnet.span_of(&virtual_network::PREFIXES));
            let what = format!("in `{name}`, which has no range of IPv6");
            conflict(Level::Error, part, &what, format!("give `{name}` and its VNet a range of IPv6 too"));
        }
    }
    finding(&RULE, cluster, conflicts, "the request fails, or policies are not enforced and nothing leaves")
}
