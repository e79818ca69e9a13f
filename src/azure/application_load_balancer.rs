//! Application Gateway for Containers.
//!
//! Source: <https://learn.microsoft.com/azure/templates/microsoft.servicenetworking/trafficcontrollers> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/application_load_balancer>.

use super::{Field, Link, Naming, Type, field, virtual_network};

/// `Microsoft.ServiceNetworking/trafficControllers`.
pub static TRAFFIC_CONTROLLER: Type = Type {
    name: "Microsoft.ServiceNetworking/trafficControllers",
    noun: "Application Gateway for Containers",
    azurerm: &[("azurerm_application_load_balancer", Naming::Own)],
    fields: &[],
    splits: &[],
};

/// `Microsoft.ServiceNetworking/trafficControllers/associations`: the subnet that one stands in.
pub static ASSOCIATION: Type = Type {
    name: "Microsoft.ServiceNetworking/trafficControllers/associations",
    noun: "association",
    azurerm: &[(
        "azurerm_application_load_balancer_subnet_association",
        Naming::BelowId("application_load_balancer_id", ""),
    )],
    fields: &[&SUBNET],
    splits: &[],
};

/// The subnet that an Application Gateway for Containers stands in.
pub static SUBNET: Field = field("properties.subnet.id", "subnet_id");

/// The subnet that an Application Gateway for Containers stands in.
pub static ASSOCIATION_TO_SUBNET: Link = Link { field: &SUBNET, to: &virtual_network::SUBNET };
