//! Azure Firewall and the DNS settings of its policy.
//!
//! Defaults: <https://learn.microsoft.com/azure/firewall/dns-settings> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/firewall>.

use super::{Default_, Field, Link, Naming, Type, field, hub, virtual_network};

/// `Microsoft.Network/azureFirewalls`.
pub static FIREWALL: Type = Type {
    name: "Microsoft.Network/azureFirewalls",
    noun: "firewall",
    azurerm: &[("azurerm_firewall", Naming::Own)],
    fields: &[&ADDRESSES, &SUBNETS, &POLICY, &HUB, &HUB_ADDRESS, &OWN_PROXY, &OWN_SERVERS],
    splits: &[],
};

/// `Microsoft.Network/firewallPolicies`.
pub static FIREWALL_POLICY: Type = Type {
    name: "Microsoft.Network/firewallPolicies",
    noun: "firewall policy",
    azurerm: &[("azurerm_firewall_policy", Naming::Own)],
    fields: &[&POLICY_PROXY, &POLICY_SERVERS],
    splits: &[],
};

/// The private addresses of a firewall in a VNet.
pub static ADDRESSES: Field =
    field("properties.ipConfigurations[].properties.privateIPAddress", "ip_configuration[].private_ip_address");

/// The subnets that a firewall stands in.
pub static SUBNETS: Field = field("properties.ipConfigurations[].properties.subnet.id", "ip_configuration[].subnet_id");

/// The policy of a firewall.
pub static POLICY: Field = field("properties.firewallPolicy.id", "firewall_policy_id");

/// The virtual hub that a firewall secures.
pub static HUB: Field = field("properties.virtualHub.id", "virtual_hub.virtual_hub_id");

/// The private address of a firewall in a virtual hub.
pub static HUB_ADDRESS: Field = field("properties.hubIPAddresses.privateIPAddress", "virtual_hub.private_ip_address");

/// The DNS proxy of a firewall without a policy. azurerm switches it on where DNS servers are given.
pub static OWN_PROXY: Field =
    field("properties.additionalProperties.Network.DNS.EnableProxy", "dns_proxy_enabled").in_arm(Default_::None);

/// The DNS servers that a firewall without a policy asks.
pub static OWN_SERVERS: Field = field("properties.additionalProperties.Network.DNS.Servers", "dns_servers");

/// The DNS proxy of a policy.
pub static POLICY_PROXY: Field = field("properties.dnsSettings.enableProxy", "dns.proxy_enabled").or_bool(false);

/// The DNS servers that a policy's firewalls ask.
pub static POLICY_SERVERS: Field = field("properties.dnsSettings.servers", "dns.servers");

/// The subnets that a firewall stands in.
pub static FIREWALL_TO_SUBNET: Link = Link { field: &SUBNETS, to: &virtual_network::SUBNET };

/// The policy of a firewall.
pub static FIREWALL_TO_POLICY: Link = Link { field: &POLICY, to: &FIREWALL_POLICY };

/// The virtual hub that a firewall secures.
pub static FIREWALL_TO_HUB: Link = Link { field: &HUB, to: &hub::VIRTUAL_HUB };
