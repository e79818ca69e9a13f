//! In: what a user says of an estate beside its code. Out: names that lead somewhere, and which root comes first.
//! Never: overrules what the code says of itself.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Network;
use super::identity::{Found, Likeness, likeness};
use crate::azure::by_arm_name;
use crate::source::Span;
use crate::value::{Hole, Piece, Pieces, ResourceId, RootId, SmolStr, Truth};

/// What a user says of an estate.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Two names for one thing.
    pub aliases: Vec<Alias>,
    /// Which root is deployed first: the layer of each root that has one.
    pub layers: FxHashMap<RootId, usize>,
}

/// Two names or ids for one thing: a name as the tool prints it (`var.hub_vnet_id`), an id, or `root:PATH/ADDRESS`.
#[derive(Clone, Debug)]
pub struct Alias {
    /// The one.
    pub name: String,
    /// The other.
    pub other: String,
    /// Where it is written.
    pub place: Span,
}

/// What a name of the user's leads to.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// A node.
    Node(usize),
    /// An id.
    Id(ResourceId),
}

/// An alias that leads nowhere, and why.
#[derive(Clone, Debug)]
pub struct Dangling {
    /// Where it is written.
    pub place: Span,
    /// What is wrong, as a sentence without its full stop.
    pub message: String,
}

/// How the user's names begin that speak of a root.
pub(super) const ROOT: &str = "root:";

/// `root:PATH/ADDRESS` as the root's path and the address, given the roots' paths.
fn split_label<'l>(label: &'l str, paths: &FxHashMap<&str, RootId>) -> Option<(RootId, &'l str)> {
    let rest = label.strip_prefix(ROOT)?;
    // The longest path that fits: `root:hub/dns/azurerm_private_dns_zone.z` is of `hub/dns`, if there is one.
    let cuts = rest.match_indices('/').map(|(at, _)| at).collect::<Vec<_>>();
    for at in cuts.into_iter().rev() {
        if let Some(root) = paths.get(&rest[..at]) {
            return Some((*root, &rest[at + 1..]));
        }
    }
    paths.get("").map(|root| (*root, rest))
}

impl Network {
    /// The root and the address that `root:PATH/ADDRESS` spells.
    pub(super) fn labelled<'l>(&self, label: &'l str) -> Option<(RootId, &'l str)> {
        let paths: FxHashMap<&str, RootId> = self.roots.iter().map(|root| (root.path.as_str(), root.id)).collect();
        split_label(label, &paths)
    }

    /// Makes what the user calls by two names one thing.
    pub(super) fn take_aliases(&mut self, aliases: &[Alias]) {
        for alias in aliases {
            let (Some((name, other)), dangling) = self.two_sides(alias) else { continue };
            if let Some(message) = dangling {
                self.dangling.push(Dangling { place: alias.place, message });
                continue;
            }
            match name {
                Side::Nodes(nodes) => {
                    for node in nodes {
                        // What lies in it is called by its name.
                        let names = self.nodes[node].id.clone().zip(self.id_of(&other));
                        self.renamed.extend(names.filter(|(name, other)| name != other));
                        self.same_as(node, &other);
                    }
                }
                Side::Id(id) => {
                    let other = self.id_of(&other);
                    self.renamed.extend(other.map(|other| (id, other)));
                }
                Side::Unknown(root, name) => {
                    self.named.insert((root, name), other);
                }
            }
        }
    }

    /// What both names of an alias are, the one that leads somewhere last; and why it does not.
    fn two_sides(&self, alias: &Alias) -> (Option<(Side, Target)>, Option<String>) {
        let (name, other) = (self.side(&alias.name), self.side(&alias.other));
        let target = |side: &Side| match side {
            Side::Nodes(nodes) => nodes.first().map(|node| Target::Node(*node)),
            Side::Id(id) => Some(Target::Id(id.clone())),
            Side::Unknown(..) => None,
        };
        match (target(&name), target(&other)) {
            // Of two that both are there, the one that is made stands for the other.
            (Some(Target::Node(a)), Some(Target::Node(b))) if self.nodes[b].existing && !self.nodes[a].existing => {
                (Some((other, Target::Node(a))), None)
            }
            (_, Some(target)) => (Some((name, target)), None),
            (Some(target), None) if alias.other.starts_with(ROOT) => (Some((name, target)), self.missing(&alias.other)),
            (Some(target), None) => (Some((other, target)), None),
            (None, None) => {
                let elsewhere = |name: &str| name.starts_with(ROOT) && self.labelled(name).is_none();
                let known = !elsewhere(&alias.other) && !elsewhere(&alias.name);
                let message = self.missing(&alias.other).filter(|_| known);
                let placeholder = (name, Target::Node(usize::MAX));
                (message.is_some().then_some(placeholder), message)
            }
        }
    }

    /// Why a name leads nowhere; `None` for what lies in a root that this run does not hold.
    fn missing(&self, name: &str) -> Option<String> {
        if let Some((root, address)) = self.labelled(name) {
            let path = self.roots.iter().find(|known| known.id == root).map_or("", |root| root.path.as_str());
            let path = if path.is_empty() { "." } else { path };
            let here = self.nodes.iter().filter(|node| node.address.root() == root);
            let near = here
                .map(|node| (strsim::damerau_levenshtein(node.address.text(), address), node.address.text()))
                .min()
                .filter(|(distance, _)| *distance <= (address.len() / 3).max(1));
            let hint = near.map_or(String::new(), |(_, near)| format!("; did you mean `{near}`?"));
            return Some(format!("the alias leads to nothing: `{path}` declares no `{address}`{hint}"));
        }
        if name.starts_with(ROOT) {
            return None;
        }
        Some(format!(
            "the alias leads to nothing: `{name}` is no id, and no root declares it; write `root:PATH/ADDRESS`"
        ))
    }

    fn side(&self, name: &str) -> Side {
        if name.starts_with('/')
            && let Some(id) = ResourceId::parse(&Pieces::literal(name))
        {
            return Side::Id(id);
        }
        let (root, address) = match self.labelled(name) {
            Some((root, address)) => (Some(root), address),
            None => (None, name),
        };
        let nodes: Vec<usize> = (0..self.nodes.len())
            .filter(|index| {
                let own = &self.nodes[*index].address;
                own.text() == address && root.is_none_or(|root| own.root() == root)
            })
            .collect();
        match nodes.is_empty() {
            true => Side::Unknown(root, SmolStr::new(address)),
            false => Side::Nodes(nodes),
        }
    }

    fn same_as(&mut self, node: usize, target: &Target) {
        let target = match target {
            Target::Node(target) => Some(self.canonical(*target)),
            Target::Id(id) => match by_arm_name(&id.type_name).map(|kind| self.find(id, kind)) {
                Some(Found::Is(index)) => Some(self.canonical(index)),
                _ => None,
            },
        };
        match target {
            Some(target) if target != node && self.nodes[target].kind == self.nodes[node].kind => {
                self.note_layer(node, target);
                self.nodes[node].is = Some(target);
            }
            Some(_) => {}
            None => {
                if let Target::Id(id) = self.as_target(node) {
                    self.nodes[node].id = Some(id);
                }
            }
        }
    }

    fn id_of(&self, target: &Target) -> Option<ResourceId> {
        match target {
            Target::Id(id) => Some(id.clone()),
            Target::Node(index) => self.nodes[self.canonical(*index)].id.clone(),
        }
    }

    fn as_target(&self, node: usize) -> Target {
        match &self.nodes[node].id {
            Some(id) => Target::Id(id.clone()),
            None => Target::Node(node),
        }
    }

    /// The target of an alias for something that is not known.
    pub(super) fn aliased(&self, hole: &Hole) -> Option<&Target> {
        if self.named.is_empty() {
            return None;
        }
        let (root, name) = match hole {
            Hole::Unknown(unknown) => (unknown.root(), SmolStr::new(unknown.name())),
            Hole::Reference(reference) => (reference.address.root(), SmolStr::new(reference.to_string())),
        };
        self.named.get(&(Some(root), name.clone())).or_else(|| self.named.get(&(None, name)))
    }

    /// An id under the name that the user calls the same thing by.
    pub(super) fn under_other_name(&self, id: ResourceId) -> ResourceId {
        for (name, other) in &self.renamed {
            let depth = name.names.len();
            let inside = id.type_name == name.type_name
                || id.type_name.strip_prefix(name.type_name.as_str()).is_some_and(|rest| rest.starts_with('/'));
            if !inside || id.names.len() < depth {
                continue;
            }
            let head =
                ResourceId { type_name: name.type_name.clone(), names: id.names[..depth].to_vec(), ..id.clone() };
            // A name holds a subscription that whoever reads it does not: nothing else is called so in the same group.
            let group = id.resource_group.as_ref().zip(name.resource_group.as_ref());
            let grouped = group.is_some_and(|(own, other)| own.equals_ignoring_case(other) == Truth::Yes);
            if matches!((likeness(&head, name), grouped), (Likeness::Same, _) | (Likeness::SameNames, true)) {
                let names = other.names.iter().chain(&id.names[depth..]).cloned().collect();
                return ResourceId { names, type_name: id.type_name, ..other.clone() };
            }
        }
        id
    }

    /// The text of an id that begins with something that has an alias.
    pub(super) fn opened(&self, pieces: &Pieces) -> Option<ResourceId> {
        let [Piece::Hole(hole), rest @ ..] = pieces.pieces() else { return None };
        let mut id = match self.aliased(hole)? {
            Target::Id(id) => id.clone(),
            Target::Node(index) => self.nodes[self.canonical(*index)].id.clone()?,
        };
        let rest = Pieces::of(rest.iter().cloned());
        let segments = rest.split('/');
        let mut segments = segments.get(1..).unwrap_or_default();
        while let [kind, name, tail @ ..] = segments {
            id = id.child(kind.as_literal()?, name.clone());
            segments = tail;
        }
        segments.is_empty().then_some(id)
    }

    fn note_layer(&mut self, reader: usize, maker: usize) {
        let (reads, makes) = (self.nodes[reader].address.root(), self.nodes[maker].address.root());
        if reads != makes && self.nodes[reader].existing && !self.nodes[maker].existing {
            self.layers.push((reads, makes));
        }
    }

    /// The aliases that lead nowhere.
    pub fn dangling(&self) -> &[Dangling] {
        &self.dangling
    }

    /// Which roots come before which: by what they read, however many roots lie between.
    pub(super) fn close_layers(&mut self, said: &FxHashMap<RootId, usize>) {
        self.layers.sort_unstable();
        self.layers.dedup();
        let mut makers: FxHashMap<RootId, Vec<RootId>> = FxHashMap::default();
        for (reader, maker) in &self.layers {
            makers.entry(*reader).or_default().push(*maker);
        }
        for root in &self.roots {
            let mut before: FxHashSet<RootId> = FxHashSet::default();
            let mut open: Vec<RootId> = makers.get(&root.id).cloned().unwrap_or_default();
            while let Some(maker) = open.pop() {
                if before.insert(maker) {
                    open.extend(makers.get(&maker).into_iter().flatten());
                }
            }
            self.before.insert(root.id, before);
        }
        let contradicts = |earlier: RootId, later: RootId| {
            let (Some(first), Some(then)) = (said.get(&earlier), said.get(&later)) else { return false };
            first < then && self.before.get(&earlier).is_some_and(|before| before.contains(&later))
        };
        let pairs: BTreeSet<(RootId, RootId)> = self
            .before
            .iter()
            .flat_map(|(reader, makers)| makers.iter().map(move |maker| (*reader, *maker)))
            .filter(|(reader, maker)| contradicts(*reader, *maker))
            .collect();
        self.against_layers = pairs.into_iter().collect();
        self.said_layers = said.clone();
    }

    /// Roots that the user puts before roots whose resources they read: the reader, the maker.
    pub fn against_layers(&self) -> &[(RootId, RootId)] {
        &self.against_layers
    }
}

/// What a name of the user's is.
enum Side {
    /// Nodes of this address.
    Nodes(Vec<usize>),
    /// An id.
    Id(ResourceId),
    /// Something that no root declares: an input, an output, an attribute.
    Unknown(Option<RootId>, SmolStr),
}
