# The policy without its rules, which are groups of their own.
variable "name" {
  type = string
}

variable "resource_group_name" {
  type = string
}

variable "firewall_policy_base_policy_id" {
  type    = string
  default = null
}

variable "firewall_policy_sku" {
  type    = string
  default = null
}

variable "firewall_policy_dns" {
  type = object({
    proxy_enabled = optional(bool)
    servers       = optional(list(string))
  })
  default = null
}

variable "firewall_policy_private_ip_ranges" {
  type    = list(string)
  default = null
}

variable "role_assignments" {
  type = map(object({
    role_definition_id_or_name = string
    principal_id               = string
  }))
  default = {}
}

variable "diagnostic_settings" {}
variable "enable_telemetry" {}
variable "firewall_policy_auto_learn_private_ranges_enabled" {}
variable "firewall_policy_explicit_proxy" {}
variable "firewall_policy_identity" {}
variable "firewall_policy_insights" {}
variable "firewall_policy_intrusion_detection" {}
variable "firewall_policy_sql_redirect_allowed" {}
variable "firewall_policy_threat_intelligence_allowlist" {}
variable "firewall_policy_threat_intelligence_mode" {}
variable "firewall_policy_timeouts" {}
variable "firewall_policy_tls_certificate" {}
variable "location" {}
variable "lock" {}
variable "tags" {}

resource "azurerm_firewall_policy" "this" {
  name                = var.name
  resource_group_name = var.resource_group_name
  location            = var.location
  base_policy_id      = var.firewall_policy_base_policy_id
  sku                 = var.firewall_policy_sku
  private_ip_ranges   = var.firewall_policy_private_ip_ranges

  dynamic "dns" {
    for_each = var.firewall_policy_dns == null ? [] : [var.firewall_policy_dns]
    content {
      proxy_enabled = dns.value.proxy_enabled
      servers       = dns.value.servers
    }
  }
}

resource "azurerm_role_assignment" "this" {
  for_each             = var.role_assignments
  scope                = azurerm_firewall_policy.this.id
  principal_id         = each.value.principal_id
  role_definition_id   = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? each.value.role_definition_id_or_name : null
  role_definition_name = strcontains(lower(each.value.role_definition_id_or_name), "/roledefinitions/") ? null : each.value.role_definition_id_or_name
}

output "resource" {
  value = azurerm_firewall_policy.this
}

output "resource_id" {
  value = azurerm_firewall_policy.this.id
}
