# The gateway with a public address of its own, in a subnet that is found by its name in the gateway's resource group.
variable "name" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "vnet_name" {
  type = string
}

variable "subnet_name_backend" {
  type = string
}

variable "public_ip_name" {
  type = string
}

variable "frontend_ip_type" {
  type    = string
  default = null
}

variable "private_ip_address" {
  type    = string
  default = null
}

variable "identity_ids" {
  type    = list(string)
  default = null
}

variable "app_gateway_waf_policy_resource_id" {
  type    = string
  default = null
}

variable "zones" {
  type    = set(string)
  default = ["1", "2", "3"]
}

variable "sku" {
  type = object({
    name     = string
    tier     = string
    capacity = optional(number, 2)
  })
  default = {
    name     = "Standard_v2"
    tier     = "Standard_v2"
    capacity = 2
  }
}

variable "autoscale_configuration" {
  type = object({
    min_capacity = optional(number, 1)
    max_capacity = optional(number, 2)
  })
  default = null
}

variable "frontend_ports" {
  type = map(object({
    name = string
    port = number
  }))
}

variable "http_listeners" {
  type = map(object({
    name                 = string
    frontend_port_name   = string
    firewall_policy_id   = optional(string)
    host_name            = optional(string)
    host_names           = optional(list(string))
    ssl_certificate_name = optional(string)
    ssl_profile_name     = optional(string)
  }))
}

variable "request_routing_rules" {
  type = map(object({
    name                        = string
    rule_type                   = string
    http_listener_name          = string
    backend_address_pool_name   = optional(string)
    backend_http_settings_name  = optional(string)
    redirect_configuration_name = optional(string)
    url_path_map_name           = optional(string)
    priority                    = optional(number)
  }))
}

variable "redirect_configuration" {
  type = map(object({
    name                 = optional(string)
    redirect_type        = optional(string, "Permanent")
    target_listener_name = optional(string)
    target_url           = optional(string)
  }))
  default = null
}

variable "backend_address_pools" {
  type = map(object({
    name         = string
    fqdns        = optional(set(string))
    ip_addresses = optional(set(string))
  }))
}

variable "backend_http_settings" {
  type = map(object({
    name         = string
    enable_https = bool
  }))
}

variable "ssl_certificates" {
  type = list(object({
    name                = string
    key_vault_secret_id = optional(string)
  }))
  default = []
}

variable "waf_configuration" {
  type = list(object({
    enabled          = bool
    firewall_mode    = string
    rule_set_type    = string
    rule_set_version = string
  }))
  default = null
}

variable "role_assignments" {
  type = map(object({
    role_definition_id_or_name = string
    principal_id               = string
  }))
  default = {}
}

variable "diagnostic_settings" {}
variable "enable_classic_rule" {}
variable "enable_telemetry" {}
variable "http2_enable" {}
variable "location" {}
variable "lock" {}
variable "probe_configurations" {}
variable "tags" {}
variable "url_path_map_configurations" {}

locals {
  is_private = var.frontend_ip_type != null && var.private_ip_address != null
}

data "azurerm_subnet" "this" {
  name                 = var.subnet_name_backend
  resource_group_name  = var.resource_group_name
  virtual_network_name = var.vnet_name
}

resource "azurerm_public_ip" "this" {
  name                = var.public_ip_name
  resource_group_name = var.resource_group_name
  location            = var.location
  allocation_method   = var.sku.tier == "Standard" ? "Dynamic" : "Static"
  sku                 = var.sku.tier == "Standard" ? "Basic" : "Standard"
  zones               = var.zones
}

resource "azurerm_application_gateway" "this" {
  name                = var.name
  resource_group_name = var.resource_group_name
  location            = var.location
  firewall_policy_id  = var.app_gateway_waf_policy_resource_id
  zones               = var.zones

  gateway_ip_configuration {
    name      = "appgw-${var.name}-gwipc"
    subnet_id = data.azurerm_subnet.this.id
  }

  frontend_ip_configuration {
    name                 = "appgw-${var.name}-fepip"
    public_ip_address_id = azurerm_public_ip.this.id
  }

  dynamic "frontend_ip_configuration" {
    for_each = local.is_private ? [1] : []
    content {
      name                          = "appgw-${var.name}-fepvt-ip"
      private_ip_address            = var.private_ip_address
      private_ip_address_allocation = "Static"
      subnet_id                     = data.azurerm_subnet.this.id
    }
  }

  dynamic "frontend_port" {
    for_each = var.frontend_ports
    content {
      name = frontend_port.value.name
      port = frontend_port.value.port
    }
  }

  dynamic "backend_address_pool" {
    for_each = var.backend_address_pools
    content {
      name         = backend_address_pool.value.name
      fqdns        = backend_address_pool.value.fqdns
      ip_addresses = backend_address_pool.value.ip_addresses
    }
  }

  dynamic "request_routing_rule" {
    for_each = var.request_routing_rules
    content {
      name                        = request_routing_rule.value.name
      rule_type                   = request_routing_rule.value.rule_type
      http_listener_name          = request_routing_rule.value.http_listener_name
      backend_address_pool_name   = request_routing_rule.value.backend_address_pool_name
      backend_http_settings_name  = request_routing_rule.value.backend_http_settings_name
      redirect_configuration_name = request_routing_rule.value.redirect_configuration_name
      url_path_map_name           = request_routing_rule.value.url_path_map_name
      priority                    = request_routing_rule.value.priority
    }
  }

  dynamic "redirect_configuration" {
    for_each = var.redirect_configuration == null ? {} : var.redirect_configuration
    content {
      name                 = redirect_configuration.value.name
      redirect_type        = redirect_configuration.value.redirect_type
      target_listener_name = redirect_configuration.value.target_listener_name
      target_url           = redirect_configuration.value.target_url
    }
  }

  sku {
    name     = var.sku.name
    tier     = var.sku.tier
    capacity = var.autoscale_configuration == null ? var.sku.capacity : null
  }

  dynamic "autoscale_configuration" {
    for_each = var.autoscale_configuration == null ? [] : [var.autoscale_configuration]
    content {
      min_capacity = autoscale_configuration.value.min_capacity
      max_capacity = autoscale_configuration.value.max_capacity
    }
  }

  dynamic "http_listener" {
    for_each = var.http_listeners
    content {
      name                           = http_listener.value.name
      frontend_ip_configuration_name = local.is_private ? "appgw-${var.name}-fepvt-ip" : "appgw-${var.name}-fepip"
      frontend_port_name             = http_listener.value.frontend_port_name
      protocol                       = http_listener.value.ssl_certificate_name == null ? "Http" : "Https"
      firewall_policy_id             = http_listener.value.firewall_policy_id
      host_name                      = http_listener.value.host_name
      host_names                     = http_listener.value.host_names
      ssl_certificate_name           = http_listener.value.ssl_certificate_name
      ssl_profile_name               = http_listener.value.ssl_profile_name
    }
  }

  dynamic "backend_http_settings" {
    for_each = var.backend_http_settings
    content {
      name     = backend_http_settings.value.name
      port     = backend_http_settings.value.enable_https ? 443 : 80
      protocol = backend_http_settings.value.enable_https ? "Https" : "Http"
    }
  }

  dynamic "ssl_certificate" {
    for_each = var.ssl_certificates
    content {
      name                = ssl_certificate.value.name
      key_vault_secret_id = ssl_certificate.value.key_vault_secret_id
    }
  }

  dynamic "identity" {
    for_each = length(var.ssl_certificates) > 0 ? [1] : []
    content {
      type         = "UserAssigned"
      identity_ids = var.identity_ids
    }
  }

  dynamic "waf_configuration" {
    for_each = var.sku.name == "WAF_v2" ? [1] : []
    content {
      enabled          = var.waf_configuration[0].enabled
      firewall_mode    = var.waf_configuration[0].firewall_mode
      rule_set_type    = var.waf_configuration[0].rule_set_type
      rule_set_version = var.waf_configuration[0].rule_set_version
    }
  }

  depends_on = [azurerm_public_ip.this]
}

resource "azurerm_role_assignment" "this" {
  for_each             = var.role_assignments
  scope                = azurerm_application_gateway.this.id
  principal_id         = each.value.principal_id
  role_definition_id   = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? each.value.role_definition_id_or_name : null
  role_definition_name = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? null : each.value.role_definition_id_or_name
}

output "application_gateway_id" {
  value = azurerm_application_gateway.this.id
}

output "application_gateway_name" {
  value = azurerm_application_gateway.this.name
}

output "resource_id" {
  value = azurerm_application_gateway.this.id
}

output "public_ip_id" {
  value = azurerm_public_ip.this.id
}
