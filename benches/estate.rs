//! How long a large estate takes from files to findings, and how that grows: 20 roots with 2,000 resources, then 200
//! with 20,000. The estates are made here and come out the same on every run.
//!
//! `cargo bench --bench estate` prints one line for each size: reading and evaluating, joining, all rules, and the most
//! memory that the process has held so far. `-- --inventory` does the same for an export of 200,000 resources.

use std::fmt::Write;
use std::time::Instant;

use vnetlint::analysis::{self, Options};
use vnetlint::network;
use vnetlint::source::Sources;

/// As in the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PER_ROOT: usize = 100;

fn main() {
    if std::env::args().any(|argument| argument == "--inventory") {
        return inventory(200_000);
    }
    println!("{:>6} {:>9} {:>10} {:>8} {:>8} {:>8}", "roots", "resources", "evaluate", "join", "all", "memory");
    for roots in [20, 200] {
        let texts = estate(roots);
        let (mut evaluated, mut joined, mut all) = (Vec::new(), Vec::new(), Vec::new());
        let mut resources = 0;
        for _ in 0..3 {
            let sources = Sources::of_texts(texts.clone());
            let started = Instant::now();
            let estate = analysis::evaluate(&sources, &options());
            evaluated.push(started.elapsed().as_millis());
            resources = estate.iter().map(|(_, evaluated)| evaluated.resources.len()).sum();
            let started = Instant::now();
            drop(network::build(estate));
            joined.push(started.elapsed().as_millis());
            let started = Instant::now();
            let analysis = analysis::analyze(Sources::of_texts(texts.clone()), &options());
            all.push(started.elapsed().as_millis());
            assert_eq!((analysis.coverage.clusters, analysis.coverage.faults), (roots - 1, 0));
        }
        let best = |times: Vec<u128>| times.into_iter().min().unwrap_or_default();
        let (evaluated, joined, all) = (best(evaluated), best(joined), best(all));
        println!("{roots:>6} {resources:>9} {evaluated:>7} ms {joined:>5} ms {all:>5} ms {:>5} MB", memory());
    }
}

fn options() -> Options {
    Options { paths: vec![String::new()], max_instances: 4096, ..Options::default() }
}

/// The most memory that this process has held, in MB; 0 where the system does not say.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default() / 1024
}

/// So many roots: a hub, and spokes in Terraform and Bicep by turns.
fn estate(roots: usize) -> Vec<(String, String)> {
    let mut texts = vec![("hub/main.tf".to_string(), hub(roots - 1))];
    for spoke in 1..roots {
        match spoke % 2 {
            0 => texts.push((format!("spokes/s{spoke}/main.tf"), terraform(spoke))),
            _ => texts.push((format!("spokes/s{spoke}/main.bicep"), bicep(spoke))),
        }
    }
    texts
}

const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000001";

fn hub(spokes: usize) -> String {
    let mut text = format!(
        r#"
provider "azurerm" {{
  features {{}}
  subscription_id = "{SUBSCRIPTION}"
}}
resource "azurerm_virtual_network" "hub" {{
  name                = "vnet-hub"
  resource_group_name = "rg-hub"
  location            = "westeurope"
  address_space       = ["10.0.0.0/16"]
}}
resource "azurerm_subnet" "firewall" {{
  name                 = "AzureFirewallSubnet"
  resource_group_name  = "rg-hub"
  virtual_network_name = azurerm_virtual_network.hub.name
  address_prefixes     = ["10.0.0.0/26"]
}}
resource "azurerm_firewall_policy" "hub" {{
  name                = "afwp-hub"
  resource_group_name = "rg-hub"
  location            = "westeurope"
  dns {{
    proxy_enabled = true
  }}
}}
resource "azurerm_firewall" "hub" {{
  name                = "afw-hub"
  resource_group_name = "rg-hub"
  location            = "westeurope"
  sku_name            = "AZFW_VNet"
  sku_tier            = "Standard"
  firewall_policy_id  = azurerm_firewall_policy.hub.id
  ip_configuration {{
    name      = "main"
    subnet_id = azurerm_subnet.firewall.id
  }}
}}
resource "azurerm_private_dns_zone" "aks" {{
  name                = "privatelink.westeurope.azmk8s.io"
  resource_group_name = "rg-hub"
}}
resource "azurerm_private_dns_zone_virtual_network_link" "hub" {{
  name                  = "to-hub"
  resource_group_name   = "rg-hub"
  private_dns_zone_name = azurerm_private_dns_zone.aks.name
  virtual_network_id    = azurerm_virtual_network.hub.id
}}
resource "azurerm_virtual_network_peering" "spoke" {{
  for_each                  = toset([for number in range(1, {}) : tostring(number)])
  name                      = "to-${{each.key}}"
  resource_group_name       = "rg-hub"
  virtual_network_name      = azurerm_virtual_network.hub.name
  remote_virtual_network_id = "/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-${{each.key}}/providers/Microsoft.Network/virtualNetworks/vnet-${{each.key}}"
  allow_forwarded_traffic   = true
}}
"#,
        spokes + 1
    );
    for number in 0..PER_ROOT.saturating_sub(8) {
        let _ = write!(
            text,
            "resource \"azurerm_route_table\" \"hub_{number}\" {{\n  name = \"rt-hub-{number}\"\n  resource_group_name = \
             \"rg-hub\"\n  location = \"westeurope\"\n}}\n"
        );
    }
    text
}

fn terraform(spoke: usize) -> String {
    let (a, b) = (10 + spoke / 250, spoke % 250);
    let zone = format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-hub/providers/Microsoft.Network/privateDnsZones/privatelink.westeurope.azmk8s.io"
    );
    let mut text = format!(
        r#"
provider "azurerm" {{
  features {{}}
  subscription_id = "{SUBSCRIPTION}"
}}
locals {{
  group    = "rg-{spoke}"
  location = "westeurope"
}}
data "azurerm_virtual_network" "hub" {{
  name                = "vnet-hub"
  resource_group_name = "rg-hub"
}}
resource "azurerm_virtual_network" "spoke" {{
  name                = "vnet-{spoke}"
  resource_group_name = local.group
  location            = local.location
  address_space       = ["{a}.{b}.0.0/16"]
  dns_servers         = ["10.0.0.4"]
}}
resource "azurerm_virtual_network_peering" "hub" {{
  name                      = "to-hub"
  resource_group_name       = local.group
  virtual_network_name      = azurerm_virtual_network.spoke.name
  remote_virtual_network_id = data.azurerm_virtual_network.hub.id
  allow_forwarded_traffic   = true
}}
resource "azurerm_user_assigned_identity" "aks" {{
  name                = "id-{spoke}"
  resource_group_name = local.group
  location            = local.location
}}
resource "azurerm_kubernetes_cluster" "aks" {{
  name                    = "aks-{spoke}"
  resource_group_name     = local.group
  location                = local.location
  dns_prefix              = "aks-{spoke}"
  private_cluster_enabled = true
  private_dns_zone_id     = "{zone}"
  identity {{
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.aks.id]
  }}
  default_node_pool {{
    name           = "system"
    vm_size        = "Standard_D4s_v5"
    node_count     = 3
    vnet_subnet_id = azurerm_subnet.team_0.id
  }}
  network_profile {{
    network_plugin = "azure"
    outbound_type  = "userDefinedRouting"
  }}
  depends_on = [azurerm_subnet_route_table_association.team_0]
}}
"#
    );
    for number in 0..(PER_ROOT - 5) / 4 {
        let _ = write!(
            text,
            r#"
resource "azurerm_subnet" "team_{number}" {{
  name                 = "snet-{number}"
  resource_group_name  = local.group
  virtual_network_name = azurerm_virtual_network.spoke.name
  address_prefixes     = [cidrsubnet(azurerm_virtual_network.spoke.address_space[0], 8, {number})]
}}
resource "azurerm_route_table" "team_{number}" {{
  name                = "rt-{number}"
  resource_group_name = local.group
  location            = local.location
}}
resource "azurerm_route" "team_{number}" {{
  name                   = "default"
  resource_group_name    = local.group
  route_table_name       = azurerm_route_table.team_{number}.name
  address_prefix         = "0.0.0.0/0"
  next_hop_type          = "VirtualAppliance"
  next_hop_in_ip_address = "10.0.0.4"
}}
resource "azurerm_subnet_route_table_association" "team_{number}" {{
  subnet_id      = azurerm_subnet.team_{number}.id
  route_table_id = azurerm_route_table.team_{number}.id
  depends_on     = [azurerm_route.team_{number}]
}}
"#
        );
    }
    text
}

fn bicep(spoke: usize) -> String {
    let (a, b) = (10 + spoke / 250, spoke % 250);
    let mut text = format!(
        r#"
param location string = 'westeurope'

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' existing = {{
  name: 'privatelink.westeurope.azmk8s.io'
  scope: resourceGroup('{SUBSCRIPTION}', 'rg-hub')
}}
resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' existing = {{
  name: 'vnet-hub'
  scope: resourceGroup('{SUBSCRIPTION}', 'rg-hub')
}}
resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {{
  name: 'vnet-{spoke}'
  location: location
  properties: {{
    addressSpace: {{ addressPrefixes: [ '{a}.{b}.0.0/16' ] }}
    dhcpOptions: {{ dnsServers: [ '10.0.0.4' ] }}
  }}
  resource toHub 'virtualNetworkPeerings' = {{
    name: 'to-hub'
    properties: {{ remoteVirtualNetwork: {{ id: hub.id }}, allowForwardedTraffic: true }}
  }}
}}
resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {{
  name: 'aks-{spoke}'
  location: location
  identity: {{ type: 'SystemAssigned' }}
  properties: {{
    dnsPrefix: 'aks-{spoke}'
    agentPoolProfiles: [ {{ name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4s_v5', vnetSubnetID: team0.id }} ]
    apiServerAccessProfile: {{ enablePrivateCluster: true, privateDNSZone: zone.id }}
    networkProfile: {{ networkPlugin: 'azure', outboundType: 'userDefinedRouting' }}
  }}
}}
"#
    );
    for number in 0..(PER_ROOT - 5) / 3 {
        let _ = write!(
            text,
            r#"
resource table{number} 'Microsoft.Network/routeTables@2024-05-01' = {{
  name: 'rt-{number}'
  location: location
}}
resource route{number} 'Microsoft.Network/routeTables/routes@2024-05-01' = {{
  parent: table{number}
  name: 'default'
  properties: {{ addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' }}
}}
resource team{number} 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {{
  parent: vnet
  name: 'snet-{number}'
  properties: {{
    addressPrefix: cidrSubnet(vnet.properties.addressSpace.addressPrefixes[0], 24, {number})
    routeTable: {{ id: table{number}.id }}
  }}
  dependsOn: [ route{number} ]
}}
"#
        );
    }
    text
}

/// The whole analysis of one spoke beside an export of so many resources, of which one in ten is of the network.
fn inventory(resources: usize) {
    let mut text = String::from("{\"count\": 0, \"data\": [\n");
    for number in 0..resources {
        let group = number / 50;
        let start = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-{group}/providers");
        let (kind, properties) = match number % 10 {
            0 => (
                "microsoft.network/virtualnetworks",
                format!(
                    "\"addressSpace\": {{\"addressPrefixes\": [\"10.{}.{}.0/24\"]}}, \"subnets\": [{{\"name\": \"a\", \"properties\": {{\"addressPrefix\": \"10.{}.{}.0/25\"}}}}], \"virtualNetworkPeerings\": []",
                    number / 10 % 250,
                    number / 2500 % 250,
                    number / 10 % 250,
                    number / 2500 % 250
                ),
            ),
            _ => (
                "microsoft.storage/storageaccounts",
                format!(
                    "\"creationTime\": \"2024-01-01T00:00:00Z\", \"primaryEndpoints\": {{\"blob\": \"https://st{number}.blob.core.windows.net/\", \"file\": \"https://st{number}.file.core.windows.net/\"}}, \"networkAcls\": {{\"bypass\": \"AzureServices\", \"virtualNetworkRules\": [], \"ipRules\": []}}, \"encryption\": {{\"services\": {{\"blob\": {{\"enabled\": true, \"keyType\": \"Account\"}}}}}}, \"provisioningState\": \"Succeeded\""
                ),
            ),
        };
        let comma = if number + 1 < resources { "," } else { "" };
        let _ = writeln!(
            text,
            "{{\"id\": \"{start}/{kind}/r{number}\", \"name\": \"r{number}\", \"type\": \"{kind}\", \"location\": \
             \"westeurope\", \"resourceGroup\": \"rg-{group}\", \"tags\": {{\"team\": \"t{group}\"}}, \"properties\": {{{properties}}}}}{comma}"
        );
    }
    text.push_str("], \"skip_token\": null, \"total_records\": 0}\n");
    let size = text.len() / 1024 / 1024;
    let sources =
        Sources::of_texts([("spoke/main.tf".to_string(), terraform(1)), ("inventory.json".to_string(), text)]);
    let started = Instant::now();
    let analysis = analysis::analyze(sources, &options());
    let took = started.elapsed().as_millis();
    assert_eq!((analysis.coverage.exports, analysis.coverage.clusters), (1, 1));
    println!("{resources} exported resources, {size} MB: {took} ms, {} MB", memory());
}
