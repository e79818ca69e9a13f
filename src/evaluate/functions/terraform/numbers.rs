//! In: numbers, and texts that spell them. Out: what Terraform computes.
//! Never: sees an unknown.

use super::super::Run::Known;
use super::super::{Answer, Function, MANY, read, row};
use crate::value::{Kind, ListShape, Number, Value};

pub const FUNCTIONS: &[Function] = &[
    row("abs", (1, 1), Known(abs), ("abs(-12.4)", "12.4")),
    row("ceil", (1, 1), Known(ceil), ("ceil(5.1)", "6")),
    row("floor", (1, 1), Known(floor), ("floor(4.9)", "4")),
    row("log", (2, 2), Known(log), ("log(16, 2)", "4")),
    row("max", (1, MANY), Known(max), ("max(12, 54, 3)", "54")),
    row("min", (1, MANY), Known(min), ("min(12, 54, 3)", "3")),
    row("parseint", (2, 2), Known(parseint), (r#"parseint("FF", 16)"#, "255")),
    row("pow", (2, 2), Known(pow), ("pow(3, 2)", "9")),
    row("range", (1, 3), Known(range), ("range(1, 8, 2)", "[1,3,5,7]")),
    row("signum", (1, 1), Known(signum), ("signum(-13)", "-1")),
    row("sum", (1, 1), Known(sum), ("sum([10, 13, 6, 4.5])", "33.5")),
];

/// Terraform's own limit on what `range` makes.
const LONGEST_RANGE: usize = 1024;

/// The most digits that `parseint` reads: what 512 bits hold.
const MOST_DIGITS: usize = 154;

fn abs(arguments: &[Value]) -> Answer {
    let number = read::number(&arguments[0])?;
    Ok(Value::number(if number.is_negative() { number.negated() } else { number }))
}

fn ceil(arguments: &[Value]) -> Answer {
    Ok(Value::number(read::number(&arguments[0])?.rounded(true)))
}

fn floor(arguments: &[Value]) -> Answer {
    Ok(Value::number(read::number(&arguments[0])?.rounded(false)))
}

fn log(arguments: &[Value]) -> Answer {
    let (number, base) = (read::number(&arguments[0])?.to_f64(), read::number(&arguments[1])?.to_f64());
    finite(number.ln() / base.ln())
}

fn pow(arguments: &[Value]) -> Answer {
    let (number, power) = (read::number(&arguments[0])?.to_f64(), read::number(&arguments[1])?.to_f64());
    finite(number.powf(power))
}

fn finite(result: f64) -> Answer {
    Number::of_f64(result + 0.0).map(Value::number).ok_or_else(|| "the result is no number".to_string())
}

fn numbers(values: &[Value]) -> Result<Vec<Number>, String> {
    values.iter().map(read::number).collect()
}

fn max(arguments: &[Value]) -> Answer {
    numbers(arguments)?.into_iter().max().map(Value::number).ok_or_else(|| "max takes a number".to_string())
}

fn min(arguments: &[Value]) -> Answer {
    numbers(arguments)?.into_iter().min().map(Value::number).ok_or_else(|| "min takes a number".to_string())
}

fn signum(arguments: &[Value]) -> Answer {
    Ok(Value::number(read::number(&arguments[0])?.cmp(&Number::Whole(0)) as i64))
}

fn sum(arguments: &[Value]) -> Answer {
    let numbers = numbers(read::items(&arguments[0])?)?;
    if numbers.is_empty() {
        return Err("there is no sum of an empty list".to_string());
    }
    Ok(Value::number(numbers.iter().fold(Number::Whole(0), |sum, number| sum.plus(number))))
}

fn parseint(arguments: &[Value]) -> Answer {
    let Kind::Text(pieces) = &arguments[0].kind else {
        return Err(format!("parseint reads a text, not {}", read::name_of(&arguments[0])));
    };
    let text = pieces.as_literal().unwrap_or_default();
    let base = read::whole(&arguments[1])?;
    if !(2..=62).contains(&base) {
        return Err(format!("a base lies between 2 and 62, and {base} does not"));
    }
    let refusal = || format!("{text:?} is no whole number in base {base}");
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || digits.len() > MOST_DIGITS {
        return Err(refusal());
    }
    let mut number = Number::Whole(0);
    for c in digits.chars() {
        let digit = match c {
            '0'..='9' => c as i64 - '0' as i64,
            'a'..='z' => c as i64 - 'a' as i64 + 10,
            'A'..='Z' if base <= 36 => c as i64 - 'A' as i64 + 10,
            'A'..='Z' => c as i64 - 'A' as i64 + 36,
            _ => return Err(refusal()),
        };
        if digit >= base {
            return Err(refusal());
        }
        number = number.times(&Number::Whole(base)).plus(&Number::Whole(digit));
    }
    Ok(Value::number(if negative { number.negated() } else { number }))
}

fn range(arguments: &[Value]) -> Answer {
    let numbers = numbers(arguments)?;
    let (start, end) = match numbers.as_slice() {
        [end] => (Number::Whole(0), end.clone()),
        [start, end, ..] => (start.clone(), end.clone()),
        [] => return Err("range takes a number".to_string()),
    };
    let down = end < start;
    let step = numbers.get(2).cloned().unwrap_or(Number::Whole(if down { -1 } else { 1 }));
    if step == Number::Whole(0) {
        return Err("the step of a range is not zero".to_string());
    }
    if start != end && step.is_negative() != down {
        return Err("the step of a range leads from its start to its end".to_string());
    }
    let mut made = Vec::new();
    let mut at = start;
    while if step.is_negative() { at > end } else { at < end } {
        if made.len() == LONGEST_RANGE {
            return Err(format!("a range has at most {LONGEST_RANGE} items"));
        }
        made.push(Value::number(at.clone()));
        at = at.plus(&step);
    }
    Ok(read::list_of(made, ListShape::List))
}
