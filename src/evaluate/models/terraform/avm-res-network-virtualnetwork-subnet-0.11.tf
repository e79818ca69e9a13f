# One subnet of a VNet that is made elsewhere.
variable "name" {
  type = string
}

variable "parent_id" {
  type = string
}

variable "address_prefix" {
  type    = string
  default = null
}

variable "address_prefixes" {
  type    = list(string)
  default = null
}

variable "ipam_pools" {
  type = list(object({
    pool_id = string
  }))
  default = null
}

variable "nat_gateway" {
  type = object({
    id = string
  })
  default = null
}

variable "network_security_group" {
  type = object({
    id = string
  })
  default = null
}

variable "route_table" {
  type = object({
    id = string
  })
  default = null
}

variable "private_endpoint_network_policies" {
  type    = string
  default = "Enabled"
}

variable "private_link_service_network_policies_enabled" {
  type    = bool
  default = true
}

variable "default_outbound_access_enabled" {
  type    = bool
  default = false
}

variable "delegation" {
  type = list(object({
    name = string
    service_delegation = object({
      name = string
    })
  }))
  default = null
}

variable "delegations" {
  type = list(object({
    name = string
    service_delegation = object({
      name = string
    })
  }))
  default = null
}

variable "role_assignments" {
  type = map(object({
    role_definition_id_or_name = string
    principal_id               = string
  }))
  default = {}
}

variable "ignore_body_changes" {}
variable "private_endpoint_network_policies_enabled" {}
variable "retry" {}
variable "service_endpoint_policies" {}
variable "service_endpoints" {}
variable "service_endpoints_with_location" {}
variable "sharing_scope" {}
variable "timeouts" {}

resource "azapi_resource" "subnet" {
  type      = "Microsoft.Network/virtualNetworks/subnets@2023-11-01"
  name      = var.name
  parent_id = var.parent_id
  body = {
    properties = {
      addressPrefix                     = var.address_prefix
      addressPrefixes                   = var.address_prefixes
      ipamPoolPrefixAllocations         = var.ipam_pools
      natGateway                        = var.nat_gateway
      networkSecurityGroup              = var.network_security_group
      routeTable                        = var.route_table
      privateEndpointNetworkPolicies    = var.private_endpoint_network_policies
      privateLinkServiceNetworkPolicies = var.private_link_service_network_policies_enabled == false ? "Disabled" : "Enabled"
      defaultOutboundAccess             = var.default_outbound_access_enabled
      delegations = [for delegation in coalesce(var.delegations, var.delegation, []) : {
        name = delegation.name
        properties = {
          serviceName = delegation.service_delegation.name
        }
      }]
    }
  }
}

resource "azurerm_role_assignment" "subnet" {
  for_each             = var.role_assignments
  scope                = azapi_resource.subnet.id
  principal_id         = each.value.principal_id
  role_definition_id   = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? each.value.role_definition_id_or_name : null
  role_definition_name = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? null : each.value.role_definition_id_or_name
}

output "name" {
  value = azapi_resource.subnet.name
}

output "resource" {
  value = azapi_resource.subnet
}

output "resource_id" {
  value = azapi_resource.subnet.id
}
