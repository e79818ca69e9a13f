//! See the rule's page below.

use super::gateways::settled;
use super::{Finding, Settings};
use crate::azure::traffic_manager;
use crate::network::Network;
use crate::value::Truth;

rule! {
    /// Traffic Manager looks for the health of its endpoints over plain HTTP.
    ///
    /// A gateway answers plain HTTP with a redirect, and Traffic Manager takes that, or not, for health. An endpoint whose
    /// certificate ran out stays healthy in its eyes.
    ///
    /// Probe what users use: protocol `HTTPS`, port 443, and a path that says how the application is. This rule runs only
    /// where it is selected by name.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_traffic_manager_profile" "shop" {
    ///   name                   = "tm-shop"
    ///   resource_group_name    = "rg-edge"
    ///   traffic_routing_method = "Priority"
    ///
    ///   monitor_config {
    ///     protocol = "HTTP" # expect: VNL146
    ///     port     = 80
    ///     path     = "/"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource shop 'Microsoft.Network/trafficManagerProfiles@2022-04-01' = {
    ///   name: 'tm-shop'
    ///   properties: {
    ///     monitorConfig: {
    ///       protocol: 'HTTP' // expect: VNL146
    ///       port: 80
    ///       path: '/'
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring>
    VNL146 "traffic-manager-probe-plain-http", Note Medium opt_in, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for place in network.made(&traffic_manager::PROFILE) {
        let protocol = place.get(&traffic_manager::PROBE_PROTOCOL);
        let span = place.span_of(&traffic_manager::PROBE_PROTOCOL);
        let name = place.name();
        let mut found = match protocol.ask(|protocol| protocol.is("HTTP")) {
            Truth::No => continue,
            Truth::Yes => {
                let message = format!("Traffic Manager profile `{name}` judges its endpoints over plain HTTP");
                RULE.finding(span, message).about(place)
            }
            Truth::Unknown => {
                let message = format!("cannot tell whether Traffic Manager profile `{name}` judges its endpoints over plain HTTP");
                RULE.finding(span, message).about(place).undecided(protocol.unknown(), "if it is `HTTP`: VNL146; else it passes")
            }
        };
        found.help = Some("probe with `HTTPS` on port 443".into());
        found.why = Some("the redirect to HTTPS is what answers, so a broken certificate is never noticed".into());
        findings.push(settled(found, place, RULE.code));
    }
}
