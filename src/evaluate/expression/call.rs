//! In: a call. Out: its value. Here, and only here, unknown arguments are answered for.
//! Never: computes what a function computes.

use super::form::call_form;
use super::{Bindings, Call, Evaluator};
use crate::evaluate::functions::{self, Argument, Context, Function, Run};
use crate::syntax::{Dialect, Expr, ExprKind};
use crate::value::{Hole, Kind, Origin, Reason, SmolStr, Unknown, Value};

/// A lambda as functions call it.
type Lambda<'s> = Box<dyn Fn(&[Value]) -> Value + 's>;

/// How deep a value is looked into for what is refused.
const DEEPEST: usize = 32;

/// What the language would refuse, wherever in a value it is.
pub fn is_broken(value: &Value) -> bool {
    matches!(&value.kind, Kind::Unknown(unknown) if unknown.reason() == Reason::Broken)
}

/// Something in a value is what the language would refuse.
pub fn holds_broken(value: &Value) -> bool {
    broken_within(value, 0)
}

fn broken_within(value: &Value, depth: usize) -> bool {
    if depth > DEEPEST {
        return false;
    }
    let broken = |hole: &Hole| matches!(hole, Hole::Unknown(unknown) if unknown.reason() == Reason::Broken);
    match &value.kind {
        Kind::Unknown(_) => is_broken(value),
        Kind::Text(pieces) => pieces.holes().any(broken),
        Kind::List { items, rest, .. } => {
            rest.as_ref().is_some_and(broken) || items.iter().any(|item| broken_within(item, depth + 1))
        }
        Kind::Object { fields, rest, .. } => {
            rest.as_ref().is_some_and(broken) || fields.values().any(|field| broken_within(field, depth + 1))
        }
        Kind::OneOf { values, .. } => values.iter().any(|value| broken_within(value, depth + 1)),
        _ => false,
    }
}

impl Evaluator<'_> {
    pub(super) fn call(&self, call: &Call, bindings: Bindings) -> Value {
        if let Some(value) = self.scope.call(self, call, bindings) {
            return value;
        }
        match (self.scope.dialect(), call.function) {
            (Dialect::Terraform, "try") => return self.first_that_works(call, bindings),
            (Dialect::Terraform, "can") => return self.whether_it_works(call, bindings),
            _ => {}
        }
        let Some(function) = functions::find(self.scope.dialect(), call.function) else {
            return self.not_modelled(call, bindings);
        };
        match function.run {
            Run::Higher(_) => self.higher(function, call, bindings),
            _ => match self.arguments(call, bindings) {
                Ok(arguments) if self.merges_a_typed_null(call, &arguments) => {
                    self.refuse(call.span, "merge: a null that is no map cannot be merged".into())
                }
                Ok(arguments) => self.apply(function, &arguments, call),
                Err(value) => value,
            },
        }
    }

    /// Terraform's `merge` skips a null, but not one that was converted: `tostring(null)` is a text without a value.
    fn merges_a_typed_null(&self, call: &Call, arguments: &[Value]) -> bool {
        let converted = |expr: &Expr| match &expr.kind {
            ExprKind::Call { function, .. } => matches!(function.as_str(), "tostring" | "tonumber" | "tobool"),
            _ => false,
        };
        self.scope.dialect() == Dialect::Terraform
            && call.function == "merge"
            && call.arguments.iter().zip(arguments).any(|(expr, value)| value.is_null() && converted(expr))
    }

    /// The arguments of a call, a spread list opened; the value of the whole call where that cannot be done.
    pub fn arguments(&self, call: &Call, bindings: Bindings) -> Result<Vec<Value>, Value> {
        let mut arguments: Vec<Value> = call.arguments.iter().map(|expr| self.value(expr, bindings)).collect();
        if let Some(broken) = arguments.iter().find(|value| is_broken(value)) {
            return Err(broken.clone());
        }
        if call.spread {
            let Some(last) = arguments.pop() else { return Ok(arguments) };
            match &last.kind {
                Kind::List { items, rest: None, .. } => arguments.extend(items.iter().cloned()),
                _ if last.first_hole().is_some() => {
                    arguments.push(last);
                    let name = call_form(call.function, &arguments);
                    return Err(self.derived(&name, &arguments, call.span));
                }
                _ => return Err(self.refuse(call.span, "only a list can be spread into arguments".into())),
            }
        }
        Ok(arguments)
    }

    /// A function of the table over values.
    pub fn apply(&self, function: &Function, arguments: &[Value], call: &Call) -> Value {
        let arguments: Vec<Argument> = arguments.iter().cloned().map(Argument::Value).collect();
        self.ask(function, &arguments, call)
    }

    fn ask(&self, function: &Function, arguments: &[Argument], call: &Call) -> Value {
        // A call with a lambda is told apart by what the lambda says, which only its place can.
        let source_form = format!("{} ({})", self.sources.text(call.span), call.span.start);
        let source_form = super::form::shorten(source_form);
        match self.placed(&source_form, call, |context| functions::call(function, context, arguments)) {
            Ok(value) if value.origin.place().is_some() => value,
            Ok(value) => value.with_origin(Origin::written(call.span)),
            Err(message) => self.refuse(call.span, format!("{}: {message}", function.name)),
        }
    }

    fn placed<T>(&self, source_form: &str, call: &Call, run: impl FnOnce(&Context) -> T) -> T {
        let (directory, root_directory) = self.scope.directories();
        let template = |file, names: &indexmap::IndexMap<SmolStr, Value>| self.template(file, names);
        run(&Context {
            root: self.scope.root(),
            place: call.span,
            source_form,
            sources: self.sources,
            directory,
            root_directory,
            template: &template,
        })
    }

    /// A call with lambdas among its arguments.
    fn higher(&self, function: &Function, call: &Call, bindings: Bindings) -> Value {
        let lambdas: Vec<Lambda> =
            call.arguments.iter().filter_map(|argument| self.lambda(argument, bindings)).collect();
        let mut next = lambdas.iter();
        let mut arguments: Vec<Argument> = Vec::with_capacity(call.arguments.len());
        for argument in call.arguments {
            match &argument.kind {
                ExprKind::Lambda { parameters, .. } => {
                    arguments.extend(next.next().map(|lambda| Argument::Lambda(parameters.len(), &**lambda)));
                }
                _ => {
                    let value = self.value(argument, bindings);
                    if is_broken(&value) {
                        return value;
                    }
                    arguments.push(Argument::Value(value));
                }
            }
        }
        self.ask(function, &arguments, call)
    }

    fn lambda<'s>(&'s self, argument: &'s Expr, bindings: Bindings<'s>) -> Option<Lambda<'s>> {
        let ExprKind::Lambda { parameters, body } = &argument.kind else { return None };
        Some(Box::new(move |values| self.with_names(parameters, values, bindings, body)))
    }

    /// The value of `body` with names bound one after another.
    pub fn with_names(&self, names: &[SmolStr], values: &[Value], bindings: Bindings, body: &Expr) -> Value {
        match (names, values) {
            ([name, names @ ..], [value, values @ ..]) => {
                let binding = bindings.bind(name.clone(), value.clone());
                self.with_names(names, values, Bindings::with(&binding), body)
            }
            _ => self.value(body, bindings),
        }
    }

    /// Terraform's `try`: the first argument that the language does not refuse.
    fn first_that_works(&self, call: &Call, bindings: Bindings) -> Value {
        let refused_before = self.refused.borrow().len();
        for argument in call.arguments {
            let value = self.value(argument, bindings);
            if !holds_broken(&value) {
                self.refused.borrow_mut().truncate(refused_before);
                return value;
            }
        }
        self.refuse(call.span, "try: none of the arguments can be evaluated".into())
    }

    /// Terraform's `can`: whether the language does not refuse it.
    fn whether_it_works(&self, call: &Call, bindings: Bindings) -> Value {
        let [argument] = call.arguments else {
            return self.refuse(call.span, "can takes one argument".into());
        };
        let refused_before = self.refused.borrow().len();
        let value = self.value(argument, bindings);
        self.refused.borrow_mut().truncate(refused_before);
        if holds_broken(&value) {
            return Value::bool(false);
        }
        match value.first_hole() {
            // What is not known might turn out to be refused, unless it is only an attribute's text.
            Some(Hole::Unknown(_)) => {
                self.derived(&call_form("can", std::slice::from_ref(&value)), [&value], call.span)
            }
            _ => Value::bool(true),
        }
    }

    fn not_modelled(&self, call: &Call, bindings: Bindings) -> Value {
        let arguments: Vec<Value> =
            call.arguments.iter().filter(|a| !is_lambda(a)).map(|argument| self.value(argument, bindings)).collect();
        let name = call_form(call.function, &arguments);
        if call.receiver.is_none() && self.scope.dialect() == Dialect::Terraform && !call.function.contains("::") {
            return self.refuse(call.span, format!("there is no function {:?}", call.function));
        }
        let unknown = Unknown::new(self.scope.root(), name, Reason::Function).at(call.span);
        Value::unknown(unknown).with_origin(Origin::written(call.span))
    }
}

fn is_lambda(argument: &Expr) -> bool {
    matches!(argument.kind, ExprKind::Lambda { .. })
}
