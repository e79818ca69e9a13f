//! In: nothing but itself. Out: values of which parts may not be known, and answers of which one is "cannot tell".
//! Never: knows how a value is written in any language.

mod address;
mod cidr;
mod id;
mod number;
mod origin;
mod text;
mod truth;
mod unknown;

use std::sync::Arc;

use indexmap::IndexMap;
pub use smol_str::SmolStr;

pub use address::{Address, Key, Reference, RootId, Segment};
pub use cidr::Cidr;
pub use id::ResourceId;
pub use number::Number;
pub use origin::{Hand, Hop, Origin};
pub use text::{Piece, Pieces};
pub use truth::Truth;
pub use unknown::{Hole, Reason, Unknown};

/// A value, where it came from, and whether it may be shown. Clones are cheap.
///
/// Equality looks at what is known of the value, not at its origin.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Where it was written, and through which hands it went.
    pub origin: Origin,
    /// It came through a `sensitive` or `@secure()` input; no report prints it.
    pub secret: bool,
}

/// The list-like shapes of Terraform; Bicep has lists only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListShape {
    /// Items of one type in order.
    List,
    /// Items of any type in order.
    Tuple,
    /// Items of one type without an order; kept sorted and without repeats where all are known.
    Set,
}

/// The object-like shapes of Terraform; Bicep has objects only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectShape {
    /// Fields of any type.
    Object,
    /// Values of one type by key.
    Map,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Deliberately nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number of any size.
    Number(Number),
    /// A text, which may have holes.
    Text(Pieces),
    /// Items; with `rest` there may be more of them, anywhere.
    List {
        /// The items that are known to be there.
        items: Arc<Vec<Value>>,
        /// There may be more items, for this reason.
        rest: Option<Hole>,
        /// List, tuple or set.
        shape: ListShape,
    },
    /// Fields; with `rest` there may be more of them.
    Object {
        /// The fields that are known to be there, in the order of writing.
        fields: Arc<IndexMap<SmolStr, Value>>,
        /// What a field that is not listed is: unknown, or a reference into the resource that this is a view of.
        rest: Option<Hole>,
        /// Object or map.
        shape: ObjectShape,
    },
    /// One of several values, and which one hangs on `condition`.
    OneOf {
        /// What would decide.
        condition: Unknown,
        /// The candidates: at least two, none of them a `OneOf`.
        values: Arc<Vec<Value>>,
    },
    /// An attribute of a resource: whose it is is known, its text is not.
    Reference(Reference),
    /// Not known, and this is what would have to be.
    Unknown(Unknown),
}

/// How far [`Value::holes`] looks.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// The levels of values within values.
    pub levels: usize,
    /// With so many holes it is enough.
    pub most: usize,
    /// The candidates of a choice are looked into.
    pub candidates: bool,
}

/// The most candidates of a choice.
const MOST_CANDIDATES: usize = 64;

impl Value {
    /// A value without an origin.
    pub fn new(kind: Kind) -> Value {
        Value { kind, origin: Origin::default(), secret: false }
    }

    /// Null.
    pub fn null() -> Value {
        Value::new(Kind::Null)
    }

    /// A truth value.
    pub fn bool(value: bool) -> Value {
        Value::new(Kind::Bool(value))
    }

    /// A number.
    pub fn number(value: impl Into<Number>) -> Value {
        Value::new(Kind::Number(value.into()))
    }

    /// A text without holes.
    pub fn text(value: impl AsRef<str>) -> Value {
        Value::new(Kind::Text(Pieces::literal(value.as_ref())))
    }

    /// A text of pieces. A text that is one hole only is that hole.
    pub fn pieces(pieces: Pieces) -> Value {
        match pieces.only_hole() {
            Some(hole) => Value::of_hole(hole.clone()),
            None => Value::new(Kind::Text(pieces)),
        }
    }

    /// A closed tuple.
    pub fn list(items: Vec<Value>) -> Value {
        Value::new(Kind::List { items: Arc::new(items), rest: None, shape: ListShape::Tuple })
    }

    /// A closed object.
    pub fn object(fields: impl IntoIterator<Item = (SmolStr, Value)>) -> Value {
        let fields = Arc::new(fields.into_iter().collect());
        Value::new(Kind::Object { fields, rest: None, shape: ObjectShape::Object })
    }

    /// An object that holds other fields too where `rest` says so.
    pub fn open_object(fields: impl IntoIterator<Item = (SmolStr, Value)>, rest: Option<Hole>) -> Value {
        let fields = Arc::new(fields.into_iter().collect());
        Value::new(Kind::Object { fields, rest, shape: ObjectShape::Object })
    }

    /// An unknown.
    pub fn unknown(unknown: Unknown) -> Value {
        Value::new(Kind::Unknown(unknown))
    }

    /// A reference to an attribute.
    pub fn reference(reference: Reference) -> Value {
        Value::new(Kind::Reference(reference))
    }

    /// A hole as a value of its own.
    pub fn of_hole(hole: Hole) -> Value {
        match hole {
            Hole::Unknown(unknown) => Value::unknown(unknown),
            Hole::Reference(reference) => Value::reference(reference),
        }
    }

    /// One of `values`; a single or repeated candidate is that candidate, nested choices are flattened.
    pub fn one_of(condition: Unknown, values: impl IntoIterator<Item = Value>) -> Value {
        let mut flat: Vec<Value> = Vec::new();
        for value in values {
            let parts = match &value.kind {
                Kind::OneOf { values, .. } => values.to_vec(),
                _ => vec![value],
            };
            for part in parts {
                if !flat.iter().any(|known| known.same(&part) == Truth::Yes) {
                    flat.push(part);
                }
            }
        }
        if flat.len() > MOST_CANDIDATES {
            // Not the condition itself: whatever it is, it is not one of these values.
            let hole = Hole::Unknown(condition.clone());
            let name = format!("one of {} values by {condition}", flat.len());
            return Value::unknown(Unknown::derived(name, [&hole]).unwrap_or(condition));
        }
        match flat.len() {
            1 => flat.swap_remove(0),
            _ => Value::new(Kind::OneOf { condition, values: Arc::new(flat) }),
        }
    }

    /// The same value with another origin.
    pub fn with_origin(mut self, origin: Origin) -> Value {
        self.origin = origin;
        self
    }

    /// The same value, not to be printed when `secret`.
    pub fn with_secret(mut self, secret: bool) -> Value {
        self.secret |= secret;
        self
    }

    /// It is known to be null.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// The hole that this value is, if it is one: an unknown or a reference.
    pub fn hole(&self) -> Option<Hole> {
        match &self.kind {
            Kind::Unknown(unknown) => Some(Hole::Unknown(unknown.clone())),
            Kind::Reference(reference) => Some(Hole::Reference(reference.clone())),
            Kind::OneOf { condition, .. } => Some(Hole::Unknown(condition.clone())),
            _ => None,
        }
    }

    /// The first thing in this value that is not known, looking into lists, objects and texts; references count.
    pub fn first_hole(&self) -> Option<Hole> {
        match &self.kind {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => None,
            Kind::Text(pieces) => pieces.holes().next().cloned(),
            Kind::List { items, rest, .. } => rest.clone().or_else(|| items.iter().find_map(Value::first_hole)),
            Kind::Object { fields, rest, .. } => rest.clone().or_else(|| fields.values().find_map(Value::first_hole)),
            Kind::OneOf { .. } | Kind::Reference(_) | Kind::Unknown(_) => self.hole(),
        }
    }

    /// Adds everything in this value that is not known, as far as `reach` goes: of a list or an object first what else
    /// it may hold, of a choice first what decides.
    pub fn holes(&self, reach: Reach, holes: &mut Vec<Hole>) {
        if holes.len() >= reach.most {
            return;
        }
        let Some(deeper) = reach.levels.checked_sub(1).map(|levels| Reach { levels, ..reach }) else { return };
        match &self.kind {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => {}
            Kind::Text(pieces) => holes.extend(pieces.holes().cloned()),
            Kind::List { items, rest, .. } => {
                holes.extend(rest.clone());
                items.iter().for_each(|item| item.holes(deeper, holes));
            }
            Kind::Object { fields, rest, .. } => {
                holes.extend(rest.clone());
                fields.values().for_each(|field| field.holes(deeper, holes));
            }
            Kind::OneOf { condition, values } => {
                holes.push(Hole::Unknown(condition.clone()));
                values.iter().filter(|_| reach.candidates).for_each(|value| value.holes(deeper, holes));
            }
            Kind::Reference(_) | Kind::Unknown(_) => holes.extend(self.hole()),
        }
    }

    /// The text, if every piece of it is known.
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(pieces) => pieces.as_literal(),
            _ => None,
        }
    }

    /// The truth value, if it is one and known.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.kind {
            Kind::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, if it is one and known.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.kind {
            Kind::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The items that are known to be there, if this is a list.
    pub fn items(&self) -> Option<&[Value]> {
        match &self.kind {
            Kind::List { items, .. } => Some(items),
            _ => None,
        }
    }

    /// The fields that are known to be there, if this is an object.
    pub fn fields(&self) -> Option<&IndexMap<SmolStr, Value>> {
        match &self.kind {
            Kind::Object { fields, .. } => Some(fields),
            _ => None,
        }
    }

    /// What else a list or an object may hold; for an unknown, itself.
    pub fn rest(&self) -> Option<Hole> {
        match &self.kind {
            Kind::List { rest, .. } | Kind::Object { rest, .. } => rest.clone(),
            _ => self.hole(),
        }
    }

    /// The candidates of a choice, or the value itself.
    pub fn candidates(&self) -> &[Value] {
        match &self.kind {
            Kind::OneOf { values, .. } => values,
            _ => std::slice::from_ref(self),
        }
    }

    /// Whether this is the given text, in any case of letters: Azure compares its keywords that way.
    pub fn is(&self, text: &str) -> Truth {
        self.ask(&|value| match &value.kind {
            Kind::Text(pieces) => pieces.equals_ignoring_case(&Pieces::literal(text)),
            Kind::Unknown(_) | Kind::Reference(_) => Truth::Unknown,
            _ => Truth::No,
        })
    }

    /// Whether this is `true`; the text `"true"` is, as both languages convert it.
    pub fn is_true(&self) -> Truth {
        self.ask(&|value| match &value.kind {
            Kind::Bool(value) => Truth::from_known(*value),
            Kind::Text(pieces) => pieces.equals_ignoring_case(&Pieces::literal("true")),
            Kind::Unknown(_) | Kind::Reference(_) => Truth::Unknown,
            _ => Truth::No,
        })
    }

    /// Whether this is null.
    pub fn is_absent(&self) -> Truth {
        self.ask(&|value| match &value.kind {
            Kind::Null => Truth::Yes,
            Kind::Unknown(_) => Truth::Unknown,
            _ => Truth::No,
        })
    }

    /// The answer that all candidates share, or unknown.
    pub fn ask(&self, question: &dyn Fn(&Value) -> Truth) -> Truth {
        let mut answers = self.candidates().iter().map(question);
        let first = answers.next().unwrap_or(Truth::Unknown);
        if answers.all(|answer| answer == first) { first } else { Truth::Unknown }
    }

    /// Whether two values are equal. Equal names of unknowns are the same thing; different kinds differ.
    pub fn same(&self, other: &Value) -> Truth {
        use Kind::*;
        match (&self.kind, &other.kind) {
            (OneOf { condition: a, values: left }, OneOf { condition: b, values: right })
                if a == b && left.len() == right.len() =>
            {
                Truth::all_or_none(left.iter().zip(right.iter()).map(|(x, y)| x.same(y)))
            }
            (OneOf { values, .. }, _) => Truth::all_or_none(values.iter().map(|value| value.same(other))),
            (_, OneOf { values, .. }) => Truth::all_or_none(values.iter().map(|value| self.same(value))),
            (Unknown(a), Unknown(b)) => Truth::yes_or_unknown(a == b),
            (Reference(a), Reference(b)) => a.same(b),
            (Text(pieces), Unknown(_) | Reference(_)) => {
                other.hole().map_or(Truth::Unknown, |hole| pieces.equals(&Pieces::hole(hole)))
            }
            (Unknown(_) | Reference(_), Text(_)) => other.same(self),
            (Unknown(_) | Reference(_), _) | (_, Unknown(_) | Reference(_)) => Truth::Unknown,
            (Null, Null) => Truth::Yes,
            (Bool(a), Bool(b)) => Truth::from_known(a == b),
            (Number(a), Number(b)) => Truth::from_known(a == b),
            (Text(a), Text(b)) => a.equals(b),
            (List { items: a, shape: ListShape::Set, .. }, List { items: b, .. })
            | (List { items: a, .. }, List { items: b, shape: ListShape::Set, .. })
                if self.first_hole().is_some() || other.first_hole().is_some() =>
            {
                // A set with holes has no order yet, and some of its items may turn out to be one.
                Truth::yes_or_unknown(self.rest() == other.rest() && a.len() == b.len() && pairwise(a, b) == Truth::Yes)
            }
            (List { items: a, rest: ra, .. }, List { items: b, rest: rb, .. }) => {
                if ra.is_some() || rb.is_some() {
                    return Truth::yes_or_unknown(ra == rb && a.len() == b.len() && pairwise(a, b) == Truth::Yes);
                }
                if a.len() != b.len() {
                    return Truth::No;
                }
                pairwise(a, b)
            }
            (Object { fields: a, rest: ra, .. }, Object { fields: b, rest: rb, .. }) => {
                let open = ra.is_some() || rb.is_some();
                let mut answer = Truth::Yes;
                for (key, value) in a.iter() {
                    answer = answer
                        & match b.get(key) {
                            Some(other) => value.same(other),
                            None if rb.is_some() => Truth::Unknown,
                            None => Truth::No,
                        };
                }
                for key in b.keys().filter(|key| !a.contains_key(*key)) {
                    let _ = key;
                    answer = answer & if ra.is_some() { Truth::Unknown } else { Truth::No };
                }
                if open && answer == Truth::Yes && ra != rb { Truth::Unknown } else { answer }
            }
            _ => Truth::No,
        }
    }
}

fn pairwise(left: &[Value], right: &[Value]) -> Truth {
    left.iter().zip(right).fold(Truth::Yes, |answer, (x, y)| answer & x.same(y))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hole(name: &str) -> Unknown {
        Unknown::new(RootId(0), name, Reason::Input)
    }

    #[test]
    fn the_same_hole_is_the_same_value() {
        let a = Value::unknown(hole("var.a"));
        assert_eq!(a.same(&a.clone()), Truth::Yes);
        assert_eq!(a.same(&Value::unknown(hole("var.b"))), Truth::Unknown);
        assert_eq!(a.same(&Value::text("x")), Truth::Unknown);
        assert_eq!(Value::null().same(&Value::text("x")), Truth::No);
    }

    #[test]
    fn a_choice_answers_when_its_candidates_agree() {
        let choice = Value::one_of(hole("var.c"), [Value::text("a"), Value::text("b")]);
        assert_eq!(choice.is("c"), Truth::No);
        assert_eq!(choice.is("a"), Truth::Unknown);
        assert_eq!(Value::one_of(hole("var.c"), [Value::text("a"), Value::text("a")]).is("A"), Truth::Yes);
    }

    #[test]
    fn an_open_object_rules_out_what_differs() {
        let open = |value: &str| {
            let fields = Arc::new([(SmolStr::new("k"), Value::text(value))].into_iter().collect());
            Value::new(Kind::Object { fields, rest: Some(Hole::Unknown(hole("var.r"))), shape: ObjectShape::Map })
        };
        let closed = Value::object([(SmolStr::new("k"), Value::text("1"))]);
        assert_eq!(open("1").same(&closed), Truth::Unknown);
        assert_eq!(open("2").same(&closed), Truth::No);
        assert_eq!(open("1").same(&open("1")), Truth::Yes);
    }
}
