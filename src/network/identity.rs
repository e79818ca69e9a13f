//! In: ids, references and texts. Out: the place that they name.
//! Never: pairs two resources because they have the same name in different roots alone.

use super::facts::{ROOT, Target};
use super::{End, Network, Node, Place};
use crate::azure::Type;
use crate::value::{
    Address, Hole, Kind, Piece, Pieces, Reason, Reference, ResourceId, RootId, Segment, SmolStr, Truth, Unknown, Value,
};

impl Network {
    /// Where a value that holds an id leads; `None` where it is nothing: null or an empty text.
    pub fn resolve<'n>(&'n self, value: &Value, to: &'static Type, root: RootId) -> Option<End<'n>> {
        match &value.kind {
            Kind::Null => None,
            Kind::Text(pieces) if pieces.as_literal() == Some("") => None,
            Kind::Text(pieces) => Some(self.by_text(pieces, to, root)),
            Kind::Reference(reference) => Some(self.by_reference(reference, to)),
            Kind::Unknown(unknown) => Some(match self.by_alias(&Hole::Unknown(unknown.clone()), to) {
                Some(end) => end,
                None => End::Unknown(unknown.clone()),
            }),
            Kind::OneOf { condition, values } => {
                // Where it leads, if it leads anywhere; whether it does is the caller's question.
                let mut ends = values.iter().filter_map(|value| self.resolve(value, to, root));
                let first = ends.next()?;
                let agree = ends.all(|end| match (&end, &first) {
                    (End::Place(a), End::Place(b)) => a == b,
                    (End::Outside(a), End::Outside(b)) => a == b,
                    _ => false,
                });
                Some(if agree { first } else { End::Unknown(condition.clone()) })
            }
            _ => Some(End::Unknown(Unknown::new(root, "a value that is no id", Reason::Broken))),
        }
    }

    pub(super) fn by_reference(&self, reference: &Reference, to: &'static Type) -> End<'_> {
        let unknown = || End::Unknown(Hole::Reference(reference.clone()).unknown());
        if let Some(end) = self.by_alias(&Hole::Reference(reference.clone()), to) {
            return end;
        }
        if let Some(index) = self.part_of(reference, to) {
            return End::Place(Place { network: self, index });
        }
        let is_id = reference.is_id();
        if !is_id {
            return unknown();
        }
        let index = match self.by_address.get(&reference.address) {
            Some(index) => Some(*index),
            None => self.only_template(reference),
        };
        match index.map(|index| self.canonical(index)) {
            Some(index) if self.nodes[index].kind == to => End::Place(Place { network: self, index }),
            _ => unknown(),
        }
    }

    /// Where something that is not known leads, because the user calls it by another name.
    fn by_alias(&self, hole: &Hole, to: &'static Type) -> Option<End<'_>> {
        match self.aliased(hole)? {
            Target::Node(index) => {
                let index = self.canonical(*index);
                (self.nodes[index].kind == to).then_some(End::Place(Place { network: self, index }))
            }
            Target::Id(id) => {
                let text = id.to_pieces()?;
                id.type_name.eq_ignore_ascii_case(to.name).then(|| self.by_id(id, to, &text))
            }
        }
    }

    /// The subnet behind `vnet.properties.subnets[0].id`: an item of a list that became a resource of its own.
    fn part_of(&self, reference: &Reference, to: &'static Type) -> Option<usize> {
        let [before @ .., Segment::Index(place), Segment::Field(id)] = reference.in_answer() else { return None };
        let Some(Segment::Field(list)) = before.last() else { return None };
        let whole = self.canonical(*self.by_address.get(&reference.address)?);
        let split = self.nodes[whole].kind.splits.iter().find(|split| split.of == to)?;
        let named = split.list.rsplit('.').next() == Some(list.as_str()) || split.azurerm == list.as_str();
        let part = self.parts.get(&(whole, to.name, *place)).filter(|_| named && id == "id")?;
        Some(self.canonical(*part))
    }

    /// The template that stands for all instances of a declaration, where nothing else is known of them.
    pub(super) fn only_template(&self, reference: &Reference) -> Option<usize> {
        match self.by_declaration.get(&reference.address.declaration())?.as_slice() {
            [only] if self.nodes[*only].address.text().contains("[*]") => Some(*only),
            _ => None,
        }
    }

    fn by_text(&self, pieces: &Pieces, to: &'static Type, root: RootId) -> End<'_> {
        if let Some((root, address)) =
            pieces.as_literal().filter(|text| text.starts_with(ROOT)).and_then(|l| self.labelled(l))
            && let Some(index) = self.by_address.get(&Address::new(root, address))
        {
            let index = self.canonical(*index);
            return match self.nodes[index].kind == to {
                true => End::Place(Place { network: self, index }),
                false => End::Outside(pieces.to_string()),
            };
        }
        let Some(id) = self.id_of_text(pieces, root) else {
            return match pieces.holes().next() {
                Some(hole) => End::Unknown(hole.unknown()),
                None => End::Outside(pieces.to_string()),
            };
        };
        if !id.type_name.eq_ignore_ascii_case(to.name) {
            return End::Outside(pieces.to_string());
        }
        self.by_id(&id, to, pieces)
    }

    fn by_id(&self, id: &ResourceId, to: &'static Type, pieces: &Pieces) -> End<'_> {
        match self.find(id, to) {
            Found::Is(index) => End::Place(Place { network: self, index: self.canonical(index) }),
            Found::Nowhere => End::Outside(pieces.to_string()),
            Found::Perhaps => match pieces.holes().next() {
                Some(hole) => End::Unknown(hole.unknown()),
                None => End::Outside(pieces.to_string()),
            },
        }
    }

    /// The id that a text spells. A text may begin with the id of a resource: `"${azurerm_virtual_network.v.id}/subnets/a"`.
    pub(super) fn id_of_text(&self, pieces: &Pieces, root: RootId) -> Option<ResourceId> {
        if let Some(id) = ResourceId::parse(pieces) {
            return Some(self.under_other_name(self.normal(id, root)));
        }
        if let Some(id) = self.opened(pieces) {
            return Some(id);
        }
        let [Piece::Hole(Hole::Reference(reference)), rest @ ..] = pieces.pieces() else { return None };
        if !reference.field().is_some_and(|field| field.eq_ignore_ascii_case("id")) {
            return None;
        }
        let rest = Pieces::of(rest.iter().cloned());
        if let Some(index) = self.by_address.get(&reference.address) {
            let mut id = self.nodes[self.canonical(*index)].id.clone()?;
            let segments = rest.split('/');
            let mut segments = segments.get(1..)?;
            while let [kind, name, tail @ ..] = segments {
                id = id.child(kind.as_literal()?, name.clone());
                segments = tail;
            }
            return segments.is_empty().then_some(id);
        }
        let group = self.groups.get(&reference.address)?;
        let whole = group.to_text()?;
        ResourceId::parse(&Pieces::concat([&whole, &rest])).map(|id| self.normal(id, root))
    }

    /// The subscription that whoever deploys is logged in to has one name in a root, however it is asked for.
    pub(super) fn normal(&self, mut id: ResourceId, root: RootId) -> ResourceId {
        id.subscription = id.subscription.map(|subscription| self.united(normal_subscription(&subscription, root)));
        id
    }

    /// The node that an id names.
    ///
    /// What has the same names stands in one bucket, what has the same scope as well in one of few: an estate of many
    /// deployments has many subnets of one name, and they are never compared all with all.
    pub(super) fn find(&self, id: &ResourceId, kind: &'static Type) -> Found {
        let alike = |index: usize| match &self.nodes[index].id {
            Some(own) => likeness(id, own),
            None => Likeness::Open,
        };
        let names = names_of(id);
        let exact = self.by_id.get(&(kind.name, names.clone(), scope_of(id))).into_iter().flatten();
        if let Some(index) = exact.copied().find(|index| alike(*index) == Likeness::Same) {
            return Found::Is(index);
        }
        let mut likely: Vec<usize> = Vec::new();
        for index in self.by_name.get(&(kind.name, names)).into_iter().flatten().copied() {
            match alike(index) {
                Likeness::Same => return Found::Is(index),
                Likeness::SameNames => likely.push(index),
                Likeness::Open | Likeness::Different => {}
            }
        }
        likely.sort_by_key(|index| self.nodes[*index].existing);
        let mut distinct: Vec<usize> = likely.iter().map(|index| self.canonical(*index)).collect();
        distinct.dedup();
        match distinct.as_slice() {
            // Only the scope is open, and nothing else of this type has these names.
            [index] => Found::Is(*index),
            [] if !self.may_be_another(id, kind, &alike) => Found::Nowhere,
            _ => Found::Perhaps,
        }
    }

    /// Whether some node of a type may have this id, though its names are not the same.
    fn may_be_another(&self, id: &ResourceId, kind: &'static Type, alike: &dyn Fn(usize) -> Likeness) -> bool {
        let known = id.names.iter().all(|name| name.as_literal().is_some());
        let among = if known { self.open_names.get(kind.name) } else { self.by_kind.get(kind.name) };
        among.into_iter().flatten().any(|index| alike(*index) != Likeness::Different)
    }

    /// Whether two nodes are the same resource: what is read, or written as a part of another, and what is made.
    pub(super) fn stands_for(&self, stand_in: &Node, made: &Node) -> Likeness {
        match (&stand_in.id, &made.id) {
            (Some(a), Some(b)) if stand_in.kind == made.kind => likeness(a, b),
            _ => Likeness::Different,
        }
    }
}

/// The names of an id in lower case, holes spelled out with whose they are: the key under which it is looked up.
pub(super) fn names_of(id: &ResourceId) -> String {
    let mut key = String::new();
    for name in &id.names {
        spell(name, &mut key);
        key.push('/');
    }
    key
}

/// A part of an id, as [`names_of`] spells it.
pub(super) fn spelled(pieces: &Pieces) -> String {
    let mut key = String::new();
    spell(pieces, &mut key);
    key
}

/// The scope of an id, as [`names_of`] spells it.
pub(super) fn scope_of(id: &ResourceId) -> String {
    let mut key = String::new();
    for part in [&id.subscription, &id.resource_group] {
        match part {
            Some(pieces) => spell(pieces, &mut key),
            None => key.push('?'),
        }
        key.push('/');
    }
    key
}

fn spell(pieces: &Pieces, key: &mut String) {
    use std::fmt::Write;
    for piece in pieces.pieces() {
        match piece {
            Piece::Literal(text) => key.extend(text.chars().flat_map(char::to_lowercase)),
            Piece::Hole(hole) => {
                let root = match hole {
                    Hole::Unknown(unknown) => unknown.root(),
                    Hole::Reference(reference) => reference.address.root(),
                };
                // Two roots may call two things by one name.
                let _ = write!(key, "${{{}:{hole}}}", root.0);
            }
        }
    }
}

/// What an id was found to name.
pub(super) enum Found {
    Is(usize),
    Perhaps,
    Nowhere,
}

/// How alike two ids are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    Same,
    /// All names are equal, and the scope is not ruled out.
    SameNames,
    /// Some name is not known.
    Open,
    Different,
}

pub(super) fn likeness(a: &ResourceId, b: &ResourceId) -> Likeness {
    match a.same(b) {
        Truth::Yes => Likeness::Same,
        Truth::No => Likeness::Different,
        Truth::Unknown => {
            let names = Truth::all(a.names.iter().zip(&b.names).map(|(a, b)| a.equals_ignoring_case(b)));
            if names == Truth::Yes { Likeness::SameNames } else { Likeness::Open }
        }
    }
}

/// What the subscription of a root's provider is called.
pub(super) const OWN_SUBSCRIPTION: &str = "the subscription";

/// `data.azurerm_client_config.current.subscription_id` is the subscription of the root's provider.
fn normal_subscription(subscription: &Pieces, root: RootId) -> Pieces {
    let Some(Hole::Reference(reference)) = subscription.only_hole() else { return subscription.clone() };
    let address = reference.address.text();
    let asks_for_own = ["data.azurerm_client_config.", "data.azurerm_subscription."]
        .iter()
        .any(|data| address.starts_with(data) || address.contains(&format!(".{data}")));
    if asks_for_own && reference.field() == Some("subscription_id") {
        return Pieces::hole(Hole::Unknown(Unknown::new(root, OWN_SUBSCRIPTION, Reason::Data)));
    }
    subscription.clone()
}

trait ToText {
    fn to_text(&self) -> Option<Pieces>;
}

impl ToText for ResourceId {
    /// The text of a resource group's id.
    fn to_text(&self) -> Option<Pieces> {
        let literal = |text: &str| Piece::Literal(SmolStr::new(text));
        let mut pieces = vec![literal("/subscriptions/")];
        pieces.extend(self.subscription.as_ref()?.pieces().iter().cloned());
        pieces.push(literal("/resourceGroups/"));
        pieces.extend(self.resource_group.as_ref()?.pieces().iter().cloned());
        Some(Pieces::of(pieces))
    }
}
