//! See the rule's page below.

use super::gateways::{gateways, part_name, settled};
use super::{Confidence, Finding, Level, Settings, Step};
use crate::azure::{application_gateway as gateway, cluster, front_door, kubernetes};
use crate::network::{Got, Network, Place, Target, Way};
use crate::value::{Kind, Truth, Value};

rule! {
    /// An application is served over plain HTTP.
    ///
    /// A listener for HTTP sends requests to the application instead of redirecting them to HTTPS. Whoever sits between a
    /// user and the gateway reads along, and a cookie without `Secure` leaves in the clear.
    ///
    /// Keep the HTTP listener for a redirect only: in Terraform a `redirect_configuration` with `redirect_type = "Permanent"`
    /// and the HTTPS listener as its target, named by the rule instead of a pool; in Bicep an entry of
    /// `redirectConfigurations`. A Front Door route redirects with `https_redirect_enabled = true`
    /// (`httpsRedirect: 'Enabled'`), an ingress encrypts with `tls`.
    ///
    /// The listener of a gateway that an ingress controller drives is a placeholder while its pool is empty, and not
    /// reported. A path that answers ACME challenges has to be plain: a note.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_application_gateway" "web" {
    ///   name                = "agw-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   backend_address_pool {
    ///     name         = "shop"
    ///     ip_addresses = ["10.1.0.250"]
    ///   }
    ///   http_listener {
    ///     name                           = "http"
    ///     frontend_ip_configuration_name = "public"
    ///     frontend_port_name             = "80"
    ///     protocol                       = "Http" # expect: VNL142
    ///   }
    ///   request_routing_rule {
    ///     name                       = "shop"
    ///     rule_type                  = "Basic"
    ///     http_listener_name         = "http"
    ///     backend_address_pool_name  = "shop"
    ///     backend_http_settings_name = "shop"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource web 'Microsoft.Network/applicationGateways@2024-05-01' = {
    ///   name: 'agw-web'
    ///   properties: {
    ///     backendAddressPools: [ { name: 'shop', properties: { backendAddresses: [ { ipAddress: '10.1.0.250' } ] } } ]
    ///     httpListeners: [
    ///       {
    ///         name: 'http'
    ///         properties: {
    ///           protocol: 'Http' // expect: VNL142
    ///         }
    ///       }
    ///     ]
    ///     requestRoutingRules: [
    ///       {
    ///         name: 'shop'
    ///         properties: {
    ///           httpListener: { id: resourceId('Microsoft.Network/applicationGateways/httpListeners', 'agw-web', 'http') }
    ///           backendAddressPool: { id: resourceId('Microsoft.Network/applicationGateways/backendAddressPools', 'agw-web', 'shop') }
    ///         }
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/application-gateway/redirect-http-to-https-portal>;
    /// Cloud Adoption Framework: applications behind an ingress are encrypted, and not reachable over plain HTTP
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL142 "http-listener-without-redirect", Warning High, since "0.2.0"
}

const WHY: &str = "whoever sits between the user and the gateway reads and changes what is sent";

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for place in gateways(network) {
        // What an ingress controller drives has placeholders, whatever the code says.
        let driven = Truth::any(place.writers().iter().map(|writer| writer.there));
        findings.extend(place.children(&gateway::LISTENER).into_iter().filter_map(|listener| plain(network, place, listener, driven)));
    }
    findings.extend(network.made(&front_door::ROUTE).into_iter().filter_map(route));
    findings.extend(network.made(&kubernetes::INGRESS).into_iter().filter_map(ingress));
}

fn plain(network: &Network, place: Place, listener: Place, driven: Truth) -> Option<Finding> {
    let protocol = listener.get(&gateway::PROTOCOL);
    let is_plain = protocol.ask(|protocol| protocol.is("Http"));
    if is_plain == Truth::No {
        return None;
    }
    let serves = |way: &&Way| match &way.target {
        Target::Redirect(_) => false,
        Target::Pool(Some(pool)) => driven == Truth::No || pool.has_backends() == Truth::Yes,
        Target::Pool(None) => driven == Truth::No,
    };
    let (ways, _) = listener.listener_ways();
    let serving: Vec<&Way> = ways.iter().filter(serves).collect();
    let way = serving.iter().find(|way| !is_challenge(way)).or(serving.first())?;
    let pool = match &way.target {
        Target::Pool(Some(pool)) => format!("pool `{}`", part_name(*pool)),
        _ => "a pool".into(),
    };
    let (name, shown) = (place.name(), part_name(listener));
    let message = match is_plain {
        Truth::Yes => format!("listener `{shown}` of application gateway `{name}` sends plain HTTP to {pool}"),
        _ => format!("cannot tell whether listener `{shown}` of application gateway `{name}` serves plain HTTP"),
    };
    let span = listener.span_of(&gateway::PROTOCOL);
    let mut found = RULE.finding(span, message).about(place);
    if is_plain == Truth::Unknown {
        found = found.undecided(protocol.unknown(), "if it is `Http`: VNL142; if it is `Https` it passes");
    }
    if is_challenge(way) {
        found.level = Level::Note;
    }
    // Beside a cluster an empty pool is mostly waiting for a controller that the code does not show.
    let empty = matches!(&way.target, Target::Pool(Some(pool)) if pool.has_backends() == Truth::No);
    if empty && network.all(&cluster::CLUSTER).iter().any(|cluster| cluster.root() == place.root()) {
        found.confidence = Confidence::Low;
    }
    found.objects.push(listener.address().clone());
    found.steps = vec![
        Step { message: "this listener takes plain HTTP".into(), span },
        Step { message: format!("and this {} sends it to {pool}", way.by.kind().noun), span: way.by.span() },
    ];
    found.help = Some("let the rule of this listener redirect to the HTTPS listener, and name no pool".into());
    found.why = Some(WHY.into());
    Some(settled(found, place, RULE.code))
}

/// ACME's challenges are answered over plain HTTP.
fn is_challenge(way: &Way) -> bool {
    let (values, _) = way.by.get_all(&gateway::PATHS);
    let mut paths = values.iter().flat_map(|value| value.items().unwrap_or_default().iter().filter_map(Value::as_text)).peekable();
    paths.peek().is_some() && paths.all(|path| path.starts_with("/.well-known/acme-challenge"))
}

/// A Front Door route that takes plain HTTP, and does not redirect it.
fn route(route: Place) -> Option<Finding> {
    if route.is(&front_door::ROUTE_STATE, "Disabled") == Truth::Yes {
        return None;
    }
    let takes = match route.get(&front_door::ROUTE_PROTOCOLS) {
        Got::Is(value) => holds(&value, "Http"),
        _ => Truth::Unknown,
    };
    let redirects = route.get(&front_door::ROUTE_REDIRECTS);
    let serves = takes & redirects.ask(|redirects| redirects.is("Disabled"));
    if serves == Truth::No || takes == Truth::Unknown {
        return None;
    }
    let name = route.name();
    let message = match serves {
        Truth::Yes => format!("Front Door route `{name}` sends plain HTTP on instead of redirecting it"),
        _ => format!("cannot tell whether Front Door route `{name}` redirects plain HTTP"),
    };
    let span = route.span_of(&front_door::ROUTE_REDIRECTS);
    let mut found = RULE.finding(span, message).about(route);
    if serves == Truth::Unknown {
        found = found.undecided(redirects.unknown(), "if it redirects to HTTPS it passes; else VNL142");
    }
    found.steps.push(Step { message: "the route takes HTTP".into(), span: route.span_of(&front_door::ROUTE_PROTOCOLS) });
    found.help = Some(match route.is_terraform() {
        true => "set `https_redirect_enabled = true`, or leave it out".into(),
        false => "set `httpsRedirect: 'Enabled'`".into(),
    });
    found.why = Some(WHY.into());
    Some(settled(found, route, RULE.code))
}

fn holds(list: &Value, text: &str) -> Truth {
    match &list.kind {
        Kind::List { items, rest, .. } => {
            let known = Truth::any(items.iter().map(|item| item.is(text)));
            if rest.is_some() { known | Truth::Unknown } else { known }
        }
        _ => list.is(text),
    }
}

/// An ingress that encrypts nothing, and redirects nothing.
fn ingress(ingress: Place) -> Option<Finding> {
    let unencrypted = matches!(ingress.get(&kubernetes::INGRESS_TLS), Got::Absent);
    if !unencrypted || ingress.exists() != Truth::Yes {
        return None;
    }
    match ingress.get(&kubernetes::ANNOTATIONS) {
        Got::Absent => {}
        Got::Is(Value { kind: Kind::Object { fields, rest: None, .. }, .. }) => {
            // These speak of certificates of a gateway, or of a load balancer in front.
            let encrypts = ["ssl-redirect", "ssl-certificate", "ssl-profile", "tls", "certificate", "force-ssl"];
            if fields.keys().any(|key| encrypts.iter().any(|word| key.contains(word))) {
                return None;
            }
        }
        _ => return None,
    }
    let message = format!("`{}` has no `tls`, so its application is served over plain HTTP", ingress.name());
    let mut found = RULE.finding(ingress.span(), message).about(ingress);
    found.confidence = Confidence::Medium;
    found.help = Some("add a `tls` block with the hosts and the secret that holds their certificate".into());
    found.why = Some(WHY.into());
    Some(found)
}
