//! See the rule's page below.

use super::clusters::clusters;
use super::finding::in_words_of;
use super::udr::{Egress, egresses_with_pods};
use super::{Confidence, Finding, Settings, Step};
use crate::azure::{cluster, private_endpoint, routes, virtual_network};
use crate::network::{DefaultRoute, Diversion, Network, Place, Table};
use crate::value::Truth;

rule! {
    /// What the pods send to a private endpoint goes around the firewall.
    ///
    /// The default route of the nodes leads to a firewall, so the design says that it sees what leaves. A private endpoint puts a
    /// route for its one address into its VNet and into every VNet that is peered with it, and that is more exact than any default
    /// route: databases, vaults and registries are reached without anybody in between, and the firewall's log knows nothing of it.
    /// Where that is meant, allow the finding.
    ///
    /// Two things change it, and one alone does nothing: the endpoint's subnet needs network policies for route tables, in
    /// Terraform `private_endpoint_network_policies = "RouteTableEnabled"`, in Bicep `privateEndpointNetworkPolicies:
    /// 'RouteTableEnabled'`; and the route table of the nodes needs a route for the endpoint's subnet, or for its whole VNet, to
    /// the firewall. A shorter prefix than the VNet's does not count, so `0.0.0.0/0` never does. Let the firewall translate the
    /// source address, or give the way back a route as well: an answer that comes straight is dropped. A route for the one
    /// address of an endpoint counts without policies. The endpoint of the API server is left out.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "apps"
    ///   address_space       = ["10.1.0.0/16"]
    /// }
    ///
    /// resource "azurerm_route_table" "nodes" {
    ///   name                = "rt-nodes"
    ///   resource_group_name = "apps"
    ///
    ///   route {
    ///     name                   = "default"
    ///     address_prefix         = "0.0.0.0/0"
    ///     next_hop_type          = "VirtualAppliance"
    ///     next_hop_in_ip_address = "10.0.0.4"
    ///   }
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "apps"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.1.0.0/22"]
    /// }
    ///
    /// resource "azurerm_subnet_route_table_association" "nodes" {
    ///   subnet_id      = azurerm_subnet.nodes.id
    ///   route_table_id = azurerm_route_table.nodes.id
    /// }
    ///
    /// resource "azurerm_subnet" "endpoints" {
    ///   name                              = "endpoints"
    ///   resource_group_name               = "apps"
    ///   virtual_network_name              = azurerm_virtual_network.spoke.name
    ///   address_prefixes                  = ["10.1.4.0/27"]
    ///   private_endpoint_network_policies = "Disabled" # expect: VNL233
    /// }
    ///
    /// resource "azurerm_key_vault" "app" {
    ///   name                = "kv-app"
    ///   resource_group_name = "apps"
    /// }
    ///
    /// resource "azurerm_private_endpoint" "vault" {
    ///   name                = "pe-kv-app"
    ///   resource_group_name = "apps"
    ///   subnet_id           = azurerm_subnet.endpoints.id
    ///
    ///   private_service_connection {
    ///     name                           = "kv-app"
    ///     is_manual_connection           = false
    ///     private_connection_resource_id = azurerm_key_vault.app.id
    ///     subresource_names              = ["vault"]
    ///   }
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "apps"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource table 'Microsoft.Network/routeTables@2024-05-01' = {
    ///   name: 'rt-nodes'
    ///   properties: {
    ///     routes: [
    ///       {
    ///         name: 'default'
    ///         properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' }
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
    ///     properties: { addressPrefix: '10.1.0.0/22', routeTable: { id: table.id } }
    ///   }
    ///   resource endpoints 'subnets' = {
    ///     name: 'endpoints'
    ///     properties: {
    ///       addressPrefix: '10.1.4.0/27'
    ///       privateEndpointNetworkPolicies: 'Disabled' // expect: VNL233
    ///     }
    ///   }
    /// }
    ///
    /// resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
    ///   name: 'kv-app'
    /// }
    ///
    /// resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
    ///   name: 'pe-kv-app'
    ///   properties: {
    ///     subnet: { id: spoke::endpoints.id }
    ///     privateLinkServiceConnections: [
    ///       { name: 'kv-app', properties: { privateLinkServiceId: vault.id, groupIds: [ 'vault' ] } }
    ///     ]
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
    /// Source: <https://learn.microsoft.com/azure/private-link/disable-private-endpoint-network-policy>
    /// Source: Cloud Adoption Framework: what pods send to private endpoints does not pass the firewall in the hub by default, even
    /// where it is the default route. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL233 "private-endpoint-bypasses-firewall", Note Medium, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    // Two clusters whose nodes have one table are one question.
    let mut seen: Vec<(Place, Place)> = Vec::new();
    for egress in clusters(network).flat_map(egresses_with_pods) {
        let (Table::Is(table, _), Some(vnet)) = (&egress.table, egress.vnet()) else { continue };
        let (DefaultRoute::Is(route) | DefaultRoute::Halves(route)) = egress.route else { continue };
        if route.is(&routes::NEXT_HOP_TYPE, "VirtualAppliance") != Truth::Yes {
            continue;
        }
        let endpoints: Vec<(Place, Place)> =
            vnet.endpoints_with_routes().into_iter().filter(|(endpoint, _)| !is_api_server(*endpoint)).collect();
        for (_, subnet) in &endpoints {
            if seen.contains(&(*table, *subnet)) {
                continue;
            }
            seen.push((*table, *subnet));
            let here: Vec<Place> = endpoints.iter().filter(|(_, other)| other == subnet).map(|(place, _)| *place).collect();
            findings.extend(found(&egress, *table, route, *subnet, &here));
        }
    }
}

/// It leads to a cluster, which pods reach by their own endpoint of it.
fn is_api_server(endpoint: Place) -> bool {
    endpoint.service().kind.is_some_and(|kind| kind.eq_ignore_ascii_case(cluster::CLUSTER.name))
}

fn found<'n>(egress: &Egress<'n>, table: Place<'n>, route: Place<'n>, subnet: Place<'n>, endpoints: &[Place<'n>]) -> Option<Finding> {
    let diversion = table.diverts_from(subnet);
    let there = Truth::any(endpoints.iter().map(|endpoint| endpoint.exists()));
    let endpoint = endpoints.iter().find(|endpoint| endpoint.exists() == there).or(endpoints.first())?;
    let (name, hop) = (egress.cluster.name(), route.next_hop(table).words());
    let which = match endpoints.len() - 1 {
        0 => format!("private endpoint `{}`", endpoint.name()),
        others => format!("private endpoint `{}` and {others} more in `{}`", endpoint.name(), subnet.name()),
    };
    let policies = subnet.span_of(&virtual_network::ENDPOINT_POLICIES);
    let by_subnet = subnet.is_made() && diversion.policies != Truth::Yes;
    let place = if by_subnet { policies } else { route.span_of(&routes::PREFIX) };
    let of = |message: String| {
        let mut finding = RULE.finding(place, message).about(egress.cluster);
        finding.objects = vec![table.address().clone(), subnet.address().clone()];
        finding.objects.extend(endpoints.iter().map(|endpoint| endpoint.address().clone()));
        finding.steps = steps(egress, *endpoint, subnet, &diversion);
        finding.help = Some(help(egress.cluster, table, subnet, &hop, &diversion));
        finding.why = Some("an endpoint's route for its one address is more exact than a default route".into());
        finding
    };
    let unknown = match (!diversion.certain) & there {
        Truth::No => return None,
        Truth::Yes => {
            let mut finding = of(format!("what `{name}` sends to {which} goes around {hop}, where the default route of its subnet leads"));
            // With another version of azurerm the policies are on, and the route that is there is enough.
            if subnet.is_guessed(&virtual_network::ENDPOINT_POLICIES) && diversion.routed != Truth::No {
                finding.confidence = Confidence::Low;
            }
            return Some(finding);
        }
        Truth::Unknown => diversion.unknown.clone().or_else(|| endpoint.decides().cloned()),
    };
    let message = format!("cannot tell whether what `{name}` sends to {which} goes around {hop}");
    let effect = "if a route of the table takes the place of the endpoint's own it passes; else VNL233";
    Some(of(message).undecided(unknown, effect))
}

fn steps(egress: &Egress, endpoint: Place, subnet: Place, diversion: &Diversion) -> Vec<Step> {
    let mut steps = egress.steps();
    let home = subnet.parent().filter(|home| egress.vnet() != Some(*home));
    let message = match home {
        Some(home) => format!("private endpoint `{}` stands in `{}`, which is peered, and puts a route for its one address there", endpoint.name(), home.name()),
        None => format!("private endpoint `{}` puts a route for its one address into the same VNet", endpoint.name()),
    };
    steps.push(Step { message, span: endpoint.span_of(&private_endpoint::SUBNET) });
    if diversion.policies != Truth::Yes {
        let default = if subnet.is_written(&virtual_network::ENDPOINT_POLICIES) { "" } else { ", as nobody says otherwise" };
        let message = match diversion.policies {
            Truth::No => format!("the network policies of `{}` leave route tables out{default}", subnet.name()),
            _ => format!("whether route tables are for the endpoints of `{}` is not known", subnet.name()),
        };
        steps.push(Step { message, span: subnet.span_of(&virtual_network::ENDPOINT_POLICIES) });
    }
    if let (Table::Is(table, _), true) = (&egress.table, diversion.routed != Truth::Yes) {
        let least = diversion.within.map_or(String::new(), |range| format!(" that is at least as exact as {range}"));
        let message = format!("table `{}` has no route for `{}`{least}", table.name(), subnet.name());
        steps.push(Step { message, span: table.span() });
    }
    steps
}

fn help(cluster: Place, table: Place, subnet: Place, hop: &str, diversion: &Diversion) -> String {
    let range = subnet.ranges(&virtual_network::PREFIXES).ok().and_then(|ranges| ranges.first().copied());
    let range = range.map_or(format!("the range of `{}`", subnet.name()), |range| format!("`{range}`"));
    let route = format!("a route for {range} to {hop} in `{}`", table.name());
    let setting = in_words_of(
        subnet,
        "`private_endpoint_network_policies = \"RouteTableEnabled\"`",
        "`privateEndpointNetworkPolicies: 'RouteTableEnabled'`",
    );
    // Such a route would take what the nodes send to each other to the firewall too.
    let is_of_machines = egresses_with_pods(cluster).iter().any(|egress| egress.subnet.end.place() == Some(subnet));
    match (diversion.policies, diversion.routed) {
        _ if is_of_machines => format!("give the endpoints a subnet of their own with {setting}, and add a route for it to {hop} in `{}`", table.name()),
        (Truth::Yes, _) => format!("add {route}"),
        (_, Truth::Yes) => format!("say {setting} on `{}`", subnet.name()),
        _ => format!("say {setting} on `{}`, and add {route}", subnet.name()),
    }
}
