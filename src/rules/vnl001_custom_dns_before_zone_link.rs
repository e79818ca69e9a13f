//! See the rule's page below.

use super::dns_at_creation::{Outcome, Situation, linked_to, situations};
use super::{Confidence, Finding, Level, Settings, Step};
use crate::network::{Network, Order, Server};

rule! {
    /// The DNS servers of a private cluster's VNet cannot see the cluster's zone when the cluster is created.
    ///
    /// The first node asks the VNet's DNS servers for the API server's private name while the cluster is still being
    /// created. AKS links the zone to the nodes' own VNet by itself; if the VNet in which the servers resolve is not
    /// linked at that moment, the node never registers, and the creation fails after 20 to 40 minutes of waiting.
    ///
    /// Link the zone to that VNet and let the cluster wait for the link, or give the VNet its DNS servers only after
    /// both are there.
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
    /// resource "azurerm_private_dns_zone" "aks" {
    ///   name                = "privatelink.westeurope.azmk8s.io"
    ///   resource_group_name = "net"
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                    = "aks"
    ///   resource_group_name     = "net"
    ///   location                = "westeurope"
    ///   private_cluster_enabled = true # expect: VNL001
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
    ///     dhcpOptions: { dnsServers: [ '10.0.0.4' ] }
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
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   location: 'westeurope'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     apiServerAccessProfile: {
    ///       enablePrivateCluster: true // expect: VNL001
    ///       privateDNSZone: zone.id
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL001 "custom-dns-before-zone-link", Error High, since "0.1.0"
}

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    for situation in situations(network) {
        findings.extend(found(&situation, settings));
    }
}

fn found(situation: &Situation, settings: &Settings) -> Option<Finding> {
    let name = situation.cluster.name();
    match &situation.outcome {
        Outcome::NeverAnswers { zone } => {
            let message = format!(
                "`{name}` cannot be created: its DNS servers can never answer for zone `{}`",
                zone.name()
            );
            let mut finding = base(situation, message);
            finding.help = Some("let the VNet ask a server that resolves in a VNet which is linked to the zone".into());
            Some(situation.finish(finding, settings, &[Some(*zone)]))
        }
        Outcome::NoLink { zone, target } => {
            let message = match situation.at {
                Order::Before => format!(
                    "`{name}` cannot be created: its DNS servers do not see zone `{}`",
                    zone.name()
                ),
                _ => format!("the nodes of `{name}` lose the API server: their DNS servers do not see zone `{}`", zone.name()),
            };
            let mut finding = base(situation, message);
            finding.steps.push(Step { message: linked_to(*zone), span: zone.span() });
            finding.help =
                Some(format!("link the zone to `{}` and let the cluster wait for the link", target.name()));
            Some(situation.finish(finding, settings, &[Some(*zone), Some(*target)]))
        }
        Outcome::LinkAfter { zone, target, link } => {
            let message = format!(
                "`{name}` cannot be created: zone `{}` is linked to the VNet of its DNS servers only after the cluster",
                zone.name()
            );
            let mut finding = base(situation, message);
            let because = "this link is made after the cluster".to_string();
            finding.steps.push(Step { message: because, span: link.span() });
            finding.help = Some(format!(
                "let the link to `{}` wait for nothing of the cluster, and the cluster wait for the link",
                target.name()
            ));
            Some(situation.finish(finding, settings, &[Some(*zone), Some(*target), Some(*link)]))
        }
        Outcome::Open { zone, unknown, why, system: false } => {
            let message = format!("cannot tell whether `{name}` can be created: {why}");
            let mut finding = base(situation, message).undecided(
                unknown.clone(),
                "if its DNS servers resolve in a VNet that is not linked to the zone by then: VNL001; else it passes",
            );
            finding.help = Some("make sure that the zone is linked to the VNet of the DNS servers before the cluster".into());
            Some(situation.finish(finding, settings, &[*zone]))
        }
        _ => None,
    }
}

fn base(situation: &Situation, message: String) -> Finding {
    let mut finding = RULE.finding(situation.place(), message);
    finding.why = Some("a node asks for the API server's name while the cluster is being created".into());
    if situation.at != Order::Before {
        finding.level = Level::Warning;
    }
    // What a machine forwards is not in the code.
    let first = situation.setting.as_ref().and_then(|setting| setting.servers.as_ref().ok()?.first());
    if matches!(first, Some(Server::Host(_))) {
        finding.confidence = Confidence::Medium;
    }
    finding
}
