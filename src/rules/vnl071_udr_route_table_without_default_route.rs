//! See the rule's page below.

use super::udr::{Egress, egresses};
use super::{Finding, Level, Settings, Step};
use crate::azure::routes;
use crate::network::{DefaultRoute, Network, Table};

rule! {
    /// A cluster says that its routes are its own, and the route table of its node subnet has no default route.
    ///
    /// AKS looks for a `0.0.0.0/0` route in the table of the node subnet and refuses the cluster when there is none
    /// (`RouteTableMissingDefaultRouteError`).
    ///
    /// Add a route for `0.0.0.0/0` to the firewall or appliance that inspects the traffic.
    ///
    /// Where a policy of Azure gives every subnet its routes, say so in `vnetlint.toml` by `policy_applies = ["udr"]`, and
    /// nothing is missed.
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
    /// resource "azurerm_route_table" "nodes" {
    ///   name                = "nodes"
    ///   resource_group_name = "net"
    ///
    ///   route {
    ///     name                   = "on-premises"
    ///     address_prefix         = "10.0.0.0/8"
    ///     next_hop_type          = "VirtualAppliance"
    ///     next_hop_in_ip_address = "10.0.0.4"
    ///   }
    /// }
    ///
    /// resource "azurerm_subnet_route_table_association" "nodes" {
    ///   subnet_id      = azurerm_subnet.nodes.id
    ///   route_table_id = azurerm_route_table.nodes.id
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
    ///     outbound_type  = "userDefinedRouting" # expect: VNL071
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource table 'Microsoft.Network/routeTables@2024-05-01' = {
    ///   name: 'nodes'
    ///   properties: {
    ///     routes: [
    ///       {
    ///         name: 'on-premises'
    ///         properties: { addressPrefix: '10.0.0.0/8', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' }
    ///       }
    ///     ]
    ///   }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: {
    ///       addressPrefix: '10.1.0.0/22'
    ///       routeTable: { id: table.id }
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
    ///       outboundType: 'userDefinedRouting' // expect: VNL071
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/egress-udr>
    VNL071 "udr-route-table-without-default-route", Error High, since "0.1.0"
}

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    // What a policy attaches to every subnet is not in the code.
    if settings.routes_by_policy {
        return;
    }
    for egress in egresses(network) {
        findings.extend(found(&egress));
    }
}

fn found(egress: &Egress) -> Option<Finding> {
    let (Table::Is(table, _), cluster) = (&egress.table, egress.cluster.name()) else { return outside(egress) };
    let name = table.name();
    let mut finding = match &egress.route {
        DefaultRoute::Is(_) => return None,
        DefaultRoute::None => {
            let message = format!("`{cluster}` cannot be created: route table `{name}` has no route for `0.0.0.0/0`");
            egress.finding(&RULE, message)
        }
        // Whether AKS takes two halves for a default route is not documented.
        DefaultRoute::Halves(route) => {
            let message = format!("route table `{name}` of `{cluster}` has two halves of a default route and no `0.0.0.0/0`");
            let mut finding = egress.finding(&RULE, message);
            finding.level = Level::Warning;
            finding.steps.push(Step { message: "this is one half".into(), span: route.span() });
            finding
        }
        DefaultRoute::Unknown(unknown) => egress.open(
            &RULE,
            unknown.clone(),
            format!("cannot tell whether route table `{name}` of `{cluster}` has a default route"),
            "if one of its routes is for `0.0.0.0/0` it passes; else VNL071",
        ),
    };
    finding.objects.push(table.address().clone());
    let routes = table.children(&routes::ROUTE).len();
    let message = match routes {
        0 => "the table has no route".to_string(),
        1 => "its only route is for another prefix".to_string(),
        _ => format!("none of its {routes} routes is for `0.0.0.0/0`"),
    };
    if matches!(egress.route, DefaultRoute::None) {
        finding.steps.push(Step { message, span: table.span() });
    }
    finding.help = Some(format!("add a route for `0.0.0.0/0` to `{name}`, to the firewall or appliance that takes the traffic"));
    finding.why = Some("AKS looks for a default route in the node subnet's table and refuses the cluster without one".into());
    Some(finding)
}

/// A table that is not declared here cannot be looked into.
fn outside(egress: &Egress) -> Option<Finding> {
    let Table::Outside(step) = &egress.table else { return None };
    let message = format!("cannot tell whether the route table of `{}` has a default route", egress.cluster.name());
    let mut finding = egress.open(&RULE, step.unread("the routes"), message, "if one of its routes is for `0.0.0.0/0` it passes; else VNL071");
    finding.help = Some("analyse the code that declares the route table together with this".into());
    Some(finding)
}
