use super::super::{Binder, Declaration, Element, Expr, ExprKind, Field, Operator, Part, Repeat, Sign, Yield};
use super::*;

fn read_as(path: &str, text: &str) -> (Sources, Program) {
    let sources = Sources::of_texts([(path, text)]);
    let file = sources.open(path).expect("the text was handed over");
    let program = read(&sources, file, Limits::default());
    (sources, program)
}

fn program(text: &str) -> Program {
    let (_, program) = read_as("main.tf", text);
    assert!(program.faults.is_empty(), "{:?}\n{text}", program.faults);
    program
}

/// Faults as `text: message`.
fn faults(text: &str) -> Vec<String> {
    let (sources, program) = read_as("main.tf", text);
    program.faults.iter().map(|fault| format!("{}: {}", sources.text(fault.span), fault.message)).collect()
}

/// The value of `a = …` in `locals`.
fn expr(text: &str) -> Expr {
    let program = program(&format!("locals {{\n  a = {text}\n}}\n"));
    match program.items.into_iter().next() {
        Some(Item::Local(local)) => local.value,
        other => panic!("{text} is read as {other:?}"),
    }
}

/// An expression, lowered and shown.
fn shown(text: &str) -> String {
    show(&expr(text))
}

/// An expression with every bracket that its tree has.
fn show(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Null => "null".into(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Number(number) => number.to_string(),
        ExprKind::Text(parts) => format!("'{}'", parts.iter().map(show_part).collect::<Vec<_>>().join("|")),
        ExprKind::List(elements) => {
            let show = |element: &Element| match element {
                Element::Item(expr) => show(expr),
                Element::Spread(expr) => format!("...{}", show(expr)),
            };
            format!("[{}]", elements.iter().map(show).collect::<Vec<_>>().join(", "))
        }
        ExprKind::Object(fields) => {
            let show = |field: &Field| match field {
                Field::Pair { key, value } => format!("{}: {}", show(key), show(value)),
                Field::Spread(expr) => format!("...{}", show(expr)),
            };
            format!("{{{}}}", fields.iter().map(show).collect::<Vec<_>>().join(", "))
        }
        ExprKind::Name(name) => name.to_string(),
        ExprKind::Get { object, key, .. } => format!("{}.{key}", show(object)),
        ExprKind::Index { object, index, .. } => format!("{}[{}]", show(object), show(index)),
        ExprKind::Splat { source, each } => format!("splat({}, {})", show(source), show(each)),
        ExprKind::If { condition, then, otherwise } => {
            format!("({} ? {} : {})", show(condition), show(then), show(otherwise))
        }
        ExprKind::For(repeated) => {
            let binder = match &repeated.binder {
                Binder::KeyValue { key: Some(key), value } => format!("{key}, {value}"),
                Binder::KeyValue { key: None, value } => value.to_string(),
                Binder::Iterator(name) => format!("iterator {name}"),
                Binder::ItemIndex { item, .. } => item.to_string(),
            };
            let result = match &repeated.result {
                Yield::Item(expr) => show(expr),
                Yield::Text(expr) => format!("text {}", show(expr)),
                Yield::Pair { key, value, group } => {
                    format!("{} => {}{}", show(key), show(value), if *group { "..." } else { "" })
                }
            };
            let condition = repeated.condition.as_ref().map(|c| format!(" if {}", show(c))).unwrap_or_default();
            format!("for({binder} in {}: {result}{condition})", show(&repeated.collection))
        }
        ExprKind::Sign { sign, operand } => {
            let sign = match sign {
                Sign::Not => "!",
                Sign::Minus => "-",
                Sign::Plus => "+",
            };
            format!("({sign}{})", show(operand))
        }
        ExprKind::Binary { left, operator, right } => {
            format!("({} {} {})", show(left), show_operator(*operator), show(right))
        }
        ExprKind::Call { function, arguments, spread, .. } => {
            let arguments: Vec<_> = arguments.iter().map(show).collect();
            format!("{function}({}{})", arguments.join(", "), if *spread { "..." } else { "" })
        }
        other => format!("{other:?}"),
    }
}

fn show_part(part: &Part) -> String {
    match part {
        Part::Literal(text) => text.replace('\n', "\\n"),
        Part::Expr(expr) => format!("<{}>", show(expr)),
    }
}

fn show_operator(operator: Operator) -> &'static str {
    match operator {
        Operator::Or => "||",
        Operator::And => "&&",
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        Operator::Plus => "+",
        Operator::Minus => "-",
        Operator::Times => "*",
        Operator::Over => "/",
        Operator::Modulo => "%",
        _ => "an operator that HCL does not have",
    }
}

fn declaration(text: &str) -> Declaration {
    match program(text).items.into_iter().next() {
        Some(Item::Resource(declaration) | Item::Module(declaration)) => std::sync::Arc::unwrap_or_clone(declaration),
        other => panic!("{other:?}"),
    }
}

#[test]
fn literals_are_read_exactly() {
    assert_eq!(shown("null"), "null");
    assert_eq!(shown("true"), "true");
    assert_eq!(shown("12345678901234567890.123"), "12345678901234567890.123");
    assert_eq!(shown("-5"), "-5");
    assert_eq!(shown("- 5"), "-5");
    assert_eq!(shown("1e3"), "1000");
    assert_eq!(shown(r#""a\n\t\"\\\u00e9$${b}%%{c}$d""#), "'a\\n\t\"\\é${b}%{c}$d'");
    assert_eq!(shown(r#""""#), "''");
}

#[test]
fn operators_bind_as_in_hcl() {
    assert_eq!(shown("a || b && c"), "(a || (b && c))");
    assert_eq!(shown("a && b == c"), "(a && (b == c))");
    assert_eq!(shown("a == b < c"), "(a == (b < c))");
    assert_eq!(shown("a < b + c"), "(a < (b + c))");
    assert_eq!(shown("a + b * c"), "(a + (b * c))");
    assert_eq!(shown("a - b - c + d"), "(((a - b) - c) + d)");
    assert_eq!(shown("a / b * c % d"), "(((a / b) * c) % d)");
    assert_eq!(shown("a == b != c"), "((a == b) != c)");
    assert_eq!(shown("a <= b >= c > d"), "(((a <= b) >= c) > d)");
    assert_eq!(shown("a || b || c"), "((a || b) || c)");
    assert_eq!(shown("!a.b == -c.d"), "((!a.b) == (-c.d))");
    assert_eq!(shown("!!a"), "(!(!a))");
    assert_eq!(shown("(a + b) * c"), "((a + b) * c)");
    assert_eq!(shown("a == b ? c + d : e ? f : g"), "((a == b) ? (c + d) : (e ? f : g))");
}

#[test]
fn accesses_are_read_in_order() {
    assert_eq!(shown("a.b[0].c[\"d\"][e.f]"), "a.b[0].c['d'][e.f]");
    assert_eq!(shown("a.0.b.1.2"), "a[0].b[1][2]");
    assert_eq!(shown("f(a).b"), "f(a).b");
    assert_eq!(shown("(a ? b : c).d"), "(a ? b : c).d");
}

#[test]
fn a_full_splat_takes_all_that_follows_and_an_attribute_splat_only_attributes() {
    assert_eq!(shown("a[*].b[0].c"), "splat(a, *.b[0].c)");
    assert_eq!(shown("a.*.b[0].c"), "splat(a, *.b)[0].c");
    assert_eq!(shown("a.*.b.0.c"), "splat(a, *.b[0].c)");
    assert_eq!(shown("a[*]"), "splat(a, *)");
    assert_eq!(shown("a[*].b[*].c"), "splat(a, splat(*.b, *.c))");
}

#[test]
fn repetitions_are_read() {
    assert_eq!(shown("[for x in a : x.b if x.c]"), "for(x in a: x.b if x.c)");
    assert_eq!(shown("{ for k, v in a : k => v }"), "for(k, v in a: k => v)");
    assert_eq!(shown("{\n for k, v in a :\n k => v...\n if v\n}"), "for(k, v in a: k => v... if v)");
    assert_eq!(shown("{ for k, v in a : k => v\n ? b\n : c }"), "for(k, v in a: k => (v ? b : c))");
}

#[test]
fn lists_objects_and_calls_are_read() {
    assert_eq!(shown("[1, \"b\", [],\n]"), "[1, 'b', []]");
    assert_eq!(
        shown("{ a = 1, \"b\" : 2, (c) = 3\n d = 4, \"${e}f\" = 5 }"),
        "{'a': 1, 'b': 2, c: 3, 'd': 4, '<e>|f': 5}"
    );
    assert_eq!(shown("max(a, b...)"), "max(a, b...)");
    assert_eq!(shown("provider::azurerm::parse(\n a,\n)"), "provider::azurerm::parse(a)");
}

#[test]
fn of_a_key_that_is_set_twice_both_are_kept_in_order() {
    assert_eq!(shown("{ a = 1, a = 2, \"b-c\" = 3, \"b-c\" = 4 }"), "{'a': 1, 'a': 2, 'b-c': 3, 'b-c': 4}");
    assert_eq!(shown("{ 10 = 1, 10 = 2, (a) = 3, (a) = 4 }"), "{10: 1, 10: 2, a: 3, a: 4}");
}

#[test]
fn templates_have_parts() {
    assert_eq!(shown(r#""a-${b}-c""#), "'a-|<b>|-c'");
    assert_eq!(shown(r#""${a}""#), "'<a>'");
    assert_eq!(shown(r#""${a}${"b${c}"}""#), "'<a>|<'b|<c>'>'");
    assert_eq!(shown(r#""a  ${~ b ~}  c""#), "'a|<b>|c'");
    assert_eq!(shown(r#""%{ if a }b\n%{ else }c${d}%{ endif }""#), "'<(a ? 'b\\n' : 'c|<d>')>'");
    assert_eq!(shown(r#""%{ if a ~} b %{~ endif }""#), "'<(a ? 'b' : '')>'");
    assert_eq!(shown(r#""%{ for k, v in a }${v},%{ endfor }""#), "'<for(k, v in a: text '<v>|,')>'");
}

#[test]
fn heredocs_are_read() {
    assert_eq!(shown("<<EOT\n  a ${b}\n\\n$${c}\nEOT"), "'  a |<b>|\\n\\n${c}\\n'");
    assert_eq!(shown("<<-EOT\n    a\n\n      b ${c}\n    d\n  EOT"), "'a\\n\\n  b |<c>|\\nd\\n'");
    assert_eq!(shown("<<-EOT\n    a\n  ${b}\n  EOT"), "'  a\\n|<b>|\\n'");
    assert_eq!(shown("<<EOT\nEOT"), "''");
    assert_eq!(shown("<<EOT\nEOT a\nEOT"), "'EOT a\\n'");
    assert_eq!(shown("f(<<EOT\na\nEOT\n, b)"), "f('a\\n', b)");
}

#[test]
fn a_tilde_eats_the_rest_of_its_line_in_a_heredoc() {
    let text = "<<EOT\n%{ for a in b ~}\n  c ${a}\n%{ endfor ~}\nd\nEOT";
    assert_eq!(shown(text), "'<for(a in b: text '  c |<a>|\\n')>|d\\n'");
}

#[test]
fn every_expression_has_its_place() {
    let text = "locals {\n  é = { a = (f.x(1)) } # no\n  b = [c.d[0].e + 1, \"x${y}\", -z, [for v in w : v]]\n}\n";
    let text = text.replace("f.x(1)", "provider::x::f(1)");
    let (sources, program) = read_as("main.tf", &text);
    let mut places = Vec::new();
    fn walk(sources: &Sources, expr: &Expr, places: &mut Vec<String>) {
        places.push(sources.text(expr.span));
        if let ExprKind::Call { function_span, .. } = &expr.kind {
            places.push(sources.text(*function_span));
        }
        expr.each_child(&mut |child| walk(sources, child, places));
    }
    for item in &program.items {
        let Item::Local(local) = item else { panic!("{item:?}") };
        places.push(sources.text(local.name.span));
        walk(&sources, &local.value, &mut places);
    }
    let expected = [
        "é",
        "{ a = (provider::x::f(1)) }",
        "a",
        "provider::x::f(1)",
        "provider::x::f",
        "1",
        "b",
        "[c.d[0].e + 1, \"x${y}\", -z, [for v in w : v]]",
        "c.d[0].e + 1",
        "c.d[0].e",
        "c.d[0]",
        "c.d",
        "c",
        "0",
        "1",
        "\"x${y}\"",
        "y",
        "-z",
        "z",
        "[for v in w : v]",
        "w",
        "v",
    ];
    assert_eq!(places, expected);
}

#[test]
fn an_input_is_read() {
    let text = "variable \"a\" {\n type = list(string)\n default = [1]\n nullable = false\n sensitive = true\n}";
    let (sources, program) = read_as("main.tf", text);
    let [Item::Input(input)] = program.items.as_slice() else { panic!("{program:?}") };
    assert_eq!((input.name.name.as_str(), sources.text(input.name.span).as_str()), ("a", "\"a\""));
    assert_eq!(input.type_constraint.as_ref().map(show).as_deref(), Some("list(string)"));
    assert_eq!(input.default.as_ref().map(show).as_deref(), Some("[1]"));
    assert!(input.not_nullable && input.secret && !input.optional);
    assert_eq!(sources.text(input.span), text);
}

#[test]
fn locals_outputs_providers_and_settings_are_read() {
    let text = "locals {\n a = 1\n b = 2\n}\noutput \"c\" {\n value = d\n depends_on = [e]\n}\n\
                provider \"azurerm\" {\n features {}\n}\nterraform {\n backend \"x\" {}\n}\nmoved {\n from = a\n}\n";
    let shown: Vec<String> = program(text)
        .items
        .iter()
        .map(|item| match item {
            Item::Local(local) => format!("{} = {}", local.name.name, show(&local.value)),
            Item::Output(o) => format!("{}: {} {:?}", o.name.name, show(&o.value), o.depends_on.as_ref().map(show)),
            Item::Provider { name, body } => format!("{} {}", name.name, show(body)),
            Item::Terraform(body) => show(body),
            Item::Other { keyword, .. } => keyword.to_string(),
            other => format!("{other:?}"),
        })
        .collect();
    let expected = [
        "a = 1",
        "b = 2",
        "c: d Some(\"[e]\")",
        "azurerm {'features': [{}]}",
        "{'backend': [{'__label': 'x'}]}",
        "moved",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn meta_arguments_leave_the_body() {
    let text = "resource azurerm_subnet \"s\" {\n count = 2\n provider = azurerm.hub\n depends_on = [a.b]\n name = \"n\"\n \
                lifecycle {\n  ignore_changes = [tags]\n }\n}";
    let (sources, program) = read_as("main.tf", text);
    let [Item::Resource(subnet)] = program.items.as_slice() else { panic!("{program:?}") };
    assert_eq!(show(&subnet.body), "{'name': 'n'}");
    assert_eq!((subnet.type_name.name.as_str(), subnet.name.name.as_str()), ("azurerm_subnet", "s"));
    assert_eq!(sources.text(subnet.type_name.span), "azurerm_subnet");
    assert_eq!(sources.text(subnet.head), "resource azurerm_subnet \"s\"");
    assert!(matches!(&subnet.repeat, Some(Repeat::Count(count)) if show(count) == "2"));
    assert_eq!(subnet.provider.as_ref().map(show).as_deref(), Some("azurerm.hub"));
    assert_eq!(subnet.depends_on.as_ref().map(show).as_deref(), Some("[a.b]"));
    assert_eq!(subnet.lifecycle.as_ref().map(show).as_deref(), Some("{'ignore_changes': [tags]}"));
    assert!(!subnet.existing);
    assert!(declaration("data \"a\" \"b\" {}").existing);
}

#[test]
fn a_module_call_is_read() {
    let module = declaration(
        "module \"m\" {\n source = \"./x\"\n version = \"1\"\n for_each = a\n providers = { b = c }\n d = 1\n}",
    );
    assert_eq!(show(&module.body), "{'d': 1}");
    assert_eq!(module.source.as_ref().and_then(Expr::as_literal), Some("./x"));
    assert_eq!(module.provider.as_ref().map(show).as_deref(), Some("{'b': c}"));
    assert!(matches!(&module.repeat, Some(Repeat::ForEach(each)) if show(each) == "a"));
    assert_eq!(module.type_name.name, "");
}

#[test]
fn nested_blocks_are_lists_in_order_and_dynamic_blocks_are_spread_into_them() {
    let subnet = declaration(
        "resource \"a\" \"b\" {\n rule {\n  n = 1\n }\n x = 2\n dynamic \"rule\" {\n  for_each = var.r\n  iterator = it\n  \
         content {\n   n = it.value\n   dynamic \"s\" {\n    for_each = it.value.t\n    content {}\n   }\n  }\n }\n \
         rule {\n  n = 3\n }\n provisioner \"local-exec\" {\n }\n}",
    );
    assert_eq!(
        show(&subnet.body),
        "{'rule': [{'n': 1}, ...for(iterator it in var.r: {'n': it.value, 's': [...for(iterator s in it.value.t: {})]}), \
         {'n': 3}], 'x': 2, 'provisioner': [{'__label': 'local-exec'}]}"
    );
}

#[test]
fn an_argument_and_blocks_of_one_name_are_two_fields() {
    assert_eq!(show(&declaration("resource \"a\" \"b\" {\n c = 1\n c {\n }\n}").body), "{'c': 1, 'c': [{}]}");
}

#[test]
fn files_of_values_assign_and_overrides_say_so() {
    let (_, values) = read_as("a/x.tfvars", "a = 1\nb = { c = 2 }\na = 3\nd {\n}\n");
    assert_eq!(values.shape, Shape::Values);
    let names: Vec<_> = values
        .items
        .iter()
        .map(|item| match item {
            Item::Assignment(assignment) => format!("{} = {}", assignment.name.name, show(&assignment.value)),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(names, ["a = 1", "b = {'c': 2}"]);
    assert_eq!(values.faults.len(), 2);
    for (path, shape) in [
        ("override.tf", Shape::Override),
        ("a/b_override.tofu", Shape::Override),
        ("override_a.tf", Shape::Declarations),
        ("main.tf", Shape::Declarations),
    ] {
        assert_eq!(read_as(path, "").1.shape, shape, "{path}");
    }
}

#[test]
fn a_mistake_costs_its_block() {
    let text = "variable \"a\" {\n  default = 1 +\n}\nvariable \"b\" {\n}\nvariable \"c\" {\n  default = \"x\n}\n\
                variable \"d\" {\n  default = [\n}\noutput \"e\" {\n  value = 1\n}\nvariable {\n}\n";
    let (_, program) = read_as("main.tf", text);
    assert_eq!(program.items.iter().filter(|item| matches!(item, Item::Input(_) | Item::Output(_))).count(), 2);
    let expected = [
        ": expected an expression",
        ": expected `\"` on this line",
        "}: expected `]` before this `}`",
        "variable: expected `variable \"name\" {`",
    ];
    assert_eq!(faults(text), expected);
    assert!(program.faults[2].opened.is_some());
}

#[test]
fn what_terraform_refuses_in_a_block_is_a_fault() {
    assert_eq!(faults("output \"a\" {\n}"), ["output \"a\": expected a `value` in this output"]);
    assert_eq!(faults("locals {\n  a {\n  }\n}"), ["a: expected `name = value`: `locals` holds no blocks"]);
    assert_eq!(faults("resource \"a\" \"b\" {\n  dynamic \"c\" {\n  }\n}").len(), 2);
}

#[test]
fn a_byte_order_mark_and_carriage_returns_change_nothing() {
    let text = "\u{feff}# one\r\nlocals {\r\n  a = {\r\n    b = 1\r\n  }\r\n  c = [\r\n    1,\r\n  ] // two\r\n}\r\n";
    let (sources, program) = read_as("main.tf", text);
    assert!(program.faults.is_empty(), "{:?}", program.faults);
    let comments: Vec<_> = program.comments.iter().map(|span| sources.text(*span)).collect();
    assert_eq!(comments, ["# one", "// two"]);
    let [Item::Local(a), Item::Local(_)] = program.items.as_slice() else { panic!("{program:?}") };
    assert_eq!(sources.text(a.name.span), "a");
}

/// Texts that would exhaust the stack of a careless reader.
fn towers(height: usize) -> Vec<(&'static str, String)> {
    let around =
        |open: &str, inside: &str, close: &str| format!("{}{inside}{}", open.repeat(height), close.repeat(height));
    vec![
        ("parentheses", around("(", "1", ")")),
        ("lists", around("[", "", "]")),
        ("objects", around("{a=", "1", "}")),
        ("templates", around("\"${", "1", "}\"")),
        ("calls", around("f(", "1", ")")),
        ("indices", around("a[", "1", "]")),
        ("not", around("!", "a", "")),
        ("minus", around("-", "a", "")),
        ("sums", around("1+", "1", "")),
        ("or", around("a || ", "b", "")),
        ("accesses", around("a.", "b", "")),
        ("places", around("", "a", "[0]")),
        ("legacy places", around("", "a", ".0")),
        ("splats", around("", "a", "[*]")),
        ("attribute splats", around("", "a", ".*.b")),
        ("conditionals", around("a ? b : ", "c", "")),
        ("inner conditionals", around("a ? ", "b", " : c")),
        ("directives", format!("\"{}{}\"", "%{if a}".repeat(height), "%{endif}".repeat(height))),
        ("unclosed", "(".repeat(height)),
        ("closed", ")".repeat(height)),
        ("unclosed templates", "\"${".repeat(height)),
        ("heredocs", "<<A\n${".repeat(height)),
    ]
}

#[test]
fn whatever_nests_or_goes_on_is_read_or_refused() {
    for height in [12, 20, 32, 40, 70, 130, 300, 1000, 100_000] {
        for (what, text) in towers(height) {
            let (_, program) = read_as("main.tf", &format!("locals {{\n  a = {text}\n}}\nlocals {{\n  b = 1\n}}\n"));
            let read = program.items.iter().filter(|item| matches!(item, Item::Local(_))).count();
            assert!(read == 2 || !program.faults.is_empty(), "{height} {what}: neither read nor refused");
            assert!(
                height > 40 || read == 2 || ["unclosed", "closed", "unclosed templates", "heredocs"].contains(&what)
            );
            // What is read can be copied and dropped on any thread.
            drop(program.clone());
        }
    }
}

#[test]
fn deep_blocks_are_refused_by_the_limit() {
    let text = format!("{}{}", "a {\n".repeat(1000), "}\n".repeat(1000));
    assert_eq!(faults(&text), ["a {: nested deeper than 256 levels (--max-depth)"]);
}

const SAMPLE: &str = "\u{feff}# é\nvariable \"a\" {\n  type = object({ b = optional(string, \"c\") })\n}\n/* x */\n\
    resource \"r\" \"é\" {\n  for_each = { for k, v in var.a : k => v... if v != \"\" }\n  n = <<-EOT\n    a ${~ b ~} c\n    \
    %{ for x in y ~}\n    ${x[*].z}\n    %{ endfor ~}\n  EOT\n  t = \"${f(a.0, -1)}\\u00e9$${x}\"\n  \
    dynamic \"d\" {\n    for_each = [1]\n    content { e = d.value }\n  }\n}\n\
    output \"o\" { value = { a = 1, a = 2 } }\n";

#[test]
fn no_cut_of_a_text_panics() {
    for end in (0..=SAMPLE.len()).filter(|end| SAMPLE.is_char_boundary(*end)) {
        read_as("main.tf", &SAMPLE[..end]);
    }
}

#[test]
fn no_change_of_a_letter_panics_and_every_place_lies_in_the_text() {
    for at in (0..SAMPLE.len()).filter(|at| SAMPLE.is_char_boundary(*at)) {
        let next = (at + 1..=SAMPLE.len()).find(|next| SAMPLE.is_char_boundary(*next)).unwrap_or(SAMPLE.len());
        for other in ["", "\"", "{", "}", "(", "]", "$", "${", "%{", "\n", "<<", "/*", "é", "\\", "\r"] {
            let text = format!("{}{other}{}", &SAMPLE[..at], &SAMPLE[next..]);
            let (_, program) = read_as("main.tf", &text);
            for fault in &program.faults {
                assert!(text.get(fault.span.range()).is_some(), "{fault:?} of {text}");
            }
        }
    }
}
