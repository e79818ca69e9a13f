# The zone, its links and its A records.
variable "domain_name" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "virtual_network_links" {
  type = map(object({
    vnetlinkname     = string
    vnetid           = string
    autoregistration = optional(bool, false)
  }))
  default = {}
}

variable "a_records" {
  type = map(object({
    name                = string
    resource_group_name = string
    zone_name           = string
    ttl                 = number
    records             = list(string)
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
variable "dns_zone_tags" {}
variable "enable_telemetry" {}
variable "mx_records" {}
variable "ptr_records" {}
variable "soa_record" {}
variable "srv_records" {}
variable "tags" {}
variable "telem_tags" {}
variable "timeouts" {}
variable "txt_records" {}

resource "azurerm_private_dns_zone" "this" {
  name                = var.domain_name
  resource_group_name = var.resource_group_name
}

# The outputs of the zone do not wait for its links, in the module as here.
resource "azurerm_private_dns_zone_virtual_network_link" "this" {
  for_each              = var.virtual_network_links
  name                  = each.value.vnetlinkname
  private_dns_zone_name = azurerm_private_dns_zone.this.name
  resource_group_name   = var.resource_group_name
  virtual_network_id    = each.value.vnetid
  registration_enabled  = each.value.autoregistration
}

resource "azurerm_private_dns_a_record" "this" {
  for_each            = var.a_records
  name                = each.value.name
  resource_group_name = each.value.resource_group_name
  zone_name           = each.value.zone_name
  ttl                 = each.value.ttl
  records             = each.value.records
  depends_on          = [azurerm_private_dns_zone.this]
}

resource "azurerm_role_assignment" "this" {
  for_each             = var.role_assignments
  scope                = azurerm_private_dns_zone.this.id
  principal_id         = each.value.principal_id
  role_definition_id   = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? each.value.role_definition_id_or_name : null
  role_definition_name = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? null : each.value.role_definition_id_or_name
}

output "name" {
  value = azurerm_private_dns_zone.this.name
}

output "resource" {
  value = azurerm_private_dns_zone.this
}

output "resource_id" {
  value = azurerm_private_dns_zone.this.id
}

output "virtual_network_link_outputs" {
  value = azurerm_private_dns_zone_virtual_network_link.this
}
