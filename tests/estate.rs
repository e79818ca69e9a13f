//! An estate is more than one deployment: its environments, its states, its order, and what a user says beside the
//! code.

mod support;

use support::{code, in_profile, options};
use vnetlint::analysis::config::{Config, Text};
use vnetlint::analysis::{Analysis, Options, analyze};
use vnetlint::source::Sources;

const ZONE: &str = "privatelink.westeurope.azmk8s.io";
const ID: &str =
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-hub/providers/Microsoft.Network";

/// A hub with a zone, a VNet and a firewall that answers DNS; the zone is linked to the hub where `linked`.
fn hub(linked: bool, more: &str) -> String {
    let link = r#"
resource "azurerm_private_dns_zone_virtual_network_link" "hub" {
  name                  = "to-hub"
  resource_group_name   = "rg-hub"
  private_dns_zone_name = azurerm_private_dns_zone.aks.name
  virtual_network_id    = azurerm_virtual_network.hub.id
}
"#;
    let link = if linked { link } else { "" };
    format!(
        r#"
provider "azurerm" {{
  features {{}}
  subscription_id = "00000000-0000-0000-0000-000000000001"
}}
resource "azurerm_private_dns_zone" "aks" {{
  name                = "{ZONE}"
  resource_group_name = "rg-hub"
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
{link}
output "zone_id" {{
  value = azurerm_private_dns_zone.aks.id
}}
output "dns_servers" {{
  value = [azurerm_firewall.hub.ip_configuration[0].private_ip_address]
}}
{more}
"#
    )
}

/// A spoke with a private cluster; `zone` and `servers` are expressions.
fn spoke(zone: &str, servers: &str, more: &str) -> String {
    format!(
        r#"
resource "azurerm_virtual_network" "spoke" {{
  name                = "vnet-spoke"
  resource_group_name = "rg-spoke"
  location            = "westeurope"
  address_space       = ["10.1.0.0/16"]
  dns_servers         = {servers}
}}
resource "azurerm_subnet" "nodes" {{
  name                 = "snet-nodes"
  resource_group_name  = "rg-spoke"
  virtual_network_name = azurerm_virtual_network.spoke.name
  address_prefixes     = ["10.1.0.0/24"]
}}
resource "azurerm_user_assigned_identity" "aks" {{
  name                = "id-aks"
  resource_group_name = "rg-spoke"
  location            = "westeurope"
}}
resource "azurerm_kubernetes_cluster" "aks" {{
  name                    = "aks-spoke"
  resource_group_name     = "rg-spoke"
  location                = "westeurope"
  dns_prefix              = "spoke"
  private_cluster_enabled = true
  private_dns_zone_id     = {zone}
  identity {{
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.aks.id]
  }}
  default_node_pool {{
    name           = "system"
    vm_size        = "Standard_D4s_v5"
    node_count     = 3
    vnet_subnet_id = azurerm_subnet.nodes.id
  }}
}}
{more}
"#
    )
}

fn run(texts: &[(&str, &str)]) -> Analysis {
    run_with(texts, |_| {})
}

/// Runs over texts; `vnetlint.toml` among them is the configuration.
fn run_with(texts: &[(&str, &str)], change: impl FnOnce(&mut Options)) -> Analysis {
    let sources = Sources::of_texts(texts.iter().copied());
    let mut options = options(&[""]);
    if let Ok(file) = sources.open("vnetlint.toml") {
        let config = Config::read(&sources, &[Text { file, base: String::new() }]).expect("a configuration");
        options.settings = config.settings.clone();
        options.inputs.bound = config.bound.clone();
        options.config = config;
    }
    change(&mut options);
    analyze(sources, &options)
}

/// The codes of what is found of the cluster's names, undecided ones with `?`.
fn codes(analysis: &Analysis) -> Vec<String> {
    let speaks_of_names =
        |code: &str| ["VNL001", "VNL002", "VNL003", "VNL020", "VNL021"].contains(&code) || code.starts_with("VNL-");
    let findings = analysis.findings.iter().filter(|finding| in_profile(finding) && speaks_of_names(finding.code));
    findings.map(code).collect()
}

fn messages(analysis: &Analysis, code: &str) -> Vec<String> {
    let findings = analysis.findings.iter().filter(|finding| finding.code == code);
    findings.map(|finding| finding.message.clone()).collect()
}

const READS_STATE: &str = r#"
data "terraform_remote_state" "hub" {
  backend = "azurerm"
  config = {
    storage_account_name = "stategroup"
    container_name       = "tfstate"
    key                  = "hub.tfstate"
  }
}
"#;

const KEEPS_STATE: &str = r#"
terraform {
  backend "azurerm" {
    storage_account_name = "stategroup"
    container_name       = "tfstate"
    key                  = "hub.tfstate"
  }
}
"#;

#[test]
fn the_outputs_of_a_state_are_those_of_the_root_that_keeps_it() {
    let spoke = spoke(
        "data.terraform_remote_state.hub.outputs.zone_id",
        "data.terraform_remote_state.hub.outputs.dns_servers",
        READS_STATE,
    );
    let of = |linked: bool| codes(&run(&[("hub/main.tf", &hub(linked, KEEPS_STATE)), ("spoke/main.tf", &spoke)]));
    assert_eq!(of(false), ["VNL001"]);
    // The link is in the hub's root, and whoever reads a state comes after it.
    assert_eq!(of(true), [""; 0]);
}

#[test]
fn a_state_of_another_key_is_nobodys() {
    let spoke = spoke(
        "data.terraform_remote_state.hub.outputs.zone_id",
        "data.terraform_remote_state.hub.outputs.dns_servers",
        READS_STATE,
    );
    let other = KEEPS_STATE.replace("hub.tfstate", "dns.tfstate");
    let analysis = run(&[("hub/main.tf", &hub(false, &other)), ("spoke/main.tf", &spoke)]);
    assert!(!codes(&analysis).contains(&"VNL001".to_string()), "{:?}", codes(&analysis));
    let alias = "[aliases]\n'data.terraform_remote_state.hub' = 'root:hub'\n";
    let texts = [("hub/main.tf", &*hub(false, &other)), ("spoke/main.tf", &spoke), ("vnetlint.toml", alias)];
    assert_eq!(codes(&run(&texts)), ["VNL001"]);
}

#[test]
fn a_local_state_is_found_by_its_path() {
    let reads = "data \"terraform_remote_state\" \"hub\" {\n  backend = \"local\"\n  config = { path = \"../hub/terraform.tfstate\" }\n}\n";
    let spoke = spoke(
        "data.terraform_remote_state.hub.outputs.zone_id",
        "data.terraform_remote_state.hub.outputs.dns_servers",
        reads,
    );
    assert_eq!(codes(&run(&[("hub/main.tf", &hub(false, "")), ("spoke/main.tf", &spoke)])), ["VNL001"]);
}

#[test]
fn a_reader_of_two_environments_is_one_of_each() {
    let spoke = spoke(
        "data.terraform_remote_state.hub.outputs.zone_id",
        "data.terraform_remote_state.hub.outputs.dns_servers",
        READS_STATE,
    );
    let switch = format!("{KEEPS_STATE}\nvariable \"linked\" {{ type = bool }}\n");
    let hub = hub(true, &switch).replace(
        "  name                  = \"to-hub\"",
        "  count                 = var.linked ? 1 : 0\n  name                  = \"to-hub\"",
    );
    let texts = [
        ("hub/main.tf", hub.as_str()),
        ("hub/dev.tfvars", "linked = true\n"),
        ("hub/prod.tfvars", "linked = false\n"),
        ("spoke/main.tf", spoke.as_str()),
    ];
    let analysis = run(&texts);
    assert_eq!(codes(&analysis), ["VNL001"]);
    let found = analysis.findings.iter().find(|finding| finding.code == "VNL001").expect("a finding");
    assert_eq!(found.environments, ["prod"]);
}

#[test]
fn what_all_environments_share_is_shown_once_and_names_them() {
    let spoke = spoke(
        "azurerm_private_dns_zone.own.id",
        "[\"10.9.9.9\"]",
        "variable \"size\" {}\nresource \"azurerm_private_dns_zone\" \"own\" {\n  name = \"privatelink.westeurope.azmk8s.io\"\n  resource_group_name = \"rg\"\n}\n",
    );
    let texts = [("main.tf", spoke.as_str()), ("dev.tfvars", "size = 1\n"), ("prod.tfvars", "size = 2\n")];
    let analysis = run(&texts);
    assert_eq!(analysis.roots.len(), 2);
    let shared = analysis.findings.iter().filter(|finding| finding.code == "VNL001").collect::<Vec<_>>();
    assert!(shared.iter().all(|finding| finding.environments == ["dev", "prod"]), "{shared:?}");
    let one = run_with(&texts, |options| options.inputs.environment = Some("prod".into()));
    assert_eq!(one.roots.len(), 1);
    assert_eq!(one.roots[0].root.environment.as_deref(), Some("prod"));
}

#[test]
fn two_files_of_one_environment_are_told_apart() {
    let texts = [("main.tf", "variable \"a\" {}\n"), ("dev.tfvars", "a = 1\n"), ("env/dev.tfvars", "a = 2\n")];
    let environments: Vec<_> = run(&texts).roots.into_iter().map(|root| root.root.environment).collect();
    assert_eq!(environments, [Some("dev".to_string()), Some("env/dev".to_string())]);
}

#[test]
fn a_root_of_the_configuration_gets_what_it_says() {
    let spoke = spoke("var.zone_id", "var.dns_servers", "variable \"zone_id\" {}\nvariable \"dns_servers\" {}\n");
    let toml = format!(
        "[[root]]\npath = 'spoke'\nenv = 'prod'\nvars = {{ zone_id = '{ID}/privateDnsZones/{ZONE}', dns_servers = ['10.0.0.4'] }}\n"
    );
    let texts = [("hub/main.tf", &*hub(false, "")), ("spoke/main.tf", &spoke), ("vnetlint.toml", &toml)];
    let analysis = run(&texts);
    assert_eq!(codes(&analysis), ["VNL001"]);
    assert!(analysis.roots.iter().any(|root| root.root.environment.as_deref() == Some("prod")));
}

#[test]
fn an_alias_makes_two_names_one_thing() {
    let spoke = spoke("var.zone_id", "[\"10.0.0.4\"]", "variable \"zone_id\" {}\n");
    let hub = hub(false, "");
    let aliased =
        |toml: &str| codes(&run(&[("hub/main.tf", &hub), ("spoke/main.tf", &spoke), ("vnetlint.toml", toml)]));
    assert!(!aliased("").contains(&"VNL001".to_string()));
    assert_eq!(aliased("[aliases]\n'var.zone_id' = 'root:hub/azurerm_private_dns_zone.aks'\n"), ["VNL001"]);
    assert_eq!(aliased("[aliases]\n'root:spoke/var.zone_id' = 'root:hub/azurerm_private_dns_zone.aks'\n"), ["VNL001"]);
    assert_eq!(aliased(&format!("[aliases]\n'var.zone_id' = '{ID}/privateDnsZones/{ZONE}'\n")), ["VNL001"]);
}

#[test]
fn an_alias_joins_what_is_read_with_what_is_made() {
    let data = "data \"azurerm_private_dns_zone\" \"aks\" {\n  name = var.zone\n  resource_group_name = var.group\n}\nvariable \"zone\" {}\nvariable \"group\" {}\n";
    let spoke = spoke("data.azurerm_private_dns_zone.aks.id", "[\"10.0.0.4\"]", data);
    let hub = hub(false, "");
    let toml = "[aliases]\n'data.azurerm_private_dns_zone.aks' = 'root:hub/azurerm_private_dns_zone.aks'\n";
    assert_eq!(codes(&run(&[("hub/main.tf", &hub), ("spoke/main.tf", &spoke), ("vnetlint.toml", toml)])), ["VNL001"]);
}

const NETWORK: &str = "
    resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
      name: 'vnet-spoke-orders'
      properties: {
        addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] }
        subnets: [
          { name: 'snet-nodes', properties: { addressPrefix: '10.1.0.0/22', routeTable: { id: routes.id } } }
        ]
      }
    }
    resource routes 'Microsoft.Network/routeTables@2024-05-01' = {
      name: 'rt'
      properties: {
        routes: [
          {
            name: 'all'
            properties: {
              addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4'
            }
          }
        ]
      }
    }
";

/// A cluster in a VNet that is read under a name.
fn cluster_in(vnet: &str) -> String {
    format!(
        "param network string = 'net'
         resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' existing = {{
           scope: resourceGroup(network)
           name: '{vnet}'
           resource nodes 'subnets' existing = {{ name: 'snet-nodes' }}
         }}
         resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {{
           name: 'aks'
           properties: {{
             agentPoolProfiles: [ {{ name: 'system', vnetSubnetID: spoke::nodes.id }} ]
             networkProfile: {{ networkPlugin: 'azure', outboundType: 'userDefinedRouting' }}
           }}
         }}"
    )
}

/// Whether VNL070 is undecided, and its help.
fn outbound(cluster: &str, toml: &str) -> (bool, String, Vec<String>) {
    let texts = [("network/main.bicep", NETWORK), ("cluster/main.bicep", cluster), ("vnetlint.toml", toml)];
    let analysis = run(&texts);
    let found = analysis.findings.iter().find(|finding| finding.code == "VNL070");
    let steps = found.map(|found| found.steps.iter().map(|step| step.message.clone()).collect());
    let help = found.and_then(|found| found.help.clone()).unwrap_or_default();
    (found.is_some(), help, steps.unwrap_or_default())
}

#[test]
fn an_alias_of_a_network_is_one_of_what_lies_in_it() {
    let cluster = cluster_in("vnet-hub-spoke-orders");
    assert!(outbound(&cluster, "").0);
    let own = "'root:cluster/main.bicep/spoke'";
    let id = "'/subscriptions/s/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/vnet-hub-spoke-orders'";
    for name in [own, id] {
        let toml = format!("[aliases]\n{name} = 'root:network/main.bicep/spoke'\n");
        assert_eq!(outbound(&cluster, &toml), (false, String::new(), vec![]), "{name}");
    }
    // It is in another group.
    let toml = format!("[aliases]\n{} = 'root:network/main.bicep/spoke'\n", id.replace("/net/", "/other/"));
    assert!(outbound(&cluster, &toml).0);
}

#[test]
fn what_is_read_under_another_name_than_it_is_made_is_said_with_the_alias_that_settles_it() {
    let (_, help, steps) = outbound(&cluster_in("vnet-hub-spoke-orders"), "");
    assert_eq!(
        help,
        "where both are one, say so in `vnetlint.toml`, under `[aliases]`: `\"root:cluster/main.bicep/spoke\" = \"root:network/main.bicep/spoke\"`"
    );
    let says = |what: &str, name: &str| {
        let id = format!("virtualnetworks/{name}/subnets/snet-nodes`");
        assert!(steps.iter().any(|step| step.starts_with(what) && step.contains(&id)), "{steps:?}");
    };
    says("nothing in this run makes `", "vnet-hub-spoke-orders");
    says("this makes `", "vnet-spoke-orders");
    // What the help says is taken.
    let toml = format!("[aliases]\n{}\n", help.split('`').nth(5).expect("three texts in marks"));
    assert!(!outbound(&cluster_in("vnet-hub-spoke-orders"), &toml).0, "{toml}");
    // A name that is not known may be any.
    let steps = outbound(&cluster_in("${network}-vnet-${deployment().location}"), "").2;
    assert!(steps.iter().any(|step| step.starts_with("this run does not say what is `")), "{steps:?}");
}

#[test]
fn an_alias_to_nothing_is_reported_with_the_nearest() {
    let spoke = spoke("var.zone_id", "[\"10.0.0.4\"]", "variable \"zone_id\" {}\n");
    let hub = hub(false, "");
    let toml = "[aliases]\n'var.zone_id' = 'root:hub/azurerm_private_dns_zone.akz'\n";
    let analysis = run(&[("hub/main.tf", &hub), ("spoke/main.tf", &spoke), ("vnetlint.toml", toml)]);
    assert_eq!(
        messages(&analysis, "VNL-S020"),
        [
            "the alias leads to nothing: `hub` declares no `azurerm_private_dns_zone.akz`; did you mean `azurerm_private_dns_zone.aks`?"
        ]
    );
    let finding = analysis.findings.iter().find(|finding| finding.code == "VNL-S020").expect("a finding");
    assert_eq!(analysis.sources.path(finding.place.file), "vnetlint.toml");
    // A root that this run does not hold is no mistake.
    let toml = "[aliases]\n'var.zone_id' = 'root:elsewhere/azurerm_private_dns_zone.aks'\n";
    let analysis = run(&[("spoke/main.tf", &spoke), ("vnetlint.toml", toml)]);
    assert_eq!(messages(&analysis, "VNL-S020"), [""; 0]);
}

#[test]
fn a_module_in_letters_of_another_case_is_read_and_reported() {
    let network = "resource \"azurerm_virtual_network\" \"v\" {\n  name = \"v\"\n  resource_group_name = \"net\"\n}\n";
    let terraform =
        [("all/main.tf", "module \"network\" {\n  source = \"../Network\"\n}\n"), ("network/main.tf", network)];
    let bicep =
        [("all/main.bicep", "module network '../Network/main.bicep' = { name: 'n' }"), ("network/main.bicep", NETWORK)];
    for texts in [terraform, bicep] {
        let analysis = analyze(Sources::of_texts(texts), &options(&["all"]));
        let message = messages(&analysis, "VNL-P003").join(" ");
        assert!(
            message.starts_with("module \"network\" is found on Windows and macOS only: there is no \"Network"),
            "{message}"
        );
        assert_eq!(analysis.coverage.vnets, 1, "{message}");
    }
}

/// The nodes of a graph that stand for something of their own, of one type.
fn nodes(texts: &[(&str, &str)], kind: &str) -> Vec<String> {
    let sources = Sources::of_texts(texts.iter().copied());
    let network = vnetlint::network::build(vnetlint::analysis::evaluate(&sources, &options(&[""])));
    let places = network.places();
    places.iter().filter(|place| place.kind().name == kind).map(|place| place.address().to_string()).collect()
}

#[test]
fn two_names_that_hang_on_one_condition_are_not_one_name() {
    let zone = |symbol: &str, existing: &str, names: &str| {
        format!(
            "resource {symbol} 'Microsoft.Network/privateDnsZones@2024-06-01'{existing} = {{ name: big ? {names} }}\n"
        )
    };
    let both = |names: &str| {
        let made = zone("made", "", "'a.one' : 'a.two'");
        format!("param big bool\n{made}{}", zone("read", " existing", names))
    };
    let of = |names: &str| nodes(&[("main.bicep", &both(names))], "Microsoft.Network/privateDnsZones");
    assert_eq!(of("'a.one' : 'a.two'"), ["made"]);
    assert_eq!(of("'b.one' : 'b.two'"), ["made", "read"]);
}

#[test]
fn all_roots_of_an_estate_are_deployed_to_one_cloud() {
    let zone = |existing: &str, place: &str| {
        let name = format!("privatelink.file.{place}");
        format!(
            "resource zone 'Microsoft.Network/privateDnsZones@2024-06-01'{existing} = {{ scope: resourceGroup('dns'), name: '{name}' }}\n"
        )
    };
    let of = |place: &str| {
        let made =
            "targetScope = 'subscription'\nmodule zones 'zones.bicep' = { scope: resourceGroup('dns'), name: 'z' }\n";
        let zones = zone("", place).replace("scope: resourceGroup('dns'), ", "");
        let texts =
            [("dns/main.bicep", made), ("dns/zones.bicep", &zones), ("app/main.bicep", &zone(" existing", place))];
        nodes(&texts, "Microsoft.Network/privateDnsZones")
    };
    assert_eq!(of("${environment().suffixes.storage}"), ["zones.zone"]);
    // Where each is deployed to is its own.
    assert_eq!(of("${deployment().name}.${environment().suffixes.storage}").len(), 2);
    assert_eq!(of("${environment().suffixes.storage}.${deployment().name}").len(), 2);
    assert_eq!(of("${environment().name == 'x' ? deployment().name : 'a'}").len(), 2);
}

#[test]
fn an_example_stands_by_itself() {
    let made = r#"resource "azurerm_virtual_network" "example" {
  name                = "vnet-example"
  resource_group_name = "rg-example"
  location            = "westeurope"
  address_space       = ["10.0.0.0/16"]
}
"#;
    let read = r#"data "azurerm_virtual_network" "example" {
  name                = "vnet-example"
  resource_group_name = "rg-example"
}
resource "azurerm_private_dns_zone_virtual_network_link" "example" {
  name                  = "to-example"
  resource_group_name   = "rg-example"
  private_dns_zone_name = "privatelink.westeurope.azmk8s.io"
  virtual_network_id    = data.azurerm_virtual_network.example.id
}
"#;
    let provider =
        "provider \"azurerm\" {\n  features {}\n  subscription_id = \"00000000-0000-0000-0000-000000000001\"\n}\n";
    let (made, read) = (format!("{provider}{made}"), format!("{provider}{read}"));
    let of = |folders: [&str; 3], path: &str, toml: &str| {
        let files = folders.map(|folder| format!("{folder}/main.tf"));
        let texts =
            [(files[0].as_str(), made.as_str()), (&files[1], &made), (&files[2], &read), ("vnetlint.toml", toml)];
        let sources = Sources::of_texts(texts);
        let file = sources.open("vnetlint.toml").expect("a configuration");
        let config = Config::read(&sources, &[Text { file, base: String::new() }]).expect("a configuration");
        let options = Options { config, ..options(&[path]) };
        let twice = analyze(sources, &options).findings.iter().filter(|finding| finding.code == "VNL-N003").count();
        let sources = Sources::of_texts(texts);
        let networks = vnetlint::analysis::networks(&sources, &options);
        let nodes = |(_, network): &(_, vnetlint::network::Network)| network.places().len();
        (networks.graphs.iter().map(nodes).collect::<Vec<_>>(), networks.examples.len(), twice)
    };
    // What is read is the VNet that is made twice: no two of them are apart.
    assert_eq!(of(["one", "two", "three"], "", "").2, 1);
    let (graphs, beside, twice) = of(["examples/one", "examples/two", "examples/three"], "", "");
    assert_eq!((graphs.len(), beside, twice), (3, 0, 0));
    let (graphs, beside, twice) = of(["infra", "examples/two", "examples/two/three"], "", "");
    assert_eq!((graphs, beside, twice), (vec![1], 1, 0));
    // A user who names the folder, or orders what is in it, means one estate.
    assert_eq!(of(["examples/one", "examples/two", "examples/three"], "examples", "").2, 1);
    assert_eq!(of(["examples/one", "examples/two", "examples/three"], "", "layers = [['examples/*']]\n").2, 1);
}

#[test]
fn the_configuration_names_the_cloud() {
    let zone = "resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = { name: 'privatelink${environment().suffixes.acrLoginServer}' }\noutput cloud string = environment().name\noutput graph string = environment().graph\n";
    let of = |toml: &str| {
        let sources = Sources::of_texts([("main.bicep", zone), ("vnetlint.toml", toml)]);
        let file = sources.open("vnetlint.toml").expect("a configuration");
        let config = Config::read(&sources, &[Text { file, base: String::new() }]).expect("a configuration");
        let options = Options { config, ..options(&["main.bicep"]) };
        let evaluated = vnetlint::analysis::evaluate(&sources, &options).remove(0).1;
        let said = ["cloud", "graph"].map(|name| evaluated.outputs[name].as_text().map(str::to_string));
        let [cloud, graph] = said;
        assert_eq!(graph, None, "what is not a name of DNS is not known");
        let resource = evaluated.resources.iter().find(|resource| resource.type_name.ends_with("privateDnsZones"));
        (resource.and_then(|zone| zone.names[0].as_text().map(str::to_string)), cloud)
    };
    assert_eq!(of(""), (None, None));
    let known = |zone: &str, cloud: &str| (Some(zone.to_string()), Some(cloud.to_string()));
    assert_eq!(of("cloud = 'AzureCloud'\n"), known("privatelink.azurecr.io", "AzureCloud"));
    assert_eq!(of("cloud = 'AzureUSGovernment'\n"), known("privatelink.azurecr.us", "AzureUSGovernment"));
}

#[test]
fn a_root_that_reads_what_another_makes_is_in_its_subscription() {
    let network = "
resource \"azurerm_virtual_network\" \"spoke\" {
  name                = \"vnet-spoke\"
  resource_group_name = \"net\"
  address_space       = [\"10.1.0.0/16\"]
}
resource \"azurerm_subnet\" \"nodes\" {
  name                 = \"snet-nodes\"
  resource_group_name  = \"net\"
  virtual_network_name = azurerm_virtual_network.spoke.name
  address_prefixes     = [\"10.1.0.0/22\"]
}
";
    let cluster = "
data \"azurerm_resource_group\" \"net\" {
  name = \"GROUP\"
}
data \"azurerm_subnet\" \"nodes\" {
  name                 = \"snet-nodes\"
  resource_group_name  = \"net\"
  virtual_network_name = \"vnet-spoke\"
}
resource \"azurerm_user_assigned_identity\" \"aks\" {
  name                = \"aks\"
  resource_group_name = \"aks\"
  location            = \"westeurope\"
}
resource \"azurerm_role_assignment\" \"net\" {
  scope                = data.azurerm_resource_group.net.id
  role_definition_name = \"Network Contributor\"
  principal_id         = azurerm_user_assigned_identity.aks.principal_id
}
resource \"azurerm_kubernetes_cluster\" \"aks\" {
  name                = \"aks\"
  resource_group_name = \"aks\"
  location            = \"westeurope\"
  depends_on          = [azurerm_role_assignment.net]
  default_node_pool {
    name           = \"system\"
    vnet_subnet_id = data.azurerm_subnet.nodes.id
  }
  identity {
    type         = \"UserAssigned\"
    identity_ids = [azurerm_user_assigned_identity.aks.id]
  }
}
";
    let of = |group: &str| {
        let analysis = run(&[("network/main.tf", network), ("cluster/main.tf", &cluster.replace("GROUP", group))]);
        let found = analysis.findings.iter().find(|finding| finding.code == "VNL026");
        found.map(|finding| finding.verdict)
    };
    assert_eq!(of("net"), None);
    assert!(of("other").is_some());
}

#[test]
fn layers_order_roots_that_nothing_else_orders() {
    let zone = format!("\"{ID}/privateDnsZones/{ZONE}\"");
    let spoke = spoke(&zone, "[\"10.0.0.4\"]", "");
    let hub = hub(true, "");
    let of = |toml: &str| codes(&run(&[("hub/main.tf", &hub), ("spoke/main.tf", &spoke), ("vnetlint.toml", toml)]));
    assert_eq!(of("layers = [['hub'], ['spok*']]\n"), [""; 0]);
    assert_eq!(of("layers = [['spoke'], ['hub']]\n"), ["VNL001"]);
    assert_ne!(of(""), ["VNL001"]);
}

#[test]
fn layers_that_go_in_a_circle_are_reported() {
    let spoke = spoke(
        "data.terraform_remote_state.hub.outputs.zone_id",
        "data.terraform_remote_state.hub.outputs.dns_servers",
        READS_STATE,
    );
    let hub = hub(true, KEEPS_STATE);
    let of = |toml: &str| {
        let analysis = run(&[("hub/main.tf", &hub), ("spoke/main.tf", &spoke), ("vnetlint.toml", toml)]);
        messages(&analysis, "VNL-S021")
    };
    assert_eq!(
        of("layers = [['hub'], ['spoke'], ['h*']]\n"),
        ["`layers` names `hub` in two layers, so that it would come before itself"]
    );
    assert_eq!(
        of("layers = [['spoke'], ['hub']]\n"),
        ["`layers` puts `spoke` before `hub`, and `spoke` reads what `hub` makes"]
    );
}

#[test]
fn an_assumption_is_a_fact_that_was_there_before() {
    let zone = format!("\"{ID}/privateDnsZones/{ZONE}\"");
    let spoke = spoke(&zone, "[\"10.0.0.4\"]", "");
    let hub = hub(false, "");
    let toml =
        format!("[[assume]]\nreason = 'the DNS team links it'\nzone-link = {{ zone = '{ZONE}', vnet = 'vnet-hub' }}\n");
    let without = codes(&run(&[("hub/main.tf", &hub), ("spoke/main.tf", &spoke)]));
    assert_eq!(without, ["VNL001"]);
    let with = codes(&run(&[("hub/main.tf", &hub), ("spoke/main.tf", &spoke), ("vnetlint.toml", &toml)]));
    assert_eq!(with, [""; 0]);
}

#[test]
fn assumed_dns_servers_are_those_of_the_vnet() {
    let zone = format!("\"{ID}/privateDnsZones/{ZONE}\"");
    let spoke = spoke(&zone, "null", "");
    let hub = hub(false, "");
    let toml = "[[assume]]\nreason = 'set by hand'\ndns-servers = { vnet = 'vnet-spoke', servers = ['10.0.0.4'] }\n";
    assert!(!codes(&run(&[("hub/main.tf", &hub), ("spoke/main.tf", &spoke)])).contains(&"VNL001".to_string()));
    let with = codes(&run(&[("hub/main.tf", &hub), ("spoke/main.tf", &spoke), ("vnetlint.toml", toml)]));
    assert_eq!(with, ["VNL001"]);
}

#[test]
fn one_id_that_two_roots_make_is_reported() {
    let hub = hub(true, "");
    let again = format!(
        "provider \"azurerm\" {{\n  features {{}}\n  subscription_id = \"00000000-0000-0000-0000-000000000001\"\n}}\nresource \"azurerm_private_dns_zone\" \"again\" {{\n  name = \"{ZONE}\"\n  resource_group_name = \"rg-hub\"\n}}\n"
    );
    let analysis = run(&[("dns/main.tf", &again), ("hub/main.tf", &hub)]);
    assert_eq!(messages(&analysis, "VNL-N003"), [format!("`{ZONE}` is made by `dns` and by `hub`")]);
    // In another resource group it is another zone.
    let other = again.replace("\"rg-hub\"", "\"rg-dns\"");
    assert_eq!(messages(&run(&[("dns/main.tf", &other), ("hub/main.tf", &hub)]), "VNL-N003"), [""; 0]);
}

#[test]
fn the_level_of_a_rule_and_the_paths_without_it_are_the_users() {
    let zone = format!("\"{ID}/privateDnsZones/{ZONE}\"");
    let spoke = spoke(&zone, "[\"10.0.0.4\"]", "");
    let hub = hub(false, "");
    let of = |toml: &str| run(&[("hub/main.tf", &hub), ("spoke/main.tf", &spoke), ("vnetlint.toml", toml)]);
    assert_eq!(codes(&of("[rule.VNL001]\nlevel = 'off'\n")), [""; 0]);
    let note = of("[rule.VNL001]\nlevel = 'note'\n");
    assert!(note.findings.iter().any(|f| f.code == "VNL001" && f.level == vnetlint::rules::Level::Note));
    assert_eq!(codes(&of("[per-path-ignores]\n'spoke/**' = ['VNL00']\n")), [""; 0]);
    assert_eq!(codes(&of("[per-path-ignores]\n'hub' = ['VNL00']\n")), ["VNL001"]);
}

#[test]
fn a_route_table_that_a_policy_attaches_is_not_missed() {
    let cluster = r#"
resource "azurerm_virtual_network" "spoke" {
  name                = "vnet-spoke"
  resource_group_name = "rg-spoke"
  address_space       = ["10.1.0.0/16"]
}
resource "azurerm_subnet" "nodes" {
  name                 = "snet-nodes"
  resource_group_name  = "rg-spoke"
  virtual_network_name = azurerm_virtual_network.spoke.name
  address_prefixes     = ["10.1.0.0/22"]
}
resource "azurerm_kubernetes_cluster" "aks" {
  name                = "aks"
  resource_group_name = "rg-spoke"
  default_node_pool {
    name           = "system"
    vnet_subnet_id = azurerm_subnet.nodes.id
  }
  network_profile {
    network_plugin = "azure"
    outbound_type  = "userDefinedRouting"
  }
}
"#;
    let of = |toml: &str| messages(&run(&[("main.tf", cluster), ("vnetlint.toml", toml)]), "VNL070").len();
    assert_eq!(of(""), 1);
    assert_eq!(of("policy_applies = ['dns-zone-group']\n"), 1);
    assert_eq!(of("policy_applies = ['udr']\n"), 0);
}

/// A repository of texts whose network is asked.
fn network(texts: &[(&str, &str)]) -> (Sources, vnetlint::network::Network) {
    let sources = Sources::of_texts(texts.iter().copied());
    let mut networks = vnetlint::analysis::networks(&sources, &options(&[""]));
    let (_, network) = networks.graphs.remove(0);
    (sources, network)
}

const SPOKE_ID: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-spoke/providers";

/// A cluster in a VNet that is only read.
fn guest() -> String {
    format!(
        r#"
data "azurerm_subnet" "nodes" {{
  name                 = "snet-nodes"
  virtual_network_name = "vnet-spoke"
  resource_group_name  = "rg-spoke"
}}
provider "azurerm" {{
  features {{}}
  subscription_id = "00000000-0000-0000-0000-000000000001"
}}
resource "azurerm_user_assigned_identity" "aks" {{
  name                = "id-aks"
  resource_group_name = "rg-spoke"
  location            = "westeurope"
}}
resource "azurerm_kubernetes_cluster" "aks" {{
  name                    = "aks-spoke"
  resource_group_name     = "rg-spoke"
  location                = "westeurope"
  dns_prefix              = "spoke"
  private_cluster_enabled = true
  private_dns_zone_id     = "{ID}/privateDnsZones/{ZONE}"
  identity {{
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.aks.id]
  }}
  default_node_pool {{
    name           = "system"
    vm_size        = "Standard_D4s_v5"
    node_count     = 3
    vnet_subnet_id = data.azurerm_subnet.nodes.id
  }}
  network_profile {{
    network_plugin = "azure"
    outbound_type  = "userDefinedRouting"
  }}
}}
"#
    )
}

fn subnet(body: &str) -> String {
    format!(
        "{{\"id\": \"{SPOKE_ID}/Microsoft.Network/virtualNetworks/vnet-spoke/subnets/snet-nodes\", \"name\": \"snet-nodes\", {body}}}"
    )
}

/// The VNet as Azure Resource Graph gives it.
fn answered(servers: &str) -> String {
    let subnet = subnet("\"properties\": {\"addressPrefix\": \"10.1.0.0/24\"}");
    format!(
        "{{\"count\": 1, \"data\": [{{\"id\": \"{SPOKE_ID}/Microsoft.Network/virtualNetworks/vnet-spoke\", \"name\": \"vnet-spoke\", \"type\": \"microsoft.network/virtualnetworks\", \"properties\": {{\"addressSpace\": {{\"addressPrefixes\": [\"10.1.0.0/16\"]}}, \"dhcpOptions\": {{\"dnsServers\": [{servers}]}}, \"subnets\": [{subnet}]}}}}], \"skip_token\": null, \"total_records\": 1}}"
    )
}

/// The same as `az network vnet list` gives it: without the word `properties`.
fn listed(servers: &str) -> String {
    let subnet = subnet("\"addressPrefix\": \"10.1.0.0/24\"");
    format!(
        "[{{\"addressSpace\": {{\"addressPrefixes\": [\"10.1.0.0/16\"]}}, \"dhcpOptions\": {{\"dnsServers\": [{servers}]}}, \"id\": \"{SPOKE_ID}/Microsoft.Network/virtualNetworks/vnet-spoke\", \"name\": \"vnet-spoke\", \"type\": \"Microsoft.Network/virtualNetworks\", \"subnets\": [{subnet}]}}]"
    )
}

fn all_codes(analysis: &Analysis) -> Vec<String> {
    let wanted = ["VNL001", "VNL070"];
    let findings = analysis.findings.iter().filter(|finding| in_profile(finding) && wanted.contains(&finding.code));
    findings.map(code).collect()
}

#[test]
fn what_is_deployed_settles_what_is_read() {
    let (hub, guest) = (hub(false, ""), guest());
    let of = |inventory: &str| {
        let texts = [("hub/main.tf", hub.as_str()), ("spoke/main.tf", &guest), ("deployed.json", inventory)];
        all_codes(&run(&texts))
    };
    let without = all_codes(&run(&[("hub/main.tf", &hub), ("spoke/main.tf", &guest)]));
    assert!(!without.contains(&"VNL001".to_string()) && !without.contains(&"VNL070".to_string()), "{without:?}");
    assert_eq!(of(&answered("\"10.0.0.4\"")), ["VNL001", "VNL070"]);
    assert_eq!(of(&listed("\"10.0.0.4\"")), ["VNL001", "VNL070"]);
    assert_eq!(of(&answered("")), ["VNL070"]);
}

#[test]
fn an_export_that_was_cut_says_so() {
    let cut = answered("").replace("\"total_records\": 1", "\"total_records\": 2500");
    let analysis = run(&[("spoke/main.tf", &guest()), ("deployed.json", &cut)]);
    let said = messages(&analysis, "VNL-P004");
    assert_eq!(said.len(), 1);
    assert!(said[0].starts_with("this export holds 1 of 2500 resources only: ask again"), "{said:?}");
}

#[test]
fn json_that_only_looks_like_an_export_is_none() {
    for text in [
        "[]",
        "{\"data\": []}",
        "[{\"id\": \"/subscriptions/x\"}]",
        "[{\"id\": 1, \"type\": \"a/b\"}]",
        "{\"nodes\": [], \"version\": \"1\"}",
    ] {
        let analysis = run(&[("spoke/main.tf", &guest()), ("other.json", text)]);
        assert_eq!(analysis.coverage.exports, 0, "{text}");
    }
}

#[test]
fn a_saved_graph_is_an_input_of_another_repository() {
    let (sources, network) = network(&[("main.tf", &hub(false, ""))]);
    let saved = vnetlint::report::graph_as_json(&network, &sources);
    let zone = format!("\"{ID}/privateDnsZones/{ZONE}\"");
    let spoke = spoke(&zone, "[\"10.0.0.4\"]", "");
    let with = run(&[("spoke/main.tf", &spoke), ("hub.json", &saved)]);
    assert_eq!(codes(&with), ["VNL001"]);
    assert_eq!(with.coverage.exports, 1);
    assert!(!codes(&run(&[("spoke/main.tf", &spoke)])).contains(&"VNL001".to_string()));
    // With the link that the other repository makes, its order is not known, and nothing is claimed.
    let (sources, network) = self::network(&[("main.tf", &hub(true, ""))]);
    let saved = vnetlint::report::graph_as_json(&network, &sources);
    let linked = run(&[("spoke/main.tf", &spoke), ("hub.json", &saved)]);
    assert!(!codes(&linked).contains(&"VNL001".to_string()), "{:?}", codes(&linked));
    let layers = "layers = [['hub.json'], ['spoke']]\n";
    let ordered = run(&[("spoke/main.tf", &spoke), ("hub.json", &saved), ("vnetlint.toml", layers)]);
    assert_eq!(codes(&ordered), [""; 0]);
}

#[test]
fn a_graph_that_is_read_and_written_again_is_the_same_network() {
    let (sources, first) = network(&[("main.tf", &hub(true, ""))]);
    let saved = vnetlint::report::graph_as_json(&first, &sources);
    let (again, second) = network(&[("hub.json", &saved)]);
    let of = |text: &str| -> Vec<(String, String)> {
        let graph: serde_json::Value = serde_json::from_str(text).expect("JSON");
        let nodes = graph["nodes"].as_array().expect("nodes");
        let mut nodes: Vec<(String, String)> =
            nodes.iter().map(|node| (node["type"].to_string(), node["name"].to_string())).collect();
        nodes.sort();
        nodes
    };
    assert_eq!(of(&saved), of(&vnetlint::report::graph_as_json(&second, &again)));
}

#[test]
fn a_graph_of_another_version_says_what_to_do() {
    let graph = "{\"version\": \"7\", \"nodes\": [], \"links\": [], \"order\": []}";
    let analysis = run(&[("spoke/main.tf", &guest()), ("hub.json", graph)]);
    assert_eq!(
        messages(&analysis, "VNL-P004"),
        [
            "this is a graph of version 7, and version 1 is read here: write it again with `vnetlint graph --format json` of this version"
        ]
    );
}

#[test]
fn the_ids_of_a_graph_do_not_hang_on_the_order_of_files() {
    let (hub, guest) = (hub(true, ""), guest());
    let (sources, one) = network(&[("hub/main.tf", &hub), ("spoke/main.tf", &guest)]);
    let (others, two) = network(&[("spoke/main.tf", &guest), ("hub/main.tf", &hub)]);
    let (one, two) = (vnetlint::report::graph_as_json(&one, &sources), vnetlint::report::graph_as_json(&two, &others));
    assert_eq!(one, two);
    let graph: serde_json::Value = serde_json::from_str(&one).expect("JSON");
    let mut ids: Vec<&str> =
        graph["nodes"].as_array().expect("nodes").iter().filter_map(|node| node["id"].as_str()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "ids are unique");
}

#[test]
fn in_a_mixed_estate_every_rule_is_decided() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = Sources::below(root, vnetlint::source::MAX_FILE_SIZE);
    let analysis = analyze(sources, &options(&["fixtures/estate-mixed"]));
    // Of every rule and every confidence.
    let codes: Vec<String> = analysis.findings.iter().map(code).collect();
    assert!(!codes.is_empty() && codes.iter().all(|code| !code.ends_with('?')), "{codes:?}");
    let coverage = &analysis.coverage;
    assert_eq!((coverage.terraform_roots, coverage.bicep_roots, coverage.exports), (1, 2, 1));
}

#[test]
fn an_export_is_one_line_of_the_roots() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = Sources::below(root, vnetlint::source::MAX_FILE_SIZE);
    let options = options(&["fixtures/estate-mixed"]);
    let mut roots = vnetlint::analysis::evaluate(&sources, &options);
    roots.extend(vnetlint::analysis::outside(&sources, &options, &roots));
    let text = vnetlint::report::roots_as_text(&roots, &[], &sources);
    let line = "fixtures/estate-mixed/deployed/tools.json (inventory: 3 resources of the network)";
    assert_eq!(text.lines().last(), Some(line));
}

/// Azure makes a subnet of any size: what is to stand in it is refused.
#[test]
fn a_subnet_that_is_kept_for_something_is_a_warning_until_it_stands_there() {
    let level = |case: &str| {
        let path = format!("{}/fixtures/route-server-subnet-invalid/{case}/main.tf", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect("a fixture");
        let found = support::of_texts(&[("main.tf", &text)]).findings;
        found.iter().find(|finding| finding.message.contains("needs at least")).map(|finding| finding.level)
    };
    assert_eq!(level("kept-for-a-bastion"), Some(vnetlint::rules::Level::Warning));
    assert_eq!(level("bastion-elsewhere"), Some(vnetlint::rules::Level::Error));
}
