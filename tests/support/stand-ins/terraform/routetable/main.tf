variable "name" {}
variable "resource_group_name" {}
variable "location" {}
variable "routes" {}

resource "azurerm_route_table" "table" {
  name                = var.name
  resource_group_name = var.resource_group_name
  location            = var.location
}

resource "azurerm_route" "route" {
  for_each               = var.routes
  name                   = each.value.name
  resource_group_name    = var.resource_group_name
  route_table_name       = azurerm_route_table.table.name
  address_prefix         = each.value.address_prefix
  next_hop_type          = each.value.next_hop_type
  next_hop_in_ip_address = each.value.next_hop_in_ip_address
}

output "resource_id" {
  value = azurerm_route_table.table.id
}
