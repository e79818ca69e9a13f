//! See the rule's page below.

use super::dns_at_creation::{Outcome, let_wait, situations};
use super::{Finding, Settings, Step};
use crate::azure::cluster;
use crate::network::{Network, Order};

rule! {
    /// Nothing makes a private cluster wait for the link that its DNS servers need.
    ///
    /// The zone, the link and the cluster share a reference to the zone and nothing else, so the cluster may be created
    /// while the link is still being made. It works on most days and fails on the day the link is slow.
    ///
    /// Name the link in the cluster's `depends_on` or `dependsOn`, or let the zone's id come out of a module through an
    /// output that waits for the links.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "hub" {
    ///   name                = "hub"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.0.0.0/16"]
    /// }
    ///
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.1.0.0/16"]
    ///   dns_servers         = ["10.0.0.4"]
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.1.0.0/22"]
    /// }
    ///
    /// resource "azurerm_private_dns_zone" "aks" {
    ///   name                = "privatelink.westeurope.azmk8s.io"
    ///   resource_group_name = "net"
    /// }
    ///
    /// resource "azurerm_private_dns_zone_virtual_network_link" "hub" {
    ///   name                  = "hub"
    ///   resource_group_name   = "net"
    ///   private_dns_zone_name = azurerm_private_dns_zone.aks.name
    ///   virtual_network_id    = azurerm_virtual_network.hub.id
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                    = "aks"
    ///   resource_group_name     = "net"
    ///   private_cluster_enabled = true
    ///   private_dns_zone_id     = azurerm_private_dns_zone.aks.id # expect: VNL003
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'hub'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.0.0.0/16' ] } }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: {
    ///     addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] }
    ///     dhcpOptions: { dnsServers: [ '10.0.0.4' ] }
    ///   }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    /// }
    ///
    /// resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
    ///   name: 'privatelink.westeurope.azmk8s.io'
    ///   location: 'global'
    ///   resource toHub 'virtualNetworkLinks' = {
    ///     name: 'hub'
    ///     location: 'global'
    ///     properties: { registrationEnabled: false, virtualNetwork: { id: hub.id } }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     apiServerAccessProfile: {
    ///       enablePrivateCluster: true
    ///       privateDNSZone: zone.id // expect: VNL003
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL003 "zone-link-not-before-cluster", Warning High, since "0.1.0"
}

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    for situation in situations(network) {
        let Outcome::LinkRace { zone, target, link } = &situation.outcome else { continue };
        let cluster = situation.cluster;
        let place = cluster.span_of(&cluster::PRIVATE_DNS_ZONE);
        let (message, help) = match situation.at {
            Order::Before => (
                format!(
                    "nothing makes `{}` wait for the link of zone `{}` to `{}`, where its DNS servers resolve",
                    cluster.name(),
                    zone.name(),
                    target.name()
                ),
                let_wait(cluster, &[*link]),
            ),
            _ => (
                format!(
                    "nothing makes the DNS servers of `{}` wait for the link of zone `{}` to `{}`",
                    cluster.name(),
                    zone.name(),
                    target.name()
                ),
                format!("let what sets the DNS servers wait for `{}`", link.address()),
            ),
        };
        let mut finding = RULE.finding(place, message);
        finding.why = Some("it works while the link happens to be faster than the first node".into());
        finding.help = Some(help);
        let said = match situation.at {
            Order::Before => "the cluster names this zone and does not wait for its link",
            _ => "the cluster names this zone",
        };
        finding.steps.push(Step { message: said.into(), span: place });
        finding.steps.push(Step { message: format!("this link to `{}` is made at any moment", target.name()), span: link.span() });
        findings.push(situation.finish(finding, settings, &[Some(*zone), Some(*target), Some(*link)]));
    }
}
