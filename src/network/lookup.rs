//! In: a name, an address, an id. Out: the places that it may mean, and the names that are the same on every run.
//! Never: chooses one of several.

use std::collections::{BTreeMap, VecDeque};

use rustc_hash::FxHashSet;

use super::facts::ROOT;
use super::identity::Found;
use super::{End, Network, Place, Step};
use crate::azure::{self, LINKS, Link, Type, by_arm_name, dns};
use crate::evaluate::Event;
use crate::source::Span;
use crate::value::{Address, Kind, Reference, RootId, Truth, Unknown, Value};

/// One declaration waits for another one.
#[derive(Clone, Debug)]
pub struct Wait<'n> {
    /// What is made first.
    pub before: &'n Address,
    /// What waits.
    pub after: &'n Address,
    /// Who says so.
    pub span: Span,
}

/// One step of a way between two places.
#[derive(Clone, Debug)]
pub struct Hop<'n> {
    /// Where it leads.
    pub to: Place<'n>,
    /// What it is, for a sentence that begins with the place before: `lies in`, `points at, by properties.x,`.
    pub words: String,
    /// Where it is written.
    pub span: Span,
}

impl Network {
    /// Every place of the graph, sorted by type and address.
    pub fn places(&self) -> Vec<Place<'_>> {
        let mut places: Vec<Place> = azure::TYPES.iter().flat_map(|kind| self.all(kind)).collect();
        places.sort_by(|a, b| (a.kind().name, a.address()).cmp(&(b.kind().name, b.address())));
        places
    }

    /// The name of a declaration or resource that is the same on every run: `root:PATH/ADDRESS`.
    pub fn label(&self, address: &Address) -> String {
        let root = self.roots.iter().find(|root| root.id == address.root()).map_or("", |root| root.path.as_str());
        match root {
            "" => format!("{ROOT}{address}"),
            path => format!("{ROOT}{path}/{address}"),
        }
    }

    /// The places that a user's word may mean: an id, `root:PATH/ADDRESS`, an address or a name.
    pub fn called(&self, word: &str) -> Vec<Place<'_>> {
        if let Some((root, address)) = self.labelled(word)
            && let Some(index) = self.by_address.get(&Address::new(root, address))
        {
            return vec![Place { network: self, index: self.canonical(*index) }];
        }
        let places = self.places();
        let by = |test: &dyn Fn(&Place) -> bool| places.iter().copied().filter(test).collect::<Vec<Place>>();
        let by_id = by(&|place| place.stable_id().eq_ignore_ascii_case(word));
        if !by_id.is_empty() {
            return by_id;
        }
        let by_address = by(&|place| place.address().text() == word);
        if !by_address.is_empty() {
            return by_address;
        }
        by(&|place| place.name().eq_ignore_ascii_case(word))
    }

    /// The place of which an unknown is an attribute that nothing here says: it is only read, and made nowhere here.
    pub fn read_by(&self, unknown: &Unknown) -> Option<Place<'_>> {
        let name = unknown.name();
        let ends = name.match_indices('.').map(|(at, _)| at).collect::<Vec<_>>();
        let index = ends
            .into_iter()
            .rev()
            .find_map(|end| self.by_address.get(&Address::new(unknown.root(), &name[..end])))
            .map(|index| self.canonical(*index))?;
        let node = &self.nodes[index];
        (node.existing && !node.whole).then_some(Place { network: self, index })
    }

    /// The place whose id a value holds, whatever its type.
    pub fn node_of(&self, value: &Value, root: RootId) -> Option<Place<'_>> {
        let place = |index: usize| Place { network: self, index: self.canonical(index) };
        match &value.kind {
            Kind::Reference(reference) => {
                let index = *self.by_address.get(&reference.address)?;
                let is_id = reference.is_id();
                if is_id { Some(place(index)) } else { self.part_named(index, reference) }
            }
            Kind::Text(pieces) => {
                let id = self.id_of_text(pieces, root)?;
                match self.find(&id, by_arm_name(&id.type_name)?) {
                    Found::Is(index) => Some(place(index)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn part_named(&self, whole: usize, reference: &Reference) -> Option<Place<'_>> {
        let splits = self.nodes[self.canonical(whole)].kind.splits;
        splits.iter().find_map(|split| {
            match self.resolve(&Value::reference(reference.clone()), split.of, reference.address.root()) {
                Some(End::Place(place)) => Some(place),
                _ => None,
            }
        })
    }

    /// What each declaration of the network waits for first: whatever it waits for through others is left out.
    pub fn waits(&self) -> Vec<Wait<'_>> {
        let declared: BTreeMap<&Address, ()> =
            self.nodes.iter().filter(|node| !node.existing).map(|node| (&node.declaration, ())).collect();
        let joined = self.joined.iter().map(|joined| (&joined.declaration, ()));
        let declared: BTreeMap<&Address, ()> = declared.into_iter().chain(joined).collect();
        let mut waits = Vec::new();
        for after in declared.keys() {
            let Some(events) = self.orders.get(&after.root()) else { continue };
            let needs = events.needs();
            let mut seen: FxHashSet<&Event> = FxHashSet::default();
            let start = Event::Done((*after).clone());
            let mut open: VecDeque<(&Event, Option<Span>)> = VecDeque::new();
            open.extend(needs.of.get(&start).into_iter().flatten().map(|need| (&need.event, Some(need.span))));
            while let Some((event, span)) = open.pop_front() {
                if !seen.insert(event) {
                    continue;
                }
                let (Event::Done(address) | Event::Start(address)) = event;
                if let (Event::Done(_), Some((before, ())), Some(span)) = (event, declared.get_key_value(address), span)
                {
                    if before != after {
                        waits.push(Wait { before, after, span });
                    }
                    continue;
                }
                open.extend(needs.of.get(event).into_iter().flatten().map(|need| (&need.event, span)));
            }
        }
        waits
    }

    /// Roots that come before others: the first, the later one, and why.
    pub fn root_order(&self) -> Vec<(RootId, RootId, &'static str)> {
        let mut order: Vec<(RootId, RootId, &'static str)> =
            self.layers.iter().map(|(reader, maker)| (*maker, *reader, "it reads what that makes")).collect();
        for (first, layer) in &self.said_layers {
            let next = self.said_layers.iter().filter(|(_, other)| **other == layer + 1);
            order.extend(next.map(|(then, _)| (*first, *then, "`layers` says so")));
        }
        order.sort_unstable();
        order.dedup();
        order
    }

    /// The shortest way between two places over links and what lies in what, in either direction; one that packets
    /// could take before one over a zone that both see.
    pub fn way<'n>(&'n self, from: Place<'n>, to: Place<'n>) -> Option<Vec<Hop<'n>>> {
        let of_names = |place: Place| place.kind() == &dns::ZONE || place.kind() == &dns::ZONE_LINK;
        let wired = |place: Place| !of_names(place);
        let direct = (wired(from) && wired(to)).then(|| self.way_over(from, to, &wired)).flatten();
        direct.or_else(|| self.way_over(from, to, &|_| true))
    }

    fn way_over<'n>(&'n self, from: Place<'n>, to: Place<'n>, over: &dyn Fn(Place) -> bool) -> Option<Vec<Hop<'n>>> {
        let mut near: BTreeMap<usize, Vec<Hop>> = BTreeMap::new();
        for place in self.places().into_iter().filter(|place| over(*place)) {
            if let Some(parent) = place.parent() {
                let hop = |to, words: &str| Hop { to, words: words.into(), span: place.span() };
                near.entry(place.index).or_default().push(hop(parent, "lies in"));
                near.entry(parent.index).or_default().push(hop(place, "holds"));
            }
            for (link, step) in place.links() {
                let End::Place(end) = step.end else { continue };
                if !over(end) {
                    continue;
                }
                let noun = place.spelling(link.field);
                let there = Hop { to: end, words: format!("points, by `{noun}`, at"), span: step.span };
                let back = Hop { to: place, words: format!("is what `{noun}` points at in"), span: step.span };
                near.entry(place.index).or_default().push(there);
                near.entry(end.index).or_default().push(back);
            }
        }
        let mut came: BTreeMap<usize, (usize, &Hop)> = BTreeMap::new();
        let mut open = VecDeque::from([from.index]);
        while let Some(at) = open.pop_front() {
            if at == to.index {
                let mut way = Vec::new();
                let mut at = at;
                while let Some((before, hop)) = came.get(&at) {
                    way.push((*hop).clone());
                    at = *before;
                    if at == from.index {
                        break;
                    }
                }
                way.reverse();
                return Some(way);
            }
            for hop in near.get(&at).into_iter().flatten() {
                if hop.to.index != from.index && !came.contains_key(&hop.to.index) {
                    came.insert(hop.to.index, (at, hop));
                    open.push_back(hop.to.index);
                }
            }
        }
        None
    }
}

impl<'n> Place<'n> {
    /// A name that is the same on every run: its Azure id where all of that is known, else `root:PATH/ADDRESS`.
    pub fn stable_id(self) -> String {
        let id = self.id().and_then(|id| id.to_pieces());
        let literal = id.as_ref().and_then(|pieces| pieces.as_literal());
        literal.map_or_else(|| self.network.label(self.address()), str::to_string)
    }

    /// Its body in ARM's words.
    pub fn body(self) -> &'n Value {
        &self.node().body
    }

    /// The fields that other blocks set: which, and to what.
    pub fn set_by_others(self) -> Vec<(&'static str, Value)> {
        self.joined().map(|joined| (joined.field.arm, joined.value.clone())).collect()
    }

    /// Everything that it points at.
    pub fn links(self) -> Vec<(&'static Link, Step<'n>)> {
        let own = |link: &&&'static Link| self.kind().fields.iter().any(|field| std::ptr::eq(*field, link.field));
        LINKS.iter().filter(own).flat_map(|link| self.follow(link).into_iter().map(move |step| (*link, step))).collect()
    }

    /// The types of what lies in it, or is linked to it, of which there may be more than is known.
    pub fn open_kinds(self) -> Vec<&'static Type> {
        let inside =
            |kind: &&&'static Type| kind.name.rsplit_once('/').is_some_and(|(parent, _)| parent == self.kind().name);
        let kinds = azure::TYPES.iter().filter(inside).copied();
        kinds.filter(|kind| self.open_for(kind).is_some()).collect()
    }

    /// It is certain to be there.
    pub fn is_certain(self) -> bool {
        self.exists() == Truth::Yes
    }
}
