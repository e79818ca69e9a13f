//! Tests of the tables as a whole: every example runs, and what is not known stays so.

use super::*;
use crate::value::Number;

/// Calls with literal arguments, read by the HCL crate: enough for the examples of Terraform's rows.
struct Calculator {
    sources: Sources,
    place: Span,
}

impl Calculator {
    fn new(texts: &[(&str, &str)]) -> Calculator {
        let sources = Sources::of_texts(texts.iter().map(|(path, text)| (path.to_string(), text.to_string())));
        let file = sources.overlay("main.tf", String::new());
        Calculator { sources, place: Span::new(file, 0, 0) }
    }

    fn call(&self, dialect: Dialect, name: &str, arguments: &[Argument]) -> Answer {
        let template = |file: FileId, _: &IndexMap<SmolStr, Value>| {
            let text = self.sources.file(file).text.to_string();
            Ok(Value::text(text.replace("${name}", "Jodie")))
        };
        let context = Context {
            root: RootId(0),
            place: self.place,
            source_form: "call",
            sources: &self.sources,
            directory: "",
            root_directory: "",
            template: &template,
        };
        let function = find(dialect, name).ok_or_else(|| format!("there is no function {name}"))?;
        call(function, &context, arguments)
    }

    fn terraform(&self, text: &str) -> Answer {
        let expression: hcl::Expression = text.parse().map_err(|error| format!("{error}"))?;
        self.expression(&expression)
    }

    fn expression(&self, expression: &hcl::Expression) -> Answer {
        use hcl::Expression::*;
        Ok(match expression {
            Null => Value::null(),
            Bool(value) => Value::bool(*value),
            Number(number) => Value::number(super::tests::Number::parse(&number.to_string()).ok_or("a number")?),
            String(text) => Value::text(text),
            Array(items) => Value::list(items.iter().map(|item| self.expression(item)).collect::<Result<_, _>>()?),
            Object(fields) => {
                let field = |(key, value): (&hcl::ObjectKey, &hcl::Expression)| {
                    let key = match key {
                        hcl::ObjectKey::Identifier(name) => name.to_string(),
                        hcl::ObjectKey::Expression(key) => read::text(&self.expression(key)?)?,
                        _ => return Err("a key".to_string()),
                    };
                    Ok((SmolStr::new(key), self.expression(value)?))
                };
                Value::object(fields.iter().map(field).collect::<Result<Vec<_>, _>>()?)
            }
            FuncCall(call) => {
                let arguments: Result<Vec<Argument>, _> =
                    call.args.iter().map(|argument| self.expression(argument).map(Argument::Value)).collect();
                self.call(Dialect::Terraform, &call.name.to_string(), &arguments?)?
            }
            Parenthesis(inner) => self.expression(inner)?,
            Operation(operation) => match &**operation {
                hcl::Operation::Unary(minus) => Value::number(read::number(&self.expression(&minus.expr)?)?.negated()),
                _ => return Err("skipped: an operator".to_string()),
            },
            _ => return Err("skipped: not a literal".to_string()),
        })
    }
}

/// Values are equal as JSON when their numbers are and their objects hold the same.
fn equal(left: &serde_json::Value, right: &serde_json::Value, set: bool) -> bool {
    use serde_json::Value::*;
    match (left, right) {
        (Number(a), Number(b)) => {
            super::tests::Number::parse(&a.to_string()) == super::tests::Number::parse(&b.to_string())
        }
        (Array(a), Array(b)) if set => a.len() == b.len() && a.iter().all(|x| b.iter().any(|y| equal(x, y, false))),
        (Array(a), Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(x, y)| equal(x, y, false)),
        (Object(a), Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, x)| b.get(key).is_some_and(|y| equal(x, y, false)))
        }
        _ => left == right,
    }
}

#[test]
fn oracle() {
    let Ok(file) = std::env::var("ORACLE") else { return };
    let text = std::fs::read_to_string(&file).expect("file");
    let json: serde_json::Value = serde_json::from_str(&text).expect("json");
    let dir = std::path::Path::new(&file).parent().expect("dir").join("terraform-files");
    let mut calculator = Calculator::new(&[]);
    calculator.sources = Sources::below(&dir, 1 << 20);
    calculator.place = Span::new(calculator.sources.overlay("zz.tf", String::new()), 0, 0);
    let (mut good, mut skipped, mut unknown) = (0, 0, 0);
    for case in json["cases"].as_array().expect("cases") {
        let expr = case["expr"].as_str().expect("expr");
        if case["group"] == "expr" || case["group"] == "can" {
            continue;
        }
        let answer = calculator.terraform(expr);
        match (case["expect"].as_str(), answer) {
            (_, Err(sentence)) if sentence.starts_with("skipped") => skipped += 1,
            (Some("error"), Err(_)) => good += 1,
            (Some("value"), Ok(value)) if value.first_hole().is_some() => {
                println!("UNKNOWN {expr}");
                unknown += 1
            }
            (Some("value"), Ok(value)) => {
                let ours: serde_json::Value = serde_json::from_str(&json::terraform(&value)).expect("json");
                let set = case["type"].as_str().is_some_and(|t| t.starts_with("set"));
                if equal(&ours, &case["value"], set) {
                    good += 1
                } else {
                    println!("WRONG {expr}: {ours} not {}", case["value"]);
                }
            }
            (_, answer) => println!(
                "WRONG {expr}: {:?} not {} {}",
                answer.map(|v| json::terraform(&v)),
                case["expect"],
                case["value"]
            ),
        }
    }
    println!("good {good} skipped {skipped} unknown {unknown}");
}

#[test]
fn every_example_of_terraform_is_true() {
    let calculator = Calculator::new(&[]);
    for function in terraform::FUNCTIONS.iter().flat_map(|part| part.iter()) {
        let (call, expected) = function.example;
        if call.is_empty() {
            continue;
        }
        let value = calculator.terraform(call);
        let expected: serde_json::Value = serde_json::from_str(expected).expect("an example's value is JSON");
        let ours = value.map(|value| serde_json::from_str(&json::terraform(&value)).expect("JSON"));
        let same = ours.as_ref().is_ok_and(|ours| equal(ours, &expected, false));
        assert!(same, "{call} is {ours:?}, not {expected}");
    }
}
