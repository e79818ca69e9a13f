# The NAT gateway and its addresses; subnets name the gateway themselves.
variable "name" {
  type = string
}

variable "parent_id" {
  type = string
}

variable "sku_name" {
  type    = string
  default = "StandardV2"
}

variable "zones" {
  type    = set(string)
  default = null
}

variable "public_ips" {
  type = map(object({
    name = string
  }))
  default = {}
}

variable "public_ip_configuration" {
  default = {}
}

variable "public_ip_resource_ids" {
  type    = set(string)
  default = []
}

variable "public_ip_prefix_resource_ids" {
  type    = set(string)
  default = []
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
variable "idle_timeout_in_minutes" {}
variable "location" {}
variable "lock" {}
variable "public_ip_prefix_v6_resource_ids" {}
variable "public_ip_v6_resource_ids" {}
variable "tags" {}
variable "timeouts" {}

resource "azapi_resource" "public_ip" {
  for_each  = var.public_ips
  type      = "Microsoft.Network/publicIPAddresses@2025-03-01"
  name      = each.value.name
  parent_id = var.parent_id
  location  = var.location
  body = {
    properties = {
      publicIPAllocationMethod = try(var.public_ip_configuration[each.key].allocation_method, "Static")
      publicIPAddressVersion   = try(var.public_ip_configuration[each.key].ip_version, "IPv4")
    }
    sku = {
      name = try(var.public_ip_configuration[each.key].sku, "StandardV2")
    }
  }
}

resource "azapi_resource" "this" {
  type      = "Microsoft.Network/natGateways@2025-03-01"
  name      = var.name
  parent_id = var.parent_id
  location  = var.location
  body = {
    properties = {
      publicIpAddresses = concat([for address in azapi_resource.public_ip : { id = address.id }], [for id in var.public_ip_resource_ids : { id = id }])
      publicIpPrefixes  = [for id in var.public_ip_prefix_resource_ids : { id = id }]
    }
    sku = {
      name = var.sku_name
    }
    zones = var.sku_name == "StandardV2" ? ["1", "2", "3"] : var.zones
  }
}

resource "azurerm_role_assignment" "this" {
  for_each             = var.role_assignments
  scope                = azapi_resource.this.id
  principal_id         = each.value.principal_id
  role_definition_id   = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? each.value.role_definition_id_or_name : null
  role_definition_name = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? null : each.value.role_definition_id_or_name
}

output "resource" {
  value = azapi_resource.this
}

output "resource_id" {
  value = azapi_resource.this.id
}

output "public_ip_resource" {
  value = azapi_resource.public_ip
}
