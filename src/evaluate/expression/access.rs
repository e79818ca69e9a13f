//! In: a value and a field or index. Out: what is there.
//! Never: turns a field that may be there into one that is not.

use std::sync::Arc;

use indexmap::IndexMap;

use super::call::is_broken;
use super::{Bindings, Evaluator, form};
use crate::source::Span;
use crate::syntax::{Dialect, Expr};
use crate::value::{Hole, Kind, ListShape, Segment, SmolStr, Unknown, Value};

/// The most candidates that an unknown index is spread over.
const MOST_CANDIDATES: usize = 16;

impl Evaluator<'_> {
    /// `object.key`.
    pub fn get(&self, object: &Value, key: &str, safe: bool, span: Span) -> Value {
        let found = match &object.kind {
            Kind::Object { fields, rest, .. } => match (self.field(fields, key), rest) {
                // A view of a resource: what was left out or null is worked out by Azure.
                (Some(value), Some(Hole::Reference(reference))) => {
                    let here = reference.then(Segment::Field(SmolStr::new(key)));
                    if value.is_null() { Value::reference(here) } else { as_view(value, Hole::Reference(here)) }
                }
                (Some(value), _) => value.clone(),
                (None, Some(Hole::Reference(reference))) => {
                    Value::reference(reference.then(Segment::Field(SmolStr::new(key))))
                        .with_origin(crate::value::Origin::written(span))
                }
                (None, Some(Hole::Unknown(unknown))) => self.part_of(unknown, &format!(".{key}"), span),
                (None, None) if safe => Value::null(),
                (None, None) => self.refuse(span, format!("there is no field {key:?} in this object")),
            },
            Kind::Reference(reference) => Value::reference(reference.then(Segment::Field(SmolStr::new(key))))
                .with_origin(crate::value::Origin::written(span)),
            Kind::Unknown(unknown) => self.part_of(unknown, &format!(".{key}"), span),
            Kind::OneOf { condition, values } => {
                let parts: Vec<Value> = values.iter().map(|value| self.get(value, key, safe, span)).collect();
                self.spread(condition, parts)
            }
            Kind::Null if safe => Value::null(),
            // Terraform's legacy form `list.0`.
            Kind::List { .. } if key.bytes().all(|byte| byte.is_ascii_digit()) => {
                let index = key.parse::<usize>().map_or_else(|_| Value::null(), Value::number);
                self.index(object, &index, safe, false, span)
            }
            // A nested block is a list of one in Terraform; its fields may be asked for without an index only in a
            // splat, which walks the list itself.
            _ => self.refuse(span, format!("{} has no field {key:?}", kind_word(object))),
        };
        found.with_secret(object.secret)
    }

    /// The field of a key; Bicep's objects find one in any case of letters, as ARM's do.
    fn field<'v>(&self, fields: &'v IndexMap<SmolStr, Value>, key: &str) -> Option<&'v Value> {
        let as_written = fields.get(key);
        if as_written.is_some() || self.scope.dialect() == Dialect::Terraform {
            return as_written;
        }
        fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
    }

    /// `object[index]`.
    pub fn index(&self, object: &Value, index: &Value, safe: bool, from_end: bool, span: Span) -> Value {
        if is_broken(object) {
            return object.clone();
        }
        if is_broken(index) {
            return index.clone();
        }
        if let Kind::OneOf { condition, values } = &index.kind {
            let parts = values.iter().map(|index| self.index(object, index, safe, from_end, span)).collect();
            return self.spread(condition, parts);
        }
        let found = match (&object.kind, &index.kind) {
            (Kind::OneOf { condition, values }, _) => {
                let parts = values.iter().map(|value| self.index(value, index, safe, from_end, span)).collect();
                return self.spread(condition, parts);
            }
            (Kind::Null, _) if safe => Value::null(),
            (Kind::Object { .. }, Kind::Text(pieces)) if pieces.as_literal().is_some() => {
                return self.get(object, pieces.as_literal().unwrap_or_default(), safe, span);
            }
            (Kind::Object { .. }, Kind::Number(number)) if self.scope.dialect() == Dialect::Terraform => {
                return self.get(object, &number.to_string(), safe, span);
            }
            (Kind::List { items, rest, .. }, Kind::Number(_) | Kind::Text(_)) if as_place(index).is_some() => {
                let place = as_place(index).unwrap_or_default();
                let at = if from_end { items.len().checked_sub(place) } else { Some(place) };
                match (at.and_then(|at| items.get(at)), rest) {
                    (Some(item), None) => item.clone(),
                    // With more items somewhere, only a view of a resource keeps its places.
                    (Some(item), Some(Hole::Reference(reference))) => {
                        as_view(item, Hole::Reference(reference.then(Segment::Index(place))))
                    }
                    (None, Some(Hole::Reference(reference))) => Value::reference(reference.then(Segment::Index(place)))
                        .with_origin(crate::value::Origin::written(span)),
                    (_, Some(Hole::Unknown(unknown))) => self.part_of(unknown, &format!("[{place}]"), span),
                    (None, None) if safe => Value::null(),
                    (None, None) => self.refuse(span, format!("there is no item {place} in a list of {}", items.len())),
                }
            }
            (Kind::Reference(reference), Kind::Number(_) | Kind::Text(_)) if index.first_hole().is_none() => {
                let segment = match (as_place(index), &index.kind) {
                    (Some(place), Kind::Number(_)) => Segment::Index(place),
                    _ => Segment::Field(SmolStr::new(index.as_text().unwrap_or_default())),
                };
                Value::reference(reference.then(segment)).with_origin(crate::value::Origin::written(span))
            }
            (Kind::Reference(reference), _) => Value::reference(reference.then(Segment::Some(form(index).into())))
                .with_origin(crate::value::Origin::written(span)),
            (Kind::Unknown(unknown), _) => self.part_of(unknown, &format!("[{}]", form(index)), span),
            (Kind::List { items: values, rest: None, .. }, _)
                if index.first_hole().is_some() && !values.is_empty() && values.len() <= MOST_CANDIDATES =>
            {
                self.one_by(index, values.iter().cloned(), span)
            }
            (Kind::Object { fields, rest: None, .. }, _)
                if index.first_hole().is_some() && !fields.is_empty() && fields.len() <= MOST_CANDIDATES =>
            {
                self.one_by(index, fields.values().cloned(), span)
            }
            (Kind::List { .. } | Kind::Object { .. }, _) if index.first_hole().is_some() => {
                self.derived(&format!("{}[{}]", form(object), form(index)), [index, object], span)
            }
            _ => self.refuse(span, format!("{} cannot be indexed with {}", kind_word(object), form(index))),
        };
        found.with_secret(object.secret)
    }

    fn one_by(&self, index: &Value, values: impl Iterator<Item = Value>, span: Span) -> Value {
        let condition = index.first_hole().map(|hole| hole.unknown());
        let condition = condition
            .unwrap_or_else(|| Unknown::new(self.scope.root(), form(index), crate::value::Reason::Condition).at(span));
        Value::one_of(condition, values)
    }

    /// `source[*].a`: of null nothing, of a list every item, of anything else itself.
    pub(super) fn splat(&self, source: &Expr, each: &Expr, bindings: Bindings) -> Value {
        let value = self.value(source, bindings);
        self.splat_value(&value, each, bindings)
    }

    fn splat_value(&self, source: &Value, each: &Expr, bindings: Bindings) -> Value {
        let take = |item: &Value| {
            let binding = bindings.bind("*".into(), item.clone());
            self.value(each, Bindings::with(&binding))
        };
        match &source.kind {
            Kind::Null => Value::list(Vec::new()),
            Kind::List { rest, .. } => {
                let items: Vec<Value> = viewed_items(source).iter().map(take).collect();
                let rest = rest.clone().filter(|rest| matches!(rest, Hole::Unknown(_)));
                Value::new(Kind::List { items: Arc::new(items), rest, shape: ListShape::Tuple })
            }
            Kind::OneOf { condition, values } => {
                let parts = values.iter().map(|value| self.splat_value(value, each, bindings)).collect();
                self.spread(condition, parts)
            }
            Kind::Unknown(_) | Kind::Reference(_) => {
                if is_broken(source) {
                    return source.clone();
                }
                let name = format!("{}[*]{}", form(source), self.sources.text(each.span));
                self.derived(&name, [source], each.span)
            }
            _ => Value::list(vec![take(source)]),
        }
    }

    /// One of what a choice's candidates gave; candidates that the language refuses are ruled out.
    pub(super) fn spread(&self, condition: &Unknown, parts: Vec<Value>) -> Value {
        let (broken, sound): (Vec<Value>, Vec<Value>) = parts.into_iter().partition(is_broken);
        match sound.is_empty() {
            true => broken.into_iter().next().unwrap_or_else(|| Value::unknown(condition.clone())),
            // An attribute of something that may not be there at all: the other branch would be refused.
            false => Value::one_of(condition.clone(), sound),
        }
    }

    fn part_of(&self, unknown: &Unknown, part: &str, span: Span) -> Value {
        let hole = Hole::Unknown(unknown.clone());
        let name = super::form::shorten(format!("{}{part}", unknown.name()));
        let part = Unknown::derived(name, [&hole]).unwrap_or_else(|| unknown.clone());
        Value::unknown(part).with_origin(crate::value::Origin::written(span))
    }
}

/// A place in a list that a number, or a text of digits, spells.
fn as_place(index: &Value) -> Option<usize> {
    match &index.kind {
        Kind::Number(number) => number.to_usize(),
        Kind::Text(pieces) => pieces.as_literal().and_then(|text| text.parse().ok()),
        _ => None,
    }
}

/// A part of a resource's body, seen as part of that resource: what is not written in it is an attribute.
pub fn as_view(value: &Value, here: Hole) -> Value {
    let kind = match &value.kind {
        Kind::Object { fields, rest: None, shape } => {
            Kind::Object { fields: Arc::clone(fields), rest: Some(here), shape: *shape }
        }
        Kind::List { items, rest: None, shape } => {
            Kind::List { items: Arc::clone(items), rest: Some(here), shape: *shape }
        }
        _ => return value.clone(),
    };
    Value { kind, origin: value.origin.clone(), secret: value.secret }
}

/// The items of a list; those of a view of a resource are views themselves.
pub(super) fn viewed_items(list: &Value) -> Vec<Value> {
    match &list.kind {
        Kind::List { items, rest: Some(Hole::Reference(reference)), .. } => {
            let view = |(place, item)| as_view(item, Hole::Reference(reference.then(Segment::Index(place))));
            items.iter().enumerate().map(view).collect()
        }
        Kind::List { items, .. } => items.to_vec(),
        _ => Vec::new(),
    }
}

pub(super) fn kind_word(value: &Value) -> &'static str {
    match &value.kind {
        Kind::Null => "null",
        Kind::Bool(_) => "a truth value",
        Kind::Number(_) => "a number",
        Kind::Text(_) => "a text",
        Kind::List { .. } => "a list",
        Kind::Object { .. } => "an object",
        Kind::OneOf { .. } => "one of several values",
        Kind::Reference(_) => "an attribute",
        Kind::Unknown(_) => "an unknown",
    }
}
