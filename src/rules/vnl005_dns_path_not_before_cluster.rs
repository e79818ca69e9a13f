//! See the rule's page below.

use super::clusters::clusters;
use super::waiting::let_wait_for;
use super::{Finding, Level, Phase, Settings, Step};
use crate::azure::firewall;
use crate::network::{DnsSetting, Network, Order, Place, Server};
use crate::value::{Address, Truth};

rule! {
    /// The nodes ask a DNS server in another VNet, and the way to it is not made before the cluster.
    ///
    /// Nodes look up names from their first second: the registry, the API server. The peering that leads to the DNS server, or the
    /// firewall or resolver that answers there, may still be missing when they start; then every lookup times out, and the cluster is
    /// not created. An address of a firewall that the code refers to makes the VNet wait for the firewall, and not for the peering.
    ///
    /// Let the cluster wait for both halves of the peering and for the server: in Terraform
    /// `depends_on = [azurerm_virtual_network_peering.to_hub, azurerm_virtual_network_peering.to_spoke]`, in Bicep
    /// `dependsOn: [ toHub, toSpoke ]`. Where the way is made only after the cluster, this is an error.
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
    ///   dns_servers         = ["10.0.0.4"]
    /// }
    ///
    /// resource "azurerm_virtual_network_peering" "to_hub" {
    ///   name                      = "to-hub"
    ///   resource_group_name       = "net"
    ///   virtual_network_name      = azurerm_virtual_network.spoke.name
    ///   remote_virtual_network_id = azurerm_virtual_network.hub.id
    /// }
    ///
    /// resource "azurerm_virtual_network_peering" "to_spoke" {
    ///   name                      = "to-spoke"
    ///   resource_group_name       = "net"
    ///   virtual_network_name      = azurerm_virtual_network.hub.name
    ///   remote_virtual_network_id = azurerm_virtual_network.spoke.id
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.1.0.0/22"]
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" { # expect: VNL005
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'hub'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.0.0.0/16' ] } }
    ///   resource toSpoke 'virtualNetworkPeerings' = {
    ///     name: 'to-spoke'
    ///     properties: { remoteVirtualNetwork: { id: spoke.id } }
    ///   }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: {
    ///     addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] }
    ///     dhcpOptions: { dnsServers: [ '10.0.0.4' ] }
    ///   }
    ///   resource toHub 'virtualNetworkPeerings' = {
    ///     name: 'to-hub'
    ///     properties: { remoteVirtualNetwork: { id: hub.id } }
    ///   }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = { // expect: VNL005
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/outbound-rules-control-egress>
    VNL005 "dns-path-not-before-cluster", Warning Medium, since "0.2.0"
}

/// A part of the way to a DNS server.
struct Part<'n> {
    place: Place<'n>,
    what: &'static str,
    order: Order,
}

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    for cluster in clusters(network) {
        let Some(vnet) = cluster.node_vnet().filter(|vnet| vnet.is_made()) else { continue };
        for setting in vnet.dns_settings() {
            // What is set beside the cluster is a race of its own, and what is set afterwards finds all of it there.
            if setting.own || network.order(&setting.declaration, cluster.declaration()) == Order::Before {
                findings.extend(found(network, settings, cluster, vnet, &setting));
            }
        }
    }
}

fn found<'n>(network: &'n Network, settings: &Settings, cluster: Place<'n>, vnet: Place<'n>, setting: &DnsSetting<'n>) -> Option<Finding> {
    let server = setting.servers.as_ref().ok()?.first()?;
    let home = Place::home_of(server).filter(|home| *home != vnet);
    let mut parts = Vec::new();
    let mut add = |place: Place<'n>, what| {
        let order = network.order(place.declaration(), cluster.declaration());
        let late = place.is_made() && place.exists() != Truth::No && matches!(order, Order::Race | Order::After);
        if late && !parts.iter().any(|part: &Part| part.place == place) {
            parts.push(Part { place, what, order });
        }
    };
    let tied = match home {
        Some(home) => {
            vnet.peering_to(home).into_iter().for_each(|half| add(half, "this half of the peering with the DNS server's VNet"));
            home.peering_to(vnet).into_iter().for_each(|half| add(half, "this half of the peering with the DNS server's VNet"));
            vnet.is_tied_to(home).is_some()
        }
        // A firewall in a virtual hub stands in no VNet.
        None => matches!(server, Server::Firewall(_)),
    };
    if !tied {
        return None;
    }
    if home.is_none_or(|home| vnet.peering_to(home).is_none() && home.peering_to(vnet).is_none()) {
        vnet.hub_connections().into_iter().for_each(|connection| add(connection, "this connection to the virtual hub"));
        for connection in home.into_iter().flat_map(Place::hub_connections) {
            add(connection, "this connection to the virtual hub");
        }
    }
    match server {
        Server::Firewall(wall) => {
            add(*wall, "this firewall, which answers for names,");
            let policies = wall.follow(&firewall::FIREWALL_TO_POLICY);
            policies.iter().filter_map(|step| step.end.place()).for_each(|policy| add(policy, "this policy, which switches its DNS proxy on,"));
        }
        Server::Inbound(endpoint) => add(*endpoint, "this endpoint, which answers for names,"),
        _ => {}
    }
    let certain: Vec<&Part> = parts.iter().filter(|part| part.place.exists() == Truth::Yes).collect();
    let perhaps = parts.iter().find(|part| part.place.exists() == Truth::Unknown);
    let name = cluster.name();
    let mut finding = match (certain.as_slice(), perhaps) {
        ([], None) => return None,
        ([], Some(part)) => {
            let message = format!("cannot tell whether the way from `{name}` to its DNS server is made before it");
            let effect = "if this part of the way is made: VNL005; else it passes";
            RULE.finding(cluster.span(), message).about(cluster).undecided(part.place.decides().cloned(), effect)
        }
        (late, _) => {
            let after = late.iter().any(|part| part.order == Order::After);
            let message = match after {
                true => format!("`{name}` cannot be created: the way to its DNS server is made only after it"),
                false => format!("nothing makes `{name}` wait for the way to its DNS server"),
            };
            let mut finding = RULE.finding(cluster.span(), message).about(cluster);
            if after {
                finding.level = Level::Error;
            }
            finding
        }
    };
    if settings.phase == Phase::Existing {
        finding.level = Level::Note;
    }
    finding.steps.push(Step { message: format!("the nodes of this cluster stand in `{}`", vnet.name()), span: cluster.span() });
    let where_to = home.map_or(String::new(), |home| format!(" in `{}`", home.name()));
    finding.steps.push(Step { message: format!("which asks a DNS server{where_to} from the start"), span: setting.span });
    for part in &parts {
        let when = if part.order == Order::After { "only after the cluster" } else { "at any moment" };
        finding.steps.push(Step { message: format!("{} is made {when}", part.what), span: part.place.span() });
        finding.objects.push(part.place.address().clone());
    }
    let first: Vec<&Address> = parts.iter().map(|part| part.place.declaration()).collect();
    finding.help = Some(let_wait_for(cluster, &first));
    finding.why = Some("nodes look up names from their first second".into());
    Some(finding)
}
