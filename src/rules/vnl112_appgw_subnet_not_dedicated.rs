//! See the rule's page below.

use super::gateways::{finding, gateways, is_version_1, stands_in};
use super::{Confidence, Finding, Settings, Step};
use crate::azure::{application_gateway as gateway, cluster, virtual_network};
use crate::network::{Network, Place, User};
use crate::value::{Truth, Value};

rule! {
    /// Something else stands in the subnet of an application gateway.
    ///
    /// The subnet of an application gateway is for application gateways only. Azure refuses to put anything else into it, or
    /// refuses the gateway where something else came first; and gateways of version 1 and version 2 cannot share one.
    ///
    /// Give the gateway a subnet of its own, such as `snet-agw`. Several gateways of the same version may share it, and a
    /// delegation to `Microsoft.Network/applicationGateways` is part of it.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "snet-nodes"
    ///   resource_group_name  = "rg-web"
    ///   virtual_network_name = "vnet-web"
    ///   address_prefixes     = ["10.1.0.0/22"]
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "main" {
    ///   name                = "aks-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    /// }
    ///
    /// resource "azurerm_application_gateway" "web" {
    ///   name                = "agw-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   gateway_ip_configuration {
    ///     name      = "gateway"
    ///     subnet_id = azurerm_subnet.nodes.id # expect: VNL112
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'vnet-web'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'snet-nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    /// }
    ///
    /// resource main 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks-web'
    ///   properties: { agentPoolProfiles: [ { name: 'system', vnetSubnetID: vnet::nodes.id } ] }
    /// }
    ///
    /// resource web 'Microsoft.Network/applicationGateways@2024-05-01' = {
    ///   name: 'agw-web'
    ///   properties: {
    ///     gatewayIPConfigurations: [
    ///       {
    ///         name: 'gateway'
    ///         properties: { subnet: { id: vnet::nodes.id } } // expect: VNL112
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure#virtual-network-and-dedicated-subnet>
    VNL112 "appgw-subnet-not-dedicated", Error High, since "0.2.0"
}

/// Subnets that belong to something else by their name.
const TAKEN: [&str; 5] =
    ["GatewaySubnet", "AzureFirewallSubnet", "AzureFirewallManagementSubnet", "AzureBastionSubnet", "RouteServerSubnet"];

/// What takes a subnet away from a gateway.
struct Taker<'n> {
    why: String,
    step: Step,
    place: Option<Place<'n>>,
    there: Truth,
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for place in gateways(network) {
        let Some((subnet, stands)) = stands_in(place) else { continue };
        let (name, shown) = (place.name(), subnet.name());
        let Some(taker) = other_user(place, subnet).or_else(|| taken(subnet)) else { continue };
        let message = match taker.there {
            Truth::Yes => format!("application gateway `{name}` cannot have `{shown}`: {}", taker.why),
            _ => format!("cannot tell whether application gateway `{name}` has `{shown}` alone: perhaps {}", taker.why),
        };
        let mut found = finding(&RULE, place, &gateway::SUBNETS, message);
        found.objects = vec![subnet.address().clone()];
        found.objects.extend(taker.place.map(|other| other.address().clone()));
        found.steps = vec![stands, taker.step];
        if taker.there != Truth::Yes {
            let unknown = taker.place.and_then(|other| other.decides().cloned());
            found = found.undecided(unknown, "if it is made: VNL112; else it passes");
        }
        findings.push(helped(found));
    }
    for cluster in network.made(&cluster::CLUSTER) {
        findings.extend(add_on(cluster));
    }
}

fn helped(mut found: Finding) -> Finding {
    found.help = Some("give the application gateway a subnet of its own".into());
    found.why =
        Some("Azure puts nothing but application gateways of one version into the subnet of an application gateway".into());
    found
}

/// Something that is made in the subnet, and that is no gateway of the same version.
fn other_user<'n>(place: Place<'n>, subnet: Place<'n>) -> Option<Taker<'n>> {
    let mut users = subnet.users();
    users.retain(|user| user.place != place);
    users.sort_by_key(|user| std::cmp::Reverse(there(user)));
    users.into_iter().find_map(|user| {
        let other = user.place;
        let noun = other.kind().noun;
        let shown = match other.parent().filter(|_| other.kind() == &cluster::POOL) {
            Some(cluster) => format!("{noun} `{}` of `{}`", other.name(), cluster.name()),
            None => format!("{noun} `{}`", other.name()),
        };
        let why = match other.kind() == &gateway::APPLICATION_GATEWAY {
            false => format!("{shown} stands in it"),
            true if (is_version_1(place) & !is_version_1(other)) == Truth::Yes => {
                format!("{shown} of version 2 stands in it, and this one is of version 1")
            }
            true => return None,
        };
        let step = Step { message: format!("so does {shown}"), span: user.step.span };
        Some(Taker { why, step, place: Some(other), there: there(&user) })
    })
}

fn there(user: &User) -> Truth {
    user.place.exists() & user.step.exists
}

/// The subnet belongs to something else by its name, or by a delegation.
fn taken(subnet: Place) -> Option<Taker> {
    let name = subnet.name();
    if TAKEN.iter().any(|taken| name.eq_ignore_ascii_case(taken)) {
        let step = Step { message: "its name reserves it for another service".into(), span: subnet.span() };
        return Some(Taker { why: step.message.clone(), step, place: None, there: Truth::Yes });
    }
    let (delegations, _) = subnet.get_all(&virtual_network::DELEGATIONS);
    let other = |value: &&Value| value.as_text().is_some() && value.is("Microsoft.Network/applicationGateways") == Truth::No;
    let service = delegations.iter().find(other)?;
    let why = format!("it is delegated to `{}`", service.as_text().unwrap_or_default());
    let span = service.origin.place().unwrap_or(subnet.span());
    let step = Step { message: "the subnet is delegated here".into(), span };
    Some(Taker { why, step, place: None, there: Truth::Yes })
}

/// The add-on makes its gateway in a subnet in which nodes stand.
fn add_on(cluster: Place) -> Option<Finding> {
    if cluster.is_true(&cluster::GATEWAY_ADDON_ENABLED) != Truth::Yes {
        return None;
    }
    let steps = cluster.follow(&cluster::CLUSTER_TO_GATEWAY_SUBNET);
    let (subnet, span) = steps.into_iter().find_map(|step| Some((step.end.place()?, step.span)))?;
    let user = subnet.users().into_iter().find(|user| user.place.kind() == &cluster::POOL)?;
    let message = format!("the add-on of `{}` cannot make its application gateway in `{}`: nodes stand in it", cluster.name(), subnet.name());
    let mut found = RULE.finding(span, message).about(cluster);
    found.objects = vec![subnet.address().clone(), user.place.address().clone()];
    found.steps = vec![
        Step { message: format!("the add-on makes its gateway in `{}`", subnet.name()), span },
        Step { message: format!("so stand the nodes of pool `{}`", user.place.name()), span: user.step.span },
    ];
    if cluster.exists() != Truth::Yes {
        found.confidence = Confidence::Low;
    }
    Some(helped(found))
}
