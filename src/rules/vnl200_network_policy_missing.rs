//! See the rule's page below.

use super::{Finding, Settings, Step};
use crate::azure::cluster;
use crate::network::{Got, Network, Place};
use crate::value::Truth;

rule! {
    /// A cluster has no engine that enforces network policies.
    ///
    /// Every pod may then talk to every other pod of the cluster. `NetworkPolicy` objects are still accepted, and nothing happens:
    /// whoever wrote them believes that the database is closed, and it is open.
    ///
    /// In Terraform write `network_policy = "cilium"` with `network_data_plane = "cilium"` (and `network_plugin_mode = "overlay"`)
    /// into `network_profile`; in Bicep `networkPolicy: 'cilium'` with `networkDataplane: 'cilium'`. `calico` and `azure` are engines
    /// as well. Nothing is said of a cluster with network plugin `none`, which brings an engine of its own, nor of one whose data
    /// plane is Cilium.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "apps"
    ///
    ///   network_profile {
    ///     network_plugin      = "azure" # expect: VNL200
    ///     network_plugin_mode = "overlay"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     networkProfile: {
    ///       networkPlugin: 'azure' // expect: VNL200
    ///       networkPluginMode: 'overlay'
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/use-network-policies>
    VNL200 "network-policy-missing", Warning High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let (policy, plane) = (cluster.get(&cluster::NETWORK_POLICY), cluster.get(&cluster::DATA_PLANE));
    let missing = match &policy {
        Got::Absent => Truth::Yes,
        _ => policy.ask(|value| value.is("none") | value.is("") | value.is_absent()),
    };
    let other_plane = !plane.ask(|value| value.is("cilium"));
    // Whoever brings a plugin brings an engine; where that is not known nothing is said.
    let plugin = !cluster.is(&cluster::NETWORK_PLUGIN, "none");
    let fires = missing & other_plane;
    if plugin != Truth::Yes || fires == Truth::No {
        return None;
    }
    let null = cluster.span_of_null(&cluster::NETWORK_POLICY);
    let written = null.is_some() || matches!(policy, Got::Is(_) | Got::Unknown(_)) && cluster.span_of(&cluster::NETWORK_POLICY) != cluster.span();
    let place = match (&policy, &plane) {
        (Got::Absent, Got::Unknown(_)) => cluster.span_of(&cluster::DATA_PLANE),
        _ if written => cluster.span_of(&cluster::NETWORK_POLICY),
        _ => cluster.span_of(&cluster::NETWORK_PLUGIN),
    };
    let name = cluster.name();
    let message = match fires {
        Truth::Yes => format!("nothing in `{name}` enforces network policies: every pod may talk to every pod"),
        _ => format!("cannot tell whether `{name}` has an engine that enforces network policies"),
    };
    let mut finding = RULE.finding(place, message).about(cluster);
    let said = match missing {
        _ if !written => "its network profile names no `network_policy`, so none is installed",
        Truth::Yes => "this names no engine, so none is installed",
        _ => "this is the engine that it asks for",
    };
    finding.steps.push(Step { message: said.replace("network_policy", word(cluster)), span: place });
    if fires == Truth::Unknown {
        let unknown = policy.unknown().or(plane.unknown());
        finding = finding.undecided(unknown, "if it is an engine, or the data plane is Cilium, it passes; else VNL200");
    }
    finding.help = Some(match cluster.is_terraform() {
        true => "write `network_policy = \"cilium\"` and `network_data_plane = \"cilium\"` into its `network_profile`".into(),
        false => "write `networkPolicy: 'cilium'` and `networkDataplane: 'cilium'` into its `networkProfile`".into(),
    });
    finding.why = Some("without an engine `NetworkPolicy` objects are accepted and do nothing".into());
    Some(finding)
}

fn word(cluster: Place) -> &'static str {
    if cluster.is_terraform() { "network_policy" } else { "networkPolicy" }
}
