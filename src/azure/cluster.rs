//! AKS clusters and their node pools.
//!
//! Defaults: <https://learn.microsoft.com/azure/templates/microsoft.containerservice/managedclusters> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/kubernetes_cluster>.

use super::{
    Default_, Field, Link, Naming, Split, Type, Variant, application_gateway, arm_field, field, virtual_network,
};

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
        &API_SUBNET,
        &AUTHORIZED_RANGES,
        &IDENTITY_TYPE,
        &IDENTITY_IDS,
        &KUBELET_IDENTITY,
        &SERVICE_PRINCIPAL,
        &NETWORK_PLUGIN,
        &NETWORK_PLUGIN_MODE,
        &NETWORK_POLICY,
        &DATA_PLANE,
        &OUTBOUND,
        &LOAD_BALANCER_SKU,
        &OUTBOUND_IP_COUNT,
        &OUTBOUND_IPV6_COUNT,
        &OUTBOUND_IPS,
        &OUTBOUND_PREFIXES,
        &OUTBOUND_PORTS,
        &OUTBOUND_IDLE_TIMEOUT,
        &BACKEND_POOL_TYPE,
        &NAT_IP_COUNT,
        &SERVICE_CIDRS,
        &DNS_SERVICE_IP,
        &POD_CIDRS,
        &IP_FAMILIES,
        &NODE_SUBNETS,
        &SYSTEM_NODE_SUBNET,
        &POOL_NAMES,
        &GATEWAY_ADDON_ENABLED,
        &GATEWAY_ADDON,
        &GATEWAY_ADDON_NAME,
        &GATEWAY_ADDON_SUBNET,
        &GATEWAY_ADDON_RANGE,
        &VIRTUAL_NODES,
        &VIRTUAL_NODES_SUBNET,
        &HTTP_APPLICATION_ROUTING,
        &APP_ROUTING,
        &APP_ROUTING_CONTROLLER,
        &MESH_MODE,
        &MESH_GATEWAYS,
        &MESH_EXTERNAL,
        &ARTIFACT_SOURCE,
        &ARTIFACT_REGISTRY,
        &NODE_PROVISIONING,
        &KUBERNETES_VERSION,
        &DNS_PREFIX,
        &FQDN_SUBDOMAIN,
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
    fields: &[
        &POOL_SUBNET,
        &POD_SUBNET,
        &POD_IP_ALLOCATION,
        &MAX_PODS,
        &COUNT,
        &AUTOSCALING,
        &MIN_COUNT,
        &MAX_COUNT,
        &MAX_SURGE,
        &MAX_UNAVAILABLE,
        &PRIORITY,
        &OS,
        &OS_SKU,
        &POOL_MODE,
        &POOL_TYPE,
        &NODE_PUBLIC_IP,
        &NODE_PUBLIC_IP_PREFIX,
        &ZONES,
        &NODE_TAINTS,
        &CRITICAL_ADDONS_ONLY,
    ],
    splits: &[],
};

/// What an `Automatic` cluster assumes where others assume something else: it brings its own network settings
/// (<https://learn.microsoft.com/azure/aks/intro-aks-automatic>).
pub static AUTOMATIC: Variant = Variant {
    of: &CLUSTER,
    field: &SKU,
    is: "Automatic",
    assumes: &[
        (&VNET_INTEGRATION, Default_::Bool(true)),
        (&NETWORK_PLUGIN, Default_::Text("azure")),
        (&NETWORK_PLUGIN_MODE, Default_::Text("overlay")),
        (&NETWORK_POLICY, Default_::Text("cilium")),
        (&DATA_PLANE, Default_::Text("cilium")),
        (&OUTBOUND, Default_::Text("managedNATGateway")),
        (&NODE_PROVISIONING, Default_::Text("Auto")),
    ],
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

/// The subnet that the API server is put into with VNet integration.
pub static API_SUBNET: Field =
    field("properties.apiServerAccessProfile.subnetId", "api_server_access_profile.subnet_id")
        .also("api_server_access.subnet_id");

/// The ranges that may reach a public API server. Left out or empty, everybody may.
pub static AUTHORIZED_RANGES: Field =
    field("properties.apiServerAccessProfile.authorizedIPRanges", "api_server_access_profile.authorized_ip_ranges")
        .also("api_server_access.authorized_ip_ranges")
        .also("api_server_authorized_ip_ranges");

/// `SystemAssigned`, `UserAssigned`, `None`. azurerm requires it where there is no service principal.
pub static IDENTITY_TYPE: Field = field("identity.type", "identity.type").in_arm(Default_::Unknown);

/// The ids of the identities that the cluster acts as: the keys of ARM's object.
pub static IDENTITY_IDS: Field = field("identity.userAssignedIdentities[]", "identity.identity_ids[]");

/// The identity that the nodes pull images with, where it is one of the code's own.
pub static KUBELET_IDENTITY: Field =
    field("properties.identityProfile.kubeletidentity.resourceId", "kubelet_identity.user_assigned_identity_id");

/// The application that the cluster acts as, where it has no identity.
pub static SERVICE_PRINCIPAL: Field =
    field("properties.servicePrincipalProfile.clientId", "service_principal.client_id");

/// `azure`, `kubenet`, `none`. What is assumed where it is left out hangs on the Kubernetes version:
/// see `Place::network_model`.
pub static NETWORK_PLUGIN: Field = field("properties.networkProfile.networkPlugin", "network_profile.network_plugin");

/// `overlay`. Left out beside a plugin that is written, pods have addresses of a subnet.
pub static NETWORK_PLUGIN_MODE: Field =
    field("properties.networkProfile.networkPluginMode", "network_profile.network_plugin_mode");

/// Which engine enforces network policies: `azure`, `calico`, `cilium`, `none`.
pub static NETWORK_POLICY: Field = field("properties.networkProfile.networkPolicy", "network_profile.network_policy");

/// `azure`, `cilium`.
pub static DATA_PLANE: Field =
    field("properties.networkProfile.networkDataplane", "network_profile.network_data_plane")
        .also("network_profile.ebpf_data_plane")
        .or("azure");

/// How nodes reach the internet. What an `Automatic` cluster assumes is for a VNet that AKS makes.
pub static OUTBOUND: Field =
    field("properties.networkProfile.outboundType", "network_profile.outbound_type").or("loadBalancer");

/// `standard`, `basic`.
pub static LOAD_BALANCER_SKU: Field =
    field("properties.networkProfile.loadBalancerSku", "network_profile.load_balancer_sku").or("standard");

/// How many public addresses AKS makes for what leaves through the load balancer.
pub static OUTBOUND_IP_COUNT: Field = field(
    "properties.networkProfile.loadBalancerProfile.managedOutboundIPs.count",
    "network_profile.load_balancer_profile.managed_outbound_ip_count",
)
.or_number(1);

/// The same for IPv6. Left out, one with both families and none with IPv4 alone.
pub static OUTBOUND_IPV6_COUNT: Field = field(
    "properties.networkProfile.loadBalancerProfile.managedOutboundIPs.countIPv6",
    "network_profile.load_balancer_profile.managed_outbound_ipv6_count",
);

/// The code's own public addresses for what leaves through the load balancer.
pub static OUTBOUND_IPS: Field = field(
    "properties.networkProfile.loadBalancerProfile.outboundIPs.publicIPs[].id",
    "network_profile.load_balancer_profile.outbound_ip_address_ids[]",
);

/// The code's own prefixes for what leaves through the load balancer.
pub static OUTBOUND_PREFIXES: Field = field(
    "properties.networkProfile.loadBalancerProfile.outboundIPPrefixes.publicIPPrefixes[].id",
    "network_profile.load_balancer_profile.outbound_ip_prefix_ids[]",
);

/// The ports of each node on each outbound address; 0 leaves them to Azure.
pub static OUTBOUND_PORTS: Field = field(
    "properties.networkProfile.loadBalancerProfile.allocatedOutboundPorts",
    "network_profile.load_balancer_profile.outbound_ports_allocated",
)
.or_number(0);

/// Minutes after which the load balancer forgets a silent connection.
pub static OUTBOUND_IDLE_TIMEOUT: Field = field(
    "properties.networkProfile.loadBalancerProfile.idleTimeoutInMinutes",
    "network_profile.load_balancer_profile.idle_timeout_in_minutes",
)
.or_number(30);

/// `NodeIPConfiguration`, `NodeIP`.
pub static BACKEND_POOL_TYPE: Field = field(
    "properties.networkProfile.loadBalancerProfile.backendPoolType",
    "network_profile.load_balancer_profile.backend_pool_type",
)
.or("NodeIPConfiguration");

/// How many public addresses AKS makes for the NAT gateway that it manages.
pub static NAT_IP_COUNT: Field = field(
    "properties.networkProfile.natGatewayProfile.managedOutboundIPProfile.count",
    "network_profile.nat_gateway_profile.managed_outbound_ip_count",
)
.or_number(1);

/// The range of the addresses of services: one IPv4 range, beside it one of IPv6.
pub static SERVICE_CIDRS: Field = field("properties.networkProfile.serviceCidrs", "network_profile.service_cidrs")
    .single("properties.networkProfile.serviceCidr")
    .also("network_profile.service_cidr")
    .or_texts(&["10.0.0.0/16"]);

/// The address of the cluster's DNS service.
pub static DNS_SERVICE_IP: Field =
    field("properties.networkProfile.dnsServiceIP", "network_profile.dns_service_ip").or("10.0.0.10");

/// The range of the addresses of pods, with overlay and kubenet. What is assumed where it is left out:
/// see `Place::pod_ranges`.
pub static POD_CIDRS: Field = field("properties.networkProfile.podCidrs", "network_profile.pod_cidrs")
    .single("properties.networkProfile.podCidr")
    .also("network_profile.pod_cidr");

/// `IPv4`, or both.
pub static IP_FAMILIES: Field =
    field("properties.networkProfile.ipFamilies", "network_profile.ip_versions").or_texts(&["IPv4"]);

/// The subnets of the pools that are written inside the cluster.
pub static NODE_SUBNETS: Field =
    field("properties.agentPoolProfiles[].vnetSubnetID", "default_node_pool[].vnet_subnet_id")
        .also("agent_pool_profile[].vnet_subnet_id")
        .also("hosted_system[].node_subnet_id");

/// The subnet of the system nodes that AKS itself runs for an `Automatic` cluster.
pub static SYSTEM_NODE_SUBNET: Field =
    field("properties.hostedSystemProfile.systemNodeSubnetID", "hosted_system.system_node_subnet_id");

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

/// The gateway that the add-on makes, by name.
pub static GATEWAY_ADDON_NAME: Field = field(
    "properties.addonProfiles.ingressApplicationGateway.config.applicationGatewayName",
    "ingress_application_gateway.gateway_name",
)
.also("addon_profile.ingress_application_gateway.gateway_name");

/// The subnet that the add-on makes its gateway in.
pub static GATEWAY_ADDON_SUBNET: Field = field(
    "properties.addonProfiles.ingressApplicationGateway.config.subnetId",
    "ingress_application_gateway.subnet_id",
)
.also("addon_profile.ingress_application_gateway.subnet_id");

/// The range of the subnet that the add-on makes for its gateway.
pub static GATEWAY_ADDON_RANGE: Field = field(
    "properties.addonProfiles.ingressApplicationGateway.config.subnetCIDR",
    "ingress_application_gateway.subnet_cidr",
)
.also("addon_profile.ingress_application_gateway.subnet_cidr");

/// Virtual nodes are on. azurerm's block switches them on by being there; version 2 had a flag in it.
pub static VIRTUAL_NODES: Field =
    field("properties.addonProfiles.aciConnectorLinux.enabled", "addon_profile.aci_connector_linux.enabled")
        .present("aci_connector_linux")
        .or_bool(false);

/// The subnet of virtual nodes: its name, not its id.
pub static VIRTUAL_NODES_SUBNET: Field =
    field("properties.addonProfiles.aciConnectorLinux.config.SubnetName", "aci_connector_linux.subnet_name")
        .also("addon_profile.aci_connector_linux.subnet_name");

/// The retired add-on for ingress.
pub static HTTP_APPLICATION_ROUTING: Field =
    field("properties.addonProfiles.httpApplicationRouting.enabled", "http_application_routing_enabled")
        .also("addon_profile.http_application_routing.enabled")
        .or_bool(false);

/// The add-on for ingress that AKS manages.
pub static APP_ROUTING: Field = field("properties.ingressProfile.webAppRouting.enabled", "web_app_routing.enabled")
    .present("web_app_routing")
    .present("web_app_routing_ingress")
    .or_bool(false);

/// Whether its first controller has a public address: `AnnotationControlled` and `External` have, `Internal` and `None`
/// have not.
pub static APP_ROUTING_CONTROLLER: Field = field(
    "properties.ingressProfile.webAppRouting.nginx.defaultIngressControllerType",
    "web_app_routing.default_nginx_controller",
)
.also("web_app_routing_ingress.default_nginx_controller")
.or("AnnotationControlled");

/// `Istio` where the service mesh of AKS is on.
pub static MESH_MODE: Field = field("properties.serviceMeshProfile.mode", "service_mesh_profile.mode");

/// The kinds of the service mesh's gateways in ARM: `External`, `Internal`.
pub static MESH_GATEWAYS: Field = arm_field("properties.serviceMeshProfile.istio.components.ingressGateways[].mode");

/// azurerm has a flag for the service mesh's external gateway.
pub static MESH_EXTERNAL: Field = field(
    "properties.serviceMeshProfile.istio.components.externalIngressGateway",
    "service_mesh_profile.external_ingress_gateway_enabled",
);

/// Where nodes fetch what they start with: `Direct`, or `Cache` for one that reaches no internet.
pub static ARTIFACT_SOURCE: Field =
    field("properties.bootstrapProfile.artifactSource", "bootstrap_profile.artifact_source").or("Direct");

/// The registry that holds what nodes start with.
pub static ARTIFACT_REGISTRY: Field =
    field("properties.bootstrapProfile.containerRegistryId", "bootstrap_profile.container_registry_id");

/// `Manual`, or `Auto` where AKS makes nodes as it needs them.
pub static NODE_PROVISIONING: Field =
    field("properties.nodeProvisioningProfile.mode", "node_provisioning_profile.mode").or("Manual");

/// The version of Kubernetes. Left out, the service's own.
pub static KUBERNETES_VERSION: Field = field("properties.kubernetesVersion", "kubernetes_version");

/// The first part of the API server's name.
pub static DNS_PREFIX: Field = field("properties.dnsPrefix", "dns_prefix");

/// The same below a zone of the code's own.
pub static FQDN_SUBDOMAIN: Field = field("properties.fqdnSubdomain", "dns_prefix_private_cluster");

/// The resource group that AKS makes for the nodes.
pub static NODE_RESOURCE_GROUP: Field = field("properties.nodeResourceGroup", "node_resource_group");

/// The API server's private name: known once the cluster is there.
pub static PRIVATE_FQDN: Field = field("properties.privateFQDN", "private_fqdn");

/// The API server's name: known once the cluster is there.
pub static FQDN: Field = field("properties.fqdn", "fqdn");

/// The region.
pub static LOCATION: Field = field("location", "location");

/// `Base`, `Automatic`. azurerm has a resource type for each.
pub static SKU: Field = arm_field("sku.name").or("Base");

/// A pool's own subnet.
pub static POOL_SUBNET: Field = field("properties.vnetSubnetID", "vnet_subnet_id").single("vnetSubnetID");

/// The subnet that the pods of a pool have their addresses from.
pub static POD_SUBNET: Field = field("properties.podSubnetID", "pod_subnet_id").single("podSubnetID");

/// `DynamicIndividual`, `StaticBlock`.
pub static POD_IP_ALLOCATION: Field =
    arm_field("properties.podIPAllocationMode").single("podIPAllocationMode").or("DynamicIndividual");

/// The most pods on a node. What is assumed where it is left out hangs on the network model: see `Place::max_pods`.
pub static MAX_PODS: Field = field("properties.maxPods", "max_pods").single("maxPods");

/// How many nodes a pool begins with.
pub static COUNT: Field = field("properties.count", "node_count").single("count").or_number(1);

/// The pool grows and shrinks by itself.
pub static AUTOSCALING: Field = field("properties.enableAutoScaling", "auto_scaling_enabled")
    .also("enable_auto_scaling")
    .single("enableAutoScaling")
    .or_bool(false);

/// The fewest nodes of a pool that grows and shrinks by itself.
pub static MIN_COUNT: Field = field("properties.minCount", "min_count").single("minCount");

/// The most nodes of a pool that grows and shrinks by itself.
pub static MAX_COUNT: Field = field("properties.maxCount", "max_count").single("maxCount");

/// How many nodes an upgrade adds: a number, or a share such as `10%`.
pub static MAX_SURGE: Field =
    field("properties.upgradeSettings.maxSurge", "upgrade_settings.max_surge").single("upgradeSettings.maxSurge");

/// How many nodes may be missing during an upgrade, instead of adding some.
pub static MAX_UNAVAILABLE: Field =
    field("properties.upgradeSettings.maxUnavailable", "upgrade_settings.max_unavailable")
        .single("upgradeSettings.maxUnavailable");

/// `Regular`, `Spot`.
pub static PRIORITY: Field = field("properties.scaleSetPriority", "priority").single("scaleSetPriority").or("Regular");

/// `Linux`, `Windows`.
pub static OS: Field = field("properties.osType", "os_type").single("osType").or("Linux");

/// `Ubuntu`, `AzureLinux`, `Windows2019`, …
pub static OS_SKU: Field = field("properties.osSKU", "os_sku").single("osSKU");

/// `System`, `User`. The pool inside an azurerm cluster is always a system pool; what ARM makes of the only pool of a
/// cluster is not documented.
pub static POOL_MODE: Field = field("properties.mode", "mode").single("mode").or("User").in_arm(Default_::Unknown);

/// `VirtualMachineScaleSets`, `AvailabilitySet`, `VirtualMachines`.
pub static POOL_TYPE: Field = field("properties.type", "type").single("type").or("VirtualMachineScaleSets");

/// Every node has a public address.
pub static NODE_PUBLIC_IP: Field = field("properties.enableNodePublicIP", "node_public_ip_enabled")
    .also("enable_node_public_ip")
    .single("enableNodePublicIP")
    .or_bool(false);

/// The prefix that nodes have their public addresses from.
pub static NODE_PUBLIC_IP_PREFIX: Field =
    field("properties.nodePublicIPPrefixID", "node_public_ip_prefix_id").single("nodePublicIPPrefixID");

/// The availability zones that a pool's nodes are spread over.
pub static ZONES: Field =
    field("properties.availabilityZones", "zones").also("availability_zones").single("availabilityZones");

/// What keeps pods away from a pool.
pub static NODE_TAINTS: Field = field("properties.nodeTaints", "node_taints").single("nodeTaints");

/// azurerm's word for the taint `CriticalAddonsOnly=true:NoSchedule`, which ARM has among the others.
pub static CRITICAL_ADDONS_ONLY: Field = field("onlyCriticalAddonsEnabled", "only_critical_addons_enabled");

/// The prefix that nodes have their public addresses from.
pub static POOL_TO_PREFIX: Link = Link { field: &NODE_PUBLIC_IP_PREFIX, to: &super::public_ip::PUBLIC_IP_PREFIX };

/// Where the nodes of a pool stand.
pub static POOL_TO_SUBNET: Link = Link { field: &POOL_SUBNET, to: &virtual_network::SUBNET };

/// The zone that a private cluster writes its name into.
pub static CLUSTER_TO_ZONE: Link = Link { field: &PRIVATE_DNS_ZONE, to: &super::dns::ZONE };

/// The gateway that the ingress add-on writes to.
pub static CLUSTER_TO_GATEWAY: Link = Link { field: &GATEWAY_ADDON, to: &application_gateway::APPLICATION_GATEWAY };

/// Where the pods of a pool have their addresses from.
pub static POOL_TO_POD_SUBNET: Link = Link { field: &POD_SUBNET, to: &virtual_network::SUBNET };

/// Where the API server is put with VNet integration.
pub static CLUSTER_TO_API_SUBNET: Link = Link { field: &API_SUBNET, to: &virtual_network::SUBNET };

/// Where the system nodes of an `Automatic` cluster stand.
pub static CLUSTER_TO_SYSTEM_SUBNET: Link = Link { field: &SYSTEM_NODE_SUBNET, to: &virtual_network::SUBNET };

/// The identity that the cluster acts as.
pub static CLUSTER_TO_IDENTITY: Link = Link { field: &IDENTITY_IDS, to: &super::identity::IDENTITY };

/// The identity that the nodes pull images with.
pub static CLUSTER_TO_KUBELET_IDENTITY: Link = Link { field: &KUBELET_IDENTITY, to: &super::identity::IDENTITY };

/// The code's own public addresses for what leaves through the load balancer.
pub static CLUSTER_TO_OUTBOUND_IP: Link = Link { field: &OUTBOUND_IPS, to: &super::public_ip::PUBLIC_IP };

/// The code's own prefixes for what leaves through the load balancer.
pub static CLUSTER_TO_OUTBOUND_PREFIX: Link =
    Link { field: &OUTBOUND_PREFIXES, to: &super::public_ip::PUBLIC_IP_PREFIX };

/// The subnet that the ingress add-on makes its gateway in. It is no link of the graph: the add-on's gateway stands there.
pub static CLUSTER_TO_GATEWAY_SUBNET: Link = Link { field: &GATEWAY_ADDON_SUBNET, to: &virtual_network::SUBNET };
