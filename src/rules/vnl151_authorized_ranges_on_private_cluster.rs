//! See the rule's page below.

use super::clusters::{clusters, on};
use super::finding::in_words_of;
use super::{Finding, Level, Settings, Step};
use crate::azure::cluster;
use crate::network::{ApiMode, Network, Place};
use crate::value::Truth;

rule! {
    /// A private cluster has authorized ranges, which are for public ones.
    ///
    /// The ranges say who may reach a public API server. A private one has no public address: the ranges restrict nobody, though
    /// whoever reads them thinks that they do.
    ///
    /// Remove them, and restrict the private endpoint by a network security group on its subnet, or by who is connected to the
    /// VNet. In Terraform drop `authorized_ip_ranges`, in Bicep `authorizedIPRanges`.
    ///
    /// With API server VNet integration it is a note: the cluster can be made public later, and the ranges count then.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                    = "aks"
    ///   resource_group_name     = "net"
    ///   private_cluster_enabled = true
    ///
    ///   default_node_pool {
    ///     name = "system"
    ///   }
    ///   api_server_access_profile {
    ///     authorized_ip_ranges = ["203.0.113.0/24"] # expect: VNL151
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system' } ]
    ///     apiServerAccessProfile: {
    ///       enablePrivateCluster: true
    ///       authorizedIPRanges: [ '203.0.113.0/24' ] // expect: VNL151
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges#limitations>,
    /// <https://learn.microsoft.com/azure/aks/private-clusters#limitations>
    VNL151 "authorized-ranges-on-private-cluster", Warning High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(clusters(network).filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let level = match cluster.api_mode()? {
        ApiMode::PrivateLink => Level::Warning,
        ApiMode::InVnetPrivate => Level::Note,
        ApiMode::Public | ApiMode::InVnetPublic => return None,
    };
    let field = &cluster::AUTHORIZED_RANGES;
    let (name, allowed) = (cluster.name(), cluster.allowed());
    match allowed.is_everybody {
        Truth::Yes => return None,
        Truth::No => {}
        Truth::Unknown => {
            let message = format!("cannot tell whether private cluster `{name}` has authorized ranges, which restrict nobody there");
            let effect = "if it has any: VNL151; else it passes";
            let finding = on(&RULE, cluster, field, message).undecided(allowed.unknown(), effect);
            return Some(Finding { level, ..finding });
        }
    }
    let mut finding = on(&RULE, cluster, field, format!("the authorized ranges of `{name}` restrict nobody: its API server is private"));
    finding.level = level;
    finding.steps.push(Step { message: "it names ranges that may reach a public API server".into(), span: cluster.span_of(field) });
    finding.steps.push(Step { message: "and its API server is private".into(), span: cluster.span_of(&cluster::PRIVATE) });
    finding.help = Some(format!("remove {}", in_words_of(cluster, "`authorized_ip_ranges`", "`authorizedIPRanges`")));
    finding.why = Some("a network security group on the subnet of the private endpoint restricts who reaches it".into());
    Some(finding)
}
