//! See the rule's page below.

use super::dns_at_creation::linked_to;
use super::hub_links::{Spoke, spokes};
use super::{Confidence, Finding, Settings, Step, said_elsewhere};
use crate::azure::{cluster, dns};
use crate::network::{End, Network, Place, ZoneMode};
use crate::value::{Truth, Unknown};

rule! {
    /// The zone of a private cluster is not linked to the hub in which names are resolved.
    ///
    /// AKS links the zone to the nodes' own VNet and to nothing else. The central DNS servers then answer that the API
    /// server's name does not exist: administrators, build agents and other spokes cannot reach the cluster although
    /// routing is fine.
    ///
    /// Link the zone to the VNet in which the central DNS servers stand.
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
    /// resource "azurerm_private_dns_resolver" "hub" {
    ///   name                = "resolver"
    ///   resource_group_name = "net"
    ///   virtual_network_id  = azurerm_virtual_network.hub.id
    /// }
    ///
    /// resource "azurerm_private_dns_resolver_inbound_endpoint" "hub" {
    ///   name                    = "inbound"
    ///   private_dns_resolver_id = azurerm_private_dns_resolver.hub.id
    /// }
    ///
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.1.0.0/16"]
    /// }
    ///
    /// resource "azurerm_virtual_network_peering" "spoke" {
    ///   name                      = "to-hub"
    ///   resource_group_name       = "net"
    ///   virtual_network_name      = azurerm_virtual_network.spoke.name
    ///   remote_virtual_network_id = azurerm_virtual_network.hub.id
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
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                    = "aks"
    ///   resource_group_name     = "net"
    ///   private_cluster_enabled = true
    ///   private_dns_zone_id     = azurerm_private_dns_zone.aks.id # expect: VNL020
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
    /// resource resolver 'Microsoft.Network/dnsResolvers@2022-07-01' = {
    ///   name: 'resolver'
    ///   properties: { virtualNetwork: { id: hub.id } }
    ///   resource inbound 'inboundEndpoints' = {
    ///     name: 'inbound'
    ///     properties: { ipConfigurations: [ { subnet: { id: '${hub.id}/subnets/dns' } } ] }
    ///   }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    ///   resource toHub 'virtualNetworkPeerings' = {
    ///     name: 'to-hub'
    ///     properties: { remoteVirtualNetwork: { id: hub.id } }
    ///   }
    /// }
    ///
    /// resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
    ///   name: 'privatelink.westeurope.azmk8s.io'
    ///   location: 'global'
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     apiServerAccessProfile: {
    ///       enablePrivateCluster: true
    ///       privateDNSZone: zone.id // expect: VNL020
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL020 "custom-zone-not-linked-to-hub", Warning High, since "0.1.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for spoke in spokes(network) {
        let ZoneMode::Custom(zone) = spoke.cluster.zone_mode() else { continue };
        match zone {
            End::Place(zone) => findings.extend(of_zone(network, &spoke, zone)),
            End::Outside(id) => {
                let at = spoke.cluster.span_of(&cluster::PRIVATE_DNS_ZONE);
                let links = said_elsewhere(spoke.cluster, format!("the links of {id}"), at);
                findings.push(open(&spoke, Some(links), format!("the zone `{id}` and its links are not in this code")));
            }
            End::Unknown(unknown) => findings.push(open(&spoke, Some(unknown), "the zone is not known".into())),
        }
    }
}

fn of_zone<'n>(network: &'n Network, spoke: &Spoke<'n>, zone: Place<'n>) -> Option<Finding> {
    let mut targets: Vec<Place> = Vec::new();
    for hub in &spoke.hubs {
        match spoke.resolving(network, hub) {
            Ok(vnets) => targets.extend(vnets),
            Err(unknown) => {
                return Some(open(spoke, unknown, format!("it is not known where `{}` resolves names", hub.vnet.name())));
            }
        }
    }
    // A hub that asks a server in the spoke is linked enough: AKS links that VNet.
    if targets.is_empty() || targets.contains(&spoke.vnet) {
        return None;
    }
    let links = zone.zone_links();
    let linked = |target: &Place<'n>| {
        Truth::any(links.iter().map(|(link, end)| match end {
            End::Place(vnet) if vnet == target => link.exists(),
            End::Unknown(_) => Truth::Unknown,
            _ => Truth::No,
        }))
    };
    let mut missing: Vec<Place> = targets.iter().copied().filter(|target| linked(target) != Truth::Yes).collect();
    missing.dedup();
    // One linked VNet serves several hubs that share it; hubs of different regions each need their own.
    let several_needed = spoke.hubs.iter().all(|hub| hub.rank <= 2) && spoke.hubs.len() > 1;
    if missing.is_empty() || !several_needed && missing.len() < targets.len() {
        return None;
    }
    let perhaps = missing.iter().any(|target| linked(target) == Truth::Unknown);
    if perhaps {
        let unknown = links.iter().find_map(|(link, end)| match end {
            End::Unknown(unknown) => Some(unknown.clone()),
            _ => link.decides().cloned(),
        });
        return Some(open(spoke, unknown, format!("it is not known what `{}` is linked to", zone.name())));
    }
    if let Some(unknown) = zone.open_for(&dns::ZONE_LINK) {
        return Some(open(spoke, Some(unknown), format!("not all links of `{}` are in this code", zone.name())));
    }
    let target = missing.first().copied()?;
    let hub = spoke.hubs.iter().find(|hub| hub.vnet == target).or(spoke.hubs.first())?;
    let message = format!(
        "zone `{}` of `{}` is not linked to `{}`, so the names of the cluster are not resolved there",
        zone.name(),
        spoke.cluster.name(),
        target.name()
    );
    let place = spoke.cluster.span_of(&cluster::PRIVATE_DNS_ZONE);
    let mut finding = RULE.finding(place, message).about(spoke.cluster);
    // A hub that is only read may be linked in its own repository; links are written where the zone is.
    let of_target = if target.is_made() { Confidence::High } else { Confidence::Medium };
    finding.confidence = spoke.confidence().min(of_target);
    finding.objects = vec![zone.address().clone(), target.address().clone()];
    finding.steps.push(Step { message: "this private cluster names its zone".into(), span: place });
    finding.steps.push(Step { message: linked_to(zone), span: zone.span() });
    if let Some(tie) = hub.tie {
        let message = format!("its VNet `{}` is tied to `{}`", spoke.vnet.name(), hub.vnet.name());
        finding.steps.push(Step { message, span: tie.span() });
    }
    finding.steps.push(Step { message: format!("which is its hub: {}", hub.because), span: target.span() });
    finding.help = Some(format!("link the zone to `{}`", target.name()));
    finding.why = Some("AKS links the zone to the nodes' own VNet only".into());
    Some(finding)
}

fn open(spoke: &Spoke, unknown: Option<Unknown>, why: String) -> Finding {
    let message = format!("cannot tell whether the zone of `{}` is linked to its hub: {why}", spoke.cluster.name());
    let place = spoke.cluster.span_of(&cluster::PRIVATE_DNS_ZONE);
    spoke.open(&RULE, place, unknown, message, "if the zone is linked to the hub it passes; else VNL020")
}
