variable "group" {
  type = string
}

variable "location" {
  type    = string
  default = "northeurope"
}

provider "azurerm" {
  features {}
}

resource "azurerm_resource_group" "hub" {
  name     = var.group
  location = var.location
}

module "hub_network" {
  source              = "Azure/avm-res-network-virtualnetwork/azurerm"
  version             = "0.8.1"
  name                = "vnet-orders-hub"
  resource_group_name = azurerm_resource_group.hub.name
  location            = var.location
  address_space       = ["10.40.0.0/20"]
  subnets = {
    firewall = {
      name             = "AzureFirewallSubnet"
      address_prefixes = ["10.40.1.0/26"]
    }
  }
}

module "address" {
  source              = "Azure/avm-res-network-publicipaddress/azurerm"
  version             = "0.2.0"
  name                = "pip-orders-firewall"
  resource_group_name = azurerm_resource_group.hub.name
  location            = var.location
}

module "policy" {
  source              = "Azure/avm-res-network-firewallpolicy/azurerm"
  version             = "0.3.3"
  name                = "afwp-orders"
  resource_group_name = azurerm_resource_group.hub.name
  location            = var.location
  firewall_policy_dns = {
    proxy_enabled = true
  }
}

module "firewall" {
  source              = "Azure/avm-res-network-azurefirewall/azurerm"
  version             = "0.3.0"
  name                = "afw-orders"
  resource_group_name = azurerm_resource_group.hub.name
  location            = var.location
  firewall_sku_name   = "AZFW_VNet"
  firewall_sku_tier   = "Standard"
  firewall_policy_id  = module.policy.resource_id
  firewall_ip_configuration = [{
    name                 = "main"
    subnet_id            = module.hub_network.subnets["firewall"].resource_id
    public_ip_address_id = module.address.public_ip_id
  }]
}

output "group" {
  value = azurerm_resource_group.hub.name
}

output "network_id" {
  value = module.hub_network.resource_id
}

output "firewall_address" {
  value = module.firewall.resource.ip_configuration[0].private_ip_address
}
