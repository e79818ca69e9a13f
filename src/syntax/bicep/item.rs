//! In: a tree. Out: its declarations.
//! Never: gives a value to what an error may have changed: such a declaration keeps its name and is broken behind it.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use tree_sitter::{Node, Tree};

use super::super::{
    Assignment, Declaration, Expr, ExprKind, Fault, Field, Import, Input, Item, Label, Local, Output, Repeat, Shape,
};
use super::expression::{Lower, Member, is_damaged};
use super::names::Named;
use crate::source::{FileId, Span};
use crate::value::SmolStr;

/// How many names of types are followed; names of types may go round in a circle.
const MOST_ALIASES: usize = 16;

/// Lowers a tree that is at most `bound` high.
pub(super) fn lower(text: &str, tree: &Tree, bound: usize, file: FileId, shape: Shape) -> (Vec<Item>, Vec<Fault>) {
    let mut lower = Lower { text, file, left: bound, faults: Vec::new(), types: types(text, tree) };
    let mut items = Vec::new();
    let mut cursor = tree.walk();
    let mut children = tree.root_node().children(&mut cursor).filter(|child| !is_trivia(*child)).peekable();
    let mut error_end = None;
    while let Some(node) = children.next() {
        if node.is_error() {
            error_end = Some(lower.trimmed(node).end);
            continue;
        }
        // `var x = a +` is a whole declaration with an error behind it.
        let beside = |from: usize, to: usize| from <= to && lower.same_line(from, to);
        let behind =
            children.peek().is_some_and(|next| next.is_error() && beside(node.end_byte(), lower.trimmed(*next).start));
        let before = error_end.take().is_some_and(|end| beside(end, node.start_byte()));
        lower.declaration(node, behind || before, shape, &mut items);
    }
    (items, lower.faults)
}

/// What the types that a file declares are written as.
fn types<'t>(text: &'t str, tree: &'t Tree) -> FxHashMap<&'t str, Node<'t>> {
    let mut cursor = tree.walk();
    let declared = tree.root_node().named_children(&mut cursor).filter(|node| node.is_a() == "type_declaration");
    let named = declared.filter_map(|node| {
        let name = text.get(node.child_in("name")?.byte_range())?;
        Some((name, node.child_in("value")?))
    });
    named.collect()
}

/// Comments, pragmas and line endings.
fn is_trivia(node: Node) -> bool {
    !node.is_error() && (!node.is_named() || matches!(node.is_a(), "comment" | "diagnostic_pragma"))
}

/// What is certain of a declaration that has an error.
#[derive(Clone, Copy)]
struct Certain {
    /// Everything before the `=`.
    head: bool,
    /// Everything behind it, but for what is broken within.
    value: bool,
}

/// `@description('…')`, `@sys.batchSize(1)`.
struct Decorator<'t> {
    name: &'t str,
    arguments: Option<Node<'t>>,
}

impl<'t> Lower<'t> {
    /// Adds the item of a declaration; none where not even the name is certain.
    fn declaration(&mut self, node: Node<'t>, torn: bool, shape: Shape, items: &mut Vec<Item>) {
        let Some(certain) = self.certain(node, torn) else { return };
        let Some(keyword) = self.keyword(node) else { return };
        if !self.belongs(node, keyword, shape) {
            return;
        }
        let item = match node.is_a() {
            "parameter_declaration" => self.input(node, certain),
            "parameter_assignment" => self.assignment(node, certain),
            "variable_declaration" => {
                let exported = self.decorators(node).iter().any(|decorator| decorator.name == "export");
                let value = self.value(node, "value", certain);
                self.label(node, "name").map(|name| Item::Local(Local { name, value, exported }))
            }
            "output_declaration" => {
                let secret = self.decorators(node).iter().any(|decorator| decorator.name == "secure");
                let value = self.value(node, "value", certain);
                self.label(node, "name").map(|name| Item::Output(Output { name, value, depends_on: None, secret }))
            }
            "resource_declaration" => {
                let mut lifted = Vec::new();
                let resource = self.resource(node, certain, &mut lifted);
                items.extend(resource.map(|resource| Item::Resource(Arc::new(resource))));
                items.extend(lifted.into_iter().map(|resource| Item::Resource(Arc::new(resource))));
                return;
            }
            "module_declaration" => self.module(node, certain).map(|module| Item::Module(Arc::new(module))),
            "function_declaration" => self.function(node, certain),
            "target_scope_declaration" => Some(Item::TargetScope(self.value(node, "value", certain))),
            "import_declaration" => self.import(node, certain),
            "extends_declaration" => {
                let path = self.value(node, "path", certain);
                let span = self.span(node);
                Some(Item::Import(Import { path, names: Vec::new(), all_as: Some(SmolStr::default()), span }))
            }
            "using_declaration" => match node.child_in("none") {
                Some(_) => Some(Item::Using(None)),
                None => Some(Item::Using(Some(self.value(node, "path", certain)))),
            },
            _ => Some(Item::Other { keyword: SmolStr::new(self.written(keyword)), span: self.span(node) }),
        };
        items.extend(item);
    }

    /// One grammar serves both kinds of file, so that what stands in the wrong one is noticed here.
    fn belongs(&mut self, node: Node<'t>, keyword: Node<'t>, shape: Shape) -> bool {
        let message = match (shape, node.is_a()) {
            (Shape::Values, "parameter_declaration") => "a parameter file gives a value: expected `=`",
            (Shape::Values, "resource_declaration" | "module_declaration" | "output_declaration") => {
                "a parameter file declares no resources, modules and outputs"
            }
            (Shape::Values, _) => return true,
            (_, "using_declaration" | "extends_declaration") => "only a parameter file has this",
            // It still is a parameter, though without a type.
            (_, "parameter_assignment") => "a parameter has a type before its `=`",
            _ => return true,
        };
        self.faults.push(Fault { span: self.span(keyword), message: message.to_string(), opened: None });
        node.is_a() == "parameter_assignment"
    }

    /// What is certain of a declaration; `None` where its name is not.
    fn certain(&self, node: Node<'t>, torn: bool) -> Option<Certain> {
        let mut certain = Certain { head: true, value: !torn };
        if !node.has_error() {
            return Some(certain);
        }
        let name_end = ["name", "alias"].iter().find_map(|field| node.child_in(field)).map(|n| n.end_byte());
        let mut value_begins = false;
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            value_begins |= matches!(child.is_a(), "=" | "=>") && !child.is_missing();
            let broken = child.is_error() || (child.is_missing() && !value_begins);
            if broken && value_begins {
                certain.value = false;
            } else if broken {
                if name_end.is_none_or(|end| end > child.start_byte() || child.is_a() == "identifier") {
                    return None;
                }
                certain = Certain { head: false, value: false };
            }
        }
        Some(certain)
    }

    /// The word that a declaration begins with, behind its decorators.
    fn keyword(&self, node: Node<'t>) -> Option<Node<'t>> {
        let mut cursor = node.walk();
        node.children(&mut cursor).find(|child| {
            !child.is_named() && !child.is_missing() && self.written(*child).starts_with(|c: char| c.is_alphabetic())
        })
    }

    fn label(&self, node: Node<'t>, field: &str) -> Option<Label> {
        let name = node.child_in(field).filter(|name| !name.is_missing())?;
        Some(Label { name: self.word(name), span: self.span(name) })
    }

    fn value(&mut self, node: Node<'t>, field: &str, certain: Certain) -> Expr {
        match node.child_in(field) {
            Some(value) if certain.value => self.expression(value),
            Some(value) => self.broken(value),
            None => self.broken(node),
        }
    }

    fn decorators(&self, node: Node<'t>) -> Vec<Decorator<'t>> {
        let mut cursor = node.walk();
        let written = node.children_by_field_name("decorator", &mut cursor);
        let read = written.filter_map(|decorator| {
            let expression = decorator.child_in("expression")?;
            let name = match expression.is_a() {
                "call_expression" => expression.child_in("function")?,
                "member_expression" => expression.child_in("property")?,
                _ => expression,
            };
            Some(Decorator { name: self.written(name), arguments: expression.child_in("arguments") })
        });
        read.collect()
    }

    fn input(&mut self, node: Node<'t>, certain: Certain) -> Option<Item> {
        let name = self.label(node, "name")?;
        let written = node.child_in("type").filter(|written| certain.head && !written.has_error());
        let default = match node.child_in("value") {
            Some(_) => Some(self.value(node, "value", certain)),
            // A default that an error has torn off is not the same as none.
            None => {
                let torn = !certain.value && (certain.head || self.written(node).contains('='));
                torn.then(|| self.broken(node))
            }
        };
        Some(Item::Input(Input {
            name,
            type_constraint: None,
            type_text: written.map(|written| SmolStr::new(self.written(written))),
            default,
            optional: written.is_some_and(|written| self.takes_null(written, MOST_ALIASES)),
            not_nullable: false,
            secret: self.decorators(node).iter().any(|decorator| decorator.name == "secure"),
            span: self.span(node),
        }))
    }

    /// Null is among the values of a type: `string?`, `'a' | 'b'?`, or the name of such a type in the same file.
    fn takes_null(&self, written: Node<'t>, aliases: usize) -> bool {
        match written.is_a() {
            "nullable_type" | "null" => true,
            "parenthesized_type" => written.child_in("type").is_some_and(|inner| self.takes_null(inner, aliases)),
            "union_type" => {
                let mut cursor = written.walk();
                let mut members = written.children_by_field_name("member", &mut cursor);
                members.any(|member| self.takes_null(member, aliases))
            }
            "type_identifier" if aliases > 0 => {
                self.types.get(self.written(written)).is_some_and(|meant| self.takes_null(*meant, aliases - 1))
            }
            _ => false,
        }
    }

    fn assignment(&mut self, node: Node<'t>, certain: Certain) -> Option<Item> {
        let name = self.label(node, "name")?;
        let value = self.value(node, "value", certain);
        Some(Item::Assignment(Assignment { name, value }))
    }

    fn function(&mut self, node: Node<'t>, certain: Certain) -> Option<Item> {
        let name = self.label(node, "name")?;
        let written = node.child_in("parameters")?;
        let certain = Certain { value: certain.value && !written.has_error(), ..certain };
        let mut cursor = written.walk();
        let parameters = written
            .named_children(&mut cursor)
            .filter_map(|parameter| parameter.child_in("name").map(|name| self.word(name)));
        let parameters = parameters.collect();
        Some(Item::Function { name, parameters, body: self.value(node, "body", certain) })
    }

    fn import(&mut self, node: Node<'t>, certain: Certain) -> Option<Item> {
        let imports = node.child_in("imports")?;
        if imports.has_error() {
            return None;
        }
        let mut names = Vec::new();
        let mut all_as = None;
        if imports.is_a() == "import_wildcard" {
            all_as = Some(self.word(imports.child_in("alias")?));
        } else {
            let mut cursor = imports.walk();
            for item in imports.named_children(&mut cursor).filter(|child| child.is_a() == "import_item") {
                let Some(name) = item.child_in("name") else { continue };
                let theirs = match name.is_a() {
                    "identifier" => Some(self.word(name)),
                    _ => self.expression(name).as_literal().map(SmolStr::new),
                };
                let ours = item.child_in("alias").map(|alias| self.word(alias));
                names.extend(theirs.map(|theirs| (theirs.clone(), ours.unwrap_or(theirs))));
            }
        }
        Some(Item::Import(Import { path: self.value(node, "path", certain), names, all_as, span: self.span(node) }))
    }

    /// A resource; `lifted` are those that an unclosed bracket has drawn into it.
    fn resource(&mut self, node: Node<'t>, certain: Certain, lifted: &mut Vec<Declaration>) -> Option<Declaration> {
        let written = node.child_in("type").filter(|written| !written.has_error())?;
        let keyword = self.keyword(node)?;
        let name = self.label(node, "name")?;
        let text = self.expression(written);
        let Some(text) = text.as_literal() else {
            let message = "the type of a resource is a text without interpolations".to_string();
            self.faults.push(Fault { span: self.span(written), message, opened: None });
            return None;
        };
        let (type_name, api_version) = match text.split_once('@') {
            Some((type_name, version)) => (type_name, Some(SmolStr::new(version))),
            None => (text, None),
        };
        let type_name = Label { name: SmolStr::new(type_name), span: self.span(written) };
        let existing = node.child_in("existing").filter(|existing| !existing.is_missing());
        let head = self.span(keyword).to(self.span(existing.unwrap_or(written)));
        let mut declaration = self.made(node, name, type_name, head, certain, Some(lifted));
        declaration.api_version = api_version;
        declaration.existing = existing.is_some();
        Some(declaration)
    }

    fn module(&mut self, node: Node<'t>, certain: Certain) -> Option<Declaration> {
        let path = node.child_in("path").filter(|path| !path.has_error())?;
        let keyword = self.keyword(node)?;
        let name = self.label(node, "name")?;
        let head = self.span(keyword).to(self.span(path));
        let type_name = Label { name: SmolStr::default(), span: self.span(path) };
        let source = self.expression(path);
        let mut declaration = self.made(node, name, type_name, head, certain, None);
        declaration.source = Some(source);
        Some(declaration)
    }

    /// What resources and modules have in common: how often, whether, and of what.
    fn made(
        &mut self,
        node: Node<'t>,
        name: Label,
        type_name: Label,
        head: Span,
        certain: Certain,
        lifted: Option<&mut Vec<Declaration>>,
    ) -> Declaration {
        let batch = self.decorators(node).into_iter().find(|decorator| decorator.name == "batchSize");
        let batch_size = batch.and_then(|batch| batch.arguments?.named_child(0)).map(|size| self.expression(size));
        let body = self.broken(node);
        let mut declaration =
            Declaration { type_name, body, batch_size, ..Declaration::named(name, head, self.span(node)) };
        let written = node.child_in("value");
        let plain = written.is_some_and(|value| value.is_a() == "object");
        let body = match written {
            Some(value) if certain.value && !value.is_missing() => self.made_if(value, &mut declaration),
            _ => None,
        };
        match body {
            Some(body) => self.body(body, &mut declaration, lifted),
            // Nobody can tell whether and how often.
            None if !plain || !certain.head => {
                declaration.repeat = None;
                declaration.condition = Some(self.broken(written.unwrap_or(node)));
            }
            None => {}
        }
        declaration
    }

    /// Reads `[for …]` and `if (…)` around the body, and gives the body; `None` where they are not whole.
    fn made_if(&mut self, value: Node<'t>, declaration: &mut Declaration) -> Option<Node<'t>> {
        let mut value = value;
        if value.is_a() == "for_expression" {
            if is_damaged(value) {
                return None;
            }
            declaration.repeat = Some(Repeat::Loop {
                item: self.word(value.child_in("variable")?),
                index: value.child_in("index").map(|index| self.word(index)),
                collection: self.field(value, "collection"),
            });
            value = value.child_in("body")?;
        }
        if value.is_a() == "if_body" {
            if is_damaged(value) {
                return None;
            }
            declaration.condition = Some(self.field(value, "condition"));
            value = value.child_in("body")?;
        }
        (value.is_a() == "object" && !value.is_missing()).then_some(value)
    }

    fn body(&mut self, body: Node<'t>, declaration: &mut Declaration, lifted: Option<&mut Vec<Declaration>>) {
        let Some(left) = self.left.checked_sub(1) else {
            let message = "this nests too deeply to be read".to_string();
            self.faults.push(Fault { span: self.span(body), message, opened: None });
            declaration.body = self.broken(body);
            return;
        };
        self.left = left;
        let members = self.members(body);
        let mut fields = Vec::new();
        let whole = members.is_some();
        for member in members.unwrap_or_default() {
            match member {
                Member::Field(Field::Pair { key, value }) if key.as_literal() == Some("dependsOn") => {
                    declaration.depends_on = Some(value);
                }
                Member::Field(field) => fields.push(field),
                Member::Resource(node) => declaration.nested.extend(self.nested(node, &mut Vec::new()).map(Arc::new)),
            }
        }
        let kind = if whole { ExprKind::Object(fields) } else { ExprKind::Broken };
        declaration.body = Expr::new(kind, self.span(body));
        if !whole && let Some(lifted) = lifted {
            self.lift(body, lifted);
        }
        self.left += 1;
    }

    fn nested(&mut self, node: Node<'t>, lifted: &mut Vec<Declaration>) -> Option<Declaration> {
        let certain = self.certain(node, false)?;
        self.resource(node, certain, lifted)
    }

    /// A body without its end goes on through the resources after it:
    ///
    /// ```bicep
    /// resource a 'Microsoft.Network/routeTables@2024-05-01' = {
    ///   name: 'a'
    ///   properties: {
    /// }
    /// resource b 'Microsoft.Network/routeTables@2024-05-01' = {
    /// ```
    ///
    /// What begins its line and has a whole type is no child of `a`.
    fn lift(&mut self, body: Node<'t>, lifted: &mut Vec<Declaration>) {
        let mut cursor = body.walk();
        for child in body.children(&mut cursor).filter(|child| child.is_a() == "resource_declaration") {
            if child.start_position().column == 0 {
                let mut further = Vec::new();
                let declaration = self.nested(child, &mut further);
                lifted.extend(declaration.filter(|declaration| declaration.type_name.name.contains('/')));
                lifted.append(&mut further);
            }
        }
    }
}
