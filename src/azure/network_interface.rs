//! Network interfaces: where a virtual machine's address is.
//!
//! Source: <https://learn.microsoft.com/azure/templates/microsoft.network/networkinterfaces>.

use super::{Field, Link, Naming, Type, field, public_ip, security_group, virtual_network};

/// `Microsoft.Network/networkInterfaces`.
pub static NETWORK_INTERFACE: Type = Type {
    name: "Microsoft.Network/networkInterfaces",
    noun: "network interface",
    azurerm: &[("azurerm_network_interface", Naming::Own)],
    fields: &[&ADDRESSES, &SUBNETS, &ADDRESS, &PUBLIC_IPS, &security_group::INTERFACE_SECURITY_GROUP],
    splits: &[],
};

/// The private addresses of an interface.
pub static ADDRESSES: Field =
    field("properties.ipConfigurations[].properties.privateIPAddress", "ip_configuration[].private_ip_address");

/// azurerm also gives the first private address as an attribute of the interface.
static ADDRESS: Field = field("properties.privateIPAddress", "private_ip_address").also("private_ip_addresses");

/// The subnets of an interface.
pub static SUBNETS: Field = field("properties.ipConfigurations[].properties.subnet.id", "ip_configuration[].subnet_id");

/// The subnets of an interface.
pub static INTERFACE_TO_SUBNET: Link = Link { field: &SUBNETS, to: &virtual_network::SUBNET };

/// The public addresses of an interface.
pub static PUBLIC_IPS: Field =
    field("properties.ipConfigurations[].properties.publicIPAddress.id", "ip_configuration[].public_ip_address_id");

/// The public addresses of an interface.
pub static INTERFACE_TO_PUBLIC_IP: Link = Link { field: &PUBLIC_IPS, to: &public_ip::PUBLIC_IP };
