//! In: calls as templates spell them. Out: the forms that they have in the one small language.
//! Never: changes what is said: `equals(a, b)` is `a == b`, and Bicep's compiler writes the one for the other.

use super::super::expression::{Element, Expr, ExprKind, Field, Operator, Part, Sign};
use crate::source::Span;
use crate::value::{Number, SmolStr};

/// What the names in a stretch of a template mean.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The resources that have symbolic names; whether each is a deployment.
    pub symbols: Vec<(SmolStr, bool)>,
    /// The loops around it, the innermost last; whether each repeats a whole resource or output.
    pub loops: Vec<(SmolStr, bool)>,
    /// It is the body of a function, whose parameters are names.
    pub in_a_function: bool,
}

/// The name that `copyIndex('loop')` is bound to.
pub fn place_in(copy: &str) -> SmolStr {
    SmolStr::new(format!("copyIndex('{}')", copy.to_lowercase()))
}

/// The name of the items of a copy, which nothing in a template can say.
pub fn item_of(copy: &str) -> SmolStr {
    SmolStr::new(format!("copy '{}'", copy.to_lowercase()))
}

impl Names {
    fn symbol(&self, name: &str) -> Option<&(SmolStr, bool)> {
        self.symbols.iter().find(|(symbol, _)| symbol.eq_ignore_ascii_case(name))
    }

    /// The same expression in the forms of the small language.
    pub fn respell(&self, expr: Expr) -> Expr {
        let span = expr.span;
        let kind = match expr.kind {
            ExprKind::Get { object, key, safe } => return self.get(self.respell(*object), key, safe, span),
            ExprKind::Index { object, index, .. } => {
                let object = self.respell(*object);
                return self.index(object, self.respell(*index), false, false, span);
            }
            ExprKind::Call { function, function_span, arguments, .. } => {
                let arguments = arguments.into_iter().map(|argument| self.respell(argument)).collect();
                self.call(function, function_span, arguments, span)
            }
            other => other,
        };
        Expr::new(kind, span)
    }

    /// `object.key`; `reference(…).outputs.x.value` is Bicep's `module.outputs.x`.
    fn get(&self, object: Expr, key: SmolStr, safe: bool, span: Span) -> Expr {
        if key.eq_ignore_ascii_case("value") && self.is_output(&object) {
            return Expr { span, ..object };
        }
        Expr::new(ExprKind::Get { object: Box::new(object), key, safe }, span)
    }

    fn index(&self, object: Expr, index: Expr, safe: bool, from_end: bool, span: Span) -> Expr {
        if let (Some(key), false) = (index.as_literal(), from_end) {
            return self.get(object, SmolStr::new(key), safe, span);
        }
        Expr::new(ExprKind::Index { object: Box::new(object), index: Box::new(index), safe, from_end }, span)
    }

    /// `reference(…).outputs.x` of what is, or may be, a deployment.
    fn is_output(&self, expr: &Expr) -> bool {
        let outputs = match &expr.kind {
            ExprKind::Get { object, .. } | ExprKind::Index { object, .. } => object,
            _ => return false,
        };
        let ExprKind::Get { object, key, .. } = &outputs.kind else { return false };
        key.eq_ignore_ascii_case("outputs") && self.is_deployment(object)
    }

    fn is_deployment(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Name(name) => self.symbol(name).is_some_and(|(_, module)| *module),
            ExprKind::Index { object, .. } => self.is_deployment(object),
            ExprKind::Call { function, .. } => function.eq_ignore_ascii_case("reference"),
            _ => false,
        }
    }

    /// The resource or module that a symbolic name names: `'vnet'`, `'vnet[0]'`, `format('vnet[{0}]', …)`.
    pub fn named(&self, expr: &Expr) -> Option<(Expr, bool)> {
        let ExprKind::Text(parts) = &expr.kind else { return None };
        let name = |name: &str| {
            self.symbol(name).map(|(symbol, module)| (Expr::new(ExprKind::Name(symbol.clone()), expr.span), *module))
        };
        let at = |name: (Expr, bool), index: Expr| {
            let kind =
                ExprKind::Index { object: Box::new(name.0), index: Box::new(index), safe: false, from_end: false };
            (Expr::new(kind, expr.span), name.1)
        };
        match parts.as_slice() {
            [Part::Literal(text)] => name(text).or_else(|| {
                let (list, index) = text.strip_suffix(']')?.split_once('[')?;
                let index = Number::parse(index)?;
                Some(at(name(list)?, Expr::new(ExprKind::Number(index), expr.span)))
            }),
            [Part::Literal(list), Part::Expr(index), Part::Literal(end)] if end == "]" => {
                Some(at(name(list.strip_suffix('[')?)?, index.clone()))
            }
            _ => None,
        }
    }

    fn call(&self, function: SmolStr, function_span: Span, arguments: Vec<Expr>, span: Span) -> ExprKind {
        let lower = function.to_lowercase();
        let kept = |arguments: Vec<Expr>| {
            // The template's own functions are found in any case of letters.
            let function = if lower.contains('.') { SmolStr::new(&lower) } else { function.clone() };
            ExprKind::Call { function, function_span, receiver: None, arguments, spread: false }
        };
        let literal = |at: usize| arguments.get(at).and_then(Expr::as_literal);
        if let Some(operator) = operator(&lower)
            && (arguments.len() == 2 || arguments.len() > 2 && joins_many(operator))
        {
            return chain(operator, arguments, span);
        }
        match (lower.as_str(), arguments.len()) {
            ("and" | "or" | "coalesce", 1) => arguments.into_iter().next().map_or(ExprKind::Broken, |only| only.kind),
            ("true", 0) => ExprKind::Bool(true),
            ("false", 0) => ExprKind::Bool(false),
            ("null", 0) => ExprKind::Null,
            ("json", 1) if literal(0) == Some("null") => ExprKind::Null,
            ("not", 1) => match arguments.into_iter().next() {
                Some(operand) => ExprKind::Sign { sign: Sign::Not, operand: Box::new(operand) },
                None => ExprKind::Broken,
            },
            ("if", 3) => match <[Expr; 3]>::try_from(arguments) {
                Ok([condition, then, otherwise]) => ExprKind::If {
                    condition: Box::new(condition),
                    then: Box::new(then),
                    otherwise: Box::new(otherwise),
                },
                Err(_) => ExprKind::Broken,
            },
            ("createarray", _) => ExprKind::List(arguments.into_iter().map(Element::Item).collect()),
            ("createobject", count) if count % 2 == 0 => {
                let mut fields = Vec::new();
                let mut arguments = arguments.into_iter();
                while let (Some(key), Some(value)) = (arguments.next(), arguments.next()) {
                    fields.push(Field::Pair { key, value });
                }
                ExprKind::Object(fields)
            }
            ("shallowmerge", 1) => match merged(&arguments) {
                Some(fields) => ExprKind::Object(fields),
                None => kept(arguments),
            },
            ("format", 1..) => match literal(0).and_then(|form| formatted(form, &arguments)) {
                Some(parts) => ExprKind::Text(parts),
                None => kept(arguments),
            },
            ("tryget", 2..) => {
                let mut arguments = arguments.into_iter();
                let Some(first) = arguments.next() else { return ExprKind::Broken };
                arguments.fold(first, |object, key| self.index(object, key, true, false, span)).kind
            }
            ("indexfromend" | "tryindexfromend", 2) => match <[Expr; 2]>::try_from(arguments) {
                Ok([object, index]) => self.index(object, index, lower.starts_with("try"), true, span).kind,
                Err(_) => ExprKind::Broken,
            },
            ("copyindex", 0..=2) => match self.copy_index(&arguments, span) {
                Some(kind) => kind,
                None => kept(arguments),
            },
            ("lambda", 1..) => {
                let mut arguments = arguments;
                let Some(body) = arguments.pop() else { return ExprKind::Broken };
                let names: Option<Vec<SmolStr>> =
                    arguments.iter().map(|name| name.as_literal().map(SmolStr::new)).collect();
                match names {
                    Some(parameters) => ExprKind::Lambda { parameters, body: Box::new(body) },
                    None => ExprKind::Broken,
                }
            }
            ("lambdavariables", 1) => literal(0).map_or(ExprKind::Broken, |name| ExprKind::Name(SmolStr::new(name))),
            ("parameters", 1) if self.in_a_function => {
                literal(0).map_or(ExprKind::Broken, |name| ExprKind::Name(SmolStr::new(name)))
            }
            ("reference", 1..) => match self.named(&arguments[0]) {
                Some((named, true)) => named.kind,
                Some((named, false)) if literal(2).is_some_and(|form| form.eq_ignore_ascii_case("full")) => named.kind,
                Some((named, false)) => {
                    ExprKind::Get { object: Box::new(named), key: SmolStr::new_static("properties"), safe: false }
                }
                None => kept(arguments),
            },
            ("references" | "resourceinfo", 1..) => match self.named(&arguments[0]) {
                Some((named, _)) => named.kind,
                None => kept(arguments),
            },
            // Outputs that are secrets are asked for by a name of their own.
            ("listoutputswithsecurevalues", 1..) => match self.named(&arguments[0]) {
                Some((named, true)) => {
                    ExprKind::Get { object: Box::new(named), key: SmolStr::new_static("outputs"), safe: false }
                }
                _ => kept(arguments),
            },
            // `listKeys('storage', …)` of a symbolic name.
            (list, 1..) if list.starts_with("list") => match self.named(&arguments[0]) {
                Some((named, false)) => {
                    let mut arguments = arguments;
                    arguments[0] = named;
                    kept(arguments)
                }
                _ => kept(arguments),
            },
            _ => kept(arguments),
        }
    }

    /// The place in a loop, and so many more.
    fn copy_index(&self, arguments: &[Expr], span: Span) -> Option<ExprKind> {
        let (name, offset) = match arguments {
            [] => (None, None),
            [name] if name.as_literal().is_some() => (name.as_literal(), None),
            [offset] => (None, Some(offset)),
            [name, offset] => (Some(name.as_literal()?), Some(offset)),
            _ => return None,
        };
        let around = self.loops.iter().rev().find(|(_, whole)| *whole).or(self.loops.last());
        let name = match name {
            Some(name) => SmolStr::new(name),
            None => around?.0.clone(),
        };
        let place = ExprKind::Name(place_in(&name));
        Some(match offset {
            None => place,
            Some(offset) => ExprKind::Binary {
                left: Box::new(Expr::new(place, span)),
                operator: Operator::Plus,
                right: Box::new(offset.clone()),
            },
        })
    }
}

fn operator(function: &str) -> Option<Operator> {
    Some(match function {
        "or" => Operator::Or,
        "and" => Operator::And,
        "coalesce" => Operator::Coalesce,
        "equals" => Operator::Equal,
        "less" => Operator::Less,
        "lessorequals" => Operator::LessOrEqual,
        "greater" => Operator::Greater,
        "greaterorequals" => Operator::GreaterOrEqual,
        "add" => Operator::Plus,
        "sub" => Operator::Minus,
        "mul" => Operator::Times,
        "div" => Operator::Over,
        "mod" => Operator::Modulo,
        _ => return None,
    })
}

fn joins_many(operator: Operator) -> bool {
    matches!(operator, Operator::Or | Operator::And | Operator::Coalesce)
}

/// `a && b && c` as a tree that is no higher than it must be.
fn chain(operator: Operator, mut operands: Vec<Expr>, span: Span) -> ExprKind {
    if operands.len() == 1 {
        return operands.remove(0).kind;
    }
    let right = operands.split_off(operands.len() / 2);
    let side = |operands: Vec<Expr>| Box::new(Expr::new(chain(operator, operands, span), span));
    ExprKind::Binary { left: side(operands), operator, right: side(right) }
}

/// What `{ ...a, b: 1 }` compiles to: `shallowMerge(createArray(a, createObject('b', 1)))`.
fn merged(arguments: &[Expr]) -> Option<Vec<Field>> {
    let [Expr { kind: ExprKind::List(elements), .. }] = arguments else { return None };
    let mut fields = Vec::new();
    for element in elements {
        match element {
            Element::Item(Expr { kind: ExprKind::Object(more), .. }) => fields.extend(more.iter().cloned()),
            Element::Item(expr) => fields.push(Field::Spread(expr.clone())),
            Element::Spread(_) => return None,
        }
    }
    Some(fields)
}

/// `format('{0}-{1}', a, b)` as a text with interpolations; `None` for what says more than which argument.
fn formatted(form: &str, arguments: &[Expr]) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = form;
    // An argument that stands twice is not copied: what nests would grow beyond all bounds.
    let mut used = Vec::new();
    while let Some(at) = rest.find(['{', '}']) {
        literal.push_str(&rest[..at]);
        let brace = &rest[at..at + 1];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            literal.push_str(brace);
            rest = after;
            continue;
        }
        let (index, after) = rest.split_once('}').filter(|_| brace == "{")?;
        if !index.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let index = index.parse::<usize>().ok()?.checked_add(1)?;
        let argument = arguments.get(index).filter(|_| !used.contains(&index))?;
        used.push(index);
        if !literal.is_empty() {
            parts.push(Part::Literal(SmolStr::new(std::mem::take(&mut literal))));
        }
        parts.push(Part::Expr(argument.clone()));
        rest = after;
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Literal(SmolStr::new(literal)));
    }
    Some(parts)
}
