//! See the rule's page below.

use super::finding::in_words_of;
use super::udr::{Egress, egresses_of};
use super::{Finding, Settings, Step};
use crate::azure::{cluster, virtual_network};
use crate::network::{Network, Place};
use crate::value::Truth;

rule! {
    /// The peering of a cluster's VNet lets nothing in that its hub forwards.
    ///
    /// The nodes leave through the firewall of the hub. What that firewall forwards from other spokes or from on-premises
    /// has a source outside the hub, and a peering whose forwarded traffic is not allowed, which is the default, drops it.
    /// Replies to the cluster's own connections still arrive, so that it looks as if it worked.
    ///
    /// On the peering of the spoke, towards the hub: in Terraform `allow_forwarded_traffic = true`, in Bicep
    /// `allowForwardedTraffic: true`. A spoke that is alone with its hub, without a gateway, does not need it; nor does
    /// traffic that the firewall translates, because its source is the firewall.
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
    /// resource "azurerm_subnet" "firewall" {
    ///   name                 = "AzureFirewallSubnet"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.hub.name
    ///   address_prefixes     = ["10.0.0.0/26"]
    /// }
    ///
    /// resource "azurerm_firewall" "hub" {
    ///   name                = "firewall"
    ///   resource_group_name = "net"
    ///
    ///   ip_configuration {
    ///     name      = "main"
    ///     subnet_id = azurerm_subnet.firewall.id
    ///   }
    /// }
    ///
    /// resource "azurerm_virtual_network" "other" {
    ///   name                = "other"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.2.0.0/16"]
    /// }
    ///
    /// resource "azurerm_virtual_network_peering" "other" {
    ///   name                      = "other-to-hub"
    ///   resource_group_name       = "net"
    ///   virtual_network_name      = azurerm_virtual_network.other.name
    ///   remote_virtual_network_id = azurerm_virtual_network.hub.id
    /// }
    ///
    /// resource "azurerm_virtual_network_peering" "spoke" { # expect: VNL053
    ///   name                      = "spoke-to-hub"
    ///   resource_group_name       = "net"
    ///   virtual_network_name      = azurerm_virtual_network.spoke.name
    ///   remote_virtual_network_id = azurerm_virtual_network.hub.id
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
    /// resource "azurerm_route_table" "nodes" {
    ///   name                = "nodes"
    ///   resource_group_name = "net"
    ///
    ///   route {
    ///     name                   = "default"
    ///     address_prefix         = "0.0.0.0/0"
    ///     next_hop_type          = "VirtualAppliance"
    ///     next_hop_in_ip_address = "10.0.0.4"
    ///   }
    /// }
    ///
    /// resource "azurerm_subnet_route_table_association" "nodes" {
    ///   subnet_id      = azurerm_subnet.nodes.id
    ///   route_table_id = azurerm_route_table.nodes.id
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
    ///     outbound_type  = "userDefinedRouting"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'hub'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.0.0.0/16' ] } }
    ///   resource firewalls 'subnets' = {
    ///     name: 'AzureFirewallSubnet'
    ///     properties: { addressPrefix: '10.0.0.0/26' }
    ///   }
    /// }
    ///
    /// resource wall 'Microsoft.Network/azureFirewalls@2024-05-01' = {
    ///   name: 'firewall'
    ///   properties: { ipConfigurations: [ { name: 'main', properties: { subnet: { id: hub::firewalls.id } } } ] }
    /// }
    ///
    /// resource other 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'other'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.2.0.0/16' ] } }
    ///   resource toHub 'virtualNetworkPeerings' = {
    ///     name: 'to-hub'
    ///     properties: { remoteVirtualNetwork: { id: hub.id } }
    ///   }
    /// }
    ///
    /// resource toHub 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-05-01' = {
    ///   parent: spoke
    ///   name: 'to-hub'
    ///   properties: {
    ///     remoteVirtualNetwork: { id: hub.id }
    ///     allowForwardedTraffic: false // expect: VNL053
    ///   }
    /// }
    ///
    /// resource table 'Microsoft.Network/routeTables@2024-05-01' = {
    ///   name: 'nodes'
    ///   properties: {
    ///     routes: [
    ///       {
    ///         name: 'default'
    ///         properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' }
    ///       }
    ///     ]
    ///   }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22', routeTable: { id: table.id } }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       outboundType: 'userDefinedRouting'
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering>
    /// Source: Cloud Adoption Framework: traffic to and from the cluster goes through the firewall of the hub. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL053 "peering-blocks-forwarded-traffic", Warning Medium, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut seen: Vec<Place> = Vec::new();
    for egress in network.made(&cluster::CLUSTER).into_iter().flat_map(egresses_of) {
        let Some((peering, hub)) = to_hub(&egress) else { continue };
        if !seen.contains(&peering) {
            seen.push(peering);
            findings.extend(found(&egress, peering, hub));
        }
    }
}

/// The peering over which the nodes reach the firewall that their default route names.
fn to_hub<'n>(egress: &Egress<'n>) -> Option<(Place<'n>, Place<'n>)> {
    let (hub, vnet) = (egress.hop()?.appliance()?.home()?, egress.vnet()?);
    let peering = vnet.peering_to(hub).filter(|peering| peering.is_made() && peering.exists() == Truth::Yes)?;
    Some((peering, hub))
}

fn found(egress: &Egress, peering: Place, hub: Place) -> Option<Finding> {
    let closed = peering.is_true(&virtual_network::ALLOW_ACCESS) == Truth::No;
    let forwarded = peering.is_true(&virtual_network::ALLOW_FORWARDED_TRAFFIC);
    let (place, message, help) = match (closed, forwarded) {
        (true, _) => (
            peering.span_of(&virtual_network::ALLOW_ACCESS),
            format!("`{}` leaves through `{}`, and its peering allows no access to it", egress.cluster.name(), hub.name()),
            in_words_of(peering, "`allow_virtual_network_access = true`", "`allowVirtualNetworkAccess: true`"),
        ),
        (false, Truth::No | Truth::Unknown) => (
            peering.span_of(&virtual_network::ALLOW_FORWARDED_TRAFFIC),
            format!("the peering of `{}` with `{}` drops what its firewall forwards", egress.vnet()?.name(), hub.name()),
            in_words_of(peering, "`allow_forwarded_traffic = true`", "`allowForwardedTraffic: true`"),
        ),
        (false, Truth::Yes) => return None,
    };
    let third = third(egress, hub);
    if !closed && third.is_none() {
        return None;
    }
    let mut finding = RULE.finding(place, message).about(peering);
    if !closed && forwarded == Truth::Unknown {
        let unknown = peering.get(&virtual_network::ALLOW_FORWARDED_TRAFFIC).unknown()?;
        finding.message = format!("cannot tell whether the peering of `{}` takes what is forwarded", egress.vnet()?.name());
        finding = finding.undecided(Some(unknown), "if it is true it passes; else VNL053");
    }
    finding.objects = vec![hub.address().clone(), egress.cluster.address().clone()];
    finding.steps = egress.steps();
    finding.steps.push(Step { message: "this peering leads there".into(), span: peering.span() });
    if let Some((third, what)) = third.filter(|_| !closed) {
        finding.steps.push(Step { message: format!("and {what} `{}` hangs on the same hub", third.name()), span: third.span() });
    }
    finding.help = Some(help);
    finding.why = Some("what a firewall forwards has a source outside its own VNet".into());
    Some(finding)
}

/// Somebody behind the hub whose packets the firewall would forward.
fn third<'n>(egress: &Egress<'n>, hub: Place<'n>) -> Option<(Place<'n>, &'static str)> {
    let gateway = hub.gateways().into_iter().find(|gateway| gateway.exists() == Truth::Yes);
    let spoke = hub.peers().into_iter().map(|(peer, _)| peer).find(|peer| Some(*peer) != egress.vnet());
    gateway.map(|gateway| (gateway, gateway.kind().noun)).or_else(|| spoke.map(|spoke| (spoke, "VNet")))
}
