//! See the rule's page below.

use super::gateways::{finding, stands_in};
use super::{Finding, Settings, Step};
use crate::azure::{application_gateway as gateway, cluster, virtual_network};
use crate::network::{Network, Writer};
use crate::value::Truth;

rule! {
    /// The gateway of an ingress controller stands in a VNet that does not reach the pods.
    ///
    /// The ingress controller gives the gateway the addresses of pods. They lie in the VNet of the cluster, and the gateway
    /// stands in another one that is not peered with it, or only by one half of a peering: every request ends in 502.
    ///
    /// Put the gateway into the VNet of the cluster, or peer the two VNets, both ways. A connection of both to one virtual
    /// hub is a way as well.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "hub" {
    ///   name                = "vnet-hub"
    ///   resource_group_name = "rg-web"
    ///   address_space       = ["10.0.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "gateway" {
    ///   name                 = "snet-agw"
    ///   resource_group_name  = "rg-web"
    ///   virtual_network_name = azurerm_virtual_network.hub.name
    ///   address_prefixes     = ["10.0.4.0/24"]
    /// }
    ///
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
    /// resource "azurerm_application_gateway" "web" {
    ///   name                = "agw-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   gateway_ip_configuration {
    ///     name      = "gateway"
    ///     subnet_id = azurerm_subnet.gateway.id # expect: VNL116
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
    ///     network_plugin = "azure"
    ///   }
    ///   ingress_application_gateway {
    ///     gateway_id = azurerm_application_gateway.web.id
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'vnet-hub'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.0.0.0/16' ] } }
    ///   resource gateway 'subnets' = {
    ///     name: 'snet-agw'
    ///     properties: { addressPrefix: '10.0.4.0/24' }
    ///   }
    /// }
    ///
    /// resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'vnet-web'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'snet-nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    /// }
    ///
    /// resource web 'Microsoft.Network/applicationGateways@2024-05-01' = {
    ///   name: 'agw-web'
    ///   properties: {
    ///     gatewayIPConfigurations: [
    ///       {
    ///         name: 'gateway'
    ///         properties: { subnet: { id: hub::gateway.id } } // expect: VNL116
    ///       }
    ///     ]
    ///   }
    /// }
    ///
    /// resource main 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks-web'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: vnet::nodes.id } ]
    ///     networkProfile: { networkPlugin: 'azure' }
    ///     addonProfiles: { ingressApplicationGateway: { enabled: true, config: { applicationGatewayId: web.id } } }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://azure.github.io/application-gateway-kubernetes-ingress/how-tos/networking/>
    VNL116 "agic-gateway-cannot-reach-pods", Error Medium, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for writer in network.gateway_writers() {
        findings.extend(found(&writer));
    }
}

fn found(writer: &Writer) -> Option<Finding> {
    let (cluster, place) = (writer.cluster?, writer.gateway.place()?);
    // With overlay the gateway has to stand in the VNet of the cluster: VNL114.
    if cluster.is(&cluster::NETWORK_PLUGIN_MODE, "overlay") != Truth::No || writer.there != Truth::Yes || !place.is_made() {
        return None;
    }
    let (subnet, stands) = stands_in(place)?;
    let (own, theirs) = (subnet.parent()?, cluster.node_vnet()?);
    let reach = own.reach_of_vnet(theirs);
    if own == theirs || reach.certain == Truth::Yes {
        return None;
    }
    // A peering that is not here may be declared where either VNet is.
    let open = [own, theirs].into_iter().find_map(|vnet| vnet.open_for(&virtual_network::PEERING));
    // Two gateways in one hub, an appliance in between: VNets that are tied otherwise are left alone.
    let through_hub = own.within_reach().iter().any(|(middle, _)| *middle != theirs && middle.is_tied_to(theirs).is_some());
    let certain = reach.certain == Truth::No && open.is_none() && !through_hub;
    let (name, shown) = (place.name(), cluster.name());
    let half = own.peering_to(theirs).is_some() || theirs.peering_to(own).is_some();
    let message = match (certain, half) {
        (true, false) => format!("application gateway `{name}` in `{}` does not reach the pods of `{shown}` in `{}`: the VNets are not peered", own.name(), theirs.name()),
        (true, true) => format!("application gateway `{name}` in `{}` does not reach the pods of `{shown}` in `{}`: one half of the peering is missing", own.name(), theirs.name()),
        _ => format!("cannot tell whether application gateway `{name}` in `{}` reaches the pods of `{shown}` in `{}`", own.name(), theirs.name()),
    };
    let mut found = finding(&RULE, place, &gateway::SUBNETS, message);
    if !certain {
        found = found.undecided(open, "if the two VNets are peered both ways, or tied by a hub, it passes; else VNL116");
    }
    found.objects = vec![subnet.address().clone(), cluster.address().clone()];
    found.steps = vec![stands, Step { message: format!("{} gives it the addresses of pods", writer.words()), span: writer.span }];
    found.steps.push(Step { message: format!("which lie in `{}`", theirs.name()), span: theirs.span() });
    found.help = Some(format!("peer `{}` and `{}` both ways, or put the gateway into `{}`", own.name(), theirs.name(), theirs.name()));
    found.why = Some("the gateway sends requests straight to the pods, so every one of them ends in 502".into());
    Some(found)
}
