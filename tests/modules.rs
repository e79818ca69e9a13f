//! Modules that are kept on the disk: those of the repository, and what `terraform init` and `bicep restore` left there.

use std::path::PathBuf;

use vnetlint::cli::{self, Surroundings};

/// A repository and a home beside it, in a directory of its own that is gone at the end.
struct Disk(PathBuf);

impl Disk {
    fn new(name: &str) -> Disk {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("modules-{name}"));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(path.join("repository/.git")).expect("a directory");
        Disk(path)
    }

    fn with(self, path: &str, text: &str) -> Disk {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, text).expect("a file");
        self
    }

    /// What a command prints of the repository, in which `/` alone separates.
    fn run(&self, command: &str, more: &[&str]) -> String {
        let home = Some(self.0.join("home"));
        let surroundings = Surroundings { home, ..Surroundings::plain() };
        let mut words = vec!["vnetlint".into(), command.into(), self.0.join("repository").into_os_string()];
        words.extend(more.iter().map(Into::into));
        let (mut out, mut err) = (Vec::new(), Vec::new());
        cli::run_in(surroundings, words, &mut out, &mut err);
        String::from_utf8(out).expect("text") + &String::from_utf8(err).expect("text")
    }

    /// The findings, one a line.
    fn check(&self, more: &[&str]) -> String {
        let words: Vec<&str> =
            ["--output", "concise", "--undecided", "--quiet"].into_iter().chain(more.iter().copied()).collect();
        self.run("check", &words)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A cluster whose subnet a module makes; the subnet has no route table.
fn cluster(source: &str) -> String {
    format!(
        r#"param location string = 'westeurope'

module network '{source}' = {{
  name: 'network'
  params: {{ prefix: '10.21.0.0/16' }}
}}

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {{
  name: 'aks-app'
  location: location
  properties: {{
    agentPoolProfiles: [ {{ name: 'system', mode: 'System', vnetSubnetID: network.outputs.nodes }} ]
    networkProfile: {{ networkPlugin: 'azure', outboundType: 'userDefinedRouting' }}
  }}
}}
"#
    )
}

/// What the compiler makes of a module with that network.
const TEMPLATE: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "metadata": { "_generator": { "name": "bicep", "version": "0.42.1.0", "templateHash": "1" } },
  "parameters": { "prefix": { "type": "string" } },
  "resources": [
    {
      "type": "Microsoft.Network/virtualNetworks",
      "apiVersion": "2024-05-01",
      "name": "vnet-spoke",
      "location": "westeurope",
      "properties": {
        "addressSpace": { "addressPrefixes": [ "[parameters('prefix')]" ] },
        "subnets": [ { "name": "snet-nodes", "properties": { "addressPrefix": "[cidrSubnet(parameters('prefix'), 22, 0)]" } } ]
      }
    }
  ],
  "outputs": {
    "nodes": { "type": "string", "value": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'vnet-spoke', 'snet-nodes')]" }
  }
}
"#;

/// Where Bicep keeps version 1.0.0 of a module of a registry.
const RESTORED: &str = "br/contoso.azurecr.io/modules$network/1.0.0$/main.json";

/// The subnet is known to have no route table, or nobody can tell.
fn decided(findings: &str) -> Option<bool> {
    let line = findings.lines().find(|line| line.contains(" VNL070 "))?;
    Some(!line.contains("cannot tell"))
}

#[test]
fn a_module_of_a_registry_is_read_where_bicep_keeps_it() {
    let source = "br:contoso.azurecr.io/modules/network:1.0.0";
    let disk = Disk::new("home").with("repository/main.bicep", &cluster(source));
    assert_eq!(decided(&disk.check(&[])), Some(false), "{}", disk.check(&[]));
    let disk = disk.with(&format!("home/.bicep/{RESTORED}"), TEMPLATE);
    assert_eq!(decided(&disk.check(&[])), Some(true), "{}", disk.check(&[]));
    for modules in ["none", "local"] {
        assert_eq!(decided(&disk.check(&["--modules", modules])), Some(false));
    }
    let resources = disk.run("resources", &["--output", "json"]);
    assert!(resources.contains("\"10.21.0.0/22\"") && !resources.contains(&*disk.0.to_string_lossy()), "{resources}");
    assert!(!disk.run("resources", &["--output", "json", "--modules", "local"]).contains("10.21.0.0/22"));
    assert!(!disk.run("roots", &[]).contains("main.json"));
}

#[test]
fn the_configuration_of_bicep_says_what_aliases_stand_for_and_where_modules_are_kept() {
    let alias = r#""moduleAliases": {"br": {"own": {"registry": "Contoso.azurecr.io", "modulePath": "modules"}}}"#;
    let inside = Disk::new("inside")
        .with("repository/infra/main.bicep", &cluster("br/own:network:1.0.0"))
        .with("repository/bicepconfig.json", &format!("{{ {alias}, \"cacheRootDirectory\": \".modules\" /* ours */ }}"))
        .with(&format!("repository/.modules/{RESTORED}"), TEMPLATE);
    assert_eq!(decided(&inside.check(&[])), Some(true), "{}", inside.check(&[]));
    let outside = Disk::new("outside").with(&format!("kept/{RESTORED}"), TEMPLATE);
    let kept = outside.0.join("kept").to_string_lossy().replace('\\', "/");
    let outside = outside
        .with("repository/main.bicep", &cluster("br/own:network:1.0.0"))
        .with("repository/bicepconfig.json", &format!("{{ {alias}, \"cacheRootDirectory\": \"{kept}\" }}"));
    assert_eq!(decided(&outside.check(&[])), Some(true), "{}", outside.check(&[]));
    assert_eq!(decided(&outside.check(&["--modules", "local"])), Some(false));
}

#[test]
fn a_template_spec_is_read_where_bicep_keeps_it() {
    let spec = "11111111-1111-1111-1111-111111111111/rg-Specs/network:V1";
    let kept = "home/.bicep/ts/11111111-1111-1111-1111-111111111111/rg-specs/network/v1/main.json";
    let disk = Disk::new("spec").with("repository/main.bicep", &cluster(&format!("ts:{spec}"))).with(kept, TEMPLATE);
    assert_eq!(decided(&disk.check(&[])), Some(true), "{}", disk.check(&[]));
}

#[test]
fn a_template_in_the_repository_is_a_module_whatever_it_is_called() {
    for name in ["network.json", "network.jsonc", "network.arm"] {
        let disk = Disk::new(name)
            .with("repository/main.bicep", &cluster(name))
            .with(&format!("repository/{name}"), &format!("// Written by hand.\n{TEMPLATE}"));
        assert_eq!(decided(&disk.check(&["--modules", "local"])), Some(true), "{name}: {}", disk.check(&[]));
        assert_eq!(decided(&disk.check(&["--modules", "none"])), Some(false));
    }
}

/// A repository must not say which files of the machine are read.
#[test]
fn a_source_that_climbs_out_of_the_kept_modules_reads_nothing() {
    let disk = Disk::new("climbs").with("home/secret/main.json", TEMPLATE).with("home/.bicep/br/x.io/a/1$/lock", "");
    for source in
        ["br:x.io/../../secret:1", "br:../secret/a:1", "br:x.io/a:../../../../secret", "ts:../../../secret/a:1"]
    {
        let disk = Disk(disk.0.clone()).with("repository/main.bicep", &cluster(source));
        assert_eq!(decided(&disk.check(&[])), Some(false), "{source}: {}", disk.check(&[]));
        std::mem::forget(disk);
    }
    #[cfg(unix)]
    {
        let link = disk.0.join("home/.bicep/br/x.io/a/1$/main.json");
        std::os::unix::fs::symlink(disk.0.join("home/secret/main.json"), link).expect("a link");
        let disk = Disk(disk.0.clone()).with("repository/main.bicep", &cluster("br:x.io/a:1"));
        assert_eq!(decided(&disk.check(&[])), Some(false), "{}", disk.check(&[]));
        std::mem::forget(disk);
    }
}

#[test]
fn a_module_of_terraform_is_read_where_init_keeps_it() {
    let main = r#"
module "network" {
  source  = "contoso/network/azurerm"
  version = "1.0.0"
  prefix  = "10.21.0.0/16"
}

resource "azurerm_kubernetes_cluster" "app" {
  name                = "aks-app"
  resource_group_name = "rg"
  location            = "westeurope"
  default_node_pool {
    name           = "system"
    vnet_subnet_id = module.network.nodes
  }
  network_profile {
    network_plugin = "azure"
    outbound_type  = "userDefinedRouting"
  }
}
"#;
    let network = r#"
variable "prefix" {}
resource "azurerm_virtual_network" "spoke" {
  name                = "vnet-spoke"
  resource_group_name = "rg"
  location            = "westeurope"
  address_space       = [var.prefix]
}
resource "azurerm_subnet" "nodes" {
  name                 = "snet-nodes"
  resource_group_name  = "rg"
  virtual_network_name = azurerm_virtual_network.spoke.name
  address_prefixes     = [cidrsubnet(var.prefix, 6, 0)]
}
output "nodes" {
  value = azurerm_subnet.nodes.id
}
"#;
    let manifest = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},
        {"Key":"network","Source":"registry.terraform.io/contoso/network/azurerm","Version":"1.0.0","Dir":".terraform/modules/network"}]}"#;
    let disk = Disk::new("init").with("repository/main.tf", main);
    assert_eq!(decided(&disk.check(&[])), Some(false), "{}", disk.check(&[]));
    let disk = disk
        .with("repository/.terraform/modules/modules.json", manifest)
        .with("repository/.terraform/modules/network/main.tf", network);
    assert_eq!(decided(&disk.check(&[])), Some(true), "{}", disk.check(&[]));
    for modules in ["none", "local"] {
        assert_eq!(decided(&disk.check(&["--modules", modules])), Some(false));
    }
    let local = Disk::new("tf-local")
        .with("repository/main.tf", &main.replace("contoso/network/azurerm", "./network"))
        .with("repository/network/main.tf", network);
    assert_eq!(decided(&local.check(&["--modules", "local"])), Some(true), "{}", local.check(&[]));
    assert_eq!(decided(&local.check(&["--modules", "none"])), Some(false), "{}", local.check(&["--modules", "none"]));
}

/// What is wrong in a downloaded module is the caller's to mend: nobody owns the file.
#[test]
fn what_is_wrong_in_a_downloaded_module_stands_at_its_call() {
    let main = "// One call.\nmodule estate 'br:contoso.azurecr.io/modules/network:1.0.0' = {\n  name: 'estate'\n  params: { prefix: '10.21.0.0/16' }\n}\n";
    let cluster = r#"{ "type": "Microsoft.ContainerService/managedClusters", "apiVersion": "2025-05-01", "name": "aks-app",
      "location": "westeurope", "properties": {
        "agentPoolProfiles": [ { "name": "system", "mode": "System",
          "vnetSubnetID": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'vnet-spoke', 'snet-nodes')]" } ],
        "networkProfile": { "networkPlugin": "azure", "outboundType": "userDefinedRouting" } },
      "dependsOn": [ "[resourceId('Microsoft.Network/virtualNetworks', 'vnet-spoke')]" ] },
    {"#;
    let template = TEMPLATE.replacen("\"resources\": [\n    {", &format!("\"resources\": [\n    {cluster}"), 1);
    let disk =
        Disk::new("owned").with("repository/main.bicep", main).with(&format!("home/.bicep/{RESTORED}"), &template);
    let said = disk.check(&[]);
    assert!(said.contains("main.bicep:2:1: error VNL070 "), "{said}");
    let sarif = disk.run("check", &["--output", "sarif"]);
    assert!(sarif.contains("VNL070") && !sarif.contains(&*disk.0.to_string_lossy()), "{sarif}");
}

#[test]
fn names_are_imported_from_a_module_of_a_registry() {
    let main = "import { prefix } from 'br/public:avm/utl/names:0.1.0'\n\nresource v 'Microsoft.Network/virtualNetworks@2024-05-01' = {\n  name: '${prefix}-hub'\n}\n";
    let template = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "metadata": { "__bicep_exported_variables!": [ { "name": "prefix" } ] },
  "variables": { "prefix": "contoso" },
  "resources": []
}
"#;
    let kept = "home/.bicep/br/mcr.microsoft.com/bicep$avm$utl$names/0.1.0$/main.json";
    let disk = Disk::new("imports").with("repository/main.bicep", main);
    assert!(!disk.run("resources", &["--output", "json"]).contains("contoso-hub"));
    let disk = disk.with(kept, template);
    let resources = disk.run("resources", &["--output", "json"]);
    assert!(resources.contains("\"contoso-hub\""), "{resources}");
}
