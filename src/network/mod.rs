//! In: resources of all roots. Out: one graph that can be asked, with the order in which it is made.
//! Never: knows a rule, or the language that something was written in. Nothing is written once it is built.

mod absence;
mod addresses;
mod api_server;
mod build;
mod dump;
mod endpoint_routes;
mod facts;
mod firewalls;
mod identities;
mod identity;
mod ingress;
mod lookup;
mod model;
mod names;
mod node_groups;
mod order;
mod place;
mod pools;
mod private_endpoints;
mod public_addresses;
mod routes;
mod security;
mod services;
mod subnets;
mod subscriptions;
mod ways;
mod written;

use std::sync::{Mutex, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::azure::Type;
use crate::evaluate::{ModelledModule, Root, Standing};
use crate::source::Span;
use crate::value::{Address, Hole, Pieces, ResourceId, RootId, SmolStr, Truth, Unknown, Value};

pub use addresses::{
    Load, RESERVED, Room, Sized, first_addresses, is_private, length_for, overlap, reserved, size, usable,
};
pub use api_server::Allowed;
pub use build::{build, build_with};
pub use endpoint_routes::Diversion;
pub use facts::{Alias, Dangling, Facts};
pub use firewalls::{Opening, Openings};
pub use identities::{Actor, Grant, Mistaken, Permission};
pub use ingress::{Controller, Target, Way, Writer};
pub use lookup::{Hop, Wait};
pub use model::{ApiMode, Basis, NetworkModel, Nodes, Surge};
pub use names::{DnsSetting, Hub, NodeSubnet, Seen, Server, ZoneMode};
pub use node_groups::NodeGroup;
pub use order::Order;
pub use place::{End, Got, Place, Step};
pub use private_endpoints::{Service, is_zone};
pub use routes::{DefaultRoute, Injection, Table};
pub use security::{Decision, Flow, Group};
pub use services::{PrivateWay, Used};
pub use subnets::User;
pub use ways::{NextHop, Reach, Route, RouteSource};
pub use written::Written;

/// One graph of an estate.
pub struct Network {
    roots: Vec<Root>,
    nodes: Vec<Node>,
    by_address: FxHashMap<Address, usize>,
    by_kind: FxHashMap<&'static str, Vec<usize>>,
    /// Nodes by type and names.
    by_name: FxHashMap<(&'static str, String), Vec<usize>>,
    /// Nodes by type, names and scope.
    by_id: FxHashMap<(&'static str, String, String), Vec<usize>>,
    /// Nodes by type, names and root.
    by_root: FxHashMap<(&'static str, String, RootId), Vec<usize>>,
    /// Nodes by type of which some name has holes, or is not known at all.
    open_names: FxHashMap<&'static str, Vec<usize>>,
    /// The nodes of each declaration.
    by_declaration: FxHashMap<Address, Vec<usize>>,
    /// Types of which some node may lie in any other, and why.
    open_parents: FxHashMap<&'static str, Hole>,
    /// The nodes that lie in a node.
    within: FxHashMap<usize, Vec<usize>>,
    /// VNets that are peered with a VNet, and by which peering: its own before the other's.
    peers: FxHashMap<usize, Vec<(usize, usize)>>,
    /// The virtual hubs that a VNet is connected to, and by which connection.
    hubs_of: FxHashMap<usize, Vec<(usize, usize)>>,
    groups: FxHashMap<Address, ResourceId>,
    /// The node that an item of a resource's list became: the resource, the item's type, its place.
    parts: FxHashMap<(usize, &'static str, usize), usize>,
    /// Fields that another block sets: which node, which field, what, and who.
    joined: Vec<Joined>,
    orders: FxHashMap<RootId, order::Events>,
    /// What may hide resources: unread modules, scripts, nested templates.
    hiding: Vec<Hiding>,
    /// Module calls that a model answers.
    models: Vec<ModelledModule>,
    /// Roots of which a part could not be read.
    damaged: FxHashMap<RootId, Unknown>,
    /// A root reads what another one makes: the reader, the maker.
    layers: Vec<(RootId, RootId)>,
    /// The roots that each root comes after, by what it and those read.
    before: FxHashMap<RootId, FxHashSet<RootId>>,
    /// The layer of each root that the user gave one.
    said_layers: FxHashMap<RootId, usize>,
    against_layers: Vec<(RootId, RootId)>,
    /// Roots whose resources are there already.
    standing: FxHashMap<RootId, Standing>,
    /// What is known of the types that are deployed: of which kinds there are any.
    deployed_kinds: FxHashSet<&'static str>,
    /// Of which kinds a saved node may have more children and links than the graph holds.
    saved_open: FxHashMap<Address, Vec<SmolStr>>,
    /// What the user calls by another name: inputs, outputs and attributes, of one root or of any.
    named: FxHashMap<(Option<RootId>, SmolStr), facts::Target>,
    /// Ids that the user calls by another one.
    renamed: Vec<(ResourceId, ResourceId)>,
    /// The one name of subscriptions that have several, by how each is spelled.
    one_subscription: FxHashMap<String, Pieces>,
    dangling: Vec<Dangling>,
    /// Two nodes of different roots that are made under one id.
    twice: Vec<(usize, usize)>,
    /// Which resource groups are those of nodes, as far as somebody has asked.
    node_groups: Mutex<FxHashMap<(RootId, String), Vec<node_groups::Known>>>,
    /// The blocks of `joined` that set something of a node.
    joined_of: FxHashMap<usize, Vec<usize>>,
}

/// A resource, or a part of one that is a resource of its own.
#[derive(Debug)]
pub(crate) struct Node {
    kind: &'static Type,
    address: Address,
    id: Option<ResourceId>,
    body: Value,
    /// It is read, not made.
    existing: bool,
    /// It is read, and what is not said of it is not so: an export of what is deployed.
    whole: bool,
    exists: Truth,
    decides: Option<Unknown>,
    span: Span,
    /// The attributes that Terraform leaves as they are once it has made it.
    ignored: Vec<crate::value::SmolStr>,
    /// The declaration whose making makes it.
    declaration: Address,
    /// The version of ARM's API that it is written for, where one is written.
    api_version: Option<SmolStr>,
    azurerm: bool,
    /// The major version of azurerm that its root runs with, where it is known.
    azurerm_major: Option<u64>,
    /// The node that this one turned out to be, if it is another's stand-in.
    is: Option<usize>,
    parent: Option<usize>,
    /// Why the parent is not known, where it is not.
    parent_hole: Option<Hole>,
    /// Kinds of children of which there may be more than are known.
    open_children: Vec<(&'static Type, Hole)>,
}

/// A field that another block sets.
struct Joined {
    node: Option<usize>,
    /// What the node may be, where it is not known.
    hole: Option<Hole>,
    field: &'static crate::azure::Field,
    value: Value,
    declaration: Address,
    span: Span,
    exists: Truth,
}

/// Something that may hide resources.
struct Hiding {
    address: Address,
    /// Everything that it is told.
    arguments: Value,
    /// What they speak of: worked out when somebody first asks, as texts may be large.
    told: OnceLock<absence::Told>,
    /// The types that it may hide; none for every type.
    kinds: &'static [&'static str],
    span: Span,
}

impl Hiding {
    fn new(address: Address, arguments: Value, kinds: &'static [&'static str], span: Span) -> Hiding {
        Hiding { address, arguments, told: OnceLock::new(), kinds, span }
    }
}

impl Place<'_> {
    /// It stands in the model of a module whose source is not here.
    pub fn is_modelled(self) -> bool {
        self.network.modelled(&self.network.nodes[self.index].address).is_some()
    }
}

impl Network {
    /// The roots that it was built of.
    pub fn roots(&self) -> &[Root] {
        &self.roots
    }

    /// Two places of different roots that are made under one id.
    pub fn made_twice(&self) -> Vec<(Place<'_>, Place<'_>)> {
        let place = |index: usize| Place { network: self, index };
        self.twice.iter().map(|(a, b)| (place(*a), place(*b))).collect()
    }

    /// Every place of a type that is made, or that is read and made nowhere here, in the order of addresses.
    pub fn all(&self, kind: &'static Type) -> Vec<Place<'_>> {
        self.indices(kind).map(|index| Place { network: self, index }).collect()
    }

    /// Every place of a type that is made here.
    pub fn made(&self, kind: &'static Type) -> Vec<Place<'_>> {
        self.all(kind).into_iter().filter(|place| place.is_made()).collect()
    }

    /// The module call through whose model something was made.
    pub fn modelled(&self, address: &Address) -> Option<&ModelledModule> {
        let declaration = address.declaration();
        self.models.iter().find(|module| declaration.is_below(&module.address))
    }

    /// The module calls that models answer.
    pub fn models(&self) -> &[ModelledModule] {
        &self.models
    }

    fn indices(&self, kind: &'static Type) -> impl Iterator<Item = usize> + '_ {
        let indices = self.by_kind.get(kind.name).into_iter().flatten().copied();
        indices.filter(|index| self.nodes[*index].is.is_none())
    }

    fn canonical(&self, mut index: usize) -> usize {
        while let Some(is) = self.nodes[index].is {
            index = is;
        }
        index
    }
}
