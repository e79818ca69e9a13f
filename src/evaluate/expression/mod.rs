//! In: an expression and the names it may use. Out: its value, as far as it is known.
//! Never: knows what a name stands for; the scope says that.
//!
//! What the language would refuse becomes an unknown whose reason is `Broken`, and is noted with its place.

mod access;
mod call;
mod form;
mod operators;
mod repeat;
mod template;

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use indexmap::IndexMap;

use crate::source::{Sources, Span};
use crate::syntax::{Dialect, Element, Expr, ExprKind, Field};
use crate::value::{Hand, Hole, Kind, ListShape, ObjectShape, Origin, Reach, Reason, RootId, SmolStr, Unknown, Value};

pub use access::as_view;
pub use call::{holds_broken, is_broken};
pub use form::form;
pub(in crate::evaluate) use template::to_text;

/// How far the parts of an expression are looked into: enough to name what would decide.
const REACH: Reach = Reach { levels: 33, most: 32, candidates: true };

/// Names that a repetition or a lambda binds, the innermost first.
#[derive(Clone, Copy, Default)]
pub struct Bindings<'b> {
    innermost: Option<&'b Binding<'b>>,
}

/// One bound name.
pub struct Binding<'b> {
    name: SmolStr,
    value: Value,
    outer: Bindings<'b>,
}

impl<'b> Bindings<'b> {
    /// A binding inside these.
    pub fn bind(self, name: SmolStr, value: Value) -> Binding<'b> {
        Binding { name, value, outer: self }
    }

    /// These bindings with one more around the reader.
    pub fn with(binding: &'b Binding<'b>) -> Bindings<'b> {
        Bindings { innermost: Some(binding) }
    }

    /// What a name is bound to.
    pub fn get(self, name: &str) -> Option<&'b Value> {
        let mut at = self.innermost;
        while let Some(binding) = at {
            if binding.name == name {
                return Some(&binding.value);
            }
            at = binding.outer.innermost;
        }
        None
    }
}

/// The names of one place in a program.
pub trait Scope {
    /// The root that is being evaluated.
    fn root(&self) -> RootId;
    /// Whose rules hold.
    fn dialect(&self) -> Dialect;
    /// The directory of the file, and that of the root.
    fn directories(&self) -> (&str, &str);
    /// The value of a name, or of an access path that means something as a whole; `None` where the general rules hold.
    fn resolve(&self, evaluator: &Evaluator, expr: &Expr, bindings: Bindings) -> Option<Value>;
    /// The value of a call that needs the scope; `None` where the table of functions has it.
    fn call(&self, evaluator: &Evaluator, call: &Call, bindings: Bindings) -> Option<Value>;
}

/// A call as it is written.
pub struct Call<'e> {
    /// The function's name.
    pub function: &'e str,
    /// What it is called on.
    pub receiver: Option<&'e Expr>,
    /// The arguments.
    pub arguments: &'e [Expr],
    /// The last argument is spread.
    pub spread: bool,
    /// The whole call.
    pub span: Span,
}

/// Something that the language would refuse.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Where.
    pub span: Span,
    /// Why; no full stop.
    pub message: String,
}

/// What one root's evaluation may spend.
pub struct Fuel {
    left: Cell<u64>,
    ran_out: Cell<bool>,
}

impl Fuel {
    /// So many steps; a step is one expression.
    pub fn new(steps: u64) -> Fuel {
        Fuel { left: Cell::new(steps), ran_out: Cell::new(false) }
    }

    /// Whether it was not enough.
    pub fn ran_out(&self) -> bool {
        self.ran_out.get()
    }

    fn spend(&self, steps: u64) -> bool {
        let left = self.left.get();
        if left < steps {
            self.ran_out.set(true);
            return false;
        }
        self.left.set(left - steps);
        true
    }
}

/// The most characters of a text, and the most items of a list, that evaluation builds.
const LARGEST: usize = 1 << 20;

/// Evaluates the expressions of one scope.
pub struct Evaluator<'a> {
    /// The names.
    pub scope: &'a dyn Scope,
    /// The texts.
    pub sources: &'a Sources,
    /// What may be spent.
    pub fuel: &'a Fuel,
    /// What was refused.
    pub refused: &'a RefCell<Vec<Refused>>,
}

impl Evaluator<'_> {
    /// The value of an expression.
    pub fn value(&self, expr: &Expr, bindings: Bindings) -> Value {
        if !self.fuel.spend(1) {
            return self.unknown("evaluation", Reason::Limit, expr.span);
        }
        if let Some(value) = self.scope.resolve(self, expr, bindings) {
            return value;
        }
        let written = || Origin::written(expr.span);
        match &expr.kind {
            ExprKind::Null => Value::null().with_origin(written()),
            ExprKind::Bool(value) => Value::bool(*value).with_origin(written()),
            ExprKind::Number(number) => Value::number(number.clone()).with_origin(written()),
            ExprKind::Text(parts) => self.text(parts, expr, bindings),
            ExprKind::List(elements) => self.list(elements, bindings).with_origin(written()),
            ExprKind::Object(fields) => self.object(fields, bindings).with_origin(written()),
            ExprKind::Name(name) => match bindings.get(name) {
                Some(value) => value.clone(),
                None => self.refuse(expr.span, format!("there is nothing named {name:?} here")),
            },
            ExprKind::Get { object, key, safe } => {
                let safe = *safe || self.follows_a_safe_one(object);
                let object = self.value(object, bindings);
                self.get(&object, key, safe, expr.span)
            }
            ExprKind::Index { object, index, safe, from_end } => {
                let safe = *safe || self.follows_a_safe_one(object);
                let object = self.value(object, bindings);
                let index = self.value(index, bindings);
                self.index(&object, &index, safe, *from_end, expr.span)
            }
            ExprKind::Nested { name, .. } => self.refuse(expr.span, format!("there is no nested resource {name:?}")),
            ExprKind::Splat { source, each } => self.splat(source, each, bindings),
            ExprKind::If { condition, then, otherwise } => self.choose(condition, then, otherwise, bindings),
            ExprKind::For(repeated) => self.repeated(repeated, expr.span, bindings),
            ExprKind::Sign { sign, operand } => {
                let operand = self.value(operand, bindings);
                self.sign(*sign, &operand, expr.span)
            }
            ExprKind::Binary { left, operator, right } => self.binary(left, *operator, right, expr.span, bindings),
            ExprKind::Call { function, receiver, arguments, spread, .. } => {
                let receiver = receiver.as_deref();
                let call = Call { function, receiver, arguments, spread: *spread, span: expr.span };
                self.call(&call, bindings)
            }
            ExprKind::Lambda { .. } => self.refuse(expr.span, "a lambda is no value of its own".into()),
            ExprKind::Broken => self.unknown("what could not be read", Reason::Broken, expr.span),
        }
    }

    /// An unknown of this root.
    pub fn unknown(&self, name: &str, reason: Reason, span: Span) -> Value {
        Value::unknown(Unknown::new(self.scope.root(), name, reason).at(span)).with_origin(Origin::written(span))
    }

    /// What the language would refuse: noted, and an unknown in its place.
    pub fn refuse(&self, span: Span, message: String) -> Value {
        let name = format!("refused: {message}");
        let mut refused = self.refused.borrow_mut();
        if refused.len() < 1000 {
            refused.push(Refused { span, message });
        }
        self.unknown(&name, Reason::Broken, span)
    }

    /// What stays unknown of something that was worked out from `values`; `name` is its form.
    pub fn derived<'v>(&self, name: &str, values: impl IntoIterator<Item = &'v Value>, span: Span) -> Value {
        let mut holes: Vec<Hole> = Vec::new();
        let mut secret = false;
        for value in values {
            secret |= value.secret;
            value.holes(REACH, &mut holes);
        }
        let unknown = Unknown::derived(name, &holes)
            .unwrap_or_else(|| Unknown::new(self.scope.root(), name, Reason::Function).at(span));
        Value::unknown(unknown).with_origin(Origin::written(span)).with_secret(secret)
    }

    /// Bicep's `a.?b.c` is null as a whole when there is no `b`
    /// (<https://learn.microsoft.com/azure/azure-resource-manager/bicep/operator-safe-dereference>).
    fn follows_a_safe_one(&self, object: &Expr) -> bool {
        let mut at = object;
        while let ExprKind::Get { object, safe, .. } | ExprKind::Index { object, safe, .. } = &at.kind {
            if *safe {
                return self.scope.dialect() == Dialect::Bicep;
            }
            at = object;
        }
        false
    }

    fn list(&self, elements: &[Element], bindings: Bindings) -> Value {
        let mut items = Vec::new();
        let mut rest: Option<Hole> = None;
        for (index, element) in elements.iter().enumerate() {
            match element {
                Element::Item(expr) => items.push(handed(self.value(expr, bindings), expr, || Hand::Item)),
                Element::Spread(expr) => {
                    let value = self.value(expr, bindings);
                    match &value.kind {
                        Kind::List { items: more, rest: open, .. } => {
                            items.extend(more.iter().cloned());
                            rest = rest.or_else(|| open.clone());
                        }
                        Kind::Null => {}
                        // `dynamic` over `var.on ? [1] : []`: one of two lists.
                        Kind::OneOf { condition, values } if values.iter().all(|value| value.items().is_some()) => {
                            let after = self.list(&elements[index + 1..], bindings);
                            // What comes after may be a choice of its own; two choices in one list are not told apart.
                            let Kind::List { items: after, rest: more, .. } = &after.kind else { return after };
                            let rest = rest.or_else(|| more.clone());
                            let lists = values.iter().map(|middle| {
                                let middle = middle.items().unwrap_or_default();
                                let whole = items.iter().chain(middle).chain(after.iter()).cloned().collect();
                                let shape = ListShape::Tuple;
                                Value::new(Kind::List { items: Arc::new(whole), rest: rest.clone(), shape })
                            });
                            return Value::one_of(condition.clone(), lists);
                        }
                        _ => match value.hole() {
                            Some(hole) => rest = rest.or(Some(hole)),
                            None => return self.refuse(expr.span, "only a list can be spread into a list".into()),
                        },
                    }
                }
            }
        }
        if items.len() > LARGEST {
            return self.unknown("a list of more than 2^20 items", Reason::Limit, self.place_of(elements));
        }
        Value::new(Kind::List { items: Arc::new(items), rest, shape: ListShape::Tuple })
    }

    fn place_of(&self, elements: &[Element]) -> Span {
        match elements.first() {
            Some(Element::Item(expr) | Element::Spread(expr)) => expr.span,
            None => unreachable!("a list without elements has no items"),
        }
    }

    fn object(&self, written: &[Field], bindings: Bindings) -> Value {
        let mut fields: IndexMap<SmolStr, Value> = IndexMap::with_capacity(written.len());
        let mut rest: Option<Hole> = None;
        for field in written {
            match field {
                Field::Pair { key, value: expr } => {
                    let value = self.value(expr, bindings);
                    match key.as_literal() {
                        Some(key) => {
                            let value = handed(value, expr, || Hand::Attribute(SmolStr::new(key)));
                            fields.insert(SmolStr::new(key), value);
                        }
                        None => {
                            let key_value = self.value(key, bindings);
                            match self.key(&key_value) {
                                Some(key) => {
                                    fields.insert(key, value);
                                }
                                None => {
                                    let hole = open_key(&key_value)
                                        .or_else(|| self.refuse(key.span, "a key must be a text".into()).hole());
                                    rest = rest.or(hole);
                                }
                            }
                        }
                    }
                }
                Field::Spread(expr) => {
                    let value = self.value(expr, bindings);
                    match &value.kind {
                        Kind::Object { fields: more, rest: open, .. } => {
                            fields.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
                            rest = rest.or_else(|| open.clone());
                        }
                        Kind::Null => {}
                        _ => match value.hole() {
                            Some(hole) => {
                                // What is spread may replace every field before it.
                                fields.clear();
                                rest = rest.or(Some(hole));
                            }
                            None => return self.refuse(expr.span, "only an object can be spread here".into()),
                        },
                    }
                }
            }
        }
        Value::new(Kind::Object { fields: Arc::new(fields), rest, shape: ObjectShape::Object })
    }

    /// A value as the key of an object, if it is one and known.
    fn key(&self, value: &Value) -> Option<SmolStr> {
        match &value.kind {
            Kind::Text(pieces) => pieces.as_literal().map(SmolStr::new),
            Kind::Number(number) => Some(SmolStr::new(number.to_string())),
            Kind::Bool(value) => Some(SmolStr::new(value.to_string())),
            _ => None,
        }
    }

    fn choose(&self, condition: &Expr, then: &Expr, otherwise: &Expr, bindings: Bindings) -> Value {
        let decided = self.value(condition, bindings);
        if let Some(refused) = self.no_condition(&decided, condition.span) {
            return refused;
        }
        match decided.is_true() {
            _ if is_broken(&decided) => decided,
            crate::value::Truth::Yes => self.value(then, bindings),
            crate::value::Truth::No => self.value(otherwise, bindings),
            crate::value::Truth::Unknown => {
                let unknown = match &decided.kind {
                    Kind::Unknown(unknown) => unknown.clone(),
                    Kind::Reference(_) | Kind::OneOf { .. } => {
                        decided.hole().map_or_else(|| self.condition(&decided, condition.span), |hole| hole.unknown())
                    }
                    _ => self.condition(&decided, condition.span),
                };
                let branches = [self.value(then, bindings), self.value(otherwise, bindings)];
                if branches.iter().all(is_broken) {
                    return branches.into_iter().next().unwrap_or(decided);
                }
                Value::one_of(unknown, branches)
            }
        }
    }

    /// What Terraform refuses as a condition: all but truth values, and the texts that spell them.
    fn no_condition(&self, value: &Value, span: Span) -> Option<Value> {
        let fits = match &value.kind {
            Kind::Bool(_) | Kind::Unknown(_) | Kind::Reference(_) | Kind::OneOf { .. } => true,
            Kind::Text(pieces) => pieces.as_literal().is_none_or(|text| matches!(text, "true" | "false")),
            _ => false,
        };
        let refused = !fits && self.scope.dialect() == Dialect::Terraform;
        refused.then(|| self.refuse(span, "a condition must be true or false".into()))
    }

    fn condition(&self, value: &Value, span: Span) -> Unknown {
        Unknown::new(self.scope.root(), form(value), Reason::Condition).at(span)
    }
}

/// A value that was written elsewhere, taken at this place.
fn handed(value: Value, expr: &Expr, hand: impl FnOnce() -> Hand) -> Value {
    if value.origin.last() == Some(expr.span) {
        return value;
    }
    let origin = value.origin.through(hand(), expr.span);
    value.with_origin(origin)
}

/// What a field is whose key is not known: the key, with all that is known of its text.
fn open_key(key: &Value) -> Option<Hole> {
    match &key.kind {
        Kind::Text(pieces) => Unknown::of_text(pieces).map(Hole::Unknown),
        _ => key.first_hole(),
    }
}
