//! See the rule's page below.

use super::gateways::{finding, gateways, settled};
use super::{Finding, Settings};
use crate::azure::{Field, application_gateway as gateway, waf};
use crate::network::{Network, Place};
use crate::source::Span;
use crate::value::{Truth, Unknown};

rule! {
    /// A web application firewall only watches.
    ///
    /// In `Detection` mode a firewall writes attacks into its log and lets them through. A first rollout begins like this;
    /// then it has to be switched over.
    ///
    /// Set the mode to `Prevention`: `mode` of `policy_settings` in Terraform, of `policySettings` in Bicep.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_web_application_firewall_policy" "web" {
    ///   name                = "waf-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   policy_settings {
    ///     mode = "Detection" # expect: VNL141
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource waf 'Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies@2024-05-01' = {
    ///   name: 'waf-web'
    ///   properties: {
    ///     policySettings: {
    ///       state: 'Enabled'
    ///       mode: 'Detection' // expect: VNL141
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/web-application-firewall/ag/ag-overview#waf-modes>
    VNL141 "waf-in-detection-mode", Note High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let policies = network.made(&waf::FIREWALL_POLICY).into_iter().map(|place| (place, &waf::STATE, &waf::MODE));
    let edges = network.made(&waf::EDGE_POLICY).into_iter().map(|place| (place, &waf::EDGE_STATE, &waf::EDGE_MODE));
    for (place, state, mode) in policies.chain(edges) {
        if place.is(state, "Disabled") != Truth::Yes {
            findings.extend(watches(place, mode));
        }
    }
    for place in gateways(network) {
        if place.is_true(&gateway::FIREWALL_ON) == Truth::Yes {
            findings.extend(watches(place, &gateway::FIREWALL_MODE));
        }
    }
}

fn watches(place: Place, mode: &'static Field) -> Option<Finding> {
    let (values, open) = place.get_all(mode);
    let value = values.first();
    let (noun, name) = (place.kind().noun, place.name());
    let mut found = match (value.map(|value| value.is("Detection")), open) {
        (Some(Truth::Yes), _) => {
            let message = format!("{noun} `{name}` lets attacks through: it is in `Detection` mode");
            finding(&RULE, place, mode, message)
        }
        (Some(Truth::Unknown), _) => open_mode(place, mode, value?.first_hole().map(|hole| hole.unknown())),
        (None, Some(unknown)) => open_mode(place, mode, Some(unknown)),
        // What Azure does without a mode is not documented.
        _ => return None,
    };
    found.help = Some("set the mode to `Prevention` once its log shows no false alarms".into());
    found.why = Some("in `Detection` mode attacks are logged and let through".into());
    Some(found)
}

fn open_mode(place: Place, mode: &Field, unknown: Option<Unknown>) -> Finding {
    let message = format!("cannot tell whether {} `{}` is in `Detection` mode", place.kind().noun, place.name());
    let span: Span = place.span_of(mode);
    let found = RULE.finding(span, message).about(place);
    settled(found, place, RULE.code).undecided(unknown, "if it is `Detection`: VNL141; else it passes")
}
