//! In: a cluster. Out: its pools, and whether they stand in a VNet that is not AKS's own.
//! Never: takes a subnet that may be null for one that is there.
//!
//! Source: <https://learn.microsoft.com/azure/aks/egress-outboundtype>.

use super::{Got, Place};
use crate::azure::cluster;
use crate::value::{Truth, Unknown, Value};

impl<'n> Place<'n> {
    /// The pools of a cluster: those that it is made with first, in their order, then the others by address.
    pub fn pools(self) -> Vec<Place<'n>> {
        let mut pools = self.children(&cluster::POOL);
        let own = |pool: &Place| pool.declaration() == self.declaration();
        pools.sort_by_key(|pool| (!own(pool), (!own(pool)).then(|| pool.address().clone())));
        pools
    }

    /// The pools that a cluster is made with.
    pub fn first_pools(self) -> Vec<Place<'n>> {
        self.pools().into_iter().filter(|pool| pool.declaration() == self.declaration()).collect()
    }

    /// Whether a pool is told which subnet to stand in; left out, null and empty, AKS makes a VNet of its own.
    pub fn has_subnet(self) -> Truth {
        is_there(&self.get(&cluster::POOL_SUBNET))
    }

    /// Whether a pool is told which subnet its pods have their addresses from, and what would decide.
    pub fn has_pod_subnet(self) -> (Truth, Option<Unknown>) {
        let subnet = self.get(&cluster::POD_SUBNET);
        (is_there(&subnet), subnet.unknown())
    }

    /// Whether any pool of a cluster stands in a subnet that the code brings, and what would decide.
    pub fn brings_subnet(self) -> (Truth, Option<Unknown>) {
        let pools = self.pools();
        let brings = Truth::any(pools.iter().map(|pool| pool.has_subnet()));
        let unknown = pools.iter().find_map(|pool| match pool.has_subnet() {
            Truth::Unknown => pool.get(&cluster::POOL_SUBNET).unknown(),
            _ => None,
        });
        (brings, unknown)
    }
}

fn is_there(subnet: &Got) -> Truth {
    match subnet {
        Got::Is(value) => !(value.is_absent() | is_empty(value)),
        Got::Absent => Truth::No,
        Got::Unknown(_) => Truth::Unknown,
    }
}

fn is_empty(value: &Value) -> Truth {
    match &value.kind {
        // A reference is the id of something.
        crate::value::Kind::Reference(_) => Truth::No,
        _ => value.is(""),
    }
}
