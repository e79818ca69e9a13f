//! See the rule's page below.

use super::finding::in_words_of;
use super::udr::egresses_of;
use super::{Finding, Settings, Step};
use crate::azure::cluster;
use crate::network::{Network, Order, Place, Server, Table};
use crate::source::Span;
use crate::value::{Truth, Unknown};

rule! {
    /// A private cluster with kubenet has both a route table and DNS servers of yours.
    ///
    /// The three do not go together: with kubenet, a route table that you bring and DNS servers that you bring, the
    /// creation of a private cluster fails. Microsoft lists it as not supported.
    ///
    /// Take Azure CNI Overlay, which spares as many addresses and needs no route table: in Terraform `network_plugin =
    /// "azure"` with `network_plugin_mode = "overlay"`, in Bicep `networkPlugin: 'azure'` with `networkPluginMode:
    /// 'overlay'`. DNS servers that are only set after the cluster is there avoid the failure, at the price of new nodes
    /// that have to be made.
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
    ///   private_cluster_enabled = true
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    ///
    ///   identity {
    ///     type = "SystemAssigned"
    ///   }
    ///
    ///   network_profile {
    ///     network_plugin = "kubenet" # expect: VNL083
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
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
    ///   properties: {
    ///     addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] }
    ///     dhcpOptions: { dnsServers: [ '10.0.0.4' ] }
    ///   }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22', routeTable: { id: table.id } }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   identity: {
    ///     type: 'SystemAssigned'
    ///   }
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     apiServerAccessProfile: { enablePrivateCluster: true }
    ///     networkProfile: {
    ///       networkPlugin: 'kubenet' // expect: VNL083
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/private-clusters>
    VNL083 "kubenet-private-own-dns-own-route-table", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in network.made(&cluster::CLUSTER) {
        let kubenet = cluster.is(&cluster::NETWORK_PLUGIN, "kubenet");
        let private = cluster.is_true(&cluster::PRIVATE) & !cluster.is_true(&cluster::VNET_INTEGRATION);
        if (kubenet & private).certainly() {
            findings.extend(found(network, cluster));
        }
    }
}

fn found(network: &Network, cluster: Place) -> Option<Finding> {
    let egresses = egresses_of(cluster);
    let egress = egresses.iter().find(|egress| !matches!(egress.table, Table::None))?;
    let (table, open_table) = match &egress.table {
        Table::Unknown(unknown) => (Truth::Unknown, unknown.clone()),
        Table::Is(..) | Table::Outside(_) => (Truth::Yes, None),
        Table::None => return None,
    };
    let (servers, open_servers, span) = own_servers(network, cluster)?;
    let place = cluster.span_of(&cluster::NETWORK_PLUGIN);
    let mut finding = match table & servers {
        Truth::No => return None,
        Truth::Yes => {
            let message = format!("`{}` cannot be created: private, with kubenet, a route table and DNS servers of yours", cluster.name());
            RULE.finding(place, message).about(cluster)
        }
        Truth::Unknown => {
            let message = format!("cannot tell whether `{}`, private and with kubenet, has a route table and DNS servers of yours", cluster.name());
            let effect = "if it has both: VNL083; else it passes";
            RULE.finding(place, message).about(cluster).undecided(Some(open_table.or(open_servers)?), effect)
        }
    };
    finding.steps.push(Step { message: "this private cluster has kubenet".into(), span: place });
    finding.steps.extend(egress.steps());
    finding.steps.push(Step { message: "the VNet has DNS servers of yours".into(), span });
    finding.objects.extend(egress.subnet.end.place().map(|subnet| subnet.address().clone()));
    finding.help = Some(in_words_of(
        cluster,
        "`network_plugin = \"azure\"` with `network_plugin_mode = \"overlay\"`",
        "`networkPlugin: 'azure'` with `networkPluginMode: 'overlay'`",
    ));
    finding.why = Some("AKS does not support the three together".into());
    Some(finding)
}

/// Whether the VNet of the nodes has DNS servers of its own when the cluster is made, and where it says so.
fn own_servers(network: &Network, cluster: Place) -> Option<(Truth, Option<Unknown>, Span)> {
    let settings = cluster.node_vnet()?.dns_settings().into_iter();
    let mut open = None;
    for setting in settings {
        let is_own = |servers: &Vec<Server>| servers.iter().any(|server| !matches!(server, Server::Azure));
        match (&setting.servers, network.order(&setting.declaration, cluster.declaration())) {
            (_, Order::After) => {}
            (Ok(servers), _) if !is_own(servers) => {}
            (Ok(_), Order::Before) => return Some((Truth::Yes, None, setting.span)),
            (Ok(servers), _) => {
                let of = servers.iter().find_map(|server| match server {
                    Server::Unknown(unknown) => Some(unknown.clone()),
                    _ => None,
                });
                open = open.or(Some((Truth::Unknown, of, setting.span)));
            }
            (Err(unknown), _) => open = open.or(Some((Truth::Unknown, Some(unknown.clone()), setting.span))),
        }
    }
    open
}
