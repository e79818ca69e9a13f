variable "group" {
  type = string
}

variable "location" {
  type    = string
  default = "northeurope"
}

variable "hub_group" {
  type = string
}

# Both are found by name where the hub is deployed by itself.
variable "hub_network_id" {
  type    = string
  default = null
}

variable "firewall_address" {
  type    = string
  default = null
}

provider "azurerm" {
  features {}
}

data "azurerm_virtual_network" "hub" {
  count               = var.hub_network_id == null ? 1 : 0
  name                = "vnet-orders-hub"
  resource_group_name = var.hub_group
}

data "azurerm_firewall" "hub" {
  count               = var.hub_network_id == null ? 1 : 0
  name                = "afw-orders"
  resource_group_name = var.hub_group
}

locals {
  hub      = var.hub_network_id == null ? data.azurerm_virtual_network.hub[0].id : var.hub_network_id
  firewall = var.hub_network_id == null ? data.azurerm_firewall.hub[0].ip_configuration[0].private_ip_address : var.firewall_address
}

resource "azurerm_resource_group" "apps" {
  name     = var.group
  location = var.location
}

module "routes" {
  source              = "Azure/avm-res-network-routetable/azurerm"
  version             = "0.4.1"
  name                = "rt-orders-nodes"
  resource_group_name = azurerm_resource_group.apps.name
  location            = var.location
  routes = {
    out = {
      name                   = "out"
      address_prefix         = "0.0.0.0/0"
      next_hop_type          = "VirtualAppliance"
      next_hop_in_ip_address = local.firewall
    }
  }
}

module "apps_network" {
  source              = "Azure/avm-res-network-virtualnetwork/azurerm"
  version             = "0.8.1"
  name                = "vnet-orders-apps"
  resource_group_name = azurerm_resource_group.apps.name
  location            = var.location
  address_space       = ["10.41.0.0/16"]
  dns_servers = {
    dns_servers = [local.firewall]
  }
  peerings = {
    hub = {
      name                               = "apps-to-hub"
      remote_virtual_network_resource_id = local.hub
      allow_forwarded_traffic            = true
      create_reverse_peering             = true
      reverse_name                       = "hub-to-apps"
    }
  }
}

module "nodes" {
  source  = "Azure/avm-res-network-virtualnetwork/azurerm//modules/subnet"
  version = "0.8.1"
  name    = "snet-nodes"
  virtual_network = {
    resource_id = module.apps_network.resource_id
  }
  address_prefixes = ["10.41.0.0/22"]
  route_table = {
    id = module.routes.resource_id
  }
}

module "zone" {
  source              = "Azure/avm-res-network-privatednszone/azurerm"
  version             = "0.2.2"
  domain_name         = "privatelink.${var.location}.azmk8s.io"
  resource_group_name = azurerm_resource_group.apps.name
  virtual_network_links = {
    hub = {
      vnetlinkname = "hub"
      vnetid       = local.hub
    }
  }
}

module "vaults" {
  source              = "Azure/avm-res-network-privatednszone/azurerm"
  version             = "0.2.2"
  domain_name         = "privatelink.vaultcore.azure.net"
  resource_group_name = azurerm_resource_group.apps.name
  virtual_network_links = {
    hub = {
      vnetlinkname = "hub"
      vnetid       = local.hub
    }
    apps = {
      vnetlinkname = "apps"
      vnetid       = module.apps_network.resource_id
    }
  }
}

output "group" {
  value = azurerm_resource_group.apps.name
}

output "network_id" {
  value = module.apps_network.resource_id
}

output "nodes_id" {
  value = module.nodes.resource_id
}

output "routes_id" {
  value = module.routes.resource_id
}

output "zone_id" {
  value = module.zone.resource_id
}
