//! See the rule's page below.

use super::clusters::{clusters, hop};
use super::finding::in_words_of;
use super::{Finding, Settings, Step, said_elsewhere};
use crate::azure::{cluster, security_group, virtual_network};
use crate::network::{Decision, End, Flow, Group, Network, Place};
use crate::source::Span;
use crate::value::{Truth, Unknown};

rule! {
    /// The subnet that the API server of a cluster is to stand in is not one that it can stand in.
    ///
    /// With API server VNet integration, AKS puts the API server into a subnet of the cluster's VNet. It must be delegated to
    /// `Microsoft.ContainerService/managedClusters`, hold at least a `/28` and nine addresses for each cluster, and hold nothing
    /// else; nodes must reach it on ports 443 and 4443, and Azure's load balancer on 9988. Otherwise the cluster is not made, or
    /// its API server does not grow under load.
    ///
    /// In Terraform `address_prefixes = ["10.1.8.0/28"]` and a `delegation` block with
    /// `service_delegation { name = "Microsoft.ContainerService/managedClusters" }`; in Bicep
    /// `delegations: [ { name: 'aks', properties: { serviceName: 'Microsoft.ContainerService/managedClusters' } } ]`.
    ///
    /// It is silent for a subnet that is not declared here, and undecided where its range is not known or `ignore_changes`
    /// leaves its delegation to others.
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
    /// resource "azurerm_subnet" "api" {
    ///   name                 = "api"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.1.8.0/28"]
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
    ///     virtual_network_integration_enabled = true
    ///     subnet_id                           = azurerm_subnet.api.id # expect: VNL155
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
    ///   resource api 'subnets' = {
    ///     name: 'api'
    ///     properties: { addressPrefix: '10.1.8.0/28' }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     apiServerAccessProfile: {
    ///       enableVnetIntegration: true
    ///       subnetId: spoke::api.id // expect: VNL155
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/api-server-vnet-integration#deploy-an-aks-cluster-with-api-server-vnet-integration-using-a-bring-your-own-vnet>
    VNL155 "api-server-subnet-invalid", Error High, since "0.2.0"
}

/// The delegation of an API server's subnet.
const SERVICE: &str = "Microsoft.ContainerService/managedClusters";
/// The addresses that one API server keeps.
const EACH: u64 = 9;

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in clusters(network) {
        if cluster.is_true(&cluster::VNET_INTEGRATION) != Truth::Yes {
            continue;
        }
        let step = cluster.follow(&cluster::CLUSTER_TO_API_SUBNET).into_iter().next();
        let Some((subnet, span)) = step.and_then(|step| Some((step.end.place()?, step.span))) else { continue };
        findings.extend(found(network, cluster, subnet, span));
    }
}

/// What is wrong with a subnet: how a sentence ends, where it says so, what to do.
struct Fault {
    words: String,
    steps: Vec<Step>,
    help: String,
}

fn found(network: &Network, cluster: Place, subnet: Place, span: Span) -> Option<Finding> {
    let (name, shown) = (cluster.name(), subnet.name());
    let finding = |message: String| {
        let mut finding = RULE.finding(span, message).about(cluster);
        finding.objects.push(subnet.address().clone());
        finding.steps.push(Step { message: format!("its API server is to stand in `{shown}`"), span });
        finding
    };
    let fault = match delegation(cluster, subnet) {
        Ok(fault) => fault,
        Err(unknown) => {
            let message = format!("cannot tell whether `{shown}` is delegated to the API server of `{name}`");
            let effect = format!("if it is delegated to \"{SERVICE}\" it passes; else VNL155");
            return Some(finding(message).undecided(Some(unknown), &effect));
        }
    };
    let fault = fault.or_else(|| shared(cluster, subnet)).or_else(|| elsewhere(cluster, subnet)).or_else(|| closed_to(subnet));
    let fault = match (fault, small(network, subnet)) {
        (Some(fault), _) | (None, Ok(Some(fault))) => fault,
        (None, Ok(None)) => return None,
        (None, Err(unknown)) => {
            let message = format!("cannot tell whether `{shown}` has room for the API server of `{name}`");
            return Some(finding(message).undecided(Some(unknown), "if it is at least a /28 it passes; else VNL155"));
        }
    };
    let mut finding = finding(format!("the API server of `{name}` cannot stand in `{shown}`: {}", fault.words));
    finding.steps.extend(fault.steps);
    finding.help = Some(fault.help);
    finding.why = Some("AKS puts the API server into this subnet when it makes the cluster".into());
    Some(finding)
}

fn delegation(cluster: Place, subnet: Place) -> Result<Option<Fault>, Unknown> {
    let field = &virtual_network::DELEGATIONS;
    if !subnet.is_made() {
        return Ok(None);
    }
    let (services, open) = subnet.get_all(field);
    let is = Truth::any(services.iter().map(|service| service.is(SERVICE)));
    let hidden = || subnet.hidden_from(&virtual_network::SUBNET).map(|hidden| hidden.unknown).or_else(|| subnet.damage());
    let unknown = open.or_else(|| services.iter().find_map(|service| service.first_hole()).map(|hole| hole.unknown()));
    if is == Truth::Yes {
        return Ok(None);
    }
    // Who ignores it leaves it to others: AKS writes one where it may.
    let by_others = || {
        let what = format!("the delegation that others give `{}`, as `ignore_changes` leaves it to them", subnet.name());
        subnet.ignores("delegation").then(|| said_elsewhere(subnet, what, subnet.span()))
    };
    if let Some(unknown) = unknown.or_else(hidden).or_else(by_others) {
        return Err(unknown);
    }
    let azurerm = format!("`service_delegation {{ name = \"{SERVICE}\" }}` in a `delegation` block of the subnet");
    let arm = format!("`serviceName: '{SERVICE}'` in `delegations` of the subnet");
    let words = match services.first().and_then(|service| service.as_text()) {
        Some(service) => format!("it is delegated to `{service}`"),
        None => "it is not delegated to it".to_string(),
    };
    let steps = vec![hop(subnet, field, format!("which has no delegation to {SERVICE}"))];
    Ok(Some(Fault { words, steps, help: format!("write {}", in_words_of(cluster, &azurerm, &arm)) }))
}

/// Something else stands in the subnet.
fn shared(cluster: Place, subnet: Place) -> Option<Fault> {
    let system: Vec<Place> = cluster.follow(&cluster::CLUSTER_TO_SYSTEM_SUBNET).iter().filter_map(|step| step.end.place()).collect();
    let other = subnet.users().into_iter().find(|user| {
        let certain = user.place.exists() == Truth::Yes && user.step.exists == Truth::Yes;
        certain && (user.place.kind() != &cluster::CLUSTER || user.place == cluster && system.contains(&subnet))
    })?;
    let (noun, name) = (other.place.kind().noun, other.place.name());
    let steps = vec![Step { message: format!("and so does {noun} `{name}`"), span: other.step.span }];
    Some(Fault { words: format!("{noun} `{name}` stands there"), steps, help: "give the API server a subnet of its own, a `/28` in the same VNet".into() })
}

fn elsewhere(cluster: Place, subnet: Place) -> Option<Fault> {
    let (own, nodes) = (subnet.parent()?, cluster.node_vnet()?);
    let node = cluster.node_subnets().into_iter().find(|subnet| matches!(&subnet.end, End::Place(_)))?;
    own.is_surely_another(nodes).then(|| Fault {
        words: format!("it lies in `{}`, and the nodes stand in `{}`", own.name(), nodes.name()),
        steps: vec![Step { message: format!("its pool `{}` stands in another VNet, `{}`", node.pool.name(), nodes.name()), span: node.span }],
        help: format!("take a subnet of `{}`", nodes.name()),
    })
}

/// The subnet has too few addresses.
fn small(network: &Network, subnet: Place) -> Result<Option<Fault>, Unknown> {
    let field = &virtual_network::PREFIXES;
    let (pools, _) = subnet.get_all(&virtual_network::SUBNET_POOLS);
    let room = match subnet.room() {
        Ok(room) if !room.ranges.is_empty() => room,
        Err(unknown) if pools.is_empty() && subnet.is_made() => return Err(unknown),
        _ => return Ok(None),
    };
    let here = |cluster: &Place| {
        cluster.follow(&cluster::CLUSTER_TO_API_SUBNET).iter().any(|step| step.end.place() == Some(subnet))
    };
    let clusters = clusters(network).filter(here).count();
    let needed = u64::try_from(clusters).unwrap_or(1) * EACH;
    let ranges = room.ranges.iter().map(|range| range.text.as_str()).collect::<Vec<_>>().join(" and ");
    let words = if room.ranges.iter().all(|range| range.length > 28) {
        format!("{ranges} is smaller than a /28")
    } else if needed > room.usable {
        format!("{clusters} clusters need {needed} addresses, and {ranges} has {} to give", room.usable)
    } else {
        return Ok(None);
    };
    let length = crate::network::length_for(needed).unwrap_or(24).min(28);
    let steps = vec![hop(subnet, field, format!("which is {ranges}"))];
    Ok(Some(Fault { words, steps, help: format!("give it a `/{length}` or more") }))
}

/// A network security group keeps out who must reach the API server.
fn closed_to(subnet: Place) -> Option<Fault> {
    let Group::Is(group, step) = subnet.security_group() else { return None };
    let rules = group.children(&security_group::SECURITY_RULE);
    // Whether a rule for some addresses of the VNet is for all of the nodes is not asked: then nodes are let in.
    let lets_some_in = rules.iter().any(|rule| {
        let lets_in = rule.is(&security_group::ACCESS, "Allow") & rule.is(&security_group::DIRECTION, "Inbound");
        lets_in != Truth::No && rule.is(&security_group::SOURCE, "AzureLoadBalancer") != Truth::Yes
    });
    let flows = [("VirtualNetwork", 443), ("VirtualNetwork", 4443), ("AzureLoadBalancer", 9988)];
    flows.into_iter().filter(|(peer, _)| *peer == "AzureLoadBalancer" || !lets_some_in).find_map(|(peer, port)| {
        let flow = Flow { inbound: true, peer, protocol: "Tcp", ports: (port, port) };
        let Decision::Denies(Some(rule)) = group.decides_on(flow, subnet) else { return None };
        let who = if peer == "AzureLoadBalancer" { "the load balancer" } else { "the nodes" };
        Some(Fault {
            words: format!("`{}` keeps {who} out on port {port}", group.name()),
            steps: vec![
                Step { message: format!("the subnet has network security group `{}`", group.name()), span: step.span },
                Step { message: format!("whose rule `{}` drops what {who} send to port {port}", rule.name()), span: rule.span() },
            ],
            help: format!("let {who} in on port {port} before this rule, in a rule for `{peer}`"),
        })
    })
}
