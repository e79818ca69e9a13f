//! In: a VNet, a cluster, a zone. Out: who answers which name for whom, and which VNet must be linked for that.
//! Never: believes that a machine forwards what it should; it says that it stands there.
//!
//! Sources: <https://learn.microsoft.com/azure/virtual-network/virtual-networks-name-resolution-for-vms-and-role-instances>,
//! <https://learn.microsoft.com/azure/firewall/dns-details>, <https://learn.microsoft.com/azure/dns/dns-private-resolver-overview>.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{End, Got, Network, Order, Place};
use crate::azure::{Field, Link, cluster, dns, firewall, network_interface, virtual_network};
use crate::source::Span;
use crate::value::{Address, Cidr, Hole, Kind, Pieces, Reason, Reference, Truth, Unknown, Value};

/// Azure's own resolver, at the same address in every VNet.
const AZURE_DNS: &str = "168.63.129.16";

/// One place that says which DNS servers a VNet has.
#[derive(Clone, Debug)]
pub struct DnsSetting<'n> {
    /// The servers in order; none for Azure's own. `Err` for a list that is not known.
    pub servers: Result<Vec<Server<'n>>, Unknown>,
    /// Where it is written.
    pub span: Span,
    /// The declaration that sets it: the VNet itself, or a block with a moment of its own.
    pub declaration: Address,
    /// What is written.
    pub value: Value,
    /// Whether that declaration is there.
    pub exists: Truth,
    /// It is the declaration that makes the VNet: what it says holds from the first moment.
    pub own: bool,
}

/// Who a DNS server is.
#[derive(Clone, Debug)]
pub enum Server<'n> {
    /// Azure's resolver in the VNet itself.
    Azure,
    /// An inbound endpoint of a DNS Private Resolver.
    Inbound(Place<'n>),
    /// A firewall.
    Firewall(Place<'n>),
    /// A machine that stands in this VNet; what it forwards is not in the code.
    Host(Place<'n>),
    /// A public address.
    Public(String),
    /// Nothing that is declared here: on premises, or in another repository. Its address, as it is written.
    Elsewhere(String),
    /// Its address is not known.
    Unknown(Unknown),
}

/// Which VNets must be linked to a zone so that a DNS server answers for it.
#[derive(Clone, Debug)]
pub enum Seen<'n> {
    /// All of these.
    From(Vec<Place<'n>>),
    /// None: it can never answer.
    Never,
    /// It cannot be told.
    Unknown(Option<Unknown>),
}

/// What a private cluster does about its zone.
#[derive(Clone, Debug)]
pub enum ZoneMode<'n> {
    /// It has no private API server, or needs no zone.
    None,
    /// AKS makes a zone with a name of its own.
    System,
    /// A zone that the code names.
    Custom(End<'n>),
    /// It cannot be told.
    Unknown(Unknown),
}

/// A VNet that a spoke's central services stand in.
#[derive(Clone, Debug)]
pub struct Hub<'n> {
    /// The VNet.
    pub vnet: Place<'n>,
    /// Why it is one: 1 its DNS servers, 2 a resolver or DNS proxy within reach, 3 a firewall or gateway subnet.
    pub rank: u8,
    /// The same in words.
    pub because: String,
    /// What ties it to the spoke, where something does.
    pub tie: Option<Place<'n>>,
}

impl<'n> Place<'n> {
    /// The settings of a VNet's DNS servers; none where nobody says and Azure answers.
    pub fn dns_settings(self) -> Vec<DnsSetting<'n>> {
        let mut settings = Vec::new();
        match self.get(&virtual_network::DNS_SERVERS) {
            Got::Is(value) => {
                let list = self.span_of(&virtual_network::DNS_SERVERS);
                let span = first_item(&value, list);
                let servers = self.network.servers(&value, self);
                let (declaration, exists) = (self.declaration().clone(), self.exists());
                settings.push(DnsSetting { servers, span, declaration, value, exists, own: false });
            }
            Got::Unknown(unknown) => {
                let span = self.span();
                let (declaration, exists) = (self.declaration().clone(), self.exists());
                let value = Value::unknown(unknown.clone());
                settings.push(DnsSetting { servers: Err(unknown), span, declaration, value, exists, own: false });
            }
            Got::Absent => {}
        }
        for joined in self.joined() {
            if std::ptr::eq(joined.field, &virtual_network::DNS_SERVERS) {
                let servers = self.network.servers(&joined.value, self);
                let span = joined.value.origin.last().map_or(joined.span, |list| first_item(&joined.value, list));
                let (declaration, value, exists) = (joined.declaration.clone(), joined.value.clone(), joined.exists);
                settings.push(DnsSetting { servers, span, declaration, value, exists, own: false });
            }
        }
        // Bicep sets the servers of a VNet that is there by declaring it again, in a module with a moment of its own.
        for again in self.declared_again() {
            if let Got::Is(value) = again.get(&virtual_network::DNS_SERVERS) {
                let span = again.span_of(&virtual_network::DNS_SERVERS);
                let servers = self.network.servers(&value, self);
                let (declaration, exists) = (again.declaration().clone(), again.exists());
                settings.push(DnsSetting { servers, span, declaration, value, exists, own: false });
            }
        }
        let first = self.first_declaration();
        settings.iter_mut().for_each(|setting| setting.own = setting.declaration == *first);
        // What a block of the code sets says more than what is only read.
        if settings.iter().any(|setting| setting.servers.is_ok()) && !self.is_made() {
            settings.retain(|setting| setting.servers.is_ok());
        }
        settings
    }

    /// The declarations that make this place, the one that stands for it first.
    pub fn declarations(self) -> impl Iterator<Item = Place<'n>> {
        std::iter::once(self).filter(|place| place.is_made()).chain(self.declared_again())
    }

    /// The declaration that makes this place: of several the one that is made before the others.
    pub fn first_declaration(self) -> &'n Address {
        let all: Vec<&Address> = self.declarations().map(Place::declaration).collect();
        let before = |at: &Address| all.iter().filter(|other| self.network.order(other, at) == Order::Before).count();
        let first = if all.len() < 2 { None } else { all.iter().copied().min_by_key(|at| (before(at), (*at).clone())) };
        first.unwrap_or(self.declaration())
    }

    /// How many declarations may set the DNS servers of a VNet.
    pub fn dns_writers(self) -> usize {
        let joined = self.joined().filter(|joined| std::ptr::eq(joined.field, &virtual_network::DNS_SERVERS));
        self.declarations().count() + joined.count()
    }

    /// The other declarations that make this place, after the one that stands for it.
    fn declared_again(self) -> impl Iterator<Item = Place<'n>> {
        let network = self.network;
        let declared = network.by_kind.get(self.kind().name).into_iter().flatten().copied();
        declared
            .filter(move |index| *index != self.index && network.canonical(*index) == self.index)
            .map(move |index| Place { network, index })
            .filter(|place| place.is_made())
    }

    /// The VNets that a cluster's nodes stand in, and the subnets on the way; nothing for one with a VNet of its own.
    pub fn node_subnets(self) -> Vec<NodeSubnet<'n>> {
        let mut subnets = Vec::new();
        let mut pools = self.children(&cluster::POOL);
        // The pools that the cluster itself is made with come first: they are there when it is created.
        pools.sort_by_key(|pool| pool.declaration() != self.declaration());
        for pool in pools {
            for step in pool.follow(&cluster::POOL_TO_SUBNET) {
                subnets.push(NodeSubnet { pool, end: step.end, span: step.span, value: step.value });
            }
        }
        subnets
    }

    /// The VNet of the first node subnet that is known to lie in one.
    pub fn node_vnet(self) -> Option<Place<'n>> {
        self.node_subnets().iter().find_map(|subnet| subnet.end.place()?.parent())
    }

    /// What a cluster does about its zone.
    pub fn zone_mode(self) -> ZoneMode<'n> {
        match self.get(&cluster::PRIVATE_DNS_ZONE) {
            // Null is AKS's own zone: which of both it is hangs on the condition.
            Got::Is(Value { kind: Kind::OneOf { condition, values }, .. }) if values.iter().any(Value::is_null) => {
                ZoneMode::Unknown(condition)
            }
            Got::Is(value) => match (value.is("system"), value.is("none")) {
                (Truth::Yes, _) => ZoneMode::System,
                (_, Truth::Yes) => ZoneMode::None,
                _ => match self.network.resolve(&value, &dns::ZONE, self.root()) {
                    None => ZoneMode::System,
                    Some(End::Unknown(unknown)) if !matches!(value.kind, Kind::Reference(_)) => {
                        // A text with holes, or a choice: it may be one of the words.
                        match &value.kind {
                            Kind::Text(pieces) if pieces.start().starts_with('/') => {
                                ZoneMode::Custom(End::Unknown(unknown))
                            }
                            _ => ZoneMode::Unknown(unknown),
                        }
                    }
                    Some(end) => ZoneMode::Custom(end),
                },
            },
            Got::Absent => ZoneMode::System,
            Got::Unknown(unknown) => ZoneMode::Unknown(unknown),
        }
    }

    /// The name of the zone that a cluster names, as far as it is known: of the zone, or the end of an id that is written.
    pub fn zone_name(self) -> Option<Pieces> {
        let Got::Is(value) = self.get(&cluster::PRIVATE_DNS_ZONE) else { return None };
        let place = match self.network.resolve(&value, &dns::ZONE, self.root())? {
            End::Place(zone) => zone.id().and_then(|id| id.name().cloned()),
            _ => None,
        };
        place.or_else(|| match &value.kind {
            Kind::Text(pieces) if pieces.start().starts_with('/') => pieces.split('/').pop(),
            _ => None,
        })
    }

    /// Whether the nodes must resolve the API server's private name while the cluster is being created.
    ///
    /// With VNet integration they use an address; without a zone but with a public name they ask the internet.
    pub fn nodes_ask_for_private_name(self) -> Truth {
        let none = match self.zone_mode() {
            ZoneMode::None => Truth::Yes,
            ZoneMode::Unknown(_) => Truth::Unknown,
            _ => Truth::No,
        };
        self.is_true(&cluster::PRIVATE)
            & !self.is_true(&cluster::VNET_INTEGRATION)
            & !(none & self.is_true(&cluster::PUBLIC_FQDN))
    }

    /// The links of a zone, with the VNets that they let see it.
    pub fn zone_links(self) -> Vec<(Place<'n>, End<'n>)> {
        let links = self.children(&dns::ZONE_LINK);
        links
            .into_iter()
            .flat_map(|link| link.follow(&dns::LINK_TO_VNET).into_iter().map(move |s| (link, s.end)))
            .collect()
    }

    /// The links of the zone that AKS makes for this cluster: their zone's name or group comes from the cluster.
    pub fn system_zone_links(self) -> Vec<(Place<'n>, End<'n>)> {
        let links = self.network.all(&dns::ZONE_LINK);
        let own = links.into_iter().filter(|link| self.is_named_by(*link));
        own.flat_map(|link| link.follow(&dns::LINK_TO_VNET).into_iter().map(move |step| (link, step.end))).collect()
    }

    /// Whether a link's zone, by name or resource group, is worked out from this cluster.
    fn is_named_by(self, link: Place<'n>) -> bool {
        let from_cluster = |hole: &Hole| {
            let is_ours = |reference: &Reference| {
                let index = self.network.by_address.get(&reference.address).copied();
                index.map(|index| self.network.canonical(index)) == Some(self.index)
                    || reference.address.declaration() == *self.declaration() && index.is_none()
            };
            match hole {
                Hole::Reference(reference) => is_ours(reference),
                Hole::Unknown(unknown) => unknown.made_of().iter().any(is_ours),
            }
        };
        if let Some(hole) = &link.node().parent_hole
            && from_cluster(hole)
        {
            return true;
        }
        let Some(id) = link.id() else { return false };
        let holes = id.names.iter().chain(&id.resource_group).flat_map(|pieces| pieces.holes());
        if holes.into_iter().any(from_cluster) {
            return true;
        }
        link.lies_in_node_group_of(self).is_some()
    }

    /// Whether a packet finds its way between two VNets: they are peered, or connected to the same virtual hub.
    pub fn is_tied_to(self, other: Place<'n>) -> Option<Place<'n>> {
        let peers = self.network.peers.get(&self.index).into_iter().flatten();
        let own = self.network.hubs_of.get(&self.index).into_iter().flatten();
        let theirs = self.network.hubs_of.get(&other.index).map_or(&[][..], Vec::as_slice);
        let peering = peers.filter(|(peer, _)| *peer == other.index).map(|(_, by)| *by).next();
        let shared = own.filter(|(hub, _)| theirs.iter().any(|(their, _)| their == hub)).map(|(_, by)| *by).next();
        peering.or(shared).map(|index| Place { network: self.network, index })
    }

    /// The connections that tie a VNet to virtual hubs.
    pub fn hub_connections(self) -> Vec<Place<'n>> {
        let connections = self.network.hubs_of.get(&self.index).into_iter().flatten();
        connections.map(|(_, index)| Place { network: self.network, index: *index }).collect()
    }

    /// A subnet of a VNet by its name, which Azure fixes for some services.
    pub fn subnet_named(self, name: &str) -> Option<Place<'n>> {
        self.children(&virtual_network::SUBNET).into_iter().find(|subnet| {
            let own = subnet.id().and_then(|id| id.name());
            own.is_some_and(|own| own.equals_ignoring_case(&crate::value::Pieces::literal(name)) == Truth::Yes)
        })
    }

    /// The VNets that resolvers, endpoints, firewalls, gateways and interfaces stand in.
    pub fn stands_in(self, link: &Link) -> Option<Place<'n>> {
        self.follow(link).iter().find_map(|step| step.end.place()?.parent())
    }

    /// The VNet of an inbound endpoint: that of its resolver, or of its subnet.
    pub fn endpoint_vnet(self) -> Option<Place<'n>> {
        let resolver = self.parent();
        let by_resolver = resolver
            .and_then(|resolver| resolver.follow(&dns::RESOLVER_TO_VNET).iter().find_map(|step| step.end.place()));
        by_resolver.or_else(|| self.stands_in(&dns::ENDPOINT_TO_SUBNET))
    }

    /// The hubs of a spoke: the first rank that has any.
    pub fn hubs(self) -> Vec<Hub<'n>> {
        for rank in [Self::hubs_by_servers, Self::hubs_by_resolver, Self::hubs_by_subnet] {
            let hubs = rank(self);
            if !hubs.is_empty() {
                return hubs;
            }
        }
        Vec::new()
    }

    fn hubs_by_servers(self) -> Vec<Hub<'n>> {
        let mut hubs: Vec<Hub> = Vec::new();
        for setting in self.dns_settings() {
            let Some(first) = setting.servers.ok().and_then(|servers| servers.into_iter().next()) else { continue };
            if matches!(first, Server::Azure) {
                continue;
            }
            let because = format!("the DNS servers of `{}` stand in it", self.name());
            if let Seen::From(vnets) = self.network.sees(&first, self) {
                for vnet in vnets.into_iter().filter(|vnet| *vnet != self) {
                    if !hubs.iter().any(|hub| hub.vnet == vnet) {
                        let tie = self.is_tied_to(vnet);
                        hubs.push(Hub { vnet, rank: 1, because: because.clone(), tie });
                    }
                }
            }
        }
        hubs
    }

    fn hubs_by_resolver(self) -> Vec<Hub<'n>> {
        let mut hubs = Vec::new();
        for (vnet, tie) in self.within_reach() {
            let resolver = self
                .network
                .all(&dns::INBOUND_ENDPOINT)
                .into_iter()
                .find(|endpoint| endpoint.endpoint_vnet() == Some(vnet));
            let proxy = self.network.all(&firewall::FIREWALL).into_iter().find(|wall| {
                wall.stands_in(&firewall::FIREWALL_TO_SUBNET) == Some(vnet) && wall.is_dns_proxy() == Truth::Yes
            });
            let because = match (resolver, proxy) {
                (Some(endpoint), _) => format!("the DNS resolver endpoint `{}` stands in it", endpoint.name()),
                (None, Some(wall)) => format!("the DNS proxy of firewall `{}` stands in it", wall.name()),
                (None, None) => continue,
            };
            hubs.push(Hub { vnet, rank: 2, because, tie: Some(tie) });
        }
        hubs
    }

    fn hubs_by_subnet(self) -> Vec<Hub<'n>> {
        const SUBNETS: [&str; 3] = ["AzureFirewallSubnet", "GatewaySubnet", "RouteServerSubnet"];
        if SUBNETS.iter().any(|name| self.subnet_named(name).is_some()) {
            return Vec::new();
        }
        let mut hubs = Vec::new();
        for (vnet, tie) in self.within_reach() {
            if let Some(name) = SUBNETS.iter().find(|name| vnet.subnet_named(name).is_some()) {
                let because = format!("it holds `{name}`");
                hubs.push(Hub { vnet, rank: 3, because, tie: Some(tie) });
            }
        }
        hubs
    }

    /// The VNets that this one is peered with, or shares a virtual hub with.
    pub fn within_reach(self) -> Vec<(Place<'n>, Place<'n>)> {
        let peers = self.network.peers.get(&self.index).into_iter().flatten().map(|(peer, _)| *peer);
        let own: BTreeSet<usize> =
            self.network.hubs_of.get(&self.index).into_iter().flatten().map(|(hub, _)| *hub).collect();
        let shares = |hubs: &[(usize, usize)]| hubs.iter().any(|(hub, _)| own.contains(hub));
        let hubs = self.network.hubs_of.iter().filter(|(_, hubs)| shares(hubs)).map(|(vnet, _)| *vnet);
        // In the order of the graph, whatever the order of a map.
        let near: BTreeSet<usize> = peers.chain(hubs).filter(|index| *index != self.index).collect();
        let vnets = near.into_iter().map(|index| Place { network: self.network, index });
        vnets.filter_map(|vnet| Some((vnet, self.is_tied_to(vnet)?))).collect()
    }

    /// The VNet that a DNS server stands in, where it is known.
    pub fn home_of(server: &Server<'n>) -> Option<Place<'n>> {
        match server {
            Server::Inbound(endpoint) => endpoint.endpoint_vnet(),
            Server::Firewall(wall) => wall.stands_in(&firewall::FIREWALL_TO_SUBNET),
            Server::Host(vnet) => Some(*vnet),
            _ => None,
        }
    }

    /// The servers that a forwarding rule sends questions to, as seen from a VNet.
    pub fn forwards_to(self, near: Place<'n>) -> Vec<(Server<'n>, Value)> {
        let (targets, _) = self.get_all(&dns::RULE_TARGETS);
        targets.into_iter().map(|value| (self.network.server(&value, near), value)).collect()
    }

    /// Whether a firewall answers DNS itself: by its policy, or by its own setting.
    pub fn is_dns_proxy(self) -> Truth {
        let policies = self.follow(&firewall::FIREWALL_TO_POLICY);
        match policies.first().map(|step| &step.end) {
            Some(End::Place(policy)) => policy.has_dns_proxy(),
            Some(_) => Truth::Unknown,
            None => match self.get(&firewall::OWN_PROXY) {
                Got::Is(value) => value.is_true(),
                Got::Unknown(_) => Truth::Unknown,
                // azurerm switches the proxy on where servers are given.
                Got::Absent => match self.get(&firewall::OWN_SERVERS) {
                    Got::Is(_) => Truth::Yes,
                    Got::Absent => Truth::No,
                    Got::Unknown(_) => Truth::Unknown,
                },
            },
        }
    }

    /// Whether a policy switches the proxy on. Whether it takes the setting of its base is not documented.
    fn has_dns_proxy(self) -> Truth {
        let own = self.is_true(&firewall::POLICY_PROXY);
        let bases = self.follow(&firewall::POLICY_TO_BASE);
        let inherited = bases.first().is_some_and(|base| match &base.end {
            End::Place(base) => base.is_true(&firewall::POLICY_PROXY) != Truth::No,
            End::Outside(_) | End::Unknown(_) => true,
        });
        if own == Truth::No && inherited && !self.is_written(&firewall::POLICY_PROXY) { Truth::Unknown } else { own }
    }

    /// The servers that a firewall's proxy asks; none for Azure's own.
    pub fn upstream(self) -> Result<Vec<Server<'n>>, Unknown> {
        let near = self.stands_in(&firewall::FIREWALL_TO_SUBNET).unwrap_or(self);
        let policies = self.follow(&firewall::FIREWALL_TO_POLICY);
        let got = match policies.first().map(|step| &step.end) {
            Some(End::Place(policy)) => policy.get(&firewall::POLICY_SERVERS),
            Some(End::Unknown(unknown)) => return Err(unknown.clone()),
            _ => self.get(&firewall::OWN_SERVERS),
        };
        match got {
            Got::Is(value) => self.network.servers(&value, near),
            Got::Absent => Ok(Vec::new()),
            Got::Unknown(unknown) => Err(unknown),
        }
    }
}

/// One subnet of a cluster's nodes.
#[derive(Clone, Debug)]
pub struct NodeSubnet<'n> {
    /// The pool.
    pub pool: Place<'n>,
    /// The subnet.
    pub end: End<'n>,
    /// Where the pool says so.
    pub span: Span,
    /// What it says.
    pub value: Value,
}

impl Network {
    /// Who the servers of a list are, as seen from `near`.
    pub fn servers<'n>(&'n self, list: &Value, near: Place<'n>) -> Result<Vec<Server<'n>>, Unknown> {
        match &list.kind {
            Kind::List { items, rest, .. } => {
                if let (Some(rest), true) = (rest, items.is_empty()) {
                    return Err(rest.unknown());
                }
                Ok(items.iter().map(|item| self.server(item, near)).collect())
            }
            Kind::Null => Ok(Vec::new()),
            _ => match list.hole() {
                Some(hole) => Err(hole.unknown()),
                None => Ok(vec![self.server(list, near)]),
            },
        }
    }

    fn server<'n>(&'n self, value: &Value, near: Place<'n>) -> Server<'n> {
        match &value.kind {
            Kind::Text(pieces) => match pieces.as_literal() {
                Some(text) => self.server_at(text.trim(), near),
                None => match pieces.holes().next() {
                    Some(hole) => Server::Unknown(hole.unknown()),
                    None => Server::Azure,
                },
            },
            Kind::Reference(reference) => self.server_of(reference),
            _ => match value.hole() {
                Some(hole) => Server::Unknown(hole.unknown()),
                None => Server::Elsewhere("something that is no address".into()),
            },
        }
    }

    /// The server whose address is another resource's attribute.
    fn server_of(&self, reference: &Reference) -> Server<'_> {
        let unknown = || Server::Unknown(Hole::Reference(reference.clone()).unknown());
        let Some(index) = self.by_address.get(&reference.address) else { return unknown() };
        let place = Place { network: self, index: self.canonical(*index) };
        let words: Vec<&str> = reference
            .path
            .iter()
            .filter_map(|segment| match segment {
                crate::value::Segment::Field(name) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let is = |field: &'static Field| place.kind().field_at(&words).is_some_and(|at| std::ptr::eq(at, field));
        let kind = place.kind();
        if kind == &firewall::FIREWALL && (is(&firewall::ADDRESSES) || is(&firewall::HUB_ADDRESS)) {
            return Server::Firewall(place);
        }
        if kind == &dns::INBOUND_ENDPOINT && is(&dns::ENDPOINT_ADDRESSES) {
            return Server::Inbound(place);
        }
        if kind == &network_interface::NETWORK_INTERFACE
            && let Some(vnet) = place.stands_in(&network_interface::INTERFACE_TO_SUBNET)
        {
            return Server::Host(vnet);
        }
        unknown()
    }

    /// The server at an address that is written.
    fn server_at<'n>(&'n self, text: &str, near: Place<'n>) -> Server<'n> {
        if text.eq_ignore_ascii_case("AzureProvidedDNS") || text == AZURE_DNS {
            return Server::Azure;
        }
        let Ok(address) = text.parse::<IpAddr>() else { return Server::Elsewhere(text.to_string()) };
        if !is_private(address) {
            return Server::Public(text.to_string());
        }
        for endpoint in self.all(&dns::INBOUND_ENDPOINT) {
            if has_address(endpoint, &dns::ENDPOINT_ADDRESSES, text) {
                return Server::Inbound(endpoint);
            }
        }
        let Some(vnet) = self.vnet_of_address(address, near) else { return Server::Elsewhere(text.to_string()) };
        let subnet = vnet
            .subnet_named("AzureFirewallSubnet")
            .filter(|subnet| holds(*subnet, &virtual_network::PREFIXES, address));
        if subnet.is_some() {
            let wall = self
                .all(&firewall::FIREWALL)
                .into_iter()
                .find(|wall| wall.stands_in(&firewall::FIREWALL_TO_SUBNET) == Some(vnet));
            if let Some(wall) = wall {
                return Server::Firewall(wall);
            }
        }
        // An endpoint whose address Azure chooses stands alone in its subnet.
        let by_subnet = self.all(&dns::INBOUND_ENDPOINT).into_iter().find(|endpoint| {
            let steps = endpoint.follow(&dns::ENDPOINT_TO_SUBNET);
            steps
                .iter()
                .filter_map(|step| step.end.place())
                .any(|subnet| holds(subnet, &virtual_network::PREFIXES, address))
        });
        by_subnet.map_or(Server::Host(vnet), Server::Inbound)
    }

    /// The VNet whose range holds an address: the one that asks, then one within its reach, then the only other one.
    fn vnet_of_address<'n>(&'n self, address: IpAddr, near: Place<'n>) -> Option<Place<'n>> {
        let vnets = self.all(&virtual_network::VNET);
        let mut holding: Vec<Place> =
            vnets.into_iter().filter(|vnet| holds(*vnet, &virtual_network::ADDRESS_SPACE, address)).collect();
        if holding.contains(&near) {
            return Some(near);
        }
        if near.kind() == &virtual_network::VNET {
            let tied: Vec<Place> = holding.iter().copied().filter(|vnet| near.is_tied_to(*vnet).is_some()).collect();
            if !tied.is_empty() {
                holding = tied;
            }
        }
        match holding.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// Which VNets must be linked to a zone so that `server`, asked from `near`, answers for it.
    pub fn sees<'n>(&'n self, server: &Server<'n>, near: Place<'n>) -> Seen<'n> {
        self.sees_within(server, near, 0)
    }

    fn sees_within<'n>(&'n self, server: &Server<'n>, near: Place<'n>, depth: usize) -> Seen<'n> {
        if depth > 8 {
            return Seen::Never;
        }
        match server {
            Server::Azure => Seen::From(vec![near]),
            Server::Inbound(endpoint) => match endpoint.endpoint_vnet() {
                Some(vnet) => Seen::From(vec![vnet]),
                None => Seen::Unknown(
                    endpoint.id().and_then(|id| id.names.iter().flat_map(|n| n.holes()).next()).map(Hole::unknown),
                ),
            },
            Server::Firewall(wall) => self.firewall_sees(*wall, depth),
            Server::Host(vnet) => Seen::From(vec![*vnet]),
            Server::Public(_) => Seen::Never,
            Server::Elsewhere(_) => Seen::Unknown(None),
            Server::Unknown(unknown) => Seen::Unknown(Some(unknown.clone())),
        }
    }

    fn firewall_sees<'n>(&'n self, wall: Place<'n>, depth: usize) -> Seen<'n> {
        match wall.is_dns_proxy() {
            Truth::No => return Seen::Never,
            Truth::Unknown => {
                let name = format!("the DNS proxy of {}", wall.address());
                return Seen::Unknown(Some(Unknown::new(wall.root(), name, Reason::Data).at(wall.span())));
            }
            Truth::Yes => {}
        }
        let vnet = wall.stands_in(&firewall::FIREWALL_TO_SUBNET);
        match wall.upstream() {
            Err(unknown) => Seen::Unknown(Some(unknown)),
            Ok(servers) if servers.is_empty() => match vnet {
                Some(vnet) => Seen::From(vec![vnet]),
                // In a virtual hub Azure's resolver sees no zone: a hub cannot be linked.
                None if !wall.follow(&firewall::FIREWALL_TO_HUB).is_empty() => Seen::Never,
                None => Seen::Unknown(None),
            },
            Ok(servers) => {
                let mut vnets = Vec::new();
                for server in servers {
                    match self.sees_within(&server, vnet.unwrap_or(wall), depth + 1) {
                        Seen::From(more) => vnets.extend(more),
                        Seen::Never => {}
                        unknown => return unknown,
                    }
                }
                if vnets.is_empty() { Seen::Never } else { Seen::From(vnets) }
            }
        }
    }

    /// The best order among links of a zone to one VNet, relative to `then`.
    pub fn best_order(&self, links: &[Place], then: &Address) -> Order {
        let orders: Vec<Order> = links
            .iter()
            .map(|link| match link.is_made() || self.is_saved(link.root()) {
                true => self.order(link.declaration(), then),
                false => Order::Before,
            })
            .collect();
        let has = |order: Order| orders.contains(&order);
        match () {
            () if has(Order::Before) => Order::Before,
            () if has(Order::Unknown) => Order::Unknown,
            () if has(Order::Race) => Order::Race,
            () => Order::After,
        }
    }
}

/// Where the first item of a list is written, if that is inside the list; the list itself otherwise.
fn first_item(list: &Value, whole: Span) -> Span {
    let inside = |span: &Span| span.file == whole.file && span.start >= whole.start && span.end <= whole.end;
    let first = list.items().and_then(<[Value]>::first);
    first.and_then(|item| item.origin.hops().map(|hop| hop.span).find(inside)).unwrap_or(whole)
}

fn has_address(place: Place, field: &Field, text: &str) -> bool {
    place.get_all(field).0.iter().any(|value| value.as_text() == Some(text))
}

/// Whether an address lies in a range of a place.
fn holds(place: Place, field: &Field, address: IpAddr) -> bool {
    let (values, _) = place.get_all(field);
    let texts = values.iter().flat_map(|value| match &value.kind {
        Kind::List { items, .. } => items.iter().filter_map(Value::as_text).collect(),
        _ => Vec::from_iter(value.as_text()),
    });
    texts.filter_map(Cidr::parse).any(|range| range.holds(address))
}

/// RFC 1918, RFC 6598 and IPv6's local addresses: what no public server has.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.octets()[0] == 100 && (64..128).contains(&v4.octets()[1]),
        IpAddr::V6(v6) => (v6.segments()[0] & 0xfe00) == 0xfc00,
    }
}
