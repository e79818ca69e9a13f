//! See the rule's page below.

use super::udr::{Egress, egresses};
use super::{Confidence, Finding, Settings};
use crate::azure::cluster;
use crate::network::{DefaultRoute, Network, Table};
use crate::value::Truth;

rule! {
    /// A cluster says that its routes are its own, and counts on routes that arrive while the network runs.
    ///
    /// Route Servers, virtual hubs and gateways put their default route into a subnet at run time. That is enough for a
    /// virtual machine; AKS looks for the route in a table that is attached to the node subnet, does not find it, and refuses
    /// the cluster.
    ///
    /// Give the node subnet a table with a static `0.0.0.0/0` route to the same firewall and keep propagated routes out of it,
    /// or take another outbound type.
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
    /// resource "azurerm_virtual_hub" "hub" {
    ///   name                = "hub"
    ///   resource_group_name = "net"
    ///   virtual_wan_id      = "/subscriptions/s/resourceGroups/net/providers/Microsoft.Network/virtualWans/wan"
    /// }
    ///
    /// resource "azurerm_virtual_hub_connection" "spoke" {
    ///   name                      = "spoke"
    ///   virtual_hub_id            = azurerm_virtual_hub.hub.id
    ///   remote_virtual_network_id = azurerm_virtual_network.spoke.id
    ///   internet_security_enabled = true
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
    ///     outbound_type  = "userDefinedRouting" # expect: VNL074
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
    ///     properties: {
    ///       addressPrefix: '10.1.0.0/22'
    ///     }
    ///   }
    /// }
    ///
    /// resource hub 'Microsoft.Network/virtualHubs@2024-05-01' = {
    ///   name: 'hub'
    ///   properties: {
    ///     virtualWan: { id: '/subscriptions/s/resourceGroups/net/providers/Microsoft.Network/virtualWans/wan' }
    ///   }
    ///   resource toSpoke 'hubVirtualNetworkConnections' = {
    ///     name: 'spoke'
    ///     properties: { remoteVirtualNetwork: { id: spoke.id }, enableInternetSecurity: true }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       outboundType: 'userDefinedRouting' // expect: VNL074
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL074 "udr-outbound-relies-on-dynamic-routes", Error High, since "0.1.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for egress in egresses(network) {
        findings.extend(found(&egress));
    }
}

fn found(egress: &Egress) -> Option<Finding> {
    let injection = egress.injections.iter().max_by_key(|injection| injection.certain)?;
    let (cluster, noun, source) = (egress.cluster.name(), injection.noun, injection.source.name());
    let missing = match (&egress.table, &egress.route) {
        (Table::None, _) | (Table::Is(..), DefaultRoute::None) => Truth::Yes,
        (Table::Is(..), DefaultRoute::Is(_) | DefaultRoute::Halves(_)) => Truth::No,
        _ => Truth::Unknown,
    };
    let mut finding = match missing & injection.certain {
        Truth::No => return None,
        Truth::Yes => {
            let message = format!(
                "`{cluster}` cannot be created: its only default route comes from {noun} `{source}`, and AKS looks for one in a route table"
            );
            egress.finding(&RULE, message)
        }
        Truth::Unknown => {
            let unknown = match (&egress.table, &egress.route) {
                (Table::Unknown(Some(unknown)), _) | (_, DefaultRoute::Unknown(Some(unknown))) => Some(unknown.clone()),
                _ => injection.unknown.clone(),
            };
            let message = format!("cannot tell whether `{cluster}` counts on the routes of {noun} `{source}` alone");
            let effect = "if the node subnet has a static `0.0.0.0/0` route it passes; else VNL074";
            egress.open(&RULE, unknown, message, effect)
        }
    };
    finding.objects.push(injection.source.address().clone());
    finding.steps.extend(egress.way_of(injection));
    // A private cluster's creation was once said to accept routes that arrive by BGP.
    if egress.cluster.is_true(&cluster::PRIVATE) != Truth::No {
        finding.confidence = Confidence::Medium;
    }
    finding.help = Some(format!(
        "give `{}` a route table with a static `0.0.0.0/0` route to the firewall, or take another outbound type",
        egress.subnet_name()
    ));
    finding.why = Some("routes that arrive while the network runs are not in a route table".into());
    Some(finding)
}
