//! See the rule's page below.

use std::cmp::Reverse;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Finding, Level, Settings, Step};
use crate::azure::{Field, hub, virtual_network};
use crate::network::{Network, Place};
use crate::value::{Address, Cidr, Truth, Unknown};

rule! {
    /// VNets that are tied together hold the same addresses.
    ///
    /// Azure refuses to peer two VNets whose ranges overlap, and to connect such VNets, or one that overlaps the hub's own
    /// range, to a virtual hub. Two spokes that overlap and only meet at a hub can be deployed; then the hub knows one way
    /// for both, and half of the traffic ends in the wrong one.
    ///
    /// Give each VNet a block of its own: in Terraform `address_space = [cidrsubnet("10.20.0.0/14", 2, 1)]`, in Bicep
    /// `cidrSubnet('10.20.0.0/14', 16, 1)`. A peering of single subnets only is left alone, because only their ranges
    /// count.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "hub" {
    ///   name                = "hub"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.0.0.0/8"]
    /// }
    ///
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.1.0.0/16"] # expect: VNL051
    /// }
    ///
    /// resource "azurerm_virtual_network_peering" "to_hub" {
    ///   name                      = "to-hub"
    ///   resource_group_name       = "net"
    ///   virtual_network_name      = azurerm_virtual_network.spoke.name
    ///   remote_virtual_network_id = azurerm_virtual_network.hub.id
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'hub'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.0.0.0/8' ] } }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: {
    ///     addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } // expect: VNL051
    ///   }
    ///   resource toHub 'virtualNetworkPeerings' = {
    ///     name: 'to-hub'
    ///     properties: { remoteVirtualNetwork: { id: hub.id } }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering>
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning>
    VNL051 "peered-address-overlap", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut seen: FxHashSet<[&Address; 2]> = FxHashSet::default();
    for meeting in meetings(network) {
        let mut pair = [meeting.one.address(), meeting.other.address()];
        pair.sort();
        if seen.insert(pair) {
            findings.extend(found(&meeting));
        }
    }
}

/// Two ranges of addresses that meet somewhere.
struct Meeting<'n> {
    one: Place<'n>,
    other: Place<'n>,
    /// The peering or connection that ties them; for two spokes those of both.
    ties: Vec<Place<'n>>,
    /// The hub at which two spokes meet, which Azure does not look at.
    at: Option<Place<'n>>,
}

fn meetings(network: &Network) -> Vec<Meeting<'_>> {
    let mut found = Vec::new();
    let vnets = network.all(&virtual_network::VNET);
    let mut peers: Vec<(Place, Vec<(Place, Place)>)> = Vec::new();
    for vnet in vnets {
        // Of a peering of single subnets only their ranges count.
        let whole = |by: &Place| by.is_true(&virtual_network::PEERS_WHOLE_VNETS) == Truth::Yes && by.exists() == Truth::Yes;
        peers.push((vnet, vnet.peers().into_iter().filter(|(_, by)| whole(by)).collect()));
    }
    for (vnet, near) in &peers {
        let direct = near.iter().map(|(peer, by)| Meeting { one: *vnet, other: *peer, ties: vec![*by], at: None });
        found.extend(direct);
    }
    for hub in network.all(&hub::VIRTUAL_HUB) {
        let connections: Vec<(Place, Place)> = hub
            .children(&hub::HUB_CONNECTION)
            .into_iter()
            .filter(|connection| connection.exists() == Truth::Yes)
            .filter_map(|connection| {
                let steps = connection.follow(&hub::CONNECTION_TO_VNET);
                Some((steps.into_iter().find_map(|step| step.end.place())?, connection))
            })
            .collect();
        for (index, (vnet, by)) in connections.iter().enumerate() {
            found.push(Meeting { one: *vnet, other: hub, ties: vec![*by], at: None });
            for (other, theirs) in &connections[..index] {
                found.push(Meeting { one: *vnet, other: *other, ties: vec![*by, *theirs], at: None });
            }
        }
    }
    for (hub, spokes) in &peers {
        for (index, (one, by)) in spokes.iter().enumerate() {
            for (other, theirs) in &spokes[..index] {
                found.push(Meeting { one: *one, other: *other, ties: vec![*by, *theirs], at: Some(*hub) });
            }
        }
    }
    found.retain(|meeting| meeting.one.is_surely_another(meeting.other));
    // Every spoke of a hub meets every other: each is weighed once.
    let mut weights: FxHashMap<&Address, Weight> = FxHashMap::default();
    for meeting in &mut found {
        for place in [meeting.one, meeting.other] {
            weights.entry(place.address()).or_insert_with(|| weight(place));
        }
        if weights[meeting.one.address()] > weights[meeting.other.address()] {
            std::mem::swap(&mut meeting.one, &mut meeting.other);
        }
    }
    found
}

/// How much hangs on a VNet or hub: it is one, it holds a hub's subnet, its peers, its narrowest range. Of two equals one
/// has to be named, and which must not hang on the order of the text.
type Weight<'n> = (bool, bool, usize, Reverse<u8>, Reverse<&'n Address>);

/// The one to move is the one on which less hangs: a spoke rather than its hub.
fn weight(vnet: Place<'_>) -> Weight<'_> {
    const SUBNETS: [&str; 3] = ["AzureFirewallSubnet", "GatewaySubnet", "RouteServerSubnet"];
    let central = SUBNETS.iter().any(|name| vnet.subnet_named(name).is_some());
    let ranges = vnet.ranges(ranges_field(vnet)).unwrap_or_default();
    let narrowest = ranges.iter().map(|range| range.length()).max().unwrap_or_default();
    (vnet.kind() == &hub::VIRTUAL_HUB, central, vnet.peers().len(), Reverse(narrowest), Reverse(vnet.address()))
}

fn ranges_field(place: Place) -> &'static Field {
    if place.kind() == &hub::VIRTUAL_HUB { &hub::HUB_PREFIX } else { &virtual_network::ADDRESS_SPACE }
}

fn found(meeting: &Meeting) -> Option<Finding> {
    let (one, other) = (meeting.one, meeting.other);
    let ranges = |place: Place| place.ranges(ranges_field(place));
    let (own, theirs) = match (ranges(one), ranges(other)) {
        (Ok(own), Ok(theirs)) => (own, theirs),
        (Err(unknown), Ok(known)) if !known.is_empty() && one.is_made() => return open(meeting, one, unknown),
        (Ok(known), Err(unknown)) if !known.is_empty() && other.is_made() => return open(meeting, other, unknown),
        _ => return None,
    };
    let clash = |own: &Cidr| theirs.iter().copied().find(|their| their.overlaps(*own)).map(|their| (*own, their));
    let (own, their) = own.iter().find_map(clash)?;
    let tied = match meeting.at {
        Some(hub) => format!("meet at `{}`", hub.name()),
        None => format!("are tied by this {}", meeting.ties.first()?.kind().noun),
    };
    let message = format!("`{}` ({own}) and `{}` ({their}) overlap, and {tied}", one.name(), other.name());
    let place = one.span_of(ranges_field(one));
    let mut finding = RULE.finding(place, message).about(one);
    finding.objects = vec![other.address().clone()];
    finding.steps.push(Step { message: format!("`{}` holds {own}", one.name()), span: place });
    finding.steps.push(Step { message: format!("`{}` holds {their}", other.name()), span: other.span_of(ranges_field(other)) });
    for tie in &meeting.ties {
        finding.steps.push(Step { message: format!("this {} ties them", tie.kind().noun), span: tie.span() });
    }
    if meeting.at.is_some() {
        finding.level = Level::Warning;
    }
    finding.help = Some(format!("give `{}` a range that lies outside {their}", one.name()));
    finding.why = Some(match meeting.at {
        Some(_) => "the hub knows one way for both".into(),
        None => "Azure does not tie VNets together whose ranges overlap".into(),
    });
    Some(finding)
}

fn open(meeting: &Meeting, of: Place, unknown: Unknown) -> Option<Finding> {
    if meeting.at.is_some() {
        return None;
    }
    let (one, other) = (meeting.one, meeting.other);
    let message = format!("cannot tell whether `{}` and `{}`, which are tied together, overlap", one.name(), other.name());
    let place = of.span_of(ranges_field(of));
    let finding = RULE.finding(place, message).about(one);
    let mut finding = finding.undecided(Some(unknown), "if their ranges overlap: VNL051; else it passes");
    finding.objects = vec![other.address().clone()];
    Some(finding)
}
