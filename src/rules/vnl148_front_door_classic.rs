//! See the rule's page below.

use super::gateways::settled;
use super::{Finding, Settings};
use crate::azure::front_door;
use crate::network::Network;

rule! {
    /// The code makes a classic Front Door.
    ///
    /// Azure makes no new classic Front Door since 1 April 2025, and shuts the old ones down on 31 March 2027: a new
    /// environment made of this code fails.
    ///
    /// Take Front Door Standard or Premium: `azurerm_cdn_frontdoor_profile` and what belongs to it in Terraform,
    /// `Microsoft.Cdn/profiles` with the SKU `Premium_AzureFrontDoor` in Bicep.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_frontdoor" "edge" { # expect: VNL148
    ///   name                = "fd-edge"
    ///   resource_group_name = "rg-edge"
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource edge 'Microsoft.Network/frontDoors@2021-06-01' = { // expect: VNL148
    ///   name: 'fd-edge'
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/frontdoor/classic-retirement-faq>
    VNL148 "front-door-classic", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for place in network.made(&front_door::CLASSIC) {
        let message = format!("`{}` cannot be made: it is a classic Front Door", place.name());
        let mut found = RULE.finding(place.span(), message).about(place);
        found.help = Some(match place.is_terraform() {
            true => "take `azurerm_cdn_frontdoor_profile` and its endpoints, routes and origins".into(),
            false => "take `Microsoft.Cdn/profiles` with the SKU `Standard_AzureFrontDoor` or `Premium_AzureFrontDoor`".into(),
        });
        found.why = Some("Azure makes no new classic Front Door, and shuts the old ones down on 31 March 2027".into());
        findings.push(settled(found, place, RULE.code));
    }
}
