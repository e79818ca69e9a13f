//! See the rule's page below.

use super::{Finding, Level, Settings, Step};
use crate::azure::cluster;
use crate::network::{Network, Place};
use crate::value::Truth;

rule! {
    /// A cluster asks for a network policy engine that its network plugin does not have.
    ///
    /// Azure's own engine works with Azure CNI only: with `kubenet` the request is refused. With plugin `none` AKS installs neither a
    /// plugin nor an engine, so the setting does nothing and the policies that people rely on are never enforced.
    ///
    /// In Terraform write `network_policy = "calico"` beside `network_plugin = "kubenet"`, or better move to
    /// `network_plugin = "azure"` with `network_plugin_mode = "overlay"`; in Bicep `networkPolicy: 'calico'`, or
    /// `networkPlugin: 'azure'` with `networkPluginMode: 'overlay'`. With plugin `none` leave the setting out and install the engine
    /// together with the plugin.
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
    ///     network_policy = "azure" # expect: VNL201
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     networkProfile: {
    ///       networkPlugin: 'kubenet'
    ///       networkPolicy: 'azure' // expect: VNL201
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/use-network-policies>
    VNL201 "network-policy-incompatible", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let plugin = |name: &str| cluster.is(&cluster::NETWORK_PLUGIN, name);
    let policy = |name: &str| cluster.is(&cluster::NETWORK_POLICY, name);
    let refused = plugin("kubenet") & policy("azure");
    let idle = plugin("none") & (policy("azure") | policy("calico") | policy("cilium"));
    let fires = refused | idle;
    if fires == Truth::No {
        return None;
    }
    let (name, place) = (cluster.name(), cluster.span_of(&cluster::NETWORK_POLICY));
    let engine = cluster.text(&cluster::NETWORK_POLICY).ok().flatten().unwrap_or_else(|| "network policy".into());
    let message = match (fires, refused) {
        (Truth::Unknown, _) => format!("cannot tell whether the network policy engine of `{name}` exists for its network plugin"),
        (_, Truth::Yes) => format!("`{name}` cannot be created: network policy engine `azure` does not work with `kubenet`"),
        _ => format!("`{name}` asks for network policy engine `{engine}`, and network plugin `none` installs no engine"),
    };
    let mut finding = RULE.finding(place, message).about(cluster);
    if refused != Truth::Yes {
        finding.level = Level::Warning;
    }
    if fires == Truth::Unknown {
        let [plugin, policy] = [&cluster::NETWORK_PLUGIN, &cluster::NETWORK_POLICY].map(|field| cluster.get(field).unknown());
        finding.level = Level::Error;
        finding = finding.undecided(policy.or(plugin), "if the plugin is `kubenet` and the engine `azure`: VNL201; else it passes");
    }
    finding.steps.push(Step { message: "this is the engine that it asks for".into(), span: place });
    let message = "and this is its network plugin".into();
    finding.steps.push(Step { message, span: cluster.span_of(&cluster::NETWORK_PLUGIN) });
    finding.help = Some(match refused {
        Truth::No => "leave the engine out and install one together with the network plugin".into(),
        _ => "take `calico`, or Azure CNI with overlay instead of `kubenet`".into(),
    });
    finding.why = Some("AKS refuses an engine that the plugin does not have, and with plugin `none` installs none".into());
    Some(finding)
}
