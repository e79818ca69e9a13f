//! Private DNS zones, their links, and DNS Private Resolvers.
//!
//! Defaults: <https://learn.microsoft.com/azure/templates/microsoft.network/privatednszones> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/private_dns_zone>.

use super::{Field, Link, Naming, Type, field, virtual_network};

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

/// The VNet that a link lets see the zone.
pub static LINKED_VNET: Field = field("properties.virtualNetwork.id", "virtual_network_id");

/// The VNet that a resolver stands in.
pub static RESOLVER_VNET: Field = field("properties.virtualNetwork.id", "virtual_network_id");

/// The addresses that an inbound endpoint answers on.
pub static ENDPOINT_ADDRESSES: Field =
    field("properties.ipConfigurations[].privateIpAddress", "ip_configurations[].private_ip_address");

/// The subnets that an inbound endpoint stands in.
pub static ENDPOINT_SUBNETS: Field = field("properties.ipConfigurations[].subnet.id", "ip_configurations[].subnet_id");

/// The VNet that a link lets see the zone.
pub static LINK_TO_VNET: Link = Link { field: &LINKED_VNET, to: &virtual_network::VNET };

/// The VNet that a resolver stands in.
pub static RESOLVER_TO_VNET: Link = Link { field: &RESOLVER_VNET, to: &virtual_network::VNET };

/// The subnets that an inbound endpoint stands in.
pub static ENDPOINT_TO_SUBNET: Link = Link { field: &ENDPOINT_SUBNETS, to: &virtual_network::SUBNET };
