//! In: lists, objects and lambdas. Out: what the lambdas make of each item.
//! Never: drops or keeps an item for which a lambda cannot tell.

use indexmap::IndexMap;

use super::super::Run::Higher;
use super::super::{Answer, Argument, Context, Function, read, row, unknown};
use super::text::pieces;
use crate::value::{Hole, Kind, ListShape, ObjectShape, SmolStr, Truth, Unknown, Value};

pub const FUNCTIONS: &[Function] = &[
    row("filter", (2, 2), Higher(filter), ("filter([1, 2, 3], i => i > 1)", "[2,3]")),
    row(
        "groupBy",
        (2, 3),
        Higher(group_by),
        ("groupBy([{ t: 'a', v: 1 }, { t: 'a', v: 2 }], x => x.t, x => x.v)", r#"{"a":[1,2]}"#),
    ),
    row("map", (2, 2), Higher(map), ("map(['a', 'b'], (x, i) => '${x}${i}')", r#"["a0","b1"]"#)),
    row("mapValues", (2, 2), Higher(map_values), ("mapValues({ a: 1 }, v => v * 2)", r#"{"a":2}"#)),
    row("reduce", (3, 3), Higher(reduce), ("reduce([1, 2, 3], 0, (sum, x) => sum + x)", "6")),
    row("sort", (2, 2), Higher(sort), ("sort([3, 1, 2], (a, b) => a < b)", "[1,2,3]")),
    row("toObject", (2, 3), Higher(to_object), ("toObject(['a'], x => x, x => 1)", r#"{"a":1}"#)),
];

/// A lambda that takes as many of the arguments as it has parameters.
struct Lambda<'a>(usize, &'a dyn Fn(&[Value]) -> Value);

impl Lambda<'_> {
    fn call(&self, arguments: &[Value]) -> Value {
        let Lambda(parameters, body) = self;
        body(&arguments[..arguments.len().min(*parameters)])
    }
}

fn value<'a>(arguments: &'a [Argument], index: usize) -> Result<&'a Value, String> {
    match arguments.get(index) {
        Some(Argument::Value(value)) => Ok(value),
        _ => Err("a value is needed here, not a lambda".to_string()),
    }
}

fn lambda<'a>(arguments: &'a [Argument], index: usize) -> Result<Lambda<'a>, String> {
    match arguments.get(index) {
        Some(Argument::Lambda(parameters, body)) => Ok(Lambda(*parameters, *body)),
        _ => Err("a lambda is needed here, not a value".to_string()),
    }
}

fn indexed(items: &[Value]) -> impl Iterator<Item = [Value; 2]> {
    items.iter().enumerate().map(|(index, item)| [item.clone(), Value::number(index)])
}

/// What came out of a lambda as the reason why the whole is open.
fn hole_of(context: &Context, value: &Value) -> Hole {
    unknown::hole(context, std::slice::from_ref(value))
}

fn filter(context: &Context, arguments: &[Argument]) -> Answer {
    let test = lambda(arguments, 1)?;
    let mut kept = Vec::new();
    let mut rest = None;
    for pair in indexed(read::items(value(arguments, 0)?)?) {
        let answer = test.call(&pair);
        let [item, _] = pair;
        match answer.is_true() {
            Truth::Yes => kept.push(item),
            Truth::No => {}
            // The item may be there or not.
            Truth::Unknown => {
                rest.get_or_insert_with(|| hole_of(context, &answer));
            }
        }
    }
    Ok(read::list_with(kept, rest, ListShape::Tuple))
}

fn map(_: &Context, arguments: &[Argument]) -> Answer {
    let make = lambda(arguments, 1)?;
    Ok(Value::list(indexed(read::items(value(arguments, 0)?)?).map(|pair| make.call(&pair)).collect()))
}

fn map_values(_: &Context, arguments: &[Argument]) -> Answer {
    let make = lambda(arguments, 1)?;
    let fields = read::fields(value(arguments, 0)?)?;
    Ok(Value::object(fields.iter().map(|(key, value)| (key.clone(), make.call(std::slice::from_ref(value))))))
}

fn reduce(_: &Context, arguments: &[Argument]) -> Answer {
    let step = lambda(arguments, 2)?;
    let mut sum = value(arguments, 1)?.clone();
    for [item, index] in indexed(read::items(value(arguments, 0)?)?) {
        sum = step.call(&[sum, item, index]);
    }
    Ok(sum)
}

fn sort(context: &Context, arguments: &[Argument]) -> Answer {
    let less = lambda(arguments, 1)?;
    let mut sorted: Vec<Value> = Vec::new();
    for item in read::items(value(arguments, 0)?)? {
        // A search of its own: what a program calls an order need not be one, and the library's sort may not bear that.
        let (mut low, mut high) = (0, sorted.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let answer = less.call(&[item.clone(), sorted[middle].clone()]);
            match answer.is_true() {
                Truth::Yes => high = middle,
                Truth::No => low = middle + 1,
                Truth::Unknown => return Ok(unknown::of(context, &[value(arguments, 0)?.clone(), answer])),
            }
        }
        sorted.insert(low, item.clone());
    }
    Ok(Value::list(sorted))
}

/// The fields that keys and values make of items; `rest` where a key is not known.
fn keyed(
    context: &Context,
    arguments: &[Argument],
    mut add: impl FnMut(SmolStr, Value),
) -> Result<Option<Hole>, String> {
    let key = lambda(arguments, 1)?;
    let make = if arguments.len() > 2 { Some(lambda(arguments, 2)?) } else { None };
    let mut rest = None;
    for pair in indexed(read::items(value(arguments, 0)?)?) {
        let name = key.call(&pair);
        let made = make.as_ref().map_or_else(|| pair[0].clone(), |make| make.call(&pair));
        let key = pieces(&name)?;
        match key.as_literal() {
            Some(name) => add(name.into(), made),
            // A key that is not known is a hole that remembers the text, as in an object that is written out.
            None => {
                let hole = || Unknown::of_text(&key).map_or_else(|| hole_of(context, &name), Hole::Unknown);
                rest.get_or_insert_with(hole);
            }
        }
    }
    Ok(rest)
}

fn to_object(context: &Context, arguments: &[Argument]) -> Answer {
    let mut fields: IndexMap<SmolStr, Value> = IndexMap::new();
    let rest = keyed(context, arguments, |key, value| {
        fields.insert(key, value);
    })?;
    Ok(Value::new(Kind::Object { fields: fields.into(), rest, shape: ObjectShape::Object }))
}

fn group_by(context: &Context, arguments: &[Argument]) -> Answer {
    let mut groups: IndexMap<SmolStr, Vec<Value>> = IndexMap::new();
    let rest = keyed(context, arguments, |key, value| groups.entry(key).or_default().push(value))?;
    // An item whose key is not known may belong to any group.
    let fields = groups.into_iter().map(|(key, items)| (key, read::list_with(items, rest.clone(), ListShape::Tuple)));
    let fields: IndexMap<SmolStr, Value> = fields.collect();
    Ok(Value::new(Kind::Object { fields: fields.into(), rest, shape: ObjectShape::Object }))
}
