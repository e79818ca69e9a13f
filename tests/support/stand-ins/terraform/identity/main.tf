variable "name" {}
variable "resource_group_name" {}
variable "location" {}

resource "azurerm_user_assigned_identity" "identity" {
  name                = var.name
  resource_group_name = var.resource_group_name
  location            = var.location
}

output "resource_id" {
  value = azurerm_user_assigned_identity.identity.id
}

output "principal_id" {
  value = azurerm_user_assigned_identity.identity.principal_id
}
