//! In: JSON. Out: the values that a parameter file of ARM or a `.tfvars.json` gives, with the place of each.
//! Never: interprets a text; in both kinds of file a text is what it is, whatever it looks like.
//!
//! ```json
//! { "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
//!   "parameters": { "location": { "value": "westeurope" }, "key": { "reference": { "secretName": "k" } } } }
//! ```
//!
//! A value that stands in a key vault is a call of [`KEY_VAULT_REFERENCE`] with the reference as its argument.
//! JSON of any other kind is an empty program.

use super::expression::{Expr, ExprKind};
use super::item::{Assignment, Dialect, Fault, Item, Label, Program, Shape};
use super::nesting::Limits;
use super::tree::{self, Form, Member, Node};
use crate::source::{FileId, Sources, Span, extension_of};
use crate::value::SmolStr;

/// The function that stands for what a key vault holds: nobody knows its value before the deployment.
pub const KEY_VAULT_REFERENCE: &str = "__keyVaultReference";

/// Reads one text.
pub fn read(sources: &Sources, file: FileId, limits: Limits) -> Program {
    let source = sources.file(file);
    let mut program = Program {
        file,
        dialect: Dialect::Bicep,
        shape: Shape::Declarations,
        items: Vec::new(),
        faults: Vec::new(),
        comments: Vec::new(),
    };
    if source.path.ends_with(".tfvars.json") {
        program.dialect = Dialect::Terraform;
        program.shape = Shape::Values;
        // HCL's JSON has no comments (https://github.com/hashicorp/hcl/blob/main/json/spec.md).
        let read = tree::read(file, &source.text, Form::Strict, limits).whole();
        tfvars(read.and_then(object), &mut program);
    } else if extension_of(&source.path) == "json" && source.text.contains("\"parameters\"") {
        let read = tree::read(file, &source.text, Form::Commented, limits);
        program.comments.clone_from(&read.comments);
        let declared = source.text.to_ascii_lowercase().contains("deploymentparameters.json");
        parameters(read.whole().and_then(object), declared, &mut program);
    }
    program
}

/// A root that is an object.
fn object(root: Node) -> Result<Node, Fault> {
    let (span, message) = (root.span.head(), "expected an object".to_string());
    if root.is_object() { Ok(root) } else { Err(Fault { span, message, opened: None }) }
}

fn tfvars(root: Result<Node, Fault>, program: &mut Program) {
    match root {
        // A key of two slashes is a comment (https://github.com/hashicorp/hcl/blob/main/json/spec.md).
        Ok(root) => root.last_of_each().into_iter().filter(|member| member.key.text != "//").for_each(|member| {
            let value = value(&member.value, program);
            assign(member, value, program);
        }),
        Err(fault) => program.faults.push(fault),
    }
}

/// The values of a parameter file. Without a schema that declares it one, it must look like one.
fn parameters(root: Result<Node, Fault>, declared: bool, program: &mut Program) {
    if !declared && !root.as_ref().is_ok_and(is_parameter_file) {
        return;
    }
    program.shape = Shape::Values;
    let root = match root {
        Ok(root) => root,
        Err(fault) => return program.faults.push(fault),
    };
    let Some(parameters) = root.get("parameters") else { return };
    if !parameters.is_object() {
        return refuse(parameters.span, "expected an object of parameters", program);
    }
    for member in parameters.last_of_each() {
        parameter(member, program);
    }
}

/// `"name": { "value": … }`, `"name": { "reference": { "keyVault": …, "secretName": … } }`.
fn parameter(parameter: &Member, program: &mut Program) {
    if !parameter.value.is_object() {
        return refuse(parameter.value.span, "expected `{ \"value\": … }`", program);
    }
    if let Some(node) = parameter.value.get("value") {
        let value = value(node, program);
        assign(parameter, value, program);
    } else if let Some(member) = parameter.value.members().iter().rev().find(|member| member.key.text == "reference") {
        let call = ExprKind::Call {
            function: SmolStr::new(KEY_VAULT_REFERENCE),
            function_span: key_span(member),
            receiver: None,
            arguments: vec![value(&member.value, program)],
            spread: false,
        };
        assign(parameter, Expr::new(call, member.value.span), program);
    }
}

fn assign(member: &Member, value: Expr, program: &mut Program) {
    let name = Label { name: SmolStr::new(&member.key.text), span: key_span(member) };
    program.items.push(Item::Assignment(Assignment { name, value }));
}

/// A value as it is. What is no number that can be held is a fault.
fn value(node: &Node, program: &mut Program) -> Expr {
    fn note(expr: &Expr, program: &mut Program) {
        if matches!(expr.kind, ExprKind::Broken) {
            refuse(expr.span, "this value cannot be read", program);
        }
        expr.each_child(&mut |child| note(child, program));
    }
    let value = node.literal();
    note(&value, program);
    value
}

fn refuse(span: Span, message: &str, program: &mut Program) {
    program.faults.push(Fault { span, message: message.into(), opened: None });
}

/// Where a key stands, quotes included; its value where the key has escapes.
fn key_span(member: &Member) -> Span {
    if member.key.places.is_some() { member.value.span } else { member.key.span }
}

/// Without a schema: `parameters` is all that there is, and each gives a value.
fn is_parameter_file(root: &Node) -> bool {
    let known = ["parameters", "contentVersion", "metadata"];
    let gives = |member: &Member| {
        member.value.members().iter().any(|member| matches!(&*member.key.text, "value" | "reference"))
    };
    let parameters = root.members().iter().find(|member| member.key.text == "parameters");
    root.members().iter().all(|member| known.contains(&&*member.key.text))
        && parameters.map(|member| member.value.members()).is_some_and(|all| !all.is_empty() && all.iter().all(gives))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as(path: &str, text: &str) -> (Sources, Program) {
        let sources = Sources::of_texts([(path, text)]);
        let file = sources.open(path).expect("the text was handed over");
        let program = read(&sources, file, Limits::default());
        (sources, program)
    }

    /// Each assignment: its name's text, its name, and its value's text.
    fn given(path: &str, text: &str) -> Vec<(String, String, String)> {
        let (sources, program) = read_as(path, text);
        assert!(program.faults.is_empty(), "{:?}", program.faults);
        let assignment = |item: &Item| match item {
            Item::Assignment(a) => {
                Some((sources.text(a.name.span), a.name.name.to_string(), sources.text(a.value.span)))
            }
            _ => None,
        };
        program.items.iter().filter_map(assignment).collect()
    }

    const SCHEMA: &str = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#";

    #[test]
    fn a_parameter_file_gives_values_with_their_places() {
        let text = format!(
            "\u{feff}// one\n{{\"$schema\": \"{SCHEMA}\", \"parameters\": {{\n \
             \"a\": {{\"value\": [1, {{\"b\": \"[c]\"}}]}}, /* two */ \"d\\u0065\": {{\"value\": 1.50}}, \"f\": {{}} }} }}"
        );
        let found = given("main.parameters.json", &text);
        let expected = [("\"a\"", "a", "[1, {\"b\": \"[c]\"}]"), ("{\"value\": 1.50}", "de", "1.50")];
        assert_eq!(found, expected.map(|(a, b, c)| (a.to_string(), b.to_string(), c.to_string())));
        let (_, program) = read_as("main.parameters.json", &text);
        assert_eq!((program.dialect, program.shape), (Dialect::Bicep, Shape::Values));
        assert_eq!(program.comments.len(), 2);
    }

    #[test]
    fn what_a_key_vault_holds_is_a_call() {
        let text = format!("{{\"$schema\": \"{SCHEMA}\", \"parameters\": {{\"a\": {{\"reference\": {{\"x\": 1}}}}}}}}");
        let (_, program) = read_as("a.json", &text);
        let [Item::Assignment(assignment)] = program.items.as_slice() else { panic!("one assignment") };
        let ExprKind::Call { function, arguments, .. } = &assignment.value.kind else { panic!("a call") };
        assert_eq!(function, KEY_VAULT_REFERENCE);
        assert!(arguments.first().is_some_and(|reference| reference.field("x").is_some()));
    }

    #[test]
    fn without_a_schema_it_must_look_like_a_parameter_file() {
        assert_eq!(given("a.json", r#"{"parameters": {"a": {"value": true}}}"#).len(), 1);
        for other in [
            r#"{"parameters": {"a": {"type": "string"}}}"#,
            r#"{"parameters": {"a": {"value": 1}}, "resources": []}"#,
            r#"{"parameters": {}}"#,
            r#"{"$schema": "https://x/deploymentTemplate.json#", "parameters": {"a": {"value": 1}}}"#,
            r#"{"parameters": "#,
            r#"[{"parameters": 1}]"#,
        ] {
            let (_, program) = read_as("a.json", other);
            assert!(program.items.is_empty() && program.faults.is_empty(), "{other}");
            assert_eq!(program.shape, Shape::Declarations);
        }
    }

    #[test]
    fn tfvars_give_literal_texts_and_exact_numbers() {
        let text = r#"{"//": "a comment", "a": "${b}", "c": 123456789012345678901234567890.5, "a": null}"#;
        let found = given("x.tfvars.json", text);
        assert_eq!((found[0].1.as_str(), found[0].2.as_str()), ("a", "null"));
        assert_eq!(found[1].2, "123456789012345678901234567890.5");
        let (_, program) = read_as("x.auto.tfvars.json", r#"{"a": "${b}"}"#);
        let [Item::Assignment(assignment)] = program.items.as_slice() else { panic!("one assignment") };
        assert_eq!(assignment.value.as_literal(), Some("${b}"));
        assert_eq!(program.dialect, Dialect::Terraform);
    }

    #[test]
    fn a_mistake_has_a_place() {
        let (_, program) = read_as("x.tfvars.json", "{\n  \"a\": 1,\n  \"b\": }\n}");
        assert_eq!(program.faults.len(), 1);
        assert_eq!(program.faults[0].span.start, 19);
        let (_, program) = read_as("x.tfvars.json", "{\"a\": \"\\ud800\"} // no");
        assert_eq!(program.faults.len(), 1);
        let (_, program) = read_as("x.tfvars.json", "{\"a\": \"\\ud800\"}");
        assert_eq!(program.faults.len(), 1);
        let (_, program) = read_as("a.json", &format!("{{\"$schema\": \"{SCHEMA}\", \"parameters\": {{"));
        assert_eq!(program.faults.len(), 1);
    }

    #[test]
    fn deep_nesting_is_a_fault() {
        let text = format!("{{\"a\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let (_, program) = read_as("x.tfvars.json", &text);
        assert_eq!(program.faults[0].message, "nested deeper than 256 levels (--max-depth)");
    }

    #[test]
    fn no_cut_of_a_text_panics() {
        let text = format!(
            "\u{feff}/* é */ {{\"$schema\": \"{SCHEMA}\", // x\n\"parameters\": {{\"a\\n\": {{\"value\": [1e3, \"é\\u00e9\"]}}}}}}"
        );
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            read_as("a.json", &text[..end]);
            read_as("a.tfvars.json", &text[..end]);
        }
    }
}
