//! See the rule's page below.

use super::finding::in_words_of;
use super::{Finding, Settings, Step};
use crate::azure::{cluster, load_balancer, nat_gateway, network_interface, virtual_network};
use crate::network::{DefaultRoute, End, Network, Place, Table};
use crate::value::{Truth, Unknown};

rule! {
    /// A machine beside the cluster reaches the internet only because Azure still lets it.
    ///
    /// A virtual machine without a public address, a NAT gateway, a load balancer or a default route gets a way out from
    /// Azure, by an address that nobody owns and that can change. Azure retires that: subnets of new networks do not have
    /// it any more, and on the day on which the network is made anew the jump box or the build agent cannot fetch
    /// anything.
    ///
    /// Attach a NAT gateway to its subnet, or a route table with a default route to the firewall. Then say that nothing
    /// rests on the old way: in Terraform `default_outbound_access_enabled = false`, in Bicep `defaultOutboundAccess:
    /// false`. A machine that needs nothing from the internet is well served by that line alone. Clusters have ways out of
    /// their own: this is a note for those who select it.
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
    /// resource "azurerm_subnet" "jumpbox" { # expect: VNL090
    ///   name                 = "jumpbox"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.1.8.0/27"]
    /// }
    ///
    /// resource "azurerm_network_interface" "jumpbox" {
    ///   name                = "jumpbox"
    ///   resource_group_name = "net"
    ///
    ///   ip_configuration {
    ///     name      = "main"
    ///     subnet_id = azurerm_subnet.jumpbox.id
    ///   }
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
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource jumpbox 'subnets' = {
    ///     name: 'jumpbox'
    ///     properties: {
    ///       addressPrefix: '10.1.8.0/27'
    ///       defaultOutboundAccess: true // expect: VNL090
    ///     }
    ///   }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    /// }
    ///
    /// resource jumpbox 'Microsoft.Network/networkInterfaces@2024-05-01' = {
    ///   name: 'jumpbox'
    ///   properties: { ipConfigurations: [ { name: 'main', properties: { subnet: { id: spoke::jumpbox.id } } } ] }
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
    /// Source: <https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access>
    VNL090 "default-outbound-access-relied-on", Note Medium opt_in, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut seen: Vec<Place> = Vec::new();
    let mut clusters = network.made(&cluster::CLUSTER);
    // Which of two is named must not hang on the order of the text.
    clusters.sort_by(|a, b| a.address().cmp(b.address()));
    for cluster in clusters {
        let Some(vnet) = cluster.node_vnet().filter(|vnet| !seen.contains(vnet)) else { continue };
        seen.push(vnet);
        let subnets = vnet.children(&virtual_network::SUBNET).into_iter();
        findings.extend(subnets.filter(|subnet| subnet.is_made()).filter_map(|subnet| found(network, cluster, subnet)));
    }
}

fn found(network: &Network, cluster: Place, subnet: Place) -> Option<Finding> {
    let machine = machine_without_address(network, subnet)?;
    let (leaves, unknown) = has_a_way_out(network, subnet);
    let access = subnet.get(&virtual_network::DEFAULT_OUTBOUND);
    let place = subnet.span_of(&virtual_network::DEFAULT_OUTBOUND);
    let mut finding = match !leaves & subnet.is_true(&virtual_network::DEFAULT_OUTBOUND) {
        Truth::No => return None,
        Truth::Yes => {
            let message = format!("`{}` in `{}` has no way out of its own, and rests on the one that Azure retires", machine.name(), subnet.name());
            RULE.finding(place, message).about(subnet)
        }
        Truth::Unknown => {
            let message = format!("cannot tell whether `{}` in `{}` rests on the way out that Azure retires", machine.name(), subnet.name());
            let effect = "if default outbound access is all that it has: VNL090; else it passes";
            RULE.finding(place, message).about(subnet).undecided(Some(unknown.or_else(|| access.unknown())?), effect)
        }
    };
    finding.objects = vec![machine.address().clone(), cluster.address().clone()];
    finding.steps.push(Step { message: format!("this subnet lies in the VNet of `{}`", cluster.name()), span: subnet.span() });
    finding.steps.push(Step { message: "a machine without a public address stands in it".into(), span: machine.span() });
    if place != subnet.span() {
        finding.steps.push(Step { message: "and here the subnet says whether Azure lets it out".into(), span: place });
    }
    finding.help = Some(in_words_of(
        subnet,
        "a NAT gateway or a default route for the subnet, and `default_outbound_access_enabled = false`",
        "a NAT gateway or a default route for the subnet, and `defaultOutboundAccess: false`",
    ));
    finding.why = Some("the address of that way out is nobody's, and new networks do not have it".into());
    Some(finding)
}

/// A machine in a subnet that has no public address.
fn machine_without_address<'n>(network: &'n Network, subnet: Place<'n>) -> Option<Place<'n>> {
    let stands = |card: &Place| {
        let here = card.follow(&network_interface::INTERFACE_TO_SUBNET).iter().any(|step| step.end.place() == Some(subnet));
        let bare = card.follow(&network_interface::INTERFACE_TO_PUBLIC_IP).iter().all(|step| step.exists == Truth::No);
        here && bare && card.exists() == Truth::Yes
    };
    network.made(&network_interface::NETWORK_INTERFACE).into_iter().filter(stands).min_by(|a, b| a.address().cmp(b.address()))
}

/// Whether a subnet has a way out that somebody made: a NAT gateway, a default route, perhaps a load balancer.
fn has_a_way_out(network: &Network, subnet: Place) -> (Truth, Option<Unknown>) {
    let gateways = subnet.follow(&nat_gateway::SUBNET_TO_NAT_GATEWAY);
    let (table, route) = match subnet.route_table() {
        Table::Is(table, _) if table.is_made() => match table.default_route() {
            DefaultRoute::Is(_) | DefaultRoute::Halves(_) => (Truth::Yes, None),
            DefaultRoute::None => (Truth::No, None),
            DefaultRoute::Unknown(unknown) => (Truth::Unknown, unknown),
        },
        Table::None => (Truth::No, None),
        Table::Is(..) | Table::Outside(_) => (Truth::Unknown, None),
        Table::Unknown(unknown) => (Truth::Unknown, unknown),
    };
    let nat = Truth::any(gateways.iter().map(|step| step.exists));
    let of_nat = gateways.iter().find_map(|step| match &step.end {
        End::Unknown(unknown) => Some(unknown.clone()),
        End::Place(_) | End::Outside(_) => None,
    });
    let hidden = subnet.may_have_nat_gateway();
    let nat = if hidden.is_some() { nat | Truth::Unknown } else { nat };
    let injected = Truth::any(subnet.parent().map(Place::injections).unwrap_or_default().iter().map(|from| from.certain));
    // Who stands behind a public load balancer is written in many ways.
    let public = |balancer: &Place| balancer.root() == subnet.root() && !balancer.follow(&load_balancer::LOAD_BALANCER_TO_PUBLIC_IP).is_empty();
    let balanced = if network.made(&load_balancer::LOAD_BALANCER).iter().any(public) { Truth::Unknown } else { Truth::No };
    (nat | table | injected | balanced, of_nat.or(route).or(hidden))
}
