//! See the rule's page below.

use super::clusters::clusters;
use super::finding::in_words_of;
use super::{Finding, Settings, Step};
use crate::azure::{firewall, private_endpoint};
use crate::network::{DnsSetting, Network, Place, Server};
use crate::value::Truth;

rule! {
    /// The nodes ask the firewall of a virtual hub, which sees no private zone.
    ///
    /// A private zone is linked to VNets, and a virtual hub is none. The DNS proxy of a firewall inside one asks Azure unless it is
    /// told of other servers, and Azure does not know the names of your private zones there: not the API server of a private
    /// cluster, not the private endpoints.
    ///
    /// Put a DNS Private Resolver, or other DNS servers, into a VNet that is connected to the hub, link the zones to that VNet, and
    /// name its address in the policy: in Terraform `dns { proxy_enabled = true, servers = [local.inbound_address] }`, in Bicep
    /// `dnsSettings: { enableProxy: true, servers: [ inboundAddress ] }`. Clusters that need no private name are not looked at.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_hub" "hub" {
    ///   name                = "vhub"
    ///   resource_group_name = "net"
    ///   address_prefix      = "10.0.0.0/23"
    /// }
    ///
    /// resource "azurerm_firewall_policy" "hub" {
    ///   name                = "policy"
    ///   resource_group_name = "net"
    ///
    ///   dns {
    ///     proxy_enabled = true # expect: VNL041
    ///   }
    /// }
    ///
    /// resource "azurerm_firewall" "hub" {
    ///   name                = "firewall"
    ///   resource_group_name = "net"
    ///   sku_name            = "AZFW_Hub"
    ///   sku_tier            = "Standard"
    ///   firewall_policy_id  = azurerm_firewall_policy.hub.id
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
    ///   dns_servers         = [azurerm_firewall.hub.virtual_hub[0].private_ip_address]
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
    ///   name                    = "aks"
    ///   resource_group_name     = "net"
    ///   private_cluster_enabled = true
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource hub 'Microsoft.Network/virtualHubs@2024-05-01' = {
    ///   name: 'vhub'
    ///   properties: { addressPrefix: '10.0.0.0/23' }
    /// }
    ///
    /// resource policy 'Microsoft.Network/firewallPolicies@2024-05-01' = {
    ///   name: 'policy'
    ///   properties: {
    ///     dnsSettings: {
    ///       enableProxy: true // expect: VNL041
    ///     }
    ///   }
    /// }
    ///
    /// resource firewall 'Microsoft.Network/azureFirewalls@2024-05-01' = {
    ///   name: 'firewall'
    ///   properties: {
    ///     sku: { name: 'AZFW_Hub', tier: 'Standard' }
    ///     virtualHub: { id: hub.id }
    ///     firewallPolicy: { id: policy.id }
    ///   }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: {
    ///     addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] }
    ///     dhcpOptions: { dnsServers: [ firewall.properties.hubIPAddresses.privateIPAddress ] }
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
    ///     apiServerAccessProfile: { enablePrivateCluster: true }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/architecture/networking/guide/private-link-virtual-wan-dns-guide> and, in the
    /// Cloud Adoption Framework, that central DNS servers stand in a VNet for shared services:
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL041 "secured-hub-firewall-cannot-see-zone", Error Medium, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in clusters(network) {
        let Some(vnet) = cluster.node_vnet() else { continue };
        let Some(needs) = needed_name(network, cluster, vnet) else { continue };
        for setting in vnet.dns_settings() {
            if let Ok([Server::Firewall(wall), ..]) = setting.servers.as_deref() {
                findings.extend(found(cluster, vnet, &setting, *wall, &needs));
            }
        }
    }
}

/// Which private name the nodes have to find.
fn needed_name(network: &Network, cluster: Place, vnet: Place) -> Option<String> {
    if cluster.nodes_ask_for_private_name() == Truth::Yes {
        return Some("the name of its API server".into());
    }
    let endpoints = network.made(&private_endpoint::PRIVATE_ENDPOINT);
    let own = endpoints.into_iter().find(|endpoint| {
        endpoint.private_endpoint_vnet() == Some(vnet) && !endpoint.endpoint_zones().is_empty()
    })?;
    Some(format!("the name of private endpoint `{}`", own.name()))
}

fn found<'n>(cluster: Place<'n>, vnet: Place<'n>, setting: &DnsSetting<'n>, wall: Place<'n>, needs: &str) -> Option<Finding> {
    let hub = wall.follow(&firewall::FIREWALL_TO_HUB).into_iter().next()?;
    // Whether it listens at all is another question.
    if wall.is_dns_proxy() != Truth::Yes {
        return None;
    }
    let policy = wall.follow(&firewall::FIREWALL_TO_POLICY).into_iter().find_map(|step| step.end.place());
    let place = match policy {
        Some(policy) if policy.is_written(&firewall::POLICY_SERVERS) => policy.span_of(&firewall::POLICY_SERVERS),
        Some(policy) => policy.span_of(&firewall::POLICY_PROXY),
        None => wall.span(),
    };
    let mut finding = match wall.upstream() {
        Ok(servers) if servers.is_empty() || servers.iter().all(|server| matches!(server, Server::Azure)) => {
            let message = format!("`{}` does not find {needs}: it asks firewall `{}` in a virtual hub, where no private zone is seen", cluster.name(), wall.name());
            RULE.finding(place, message).about(cluster)
        }
        Ok(_) => return None,
        Err(unknown) => {
            let message = format!("cannot tell whom firewall `{}` in a virtual hub asks for {needs} of `{}`", wall.name(), cluster.name());
            RULE.finding(place, message).about(cluster).undecided(Some(unknown), "if it asks no servers of its own: VNL041; else it passes")
        }
    };
    finding.objects = vec![vnet.address().clone(), wall.address().clone()];
    finding.steps.push(Step { message: format!("the nodes of `{}` stand in `{}`", cluster.name(), vnet.name()), span: cluster.span() });
    finding.steps.push(Step { message: format!("which asks firewall `{}`", wall.name()), span: setting.span });
    finding.steps.push(Step { message: "which stands in a virtual hub".into(), span: hub.span });
    finding.steps.push(Step { message: "and asks Azure's own DNS there".into(), span: place });
    finding.help = Some(in_words_of(
        wall,
        "name DNS servers of a connected VNet that is linked to the zones: `dns { servers = [...] }` in the policy",
        "name DNS servers of a connected VNet that is linked to the zones: `dnsSettings: { servers: [ ... ] }` in the policy",
    ));
    finding.why = Some("a private zone cannot be linked to a virtual hub".into());
    Some(finding)
}
