//! In: a place and a type of children or links. Out: whether "there is none" may be said.
//! Never: takes what is not in the code for what is not there.

use rustc_hash::FxHashSet;

use super::{Hiding, Network, Place};
use crate::azure::Type;
use crate::source::Span;
use crate::value::{Address, Hole, Kind, Reference, Truth, Unknown, Value};

impl<'n> Place<'n> {
    /// Why there may be children of a type, or links to this place, that are not known; `None` where all are.
    ///
    /// Absence counts for what is made here, when nothing that could not be read was told of it.
    pub fn open_for(self, kind: &'static Type) -> Option<Unknown> {
        let node = self.node();
        if node.existing && !(node.whole && self.is_exported(kind)) {
            let name = format!("{} of {}", kind.name, node.address);
            return Some(Unknown::new(self.root(), name, crate::value::Reason::Data).at(node.span));
        }
        if let Some((_, hole)) = node.open_children.iter().find(|(of, _)| *of == kind) {
            return Some(hole.unknown());
        }
        if let Some(hole) = self.network.open_parents.get(kind.name) {
            return Some(hole.unknown());
        }
        let children = self.network.within.get(&self.index).into_iter().flatten();
        let mut children = children.map(|index| &self.network.nodes[*index]).filter(|child| child.kind == kind);
        if let Some(child) = children.find(|child| child.exists == Truth::Unknown) {
            return child.decides.clone();
        }
        self.hidden_from(kind).map(|hiding| hiding.unknown).or_else(|| self.damage())
    }

    /// An export holds all children of a type: they stand in the resource itself, or others of the type are there too.
    fn is_exported(self, kind: &'static Type) -> bool {
        if self.network.is_saved(self.root()) {
            let open = self.network.saved_open.get(self.address());
            return !open.is_some_and(|open| open.iter().any(|of| of.eq_ignore_ascii_case(kind.name)));
        }
        self.kind().splits.iter().any(|split| split.of == kind) || self.network.deployed_kinds.contains(kind.name)
    }

    /// A part of this place's root that could not be read: what is not there may stand in it.
    pub fn damage(self) -> Option<Unknown> {
        self.network.damaged.get(&self.root()).cloned()
    }

    /// Something that may hide resources of a type and was told of this place: a module that could not be read, a
    /// script, a nested template.
    pub fn hidden_from(self, kind: &'static Type) -> Option<HiddenBy> {
        let hides = |hiding: &&Hiding| hiding.kinds.is_empty() || hiding.kinds.contains(&kind.name);
        let name = self.id().and_then(|id| id.name()).and_then(|name| name.as_literal());
        let name = name.map(|name| Name {
            alone: name.to_ascii_lowercase(),
            in_an_id: format!("/{}/{name}", self.kind().kind()).to_lowercase(),
        });
        let mut hiding = self.network.hiding.iter().filter(hides);
        hiding.find(|hiding| self.is_told_to(hiding, name.as_ref())).map(|hiding| HiddenBy {
            unknown: Unknown::new(hiding.address.root(), hiding.address.text(), crate::value::Reason::Module)
                .at(hiding.span),
            address: hiding.address.clone(),
            span: hiding.span,
        })
    }

    /// Whether something was told of this place: by a reference to it, by its id, or in its own root by its name.
    fn is_told_to(self, hiding: &Hiding, name: Option<&Name>) -> bool {
        let told = hiding.told.get_or_init(|| Told::of(&hiding.arguments, self.network));
        let by_name = |name: &Name| match hiding.address.root() == self.root() {
            true => told.words.contains(&name.alone),
            false => told.has_id_with(&name.in_an_id),
        };
        told.of_all || told.nodes.contains(&self.index) || name.is_some_and(by_name)
    }
}

/// How the name of a place stands in texts that speak of it, in lower case.
struct Name {
    /// As a word: alone, in an id or in a command.
    alone: String,
    /// Behind its type in an id: another root has resources of the same name.
    in_an_id: String,
}

/// What a value speaks of.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The nodes that it refers to.
    nodes: FxHashSet<usize>,
    /// Every word of its texts, in lower case.
    words: FxHashSet<String>,
    /// Its texts that may hold an id, in lower case.
    ids: Vec<String>,
    /// It is too deep to be read: it may speak of everything.
    of_all: bool,
}

impl Told {
    /// How deep a value is looked into.
    const DEEPEST: usize = 32;

    /// What a value speaks of, once it is settled which nodes are one.
    pub(super) fn of(value: &Value, network: &Network) -> Told {
        let mut told = Told::default();
        told.add(value, network, 0);
        told
    }

    fn add(&mut self, value: &Value, network: &Network, depth: usize) {
        if depth > Told::DEEPEST {
            self.of_all = true;
            return;
        }
        match &value.kind {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => {}
            Kind::Text(pieces) => {
                pieces.holes().for_each(|hole| self.add_hole(hole, network));
                let text = pieces.to_string();
                for word in text.split(|c| !is_of_word(c)).filter(|word| word.len() <= LONGEST_NAME) {
                    // Large texts say the same words over and over.
                    if !self.words.contains(word) {
                        self.words.insert(word.to_ascii_lowercase());
                    }
                }
                self.ids.extend(text.contains('/').then(|| text.to_lowercase()));
            }
            Kind::List { items, rest, .. } => {
                rest.iter().for_each(|hole| self.add_hole(hole, network));
                items.iter().for_each(|item| self.add(item, network, depth + 1));
            }
            Kind::Object { fields, rest, .. } => {
                rest.iter().for_each(|hole| self.add_hole(hole, network));
                fields.values().for_each(|field| self.add(field, network, depth + 1));
            }
            Kind::OneOf { values, .. } => values.iter().for_each(|value| self.add(value, network, depth + 1)),
            Kind::Reference(_) | Kind::Unknown(_) => {
                value.hole().iter().for_each(|hole| self.add_hole(hole, network));
            }
        }
    }

    fn add_hole(&mut self, hole: &Hole, network: &Network) {
        let mut add = |reference: &Reference| {
            let node = network.by_address.get(&reference.address).map(|at| network.canonical(*at));
            self.nodes.extend(node);
        };
        match hole {
            Hole::Reference(reference) => add(reference),
            Hole::Unknown(unknown) => unknown.made_of().iter().for_each(add),
        }
    }

    /// Whether the end of an id stands in a text, and no longer name begins with it.
    fn has_id_with(&self, end: &str) -> bool {
        let stands_in =
            |text: &String| text.match_indices(end).any(|(at, _)| !text[at + end.len()..].starts_with(is_of_word));
        self.ids.iter().any(stands_in)
    }
}

/// No name in Azure is longer
/// (<https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules>).
const LONGEST_NAME: usize = 260;

/// A letter of a name.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// What hides something.
pub struct HiddenBy {
    /// It as an unknown.
    pub unknown: Unknown,
    /// Its address.
    pub address: Address,
    /// Where it stands.
    pub span: Span,
}
