//! See the rule's page below.

use super::conflicts::write;
use super::{Confidence, Finding, Settings, Step};
use crate::azure::{Field, cluster, virtual_network};
use crate::network::{Load, Network, Place, is_private, overlap};
use crate::value::{Cidr, Value};

rule! {
    /// The addresses of a cluster's pods or services are public ones.
    ///
    /// Whoever owns these addresses on the internet cannot be reached from the cluster: packets for them stay inside. Microsoft does
    /// not support it.
    ///
    /// Take a range of RFC 1918 (`10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16`) or RFC 6598 (`100.64.0.0/10`): in Terraform
    /// `pod_cidr = "100.64.0.0/14"`, in Bicep `podCidr: '100.64.0.0/14'`.
    ///
    /// Pods of a flat network have addresses of a subnet; there it is the range of the subnet that has to be a private one. That is
    /// told with medium confidence: somebody who owns the range may use it so.
    ///
    /// Ranges that AKS keeps for itself are VNL167.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "apps"
    ///
    ///   network_profile {
    ///     network_plugin      = "azure"
    ///     network_plugin_mode = "overlay"
    ///     pod_cidr            = "20.0.0.0/16" # expect: VNL178
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
    ///       networkPluginMode: 'overlay'
    ///       podCidr: '20.0.0.0/16' // expect: VNL178
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay>
    VNL178 "pod-or-service-cidr-public", Warning High, since "0.2.0"
}

/// Ranges that are not private and that AKS refuses in any case.
const REFUSED: [&str; 2] = ["169.254.0.0/16", "192.0.2.0/24"];

const WHY: &str = "whoever has these addresses on the internet cannot be reached from the cluster";

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in network.made(&cluster::CLUSTER) {
        findings.extend(found(cluster, &cluster::POD_CIDRS, "pod"));
        findings.extend(found(cluster, &cluster::SERVICE_CIDRS, "service"));
    }
    let mut subnets = network.subnets_of(&cluster::POOL_TO_SUBNET);
    for subnet in network.subnets_of(&cluster::POOL_TO_POD_SUBNET) {
        if !subnets.contains(&subnet) {
            subnets.push(subnet);
        }
    }
    findings.extend(subnets.into_iter().filter_map(of_subnet));
}

/// A subnet of public addresses that pods have theirs from.
fn of_subnet(subnet: Place) -> Option<Finding> {
    let mut loads = subnet.node_loads().0;
    // Nodes whose pods have other addresses.
    loads.retain(|load| load.pods != Ok(None));
    loads.extend(subnet.pod_loads().0);
    loads.sort_by_key(|load| load.cluster.address());
    loads.dedup_by_key(|load| load.cluster);
    let first = loads.first()?;
    let public = public(&subnet.ranges(&virtual_network::PREFIXES).ok()?)?;
    let shown = subnet.name();
    let names = loads.iter().map(|load| format!("`{}`", load.cluster.name())).collect::<Vec<_>>().join(" and ");
    let ranges = subnet.span_of(&virtual_network::PREFIXES);
    let place = if subnet.is_made() { ranges } else { first.span };
    let message = format!("the pods of {names} have public addresses: {public} of `{shown}` is no private range");
    let mut finding = RULE.finding(place, message).about(first.cluster);
    finding.confidence = Confidence::Medium;
    finding.objects.push(subnet.address().clone());
    finding.objects.extend(loads.iter().skip(1).map(|load| load.cluster.address().clone()));
    let step = |load: &Load| {
        let message = format!("pods of pool `{}` of `{}` have addresses of `{shown}`", load.pool.name(), load.cluster.name());
        Step { message, span: load.span }
    };
    finding.steps = loads.iter().map(step).collect();
    finding.steps.push(Step { message: format!("`{shown}` has {public}"), span: ranges });
    let range = "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10";
    let overlay = write(first.cluster, "network_plugin_mode = \"overlay\"", "networkPluginMode: 'overlay'");
    finding.help = Some(format!("give `{shown}` a range within {range}, or pods a range of their own: {overlay}"));
    finding.why = Some(WHY.into());
    Some(finding)
}

fn found(cluster: Place, field: &Field, noun: &str) -> Option<Finding> {
    if !cluster.is_written(field) {
        return None;
    }
    let (name, place) = (cluster.name(), cluster.span_of(field));
    let finding = |message: String| {
        let mut finding = RULE.finding(place, message).about(cluster);
        let (azurerm, arm, range) = match noun {
            "pod" => ("pod_cidr", "podCidr", "100.64.0.0/14"),
            _ => ("service_cidr", "serviceCidr", "172.20.0.0/16"),
        };
        finding.help = Some(format!("take a private range, as in {}", write(cluster, &format!("{azurerm} = \"{range}\""), &format!("{arm}: '{range}'"))));
        finding.why = Some(WHY.into());
        finding
    };
    let ranges = match cluster.ranges(field) {
        Ok(ranges) => ranges,
        Err(_) if has_private_candidates(cluster, field) => return None,
        Err(unknown) => {
            let message = format!("cannot tell whether the {noun}s of `{name}` have public addresses");
            let effect = "if the range is of RFC 1918 or RFC 6598 it passes; else VNL178";
            return Some(finding(message).undecided(Some(unknown), effect));
        }
    };
    let public = public(&ranges)?;
    let mut finding = finding(format!("the {noun}s of `{name}` have public addresses: {public} is no private range"));
    finding.steps.push(Step { message: format!("{noun}s have addresses of {public}"), span: place });
    Some(finding)
}

/// The first that is no private range.
fn public(ranges: &[Cidr]) -> Option<Cidr> {
    let refused: Vec<Cidr> = REFUSED.iter().filter_map(|text| Cidr::parse(text)).collect();
    let is_public = |range: &&Cidr| !is_private(**range) && overlap(&[**range], &refused).is_none();
    ranges.iter().find(is_public).copied()
}

/// Whatever a condition chooses is a private range, or none.
fn has_private_candidates(cluster: Place, field: &Field) -> bool {
    let (values, open) = cluster.get_all(field);
    let is_fine = |value: &Value| match value.as_text() {
        Some(text) => Cidr::parse(text).is_some_and(is_private),
        None => value.is_null(),
    };
    open.is_none() && values.iter().all(|value| value.candidates().iter().all(is_fine))
}
