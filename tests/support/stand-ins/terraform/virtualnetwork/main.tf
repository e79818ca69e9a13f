variable "name" {}
variable "resource_group_name" {}
variable "location" {}
variable "address_space" {}

variable "dns_servers" {
  default = null
}

variable "subnets" {
  default = {}
}

variable "peerings" {
  type = map(object({
    name                               = string
    remote_virtual_network_resource_id = string
    allow_forwarded_traffic            = optional(bool, false)
    create_reverse_peering             = optional(bool, false)
    reverse_name                       = optional(string)
  }))
  default = {}
}

data "azurerm_client_config" "current" {}

locals {
  group = "/subscriptions/${data.azurerm_client_config.current.subscription_id}/resourceGroups/${var.resource_group_name}"
}

resource "azapi_resource" "network" {
  type      = "Microsoft.Network/virtualNetworks@2024-01-01"
  parent_id = local.group
  name      = var.name
  location  = var.location
  body = {
    properties = {
      addressSpace         = { addressPrefixes = var.address_space }
      dhcpOptions          = try({ dnsServers = var.dns_servers.dns_servers }, null)
      enableDdosProtection = false
    }
  }
}

module "subnet" {
  source           = "./modules/subnet"
  for_each         = var.subnets
  name             = each.value.name
  virtual_network  = { resource_id = azapi_resource.network.id }
  address_prefixes = each.value.address_prefixes
}

resource "azapi_resource" "there" {
  for_each  = var.peerings
  type      = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-01-01"
  parent_id = azapi_resource.network.id
  name      = each.value.name
  body = {
    properties = {
      remoteVirtualNetwork      = { id = each.value.remote_virtual_network_resource_id }
      allowVirtualNetworkAccess = true
      allowForwardedTraffic     = each.value.allow_forwarded_traffic
      allowGatewayTransit       = false
      useRemoteGateways         = false
      peerCompleteVnets         = true
    }
  }
  depends_on = [module.subnet]
}

resource "azapi_resource" "back" {
  for_each  = { for key, peering in var.peerings : key => peering if peering.create_reverse_peering }
  type      = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-01-01"
  parent_id = each.value.remote_virtual_network_resource_id
  name      = each.value.reverse_name
  body = {
    properties = {
      remoteVirtualNetwork      = { id = azapi_resource.network.id }
      allowVirtualNetworkAccess = true
      allowForwardedTraffic     = false
      allowGatewayTransit       = false
      useRemoteGateways         = false
      peerCompleteVnets         = true
    }
  }
  depends_on = [azapi_resource.there]
}

output "resource_id" {
  value = azapi_resource.network.id
}

output "subnets" {
  value = module.subnet
}
