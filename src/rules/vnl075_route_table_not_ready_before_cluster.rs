//! See the rule's page below.

use super::udr::{Egress, egresses_of};
use super::waiting::let_wait_for;
use super::{Confidence, Finding, Level, Phase, Settings, Step};
use crate::azure::cluster;
use crate::network::{DefaultRoute, Network, Order, Place, Table};
use crate::source::Span;
use crate::value::{Address, Reason, Truth, Unknown};

rule! {
    /// A cluster is made without waiting for the routes that its nodes leave by.
    ///
    /// A cluster names its subnet, not the association that attaches the route table, nor a route that is a resource of
    /// its own, nor the firewall behind it. Terraform is then free to make the cluster first. AKS looks for the table at
    /// that moment and refuses the cluster (`ExistingRouteTableNotAssociatedWithSubnet`), or the first nodes start without
    /// a way out. It works on one day and not on the next.
    ///
    /// Let the cluster wait: in Terraform `depends_on = [azurerm_subnet_route_table_association.nodes]`, also for separate
    /// `azurerm_route`s and the firewall. In Bicep write `routeTable` inside the subnet's declaration, so that it is there
    /// with the subnet, and name what stands apart in `dependsOn`. Inline routes and an inline `route_table_id` need
    /// nothing. In a later deployment, `--phase existing`, this is only a note.
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
    ///     name                   = "default"
    ///     address_prefix         = "0.0.0.0/0"
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
    /// resource "azurerm_kubernetes_cluster" "aks" { # expect: VNL075
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
    ///     outbound_type  = "userDefinedRouting"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource table 'Microsoft.Network/routeTables@2024-05-01' = {
    ///   name: 'nodes'
    /// }
    ///
    /// resource toFirewall 'Microsoft.Network/routeTables/routes@2024-05-01' = {
    ///   parent: table
    ///   name: 'default'
    ///   properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22', routeTable: { id: table.id } }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = { // expect: VNL075
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       outboundType: 'userDefinedRouting'
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/egress-outboundtype>
    /// Source: <https://learn.microsoft.com/azure/aks/configure-kubenet>
    VNL075 "route-table-not-ready-before-cluster", Warning High, since "0.2.0"
}

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    for cluster in network.made(&cluster::CLUSTER) {
        let own = cluster.is(&cluster::OUTBOUND, "userDefinedRouting").certainly();
        let kubenet = cluster.is(&cluster::NETWORK_PLUGIN, "kubenet").certainly();
        if own || kubenet {
            findings.extend(egresses_of(cluster).iter().filter_map(|egress| found(network, settings, egress, own)));
        }
    }
}

/// Something that has to be there before the nodes are.
struct Part {
    declaration: Address,
    span: Span,
    what: String,
    /// AKS looks for it; without the others the nodes only have no way out.
    is_checked: bool,
    /// It is made in seconds.
    is_quick: bool,
    order: Order,
}

fn found(network: &Network, settings: &Settings, egress: &Egress, own: bool) -> Option<Finding> {
    let pool = egress.subnet.pool;
    let waiting = if pool.declaration() == egress.cluster.declaration() { egress.cluster } else { pool };
    let mut parts = parts(egress, own);
    for part in &mut parts {
        part.order = network.order(&part.declaration, waiting.declaration());
    }
    let (late, open): (Vec<&Part>, Vec<&Part>) = parts
        .iter()
        .filter(|part| part.order != Order::Before && part.declaration.root() == waiting.root())
        // A peering takes seconds, the first node minutes: beside each other nothing happens.
        .filter(|part| !part.is_quick || part.order == Order::After)
        .partition(|part| part.order != Order::Unknown);
    let name = waiting.name();
    let mut finding = match (late.first(), open.first()) {
        (Some(first), _) => {
            let message = match first.order {
                Order::After => format!("`{name}` is made before {}, and needs it", first.what),
                _ => format!("nothing makes `{name}` wait for {}", first.what),
            };
            let mut finding = RULE.finding(waiting.span(), message).about(egress.cluster);
            if late.iter().any(|part| part.order == Order::After && part.is_checked) {
                finding.level = Level::Error;
            }
            if !late.iter().any(|part| part.is_checked) {
                finding.confidence = Confidence::Medium;
            }
            let first: Vec<&Address> = late.iter().map(|part| &part.declaration).collect();
            finding.help = Some(let_wait_for(waiting, &first));
            finding
        }
        (None, Some(part)) => {
            let message = format!("cannot tell whether `{name}` waits for {}", part.what);
            let unknown = Unknown::new(waiting.root(), "a module that could not be read", Reason::Module).at(part.span);
            let effect = "if it waits it passes; else VNL075";
            RULE.finding(waiting.span(), message).about(egress.cluster).undecided(Some(unknown), effect)
        }
        (None, None) => return None,
    };
    finding.objects.extend(egress.subnet.end.place().map(|subnet| subnet.address().clone()));
    finding.steps = egress.steps();
    finding.steps.insert(0, Step { message: "this is made".into(), span: waiting.span() });
    let moment = |order| match order {
        Order::After => "is made after it",
        Order::Race => "is made at any moment",
        Order::Before | Order::Unknown => "is made at a moment that is not known",
    };
    let shown = if late.is_empty() { &open } else { &late };
    for part in shown {
        finding.steps.push(Step { message: format!("{} {}", part.what, moment(part.order)), span: part.span });
    }
    finding.why = Some("AKS looks for the routes of the node subnet at the moment at which the cluster is made".into());
    if settings.phase == Phase::Existing {
        finding.level = finding.level.min(Level::Note);
    }
    Some(finding)
}

/// What stands apart from the subnet that the cluster names.
fn parts(egress: &Egress, own: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    let (Table::Is(table, step), Some(subnet)) = (&egress.table, egress.subnet.end.place()) else { return parts };
    let part = |declaration: &Address, span, what: String, is_checked| Part {
        declaration: declaration.clone(),
        span,
        what,
        is_checked,
        is_quick: false,
        order: Order::Unknown,
    };
    let inline = [subnet.declaration(), subnet.parent().unwrap_or(subnet).declaration()];
    if !inline.contains(&&step.drawn_by) {
        let what = format!("what attaches route table `{}` to `{}`", table.name(), subnet.name());
        parts.push(part(&step.drawn_by, step.span, what, true));
    }
    let DefaultRoute::Is(route) = &egress.route else { return parts };
    if !own {
        return parts;
    }
    if route.declaration() != table.declaration() {
        parts.push(part(route.declaration(), route.span(), format!("default route `{}`", route.name()), true));
    }
    let Some(taker) = egress.hop().and_then(|hop| hop.appliance()).filter(|taker| taker.is_made()) else { return parts };
    parts.push(part(taker.declaration(), taker.span(), format!("{} `{}`", taker.kind().noun, taker.name()), false));
    if let (Some(home), Some(vnet)) = (taker.home(), egress.vnet()) {
        let halves: Vec<Place> = [vnet.peering_to(home), home.peering_to(vnet)].into_iter().flatten().collect();
        for half in halves.into_iter().filter(|half| half.is_made() && half.exists() == Truth::Yes) {
            let half = part(half.declaration(), half.span(), format!("peering `{}`", half.name()), false);
            parts.push(Part { is_quick: true, ..half });
        }
    }
    parts
}
