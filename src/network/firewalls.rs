//! In: a firewall and a subnet behind it. Out: what on the internet its rules let the subnet reach by HTTPS.
//! Never: takes a rule that could not be read for one that is not there.
//!
//! Sources: <https://learn.microsoft.com/azure/firewall/rule-processing>,
//! <https://learn.microsoft.com/azure/firewall/fqdn-tags>, <https://learn.microsoft.com/azure/firewall/service-tags>.

use std::net::IpAddr;

use super::{End, Place, Step};
use crate::azure::{firewall, virtual_network};
use crate::value::{Cidr, Hole, Kind, Truth, Unknown, Value};

/// What the rules of a firewall let a subnet reach.
#[derive(Clone, Debug, Default)]
pub struct Openings<'n> {
    /// What is let through, each with the collection that says so.
    pub known: Vec<(Opening, Place<'n>)>,
    /// Why there may be more.
    pub unknown: Option<Unknown>,
    /// The policies and rule collections that were read.
    pub read: Vec<Place<'n>>,
}

/// One thing that is let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Everything.
    Everything,
    /// The names that Azure keeps under a tag, as in `AzureKubernetesService`.
    Tag(String),
    /// A name, or the names that end as it does: `*.microsoft.com`.
    Name(String),
    /// The addresses of a service tag, as in `AzureCloud.WestEurope`.
    Service(String),
}

impl Opening {
    /// Whether it lets a name through. `*.data.mcr.microsoft.com` asks for any name that ends so.
    pub fn covers(&self, name: &str) -> bool {
        let Opening::Name(pattern) = self else { return *self == Opening::Everything };
        let (pattern, name) = (pattern.to_lowercase(), name.to_lowercase());
        let asked = name.strip_prefix('*').unwrap_or(&name);
        match pattern.strip_prefix('*') {
            Some(end) => asked.ends_with(end) || name.starts_with('*') && end.ends_with(asked),
            None => pattern == name || name.starts_with('*') && pattern.ends_with(asked),
        }
    }
}

impl<'n> Place<'n> {
    /// What the rules of a firewall let a subnet reach by HTTPS: its own rules, those of its policy, and of the policies
    /// that its policy inherits from.
    pub fn openings(self, from: Place<'n>) -> Openings<'n> {
        let mut found = Openings::default();
        if !self.is_made() {
            found.unknown = Some(unread(self));
            return found;
        }
        // A later deployment may declare it again, with its policy.
        let walls: Vec<Place> = self.declarations().collect();
        let policies: Vec<Step> = walls.iter().flat_map(|wall| wall.follow(&firewall::FIREWALL_TO_POLICY)).collect();
        if policies.is_empty() {
            for kind in [&firewall::OWN_APPLICATION_RULES, &firewall::OWN_NETWORK_RULES] {
                for wall in &walls {
                    found.note(wall.open_for(kind));
                    wall.children(kind).into_iter().for_each(|collection| found.take(collection, from));
                }
            }
            return found;
        }
        let mut open: Vec<End> = policies.into_iter().map(|step| step.end).collect();
        let mut seen: Vec<Place> = Vec::new();
        while let Some(end) = open.pop() {
            let policy = match end {
                End::Place(policy) => policy,
                End::Outside(id) => {
                    let unknown = Unknown::new(self.root(), format!("the rules of {id}"), crate::value::Reason::Data);
                    found.note(Some(unknown.at(self.span())));
                    continue;
                }
                End::Unknown(unknown) => {
                    found.note(Some(unknown));
                    continue;
                }
            };
            if seen.contains(&policy) {
                continue;
            }
            seen.push(policy);
            found.read.push(policy);
            if !policy.is_made() {
                found.note(Some(unread(policy)));
            }
            found.note(policy.open_for(&firewall::RULE_GROUP));
            for group in policy.children(&firewall::RULE_GROUP) {
                found.note(group.open_for(&firewall::RULE_COLLECTION));
                let collections = group.children(&firewall::RULE_COLLECTION).into_iter();
                collections.for_each(|collection| found.take(collection, from));
            }
            open.extend(policy.follow(&firewall::POLICY_TO_BASE).into_iter().map(|step| step.end));
        }
        found
    }
}

/// The rules of something that is only read.
fn unread(place: Place) -> Unknown {
    let name = format!("the rules of {}", place.address());
    Unknown::new(place.root(), name, crate::value::Reason::Data).at(place.span())
}

impl<'n> Openings<'n> {
    fn note(&mut self, unknown: Option<Unknown>) {
        self.unknown = self.unknown.take().or(unknown);
    }

    /// Takes what the rules of a collection let through.
    fn take(&mut self, collection: Place<'n>, from: Place<'n>) {
        let allows = collection.is(&firewall::RULE_ACTION, "Allow");
        if allows == Truth::No {
            return;
        }
        self.read.push(collection);
        let rules = match collection.kind() == &firewall::RULE_COLLECTION {
            true => &firewall::GROUP_RULES,
            false => &firewall::RULES,
        };
        let (rules, open) = collection.get_all(rules);
        self.note(open);
        for rule in &rules {
            let mut opened = Vec::new();
            let mut hole = None;
            let fits = allowed(rule, collection, from, &mut opened, &mut hole) & allows & collection.exists();
            match fits {
                Truth::Yes => {
                    self.known.extend(opened.into_iter().map(|opening| (opening, collection)));
                    self.note(hole.map(|hole| hole.unknown()));
                }
                Truth::Unknown => {
                    let of_rule = rule.first_hole().or(hole).map(|hole| hole.unknown());
                    self.note(of_rule.or_else(|| collection.decides().cloned()).or_else(|| Some(unread(collection))));
                }
                Truth::No => {}
            }
        }
    }
}

/// Whether a rule is for a subnet, and what it lets through.
fn allowed(rule: &Value, of: Place, from: Place, opened: &mut Vec<Opening>, hole: &mut Option<Hole>) -> Truth {
    if rule.fields().is_none() {
        return if rule.is_null() { Truth::No } else { Truth::Unknown };
    }
    names_of(rule, opened, hole);
    addresses_of(rule, opened, hole);
    match opened.is_empty() && hole.is_none() {
        true => Truth::No,
        false => is_for(rule, of, from),
    }
}

/// The names and tags of an application rule, and the names of a network rule for port 443.
fn names_of(rule: &Value, opened: &mut Vec<Opening>, hole: &mut Option<Hole>) {
    let mut names = |list: &str, make: fn(String) -> Opening, opened: &mut Vec<Opening>| {
        let (items, rest) = list_of(rule, list);
        *hole = hole.take().or(rest);
        for item in items {
            match (item.as_text(), &item.kind) {
                (Some("*"), _) => opened.push(Opening::Everything),
                (Some(text), _) => opened.push(make(text.to_string())),
                // Of `*.hcp.${var.location}.azmk8s.io` the end is known.
                (None, Kind::Text(pieces)) => {
                    let text = pieces.pieces().last().and_then(|piece| match piece {
                        crate::value::Piece::Literal(text) => Some(text.to_string()),
                        crate::value::Piece::Hole(_) => None,
                    });
                    match text {
                        Some(end) => opened.push(make(format!("*{end}"))),
                        None => *hole = hole.take().or_else(|| item.first_hole()),
                    }
                }
                _ => *hole = hole.take().or_else(|| item.first_hole()),
            }
        }
    };
    names("targetFqdns", Opening::Name, opened);
    names("fqdnTags", Opening::Tag, opened);
    if is_https(rule) != Truth::No {
        names("destinationFqdns", Opening::Name, opened);
    }
}

/// The addresses that a network rule for port 443 leads to.
fn addresses_of(rule: &Value, opened: &mut Vec<Opening>, hole: &mut Option<Hole>) {
    let (items, rest) = list_of(rule, "destinationAddresses");
    let (groups, more) = list_of(rule, "destinationIpGroups");
    // The taker of a NAT rule is inside.
    if rule.fields().is_some_and(|fields| fields.contains_key("translatedAddress")) || is_https(rule) == Truth::No {
        return;
    }
    *hole = hole.take().or(rest).or(more).or_else(|| groups.iter().find_map(|group| group.first_hole()));
    for item in items {
        match item.as_text() {
            Some("*" | "0.0.0.0/0" | "Internet" | "AzureCloud") => opened.push(Opening::Everything),
            Some(text) if text.starts_with(|first: char| first.is_ascii_alphabetic()) => {
                opened.push(Opening::Service(text.to_string()));
            }
            Some(_) => {}
            None => match &item.kind {
                // Of `AzureCloud.${var.location}` the beginning is.
                Kind::Text(pieces) => match pieces.pieces().first() {
                    Some(crate::value::Piece::Literal(text)) if text.starts_with("AzureCloud.") => {
                        opened.push(Opening::Service(text.to_string()));
                    }
                    _ => *hole = hole.take().or_else(|| item.first_hole()),
                },
                _ => *hole = hole.take().or_else(|| item.first_hole()),
            },
        }
    }
}

/// Whether a network rule is for TCP and port 443.
fn is_https(rule: &Value) -> Truth {
    let any_of = |list: &str, fits: &dyn Fn(&str) -> bool| {
        let (items, rest) = list_of(rule, list);
        let known = items.iter().map(|item| match item.as_text() {
            Some(text) => Truth::from_known(fits(text)),
            None => Truth::Unknown,
        });
        let known = Truth::any(known);
        if rest.is_some() { known | Truth::Unknown } else { known }
    };
    let protocol = |text: &str| ["TCP", "Any"].iter().any(|known| known.eq_ignore_ascii_case(text));
    let port = |text: &str| match text.split_once('-') {
        _ if text == "*" => true,
        Some((from, to)) => {
            from.trim().parse().is_ok_and(|from: u16| from <= 443) && to.trim().parse().is_ok_and(|to: u16| to >= 443)
        }
        None => text.trim() == "443",
    };
    (any_of("ipProtocols", &protocol) | any_of("protocols", &protocol)) & any_of("destinationPorts", &port)
}

/// Whether a rule of a collection is for all addresses of a subnet.
fn is_for(rule: &Value, of: Place, from: Place) -> Truth {
    let (sources, rest) = list_of(rule, "sourceAddresses");
    let (groups, more) = list_of(rule, "sourceIpGroups");
    let ranges = from.ranges(&virtual_network::PREFIXES);
    let fits = |source: &Value| match (source.as_text(), &ranges) {
        (Some("*"), _) => Truth::Yes,
        (Some(text), Ok(own)) if !own.is_empty() => match Cidr::parse(text) {
            Some(range) => Truth::from_known(own.iter().all(|own| range.covers(*own))),
            None => span_covers(text, own),
        },
        _ => Truth::Unknown,
    };
    let in_group = |group: &&Value| match of.network.resolve(group, &firewall::IP_GROUP, of.root()) {
        Some(End::Place(group)) if group.is_made() => {
            let (lists, open) = group.get_all(&firewall::GROUP_RANGES);
            let own = lists.iter().flat_map(|list| list.items().unwrap_or_default());
            let open = open.is_some() || lists.iter().any(|list| list.rest().is_some());
            let added = group.joined().filter(|joined| std::ptr::eq(joined.field, &firewall::GROUP_RANGES));
            let known = Truth::any(own.map(fits).chain(added.map(|joined| fits(&joined.value) & joined.exists)));
            if open { known | Truth::Unknown } else { known }
        }
        _ => Truth::Unknown,
    };
    let known = Truth::any(sources.iter().map(|source| fits(source)).chain(groups.iter().map(in_group)));
    if rest.is_some() || more.is_some() { known | Truth::Unknown } else { known }
}

/// Whether `10.0.0.0-10.0.3.255` holds all of some ranges.
fn span_covers(text: &str, own: &[Cidr]) -> Truth {
    let ends = text.split_once('-').map(|(from, to)| (from.trim().parse::<IpAddr>(), to.trim().parse::<IpAddr>()));
    let Some((Ok(from), Ok(to))) = ends else { return Truth::Unknown };
    let holds = |range: &Cidr| range.net().network() >= from && range.net().broadcast() <= to;
    Truth::from_known(own.iter().all(holds))
}

/// The items of a list of a rule, and what else it may hold.
fn list_of<'v>(rule: &'v Value, list: &str) -> (Vec<&'v Value>, Option<Hole>) {
    let Some(fields) = rule.fields() else { return (Vec::new(), rule.first_hole()) };
    // ARM reads property names in any case of letters.
    match fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(list)).map(|(_, value)| value) {
        Some(value) if value.is_null() => (Vec::new(), None),
        Some(value) => match value.items() {
            Some(items) => (items.iter().filter(|item| !item.is_null()).collect(), value.rest()),
            // azurerm has some of them as one text.
            None if value.as_text().is_some_and(str::is_empty) => (Vec::new(), None),
            None if matches!(value.kind, Kind::Text(_)) => (vec![value], None),
            None => (Vec::new(), value.first_hole()),
        },
        None => (Vec::new(), rule.rest()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_covered_by_itself_and_by_the_end_that_it_has() {
        let name = |pattern: &str| Opening::Name(pattern.into());
        assert!(name("MCR.microsoft.com").covers("mcr.microsoft.com"));
        assert!(name("*.microsoft.com").covers("mcr.microsoft.com"));
        assert!(!name("*.azure.com").covers("mcr.microsoft.com"));
        assert!(!name("microsoft.com").covers("mcr.microsoft.com"));
        assert!(!name("*.mcr.microsoft.com").covers("mcr.microsoft.com"));
        assert!(Opening::Everything.covers("mcr.microsoft.com"));
        assert!(!Opening::Tag("AzureKubernetesService".into()).covers("mcr.microsoft.com"));
    }

    #[test]
    fn any_host_below_a_wildcard_covers_it() {
        let name = |pattern: &str| Opening::Name(pattern.into());
        assert!(name("*.data.mcr.microsoft.com").covers("*.data.mcr.microsoft.com"));
        assert!(name("westeurope.data.mcr.microsoft.com").covers("*.data.mcr.microsoft.com"));
        assert!(name("*.hcp.westeurope.azmk8s.io").covers("*.azmk8s.io"));
        assert!(!name("mcr.microsoft.com").covers("*.data.mcr.microsoft.com"));
    }

    #[test]
    fn a_span_of_addresses_covers_what_lies_in_it() {
        let own: Vec<Cidr> = Cidr::parse("10.1.0.0/24").into_iter().collect();
        assert_eq!(span_covers("10.1.0.0-10.1.0.255", &own), Truth::Yes);
        assert_eq!(span_covers("10.1.0.4-10.1.0.255", &own), Truth::No);
        assert_eq!(span_covers("nobody", &own), Truth::Unknown);
    }
}
