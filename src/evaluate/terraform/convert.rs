//! In: a value and a type constraint. Out: the value converted as Terraform converts what an input is given.
//! Never: refuses what might still fit once it is known.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::evaluate::{Bindings, Evaluator};
use crate::syntax::{Element, Expr, ExprKind, Field};
use crate::value::{Kind, ListShape, Number, ObjectShape, SmolStr, Value};

/// `value` as the type constraint wants it
/// (<https://developer.hashicorp.com/terraform/language/expressions/type-constraints>).
pub fn convert(evaluator: &Evaluator, value: Value, constraint: &Expr) -> Value {
    if let Kind::OneOf { condition, values } = &value.kind {
        let parts = values.iter().map(|value| convert(evaluator, value.clone(), constraint));
        return Value::one_of(condition.clone(), parts).with_origin(value.origin.clone());
    }
    if matches!(value.kind, Kind::Null | Kind::Unknown(_) | Kind::Reference(_)) {
        return value;
    }
    let converted = match &constraint.kind {
        ExprKind::Name(name) => primitive(&value, name),
        ExprKind::Call { function, arguments, .. } => constructed(evaluator, &value, function, arguments),
        // Terraform 0.11 wrote types as texts.
        ExprKind::Text(_) => constraint.as_literal().map_or(Some(value.kind.clone()), |name| primitive(&value, name)),
        _ => Some(value.kind.clone()),
    };
    match converted {
        Some(kind) => Value { kind, origin: value.origin.clone(), secret: value.secret },
        None => {
            let place = value.origin.last().unwrap_or(constraint.span);
            evaluator.refuse(place, format!("this is not a {}", evaluator.sources.text(constraint.span)))
        }
    }
}

fn primitive(value: &Value, name: &str) -> Option<Kind> {
    match (name, &value.kind) {
        ("string", Kind::Number(number)) => Value::text(number.to_string()).kind.into(),
        ("string", Kind::Bool(value)) => Value::text(value.to_string()).kind.into(),
        ("string", Kind::Text(_)) => Some(value.kind.clone()),
        ("number", Kind::Number(_)) => Some(value.kind.clone()),
        ("number", Kind::Text(pieces)) => match pieces.as_literal() {
            Some(text) => Number::parse(text).map(Kind::Number),
            None => Some(value.kind.clone()),
        },
        ("bool", Kind::Bool(_)) => Some(value.kind.clone()),
        ("bool", Kind::Text(pieces)) => match pieces.as_literal() {
            Some("true") => Some(Kind::Bool(true)),
            Some("false") => Some(Kind::Bool(false)),
            Some(_) => None,
            None => Some(value.kind.clone()),
        },
        ("string" | "number" | "bool", _) => None,
        // `list`, `set` and `map` without an element type take any.
        ("list", _) => listed(value, ListShape::List, &|item| item.clone()),
        ("set", _) => listed(value, ListShape::Set, &|item| item.clone()),
        ("map", _) => mapped(value, &|item| item.clone()),
        _ => Some(value.kind.clone()),
    }
}

fn constructed(evaluator: &Evaluator, value: &Value, function: &str, arguments: &[Expr]) -> Option<Kind> {
    let element = arguments.first()?;
    let inner = |item: &Value| convert(evaluator, item.clone(), element);
    match function {
        "list" => listed(value, ListShape::List, &inner),
        "set" => listed(value, ListShape::Set, &inner),
        "map" => mapped(value, &inner),
        "optional" => Some(inner(value).kind),
        "tuple" => {
            let (Kind::List { items, rest, .. }, ExprKind::List(types)) = (&value.kind, &element.kind) else {
                return None;
            };
            let types = types.iter().map(Element::expr);
            let items = items.iter().zip(types).map(|(item, of)| convert(evaluator, item.clone(), of)).collect();
            Some(Kind::List { items: Arc::new(items), rest: rest.clone(), shape: ListShape::Tuple })
        }
        "object" => {
            let (Kind::Object { .. }, ExprKind::Object(attributes)) = (&value.kind, &element.kind) else { return None };
            object(evaluator, value, attributes)
        }
        _ => Some(value.kind.clone()),
    }
}

fn listed(value: &Value, shape: ListShape, item: &dyn Fn(&Value) -> Value) -> Option<Kind> {
    let Kind::List { items, rest, shape: from } = &value.kind else { return None };
    let mut converted: Vec<Value> = items.iter().map(item).collect();
    if shape == ListShape::Set && *from != ListShape::Set && rest.is_none() {
        let known = converted.iter().all(|item| item.first_hole().is_none());
        converted.sort_by_cached_key(crate::evaluate::form);
        if known {
            converted.dedup_by_key(|item| crate::evaluate::form(item));
        }
    }
    Some(Kind::List { items: Arc::new(converted), rest: rest.clone(), shape })
}

fn mapped(value: &Value, item: &dyn Fn(&Value) -> Value) -> Option<Kind> {
    let Kind::Object { fields, rest, .. } = &value.kind else { return None };
    let fields = fields.iter().map(|(key, value)| (key.clone(), item(value))).collect();
    Some(Kind::Object { fields: Arc::new(fields), rest: rest.clone(), shape: ObjectShape::Map })
}

/// Attributes that the type does not name are dropped, missing optional ones are null or their default.
fn object(evaluator: &Evaluator, value: &Value, attributes: &[Field]) -> Option<Kind> {
    let Kind::Object { fields, rest, .. } = &value.kind else { return None };
    let mut converted: IndexMap<SmolStr, Value> = IndexMap::new();
    for attribute in attributes {
        let Field::Pair { key, value: constraint } = attribute else { continue };
        let Some(name) = key.as_literal() else { continue };
        let optional = match &constraint.kind {
            ExprKind::Call { function, arguments, .. } if function == "optional" => Some(arguments),
            _ => None,
        };
        let default = || {
            let default = optional.and_then(|arguments| arguments.get(1));
            default.map_or_else(Value::null, |expr| {
                let value = evaluator.value(expr, Bindings::default());
                match optional.and_then(|arguments| arguments.first()) {
                    Some(constraint) => convert(evaluator, value, constraint),
                    None => value,
                }
            })
        };
        let given = match (fields.get(name), rest) {
            (Some(given), _) if given.is_null() && optional.is_some() => default(),
            (Some(given), _) => convert(evaluator, given.clone(), constraint),
            (None, Some(rest)) => Value::of_hole(rest.clone()).then_field(name),
            (None, None) if optional.is_some() => default(),
            (None, None) => return None,
        };
        converted.insert(SmolStr::new(name), given);
    }
    Some(Kind::Object { fields: Arc::new(converted), rest: None, shape: ObjectShape::Object })
}

trait ThenField {
    fn then_field(self, name: &str) -> Value;
}

impl ThenField for Value {
    /// The field of something that is not known.
    fn then_field(self, name: &str) -> Value {
        match self.hole() {
            Some(hole) => match crate::value::Unknown::derived(format!("{hole}.{name}"), [&hole]) {
                Some(unknown) => Value::unknown(unknown),
                None => self,
            },
            None => self,
        }
    }
}
