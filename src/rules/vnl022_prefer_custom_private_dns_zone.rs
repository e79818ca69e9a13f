//! See the rule's page below.

use super::clusters::{clusters, hop, on};
use super::finding::in_words_of;
use super::{Finding, Level, Settings, Step};
use crate::azure::cluster;
use crate::network::{Network, Place, Server, ZoneMode};
use crate::source::Span;
use crate::value::Truth;

rule! {
    /// A private cluster leaves its zone to AKS.
    ///
    /// AKS's own zone is there only once the cluster is being created, and every new cluster gets one with another random name.
    /// Nobody can link it to the hub, delegate it or assign roles on it before; after a rebuild all of that has to be done again.
    /// A zone of your own is made once, linked to the hub once, and stays.
    ///
    /// Make a zone `privatelink.<region>.azmk8s.io`, link it to the hub, and name it: in Terraform
    /// `private_dns_zone_id = azurerm_private_dns_zone.aks.id`, in Bicep `privateDNSZone: zone.id`, with a user-assigned identity
    /// that may write it. Where neither a hub nor DNS servers of its own are seen for the cluster's VNet, this is only a note.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                    = "aks"
    ///   resource_group_name     = "app"
    ///   private_cluster_enabled = true
    ///   private_dns_zone_id     = "System" # expect: VNL022
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     apiServerAccessProfile: {
    ///       enablePrivateCluster: true
    ///       privateDNSZone: 'system' // expect: VNL022
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: Cloud Adoption Framework: a private cluster should take a custom zone and not leave it to the creation:
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL022 "prefer-custom-private-dns-zone", Warning High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in clusters(network) {
        let system = cluster.is_true(&cluster::PRIVATE) == Truth::Yes && matches!(cluster.zone_mode(), ZoneMode::System);
        findings.extend(system.then(|| found(cluster)));
    }
}

fn found(cluster: Place) -> Finding {
    let written = cluster.is_written(&cluster::PRIVATE_DNS_ZONE);
    let line = if written { &cluster::PRIVATE_DNS_ZONE } else { &cluster::PRIVATE };
    let message = format!("`{}` leaves its zone to AKS, which makes one with another name for every new cluster", cluster.name());
    let mut finding = on(&RULE, cluster, line, message);
    let assumed = if written { "" } else { ", as it names none" };
    finding.steps.push(hop(cluster, line, format!("this private cluster takes AKS's own zone{assumed}")));
    let vnet = cluster.node_vnet();
    finding.objects.extend(vnet.map(|vnet| vnet.address().clone()));
    match vnet.and_then(|vnet| Some((vnet, needs_link(vnet)?))) {
        Some((vnet, (why, span, hub))) => {
            finding.steps.push(Step { message: format!("the nodes stand in `{}`, {why}", vnet.name()), span });
            finding.objects.extend(hub.map(|hub| hub.address().clone()));
        }
        None => finding.level = Level::Note,
    }
    finding.help = Some(in_words_of(
        cluster,
        "make an `azurerm_private_dns_zone` and name it in `private_dns_zone_id`",
        "make a `privateDnsZones` and name it in `privateDNSZone`",
    ));
    finding.why = Some("nobody can link AKS's own zone, or assign roles on it, before the cluster is there".into());
    finding
}

/// Why the zone has to be linked to more than the nodes' own VNet, and the VNet that it has to be linked to.
fn needs_link(vnet: Place) -> Option<(String, Span, Option<Place>)> {
    for setting in vnet.dns_settings() {
        let servers = setting.servers.as_deref().unwrap_or_default();
        if servers.first().is_some_and(|server| !matches!(server, Server::Azure)) {
            return Some(("which asks DNS servers of its own".into(), setting.span, servers.first().and_then(Place::home_of)));
        }
    }
    let hub = vnet.hubs().into_iter().next()?;
    Some((format!("whose hub is `{}`: {}", hub.vnet.name(), hub.because), hub.tie.unwrap_or(hub.vnet).span(), Some(hub.vnet)))
}
