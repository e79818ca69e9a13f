variable "name" {}
variable "virtual_network" {}
variable "address_prefixes" {}

variable "route_table" {
  default = null
}

resource "azapi_resource" "subnet" {
  type      = "Microsoft.Network/virtualNetworks/subnets@2024-01-01"
  parent_id = var.virtual_network.resource_id
  name      = var.name
  body = {
    properties = {
      addressPrefixes                   = var.address_prefixes
      routeTable                        = var.route_table
      privateEndpointNetworkPolicies    = "Enabled"
      privateLinkServiceNetworkPolicies = "Enabled"
      defaultOutboundAccess             = false
      delegations                       = []
    }
  }
}

output "resource_id" {
  value = azapi_resource.subnet.id
}
