//! See the rule's page below.

use super::finding::in_words_of;
use super::udr::egresses_of;
use super::{Confidence, Finding, Settings, Step};
use crate::azure::{cluster, firewall, hub};
use crate::network::{Got, Network, Place};
use crate::value::{Hand, Truth, Value};

rule! {
    /// A virtual hub has a firewall, and the connection of a cluster's VNet does not take its default route.
    ///
    /// A firewall in a virtual hub, or a routing intent for internet traffic, reaches only those VNets whose connection
    /// accepts the hub's default route. `internet_security_enabled` is false when it is left out: the cluster leaves by a
    /// way of its own, and what the firewall would have inspected passes beside it.
    ///
    /// In Terraform `internet_security_enabled = true` in `azurerm_virtual_hub_connection`, in Bicep
    /// `enableInternetSecurity: true`. With outbound type `userDefinedRouting` the node subnet needs a static default
    /// route to the firewall besides, and with that this says nothing. Only connections of VNets in which nodes stand are
    /// looked at: a VNet for shared services often keeps its own way on purpose.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_hub" "hub" {
    ///   name                = "hub"
    ///   resource_group_name = "net"
    ///   virtual_wan_id      = "/subscriptions/s/resourceGroups/net/providers/Microsoft.Network/virtualWans/wan"
    /// }
    ///
    /// resource "azurerm_firewall" "hub" {
    ///   name                = "firewall"
    ///   resource_group_name = "net"
    ///
    ///   virtual_hub {
    ///     virtual_hub_id = azurerm_virtual_hub.hub.id
    ///   }
    /// }
    ///
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
    /// resource "azurerm_virtual_hub_connection" "spoke" { # expect: VNL101
    ///   name                      = "spoke"
    ///   virtual_hub_id            = azurerm_virtual_hub.hub.id
    ///   remote_virtual_network_id = azurerm_virtual_network.spoke.id
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
    /// resource hub 'Microsoft.Network/virtualHubs@2024-05-01' = {
    ///   name: 'hub'
    ///   properties: {
    ///     virtualWan: { id: '/subscriptions/s/resourceGroups/net/providers/Microsoft.Network/virtualWans/wan' }
    ///   }
    /// }
    ///
    /// resource wall 'Microsoft.Network/azureFirewalls@2024-05-01' = {
    ///   name: 'firewall'
    ///   properties: { virtualHub: { id: hub.id } }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    /// }
    ///
    /// resource toSpoke 'Microsoft.Network/virtualHubs/hubVirtualNetworkConnections@2024-05-01' = {
    ///   parent: hub
    ///   name: 'spoke'
    ///   properties: {
    ///     remoteVirtualNetwork: { id: spoke.id }
    ///     enableInternetSecurity: false // expect: VNL101
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
    /// Source: <https://learn.microsoft.com/azure/virtual-wan/how-to-routing-policies>
    /// Source: Cloud Adoption Framework: traffic that leaves is inspected by a firewall or appliance in the managed hub. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL101 "vhub-connection-internet-security-off", Warning Medium, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut seen: Vec<Place> = Vec::new();
    for cluster in network.made(&cluster::CLUSTER) {
        // A static default route leads to the firewall whatever the connection accepts; AKS's own way out is meant then.
        if egresses_of(cluster).iter().any(|egress| egress.has_own_default().possibly()) {
            continue;
        }
        if ["none", "block"].iter().any(|text| cluster.is(&cluster::OUTBOUND, text).possibly()) {
            continue;
        }
        for connection in cluster.node_vnet().map(Place::hub_connections).unwrap_or_default() {
            if connection.is_made() && connection.exists() == Truth::Yes && !seen.contains(&connection) {
                seen.push(connection);
                findings.extend(found(network, cluster, connection));
            }
        }
    }
}

fn found(network: &Network, cluster: Place, connection: Place) -> Option<Finding> {
    let hub = connection.parent()?;
    let (reason, by) = inspects(network, hub)?;
    let security = connection.get(&hub::INTERNET_SECURITY);
    let place = connection.span_of(&hub::INTERNET_SECURITY);
    let vnet = cluster.node_vnet()?;
    let mut finding = match security.ask(Value::is_true) {
        Truth::Yes => return None,
        Truth::No => {
            let message = format!(
                "`{}` leaves beside {reason} of `{}`: the connection of `{}` does not take the hub's default route",
                cluster.name(),
                hub.name(),
                vnet.name()
            );
            RULE.finding(place, message).about(connection)
        }
        Truth::Unknown => {
            let message = format!("cannot tell whether the connection of `{}` takes the default route of `{}`", vnet.name(), hub.name());
            let finding = RULE.finding(place, message).about(connection);
            finding.undecided(Some(security.unknown()?), "if it is true it passes; else VNL101")
        }
    };
    // What Azure assumes without the property is not documented.
    let assumed = matches!(&security, Got::Is(value) if value.origin.hops().any(|hop| matches!(hop.hand, Hand::Assumed(_))));
    if assumed && !connection.is_terraform() {
        finding.confidence = Confidence::Low;
    }
    finding.objects = vec![hub.address().clone(), vnet.address().clone()];
    finding.steps.push(Step { message: format!("`{}` has {reason}", hub.name()), span: by.span() });
    finding.steps.push(Step { message: format!("`{}` is connected to it", vnet.name()), span: connection.span() });
    let said = if assumed { "nothing is said, so the default route stays out" } else { "the default route stays out" };
    finding.steps.push(Step { message: said.into(), span: place });
    finding.steps.push(Step { message: format!("the nodes of `{}` stand there", cluster.name()), span: cluster.span() });
    finding.help =
        Some(in_words_of(connection, "`internet_security_enabled = true`", "`enableInternetSecurity: true`"));
    finding.why = Some("a hub's default route reaches only VNets whose connection accepts it".into());
    Some(finding)
}

/// What inspects the internet traffic of a hub.
fn inspects<'n>(network: &'n Network, hub: Place<'n>) -> Option<(String, Place<'n>)> {
    for intent in hub.children(&hub::ROUTING_INTENT) {
        let (values, _) = intent.get_all(&hub::DESTINATIONS);
        let internet = |value: &Value| value.items().unwrap_or_default().iter().any(|item| item.is("Internet").certainly());
        if values.iter().any(internet) && intent.exists() == Truth::Yes {
            return Some(("the routing intent".into(), intent));
        }
    }
    let stands = |wall: &Place| {
        let steps = wall.follow(&firewall::FIREWALL_TO_HUB);
        steps.iter().any(|step| step.end.place() == Some(hub)) && wall.exists() == Truth::Yes
    };
    network.all(&firewall::FIREWALL).into_iter().find(stands).map(|wall| (format!("firewall `{}`", wall.name()), wall))
}
