//! In: a root and what the user gave. Out: the values of its inputs, as far as somebody gave them.
//! Never: gives a default; the declaration has that.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::expression::{Bindings, Call, Evaluator, Fuel, Scope};
use super::{Inputs, Library, Root};
use crate::source::{directory_of, join};
use crate::syntax::{Dialect, Expr, ExprKind, Item, Program};
use crate::value::{Hand, Origin, Reason, RootId, SmolStr, Value};

/// The values that files and flags give to the inputs of a root; what comes later in the list of files wins.
pub fn of_root(library: &Library, root: &Root, inputs: &Inputs) -> BTreeMap<SmolStr, Value> {
    let mut given: BTreeMap<SmolStr, Value> = BTreeMap::new();
    for path in &root.input_files {
        assign(library, root, path, &mut given, 0);
    }
    for (name, text) in &inputs.variables {
        given.insert(SmolStr::new(name), of_flag(library, root, name, text));
    }
    given
}

fn assign(library: &Library, root: &Root, path: &str, into: &mut BTreeMap<SmolStr, Value>, depth: usize) {
    let Ok(program) = library.program(path) else { return };
    for item in &program.items {
        // A parameter file may extend another one, whose values stand below its own.
        if let Item::Import(import) = item
            && import.all_as.as_deref() == Some("")
            && let Some(base) = import.path.as_literal().and_then(|base| join(directory_of(path), base))
            && depth < 8
        {
            assign(library, root, &base, into, depth + 1);
        }
    }
    for item in &program.items {
        if let Item::Assignment(assignment) = item {
            let value = evaluate(library, root, &program, path, &assignment.value);
            let hand = Hand::Argument(assignment.name.name.clone());
            let origin = value.origin.through(hand, assignment.value.span);
            into.insert(assignment.name.name.clone(), value.with_origin(origin));
        }
    }
}

fn evaluate(library: &Library, root: &Root, program: &Program, path: &str, expr: &Expr) -> Value {
    let scope = File { root, program, directory: directory_of(path) };
    let fuel = Fuel::new(1_000_000);
    let refused = RefCell::default();
    Evaluator { scope: &scope, sources: library.sources, fuel: &fuel, refused: &refused }
        .value(expr, Bindings::default())
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
    let mut given = BTreeMap::new();
    assign(library, root, &path, &mut given, 0);
    given.remove(name).unwrap_or_else(|| Value::text(text)).with_origin(origin)
}

/// The names of a file of values: its own variables, in Bicep.
struct File<'a> {
    root: &'a Root,
    program: &'a Program,
    directory: &'a str,
}

impl Scope for File<'_> {
    fn root(&self) -> RootId {
        self.root.id
    }

    fn dialect(&self) -> Dialect {
        self.root.dialect
    }

    fn directories(&self) -> (&str, &str) {
        (self.directory, directory_of(&self.root.path))
    }

    fn resolve(&self, evaluator: &Evaluator, expr: &Expr, bindings: Bindings) -> Option<Value> {
        let ExprKind::Name(name) = &expr.kind else { return None };
        if bindings.get(name).is_some() {
            return None;
        }
        let local = self.program.items.iter().find_map(|item| match item {
            Item::Local(local) if local.name.name == *name => Some(&local.value),
            Item::Assignment(assignment) if assignment.name.name == *name => Some(&assignment.value),
            _ => None,
        })?;
        Some(evaluator.value(local, Bindings::default()))
    }

    fn call(&self, evaluator: &Evaluator, call: &Call, _: Bindings) -> Option<Value> {
        // A vault's secret and the deploying machine's environment are known to nobody here.
        matches!(call.function, "getSecret" | "__keyVaultReference" | "readEnvironmentVariable" | "externalInput").then(
            || {
                evaluator
                    .unknown(call.function, Reason::Data, call.span)
                    .with_secret(call.function != "readEnvironmentVariable")
            },
        )
    }
}
