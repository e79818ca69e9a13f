# The route table, its routes, and the subnets that it is laid on.
variable "name" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "disable_bgp_route_propagation" {
  type    = bool
  default = true
}

variable "routes" {
  type = map(object({
    name                   = string
    address_prefix         = string
    next_hop_type          = string
    next_hop_in_ip_address = optional(string)
  }))
  default = {}
}

variable "subnet_resource_ids" {
  type    = map(string)
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
variable "location" {}
variable "lock" {}
variable "tags" {}

resource "azurerm_route_table" "this" {
  name                          = var.name
  resource_group_name           = var.resource_group_name
  location                      = var.location
  disable_bgp_route_propagation = var.disable_bgp_route_propagation
}

resource "azurerm_route" "this" {
  for_each               = var.routes
  name                   = each.value.name
  resource_group_name    = var.resource_group_name
  route_table_name       = azurerm_route_table.this.name
  address_prefix         = each.value.address_prefix
  next_hop_type          = each.value.next_hop_type
  next_hop_in_ip_address = each.value.next_hop_in_ip_address
}

resource "azurerm_subnet_route_table_association" "this" {
  for_each       = var.subnet_resource_ids
  route_table_id = azurerm_route_table.this.id
  subnet_id      = each.value
}

resource "azurerm_role_assignment" "this" {
  for_each             = var.role_assignments
  scope                = azurerm_route_table.this.id
  principal_id         = each.value.principal_id
  role_definition_id   = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? each.value.role_definition_id_or_name : null
  role_definition_name = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? null : each.value.role_definition_id_or_name
}

output "name" {
  value = azurerm_route_table.this.name
}

output "resource" {
  value = azurerm_route_table.this
}

output "resource_id" {
  value = azurerm_route_table.this.id
}

output "routes" {
  value = azurerm_route.this
}
