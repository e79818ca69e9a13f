//! See the rule's page below.

use super::clusters::{clusters, hop, on};
use super::finding::in_words_of;
use super::{Finding, Level, Settings, Step};
use crate::azure::cluster;
use crate::network::{Got, Network, Place};
use crate::value::Truth;

rule! {
    /// A cluster's API server is to stand in its VNet, and no subnet is named for it; or one is named, and it is not to.
    ///
    /// With API server VNet integration and nodes in a VNet of yours, AKS needs a subnet of that VNet for the API server, and
    /// refuses the cluster without one. The cluster's identity needs rights on it before the cluster is made. Without the
    /// integration a subnet that is named is not used, and the API server stays where it was: a warning.
    ///
    /// In Terraform `virtual_network_integration_enabled = true` with `subnet_id = azurerm_subnet.api.id` in
    /// `api_server_access_profile`, in Bicep `enableVnetIntegration: true` with `subnetId: apiSubnet.id` in
    /// `apiServerAccessProfile`. An `Automatic` cluster has the integration always.
    ///
    /// It is silent where AKS makes the VNet.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = "/subscriptions/s/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/spoke/subnets/nodes"
    ///   }
    ///   api_server_access_profile {
    ///     virtual_network_integration_enabled = true # expect: VNL156
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource nodes 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' existing = {
    ///   name: 'spoke/nodes'
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: nodes.id } ]
    ///     apiServerAccessProfile: {
    ///       enableVnetIntegration: true // expect: VNL156
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/api-server-vnet-integration>
    VNL156 "vnet-integration-without-subnet", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(clusters(network).filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let (on_field, subnet_field) = (&cluster::VNET_INTEGRATION, &cluster::API_SUBNET);
    let name = cluster.name();
    let subnet = cluster.get(subnet_field);
    let absent = match &subnet {
        Got::Is(value) => value.is_absent(),
        Got::Absent => Truth::Yes,
        Got::Unknown(_) => Truth::Unknown,
    };
    match (cluster.is_true(on_field), absent) {
        (Truth::Yes, Truth::Yes | Truth::Unknown) => {
            let (pool, span) = own_subnet(cluster)?;
            if absent == Truth::Unknown {
                let message = format!("cannot tell whether `{name}` names a subnet for its API server");
                return Some(on(&RULE, cluster, subnet_field, message).undecided(subnet.unknown(), "if it names one it passes; else VNL156"));
            }
            let message = format!("`{name}` cannot be created: its API server is to stand in its VNet, and no subnet is named for it");
            let mut finding = on(&RULE, cluster, on_field, message);
            let assumed = if cluster.is_written(on_field) { "" } else { ", as that of every `Automatic` cluster" };
            finding.steps.push(hop(cluster, on_field, format!("its API server is to stand in its VNet{assumed}")));
            finding.steps.push(Step { message: format!("which is its own: {pool} stands in it"), span });
            let azurerm = match cluster.address().text().contains("azurerm_kubernetes_automatic_cluster") {
                true => "`subnet_id` in `api_server_access`",
                false => "`subnet_id` in `api_server_access_profile`",
            };
            let words = in_words_of(cluster, azurerm, "`subnetId` in `apiServerAccessProfile`");
            finding.help = Some(format!("write {words}: a /28 of the same VNet, delegated to `Microsoft.ContainerService/managedClusters`"));
            finding.why = Some("AKS puts the API server into a subnet of its own, and makes none in a VNet that is not its own".into());
            Some(finding)
        }
        (Truth::No, Truth::No) => {
            let message = format!("`{name}` names a subnet for its API server, which does not stand in the VNet");
            let mut finding = on(&RULE, cluster, subnet_field, message);
            finding.level = Level::Warning;
            finding.steps.push(hop(cluster, subnet_field, "it names a subnet for its API server".into()));
            finding.steps.push(hop(cluster, on_field, "and the integration with the VNet is not switched on".into()));
            let words = in_words_of(cluster, "`virtual_network_integration_enabled = true`", "`enableVnetIntegration: true`");
            finding.help = Some(format!("write {words}, or remove the subnet"));
            finding.why = Some("without the integration nothing is put into this subnet".into());
            Some(finding)
        }
        _ => None,
    }
}

/// Who of a cluster surely stands in a subnet that the code brings.
fn own_subnet(cluster: Place) -> Option<(String, crate::source::Span)> {
    let pool = cluster.pools().into_iter().find(|pool| pool.has_subnet() == Truth::Yes && pool.exists() == Truth::Yes);
    if let Some(pool) = pool {
        return Some((format!("pool `{}`", pool.name()), pool.span_of(&cluster::POOL_SUBNET)));
    }
    let system = &cluster::SYSTEM_NODE_SUBNET;
    let Got::Is(value) = cluster.get(system) else { return None };
    (value.is_absent() == Truth::No).then(|| ("its system pool".into(), cluster.span_of(system)))
}
