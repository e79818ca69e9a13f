//! See the rule's page below.

use super::finding::in_words_of;
use super::{Finding, Level, Settings, Step};
use crate::azure::{Link, cluster};
use crate::network::{End, Network, Place};
use crate::source::Span;
use crate::value::{Pieces, ResourceId, Truth, Unknown};

rule! {
    /// The pools of a cluster do not stand in one VNet.
    ///
    /// AKS takes pools in several subnets of one VNet, not in several VNets, and not some in a subnet of yours and some in
    /// a VNet that it makes. The cluster, or the pool, is refused.
    ///
    /// Name subnets of one VNet in every pool: in Terraform `vnet_subnet_id = azurerm_subnet.second.id`, in Bicep
    /// `vnetSubnetID: second.id`. A pool that names none beside a first pool that names one works: AKS puts it into the
    /// subnet of another pool. Terraform then replaces it on every run, which is a warning; elsewhere it is a note.
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
    ///   name                 = "nodes"
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
    ///     name = "system"
    ///   }
    ///
    ///   network_profile {
    ///     network_plugin = "azure"
    ///   }
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster_node_pool" "apps" {
    ///   name                  = "apps"
    ///   kubernetes_cluster_id = azurerm_kubernetes_cluster.aks.id
    ///   vnet_subnet_id        = azurerm_subnet.nodes.id # expect: VNL054
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    /// }
    ///
    /// resource other 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'other'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.2.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.2.0.0/22' }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [
    ///       { name: 'system', vnetSubnetID: spoke::nodes.id }
    ///       {
    ///         name: 'apps'
    ///         vnetSubnetID: other::nodes.id // expect: VNL054
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/node-pool-unique-subnet>
    VNL054 "pool-subnets-in-different-vnets", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in network.made(&cluster::CLUSTER) {
        if cluster.is(&cluster::SKU, "Automatic").possibly() {
            continue;
        }
        findings.extend(two_vnets(cluster));
        findings.extend(mixed(cluster));
    }
}

/// A subnet that a cluster uses, who stands in it, and where that is said.
struct Used<'n> {
    end: End<'n>,
    who: String,
    owner: Place<'n>,
    span: Span,
}

fn used(cluster: Place<'_>) -> Vec<Used<'_>> {
    let pools = cluster.pools().into_iter().flat_map(|pool| {
        let name = pool.name();
        let nodes = (pool, &cluster::POOL_TO_SUBNET, format!("pool `{name}`"));
        [nodes, (pool, &cluster::POOL_TO_POD_SUBNET, format!("the pods of pool `{name}`"))]
    });
    let server = (cluster, &cluster::CLUSTER_TO_API_SUBNET, "the API server".to_string());
    let links: Vec<(Place, &Link, String)> = pools.chain([server]).collect();
    let steps = links.into_iter().flat_map(|(owner, link, who)| {
        let steps = owner.follow(link).into_iter().filter(|step| step.exists == Truth::Yes);
        steps.map(move |step| Used { end: step.end, who: who.clone(), owner, span: step.span })
    });
    steps.collect()
}

fn two_vnets(cluster: Place) -> Option<Finding> {
    let used = used(cluster);
    let first = used.first()?;
    let other = used.iter().find(|other| are_in_two(&first.end, &other.end))?;
    let message = format!(
        "{} of `{}` stands in another VNet ({}) than {} ({})",
        other.who,
        cluster.name(),
        vnet_name(&other.end),
        first.who,
        vnet_name(&first.end)
    );
    let mut finding = RULE.finding(other.span, message).about(cluster);
    finding.objects = vec![first.owner.address().clone(), other.owner.address().clone()];
    for used in [first, other] {
        let message = format!("{} stands in {}", used.who, vnet_name(&used.end));
        finding.steps.push(Step { message, span: used.span });
    }
    finding.help = Some("name subnets of one VNet in all pools".into());
    finding.why = Some("AKS refuses pools of several VNets".into());
    Some(finding)
}

/// Two subnets surely lie in two VNets.
fn are_in_two(one: &End, other: &End) -> bool {
    if let (Some(one), Some(other)) = (one.place().and_then(Place::parent), other.place().and_then(Place::parent)) {
        return one.is_surely_another(other);
    }
    match (vnet_id(one), vnet_id(other)) {
        (Some(one), Some(other)) => one.same(&other) == Truth::No,
        _ => false,
    }
}

fn vnet_id(end: &End) -> Option<ResourceId> {
    match end {
        End::Place(place) => place.id()?.parent(),
        // What is not known in an id is not compared.
        End::Outside(id) if !id.contains("${") => ResourceId::parse(&Pieces::literal(id))?.parent(),
        End::Outside(_) | End::Unknown(_) => None,
    }
}

fn vnet_name(end: &End) -> String {
    let by_place = end.place().and_then(Place::parent).map(Place::name);
    let by_id = || Some(vnet_id(end)?.name()?.to_string());
    by_place.or_else(by_id).map_or_else(|| "a VNet".into(), |name| format!("`{name}`"))
}

/// Some pools name a subnet, and some do not.
fn mixed(cluster: Place) -> Option<Finding> {
    let pools: Vec<Place> = cluster.pools().into_iter().filter(|pool| pool.exists() == Truth::Yes).collect();
    let first = *pools.first().filter(|pool| pool.declaration() == cluster.declaration())?;
    let own = first.has_subnet();
    let odd = |pool: &&Place| own != Truth::Unknown && pool.has_subnet() == !own;
    if let Some(other) = pools.iter().find(odd) {
        let (with, without) = if own == Truth::Yes { (first, *other) } else { (*other, first) };
        let place = if own == Truth::Yes { without.span() } else { with.span_of(&cluster::POOL_SUBNET) };
        let message = format!("pool `{}` of `{}` names a subnet, and pool `{}` names none", with.name(), cluster.name(), without.name());
        let mut finding = RULE.finding(place, message).about(cluster);
        // A later pool without a subnet is put beside the first one, and replaced on every run.
        finding.level = match (own, cluster.is_terraform()) {
            (Truth::Yes, true) => Level::Warning,
            (Truth::Yes, false) => Level::Note,
            _ => Level::Error,
        };
        finding.objects = vec![first.address().clone(), other.address().clone()];
        let span = with.span_of(&cluster::POOL_SUBNET);
        finding.steps.push(Step { message: format!("pool `{}` stands in a subnet of yours", with.name()), span });
        finding.steps.push(Step { message: format!("pool `{}` is given none", without.name()), span: without.span() });
        finding.help = Some(in_words_of(cluster, "name the subnet in every pool: `vnet_subnet_id`", "name the subnet in every pool: `vnetSubnetID`"));
        finding.why = Some(match (own, cluster.is_terraform()) {
            (Truth::Yes, true) => "AKS puts it into the subnet of another pool, and Terraform replaces it on every run".into(),
            (Truth::Yes, false) => "AKS puts it into the subnet of another pool without saying so".into(),
            _ => "AKS does not mix a VNet that it makes with one of yours".into(),
        });
        return Some(finding);
    }
    let open = pools.iter().find(|pool| pool.has_subnet() == Truth::Unknown).filter(|_| own == Truth::No)?;
    let message = format!("cannot tell whether pool `{}` of `{}` names a subnet, as the first one does not", open.name(), cluster.name());
    let finding = RULE.finding(open.span_of(&cluster::POOL_SUBNET), message).about(cluster);
    let unknown: Option<Unknown> = open.get(&cluster::POOL_SUBNET).unknown();
    Some(finding.undecided(Some(unknown?), "if it names one: VNL054; else it passes"))
}
