//! See the rule's page below.

use super::{Finding, Settings, Step};
use crate::azure::cluster;
use crate::network::{Actor, End, Network, Place, ZoneMode};
use crate::value::{Truth, Unknown};

rule! {
    /// A private cluster names a zone of its own and leaves its identity to AKS.
    ///
    /// AKS writes the API server's name into the zone while it creates the cluster, as the cluster's identity. A
    /// system-assigned identity comes to life only then, and nobody can have given it a role on the zone: Terraform stops
    /// with "a user assigned identity or a service principal must be used", a Bicep deployment fails while the cluster is
    /// being created.
    ///
    /// Make the identity first, assign it `Private DNS Zone Contributor` on the zone, and name it. In Terraform
    /// `identity { type = "UserAssigned", identity_ids = [azurerm_user_assigned_identity.aks.id] }`; in Bicep
    /// `identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }`.
    ///
    /// A cluster with a service principal is fine, and so is one that leaves the zone to AKS.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_private_dns_zone" "aks" {
    ///   name                = "privatelink.westeurope.azmk8s.io"
    ///   resource_group_name = "net"
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                    = "aks"
    ///   resource_group_name     = "app"
    ///   private_cluster_enabled = true
    ///   private_dns_zone_id     = azurerm_private_dns_zone.aks.id
    ///
    ///   identity {
    ///     type = "SystemAssigned" # expect: VNL024
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
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   identity: {
    ///     type: 'SystemAssigned' // expect: VNL024
    ///   }
    ///   properties: {
    ///     apiServerAccessProfile: { enablePrivateCluster: true, privateDNSZone: zone.id }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/private-clusters>
    VNL024 "byo-zone-needs-user-assigned-identity", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in network.made(&cluster::CLUSTER) {
        if cluster.is_true(&cluster::PRIVATE) == Truth::Yes {
            findings.extend(found(cluster));
        }
    }
}

fn found(cluster: Place) -> Option<Finding> {
    let name = cluster.name();
    let (zone, end) = match cluster.zone_mode() {
        ZoneMode::Custom(end) => (shown(&end), Some(end)),
        // azurerm knows `System` and `None` in these letters only, and takes every other text for a zone.
        _ => (misspelled(cluster)?, None),
    };
    let place = cluster.span_of(&cluster::IDENTITY_TYPE);
    let mut finding = match cluster.actor() {
        Actor::System => {
            let message = format!("`{name}` cannot be created: it takes {zone} with an identity that does not exist yet");
            RULE.finding(place, message).about(cluster)
        }
        Actor::Unknown(Some(unknown)) => open(cluster, unknown),
        _ => return None,
    };
    finding.objects.extend(end.and_then(|end| end.place()).map(|zone| zone.address().clone()));
    finding.steps.push(Step { message: "the identity comes to life together with the cluster".into(), span: place });
    let named = cluster.span_of(&cluster::PRIVATE_DNS_ZONE);
    finding.steps.push(Step { message: format!("which must write into {zone} to be created"), span: named });
    finding.help = Some("make a user-assigned identity, assign it `Private DNS Zone Contributor` on the zone, and name it here".into());
    finding.why = Some("AKS writes the API server's name into the zone as the cluster's identity, and nobody can give a role to one that is not there".into());
    Some(finding)
}

fn open(cluster: Place, unknown: Unknown) -> Finding {
    let message = format!("cannot tell whether the identity of `{}` can have a role on its zone", cluster.name());
    let place = cluster.span_of(&cluster::IDENTITY_TYPE);
    RULE.finding(place, message)
        .about(cluster)
        .undecided(Some(unknown), "if it is `SystemAssigned`: VNL024; else it passes")
}

fn shown(zone: &End) -> String {
    match zone {
        End::Place(zone) => format!("zone `{}`", zone.name()),
        _ => "a zone of its own".into(),
    }
}

/// `"system"` in Terraform.
fn misspelled(cluster: Place) -> Option<String> {
    let text = cluster.text(&cluster::PRIVATE_DNS_ZONE).ok()??;
    let differs = |word: &str| text.eq_ignore_ascii_case(word) && text != word;
    let written = cluster.is_terraform() && cluster.span_of(&cluster::PRIVATE_DNS_ZONE) != cluster.span();
    (written && (differs("System") || differs("None"))).then(|| format!("`{text}`, which azurerm takes for a zone,"))
}
