//! See the rule's page below.

use super::finding::in_words_of;
use super::gateways::{behind_front_door, gateway_of, gateways, guarded, serves, settled, stands_in};
use super::{Finding, Settings, Step};
use crate::azure::{application_gateway as gateway, ddos, firewall, front_door, public_ip, virtual_network};
use crate::network::{End, Network, Place};
use crate::source::Span;
use crate::value::{Reason, Truth, Unknown};

rule! {
    /// The internet reaches a public application gateway in the VNet of a cluster, and no DDoS protection covers it.
    ///
    /// Without a plan Azure protects the address only as it protects all of its own: what is too little for Azure may be too much for
    /// your gateway, and then your applications cannot be reached by anybody.
    ///
    /// Give the VNet a plan: in Terraform `ddos_protection_plan { id = … enable = true }`, in Bicep `enableDdosProtection: true` and
    /// `ddosProtectionPlan: { id: … }`. One plan covers the VNets of many subscriptions. A single address is covered by
    /// `ddos_protection_mode = "Enabled"`, or `ddosSettings: { protectionMode: 'Enabled' }`.
    ///
    /// Nothing is said where Front Door stands before the gateway, or where a firewall or a web application firewall stands in another
    /// network of the estate: the edge is protected there.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "spoke" { # expect: VNL250
    ///   name                = "vnet-spoke"
    ///   resource_group_name = "rg-web"
    ///   address_space       = ["10.1.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "gateway" {
    ///   name                 = "snet-agw"
    ///   resource_group_name  = "rg-web"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.1.4.0/24"]
    /// }
    ///
    /// resource "azurerm_public_ip" "web" {
    ///   name                = "pip-web"
    ///   resource_group_name = "rg-web"
    /// }
    ///
    /// resource "azurerm_application_gateway" "web" {
    ///   name                = "agw-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   gateway_ip_configuration {
    ///     name      = "gateway"
    ///     subnet_id = azurerm_subnet.gateway.id
    ///   }
    ///   frontend_ip_configuration {
    ///     name                 = "public"
    ///     public_ip_address_id = azurerm_public_ip.web.id
    ///   }
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "main" {
    ///   name                = "aks-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   ingress_application_gateway {
    ///     gateway_id = azurerm_application_gateway.web.id
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = { // expect: VNL250
    ///   name: 'vnet-spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource gateway 'subnets' = {
    ///     name: 'snet-agw'
    ///     properties: { addressPrefix: '10.1.4.0/24' }
    ///   }
    /// }
    ///
    /// resource pip 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
    ///   name: 'pip-web'
    /// }
    ///
    /// resource web 'Microsoft.Network/applicationGateways@2024-05-01' = {
    ///   name: 'agw-web'
    ///   properties: {
    ///     gatewayIPConfigurations: [ { name: 'gateway', properties: { subnet: { id: spoke::gateway.id } } } ]
    ///     frontendIPConfigurations: [ { name: 'public', properties: { publicIPAddress: { id: pip.id } } } ]
    ///   }
    /// }
    ///
    /// resource main 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks-web'
    ///   properties: { addonProfiles: { ingressApplicationGateway: { enabled: true, config: { applicationGatewayId: web.id } } } }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/ddos-protection/ddos-protection-overview>;
    /// Cloud Adoption Framework: the VNet of a cluster has DDoS protection, unless a firewall or web application firewall in a central
    /// subscription stands before it
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL250 "vnet-without-ddos-protection", Note Medium, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut seen: Vec<Place> = Vec::new();
    for place in gateways(network) {
        let Some(vnet) = place.gateway_subnet().and_then(Place::parent).filter(|vnet| vnet.is_made()) else { continue };
        if seen.contains(&vnet) || place.is_public() != Truth::Yes || is_fronted(network, place) {
            continue;
        }
        if let Some(found) = found(network, vnet, place) {
            seen.push(vnet);
            findings.push(found);
        }
    }
}

/// Front Door stands before a gateway.
fn is_fronted(network: &Network, place: Place) -> bool {
    let mut origins = network.made(&front_door::ORIGIN).into_iter();
    behind_front_door(place) || origins.any(|origin| gateway_of(network, origin) == Some(place))
}

fn found(network: &Network, vnet: Place, place: Place) -> Option<Finding> {
    let (serves, _) = serves(network, place)?;
    let switch = vnet.get(&ddos::ENABLED);
    let covered = vnet.is_true(&ddos::ENABLED);
    let addresses = place.public_addresses();
    let own = Truth::any(addresses.iter().map(|address| address.is(&public_ip::DDOS_MODE, "Enabled")));
    // A plan that is not switched on is VNL251's.
    let has_plan = !matches!(vnet.follow(&ddos::VNET_TO_PLAN).as_slice(), []);
    if covered == Truth::Yes || own == Truth::Yes || has_plan && covered == Truth::No || is_guarded_elsewhere(network, vnet) {
        return None;
    }
    let of_address = addresses.iter().find_map(|address| address.get(&public_ip::DDOS_MODE).unknown());
    let open = switch.unknown().or(of_address).or_else(|| unread_hub(vnet));
    let (shown, name) = (vnet.name(), place.name());
    let message = match open {
        None => format!("application gateway `{name}` is public, and `{shown}`, where it stands, has no DDoS protection"),
        Some(_) => format!("cannot tell whether `{shown}`, where public application gateway `{name}` stands, needs DDoS protection of its own"),
    };
    let mut finding = RULE.finding(vnet.span_of(&ddos::ENABLED), message).about(vnet);
    finding.objects = vec![place.address().clone(), serves.0.address().clone()];
    finding.steps.push(Step { message: "this VNet has no plan that is switched on".into(), span: vnet.span_of(&ddos::ENABLED) });
    finding.steps.extend(stands_in(place).map(|(_, step)| step));
    finding.steps.push(Step { message: "which listens on a public address".into(), span: place.span_of(&gateway::PUBLIC_ADDRESSES) });
    finding.steps.push(serves.1);
    finding.help = Some(in_words_of(
        vnet,
        "give it a plan: `ddos_protection_plan { id = … enable = true }`",
        "give it a plan: `enableDdosProtection: true` and `ddosProtectionPlan: { id: … }`",
    ));
    finding.why = Some("Azure's protection for everybody begins at a load that a single gateway does not bear".into());
    let finding = settled(finding, place, RULE.code);
    Some(match open {
        None => finding,
        Some(unknown) => finding.undecided(Some(unknown), "if it has, or a central firewall stands before it, it passes; else VNL250"),
    })
}

/// A firewall, or a gateway with a web application firewall, stands in another network.
fn is_guarded_elsewhere(network: &Network, vnet: Place) -> bool {
    let mut walls = network.all(&firewall::FIREWALL).into_iter();
    let wall = walls.any(|wall| match wall.stands_in(&firewall::FIREWALL_TO_SUBNET) {
        Some(home) => home != vnet,
        // In a virtual hub, or in a VNet that is not declared here.
        None => true,
    });
    let guards = |place: &Place| place.gateway_subnet().and_then(Place::parent) != Some(vnet) && guarded(*place).0 == Truth::Yes;
    wall || network.all(&gateway::APPLICATION_GATEWAY).iter().any(guards)
}

/// A hub that is not declared here: what stands in it is not known.
fn unread_hub(vnet: Place) -> Option<Unknown> {
    let of = |place: Place, span: Span| {
        let name = format!("the firewall of {}", place.address());
        Unknown::new(place.root(), name, Reason::Data).at(span)
    };
    let mut reached = vnet.within_reach().into_iter();
    if let Some((other, tie)) = reached.find(|(other, _)| !other.is_known()) {
        return Some(of(other, tie.span()));
    }
    if let Some(connection) = vnet.hub_connections().first() {
        return Some(of(*connection, connection.span()));
    }
    let mut peerings = vnet.children(&virtual_network::PEERING).into_iter();
    let outside = peerings.find(|peering| {
        peering.follow(&virtual_network::PEERING_TO_REMOTE).iter().any(|step| !matches!(step.end, End::Place(_)))
    });
    outside.map(|peering| of(peering, peering.span()))
}
