//! Network security groups, their rules, and what gives them to subnets and interfaces.
//!
//! Defaults: <https://learn.microsoft.com/azure/templates/microsoft.network/networksecuritygroups> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/network_security_group>.

use super::{Field, Join, Link, Naming, Split, Type, field, network_interface, virtual_network};

/// `Microsoft.Network/networkSecurityGroups`.
pub static SECURITY_GROUP: Type = Type {
    name: "Microsoft.Network/networkSecurityGroups",
    noun: "network security group",
    azurerm: &[("azurerm_network_security_group", Naming::Own)],
    fields: &[
        &INLINE_NAMES,
        &INLINE_PRIORITIES,
        &INLINE_DIRECTIONS,
        &INLINE_ACCESSES,
        &INLINE_PROTOCOLS,
        &INLINE_SOURCE,
        &INLINE_SOURCES,
        &INLINE_SOURCE_GROUPS,
        &INLINE_SOURCE_PORT,
        &INLINE_SOURCE_PORTS,
        &INLINE_DESTINATION,
        &INLINE_DESTINATIONS,
        &INLINE_DESTINATION_GROUPS,
        &INLINE_PORT,
        &INLINE_PORTS,
    ],
    splits: &[Split { list: "properties.securityRules", azurerm: "security_rule", of: &SECURITY_RULE }],
};

/// `Microsoft.Network/networkSecurityGroups/securityRules`.
pub static SECURITY_RULE: Type = Type {
    name: "Microsoft.Network/networkSecurityGroups/securityRules",
    noun: "security rule",
    azurerm: &[("azurerm_network_security_rule", Naming::Below("network_security_group_name"))],
    fields: &[
        &PRIORITY,
        &DIRECTION,
        &ACCESS,
        &PROTOCOL,
        &SOURCE,
        &SOURCES,
        &SOURCE_GROUPS,
        &SOURCE_PORT,
        &SOURCE_PORTS,
        &DESTINATION,
        &DESTINATIONS,
        &DESTINATION_GROUPS,
        &PORT,
        &PORTS,
    ],
    splits: &[],
};

/// From 100 to 4096; the smallest number decides.
pub static PRIORITY: Field = field("properties.priority", "priority");

/// `Inbound` or `Outbound`.
pub static DIRECTION: Field = field("properties.direction", "direction");

/// `Allow` or `Deny`.
pub static ACCESS: Field = field("properties.access", "access");

/// `Tcp`, `Udp`, `Icmp`, `Esp`, `Ah` or `*`.
pub static PROTOCOL: Field = field("properties.protocol", "protocol");

/// Where the traffic comes from: a range, a service tag or `*`.
pub static SOURCE: Field = field("properties.sourceAddressPrefix", "source_address_prefix");

/// The ranges that the traffic comes from.
pub static SOURCES: Field = field("properties.sourceAddressPrefixes", "source_address_prefixes");

/// The application security groups that the traffic comes from.
pub static SOURCE_GROUPS: Field =
    field("properties.sourceApplicationSecurityGroups[].id", "source_application_security_group_ids[]");

/// The port that the traffic comes from.
pub static SOURCE_PORT: Field = field("properties.sourcePortRange", "source_port_range");

/// The ports that the traffic comes from.
pub static SOURCE_PORTS: Field = field("properties.sourcePortRanges", "source_port_ranges");

/// Where the traffic goes: a range, a service tag or `*`.
pub static DESTINATION: Field = field("properties.destinationAddressPrefix", "destination_address_prefix");

/// The ranges that the traffic goes to.
pub static DESTINATIONS: Field = field("properties.destinationAddressPrefixes", "destination_address_prefixes");

/// The application security groups that the traffic goes to.
pub static DESTINATION_GROUPS: Field =
    field("properties.destinationApplicationSecurityGroups[].id", "destination_application_security_group_ids[]");

/// The port that the traffic goes to.
pub static PORT: Field = field("properties.destinationPortRange", "destination_port_range");

/// The ports that the traffic goes to.
pub static PORTS: Field = field("properties.destinationPortRanges", "destination_port_ranges");

static INLINE_NAMES: Field = field("properties.securityRules[].name", "security_rule[].name");
static INLINE_PRIORITIES: Field = field("properties.securityRules[].properties.priority", "security_rule[].priority");
static INLINE_DIRECTIONS: Field = field("properties.securityRules[].properties.direction", "security_rule[].direction");
static INLINE_ACCESSES: Field = field("properties.securityRules[].properties.access", "security_rule[].access");
static INLINE_PROTOCOLS: Field = field("properties.securityRules[].properties.protocol", "security_rule[].protocol");
static INLINE_SOURCE: Field =
    field("properties.securityRules[].properties.sourceAddressPrefix", "security_rule[].source_address_prefix");
static INLINE_SOURCES: Field =
    field("properties.securityRules[].properties.sourceAddressPrefixes", "security_rule[].source_address_prefixes");
static INLINE_SOURCE_GROUPS: Field = field(
    "properties.securityRules[].properties.sourceApplicationSecurityGroups[].id",
    "security_rule[].source_application_security_group_ids[]",
);
static INLINE_SOURCE_PORT: Field =
    field("properties.securityRules[].properties.sourcePortRange", "security_rule[].source_port_range");
static INLINE_SOURCE_PORTS: Field =
    field("properties.securityRules[].properties.sourcePortRanges", "security_rule[].source_port_ranges");
static INLINE_DESTINATION: Field = field(
    "properties.securityRules[].properties.destinationAddressPrefix",
    "security_rule[].destination_address_prefix",
);
static INLINE_DESTINATIONS: Field = field(
    "properties.securityRules[].properties.destinationAddressPrefixes",
    "security_rule[].destination_address_prefixes",
);
static INLINE_DESTINATION_GROUPS: Field = field(
    "properties.securityRules[].properties.destinationApplicationSecurityGroups[].id",
    "security_rule[].destination_application_security_group_ids[]",
);
static INLINE_PORT: Field =
    field("properties.securityRules[].properties.destinationPortRange", "security_rule[].destination_port_range");
static INLINE_PORTS: Field =
    field("properties.securityRules[].properties.destinationPortRanges", "security_rule[].destination_port_ranges");

/// The network security group of a subnet. azurerm sets it by an association, inline in the VNet, or write-only.
pub static SUBNET_SECURITY_GROUP: Field =
    field("properties.networkSecurityGroup.id", "network_security_group_id_wo").also("network_security_group_id");

/// The network security groups of the subnets that are written in their VNet.
pub static INLINE_SUBNET_GROUPS: Field =
    field("properties.subnets[].properties.networkSecurityGroup.id", "subnet[].security_group");

/// The network security group of an interface.
pub static INTERFACE_SECURITY_GROUP: Field = field("properties.networkSecurityGroup.id", "network_security_group_id");

/// The network security group of a subnet.
pub static SUBNET_TO_SECURITY_GROUP: Link = Link { field: &SUBNET_SECURITY_GROUP, to: &SECURITY_GROUP };

/// The network security group of an interface.
pub static INTERFACE_TO_SECURITY_GROUP: Link = Link { field: &INTERFACE_SECURITY_GROUP, to: &SECURITY_GROUP };

/// `azurerm_subnet_network_security_group_association` gives a subnet its group at a moment of its own.
pub static SUBNET_ASSOCIATION: Join = Join {
    azurerm: "azurerm_subnet_network_security_group_association",
    of: "subnet_id",
    kind: &virtual_network::SUBNET,
    sets: "network_security_group_id",
    field: &SUBNET_SECURITY_GROUP,
};

/// `azurerm_network_interface_security_group_association` gives an interface its group at a moment of its own.
pub static INTERFACE_ASSOCIATION: Join = Join {
    azurerm: "azurerm_network_interface_security_group_association",
    of: "network_interface_id",
    kind: &network_interface::NETWORK_INTERFACE,
    sets: "network_security_group_id",
    field: &INTERFACE_SECURITY_GROUP,
};
