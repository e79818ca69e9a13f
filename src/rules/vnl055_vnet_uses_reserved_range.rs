//! See the rule's page below.

use super::{Finding, Level, Settings, Step};
use crate::azure::{Field, cluster, virtual_network};
use crate::network::{RESERVED, reserved, Network, Place};
use crate::source::Span;
use crate::value::{Cidr, Truth};

rule! {
    /// A cluster stands in addresses that AKS keeps for itself.
    ///
    /// AKS uses 169.254.0.0/16, 172.30.0.0/16, 172.31.0.0/16 and 192.0.2.0/24 inside every cluster. Nodes, pods or an API
    /// server with such addresses are not reachable from the cluster itself.
    ///
    /// Take another block, in Terraform `address_prefixes = ["10.64.0.0/22"]`, in Bicep `addressPrefix: '10.64.0.0/22'`.
    /// 172.16.0.0/12 holds two of the ranges: a VNet of it works as long as no subnet of the cluster lies in them, so it
    /// is a warning.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "net"
    ///   address_space       = ["172.31.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["172.31.4.0/24"] # expect: VNL055
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
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '172.31.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: {
    ///       addressPrefix: '172.31.4.0/24' // expect: VNL055
    ///     }
    ///   }
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
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-cni-overview>
    VNL055 "vnet-uses-reserved-range", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in network.made(&cluster::CLUSTER) {
        let subnets = subnets(cluster);
        let mut seen: Vec<Place> = Vec::new();
        for (subnet, what, span) in &subnets {
            if !seen.contains(subnet) {
                seen.push(*subnet);
                let found = found(cluster, *subnet, &virtual_network::PREFIXES, what, *span, Level::Error);
                findings.extend(found);
            }
        }
        if findings.iter().any(|finding| finding.code == RULE.code && finding.subject.as_ref() == Some(cluster.address())) {
            continue;
        }
        let vnet = subnets.iter().find_map(|(subnet, _, span)| Some((subnet.parent()?, *span)));
        if let Some((vnet, span)) = vnet {
            let space = &virtual_network::ADDRESS_SPACE;
            findings.extend(found(cluster, vnet, space, "its VNet holds", span, Level::Warning));
        }
    }
}

/// The subnets that a cluster stands in, what stands there, and where that is said.
fn subnets(cluster: Place<'_>) -> Vec<(Place<'_>, &'static str, Span)> {
    let mut found: Vec<(Place, &str, Span)> = Vec::new();
    for subnet in cluster.node_subnets() {
        found.extend(subnet.end.place().map(|place| (place, "its nodes stand in", subnet.span)));
    }
    for pool in cluster.pools() {
        let steps = pool.follow(&cluster::POOL_TO_POD_SUBNET).into_iter();
        found.extend(steps.filter_map(|step| Some((step.end.place()?, "its pods stand in", step.span))));
    }
    let steps = cluster.follow(&cluster::CLUSTER_TO_API_SUBNET).into_iter();
    found.extend(steps.filter_map(|step| Some((step.end.place()?, "its API server stands in", step.span))));
    found
}

fn found(cluster: Place, place: Place, field: &'static Field, what: &str, span: Span, level: Level) -> Option<Finding> {
    if place.exists() != Truth::Yes {
        return None;
    }
    let ranges = match place.ranges(field) {
        Ok(ranges) => ranges,
        // Only what a user has in hand is worth asking for.
        Err(unknown) if place.is_made() && level == Level::Error => {
            let message = format!("cannot tell whether `{}` of `{}` lies in a range that AKS keeps for itself", place.name(), cluster.name());
            let finding = RULE.finding(place.span_of(field), message).about(cluster);
            return Some(finding.undecided(Some(unknown), "if it lies in one: VNL055; else it passes"));
        }
        Err(_) => return None,
    };
    let clash = |range: &Cidr| reserved(*range).map(|reserved| (*range, reserved));
    let (range, reserved) = ranges.iter().find_map(clash)?;
    let at = place.span_of(field);
    let message = format!("`{}` ({range}) of `{}` shares addresses with {reserved}, which AKS keeps for itself", place.name(), cluster.name());
    let mut finding = RULE.finding(at, message).about(cluster);
    finding.level = level;
    finding.objects.push(place.address().clone());
    finding.steps.push(Step { message: format!("{what} `{}`", place.name()), span });
    finding.steps.push(Step { message: format!("which is {range}"), span: at });
    finding.help = Some(format!("take a range outside {}", RESERVED.join(", ")));
    finding.why = Some("AKS uses these addresses inside every cluster".into());
    Some(finding)
}
