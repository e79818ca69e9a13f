//! See the rule's page below.

use super::{Finding, Level, Settings, Step};
use crate::azure::{Field, cluster, virtual_network};
use crate::network::{Network, Place};
use crate::value::{Cidr, Truth};

rule! {
    /// A range on premises is also one of the cluster's.
    ///
    /// A local network gateway or a VPN site announces ranges on premises. When one of them is also a range of the
    /// cluster's VNet, of its services or of its pods, packets from the cluster to on-premises never leave it. The default
    /// for services, 10.0.0.0/16, is a range that many networks use.
    ///
    /// Move the range of the cluster: in Terraform `service_cidr = "172.20.0.0/16"` with `dns_service_ip` inside it, in
    /// Bicep `serviceCidr: '172.20.0.0/16'`. A summary such as 10.0.0.0/8 says little: for the VNet its own, more specific
    /// routes win, and for services and pods it is a note. Ranges that no code declares can be given as `on_prem_ranges`
    /// in `vnetlint.toml`.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "hub" {
    ///   name                = "hub"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.9.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "gateways" {
    ///   name                 = "GatewaySubnet"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.hub.name
    ///   address_prefixes     = ["10.9.1.0/27"]
    /// }
    ///
    /// resource "azurerm_virtual_network_gateway" "hub" {
    ///   name                = "gateway"
    ///   resource_group_name = "net"
    ///   type                = "Vpn"
    ///
    ///   ip_configuration {
    ///     subnet_id = azurerm_subnet.gateways.id
    ///   }
    /// }
    ///
    /// resource "azurerm_local_network_gateway" "office" {
    ///   name                = "office"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.1.0.0/20"]
    /// }
    ///
    /// resource "azurerm_virtual_network_peering" "to_hub" {
    ///   name                      = "to-hub"
    ///   resource_group_name       = "net"
    ///   virtual_network_name      = azurerm_virtual_network.spoke.name
    ///   remote_virtual_network_id = azurerm_virtual_network.hub.id
    ///   use_remote_gateways       = true
    /// }
    ///
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.1.0.0/16"] # expect: VNL056
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
    ///
    ///   network_profile {
    ///     network_plugin = "azure"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'hub'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.9.0.0/16' ] } }
    ///   resource gateways 'subnets' = {
    ///     name: 'GatewaySubnet'
    ///     properties: { addressPrefix: '10.9.1.0/27' }
    ///   }
    /// }
    ///
    /// resource gateway 'Microsoft.Network/virtualNetworkGateways@2024-05-01' = {
    ///   name: 'gateway'
    ///   properties: {
    ///     gatewayType: 'Vpn'
    ///     ipConfigurations: [ { name: 'main', properties: { subnet: { id: hub::gateways.id } } } ]
    ///   }
    /// }
    ///
    /// resource office 'Microsoft.Network/localNetworkGateways@2024-05-01' = {
    ///   name: 'office'
    ///   properties: { localNetworkAddressSpace: { addressPrefixes: [ '10.1.0.0/20' ] } }
    /// }
    ///
    /// resource toHub 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-05-01' = {
    ///   parent: spoke
    ///   name: 'to-hub'
    ///   properties: { remoteVirtualNetwork: { id: hub.id }, useRemoteGateways: true }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: {
    ///     addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } // expect: VNL056
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
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/azure-cni-overlay>
    /// Source: Cloud Adoption Framework: plan addresses so that ranges of the cluster and of on-premises do not overlap. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL056 "on-premises-range-overlap", Warning Medium, since "0.2.0"
}

/// A range that is no longer than this sums up a whole network.
const SUMMARY: u8 = 8;

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    for cluster in network.made(&cluster::CLUSTER) {
        let Some(vnet) = cluster.node_vnet() else { continue };
        let own = own_ranges(cluster, vnet);
        let mut said: Vec<(usize, Finding)> = Vec::new();
        for (site, _, certain) in vnet.sites() {
            let ranges = site.ranges(site.site_field());
            if let (Err(unknown), Truth::Yes, Some((place, field, _, _))) = (&ranges, certain, own.first()) {
                let message = format!("cannot tell whether `{}` announces a range of `{}`", site.name(), cluster.name());
                let finding = RULE.finding(place.span_of(field), message).about(cluster);
                let effect = "if it announces one: VNL056; else it passes";
                said.push((own.len(), finding.undecided(Some(unknown.clone()), effect)));
            }
            for range in ranges.unwrap_or_default().into_iter().filter(|_| certain == Truth::Yes) {
                let who = format!("`{}` announces {range}", site.name());
                said.extend(clash(cluster, vnet, &own, range).map(|(index, finding)| (index, at_site(finding, site, who))));
            }
        }
        // The ranges that a user names are compared with the VNet here; VNL165 and VNL166 compare them with the others.
        for range in &settings.on_prem_ranges {
            said.extend(clash(cluster, vnet, &own[..1], *range));
        }
        // One range of the cluster is one mistake, however many sites announce it.
        said.sort_by_key(|(index, finding)| (*index, finding.verdict));
        said.dedup_by_key(|(index, _)| *index);
        findings.extend(said.into_iter().map(|(_, finding)| finding));
    }
}

type Own<'n> = (Place<'n>, &'static Field, &'static str, Vec<Cidr>);

/// The ranges of a cluster: of its VNet first, then of its services and pods.
fn own_ranges<'n>(cluster: Place<'n>, vnet: Place<'n>) -> Vec<Own<'n>> {
    let fields: [(Place, &'static Field, &str); 3] = [
        (vnet, &virtual_network::ADDRESS_SPACE, "its VNet holds"),
        (cluster, &cluster::SERVICE_CIDRS, "its services have"),
        (cluster, &cluster::POD_CIDRS, "its pods have"),
    ];
    fields.into_iter().map(|(place, field, what)| (place, field, what, place.ranges(field).unwrap_or_default())).collect()
}

fn clash(cluster: Place, vnet: Place, own: &[Own], range: Cidr) -> Option<(usize, Finding)> {
    let (index, (place, field, what, mine)) = own.iter().enumerate().find_map(|(index, (place, field, what, ranges))| {
        // In a VNet its own routes win over a shorter one from outside.
        let hurts = |mine: &&Cidr| mine.overlaps(range) && (*place != vnet || range.length() >= mine.length());
        let mine = ranges.iter().find(hurts)?;
        Some((index, (place, field, what, *mine)))
    })?;
    let at = place.span_of(field);
    let message = format!("{range} is a range on premises, and one of `{}`: {what} {mine}", cluster.name());
    let mut finding = RULE.finding(at, message).about(cluster);
    if range.length() <= SUMMARY {
        finding.level = Level::Note;
    }
    finding.objects.push(vnet.address().clone());
    finding.steps.push(Step { message: format!("{what} {mine}"), span: at });
    finding.help = Some("move the range of the cluster to one that is not used on premises".into());
    finding.why = Some("packets to on-premises then stay in the cluster".into());
    Some((index, finding))
}

fn at_site(mut finding: Finding, site: Place, who: String) -> Finding {
    finding.objects.push(site.address().clone());
    finding.steps.push(Step { message: who, span: site.span_of(site.site_field()) });
    finding
}
