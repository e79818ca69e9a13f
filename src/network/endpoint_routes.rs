//! In: a VNet, a subnet, a route table. Out: the private endpoints that put routes of their own into the VNet, whether the
//! table has another way to them, and whether packets arrive there at all.
//! Never: says that an endpoint is reached straight, or not at all, where a route, a range or a tie between VNets is not known
//! that may say otherwise.
//!
//! A private endpoint puts a route for its one address into its VNet and into those that are peered with it. A route table
//! takes its place with a route that is at least as exact as the range of the endpoint's VNet, if the endpoint's subnet has
//! network policies for route tables; or with a route for that one address.
//!
//! Source: <https://learn.microsoft.com/azure/private-link/disable-private-endpoint-network-policy>.

use super::{NextHop, Place};
use crate::azure::{self, hub, private_endpoint, routes, virtual_network};
use crate::value::{Cidr, Reason, Truth, Unknown};

/// Whether a route table sends packets for the private endpoints of a subnet another way than straight to them.
#[derive(Clone, Debug)]
pub struct Diversion {
    /// Whether it does, for all of them.
    pub certain: Truth,
    /// Whether route tables are for the endpoints of the subnet at all.
    pub policies: Truth,
    /// Whether it would, if they were.
    pub routed: Truth,
    /// The range of the endpoints' VNet, which a route must be as exact as; nothing where it is not known.
    pub within: Option<Cidr>,
    /// What would decide.
    pub unknown: Option<Unknown>,
}

impl<'n> Place<'n> {
    /// The private endpoints that put a route into a VNet, each with its subnet: its own, and those of the VNets that it is
    /// peered with.
    pub fn endpoints_with_routes(self) -> Vec<(Place<'n>, Place<'n>)> {
        let peers: Vec<Place> = self.peers().into_iter().map(|(peer, _)| peer).collect();
        let near =
            |home: Place<'n>| home == self || peers.contains(&home) && self.reach_of_vnet(home).certain == Truth::Yes;
        let endpoints = self.network.made(&private_endpoint::PRIVATE_ENDPOINT).into_iter();
        let subnet = |endpoint: Place<'n>| {
            let steps = endpoint.follow(&private_endpoint::ENDPOINT_TO_SUBNET);
            steps.into_iter().find_map(|step| step.end.place())
        };
        let with_subnet = endpoints.filter_map(|endpoint| Some((endpoint, subnet(endpoint)?)));
        with_subnet.filter(|(_, subnet)| subnet.parent().is_some_and(near)).collect()
    }

    /// Whether a route table sends packets for the private endpoints of a subnet another way than straight to them.
    pub fn diverts_from(self, subnet: Place<'n>) -> Diversion {
        let setting = subnet.get(&virtual_network::ENDPOINT_POLICIES);
        let policies = setting.ask(|value| value.is("Enabled") | value.is("RouteTableEnabled") | value.is_true());
        let mut found = Vec::new();
        let open = self.static_routes(&mut found);
        let ranges = subnet.ranges(&virtual_network::PREFIXES);
        let of_vnet = subnet.parent().map(|vnet| vnet.ranges(&virtual_network::ADDRESS_SPACE).unwrap_or_default());
        let holding = |range: Cidr| of_vnet.iter().flatten().copied().find(|of_vnet| of_vnet.covers(range));
        let ranges: Vec<Cidr> = ranges.unwrap_or_default().into_iter().filter(|range| range.is_v4()).collect();
        let leads = |route: &super::Route<'n>| {
            let is = |text: &str| route.by.is(&routes::NEXT_HOP_TYPE, text);
            (is("VirtualAppliance") | is("None")) & route.certain
        };
        let of_range = |range: Cidr, policies: Truth| {
            let exact =
                found.iter().filter(|route| route.prefix.covers(range)).max_by_key(|route| route.prefix.length());
            let parts = found.iter().filter(|route| route.prefix != range && range.covers(route.prefix));
            let all = exact.into_iter().chain(parts);
            Truth::any(all.map(|route| replaces(route.prefix, range, holding(range), policies) & leads(route)))
        };
        let with = |policies: Truth| {
            let known = match ranges.is_empty() {
                // Some route may be exact enough, but never one for everything.
                true => {
                    let others = found.iter().filter(|route| route.prefix.length() > 0);
                    Truth::any(others.map(|route| leads(route) & Truth::Unknown))
                }
                false => Truth::all(ranges.iter().map(|range| of_range(*range, policies))),
            };
            if open.is_some() { known | Truth::Unknown } else { known }
        };
        let (certain, routed) = (with(policies), with(Truth::Yes));
        let unknown = (certain == Truth::Unknown).then(|| {
            let addresses = format!("the addresses of the private endpoints in {}", subnet.address());
            let addresses = Unknown::new(subnet.root(), addresses, Reason::Data).at(subnet.span());
            let by_setting = if policies == Truth::Unknown { setting.unknown() } else { None };
            by_setting.or_else(|| open.clone()).unwrap_or(addresses)
        });
        let within = ranges.first().and_then(|range| holding(*range));
        Diversion { certain, policies, routed, within, unknown }
    }
}

impl<'n> Place<'n> {
    /// Whether what machines of a subnet send arrives at the private endpoints in another one, and what would decide.
    ///
    /// It does in one VNet, over peerings and virtual hubs. It does not where both VNets are made here, their peerings are known,
    /// no route sends it to an appliance or a gateway, and nothing else may tie them.
    pub fn reaches_endpoints_in(self, other: Place<'n>) -> (Truth, Option<Unknown>) {
        let (Some(own), Some(their)) = (self.parent(), other.parent()) else { return (Truth::Unknown, None) };
        let direct = own.reach_of_vnet(their).certain;
        if direct == Truth::Yes {
            return (Truth::Yes, None);
        }
        if !own.is_made() || !their.is_made() {
            return (Truth::Unknown, None);
        }
        let ranges = match other.ranges(&virtual_network::PREFIXES) {
            Ok(ranges) => ranges,
            Err(unknown) => return (Truth::Unknown, Some(unknown)),
        };
        let Some(range) = ranges.first() else { return (Truth::Unknown, None) };
        let half_open = |vnet: Place<'n>| {
            let halves = vnet.children(&virtual_network::PEERING).into_iter();
            halves.filter_map(|half| half.decides().cloned()).next()
        };
        let open = [own, their].into_iter().find_map(|vnet| {
            half_open(vnet)
                .or_else(|| vnet.open_for(&virtual_network::PEERING))
                .or_else(|| vnet.hidden_from(&hub::HUB_CONNECTION).map(|hidden| hidden.unknown))
        });
        match self.way_to(*range).map(|route| route.hop) {
            Ok(NextHop::Internet | NextHop::Nobody) => {}
            Ok(NextHop::Unknown(unknown)) | Err(unknown) => return (Truth::Unknown, unknown.or(open)),
            Ok(_) => return (Truth::Unknown, None),
        }
        match (open, direct) {
            (Some(unknown), _) => (Truth::Unknown, Some(unknown)),
            (None, Truth::No) if !own.may_be_tied_to(their) => (Truth::No, None),
            (None, _) => (Truth::Unknown, None),
        }
    }

    /// Two VNets that are not peered may be tied otherwise: by virtual hubs, by gateways, by something that announces routes, by a
    /// VNet that is only read, or by a network manager.
    fn may_be_tied_to(self, other: Place<'n>) -> bool {
        let managed = azure::by_arm_name("Microsoft.Network/networkManagers/connectivityConfigurations");
        let is_managed = managed.is_some_and(|kind| !self.network.all(kind).is_empty());
        let has_gateway = |vnet: Place<'n>| {
            let remote = vnet.peers().into_iter().any(|(peer, _)| vnet.uses_gateways_of(peer).is_some());
            remote || !vnet.gateways().is_empty()
        };
        let by_elsewhere = |vnet: Place<'n>| {
            let halves = vnet.children(&virtual_network::PEERING).into_iter();
            let mut ends = halves.flat_map(|half| half.follow(&virtual_network::PEERING_TO_REMOTE));
            !vnet.hub_connections().is_empty()
                || !vnet.injections().is_empty()
                || ends.any(|step| !step.end.place().is_some_and(Place::is_made))
        };
        is_managed || by_elsewhere(self) || by_elsewhere(other) || has_gateway(self) && has_gateway(other)
    }
}

/// Whether a route takes the place of those for one address each that the endpoints of a range have: of all, of none, or,
/// where it is for a part of the range, perhaps.
fn replaces(route: Cidr, range: Cidr, vnet: Option<Cidr>, policies: Truth) -> Truth {
    match vnet {
        _ if route.length() == 0 => Truth::No,
        Some(vnet) if route.covers(range) && route.length() < vnet.length() => Truth::No,
        Some(_) if route.covers(range) => policies,
        _ if route.covers(range) => policies & Truth::Unknown,
        // A route for one address needs no policies: of two for the same range the table's own one is taken.
        _ if range.covers(route) && route.length() == 32 => Truth::Unknown,
        _ if range.covers(route) => policies & Truth::Unknown,
        _ => Truth::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(route: &str, policies: Truth) -> Truth {
        let cidr = |text| Cidr::parse(text).expect("a range");
        replaces(cidr(route), cidr("10.1.4.0/27"), Some(cidr("10.1.0.0/16")), policies)
    }

    #[test]
    fn a_route_must_be_as_exact_as_the_range_of_the_network() {
        assert_eq!(answer("0.0.0.0/0", Truth::Yes), Truth::No);
        assert_eq!(answer("10.0.0.0/8", Truth::Yes), Truth::No);
        assert_eq!(answer("10.1.0.0/16", Truth::Yes), Truth::Yes);
        assert_eq!(answer("10.1.4.0/27", Truth::Yes), Truth::Yes);
        assert_eq!(answer("10.2.0.0/16", Truth::Yes), Truth::No);
    }

    #[test]
    fn without_policies_only_a_route_for_one_address_counts() {
        assert_eq!(answer("10.1.4.0/27", Truth::No), Truth::No);
        assert_eq!(answer("10.1.4.0/28", Truth::No), Truth::No);
        assert_eq!(answer("10.1.4.4/32", Truth::No), Truth::Unknown);
        assert_eq!(answer("10.1.4.0/27", Truth::Unknown), Truth::Unknown);
    }
}
