//! Route tables and routes.
//!
//! Defaults: <https://learn.microsoft.com/azure/templates/microsoft.network/routetables> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/route_table>.

use super::{Field, Join, Naming, Split, Type, field, virtual_network};

/// `Microsoft.Network/routeTables`.
pub static ROUTE_TABLE: Type = Type {
    name: "Microsoft.Network/routeTables",
    noun: "route table",
    azurerm: &[("azurerm_route_table", Naming::Own)],
    fields: &[&NO_PROPAGATION, &INLINE_NAMES, &INLINE_PREFIXES, &INLINE_HOPS, &INLINE_ADDRESSES],
    splits: &[Split { list: "properties.routes", azurerm: "route", of: &ROUTE }],
};

/// `Microsoft.Network/routeTables/routes`.
pub static ROUTE: Type = Type {
    name: "Microsoft.Network/routeTables/routes",
    noun: "route",
    azurerm: &[("azurerm_route", Naming::Below("route_table_name"))],
    fields: &[&PREFIX, &NEXT_HOP_TYPE, &NEXT_HOP_ADDRESS],
    splits: &[],
};

/// Routes that gateways and Route Servers announce are kept out of the subnet. Left out, they come in.
pub static NO_PROPAGATION: Field = field("properties.disableBgpRoutePropagation", "disable_bgp_route_propagation")
    .inverted("bgp_route_propagation_enabled")
    .or_bool(false);

static INLINE_NAMES: Field = field("properties.routes[].name", "route[].name");
static INLINE_PREFIXES: Field = field("properties.routes[].properties.addressPrefix", "route[].address_prefix");
static INLINE_HOPS: Field = field("properties.routes[].properties.nextHopType", "route[].next_hop_type");
static INLINE_ADDRESSES: Field =
    field("properties.routes[].properties.nextHopIpAddress", "route[].next_hop_in_ip_address");

/// The prefix that a route is for: a range or a service tag.
pub static PREFIX: Field = field("properties.addressPrefix", "address_prefix");

/// `VirtualAppliance`, `VirtualNetworkGateway`, `VnetLocal`, `Internet`, `None`.
pub static NEXT_HOP_TYPE: Field = field("properties.nextHopType", "next_hop_type");

/// The address of a virtual appliance.
pub static NEXT_HOP_ADDRESS: Field = field("properties.nextHopIpAddress", "next_hop_in_ip_address");

/// `azurerm_subnet_route_table_association` gives a subnet its table at a moment of its own.
pub static ROUTE_TABLE_ASSOCIATION: Join = Join {
    azurerm: "azurerm_subnet_route_table_association",
    of: "subnet_id",
    kind: &virtual_network::SUBNET,
    sets: "route_table_id",
    field: &virtual_network::SUBNET_ROUTE_TABLE,
};
