//! See the rule's page below.

use super::identity_roles::{Asked, Purpose, Right, network_rights};
use super::{Confidence, Finding, Level, Settings, Step};
use crate::azure::identity::NETWORK_CONTRIBUTOR;
use crate::azure::{cluster, dns};
use crate::network::{End, Network, Order, Permission, Place, ZoneMode};
use crate::value::Truth;

rule! {
    /// The identity of a cluster has no role on the network that the cluster is put into.
    ///
    /// AKS joins nodes to your subnet and, for a private cluster with a zone of its own, links the zone to your VNet, all as
    /// the cluster's identity. Without rights on the VNet the creation fails with `LinkedAuthorizationFailed` or
    /// `CreateOrUpdateVirtualNetworkLinkFailed`; where only the subnet's right is missing, the cluster comes up, and its
    /// internal load balancers stay pending.
    ///
    /// Assign `Network Contributor` on the VNet to the identity. In Terraform:
    /// `scope = azurerm_virtual_network.spoke.id`, `principal_id = azurerm_user_assigned_identity.aks.principal_id`. In
    /// Bicep: `scope: spoke`, `principalId: identity.properties.principalId`. The portal and the command line assign it by
    /// themselves; Terraform and Bicep never do.
    ///
    /// A role on the subnet is enough for nodes; the link of a zone is made to the VNet and needs the role there. A role on
    /// the resource group or the subscription covers both. A cluster that leaves its VNet to AKS needs nothing.
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
    /// resource "azurerm_user_assigned_identity" "aks" {
    ///   name                = "id-aks"
    ///   resource_group_name = "app"
    ///   location            = "westeurope"
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "app"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id # expect: VNL026
    ///   }
    ///
    ///   identity {
    ///     type         = "UserAssigned"
    ///     identity_ids = [azurerm_user_assigned_identity.aks.id]
    ///   }
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
    /// resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
    ///   name: 'id-aks'
    ///   location: 'westeurope'
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
    ///   properties: {
    ///     agentPoolProfiles: [
    ///       {
    ///         name: 'system'
    ///         vnetSubnetID: spoke::nodes.id // expect: VNL026
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-cni-overview>
    VNL026 "cluster-identity-network-role-missing", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut rights: Vec<Right> = Vec::new();
    for asked in network_rights(network) {
        match asked {
            Asked::Right(right) => rights.push(right),
            Asked::Open { cluster, unknown, why } => {
                let message = format!("cannot tell whether the identity of `{}` may write its network: {why}", cluster.name());
                let place = cluster.span_of(&cluster::IDENTITY_IDS);
                findings.push(RULE.finding(place, message).about(cluster).undecided(unknown, EFFECT));
            }
        }
    }
    for of_cluster in rights.chunk_by(|a, b| a.cluster == b.cluster) {
        findings.extend(found(network, of_cluster));
    }
}

const EFFECT: &str = "if the identity has a role on the network it passes; else VNL026";

/// One finding for all that one identity may not do.
fn found(network: &Network, rights: &[Right]) -> Option<Finding> {
    let missing = |right: &&Right| matches!(right.permission, Permission::Missing(_)) && right.is_decided_here();
    let missing: Vec<&Right> = rights.iter().filter(missing).collect();
    // What stops the creation weighs more than what fails later.
    let worst = missing.iter().copied().max_by_key(|right| weight(network, right, &missing));
    let Some(right) = worst else { return rights.iter().find_map(open) };
    let (level, confidence) = weight(network, right, &missing);
    let (cluster, actor) = (right.cluster.name(), right.actor.name());
    let names: Vec<String> = missing.iter().map(|right| format!("`{}`", right.target.name())).collect();
    let message = match level {
        Level::Error => format!("`{cluster}` cannot be created: its identity `{actor}` has no role on {}", names.join(", ")),
        _ => format!("`{cluster}` cannot write its network: its identity `{actor}` has no role on {}", names.join(", ")),
    };
    let mut finding = right.finding(&RULE, right.named, message);
    (finding.level, finding.confidence) = (level, confidence);
    finding.objects.extend(missing.iter().map(|right| right.target.address().clone()));
    finding.objects.dedup();
    finding.steps.push(Step { message: format!("no role assignment lets the identity write `{}`", right.target.name()), span: right.target.span() });
    if let (Purpose::Link, false) = (right.purpose, missing.iter().any(|right| right.purpose != Purpose::Link)) {
        finding.why = Some("a role on the subnet lets nodes join; the link of the zone is made to the VNet".into());
    } else {
        finding.why = Some("AKS joins nodes and makes load balancers and links as the cluster's identity, and Terraform and Bicep assign it nothing by themselves".into());
    }
    finding.help = Some(of_vnet(right).assign(NETWORK_CONTRIBUTOR));
    Some(finding)
}

/// How bad it is that a right is missing, and how sure that is.
fn weight(network: &Network, right: &Right, missing: &[&Right]) -> (Level, Confidence) {
    let sure = if right.target.is_made() { Confidence::High } else { Confidence::Medium };
    match right.purpose {
        Purpose::Link if missing.iter().all(|right| right.purpose == Purpose::Link) => match is_linked_before(network, right) {
            // Whether AKS still writes a link that is there is not documented.
            true => (Level::Note, Confidence::Medium),
            false => (Level::Error, Confidence::Medium),
        },
        Purpose::Link if is_linked_before(network, right) => (Level::Warning, sure.min(Confidence::Medium)),
        purpose if purpose.is_needed_at_creation() => (Level::Error, sure),
        _ => (Level::Warning, sure.min(Confidence::Medium)),
    }
}

/// The zone is linked to the nodes' VNet by the time that the cluster is made.
fn is_linked_before(network: &Network, right: &Right) -> bool {
    let ZoneMode::Custom(End::Place(zone)) = right.cluster.zone_mode() else { return false };
    let links: Vec<Place> = zone
        .children(&dns::ZONE_LINK)
        .into_iter()
        .filter(|link| link.exists() == Truth::Yes)
        .filter(|link| link.follow(&dns::LINK_TO_VNET).iter().any(|step| step.end.place() == Some(right.target)))
        .collect();
    !links.is_empty() && network.best_order(&links, right.cluster.declaration()) == Order::Before
}

/// The same right on the whole VNet.
fn of_vnet<'n>(right: &Right<'n>) -> Right<'n> {
    let target = right.target.parent().unwrap_or(right.target);
    Right { target, permission: Permission::Missing(None), ..*right }
}

fn open(right: &Right) -> Option<Finding> {
    let unknown = match &right.permission {
        Permission::Given(_) => return None,
        Permission::Unknown(unknown, _) => unknown.clone(),
        Permission::Missing(_) => Some(right.assigned_elsewhere()),
    };
    let message = format!(
        "cannot tell whether `{}` may write `{}`, which `{}` is put into",
        right.actor.name(),
        right.target.name(),
        right.cluster.name()
    );
    Some(right.finding(&RULE, right.named, message).undecided(unknown, EFFECT))
}
