//! Bicep in, items out.

use std::fmt::Write;

use super::super::{
    Binder, Declaration, Element, Expr, ExprKind, Field, Item, Limits, Operator, Part, Program, Repeat, Shape, Sign,
    Yield,
};
use super::read;
use crate::source::Sources;

struct Read {
    sources: Sources,
    program: Program,
}

impl Read {
    fn text(&self, expr: &Expr) -> String {
        self.sources.text(expr.span)
    }

    fn faults(&self) -> Vec<String> {
        let faults = self.program.faults.iter().map(|fault| {
            let opened = fault.opened.map(|opened| format!(" for `{}`", self.sources.text(opened)));
            format!("{}: {}{}", fault.span.start, fault.message, opened.unwrap_or_default())
        });
        faults.collect()
    }

    fn resource(&self) -> &Declaration {
        let found = self.program.items.iter().find_map(|item| match item {
            Item::Resource(it) | Item::Module(it) => Some(it),
            _ => None,
        });
        found.expect("a resource or a module")
    }
}

fn read_as(path: &str, text: &str, limits: Limits) -> Read {
    let sources = Sources::of_texts([(path, text)]);
    let file = sources.open(path).expect("just laid there");
    let program = read(&sources, file, limits);
    Read { sources, program }
}

fn bicep(text: &str) -> Read {
    read_as("main.bicep", text, Limits::default())
}

fn whole(text: &str) -> Read {
    let read = bicep(text);
    assert_eq!(read.faults(), [""; 0], "{text}");
    read
}

/// An expression in a notation that shows how it nests.
fn shown(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Null => "null".into(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Number(number) => number.to_string(),
        ExprKind::Text(parts) => {
            let parts = parts.iter().map(|part| match part {
                Part::Literal(text) => format!("{text:?}"),
                Part::Expr(expr) => format!("${{{}}}", shown(expr)),
            });
            format!("text({})", parts.collect::<Vec<_>>().join(" "))
        }
        ExprKind::List(elements) => {
            let elements = elements.iter().map(|element| match element {
                Element::Item(expr) => shown(expr),
                Element::Spread(expr) => format!("...{}", shown(expr)),
            });
            format!("[{}]", elements.collect::<Vec<_>>().join(", "))
        }
        ExprKind::Object(fields) => {
            let fields = fields.iter().map(|field| match field {
                Field::Pair { key, value } => match key.as_literal() {
                    Some(key) => format!("{key}: {}", shown(value)),
                    None => format!("{}: {}", shown(key), shown(value)),
                },
                Field::Spread(expr) => format!("...{}", shown(expr)),
            });
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        ExprKind::Name(name) => name.to_string(),
        ExprKind::Get { object, key, safe } => format!("{}{}{key}", shown(object), if *safe { ".?" } else { "." }),
        ExprKind::Index { object, index, safe, from_end } => {
            let safe = if *safe { "?" } else { "" };
            let from_end = if *from_end { "^" } else { "" };
            format!("{}[{safe}{from_end}{}]", shown(object), shown(index))
        }
        ExprKind::Nested { object, name } => format!("{}::{name}", shown(object)),
        ExprKind::Splat { .. } => "splat".into(),
        ExprKind::If { condition, then, otherwise } => {
            format!("({} ? {} : {})", shown(condition), shown(then), shown(otherwise))
        }
        ExprKind::For(repeated) => {
            let Binder::ItemIndex { item, index } = &repeated.binder else { return "another loop".into() };
            let Yield::Item(result) = &repeated.result else { return "another loop".into() };
            let mut out = format!("for({item}");
            if let Some(index) = index {
                let _ = write!(out, ", {index}");
            }
            let _ = write!(out, " in {}", shown(&repeated.collection));
            if let Some(condition) = &repeated.condition {
                let _ = write!(out, " if {}", shown(condition));
            }
            let _ = write!(out, ": {})", shown(result));
            out
        }
        ExprKind::Sign { sign, operand } => {
            let sign = match sign {
                Sign::Not => "!",
                Sign::Minus => "-",
                Sign::Plus => "+",
            };
            format!("{sign}{}", shown(operand))
        }
        ExprKind::Binary { left, operator, right } => format!("({} {operator:?} {})", shown(left), shown(right)),
        ExprKind::Call { function, receiver, arguments, .. } => {
            let receiver = receiver.as_ref().map(|receiver| format!("{}.", shown(receiver))).unwrap_or_default();
            let arguments = arguments.iter().map(shown).collect::<Vec<_>>().join(", ");
            format!("{receiver}{function}({arguments})")
        }
        ExprKind::Lambda { parameters, body } => format!("({}) => {}", parameters.join(", "), shown(body)),
        ExprKind::Broken => "broken".into(),
    }
}

/// What a program declares, one line an item.
fn items(program: &Program) -> Vec<String> {
    let optional = |expr: &Option<Expr>| expr.as_ref().map(shown).unwrap_or_else(|| "-".into());
    let lines = program.items.iter().map(|item| match item {
        Item::Input(it) => {
            let marks = [(it.optional, " optional"), (it.secret, " secret")];
            let marks: String = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
            let written = it.type_text.as_deref().unwrap_or("-");
            format!("param {} {written} = {}{marks}", it.name.name, optional(&it.default))
        }
        Item::Local(it) => {
            let exported = if it.exported { " exported" } else { "" };
            format!("var {} = {}{exported}", it.name.name, shown(&it.value))
        }
        Item::Output(it) => {
            let secret = if it.secret { " secret" } else { "" };
            format!("output {} = {}{secret}", it.name.name, shown(&it.value))
        }
        Item::Resource(it) => made("resource", it),
        Item::Module(it) => made("module", it),
        Item::Assignment(it) => format!("{} = {}", it.name.name, shown(&it.value)),
        Item::Using(path) => format!("using {}", optional(path)),
        Item::TargetScope(value) => format!("targetScope {}", shown(value)),
        Item::Function { name, parameters, body } => {
            format!("func {}({}) => {}", name.name, parameters.join(", "), shown(body))
        }
        Item::Import(it) => format!("import {:?} as {:?} from {}", it.names, it.all_as, shown(&it.path)),
        Item::Other { keyword, .. } => format!("other {keyword}"),
        Item::Provider { .. } | Item::Terraform(_) | Item::Plan(_) => "no Bicep".into(),
    });
    lines.collect()
}

fn made(word: &str, it: &Declaration) -> String {
    let mut out = format!("{word} {} {}", it.name.name, it.type_name.name);
    if let Some(version) = &it.api_version {
        let _ = write!(out, "@{version}");
    }
    if it.existing {
        out.push_str(" existing");
    }
    match &it.repeat {
        Some(Repeat::Loop { item, index, collection }) => {
            let _ = write!(out, " for {item},{} in {}", index.as_deref().unwrap_or("-"), shown(collection));
        }
        Some(_) => out.push_str(" another repeat"),
        None => {}
    }
    let rest = [("if", &it.condition), ("after", &it.depends_on), ("from", &it.source), ("batch", &it.batch_size)];
    for (word, expr) in rest {
        if let Some(expr) = expr {
            let _ = write!(out, " {word} {}", shown(expr));
        }
    }
    let _ = write!(out, " = {}", shown(&it.body));
    for nested in &it.nested {
        let _ = write!(out, " + <{}>", made("resource", nested));
    }
    out
}

fn value(written: &str) -> String {
    let read = whole(&format!("var x = {written}\n"));
    let Some(Item::Local(local)) = read.program.items.first() else { panic!("{written} is a value") };
    shown(&local.value)
}

#[test]
fn each_declaration_becomes_its_item() {
    for (written, expected) in [
        ("param a string", "param a string = -"),
        ("param a string = 'b'", "param a string = text(\"b\")"),
        ("param a string?", "param a string? = - optional"),
        ("param a (string?)[]", "param a (string?)[] = -"),
        ("param a 'b' | 'c'?", "param a 'b' | 'c'? = - optional"),
        ("param a ('b' | null)", "param a ('b' | null) = - optional"),
        ("@secure()\nparam a string", "param a string = - secret"),
        ("@sys.secure()\n@description('b')\nparam a string", "param a string = - secret"),
        ("var a = 1", "var a = 1"),
        ("var a string = 'b'", "var a = text(\"b\")"),
        ("@export()\nvar a = 1", "var a = 1 exported"),
        ("output a int = 1", "output a = 1"),
        ("@secure()\noutput a string = b", "output a = b secret"),
        ("targetScope = 'subscription'", "targetScope text(\"subscription\")"),
        ("func f(a string, b int[]) string => a", "func f(a, b) => a"),
        ("import { a, b as c, 'd-e' as f } from 'g'", {
            "import [(\"a\", \"a\"), (\"b\", \"c\"), (\"d-e\", \"f\")] as None from text(\"g\")"
        }),
        ("import * as a from 'b'", "import [] as Some(\"a\") from text(\"b\")"),
        ("type a = string", "other type"),
        ("metadata a = 1", "other metadata"),
        ("assert a = true", "other assert"),
        ("test a 'b' = {}", "other test"),
        ("extension a", "other extension"),
        ("provider 'a'", "other provider"),
        ("@description('b')\nimport 'a' as b", "other import"),
    ] {
        assert_eq!(items(&whole(written).program), [expected], "{written}");
    }
}

#[test]
fn a_parameter_is_optional_where_its_type_is_named_and_takes_null() {
    for (types, expected) in [
        ("type b = c\ntype c = 'd'?", "param a b = - optional"),
        ("type b = c\ntype c = string", "param a b = -"),
        ("type b = b", "param a b = -"),
    ] {
        let read = whole(&format!("{types}\nparam a b\n"));
        assert_eq!(items(&read.program).last().map(String::as_str), Some(expected), "{types}");
    }
}

#[test]
fn a_parameter_file_gives_values() {
    let text = "using './main.bicep'\nextends 'base.bicepparam'\nparam a = 'b'\nvar c = 1\n";
    let read = read_as("main.bicepparam", text, Limits::default());
    assert_eq!(read.faults(), [""; 0]);
    assert_eq!(read.program.shape, Shape::Values);
    assert_eq!(
        items(&read.program),
        [
            "using text(\"./main.bicep\")",
            "import [] as Some(\"\") from text(\"base.bicepparam\")",
            "a = text(\"b\")",
            "var c = 1",
        ]
    );
    let none = read_as("main.bicepparam", "using none\n", Limits::default());
    assert_eq!(items(&none.program), ["using -"]);
}

#[test]
fn what_stands_in_the_wrong_kind_of_file_is_said() {
    let read = read_as("main.bicepparam", "param a string\nresource b 'c@d' = {}\n", Limits::default());
    assert_eq!(items(&read.program), [""; 0]);
    assert_eq!(read.faults().len(), 2);
    let read = bicep("using 'a'\n");
    assert_eq!(read.faults(), ["0: only a parameter file has this"]);
}

#[test]
fn resources_and_modules_keep_what_is_said_of_them() {
    for (written, expected) in [
        ("resource a 'b/c@d' = {\n  name: 'e'\n}", "resource a b/c@d = {name: text(\"e\")}"),
        ("resource a 'b/c@d' existing = {\n  name: 'e'\n}", "resource a b/c@d existing = {name: text(\"e\")}"),
        ("resource a 'b/c' = if (d) {}", "resource a b/c if d = {}"),
        ("resource a 'b/c' = [for x in y: {}]", "resource a b/c for x,- in y = {}"),
        ("resource a 'b/c' = [for (x, i) in y: if (z) {}]", "resource a b/c for x,i in y if z = {}"),
        ("@batchSize(2)\nresource a 'b/c' = [for x in y: {}]", "resource a b/c for x,- in y batch 2 = {}"),
        ("resource a 'b/c' = {\n  dependsOn: [d]\n  tags: e\n}", "resource a b/c after [d] = {tags: e}"),
        ("module a './b.bicep' = {\n  params: {\n    c: d\n  }\n}", {
            "module a  from text(\"./b.bicep\") = {params: {c: d}}"
        }),
        ("module a 'br/public:b:1' = if (c) {}", "module a  if c from text(\"br/public:b:1\") = {}"),
        ("resource a 'b/c@d' = {\n  resource e 'f' = {\n    resource g 'h@i' existing = {}\n  }\n  name: j\n}", {
            "resource a b/c@d = {name: j} + <resource e f = {} + <resource g h@i existing = {}>>"
        }),
        ("resource a 'b/c' = [for x in y: {\n  resource e 'f' = [for z in x: {}]\n}]", {
            "resource a b/c for x,- in y = {} + <resource e f for z,- in x = {}>"
        }),
    ] {
        assert_eq!(items(&whole(written).program), [expected], "{written}");
    }
}

#[test]
fn expressions_take_their_forms() {
    for (written, expected) in [
        ("null", "null"),
        ("true", "true"),
        ("-7", "-7"),
        ("a.b.?c", "a.b.?c"),
        ("a['b'][?0][^1][?^2]", "a[text(\"b\")][?0][^1][?^2]"),
        ("a::b::c.d", "a::b::c.d"),
        ("a!.b", "a.b"),
        ("((a))", "a"),
        ("f(a, b)", "f(a, b)"),
        ("a.f(b)", "a.f(b)"),
        ("sys.f(a)", "f(a)"),
        ("az.resourceGroup().location", "resourceGroup().location"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("a ?? b ?? c", "((a Coalesce b) Coalesce c)"),
        ("a =~ b && c !~ d", "((a Like b) And (c NotLike d))"),
        ("a || b == c", "(a Or (b Equal c))"),
        ("a != b", "(a NotEqual b)"),
        ("a <= b", "(a LessOrEqual b)"),
        ("a - b * c % d / e + 1", "((a Minus (((b Times c) Modulo d) Over e)) Plus 1)"),
        ("!a.b", "!a.b"),
        ("x => x.y", "(x) => x.y"),
        ("map(a, (x, i) => i)", "map(a, (x, i) => i)"),
        ("() => 1", "() => 1"),
        ("[a, ...b]", "[a, ...b]"),
        ("[\n  a // Why.\n  #disable-next-line b\n  c\n]", "[a, c]"),
        ("{ a: 1, 'b-c': 2, 'd\\${e': 3 }", "{a: 1, b-c: 2, d${e: 3}"),
        ("{\n  '${a}-b': 1\n  ...c\n}", "{text(${a} \"-b\"): 1, ...c}"),
        ("[for x in y: x]", "for(x in y: x)"),
        ("{ a: [for (x, i) in y: { b: i }] }", "{a: for(x, i in y: {b: i})}"),
    ] {
        assert_eq!(value(written), expected, "{written}");
    }
}

#[test]
fn texts_are_what_they_say() {
    for (written, expected) in [
        ("''", "text()"),
        ("'a'", "text(\"a\")"),
        ("'a\\'b\\\\c\\n\\r\\t\\$d'", r#"text("a'b\\c\n\r\t$d")"#),
        ("'\\u{1F600}\\u{41}'", "text(\"😀A\")"),
        ("'\\u{d800}'", "text(\"\u{fffd}\")"),
        ("'${a}'", "text(${a})"),
        ("'a${b}c${d.e}'", "text(\"a\" ${b} \"c\" ${d.e})"),
        ("'${'${a}'}'", "text(${text(${a})})"),
        ("' $a $${b} '", "text(\" $a $\" ${b} \" \")"),
        ("'''a\\n${b}'''", r#"text("a\\n${b}")"#),
        ("'''\n  a\n'''", r#"text("  a\n")"#),
        ("'''\r\na'''", "text(\"a\")"),
        ("'''\n\na'''", r#"text("\na")"#),
        ("''''a''''", "text(\"'a'\")"),
        ("$'''\n${a}\n'''", r#"text(${a} "\n")"#),
        ("$$'''${a}$${b}'''", "text(\"${a}\" ${b})"),
        ("'å${a}ß'", "text(\"å\" ${a} \"ß\")"),
    ] {
        assert_eq!(value(written), expected, "{written}");
    }
}

#[test]
fn numbers_keep_their_digits() {
    assert_eq!(value("9223372036854775807"), "9223372036854775807");
    let read = bicep(&format!("var a = {}\n", "9".repeat(100)));
    assert_eq!(items(&read.program), ["var a = broken"]);
    assert_eq!(read.faults(), ["8: this number is larger than any that Bicep knows"]);
}

#[test]
fn spans_are_what_is_written() {
    let text = "@description('å')\nresource a 'b/c@d' existing = {\n  name: 'e${f.g}h'\n  i: (1 + 2)\n}\n";
    let read = whole(text);
    let it = read.resource();
    let at = |span| read.sources.text(span);
    assert_eq!(at(it.head), "resource a 'b/c@d' existing");
    assert_eq!(at(it.span), text.trim_end());
    assert_eq!(at(it.name.span), "a");
    assert_eq!(at(it.type_name.span), "'b/c@d'");
    assert!(read.text(&it.body).starts_with("{\n") && read.text(&it.body).ends_with('}'));
    let name = it.body.field("name").expect("written");
    assert_eq!(read.text(name), "'e${f.g}h'");
    let mut parts = Vec::new();
    name.each_child(&mut |part| parts.push(read.text(part)));
    assert_eq!(parts, ["f.g"]);
    assert_eq!(read.text(it.body.field("i").expect("written")), "1 + 2");
}

#[test]
fn a_byte_order_mark_is_skipped_and_counted() {
    let read = whole("\u{feff}var a = b\n");
    let Some(Item::Local(local)) = read.program.items.first() else { panic!("a variable") };
    assert_eq!(read.text(&local.value), "b");
    assert_eq!(local.value.span.start, 11);
}

#[test]
fn comments_and_directives_are_listed() {
    let text = "// One.\n#disable-next-line a-b\nvar a = [ /* Two. */\n  1 // Three.\n]\n";
    let read = whole(text);
    let comments: Vec<String> = read.program.comments.iter().map(|span| read.sources.text(*span)).collect();
    assert_eq!(comments, ["// One.", "#disable-next-line a-b", "/* Two. */", "// Three."]);
}

#[test]
fn what_a_template_of_parameters_puts_in_is_a_text() {
    let text = "using 'main.bicep'\nparam on = {{ .aks.on }}\nparam all = [\n  {{ .a }}\n  '{{ .b }}'\n]\nparam two = {{ .a }}{{ .b }}\n";
    let read = read_as("main.tmpl.bicepparam", text, Limits::default());
    assert_eq!(read.faults(), [""; 0]);
    let values = read.program.items.iter().filter_map(|item| match item {
        Item::Assignment(assignment) => Some(shown(&assignment.value)),
        _ => None,
    });
    assert_eq!(
        values.collect::<Vec<_>>(),
        [r#"text("{{ .aks.on }}")"#, r#"[text("{{ .a }}"), text("{{ .b }}")]"#, r#"text("{{ .a }}{{ .b }}")"#]
    );
    for text in ["param on = {{ .aks.on }}\n", "param on = {{\n}}\n"] {
        let path = if text.contains("on }}") { "main.bicep" } else { "main.bicepparam" };
        assert!(!read_as(path, text, Limits::default()).faults().is_empty(), "{path}");
    }
}

/// The comments of a tree, by a walk through all of it.
fn comments_in(node: tree_sitter::Node, found: &mut Vec<std::ops::Range<usize>>) {
    if matches!(node.kind(), "comment" | "diagnostic_pragma") {
        found.push(node.byte_range());
    }
    let mut cursor = node.walk();
    node.children(&mut cursor).for_each(|child| comments_in(child, found));
}

#[test]
fn the_scan_and_the_tree_have_the_same_comments() {
    let tricky = [
        "var a = 'https://x/*y' // One ' two\nvar b = '/* ${ /* in */ c} */'\n",
        "var a = '''\n// no\n# no\n''' /* yes */\nvar b = $'''${ c /* ' */ }// no\n'''\n",
        "var a = $$'''${b} // no $${ c /* yes */ }'''\n#disable-diagnostics a b // and this\r\n/**/var c = 1",
        "\u{feff}// First.\n\t #restore-diagnostics a \nvar a = b /* x\n y */ // z\n",
        "var a = 1 / 2 /* /* not nested */\nvar b = 'it\\'s // no' // yes\n//",
    ];
    let whole = |text: &str| {
        let scan = super::scan::scan(text, Shape::Declarations, Limits::default());
        let tree = super::parse(&scan.bytes);
        let mut walked = Vec::new();
        comments_in(tree.root_node(), &mut walked);
        (!tree.root_node().has_error()).then_some((scan.comments, walked))
    };
    for text in tricky {
        let (scanned, walked) = whole(text).unwrap_or_else(|| panic!("a text without errors: {text}"));
        assert_eq!(scanned, walked, "{text}");
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let sources = Sources::below(&root, crate::source::MAX_FILE_SIZE);
    let paths = sources.find("", &|path| path.ends_with(".bicep"));
    assert!(paths.len() > 100, "the fixtures are there");
    for path in paths {
        let file = sources.open(&path).expect("a text");
        if let Some((scanned, walked)) = whole(&sources.file(file).text) {
            assert_eq!(scanned, walked, "{path}");
        }
    }
}

#[test]
fn what_is_broken_keeps_its_name_and_loses_its_value() {
    for (written, expected, faults) in [
        ("var a =", "var a = broken", "expected a value"),
        ("var a = b +", "var a = broken", "expected a value after `+`"),
        ("var a = b.", "var a = broken", "expected a name after `.`"),
        ("var a = f(b,", "var a = broken", "expected `)` for `(`"),
        ("var a = (b", "var a = broken", "expected `)` for `(`"),
        ("var a = b c", "var a = broken", "unexpected `b`"),
        ("var a = b = c", "var a = broken", "unexpected `=`"),
        ("var a = 'b", "var a = broken", "expected `'` for `'`"),
        ("var a = 'b\\qc'", "var a = broken", "there is no escape `\\q`"),
        ("var a = {\n  b: 1", "var a = broken", "expected `}` for `{`"),
        ("var a = { b: 1 }}", "var a = broken", "unexpected `}`"),
        ("var a = [\n  1\n  2 3\n]", "var a = broken", "unexpected `3`"),
        ("var a = {\n  b:\n  c: 2\n}", "var a = {b: broken, c: 2}", "expected a value"),
        ("var a = {\n  b: 1 c\n  d: 2\n}", "var a = {...broken, b: broken, d: 2}", "unexpected `c`"),
        ("var a = {\n  b: 1\n  c\n  d: 2\n}", "var a = {...broken, b: 1, d: 2}", "unexpected `c`"),
        ("param a", "param a - = -", "expected a type"),
        ("param a string =", "param a string = broken", "expected a value after `=`"),
        ("output a string =", "output a = broken", "expected a value"),
        ("func f() string =>", "func f() => broken", "expected a value"),
        (
            "resource a 'b/c@d' = {\n  name: 'e'\n  p: {\n    q: @\n  }\n}",
            { "resource a b/c@d = {name: text(\"e\"), p: {...broken}}" },
            "unexpected `q`",
        ),
        ("resource a 'b/c@d' = {\n  name: 'e'\n", "resource a b/c@d = broken", "expected `}` for `{`"),
        ("resource a 'b/c@d' = {\n  name: f(g\n  h: 1\n}", "resource a b/c@d = broken", "expected `)` for `(`"),
        (
            "module a 'b' = {\n  params: {\n    c:\n  }\n}",
            { "module a  from text(\"b\") = {params: {c: broken}}" },
            "expected a value",
        ),
    ] {
        let read = bicep(&format!("var before = 1\n{written}\nvar after = 2\n"));
        assert_eq!(items(&read.program), ["var before = 1", expected, "var after = 2"], "{written}");
        let told: Vec<String> =
            read.faults().iter().filter_map(|fault| Some(fault.split_once(": ")?.1.to_string())).collect();
        assert_eq!(told, [faults], "{written}");
    }
}

#[test]
fn what_has_no_certain_name_is_lost_alone() {
    for written in [
        "wrong",
        "param",
        "var",
        "resource a 'b' =",
        "resource a 'b' = if (true)",
        "var x = ]]",
        "resource 'b' = {}",
        "@description('a'",
        "import { a from 'b'",
        "@@@",
        "}",
        "''",
        "var 1 = 2",
    ] {
        let read = bicep(&format!("var before = 1\n{written}\nvar after = 2\n"));
        assert_eq!(items(&read.program), ["var before = 1", "var after = 2"], "{written}");
        assert!(!read.faults().is_empty(), "{written}");
    }
}

#[test]
fn a_body_without_its_end_draws_no_resource_in() {
    let text = "resource a 'b/c@d' = {\n  name: {\n}\nresource e 'f/g@h' = {\n  name: 'i'\n}\n";
    let read = bicep(text);
    assert_eq!(items(&read.program), ["resource a b/c@d = broken", "resource e f/g@h = {name: text(\"i\")}"]);
    assert_eq!(read.faults().len(), 1);
}

#[test]
fn a_sample_cut_off_anywhere_is_read() {
    let sample = "\u{feff}targetScope = 'å'\n@secure()\nparam a string = 'b${c('d', [1, ...e])}f\\u{41}'\n// One.\n\
        resource g 'h/i@j' = [for (x, k) in y: if (x.?z ?? true) {\n  name: $'''\n  ${k}'''\n  resource l 'm' = {\n\
        \x20   n: o[?0]!.p::q ? -1 : map(r, s => !s)\n  }\n  dependsOn: [a]\n}]\n#disable-next-line t\n\
        import { u as v } from 'w'\nfunc f(a int) int => a\n";
    for cut in 0..=sample.len() {
        if let Some(text) = sample.get(..cut) {
            bicep(text);
            read_as("a.bicepparam", text, Limits::default());
        }
        if let Some(text) = sample.get(cut..) {
            bicep(text);
        }
    }
    whole(sample);
}

#[test]
fn what_nests_too_deeply_is_refused_and_the_rest_is_read() {
    let count = 100_000;
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("{a:", "}"),
        ("f(", ")"),
        ("'${", "}'"),
        ("[", ""),
        ("!", ""),
        ("-", ""),
        ("", "!"),
        ("a ? b : ", ""),
        ("", ".a"),
        ("", "[0]"),
        ("", "::a"),
        ("a ?? ", ""),
        ("a + ", ""),
        ("x => ", ""),
        ("[for x in ", ": x]"),
        ("if (", ") {}"),
    ] {
        let text = format!(
            "var before = 1\n// Stays.\n@description('a')\nvar deep = {}a{}\nvar after = 2\n",
            open.repeat(count),
            close.repeat(count)
        );
        let read = bicep(&text);
        assert_eq!(items(&read.program), ["var before = 1", "var after = 2"], "{open} {close}");
        assert_eq!(read.faults().len(), 1, "{open} {close}: {:?}", &read.faults()[..2]);
        assert_eq!(read.program.comments.len(), 1);
    }
}

#[test]
fn chains_as_long_as_the_limits_allow_are_read() {
    for (open, close) in
        [("", ".a"), ("", "[0]"), ("a ? b : ", ""), ("a + ", ""), ("x => ", ""), ("", "!"), ("", "::a"), ("a ??", "")]
    {
        let text = format!("var deep = {}a{}\n", open.repeat(1000), close.repeat(1000));
        let read = bicep(&text);
        assert_eq!(read.faults(), [""; 0], "{open} {close}");
        assert_eq!(read.program.items.len(), 1);
    }
    for (open, close) in [("[", "]"), ("f(", ")"), ("{a:", "}"), ("'${", "}'"), ("[for x in a: ", "]")] {
        let text = format!("var deep = {}a{}\n", open.repeat(250), close.repeat(250));
        assert_eq!(bicep(&text).faults(), [""; 0], "{open} {close}");
        let limits = Limits { max_depth: 10_000, max_chain: 10_000 };
        let text = format!("var deep = {}a{}\n", open.repeat(3000), close.repeat(3000));
        assert_eq!(read_as("a.bicep", &text, limits).faults(), [""; 0], "{open} {close}");
    }
}

#[test]
fn the_operators_of_a_sum_lean_left() {
    let read = whole("var x = a - b - c\n");
    let Some(Item::Local(local)) = read.program.items.first() else { panic!("a variable") };
    let ExprKind::Binary { left, operator: Operator::Minus, .. } = &local.value.kind else { panic!("a difference") };
    assert_eq!(read.text(left), "a - b");
}
