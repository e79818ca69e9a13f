//! In: arguments of which parts are not known. Out: unknowns that are named by the call and its arguments.
//! Never: decides what a function is worth.

use super::{Argument, Context};
use crate::value::{Hole, Kind, Piece, Pieces, Reach, Reason, Reference, Segment, Unknown, Value};

/// The longest name of a call; longer ones are cut and end in a checksum of the whole.
const LONGEST_NAME: usize = 160;

/// How far the arguments of a call are looked into.
const REACH: Reach = Reach { levels: usize::MAX, most: 64, candidates: true };

/// What a call is that cannot be told: named by the call, as its holes are for reason, root and place.
pub fn of(context: &Context, values: &[Value]) -> Value {
    Value::of_hole(hole(context, values))
}

/// The same as a hole.
pub fn hole(context: &Context, values: &[Value]) -> Hole {
    let mut holes = Vec::new();
    for value in values {
        value.holes(REACH, &mut holes);
    }
    let derived = Unknown::derived(context.source_form, &holes);
    Hole::Unknown(derived.unwrap_or_else(|| Unknown::new(context.root, context.source_form, Reason::Function)))
}

/// A range of which only the size is known: what stands before `/24` is named by the call.
pub fn of_length(context: &Context, values: &[Value], length: u8) -> Value {
    let pieces = [Piece::Hole(hole(context, values)), Piece::Literal(format!("/{length}").into())];
    Value::pieces(Pieces::of(pieces))
}

/// The size of a range whose first address may be unknown: 24 of `${var.base}/24`.
pub fn length_of(range: &Value) -> Option<u8> {
    let Kind::Text(pieces) = &range.kind else { return None };
    let (_, length) = pieces.end().rsplit_once('/')?;
    length.trim().parse().ok().filter(|length| *length <= 128)
}

/// What a limit of the analysis stops.
pub fn limit(context: &Context) -> Value {
    Value::unknown(Unknown::new(context.root, context.source_form, Reason::Limit).at(context.place))
}

/// What is not modelled.
pub fn unmodelled(context: &Context) -> Value {
    Value::unknown(Unknown::new(context.root, context.source_form, Reason::Function).at(context.place))
}

/// What another call would give another value: named by its place as well.
pub fn by_chance(context: &Context) -> Value {
    let (path, at) = (context.sources.path(context.place.file), context.place.start);
    let name = format!("{} ({path}:{at})", context.source_form);
    Value::unknown(Unknown::new(context.root, name, Reason::Function).at(context.place))
}

/// One of `values`, chosen by an argument that is not known.
///
/// The condition is named by the whole call: two choices by the same key need not have their candidates in one order.
pub fn choice(context: &Context, arguments: &[Value], values: Vec<Value>) -> Value {
    let candidates: usize = values.iter().map(|value| value.candidates().len()).sum();
    if candidates > super::MOST_CHOICES {
        return of(context, arguments);
    }
    let secret = values.iter().any(|value| value.secret);
    Value::one_of(hole(context, arguments).unknown(), values).with_secret(secret)
}

/// One value as a hole in a text. A choice is named by its candidates: its condition alone would make
/// `"${c ? a : b}"` and `"${c ? x : y}"` the same text.
pub fn as_hole(value: &Value) -> Option<Hole> {
    match &value.kind {
        Kind::OneOf { condition, .. } => {
            let name = spelled(value);
            Unknown::derived(name, [&Hole::Unknown(condition.clone())]).map(Hole::Unknown)
        }
        _ => value.hole(),
    }
}

/// The hole that `function` makes of a hole, as in `lower(var.prefix)`.
pub fn through(function: &str, hole: &Hole) -> Piece {
    let name = format!("{function}({hole})");
    Piece::Hole(Unknown::derived(&name, [hole]).map_or_else(|| hole.clone(), Hole::Unknown))
}

/// Every literal of a text through `change`; the holes become `function` of themselves.
///
/// This is exact for what works letter by letter, as `lower` does.
pub fn letter_by_letter(pieces: &Pieces, function: &str, change: impl Fn(&str) -> String) -> Value {
    Value::pieces(Pieces::of(pieces.pieces().iter().map(|piece| match piece {
        Piece::Literal(text) => Piece::Literal(change(text).into()),
        Piece::Hole(hole) => through(function, hole),
    })))
}

/// It is known as what it is, and nothing may be added to it; what is in a list or an object may be unknown.
pub fn is_closed(value: &Value) -> bool {
    match &value.kind {
        Kind::Text(pieces) => pieces.as_literal().is_some(),
        _ => value.rest().is_none(),
    }
}

/// It, or something in it, must not be shown.
pub fn is_secret(value: &Value) -> bool {
    value.secret
        || match &value.kind {
            Kind::List { items, .. } => items.iter().any(is_secret),
            Kind::Object { fields, .. } => fields.values().any(is_secret),
            Kind::OneOf { values, .. } => values.iter().any(is_secret),
            _ => false,
        }
}

/// An attribute that is one text for every resource: `id` and `name`. It is neither a list nor null nor empty.
pub fn is_text_attribute(reference: &Reference) -> bool {
    matches!(reference.path.last(), Some(Segment::Field(name)) if name == "id" || name == "name")
}

/// A call with its arguments, as in `lower(var.prefix)`.
pub fn form(name: &str, arguments: &[Argument]) -> String {
    let mut text = format!("{name}(");
    for (index, argument) in arguments.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        match argument {
            Argument::Value(value) => spell(value, &mut text),
            Argument::Lambda(..) => text.push_str("=>"),
        }
    }
    text.push(')');
    cut(text)
}

fn spelled(value: &Value) -> String {
    let mut text = String::new();
    spell(value, &mut text);
    cut(text)
}

fn cut(text: String) -> String {
    if text.len() <= LONGEST_NAME {
        return text;
    }
    let sum = super::digest::sha1_hex(text.as_bytes());
    let short: String = text.chars().take(LONGEST_NAME / 2).collect();
    format!("{short}… #{}", &sum[..12])
}

fn spell(value: &Value, text: &mut String) {
    // What is longer than this is told apart well enough by its beginning and its length.
    if text.len() > super::LONGEST_TEXT {
        return;
    }
    match &value.kind {
        Kind::Null => text.push_str("null"),
        Kind::Bool(value) => text.push_str(&value.to_string()),
        Kind::Number(number) => text.push_str(&number.to_string()),
        Kind::Text(pieces) => text.push_str(&format!("\"{pieces}\"")),
        Kind::List { items, rest, .. } => {
            text.push('[');
            items.iter().for_each(|item| {
                spell(item, text);
                text.push(',');
            });
            if let Some(rest) = rest {
                text.push_str(&format!("{rest}..."));
            }
            text.push(']');
        }
        Kind::Object { fields, rest, .. } => {
            text.push('{');
            fields.iter().for_each(|(key, value)| {
                text.push_str(key);
                text.push('=');
                spell(value, text);
                text.push(',');
            });
            if let Some(rest) = rest {
                text.push_str(&format!("{rest}..."));
            }
            text.push('}');
        }
        Kind::OneOf { condition, values } => {
            text.push_str(&format!("{condition} ? "));
            values.iter().for_each(|value| {
                spell(value, text);
                text.push('|');
            });
        }
        Kind::Reference(reference) => text.push_str(&reference.to_string()),
        Kind::Unknown(unknown) => text.push_str(unknown.name()),
    }
}
