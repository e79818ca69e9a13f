//! See the rule's page below.

use super::clusters::clusters;
use super::{Finding, Settings, Step};
use crate::azure::{cluster, private_endpoint};
use crate::network::{DnsSetting, Network, Place, Seen, Server, ZoneMode};
use crate::value::{Truth, Unknown};

rule! {
    /// A VNet asks DNS servers of which some know a private zone and others do not.
    ///
    /// A node asks the first server of the list, and another one where that does not answer in time; whichever answers is believed,
    /// also when it says that there is no such name. With a server that does not see the zone of the API server or of a private
    /// endpoint, names are found on most days and are not found when the first server is busy.
    ///
    /// List only servers that see the same zones: in Terraform `dns_servers = [local.hub_dns_1, local.hub_dns_2]`, in Bicep
    /// `dhcpOptions: { dnsServers: [ hubDns1, hubDns2 ] }`. Servers in two VNets that are both linked to the zone are fine, and so is
    /// Azure's own DNS for the API server, as AKS links its zone to the VNet of the nodes. Servers elsewhere are not looked at.
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
    ///   dns_servers         = ["10.0.0.4", "8.8.8.8"] # expect: VNL045
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
    /// resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'hub'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.0.0.0/16' ] } }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: {
    ///     addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] }
    ///     dhcpOptions: { dnsServers: [ '10.0.0.4', '8.8.8.8' ] } // expect: VNL045
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
    ///     apiServerAccessProfile: { enablePrivateCluster: true, privateDNSZone: zone.id }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/virtual-network/virtual-networks-name-resolution-for-vms-and-role-instances> and
    /// Cloud Adoption Framework: central DNS servers answer only for the zones that are linked to where they stand:
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL045 "mixed-dns-servers", Warning Medium, since "0.2.0"
}

/// A zone whose names the pods or nodes of a cluster look for.
struct Wanted<'n> {
    zone: Place<'n>,
    /// AKS links it to the VNet of the nodes by itself.
    by_aks: bool,
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut said: Vec<Place> = Vec::new();
    for cluster in clusters(network) {
        let Some(vnet) = cluster.node_vnet().filter(|vnet| !said.contains(vnet)) else { continue };
        let wanted = wanted(network, cluster, vnet);
        let found = vnet.dns_settings().iter().find_map(|setting| {
            wanted.iter().find_map(|wanted| mixed(network, cluster, vnet, setting, wanted))
        });
        if let Some(finding) = found {
            said.push(vnet);
            findings.push(finding);
        }
    }
}

fn wanted<'n>(network: &'n Network, cluster: Place<'n>, vnet: Place<'n>) -> Vec<Wanted<'n>> {
    let mut wanted = Vec::new();
    let by_name = cluster.is_true(&cluster::PRIVATE) & !cluster.is_true(&cluster::VNET_INTEGRATION);
    if let (Truth::Yes, ZoneMode::Custom(zone)) = (by_name, cluster.zone_mode()) {
        wanted.extend(zone.place().map(|zone| Wanted { zone, by_aks: true }));
    }
    for endpoint in network.made(&private_endpoint::PRIVATE_ENDPOINT) {
        if endpoint.private_endpoint_vnet() == Some(vnet) {
            let zones = endpoint.endpoint_zones().into_iter().filter_map(|step| step.end.place());
            wanted.extend(zones.map(|zone| Wanted { zone, by_aks: false }));
        }
    }
    wanted
}

/// Whether a server answers for a zone, and what would decide.
fn answers<'n>(network: &'n Network, server: &Server<'n>, vnet: Place<'n>, wanted: &Wanted<'n>) -> (Truth, Option<Unknown>) {
    match network.sees(server, vnet) {
        Seen::From(vnets) if wanted.by_aks && vnets.contains(&vnet) => (Truth::Yes, None),
        Seen::From(vnets) => wanted.zone.is_linked_to_any(&vnets),
        Seen::Never => (Truth::No, None),
        Seen::Unknown(_) => (Truth::Unknown, None),
    }
}

fn mixed<'n>(network: &'n Network, cluster: Place<'n>, vnet: Place<'n>, setting: &DnsSetting<'n>, wanted: &Wanted<'n>) -> Option<Finding> {
    let servers = setting.servers.as_ref().ok().filter(|servers| servers.len() > 1)?;
    let answers: Vec<_> = servers.iter().map(|server| (server, answers(network, server, vnet, wanted))).collect();
    let knows = answers.iter().find(|(_, (truth, _))| *truth == Truth::Yes)?;
    let (zone, name) = (wanted.zone.name(), vnet.name());
    let silent = answers.iter().find(|(_, (truth, _))| *truth == Truth::No);
    let mut finding = match silent {
        Some((server, _)) => {
            let message = format!("`{name}` asks servers that know zone `{zone}`, and {}, which does not", shown(server));
            RULE.finding(setting.span, message).about(vnet)
        }
        None => {
            let unknown = answers.iter().find_map(|(_, (truth, unknown))| unknown.clone().filter(|_| *truth == Truth::Unknown))?;
            let message = format!("cannot tell whether all DNS servers of `{name}` know zone `{zone}`");
            let effect = "if one of them does not: VNL045; else it passes";
            RULE.finding(setting.span, message).about(vnet).undecided(Some(unknown), effect)
        }
    };
    finding.objects = vec![wanted.zone.address().clone(), cluster.address().clone()];
    let step = format!("these servers are asked; {} knows the zone", shown(knows.0));
    finding.steps.push(Step { message: step, span: setting.span });
    if let Some((server, _)) = silent {
        let span = Place::home_of(server).map_or(setting.span, Place::span);
        finding.steps.push(Step { message: format!("{} does not", shown(server)), span });
    }
    finding.steps.push(Step { message: format!("and `{}` needs names of this zone", cluster.name()), span: wanted.zone.span() });
    finding.help = Some("list only servers that see the same zones".into());
    finding.why = Some("whichever server answers is believed, also when it says that there is no such name".into());
    Some(finding)
}

fn shown(server: &Server) -> String {
    match server {
        Server::Azure => "Azure's own DNS".into(),
        Server::Inbound(endpoint) => format!("the resolver endpoint `{}`", endpoint.name()),
        Server::Firewall(wall) => format!("the firewall `{}`", wall.name()),
        Server::Host(vnet) => format!("a server in `{}`", vnet.name()),
        Server::Public(address) => format!("the public server {address}"),
        Server::Elsewhere(text) => format!("the server `{text}`"),
        Server::Unknown(unknown) => format!("the server that `{unknown}` names"),
    }
}
