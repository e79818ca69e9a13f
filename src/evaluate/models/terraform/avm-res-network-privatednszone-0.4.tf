# The zone, its links and its A records.
variable "domain_name" {
  type = string
}

variable "parent_id" {
  type = string
}

variable "virtual_network_links" {
  type = map(object({
    name                                   = optional(string)
    vnetlinkname                           = optional(string)
    virtual_network_id                     = optional(string)
    vnetid                                 = optional(string)
    registration_enabled                   = optional(bool)
    autoregistration                       = optional(bool, false)
    resolution_policy                      = optional(string, "Default")
    private_dns_zone_supports_private_link = optional(bool, false)
  }))
  default = {}
}

variable "a_records" {
  type = map(object({
    name         = string
    ttl          = number
    records      = optional(list(string))
    ip_addresses = optional(set(string))
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

variable "aaaa_records" {}
variable "cname_records" {}
variable "enable_telemetry" {}
variable "lock" {}
variable "mx_records" {}
variable "ptr_records" {}
variable "retry" {}
variable "role_assignment_name_use_random_uuid" {}
variable "soa_record" {}
variable "srv_records" {}
variable "tags" {}
variable "timeouts" {}
variable "txt_records" {}

resource "azapi_resource" "private_dns_zone" {
  type      = "Microsoft.Network/privateDnsZones@2024-06-01"
  name      = var.domain_name
  parent_id = var.parent_id
  location  = "global"
}

# The outputs of the zone do not wait for its links, in the module as here.
resource "azapi_resource" "virtual_network_link" {
  for_each  = var.virtual_network_links
  type      = "Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01"
  name      = coalesce(each.value.name, each.value.vnetlinkname)
  parent_id = azapi_resource.private_dns_zone.id
  location  = "global"
  body = {
    properties = {
      registrationEnabled = coalesce(each.value.registration_enabled, each.value.autoregistration, false)
      resolutionPolicy    = each.value.private_dns_zone_supports_private_link ? each.value.resolution_policy : null
      virtualNetwork = {
        id = coalesce(each.value.virtual_network_id, each.value.vnetid)
      }
    }
  }
}

resource "azapi_resource" "a_record" {
  for_each  = var.a_records
  type      = "Microsoft.Network/privateDnsZones/A@2024-06-01"
  name      = each.value.name
  parent_id = azapi_resource.private_dns_zone.id
  body = {
    properties = {
      ttl      = each.value.ttl
      aRecords = [for address in coalesce(each.value.ip_addresses, each.value.records) : { ipv4Address = address }]
    }
  }
}

resource "azurerm_role_assignment" "this" {
  for_each             = var.role_assignments
  scope                = azapi_resource.private_dns_zone.id
  principal_id         = each.value.principal_id
  role_definition_id   = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? each.value.role_definition_id_or_name : null
  role_definition_name = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? null : each.value.role_definition_id_or_name
}

output "name" {
  value = azapi_resource.private_dns_zone.name
}

output "resource" {
  value = azapi_resource.private_dns_zone
}

output "resource_id" {
  value = azapi_resource.private_dns_zone.id
}
