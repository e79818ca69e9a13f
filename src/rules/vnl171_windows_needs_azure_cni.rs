//! See the rule's page below.

use super::conflicts::{Conflict, Part, finding, write};
use super::{Confidence, Finding, Level, Settings};
use crate::azure::cluster;
use crate::network::{Network, NetworkModel, Place};
use crate::value::{Pieces, Truth};

rule! {
    /// A Windows pool stands in a cluster that cannot have one.
    ///
    /// kubenet runs on Linux nodes only, so AKS refuses the pool when the cluster is already up. Cilium runs on Linux only too:
    /// Windows nodes have another data plane, and nobody enforces Cilium's policies there. The name of a Windows pool has at most six
    /// characters, and Windows Server 2019 ends with Kubernetes 1.32.
    ///
    /// In Terraform `network_plugin = "azure"` with `network_plugin_mode = "overlay"` in `network_profile`, in Bicep
    /// `networkPlugin: 'azure'` with `networkPluginMode: 'overlay'` in `networkProfile`; for the pool `os_sku = "Windows2022"`
    /// (`osSKU: 'Windows2022'`) and a short name.
    ///
    /// Windows beside node auto-provisioning is VNL182, in a cluster without a way out VNL089.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "apps"
    ///
    ///   network_profile {
    ///     network_plugin = "kubenet"
    ///   }
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster_node_pool" "win" {
    ///   name                  = "win"
    ///   kubernetes_cluster_id = azurerm_kubernetes_cluster.aks.id
    ///   os_type               = "Windows" # expect: VNL171
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     networkProfile: { networkPlugin: 'kubenet' }
    ///     agentPoolProfiles: [
    ///       { name: 'system', mode: 'System' }
    ///       { name: 'win', osType: 'Windows' } // expect: VNL171
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/configure-kubenet>
    /// Source: <https://learn.microsoft.com/azure/aks/windows-vs-linux-containers>
    VNL171 "windows-needs-azure-cni", Error High, since "0.2.0"
}

/// The most characters of the name of a Windows pool.
const LONGEST: usize = 6;

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let conflicts = cluster.pools().into_iter().flat_map(|pool| conflicts(cluster, pool)).collect();
    finding(&RULE, cluster, conflicts, "AKS refuses the pool when the cluster is already up, or leaves it without policies")
}

fn conflicts(cluster: Place, pool: Place) -> Vec<Conflict> {
    let name = pool.name();
    let windows = || Part::is(pool, &cluster::OS, "Windows", format!("pool `{name}` has Windows nodes")).of(pool);
    let overlay = || write(cluster, "network_plugin_mode = \"overlay\"", "networkPluginMode: 'overlay'");
    let mut conflicts = vec![
        Conflict::new(
            Level::Error,
            vec![windows(), Part::model(cluster, |model| model == NetworkModel::Kubenet)],
            format!("has Windows pool `{name}` with kubenet, which does not run on Windows nodes"),
            format!("move to Azure CNI: {} and {}", write(cluster, "network_plugin = \"azure\"", "networkPlugin: 'azure'"), overlay()),
        ),
        Conflict::new(
            Level::Warning,
            vec![windows(), Part::is(cluster, &cluster::DATA_PLANE, "cilium", "its data plane is `cilium`")],
            format!("has Windows pool `{name}` beside data plane `cilium`, which runs on Linux nodes only"),
            "give the Windows pool a cluster with another data plane",
        )
        .at_most(Confidence::Medium),
        Conflict::new(
            Level::Note,
            vec![windows(), Part::is(cluster, &cluster::NETWORK_PLUGIN, "none", "its network plugin is `none`")],
            format!("has Windows pool `{name}` with plugin `none`: the plugin that you install has to run on Windows"),
            "make sure that your own network plugin runs on Windows nodes",
        )
        .at_most(Confidence::Medium),
    ];
    if let Some(length) = pool.id().and_then(|id| id.name()).map(Pieces::least_length).filter(|length| *length > LONGEST) {
        conflicts.push(Conflict::new(
            Level::Error,
            vec![windows(), Part::so(format!("its name has {length} characters"), pool.span())],
            format!("has Windows pool `{name}`, whose name has {length} characters where {LONGEST} are allowed"),
            format!("give the pool a name of at most {LONGEST} characters"),
        ));
    }
    if let Some(minor) = cluster.kubernetes_minor().filter(|minor| *minor >= 33) {
        let message = "its nodes run Windows Server 2019";
        conflicts.push(Conflict::new(
            Level::Error,
            vec![
                Part::is(pool, &cluster::OS_SKU, "Windows2019", message).of(pool),
                Part::so(format!("its Kubernetes version is 1.{minor}"), cluster.span_of(&cluster::KUBERNETES_VERSION)),
            ],
            format!("has pool `{name}` on Windows Server 2019, and Kubernetes 1.{minor} does not run there"),
            format!("write {}", write(pool, "os_sku = \"Windows2022\"", "osSKU: 'Windows2022'")),
        ));
    }
    // A pool that is Windows for certain is asked; of one that may be, the plugin alone decides nothing.
    conflicts.retain(|_| windows().truth != Truth::No);
    conflicts
}
