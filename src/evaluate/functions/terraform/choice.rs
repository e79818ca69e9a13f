//! In: several values. Out: the one that counts, and what may be shown of it.
//! Never: takes a value for absent that may be there.

use super::super::Run::{Partial, Secrecy};
use super::super::{Answer, Context, Function, MANY, read, row, unknown};
use crate::value::{Kind, Value};

pub const FUNCTIONS: &[Function] = &[
    row("coalesce", (1, MANY), Partial(coalesce), (r#"coalesce("", "b")"#, r#""b""#)),
    row("coalescelist", (1, MANY), Partial(coalescelist), (r#"coalescelist([], ["c", "d"])"#, r#"["c","d"]"#)),
    row("ephemeralasnull", (1, 1), Secrecy(same), (r#"ephemeralasnull("a")"#, r#""a""#)),
    row("issensitive", (1, 1), Secrecy(issensitive), (r#"issensitive(sensitive("a"))"#, "true")),
    row("nonsensitive", (1, 1), Secrecy(nonsensitive), (r#"nonsensitive(sensitive("a"))"#, r#""a""#)),
    row("sensitive", (1, 1), Secrecy(sensitive), (r#"sensitive("a")"#, r#""a""#)),
];

fn coalesce(context: &Context, arguments: &[Value]) -> Answer {
    // All arguments are converted to one type before one is chosen: `coalesce(false, "hello")` is "false".
    let unified = read::unified(arguments.to_vec())?;
    let is_absent = |value: &Value| value.is_null() || value.as_text() == Some("");
    let mut present = unified.into_iter().filter(|value| !is_absent(value));
    let Some(first) = present.next() else {
        return Err("there is no argument that is neither null nor empty".to_string());
    };
    let may_be_absent = match &first.kind {
        Kind::Unknown(_) => true,
        Kind::Reference(reference) => !unknown::is_text_attribute(reference),
        // A text of holes only may be empty.
        Kind::Text(pieces) => pieces.pieces().len() == pieces.holes().count(),
        _ => false,
    };
    // Where it is the last one it is chosen, or nothing is.
    if may_be_absent && present.next().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    Ok(first)
}

fn coalescelist(context: &Context, arguments: &[Value]) -> Answer {
    for value in arguments {
        match &value.kind {
            Kind::Null => {}
            Kind::List { items, .. } if !items.is_empty() => return Ok(value.clone()),
            Kind::List { rest: None, .. } => {}
            Kind::List { .. } | Kind::Unknown(_) | Kind::Reference(_) => return Ok(unknown::of(context, arguments)),
            _ => return Err(format!("a list is needed here, not {}", read::name_of(value))),
        }
    }
    Err("there is no list that is not empty".to_string())
}

fn same(_: &Context, arguments: &[Value]) -> Answer {
    Ok(arguments[0].clone())
}

fn sensitive(_: &Context, arguments: &[Value]) -> Answer {
    Ok(arguments[0].clone().with_secret(true))
}

fn nonsensitive(_: &Context, arguments: &[Value]) -> Answer {
    Ok(Value { secret: false, ..arguments[0].clone() })
}

fn issensitive(context: &Context, arguments: &[Value]) -> Answer {
    let value = &arguments[0];
    // A value that is not known may come from a provider that marks it.
    if !value.secret && !unknown::is_closed(value) {
        return Ok(unknown::of(context, arguments));
    }
    Ok(Value::bool(value.secret))
}
