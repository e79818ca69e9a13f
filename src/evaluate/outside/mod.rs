//! In: JSON that was exported from Azure, or saved by another run. Out: the resources in it, as a root of its own.
//! Never: takes JSON for an export that only looks a little like one.

mod inventory;
mod saved;

use std::borrow::Cow;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::value::RawValue;

use super::{Evaluated, Resource, Root, Site};
use crate::source::{FileId, Sources, Span};
use crate::syntax::Fault;
use crate::value::{Address, Kind, Number, ObjectShape, Origin, ResourceId, RootId, SmolStr, Value};

pub use saved::{SavedGraph, SavedIdentity, SavedLink, SavedNode, SavedOrder, SavedPlace, VERSION};

/// What a file from outside is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// `az graph query … -o json`, `az network … list -o json`: what is deployed.
    Inventory,
    /// `vnetlint graph --format json` of another repository.
    Graph,
}

/// What a text is, by its first lines and by its whole shape.
pub fn kind_of(text: &str) -> Option<Outside> {
    let head = text.trim_start_matches('\u{feff}').trim_start();
    let mut end = head.len().min(65_536);
    while !head.is_char_boundary(end) {
        end -= 1;
    }
    let near = &head[..end];
    let names_ids = || near.to_ascii_lowercase().contains("\"/subscriptions/");
    match head.as_bytes().first()? {
        b'{' if near.contains("\"nodes\"") && near.contains("\"version\"") && saved::is_graph(head) => {
            Some(Outside::Graph)
        }
        b'[' | b'{' if names_ids() && inventory::is_inventory(head) => Some(Outside::Inventory),
        _ => None,
    }
}

/// The resources of a file from outside; of an inventory those whose type is `wanted`.
pub fn read(
    sources: &Sources,
    file: FileId,
    root: &Root,
    kind: Outside,
    wanted: &(dyn Fn(&str) -> bool + Sync),
) -> Evaluated {
    let source = sources.file(file);
    let text = source.text.trim_start_matches('\u{feff}');
    let reader = Reader { file, text: &source.text, root: root.id };
    match kind {
        Outside::Inventory => inventory::read(&reader, text, wanted),
        Outside::Graph => saved::read(&reader, text),
    }
}

/// A text whose values have places.
struct Reader<'t> {
    file: FileId,
    text: &'t str,
    root: RootId,
}

impl Reader<'_> {
    fn span(&self, part: &str) -> Span {
        // Every part is borrowed from the text.
        let start = part.as_ptr() as usize - self.text.as_ptr() as usize;
        Span::new(self.file, start, start + part.len())
    }

    /// The first line of a part: what a finding can point at.
    fn head(&self, part: &str) -> Span {
        let line = part.lines().next().unwrap_or_default();
        self.span(&part[..line.len()])
    }

    /// A value as it is.
    fn value(&self, raw: &RawValue, special: &dyn Fn(&str, &RawValue) -> Option<Value>) -> Value {
        let text = raw.get();
        let origin = Origin::written(self.span(text));
        let value = match text.as_bytes().first() {
            Some(b'{') => {
                if let Some(value) = special(text, raw) {
                    return value.with_origin(origin);
                }
                let fields = serde_json::from_str::<IndexMap<Cow<str>, &RawValue>>(text).unwrap_or_default();
                let fields = fields.into_iter().map(|(name, value)| (SmolStr::new(name), self.value(value, special)));
                Value::new(Kind::Object { fields: Arc::new(fields.collect()), rest: None, shape: ObjectShape::Object })
            }
            Some(b'[') => {
                let items = serde_json::from_str::<Vec<&RawValue>>(text).unwrap_or_default();
                Value::list(items.into_iter().map(|item| self.value(item, special)).collect())
            }
            Some(b'"') => match special(text, raw) {
                Some(value) => value,
                None => Value::text(serde_json::from_str::<Cow<str>>(text).unwrap_or_default()),
            },
            Some(b't') => Value::bool(true),
            Some(b'f') => Value::bool(false),
            Some(b'n') | None => Value::null(),
            Some(_) => Number::parse(text).map_or_else(Value::null, Value::number),
        };
        value.with_origin(origin)
    }

    /// A resource that stands there.
    fn resource(&self, address: &str, id: &ResourceId, names: Vec<Value>, body: Value, span: Span) -> Resource {
        let scope = Site { subscription: id.subscription.clone(), resource_group: id.resource_group.clone() };
        Resource::standing(Address::new(self.root, address), id.type_name.clone(), names, scope, body, span)
    }

    fn fault(&self, message: String) -> Fault {
        Fault { span: Span::new(self.file, 0, 0), message, opened: None }
    }
}
