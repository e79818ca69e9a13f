variable "domain_name" {}
variable "resource_group_name" {}
variable "virtual_network_links" {}

resource "azurerm_private_dns_zone" "zone" {
  name                = var.domain_name
  resource_group_name = var.resource_group_name
}

resource "azurerm_private_dns_zone_virtual_network_link" "link" {
  for_each              = var.virtual_network_links
  name                  = each.value.vnetlinkname
  resource_group_name   = var.resource_group_name
  private_dns_zone_name = azurerm_private_dns_zone.zone.name
  virtual_network_id    = each.value.vnetid
}

output "resource_id" {
  value = azurerm_private_dns_zone.zone.id
}
