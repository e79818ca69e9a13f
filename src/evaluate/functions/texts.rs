//! In: texts with holes. Out: what can be seen of them: their ends, their parts, their separators.
//! Never: guesses what a hole holds.

use super::{Answer, Context, LONGEST_TEXT, unknown};
use crate::value::{Hole, Piece, Pieces, Truth, Value};

/// Whether a text begins with `prefix`, as far as its beginning can be seen.
pub fn starts_with(text: &Pieces, prefix: &str) -> Truth {
    match text.as_literal() {
        Some(text) => Truth::from_known(text.starts_with(prefix)),
        None if text.start().starts_with(prefix) => Truth::Yes,
        None if prefix.starts_with(text.start()) => Truth::Unknown,
        None => Truth::No,
    }
}

/// Whether a text ends with `suffix`, as far as its end can be seen.
pub fn ends_with(text: &Pieces, suffix: &str) -> Truth {
    match text.as_literal() {
        Some(text) => Truth::from_known(text.ends_with(suffix)),
        None if text.end().ends_with(suffix) => Truth::Yes,
        None if suffix.ends_with(text.end()) => Truth::Unknown,
        None => Truth::No,
    }
}

/// Whether a text holds `part`: a literal piece may show that it does, and only a text without holes that it does not.
pub fn holds(text: &Pieces, part: &str) -> Truth {
    let shown = text.pieces().iter().any(|piece| matches!(piece, Piece::Literal(literal) if literal.contains(part)));
    match text.as_literal() {
        _ if shown || part.is_empty() => Truth::Yes,
        Some(_) => Truth::No,
        None => Truth::Unknown,
    }
}

/// An answer as a value.
pub fn truth(context: &Context, arguments: &[Value], answer: Truth) -> Value {
    match answer {
        Truth::Yes => Value::bool(true),
        Truth::No => Value::bool(false),
        Truth::Unknown => unknown::of(context, arguments),
    }
}

/// Texts one after another with a separator between them.
pub fn joined(separator: &Pieces, parts: &[Pieces]) -> Answer {
    let all = parts.iter().enumerate().flat_map(|(index, part)| {
        let before = if index > 0 { separator.pieces() } else { &[] };
        before.iter().chain(part.pieces()).cloned()
    });
    let text = Pieces::of(all);
    let length = |piece: &Piece| if let Piece::Literal(text) = piece { text.len() } else { 0 };
    if text.pieces().iter().map(length).sum::<usize>() > LONGEST_TEXT {
        return Err("the result is too long".to_string());
    }
    Ok(Value::pieces(text))
}

/// The only character of a text.
pub fn single_character(text: &str) -> Option<char> {
    let mut characters = text.chars();
    characters.next().filter(|_| characters.next().is_none())
}

/// Whether no hole of a text can hold the separator, so that the visible ones are all.
///
/// Two cases are safe: a resource id, whose parts hold no slash, and names of resources, which hold neither slashes
/// nor commas. Any other hole may hold anything.
pub fn may_split(text: &Pieces, separator: char) -> bool {
    let is_name = |hole: &Hole| match hole {
        Hole::Reference(reference) => reference.field() == Some("name"),
        Hole::Unknown(_) => false,
    };
    let is_id = separator == '/' && text.start().to_lowercase().starts_with("/subscriptions/");
    is_id || (matches!(separator, '/' | ',') && text.holes().all(is_name))
}
