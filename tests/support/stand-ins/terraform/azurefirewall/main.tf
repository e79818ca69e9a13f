variable "name" {}
variable "resource_group_name" {}
variable "location" {}
variable "firewall_sku_name" {}
variable "firewall_sku_tier" {}
variable "firewall_policy_id" {}
variable "firewall_ip_configuration" {}

resource "azurerm_firewall" "firewall" {
  name                = var.name
  resource_group_name = var.resource_group_name
  location            = var.location
  sku_name            = var.firewall_sku_name
  sku_tier            = var.firewall_sku_tier
  firewall_policy_id  = var.firewall_policy_id

  dynamic "ip_configuration" {
    for_each = var.firewall_ip_configuration
    content {
      name                 = ip_configuration.value.name
      subnet_id            = ip_configuration.value.subnet_id
      public_ip_address_id = ip_configuration.value.public_ip_address_id
    }
  }
}

output "resource" {
  value = azurerm_firewall.firewall
}
