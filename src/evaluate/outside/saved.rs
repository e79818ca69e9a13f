//! In: a graph that another run saved. Out: its nodes and their order, as a root of its own.
//! Never: reads a graph of another version.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Reader;
use crate::evaluate::{Evaluated, Event, Need, Needs, Standing};
use crate::value::{Address, Hole, Pieces, Reason, Reference, ResourceId, Segment, SmolStr, Truth, Unknown, Value};

/// The version that is written and read.
pub const VERSION: &str = "1";

/// The graph of an estate, as `vnetlint graph --format json` writes it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SavedGraph {
    /// The version of this form: `1`.
    pub version: String,
    /// Every resource of the network.
    pub nodes: Vec<SavedNode>,
    /// What points at what.
    pub links: Vec<SavedLink>,
    /// What is made before what.
    pub order: Vec<SavedOrder>,
}

/// A resource.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SavedNode {
    /// Its Azure id where all of that is known; else `root:PATH/ADDRESS`. The same on every run.
    pub id: String,
    /// Its address in its root.
    pub address: String,
    /// Its type in ARM's words.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Its own name, where it is known.
    pub name: Option<String>,
    /// The parts of its id.
    pub identity: Option<SavedIdentity>,
    /// `managed`: made here. `existing`: read or deployed.
    pub origin: String,
    /// `yes`, or `unknown` where a condition decides.
    pub exists: String,
    /// Its body in ARM's shape; what is not known is `{"unknown": "var.x"}`.
    pub properties: serde_json::Value,
    /// The types of children and links of which there may be more than the graph holds.
    pub open: Vec<String>,
    /// Where it is declared.
    pub place: SavedPlace,
}

/// The parts of an id; each is a text, or `{"unknown": "var.x"}`, or null where nobody said it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedIdentity {
    /// The subscription.
    pub subscription: serde_json::Value,
    /// The resource group.
    pub resource_group: serde_json::Value,
    /// The names, the outermost first.
    pub names: Vec<serde_json::Value>,
}

/// A place in a file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SavedPlace {
    /// The file, from the root of the repository.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in UTF-16 units, from 1.
    pub column: usize,
}

/// Something that points at something.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SavedLink {
    /// The id of the node that points.
    pub from: String,
    /// The id of the node that it points at; what lies outside by its Azure id.
    pub to: String,
    /// The field that points.
    pub kind: String,
    /// The address of the block that says so.
    pub drawn_by: String,
    /// `certain`, or `unknown` where a condition decides.
    pub certainty: String,
}

/// One thing is made before another.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct SavedOrder {
    /// What is made first: `root:PATH/ADDRESS` of its declaration, or `root:PATH` of a whole deployment.
    pub before: String,
    /// What waits for it.
    pub after: String,
    /// Who says so: `PATH:LINE`, or a sentence.
    pub because: String,
}

/// What is read of a graph.
#[derive(Deserialize)]
struct Read<'t> {
    #[serde(borrow)]
    version: Cow<'t, str>,
    #[serde(default, borrow)]
    nodes: Vec<&'t RawValue>,
    #[serde(default)]
    order: Vec<SavedOrder>,
}

#[derive(Deserialize)]
struct Node<'t> {
    #[serde(borrow)]
    id: Cow<'t, str>,
    #[serde(rename = "type", borrow)]
    type_name: Cow<'t, str>,
    #[serde(default)]
    identity: Option<SavedIdentity>,
    #[serde(default, borrow)]
    exists: Option<Cow<'t, str>>,
    #[serde(borrow)]
    properties: &'t RawValue,
    #[serde(default)]
    open: Vec<String>,
}

/// An object with a version, nodes and links.
pub fn is_graph(text: &str) -> bool {
    #[derive(Deserialize)]
    #[allow(dead_code)] // That they are there is all that is asked.
    struct Shape<'t> {
        #[serde(borrow)]
        version: Cow<'t, str>,
        #[serde(borrow)]
        nodes: &'t RawValue,
        #[serde(borrow)]
        links: &'t RawValue,
    }
    serde_json::from_str::<Shape>(text).is_ok()
}

/// The nodes of a graph.
pub fn read(reader: &Reader, text: &str) -> Evaluated {
    let mut evaluated = Evaluated { standing: Standing::Saved, ..Evaluated::default() };
    let graph = match serde_json::from_str::<Read>(text.trim()) {
        Ok(graph) => graph,
        Err(reason) => {
            evaluated.faults.push(reader.fault(format!("this graph cannot be read: {reason}")));
            return evaluated;
        }
    };
    if graph.version != VERSION {
        evaluated.faults.push(reader.fault(format!(
            "this is a graph of version {}, and version {VERSION} is read here: write it again with `vnetlint graph \
             --format json` of this version",
            graph.version
        )));
        return evaluated;
    }
    for raw in graph.nodes {
        let node = match serde_json::from_str::<Node>(raw.get()) {
            Ok(node) => node,
            Err(reason) => {
                evaluated.faults.push(reader.fault(format!("a node of this graph cannot be read: {reason}")));
                continue;
            }
        };
        let (id, names) = identity(reader, &node);
        let body = reader.value(node.properties, &|text, _| special(reader, text));
        let mut resource = reader.resource(address(&node.id), &id, names, body, reader.head(raw.get()));
        if node.exists.as_deref() == Some("unknown") {
            resource.exists = Truth::Unknown;
            resource.decides = Some(unknown(reader, &format!("whether {} is made", address(&node.id))));
        }
        let own = resource.address.clone();
        evaluated.open.extend(node.open.into_iter().map(|kind| (own.clone(), SmolStr::new(kind))));
        evaluated.resources.push(resource);
    }
    evaluated.needs = needs(reader, graph.order);
    evaluated
}

/// The address of a node in the root that the graph is: its label without `root:`.
fn address(id: &str) -> &str {
    id.strip_prefix("root:").unwrap_or(id)
}

fn identity(reader: &Reader, node: &Node) -> (ResourceId, Vec<Value>) {
    let part = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => Some(Pieces::literal(text)),
        serde_json::Value::Object(fields) => {
            let name = fields.get("unknown").and_then(serde_json::Value::as_str)?;
            Some(Pieces::hole(Hole::Unknown(unknown(reader, name))))
        }
        _ => None,
    };
    let type_name = SmolStr::new(node.type_name.to_lowercase());
    match &node.identity {
        Some(identity) => {
            let names: Vec<Pieces> = identity.names.iter().filter_map(part).collect();
            let values = names.iter().cloned().map(Value::pieces).collect();
            let (subscription, resource_group) = (part(&identity.subscription), part(&identity.resource_group));
            (ResourceId { subscription, resource_group, type_name, names }, values)
        }
        None => (ResourceId { subscription: None, resource_group: None, type_name, names: Vec::new() }, Vec::new()),
    }
}

fn unknown(reader: &Reader, name: &str) -> Unknown {
    Unknown::new(reader.root, name, Reason::Remote)
}

/// `{"unknown": "var.x"}`, and a text that names a node of the same graph.
fn special(reader: &Reader, text: &str) -> Option<Value> {
    if text.starts_with('"') {
        let label = text.strip_prefix("\"root:")?.strip_suffix('"')?;
        let id: std::sync::Arc<[Segment]> = vec![Segment::Field("id".into())].into();
        return Some(Value::reference(Reference { address: Address::new(reader.root, label), path: id }));
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Hidden<'t> {
        #[serde(borrow)]
        unknown: Cow<'t, str>,
    }
    let hidden = serde_json::from_str::<Hidden>(text).ok()?;
    Some(Value::unknown(unknown(reader, &hidden.unknown)))
}

fn needs(reader: &Reader, order: Vec<SavedOrder>) -> Needs {
    let span = reader.head(reader.text);
    let event = |label: &str| Event::Done(Address::new(reader.root, address(label)).declaration());
    let mut of: BTreeMap<Event, Vec<Need>> = BTreeMap::new();
    for SavedOrder { before, after, .. } in order {
        of.entry(event(&after)).or_default().push(Need { event: event(&before), span });
    }
    Needs { of, ..Needs::default() }
}
