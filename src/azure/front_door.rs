//! Azure Front Door: what it listens on, where it sends it, what filters it.
//!
//! Source: <https://learn.microsoft.com/azure/templates/microsoft.cdn/profiles> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/cdn_frontdoor_profile>.

use super::{Default_, Field, Link, Naming, Type, arm_field, field, waf};

/// `Microsoft.Cdn/profiles`.
pub static PROFILE: Type = Type {
    name: "Microsoft.Cdn/profiles",
    noun: "Front Door",
    azurerm: &[("azurerm_cdn_frontdoor_profile", Naming::Own)],
    fields: &[&PROFILE_SKU],
    splits: &[],
};

/// `Microsoft.Cdn/profiles/afdEndpoints`.
pub static ENDPOINT: Type = Type {
    name: "Microsoft.Cdn/profiles/afdEndpoints",
    noun: "Front Door endpoint",
    azurerm: &[("azurerm_cdn_frontdoor_endpoint", Naming::BelowId("cdn_frontdoor_profile_id", "profile_name"))],
    fields: &[&ENDPOINT_STATE],
    splits: &[],
};

/// `Microsoft.Cdn/profiles/customDomains`.
pub static CUSTOM_DOMAIN: Type = Type {
    name: "Microsoft.Cdn/profiles/customDomains",
    noun: "Front Door domain",
    azurerm: &[("azurerm_cdn_frontdoor_custom_domain", Naming::BelowId("cdn_frontdoor_profile_id", "profile_name"))],
    fields: &[&HOST_NAME],
    splits: &[],
};

/// `Microsoft.Cdn/profiles/afdEndpoints/routes`.
pub static ROUTE: Type = Type {
    name: "Microsoft.Cdn/profiles/afdEndpoints/routes",
    noun: "Front Door route",
    azurerm: &[("azurerm_cdn_frontdoor_route", Naming::BelowId("cdn_frontdoor_endpoint_id", ""))],
    fields: &[
        &ROUTE_ORIGIN_GROUP,
        &ROUTE_DOMAINS,
        &ROUTE_PROTOCOLS,
        &ROUTE_REDIRECTS,
        &ROUTE_FORWARDS,
        &ROUTE_DEFAULT_DOMAIN,
        &ROUTE_STATE,
    ],
    splits: &[],
};

/// `Microsoft.Cdn/profiles/originGroups`.
pub static ORIGIN_GROUP: Type = Type {
    name: "Microsoft.Cdn/profiles/originGroups",
    noun: "origin group",
    azurerm: &[("azurerm_cdn_frontdoor_origin_group", Naming::BelowId("cdn_frontdoor_profile_id", "profile_name"))],
    fields: &[],
    splits: &[],
};

/// `Microsoft.Cdn/profiles/originGroups/origins`.
pub static ORIGIN: Type = Type {
    name: "Microsoft.Cdn/profiles/originGroups/origins",
    noun: "origin",
    azurerm: &[("azurerm_cdn_frontdoor_origin", Naming::BelowId("cdn_frontdoor_origin_group_id", ""))],
    fields: &[&HOST_NAME, &PRIVATE_LINK, &ORIGIN_STATE],
    splits: &[],
};

/// `Microsoft.Cdn/profiles/securityPolicies`: which firewall policy filters which domains.
pub static SECURITY_POLICY: Type = Type {
    name: "Microsoft.Cdn/profiles/securityPolicies",
    noun: "Front Door security policy",
    azurerm: &[("azurerm_cdn_frontdoor_security_policy", Naming::BelowId("cdn_frontdoor_profile_id", ""))],
    fields: &[&GUARDED, &GUARD],
    splits: &[],
};

/// `Microsoft.Network/frontDoors`: the classic Front Door.
pub static CLASSIC: Type = Type {
    name: "Microsoft.Network/frontDoors",
    noun: "classic Front Door",
    azurerm: &[("azurerm_frontdoor", Naming::Own)],
    fields: &[],
    splits: &[],
};

/// `Standard_AzureFrontDoor`, `Premium_AzureFrontDoor`; others are content delivery only.
pub static PROFILE_SKU: Field = field("sku.name", "sku_name");

/// `Enabled` or `Disabled`.
pub static ENDPOINT_STATE: Field = arm_field("properties.enabledState").enabled("enabled").or("Enabled");

/// The host name of a domain, or the host name or address of an origin.
pub static HOST_NAME: Field = field("properties.hostName", "host_name");

/// The origins that a route sends requests to.
pub static ROUTE_ORIGIN_GROUP: Field = field("properties.originGroup.id", "cdn_frontdoor_origin_group_id");

/// The domains of a route.
pub static ROUTE_DOMAINS: Field = field("properties.customDomains[].id", "cdn_frontdoor_custom_domain_ids[]");

/// `Http`, `Https`.
pub static ROUTE_PROTOCOLS: Field =
    field("properties.supportedProtocols", "supported_protocols").in_arm(Default_::Unknown);

/// Plain HTTP is answered with a redirect. What ARM does without it is not documented.
pub static ROUTE_REDIRECTS: Field = arm_field("properties.httpsRedirect")
    .enabled("https_redirect_enabled")
    .in_azurerm(Default_::Text("Enabled"))
    .in_arm(Default_::Unknown);

/// `HttpOnly`, `HttpsOnly`, `MatchRequest`.
pub static ROUTE_FORWARDS: Field = field("properties.forwardingProtocol", "forwarding_protocol").or("MatchRequest");

/// The endpoint's own name leads to the route, too.
pub static ROUTE_DEFAULT_DOMAIN: Field = arm_field("properties.linkToDefaultDomain")
    .enabled("link_to_default_domain")
    .in_azurerm(Default_::Text("Enabled"))
    .in_arm(Default_::Unknown);

/// `Enabled` or `Disabled`.
pub static ROUTE_STATE: Field = arm_field("properties.enabledState").enabled("enabled").or("Enabled");

/// `Enabled` or `Disabled`.
pub static ORIGIN_STATE: Field = arm_field("properties.enabledState").enabled("enabled").or("Enabled");

/// The resource that an origin reaches through Private Link.
pub static PRIVATE_LINK: Field =
    field("properties.sharedPrivateLinkResource.privateLink.id", "private_link.private_link_target_id");

/// The endpoints and domains that a security policy covers.
pub static GUARDED: Field = field(
    "properties.parameters.associations[].domains[].id",
    "security_policies.firewall.association.domain[].cdn_frontdoor_domain_id",
);

/// The firewall policy that filters them.
pub static GUARD: Field =
    field("properties.parameters.wafPolicy.id", "security_policies.firewall.cdn_frontdoor_firewall_policy_id");

/// The origins that a route sends requests to.
pub static ROUTE_TO_ORIGIN_GROUP: Link = Link { field: &ROUTE_ORIGIN_GROUP, to: &ORIGIN_GROUP };

/// The domains of a route.
pub static ROUTE_TO_DOMAIN: Link = Link { field: &ROUTE_DOMAINS, to: &CUSTOM_DOMAIN };

/// The endpoints that a security policy covers.
pub static SECURITY_POLICY_TO_ENDPOINT: Link = Link { field: &GUARDED, to: &ENDPOINT };

/// The domains that a security policy covers.
pub static SECURITY_POLICY_TO_DOMAIN: Link = Link { field: &GUARDED, to: &CUSTOM_DOMAIN };

/// The firewall policy that filters what a security policy covers.
pub static SECURITY_POLICY_TO_GUARD: Link = Link { field: &GUARD, to: &waf::EDGE_POLICY };
