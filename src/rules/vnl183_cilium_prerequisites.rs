//! See the rule's page below.

use super::conflicts::{Conflict, Part, finding, write};
use super::{Confidence, Finding, Level, Settings};
use crate::azure::cluster;
use crate::network::{Basis, Network, NetworkModel, Place};
use crate::value::Truth;

rule! {
    /// A cluster asks for Cilium without what Cilium needs.
    ///
    /// Network policies of engine `cilium` are enforced by the Cilium data plane and by nothing else, and that data plane runs with
    /// plugin `azure` only. AKS refuses the cluster otherwise.
    ///
    /// In Terraform `network_plugin = "azure"`, `network_plugin_mode = "overlay"`, `network_data_plane = "cilium"` and
    /// `network_policy = "cilium"` in `network_profile`; in Bicep `networkPlugin: 'azure'`, `networkPluginMode: 'overlay'`,
    /// `networkDataplane: 'cilium'` and `networkPolicy: 'cilium'` in `networkProfile`.
    ///
    /// Cilium with flat Azure CNI is only a note, and in Terraform only: AKS takes it since 2025, and azurerm's page still asks for an
    /// overlay or for pod subnets.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "apps"
    ///
    ///   network_profile {
    ///     network_plugin      = "azure"
    ///     network_plugin_mode = "overlay"
    ///     network_policy      = "cilium" # expect: VNL183
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
    ///       networkPluginMode: 'overlay'
    ///       networkPolicy: 'cilium' // expect: VNL183
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/azure-cni-powered-by-cilium>
    /// Source: <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/kubernetes_cluster>
    VNL183 "cilium-prerequisites", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let plane = || Part::is(cluster, &cluster::DATA_PLANE, "cilium", "its data plane is `cilium`");
    let other = Part::is_not(cluster, &cluster::DATA_PLANE, "cilium", match cluster.is_written(&cluster::DATA_PLANE) {
        true => "and this is its data plane",
        false => "its data plane is not written, and so is `azure`",
    });
    let mut conflicts = vec![Conflict::new(
        Level::Error,
        vec![Part::is(cluster, &cluster::NETWORK_POLICY, "cilium", "its network policies are of engine `cilium`"), other],
        "has network policies of engine `cilium` without data plane `cilium`, which enforces them",
        format!("write {}", write(cluster, "network_data_plane = \"cilium\"", "networkDataplane: 'cilium'")),
    )];
    let plugin = |name: &str| Part::is(cluster, &cluster::NETWORK_PLUGIN, name, format!("its network plugin is `{name}`"));
    for name in ["kubenet", "none"] {
        conflicts.push(Conflict::new(
            Level::Error,
            vec![plane(), plugin(name)],
            format!("has data plane `cilium` beside plugin `{name}`, and it runs with plugin `azure` only"),
            format!("write {}", write(cluster, "network_plugin = \"azure\"", "networkPlugin: 'azure'")),
        ));
    }
    if let Ok((NetworkModel::Kubenet, Basis::Version)) = cluster.network_model() {
        conflicts.push(Conflict::new(
            Level::Error,
            vec![plane(), Part::model(cluster, |model| model == NetworkModel::Kubenet)],
            "has data plane `cilium` beside `kubenet`, which its Kubernetes version takes, and it runs with plugin `azure` only",
            format!("write {}", write(cluster, "network_plugin = \"azure\"", "networkPlugin: 'azure'")),
        ));
    }
    let flat = Part::model(cluster, |model| model == NetworkModel::NodeSubnet);
    // What is not known is no reason for a note.
    if cluster.is_terraform() && flat.truth == Truth::Yes && plane().truth == Truth::Yes {
        let help = format!("write {}", write(cluster, "network_plugin_mode = \"overlay\"", "networkPluginMode: 'overlay'"));
        let what = "has data plane `cilium` with flat Azure CNI, where azurerm's page asks for an overlay or for pod subnets";
        conflicts.push(Conflict::new(Level::Note, vec![plane(), flat], what, help).at_most(Confidence::Medium));
    }
    finding(&RULE, cluster, conflicts, "what AKS does not know together it refuses, or it enforces no policy at all")
}
