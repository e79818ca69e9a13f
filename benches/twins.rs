//! Holds ARM templates against the Bicep files that they were compiled from.
//!
//! ```sh
//! cargo bench --bench twins -- DIR [-v]
//! ```
//!
//! Every `X.bicep` below DIR with an `X.json` beside it is a pair. Both are evaluated without inputs, and their
//! resources are compared: by module and symbol where the template has symbols, else by type and name. A pair is equal,
//! different (something known in both contradicts, or stands in one only), or unknown (one of the two knows more).
//! Pairs whose Bicep file calls a module of a registry are left out. Templates without symbols do not say what only
//! exists; what the graph of the Bicep file knows of such a resource is no difference.
//!
//! Beside it, the graphs of both are compared as `tests/support/graph.rs` says, where there is one; those of templates
//! that hold a resource of `Microsoft.Network` or `Microsoft.ContainerService` are counted by themselves. All that differs
//! is printed with `-v`.

#[path = "../tests/support/graph.rs"]
mod graph;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::Value;
use vnetlint::analysis::{self, Options};
use vnetlint::source::Sources;
use vnetlint::{network, report};

const MOST_INSTANCES: usize = 4096;

/// Providers whose resources should make a graph.
const OF_NETWORKS: [&str; 2] = ["microsoft.network/", "microsoft.containerservice/"];

/// Pairs of Azure/bicep-registry-modules that are not equal, and why that is right.
const NOT_EQUAL: &[(&str, &str)] = &[
    (
        "avm/res/api-center/service/tests/e2e/max/main.test.bicep",
        "the template was compiled from an older text: its serviceShort is 'apicavmmax', the file's 'aacavmmax'",
    ),
    (
        "avm/res/azure-stack-hci/network-interface/main.bicep",
        "the template was compiled from an older text, without the parameter macAddress",
    ),
    (
        "avm/res/azure-stack-hci/virtual-hard-disk/main.bicep",
        "the template was compiled from an older text, without the parameter diskFileFormat",
    ),
    (
        "avm/res/hybrid-container-service/provisioned-cluster-instance/nested/write.bicep",
        "what lies beside it is a parameter file, not its template",
    ),
];

/// The dump of a graph without nodes.
const NOTHING: &str = "order\n";

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    Equal,
    Unknown,
    Different,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let verbose = arguments.iter().any(|argument| argument == "-v");
    let Some(root) = arguments.iter().find(|argument| !argument.starts_with('-')) else {
        println!("usage: cargo bench --bench twins -- DIR [-v]");
        return ExitCode::SUCCESS;
    };
    let root = PathBuf::from(root);
    let mut pairs = Vec::new();
    find(&root, &mut pairs);
    pairs.sort();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut graphs: BTreeMap<&str, usize> = BTreeMap::new();
    let mut of_networks: BTreeMap<&str, usize> = BTreeMap::new();
    let mut different = Vec::new();
    let mut classes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for bicep in &pairs {
        let path = bicep.strip_prefix(&root).unwrap_or(bicep).to_string_lossy().replace('\\', "/");
        let twin = format!("{}.json", path.trim_end_matches(".bicep"));
        if !is_whole(bicep, &mut Vec::new()) {
            *counts.entry("left out").or_default() += 1;
            continue;
        }
        let ((ours, our_graph), (theirs, their_graph)) = (read(&root, &path), read(&root, &twin));
        let mut answer = Answer::Equal;
        let mut say = |found: Answer, what: String| {
            if found > Answer::Equal {
                let word = if found == Answer::Different { "different" } else { "unknown" };
                let places = classes.entry(format!("{word}: {what}")).or_default();
                if places.last() != Some(&path) {
                    places.push(path.clone());
                }
            }
            answer = answer.max(found);
        };
        compare(&ours, &theirs, &mut say);
        let word = match answer {
            Answer::Equal => "equal",
            Answer::Unknown => "unknown",
            Answer::Different => "different",
        };
        *counts.entry(word).or_default() += 1;
        if answer != Answer::Equal {
            let known = NOT_EQUAL.iter().find(|(known, _)| path.ends_with(known));
            println!("{word}: {path}: {}", known.map_or("nobody knows why", |(_, why)| *why));
        }
        let lines = difference(&our_graph, &their_graph);
        let template = std::fs::read_to_string(bicep.with_extension("json")).unwrap_or_default();
        if makes_networks(&serde_json::from_str(&template).unwrap_or_default()) {
            let word = match (our_graph == NOTHING, lines.is_empty()) {
                (true, true) => "empty",
                (false, true) => "equal",
                (_, false) => "different",
            };
            *of_networks.entry(word).or_default() += 1;
            if word == "empty" {
                println!("no graph: {path}");
            }
        }
        if our_graph == NOTHING && their_graph == NOTHING {
            continue;
        }
        *graphs.entry(if lines.is_empty() { "equal" } else { "different" }).or_default() += 1;
        if !lines.is_empty() {
            different.push((path, lines));
        }
    }
    let share = |counts: &BTreeMap<&str, usize>, of: usize| {
        let equal = counts.get("equal").copied().unwrap_or_default();
        format!("{equal} of {of} equal ({:.1} %)", 100.0 * equal as f64 / of.max(1) as f64)
    };
    let compared = counts.iter().filter(|(word, _)| **word != "left out").map(|(_, count)| count).sum();
    println!("{} pairs: {counts:?}", pairs.len());
    println!("resources: {}", share(&counts, compared));
    println!("graphs: {}", share(&graphs, graphs.values().sum()));
    println!(
        "graphs of templates with resources of networks or clusters: {}, {} empty in both",
        share(&of_networks, of_networks.values().sum()),
        of_networks.get("empty").copied().unwrap_or_default()
    );
    for (path, lines) in &different {
        println!("      graph of {path}: {} lines", lines.len());
        for line in lines.iter().take(if verbose { usize::MAX } else { 2 }) {
            println!("        {}", line.chars().take(400).collect::<String>());
        }
    }
    let mut classes: Vec<(String, Vec<String>)> = classes.into_iter().collect();
    classes.sort_by_key(|(_, places)| std::cmp::Reverse(places.len()));
    for (class, places) in classes.iter().take(if verbose { usize::MAX } else { 20 }) {
        println!("{:5} {class}   {}", places.len(), places.first().map_or("", String::as_str));
    }
    ExitCode::SUCCESS
}

/// The lines that only one of the two graphs has, but for those of what only exists and stands in the Bicep file alone.
fn difference(ours: &str, theirs: &str) -> Vec<String> {
    let lines = graph::difference(("Bicep", ours), ("ARM", theirs));
    let existing = lines.iter().filter(|line| line.ends_with(" (read, Yes)"));
    let existing = existing.filter_map(|line| line.strip_prefix("only in Bicep"));
    let existing = existing.filter_map(|line| Some(&line[line.find('<')?..=line.rfind('>')?]));
    let existing: Vec<String> = existing.map(str::to_string).collect();
    let is_of = |line: &str, id: &String| {
        let said = line.split_once(": ").map_or(line, |(_, said)| said);
        said.starts_with(id.as_str())
            || said.ends_with(&format!(" in {id}"))
            || said.ends_with(&format!(" {id} (read, Yes)"))
    };
    let counts = |line: &String| !line.starts_with("only in Bicep") || !existing.iter().any(|id| is_of(line, id));
    lines.into_iter().filter(counts).collect()
}

fn find(directory: &Path, pairs: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() && !path.is_symlink() {
            find(&path, pairs);
        } else if path.extension().is_some_and(|e| e == "bicep") && path.with_extension("json").is_file() {
            pairs.push(path);
        }
    }
}

/// A resource of a network or a cluster is in a template, or in one that is nested in it.
fn makes_networks(template: &Value) -> bool {
    match template {
        Value::Object(members) => {
            let kind = members.get("type").filter(|_| members.contains_key("apiVersion")).and_then(Value::as_str);
            let kind = kind.unwrap_or_default().to_lowercase();
            OF_NETWORKS.iter().any(|provider| kind.starts_with(provider)) || members.values().any(makes_networks)
        }
        Value::Array(items) => items.iter().any(makes_networks),
        _ => false,
    }
}

/// All modules of a Bicep file are in the checkout.
fn is_whole(bicep: &Path, seen: &mut Vec<PathBuf>) -> bool {
    if seen.iter().any(|known| known == bicep) {
        return true;
    }
    seen.push(bicep.to_path_buf());
    let text = std::fs::read_to_string(bicep).unwrap_or_default();
    let directory = bicep.parent().unwrap_or(Path::new("")).to_path_buf();
    let calls = text.lines().filter(|line| line.starts_with("module "));
    let mut sources = calls.filter_map(|line| line.split('\'').nth(1));
    sources.all(|source| match source.split([':', '/']).next() {
        Some("br" | "ts") => false,
        _ => is_whole(&directory.join(source), seen),
    })
}

/// The resources of a file, and its graph.
fn read(root: &Path, path: &str) -> (Vec<Value>, String) {
    let sources = Sources::below(root, 64 << 20);
    let options = Options { paths: vec![path.to_string()], max_instances: MOST_INSTANCES, ..Options::default() };
    let roots: Vec<_> = analysis::evaluate(&sources, &options).into_iter().take(1).collect();
    let json = report::resources_as_json(&roots, &sources, &[]);
    let listing: Value = serde_json::from_str(&json).unwrap_or_default();
    let rows = listing["resources"].as_array().cloned().unwrap_or_default();
    // A deployment that a Bicep file writes as a resource is a module call in its template.
    let counts = |row: &Value| row["kind"] == "resource" && row["type"] != "Microsoft.Resources/deployments";
    (rows.into_iter().filter(counts).collect(), network::build(roots).dump())
}

fn compare(ours: &[Value], theirs: &[Value], say: &mut dyn FnMut(Answer, String)) {
    let mut left: Vec<&Value> = theirs.iter().collect();
    // Templates without symbols leave out what only exists, and name modules in their own way.
    let symbolic = ours.iter().all(|row| find_row(&left, row, by_symbol).is_some());
    for row in ours {
        let same = if symbolic { by_symbol } else { by_name };
        let Some(at) = find_row(&left, row, same).or_else(|| find_row(&left, row, by_type)) else {
            if row["existing"] != true {
                say(Answer::Different, format!("only in Bicep: {}", row["type"]));
            }
            continue;
        };
        let other = left.remove(at);
        for key in ["name", "conditional", "looped", "body"] {
            leaves(&row[key], &other[key], format!("{} {key}", row["type"].as_str().unwrap_or_default()), say);
        }
    }
    for row in left.into_iter().filter(|row| row["existing"] != true) {
        say(Answer::Different, format!("only in ARM: {}", row["type"]));
    }
}

fn find_row(rows: &[&Value], row: &Value, same: fn(&Value, &Value) -> bool) -> Option<usize> {
    rows.iter().position(|other| same(row, other))
}

fn by_symbol(a: &Value, b: &Value) -> bool {
    a["module"] == b["module"] && a["symbol"] == b["symbol"]
}

fn by_type(a: &Value, b: &Value) -> bool {
    let depth = |row: &Value| row["module"].as_array().map_or(0, Vec::len);
    let kind = |row: &Value| row["type"].as_str().unwrap_or_default().to_lowercase();
    depth(a) == depth(b) && kind(a) == kind(b) && a["existing"] == b["existing"]
}

fn by_name(a: &Value, b: &Value) -> bool {
    by_type(a, b) && same(&a["name"], &b["name"]) && same(&a["body"], &b["body"])
}

fn same(a: &Value, b: &Value) -> bool {
    let mut equal = true;
    leaves(a, b, String::new(), &mut |answer, _| equal &= answer == Answer::Equal);
    equal
}

fn leaves(a: &Value, b: &Value, at: String, say: &mut dyn FnMut(Answer, String)) {
    let unknown = |value: &Value| value.as_object().is_some_and(|o| o.len() == 1 && o.contains_key("unknown"));
    match (a, b) {
        _ if unknown(a) && unknown(b) => {}
        _ if unknown(a) => say(Answer::Unknown, format!("only ARM knows {at}")),
        _ if unknown(b) => say(Answer::Unknown, format!("only Bicep knows {at}")),
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in a {
                match b.get(key) {
                    Some(other) => leaves(value, other, format!("{at}.{key}"), say),
                    None => say(Answer::Different, format!("only in Bicep: {at}.{key}")),
                }
            }
            for key in b.keys().filter(|key| !a.contains_key(*key)) {
                say(Answer::Different, format!("only in ARM: {at}.{key}"));
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (a, b) in a.iter().zip(b) {
                leaves(a, b, format!("{at}[]"), say);
            }
        }
        _ if a == b => {}
        _ => say(Answer::Different, format!("{at}: {} / {}", short(a), short(b))),
    }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}
