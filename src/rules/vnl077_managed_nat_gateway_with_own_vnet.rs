//! See the rule's page below.

use super::finding::in_words_of;
use super::{Finding, Settings, Step};
use crate::azure::cluster;
use crate::network::{Network, Place};
use crate::value::Truth;

rule! {
    /// A cluster with a managed NAT gateway stands in a VNet of yours.
    ///
    /// The NAT gateway of outbound type `managedNATGateway` is made by AKS and attached to the VNet that AKS makes. In a
    /// subnet of yours it cannot be, and AKS refuses the cluster.
    ///
    /// Bring a NAT gateway of your own: in Terraform `outbound_type = "userAssignedNATGateway"` with
    /// `azurerm_subnet_nat_gateway_association`, in Bicep `outboundType: 'userAssignedNATGateway'` with `natGateway: { id:
    /// nat.id }` in the subnet. Or leave the subnet out of every pool. A block `nat_gateway_profile` beside another
    /// outbound type is only noise; automatic clusters are left alone.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.1.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.1.0.0/22"]
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    ///
    ///   network_profile {
    ///     network_plugin = "azure"
    ///     outbound_type  = "managedNATGateway" # expect: VNL077
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       outboundType: 'managedNATGateway' // expect: VNL077
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/nat-gateway>
    VNL077 "managed-nat-gateway-with-own-vnet", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let types = ["managedNATGateway", "managedNATGatewayV2"];
    let outbound = types.into_iter().find(|text| cluster.is(&cluster::OUTBOUND, text).certainly())?;
    if cluster.is(&cluster::SKU, "Automatic").possibly() {
        return None;
    }
    let place = cluster.span_of(&cluster::OUTBOUND);
    let (brings, unknown) = cluster.brings_subnet();
    let mut finding = match brings {
        Truth::No => return None,
        Truth::Yes => {
            let message = format!("`{}` cannot be created: outbound type `{outbound}` is not for a VNet of yours", cluster.name());
            RULE.finding(place, message).about(cluster)
        }
        Truth::Unknown => {
            let message = format!("cannot tell whether `{}`, with outbound type `{outbound}`, stands in a VNet of yours", cluster.name());
            let effect = "if its pools are given a subnet: VNL077; if they are not it passes";
            RULE.finding(place, message).about(cluster).undecided(Some(unknown?), effect)
        }
    };
    finding.steps.push(Step { message: "AKS makes the NAT gateway, and attaches it to a VNet that it makes".into(), span: place });
    for pool in cluster.pools().into_iter().filter(|pool| pool.has_subnet() == Truth::Yes).take(1) {
        finding.objects.push(pool.address().clone());
        let message = format!("pool `{}` stands in a subnet of yours", pool.name());
        finding.steps.push(Step { message, span: pool.span_of(&cluster::POOL_SUBNET) });
    }
    finding.help = Some(in_words_of(
        cluster,
        "`outbound_type = \"userAssignedNATGateway\"` and a NAT gateway on the subnet",
        "`outboundType: 'userAssignedNATGateway'` and a NAT gateway on the subnet",
    ));
    finding.why = Some("the managed NAT gateway cannot be attached to a subnet that AKS did not make".into());
    Some(finding)
}
