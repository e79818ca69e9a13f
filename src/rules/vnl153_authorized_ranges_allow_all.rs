//! See the rule's page below.

use super::clusters::{clusters, on};
use super::finding::in_words_of;
use super::{Finding, Level, Settings, Step};
use crate::azure::cluster;
use crate::network::{ApiMode, Network, Place, is_private};
use crate::value::Truth;

rule! {
    /// The authorized ranges of a cluster let everybody in.
    ///
    /// A list with `0.0.0.0/0`, or with halves of all addresses, is there and restricts nobody. Reviews that ask only whether the
    /// list is set pass it.
    ///
    /// Name the ranges that need the API server. In Terraform `authorized_ip_ranges = ["203.0.113.0/24"]` in
    /// `api_server_access_profile`, in Bicep `authorizedIPRanges: [ '203.0.113.0/24' ]` in `apiServerAccessProfile`.
    ///
    /// A public range of a `/8` or larger is a note. `0.0.0.0/32`, which AKS takes for nobody beside the cluster itself, passes.
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
    ///   api_server_access_profile {
    ///     authorized_ip_ranges = ["0.0.0.0/0"] # expect: VNL153
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
    ///       authorizedIPRanges: [ '0.0.0.0/1', '128.0.0.0/1' ] // expect: VNL153
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges>,
    /// Cloud Adoption Framework: clusters that are not private should have authorized ranges
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL153 "authorized-ranges-allow-all", Warning High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(clusters(network).filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    if !matches!(cluster.api_mode(), Some(ApiMode::Public | ApiMode::InVnetPublic)) {
        return None;
    }
    let field = &cluster::AUTHORIZED_RANGES;
    let (name, allowed) = (cluster.name(), cluster.allowed());
    let ranges = allowed.ranges();
    let widest = ranges.iter().copied().filter(|range| range.is_v4()).min_by_key(|range| range.length());
    let (level, range) = match widest {
        Some(range) if range.length() <= 1 => (Level::Warning, range),
        Some(range) if range.length() <= 8 && !is_private(range) => (Level::Note, range),
        _ if allowed.is_everybody == Truth::No || allowed.unknown().is_none() => return None,
        _ => {
            let message = format!("cannot tell whether the authorized ranges of `{name}` let everybody in");
            let effect = "if 0.0.0.0/0 is among them: VNL153; else it passes";
            return Some(on(&RULE, cluster, field, message).undecided(allowed.unknown(), effect));
        }
    };
    let message = match level {
        Level::Note => format!("the authorized ranges of `{name}` hold {range}: the addresses of very many others"),
        _ => format!("the authorized ranges of `{name}` let everybody in: {range} is among them"),
    };
    let mut finding = on(&RULE, cluster, field, message);
    finding.level = level;
    finding.steps.push(Step { message: format!("{range} may reach its API server"), span: cluster.span_of(field) });
    let words = in_words_of(cluster, "`authorized_ip_ranges = [\"203.0.113.0/24\"]`", "`authorizedIPRanges: [ '203.0.113.0/24' ]`");
    finding.help = Some(format!("name the ranges that need it, as in {words}"));
    finding.why = Some("only credentials protect an API server that answers to everybody".into());
    Some(finding)
}
