//! In: a `count` or `for_each` and its value. Out: which instances there are.
//! Never: turns an unknown number of instances into none.

use crate::evaluate::Bindings;
use crate::evaluate::expression::form;
use crate::syntax::Repeat;
use crate::value::{Hole, Key, Kind, Reason, RootId, SmolStr, Truth, Unknown, Value};

/// The instances of a declaration.
#[derive(Debug)]
pub struct Instances {
    /// Those that are there, or may be.
    pub made: Vec<Made>,
    /// It is repeated: a reference without a key is a list or a map.
    pub repeated: Repeated,
    /// There may be more instances than `made` names, for this reason.
    pub open: Option<Unknown>,
}

/// How a declaration is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeated {
    /// It is not.
    No,
    /// By `count`.
    Count,
    /// By `for_each`.
    Each,
}

/// One instance.
#[derive(Clone, Debug)]
pub struct Made {
    /// Which one.
    pub key: Option<Key>,
    /// `each.value`.
    value: Value,
    /// Whether it is there.
    pub exists: Truth,
    /// What would decide that.
    pub decides: Option<Unknown>,
}

impl Made {
    /// The instance's address from that of its declaration.
    pub fn address(&self, declaration: &str) -> String {
        match &self.key {
            Some(key) => format!("{declaration}{key}"),
            None => declaration.to_string(),
        }
    }

    /// An instance that is there for certain; `value` is what `each.value` is in it.
    pub fn certain(key: Option<Key>, value: Value) -> Made {
        Made { key, value, exists: Truth::Yes, decides: None }
    }

    /// What `each.value` is in it.
    pub fn each_value(&self) -> Value {
        self.value.clone()
    }

    /// Runs `work` with `each` and `count` bound.
    pub fn with_bindings<T>(&self, work: impl FnOnce(Bindings) -> T) -> T {
        let bindings = Bindings::default();
        match &self.key {
            None => work(bindings),
            Some(key) => {
                let (each, count) = match key {
                    Key::Index(index) => (None, Some(Value::number(*index))),
                    Key::Text(text) => (Some(Value::text(text)), None),
                    Key::Any(unknown) => (
                        Some(Value::unknown(unknown.part("each.key of"))),
                        Some(Value::unknown(unknown.part("count.index of"))),
                    ),
                };
                let each = each.unwrap_or_else(Value::null);
                let pair = [("key".into(), each), ("value".into(), self.value.clone())];
                let each = bindings.bind("each".into(), Value::object(pair));
                let index = [(SmolStr::new("index"), count.unwrap_or_else(Value::null))];
                let count = Bindings::with(&each).bind("count".into(), Value::object(index));
                work(Bindings::with(&count))
            }
        }
    }
}

impl Instances {
    /// The only instance of what is not repeated.
    pub fn one() -> Instances {
        let made = Made { key: None, value: Value::null(), exists: Truth::Yes, decides: None };
        Instances { made: vec![made], repeated: Repeated::No, open: None }
    }

    /// One template that stands for any number of instances.
    pub fn open(unknown: Unknown) -> Instances {
        Instances { made: vec![template(&unknown)], repeated: Repeated::Each, open: Some(unknown) }
    }

    /// The instances that a repetition's value makes. More than `most` are one template.
    pub fn of(repeat: &Repeat, value: &Value, root: RootId, most: usize) -> Instances {
        let repeated = match repeat {
            Repeat::Count(_) => Repeated::Count,
            Repeat::ForEach(_) | Repeat::Loop { .. } => Repeated::Each,
        };
        let unknown = || match value.first_hole() {
            Some(hole) => hole.unknown(),
            None => Unknown::new(root, form(value), Reason::Broken).at(repeat.expression().span),
        };
        let candidates = value.candidates();
        let lists: Option<Vec<Vec<(Key, Value)>>> =
            candidates.iter().map(|value| keys(repeated, value, most)).collect();
        let Some(lists) = lists else {
            return Instances { made: vec![template(&unknown())], repeated, open: Some(unknown()) };
        };
        let decides = match &value.kind {
            Kind::OneOf { condition, .. } => Some(condition.clone()),
            _ => None,
        };
        let mut made: Vec<Made> = Vec::new();
        for (key, value) in lists.iter().flatten() {
            if made.iter().any(|known| known.key.as_ref() == Some(key)) {
                continue;
            }
            let everywhere = lists.iter().all(|list| list.iter().any(|(other, _)| other == key));
            let exists = Truth::yes_or_unknown(everywhere);
            let decides = if everywhere { None } else { decides.clone() };
            made.push(Made { key: Some(key.clone()), value: value.clone(), exists, decides });
        }
        let rest = candidates.iter().find_map(|value| match &value.kind {
            Kind::List { rest, .. } | Kind::Object { rest, .. } => rest.as_ref().map(Hole::unknown),
            _ => None,
        });
        made.extend(rest.as_ref().map(template));
        Instances { made, repeated, open: rest }
    }

    /// The place of the instance with a key, if it is known to be among them.
    pub fn position(&self, key: &Key) -> Option<usize> {
        self.made.iter().position(|made| made.key.as_ref() == Some(key))
    }
}

/// How many instances a repetition asks for, where that is known and more than `most`.
pub fn too_many(value: &Value, most: usize) -> Option<String> {
    value.candidates().iter().find_map(|value| match &value.kind {
        Kind::Number(number) if !number.is_negative() && number.to_usize().is_none_or(|count| count > most) => {
            Some(number.to_string())
        }
        Kind::Unknown(unknown) if unknown.reason() == Reason::Limit => Some("too many".into()),
        Kind::Object { fields, .. } if fields.len() > most => Some(fields.len().to_string()),
        Kind::List { items, .. } if items.len() > most => Some(items.len().to_string()),
        _ => None,
    })
}

fn template(unknown: &Unknown) -> Made {
    Made {
        key: Some(Key::Any(unknown.clone())),
        value: Value::unknown(unknown.part("each.value of")),
        exists: Truth::Unknown,
        decides: Some(unknown.clone()),
    }
}

/// The keys and values of one candidate; `None` where they are not known or too many.
fn keys(repeated: Repeated, value: &Value, most: usize) -> Option<Vec<(Key, Value)>> {
    match (repeated, &value.kind) {
        (Repeated::Count, Kind::Number(number)) => {
            let count = number.to_usize().filter(|count| *count <= most)?;
            Some((0..count).map(|index| (Key::Index(index), Value::null())).collect())
        }
        (Repeated::Count, Kind::Text(pieces)) => {
            let count = pieces.as_literal()?.parse::<usize>().ok().filter(|count| *count <= most)?;
            Some((0..count).map(|index| (Key::Index(index), Value::null())).collect())
        }
        // Terraform 0.11 wrote `count = var.enabled`.
        (Repeated::Count, Kind::Bool(value)) => {
            Some((0..usize::from(*value)).map(|index| (Key::Index(index), Value::null())).collect())
        }
        (Repeated::Each, Kind::Object { fields, .. }) if fields.len() <= most => {
            let mut keys: Vec<(Key, Value)> =
                fields.iter().map(|(key, value)| (Key::Text(key.clone()), value.clone())).collect();
            keys.sort_by_key(|(key, _)| key.to_string());
            Some(keys)
        }
        (Repeated::Each, Kind::List { items, .. }) if items.len() <= most => {
            items.iter().map(|item| Some((Key::Text(SmolStr::new(item.as_text()?)), item.clone()))).collect()
        }
        _ => None,
    }
}
