//! Azure Firewall, the DNS settings of its policy, and the rules that let traffic through.
//!
//! Defaults: <https://learn.microsoft.com/azure/firewall/dns-settings> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/firewall>.
//!
//! Rules stand in collections: those of a policy in groups
//! (<https://learn.microsoft.com/azure/templates/microsoft.network/firewallpolicies/rulecollectiongroups>), those of a firewall
//! without one in three lists of its own.

use super::{Default_, Field, Join, Link, Naming, Split, Type, arm_field, field, hub, virtual_network};

/// `Microsoft.Network/azureFirewalls`.
pub static FIREWALL: Type = Type {
    name: "Microsoft.Network/azureFirewalls",
    noun: "firewall",
    azurerm: &[("azurerm_firewall", Naming::Own)],
    fields: &[&ADDRESSES, &SUBNETS, &PUBLIC_ADDRESSES, &POLICY, &HUB, &HUB_ADDRESS, &OWN_PROXY, &OWN_SERVERS],
    splits: &[
        Split { list: "properties.applicationRuleCollections", azurerm: "", of: &OWN_APPLICATION_RULES },
        Split { list: "properties.networkRuleCollections", azurerm: "", of: &OWN_NETWORK_RULES },
        Split { list: "properties.natRuleCollections", azurerm: "", of: &OWN_NAT_RULES },
    ],
};

/// `Microsoft.Network/firewallPolicies`.
pub static FIREWALL_POLICY: Type = Type {
    name: "Microsoft.Network/firewallPolicies",
    noun: "firewall policy",
    azurerm: &[("azurerm_firewall_policy", Naming::Own)],
    fields: &[&POLICY_PROXY, &POLICY_SERVERS, &BASE_POLICY],
    splits: &[],
};

/// `Microsoft.Network/firewallPolicies/ruleCollectionGroups`. azurerm keeps application, network and NAT rules apart.
pub static RULE_GROUP: Type = Type {
    name: "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
    noun: "rule collection group",
    azurerm: &[("azurerm_firewall_policy_rule_collection_group", Naming::BelowId("firewall_policy_id", ""))],
    fields: &[
        &APPLICATION_NAMES,
        &APPLICATION_ACTIONS,
        &APPLICATION_SOURCES,
        &APPLICATION_SOURCE_GROUPS,
        &APPLICATION_FQDNS,
        &APPLICATION_TAGS,
        &NETWORK_NAMES,
        &NETWORK_ACTIONS,
        &NETWORK_SOURCES,
        &NETWORK_SOURCE_GROUPS,
        &NETWORK_DESTINATIONS,
        &NETWORK_DESTINATION_GROUPS,
        &NETWORK_FQDNS,
        &NETWORK_PORTS,
        &NETWORK_PROTOCOLS,
        &NAT_NAMES,
        &NAT_DESTINATIONS,
        &NAT_PORTS,
        &NAT_TRANSLATED,
    ],
    splits: &[
        Split { list: "properties.ruleCollections", azurerm: "", of: &RULE_COLLECTION },
        Split {
            list: "properties.applicationRuleCollections",
            azurerm: "application_rule_collection",
            of: &RULE_COLLECTION,
        },
        Split { list: "properties.networkRuleCollections", azurerm: "network_rule_collection", of: &RULE_COLLECTION },
        Split { list: "properties.natRuleCollections", azurerm: "nat_rule_collection", of: &RULE_COLLECTION },
    ],
};

/// A collection of a policy's rules.
pub static RULE_COLLECTION: Type = Type {
    name: "Microsoft.Network/firewallPolicies/ruleCollectionGroups/ruleCollections",
    noun: "rule collection",
    azurerm: &[],
    fields: RULE_FIELDS,
    splits: &[],
};

/// The application rules of a firewall without a policy.
pub static OWN_APPLICATION_RULES: Type = Type {
    name: "Microsoft.Network/azureFirewalls/applicationRuleCollections",
    noun: "application rule collection",
    azurerm: &[("azurerm_firewall_application_rule_collection", Naming::Below("azure_firewall_name"))],
    fields: RULE_FIELDS,
    splits: &[],
};

/// The network rules of a firewall without a policy.
pub static OWN_NETWORK_RULES: Type = Type {
    name: "Microsoft.Network/azureFirewalls/networkRuleCollections",
    noun: "network rule collection",
    azurerm: &[("azurerm_firewall_network_rule_collection", Naming::Below("azure_firewall_name"))],
    fields: RULE_FIELDS,
    splits: &[],
};

/// The NAT rules of a firewall without a policy.
pub static OWN_NAT_RULES: Type = Type {
    name: "Microsoft.Network/azureFirewalls/natRuleCollections",
    noun: "NAT rule collection",
    azurerm: &[("azurerm_firewall_nat_rule_collection", Naming::Below("azure_firewall_name"))],
    fields: RULE_FIELDS,
    splits: &[],
};

/// `Microsoft.Network/ipGroups`: ranges that rules name by one id.
pub static IP_GROUP: Type = Type {
    name: "Microsoft.Network/ipGroups",
    noun: "IP group",
    azurerm: &[("azurerm_ip_group", Naming::Own)],
    fields: &[&GROUP_RANGES],
    splits: &[],
};

/// What is read of a collection, whoever it belongs to.
const RULE_FIELDS: &[&Field] = &[
    &RULE_ACTION,
    &RULE_SOURCES,
    &RULE_SOURCE_GROUPS,
    &RULE_FQDNS,
    &RULE_TAGS,
    &RULE_DESTINATIONS,
    &RULE_DESTINATION_GROUPS,
    &RULE_DESTINATION_FQDNS,
    &RULE_PORTS,
    &RULE_PROTOCOLS,
    &RULE_TRANSLATED,
];

/// The private addresses of a firewall in a VNet.
pub static ADDRESSES: Field =
    field("properties.ipConfigurations[].properties.privateIPAddress", "ip_configuration[].private_ip_address");

/// The subnets that a firewall stands in.
pub static SUBNETS: Field = field("properties.ipConfigurations[].properties.subnet.id", "ip_configuration[].subnet_id");

/// The public addresses of a firewall in a VNet.
pub static PUBLIC_ADDRESSES: Field =
    field("properties.ipConfigurations[].properties.publicIPAddress.id", "ip_configuration[].public_ip_address_id");

/// The policy whose rules come before a policy's own.
pub static BASE_POLICY: Field = field("properties.basePolicy.id", "base_policy_id");

/// The ranges and addresses of an IP group.
pub static GROUP_RANGES: Field = field("properties.ipAddresses", "cidrs");

/// Every rule of a collection of a firewall without a policy, as an object in ARM's words.
pub static RULES: Field = arm_field("properties.rules[]");

/// Every rule of a collection of a policy.
pub static GROUP_RULES: Field = arm_field("rules[]");

/// `Allow` or `Deny`.
pub static RULE_ACTION: Field = field("properties.action.type", "action").single("action.type");

/// Whom a rule is for.
pub static RULE_SOURCES: Field =
    field("properties.rules[].sourceAddresses", "rule[].source_addresses").single("rules[].sourceAddresses");

/// The IP groups that a rule is for.
pub static RULE_SOURCE_GROUPS: Field =
    field("properties.rules[].sourceIpGroups", "rule[].source_ip_groups").single("rules[].sourceIpGroups");

/// The names that an application rule lets through.
pub static RULE_FQDNS: Field =
    field("properties.rules[].targetFqdns", "rule[].target_fqdns").single("rules[].targetFqdns");

/// The groups of names that Azure keeps: `AzureKubernetesService`.
pub static RULE_TAGS: Field = field("properties.rules[].fqdnTags", "rule[].fqdn_tags").single("rules[].fqdnTags");

/// Where a network rule leads; what a NAT rule takes.
pub static RULE_DESTINATIONS: Field = field("properties.rules[].destinationAddresses", "rule[].destination_addresses")
    .single("rules[].destinationAddresses");

/// The IP groups that a network rule leads to.
pub static RULE_DESTINATION_GROUPS: Field =
    field("properties.rules[].destinationIpGroups", "rule[].destination_ip_groups")
        .single("rules[].destinationIpGroups");

/// The names that a network rule leads to.
pub static RULE_DESTINATION_FQDNS: Field =
    field("properties.rules[].destinationFqdns", "rule[].destination_fqdns").single("rules[].destinationFqdns");

/// The ports of a network or NAT rule.
pub static RULE_PORTS: Field =
    field("properties.rules[].destinationPorts", "rule[].destination_ports").single("rules[].destinationPorts");

/// `TCP`, `UDP`, `ICMP`, `Any`.
pub static RULE_PROTOCOLS: Field =
    field("properties.rules[].protocols", "rule[].protocols").single("rules[].ipProtocols");

/// The machine that a NAT rule hands what it takes to.
pub static RULE_TRANSLATED: Field =
    field("properties.rules[].translatedAddress", "rule[].translated_address").single("rules[].translatedAddress");

static APPLICATION_NAMES: Field =
    field("properties.applicationRuleCollections[].name", "application_rule_collection[].name");
static APPLICATION_ACTIONS: Field =
    field("properties.applicationRuleCollections[].action.type", "application_rule_collection[].action");
static APPLICATION_SOURCES: Field = field(
    "properties.applicationRuleCollections[].rules[].sourceAddresses",
    "application_rule_collection[].rule[].source_addresses",
);
static APPLICATION_SOURCE_GROUPS: Field = field(
    "properties.applicationRuleCollections[].rules[].sourceIpGroups",
    "application_rule_collection[].rule[].source_ip_groups",
);
static APPLICATION_FQDNS: Field = field(
    "properties.applicationRuleCollections[].rules[].targetFqdns",
    "application_rule_collection[].rule[].destination_fqdns",
);
static APPLICATION_TAGS: Field = field(
    "properties.applicationRuleCollections[].rules[].fqdnTags",
    "application_rule_collection[].rule[].destination_fqdn_tags",
);
static NETWORK_NAMES: Field = field("properties.networkRuleCollections[].name", "network_rule_collection[].name");
static NETWORK_ACTIONS: Field =
    field("properties.networkRuleCollections[].action.type", "network_rule_collection[].action");
static NETWORK_SOURCES: Field = field(
    "properties.networkRuleCollections[].rules[].sourceAddresses",
    "network_rule_collection[].rule[].source_addresses",
);
static NETWORK_SOURCE_GROUPS: Field = field(
    "properties.networkRuleCollections[].rules[].sourceIpGroups",
    "network_rule_collection[].rule[].source_ip_groups",
);
static NETWORK_DESTINATIONS: Field = field(
    "properties.networkRuleCollections[].rules[].destinationAddresses",
    "network_rule_collection[].rule[].destination_addresses",
);
static NETWORK_DESTINATION_GROUPS: Field = field(
    "properties.networkRuleCollections[].rules[].destinationIpGroups",
    "network_rule_collection[].rule[].destination_ip_groups",
);
static NETWORK_FQDNS: Field = field(
    "properties.networkRuleCollections[].rules[].destinationFqdns",
    "network_rule_collection[].rule[].destination_fqdns",
);
static NETWORK_PORTS: Field = field(
    "properties.networkRuleCollections[].rules[].destinationPorts",
    "network_rule_collection[].rule[].destination_ports",
);
static NETWORK_PROTOCOLS: Field =
    field("properties.networkRuleCollections[].rules[].ipProtocols", "network_rule_collection[].rule[].protocols");
static NAT_NAMES: Field = field("properties.natRuleCollections[].name", "nat_rule_collection[].name");
static NAT_DESTINATIONS: Field = field(
    "properties.natRuleCollections[].rules[].destinationAddresses",
    "nat_rule_collection[].rule[].destination_address",
);
static NAT_PORTS: Field =
    field("properties.natRuleCollections[].rules[].destinationPorts", "nat_rule_collection[].rule[].destination_ports");
static NAT_TRANSLATED: Field = field(
    "properties.natRuleCollections[].rules[].translatedAddress",
    "nat_rule_collection[].rule[].translated_address",
);

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

/// The policy whose rules come before a policy's own.
pub static POLICY_TO_BASE: Link = Link { field: &BASE_POLICY, to: &FIREWALL_POLICY };

/// The public addresses of a firewall in a VNet.
pub static FIREWALL_TO_PUBLIC_ADDRESS: Link = Link { field: &PUBLIC_ADDRESSES, to: &super::public_ip::PUBLIC_IP };

/// `azurerm_ip_group_cidr` adds one range to a group.
pub static IP_GROUP_RANGE: Join =
    Join { azurerm: "azurerm_ip_group_cidr", of: "ip_group_id", kind: &IP_GROUP, sets: "cidr", field: &GROUP_RANGES };
