//! See the rule's page below.

use super::udr::{Egress, egresses};
use super::{Finding, Settings, Step};
use crate::azure::routes;
use crate::network::{Network, Table};
use crate::value::Truth;

rule! {
    /// A cluster says that its routes are its own, while a Route Server or a secured hub puts routes into the same subnet.
    ///
    /// The static default route wins over one that is injected, but every more specific route that is injected wins over the
    /// static default. Egress can then leave the inspected way without a change in the code.
    ///
    /// Keep the static default route and propagated routes out of the table, or let the dynamic routes decide and take another
    /// outbound type.
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
    /// resource "azurerm_virtual_network" "hub" {
    ///   name                = "hub"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.0.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "route_server" {
    ///   name                 = "RouteServerSubnet"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.hub.name
    ///   address_prefixes     = ["10.0.1.0/26"]
    /// }
    ///
    /// resource "azurerm_route_server" "hub" {
    ///   name                = "routes"
    ///   resource_group_name = "net"
    ///   subnet_id           = azurerm_subnet.route_server.id
    /// }
    ///
    /// resource "azurerm_virtual_network_peering" "spoke" {
    ///   name                      = "to-hub"
    ///   resource_group_name       = "net"
    ///   virtual_network_name      = azurerm_virtual_network.spoke.name
    ///   remote_virtual_network_id = azurerm_virtual_network.hub.id
    ///   use_remote_gateways       = true
    /// }
    ///
    /// resource "azurerm_route_table" "nodes" {
    ///   name                = "nodes"
    ///   resource_group_name = "net"
    ///
    ///   route {
    ///     name                   = "default"
    ///     address_prefix         = "0.0.0.0/0"
    ///     next_hop_type          = "VirtualAppliance"
    ///     next_hop_in_ip_address = "10.0.0.4"
    ///   }
    /// }
    ///
    /// resource "azurerm_subnet_route_table_association" "nodes" {
    ///   subnet_id      = azurerm_subnet.nodes.id
    ///   route_table_id = azurerm_route_table.nodes.id
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
    ///     outbound_type  = "userDefinedRouting" # expect: VNL091
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'hub'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.0.0.0/16' ] } }
    ///   resource routeServer 'subnets' = {
    ///     name: 'RouteServerSubnet'
    ///     properties: { addressPrefix: '10.0.1.0/26' }
    ///   }
    /// }
    ///
    /// resource routes 'Microsoft.Network/virtualHubs@2024-05-01' = {
    ///   name: 'routes'
    ///   properties: { sku: 'Standard' }
    ///   resource address 'ipConfigurations' = {
    ///     name: 'address'
    ///     properties: { subnet: { id: hub::routeServer.id } }
    ///   }
    /// }
    ///
    /// resource table 'Microsoft.Network/routeTables@2024-05-01' = {
    ///   name: 'nodes'
    ///   properties: {
    ///     routes: [
    ///       {
    ///         name: 'default'
    ///         properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' }
    ///       }
    ///     ]
    ///   }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: {
    ///       addressPrefix: '10.1.0.0/22'
    ///       routeTable: { id: table.id }
    ///     }
    ///   }
    ///   resource toHub 'virtualNetworkPeerings' = {
    ///     name: 'to-hub'
    ///     properties: { remoteVirtualNetwork: { id: hub.id }, useRemoteGateways: true }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       outboundType: 'userDefinedRouting' // expect: VNL091
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL091 "udr-outbound-beside-dynamic-routes", Warning High, since "0.1.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for egress in egresses(network) {
        findings.extend(found(&egress));
    }
}

fn found(egress: &Egress) -> Option<Finding> {
    let Table::Is(table, _) = &egress.table else { return None };
    // Prefixes that a gateway alone announces are wanted; a Route Server and a secured hub announce what they learn.
    let injection =
        egress.injections.iter().filter(|injection| injection.noun != "gateway").max_by_key(|i| i.certain)?;
    let (cluster, noun, source) = (egress.cluster.name(), injection.noun, injection.source.name());
    let mut finding = match egress.has_own_default() & table.lets_routes_in() & injection.certain {
        Truth::No => return None,
        Truth::Yes => {
            let message = format!("`{cluster}` says that its routes are its own, and {noun} `{source}` puts routes beside them");
            egress.finding(&RULE, message)
        }
        Truth::Unknown => {
            let unknown = table.get(&routes::NO_PROPAGATION).unknown().or_else(|| injection.unknown.clone());
            let message = format!("cannot tell whether {noun} `{source}` puts routes beside those of `{cluster}`");
            let effect = "if routes are propagated into the node subnet: VNL091; else it passes";
            egress.open(&RULE, unknown, message, effect)
        }
    };
    finding.objects.push(injection.source.address().clone());
    finding.objects.push(table.address().clone());
    let span = table.span_of(&routes::NO_PROPAGATION);
    finding.steps.push(Step { message: "the table lets propagated routes in".into(), span });
    finding.steps.extend(egress.way_of(injection));
    finding.help = Some(format!("keep propagated routes out of `{}`, or take another outbound type", table.name()));
    finding.why = Some("a more specific route that is injected wins over the static default".into());
    Some(finding)
}
