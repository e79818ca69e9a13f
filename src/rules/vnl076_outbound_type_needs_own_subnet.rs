//! See the rule's page below.

use super::finding::in_words_of;
use super::{Finding, Settings, Step};
use crate::azure::cluster;
use crate::network::{Network, Place};
use crate::value::Truth;

rule! {
    /// A cluster takes its way out from its own subnet, and its nodes are given no subnet.
    ///
    /// With outbound type `userDefinedRouting` or `userAssignedNATGateway` the nodes leave through what is attached to
    /// their subnet: a route table, a NAT gateway. When the pools name no subnet, AKS makes a VNet of its own, in which
    /// neither is, and refuses the cluster.
    ///
    /// Name a subnet of yours in every pool: in Terraform `vnet_subnet_id = azurerm_subnet.nodes.id`, in Bicep
    /// `vnetSubnetID: nodes.id`. Without a VNet of your own take outbound type `loadBalancer` or `managedNATGateway`. A
    /// variable that is null by default counts as no subnet. Automatic clusters are left alone: they name their subnets
    /// elsewhere.
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
    ///     outbound_type  = "userDefinedRouting" # expect: VNL076
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
    ///       outboundType: 'userDefinedRouting' // expect: VNL076
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/egress-outboundtype>
    VNL076 "outbound-type-needs-own-subnet", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let types = ["userDefinedRouting", "userAssignedNATGateway"];
    let outbound = types.into_iter().find(|text| cluster.is(&cluster::OUTBOUND, text).certainly())?;
    if cluster.is(&cluster::SKU, "Automatic").possibly() {
        return None;
    }
    // Which subnet a pool that the cluster is made with has, null included, is what AKS looks at.
    let pool = *cluster.first_pools().first()?;
    if pool.has_subnet() != Truth::No {
        return None;
    }
    let place = cluster.span_of(&cluster::OUTBOUND);
    let message = format!(
        "`{}` cannot be created: outbound type `{outbound}` needs a subnet of yours, and pool `{}` names none",
        cluster.name(),
        pool.name()
    );
    let mut finding = RULE.finding(place, message).about(cluster);
    finding.objects.push(pool.address().clone());
    finding.steps.push(Step { message: "this outbound type goes through your own subnet".into(), span: place });
    finding.steps.push(Step { message: "this pool is given none".into(), span: pool.span() });
    finding.help = Some(in_words_of(cluster, "name a subnet in the pool: `vnet_subnet_id`", "name a subnet in the pool: `vnetSubnetID`"));
    finding.why = Some("AKS makes a VNet of its own for such a pool, without your routes or NAT gateway".into());
    Some(finding)
}
