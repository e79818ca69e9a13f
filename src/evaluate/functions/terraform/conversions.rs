//! In: values of one type. Out: values of another, where Terraform converts them.
//! Never: gives up the name of what is not known: converting it changes nothing that can be seen.

use super::super::Run::Partial;
use super::super::{Answer, Context, Function, read, row, unknown};
use crate::value::{Kind, ListShape, ObjectShape, Value};

pub const FUNCTIONS: &[Function] = &[
    row("tobool", (1, 1), Partial(tobool), (r#"tobool("true")"#, "true")),
    row("tolist", (1, 1), Partial(tolist), (r#"tolist(["a", "b", 3])"#, r#"["a","b","3"]"#)),
    row("tomap", (1, 1), Partial(tomap), (r#"tomap({ a = "foo", b = true })"#, r#"{"a":"foo","b":"true"}"#)),
    row("tonumber", (1, 1), Partial(tonumber), (r#"tonumber("5")"#, "5")),
    row("toset", (1, 1), Partial(toset), (r#"toset(["c", "b", "b"])"#, r#"["b","c"]"#)),
    row("tostring", (1, 1), Partial(tostring), ("tostring(5)", r#""5""#)),
];

/// Converts what is known; null and what is not known stay as they are.
fn convert(value: &Value, change: impl FnOnce(&Value) -> Answer) -> Answer {
    if value.hole().is_some() || value.is_null() { Ok(value.clone()) } else { change(value) }
}

fn tobool(context: &Context, arguments: &[Value]) -> Answer {
    convert(&arguments[0], |value| match unknown::is_closed(value) {
        true => read::bool(value).map(Value::bool),
        false => Ok(unknown::of(context, arguments)),
    })
}

fn tonumber(context: &Context, arguments: &[Value]) -> Answer {
    convert(&arguments[0], |value| match unknown::is_closed(value) {
        true => read::number(value).map(Value::number),
        false => Ok(unknown::of(context, arguments)),
    })
}

fn tostring(_: &Context, arguments: &[Value]) -> Answer {
    convert(&arguments[0], |value| match &value.kind {
        Kind::Text(_) => Ok(value.clone()),
        _ => read::text(value).map(Value::text),
    })
}

fn tolist(_: &Context, arguments: &[Value]) -> Answer {
    convert(&arguments[0], |value| {
        let items = read::unified_with(read::items(value)?.to_vec(), value.rest())?;
        Ok(read::list_with(items, value.rest(), ListShape::List))
    })
}

fn toset(_: &Context, arguments: &[Value]) -> Answer {
    convert(&arguments[0], |value| read::set_of(read::items(value)?.to_vec(), value.rest()))
}

fn tomap(_: &Context, arguments: &[Value]) -> Answer {
    convert(&arguments[0], |value| {
        let fields = read::fields(value)?;
        let values = read::unified_with(fields.values().cloned().collect(), value.rest())?;
        let fields = fields.keys().cloned().zip(values);
        Ok(read::sorted_object(fields, value.rest(), ObjectShape::Map))
    })
}
