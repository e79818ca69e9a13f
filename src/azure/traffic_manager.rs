//! Traffic Manager: names that lead to one of several endpoints.
//!
//! Source: <https://learn.microsoft.com/azure/templates/microsoft.network/trafficmanagerprofiles> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/traffic_manager_profile>.

use super::{Field, Link, Naming, Split, Type, field, public_ip};

/// `Microsoft.Network/trafficManagerProfiles`.
pub static PROFILE: Type = Type {
    name: "Microsoft.Network/trafficManagerProfiles",
    noun: "Traffic Manager profile",
    azurerm: &[("azurerm_traffic_manager_profile", Naming::Own)],
    fields: &[&PROBE_PROTOCOL],
    splits: &[Split { list: "properties.endpoints", azurerm: "", of: &AZURE_ENDPOINT }],
};

/// `Microsoft.Network/trafficManagerProfiles/azureEndpoints`.
pub static AZURE_ENDPOINT: Type = Type {
    name: "Microsoft.Network/trafficManagerProfiles/azureEndpoints",
    noun: "Traffic Manager endpoint",
    azurerm: &[("azurerm_traffic_manager_azure_endpoint", Naming::BelowId("profile_id", ""))],
    fields: &[&TARGET],
    splits: &[],
};

/// `HTTP`, `HTTPS` or `TCP`.
pub static PROBE_PROTOCOL: Field = field("properties.monitorConfig.protocol", "monitor_config.protocol");

/// The Azure resource that an endpoint leads to.
pub static TARGET: Field = field("properties.targetResourceId", "target_resource_id");

/// The public address that an endpoint leads to.
pub static ENDPOINT_TO_PUBLIC_IP: Link = Link { field: &TARGET, to: &public_ip::PUBLIC_IP };
