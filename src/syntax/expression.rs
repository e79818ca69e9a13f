//! In: what the readers saw. Out: the expressions of the one small language.
//! Never: holds a node that only one dialect's evaluator would understand by its spelling.

use crate::source::Span;
use crate::value::{Number, SmolStr};

/// An expression and its place.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms of expressions. Nesting is bounded before parsing, so walks may recurse.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text: `"a-${b}"`, heredocs (already without their indentation), `'a-${b}'`, `'''…'''`.
    ///
    /// Terraform's `%{ if }` and `%{ for }` are parts that hold an `If` or a `For` whose branches are texts.
    /// A text of one interpolation only, as in `"${x}"`, has one part: Terraform takes the value of `x` as it is.
    Text(Vec<Part>),
    /// `[a, b]`, and a repeated nested block of a resource.
    List(Vec<Element>),
    /// `{ a = 1 }`, the body of a block or a resource.
    Object(Vec<Field>),
    /// A name that is looked up in scope: `var`, `local`, `each`, a resource type, a Bicep symbol, a loop's variable.
    Name(SmolStr),
    /// `object.key`, and `object.?key` when `safe`.
    Get {
        /// What is looked into.
        object: Box<Expr>,
        /// The field's name.
        key: SmolStr,
        /// A missing field is null.
        safe: bool,
    },
    /// `object[index]`, Terraform's legacy `object.0`, Bicep's `object[?index]` and `object[^index]`.
    Index {
        /// What is looked into.
        object: Box<Expr>,
        /// Which item or field.
        index: Box<Expr>,
        /// A missing item is null.
        safe: bool,
        /// Counted from the end, from 1.
        from_end: bool,
    },
    /// Bicep's `parent::child`: a nested resource by its symbol.
    Nested {
        /// The outer resource.
        object: Box<Expr>,
        /// The nested resource's symbol.
        name: SmolStr,
    },
    /// Terraform's `source[*].a.b[0]` and `source.*.a.b`. `each` holds what follows, applied to the name `*`.
    Splat {
        /// What is walked.
        source: Box<Expr>,
        /// What is taken of each item; `Name("*")` in it stands for the item.
        each: Box<Expr>,
    },
    /// `condition ? then : otherwise`.
    If {
        /// What decides.
        condition: Box<Expr>,
        /// The value when it is true.
        then: Box<Expr>,
        /// The value when it is false.
        otherwise: Box<Expr>,
    },
    /// A repetition.
    For(Box<Repeated>),
    /// `!a`, `-a`, Bicep's `+a`.
    Sign {
        /// Which sign.
        sign: Sign,
        /// What it stands before.
        operand: Box<Expr>,
    },
    /// `left operator right`.
    Binary {
        /// The left side.
        left: Box<Expr>,
        /// The operator.
        operator: Operator,
        /// The right side.
        right: Box<Expr>,
    },
    /// `f(a, b)`. Namespaces are part of the name: `az.resourceId`, `provider::azurerm::parse_resource_id`.
    ///
    /// Bicep's `x.f(a)` has a receiver when `x` is not a namespace that the reader can tell: the evaluator decides.
    Call {
        /// The function's name.
        function: SmolStr,
        /// Where the name stands.
        function_span: Span,
        /// What the function is called on, in Bicep's `aks.listKeys()` and `sys.concat()`.
        receiver: Option<Box<Expr>>,
        /// The arguments in order.
        arguments: Vec<Expr>,
        /// The last argument is a list that is spread, as in `max(list...)`.
        spread: bool,
    },
    /// Bicep's `x => body`.
    Lambda {
        /// The names of its parameters.
        parameters: Vec<SmolStr>,
        /// What it gives.
        body: Box<Expr>,
    },
    /// What could not be read; the fault is reported with the program.
    Broken,
}

/// One part of a text.
#[derive(Clone, Debug)]
pub enum Part {
    /// Characters, escapes resolved.
    Literal(SmolStr),
    /// An interpolation.
    Expr(Expr),
}

/// One element of a list.
#[derive(Clone, Debug)]
pub enum Element {
    /// An item.
    Item(Expr),
    /// Bicep's `...list`, and Terraform's `dynamic` blocks: the items of a list, in this place.
    Spread(Expr),
}

/// One field of an object.
#[derive(Clone, Debug)]
pub enum Field {
    /// `key = value`, with the key as a text (names are literal texts).
    Pair {
        /// The key.
        key: Expr,
        /// The value.
        value: Expr,
    },
    /// Bicep's `...object`.
    Spread(Expr),
}

impl Element {
    /// What is written there.
    pub fn expr(&self) -> &Expr {
        match self {
            Element::Item(expr) | Element::Spread(expr) => expr,
        }
    }
}

impl Field {
    /// The key, if it is written as it is.
    pub fn literal_key(&self) -> Option<&str> {
        match self {
            Field::Pair { key, .. } => key.as_literal(),
            Field::Spread(_) => None,
        }
    }
}

/// What a repetition binds.
#[derive(Clone, Debug)]
pub enum Binder {
    /// Terraform's `for k, v in` and `for v in`: the key or index, and the value.
    KeyValue {
        /// The name of the key or index.
        key: Option<SmolStr>,
        /// The name of the value.
        value: SmolStr,
    },
    /// Bicep's `for (item, index) in`: the item, and its place from 0.
    ItemIndex {
        /// The name of the item.
        item: SmolStr,
        /// The name of the place.
        index: Option<SmolStr>,
    },
    /// The iterator of a `dynamic` block: one name with `.key` and `.value`.
    Iterator(SmolStr),
}

/// A repetition: Terraform's `[for …]` and `{for …}`, `%{for}`, `dynamic` blocks, Bicep's `[for …]`.
#[derive(Clone, Debug)]
pub struct Repeated {
    /// What it binds.
    pub binder: Binder,
    /// What it walks.
    pub collection: Expr,
    /// Which items it takes.
    pub condition: Option<Expr>,
    /// What it gives for each.
    pub result: Yield,
}

/// What a repetition gives for each item.
#[derive(Clone, Debug)]
pub enum Yield {
    /// An item of a list.
    Item(Expr),
    /// A field of an object; with `group`, values of one key are collected into a list.
    Pair {
        /// The key.
        key: Expr,
        /// The value.
        value: Expr,
        /// `...` stands after the value.
        group: bool,
    },
    /// A stretch of a text, which is joined.
    Text(Expr),
}

/// What stands before an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `!`.
    Not,
    /// `-`.
    Minus,
    /// `+`.
    Plus,
}

/// What stands between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `||`.
    Or,
    /// `&&`.
    And,
    /// `??`.
    Coalesce,
    /// `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// Bicep's `=~`: equal in any case of letters.
    Like,
    /// Bicep's `!~`.
    NotLike,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `+`.
    Plus,
    /// `-`.
    Minus,
    /// `*`.
    Times,
    /// `/`.
    Over,
    /// `%`.
    Modulo,
}

impl Expr {
    /// An expression at a place.
    pub fn new(kind: ExprKind, span: Span) -> Expr {
        Expr { kind, span }
    }

    /// A text that is written as it is.
    pub fn literal(text: impl AsRef<str>, span: Span) -> Expr {
        Expr::new(ExprKind::Text(vec![Part::Literal(SmolStr::new(text))]), span)
    }

    /// The text, if this is one without interpolations.
    pub fn as_literal(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Text(parts) => match parts.as_slice() {
                [] => Some(""),
                [Part::Literal(text)] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value of a field that is written with a literal key.
    pub fn field(&self, name: &str) -> Option<&Expr> {
        match &self.kind {
            ExprKind::Object(fields) => fields.iter().rev().find_map(|field| match field {
                Field::Pair { key, value } if key.as_literal() == Some(name) => Some(value),
                _ => None,
            }),
            _ => None,
        }
    }

    /// Calls `visit` with every expression directly inside this one.
    pub fn each_child<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match &self.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Name(_) | ExprKind::Broken => {}
            ExprKind::Text(parts) => {
                for part in parts {
                    if let Part::Expr(expr) = part {
                        visit(expr);
                    }
                }
            }
            ExprKind::List(elements) => {
                elements.iter().map(Element::expr).for_each(visit);
            }
            ExprKind::Object(fields) => {
                for field in fields {
                    match field {
                        Field::Pair { key, value } => {
                            visit(key);
                            visit(value);
                        }
                        Field::Spread(expr) => visit(expr),
                    }
                }
            }
            ExprKind::Get { object, .. } | ExprKind::Nested { object, .. } => visit(object),
            ExprKind::Index { object, index, .. } => {
                visit(object);
                visit(index);
            }
            ExprKind::Splat { source, each } => {
                visit(source);
                visit(each);
            }
            ExprKind::If { condition, then, otherwise } => {
                visit(condition);
                visit(then);
                visit(otherwise);
            }
            ExprKind::For(repeated) => {
                visit(&repeated.collection);
                if let Some(condition) = &repeated.condition {
                    visit(condition);
                }
                match &repeated.result {
                    Yield::Item(expr) | Yield::Text(expr) => visit(expr),
                    Yield::Pair { key, value, .. } => {
                        visit(key);
                        visit(value);
                    }
                }
            }
            ExprKind::Sign { operand, .. } => visit(operand),
            ExprKind::Binary { left, right, .. } => {
                visit(left);
                visit(right);
            }
            ExprKind::Call { receiver, arguments, .. } => {
                if let Some(receiver) = receiver {
                    visit(receiver);
                }
                arguments.iter().for_each(visit);
            }
            ExprKind::Lambda { body, .. } => visit(body),
        }
    }
}
