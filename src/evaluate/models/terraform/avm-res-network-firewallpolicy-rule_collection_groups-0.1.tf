# One group of rules of a policy that is made elsewhere.
variable "firewall_policy_rule_collection_group_firewall_policy_id" {
  type = string
}

variable "firewall_policy_rule_collection_group_name" {
  type = string
}

variable "firewall_policy_rule_collection_group_priority" {
  type = number
}

variable "firewall_policy_rule_collection_group_application_rule_collection" {
  default = null
}

variable "firewall_policy_rule_collection_group_nat_rule_collection" {
  default = null
}

variable "firewall_policy_rule_collection_group_network_rule_collection" {
  default = null
}

variable "firewall_policy_rule_collection_group_timeouts" {}

resource "azurerm_firewall_policy_rule_collection_group" "this" {
  firewall_policy_id = var.firewall_policy_rule_collection_group_firewall_policy_id
  name               = var.firewall_policy_rule_collection_group_name
  priority           = var.firewall_policy_rule_collection_group_priority

  dynamic "application_rule_collection" {
    for_each = var.firewall_policy_rule_collection_group_application_rule_collection == null ? [] : var.firewall_policy_rule_collection_group_application_rule_collection
    content {
      name     = application_rule_collection.value.name
      priority = application_rule_collection.value.priority
      action   = application_rule_collection.value.action
      dynamic "rule" {
        for_each = application_rule_collection.value.rule
        content {
          name                  = try(rule.value.name, null)
          source_addresses      = try(rule.value.source_addresses, null)
          source_ip_groups      = try(rule.value.source_ip_groups, null)
          destination_addresses = try(rule.value.destination_addresses, null)
          destination_fqdns     = try(rule.value.destination_fqdns, null)
          destination_fqdn_tags = try(rule.value.destination_fqdn_tags, null)
          destination_urls      = try(rule.value.destination_urls, null)
          web_categories        = try(rule.value.web_categories, null)
          dynamic "protocols" {
            for_each = try(rule.value.protocols, null) == null ? [] : rule.value.protocols
            content {
              port = protocols.value.port
              type = protocols.value.type
            }
          }
        }
      }
    }
  }

  dynamic "network_rule_collection" {
    for_each = var.firewall_policy_rule_collection_group_network_rule_collection == null ? [] : var.firewall_policy_rule_collection_group_network_rule_collection
    content {
      name     = network_rule_collection.value.name
      priority = network_rule_collection.value.priority
      action   = network_rule_collection.value.action
      dynamic "rule" {
        for_each = network_rule_collection.value.rule
        content {
          name                  = try(rule.value.name, null)
          protocols             = try(rule.value.protocols, null)
          source_addresses      = try(rule.value.source_addresses, null)
          source_ip_groups      = try(rule.value.source_ip_groups, null)
          destination_addresses = try(rule.value.destination_addresses, null)
          destination_fqdns     = try(rule.value.destination_fqdns, null)
          destination_ip_groups = try(rule.value.destination_ip_groups, null)
          destination_ports     = try(rule.value.destination_ports, null)
        }
      }
    }
  }

  dynamic "nat_rule_collection" {
    for_each = var.firewall_policy_rule_collection_group_nat_rule_collection == null ? [] : var.firewall_policy_rule_collection_group_nat_rule_collection
    content {
      name     = nat_rule_collection.value.name
      priority = nat_rule_collection.value.priority
      action   = nat_rule_collection.value.action
      dynamic "rule" {
        for_each = nat_rule_collection.value.rule
        content {
          name                = try(rule.value.name, null)
          protocols           = try(rule.value.protocols, null)
          source_addresses    = try(rule.value.source_addresses, null)
          source_ip_groups    = try(rule.value.source_ip_groups, null)
          destination_address = try(rule.value.destination_address, null)
          destination_ports   = try(rule.value.destination_ports, null)
          translated_address  = try(rule.value.translated_address, null)
          translated_fqdn     = try(rule.value.translated_fqdn, null)
          translated_port     = try(rule.value.translated_port, null)
        }
      }
    }
  }
}

output "resource" {
  value = azurerm_firewall_policy_rule_collection_group.this
}

output "resource_id" {
  value = azurerm_firewall_policy_rule_collection_group.this.id
}
