//! Bastion hosts, and where they stand.
//!
//! Source: <https://learn.microsoft.com/azure/templates/microsoft.network/bastionhosts> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/bastion_host>.

use super::{Field, Link, Naming, Type, field, virtual_network};

/// `Microsoft.Network/bastionHosts`.
pub static BASTION: Type = Type {
    name: "Microsoft.Network/bastionHosts",
    noun: "bastion host",
    azurerm: &[("azurerm_bastion_host", Naming::Own)],
    fields: &[&SUBNETS],
    splits: &[],
};

/// The subnet that it stands in, which is called `AzureBastionSubnet`.
pub static SUBNETS: Field = field("properties.ipConfigurations[].properties.subnet.id", "ip_configuration[].subnet_id");

/// The subnet that it stands in.
pub static BASTION_TO_SUBNET: Link = Link { field: &SUBNETS, to: &virtual_network::SUBNET };
