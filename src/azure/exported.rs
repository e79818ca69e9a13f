//! In: the body of a resource as Azure's command line prints it. Out: the same in the shape of ARM.
//! Never: changes a body that has that shape.
//!
//! `az network vnet list` leaves the word `properties` out: `{"addressSpace": {…}, "subnets": [{"addressPrefix": …}]}`.

use std::sync::Arc;

use super::{Type, part_words};
use crate::value::{Kind, ObjectShape, SmolStr, Value};

/// What stands beside `properties` in ARM.
const BESIDE: [&str; 19] = [
    "id",
    "name",
    "type",
    "location",
    "tags",
    "identity",
    "sku",
    "zones",
    "kind",
    "etag",
    "managedBy",
    "plan",
    "extendedLocation",
    "resourceGroup",
    "subscriptionId",
    "tenantId",
    "apiVersion",
    "systemData",
    "scale",
];

/// A body in ARM's shape.
pub fn in_arm_shape(kind: &'static Type, body: &Value) -> Value {
    let Kind::Object { fields, .. } = &body.kind else { return body.clone() };
    let whole = fields.get("properties").is_some_and(|properties| properties.fields().is_some());
    let mut paths: Vec<Vec<&str>> = kind.fields.iter().map(|field| part_words(field.arm)).collect();
    paths.extend(kind.splits.iter().map(|split| part_words(split.list)));
    for split in kind.splits {
        let list = part_words(split.list);
        paths.extend(split.of.fields.iter().map(|field| list.iter().copied().chain(part_words(field.arm)).collect()));
        for inner in split.of.splits {
            let at: Vec<&str> = list.iter().copied().chain(part_words(inner.list)).collect();
            paths.extend(inner.of.fields.iter().map(|f| at.iter().copied().chain(part_words(f.arm)).collect()));
            paths.push(at);
        }
    }
    let paths: Vec<&[&str]> = paths.iter().map(Vec::as_slice).collect();
    if whole { body.clone() } else { shaped(body, &paths) }
}

/// Puts `properties` in wherever one of the paths has it and the value does not.
fn shaped(value: &Value, paths: &[&[&str]]) -> Value {
    match &value.kind {
        Kind::List { items, rest, shape } => {
            let items = items.iter().map(|item| shaped(item, paths)).collect();
            Value { kind: Kind::List { items: Arc::new(items), rest: rest.clone(), shape: *shape }, ..value.clone() }
        }
        Kind::Object { fields, rest, .. } => {
            let inside: Vec<&[&str]> =
                paths.iter().filter(|path| path.first() == Some(&"properties")).map(|path| &path[1..]).collect();
            let below = |name: &str, paths: &[&[&str]]| -> Vec<Vec<String>> {
                let fits = paths.iter().filter(|path| path.first().is_some_and(|own| own.eq_ignore_ascii_case(name)));
                fits.map(|path| path[1..].iter().map(|word| word.to_string()).collect()).collect()
            };
            let deeper = |name: &str, value: &Value, paths: &[&[&str]]| {
                let below = below(name, paths);
                let words: Vec<Vec<&str>> =
                    below.iter().map(|path| path.iter().map(String::as_str).collect()).collect();
                let words: Vec<&[&str]> = words.iter().map(Vec::as_slice).collect();
                shaped(value, &words)
            };
            let has = fields.contains_key("properties");
            let mut own: Vec<(SmolStr, Value)> = Vec::new();
            let mut properties: Vec<(SmolStr, Value)> = Vec::new();
            for (name, field) in fields.iter() {
                if inside.is_empty() || has || BESIDE.contains(&name.as_str()) {
                    own.push((name.clone(), deeper(name, field, paths)));
                } else {
                    properties.push((name.clone(), deeper(name, field, &inside)));
                }
            }
            if !properties.is_empty() {
                own.push(("properties".into(), Value::object(properties).with_origin(value.origin.clone())));
            }
            let fields = Arc::new(own.into_iter().collect());
            let kind = Kind::Object { fields, rest: rest.clone(), shape: ObjectShape::Object };
            Value { kind, ..value.clone() }
        }
        _ => value.clone(),
    }
}
