//! Tests of the tables as a whole: every example runs, and what is not known stays so.

use super::*;
use crate::value::{Hole, ListShape, Piece, Pieces, Reference, Segment};

/// Calls with literal arguments, read by the HCL crate: enough for the examples of Terraform's rows.
struct Calculator {
    sources: Sources,
    dialect: Dialect,
    place: Span,
}

impl Calculator {
    fn new(dialect: Dialect, texts: &[(&str, &str)]) -> Calculator {
        let sources = Sources::of_texts(texts.iter().map(|(path, text)| (path.to_string(), text.to_string())));
        let file = sources.overlay("main.tf", String::new());
        Calculator { sources, dialect, place: Span::new(file, 0, 0) }
    }

    fn call(&self, name: &str, arguments: &[Argument]) -> Answer {
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
        let function = find(self.dialect, name).ok_or_else(|| format!("there is no function {name}"))?;
        call(function, &context, arguments)
    }

    fn work_out(&self, text: &str) -> Answer {
        self.expression(&self.parse(text)?)
    }

    fn parse(&self, text: &str) -> Result<hcl::Expression, String> {
        let text = match self.dialect {
            Dialect::Terraform => text.to_string(),
            Dialect::Bicep => with_double_quotes(text),
        };
        text.parse().map_err(|error| format!("{text}: {error}"))
    }

    /// The name of a call and the values of its arguments.
    fn arguments(&self, text: &str) -> Option<(String, Vec<Value>)> {
        match self.parse(text) {
            Ok(hcl::Expression::FuncCall(call)) => {
                let arguments = call.args.iter().map(|argument| self.expression(argument).ok());
                Some((call.name.to_string(), arguments.collect::<Option<_>>()?))
            }
            _ => None,
        }
    }

    fn expression(&self, expression: &hcl::Expression) -> Answer {
        use hcl::Expression::*;
        Ok(match expression {
            Null => Value::null(),
            Bool(value) => Value::bool(*value),
            Number(number) => Value::number(crate::value::Number::parse(&number.to_string()).ok_or("a number")?),
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
                self.call(&call.name.to_string(), &arguments?)?
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

/// Bicep's literals are HCL's but for the quotes.
fn with_double_quotes(text: &str) -> String {
    text.split('\'')
        .enumerate()
        .map(|(index, part)| if index % 2 == 1 { format!("{part:?}") } else { part.to_string() })
        .collect()
}

/// Values are equal as JSON when their numbers are and their objects hold the same.
fn equal(left: &serde_json::Value, right: &serde_json::Value, set: bool) -> bool {
    use serde_json::Value::*;
    match (left, right) {
        (Number(a), Number(b)) => {
            crate::value::Number::parse(&a.to_string()) == crate::value::Number::parse(&b.to_string())
        }
        (Array(a), Array(b)) if set => a.len() == b.len() && a.iter().all(|x| b.iter().any(|y| equal(x, y, false))),
        (Array(a), Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(x, y)| equal(x, y, false)),
        (Object(a), Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, x)| b.get(key).is_some_and(|y| equal(x, y, false)))
        }
        _ => left == right,
    }
}

fn known_rows(dialect: Dialect) -> impl Iterator<Item = &'static Function> {
    let table = match dialect {
        Dialect::Terraform => terraform::FUNCTIONS,
        Dialect::Bicep => bicep::FUNCTIONS,
    };
    table.iter().flat_map(|part| part.iter()).filter(|function| !function.example.0.is_empty())
}

fn json_of(value: &Value) -> serde_json::Value {
    serde_json::from_str(&json::arm(value)).expect("a known value is JSON")
}

#[test]
fn every_example_is_true() {
    for dialect in [Dialect::Terraform, Dialect::Bicep] {
        let calculator = Calculator::new(dialect, &[]);
        // Lambdas are not read here; they have tests of their own.
        for function in known_rows(dialect).filter(|function| !function.example.0.contains("=>")) {
            let (call, expected) = function.example;
            let expected: serde_json::Value = serde_json::from_str(expected).expect("an example's value is JSON");
            let ours = calculator.work_out(call).map(|value| json_of(&value));
            let same = ours.as_ref().is_ok_and(|ours| equal(ours, &expected, false));
            assert!(same, "{call} is {ours:?}, not {expected}");
        }
    }
}

#[test]
fn arm_finds_functions_in_any_case() {
    assert_eq!(find(Dialect::Bicep, "CONCAT").map(|function| function.name), Some("concat"));
    assert!(find(Dialect::Terraform, "CONCAT").is_none());
}

#[test]
fn names_are_given_once() {
    for dialect in [Dialect::Terraform, Dialect::Bicep] {
        let table = if dialect == Dialect::Terraform { terraform::FUNCTIONS } else { bicep::FUNCTIONS };
        let all = table.iter().flat_map(|part| part.iter());
        let mut names: Vec<String> = all.map(|function| function.name.to_lowercase()).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}

fn hole(name: &str) -> Hole {
    Hole::Unknown(Unknown::new(RootId(0), name, Reason::Input))
}

fn input(name: &str) -> Value {
    Value::of_hole(hole(name))
}

fn id_of(address: &str) -> Value {
    let path = vec![Segment::Field("id".into())];
    Value::reference(Reference::new(crate::value::Address::new(RootId(0), address), path))
}

fn text_of(pieces: &[&str]) -> Value {
    Value::pieces(Pieces::of(pieces.iter().map(|piece| match piece.strip_prefix('$') {
        Some(name) => Piece::Hole(hole(name)),
        None => Piece::Literal((*piece).into()),
    })))
}

/// The value with one part of it taken away, in every way.
fn less_known(value: &Value) -> Vec<Value> {
    let mut all = vec![
        input("var.x"),
        Value::one_of(Unknown::new(RootId(0), "var.c", Reason::Input), [value.clone(), input("var.x")]),
    ];
    match &value.kind {
        Kind::Text(pieces) => {
            let text = pieces.as_literal().unwrap_or_default();
            let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
            all.push(text_of(&[&text[..middle], "$var.x"]));
            all.push(text_of(&["$var.x", &text[middle..]]));
        }
        Kind::List { items, shape, .. } => {
            for index in 0..items.len() {
                for less in less_known(&items[index]) {
                    let mut items = items.to_vec();
                    items[index] = less;
                    all.push(read::list_with(items, None, *shape));
                }
                let mut items = items.to_vec();
                items.remove(index);
                all.push(read::list_with(items, Some(hole("var.x")), *shape));
            }
        }
        Kind::Object { fields, shape, .. } => {
            for key in fields.keys() {
                for less in less_known(&fields[key]) {
                    let mut fields = (**fields).clone();
                    fields.insert(key.clone(), less);
                    all.push(Value::new(Kind::Object { fields: fields.into(), rest: None, shape: *shape }));
                }
                let mut fields = (**fields).clone();
                fields.shift_remove(key);
                all.push(Value::new(Kind::Object { fields: fields.into(), rest: Some(hole("var.x")), shape: *shape }));
            }
        }
        _ => {}
    }
    all
}

/// The law of the house: whatever an unknown turns out to be, what was answered before stays true.
#[test]
fn knowing_more_never_contradicts() {
    let mut wrong: Vec<String> = Vec::new();
    for dialect in [Dialect::Terraform, Dialect::Bicep] {
        let calculator = Calculator::new(dialect, &[]);
        for function in known_rows(dialect) {
            let Some((name, arguments)) = calculator.arguments(function.example.0) else { continue };
            let known = calculator.work_out(function.example.0).expect("examples are values");
            for index in 0..arguments.len() {
                for less in less_known(&arguments[index]) {
                    let mut arguments: Vec<Argument> = arguments.iter().cloned().map(Argument::Value).collect();
                    let shown = format!("{name} with {:?} for argument {index}", less.kind);
                    arguments[index] = Argument::Value(less);
                    let answer = match calculator.call(&name, &arguments) {
                        Ok(answer) => answer,
                        Err(sentence) => {
                            wrong.push(format!("{shown} is refused: {sentence}"));
                            continue;
                        }
                    };
                    // Items of a set that is known in part have no order yet, and may turn out to be one.
                    let set = matches!(answer.kind, Kind::List { shape: ListShape::Set, .. });
                    if !set && answer.same(&known) == Truth::No {
                        wrong.push(format!("{shown} is {:?}", answer.kind));
                    }
                    if let (Some(items), Some(known)) = (answer.items(), known.items()) {
                        // Items that are known to be there are there.
                        let there = |item: &Value| known.iter().any(|known| known.same(item) != Truth::No);
                        if !items.iter().all(there) {
                            wrong.push(format!("{shown} is {:?}", answer.kind));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn terraform(name: &str, arguments: &[Value]) -> Answer {
    let arguments: Vec<Argument> = arguments.iter().cloned().map(Argument::Value).collect();
    Calculator::new(Dialect::Terraform, &[]).call(name, &arguments)
}

fn bicep(name: &str, arguments: &[Value]) -> Answer {
    let arguments: Vec<Argument> = arguments.iter().cloned().map(Argument::Value).collect();
    Calculator::new(Dialect::Bicep, &[]).call(name, &arguments)
}

fn shown(answer: Answer) -> String {
    match answer {
        Ok(value) => unknown::form("", &[Argument::Value(value)]),
        Err(sentence) => format!("refused: {sentence}"),
    }
}

#[test]
fn texts_keep_their_holes() {
    let join = terraform("join", &[Value::text("-"), Value::list(vec![input("var.p"), Value::text("rt")])]);
    assert_eq!(shown(join), "(\"${var.p}-rt\")");
    assert_eq!(shown(terraform("format", &[Value::text("%s-rt"), input("var.p")])), "(\"${var.p}-rt\")");
    let padded = terraform("format", &[Value::text("vm%03d"), input("var.n")]);
    assert_eq!(shown(padded), "(\"vm${format(\"%03d\", var.n)}\")");
    assert_eq!(shown(terraform("lower", &[text_of(&["$var.p", "-RT"])])), "(\"${lower(var.p)}-rt\")");
    assert_eq!(shown(bicep("format", &[Value::text("{0}-rt"), input("p")])), "(\"${p}-rt\")");
    assert_eq!(shown(bicep("concat", &[input("p"), Value::text("-rt")])), "(\"${p}-rt\")");
    assert_eq!(shown(bicep("take", &[text_of(&["vnet-", "$p"]), Value::number(4_i64)])), "(\"vnet\")");
    assert_eq!(shown(terraform("startswith", &[text_of(&["hub-", "$p"]), Value::text("spoke")])), "(false)");
}

#[test]
fn an_id_is_split_at_its_slashes_and_other_texts_are_not() {
    let id = text_of(&["/subscriptions/", "$var.s", "/resourceGroups/g"]);
    let parts = terraform("split", &[Value::text("/"), id]);
    assert_eq!(shown(parts), "([\"\",\"subscriptions\",var.s,\"resourceGroups\",\"g\",])");
    let other = terraform("split", &[Value::text("-"), text_of(&["$var.a", "-b"])]);
    assert!(other.is_ok_and(|value| value.hole().is_some()));
}

#[test]
fn lists_and_objects_answer_for_what_is_known_of_them() {
    let subnet = id_of("azurerm_subnet.a");
    let two = Value::list(vec![Value::list(vec![subnet.clone()]), Value::list(vec![input("var.x")])]);
    assert_eq!(
        shown(terraform("flatten", &[two])),
        "([azurerm_subnet.a.id,flatten([[azurerm_subnet.a.id,],[var.x,],])...])"
    );
    let open = terraform("concat", &[Value::list(vec![subnet.clone()]), input("var.more")]).expect("a list");
    assert_eq!(open.items().map(<[Value]>::len), Some(1));
    assert!(open.rest().is_some());
    assert_eq!(terraform("contains", &[open.clone(), subnet.clone()]).ok().and_then(|v| v.as_bool()), Some(true));
    assert!(terraform("length", &[open]).is_ok_and(|value| value.hole().is_some()));
    let both = Value::list(vec![input("var.a"), input("var.b")]);
    assert_eq!(shown(terraform("length", std::slice::from_ref(&both))), "(2)");
    let set = terraform("toset", &[both]).expect("a set");
    assert!(terraform("length", &[set]).is_ok_and(|value| value.hole().is_some()), "two inputs may be equal");
    let known = Value::object([(SmolStr::new("a"), Value::text("1"))]);
    let merged = terraform("merge", &[input("var.tags"), known.clone()]).expect("an object");
    assert_eq!(merged.fields().and_then(|fields| fields.get("a")).and_then(Value::as_text), Some("1"));
    let merged = terraform("merge", &[known, input("var.tags")]).expect("an object");
    assert!(merged.fields().is_some_and(|fields| fields["a"].hole().is_some()), "it may have been replaced");
    let sizes = Value::object([(SmolStr::new("dev"), Value::text("s")), (SmolStr::new("prod"), Value::text("l"))]);
    let looked_up = terraform("lookup", &[sizes, input("var.env"), Value::text("m")]).expect("a choice");
    assert_eq!(looked_up.candidates().len(), 3);
}

#[test]
fn what_may_become_a_text_is_both() {
    let list = terraform("tolist", &[Value::list(vec![Value::number(1_i64), input("var.x")])]).expect("a list");
    let first = list.items().and_then(<[Value]>::first).cloned().expect("an item");
    assert_eq!(first.candidates().len(), 2);
    let with_id = Value::list(vec![Value::number(1_i64), id_of("azurerm_subnet.a")]);
    assert_eq!(shown(terraform("tolist", &[with_id])), "([\"1\",azurerm_subnet.a.id,])");
}

#[test]
fn merged_maps_of_unlike_types_keep_their_values() {
    let map = |key: &str, value: Value| terraform("tomap", &[Value::object([(SmolStr::new(key), value)])]);
    let merged = terraform(
        "merge",
        &[map("a", Value::number(1_i64)).expect("a map"), map("b", Value::text("x")).expect("a map")],
    );
    assert_eq!(shown(merged), "({a=1,b=\"x\",})");
}

#[test]
fn coalesce_stops_at_what_may_be_there() {
    let known = Value::text("10.0.0.0/16");
    assert_eq!(shown(terraform("coalesce", &[Value::null(), known.clone(), input("var.x")])), "(\"10.0.0.0/16\")");
    assert!(terraform("coalesce", &[input("var.x"), known]).is_ok_and(|value| value.hole().is_some()));
    assert_eq!(shown(terraform("coalesce", &[Value::null(), input("var.x")])), "(var.x)");
    let subnet = id_of("azurerm_subnet.a");
    assert_eq!(shown(terraform("coalesce", &[subnet, Value::text("b")])), "(azurerm_subnet.a.id)");
}

#[test]
fn unknown_calls_are_named_by_what_they_are_called_with() {
    let one = terraform("sha1", &[input("var.a")]).expect("an unknown");
    let same = terraform("sha1", &[input("var.a")]).expect("an unknown");
    let other = terraform("sha1", &[input("module.m.var.a")]).expect("an unknown");
    assert_eq!(one.same(&same), Truth::Yes);
    assert_eq!(one.same(&other), Truth::Unknown);
    assert_eq!(shown(bicep("uniqueString", &[input("resourceGroup().id")])), "(uniqueString(resourceGroup().id))");
}

#[test]
fn a_choice_of_arguments_is_a_choice_of_answers() {
    let condition = Unknown::new(RootId(0), "var.c", Reason::Input);
    let choice = Value::one_of(condition.clone(), [Value::text("10.0.0.0/16"), Value::text("10.1.0.0/16")]);
    let subnets = terraform("cidrsubnet", &[choice.clone(), Value::number(8_i64), Value::number(1_i64)]);
    let subnets = subnets.expect("a choice");
    let texts: Vec<_> = subnets.candidates().iter().filter_map(Value::as_text).collect();
    assert_eq!(texts, ["10.0.1.0/24", "10.1.1.0/24"]);
    // The same condition chooses once: the second of one is never joined with the first of the other.
    let names = Value::one_of(condition, [Value::text("a"), Value::text("b")]);
    let joined = terraform("format", &[Value::text("%s/%s"), choice, names]).expect("a choice");
    let texts: Vec<_> = joined.candidates().iter().filter_map(Value::as_text).collect();
    assert_eq!(texts, ["10.0.0.0/16/a", "10.1.0.0/16/b"]);
}

#[test]
fn the_size_of_a_subnet_is_known_before_its_address() {
    let number = |number: i64| Value::number(number);
    let base = terraform("format", &[Value::text("10.%s.0.0/16"), input("var.third")]).expect("a text");
    let subnet = terraform("cidrsubnet", &[base, number(8), number(4)]).expect("a range");
    assert_eq!(super::unknown::length_of(&subnet), Some(24));
    let inner = terraform("cidrsubnet", &[subnet.clone(), number(2), input("var.index")]).expect("a range");
    assert_eq!(super::unknown::length_of(&inner), Some(26));
    assert!(inner.as_text().is_none());
    let open = terraform("cidrsubnet", &[subnet, input("var.bits"), number(1)]).expect("an unknown");
    assert_eq!(super::unknown::length_of(&open), None);
    let of_bicep = bicep("cidrSubnet", &[input("prefix"), number(24), number(0)]).expect("a range");
    assert_eq!(super::unknown::length_of(&of_bicep), Some(24));
}

#[test]
fn two_lookups_by_one_key_are_not_taken_together() {
    let table =
        |pairs: [(&str, &str); 3]| Value::object(pairs.map(|(key, value)| (SmolStr::new(key), Value::text(value))));
    let look = |table: Value| terraform("lookup", &[table, input("var.env")]).expect("a choice");
    let one = look(table([("a", "1"), ("b", "2"), ("c", "3")]));
    let other = look(table([("c", "x"), ("b", "y"), ("a", "z")]));
    let joined = terraform("format", &[Value::text("%s%s"), one, other]).expect("a choice");
    assert!(joined.candidates().iter().any(|value| value.as_text() == Some("1z")));
    let many: Vec<Value> = (0..100_i64).map(Value::number).collect();
    let chosen = terraform("element", &[Value::list(many), input("var.i")]).expect("an unknown");
    assert_ne!(chosen.same(&input("var.i")), Truth::Yes);
}

#[test]
fn what_is_made_by_chance_is_no_two_times_the_same() {
    let calculator = Calculator::new(Dialect::Bicep, &[]);
    let mut other = Calculator::new(Dialect::Bicep, &[]);
    other.place = Span::new(other.place.file, 7, 9);
    let (one, two) = (calculator.work_out("newGuid()"), other.work_out("newGuid()"));
    assert_ne!(one.expect("an unknown").same(&two.expect("an unknown")), Truth::Yes);
}

#[test]
fn two_choices_by_one_condition_are_two_texts() {
    let condition = || Unknown::new(RootId(0), "var.c", Reason::Input);
    let one = Value::one_of(condition(), [Value::text("a"), Value::text("b")]);
    let other = Value::one_of(condition(), [Value::text("x"), Value::text("y")]);
    let join = |value: Value| terraform("join", &[Value::text(","), Value::list(vec![value])]).expect("a text");
    assert_ne!(join(one).same(&join(other)), Truth::Yes);
}

#[test]
fn secrets_stay_secret() {
    let secret = Value::text("s").with_secret(true);
    assert!(terraform("upper", std::slice::from_ref(&secret)).is_ok_and(|value| value.secret));
    let inner = Value::object([(SmolStr::new("p"), secret.clone())]);
    assert!(terraform("jsonencode", std::slice::from_ref(&inner)).is_ok_and(|value| value.secret));
    assert!(
        terraform("merge", &[inner]).is_ok_and(|value| !value.secret && value.fields().is_some_and(|f| f["p"].secret))
    );
    let list = Value::list(vec![secret.clone()]);
    assert!(terraform("join", &[Value::text(","), list.clone()]).is_ok_and(|value| value.secret));
    assert!(bicep("string", &[list]).is_ok_and(|value| value.secret));
    assert!(terraform("nonsensitive", &[secret]).is_ok_and(|value| !value.secret));
}

#[test]
fn what_would_blow_up_is_not_worked_out() {
    assert!(terraform("range", &[Value::number(1_000_000_000_i64)]).is_err());
    assert!(bicep("padLeft", &[Value::text("a"), Value::number(1_000_000_000_i64)]).is_err());
    let many = read::list_of((0..1000_i64).map(Value::number).collect(), ListShape::List);
    let product = terraform("setproduct", &[many.clone(), many.clone(), many]).expect("an unknown");
    assert!(matches!(&product.kind, Kind::Unknown(unknown) if unknown.reason() == Reason::Limit));
    assert!(terraform("format", &[Value::text("%999999999d"), Value::number(1_i64)]).is_err());
    let regex = terraform("regex", &[Value::text("(((a{1,99}){1,99}){1,99}){1,99}"), Value::text("a")]);
    assert!(regex.is_ok_and(|value| value.hole().is_some()));
    assert!(terraform("indent", &[Value::number(1_000_000_000_i64), Value::text("\n")]).is_err());
    assert!(
        terraform("replace", &[Value::text("a".repeat(1 << 20)), Value::text("a"), Value::text("b".repeat(1 << 20))])
            .is_err()
    );
}

#[test]
fn wrong_calls_are_refused_in_sentences() {
    assert_eq!(shown(terraform("upper", &[])), "refused: upper takes 1 arguments, not 0");
    assert_eq!(shown(terraform("upper", &[Value::list(vec![])])), "refused: a text is needed here, not a list");
    let none = terraform("cidrsubnet", &[Value::text("10.0.0.0/24"), Value::number(2_i64), Value::number(4_i64)]);
    assert_eq!(shown(none), "refused: 10.0.0.0/24 has no subnet number 4 when its prefix grows by 2");
}

#[test]
fn files_are_read_from_where_each_language_sees_them() {
    let files = [("hello.txt", "hello!"), ("a/b.json", "{\"x\": {\"y\": 1}}"), ("a/c.yaml", "x: yes\ny: 0x10")];
    let terraform = Calculator::new(Dialect::Terraform, &files);
    assert_eq!(terraform.work_out("file(\"./hello.txt\")").ok().as_ref().and_then(Value::as_text), Some("hello!"));
    assert_eq!(shown(terraform.work_out("fileset(\".\", \"**/*.json\")")), "([\"a/b.json\",])");
    assert_eq!(shown(terraform.work_out("fileexists(\"no\")")), "(false)");
    assert!(terraform.work_out("file(\"no\")").is_err());
    assert!(terraform.work_out("file(\"../outside\")").is_ok_and(|value| value.hole().is_some()));
    let bicep = Calculator::new(Dialect::Bicep, &files);
    assert_eq!(shown(bicep.work_out("loadJsonContent('a/b.json', '.x.y')")), "(1)");
    assert_eq!(shown(bicep.work_out("loadYamlContent('a/c.yaml')")), "({x=\"yes\",y=16,})");
}

#[test]
fn lambdas_decide_item_by_item() {
    let calculator = Calculator::new(Dialect::Bicep, &[]);
    let numbers = || Argument::Value(Value::list([8_i64, 3, 10, -13, 5].into_iter().map(Value::number).collect()));
    let whole = |value: &Value| read::whole(value).unwrap_or_default();
    let less = |pair: &[Value]| Value::bool(whole(&pair[0]) < whole(&pair[1]));
    let sorted = calculator.call("sort", &[numbers(), Argument::Lambda(2, &less)]);
    assert_eq!(shown(sorted), "([-13,3,5,8,10,])");
    let always = |_: &[Value]| Value::bool(true);
    assert!(calculator.call("sort", &[numbers(), Argument::Lambda(2, &always)]).is_ok(), "no order is no panic");
    let big = |item: &[Value]| if whole(&item[0]) == 8 { input("p") } else { Value::bool(whole(&item[0]) > 4) };
    let kept = calculator.call("filter", &[numbers(), Argument::Lambda(1, &big)]).expect("a list");
    assert_eq!(kept.items().map(<[Value]>::len), Some(2));
    assert!(kept.rest().is_some());
    let sum = |step: &[Value]| Value::number(whole(&step[0]) + whole(&step[1]));
    let start = Argument::Value(Value::number(0_i64));
    assert_eq!(shown(calculator.call("reduce", &[numbers(), start, Argument::Lambda(2, &sum)])), "(13)");
    let parity = |item: &[Value]| Value::text(if whole(&item[0]) % 2 == 0 { "even" } else { "odd" });
    let groups = calculator.call("groupBy", &[numbers(), Argument::Lambda(1, &parity)]);
    assert_eq!(shown(groups), "({even=[8,10,],odd=[3,-13,5,],})");
    let by_index = |item: &[Value]| item[1].clone();
    assert_eq!(shown(calculator.call("map", &[numbers(), Argument::Lambda(2, &by_index)])), "([0,1,2,3,4,])");
}

#[test]
fn bicep_writes_and_orders_as_arm_does() {
    assert_eq!(shown(bicep("string", &[Value::bool(true)])), "(\"True\")");
    let object = Value::object([(SmolStr::new("a"), Value::text("b")), (SmolStr::new("!c"), Value::number(2_i64))]);
    assert_eq!(shown(bicep("format", &[Value::text("<{0}>"), object])), "(\"<{'a':'b','!c':2}>\")");
    let keys = ["ghiKey", "defKey", "abcKey", "123Key", "GHIKey", "DEFKey", "ABCKey", "456Key"];
    let object = Value::object(keys.map(|key| (SmolStr::new(key), Value::null())));
    let items = bicep("items", &[object]).expect("items");
    let keys: Vec<&str> =
        items.items().into_iter().flatten().filter_map(|item| item.fields()?["key"].as_text()).collect();
    assert_eq!(keys, ["123Key", "456Key", "abcKey", "ABCKey", "defKey", "DEFKey", "ghiKey", "GHIKey"]);
    let v6 = bicep("parseCidr", &[Value::text("fdad:3236:5555::/48")]).expect("an object");
    assert_eq!(v6.fields().and_then(|f| f["netmask"].as_text()), Some("ffff:ffff:ffff::"));
}
