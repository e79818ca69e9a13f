//! In: lists and texts, of which parts may be unknown. Out: their parts, their lengths and what they hold.
//! Never: counts items that may be the same or may be missing.

use super::super::Run::{Partial, Placed};
use super::super::texts::{holds, truth};
use super::super::{Answer, Context, Function, MANY, MOST_ITEMS, read, row, unknown};
use super::text::{pieces, text};
use crate::value::{Kind, ListShape, Pieces, Truth, Value};

pub const FUNCTIONS: &[Function] = &[
    row("array", (1, 1), Partial(array), ("array('a')", r#"["a"]"#)),
    row("concat", (1, MANY), Partial(concat), ("concat(['a'], ['b'])", r#"["a","b"]"#)),
    row("contains", (2, 2), Partial(contains), ("contains({ one: 1 }, 'ONE')", "true")),
    row("first", (1, 1), Partial(first), ("first(['one', 'two'])", r#""one""#)),
    row("flatten", (1, 1), Partial(flatten), ("flatten([['a'], ['b', ['c']]])", r#"["a","b",["c"]]"#)),
    row("indexOf", (2, 2), Placed(index_of), ("indexOf('test', 'T')", "0")),
    row("last", (1, 1), Partial(last), ("last('one')", r#""e""#)),
    row("lastIndexOf", (2, 2), Placed(last_index_of), ("lastIndexOf('test', 't')", "3")),
    row("length", (1, 1), Partial(length), ("length([1, 2])", "2")),
    row("range", (2, 2), Placed(range), ("range(5, 3)", "[5,6,7]")),
    row("skip", (2, 2), Partial(skip), ("skip(['a', 'b', 'c'], 2)", r#"["c"]"#)),
    row("take", (2, 2), Partial(take), ("take('one two', 3)", r#""one""#)),
];

/// The most items of Bicep's `range`.
const LONGEST_RANGE: i64 = 10_000;

fn array(context: &Context, arguments: &[Value]) -> Answer {
    match &arguments[0].kind {
        Kind::List { .. } => Ok(arguments[0].clone()),
        // It may be a list itself.
        Kind::Unknown(_) | Kind::Reference(_) => Ok(unknown::of(context, arguments)),
        _ => Ok(Value::list(vec![arguments[0].clone()])),
    }
}

fn concat(context: &Context, arguments: &[Value]) -> Answer {
    let is_list = |value: &Value| matches!(value.kind, Kind::List { .. });
    let is_hole = |value: &Value| value.hole().is_some();
    let secret = arguments.iter().any(|argument| argument.secret);
    if !arguments.iter().any(is_list) {
        // Alone, a hole may be a text or a list; a text beside it says which.
        if arguments.iter().all(is_hole) {
            return Ok(unknown::of(context, arguments));
        }
        let parts: Result<Vec<Pieces>, String> = arguments.iter().map(pieces).collect();
        return super::super::texts::joined(&Pieces::literal(""), &parts?).map(|text| text.with_secret(secret));
    }
    let mut all = Vec::new();
    let mut open = false;
    for argument in arguments {
        open |= argument.rest().is_some();
        if !is_hole(argument) {
            all.extend_from_slice(read::items(argument)?);
        }
    }
    if all.len() > MOST_ITEMS {
        return Ok(unknown::limit(context));
    }
    let rest = open.then(|| unknown::hole(context, arguments));
    Ok(read::list_with(all, rest, ListShape::Tuple).with_secret(secret))
}

fn contains(context: &Context, arguments: &[Value]) -> Answer {
    let [container, wanted] = arguments else { return Err("contains takes two arguments".to_string()) };
    let found = match &container.kind {
        Kind::Text(text) => match pieces(wanted)?.as_literal() {
            Some(part) => holds(text, part),
            None => Truth::Unknown,
        },
        Kind::List { items, rest, .. } => {
            let found = Truth::any(items.iter().map(|item| item.same(wanted)));
            if rest.is_some() { found | Truth::Unknown } else { found }
        }
        Kind::Object { fields, rest, .. } => match pieces(wanted)?.as_literal() {
            // ARM finds keys in any case of letters.
            Some(key) if super::objects::field(fields, key).is_some() => Truth::Yes,
            Some(_) if rest.is_none() => Truth::No,
            _ => Truth::Unknown,
        },
        Kind::Unknown(_) | Kind::Reference(_) => Truth::Unknown,
        _ => return Err(format!("{} holds nothing", read::name_of(container))),
    };
    Ok(truth(context, arguments, found))
}

fn first(context: &Context, arguments: &[Value]) -> Answer {
    at_end(context, arguments, <[Value]>::first, |text| text.chars().next())
}

fn last(context: &Context, arguments: &[Value]) -> Answer {
    at_end(context, arguments, <[Value]>::last, |text| text.chars().next_back())
}

fn at_end(
    context: &Context,
    arguments: &[Value],
    item: fn(&[Value]) -> Option<&Value>,
    letter: fn(&str) -> Option<char>,
) -> Answer {
    match &arguments[0].kind {
        Kind::List { items, rest: None, .. } => Ok(item(items).cloned().unwrap_or_else(Value::null)),
        Kind::Text(pieces) => match pieces.as_literal() {
            Some(text) => Ok(Value::text(letter(text).map(String::from).unwrap_or_default())),
            None => Ok(unknown::of(context, arguments)),
        },
        Kind::List { .. } | Kind::Unknown(_) | Kind::Reference(_) => Ok(unknown::of(context, arguments)),
        _ => Err(format!("a list or a text is needed here, not {}", read::name_of(&arguments[0]))),
    }
}

fn flatten(context: &Context, arguments: &[Value]) -> Answer {
    if arguments[0].hole().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    let mut flat = Vec::new();
    let mut open = arguments[0].rest().is_some();
    for list in read::items(&arguments[0])? {
        open |= list.rest().is_some();
        if list.hole().is_none() {
            flat.extend_from_slice(read::items(list)?);
        }
        if flat.len() > MOST_ITEMS {
            return Ok(unknown::limit(context));
        }
    }
    Ok(read::list_with(flat, open.then(|| unknown::hole(context, arguments)), ListShape::Tuple))
}

fn index_of(context: &Context, arguments: &[Value]) -> Answer {
    position(context, arguments, false)
}

fn last_index_of(context: &Context, arguments: &[Value]) -> Answer {
    position(context, arguments, true)
}

/// The first or last place of an item or of a part of a text, or -1; texts are compared in any case of letters.
fn position(context: &Context, arguments: &[Value], last: bool) -> Answer {
    let index = match arguments[0].items() {
        Some(items) => {
            let wanted = |item: &Value| item.same(&arguments[1]) == Truth::Yes;
            if last { items.iter().rposition(wanted) } else { items.iter().position(wanted) }
        }
        None => {
            let (text, part) = (text(&arguments[0])?.to_lowercase(), text(&arguments[1])?.to_lowercase());
            if !text.is_ascii() || !part.is_ascii() {
                // .NET counts and folds other letters in ways of its own.
                return Ok(unknown::unmodelled(context));
            }
            if last { text.rfind(&part) } else { text.find(&part) }
        }
    };
    Ok(index.map_or_else(|| Value::number(-1_i64), Value::number))
}

fn length(context: &Context, arguments: &[Value]) -> Answer {
    match &arguments[0].kind {
        Kind::Text(pieces) if pieces.as_literal().is_some() => {
            Ok(Value::number(text(&arguments[0])?.encode_utf16().count()))
        }
        Kind::List { items, rest: None, .. } => Ok(Value::number(items.len())),
        Kind::Object { fields, rest: None, .. } => Ok(Value::number(fields.len())),
        Kind::Text(_) | Kind::List { .. } | Kind::Object { .. } | Kind::Unknown(_) | Kind::Reference(_) => {
            Ok(unknown::of(context, arguments))
        }
        _ => Err(format!("{} has no length", read::name_of(&arguments[0]))),
    }
}

fn range(context: &Context, arguments: &[Value]) -> Answer {
    let (start, count) = (read::whole(&arguments[0])?, read::whole(&arguments[1])?);
    if count < 0 {
        return Err(format!("a range has no {count} items"));
    }
    // Azure makes no longer ones either.
    if count > LONGEST_RANGE {
        return Ok(unknown::limit(context));
    }
    let end = start.checked_add(count).ok_or("the range ends beyond all numbers")?;
    Ok(Value::list((start..end).map(Value::number).collect()))
}

fn skip(context: &Context, arguments: &[Value]) -> Answer {
    part(context, arguments, |length, count| count.min(length)..length)
}

fn take(context: &Context, arguments: &[Value]) -> Answer {
    if let (Kind::Text(pieces), Some(count)) = (&arguments[0].kind, arguments[1].as_number()) {
        // The known characters that a text begins with may be enough.
        let (start, count) = (pieces.start(), count.to_usize().unwrap_or(0));
        if start.is_ascii() && start.len() >= count {
            return Ok(Value::text(&start[..count]));
        }
    }
    part(context, arguments, |length, count| 0..count.min(length))
}

fn part(context: &Context, arguments: &[Value], cut: fn(usize, usize) -> std::ops::Range<usize>) -> Answer {
    if arguments[1].first_hole().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    // What is negative counts as none.
    let count = usize::try_from(read::whole(&arguments[1])?).unwrap_or(0);
    match &arguments[0].kind {
        Kind::List { items, rest: None, .. } => Ok(Value::list(items[cut(items.len(), count)].to_vec())),
        Kind::Text(pieces) => match pieces.as_literal() {
            Some(text) => {
                let units: Vec<u16> = text.encode_utf16().collect();
                let part = String::from_utf16(&units[cut(units.len(), count)]);
                part.map(Value::text).map_err(|_| "the text is cut inside a character".to_string())
            }
            None => Ok(unknown::of(context, arguments)),
        },
        Kind::List { .. } | Kind::Unknown(_) | Kind::Reference(_) => Ok(unknown::of(context, arguments)),
        _ => Err(format!("a list or a text is needed here, not {}", read::name_of(&arguments[0]))),
    }
}
