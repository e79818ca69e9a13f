//! See the rule's page below.

use super::gateways::{gateway_of, guarded, serves, settled};
use super::{Confidence, Finding, Level, Settings, Step};
use crate::azure::{cluster, front_door, public_ip, waf};
use crate::network::{End, Got, Network, Place};
use crate::value::{Kind, Truth, Unknown, Value};

rule! {
    /// Front Door publishes an application of a cluster, and no firewall policy covers its name.
    ///
    /// The endpoint, or the domain, leads to the cluster, and nothing looks for attacks in what the internet sends to it. A
    /// security policy has to name every endpoint and every domain; one that was added later is easily forgotten.
    ///
    /// Add an `azurerm_cdn_frontdoor_security_policy` with a firewall policy and a `domain` for each of them; in Bicep
    /// `Microsoft.Cdn/profiles/securityPolicies`. Where the application gateway behind it has a firewall, this is a note.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "main" {
    ///   name                = "aks-web"
    ///   resource_group_name = "rg-web"
    /// }
    ///
    /// resource "azurerm_public_ip" "web" {
    ///   name                = "pip-web"
    ///   resource_group_name = "rg-web"
    /// }
    ///
    /// resource "azurerm_cdn_frontdoor_profile" "edge" {
    ///   name                = "afd-edge"
    ///   resource_group_name = "rg-edge"
    ///   sku_name            = "Premium_AzureFrontDoor"
    /// }
    ///
    /// resource "azurerm_cdn_frontdoor_endpoint" "shop" { # expect: VNL144
    ///   name                     = "shop"
    ///   cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.edge.id
    /// }
    ///
    /// resource "azurerm_cdn_frontdoor_origin_group" "shop" {
    ///   name                     = "shop"
    ///   cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.edge.id
    /// }
    ///
    /// resource "azurerm_cdn_frontdoor_origin" "shop" {
    ///   name                          = "shop"
    ///   cdn_frontdoor_origin_group_id = azurerm_cdn_frontdoor_origin_group.shop.id
    ///   host_name                     = azurerm_public_ip.web.fqdn
    /// }
    ///
    /// resource "azurerm_cdn_frontdoor_route" "shop" {
    ///   name                          = "shop"
    ///   cdn_frontdoor_endpoint_id     = azurerm_cdn_frontdoor_endpoint.shop.id
    ///   cdn_frontdoor_origin_group_id = azurerm_cdn_frontdoor_origin_group.shop.id
    ///   supported_protocols           = ["Https"]
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource main 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks-web'
    /// }
    ///
    /// resource pip 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
    ///   name: 'pip-web'
    /// }
    ///
    /// resource edge 'Microsoft.Cdn/profiles@2024-02-01' = {
    ///   name: 'afd-edge'
    ///   sku: { name: 'Premium_AzureFrontDoor' }
    /// }
    ///
    /// resource shop 'Microsoft.Cdn/profiles/afdEndpoints@2024-02-01' = { // expect: VNL144
    ///   parent: edge
    ///   name: 'shop'
    /// }
    ///
    /// resource group 'Microsoft.Cdn/profiles/originGroups@2024-02-01' = {
    ///   parent: edge
    ///   name: 'shop'
    /// }
    ///
    /// resource origin 'Microsoft.Cdn/profiles/originGroups/origins@2024-02-01' = {
    ///   parent: group
    ///   name: 'shop'
    ///   properties: { hostName: pip.properties.dnsSettings.fqdn }
    /// }
    ///
    /// resource route 'Microsoft.Cdn/profiles/afdEndpoints/routes@2024-02-01' = {
    ///   parent: shop
    ///   name: 'shop'
    ///   properties: { originGroup: { id: group.id }, linkToDefaultDomain: 'Enabled' }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/web-application-firewall/afds/afds-overview>
    VNL144 "front-door-without-waf", Warning High, since "0.2.0"
}

/// Names of services that are no clusters.
const OTHERS: [&str; 8] = [
    "blob.core.windows.net",
    "web.core.windows.net",
    "azurewebsites.net",
    "azurestaticapps.net",
    "azure-api.net",
    "azurecontainerapps.io",
    "azurefd.net",
    "azureedge.net",
];

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    if network.all(&cluster::CLUSTER).is_empty() {
        return;
    }
    for profile in network.made(&front_door::PROFILE) {
        for endpoint in profile.children(&front_door::ENDPOINT) {
            if endpoint.is(&front_door::ENDPOINT_STATE, "Disabled") != Truth::Yes {
                findings.extend(of_endpoint(network, profile, endpoint));
            }
        }
    }
}

fn of_endpoint(network: &Network, profile: Place, endpoint: Place) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for route in endpoint.children(&front_door::ROUTE) {
        if route.is(&front_door::ROUTE_STATE, "Disabled") == Truth::Yes {
            continue;
        }
        let Some((origin, confidence)) = leads_to(network, route) else { continue };
        let mut names: Vec<Place> =
            route.follow(&front_door::ROUTE_TO_DOMAIN).into_iter().filter_map(|step| step.end.place()).collect();
        // Its own name leads to a route that says so, or that has no other.
        let own = !route.is(&front_door::ROUTE_DEFAULT_DOMAIN, "Disabled");
        if own == Truth::Yes || own == Truth::Unknown && names.is_empty() {
            names.insert(0, endpoint);
        }
        for name in names {
            let known = found.iter().any(|finding| finding.subject.as_ref() == Some(name.address()));
            if !known {
                found.extend(of_name(network, profile, name, route, origin, confidence));
            }
        }
    }
    found
}

fn of_name(network: &Network, profile: Place, name: Place, route: Place, origin: Place, confidence: Confidence) -> Option<Finding> {
    let shown = name.name();
    let noun = name.kind().noun;
    let (covered, unknown) = covered(profile, name);
    let mut found = match covered {
        Truth::Yes => return None,
        Truth::No => {
            let message = format!("{noun} `{shown}` is public, and no firewall policy covers it");
            RULE.finding(name.span(), message).about(name)
        }
        Truth::Unknown => {
            let message = format!("cannot tell whether a firewall policy covers {noun} `{shown}`");
            RULE.finding(name.span(), message).about(name).undecided(unknown, "if a security policy names it it passes; else VNL144")
        }
    };
    found.confidence = confidence;
    found.objects = vec![profile.address().clone(), origin.address().clone()];
    found.steps = vec![
        Step { message: format!("this {noun} is public"), span: name.span() },
        Step { message: "this route takes what comes to it".into(), span: route.span() },
        Step { message: "and sends it to this origin".into(), span: origin.span_of(&front_door::HOST_NAME) },
    ];
    let behind = gateway_of(network, origin).filter(|gateway| guarded(*gateway).0 == Truth::Yes);
    if let Some(gateway) = behind {
        found.level = Level::Note;
        found.steps.push(Step { message: "where an application gateway has a firewall".into(), span: gateway.span() });
    }
    found.help = Some(format!("add `{shown}` to a security policy of the profile, with a firewall policy"));
    found.why = Some("nothing filters attacks out of what the internet sends to the applications of the cluster".into());
    Some(settled(found, name, RULE.code))
}

/// Whether a security policy of the profile covers a name.
fn covered(profile: Place, name: Place) -> (Truth, Option<Unknown>) {
    let mut open: Option<Option<Unknown>> = profile.open_for(&front_door::SECURITY_POLICY).map(Some);
    for policy in profile.children(&front_door::SECURITY_POLICY) {
        let off = policy.follow(&front_door::SECURITY_POLICY_TO_GUARD).into_iter().filter_map(|step| step.end.place());
        if off.into_iter().any(|guard| guard.is_made() && guard.is(&waf::EDGE_STATE, "Disabled") == Truth::Yes) {
            continue;
        }
        let link = match name.kind() == &front_door::ENDPOINT {
            true => &front_door::SECURITY_POLICY_TO_ENDPOINT,
            false => &front_door::SECURITY_POLICY_TO_DOMAIN,
        };
        let other = match name.kind() == &front_door::ENDPOINT {
            true => &front_door::SECURITY_POLICY_TO_DOMAIN,
            false => &front_door::SECURITY_POLICY_TO_ENDPOINT,
        };
        let others = policy.follow(other);
        for (step, other) in policy.follow(link).into_iter().zip(others) {
            match (&step.end, &other.end) {
                (End::Place(place), _) if *place == name => {
                    if (policy.exists() & step.exists) == Truth::Yes {
                        return (Truth::Yes, None);
                    }
                    open = open.or(Some(policy.decides().cloned()));
                }
                // It is something of the other kind.
                (_, End::Place(_)) => {}
                (End::Unknown(unknown), _) => open = open.or(Some(Some(unknown.clone()))),
                _ => {}
            }
        }
        let (_, more) = policy.get_all(&front_door::GUARDED);
        open = open.or(more.map(Some));
    }
    match open {
        Some(unknown) => (Truth::Unknown, unknown),
        None => (Truth::No, None),
    }
}

/// The origin of a route that may be a cluster's, and how sure that is.
fn leads_to<'n>(network: &'n Network, route: Place<'n>) -> Option<(Place<'n>, Confidence)> {
    let groups = route.follow(&front_door::ROUTE_TO_ORIGIN_GROUP).into_iter().filter_map(|step| step.end.place());
    let origins: Vec<Place> = groups.flat_map(|group| group.children(&front_door::ORIGIN)).collect();
    let beside = |place: Place| network.all(&cluster::CLUSTER).iter().any(|cluster| cluster.root() == place.root());
    let of = |origin: &Place<'n>| {
        let Got::Is(host) = origin.get(&front_door::HOST_NAME) else { return None };
        if let Some(address) = network.whose(&host, &public_ip::PUBLIC_IP) {
            let gateway = gateway_of(network, *origin);
            let serves = gateway.is_some_and(|gateway| serves(network, gateway).is_some());
            return (serves || gateway.is_none() && beside(address)).then_some((*origin, Confidence::High));
        }
        // A name alone says nothing of a cluster that another deployment makes.
        if !beside(*origin) {
            return None;
        }
        // What another service answers is no cluster's.
        let elsewhere = match &host.kind {
            Kind::Text(pieces) => OTHERS.iter().any(|other| pieces.end().to_lowercase().ends_with(other)),
            Kind::Reference(_) => true,
            _ => false,
        };
        let service = matches!(origin.get(&front_door::PRIVATE_LINK), Got::Is(target) if !is_link_service(&target));
        (!elsewhere && !service).then_some((*origin, Confidence::Medium))
    };
    origins.iter().find_map(of)
}

/// A Private Link service is what a cluster's load balancer is published by.
fn is_link_service(target: &Value) -> bool {
    let text = match &target.kind {
        Kind::Text(pieces) => pieces.to_string(),
        Kind::Reference(reference) => reference.address.text().to_string(),
        _ => return true,
    };
    let text = text.to_lowercase();
    text.contains("privatelinkservice") || text.contains("private_link_service")
}
