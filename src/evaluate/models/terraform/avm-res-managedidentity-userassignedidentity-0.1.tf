# The identity.
variable "name" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "enable_telemetry" {}
variable "location" {}
variable "lock" {}
variable "tags" {}

resource "azurerm_user_assigned_identity" "this" {
  name                = var.name
  resource_group_name = var.resource_group_name
  location            = var.location
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
