//! In: a resource and a cluster. Out: whether the resource lies in the resource group that AKS makes for the nodes.
//! Never: takes two groups for one because neither is known.
//!
//! Sources: <https://learn.microsoft.com/azure/aks/faq> (two resource groups),
//! <https://learn.microsoft.com/azure/aks/support-policies>.

use super::{Got, Network, Place, Step};
use crate::azure::{as_pieces, cluster, types, virtual_network};
use crate::value::{Hole, Piece, Pieces, Reference, SmolStr, Truth};

/// What the name of the group begins with where nobody gives it one: `MC_<group>_<cluster>_<region>`.
const PREFIX: &str = "MC_";

/// A node resource group, as something that lies in it tells it.
#[derive(Clone, Copy, Debug)]
pub struct NodeGroup<'n> {
    /// The cluster whose nodes it is made for, where the code shows it.
    pub cluster: Option<Place<'n>>,
    /// The code says that it is that cluster's; otherwise it only has the name that AKS gives such groups.
    pub said: bool,
}

/// Whether the resources of one resource group lie in a node resource group.
#[derive(Debug)]
pub(super) struct Known {
    subscription: Option<Pieces>,
    text: Pieces,
    /// The cluster's node and whether the code says so, as in [`NodeGroup`].
    group: Option<(Option<usize>, bool)>,
}

impl NodeGroup<'_> {
    /// Whose it is, for a sentence.
    pub fn words(&self) -> String {
        match self.cluster {
            Some(cluster) => format!("the node resource group of `{}`", cluster.name()),
            None => "a node resource group of AKS".into(),
        }
    }
}

impl<'n> Place<'n> {
    /// The node resource group that it lies in, if it is known to lie in one.
    pub fn node_group(self) -> Option<NodeGroup<'n>> {
        let id = self.id()?;
        let text = id.resource_group.as_ref()?;
        let key = (self.root(), text.to_string());
        // Everything in one resource group has the same answer.
        let is_same = |known: &&Known| known.subscription == id.subscription && known.text == *text;
        let memory = || self.network.node_groups.lock().expect("nobody panics while holding the lock");
        let group = memory().get(&key).and_then(|known| known.iter().find(is_same)).map(|known| known.group);
        if let Some(group) = group {
            let place = |index: usize| Place { network: self.network, index };
            return group.map(|(cluster, said)| NodeGroup { cluster: cluster.map(place), said });
        }
        let clusters = self.network.all(&cluster::CLUSTER);
        let of = |cluster: Place<'n>| self.lies_in_node_group_of(cluster);
        let known = clusters.into_iter().filter_map(of).max_by_key(|group| group.said);
        let found = known.or_else(|| is_named_by_aks(text).then_some(NodeGroup { cluster: None, said: false }));
        memory().entry(key).or_default().push(Known {
            subscription: id.subscription.clone(),
            text: text.clone(),
            group: found.map(|group| (group.cluster.map(|cluster| cluster.index), group.said)),
        });
        found
    }

    /// The node resource group of a cluster, if this is known to lie in it.
    pub fn lies_in_node_group_of(self, cluster: Place<'n>) -> Option<NodeGroup<'n>> {
        let text = self.id()?.resource_group.as_ref()?;
        let group = |said: bool| Some(NodeGroup { cluster: Some(cluster), said });
        if let Some(Hole::Reference(reference)) = text.only_hole()
            && self.network.is_node_group(reference, cluster)
        {
            return group(true);
        }
        // The same text in another deployment may name a group of another subscription.
        let one_scope = self.root() == cluster.root() || self.shares_subscription(cluster) == Truth::Yes;
        let given = match cluster.get(&cluster::NODE_RESOURCE_GROUP) {
            Got::Is(value) => as_pieces(&value).filter(|given| !given.pieces().is_empty()),
            _ => None,
        };
        let own = cluster.id()?;
        match given {
            // Azure refuses a group that is there already: what is in the cluster's own group is no sign.
            Some(given) if Some(&given) == own.resource_group.as_ref() => None,
            Some(given) => {
                let is_own = own.resource_group.as_ref().map_or(Truth::Unknown, |own| given.equals_ignoring_case(own));
                let is_it = one_scope && given.equals_ignoring_case(text) == Truth::Yes && is_own != Truth::Yes;
                group(is_own == Truth::No).filter(|_| is_it)
            }
            None => {
                let is_default = is_default(text, own.resource_group.as_ref()?, own.name()?);
                group(false).filter(|_| one_scope && is_default)
            }
        }
    }
}

impl Network {
    /// Everything that is made in a node resource group, or may be; a part of something that is made there not once more.
    pub fn made_in_node_groups(&self) -> Vec<(Place<'_>, NodeGroup<'_>)> {
        let made = types().flat_map(|kind| self.made(kind));
        let whole = made.filter(|place| !place.parent().is_some_and(|parent| parent.is_made()));
        whole.filter_map(|place| Some((place, place.node_group()?))).collect()
    }

    /// What blocks of the code give to the subnets that AKS makes there.
    pub fn given_to_managed_subnets(&self) -> Vec<(Place<'_>, NodeGroup<'_>, Step<'_>)> {
        let subnets = self.all(&virtual_network::SUBNET).into_iter().filter(|subnet| !subnet.is_made());
        let managed = subnets.filter_map(|subnet| Some((subnet, subnet.node_group()?)));
        managed
            .flat_map(|(subnet, group)| {
                let ties = subnet.links().into_iter().filter(move |(_, tie)| tie.drawn_by != *subnet.declaration());
                ties.map(move |(_, tie)| (subnet, group, tie))
            })
            .collect()
    }

    /// Whether an attribute is the name of a cluster's node resource group.
    fn is_node_group(&self, reference: &Reference, cluster: Place) -> bool {
        let Some(place) = self.referred(reference).filter(|place| *place == cluster) else { return false };
        place
            .kind()
            .field_at(&reference.words())
            .is_some_and(|field| std::ptr::eq(field, &cluster::NODE_RESOURCE_GROUP))
    }
}

/// Whether a text is `MC_<group>_<name>_` and a region, which has no underscore.
fn is_default(text: &Pieces, group: &Pieces, name: &Pieces) -> bool {
    let literal = |text: &str| Pieces::of([Piece::Literal(SmolStr::new(text))]);
    let Some(region) = text.split('_').pop() else { return false };
    let (prefix, gap) = (literal(PREFIX), literal("_"));
    let expected = Pieces::concat([&prefix, group, &gap, name, &gap, &region]);
    expected.equals_ignoring_case(text) == Truth::Yes
}

/// Whether a name is one that AKS gives: somebody who writes it knows whose group it is.
fn is_named_by_aks(text: &Pieces) -> bool {
    text.start().get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
        && text.split('_').len() >= 4
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Reason, RootId, Unknown};

    fn text(parts: &[&str]) -> Pieces {
        Pieces::of(parts.iter().map(|part| match part.strip_prefix('$') {
            Some(name) => Piece::Hole(Hole::Unknown(Unknown::new(RootId(0), name, Reason::Input))),
            None => Piece::Literal(SmolStr::new(part)),
        }))
    }

    #[test]
    fn the_name_that_aks_gives_is_made_of_the_cluster() {
        let is = |whole: &[&str], group: &[&str], name: &[&str]| is_default(&text(whole), &text(group), &text(name));
        assert!(is(&["MC_rg_app_aks_westeurope"], &["rg_app"], &["aks"]));
        assert!(is(&["mc_RG_aks_WestEurope"], &["rg"], &["aks"]));
        assert!(is(&["MC_", "$group", "_aks_", "$region"], &["$group"], &["aks"]));
        assert!(!is(&["MC_", "$group", "_aks_", "$region"], &["$other"], &["aks"]));
        assert!(!is(&["MC_rg_aks2_westeurope"], &["rg"], &["aks"]));
        assert!(!is(&["rg-nodes"], &["rg"], &["aks"]));
    }

    #[test]
    fn a_name_of_that_shape_is_one_of_aks() {
        assert!(is_named_by_aks(&text(&["MC_rg_aks_westeurope"])));
        assert!(is_named_by_aks(&text(&["MC_", "$group", "_", "$name", "_westeurope"])));
        assert!(!is_named_by_aks(&text(&["MC_rg"])));
        assert!(!is_named_by_aks(&text(&["$group", "_aks_westeurope"])));
        assert!(!is_named_by_aks(&text(&["rg-mc_a_b_c"])));
    }
}
