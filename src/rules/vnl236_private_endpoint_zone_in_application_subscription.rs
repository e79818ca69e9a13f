//! See the rule's page below.

use super::clusters::clusters;
use super::finding::in_words_of;
use super::{Finding, Settings, Step};
use crate::azure::{cluster, dns, paas};
use crate::network::{Hub, Network, Place, is_zone};
use crate::value::Truth;

rule! {
    /// The zone of private endpoints is made in the subscription of the cluster, and the hub lies in another one.
    ///
    /// The zones of private endpoints belong beside the central DNS servers: those answer from the zones that are linked to the hub, for
    /// every application at once. A zone of the same name in the subscription of one application is seen by nobody else, and where it
    /// is linked it hides the records of the central one: names that another team registered are not found any more.
    ///
    /// Read the zone that is there. In Terraform `data "azurerm_private_dns_zone"` with a provider of the hub's subscription; in Bicep
    /// `existing` with `scope: resourceGroup(connectivitySubscription, connectivityGroup)`. Writing into it needs `Private DNS Zone
    /// Contributor` there, or a policy of the platform team that attaches the zone groups.
    ///
    /// This is advice for estates with a central hub, and has to be asked for. Where one of the two subscriptions is not known nothing
    /// is said, and nothing of the zone of the cluster's own API server. A hub that Bicep reads in a subscription which it names is
    /// taken to lie in another one than the cluster.
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
    /// resource "azurerm_virtual_network" "hub" {
    ///   provider            = azurerm.hub
    ///   name                = "hub"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.0.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "firewall" {
    ///   provider             = azurerm.hub
    ///   name                 = "AzureFirewallSubnet"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.hub.name
    ///   address_prefixes     = ["10.0.0.0/26"]
    /// }
    ///
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "app"
    ///   address_space       = ["10.1.0.0/16"]
    /// }
    ///
    /// resource "azurerm_virtual_network_peering" "spoke" {
    ///   name                      = "to-hub"
    ///   resource_group_name       = "app"
    ///   virtual_network_name      = azurerm_virtual_network.spoke.name
    ///   remote_virtual_network_id = azurerm_virtual_network.hub.id
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "app"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.1.0.0/22"]
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "app"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    /// }
    ///
    /// resource "azurerm_private_dns_zone" "vault" { # expect: VNL236
    ///   name                = "privatelink.vaultcore.azure.net"
    ///   resource_group_name = "app"
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' existing = {
    ///   name: 'hub'
    ///   scope: resourceGroup('00000000-0000-0000-0000-000000000002', 'net')
    ///   resource firewall 'subnets' existing = {
    ///     name: 'AzureFirewallSubnet'
    ///   }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource toHub 'virtualNetworkPeerings' = {
    ///     name: 'to-hub'
    ///     properties: { remoteVirtualNetwork: { id: hub.id } }
    ///   }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///   }
    /// }
    ///
    /// resource vault 'Microsoft.Network/privateDnsZones@2024-06-01' = { // expect: VNL236
    ///   name: 'privatelink.vaultcore.azure.net'
    ///   location: 'global'
    /// }
    /// ```
    ///
    /// Source: Cloud Adoption Framework: private DNS zones of platform services are kept in the connectivity subscription:
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL236 "private-endpoint-zone-in-application-subscription", Note Low opt_in, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let zones: Vec<Place> = network.made(&dns::ZONE).into_iter().filter(|zone| is_of_services(*zone)).collect();
    let mut said: Vec<Place> = Vec::new();
    for cluster in clusters(network) {
        let hubs = cluster.node_vnet().map(Place::hubs).unwrap_or_default();
        let Some(hub) = hubs.into_iter().find(|hub| hub.vnet.lies_in_another_subscription_than(cluster)) else { continue };
        for zone in zones.iter().filter(|zone| zone.shares_subscription(cluster) == Truth::Yes) {
            if !said.contains(zone) {
                said.push(*zone);
                findings.push(found(cluster, &hub, *zone));
            }
        }
    }
}

/// The zone has the name of a platform service's, and not of an API server's.
fn is_of_services(zone: Place) -> bool {
    let name = zone.id().and_then(|id| id.name()).and_then(|name| name.as_literal());
    let rows = paas::ZONES.iter().filter(|row| row.of != cluster::CLUSTER.name);
    let mut known = rows.flat_map(|row| row.zones);
    name.is_some_and(|name| known.any(|pattern| is_zone(pattern, name)))
}

fn found(cluster: Place, hub: &Hub, zone: Place) -> Finding {
    let (name, central) = (zone.name(), hub.vnet.name());
    let message = format!("zone `{name}` is made in the subscription of `{}`, and its hub `{central}` lies in another one", cluster.name());
    let mut finding = RULE.finding(zone.span(), message).about(zone);
    finding.objects = vec![hub.vnet.address().clone(), cluster.address().clone()];
    finding.steps.push(Step { message: "this zone is made".into(), span: zone.span() });
    finding.steps.push(Step { message: format!("in the subscription of `{}`", cluster.name()), span: cluster.span() });
    finding.steps.push(Step { message: format!("whose hub is `{central}`: {}", hub.because), span: hub.vnet.span() });
    finding.help = Some(in_words_of(
        zone,
        "read the zone of the hub's subscription, by a `data` source with a provider of that subscription",
        "read the zone of the hub's subscription, as `existing` with a `scope` there",
    ));
    finding.why = Some("nobody else sees this zone, and where it is linked it hides the records of the central one".into());
    match zone.exists() {
        Truth::Yes => finding,
        _ => finding.undecided(zone.decides().cloned(), "if it is made: VNL236; else it passes"),
    }
}
