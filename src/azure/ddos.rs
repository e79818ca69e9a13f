//! DDoS protection plans, and the switch in a VNet.
//!
//! Defaults: <https://learn.microsoft.com/azure/templates/microsoft.network/virtualnetworks> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/virtual_network>.

use super::{Field, Link, Naming, Type, field};

/// `Microsoft.Network/ddosProtectionPlans`.
pub static PLAN: Type = Type {
    name: "Microsoft.Network/ddosProtectionPlans",
    noun: "DDoS protection plan",
    azurerm: &[("azurerm_network_ddos_protection_plan", Naming::Own)],
    fields: &[],
    splits: &[],
};

/// A VNet's plan is switched on.
pub static ENABLED: Field = field("properties.enableDdosProtection", "ddos_protection_plan.enable").or_bool(false);

/// A VNet's plan.
pub static VNET_PLAN: Field = field("properties.ddosProtectionPlan.id", "ddos_protection_plan.id");

/// A VNet's plan.
pub static VNET_TO_PLAN: Link = Link { field: &VNET_PLAN, to: &PLAN };
