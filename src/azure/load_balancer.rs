//! Load balancers, their frontends and rules.
//!
//! Defaults: <https://learn.microsoft.com/azure/templates/microsoft.network/loadbalancers>,
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/lb> and, for version 3,
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/guides/4.0-upgrade-guide>.

use super::{Default_, Field, Link, Naming, Type, field, public_ip, virtual_network};

/// `Microsoft.Network/loadBalancers`.
pub static LOAD_BALANCER: Type = Type {
    name: "Microsoft.Network/loadBalancers",
    noun: "load balancer",
    azurerm: &[("azurerm_lb", Naming::Own)],
    fields: &[&SKU, &PUBLIC_IPS, &PREFIXES, &SUBNETS, &ADDRESSES, &ADDRESS],
    splits: &[],
};

/// `Microsoft.Network/loadBalancers/loadBalancingRules`; in ARM it is a part of the load balancer.
pub static RULE: Type = Type {
    name: "Microsoft.Network/loadBalancers/loadBalancingRules",
    noun: "load balancing rule",
    azurerm: &[("azurerm_lb_rule", Naming::BelowId("loadbalancer_id", ""))],
    fields: &[],
    splits: &[],
};

/// `Basic`, `Standard` or `Gateway`.
pub static SKU: Field = field("sku.name", "sku")
    .in_azurerm(Default_::Text("Standard"))
    .before(4, Default_::Text("Basic"))
    .in_arm(Default_::Unknown);

/// The public addresses of the frontends.
pub static PUBLIC_IPS: Field = field(
    "properties.frontendIPConfigurations[].properties.publicIPAddress.id",
    "frontend_ip_configuration[].public_ip_address_id",
);

/// The public prefixes of the frontends.
pub static PREFIXES: Field = field(
    "properties.frontendIPConfigurations[].properties.publicIPPrefix.id",
    "frontend_ip_configuration[].public_ip_prefix_id",
);

/// The subnets of the frontends.
pub static SUBNETS: Field =
    field("properties.frontendIPConfigurations[].properties.subnet.id", "frontend_ip_configuration[].subnet_id");

/// The private addresses of the frontends.
pub static ADDRESSES: Field = field(
    "properties.frontendIPConfigurations[].properties.privateIPAddress",
    "frontend_ip_configuration[].private_ip_address",
);

/// azurerm also gives the first private address as an attribute of the load balancer.
static ADDRESS: Field = field("properties.privateIPAddress", "private_ip_address").also("private_ip_addresses");

/// The public addresses of the frontends.
pub static LOAD_BALANCER_TO_PUBLIC_IP: Link = Link { field: &PUBLIC_IPS, to: &public_ip::PUBLIC_IP };

/// The public prefixes of the frontends.
pub static LOAD_BALANCER_TO_PREFIX: Link = Link { field: &PREFIXES, to: &public_ip::PUBLIC_IP_PREFIX };

/// The subnets of the frontends.
pub static LOAD_BALANCER_TO_SUBNET: Link = Link { field: &SUBNETS, to: &virtual_network::SUBNET };
