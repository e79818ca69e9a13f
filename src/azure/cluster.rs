//! AKS clusters and their node pools.
//!
//! Defaults: <https://learn.microsoft.com/azure/templates/microsoft.containerservice/managedclusters> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/kubernetes_cluster>.

use super::{Default_, Field, Link, Naming, Split, Type, application_gateway, arm_field, field, virtual_network};

/// `Microsoft.ContainerService/managedClusters`.
pub static CLUSTER: Type = Type {
    name: "Microsoft.ContainerService/managedClusters",
    noun: "cluster",
    azurerm: &[("azurerm_kubernetes_cluster", Naming::Own), ("azurerm_kubernetes_automatic_cluster", Naming::Own)],
    fields: &[
        &PRIVATE,
        &PRIVATE_DNS_ZONE,
        &PUBLIC_FQDN,
        &VNET_INTEGRATION,
        &OUTBOUND,
        &NODE_SUBNETS,
        &POOL_NAMES,
        &GATEWAY_ADDON,
        &GATEWAY_ADDON_ENABLED,
        &NODE_RESOURCE_GROUP,
        &PRIVATE_FQDN,
        &FQDN,
        &LOCATION,
        &SKU,
    ],
    splits: &[Split { list: "properties.agentPoolProfiles", azurerm: "default_node_pool", of: &POOL }],
};

/// `Microsoft.ContainerService/managedClusters/agentPools`.
pub static POOL: Type = Type {
    name: "Microsoft.ContainerService/managedClusters/agentPools",
    noun: "node pool",
    azurerm: &[("azurerm_kubernetes_cluster_node_pool", Naming::BelowId("kubernetes_cluster_id", ""))],
    fields: &[&POOL_SUBNET],
    splits: &[],
};

/// The API server has a private address only.
pub static PRIVATE: Field = field("properties.apiServerAccessProfile.enablePrivateCluster", "private_cluster_enabled")
    .present("private_cluster")
    .or_bool(false);

/// `system`, `none` or the id of a zone.
pub static PRIVATE_DNS_ZONE: Field = field("properties.apiServerAccessProfile.privateDNSZone", "private_dns_zone_id")
    .also("private_cluster.private_dns_zone_id")
    .or("system");

/// The API server also has a public name. azurerm sends false where it is left out, ARM assumes true.
pub static PUBLIC_FQDN: Field =
    field("properties.apiServerAccessProfile.enablePrivateClusterPublicFQDN", "private_cluster_public_fqdn_enabled")
        .also("private_cluster.public_fully_qualified_domain_name_enabled")
        .or_bool(false)
        .in_arm(Default_::Bool(true));

/// The API server stands in the cluster's own VNet, behind an internal load balancer.
pub static VNET_INTEGRATION: Field = field(
    "properties.apiServerAccessProfile.enableVnetIntegration",
    "api_server_access_profile.virtual_network_integration_enabled",
)
.also("api_server_access_profile.vnet_integration_enabled")
.or_bool(false);

/// How nodes reach the internet.
pub static OUTBOUND: Field =
    field("properties.networkProfile.outboundType", "network_profile.outbound_type").or("loadBalancer");

/// The subnets of the pools that are written inside the cluster.
pub static NODE_SUBNETS: Field =
    field("properties.agentPoolProfiles[].vnetSubnetID", "default_node_pool[].vnet_subnet_id")
        .also("agent_pool_profile[].vnet_subnet_id")
        .also("hosted_system[].node_subnet_id");

/// The names of the pools that are written inside the cluster.
static POOL_NAMES: Field =
    field("properties.agentPoolProfiles[].name", "default_node_pool[].name").also("agent_pool_profile[].name");

/// The application gateway that the ingress add-on writes to.
pub static GATEWAY_ADDON: Field = field(
    "properties.addonProfiles.ingressApplicationGateway.config.applicationGatewayId",
    "ingress_application_gateway.gateway_id",
)
.also("addon_profile.ingress_application_gateway.gateway_id");

/// The ingress add-on is on. azurerm's block switches it on by being there; version 2 had a flag in it.
pub static GATEWAY_ADDON_ENABLED: Field = field(
    "properties.addonProfiles.ingressApplicationGateway.enabled",
    "addon_profile.ingress_application_gateway.enabled",
)
.present("ingress_application_gateway")
.or_bool(false);

/// The resource group that AKS makes for the nodes.
pub static NODE_RESOURCE_GROUP: Field = field("properties.nodeResourceGroup", "node_resource_group");

/// The API server's private name: known once the cluster is there.
pub static PRIVATE_FQDN: Field = field("properties.privateFQDN", "private_fqdn");

/// The API server's name: known once the cluster is there.
pub static FQDN: Field = field("properties.fqdn", "fqdn");

/// The region.
pub static LOCATION: Field = field("location", "location");

/// `Automatic` clusters bring their own network settings.
pub static SKU: Field = arm_field("sku.name");

/// A pool's own subnet.
pub static POOL_SUBNET: Field = field("properties.vnetSubnetID", "vnet_subnet_id").single("vnetSubnetID");

/// Where the nodes of a pool stand.
pub static POOL_TO_SUBNET: Link = Link { field: &POOL_SUBNET, to: &virtual_network::SUBNET };

/// The zone that a private cluster writes its name into.
pub static CLUSTER_TO_ZONE: Link = Link { field: &PRIVATE_DNS_ZONE, to: &super::dns::ZONE };

/// The gateway that the ingress add-on writes to.
pub static CLUSTER_TO_GATEWAY: Link = Link { field: &GATEWAY_ADDON, to: &application_gateway::APPLICATION_GATEWAY };
