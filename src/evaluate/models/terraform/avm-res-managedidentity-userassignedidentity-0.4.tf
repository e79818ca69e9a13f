# The identity and the roles that it is given.
variable "name" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "role_assignments" {
  type = map(object({
    role_definition_id_or_name = string
    scope                      = string
  }))
  default = {}
}

variable "enable_telemetry" {}
variable "federated_identity_credentials" {}
variable "isolation_scope" {}
variable "location" {}
variable "lock" {}
variable "tags" {}

resource "azurerm_user_assigned_identity" "this" {
  name                = var.name
  resource_group_name = var.resource_group_name
  location            = var.location
}

resource "azurerm_role_assignment" "this" {
  for_each             = var.role_assignments
  scope                = each.value.scope
  principal_id         = azurerm_user_assigned_identity.this.principal_id
  role_definition_id   = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? each.value.role_definition_id_or_name : null
  role_definition_name = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? null : each.value.role_definition_id_or_name
}

output "resource" {
  value = azurerm_user_assigned_identity.this
}

output "resource_id" {
  value = azurerm_user_assigned_identity.this.id
}

output "resource_name" {
  value = azurerm_user_assigned_identity.this.name
}

output "client_id" {
  value = azurerm_user_assigned_identity.this.client_id
}

output "principal_id" {
  value = azurerm_user_assigned_identity.this.principal_id
}

output "tenant_id" {
  value = azurerm_user_assigned_identity.this.tenant_id
}
