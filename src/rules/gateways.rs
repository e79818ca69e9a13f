//! In: a network. Out: the application gateways that it makes, and what their rules share.
//! Never: makes a finding that a rule did not ask for.

use super::{Confidence, Finding, Rule, Step};
use crate::azure::{
    Field, application_gateway as gateway, cluster, front_door, public_ip, security_group, virtual_network, waf,
};
use crate::network::{Decision, End, Flow, Got, Group, Network, Place};
use crate::value::{Cidr, Truth, Unknown, Value};

/// The sizes of version 1, which is retired.
pub const VERSION_1: [&str; 5] = ["Standard_Small", "Standard_Medium", "Standard_Large", "WAF_Medium", "WAF_Large"];

/// The application gateways that are made, or may be.
pub fn gateways(network: &Network) -> Vec<Place<'_>> {
    network.made(&gateway::APPLICATION_GATEWAY)
}

/// Whether a gateway is of version 1.
pub fn is_version_1(place: Place) -> Truth {
    place.get(&gateway::SKU_NAME).ask(|sku| sku.ask(&|sku| Truth::any(VERSION_1.iter().map(|size| sku.is(size)))))
}

/// A finding about a gateway, at the line of a field; what may not be there at all is undecided.
pub fn finding(rule: &Rule, place: Place, field: &Field, message: String) -> Finding {
    settled(rule.finding(place.span_of(field), message).about(place), place, rule.code)
}

/// The name of a part of a gateway, as far as it is known.
pub fn part_name(part: Place) -> String {
    part.text(&gateway::NAME).ok().flatten().unwrap_or_else(|| part.name())
}

/// The same finding, undecided where it is not known whether what it is about is made.
pub fn settled(finding: Finding, place: Place, code: &str) -> Finding {
    match place.exists() {
        Truth::Yes => finding,
        _ => finding.undecided(place.decides().cloned(), &format!("if `{}` is made: {code}", place.name())),
    }
}

/// The step that says in which subnet a gateway stands.
pub fn stands_in<'n>(place: Place<'n>) -> Option<(Place<'n>, Step)> {
    let steps = place.follow(&gateway::GATEWAY_TO_SUBNET).into_iter();
    steps.filter_map(|step| Some((step.end.place()?, step.span))).next().map(|(subnet, span)| {
        let message = format!("application gateway `{}` stands in `{}`", place.name(), subnet.name());
        (subnet, Step { message, span })
    })
}

/// What comes from the internet to a web server.
pub const FROM_INTERNET: Flow = Flow { inbound: true, peer: "Internet", protocol: "Tcp", ports: (443, 443) };

/// The subnet of a gateway lets Front Door in, and not the internet.
pub fn behind_front_door(place: Place) -> bool {
    let Some(subnet) = place.gateway_subnet() else { return false };
    let Group::Is(group, _) = subnet.security_group() else { return false };
    let edge = |rule: &Place| {
        let values = [&security_group::SOURCE, &security_group::SOURCES].map(|field| rule.get_all(field).0);
        values.iter().flatten().flat_map(texts).any(|text| text.to_lowercase().starts_with("azurefrontdoor"))
    };
    let denies = matches!(group.decides_on(FROM_INTERNET, subnet), Decision::Denies(_));
    denies && group.children(&security_group::SECURITY_RULE).iter().any(edge)
}

/// The application gateway that an origin's address belongs to.
pub fn gateway_of<'n>(network: &'n Network, origin: Place<'n>) -> Option<Place<'n>> {
    let Got::Is(host) = origin.get(&front_door::HOST_NAME) else { return None };
    let address = network.whose(&host, &public_ip::PUBLIC_IP)?;
    gateways(network).into_iter().find(|gateway| gateway.public_addresses().contains(&address))
}

/// What is missing.
pub struct Gap {
    /// In words.
    pub words: String,
    /// What would decide, where it is not known.
    pub unknown: Option<Unknown>,
}

/// Whether a firewall guards a gateway, and what is missing if none does.
pub fn guarded(place: Place) -> (Truth, Gap) {
    let tier = place.get(&gateway::SKU_TIER);
    let has_tier = tier.ask(|tier| tier.is("WAF_v2") | tier.is("WAF"));
    let shown = place.text(&gateway::SKU_TIER).ok().flatten().unwrap_or_default();
    if has_tier != Truth::Yes {
        let words = match shown.is_empty() {
            true => "its SKU has no web application firewall".into(),
            false => format!("its tier `{shown}` has no web application firewall"),
        };
        return (has_tier, Gap { words, unknown: tier.unknown() });
    }
    let policies = place.follow(&gateway::GATEWAY_TO_POLICY);
    let off = |place: &Place| place.is_made() && place.is(&waf::STATE, "Disabled") == Truth::Yes;
    if let Some(policy) = policies.iter().filter_map(|step| step.end.place()).find(off) {
        return (
            Truth::No,
            Gap { words: format!("its firewall policy `{}` is switched off", policy.name()), unknown: None },
        );
    }
    // A policy that an input names counts as one.
    if policies.iter().any(|step| step.exists.possibly()) || place.is_true(&gateway::FIREWALL_ON).possibly() {
        return (Truth::Yes, Gap { words: String::new(), unknown: None });
    }
    let listeners = place.children(&gateway::LISTENER);
    let open: Vec<&Place> =
        listeners.iter().filter(|listener| listener.follow(&gateway::LISTENER_TO_POLICY).is_empty()).collect();
    if !listeners.is_empty() && open.is_empty() {
        return (Truth::Yes, Gap { words: String::new(), unknown: None });
    }
    let words = match open.len() < listeners.len() {
        true => format!(
            "only some of its listeners have a firewall policy: {} of {}",
            listeners.len() - open.len(),
            listeners.len()
        ),
        false => "no firewall policy is attached to it".into(),
    };
    (Truth::No, Gap { words, unknown: None })
}

/// How a gateway is known to serve a cluster: an ingress controller writes to it, its backends lie in the VNet of the nodes,
/// or it stands beside them.
pub fn serves<'n>(network: &'n Network, place: Place<'n>) -> Option<((Place<'n>, Step), Confidence)> {
    if let Some(writer) = place.writers().into_iter().find(|writer| writer.there == Truth::Yes) {
        let step = Step { message: format!("{} writes to it", writer.words()), span: writer.span };
        return Some(((writer.by, step), Confidence::High));
    }
    let clusters = network.all(&cluster::CLUSTER);
    let vnets: Vec<(Place, Place)> =
        clusters.iter().filter_map(|cluster| Some((*cluster, cluster.node_vnet()?))).collect();
    let pools = place.children(&gateway::BACKEND_POOL);
    let addresses: Vec<(std::net::IpAddr, Place)> = pools
        .iter()
        .flat_map(|pool| {
            let (values, _) = pool.get_all(&gateway::ADDRESSES);
            let texts: Vec<String> = values.iter().flat_map(texts).collect();
            texts.into_iter().filter_map(|text| Some((text.parse().ok()?, *pool))).collect::<Vec<_>>()
        })
        .collect();
    let home = place.gateway_subnet().and_then(Place::parent);
    for (cluster, vnet) in &vnets {
        // Private addresses are many networks' own.
        let near = home.is_some_and(|home| home == *vnet || home.is_tied_to(*vnet).is_some());
        if !near && cluster.root() != place.root() {
            continue;
        }
        let ranges: Vec<Cidr> = vnet.ranges(&virtual_network::ADDRESS_SPACE).unwrap_or_default();
        if let Some((address, pool)) =
            addresses.iter().find(|(address, _)| ranges.iter().any(|range| range.holds(*address)))
        {
            let message = format!("its pool holds `{address}` of `{}`, the VNet of `{}`", vnet.name(), cluster.name());
            return Some(((*cluster, Step { message, span: pool.span() }), Confidence::High));
        }
    }
    let steps = place.follow(&gateway::GATEWAY_TO_SUBNET);
    let own = steps.iter().find_map(|step| match &step.end {
        End::Place(subnet) => Some((subnet.parent()?, step.span)),
        _ => None,
    });
    let (own, span) = own?;
    let (cluster, vnet) = vnets
        .iter()
        .find(|(_, vnet)| *vnet == own)
        .or_else(|| vnets.iter().find(|(_, vnet)| own.is_tied_to(*vnet).is_some()))?;
    let message = match *vnet == own {
        true => format!("it stands in `{}`, the VNet of `{}`", own.name(), cluster.name()),
        false => format!(
            "it stands in `{}`, which is tied to `{}`, the VNet of `{}`",
            own.name(),
            vnet.name(),
            cluster.name()
        ),
    };
    Some(((*cluster, Step { message, span }), Confidence::Medium))
}

/// The texts that a value is, or holds.
pub fn texts(value: &Value) -> Vec<String> {
    let items = value.items().unwrap_or(std::slice::from_ref(value));
    items.iter().filter_map(Value::as_text).map(str::to_string).collect()
}
