//! In: expressions as hcl-edit has them. Out: expressions of the one small language.
//! Never: works anything out.

use std::ops::Range;

use hcl::edit::Span as _;
use hcl::edit::expr::{
    BinaryOperator, Conditional, Expression, ForExpr, FuncCall, Object, ObjectKey, Traversal, TraversalOperator,
    UnaryOperator,
};

use crate::source::{FileId, Span};
use crate::syntax::{Binder, Element, Expr, ExprKind, Fault, Field, Operator, Part, Repeated, Sign, Yield};
use crate::value::{Number, SmolStr};

/// Lowers what one statement of a file holds.
pub(super) struct Lowering<'a> {
    file: FileId,
    /// The statement as the file has it.
    text: &'a str,
    /// Where the statement begins in the file.
    start: usize,
    /// How far each byte of `text` lies behind `start`, where that is not its own offset.
    places: Option<&'a [usize]>,
    /// Keys were changed for the parser.
    renamed: bool,
    /// What turned out to be wrong.
    pub faults: Vec<Fault>,
}

impl<'a> Lowering<'a> {
    /// A lowering of the statement `text`, which begins at `start`.
    pub fn new(file: FileId, text: &'a str, start: usize, renamed: bool) -> Lowering<'a> {
        Lowering { file, text, start, places: None, renamed, faults: Vec::new() }
    }

    /// A lowering of a text that was written with escapes: its bytes lie at `places` behind `start`.
    pub fn escaped(file: FileId, text: &'a str, start: usize, places: Option<&'a [usize]>) -> Lowering<'a> {
        Lowering { file, text, start, places, renamed: false, faults: Vec::new() }
    }

    /// The file's span of a stretch of the statement.
    pub fn span(&self, range: Option<Range<usize>>) -> Span {
        let range = range.unwrap_or_default();
        let place = |offset: usize| match self.places {
            Some(places) => places.get(offset).or(places.last()).copied().unwrap_or_default(),
            None => offset,
        };
        Span::new(self.file, self.start + place(range.start), self.start + place(range.end))
    }

    /// The file's text of a stretch of the statement.
    pub fn text_of(&self, range: &Range<usize>) -> &'a str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// Notes that something is wrong.
    pub fn fault(&mut self, span: Span, message: impl Into<String>) {
        self.faults.push(Fault { span, message: message.into(), opened: None });
    }

    /// Lowers an expression.
    pub fn expr(&mut self, expression: &Expression) -> Expr {
        let span = self.span(expression.span());
        let kind = match expression {
            Expression::Null(_) => ExprKind::Null,
            Expression::Bool(value) => ExprKind::Bool(*value.value()),
            Expression::Number(number) => return self.number(number.span().unwrap_or_default()),
            Expression::String(text) => ExprKind::Text(self.text(text.value(), text.span().unwrap_or_default())),
            Expression::StringTemplate(template) => ExprKind::Text(self.quoted(template)),
            Expression::HeredocTemplate(heredoc) => ExprKind::Text(self.heredoc(heredoc)),
            Expression::Array(array) => {
                ExprKind::List(array.iter().map(|item| Element::Item(self.expr(item))).collect())
            }
            Expression::Object(object) => ExprKind::Object(self.fields(object)),
            Expression::Parenthesis(inner) => return self.expr(inner.inner()),
            Expression::Variable(name) => ExprKind::Name(self.word(name.as_str(), name.span())),
            Expression::Conditional(conditional) => self.conditional(conditional),
            Expression::FuncCall(call) => self.call(call),
            Expression::Traversal(traversal) => return self.traversal(traversal),
            Expression::UnaryOp(unary) => ExprKind::Sign {
                sign: match unary.operator.value() {
                    UnaryOperator::Neg => Sign::Minus,
                    UnaryOperator::Not => Sign::Not,
                },
                operand: Box::new(self.expr(&unary.expr)),
            },
            Expression::BinaryOp(binary) => ExprKind::Binary {
                left: Box::new(self.expr(&binary.lhs_expr)),
                operator: operator(*binary.operator.value()),
                right: Box::new(self.expr(&binary.rhs_expr)),
            },
            Expression::ForExpr(repeated) => ExprKind::For(Box::new(self.repeated(repeated))),
        };
        Expr::new(kind, span)
    }

    /// A number from the digits of the file: the parser's own are floats.
    fn number(&mut self, range: Range<usize>) -> Expr {
        let span = self.span(Some(range.clone()));
        let digits: String = self.text_of(&range).chars().filter(|c| !c.is_whitespace()).collect();
        match Number::parse(&digits) {
            Some(number) => Expr::new(ExprKind::Number(number), span),
            None => {
                self.fault(span, "this number is larger than any that is read here");
                Expr::new(ExprKind::Broken, span)
            }
        }
    }

    /// A quoted text without interpolations.
    fn text(&self, parsed: &str, range: Range<usize>) -> Vec<Part> {
        if parsed.is_empty() {
            return Vec::new();
        }
        let written = self.text_of(&range).trim_matches('"');
        let same_as_written = !written.contains(['\\', '$', '%']);
        let text = if self.renamed && same_as_written { written } else { parsed };
        vec![Part::Literal(SmolStr::new(text))]
    }

    /// A name as the file has it.
    fn word(&self, parsed: &str, range: Option<Range<usize>>) -> SmolStr {
        match range {
            Some(range) if self.renamed => SmolStr::new(self.text_of(&range)),
            _ => SmolStr::new(parsed),
        }
    }

    fn fields(&mut self, object: &Object) -> Vec<Field> {
        let mut fields = Vec::with_capacity(object.len());
        for (key, value) in object {
            let key = match key {
                ObjectKey::Ident(name) => Expr::literal(self.word(name.as_str(), name.span()), self.span(name.span())),
                ObjectKey::Expression(expression) => self.expr(expression),
            };
            fields.push(Field::Pair { key, value: self.expr(value.expr()) });
        }
        fields
    }

    fn conditional(&mut self, conditional: &Conditional) -> ExprKind {
        ExprKind::If {
            condition: Box::new(self.expr(&conditional.cond_expr)),
            then: Box::new(self.expr(&conditional.true_expr)),
            otherwise: Box::new(self.expr(&conditional.false_expr)),
        }
    }

    fn call(&mut self, call: &FuncCall) -> ExprKind {
        let names: Vec<_> = call.name.namespace.iter().chain([&call.name.name]).collect();
        let function: Vec<SmolStr> = names.iter().map(|name| self.word(name.as_str(), name.span())).collect();
        let first = names.first().and_then(|name| name.span()).unwrap_or_default();
        let last = call.name.name.span().unwrap_or_default();
        ExprKind::Call {
            function: SmolStr::new(function.join("::")),
            function_span: self.span(Some(first.start..last.end)),
            receiver: None,
            arguments: call.args.iter().map(|argument| self.expr(argument)).collect(),
            spread: call.args.expand_final(),
        }
    }

    fn repeated(&mut self, repeated: &ForExpr) -> Repeated {
        let key = repeated.intro.key_var.as_ref().map(|key| SmolStr::new(key.as_str()));
        let value = self.expr(&repeated.value_expr);
        let result = match &repeated.key_expr {
            Some(key) => Yield::Pair { key: self.expr(key), value, group: repeated.grouping },
            None => Yield::Item(value),
        };
        Repeated {
            binder: Binder::KeyValue { key, value: SmolStr::new(repeated.intro.value_var.as_str()) },
            collection: self.expr(&repeated.intro.collection_expr),
            condition: repeated.cond.as_ref().map(|condition| self.expr(&condition.expr)),
            result,
        }
    }

    fn traversal(&mut self, traversal: &Traversal) -> Expr {
        let start = self.span(traversal.span());
        let source = self.expr(&traversal.expr);
        let operators: Vec<Access> = traversal
            .operators
            .iter()
            .map(|operator| Access { operator: operator.value(), range: operator.span().unwrap_or_default() })
            .collect();
        self.accesses(source, start, &operators)
    }

    /// Applies accesses to `source`, the whole of which begins where `start` does.
    ///
    /// A full splat takes all that follows, other splats included. An attribute splat takes only the attributes (and
    /// the indices with a dot) that follow, and what comes then is applied to its list:
    /// `a.*.b[0]` is the first of the `b`, `a[*].b[0]` the first of each `b`.
    fn accesses(&mut self, source: Expr, start: Span, operators: &[Access]) -> Expr {
        let mut expr = source;
        let mut place = 0;
        while let Some(access) = operators.get(place) {
            place += 1;
            let taken = match access.operator {
                TraversalOperator::FullSplat(_) => operators.len() - place,
                TraversalOperator::AttrSplat(_) => {
                    operators[place..].iter().take_while(|access| access.goes_on_after_attribute_splat()).count()
                }
                _ => {
                    expr = self.access(expr, start, access);
                    continue;
                }
            };
            let item = self.span(Some(access.range.clone()));
            let inside = match access.operator {
                TraversalOperator::AttrSplat(_) => one_number_each(&operators[place..place + taken]),
                _ => operators[place..place + taken].to_vec(),
            };
            let inside = inside.as_slice();
            let each = self.accesses(Expr::new(ExprKind::Name(SmolStr::new("*")), item), item, inside);
            let span = start.to(each.span);
            expr = Expr::new(ExprKind::Splat { source: Box::new(expr), each: Box::new(each) }, span);
            place += taken;
        }
        expr
    }

    fn access(&mut self, object: Expr, start: Span, access: &Access) -> Expr {
        let own = self.span(Some(access.range.clone()));
        let span = start.to(own);
        let object = Box::new(object);
        let kind = match access.operator {
            TraversalOperator::GetAttr(name) => {
                ExprKind::Get { object, key: self.word(name.as_str(), name.span()), safe: false }
            }
            TraversalOperator::Index(index) => {
                ExprKind::Index { object, index: Box::new(self.expr(index)), safe: false, from_end: false }
            }
            TraversalOperator::LegacyIndex(index) => {
                let at = index.span().or_else(|| Some(access.range.clone()));
                let index = match Number::parse(&index.value().to_string()) {
                    Some(number) => Expr::new(ExprKind::Number(number), self.span(at)),
                    None => Expr::new(ExprKind::Broken, self.span(at)),
                };
                ExprKind::Index { object, index: Box::new(index), safe: false, from_end: false }
            }
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => return *object,
        };
        Expr::new(kind, span)
    }
}

/// Terraform reads the `0.0` of `a.*.0.0` as one number: the whole one that it is.
fn one_number_each<'a>(accesses: &[Access<'a>]) -> Vec<Access<'a>> {
    let index = |access: &Access| match access.operator {
        TraversalOperator::LegacyIndex(index) => Some(*index.value()),
        _ => None,
    };
    let mut kept: Vec<Access> = Vec::new();
    let mut after_index = false;
    for access in accesses {
        let fraction = after_index && index(access) == Some(0);
        if !fraction {
            kept.push(access.clone());
        }
        after_index = !fraction && index(access).is_some();
    }
    kept
}

/// One step of a traversal and its place in the statement.
#[derive(Clone)]
struct Access<'a> {
    operator: &'a TraversalOperator,
    range: Range<usize>,
}

impl Access<'_> {
    fn goes_on_after_attribute_splat(&self) -> bool {
        matches!(self.operator, TraversalOperator::GetAttr(_) | TraversalOperator::LegacyIndex(_))
    }
}

fn operator(operator: BinaryOperator) -> Operator {
    match operator {
        BinaryOperator::Eq => Operator::Equal,
        BinaryOperator::NotEq => Operator::NotEqual,
        BinaryOperator::LessEq => Operator::LessOrEqual,
        BinaryOperator::GreaterEq => Operator::GreaterOrEqual,
        BinaryOperator::Less => Operator::Less,
        BinaryOperator::Greater => Operator::Greater,
        BinaryOperator::Plus => Operator::Plus,
        BinaryOperator::Minus => Operator::Minus,
        BinaryOperator::Mul => Operator::Times,
        BinaryOperator::Div => Operator::Over,
        BinaryOperator::Mod => Operator::Modulo,
        BinaryOperator::And => Operator::And,
        BinaryOperator::Or => Operator::Or,
    }
}
