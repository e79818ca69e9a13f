# The address.
variable "name" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "allocation_method" {
  type    = string
  default = "Static"
}

variable "sku" {
  type    = string
  default = "Standard"
}

variable "sku_tier" {
  type    = string
  default = "Regional"
}

variable "ip_version" {
  type    = string
  default = "IPv4"
}

variable "ddos_protection_mode" {
  type    = string
  default = "VirtualNetworkInherited"
}

variable "ddos_protection_plan_id" {
  type    = string
  default = null
}

variable "domain_name_label" {
  type    = string
  default = null
}

variable "public_ip_prefix_id" {
  type    = string
  default = null
}

variable "zones" {
  type    = set(number)
  default = [1, 2, 3]
}

variable "role_assignments" {
  type = map(object({
    role_definition_id_or_name = string
    principal_id               = string
  }))
  default = {}
}

variable "diagnostic_settings" {}
variable "edge_zone" {}
variable "enable_telemetry" {}
variable "idle_timeout_in_minutes" {}
variable "ip_tags" {}
variable "location" {}
variable "lock" {}
variable "reverse_fqdn" {}
variable "tags" {}

resource "azurerm_public_ip" "this" {
  name                    = var.name
  resource_group_name     = var.resource_group_name
  location                = var.location
  allocation_method       = var.allocation_method
  sku                     = var.sku
  sku_tier                = var.sku_tier
  ip_version              = var.ip_version
  ddos_protection_mode    = var.ddos_protection_mode
  ddos_protection_plan_id = var.ddos_protection_plan_id
  domain_name_label       = var.domain_name_label
  public_ip_prefix_id     = var.public_ip_prefix_id
  zones                   = var.zones
}

resource "azurerm_role_assignment" "this" {
  for_each             = var.role_assignments
  scope                = azurerm_public_ip.this.id
  principal_id         = each.value.principal_id
  role_definition_id   = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? each.value.role_definition_id_or_name : null
  role_definition_name = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? null : each.value.role_definition_id_or_name
}

output "name" {
  value = azurerm_public_ip.this.name
}

output "public_ip_address" {
  value = azurerm_public_ip.this.ip_address
}

output "public_ip_id" {
  value = azurerm_public_ip.this.id
}

output "resource_id" {
  value = azurerm_public_ip.this.id
}
