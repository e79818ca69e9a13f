//! See the rule's page below.

use super::clusters::{clusters, hop};
use super::{Finding, Settings, Step};
use crate::azure::cluster;
use crate::network::{Network, Place, Server, ZoneMode};
use crate::value::Truth;

rule! {
    /// A private cluster whose DNS servers need the zone's link to the hub is written for an old API version.
    ///
    /// That the hub may be linked to the zone before the cluster is made, so that central DNS servers find the API server from the
    /// first moment, came with API version 2022-07-01. With an older one AKS may not take the link into account.
    ///
    /// Write a later version: in Bicep `managedClusters@2024-09-01`, in azapi
    /// `type = "Microsoft.ContainerService/managedClusters@2024-09-01"`. azurerm takes care of it from version 3.30 on.
    ///
    /// Wrong:
    ///
    /// ```tf
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
    /// resource "azapi_resource" "aks" { # expect: VNL031
    ///   type      = "Microsoft.ContainerService/managedClusters@2021-05-01"
    ///   name      = "aks"
    ///   parent_id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/app"
    ///
    ///   body = {
    ///     properties = {
    ///       agentPoolProfiles      = [{ name = "system", vnetSubnetID = azurerm_subnet.nodes.id }]
    ///       apiServerAccessProfile = { enablePrivateCluster = true, privateDNSZone = azurerm_private_dns_zone.aks.id }
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
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
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2021-05-01' = { // expect: VNL031
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     apiServerAccessProfile: { enablePrivateCluster: true, privateDNSZone: zone.id }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/private-clusters>
    VNL031 "arm-api-too-old-for-byo-zone-link", Note Low, since "0.2.0"
}

/// The first version that takes a link into account which is there before the cluster.
const FIRST: &str = "2022-07-01";

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in clusters(network).filter(|cluster| cluster.is_true(&cluster::PRIVATE) == Truth::Yes) {
        findings.extend(found(cluster));
    }
}

fn found(cluster: Place) -> Option<Finding> {
    // Versions are dates, with `-preview` behind some.
    let version = cluster.api_version().filter(|version| version.get(..FIRST.len()).is_some_and(|date| date < FIRST))?;
    let ZoneMode::Custom(_) = cluster.zone_mode() else { return None };
    let vnet = cluster.node_vnet()?;
    let asks = |server: &Server| !matches!(server, Server::Azure);
    let setting = vnet.dns_settings().into_iter().find(|setting| {
        setting.servers.as_ref().is_ok_and(|servers| servers.first().is_some_and(asks))
    })?;
    let message = format!("`{}` is written for API version {version}, which may not heed a zone that is linked before", cluster.name());
    let mut finding = RULE.finding(cluster.span(), message).about(cluster);
    finding.objects.push(vnet.address().clone());
    finding.steps.push(hop(cluster, &cluster::PRIVATE_DNS_ZONE, "this private cluster takes a zone of its own".into()));
    finding.steps.push(Step { message: format!("and `{}` of its nodes asks DNS servers of its own", vnet.name()), span: setting.span });
    finding.help = Some("write API version 2024-09-01 or a later one".into());
    finding.why = Some("that DNS servers see the zone before the cluster is made came with API version 2022-07-01".into());
    Some(finding)
}
