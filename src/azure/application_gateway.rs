//! Application gateways: where they stand, what they listen on, where they send it.
//!
//! Source: <https://learn.microsoft.com/azure/templates/microsoft.network/applicationgateways> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/application_gateway>.

use super::{Field, Link, Naming, Split, Type, arm_field, field, public_ip, virtual_network, waf};

/// `Microsoft.Network/applicationGateways`.
pub static APPLICATION_GATEWAY: Type = Type {
    name: "Microsoft.Network/applicationGateways",
    noun: "application gateway",
    azurerm: &[("azurerm_application_gateway", Naming::Own)],
    fields: &[
        &SKU_NAME,
        &SKU_TIER,
        &CAPACITY,
        &MOST_CAPACITY,
        &SUBNETS,
        &PUBLIC_ADDRESSES,
        &PRIVATE_FRONTENDS,
        &FIREWALL_POLICY,
        &FIREWALL_ON,
        &FIREWALL_MODE,
        &IDENTITY,
        &LISTENER_NAMES,
        &LISTENER_PROTOCOLS,
        &LISTENER_POLICIES,
        &RULE_NAMES,
        &RULE_LISTENERS,
        &RULE_POOLS,
        &RULE_REDIRECTS,
        &RULE_MAPS,
        &REDIRECT_NAMES,
        &REDIRECT_LISTENERS,
        &REDIRECT_URLS,
        &MAP_NAMES,
        &MAP_POOLS,
        &MAP_REDIRECTS,
        &MAP_RULE_NAMES,
        &MAP_RULE_PATHS,
        &MAP_RULE_POOLS,
        &MAP_RULE_REDIRECTS,
        &POOL_NAMES,
        &POOL_ADDRESSES,
        &POOL_HOSTS,
        &SETTINGS_NAMES,
        &SETTINGS_PROTOCOLS,
        &CERTIFICATE_NAMES,
        &CERTIFICATE_BODIES,
        &CERTIFICATE_SECRETS,
    ],
    splits: &[
        Split { list: "properties.httpListeners", azurerm: "http_listener", of: &LISTENER },
        Split { list: "properties.requestRoutingRules", azurerm: "request_routing_rule", of: &RULE },
        Split { list: "properties.redirectConfigurations", azurerm: "redirect_configuration", of: &REDIRECT },
        Split { list: "properties.urlPathMaps", azurerm: "url_path_map", of: &PATH_MAP },
        Split { list: "properties.backendAddressPools", azurerm: "backend_address_pool", of: &BACKEND_POOL },
        Split { list: "properties.backendHttpSettingsCollection", azurerm: "backend_http_settings", of: &SETTINGS },
        Split { list: "properties.sslCertificates", azurerm: "ssl_certificate", of: &CERTIFICATE },
    ],
};

/// What a gateway listens on.
pub static LISTENER: Type = Type {
    name: "Microsoft.Network/applicationGateways/httpListeners",
    noun: "listener",
    azurerm: &[],
    fields: &[&PROTOCOL, &LISTENER_POLICY],
    splits: &[],
};

/// Where a listener's requests go.
pub static RULE: Type = Type {
    name: "Microsoft.Network/applicationGateways/requestRoutingRules",
    noun: "routing rule",
    azurerm: &[],
    fields: &[&LISTENER_OF_RULE, &POOL_OF_RULE, &REDIRECT_OF_RULE, &MAP_OF_RULE],
    splits: &[],
};

/// A redirect to another listener or address.
pub static REDIRECT: Type = Type {
    name: "Microsoft.Network/applicationGateways/redirectConfigurations",
    noun: "redirect",
    azurerm: &[],
    fields: &[&TARGET_LISTENER, &TARGET_URL],
    splits: &[],
};

/// Paths, and where each goes.
pub static PATH_MAP: Type = Type {
    name: "Microsoft.Network/applicationGateways/urlPathMaps",
    noun: "path map",
    azurerm: &[],
    fields: &[&DEFAULT_POOL, &DEFAULT_REDIRECT],
    splits: &[Split { list: "properties.pathRules", azurerm: "path_rule", of: &PATH_RULE }],
};

/// One path, and where it goes.
pub static PATH_RULE: Type = Type {
    name: "Microsoft.Network/applicationGateways/urlPathMaps/pathRules",
    noun: "path rule",
    azurerm: &[],
    fields: &[&PATHS, &POOL_OF_RULE, &REDIRECT_OF_RULE],
    splits: &[],
};

/// Machines that requests are sent to.
pub static BACKEND_POOL: Type = Type {
    name: "Microsoft.Network/applicationGateways/backendAddressPools",
    noun: "backend pool",
    azurerm: &[],
    fields: &[&ADDRESSES, &HOSTS],
    splits: &[],
};

/// How requests are sent to a pool.
pub static SETTINGS: Type = Type {
    name: "Microsoft.Network/applicationGateways/backendHttpSettingsCollection",
    noun: "backend settings",
    azurerm: &[],
    fields: &[&PROTOCOL],
    splits: &[],
};

/// A certificate that a listener shows.
pub static CERTIFICATE: Type = Type {
    name: "Microsoft.Network/applicationGateways/sslCertificates",
    noun: "certificate",
    azurerm: &[],
    fields: &[&CERTIFICATE_BODY, &CERTIFICATE_SECRET],
    splits: &[],
};

/// `Standard_v2`, `WAF_v2`, `Basic`; `Standard_Small` and the like are version 1.
pub static SKU_NAME: Field = field("properties.sku.name", "sku.name");

/// `Standard`, `WAF`, `Standard_v2`, `WAF_v2`, `Basic`.
pub static SKU_TIER: Field = field("properties.sku.tier", "sku.tier");

/// The instances of a gateway that does not scale by itself.
pub static CAPACITY: Field = field("properties.sku.capacity", "sku.capacity");

/// The most instances that a gateway scales to; left out, up to 125.
pub static MOST_CAPACITY: Field =
    field("properties.autoscaleConfiguration.maxCapacity", "autoscale_configuration.max_capacity");

/// The subnets that a gateway stands in.
pub static SUBNETS: Field =
    field("properties.gatewayIPConfigurations[].properties.subnet.id", "gateway_ip_configuration[].subnet_id");

/// The public addresses that a gateway listens on.
pub static PUBLIC_ADDRESSES: Field = field(
    "properties.frontendIPConfigurations[].properties.publicIPAddress.id",
    "frontend_ip_configuration[].public_ip_address_id",
);

/// The subnets of the private addresses that a gateway listens on.
pub static PRIVATE_FRONTENDS: Field =
    field("properties.frontendIPConfigurations[].properties.subnet.id", "frontend_ip_configuration[].subnet_id");

/// The web application firewall policy of the whole gateway.
pub static FIREWALL_POLICY: Field = field("properties.firewallPolicy.id", "firewall_policy_id");

/// The web application firewall that older code writes into the gateway itself.
pub static FIREWALL_ON: Field =
    field("properties.webApplicationFirewallConfiguration.enabled", "waf_configuration.enabled");

/// `Detection` or `Prevention`, where the firewall is written into the gateway itself.
pub static FIREWALL_MODE: Field =
    field("properties.webApplicationFirewallConfiguration.firewallMode", "waf_configuration.firewall_mode");

/// The kind of identity with which a gateway reads its certificates.
pub static IDENTITY: Field = field("identity.type", "identity.type");

static LISTENER_NAMES: Field = field("properties.httpListeners[].name", "http_listener[].name");
static LISTENER_PROTOCOLS: Field = field("properties.httpListeners[].properties.protocol", "http_listener[].protocol");
static LISTENER_POLICIES: Field =
    field("properties.httpListeners[].properties.firewallPolicy.id", "http_listener[].firewall_policy_id");
static RULE_NAMES: Field = field("properties.requestRoutingRules[].name", "request_routing_rule[].name");
static RULE_LISTENERS: Field =
    field("properties.requestRoutingRules[].properties.httpListener.id", "request_routing_rule[].http_listener_name");
static RULE_POOLS: Field = field(
    "properties.requestRoutingRules[].properties.backendAddressPool.id",
    "request_routing_rule[].backend_address_pool_name",
);
static RULE_REDIRECTS: Field = field(
    "properties.requestRoutingRules[].properties.redirectConfiguration.id",
    "request_routing_rule[].redirect_configuration_name",
);
static RULE_MAPS: Field =
    field("properties.requestRoutingRules[].properties.urlPathMap.id", "request_routing_rule[].url_path_map_name");
static REDIRECT_NAMES: Field = field("properties.redirectConfigurations[].name", "redirect_configuration[].name");
static REDIRECT_LISTENERS: Field = field(
    "properties.redirectConfigurations[].properties.targetListener.id",
    "redirect_configuration[].target_listener_name",
);
static REDIRECT_URLS: Field =
    field("properties.redirectConfigurations[].properties.targetUrl", "redirect_configuration[].target_url");
static MAP_NAMES: Field = field("properties.urlPathMaps[].name", "url_path_map[].name");
static MAP_POOLS: Field = field(
    "properties.urlPathMaps[].properties.defaultBackendAddressPool.id",
    "url_path_map[].default_backend_address_pool_name",
);
static MAP_REDIRECTS: Field = field(
    "properties.urlPathMaps[].properties.defaultRedirectConfiguration.id",
    "url_path_map[].default_redirect_configuration_name",
);
static MAP_RULE_NAMES: Field =
    field("properties.urlPathMaps[].properties.pathRules[].name", "url_path_map[].path_rule[].name");
static MAP_RULE_PATHS: Field =
    field("properties.urlPathMaps[].properties.pathRules[].properties.paths", "url_path_map[].path_rule[].paths");
static MAP_RULE_POOLS: Field = field(
    "properties.urlPathMaps[].properties.pathRules[].properties.backendAddressPool.id",
    "url_path_map[].path_rule[].backend_address_pool_name",
);
static MAP_RULE_REDIRECTS: Field = field(
    "properties.urlPathMaps[].properties.pathRules[].properties.redirectConfiguration.id",
    "url_path_map[].path_rule[].redirect_configuration_name",
);
static POOL_NAMES: Field = field("properties.backendAddressPools[].name", "backend_address_pool[].name");
static POOL_ADDRESSES: Field = field(
    "properties.backendAddressPools[].properties.backendAddresses[].ipAddress",
    "backend_address_pool[].ip_addresses",
)
.also("backend_address_pool[].ip_address_list");
static POOL_HOSTS: Field =
    field("properties.backendAddressPools[].properties.backendAddresses[].fqdn", "backend_address_pool[].fqdns")
        .also("backend_address_pool[].fqdn_list");
static SETTINGS_NAMES: Field = field("properties.backendHttpSettingsCollection[].name", "backend_http_settings[].name");
static SETTINGS_PROTOCOLS: Field =
    field("properties.backendHttpSettingsCollection[].properties.protocol", "backend_http_settings[].protocol");
static CERTIFICATE_NAMES: Field = field("properties.sslCertificates[].name", "ssl_certificate[].name");
static CERTIFICATE_BODIES: Field = field("properties.sslCertificates[].properties.data", "ssl_certificate[].data");
static CERTIFICATE_SECRETS: Field =
    field("properties.sslCertificates[].properties.keyVaultSecretId", "ssl_certificate[].key_vault_secret_id");

/// The name of a listener, a rule, a pool.
pub static NAME: Field = arm_field("name");

/// `Http` or `Https`.
pub static PROTOCOL: Field = arm_field("properties.protocol");

/// The web application firewall policy of one listener.
pub static LISTENER_POLICY: Field = arm_field("properties.firewallPolicy.id");

/// The listener of a rule: its id, in azurerm its name.
pub static LISTENER_OF_RULE: Field = arm_field("properties.httpListener.id");

/// The pool of a rule: its id, in azurerm its name.
pub static POOL_OF_RULE: Field = arm_field("properties.backendAddressPool.id");

/// The redirect of a rule: its id, in azurerm its name.
pub static REDIRECT_OF_RULE: Field = arm_field("properties.redirectConfiguration.id");

/// The path map of a rule: its id, in azurerm its name.
pub static MAP_OF_RULE: Field = arm_field("properties.urlPathMap.id");

/// The listener that a redirect leads to: its id, in azurerm its name.
pub static TARGET_LISTENER: Field = arm_field("properties.targetListener.id");

/// The address that a redirect leads to.
pub static TARGET_URL: Field = arm_field("properties.targetUrl");

/// Where what no path matches goes: a pool's id, in azurerm its name.
pub static DEFAULT_POOL: Field = arm_field("properties.defaultBackendAddressPool.id");

/// Where what no path matches is redirected: its id, in azurerm its name.
pub static DEFAULT_REDIRECT: Field = arm_field("properties.defaultRedirectConfiguration.id");

/// The paths of a path rule.
pub static PATHS: Field = arm_field("properties.paths");

/// The addresses of a pool.
pub static ADDRESSES: Field = arm_field("properties.backendAddresses[].ipAddress");

/// The host names of a pool.
pub static HOSTS: Field = arm_field("properties.backendAddresses[].fqdn");

/// The certificate itself.
pub static CERTIFICATE_BODY: Field = arm_field("properties.data");

/// The secret in a key vault that holds the certificate.
pub static CERTIFICATE_SECRET: Field = arm_field("properties.keyVaultSecretId");

/// The subnets that a gateway stands in.
pub static GATEWAY_TO_SUBNET: Link = Link { field: &SUBNETS, to: &virtual_network::SUBNET };

/// The public addresses that a gateway listens on.
pub static GATEWAY_TO_PUBLIC_IP: Link = Link { field: &PUBLIC_ADDRESSES, to: &public_ip::PUBLIC_IP };

/// The subnets of the private addresses that a gateway listens on.
pub static GATEWAY_TO_PRIVATE_FRONTEND: Link = Link { field: &PRIVATE_FRONTENDS, to: &virtual_network::SUBNET };

/// The web application firewall policy of the whole gateway.
pub static GATEWAY_TO_POLICY: Link = Link { field: &FIREWALL_POLICY, to: &waf::FIREWALL_POLICY };

/// The web application firewall policy of one listener.
pub static LISTENER_TO_POLICY: Link = Link { field: &LISTENER_POLICY, to: &waf::FIREWALL_POLICY };

/// The public addresses that a gateway listens on.
pub static GATEWAY_TO_PUBLIC_ADDRESS: Link = Link { field: &PUBLIC_ADDRESSES, to: &super::public_ip::PUBLIC_IP };
