//! See the rule's page below.

use super::finding::in_words_of;
use super::udr::{Egress, egresses_of};
use super::{Confidence, Finding, Level, Settings, Step};
use crate::azure::cluster;
use crate::network::{DefaultRoute, Network, Place, Table};
use crate::value::{Truth, Unknown};

rule! {
    /// The nodes leave for the internet without a firewall in between.
    ///
    /// Every pod can send anything to any address on the internet. Most estates live with that; where a policy wants all
    /// outbound traffic inspected, a cluster with a load balancer or a NAT gateway of its own is a hole in it that no
    /// other rule of the network closes.
    ///
    /// Give the node subnet a default route to the firewall, and let the cluster say so: in Terraform `outbound_type =
    /// "userDefinedRouting"`, in Bicep `outboundType: 'userDefinedRouting'`. A default route that a virtual hub with
    /// internet security announces counts too, as does one to a gateway. A cluster without any way out has nothing to
    /// inspect. Say `require_egress_inspection = true` in `vnetlint.toml`, and this is a warning; otherwise it is a note
    /// for those who select it.
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
    ///
    ///   network_profile {
    ///     network_plugin = "azure"
    ///     outbound_type  = "loadBalancer" # expect: VNL086
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
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
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       outboundType: 'loadBalancer' // expect: VNL086
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/limit-egress-traffic>
    /// Source: Cloud Adoption Framework: if your security policy mandates inspecting all outbound internet traffic, send it through Azure Firewall or another appliance in the hub. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL086 "egress-not-inspected", Note Low opt_in, since "0.2.0"
}

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    // What a policy attaches to every subnet is not in the code.
    if settings.routes_by_policy {
        return;
    }
    for cluster in network.made(&cluster::CLUSTER) {
        if !["none", "block"].iter().any(|text| cluster.is(&cluster::OUTBOUND, text).possibly()) {
            findings.extend(found(settings, cluster));
        }
    }
}

fn found(settings: &Settings, cluster: Place) -> Option<Finding> {
    let egresses = egresses_of(cluster);
    let place = cluster.span_of(&cluster::OUTBOUND);
    let passes: Vec<(&Egress, Truth, Option<Unknown>)> = egresses.iter().map(inspected).collect();
    let open = passes.iter().find(|(_, truth, _)| *truth == Truth::No);
    let mut finding = match (open, passes.iter().find(|(_, truth, _)| *truth == Truth::Unknown)) {
        (Some((egress, ..)), _) => {
            let message = format!("nothing inspects what `{}` sends to the internet from `{}`", cluster.name(), egress.subnet_name());
            let mut finding = RULE.finding(place, message).about(cluster);
            finding.steps = egress.steps();
            finding.objects.extend(egress.subnet.end.place().map(|subnet| subnet.address().clone()));
            finding
        }
        (None, Some((egress, _, unknown))) => {
            let message = format!("cannot tell whether anything inspects what `{}` sends to the internet", cluster.name());
            let mut finding = RULE.finding(place, message).about(cluster);
            finding.steps = egress.steps();
            let effect = "if its default route leads to a firewall it passes; else VNL086";
            finding.undecided(Some(unknown.clone()?), effect)
        }
        // In a VNet of AKS's own there is no firewall.
        (None, None) if egresses.is_empty() && cluster.brings_subnet().0 == Truth::No => {
            RULE.finding(place, format!("nothing inspects what `{}` sends to the internet", cluster.name())).about(cluster)
        }
        (None, None) => return None,
    };
    if settings.require_egress_inspection {
        (finding.level, finding.confidence) = (Level::Warning, Confidence::High);
    }
    finding.steps.insert(0, Step { message: "this cluster leaves so".into(), span: place });
    finding.help = Some(in_words_of(
        cluster,
        "a default route to a firewall for the node subnet, and `outbound_type = \"userDefinedRouting\"`",
        "a default route to a firewall for the node subnet, and `outboundType: 'userDefinedRouting'`",
    ));
    finding.why = Some("pods can reach any address on the internet, and nobody sees it".into());
    Some(finding)
}

/// Whether what leaves a subnet goes through a firewall, an appliance, or a gateway to where one may be.
fn inspected<'e, 'n>(egress: &'e Egress<'n>) -> (&'e Egress<'n>, Truth, Option<Unknown>) {
    let injected = Truth::any(egress.injections.iter().map(|injection| injection.certain));
    let unknown = match (&egress.route, &egress.table) {
        (DefaultRoute::Unknown(Some(unknown)), _) | (_, Table::Unknown(Some(unknown))) => Some(unknown.clone()),
        _ => egress.injections.iter().find_map(|injection| injection.unknown.clone()),
    };
    (egress, egress.has_own_default() | injected, unknown)
}
