//! In: a graph. Out: the same as JSON, which another run reads as an input.
//! Never: writes a secret, or an id that the next run would not write.

use super::json::pretty;
use super::shown::Shown;
use crate::evaluate::{GRAPH_VERSION, SavedGraph, SavedIdentity, SavedLink, SavedNode, SavedOrder, SavedPlace};
use crate::network::{End, Network, Place};
use crate::source::{Sources, Span};
use crate::value::{Kind, Pieces, RootId, Truth, Value};

/// The graph as JSON.
pub fn graph_as_json(network: &Network, sources: &Sources) -> String {
    pretty(&saved(network, sources))
}

/// The schema of that JSON.
pub fn graph_schema() -> String {
    pretty(&schemars::schema_for!(SavedGraph))
}

fn saved(network: &Network, sources: &Sources) -> SavedGraph {
    let places = network.places();
    let mut links: Vec<SavedLink> = places.iter().flat_map(|place| links(*place, network)).collect();
    links.sort_by(|a, b| (&a.from, &a.kind, &a.to).cmp(&(&b.from, &b.kind, &b.to)));
    let mut nodes: Vec<SavedNode> = places.iter().map(|place| node(*place, network, sources)).collect();
    nodes.sort_by(|a, b| (&a.type_name, &a.id).cmp(&(&b.type_name, &b.id)));
    SavedGraph { version: GRAPH_VERSION.into(), nodes, links, order: order(network, sources) }
}

fn node(place: Place, network: &Network, sources: &Sources) -> SavedNode {
    let identity = place.id().map(|id| SavedIdentity {
        subscription: part(id.subscription.as_ref()),
        resource_group: part(id.resource_group.as_ref()),
        names: id.names.iter().map(|name| part(Some(name))).collect(),
    });
    let mut body = json(place.body(), network, place.root());
    for (path, value) in place.set_by_others() {
        set(&mut body, path, json(&value, network, place.root()));
    }
    SavedNode {
        id: place.stable_id(),
        address: place.address().to_string(),
        type_name: place.kind().name.into(),
        name: place.id().and_then(|id| id.name()).and_then(Pieces::as_literal).map(str::to_string),
        identity,
        origin: if place.is_made() { "managed" } else { "existing" }.into(),
        exists: if place.is_certain() { "yes" } else { "unknown" }.into(),
        properties: body,
        open: place.open_kinds().into_iter().map(|kind| kind.name.to_string()).collect(),
        place: at(place.span(), sources),
    }
}

fn links(place: Place, network: &Network) -> Vec<SavedLink> {
    let link = |(link, step): (&crate::azure::Link, crate::network::Step)| {
        let to = match &step.end {
            End::Place(end) => end.stable_id(),
            End::Outside(text) => text.clone(),
            End::Unknown(_) => return None,
        };
        Some(SavedLink {
            from: place.stable_id(),
            to,
            kind: link.field.arm.into(),
            drawn_by: network.label(&step.drawn_by),
            certainty: if step.exists == Truth::Yes { "certain" } else { "unknown" }.into(),
        })
    };
    place.links().into_iter().filter_map(link).collect()
}

fn order(network: &Network, sources: &Sources) -> Vec<SavedOrder> {
    let root = |id: RootId| network.roots().iter().find(|root| root.id == id).map_or("", |root| root.path.as_str());
    let place = |span: Span| {
        let file = sources.file(span.file);
        format!("{}:{}", file.path, file.place(span.start as usize).line)
    };
    let mut order: Vec<SavedOrder> = network
        .waits()
        .into_iter()
        .map(|wait| SavedOrder {
            before: network.label(wait.before),
            after: network.label(wait.after),
            because: place(wait.span),
        })
        .collect();
    order.extend(network.root_order().into_iter().map(|(before, after, why)| SavedOrder {
        before: format!("root:{}", root(before)),
        after: format!("root:{}", root(after)),
        because: why.into(),
    }));
    order.sort_by(|a, b| (&a.after, &a.before, &a.because).cmp(&(&b.after, &b.before, &b.because)));
    order
}

fn part(pieces: Option<&Pieces>) -> serde_json::Value {
    match pieces {
        Some(pieces) => of_shown(Shown::of(&Value::pieces(pieces.clone()))),
        None => serde_json::Value::Null,
    }
}

/// A value in which whatever names a node of the graph is that node's id.
fn json(value: &Value, network: &Network, root: RootId) -> serde_json::Value {
    if value.secret {
        return of_shown(Shown::of(value));
    }
    match &value.kind {
        Kind::List { items, rest: None, .. } => items.iter().map(|item| json(item, network, root)).collect(),
        Kind::Object { fields, rest: None, .. } => {
            let fields = fields.iter().map(|(name, field)| (name.to_string(), json(field, network, root)));
            serde_json::Value::Object(fields.collect())
        }
        Kind::Reference(_) | Kind::Text(_) => match network.node_of(value, root) {
            Some(place) => serde_json::Value::String(place.stable_id()),
            None => of_shown(Shown::of(value)),
        },
        _ => of_shown(Shown::of(value)),
    }
}

fn of_shown(shown: Shown) -> serde_json::Value {
    serde_json::to_value(shown).unwrap_or(serde_json::Value::Null)
}

/// Sets what stands at a path that walks no list.
fn set(body: &mut serde_json::Value, path: &str, value: serde_json::Value) {
    if path.contains("[]") {
        return;
    }
    let mut at = body;
    for word in path.split('.') {
        if !at.is_object() {
            *at = serde_json::Value::Object(serde_json::Map::new());
        }
        let serde_json::Value::Object(fields) = at else { return };
        at = fields.entry(word).or_insert(serde_json::Value::Null);
    }
    *at = value;
}

fn at(span: Span, sources: &Sources) -> SavedPlace {
    let file = sources.file(span.file);
    let place = file.place(span.start as usize);
    SavedPlace { path: file.path.clone(), line: place.line, column: place.column }
}
