//! How long each step takes, on inputs that are made here and come out the same on every run.
//!
//! `cargo bench` runs all; `cargo bench -- parse` those whose path holds `parse`.

use std::fmt::Write;
use std::path::PathBuf;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use vnetlint::analysis::{self, Analysis, Options};
use vnetlint::source::Sources;
use vnetlint::syntax::{self, Limits};

/// What the command line sets where no flag says otherwise.
const MAX_FILE_SIZE: u64 = 4 * 1024 * 1024;
const MAX_INSTANCES: usize = 4096;

/// The size of a long file of one language.
const LONG: usize = 100 * 1024;

/// As the command has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

/// One text into items.
mod parse {
    use super::*;

    #[divan::bench]
    fn terraform(bencher: Bencher) {
        read(bencher, "main.tf", repeated(terraform_block));
    }

    #[divan::bench]
    fn bicep(bencher: Bencher) {
        read(bencher, "main.bicep", repeated(bicep_block));
    }

    #[divan::bench]
    fn arm(bencher: Bencher) {
        let resources = repeated(arm_resource);
        let resources = resources.trim_end().trim_end_matches(',');
        let head = "\"contentVersion\": \"1.0.0.0\", \"parameters\": { \"location\": { \"type\": \"string\" } }";
        read(bencher, "main.json", format!("{{ {head}, \"resources\": [\n{resources}\n] }}\n"));
    }

    /// The tree alone, without what is made of it.
    #[divan::bench(args = [100, 1000])]
    fn bicep_tree(bencher: Bencher, kilobytes: usize) {
        let text = sized(bicep_block, kilobytes * 1024);
        let mut parser = bicep_parser();
        assert!(!parser.parse(&text, None).expect("a tree").root_node().has_error());
        bencher.counter(BytesCount::of_str(&text)).bench_local(|| parser.parse(&text, None).expect("a tree"));
    }

    /// The tree of a long file after one letter in its midst was typed.
    #[divan::bench]
    fn bicep_edit(bencher: Bencher) {
        let text = repeated(bicep_block);
        let mut parser = bicep_parser();
        let mut before = parser.parse(&text, None).expect("a tree");
        let at = text.len() / 2 + text[text.len() / 2..].find("name: 'snet").expect("a name") + "name: 'snet".len();
        let edited = format!("{}x{}", &text[..at], &text[at..]);
        let row = text[..at].matches('\n').count();
        let column = at - text[..at].rfind('\n').expect("a line before") - 1;
        before.edit(&tree_sitter::InputEdit {
            start_byte: at,
            old_end_byte: at,
            new_end_byte: at + 1,
            start_position: tree_sitter::Point { row, column },
            old_end_position: tree_sitter::Point { row, column },
            new_end_position: tree_sitter::Point { row, column: column + 1 },
        });
        let after = parser.parse(&edited, Some(&before)).expect("a tree");
        assert!(!after.root_node().has_error() && after.root_node().end_byte() == edited.len());
        bencher.bench_local(|| parser.parse(&edited, Some(&before)).expect("a tree"));
    }

    fn bicep_parser() -> tree_sitter::Parser {
        let mut parser = tree_sitter::Parser::new();
        parser.set_language(&tree_sitter_bicep::LANGUAGE.into()).expect("the grammar fits the runtime");
        parser
    }

    fn read(bencher: Bencher, path: &str, text: String) {
        let size = BytesCount::of_str(&text);
        let sources = Sources::of_texts([(path, text)]);
        let file = sources.open(path).expect("a text");
        let program = syntax::read(&sources, file, Limits::default());
        assert!(program.faults.is_empty() && program.items.len() > 100, "{:?}", program.faults);
        bencher.counter(size).bench_local(|| syntax::read(&sources, file, Limits::default()));
    }
}

/// All files of an estate of so many spokes into resources, reading included.
mod evaluate {
    use super::*;

    #[divan::bench(args = [10, 50])]
    fn terraform(bencher: Bencher, spokes: usize) {
        all(bencher, spokes, &terraform_estate(spokes));
    }

    #[divan::bench(args = [10, 50])]
    fn bicep(bencher: Bencher, spokes: usize) {
        all(bencher, spokes, &bicep_estate(spokes));
    }

    fn all(bencher: Bencher, spokes: usize, texts: &[(String, String)]) {
        bencher
            .counter(ItemsCount::new(spokes))
            .with_inputs(|| Sources::of_texts(texts.to_vec()))
            .bench_local_refs(|sources| analysis::evaluate(sources, &options("")));
    }
}

/// The whole analysis: files into findings.
mod check {
    use super::*;

    #[divan::bench]
    fn sample(bencher: Bencher) {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        bencher.bench_local(|| {
            let analysis = analysis::analyze(Sources::below(&root, MAX_FILE_SIZE), &options("fixtures/estate"));
            assert!(!black_box(&analysis).findings.is_empty());
            analysis
        });
    }

    #[divan::bench(args = [50])]
    fn terraform(bencher: Bencher, spokes: usize) {
        all(bencher, spokes, &terraform_estate(spokes));
    }

    #[divan::bench(args = [50])]
    fn bicep(bencher: Bencher, spokes: usize) {
        all(bencher, spokes, &bicep_estate(spokes));
    }

    fn all(bencher: Bencher, spokes: usize, texts: &[(String, String)]) {
        holds_what_it_says(&analyze(texts), spokes);
        bencher
            .counter(ItemsCount::new(spokes))
            .with_inputs(|| Sources::of_texts(texts.to_vec()))
            .bench_local_values(|sources| analysis::analyze(sources, &options("")));
    }
}

/// What every run pays: flags, threads, the walk and one small file, as the command line does it.
#[divan::bench]
fn start_up(bencher: Bencher) {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("start-up");
    std::fs::create_dir_all(&directory).expect("a directory");
    let path = directory.join("main.tf");
    std::fs::write(&path, terraform_block(0)).expect("a file");
    let words = ["vnetlint".into(), "check".into(), path.into_os_string()];
    bencher.bench_local(|| {
        let code = vnetlint::cli::run(words.clone(), &mut std::io::sink(), &mut std::io::sink());
        assert_eq!(code, 0);
    });
}

fn options(path: &str) -> Options {
    Options { paths: vec![path.to_string()], max_instances: MAX_INSTANCES, ..Options::default() }
}

fn analyze(texts: &[(String, String)]) -> Analysis {
    analysis::analyze(Sources::of_texts(texts.to_vec()), &options(""))
}

/// A bench that measures an empty estate would be a fast one.
fn holds_what_it_says(analysis: &Analysis, spokes: usize) {
    let coverage = &analysis.coverage;
    assert_eq!((coverage.clusters, coverage.vnets, coverage.faults), (spokes, spokes + 1, 0));
    assert_eq!((analysis.findings.len(), analysis.incomplete), (spokes, false));
}

/// As many blocks as make a long file.
fn repeated(block: fn(usize) -> String) -> String {
    sized(block, LONG)
}

fn sized(block: fn(usize) -> String, bytes: usize) -> String {
    let mut text = String::new();
    let mut index = 0;
    while text.len() < bytes {
        text.push_str(&block(index));
        index += 1;
    }
    text
}

fn terraform_block(index: usize) -> String {
    format!(
        r#"
# The subnet of team {index}.
resource "azurerm_subnet" "team_{index}" {{
  name                 = "snet-${{local.prefix}}-{index}"
  resource_group_name  = azurerm_resource_group.main.name
  virtual_network_name = azurerm_virtual_network.main.name
  address_prefixes     = [cidrsubnet(var.address_space, 8, {index})]
  service_endpoints    = var.private ? [] : ["Microsoft.Storage", "Microsoft.Sql"]

  dynamic "delegation" {{
    for_each = {{ for name, service in var.delegations : name => service if service != null }}
    content {{
      name = delegation.key
      service_delegation {{
        name    = delegation.value
        actions = ["Microsoft.Network/virtualNetworks/subnets/join/action"]
      }}
    }}
  }}
}}
"#
    )
}

fn bicep_block(index: usize) -> String {
    format!(
        r#"
// The network of team {index}.
@description('The range of team {index}.')
param range{index} string = '10.{second}.0.0/16'

resource team{index} 'Microsoft.Network/virtualNetworks@2024-05-01' = if (range{index} != '') {{
  name: 'vnet-${{prefix}}-{index}'
  location: location
  tags: union(tags, {{ team: '{index}' }})
  properties: {{
    addressSpace: {{ addressPrefixes: [ range{index} ] }}
    dhcpOptions: {{ dnsServers: private ? [ '10.0.0.4' ] : [] }}
    subnets: [for (name, i) in names: {{
      name: 'snet-${{name}}'
      properties: {{
        addressPrefix: cidrSubnet(range{index}, 24, i)
        routeTable: empty(routes) ? null : {{ id: routes[i].id }}
      }}
    }}]
  }}
}}
"#,
        second = index % 256
    )
}

fn arm_resource(index: usize) -> String {
    format!(
        r#"    {{
      "type": "Microsoft.Network/routeTables",
      "apiVersion": "2024-05-01",
      "name": "[format('rt-{{0}}-{index}', parameters('location'))]",
      "location": "[parameters('location')]",
      "properties": {{
        "routes": [
          {{ "name": "default", "properties": {{ "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.0.{second}.4" }} }}
        ]
      }},
      "dependsOn": [ "[resourceId('Microsoft.Network/virtualNetworks', 'vnet-{index}')]" ]
    }},
"#,
        second = index % 256
    )
}

/// A hub and so many spokes, each a call of one local module; no spoke has the default route that it says it has.
fn terraform_estate(spokes: usize) -> Vec<(String, String)> {
    let mut main = String::from(TERRAFORM_HUB);
    for index in 0..spokes {
        write!(
            main,
            r#"
module "spoke_{index}" {{
  source        = "./modules/spoke"
  name          = "spoke-{index}"
  address_space = cidrsubnet("10.0.0.0/8", 8, {range})
  hub           = {{ id = azurerm_virtual_network.hub.id, name = azurerm_virtual_network.hub.name }}
}}
"#,
            range = index + 1
        )
        .expect("memory takes it");
    }
    vec![("main.tf".into(), main), ("modules/spoke/main.tf".into(), TERRAFORM_SPOKE.into())]
}

const TERRAFORM_HUB: &str = r#"
resource "azurerm_virtual_network" "hub" {
  name                = "vnet-hub"
  resource_group_name = "rg-hub"
  location            = "westeurope"
  address_space       = ["10.0.0.0/16"]
}
"#;

const TERRAFORM_SPOKE: &str = r#"
variable "name" {
  type = string
}

variable "address_space" {
  type = string
}

variable "hub" {
  type = object({ id = string, name = string })
}

variable "pools" {
  type    = map(number)
  default = { system = 0, user = 1 }
}

locals {
  subnets = { for name, index in var.pools : name => cidrsubnet(var.address_space, 4, index) }
}

resource "azurerm_resource_group" "main" {
  name     = "rg-${var.name}"
  location = "westeurope"
}

resource "azurerm_virtual_network" "main" {
  name                = "vnet-${var.name}"
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location
  address_space       = [var.address_space]
}

resource "azurerm_virtual_network_peering" "to_hub" {
  name                      = "${var.name}-to-${var.hub.name}"
  resource_group_name       = azurerm_resource_group.main.name
  virtual_network_name      = azurerm_virtual_network.main.name
  remote_virtual_network_id = var.hub.id
}

resource "azurerm_subnet" "nodes" {
  for_each             = local.subnets
  name                 = "snet-${each.key}"
  resource_group_name  = azurerm_resource_group.main.name
  virtual_network_name = azurerm_virtual_network.main.name
  address_prefixes     = [each.value]
}

resource "azurerm_route_table" "main" {
  name                = "rt-${var.name}"
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location

  route {
    name           = "to-hub"
    address_prefix = "10.0.0.0/16"
    next_hop_type  = "VnetLocal"
  }
}

resource "azurerm_subnet_route_table_association" "nodes" {
  for_each       = azurerm_subnet.nodes
  subnet_id      = each.value.id
  route_table_id = azurerm_route_table.main.id
}

resource "azurerm_kubernetes_cluster" "main" {
  name                = "aks-${var.name}"
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location

  default_node_pool {
    name           = "system"
    vnet_subnet_id = azurerm_subnet.nodes["system"].id
  }

  network_profile {
    network_plugin = "azure"
    outbound_type  = "userDefinedRouting"
  }

  depends_on = [azurerm_subnet_route_table_association.nodes]
}
"#;

/// The same hub and spokes in Bicep.
fn bicep_estate(spokes: usize) -> Vec<(String, String)> {
    let mut main = String::from(BICEP_HUB);
    for index in 0..spokes {
        write!(
            main,
            r#"
module spoke{index} 'modules/spoke.bicep' = {{
  name: 'spoke-{index}'
  scope: resourceGroup('rg-spoke-{index}')
  params: {{
    name: 'spoke-{index}'
    range: cidrSubnet('10.0.0.0/8', 16, {range})
    hub: hub.id
  }}
}}
"#,
            range = index + 1
        )
        .expect("memory takes it");
    }
    vec![("main.bicep".into(), main), ("modules/spoke.bicep".into(), BICEP_SPOKE.into())]
}

const BICEP_HUB: &str = r#"
resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-hub'
  location: 'westeurope'
  properties: { addressSpace: { addressPrefixes: [ '10.0.0.0/16' ] } }
}
"#;

const BICEP_SPOKE: &str = r#"
param name string
param range string
param hub string
param pools array = [ 'system', 'user' ]

var subnets = [for (pool, index) in pools: {
  name: 'snet-${pool}'
  properties: {
    addressPrefix: cidrSubnet(range, 20, index)
    routeTable: { id: routes.id }
  }
}]

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-${name}'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: [ range ] }
    subnets: subnets
  }

  resource toHub 'virtualNetworkPeerings' = {
    name: '${name}-to-hub'
    properties: { remoteVirtualNetwork: { id: hub } }
  }
}

resource routes 'Microsoft.Network/routeTables@2024-05-01' = {
  name: 'rt-${name}'
  location: 'westeurope'
  properties: {
    routes: [
      { name: 'to-hub', properties: { addressPrefix: '10.0.0.0/16', nextHopType: 'VnetLocal' } }
    ]
  }
}

resource cluster 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-${name}'
  location: 'westeurope'
  properties: {
    agentPoolProfiles: [
      { name: 'system', vnetSubnetID: '${network.id}/subnets/snet-system' }
    ]
    networkProfile: { networkPlugin: 'azure', outboundType: 'userDefinedRouting' }
  }
}
"#;
