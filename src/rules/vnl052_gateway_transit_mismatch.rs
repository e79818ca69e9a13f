//! See the rule's page below.

use super::finding::in_words_of;
use super::waiting::let_wait_for;
use super::{Finding, Level, Settings, Step};
use crate::azure::virtual_network;
use crate::network::{Network, Order, Place};
use crate::source::Span;
use crate::value::{Truth, Unknown};

rule! {
    /// A spoke uses the gateway of its hub, and the hub does not offer one.
    ///
    /// The peering asks for the hub's VPN or ExpressRoute gateway, or its Route Server. Azure refuses it when the hub's
    /// half does not allow it, when the hub has no gateway yet (`RemotePeerHasNoGateways`), when the spoke has a gateway
    /// of its own, and when the spoke uses the gateway of a second VNet already. Then on-premises does not reach the
    /// private API server.
    ///
    /// On the hub's half: in Terraform `allow_gateway_transit = true`, in Bicep `allowGatewayTransit: true`. Let the
    /// spoke's half wait for the gateway, `depends_on` or `dependsOn`: a gateway takes half an hour. Without a gateway in
    /// the hub take `use_remote_gateways` away.
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
    /// }
    ///
    /// resource "azurerm_virtual_network_peering" "to_hub" {
    ///   name                      = "to-hub"
    ///   resource_group_name       = "net"
    ///   virtual_network_name      = azurerm_virtual_network.spoke.name
    ///   remote_virtual_network_id = azurerm_virtual_network.hub.id
    ///   use_remote_gateways       = true
    /// }
    ///
    /// resource "azurerm_virtual_network_peering" "to_spoke" {
    ///   name                      = "to-spoke"
    ///   resource_group_name       = "net"
    ///   virtual_network_name      = azurerm_virtual_network.hub.name
    ///   remote_virtual_network_id = azurerm_virtual_network.spoke.id
    ///   allow_gateway_transit     = false # expect: VNL052
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'hub'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.0.0.0/16' ] } }
    ///   resource toSpoke 'virtualNetworkPeerings' = {
    ///     name: 'to-spoke'
    ///     properties: {
    ///       remoteVirtualNetwork: { id: resourceId('Microsoft.Network/virtualNetworks', 'spoke') }
    ///       allowGatewayTransit: false // expect: VNL052
    ///     }
    ///   }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource toHub 'virtualNetworkPeerings' = {
    ///     name: 'to-hub'
    ///     properties: { remoteVirtualNetwork: { id: hub.id }, useRemoteGateways: true }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview>
    /// Source: Cloud Adoption Framework: traffic from on-premises to the API server goes through the gateway of the hub. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL052 "gateway-transit-mismatch", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for peering in network.made(&virtual_network::PEERING) {
        if peering.is_true(&virtual_network::USE_REMOTE_GATEWAYS) == Truth::Yes && peering.exists() == Truth::Yes {
            findings.extend(found(peering));
        }
    }
}

fn found(peering: Place) -> Option<Finding> {
    let spoke = peering.parent()?;
    let steps = peering.follow(&virtual_network::PEERING_TO_REMOTE);
    let hub = steps.into_iter().find_map(|step| step.end.place())?;
    let (own, asks) = (spoke.name(), peering.span_of(&virtual_network::USE_REMOTE_GATEWAYS));
    let make = |place: Span, message: String, help: String| {
        let mut finding = RULE.finding(place, message).about(peering);
        finding.objects = vec![spoke.address().clone(), hub.address().clone()];
        finding.steps.push(Step { message: format!("`{own}` uses the gateway of `{}`", hub.name()), span: asks });
        finding.help = Some(help);
        finding.why = Some("Azure refuses the peering, and on-premises never learns the way to the spoke".into());
        finding
    };
    let without = || in_words_of(peering, "`use_remote_gateways = false`", "`useRemoteGateways: false`");
    // A Route Server counts as a gateway too.
    if let Some(gateway) = spoke.gateways().into_iter().find(|gateway| gateway.is_made()) {
        let message = format!("`{own}` uses the gateway of `{}` and has a {} of its own", hub.name(), gateway.kind().noun);
        let mut finding = make(asks, message, without());
        finding.steps.push(Step { message: format!("`{own}` has this one"), span: gateway.span() });
        return Some(finding);
    }
    if let Some(second) = second_hub(spoke, peering) {
        let message = format!("`{own}` uses the gateways of two VNets, `{}` and that of `{}`", hub.name(), second.name());
        let mut finding = make(asks, message, without());
        finding.steps.push(Step { message: "this peering uses one as well".into(), span: second.span() });
        return Some(finding);
    }
    let back = hub.peering_to(spoke);
    let offered = back.map(|back| back.is_true(&virtual_network::ALLOW_GATEWAY_TRANSIT));
    if let (Some(back), Some(Truth::No)) = (back, offered) {
        let place = back.span_of(&virtual_network::ALLOW_GATEWAY_TRANSIT);
        let message = format!("`{own}` uses the gateway of `{}`, and `{1}` does not offer it", own, hub.name());
        let help = in_words_of(back, "`allow_gateway_transit = true` on this half", "`allowGatewayTransit: true` on this half");
        let mut finding = make(place, message, help);
        finding.steps.push(Step { message: format!("the half of `{}` does not offer it", hub.name()), span: place });
        return Some(finding);
    }
    let gateways = hub.gateways();
    if gateways.is_empty() {
        return without_gateway(hub, asks, &make, without());
    }
    if let (None, Some(unknown)) = (back, hub.open_for(&virtual_network::PEERING)) {
        let message = format!("cannot tell whether `{}` offers its gateway to `{own}`", hub.name());
        let effect = "if its half of the peering allows gateway transit it passes; else VNL052";
        return Some(make(asks, message, without()).undecided(Some(unknown), effect));
    }
    // One that is surely there before is enough.
    let orders: Vec<(Place, Order)> = gateways.iter().map(|gateway| (*gateway, gateway.made_before(peering))).collect();
    if orders.iter().any(|(_, order)| matches!(order, Order::Before | Order::Unknown)) {
        return None;
    }
    let (gateway, order) = *orders.first()?;
    let message = match order {
        Order::After => format!("the peering of `{own}` uses {} `{}`, which is made after it", gateway.kind().noun, gateway.name()),
        _ => format!("nothing makes the peering of `{own}` wait for {} `{}`", gateway.kind().noun, gateway.name()),
    };
    let mut finding = make(asks, message, let_wait_for(peering, &[gateway.declaration()]));
    finding.steps.push(Step { message: "this is made at any moment".into(), span: gateway.span() });
    if order == Order::Race {
        finding.level = Level::Warning;
    }
    Some(finding)
}

/// Another peering of the same VNet that uses remote gateways; of two, one is named.
fn second_hub<'n>(spoke: Place<'n>, peering: Place<'n>) -> Option<Place<'n>> {
    let others = spoke.children(&virtual_network::PEERING).into_iter();
    let earlier = others.filter(|other| other.address() < peering.address());
    let using = earlier.filter(|other| {
        other.is_true(&virtual_network::USE_REMOTE_GATEWAYS) == Truth::Yes && other.exists() == Truth::Yes
    });
    using.min_by(|a, b| a.address().cmp(b.address()))
}

/// The hub has no gateway that is declared here.
fn without_gateway(
    hub: Place,
    asks: Span,
    make: &dyn Fn(Span, String, String) -> Finding,
    help: String,
) -> Option<Finding> {
    let open: Option<Unknown> = hub
        .open_for(&virtual_network::SUBNET)
        .or_else(|| hub.subnet_named("GatewaySubnet").and_then(|subnet| open_subnet(subnet)))
        .or_else(|| hub.subnet_named("RouteServerSubnet").and_then(|subnet| open_subnet(subnet)));
    match open {
        None => {
            let message = format!("`{}` has no gateway that a peering could use, and no subnet for one", hub.name());
            Some(make(asks, message, help))
        }
        Some(unknown) => {
            let message = format!("cannot tell whether `{}` has a gateway", hub.name());
            Some(make(asks, message, help).undecided(Some(unknown), "if it has one it passes; else VNL052"))
        }
    }
}

/// A subnet for a gateway is there; the gateway may stand in other code.
fn open_subnet(subnet: Place) -> Option<Unknown> {
    let name = format!("the gateway in {}", subnet.address());
    Some(Unknown::new(subnet.root(), name, crate::value::Reason::Data).at(subnet.span()))
}
