//! In: a repetition and what it walks. Out: the list, object or text that it gives.
//! Never: walks more than the fuel allows.

use std::sync::Arc;

use indexmap::IndexMap;

use super::access::{kind_word, viewed_items};
use super::call::is_broken;
use super::{Bindings, Evaluator, form};
use crate::source::Span;
use crate::syntax::{Binder, Repeated, Yield};
use crate::value::{Hole, Kind, ListShape, ObjectShape, Origin, Pieces, SmolStr, Truth, Value};

/// One round of a repetition: the key or place, and the value.
type Round = (Value, Value);

/// What the rounds gave so far.
#[derive(Default)]
struct Gathered {
    items: Vec<Value>,
    fields: IndexMap<SmolStr, Value>,
    texts: Vec<Pieces>,
    rest: Option<Hole>,
}

impl Evaluator<'_> {
    pub(super) fn repeated(&self, repeated: &Repeated, span: Span, bindings: Bindings) -> Value {
        let collection = self.value(&repeated.collection, bindings);
        if is_broken(&collection) {
            return collection;
        }
        if let Kind::OneOf { condition, values } = &collection.kind {
            let parts = values.iter().map(|value| self.walk(repeated, value, span, bindings)).collect();
            return self.spread(condition, parts);
        }
        self.walk(repeated, &collection, span, bindings)
    }

    fn walk(&self, repeated: &Repeated, collection: &Value, span: Span, bindings: Bindings) -> Value {
        let Some((rounds, rest)) = self.rounds(collection) else {
            return match collection.hole() {
                Some(hole) => self.open(repeated, collection, hole, span),
                None => self.refuse(repeated.collection.span, format!("{} cannot be walked", kind_word(collection))),
            };
        };
        let mut gathered = Gathered { rest, ..Gathered::default() };
        for round in rounds {
            let taken = self.round(repeated, &round, bindings, &mut gathered);
            if let Err(refused) = taken {
                return refused;
            }
        }
        self.gathered(repeated, gathered, span).with_origin(Origin::written(span)).with_secret(collection.secret)
    }

    /// Everything that the repetition of an unknown collection gives: as many items as there are, none of them known.
    fn open(&self, repeated: &Repeated, collection: &Value, hole: Hole, span: Span) -> Value {
        let gathered = Gathered { rest: Some(hole), ..Gathered::default() };
        match &repeated.result {
            Yield::Text(_) => {
                let name = format!("for over {}", form(collection));
                self.derived(&name, [collection], span)
            }
            _ => self.gathered(repeated, gathered, span).with_origin(Origin::written(span)),
        }
    }

    fn gathered(&self, repeated: &Repeated, gathered: Gathered, span: Span) -> Value {
        let Gathered { items, fields, texts, rest } = gathered;
        match &repeated.result {
            Yield::Item(_) => Value::new(Kind::List { items: Arc::new(items), rest, shape: ListShape::Tuple }),
            Yield::Pair { .. } => {
                Value::new(Kind::Object { fields: Arc::new(fields), rest, shape: ObjectShape::Object })
            }
            Yield::Text(_) => match rest {
                Some(hole) => self.derived(&format!("for over {hole}"), [&Value::of_hole(hole)], span),
                None => Value::pieces(Pieces::concat(&texts)),
            },
        }
    }

    /// The rounds of a walk: keys in the order of Terraform's maps, places from 0; `None` for what is no collection.
    pub fn rounds(&self, collection: &Value) -> Option<(Vec<Round>, Option<Hole>)> {
        match &collection.kind {
            Kind::List { rest, shape, .. } => {
                let rounds = viewed_items(collection).into_iter().enumerate().map(|(place, item)| match shape {
                    ListShape::Set => (item.clone(), item),
                    _ => (Value::number(place), item),
                });
                // A view of a resource's list: nothing that is written is missing from it.
                Some((rounds.collect(), rest.clone().filter(|rest| matches!(rest, Hole::Unknown(_)))))
            }
            Kind::Object { fields, rest, .. } => {
                let mut rounds: Vec<Round> =
                    fields.iter().map(|(key, value)| (Value::text(key), value.clone())).collect();
                rounds.sort_by(|(a, _), (b, _)| a.as_text().cmp(&b.as_text()));
                Some((rounds, rest.clone().filter(|rest| matches!(rest, Hole::Unknown(_)))))
            }
            _ => None,
        }
    }

    fn round(&self, repeated: &Repeated, round: &Round, bindings: Bindings, into: &mut Gathered) -> Result<(), Value> {
        let (key, value) = round;
        match &repeated.binder {
            Binder::KeyValue { key: key_name, value: value_name } => {
                let outer = key_name.clone().map(|name| bindings.bind(name, key.clone()));
                let bindings = outer.as_ref().map_or(bindings, Bindings::with);
                let inner = bindings.bind(value_name.clone(), value.clone());
                self.take(repeated, Bindings::with(&inner), into)
            }
            Binder::ItemIndex { item, index } => {
                let outer = index.clone().map(|name| bindings.bind(name, key.clone()));
                let bindings = outer.as_ref().map_or(bindings, Bindings::with);
                let inner = bindings.bind(item.clone(), value.clone());
                self.take(repeated, Bindings::with(&inner), into)
            }
            Binder::Iterator(name) => {
                let pair = [(SmolStr::new("key"), key.clone()), (SmolStr::new("value"), value.clone())];
                let inner = bindings.bind(name.clone(), Value::object(pair));
                self.take(repeated, Bindings::with(&inner), into)
            }
        }
    }

    fn take(&self, repeated: &Repeated, bindings: Bindings, into: &mut Gathered) -> Result<(), Value> {
        if let Some(condition) = &repeated.condition {
            let decided = self.value(condition, bindings);
            if is_broken(&decided) {
                return Err(decided);
            }
            if let Some(refused) = self.no_condition(&decided, condition.span) {
                return Err(refused);
            }
            match decided.is_true() {
                Truth::Yes => {}
                Truth::No => return Ok(()),
                Truth::Unknown => {
                    into.rest = into.rest.take().or_else(|| decided.first_hole());
                    return Ok(());
                }
            }
        }
        match &repeated.result {
            Yield::Item(item) => into.items.push(self.value(item, bindings)),
            Yield::Text(text) => match super::to_text(&self.value(text, bindings), self.scope.dialect()) {
                Ok(pieces) => into.texts.push(pieces),
                Err(message) => return Err(self.refuse(text.span, message)),
            },
            Yield::Pair { key, value, group } => {
                let key_value = self.value(key, bindings);
                if is_broken(&key_value) {
                    return Err(key_value);
                }
                let value = self.value(value, bindings);
                match (self.key(&key_value), group) {
                    (Some(name), true) => {
                        let mut grouped = match into.fields.get(&name).and_then(Value::items) {
                            Some(items) => items.to_vec(),
                            None => Vec::new(),
                        };
                        grouped.push(value);
                        into.fields.insert(name, Value::list(grouped));
                    }
                    (Some(name), false) if into.fields.contains_key(&name) => {
                        return Err(self.refuse(key.span, format!("two items have the key {name:?}")));
                    }
                    (Some(name), false) => {
                        into.fields.insert(name, value);
                    }
                    (None, _) => match key_value.first_hole() {
                        Some(hole) => into.rest = into.rest.take().or(Some(hole)),
                        None => return Err(self.refuse(key.span, "a key must be a text".into())),
                    },
                }
            }
        }
        Ok(())
    }
}
