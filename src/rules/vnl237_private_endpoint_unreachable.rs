//! See the rule's page below.

use super::clusters::clusters;
use super::finding::in_words_of;
use super::udr::egresses_with_pods;
use super::{Finding, Settings, Step, World};
use crate::azure::{dns, private_endpoint, security_group, virtual_network};
use crate::network::{Decision, End, Flow, Group, Network, Place};
use crate::value::{Cidr, Truth, Unknown};

rule! {
    /// The name of a service leads to a private endpoint that the pods do not reach.
    ///
    /// The zone is linked to the VNet of the nodes, so the service's name is the address of its private endpoint. That stands in a
    /// VNet that is neither peered with the cluster's nor tied to it by a virtual hub, so every connection runs into a timeout, and
    /// the public address is no longer to be had either. The same happens where a network security group of the endpoint's subnet
    /// denies the nodes, once the subnet has network policies for such groups.
    ///
    /// Peer the two VNets, with one half in each: in Terraform two `azurerm_virtual_network_peering`, in Bicep a
    /// `virtualNetworkPeerings` child of each VNet; or give the service a second endpoint in the cluster's VNet. Nothing is said
    /// where a route table sends the packets to an appliance, where gateways, a virtual hub or a network manager may tie the two,
    /// where a peering leads to a VNet that is not in the code, nor of a zone of which another endpoint is within reach: the one
    /// that is not may be for others. A peering of which one half is missing is VNL050's.
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
    /// resource "azurerm_virtual_network" "data" {
    ///   name                = "data"
    ///   resource_group_name = "apps"
    ///   address_space       = ["10.2.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "endpoints" {
    ///   name                 = "endpoints"
    ///   resource_group_name  = "apps"
    ///   virtual_network_name = azurerm_virtual_network.data.name
    ///   address_prefixes     = ["10.2.0.0/27"]
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
    /// resource "azurerm_private_dns_zone_virtual_network_link" "spoke" {
    ///   name                  = "spoke"
    ///   resource_group_name   = "apps"
    ///   private_dns_zone_name = azurerm_private_dns_zone.vault.name
    ///   virtual_network_id    = azurerm_virtual_network.spoke.id
    /// }
    ///
    /// resource "azurerm_private_endpoint" "vault" {
    ///   name                = "pe-kv-app"
    ///   resource_group_name = "apps"
    ///   subnet_id           = azurerm_subnet.endpoints.id # expect: VNL237
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
    ///     private_dns_zone_ids = [azurerm_private_dns_zone.vault.id]
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
    /// resource data 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'data'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.2.0.0/16' ] } }
    ///   resource endpoints 'subnets' = {
    ///     name: 'endpoints'
    ///     properties: { addressPrefix: '10.2.0.0/27' }
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
    ///   resource link 'virtualNetworkLinks' = {
    ///     name: 'spoke'
    ///     location: 'global'
    ///     properties: { virtualNetwork: { id: spoke.id } }
    ///   }
    /// }
    ///
    /// resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
    ///   name: 'pe-kv-app'
    ///   properties: {
    ///     subnet: { id: data::endpoints.id } // expect: VNL237
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
    ///     privateDnsZoneConfigs: [ { name: 'vault', properties: { privateDnsZoneId: zone.id } } ]
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
    /// Source: <https://learn.microsoft.com/azure/private-link/private-endpoint-overview> and
    /// <https://learn.microsoft.com/azure/private-link/disable-private-endpoint-network-policy>
    /// Source: Cloud Adoption Framework: pods reach private endpoints directly. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL237 "private-endpoint-unreachable", Warning Medium, since "0.2.0"
}

/// A private endpoint whose name the pods of a cluster resolve.
struct Seen<'n> {
    endpoint: Place<'n>,
    subnet: Place<'n>,
    zone: Place<'n>,
    link: Place<'n>,
    reached: Truth,
    unknown: Option<Unknown>,
}

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    // Two clusters in one VNet are one question.
    let mut asked: Vec<Place> = Vec::new();
    for cluster in clusters(network) {
        let Some(vnet) = cluster.node_vnet().filter(|vnet| !asked.contains(vnet)) else { continue };
        asked.push(vnet);
        let machines: Vec<Place> = egresses_with_pods(cluster).iter().filter_map(|egress| egress.subnet.end.place()).collect();
        let seen = seen(network, vnet, &machines);
        findings.extend(seen.iter().filter(|one| one.subnet.parent() == Some(vnet)).filter_map(|one| denied(cluster, &machines, one)));
        let mut homes: Vec<Place> = Vec::new();
        for one in seen.iter().filter(|one| one.reached != Truth::Yes && !is_served(one, &seen)) {
            let Some(home) = one.subnet.parent().filter(|home| !homes.contains(home)) else { continue };
            // What ties VNets of two deployments may stand in a third one.
            if home.root() != vnet.root() && settings.world != World::Whole {
                continue;
            }
            homes.push(home);
            let same = |other: &&Seen| other.subnet.parent() == Some(home) && other.reached == one.reached;
            let others = seen.iter().filter(same).filter(|other| other.endpoint != one.endpoint && !is_served(other, &seen)).collect::<Vec<_>>();
            findings.extend(unreached(cluster, vnet, home, one, &others));
        }
    }
}

/// Another endpoint of the same zone is within reach: the one that is not may be for others.
fn is_served(one: &Seen, seen: &[Seen]) -> bool {
    seen.iter().any(|other| other.zone == one.zone && other.endpoint != one.endpoint && other.reached == Truth::Yes)
}

/// The endpoints in zones that are linked to a VNet, and that its machines see by that. A zone of which another endpoint may be
/// anywhere is left out.
fn seen<'n>(network: &'n Network, vnet: Place<'n>, machines: &[Place<'n>]) -> Vec<Seen<'n>> {
    let ruled = |link: Place| {
        let steps = link.follow(&dns::RULESET_LINK_TO_VNET);
        steps.iter().any(|step| step.end.place() == Some(vnet) || matches!(step.end, End::Unknown(_)))
    };
    if network.all(&dns::RULESET_LINK).into_iter().any(ruled) {
        return Vec::new();
    }
    let Ok(targets) = vnet.resolves_in() else { return Vec::new() };
    let (mut found, mut anywhere): (Vec<Seen>, Vec<Place>) = (Vec::new(), Vec::new());
    for endpoint in network.all(&private_endpoint::PRIVATE_ENDPOINT) {
        let subnet = endpoint.follow(&private_endpoint::ENDPOINT_TO_SUBNET).into_iter().find_map(|step| step.end.place());
        for zone in endpoint.endpoint_zones().into_iter().filter_map(|step| step.end.place()) {
            let own = zone.zone_links().into_iter().find(|(link, end)| end.place() == Some(vnet) && link.exists() == Truth::Yes);
            let (Some((link, _)), Truth::Yes) = (own, zone.is_linked_to_any(&targets).0) else { continue };
            let Some(subnet) = subnet.filter(|subnet| subnet.is_made() && endpoint.exists() == Truth::Yes) else {
                anywhere.push(zone);
                continue;
            };
            let ways: Vec<(Truth, Option<Unknown>)> = machines.iter().map(|from| from.reaches_endpoints_in(subnet)).collect();
            let reached = if ways.is_empty() { Truth::Unknown } else { Truth::any(ways.iter().map(|(truth, _)| *truth)) };
            let unknown = ways.into_iter().find(|(truth, _)| *truth == Truth::Unknown).and_then(|(_, unknown)| unknown);
            found.push(Seen { endpoint, subnet, zone, link, reached, unknown });
        }
    }
    found.retain(|one| one.reached == Truth::Yes || !anywhere.contains(&one.zone));
    found
}

fn unreached<'n>(cluster: Place<'n>, vnet: Place<'n>, home: Place<'n>, one: &Seen<'n>, others: &[&Seen<'n>]) -> Option<Finding> {
    let (own, back) = (vnet.peering_to(home), home.peering_to(vnet));
    if own.is_some() != back.is_some() || !one.endpoint.is_made() {
        return None;
    }
    let more = match others.len() {
        0 => String::new(),
        1 => " and 1 more".into(),
        more => format!(" and {more} more"),
    };
    let place = one.endpoint.span_of(&private_endpoint::SUBNET);
    let of = |message: String| {
        let mut finding = RULE.finding(place, message).about(cluster);
        finding.objects = vec![vnet.address().clone(), home.address().clone(), one.endpoint.address().clone()];
        finding.objects.extend(others.iter().map(|other| other.endpoint.address().clone()));
        let name = one.zone.name();
        let step = |message: String, span| Step { message, span };
        finding.steps.push(step(format!("the nodes of `{}` stand in `{}`", cluster.name(), vnet.name()), cluster.span()));
        finding.steps.push(step(format!("which sees zone `{name}` by this link"), one.link.span()));
        finding.steps.push(step(format!("private endpoint `{}` has its name there, and stands in `{}`", one.endpoint.name(), home.name()), place));
        let nothing = match own {
            Some(_) => "the peering between the two lets nothing through",
            None => "and nothing ties the two",
        };
        finding.steps.push(step(nothing.to_string(), own.unwrap_or(home).span()));
        finding.help = Some(match own {
            Some(_) => in_words_of(vnet, "`allow_virtual_network_access = true` in both halves of the peering", "`allowVirtualNetworkAccess: true` in both halves of the peering"),
            None => in_words_of(
                vnet,
                &format!("add an `azurerm_virtual_network_peering` in each direction between `{}` and `{}`", vnet.name(), home.name()),
                &format!("add a `virtualNetworkPeerings` child to each of `{}` and `{}`", vnet.name(), home.name()),
            ),
        });
        finding.why = Some("the name is a private address there, and no packet to it arrives".into());
        finding
    };
    let (name, endpoint) = (cluster.name(), one.endpoint.name());
    match one.reached {
        Truth::No => Some(of(format!("the pods of `{name}` find private endpoint `{endpoint}`{more} by name, and do not reach it: it stands in `{}`", home.name()))),
        _ => {
            let message = format!("cannot tell whether the pods of `{name}` reach private endpoint `{endpoint}`{more} in `{}`", home.name());
            Some(of(message).undecided(Some(one.unknown.clone()?), "if there is a way it passes; else VNL237"))
        }
    }
}

/// The endpoint stands in the cluster's VNet, and its subnet's network security group denies the machines.
fn denied(cluster: Place, machines: &[Place], one: &Seen) -> Option<Finding> {
    let (subnet, port) = (one.subnet, one.endpoint.service().port()?);
    let policies = subnet.get(&virtual_network::ENDPOINT_POLICIES);
    let counts = policies.ask(|value| value.is("Enabled") | value.is("NetworkSecurityGroupEnabled") | value.is_true());
    let Group::Is(group, attached) = subnet.security_group() else { return None };
    // The rules of a group between machines of one subnet are VNL210's.
    if counts != Truth::Yes || subnet.is_guessed(&virtual_network::ENDPOINT_POLICIES) || machines.contains(&subnet) {
        return None;
    }
    let flow = Flow { inbound: true, peer: "VirtualNetwork", protocol: "Tcp", ports: (port, port) };
    let ranges: Vec<Cidr> = machines.iter().flat_map(|from| from.ranges(&virtual_network::PREFIXES).unwrap_or_default()).collect();
    let (name, endpoint) = (cluster.name(), one.endpoint.name());
    let (rule, unknown) = match group.decides_on_ranges(flow, subnet, &ranges) {
        _ if ranges.is_empty() => return None,
        Decision::Allows => return None,
        Decision::Denies(rule) => (rule, None),
        Decision::Unknown(unknown) => (None, Some(unknown?)),
    };
    let place = rule.map_or(attached.span, |rule| rule.span_of(&security_group::ACCESS));
    let message = match unknown {
        None => format!("network security group `{}` keeps the pods of `{name}` from private endpoint `{endpoint}`", group.name()),
        Some(_) => format!("cannot tell whether network security group `{}` keeps the pods of `{name}` from private endpoint `{endpoint}`", group.name()),
    };
    let mut finding = RULE.finding(place, message).about(cluster);
    finding.objects = vec![subnet.address().clone(), group.address().clone(), one.endpoint.address().clone()];
    let step = |message: String, span| Step { message, span };
    finding.steps.push(step(format!("private endpoint `{endpoint}` stands in `{}`", subnet.name()), one.endpoint.span_of(&private_endpoint::SUBNET)));
    let counted = "whose network policies let security groups count for endpoints".to_string();
    finding.steps.push(step(counted, subnet.span_of(&virtual_network::ENDPOINT_POLICIES)));
    finding.steps.push(step("and which has this group".to_string(), attached.span));
    finding.steps.extend(rule.map(|rule| step(format!("this rule denies what the nodes send to port {port}"), rule.span_of(&security_group::ACCESS))));
    finding.help = Some(format!("allow port {port} from the subnet of the nodes by a rule with a smaller priority number"));
    finding.why = Some("the name is a private address there, and no packet to it arrives".into());
    match unknown {
        Some(unknown) => Some(finding.undecided(Some(unknown), "if a rule denies it before one allows it: VNL237; else it passes")),
        None => Some(finding),
    }
}
