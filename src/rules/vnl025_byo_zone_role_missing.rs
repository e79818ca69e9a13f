//! See the rule's page below.

use super::identity_roles::{Asked, Right, zone_rights};
use super::{Confidence, Finding, Settings, Step};
use crate::azure::cluster;
use crate::azure::identity::{self, PRIVATE_DNS_ZONE_CONTRIBUTOR};
use crate::network::{Grant, Mistaken, Network, Permission};

rule! {
    /// The identity of a private cluster has no role on the zone that the cluster names.
    ///
    /// AKS writes the API server's name into the zone as the cluster's identity, while the cluster is being created. Without
    /// a role on the zone the creation fails with `CustomPrivateDNSZoneMissingPermissionError`. It is the most common way in
    /// which a first deployment with a zone of one's own ends.
    ///
    /// Assign `Private DNS Zone Contributor` on the zone, or on its resource group, to the identity's *principal* id. In
    /// Terraform: `scope = azurerm_private_dns_zone.aks.id`,
    /// `principal_id = azurerm_user_assigned_identity.aks.principal_id`. In Bicep: `scope: zone`,
    /// `principalId: identity.properties.principalId`. The role `DNS Zone Contributor` is for public zones and does not help;
    /// neither does the client id of the identity, nor a role of the kubelet's identity.
    ///
    /// `Network Contributor`, `Contributor` and `Owner` are enough as well, and so is any of them on the resource group or
    /// the subscription. Whether a zone of another subscription has the role is decided in that code.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_private_dns_zone" "aks" {
    ///   name                = "privatelink.westeurope.azmk8s.io"
    ///   resource_group_name = "net"
    /// }
    ///
    /// resource "azurerm_user_assigned_identity" "aks" {
    ///   name                = "id-aks"
    ///   resource_group_name = "app"
    ///   location            = "westeurope"
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                    = "aks"
    ///   resource_group_name     = "app"
    ///   private_cluster_enabled = true
    ///   private_dns_zone_id     = azurerm_private_dns_zone.aks.id # expect: VNL025
    ///
    ///   identity {
    ///     type         = "UserAssigned"
    ///     identity_ids = [azurerm_user_assigned_identity.aks.id]
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
    ///   name: 'privatelink.westeurope.azmk8s.io'
    ///   location: 'global'
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
    ///     apiServerAccessProfile: {
    ///       enablePrivateCluster: true
    ///       privateDNSZone: zone.id // expect: VNL025
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/private-clusters>
    VNL025 "byo-zone-role-missing", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for asked in zone_rights(network) {
        match asked {
            Asked::Right(right) => findings.extend(found(&right)),
            Asked::Open { cluster, unknown, why } => {
                let message = format!("cannot tell whether the identity of `{}` may write its zone: {why}", cluster.name());
                let place = cluster.span_of(&cluster::PRIVATE_DNS_ZONE);
                findings.push(RULE.finding(place, message).about(cluster).undecided(unknown, EFFECT));
            }
        }
    }
}

const EFFECT: &str = "if the identity has a role on the zone it passes; else VNL025";

fn found(right: &Right) -> Option<Finding> {
    let (cluster, actor, zone) = (right.cluster.name(), right.actor.name(), right.target.name());
    let (near, unknown) = match &right.permission {
        Permission::Given(_) => return None,
        Permission::Unknown(unknown, _) => (&None, Some(unknown.clone())),
        Permission::Missing(None) if !right.is_decided_here() => (&None, Some(Some(right.assigned_elsewhere()))),
        Permission::Missing(near) => (near, None),
    };
    if let Some(unknown) = unknown {
        let message = format!("cannot tell whether `{actor}` may write zone `{zone}`, into which `{cluster}` writes its name");
        return Some(right.finding(&RULE, right.named, message).undecided(unknown, EFFECT));
    }
    let (place, message) = match near {
        Some(grant) => (place_of(grant), format!("`{cluster}` cannot be created: {}", said(grant, right))),
        None => (right.named, format!("`{cluster}` cannot be created: its identity `{actor}` has no role on zone `{zone}`")),
    };
    let mut finding = right.finding(&RULE, place, message);
    if !right.target.is_made() && near.is_none() {
        finding.confidence = Confidence::Medium;
    }
    finding.steps.push(Step { message: "no role assignment lets the identity write this zone".into(), span: right.target.span() });
    if let Some(grant) = near {
        finding.steps.push(Step { message: "this one does not".into(), span: place_of(grant) });
        finding.objects.push(grant.place.address().clone());
    }
    finding.help = Some(right.assign(PRIVATE_DNS_ZONE_CONTRIBUTOR));
    finding.why = Some("AKS writes the API server's name into the zone as the cluster's identity".into());
    Some(finding)
}

/// The line of a role assignment that is not as it is meant.
fn place_of(grant: &Grant) -> crate::source::Span {
    match grant.mistaken {
        Some(_) => grant.place.span_of(&identity::PRINCIPAL),
        None => {
            let by_name = grant.place.span_of(&identity::ROLE_NAME);
            if by_name == grant.place.span() { grant.place.span_of(&identity::ROLE_ID) } else { by_name }
        }
    }
}

fn said(grant: &Grant, right: &Right) -> String {
    let (actor, zone) = (right.actor.name(), right.target.name());
    match (grant.mistaken, grant.role) {
        (Some(Mistaken::Client), _) => format!("the role on zone `{zone}` is assigned to the client id of `{actor}`, and only its principal id counts"),
        (Some(Mistaken::Id), _) => format!("the role on zone `{zone}` is assigned to the resource id of `{actor}`, and only its principal id counts"),
        (Some(Mistaken::Kubelet), _) => format!("the role on zone `{zone}` is assigned to the kubelet's identity, and the cluster acts as `{actor}`"),
        (None, Some(identity::DNS_ZONE_CONTRIBUTOR)) => format!("`{actor}` has `DNS Zone Contributor` on zone `{zone}`, which is for public zones"),
        (None, Some(role)) => format!("`{actor}` has `{}` on zone `{zone}`, which may not write it", role.name),
        (None, None) => format!("its identity `{actor}` has no role on zone `{zone}`"),
    }
}
