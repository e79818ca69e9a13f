//! Every case that is written in Bicep is the same graph as an ARM template.
//!
//! Most templates are what Bicep's compiler makes of the case; some are in the older form, without symbolic names.
//! Compared is what `Network::dump` prints, in the form that `support/graph.rs` describes. The verdicts of all languages
//! are compared in `fixtures.rs`.

#[path = "support/graph.rs"]
mod graph;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use vnetlint::analysis::{self, Options};
use vnetlint::network;
use vnetlint::source::{MAX_FILE_SIZE, Sources};

/// Cases that are Bicep, and why they have no twin.
const ONLY_BICEP: &[(&str, &str)] = &[];

/// Cases whose graphs differ, and why that is right.
const DIFFERENT: &[(&str, &str)] = &[];

#[test]
fn a_template_is_the_same_graph_as_its_bicep_file() {
    let mut wrong = Vec::new();
    for case in cases() {
        let differs = DIFFERENT.iter().any(|(name, _)| case == format!("fixtures/{name}"));
        let (bicep, arm) = (dump(&format!("{case}/bicep")), dump(&format!("{case}/arm")));
        assert!(bicep.contains("(made, "), "{case} holds no network");
        let lines = graph::difference(("Bicep", &bicep), ("ARM", &arm));
        if lines.is_empty() == differs {
            wrong.push(format!("{case}\n  {}", lines.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_estate_with_templates_is_the_same_graph_as_with_bicep_files() {
    let (bicep, arm) = (dump("fixtures/estate"), dump("fixtures/estate-with-templates"));
    let lines = graph::difference(("Bicep", &bicep), ("ARM", &arm));
    assert!(lines.is_empty(), "\n  {}", lines.join("\n  "));
}

/// What azurerm says in its own way: another default, an association that draws a link, one resource for two.
const OF_AZURERM: &[&str] = &[
    // One of the taints has a flag of its own there.
    "onlyCriticalAddonsEnabled",
    "properties.nodeTaints",
    // The parts of a gateway name each other there; ARM's are ids.
    "microsoft.network/applicationgateways/",
    "properties.requestRoutingRules[].",
    "properties.redirectConfigurations[].",
    "properties.urlPathMaps[].",
    "properties.backendAddressPools[].",
    "properties.apiServerAccessProfile.enablePrivateClusterPublicFQDN",
    "microsoft.network/virtualhubs",
    "microsoft.network/routetables rt-",
    // A table or a NAT gateway is attached to a subnet by a block of its own there; in Bicep the subnet waits for it.
    "before microsoft.network/virtualnetworks/subnets vnet-spoke/snet-",
    // So is an address to a NAT gateway.
    "before microsoft.network/natgateways",
    "microsoft.network/networksecuritygroups nsg-",
    // An inline subnet says its prefixes twice there.
    "properties.subnets[].",
    // A module of Bicep waits for the subnet, and with it the gateway's address inside.
    "before microsoft.network/publicipaddresses pip-agw-",
    // A zone group is a part of its endpoint there, so the endpoint waits for the zone.
    "properties.privateDnsZoneGroups[].",
    // Network rules and application rules stand in lists of their own there.
    "properties.networkRuleCollections[].",
    "before microsoft.network/privateendpoints",
];

/// Cases that Terraform and Bicep write with a difference, and which.
const WRITTEN_APART: &[(&str, &str)] = &[
    ("firewall-dnat-in-front-of-web-app/bad", "azurerm keeps NAT rules apart, and writes `Dnat`"),
    (
        "authorized-ranges-miss-cluster-egress/bad",
        "the NAT gateway is attached by blocks of its own, for which nobody waits",
    ),
    ("application-gateway-shared-by-clusters/add-on-switched-off", "Terraform leaves the add-on out"),
    ("custom-zone-not-linked-to-hub/virtual-wan-linked", "the resolver has another name"),
    ("custom-zone-not-linked-to-hub/virtual-wan-not-linked", "the resolver has another name"),
    ("system-zone-not-linked-to-hub/good", "Terraform leaves the group of the nodes to Azure"),
    ("system-zone-with-custom-dns/good", "Terraform leaves the group of the nodes to Azure"),
    ("zone-link-not-before-cluster/good", "the link to the spoke is in Bicep and ARM only"),
];

#[test]
fn what_terraform_and_bicep_both_know_of_a_node_is_the_same() {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for case in cases().iter().filter(|case| is_directory(&format!("{case}/terraform"))) {
        let apart = WRITTEN_APART.iter().any(|(name, _)| *case == format!("fixtures/{name}"));
        let [a, b] = ["terraform", "bicep"].map(|language| graph::facts(&dump(&format!("{case}/{language}"))));
        let mut lines = Vec::new();
        for node in a.nodes.keys().chain(b.nodes.keys()).filter(|node| a.nodes.get(*node) != b.nodes.get(*node)) {
            lines.push(format!("{node}: {:?} / {:?}", a.nodes.get(node), b.nodes.get(node)));
        }
        let both = |node: &String| a.nodes.contains_key(node) && b.nodes.contains_key(node);
        let fields: BTreeSet<_> = a.fields.keys().chain(b.fields.keys()).filter(|(node, _)| both(node)).collect();
        for key in fields {
            match (a.fields.get(key), b.fields.get(key)) {
                (Some(None), _) | (_, Some(None)) => {}
                (a, b) if a == b => compared += 1,
                (a, b) => lines.push(format!("{} {}: {a:?} / {b:?}", key.0, key.1)),
            }
        }
        lines.extend(a.links.symmetric_difference(&b.links).map(|link| format!("only one has {link}")));
        let order = a.order.symmetric_difference(&b.order).filter(|(first, then)| both(first) && both(then));
        lines.extend(order.map(|(first, then)| format!("only in one: {first} before {then}")));
        compared += a.links.len() + a.order.len();
        lines.retain(|line| !OF_AZURERM.iter().any(|own| line.contains(own)));
        if lines.is_empty() == apart {
            wrong.push(format!("{case}\n  {}", lines.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(compared > 1000, "{compared}");
}

#[test]
fn the_plain_case_of_every_rule_is_a_template_too() {
    let (mut templates, mut missing) = (0, Vec::new());
    for path in directories("fixtures").iter().flat_map(|rule| directories(rule)) {
        let only = ONLY_BICEP.iter().any(|(name, _)| path == format!("fixtures/{name}"));
        let (bicep, arm) = (is_directory(&format!("{path}/bicep")), is_directory(&format!("{path}/arm")));
        templates += usize::from(arm);
        if arm && !bicep || bicep && !arm && !only && path.ends_with("/bad") {
            missing.push(path);
        }
    }
    assert!(missing.is_empty(), "one of their languages is missing: {missing:#?}");
    assert!(templates > 70);
}

/// The graph of all that is below a path.
fn dump(path: &str) -> String {
    let sources = Sources::below(&repository(), MAX_FILE_SIZE);
    let options = Options { paths: vec![path.into()], max_instances: 4096, ..Options::default() };
    network::build(analysis::evaluate(&sources, &options)).dump()
}

/// The cases in both languages.
fn cases() -> Vec<String> {
    let all = directories("fixtures").into_iter().flat_map(|rule| directories(&rule));
    all.filter(|case| is_directory(&format!("{case}/bicep")) && is_directory(&format!("{case}/arm"))).collect()
}

fn directories(path: &str) -> Vec<String> {
    let entries = std::fs::read_dir(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut found: Vec<String> = names.map(|name| format!("{path}/{name}")).filter(|path| is_directory(path)).collect();
    found.sort();
    found
}

fn is_directory(path: &str) -> bool {
    repository().join(path).is_dir()
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}
