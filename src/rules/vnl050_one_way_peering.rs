//! See the rule's page below.

use super::finding::in_words_of;
use super::{Finding, Level, Settings, Step};
use crate::azure::{cluster, virtual_network};
use crate::network::{End, Network, Place};
use crate::value::{Truth, Unknown};

rule! {
    /// Two VNets are peered in one direction only.
    ///
    /// A peering is two resources, one in each VNet. With one half its state stays `Initiated` and nothing flows: nodes do
    /// not reach the DNS servers or the firewall of the hub, and administrators do not reach the private API server.
    ///
    /// Write the other half: in Terraform a second `azurerm_virtual_network_peering` with `virtual_network_name` of the
    /// other VNet and `remote_virtual_network_id` of this one, in Bicep a `virtualNetworkPeerings` child of the other
    /// VNet, in a module with the hub's `scope` where it lies in another resource group. A peering of two VNets in which
    /// no cluster stands is only a note.
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
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.1.0.0/22"]
    /// }
    ///
    /// resource "azurerm_virtual_network_peering" "to_hub" {
    ///   name                      = "to-hub"
    ///   resource_group_name       = "net"
    ///   virtual_network_name      = azurerm_virtual_network.spoke.name
    ///   remote_virtual_network_id = azurerm_virtual_network.hub.id # expect: VNL050
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
    /// resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'hub'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.0.0.0/16' ] } }
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
    /// resource toHub 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-05-01' = {
    ///   parent: spoke
    ///   name: 'to-hub'
    ///   properties: { remoteVirtualNetwork: { id: hub.id } } // expect: VNL050
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
    /// Source: <https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview>
    /// Source: Cloud Adoption Framework: name resolution, inspection and administration of a private cluster all go through the hub. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL050 "one-way-peering", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let homes: Vec<Place> = network.made(&cluster::CLUSTER).into_iter().filter_map(Place::node_vnet).collect();
    for peering in network.made(&virtual_network::PEERING) {
        findings.extend(found(peering, &homes));
    }
}

fn found(peering: Place, homes: &[Place]) -> Option<Finding> {
    let own = peering.parent().filter(|_| peering.exists() == Truth::Yes)?;
    let step = peering.follow(&virtual_network::PEERING_TO_REMOTE).into_iter().next()?;
    let End::Place(remote) = step.end else { return None };
    if remote == own || remote.peering_to(own).is_some() {
        return None;
    }
    let home = homes.iter().find(|home| [own, remote].contains(home));
    let mut finding = match (missing_for(remote, own), home) {
        (None, _) => {
            let message =
                format!("`{}` is peered with `{}`, and `{1}` not with `{0}`: nothing flows", own.name(), remote.name());
            RULE.finding(step.span, message).about(peering)
        }
        (Some(unknown), Some(_)) => {
            let message = format!("cannot tell whether `{}` has its half of the peering with `{}`", remote.name(), own.name());
            let effect = "if the other half is there it passes; else VNL050";
            RULE.finding(step.span, message).about(peering).undecided(Some(unknown), effect)
        }
        (Some(_), None) => return None,
    };
    finding.objects = vec![own.address().clone(), remote.address().clone()];
    finding.steps.push(Step { message: format!("this is the half of `{}`", own.name()), span: step.span });
    finding.steps.push(Step { message: format!("and `{}` has none", remote.name()), span: remote.span() });
    if home.is_none() {
        finding.level = Level::Note;
    }
    finding.help = Some(in_words_of(
        peering,
        &format!(
            "add an `azurerm_virtual_network_peering` of `{}` with `remote_virtual_network_id` of `{}`",
            remote.name(),
            own.name()
        ),
        &format!("add a `virtualNetworkPeerings` child of `{}` to `{}`", remote.name(), own.name()),
    ));
    finding.why = Some("a peering with one half stays `Initiated`".into());
    Some(finding)
}

/// Why the other half may be somewhere after all.
fn missing_for(remote: Place, own: Place) -> Option<Unknown> {
    let open_remote = || {
        remote.children(&virtual_network::PEERING).into_iter().find_map(|peering| {
            peering.follow(&virtual_network::PEERING_TO_REMOTE).into_iter().find_map(|step| match step.end {
                End::Unknown(unknown) => Some(unknown),
                _ => None,
            })
        })
    };
    remote
        .open_for(&virtual_network::PEERING)
        .or_else(open_remote)
        .or_else(|| own.hidden_from(&virtual_network::PEERING).map(|hiding| hiding.unknown))
}
