# The endpoint and its zone group.
variable "name" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "subnet_resource_id" {
  type = string
}

variable "private_connection_resource_id" {
  type = string
}

variable "subresource_names" {
  type    = list(string)
  default = null
}

variable "private_dns_zone_resource_ids" {
  type    = list(string)
  default = []
}

variable "private_dns_zone_group_name" {
  type    = string
  default = null
}

variable "private_service_connection_name" {
  type    = string
  default = null
}

variable "ip_configurations" {
  type = map(object({
    name               = string
    private_ip_address = string
    subresource_name   = string
    member_name        = optional(string, "default")
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

variable "application_security_group_association_ids" {}
variable "enable_telemetry" {}
variable "location" {}
variable "lock" {}
variable "network_interface_name" {}
variable "tags" {}

resource "azurerm_private_endpoint" "this" {
  name                = var.name
  resource_group_name = var.resource_group_name
  location            = var.location
  subnet_id           = var.subnet_resource_id

  private_service_connection {
    name                           = var.private_service_connection_name != null ? var.private_service_connection_name : "pse-${var.name}"
    is_manual_connection           = false
    private_connection_resource_id = var.private_connection_resource_id
    subresource_names              = var.subresource_names
  }

  dynamic "ip_configuration" {
    for_each = var.ip_configurations
    content {
      name               = ip_configuration.value.name
      private_ip_address = ip_configuration.value.private_ip_address
      member_name        = ip_configuration.value.member_name
      subresource_name   = ip_configuration.value.subresource_name
    }
  }

  dynamic "private_dns_zone_group" {
    for_each = length(var.private_dns_zone_resource_ids) > 0 ? ["this"] : []
    content {
      name                 = var.private_dns_zone_group_name
      private_dns_zone_ids = var.private_dns_zone_resource_ids
    }
  }
}

resource "azurerm_role_assignment" "this" {
  for_each             = var.role_assignments
  scope                = azurerm_private_endpoint.this.id
  principal_id         = each.value.principal_id
  role_definition_id   = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? each.value.role_definition_id_or_name : null
  role_definition_name = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? null : each.value.role_definition_id_or_name
}

output "name" {
  value = azurerm_private_endpoint.this.name
}

output "resource" {
  value = azurerm_private_endpoint.this
}

output "resource_id" {
  value = azurerm_private_endpoint.this.id
}
