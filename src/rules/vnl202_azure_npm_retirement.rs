//! See the rule's page below.

use super::{Finding, Level, Settings, Step};
use crate::azure::cluster;
use crate::network::{Network, Place};
use crate::value::Truth;

rule! {
    /// A cluster enforces network policies with Azure Network Policy Manager, which is being retired.
    ///
    /// Azure Network Policy Manager is supported on Windows nodes until 30 September 2026 and on Linux nodes until
    /// 30 September 2028. A cluster that starts with it starts with a migration to do; with Windows nodes the end is so near that it
    /// is a warning.
    ///
    /// In Terraform write `network_policy = "cilium"` and `network_data_plane = "cilium"`; in Bicep `networkPolicy: 'cilium'` and
    /// `networkDataplane: 'cilium'`. For Windows nodes `calico` remains. A cluster with `kubenet` hears VNL201 instead.
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
    ///     network_policy = "azure" # expect: VNL202
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
    ///       networkPolicy: 'azure' // expect: VNL202
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/use-network-policies>
    VNL202 "azure-npm-retirement", Note High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let fires = cluster.is(&cluster::NETWORK_POLICY, "azure");
    if fires == Truth::No || cluster.is(&cluster::NETWORK_PLUGIN, "kubenet").possibly() {
        return None;
    }
    let (name, place) = (cluster.name(), cluster.span_of(&cluster::NETWORK_POLICY));
    let pools = cluster.children(&cluster::POOL);
    let windows = pools.into_iter().find(|pool| pool.is(&cluster::OS, "Windows") & pool.exists() == Truth::Yes);
    let message = match (fires, &windows) {
        (Truth::Unknown, _) => format!("cannot tell whether `{name}` uses Azure Network Policy Manager, which is being retired"),
        (_, Some(_)) => {
            format!("`{name}` has Windows nodes and uses Azure Network Policy Manager, supported there until 30 September 2026")
        }
        (_, None) => format!("`{name}` uses Azure Network Policy Manager, supported until 30 September 2028"),
    };
    let mut finding = RULE.finding(place, message).about(cluster);
    finding.steps.push(Step { message: "this is Azure Network Policy Manager".into(), span: place });
    if let Some(pool) = windows {
        finding.level = Level::Warning;
        let message = format!("and pool `{}` has Windows nodes", pool.name());
        finding.steps.push(Step { message, span: pool.span_of(&cluster::OS) });
    }
    if fires == Truth::Unknown {
        let unknown = cluster.get(&cluster::NETWORK_POLICY).unknown();
        finding = finding.undecided(unknown, "if it is `azure`: VNL202; else it passes");
    }
    finding.help = Some(match finding.level {
        Level::Warning => "take `calico`, or `cilium` without Windows nodes".into(),
        _ => "take `cilium` as network policy engine and as data plane".into(),
    });
    finding.why = Some("a cluster that begins with a retired engine has to be migrated".into());
    Some(finding)
}
