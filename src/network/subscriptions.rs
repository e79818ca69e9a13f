//! In: what is read in one root and turned out to be made in another. Out: which subscriptions are one.
//! Never: takes two subscriptions for one because they might be.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::identity::spelled;
use super::{Network, Node};
use crate::value::Pieces;

/// Names of subscriptions that are one, found by what lies in them.
#[derive(Default)]
struct Classes {
    /// The name that stands for each.
    above: BTreeMap<String, String>,
    names: BTreeMap<String, Pieces>,
    /// Pairs that were met: two roots have many resources in common.
    met: FxHashSet<(String, String)>,
}

impl Network {
    /// A root that reads a subnet which another makes is deployed to the subscription of that one, or says which it is.
    ///
    /// ```bicep
    /// resource nodes 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' existing = {
    ///   scope: resourceGroup('rg-spoke')   // in `subscription()` of this root, which is that of the spoke's
    ///   name: 'vnet-spoke/snet-nodes'
    /// }
    /// ```
    pub(super) fn unite_subscriptions(&mut self) {
        let mut classes = Classes::default();
        for node in &self.nodes {
            let Some(is) = node.is else { continue };
            let subscription = |node: &Node| node.id.as_ref().and_then(|id| id.subscription.clone());
            if let (Some(a), Some(b)) = (subscription(node), subscription(&self.nodes[is])) {
                classes.unite(&a, &b);
            }
        }
        self.one_subscription = classes.settled();
        if self.one_subscription.is_empty() {
            return;
        }
        for index in 0..self.nodes.len() {
            let root = self.nodes[index].address.root();
            let id = self.nodes[index].id.take();
            self.nodes[index].id = id.map(|id| self.normal(id, root));
        }
        self.index_again();
    }

    /// The one name of a subscription.
    pub(super) fn united(&self, subscription: Pieces) -> Pieces {
        if self.one_subscription.is_empty() {
            return subscription;
        }
        self.one_subscription.get(&spelled(&subscription)).cloned().unwrap_or(subscription)
    }
}

impl Classes {
    fn unite(&mut self, a: &Pieces, b: &Pieces) {
        let is_name = |pieces: &Pieces| pieces.as_literal().is_some() || pieces.only_hole().is_some();
        if a == b || !is_name(a) || !is_name(b) || !self.met.insert((spelled(a), spelled(b))) {
            return;
        }
        let (a, b) = (self.head(a), self.head(b));
        if a != b {
            // The name that stands for others is a known one where there is one, and else the first.
            let known = |name: &String| self.names[name].as_literal().is_none();
            let (first, second) = if (known(&a), &a) < (known(&b), &b) { (a, b) } else { (b, a) };
            self.above.insert(second, first);
        }
    }

    fn head(&mut self, pieces: &Pieces) -> String {
        let mut name = spelled(pieces);
        self.names.entry(name.clone()).or_insert_with(|| pieces.clone());
        while let Some(above) = self.above.get(&name) {
            name.clone_from(above);
        }
        name
    }

    /// The name that each stands under. Where two known ones came together, something was taken for something else, and
    /// nothing is said.
    fn settled(mut self) -> FxHashMap<String, Pieces> {
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let all: Vec<(String, Pieces)> = self.names.clone().into_iter().collect();
        for (_, pieces) in &all {
            let head = self.head(pieces);
            *known.entry(head).or_default() += usize::from(pieces.as_literal().is_some());
        }
        let mut settled = FxHashMap::default();
        for (name, pieces) in &all {
            let head = self.head(pieces);
            if head != *name && known[&head] < 2 {
                settled.insert(name.clone(), self.names[&head].clone());
            }
        }
        settled
    }
}
