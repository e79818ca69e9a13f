//! See the rule's page below.

use super::dns_at_creation::{Outcome, Situation, situations};
use super::{Confidence, Finding, Level, Settings, Step};
use crate::azure::cluster;
use crate::network::{Network, Order};

rule! {
    /// A private cluster leaves its zone to AKS while its VNet already asks DNS servers of its own.
    ///
    /// AKS makes the system zone while it creates the cluster, so nobody can link it to the VNet of the DNS servers
    /// before the first node asks them for the API server's name. They answer that there is no such name, and the
    /// cluster cannot be created in one pass.
    ///
    /// Take a zone of your own and link it first, or give the VNet its DNS servers only after the cluster is there and
    /// the system zone is linked.
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
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                    = "aks"
    ///   resource_group_name     = "net"
    ///   private_cluster_enabled = true # expect: VNL002
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
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
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     apiServerAccessProfile: {
    ///       enablePrivateCluster: true // expect: VNL002
    ///       privateDNSZone: 'system'
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/private-clusters>
    VNL002 "system-zone-with-custom-dns", Error High, since "0.1.0"
}

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    for situation in situations(network) {
        findings.extend(found(&situation, settings));
    }
}

fn found(situation: &Situation, settings: &Settings) -> Option<Finding> {
    let name = situation.cluster.name();
    let why = "AKS makes the system zone together with the cluster, so it cannot be linked before the nodes need it";
    match &situation.outcome {
        Outcome::SystemZone { seen, certain } => {
            let message = match situation.at {
                Order::After => format!(
                    "the nodes of `{name}` lose the API server: its system zone is not linked to the VNet of their DNS servers"
                ),
                _ => format!("`{name}` cannot be created: its DNS servers cannot see the system zone that AKS makes for it"),
            };
            let mut finding = RULE.finding(situation.place(), message);
            finding.why = Some(why.into());
            finding.confidence = if *certain { Confidence::High } else { Confidence::Medium };
            if situation.at != Order::Before {
                finding.level = Level::Warning;
            }
            let zone = situation.cluster.span_of(&cluster::PRIVATE_DNS_ZONE);
            let said = if zone == situation.cluster.span() {
                "and names no zone, so AKS makes one that is linked to the nodes' VNet only"
            } else {
                "and takes AKS's own zone, which is linked to the nodes' VNet only"
            };
            finding.steps.push(Step { message: said.into(), span: zone });
            if let Some((link, _)) = situation.cluster.system_zone_links().first() {
                let message = "this link is made from the cluster's attributes, so only after it".into();
                finding.steps.push(Step { message, span: link.span() });
            }
            let server = seen.first().map_or("the VNet of the DNS servers".to_string(), |vnet| format!("`{}`", vnet.name()));
            finding.help = Some(format!(
                "take a private DNS zone of your own, link it to {server} and let the cluster wait for the link"
            ));
            let objects: Vec<_> = seen.iter().map(|vnet| Some(*vnet)).collect();
            Some(situation.finish(finding, settings, &objects))
        }
        Outcome::Open { unknown, why: open, system: true, .. } => {
            let message = format!("cannot tell whether `{name}` can be created: {open}");
            let mut finding = RULE.finding(situation.place(), message).undecided(
                unknown.clone(),
                "if the VNet asks DNS servers of its own and AKS makes the zone: VNL002; else it passes",
            );
            finding.why = Some(why.into());
            finding.help = Some("let Azure answer DNS in this VNet until the cluster is there, or take a zone of your own".into());
            Some(situation.finish(finding, settings, &[]))
        }
        _ => None,
    }
}
