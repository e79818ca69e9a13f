//! See the rule's page below.

use super::conflicts::{Conflict, Part, finding, write};
use super::{Finding, Level, Settings};
use crate::azure::cluster;
use crate::network::{Got, Network, Place};
use crate::value::{Kind, Truth, Value};

rule! {
    /// A cluster has a range for pods, or the overlay mode, beside a network plugin that takes neither.
    ///
    /// With flat Azure CNI pods have their addresses from a subnet, so a range for pods means nothing: azurerm stops the plan, and
    /// what Bicep sends is overwritten without a word. Mostly the mode was forgotten, and the cluster was meant to be an overlay: it
    /// takes an address of the subnet for every pod, until there is none left. The mode in turn is one of plugin `azure` alone, and
    /// takes the place of a pod subnet.
    ///
    /// In Terraform write `network_plugin_mode = "overlay"` beside `network_plugin = "azure"`, in Bicep `networkPluginMode: 'overlay'`
    /// beside `networkPlugin: 'azure'`; or leave the range out.
    ///
    /// In Bicep and ARM the range is a warning, as the deployment goes through. So is an overlay beside a pod subnet: for a time a
    /// cluster that moves from one to the other has both.
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
    ///     pod_cidr       = "10.244.0.0/16" # expect: VNL175
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
    ///       podCidr: '10.244.0.0/16' // expect: VNL175
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/azure-cni-overlay>
    /// Source: <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/kubernetes_cluster>
    VNL175 "pod-cidr-with-flat-cni", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let overlay = || write(cluster, "network_plugin_mode = \"overlay\"", "networkPluginMode: 'overlay'");
    let mode = |message: &str| Part::is(cluster, &cluster::NETWORK_PLUGIN_MODE, "overlay", message);
    let flat = || Part::is_not(cluster, &cluster::NETWORK_PLUGIN_MODE, "overlay", "its mode is not `overlay`");
    let azure = || Part::is(cluster, &cluster::NETWORK_PLUGIN, "azure", "its network plugin is `azure`");
    // azurerm stops; Azure overwrites the range with that of the subnet: <https://github.com/Azure/azure-cli/pull/25932>.
    let level = if cluster.is_terraform() { Level::Error } else { Level::Warning };
    let mut conflicts = vec![Conflict::new(
        level,
        vec![pod_range(cluster), azure(), flat()],
        "has a range for pods beside flat Azure CNI, with which pods have addresses of a subnet",
        format!("write {} too, or leave the range out", overlay()),
    )];
    for plugin in ["kubenet", "none"] {
        let other = Part::is(cluster, &cluster::NETWORK_PLUGIN, plugin, format!("its network plugin is `{plugin}`"));
        conflicts.push(Conflict::new(
            Level::Error,
            vec![mode("its mode is `overlay`"), other],
            format!("has mode `overlay` beside plugin `{plugin}`, and the mode is one of plugin `azure`"),
            format!("write {}", write(cluster, "network_plugin = \"azure\"", "networkPlugin: 'azure'")),
        ));
    }
    for pool in cluster.pools() {
        let (truth, unknown) = pool.has_pod_subnet();
        let message = format!("its pool `{}` has a subnet for pods", pool.name());
        let part = Part { truth, unknown, ..Part::so(message, pool.span_of(&cluster::POD_SUBNET)) };
        conflicts.push(Conflict::new(
            Level::Warning,
            vec![part.of(pool), mode("the cluster's mode is `overlay`")],
            format!("has pool `{}` with a subnet for pods, which an overlay does not take", pool.name()),
            write(pool, "pod_subnet_id", "podSubnetID").replacen('`', "leave `", 1) + " out",
        ));
    }
    finding(&RULE, cluster, conflicts, "pods have addresses of a range or of a subnet, and the plugin says of which")
}

/// The range for pods, where one is written; empty texts and lists are none.
fn pod_range(cluster: Place) -> Part {
    let is_empty = |value: &Value| match &value.kind {
        Kind::List { items, rest: None, .. } => Truth::from_known(items.is_empty()),
        // A reference is something that is there.
        Kind::Reference(_) => Truth::No,
        _ => value.is_absent() | value.is(""),
    };
    let got = match cluster.get_all(&cluster::POD_CIDRS) {
        (values, _) if values.iter().any(|value| is_empty(value) == Truth::No) => {
            values.into_iter().find(|value| is_empty(value) == Truth::No).map_or(Got::Absent, Got::Is)
        }
        _ => cluster.get(&cluster::POD_CIDRS),
    };
    let truth = got.ask(|value| !value.ask(&is_empty));
    let part = Part::so("the range for pods is written here", cluster.span_of(&cluster::POD_CIDRS));
    Part { truth, unknown: got.unknown(), ..part }
}
