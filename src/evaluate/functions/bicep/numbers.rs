//! In: whole numbers. Out: what ARM computes with them.
//! Never: computes beyond 64 bits: ARM has no larger numbers.

use super::super::Run::{Known, Partial};
use super::super::{Answer, Context, Function, MANY, read, row, unknown};
use crate::value::{Kind, Number, Value};

pub const FUNCTIONS: &[Function] = &[
    row("add", (2, 2), Known(add), ("", "")),
    row("div", (2, 2), Known(div), ("", "")),
    row("float", (1, 1), Partial(float), ("", "")),
    row("int", (1, 1), Partial(int), ("int('4')", "4")),
    row("max", (1, MANY), Known(max), ("max(0, 3, 2)", "3")),
    row("min", (1, MANY), Known(min), ("min([3, 1, 2])", "1")),
    row("mod", (2, 2), Known(modulo), ("", "")),
    row("mul", (2, 2), Known(mul), ("", "")),
    row("sub", (2, 2), Known(sub), ("", "")),
];

fn both(arguments: &[Value], compute: impl FnOnce(i64, i64) -> Option<i64>) -> Answer {
    let (left, right) = (read::whole(&arguments[0])?, read::whole(&arguments[1])?);
    compute(left, right).map(Value::number).ok_or_else(|| "the result is no whole number of 64 bits".to_string())
}

fn add(arguments: &[Value]) -> Answer {
    both(arguments, i64::checked_add)
}

fn sub(arguments: &[Value]) -> Answer {
    both(arguments, i64::checked_sub)
}

fn mul(arguments: &[Value]) -> Answer {
    both(arguments, i64::checked_mul)
}

fn div(arguments: &[Value]) -> Answer {
    both(arguments, i64::checked_div)
}

fn modulo(arguments: &[Value]) -> Answer {
    both(arguments, i64::checked_rem)
}

fn int(context: &Context, arguments: &[Value]) -> Answer {
    let value = &arguments[0];
    // What is not known stays the same thing; a text that is known in part is no number yet.
    if value.hole().is_some() {
        return Ok(value.clone());
    }
    if value.first_hole().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    read::whole(value).map(Value::number)
}

fn float(context: &Context, arguments: &[Value]) -> Answer {
    let value = &arguments[0];
    // What is not known stays the same thing; a text that is known in part is no number yet.
    if value.hole().is_some() {
        return Ok(value.clone());
    }
    if value.first_hole().is_some() {
        return Ok(unknown::of(context, arguments));
    }
    read::number(value).map(Value::number)
}

/// The numbers among the arguments, or of the one list.
fn numbers(arguments: &[Value]) -> Result<Vec<Number>, String> {
    let values = match arguments {
        [Value { kind: Kind::List { items, .. }, .. }] => items.as_slice(),
        values => values,
    };
    values.iter().map(read::number).collect()
}

fn max(arguments: &[Value]) -> Answer {
    numbers(arguments)?.into_iter().max().map(Value::number).ok_or_else(|| "there is no number to choose".to_string())
}

fn min(arguments: &[Value]) -> Answer {
    numbers(arguments)?.into_iter().min().map(Value::number).ok_or_else(|| "there is no number to choose".to_string())
}
