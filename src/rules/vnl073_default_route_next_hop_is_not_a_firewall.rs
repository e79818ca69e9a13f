//! See the rule's page below.

use super::udr::{Egress, egresses_of};
use super::{Confidence, Finding, Level, Settings, Step};
use crate::azure::{cluster, routes, virtual_network};
use crate::network::{DefaultRoute, End, Network, NextHop, Place};
use crate::value::Truth;
use std::net::IpAddr;

rule! {
    /// The default route of a cluster's subnet leads to an address behind which nobody stands.
    ///
    /// Nodes send everything to the address that the default route names. When it is a public address, lies in a VNet that
    /// the nodes do not reach, or belongs to nothing at all, their packets are lost, and the cluster never becomes ready.
    /// Azure accepts such a route without a word.
    ///
    /// Name the private address of the firewall instead of writing it out: in Terraform `next_hop_in_ip_address =
    /// azurerm_firewall.hub.ip_configuration[0].private_ip_address`, in Bicep `nextHopIpAddress:
    /// wall.properties.ipConfigurations[0].properties.privateIPAddress`. For an appliance behind an internal load balancer
    /// it is the address of its frontend. An address of a network that is not in this code is left alone.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_public_ip" "firewall" {
    ///   name                = "firewall"
    ///   resource_group_name = "net"
    ///   allocation_method   = "Static"
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
    ///     next_hop_in_ip_address = azurerm_public_ip.firewall.ip_address # expect: VNL073
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
    /// resource address 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
    ///   name: 'firewall'
    /// }
    ///
    /// resource table 'Microsoft.Network/routeTables@2024-05-01' = {
    ///   name: 'nodes'
    ///   properties: {
    ///     routes: [
    ///       {
    ///         name: 'default'
    ///         properties: {
    ///           addressPrefix: '0.0.0.0/0'
    ///           nextHopType: 'VirtualAppliance'
    ///           nextHopIpAddress: address.properties.ipAddress // expect: VNL073
    ///         }
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
    /// Source: <https://learn.microsoft.com/azure/aks/plan-node-networking>
    /// Source: <https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview>
    /// Source: Cloud Adoption Framework: traffic that leaves is secured by Azure Firewall or an appliance of a third party. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL073 "default-route-next-hop-is-not-a-firewall", Warning Medium, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut seen: Vec<(Place, Place)> = Vec::new();
    for egress in network.made(&cluster::CLUSTER).into_iter().flat_map(egresses_of) {
        let DefaultRoute::Is(route) = egress.route else { continue };
        if !seen.contains(&(egress.cluster, route)) {
            seen.push((egress.cluster, route));
            findings.extend(found(network, &egress, route));
        }
    }
}

/// What is wrong with a next hop, and how sure that is.
struct Wrong<'n> {
    what: String,
    at: Option<Place<'n>>,
    level: Level,
    confidence: Confidence,
}

fn found(network: &Network, egress: &Egress, route: Place) -> Option<Finding> {
    let vnet = egress.vnet()?;
    let wrong = match egress.hop()? {
        NextHop::PublicAddress(address) => Wrong {
            what: format!("the public address `{}`, where no packet of a VNet arrives", address.name()),
            at: Some(address),
            level: Level::Error,
            confidence: Confidence::High,
        },
        NextHop::Address(address) => at_address(network, vnet, address)?,
        NextHop::Firewall(taker) | NextHop::Appliance(taker) => at_appliance(vnet, taker)?,
        NextHop::Unknown(Some(unknown)) => return open(egress, route, unknown),
        _ => return None,
    };
    let place = route.span_of(&routes::NEXT_HOP_ADDRESS);
    let message = format!("the default route of `{}` leads to {}", egress.cluster.name(), wrong.what);
    let mut finding = RULE.finding(place, message).about(egress.cluster);
    (finding.level, finding.confidence) = (wrong.level, wrong.confidence);
    finding.objects.push(route.address().clone());
    finding.objects.extend(egress.subnet.end.place().map(|subnet| subnet.address().clone()));
    finding.steps = egress.steps();
    if let Some(at) = wrong.at {
        finding.steps.push(Step { message: format!("the address belongs to this {}", at.kind().noun), span: at.span() });
    }
    finding.help = Some("let the route name the private address of the firewall instead of writing it out".into());
    finding.why = Some("packets that nobody takes are lost, and the nodes never become ready".into());
    Some(finding)
}

/// An address that is written, and that no firewall, machine or load balancer here has.
fn at_address<'n>(network: &'n Network, vnet: Place<'n>, address: IpAddr) -> Option<Wrong<'n>> {
    let holds = |place: &Place, field| place.ranges(field).is_ok_and(|ranges| ranges.iter().any(|range| range.holds(address)));
    let holders: Vec<Place> =
        network.all(&virtual_network::VNET).into_iter().filter(|other| holds(other, &virtual_network::ADDRESS_SPACE)).collect();
    let reached = |other: &Place| vnet.reach_of_vnet(*other).certain;
    if let Some(near) = holders.iter().find(|other| reached(other).possibly()) {
        let subnets = near.children(&virtual_network::SUBNET);
        let subnet = subnets.into_iter().find(|subnet| holds(subnet, &virtual_network::PREFIXES));
        return Some(Wrong {
            what: format!("{address} in `{}`, which nothing declared here has", near.name()),
            at: Some(subnet.unwrap_or(*near)),
            level: Level::Warning,
            confidence: Confidence::Low,
        });
    }
    if let Some(far) = holders.first() {
        // A copy of the estate with the same ranges says nothing about this one.
        let made_here = far.is_made() && far.root() == vnet.root() && vnet.is_made();
        return made_here.then(|| Wrong {
            what: format!("{address} in `{}`, which its nodes do not reach", far.name()),
            at: Some(*far),
            level: Level::Warning,
            confidence: Confidence::High,
        });
    }
    let known = knows_its_neighbours(vnet);
    known.then(|| Wrong {
        what: format!("{address}, which lies in no VNet that its nodes reach"),
        at: None,
        level: Level::Warning,
        confidence: Confidence::Medium,
    })
}

/// A firewall or appliance that is declared here, in a VNet that the nodes do not reach.
fn at_appliance<'n>(vnet: Place<'n>, taker: Place<'n>) -> Option<Wrong<'n>> {
    let home = taker.home()?;
    // Only where somebody said how the two are tied may one say that they are not.
    if vnet.reach_of_vnet(home).certain != Truth::No || !home.is_made() || !vnet.is_made() || !knows_its_neighbours(vnet) {
        return None;
    }
    Some(Wrong {
        what: format!("{} `{}` in `{}`, which its nodes do not reach", taker.kind().noun, taker.name(), home.name()),
        at: Some(taker),
        level: Level::Warning,
        confidence: Confidence::Medium,
    })
}

/// Every VNet that a VNet is tied to is declared here with its ranges, and there is at least one.
fn knows_its_neighbours(vnet: Place) -> bool {
    let made = |end: &End| end.place().is_some_and(|place| place.is_made() && place.ranges(&virtual_network::ADDRESS_SPACE).is_ok());
    let ends = vnet.children(&virtual_network::PEERING).into_iter().flat_map(|peering| peering.follow(&virtual_network::PEERING_TO_REMOTE));
    let mut ends = ends.peekable();
    ends.peek().is_some()
        && ends.all(|step| made(&step.end))
        && vnet.hub_connections().is_empty()
        && vnet.open_for(&virtual_network::PEERING).is_none()
}

fn open(egress: &Egress, route: Place, unknown: crate::value::Unknown) -> Option<Finding> {
    // What another resource or deployment says its address is will be right; an input may be anything.
    if unknown.reason() != crate::value::Reason::Input {
        return None;
    }
    let message = format!("cannot tell who takes what the default route of `{}` sends away", egress.cluster.name());
    let finding = RULE.finding(route.span_of(&routes::NEXT_HOP_ADDRESS), message).about(egress.cluster);
    Some(finding.undecided(Some(unknown), "if it is the private address of a firewall or appliance it passes; else VNL073"))
}
