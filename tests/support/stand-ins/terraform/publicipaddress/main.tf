variable "name" {}
variable "resource_group_name" {}
variable "location" {}

resource "azurerm_public_ip" "address" {
  name                 = var.name
  resource_group_name  = var.resource_group_name
  location             = var.location
  allocation_method    = "Static"
  sku                  = "Standard"
  sku_tier             = "Regional"
  ip_version           = "IPv4"
  ddos_protection_mode = "VirtualNetworkInherited"
  zones                = ["1", "2", "3"]
}

output "public_ip_id" {
  value = azurerm_public_ip.address.id
}
