//! In: a subnet and a kind of traffic. Out: its network security group, and whether that lets the traffic through.
//! Never: decides by a rule of which a part is not known; then it says which part.
//!
//! Sources: <https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview>,
//! <https://learn.microsoft.com/azure/virtual-network/service-tags-overview>.

use super::{End, Got, Place, Step};
use crate::azure::{Field, security_group as group, virtual_network};
use crate::value::{Cidr, Truth, Unknown};

/// The network security group of a subnet.
#[derive(Clone, Debug)]
pub enum Group<'n> {
    /// This one, and who attaches it.
    Is(Place<'n>, Step<'n>),
    /// There is none: everything is let through.
    None,
    /// It has one that is not declared here.
    Outside(Step<'n>),
    /// It cannot be told.
    Unknown(Option<Unknown>),
}

/// Traffic between a subnet and something that a service tag names.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// It comes in; otherwise it goes out.
    pub inbound: bool,
    /// The service tag of the other side: `Internet`, `AzureLoadBalancer`, `GatewayManager`, `VirtualNetwork`.
    pub peer: &'static str,
    /// `Tcp`, `Udp`.
    pub protocol: &'static str,
    /// The first and the last port that it goes to.
    pub ports: (u16, u16),
}

/// What a network security group does with traffic.
#[derive(Clone, Debug)]
pub enum Decision<'n> {
    /// It lets all of it through.
    Allows,
    /// It drops some of it: by this rule, or because no rule lets it through.
    Denies(Option<Place<'n>>),
    /// It cannot be told.
    Unknown(Option<Unknown>),
}

impl<'n> Place<'n> {
    /// The network security group of a subnet.
    pub fn security_group(self) -> Group<'n> {
        let steps = self.follow(&group::SUBNET_TO_SECURITY_GROUP);
        let (certain, perhaps): (Vec<Step>, Vec<Step>) =
            steps.into_iter().partition(|step| step.exists == Truth::Yes || matches!(step.end, End::Unknown(_)));
        if let Some(step) = certain.into_iter().next() {
            return match step.end.clone() {
                End::Place(group) => Group::Is(group, step),
                End::Outside(_) => Group::Outside(step),
                End::Unknown(unknown) => Group::Unknown(Some(unknown)),
            };
        }
        if let Some(step) = perhaps.first() {
            return Group::Unknown(step.value.first_hole().map(|hole| hole.unknown()));
        }
        if !self.is_made() {
            return Group::Unknown(Some(self.unread(&group::SUBNET_SECURITY_GROUP)));
        }
        let hidden = self.perhaps_set(&group::SUBNET_SECURITY_GROUP);
        let hidden = hidden.or_else(|| self.hidden_from(&virtual_network::SUBNET).map(|hidden| hidden.unknown));
        match hidden.or_else(|| self.damage()) {
            Some(unknown) => Group::Unknown(Some(unknown)),
            None => Group::None,
        }
    }

    /// What a network security group does with traffic of a subnet.
    ///
    /// Rules are taken by rising priority, and the first that fits decides; the default rules come last.
    pub fn decides_on(self, flow: Flow, subnet: Place<'n>) -> Decision<'n> {
        let by_default = match (flow.inbound, flow.peer) {
            (true, "AzureLoadBalancer" | "VirtualNetwork") | (false, "Internet" | "VirtualNetwork") => Truth::Yes,
            _ => Truth::No,
        };
        self.decides_with(flow, subnet, by_default, &|text| names_peer(text, flow.peer))
    }

    /// What a network security group does with traffic between a subnet and ranges of its own VNet, or of a VNet that it
    /// is peered with: what the tag `VirtualNetwork` holds.
    pub fn decides_on_ranges(self, flow: Flow, subnet: Place<'n>, ranges: &[Cidr]) -> Decision<'n> {
        self.decides_with(flow, subnet, Truth::Yes, &|text| holds_subnet(text, ranges))
    }

    fn decides_with(
        self,
        flow: Flow,
        subnet: Place<'n>,
        by_default: Truth,
        peer: &dyn Fn(&str) -> Truth,
    ) -> Decision<'n> {
        if !self.is_made() {
            return Decision::Unknown(Some(self.unread_parts(&group::SECURITY_RULE)));
        }
        if let Some(unknown) = self.open_for(&group::SECURITY_RULE) {
            return Decision::Unknown(Some(unknown));
        }
        let direction = if flow.inbound { "Inbound" } else { "Outbound" };
        let mut rules: Vec<(i64, Place)> = Vec::new();
        for rule in self.children(&group::SECURITY_RULE) {
            if rule.is(&group::DIRECTION, direction) == Truth::No {
                continue;
            }
            match rule.number(&group::PRIORITY) {
                Ok(Some(priority)) => rules.push((priority, rule)),
                Ok(None) => {}
                Err(unknown) => return Decision::Unknown(Some(unknown)),
            }
        }
        rules.sort_by_key(|(priority, rule)| (*priority, rule.address().clone()));
        let mut left = vec![flow.ports];
        let mut denied: Option<Place> = None;
        let mut perhaps: Vec<(Truth, Option<Unknown>)> = Vec::new();
        for (_, rule) in rules {
            let (ports, ports_open) = rule.ports();
            let hit = left.iter().any(|range| ports.iter().any(|port| overlap(*range, *port).is_some()));
            let fits = rule.fits(flow, subnet, peer) & rule.is(&group::DIRECTION, direction) & rule.exists();
            let fits = fits & if hit { Truth::Yes } else { Truth::No };
            let fits = if ports_open.is_some() && fits == Truth::No && rule.fits(flow, subnet, peer).possibly() {
                Truth::Unknown
            } else {
                fits
            };
            let allows = rule.is(&group::ACCESS, "Allow");
            match fits {
                Truth::No => continue,
                Truth::Yes if allows != Truth::Unknown => {
                    left = ports.iter().fold(left, |left, port| without(left, *port));
                    if allows == Truth::No {
                        denied = denied.or(Some(rule));
                    }
                }
                _ => {
                    // All may be known but whom a range belongs to.
                    let peer = if flow.inbound { &group::SOURCE } else { &group::DESTINATION };
                    let unknown = rule.first_unknown().or(ports_open);
                    perhaps.push((allows, unknown.or_else(|| Some(rule.unread(peer)))));
                }
            }
            if left.is_empty() {
                break;
            }
        }
        let allowed = denied.is_none() && (left.is_empty() || by_default == Truth::Yes);
        let against = perhaps.into_iter().find(|(allows, _)| match allowed {
            true => *allows != Truth::Yes,
            false => *allows != Truth::No,
        });
        match against {
            Some((_, unknown)) => Decision::Unknown(unknown),
            None if allowed => Decision::Allows,
            None => Decision::Denies(denied),
        }
    }

    /// The ports that a rule is for, and why there may be more.
    pub fn ports(self) -> (Vec<(u16, u16)>, Option<Unknown>) {
        let (texts, open) = self.texts(&[&group::PORT, &group::PORTS]);
        (texts.iter().filter_map(|text| port_range(text)).collect(), open)
    }

    /// The texts of fields that hold one or a list of them, and why there may be more.
    fn texts(self, fields: &[&Field]) -> (Vec<String>, Option<Unknown>) {
        let mut texts = Vec::new();
        let mut open = None;
        for field in fields {
            let value = match self.get(field) {
                Got::Is(value) => value,
                Got::Absent => continue,
                Got::Unknown(unknown) => {
                    open = open.or(Some(unknown));
                    continue;
                }
            };
            for item in value.items().unwrap_or(std::slice::from_ref(&value)) {
                match item.as_text() {
                    Some(text) => texts.push(text.to_string()),
                    None => match &item.kind {
                        crate::value::Kind::Number(number) => texts.push(number.to_string()),
                        _ => open = open.or(item.first_hole().map(|hole| hole.unknown())),
                    },
                }
            }
            open = open.or(value.rest().map(|rest| rest.unknown()));
        }
        (texts, open)
    }

    /// Whether a rule is for all of the traffic, whatever its port.
    fn fits(self, flow: Flow, subnet: Place, peer: &dyn Fn(&str) -> Truth) -> Truth {
        let source = [&group::SOURCE, &group::SOURCES];
        let destination = [&group::DESTINATION, &group::DESTINATIONS];
        let (theirs, ours) = if flow.inbound { (source, destination) } else { (destination, source) };
        let other_groups = if flow.inbound { &group::SOURCE_GROUPS } else { &group::DESTINATION_GROUPS };
        let peer = match self.get_all(other_groups) {
            (groups, None) if groups.is_empty() => self.any_text(&theirs, peer),
            _ => Truth::Unknown,
        };
        let own = subnet.ranges(&virtual_network::PREFIXES).unwrap_or_default();
        let groups = if flow.inbound { &group::DESTINATION_GROUPS } else { &group::SOURCE_GROUPS };
        let here = match self.get_all(groups) {
            (groups, None) if groups.is_empty() => self.any_text(&ours, |text| holds_subnet(text, &own)),
            _ => Truth::Unknown,
        };
        let (from, from_open) = self.texts(&[&group::SOURCE_PORT, &group::SOURCE_PORTS]);
        let all_ports =
            from.is_empty() && from_open.is_none() || from.iter().any(|text| text == "*" || text == "0-65535");
        let protocol = self.get(&group::PROTOCOL).ask(|value| value.is(flow.protocol) | value.is("*"));
        let from = if all_ports {
            Truth::Yes
        } else {
            Truth::No | if from_open.is_some() { Truth::Unknown } else { Truth::No }
        };
        peer & here & protocol & from
    }

    fn any_text(self, fields: &[&Field], question: impl Fn(&str) -> Truth) -> Truth {
        let (texts, open) = self.texts(fields);
        Truth::any(texts.iter().map(|text| question(text))) | if open.is_some() { Truth::Unknown } else { Truth::No }
    }

    /// The first thing that is not known of a rule.
    fn first_unknown(self) -> Option<Unknown> {
        let fields: [&Field; 7] = [
            &group::SOURCE,
            &group::SOURCES,
            &group::DESTINATION,
            &group::DESTINATIONS,
            &group::ACCESS,
            &group::PROTOCOL,
            &group::DIRECTION,
        ];
        let unknown = fields.into_iter().find_map(|field| self.get(field).unknown());
        unknown.or_else(|| self.decides().cloned())
    }
}

/// Whether what a rule names is all of what a service tag stands for.
fn names_peer(text: &str, peer: &str) -> Truth {
    let text = text.trim();
    if ["*", "any", "0.0.0.0/0"].iter().any(|all| text.eq_ignore_ascii_case(all)) || text.eq_ignore_ascii_case(peer) {
        return Truth::Yes;
    }
    if let Some(range) = Cidr::parse(text) {
        // A part of the internet is not all of it; what addresses another service has is not in the code.
        return match peer {
            "Internet" | "VirtualNetwork" => Truth::No,
            _ if is_private(range) => Truth::No,
            _ => Truth::Unknown,
        };
    }
    let tag = text.split('.').next().unwrap_or(text);
    match tag.to_lowercase().as_str() {
        _ if tag.eq_ignore_ascii_case(peer) => Truth::Unknown,
        // Whether the internet, or all of Azure, holds the addresses of a service of Azure's own is not documented.
        "internet" | "azurecloud" if peer != "VirtualNetwork" && peer != "Internet" => Truth::Unknown,
        _ => Truth::No,
    }
}

fn is_private(range: Cidr) -> bool {
    ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]
        .into_iter()
        .filter_map(Cidr::parse)
        .any(|private| private.covers(range))
}

/// Whether what a rule names holds all of a subnet.
fn holds_subnet(text: &str, own: &[Cidr]) -> Truth {
    let text = text.trim();
    if ["*", "any", "0.0.0.0/0", "VirtualNetwork"].iter().any(|all| text.eq_ignore_ascii_case(all)) {
        return Truth::Yes;
    }
    match Cidr::parse(text) {
        Some(range) if own.is_empty() => Truth::yes_or_unknown(range.length() == 0),
        Some(range) if own.iter().all(|own| range.covers(*own)) => Truth::Yes,
        Some(range) if own.iter().any(|own| range.overlaps(*own)) => Truth::Unknown,
        _ => Truth::No,
    }
}

/// The ports that a text spells: `443`, `65200-65535`, `*`.
fn port_range(text: &str) -> Option<(u16, u16)> {
    let text = text.trim();
    if text == "*" {
        return Some((0, u16::MAX));
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
}

fn overlap(a: (u16, u16), b: (u16, u16)) -> Option<(u16, u16)> {
    let (first, last) = (a.0.max(b.0), a.1.min(b.1));
    (first <= last).then_some((first, last))
}

/// Ranges without what another one takes away.
fn without(ranges: Vec<(u16, u16)>, taken: (u16, u16)) -> Vec<(u16, u16)> {
    let mut left = Vec::new();
    for range in ranges {
        let Some(gone) = overlap(range, taken) else {
            left.push(range);
            continue;
        };
        left.extend((range.0 < gone.0).then(|| (range.0, gone.0 - 1)));
        left.extend((gone.1 < range.1).then(|| (gone.1 + 1, range.1)));
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_taken_away_piece_by_piece() {
        let all = vec![(65200, 65535)];
        assert_eq!(without(all.clone(), (0, u16::MAX)), []);
        assert_eq!(without(all.clone(), (65300, 65400)), [(65200, 65299), (65401, 65535)]);
        assert_eq!(without(all, (443, 443)), [(65200, 65535)]);
        assert_eq!(port_range("65200-65535"), Some((65200, 65535)));
        assert_eq!(port_range("x"), None);
    }

    #[test]
    fn a_tag_is_itself_and_a_part_of_the_internet_is_not_the_internet() {
        assert_eq!(names_peer("gatewaymanager", "GatewayManager"), Truth::Yes);
        assert_eq!(names_peer("*", "GatewayManager"), Truth::Yes);
        assert_eq!(names_peer("Internet", "GatewayManager"), Truth::Unknown);
        assert_eq!(names_peer("10.0.0.0/8", "GatewayManager"), Truth::No);
        assert_eq!(names_peer("AzureFrontDoor.Backend", "Internet"), Truth::No);
        assert_eq!(names_peer("203.0.113.0/24", "Internet"), Truth::No);
    }

    #[test]
    fn a_subnet_lies_in_a_range_that_covers_it() {
        let own = Vec::from_iter(Cidr::parse("10.1.4.0/24"));
        assert_eq!(holds_subnet("10.1.0.0/16", &own), Truth::Yes);
        assert_eq!(holds_subnet("10.2.0.0/16", &own), Truth::No);
        assert_eq!(holds_subnet("10.1.4.128/25", &own), Truth::Unknown);
        assert_eq!(holds_subnet("*", &[]), Truth::Yes);
    }
}
