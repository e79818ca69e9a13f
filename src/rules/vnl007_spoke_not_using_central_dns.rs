//! See the rule's page below.

use super::clusters::clusters;
use super::finding::in_words_of;
use super::{Finding, Settings, Step};
use crate::azure::dns;
use crate::network::{Hub, Network, Place, Seen, Server};
use crate::value::Unknown;

rule! {
    /// Other spokes ask the DNS servers of the hub, and the VNet of a cluster asks Azure.
    ///
    /// Names that only the central servers know, on premises or in zones that are linked to the hub, are not found from the cluster.
    /// While a private cluster is being created that is right; afterwards its VNet should ask the servers that the others ask.
    ///
    /// Once the cluster is there and its zone is linked to the hub, name the servers: in Terraform an
    /// `azurerm_virtual_network_dns_servers` that waits for the cluster, in Bicep `dhcpOptions: { dnsServers: [ ... ] }` in a module
    /// that does. A VNet that a forwarding ruleset is linked to needs no servers of its own.
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
    /// resource "azurerm_virtual_network" "other" {
    ///   name                = "other"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.2.0.0/16"]
    ///   dns_servers         = [azurerm_private_dns_resolver_inbound_endpoint.hub.ip_configurations[0].private_ip_address]
    /// }
    ///
    /// resource "azurerm_virtual_network_peering" "other" {
    ///   name                      = "to-hub"
    ///   resource_group_name       = "net"
    ///   virtual_network_name      = azurerm_virtual_network.other.name
    ///   remote_virtual_network_id = azurerm_virtual_network.hub.id
    /// }
    ///
    /// resource "azurerm_virtual_network" "spoke" { # expect: VNL007
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
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
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
    ///     properties: { ipConfigurations: [ { privateIpAddress: '10.0.1.4', privateIpAllocationMethod: 'Static' } ] }
    ///   }
    /// }
    ///
    /// resource other 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'other'
    ///   properties: {
    ///     addressSpace: { addressPrefixes: [ '10.2.0.0/16' ] }
    ///     dhcpOptions: { dnsServers: [ '10.0.1.4' ] }
    ///   }
    ///   resource toHub 'virtualNetworkPeerings' = {
    ///     name: 'to-hub'
    ///     properties: { remoteVirtualNetwork: { id: hub.id } }
    ///   }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = { // expect: VNL007
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
    /// ```
    ///
    /// Source: Cloud Adoption Framework: every VNet asks the central DNS servers:
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL007 "spoke-not-using-central-dns", Note Low opt_in, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut said: Vec<Place> = Vec::new();
    for cluster in clusters(network) {
        let Some(vnet) = cluster.node_vnet().filter(|vnet| vnet.is_made() && !said.contains(vnet)) else { continue };
        said.push(vnet);
        findings.extend(found(network, cluster, vnet));
    }
}

fn found(network: &Network, cluster: Place, vnet: Place) -> Option<Finding> {
    let unknown = asks_azure(vnet).ok()?;
    if has_ruleset(network, vnet) {
        return None;
    }
    // Hubs by their resolver or DNS proxy: the VNet has no servers that would make one.
    let hubs = vnet.hubs().into_iter().filter(|hub| hub.rank == 2);
    let (hub, other) = hubs.filter_map(|hub| Some((other_spoke(network, vnet, &hub)?, hub))).map(|(other, hub)| (hub, other)).next()?;
    let place = vnet.span();
    let mut finding = match unknown {
        None => {
            let message = format!("`{}` asks `{}` for names, and `{}` of `{}` asks Azure", other.name(), hub.vnet.name(), vnet.name(), cluster.name());
            RULE.finding(place, message).about(vnet)
        }
        Some(unknown) => {
            let message = format!("cannot tell whether `{}` of `{}` asks the DNS servers of `{}`", vnet.name(), cluster.name(), hub.vnet.name());
            RULE.finding(place, message).about(vnet).undecided(Some(unknown), "if it names them it passes; if there are none: VNL007")
        }
    };
    finding.objects = vec![hub.vnet.address().clone(), other.address().clone()];
    finding.steps.push(Step { message: format!("the nodes of `{}` stand in this VNet, which names no DNS servers", cluster.name()), span: place });
    finding.steps.push(Step { message: format!("it is tied to `{}`: {}", hub.vnet.name(), hub.because), span: hub.vnet.span() });
    finding.steps.push(Step { message: "whose DNS servers this VNet asks".into(), span: other.span() });
    finding.help = Some(in_words_of(
        vnet,
        "set them once the cluster is there, by an `azurerm_virtual_network_dns_servers` that waits for it",
        "set them once the cluster is there, by `dhcpOptions` in a module that waits for it",
    ));
    finding.why = Some("names that only the central servers know are not found from the cluster".into());
    Some(finding)
}

/// Nobody gives a VNet DNS servers of its own, whenever that may be; or it is not known, which is what comes back then.
fn asks_azure(vnet: Place) -> Result<Option<Unknown>, ()> {
    let mut open = None;
    for setting in vnet.dns_settings() {
        match setting.servers {
            Ok(servers) if servers.iter().all(|server| matches!(server, Server::Azure)) => {}
            Ok(_) => return Err(()),
            Err(unknown) => open = Some(unknown),
        }
    }
    Ok(open)
}

fn has_ruleset(network: &Network, vnet: Place) -> bool {
    let links = network.all(&dns::RULESET_LINK).into_iter().flat_map(|link| link.follow(&dns::RULESET_LINK_TO_VNET));
    links.into_iter().any(|step| step.end.place().is_none_or(|end| end == vnet))
}

/// Another VNet at the same hub that asks its servers.
fn other_spoke<'n>(network: &'n Network, vnet: Place<'n>, hub: &Hub<'n>) -> Option<Place<'n>> {
    let near = hub.vnet.within_reach().into_iter().map(|(other, _)| other).filter(|other| *other != vnet);
    let asks = |other: &Place<'n>| {
        let servers = other.dns_settings().into_iter().filter_map(|setting| setting.servers.ok()?.into_iter().next());
        servers.into_iter().any(|server| {
            !matches!(server, Server::Azure) && matches!(network.sees(&server, *other), Seen::From(vnets) if vnets.contains(&hub.vnet))
        })
    };
    near.into_iter().find(asks)
}
