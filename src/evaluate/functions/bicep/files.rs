//! In: paths as Bicep sees them from the file that holds the call. Out: what the files hold.
//! Never: reads outside the repository; what lies there is not known.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::Run::Placed;
use super::super::{Answer, Context, Function, json, read, row, unknown, yaml};
use crate::source::{self, Refusal};
use crate::value::Value;

pub const FUNCTIONS: &[Function] = &[
    row("loadFileAsBase64", (1, 1), Placed(base64), ("", "")),
    row("loadJsonContent", (1, 3), Placed(json_content), ("", "")),
    row("loadTextContent", (1, 2), Placed(text), ("", "")),
    row("loadYamlContent", (1, 3), Placed(yaml_content), ("", "")),
];

/// The text of a file; `None` where it may be there and cannot be read.
fn open(context: &Context, path: &Value) -> Result<Option<String>, String> {
    let written = read::text(path)?;
    let Some(path) = source::join(context.directory, &written) else { return Ok(None) };
    match context.sources.open(&path) {
        Ok(id) => Ok(Some(context.sources.file(id).text.to_string())),
        Err(refusal @ (Refusal::Missing | Refusal::NotAFile)) => Err(format!("{written}: {refusal}")),
        Err(_) => Ok(None),
    }
}

fn text(context: &Context, arguments: &[Value]) -> Answer {
    Ok(open(context, &arguments[0])?.map_or_else(|| unknown::limit(context), Value::text))
}

fn base64(context: &Context, arguments: &[Value]) -> Answer {
    let text = open(context, &arguments[0])?;
    Ok(text.map_or_else(|| unknown::limit(context), |text| Value::text(STANDARD.encode(text))))
}

fn json_content(context: &Context, arguments: &[Value]) -> Answer {
    let Some(text) = open(context, &arguments[0])? else { return Ok(unknown::limit(context)) };
    match json::parse(text.trim_start_matches('\u{feff}')) {
        Ok(value) => Ok(at_path(context, &value, arguments.get(1))),
        // Bicep reads comments in JSON, which this reader does not.
        Err(_) => Ok(unknown::unmodelled(context)),
    }
}

fn yaml_content(context: &Context, arguments: &[Value]) -> Answer {
    let Some(text) = open(context, &arguments[0])? else { return Ok(unknown::limit(context)) };
    match yaml::parse(&text, yaml::Words::Core) {
        Ok(value) => Ok(at_path(context, &value, arguments.get(1))),
        Err(_) => Ok(unknown::unmodelled(context)),
    }
}

/// The part of a value that a plain path such as `.network.vnets` or `$.network` names.
fn at_path(context: &Context, value: &Value, path: Option<&Value>) -> Value {
    let Some(path) = path.filter(|path| !path.is_null()).and_then(|path| read::text(path).ok()) else {
        return value.clone();
    };
    let path = path.strip_prefix('$').unwrap_or(&path);
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    if path.contains("..") || !path.chars().all(plain) {
        return unknown::unmodelled(context);
    }
    let mut at = value;
    for name in path.split('.').filter(|name| !name.is_empty()) {
        match at.fields().and_then(|fields| fields.get(name)) {
            Some(inner) => at = inner,
            None => return unknown::unmodelled(context),
        }
    }
    at.clone()
}
