//! Private DNS zones, their links, and DNS Private Resolvers.
//!
//! Defaults: <https://learn.microsoft.com/azure/templates/microsoft.network/privatednszones> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/private_dns_zone>.

use super::{Field, Link, Naming, Type, arm_field, field, virtual_network};

/// `Microsoft.Network/privateDnsZones`.
pub static ZONE: Type = Type {
    name: "Microsoft.Network/privateDnsZones",
    noun: "private DNS zone",
    azurerm: &[("azurerm_private_dns_zone", Naming::Own)],
    fields: &[],
    splits: &[],
};

/// `Microsoft.Network/privateDnsZones/virtualNetworkLinks`.
pub static ZONE_LINK: Type = Type {
    name: "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    noun: "zone link",
    // Version 5 names the zone by its id, earlier ones by its name and resource group.
    azurerm: &[(
        "azurerm_private_dns_zone_virtual_network_link",
        Naming::BelowId("private_dns_zone_id", "private_dns_zone_name"),
    )],
    fields: &[&LINKED_VNET],
    splits: &[],
};

/// `Microsoft.Network/dnsResolvers`.
pub static RESOLVER: Type = Type {
    name: "Microsoft.Network/dnsResolvers",
    noun: "DNS resolver",
    azurerm: &[("azurerm_private_dns_resolver", Naming::Own)],
    fields: &[&RESOLVER_VNET],
    splits: &[],
};

/// `Microsoft.Network/dnsResolvers/inboundEndpoints`.
pub static INBOUND_ENDPOINT: Type = Type {
    name: "Microsoft.Network/dnsResolvers/inboundEndpoints",
    noun: "inbound endpoint",
    azurerm: &[("azurerm_private_dns_resolver_inbound_endpoint", Naming::BelowId("private_dns_resolver_id", ""))],
    fields: &[&ENDPOINT_ADDRESSES, &ENDPOINT_SUBNETS],
    splits: &[],
};

/// `Microsoft.Network/dnsResolvers/outboundEndpoints`.
pub static OUTBOUND_ENDPOINT: Type = Type {
    name: "Microsoft.Network/dnsResolvers/outboundEndpoints",
    noun: "outbound endpoint",
    azurerm: &[("azurerm_private_dns_resolver_outbound_endpoint", Naming::BelowId("private_dns_resolver_id", ""))],
    fields: &[&OUTBOUND_SUBNET],
    splits: &[],
};

/// `Microsoft.Network/dnsForwardingRulesets`.
pub static RULESET: Type = Type {
    name: "Microsoft.Network/dnsForwardingRulesets",
    noun: "forwarding ruleset",
    azurerm: &[("azurerm_private_dns_resolver_dns_forwarding_ruleset", Naming::Own)],
    fields: &[&RULESET_ENDPOINTS],
    splits: &[],
};

/// `Microsoft.Network/dnsForwardingRulesets/forwardingRules`.
pub static FORWARDING_RULE: Type = Type {
    name: "Microsoft.Network/dnsForwardingRulesets/forwardingRules",
    noun: "forwarding rule",
    azurerm: &[("azurerm_private_dns_resolver_forwarding_rule", Naming::BelowId("dns_forwarding_ruleset_id", ""))],
    fields: &[&RULE_DOMAIN, &RULE_TARGETS, &RULE_STATE],
    splits: &[],
};

/// `Microsoft.Network/dnsForwardingRulesets/virtualNetworkLinks`.
pub static RULESET_LINK: Type = Type {
    name: "Microsoft.Network/dnsForwardingRulesets/virtualNetworkLinks",
    noun: "ruleset link",
    azurerm: &[("azurerm_private_dns_resolver_virtual_network_link", Naming::BelowId("dns_forwarding_ruleset_id", ""))],
    fields: &[&RULESET_VNET],
    splits: &[],
};

/// `Microsoft.Network/privateDnsZones/A`: addresses of a name in a zone.
pub static A_RECORD: Type = Type {
    name: "Microsoft.Network/privateDnsZones/A",
    noun: "A record",
    azurerm: &[("azurerm_private_dns_a_record", Naming::Below("zone_name"))],
    fields: &[&RECORD_ADDRESSES],
    splits: &[],
};

/// The VNet that a link lets see the zone.
pub static LINKED_VNET: Field = field("properties.virtualNetwork.id", "virtual_network_id");

/// The VNet that a resolver stands in.
pub static RESOLVER_VNET: Field = field("properties.virtualNetwork.id", "virtual_network_id");

/// The addresses that an inbound endpoint answers on.
pub static ENDPOINT_ADDRESSES: Field =
    field("properties.ipConfigurations[].privateIpAddress", "ip_configurations[].private_ip_address");

/// The subnets that an inbound endpoint stands in.
pub static ENDPOINT_SUBNETS: Field = field("properties.ipConfigurations[].subnet.id", "ip_configurations[].subnet_id");

/// The subnet that an outbound endpoint stands in.
pub static OUTBOUND_SUBNET: Field = field("properties.subnet.id", "subnet_id");

/// The outbound endpoints through which a ruleset forwards.
pub static RULESET_ENDPOINTS: Field =
    field("properties.dnsResolverOutboundEndpoints[].id", "private_dns_resolver_outbound_endpoint_ids[]");

/// The names that a rule forwards, with a dot at the end.
pub static RULE_DOMAIN: Field = field("properties.domainName", "domain_name");

/// The servers that a rule forwards to.
pub static RULE_TARGETS: Field = field("properties.targetDnsServers[].ipAddress", "target_dns_servers[].ip_address");

/// `Enabled` or `Disabled`; azurerm says it with a truth value.
pub static RULE_STATE: Field = arm_field("properties.forwardingRuleState").enabled("enabled").or("Enabled");

/// The VNet whose questions a ruleset forwards.
pub static RULESET_VNET: Field = field("properties.virtualNetwork.id", "virtual_network_id");

/// The addresses that a record answers with.
pub static RECORD_ADDRESSES: Field = field("properties.aRecords[].ipv4Address", "records[]");

/// The VNet whose questions a ruleset forwards.
pub static RULESET_LINK_TO_VNET: Link = Link { field: &RULESET_VNET, to: &virtual_network::VNET };

/// The subnet that an outbound endpoint stands in.
pub static OUTBOUND_TO_SUBNET: Link = Link { field: &OUTBOUND_SUBNET, to: &virtual_network::SUBNET };

/// The VNet that a link lets see the zone.
pub static LINK_TO_VNET: Link = Link { field: &LINKED_VNET, to: &virtual_network::VNET };

/// The VNet that a resolver stands in.
pub static RESOLVER_TO_VNET: Link = Link { field: &RESOLVER_VNET, to: &virtual_network::VNET };

/// The subnets that an inbound endpoint stands in.
pub static ENDPOINT_TO_SUBNET: Link = Link { field: &ENDPOINT_SUBNETS, to: &virtual_network::SUBNET };
