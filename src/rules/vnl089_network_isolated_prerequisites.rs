//! See the rule's page below.

use super::finding::in_words_of;
use super::udr::egresses_of;
use super::{Finding, Level, Settings, Step};
use crate::azure::cluster;
use crate::network::{Network, Place};
use crate::source::Span;
use crate::value::{Truth, Unknown};

rule! {
    /// A cluster has no way out, and lacks what such a cluster needs.
    ///
    /// With outbound type `none` or `block` nodes reach no registry on the internet. They start only when a registry
    /// inside the network holds what they need, which `bootstrap_profile` says; otherwise no node becomes ready. Windows
    /// pools and kubenet are not supported, and `block` is for a VNet that AKS makes.
    ///
    /// In Terraform `bootstrap_profile { artifact_source = "Cache" }`, in Bicep `bootstrapProfile: { artifactSource:
    /// 'Cache' }`, in an API version from 2025-01-01 on. A cluster in ARM or Bicep whose node subnet has a default route
    /// to a firewall leaves by that, and is left alone.
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
    ///
    ///   network_profile {
    ///     network_plugin = "azure"
    ///     outbound_type  = "none" # expect: VNL089
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
    ///       networkPlugin: 'azure'
    ///       outboundType: 'none' // expect: VNL089
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-isolated>
    /// Source: <https://learn.microsoft.com/azure/aks/egress-outboundtype>
    VNL089 "network-isolated-prerequisites", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

/// One thing that does not go with a cluster that has no way out.
struct Lack {
    truth: Truth,
    unknown: Option<Unknown>,
    what: String,
    span: Span,
    help: String,
}

fn found(cluster: Place) -> Option<Finding> {
    let types = ["none", "block"];
    let outbound = types.into_iter().find(|text| cluster.is(&cluster::OUTBOUND, text).certainly())?;
    let place = cluster.span_of(&cluster::OUTBOUND);
    let lacks = lacks(cluster, outbound);
    let certain: Vec<&Lack> = lacks.iter().filter(|lack| lack.truth == Truth::Yes).collect();
    let open = || lacks.iter().find(|lack| lack.truth == Truth::Unknown && lack.unknown.is_some());
    let (mut finding, shown) = match (certain.first(), open()) {
        (Some(first), _) => {
            let message = format!("`{}` has no way out (`{outbound}`) and {}", cluster.name(), first.what);
            (RULE.finding(place, message).about(cluster), certain.clone())
        }
        (None, Some(lack)) => {
            let message = format!("cannot tell whether `{}`, which has no way out (`{outbound}`), {}", cluster.name(), lack.what);
            let effect = format!("if it {}: VNL089; else it passes", lack.what);
            (RULE.finding(place, message).about(cluster).undecided(lack.unknown.clone(), &effect), vec![lack])
        }
        (None, None) => return public_nodes(cluster, outbound, place),
    };
    finding.steps.push(Step { message: format!("outbound type `{outbound}` takes every way out"), span: place });
    finding.steps.extend(shown.iter().map(|lack| Step { message: format!("this cluster {}", lack.what), span: lack.span }));
    finding.help = shown.first().map(|lack| lack.help.clone());
    finding.why = Some("nodes start from what they download, and reach nothing".into());
    Some(finding)
}

fn lacks(cluster: Place, outbound: &str) -> Vec<Lack> {
    let mut lacks = Vec::new();
    let cached = cluster.is(&cluster::ARTIFACT_SOURCE, "Cache");
    // azurerm itself refuses `none` without the cache; Azure does not where a route leads out.
    let routed = !cluster.is_terraform()
        && egresses_of(cluster).iter().any(|egress| egress.has_own_default().possibly());
    if !routed {
        lacks.push(Lack {
            truth: !cached,
            unknown: cluster.get(&cluster::ARTIFACT_SOURCE).unknown(),
            what: "does not fetch what its nodes start with from a cache".into(),
            span: cluster.span_of(&cluster::ARTIFACT_SOURCE),
            help: in_words_of(
                cluster,
                "`bootstrap_profile { artifact_source = \"Cache\" }`",
                "`bootstrapProfile: { artifactSource: 'Cache' }`",
            ),
        });
    }
    lacks.push(Lack {
        truth: cluster.is(&cluster::NETWORK_PLUGIN, "kubenet"),
        unknown: None,
        what: "has network plugin `kubenet`".into(),
        span: cluster.span_of(&cluster::NETWORK_PLUGIN),
        help: in_words_of(cluster, "`network_plugin = \"azure\"`", "`networkPlugin: 'azure'`"),
    });
    for pool in cluster.pools() {
        lacks.push(Lack {
            truth: pool.is(&cluster::OS, "Windows") & pool.exists(),
            unknown: None,
            what: format!("has Windows nodes in pool `{}`", pool.name()),
            span: pool.span_of(&cluster::OS),
            help: "leave the Windows pool out".into(),
        });
    }
    if outbound == "block" {
        let (truth, unknown) = cluster.brings_subnet();
        let pool = cluster.pools().into_iter().find(|pool| pool.has_subnet().possibly());
        lacks.push(Lack {
            truth,
            unknown,
            what: "stands in a VNet of yours, and `block` is for one that AKS makes".into(),
            span: pool.unwrap_or(cluster).span_of(&cluster::POOL_SUBNET),
            help: in_words_of(cluster, "`outbound_type = \"none\"`", "`outboundType: 'none'`"),
        });
    }
    lacks
}

/// Nodes with public addresses have a way out after all.
fn public_nodes(cluster: Place, outbound: &str, place: Span) -> Option<Finding> {
    let pool = cluster.pools().into_iter().find(|pool| pool.is_true(&cluster::NODE_PUBLIC_IP) == Truth::Yes)?;
    let message = format!("`{}` has no way out (`{outbound}`), but the nodes of pool `{}` have public addresses", cluster.name(), pool.name());
    let mut finding = RULE.finding(pool.span_of(&cluster::NODE_PUBLIC_IP), message).about(cluster);
    finding.level = Level::Warning;
    finding.steps.push(Step { message: format!("outbound type is `{outbound}`"), span: place });
    finding.help = Some("take the public addresses of the nodes away".into());
    finding.why = Some("a public address is a way out that nobody inspects".into());
    Some(finding)
}
