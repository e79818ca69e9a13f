//! In: the source form of something that is not known. Out: an unknown with a name.
//! Never: guesses a value.

use std::sync::Arc;

use smol_str::SmolStr;

use super::address::{Reference, RootId};
use super::text::Pieces;
use crate::source::Span;

/// Something that is not known, named so that a user learns what would decide.
///
/// Two unknowns are the same thing when they have the same name in the same root.
#[derive(Clone, Debug)]
pub struct Unknown(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    root: RootId,
    name: SmolStr,
    reason: Reason,
    place: Option<Span>,
    of: Vec<Reference>,
    /// The text that it stands for, where that has holes.
    text: Option<Pieces>,
}

/// Why something is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// An input without a value.
    Input,
    /// An attribute of a data source, of an `existing` resource, or of the deployment's own surroundings.
    Data,
    /// Another deployment's output.
    Remote,
    /// A module that could not be read.
    Module,
    /// It hangs on a condition or a repetition that is not known.
    Condition,
    /// A function that is not modelled, or whose answer only Azure knows.
    Function,
    /// It could not be read, or it stands for a mistake that the deployment would refuse.
    Broken,
    /// A limit of the analysis was reached.
    Limit,
}

impl Unknown {
    /// An unknown of `root` with the name that its source form gives it, as in `var.prefix`.
    pub fn new(root: RootId, name: impl AsRef<str>, reason: Reason) -> Unknown {
        Unknown(Arc::new(Inner { root, name: SmolStr::new(name), reason, place: None, of: Vec::new(), text: None }))
    }

    /// The same with the place where it is declared or arises.
    pub fn at(self, place: Span) -> Unknown {
        let Inner { root, name, reason, of, text, .. } = &*self.0;
        let (name, of, text) = (name.clone(), of.clone(), text.clone());
        Unknown(Arc::new(Inner { root: *root, name, reason: *reason, place: Some(place), of, text }))
    }

    /// What `f(x, y)` is when `holes` of its arguments are not known: named by its source form, as the first of them
    /// is for reason, root and place. It remembers every attribute that it was made from.
    pub fn derived<'a>(name: impl AsRef<str>, holes: impl IntoIterator<Item = &'a Hole>) -> Option<Unknown> {
        let mut first: Option<Unknown> = None;
        let mut own: Option<RootId> = None;
        let mut of: Vec<Reference> = Vec::new();
        for hole in holes {
            let unknown = hole.unknown();
            // One root's own makes the whole that root's own.
            own = own.or(Some(unknown.root()).filter(|root| *root != RootId::SHARED));
            for reference in &unknown.0.of {
                if of.len() < 16 && !of.contains(reference) {
                    of.push(reference.clone());
                }
            }
            // What cannot be worked out at all stays a mistake, whatever else is not known.
            let broken = |of: &Unknown| of.reason() == Reason::Broken;
            if first.as_ref().is_none_or(|first| !broken(first) && broken(&unknown)) {
                first = Some(unknown);
            }
        }
        let Inner { root, reason, place, .. } = &*first?.0;
        let name = SmolStr::new(name);
        let root = if *root == RootId::SHARED { own.unwrap_or(*root) } else { *root };
        Some(Unknown(Arc::new(Inner { root, name, reason: *reason, place: *place, of, text: None })))
    }

    /// What stands for a text with holes where only an unknown can stand: it remembers the text.
    pub fn of_text(text: &Pieces) -> Option<Unknown> {
        let Inner { root, name, reason, place, of, .. } = &*Unknown::derived(format!("\"{text}\""), text.holes())?.0;
        let (name, of, text) = (name.clone(), of.clone(), Some(text.clone()));
        Some(Unknown(Arc::new(Inner { root: *root, name, reason: *reason, place: *place, of, text })))
    }

    /// The text that it stands for, where that has holes.
    pub fn text(&self) -> Option<&Pieces> {
        self.0.text.as_ref()
    }

    /// A part of whatever this is, as in `item of var.zones`: the same for all that ask for it.
    pub fn part(&self, what: &str) -> Unknown {
        let hole = Hole::Unknown(self.clone());
        Unknown::derived(format!("{what} {}", self.name()), [&hole]).unwrap_or_else(|| self.clone())
    }

    /// The attributes that it was made from, as far as that is known.
    pub fn made_of(&self) -> &[Reference] {
        &self.0.of
    }

    /// The name, as in `var.prefix`.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Why it is not known.
    pub fn reason(&self) -> Reason {
        self.0.reason
    }

    /// Where it is declared or arises.
    pub fn place(&self) -> Option<Span> {
        self.0.place
    }

    /// The root that it belongs to.
    pub fn root(&self) -> RootId {
        self.0.root
    }
}

impl PartialEq for Unknown {
    fn eq(&self, other: &Unknown) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (self.0.root == other.0.root && self.0.name == other.0.name)
    }
}

impl Eq for Unknown {}

impl std::fmt::Display for Unknown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.name)
    }
}

/// A place in a value that has no known content: not known at all, or another resource's attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hole {
    /// Not known.
    Unknown(Unknown),
    /// An attribute of a resource.
    Reference(Reference),
}

impl Hole {
    /// The unknown that this is, or the one that stands for the reference's text.
    pub fn unknown(&self) -> Unknown {
        match self {
            Hole::Unknown(unknown) => unknown.clone(),
            Hole::Reference(reference) => {
                let (root, name) = (reference.address.root(), SmolStr::new(reference.to_string()));
                let of = vec![reference.clone()];
                Unknown(Arc::new(Inner { root, name, reason: Reason::Data, place: None, of, text: None }))
            }
        }
    }
}

impl std::fmt::Display for Hole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Hole::Unknown(unknown) => unknown.fmt(f),
            Hole::Reference(reference) => reference.fmt(f),
        }
    }
}
