//! See the rule's page below.

use super::clusters::clusters;
use super::finding::in_words_of;
use super::{Finding, Level, Phase, Settings, Step, said_elsewhere};
use crate::network::{DnsSetting, Network, Order, Place};
use crate::value::Truth;

rule! {
    /// The DNS servers of a cluster's VNet change at the moment when the cluster is created.
    ///
    /// A block of its own sets the servers, and nothing orders it and the cluster. Whether nodes start with the old servers or with
    /// the new ones is chance, and AKS refuses a VNet that is being updated: "VirtualNetworkNotInSucceededState".
    ///
    /// Let one of the two wait for the other. In Terraform write `depends_on = [azurerm_kubernetes_cluster.aks]` in the
    /// `azurerm_virtual_network_dns_servers`, or the reverse; in Bicep `dependsOn` between the module that declares the VNet again
    /// and the cluster. For a cluster whose nodes need no private name this is only a note.
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
    /// resource "azurerm_virtual_network_dns_servers" "spoke" {
    ///   virtual_network_id = azurerm_virtual_network.spoke.id
    ///   dns_servers        = ["10.0.0.4"] # expect: VNL004
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
    /// param vnetName string = 'spoke'
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: vnetName
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    /// }
    ///
    /// resource servers 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: vnetName
    ///   properties: {
    ///     addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] }
    ///     dhcpOptions: { dnsServers: [ '10.0.0.4' ] } // expect: VNL004
    ///     subnets: [ { name: 'nodes', properties: { addressPrefix: '10.1.0.0/22' } } ]
    ///   }
    ///   dependsOn: [ spoke ]
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
    /// Source: <https://github.com/Azure/AKS/issues/4522> and, in the Cloud Adoption Framework, that a VNet takes the central DNS
    /// servers only after its cluster is there:
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL004 "vnet-update-races-cluster", Warning Medium, since "0.2.0"
}

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    for cluster in clusters(network) {
        let Some(vnet) = cluster.node_vnet().filter(|vnet| vnet.is_made()) else { continue };
        for setting in vnet.dns_settings() {
            if !setting.own && network.order(&setting.declaration, cluster.declaration()) == Order::Race {
                findings.extend(found(settings, cluster, vnet, &setting));
            }
        }
    }
}

fn found(settings: &Settings, cluster: Place, vnet: Place, setting: &DnsSetting) -> Option<Finding> {
    let (name, of) = (cluster.name(), vnet.name());
    let mut finding = match setting.exists {
        Truth::No => return None,
        Truth::Yes => {
            let message = format!("nothing orders `{name}` and what sets the DNS servers of `{of}`");
            RULE.finding(setting.span, message).about(cluster)
        }
        Truth::Unknown => {
            let message = format!("cannot tell whether the DNS servers of `{of}` are set while `{name}` is created");
            let effect = "if this block is there: VNL004; else it passes";
            let unknown = setting.value.first_hole().map(|hole| hole.unknown());
            let unknown = unknown.or_else(|| Some(said_elsewhere(cluster, format!("whether {} is made", setting.declaration), setting.span)));
            RULE.finding(setting.span, message).about(cluster).undecided(unknown, effect)
        }
    };
    if settings.phase == Phase::Existing || cluster.nodes_ask_for_private_name() != Truth::Yes {
        finding.level = Level::Note;
    }
    finding.objects = vec![vnet.address().clone(), setting.declaration.clone()];
    finding.steps.push(Step { message: format!("this sets the DNS servers of `{of}` at a moment of its own"), span: setting.span });
    finding.steps.push(Step { message: "and the nodes of this cluster start in that VNet".into(), span: cluster.span() });
    finding.help = Some(in_words_of(
        cluster,
        &format!("let what sets the DNS servers wait for the cluster: `depends_on = [{}]`", super::dns_at_creation::module_and_name(cluster).1),
        &format!("let what sets the DNS servers wait for the cluster: `dependsOn: [ {} ]`", super::dns_at_creation::module_and_name(cluster).1),
    ));
    finding.why = Some("AKS refuses a VNet that is being updated, and nodes take the DNS servers that they find when they start".into());
    Some(finding)
}
