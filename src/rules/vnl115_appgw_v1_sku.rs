//! See the rule's page below.

use super::gateways::{VERSION_1, finding, gateways, is_version_1};
use super::{Confidence, Finding, Level, Settings};
use crate::azure::application_gateway as gateway;
use crate::network::{Network, Place};
use crate::value::Truth;

rule! {
    /// An application gateway has a size of version 1, which can no longer be made.
    ///
    /// Azure refuses a new gateway of version 1, and version 1 itself was retired on 28 April 2026. The ingress controller
    /// for AKS needs version 2 as well.
    ///
    /// Write `Standard_v2`, or `WAF_v2` for a gateway that the internet reaches. A gateway that is only read is not
    /// reported.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_application_gateway" "web" {
    ///   name                = "agw-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   sku {
    ///     name     = "WAF_Medium" # expect: VNL115
    ///     tier     = "WAF"
    ///     capacity = 2
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource web 'Microsoft.Network/applicationGateways@2024-05-01' = {
    ///   name: 'agw-web'
    ///   properties: {
    ///     sku: {
    ///       name: 'WAF_Medium' // expect: VNL115
    ///       tier: 'WAF'
    ///       capacity: 2
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/application-gateway/v1-retirement>
    VNL115 "appgw-v1-sku", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for place in gateways(network) {
        findings.extend(version_1(place).or_else(|| basic(place)));
    }
}

fn version_1(place: Place) -> Option<Finding> {
    let name = place.name();
    let mut found = match is_version_1(place) {
        Truth::No => return None,
        Truth::Yes => {
            let size = place.text(&gateway::SKU_NAME).ok().flatten().unwrap_or_else(|| VERSION_1.join(" or "));
            let message = format!("application gateway `{name}` cannot be made: `{size}` is a size of version 1, which is retired");
            finding(&RULE, place, &gateway::SKU_NAME, message)
        }
        Truth::Unknown => {
            let message = format!("cannot tell whether application gateway `{name}` is of version 1, which is retired");
            let unknown = place.get(&gateway::SKU_NAME).unknown();
            let effect = "if it is `Standard_v2` or `WAF_v2` it passes; if it is a size of version 1: VNL115";
            finding(&RULE, place, &gateway::SKU_NAME, message).undecided(unknown, effect)
        }
    };
    found.help = Some("take `WAF_v2` as name and tier of the SKU, or `Standard_v2` without a firewall".into());
    found.why = Some("Azure makes no new gateways of version 1, and the old ones were shut down on 28 April 2026".into());
    Some(found)
}

/// Nothing says that the ingress controller runs with the Basic tier.
fn basic(place: Place) -> Option<Finding> {
    let writer = place.writers().into_iter().find(|writer| writer.there == Truth::Yes)?;
    if place.is(&gateway::SKU_TIER, "Basic") != Truth::Yes {
        return None;
    }
    let message = format!("{} writes to application gateway `{}`, whose tier is Basic", writer.words(), place.name());
    let mut found = finding(&RULE, place, &gateway::SKU_TIER, message);
    found.level = Level::Warning;
    found.confidence = Confidence::Medium;
    found.objects.push(writer.by.address().clone());
    found.help = Some("take `Standard_v2` or `WAF_v2` for a gateway of the ingress controller".into());
    found.why = Some("the ingress controller is documented for `Standard_v2` and `WAF_v2` only".into());
    Some(found)
}
