variable "name" {}
variable "resource_group_name" {}
variable "location" {}
variable "firewall_policy_dns" {}

resource "azurerm_firewall_policy" "policy" {
  name                = var.name
  resource_group_name = var.resource_group_name
  location            = var.location

  dns {
    proxy_enabled = var.firewall_policy_dns.proxy_enabled
  }
}

output "resource_id" {
  value = azurerm_firewall_policy.policy.id
}
