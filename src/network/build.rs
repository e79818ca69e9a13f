//! In: the resources of every root. Out: the graph.
//! Never: answers a question; it only ties together what is named.

use std::collections::BTreeSet;
use std::sync::Mutex;

use rustc_hash::{FxHashMap, FxHashSet};

use super::identity::{Found, Likeness, names_of, scope_of};
use super::order::Events;
use super::{Facts, Hiding, Joined, Network, Node};
use crate::azure::{self, Named, Split, Translated, Type, as_pieces, in_arm_words, part_words};
use crate::evaluate::{Evaluated, ProviderVersion, Resource, Root, Standing};
use crate::syntax::Dialect;
use crate::value::{Address, Hole, Kind, Pieces, Reference, ResourceId, RootId, Truth, Value};

/// Resource types that run something that may make or change any resource that they are told of.
const SCRIPTS: &[&str] = &[
    "null_resource",
    "terraform_data",
    "azapi_resource_action",
    "azurerm_resource_group_template_deployment",
    "azurerm_template_deployment",
    "azurerm_subscription_template_deployment",
    "azurerm_resource_deployment_script_azure_cli",
    "azurerm_resource_deployment_script_azure_power_shell",
    "shell_script",
    "local_exec",
    "Microsoft.Resources/deploymentScripts",
    "Microsoft.Resources/deployments",
];

/// The graph of an estate, as its code has it.
pub fn build(estate: Vec<(Root, Evaluated)>) -> Network {
    build_with(estate, &Facts::default())
}

/// The graph of an estate, with what the user says beside its code.
pub fn build_with(estate: Vec<(Root, Evaluated)>, facts: &Facts) -> Network {
    let mut network = Network {
        roots: Vec::new(),
        nodes: Vec::new(),
        by_address: FxHashMap::default(),
        by_kind: FxHashMap::default(),
        by_name: FxHashMap::default(),
        by_id: FxHashMap::default(),
        by_root: FxHashMap::default(),
        open_parents: FxHashMap::default(),
        open_names: FxHashMap::default(),
        by_declaration: FxHashMap::default(),
        within: FxHashMap::default(),
        peers: FxHashMap::default(),
        hubs_of: FxHashMap::default(),
        groups: FxHashMap::default(),
        joined: Vec::new(),
        parts: FxHashMap::default(),
        orders: FxHashMap::default(),
        hiding: Vec::new(),
        models: Vec::new(),
        damaged: FxHashMap::default(),
        layers: Vec::new(),
        before: FxHashMap::default(),
        said_layers: FxHashMap::default(),
        against_layers: Vec::new(),
        standing: FxHashMap::default(),
        deployed_kinds: FxHashSet::default(),
        saved_open: FxHashMap::default(),
        named: FxHashMap::default(),
        renamed: Vec::new(),
        one_subscription: FxHashMap::default(),
        dangling: Vec::new(),
        twice: Vec::new(),
        joined_of: FxHashMap::default(),
        node_groups: Mutex::default(),
    };
    let mut within: Vec<(usize, Value, Option<Pieces>)> = Vec::new();
    let mut joins: Vec<(Resource, &'static azure::Join, Value, Value)> = Vec::new();
    for (root, evaluated) in estate {
        let azurerm = evaluated.providers.iter().find(|provider| provider.name == "azurerm");
        let azurerm_major = azurerm.and_then(ProviderVersion::major);
        network.standing.insert(root.id, evaluated.standing);
        for (address, kind) in evaluated.open {
            network.saved_open.entry(address).or_default().push(kind);
        }
        network.layers.extend(evaluated.reads.iter().map(|maker| (root.id, *maker)));
        for resource in evaluated.resources {
            network.add(resource, azurerm_major, &mut within, &mut joins);
        }
        for module in evaluated.unread {
            network.hiding.push(Hiding::new(module.address, module.arguments, &[], module.span));
        }
        for module in evaluated.modelled {
            if !module.model.open.is_empty() {
                let (address, arguments) = (module.address.clone(), module.arguments.clone());
                network.hiding.push(Hiding::new(address, arguments, module.model.open, module.span));
            }
            network.models.push(module);
        }
        network.damaged.extend(evaluated.damaged.map(|unknown| (root.id, unknown)));
        network.orders.insert(root.id, Events::new(evaluated.needs));
        network.roots.push(root);
    }
    network.place_within(within);
    network.normalise();
    network.split_all();
    network.index();
    network.take_aliases(&facts.aliases);
    network.rename();
    network.merge();
    network.unite_subscriptions();
    network.find_parents();
    for (resource, join, of, value) in joins {
        network.join(resource, join, &of, value);
    }
    network.assume();
    network.note_joined();
    network.close_layers(&facts.layers);
    network.tie();
    network
}

impl Network {
    fn add(
        &mut self,
        resource: Resource,
        azurerm_major: Option<u64>,
        within: &mut Vec<(usize, Value, Option<Pieces>)>,
        joins: &mut Vec<(Resource, &'static azure::Join, Value, Value)>,
    ) {
        if resource.absent || resource.exists == Truth::No {
            return;
        }
        if SCRIPTS.iter().any(|script| script.eq_ignore_ascii_case(&resource.type_name)) {
            self.hiding.push(Hiding::new(resource.address.clone(), resource.body.clone(), &[], resource.span));
        }
        self.note_group(&resource);
        match in_arm_words(&resource) {
            Translated::Other => {}
            Translated::Join { join, of, value } => joins.push((resource, join, of, value)),
            Translated::Place { kind, named, body } => {
                let azurerm = resource.dialect == Dialect::Terraform && resource.type_name.starts_with("azurerm_");
                let root = resource.address.root();
                let id = match &named {
                    Named::Fully(id) => Some(id.clone()),
                    _ => None,
                };
                let api_version = api_version(&resource);
                let index = self.push(Node {
                    kind,
                    declaration: resource.address.declaration(),
                    address: resource.address,
                    id,
                    body,
                    // It changes something that is made elsewhere: what it leaves out nobody knows.
                    existing: resource.existing || resource.type_name == "azapi_update_resource",
                    whole: matches!(
                        self.standing.get(&root),
                        Some(Standing::Deployed | Standing::DeployedInPart | Standing::Saved)
                    ),
                    exists: resource.exists,
                    decides: resource.decides,
                    span: resource.span,
                    ignored: resource.ignored,
                    api_version,
                    azurerm,
                    azurerm_major,
                    is: None,
                    parent: None,
                    parent_hole: None,
                    open_children: Vec::new(),
                });
                if let Named::Within { parent, name } = named {
                    within.push((index, parent, name));
                }
            }
        }
    }

    fn push(&mut self, node: Node) -> usize {
        if self.standing.get(&node.address.root()) == Some(&Standing::Deployed) {
            self.deployed_kinds.insert(node.kind.name);
        }
        let index = self.nodes.len();
        self.by_address.insert(node.address.clone(), index);
        self.by_kind.entry(node.kind.name).or_default().push(index);
        self.nodes.push(node);
        index
    }

    /// A resource group is no place of the network, and many ids begin with its own.
    fn note_group(&mut self, resource: &Resource) {
        let is_group = resource.type_name == "azurerm_resource_group"
            || resource.type_name.eq_ignore_ascii_case("Microsoft.Resources/resourceGroups");
        if !is_group {
            return;
        }
        let name = match resource.dialect {
            Dialect::Terraform => resource.body.fields().and_then(|fields| fields.get("name")).and_then(as_pieces),
            Dialect::Bicep => resource.names.last().and_then(as_pieces),
        };
        let Some(name) = name else { return };
        let id = ResourceId {
            subscription: resource.scope.subscription.clone(),
            resource_group: Some(name.clone()),
            type_name: "microsoft.resources/resourcegroups".into(),
            names: vec![name],
        };
        self.groups.insert(resource.address.clone(), id);
    }

    /// Names what lies in something that is given by its id.
    fn place_within(&mut self, within: Vec<(usize, Value, Option<Pieces>)>) {
        for (index, parent, name) in self.outermost_first(within) {
            let root = self.nodes[index].address.root();
            let kind = self.nodes[index].kind;
            let name = name.unwrap_or_else(|| self.own_name(index));
            let found = match (&parent.kind, parent_kind(kind)) {
                (Kind::Reference(Reference { address, .. }), Some(_)) => {
                    self.by_address.get(address).and_then(|index| self.nodes[*index].id.clone())
                }
                (Kind::Text(pieces), _) => self.id_of_text(pieces, root),
                _ => None,
            };
            match found {
                // A hub, a zone or a VNet; a resource group for what lies in none.
                Some(id) if id.type_name == "microsoft.resources/resourcegroups" => {
                    let id = ResourceId { type_name: kind.name.to_lowercase().into(), names: vec![name], ..id };
                    self.nodes[index].id = Some(id);
                }
                Some(id) => self.nodes[index].id = Some(id.child(kind.kind(), name)),
                None => {
                    if let Kind::Reference(Reference { address, .. }) = &parent.kind {
                        self.nodes[index].parent = self.by_address.get(address).copied();
                        if let (None, Some(group)) = (self.nodes[index].parent, self.groups.get(address)) {
                            let id = ResourceId {
                                type_name: kind.name.to_lowercase().into(),
                                names: vec![name],
                                ..group.clone()
                            };
                            self.nodes[index].id = Some(id);
                        }
                    }
                    if self.nodes[index].parent.is_none() {
                        self.nodes[index].parent_hole = parent.first_hole();
                    }
                }
            }
        }
    }

    /// The same in an order in which a parent comes before what lies in it, wherever in the code it stands.
    fn outermost_first(&self, within: Vec<(usize, Value, Option<Pieces>)>) -> Vec<(usize, Value, Option<Pieces>)> {
        let places: FxHashMap<usize, usize> =
            within.iter().enumerate().map(|(place, (index, _, _))| (*index, place)).collect();
        let outer = |place: usize| match &within[place].1.kind {
            Kind::Reference(Reference { address, .. }) => places.get(self.by_address.get(address)?).copied(),
            _ => None,
        };
        let mut waiting: Vec<bool> = vec![true; within.len()];
        let mut order: Vec<usize> = Vec::with_capacity(within.len());
        for place in 0..within.len() {
            let mut chain: Vec<usize> = Vec::new();
            let mut next = Some(place);
            // Whoever stands in a circle waits for nobody.
            while let Some(place) = next.filter(|place| std::mem::take(&mut waiting[*place])) {
                chain.push(place);
                next = outer(place);
            }
            order.extend(chain.into_iter().rev());
        }
        let mut within: Vec<_> = within.into_iter().map(Some).collect();
        order.into_iter().filter_map(|place| within[place].take()).collect()
    }

    /// The name of something that Azure names by itself.
    fn own_name(&self, index: usize) -> Pieces {
        let node = &self.nodes[index];
        let name = format!("{}.name", node.address);
        let unknown = crate::value::Unknown::new(node.address.root(), name, crate::value::Reason::Data);
        Pieces::hole(Hole::Unknown(unknown))
    }

    fn normalise(&mut self) {
        for index in 0..self.nodes.len() {
            let root = self.nodes[index].address.root();
            let id = self.nodes[index].id.take();
            self.nodes[index].id = id.map(|id| self.normal(id, root));
        }
    }

    /// Makes resources of the items of lists that hold some.
    fn split_all(&mut self) {
        let mut index = 0;
        while index < self.nodes.len() {
            for split in self.nodes[index].kind.splits {
                self.split(index, split);
            }
            index += 1;
        }
    }

    fn split(&mut self, index: usize, split: &Split) {
        let (items, rest) = list_at(&self.nodes[index].body, split.list);
        if let Some(hole) = rest {
            self.nodes[index].open_children.push((split.of, hole));
        }
        for (place, item) in items.into_iter().enumerate() {
            let node = &self.nodes[index];
            let name = item.fields().and_then(|fields| fields.get("name")).and_then(as_pieces);
            let shown = match name.as_ref().and_then(Pieces::as_literal) {
                Some(name) => format!("{}/{name}", node.address),
                None => format!("{}/{}[{place}]", node.address, split.of.kind()),
            };
            let id = node.id.as_ref().zip(name).map(|(id, name)| id.child(split.of.kind(), name));
            let span = item.origin.place().filter(|span| span.file == node.span.file).unwrap_or(node.span);
            let child = Node {
                kind: split.of,
                address: Address::new(node.address.root(), shown),
                id,
                body: item,
                existing: node.existing,
                whole: node.whole,
                exists: node.exists,
                decides: node.decides.clone(),
                span,
                ignored: node.ignored.clone(),
                api_version: node.api_version.clone(),
                declaration: node.declaration.clone(),
                azurerm: node.azurerm,
                azurerm_major: node.azurerm_major,
                is: None,
                parent: Some(index),
                parent_hole: None,
                open_children: Vec::new(),
            };
            let child = self.push(child);
            self.parts.insert((index, split.of.name, place), child);
        }
    }

    /// Ids are looked up by type and names, never by comparing all pairs of an estate.
    fn index(&mut self) {
        for (index, node) in self.nodes.iter().enumerate() {
            let kind = node.kind.name;
            match &node.id {
                Some(id) => {
                    let names = names_of(id);
                    if id.names.is_empty() || id.names.iter().any(|name| name.as_literal().is_none()) {
                        self.open_names.entry(kind).or_default().push(index);
                    }
                    let root = node.address.root();
                    self.by_root.entry((kind, names.clone(), root)).or_default().push(index);
                    self.by_id.entry((kind, names.clone(), scope_of(id))).or_default().push(index);
                    self.by_name.entry((kind, names)).or_default().push(index);
                }
                None => self.open_names.entry(kind).or_default().push(index),
            }
            self.by_declaration.entry(node.address.declaration()).or_default().push(index);
        }
    }

    /// The nodes that may be the same resource as one: what is read may be anything of its names; what is made only
    /// what has its scope too, or stands in its root.
    fn alike(&self, index: usize) -> Vec<usize> {
        let node = &self.nodes[index];
        let Some(id) = &node.id else { return Vec::new() };
        let (kind, names) = (node.kind.name, names_of(id));
        if node.existing {
            return self.by_name.get(&(kind, names)).cloned().unwrap_or_default();
        }
        let exact = self.by_id.get(&(kind, names.clone(), scope_of(id))).into_iter().flatten();
        let own = self.by_root.get(&(kind, names, node.address.root())).into_iter().flatten();
        let mut found: Vec<usize> = exact.chain(own).copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Ids that the user calls by another name get that name.
    fn rename(&mut self) {
        if self.renamed.is_empty() {
            return;
        }
        for index in 0..self.nodes.len() {
            let id = self.nodes[index].id.take();
            self.nodes[index].id = id.map(|id| self.under_other_name(id));
        }
        self.index_again();
    }

    /// After ids have changed.
    pub(super) fn index_again(&mut self) {
        self.by_name.clear();
        self.by_id.clear();
        self.by_root.clear();
        self.open_names.clear();
        self.by_declaration.clear();
        self.index();
    }

    /// What is read, or written as a part of another resource, is the resource that is made elsewhere under its id.
    fn merge(&mut self) {
        let mut layers: BTreeSet<(RootId, RootId)> = BTreeSet::new();
        for index in 0..self.nodes.len() {
            if self.nodes[index].is.is_some() {
                continue;
            }
            // Two names are equal where they are spelled alike, holes included.
            let others = self.alike(index);
            let mut alike: Vec<usize> = Vec::new();
            let mut same: Option<usize> = None;
            let mut twice: Option<usize> = None;
            for other in others {
                if other == index || self.nodes[other].is == Some(index) {
                    continue;
                }
                if !self.outranks(other, index) {
                    if other < index && self.is_second_writer(other, index) {
                        twice = twice.or(Some(other));
                    }
                    continue;
                }
                match self.stands_for(&self.nodes[index], &self.nodes[other]) {
                    Likeness::Same => same = same.or(Some(other)),
                    Likeness::SameNames => alike.push(other),
                    _ => {}
                }
            }
            let is = match (same, alike.as_slice()) {
                (Some(other), _) => Some(other),
                (None, [only]) => Some(*only),
                // What stands for the same thing is one candidate.
                (None, [first, rest @ ..]) => {
                    let whole = self.canonical(*first);
                    rest.iter().all(|other| self.canonical(*other) == whole).then_some(*first)
                }
                _ => None,
            };
            self.nodes[index].is = is;
            if let Some(other) = is {
                let (reader, maker) = (self.nodes[index].address.root(), self.nodes[other].address.root());
                if reader != maker
                    && self.nodes[index].existing
                    && !self.nodes[other].existing
                    && !self.nodes[index].whole
                {
                    layers.insert((reader, maker));
                }
            }
            self.twice.extend(twice.map(|other| (other, index)));
        }
        let assumed = |root: &RootId| !matches!(self.standing.get(root), None | Some(Standing::Made));
        layers.retain(|(reader, _)| !assumed(reader));
        self.layers.extend(layers);
    }

    /// Both are made, in different roots, under one id.
    fn is_second_writer(&self, other: usize, index: usize) -> bool {
        let (a, b) = (&self.nodes[other], &self.nodes[index]);
        let certain = |node: &Node| !node.existing && node.exists == Truth::Yes;
        certain(a) && certain(b) && a.address.root() != b.address.root() && self.stands_for(b, a) == Likeness::Same
    }

    /// What an assumption says of something that is declared in the code counts as a block that sets it.
    fn assume(&mut self) {
        for index in 0..self.nodes.len() {
            let node = &self.nodes[index];
            if self.standing.get(&node.address.root()) != Some(&Standing::Assumed) || node.is.is_none() {
                continue;
            }
            let at = self.canonical(index);
            for field in node.kind.fields {
                let found = azure::values_at(&node.body, field);
                let Some(azure::At::Value(value)) = found.first() else { continue };
                self.joined.push(Joined {
                    node: Some(at),
                    hole: None,
                    field,
                    value: (*value).clone(),
                    declaration: node.declaration.clone(),
                    span: node.span,
                    exists: node.exists,
                });
            }
        }
    }

    /// Which blocks set something of which node: asked for often.
    fn note_joined(&mut self) {
        for (place, joined) in self.joined.iter().enumerate() {
            if let Some(node) = joined.node {
                let at = self.canonical(node);
                self.joined_of.entry(at).or_default().push(place);
            }
        }
    }

    /// What is made stands for what is read, a declaration of its own for a part of another, the earlier for the later.
    fn outranks(&self, other: usize, index: usize) -> bool {
        let rank = |index: usize| {
            let node = &self.nodes[index];
            let part = node.declaration != node.address.declaration();
            (node.existing, node.existing && !node.whole, part, index)
        };
        let same_root = self.nodes[other].address.root() == self.nodes[index].address.root();
        // Two that are made under one id in different roots are two writers of one thing; neither is the other.
        let both_made = !self.nodes[other].existing && !self.nodes[index].existing;
        rank(other) < rank(index) && (!both_made || same_root)
    }

    fn find_parents(&mut self) {
        for index in 0..self.nodes.len() {
            let Some(parent) = parent_kind(self.nodes[index].kind) else { continue };
            if self.nodes[index].parent.is_some() {
                continue;
            }
            let Some(id) = self.nodes[index].id.as_ref().and_then(ResourceId::parent) else { continue };
            match self.find(&id, parent) {
                Found::Is(found) => self.nodes[index].parent = Some(self.canonical(found)),
                Found::Perhaps => {
                    let hole = id.names.iter().flat_map(Pieces::holes).next().cloned();
                    let scope = id.resource_group.iter().flat_map(|group| group.holes().cloned()).next();
                    self.nodes[index].parent_hole = hole.or(scope);
                }
                Found::Nowhere => {}
            }
        }
    }

    /// What lies in what, and which VNets are tied together: asked for often, and looked up then.
    fn tie(&mut self) {
        for index in 0..self.nodes.len() {
            let Some(parent) = self.nodes[index].parent.filter(|_| self.nodes[index].is.is_none()) else { continue };
            self.within.entry(self.canonical(parent)).or_default().push(index);
        }
        for node in self.nodes.iter().filter(|node| node.is.is_none() && node.parent.is_none()) {
            if let Some(hole) = &node.parent_hole {
                self.open_parents.entry(node.kind.name).or_insert_with(|| hole.clone());
            }
        }
        let ends = |network: &Network, kind: &'static Type, link: &'static azure::Link| -> Vec<(usize, usize, usize)> {
            let places = network.all(kind).into_iter();
            let ends = places.flat_map(|place| {
                let to = place.follow(link).into_iter().filter_map(|step| step.end.place());
                to.filter_map(move |to| Some((place.parent()?.index, to.index, place.index))).collect::<Vec<_>>()
            });
            ends.collect()
        };
        let peerings = ends(self, &azure::virtual_network::PEERING, &azure::virtual_network::PEERING_TO_REMOTE);
        for (own, remote, peering) in &peerings {
            self.peers.entry(*own).or_default().push((*remote, *peering));
        }
        for (own, remote, peering) in peerings {
            let known = self.peers.entry(remote).or_default();
            if !known.iter().any(|(other, _)| *other == own) {
                known.push((own, peering));
            }
        }
        for (hub, vnet, connection) in ends(self, &azure::hub::HUB_CONNECTION, &azure::hub::CONNECTION_TO_VNET) {
            self.hubs_of.entry(vnet).or_default().push((hub, connection));
        }
    }

    fn join(&mut self, resource: Resource, join: &'static azure::Join, of: &Value, value: Value) {
        let node = match self.resolve(of, join.kind, resource.address.root()) {
            Some(super::End::Place(place)) => Some(place.index),
            _ => None,
        };
        self.joined.push(Joined {
            node,
            hole: if node.is_none() { of.first_hole() } else { None },
            field: join.field,
            value,
            declaration: resource.address.declaration(),
            span: resource.span,
            exists: resource.exists,
        });
    }
}

/// The type that a nested type lies in, where the network knows it.
fn parent_kind(kind: &Type) -> Option<&'static Type> {
    let (parent, _) = kind.name.rsplit_once('/')?;
    azure::by_arm_name(parent)
}

/// The items of a list in a body, and why there may be more.
fn list_at(body: &Value, path: &str) -> (Vec<Value>, Option<Hole>) {
    let words = part_words(path);
    let mut at = body.clone();
    for word in words {
        let next = match &at.kind {
            Kind::Object { fields, rest, .. } => match (fields.get(word), rest) {
                (Some(field), _) => field.clone(),
                (None, Some(Hole::Unknown(unknown))) => return (Vec::new(), Some(Hole::Unknown(unknown.clone()))),
                (None, _) => return (Vec::new(), None),
            },
            _ => return (Vec::new(), at.hole()),
        };
        at = next;
    }
    match &at.kind {
        Kind::List { items, rest, .. } => {
            let (items, open): (Vec<Value>, Vec<Value>) =
                items.iter().cloned().partition(|item| item.fields().is_some());
            let hole = rest.clone().or_else(|| open.iter().find_map(Value::hole));
            (items, hole)
        }
        _ => (Vec::new(), at.hole()),
    }
}

/// The version of ARM's API that a resource is written for; azapi has it in its `type`.
fn api_version(resource: &Resource) -> Option<crate::value::SmolStr> {
    resource.api_version.clone().or_else(|| {
        let azapi = resource.type_name.starts_with("azapi_");
        let of = resource.body.fields().filter(|_| azapi)?.get("type")?.as_text()?;
        of.split_once('@').map(|(_, version)| version.into())
    })
}
