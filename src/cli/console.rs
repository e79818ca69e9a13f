//! In: expressions, one a line. Out: their values, one a line.
//! Never: stops at an expression that has no value.

use std::io::BufRead;

use serde::{Deserialize, Serialize};

use super::arguments::Console;
use super::configured::{Opened, open};
use super::printer::Printer;
use super::{Refused, Surroundings, exit};
use crate::analysis;
use crate::report::{Shown, in_one_line, visible};
use crate::value::Value;

#[derive(Deserialize)]
struct Question {
    id: serde_json::Value,
    expr: String,
}

#[derive(Serialize)]
struct Answer {
    id: serde_json::Value,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Value(Shown),
    Unknown(String),
    Error(String),
}

/// Answers until the input ends or nobody reads the answers.
pub fn run(flags: &Console, surroundings: Surroundings, printer: &Printer) -> Result<u8, Refused> {
    let Opened { sources, options } = open(std::slice::from_ref(&flags.path), flags.into(), &surroundings, printer)?;
    let directory = options.paths.first().map_or("", String::as_str);
    let console = analysis::console(&sources, &options, flags.dialect, directory);
    let evaluate = |text: &str| console.evaluate(text);
    for line in surroundings.input.lines() {
        let line = line.map_err(|reason| Refused(format!("standard input cannot be read: {reason}")))?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = if flags.json { in_json(&line, &evaluate) } else { in_text(&line, &evaluate) };
        if !printer.out(answer + "\n") {
            break;
        }
    }
    Ok(exit::CLEAN)
}

fn in_json(line: &str, evaluate: &dyn Fn(&str) -> Result<Value, String>) -> String {
    let answer = match serde_json::from_str::<Question>(line) {
        Ok(Question { id, expr }) => Answer { id, outcome: outcome(evaluate(&expr)) },
        Err(reason) => {
            let said = format!("a line is an object with \"id\" and \"expr\": {reason}");
            Answer { id: serde_json::Value::Null, outcome: Outcome::Error(said) }
        }
    };
    serde_json::to_string(&answer).expect("answers hold texts, numbers and lists only")
}

fn in_text(line: &str, evaluate: &dyn Fn(&str) -> Result<Value, String>) -> String {
    match evaluate(line) {
        Ok(value) => in_one_line(&Shown::of(&value)),
        Err(reason) => format!("error: {}", visible(&reason)),
    }
}

fn outcome(answer: Result<Value, String>) -> Outcome {
    match answer.map(|value| Shown::of(&value)) {
        Ok(Shown::Unknown(name)) => Outcome::Unknown(name),
        Ok(known) => Outcome::Value(known),
        Err(reason) => Outcome::Error(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Number, Reason, RootId, Unknown};

    fn answer(line: &str) -> String {
        in_json(line, &|text| match text {
            "big" => Ok(Value::number(Number::parse("99999999999999999999").expect("a number"))),
            "var.x" => Ok(Value::unknown(Unknown::new(RootId(0), "var.x", Reason::Input))),
            "[var.x]" => Ok(Value::list(vec![Value::unknown(Unknown::new(RootId(0), "var.x", Reason::Input))])),
            _ => Err("there is no such function".into()),
        })
    }

    #[test]
    fn a_line_is_answered_by_its_id() {
        assert_eq!(answer(r#"{"id": 7, "expr": "big"}"#), r#"{"id":7,"value":99999999999999999999}"#);
        assert_eq!(answer(r#"{"id": "a", "expr": "var.x"}"#), r#"{"id":"a","unknown":"var.x"}"#);
        assert_eq!(answer(r#"{"id": "b", "expr": "[var.x]"}"#), r#"{"id":"b","value":[{"unknown":"var.x"}]}"#);
        assert_eq!(answer(r#"{"id": "c", "expr": "f()"}"#), r#"{"id":"c","error":"there is no such function"}"#);
        assert!(answer("f()").starts_with(r#"{"id":null,"error":"#));
    }
}
