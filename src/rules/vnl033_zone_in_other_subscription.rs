//! See the rule's page below.

use super::clusters::{clusters, hop, on};
use super::{Finding, Settings, Step};
use crate::azure::{cluster, provider};
use crate::network::{End, Network, Place, ZoneMode};
use crate::value::Truth;

rule! {
    /// The zone of a private cluster lies in another subscription, and nothing registers AKS there.
    ///
    /// `Microsoft.ContainerService` has to be registered in the subscription of the zone as well as in that of the cluster. Where it is
    /// not, the cluster is not created, and the error names the wrong subscription.
    ///
    /// In Terraform write an `azurerm_resource_provider_registration` of `Microsoft.ContainerService` with the provider of the zone's
    /// subscription. Bicep cannot register it: run `az provider register -n Microsoft.ContainerService` there once. What is registered
    /// by hand, or by azurerm itself, is not in the code, so this is a reminder that has to be asked for. A zone that Bicep reads in a
    /// subscription which it names is taken to lie in another one than the cluster.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// provider "azurerm" {
    ///   features {}
    ///   subscription_id = "00000000-0000-0000-0000-000000000001"
    /// }
    ///
    /// provider "azurerm" {
    ///   alias = "hub"
    ///   features {}
    ///   subscription_id = "00000000-0000-0000-0000-000000000002"
    /// }
    ///
    /// resource "azurerm_private_dns_zone" "aks" {
    ///   provider            = azurerm.hub
    ///   name                = "privatelink.westeurope.azmk8s.io"
    ///   resource_group_name = "net"
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                    = "aks"
    ///   resource_group_name     = "app"
    ///   private_cluster_enabled = true
    ///   private_dns_zone_id     = azurerm_private_dns_zone.aks.id # expect: VNL033
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' existing = {
    ///   name: 'privatelink.westeurope.azmk8s.io'
    ///   scope: resourceGroup('00000000-0000-0000-0000-000000000002', 'net')
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     apiServerAccessProfile: {
    ///       enablePrivateCluster: true
    ///       privateDNSZone: zone.id // expect: VNL033
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/private-clusters>
    VNL033 "zone-in-other-subscription", Note Medium opt_in, since "0.2.0"
}

/// The provider of AKS.
const PROVIDER: &str = "Microsoft.ContainerService";

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let registered = network.made(&provider::REGISTRATION).into_iter().any(|registration| {
        // An input that may be its name may register it.
        registration.is(&provider::PROVIDER, PROVIDER) != Truth::No
    });
    for cluster in clusters(network).filter(|_| !registered) {
        let private = cluster.is_true(&cluster::PRIVATE) == Truth::Yes;
        if let (true, ZoneMode::Custom(End::Place(zone))) = (private, cluster.zone_mode()) {
            findings.extend(found(cluster, zone));
        }
    }
}

fn found(cluster: Place, zone: Place) -> Option<Finding> {
    let of = |place: Place| place.id().and_then(|id| id.subscription.clone());
    let its = of(zone)?;
    if !zone.lies_in_another_subscription_than(cluster) {
        return None;
    }
    let own = of(cluster).and_then(|own| own.as_literal().map(|own| format!("`{own}`")));
    let own = own.unwrap_or_else(|| "that of the deployment".into());
    let message = format!("zone `{}` of `{}` lies in subscription `{its}`, where nothing registers `{PROVIDER}`", zone.name(), cluster.name());
    let mut finding = on(&RULE, cluster, &cluster::PRIVATE_DNS_ZONE, message);
    finding.objects.push(zone.address().clone());
    finding.steps.push(hop(cluster, &cluster::PRIVATE_DNS_ZONE, format!("the subscription of this cluster is {own}")));
    finding.steps.push(Step { message: format!("and that of its zone `{its}`"), span: zone.span() });
    finding.help = Some(format!("register `{PROVIDER}` in subscription `{its}`"));
    finding.why = Some("AKS has to be known in both subscriptions".into());
    Some(finding)
}
