//! Virtual WAN hubs, their connections and routing intent, Route Servers, and gateways.
//!
//! Sources: <https://learn.microsoft.com/azure/templates/microsoft.network/virtualhubs>,
//! <https://learn.microsoft.com/azure/route-server/overview> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/virtual_hub>.

use super::{Default_, Field, Link, Naming, Split, Type, field, virtual_network};

/// `Microsoft.Network/virtualHubs`: a Virtual WAN hub, or without a Virtual WAN a Route Server.
pub static VIRTUAL_HUB: Type = Type {
    name: "Microsoft.Network/virtualHubs",
    noun: "virtual hub",
    azurerm: &[("azurerm_virtual_hub", Naming::Own), ("azurerm_route_server", Naming::Own)],
    fields: &[&WAN, &HUB_PREFIX, &ROUTE_SERVER_SUBNET, &ROUTES, &ROUTE_PREFIXES],
    splits: &[Split { list: "properties.ipConfigurations", azurerm: "", of: &HUB_IP }],
};

/// `Microsoft.Network/virtualHubs/ipConfigurations`: where a Route Server stands.
pub static HUB_IP: Type = Type {
    name: "Microsoft.Network/virtualHubs/ipConfigurations",
    noun: "Route Server address",
    azurerm: &[("azurerm_virtual_hub_ip", Naming::BelowId("virtual_hub_id", ""))],
    fields: &[&HUB_IP_SUBNET],
    splits: &[],
};

/// `Microsoft.Network/virtualHubs/hubVirtualNetworkConnections`.
pub static HUB_CONNECTION: Type = Type {
    name: "Microsoft.Network/virtualHubs/hubVirtualNetworkConnections",
    noun: "hub connection",
    azurerm: &[("azurerm_virtual_hub_connection", Naming::BelowId("virtual_hub_id", ""))],
    fields: &[&CONNECTED_VNET, &INTERNET_SECURITY],
    splits: &[],
};

/// `Microsoft.Network/virtualHubs/routingIntent`.
pub static ROUTING_INTENT: Type = Type {
    name: "Microsoft.Network/virtualHubs/routingIntent",
    noun: "routing intent",
    azurerm: &[("azurerm_virtual_hub_routing_intent", Naming::BelowId("virtual_hub_id", ""))],
    fields: &[&DESTINATIONS, &INTENT_HOPS],
    splits: &[],
};

/// `Microsoft.Network/virtualHubs/hubRouteTables`: of several, the one that is called `defaultRouteTable` is the default.
pub static HUB_ROUTE_TABLE: Type = Type {
    name: "Microsoft.Network/virtualHubs/hubRouteTables",
    noun: "hub route table",
    azurerm: &[("azurerm_virtual_hub_route_table", Naming::BelowId("virtual_hub_id", ""))],
    fields: &[&HUB_ROUTE_DESTINATIONS, &HUB_ROUTE_HOPS],
    splits: &[],
};

/// `Microsoft.Network/virtualHubs/bgpConnections`: whom a Route Server or hub exchanges routes with.
pub static BGP_CONNECTION: Type = Type {
    name: "Microsoft.Network/virtualHubs/bgpConnections",
    noun: "BGP connection",
    azurerm: &[
        ("azurerm_virtual_hub_bgp_connection", Naming::BelowId("virtual_hub_id", "")),
        ("azurerm_route_server_bgp_connection", Naming::BelowId("route_server_id", "")),
    ],
    fields: &[&PEER_ADDRESS],
    splits: &[],
};

/// `Microsoft.Network/virtualWans`.
pub static VIRTUAL_WAN: Type = Type {
    name: "Microsoft.Network/virtualWans",
    noun: "Virtual WAN",
    azurerm: &[("azurerm_virtual_wan", Naming::Own)],
    fields: &[],
    splits: &[],
};

/// `Microsoft.Network/vpnGateways`: the VPN gateway of a virtual hub.
pub static HUB_VPN_GATEWAY: Type = Type {
    name: "Microsoft.Network/vpnGateways",
    noun: "hub VPN gateway",
    azurerm: &[("azurerm_vpn_gateway", Naming::Own)],
    fields: &[&GATEWAY_HUB],
    splits: &[],
};

/// `Microsoft.Network/expressRouteGateways`: the ExpressRoute gateway of a virtual hub.
pub static HUB_EXPRESS_ROUTE_GATEWAY: Type = Type {
    name: "Microsoft.Network/expressRouteGateways",
    noun: "hub ExpressRoute gateway",
    azurerm: &[("azurerm_express_route_gateway", Naming::Own)],
    fields: &[&GATEWAY_HUB],
    splits: &[],
};

/// `Microsoft.Network/localNetworkGateways`: a site on premises, and what it announces.
pub static LOCAL_GATEWAY: Type = Type {
    name: "Microsoft.Network/localNetworkGateways",
    noun: "local network gateway",
    azurerm: &[("azurerm_local_network_gateway", Naming::Own)],
    fields: &[&SITE_RANGES],
    splits: &[],
};

/// `Microsoft.Network/vpnSites`: a site on premises that a Virtual WAN reaches.
pub static VPN_SITE: Type = Type {
    name: "Microsoft.Network/vpnSites",
    noun: "VPN site",
    azurerm: &[("azurerm_vpn_site", Naming::Own)],
    fields: &[&VPN_SITE_RANGES, &VPN_SITE_WAN],
    splits: &[],
};

/// `Microsoft.Network/virtualNetworkGateways`.
pub static GATEWAY: Type = Type {
    name: "Microsoft.Network/virtualNetworkGateways",
    noun: "gateway",
    azurerm: &[("azurerm_virtual_network_gateway", Naming::Own)],
    fields: &[&GATEWAY_SUBNETS, &DEFAULT_SITE, &GATEWAY_TYPE],
    splits: &[],
};

/// The Virtual WAN of a hub; a Route Server has none.
pub static WAN: Field = field("properties.virtualWan.id", "virtual_wan_id");

/// The range of a hub's own machines.
pub static HUB_PREFIX: Field = field("properties.addressPrefix", "address_prefix");

/// The subnet of an `azurerm_route_server`; in ARM it is a child's.
pub static ROUTE_SERVER_SUBNET: Field = field("properties.ipConfigurations[].properties.subnet.id", "subnet_id");

/// The subnet of a Route Server's address.
pub static HUB_IP_SUBNET: Field = field("properties.subnet.id", "subnet_id");

/// The static routes of a hub's default table.
pub static ROUTES: Field = field("properties.routeTable.routes[].nextHopIpAddress", "route[].next_hop_ip_address");

/// The prefixes of the static routes of a hub's default table.
pub static ROUTE_PREFIXES: Field = field("properties.routeTable.routes[].addressPrefixes", "route[].address_prefixes");

/// The VNet that a connection ties to the hub.
pub static CONNECTED_VNET: Field = field("properties.remoteVirtualNetwork.id", "remote_virtual_network_id");

/// The hub's default route is announced to the VNet. ARM's default is not documented; azurerm's is false.
pub static INTERNET_SECURITY: Field = field("properties.enableInternetSecurity", "internet_security_enabled")
    .or_bool(false)
    .in_arm(Default_::Bool(false));

/// What a hub's routing intent sends through its firewall: `Internet`, `PrivateTraffic`.
pub static DESTINATIONS: Field = field("properties.routingPolicies[].destinations", "routing_policy[].destinations");

/// Who takes what a hub's routing intent names: a firewall, as a rule.
pub static INTENT_HOPS: Field = field("properties.routingPolicies[].nextHop", "routing_policy[].next_hop");

/// What the routes of a hub's route table are for.
pub static HUB_ROUTE_DESTINATIONS: Field = field("properties.routes[].destinations", "route[].destinations");

/// Where the routes of a hub's route table lead.
pub static HUB_ROUTE_HOPS: Field = field("properties.routes[].nextHop", "route[].next_hop");

/// The address of whom a Route Server or hub exchanges routes with.
pub static PEER_ADDRESS: Field = field("properties.peerIp", "peer_ip");

/// The virtual hub that a gateway stands in.
pub static GATEWAY_HUB: Field = field("properties.virtualHub.id", "virtual_hub_id");

/// The ranges of a site on premises.
pub static SITE_RANGES: Field = field("properties.localNetworkAddressSpace.addressPrefixes", "address_space");

/// The ranges of a site that a Virtual WAN reaches.
pub static VPN_SITE_RANGES: Field = field("properties.addressSpace.addressPrefixes", "address_cidrs");

/// The Virtual WAN that a site belongs to.
pub static VPN_SITE_WAN: Field = field("properties.virtualWan.id", "virtual_wan_id");

/// `Vpn` or `ExpressRoute`.
pub static GATEWAY_TYPE: Field = field("properties.gatewayType", "type");

/// The subnets of a gateway.
pub static GATEWAY_SUBNETS: Field =
    field("properties.ipConfigurations[].properties.subnet.id", "ip_configuration[].subnet_id");

/// The site that a gateway sends the internet's traffic to: forced tunnelling.
pub static DEFAULT_SITE: Field = field("properties.gatewayDefaultSite.id", "default_local_network_gateway_id");

/// The subnet of an `azurerm_route_server`.
pub static HUB_TO_SUBNET: Link = Link { field: &ROUTE_SERVER_SUBNET, to: &virtual_network::SUBNET };

/// The subnet of a Route Server's address.
pub static HUB_IP_TO_SUBNET: Link = Link { field: &HUB_IP_SUBNET, to: &virtual_network::SUBNET };

/// The VNet that a connection ties to the hub.
pub static CONNECTION_TO_VNET: Link = Link { field: &CONNECTED_VNET, to: &virtual_network::VNET };

/// The subnets of a gateway.
pub static GATEWAY_TO_SUBNET: Link = Link { field: &GATEWAY_SUBNETS, to: &virtual_network::SUBNET };

/// The Virtual WAN of a hub.
pub static HUB_TO_WAN: Link = Link { field: &WAN, to: &VIRTUAL_WAN };

/// The virtual hub that a gateway stands in.
pub static GATEWAY_TO_HUB: Link = Link { field: &GATEWAY_HUB, to: &VIRTUAL_HUB };

/// The Virtual WAN that a site belongs to.
pub static SITE_TO_WAN: Link = Link { field: &VPN_SITE_WAN, to: &VIRTUAL_WAN };
