//! In: blocks and arguments as hcl-edit has them. Out: declarations, and bodies as objects.
//! Never: knows what a resource type's arguments mean.

use std::collections::BTreeMap;
use std::sync::Arc;

use hcl::edit::Span as _;
use hcl::edit::expr::Expression;
use hcl::edit::structure::{Attribute, Block, BlockLabel, Body, Structure};

use super::lower::Lowering;
use crate::source::Span;
use crate::syntax::{
    Assignment, Binder, Declaration, Element, Expr, ExprKind, Field, Input, Item, Label, Local, Output, Repeat,
    Repeated, Shape, Yield,
};
use crate::value::SmolStr;

/// The field that holds the label of a nested block, as in `provisioner "local-exec" { }`.
const LABEL: &str = "__label";

/// Arguments of a resource that are not the provider's.
const OF_RESOURCES: [&str; 5] = ["count", "for_each", "provider", "depends_on", "lifecycle"];

/// Arguments of a module call that are not inputs.
const OF_MODULES: [&str; 6] = ["count", "for_each", "providers", "depends_on", "source", "version"];

impl Lowering<'_> {
    /// The declarations that one top-level block or argument makes.
    pub(super) fn items(&mut self, body: &Body, shape: Shape) -> Vec<Item> {
        let mut items = Vec::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) if shape == Shape::Values => {
                    let name = self.key_label(attribute);
                    items.push(Item::Assignment(Assignment { name, value: self.expr(&attribute.value) }));
                }
                Structure::Attribute(attribute) => items.push(Item::Other {
                    keyword: SmolStr::new(attribute.key.as_str()),
                    span: self.span(attribute.span()),
                }),
                Structure::Block(block) if shape == Shape::Values => {
                    let span = self.head(block);
                    self.fault(span, "expected `name = value`: a file of values holds no blocks");
                }
                Structure::Block(block) => self.block(block, shape, &mut items),
            }
        }
        items
    }

    fn block(&mut self, block: &Block, shape: Shape, items: &mut Vec<Item>) {
        let labels: Vec<Label> = block.labels.iter().map(|label| self.label(label)).collect();
        let keyword = block.ident.as_str();
        match (keyword, labels.as_slice()) {
            ("variable", [name]) => items.push(Item::Input(self.input(block, name.clone()))),
            ("output", [name]) => items.push(Item::Output(self.output(block, name.clone(), shape))),
            ("locals", []) => self.locals(block, items),
            ("resource" | "data" | "ephemeral", [type_name, name]) => {
                let existing = keyword != "resource";
                let declaration = self.declaration(block, name.clone(), type_name.clone(), existing);
                items.push(Item::Resource(Arc::new(declaration)));
            }
            ("module", [name]) => items.push(Item::Module(Arc::new(self.module(block, name.clone())))),
            ("provider", [name]) => {
                items.push(Item::Provider { name: name.clone(), body: self.body(block, &[]) });
            }
            ("terraform", []) => items.push(Item::Terraform(self.body(block, &[]))),
            _ => {
                if let Some(head) = right_head(keyword) {
                    let span = self.head(block);
                    self.fault(span, format!("expected `{head}`"));
                }
                let span = self.span(block.span());
                items.push(Item::Other { keyword: SmolStr::new(keyword), span });
            }
        }
    }

    fn input(&mut self, block: &Block, name: Label) -> Input {
        let says = |key: &str, answer: bool| matches!(argument(&block.body, key), Some(Expression::Bool(value)) if *value.value() == answer);
        let (not_nullable, secret) = (says("nullable", false), says("sensitive", true));
        Input {
            name,
            type_constraint: self.argument(&block.body, "type"),
            type_text: None,
            default: self.argument(&block.body, "default"),
            optional: false,
            not_nullable,
            secret,
            span: self.span(block.span()),
        }
    }

    fn output(&mut self, block: &Block, name: Label, shape: Shape) -> Output {
        let secret = matches!(
            argument(&block.body, "sensitive"),
            Some(Expression::Bool(value)) if *value.value()
        );
        let value = self.argument(&block.body, "value").unwrap_or_else(|| {
            let head = self.head(block);
            // An override may set another argument of the output alone.
            if shape == Shape::Declarations {
                self.fault(head, "expected a `value` in this output");
            }
            Expr::new(ExprKind::Broken, head)
        });
        Output { name, value, depends_on: self.argument(&block.body, "depends_on"), secret }
    }

    fn locals(&mut self, block: &Block, items: &mut Vec<Item>) {
        for structure in &block.body {
            match structure {
                Structure::Attribute(attribute) => {
                    let name = self.key_label(attribute);
                    items.push(Item::Local(Local { name, value: self.expr(&attribute.value), exported: false }));
                }
                Structure::Block(block) => {
                    let span = self.head(block);
                    self.fault(span, "expected `name = value`: `locals` holds no blocks");
                }
            }
        }
    }

    fn declaration(&mut self, block: &Block, name: Label, type_name: Label, existing: bool) -> Declaration {
        let lifecycle = block.body.get_blocks("lifecycle").next();
        let provider = self.argument(&block.body, "provider");
        Declaration {
            type_name,
            existing,
            provider,
            lifecycle: lifecycle.map(|block| self.body(block, &[])),
            body: self.body(block, &OF_RESOURCES),
            ..self.declared(block, name)
        }
    }

    fn module(&mut self, block: &Block, name: Label) -> Declaration {
        Declaration {
            source: self.argument(&block.body, "source"),
            version: self.argument(&block.body, "version"),
            provider: self.argument(&block.body, "providers"),
            body: self.body(block, &OF_MODULES),
            ..self.declared(block, name)
        }
    }

    /// What resources and module calls share.
    fn declared(&mut self, block: &Block, name: Label) -> Declaration {
        let count = self.argument(&block.body, "count").map(Repeat::Count);
        let repeat = count.or_else(|| self.argument(&block.body, "for_each").map(Repeat::ForEach));
        let span = self.span(block.span());
        let depends_on = self.argument(&block.body, "depends_on");
        Declaration { repeat, depends_on, ..Declaration::named(name, self.head(block), span) }
    }

    /// A block's body as an object without the arguments that are named.
    ///
    /// ```tf
    /// security_rule { name = "a" }
    /// dynamic "security_rule" { # Joins the list: `security_rule = [{ name = "a" }, ...[for …]]`.
    ///   for_each = var.rules
    ///   content { name = security_rule.key }
    /// }
    /// ```
    fn body(&mut self, block: &Block, without: &[&str]) -> Expr {
        let mut fields: Vec<Field> = Vec::new();
        let mut lists: BTreeMap<SmolStr, usize> = BTreeMap::new();
        for structure in &block.body {
            match structure {
                Structure::Attribute(attribute) if without.contains(&attribute.key.as_str()) => {}
                Structure::Attribute(attribute) => {
                    let key = self.key_label(attribute);
                    let value = self.expr(&attribute.value);
                    fields.push(Field::Pair { key: Expr::literal(&key.name, key.span), value });
                }
                Structure::Block(nested) if without.contains(&nested.ident.as_str()) => {}
                Structure::Block(nested) => {
                    let (name, element) = self.nested(nested);
                    let known = lists.get(&name.name).copied();
                    match known.and_then(|place| fields.get_mut(place)) {
                        Some(Field::Pair { value, .. }) => push(value, element, self.span(nested.span())),
                        _ => {
                            lists.insert(name.name.clone(), fields.len());
                            let value = Expr::new(ExprKind::List(vec![element]), self.span(nested.span()));
                            fields.push(Field::Pair { key: Expr::literal(&name.name, name.span), value });
                        }
                    }
                }
            }
        }
        Expr::new(ExprKind::Object(fields), self.span(block.span()))
    }

    /// A nested block as an element of the list of its type.
    fn nested(&mut self, block: &Block) -> (Label, Element) {
        if let ("dynamic", [label]) = (block.ident.as_str(), block.labels.as_slice()) {
            let name = self.label(label);
            let element = Element::Spread(self.dynamic(block, &name));
            return (name, element);
        }
        let name = Label { name: SmolStr::new(block.ident.as_str()), span: self.span(block.ident.span()) };
        let mut object = self.body(block, &[]);
        if let (ExprKind::Object(fields), Some(value)) = (&mut object.kind, self.label_value(&block.labels)) {
            fields.insert(0, Field::Pair { key: Expr::literal(LABEL, value.span), value });
        }
        (name, Element::Item(object))
    }

    /// `dynamic "name" { for_each = …, iterator = …, content { } }` as a repetition of its content.
    fn dynamic(&mut self, block: &Block, name: &Label) -> Expr {
        let head = self.head(block);
        let iterator = match argument(&block.body, "iterator") {
            Some(Expression::Variable(iterator)) => SmolStr::new(iterator.as_str()),
            Some(Expression::String(iterator)) => SmolStr::new(iterator.as_str()),
            _ => name.name.clone(),
        };
        let collection = self.argument(&block.body, "for_each").unwrap_or_else(|| {
            self.fault(head, "expected `for_each` in this `dynamic` block");
            Expr::new(ExprKind::Broken, head)
        });
        let content = match block.body.get_blocks("content").next() {
            Some(content) => self.body(content, &[]),
            None => {
                self.fault(head, "expected `content { }` in this `dynamic` block");
                Expr::new(ExprKind::Broken, head)
            }
        };
        let binder = Binder::Iterator(iterator);
        let repeated = Repeated { binder, collection, condition: None, result: Yield::Item(content) };
        Expr::new(ExprKind::For(Box::new(repeated)), self.span(block.span()))
    }

    fn argument(&mut self, body: &Body, key: &str) -> Option<Expr> {
        argument(body, key).map(|expression| self.expr(expression))
    }

    fn key_label(&self, attribute: &Attribute) -> Label {
        Label { name: SmolStr::new(attribute.key.as_str()), span: self.span(attribute.key.span()) }
    }

    fn label(&self, label: &BlockLabel) -> Label {
        Label { name: SmolStr::new(label.as_str()), span: self.span(label.span()) }
    }

    /// The label of a nested block as a text, and several as a list of texts.
    fn label_value(&self, labels: &[BlockLabel]) -> Option<Expr> {
        let text = |label: &BlockLabel| Expr::literal(label.as_str(), self.span(label.span()));
        match labels {
            [] => None,
            [label] => Some(text(label)),
            [first, .., last] => {
                let span = self.span(first.span()).to(self.span(last.span()));
                let texts = labels.iter().map(|label| Element::Item(text(label))).collect();
                Some(Expr::new(ExprKind::List(texts), span))
            }
        }
    }

    /// `resource "azurerm_subnet" "nodes"`.
    fn head(&self, block: &Block) -> Span {
        let first = self.span(block.ident.span());
        block.labels.last().map_or(first, |label| first.to(self.span(label.span())))
    }
}

fn argument<'b>(body: &'b Body, key: &str) -> Option<&'b Expression> {
    body.get_attribute(key).map(|attribute| &attribute.value)
}

fn push(list: &mut Expr, element: Element, span: Span) {
    list.span = list.span.to(span);
    if let ExprKind::List(elements) = &mut list.kind {
        elements.push(element);
    }
}

/// How a block of Terraform begins that has come with other labels; `None` where any will do.
fn right_head(keyword: &str) -> Option<&'static str> {
    Some(match keyword {
        "variable" => "variable \"name\" {",
        "output" => "output \"name\" {",
        "locals" => "locals {",
        "resource" => "resource \"type\" \"name\" {",
        "data" => "data \"type\" \"name\" {",
        "ephemeral" => "ephemeral \"type\" \"name\" {",
        "module" => "module \"name\" {",
        "provider" => "provider \"name\" {",
        "terraform" => "terraform {",
        _ => return None,
    })
}
