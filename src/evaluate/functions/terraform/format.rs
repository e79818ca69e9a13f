//! In: a format and its arguments. Out: the text, with a hole for each argument that is not known.
//! Never: knows Go's whole `Printf`: the verbs are those that Terraform documents
//! (<https://developer.hashicorp.com/terraform/language/functions/format>).

use bigdecimal::{BigDecimal, RoundingMode};
use num_traits::{Signed, Zero};
use unicode_segmentation::UnicodeSegmentation;

use super::super::Run::Partial;
use super::super::{Answer, Context, Function, LONGEST_TEXT, MANY, json, read, row, unknown};
use super::text::pieces;
use crate::value::{Kind, ListShape, Number, Piece, Pieces, Unknown, Value};

pub const FUNCTIONS: &[Function] = &[
    row("format", (1, MANY), Partial(format), (r#"format("%s-%03d", "web", 7)"#, r#""web-007""#)),
    row("formatlist", (1, MANY), Partial(formatlist), (r#"formatlist("%s!", ["a", "b"])"#, r#"["a!","b!"]"#)),
];

/// One part of a format.
enum Part {
    Literal(String),
    Verb(Verb),
}

/// One verb, as in `%-10.2f`.
#[derive(Clone, Debug, Default)]
struct Verb {
    source: String,
    argument: usize,
    plus: bool,
    minus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
    mode: char,
}

/// The widest that a verb may write.
const WIDEST: usize = 1024;

fn parse(format: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut next = 0;
    let mut rest = format;
    while let Some(percent) = rest.find('%') {
        literal.push_str(&rest[..percent]);
        rest = &rest[percent + 1..];
        if let Some(tail) = rest.strip_prefix('%') {
            literal.push('%');
            rest = tail;
            continue;
        }
        let (mut verb, length) = verb(rest, next)?;
        verb.source = rest[..length].to_string();
        next = verb.argument + 1;
        rest = &rest[length..];
        parts.push(Part::Literal(std::mem::take(&mut literal)));
        parts.push(Part::Verb(verb));
    }
    literal.push_str(rest);
    parts.push(Part::Literal(literal));
    Ok(parts)
}

/// Reads one verb after its `%`; how many bytes it takes.
fn verb(text: &str, next: usize) -> Result<(Verb, usize), String> {
    let mut verb = Verb { argument: next, ..Verb::default() };
    let mut characters = text.char_indices().peekable();
    let mut in_flags = true;
    while let Some((at, c)) = characters.next() {
        let digits = |from: usize| {
            let digits: &str = &text[from..];
            let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            (digits[..end].parse::<usize>().unwrap_or(usize::MAX), end)
        };
        let mut skip = 0;
        match c {
            '+' if in_flags => verb.plus = true,
            '-' if in_flags => verb.minus = true,
            '#' if in_flags => verb.sharp = true,
            ' ' if in_flags => verb.space = true,
            '0' if in_flags => verb.zero = true,
            '1'..='9' if verb.precision.is_none() => {
                let (width, length) = digits(at);
                (verb.width, skip, in_flags) = (width, length - 1, false);
            }
            '.' => {
                let (precision, length) = digits(at + 1);
                (verb.precision, skip, in_flags) = (Some(if length == 0 { 0 } else { precision }), length, false);
            }
            '[' => {
                let (index, length) = digits(at + 1);
                if length == 0 || index == 0 || !text[at + 1 + length..].starts_with(']') {
                    return Err("an index of a format is a number from 1, as in %[1]s".to_string());
                }
                (verb.argument, skip) = (index - 1, length + 1);
            }
            c if c.is_ascii_alphabetic() => {
                if !"vtbdoxXeEfgGsq".contains(c) {
                    return Err(format!("%{c} is no verb of a format"));
                }
                if verb.width > WIDEST || verb.precision.unwrap_or(0) > WIDEST {
                    return Err(format!("a format is at most {WIDEST} wide"));
                }
                verb.mode = c;
                return Ok((verb, at + 1));
            }
            c => return Err(format!("{c:?} is no verb of a format")),
        }
        for _ in 0..skip {
            characters.next();
        }
    }
    Err("the format ends in the middle of a verb".to_string())
}

/// A format with its arguments as a text; the holes of the arguments stay holes.
fn formatted(context: &Context, parts: &[Part], arguments: &[Value]) -> Answer {
    let mut written: Vec<Piece> = Vec::new();
    let mut used = 0;
    let mut length = 0;
    let mut secret = false;
    for part in parts {
        let verb = match part {
            Part::Literal(text) => {
                written.push(Piece::Literal(text.into()));
                length += text.len();
                continue;
            }
            Part::Verb(verb) => verb,
        };
        used = used.max(verb.argument + 1);
        let value = arguments
            .get(verb.argument)
            .ok_or_else(|| format!("the format wants {} arguments and has {}", verb.argument + 1, arguments.len()))?;
        secret |= value.secret;
        let made = spelled(context, verb, value)?;
        length +=
            made.pieces().iter().map(|p| if let Piece::Literal(text) = p { text.len() } else { 0 }).sum::<usize>();
        written.extend(made.pieces().iter().cloned());
        if length > LONGEST_TEXT {
            return Err("the result is too long".to_string());
        }
    }
    if used < arguments.len() {
        return Err(format!("the format uses {used} of its {} arguments", arguments.len()));
    }
    Ok(Value::pieces(Pieces::of(written)).with_secret(secret))
}

fn spelled(context: &Context, verb: &Verb, value: &Value) -> Result<Pieces, String> {
    if let Some(first) = value.first_hole() {
        let plain = verb.width == 0 && verb.precision.is_none() && !verb.plus && !verb.space && !verb.sharp;
        if plain
            && matches!(verb.mode, 's' | 'v' | 'd' | 't')
            && !matches!(value.kind, Kind::List { .. } | Kind::Object { .. })
        {
            return pieces(value);
        }
        // What the verb makes of it has a name of its own.
        let hole = unknown::hole(context, std::slice::from_ref(value)).unknown();
        let name = format!("format(\"%{}\", {first})", verb.source);
        let named = match &value.kind {
            Kind::Unknown(_) | Kind::Reference(_) => name,
            // More than its first hole decides; the whole call names it.
            _ => format!("{}[{}]", hole.name(), verb.argument),
        };
        let hole = crate::value::Hole::Unknown(hole);
        let derived = Unknown::derived(named, [&hole]).map_or(hole, crate::value::Hole::Unknown);
        return Ok(Pieces::hole(derived));
    }
    let text = match verb.mode {
        'v' => as_is(verb, value)?,
        't' => padded(verb, read::bool(value).map(|bool| bool.to_string())?),
        's' => padded(verb, cut(verb, read::text(value)?)),
        'q' => padded(verb, json::terraform(&Value::text(cut(verb, read::text(value)?)))),
        'b' | 'd' | 'o' | 'x' | 'X' => integer(verb, &read::number(value)?)?,
        _ => fraction(verb, &read::number(value)?),
    };
    Ok(Pieces::literal(&text))
}

fn as_is(verb: &Verb, value: &Value) -> Result<String, String> {
    Ok(match &value.kind {
        Kind::Text(_) if !verb.sharp => padded(verb, read::text(value)?),
        Kind::Number(number) if !verb.sharp => padded(verb, general(&number.decimal(), None, 'e')),
        _ => padded(verb, json::terraform(value)),
    })
}

fn cut(verb: &Verb, text: String) -> String {
    match verb.precision {
        Some(most) => text.graphemes(true).take(most).collect(),
        None => text,
    }
}

fn padded(verb: &Verb, text: String) -> String {
    let missing = verb.width.saturating_sub(text.graphemes(true).count());
    if verb.minus { text + &" ".repeat(missing) } else { " ".repeat(missing) + &text }
}

/// A number's digits with sign and padding, as Go writes them.
fn signed(verb: &Verb, negative: bool, digits: &str) -> String {
    let sign = match (negative, verb.plus, verb.space) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    };
    let missing = verb.width.saturating_sub(sign.len() + digits.len());
    if verb.zero && !verb.minus {
        return format!("{sign}{}{digits}", "0".repeat(missing));
    }
    padded(verb, format!("{sign}{digits}"))
}

fn integer(verb: &Verb, number: &Number) -> Result<String, String> {
    if !number.is_whole() {
        return Err(format!("%{} takes a whole number, and {number} is none", verb.mode));
    }
    let (whole, _) = number.decimal().with_scale(0).into_bigint_and_exponent();
    let radix = match verb.mode {
        'b' => 2,
        'o' => 8,
        'x' | 'X' => 16,
        _ => 10,
    };
    let digits = whole.magnitude().to_str_radix(radix);
    let prefix = match verb.mode {
        'x' if verb.sharp => "0x",
        'X' if verb.sharp => "0X",
        'o' if verb.sharp => "0",
        'b' if verb.sharp => "0b",
        _ => "",
    };
    let digits = if verb.mode == 'X' { digits.to_uppercase() } else { digits };
    Ok(signed(verb, number.is_negative(), &format!("{prefix}{digits}")))
}

fn fraction(verb: &Verb, number: &Number) -> String {
    let decimal = number.decimal();
    let size = decimal.abs();
    let digits = match verb.mode {
        'f' => {
            let places = verb.precision.unwrap_or(6) as i64;
            size.with_scale_round(places, RoundingMode::HalfEven).to_plain_string()
        }
        'e' | 'E' => exponential(&size, verb.precision.unwrap_or(6), 'e'),
        _ => general(&size, verb.precision, 'e'),
    };
    let digits = if verb.mode.is_uppercase() { digits.to_uppercase() } else { digits };
    signed(verb, decimal.is_negative(), &digits)
}

/// `1.500000e+03`, with as many places as asked for.
fn exponential(size: &BigDecimal, places: usize, letter: char) -> String {
    if size.is_zero() {
        let zeros = if places > 0 { format!(".{}", "0".repeat(places)) } else { String::new() };
        return format!("0{zeros}{letter}+00");
    }
    let rounded = size.with_precision_round(
        std::num::NonZeroU64::new(places as u64 + 1).unwrap_or(std::num::NonZeroU64::MIN),
        RoundingMode::HalfEven,
    );
    let (digits, scale) = rounded.as_bigint_and_exponent();
    let mut digits = digits.to_string();
    let exponent = digits.len() as i64 - 1 - scale;
    digits.truncate(places + 1);
    while digits.len() < places + 1 {
        digits.push('0');
    }
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}{letter}{sign}{:02}", exponent.abs())
}

/// The shorter of the two ways to write a number, as Go's `%g` chooses.
fn general(decimal: &BigDecimal, precision: Option<usize>, letter: char) -> String {
    let size = decimal.abs();
    let sign = if decimal.is_negative() { "-" } else { "" };
    if size.is_zero() {
        return "0".to_string();
    }
    let most = precision.map(|precision| precision.max(1));
    let rounded = match most.and_then(|most| std::num::NonZeroU64::new(most as u64)) {
        Some(most) => size.with_precision_round(most, RoundingMode::HalfEven),
        None => size,
    }
    .normalized();
    let (digits, scale) = rounded.as_bigint_and_exponent();
    let count = digits.to_string().len();
    let exponent = count as i64 - 1 - scale;
    // Without a precision the exponent decides at 21 digits in Go's `%v` of floats, but at 6 here.
    let limit = match most {
        Some(most) if most > count && count as i64 > exponent => count as i64,
        Some(most) => most as i64,
        None => 6,
    };
    let text = if exponent < -4 || exponent >= limit.max(if most.is_none() { 6 } else { 0 }) {
        exponential(&rounded, count - 1, letter)
    } else {
        rounded.to_plain_string()
    };
    format!("{sign}{text}")
}

fn format(context: &Context, arguments: &[Value]) -> Answer {
    if arguments[0].first_hole().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    formatted(context, &parse(&read::text(&arguments[0])?)?, &arguments[1..])
}

fn formatlist(context: &Context, arguments: &[Value]) -> Answer {
    // A value that is not known may be a list.
    let unclear = |value: &Value| match &value.kind {
        Kind::Reference(reference) => !unknown::is_text_attribute(reference),
        Kind::List { rest, .. } => rest.is_some(),
        _ => value.hole().is_some(),
    };
    if arguments[0].first_hole().is_some() || arguments[1..].iter().any(unclear) {
        return Ok(unknown::of(context, arguments));
    }
    let parts = parse(&read::text(&arguments[0])?)?;
    let mut lengths: Vec<usize> = arguments[1..].iter().filter_map(Value::items).map(<[Value]>::len).collect();
    lengths.dedup();
    let length = match lengths.as_slice() {
        [] => 1,
        [length] => *length,
        _ => return Err("the lists of a formatlist are of one length".to_string()),
    };
    let mut made = Vec::with_capacity(length);
    for index in 0..length {
        let row: Vec<Value> = arguments[1..]
            .iter()
            .map(|argument| argument.items().and_then(|items| items.get(index)).unwrap_or(argument).clone())
            .collect();
        made.push(formatted(context, &parts, &row)?);
    }
    Ok(read::list_of(made, ListShape::List))
}
