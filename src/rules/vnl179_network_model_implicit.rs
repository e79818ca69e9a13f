//! See the rule's page below.

use super::conflicts::write;
use super::{Finding, Settings, Step};
use crate::azure::cluster;
use crate::network::{Basis, Got, Network, NetworkModel, Place};
use crate::value::{Kind, Truth};

rule! {
    /// Nothing in the code says which network model a cluster has.
    ///
    /// Where the plugin is left out, the date and the Kubernetes version of the first deployment decide: kubenet before 1.30, an
    /// overlay since. A cluster that is built again may become another one. Where the plugin is `azure` and the mode is left out, the
    /// cluster has the older flat model, with an address of the subnet for every pod, and not the overlay that the documents speak of.
    ///
    /// Write both. In Terraform `network_plugin = "azure"` and `network_plugin_mode = "overlay"` in `network_profile`; in Bicep
    /// `networkPlugin: 'azure'` and `networkPluginMode: 'overlay'` in `networkProfile`.
    ///
    /// A pool with a subnet for pods says which model it is; so do virtual nodes and the add-on of Application Gateway, for which
    /// people choose the flat one. An Automatic cluster has one model only. Where a Kubernetes version
    /// before 1.30 makes it kubenet, VNL160 says so.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" { # expect: VNL179
    ///   name                = "aks"
    ///   resource_group_name = "apps"
    ///
    ///   default_node_pool {
    ///     name = "system"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = { // expect: VNL179
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system' } ]
    ///   }
    /// }
    /// ```
    ///
    /// Cloud Adoption Framework: to select the network model is one of the key considerations of a cluster (sentences 18 and 140),
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/azure-cni-overlay>
    VNL179 "network-model-implicit", Note High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    if cluster.is(&cluster::SKU, "Automatic") != Truth::No {
        return None;
    }
    let name = cluster.name();
    let both = write(cluster, "network_plugin_mode = \"overlay\"", "networkPluginMode: 'overlay'");
    let (model, basis) = match cluster.network_model() {
        Ok(known) => known,
        Err(unknown) => {
            // A mode that a condition leaves out is perhaps none; one that an input names is said.
            let choice = match cluster.get(&cluster::NETWORK_PLUGIN_MODE) {
                Got::Is(value) => matches!(value.kind, Kind::OneOf { .. }) && value.is_absent() == Truth::Unknown,
                _ => false,
            };
            if !choice || cluster.is(&cluster::NETWORK_PLUGIN, "azure") != Truth::Yes {
                return None;
            }
            let message = format!("cannot tell whether the code says which network model `{name}` has");
            let place = cluster.span_of(&cluster::NETWORK_PLUGIN_MODE);
            let effect = "if a mode is chosen it passes; else VNL179";
            return Some(RULE.finding(place, message).about(cluster).undecided(Some(unknown), effect));
        }
    };
    let place = cluster.span_of(&cluster::NETWORK_PLUGIN);
    // What reaches pods by their own addresses is a reason for the flat model.
    let reasons = [&cluster::VIRTUAL_NODES, &cluster::GATEWAY_ADDON_ENABLED];
    let chosen = reasons.iter().any(|reason| cluster.is_true(reason).possibly());
    let message = match (basis, model) {
        (Basis::Written, NetworkModel::NodeSubnet) if chosen => return None,
        (Basis::Written, NetworkModel::NodeSubnet) => {
            format!("`{name}` has flat Azure CNI, as plugin `azure` without a mode is, and not an overlay")
        }
        (Basis::Written, _) | (Basis::Version, NetworkModel::Kubenet) => return None,
        // A mode or a pod subnet that is written says it too.
        _ if model == NetworkModel::PodSubnet || cluster.is_written(&cluster::NETWORK_PLUGIN_MODE) => return None,
        _ => format!("nothing says which network model `{name}` has: the day of its first deployment decides"),
    };
    let mut finding = RULE.finding(place, message).about(cluster);
    let said = match (basis, cluster.span_of_null(&cluster::NETWORK_PLUGIN)) {
        (Basis::Written, _) => "the plugin is written and its mode is not",
        (_, Some(_)) => "this names no plugin, and no mode is written",
        (_, None) => "neither plugin nor mode is written",
    };
    finding.steps.push(Step { message: said.into(), span: place });
    finding.help = Some(match basis {
        Basis::Written => format!("write {both}, unless every pod is to have an address of the subnet"),
        _ => format!("write {} and {both}", write(cluster, "network_plugin = \"azure\"", "networkPlugin: 'azure'")),
    });
    finding.why = Some(match basis {
        Basis::Written => "every pod takes an address of the subnet then, and nobody can see that this is meant".into(),
        _ => "what is not written is chosen by the service, and a cluster that is built again may become another one".into(),
    });
    Some(finding)
}
