//! In: a cluster. Out: who may reach its public API server, and whether an address that only Azure knows is among them.
//! Never: takes an address that is written out for another than one that is not known yet.
//!
//! Source: <https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges>.

use super::{Place, is_private};
use crate::azure::{cluster, public_ip};
use crate::value::{Cidr, Hole, Kind, Reach, Truth, Unknown, Value};

/// The ranges that may reach an API server.
#[derive(Clone, Debug)]
pub struct Allowed {
    /// Each of them, as far as it is known.
    pub items: Vec<Value>,
    /// Why there may be more.
    pub open: Option<Unknown>,
    /// There are none, so everybody may.
    pub is_everybody: Truth,
}

impl Allowed {
    /// The ranges that are written out.
    pub fn ranges(&self) -> Vec<Cidr> {
        self.items.iter().filter_map(|item| item.as_text()).filter_map(whole).collect()
    }

    /// The first thing that is not known of them.
    pub fn unknown(&self) -> Option<Unknown> {
        let hole = self.items.iter().find_map(Value::first_hole).map(|hole| hole.unknown());
        self.open.clone().or(hole)
    }
}

/// A range, or one address.
fn whole(text: &str) -> Option<Cidr> {
    let text = text.trim();
    let length = if text.contains(':') { 128 } else { 32 };
    Cidr::parse(text).or_else(|| Cidr::parse(&format!("{text}/{length}")))
}

fn is_empty(value: &Value) -> Truth {
    match &value.kind {
        Kind::Null => Truth::Yes,
        Kind::List { items, rest: None, .. } => Truth::from_known(items.is_empty()),
        Kind::List { items, .. } if items.is_empty() => Truth::Unknown,
        Kind::Unknown(_) | Kind::Reference(_) => Truth::Unknown,
        // A sentence in the place of the list, as in a parameter file that is to be filled in, names nobody.
        Kind::Text(text) => match text.as_literal() {
            Some(text) if whole(text).is_none() => Truth::Unknown,
            _ => Truth::No,
        },
        _ => Truth::No,
    }
}

impl<'n> Place<'n> {
    /// Who may reach the API server of a cluster, if it is public.
    pub fn allowed(self) -> Allowed {
        let got = self.get(&cluster::AUTHORIZED_RANGES);
        let is_everybody = match &got {
            super::Got::Absent => Truth::Yes,
            got => got.ask(is_empty),
        };
        let mut allowed = Allowed { items: Vec::new(), open: None, is_everybody };
        let (values, open) = self.get_all(&cluster::AUTHORIZED_RANGES);
        for value in values {
            match &value.kind {
                Kind::List { items, rest, .. } => {
                    allowed.items.extend(items.iter().cloned());
                    allowed.open = allowed.open.or(rest.as_ref().map(Hole::unknown));
                }
                Kind::Text(_) => allowed.items.push(value.clone()),
                Kind::Null => {}
                _ => allowed.open = allowed.open.or(value.first_hole().map(|hole| hole.unknown())),
            }
        }
        allowed.open = allowed.open.or(open);
        if is_everybody == Truth::Unknown && allowed.unknown().is_none() {
            // The sentence that is to be replaced by the ranges.
            allowed.open = Some(self.unread(&cluster::AUTHORIZED_RANGES).at(self.span_of(&cluster::AUTHORIZED_RANGES)));
        }
        allowed
    }

    /// Whether a public address, or a prefix of them, is among the ranges of a list.
    ///
    /// What is written out may be the address that Azure gave it once: a single address, or a range as small as a prefix.
    pub fn is_among(self, allowed: &Allowed) -> Truth {
        let field = if self.kind() == &public_ip::PUBLIC_IP { &public_ip::ADDRESS } else { &public_ip::PREFIX_RANGE };
        let own = self.text(field).ok().flatten().and_then(|text| whole(&text));
        let of_item = |item: &Value| match item.as_text() {
            Some(text) => match (whole(text), own) {
                (Some(range), Some(own)) => Truth::from_known(range.covers(own)),
                // AKS takes this one for nobody.
                (Some(range), None) if range.to_string() == "0.0.0.0/32" || is_private(range) => Truth::No,
                (Some(range), None) => may_be(range, self.is_made()),
                (None, _) => Truth::No,
            },
            None => self.is_told_in(item),
        };
        let own = Truth::any(allowed.items.iter().map(of_item));
        let prefix = self.follow_prefix().map_or(Truth::No, |prefix| prefix.is_among(allowed));
        own | prefix | if allowed.open.is_some() { Truth::Unknown } else { Truth::No }
    }

    /// The prefix that a public address is taken from.
    fn follow_prefix(self) -> Option<Place<'n>> {
        if self.kind() != &public_ip::PUBLIC_IP {
            return None;
        }
        self.follow(&public_ip::PUBLIC_IP_TO_PREFIX).into_iter().find_map(|step| step.end.place())
    }

    /// Whether a value is made of an attribute of this place; of another public address it is not.
    fn is_told_in(self, value: &Value) -> Truth {
        let mut holes = Vec::new();
        value.holes(Reach { levels: 3, most: 16, candidates: true }, &mut holes);
        Truth::any(holes.iter().map(|hole| {
            let references = match hole {
                Hole::Reference(reference) => std::slice::from_ref(reference),
                Hole::Unknown(unknown) => unknown.made_of(),
            };
            let places = references.iter().map(|reference| self.network.by_address.get(&reference.address));
            let places: Vec<Place> = places
                .flatten()
                .map(|index| Place { network: self.network, index: self.network.canonical(*index) })
                .collect();
            let is_address =
                |place: &&Place| place.kind() == &public_ip::PUBLIC_IP || place.kind() == &public_ip::PUBLIC_IP_PREFIX;
            if places.contains(&self) {
                return Truth::Yes;
            }
            let others = places.iter().filter(is_address).filter(|place| place.is_surely_another(self)).count();
            if others > 0 && others == references.len() { Truth::No } else { Truth::Unknown }
        }))
    }
}

/// Whether a range that is written out may hold an address that is not known.
fn may_be(range: Cidr, is_made: bool) -> Truth {
    let small = if range.is_v4() { range.length() >= 28 } else { range.length() >= 124 };
    match (range.length(), small, is_made) {
        (0, ..) => Truth::Yes,
        (_, true, _) | (.., false) => Truth::Unknown,
        // A range of an office or a provider, written down before the address was made.
        (_, false, true) => Truth::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_address_may_be_the_one_that_azure_gave() {
        let may = |text: &str, is_made| may_be(whole(text).expect("a range"), is_made);
        assert_eq!(may("203.0.113.7", true), Truth::Unknown);
        assert_eq!(may("203.0.113.0/28", true), Truth::Unknown);
        assert_eq!(may("203.0.113.0/24", true), Truth::No);
        assert_eq!(may("203.0.113.0/24", false), Truth::Unknown);
        assert_eq!(may("0.0.0.0/0", true), Truth::Yes);
    }

    #[test]
    fn a_list_is_empty_only_if_all_of_it_is_known() {
        let unknown = Unknown::new(crate::value::RootId(0), "var.ranges", crate::value::Reason::Input);
        assert_eq!(is_empty(&Value::null()), Truth::Yes);
        assert_eq!(is_empty(&Value::list(Vec::new())), Truth::Yes);
        assert_eq!(is_empty(&Value::list(vec![Value::text("203.0.113.0/24")])), Truth::No);
        assert_eq!(is_empty(&Value::unknown(unknown)), Truth::Unknown);
    }
}
