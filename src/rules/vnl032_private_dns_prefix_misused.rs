//! See the rule's page below.

use super::clusters::{clusters, hop, on, open};
use super::finding::in_words_of;
use super::{Confidence, Finding, Settings, Step};
use crate::azure::cluster;
use crate::network::{Got, Network, Place, ZoneMode};
use crate::value::{Truth, Unknown};

rule! {
    /// A cluster has a private DNS prefix, and no private zone of its own to put it into.
    ///
    /// The private prefix is the cluster's name in a private zone that you bring. Without one there is nothing to put it
    /// into: azurerm stops with "`dns_prefix_private_cluster` should only be set for private cluster with custom private
    /// dns zone", and AKS refuses the subdomain. Two clusters with one prefix in one zone are after the same record.
    ///
    /// In Terraform write `dns_prefix` instead of `dns_prefix_private_cluster`, in Bicep `dnsPrefix` instead of
    /// `fqdnSubdomain`, or name a zone of your own.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                       = "aks"
    ///   resource_group_name        = "app"
    ///   private_cluster_enabled    = true
    ///   dns_prefix_private_cluster = "aks" # expect: VNL032
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     fqdnSubdomain: 'aks' // expect: VNL032
    ///     apiServerAccessProfile: { enablePrivateCluster: true, privateDNSZone: 'system' }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/private-clusters> and
    /// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/kubernetes_cluster>
    VNL032 "private-dns-prefix-misused", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut clusters: Vec<Place> = clusters(network).collect();
    clusters.sort_by_key(|cluster| cluster.address());
    for (index, cluster) in clusters.iter().copied().enumerate() {
        let Got::Is(prefix) = cluster.get(&cluster::FQDN_SUBDOMAIN) else { continue };
        // An input that may be null may mean that there is none.
        if prefix.is_absent() != Truth::No {
            continue;
        }
        match in_own_zone(cluster) {
            (Truth::Yes, _) => findings.extend(same_record(cluster, &clusters[..index])),
            (Truth::No, _) => findings.push(without_zone(cluster)),
            (Truth::Unknown, Some(unknown)) => {
                let message = format!("cannot tell whether `{}` has a zone for its private DNS prefix", cluster.name());
                let effect = "if it names a zone of its own it passes; else VNL032";
                findings.push(open(&RULE, cluster, &cluster::FQDN_SUBDOMAIN, unknown, message, effect));
            }
            (Truth::Unknown, None) => {}
        }
    }
}

/// Whether a cluster writes its name into a zone that the code names, and what would decide.
fn in_own_zone(cluster: Place) -> (Truth, Option<Unknown>) {
    let private = cluster.get(&cluster::PRIVATE);
    let (zone, unknown) = match cluster.zone_mode() {
        ZoneMode::Custom(_) => (Truth::Yes, None),
        ZoneMode::System | ZoneMode::None => (Truth::No, None),
        ZoneMode::Unknown(unknown) => (Truth::Unknown, Some(unknown)),
    };
    (private.ask(crate::value::Value::is_true) & zone, unknown.or_else(|| private.unknown()))
}

fn without_zone(cluster: Place) -> Finding {
    let name = cluster.name();
    let why = match cluster.is_true(&cluster::PRIVATE) {
        Truth::No => "is not private",
        _ => "has no zone of its own",
    };
    let message = format!("`{name}` has a private DNS prefix and {why}");
    let mut finding = on(&RULE, cluster, &cluster::FQDN_SUBDOMAIN, message);
    if !cluster.is_terraform() {
        finding.confidence = Confidence::Medium;
    }
    finding.steps.push(hop(cluster, &cluster::FQDN_SUBDOMAIN, "this is its name in a private zone".into()));
    let line = if cluster.is_true(&cluster::PRIVATE) == Truth::No { &cluster::PRIVATE } else { &cluster::PRIVATE_DNS_ZONE };
    finding.steps.push(hop(cluster, line, format!("and the cluster {why}")));
    finding.help = Some(in_words_of(
        cluster,
        "write `dns_prefix` instead, or name a zone in `private_dns_zone_id`",
        "write `dnsPrefix` instead, or name a zone in `privateDNSZone`",
    ));
    finding.why = Some("the prefix is a name in a private zone that the code brings".into());
    finding
}

/// An earlier cluster has the same name in the same zone.
fn same_record(cluster: Place, earlier: &[Place]) -> Option<Finding> {
    let ZoneMode::Custom(zone) = cluster.zone_mode() else { return None };
    let (zone, prefix) = (zone.place()?, cluster.text(&cluster::FQDN_SUBDOMAIN).ok()??);
    let other = earlier.iter().copied().find(|other| {
        let same_zone = matches!(other.zone_mode(), ZoneMode::Custom(end) if end.place() == Some(zone));
        let theirs = other.text(&cluster::FQDN_SUBDOMAIN).ok().flatten();
        same_zone && other.is_surely_another(cluster) && theirs.is_some_and(|theirs| theirs.eq_ignore_ascii_case(&prefix))
    })?;
    let message =
        format!("`{}` and `{}` have the same name `{prefix}` in zone `{}`", other.name(), cluster.name(), zone.name());
    let mut finding = on(&RULE, cluster, &cluster::FQDN_SUBDOMAIN, message);
    finding.objects = vec![zone.address().clone(), other.address().clone()];
    finding.steps.push(hop(cluster, &cluster::FQDN_SUBDOMAIN, format!("this cluster is called `{prefix}` in the zone")));
    finding.steps.push(hop(other, &cluster::FQDN_SUBDOMAIN, "and so is this one".into()));
    finding.steps.push(Step { message: "both write into this zone".into(), span: zone.span() });
    finding.help = Some("give each cluster a prefix of its own".into());
    finding.why = Some("both clusters write the same record".into());
    Some(finding)
}
