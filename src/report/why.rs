//! In: a place of a graph, or two. Out: what is known of it, each fact with where it is written; between two, the way.
//! Never: says more than the graph does.

use super::escape::visible;
use crate::azure::{cluster, dns, virtual_network};
use crate::network::{End, Got, Network, Order, Place, RouteSource, Seen, Server, Table, ZoneMode};
use crate::source::{Sources, Span};
use crate::value::{Hand, Truth, Unknown, Value};

/// The facts of one place.
pub fn why(network: &Network, place: Place, sources: &Sources) -> String {
    let mut tree = Tree { lines: Vec::new(), sources };
    let kind = place.kind();
    tree.say(0, format!("{} `{}`", kind.noun, place.name()), Some(place.span()));
    if !place.is_made() {
        tree.say(1, "it is read or deployed, not made by this code".into(), None);
    } else if !place.is_certain() {
        let decides = place.decides().map_or(String::new(), |unknown| format!(": `{unknown}` decides"));
        tree.say(1, format!("whether it is made is not known{decides}"), None);
    }
    if kind == &cluster::CLUSTER {
        tree.cluster(network, place);
    } else if kind == &virtual_network::VNET {
        tree.vnet(network, place, 1);
    } else if kind == &virtual_network::SUBNET {
        tree.subnet(place, 1);
        if let Some(vnet) = place.parent() {
            tree.say(1, format!("lies in VNet `{}`", vnet.name()), Some(vnet.span()));
            tree.vnet(network, vnet, 2);
        }
    } else {
        if kind == &dns::ZONE {
            tree.zone(place, 1);
        }
        tree.fields(place);
    }
    tree.text()
}

/// The way between two places, whether packets find it, and which of them is made first.
pub fn why_two(network: &Network, from: Place, to: Place, sources: &Sources) -> String {
    let mut tree = Tree { lines: Vec::new(), sources };
    tree.say(0, format!("{} `{}`", from.kind().noun, from.name()), Some(from.span()));
    match network.way(from, to) {
        Some(way) => {
            for hop in way {
                tree.say(1, format!("{} {} `{}`", hop.words, hop.to.kind().noun, hop.to.name()), Some(hop.span));
            }
        }
        None => tree.say(1, format!("nothing ties it to {} `{}`", to.kind().noun, to.name()), Some(to.span())),
    }
    let reach = match (from.kind() == &virtual_network::SUBNET, to.kind() == &virtual_network::SUBNET) {
        (true, true) => Some(from.reaches(to)),
        _ => match (vnet_of(from), vnet_of(to)) {
            (Some(own), Some(their)) => Some(own.reach_of_vnet(their)),
            _ => None,
        },
    };
    if let Some(reach) = reach {
        let said = match reach.certain {
            Truth::Yes => "packets find their way",
            Truth::No => "packets do not find their way",
            Truth::Unknown => "cannot tell whether packets find their way",
        };
        tree.say(0, said.into(), None);
        for place in reach.way {
            tree.say(1, format!("by {} `{}`", place.kind().noun, place.name()), Some(place.span()));
        }
    }
    let (a, b) = (from.name(), to.name());
    let order = match from.made_before(to) {
        Order::Before => format!("`{a}` is made before `{b}`"),
        Order::After => format!("`{b}` is made before `{a}`"),
        Order::Race => format!("nothing orders `{a}` and `{b}`: they may be made at the same time"),
        Order::Unknown => format!("cannot tell which of `{a}` and `{b}` is made first"),
    };
    tree.say(0, order, None);
    tree.text()
}

fn vnet_of(place: Place<'_>) -> Option<Place<'_>> {
    if place.kind() == &virtual_network::VNET {
        return Some(place);
    }
    if place.kind() == &cluster::CLUSTER {
        return place.node_vnet();
    }
    let mut at = Some(place);
    while let Some(place) = at {
        if place.kind() == &virtual_network::VNET {
            return Some(place);
        }
        at = place.parent();
    }
    place.home()
}

/// One fact.
struct Line {
    depth: usize,
    text: String,
    /// Where it is said.
    span: Option<Span>,
    /// Where the value was written that came there, through inputs and modules.
    written: Option<Span>,
}

struct Tree<'s> {
    lines: Vec<Line>,
    sources: &'s Sources,
}

impl Tree<'_> {
    fn say(&mut self, depth: usize, text: String, span: Option<Span>) {
        self.lines.push(Line { depth, text, span, written: None });
    }

    /// The same for a fact that is a value.
    fn say_value(&mut self, depth: usize, text: String, span: Span, value: Option<&Value>) {
        let written = value.and_then(written).filter(|written| self.line_of(*written) != self.line_of(span));
        self.lines.push(Line { depth, text, span: Some(span), written });
    }

    fn line_of(&self, span: Span) -> String {
        let file = self.sources.file(span.file);
        format!("{}:{}", file.path, file.place(span.start as usize).line)
    }

    /// One fact a line, what follows from it below it, and behind it where it is written.
    fn text(self) -> String {
        let mut out = String::new();
        for line in &self.lines {
            out.push_str(&"  ".repeat(line.depth));
            out.push_str(&visible(&line.text));
            if let Some(span) = line.span {
                let from = line.written.map_or(String::new(), |written| format!(", from {}", self.line_of(written)));
                out.push_str(&visible(&format!("  ({}{from})", self.line_of(span))));
            }
            out.push('\n');
        }
        out
    }

    fn cluster(&mut self, network: &Network, place: Place) {
        let private = match place.is_true(&cluster::PRIVATE) {
            Truth::Yes => "its API server is private".to_string(),
            Truth::No => "its API server is public".to_string(),
            Truth::Unknown => {
                format!("whether its API server is private is not known{}", open(&place.get(&cluster::PRIVATE)))
            }
        };
        self.say_value(1, private, place.span_of(&cluster::PRIVATE), known(&place.get(&cluster::PRIVATE)));
        match place.zone_mode() {
            ZoneMode::None => {}
            ZoneMode::System => {
                self.say(1, "AKS makes its zone".into(), Some(place.span_of(&cluster::PRIVATE_DNS_ZONE)))
            }
            ZoneMode::Unknown(unknown) => self.say(1, format!("its zone is not known: {unknown}"), unknown.place()),
            ZoneMode::Custom(end) => {
                let span = place.span_of(&cluster::PRIVATE_DNS_ZONE);
                match end {
                    End::Place(zone) => {
                        self.say(1, format!("its zone is `{}`", zone.name()), Some(span));
                        self.zone(zone, 2);
                    }
                    End::Outside(id) => self.say(1, format!("its zone is outside this code: {id}"), Some(span)),
                    End::Unknown(unknown) => self.say(1, format!("its zone is not known: {unknown}"), Some(span)),
                }
            }
        }
        match place.get(&cluster::OUTBOUND) {
            Got::Is(value) => {
                let text = value.as_text().map_or_else(|| "not known".to_string(), |text| format!("`{text}`"));
                let why = match value.origin.hops().next().map(|hop| &hop.hand) {
                    Some(Hand::Assumed(why)) => format!(", {why}"),
                    _ => String::new(),
                };
                let (said, span) = (format!("its outbound type is {text}{why}"), place.span_of(&cluster::OUTBOUND));
                self.say_value(1, said, span, Some(&value));
            }
            Got::Absent => {}
            Got::Unknown(unknown) => self.say(1, format!("its outbound type is not known: {unknown}"), unknown.place()),
        }
        let mut vnets: Vec<Place> = Vec::new();
        for subnet in place.node_subnets() {
            match subnet.end {
                End::Place(end) => {
                    let text = format!("pool `{}` has its nodes in subnet `{}`", subnet.pool.name(), end.name());
                    self.say(1, text, Some(subnet.span));
                    self.subnet(end, 2);
                    vnets.extend(end.parent().filter(|vnet| !vnets.contains(vnet)));
                }
                End::Outside(id) => {
                    self.say(
                        1,
                        format!("pool `{}` has its nodes outside this code: {id}", subnet.pool.name()),
                        Some(subnet.span),
                    );
                }
                End::Unknown(unknown) => {
                    self.say(
                        1,
                        format!("the subnet of pool `{}` is not known: {unknown}", subnet.pool.name()),
                        Some(subnet.span),
                    );
                }
            }
        }
        for vnet in vnets {
            self.say(1, format!("that is VNet `{}`", vnet.name()), Some(vnet.span()));
            self.vnet(network, vnet, 2);
        }
    }

    fn vnet(&mut self, network: &Network, vnet: Place, depth: usize) {
        let ranges = match vnet.ranges(&virtual_network::ADDRESS_SPACE) {
            Ok(ranges) => ranges.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            Err(unknown) => format!("not known: {unknown}"),
        };
        let span = vnet.span_of(&virtual_network::ADDRESS_SPACE);
        let value = vnet.get(&virtual_network::ADDRESS_SPACE);
        self.say_value(depth, format!("its ranges: {ranges}"), span, known(&value));
        let settings = vnet.dns_settings();
        if settings.is_empty() {
            self.say(depth, "it asks Azure's own DNS".into(), Some(vnet.span()));
        }
        for setting in settings {
            match setting.servers {
                Err(unknown) => {
                    self.say(depth, format!("its DNS servers are not known: {unknown}"), Some(setting.span))
                }
                Ok(servers) if servers.is_empty() => {
                    self.say(depth, "it asks Azure's own DNS".into(), Some(setting.span));
                }
                Ok(servers) => {
                    let items = setting.value.items().filter(|items| items.len() == servers.len());
                    for (place, server) in servers.into_iter().enumerate() {
                        let value = items.map_or(&setting.value, |items| &items[place]);
                        let named = matches!(server, Server::Firewall(_) | Server::Inbound(_) | Server::Host(_));
                        let address = value.as_text().filter(|_| named);
                        let at = address.map_or(String::new(), |address| format!(" at {address}"));
                        let said = format!("it asks {}{at}", server_words(&server));
                        self.say_value(depth, said, setting.span, Some(value));
                        self.server(network, &server, vnet, depth + 1);
                    }
                }
            }
        }
        for (peer, by) in vnet.within_reach() {
            self.say(
                depth,
                format!("is tied to VNet `{}` by {} `{}`", peer.name(), by.kind().noun, by.name()),
                Some(by.span()),
            );
        }
    }

    fn server(&mut self, network: &Network, server: &Server, near: Place, depth: usize) {
        match server {
            Server::Firewall(place) | Server::Inbound(place) => {
                let vnet = match server {
                    Server::Firewall(wall) => wall.home(),
                    _ => place.endpoint_vnet(),
                };
                if let Some(vnet) = vnet {
                    self.say(depth, format!("which stands in VNet `{}`", vnet.name()), Some(place.span()));
                }
            }
            _ => {}
        }
        match network.sees(server, near) {
            Seen::From(vnets) => {
                for vnet in vnets {
                    let zones = zones_of(network, vnet);
                    let zones = if zones.is_empty() { "none".to_string() } else { zones.join(", ") };
                    self.say(depth, format!("and sees the zones that are linked to `{}`: {zones}", vnet.name()), None);
                }
            }
            Seen::Never => self.say(depth, "and sees no private zone".into(), None),
            Seen::Unknown(Some(unknown)) => {
                self.say(depth, format!("which zones it sees is not known: {unknown}"), unknown.place());
            }
            Seen::Unknown(None) => self.say(depth, "which zones it sees is not in this code".into(), None),
        }
    }

    fn zone(&mut self, zone: Place, depth: usize) {
        self.say(
            depth,
            format!("{} declares it", if zone.is_made() { "this code" } else { "other code" }),
            Some(zone.span()),
        );
        for (link, end) in zone.zone_links() {
            let to = match end {
                End::Place(vnet) => format!("`{}`", vnet.name()),
                End::Outside(id) => id,
                End::Unknown(unknown) => format!("something that is not known: {unknown}"),
            };
            self.say(depth, format!("it is linked to {to}"), Some(link.span()));
        }
        if let Some(unknown) = zone.open_for(&dns::ZONE_LINK) {
            self.say(depth, format!("there may be more links: {unknown}"), unknown.place());
        }
    }

    fn subnet(&mut self, subnet: Place, depth: usize) {
        match subnet.route_table() {
            Table::Is(table, step) => {
                self.say(depth, format!("its route table is `{}`", table.name()), Some(step.span));
            }
            Table::None => {
                let span = subnet.span_of(&virtual_network::SUBNET_ROUTE_TABLE);
                self.say(depth, "it has no route table".into(), Some(span));
            }
            Table::Outside(step) => self.say(depth, "its route table is outside this code".into(), Some(step.span)),
            Table::Unknown(unknown) => {
                let (name, place) = name_of(unknown.as_ref());
                self.say(depth, format!("its route table is not known{name}"), place);
            }
        }
        let (routes, open) = subnet.effective_routes();
        for route in routes {
            let source = match route.source {
                RouteSource::Static => "its route table",
                RouteSource::Propagated => "propagation",
                RouteSource::Peering => "a peering",
                RouteSource::System => continue,
            };
            let perhaps = if route.certain == Truth::Yes { "" } else { "perhaps " };
            let text = format!("{perhaps}{} goes to {}, by {source}", route.prefix, route.hop.words());
            self.say(depth, text, Some(route.by.span()));
        }
        if let Some(unknown) = open {
            self.say(depth, format!("there may be more routes: {unknown}"), unknown.place());
        }
    }

    /// Everything that is known of a place, as its type has it.
    fn fields(&mut self, place: Place) {
        for (link, step) in place.links() {
            let to = match &step.end {
                End::Place(end) => format!("{} `{}`", end.kind().noun, end.name()),
                End::Outside(id) => id.clone(),
                End::Unknown(unknown) => format!("something that is not known: {unknown}"),
            };
            self.say(1, format!("`{}` points at {to}", place.spelling(link.field)), Some(step.span));
        }
        let is_link = |arm: &str| place.links().iter().any(|(link, _)| link.field.arm == arm);
        for field in place.kind().fields.iter().filter(|field| !field.arm.contains("[]") && !is_link(field.arm)) {
            match place.get(field) {
                Got::Is(value) => {
                    let text = super::in_one_line(&super::Shown::of(&value));
                    let said = format!("`{}` is {text}", place.spelling(field));
                    self.say_value(1, said, place.span_of(field), Some(&value));
                }
                Got::Unknown(unknown) if place.is_made() => {
                    self.say(1, format!("`{}` is not known: {unknown}", place.spelling(field)), unknown.place());
                }
                Got::Absent | Got::Unknown(_) => {}
            }
        }
        if let Some(parent) = place.parent() {
            self.say(1, format!("lies in {} `{}`", parent.kind().noun, parent.name()), Some(parent.span()));
        }
    }
}

/// Where the first text of a value was written, before any input, output or module took it on.
fn written(value: &Value) -> Option<Span> {
    match value.items() {
        Some(items) => items.first().and_then(written),
        None => value.origin.place(),
    }
}

fn known(got: &Got) -> Option<&Value> {
    match got {
        Got::Is(value) => Some(value),
        Got::Absent | Got::Unknown(_) => None,
    }
}

fn zones_of(network: &Network, vnet: Place) -> Vec<String> {
    let zones = network
        .all(&dns::ZONE)
        .into_iter()
        .filter(|zone| zone.zone_links().iter().any(|(_, end)| matches!(end, End::Place(to) if *to == vnet)));
    let mut names: Vec<String> = zones.map(|zone| format!("`{}`", zone.name())).collect();
    names.sort();
    names.dedup();
    names
}

fn server_words(server: &Server) -> String {
    match server {
        Server::Azure => "Azure's own DNS".into(),
        Server::Inbound(endpoint) => format!("the DNS resolver endpoint `{}`", endpoint.name()),
        Server::Firewall(wall) => format!("the firewall `{}`", wall.name()),
        Server::Host(vnet) => format!("a machine in VNet `{}`", vnet.name()),
        Server::Public(address) => format!("the public server {address}"),
        Server::Elsewhere(address) => format!("{address}, which nothing here declares"),
        Server::Unknown(unknown) => format!("a server that is not known: {unknown}"),
    }
}

fn open(got: &Got) -> String {
    got.unknown().map_or(String::new(), |unknown| format!(": {unknown}"))
}

fn name_of(unknown: Option<&Unknown>) -> (String, Option<Span>) {
    match unknown {
        Some(unknown) => (format!(": {unknown}"), unknown.place()),
        None => (String::new(), None),
    }
}
