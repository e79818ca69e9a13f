//! Virtual networks, subnets, peerings.
//!
//! Defaults: <https://learn.microsoft.com/azure/templates/microsoft.network/virtualnetworks> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/virtual_network>.

use super::{Default_, Field, Join, Link, Naming, Split, Type, ddos, field, nat_gateway, routes, security_group};

/// `Microsoft.Network/virtualNetworks`.
pub static VNET: Type = Type {
    name: "Microsoft.Network/virtualNetworks",
    noun: "VNet",
    azurerm: &[("azurerm_virtual_network", Naming::Own)],
    fields: &[
        &ADDRESS_SPACE,
        &ADDRESS_POOLS,
        &DNS_SERVERS,
        &INLINE_SUBNET_NAMES,
        &INLINE_SUBNET_PREFIXES,
        &INLINE_SUBNET_TABLES,
        &security_group::INLINE_SUBNET_GROUPS,
        &ddos::ENABLED,
        &ddos::VNET_PLAN,
        &INLINE_SUBNET_DELEGATIONS,
        &INLINE_SUBNET_DEFAULT_OUTBOUND,
        &INLINE_SUBNET_ENDPOINT_POLICIES,
        &INLINE_SUBNET_SERVICE_ENDPOINTS,
    ],
    splits: &[
        Split { list: "properties.subnets", azurerm: "subnet", of: &SUBNET },
        Split { list: "properties.virtualNetworkPeerings", azurerm: "", of: &PEERING },
    ],
};

/// `Microsoft.Network/virtualNetworks/subnets`.
pub static SUBNET: Type = Type {
    name: "Microsoft.Network/virtualNetworks/subnets",
    noun: "subnet",
    azurerm: &[("azurerm_subnet", Naming::Below("virtual_network_name"))],
    fields: &[
        &PREFIXES,
        &SUBNET_POOLS,
        &SUBNET_ROUTE_TABLE,
        &security_group::SUBNET_SECURITY_GROUP,
        &nat_gateway::SUBNET_NAT_GATEWAY,
        &DELEGATIONS,
        &DEFAULT_OUTBOUND,
        &ENDPOINT_POLICIES,
        &SERVICE_ENDPOINTS,
    ],
    splits: &[],
};

/// `Microsoft.Network/virtualNetworks/virtualNetworkPeerings`.
pub static PEERING: Type = Type {
    name: "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
    noun: "peering",
    azurerm: &[("azurerm_virtual_network_peering", Naming::Below("virtual_network_name"))],
    fields: &[
        &REMOTE_VNET,
        &USE_REMOTE_GATEWAYS,
        &ALLOW_GATEWAY_TRANSIT,
        &ALLOW_FORWARDED_TRAFFIC,
        &ALLOW_ACCESS,
        &PEERS_WHOLE_VNETS,
    ],
    splits: &[],
};

/// The ranges of a VNet.
pub static ADDRESS_SPACE: Field = field("properties.addressSpace.addressPrefixes", "address_space");

/// Pools of which a VNet takes its ranges when it is made: then nobody knows them before.
pub static ADDRESS_POOLS: Field =
    field("properties.addressSpace.ipamPoolPrefixAllocations[].pool.id", "ip_address_pool[].id");

/// The DNS servers of a VNet. Left out, Azure answers; azurerm keeps what is there.
pub static DNS_SERVERS: Field = field("properties.dhcpOptions.dnsServers", "dns_servers");

static INLINE_SUBNET_NAMES: Field = field("properties.subnets[].name", "subnet[].name");
static INLINE_SUBNET_PREFIXES: Field =
    field("properties.subnets[].properties.addressPrefixes", "subnet[].address_prefixes")
        .also("subnet[].address_prefix");
static INLINE_SUBNET_TABLES: Field = field("properties.subnets[].properties.routeTable.id", "subnet[].route_table_id");
static INLINE_SUBNET_DELEGATIONS: Field = field(
    "properties.subnets[].properties.delegations[].properties.serviceName",
    "subnet[].delegation[].service_delegation.name",
);
static INLINE_SUBNET_DEFAULT_OUTBOUND: Field =
    field("properties.subnets[].properties.defaultOutboundAccess", "subnet[].default_outbound_access_enabled");
static INLINE_SUBNET_ENDPOINT_POLICIES: Field = field(
    "properties.subnets[].properties.privateEndpointNetworkPolicies",
    "subnet[].private_endpoint_network_policies",
);
static INLINE_SUBNET_SERVICE_ENDPOINTS: Field =
    field("properties.subnets[].properties.serviceEndpoints[].service", "subnet[].service_endpoints[]");

/// The ranges of a subnet.
pub static PREFIXES: Field =
    field("properties.addressPrefixes", "address_prefixes").single("properties.addressPrefix").also("address_prefix");

/// The route table of a subnet. azurerm sets it by an association, inline in the VNet, or write-only.
pub static SUBNET_ROUTE_TABLE: Field = field("properties.routeTable.id", "route_table_id").also("route_table_id_wo");

/// Pools of which a subnet takes its ranges when it is made.
pub static SUBNET_POOLS: Field = field("properties.ipamPoolPrefixAllocations[].pool.id", "ip_address_pool[].id");

/// The services that a subnet is delegated to, as in `Microsoft.Network/dnsResolvers`.
pub static DELEGATIONS: Field =
    field("properties.delegations[].properties.serviceName", "delegation[].service_delegation.name");

/// Machines without any other way out get one from Azure. ARM's default changed on 2026-03-31 and hangs on the API version
/// (<https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access>).
pub static DEFAULT_OUTBOUND: Field = field("properties.defaultOutboundAccess", "default_outbound_access_enabled")
    .or_bool(true)
    .in_arm(Default_::Unknown);

/// What route tables and security groups are for private endpoints in a subnet: `Disabled`, `Enabled`,
/// `NetworkSecurityGroupEnabled`, `RouteTableEnabled`. Before version 4 azurerm said it with a truth value.
pub static ENDPOINT_POLICIES: Field =
    field("properties.privateEndpointNetworkPolicies", "private_endpoint_network_policies")
        .also("private_endpoint_network_policies_enabled")
        .inverted("enforce_private_link_endpoint_network_policies")
        .or("Disabled")
        .before(4, Default_::Text("Enabled"))
        .in_arm(Default_::Unknown);

/// The services that a subnet reaches by their service endpoint, as in `Microsoft.Storage`.
pub static SERVICE_ENDPOINTS: Field = field("properties.serviceEndpoints[].service", "service_endpoints[]");

/// The VNet on the other side of a peering.
pub static REMOTE_VNET: Field = field("properties.remoteVirtualNetwork.id", "remote_virtual_network_id");

/// This side uses the gateway of the other one.
pub static USE_REMOTE_GATEWAYS: Field = field("properties.useRemoteGateways", "use_remote_gateways").or_bool(false);

/// This side offers its gateway to the other one.
pub static ALLOW_GATEWAY_TRANSIT: Field =
    field("properties.allowGatewayTransit", "allow_gateway_transit").or_bool(false);

/// What a third party sends through the other side is let in.
pub static ALLOW_FORWARDED_TRAFFIC: Field =
    field("properties.allowForwardedTraffic", "allow_forwarded_traffic").or_bool(false);

/// The other side's machines may be reached at all.
pub static ALLOW_ACCESS: Field =
    field("properties.allowVirtualNetworkAccess", "allow_virtual_network_access").or_bool(true);

/// All of both VNets is peered, not only some of their subnets.
pub static PEERS_WHOLE_VNETS: Field =
    field("properties.peerCompleteVnets", "peer_complete_virtual_networks_enabled").or_bool(true);

/// The route table of a subnet.
pub static SUBNET_TO_ROUTE_TABLE: Link = Link { field: &SUBNET_ROUTE_TABLE, to: &routes::ROUTE_TABLE };

/// The VNet on the other side of a peering.
pub static PEERING_TO_REMOTE: Link = Link { field: &REMOTE_VNET, to: &VNET };

/// `azurerm_virtual_network_dns_servers` sets the DNS servers of a VNet at a moment of its own.
pub static DNS_SERVERS_RESOURCE: Join = Join {
    azurerm: "azurerm_virtual_network_dns_servers",
    of: "virtual_network_id",
    kind: &VNET,
    sets: "dns_servers",
    field: &DNS_SERVERS,
};
