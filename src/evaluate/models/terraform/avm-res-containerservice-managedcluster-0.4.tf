# The cluster, its pools, its private endpoints and the roles on it, from the version on that asks Azure in ARM's words.
variable "name" {
  type = string
}

variable "parent_id" {
  type = string
}

variable "location" {
  type = string
}

variable "kubernetes_version" {
  type    = string
  default = null
}

variable "node_resource_group" {
  type    = string
  default = null
}

variable "dns_prefix" {
  type    = string
  default = null
}

variable "fqdn_subdomain" {
  type    = string
  default = null
}

variable "public_network_access" {
  type    = string
  default = null
}

variable "create_agentpools_before_destroy" {
  type    = bool
  default = false
}

variable "private_endpoints_manage_dns_zone_group" {
  type    = bool
  default = true
}

variable "sku" {
  type = object({
    name = optional(string)
    tier = optional(string)
  })
  default = null
}

variable "api_server_access_profile" {
  type = object({
    authorized_ip_ranges               = optional(list(string))
    disable_run_command                = optional(bool)
    enable_private_cluster             = optional(bool)
    enable_private_cluster_public_fqdn = optional(bool)
    enable_vnet_integration            = optional(bool)
    private_dns_zone                   = optional(string)
    subnet_id                          = optional(string)
  })
  default = null
}

variable "network_profile" {
  type = object({
    dns_service_ip    = optional(string)
    ip_families       = optional(list(string))
    load_balancer_sku = optional(string)
    load_balancer_profile = optional(object({
      allocated_outbound_ports = optional(number)
      backend_pool_type        = optional(string)
      idle_timeout_in_minutes  = optional(number)
      managed_outbound_ips = optional(object({
        count       = optional(number)
        count_i_pv6 = optional(number)
      }))
      outbound_ip_prefixes = optional(object({
        public_ip_prefixes = optional(list(object({
          id = optional(string)
        })))
      }))
      outbound_ips = optional(object({
        public_ips = optional(list(object({
          id = optional(string)
        })))
      }))
    }))
    nat_gateway_profile = optional(object({
      idle_timeout_in_minutes = optional(number)
      managed_outbound_ip_profile = optional(object({
        count = optional(number)
      }))
    }))
    network_dataplane   = optional(string)
    network_mode        = optional(string)
    network_plugin      = optional(string)
    network_plugin_mode = optional(string)
    network_policy      = optional(string)
    outbound_type       = optional(string)
    pod_cidr            = optional(string)
    pod_cidrs           = optional(list(string))
    service_cidr        = optional(string)
    service_cidrs       = optional(list(string))
    static_egress_gateway_profile = optional(object({
      enabled = optional(bool)
    }))
  })
  default = null
}

variable "default_agent_pool" {
  type = object({
    name                     = optional(string, "systempool")
    availability_zones       = optional(list(string))
    count_of                 = optional(number, 3)
    enable_auto_scaling      = optional(bool)
    enable_node_public_ip    = optional(bool)
    max_count                = optional(number)
    max_pods                 = optional(number)
    min_count                = optional(number)
    mode                     = optional(string)
    node_public_ip_prefix_id = optional(string)
    orchestrator_version     = optional(string)
    os_sku                   = optional(string)
    pod_ip_allocation_mode   = optional(string)
    pod_subnet_id            = optional(string)
    scale_down_mode          = optional(string)
    type                     = optional(string)
    upgrade_settings = optional(object({
      max_surge = optional(string)
    }))
    vm_size        = optional(string)
    vnet_subnet_id = optional(string)
  })
  default  = {}
  nullable = false
}

variable "agent_pools" {
  type = map(object({
    name                     = string
    availability_zones       = optional(list(string))
    count_of                 = optional(number)
    enable_auto_scaling      = optional(bool)
    enable_node_public_ip    = optional(bool)
    max_count                = optional(number)
    max_pods                 = optional(number)
    min_count                = optional(number)
    mode                     = optional(string)
    node_public_ip_prefix_id = optional(string)
    orchestrator_version     = optional(string)
    os_sku                   = optional(string)
    os_type                  = optional(string)
    pod_ip_allocation_mode   = optional(string)
    pod_subnet_id            = optional(string)
    scale_down_mode          = optional(string)
    type                     = optional(string)
    upgrade_settings = optional(object({
      max_surge = optional(string)
    }))
    vm_size        = optional(string)
    vnet_subnet_id = optional(string)
  }))
  default  = {}
  nullable = false
}

variable "hosted_system_profile" {
  type = object({
    enabled               = optional(bool)
    node_subnet_id        = optional(string)
    system_node_subnet_id = optional(string)
  })
  default = null
}

variable "managed_identities" {
  type = object({
    system_assigned            = optional(bool, false)
    user_assigned_resource_ids = optional(set(string), [])
  })
  default = {
    system_assigned = true
  }
  nullable = false
}

variable "identity_profile" {
  type = map(object({
    resource_id = optional(string)
  }))
  default = null
}

variable "service_principal_profile" {
  type = object({
    client_id = string
    secret    = optional(string)
  })
  default = null
}

variable "addon_profile_ingress_application_gateway" {
  type = object({
    config = optional(object({
      application_gateway_id   = string
      application_gateway_name = optional(string)
      subnet_cidr              = optional(string)
      subnet_id                = optional(string)
    }))
    enabled = bool
  })
  default = null
}

variable "addon_profiles_extra" {
  type = map(object({
    config  = optional(map(string))
    enabled = bool
  }))
  default  = {}
  nullable = false
}

variable "ingress_profile" {
  type = object({
    web_app_routing = optional(object({
      dns_zone_resource_ids = optional(list(string))
      enabled               = optional(bool)
      nginx = optional(object({
        default_ingress_controller_type = optional(string)
      }))
    }))
  })
  default = null
}

variable "service_mesh_profile" {
  type = object({
    istio = optional(object({
      components = optional(object({
        ingress_gateways = optional(list(object({
          enabled = bool
          mode    = string
        })))
      }))
      revisions = optional(list(string))
    }))
    mode = string
  })
  default = null
}

variable "private_endpoints" {
  type = map(object({
    name                            = optional(string)
    subnet_resource_id              = string
    location                        = optional(string)
    resource_group_name             = optional(string)
    private_dns_zone_group_name     = optional(string, "default")
    private_dns_zone_resource_ids   = optional(set(string), [])
    private_service_connection_name = optional(string)
    ip_configurations = optional(map(object({
      name               = string
      private_ip_address = string
    })), {})
  }))
  default  = {}
  nullable = false
}

variable "role_assignments" {
  type = map(object({
    role_definition_id_or_name = string
    principal_id               = string
  }))
  default  = {}
  nullable = false
}

variable "aad_profile" {}
variable "addon_profile_azure_policy" {}
variable "addon_profile_confidential_computing" {}
variable "addon_profile_key_vault_secrets_provider" {}
variable "addon_profile_oms_agent" {}
variable "agentpool_timeouts" {}
variable "ai_toolchain_operator_profile" {}
variable "alert_email" {}
variable "auto_scaler_profile" {}
variable "auto_upgrade_profile" {}
variable "azure_monitor_profile" {}
variable "bootstrap_profile" {}
variable "cluster_timeouts" {}
variable "diagnostic_settings" {}
variable "disable_local_accounts" {}
variable "disk_encryption_set_id" {}
variable "enable_rbac" {}
variable "enable_telemetry" {}
variable "extended_location" {}
variable "http_proxy_config" {}
variable "kind" {}
variable "kube_proxy_config" {}
variable "linux_profile" {}
variable "lock" {}
variable "maintenanceconfiguration" {}
variable "metrics_profile" {}
variable "namespace" {}
variable "node_provisioning_profile" {}
variable "node_resource_group_profile" {}
variable "oidc_issuer_profile" {}
variable "onboard_alerts" {}
variable "onboard_monitoring" {}
variable "pod_identity_profile" {}
variable "private_link_resources" {}
variable "prometheus_workspace_id" {}
variable "security_profile" {}
variable "storage_profile" {}
variable "support_plan" {}
variable "tags" {}
variable "upgrade_settings" {}
variable "windows_profile" {}
variable "windows_profile_password" {}
variable "windows_profile_password_version" {}
variable "workload_auto_scaler_profile" {}

locals {
  # An automatic cluster says little: what Azure chooses for it may not be written.
  automatic = var.sku != null && try(var.sku.name == "Automatic", false)
  assigned  = var.managed_identities.user_assigned_resource_ids
  balancer  = try(var.network_profile.load_balancer_profile, null)
  nat       = try(var.network_profile.nat_gateway_profile, null)

  network = var.network_profile == null ? null : {
    dnsServiceIP = var.network_profile.dns_service_ip
    outboundType = var.network_profile.outbound_type
    podCidr      = var.network_profile.pod_cidr
    serviceCidr  = var.network_profile.service_cidr

    ipFamilies        = local.automatic ? null : var.network_profile.ip_families
    loadBalancerSku   = local.automatic ? null : var.network_profile.load_balancer_sku
    networkDataplane  = local.automatic ? null : var.network_profile.network_dataplane
    networkMode       = local.automatic ? null : var.network_profile.network_mode
    networkPlugin     = local.automatic ? null : var.network_profile.network_plugin
    networkPluginMode = local.automatic ? null : var.network_profile.network_plugin_mode
    networkPolicy     = local.automatic ? null : var.network_profile.network_policy
    podCidrs          = local.automatic ? null : var.network_profile.pod_cidrs
    serviceCidrs      = local.automatic ? null : var.network_profile.service_cidrs

    loadBalancerProfile = local.automatic || local.balancer == null ? null : {
      allocatedOutboundPorts = local.balancer.allocated_outbound_ports
      backendPoolType        = local.balancer.backend_pool_type
      idleTimeoutInMinutes   = local.balancer.idle_timeout_in_minutes
      managedOutboundIPs = local.balancer.managed_outbound_ips == null ? null : {
        count     = local.balancer.managed_outbound_ips.count
        countIPv6 = local.balancer.managed_outbound_ips.count_i_pv6
      }
      outboundIPPrefixes = local.balancer.outbound_ip_prefixes == null ? null : {
        publicIPPrefixes = local.balancer.outbound_ip_prefixes.public_ip_prefixes
      }
      outboundIPs = local.balancer.outbound_ips == null ? null : {
        publicIPs = local.balancer.outbound_ips.public_ips
      }
    }
    natGatewayProfile = local.automatic || local.nat == null ? null : {
      idleTimeoutInMinutes = local.nat.idle_timeout_in_minutes
      managedOutboundIPProfile = local.nat.managed_outbound_ip_profile == null ? null : {
        count = local.nat.managed_outbound_ip_profile.count
      }
    }
    staticEgressGatewayProfile = local.automatic ? null : var.network_profile.static_egress_gateway_profile
  }

  gateway = var.addon_profile_ingress_application_gateway
  addons = merge(
    local.gateway == null ? {} : {
      ingressApplicationGateway = {
        enabled = local.gateway.enabled
        config = local.gateway.config == null ? null : {
          applicationGatewayId   = local.gateway.config.application_gateway_id
          applicationGatewayName = local.gateway.config.application_gateway_name
          subnetCIDR             = local.gateway.config.subnet_cidr
          subnetId               = local.gateway.config.subnet_id
        }
      }
    },
    var.addon_profiles_extra,
  )
}

resource "azapi_resource" "this" {
  type                 = "Microsoft.ContainerService/managedClusters@2026-03-01"
  name                 = var.name
  parent_id            = var.parent_id
  location             = var.location
  ignore_null_property = true

  body = {
    properties = {
      kubernetesVersion   = var.kubernetes_version
      dnsPrefix           = local.automatic || var.fqdn_subdomain != null ? null : var.dns_prefix
      fqdnSubdomain       = local.automatic ? null : var.fqdn_subdomain
      nodeResourceGroup   = var.node_resource_group
      publicNetworkAccess = local.automatic ? null : var.public_network_access
      networkProfile      = local.automatic && try(var.network_profile.outbound_type == "loadBalancer", true) ? null : local.network
      addonProfiles       = local.addons

      apiServerAccessProfile = var.api_server_access_profile == null ? null : {
        authorizedIPRanges             = var.api_server_access_profile.authorized_ip_ranges
        disableRunCommand              = var.api_server_access_profile.disable_run_command
        enablePrivateCluster           = var.api_server_access_profile.enable_private_cluster
        enablePrivateClusterPublicFQDN = var.api_server_access_profile.enable_private_cluster_public_fqdn
        enableVnetIntegration          = var.api_server_access_profile.enable_vnet_integration
        privateDNSZone                 = var.api_server_access_profile.private_dns_zone
        subnetId                       = var.api_server_access_profile.subnet_id
      }
      hostedSystemProfile = var.hosted_system_profile == null ? null : {
        enabled            = var.hosted_system_profile.enabled
        nodeSubnetID       = var.hosted_system_profile.node_subnet_id
        systemNodeSubnetID = var.hosted_system_profile.system_node_subnet_id
      }
      identityProfile = local.automatic || var.identity_profile == null ? null : {
        for name, identity in var.identity_profile : name => { resourceId = identity.resource_id }
      }
      servicePrincipalProfile = local.automatic || var.service_principal_profile == null ? null : {
        clientId = var.service_principal_profile.client_id
        secret   = var.service_principal_profile.secret
      }
      ingressProfile = try(var.ingress_profile.web_app_routing, null) == null ? null : {
        webAppRouting = {
          enabled            = var.ingress_profile.web_app_routing.enabled
          dnsZoneResourceIds = var.ingress_profile.web_app_routing.dns_zone_resource_ids
          nginx = var.ingress_profile.web_app_routing.nginx == null ? null : {
            defaultIngressControllerType = var.ingress_profile.web_app_routing.nginx.default_ingress_controller_type
          }
        }
      }
      serviceMeshProfile = var.service_mesh_profile == null ? null : {
        mode = var.service_mesh_profile.mode
        istio = var.service_mesh_profile.istio == null ? null : {
          revisions = var.service_mesh_profile.istio.revisions
          components = var.service_mesh_profile.istio.components == null ? null : {
            ingressGateways = var.service_mesh_profile.istio.components.ingress_gateways
          }
        }
      }

      agentPoolProfiles = [{
        name         = var.default_agent_pool.name
        mode         = "System"
        count        = !local.automatic && var.default_agent_pool.max_count != null && var.default_agent_pool.min_count != null ? null : var.default_agent_pool.count_of
        vnetSubnetID = var.default_agent_pool.vnet_subnet_id

        availabilityZones    = local.automatic ? null : var.default_agent_pool.availability_zones
        enableAutoScaling    = local.automatic ? null : var.default_agent_pool.enable_auto_scaling
        enableNodePublicIP   = local.automatic ? null : var.default_agent_pool.enable_node_public_ip
        maxCount             = local.automatic ? null : var.default_agent_pool.max_count
        maxPods              = local.automatic ? null : var.default_agent_pool.max_pods
        minCount             = local.automatic ? null : var.default_agent_pool.min_count
        nodePublicIPPrefixID = local.automatic ? null : var.default_agent_pool.node_public_ip_prefix_id
        orchestratorVersion  = local.automatic ? null : var.default_agent_pool.orchestrator_version
        osSKU                = local.automatic ? null : var.default_agent_pool.os_sku
        osType               = local.automatic ? null : "Linux"
        podIPAllocationMode  = local.automatic ? null : var.default_agent_pool.pod_ip_allocation_mode
        podSubnetID          = local.automatic ? null : var.default_agent_pool.pod_subnet_id
        scaleDownMode        = local.automatic ? null : var.default_agent_pool.scale_down_mode
        type                 = local.automatic ? null : var.default_agent_pool.type
        vmSize               = local.automatic ? null : var.default_agent_pool.vm_size
        upgradeSettings = local.automatic || var.default_agent_pool.upgrade_settings == null ? null : {
          maxSurge = var.default_agent_pool.upgrade_settings.max_surge
        }
      }]
    }
    sku = var.sku
  }

  dynamic "identity" {
    for_each = var.managed_identities.system_assigned || length(local.assigned) > 0 ? ["this"] : []
    content {
      type         = length(local.assigned) == 0 ? "SystemAssigned" : var.managed_identities.system_assigned ? "SystemAssigned, UserAssigned" : "UserAssigned"
      identity_ids = local.assigned
    }
  }

  lifecycle {
    ignore_changes = [body.properties.agentPoolProfiles, body.properties.kubernetesVersion]
  }
}

resource "azapi_resource" "pools" {
  for_each = var.agent_pools
  type     = "Microsoft.ContainerService/managedClusters/agentPools@2026-01-02-preview"
  # A pool that is made before the old one goes has four letters more.
  name                 = var.create_agentpools_before_destroy ? "${each.value.name}${substr(sha256(uuid()), 0, 4)}" : each.value.name
  parent_id            = azapi_resource.this.id
  ignore_null_property = true

  body = {
    properties = {
      availabilityZones    = each.value.availability_zones
      count                = each.value.max_count != null && each.value.min_count != null ? null : each.value.count_of
      enableAutoScaling    = each.value.enable_auto_scaling
      enableNodePublicIP   = each.value.enable_node_public_ip
      maxCount             = each.value.max_count
      maxPods              = each.value.max_pods
      minCount             = each.value.min_count
      mode                 = each.value.mode
      nodePublicIPPrefixID = each.value.node_public_ip_prefix_id
      orchestratorVersion  = each.value.orchestrator_version
      osSKU                = each.value.os_sku
      osType               = each.value.os_type
      podIPAllocationMode  = each.value.pod_ip_allocation_mode
      podSubnetID          = each.value.pod_subnet_id
      scaleDownMode        = each.value.scale_down_mode
      type                 = each.value.type
      vmSize               = each.value.vm_size
      vnetSubnetID         = each.value.vnet_subnet_id
      upgradeSettings = each.value.upgrade_settings == null ? null : {
        maxSurge = each.value.upgrade_settings.max_surge
      }
    }
  }
}

resource "azurerm_private_endpoint" "this_managed_dns_zone_groups" {
  for_each            = var.private_endpoints
  name                = each.value.name != null ? each.value.name : "pe-${var.name}"
  resource_group_name = coalesce(each.value.resource_group_name, basename(var.parent_id))
  location            = each.value.location != null ? each.value.location : var.location
  subnet_id           = each.value.subnet_resource_id

  private_service_connection {
    name                           = each.value.private_service_connection_name != null ? each.value.private_service_connection_name : "pse-${var.name}"
    is_manual_connection           = false
    private_connection_resource_id = azapi_resource.this.id
    subresource_names              = ["management"]
  }

  dynamic "ip_configuration" {
    for_each = each.value.ip_configurations
    content {
      name               = ip_configuration.value.name
      private_ip_address = ip_configuration.value.private_ip_address
      member_name        = "management"
      subresource_name   = "management"
    }
  }

  # Who does not let the module manage the groups has a policy that makes them.
  dynamic "private_dns_zone_group" {
    for_each = var.private_endpoints_manage_dns_zone_group && length(each.value.private_dns_zone_resource_ids) > 0 ? ["this"] : []
    content {
      name                 = each.value.private_dns_zone_group_name
      private_dns_zone_ids = each.value.private_dns_zone_resource_ids
    }
  }
}

resource "azurerm_role_assignment" "this" {
  for_each             = var.role_assignments
  scope                = azapi_resource.this.id
  principal_id         = each.value.principal_id
  role_definition_id   = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? each.value.role_definition_id_or_name : null
  role_definition_name = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? null : each.value.role_definition_id_or_name
}

output "name" {
  value = azapi_resource.this.name
}

output "resource_id" {
  value = azapi_resource.this.id
}

output "identity_principal_id" {
  value = azapi_resource.this.identity[0].principal_id
}

output "identity_tenant_id" {
  value = azapi_resource.this.identity[0].tenant_id
}

output "fqdn" {
  value = azapi_resource.this.output.properties.fqdn
}

output "private_fqdn" {
  value = azapi_resource.this.output.properties.privateFQDN
}

output "kubelet_identity" {
  value = azapi_resource.this.output.properties.identityProfile.kubeletidentity
}

output "node_resource_group_name" {
  value = azapi_resource.this.output.properties.nodeResourceGroup
}

output "oidc_issuer_profile_issuer_url" {
  value = azapi_resource.this.output.properties.oidcIssuerProfile.issuerURL
}
