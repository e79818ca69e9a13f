//! Public addresses and their prefixes.
//!
//! Defaults: <https://learn.microsoft.com/azure/templates/microsoft.network/publicipaddresses>,
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/public_ip> and, for version 3,
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/guides/4.0-upgrade-guide>.

use super::{Default_, Field, Link, Naming, Type, ddos, field};

/// `Microsoft.Network/publicIPAddresses`.
pub static PUBLIC_IP: Type = Type {
    name: "Microsoft.Network/publicIPAddresses",
    noun: "public IP address",
    azurerm: &[("azurerm_public_ip", Naming::Own)],
    fields: &[&SKU, &ALLOCATION, &VERSION, &ZONES, &ADDRESS, &LABEL, &NAME, &DDOS_MODE, &DDOS_PLAN, &PREFIX],
    splits: &[],
};

/// `Microsoft.Network/publicIPPrefixes`.
pub static PUBLIC_IP_PREFIX: Type = Type {
    name: "Microsoft.Network/publicIPPrefixes",
    noun: "public IP prefix",
    azurerm: &[("azurerm_public_ip_prefix", Naming::Own)],
    fields: &[&PREFIX_SKU, &PREFIX_LENGTH, &PREFIX_VERSION, &PREFIX_ZONES, &PREFIX_RANGE],
    splits: &[],
};

/// `Basic`, `Standard` or `StandardV2`. What Azure assumes without one depends on its API version.
pub static SKU: Field = field("sku.name", "sku")
    .in_azurerm(Default_::Text("Standard"))
    .before(4, Default_::Text("Basic"))
    .in_arm(Default_::Unknown);

/// `Static` or `Dynamic`.
pub static ALLOCATION: Field =
    field("properties.publicIPAllocationMethod", "allocation_method").in_arm(Default_::Text("Dynamic"));

/// `IPv4` or `IPv6`.
pub static VERSION: Field = field("properties.publicIPAddressVersion", "ip_version").or("IPv4");

/// The availability zones of the address.
pub static ZONES: Field = field("zones", "zones");

/// The address itself: known once it is there.
pub static ADDRESS: Field = field("properties.ipAddress", "ip_address");

/// The first word of the name that Azure gives the address; without one it has none.
pub static LABEL: Field = field("properties.dnsSettings.domainNameLabel", "domain_name_label");

/// The name that Azure gives the address: known once it is there.
pub static NAME: Field = field("properties.dnsSettings.fqdn", "fqdn");

/// `VirtualNetworkInherited`, `Enabled` or `Disabled`.
pub static DDOS_MODE: Field =
    field("properties.ddosSettings.protectionMode", "ddos_protection_mode").or("VirtualNetworkInherited");

/// The plan that protects this address alone.
pub static DDOS_PLAN: Field = field("properties.ddosSettings.ddosProtectionPlan.id", "ddos_protection_plan_id");

/// The prefix that the address is taken from.
pub static PREFIX: Field = field("properties.publicIPPrefix.id", "public_ip_prefix_id");

/// `Standard` or `StandardV2`.
pub static PREFIX_SKU: Field = field("sku.name", "sku").or("Standard");

/// How long the prefix is: /28 holds 16 addresses.
pub static PREFIX_LENGTH: Field = field("properties.prefixLength", "prefix_length").in_azurerm(Default_::Number(28));

/// `IPv4` or `IPv6`.
pub static PREFIX_VERSION: Field = field("properties.publicIPAddressVersion", "ip_version").or("IPv4");

/// The availability zones of the prefix.
pub static PREFIX_ZONES: Field = field("zones", "zones");

/// The range itself: known once it is there.
pub static PREFIX_RANGE: Field = field("properties.ipPrefix", "ip_prefix");

/// The plan that protects this address alone.
pub static PUBLIC_IP_TO_PLAN: Link = Link { field: &DDOS_PLAN, to: &ddos::PLAN };

/// The prefix that the address is taken from.
pub static PUBLIC_IP_TO_PREFIX: Link = Link { field: &PREFIX, to: &PUBLIC_IP_PREFIX };
