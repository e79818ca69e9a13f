//! See the rule's page below.

use super::clusters::{clusters, on};
use super::finding::in_words_of;
use super::{Finding, Settings, Step, said_elsewhere};
use crate::azure::cluster;
use crate::network::{ApiMode, Network, Place};
use crate::value::Truth;

rule! {
    /// Everybody may reach the API server of a cluster.
    ///
    /// A public API server without authorized ranges takes connections from the whole internet: credentials alone protect the
    /// cluster, and every flaw of the API server can be tried by anybody.
    ///
    /// Name the ranges that need it, or make the cluster private. In Terraform
    /// `api_server_access_profile { authorized_ip_ranges = ["203.0.113.0/24"] }` or `private_cluster_enabled = true`; in Bicep
    /// `authorizedIPRanges` or `enablePrivateCluster: true` in `apiServerAccessProfile`. With a firewall or NAT gateway as the way
    /// out, its public address belongs among them.
    ///
    /// An empty list is none: a variable whose default is `[]` leaves it open, and the message says so. A list that Terraform
    /// ignores after creation is undecided.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" { # expect: VNL150
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name = "system"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = { // expect: VNL150
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system' } ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges>,
    /// Cloud Adoption Framework: clusters that are not private should have authorized ranges
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL150 "public-api-server-open", Warning High, since "0.2.0"
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
    let ignored = cluster.ignores("api_server_access_profile") || cluster.ignores("api_server_authorized_ip_ranges");
    if allowed.is_everybody == Truth::Unknown || ignored && allowed.is_everybody == Truth::Yes {
        let message = format!("cannot tell whether everybody may reach the API server of `{name}`");
        let effect = "if its authorized ranges are empty: VNL150; else it passes";
        let later = || said_elsewhere(cluster, format!("the ranges that {} has later", cluster.address()), cluster.span_of(field));
        return Some(on(&RULE, cluster, field, message).undecided(allowed.unknown().or_else(|| Some(later())), effect));
    }
    if allowed.is_everybody == Truth::No {
        return None;
    }
    let mut finding = on(&RULE, cluster, field, format!("everybody may reach the API server of `{name}`"));
    let said = match (cluster.is_written(field), cluster.span_of_null(field)) {
        (true, _) => "its list of authorized ranges is empty, which lets everybody in",
        (false, Some(_)) => "it is public, and this names no authorized ranges",
        (false, None) => "it is public, and names no authorized ranges",
    };
    finding.steps.push(Step { message: said.into(), span: cluster.span_of(field) });
    let azurerm = "`authorized_ip_ranges` in `api_server_access_profile`, or `private_cluster_enabled = true`";
    let arm = "`authorizedIPRanges` or `enablePrivateCluster: true` in `apiServerAccessProfile`";
    finding.help = Some(format!("write {}", in_words_of(cluster, azurerm, arm)));
    finding.why = Some("only credentials protect an API server that answers to everybody".into());
    Some(finding)
}
