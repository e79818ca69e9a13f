//! Resource types that are a part of a network and that no rule asks about yet: they are in the graph by their names.
//!
//! Source: <https://learn.microsoft.com/azure/templates/microsoft.network/> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs>. A type that a rule reads a field of gets a
//! file of its own.

use super::{Naming, Type};

/// ARM's name, what a person calls one, and the azurerm resource type that is it.
const fn plain(name: &'static str, noun: &'static str, azurerm: &'static [(&'static str, Naming)]) -> Type {
    Type { name, noun, azurerm, fields: &[], splits: &[] }
}

/// The types, sorted by ARM's name.
#[rustfmt::skip]
pub static PLAIN: &[Type] = &[
    plain("Microsoft.ContainerService/managedClusters/maintenanceConfigurations", "maintenance configuration", &[]),
    plain("Microsoft.Network/applicationSecurityGroups", "application security group", &[("azurerm_application_security_group", Naming::Own)]),
    plain("Microsoft.Network/connections", "gateway connection", &[("azurerm_virtual_network_gateway_connection", Naming::Own)]),
    plain("Microsoft.Network/dnsZones", "public DNS zone", &[("azurerm_dns_zone", Naming::Own)]),
    plain("Microsoft.Network/dnsZones/A", "public A record", &[("azurerm_dns_a_record", Naming::Below("zone_name"))]),
    plain("Microsoft.Network/dnsZones/AAAA", "public AAAA record", &[("azurerm_dns_aaaa_record", Naming::Below("zone_name"))]),
    plain("Microsoft.Network/dnsZones/CAA", "public CAA record", &[("azurerm_dns_caa_record", Naming::Below("zone_name"))]),
    plain("Microsoft.Network/dnsZones/CNAME", "public CNAME record", &[("azurerm_dns_cname_record", Naming::Below("zone_name"))]),
    plain("Microsoft.Network/dnsZones/dnssecConfigs", "DNSSEC configuration", &[]),
    plain("Microsoft.Network/dnsZones/DS", "public DS record", &[]),
    plain("Microsoft.Network/dnsZones/MX", "public MX record", &[("azurerm_dns_mx_record", Naming::Below("zone_name"))]),
    plain("Microsoft.Network/dnsZones/NAPTR", "public NAPTR record", &[]),
    plain("Microsoft.Network/dnsZones/NS", "public NS record", &[("azurerm_dns_ns_record", Naming::Below("zone_name"))]),
    plain("Microsoft.Network/dnsZones/PTR", "public PTR record", &[("azurerm_dns_ptr_record", Naming::Below("zone_name"))]),
    plain("Microsoft.Network/dnsZones/SOA", "public SOA record", &[]),
    plain("Microsoft.Network/dnsZones/SRV", "public SRV record", &[("azurerm_dns_srv_record", Naming::Below("zone_name"))]),
    plain("Microsoft.Network/dnsZones/TLSA", "public TLSA record", &[]),
    plain("Microsoft.Network/dnsZones/TXT", "public TXT record", &[("azurerm_dns_txt_record", Naming::Below("zone_name"))]),
    plain("Microsoft.Network/expressRouteCircuits", "ExpressRoute circuit", &[("azurerm_express_route_circuit", Naming::Own)]),
    plain("Microsoft.Network/expressRouteCircuits/authorizations", "ExpressRoute authorization", &[("azurerm_express_route_circuit_authorization", Naming::Below("express_route_circuit_name"))]),
    plain("Microsoft.Network/expressRouteCircuits/peerings", "ExpressRoute peering", &[]),
    plain("Microsoft.Network/expressRouteCircuits/peerings/connections", "ExpressRoute connection", &[]),
    plain("Microsoft.Network/expressRoutePorts", "ExpressRoute port", &[("azurerm_express_route_port", Naming::Own)]),
    plain("Microsoft.Network/loadBalancers/backendAddressPools", "backend pool", &[("azurerm_lb_backend_address_pool", Naming::BelowId("loadbalancer_id", ""))]),
    plain("Microsoft.Network/loadBalancers/inboundNatRules", "inbound NAT rule", &[("azurerm_lb_nat_rule", Naming::BelowId("loadbalancer_id", ""))]),
    plain("Microsoft.Network/networkManagers", "network manager", &[("azurerm_network_manager", Naming::Own)]),
    plain("Microsoft.Network/networkManagers/connectivityConfigurations", "connectivity configuration", &[("azurerm_network_manager_connectivity_configuration", Naming::BelowId("network_manager_id", ""))]),
    plain("Microsoft.Network/networkManagers/networkGroups", "network group", &[("azurerm_network_manager_network_group", Naming::BelowId("network_manager_id", ""))]),
    plain("Microsoft.Network/networkManagers/networkGroups/staticMembers", "member of a network group", &[("azurerm_network_manager_static_member", Naming::BelowId("network_group_id", ""))]),
    plain("Microsoft.Network/networkManagers/routingConfigurations", "routing configuration", &[("azurerm_network_manager_routing_configuration", Naming::BelowId("network_manager_id", ""))]),
    plain("Microsoft.Network/networkManagers/routingConfigurations/ruleCollections", "routing rule collection", &[("azurerm_network_manager_routing_rule_collection", Naming::BelowId("routing_configuration_id", ""))]),
    plain("Microsoft.Network/networkManagers/routingConfigurations/ruleCollections/rules", "routing rule", &[("azurerm_network_manager_routing_rule", Naming::BelowId("rule_collection_id", ""))]),
    plain("Microsoft.Network/networkManagers/scopeConnections", "scope connection", &[("azurerm_network_manager_scope_connection", Naming::BelowId("network_manager_id", ""))]),
    plain("Microsoft.Network/networkManagers/securityAdminConfigurations", "security admin configuration", &[("azurerm_network_manager_security_admin_configuration", Naming::BelowId("network_manager_id", ""))]),
    plain("Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections", "admin rule collection", &[("azurerm_network_manager_admin_rule_collection", Naming::BelowId("security_admin_configuration_id", ""))]),
    plain("Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections/rules", "admin rule", &[("azurerm_network_manager_admin_rule", Naming::BelowId("admin_rule_collection_id", ""))]),
    plain("Microsoft.Network/networkSecurityPerimeters", "network security perimeter", &[("azurerm_network_security_perimeter", Naming::Own)]),
    plain("Microsoft.Network/networkSecurityPerimeters/profiles", "profile of a perimeter", &[("azurerm_network_security_perimeter_profile", Naming::BelowId("network_security_perimeter_id", ""))]),
    plain("Microsoft.Network/networkSecurityPerimeters/profiles/accessRules", "access rule of a perimeter", &[("azurerm_network_security_perimeter_access_rule", Naming::BelowId("network_security_perimeter_profile_id", ""))]),
    plain("Microsoft.Network/networkSecurityPerimeters/resourceAssociations", "association with a perimeter", &[]),
    plain("Microsoft.Network/networkWatchers", "network watcher", &[("azurerm_network_watcher", Naming::Own)]),
    plain("Microsoft.Network/networkWatchers/connectionMonitors", "connection monitor", &[("azurerm_network_connection_monitor", Naming::BelowId("network_watcher_id", ""))]),
    plain("Microsoft.Network/networkWatchers/flowLogs", "flow log", &[("azurerm_network_watcher_flow_log", Naming::Below("network_watcher_name"))]),
    plain("Microsoft.Network/p2sVpnGateways", "point-to-site VPN gateway", &[("azurerm_point_to_site_vpn_gateway", Naming::Own)]),
    plain("Microsoft.Network/privateDnsZones/AAAA", "AAAA record", &[("azurerm_private_dns_aaaa_record", Naming::BelowId("private_dns_zone_id", "zone_name"))]),
    plain("Microsoft.Network/privateDnsZones/CNAME", "CNAME record", &[("azurerm_private_dns_cname_record", Naming::BelowId("private_dns_zone_id", "zone_name"))]),
    plain("Microsoft.Network/privateDnsZones/MX", "MX record", &[("azurerm_private_dns_mx_record", Naming::BelowId("private_dns_zone_id", "zone_name"))]),
    plain("Microsoft.Network/privateDnsZones/PTR", "PTR record", &[("azurerm_private_dns_ptr_record", Naming::BelowId("private_dns_zone_id", "zone_name"))]),
    plain("Microsoft.Network/privateDnsZones/SOA", "SOA record", &[]),
    plain("Microsoft.Network/privateDnsZones/SRV", "SRV record", &[("azurerm_private_dns_srv_record", Naming::BelowId("private_dns_zone_id", "zone_name"))]),
    plain("Microsoft.Network/privateDnsZones/TXT", "TXT record", &[("azurerm_private_dns_txt_record", Naming::BelowId("private_dns_zone_id", "zone_name"))]),
    plain("Microsoft.Network/privateLinkServices", "private link service", &[("azurerm_private_link_service", Naming::Own)]),
    plain("Microsoft.Network/serviceEndpointPolicies", "service endpoint policy", &[("azurerm_subnet_service_endpoint_storage_policy", Naming::Own)]),
    plain("Microsoft.Network/virtualHubs/routeMaps", "route map", &[("azurerm_route_map", Naming::BelowId("virtual_hub_id", ""))]),
    plain("Microsoft.Network/virtualNetworkGateways/natRules", "NAT rule of a gateway", &[("azurerm_virtual_network_gateway_nat_rule", Naming::BelowId("virtual_network_gateway_id", ""))]),
    plain("Microsoft.Network/vpnGateways/natRules", "NAT rule of a VPN gateway", &[("azurerm_vpn_gateway_nat_rule", Naming::BelowId("vpn_gateway_id", ""))]),
    plain("Microsoft.Network/vpnGateways/vpnConnections", "VPN connection", &[("azurerm_vpn_gateway_connection", Naming::BelowId("vpn_gateway_id", ""))]),
    plain("Microsoft.Network/vpnServerConfigurations", "VPN server configuration", &[("azurerm_vpn_server_configuration", Naming::Own)]),
];

#[cfg(test)]
mod tests {
    use super::PLAIN;
    use crate::azure::TYPES;

    #[test]
    fn a_type_with_fields_is_not_plain() {
        let named = |name: &str| TYPES.iter().any(|kind| kind.name.eq_ignore_ascii_case(name));
        let twice: Vec<&str> = PLAIN.iter().map(|kind| kind.name).filter(|name| named(name)).collect();
        assert!(twice.is_empty(), "{twice:?}");
        let azurerm = |name: &str| TYPES.iter().flat_map(|kind| kind.azurerm).any(|(known, _)| *known == name);
        let twice: Vec<&str> = PLAIN.iter().flat_map(|kind| kind.azurerm).map(|(name, _)| *name).collect();
        let twice: Vec<&str> = twice.into_iter().filter(|name| azurerm(name)).collect();
        assert!(twice.is_empty(), "{twice:?}");
        assert!(PLAIN.is_sorted_by_key(|kind| kind.name.to_lowercase()));
    }
}
