//! In: texts, and what ARM writes as such. Out: texts as ARM cuts, joins, formats and changes them.
//! Never: guesses what a hole holds: a text with holes keeps them, or is not known.

use super::super::Run::{Known, Partial, Placed};
use super::super::texts::{joined, may_split, single_character, truth};
use super::super::{Answer, Context, Function, LONGEST_TEXT, MANY, json, read, row, unknown};
use crate::value::{Kind, Number, Piece, Pieces, Truth, Value};

pub const FUNCTIONS: &[Function] = &[
    row("endsWith", (2, 2), Partial(ends_with), ("endsWith('abcDEF', 'def')", "true")),
    row("format", (1, MANY), Partial(format), ("format('{0}-{1:D3}', 'web', 7)", r#""web-007""#)),
    row("join", (2, 2), Partial(join), ("join(['a', 'b'], ',')", r#""a,b""#)),
    row("padLeft", (2, 3), Known(pad_left), ("padLeft('7', 3, '0')", r#""007""#)),
    row("replace", (3, 3), Placed(replace), ("replace('a-b-c', '-', '')", r#""abc""#)),
    row("split", (2, 2), Partial(split), ("split('a;b,c', [',', ';'])", r#"["a","b","c"]"#)),
    row("startsWith", (2, 2), Partial(starts_with), ("startsWith('abcDEF', 'ABC')", "true")),
    row("string", (1, 1), Partial(string), ("string({ a: [1, true] })", r#""{\"a\":[1,true]}""#)),
    row("substring", (2, 3), Known(substring), ("substring('one two three', 4, 3)", r#""two""#)),
    row("toLower", (1, 1), Partial(to_lower), ("toLower('ONE')", r#""one""#)),
    row("toUpper", (1, 1), Partial(to_upper), ("toUpper('one')", r#""ONE""#)),
    row("trim", (1, 1), Known(trim), ("trim('  one  ')", r#""one""#)),
];

/// A value as ARM writes it into a text; the holes of a text are kept.
pub fn pieces(value: &Value) -> Result<Pieces, String> {
    match &value.kind {
        Kind::Text(pieces) => Ok(pieces.clone()),
        Kind::Bool(true) => Ok(Pieces::literal("True")),
        Kind::Bool(false) => Ok(Pieces::literal("False")),
        _ => match unknown::as_hole(value) {
            Some(hole) => Ok(Pieces::hole(hole)),
            None => read::text(value).map(|text| Pieces::literal(&text)),
        },
    }
}

/// A known value as ARM writes it into a text.
pub fn text(value: &Value) -> Result<String, String> {
    let pieces = pieces(value)?;
    pieces.as_literal().map(str::to_string).ok_or_else(|| "a text is needed here of which all is known".to_string())
}

fn to_lower(_: &Context, arguments: &[Value]) -> Answer {
    Ok(unknown::letter_by_letter(&pieces(&arguments[0])?, "toLower", str::to_lowercase))
}

fn to_upper(_: &Context, arguments: &[Value]) -> Answer {
    Ok(unknown::letter_by_letter(&pieces(&arguments[0])?, "toUpper", str::to_uppercase))
}

/// ARM compares the ends of texts in any case of letters.
fn starts_with(context: &Context, arguments: &[Value]) -> Answer {
    ends(context, arguments, super::super::texts::starts_with)
}

fn ends_with(context: &Context, arguments: &[Value]) -> Answer {
    ends(context, arguments, super::super::texts::ends_with)
}

fn ends(context: &Context, arguments: &[Value], test: fn(&Pieces, &str) -> Truth) -> Answer {
    let lower = |value: &Value| pieces(value).map(|pieces| pieces.map_literals(|text| text.to_lowercase()));
    let (text, end) = (lower(&arguments[0])?, lower(&arguments[1])?);
    let Some(end) = end.as_literal() else { return Ok(unknown::of(context, arguments)) };
    Ok(truth(context, arguments, test(&text, end)))
}

fn join(context: &Context, arguments: &[Value]) -> Answer {
    if arguments[0].rest().is_some() {
        return Ok(unknown::of(context, arguments).with_secret(unknown::is_secret(&arguments[0])));
    }
    let items = read::items(&arguments[0])?;
    let parts: Result<Vec<Pieces>, String> = items.iter().map(pieces).collect();
    let secret = items.iter().any(|item| item.secret);
    joined(&pieces(&arguments[1])?, &parts?).map(|text| text.with_secret(secret))
}

fn pad_left(arguments: &[Value]) -> Answer {
    let text = text(&arguments[0])?;
    let width = usize::try_from(read::whole(&arguments[1])?).map_err(|_| "a width is not negative".to_string())?;
    if width > LONGEST_TEXT {
        return Err("the result is too long".to_string());
    }
    let with = arguments.get(2).map_or_else(|| Ok(" ".to_string()), self::text)?;
    let with = single_character(&with).ok_or("a text is padded with one character")?;
    let missing = width.saturating_sub(text.encode_utf16().count());
    Ok(Value::text(with.to_string().repeat(missing) + &text))
}

fn replace(context: &Context, arguments: &[Value]) -> Answer {
    let (text, part, by) = (text(&arguments[0])?, text(&arguments[1])?, text(&arguments[2])?);
    if part.is_empty() {
        return Err("there is nothing to replace".to_string());
    }
    // Whether the case of letters counts is not documented, so the answer is known where it makes no difference.
    let folded = text.to_lowercase().matches(&part.to_lowercase()).count();
    if folded != text.matches(&part).count() {
        return Ok(unknown::unmodelled(context));
    }
    if text.len() + folded.saturating_mul(by.len()) > LONGEST_TEXT {
        return Ok(unknown::limit(context));
    }
    Ok(Value::text(text.replace(&part, &by)))
}

fn split(context: &Context, arguments: &[Value]) -> Answer {
    let separators = match &arguments[1].kind {
        Kind::List { rest: Some(_), .. } => return Ok(unknown::of(context, arguments)),
        Kind::List { items, .. } => items.iter().map(pieces).collect::<Result<Vec<_>, _>>()?,
        _ => vec![pieces(&arguments[1])?],
    };
    let separators: Option<Vec<&str>> = separators.iter().map(Pieces::as_literal).collect();
    let text = pieces(&arguments[0])?;
    let Some(separators) = separators else { return Ok(unknown::of(context, arguments)) };
    match (text.as_literal(), separators.as_slice()) {
        (Some(text), separators) => {
            let mut parts = vec![text];
            for separator in separators.iter().filter(|separator| !separator.is_empty()) {
                parts = parts.into_iter().flat_map(|part| part.split(separator)).collect();
            }
            Ok(Value::list(parts.into_iter().map(Value::text).collect()))
        }
        (None, [separator]) => match single_character(separator).filter(|separator| may_split(&text, *separator)) {
            Some(separator) => Ok(Value::list(text.split(separator).into_iter().map(Value::pieces).collect())),
            None => Ok(unknown::of(context, arguments)),
        },
        _ => Ok(unknown::of(context, arguments)),
    }
}

fn string(context: &Context, arguments: &[Value]) -> Answer {
    let value = &arguments[0];
    match &value.kind {
        Kind::List { .. } | Kind::Object { .. } if value.first_hole().is_some() => {
            Ok(unknown::of(context, arguments).with_secret(unknown::is_secret(value)))
        }
        Kind::List { .. } | Kind::Object { .. } => {
            let text = json::arm(value);
            let long = text.len() > LONGEST_TEXT;
            let made = if long { unknown::limit(context) } else { Value::text(text) };
            Ok(made.with_secret(unknown::is_secret(value)))
        }
        Kind::Null => Ok(Value::text("")),
        _ => pieces(value).map(Value::pieces),
    }
}

fn substring(arguments: &[Value]) -> Answer {
    let text: Vec<u16> = text(&arguments[0])?.encode_utf16().collect();
    let index = |value: &Value| {
        let index = read::whole(value)?;
        usize::try_from(index).map_err(|_| format!("there is no character number {index}"))
    };
    let start = index(&arguments[1])?;
    let end = match arguments.get(2).filter(|length| !length.is_null()) {
        Some(length) => start.saturating_add(index(length)?),
        None => text.len(),
    };
    let part = text.get(start..end).ok_or_else(|| format!("the text has no characters {start} to {end}"))?;
    String::from_utf16(part).map(Value::text).map_err(|_| "the text is cut inside a character".to_string())
}

fn trim(arguments: &[Value]) -> Answer {
    Ok(Value::text(text(&arguments[0])?.trim()))
}

/// .NET's composite formats (<https://learn.microsoft.com/dotnet/standard/base-types/composite-formatting>); the
/// holes of the arguments stay holes.
fn format(context: &Context, arguments: &[Value]) -> Answer {
    if arguments[0].first_hole().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    let format = text(&arguments[0])?;
    let mut written: Vec<Piece> = Vec::new();
    let mut length = 0_usize;
    let mut secret = false;
    let mut rest = format.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        written.push(Piece::Literal(rest[..at].into()));
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(tail) = rest.strip_prefix(brace) {
            // A doubled brace stands for itself.
            written.push(Piece::Literal(brace.into()));
            rest = tail;
            continue;
        }
        let end = rest.find('}').filter(|_| brace == "{").ok_or("a brace in the format is not closed")?;
        let (place, tail) = (&rest[..end], &rest[end + 1..]);
        rest = tail;
        let (index, shape) = place.split_at(place.find([',', ':']).unwrap_or(place.len()));
        let index: usize = index.trim().parse().map_err(|_| format!("{place:?} is no place of a format"))?;
        let value = arguments.get(index + 1).ok_or_else(|| format!("the format has no argument number {index}"))?;
        secret |= unknown::is_secret(value);
        let Some(made) = placed(context, value, shape)? else { return Ok(unknown::unmodelled(context)) };
        length += made.start().len();
        written.extend(made.pieces().iter().cloned());
        if length > LONGEST_TEXT {
            return Ok(unknown::limit(context));
        }
    }
    written.push(Piece::Literal(rest.into()));
    Ok(Value::pieces(Pieces::of(written)).with_secret(secret))
}

/// A value at one place of a format, whose shape is `,width`, `:format` or both; `None` for what is not modelled.
fn placed(context: &Context, value: &Value, shape: &str) -> Result<Option<Pieces>, String> {
    if shape.is_empty() {
        return match &value.kind {
            Kind::Null => Ok(Some(Pieces::literal(""))),
            Kind::List { .. } | Kind::Object { .. } if value.first_hole().is_some() => {
                Ok(Some(Pieces::hole(unknown::hole(context, std::slice::from_ref(value)))))
            }
            // Lists and objects are written as JSON with single quotes.
            Kind::List { .. } | Kind::Object { .. } => {
                let text = json::arm(value);
                let plain = !text.contains(['\'', '\\']) && text.len() <= LONGEST_TEXT;
                Ok(plain.then(|| Pieces::literal(&text.replace('"', "'"))))
            }
            _ => pieces(value).map(Some),
        };
    }
    if value.first_hole().is_some() {
        return Ok(None);
    }
    let (width, kind) = match shape.split_once(':') {
        Some((width, kind)) => (width, kind),
        None => (shape, ""),
    };
    let text = match (value.as_number(), kind) {
        (_, "") => text(value)?,
        (Some(number), kind) => match numeric(number, kind) {
            Some(text) => text,
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    let width: i32 = match width.strip_prefix(',') {
        Some(width) => width.trim().parse().map_err(|_| format!("{width:?} is no width of a format"))?,
        None => 0,
    };
    if width.unsigned_abs() > 1024 {
        return Ok(None);
    }
    let missing = " ".repeat((width.unsigned_abs() as usize).saturating_sub(text.encode_utf16().count()));
    Ok(Some(Pieces::literal(&if width < 0 { text + &missing } else { missing + &text })))
}

/// A whole number in .NET's formats `D3`, `X2` and `000`.
fn numeric(number: &Number, kind: &str) -> Option<String> {
    let whole = number.to_i64()?;
    let (sign, size) = (if whole < 0 { "-" } else { "" }, whole.unsigned_abs());
    if kind.bytes().all(|b| b == b'0') && kind.len() <= 99 {
        return Some(format!("{sign}{size:0>width$}", width = kind.len()));
    }
    let (letter, digits) = kind.split_at_checked(1)?;
    let digits: usize = if digits.is_empty() { 0 } else { digits.parse().ok().filter(|digits| *digits <= 99)? };
    match letter {
        "D" | "d" => Some(format!("{sign}{size:0>digits$}")),
        "X" if whole >= 0 => Some(format!("{size:0>digits$X}")),
        "x" if whole >= 0 => Some(format!("{size:0>digits$x}")),
        _ => None,
    }
}
