//! In: a function's name and its arguments. Out: its value, or why the language refuses it.
//! Never: sees an unknown, except in the rows that say they can decide early.
//!
//! A function is one row of a table, with an example that runs as a test. [`call`] is the one place that answers for
//! arguments that are not known, so that the rows need not.

mod addresses;
mod bicep;
mod dates;
mod digest;
mod json;
mod read;
mod terraform;
mod texts;
mod unknown;
mod yaml;

use indexmap::IndexMap;

pub use json::json_with_holes;
pub(in crate::evaluate) use unknown::is_text_attribute;

use crate::source::{FileId, Sources, Span};
use crate::syntax::Dialect;
use crate::value::{Kind, Reason, RootId, SmolStr, Truth, Unknown, Value};

/// The value of a call, or the sentence with which the language refuses it (no full stop).
pub type Answer = Result<Value, String>;

/// What a call may ask of its surroundings.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The root that is being evaluated.
    pub root: RootId,
    /// Where the call stands.
    pub place: Span,
    /// What names the call while it is not known. [`call`] makes it from the values of the arguments, so that equal
    /// names are equal values: `lower(var.name)` of two modules are two things when their inputs are.
    pub source_form: &'a str,
    /// The texts, for the functions that read files. Reading stops at their root.
    pub sources: &'a Sources,
    /// The directory of the file that holds the call: `path.module`, what Bicep's `load…` paths are seen from.
    pub directory: &'a str,
    /// The directory of the root: what Terraform's file paths are seen from, as `path.root` is `.`.
    pub root_directory: &'a str,
    /// Evaluates a text as a template with the given names in scope (`templatefile`).
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
    /// It asks or changes whether a value may be shown: its answer is no secret because an argument is one.
    Secrecy(fn(&Context, &[Value]) -> Answer),
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

/// One row of a table.
const fn row(name: &'static str, arity: (usize, usize), run: Run, example: (&'static str, &'static str)) -> Function {
    Function { name, arity, run, example }
}

/// Any number of arguments.
pub const MANY: usize = usize::MAX;

/// The most items that a function makes; what would be longer is not worked out.
const MOST_ITEMS: usize = 100_000;

/// The longest text that a function makes, in bytes.
const LONGEST_TEXT: usize = 1 << 20;

/// The most combinations of choices that one call is worked out for.
const MOST_CHOICES: usize = 64;

/// The function of this name in a dialect.
///
/// Case counts in Terraform. It does not in ARM templates, which share Bicep's table; Bicep's own compiler says where
/// a name is written in another case, so nothing is lost by finding it.
pub fn find(dialect: Dialect, name: &str) -> Option<&'static Function> {
    let (table, any_case) = match dialect {
        Dialect::Terraform => (terraform::FUNCTIONS, false),
        Dialect::Bicep => (bicep::FUNCTIONS, true),
    };
    let all = || table.iter().flat_map(|part| part.iter());
    let exact = all().find(|function| function.name == name);
    exact.or_else(|| all().find(|function| any_case && function.name.eq_ignore_ascii_case(name)))
}

/// The value of a call, whatever is known of its arguments.
///
/// A choice among the arguments becomes a choice of answers; what a row cannot look into becomes an unknown that is
/// named by the call; a secret stays one.
pub fn call(function: &Function, context: &Context, arguments: &[Argument]) -> Answer {
    let (fewest, most) = function.arity;
    if arguments.len() < fewest || arguments.len() > most {
        return Err(arity_sentence(function, arguments.len()));
    }
    call_with_choices(function, context, arguments, MOST_CHOICES)
}

fn arity_sentence(function: &Function, given: usize) -> String {
    let name = function.name;
    match function.arity {
        (fewest, most) if fewest == most => format!("{name} takes {fewest} arguments, not {given}"),
        (fewest, MANY) => format!("{name} takes at least {fewest} arguments, not {given}"),
        (fewest, most) => format!("{name} takes {fewest} to {most} arguments, not {given}"),
    }
}

fn call_with_choices(function: &Function, context: &Context, arguments: &[Argument], budget: usize) -> Answer {
    let choice = arguments.iter().find_map(|argument| match argument {
        Argument::Value(Value { kind: Kind::OneOf { condition, values }, .. }) => Some((condition, values)),
        _ => None,
    });
    let Some((condition, first)) = choice else { return run(function, context, arguments) };
    let count = first.len();
    if count > budget {
        return Ok(run_unknown(function, context, arguments));
    }
    let mut answers = Vec::new();
    let mut refusal: Option<String> = None;
    let mut refused = 0;
    for index in 0..count {
        // Choices between the same two things by the same condition, or of the same candidates, are made once.
        let picked: Vec<Argument> = arguments
            .iter()
            .map(|argument| match argument {
                Argument::Value(value) => Argument::Value(match &value.kind {
                    Kind::OneOf { condition: other, values }
                        if other == condition && values.len() == count && (count == 2 || alike(values, first)) =>
                    {
                        values[index].clone().with_secret(value.secret)
                    }
                    _ => value.clone(),
                }),
                Argument::Lambda(parameters, body) => Argument::Lambda(*parameters, *body),
            })
            .collect();
        match call_with_choices(function, context, &picked, budget / count.max(1)) {
            Ok(answer) => answers.push(answer),
            Err(sentence) => {
                let form = unknown::form(function.name, &picked);
                answers.push(Value::unknown(Unknown::new(context.root, form, Reason::Broken)));
                refusal = Some(sentence);
                refused += 1;
            }
        }
    }
    let all_refused = refused == answers.len();
    match refusal {
        Some(sentence) if all_refused => Err(sentence),
        _ => {
            let secret = answers.iter().any(|answer| answer.secret);
            let candidates: usize = answers.iter().map(|answer| answer.candidates().len()).sum();
            if candidates > MOST_CHOICES {
                return Ok(run_unknown(function, context, arguments));
            }
            Ok(Value::one_of(condition.clone(), answers).with_secret(secret))
        }
    }
}

/// The same candidates in the same order.
fn alike(left: &[Value], right: &[Value]) -> bool {
    left.iter().zip(right).all(|(left, right)| left.same(right) == Truth::Yes)
}

fn run_unknown(function: &Function, context: &Context, arguments: &[Argument]) -> Value {
    let values: Vec<Value> = values_of(arguments);
    let form = unknown::form(function.name, arguments);
    unknown::of(&Context { source_form: &form, ..*context }, &values).with_secret(values.iter().any(unknown::is_secret))
}

fn values_of(arguments: &[Argument]) -> Vec<Value> {
    let value = |argument: &Argument| match argument {
        Argument::Value(value) => Some(value.clone()),
        Argument::Lambda(..) => None,
    };
    arguments.iter().filter_map(value).collect()
}

fn run(function: &Function, context: &Context, arguments: &[Argument]) -> Answer {
    let values = values_of(arguments);
    let lambdas = values.len() < arguments.len();
    if lambdas && !matches!(function.run, Run::Higher(_)) {
        return Err(format!("{} takes no lambda", function.name));
    }
    let named_by_arguments = matches!(function.run, Run::Never(_) | Run::Placed(_))
        || values.iter().any(|value| value.first_hole().is_some());
    let form = if lambdas {
        // What a lambda does is not in the values; the call as it is written tells two lambdas apart.
        format!("{} = {}", context.source_form, unknown::form(function.name, arguments))
    } else if named_by_arguments {
        unknown::form(function.name, arguments)
    } else {
        context.source_form.to_string()
    };
    let context = &Context { source_form: &form, ..*context };
    let deep = values.iter().any(unknown::is_secret);
    let shallow = values.iter().any(|value| value.secret);
    let answer = match function.run {
        Run::Known(_) | Run::Placed(_) if values.iter().any(|value| value.first_hole().is_some()) => {
            unknown::of(context, &values).with_secret(deep)
        }
        Run::Known(body) => body(&values)?.with_secret(deep),
        Run::Placed(body) => body(context, &values)?.with_secret(deep),
        Run::Shallow(_) | Run::Higher(_) if values.iter().any(|value| !unknown::is_closed(value)) => {
            unknown::of(context, &values).with_secret(deep)
        }
        Run::Shallow(body) => body(context, &values)?.with_secret(shallow),
        Run::Higher(body) => body(context, arguments)?.with_secret(shallow),
        Run::Partial(body) => body(context, &values)?.with_secret(shallow),
        Run::Secrecy(body) => body(context, &values)?,
        Run::Never(reason) => Value::unknown(Unknown::new(context.root, &form, reason).at(context.place)),
    };
    Ok(answer)
}

#[cfg(test)]
pub(crate) mod tests;
