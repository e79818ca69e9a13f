//! The same infrastructure as `.tf` and as the JSON of its plan is the same graph.
//!
//! Compared is what `Network::dump` prints: types, ids, fields, links, joins and the order. Defaults are applied on both
//! sides, so that `outbound_type: "loadBalancer"` in a plan equals a file that does not say it. Places are not compared,
//! nor is what a data source turned out to hold: only a plan knows that.

use std::path::Path;

use vnetlint::analysis::{self, Options};
use vnetlint::network;
use vnetlint::source::{MAX_FILE_SIZE, Sources};

/// Cases whose plan alone does not say enough: a plan names a local and does not say what it is.
const ONLY_BESIDE_ITS_FILES: &[&str] = &["a_local_names_the_subnet"];

#[test]
fn a_plan_is_the_same_graph_as_its_files() {
    for case in cases() {
        if !ONLY_BESIDE_ITS_FILES.contains(&case.as_str()) {
            same(&case, &of_files(&case), &of_plan(&case));
        }
    }
}

#[test]
fn a_plan_beside_its_files_stands_for_them() {
    for case in cases() {
        let sources = Sources::of_texts(texts(&case, "terraform").into_iter().chain(texts(&case, "plan")));
        same(&case, &of_files(&case), &dump(&sources, &[""]));
    }
}

#[test]
fn a_plan_alone_does_not_guess_what_a_local_is() {
    let dump = of_plan("a_local_names_the_subnet");
    assert!(dump.contains("properties.vnetSubnetID -> ? local.subnet_id"), "{dump}");
    assert!(dump.contains("  azurerm_kubernetes_cluster.main ? azurerm_subnet.nodes"), "{dump}");
}

#[test]
fn what_is_read_is_known_from_the_plan() {
    let dump = of_plan("what_another_deployment_made_is_read");
    assert!(dump.contains("  properties.addressSpace.addressPrefixes = [10.0.0.0/16]"), "{dump}");
}

#[test]
fn a_state_holds_values_and_joins_by_ids() {
    let group = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network";
    let resource = |kind: &str, name: &str, values: serde_json::Value| {
        serde_json::json!({"address": format!("module.net[\"a\"].{kind}.{name}"), "mode": "managed", "type": kind,
            "name": name, "provider_name": "registry.terraform.io/hashicorp/azurerm", "schema_version": 0,
            "values": values, "sensitive_values": {}, "depends_on": []})
    };
    let vnet = serde_json::json!({"id": format!("{group}/virtualNetworks/v"), "name": "v", "resource_group_name": "g",
        "address_space": ["10.0.0.0/16"], "dns_servers": [], "edge_zone": ""});
    let peering = serde_json::json!({"id": format!("{group}/virtualNetworks/w/virtualNetworkPeerings/p"), "name": "p",
        "resource_group_name": "g", "virtual_network_name": "w",
        "remote_virtual_network_id": format!("{group}/virtualNetworks/v")});
    let state = serde_json::json!({"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module":
        {"child_modules": [{"address": "module.net[\"a\"]", "resources": [
            resource("azurerm_virtual_network", "v", vnet), resource("azurerm_virtual_network_peering", "p", peering)]}]}}});
    let dump = dump(&Sources::of_texts([("state.json", state.to_string())]), &[""]);
    assert!(dump.contains("virtualNetworks module.net[\"a\"].azurerm_virtual_network.v (made, Yes)"), "{dump}");
    assert!(dump.contains("  id s g microsoft.network/virtualnetworks v"), "{dump}");
    assert!(dump.contains(" -> module.net[\"a\"].azurerm_virtual_network.v, drawn by module.net.azurerm_"), "{dump}");
}

#[test]
fn two_plans_of_one_directory_are_two_environments() {
    let case = "a_hub_and_a_spoke_peered";
    let plan = texts(case, "plan").remove(0).1;
    let plans = [("plans/dev.json".to_string(), plan.clone()), ("plans/prod.json".to_string(), plan)];
    let sources = Sources::of_texts(texts(case, "terraform").into_iter().chain(plans));
    let options = Options { paths: vec![String::new()], max_instances: 4096, ..Options::default() };
    let roots = analysis::evaluate(&sources, &options);
    let found: Vec<_> = roots.iter().map(|(root, _)| (root.path.as_str(), root.environment.as_deref())).collect();
    assert_eq!(found, [("plans/dev.json", Some("dev")), ("plans/prod.json", Some("prod"))]);
    assert!(vnetlint::report::roots_as_text(&roots, &[], &sources).contains("plan of: ., which it stands for"));
}

#[test]
fn places_are_those_of_the_files_where_they_lie_beside() {
    let case = "a_cluster_in_a_network_of_a_module";
    let place = |sources: &Sources| {
        let paths = vec![String::new()];
        let estate = analysis::evaluate(sources, &Options { paths, max_instances: 4096, ..Options::default() });
        let network = network::build(estate);
        let subnets = network.made(&vnetlint::azure::virtual_network::SUBNET);
        let span = subnets[0].span();
        format!("{}: {}", sources.path(span.file), sources.text(span))
    };
    let beside = Sources::of_texts(texts(case, "terraform").into_iter().chain(texts(case, "plan")));
    assert_eq!(place(&beside), "network/main.tf: resource \"azurerm_subnet\" \"this\"");
    let alone = Sources::of_texts(texts(case, "plan"));
    assert_eq!(place(&alone), r#"plan.json: "module.network.azurerm_subnet.this[\"aks\"]""#);
}

#[test]
fn an_id_within_a_text_is_told_from_an_id_where_the_files_lie_beside() {
    let tf = r#"
resource "azurerm_virtual_network" "v" {
  name                = "v"
  resource_group_name = "g"
  location            = "westeurope"
  address_space       = ["10.0.0.0/16"]
}
resource "azurerm_subnet" "s" {
  name                 = "s"
  resource_group_name  = "g"
  virtual_network_name = "v"
  address_prefixes     = ["10.0.0.0/24"]
}
resource "azurerm_subnet_route_table_association" "a" {
  subnet_id      = "${azurerm_virtual_network.v.id}/subnets/s"
  route_table_id = var.table
}
variable "table" {}
"#;
    let planned = |kind: &str, name: &str, values: serde_json::Value| {
        serde_json::json!({"mode": "managed",
        "address": format!("{kind}.{name}"), "type": kind, "name": name, "values": values})
    };
    let declared = |kind: &str, name: &str, expressions: serde_json::Value| {
        serde_json::json!({"mode": "managed",
        "address": format!("{kind}.{name}"), "type": kind, "name": name, "expressions": expressions})
    };
    let table = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/routeTables/t";
    let plan = serde_json::json!({"format_version": "1.2", "variables": {"table": {"value": table}},
        "planned_values": {"root_module": {"resources": [
            planned("azurerm_virtual_network", "v", serde_json::json!({"name": "v", "resource_group_name": "g"})),
            planned("azurerm_subnet", "s", serde_json::json!({"name": "s", "resource_group_name": "g",
                "virtual_network_name": "v"})),
            planned("azurerm_subnet_route_table_association", "a", serde_json::json!({"route_table_id": table}))]}},
        "resource_changes": [{"address": "azurerm_subnet_route_table_association.a",
            "change": {"after_unknown": {"id": true, "subnet_id": true}}}],
        "configuration": {"root_module": {"resources": [
            declared("azurerm_virtual_network", "v", serde_json::json!({})),
            declared("azurerm_subnet", "s", serde_json::json!({})),
            declared("azurerm_subnet_route_table_association", "a", serde_json::json!({"subnet_id":
                {"references": ["azurerm_virtual_network.v.id", "azurerm_virtual_network.v"]}}))]}}});
    let beside = Sources::of_texts([("main.tf".to_string(), tf.to_string()), ("plan.json".into(), plan.to_string())]);
    let found = dump(&beside, &[""]);
    assert!(found.contains("drawn by azurerm_subnet_route_table_association.a"), "{found}");
    let alone = dump(&Sources::of_texts([("plan.json", plan.to_string())]), &["plan.json"]);
    assert!(!alone.contains("drawn by azurerm_subnet_route_table_association.a"), "{alone}");
}

#[test]
fn what_stands_beside_a_value_in_a_plan_is_not_shown() {
    let plan = texts("a_private_cluster_with_its_own_zone", "plan").remove(0).1;
    let mut plan: serde_json::Value = serde_json::from_str(&plan).expect("JSON");
    let resources = plan["planned_values"]["root_module"]["resources"].as_array_mut().expect("resources");
    for resource in resources.iter_mut() {
        if resource["type"] == "azurerm_kubernetes_cluster" {
            resource["values"]["network_profile"] =
                serde_json::json!([{"outbound_type": "userDefinedRouting", "zz": "hunter2"}]);
            resource["sensitive_values"]["network_profile"] = serde_json::json!([{"zz": true}]);
        }
    }
    for change in plan["resource_changes"].as_array_mut().expect("changes") {
        change["change"]["after_unknown"].as_object_mut().map(|unknown| unknown.remove("network_profile"));
    }
    let sources = Sources::of_texts([("plan.json", plan.to_string())]);
    let options = Options { paths: vec!["plan.json".into()], max_instances: 4096, ..Options::default() };
    let found = analysis::analyze(sources, &options);
    assert!(!found.findings.is_empty(), "a cluster with routes of its own and none there is found");
    for format in [vnetlint::report::Format::Text, vnetlint::report::Format::Json, vnetlint::report::Format::Sarif] {
        let text = vnetlint::report::render(&found, format, &vnetlint::report::Display::default());
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn there_are_ten_cases_and_more() {
    assert!(cases().len() > 10);
}

fn of_files(case: &str) -> String {
    dump(&Sources::of_texts(texts(case, "terraform")), &[""])
}

fn of_plan(case: &str) -> String {
    dump(&Sources::of_texts(texts(case, "plan")), &["plan.json"])
}

fn dump(sources: &Sources, paths: &[&str]) -> String {
    let paths = paths.iter().map(|path| path.to_string()).collect();
    let options = Options { paths, max_instances: 4096, ..Options::default() };
    let estate = analysis::evaluate(sources, &options);
    assert_eq!(estate.len(), 1, "one root");
    network::build(estate).dump()
}

/// Fails with the lines that only one of the two has.
fn same(case: &str, files: &str, plan: &str) {
    let (files, plan) = (&without_what_was_read(files), &without_what_was_read(plan));
    let only = |one: &str, other: &str| -> Vec<String> {
        one.lines().filter(|line| !other.lines().any(|same| same == *line)).map(str::to_string).collect()
    };
    let (missing, more) = (only(files, plan), only(plan, files));
    assert!(files.contains("Microsoft.Network"), "{case} holds no network");
    assert!(
        missing.is_empty() && more.is_empty() && files.lines().count() == plan.lines().count(),
        "{case}\nonly in the files: {missing:#?}\nonly in the plan: {more:#?}\n{files}\n{plan}"
    );
}

/// A dump without the fields of what is only read.
fn without_what_was_read(dump: &str) -> String {
    let mut read = false;
    let mut kept = Vec::new();
    for line in dump.lines() {
        if !line.starts_with("  ") {
            read = line.contains("(read, ");
        }
        if !(read && line.contains(" = ")) {
            kept.push(line);
        }
    }
    kept.join("\n")
}

fn cases() -> Vec<String> {
    let mut cases: Vec<String> = directory("").into_iter().map(|(name, _)| name).collect();
    cases.sort();
    cases
}

/// The texts of a part of a case, by path.
fn texts(case: &str, part: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![String::new()];
    while let Some(below) = open.pop() {
        for (name, path) in directory(&format!("{case}/{part}/{below}")) {
            let name = if below.is_empty() { name } else { format!("{below}/{name}") };
            match path.is_dir() {
                true => open.push(name),
                false => found.push((name, std::fs::read_to_string(&path).expect("a text of the case"))),
            }
        }
    }
    let size = |(_, text): &(String, String)| text.len() as u64;
    assert!(found.iter().map(size).all(|size| size < MAX_FILE_SIZE));
    found
}

fn directory(below: &str) -> Vec<(String, std::path::PathBuf)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/plan-twins").join(below);
    let entries = std::fs::read_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let entry = |entry: std::fs::DirEntry| (entry.file_name().to_string_lossy().into_owned(), entry.path());
    entries.map(|found| entry(found.expect("an entry"))).collect()
}
