//! In: a list of deployed resources with their ids. Out: those of the types that are asked for.
//! Never: takes a list that was cut for the whole.
//!
//! `az graph query -o json` gives `{"count": 2, "data": [{"id": …, "type": …, "properties": {…}}], "skip_token": null,
//! "total_records": 2}`; `az network vnet list -o json` a list whose items have their properties beside the id
//! (<https://learn.microsoft.com/cli/azure/graph>).

use std::borrow::Cow;

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Reader;
use crate::evaluate::{Evaluated, Resource, Standing};
use crate::value::{Pieces, ResourceId, Value};

/// The answer of Azure Resource Graph.
#[derive(Deserialize)]
struct Answer<'t> {
    #[serde(borrow)]
    data: Vec<&'t RawValue>,
    #[serde(default)]
    total_records: Option<u64>,
    #[serde(default, borrow)]
    skip_token: Option<Cow<'t, str>>,
}

/// What every resource has.
#[derive(Deserialize)]
struct Head<'t> {
    #[serde(borrow)]
    id: Cow<'t, str>,
    #[serde(rename = "type", borrow)]
    type_name: Cow<'t, str>,
}

fn items(text: &str) -> Option<Answer<'_>> {
    match text.as_bytes().first()? {
        b'[' => Some(Answer { data: serde_json::from_str(text).ok()?, total_records: None, skip_token: None }),
        _ => serde_json::from_str(text).ok(),
    }
}

/// Its first item has the id and the type of a resource; the others are looked at when they are read.
pub fn is_inventory(text: &str) -> bool {
    let list = match text.as_bytes().first() {
        Some(b'[') => text,
        _ => {
            let Some(at) = text.find("\"data\"") else { return false };
            text[at + "\"data\"".len()..].trim_start().trim_start_matches(':').trim_start()
        }
    };
    let Some(items) = list.strip_prefix('[') else { return false };
    let first = serde_json::Deserializer::from_str(items).into_iter::<&RawValue>().next();
    let Some(Ok(first)) = first else { return false };
    let head = serde_json::from_str::<Head>(first.get());
    head.is_ok_and(|head| head.type_name.contains('/') && ResourceId::parse(&Pieces::literal(&head.id)).is_some())
}

/// The resources of an inventory.
pub fn read(reader: &Reader, text: &str, wanted: &(dyn Fn(&str) -> bool + Sync)) -> Evaluated {
    let mut evaluated = Evaluated { standing: Standing::Deployed, ..Evaluated::default() };
    let Some(answer) = items(text.trim()) else { return evaluated };
    let held = answer.data.len();
    let total = answer.total_records.unwrap_or_default();
    if total > held as u64 || answer.skip_token.as_deref().is_some_and(|token| !token.is_empty()) {
        evaluated.standing = Standing::DeployedInPart;
        let of = if total > held as u64 { format!(" of {total}") } else { String::new() };
        evaluated.faults.push(reader.fault(format!(
            "this export holds {held}{of} resources only: ask again with `--first 1000` and `--skip-token`, and put the \
             lists together"
        )));
    }
    // Hundreds of thousands of resources are one file: this is a fourth place that is worth dividing.
    let found: Vec<Option<Resource>> = answer
        .data
        .par_iter()
        .with_min_len(1024)
        .map(|item| {
            let head = serde_json::from_str::<Head>(item.get()).ok()?;
            if !wanted(&head.type_name) {
                return None;
            }
            let id = ResourceId::parse(&Pieces::literal(&head.id))?;
            let names = id.names.iter().cloned().map(Value::pieces).collect();
            let body = reader.value(item, &|_, _| None);
            Some(reader.resource(&head.id, &id, names, body, reader.head(item.get())))
        })
        .collect();
    evaluated.resources = found.into_iter().flatten().collect();
    evaluated
}
