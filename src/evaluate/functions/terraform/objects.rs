//! In: objects and maps, of which fields may be unknown. Out: the same put together, turned and looked into.
//! Never: keeps a field that what is not known may have replaced.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::super::Run::{Known, Partial, Shallow};
use super::super::{Answer, Context, Function, MANY, MOST_ITEMS, read, row, unknown};
use crate::value::{Kind, ListShape, ObjectShape, SmolStr, Value};

pub const FUNCTIONS: &[Function] = &[
    row("keys", (1, 1), Partial(keys), (r#"keys({ b = 1, a = 2 })"#, r#"["a","b"]"#)),
    row("lookup", (2, 3), Partial(lookup), (r#"lookup({ a = "x" }, "c", "none")"#, r#""none""#)),
    row("merge", (0, MANY), Partial(merge), (r#"merge({ a = "x", b = "y" }, { b = "z" })"#, r#"{"a":"x","b":"z"}"#)),
    row("transpose", (1, 1), Known(transpose), (r#"transpose({ a = ["x"], b = ["x"] })"#, r#"{"x":["a","b"]}"#)),
    row("values", (1, 1), Partial(values), (r#"values({ b = 1, a = 2 })"#, "[2,1]")),
    row("zipmap", (2, 2), Shallow(zipmap), (r#"zipmap(["a", "b"], [1, 2])"#, r#"{"a":1,"b":2}"#)),
];

fn keys(context: &Context, arguments: &[Value]) -> Answer {
    if arguments[0].hole().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    let fields = read::fields(&arguments[0])?;
    let keys = read::sorted_keys(fields).into_iter().map(Value::text).collect();
    let rest = arguments[0].rest().map(|_| unknown::hole(context, arguments));
    Ok(read::list_with(keys, rest, ListShape::List))
}

fn values(context: &Context, arguments: &[Value]) -> Answer {
    let Kind::Object { fields, rest, shape } = &arguments[0].kind else {
        return match arguments[0].hole() {
            Some(_) => Ok(unknown::of(context, arguments)),
            None => Err(format!("an object is needed here, not {}", read::name_of(&arguments[0]))),
        };
    };
    let values = read::sorted_keys(fields).into_iter().map(|key| fields[key].clone()).collect();
    let rest = rest.as_ref().map(|_| unknown::hole(context, arguments));
    let shape = if *shape == ObjectShape::Map { ListShape::List } else { ListShape::Tuple };
    Ok(read::list_with(values, rest, shape))
}

fn lookup(context: &Context, arguments: &[Value]) -> Answer {
    let Kind::Object { fields, rest, shape } = &arguments[0].kind else {
        return match arguments[0].hole() {
            Some(_) => Ok(unknown::of(context, arguments)),
            None => Err(format!("an object is needed here, not {}", read::name_of(&arguments[0]))),
        };
    };
    let default = arguments.get(2).map(|default| match fields.values().next() {
        // A map's default is converted to the type of its values.
        Some(Value { kind: Kind::Text(_), .. }) if *shape == ObjectShape::Map => {
            read::primitive_as_text(default.clone())
        }
        _ => default.clone(),
    });
    match &arguments[1].kind {
        Kind::Unknown(_) if rest.is_none() && (default.is_some() || !fields.is_empty()) => {
            // Whatever the key is, the answer is one of the values or the default.
            Ok(unknown::choice(context, arguments, fields.values().cloned().chain(default).collect()))
        }
        _ if arguments[1].first_hole().is_some() => Ok(unknown::of(context, arguments)),
        _ => {
            let key = read::text(&arguments[1])?;
            match (fields.get(key.as_str()), default) {
                (Some(value), _) => Ok(value.clone()),
                (None, _) if rest.is_some() => Ok(unknown::of(context, arguments)),
                (None, Some(default)) => Ok(default),
                (None, None) => Err(format!("there is no key {key:?}")),
            }
        }
    }
}

/// Lays objects over each other; null counts as none.
///
/// What comes after a part that is not known is certain; what came before may have been replaced by it.
pub fn merge(context: &Context, arguments: &[Value]) -> Answer {
    let mut merged: IndexMap<SmolStr, Value> = IndexMap::new();
    let mut open = false;
    let mut secret = false;
    let mut map = true;
    for argument in arguments {
        secret |= argument.secret;
        if argument.rest().is_some() {
            open = true;
            for (key, value) in &mut merged {
                let form = format!("{}.{key}", context.source_form);
                let named = Context { source_form: &form, ..*context };
                *value = unknown::of(&named, &[argument.clone(), value.clone()]);
            }
        }
        match &argument.kind {
            Kind::Null | Kind::OneOf { .. } | Kind::Unknown(_) | Kind::Reference(_) => {}
            Kind::Object { fields, shape, .. } => {
                map &= *shape == ObjectShape::Map;
                merged.extend(fields.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            _ => return Err(format!("merge takes objects, not {}", read::name_of(argument))),
        }
    }
    if merged.len() > MOST_ITEMS {
        return Ok(unknown::limit(context));
    }
    let rest = open.then(|| unknown::hole(context, arguments));
    let shape = if map && !arguments.is_empty() { ObjectShape::Map } else { ObjectShape::Object };
    Ok(read::sorted_object(merged, rest, shape).with_secret(secret))
}

fn transpose(arguments: &[Value]) -> Answer {
    let mut turned: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let fields = read::fields(&arguments[0])?;
    for key in read::sorted_keys(fields) {
        for text in read::texts(&fields[key])? {
            turned.entry(text).or_default().push(key.to_string());
        }
    }
    let fields = turned.into_iter().map(|(key, texts)| (key.into(), read::list_of_texts(texts)));
    Ok(read::sorted_object(fields, None, ObjectShape::Map))
}

fn zipmap(context: &Context, arguments: &[Value]) -> Answer {
    let (keys, values) = (read::items(&arguments[0])?, read::items(&arguments[1])?);
    if keys.len() != values.len() {
        return Err(format!("there are {} keys and {} values", keys.len(), values.len()));
    }
    if keys.iter().any(|key| key.first_hole().is_some()) {
        // A key that is not known may replace any other field, or be replaced.
        return Ok(unknown::of(context, arguments));
    }
    let mut fields = Vec::with_capacity(keys.len());
    for (key, value) in keys.iter().zip(values) {
        fields.push((SmolStr::new(read::text(key)?), value.clone()));
    }
    let shape = match &arguments[1].kind {
        Kind::List { shape: ListShape::Tuple, .. } => ObjectShape::Object,
        _ => ObjectShape::Map,
    };
    Ok(read::sorted_object(fields, None, shape))
}
