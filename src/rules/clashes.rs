//! In: a cluster and ranges that it alone should know. Out: everything near it that has addresses of these ranges.
//! Never: takes a VNet for free that is only read; it says nothing of it.
//!
//! Neither services nor pods may have addresses that anything in the cluster's VNet, or connected to it, has
//! (<https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning>).

use super::clusters::{assumed, hop, listed, on};
use super::{Confidence, Finding, Level, Rule, Settings, Step};
use crate::azure::{Field, hub, virtual_network};
use crate::network::{End, Place, overlap};
use crate::value::{Cidr, Truth};

/// Something that has addresses of a range of a cluster.
pub struct Clash<'n> {
    /// Who.
    pub with: Option<Place<'n>>,
    /// The cluster's range.
    pub own: Cidr,
    /// The other's.
    pub other: Cidr,
    /// How bad that is.
    pub level: Level,
    /// How sure.
    pub confidence: Confidence,
    /// Who, for a sentence: "subnet `snet-nodes` (10.0.4.0/22), in which its nodes stand".
    pub words: String,
    /// How a packet gets there.
    pub way: Vec<Step>,
}

/// Everything near the nodes of a cluster that has addresses of these ranges, the worst first; `None` for a cluster
/// whose VNet is its own or not known.
pub fn clashes<'n>(cluster: Place<'n>, own: &[Cidr], settings: &Settings) -> Option<Vec<Clash<'n>>> {
    let vnet = cluster.node_vnet()?;
    let mut clashes: Vec<Clash> = Vec::new();
    let used: Vec<(Place, Place, crate::source::Span)> = cluster
        .node_subnets()
        .into_iter()
        .filter_map(|subnet| match subnet.end {
            End::Place(place) => Some((place, subnet.pool, subnet.span)),
            _ => None,
        })
        .collect();
    let ranges = |place: Place, field: &Field| place.ranges(field).unwrap_or_default();
    for subnet in vnet.children(&virtual_network::SUBNET).into_iter().filter(|subnet| subnet.exists() == Truth::Yes) {
        let Some((mine, other)) = overlap(own, &ranges(subnet, &virtual_network::PREFIXES)) else { continue };
        let nodes = used.iter().find(|(place, ..)| *place == subnet);
        let (confidence, words, way) = match nodes {
            Some((_, pool, span)) => {
                let message = format!("its pool `{}` stands in `{}`", pool.name(), subnet.name());
                let words = format!("subnet `{}` ({other}), in which its nodes stand", subnet.name());
                (Confidence::High, words, vec![Step { message, span: *span }])
            }
            None => (Confidence::Medium, format!("subnet `{}` ({other}) of its VNet", subnet.name()), Vec::new()),
        };
        let with = Some(subnet);
        clashes.push(Clash { with, own: mine, other, level: Level::Error, confidence, words, way });
    }
    if clashes.is_empty()
        && let Some((mine, other)) = overlap(own, &ranges(vnet, &virtual_network::ADDRESS_SPACE))
    {
        let words = format!("its VNet `{}` ({other})", vnet.name());
        let (level, confidence) = (Level::Warning, Confidence::High);
        clashes.push(Clash { with: Some(vnet), own: mine, other, level, confidence, words, way: Vec::new() });
    }
    let asked = asked_addresses(vnet);
    for (near, tie) in vnet.near().into_iter().filter(|(_, tie)| tie.exists() == Truth::Yes) {
        let field = if near.kind() == &hub::VIRTUAL_HUB { &hub::HUB_PREFIX } else { &virtual_network::ADDRESS_SPACE };
        let Some((mine, other)) = overlap(own, &ranges(near, field)) else { continue };
        // What every packet needs is there: the firewall that it leaves through, or the server that it asks.
        let firewall =
            near.subnet_named("AzureFirewallSubnet").map(|subnet| ranges(subnet, &virtual_network::PREFIXES));
        let needed = firewall.is_some_and(|firewall| overlap(own, &firewall).is_some())
            || asked.iter().any(|address| mine.covers(*address) && other.covers(*address));
        let (noun, shown) = (near.kind().noun, near.name());
        let words = format!("{noun} `{shown}` ({other}), which its VNet `{}` is tied to", vnet.name());
        let message = format!("this {} ties `{}` to `{}`", tie.kind().noun, vnet.name(), near.name());
        let way = vec![Step { message, span: tie.span() }];
        let confidence = if needed { Confidence::High } else { Confidence::Medium };
        clashes.push(Clash { with: Some(near), own: mine, other, level: Level::Warning, confidence, words, way });
    }
    if let Some((mine, other)) = overlap(own, &settings.on_prem_ranges) {
        let words = format!("the network on premises ({other})");
        let (level, confidence) = (Level::Warning, Confidence::High);
        clashes.push(Clash { with: None, own: mine, other, level, confidence, words, way: Vec::new() });
    }
    clashes.sort_by_key(|clash| std::cmp::Reverse((clash.level, clash.confidence)));
    Some(clashes)
}

/// The addresses of a VNet's DNS servers that are written out, each as a range of its own.
fn asked_addresses(vnet: Place) -> Vec<Cidr> {
    let (values, _) = vnet.get_all(&virtual_network::DNS_SERVERS);
    let texts = values.iter().flat_map(|value| value.items().unwrap_or_default()).filter_map(|item| item.as_text());
    texts.filter_map(|text| Cidr::parse(&format!("{}/32", text.trim()))).collect()
}

/// One finding for all clashes of a cluster's ranges; `noun` is what they are for: `service`, `pod`.
pub fn finding<'n>(
    rule: &Rule,
    cluster: Place<'n>,
    field: &Field,
    (ranges, noun): (&[Cidr], &str),
    clashes: &[Clash<'n>],
) -> Option<Finding> {
    let worst = clashes.first()?;
    let name = cluster.name();
    let comma = if assumed(cluster, field).is_empty() { "" } else { "," };
    let range = format!("its {noun} range {}{}{comma}", worst.own, assumed(cluster, field));
    let message = match worst.level {
        Level::Error => format!("`{name}` cannot be created: {range} shares addresses with {}", worst.words),
        _ => format!("pods of `{name}` cannot reach all of {}: {range} has the same addresses", worst.words),
    };
    let mut finding = on(rule, cluster, field, message);
    (finding.level, finding.confidence) = (worst.level, worst.confidence);
    finding.objects.extend(clashes.iter().filter_map(|clash| clash.with).map(|place| place.address().clone()));
    let said = format!("its {noun}s have addresses of {}{}", listed(ranges), assumed(cluster, field));
    finding.steps.push(hop(cluster, field, said));
    for (index, clash) in clashes.iter().enumerate() {
        finding.steps.extend(clash.way.iter().cloned());
        let also = if index == 0 { "" } else { "also " };
        if let Some(place) = clash.with {
            let message = format!("`{}` {also}has {}", place.name(), clash.other);
            finding.steps.push(Step { message, span: span_of(place) });
        }
    }
    Some(finding)
}

/// The line that holds the ranges of a VNet, subnet or hub.
fn span_of(place: Place) -> crate::source::Span {
    match place.kind() {
        kind if kind == &virtual_network::SUBNET => place.span_of(&virtual_network::PREFIXES),
        kind if kind == &virtual_network::VNET => place.span_of(&virtual_network::ADDRESS_SPACE),
        _ => place.span_of(&hub::HUB_PREFIX),
    }
}

/// A range of a size that nothing near a cluster has.
pub fn free_range<'n>(
    cluster: Place<'n>,
    candidates: &[&'static str],
    taken: &[Cidr],
    settings: &Settings,
) -> &'static str {
    let free = |text: &&&str| {
        let range = Cidr::parse(text).map(|range| vec![range]).unwrap_or_default();
        overlap(&range, taken).is_none() && clashes(cluster, &range, settings).is_none_or(|clashes| clashes.is_empty())
    };
    candidates.iter().find(free).or(candidates.first()).copied().unwrap_or_default()
}
