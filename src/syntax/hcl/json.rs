//! In: `.tf.json`, Terraform's language written as JSON. Out: the same declarations as from `.tf`.
//! Never: knows a provider's schema; what may be a nested block or a value is both: an object, or a list of objects.
//!
//! ```json
//! { "resource": { "azurerm_subnet": { "nodes": { "for_each": "${var.zones}", "name": "snet-${each.key}" } } } }
//! ```
//!
//! <https://developer.hashicorp.com/terraform/language/syntax/json>

use std::sync::Arc;

use super::shape_of;
use super::texts::Written;
use crate::source::{FileId, Sources, Span};
use crate::syntax::tree::{self, Form, Member, Node, NodeKind, Text};
use crate::syntax::{
    Binder, Declaration, Dialect, Element, Expr, ExprKind, Fault, Field, Input, Item, Label, Limits, Local, Output,
    Program, Repeat, Repeated, Shape, Yield,
};
use crate::value::SmolStr;

/// Reads one text.
pub fn read(sources: &Sources, file: FileId, limits: Limits) -> Program {
    let source = sources.file(file);
    let (items, faults) = match tree::read(file, &source.text, Form::Strict, limits).whole() {
        Ok(root) => {
            let mut reader = Reader { file, limits, shape: shape_of(&source.path), faults: Vec::new() };
            (reader.items(&root), reader.faults)
        }
        Err(fault) => (Vec::new(), vec![fault]),
    };
    let shape = shape_of(&source.path);
    Program { file, dialect: Dialect::Terraform, shape, items, faults, comments: Vec::new() }
}

/// Arguments of a resource that are not the provider's.
const OF_RESOURCES: [&str; 5] = ["count", "for_each", "provider", "depends_on", "lifecycle"];

/// Arguments of a module call that are not inputs.
const OF_MODULES: [&str; 6] = ["count", "for_each", "providers", "depends_on", "source", "version"];

/// Arguments of `lifecycle` that hold references.
const REFERENCES: [&str; 2] = ["ignore_changes", "replace_triggered_by"];

/// A block: its labels, the keys that hold it, and its bodies, which count as one.
struct Block<'a> {
    labels: Vec<Label>,
    head: Span,
    body: &'a Node,
}

struct Reader {
    file: FileId,
    limits: Limits,
    shape: Shape,
    faults: Vec<Fault>,
}

impl Reader {
    fn items(&mut self, root: &Node) -> Vec<Item> {
        let mut items = Vec::new();
        for (key, node) in members(root) {
            self.top(key, node, &mut items);
        }
        if !matches!(root.kind, NodeKind::Object(_) | NodeKind::List(_)) {
            self.fault(root.span, "expected an object of blocks");
        }
        items
    }

    fn top(&mut self, key: &Text, node: &Node, items: &mut Vec<Item>) {
        let keyword = key.text.as_str();
        let labels = match keyword {
            "resource" | "data" | "ephemeral" => 2,
            "variable" | "output" | "module" | "provider" => 1,
            _ => 0,
        };
        let mut blocks = Vec::new();
        self.blocks(key.span, node, labels, &mut Vec::new(), &mut blocks);
        for block in blocks {
            match (keyword, block.labels.as_slice()) {
                ("variable", [name]) => items.push(Item::Input(self.input(&block, name.clone()))),
                ("output", [name]) => items.push(Item::Output(self.output(&block, name.clone()))),
                ("locals", []) => {
                    for (key, node) in members(block.body) {
                        items.push(Item::Local(Local { name: key.label(), value: self.value(node), exported: false }));
                    }
                }
                ("resource" | "data" | "ephemeral", [type_name, name]) => {
                    let existing = keyword != "resource";
                    let declaration = self.resource(&block, name.clone(), type_name.clone(), existing);
                    items.push(Item::Resource(Arc::new(declaration)));
                }
                ("module", [name]) => items.push(Item::Module(Arc::new(self.module(&block, name.clone())))),
                ("provider", [name]) => {
                    items.push(Item::Provider { name: name.clone(), body: self.body(block.body, &[]) });
                }
                ("terraform", []) => items.push(Item::Terraform(self.body(block.body, &[]))),
                _ => items.push(Item::Other { keyword: SmolStr::new(keyword), span: key.span }),
            }
        }
    }

    /// The blocks below `labels` levels of keys. At each level a list stands for several.
    fn blocks<'n>(
        &mut self,
        head: Span,
        node: &'n Node,
        labels: usize,
        above: &mut Vec<Label>,
        found: &mut Vec<Block<'n>>,
    ) {
        match &node.kind {
            NodeKind::Null => {}
            NodeKind::List(items) => items.iter().for_each(|item| self.blocks(head, item, labels, above, found)),
            NodeKind::Object(members) if labels > 0 => {
                for Member { key, value: node } in members.iter().filter(|member| !is_comment(member)) {
                    above.push(key.label());
                    self.blocks(key.span, node, labels - 1, above, found);
                    above.pop();
                }
            }
            NodeKind::Object(_) => found.push(Block { labels: above.clone(), head, body: node }),
            _ => self.fault(node.span, "expected an object, or a list of objects"),
        }
    }

    fn input(&mut self, block: &Block, name: Label) -> Input {
        let says = |key: &str, answer: bool| {
            block.body.get(key).is_some_and(|node| matches!(node.kind, NodeKind::Bool(value) if value == answer))
        };
        Input {
            name,
            type_constraint: block.body.get("type").map(|node| self.expression(node)),
            type_text: None,
            // A default is no template: nothing can be named in it.
            default: block.body.get("default").map(Node::literal),
            optional: false,
            not_nullable: says("nullable", false),
            secret: says("sensitive", true),
            span: block.body.span,
        }
    }

    fn output(&mut self, block: &Block, name: Label) -> Output {
        let value = match block.body.get("value") {
            Some(node) => self.value(node),
            None => {
                // An override may set another argument of the output alone.
                if self.shape == Shape::Declarations {
                    self.fault(block.head, "expected a `value` in this output");
                }
                Expr::new(ExprKind::Broken, block.head)
            }
        };
        let depends_on = block.body.get("depends_on").map(|node| self.expressions(node));
        Output { name, value, depends_on, secret: block.body.get("sensitive").is_some_and(Node::is_true) }
    }

    fn resource(&mut self, block: &Block, name: Label, type_name: Label, existing: bool) -> Declaration {
        let lifecycle = block.body.get("lifecycle").map(|node| self.lifecycle(node));
        let provider = block.body.get("provider").map(|node| self.expression(node));
        let body = self.body(block.body, &OF_RESOURCES);
        Declaration { type_name, existing, provider, lifecycle, body, ..self.declared(block, name) }
    }

    fn module(&mut self, block: &Block, name: Label) -> Declaration {
        Declaration {
            source: block.body.get("source").map(Node::literal),
            version: block.body.get("version").map(Node::literal),
            inline: None,
            provider: block.body.get("providers").map(|node| self.providers(node)),
            body: self.body(block.body, &OF_MODULES),
            ..self.declared(block, name)
        }
    }

    /// What resources and module calls share.
    fn declared(&mut self, block: &Block, name: Label) -> Declaration {
        let count = block.body.get("count").map(|node| Repeat::Count(self.value(node)));
        let repeat = match count {
            Some(count) => Some(count),
            None => block.body.get("for_each").map(|node| Repeat::ForEach(self.value(node))),
        };
        let depends_on = block.body.get("depends_on").map(|node| self.expressions(node));
        Declaration { repeat, depends_on, ..Declaration::named(name, block.head, block.body.span) }
    }

    /// The arguments and nested blocks of a body, without those that are named.
    fn body(&mut self, node: &Node, without: &[&str]) -> Expr {
        let mut fields: Vec<Field> = Vec::new();
        for (key, value) in members(node) {
            if without.contains(&key.text.as_str()) {
                continue;
            }
            if key.text == "dynamic" {
                self.dynamic(key, value, &mut fields);
                continue;
            }
            let value = self.value(value);
            fields.push(Field::Pair { key: key.literal(), value });
        }
        Expr::new(ExprKind::Object(fields), node.span)
    }

    /// `"dynamic": { "name": { "for_each": …, "iterator": …, "content": { } } }`: it joins the blocks of that name.
    fn dynamic(&mut self, key: &Text, node: &Node, fields: &mut Vec<Field>) {
        let mut blocks = Vec::new();
        self.blocks(key.span, node, 1, &mut Vec::new(), &mut blocks);
        for block in blocks {
            let [name] = block.labels.as_slice() else { continue };
            let iterator = block.body.get("iterator").and_then(Node::text).unwrap_or(&name.name);
            let binder = Binder::Iterator(SmolStr::new(iterator));
            let collection = self.wanted(&block, "for_each");
            let content = self.wanted(&block, "content");
            let repeated = Repeated { binder, collection, condition: None, result: Yield::Item(content) };
            let spread = Element::Spread(Expr::new(ExprKind::For(Box::new(repeated)), block.body.span));
            let known = fields.iter_mut().find(|field| field.literal_key() == Some(&name.name));
            match known {
                Some(Field::Pair { value, .. }) => {
                    let span = value.span;
                    let mut elements = match std::mem::replace(&mut value.kind, ExprKind::Null) {
                        ExprKind::List(elements) => elements,
                        kind => vec![Element::Item(Expr::new(kind, span))],
                    };
                    elements.push(spread);
                    value.kind = ExprKind::List(elements);
                }
                _ => fields.push(Field::Pair {
                    key: Expr::literal(&name.name, name.span),
                    value: Expr::new(ExprKind::List(vec![spread]), block.body.span),
                }),
            }
        }
    }

    fn wanted(&mut self, block: &Block, key: &str) -> Expr {
        match block.body.get(key) {
            Some(node) if key == "content" => self.body(node, &[]),
            Some(node) => self.value(node),
            None => {
                self.fault(block.head, format!("expected `{key}` in this `dynamic` block"));
                Expr::new(ExprKind::Broken, block.head)
            }
        }
    }

    fn lifecycle(&mut self, node: &Node) -> Expr {
        let mut fields = Vec::new();
        for (key, value) in members(node) {
            let references = REFERENCES.contains(&key.text.as_str());
            let value = if references { self.expressions(value) } else { self.value(value) };
            fields.push(Field::Pair { key: key.literal(), value });
        }
        Expr::new(ExprKind::Object(fields), node.span)
    }

    /// `"providers": { "azurerm.spoke": "azurerm.hub" }`.
    fn providers(&mut self, node: &Node) -> Expr {
        let mut fields = Vec::new();
        for (key, value) in members(node) {
            let value = self.expression(value);
            fields.push(Field::Pair { key: key.literal(), value });
        }
        Expr::new(ExprKind::Object(fields), node.span)
    }

    /// A list of texts that are expressions: `"depends_on": ["module.hub"]`.
    fn expressions(&mut self, node: &Node) -> Expr {
        match &node.kind {
            NodeKind::List(items) => {
                let items = items.iter().map(|item| Element::Item(self.expression(item))).collect();
                Expr::new(ExprKind::List(items), node.span)
            }
            _ => self.expression(node),
        }
    }

    /// A text that is an expression; it may be written as a template of that expression only.
    fn expression(&mut self, node: &Node) -> Expr {
        let NodeKind::Text(text) = &node.kind else { return self.value(node) };
        if text.text.starts_with("${") {
            return self.template(text);
        }
        self.or_broken(self.written(text).expression(), node.span)
    }

    /// A value: its texts are templates, those of keys too.
    fn value(&mut self, node: &Node) -> Expr {
        let kind = match &node.kind {
            NodeKind::Text(text) => return self.template(text),
            NodeKind::List(items) => ExprKind::List(items.iter().map(|item| Element::Item(self.value(item))).collect()),
            NodeKind::Object(_) => {
                let mut fields = Vec::new();
                for (key, value) in members(node) {
                    let key = self.template(key);
                    fields.push(Field::Pair { key, value: self.value(value) });
                }
                ExprKind::Object(fields)
            }
            _ => return node.literal(),
        };
        Expr::new(kind, node.span)
    }

    fn template(&mut self, text: &Text) -> Expr {
        let read = self.written(text).template();
        Expr { span: text.span, ..self.or_broken(read, text.span) }
    }

    fn written<'t>(&self, text: &'t Text) -> Written<'t> {
        let places = text.places.as_deref();
        Written { file: self.file, text: &text.text, start: text.start, places, limits: self.limits }
    }

    fn or_broken(&mut self, read: Result<Expr, Fault>, span: Span) -> Expr {
        read.unwrap_or_else(|fault| {
            self.faults.push(fault);
            Expr::new(ExprKind::Broken, span)
        })
    }

    fn fault(&mut self, span: Span, message: impl Into<String>) {
        self.faults.push(Fault { span, message: message.into(), opened: None });
    }
}

/// The members of a body; several objects in a list are one body. Comments are left out.
fn members(node: &Node) -> Vec<(&Text, &Node)> {
    let mut found = Vec::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        open.extend(node.items().iter().rev());
        let members = node.members().iter().filter(|member| !is_comment(member));
        found.extend(members.map(|member| (&member.key, &member.value)));
    }
    found
}

/// A property of this name is for people.
fn is_comment(member: &Member) -> bool {
    member.key.text == "//"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax;

    fn read(text: &str) -> (Sources, Program) {
        let sources = Sources::of_texts([("main.tf.json", text)]);
        let file = sources.open("main.tf.json").expect("the text was handed over");
        let program = syntax::read(&sources, file, Limits::default());
        (sources, program)
    }

    #[test]
    fn a_resource_is_read_as_from_a_tf_file() {
        let (sources, program) = read(
            r#"{"//": "a comment", "resource": {"azurerm_subnet": {"a": {"count": "${var.n}", "name": "x\n\"${ var.b }\"",
              "depends_on": ["module.m"], "provider": "azurerm.hub", "lifecycle": {"ignore_changes": ["tags[\"a\"]"]},
              "dynamic": {"delegation": {"for_each": "${var.d}", "content": {"name": "${delegation.key}"}}}}}}}"#,
        );
        assert!(program.faults.is_empty(), "{:?}", program.faults);
        let [Item::Resource(declaration)] = program.items.as_slice() else { panic!("one resource") };
        assert_eq!((&*declaration.type_name.name, &*declaration.name.name), ("azurerm_subnet", "a"));
        assert!(matches!(declaration.repeat, Some(Repeat::Count(_))));
        let ExprKind::Text(parts) = &declaration.body.field("name").expect("a name").kind else { panic!("a text") };
        let [_, syntax::Part::Expr(interpolation), _] = parts.as_slice() else { panic!("three parts") };
        assert_eq!(sources.text(interpolation.span), "var.b");
        let ExprKind::List(waits) = &declaration.depends_on.as_ref().expect("a list").kind else { panic!("a list") };
        assert_eq!(sources.text(waits[0].expr().span), "module.m");
        let delegation = declaration.body.field("delegation").expect("the dynamic block");
        assert!(matches!(&delegation.kind, ExprKind::List(elements) if matches!(elements[0], Element::Spread(_))));
        assert!(matches!(declaration.provider.as_ref().map(|p| &p.kind), Some(ExprKind::Get { .. })));
    }

    #[test]
    fn blocks_may_stand_in_lists_at_every_level() {
        let (_, program) = read(
            r#"[{"provider": {"azurerm": [{"features": {}}, {"alias": "hub", "features": {}}]}},
               {"resource": [{"a_b": {"c": [{"x": 1}]}}, {"a_b": {"d": {"x": 2}}}], "locals": [{"a": 1}, {"b": 2}],
                "variable": {"v": {"type": "list(string)", "default": "${x}", "nullable": false}}}]"#,
        );
        assert!(program.faults.is_empty(), "{:?}", program.faults);
        assert_eq!(program.items.len(), 7);
        let Some(Item::Input(input)) = program.items.last() else { panic!("a variable") };
        assert_eq!(input.default.as_ref().and_then(Expr::as_literal), Some("${x}"));
        assert!(input.not_nullable);
    }

    #[test]
    fn a_mistake_in_an_expression_costs_that_value_and_has_its_place() {
        let (_, program) = read(r#"{"locals": {"a": "${1 +}", "b": "${2}"}}"#);
        assert_eq!(program.items.len(), 2);
        assert_eq!(program.faults.len(), 1);
        assert_eq!(program.faults[0].span.start, 23);
        let (_, program) = read(r#"{"resource": {"a": {"b": 1}}}"#);
        assert_eq!(program.faults[0].message, "expected an object, or a list of objects");
        let (_, program) = read("{\"locals\": ");
        assert_eq!(program.faults.len(), 1);
    }

    #[test]
    fn deep_nesting_is_a_fault() {
        let (_, program) = read(&format!("{{\"locals\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000)));
        assert_eq!(program.faults[0].message, "nested deeper than 256 levels (--max-depth)");
        let (_, program) =
            read(&format!("{{\"locals\": {{\"a\": \"${{{}1{}}}\"}}}}", "(".repeat(9999), ")".repeat(9999)));
        assert_eq!(program.faults[0].message, "nested deeper than 256 levels (--max-depth)");
    }
}
