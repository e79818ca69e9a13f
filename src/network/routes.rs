//! In: a subnet. Out: its route table, its default route, and who injects routes into it.
//! Never: says that there is no route where a table could not be read.
//!
//! Sources: <https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview>,
//! <https://learn.microsoft.com/azure/route-server/overview>,
//! <https://learn.microsoft.com/azure/virtual-wan/how-to-routing-policies>.

use super::{End, Place, Step};
use crate::azure::{hub, routes, virtual_network};
use crate::value::{Cidr, Kind, Truth, Unknown, Value};

/// The route table of a subnet.
#[derive(Clone, Debug)]
pub enum Table<'n> {
    /// This one, and who attaches it.
    Is(Place<'n>, Step<'n>),
    /// There is none.
    None,
    /// It has one that is not declared here.
    Outside(Step<'n>),
    /// It cannot be told.
    Unknown(Option<Unknown>),
}

/// The default route of a route table.
#[derive(Clone, Debug)]
pub enum DefaultRoute<'n> {
    /// `0.0.0.0/0`, to this kind of next hop.
    Is(Place<'n>),
    /// Two halves, `0.0.0.0/1` and `128.0.0.0/1`.
    Halves(Place<'n>),
    /// There is none.
    None,
    /// It cannot be told.
    Unknown(Option<Unknown>),
}

/// Something that puts a default route into a subnet while the network runs.
#[derive(Clone, Debug)]
pub struct Injection<'n> {
    /// The Route Server, hub or gateway.
    pub source: Place<'n>,
    /// What ties the subnet's VNet to it, in the order of walking.
    pub way: Vec<Place<'n>>,
    /// What it is, for a sentence: `Route Server`, `virtual hub`.
    pub noun: &'static str,
    /// Whether it does.
    pub certain: Truth,
    /// What would decide.
    pub unknown: Option<Unknown>,
}

impl<'n> Place<'n> {
    /// The route table of a subnet.
    pub fn route_table(self) -> Table<'n> {
        let steps = self.follow(&virtual_network::SUBNET_TO_ROUTE_TABLE);
        let (certain, perhaps): (Vec<Step>, Vec<Step>) =
            steps.into_iter().partition(|step| step.exists == Truth::Yes || matches!(step.end, End::Unknown(_)));
        if let Some(step) = certain.into_iter().next() {
            return match step.end.clone() {
                End::Place(table) => Table::Is(table, step),
                End::Outside(_) => Table::Outside(step),
                End::Unknown(unknown) => Table::Unknown(Some(unknown)),
            };
        }
        if let Some(step) = perhaps.first() {
            return Table::Unknown(step.value.first_hole().map(|hole| hole.unknown()));
        }
        if !self.is_known() {
            return Table::Unknown(Some(self.unread(&virtual_network::SUBNET_ROUTE_TABLE)));
        }
        if let Some(unknown) = self.perhaps_set(&virtual_network::SUBNET_ROUTE_TABLE) {
            return Table::Unknown(Some(unknown));
        }
        let hides = |place: Place<'n>| place.hidden_from(&virtual_network::SUBNET);
        let hidden = hides(self).or_else(|| self.parent().and_then(hides));
        match hidden.map(|hidden| hidden.unknown).or_else(|| self.damage()) {
            Some(unknown) => Table::Unknown(Some(unknown)),
            None => Table::None,
        }
    }

    /// The default route of a route table.
    pub fn default_route(self) -> DefaultRoute<'n> {
        let mut half = None;
        let mut halves = 0;
        let mut open: Option<Unknown> = None;
        for route in self.children(&routes::ROUTE) {
            let prefix = route.get(&routes::PREFIX);
            let is = |wanted: &str| prefix.ask(|value| is_prefix(value, wanted));
            let there = route.exists();
            match is("0.0.0.0/0") & there {
                Truth::Yes => return DefaultRoute::Is(route),
                Truth::Unknown if is("0.0.0.0/0").possibly() => {
                    open = open.or(prefix.unknown()).or_else(|| route.decides().cloned());
                }
                _ => {}
            }
            if (is("0.0.0.0/1") | is("128.0.0.0/1")) & there == Truth::Yes {
                half = half.or(Some(route));
                halves += 1;
            }
        }
        if let (Some(route), 2) = (half, halves) {
            return DefaultRoute::Halves(route);
        }
        match open.or_else(|| self.open_for(&routes::ROUTE)) {
            Some(unknown) => DefaultRoute::Unknown(Some(unknown)),
            None => DefaultRoute::None,
        }
    }

    /// It is a Route Server: a virtual hub without a Virtual WAN, with an address in a subnet.
    pub fn is_route_server(self) -> bool {
        self.kind() == &hub::VIRTUAL_HUB
            && matches!(self.get(&hub::WAN), super::Got::Absent)
            && !self.children(&hub::HUB_IP).is_empty()
    }

    /// The VNet of a Route Server.
    pub fn route_server_vnet(self) -> Option<Place<'n>> {
        self.children(&hub::HUB_IP).into_iter().find_map(|ip| ip.stands_in(&hub::HUB_IP_TO_SUBNET))
    }

    /// What injects routes into the subnets of a VNet.
    pub fn injections(self) -> Vec<Injection<'n>> {
        let mut found = Vec::new();
        for server in self.network.all(&hub::VIRTUAL_HUB).into_iter().filter(|hub| hub.is_route_server()) {
            let Some(home) = server.route_server_vnet() else { continue };
            if home == self {
                let way = Vec::new();
                found.push(Injection { source: server, way, noun: "Route Server", certain: Truth::Yes, unknown: None });
                continue;
            }
            if let Some((way, certain, unknown)) = self.uses_gateways_of(home) {
                found.push(Injection { source: server, way, noun: "Route Server", certain, unknown });
            }
        }
        for connection in self.hub_connections() {
            let Some(source) = connection.parent() else { continue };
            let (certain, unknown) = source.announces_default(connection);
            if certain.possibly() {
                let way = vec![connection];
                found.push(Injection { source, way, noun: "virtual hub", certain, unknown });
            }
        }
        for gateway in self.network.all(&hub::GATEWAY) {
            // Forced tunnelling: the gateway's default site takes the internet's traffic.
            if !matches!(gateway.get(&hub::DEFAULT_SITE), super::Got::Is(_)) {
                continue;
            }
            let Some(home) = gateway.stands_in(&hub::GATEWAY_TO_SUBNET) else { continue };
            if home == self {
                let way = Vec::new();
                found.push(Injection { source: gateway, way, noun: "gateway", certain: Truth::Yes, unknown: None });
            } else if let Some((way, certain, unknown)) = self.uses_gateways_of(home) {
                found.push(Injection { source: gateway, way, noun: "gateway", certain, unknown });
            }
        }
        found
    }

    /// Whether a VNet learns what the gateways of another one learn: by a peering that uses them, and is let to.
    pub(super) fn uses_gateways_of(self, home: Place<'n>) -> Option<(Vec<Place<'n>>, Truth, Option<Unknown>)> {
        let own = self.peering_to(home)?;
        let used = own.is_true(&virtual_network::USE_REMOTE_GATEWAYS);
        let back = home.peering_to(self);
        let offered = back.map_or(Truth::Yes, |back| back.is_true(&virtual_network::ALLOW_GATEWAY_TRANSIT));
        let certain = used & offered;
        if certain == Truth::No {
            return None;
        }
        let unknown = own.get(&virtual_network::USE_REMOTE_GATEWAYS).unknown();
        Some((std::iter::once(own).chain(back).collect(), certain, unknown))
    }

    /// Whether a virtual hub announces a default route over a connection.
    fn announces_default(self, connection: Place<'n>) -> (Truth, Option<Unknown>) {
        let security = connection.get(&hub::INTERNET_SECURITY);
        let secured = security.ask(Value::is_true);
        let intents = self.children(&hub::ROUTING_INTENT).into_iter().map(|intent| {
            let (values, open) = intent.get_all(&hub::DESTINATIONS);
            let named = Truth::any(values.iter().map(|value| holds_text(value, "Internet")));
            if open.is_some() { named | Truth::Unknown } else { named }
        });
        let (prefixes, open) = self.get_all(&hub::ROUTE_PREFIXES);
        let static_default = Truth::any(prefixes.iter().map(|value| holds_text(value, "0.0.0.0/0")));
        let by_route = match open {
            Some(_) if self.is_known() => static_default | Truth::Unknown,
            _ => static_default,
        };
        let tables = self.children(&hub::HUB_ROUTE_TABLE).into_iter().map(|table| {
            let (values, _) = table.get_all(&hub::HUB_ROUTE_DESTINATIONS);
            Truth::any(values.iter().map(|value| holds_text(value, "0.0.0.0/0")))
        });
        // Which table a connection hangs on is its own affair; one with a default is enough to ask.
        let by_table = Truth::any(tables).min(Truth::Unknown);
        let certain = secured | Truth::any(intents) | by_route | by_table;
        let unknown = if certain == Truth::Unknown { security.unknown().or(open) } else { None };
        (certain, unknown)
    }

    /// Whether routes that gateways and Route Servers announce reach the subnets of a table.
    pub fn lets_routes_in(self) -> Truth {
        !self.is_true(&routes::NO_PROPAGATION)
    }
}

fn is_prefix(value: &Value, wanted: &str) -> Truth {
    match (value.as_text().and_then(Cidr::parse), Cidr::parse(wanted)) {
        (Some(is), Some(wanted)) => Truth::from_known(is == wanted),
        _ => value.is(wanted),
    }
}

fn holds_text(value: &Value, text: &str) -> Truth {
    match &value.kind {
        Kind::List { items, rest, .. } => {
            let known = Truth::any(items.iter().map(|item| item.is(text)));
            if rest.is_some() { known | Truth::Unknown } else { known }
        }
        _ => value.is(text),
    }
}
