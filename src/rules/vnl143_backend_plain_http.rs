//! See the rule's page below.

use super::gateways::{gateways, part_name, settled};
use super::{Finding, Settings, Step};
use crate::azure::{Field, application_gateway as gateway, front_door};
use crate::network::{Network, Place};
use crate::value::Truth;

rule! {
    /// What the edge takes encrypted goes on in plain HTTP.
    ///
    /// Encryption ends at the application gateway or at Front Door, and the way from there to the application is plain. Where
    /// a service mesh encrypts inside the cluster, that begins behind this way.
    ///
    /// Set the protocol of the backend settings to `Https`, with the root certificate that the backend's is signed with, and
    /// the forwarding protocol of a Front Door route to `HttpsOnly`. This rule runs only where it is selected by name.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_application_gateway" "web" {
    ///   name                = "agw-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   backend_http_settings {
    ///     name                  = "shop"
    ///     cookie_based_affinity = "Disabled"
    ///     port                  = 80
    ///     protocol              = "Http" # expect: VNL143
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource web 'Microsoft.Network/applicationGateways@2024-05-01' = {
    ///   name: 'agw-web'
    ///   properties: {
    ///     backendHttpSettingsCollection: [
    ///       {
    ///         name: 'shop'
    ///         properties: {
    ///           port: 80
    ///           protocol: 'Http' // expect: VNL143
    ///         }
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/application-gateway/ssl-overview#end-to-end-tls-encryption>
    VNL143 "backend-plain-http", Note Medium opt_in, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for place in gateways(network) {
        // The settings of a gateway that an ingress controller drives are the controller's.
        if place.writers().iter().any(|writer| writer.there.possibly()) {
            continue;
        }
        for settings in place.children(&gateway::SETTINGS) {
            let named = part_name(settings);
            let what = format!("backend settings `{named}` of application gateway `{}`", place.name());
            findings.extend(plain(place, settings, &gateway::PROTOCOL, "Http", &what));
        }
    }
    for route in network.made(&front_door::ROUTE) {
        if route.is(&front_door::ROUTE_STATE, "Disabled") != Truth::Yes {
            let what = format!("Front Door route `{}`", route.name());
            findings.extend(plain(route, route, &front_door::ROUTE_FORWARDS, "HttpOnly", &what));
        }
    }
}

fn plain(place: Place, part: Place, field: &Field, word: &str, what: &str) -> Option<Finding> {
    let protocol = part.get(field);
    let span = part.span_of(field);
    let mut found = match protocol.ask(|protocol| protocol.is(word)) {
        Truth::No => return None,
        Truth::Yes => RULE.finding(span, format!("{what} sends requests on in plain HTTP")).about(place),
        Truth::Unknown => {
            let message = format!("cannot tell whether {what} sends requests on in plain HTTP");
            RULE.finding(span, message).about(place).undecided(protocol.unknown(), &format!("if it is `{word}`: VNL143; else it passes"))
        }
    };
    found.objects.push(part.address().clone());
    found.steps.push(Step { message: "encryption ends here".into(), span });
    found.help = Some(match word {
        "Http" => "set the protocol to `Https`, and name the root certificate of the backend".into(),
        _ => "set the forwarding protocol to `HttpsOnly`".into(),
    });
    found.why = Some("whoever is on the way between the edge and the cluster reads and changes what is sent".into());
    Some(settled(found, place, RULE.code))
}
