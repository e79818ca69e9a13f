//! See the rule's page below.

use super::dns_at_creation::let_wait;
use super::identity_roles::{Asked, Purpose, Right, network_rights, zone_rights};
use super::{Finding, Level, Phase, Settings, Step};
use crate::network::{Network, Order, Permission, Place};
use crate::value::Unknown;

rule! {
    /// Nothing makes a cluster wait for a role that its identity needs.
    ///
    /// The role is in the code, and the cluster does not wait for it: it refers to the identity, and an identity is there
    /// long before its roles are. The first deployment then fails for lack of permission and the second one works, which
    /// costs an afternoon each time. Azure also takes minutes to make a new role known.
    ///
    /// Name the role assignment in the cluster's `depends_on` or `dependsOn`; in Terraform a `time_sleep` between the two
    /// gives the role time to arrive. In Bicep a module that holds the identity and its roles, and whose outputs the cluster
    /// uses, orders all of it.
    ///
    /// Where several assignments would each be enough, one that comes first is enough.
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
    /// resource "azurerm_role_assignment" "zone" {
    ///   scope                = azurerm_private_dns_zone.aks.id
    ///   role_definition_name = "Private DNS Zone Contributor"
    ///   principal_id         = azurerm_user_assigned_identity.aks.principal_id
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" { # expect: VNL027
    ///   name                    = "aks"
    ///   resource_group_name     = "app"
    ///   private_cluster_enabled = true
    ///   private_dns_zone_id     = azurerm_private_dns_zone.aks.id
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
    /// resource zoneRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    ///   scope: zone
    ///   name: guid(zone.id, identity.id)
    ///   properties: {
    ///     principalId: identity.properties.principalId
    ///     principalType: 'ServicePrincipal'
    ///     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b12aa53e-6015-4669-85d0-8515ebb3ae7f')
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = { // expect: VNL027
    ///   name: 'aks'
    ///   identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
    ///   properties: {
    ///     apiServerAccessProfile: { enablePrivateCluster: true, privateDNSZone: zone.id }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/configure-kubenet>
    VNL027 "role-assignment-not-before-cluster", Warning High, since "0.2.0"
}

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    let mut seen: Vec<(Place, Place)> = Vec::new();
    for asked in zone_rights(network).into_iter().chain(network_rights(network)) {
        let Asked::Right(right) = asked else { continue };
        let (roles, perhaps) = match &right.permission {
            Permission::Given(roles) => (roles, None),
            Permission::Unknown(unknown, roles) => (roles, Some(unknown)),
            Permission::Missing(_) => continue,
        };
        let (order, Some(role)) = (network.best_order(roles, right.cluster.declaration()), roles.first()) else { continue };
        // One assignment that serves several purposes is one thing to wait for. What another root assigns was there.
        if seen.contains(&(right.cluster, *role)) || order == Order::Unknown && role.root() != right.cluster.root() {
            continue;
        }
        let found = match (order, perhaps) {
            (Order::Before, _) => continue,
            (Order::Unknown, _) => open(&right, *role, None),
            (Order::Race | Order::After, Some(unknown)) => open(&right, *role, unknown.clone()),
            (Order::Race | Order::After, None) => late(&right, *role, order),
        };
        seen.push((right.cluster, *role));
        findings.push(match settings.phase {
            Phase::Existing => Finding { level: Level::Note, ..found },
            Phase::Greenfield => found,
        });
    }
}

fn late(right: &Right, role: Place, order: Order) -> Finding {
    let (cluster, actor, target) = (right.cluster.name(), right.actor.name(), right.target.name());
    let message = match order {
        Order::After if right.purpose.is_needed_at_creation() => {
            format!("`{cluster}` cannot be created: the role of `{actor}` on `{target}` is assigned only after it")
        }
        Order::After => format!("the role of `{actor}` on `{target}` is assigned only after `{cluster}`"),
        _ => format!("nothing makes `{cluster}` wait for the role of `{actor}` on `{target}`"),
    };
    let mut finding = right.finding(&RULE, right.cluster.span(), message);
    if order == Order::After && right.purpose.is_needed_at_creation() {
        finding.level = Level::Error;
    }
    let when = if order == Order::After { "only after the cluster" } else { "at any moment" };
    finding.objects.push(role.address().clone());
    finding.steps.push(Step { message: format!("its role is assigned {when}"), span: role.span() });
    finding.help = Some(let_wait(right.cluster, role));
    finding.why = Some(match right.purpose {
        Purpose::Zone => "AKS writes into the zone while it creates the cluster; the first run fails where the role comes later".into(),
        _ => "AKS writes the network while it creates the cluster; the first run fails where the role comes later".to_string(),
    });
    finding
}

fn open(right: &Right, role: Place, unknown: Option<Unknown>) -> Finding {
    let message = format!("cannot tell whether the role of `{}` is assigned before `{}`", right.actor.name(), right.cluster.name());
    let mut finding = right.finding(&RULE, right.cluster.span(), message);
    finding.steps.push(Step { message: "its role is assigned here".into(), span: role.span() });
    finding.undecided(unknown, "if it is assigned, and only while or after the cluster is made: VNL027; else it passes")
}
