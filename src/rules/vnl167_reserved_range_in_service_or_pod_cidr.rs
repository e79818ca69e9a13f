//! See the rule's page below.

use super::clusters::{clusters, on, open};
use super::finding::in_words_of;
use super::{Finding, Settings, Step};
use crate::azure::{Field, cluster};
use crate::network::{Network, Place, reserved};
use crate::value::{Cidr, Unknown};

rule! {
    /// The services or pods of a cluster have addresses that AKS keeps for itself.
    ///
    /// AKS uses `169.254.0.0/16`, `172.30.0.0/16`, `172.31.0.0/16` and `192.0.2.0/24` inside every cluster, and refuses service
    /// and pod ranges that share addresses with them: `172.16.0.0/12` too.
    ///
    /// Take another range. In Terraform `service_cidr = "172.20.0.0/16"` or `pod_cidr = "100.64.0.0/14"` in `network_profile`,
    /// in Bicep `serviceCidr` and `podCidr` in `networkProfile`.
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
    ///   network_profile {
    ///     network_plugin      = "azure"
    ///     network_plugin_mode = "overlay"
    ///     service_cidr        = "172.31.0.0/16" # expect: VNL167
    ///     dns_service_ip      = "172.31.0.10"
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
    ///       networkPluginMode: 'overlay'
    ///       podCidr: '172.16.0.0/12' // expect: VNL167
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-cni-overview#reserved-ip-address-ranges>
    VNL167 "reserved-range-in-service-or-pod-cidr", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in clusters(network) {
        let services = cluster.ranges(&cluster::SERVICE_CIDRS);
        findings.extend(found(cluster, &cluster::SERVICE_CIDRS, services, "service"));
        if cluster.network_model().is_ok_and(|(model, _)| model.has_pod_range()) {
            let pods = cluster.pod_ranges().map(|(pods, _)| pods);
            findings.extend(found(cluster, &cluster::POD_CIDRS, pods, "pod"));
        }
    }
}

fn found(cluster: Place, field: &Field, ranges: Result<Vec<Cidr>, Unknown>, noun: &str) -> Option<Finding> {
    let name = cluster.name();
    let ranges = match ranges {
        Ok(ranges) => ranges,
        Err(unknown) => {
            let message = format!("cannot tell whether the {noun} range of `{name}` lies in what AKS keeps for itself");
            let effect = "if it shares addresses with a range of AKS: VNL167; else it passes";
            return Some(open(&RULE, cluster, field, unknown, message, effect));
        }
    };
    let (range, kept) = ranges.iter().find_map(|range| Some((*range, reserved(*range)?)))?;
    let message = format!("`{name}` cannot be created: its {noun} range {range} shares addresses with {kept}, which AKS keeps for itself");
    let mut finding = on(&RULE, cluster, field, message);
    finding.steps.push(Step { message: format!("its {noun}s have addresses of {range}"), span: cluster.span_of(field) });
    let (azurerm, arm) = match noun {
        "service" => ("`service_cidr = \"172.20.0.0/16\"` and `dns_service_ip = \"172.20.0.10\"`", "`serviceCidr: '172.20.0.0/16'` and `dnsServiceIP: '172.20.0.10'`"),
        _ => ("`pod_cidr = \"100.64.0.0/14\"`", "`podCidr: '100.64.0.0/14'`"),
    };
    finding.help = Some(format!("write {}", in_words_of(cluster, azurerm, arm)));
    finding.why = Some("AKS uses these addresses inside every cluster".into());
    Some(finding)
}
