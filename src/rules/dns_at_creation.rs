//! In: a private cluster. Out: whether its nodes can resolve the API server's name while the cluster is being created.
//! Never: makes a finding; VNL001, VNL002 and VNL003 each take the outcomes that are theirs.
//!
//! A node asks its VNet's first DNS server for the private name of the API server before the cluster exists. AKS links
//! the zone to the nodes' own VNet by itself; a server that resolves in another VNet answers only if that one is
//! linked as well, and by then (<https://learn.microsoft.com/azure/aks/private-clusters>).

use super::waiting::{is_terraform, let_wait_for};
use super::{Finding, Level, Phase, Settings, Step, said_elsewhere};
use crate::azure::{cluster, dns};
use crate::network::{DnsSetting, End, Network, NodeSubnet, Order, Place, Seen, Server, ZoneMode};
use crate::source::Span;
use crate::value::Unknown;

/// One private cluster, one setting of its VNet's DNS servers, and what comes of it.
pub struct Situation<'n> {
    /// The cluster.
    pub cluster: Place<'n>,
    /// The subnet of its first nodes.
    pub subnet: NodeSubnet<'n>,
    /// The VNet that the subnet lies in, where it is known.
    pub vnet: Option<Place<'n>>,
    /// What says which DNS servers the VNet has.
    pub setting: Option<DnsSetting<'n>>,
    /// When the servers are set, relative to the cluster.
    pub at: Order,
    /// What comes of it.
    pub outcome: Outcome<'n>,
}

/// What comes of a DNS setting.
pub enum Outcome<'n> {
    /// The servers can answer for no private zone, whatever is linked.
    NeverAnswers { zone: Place<'n> },
    /// A VNet that must be linked is not.
    NoLink { zone: Place<'n>, target: Place<'n> },
    /// It is linked, and only once the cluster is there.
    LinkAfter { zone: Place<'n>, target: Place<'n>, link: Place<'n> },
    /// It is linked, and nothing orders the link and the cluster, or the link and the DNS setting.
    LinkRace { zone: Place<'n>, target: Place<'n>, link: Place<'n> },
    /// The zone is AKS's own: nobody can link it before the cluster is there.
    SystemZone { seen: Vec<Place<'n>>, certain: bool },
    /// It cannot be told.
    Open { zone: Option<Place<'n>>, unknown: Option<Unknown>, why: String, system: bool },
}

/// The situations of every cluster that are not plainly fine.
pub fn situations(network: &Network) -> Vec<Situation<'_>> {
    let mut found = Vec::new();
    for cluster in network.made(&cluster::CLUSTER) {
        // The scoping facts: without a certain yes this is silent. Whose zone it is decides, and is asked later.
        let by_name = cluster.is_true(&cluster::PRIVATE) & !cluster.is_true(&cluster::VNET_INTEGRATION);
        if by_name.certainly() && cluster.nodes_ask_for_private_name().possibly() {
            of_cluster(network, cluster, &mut found);
        }
    }
    found
}

fn of_cluster<'n>(network: &'n Network, cluster: Place<'n>, found: &mut Vec<Situation<'n>>) {
    let subnets = cluster.node_subnets();
    let Some(subnet) =
        subnets.iter().find(|subnet| subnet.end.place().is_some_and(|s| s.parent().is_some())).or(subnets.first())
    else {
        return;
    };
    let mut say = |vnet, setting, at, outcome| {
        found.push(Situation { cluster, subnet: subnet.clone(), vnet, setting, at, outcome });
    };
    let zone_mode = cluster.zone_mode();
    let (system, zone_place) = match &zone_mode {
        ZoneMode::System => (true, None),
        ZoneMode::Custom(end) => (false, end.place()),
        ZoneMode::Unknown(_) => (true, None),
        ZoneMode::None => return,
    };
    let Some(vnet) = subnet.end.place().and_then(Place::parent) else {
        let unknown = match &subnet.end {
            End::Unknown(unknown) => Some(unknown.clone()),
            _ => subnet.value.first_hole().map(|hole| hole.unknown()),
        };
        let why = "the DNS servers of its VNet are not in this code".to_string();
        say(None, None, Order::Unknown, Outcome::Open { zone: zone_place, unknown, why, system });
        return;
    };
    for setting in vnet.dns_settings() {
        let own = setting.own;
        // What the VNet itself says holds from its first moment, and the subnet lies in it.
        let at = if own { Order::Before } else { network.order(&setting.declaration, cluster.declaration()) };
        let servers = match &setting.servers {
            Ok(servers) => servers,
            Err(unknown) => {
                if let ZoneMode::Custom(End::Place(zone)) = &zone_mode
                    && safe_whatever_the_servers(network, cluster, vnet, *zone)
                {
                    continue;
                }
                let why = format!("the DNS servers of `{}` are not known", vnet.name());
                let open = Outcome::Open { zone: zone_place, unknown: Some(unknown.clone()), why, system };
                say(Some(vnet), Some(setting.clone()), at, open);
                continue;
            }
        };
        let Some(first) = servers.first().filter(|server| !matches!(server, Server::Azure)) else { continue };
        let outcome = match &zone_mode {
            ZoneMode::System => with_system_zone(network, cluster, vnet, first, &setting, at),
            ZoneMode::Custom(end) => with_custom_zone(network, cluster, vnet, first, &setting, at, end),
            ZoneMode::Unknown(unknown) => Some(Outcome::Open {
                zone: None,
                unknown: Some(unknown.clone()),
                why: "it is not known whose zone the cluster takes".into(),
                system: true,
            }),
            ZoneMode::None => None,
        };
        if let Some(outcome) = outcome {
            say(Some(vnet), Some(setting.clone()), at, outcome);
        }
    }
}

/// Every hub that the servers could stand in is linked before the cluster.
fn safe_whatever_the_servers<'n>(network: &Network, cluster: Place<'n>, vnet: Place<'n>, zone: Place<'n>) -> bool {
    let hubs = vnet.hubs();
    !hubs.is_empty()
        && hubs.iter().all(|hub| {
            let links = links_to(zone, hub.vnet);
            !links.is_empty() && network.best_order(&links, cluster.declaration()) == Order::Before
        })
}

fn links_to<'n>(zone: Place<'n>, vnet: Place<'n>) -> Vec<Place<'n>> {
    let links = zone.zone_links().into_iter();
    links.filter(|(link, end)| end.place() == Some(vnet) && link.exists().certainly()).map(|(link, _)| link).collect()
}

/// What would decide where nothing says which of two is made first.
fn order_of(first: Place, at: Span, what: &str, then: Place) -> Unknown {
    said_elsewhere(first, format!("which is made first, {what} or {}", then.address()), at)
}

fn with_system_zone<'n>(
    network: &'n Network,
    cluster: Place<'n>,
    vnet: Place<'n>,
    server: &Server<'n>,
    setting: &DnsSetting<'n>,
    at: Order,
) -> Option<Outcome<'n>> {
    let (seen, certain) = match network.sees(server, vnet) {
        Seen::From(vnets) if vnets.contains(&vnet) => return None,
        Seen::From(vnets) => (vnets, !matches!(server, Server::Host(_))),
        Seen::Never => (Vec::new(), true),
        Seen::Unknown(None) => (Vec::new(), false),
        Seen::Unknown(Some(unknown)) => {
            let why = format!("the first DNS server of `{}` is not known", vnet.name());
            return Some(Outcome::Open { zone: None, unknown: Some(unknown), why, system: true });
        }
    };
    if at == Order::After {
        // Azure answers while the cluster is made; the servers must see the zone when they take over.
        let linked = cluster.system_zone_links().into_iter().any(|(link, end)| {
            let fits =
                seen.is_empty() || end.place().is_some_and(|end| seen.contains(&end)) || !matches!(end, End::Place(_));
            fits && network.order(link.declaration(), &setting.declaration) == Order::Before
        });
        if linked {
            return None;
        }
    }
    if at == Order::Unknown {
        let why = "it is not known whether the DNS servers are set before the cluster is made".to_string();
        let unknown = Some(order_of(cluster, setting.span, "the DNS servers", cluster));
        return Some(Outcome::Open { zone: None, unknown, why, system: true });
    }
    Some(Outcome::SystemZone { seen, certain })
}

fn with_custom_zone<'n>(
    network: &'n Network,
    cluster: Place<'n>,
    vnet: Place<'n>,
    server: &Server<'n>,
    setting: &DnsSetting<'n>,
    at: Order,
    zone: &End<'n>,
) -> Option<Outcome<'n>> {
    let open = |zone, unknown, why: String| Some(Outcome::Open { zone, unknown, why, system: false });
    let targets = match network.sees(server, vnet) {
        Seen::From(vnets) => vnets,
        Seen::Never => {
            return match zone {
                End::Place(zone) => Some(Outcome::NeverAnswers { zone: *zone }),
                _ => None,
            };
        }
        Seen::Unknown(unknown) => {
            let why = format!("the VNet in which the DNS servers of `{}` resolve is not in this code", vnet.name());
            let asked =
                || said_elsewhere(cluster, format!("where the DNS servers of {} stand", vnet.name()), setting.span);
            return open(zone.place(), unknown.or_else(|| Some(asked())), why);
        }
    };
    if targets.iter().all(|target| *target == vnet) {
        return None;
    }
    let zone = match zone {
        End::Place(zone) => *zone,
        End::Outside(id) => {
            let at = cluster.span_of(&cluster::PRIVATE_DNS_ZONE);
            let links = said_elsewhere(cluster, format!("the links of {id}"), at);
            return open(None, Some(links), format!("the zone `{id}` and its links are not in this code"));
        }
        End::Unknown(unknown) => return open(None, Some(unknown.clone()), "the zone is not known".into()),
    };
    for target in targets.into_iter().filter(|target| *target != vnet) {
        let links = links_to(zone, target);
        if links.is_empty() {
            let perhaps = zone.zone_links().into_iter().find_map(|(link, end)| match end {
                End::Unknown(unknown) => Some(unknown),
                End::Place(place) if place == target => link.decides().cloned(),
                _ => None,
            });
            return match perhaps.or_else(|| zone.open_for(&dns::ZONE_LINK)) {
                Some(unknown) => {
                    let why = format!("it is not known whether `{}` is linked to `{}`", zone.name(), target.name());
                    open(Some(zone), Some(unknown), why)
                }
                None => Some(Outcome::NoLink { zone, target }),
            };
        }
        let first = *links.first()?;
        let to_cluster = network.best_order(&links, cluster.declaration());
        let outcome = match at {
            Order::Before => match to_cluster {
                Order::Before => continue,
                Order::After => Outcome::LinkAfter { zone, target, link: first },
                Order::Race => Outcome::LinkRace { zone, target, link: first },
                Order::Unknown => {
                    let why =
                        format!("it is not known whether the link to `{}` is made before the cluster", target.name());
                    return open(Some(zone), Some(order_of(first, first.span(), "the link", cluster)), why);
                }
            },
            Order::Race | Order::After => match network.best_order(&links, &setting.declaration) {
                Order::Before => continue,
                Order::Unknown => {
                    let why = "it is not known whether the link is made before the DNS servers are set".to_string();
                    return open(Some(zone), Some(order_of(first, first.span(), "the link", vnet)), why);
                }
                _ => Outcome::LinkRace { zone, target, link: first },
            },
            Order::Unknown => {
                let why = "it is not known whether the DNS servers are set before the cluster is made".to_string();
                return open(Some(zone), Some(order_of(cluster, setting.span, "the DNS servers", cluster)), why);
            }
        };
        return Some(outcome);
    }
    None
}

impl<'n> Situation<'n> {
    /// The first hops of the proof: the cluster, its subnet, the DNS servers and who they are.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps = vec![Step { message: "this private cluster".into(), span: self.place() }];
        let vnet = self.vnet.map(|vnet| format!(" of `{}`", vnet.name())).unwrap_or_default();
        let subnet = match &self.subnet.end {
            End::Place(subnet) => format!("has its nodes in `{}`{vnet}", subnet.name()),
            _ => "has its nodes in a subnet that is not declared here".to_string(),
        };
        steps.push(Step { message: subnet, span: self.subnet.span });
        let Some(setting) = &self.setting else { return steps };
        let Ok(servers) = &setting.servers else {
            steps.push(Step { message: "whose DNS servers are not known".into(), span: setting.span });
            return steps;
        };
        let Some(first) = servers.first() else { return steps };
        let when = match self.at {
            Order::Before => "from the start",
            Order::After => "once the cluster is there",
            Order::Race => "at a moment that nothing orders",
            Order::Unknown => "at a moment that is not known",
        };
        steps.push(Step { message: format!("which asks {} {when}", self.asked(first)), span: setting.span });
        if let Some((message, span)) = where_it_stands(first) {
            steps.push(Step { message, span });
        }
        steps
    }

    /// Who the nodes ask, in words.
    fn asked(&self, server: &Server) -> String {
        match server {
            Server::Azure => "Azure's own DNS".into(),
            Server::Inbound(endpoint) => format!("the resolver endpoint `{}`", endpoint.name()),
            Server::Firewall(wall) => format!("the firewall `{}`", wall.name()),
            Server::Host(vnet) => format!("a DNS server in `{}`", vnet.name()),
            Server::Public(address) => format!("the public DNS server {address}"),
            Server::Elsewhere(text) => format!("the DNS server `{text}`, which is not declared here,"),
            Server::Unknown(unknown) => format!("the DNS server that `{unknown}` names"),
        }
    }

    /// The primary place: the line that makes the cluster private.
    pub fn place(&self) -> Span {
        self.cluster.span_of(&cluster::PRIVATE)
    }

    /// Fills what every finding of the three rules has in common.
    pub fn finish(&self, mut finding: Finding, settings: &Settings, objects: &[Option<Place<'n>>]) -> Finding {
        finding = finding.about(self.cluster);
        finding.objects = objects.iter().flatten().map(|place| place.address().clone()).collect();
        finding.objects.extend(self.vnet.map(|vnet| vnet.address().clone()));
        finding.objects.sort();
        finding.objects.dedup();
        let mut steps = self.steps();
        steps.append(&mut finding.steps);
        finding.steps = steps;
        // In a later deployment everything may be in place already.
        if settings.phase == Phase::Existing && finding.level > Level::Note {
            finding.level = Level::Note;
        }
        finding
    }
}

fn where_it_stands(server: &Server) -> Option<(String, Span)> {
    match server {
        Server::Inbound(endpoint) => {
            let vnet = endpoint.endpoint_vnet()?;
            Some((format!("the endpoint resolves in `{}`", vnet.name()), endpoint.span()))
        }
        Server::Firewall(wall) => {
            let vnet = wall.stands_in(&crate::azure::firewall::FIREWALL_TO_SUBNET);
            let stands = vnet.map_or("in a virtual hub".to_string(), |vnet| format!("in `{}`", vnet.name()));
            Some((format!("the firewall stands {stands}"), wall.span()))
        }
        Server::Host(vnet) => Some((format!("its address lies in `{}`", vnet.name()), vnet.span())),
        _ => None,
    }
}

/// The VNets that a zone is linked to, in words: `vnet-spoke` only, or nothing.
pub fn linked_to(zone: Place) -> String {
    let names: Vec<String> = zone
        .zone_links()
        .iter()
        .map(|(_, end)| match end {
            End::Place(vnet) => format!("`{}`", vnet.name()),
            End::Outside(id) => format!("`{id}`"),
            End::Unknown(unknown) => format!("`{unknown}`"),
        })
        .collect();
    match names.len() {
        0 => "the zone is linked to nothing".into(),
        _ => format!("the zone is linked to {} only", names.join(", ")),
    }
}

/// The lines that make one resource wait for others, as imperative clauses.
///
/// Terraform orders across modules through outputs, Bicep through the module that holds the other resource.
pub fn let_wait(waiting: Place, first: &[Place]) -> String {
    let terraform = is_terraform(waiting.declaration());
    let (waiting_in, _) = module_and_name(waiting);
    let mut clauses: Vec<String> = Vec::new();
    let mut left: Vec<Place> = first.to_vec();
    while let Some(next) = left.first().copied() {
        let (first_in, name) = module_and_name(next);
        let is_around = first_in.is_empty() || format!("{waiting_in}.").starts_with(&format!("{first_in}."));
        let beside = |other: &Place| other.root() == next.root() && module_and_name(*other).0 == first_in;
        let (together, others): (Vec<Place>, Vec<Place>) = left.iter().copied().partition(beside);
        if waiting.root() == next.root() && (is_around || !terraform) {
            let addresses: Vec<_> = together.iter().map(|place| place.declaration()).collect();
            clauses.push(let_wait_for(waiting, &addresses));
            left = others;
            continue;
        }
        left.remove(0);
        clauses.push(if waiting.root() != next.root() {
            format!("deploy `{}` before `{}`", next.address(), waiting.name())
        } else if next.is_modelled() {
            // What is in a registry's module is not the user's to change; that everything waits for all of it is.
            let calls = |module: &str| module.split('.').skip(1).step_by(2).map(String::from).collect::<Vec<_>>();
            let (waiting_calls, first_calls) = (calls(&waiting_in), calls(&first_in));
            let shared = waiting_calls.iter().zip(&first_calls).take_while(|(a, b)| a == b).count();
            let who = waiting_calls.get(shared).map_or_else(|| waiting.name(), |call| format!("module.{call}"));
            let whom = first_calls.get(shared).cloned().unwrap_or_default();
            format!("let `{who}` wait: `depends_on = [module.{whom}]`")
        } else {
            format!(
                "let the output of `{first_in}` that hands over the zone wait: `depends_on = [{name}]` in the output"
            )
        });
    }
    clauses.dedup();
    clauses.join("; ")
}

/// The module that declares a resource, and the resource's name in it.
pub fn module_and_name(place: Place) -> (String, String) {
    let address = place.declaration().text();
    let dots = if is_terraform(place.declaration()) { 2 } else { 1 };
    let at = address.rmatch_indices('.').nth(dots - 1).map(|(at, _)| at);
    match at {
        Some(at) => (address[..at].to_string(), address[at + 1..].to_string()),
        None => (String::new(), address.to_string()),
    }
}
