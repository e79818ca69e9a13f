# A VNet with its subnets, named by the keys of a map.
variable "resource_group_name" {
  type = string
}

variable "subnets" {
  type = map(object({
    address_prefixes = list(string)
    nat_gateway = optional(object({
      id = string
    }))
    network_security_group = optional(object({
      id = string
    }))
    route_table = optional(object({
      id = string
    }))
    private_endpoint_network_policies_enabled     = optional(bool, true)
    private_link_service_network_policies_enabled = optional(bool, true)
    default_outbound_access_enabled               = optional(bool, true)
    delegations = optional(list(object({
      name = string
      service_delegation = object({
        name    = string
        actions = optional(list(string))
      })
    })))
  }))
}

variable "virtual_network_address_space" {
  type = list(string)
}

variable "virtual_network_location" {
  type = string
}

variable "virtual_network_name" {
  type = string
}

variable "virtual_network_dns_servers" {
  type = object({
    dns_servers = list(string)
  })
  default = null
}

variable "virtual_network_ddos_protection_plan" {
  type = object({
    id     = string
    enable = bool
  })
  default = null
}

variable "new_network_ddos_protection_plan" {
  type = object({
    name = string
  })
  default = null
}

variable "tracing_tags_enabled" {}
variable "tracing_tags_prefix" {}
variable "virtual_network_bgp_community" {}
variable "virtual_network_edge_zone" {}
variable "virtual_network_flow_timeout_in_minutes" {}
variable "virtual_network_tags" {}

resource "azurerm_network_ddos_protection_plan" "this" {
  count               = var.new_network_ddos_protection_plan == null ? 0 : 1
  name                = var.new_network_ddos_protection_plan.name
  location            = var.virtual_network_location
  resource_group_name = var.resource_group_name
}

resource "azurerm_virtual_network" "vnet" {
  name                = var.virtual_network_name
  resource_group_name = var.resource_group_name
  location            = var.virtual_network_location
  address_space       = var.virtual_network_address_space

  dynamic "ddos_protection_plan" {
    for_each = var.virtual_network_ddos_protection_plan == null ? [] : [var.virtual_network_ddos_protection_plan]
    content {
      id     = ddos_protection_plan.value.id
      enable = ddos_protection_plan.value.enable
    }
  }

  dynamic "ddos_protection_plan" {
    for_each = azurerm_network_ddos_protection_plan.this
    content {
      id     = ddos_protection_plan.value.id
      enable = true
    }
  }
}

resource "azurerm_virtual_network_dns_servers" "vnet_dns" {
  count              = var.virtual_network_dns_servers == null ? 0 : 1
  virtual_network_id = azurerm_virtual_network.vnet.id
  dns_servers        = var.virtual_network_dns_servers.dns_servers
}

# The subnets wait for the DNS servers, in the module as here.
resource "azurerm_subnet" "subnet" {
  for_each                                      = var.subnets
  name                                          = each.key
  resource_group_name                           = var.resource_group_name
  virtual_network_name                          = azurerm_virtual_network.vnet.name
  address_prefixes                              = each.value.address_prefixes
  default_outbound_access_enabled               = each.value.default_outbound_access_enabled
  private_endpoint_network_policies_enabled     = each.value.private_endpoint_network_policies_enabled
  private_link_service_network_policies_enabled = each.value.private_link_service_network_policies_enabled

  dynamic "delegation" {
    for_each = each.value.delegations == null ? [] : each.value.delegations
    content {
      name = delegation.value.name
      service_delegation {
        name    = delegation.value.service_delegation.name
        actions = delegation.value.service_delegation.actions
      }
    }
  }

  depends_on = [azurerm_virtual_network_dns_servers.vnet_dns]
}

resource "azurerm_subnet_network_security_group_association" "vnet" {
  for_each                  = { for name, subnet in var.subnets : name => subnet.network_security_group.id if subnet.network_security_group != null }
  network_security_group_id = each.value
  subnet_id                 = azurerm_subnet.subnet[each.key].id
}

resource "azurerm_subnet_route_table_association" "vnet" {
  for_each       = { for name, subnet in var.subnets : name => subnet.route_table.id if subnet.route_table != null }
  route_table_id = each.value
  subnet_id      = azurerm_subnet.subnet[each.key].id
}

resource "azurerm_subnet_nat_gateway_association" "nat_gw" {
  for_each       = { for name, subnet in var.subnets : name => subnet.nat_gateway.id if subnet.nat_gateway != null }
  nat_gateway_id = each.value
  subnet_id      = azurerm_subnet.subnet[each.key].id
}

output "vnet_address_space" {
  value = azurerm_virtual_network.vnet.address_space
}

output "vnet_id" {
  value = azurerm_virtual_network.vnet.id
}

output "vnet_location" {
  value = azurerm_virtual_network.vnet.location
}

output "vnet_name" {
  value = azurerm_virtual_network.vnet.name
}

output "vnet_subnets_name_id" {
  value = { for subnet in azurerm_subnet.subnet : subnet.name => subnet.id }
}
