//! In: a subnet. Out: every route that Azure would list for it, who takes what each of them sends away, and whether a
//! packet arrives in another subnet.
//! Never: says that a packet is lost where a table, a peering or an address could not be read.
//!
//! Sources: <https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview>,
//! <https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview>,
//! <https://learn.microsoft.com/azure/virtual-wan/virtual-wan-global-transit-network-architecture>.

use std::net::IpAddr;

use super::{Got, Network, Place, Table};
use crate::azure::{
    Field, firewall, hub, load_balancer, nat_gateway, network_interface, public_ip, routes, virtual_network,
};
use crate::value::{Cidr, Hole, Kind, Reference, Segment, Truth, Unknown, Value};

/// One route of a subnet, as Azure lists it.
#[derive(Clone, Debug)]
pub struct Route<'n> {
    /// What it is for.
    pub prefix: Cidr,
    /// Who puts it there.
    pub source: RouteSource,
    /// Who takes what it sends away.
    pub hop: NextHop<'n>,
    /// What says so: the route of a table, a peering, a hub connection, a gateway, or the VNet itself.
    pub by: Place<'n>,
    /// Whether it is there.
    pub certain: Truth,
}

/// Who puts a route into a subnet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteSource {
    /// Azure: the VNet's own ranges, and the internet.
    System,
    /// A gateway, a Route Server or a virtual hub.
    Propagated,
    /// Azure: the ranges of a peered VNet.
    Peering,
    /// The subnet's route table.
    Static,
}

/// Who takes what a route sends away.
#[derive(Clone, Debug)]
pub enum NextHop<'n> {
    /// The VNet itself, or a VNet that it is peered with.
    Vnet(Place<'n>),
    /// A virtual hub.
    Hub(Place<'n>),
    /// The internet, without anything in between.
    Internet,
    /// A VPN or ExpressRoute gateway; which one, where it is declared here.
    Gateway(Option<Place<'n>>),
    /// A firewall.
    Firewall(Place<'n>),
    /// Another appliance: a machine's interface or a load balancer.
    Appliance(Place<'n>),
    /// A public address: nothing takes packets there.
    PublicAddress(Place<'n>),
    /// An address that nothing declared here is known to have.
    Address(IpAddr),
    /// Nobody: it is dropped.
    Nobody,
    /// It cannot be told.
    Unknown(Option<Unknown>),
}

/// Whether packets arrive, and over what.
#[derive(Clone, Debug)]
pub struct Reach<'n> {
    /// Whether they do.
    pub certain: Truth,
    /// The peerings, connections and appliances on the way.
    pub way: Vec<Place<'n>>,
}

impl<'n> NextHop<'n> {
    /// The firewall or appliance that takes the packet, where it is declared here.
    pub fn appliance(&self) -> Option<Place<'n>> {
        match self {
            NextHop::Firewall(place) | NextHop::Appliance(place) => Some(*place),
            _ => None,
        }
    }

    /// It is an appliance, declared here or not: not the internet, not a gateway, not the VNet.
    pub fn is_appliance(&self) -> bool {
        matches!(self, NextHop::Firewall(_) | NextHop::Appliance(_) | NextHop::Address(_))
    }

    /// Who it is, for a sentence.
    pub fn words(&self) -> String {
        match self {
            NextHop::Vnet(vnet) => format!("VNet `{}`", vnet.name()),
            NextHop::Hub(hub) => format!("virtual hub `{}`", hub.name()),
            NextHop::Internet => "the internet".into(),
            NextHop::Gateway(Some(gateway)) => format!("gateway `{}`", gateway.name()),
            NextHop::Gateway(None) => "a gateway".into(),
            NextHop::Firewall(wall) => format!("firewall `{}`", wall.name()),
            NextHop::Appliance(place) => format!("{} `{}`", place.kind().noun, place.name()),
            NextHop::PublicAddress(place) => format!("the public address `{}`", place.name()),
            NextHop::Address(address) => format!("the appliance at {address}"),
            NextHop::Nobody => "nobody".into(),
            NextHop::Unknown(_) => "an appliance".into(),
        }
    }
}

impl<'n> Place<'n> {
    /// Every route of a subnet, and why there may be more.
    ///
    /// Of two routes for one prefix Azure takes the static one, then the propagated one, then its own.
    pub fn effective_routes(self) -> (Vec<Route<'n>>, Option<Unknown>) {
        let mut routes = Vec::new();
        let mut open = None;
        let table = self.route_table();
        let propagates = match &table {
            Table::Is(table, _) => table.lets_routes_in(),
            Table::None => Truth::Yes,
            Table::Outside(_) | Table::Unknown(_) => Truth::Unknown,
        };
        match &table {
            Table::Is(table, _) => open = table.static_routes(&mut routes),
            Table::None => {}
            Table::Outside(step) => open = step.value.first_hole().map(|hole| hole.unknown()),
            Table::Unknown(unknown) => open = unknown.clone(),
        }
        if let Some(vnet) = self.parent() {
            let overridden = routes.iter().any(|route| route.prefix.length() == 0 && route.certain.certainly());
            open = open.or(vnet.own_routes(&mut routes));
            // Where a table has a default route of its own, Azure takes away the routes that drop private ranges.
            routes.retain(|route| {
                !(overridden && matches!(route.hop, NextHop::Nobody) && route.source == RouteSource::System)
            });
            vnet.peering_routes(&mut routes);
            vnet.propagated_routes(propagates, &mut routes);
        }
        (routes, open)
    }

    /// The route that a packet to any address of a range takes; `Err` holds what cannot be told.
    ///
    /// The longest prefix wins; but routes of a VNet and its peerings win over propagated ones of any length
    /// (<https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#how-azure-selects-a-route>).
    pub fn way_to(self, range: Cidr) -> Result<Route<'n>, Option<Unknown>> {
        let (routes, open) = self.effective_routes();
        if open.is_some() {
            return Err(open);
        }
        let covers = |route: &&Route| route.prefix.covers(range);
        let of_vnet = |route: &Route| {
            route.source == RouteSource::Peering
                || route.source == RouteSource::System && matches!(route.hop, NextHop::Vnet(_))
        };
        let near = routes.iter().any(|route| of_vnet(route) && route.prefix.covers(range) && route.certain.certainly());
        let mut fit: Vec<&Route> =
            routes.iter().filter(covers).filter(|route| !(near && route.source == RouteSource::Propagated)).collect();
        fit.sort_by_key(|route| (route.prefix.length(), route.source));
        match fit.last() {
            Some(best) if best.certain == Truth::Yes => Ok((*best).clone()),
            _ => Err(None),
        }
    }

    /// The route of a table for a range of addresses: the longest that covers all of it; `Err` holds what cannot be told.
    pub fn route_for(self, range: Cidr) -> Result<Option<Route<'n>>, Unknown> {
        let mut routes = Vec::new();
        if let Some(unknown) = self.static_routes(&mut routes) {
            return Err(unknown);
        }
        let covering = routes.into_iter().filter(|route| route.prefix.covers(range) && route.certain.possibly());
        Ok(covering.max_by_key(|route| route.prefix.length()))
    }

    /// It is another resource than `other`, not the same one declared, or read, in two ways.
    pub fn is_surely_another(self, other: Place<'n>) -> bool {
        let by_id = self.id().zip(other.id()).map(|(own, other)| own.same(other));
        let both_made = self.root() == other.root() && self.is_made() && other.is_made();
        self != other && (both_made || self.kind() != other.kind() || by_id == Some(Truth::No))
    }

    /// The routes of a route table, and why there may be more.
    pub(super) fn static_routes(self, found: &mut Vec<Route<'n>>) -> Option<Unknown> {
        let mut open = None;
        for route in self.children(&routes::ROUTE) {
            match route.get(&routes::PREFIX) {
                Got::Is(value) => match value.as_text() {
                    // A service tag is for public addresses only.
                    Some(text) => found.extend(Cidr::parse(text).map(|prefix| Route {
                        prefix,
                        source: RouteSource::Static,
                        hop: route.next_hop(self),
                        by: route,
                        certain: route.exists(),
                    })),
                    None => open = open.or(value.first_hole().map(|hole| hole.unknown())),
                },
                Got::Unknown(unknown) => open = open.or(Some(unknown)),
                Got::Absent => {}
            }
        }
        open.or_else(|| self.open_for(&routes::ROUTE))
    }

    /// Azure's own routes: the VNet delivers in its ranges, the internet takes the rest.
    fn own_routes(self, found: &mut Vec<Route<'n>>) -> Option<Unknown> {
        let system = |prefix, hop| Route { prefix, source: RouteSource::System, hop, by: self, certain: Truth::Yes };
        found.extend(Cidr::parse("0.0.0.0/0").map(|all| system(all, NextHop::Internet)));
        // Private ranges that no VNet here has are dropped.
        let private = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
        found.extend(private.into_iter().filter_map(Cidr::parse).map(|range| system(range, NextHop::Nobody)));
        match self.ranges(&virtual_network::ADDRESS_SPACE) {
            Ok(ranges) => {
                found.extend(ranges.into_iter().map(|range| system(range, NextHop::Vnet(self))));
                None
            }
            Err(unknown) => Some(unknown),
        }
    }

    /// The routes that a VNet's peerings bring: the ranges of the other side.
    fn peering_routes(self, found: &mut Vec<Route<'n>>) {
        for (peer, by) in self.peers() {
            let reach = self.reach_of_vnet(peer);
            for prefix in peer.ranges(&virtual_network::ADDRESS_SPACE).unwrap_or_default() {
                let (source, hop) = (RouteSource::Peering, NextHop::Vnet(peer));
                found.push(Route { prefix, source, hop, by, certain: reach.certain });
            }
        }
    }

    /// The routes that arrive while the network runs: defaults, sites on premises, and what hangs on the same hub.
    fn propagated_routes(self, propagates: Truth, found: &mut Vec<Route<'n>>) {
        let source = RouteSource::Propagated;
        for injection in self.injections() {
            let hop = match injection.noun {
                "virtual hub" => NextHop::Hub(injection.source),
                "gateway" => NextHop::Gateway(Some(injection.source)),
                _ => NextHop::Unknown(None),
            };
            // A Route Server announces what its peers announce, which is not in the code.
            let certain = if injection.noun == "Route Server" { Truth::Unknown } else { injection.certain };
            let all = Cidr::parse("0.0.0.0/0");
            found.extend(all.map(|prefix| Route {
                prefix,
                source,
                hop,
                by: injection.source,
                certain: certain & propagates,
            }));
        }
        for (site, gateway, certain) in self.sites() {
            for prefix in site.ranges(site.site_field()).unwrap_or_default() {
                let hop = NextHop::Gateway(Some(gateway));
                found.push(Route { prefix, source, hop, by: site, certain: certain & propagates });
            }
        }
        for connection in self.hub_connections() {
            let Some(own) = connection.parent() else { continue };
            for (vnet, _) in self.within_reach() {
                if vnet.hub_connections().iter().any(|other| other.parent().is_some_and(|hub| hub.same_wan(own))) {
                    for prefix in vnet.ranges(&virtual_network::ADDRESS_SPACE).unwrap_or_default() {
                        let hop = NextHop::Hub(own);
                        found.push(Route { prefix, source, hop, by: connection, certain: propagates });
                    }
                }
            }
        }
    }

    /// Two hubs are one, or belong to one Virtual WAN.
    fn same_wan(self, other: Place<'n>) -> bool {
        let wan = |hub: Place<'n>| hub.follow(&hub::HUB_TO_WAN).into_iter().find_map(|step| step.end.place());
        self == other || wan(self).is_some_and(|own| wan(other) == Some(own))
    }

    /// The VNets that a VNet is peered with, and by which peering: its own before the other's.
    pub fn peers(self) -> Vec<(Place<'n>, Place<'n>)> {
        let place = |index| Place { network: self.network, index };
        let peers = self.network.peers.get(&self.index).into_iter().flatten();
        peers.map(|(peer, by)| (place(*peer), place(*by))).collect()
    }

    /// The peering of a VNet that leads to another one.
    pub fn peering_to(self, other: Place<'n>) -> Option<Place<'n>> {
        self.children(&virtual_network::PEERING).into_iter().find(|peering| {
            let steps = peering.follow(&virtual_network::PEERING_TO_REMOTE);
            steps.iter().any(|step| step.end.place() == Some(other))
        })
    }

    /// The gateways of a VNet: what stands in its `GatewaySubnet`, and Route Servers.
    pub fn gateways(self) -> Vec<Place<'n>> {
        let all = self.network.all(&hub::GATEWAY).into_iter();
        let gateways = all.filter(|gateway| gateway.stands_in(&hub::GATEWAY_TO_SUBNET) == Some(self));
        let hubs = self.network.all(&hub::VIRTUAL_HUB).into_iter().filter(|hub| hub.is_route_server());
        gateways.chain(hubs.filter(|hub| hub.route_server_vnet() == Some(self))).collect()
    }

    /// The sites on premises that a VNet learns the ranges of, over which gateway, and whether it does.
    pub fn sites(self) -> Vec<(Place<'n>, Place<'n>, Truth)> {
        let mut ways: Vec<(Place, Truth)> = Vec::new();
        for gateway in self.network.all(&hub::GATEWAY) {
            let Some(home) = gateway.stands_in(&hub::GATEWAY_TO_SUBNET) else { continue };
            if home == self {
                ways.push((gateway, Truth::Yes));
            } else if let Some((_, certain, _)) = self.uses_gateways_of(home) {
                ways.push((gateway, certain));
            }
        }
        let mut sites = Vec::new();
        // Which site hangs on which gateway is said by a connection; of one gateway all sites are.
        if let [(gateway, certain)] = ways.as_slice() {
            let local = self.network.all(&hub::LOCAL_GATEWAY).into_iter();
            sites.extend(local.map(|site| (site, *gateway, *certain)));
        }
        for connection in self.hub_connections() {
            let Some(own) = connection.parent() else { continue };
            let wan = own.follow(&hub::HUB_TO_WAN).into_iter().find_map(|step| step.end.place());
            let gateways = self.network.all(&hub::HUB_VPN_GATEWAY).into_iter();
            let mut gateways = gateways.filter(|gateway| {
                gateway.follow(&hub::GATEWAY_TO_HUB).iter().any(|step| step.end.place() == Some(own))
            });
            let gateway = gateways.next();
            let (Some(wan), Some(gateway)) = (wan, gateway) else { continue };
            for site in self.network.all(&hub::VPN_SITE) {
                if site.follow(&hub::SITE_TO_WAN).iter().any(|step| step.end.place() == Some(wan)) {
                    sites.push((site, gateway, Truth::Yes));
                }
            }
        }
        sites
    }

    /// Why a subnet may have a NAT gateway that is not seen here.
    pub fn may_have_nat_gateway(self) -> Option<Unknown> {
        if !self.is_made() {
            let name = format!("the NAT gateway of {}", self.address());
            return Some(Unknown::new(self.root(), name, crate::value::Reason::Data).at(self.span()));
        }
        let hides = |place: Place<'n>| place.hidden_from(&virtual_network::SUBNET);
        let hidden = hides(self).or_else(|| self.parent().and_then(hides));
        self.perhaps_set(&nat_gateway::SUBNET_NAT_GATEWAY)
            .or_else(|| hidden.map(|hidden| hidden.unknown))
            .or_else(|| self.damage())
    }

    /// The field that holds the ranges of a site on premises.
    pub fn site_field(self) -> &'static Field {
        if self.kind() == &hub::VPN_SITE { &hub::VPN_SITE_RANGES } else { &hub::SITE_RANGES }
    }

    /// Who takes what a route of a table sends away.
    pub fn next_hop(self, near: Place<'n>) -> NextHop<'n> {
        let kind = self.get(&routes::NEXT_HOP_TYPE);
        let is = |text: &str| kind.ask(|value| value.is(text)).certainly();
        match () {
            () if is("VirtualAppliance") => match self.get(&routes::NEXT_HOP_ADDRESS) {
                Got::Is(value) => self.network.owner_of(&value, near),
                Got::Absent => NextHop::Nobody,
                Got::Unknown(unknown) => NextHop::Unknown(Some(unknown)),
            },
            () if is("VirtualNetworkGateway") => NextHop::Gateway(None),
            () if is("Internet") => NextHop::Internet,
            () if is("None") => NextHop::Nobody,
            () if is("VnetLocal") => NextHop::Nobody,
            () => NextHop::Unknown(kind.unknown()),
        }
    }

    /// Whether packets of one subnet arrive in another: by its own routes, and of whoever they are sent to.
    pub fn reaches(self, other: Place<'n>) -> Reach<'n> {
        let unknown = Reach { certain: Truth::Unknown, way: Vec::new() };
        let (Some(own), Some(their)) = (self.parent(), other.parent()) else { return unknown };
        let Some(range) = other.ranges(&virtual_network::PREFIXES).ok().and_then(|ranges| ranges.first().copied())
        else {
            return unknown;
        };
        let Ok(route) = self.way_to(range) else { return unknown };
        match route.hop {
            NextHop::Vnet(vnet) if vnet == their => own.reach_of_vnet(their),
            NextHop::Hub(_) => Reach { certain: Truth::Yes, way: vec![route.by] },
            NextHop::Firewall(taker) | NextHop::Appliance(taker) => {
                let there = taker.home().map(|home| home.reach_of_vnet(their));
                let there = there.unwrap_or(Reach { certain: Truth::Unknown, way: Vec::new() });
                Reach { certain: there.certain, way: [route.by, taker].into_iter().chain(there.way).collect() }
            }
            NextHop::Internet | NextHop::Nobody => Reach { certain: Truth::No, way: vec![route.by] },
            _ => unknown,
        }
    }

    /// The VNet that an appliance stands in.
    pub fn home(self) -> Option<Place<'n>> {
        let links = [
            &firewall::FIREWALL_TO_SUBNET,
            &network_interface::INTERFACE_TO_SUBNET,
            &load_balancer::LOAD_BALANCER_TO_SUBNET,
        ];
        let own = |link: &&&crate::azure::Link| self.kind().fields.iter().any(|field| std::ptr::eq(*field, link.field));
        links.iter().filter(own).find_map(|link| self.stands_in(link))
    }

    /// Whether packets of a VNet arrive in another one without anybody between them: by a peering, or a virtual hub.
    ///
    /// A peering works when both VNets have their half of it; a half that may be declared elsewhere leaves it open.
    pub fn reach_of_vnet(self, other: Place<'n>) -> Reach<'n> {
        if self == other {
            return Reach { certain: Truth::Yes, way: Vec::new() };
        }
        let mut open = Truth::No;
        let (own, back) = (self.peering_to(other), other.peering_to(self));
        if own.is_some() || back.is_some() {
            let half = |half: Option<Place>, of: Place| match half {
                Some(half) => half.exists() & half.is_true(&virtual_network::ALLOW_ACCESS),
                None if of.open_for(&virtual_network::PEERING).is_some() => Truth::Unknown,
                None => Truth::No,
            };
            let certain = half(own, self) & half(back, other);
            if certain == Truth::Yes {
                return Reach { certain, way: own.into_iter().chain(back).collect() };
            }
            open = open | certain;
        }
        for connection in self.hub_connections() {
            let theirs = other.hub_connections();
            let Some(hub) = connection.parent() else { continue };
            if let Some(their) =
                theirs.into_iter().find(|their| their.parent().is_some_and(|other| other.same_wan(hub)))
            {
                return Reach { certain: connection.exists() & their.exists(), way: vec![connection, their] };
            }
        }
        // A VNet that is only read may be tied to anything.
        if !self.is_made() && !other.is_made() {
            open = Truth::Unknown;
        }
        Reach { certain: open, way: Vec::new() }
    }
}

impl Network {
    /// Who has the address that a route names.
    fn owner_of<'n>(&'n self, value: &Value, near: Place<'n>) -> NextHop<'n> {
        match &value.kind {
            Kind::Text(pieces) => match pieces.as_literal() {
                Some("") => NextHop::Nobody,
                Some(text) => match text.trim().parse() {
                    Ok(address) => self.owner_of_address(address, near),
                    Err(_) => NextHop::Unknown(None),
                },
                None => NextHop::Unknown(pieces.holes().next().map(Hole::unknown)),
            },
            Kind::Reference(reference) => self.owner_of_reference(reference),
            _ => NextHop::Unknown(value.hole().map(|hole| hole.unknown())),
        }
    }

    /// Whose attribute an address is.
    fn owner_of_reference(&self, reference: &Reference) -> NextHop<'_> {
        let unknown = || NextHop::Unknown(Some(Hole::Reference(reference.clone()).unknown()));
        let Some(index) = self.by_address.get(&reference.address) else { return unknown() };
        let place = Place { network: self, index: self.canonical(*index) };
        let words: Vec<&str> = reference
            .path
            .iter()
            .filter_map(|segment| match segment {
                Segment::Field(name) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let is = |field: &'static Field| place.kind().field_at(&words).is_some_and(|at| std::ptr::eq(at, field));
        match place.kind() {
            kind if kind == &firewall::FIREWALL && (is(&firewall::ADDRESSES) || is(&firewall::HUB_ADDRESS)) => {
                NextHop::Firewall(place)
            }
            kind if kind == &network_interface::NETWORK_INTERFACE || kind == &load_balancer::LOAD_BALANCER => {
                NextHop::Appliance(place)
            }
            kind if kind == &public_ip::PUBLIC_IP && is(&public_ip::ADDRESS) => NextHop::PublicAddress(place),
            _ => unknown(),
        }
    }

    /// Who has a literal address: what says that it has, or the firewall whose subnet or hub it lies in. Of several in
    /// other deployments nobody can say which.
    fn owner_of_address<'n>(&'n self, address: IpAddr, near: Place<'n>) -> NextHop<'n> {
        let text = address.to_string();
        let has =
            |place: Place, field: &Field| place.get_all(field).0.iter().any(|value| value.as_text() == Some(&text));
        let own_or_only = |found: Vec<Place<'n>>| {
            let in_root = found.iter().copied().filter(|place| place.root() == near.root());
            let own = in_root.min_by(|a, b| a.address().cmp(b.address()));
            own.or_else(|| found.first().copied().filter(|_| found.len() == 1))
        };
        let of = |kind, fields: &[&'static Field]| -> Vec<Place<'n>> {
            let all = self.all(kind).into_iter();
            all.filter(|place| fields.iter().any(|field| has(*place, field)) || place.lies_around(address)).collect()
        };
        let walls = of(&firewall::FIREWALL, &[&firewall::ADDRESSES, &firewall::HUB_ADDRESS]);
        if let Some(wall) = own_or_only(walls) {
            return NextHop::Firewall(wall);
        }
        let mut others = of(&network_interface::NETWORK_INTERFACE, &[&network_interface::ADDRESSES]);
        others.extend(of(&load_balancer::LOAD_BALANCER, &[&load_balancer::ADDRESSES]));
        own_or_only(others).map_or(NextHop::Address(address), NextHop::Appliance)
    }
}

impl Place<'_> {
    /// An address lies in the subnet of a firewall, which nothing else stands in, or in the range of its virtual hub.
    fn lies_around(self, address: IpAddr) -> bool {
        if self.kind() != &firewall::FIREWALL {
            return false;
        }
        let inside = |place: Place, field: &Field| {
            place.ranges(field).is_ok_and(|ranges| ranges.iter().any(|range| range.holds(address)))
        };
        let subnets = self.follow(&firewall::FIREWALL_TO_SUBNET);
        let hubs = self.follow(&firewall::FIREWALL_TO_HUB);
        subnets.iter().filter_map(|step| step.end.place()).any(|subnet| inside(subnet, &virtual_network::PREFIXES))
            || hubs.iter().filter_map(|step| step.end.place()).any(|hub| inside(hub, &hub::HUB_PREFIX))
    }
}
