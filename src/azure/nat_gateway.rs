//! NAT gateways, their addresses, and what gives them to subnets.
//!
//! Defaults: <https://learn.microsoft.com/azure/templates/microsoft.network/natgateways> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/nat_gateway>.

use super::{Field, Join, Link, Naming, Type, field, public_ip, virtual_network};

/// `Microsoft.Network/natGateways`.
pub static NAT_GATEWAY: Type = Type {
    name: "Microsoft.Network/natGateways",
    noun: "NAT gateway",
    azurerm: &[("azurerm_nat_gateway", Naming::Own)],
    fields: &[&SKU, &ZONES, &PUBLIC_IPS, &PREFIXES],
    splits: &[],
};

/// `Standard` or `StandardV2`.
pub static SKU: Field = field("sku.name", "sku_name").or("Standard");

/// The availability zone of a Standard gateway.
pub static ZONES: Field = field("zones", "zones");

/// The public addresses that it sends from; azurerm names them by associations, version 3 also as an argument.
pub static PUBLIC_IPS: Field = field("properties.publicIpAddresses[].id", "public_ip_address_ids[]");

/// The public prefixes that it sends from.
pub static PREFIXES: Field = field("properties.publicIpPrefixes[].id", "public_ip_prefix_ids[]");

/// The NAT gateway of a subnet. azurerm sets it by an association.
pub static SUBNET_NAT_GATEWAY: Field = field("properties.natGateway.id", "nat_gateway_id");

/// The public addresses that it sends from.
pub static NAT_GATEWAY_TO_PUBLIC_IP: Link = Link { field: &PUBLIC_IPS, to: &public_ip::PUBLIC_IP };

/// The public prefixes that it sends from.
pub static NAT_GATEWAY_TO_PREFIX: Link = Link { field: &PREFIXES, to: &public_ip::PUBLIC_IP_PREFIX };

/// The NAT gateway of a subnet.
pub static SUBNET_TO_NAT_GATEWAY: Link = Link { field: &SUBNET_NAT_GATEWAY, to: &NAT_GATEWAY };

/// `azurerm_subnet_nat_gateway_association` gives a subnet its gateway at a moment of its own.
pub static SUBNET_ASSOCIATION: Join = Join {
    azurerm: "azurerm_subnet_nat_gateway_association",
    of: "subnet_id",
    kind: &virtual_network::SUBNET,
    sets: "nat_gateway_id",
    field: &SUBNET_NAT_GATEWAY,
};

/// `azurerm_nat_gateway_public_ip_association` gives a gateway an address.
pub static PUBLIC_IP_ASSOCIATION: Join = Join {
    azurerm: "azurerm_nat_gateway_public_ip_association",
    of: "nat_gateway_id",
    kind: &NAT_GATEWAY,
    sets: "public_ip_address_id",
    field: &PUBLIC_IPS,
};

/// `azurerm_nat_gateway_public_ip_prefix_association` gives a gateway a prefix.
pub static PREFIX_ASSOCIATION: Join = Join {
    azurerm: "azurerm_nat_gateway_public_ip_prefix_association",
    of: "nat_gateway_id",
    kind: &NAT_GATEWAY,
    sets: "public_ip_prefix_id",
    field: &PREFIXES,
};
