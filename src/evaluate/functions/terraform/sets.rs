//! In: sets, or lists that become sets. Out: what they share, and all their combinations.
//! Never: takes two items for different that may be the same.

use super::super::Run::{Known, Partial, Shallow};
use super::super::{Answer, Context, Function, MANY, MOST_ITEMS, read, row, unknown};
use crate::value::{Kind, ListShape, Truth, Value};

pub const FUNCTIONS: &[Function] = &[
    row("setintersection", (1, MANY), Known(setintersection), (r#"setintersection(["a", "b"], ["b"])"#, r#"["b"]"#)),
    row("setproduct", (2, MANY), Shallow(setproduct), (r#"setproduct(["a", "b"], ["x"])"#, r#"[["a","x"],["b","x"]]"#)),
    row("setsubtract", (2, 2), Known(setsubtract), (r#"setsubtract(["a", "b"], ["b"])"#, r#"["a"]"#)),
    row("setunion", (1, MANY), Partial(setunion), (r#"setunion(["b", "a"], ["b"])"#, r#"["a","b"]"#)),
];

/// The arguments' items, converted to one type.
fn unified(arguments: &[Value]) -> Result<Vec<Vec<Value>>, String> {
    let mut lengths = Vec::new();
    let mut all = Vec::new();
    for argument in arguments {
        let items = read::items(argument)?;
        lengths.push(items.len());
        all.extend_from_slice(items);
    }
    let mut all = read::unified(all)?.into_iter();
    Ok(lengths.into_iter().map(|length| all.by_ref().take(length).collect()).collect())
}

fn holds(items: &[Value], wanted: &Value) -> bool {
    items.iter().any(|item| item.same(wanted) == Truth::Yes)
}

fn setintersection(arguments: &[Value]) -> Answer {
    let mut sets = unified(arguments)?.into_iter();
    let mut shared = sets.next().unwrap_or_default();
    for set in sets {
        shared.retain(|item| holds(&set, item));
    }
    read::set_of(shared, None)
}

fn setsubtract(arguments: &[Value]) -> Answer {
    let mut sets = unified(arguments)?.into_iter();
    let (mut left, taken) = (sets.next().unwrap_or_default(), sets.next().unwrap_or_default());
    left.retain(|item| !holds(&taken, item));
    read::set_of(left, None)
}

fn setunion(context: &Context, arguments: &[Value]) -> Answer {
    let open = arguments.iter().any(|argument| argument.rest().is_some());
    let mut all = Vec::new();
    for argument in arguments.iter().filter(|argument| argument.hole().is_none()) {
        all.extend_from_slice(read::items(argument)?);
    }
    read::set_of(all, open.then(|| unknown::hole(context, arguments)))
}

fn setproduct(context: &Context, arguments: &[Value]) -> Answer {
    let mut lists: Vec<Vec<Value>> = Vec::new();
    let mut size = 1_usize;
    for argument in arguments {
        let items = read::items(argument)?.to_vec();
        size = size.saturating_mul(items.len());
        lists.push(read::unified(items)?);
    }
    if size.saturating_mul(lists.len()) > MOST_ITEMS {
        return Ok(unknown::limit(context));
    }
    let mut tuples: Vec<Vec<Value>> = vec![Vec::new()];
    for list in &lists {
        tuples = tuples
            .iter()
            .flat_map(|tuple| list.iter().map(|item| tuple.iter().chain([item]).cloned().collect::<Vec<Value>>()))
            .collect();
    }
    let tuples: Vec<Value> = tuples.into_iter().map(Value::list).collect();
    let sets = arguments.iter().all(|argument| matches!(argument.kind, Kind::List { shape: ListShape::Set, .. }));
    // The tuples of sets are a set in the order in which they were made: no two of them are equal.
    Ok(read::list_of(tuples, if sets { ListShape::Set } else { ListShape::List }))
}
