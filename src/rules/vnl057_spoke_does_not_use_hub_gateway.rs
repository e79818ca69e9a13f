//! See the rule's page below.

use super::finding::in_words_of;
use super::udr::egresses_of;
use super::{Finding, Settings, Step};
use crate::azure::{cluster, hub, virtual_network};
use crate::network::{Network, Place};
use crate::value::Truth;

rule! {
    /// The hub has a gateway to on-premises, and the VNet of a private cluster does not use it.
    ///
    /// A private API server, and applications that only have private addresses, are reached over the network. The gateway
    /// announces to on-premises the ranges of VNets whose peering uses it, and tells those VNets the way back. A spoke
    /// that does not use it is not there for on-premises, although the peering looks complete.
    ///
    /// After the gateway is made, on the peering of the spoke: in Terraform `use_remote_gateways = true`, in Bicep
    /// `useRemoteGateways: true`, with gateway transit on the half of the hub. A spoke whose traffic an appliance of the
    /// hub hands on, that has a gateway of its own, or that uses another hub's, needs nothing; nor does one that nobody
    /// on-premises is to reach: that is why this is only a note for those who select it.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "hub" {
    ///   name                = "hub"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.0.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "gateway" {
    ///   name                 = "GatewaySubnet"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.hub.name
    ///   address_prefixes     = ["10.0.1.0/27"]
    /// }
    ///
    /// resource "azurerm_virtual_network_gateway" "hub" {
    ///   name                = "gateway"
    ///   resource_group_name = "net"
    ///   type                = "Vpn"
    ///
    ///   ip_configuration {
    ///     name      = "main"
    ///     subnet_id = azurerm_subnet.gateway.id
    ///   }
    /// }
    ///
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
    /// resource "azurerm_virtual_network_peering" "spoke" { # expect: VNL057
    ///   name                      = "spoke-to-hub"
    ///   resource_group_name       = "net"
    ///   virtual_network_name      = azurerm_virtual_network.spoke.name
    ///   remote_virtual_network_id = azurerm_virtual_network.hub.id
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   private_cluster_enabled = true
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    ///
    ///   network_profile {
    ///     network_plugin = "azure"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'hub'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.0.0.0/16' ] } }
    ///   resource gateways 'subnets' = {
    ///     name: 'GatewaySubnet'
    ///     properties: { addressPrefix: '10.0.1.0/27' }
    ///   }
    /// }
    ///
    /// resource gateway 'Microsoft.Network/virtualNetworkGateways@2024-05-01' = {
    ///   name: 'gateway'
    ///   properties: {
    ///     gatewayType: 'Vpn'
    ///     ipConfigurations: [ { name: 'main', properties: { subnet: { id: hub::gateways.id } } } ]
    ///   }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    /// }
    ///
    /// resource toHub 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-05-01' = { // expect: VNL057
    ///   parent: spoke
    ///   name: 'to-hub'
    ///   properties: { remoteVirtualNetwork: { id: hub.id } }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     apiServerAccessProfile: { enablePrivateCluster: true }
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-peering-gateway-transit>
    /// Source: Cloud Adoption Framework: a request from on-premises is routed to the VPN or ExpressRoute gateway, and from there to the spoke. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL057 "spoke-does-not-use-hub-gateway", Note Low opt_in, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut seen: Vec<Place> = Vec::new();
    let mut clusters = network.made(&cluster::CLUSTER);
    // Which of two is named must not hang on the order of the text.
    clusters.sort_by(|a, b| a.address().cmp(b.address()));
    for cluster in clusters {
        let Some(vnet) = cluster.node_vnet() else { continue };
        if cluster.is_true(&cluster::PRIVATE) != Truth::Yes || has_another_way(cluster, vnet) {
            continue;
        }
        for peering in vnet.children(&virtual_network::PEERING) {
            if peering.is_made() && peering.exists() == Truth::Yes && !seen.contains(&peering) {
                seen.push(peering);
                findings.extend(found(cluster, vnet, peering));
            }
        }
    }
}

/// A gateway of its own, that of another hub, a virtual hub, or an appliance that hands packets on.
fn has_another_way(cluster: Place, vnet: Place) -> bool {
    let uses = |peering: Place| peering.is_true(&virtual_network::USE_REMOTE_GATEWAYS) == Truth::Yes;
    !vnet.gateways().is_empty()
        || !vnet.hub_connections().is_empty()
        || vnet.children(&virtual_network::PEERING).into_iter().any(uses)
        || egresses_of(cluster).iter().any(|egress| egress.has_own_default().possibly())
}

fn found(cluster: Place, vnet: Place, peering: Place) -> Option<Finding> {
    let steps = peering.follow(&virtual_network::PEERING_TO_REMOTE);
    let home = steps.into_iter().find_map(|step| step.end.place())?;
    let gateways = home.gateways().into_iter().filter(|gateway| gateway.kind() == &hub::GATEWAY);
    let gateway = gateways.min_by(|a, b| a.address().cmp(b.address()))?;
    let place = peering.span_of(&virtual_network::USE_REMOTE_GATEWAYS);
    let mut finding = match peering.is_true(&virtual_network::USE_REMOTE_GATEWAYS) {
        Truth::Yes => return None,
        Truth::No => {
            let message = format!("`{}` of private cluster `{}` does not use gateway `{}` of its hub", vnet.name(), cluster.name(), gateway.name());
            RULE.finding(place, message).about(peering)
        }
        Truth::Unknown => {
            let unknown = peering.get(&virtual_network::USE_REMOTE_GATEWAYS).unknown()?;
            let message = format!("cannot tell whether `{}` uses gateway `{}` of its hub", vnet.name(), gateway.name());
            RULE.finding(place, message).about(peering).undecided(Some(unknown), "if it is true it passes; else VNL057")
        }
    };
    finding.objects = vec![vnet.address().clone(), home.address().clone()];
    finding.steps.push(Step { message: format!("`{}` is private, and stands in `{}`", cluster.name(), vnet.name()), span: cluster.span() });
    finding.steps.push(Step { message: format!("this peering leads to `{}`", home.name()), span: peering.span() });
    finding.steps.push(Step { message: "which has this gateway".into(), span: gateway.span() });
    if place != peering.span() {
        finding.steps.push(Step { message: "and here the peering says whether it uses it".into(), span: place });
    }
    finding.help = Some(in_words_of(peering, "`use_remote_gateways = true`", "`useRemoteGateways: true`"));
    finding.why = Some("on-premises learns only the ranges of VNets that use the gateway".into());
    Some(finding)
}
