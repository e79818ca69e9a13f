//! In: roots, evaluated. Out: every resource with its values as they are before they are said in ARM's words.
//! Never: leaves out what is not known; it stands there by its name.

use indexmap::IndexMap;
use serde::Serialize;

use super::escape::visible;
use super::json::pretty;
use super::roots::heading;
use super::shown::Shown;
use crate::evaluate::{Evaluated, Resource, Root};
use crate::source::Sources;
use crate::syntax::{Dialect, Fault};
use crate::value::{Address, SmolStr, Truth, Value};

#[derive(Serialize)]
struct Listing {
    resources: Vec<Row>,
    outputs: IndexMap<String, Shown>,
    variables: IndexMap<String, Shown>,
    syntax_errors: Vec<SyntaxError>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    address: String,
    module: Vec<String>,
    symbol: String,
    #[serde(rename = "type")]
    type_name: Option<String>,
    api_version: Option<String>,
    existing: bool,
    conditional: bool,
    looped: bool,
    name: Shown,
    body: Shown,
    kind: &'static str,
    root: String,
    environment: Option<String>,
}

#[derive(Serialize)]
struct SyntaxError {
    path: String,
    line: usize,
    column: usize,
    message: String,
}

/// What Bicep writes beside a resource's own members.
const BESIDE_THE_BODY: [&str; 6] = ["name", "type", "apiVersion", "parent", "scope", "dependsOn"];

/// Every resource, output and variable as JSON, and what could not be read.
pub fn resources_as_json(roots: &[(Root, Evaluated)], sources: &Sources, faults: &[Fault]) -> String {
    let syntax_errors = faults.iter().map(|fault| {
        let file = sources.file(fault.span.file);
        let place = file.place(fault.span.start as usize);
        SyntaxError { path: file.path.clone(), line: place.line, column: place.column, message: fault.message.clone() }
    });
    pretty(&Listing {
        resources: roots.iter().flat_map(|(root, evaluated)| rows(root, evaluated)).collect(),
        outputs: named(roots.iter().map(|(_, evaluated)| &evaluated.outputs)),
        variables: named(roots.iter().map(|(_, evaluated)| &evaluated.variables)),
        syntax_errors: syntax_errors.collect(),
    })
}

/// Every resource as text: its address and type, then a line a member.
pub fn resources_as_text(roots: &[(Root, Evaluated)], sources: &Sources, faults: &[Fault]) -> String {
    let mut out = String::new();
    for (root, evaluated) in roots {
        out.push_str(&format!("{}\n", heading(root)));
        for row in rows(root, evaluated) {
            out.push_str(&format!("\n  {} {}\n", visible(&row.address), visible(&about(&row))));
            let name = (row.name != Shown::Null).then_some(("name", &row.name));
            let members = match &row.body {
                Shown::Object(fields) => fields.iter().map(|(key, value)| (key.as_str(), value)).collect(),
                other => vec![("body", other)],
            };
            for (key, value) in name.into_iter().filter(|_| root.dialect == Dialect::Bicep).chain(members) {
                out.push_str(&format!("    {} = {}\n", visible(key), in_one_line(value)));
            }
        }
        for (name, value) in &evaluated.outputs {
            out.push_str(&format!("\n  output {} = {}\n", visible(name), in_one_line(&Shown::of(value))));
        }
        out.push('\n');
    }
    for fault in faults {
        let file = sources.file(fault.span.file);
        let place = file.place(fault.span.start as usize);
        let (path, message) = (visible(&file.path), visible(&fault.message));
        out.push_str(&format!("{path}:{}:{}: {message}\n", place.line, place.column));
    }
    out
}

/// A value in one line: JSON, an unknown as `(unknown: var.prefix)`.
pub fn in_one_line(value: &Shown) -> String {
    match value {
        Shown::Unknown(name) => format!("(unknown: {})", visible(name)),
        known => {
            let json = serde_json::to_string(known).expect("values hold texts, numbers and lists only");
            visible(&json).into_owned()
        }
    }
}

fn about(row: &Row) -> String {
    let mut words: Vec<&str> = vec![row.type_name.as_deref().unwrap_or(row.kind)];
    words.extend(row.api_version.as_deref());
    let marks = [(row.existing, "existing"), (row.conditional, "conditional"), (row.looped, "looped")];
    words.extend(marks.iter().filter(|(so, _)| *so).map(|(_, word)| *word));
    format!("({})", words.join(", "))
}

/// Terraform: an entry for each instance that may exist. Bicep: one for each declaration, also of none.
fn rows(root: &Root, evaluated: &Evaluated) -> Vec<Row> {
    if root.dialect == Dialect::Terraform {
        let there = evaluated.resources.iter().filter(|resource| !resource.absent && resource.exists != Truth::No);
        return there.map(|resource| row(root, resource, resource.address.text())).collect();
    }
    let mut rows: IndexMap<Address, Row> = IndexMap::new();
    for resource in &evaluated.resources {
        let declaration = resource.address.declaration();
        let new = row(root, resource, declaration.text());
        match rows.entry(declaration) {
            indexmap::map::Entry::Vacant(entry) => {
                entry.insert(new);
            }
            indexmap::map::Entry::Occupied(mut entry) => share(entry.get_mut(), new),
        }
    }
    for call in &evaluated.modules {
        let declaration = call.address.declaration();
        let symbols = call.module.iter().map(SmolStr::to_string).collect();
        rows.entry(declaration.clone()).or_insert_with(|| module(root, &declaration, symbols));
    }
    for call in &evaluated.unread {
        let declaration = call.address.declaration();
        let symbols = declaration.text().split('.').map(String::from).collect();
        rows.entry(declaration.clone()).or_insert_with(|| module(root, &declaration, symbols));
    }
    rows.into_values().collect()
}

fn row(root: &Root, resource: &Resource, address: &str) -> Row {
    let bicep = root.dialect == Dialect::Bicep;
    let body = match Shown::of(&resource.body) {
        Shown::Object(mut fields) if bicep => {
            fields.retain(|key, _| !BESIDE_THE_BODY.contains(&key.as_str()));
            Shown::Object(fields)
        }
        body => body,
    };
    let name = match resource.names.is_empty() {
        true => resource.body.fields().and_then(|fields| fields.get("name")).map_or(Shown::Null, Shown::of),
        false => full_name(&resource.names),
    };
    Row {
        address: address.to_string(),
        module: resource.module.iter().map(SmolStr::to_string).collect(),
        symbol: resource.symbol.to_string(),
        type_name: Some(resource.type_name.to_string()),
        api_version: resource.api_version.as_ref().map(SmolStr::to_string),
        existing: resource.existing,
        conditional: resource.conditional,
        looped: resource.looped,
        name,
        body,
        kind: "resource",
        root: root.path.clone(),
        environment: root.environment.clone(),
    }
}

/// The row of a module call, whose symbols from the root end with its own.
fn module(root: &Root, declaration: &Address, mut symbols: Vec<String>) -> Row {
    let symbol = symbols.pop().unwrap_or_default();
    Row {
        address: declaration.text().to_string(),
        module: symbols,
        symbol,
        type_name: None,
        api_version: None,
        existing: false,
        conditional: false,
        looped: false,
        name: Shown::Null,
        body: Shown::Object(IndexMap::new()),
        kind: "module",
        root: root.path.clone(),
        environment: root.environment.clone(),
    }
}

/// Two instances of one declaration in one row.
fn share(row: &mut Row, other: Row) {
    let name = format!("{}[*]", row.address);
    let take = |shown: &mut Shown| std::mem::replace(shown, Shown::Null);
    row.name = take(&mut row.name).shared(other.name, &name);
    row.body = take(&mut row.body).shared(other.body, &name);
    row.conditional |= other.conditional;
    row.looped |= other.looped;
}

/// `a/b/c`; not known when any part is not.
fn full_name(names: &[Value]) -> Shown {
    let parts: Vec<Shown> = names.iter().map(Shown::of).collect();
    let mut known = true;
    let texts: Vec<String> = parts
        .into_iter()
        .map(|part| match part {
            Shown::Text(text) => text,
            Shown::Number(digits) => digits,
            Shown::Unknown(name) => {
                known = false;
                // A text with holes shows its own; a hole alone is put in their form.
                if name.contains("${") || names.len() == 1 { name } else { format!("${{{name}}}") }
            }
            _ => {
                known = false;
                "${name}".into()
            }
        })
        .collect();
    let text = texts.join("/");
    if known { Shown::Text(text) } else { Shown::Unknown(text) }
}

/// The named values of all roots; a name that means two things in two roots is not known.
fn named<'a>(roots: impl Iterator<Item = &'a IndexMap<SmolStr, Value>>) -> IndexMap<String, Shown> {
    let mut all: IndexMap<String, Shown> = IndexMap::new();
    for values in roots {
        for (name, value) in values {
            let new = Shown::of(value);
            match all.get_mut(name.as_str()) {
                Some(known) if *known != new => *known = Shown::Unknown(name.to_string()),
                Some(_) => {}
                None => {
                    all.insert(name.to_string(), new);
                }
            }
        }
    }
    all
}
