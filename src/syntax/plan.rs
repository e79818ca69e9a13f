//! In: what `terraform show -json` prints of a plan or a state. Out: both halves of it: which instances there will be
//! with the values that are known, and the configuration that says where the others come from.
//! Never: lays one half over the other; a reader computes nothing.
//!
//! <https://developer.hashicorp.com/terraform/internals/json-format>

use std::collections::HashMap;
use std::sync::Arc;

use super::hcl::Written;
use super::tree::{self, Form, Member, Node, NodeKind};
use super::{
    Declaration, Dialect, Element, Expr, ExprKind, Fault, Field, Input, Item, Label, Limits, Output, Program, Repeat,
    Shape,
};
use crate::source::{FileId, Sources, Span};
use crate::value::{Key, SmolStr};

/// The function that stands for an expression of which a plan only tells what it refers to. Its arguments are these.
pub const REFERENCES: &str = "plan::references";

/// A plan or a state.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The values of the root's variables.
    pub variables: Vec<(Label, Expr)>,
    /// Every instance that there will be, and what is read.
    pub resources: Vec<Planned>,
    /// The outputs of the root whose values are known.
    pub outputs: Vec<(Label, Expr)>,
    /// Where the values come from; a state does not say.
    pub configuration: Option<Module>,
}

/// One instance of a resource or data source.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its address, as Terraform prints it.
    pub address: SmolStr,
    /// The address of its module: `""` for the root, else as in `module.hub["a"]`.
    pub module: SmolStr,
    /// It is read, not made.
    pub existing: bool,
    /// Its type.
    pub type_name: Label,
    /// Its name.
    pub name: Label,
    /// Which instance.
    pub key: Option<Key>,
    /// What is known: an object without the attributes that are not.
    pub values: Expr,
    /// What is not: `true` in the place of each such attribute.
    pub unknown: Option<Expr>,
    /// What is not to be shown: `true` in the place of each such attribute.
    pub secret: Option<Expr>,
    /// Where its address stands.
    pub head: Span,
}

/// A module of the configuration.
#[derive(Clone, Debug)]
pub struct Module {
    /// What it declares. A call's source is as it is written.
    pub items: Vec<Item>,
    /// The modules that it calls, by the name of the call.
    pub calls: Vec<(SmolStr, Module)>,
}

/// A cheap look, before anything is parsed.
pub fn is_plan(text: &str) -> bool {
    let head = text.trim_start_matches('\u{feff}').trim_start();
    head.starts_with('{')
        && text.contains("\"format_version\"")
        && (text.contains("\"planned_values\"")
            || text.contains("\"terraform_version\"") && text.contains("\"values\""))
}

/// Reads one text.
pub fn read(sources: &Sources, file: FileId, limits: Limits) -> Program {
    let source = sources.file(file);
    let mut reader = Reader { file, limits, faults: Vec::new() };
    let items = match tree::read(file, &source.text, Form::Strict, limits).whole() {
        Ok(root) => reader.plan(&root).map(|plan| vec![Item::Plan(Box::new(plan))]).unwrap_or_default(),
        Err(fault) => {
            reader.faults.push(fault);
            Vec::new()
        }
    };
    let (dialect, shape) = (Dialect::Terraform, Shape::Declarations);
    Program { file, dialect, shape, items, faults: reader.faults, comments: Vec::new() }
}

struct Reader {
    file: FileId,
    limits: Limits,
    faults: Vec<Fault>,
}

impl Reader {
    /// `None` for what only looked like a plan.
    fn plan(&mut self, root: &Node) -> Option<Plan> {
        root.get("format_version")?;
        let values = root.get("planned_values").or_else(|| root.get("values"))?;
        let unknown: HashMap<&str, &Node> = root
            .get("resource_changes")
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .filter_map(|change| Some((change.get("address")?.text()?, change.get("change")?.get("after_unknown")?)))
            .collect();
        let mut resources = Vec::new();
        // What was read while planning stands in the state before it.
        let before = root.get("prior_state").and_then(|state| state.get("values"));
        if let Some(module) = before.and_then(|values| values.get("root_module")) {
            self.module(module, "", true, &unknown, &mut resources);
        }
        if let Some(module) = values.get("root_module") {
            let mut planned = Vec::new();
            self.module(module, "", false, &unknown, &mut planned);
            resources.retain(|read: &Planned| planned.iter().all(|planned| planned.address != read.address));
            resources.extend(planned);
        }
        let given = |node: &Node, key: &str| -> Vec<(Label, Expr)> {
            let value = |member: &Member| Some((member.key.label(), member.value.get("value")?.literal()));
            node.get(key).map(Node::members).unwrap_or_default().iter().filter_map(value).collect()
        };
        Some(Plan {
            variables: given(root, "variables"),
            outputs: given(values, "outputs"),
            resources,
            configuration: root.get("configuration").map(|node| self.configuration(node)),
        })
    }

    fn module(
        &mut self,
        node: &Node,
        address: &str,
        only_read: bool,
        unknown: &HashMap<&str, &Node>,
        found: &mut Vec<Planned>,
    ) {
        for resource in node.get("resources").map(Node::items).unwrap_or_default() {
            if let Some(planned) = self.resource(resource, address, unknown)
                && (planned.existing || !only_read)
            {
                found.push(planned);
            }
        }
        for child in node.get("child_modules").map(Node::items).unwrap_or_default() {
            let Some(address) = child.get("address").and_then(Node::text) else { continue };
            self.module(child, address, only_read, unknown, found);
        }
    }

    fn resource(&mut self, node: &Node, module: &str, unknown: &HashMap<&str, &Node>) -> Option<Planned> {
        let word = |key: &str| {
            let node = node.get(key)?;
            Some(Label { name: SmolStr::new(node.text()?), span: node.span })
        };
        let address = word("address")?;
        let key = node.get("index").and_then(|index| match &index.kind {
            NodeKind::Text(text) => Some(Key::Text(SmolStr::new(&text.text))),
            NodeKind::Number(digits) => digits.parse().ok().map(Key::Index),
            _ => None,
        });
        let nothing = || Expr::new(ExprKind::Object(Vec::new()), node.span);
        Some(Planned {
            unknown: unknown.get(address.name.as_str()).map(|node| node.literal()),
            head: address.span,
            address: address.name,
            module: SmolStr::new(module),
            existing: node.get("mode").and_then(Node::text) == Some("data"),
            type_name: word("type")?,
            name: word("name")?,
            key,
            values: node.get("values").map_or_else(nothing, Node::literal),
            secret: node.get("sensitive_values").map(Node::literal),
        })
    }

    fn configuration(&mut self, node: &Node) -> Module {
        let nothing = || Module { items: Vec::new(), calls: Vec::new() };
        let mut root = node.get("root_module").map_or_else(nothing, |module| self.declarations(module));
        for Member { value: provider, .. } in node.get("provider_config").map(Node::members).unwrap_or_default() {
            // A module's own provider says nothing that the root's would not: old modules only have one.
            let Some(name) = provider.get("name").filter(|_| provider.get("module_address").is_none()) else {
                continue;
            };
            let mut body = match provider.get("expressions") {
                Some(expressions) => self.body(expressions),
                None => Expr::new(ExprKind::Object(Vec::new()), provider.span),
            };
            if let (ExprKind::Object(fields), Some(alias)) = (&mut body.kind, provider.get("alias")) {
                fields.push(Field::Pair { key: Expr::literal("alias", alias.span), value: alias.literal() });
            }
            let name = Label { name: SmolStr::new(name.text().unwrap_or_default()), span: name.span };
            root.items.push(Item::Provider { name, body });
        }
        root
    }

    fn declarations(&mut self, node: &Node) -> Module {
        let mut items = Vec::new();
        let mut calls = Vec::new();
        let members = |key: &str| node.get(key).map(Node::members).unwrap_or_default();
        for Member { key: name, value: variable } in members("variables") {
            items.push(Item::Input(Input {
                name: name.label(),
                type_constraint: None,
                type_text: None,
                default: variable.get("default").map(Node::literal),
                optional: false,
                not_nullable: false,
                secret: variable.get("sensitive").is_some_and(Node::is_true),
                span: name.span,
            }));
        }
        for Member { key: name, value: output } in members("outputs") {
            let value = match output.get("expression") {
                Some(expression) => self.expression(expression),
                None => Expr::new(ExprKind::Broken, output.span),
            };
            items.push(Item::Output(Output {
                name: name.label(),
                value,
                depends_on: self.depends_on(output),
                secret: output.get("sensitive").is_some_and(Node::is_true),
            }));
        }
        for resource in node.get("resources").map(Node::items).unwrap_or_default() {
            items.extend(self.declaration(resource).map(|declaration| Item::Resource(Arc::new(declaration))));
        }
        for Member { key: name, value: call } in members("module_calls") {
            let source = call.get("source").map(Node::literal);
            let declaration = Declaration { source, ..self.declared(call, name.label()) };
            items.push(Item::Module(Arc::new(declaration)));
            if let Some(module) = call.get("module") {
                calls.push((SmolStr::new(&name.text), self.declarations(module)));
            }
        }
        Module { items, calls }
    }

    fn declaration(&mut self, node: &Node) -> Option<Declaration> {
        let word = |key: &str| {
            let node = node.get(key)?;
            Some(Label { name: SmolStr::new(node.text()?), span: node.span })
        };
        let (type_name, name) = (word("type")?, word("name")?);
        let existing = node.get("mode").and_then(Node::text) == Some("data");
        let provider = node.get("provider_config_key").and_then(|key| match &key.kind {
            // `module.hub:azurerm.west`: the module names it so.
            NodeKind::Text(text) => {
                let own = text.text.rsplit(':').next().unwrap_or_default();
                Some(Expr::literal(own, key.span))
            }
            _ => None,
        });
        let mut declaration = Declaration { type_name, existing, provider, ..self.declared(node, name) };
        for provisioner in node.get("provisioners").map(Node::items).unwrap_or_default() {
            let Some(expressions) = provisioner.get("expressions") else { continue };
            let value = self.body(expressions);
            if let ExprKind::Object(fields) = &mut declaration.body.kind {
                fields.push(Field::Pair { key: Expr::literal("provisioner", value.span), value });
            }
        }
        Some(declaration)
    }

    fn declared(&mut self, node: &Node, name: Label) -> Declaration {
        let count = node.get("count_expression").map(|node| Repeat::Count(self.expression(node)));
        let repeat = match count {
            Some(count) => Some(count),
            None => node.get("for_each_expression").map(|node| Repeat::ForEach(self.expression(node))),
        };
        let head = node.get("address").map_or(name.span, |address| address.span);
        let body = match node.get("expressions") {
            Some(expressions) => self.body(expressions),
            None => Expr::new(ExprKind::Object(Vec::new()), node.span),
        };
        let depends_on = self.depends_on(node);
        Declaration { repeat, body, depends_on, ..Declaration::named(name, head, head) }
    }

    fn depends_on(&mut self, node: &Node) -> Option<Expr> {
        let list = node.get("depends_on")?;
        let items = list.items().iter().filter_map(|item| self.reference(item)).map(Element::Item).collect();
        Some(Expr::new(ExprKind::List(items), list.span))
    }

    /// The arguments and nested blocks of a body.
    fn body(&mut self, node: &Node) -> Expr {
        let field = |member: &Member| Field::Pair { key: member.key.literal(), value: self.expression(&member.value) };
        Expr::new(ExprKind::Object(node.members().iter().map(field).collect()), node.span)
    }

    /// `{ "constant_value": … }`, `{ "references": […] }`, or nested blocks.
    fn expression(&mut self, node: &Node) -> Expr {
        if let Some(value) = node.get("constant_value") {
            return value.literal();
        }
        if let Some(references) = node.get("references").filter(|node| matches!(node.kind, NodeKind::List(_))) {
            return self.references(references);
        }
        match &node.kind {
            NodeKind::List(items) => {
                let items = items.iter().map(|item| Element::Item(self.body(item))).collect();
                Expr::new(ExprKind::List(items), node.span)
            }
            // An expression that refers to nothing, such as `timestamp()`.
            NodeKind::Object(members) if members.is_empty() => self.references(node),
            _ => self.body(node),
        }
    }

    /// A plan lists each reference with everything that it begins with: `a.b.id`, `a.b`. The longest say it all.
    fn references(&mut self, node: &Node) -> Expr {
        let mut longest: Vec<&str> = Vec::new();
        let mut arguments = Vec::new();
        for item in node.items() {
            let Some(text) = item.text() else { continue };
            let begins = |longer: &&str| {
                longer.strip_prefix(text).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            };
            if !longest.iter().any(begins) {
                longest.push(text);
                arguments.extend(self.reference(item));
            }
        }
        let call = ExprKind::Call {
            function: SmolStr::new_static(REFERENCES),
            function_span: node.span,
            receiver: None,
            arguments,
            spread: false,
        };
        Expr::new(call, node.span)
    }

    fn reference(&mut self, node: &Node) -> Option<Expr> {
        let NodeKind::Text(text) = &node.kind else { return None };
        let places = text.places.as_deref();
        let written = Written { file: self.file, text: &text.text, start: text.start, places, limits: self.limits };
        match written.expression() {
            Ok(expr) => Some(expr),
            Err(fault) => {
                self.faults.push(fault);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = r#"{"format_version":"1.2","terraform_version":"1.11.4","variables":{"n":{"value":2}},
      "planned_values":{"root_module":{"resources":[{"address":"a_b.c[\"x\"]","mode":"managed","type":"a_b","name":"c",
        "index":"x","values":{"name":"n"},"sensitive_values":{"key":true}}]}},
      "resource_changes":[{"address":"a_b.c[\"x\"]","change":{"after_unknown":{"id":true}}}],
      "configuration":{"root_module":{"resources":[{"address":"a_b.c","mode":"managed","type":"a_b","name":"c",
        "expressions":{"name":{"constant_value":"n"},"to":{"references":["a_d.e[\"x\"].id","a_d.e[\"x\"]","a_d.e","var.n"]}},
        "depends_on":["a_d.e"]}]}}}"#;

    #[test]
    fn both_halves_of_a_plan_are_read() {
        let sources = Sources::of_texts([("tfplan.json", PLAN)]);
        let file = sources.open("tfplan.json").expect("a text");
        let program = super::super::read(&sources, file, Limits::default());
        assert!(program.faults.is_empty(), "{:?}", program.faults);
        let [Item::Plan(plan)] = program.items.as_slice() else { panic!("a plan") };
        let [planned] = plan.resources.as_slice() else { panic!("one instance") };
        assert_eq!(planned.key, Some(Key::Text("x".into())));
        assert!(planned.unknown.as_ref().is_some_and(|unknown| unknown.field("id").is_some()));
        let configuration = plan.configuration.as_ref().expect("a configuration");
        let [Item::Resource(declaration)] = configuration.items.as_slice() else { panic!("a resource") };
        let to = declaration.body.field("to").expect("an argument");
        let ExprKind::Call { arguments, .. } = &to.kind else { panic!("a call") };
        let texts: Vec<String> = arguments.iter().map(|argument| sources.text(argument.span)).collect();
        assert_eq!(texts, [r#"a_d.e[\"x\"].id"#, "var.n"]);
    }

    #[test]
    fn no_cut_of_a_plan_and_no_wrong_value_panics() {
        for end in (0..=PLAN.len()).step_by(7) {
            let closed = format!("{}{}", &PLAN[..end], "\"planned_values\":1,\"format_version\":\"1.2\"}");
            let sources = Sources::of_texts([("a.json", &PLAN[..end]), ("b.json", &closed)]);
            for path in ["a.json", "b.json"] {
                let file = sources.open(path).expect("a text");
                read(&sources, file, Limits::default());
            }
        }
        for odd in ["null", "true", "[]", "[1]", "\"x\"", "{\"a\": 1}"] {
            for key in ["values", "after_unknown", "sensitive_values", "expressions", "references", "index"] {
                let text = PLAN.replace(&format!("\"{key}\":"), &format!("\"{key}\":{odd},\"was\":"));
                let sources = Sources::of_texts([("a.json", text)]);
                let file = sources.open("a.json").expect("a text");
                read(&sources, file, Limits::default());
            }
        }
    }

    #[test]
    fn other_json_is_no_plan() {
        assert!(!is_plan(r#"{"parameters": {}}"#));
        assert!(!is_plan(r#"{"format_version": "1.0", "valid": true}"#));
        assert!(is_plan(PLAN));
    }
}
