//! In: a root and what the user gave. Out: the values of its inputs, as far as somebody gave them.
//! Never: gives a default; the declaration has that.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::expression::{Bindings, Call, Evaluator, Fuel, Scope};
use super::{Bound, Inputs, Library, Root, placeholder};
use crate::source::{directory_of, extension_of};
use crate::syntax::json::KEY_VAULT_REFERENCE;
use crate::syntax::{Dialect, Expr, Item};
use crate::value::{Hand, Origin, Reason, RootId, SmolStr, Value};

/// The values that files and flags give to the inputs of a root; what comes later in the list of files wins.
pub fn of_root(library: &Library, root: &Root, inputs: &Inputs) -> BTreeMap<SmolStr, Value> {
    let mut given: BTreeMap<SmolStr, Value> = BTreeMap::new();
    if root.dialect == Dialect::Terraform {
        for (name, text) in &inputs.surroundings {
            given.insert(SmolStr::new(name), of_flag(library, root, name, text));
        }
    }
    for path in &root.input_files {
        let values = assigned(library, root, path).into_iter();
        given.extend(values.map(|(name, value)| (name, placeholder::open(root.id, value))));
    }
    let said = |bound: &&Bound| bound.path == root.path && bound.environment == root.environment;
    for (name, value) in inputs.bound.iter().filter(said).flat_map(|bound| &bound.variables) {
        given.insert(name.clone(), value.clone());
    }
    for (name, text) in &inputs.variables {
        given.insert(SmolStr::new(name), of_flag(library, root, name, text));
    }
    given
}

/// The values that one file assigns. A `.bicepparam` file is a program with names of its own.
fn assigned(library: &Library, root: &Root, path: &str) -> BTreeMap<SmolStr, Value> {
    if extension_of(path) == "bicepparam" {
        return super::bicep::assigned(library, root, path);
    }
    let mut given = BTreeMap::new();
    let Ok(program) = library.program(path) else { return given };
    for item in &program.items {
        if let Item::Assignment(assignment) = item {
            let value = evaluate(library, root, path, &assignment.value);
            let hand = Hand::Argument(assignment.name.name.clone());
            let origin = value.origin.through(hand, assignment.value.span);
            given.insert(assignment.name.name.clone(), value.with_origin(origin));
        }
    }
    given
}

fn evaluate(library: &Library, root: &Root, path: &str, expr: &Expr) -> Value {
    let scope = Nameless { root, directory: directory_of(path) };
    let fuel = Fuel::new(1_000_000);
    let refused = RefCell::default();
    let evaluator = Evaluator { scope: &scope, sources: library.sources, fuel: &fuel, refused: &refused };
    evaluator.value(expr, Bindings::default())
}

/// The value of `--var name=text`: a text, unless it is written as a list, an object or (in Bicep) another literal.
fn of_flag(library: &Library, root: &Root, name: &str, text: &str) -> Value {
    let structured = text.trim_start().starts_with(['[', '{']);
    let literal = match root.dialect {
        Dialect::Terraform => structured,
        Dialect::Bicep => structured || matches!(text, "true" | "false" | "null") || text.parse::<i64>().is_ok(),
    };
    let (path, written) = match root.dialect {
        Dialect::Terraform => (format!("--var/{name}.tfvars"), format!("{name} = {text}")),
        Dialect::Bicep => (format!("--var/{name}.bicepparam"), format!("param {name} = {text}")),
    };
    let shown = library.sources.overlay(&path, if literal { written } else { text.to_string() });
    let origin = Origin::written(crate::source::Span::new(shown, 0, library.sources.file(shown).text.len()));
    if !literal {
        return Value::text(text).with_origin(origin);
    }
    assigned(library, root, &path).remove(name).unwrap_or_else(|| Value::text(text)).with_origin(origin)
}

/// A file of values that has no names: they are literals.
struct Nameless<'a> {
    root: &'a Root,
    directory: &'a str,
}

impl Scope for Nameless<'_> {
    fn root(&self) -> RootId {
        self.root.id
    }

    fn dialect(&self) -> Dialect {
        self.root.dialect
    }

    fn directories(&self) -> (&str, &str) {
        (self.directory, directory_of(&self.root.path))
    }

    fn resolve(&self, _: &Evaluator, _: &Expr, _: Bindings) -> Option<Value> {
        None
    }

    fn call(&self, evaluator: &Evaluator, call: &Call, _: Bindings) -> Option<Value> {
        // A vault's secret is known to nobody here.
        let secret = call.function == KEY_VAULT_REFERENCE;
        secret.then(|| evaluator.unknown("a secret of a key vault", Reason::Data, call.span).with_secret(true))
    }
}
