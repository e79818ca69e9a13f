# One peering, and the way back where it is asked for.
variable "name" {
  type = string
}

variable "parent_id" {
  type = string
}

variable "remote_virtual_network_id" {
  type = string
}

variable "create_reverse_peering" {
  type    = bool
  default = false
}

variable "reverse_name" {
  type    = string
  default = null
}

variable "allow_virtual_network_access" {
  type    = bool
  default = true
}

variable "allow_forwarded_traffic" {
  type    = bool
  default = false
}

variable "allow_gateway_transit" {
  type    = bool
  default = false
}

variable "use_remote_gateways" {
  type    = bool
  default = false
}

variable "peer_complete_vnets" {
  type    = bool
  default = true
}

variable "reverse_allow_virtual_network_access" {
  type    = bool
  default = true
}

variable "reverse_allow_forwarded_traffic" {
  type    = bool
  default = false
}

variable "reverse_allow_gateway_transit" {
  type    = bool
  default = false
}

variable "reverse_use_remote_gateways" {
  type    = bool
  default = false
}

variable "reverse_peer_complete_vnets" {
  type    = bool
  default = true
}

variable "do_not_verify_remote_gateways" {}
variable "enable_only_ipv6_peering" {}
variable "ignore_body_changes" {}
variable "local_peered_address_spaces" {}
variable "local_peered_subnets" {}
variable "remote_peered_address_spaces" {}
variable "remote_peered_subnets" {}
variable "retry" {}
variable "reverse_do_not_verify_remote_gateways" {}
variable "reverse_enable_only_ipv6_peering" {}
variable "reverse_local_peered_address_spaces" {}
variable "reverse_local_peered_subnets" {}
variable "reverse_remote_peered_address_spaces" {}
variable "reverse_remote_peered_subnets" {}
variable "sync_remote_address_space_enabled" {}
variable "sync_remote_address_space_triggers" {}
variable "timeouts" {}

resource "azapi_resource" "this" {
  type      = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2023-11-01"
  name      = var.name
  parent_id = var.parent_id
  body = {
    properties = {
      remoteVirtualNetwork = {
        id = var.remote_virtual_network_id
      }
      allowVirtualNetworkAccess = var.allow_virtual_network_access
      allowForwardedTraffic     = var.allow_forwarded_traffic
      allowGatewayTransit       = var.allow_gateway_transit
      useRemoteGateways         = var.use_remote_gateways
      peerCompleteVnets         = var.peer_complete_vnets
    }
  }
}

resource "azapi_resource" "reverse" {
  count     = var.create_reverse_peering ? 1 : 0
  type      = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2023-11-01"
  name      = var.reverse_name
  parent_id = var.remote_virtual_network_id
  body = {
    properties = {
      remoteVirtualNetwork = {
        id = var.parent_id
      }
      allowVirtualNetworkAccess = var.reverse_allow_virtual_network_access
      allowForwardedTraffic     = var.reverse_allow_forwarded_traffic
      allowGatewayTransit       = var.reverse_allow_gateway_transit
      useRemoteGateways         = var.reverse_use_remote_gateways
      peerCompleteVnets         = var.reverse_peer_complete_vnets
    }
  }
  depends_on = [azapi_resource.this]
}

output "name" {
  value = azapi_resource.this.name
}

output "resource_id" {
  value = azapi_resource.this.id
}

output "reverse_name" {
  value = var.create_reverse_peering ? azapi_resource.reverse[0].name : null
}

output "reverse_resource_id" {
  value = var.create_reverse_peering ? azapi_resource.reverse[0].id : null
}
