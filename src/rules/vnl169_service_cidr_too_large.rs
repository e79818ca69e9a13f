//! See the rule's page below.

use super::clusters::{clusters, on, open};
use super::finding::in_words_of;
use super::{Finding, Settings, Step};
use crate::azure::cluster;
use crate::network::{Network, Place};

rule! {
    /// The service range of a cluster is larger than AKS takes.
    ///
    /// The range must be smaller than a `/12`, and a range of IPv6 at most a `/108`. AKS refuses the cluster. A large range also
    /// sooner meets the addresses of something else.
    ///
    /// Take a `/16`: it has room for more services than a cluster can have. In Terraform `service_cidr = "172.20.0.0/16"` in
    /// `network_profile`, in Bicep `serviceCidr` in `networkProfile`.
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
    ///     network_plugin = "azure"
    ///     service_cidr   = "10.128.0.0/12" # expect: VNL169
    ///     dns_service_ip = "10.128.0.10"
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
    ///       serviceCidr: '10.0.0.0/8' // expect: VNL169
    ///       dnsServiceIP: '10.0.0.10'
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning#plan-ip-addressing-for-your-cluster>,
    /// <https://learn.microsoft.com/azure/aks/configure-dual-stack>
    VNL169 "service-cidr-too-large", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(clusters(network).filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let field = &cluster::SERVICE_CIDRS;
    let name = cluster.name();
    let ranges = match cluster.sizes(field) {
        Ok(ranges) => ranges,
        Err(unknown) => {
            let message = format!("cannot tell whether the service range of `{name}` is small enough");
            return Some(open(&RULE, cluster, field, unknown, message, "if it is a /12 or larger: VNL169; else it passes"));
        }
    };
    let large = |length: u8, is_v6: bool| if is_v6 { length < 108 } else { length <= 12 };
    let range = ranges.iter().find(|range| large(range.length, range.is_v6))?;
    let most = if range.is_v6 { "a /108" } else { "a /13" };
    let message = format!("`{name}` cannot be created: its service range {} is larger than {most}", range.text);
    let mut finding = on(&RULE, cluster, field, message);
    finding.steps.push(Step { message: format!("its services have addresses of {}", range.text), span: cluster.span_of(field) });
    let azurerm = "`service_cidr = \"172.20.0.0/16\"` and `dns_service_ip = \"172.20.0.10\"`";
    let arm = "`serviceCidr: '172.20.0.0/16'` and `dnsServiceIP: '172.20.0.10'`";
    finding.help = Some(match range.is_v6 {
        true => "take a range of IPv6 that is a `/108` or smaller".into(),
        false => format!("write {}", in_words_of(cluster, azurerm, arm)),
    });
    finding.why = Some("AKS refuses service ranges of this size".into());
    Some(finding)
}
