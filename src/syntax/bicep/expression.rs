//! In: nodes of expressions. Out: expressions.
//! Never: reads on where an error may have changed the meaning of what is around it.

use std::ops::Range;

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use super::super::{Binder, Element, Expr, ExprKind, Fault, Field, Operator, Part, Repeated, Sign, Yield};
use super::names::Named;
use crate::source::{FileId, Span};
use crate::value::{Number, SmolStr};

/// Lowers the nodes of one file.
pub(super) struct Lower<'t> {
    pub(super) text: &'t str,
    pub(super) file: FileId,
    /// The levels that are left until the tree is higher than was promised.
    pub(super) left: usize,
    pub(super) faults: Vec<Fault>,
    /// What the file's own types are written as, by their names.
    pub(super) types: FxHashMap<&'t str, Node<'t>>,
}

/// What an object is made of, before it is known what it is the body of.
pub(super) enum Member<'t> {
    /// A property or a spread.
    Field(Field),
    /// A resource within the body of another.
    Resource(Node<'t>),
}

impl<'t> Lower<'t> {
    pub(super) fn span(&self, node: Node) -> Span {
        Span::new(self.file, node.start_byte(), node.end_byte())
    }

    pub(super) fn written(&self, node: Node) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    pub(super) fn word(&self, node: Node) -> SmolStr {
        SmolStr::new(self.written(node))
    }

    pub(super) fn broken(&self, node: Node) -> Expr {
        Expr::new(ExprKind::Broken, self.span(node))
    }

    /// The expression of a field; broken where the tree has none.
    pub(super) fn field(&mut self, node: Node<'t>, name: &str) -> Expr {
        match node.child_in(name) {
            Some(child) => self.expression(child),
            None => self.broken(node),
        }
    }

    /// An expression. What an error may have changed is broken, and nothing else.
    pub(super) fn expression(&mut self, node: Node<'t>) -> Expr {
        // Brackets and `!` say nothing here, and there may be many.
        let mut node = node;
        while matches!(node.is_a(), "parenthesized_expression" | "non_null_assertion") && !is_damaged(node) {
            let inner = node.child_in("expression").or_else(|| node.child_in("operand"));
            match inner {
                Some(inner) => node = inner,
                None => return self.broken(node),
            }
        }
        if node.is_missing() || node.is_error() {
            return self.broken(node);
        }
        if node.is_a() != "object" && is_damaged(node) {
            return self.broken(node);
        }
        let Some(left) = self.left.checked_sub(1) else {
            let message = "this nests too deeply to be read".to_string();
            self.faults.push(Fault { span: self.span(node), message, opened: None });
            return self.broken(node);
        };
        self.left = left;
        let kind = self.kind(node);
        self.left += 1;
        Expr::new(kind, self.span(node))
    }

    fn boxed(&mut self, node: Node<'t>, field: &str) -> Box<Expr> {
        Box::new(self.field(node, field))
    }

    fn name_in(&self, node: Node<'t>, field: &str) -> SmolStr {
        node.child_in(field).map(|name| self.word(name)).unwrap_or_default()
    }

    fn kind(&mut self, node: Node<'t>) -> ExprKind {
        let has = |field: &str| node.child_in(field).is_some();
        match node.is_a() {
            "null" => ExprKind::Null,
            "boolean" => ExprKind::Bool(self.written(node) == "true"),
            "integer" => self.integer(node),
            // The scan makes a name of a placeholder: a text, until something is put in.
            "identifier" if self.written(node).starts_with("{{") => {
                ExprKind::Text(vec![Part::Literal(SmolStr::new(self.written(node)))])
            }
            "identifier" => ExprKind::Name(self.word(node)),
            "string" | "multiline_string" => ExprKind::Text(self.parts(node)),
            "object" => self.object(node),
            "array" => self.array(node),
            "for_expression" => self.repetition(node),
            "member_expression" => ExprKind::Get {
                object: self.boxed(node, "object"),
                key: self.name_in(node, "property"),
                safe: has("safe"),
            },
            "index_expression" => ExprKind::Index {
                object: self.boxed(node, "object"),
                index: self.boxed(node, "index"),
                safe: has("safe"),
                from_end: has("from_end"),
            },
            "resource_access" => {
                ExprKind::Nested { object: self.boxed(node, "object"), name: self.name_in(node, "property") }
            }
            "conditional_expression" => ExprKind::If {
                condition: self.boxed(node, "condition"),
                then: self.boxed(node, "consequence"),
                otherwise: self.boxed(node, "alternative"),
            },
            "unary_expression" => {
                let sign = match node.child_in("operator").map(|operator| operator.is_a()) {
                    Some("!") => Sign::Not,
                    _ => Sign::Minus,
                };
                ExprKind::Sign { sign, operand: self.boxed(node, "operand") }
            }
            "binary_expression" => self.operation(node),
            "call_expression" => self.call(node),
            "lambda_expression" => self.lambda(node),
            _ => ExprKind::Broken,
        }
    }

    fn integer(&mut self, node: Node<'t>) -> ExprKind {
        let written = self.written(node);
        // The compiler takes 64 bits; reading millions of digits would take long.
        let number = (written.len() <= 40).then(|| Number::parse(written)).flatten();
        number.map(ExprKind::Number).unwrap_or_else(|| {
            let message = "this number is larger than any that Bicep knows".to_string();
            self.faults.push(Fault { span: self.span(node), message, opened: None });
            ExprKind::Broken
        })
    }

    /// The parts of a text; neighbours that are characters are one part.
    fn parts(&mut self, node: Node<'t>) -> Vec<Part> {
        let start = node.child_in("start").map(|start| start.end_byte());
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            match child.is_a() {
                "string_content" => {
                    let mut content = self.written(child);
                    // `'''` at the end of a line: the text begins in the next one.
                    if Some(child.start_byte()) == start {
                        content = content.strip_prefix("\r\n").or(content.strip_prefix('\n')).unwrap_or(content);
                    }
                    literal.push_str(content);
                }
                "escape_sequence" => literal.extend(escaped(self.written(child))),
                "interpolation" => {
                    if !literal.is_empty() {
                        parts.push(Part::Literal(SmolStr::new(std::mem::take(&mut literal))));
                    }
                    let inner = match is_damaged(child) {
                        true => self.broken(child),
                        false => self.field(child, "expression"),
                    };
                    parts.push(Part::Expr(inner));
                }
                _ => {}
            }
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(SmolStr::new(literal)));
        }
        parts
    }

    fn object(&mut self, node: Node<'t>) -> ExprKind {
        let Some(members) = self.members(node) else { return ExprKind::Broken };
        let fields = members.into_iter().filter_map(|member| match member {
            Member::Field(field) => Some(field),
            Member::Resource(_) => None,
        });
        ExprKind::Object(fields.collect())
    }

    /// What stands in an object; `None` where an error may have moved its borders.
    ///
    /// An error of one line without brackets costs what stands beside it, and says that there may be more:
    ///
    /// ```bicep
    /// {
    ///   a: 1
    ///   b: 2 c // Broken is the value of `b`; a broken spread stands for `c`.
    /// }
    /// ```
    pub(super) fn members(&mut self, node: Node<'t>) -> Option<Vec<Member<'t>>> {
        let mut members: Vec<Member> = Vec::new();
        let mut open: Option<Span> = None;
        // Ends of the last member and of the last error.
        let mut member_end = None;
        let mut error_end = None;
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            if child.is_missing() {
                return None;
            }
            if child.is_error() {
                if !is_local(self.written(child)) {
                    return None;
                }
                open = open.or(Some(self.span(child)));
                if let Some(end) = member_end
                    && self.same_line(end, self.trimmed(child).start)
                {
                    break_last(&mut members)?;
                }
                error_end = Some(self.trimmed(child).end);
                continue;
            }
            match child.is_a() {
                "object_property" => members.push(Member::Field(self.property(child)?)),
                "spread" => members.push(Member::Field(Field::Spread(self.spread(child)))),
                "resource_declaration" => members.push(Member::Resource(child)),
                _ => continue,
            }
            member_end = Some(child.end_byte());
            if let Some(end) = error_end.take()
                && self.same_line(end, child.start_byte())
            {
                break_last(&mut members)?;
            }
        }
        if let Some(span) = open {
            // It stands first, so that what is certain is laid over it.
            members.insert(0, Member::Field(Field::Spread(Expr::new(ExprKind::Broken, span))));
        }
        Some(members)
    }

    /// Where an error stands, without the line endings that the tree counts among it.
    pub(super) fn trimmed(&self, error: Node) -> Range<usize> {
        let written = self.written(error);
        let start = error.start_byte() + (written.len() - written.trim_start().len());
        start..start + written.trim().len()
    }

    /// No line ends between two offsets.
    pub(super) fn same_line(&self, from: usize, to: usize) -> bool {
        !self.text.get(from..to).unwrap_or_default().contains(['\n', '\r'])
    }

    /// A property; `None` where an error may have taken others with it.
    fn property(&mut self, node: Node<'t>) -> Option<Field> {
        let name = node.child_in("name").filter(|name| !name.is_missing())?;
        let value = node.child_in("value")?;
        let mut damaged = false;
        let mut after_colon = false;
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            after_colon |= child.is_a() == ":" && !child.is_missing();
            if child.is_error() || (child.is_missing() && child != value) {
                if !after_colon || !is_local(self.written(child)) {
                    return None;
                }
                damaged = true;
            }
        }
        let key = self.key(name);
        let value = if damaged { self.broken(value) } else { self.expression(value) };
        Some(Field::Pair { key, value })
    }

    /// A key is a text, whether it is written as one or as a word.
    fn key(&mut self, node: Node<'t>) -> Expr {
        match node.is_a() {
            "identifier" => Expr::literal(self.written(node), self.span(node)),
            _ => self.expression(node),
        }
    }

    fn spread(&mut self, node: Node<'t>) -> Expr {
        if is_damaged(node) { self.broken(node) } else { self.field(node, "value") }
    }

    fn array(&mut self, node: Node<'t>) -> ExprKind {
        let mut elements = Vec::new();
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor).filter(|child| !child.is_extra()) {
            elements.push(match child.is_a() {
                "spread" => Element::Spread(self.spread(child)),
                _ => Element::Item(self.expression(child)),
            });
        }
        ExprKind::List(elements)
    }

    /// `[for (item, index) in collection: result]`.
    fn repetition(&mut self, node: Node<'t>) -> ExprKind {
        let index = node.child_in("index").map(|index| self.word(index));
        let binder = Binder::ItemIndex { item: self.name_in(node, "variable"), index };
        let collection = self.field(node, "collection");
        let Some(body) = node.child_in("body") else { return ExprKind::Broken };
        let (condition, result) = match body.is_a() {
            "if_body" if is_damaged(body) => return ExprKind::Broken,
            "if_body" => (Some(self.field(body, "condition")), self.field(body, "body")),
            _ => (None, self.expression(body)),
        };
        ExprKind::For(Box::new(Repeated { binder, collection, condition, result: Yield::Item(result) }))
    }

    fn operation(&mut self, node: Node<'t>) -> ExprKind {
        let operator = match node.child_in("operator").map(|operator| operator.is_a()) {
            Some("??") => Operator::Coalesce,
            Some("||") => Operator::Or,
            Some("&&") => Operator::And,
            Some("==") => Operator::Equal,
            Some("!=") => Operator::NotEqual,
            Some("=~") => Operator::Like,
            Some("!~") => Operator::NotLike,
            Some("<") => Operator::Less,
            Some("<=") => Operator::LessOrEqual,
            Some(">") => Operator::Greater,
            Some(">=") => Operator::GreaterOrEqual,
            Some("+") => Operator::Plus,
            Some("-") => Operator::Minus,
            Some("*") => Operator::Times,
            Some("/") => Operator::Over,
            Some("%") => Operator::Modulo,
            _ => return ExprKind::Broken,
        };
        ExprKind::Binary { left: self.boxed(node, "left"), operator, right: self.boxed(node, "right") }
    }

    /// `f(a)` and `x.f(a)`. `sys.` and `az.` are namespaces, and what is called is the function itself.
    fn call(&mut self, node: Node<'t>) -> ExprKind {
        let Some(name) = node.child_in("function") else { return ExprKind::Broken };
        let Some(written) = node.child_in("arguments") else { return ExprKind::Broken };
        if is_damaged(written) {
            return ExprKind::Broken;
        }
        let receiver = node.child_in("object");
        let receiver =
            receiver.filter(|object| object.is_a() != "identifier" || !matches!(self.written(*object), "sys" | "az"));
        let receiver = receiver.map(|object| Box::new(self.expression(object)));
        let mut cursor = written.walk();
        let mut arguments = Vec::new();
        for argument in written.named_children(&mut cursor).filter(|child| !child.is_extra()) {
            arguments.push(self.expression(argument));
        }
        ExprKind::Call { function: self.word(name), function_span: self.span(name), receiver, arguments, spread: false }
    }

    fn lambda(&mut self, node: Node<'t>) -> ExprKind {
        let mut cursor = node.walk();
        let holder = node.child_in("parameters").unwrap_or(node);
        if is_damaged(holder) {
            return ExprKind::Broken;
        }
        let parameters = holder.children_by_field_name("parameter", &mut cursor).map(|name| self.word(name)).collect();
        ExprKind::Lambda { parameters, body: self.boxed(node, "body") }
    }
}

/// An error stands directly in this node, or something of it is missing; where its value is, that alone is broken.
pub(super) fn is_damaged(node: Node) -> bool {
    if !node.has_error() {
        return false;
    }
    let mut cursor = node.walk();
    if !cursor.goto_first_child() {
        return false;
    }
    loop {
        let child = cursor.node();
        if child.is_error() || (child.is_missing() && !cursor.field_name().is_some_and(is_value)) {
            return true;
        }
        if !cursor.goto_next_sibling() {
            return false;
        }
    }
}

/// The fields that hold expressions.
fn is_value(field: &str) -> bool {
    const VALUES: [&str; 12] = [
        "alternative",
        "body",
        "collection",
        "condition",
        "consequence",
        "expression",
        "index",
        "left",
        "object",
        "operand",
        "right",
        "value",
    ];
    VALUES.contains(&field)
}

/// An error that cannot have moved the borders of anything around it.
fn is_local(written: &str) -> bool {
    !written.trim().contains(['\n', '\r', '{', '}', '[', ']', '(', ')', '\'', '/'])
}

/// Makes the value of the last member broken; `None` where it has none.
fn break_last(members: &mut [Member]) -> Option<()> {
    match members.last_mut()? {
        Member::Field(Field::Pair { value, .. }) => value.kind = ExprKind::Broken,
        Member::Field(Field::Spread(spread)) => spread.kind = ExprKind::Broken,
        Member::Resource(_) => return None,
    }
    Some(())
}

/// The character that an escape stands for; the grammar lets no other through.
fn escaped(written: &str) -> Option<char> {
    match written.strip_prefix('\\')? {
        "n" => Some('\n'),
        "r" => Some('\r'),
        "t" => Some('\t'),
        other => match other.strip_prefix("u{").and_then(|code| code.strip_suffix('}')) {
            // Half of a surrogate pair is no character.
            Some(code) => Some(u32::from_str_radix(code, 16).ok().and_then(char::from_u32).unwrap_or('\u{fffd}')),
            None => other.chars().next(),
        },
    }
}
