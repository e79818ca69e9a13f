//! In: JSON texts, known values. Out: values, the JSON texts that either language writes.
//! Never: guesses what stands in a hole.

use super::read::sorted_keys;
use super::{Answer, LONGEST_TEXT};
use crate::value::{Hole, Kind, Number, Piece, Pieces, SmolStr, Value};

/// A JSON text as a value. Duplicate keys: the last one counts, as in both languages.
pub fn parse(text: &str) -> Answer {
    let parsed: serde_json::Value = serde_json::from_str(text).map_err(|error| format!("this is not JSON: {error}"))?;
    of_serde(&parsed)
}

fn of_serde(json: &serde_json::Value) -> Answer {
    Ok(match json {
        serde_json::Value::Null => Value::null(),
        serde_json::Value::Bool(value) => Value::bool(*value),
        serde_json::Value::Number(number) => {
            let number = Number::parse(&number.to_string());
            Value::number(number.ok_or("this JSON holds a number that is out of bounds")?)
        }
        serde_json::Value::String(text) => Value::text(text),
        serde_json::Value::Array(items) => Value::list(items.iter().map(of_serde).collect::<Result<_, _>>()?),
        serde_json::Value::Object(fields) => {
            let fields: Result<Vec<_>, String> =
                fields.iter().map(|(key, value)| Ok((key.as_str().into(), of_serde(value)?))).collect();
            Value::object(fields?)
        }
    })
}

/// How a language writes JSON.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    /// Keys are sorted, and `<`, `>` and `&` are escaped, as Go's encoder does.
    Terraform,
    /// Keys stand as they were written.
    Arm,
}

/// A known value as `jsonencode` writes it.
pub fn terraform(value: &Value) -> String {
    let mut text = String::new();
    write(value, Style::Terraform, &mut text);
    text
}

/// A value as `jsonencode` writes it, with holes where a part is not known.
///
/// A hole between quotes stands for a text's content; one outside of them stands for a value of any kind.
pub fn terraform_pieces(value: &Value, name: &dyn Fn(&Value) -> Piece) -> Vec<Piece> {
    let literal = |text: &str| Piece::Literal(SmolStr::new(text));
    let quoted = |content: &str| {
        let mut text = String::new();
        write_text(content, Style::Terraform, &mut text);
        text
    };
    match &value.kind {
        Kind::Text(pieces) => {
            let content = pieces.pieces().iter().map(|piece| match piece {
                Piece::Literal(text) => literal(quoted(text).trim_matches('"')),
                Piece::Hole(_) => piece.clone(),
            });
            std::iter::once(literal("\"")).chain(content).chain([literal("\"")]).collect()
        }
        // An id or a name is a text, whatever it says.
        Kind::Reference(reference) if matches!(reference.field(), Some("id" | "name")) => {
            vec![literal("\""), Piece::Hole(Hole::Reference(reference.clone())), literal("\"")]
        }
        Kind::List { items, rest: None, .. } => {
            let items = items.iter().enumerate().flat_map(|(index, item)| {
                let comma = literal(if index > 0 { "," } else { "" });
                std::iter::once(comma).chain(terraform_pieces(item, name))
            });
            std::iter::once(literal("[")).chain(items).chain([literal("]")]).collect()
        }
        Kind::Object { fields, rest: None, .. } => {
            let fields = sorted_keys(fields).into_iter().enumerate().flat_map(|(index, key)| {
                let head = literal(&format!("{}{}:", if index > 0 { "," } else { "" }, quoted(key)));
                std::iter::once(head).chain(terraform_pieces(&fields[key], name))
            });
            std::iter::once(literal("{")).chain(fields).chain([literal("}")]).collect()
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) => vec![literal(&terraform(value))],
        _ => vec![name(value)],
    }
}

/// A known value as Bicep's `string` writes lists and objects.
pub fn arm(value: &Value) -> String {
    let mut text = String::new();
    write(value, Style::Arm, &mut text);
    text
}

fn write(value: &Value, style: Style, text: &mut String) {
    // The callers refuse what grew beyond the limit.
    if text.len() > LONGEST_TEXT {
        return;
    }
    match &value.kind {
        Kind::Bool(value) => text.push_str(&value.to_string()),
        Kind::Number(number) => text.push_str(&number.to_string()),
        Kind::Text(pieces) => write_text(pieces.as_literal().unwrap_or_default(), style, text),
        Kind::List { items, .. } => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, style, text);
            }
            text.push(']');
        }
        Kind::Object { fields, .. } => {
            let keys = match style {
                Style::Terraform => sorted_keys(fields),
                Style::Arm => fields.keys().collect(),
            };
            text.push('{');
            for (index, key) in keys.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_text(key, style, text);
                text.push(':');
                write(&fields[key], style, text);
            }
            text.push('}');
        }
        Kind::Null | Kind::OneOf { .. } | Kind::Reference(_) | Kind::Unknown(_) => text.push_str("null"),
    }
}

fn write_text(content: &str, style: Style, text: &mut String) {
    text.push('"');
    for c in content.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' if style == Style::Terraform => {
                text.push_str(&format!("\\u{:04x}", c as u32));
            }
            c if (c as u32) < 0x20 => text.push_str(&format!("\\u{:04x}", c as u32)),
            c => text.push(c),
        }
    }
    text.push('"');
}

/// A JSON text with holes as a value: a hole between quotes is a stretch of a text. Any other one is a value of its own
/// where the text was made that way (`whole_values`), and could be any piece of JSON where it was not.
pub fn json_with_holes(text: &Pieces, whole_values: bool) -> Option<Value> {
    let holes: Vec<&Hole> = text.holes().collect();
    let (mut written, mut quoted, mut escaped) = (String::new(), false, false);
    let mut next = 0;
    for piece in text.pieces() {
        match piece {
            Piece::Literal(text) => {
                for letter in text.chars() {
                    (quoted, escaped) = match letter {
                        _ if escaped => (quoted, false),
                        '\\' => (quoted, true),
                        '"' => (!quoted, false),
                        _ => (quoted, false),
                    };
                }
                written.push_str(text);
            }
            Piece::Hole(_) if !quoted && !whole_values => return None,
            Piece::Hole(_) => {
                let mark = if quoted { format!("{MARK}{next}{MARK}") } else { format!("\"{MARK}{next}{MARK}\"") };
                written.push_str(&mark);
                next += 1;
            }
        }
    }
    // Azure's own reader stops at the end of the value and leaves what stands behind it.
    let parsed = serde_json::Deserializer::from_str(&written).into_iter::<serde_json::Value>().next()?.ok()?;
    Some(of_parsed(&parsed, &holes))
}

/// Stands around the number of a hole; JSON texts that people write do not hold it.
const MARK: char = '\u{f8ff}';

fn of_parsed(json: &serde_json::Value, holes: &[&Hole]) -> Value {
    match json {
        serde_json::Value::Null => Value::null(),
        serde_json::Value::Bool(value) => Value::bool(*value),
        serde_json::Value::Number(number) => Number::parse(&number.to_string()).map_or_else(Value::null, Value::number),
        serde_json::Value::String(text) => {
            let pieces = text.split(MARK).enumerate().map(|(place, part)| match place % 2 {
                0 => Piece::Literal(SmolStr::new(part)),
                _ => match part.parse().ok().and_then(|number: usize| holes.get(number)) {
                    Some(hole) => Piece::Hole((*hole).clone()),
                    None => Piece::Literal(SmolStr::new(part)),
                },
            });
            Value::pieces(Pieces::of(pieces))
        }
        serde_json::Value::Array(items) => Value::list(items.iter().map(|item| of_parsed(item, holes)).collect()),
        serde_json::Value::Object(fields) => {
            Value::object(fields.iter().map(|(key, field)| (SmolStr::new(key), of_parsed(field, holes))))
        }
    }
}
