# The cluster, its pools, its private endpoints and the roles on it.
variable "name" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "location" {
  type = string
}

variable "cluster_suffix" {
  type    = string
  default = ""
}

variable "kubernetes_version" {
  type    = string
  default = null
}

variable "sku_tier" {
  type    = string
  default = "Standard"
}

variable "node_resource_group_name" {
  type    = string
  default = null
}

variable "private_cluster_enabled" {
  type    = bool
  default = false
}

variable "private_cluster_public_fqdn_enabled" {
  type    = bool
  default = false
}

variable "private_dns_zone_id" {
  type    = string
  default = null
}

variable "aci_connector_linux_subnet_name" {
  type    = string
  default = null
}

variable "http_application_routing_enabled" {
  type    = bool
  default = false
}

variable "web_app_routing_dns_zone_ids" {
  type    = map(list(string))
  default = {}
}

variable "default_nginx_controller" {
  type    = string
  default = "AnnotationControlled"
}

variable "create_nodepools_before_destroy" {
  type    = bool
  default = false
}

variable "private_endpoints_manage_dns_zone_group" {
  type    = bool
  default = true
}

variable "api_server_access_profile" {
  type = object({
    authorized_ip_ranges                = optional(set(string))
    subnet_id                           = optional(string)
    virtual_network_integration_enabled = optional(bool, false)
  })
  default = null
}

variable "network_profile" {
  type = object({
    network_plugin      = string
    network_mode        = optional(string)
    network_policy      = optional(string)
    dns_service_ip      = optional(string)
    network_data_plane  = optional(string)
    network_plugin_mode = optional(string)
    outbound_type       = optional(string, "loadBalancer")
    pod_cidr            = optional(string)
    pod_cidrs           = optional(list(string))
    service_cidr        = optional(string)
    service_cidrs       = optional(list(string))
    ip_versions         = optional(list(string))
    load_balancer_sku   = optional(string)
    load_balancer_profile = optional(object({
      managed_outbound_ip_count   = optional(number)
      managed_outbound_ipv6_count = optional(number)
      outbound_ip_address_ids     = optional(list(string))
      outbound_ip_prefix_ids      = optional(list(string))
      outbound_ports_allocated    = optional(number)
      idle_timeout_in_minutes     = optional(number)
    }))
    nat_gateway_profile = optional(object({
      managed_outbound_ip_count = optional(number)
      idle_timeout_in_minutes   = optional(number)
    }))
  })
  default = {
    network_plugin      = "azure"
    network_policy      = "azure"
    network_plugin_mode = "overlay"
  }
}

variable "default_node_pool" {
  type = object({
    name                         = string
    vm_size                      = string
    only_critical_addons_enabled = optional(string)
    auto_scaling_enabled         = optional(bool, false)
    max_count                    = optional(number)
    min_count                    = optional(number)
    node_count                   = optional(number)
    max_pods                     = optional(number)
    node_public_ip_enabled       = optional(bool)
    node_public_ip_prefix_id     = optional(string)
    orchestrator_version         = optional(string)
    os_sku                       = optional(string)
    pod_subnet_id                = optional(string)
    vnet_subnet_id               = optional(string)
    zones                        = optional(list(string))
    upgrade_settings = optional(object({
      max_surge = optional(string)
    }))
  })
}

variable "node_pools" {
  type = map(object({
    name                     = string
    vm_size                  = string
    mode                     = optional(string)
    os_type                  = optional(string)
    auto_scaling_enabled     = optional(bool, false)
    max_count                = optional(number)
    min_count                = optional(number)
    node_count               = optional(number)
    max_pods                 = optional(number)
    node_public_ip_enabled   = optional(bool)
    node_public_ip_prefix_id = optional(string)
    orchestrator_version     = optional(string)
    os_sku                   = optional(string)
    pod_subnet_id            = optional(string)
    vnet_subnet_id           = optional(string)
    zones                    = optional(list(string))
    upgrade_settings = optional(object({
      max_surge = optional(string)
    }))
  }))
  default = {}
}

variable "managed_identities" {
  type = object({
    system_assigned            = optional(bool, false)
    user_assigned_resource_ids = optional(set(string), [])
  })
  default = {}
}

variable "service_principal" {
  type = object({
    client_id     = string
    client_secret = string
  })
  default = null
}

variable "kubelet_identity" {
  type = object({
    client_id                 = optional(string)
    object_id                 = optional(string)
    user_assigned_identity_id = optional(string)
  })
  default = null
}

variable "ingress_application_gateway" {
  type = object({
    gateway_id   = optional(string)
    gateway_name = optional(string)
    subnet_cidr  = optional(string)
    subnet_id    = optional(string)
  })
  default = null
}

variable "service_mesh_profile" {
  type = object({
    mode                             = string
    internal_ingress_gateway_enabled = optional(bool)
    external_ingress_gateway_enabled = optional(bool)
    revisions                        = optional(list(string), [])
  })
  default = null
}

variable "private_endpoints" {
  type = map(object({
    name                            = optional(string)
    subnet_resource_id              = string
    subresource_name                = optional(string)
    resource_group_name             = optional(string)
    private_dns_zone_group_name     = optional(string, "default")
    private_dns_zone_resource_ids   = optional(set(string), [])
    private_service_connection_name = optional(string)
    ip_configurations = optional(map(object({
      name               = string
      private_ip_address = string
    })), {})
  }))
  default = {}
}

variable "role_assignments" {
  type = map(object({
    role_definition_id_or_name = string
    principal_id               = string
  }))
  default = {}
}

variable "auto_scaler_profile" {}
variable "automatic_upgrade_channel" {}
variable "azure_active_directory_role_based_access_control" {}
variable "azure_policy_enabled" {}
variable "confidential_computing" {}
variable "cost_analysis_enabled" {}
variable "defender_log_analytics_workspace_id" {}
variable "diagnostic_settings" {}
variable "disk_encryption_set_id" {}
variable "dns_prefix" {}
variable "dns_prefix_private_cluster" {}
variable "edge_zone" {}
variable "enable_telemetry" {}
variable "http_proxy_config" {}
variable "image_cleaner_enabled" {}
variable "image_cleaner_interval_hours" {}
variable "key_management_service" {}
variable "key_vault_secrets_provider" {}
variable "kubernetes_cluster_node_pool_timeouts" {}
variable "kubernetes_cluster_timeouts" {}
variable "linux_profile" {}
variable "local_account_disabled" {}
variable "lock" {}
variable "maintenance_window" {}
variable "maintenance_window_auto_upgrade" {}
variable "maintenance_window_node_os" {}
variable "monitor_metrics" {}
variable "node_os_channel_upgrade" {}
variable "oidc_issuer_enabled" {}
variable "oms_agent" {}
variable "open_service_mesh_enabled" {}
variable "role_based_access_control_enabled" {}
variable "run_command_enabled" {}
variable "storage_profile" {}
variable "support_plan" {}
variable "tags" {}
variable "upgrade_override" {}
variable "windows_profile" {}
variable "windows_profile_password" {}
variable "workload_autoscaler_profile" {}
variable "workload_identity_enabled" {}

locals {
  assigned = var.managed_identities.user_assigned_resource_ids
}

resource "azurerm_kubernetes_cluster" "this" {
  name                                = "${var.name}${var.cluster_suffix}"
  resource_group_name                 = var.resource_group_name
  location                            = var.location
  kubernetes_version                  = var.kubernetes_version
  sku_tier                            = var.sku_tier
  node_resource_group                 = var.node_resource_group_name != "" ? var.node_resource_group_name : null
  http_application_routing_enabled    = var.http_application_routing_enabled
  private_cluster_enabled             = var.private_cluster_enabled
  private_cluster_public_fqdn_enabled = var.private_cluster_enabled ? var.private_cluster_public_fqdn_enabled : null
  private_dns_zone_id                 = var.private_cluster_enabled ? var.private_dns_zone_id : null

  default_node_pool {
    name                         = var.default_node_pool.name
    vm_size                      = var.default_node_pool.vm_size
    only_critical_addons_enabled = var.default_node_pool.only_critical_addons_enabled
    auto_scaling_enabled         = var.default_node_pool.auto_scaling_enabled
    min_count                    = var.default_node_pool.min_count
    max_count                    = var.default_node_pool.max_count
    node_count                   = var.default_node_pool.node_count
    max_pods                     = var.default_node_pool.max_pods
    node_public_ip_enabled       = var.default_node_pool.node_public_ip_enabled
    node_public_ip_prefix_id     = var.default_node_pool.node_public_ip_prefix_id
    orchestrator_version         = var.default_node_pool.orchestrator_version
    os_sku                       = var.default_node_pool.os_sku
    pod_subnet_id                = var.default_node_pool.pod_subnet_id
    vnet_subnet_id               = var.default_node_pool.vnet_subnet_id
    zones                        = var.default_node_pool.zones

    dynamic "upgrade_settings" {
      for_each = var.default_node_pool.upgrade_settings == null ? [] : [var.default_node_pool.upgrade_settings]
      content {
        max_surge = upgrade_settings.value.max_surge
      }
    }
  }

  network_profile {
    network_plugin      = var.network_profile.network_plugin
    network_plugin_mode = var.network_profile.network_plugin_mode
    network_mode        = var.network_profile.network_mode
    network_policy      = var.network_profile.network_policy
    network_data_plane  = var.network_profile.network_data_plane
    outbound_type       = var.network_profile.outbound_type
    load_balancer_sku   = var.network_profile.load_balancer_sku
    ip_versions         = var.network_profile.ip_versions
    dns_service_ip      = var.network_profile.dns_service_ip
    pod_cidr            = var.network_profile.pod_cidr
    pod_cidrs           = var.network_profile.pod_cidrs
    service_cidr        = var.network_profile.service_cidr
    service_cidrs       = var.network_profile.service_cidrs

    dynamic "load_balancer_profile" {
      for_each = var.network_profile.load_balancer_profile == null ? [] : [var.network_profile.load_balancer_profile]
      content {
        managed_outbound_ip_count   = load_balancer_profile.value.managed_outbound_ip_count
        managed_outbound_ipv6_count = load_balancer_profile.value.managed_outbound_ipv6_count
        outbound_ip_address_ids     = load_balancer_profile.value.outbound_ip_address_ids
        outbound_ip_prefix_ids      = load_balancer_profile.value.outbound_ip_prefix_ids
        outbound_ports_allocated    = load_balancer_profile.value.outbound_ports_allocated
        idle_timeout_in_minutes     = load_balancer_profile.value.idle_timeout_in_minutes
      }
    }

    dynamic "nat_gateway_profile" {
      for_each = var.network_profile.nat_gateway_profile == null ? [] : [var.network_profile.nat_gateway_profile]
      content {
        managed_outbound_ip_count = nat_gateway_profile.value.managed_outbound_ip_count
        idle_timeout_in_minutes   = nat_gateway_profile.value.idle_timeout_in_minutes
      }
    }
  }

  dynamic "api_server_access_profile" {
    for_each = var.api_server_access_profile == null ? [] : [var.api_server_access_profile]
    content {
      authorized_ip_ranges                = api_server_access_profile.value.authorized_ip_ranges
      subnet_id                           = api_server_access_profile.value.subnet_id
      virtual_network_integration_enabled = api_server_access_profile.value.virtual_network_integration_enabled
    }
  }

  dynamic "identity" {
    for_each = var.managed_identities.system_assigned || length(local.assigned) > 0 ? ["this"] : []
    content {
      type         = length(local.assigned) == 0 ? "SystemAssigned" : var.managed_identities.system_assigned ? "SystemAssigned, UserAssigned" : "UserAssigned"
      identity_ids = local.assigned
    }
  }

  dynamic "service_principal" {
    for_each = var.service_principal == null ? [] : [var.service_principal]
    content {
      client_id     = service_principal.value.client_id
      client_secret = service_principal.value.client_secret
    }
  }

  dynamic "kubelet_identity" {
    for_each = var.kubelet_identity == null ? [] : [var.kubelet_identity]
    content {
      client_id                 = kubelet_identity.value.client_id
      object_id                 = kubelet_identity.value.object_id
      user_assigned_identity_id = kubelet_identity.value.user_assigned_identity_id
    }
  }

  dynamic "ingress_application_gateway" {
    for_each = var.ingress_application_gateway == null ? [] : [var.ingress_application_gateway]
    content {
      gateway_id   = ingress_application_gateway.value.gateway_id
      gateway_name = ingress_application_gateway.value.gateway_name
      subnet_cidr  = ingress_application_gateway.value.subnet_cidr
      subnet_id    = ingress_application_gateway.value.subnet_id
    }
  }

  dynamic "aci_connector_linux" {
    for_each = var.aci_connector_linux_subnet_name == null ? [] : [var.aci_connector_linux_subnet_name]
    content {
      subnet_name = aci_connector_linux.value
    }
  }

  dynamic "service_mesh_profile" {
    for_each = var.service_mesh_profile == null ? [] : [var.service_mesh_profile]
    content {
      mode                             = service_mesh_profile.value.mode
      revisions                        = service_mesh_profile.value.revisions
      internal_ingress_gateway_enabled = service_mesh_profile.value.internal_ingress_gateway_enabled
      external_ingress_gateway_enabled = service_mesh_profile.value.external_ingress_gateway_enabled
    }
  }

  dynamic "web_app_routing" {
    for_each = var.web_app_routing_dns_zone_ids
    content {
      dns_zone_ids             = web_app_routing.value
      default_nginx_controller = var.default_nginx_controller
    }
  }

  lifecycle {
    ignore_changes = [http_application_routing_enabled, kubernetes_version]
  }
}

resource "azurerm_kubernetes_cluster_node_pool" "this" {
  for_each              = var.node_pools
  kubernetes_cluster_id = azurerm_kubernetes_cluster.this.id
  # A pool that is made before the old one goes has four letters more.
  name                     = var.create_nodepools_before_destroy ? "${each.value.name}${substr(md5(uuid()), 0, 4)}" : each.value.name
  vm_size                  = each.value.vm_size
  mode                     = each.value.mode
  os_type                  = each.value.os_type
  auto_scaling_enabled     = each.value.auto_scaling_enabled
  min_count                = each.value.min_count
  max_count                = each.value.max_count
  node_count               = each.value.node_count
  max_pods                 = each.value.max_pods
  node_public_ip_enabled   = each.value.node_public_ip_enabled
  node_public_ip_prefix_id = each.value.node_public_ip_prefix_id
  orchestrator_version     = each.value.orchestrator_version
  os_sku                   = each.value.os_sku
  pod_subnet_id            = each.value.pod_subnet_id
  vnet_subnet_id           = each.value.vnet_subnet_id
  zones                    = each.value.zones

  dynamic "upgrade_settings" {
    for_each = each.value.upgrade_settings == null ? [] : [each.value.upgrade_settings]
    content {
      max_surge = upgrade_settings.value.max_surge
    }
  }
}

# As written, the module makes these whether or not it manages the zone groups, and others where it does not.
resource "azurerm_private_endpoint" "this_managed_dns_zone_groups" {
  for_each            = var.private_endpoints
  name                = each.value.name != null ? each.value.name : "pe-${var.name}"
  resource_group_name = each.value.resource_group_name != null ? each.value.resource_group_name : var.resource_group_name
  location            = var.location
  subnet_id           = each.value.subnet_resource_id

  private_service_connection {
    name                           = each.value.private_service_connection_name != null ? each.value.private_service_connection_name : "pse-${var.name}"
    is_manual_connection           = false
    private_connection_resource_id = azurerm_kubernetes_cluster.this.id
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

  dynamic "private_dns_zone_group" {
    for_each = length(each.value.private_dns_zone_resource_ids) > 0 ? ["this"] : []
    content {
      name                 = each.value.private_dns_zone_group_name
      private_dns_zone_ids = each.value.private_dns_zone_resource_ids
    }
  }
}

resource "azurerm_role_assignment" "this" {
  for_each             = var.role_assignments
  scope                = azurerm_kubernetes_cluster.this.id
  principal_id         = each.value.principal_id
  role_definition_id   = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? each.value.role_definition_id_or_name : null
  role_definition_name = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? null : each.value.role_definition_id_or_name
}

output "name" {
  value = azurerm_kubernetes_cluster.this.name
}

output "resource_id" {
  value = azurerm_kubernetes_cluster.this.id
}

output "kubelet_identity_id" {
  value = azurerm_kubernetes_cluster.this.kubelet_identity[0].object_id
}

output "node_resource_group_id" {
  value = azurerm_kubernetes_cluster.this.node_resource_group_id
}

output "oidc_issuer_url" {
  value = azurerm_kubernetes_cluster.this.oidc_issuer_url
}

output "private_endpoints" {
  value = azurerm_private_endpoint.this_managed_dns_zone_groups
}
