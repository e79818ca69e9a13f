variable "group" {
  type = string
}

variable "location" {
  type    = string
  default = "northeurope"
}

# What the landing zone made, where it did so in the same deployment.
variable "landing_zone" {
  type = object({
    network_id = string
    nodes_id   = string
    routes_id  = string
    zone_id    = string
  })
  default = null
}

provider "azurerm" {
  features {}
}

data "azurerm_virtual_network" "apps" {
  count               = var.landing_zone == null ? 1 : 0
  name                = "vnet-orders-apps"
  resource_group_name = var.group
}

data "azurerm_subnet" "nodes" {
  count                = var.landing_zone == null ? 1 : 0
  name                 = "snet-nodes"
  virtual_network_name = "vnet-orders-apps"
  resource_group_name  = var.group
}

data "azurerm_route_table" "nodes" {
  count               = var.landing_zone == null ? 1 : 0
  name                = "rt-orders-nodes"
  resource_group_name = var.group
}

data "azurerm_private_dns_zone" "aks" {
  count               = var.landing_zone == null ? 1 : 0
  name                = "privatelink.${var.location}.azmk8s.io"
  resource_group_name = var.group
}

locals {
  network = var.landing_zone == null ? data.azurerm_virtual_network.apps[0].id : var.landing_zone.network_id
  nodes   = var.landing_zone == null ? data.azurerm_subnet.nodes[0].id : var.landing_zone.nodes_id
  routes  = var.landing_zone == null ? data.azurerm_route_table.nodes[0].id : var.landing_zone.routes_id
  zone    = var.landing_zone == null ? data.azurerm_private_dns_zone.aks[0].id : var.landing_zone.zone_id
}

module "identity" {
  source              = "Azure/avm-res-managedidentity-userassignedidentity/azurerm"
  version             = "0.3.3"
  name                = "id-orders"
  resource_group_name = var.group
  location            = var.location
}

resource "azurerm_role_assignment" "zone" {
  scope                = local.zone
  role_definition_name = "Private DNS Zone Contributor"
  principal_id         = module.identity.principal_id
}

resource "azurerm_role_assignment" "network" {
  scope                = local.network
  role_definition_name = "Network Contributor"
  principal_id         = module.identity.principal_id
}

resource "azurerm_role_assignment" "routes" {
  scope                = local.routes
  role_definition_name = "Network Contributor"
  principal_id         = module.identity.principal_id
}

resource "azurerm_kubernetes_cluster" "orders" {
  name                    = "aks-orders"
  resource_group_name     = var.group
  location                = var.location
  dns_prefix              = "orders"
  private_cluster_enabled = true
  private_dns_zone_id     = local.zone

  default_node_pool {
    name           = "system"
    vm_size        = "Standard_D4s_v5"
    vnet_subnet_id = local.nodes
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [module.identity.resource_id]
  }

  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_policy      = "cilium"
    network_data_plane  = "cilium"
    outbound_type       = "userDefinedRouting"
    service_cidr        = "10.201.0.0/16"
    dns_service_ip      = "10.201.0.10"
    pod_cidr            = "10.240.0.0/16"
  }

  depends_on = [
    azurerm_role_assignment.zone,
    azurerm_role_assignment.network,
    azurerm_role_assignment.routes,
  ]
}
