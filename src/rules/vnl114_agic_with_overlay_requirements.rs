//! See the rule's page below.

use super::gateways::{finding, stands_in};
use super::{Finding, Settings, Step};
use crate::azure::{application_gateway as gateway, cluster, kubernetes, virtual_network};
use crate::network::{Network, Place, Writer};
use crate::source::Span;
use crate::value::Truth;

rule! {
    /// The ingress controller of an overlay cluster writes to a gateway that does not reach overlay pods.
    ///
    /// With Azure CNI Overlay pods have no addresses of the VNet. The gateway reaches them only by an extension that AKS
    /// makes for one subnet: of the cluster's own VNet, not larger than a `/24`, for one cluster, not in the clouds for
    /// governments and China, and only with version 1.9.1 of the controller or later. Elsewhere every request ends in 502.
    ///
    /// Put the gateway into a `/24` of its own in the VNet of the cluster.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "web" {
    ///   name                = "vnet-web"
    ///   resource_group_name = "rg-web"
    ///   address_space       = ["10.1.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "snet-nodes"
    ///   resource_group_name  = "rg-web"
    ///   virtual_network_name = azurerm_virtual_network.web.name
    ///   address_prefixes     = ["10.1.0.0/22"]
    /// }
    ///
    /// resource "azurerm_subnet" "gateway" {
    ///   name                 = "snet-agw"
    ///   resource_group_name  = "rg-web"
    ///   virtual_network_name = azurerm_virtual_network.web.name
    ///   address_prefixes     = ["10.1.4.0/23"]
    /// }
    ///
    /// resource "azurerm_application_gateway" "web" {
    ///   name                = "agw-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   gateway_ip_configuration {
    ///     name      = "gateway"
    ///     subnet_id = azurerm_subnet.gateway.id # expect: VNL114
    ///   }
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
    ///   network_profile {
    ///     network_plugin      = "azure"
    ///     network_plugin_mode = "overlay"
    ///   }
    ///   ingress_application_gateway {
    ///     gateway_id = azurerm_application_gateway.web.id
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
    ///   resource gateway 'subnets' = {
    ///     name: 'snet-agw'
    ///     properties: { addressPrefix: '10.1.4.0/23' }
    ///   }
    /// }
    ///
    /// resource web 'Microsoft.Network/applicationGateways@2024-05-01' = {
    ///   name: 'agw-web'
    ///   properties: {
    ///     gatewayIPConfigurations: [
    ///       {
    ///         name: 'gateway'
    ///         properties: { subnet: { id: vnet::gateway.id } } // expect: VNL114
    ///       }
    ///     ]
    ///   }
    /// }
    ///
    /// resource main 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks-web'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: vnet::nodes.id } ]
    ///     networkProfile: { networkPlugin: 'azure', networkPluginMode: 'overlay' }
    ///     addonProfiles: { ingressApplicationGateway: { enabled: true, config: { applicationGatewayId: web.id } } }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/application-gateway/ingress-controller-overview#container-networking-and-agic>
    VNL114 "agic-with-overlay-requirements", Error Medium, since "0.2.0"
}

/// The first version of the controller that knows overlay.
const FIRST: (u64, u64, u64) = (1, 9, 1);

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for writer in network.gateway_writers() {
        findings.extend(found(network, &writer));
    }
}

/// What is wrong, and where it is written.
enum Wrong {
    Is(String, Span, String),
    Open(crate::value::Unknown),
}

fn found(network: &Network, writer: &Writer) -> Option<Finding> {
    let (cluster, place) = (writer.cluster?, writer.gateway.place()?);
    if !is_overlay(cluster) || writer.there != Truth::Yes {
        return None;
    }
    let (name, shown) = (place.name(), cluster.name());
    let (mut found, subnet) = match wrong(network, writer, cluster, place)? {
        Wrong::Is(words, span, help) => {
            let message = format!("application gateway `{name}` does not reach the overlay pods of `{shown}`: {words}");
            let mut found = finding(&RULE, place, &gateway::SUBNETS, message);
            found.steps.push(Step { message: words, span });
            found.help = Some(help);
            (found, place.gateway_subnet())
        }
        Wrong::Open(unknown) => {
            let message = format!("cannot tell whether application gateway `{name}` reaches the overlay pods of `{shown}`");
            let effect = "if its subnet is a `/24` or smaller it passes; else VNL114";
            (finding(&RULE, place, &gateway::SUBNETS, message).undecided(Some(unknown), effect), place.gateway_subnet())
        }
    };
    found.objects = subnet.into_iter().chain([cluster]).map(|object| object.address().clone()).collect();
    let mut steps = Vec::from_iter(stands_in(place).map(|(_, step)| step));
    steps.push(Step { message: format!("{} gives it the addresses of pods", writer.words()), span: writer.span });
    steps.push(Step { message: "which are addresses of the overlay".into(), span: cluster.span_of(&cluster::NETWORK_PLUGIN_MODE) });
    steps.append(&mut found.steps);
    found.steps = steps;
    found.why = Some("AKS opens the overlay to one small subnet of the cluster's VNet; from elsewhere every request ends in 502".into());
    Some(found)
}

fn is_overlay(cluster: Place) -> bool {
    cluster.is(&cluster::NETWORK_PLUGIN_MODE, "overlay") == Truth::Yes
}

fn wrong(network: &Network, writer: &Writer, cluster: Place, place: Place) -> Option<Wrong> {
    if let Some(old) = old_version(writer.by) {
        let words = format!("version {old} of the controller does not know overlay");
        return Some(Wrong::Is(words, writer.by.span_of(&kubernetes::VERSION), "take version 1.9.1 of the chart or later".into()));
    }
    if let Some(region) = cluster.text(&cluster::LOCATION).ok().flatten().filter(|region| is_sovereign(region)) {
        let words = format!("in `{region}` there is no overlay for application gateways");
        let help = "take the flat network model, or another ingress controller".into();
        return Some(Wrong::Is(words, cluster.span_of(&cluster::LOCATION), help));
    }
    let subnet = place.gateway_subnet()?;
    if let (Some(own), Some(theirs)) = (subnet.parent(), cluster.node_vnet())
        && are_two(own, theirs)
    {
        let words = format!("it stands in `{}`, and the cluster in `{}`", own.name(), theirs.name());
        let help = format!("put the gateway into a subnet of `{}`; a peering does not help", theirs.name());
        return Some(Wrong::Is(words, own.span(), help));
    }
    let span = subnet.span_of(&virtual_network::PREFIXES);
    match subnet.ranges(&virtual_network::PREFIXES) {
        Ok(ranges) => {
            if let Some(range) = ranges.iter().find(|range| range.net().addr().is_ipv4() && range.length() < 24) {
                let words = format!("its subnet `{}` is `{range}`, which is more than a `/24`", subnet.name());
                return Some(Wrong::Is(words, span, format!("give `{}` a `/24`", subnet.name())));
            }
        }
        Err(unknown) => return Some(Wrong::Open(unknown)),
    }
    // One cluster for each subnet.
    let others = network.gateway_writers().into_iter();
    let mut others = others.filter(|other| other.there == Truth::Yes && other.cluster.is_some_and(|other| other != cluster && is_overlay(other)));
    let other = others.find(|other| other.gateway.place().and_then(Place::gateway_subnet) == Some(subnet))?;
    let words = format!("its subnet is opened to `{}` already", other.cluster?.name());
    Some(Wrong::Is(words, other.span, "give the gateway of each overlay cluster a subnet of its own".into()))
}

/// Two VNets that are not one under two names.
fn are_two(a: Place, b: Place) -> bool {
    let same = a.id().zip(b.id()).map_or(Truth::Unknown, |(a, b)| a.same(b));
    let both_made = a.root() == b.root() && a.is_made() && b.is_made();
    a != b && (both_made || same == Truth::No)
}

fn is_sovereign(region: &str) -> bool {
    let region = region.replace(' ', "").to_lowercase();
    region.starts_with("usgov") || region.starts_with("usdod") || region.starts_with("china")
}

/// The version of a chart that is too old; the add-on's is Azure's business.
fn old_version(release: Place) -> Option<String> {
    if release.kind() != &kubernetes::RELEASE {
        return None;
    }
    let text = release.text(&kubernetes::VERSION).ok().flatten()?;
    let mut numbers = text.trim_start_matches('v').splitn(3, '.').map(|part| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u64>().ok()
    });
    let version = (numbers.next()??, numbers.next()??, numbers.next()??);
    (version < FIRST).then_some(text)
}
