//! In: a resource in the words of its language. Out: its type, its name and its body in ARM's words.
//! Never: resolves a reference; the graph does that.

use std::sync::Arc;

use indexmap::IndexMap;

use super::field::{Change, Part, parts};
use super::{Field, JOINS, Join, Naming, SAID, Type, by_arm_name, by_azurerm_name, identity};
use crate::evaluate::functions::json_with_holes;
use crate::evaluate::{Resource, form};
use crate::syntax::Dialect;
use crate::value::{
    Hole, Kind, ListShape, ObjectShape, Piece, Pieces, Reach, ResourceId, SmolStr, Truth, Unknown, Value,
};

/// A resource in ARM's words.
#[derive(Debug)]
pub enum Translated {
    /// A resource of a known type.
    Place {
        /// Its type.
        kind: &'static Type,
        /// Its name.
        named: Named,
        /// Its body: `properties`, `location`, `identity`, …
        body: Value,
    },
    /// It sets a field of another resource.
    Join {
        /// Which one it is.
        join: &'static Join,
        /// The id of the resource that it sets a field of.
        of: Value,
        /// What it sets.
        value: Value,
    },
    /// It is no part of the network; it may still hide one.
    Other,
}

/// How a resource is named.
#[derive(Clone, Debug)]
pub enum Named {
    /// By all parts of its id.
    Fully(ResourceId),
    /// By its own name and the id of what it lies in.
    Within {
        /// The id of what it lies in.
        parent: Value,
        /// Its name.
        name: Option<Pieces>,
    },
    /// Nobody can tell.
    Not,
}

/// Says one resource in ARM's words.
pub fn in_arm_words(resource: &Resource) -> Translated {
    match resource.dialect {
        Dialect::Bicep => of_arm(resource),
        Dialect::Terraform => match resource.type_name.as_str() {
            "azapi_resource" | "azapi_update_resource" => of_azapi(resource),
            name => of_azurerm(resource, name),
        },
    }
}

fn of_arm(resource: &Resource) -> Translated {
    let Some(kind) = by_arm_name(&resource.type_name) else { return of_extension(resource) };
    if kind == &identity::ROLE_ASSIGNMENT {
        return extending(kind, scope_of(resource), &resource.body);
    }
    let names: Option<Vec<Pieces>> = resource.names.iter().map(as_pieces).collect();
    let named = match names {
        Some(names) if !names.is_empty() => Named::Fully(ResourceId {
            subscription: resource.scope.subscription.clone(),
            resource_group: resource.scope.resource_group.clone(),
            type_name: kind.name.to_lowercase().into(),
            names,
        }),
        _ => Named::Not,
    };
    Translated::Place { kind, named, body: with_list_of_identities(&resource.body) }
}

/// ARM has the ids of identities as the keys of an object: they become a list, as azurerm writes it.
fn with_list_of_identities(body: &Value) -> Value {
    let Some(Kind::Object { fields: identity, rest: open, shape }) =
        body.fields().and_then(|fields| fields.get("identity")).map(|identity| &identity.kind)
    else {
        return body.clone();
    };
    const IDS: &str = "userAssignedIdentities";
    let Some(Kind::Object { fields: ids, rest, .. }) = identity.get(IDS).map(|ids| &ids.kind) else {
        return body.clone();
    };
    // A key that is not known is a hole; it may remember the text that it stands for.
    let (item, rest) = match rest {
        Some(Hole::Reference(reference)) => (Some(Value::reference(reference.clone())), None),
        Some(Hole::Unknown(unknown)) => match unknown.text() {
            Some(text) => (Some(Value::pieces(text.clone())), None),
            None => (None, rest.clone()),
        },
        None => (None, None),
    };
    let origin = identity[IDS].origin.clone();
    let keys = ids.iter().map(|(id, value)| Value::text(id).with_origin(value.origin.clone()));
    let items = keys.chain(item.map(|item| item.with_origin(origin.clone()))).collect();
    let list = Value::new(Kind::List { items: Arc::new(items), rest, shape: ListShape::List }).with_origin(origin);
    let mut identity = identity.as_ref().clone();
    identity.insert(SmolStr::new(IDS), list);
    let mut fields = body.fields().cloned().unwrap_or_default();
    let of_identity = fields["identity"].origin.clone();
    let identity = Value::new(Kind::Object { fields: Arc::new(identity), rest: open.clone(), shape: *shape });
    fields.insert(SmolStr::new("identity"), identity.with_origin(of_identity));
    let Kind::Object { rest, shape, .. } = &body.kind else { return body.clone() };
    Value { kind: Kind::Object { fields: Arc::new(fields), rest: rest.clone(), shape: *shape }, ..body.clone() }
}

/// An extension of a resource, which older templates name as a part of it: `Microsoft.Network/virtualNetworks/providers/
/// roleAssignments`.
fn of_extension(resource: &Resource) -> Translated {
    let Some((extended, kind)) = resource.type_name.rsplit_once("/providers/") else { return Translated::Other };
    let is_role = kind.eq_ignore_ascii_case(identity::ROLE_ASSIGNMENT.kind());
    let names: Option<Vec<Pieces>> = resource.names.iter().map(as_pieces).collect();
    let (true, Some([names @ .., _, _])) = (is_role, names.as_deref()) else { return Translated::Other };
    let id = ResourceId {
        subscription: resource.scope.subscription.clone(),
        resource_group: resource.scope.resource_group.clone(),
        type_name: SmolStr::new(extended.to_lowercase()),
        names: names.to_vec(),
    };
    extending(&identity::ROLE_ASSIGNMENT, id.to_pieces().map(Value::pieces), &resource.body)
}

/// An extension says what it extends in `scope`; its own name is not looked up.
fn extending(kind: &'static Type, scope: Option<Value>, body: &Value) -> Translated {
    let mut fields = body.fields().cloned().unwrap_or_default();
    match scope {
        Some(scope) => fields.insert(SmolStr::new("scope"), scope),
        None => fields.shift_remove("scope"),
    };
    let body = Value::object(fields).with_origin(body.origin.clone());
    Translated::Place { kind, named: Named::Not, body }
}

/// What an extension extends: what its `scope` names, else the resource group or subscription that is deployed to.
fn scope_of(resource: &Resource) -> Option<Value> {
    let here = || {
        let mut pieces = vec![Piece::Literal(SmolStr::new("/subscriptions/"))];
        pieces.extend(resource.scope.subscription.as_ref()?.pieces().iter().cloned());
        if let Some(group) = &resource.scope.resource_group {
            pieces.push(Piece::Literal(SmolStr::new("/resourceGroups/")));
            pieces.extend(group.pieces().iter().cloned());
        }
        Some(Pieces::of(pieces))
    };
    let scope = resource.body.fields().and_then(|fields| fields.get("scope")).filter(|scope| !scope.is_null());
    match scope.map(|scope| &scope.kind) {
        None => here().map(Value::pieces),
        // A template may name it by type and name alone: `Microsoft.Network/virtualNetworks/spoke`.
        Some(Kind::Text(pieces)) if pieces.start().contains('.') && !pieces.start().starts_with('/') => {
            let relative = Pieces::concat([&here()?, &Pieces::literal("/providers/"), pieces]);
            let scope = scope.map(|scope| scope.origin.clone()).unwrap_or_default();
            Some(Value::pieces(relative).with_origin(scope))
        }
        // `scope: subscription()` is an object with an id.
        Some(Kind::Object { fields, .. }) => fields.get("id").cloned().or_else(|| here().map(Value::pieces)),
        Some(_) => scope.cloned(),
    }
}

/// `azapi_resource` holds ARM's own words (<https://registry.terraform.io/providers/Azure/azapi/latest/docs>).
fn of_azapi(resource: &Resource) -> Translated {
    let get = |name: &str| resource.body.fields().and_then(|fields| fields.get(name));
    let type_name = get("type").and_then(|value| value.as_text()).and_then(|text| text.split('@').next());
    let Some(kind) = type_name.and_then(by_arm_name) else { return Translated::Other };
    let body = match get("body") {
        // Version 1 took the body as JSON.
        Some(Value { kind: Kind::Text(pieces), .. }) => json_with_holes(pieces, true).unwrap_or_else(Value::null),
        Some(body) => body.clone(),
        None => Value::object([]),
    };
    let body = with_list_of_identities(&beside_the_body(&body, get("location"), get("identity")));
    if kind == &identity::ROLE_ASSIGNMENT {
        return extending(kind, get("parent_id").cloned(), &body);
    }
    let named = match (get("resource_id").and_then(as_pieces), get("parent_id")) {
        (Some(id), _) => ResourceId::parse(&id).map_or(Named::Not, Named::Fully),
        (None, Some(parent)) => Named::Within { parent: parent.clone(), name: get("name").and_then(as_pieces) },
        (None, None) => Named::Not,
    };
    Translated::Place { kind, named, body }
}

fn of_azurerm(resource: &Resource, name: &str) -> Translated {
    let get = |name: &str| resource.body.fields().and_then(|fields| fields.get(name));
    if let Some(join) = JOINS.iter().find(|join| join.azurerm == name && !resource.existing) {
        let argument = |name: &str| get(name).cloned().unwrap_or_else(Value::null);
        return Translated::Join { join, of: argument(join.of), value: argument(join.sets) };
    }
    let Some((kind, naming)) = by_azurerm_name(name) else { return Translated::Other };
    let own_name = get("name").and_then(as_pieces);
    let group = get("resource_group_name").and_then(as_pieces);
    let id = |names: Vec<Pieces>| ResourceId {
        subscription: resource.scope.subscription.clone(),
        resource_group: group.clone(),
        type_name: kind.name.to_lowercase().into(),
        names,
    };
    let named = match (naming, own_name) {
        (Naming::Own, Some(name)) => Named::Fully(id(vec![name])),
        (Naming::Below(parent), Some(name)) => match get(parent).and_then(as_pieces) {
            Some(parent) => Named::Fully(id(vec![parent, name])),
            None => Named::Not,
        },
        (Naming::BelowId(by_id, by_name), name) => {
            match (get(by_id).filter(|id| !id.is_null()), get(by_name).and_then(as_pieces), name) {
                (Some(parent), _, name) => Named::Within { parent: parent.clone(), name },
                (None, Some(parent), Some(name)) => Named::Fully(id(vec![parent, name])),
                _ => Named::Not,
            }
        }
        (Naming::Own | Naming::Below(_), None) | (Naming::Inside, _) => Named::Not,
    };
    let named = if kind == &identity::ROLE_ASSIGNMENT { Named::Not } else { named };
    // Only a plan or a state knows the id itself.
    let known = get("id").and_then(as_pieces).filter(|id| id.as_literal().is_some());
    let known = known.and_then(|id| ResourceId::parse(&id)).filter(|id| id.type_name.eq_ignore_ascii_case(kind.name));
    let named = known.map_or(named, Named::Fully);
    Translated::Place { kind, named, body: body_in_arm_words(kind, name, &resource.body) }
}

/// azapi takes the region and the identity beside the body, the identity as a block.
fn beside_the_body(body: &Value, location: Option<&Value>, identity: Option<&Value>) -> Value {
    let Kind::Object { fields, rest, shape } = &body.kind else { return body.clone() };
    let mut fields = fields.as_ref().clone();
    if let (Some(location), false) = (location.filter(|location| !location.is_null()), fields.contains_key("location"))
    {
        fields.insert(SmolStr::new("location"), location.clone());
    }
    let block = identity.map(|identity| identity.items().and_then(<[Value]>::first).unwrap_or(identity));
    if let (Some(block), false) = (block.and_then(Value::fields), fields.contains_key("identity")) {
        let renamed = block.iter().map(|(name, value)| match name.as_str() {
            "identity_ids" => (SmolStr::new("userAssignedIdentities"), value.clone()),
            _ => (name.clone(), value.clone()),
        });
        let origin = identity.map(|identity| identity.origin.clone()).unwrap_or_default();
        fields.insert(SmolStr::new("identity"), Value::object(renamed).with_origin(origin));
    }
    Value { kind: Kind::Object { fields: Arc::new(fields), rest: rest.clone(), shape: *shape }, ..body.clone() }
}

/// How far a choice is looked into for what its texts hang on.
const CHOSEN_FROM: Reach = Reach { levels: 33, most: 32, candidates: true };

/// A value as a stretch of a name.
pub fn as_pieces(value: &Value) -> Option<Pieces> {
    match &value.kind {
        Kind::Text(pieces) => Some(pieces.clone()),
        Kind::Number(number) => Some(Pieces::literal(&number.to_string())),
        Kind::Unknown(_) | Kind::Reference(_) => value.hole().map(Pieces::hole),
        // Two names that hang on one condition are not one name: what is chosen from is a part of it.
        Kind::OneOf { .. } => {
            let mut holes = Vec::new();
            value.holes(CHOSEN_FROM, &mut holes);
            Unknown::derived(form(value), &holes).map(|unknown| Pieces::hole(Hole::Unknown(unknown)))
        }
        _ => None,
    }
}

/// A body that is being built: a tree in which several fields fill the same objects and lists.
enum Tree {
    Leaf(Value),
    Object(IndexMap<SmolStr, Tree>),
    List(Vec<Tree>, Option<Hole>),
}

/// What stands at a path of an azurerm body.
enum Found {
    Value(Value),
    List(Vec<Option<Found>>, Option<Hole>),
}

fn body_in_arm_words(kind: &'static Type, azurerm: &str, body: &Value) -> Value {
    let mut tree = Tree::Object(IndexMap::new());
    for said in SAID.iter().filter(|said| said.by == azurerm) {
        if said.block.is_empty() || find(body, &parts(said.block), Change::Same).is_some() {
            place(&mut tree, &parts(said.arm), Found::Value(Value::text(said.text)));
        }
    }
    for field in kind.fields {
        for spelling in field.azurerm.iter().flatten() {
            let Some(found) = find(body, &parts(spelling.path), spelling.change) else { continue };
            place(&mut tree, &parts(field.arm), found);
        }
    }
    // The items of a list are resources of their own, in the words of theirs.
    for split in kind.splits.iter().filter(|split| !split.azurerm.is_empty()) {
        let item = |list: &'static str| [Part::Field(list), Part::Each];
        let list: Vec<Part> = parts(split.list).into_iter().chain([Part::Each]).collect();
        for field in split.of.fields {
            for spelling in field.azurerm.iter().flatten() {
                let path: Vec<Part> = item(split.azurerm).into_iter().chain(parts(spelling.path)).collect();
                let Some(found) = find(body, &path, spelling.change) else { continue };
                place(&mut tree, &[list.clone(), parts(field.arm)].concat(), found);
            }
        }
    }
    grown(tree)
}

/// What stands at `path`; nulls are not there, and a list of one block is entered.
fn find(value: &Value, path: &[Part], change: Change) -> Option<Found> {
    match (path, &value.kind) {
        ([], Kind::Null) => None,
        ([], Kind::List { items, rest: None, .. }) if items.is_empty() && change == Change::Present => None,
        ([], _) => Some(Found::Value(changed(value, change))),
        ([Part::Each, path @ ..], Kind::List { items, rest, .. }) => {
            Some(Found::List(items.iter().map(|item| find(item, path, change)).collect(), rest.clone()))
        }
        ([Part::Each, path @ ..], Kind::Object { .. }) => Some(Found::List(vec![find(value, path, change)], None)),
        ([Part::Each, ..], _) => value.hole().map(|hole| Found::List(Vec::new(), Some(hole))),
        ([Part::Field(name), path @ ..], Kind::Object { fields, rest, .. }) => match (fields.get(*name), rest) {
            (Some(field), _) => find(field, path, change),
            (None, Some(Hole::Unknown(unknown))) => Some(Found::Value(Value::unknown(unknown.clone()))),
            (None, _) => None,
        },
        ([Part::Field(_), ..], Kind::List { items, rest, .. }) => match (items.first(), rest) {
            (Some(item), _) => find(item, path, change),
            (None, Some(hole)) => Some(Found::Value(Value::of_hole(hole.clone()))),
            (None, None) => None,
        },
        ([Part::Field(_), ..], Kind::OneOf { condition, values }) => {
            let found: Vec<Value> = values
                .iter()
                .map(|value| match find(value, path, change) {
                    Some(Found::Value(value)) => value,
                    Some(Found::List(..)) => Value::unknown(condition.clone()),
                    None => Value::null(),
                })
                .collect();
            Some(Found::Value(Value::one_of(condition.clone(), found)))
        }
        ([Part::Field(_), ..], _) => value.hole().map(|hole| Found::Value(Value::of_hole(hole))),
    }
}

fn changed(value: &Value, change: Change) -> Value {
    let result = match change {
        Change::Same => return value.clone(),
        Change::Inverted => match value.is_true() {
            Truth::Yes => Value::bool(false),
            Truth::No => Value::bool(true),
            Truth::Unknown => match value.hole() {
                Some(hole) => Value::unknown(hole.unknown()),
                None => return value.clone(),
            },
        },
        Change::Enabled => match value.is_true() {
            Truth::Yes => Value::text("Enabled"),
            Truth::No => Value::text("Disabled"),
            Truth::Unknown => match &value.kind {
                Kind::OneOf { condition, values } => {
                    Value::one_of(condition.clone(), values.iter().map(|value| changed(value, change)))
                }
                _ => match value.hole() {
                    Some(hole) => Value::unknown(hole.unknown()),
                    None => return value.clone(),
                },
            },
        },
        Change::Present => match &value.kind {
            Kind::List { items, rest: Some(hole), .. } if items.is_empty() => Value::of_hole(hole.clone()),
            Kind::OneOf { condition, values } => {
                Value::one_of(condition.clone(), values.iter().map(|value| changed(value, change)))
            }
            Kind::List { items, .. } => Value::bool(!items.is_empty()),
            Kind::Unknown(unknown) => Value::unknown(unknown.clone()),
            _ => Value::bool(true),
        },
    };
    result.with_origin(value.origin.clone())
}

fn place(tree: &mut Tree, path: &[Part], found: Found) {
    match (path, found) {
        ([], Found::Value(value)) => *tree = Tree::Leaf(value),
        // A list of scalars, as in `dns_servers`, is a value; this is one whose items were walked.
        ([], Found::List(..)) => {}
        ([Part::Field(name), path @ ..], found) => {
            if !matches!(tree, Tree::Object(_)) {
                *tree = Tree::Object(IndexMap::new());
            }
            if let Tree::Object(fields) = tree {
                let inner = fields.entry(SmolStr::new(*name)).or_insert_with(|| match path.first() {
                    Some(Part::Each) => Tree::List(Vec::new(), None),
                    _ => Tree::Object(IndexMap::new()),
                });
                place(inner, path, found);
            }
        }
        ([Part::Each, path @ ..], Found::List(items, rest)) => {
            if let Tree::List(known, open) = tree {
                for (index, item) in items.into_iter().enumerate() {
                    if known.len() <= index {
                        known.push(Tree::Object(IndexMap::new()));
                    }
                    if let Some(item) = item {
                        place(&mut known[index], path, item);
                    }
                }
                *open = open.take().or(rest);
            }
        }
        // azurerm names one thing where ARM has a list of one.
        ([Part::Each, path @ ..], Found::Value(value)) => {
            if let Tree::List(known, open) = tree {
                match &value.kind {
                    Kind::Unknown(_) if path.is_empty() => *open = value.hole(),
                    // None is none: a plan spells out the lists that nobody wrote.
                    Kind::List { items, rest: None, .. } if items.is_empty() => {}
                    _ => {
                        if known.is_empty() {
                            known.push(Tree::Object(IndexMap::new()));
                        }
                        place(&mut known[0], path, Found::Value(value));
                    }
                }
            }
        }
    }
}

fn grown(tree: Tree) -> Value {
    match tree {
        Tree::Leaf(value) => value,
        Tree::Object(fields) => {
            let fields = fields.into_iter().map(|(name, tree)| (name, grown(tree)));
            Value::new(Kind::Object { fields: Arc::new(fields.collect()), rest: None, shape: ObjectShape::Object })
        }
        Tree::List(items, rest) => {
            let items = items.into_iter().map(grown).collect();
            Value::new(Kind::List { items: Arc::new(items), rest, shape: ListShape::List })
        }
    }
}

/// What stands at a field's ARM path in a body; a path that walks lists gives every item.
pub fn values_at<'v>(body: &'v Value, field: &Field) -> Vec<At<'v>> {
    let mut found = Vec::new();
    walk(body, &parts(field.arm), &mut found);
    if let Some(single) = field.single
        && !found.iter().any(|at| matches!(at, At::Value(_)))
    {
        walk(body, &parts(single), &mut found);
    }
    found
}

/// The null that stands at a field's ARM path: somebody writes it, or gives nothing to the input that it is read from.
pub fn null_at<'v>(body: &'v Value, field: &Field) -> Option<&'v Value> {
    let mut value = body;
    for part in parts(field.arm) {
        let (Part::Field(name), Kind::Object { fields, .. }) = (part, &value.kind) else { return None };
        let of_any_case = || fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        value = fields.get(name).or_else(of_any_case)?;
    }
    value.is_null().then_some(value)
}

/// One thing that stands at a path.
#[derive(Clone, Debug)]
pub enum At<'v> {
    /// A value.
    Value(&'v Value),
    /// There may be something, or more of it, for this reason.
    Maybe(Hole),
}

fn walk<'v>(value: &'v Value, path: &[Part], found: &mut Vec<At<'v>>) {
    match (path, &value.kind) {
        ([], Kind::Null) => {}
        ([], _) => found.push(At::Value(value)),
        ([Part::Each, path @ ..], Kind::List { items, rest, .. }) => {
            items.iter().for_each(|item| walk(item, path, found));
            found.extend(rest.clone().map(At::Maybe));
        }
        ([Part::Field(name), path @ ..], Kind::Object { fields, rest, .. }) => {
            // ARM reads property names in any case of letters.
            let field = fields
                .get(*name)
                .or_else(|| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value));
            match (field, rest) {
                (Some(field), _) => walk(field, path, found),
                (None, Some(Hole::Unknown(unknown))) => found.push(At::Maybe(Hole::Unknown(unknown.clone()))),
                (None, _) => {}
            }
        }
        (_, Kind::OneOf { values, condition }) => {
            // A field of one of several objects: there, if every candidate has it; else perhaps.
            let mut inner = Vec::new();
            values.iter().for_each(|value| walk(value, path, &mut inner));
            found.push(At::Maybe(Hole::Unknown(condition.clone())));
            found.extend(inner.into_iter().filter(|at| matches!(at, At::Maybe(_))));
        }
        _ => found.extend(value.hole().map(At::Maybe)),
    }
}
