//! In: objects, of which fields may be unknown. Out: their keys and items, and objects laid over each other.
//! Never: keeps a field that what is not known may have replaced.

use indexmap::IndexMap;

use super::super::Run::{Known, Partial};
use super::super::{Answer, Context, Function, MANY, MOST_ITEMS, read, row, unknown};
use crate::value::{Hole, Kind, ListShape, ObjectShape, SmolStr, Truth, Value};

pub const FUNCTIONS: &[Function] = &[
    row("intersection", (2, MANY), Known(intersection), ("intersection(['a', 'b'], ['b'])", r#"["b"]"#)),
    row("items", (1, 1), Partial(items), ("items({ b: 1, a: 2 })", r#"[{"key":"a","value":2},{"key":"b","value":1}]"#)),
    row("objectKeys", (1, 1), Partial(object_keys), ("objectKeys({ a: 1, b: 2 })", r#"["a","b"]"#)),
    row("shallowMerge", (1, 1), Partial(shallow_merge), ("shallowMerge([{ a: 1 }, { b: 2 }])", r#"{"a":1,"b":2}"#)),
    row("union", (1, MANY), Partial(union), ("union({ a: { x: 1 } }, { a: { y: 2 } })", r#"{"a":{"x":1,"y":2}}"#)),
];

/// The field of a name: ARM finds them in any case of letters.
pub fn field<'a>(fields: &'a IndexMap<SmolStr, Value>, name: &str) -> Option<&'a Value> {
    fields.get(name).or_else(|| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// Sorted in the order of `items`: letters before case, small letters first.
fn sorted(fields: &IndexMap<SmolStr, Value>) -> Vec<&SmolStr> {
    let mut keys: Vec<&SmolStr> = fields.keys().collect();
    keys.sort_by(|a, b| a.to_lowercase().cmp(&b.to_lowercase()).then_with(|| b.cmp(a)));
    keys
}

fn items(context: &Context, arguments: &[Value]) -> Answer {
    if arguments[0].hole().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    let fields = read::fields(&arguments[0])?;
    let item = |key: &SmolStr| {
        Value::object([(SmolStr::new("key"), Value::text(key)), (SmolStr::new("value"), fields[key].clone())])
    };
    let rest = arguments[0].rest().map(|_| unknown::hole(context, arguments));
    Ok(read::list_with(sorted(fields).into_iter().map(item).collect(), rest, ListShape::Tuple))
}

fn object_keys(context: &Context, arguments: &[Value]) -> Answer {
    if arguments[0].hole().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    let keys = read::fields(&arguments[0])?.keys().map(Value::text).collect();
    let rest = arguments[0].rest().map(|_| unknown::hole(context, arguments));
    Ok(read::list_with(keys, rest, ListShape::Tuple))
}

fn shallow_merge(context: &Context, arguments: &[Value]) -> Answer {
    if arguments[0].rest().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    merged(context, read::items(&arguments[0])?, false)
}

fn union(context: &Context, arguments: &[Value]) -> Answer {
    let is_list = |value: &Value| matches!(value.kind, Kind::List { .. });
    let is_object = |value: &Value| matches!(value.kind, Kind::Object { .. });
    match (arguments.iter().any(is_list), arguments.iter().any(is_object)) {
        (true, false) => union_of_lists(context, arguments),
        (false, true) => merged(context, arguments, true),
        (false, false) if arguments.iter().any(|value| value.hole().is_some()) => Ok(unknown::of(context, arguments)),
        _ => Err("union takes lists or objects".to_string()),
    }
}

fn union_of_lists(context: &Context, arguments: &[Value]) -> Answer {
    let mut all = Vec::new();
    let mut open = false;
    for argument in arguments {
        open |= argument.rest().is_some();
        if argument.hole().is_none() {
            all.extend_from_slice(read::items(argument)?);
        }
    }
    let kept = read::distinct(all);
    if kept.len() > MOST_ITEMS {
        return Ok(unknown::limit(context));
    }
    let open = open || read::may_repeat(&kept);
    Ok(read::list_with(kept, open.then(|| unknown::hole(context, arguments)), ListShape::Tuple))
}

/// Objects laid over each other; with `deep`, objects inside them as well. Lists replace each other.
fn merged(context: &Context, objects: &[Value], deep: bool) -> Answer {
    let mut merged: IndexMap<SmolStr, Value> = IndexMap::new();
    let mut open = false;
    let mut secret = false;
    for object in objects {
        secret |= object.secret;
        if object.rest().is_some() {
            open = true;
            // What is not known may replace what came before.
            for (key, value) in &mut merged {
                *value = replaced(context, key, &[object.clone(), value.clone()]);
            }
        }
        match &object.kind {
            Kind::Unknown(_) | Kind::Reference(_) | Kind::OneOf { .. } | Kind::Null => {}
            Kind::Object { fields, .. } => {
                for (key, value) in fields.iter() {
                    let value = match merged.get(key) {
                        Some(before) if deep => laid_over(context, key, before, value)?,
                        // An object may be laid over one that cannot be seen.
                        None if deep && open => opened(value, &unknown::hole(context, objects)),
                        _ => value.clone(),
                    };
                    merged.insert(key.clone(), value);
                }
            }
            _ => return Err(format!("an object is needed here, not {}", read::name_of(object))),
        }
    }
    // Of one open object among closed ones nothing else can be meant than what it leaves open.
    let mut rests = objects.iter().filter_map(Value::rest);
    let rest = match (rests.next(), rests.next()) {
        (Some(Hole::Unknown(only)), None) if objects.iter().all(|object| object.hole().is_none()) => {
            Some(Hole::Unknown(only))
        }
        _ => open.then(|| unknown::hole(context, objects)),
    };
    let fields = std::sync::Arc::new(merged);
    Ok(Value::new(Kind::Object { fields, rest, shape: ObjectShape::Object }).with_secret(secret))
}

/// An object, and the objects in it, that may have more fields than are known.
fn opened(value: &Value, hole: &Hole) -> Value {
    match &value.kind {
        Kind::Object { fields, rest, shape } => {
            let fields: IndexMap<SmolStr, Value> =
                fields.iter().map(|(key, value)| (key.clone(), opened(value, hole))).collect();
            let rest = Some(rest.clone().unwrap_or_else(|| hole.clone()));
            Value { kind: Kind::Object { fields: fields.into(), rest, shape: *shape }, ..value.clone() }
        }
        _ => value.clone(),
    }
}

fn replaced(context: &Context, key: &str, values: &[Value]) -> Value {
    let form = format!("{}.{key}", context.source_form);
    unknown::of(&Context { source_form: &form, ..*context }, values)
}

fn laid_over(context: &Context, key: &str, before: &Value, value: &Value) -> Answer {
    let object = |value: &Value| matches!(value.kind, Kind::Object { .. });
    match (object(before), object(value)) {
        (true, true) => {
            let form = format!("{}.{key}", context.source_form);
            merged(&Context { source_form: &form, ..*context }, &[before.clone(), value.clone()], true)
        }
        // If it is an object it is laid over the one before; else it replaces it.
        (true, false) if value.hole().is_some() => Ok(replaced(context, key, &[before.clone(), value.clone()])),
        (false, true) if before.hole().is_some() => Ok(replaced(context, key, &[before.clone(), value.clone()])),
        _ => Ok(value.clone()),
    }
}

fn intersection(arguments: &[Value]) -> Answer {
    let [first, others @ ..] = arguments else { return Err("intersection takes lists or objects".to_string()) };
    if let Some(items) = first.items() {
        let mut shared = read::distinct(items.to_vec());
        for other in others {
            let other = read::items(other)?;
            shared.retain(|item| other.iter().any(|o| o.same(item) == Truth::Yes));
        }
        return Ok(Value::list(shared));
    }
    let mut shared = read::fields(first)?.clone();
    for other in others {
        let other = read::fields(other)?;
        shared.retain(|key, value| other.get(key).is_some_and(|o| o.same(value) == Truth::Yes));
    }
    Ok(Value::object(shared))
}
