//! See the rule's page below.

use super::gateways::gateways;
use super::{Confidence, Finding, Level, Settings, Step};
use crate::network::{Network, Place, Writer};
use crate::syntax::Dialect;
use crate::value::Truth;

rule! {
    /// An ingress controller and the code both write the rules of one application gateway.
    ///
    /// The Application Gateway Ingress Controller rewrites the listeners, rules, probes and pools of its gateway. The next
    /// `terraform apply`, or the next deployment of the template, puts those of the code back: until the controller has
    /// written again, every application is gone.
    ///
    /// In Terraform let the gateway ignore what the controller writes:
    /// `lifecycle { ignore_changes = [backend_address_pool, backend_http_settings, http_listener, probe,
    /// request_routing_rule, redirect_configuration, url_path_map, ssl_certificate, frontend_port, tags] }`. Bicep cannot
    /// ignore anything: make the gateway in a deployment of its own that is rarely run (a note of low confidence, because how
    /// often that is is not in the code).
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_application_gateway" "web" { # expect: VNL118
    ///   name                = "agw-web"
    ///   resource_group_name = "rg-web"
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
    /// resource web 'Microsoft.Network/applicationGateways@2024-05-01' = { // expect: VNL118
    ///   name: 'agw-web'
    /// }
    ///
    /// resource main 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks-web'
    ///   properties: {
    ///     addonProfiles: {
    ///       ingressApplicationGateway: {
    ///         enabled: true
    ///         config: { applicationGatewayId: web.id }
    ///       }
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://azure.github.io/application-gateway-kubernetes-ingress/how-tos/prevent-agic-from-overwriting/>
    VNL118 "agic-gateway-managed-twice", Warning High, since "0.2.0"
}

/// What the controller writes, and the code must not put back.
const WRITTEN: [&str; 5] =
    ["backend_address_pool", "backend_http_settings", "http_listener", "probe", "request_routing_rule"];

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for place in gateways(network) {
        let mut writers = place.writers();
        writers.sort_by_key(|writer| std::cmp::Reverse(writer.there));
        if let Some(writer) = writers.first() {
            findings.extend(twice(network, place, writer));
        }
    }
}

fn twice(network: &Network, place: Place, writer: &Writer) -> Option<Finding> {
    let missing: Vec<&str> = WRITTEN.into_iter().filter(|attribute| !place.ignores(attribute)).collect();
    let root = network.roots().iter().find(|root| root.id == place.root());
    let in_terraform = root.is_some_and(|root| root.dialect == Dialect::Terraform);
    // azapi writes what its body holds, and `ignore_changes` may name parts of it; a plan does not say what is ignored.
    let is_plan = root.is_some_and(|root| root.path.ends_with(".json"));
    if missing.is_empty() || in_terraform && (is_plan || !place.is_terraform()) {
        return None;
    }
    let (name, by) = (place.name(), writer.words());
    let message = match in_terraform {
        true => format!("Terraform puts back what {by} writes to application gateway `{name}`"),
        false => format!("every deployment puts back what {by} writes to application gateway `{name}`"),
    };
    let mut found = RULE.finding(place.span(), message).about(place);
    found.objects.push(writer.by.address().clone());
    found.steps = vec![
        Step { message: "the code holds the rules of this gateway".into(), span: place.span() },
        Step { message: format!("and {by} writes them, too"), span: writer.span },
    ];
    found.why = Some("until the controller has written again after a deployment, every application is gone".into());
    found.help = Some(match in_terraform {
        true => format!("let `lifecycle {{ ignore_changes = [{}] }}` leave them to the controller", missing.join(", ")),
        false => "make the gateway in a deployment of its own that is rarely run".into(),
    });
    // How often a template is deployed is not in the code.
    if !in_terraform {
        found.level = Level::Note;
        found.confidence = Confidence::Low;
    }
    if (writer.there & place.exists()) != Truth::Yes {
        let unknown = writer.decides.clone().or_else(|| place.decides().cloned());
        found = found.undecided(unknown, "if the controller is there: VNL118; else it passes");
    }
    Some(found)
}
