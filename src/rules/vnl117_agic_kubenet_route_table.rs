//! See the rule's page below.

use super::gateways::{finding, stands_in};
use super::{Finding, Settings, Step};
use crate::azure::{application_gateway as gateway, cluster};
use crate::network::{Network, Place, Table, Writer};
use crate::value::Truth;

rule! {
    /// The gateway of a kubenet cluster's ingress controller does not have the route table of the nodes.
    ///
    /// With kubenet the addresses of pods exist in one place only: the route table that AKS writes for the subnet of the
    /// nodes. The ingress controller tells the gateway those addresses, and without that table the gateway has no way to
    /// them: every request ends in 502.
    ///
    /// Attach the table of the node subnet to the gateway's subnet as well: an
    /// `azurerm_subnet_route_table_association` in Terraform, `routeTable: { id: … }` in Bicep. Where the code brings no table,
    /// AKS makes one in its own resource group: then the association is a step of its own, after the cluster; or bring a table
    /// for both subnets. Kubenet itself is retired in March 2028.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "web" {
    ///   name                = "vnet-web"
    ///   resource_group_name = "rg-web"
    ///   address_space       = ["10.1.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "snet-nodes"
    ///   resource_group_name  = "rg-web"
    ///   virtual_network_name = azurerm_virtual_network.web.name
    ///   address_prefixes     = ["10.1.0.0/22"]
    /// }
    ///
    /// resource "azurerm_subnet" "gateway" {
    ///   name                 = "snet-agw"
    ///   resource_group_name  = "rg-web"
    ///   virtual_network_name = azurerm_virtual_network.web.name
    ///   address_prefixes     = ["10.1.4.0/24"]
    /// }
    ///
    /// resource "azurerm_application_gateway" "web" {
    ///   name                = "agw-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   gateway_ip_configuration {
    ///     name      = "gateway"
    ///     subnet_id = azurerm_subnet.gateway.id # expect: VNL117
    ///   }
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "main" {
    ///   name                = "aks-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    ///   network_profile {
    ///     network_plugin = "kubenet"
    ///   }
    ///   ingress_application_gateway {
    ///     gateway_id = azurerm_application_gateway.web.id
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'vnet-web'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'snet-nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    ///   resource gateway 'subnets' = {
    ///     name: 'snet-agw'
    ///     properties: { addressPrefix: '10.1.4.0/24' }
    ///   }
    /// }
    ///
    /// resource web 'Microsoft.Network/applicationGateways@2024-05-01' = {
    ///   name: 'agw-web'
    ///   properties: {
    ///     gatewayIPConfigurations: [
    ///       {
    ///         name: 'gateway'
    ///         properties: { subnet: { id: vnet::gateway.id } } // expect: VNL117
    ///       }
    ///     ]
    ///   }
    /// }
    ///
    /// resource main 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks-web'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: vnet::nodes.id } ]
    ///     networkProfile: { networkPlugin: 'kubenet' }
    ///     addonProfiles: { ingressApplicationGateway: { enabled: true, config: { applicationGatewayId: web.id } } }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://azure.github.io/application-gateway-kubernetes-ingress/how-tos/networking/>
    VNL117 "agic-kubenet-route-table", Warning High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for writer in network.gateway_writers() {
        findings.extend(found(&writer));
    }
}

fn found(writer: &Writer) -> Option<Finding> {
    let (cluster, place) = (writer.cluster?, writer.gateway.place()?);
    let kubenet = cluster.is(&cluster::NETWORK_PLUGIN, "kubenet");
    if kubenet != Truth::Yes || writer.there != Truth::Yes || !place.is_made() {
        return None;
    }
    let (subnet, stands) = stands_in(place)?;
    let nodes = cluster.node_subnets().iter().find_map(|subnet| subnet.end.place())?;
    let (name, shown) = (place.name(), subnet.name());
    let message = match (subnet.route_table(), nodes.route_table()) {
        (Table::Is(own, _), Table::Is(theirs, _)) if own == theirs => return None,
        (Table::Is(own, _), Table::Is(theirs, _)) => {
            format!("application gateway `{name}` has route table `{}`, and the pods of `{}` are in `{}`", own.name(), cluster.name(), theirs.name())
        }
        (Table::None, Table::Is(theirs, _)) => {
            format!("application gateway `{name}` has no way to the pods of `{}`: `{shown}` lacks route table `{}`", cluster.name(), theirs.name())
        }
        (Table::None, Table::None) => {
            format!("application gateway `{name}` has no way to the pods of `{}`: the route table that AKS makes is not attached to `{shown}`", cluster.name())
        }
        (own, theirs) => return Some(open(place, subnet, cluster, [own, theirs])),
    };
    let mut found = finding(&RULE, place, &gateway::SUBNETS, message);
    found.objects = vec![subnet.address().clone(), cluster.address().clone()];
    found.steps = vec![
        stands,
        Step { message: format!("{} tells it the addresses of pods", writer.words()), span: writer.span },
        Step { message: "which kubenet keeps in the route table of the nodes".into(), span: cluster.span_of(&cluster::NETWORK_PLUGIN) },
    ];
    found.help = Some(format!("attach the route table of `{}` to `{shown}` as well", nodes.name()));
    found.why = Some("with kubenet only that table knows where a pod is, so every request ends in 502".into());
    Some(found)
}

fn open(place: Place, subnet: Place, cluster: Place, tables: [Table; 2]) -> Finding {
    let unknown = tables.into_iter().find_map(|table| match table {
        Table::Unknown(unknown) => unknown,
        _ => None,
    });
    let message = format!("cannot tell whether `{}` has the route table that holds the pods of `{}`", subnet.name(), cluster.name());
    finding(&RULE, place, &gateway::SUBNETS, message).undecided(unknown, "if both subnets have the same table it passes; else VNL117")
}
