//! Templates and what they are read into, by the texts of the nodes.

use super::super::{Expr, ExprKind, Item, Limits, Part, Program, Repeat};
use crate::source::Sources;

fn read(text: &str) -> (Sources, Program) {
    let sources = Sources::of_texts([("main.json", text)]);
    let file = sources.open("main.json").expect("the text was handed over");
    let program = super::super::read(&sources, file, Limits::default());
    (sources, program)
}

/// A template with these members beside its schema.
fn template(members: &str) -> String {
    let schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";
    format!("{{\"$schema\": \"{schema}\", \"contentVersion\": \"1.0.0.0\", {members}}}")
}

/// The items of a template that has no faults.
fn items(members: &str) -> (Sources, Vec<Item>) {
    let (sources, program) = read(&template(members));
    assert!(program.faults.is_empty(), "{:?}", program.faults);
    (sources, program.items)
}

/// The value of the variable `x` that is written as this expression.
fn formula(text: &str) -> Expr {
    let (_, items) = items(&format!("\"variables\": {{\"x\": \"[{text}]\"}}"));
    match items.into_iter().next() {
        Some(Item::Local(local)) => local.value,
        other => panic!("a variable, not {other:?}"),
    }
}

fn declarations(items: &[Item]) -> Vec<&super::super::Declaration> {
    let declaration = |item| match item {
        &Item::Resource(ref declaration) | &Item::Module(ref declaration) => Some(&**declaration),
        _ => None,
    };
    items.iter().filter_map(declaration).collect()
}

#[test]
fn other_json_is_no_template() {
    for text in [
        "{\"contentVersion\": 1}",
        "[{\"resources\": [], \"contentVersion\": \"1\"}]",
        "{\"x\": {\"resources\": [], \"contentVersion\": \"1\"",
        "\"deploymentTemplate.json\"",
        "",
    ] {
        let (_, program) = read(text);
        assert!(program.items.is_empty() && program.faults.is_empty(), "{text}");
    }
}

#[test]
fn the_parts_of_an_expression_have_their_places() {
    let text = template("\"variables\": {\"x\": \"[concat('a\\u0062', variables( 'y' ).z)]\"}");
    let (sources, program) = read(&text);
    let Some(Item::Local(local)) = program.items.first() else { panic!("a variable") };
    assert_eq!(sources.text(local.value.span), "concat('a\\u0062', variables( 'y' ).z)");
    let ExprKind::Call { arguments, function_span, .. } = &local.value.kind else { panic!("a call") };
    let written: Vec<String> = arguments.iter().map(|argument| sources.text(argument.span)).collect();
    assert_eq!(written, ["'a\\u0062'", "variables( 'y' ).z"]);
    assert_eq!(sources.text(*function_span), "concat");
    assert_eq!(arguments[0].as_literal(), Some("ab"));
}

#[test]
fn a_mistake_in_an_expression_costs_its_value() {
    let (sources, program) =
        read(&template("\"variables\": {\"x\": \"[concat('a' 'b')]\", \"y\": \"[f(]\", \"z\": 1}"));
    assert_eq!(program.items.len(), 3);
    let faults: Vec<String> =
        program.faults.iter().map(|f| format!("{}: {}", sources.text(f.span), f.message)).collect();
    assert_eq!(faults, ["': expected `,` or `)`", ": expected a function, a text or a number"]);
}

#[test]
fn two_brackets_are_one_and_half_an_expression_is_a_text() {
    let (_, items) = items("\"variables\": {\"a\": \"[[x]\", \"b\": \"[x\", \"c\": \"['it''s']\", \"d\": \"x]\"}");
    let texts: Vec<&str> = items
        .iter()
        .filter_map(|item| match item {
            Item::Local(local) => local.value.as_literal(),
            _ => None,
        })
        .collect();
    assert_eq!(texts, ["[x]", "[x", "it's", "x]"]);
}

#[test]
fn calls_become_the_forms_that_bicep_has_for_them() {
    assert!(matches!(formula("if(true(), 1, 2)").kind, ExprKind::If { .. }));
    assert!(matches!(formula("AND(true(), false(), not(true()))").kind, ExprKind::Binary { .. }));
    assert!(matches!(formula("createObject('a', 1)").kind, ExprKind::Object(fields) if fields.len() == 1));
    assert!(matches!(formula("tryGet(f(), 'a', 0)").kind, ExprKind::Index { safe: true, .. }));
    assert!(matches!(formula("map(f(), lambda('i', lambdaVariables('i')))").kind, ExprKind::Call { .. }));
    let ExprKind::Text(parts) = formula("format('{0}-{{{1}}}', f(), 1)").kind else { panic!("a text") };
    let literals: Vec<&str> = parts
        .iter()
        .map(|part| match part {
            Part::Literal(text) => text.as_str(),
            Part::Expr(_) => "*",
        })
        .collect();
    assert_eq!(literals, ["*", "-{", "*", "}"]);
    // What pads or stands twice stays a call.
    assert!(matches!(formula("format('{0:D3}', 1)").kind, ExprKind::Call { .. }));
    assert!(matches!(formula("format('{0}{0}', 1)").kind, ExprKind::Call { .. }));
}

#[test]
fn resources_in_a_list_get_symbols_from_their_types_and_names() {
    let (_, items) = items(
        r#""resources": [
            {"type": "Microsoft.Network/virtualNetworks", "apiVersion": "2024-05-01", "name": "[concat(parameters('prefix'), '-hub')]",
             "resources": [{"type": "subnets", "name": "aks", "condition": false}]},
            {"type": "Microsoft.Network/routeTables", "name": "a"}, {"type": "Microsoft.Network/routeTables", "name": "a"}]"#,
    );
    let found: Vec<(&str, &str)> =
        declarations(&items).into_iter().map(|d| (d.name.name.as_str(), d.type_name.name.as_str())).collect();
    let expected = [
        ("virtualNetworks_prefix_hub", "Microsoft.Network/virtualNetworks"),
        ("subnets_prefix_hub_aks", "Microsoft.Network/virtualNetworks/subnets"),
        ("routeTables_a", "Microsoft.Network/routeTables"),
        ("routeTables_a_2", "Microsoft.Network/routeTables"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn symbolic_names_are_names() {
    let (_, items) = items(
        r#""languageVersion": "2.0", "resources": {
            "vnet": {"type": "Microsoft.Network/virtualNetworks", "existing": true, "name": "v"},
            "hub": {"type": "Microsoft.Resources/deployments", "name": "h", "properties": {"template": {"resources": {}}}},
            "a": {"type": "x/y", "name": "[reference('vnet').dhcpOptions]", "b": "[reference('hub').outputs.id.value]",
                  "dependsOn": ["hub", "vnet[0]", "[format('vnet[{0}]', copyIndex())]"], "copy": {"name": "l", "count": 2}}}"#,
    );
    let found = declarations(&items);
    assert!(found[0].existing);
    let ExprKind::Get { object, key, .. } = &found[2].body.field("name").expect("a name").kind else { panic!("a get") };
    assert!(key == "dhcpOptions" && matches!(&object.kind, ExprKind::Get { key, .. } if key == "properties"));
    // `.value` is a matter of templates.
    let ExprKind::Get { key, .. } = &found[2].body.field("b").expect("a member").kind else { panic!("a get") };
    assert_eq!(key, "id");
    let Some(ExprKind::List(list)) = found[2].depends_on.as_ref().map(|list| &list.kind) else { panic!("a list") };
    let names: Vec<bool> = list.iter().map(|item| matches!(item.expr().kind, ExprKind::Name(_))).collect();
    assert_eq!(names, [true, false, false]);
    assert!(matches!(&found[2].repeat, Some(Repeat::Loop { index: Some(index), .. }) if index == "copyIndex('l')"));
}

#[test]
fn types_that_are_defined_say_what_is_secret_and_what_may_be_null() {
    let (_, items) = items(
        r##""definitions": {"key": {"type": "secureString", "nullable": true}, "other": {"$ref": "#/definitions/key"}},
            "parameters": {"a": {"$ref": "#/definitions/other"}, "b": {"type": "SECURESTRING"}, "c": {"$ref": "#/definitions/no"}}"##,
    );
    let found: Vec<(bool, bool)> = items
        .iter()
        .filter_map(|item| match item {
            Item::Input(input) => Some((input.secret, input.optional)),
            _ => None,
        })
        .collect();
    assert_eq!(found, [(true, true), (true, false), (false, false)]);
}

#[test]
fn no_cut_of_a_template_panics() {
    let text = template(
        r#""variables": {"copy": [{"name": "é", "count": 2, "input": "[[é]"}], "x": "[concat('é\u00e9', createArray(1)[copyIndex('é', 1)])]"},
           "functions": [{"namespace": "n", "members": {"f": {"parameters": [{"name": "p"}], "output": {"value": "[parameters('p')]"}}}}],
           "resources": [{"type": "Microsoft.Resources/deployments", "name": "x", "properties": {"template": {"resources": [{}]}}}, 1, null],
           "outputs": {"o": {"copy": {"count": 1, "input": "[copyIndex()]"}, "condition": "[n.f(1)]"}} // é"#,
    );
    for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
        read(&text[..end]);
    }
}

#[test]
fn what_nests_too_deeply_is_refused_whatever_it_is() {
    let deep = "f(".repeat(100_000);
    let (_, program) = read(&template(&format!("\"variables\": {{\"x\": \"[{deep}]\"}}")));
    assert_eq!(program.faults[0].message, "nested deeper than 256 levels (--max-depth)");
    let chain = ".a".repeat(100_000);
    let (_, program) = read(&template(&format!("\"variables\": {{\"x\": \"[f(){chain}]\"}}")));
    assert_eq!(program.faults[0].message, "more than 1024 operators and accesses in one expression");
}
