//! In: lists, of which items may be unknown. Out: lists, their lengths and their items.
//! Never: counts items that may be the same or may be missing.

use unicode_segmentation::UnicodeSegmentation;

use super::super::Run::{Known, Partial, Shallow};
use super::super::texts::truth;
use super::super::{Answer, Context, Function, MANY, MOST_ITEMS, read, row, unknown};
use crate::value::{Hole, Kind, ListShape, Truth, Value};

pub const FUNCTIONS: &[Function] = &[
    row("alltrue", (1, 1), Partial(alltrue), (r#"alltrue(["true", true])"#, "true")),
    row("anytrue", (1, 1), Partial(anytrue), (r#"anytrue([true, false])"#, "true")),
    row("chunklist", (2, 2), Shallow(chunklist), (r#"chunklist(["a", "b", "c"], 2)"#, r#"[["a","b"],["c"]]"#)),
    row("compact", (1, 1), Partial(compact), (r#"compact(["a", "", "b", null])"#, r#"["a","b"]"#)),
    row("concat", (1, MANY), Partial(concat), (r#"concat(["a", ""], ["b"])"#, r#"["a","","b"]"#)),
    row("contains", (2, 2), Partial(contains), (r#"contains(["a", "b"], "b")"#, "true")),
    row("distinct", (1, 1), Partial(distinct), (r#"distinct(["a", "b", "a"])"#, r#"["a","b"]"#)),
    row("element", (2, 2), Partial(element), (r#"element(["a", "b", "c"], 3)"#, r#""a""#)),
    row("flatten", (1, 1), Partial(flatten), (r#"flatten([["a"], [], ["b", ["c"]]])"#, r#"["a","b","c"]"#)),
    row("index", (2, 2), Partial(index), (r#"index(["a", "b", "c"], "b")"#, "1")),
    row("length", (1, 1), Partial(length), (r#"length(["a", "b"])"#, "2")),
    row("matchkeys", (3, 3), Known(matchkeys), (r#"matchkeys(["a", "b"], ["x", "y"], ["y"])"#, r#"["b"]"#)),
    row("one", (1, 1), Shallow(one), (r#"one(["hello"])"#, r#""hello""#)),
    row("reverse", (1, 1), Partial(reverse), (r#"reverse([1, 2, 3])"#, "[3,2,1]")),
    row("slice", (3, 3), Shallow(slice), (r#"slice(["a", "b", "c", "d"], 1, 3)"#, r#"["b","c"]"#)),
    row("sort", (1, 1), Known(sort), (r#"sort(["e", "d", "a"])"#, r#"["a","d","e"]"#)),
];

fn shape_of(value: &Value) -> ListShape {
    match &value.kind {
        Kind::List { shape, .. } => *shape,
        _ => ListShape::Tuple,
    }
}

/// What stays of a list when only some of it was known: the rest of it, and what else the call was made from.
fn rest_of(context: &Context, arguments: &[Value], open: bool) -> Option<Hole> {
    open.then(|| unknown::hole(context, arguments))
}

fn alltrue(context: &Context, arguments: &[Value]) -> Answer {
    all_or_any(context, arguments, |answers| Truth::all(answers.iter().copied()), Truth::No)
}

fn anytrue(context: &Context, arguments: &[Value]) -> Answer {
    all_or_any(context, arguments, |answers| Truth::any(answers.iter().copied()), Truth::Yes)
}

/// Adds up the truth of items; one `decisive` item decides although there may be more.
fn all_or_any(context: &Context, arguments: &[Value], sum: fn(&[Truth]) -> Truth, decisive: Truth) -> Answer {
    let list = &arguments[0];
    if list.hole().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    let mut answers = Vec::new();
    for item in read::items(list)? {
        answers.push(match item.first_hole() {
            Some(_) => Truth::Unknown,
            // Null is not true.
            None if item.is_null() => Truth::No,
            None => Truth::from_known(read::bool(item)?),
        });
    }
    let answer = match sum(&answers) {
        answer if answer == decisive || list.rest().is_none() => answer,
        _ => Truth::Unknown,
    };
    Ok(truth(context, arguments, answer))
}

fn chunklist(_: &Context, arguments: &[Value]) -> Answer {
    let items = read::items(&arguments[0])?;
    let size = usize::try_from(read::whole(&arguments[1])?).map_err(|_| "a size is not negative".to_string())?;
    let size = if size == 0 { items.len() } else { size };
    let shape = shape_of(&arguments[0]);
    let chunks = items.chunks(size.max(1)).map(|chunk| read::list_of(chunk.to_vec(), shape)).collect();
    Ok(read::list_of(chunks, ListShape::List))
}

fn compact(context: &Context, arguments: &[Value]) -> Answer {
    if arguments[0].hole().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    let mut open = arguments[0].rest().is_some();
    let mut kept = Vec::new();
    for item in read::items(&arguments[0])? {
        match &item.kind {
            Kind::Null => {}
            Kind::Text(pieces) if pieces.as_literal() == Some("") => {}
            Kind::Text(pieces) if pieces.pieces().len() > pieces.holes().count() => kept.push(item.clone()),
            Kind::Reference(reference) if unknown::is_text_attribute(reference) => kept.push(item.clone()),
            // It may be null or empty, and then it is not there.
            Kind::Text(_) | Kind::Reference(_) | Kind::Unknown(_) | Kind::OneOf { .. } => open = true,
            _ => kept.push(Value::text(read::text(item)?)),
        }
    }
    Ok(read::list_with(kept, rest_of(context, arguments, open), ListShape::List))
}

fn concat(context: &Context, arguments: &[Value]) -> Answer {
    let mut all = Vec::new();
    let mut open = false;
    let mut secret = false;
    let mut shape = ListShape::List;
    for list in arguments {
        secret |= list.secret;
        match &list.kind {
            Kind::List { shape: ListShape::Set, .. } | Kind::Null => {
                return Err(format!("concat takes lists, not {}", read::name_of(list)));
            }
            Kind::List { items, rest, shape: own } => {
                open |= rest.is_some();
                all.extend(items.iter().cloned());
                shape = if *own == ListShape::List { shape } else { ListShape::Tuple };
            }
            Kind::Unknown(_) | Kind::Reference(_) => open = true,
            _ => return Err(format!("concat takes lists, not {}", read::name_of(list))),
        }
    }
    if all.len() > MOST_ITEMS {
        return Ok(unknown::limit(context));
    }
    let rest = rest_of(context, arguments, open);
    // Lists of unlike types become a tuple.
    let (all, shape) = match shape {
        ListShape::List => {
            read::unified_with(all.clone(), rest.clone()).map_or((all, ListShape::Tuple), |all| (all, shape))
        }
        _ => (all, shape),
    };
    Ok(read::list_with(all, rest, shape).with_secret(secret))
}

fn contains(context: &Context, arguments: &[Value]) -> Answer {
    let list = &arguments[0];
    if list.hole().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    let found = Truth::any(read::items(list)?.iter().map(|item| item.same(&arguments[1])));
    let found = if list.rest().is_some() { found | Truth::Unknown } else { found };
    Ok(truth(context, arguments, found))
}

fn distinct(context: &Context, arguments: &[Value]) -> Answer {
    if arguments[0].hole().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    let kept = read::distinct(read::items(&arguments[0])?.to_vec());
    if read::may_repeat(&kept) {
        // How many there are is open; which there are is not.
        let rest = rest_of(context, arguments, true);
        return Ok(read::list_with(kept, rest, ListShape::List));
    }
    Ok(read::list_with(kept, arguments[0].rest(), ListShape::List))
}

fn element(context: &Context, arguments: &[Value]) -> Answer {
    let list = &arguments[0];
    if list.rest().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    let items = read::items(list)?;
    if items.is_empty() {
        return Err("there is no element of an empty list".to_string());
    }
    if let Kind::List { shape: ListShape::Set, .. } = &list.kind
        && list.first_hole().is_some()
    {
        return Ok(unknown::of(context, arguments));
    }
    match &arguments[1].kind {
        Kind::Unknown(_) => Ok(unknown::choice(context, arguments, items.to_vec())),
        _ if arguments[1].first_hole().is_some() => Ok(unknown::of(context, arguments)),
        _ => {
            let index = read::whole(&arguments[1])?;
            let index = usize::try_from(index).map_err(|_| format!("there is no element number {index}"))?;
            Ok(items[index % items.len()].clone())
        }
    }
}

fn flatten(context: &Context, arguments: &[Value]) -> Answer {
    if arguments[0].hole().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    let mut flat = Vec::new();
    let mut open = false;
    flatten_into(&arguments[0], &mut flat, &mut open, read::items(&arguments[0])?);
    if flat.len() > MOST_ITEMS {
        return Ok(unknown::limit(context));
    }
    Ok(read::list_with(flat, rest_of(context, arguments, open), ListShape::Tuple))
}

fn flatten_into(list: &Value, flat: &mut Vec<Value>, open: &mut bool, items: &[Value]) {
    *open |= list.rest().is_some();
    for item in items {
        let item = item.clone().with_secret(list.secret);
        match &item.kind {
            Kind::List { items, .. } => flatten_into(&item, flat, open, items),
            Kind::Reference(reference) if unknown::is_text_attribute(reference) => flat.push(item),
            // It may be a list, and then its items are there and not it.
            Kind::Reference(_) | Kind::Unknown(_) => *open = true,
            Kind::OneOf { values, .. } if values.iter().any(|v| v.items().is_some() || v.hole().is_some()) => {
                *open = true;
            }
            _ => flat.push(item),
        }
        if flat.len() > MOST_ITEMS {
            return;
        }
    }
}

fn index(context: &Context, arguments: &[Value]) -> Answer {
    let list = &arguments[0];
    if list.hole().is_some() || list.rest().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    for (index, item) in read::items(list)?.iter().enumerate() {
        match item.same(&arguments[1]) {
            Truth::Yes => return Ok(Value::number(index)),
            Truth::Unknown => return Ok(unknown::of(context, arguments)),
            Truth::No => {}
        }
    }
    Err("the list does not hold the item".to_string())
}

fn length(context: &Context, arguments: &[Value]) -> Answer {
    match &arguments[0].kind {
        Kind::Text(pieces) if pieces.as_literal().is_some() => {
            Ok(Value::number(read::text(&arguments[0])?.graphemes(true).count()))
        }
        Kind::List { items, rest: None, shape } if *shape != ListShape::Set || !read::may_repeat(items) => {
            Ok(Value::number(items.len()))
        }
        Kind::Object { fields, rest: None, .. } => Ok(Value::number(fields.len())),
        Kind::Text(_) | Kind::List { .. } | Kind::Object { .. } | Kind::Unknown(_) | Kind::Reference(_) => {
            Ok(unknown::of(context, arguments))
        }
        _ => Err(format!("{} has no length", read::name_of(&arguments[0]))),
    }
}

fn matchkeys(arguments: &[Value]) -> Answer {
    let (values, keys) = (read::items(&arguments[0])?, read::items(&arguments[1])?);
    let wanted = read::items(&arguments[2])?;
    if values.len() != keys.len() {
        return Err("the list of values and the list of keys must be of the same length".to_string());
    }
    // Keys and searched keys are converted to one type before they are compared.
    let all = read::unified(keys.iter().chain(wanted).cloned().collect())?;
    let (keys, wanted) = all.split_at(keys.len());
    let found = |key: &Value| wanted.iter().any(|want| want.same(key) == Truth::Yes);
    let kept = values.iter().zip(keys).filter(|(_, key)| found(key)).map(|(value, _)| value.clone()).collect();
    Ok(read::list_of(kept, ListShape::List))
}

fn one(context: &Context, arguments: &[Value]) -> Answer {
    match read::items(&arguments[0])? {
        [] => Ok(Value::null()),
        [item] => Ok(item.clone()),
        items if shape_of(&arguments[0]) == ListShape::Set && read::may_repeat(items) => {
            Ok(unknown::of(context, arguments))
        }
        items => Err(format!("one takes a list of at most one item, not of {}", items.len())),
    }
}

fn reverse(context: &Context, arguments: &[Value]) -> Answer {
    if arguments[0].hole().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    let reversed = read::items(&arguments[0])?.iter().rev().cloned().collect();
    let shape = if shape_of(&arguments[0]) == ListShape::Set { ListShape::List } else { shape_of(&arguments[0]) };
    Ok(read::list_with(reversed, arguments[0].rest(), shape))
}

fn slice(_: &Context, arguments: &[Value]) -> Answer {
    let items = read::items(&arguments[0])?;
    let index = |value: &Value| {
        let index = read::whole(value)?;
        usize::try_from(index).map_err(|_| format!("there is no item number {index}"))
    };
    let (start, end) = (index(&arguments[1])?, index(&arguments[2])?);
    if start > end || end > items.len() {
        return Err(format!("a list of {} items has no slice from {start} to {end}", items.len()));
    }
    if shape_of(&arguments[0]) == ListShape::Set {
        return Err("a set has no slices".to_string());
    }
    Ok(read::list_of(items[start..end].to_vec(), shape_of(&arguments[0])))
}

fn sort(arguments: &[Value]) -> Answer {
    let mut texts = read::texts(&arguments[0])?;
    texts.sort_unstable();
    Ok(read::list_of_texts(texts))
}
