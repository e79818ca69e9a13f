# The VNet, its subnets and its peerings, and for those the way back where it is asked for.
variable "name" {
  type    = string
  default = null
}

variable "parent_id" {
  type = string
}

variable "address_space" {
  type    = set(string)
  default = null
}

variable "ipam_pools" {
  type = list(object({
    id = string
  }))
  default = null
}

variable "dns_servers" {
  type = object({
    dns_servers = list(string)
  })
  default = null
}

variable "ddos_protection_plan" {
  type = object({
    id     = string
    enable = bool
  })
  default = null
}

variable "subnets" {
  type = map(object({
    name             = string
    address_prefix   = optional(string)
    address_prefixes = optional(list(string))
    nat_gateway = optional(object({
      id = string
    }))
    network_security_group = optional(object({
      id = string
    }))
    route_table = optional(object({
      id = string
    }))
    private_endpoint_network_policies             = optional(string, "Enabled")
    private_link_service_network_policies_enabled = optional(bool, true)
    default_outbound_access_enabled               = optional(bool, false)
    ipam_pools = optional(list(object({
      pool_id = string
    })))
    delegations = optional(list(object({
      name = string
      service_delegation = object({
        name = string
      })
    })))
    role_assignments = optional(map(object({
      role_definition_id_or_name = string
      principal_id               = string
    })))
  }))
  default = {}
}

variable "peerings" {
  type = map(object({
    name                                 = string
    remote_virtual_network_resource_id   = string
    allow_virtual_network_access         = optional(bool, true)
    allow_forwarded_traffic              = optional(bool, false)
    allow_gateway_transit                = optional(bool, false)
    use_remote_gateways                  = optional(bool, false)
    peer_complete_vnets                  = optional(bool, true)
    reverse_allow_virtual_network_access = optional(bool, true)
    reverse_allow_forwarded_traffic      = optional(bool, false)
    reverse_allow_gateway_transit        = optional(bool, false)
    reverse_use_remote_gateways          = optional(bool, false)
    reverse_peer_complete_vnets          = optional(bool, true)
    create_reverse_peering               = optional(bool, false)
    reverse_name                         = optional(string)
  }))
  default = {}
}

variable "role_assignments" {
  type = map(object({
    role_definition_id_or_name = string
    principal_id               = string
  }))
  default = {}
}

variable "bgp_community" {}
variable "diagnostic_settings" {}
variable "enable_telemetry" {}
variable "enable_vm_protection" {}
variable "encryption" {}
variable "extended_location" {}
variable "flow_timeout_in_minutes" {}
variable "ignore_body_changes" {}
variable "location" {}
variable "lock" {}
variable "retry" {}
variable "tags" {}
variable "timeouts" {}

resource "azapi_resource" "vnet" {
  type      = "Microsoft.Network/virtualNetworks@2023-11-01"
  name      = var.name
  parent_id = var.parent_id
  location  = var.location
  body = {
    properties = {
      addressSpace = {
        addressPrefixes           = var.ipam_pools == null ? var.address_space : null
        ipamPoolPrefixAllocations = var.ipam_pools == null ? null : [for pool in var.ipam_pools : { pool = { id = pool.id } }]
      }
      dhcpOptions = var.dns_servers != null ? {
        dnsServers = var.dns_servers.dns_servers
      } : null
      ddosProtectionPlan = var.ddos_protection_plan != null ? {
        id = var.ddos_protection_plan.id
      } : null
      enableDdosProtection = var.ddos_protection_plan != null ? var.ddos_protection_plan.enable : false
    }
  }
}

resource "azapi_resource" "subnet" {
  for_each  = var.subnets
  type      = "Microsoft.Network/virtualNetworks/subnets@2023-11-01"
  name      = each.value.name
  parent_id = azapi_resource.vnet.id
  body = {
    properties = {
      addressPrefix                     = each.value.address_prefix
      addressPrefixes                   = each.value.address_prefixes
      ipamPoolPrefixAllocations         = each.value.ipam_pools
      natGateway                        = each.value.nat_gateway
      networkSecurityGroup              = each.value.network_security_group
      routeTable                        = each.value.route_table
      privateEndpointNetworkPolicies    = each.value.private_endpoint_network_policies
      privateLinkServiceNetworkPolicies = each.value.private_link_service_network_policies_enabled == false ? "Disabled" : "Enabled"
      defaultOutboundAccess             = each.value.default_outbound_access_enabled
      delegations = [for delegation in each.value.delegations == null ? [] : each.value.delegations : {
        name = delegation.name
        properties = {
          serviceName = delegation.service_delegation.name
        }
      }]
    }
  }
}

resource "azapi_resource" "peering" {
  for_each  = var.peerings
  type      = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2023-11-01"
  name      = each.value.name
  parent_id = azapi_resource.vnet.id
  body = {
    properties = {
      remoteVirtualNetwork = {
        id = each.value.remote_virtual_network_resource_id
      }
      allowVirtualNetworkAccess = each.value.allow_virtual_network_access
      allowForwardedTraffic     = each.value.allow_forwarded_traffic
      allowGatewayTransit       = each.value.allow_gateway_transit
      useRemoteGateways         = each.value.use_remote_gateways
      peerCompleteVnets         = each.value.peer_complete_vnets
    }
  }
  depends_on = [azapi_resource.subnet]
}

resource "azapi_resource" "reverse_peering" {
  for_each  = { for key, peering in var.peerings : key => peering if peering.create_reverse_peering }
  type      = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2023-11-01"
  name      = each.value.reverse_name
  parent_id = each.value.remote_virtual_network_resource_id
  body = {
    properties = {
      remoteVirtualNetwork = {
        id = azapi_resource.vnet.id
      }
      allowVirtualNetworkAccess = each.value.reverse_allow_virtual_network_access
      allowForwardedTraffic     = each.value.reverse_allow_forwarded_traffic
      allowGatewayTransit       = each.value.reverse_allow_gateway_transit
      useRemoteGateways         = each.value.reverse_use_remote_gateways
      peerCompleteVnets         = each.value.reverse_peer_complete_vnets
    }
  }
  depends_on = [azapi_resource.peering]
}

resource "azurerm_role_assignment" "this" {
  for_each             = var.role_assignments
  scope                = azapi_resource.vnet.id
  principal_id         = each.value.principal_id
  role_definition_id   = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? each.value.role_definition_id_or_name : null
  role_definition_name = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? null : each.value.role_definition_id_or_name
}

locals {
  subnet_roles = merge([for key, subnet in var.subnets : {
    for name, role in coalesce(subnet.role_assignments, {}) : "${key}-${name}" => { subnet = key, role = role }
  }]...)
}

resource "azurerm_role_assignment" "subnet" {
  for_each             = local.subnet_roles
  scope                = azapi_resource.subnet[each.value.subnet].id
  principal_id         = each.value.role.principal_id
  role_definition_id   = strcontains(lower(each.value.role.role_definition_id_or_name), "/roledefinitions/") ? each.value.role.role_definition_id_or_name : null
  role_definition_name = strcontains(lower(each.value.role.role_definition_id_or_name), "/roledefinitions/") ? null : each.value.role.role_definition_id_or_name
}

output "name" {
  value = azapi_resource.vnet.name
}

output "resource" {
  value = azapi_resource.vnet
}

output "resource_id" {
  value = azapi_resource.vnet.id
}

output "subnets" {
  value = {
    for key, subnet in azapi_resource.subnet : key => {
      name        = subnet.name
      resource    = subnet
      resource_id = subnet.id
    }
  }
}

output "peerings" {
  value = {
    for key, peering in azapi_resource.peering : key => {
      name        = peering.name
      resource_id = peering.id
    }
  }
}

output "address_spaces" {
  value = var.ipam_pools == null ? var.address_space : azapi_resource.vnet.output.properties.addressSpace.addressPrefixes
}
