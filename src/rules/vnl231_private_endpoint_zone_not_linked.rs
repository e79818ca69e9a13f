//! See the rule's page below.

use super::{Confidence, Finding, Settings, Step};
use crate::azure::{cluster, dns, private_endpoint};
use crate::network::{End, Network, Place, Server};
use crate::source::Span;
use crate::value::{Truth, Unknown};

rule! {
    /// The record of a private endpoint stands in a zone that the cluster's DNS path does not see.
    ///
    /// The endpoint works and its record is right, and pods still get the public address: the DNS servers that they ask answer from
    /// the zones that are linked to the VNet in which those servers stand. With DNS servers in the hub a link to the spoke does
    /// nothing; with Azure's own DNS a link to the hub does nothing.
    ///
    /// Link the zone to the VNet in which the cluster's DNS servers resolve: in Terraform an
    /// `azurerm_private_dns_zone_virtual_network_link` with that `virtual_network_id`, in Bicep a child `virtualNetworkLinks` with
    /// `virtualNetwork: { id: … }`. Only endpoints in the cluster's VNet, or in a VNet that it reaches directly, are looked at; a
    /// forwarding ruleset on the cluster's VNet silences the rule.
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
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "apps"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.1.0.0/22"]
    /// }
    ///
    /// resource "azurerm_key_vault" "app" {
    ///   name                = "kv-app"
    ///   resource_group_name = "apps"
    /// }
    ///
    /// resource "azurerm_private_dns_zone" "vault" {
    ///   name                = "privatelink.vaultcore.azure.net"
    ///   resource_group_name = "apps"
    /// }
    ///
    /// resource "azurerm_private_endpoint" "vault" {
    ///   name                = "pe-kv-app"
    ///   resource_group_name = "apps"
    ///   subnet_id           = azurerm_subnet.nodes.id
    ///
    ///   private_service_connection {
    ///     name                           = "kv-app"
    ///     is_manual_connection           = false
    ///     private_connection_resource_id = azurerm_key_vault.app.id
    ///     subresource_names              = ["vault"]
    ///   }
    ///
    ///   private_dns_zone_group {
    ///     name                 = "default"
    ///     private_dns_zone_ids = [azurerm_private_dns_zone.vault.id] # expect: VNL231
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
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    /// }
    ///
    /// resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
    ///   name: 'kv-app'
    /// }
    ///
    /// resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
    ///   name: 'privatelink.vaultcore.azure.net'
    ///   location: 'global'
    /// }
    ///
    /// resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
    ///   name: 'pe-kv-app'
    ///   properties: {
    ///     subnet: { id: spoke::nodes.id }
    ///     privateLinkServiceConnections: [
    ///       { name: 'kv-app', properties: { privateLinkServiceId: vault.id, groupIds: [ 'vault' ] } }
    ///     ]
    ///   }
    /// }
    ///
    /// resource group 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = {
    ///   parent: endpoint
    ///   name: 'default'
    ///   properties: {
    ///     privateDnsZoneConfigs: [
    ///       {
    ///         name: 'vault'
    ///         properties: { privateDnsZoneId: zone.id } // expect: VNL231
    ///       }
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
    /// Source: <https://learn.microsoft.com/azure/private-link/private-endpoint-dns-integration> and, in the Cloud Adoption Framework,
    /// "these zones belong where the DNS resolvers of the environment stand":
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL231 "private-endpoint-zone-not-linked", Warning High, since "0.2.0"
}

/// The endpoints of one zone that a cluster is near to.
struct Case<'n> {
    cluster: Place<'n>,
    vnet: Place<'n>,
    zone: Place<'n>,
    endpoints: Vec<(Place<'n>, Span)>,
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut cases: Vec<Case> = Vec::new();
    for cluster in network.made(&cluster::CLUSTER) {
        let Some(vnet) = cluster.node_vnet() else { continue };
        for endpoint in network.made(&private_endpoint::PRIVATE_ENDPOINT) {
            let near = endpoint.private_endpoint_vnet().is_some_and(|home| {
                home == vnet || home.root() == vnet.root() && vnet.reach_of_vnet(home).certain == Truth::Yes
            });
            for step in endpoint.endpoint_zones() {
                let (true, Some(zone)) = (near, step.end.place()) else { continue };
                // Two clusters in one VNet are one question.
                match cases.iter_mut().find(|case| case.vnet == vnet && case.zone == zone) {
                    Some(case) if case.cluster == cluster => case.endpoints.push((endpoint, step.span)),
                    Some(_) => {}
                    None => cases.push(Case { cluster, vnet, zone, endpoints: vec![(endpoint, step.span)] }),
                }
            }
        }
    }
    findings.extend(cases.iter().filter_map(|case| found(network, case)));
}

fn found(network: &Network, case: &Case) -> Option<Finding> {
    let has_rules = |link: Place| {
        let steps = link.follow(&dns::RULESET_LINK_TO_VNET);
        steps.iter().any(|step| step.end.place() == Some(case.vnet) || matches!(step.end, End::Unknown(_)))
    };
    if network.all(&dns::RULESET_LINK).into_iter().any(has_rules) {
        return None;
    }
    let (zone, cluster) = (case.zone.name(), case.cluster.name());
    let targets = match case.vnet.resolves_in() {
        Ok(targets) if targets.is_empty() => return None,
        Ok(targets) => targets,
        Err(unknown) => {
            let message = format!("cannot tell which VNet zone `{zone}` must be linked to: the DNS servers of `{cluster}` are not known");
            return Some(open(case, unknown, message));
        }
    };
    match case.zone.is_linked_to_any(&targets) {
        (Truth::Yes, _) => None,
        (Truth::Unknown, unknown) => {
            let message = format!("cannot tell whether zone `{zone}` is linked to `{}`, where `{cluster}` resolves names", targets[0].name());
            Some(open(case, unknown, message))
        }
        (Truth::No, _) => {
            let (endpoint, _) = case.endpoints[0];
            let message = format!(
                "`{cluster}` resolves names in `{}`, and zone `{zone}` of private endpoint `{}` is not linked there",
                targets[0].name(),
                endpoint.name()
            );
            let mut finding = of(case, message);
            let (servers, span) = servers(case.vnet);
            finding.steps.push(Step { message: format!("the nodes of `{cluster}` stand in `{}`, {servers}", case.vnet.name()), span });
            let linked: Vec<String> = case.zone.zone_links().iter().filter_map(|(_, end)| end.place()).map(|vnet| format!("`{}`", vnet.name())).collect();
            let message = if linked.is_empty() { "the zone is linked to no VNet".into() } else { format!("the zone is linked to {} only", linked.join(", ")) };
            finding.steps.push(Step { message, span: case.zone.span() });
            // What a machine forwards is not in the code.
            let by_host = case.vnet.dns_settings().into_iter().any(|setting| matches!(setting.servers.as_deref(), Ok([Server::Host(_), ..])));
            if by_host {
                finding.confidence = Confidence::Medium;
            }
            finding.objects.push(targets[0].address().clone());
            Some(finding)
        }
    }
}

/// Who a VNet asks, and where that is said.
fn servers(vnet: Place) -> (String, Span) {
    let setting = vnet.dns_settings().into_iter().next();
    let words = match setting.as_ref().and_then(|setting| setting.servers.as_ref().ok()?.first()) {
        None | Some(Server::Azure) => "which asks Azure's own DNS".to_string(),
        Some(Server::Inbound(endpoint)) => format!("which asks DNS resolver endpoint `{}`", endpoint.name()),
        Some(Server::Firewall(wall)) => format!("which asks firewall `{}`", wall.name()),
        Some(Server::Host(home)) => format!("which asks a machine in `{}`", home.name()),
        Some(_) => "which asks DNS servers elsewhere".to_string(),
    };
    (words, setting.map_or(vnet.span(), |setting| setting.span))
}

fn of(case: &Case, message: String) -> Finding {
    let (endpoint, span) = case.endpoints[0];
    let mut finding = RULE.finding(span, message).about(endpoint);
    finding.objects.push(case.zone.address().clone());
    finding.objects.extend(case.endpoints.iter().skip(1).map(|(endpoint, _)| endpoint.address().clone()));
    let others = match case.endpoints.len() - 1 {
        0 => String::new(),
        1 => ", as is that of another endpoint".to_string(),
        more => format!(", as are those of {more} other endpoints"),
    };
    finding.steps.push(Step { message: format!("the record of `{}` is written into this zone{others}", endpoint.name()), span });
    finding.help = Some("link the zone to the VNet in which the cluster's DNS servers resolve names".into());
    finding.why = Some("a DNS server answers from the zones that are linked to the VNet it stands in, and else with the public address".into());
    finding
}

fn open(case: &Case, unknown: Option<Unknown>, message: String) -> Finding {
    of(case, message).undecided(unknown, "if the zone is linked to where the cluster resolves names it passes; else VNL231")
}
