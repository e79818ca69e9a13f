//! See the rule's page below.

use super::conflicts::{Conflict, Part, finding};
use super::{Finding, Level, Settings};
use crate::azure::{cluster, virtual_network};
use crate::network::{End, Network, Place};
use crate::source::Span;
use crate::value::Truth;

rule! {
    /// A node pool is to stand in a subnet that belongs to another service.
    ///
    /// A delegated subnet takes the machines of one service and no others, and so do subnets such as `GatewaySubnet` and
    /// `AzureFirewallSubnet` by their name. AKS cannot put nodes into them: the cluster or the pool is not created.
    ///
    /// Give the pool a subnet of its own without `delegation` (Terraform) or `delegations` (Bicep):
    /// `{ name: 'nodes', properties: { addressPrefix: '10.1.0.0/22' } }`.
    ///
    /// AKS itself delegates a subnet for pods to `Microsoft.ContainerService/managedClusters`: that one is right there.
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
    /// resource "azurerm_subnet" "containers" {
    ///   name                 = "containers"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.1.0.0/22"]
    ///
    ///   delegation {
    ///     name = "aci"
    ///     service_delegation {
    ///       name = "Microsoft.ContainerInstance/containerGroups"
    ///     }
    ///   }
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.containers.id # expect: VNL172
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource containers 'subnets' = {
    ///     name: 'containers'
    ///     properties: {
    ///       addressPrefix: '10.1.0.0/22'
    ///       delegations: [
    ///         { name: 'aci', properties: { serviceName: 'Microsoft.ContainerInstance/containerGroups' } }
    ///       ]
    ///     }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [
    ///       {
    ///         name: 'system'
    ///         vnetSubnetID: spoke::containers.id // expect: VNL172
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-cni-overview>
    VNL172 "node-subnet-delegated-or-special", Error High, since "0.2.0"
}

/// Subnets that belong to another service by their name.
const TAKEN: [&str; 5] =
    ["GatewaySubnet", "AzureFirewallSubnet", "AzureFirewallManagementSubnet", "AzureBastionSubnet", "RouteServerSubnet"];

/// What AKS delegates a subnet for pods to.
const OWN: &str = "Microsoft.ContainerService/managedClusters";

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let mut seen: Vec<Place> = Vec::new();
    let mut conflicts = Vec::new();
    for nodes in cluster.node_subnets() {
        let stands = || Part::so(format!("pool `{}` stands in this subnet", nodes.pool.name()), nodes.span).of(nodes.pool);
        let name = match &nodes.end {
            End::Place(subnet) if seen.contains(subnet) => continue,
            End::Place(subnet) => subnet.name(),
            End::Outside(id) => id.rsplit('/').next().unwrap_or_default().to_string(),
            End::Unknown(_) => continue,
        };
        let help = "give the pool a subnet of its own, without a delegation";
        if let Some(taken) = TAKEN.iter().find(|taken| name.eq_ignore_ascii_case(taken)) {
            let place = nodes.end.place();
            let part = Part::so("its name reserves it for another service", place.map_or(nodes.span, Place::span));
            let what = format!("has nodes in `{taken}`, which belongs to another service");
            let objects = place.map(|subnet| subnet.address().clone());
            conflicts.push(Conflict::new(Level::Error, vec![stands(), part], what, help).with(objects));
        }
        if let End::Place(subnet) = &nodes.end {
            seen.push(*subnet);
            let what = format!("has nodes in `{name}`, which is delegated to another service");
            conflicts.extend(delegations(*subnet, None).map(|part| conflict(*subnet, vec![stands(), part], what, help)));
        }
    }
    for pool in cluster.pools() {
        for step in pool.follow(&cluster::POOL_TO_POD_SUBNET) {
            let End::Place(subnet) = step.end else { continue };
            let what = format!("has pods in `{}`, which is delegated to another service", subnet.name());
            let stands = of_pods(pool, step.span);
            let help = "give the pods a subnet of their own, without another delegation";
            conflicts.extend(delegations(subnet, Some(OWN)).map(|part| conflict(subnet, vec![stands, part], what, help)));
        }
    }
    finding(&RULE, cluster, conflicts, "AKS cannot put machines into a subnet of another service")
}

fn of_pods(pool: Place, span: Span) -> Part {
    Part::so(format!("the pods of pool `{}` have addresses of this subnet", pool.name()), span).of(pool)
}

fn conflict(subnet: Place, parts: Vec<Part>, what: String, help: &str) -> Conflict {
    Conflict::new(Level::Error, parts, what, help).with([subnet.address().clone()])
}

/// A delegation of a subnet to anything but `allowed`. Of a subnet that is only read nobody knows any.
fn delegations(subnet: Place, allowed: Option<&str>) -> Option<Part> {
    let (services, open) = subnet.get_all(&virtual_network::DELEGATIONS);
    let is_other = |service: &crate::value::Value| match (service.is_absent(), allowed) {
        (Truth::No, Some(allowed)) => !service.is(allowed),
        (absent, _) => !absent,
    };
    let mut parts: Vec<Part> = Vec::new();
    for service in &services {
        let message = match service.as_text() {
            Some(name) => format!("it is delegated to `{name}`"),
            None => "it is delegated here".to_string(),
        };
        let part = Part::so(message, service.origin.place().unwrap_or(subnet.span()));
        parts.push(Part { truth: is_other(service), unknown: service.first_hole().map(|hole| hole.unknown()), ..part });
    }
    if let Some(unknown) = open.filter(|_| subnet.is_made()) {
        let part = Part::so("its delegations are not known", subnet.span_of(&virtual_network::DELEGATIONS));
        parts.push(Part { truth: Truth::Unknown, unknown: Some(unknown), ..part });
    }
    parts.into_iter().max_by_key(|part| part.truth).filter(|part| part.truth != Truth::No)
}
