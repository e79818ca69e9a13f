//! See the rule's page below.

use super::gateways::{gateways, serves, settled};
use super::{Confidence, Finding, Level, Settings, Step};
use crate::azure::{LINKS, TYPES, public_ip, traffic_manager};
use crate::network::{Got, Network, Place};
use crate::value::Truth;

rule! {
    /// A Traffic Manager endpoint leads to a public address without a name, or to one that is not the gateway's.
    ///
    /// Traffic Manager answers with names: Azure refuses an endpoint whose public address has no `domain_name_label`. And an
    /// address that belongs to no gateway is stale, or leads around the gateway and its firewall straight to the cluster.
    ///
    /// Give the public address of the gateway a label, and name that address. This rule runs only where it is selected by
    /// name.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_public_ip" "gateway" {
    ///   name                = "pip-agw"
    ///   resource_group_name = "rg-web"
    /// }
    ///
    /// resource "azurerm_traffic_manager_azure_endpoint" "shop" {
    ///   name               = "shop"
    ///   profile_id         = "/subscriptions/s/resourceGroups/rg-edge/providers/Microsoft.Network/trafficManagerProfiles/tm-shop"
    ///   target_resource_id = azurerm_public_ip.gateway.id # expect: VNL126
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource gateway 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
    ///   name: 'pip-agw'
    /// }
    ///
    /// resource shop 'Microsoft.Network/trafficManagerProfiles@2022-04-01' = {
    ///   name: 'tm-shop'
    ///   properties: {
    ///     endpoints: [
    ///       {
    ///         name: 'shop'
    ///         type: 'Microsoft.Network/trafficManagerProfiles/azureEndpoints'
    ///         properties: {
    ///           targetResourceId: gateway.id // expect: VNL126
    ///         }
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/traffic-manager/traffic-manager-endpoint-types#azure-endpoints>
    VNL126 "traffic-manager-or-front-door-target-not-gateway", Note Low opt_in, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for place in network.made(&traffic_manager::AZURE_ENDPOINT) {
        for step in place.follow(&traffic_manager::ENDPOINT_TO_PUBLIC_IP) {
            let Some(address) = step.end.place().filter(|address| address.is_made()) else { continue };
            let Some(mut found) = unnamed(place, address).or_else(|| stray(network, place, address)) else { continue };
            found.place = step.span;
            found.objects.push(address.address().clone());
            found.steps.insert(0, Step { message: format!("the endpoint leads to `{}`", address.name()), span: step.span });
            findings.push(settled(found, place, RULE.code));
        }
    }
}

/// Azure refuses an endpoint whose address has no name.
fn unnamed(place: Place, address: Place) -> Option<Finding> {
    let (name, shown) = (place.name(), address.name());
    let label = address.get(&public_ip::LABEL);
    let is_there = match &label {
        Got::Is(value) => !value.is_absent(),
        Got::Absent => Truth::No,
        Got::Unknown(_) => Truth::Unknown,
    };
    match is_there {
        Truth::Yes => None,
        Truth::No => {
            let message = format!("Traffic Manager endpoint `{name}` cannot be made: `{shown}` has no name");
            let mut found = RULE.finding(place.span(), message).about(place);
            (found.level, found.confidence) = (Level::Error, Confidence::High);
            found.steps.push(Step { message: "which has no label for a name".into(), span: address.span() });
            found.help = Some("give the public address a `domain_name_label`, in Bicep `dnsSettings: { domainNameLabel: … }`".into());
            found.why = Some("Traffic Manager answers with the name of its endpoint".into());
            Some(found)
        }
        Truth::Unknown => {
            let message = format!("cannot tell whether `{shown}` of Traffic Manager endpoint `{name}` has a name");
            let found = RULE.finding(place.span(), message).about(place);
            Some(found.undecided(label.unknown(), "if it is null: VNL126; else it passes"))
        }
    }
}

/// A gateway serves the cluster, and the address is nobody's.
fn stray(network: &Network, place: Place, address: Place) -> Option<Finding> {
    let gateway = gateways(network).into_iter().find(|gateway| serves(network, *gateway).is_some())?;
    if is_used(network, address) || !gateway.public_addresses().iter().any(|own| *own != address) {
        return None;
    }
    let message = format!("Traffic Manager endpoint `{}` leads to `{}`, and not to application gateway `{}`", place.name(), address.name(), gateway.name());
    let mut found = RULE.finding(place.span(), message).about(place);
    found.objects.push(gateway.address().clone());
    found.steps.push(Step { message: format!("application gateway `{}` has another address", gateway.name()), span: gateway.span() });
    found.help = Some("let the endpoint name the public address of the gateway".into());
    found.why = Some("what is sent to another address goes around the gateway and its firewall".into());
    Some(found)
}

/// Something of the code stands behind a public address.
fn is_used(network: &Network, address: Place) -> bool {
    let links = LINKS.iter().filter(|link| link.to == &public_ip::PUBLIC_IP && !std::ptr::eq(link.field, &traffic_manager::TARGET));
    links.into_iter().any(|link| {
        let kinds = TYPES.iter().filter(|kind| kind.fields.iter().any(|field| std::ptr::eq(*field, link.field)));
        kinds.into_iter().any(|kind| {
            let places = network.all(kind).into_iter();
            places.into_iter().any(|user| user.follow(link).iter().any(|step| step.end.place() == Some(address)))
        })
    })
}
