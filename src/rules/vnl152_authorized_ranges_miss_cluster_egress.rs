//! See the rule's page below.

use super::clusters::{clusters, on};
use super::finding::in_words_of;
use super::udr::{Egress, egresses_of};
use super::{Confidence, Finding, Level, Settings, Step, said_elsewhere};
use crate::azure::{Link, cluster, firewall, nat_gateway, public_ip};
use crate::network::{Allowed, ApiMode, End, Network, NextHop, Place};
use crate::value::{Truth, Unknown};

rule! {
    /// The nodes of a cluster leave by an address that may not reach its API server.
    ///
    /// The nodes of a public cluster reach their API server over the internet, from the address of whatever they leave through.
    /// Where authorized ranges are named and this address is not among them, the nodes are shut out of their own control plane:
    /// they do not become ready, and the cluster is not made. Only the address of AKS's own load balancer is added without being
    /// named.
    ///
    /// Add the public address of the firewall or NAT gateway. In Terraform
    /// `authorized_ip_ranges = ["203.0.113.0/24", "${azurerm_public_ip.firewall.ip_address}/32"]`, in Bicep
    /// `'${firewallAddress.properties.ipAddress}/32'`.
    ///
    /// An address that is written out may be the one that Azure gave: then it is undecided. With API server VNet integration
    /// nodes do not need it, and it is silent.
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
    /// resource "azurerm_public_ip" "out" {
    ///   name                = "out"
    ///   resource_group_name = "net"
    ///   allocation_method   = "Static"
    /// }
    ///
    /// resource "azurerm_nat_gateway" "out" {
    ///   name                = "out"
    ///   resource_group_name = "net"
    /// }
    ///
    /// resource "azurerm_nat_gateway_public_ip_association" "out" {
    ///   nat_gateway_id       = azurerm_nat_gateway.out.id
    ///   public_ip_address_id = azurerm_public_ip.out.id
    /// }
    ///
    /// resource "azurerm_subnet_nat_gateway_association" "nodes" {
    ///   subnet_id      = azurerm_subnet.nodes.id
    ///   nat_gateway_id = azurerm_nat_gateway.out.id
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
    ///   api_server_access_profile {
    ///     authorized_ip_ranges = ["203.0.113.0/24"] # expect: VNL152
    ///   }
    ///   network_profile {
    ///     network_plugin = "azure"
    ///     outbound_type  = "userAssignedNATGateway"
    ///   }
    ///   depends_on = [azurerm_subnet_nat_gateway_association.nodes, azurerm_nat_gateway_public_ip_association.out]
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource address 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
    ///   name: 'out'
    ///   sku: { name: 'Standard' }
    ///   properties: { publicIPAllocationMethod: 'Static' }
    /// }
    ///
    /// resource out 'Microsoft.Network/natGateways@2024-05-01' = {
    ///   name: 'out'
    ///   sku: { name: 'Standard' }
    ///   properties: { publicIpAddresses: [ { id: address.id } ] }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22', natGateway: { id: out.id } }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     apiServerAccessProfile: {
    ///       authorizedIPRanges: [ '203.0.113.0/24' ] // expect: VNL152
    ///     }
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       outboundType: 'userAssignedNATGateway'
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges#overview-of-api-server-authorized-ip-ranges>
    VNL152 "authorized-ranges-miss-cluster-egress", Error Medium, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in clusters(network).filter(|cluster| cluster.api_mode() == Some(ApiMode::Public)) {
        let allowed = cluster.allowed();
        if allowed.is_everybody != Truth::No {
            continue;
        }
        let ways = egresses_of(cluster).into_iter().filter_map(|egress| Some((way_out(&egress)?, egress)));
        let found = ways.into_iter().find_map(|(way, egress)| missed(cluster, &allowed, &way, &egress));
        match found {
            Some(finding) => findings.push(finding),
            None => findings.extend(of_own_addresses(cluster, &allowed)),
        }
    }
}

/// What the nodes of a subnet leave through, and its public addresses.
struct WayOut<'n> {
    through: Place<'n>,
    addresses: Vec<Place<'n>>,
    open: Option<Unknown>,
}

fn way_out<'n>(egress: &Egress<'n>) -> Option<WayOut<'n>> {
    let subnet = egress.subnet.end.place()?;
    let is = |text: &str| egress.cluster.is(&cluster::OUTBOUND, text) == Truth::Yes;
    let (through, links): (Place, &[&Link]) = if is("userDefinedRouting") {
        match egress.hop()? {
            NextHop::Firewall(wall) => (wall, &[&firewall::FIREWALL_TO_PUBLIC_ADDRESS]),
            _ => return None,
        }
    } else if is("userAssignedNATGateway") {
        let gateway = subnet.follow(&nat_gateway::SUBNET_TO_NAT_GATEWAY).into_iter().find_map(|step| step.end.place())?;
        (gateway, &[&nat_gateway::NAT_GATEWAY_TO_PUBLIC_IP, &nat_gateway::NAT_GATEWAY_TO_PREFIX])
    } else {
        return None;
    };
    let mut way = WayOut { through, addresses: Vec::new(), open: None };
    for step in links.iter().flat_map(|link| through.follow(link)) {
        match step.end {
            End::Place(address) => way.addresses.push(address),
            End::Unknown(unknown) => way.open = way.open.or(Some(unknown)),
            End::Outside(_) => return None,
        }
    }
    (!way.addresses.is_empty() && through.is_made()).then_some(way)
}

fn missed(cluster: Place, allowed: &Allowed, way: &WayOut, egress: &Egress) -> Option<Finding> {
    let field = &cluster::AUTHORIZED_RANGES;
    let (name, noun, through) = (cluster.name(), way.through.kind().noun, way.through.name());
    let among = Truth::any(way.addresses.iter().map(|address| address.is_among(allowed)));
    match (among, &way.open) {
        (Truth::Yes, _) => return None,
        (Truth::No, None) => {}
        (_, open) => {
            let message = format!("cannot tell whether the address of {noun} `{through}`, by which the nodes of `{name}` leave, is among its authorized ranges");
            let of_address = |address: &Place| said_elsewhere(*address, format!("the address of {}", address.address()), address.span());
            let unknown = open.clone().or_else(|| allowed.unknown()).or_else(|| way.addresses.first().map(of_address));
            let effect = "if it is among them it passes; else VNL152";
            return Some(on(&RULE, cluster, field, message).undecided(unknown, effect));
        }
    }
    let address = way.addresses.first()?;
    let message = format!("the nodes of `{name}` cannot reach their API server: they leave by `{}`, which is not among its authorized ranges", address.name());
    let mut finding = on(&RULE, cluster, field, message);
    finding.objects.extend([way.through.address().clone(), address.address().clone()]);
    finding.steps.push(Step { message: "only these ranges may reach its API server".into(), span: cluster.span_of(field) });
    finding.steps.extend(egress.steps());
    if !finding.steps.iter().any(|step| step.message.contains(&through)) {
        finding.steps.push(Step { message: format!("its nodes leave through {noun} `{through}`"), span: way.through.span() });
    }
    finding.steps.push(Step { message: format!("whose public address is `{}`", address.name()), span: address.span() });
    finding.help = Some(add(cluster, *address));
    finding.why = Some("nodes of a public cluster reach the API server over the internet, and AKS adds the address of its own load balancer only".into());
    Some(finding)
}

/// What to add to the list.
fn add(cluster: Place, address: Place) -> String {
    let is_prefix = address.kind() == &public_ip::PUBLIC_IP_PREFIX;
    let words = match (is_prefix, cluster.is_terraform()) {
        (true, true) => "`ip_prefix`".to_string(),
        (true, false) => "`properties.ipPrefix`".to_string(),
        _ => in_words_of(cluster, "`ip_address` with `/32` behind it", "`properties.ipAddress` with `/32` behind it"),
    };
    format!("add `{}` to the authorized ranges: its {words}", address.name())
}

/// Nodes with public addresses of their own leave by those.
fn of_own_addresses(cluster: Place, allowed: &Allowed) -> Option<Finding> {
    let field = &cluster::AUTHORIZED_RANGES;
    let own = |pool: &Place| pool.is_true(&cluster::NODE_PUBLIC_IP) == Truth::Yes && pool.exists() == Truth::Yes;
    cluster.pools().into_iter().filter(own).find_map(|pool| {
        let step = pool.follow(&cluster::POOL_TO_PREFIX).into_iter().next()?;
        let prefix = step.end.place()?;
        if prefix.is_among(allowed) != Truth::No {
            return None;
        }
        let message = format!("the nodes of pool `{}` of `{}` have addresses of `{}`, which is not among its authorized ranges", pool.name(), cluster.name(), prefix.name());
        let mut finding = on(&RULE, cluster, field, message);
        (finding.level, finding.confidence) = (Level::Warning, Confidence::Medium);
        finding.objects.extend([pool.address().clone(), prefix.address().clone()]);
        finding.steps.push(Step { message: "only these ranges may reach its API server".into(), span: cluster.span_of(field) });
        finding.steps.push(Step { message: format!("its pool `{}` has public addresses of `{}`", pool.name(), prefix.name()), span: step.span });
        finding.help = Some(add(cluster, prefix));
        finding.why = Some("nodes with public addresses of their own reach the API server from those".into());
        Some(finding)
    })
}
