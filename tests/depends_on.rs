//! A finding about order says the line to write, in the words and at the place that it belongs to.

mod support;

use support::of_texts;

const SHARED: &str = r#"
resource "azurerm_resource_group" "app" {
  name     = "rg-app"
  location = "westeurope"
}

resource "azurerm_virtual_network" "spoke" {
  name                = "vnet-app"
  resource_group_name = azurerm_resource_group.app.name
  location            = "westeurope"
  address_space       = ["10.1.0.0/16"]
}

resource "azurerm_subnet" "nodes" {
  name                 = "snet-nodes"
  resource_group_name  = azurerm_resource_group.app.name
  virtual_network_name = azurerm_virtual_network.spoke.name
  address_prefixes     = ["10.1.0.0/22"]
}

resource "azurerm_private_dns_zone" "aks" {
  name                = "privatelink.westeurope.azmk8s.io"
  resource_group_name = azurerm_resource_group.app.name
}

resource "azurerm_user_assigned_identity" "aks" {
  name                = "id-aks"
  resource_group_name = azurerm_resource_group.app.name
  location            = "westeurope"
}

resource "azurerm_role_assignment" "network" {
  scope                = azurerm_virtual_network.spoke.id
  role_definition_name = "Network Contributor"
  principal_id         = azurerm_user_assigned_identity.aks.principal_id
}

resource "azurerm_role_assignment" "zone" {
  scope                = azurerm_private_dns_zone.aks.id
  role_definition_name = "Private DNS Zone Contributor"
  principal_id         = azurerm_user_assigned_identity.aks.principal_id
}
"#;

/// A cluster in azurerm's words, with what it is told.
fn azurerm(identity: &str, subnet: &str, zone: &str) -> String {
    format!(
        r#"
resource "azurerm_kubernetes_cluster" "aks" {{
  name                    = "aks-app"
  resource_group_name     = "rg-app"
  location                = "westeurope"
  dns_prefix              = "app"
  private_cluster_enabled = true
  private_dns_zone_id     = {zone}

  default_node_pool {{
    name           = "system"
    vm_size        = "Standard_D4s_v5"
    node_count     = 3
    vnet_subnet_id = {subnet}
  }}

  identity {{
    type         = "UserAssigned"
    identity_ids = [{identity}]
  }}
}}
"#
    )
}

/// The help of VNL027, the rule of roles that come too late.
fn help(texts: &[(&str, &str)]) -> String {
    let analysis = of_texts(texts);
    let mut helps = analysis.findings.iter().filter(|finding| finding.code == "VNL027").map(|found| found.help.clone());
    let only = helps.next().expect("a finding").expect("a help");
    assert!(helps.next().is_none(), "one line mends all of it");
    only
}

const ROLES: &str = "`depends_on = [azurerm_role_assignment.network, azurerm_role_assignment.zone]`";

#[test]
fn a_cluster_beside_its_roles_waits_for_all_of_them() {
    let cluster =
        azurerm("azurerm_user_assigned_identity.aks.id", "azurerm_subnet.nodes.id", "azurerm_private_dns_zone.aks.id");
    assert_eq!(help(&[("main.tf", SHARED), ("aks.tf", &cluster)]), format!("let `aks-app` wait: {ROLES}"));
}

#[test]
fn the_call_of_a_module_waits_for_what_stands_beside_it() {
    let inputs = "variable \"identity\" {}\nvariable \"subnet\" {}\nvariable \"zone\" {}\n";
    let module = format!("{inputs}{}", azurerm("var.identity", "var.subnet", "var.zone"));
    let call = r#"
module "aks" {
  source   = "./aks"
  identity = azurerm_user_assigned_identity.aks.id
  subnet   = azurerm_subnet.nodes.id
  zone     = azurerm_private_dns_zone.aks.id
}
"#;
    let said = help(&[("main.tf", SHARED), ("call.tf", call), ("aks/main.tf", &module)]);
    assert_eq!(said, format!("let `module.aks` wait: {ROLES}"));
}

#[test]
fn a_cluster_of_azapi_waits_in_the_same_words() {
    let cluster = r#"
resource "azapi_resource" "aks" {
  type      = "Microsoft.ContainerService/managedClusters@2025-10-01"
  name      = "aks-app"
  parent_id = azurerm_resource_group.app.id
  location  = "westeurope"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.aks.id]
  }

  body = {
    properties = {
      dnsPrefix = "app"
      apiServerAccessProfile = {
        enablePrivateCluster = true
        privateDNSZone       = azurerm_private_dns_zone.aks.id
      }
      agentPoolProfiles = [{
        name         = "system"
        mode         = "System"
        count        = 3
        vmSize       = "Standard_D4s_v5"
        vnetSubnetID = azurerm_subnet.nodes.id
      }]
    }
  }
}
"#;
    assert_eq!(help(&[("main.tf", SHARED), ("aks.tf", cluster)]), format!("let `aks-app` wait: {ROLES}"));
}
