//! In: texts, and what converts to them. Out: texts, as Terraform cuts, joins and changes them.
//! Never: guesses what a hole holds: a text with holes keeps them, or is not known.

use unicode_segmentation::UnicodeSegmentation;

use super::super::Run::{Known, Partial};
use super::super::texts::{ends_with, holds, joined, may_split, single_character, starts_with, truth};
use super::super::{Answer, Context, Function, LONGEST_TEXT, MANY, read, row, unknown};
use crate::value::{Kind, ListShape, Pieces, Value};

pub const FUNCTIONS: &[Function] = &[
    row("chomp", (1, 1), Known(chomp), (r#"chomp("hello\n")"#, r#""hello""#)),
    row("endswith", (2, 2), Partial(endswith), (r#"endswith("hello world", "world")"#, "true")),
    row("indent", (2, 2), Known(indent), (r#"indent(2, "a\nb")"#, r#""a\n  b""#)),
    row("join", (1, MANY), Partial(join), (r#"join("-", ["foo", "bar", "baz"])"#, r#""foo-bar-baz""#)),
    row("lower", (1, 1), Partial(lower), (r#"lower("HELLO")"#, r#""hello""#)),
    row("split", (2, 2), Partial(split), (r#"split(",", "foo,bar")"#, r#"["foo","bar"]"#)),
    row("startswith", (2, 2), Partial(startswith), (r#"startswith("hello world", "hello")"#, "true")),
    row("strcontains", (2, 2), Partial(strcontains), (r#"strcontains("hello world", "wor")"#, "true")),
    row("strrev", (1, 1), Known(strrev), (r#"strrev("hello")"#, r#""olleh""#)),
    row("substr", (3, 3), Known(substr), (r#"substr("hello world", 1, 4)"#, r#""ello""#)),
    row("title", (1, 1), Known(title), (r#"title("hello world")"#, r#""Hello World""#)),
    row("trim", (2, 2), Known(trim), (r#"trim("?!hello?!", "!?")"#, r#""hello""#)),
    row("trimprefix", (2, 2), Known(trimprefix), (r#"trimprefix("helloworld", "hello")"#, r#""world""#)),
    row("trimspace", (1, 1), Known(trimspace), (r#"trimspace("  hello\n\n")"#, r#""hello""#)),
    row("trimsuffix", (2, 2), Known(trimsuffix), (r#"trimsuffix("helloworld", "world")"#, r#""hello""#)),
    row("upper", (1, 1), Partial(upper), (r#"upper("hello")"#, r#""HELLO""#)),
];

/// A value as a text whose holes are kept; numbers and bools become texts.
pub fn pieces(value: &Value) -> Result<Pieces, String> {
    match &value.kind {
        Kind::Text(pieces) => Ok(pieces.clone()),
        _ => match unknown::as_hole(value) {
            Some(hole) => Ok(Pieces::hole(hole)),
            None => read::text(value).map(|text| Pieces::literal(&text)),
        },
    }
}

fn chomp(arguments: &[Value]) -> Answer {
    Ok(Value::text(read::text(&arguments[0])?.trim_end_matches(['\r', '\n'])))
}

fn lower(_: &Context, arguments: &[Value]) -> Answer {
    Ok(unknown::letter_by_letter(&pieces(&arguments[0])?, "lower", str::to_lowercase))
}

fn upper(_: &Context, arguments: &[Value]) -> Answer {
    // Go changes single letters only: `ﬄ` stays, where Rust would write `FFL`.
    let upper = |c: char| {
        let mut changed = c.to_uppercase();
        match (changed.next(), changed.next()) {
            (Some(single), None) => single,
            _ => c,
        }
    };
    Ok(unknown::letter_by_letter(&pieces(&arguments[0])?, "upper", |text| text.chars().map(upper).collect()))
}

fn startswith(context: &Context, arguments: &[Value]) -> Answer {
    let (text, prefix) = (pieces(&arguments[0])?, pieces(&arguments[1])?);
    let Some(prefix) = prefix.as_literal() else { return Ok(unknown::of(context, arguments)) };
    Ok(truth(context, arguments, starts_with(&text, prefix)))
}

fn endswith(context: &Context, arguments: &[Value]) -> Answer {
    let (text, suffix) = (pieces(&arguments[0])?, pieces(&arguments[1])?);
    let Some(suffix) = suffix.as_literal() else { return Ok(unknown::of(context, arguments)) };
    Ok(truth(context, arguments, ends_with(&text, suffix)))
}

fn strcontains(context: &Context, arguments: &[Value]) -> Answer {
    let (text, part) = (pieces(&arguments[0])?, pieces(&arguments[1])?);
    let Some(part) = part.as_literal() else { return Ok(unknown::of(context, arguments)) };
    Ok(truth(context, arguments, holds(&text, part)))
}

fn indent(arguments: &[Value]) -> Answer {
    let spaces = usize::try_from(read::whole(&arguments[0])?).map_err(|_| "a margin is not negative".to_string())?;
    let text = read::text(&arguments[1])?;
    if spaces.saturating_mul(text.matches('\n').count()) > LONGEST_TEXT {
        return Err("the result is too long".to_string());
    }
    Ok(Value::text(text.replace('\n', &format!("\n{}", " ".repeat(spaces)))))
}

fn join(context: &Context, arguments: &[Value]) -> Answer {
    let separator = pieces(&arguments[0])?;
    let mut parts: Vec<Pieces> = Vec::new();
    let mut secret = false;
    for list in &arguments[1..] {
        if list.rest().is_some() {
            return Ok(unknown::of(context, arguments).with_secret(unknown::is_secret(list)));
        }
        for item in read::items(list)? {
            secret |= item.secret;
            parts.push(pieces(item)?);
        }
    }
    joined(&separator, &parts).map(|text| text.with_secret(secret))
}

fn split(context: &Context, arguments: &[Value]) -> Answer {
    let text = pieces(&arguments[1])?;
    if let (Some(text), Ok(separator)) = (text.as_literal(), read::text(&arguments[0])) {
        let parts: Vec<Value> = match separator.as_str() {
            "" => text.chars().map(|c| Value::text(c.to_string())).collect(),
            separator => text.split(separator).map(Value::text).collect(),
        };
        return Ok(read::list_of(parts, ListShape::List));
    }
    let separator = arguments[0].as_text().and_then(single_character);
    match separator.filter(|separator| may_split(&text, *separator)) {
        Some(separator) => {
            Ok(read::list_of(text.split(separator).into_iter().map(Value::pieces).collect(), ListShape::List))
        }
        None => Ok(unknown::of(context, arguments)),
    }
}

fn strrev(arguments: &[Value]) -> Answer {
    Ok(Value::text(read::text(&arguments[0])?.graphemes(true).rev().collect::<String>()))
}

fn substr(arguments: &[Value]) -> Answer {
    let text = read::text(&arguments[0])?;
    let letters: Vec<&str> = text.graphemes(true).collect();
    let (offset, length) = (read::whole(&arguments[1])?, read::whole(&arguments[2])?);
    let from_end = offset.unsigned_abs() as usize;
    let start = if offset < 0 { letters.len().saturating_sub(from_end) } else { from_end.min(letters.len()) };
    let end = match usize::try_from(length) {
        Ok(length) => start.saturating_add(length).min(letters.len()),
        // Any negative length means up to the end.
        Err(_) => letters.len(),
    };
    Ok(Value::text(letters[start..end].concat()))
}

fn title(arguments: &[Value]) -> Answer {
    let text = read::text(&arguments[0])?;
    let mut titled = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        if inside {
            titled.push(c);
        } else {
            titled.extend(c.to_uppercase());
        }
        inside = c == '_' || c.is_alphanumeric() || (!c.is_ascii() && !c.is_whitespace());
    }
    Ok(Value::text(titled))
}

fn trim(arguments: &[Value]) -> Answer {
    let (text, cut) = (read::text(&arguments[0])?, read::text(&arguments[1])?);
    Ok(Value::text(text.trim_matches(|c| cut.contains(c))))
}

fn trimprefix(arguments: &[Value]) -> Answer {
    let (text, prefix) = (read::text(&arguments[0])?, read::text(&arguments[1])?);
    Ok(Value::text(text.strip_prefix(&prefix).unwrap_or(&text)))
}

fn trimsuffix(arguments: &[Value]) -> Answer {
    let (text, suffix) = (read::text(&arguments[0])?, read::text(&arguments[1])?);
    Ok(Value::text(text.strip_suffix(&suffix).unwrap_or(&text)))
}

fn trimspace(arguments: &[Value]) -> Answer {
    Ok(Value::text(read::text(&arguments[0])?.trim()))
}
