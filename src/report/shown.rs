//! In: values. Out: JSON in which whatever is not known has a name: `{"unknown": "var.prefix"}`.
//! Never: prints a secret, or a text with a hole as if it were a text.

use indexmap::IndexMap;
use serde::ser::{Error, Serialize, SerializeMap, Serializer};

use crate::value::{Kind, Number, Value};

/// A value as JSON shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number by its digits, however many.
    Number(String),
    /// A text that is known.
    Text(String),
    /// A list of which every item has its place.
    List(Vec<Shown>),
    /// An object.
    Object(IndexMap<String, Shown>),
    /// Something that is not known, by its source form.
    Unknown(String),
}

/// What stands for a value that no report prints.
const SENSITIVE: &str = "(sensitive)";
/// Fractions longer than this are cut to what a float holds: they are quotients that go on for ever.
const LONGEST_FRACTION: usize = 32;
/// Whole numbers of more digits are written with an exponent, which readers of JSON take at any size.
const LONGEST_WHOLE: usize = 400;

impl Shown {
    /// A value as it is shown.
    pub fn of(value: &Value) -> Shown {
        if value.secret {
            return Shown::Unknown(SENSITIVE.into());
        }
        match &value.kind {
            Kind::Null => Shown::Null,
            Kind::Bool(value) => Shown::Bool(*value),
            Kind::Number(number) => Shown::Number(digits(number)),
            Kind::Text(pieces) => match pieces.as_literal() {
                Some(text) => Shown::Text(text.into()),
                None => Shown::Unknown(pieces.to_string()),
            },
            // Where an item stands is not known when there may be more of them anywhere.
            Kind::List { rest: Some(rest), .. } => Shown::Unknown(rest.to_string()),
            Kind::List { items, .. } => Shown::List(items.iter().map(Shown::of).collect()),
            // What else an open object holds is not known, and a reader could not tell that from the fields it has.
            Kind::Object { rest: Some(rest), .. } => Shown::Unknown(rest.to_string()),
            Kind::Object { fields, .. } => {
                Shown::Object(fields.iter().map(|(key, value)| (key.to_string(), Shown::of(value))).collect())
            }
            Kind::OneOf { condition, .. } => Shown::Unknown(condition.to_string()),
            Kind::Reference(reference) => Shown::Unknown(reference.to_string()),
            Kind::Unknown(unknown) => Shown::Unknown(unknown.to_string()),
        }
    }

    /// What two instances of one declaration share; where they differ, `name` stands for either.
    pub fn shared(self, other: Shown, name: &str) -> Shown {
        match (self, other) {
            (a, b) if a == b => a,
            (Shown::List(a), Shown::List(b)) if a.len() == b.len() => {
                Shown::List(a.into_iter().zip(b).map(|(a, b)| a.shared(b, name)).collect())
            }
            (Shown::Object(mut a), Shown::Object(b)) => {
                for (key, value) in b {
                    let mine = a.get_mut(&key).map(|mine| std::mem::replace(mine, Shown::Null));
                    let both = mine.map_or_else(|| Shown::Unknown(name.into()), |mine| mine.shared(value, name));
                    a.insert(key, both);
                }
                Shown::Object(a)
            }
            _ => Shown::Unknown(name.into()),
        }
    }
}

/// A number as JSON writes it, exactly where that is of any use.
fn digits(number: &Number) -> String {
    let text = number.to_string();
    match number.is_whole() {
        true if text.len() > LONGEST_WHOLE => number.decimal().normalized().to_scientific_notation(),
        false if text.len() > LONGEST_FRACTION => format!("{:?}", number.to_f64()),
        _ => text,
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Shown::Null => serializer.serialize_unit(),
            Shown::Bool(value) => serializer.serialize_bool(*value),
            Shown::Number(digits) => serde_json::value::RawValue::from_string(digits.clone())
                .map_err(S::Error::custom)?
                .serialize(serializer),
            Shown::Text(text) => serializer.serialize_str(text),
            Shown::List(items) => serializer.collect_seq(items),
            Shown::Object(fields) => serializer.collect_map(fields),
            Shown::Unknown(name) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("unknown", name)?;
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Hole, ListShape, Piece, Pieces, Reason, RootId, SmolStr, Unknown};

    fn json(value: &Value) -> String {
        serde_json::to_string(&Shown::of(value)).expect("JSON")
    }

    fn hole(name: &str) -> Hole {
        Hole::Unknown(Unknown::new(RootId(0), name, Reason::Input))
    }

    #[test]
    fn a_text_with_a_hole_is_no_text() {
        let pieces = Pieces::of([Piece::Hole(hole("var.p")), Piece::Literal(SmolStr::new("-rt"))]);
        assert_eq!(json(&Value::pieces(pieces)), r#"{"unknown":"${var.p}-rt"}"#);
        assert_eq!(json(&Value::of_hole(hole("var.p"))), r#"{"unknown":"var.p"}"#);
    }

    #[test]
    fn a_secret_is_never_shown() {
        let secret = Value::text("hunter2").with_secret(true);
        assert_eq!(json(&Value::list(vec![secret])), r#"[{"unknown":"(sensitive)"}]"#);
    }

    #[test]
    fn numbers_keep_their_digits() {
        let number = |text| Value::number(Number::parse(text).expect("a number"));
        assert_eq!(json(&number("123456789012345678901234567890")), "123456789012345678901234567890");
        assert_eq!(json(&number("0.10")), "0.1");
        let third = Number::Whole(1).over(&Number::Whole(3)).expect("a quotient");
        assert_eq!(json(&Value::number(third)), "0.3333333333333333");
    }

    #[test]
    fn an_open_list_is_unknown_and_an_open_object_says_so() {
        let kind = Kind::List { items: Default::default(), rest: Some(hole("var.l")), shape: ListShape::List };
        assert_eq!(json(&Value::new(kind)), r#"{"unknown":"var.l"}"#);
        let open = Kind::Object {
            fields: std::sync::Arc::new([(SmolStr::new("a"), Value::bool(true))].into_iter().collect()),
            rest: Some(hole("var.o")),
            shape: crate::value::ObjectShape::Map,
        };
        assert_eq!(json(&Value::new(open)), r#"{"unknown":"var.o"}"#);
    }

    #[test]
    fn instances_share_what_is_equal() {
        let a = Shown::Object(
            [("x".into(), Shown::Bool(true)), ("y".into(), Shown::Number("1".into()))].into_iter().collect(),
        );
        let b = Shown::Object(
            [("x".into(), Shown::Bool(true)), ("y".into(), Shown::Number("2".into()))].into_iter().collect(),
        );
        let both = serde_json::to_string(&a.shared(b, "vnet[*]")).expect("JSON");
        assert_eq!(both, r#"{"x":true,"y":{"unknown":"vnet[*]"}}"#);
    }
}
