# The NAT gateway, its addresses, and the subnets that it serves.
variable "name" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "sku_name" {
  type    = string
  default = null
}

variable "zones" {
  type    = set(string)
  default = null
}

variable "public_ip_prefix_length" {
  type    = number
  default = 0
}

variable "public_ips" {
  type = map(object({
    name = string
  }))
  default = {}
}

variable "public_ip_configuration" {
  type = object({
    allocation_method    = optional(string, "Static")
    ddos_protection_mode = optional(string, "VirtualNetworkInherited")
    ip_version           = optional(string, "IPv4")
    sku                  = optional(string, "Standard")
    zones                = optional(list(string), ["1", "2", "3"])
  })
  default = {}
}

variable "subnet_associations" {
  type = map(object({
    resource_id = string
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

variable "enable_telemetry" {}
variable "idle_timeout_in_minutes" {}
variable "location" {}
variable "lock" {}
variable "tags" {}
variable "timeouts" {}

resource "azurerm_nat_gateway" "this" {
  name                = var.name
  resource_group_name = var.resource_group_name
  location            = var.location
  sku_name            = var.sku_name
  zones               = var.zones
}

resource "azurerm_public_ip_prefix" "this" {
  count               = var.public_ip_prefix_length > 0 ? 1 : 0
  name                = "${var.name}-pippf"
  resource_group_name = var.resource_group_name
  location            = var.location
  prefix_length       = var.public_ip_prefix_length
}

resource "azurerm_nat_gateway_public_ip_prefix_association" "this" {
  count               = var.public_ip_prefix_length > 0 ? 1 : 0
  nat_gateway_id      = azurerm_nat_gateway.this.id
  public_ip_prefix_id = azurerm_public_ip_prefix.this[0].id
}

resource "azurerm_public_ip" "this" {
  for_each             = var.public_ips
  name                 = each.value.name
  resource_group_name  = var.resource_group_name
  location             = var.location
  allocation_method    = var.public_ip_configuration.allocation_method
  ddos_protection_mode = var.public_ip_configuration.ddos_protection_mode
  ip_version           = var.public_ip_configuration.ip_version
  sku                  = var.public_ip_configuration.sku
  zones                = var.public_ip_configuration.zones
}

resource "azurerm_nat_gateway_public_ip_association" "this" {
  for_each             = var.public_ips
  nat_gateway_id       = azurerm_nat_gateway.this.id
  public_ip_address_id = azurerm_public_ip.this[each.key].id
}

resource "azurerm_subnet_nat_gateway_association" "this" {
  for_each       = var.subnet_associations
  nat_gateway_id = azurerm_nat_gateway.this.id
  subnet_id      = each.value.resource_id
}

resource "azurerm_role_assignment" "this" {
  for_each             = var.role_assignments
  scope                = azurerm_nat_gateway.this.id
  principal_id         = each.value.principal_id
  role_definition_id   = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? each.value.role_definition_id_or_name : null
  role_definition_name = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? null : each.value.role_definition_id_or_name
}

output "resource" {
  value = azurerm_nat_gateway.this
}

output "resource_id" {
  value = azurerm_nat_gateway.this.id
}

output "public_ip_resource" {
  value = azurerm_public_ip.this
}
