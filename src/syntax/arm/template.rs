//! In: the tree of a template. Out: its declarations.
//! Never: decides which resources are deployed, or what a name is worth.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::expression::{Binder, Element, Expr, ExprKind, Field, Part, Repeated, Yield};
use super::super::formula;
use super::super::item::{Declaration, Fault, Inline, Input, Item, Label, Local, Output, Repeat};
use super::super::json::KEY_VAULT_REFERENCE;
use super::super::nesting::Limits;
use super::super::tree::{Member, Node, NodeKind, Text};
use super::spelling::{Names, item_of, place_in};
use crate::source::{FileId, Span};
use crate::value::{Number, SmolStr};

/// The type of nested and linked deployments.
const DEPLOYMENTS: &str = "Microsoft.Resources/deployments";

/// The members of a resource that are no part of its body.
const BESIDE_THE_BODY: [&str; 13] = [
    "type",
    "apiVersion",
    "condition",
    "copy",
    "dependsOn",
    "resources",
    "existing",
    "comments",
    "metadata",
    "import",
    "extension",
    "resourceGroup",
    "subscriptionId",
];

/// The longest chain of types that refer to each other.
const DEEPEST_TYPES: usize = 16;

/// Whether this is the root of a template.
pub fn is_template(root: &Node) -> bool {
    let schema = root.find("$schema").and_then(Node::text).unwrap_or_default().to_lowercase();
    schema.contains("deploymenttemplate.json")
        || root.find("resources").is_some()
            && root.find("contentVersion").is_some()
            && root.find("parameters").is_none_or(Node::is_object)
}

/// The declarations of a template.
pub fn items(root: &Node, file: FileId, limits: Limits, faults: &mut Vec<Fault>) -> Vec<Item> {
    Lower { file, limits, faults }.template(root, &Names::default())
}

struct Lower<'f> {
    file: FileId,
    limits: Limits,
    faults: &'f mut Vec<Fault>,
}

/// A `copy`: how often, and under which name.
struct Copy<'t> {
    name: &'t str,
    count: &'t Node,
    /// What is copied; a resource copies itself.
    input: Option<&'t Node>,
}

impl<'t> Copy<'t> {
    fn read(node: &'t Node) -> Option<Copy<'t>> {
        let name = node.find("name").and_then(Node::text).unwrap_or_default();
        Some(Copy { name, count: node.find("count")?, input: node.find("input") })
    }
}

/// What a nested resource takes from the one around it.
struct Outer {
    type_name: SmolStr,
    name: Expr,
    copy: Option<(Repeat, SmolStr)>,
}

impl Lower<'_> {
    fn template(&mut self, root: &Node, around: &Names) -> Vec<Item> {
        let mut items = Vec::new();
        let resources = root.find("resources");
        let symbols = match resources.map(|resources| &resources.kind) {
            Some(NodeKind::Object(members)) => {
                members.iter().map(|member| (SmolStr::new(&member.key.text), is_module(&member.value))).collect()
            }
            _ => Vec::new(),
        };
        let names = Names { symbols, ..around.clone() };
        items.extend(self.target_scope(root));
        for namespace in root.find("functions").map(Node::items).unwrap_or_default() {
            self.functions(namespace, &mut items);
        }
        let definitions = root.find("definitions");
        for member in root.find("parameters").map(Node::last_of_each).unwrap_or_default() {
            items.push(Item::Input(self.input(member, definitions, &names)));
        }
        self.variables(root.find("variables"), &names, &mut items);
        let mut taken = BTreeMap::new();
        match resources.map(|resources| &resources.kind) {
            Some(NodeKind::Object(members)) => {
                for member in members {
                    let symbol = member.key.label();
                    self.resource(&member.value, Some(symbol), None, &names, &mut taken, &mut items);
                }
            }
            _ => {
                for node in resources.map(Node::items).unwrap_or_default() {
                    self.resource(node, None, None, &names, &mut taken, &mut items);
                }
            }
        }
        for member in root.find("outputs").map(Node::last_of_each).unwrap_or_default() {
            items.push(Item::Output(self.output(member, definitions, &names)));
        }
        items
    }

    /// The level that the schema names; the one of a resource group is the one without a word for it.
    fn target_scope(&self, root: &Node) -> Option<Item> {
        let schema = root.find("$schema")?;
        let text = schema.text()?.to_lowercase();
        let levels = [
            ("subscriptiondeploymenttemplate", "subscription"),
            ("managementgroupdeploymenttemplate", "managementGroup"),
            ("tenantdeploymenttemplate", "tenant"),
        ];
        let (_, level) = levels.into_iter().find(|(name, _)| text.contains(name))?;
        Some(Item::TargetScope(Expr::literal(level, schema.span)))
    }

    fn functions(&mut self, namespace: &Node, items: &mut Vec<Item>) {
        let prefix = namespace.find("namespace").and_then(Node::text).unwrap_or_default();
        for member in namespace.find("members").map(Node::members).unwrap_or_default() {
            let parameters = member.value.find("parameters").map(Node::items).unwrap_or_default();
            let parameters = parameters.iter().filter_map(|parameter| parameter.find("name")?.text()).map(SmolStr::new);
            let Some(body) = member.value.find("output").and_then(|output| output.find("value")) else { continue };
            let own = Names { in_a_function: true, ..Names::default() };
            let name = SmolStr::new(format!("{prefix}.{}", member.key.text).to_lowercase());
            items.push(Item::Function {
                name: Label { name, span: member.key.span },
                parameters: parameters.collect(),
                body: self.value(body, &own),
            });
        }
    }

    fn input(&mut self, member: &Member, definitions: Option<&Node>, names: &Names) -> Input {
        let declared = resolved(&member.value, definitions);
        let says = |name: &str| declared.iter().find_map(|node| node.get(name));
        let type_text = says("type").and_then(Node::text).unwrap_or_default();
        Input {
            name: member.key.label(),
            type_constraint: None,
            type_text: Some(SmolStr::new(type_text)),
            default: member.value.find("defaultValue").map(|value| self.value(value, names)),
            optional: says("nullable").is_some_and(Node::is_true),
            not_nullable: false,
            secret: is_secret(type_text),
            span: member.key.span.to(member.value.span),
        }
    }

    fn variables(&mut self, variables: Option<&Node>, names: &Names, items: &mut Vec<Item>) {
        for member in variables.map(Node::last_of_each).unwrap_or_default() {
            if let (true, NodeKind::List(copies)) = (member.key.text.eq_ignore_ascii_case("copy"), &member.value.kind) {
                for node in copies {
                    let Some(copy) = Copy::read(node) else { continue };
                    let span = node.find("name").map_or(node.span, |name| name.span);
                    let name = Label { name: SmolStr::new(copy.name), span };
                    let value = self.copied(&copy, node, false, names);
                    items.push(Item::Local(Local { name, value, exported: false }));
                }
                continue;
            }
            let value = self.value(&member.value, names);
            items.push(Item::Local(Local { name: member.key.label(), value, exported: false }));
        }
    }

    fn output(&mut self, member: &Member, definitions: Option<&Node>, names: &Names) -> Output {
        let node = &member.value;
        let mut value = match (node.find("copy"), node.find("value")) {
            (Some(copy_node), _) => match Copy::read(copy_node) {
                Some(copy) => self.copied(&copy, copy_node, true, names),
                None => self.broken(copy_node),
            },
            (None, Some(value)) => self.value(value, names),
            (None, None) => self.broken(node),
        };
        if let Some(condition) = node.find("condition") {
            let span = value.span;
            value = Expr::new(
                ExprKind::If {
                    condition: Box::new(self.value(condition, names)),
                    then: Box::new(value),
                    otherwise: Box::new(Expr::new(ExprKind::Null, span)),
                },
                span,
            );
        }
        let declared = resolved(node, definitions);
        let type_text = declared.iter().find_map(|node| node.find("type")?.text()).unwrap_or_default();
        Output { name: member.key.label(), value, depends_on: None, secret: is_secret(type_text) }
    }

    /// A resource and those that are nested in it, which Azure deploys as if they stood beside it: they take neither
    /// its condition nor its place in the order.
    fn resource(
        &mut self,
        node: &Node,
        symbol: Option<Label>,
        outer: Option<&Outer>,
        names: &Names,
        taken: &mut BTreeMap<SmolStr, usize>,
        items: &mut Vec<Item>,
    ) {
        let Some(type_node) = node.find("type").filter(|_| node.is_object()) else {
            if !matches!(node.kind, NodeKind::Broken) {
                self.fault(node.span, "a resource has a `type`");
            }
            return;
        };
        let written = type_node.text().unwrap_or_default();
        let (written, foreign) = match written.split_once('@') {
            Some((kind, version)) => (kind, Some(SmolStr::new(version))),
            None => (written, None),
        };
        // A full type names its provider; within another resource most are relative.
        let relative = outer.filter(|_| !written.split('/').next().unwrap_or_default().contains('.'));
        let type_name = match relative {
            Some(outer) => SmolStr::new(format!("{}/{written}", outer.type_name)),
            None => SmolStr::new(written),
        };
        let copy = node.find("copy").and_then(|copy| Some((Copy::read(copy)?, copy)));
        let mut within = names.clone();
        let mut repeat = None;
        let mut batch_size = None;
        if let Some((copy, copy_node)) = &copy {
            let collection = self.range(copy.count, names);
            repeat = Some(repeat_of(copy.name, collection));
            within.loops.push((SmolStr::new(copy.name), true));
            let serial = copy_node.find("mode").and_then(Node::text).is_some_and(|m| m.eq_ignore_ascii_case("serial"));
            let one = || Expr::new(ExprKind::Number(Number::from(1_i64)), copy_node.span);
            let size = if serial { Some(copy_node.find("batchSize")) } else { None };
            batch_size = match size {
                Some(None) => Some(one()),
                Some(Some(size)) => Some(self.value(size, names)),
                None => None,
            };
        } else if let Some((around, copy)) = outer.and_then(|outer| outer.copy.clone()) {
            repeat = Some(around);
            within.loops.push((copy, true));
        }
        let name = match node.find("name") {
            Some(name) => self.value(name, &within),
            None => self.broken(node),
        };
        let name = match relative {
            Some(outer) => self.joined(&outer.name, name),
            None => name,
        };
        let symbol = symbol.unwrap_or_else(|| {
            let span = node.find("name").map_or(type_node.span, |name| name.span);
            Label { name: symbol_of(&type_name, &name, taken), span }
        });
        let existing = node.find("existing").is_some_and(Node::is_true);
        let type_span = type_node.span;
        let mut declaration = Declaration {
            type_name: Label { name: type_name.clone(), span: type_span },
            api_version: foreign.clone().or_else(|| node.find("apiVersion")?.text().map(SmolStr::new)),
            existing,
            condition: node.find("condition").map(|condition| self.value(condition, &within)),
            repeat: repeat.clone(),
            body: self.broken(node),
            depends_on: node.find("dependsOn").map(|list| self.depends_on(list, &within)),
            batch_size,
            ..Declaration::named(symbol, type_span, node.span)
        };
        if is_module(node) {
            self.deployment(node, name, &within, &mut declaration);
            items.push(Item::Module(Arc::new(declaration)));
            return;
        }
        declaration.body = self.body(node, name.clone(), foreign.is_some(), &within);
        items.push(Item::Resource(Arc::new(declaration)));
        let inner = node.find("resources").map(Node::items).unwrap_or_default();
        if inner.is_empty() {
            return;
        }
        let copy = repeat
            .zip(copy.map(|(copy, _)| SmolStr::new(copy.name)).or_else(|| outer?.copy.as_ref().map(|c| c.1.clone())));
        let own = Outer { type_name, name, copy };
        for node in inner {
            self.resource(node, None, Some(&own), names, taken, items);
        }
    }

    fn body(&mut self, node: &Node, name: Expr, foreign: bool, names: &Names) -> Expr {
        let span = node.span;
        if foreign {
            // What extensions make has all its members in `properties`.
            return node
                .find("properties")
                .map_or_else(|| Expr::new(ExprKind::Object(Vec::new()), span), |p| self.value(p, names));
        }
        let mut fields = Vec::new();
        for member in node.members() {
            let key = member.key.text.as_str();
            let beside = BESIDE_THE_BODY.iter().any(|beside| beside.eq_ignore_ascii_case(key));
            if key.eq_ignore_ascii_case("name") {
                fields.push(self.pair("name", member.key.span, name.clone()));
            } else if !beside {
                fields.push(self.field(member, names));
            }
        }
        if node.find("scope").is_none() {
            fields.extend(self.scope(node, names));
        }
        Expr::new(ExprKind::Object(fields), span)
    }

    /// `"resourceGroup": "…", "subscriptionId": "…"` as Bicep's `scope: resourceGroup(…)`.
    fn scope(&mut self, node: &Node, names: &Names) -> Option<Field> {
        let (group, subscription) = (node.member("resourceGroup"), node.member("subscriptionId"));
        let at = group.or(subscription)?;
        let function = if group.is_some() { "resourceGroup" } else { "subscription" };
        let arguments =
            [subscription, group].into_iter().flatten().map(|member| self.value(&member.value, names)).collect();
        let call = self.call(function, arguments, at.value.span);
        Some(self.pair("scope", at.key.span, call))
    }

    /// A deployment in a template: a call of the module that stands in it or that it links to.
    fn deployment(&mut self, node: &Node, name: Expr, names: &Names, declaration: &mut Declaration) {
        let span = node.span;
        declaration.type_name.name = SmolStr::default();
        let place = node.find("name").map_or(node.span, |name| name.span);
        let mut fields = vec![self.pair("name", place, name)];
        match node.member("scope") {
            Some(scope) => fields.push(self.field(scope, names)),
            None => fields.extend(self.scope(node, names)),
        }
        let properties = node.find("properties");
        if let Some(parameters) = properties.and_then(|properties| properties.member("parameters")) {
            let value = self.arguments(&parameters.value, names);
            fields.push(self.pair("params", parameters.key.span, value));
        }
        declaration.body = Expr::new(ExprKind::Object(fields), span);
        let template = properties.and_then(|properties| properties.find("template"));
        if let Some(template) = template.filter(|template| template.is_object()) {
            let options = properties.and_then(|properties| properties.find("expressionEvaluationOptions"));
            let inner = options
                .and_then(|options| options.find("scope")?.text())
                .is_some_and(|scope| scope.eq_ignore_ascii_case("inner"));
            let around = if inner { Names::default() } else { Names { symbols: Vec::new(), ..names.clone() } };
            let items = self.template(template, &around);
            declaration.inline = Some(Arc::new(Inline { items, shares_scope: !inner }));
            return;
        }
        let link = properties.and_then(|properties| properties.find("templateLink"));
        let source =
            link.and_then(|link| link.find("relativePath").or_else(|| link.find("uri")).or_else(|| link.find("id")));
        declaration.source = Some(match source.or(link).or(template) {
            Some(source) => self.value(source, names),
            None => self.broken(node),
        });
    }

    /// `{ "a": { "value": 1 } }` as `{ a: 1 }`.
    fn arguments(&mut self, node: &Node, names: &Names) -> Expr {
        let span = node.span;
        let NodeKind::Object(members) = &node.kind else {
            // An object that is worked out: each of its members holds a value.
            let all = self.value(node, names);
            let entry = |key: &str, inner: &str| {
                let item = Expr::new(ExprKind::Name(SmolStr::new_static("argument")), span);
                let get = |object: Expr, key: &str| {
                    Expr::new(ExprKind::Get { object: Box::new(object), key: SmolStr::new(key), safe: false }, span)
                };
                let body = if inner.is_empty() { get(item, key) } else { get(get(item, key), inner) };
                let parameters = vec![SmolStr::new_static("argument")];
                Expr::new(ExprKind::Lambda { parameters, body: Box::new(body) }, span)
            };
            let items = self.call("items", vec![all], span);
            return self.call("toObject", vec![items, entry("key", ""), entry("value", "value")], span);
        };
        let fields = members.iter().filter_map(|member| {
            let value = match (member.value.find("value"), member.value.find("reference")) {
                (Some(value), _) => self.value(value, names),
                (None, Some(reference)) => {
                    let argument = self.value(reference, names);
                    self.call(KEY_VAULT_REFERENCE, vec![argument], reference.span)
                }
                (None, None) if member.value.text().is_some() => {
                    let whole = self.value(&member.value, names);
                    let span = whole.span;
                    let key = SmolStr::new_static("value");
                    Expr::new(ExprKind::Get { object: Box::new(whole), key, safe: false }, span)
                }
                (None, None) => return None,
            };
            Some(Field::Pair { key: self.key(member, names), value })
        });
        let fields = fields.collect();
        Expr::new(ExprKind::Object(fields), span)
    }

    /// Symbolic names become names; ids and names of resources stay texts.
    fn depends_on(&mut self, list: &Node, names: &Names) -> Expr {
        let mut value = self.value(list, names);
        if let ExprKind::List(elements) = &mut value.kind {
            for element in elements {
                if let Element::Item(item) = element
                    && let Some((named, _)) = names.named(item)
                {
                    *item = named;
                }
            }
        }
        value
    }

    /// Any value. What begins with `[` and ends with `]` is an expression, and `[[` stands for a bracket.
    fn value(&mut self, node: &Node, names: &Names) -> Expr {
        let span = node.span;
        let kind = match &node.kind {
            NodeKind::Null => ExprKind::Null,
            NodeKind::Bool(value) => ExprKind::Bool(*value),
            NodeKind::Number(written) => {
                let number = (written.len() <= 40).then(|| Number::parse(written)).flatten();
                number.map(ExprKind::Number).unwrap_or_else(|| {
                    self.fault(node.span, "this is no number");
                    ExprKind::Broken
                })
            }
            NodeKind::Text(text) => return self.text(text, names),
            NodeKind::List(items) => {
                ExprKind::List(items.iter().map(|item| Element::Item(self.value(item, names))).collect())
            }
            NodeKind::Object(members) => {
                let mut fields = Vec::with_capacity(members.len());
                for member in members {
                    match copies(member) {
                        Some(copies) => {
                            for (copy, node) in copies {
                                let key = node.find("name").map_or(node.span, |name| name.span);
                                let value = self.copied(&copy, node, false, names);
                                fields.push(self.pair(copy.name, key, value));
                            }
                        }
                        None => fields.push(self.field(member, names)),
                    }
                }
                ExprKind::Object(fields)
            }
            NodeKind::Broken => ExprKind::Broken,
        };
        Expr::new(kind, span)
    }

    fn text(&mut self, text: &Text, names: &Names) -> Expr {
        let span = text.span;
        let whole = text.text.as_str();
        let Some(inside) = whole.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
            return Expr::literal(whole, span);
        };
        if inside.starts_with('[') {
            return Expr::literal(&whole[1..], span);
        }
        let file = self.file;
        let place = |start: usize, end: usize| Span::new(file, text.place_of(start + 1), text.place_of(end + 1));
        match formula::read(inside, self.limits, &place) {
            Ok(expr) => names.respell(expr),
            Err(mistake) => {
                self.faults.push(Fault {
                    span: place(mistake.start, mistake.end),
                    message: mistake.message,
                    opened: None,
                });
                Expr::new(ExprKind::Broken, span)
            }
        }
    }

    fn field(&mut self, member: &Member, names: &Names) -> Field {
        Field::Pair { key: self.key(member, names), value: self.value(&member.value, names) }
    }

    fn key(&mut self, member: &Member, names: &Names) -> Expr {
        self.text(&member.key, names)
    }

    fn pair(&self, key: &str, place: Span, value: Expr) -> Field {
        Field::Pair { key: Expr::literal(key, place), value }
    }

    fn call(&self, function: &str, arguments: Vec<Expr>, span: Span) -> Expr {
        let function = SmolStr::new(function);
        let kind = ExprKind::Call { function, function_span: span, receiver: None, arguments, spread: false };
        Expr::new(kind, span)
    }

    /// What a `copy` of a property, variable or output gives: a list.
    fn copied(&mut self, copy: &Copy, node: &Node, whole: bool, names: &Names) -> Expr {
        let Some(input) = copy.input else { return self.broken(node) };
        let collection = self.range(copy.count, names);
        let mut within = names.clone();
        within.loops.push((SmolStr::new(copy.name), whole));
        let binder = Binder::ItemIndex { item: item_of(copy.name), index: Some(place_in(copy.name)) };
        let result = Yield::Item(self.value(input, &within));
        let repeated = Repeated { binder, collection, condition: None, result };
        Expr::new(ExprKind::For(Box::new(repeated)), node.span)
    }

    /// `range(0, count)`.
    fn range(&mut self, count: &Node, names: &Names) -> Expr {
        let count = self.value(count, names);
        let span = count.span;
        let zero = Expr::new(ExprKind::Number(Number::from(0_i64)), span);
        self.call("range", vec![zero, count], span)
    }

    /// `outer/inner`.
    fn joined(&self, outer: &Expr, inner: Expr) -> Expr {
        let span = inner.span;
        let parts = vec![Part::Expr(outer.clone()), Part::Literal(SmolStr::new_static("/")), Part::Expr(inner)];
        Expr::new(ExprKind::Text(parts), span)
    }

    fn broken(&self, node: &Node) -> Expr {
        Expr::new(ExprKind::Broken, node.span)
    }

    fn fault(&mut self, place: Span, message: &str) {
        self.faults.push(Fault { span: place, message: message.into(), opened: None });
    }
}

fn repeat_of(name: &str, collection: Expr) -> Repeat {
    Repeat::Loop { item: item_of(name), index: Some(place_in(name)), collection }
}

/// A deployment that names what it deploys; one that exists already is a resource as any other.
fn is_module(node: &Node) -> bool {
    let kind = node.find("type").and_then(Node::text);
    let properties = node.find("properties");
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case(DEPLOYMENTS))
        && properties
            .is_some_and(|properties| properties.find("template").or(properties.find("templateLink")).is_some())
}

fn is_secret(type_text: &str) -> bool {
    ["securestring", "secureobject"].iter().any(|secret| secret.eq_ignore_ascii_case(type_text))
}

/// `"copy": [ { "name": …, "count": …, "input": … } ]` within an object: lists that are its fields.
fn copies(member: &Member) -> Option<Vec<(Copy<'_>, &Node)>> {
    let NodeKind::List(items) = &member.value.kind else { return None };
    if !member.key.text.eq_ignore_ascii_case("copy") || items.is_empty() {
        return None;
    }
    items.iter().map(|item| Some((Copy::read(item).filter(|copy| copy.input.is_some())?, item))).collect()
}

/// A parameter or output and the definitions that its `$ref` leads to.
fn resolved<'t>(node: &'t Node, definitions: Option<&'t Node>) -> Vec<&'t Node> {
    let mut chain = vec![node];
    while let Some(name) = chain.last().and_then(|node| node.find("$ref")?.text()?.strip_prefix("#/definitions/"))
        && chain.len() < DEEPEST_TYPES
    {
        // `~1` and `~0` stand for `/` and `~` (RFC 6901).
        let name = name.replace("~1", "/").replace("~0", "~");
        match definitions.and_then(|definitions| definitions.find(&name)) {
            Some(definition) => chain.push(definition),
            None => break,
        }
    }
    chain
}

/// A symbol for a resource that has none, from its type and the words of its name: `virtualNetworks_hub`.
fn symbol_of(type_name: &str, name: &Expr, taken: &mut BTreeMap<SmolStr, usize>) -> SmolStr {
    let mut words = vec![type_name.rsplit('/').next().unwrap_or_default().to_string()];
    collect_words(name, &mut words);
    let symbol = words.join("_");
    let symbol: String = symbol.chars().take(80).collect();
    let symbol = SmolStr::new(symbol);
    let count = taken.entry(symbol.clone()).or_insert(0);
    *count += 1;
    if *count == 1 { symbol } else { SmolStr::new(format!("{symbol}_{count}")) }
}

/// The words of the texts in an expression.
fn collect_words(expr: &Expr, words: &mut Vec<String>) {
    if let ExprKind::Text(parts) = &expr.kind {
        for part in parts {
            match part {
                Part::Literal(text) => {
                    let letters = |c: char| !c.is_alphanumeric() && c != '-';
                    let found = text.split(letters).map(|word| word.trim_matches('-')).filter(|word| !word.is_empty());
                    words.extend(found.map(String::from));
                }
                Part::Expr(expr) => collect_words(expr, words),
            }
        }
        return;
    }
    expr.each_child(&mut |child| collect_words(child, words));
}
