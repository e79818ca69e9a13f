//! In: a VNet, a route table. Out: the private endpoints that put routes of their own into the VNet, and whether the table
//! has another way to them.
//! Never: says that an endpoint is reached straight where a route, a range or a setting is not known that may say otherwise.
//!
//! A private endpoint puts a route for its one address into its VNet and into those that are peered with it. A route table
//! takes its place with a route that is at least as exact as the range of the endpoint's VNet, if the endpoint's subnet has
//! network policies for route tables; or with a route for that one address.
//!
//! Source: <https://learn.microsoft.com/azure/private-link/disable-private-endpoint-network-policy>.

use super::Place;
use crate::azure::{private_endpoint, routes, virtual_network};
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
