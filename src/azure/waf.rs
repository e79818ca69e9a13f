//! Web application firewall policies, of application gateways and of Front Door.
//!
//! Source: <https://learn.microsoft.com/azure/templates/microsoft.network/applicationgatewaywebapplicationfirewallpolicies>,
//! <https://learn.microsoft.com/azure/templates/microsoft.network/frontdoorwebapplicationfirewallpolicies> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/web_application_firewall_policy>.

use super::{Default_, Field, Naming, Type, arm_field, field};

/// `Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies`.
pub static FIREWALL_POLICY: Type = Type {
    name: "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies",
    noun: "web application firewall policy",
    azurerm: &[("azurerm_web_application_firewall_policy", Naming::Own)],
    fields: &[&STATE, &MODE, &CUSTOM_VARIABLES, &CUSTOM_SELECTORS],
    splits: &[],
};

/// `Microsoft.Network/FrontDoorWebApplicationFirewallPolicies`.
pub static EDGE_POLICY: Type = Type {
    name: "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies",
    noun: "Front Door firewall policy",
    azurerm: &[
        ("azurerm_cdn_frontdoor_firewall_policy", Naming::Own),
        ("azurerm_frontdoor_firewall_policy", Naming::Own),
    ],
    fields: &[&EDGE_SKU, &EDGE_STATE, &EDGE_MODE],
    splits: &[],
};

/// `Enabled` or `Disabled`. What ARM does without one is not documented.
pub static STATE: Field = arm_field("properties.policySettings.state")
    .enabled("policy_settings.enabled")
    .in_azurerm(Default_::Text("Enabled"))
    .in_arm(Default_::Unknown);

/// `Prevention` or `Detection`. What ARM does without one is not documented.
pub static MODE: Field = field("properties.policySettings.mode", "policy_settings.mode")
    .in_azurerm(Default_::Text("Prevention"))
    .in_arm(Default_::Unknown);

/// What the policy's own rules look at: `RemoteAddr`, `RequestHeaders`.
pub static CUSTOM_VARIABLES: Field = field(
    "properties.customRules[].matchConditions[].matchVariables[].variableName",
    "custom_rules[].match_conditions[].match_variables[].variable_name",
);

/// The headers, cookies or arguments that the policy's own rules look at.
pub static CUSTOM_SELECTORS: Field = field(
    "properties.customRules[].matchConditions[].matchVariables[].selector",
    "custom_rules[].match_conditions[].match_variables[].selector",
);

/// `Standard_AzureFrontDoor`, `Premium_AzureFrontDoor`, `Classic_AzureFrontDoor`.
pub static EDGE_SKU: Field = field("sku.name", "sku_name");

/// `Enabled` or `Disabled`.
pub static EDGE_STATE: Field = arm_field("properties.policySettings.enabledState")
    .enabled("enabled")
    .in_azurerm(Default_::Text("Enabled"))
    .in_arm(Default_::Unknown);

/// `Prevention` or `Detection`.
pub static EDGE_MODE: Field = field("properties.policySettings.mode", "mode").in_arm(Default_::Unknown);
