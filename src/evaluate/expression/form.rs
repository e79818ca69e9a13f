//! In: a value. Out: its form as a person would write it, which also names what stays unknown of it.
//! Never: says the same of two values that may differ.

use std::hash::{Hash, Hasher};

use crate::value::{Kind, Value};

/// The longest form that is shown whole; a longer one ends in a digest, so that different values keep different names.
const LONGEST: usize = 240;

/// The form of a value: `"a-${var.b}"`, `[1, 2]`, `{ a = 1 }`, `var.x`.
pub fn form(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out, 0);
    shorten(out)
}

/// The same for a call: `f(1, "a")`.
pub fn call_form(function: &str, arguments: &[Value]) -> String {
    let mut out = format!("{function}(");
    for (index, argument) in arguments.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write(argument, &mut out, 0);
    }
    out.push(')');
    shorten(out)
}

/// A form that is too long, cut and told apart by a digest.
pub fn shorten(mut text: String) -> String {
    if text.len() <= LONGEST {
        return text;
    }
    let mut hasher = rustc_hash::FxHasher::default();
    text.hash(&mut hasher);
    let mut cut = LONGEST - 20;
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    text.truncate(cut);
    format!("{text}… #{:016x}", hasher.finish())
}

fn write(value: &Value, out: &mut String, depth: usize) {
    // A form is cut anyway; what lies deeper or later still goes into the digest, within reason.
    if out.len() > 64 * 1024 || depth > 64 {
        out.push('…');
        return;
    }
    match &value.kind {
        Kind::Null => out.push_str("null"),
        Kind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Kind::Number(number) => out.push_str(&number.to_string()),
        Kind::Text(pieces) => out.push_str(&format!("\"{pieces}\"")),
        Kind::List { items, rest, .. } => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(item, out, depth + 1);
            }
            if let Some(rest) = rest {
                out.push_str(if items.is_empty() { "..." } else { ", ..." });
                out.push_str(&rest.to_string());
            }
            out.push(']');
        }
        Kind::Object { fields, rest, .. } => {
            out.push('{');
            for (index, (key, field)) in fields.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { " " });
                out.push_str(key);
                out.push_str(" = ");
                write(field, out, depth + 1);
            }
            if let Some(rest) = rest {
                out.push_str(if fields.is_empty() { " ..." } else { ", ..." });
                out.push_str(&rest.to_string());
            }
            out.push_str(" }");
        }
        Kind::OneOf { condition, values } => {
            out.push_str(&format!("({condition} ? "));
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push_str(" : ");
                }
                write(value, out, depth + 1);
            }
            out.push(')');
        }
        Kind::Reference(reference) => out.push_str(&reference.to_string()),
        Kind::Unknown(unknown) => out.push_str(unknown.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_forms_stay_apart() {
        let text = |end: &str| Value::text(format!("{}{end}", "x".repeat(500)));
        assert_ne!(form(&text("a")), form(&text("b")));
        assert_eq!(form(&text("a")), form(&text("a")));
        assert_eq!(form(&Value::list(vec![Value::number(1_i64), Value::null()])), "[1, null]");
    }
}
