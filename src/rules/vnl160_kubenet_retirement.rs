//! See the rule's page below.

use super::clusters::{clusters, on, open};
use super::finding::in_words_of;
use super::{Confidence, Finding, Settings, Step};
use crate::azure::cluster;
use crate::network::{Basis, Network, NetworkModel, Place};

rule! {
    /// A cluster uses kubenet, which ends on 31 March 2028.
    ///
    /// After that day AKS no longer supports it. Until then it takes a route for each node in a route table that has room for
    /// 400, and an extra hop for every packet between nodes. What it was chosen for, pods that take no addresses of the VNet,
    /// Azure CNI Overlay has too.
    ///
    /// In Terraform `network_plugin = "azure"` and `network_plugin_mode = "overlay"` in `network_profile`, in Bicep
    /// `networkPlugin: 'azure'` and `networkPluginMode: 'overlay'` in `networkProfile`. A cluster that is there already is
    /// migrated in place; its nodes are made anew.
    ///
    /// A cluster that names no plugin was kubenet before Kubernetes 1.30: where the code names such a version, it is reported
    /// with medium confidence.
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
    ///   network_profile {
    ///     network_plugin = "kubenet" # expect: VNL160
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system' } ]
    ///     networkProfile: {
    ///       networkPlugin: 'kubenet' // expect: VNL160
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/configure-kubenet>,
    /// <https://learn.microsoft.com/azure/aks/upgrade-aks-ipam-and-dataplane>
    VNL160 "kubenet-retirement", Warning High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(clusters(network).filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let field = &cluster::NETWORK_PLUGIN;
    let name = cluster.name();
    let basis = match cluster.network_model() {
        Ok((NetworkModel::Kubenet, basis)) => basis,
        Ok(_) => return None,
        Err(unknown) if cluster.get(field).unknown().is_some() => {
            let message = format!("cannot tell whether `{name}` uses kubenet");
            return Some(open(&RULE, cluster, field, unknown, message, "if its plugin is \"kubenet\": VNL160; else it passes"));
        }
        Err(_) => return None,
    };
    let mut finding = on(&RULE, cluster, field, format!("`{name}` uses kubenet, which ends on 31 March 2028"));
    if basis == Basis::Written {
        finding.steps.push(Step { message: "its network plugin is kubenet".into(), span: cluster.span_of(field) });
    } else {
        finding.confidence = Confidence::Medium;
        let span = cluster.span_of(&cluster::KUBERNETES_VERSION);
        finding.steps.push(Step { message: "it names no network plugin, and was kubenet with this version of Kubernetes".into(), span });
    }
    let azurerm = "`network_plugin = \"azure\"` and `network_plugin_mode = \"overlay\"`";
    let arm = "`networkPlugin: 'azure'` and `networkPluginMode: 'overlay'`";
    finding.help = Some(format!("write {}", in_words_of(cluster, azurerm, arm)));
    finding.why = Some("AKS no longer supports kubenet then, and overlay needs no routes and no more addresses".into());
    Some(finding)
}
