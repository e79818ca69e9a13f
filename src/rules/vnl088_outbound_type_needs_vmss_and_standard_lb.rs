//! See the rule's page below.

use super::finding::in_words_of;
use super::{Finding, Settings, Step};
use crate::azure::cluster;
use crate::network::{Network, Place};
use crate::value::Truth;

rule! {
    /// A cluster with a way out of its own has a Basic load balancer or availability sets.
    ///
    /// Every outbound type but `loadBalancer` needs a Standard load balancer and pools of virtual machine scale sets.
    /// Azure refuses the cluster otherwise.
    ///
    /// In Terraform `load_balancer_sku = "standard"` and `type = "VirtualMachineScaleSets"` in the pool, or leave both
    /// out; in Bicep `loadBalancerSku: 'standard'` and `type: 'VirtualMachineScaleSets'`. Availability sets and the Basic
    /// load balancer are retired anyway.
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
    ///
    ///   network_profile {
    ///     network_plugin    = "azure"
    ///     outbound_type     = "userAssignedNATGateway"
    ///     load_balancer_sku = "basic" # expect: VNL088
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
    ///       outboundType: 'managedNATGateway'
    ///       loadBalancerSku: 'basic' // expect: VNL088
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/egress-udr>
    VNL088 "outbound-type-needs-vmss-and-standard-lb", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let outbound = cluster.text(&cluster::OUTBOUND).ok().flatten()?;
    if outbound.eq_ignore_ascii_case("loadBalancer") {
        return None;
    }
    let sets = |pool: &Place| pool.is(&cluster::POOL_TYPE, "AvailabilitySet") == Truth::Yes;
    let pool = cluster.first_pools().into_iter().find(sets);
    let basic = cluster.is(&cluster::LOAD_BALANCER_SKU, "basic") == Truth::Yes;
    let (place, what, help) = match (basic, pool) {
        (true, _) => (
            cluster.span_of(&cluster::LOAD_BALANCER_SKU),
            "a Basic load balancer".to_string(),
            in_words_of(cluster, "`load_balancer_sku = \"standard\"`", "`loadBalancerSku: 'standard'`"),
        ),
        (false, Some(pool)) => (
            pool.span_of(&cluster::POOL_TYPE),
            format!("availability sets in pool `{}`", pool.name()),
            in_words_of(cluster, "`type = \"VirtualMachineScaleSets\"`", "`type: 'VirtualMachineScaleSets'`"),
        ),
        (false, None) => return None,
    };
    let message = format!("`{}` cannot be created: outbound type `{outbound}` does not go with {what}", cluster.name());
    let mut finding = RULE.finding(place, message).about(cluster);
    finding.steps.push(Step { message: format!("this cluster has {what}"), span: place });
    let span = cluster.span_of(&cluster::OUTBOUND);
    finding.steps.push(Step { message: format!("and leaves by `{outbound}`"), span });
    finding.help = Some(help);
    finding.why = Some("only a Standard load balancer and scale sets can go without outbound rules of AKS".into());
    Some(finding)
}
