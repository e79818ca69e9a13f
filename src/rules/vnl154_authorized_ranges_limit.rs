//! See the rule's page below.

use super::clusters::{clusters, on};
use super::{Finding, Settings, Step};
use crate::azure::cluster;
use crate::network::{Network, Place};
use crate::value::Truth;

rule! {
    /// A cluster has more authorized ranges than AKS takes.
    ///
    /// AKS takes 200 ranges, and 2,000 with API server VNet integration; it refuses longer lists. Lists that are put together,
    /// of offices, build agents and cloud ranges, pass the limit unnoticed, and then every change of the cluster fails.
    ///
    /// Put neighbouring ranges together, let build agents leave by one NAT gateway, or make the cluster private. In Terraform
    /// `authorized_ip_ranges` in `api_server_access_profile`, in Bicep `authorizedIPRanges` in `apiServerAccessProfile`.
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
    ///     authorized_ip_ranges = [for host in range(201) : "203.0.${host}.0/24"] # expect: VNL154
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// var offices = [for host in range(0, 201): '203.0.${host}.0/24']
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system' } ]
    ///     apiServerAccessProfile: {
    ///       authorizedIPRanges: offices // expect: VNL154
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges#limitations>
    VNL154 "authorized-ranges-limit", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(clusters(network).filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let limit = match cluster.is_true(&cluster::VNET_INTEGRATION) {
        Truth::No => 200,
        _ => 2000,
    };
    let count = cluster.allowed().items.len();
    if count <= limit {
        return None;
    }
    let field = &cluster::AUTHORIZED_RANGES;
    let message = format!("`{}` names {count} authorized ranges, and AKS takes {limit}", cluster.name());
    let mut finding = on(&RULE, cluster, field, message);
    finding.steps.push(Step { message: format!("this list has {count} ranges"), span: cluster.span_of(field) });
    finding.help = Some(format!("put ranges together until there are at most {limit}, or make the cluster private"));
    finding.why = Some("AKS refuses the cluster and every change of it".into());
    Some(finding)
}
