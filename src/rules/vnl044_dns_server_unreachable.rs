//! See the rule's page below.

use super::clusters::clusters;
use super::finding::in_words_of;
use super::{Finding, Settings, Step};
use crate::azure::{hub, virtual_network};
use crate::network::{DnsSetting, Network, NextHop, Place};
use crate::value::{Reason, Truth, Unknown};

rule! {
    /// The nodes ask a DNS server in a VNet that they do not reach.
    ///
    /// The VNet of the nodes names a DNS server in another VNet, and there is neither a peering between the two nor a virtual hub that
    /// both are connected to. Nothing resolves on the nodes, and the cluster is not created.
    ///
    /// Peer the two VNets, with one half in each: in Terraform two `azurerm_virtual_network_peering`, in Bicep a
    /// `virtualNetworkPeerings` child of each VNet; or connect both to one virtual hub. A route table that sends the questions to a
    /// firewall that reaches the server counts, and gateways leave it open.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "shared" {
    ///   name                = "shared"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.0.0.0/16"]
    /// }
    ///
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.1.0.0/16"]
    ///   dns_servers         = ["10.0.0.4"] # expect: VNL044
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
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource shared 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'shared'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.0.0.0/16' ] } }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: {
    ///     addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] }
    ///     dhcpOptions: { dnsServers: [ '10.0.0.4' ] } // expect: VNL044
    ///   }
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
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/outbound-rules-control-egress>
    VNL044 "dns-server-unreachable", Warning Medium, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in clusters(network) {
        let subnet = cluster.node_subnets().into_iter().find_map(|subnet| subnet.end.place());
        let Some((subnet, vnet)) = subnet.and_then(|subnet| Some((subnet, subnet.parent()?))) else { continue };
        for setting in vnet.dns_settings() {
            findings.extend(found(cluster, subnet, vnet, &setting));
        }
    }
}

fn found<'n>(cluster: Place<'n>, subnet: Place<'n>, vnet: Place<'n>, setting: &DnsSetting<'n>) -> Option<Finding> {
    let servers = setting.servers.as_ref().ok()?;
    let home = servers.iter().find_map(|server| Place::home_of(server).filter(|home| *home != vnet))?;
    // Another deployment may have a VNet of the same range, and this may be a server elsewhere.
    if !vnet.is_made() || !home.is_made() || vnet.root() != home.root() {
        return None;
    }
    let message = format!("the nodes of `{}` ask a DNS server in `{}`, which they do not reach from `{}`", cluster.name(), home.name(), vnet.name());
    let mut finding = match arrives(subnet, vnet, home) {
        Ok(true) => return None,
        Ok(false) => RULE.finding(setting.span, message).about(cluster),
        Err(unknown) => {
            let message = format!("cannot tell whether the nodes of `{}` reach the DNS server in `{}`", cluster.name(), home.name());
            RULE.finding(setting.span, message).about(cluster).undecided(Some(unknown?), "if there is a way it passes; else VNL044")
        }
    };
    finding.objects = vec![vnet.address().clone(), home.address().clone()];
    finding.steps.push(Step { message: format!("the nodes of this cluster stand in `{}`", vnet.name()), span: cluster.span() });
    finding.steps.push(Step { message: "which asks this DNS server".into(), span: setting.span });
    finding.steps.push(Step { message: format!("which stands in `{}`, and nothing ties the two", home.name()), span: home.span() });
    finding.help = Some(in_words_of(
        vnet,
        &format!("add an `azurerm_virtual_network_peering` in each direction between `{}` and `{}`", vnet.name(), home.name()),
        &format!("add a `virtualNetworkPeerings` child to each of `{}` and `{}`", vnet.name(), home.name()),
    ));
    finding.why = Some("a node that reaches no DNS server finds neither its images nor the API server".into());
    Some(finding)
}

/// Whether questions arrive; `Err` where it cannot be told.
fn arrives(subnet: Place, vnet: Place, home: Place) -> Result<bool, Option<Unknown>> {
    let direct = vnet.reach_of_vnet(home).certain;
    if direct == Truth::Yes {
        return Ok(true);
    }
    let mut seen = true;
    let range = home.ranges(&virtual_network::ADDRESS_SPACE).map_err(Some)?;
    if let Some(range) = range.first() {
        match subnet.way_to(*range).map(|route| route.hop) {
            Ok(NextHop::Firewall(taker) | NextHop::Appliance(taker)) => match taker.home().map(|near| near.reach_of_vnet(home).certain) {
                Some(Truth::Yes) => return Ok(true),
                Some(Truth::No) => {}
                _ => return Err(Some(unknown_way(taker))),
            },
            Ok(NextHop::Hub(_)) => return Ok(true),
            Ok(NextHop::Address(_) | NextHop::Gateway(_)) => return Err(Some(unknown_way(subnet))),
            Ok(NextHop::Unknown(Some(unknown))) | Err(Some(unknown)) => return Err(Some(unknown)),
            Ok(NextHop::Unknown(None)) | Err(None) => seen = false,
            Ok(_) => {}
        }
    }
    // A gateway on either side may be the way.
    if let Some(gateway) = vnet.gateways().into_iter().chain(home.gateways()).next() {
        return Err(Some(unknown_way(gateway)));
    }
    let half_open = |place: Place| place.children(&virtual_network::PEERING).into_iter().find_map(|half| half.decides().cloned());
    let open = half_open(vnet)
        .or_else(|| half_open(home))
        .or_else(|| vnet.open_for(&virtual_network::PEERING))
        .or_else(|| home.open_for(&virtual_network::PEERING))
        .or_else(|| vnet.hidden_from(&hub::HUB_CONNECTION).map(|hiding| hiding.unknown));
    match (open, direct) {
        (Some(unknown), _) => Err(Some(unknown)),
        (None, Truth::No) if seen => Ok(false),
        (None, _) => Err(None),
    }
}

/// What takes a packet where nobody sees any further.
fn unknown_way(place: Place) -> Unknown {
    let name = format!("the way behind {}", place.address());
    Unknown::new(place.root(), name, Reason::Data).at(place.span())
}
