//! See the rule's page below.

use super::clusters::{clusters, hop};
use super::waiting::let_wait_for;
use super::{Finding, Level, Phase, Settings, Step};
use crate::azure::cluster;
use crate::network::{End, Network, Order, Place, ZoneMode};
use crate::value::Truth;

rule! {
    /// A zone is linked to the cluster's VNet by the code and by AKS at the same time.
    ///
    /// AKS links the zone of a private cluster to the VNet of its nodes while it creates the cluster. A link of your own to the same
    /// VNet that is made at that moment is in its way: one of the two fails with a conflict, and which one changes from day to day.
    ///
    /// Let the cluster wait for the link, with `depends_on` in Terraform or `dependsOn` in Bicep, or leave the link to AKS. With
    /// VNet integration it is not known that AKS links the zone, and nothing is said.
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
    /// resource "azurerm_private_dns_zone" "aks" {
    ///   name                = "privatelink.westeurope.azmk8s.io"
    ///   resource_group_name = "net"
    /// }
    ///
    /// resource "azurerm_private_dns_zone_virtual_network_link" "spoke" { # expect: VNL030
    ///   name                  = "spoke"
    ///   resource_group_name   = "net"
    ///   private_dns_zone_name = azurerm_private_dns_zone.aks.name
    ///   virtual_network_id    = azurerm_virtual_network.spoke.id
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                    = "aks"
    ///   resource_group_name     = "net"
    ///   private_cluster_enabled = true
    ///   private_dns_zone_id     = azurerm_private_dns_zone.aks.id
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
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
    /// resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
    ///   name: 'privatelink.westeurope.azmk8s.io'
    ///   location: 'global'
    ///   resource toSpoke 'virtualNetworkLinks' = { // expect: VNL030
    ///     name: 'spoke'
    ///     location: 'global'
    ///     properties: { registrationEnabled: false, virtualNetwork: { id: spoke.id } }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     apiServerAccessProfile: { enablePrivateCluster: true, privateDNSZone: zone.id }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/private-clusters> and <https://github.com/Azure/AKS/issues/4841>
    VNL030 "zone-link-to-cluster-vnet-races-aks", Warning Medium, since "0.2.0"
}

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    for cluster in clusters(network) {
        let by_name = cluster.is_true(&cluster::PRIVATE) & !cluster.is_true(&cluster::VNET_INTEGRATION);
        let (Truth::Yes, ZoneMode::Custom(End::Place(zone)), Some(vnet)) = (by_name, cluster.zone_mode(), cluster.node_vnet()) else {
            continue;
        };
        let links = zone.zone_links();
        for (link, _) in links.iter().filter(|(link, end)| end.place() == Some(vnet) && link.is_made()) {
            findings.extend(found(network, settings, cluster, zone, vnet, *link));
        }
    }
}

fn found(network: &Network, settings: &Settings, cluster: Place, zone: Place, vnet: Place, link: Place) -> Option<Finding> {
    let order = network.order(link.declaration(), cluster.declaration());
    if !matches!(order, Order::Race | Order::After) {
        return None;
    }
    let name = cluster.name();
    let mut finding = match link.exists() {
        Truth::No => return None,
        Truth::Yes => {
            let when = if order == Order::Race { "while" } else { "after" };
            let message = format!("the code links zone `{}` to `{}` {when} AKS does so for `{name}`", zone.name(), vnet.name());
            RULE.finding(link.span(), message).about(cluster)
        }
        Truth::Unknown => {
            let message = format!("cannot tell whether the code links zone `{}` to `{}` beside AKS", zone.name(), vnet.name());
            let effect = "if this link is made: VNL030; else it passes";
            RULE.finding(link.span(), message).about(cluster).undecided(link.decides().cloned(), effect)
        }
    };
    if settings.phase == Phase::Existing {
        finding.level = Level::Note;
    }
    finding.objects = vec![link.address().clone(), zone.address().clone(), vnet.address().clone()];
    finding.steps.push(Step { message: format!("this link ties the zone to `{}`", vnet.name()), span: link.span() });
    finding.steps.push(on_cluster(cluster));
    finding.help = Some(format!("{}, or leave the link to AKS", let_wait_for(cluster, &[link.declaration()])));
    finding.why = Some("two requests for the same link at one moment are a conflict, and one of them fails".into());
    Some(finding)
}

fn on_cluster(cluster: Place) -> Step {
    hop(cluster, &cluster::PRIVATE_DNS_ZONE, format!("and so does AKS while it creates `{}`", cluster.name()))
}
