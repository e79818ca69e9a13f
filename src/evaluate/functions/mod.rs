//! In: a function's name and its arguments. Out: its value, or why the language refuses it.
//! Never: sees an unknown, except in the rows that say they can decide early.
//!
//! A function is one row of a table, with an example that runs as a test.

mod bicep;
mod terraform;

use indexmap::IndexMap;

use crate::source::{FileId, Sources, Span};
use crate::syntax::Dialect;
use crate::value::{Reason, RootId, SmolStr, Value};

/// The value of a call, or the sentence with which the language refuses it (no full stop).
pub type Answer = Result<Value, String>;

/// What a call may ask of its surroundings.
pub struct Context<'a> {
    /// The root that is being evaluated.
    pub root: RootId,
    /// Where the call stands.
    pub place: Span,
    /// The call as it is written, which names what stays unknown of it.
    pub source_form: &'a str,
    /// The texts, for the functions that read files. Reading stops at their root.
    pub sources: &'a Sources,
    /// The directory of the file that holds the call: `path.module`, what Bicep's `load…` paths are seen from.
    pub directory: &'a str,
    /// The directory of the root: what Terraform's file paths are seen from, as `path.root` is `.`.
    pub root_directory: &'a str,
    /// Evaluates a text as a template with the given names in scope (`templatefile`, `templatestring`).
    pub template: &'a dyn Fn(FileId, &IndexMap<SmolStr, Value>) -> Answer,
}

/// One argument of a function that takes lambdas.
pub enum Argument<'a> {
    /// A value.
    Value(Value),
    /// A lambda with as many parameters as the number says.
    Lambda(usize, &'a dyn Fn(&[Value]) -> Value),
}

/// How a function is run.
#[derive(Clone, Copy)]
pub enum Run {
    /// Every argument is known through and through; the arguments say it all.
    Known(fn(&[Value]) -> Answer),
    /// As `Known`, and it reads files or asks where it stands.
    Placed(fn(&Context, &[Value]) -> Answer),
    /// Lists and objects are known as such and closed, while what is in them may not be: `length`, `concat`, `merge`.
    Shallow(fn(&Context, &[Value]) -> Answer),
    /// It can decide although anything may be unknown; what it cannot tell it gives as an unknown.
    Partial(fn(&Context, &[Value]) -> Answer),
    /// It takes lambdas; the values are as in `Shallow`.
    Higher(fn(&Context, &[Argument]) -> Answer),
    /// Nobody knows before the deployment, or it is not modelled: always an unknown, for this reason.
    Never(Reason),
}

/// One function.
pub struct Function {
    /// Its name, without a namespace.
    pub name: &'static str,
    /// The fewest and the most arguments.
    pub arity: (usize, usize),
    /// How it is run.
    pub run: Run,
    /// A call and its value as JSON; an empty call for functions that no example can show.
    pub example: (&'static str, &'static str),
}

/// Any number of arguments.
pub const MANY: usize = usize::MAX;

/// The function of this name in a dialect. Bicep compares names with their case, as Terraform does.
pub fn find(dialect: Dialect, name: &str) -> Option<&'static Function> {
    let table = match dialect {
        Dialect::Terraform => terraform::FUNCTIONS,
        Dialect::Bicep => bicep::FUNCTIONS,
    };
    table.iter().flat_map(|part| part.iter()).find(|function| function.name == name)
}
