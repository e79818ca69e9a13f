//! Every case that is written in Bicep is the same graph as an ARM template.
//!
//! Most templates are what Bicep's compiler makes of the case; some are in the older form, without symbolic names.
//! Compared is what `Network::dump` prints, in the form that `support/graph.rs` describes. The verdicts of all languages
//! are compared in `fixtures.rs`.

#[path = "support/graph.rs"]
mod graph;

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

#[test]
fn every_case_in_bicep_is_a_template_too() {
    for path in directories("fixtures").iter().flat_map(|rule| directories(rule)) {
        let only = ONLY_BICEP.iter().any(|(name, _)| path == format!("fixtures/{name}"));
        let (bicep, arm) = (is_directory(&format!("{path}/bicep")), is_directory(&format!("{path}/arm")));
        assert!(bicep == (arm || only), "{path}: one of its languages is missing");
    }
    assert!(cases().len() > 70);
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
