//! In: an argument. Out: what Terraform converts it to, or the sentence that refuses it.
//! Never: reads what is not known.

use indexmap::IndexMap;

use super::{Answer, unknown};
use crate::value::{Hole, Kind, ListShape, Number, ObjectShape, SmolStr, Truth, Value};

/// What a value is called in a refusal.
pub fn name_of(value: &Value) -> &'static str {
    match &value.kind {
        Kind::Null => "null",
        Kind::Bool(_) => "a bool",
        Kind::Number(_) => "a number",
        Kind::Text(_) => "a text",
        Kind::List { shape: ListShape::Set, .. } => "a set",
        Kind::List { .. } => "a list",
        Kind::Object { .. } => "an object",
        Kind::OneOf { .. } | Kind::Reference(_) | Kind::Unknown(_) => "a value that is not known",
    }
}

/// A text; numbers and bools become texts as Terraform converts them.
pub fn text(value: &Value) -> Result<String, String> {
    match &value.kind {
        Kind::Text(pieces) => match pieces.as_literal() {
            Some(text) => Ok(text.to_string()),
            None => Err("a text is needed here of which all is known".to_string()),
        },
        Kind::Number(number) => Ok(number.to_string()),
        Kind::Bool(value) => Ok(value.to_string()),
        _ => Err(format!("a text is needed here, not {}", name_of(value))),
    }
}

/// A number; a text that spells one is one.
pub fn number(value: &Value) -> Result<Number, String> {
    match &value.kind {
        Kind::Number(number) => Ok(number.clone()),
        Kind::Text(pieces) => {
            let text = pieces.as_literal().unwrap_or_default();
            // The parser of decimals takes `_` between digits, which neither language does.
            let number = Number::parse(text).filter(|_| !text.contains('_'));
            number.ok_or_else(|| format!("a number is needed here, and {text:?} spells none"))
        }
        _ => Err(format!("a number is needed here, not {}", name_of(value))),
    }
}

/// A whole number that fits a machine word.
pub fn whole(value: &Value) -> Result<i64, String> {
    let number = number(value)?;
    number.to_i64().ok_or_else(|| format!("a whole number is needed here, not {number}"))
}

/// A truth value; the texts `true`, `false`, `1` and `0` spell one.
pub fn bool(value: &Value) -> Result<bool, String> {
    match (&value.kind, value.as_text()) {
        (Kind::Bool(value), _) => Ok(*value),
        (_, Some("true" | "1")) => Ok(true),
        (_, Some("false" | "0")) => Ok(false),
        _ => Err(format!("a bool is needed here, not {}", name_of(value))),
    }
}

/// The items of a list, tuple or set.
pub fn items(value: &Value) -> Result<&[Value], String> {
    value.items().ok_or_else(|| format!("a list is needed here, not {}", name_of(value)))
}

/// The fields of an object or map.
pub fn fields(value: &Value) -> Result<&IndexMap<SmolStr, Value>, String> {
    value.fields().ok_or_else(|| format!("an object is needed here, not {}", name_of(value)))
}

/// The texts of a list.
pub fn texts(value: &Value) -> Result<Vec<String>, String> {
    items(value)?.iter().map(text).collect()
}

/// A list of the given shape.
pub fn list_of(items: Vec<Value>, shape: ListShape) -> Value {
    list_with(items, None, shape)
}

/// A list of texts.
pub fn list_of_texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Value {
    list_of(texts.into_iter().map(Value::text).collect(), ListShape::List)
}

/// A list of the given shape that may go on.
pub fn list_with(items: Vec<Value>, rest: Option<Hole>, shape: ListShape) -> Value {
    Value::new(Kind::List { items: items.into(), rest, shape })
}

/// Fields in the order of their keys, which is the order in which Terraform goes through them.
pub fn sorted_object(
    fields: impl IntoIterator<Item = (SmolStr, Value)>,
    rest: Option<Hole>,
    shape: ObjectShape,
) -> Value {
    let mut fields: IndexMap<SmolStr, Value> = fields.into_iter().collect();
    fields.sort_unstable_keys();
    Value::new(Kind::Object { fields: fields.into(), rest, shape })
}

/// The keys in the order in which Terraform goes through them.
pub fn sorted_keys(fields: &IndexMap<SmolStr, Value>) -> Vec<&SmolStr> {
    let mut keys: Vec<&SmolStr> = fields.keys().collect();
    keys.sort_unstable();
    keys
}

/// Items as a set: without repeats and sorted, as far as they are known.
pub fn set_of(items: Vec<Value>, rest: Option<Hole>) -> Answer {
    let mut kept = distinct(unified_with(items, rest.clone())?);
    if kept.iter().all(|item| item.first_hole().is_none()) {
        kept.sort_by(order);
    }
    Ok(list_with(kept, rest, ListShape::Set))
}

/// The order of a set's items: texts by their bytes, numbers by size, `false` first; others by their JSON.
fn order(left: &Value, right: &Value) -> std::cmp::Ordering {
    match (&left.kind, &right.kind) {
        (Kind::Number(a), Kind::Number(b)) => a.cmp(b),
        (Kind::Bool(a), Kind::Bool(b)) => a.cmp(b),
        _ => match (left.as_text(), right.as_text()) {
            (Some(a), Some(b)) => a.cmp(b),
            _ => super::json::terraform(left).cmp(&super::json::terraform(right)),
        },
    }
}

/// The items without those that are certainly repeated.
pub fn distinct(items: Vec<Value>) -> Vec<Value> {
    let mut seen: std::collections::HashSet<String> = std::collections::HashSet::new();
    let mut kept: Vec<Value> = Vec::new();
    for item in items {
        // Known texts are most of what is made distinct, and many of them must not be compared pair by pair.
        let new = match item.as_text() {
            Some(text) => seen.insert(text.to_string()),
            None => !kept.iter().any(|known| known.as_text().is_none() && known.same(&item) == Truth::Yes),
        };
        if new {
            kept.push(item);
        }
    }
    kept
}

/// Whether two of the items may or may not be the same.
pub fn may_repeat(items: &[Value]) -> bool {
    let holes = |value: &&Value| value.first_hole().is_some();
    items
        .iter()
        .filter(holes)
        .any(|item| items.iter().any(|other| !std::ptr::eq(item, other) && item.same(other) == Truth::Unknown))
}

/// The items as values of one type, as Terraform's lists, sets and maps hold them.
///
/// A text among bools and numbers makes all of them texts; lists and objects of the same keys are unified inside.
pub fn unified(items: Vec<Value>) -> Result<Vec<Value>, String> {
    unified_with(items, None)
}

/// The same for a list that may go on. What is not known may be a text: then a number or a bool beside it is one of
/// two values.
pub fn unified_with(items: Vec<Value>, rest: Option<Hole>) -> Result<Vec<Value>, String> {
    let any = |test: fn(&Kind) -> bool| items.iter().any(|item| test(&item.kind));
    let texts = any(|kind| match kind {
        Kind::Reference(reference) => unknown::is_text_attribute(reference),
        _ => matches!(kind, Kind::Text(_)),
    });
    let bools = any(|kind| matches!(kind, Kind::Bool(_)));
    let numbers = any(|kind| matches!(kind, Kind::Number(_)));
    let lists = any(|kind| matches!(kind, Kind::List { .. }));
    let objects = any(|kind| matches!(kind, Kind::Object { .. }));
    let hidden = rest.or_else(|| items.iter().find_map(Value::hole));
    let kinds = [texts || bools || numbers, lists, objects].iter().filter(|is| **is).count();
    if kinds > 1 || (bools && numbers && !texts && hidden.is_none()) {
        return Err("all items must be of one type".to_string());
    }
    if bools || numbers {
        return Ok(match hidden {
            _ if texts || (bools && numbers) => items.into_iter().map(primitive_as_text).collect(),
            Some(hole) => items.into_iter().map(|item| perhaps_text(item, &hole)).collect(),
            None => items,
        });
    }
    if lists {
        return unified_lists(items);
    }
    if objects {
        return unified_objects(items);
    }
    Ok(items)
}

fn perhaps_text(value: Value, hole: &Hole) -> Value {
    match &value.kind {
        Kind::Number(_) | Kind::Bool(_) => {
            let secret = value.secret;
            Value::one_of(hole.unknown(), [value.clone(), primitive_as_text(value)]).with_secret(secret)
        }
        _ => value,
    }
}

/// A number or a bool as a text, anything else as it is.
pub fn primitive_as_text(value: Value) -> Value {
    match &value.kind {
        Kind::Number(number) => Value { kind: Value::text(number.to_string()).kind, ..value },
        Kind::Bool(bool) => Value { kind: Value::text(bool.to_string()).kind, ..value },
        _ => value,
    }
}

fn unified_lists(items: Vec<Value>) -> Result<Vec<Value>, String> {
    let inner: Vec<Value> = items.iter().filter_map(Value::items).flatten().cloned().collect();
    // Tuples of unlike items keep them: they become a list of tuples.
    let Ok(inner) = unified(inner) else { return Ok(items) };
    let mut inner = inner.into_iter();
    Ok(items
        .into_iter()
        .map(|item| match &item.kind {
            Kind::List { items, rest, shape } => {
                let items: Vec<Value> = inner.by_ref().take(items.len()).collect();
                Value { kind: Kind::List { items: items.into(), rest: rest.clone(), shape: *shape }, ..item }
            }
            _ => item,
        })
        .collect())
}

fn unified_objects(items: Vec<Value>) -> Result<Vec<Value>, String> {
    let first: Vec<SmolStr> = match items.iter().find_map(Value::fields) {
        Some(fields) => sorted_keys(fields).into_iter().cloned().collect(),
        None => return Ok(items),
    };
    let alike = items.iter().filter_map(Value::fields).all(|fields| sorted_keys(fields).into_iter().eq(first.iter()));
    if !alike {
        return Ok(items);
    }
    let mut objects: Vec<IndexMap<SmolStr, Value>> = items.iter().filter_map(Value::fields).cloned().collect();
    for key in &first {
        let column: Vec<Value> = objects.iter().filter_map(|fields| fields.get(key).cloned()).collect();
        let Ok(column) = unified(column) else { continue };
        for (fields, value) in objects.iter_mut().zip(column) {
            fields.insert(key.clone(), value);
        }
    }
    let mut objects = objects.into_iter();
    let replaced = items.into_iter().map(|item| match &item.kind {
        Kind::Object { fields, rest, shape } => {
            let fields = objects.next().unwrap_or_else(|| (**fields).clone());
            Value { kind: Kind::Object { fields: fields.into(), rest: rest.clone(), shape: *shape }, ..item }
        }
        _ => item,
    });
    Ok(replaced.collect())
}
