//! See the rule's page below.

use super::dns_at_creation::let_wait;
use super::identity_roles::{Asked, Purpose, Right, network_rights, zone_rights};
use super::{Finding, Level, Phase, Settings, Step};
use crate::network::{Grant, Network, Order, Permission, Place};
use crate::value::{Truth, Unknown};

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
    let mut late: Vec<Late> = Vec::new();
    for asked in zone_rights(network).into_iter().chain(network_rights(network)) {
        let Asked::Right(right) = asked else { continue };
        let (roles, perhaps) = match &right.permission {
            Permission::Given(roles) => (roles, None),
            Permission::Unknown(unknown, roles) => (roles, Some(unknown.clone())),
            Permission::Missing(_) => continue,
        };
        let (order, Some(role)) = (network.best_order(roles, right.cluster.declaration()), roles.first().copied()) else {
            continue;
        };
        // One assignment that serves several purposes is one thing to wait for. What another root assigns was there.
        let known = late.iter().any(|late| late.right.cluster == right.cluster && late.role == role);
        let elsewhere = order == Order::Unknown && role.root() != right.cluster.root();
        if order != Order::Before && !known && !elsewhere {
            let roles = right.purpose.roles();
            let mut earlier = network.grants(right.cluster, right.actor, right.target, roles).into_iter().filter(|grant| {
                grant.gives() == Truth::Unknown
                    && network.best_order(&[grant.place], right.cluster.declaration()) == Order::Before
            });
            let earlier = earlier.next();
            late.push(Late { right, role, order, perhaps, earlier });
        }
    }
    late.sort_by_key(|late| (late.right.cluster.address().clone(), late.role.address().clone()));
    for of_cluster in late.chunk_by(|a, b| a.right.cluster == b.right.cluster) {
        let certain = |late: &&Late| late.order != Order::Unknown && late.perhaps.is_none() && late.earlier.is_none();
        let certain: Vec<&Late> = of_cluster.iter().filter(certain).collect();
        let found = if certain.is_empty() { of_cluster.first().map(open) } else { found(&certain) };
        findings.extend(found.map(|found| match settings.phase {
            Phase::Existing => Finding { level: Level::Note, ..found },
            Phase::Greenfield => found,
        }));
    }
}

/// A role that the cluster does not wait for.
struct Late<'n> {
    right: Right<'n>,
    role: Place<'n>,
    order: Order,
    /// What decides whether it is assigned at all, where that is not known.
    perhaps: Option<Option<Unknown>>,
    /// Another one that comes first and may be enough.
    earlier: Option<Grant<'n>>,
}

impl Late<'_> {
    /// The cluster cannot be created.
    fn stops(&self) -> bool {
        self.order == Order::After && self.right.purpose.is_needed_at_creation()
    }
}

/// One finding for all roles of a cluster: the same line mends them.
fn found(late: &[&Late]) -> Option<Finding> {
    let first = late.iter().copied().max_by_key(|late| late.stops())?;
    let (cluster, actor) = (first.right.cluster.name(), first.right.actor.name());
    let targets: Vec<String> = late.iter().map(|late| format!("`{}`", late.right.target.name())).collect();
    let roles = if late.len() == 1 { "role" } else { "roles" };
    let targets = targets.join(", ");
    let message = match (first.stops(), first.order) {
        (true, _) => format!("`{cluster}` cannot be created: `{actor}` has its {roles} on {targets} only after it"),
        (false, Order::After) => format!("`{actor}` has its {roles} on {targets} only after `{cluster}`"),
        _ => format!("nothing makes `{cluster}` wait for the {roles} of `{actor}` on {targets}"),
    };
    let mut finding = first.right.finding(&RULE, first.right.cluster.span(), message);
    if first.stops() {
        finding.level = Level::Error;
    }
    for late in late {
        let when = if late.order == Order::After { "only after the cluster" } else { "at any moment" };
        finding.objects.push(late.role.address().clone());
        finding.steps.push(Step { message: format!("this role is assigned {when}"), span: late.role.span() });
    }
    let assigned: Vec<Place> = late.iter().map(|late| late.role).collect();
    finding.help = Some(let_wait(first.right.cluster, &assigned));
    finding.why = Some(match first.right.purpose {
        Purpose::Zone => "AKS writes into the zone while it creates the cluster; the first run fails where the role comes later".into(),
        _ => "AKS writes the network while it creates the cluster; the first run fails where the role comes later".to_string(),
    });
    Some(finding)
}

fn open(late: &Late) -> Finding {
    let Late { right, role, perhaps, earlier, .. } = late;
    let message = format!("cannot tell whether the role of `{}` is assigned before `{}`", right.actor.name(), right.cluster.name());
    let mut finding = right.finding(&RULE, right.cluster.span(), message);
    finding.steps.push(Step { message: "its role is assigned here".into(), span: role.span() });
    if let Some(earlier) = earlier {
        finding.steps.push(Step { message: "and this one, which comes first, may be enough".into(), span: earlier.place.span() });
        return finding.undecided(earlier.unknown.clone(), "if the first one is enough it passes; else VNL027");
    }
    let effect = "if it is assigned, and only while or after the cluster is made: VNL027; else it passes";
    finding.undecided(perhaps.clone().flatten(), effect)
}
