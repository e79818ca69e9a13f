//! In: a place and a type of children or links. Out: whether "there is none" may be said.
//! Never: takes what is not in the code for what is not there.

use super::{Hiding, Network, Place};
use crate::azure::Type;
use crate::source::Span;
use crate::value::{Address, Hole, Kind, RootId, Truth, Unknown, Value};

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
        let mut hiding = self.network.hiding.iter().filter(hides);
        hiding.find(|hiding| self.is_told(&hiding.told, hiding.address.root())).map(|hiding| HiddenBy {
            unknown: Unknown::new(hiding.address.root(), hiding.address.text(), crate::value::Reason::Module)
                .at(hiding.span),
            address: hiding.address.clone(),
            span: hiding.span,
        })
    }

    /// Whether a value of a root speaks of this place: by a reference to it, by its id, or in its own root by its name.
    fn is_told(self, told: &Value, root: RootId) -> bool {
        let name = self.id().and_then(|id| id.name()).and_then(|name| name.as_literal());
        let named = name.map(|name| match root == self.root() {
            true => Named::Alone(name.to_string()),
            false => Named::InAnId(format!("/{}/{name}", self.kind().kind()).to_lowercase()),
        });
        speaks_of(told, self.network, self.index, named.as_ref(), 0)
    }
}

/// How a name must stand in a text to speak of a place.
enum Named {
    /// As a word: alone, in an id or in a command.
    Alone(String),
    /// Behind its type in an id, in lower case: another root has resources of the same name.
    InAnId(String),
}

impl Named {
    fn stands_in(&self, text: &str) -> bool {
        let word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        match self {
            Named::Alone(name) => text.split(|c| !word(c)).any(|part| part.eq_ignore_ascii_case(name)),
            Named::InAnId(end) => {
                let text = text.to_lowercase();
                text.match_indices(end).any(|(at, _)| !text[at + end.len()..].starts_with(word))
            }
        }
    }
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

fn speaks_of(value: &Value, network: &Network, index: usize, name: Option<&Named>, depth: usize) -> bool {
    if depth > 32 {
        return true;
    }
    let by_hole = |hole: &Hole| match hole {
        Hole::Reference(reference) => {
            network.by_address.get(&reference.address).map(|at| network.canonical(*at)) == Some(index)
        }
        Hole::Unknown(unknown) => unknown.made_of().iter().any(|reference| {
            network.by_address.get(&reference.address).map(|at| network.canonical(*at)) == Some(index)
        }),
    };
    match &value.kind {
        Kind::Null | Kind::Bool(_) | Kind::Number(_) => false,
        Kind::Text(pieces) => {
            pieces.holes().any(by_hole) || name.is_some_and(|name| name.stands_in(&pieces.to_string()))
        }
        Kind::List { items, rest, .. } => {
            rest.as_ref().is_some_and(by_hole)
                || items.iter().any(|item| speaks_of(item, network, index, name, depth + 1))
        }
        Kind::Object { fields, rest, .. } => {
            rest.as_ref().is_some_and(by_hole)
                || fields.values().any(|field| speaks_of(field, network, index, name, depth + 1))
        }
        Kind::OneOf { values, .. } => values.iter().any(|value| speaks_of(value, network, index, name, depth + 1)),
        Kind::Reference(_) | Kind::Unknown(_) => value.hole().is_some_and(|hole| by_hole(&hole)),
    }
}
