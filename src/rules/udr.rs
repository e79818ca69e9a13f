//! In: a cluster. Out: for each node subnet, its table, its default route and what else puts routes into it.
//! Never: decides whether that is wrong; each rule of egress takes what is its own.
//!
//! With outbound type `userDefinedRouting` AKS looks for a `0.0.0.0/0` route in a route table that is attached to the
//! node subnet, and refuses to create the cluster otherwise; routes that arrive by BGP do not count
//! (<https://learn.microsoft.com/azure/aks/egress-udr>).

use super::{Finding, Rule, Step, said_elsewhere};
use crate::azure::{cluster, routes};
use crate::network::{DefaultRoute, End, Injection, Network, NextHop, NodeSubnet, Place, Table};
use crate::source::Span;
use crate::value::{Truth, Unknown};

/// One node subnet of a cluster.
pub struct Egress<'n> {
    /// The cluster.
    pub cluster: Place<'n>,
    /// The subnet, and the pool that names it.
    pub subnet: NodeSubnet<'n>,
    /// Nodes stand in it, not only pods.
    pub is_of_nodes: bool,
    /// Its route table.
    pub table: Table<'n>,
    /// The table's default route.
    pub route: DefaultRoute<'n>,
    /// What puts a default route into the subnet while the network runs.
    pub injections: Vec<Injection<'n>>,
}

/// The node subnets of every cluster whose routes are its own: outbound type `userDefinedRouting`.
pub fn egresses(network: &Network) -> Vec<Egress<'_>> {
    let own = |cluster: &Place| cluster.is(&cluster::OUTBOUND, "userDefinedRouting") == Truth::Yes;
    network.made(&cluster::CLUSTER).into_iter().filter(own).flat_map(egresses_of).collect()
}

/// The node subnets of a cluster. Two pools in one subnet are one question.
pub fn egresses_of(cluster: Place<'_>) -> Vec<Egress<'_>> {
    each_once(cluster, cluster.node_subnets().into_iter().map(|subnet| (subnet, true)))
}

/// The subnets of a cluster's nodes and of its pods.
pub fn egresses_with_pods(cluster: Place<'_>) -> Vec<Egress<'_>> {
    let pods = cluster.pools().into_iter().flat_map(|pool| {
        let steps = pool.follow(&cluster::POOL_TO_POD_SUBNET).into_iter();
        steps.map(move |step| NodeSubnet { pool, end: step.end, span: step.span, value: step.value })
    });
    let nodes = cluster.node_subnets().into_iter().map(|subnet| (subnet, true));
    each_once(cluster, nodes.chain(pods.map(|subnet| (subnet, false))))
}

fn each_once<'n>(cluster: Place<'n>, subnets: impl Iterator<Item = (NodeSubnet<'n>, bool)>) -> Vec<Egress<'n>> {
    let mut found: Vec<Egress> = Vec::new();
    for (subnet, is_of_nodes) in subnets {
        let place = subnet.end.place();
        if found.iter().any(|known| place.is_some() && known.subnet.end.place() == place) {
            continue;
        }
        let table = match &subnet.end {
            End::Place(place) => place.route_table(),
            End::Unknown(unknown) => Table::Unknown(Some(unknown.clone())),
            End::Outside(id) => {
                Table::Unknown(Some(said_elsewhere(cluster, format!("the route table of {id}"), subnet.span)))
            }
        };
        let route = match &table {
            Table::Is(table, _) if table.is_known() => table.default_route(),
            Table::None => DefaultRoute::None,
            Table::Is(table, _) => DefaultRoute::Unknown(Some(table.unread_parts(&routes::ROUTE))),
            Table::Outside(step) => DefaultRoute::Unknown(step.unread("the routes")),
            Table::Unknown(unknown) => DefaultRoute::Unknown(unknown.clone()),
        };
        let injections = place.and_then(Place::parent).map(Place::injections).unwrap_or_default();
        found.push(Egress { cluster, subnet, is_of_nodes, table, route, injections });
    }
    found
}

impl<'n> Egress<'n> {
    /// The subnet's name, as far as it is known.
    pub fn subnet_name(&self) -> String {
        match &self.subnet.end {
            End::Place(subnet) => subnet.name(),
            End::Outside(id) => id.clone(),
            End::Unknown(unknown) => unknown.to_string(),
        }
    }

    /// The VNet of the subnet.
    pub fn vnet(&self) -> Option<Place<'n>> {
        self.subnet.end.place()?.parent()
    }

    /// Who takes what the table's default route sends away.
    pub fn hop(&self) -> Option<NextHop<'n>> {
        match (&self.route, &self.table) {
            (DefaultRoute::Is(route), Table::Is(table, _)) => Some(route.next_hop(*table)),
            _ => None,
        }
    }

    /// The hops of a proof: the pool and its subnet, the table, its default route.
    pub fn steps(&self) -> Vec<Step> {
        let who = if self.is_of_nodes { "its pool" } else { "the pods of its pool" };
        let pool = format!("{who} `{}` stands in `{}`", self.subnet.pool.name(), self.subnet_name());
        let mut steps = vec![Step { message: pool, span: self.subnet.span }];
        if let Table::Is(table, step) = &self.table {
            let message = format!("the subnet has route table `{}`", table.name());
            steps.push(Step { message, span: step.span });
        }
        if let (DefaultRoute::Is(route), Some(hop)) = (&self.route, self.hop()) {
            let message = format!("whose default route leads to {}", hop.words());
            steps.push(Step { message, span: route.span() });
        }
        steps
    }

    /// The line that says `userDefinedRouting`.
    pub fn place(&self) -> Span {
        self.cluster.span_of(&cluster::OUTBOUND)
    }

    /// A finding with the first hops of the proof: the cluster, its pool, the subnet, its table.
    pub fn finding(&self, rule: &Rule, message: String) -> Finding {
        let mut finding = rule.finding(self.place(), message).about(self.cluster);
        finding.objects.extend(self.subnet.end.place().map(|subnet| subnet.address().clone()));
        finding
            .steps
            .push(Step { message: "this cluster says that its routes are its own".into(), span: self.place() });
        let pool = format!("its pool `{}` stands in `{}`", self.subnet.pool.name(), self.subnet_name());
        finding.steps.push(Step { message: pool, span: self.subnet.span });
        match &self.table {
            Table::Is(table, step) => {
                let message = format!("the subnet has route table `{}`", table.name());
                finding.steps.push(Step { message, span: step.span });
            }
            Table::None => {
                if let End::Place(subnet) = &self.subnet.end {
                    let message = "the subnet has no route table".into();
                    finding.steps.push(Step { message, span: subnet.span() });
                }
            }
            Table::Outside(step) => {
                let message = "the subnet has a route table that is not declared here".into();
                finding.steps.push(Step { message, span: step.span });
            }
            Table::Unknown(_) => {}
        }
        finding
    }

    /// The same for what cannot be told.
    pub fn open(&self, rule: &Rule, unknown: Option<Unknown>, message: String, effect: &str) -> Finding {
        self.finding(rule, message).undecided(unknown, effect)
    }

    /// The hops from the subnet's VNet to what injects routes.
    pub fn way_of(&self, injection: &Injection<'n>) -> Vec<Step> {
        let mut steps = Vec::new();
        for place in &injection.way {
            let message = format!("its VNet is tied to the {}'s by this {}", injection.noun, place.kind().noun);
            steps.push(Step { message, span: place.span() });
        }
        let message = format!("the {} `{}` puts routes into it", injection.noun, injection.source.name());
        steps.push(Step { message, span: injection.source.span() });
        steps
    }

    /// The explicit default route leads to an appliance or a gateway.
    pub fn has_own_default(&self) -> Truth {
        match &self.route {
            DefaultRoute::Is(route) => {
                route.is(&routes::NEXT_HOP_TYPE, "VirtualAppliance")
                    | route.is(&routes::NEXT_HOP_TYPE, "VirtualNetworkGateway")
            }
            DefaultRoute::Halves(_) => Truth::Unknown,
            DefaultRoute::None => Truth::No,
            DefaultRoute::Unknown(_) => Truth::Unknown,
        }
    }
}
