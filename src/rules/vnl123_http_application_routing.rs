//! See the rule's page below.

use super::gateways::settled;
use super::{Finding, Settings};
use crate::azure::cluster;
use crate::network::Network;
use crate::value::Truth;

rule! {
    /// The HTTP application routing add-on is switched on.
    ///
    /// The add-on is retired since 3 March 2025: Azure refuses it on a new cluster, so the first deployment of this code
    /// fails, and what it made before gets no more fixes.
    ///
    /// Switch it off, and take the application routing add-on (`web_app_routing`, in Bicep `ingressProfile.webAppRouting`) or
    /// another ingress controller. An entry that says `enabled: false` is a harmless leftover.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "main" {
    ///   name                             = "aks-main"
    ///   resource_group_name              = "rg-main"
    ///   http_application_routing_enabled = true # expect: VNL123
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource main 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks-main'
    ///   properties: {
    ///     addonProfiles: {
    ///       httpApplicationRouting: {
    ///         enabled: true // expect: VNL123
    ///       }
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/app-routing-migration>
    VNL123 "http-application-routing", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in network.made(&cluster::CLUSTER) {
        let place = cluster.span_of(&cluster::HTTP_APPLICATION_ROUTING);
        let name = cluster.name();
        let mut finding = match cluster.is_true(&cluster::HTTP_APPLICATION_ROUTING) {
            Truth::No => continue,
            Truth::Yes => {
                let message = format!("`{name}` cannot be created: it asks for the HTTP application routing add-on, which is retired");
                RULE.finding(place, message).about(cluster)
            }
            Truth::Unknown => {
                let message = format!("cannot tell whether `{name}` asks for the HTTP application routing add-on, which is retired");
                let unknown = cluster.get(&cluster::HTTP_APPLICATION_ROUTING).unknown();
                RULE.finding(place, message).about(cluster).undecided(unknown, "if it is true: VNL123; else it passes")
            }
        };
        finding.help = Some(match cluster.is_terraform() {
            true => "leave `http_application_routing_enabled` out, and write a `web_app_routing` block instead".into(),
            false => "leave `httpApplicationRouting` out, and write `ingressProfile: { webAppRouting: { enabled: true } }` instead".into(),
        });
        finding.why = Some("Azure no longer makes clusters with this add-on".into());
        findings.push(settled(finding, cluster, RULE.code));
    }
}
