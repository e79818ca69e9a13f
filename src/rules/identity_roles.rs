//! In: a cluster with an identity of its own. Out: what that identity must be allowed to write, and whether it is.
//! Never: makes a finding of a rule; VNL025, VNL026 and VNL027 each take what is theirs.
//!
//! AKS writes the API server's name into the zone, links the zone to the nodes' VNet and joins subnets, all as the
//! cluster's identity (<https://learn.microsoft.com/azure/aks/private-clusters>).

use super::dns_at_creation::module_and_name;
use super::{Finding, Rule, Step, said_elsewhere};
use crate::azure::cluster;
use crate::azure::identity::{LINK_VNET, Role, WRITE_NETWORK, WRITE_ZONE};
use crate::network::{Actor, End, Network, Permission, Place, Table, ZoneMode};
use crate::source::Span;
use crate::value::{Truth, Unknown};

/// What a cluster's identity must be allowed to write.
pub struct Right<'n> {
    /// The cluster.
    pub cluster: Place<'n>,
    /// Its identity.
    pub actor: Place<'n>,
    /// What it writes.
    pub target: Place<'n>,
    /// What for.
    pub purpose: Purpose,
    /// Where the cluster, or its pool, names it.
    pub named: Span,
    /// Whether it may.
    pub permission: Permission<'n>,
}

/// What the right is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To write the API server's name.
    Zone,
    /// To link the zone to the nodes' VNet.
    Link,
    /// To put the API server into a subnet.
    Server,
    /// To put nodes or pods, and load balancers, into a subnet; with kubenet to write its route table.
    Subnet { routes: bool },
}

/// A right, or why it cannot be asked for.
pub enum Asked<'n> {
    /// It can be.
    Right(Right<'n>),
    /// It cannot.
    Open {
        /// The cluster.
        cluster: Place<'n>,
        /// What would decide.
        unknown: Option<Unknown>,
        /// The same in words.
        why: String,
    },
}

/// The right of every private cluster with a zone of its own to write in it.
pub fn zone_rights(network: &Network) -> Vec<Asked<'_>> {
    let mut found = Vec::new();
    for cluster in network.made(&cluster::CLUSTER) {
        if cluster.is_true(&cluster::PRIVATE) != Truth::Yes {
            continue;
        }
        let (ZoneMode::Custom(zone), Actor::User(actor)) = (cluster.zone_mode(), cluster.actor()) else { continue };
        found.push(match (actor, zone) {
            (End::Place(actor), End::Place(target)) => {
                let permission = cluster.permission(actor, target, WRITE_ZONE);
                let named = cluster.span_of(&cluster::PRIVATE_DNS_ZONE);
                Asked::Right(Right { cluster, actor, target, purpose: Purpose::Zone, named, permission })
            }
            (End::Place(_), End::Outside(id)) => {
                let at = cluster.span_of(&cluster::PRIVATE_DNS_ZONE);
                let unknown = said_elsewhere(cluster, format!("the role assignments of {id}"), at);
                Asked::Open { cluster, unknown: Some(unknown), why: format!("the zone `{id}` is not in this code") }
            }
            (End::Place(_), End::Unknown(unknown)) => {
                Asked::Open { cluster, unknown: Some(unknown), why: "the zone is not known".into() }
            }
            (actor, _) => open(cluster, actor),
        });
    }
    found
}

/// The rights of every cluster in a VNet of its own to join its subnets, and to link its zone to the VNet.
pub fn network_rights(network: &Network) -> Vec<Asked<'_>> {
    let mut found = Vec::new();
    for cluster in network.made(&cluster::CLUSTER) {
        let targets = targets(cluster);
        let Actor::User(actor) = cluster.actor() else { continue };
        let End::Place(actor) = actor else {
            found.extend((!targets.is_empty()).then(|| open(cluster, actor)));
            continue;
        };
        for (target, purpose, named) in targets {
            let permission = cluster.permission(actor, target, purpose.roles());
            found.push(Asked::Right(Right { cluster, actor, target, purpose, named, permission }));
        }
    }
    found
}

fn open<'n>(cluster: Place<'n>, actor: End<'n>) -> Asked<'n> {
    match actor {
        End::Unknown(unknown) => {
            Asked::Open { cluster, unknown: Some(unknown), why: "its identity is not known".into() }
        }
        _ => {
            let at = cluster.span_of(&cluster::IDENTITY_IDS);
            let unknown =
                said_elsewhere(cluster, format!("the role assignments of the identity of {}", cluster.name()), at);
            Asked::Open { cluster, unknown: Some(unknown), why: "its identity is not in this code".into() }
        }
    }
}

/// What a cluster writes in a network, and where it names it.
fn targets<'n>(cluster: Place<'n>) -> Vec<(Place<'n>, Purpose, Span)> {
    let mut targets: Vec<(Place, Purpose, Span)> = Vec::new();
    let mut add = |target: Place<'n>, purpose, span| {
        if !targets.iter().any(|(known, ..)| *known == target) {
            targets.push((target, purpose, span));
        }
    };
    if cluster.is_true(&cluster::VNET_INTEGRATION) == Truth::Yes {
        for step in cluster.follow(&cluster::CLUSTER_TO_API_SUBNET) {
            step.end.place().into_iter().for_each(|subnet| add(subnet, Purpose::Server, step.span));
        }
    }
    let nodes = cluster.node_subnets();
    let kubenet = cluster.is(&cluster::NETWORK_PLUGIN, "kubenet") == Truth::Yes;
    for subnet in &nodes {
        let Some(place) = subnet.end.place() else { continue };
        let routes = kubenet && matches!(place.route_table(), Table::Is(..));
        add(place, Purpose::Subnet { routes }, subnet.span);
    }
    for subnet in &nodes {
        for step in subnet.pool.follow(&cluster::POOL_TO_POD_SUBNET) {
            step.end.place().into_iter().for_each(|place| add(place, Purpose::Subnet { routes: false }, step.span));
        }
    }
    let links = cluster.is_true(&cluster::PRIVATE) & !cluster.is_true(&cluster::VNET_INTEGRATION);
    if links == Truth::Yes
        && matches!(cluster.zone_mode(), ZoneMode::Custom(_))
        && let Some(vnet) = cluster.node_vnet()
    {
        add(vnet, Purpose::Link, cluster.span_of(&cluster::PRIVATE_DNS_ZONE));
    }
    targets
}

impl Purpose {
    /// The roles of which one is enough.
    pub fn roles(self) -> &'static [Role] {
        match self {
            Purpose::Zone => WRITE_ZONE,
            Purpose::Link => LINK_VNET,
            Purpose::Server | Purpose::Subnet { .. } => WRITE_NETWORK,
        }
    }

    /// The cluster cannot be created without it; else it comes up, and what it makes later fails.
    pub fn is_needed_at_creation(self) -> bool {
        !matches!(self, Purpose::Subnet { routes: false })
    }
}

impl<'n> Right<'n> {
    /// A finding with the hops that all three rules share.
    pub fn finding(&self, rule: &Rule, place: Span, message: String) -> Finding {
        let mut finding = rule.finding(place, message).about(self.cluster);
        finding.objects = vec![self.target.address().clone(), self.actor.address().clone()];
        let acts = format!("this cluster acts as `{}`", self.actor.name());
        finding.steps.push(Step { message: acts, span: self.cluster.span_of(&cluster::IDENTITY_IDS) });
        let writes = match self.purpose {
            Purpose::Zone => format!("and writes its name into zone `{}`", self.target.name()),
            Purpose::Link => format!("and links its zone to `{}`, the VNet of its nodes", self.target.name()),
            Purpose::Server => format!("and puts its API server into `{}`", self.target.name()),
            Purpose::Subnet { routes: true } => {
                format!("and puts its nodes into `{}`, whose route table it writes", self.target.name())
            }
            Purpose::Subnet { routes: false } => format!("and puts machines into `{}`", self.target.name()),
        };
        finding.steps.push(Step { message: writes, span: self.named });
        finding
    }

    /// What decides where no role assignment of this code does: those of other code.
    pub fn assigned_elsewhere(&self) -> Unknown {
        let what = format!("the role assignments of `{}` on `{}` in other code", self.actor.name(), self.target.name());
        said_elsewhere(self.cluster, what, self.named)
    }

    /// The role assignment to write, as an imperative clause.
    pub fn assign(&self, role: Role) -> String {
        let (target, actor) = (module_and_name(self.target).1, module_and_name(self.actor).1);
        let what = format!("assign `{}` on `{}` to `{}`", role.name, self.target.name(), self.actor.name());
        match self.cluster.is_terraform() {
            true => format!(
                "{what}: `scope = {target}.id`, `principal_id = {actor}.principal_id`; and let `{}` wait for it",
                self.cluster.name()
            ),
            false => format!(
                "{what}: `scope: {target}`, `principalId: {actor}.properties.principalId`, role `{}`; and let `{}` wait for it",
                role.id,
                self.cluster.name()
            ),
        }
    }

    /// The roles of what is made here are assigned here; those of what is only read may be assigned where it is made,
    /// but not from another subscription's code, and not to an identity that is only being made.
    pub fn is_decided_here(&self) -> bool {
        let own = self.target.is_made() || self.target.shares_subscription(self.cluster) == Truth::Yes;
        self.actor.is_made() && own
    }
}
