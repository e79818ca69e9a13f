//! In: values to choose from and to compare. Out: the one that counts, or a truth value.
//! Never: takes a value for null that may be there.

use super::super::Run::{Known, Partial};
use super::super::texts::truth;
use super::super::{Answer, Context, Function, MANY, read, row, unknown};
use crate::value::{Hole, Kind, SmolStr, Truth, Value};

pub const FUNCTIONS: &[Function] = &[
    row("and", (2, MANY), Partial(and), ("", "")),
    row("any", (1, 1), Partial(any), ("any('a')", r#""a""#)),
    row("bool", (1, 1), Partial(bool), ("bool('true')", "true")),
    row("coalesce", (1, MANY), Partial(coalesce), ("coalesce(null, 'a')", r#""a""#)),
    row("createArray", (0, MANY), Partial(create_array), ("", "")),
    row("createObject", (0, MANY), Partial(create_object), ("", "")),
    row("empty", (1, 1), Partial(empty), ("empty([])", "true")),
    row("equals", (2, 2), Partial(equals), ("", "")),
    row("false", (0, 0), Known(no), ("", "")),
    row("greater", (2, 2), Partial(greater), ("", "")),
    row("greaterOrEquals", (2, 2), Partial(greater_or_equals), ("", "")),
    row("if", (3, 3), Partial(choose), ("", "")),
    row("less", (2, 2), Partial(less), ("", "")),
    row("lessOrEquals", (2, 2), Partial(less_or_equals), ("", "")),
    row("not", (1, 1), Partial(not), ("", "")),
    row("null", (0, 0), Known(null), ("", "")),
    row("or", (2, MANY), Partial(or), ("", "")),
    row("true", (0, 0), Known(yes), ("", "")),
    row("tryGet", (2, MANY), Partial(try_get), ("", "")),
];

fn yes(_: &[Value]) -> Answer {
    Ok(Value::bool(true))
}

fn no(_: &[Value]) -> Answer {
    Ok(Value::bool(false))
}

fn null(_: &[Value]) -> Answer {
    Ok(Value::null())
}

fn any(_: &Context, arguments: &[Value]) -> Answer {
    Ok(arguments[0].clone())
}

fn bool(context: &Context, arguments: &[Value]) -> Answer {
    let value = &arguments[0];
    if value.first_hole().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    match (&value.kind, value.as_text().map(str::to_lowercase).as_deref()) {
        (Kind::Bool(_), _) => Ok(value.clone()),
        (Kind::Number(number), _) => Ok(Value::bool(number.to_i64() != Some(0))),
        (_, Some("true" | "1")) => Ok(Value::bool(true)),
        (_, Some("false" | "0")) => Ok(Value::bool(false)),
        _ => Err(format!("a bool is needed here, not {}", read::name_of(value))),
    }
}

fn coalesce(context: &Context, arguments: &[Value]) -> Answer {
    for value in arguments {
        match &value.kind {
            Kind::Null => {}
            Kind::Reference(reference) if unknown::is_text_attribute(reference) => return Ok(value.clone()),
            Kind::Unknown(_) | Kind::Reference(_) => return Ok(unknown::of(context, arguments)),
            _ => return Ok(value.clone()),
        }
    }
    Ok(Value::null())
}

fn create_array(_: &Context, arguments: &[Value]) -> Answer {
    Ok(Value::list(arguments.to_vec()))
}

fn create_object(context: &Context, arguments: &[Value]) -> Answer {
    let mut fields = Vec::new();
    for pair in arguments.chunks(2) {
        let [key, value] = pair else { return Err("createObject takes pairs of a key and a value".to_string()) };
        if key.first_hole().is_some() {
            return Ok(unknown::of(context, arguments));
        }
        fields.push((SmolStr::new(read::text(key)?), value.clone()));
    }
    Ok(Value::object(fields))
}

fn empty(context: &Context, arguments: &[Value]) -> Answer {
    let answer = match &arguments[0].kind {
        Kind::Null => Truth::Yes,
        Kind::Text(pieces) => match pieces.as_literal() {
            Some(text) => Truth::from_known(text.is_empty()),
            // One known letter is enough.
            None if pieces.pieces().len() > pieces.holes().count() => Truth::No,
            None => Truth::Unknown,
        },
        Kind::List { items, rest, .. } => none_of(items.is_empty(), rest.as_ref()),
        Kind::Object { fields, rest, .. } => none_of(fields.is_empty(), rest.as_ref()),
        Kind::Reference(reference) if unknown::is_text_attribute(reference) => Truth::No,
        Kind::Unknown(_) | Kind::Reference(_) => Truth::Unknown,
        _ => return Err(format!("{} cannot be empty", read::name_of(&arguments[0]))),
    };
    Ok(truth(context, arguments, answer))
}

fn none_of(known: bool, rest: Option<&Hole>) -> Truth {
    match (known, rest) {
        (false, _) => Truth::No,
        (true, None) => Truth::Yes,
        (true, Some(_)) => Truth::Unknown,
    }
}

fn equals(context: &Context, arguments: &[Value]) -> Answer {
    Ok(truth(context, arguments, arguments[0].same(&arguments[1])))
}

fn truths(arguments: &[Value]) -> Vec<Truth> {
    arguments.iter().map(Value::is_true).collect()
}

fn and(context: &Context, arguments: &[Value]) -> Answer {
    Ok(truth(context, arguments, Truth::all(truths(arguments))))
}

fn or(context: &Context, arguments: &[Value]) -> Answer {
    Ok(truth(context, arguments, Truth::any(truths(arguments))))
}

fn not(context: &Context, arguments: &[Value]) -> Answer {
    Ok(truth(context, arguments, !arguments[0].is_true()))
}

fn choose(_: &Context, arguments: &[Value]) -> Answer {
    Ok(match (arguments[0].is_true(), arguments[0].first_hole()) {
        (Truth::Yes, _) => arguments[1].clone(),
        (Truth::No, _) => arguments[2].clone(),
        (Truth::Unknown, Some(hole)) => Value::one_of(hole.unknown(), [arguments[1].clone(), arguments[2].clone()]),
        (Truth::Unknown, None) => return Err("a condition is true or false".to_string()),
    })
}

/// Compares two numbers or two texts; `None` where that cannot be told.
fn compare(left: &Value, right: &Value) -> Result<Option<std::cmp::Ordering>, String> {
    if left.first_hole().is_some() || right.first_hole().is_some() {
        return Ok(None);
    }
    if let (Some(left), Some(right)) = (left.as_number(), right.as_number()) {
        return Ok(Some(left.cmp(right)));
    }
    if let (Some(left), Some(right)) = (left.as_text(), right.as_text()) {
        // Which order texts have is not documented: it is known where the case of letters makes no difference.
        let (exact, folded) = (left.cmp(right), left.to_lowercase().cmp(&right.to_lowercase()));
        return Ok((exact == folded).then_some(exact));
    }
    Err(format!("{} and {} have no order", read::name_of(left), read::name_of(right)))
}

fn ordered(context: &Context, arguments: &[Value], test: fn(std::cmp::Ordering) -> bool) -> Answer {
    let order = compare(&arguments[0], &arguments[1])?;
    Ok(order.map_or_else(|| unknown::of(context, arguments), |order| Value::bool(test(order))))
}

fn greater(context: &Context, arguments: &[Value]) -> Answer {
    ordered(context, arguments, std::cmp::Ordering::is_gt)
}

fn greater_or_equals(context: &Context, arguments: &[Value]) -> Answer {
    ordered(context, arguments, std::cmp::Ordering::is_ge)
}

fn less(context: &Context, arguments: &[Value]) -> Answer {
    ordered(context, arguments, std::cmp::Ordering::is_lt)
}

fn less_or_equals(context: &Context, arguments: &[Value]) -> Answer {
    ordered(context, arguments, std::cmp::Ordering::is_le)
}

/// What `a.?b` compiles to: the value at a path, or null where the path ends.
fn try_get(context: &Context, arguments: &[Value]) -> Answer {
    let mut at = arguments[0].clone();
    for step in &arguments[1..] {
        let next = match (&at.kind, step.as_text(), step.as_number().and_then(|index| index.to_usize())) {
            (Kind::Null, ..) => return Ok(Value::null()),
            (Kind::Object { fields, rest, .. }, Some(key), _) => match super::objects::field(fields, key) {
                Some(value) => value.clone(),
                None if rest.is_none() => return Ok(Value::null()),
                None => return Ok(unknown::of(context, arguments)),
            },
            (Kind::List { items, rest: None, .. }, _, Some(index)) => match items.get(index) {
                Some(item) => item.clone(),
                None => return Ok(Value::null()),
            },
            _ => return Ok(unknown::of(context, arguments)),
        };
        at = next;
    }
    Ok(at)
}
