//! See the rule's page below.

use super::conflicts::{Conflict, Part, finding};
use super::{Confidence, Finding, Level, Settings};
use crate::azure::cluster;
use crate::network::{End, Network, NetworkModel, Place};
use crate::value::{Pieces, ResourceId};

rule! {
    /// A cluster with overlay stands in a subnet whose names do not fit into a node's labels.
    ///
    /// AKS writes the names of the subnet, of its VNet and of their resource group into labels of every node, and a label takes 63
    /// characters, with a letter or a digit at either end. With a longer name no node registers.
    ///
    /// Shorten the name; a generated one with `substr(…, 0, 63)` in Terraform and `take(…, 63)` in Bicep. A resource group may have
    /// 90 characters, a subnet 80, a VNet 64.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.1.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "snet-nodes-of-the-shop-in-production-in-west-europe-zone-1-2-and-3"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.1.0.0/22"]
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id # expect: VNL181
    ///   }
    ///
    ///   network_profile {
    ///     network_plugin      = "azure"
    ///     network_plugin_mode = "overlay"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'snet-nodes-of-the-shop-in-production-in-west-europe-zone-1-2-and-3'
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [
    ///       {
    ///         name: 'system'
    ///         vnetSubnetID: spoke::nodes.id // expect: VNL181
    ///       }
    ///     ]
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       networkPluginMode: 'overlay'
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#limitations-with-azure-cni-overlay>
    VNL181 "overlay-names-too-long", Error High, since "0.2.0"
}

/// The most characters of a label's value.
const LONGEST: usize = 63;

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let mut conflicts = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for nodes in cluster.node_subnets() {
        let id = match &nodes.end {
            End::Place(subnet) => subnet.id().cloned(),
            End::Outside(id) => ResourceId::parse(&Pieces::literal(id)),
            End::Unknown(_) => None,
        };
        let Some(id) = id else { continue };
        let [vnet, subnet] = id.names.as_slice() else { continue };
        let named = [("subnet", Some(subnet)), ("VNet", Some(vnet)), ("resource group", id.resource_group.as_ref())];
        for (noun, name) in named.into_iter().filter_map(|(noun, name)| Some((noun, name?))) {
            let Some((level, why)) = unfit(name) else { continue };
            let shown = format!("{noun} `{name}`");
            if seen.contains(&shown) {
                continue;
            }
            let overlay = Part::model(cluster, |model| model == NetworkModel::Overlay);
            let stands = Part::so(format!("pool `{}` stands in {shown}, whose name {why}", nodes.pool.name()), nodes.span);
            let what = format!("is an overlay in {shown}, whose name {why}");
            let objects = nodes.end.place().map(|place| place.address().clone());
            let help = format!("give the {noun} a name of at most {LONGEST} characters, with a letter or digit at either end");
            let mut conflict = Conflict::new(level, vec![stands.of(nodes.pool), overlay], what, help).with(objects);
            if level == Level::Warning {
                conflict = conflict.at_most(Confidence::Medium);
            }
            conflicts.push(conflict);
            seen.push(shown);
        }
    }
    finding(&RULE, cluster, conflicts, "AKS writes these names into labels of every node, and a node whose labels are refused never registers")
}

/// Why a name is no value of a label, as far as it is known.
fn unfit(name: &Pieces) -> Option<(Level, String)> {
    let length = name.least_length();
    if length > LONGEST {
        let known = if name.as_literal().is_some() { "" } else { "at least " };
        return Some((Level::Error, format!("has {known}{length} characters where node labels take {LONGEST}")));
    }
    // Signs that Azure has in no name stand for something that is filled in later: `#prefix#`, `[region]`.
    let edge = |c: Option<char>| c.is_some_and(|c| matches!(c, '_' | '-' | '.' | '(' | ')'));
    let text = name.as_literal()?;
    if edge(text.chars().next()) || edge(text.chars().last()) {
        return Some((Level::Warning, "begins or ends with a sign where node labels take a letter or digit".into()));
    }
    let strange = text.chars().find(|c| matches!(c, '(' | ')') || !c.is_ascii() && c.is_alphanumeric())?;
    Some((Level::Warning, format!("has a `{strange}`, which node labels do not take")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Hole, Piece, Reason, RootId, Unknown};

    #[test]
    fn a_name_with_a_hole_is_as_long_as_what_is_known_of_it() {
        let hole = Piece::Hole(Hole::Unknown(Unknown::new(RootId(0), "var.prefix", Reason::Input)));
        let of = |length: usize| Pieces::of([hole.clone(), Piece::Literal("x".repeat(length).into())]);
        assert_eq!(unfit(&of(LONGEST)), None);
        assert_eq!(unfit(&of(LONGEST + 1)).map(|found| found.0), Some(Level::Error));
    }

    #[test]
    fn a_label_begins_and_ends_with_a_letter_or_a_digit() {
        let level = |name: &str| unfit(&Pieces::literal(name)).map(|found| found.0);
        assert_eq!(level("snet-nodes_1.a"), None);
        assert_eq!(level("snet-nodes_"), Some(Level::Warning));
        assert_eq!(level("rg-(shop)-1"), Some(Level::Warning));
        assert_eq!(level("rg-#prefix#-[region]"), None);
        assert_eq!(level(&"x".repeat(64)), Some(Level::Error));
    }
}
