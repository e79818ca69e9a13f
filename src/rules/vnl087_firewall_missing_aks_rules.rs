//! See the rule's page below.

use super::finding::in_words_of;
use super::udr::{Egress, egresses_of};
use super::waiting::let_wait_for;
use super::{Confidence, Finding, Level, Phase, Settings, Step};
use crate::azure::cluster;
use crate::network::{Network, NextHop, Opening, Openings, Order, Place};
use crate::value::{Address, Truth};

rule! {
    /// The nodes leave through a firewall whose rules do not let them reach what AKS needs.
    ///
    /// Azure Firewall drops what no rule allows. While the cluster is made, each node fetches its software and images,
    /// signs in and registers; behind a firewall without the rules for it no node becomes ready, and the cluster fails
    /// after a long time. Rules that are made after the cluster come too late in the same way.
    ///
    /// Azure keeps the names that AKS needs under one tag: let an application rule have `destination_fqdn_tags =
    /// ["AzureKubernetesService"]` (without a policy `fqdn_tags`), in Bicep `fqdnTags: [ 'AzureKubernetesService' ]`, for
    /// the node subnet; and let the cluster wait for it by `depends_on` or `dependsOn`. A rule for every name that is
    /// needed, or for everything, will do too. Names are those of Azure's public cloud: of clusters in other clouds nothing
    /// is said, nor of network isolated clusters, nor of appliances that are not Azure Firewall.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "net" {
    ///   name                = "net"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.1.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "firewall" {
    ///   name                 = "AzureFirewallSubnet"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.net.name
    ///   address_prefixes     = ["10.1.4.0/26"]
    /// }
    ///
    /// resource "azurerm_firewall_policy" "net" { # expect: VNL087
    ///   name                = "rules"
    ///   resource_group_name = "net"
    /// }
    ///
    /// resource "azurerm_firewall" "net" {
    ///   name                = "firewall"
    ///   resource_group_name = "net"
    ///   firewall_policy_id  = azurerm_firewall_policy.net.id
    ///
    ///   ip_configuration {
    ///     name      = "main"
    ///     subnet_id = azurerm_subnet.firewall.id
    ///   }
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
    ///     next_hop_in_ip_address = azurerm_firewall.net.ip_configuration[0].private_ip_address
    ///   }
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.net.name
    ///   address_prefixes     = ["10.1.0.0/22"]
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
    ///     outbound_type  = "userDefinedRouting"
    ///   }
    ///
    ///   depends_on = [azurerm_subnet_route_table_association.nodes]
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource net 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'net'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource wall 'subnets' = {
    ///     name: 'AzureFirewallSubnet'
    ///     properties: { addressPrefix: '10.1.4.0/26' }
    ///   }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22', routeTable: { id: table.id } }
    ///   }
    /// }
    ///
    /// resource policy 'Microsoft.Network/firewallPolicies@2024-05-01' = { // expect: VNL087
    ///   name: 'rules'
    /// }
    ///
    /// resource firewall 'Microsoft.Network/azureFirewalls@2024-05-01' = {
    ///   name: 'firewall'
    ///   properties: {
    ///     firewallPolicy: { id: policy.id }
    ///     ipConfigurations: [ { name: 'main', properties: { subnet: { id: net::wall.id } } } ]
    ///   }
    /// }
    ///
    /// resource table 'Microsoft.Network/routeTables@2024-05-01' = {
    ///   name: 'nodes'
    ///   properties: {
    ///     routes: [
    ///       {
    ///         name: 'default'
    ///         properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.1.4.4' }
    ///       }
    ///     ]
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: net::nodes.id } ]
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       outboundType: 'userDefinedRouting'
    ///     }
    ///   }
    ///   dependsOn: [ firewall ]
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/outbound-rules-control-egress>
    /// Source: Cloud Adoption Framework: where policy wants all outbound traffic inspected, egress goes through a firewall in the hub. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL087 "firewall-missing-aks-rules", Warning Low, since "0.2.0"
}

/// The tag under which Azure keeps what AKS needs.
const TAG: &str = "AzureKubernetesService";

/// The names that nodes need in Azure's public cloud: of each line, one is enough. The mirror of AKS's own software moved.
const NEEDED: &[&[&str]] = &[
    &["mcr.microsoft.com"],
    &["*.data.mcr.microsoft.com"],
    &["management.azure.com"],
    &["login.microsoftonline.com"],
    &["packages.microsoft.com"],
    &["acs-mirror.azureedge.net", "packages.aks.azure.com"],
];

/// The API server of a cluster that is not private.
const SERVER: &str = "*.azmk8s.io";

/// How the regions of other clouds begin, whose names are others.
const OTHER_CLOUDS: [&str; 5] = ["china", "usgov", "usdod", "usnat", "ussec"];

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    for cluster in network.made(&cluster::CLUSTER) {
        let isolated = ["none", "block"].iter().any(|text| cluster.is(&cluster::OUTBOUND, text).possibly())
            || cluster.is(&cluster::ARTIFACT_SOURCE, "Cache").possibly();
        let location = cluster.text(&cluster::LOCATION).ok().flatten().unwrap_or_default().to_lowercase().replace(' ', "");
        if isolated || OTHER_CLOUDS.iter().any(|cloud| location.starts_with(cloud)) {
            continue;
        }
        let mut seen: Vec<Place> = Vec::new();
        for egress in egresses_of(cluster) {
            let (Some(NextHop::Firewall(wall)), Some(subnet)) = (egress.hop(), egress.subnet.end.place()) else { continue };
            if seen.contains(&wall) || wall.exists() != Truth::Yes {
                continue;
            }
            seen.push(wall);
            let openings = wall.openings(subnet);
            findings.extend(match missing(cluster, &openings, |_| true) {
                missing if missing.is_empty() => late(network, settings, &egress, wall, &openings),
                missing => closed(&egress, wall, &openings, &missing),
            });
        }
    }
}

/// The names that a cluster needs and that no collection that counts lets through.
fn missing(cluster: Place, openings: &Openings, counts: impl Fn(Place) -> bool) -> Vec<&'static str> {
    let known: Vec<&Opening> = openings.known.iter().filter(|(_, by)| counts(*by)).map(|(opening, _)| opening).collect();
    if known.iter().any(|opening| is_tagged(opening)) {
        return Vec::new();
    }
    let is_open = |name: &str| known.iter().any(|opening| opening.covers(name) || serves(opening, name));
    let needed = NEEDED.iter().filter(|names| !names.iter().any(|name| is_open(name))).map(|names| names[0]);
    let public = cluster.is_true(&cluster::PRIVATE) == Truth::No && cluster.is_true(&cluster::VNET_INTEGRATION) == Truth::No;
    needed.chain((public && !is_open(SERVER)).then_some(SERVER)).collect()
}

/// It is what Azure keeps under the tag of AKS.
fn is_tagged(opening: &Opening) -> bool {
    matches!(opening, Opening::Tag(tag) if tag.eq_ignore_ascii_case(TAG))
}

/// It lets any of the names through that a cluster needs.
fn is_needed(opening: &Opening) -> bool {
    let mut names = NEEDED.iter().flat_map(|names| names.iter()).chain(&[SERVER]);
    is_tagged(opening) || names.any(|name| opening.covers(name) || serves(opening, name))
}

/// Whether the addresses of a service tag are those of a name.
fn serves(opening: &Opening, name: &str) -> bool {
    let Opening::Service(tag) = opening else { return false };
    let tag = tag.to_lowercase();
    let has = |service: &str| tag == service || tag.strip_prefix(service).is_some_and(|rest| rest.starts_with('.'));
    match name {
        "management.azure.com" => has("azureresourcemanager"),
        "login.microsoftonline.com" => has("azureactivedirectory"),
        "*.data.mcr.microsoft.com" | "mcr.microsoft.com" => has("microsoftcontainerregistry") || has("azurefrontdoor"),
        SERVER => has("azurecloud"),
        _ => has("azurefrontdoor"),
    }
}

/// The rules do not let through what is needed.
fn closed(egress: &Egress, wall: Place, openings: &Openings, missing: &[&str]) -> Option<Finding> {
    let (cluster, subnet) = (egress.cluster, egress.subnet.end.place()?);
    let rules = openings.read.iter().find(|place| place.is_made()).copied().unwrap_or(wall);
    let finding = |message: String| {
        let mut finding = RULE.finding(rules.span(), message).about(cluster);
        finding.objects = vec![wall.address().clone()];
        finding.steps = egress.steps();
        finding.steps.push(Step { message: "and this firewall takes what the nodes send".into(), span: wall.span() });
        for read in &openings.read {
            let message = format!("it has {} `{}`", read.kind().noun, read.name());
            finding.steps.push(Step { message, span: read.span() });
        }
        finding
    };
    if let Some(unknown) = &openings.unknown {
        let message = format!("cannot tell whether firewall `{}` lets `{}` reach what AKS needs", wall.name(), cluster.name());
        let effect = "if a rule lets the node subnet reach what AKS needs it passes; else VNL087";
        return Some(finding(message).undecided(Some(unknown.clone()), effect));
    }
    let [first, rest @ ..] = missing else { return None };
    let others = match rest {
        [] => String::new(),
        [second] => format!(" and `{second}`"),
        _ => format!(" and {} other names that AKS needs", rest.len()),
    };
    let message = format!("firewall `{}` does not let `{}` reach `{first}`{others}", wall.name(), cluster.name());
    let mut finding = finding(message);
    finding.help = Some(format!(
        "{} in an application rule for `{}`",
        in_words_of(wall, "`destination_fqdn_tags = [\"AzureKubernetesService\"]`", "`fqdnTags: [ 'AzureKubernetesService' ]`"),
        subnet.name()
    ));
    finding.why = Some("a node that cannot fetch its software never becomes ready".into());
    Some(finding)
}

/// The rules are there, and the cluster does not wait for them.
fn late(network: &Network, settings: &Settings, egress: &Egress, wall: Place, openings: &Openings) -> Option<Finding> {
    let (cluster, pool) = (egress.cluster, egress.subnet.pool);
    let waiting = if pool.declaration() == cluster.declaration() { cluster } else { pool };
    let order = |by: Place| match by.declaration().root() == waiting.root() {
        true => network.order(by.declaration(), waiting.declaration()),
        false => Order::Unknown,
    };
    let without = |late: &[Order]| missing(cluster, openings, |by| !late.contains(&order(by)));
    if without(&[Order::After, Order::Race]).is_empty() {
        return None;
    }
    let is_after = !without(&[Order::After]).is_empty();
    let needed = |by: &Place| order(*by) == if is_after { Order::After } else { Order::Race };
    let helps = |(opening, by): &&(Opening, Place)| needed(by) && is_needed(opening);
    let mut late: Vec<Place> = openings.known.iter().filter(helps).map(|(_, by)| *by).collect();
    late.dedup();
    let mut declarations: Vec<&Address> = late.iter().map(|by| by.declaration()).collect();
    declarations.sort();
    declarations.dedup();
    let first = late.first()?;
    let (name, rules) = (waiting.name(), first.name());
    let message = match is_after {
        true => format!("`{name}` is made before the rules `{rules}` of firewall `{}`, and needs them", wall.name()),
        false => format!("nothing makes `{name}` wait for the rules `{rules}` of firewall `{}`", wall.name()),
    };
    let mut finding = RULE.finding(waiting.span(), message).about(cluster);
    finding.confidence = Confidence::Medium;
    if !is_after || settings.phase == Phase::Existing {
        finding.level = Level::Note;
    }
    finding.objects = vec![wall.address().clone()];
    finding.objects.extend(egress.subnet.end.place().map(|subnet| subnet.address().clone()));
    finding.steps = egress.steps();
    finding.steps.insert(0, Step { message: "this is made".into(), span: waiting.span() });
    let moment = if is_after { "after it" } else { "at any moment" };
    for by in &late {
        let message = format!("rules `{}` let its nodes out, and are made {moment}", by.name());
        finding.steps.push(Step { message, span: by.span() });
    }
    finding.help = Some(let_wait_for(waiting, &declarations));
    finding.why = Some("nodes fetch their software while the cluster is made".into());
    Some(finding)
}
