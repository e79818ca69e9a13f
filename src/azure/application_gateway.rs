//! Application gateways.
//!
//! Source: <https://learn.microsoft.com/azure/templates/microsoft.network/applicationgateways>.

use super::{Field, Link, Naming, Type, field, virtual_network};

/// `Microsoft.Network/applicationGateways`.
pub static APPLICATION_GATEWAY: Type = Type {
    name: "Microsoft.Network/applicationGateways",
    noun: "application gateway",
    azurerm: &[("azurerm_application_gateway", Naming::Own)],
    fields: &[&SUBNETS],
    splits: &[],
};

/// The subnets that a gateway stands in.
pub static SUBNETS: Field =
    field("properties.gatewayIPConfigurations[].properties.subnet.id", "gateway_ip_configuration[].subnet_id");

/// The subnets that a gateway stands in.
pub static GATEWAY_TO_SUBNET: Link = Link { field: &SUBNETS, to: &virtual_network::SUBNET };
