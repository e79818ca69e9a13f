# The resource group and the roles on it.
variable "name" {
  type = string
}

variable "location" {
  type = string
}

variable "role_assignments" {
  type = map(object({
    role_definition_id_or_name = string
    principal_id               = string
  }))
  default  = {}
  nullable = false
}

variable "enable_telemetry" {}
variable "lock" {}
variable "managed_by" {}
variable "retry" {}
variable "role_assignment_name_overrides" {}
variable "tags" {}
variable "timeouts" {}

resource "azurerm_resource_group" "this" {
  name     = var.name
  location = var.location
}

resource "azurerm_role_assignment" "this" {
  for_each             = var.role_assignments
  scope                = azurerm_resource_group.this.id
  principal_id         = each.value.principal_id
  role_definition_id   = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? each.value.role_definition_id_or_name : null
  role_definition_name = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? null : each.value.role_definition_id_or_name
}

output "resource" {
  value = azurerm_resource_group.this
}

output "resource_id" {
  value = azurerm_resource_group.this.id
}

output "name" {
  value = azurerm_resource_group.this.name
}

output "location" {
  value = azurerm_resource_group.this.location
}
