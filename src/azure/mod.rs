//! In: resources in the words of their language. Out: the same in ARM's words.
//! Never: knows which resources belong together.
//!
//! ARM's shape is the one vocabulary. A resource type is one file of data here: each field's ARM path, azurerm's
//! spelling and the default stand on the same line.

mod exported;
mod field;
mod translate;

pub mod application_gateway;
pub mod application_load_balancer;
pub mod bastion;
pub mod cluster;
pub mod ddos;
pub mod dns;
pub mod firewall;
pub mod front_door;
pub mod hub;
pub mod identity;
pub mod kubernetes;
pub mod load_balancer;
pub mod nat_gateway;
pub mod network_interface;
pub mod paas;
pub mod plain;
pub mod private_endpoint;
pub mod provider;
pub mod public_ip;
pub mod routes;
pub mod security_group;
pub mod traffic_manager;
pub mod virtual_network;
pub mod waf;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

pub use exported::in_arm_shape;
pub use field::{Change, Default_, Field, Link, Part, arm_field, field, part_words, parts};
pub use translate::{At, Named, Translated, as_pieces, in_arm_words, null_at, values_at};

/// How azurerm names a resource and what it lies in.
#[derive(Clone, Copy, Debug)]
pub enum Naming {
    /// `name` and `resource_group_name`.
    Own,
    /// `name`, below a parent that is named by an argument, in the parent's resource group `resource_group_name`.
    Below(&'static str),
    /// `name`, below a parent whose id is an argument. The second argument names the parent where the id is missing,
    /// as older provider versions did; empty for none.
    BelowId(&'static str, &'static str),
    /// It lies inside a cluster, where Azure has no id for it.
    Inside,
}

/// A list in a resource's body whose items are resources of their own: a subnet is one wherever it is written.
#[derive(Clone, Copy, Debug)]
pub struct Split {
    /// Where the items stand, in ARM's words: `properties.subnets`.
    pub list: &'static str,
    /// The same in azurerm's: `subnet`; empty where it has no such list.
    pub azurerm: &'static str,
    /// What they are.
    pub of: &'static Type,
}

/// A resource type.
#[derive(Debug)]
pub struct Type {
    /// ARM's name, as in `Microsoft.Network/virtualNetworks/subnets`.
    pub name: &'static str,
    /// What a person calls one: `subnet`.
    pub noun: &'static str,
    /// The azurerm resource types that are it, and how those name it.
    pub azurerm: &'static [(&'static str, Naming)],
    /// What is read of it.
    pub fields: &'static [&'static Field],
    /// Lists in it that hold resources of their own.
    pub splits: &'static [Split],
}

impl PartialEq for Type {
    fn eq(&self, other: &Type) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Type {}

impl Type {
    /// The last segment of its name: `subnets`.
    pub fn kind(&self) -> &'static str {
        self.name.rsplit('/').next().unwrap_or(self.name)
    }

    /// The field that an azurerm attribute path, or an ARM path, spells; indices do not count.
    pub fn field_at(&self, words: &[&str]) -> Option<&'static Field> {
        self.fields.iter().copied().find(|field| field.is_spelled(words))
    }
}

/// Every resource type that the network is made of.
pub static TYPES: &[&Type] = &[
    &cluster::CLUSTER,
    &cluster::POOL,
    &virtual_network::VNET,
    &virtual_network::SUBNET,
    &virtual_network::PEERING,
    &routes::ROUTE_TABLE,
    &routes::ROUTE,
    &dns::ZONE,
    &dns::ZONE_LINK,
    &dns::RESOLVER,
    &dns::INBOUND_ENDPOINT,
    &dns::OUTBOUND_ENDPOINT,
    &dns::RULESET,
    &dns::FORWARDING_RULE,
    &dns::RULESET_LINK,
    &dns::A_RECORD,
    &identity::IDENTITY,
    &identity::ROLE_ASSIGNMENT,
    &identity::ROLE_DEFINITION,
    &provider::REGISTRATION,
    &bastion::BASTION,
    &firewall::FIREWALL,
    &firewall::FIREWALL_POLICY,
    &firewall::RULE_GROUP,
    &firewall::RULE_COLLECTION,
    &firewall::OWN_APPLICATION_RULES,
    &firewall::OWN_NETWORK_RULES,
    &firewall::OWN_NAT_RULES,
    &firewall::IP_GROUP,
    &hub::VIRTUAL_HUB,
    &hub::HUB_IP,
    &hub::HUB_CONNECTION,
    &hub::ROUTING_INTENT,
    &hub::HUB_ROUTE_TABLE,
    &hub::BGP_CONNECTION,
    &hub::VIRTUAL_WAN,
    &hub::HUB_VPN_GATEWAY,
    &hub::HUB_EXPRESS_ROUTE_GATEWAY,
    &hub::LOCAL_GATEWAY,
    &hub::VPN_SITE,
    &hub::GATEWAY,
    &application_gateway::APPLICATION_GATEWAY,
    &application_gateway::LISTENER,
    &application_gateway::RULE,
    &application_gateway::REDIRECT,
    &application_gateway::PATH_MAP,
    &application_gateway::PATH_RULE,
    &application_gateway::BACKEND_POOL,
    &application_gateway::SETTINGS,
    &application_gateway::CERTIFICATE,
    &waf::FIREWALL_POLICY,
    &waf::EDGE_POLICY,
    &front_door::PROFILE,
    &front_door::ENDPOINT,
    &front_door::CUSTOM_DOMAIN,
    &front_door::ROUTE,
    &front_door::ORIGIN_GROUP,
    &front_door::ORIGIN,
    &front_door::SECURITY_POLICY,
    &front_door::CLASSIC,
    &traffic_manager::PROFILE,
    &traffic_manager::AZURE_ENDPOINT,
    &application_load_balancer::TRAFFIC_CONTROLLER,
    &application_load_balancer::ASSOCIATION,
    &kubernetes::RELEASE,
    &kubernetes::INGRESS,
    &kubernetes::SERVICE,
    &kubernetes::MANIFEST,
    &kubernetes::GITOPS,
    &kubernetes::EXTENSION,
    &network_interface::NETWORK_INTERFACE,
    &security_group::SECURITY_GROUP,
    &security_group::SECURITY_RULE,
    &public_ip::PUBLIC_IP,
    &public_ip::PUBLIC_IP_PREFIX,
    &load_balancer::LOAD_BALANCER,
    &load_balancer::RULE,
    &nat_gateway::NAT_GATEWAY,
    &private_endpoint::PRIVATE_ENDPOINT,
    &private_endpoint::ZONE_GROUP,
    &ddos::PLAN,
    &paas::REGISTRY,
    &paas::VAULT,
    &paas::STORAGE,
    &paas::SQL,
    &paas::COSMOS,
    &paas::SERVICE_BUS,
    &paas::EVENT_HUB,
    &paas::REDIS,
    &paas::APP_CONFIGURATION,
    &paas::POSTGRES,
    &paas::POSTGRES_SINGLE,
    &paas::MYSQL,
    &paas::MYSQL_SINGLE,
    &paas::MARIADB,
    &paas::COGNITIVE,
    &paas::SEARCH,
    &paas::SITE,
    &paas::EVENT_GRID_TOPIC,
    &paas::EVENT_GRID_DOMAIN,
    &paas::SIGNALR,
    &paas::WEB_PUBSUB,
    &paas::GRAFANA,
    &paas::DATA_FACTORY,
    &paas::MONITOR_SCOPE,
    &paas::RECOVERY_VAULT,
    &paas::CONTAINER_APPS,
];

/// Resources of a type whose defaults differ from the others', told by one of their fields.
#[derive(Debug)]
pub struct Variant {
    /// The type.
    pub of: &'static Type,
    /// The field that tells it.
    pub field: &'static Field,
    /// What that field is.
    pub is: &'static str,
    /// What such a resource assumes in both languages.
    pub assumes: &'static [(&'static Field, Default_)],
}

/// Every variant.
pub static VARIANTS: &[&Variant] = &[&cluster::AUTOMATIC];

/// What an azurerm resource type, or a block of it, says by its name alone.
#[derive(Debug)]
pub struct Said {
    /// The azurerm type.
    pub by: &'static str,
    /// The block that must be there; empty for the resource itself.
    pub block: &'static str,
    /// ARM's path.
    pub arm: &'static str,
    /// What stands there.
    pub text: &'static str,
}

/// Everything that azurerm says by names.
pub static SAID: &[Said] = &[
    Said { by: "azurerm_kubernetes_automatic_cluster", block: "", arm: "sku.name", text: "Automatic" },
    Said {
        by: "azurerm_kubernetes_cluster",
        block: "default_node_pool",
        arm: "properties.agentPoolProfiles[].mode",
        text: "System",
    },
];

/// An azurerm resource that only sets a link, or a list, of another resource: the edge is drawn by this block, which
/// has its own place in the order.
#[derive(Debug)]
pub struct Join {
    /// The azurerm type.
    pub azurerm: &'static str,
    /// The argument that holds the id of the resource that it sets something of.
    pub of: &'static str,
    /// That resource's type.
    pub kind: &'static Type,
    /// The argument that holds what it sets.
    pub sets: &'static str,
    /// The field that it sets.
    pub field: &'static Field,
}

/// Every join.
pub static JOINS: &[&Join] = &[
    &routes::ROUTE_TABLE_ASSOCIATION,
    &virtual_network::DNS_SERVERS_RESOURCE,
    &security_group::SUBNET_ASSOCIATION,
    &security_group::INTERFACE_ASSOCIATION,
    &nat_gateway::SUBNET_ASSOCIATION,
    &firewall::IP_GROUP_RANGE,
    &nat_gateway::PUBLIC_IP_ASSOCIATION,
    &nat_gateway::PREFIX_ASSOCIATION,
];

/// Every link of the network.
pub static LINKS: &[&Link] = &[
    &cluster::CLUSTER_TO_ZONE,
    &cluster::CLUSTER_TO_GATEWAY,
    &cluster::CLUSTER_TO_IDENTITY,
    &cluster::CLUSTER_TO_KUBELET_IDENTITY,
    &cluster::CLUSTER_TO_API_SUBNET,
    &cluster::CLUSTER_TO_SYSTEM_SUBNET,
    &cluster::POOL_TO_SUBNET,
    &cluster::CLUSTER_TO_OUTBOUND_IP,
    &cluster::CLUSTER_TO_OUTBOUND_PREFIX,
    &cluster::POOL_TO_POD_SUBNET,
    &cluster::POOL_TO_PREFIX,
    &virtual_network::SUBNET_TO_ROUTE_TABLE,
    &virtual_network::PEERING_TO_REMOTE,
    &dns::LINK_TO_VNET,
    &dns::RESOLVER_TO_VNET,
    &dns::ENDPOINT_TO_SUBNET,
    &dns::OUTBOUND_TO_SUBNET,
    &dns::RULESET_LINK_TO_VNET,
    &hub::HUB_TO_SUBNET,
    &hub::HUB_IP_TO_SUBNET,
    &hub::CONNECTION_TO_VNET,
    &hub::GATEWAY_TO_SUBNET,
    &hub::HUB_TO_WAN,
    &hub::GATEWAY_TO_HUB,
    &hub::SITE_TO_WAN,
    &firewall::FIREWALL_TO_SUBNET,
    &firewall::FIREWALL_TO_POLICY,
    &firewall::FIREWALL_TO_HUB,
    &firewall::FIREWALL_TO_PUBLIC_ADDRESS,
    &firewall::POLICY_TO_BASE,
    &bastion::BASTION_TO_SUBNET,
    &network_interface::INTERFACE_TO_SUBNET,
    &network_interface::INTERFACE_TO_PUBLIC_IP,
    &application_gateway::GATEWAY_TO_SUBNET,
    &security_group::SUBNET_TO_SECURITY_GROUP,
    &security_group::INTERFACE_TO_SECURITY_GROUP,
    &public_ip::PUBLIC_IP_TO_PLAN,
    &public_ip::PUBLIC_IP_TO_PREFIX,
    &load_balancer::LOAD_BALANCER_TO_PUBLIC_IP,
    &load_balancer::LOAD_BALANCER_TO_PREFIX,
    &load_balancer::LOAD_BALANCER_TO_SUBNET,
    &nat_gateway::SUBNET_TO_NAT_GATEWAY,
    &nat_gateway::NAT_GATEWAY_TO_PUBLIC_IP,
    &nat_gateway::NAT_GATEWAY_TO_PREFIX,
    &private_endpoint::ENDPOINT_TO_SUBNET,
    &private_endpoint::GROUP_TO_ZONE,
    &ddos::VNET_TO_PLAN,
    &application_gateway::GATEWAY_TO_PUBLIC_ADDRESS,
    &application_gateway::GATEWAY_TO_PRIVATE_FRONTEND,
    &application_gateway::GATEWAY_TO_PUBLIC_IP,
    &application_gateway::GATEWAY_TO_POLICY,
    &application_gateway::LISTENER_TO_POLICY,
    &front_door::ROUTE_TO_ORIGIN_GROUP,
    &front_door::ROUTE_TO_DOMAIN,
    &front_door::SECURITY_POLICY_TO_GUARD,
    &traffic_manager::ENDPOINT_TO_PUBLIC_IP,
    &application_load_balancer::ASSOCIATION_TO_SUBNET,
];

/// Every type that the graph holds: those that rules ask about, then the others.
pub fn types() -> impl Iterator<Item = &'static Type> {
    TYPES.iter().copied().chain(plain::PLAIN)
}

/// The type with an ARM name, in any case of letters.
pub fn by_arm_name(name: &str) -> Option<&'static Type> {
    static BY_NAME: LazyLock<FxHashMap<String, &'static Type>> =
        LazyLock::new(|| types().map(|kind| (kind.name.to_lowercase(), kind)).collect());
    BY_NAME.get(&name.to_lowercase()).copied()
}

/// The type that an azurerm resource or data source is, and how it is named.
pub fn by_azurerm_name(name: &str) -> Option<(&'static Type, Naming)> {
    static BY_NAME: LazyLock<FxHashMap<&'static str, (&'static Type, Naming)>> = LazyLock::new(|| {
        let named = |kind: &'static Type| kind.azurerm.iter().map(move |(name, naming)| (*name, (kind, *naming)));
        // The first type that names an azurerm resource keeps it.
        types().flat_map(named).fold(FxHashMap::default(), |mut all, (name, known)| {
            all.entry(name).or_insert(known);
            all
        })
    });
    BY_NAME.get(name).copied()
}
