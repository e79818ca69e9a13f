//! Private endpoints and the zone groups that write their names.
//!
//! Defaults: <https://learn.microsoft.com/azure/templates/microsoft.network/privateendpoints> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/private_endpoint>.

use super::{Field, Link, Naming, Split, Type, dns, field, virtual_network};

/// `Microsoft.Network/privateEndpoints`.
pub static PRIVATE_ENDPOINT: Type = Type {
    name: "Microsoft.Network/privateEndpoints",
    noun: "private endpoint",
    azurerm: &[("azurerm_private_endpoint", Naming::Own)],
    fields: &[&SUBNET, &TARGETS, &SUBRESOURCES, &ALIASES, &ADDRESSES, &ADDRESS, &INLINE_NAMES, &INLINE_ZONES],
    splits: &[Split { list: "properties.privateDnsZoneGroups", azurerm: "private_dns_zone_group", of: &ZONE_GROUP }],
};

/// `Microsoft.Network/privateEndpoints/privateDnsZoneGroups`.
pub static ZONE_GROUP: Type = Type {
    name: "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
    noun: "DNS zone group",
    azurerm: &[],
    fields: &[&GROUP_ZONES],
    splits: &[],
};

/// The subnet of the endpoint's address.
pub static SUBNET: Field = field("properties.subnet.id", "subnet_id");

/// The resources that it leads to.
pub static TARGETS: Field = field(
    "properties.privateLinkServiceConnections[].properties.privateLinkServiceId",
    "private_service_connection[].private_connection_resource_id",
)
.single("properties.manualPrivateLinkServiceConnections[].properties.privateLinkServiceId");

/// The parts of those resources: `vault`, `blob`, `registry`.
pub static SUBRESOURCES: Field = field(
    "properties.privateLinkServiceConnections[].properties.groupIds",
    "private_service_connection[].subresource_names",
)
.single("properties.manualPrivateLinkServiceConnections[].properties.groupIds");

/// The aliases of services of others that it leads to; such a name has no official zone.
pub static ALIASES: Field = field(
    "properties.manualPrivateLinkServiceConnections[].properties.privateLinkServiceAlias",
    "private_service_connection[].private_connection_resource_alias",
);

/// The addresses that it was given.
pub static ADDRESSES: Field =
    field("properties.ipConfigurations[].properties.privateIPAddress", "ip_configuration[].private_ip_address");

/// The address that it got: known once it is there.
pub static ADDRESS: Field =
    field("properties.customDnsConfigs[].ipAddresses", "private_service_connection[].private_ip_address");

static INLINE_NAMES: Field = field("properties.privateDnsZoneGroups[].name", "private_dns_zone_group[].name");
static INLINE_ZONES: Field = field(
    "properties.privateDnsZoneGroups[].properties.privateDnsZoneConfigs[].properties.privateDnsZoneId",
    "private_dns_zone_group[].private_dns_zone_ids[]",
);

/// The zones that a group writes the endpoint's names into.
pub static GROUP_ZONES: Field =
    field("properties.privateDnsZoneConfigs[].properties.privateDnsZoneId", "private_dns_zone_ids[]");

/// The subnet of the endpoint's address.
pub static ENDPOINT_TO_SUBNET: Link = Link { field: &SUBNET, to: &virtual_network::SUBNET };

/// The zones that a group writes the endpoint's names into.
pub static GROUP_TO_ZONE: Link = Link { field: &GROUP_ZONES, to: &dns::ZONE };
