//! See the rule's page below.

use super::clusters::clusters;
use super::finding::in_words_of;
use super::{Finding, Level, Settings, Step};
use crate::azure::firewall;
use crate::network::{DnsSetting, End, Network, Place, Server};
use crate::source::Span;
use crate::value::{Truth, Unknown};

rule! {
    /// The nodes ask a firewall for names, and its DNS proxy is off.
    ///
    /// Without its proxy Azure Firewall does not listen on port 53. Every question of the nodes times out: for the API server,
    /// for the registry they start from, for everything. The proxy is off unless somebody switches it on.
    ///
    /// In Terraform write `dns { proxy_enabled = true }` in the `azurerm_firewall_policy`, in Bicep
    /// `dnsSettings: { enableProxy: true }` in the policy. A firewall without a policy has a switch of its own, and in azurerm its
    /// `dns_servers` switch it on. A server that is not the first of the list is a warning.
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
    /// resource "azurerm_subnet" "firewall" {
    ///   name                 = "AzureFirewallSubnet"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.hub.name
    ///   address_prefixes     = ["10.0.0.0/26"]
    /// }
    ///
    /// resource "azurerm_firewall_policy" "hub" { # expect: VNL040
    ///   name                = "policy"
    ///   resource_group_name = "net"
    /// }
    ///
    /// resource "azurerm_firewall" "hub" {
    ///   name                = "firewall"
    ///   resource_group_name = "net"
    ///   sku_name            = "AZFW_VNet"
    ///   sku_tier            = "Standard"
    ///   firewall_policy_id  = azurerm_firewall_policy.hub.id
    ///
    ///   ip_configuration {
    ///     name      = "main"
    ///     subnet_id = azurerm_subnet.firewall.id
    ///   }
    /// }
    ///
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.1.0.0/16"]
    ///   dns_servers         = [azurerm_firewall.hub.ip_configuration[0].private_ip_address]
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
    ///   resource firewalls 'subnets' = {
    ///     name: 'AzureFirewallSubnet'
    ///     properties: { addressPrefix: '10.0.0.0/26' }
    ///   }
    /// }
    ///
    /// resource policy 'Microsoft.Network/firewallPolicies@2024-05-01' = {
    ///   name: 'policy'
    ///   properties: {
    ///     dnsSettings: {
    ///       enableProxy: false // expect: VNL040
    ///     }
    ///   }
    /// }
    ///
    /// resource firewall 'Microsoft.Network/azureFirewalls@2024-05-01' = {
    ///   name: 'firewall'
    ///   properties: {
    ///     firewallPolicy: { id: policy.id }
    ///     ipConfigurations: [ { name: 'main', properties: { subnet: { id: hub::firewalls.id } } } ]
    ///   }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: {
    ///     addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] }
    ///     dhcpOptions: { dnsServers: [ firewall.properties.ipConfigurations[0].properties.privateIPAddress ] }
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
    /// Source: <https://learn.microsoft.com/azure/firewall/dns-settings>
    VNL040 "dns-server-is-firewall-without-proxy", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in clusters(network) {
        let Some(vnet) = cluster.node_vnet() else { continue };
        for setting in vnet.dns_settings() {
            let servers = setting.servers.as_deref().unwrap_or_default();
            let walls = servers.iter().enumerate().filter_map(|(index, server)| match server {
                Server::Firewall(wall) => Some((index, *wall)),
                _ => None,
            });
            findings.extend(walls.filter_map(|(index, wall)| found(cluster, vnet, &setting, index, wall)));
        }
    }
}

fn found<'n>(cluster: Place<'n>, vnet: Place<'n>, setting: &DnsSetting<'n>, index: usize, wall: Place<'n>) -> Option<Finding> {
    let policy = wall.follow(&firewall::FIREWALL_TO_POLICY).into_iter().next().map(|step| step.end);
    let place = switch(wall, policy.as_ref());
    let mut finding = match wall.is_dns_proxy() {
        Truth::Yes => return None,
        Truth::No => {
            let asked = if index == 0 { "" } else { ", among others," };
            let message = format!("`{}` asks firewall `{}`{asked} for names, and its DNS proxy is off", cluster.name(), wall.name());
            RULE.finding(place, message).about(cluster)
        }
        Truth::Unknown => {
            let unknown = decider(wall, policy.as_ref())?;
            let message = format!("cannot tell whether firewall `{}`, which `{}` asks for names, has its DNS proxy on", wall.name(), cluster.name());
            RULE.finding(place, message).about(cluster).undecided(Some(unknown), "if the proxy is on it passes; else VNL040")
        }
    };
    if index > 0 {
        finding.level = Level::Warning;
    }
    finding.objects = vec![vnet.address().clone(), wall.address().clone()];
    finding.steps.push(Step { message: format!("the nodes of `{}` stand in `{}`", cluster.name(), vnet.name()), span: cluster.span() });
    finding.steps.push(Step { message: format!("which asks firewall `{}`", wall.name()), span: setting.span });
    finding.steps.push(Step { message: "this firewall".into(), span: wall.span() });
    finding.steps.push(Step { message: "whose DNS proxy is off".into(), span: place });
    finding.help = Some(match policy {
        Some(_) => in_words_of(wall, "write `dns { proxy_enabled = true }` in the policy", "write `dnsSettings: { enableProxy: true }` in the policy"),
        None => in_words_of(wall, "write `dns_proxy_enabled = true`", "write `'Network.DNS.EnableProxy': 'true'` in `additionalProperties`, or give it a policy"),
    });
    finding.why = Some("without its proxy a firewall does not listen for DNS".into());
    Some(finding)
}

/// Where the proxy is switched on or off.
fn switch(wall: Place, policy: Option<&End>) -> Span {
    match policy.and_then(End::place) {
        Some(policy) => policy.span_of(&firewall::POLICY_PROXY),
        None => wall.span_of(&firewall::OWN_PROXY),
    }
}

fn decider(wall: Place, policy: Option<&End>) -> Option<Unknown> {
    match policy {
        Some(End::Place(policy)) => {
            let base = policy.follow(&firewall::POLICY_TO_BASE).into_iter().next();
            policy.get(&firewall::POLICY_PROXY).unknown().or_else(|| match base?.end {
                End::Unknown(unknown) => Some(unknown),
                End::Place(base) => base.get(&firewall::POLICY_PROXY).unknown().or_else(|| Some(inherits(base))),
                End::Outside(_) => Some(inherits(*policy)),
            })
        }
        Some(End::Unknown(unknown)) => Some(unknown.clone()),
        Some(End::Outside(id)) => Some(Unknown::new(wall.root(), id, crate::value::Reason::Data).at(wall.span())),
        None => wall.get(&firewall::OWN_PROXY).unknown().or_else(|| wall.get(&firewall::OWN_SERVERS).unknown()),
    }
}

/// Whether a policy takes the DNS settings of its base is not documented.
fn inherits(policy: Place) -> Unknown {
    let name = format!("what is inherited from the base policy of {}", policy.address());
    Unknown::new(policy.root(), name, crate::value::Reason::Data).at(policy.span())
}
