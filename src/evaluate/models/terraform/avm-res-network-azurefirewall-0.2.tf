# The firewall.
variable "name" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "firewall_sku_name" {
  type = string
}

variable "firewall_sku_tier" {
  type = string
}

variable "firewall_policy_id" {
  type    = string
  default = null
}

variable "firewall_private_ip_ranges" {
  type    = set(string)
  default = null
}

variable "firewall_zones" {
  type    = set(string)
  default = ["1", "2", "3"]
}

variable "firewall_ip_configuration" {
  type = list(object({
    name                 = string
    public_ip_address_id = optional(string)
    subnet_id            = optional(string)
  }))
  default = null
}

variable "ip_configurations" {
  type = map(object({
    name                 = string
    public_ip_address_id = optional(string)
    subnet_id            = optional(string)
  }))
  default = {}
}

variable "firewall_management_ip_configuration" {
  type = object({
    name                 = string
    public_ip_address_id = string
    subnet_id            = string
  })
  default = null
}

variable "firewall_virtual_hub" {
  type = object({
    virtual_hub_id  = string
    public_ip_count = optional(number)
  })
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
variable "enable_telemetry" {}
variable "firewall_timeouts" {}
variable "location" {}
variable "lock" {}
variable "tags" {}

resource "azurerm_firewall" "this" {
  name                = var.name
  resource_group_name = var.resource_group_name
  location            = var.location
  sku_name            = var.firewall_sku_name
  sku_tier            = var.firewall_sku_tier
  firewall_policy_id  = var.firewall_policy_id
  private_ip_ranges   = var.firewall_private_ip_ranges
  zones               = var.firewall_zones

  dynamic "ip_configuration" {
    for_each = var.firewall_ip_configuration == null ? [] : var.firewall_ip_configuration
    content {
      name                 = ip_configuration.value.name
      public_ip_address_id = ip_configuration.value.public_ip_address_id
      subnet_id            = ip_configuration.value.subnet_id
    }
  }

  dynamic "ip_configuration" {
    for_each = var.ip_configurations
    content {
      name                 = ip_configuration.value.name
      public_ip_address_id = ip_configuration.value.public_ip_address_id
      subnet_id            = ip_configuration.value.subnet_id
    }
  }

  dynamic "management_ip_configuration" {
    for_each = var.firewall_management_ip_configuration == null ? [] : [var.firewall_management_ip_configuration]
    content {
      name                 = management_ip_configuration.value.name
      public_ip_address_id = management_ip_configuration.value.public_ip_address_id
      subnet_id            = management_ip_configuration.value.subnet_id
    }
  }

  dynamic "virtual_hub" {
    for_each = var.firewall_virtual_hub == null ? [] : [var.firewall_virtual_hub]
    content {
      virtual_hub_id  = virtual_hub.value.virtual_hub_id
      public_ip_count = virtual_hub.value.public_ip_count
    }
  }
}

resource "azurerm_role_assignment" "this" {
  for_each             = var.role_assignments
  scope                = azurerm_firewall.this.id
  principal_id         = each.value.principal_id
  role_definition_id   = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? each.value.role_definition_id_or_name : null
  role_definition_name = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? null : each.value.role_definition_id_or_name
}

output "resource" {
  value = azurerm_firewall.this
}

output "resource_id" {
  value = azurerm_firewall.this.id
}
