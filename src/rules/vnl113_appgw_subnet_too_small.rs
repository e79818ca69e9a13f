//! See the rule's page below.

use super::gateways::{finding, gateways, is_version_1, stands_in};
use super::{Confidence, Finding, Settings, Step};
use crate::azure::{application_gateway as gateway, virtual_network};
use crate::network::{Network, Place};
use crate::value::{Truth, Unknown};

rule! {
    /// The subnet of an application gateway is too small for the most instances that it scales to.
    ///
    /// Each instance takes an address, a private frontend takes one more, and Azure keeps five in every subnet. The gateway
    /// is made, and under load stops scaling before it is as large as the code says.
    ///
    /// Give the gateway a `/24`, or lower `max_capacity`. A gateway whose largest size is not written may grow to 125
    /// instances: it is not reported.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_subnet" "gateway" {
    ///   name                 = "snet-agw"
    ///   resource_group_name  = "rg-web"
    ///   virtual_network_name = "vnet-web"
    ///   address_prefixes     = ["10.1.4.0/28"]
    /// }
    ///
    /// resource "azurerm_application_gateway" "web" {
    ///   name                = "agw-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   gateway_ip_configuration {
    ///     name      = "gateway"
    ///     subnet_id = azurerm_subnet.gateway.id # expect: VNL113
    ///   }
    ///   autoscale_configuration {
    ///     min_capacity = 2
    ///     max_capacity = 20
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'vnet-web'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource gateway 'subnets' = {
    ///     name: 'snet-agw'
    ///     properties: { addressPrefix: '10.1.4.0/28' }
    ///   }
    /// }
    ///
    /// resource web 'Microsoft.Network/applicationGateways@2024-05-01' = {
    ///   name: 'agw-web'
    ///   properties: {
    ///     gatewayIPConfigurations: [
    ///       {
    ///         name: 'gateway'
    ///         properties: { subnet: { id: vnet::gateway.id } } // expect: VNL113
    ///       }
    ///     ]
    ///     autoscaleConfiguration: { minCapacity: 2, maxCapacity: 20 }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure#size-of-the-subnet>
    VNL113 "appgw-subnet-too-small", Warning Medium, since "0.2.0"
}

/// Azure keeps so many addresses of every range of a subnet.
const KEPT: i64 = 5;

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for place in gateways(network) {
        let Some((subnet, stands)) = stands_in(place) else { continue };
        let Ok(ranges) = subnet.ranges(&virtual_network::PREFIXES) else { continue };
        let sizes = ranges.iter().filter_map(|range| match range.net() {
            ipnet::IpNet::V4(net) => Some((1i64 << (32 - net.prefix_len())) - KEPT),
            ipnet::IpNet::V6(_) => None,
        });
        let usable: i64 = sizes.sum();
        // Gateways that share the subnet share its addresses; only what is known is counted.
        let others = gateways(network).into_iter().filter(|other| *other != place && other.gateway_subnet() == Some(subnet));
        let others: i64 = others.filter(|other| other.exists() == Truth::Yes).map(|other| most(other).unwrap_or(None).unwrap_or(0)).sum();
        if usable <= 0 {
            continue;
        }
        let (name, shown) = (place.name(), subnet.name());
        match most(place) {
            Ok(Some(own)) if own + others > usable => {
                let needs = own + others;
                let message = format!("application gateway `{name}` may need {needs} addresses, and `{shown}` has {usable}");
                let mut found = finding(&RULE, place, &gateway::SUBNETS, message);
                found.objects.push(subnet.address().clone());
                found.steps = vec![
                    stands,
                    Step { message: format!("of whose addresses {usable} are for the gateway"), span: subnet.span_of(&virtual_network::PREFIXES) },
                    Step { message: format!("and it scales to {own} addresses"), span: place.span_of(size_field(place)) },
                ];
                found.help = Some(format!("give `{shown}` a `/24`, or lower the most instances of the gateway"));
                found.why = Some("the gateway stops scaling when its subnet has no address left".into());
                found.confidence = Confidence::Medium;
                findings.push(found);
            }
            Err(unknown) if ranges.iter().all(|range| range.length() > 24) => {
                let message = format!("cannot tell whether `{shown}` is large enough for application gateway `{name}`");
                let effect = format!("if it scales to more than {usable} addresses: VNL113; else it passes");
                findings.push(finding(&RULE, place, &gateway::SUBNETS, message).undecided(Some(unknown), &effect));
            }
            _ => {}
        }
    }
}

fn size_field(place: Place) -> &'static crate::azure::Field {
    match place.number(&gateway::MOST_CAPACITY) {
        Ok(None) => &gateway::CAPACITY,
        _ => &gateway::MOST_CAPACITY,
    }
}

/// The addresses that a gateway takes at most; `Ok(None)` where that is not written.
fn most(place: Place) -> Result<Option<i64>, Unknown> {
    let instances = match place.number(&gateway::MOST_CAPACITY)? {
        Some(most) => most,
        None => match place.number(&gateway::CAPACITY)? {
            Some(fixed) => fixed,
            None => return Ok(None),
        },
    };
    let (private, _) = place.get_all(&gateway::PRIVATE_FRONTENDS);
    let private = if private.is_empty() || is_version_1(place) == Truth::Yes { 0 } else { 1 };
    Ok(Some(instances + private))
}
