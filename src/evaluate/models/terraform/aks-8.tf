# The cluster, its pools, and what its identity is given on subnets and gateways.
variable "resource_group_name" {
  type = string
}

variable "location" {
  type    = string
  default = null
}

variable "prefix" {
  type    = string
  default = ""
}

variable "cluster_name" {
  type    = string
  default = null
}

variable "kubernetes_version" {
  type    = string
  default = null
}

variable "sku_tier" {
  type    = string
  default = "Free"
}

variable "node_resource_group" {
  type    = string
  default = null
}

variable "private_cluster_public_fqdn_enabled" {
  type    = bool
  default = false
}

variable "private_dns_zone_id" {
  type    = string
  default = null
}

variable "api_server_authorized_ip_ranges" {
  type    = set(string)
  default = null
}

variable "network_plugin" {
  type    = string
  default = "kubenet"
}

variable "network_plugin_mode" {
  type    = string
  default = null
}

variable "network_policy" {
  type    = string
  default = null
}

variable "ebpf_data_plane" {
  type    = string
  default = null
}

variable "net_profile_outbound_type" {
  type    = string
  default = "loadBalancer"
}

variable "net_profile_pod_cidr" {
  type    = string
  default = null
}

variable "net_profile_service_cidr" {
  type    = string
  default = null
}

variable "net_profile_dns_service_ip" {
  type    = string
  default = null
}

variable "load_balancer_sku" {
  type    = string
  default = "standard"
}

variable "load_balancer_profile_enabled" {
  type    = bool
  default = false
}

variable "load_balancer_profile_idle_timeout_in_minutes" {
  type    = number
  default = 30
}

variable "load_balancer_profile_managed_outbound_ip_count" {
  type    = number
  default = null
}

variable "load_balancer_profile_outbound_ip_address_ids" {
  type    = set(string)
  default = null
}

variable "load_balancer_profile_outbound_ip_prefix_ids" {
  type    = set(string)
  default = null
}

variable "load_balancer_profile_outbound_ports_allocated" {
  type    = number
  default = 0
}

variable "identity_type" {
  type    = string
  default = "SystemAssigned"
}

variable "identity_ids" {
  type    = list(string)
  default = null
}

variable "client_id" {
  type    = string
  default = ""
}

variable "client_secret" {
  type    = string
  default = ""
}

variable "agents_pool_name" {
  type    = string
  default = "nodepool"
}

variable "agents_count" {
  type    = number
  default = 2
}

variable "agents_min_count" {
  type    = number
  default = null
}

variable "agents_max_count" {
  type    = number
  default = null
}

variable "agents_max_pods" {
  type    = number
  default = null
}

variable "agents_size" {
  type    = string
  default = "Standard_D2s_v3"
}

variable "agents_type" {
  type    = string
  default = "VirtualMachineScaleSets"
}

variable "agents_pool_max_surge" {
  type    = string
  default = null
}

variable "os_sku" {
  type    = string
  default = null
}

variable "enable_auto_scaling" {
  type    = bool
  default = false
}

variable "aci_connector_linux_enabled" {
  type    = bool
  default = false
}

variable "aci_connector_linux_subnet_name" {
  type    = string
  default = null
}

variable "create_role_assignment_network_contributor" {
  type    = bool
  default = false
}

variable "network_contributor_role_assigned_subnet_ids" {
  type    = map(string)
  default = {}
}

variable "private_cluster_enabled" {
  type    = bool
  default = false
}

variable "enable_node_public_ip" {
  type    = bool
  default = false
}

variable "vnet_subnet_id" {
  type    = string
  default = null
}

variable "pod_subnet_id" {
  type    = string
  default = null
}

variable "web_app_routing" {
  type = object({
    dns_zone_id = string
  })
  default = null
}

variable "node_pools" {
  type = map(object({
    name                  = string
    vm_size               = string
    node_count            = optional(number)
    enable_auto_scaling   = optional(bool)
    enable_node_public_ip = optional(bool)
    min_count             = optional(number)
    max_count             = optional(number)
    max_pods              = optional(number)
    mode                  = optional(string, "User")
    os_type               = optional(string, "Linux")
    os_sku                = optional(string)
    upgrade_settings = optional(object({
      max_surge = string
    }))
    vnet_subnet_id = optional(string)
    pod_subnet_id  = optional(string)
  }))
  default = {}
}

variable "brown_field_application_gateway_for_ingress" {
  type = object({
    id        = string
    subnet_id = string
  })
  default = null
}

variable "green_field_application_gateway_for_ingress" {
  type = object({
    name        = optional(string)
    subnet_cidr = optional(string)
    subnet_id   = optional(string)
  })
  default = null
}

variable "create_role_assignments_for_application_gateway" {
  type    = bool
  default = true
}

variable "api_server_subnet_id" {
  type    = string
  default = null
}

variable "cluster_name_random_suffix" {
  type    = bool
  default = false
}

variable "admin_username" {}
variable "agents_availability_zones" {}
variable "agents_labels" {}
variable "agents_pool_drain_timeout_in_minutes" {}
variable "agents_pool_kubelet_configs" {}
variable "agents_pool_linux_os_configs" {}
variable "agents_pool_node_soak_duration_in_minutes" {}
variable "agents_proximity_placement_group_id" {}
variable "agents_tags" {}
variable "agents_taints" {}
variable "attached_acr_id_map" {}
variable "auto_scaler_profile_balance_similar_node_groups" {}
variable "auto_scaler_profile_empty_bulk_delete_max" {}
variable "auto_scaler_profile_enabled" {}
variable "auto_scaler_profile_expander" {}
variable "auto_scaler_profile_max_graceful_termination_sec" {}
variable "auto_scaler_profile_max_node_provisioning_time" {}
variable "auto_scaler_profile_max_unready_nodes" {}
variable "auto_scaler_profile_max_unready_percentage" {}
variable "auto_scaler_profile_new_pod_scale_up_delay" {}
variable "auto_scaler_profile_scale_down_delay_after_add" {}
variable "auto_scaler_profile_scale_down_delay_after_delete" {}
variable "auto_scaler_profile_scale_down_delay_after_failure" {}
variable "auto_scaler_profile_scale_down_unneeded" {}
variable "auto_scaler_profile_scale_down_unready" {}
variable "auto_scaler_profile_scale_down_utilization_threshold" {}
variable "auto_scaler_profile_scan_interval" {}
variable "auto_scaler_profile_skip_nodes_with_local_storage" {}
variable "auto_scaler_profile_skip_nodes_with_system_pods" {}
variable "automatic_channel_upgrade" {}
variable "azure_policy_enabled" {}
variable "cluster_log_analytics_workspace_name" {}
variable "confidential_computing" {}
variable "cost_analysis_enabled" {}
variable "default_node_pool_fips_enabled" {}
variable "disk_encryption_set_id" {}
variable "enable_host_encryption" {}
variable "http_proxy_config" {}
variable "image_cleaner_enabled" {}
variable "image_cleaner_interval_hours" {}
variable "key_vault_secrets_provider_enabled" {}
variable "kms_enabled" {}
variable "kms_key_vault_key_id" {}
variable "kms_key_vault_network_access" {}
variable "kubelet_identity" {}
variable "load_balancer_profile_managed_outbound_ipv6_count" {}
variable "local_account_disabled" {}
variable "log_analytics_solution" {}
variable "log_analytics_workspace" {}
variable "log_analytics_workspace_allow_resource_only_permissions" {}
variable "log_analytics_workspace_cmk_for_query_forced" {}
variable "log_analytics_workspace_daily_quota_gb" {}
variable "log_analytics_workspace_data_collection_rule_id" {}
variable "log_analytics_workspace_enabled" {}
variable "log_analytics_workspace_identity" {}
variable "log_analytics_workspace_immediate_data_purge_on_30_days_enabled" {}
variable "log_analytics_workspace_internet_ingestion_enabled" {}
variable "log_analytics_workspace_internet_query_enabled" {}
variable "log_analytics_workspace_local_authentication_disabled" {}
variable "log_analytics_workspace_reservation_capacity_in_gb_per_day" {}
variable "log_analytics_workspace_resource_group_name" {}
variable "log_analytics_workspace_sku" {}
variable "log_retention_in_days" {}
variable "maintenance_window" {}
variable "maintenance_window_auto_upgrade" {}
variable "maintenance_window_node_os" {}
variable "microsoft_defender_enabled" {}
variable "monitor_metrics" {}
variable "msi_auth_for_monitoring_enabled" {}
variable "node_network_profile" {}
variable "node_os_channel_upgrade" {}
variable "oidc_issuer_enabled" {}
variable "oms_agent_enabled" {}
variable "only_critical_addons_enabled" {}
variable "open_service_mesh_enabled" {}
variable "orchestrator_version" {}
variable "os_disk_size_gb" {}
variable "os_disk_type" {}
variable "public_ssh_key" {}
variable "rbac_aad" {}
variable "rbac_aad_admin_group_object_ids" {}
variable "rbac_aad_azure_rbac_enabled" {}
variable "rbac_aad_client_app_id" {}
variable "rbac_aad_managed" {}
variable "rbac_aad_server_app_id" {}
variable "rbac_aad_server_app_secret" {}
variable "rbac_aad_tenant_id" {}
variable "role_based_access_control_enabled" {}
variable "run_command_enabled" {}
variable "scale_down_mode" {}
variable "secret_rotation_enabled" {}
variable "secret_rotation_interval" {}
variable "service_mesh_profile" {}
variable "snapshot_id" {}
variable "storage_profile_blob_driver_enabled" {}
variable "storage_profile_disk_driver_enabled" {}
variable "storage_profile_disk_driver_version" {}
variable "storage_profile_enabled" {}
variable "storage_profile_file_driver_enabled" {}
variable "storage_profile_snapshot_controller_enabled" {}
variable "support_plan" {}
variable "tags" {}
variable "temporary_name_for_rotation" {}
variable "tracing_tags_enabled" {}
variable "tracing_tags_prefix" {}
variable "ultra_ssd_enabled" {}
variable "workload_autoscaler_profile" {}
variable "workload_identity_enabled" {}

data "azurerm_resource_group" "main" {
  name = var.resource_group_name
}

locals {
  cluster_name = coalesce(var.cluster_name, trim("${var.prefix}-aks", "-"))
  has_identity = var.client_id == "" || var.client_secret == ""
  brown_field  = var.brown_field_application_gateway_for_ingress != null
  green_field  = var.green_field_application_gateway_for_ingress != null
  subnets      = { for key, id in merge({ main = var.vnet_subnet_id }, { for key, pool in var.node_pools : key => pool.vnet_subnet_id }) : key => id if id != null }
}

resource "azurerm_kubernetes_cluster" "main" {
  name                                = "${local.cluster_name}${var.cluster_name_random_suffix ? substr(md5(uuid()), 0, 4) : ""}"
  resource_group_name                 = data.azurerm_resource_group.main.name
  location                            = var.location != null ? var.location : data.azurerm_resource_group.main.location
  dns_prefix                          = var.prefix
  kubernetes_version                  = var.kubernetes_version
  sku_tier                            = var.sku_tier
  node_resource_group                 = var.node_resource_group
  private_cluster_enabled             = var.private_cluster_enabled
  private_cluster_public_fqdn_enabled = var.private_cluster_public_fqdn_enabled
  private_dns_zone_id                 = var.private_dns_zone_id

  default_node_pool {
    name                  = var.agents_pool_name
    vm_size               = var.agents_size
    type                  = var.agents_type
    enable_auto_scaling   = var.enable_auto_scaling
    enable_node_public_ip = var.enable_node_public_ip
    node_count            = var.enable_auto_scaling == true ? null : var.agents_count
    min_count             = var.enable_auto_scaling == true ? var.agents_min_count : null
    max_count             = var.enable_auto_scaling == true ? var.agents_max_count : null
    max_pods              = var.agents_max_pods
    os_sku                = var.os_sku
    vnet_subnet_id        = var.vnet_subnet_id
    pod_subnet_id         = var.pod_subnet_id

    dynamic "upgrade_settings" {
      for_each = var.agents_pool_max_surge == null ? [] : ["upgrade_settings"]
      content {
        max_surge = var.agents_pool_max_surge
      }
    }
  }

  dynamic "aci_connector_linux" {
    for_each = var.aci_connector_linux_enabled ? ["aci_connector_linux"] : []
    content {
      subnet_name = var.aci_connector_linux_subnet_name
    }
  }

  dynamic "api_server_access_profile" {
    for_each = var.api_server_authorized_ip_ranges != null || var.api_server_subnet_id != null ? [1] : []
    content {
      authorized_ip_ranges = var.api_server_authorized_ip_ranges
      subnet_id            = var.api_server_subnet_id
    }
  }

  dynamic "identity" {
    for_each = local.has_identity ? ["identity"] : []
    content {
      type         = var.identity_type
      identity_ids = var.identity_ids
    }
  }

  dynamic "service_principal" {
    for_each = local.has_identity ? [] : ["service_principal"]
    content {
      client_id     = var.client_id
      client_secret = var.client_secret
    }
  }

  dynamic "ingress_application_gateway" {
    for_each = local.brown_field || local.green_field ? ["ingress_application_gateway"] : []
    content {
      gateway_id   = try(var.brown_field_application_gateway_for_ingress.id, null)
      gateway_name = try(var.green_field_application_gateway_for_ingress.name, null)
      subnet_cidr  = try(var.green_field_application_gateway_for_ingress.subnet_cidr, null)
      subnet_id    = try(var.green_field_application_gateway_for_ingress.subnet_id, null)
    }
  }

  dynamic "web_app_routing" {
    for_each = var.web_app_routing == null ? [] : ["web_app_routing"]
    content {
      dns_zone_id = var.web_app_routing.dns_zone_id
    }
  }

  network_profile {
    network_plugin      = var.network_plugin
    network_plugin_mode = var.network_plugin_mode
    network_policy      = var.network_policy
    ebpf_data_plane     = var.ebpf_data_plane
    outbound_type       = var.net_profile_outbound_type
    load_balancer_sku   = var.load_balancer_sku
    pod_cidr            = var.net_profile_pod_cidr
    service_cidr        = var.net_profile_service_cidr
    dns_service_ip      = var.net_profile_dns_service_ip

    dynamic "load_balancer_profile" {
      for_each = var.load_balancer_profile_enabled && var.load_balancer_sku == "standard" ? ["load_balancer_profile"] : []
      content {
        idle_timeout_in_minutes   = var.load_balancer_profile_idle_timeout_in_minutes
        managed_outbound_ip_count = var.load_balancer_profile_managed_outbound_ip_count
        outbound_ip_address_ids   = var.load_balancer_profile_outbound_ip_address_ids
        outbound_ip_prefix_ids    = var.load_balancer_profile_outbound_ip_prefix_ids
        outbound_ports_allocated  = var.load_balancer_profile_outbound_ports_allocated
      }
    }
  }
}

# The name of a pool ends in a random text where it is made anew before it is destroyed.
resource "azurerm_kubernetes_cluster_node_pool" "main" {
  for_each              = var.node_pools
  kubernetes_cluster_id = azurerm_kubernetes_cluster.main.id
  name                  = each.value.name
  vm_size               = each.value.vm_size
  mode                  = each.value.mode
  node_count            = each.value.node_count
  enable_auto_scaling   = each.value.enable_auto_scaling
  enable_node_public_ip = each.value.enable_node_public_ip
  min_count             = each.value.min_count
  max_count             = each.value.max_count
  max_pods              = each.value.max_pods
  os_type               = each.value.os_type
  os_sku                = each.value.os_sku
  vnet_subnet_id        = each.value.vnet_subnet_id
  pod_subnet_id         = each.value.pod_subnet_id

  dynamic "upgrade_settings" {
    for_each = each.value.upgrade_settings == null ? [] : ["upgrade_settings"]
    content {
      max_surge = each.value.upgrade_settings.max_surge
    }
  }
}

data "azurerm_user_assigned_identity" "main" {
  count               = local.has_identity && var.identity_type == "UserAssigned" ? 1 : 0
  name                = split("/", var.identity_ids[0])[8]
  resource_group_name = split("/", var.identity_ids[0])[4]
}

locals {
  principal_id = local.has_identity ? (var.identity_type == "UserAssigned" ? data.azurerm_user_assigned_identity.main[0].principal_id : azurerm_kubernetes_cluster.main.identity[0].principal_id) : var.client_id
}

resource "azurerm_role_assignment" "network_contributor" {
  for_each             = var.create_role_assignment_network_contributor && local.has_identity ? local.subnets : {}
  principal_id         = local.principal_id
  scope                = each.value
  role_definition_name = "Network Contributor"
}

resource "azurerm_role_assignment" "network_contributor_on_subnet" {
  for_each             = var.network_contributor_role_assigned_subnet_ids
  principal_id         = local.principal_id
  scope                = each.value
  role_definition_name = "Network Contributor"
}

# What the ingress controller is given once the cluster is there.
resource "azurerm_role_assignment" "gateway" {
  count                = var.create_role_assignments_for_application_gateway && local.brown_field ? 1 : 0
  principal_id         = azurerm_kubernetes_cluster.main.ingress_application_gateway[0].ingress_application_gateway_identity[0].object_id
  scope                = var.brown_field_application_gateway_for_ingress.id
  role_definition_name = "Contributor"
}

resource "azurerm_role_assignment" "gateway_network" {
  count                = var.create_role_assignments_for_application_gateway && (local.brown_field || local.green_field) ? 1 : 0
  principal_id         = azurerm_kubernetes_cluster.main.ingress_application_gateway[0].ingress_application_gateway_identity[0].object_id
  scope                = split("/subnets/", local.brown_field ? var.brown_field_application_gateway_for_ingress.subnet_id : var.vnet_subnet_id)[0]
  role_definition_name = "Network Contributor"
}

output "aks_id" {
  value = azurerm_kubernetes_cluster.main.id
}

output "aks_name" {
  value = azurerm_kubernetes_cluster.main.name
}

output "cluster_fqdn" {
  value = azurerm_kubernetes_cluster.main.fqdn
}

output "cluster_private_fqdn" {
  value = azurerm_kubernetes_cluster.main.private_fqdn
}

output "cluster_portal_fqdn" {
  value = azurerm_kubernetes_cluster.main.portal_fqdn
}

output "cluster_identity" {
  value = azurerm_kubernetes_cluster.main.identity[0]
}

output "kubelet_identity" {
  value = azurerm_kubernetes_cluster.main.kubelet_identity
}

output "location" {
  value = azurerm_kubernetes_cluster.main.location
}

output "network_profile" {
  value = azurerm_kubernetes_cluster.main.network_profile
}

output "node_resource_group" {
  value = azurerm_kubernetes_cluster.main.node_resource_group
}

output "oidc_issuer_url" {
  value = azurerm_kubernetes_cluster.main.oidc_issuer_url
}
