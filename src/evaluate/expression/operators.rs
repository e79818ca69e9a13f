//! In: operands. Out: what the operator of the dialect makes of them.
//! Never: decides what an unknown operand leaves open.

use super::access::kind_word;
use super::call::is_broken;
use super::{Bindings, Evaluator, form};
use crate::evaluate::functions::is_text_attribute;
use crate::source::Span;
use crate::syntax::{Dialect, Expr, ExprKind, Operator, Sign};
use crate::value::{Kind, ListShape, Number, Origin, Reference, Truth, Value};

/// The most pairs of candidates that an operator is spread over.
const MOST_PAIRS: usize = 64;

impl Evaluator<'_> {
    pub(super) fn sign(&self, sign: Sign, operand: &Value, span: Span) -> Value {
        if let Kind::OneOf { condition, values } = &operand.kind {
            let parts = values.iter().map(|value| self.sign(sign, value, span)).collect();
            return self.spread(condition, parts);
        }
        if is_broken(operand) {
            return operand.clone();
        }
        let word = match sign {
            Sign::Not => "!",
            Sign::Minus => "-",
            Sign::Plus => "+",
        };
        if operand.first_hole().is_some() {
            return self.derived(&format!("{word}{}", form(operand)), [operand], span);
        }
        let result = match sign {
            Sign::Not => self.as_bool(operand).map(|value| Value::bool(!value)),
            Sign::Minus => self.as_number(operand).map(|number| Value::number(number.negated())),
            Sign::Plus => self.as_number(operand).map(Value::number),
        };
        match result {
            Some(value) => value.with_origin(Origin::written(span)).with_secret(operand.secret),
            None => self.refuse(span, format!("{word} cannot stand before {}", kind_word(operand))),
        }
    }

    pub(super) fn binary(
        &self,
        left: &Expr,
        operator: Operator,
        right: &Expr,
        span: Span,
        bindings: Bindings,
    ) -> Value {
        let (left_expr, right_expr) = (left, right);
        let left = self.value(left, bindings);
        // The right side is not asked where the left one decides, as both languages do at run time.
        match operator {
            Operator::And if self.truth(&left) == Some(false) => {
                return Value::bool(false).with_origin(Origin::written(span));
            }
            Operator::Or if self.truth(&left) == Some(true) => {
                return Value::bool(true).with_origin(Origin::written(span));
            }
            Operator::Coalesce => return self.coalesce(left, right, span, bindings),
            _ => {}
        }
        let right = self.value(right, bindings);
        let of_two_types = is_written_tuple(left_expr, &right) || is_written_tuple(right_expr, &left);
        let compared = matches!(operator, Operator::Equal | Operator::NotEqual);
        if compared && of_two_types && self.scope.dialect() == Dialect::Terraform {
            let differs = operator == Operator::NotEqual;
            return Value::bool(differs).with_origin(Origin::written(span)).with_secret(left.secret || right.secret);
        }
        self.combine(&left, operator, &right, span).with_secret(left.secret || right.secret)
    }

    fn truth(&self, value: &Value) -> Option<bool> {
        if value.first_hole().is_some() { None } else { self.as_bool(value) }
    }

    fn coalesce(&self, left: Value, right: &Expr, span: Span, bindings: Bindings) -> Value {
        match left.is_absent() {
            Truth::No => left,
            Truth::Yes => self.value(right, bindings),
            Truth::Unknown if is_broken(&left) => left,
            Truth::Unknown => {
                let right = self.value(right, bindings);
                match left.hole() {
                    Some(hole) => {
                        let sound = left.candidates().iter().filter(|value| !value.is_null()).cloned();
                        Value::one_of(hole.unknown(), sound.chain([right]))
                    }
                    None => self.derived(&format!("{} ?? {}", form(&left), form(&right)), [&left, &right], span),
                }
            }
        }
    }

    fn combine(&self, left: &Value, operator: Operator, right: &Value, span: Span) -> Value {
        if is_broken(left) {
            return left.clone();
        }
        if is_broken(right) {
            return right.clone();
        }
        if left.candidates().len() * right.candidates().len() <= MOST_PAIRS {
            match (&left.kind, &right.kind) {
                (Kind::OneOf { condition, values: a }, Kind::OneOf { condition: other, values: b })
                    if condition == other && a.len() == b.len() =>
                {
                    let parts = a.iter().zip(b.iter()).map(|(a, b)| self.combine(a, operator, b, span)).collect();
                    return self.spread(condition, parts);
                }
                (Kind::OneOf { condition, values }, _) => {
                    let parts = values.iter().map(|value| self.combine(value, operator, right, span)).collect();
                    return self.spread(condition, parts);
                }
                (_, Kind::OneOf { condition, values }) => {
                    let parts = values.iter().map(|value| self.combine(left, operator, value, span)).collect();
                    return self.spread(condition, parts);
                }
                _ => {}
            }
        }
        let open = || self.derived(&format!("{} {} {}", form(left), word(operator), form(right)), [left, right], span);
        let result = match operator {
            Operator::Equal | Operator::NotEqual | Operator::Like | Operator::NotLike => {
                let wanted = matches!(operator, Operator::Equal | Operator::Like);
                let same = match operator {
                    Operator::Like | Operator::NotLike => like(left, right),
                    _ => self.equal(left, right),
                };
                match same {
                    Truth::Unknown => return open(),
                    known => Some(Value::bool(known.certainly() == wanted)),
                }
            }
            Operator::And | Operator::Or => {
                let (a, b) = (self.truth(left), self.truth(right));
                let decided = operator == Operator::Or;
                match (a, b) {
                    (Some(a), Some(b)) => Some(Value::bool(if decided { a || b } else { a && b })),
                    (_, Some(b)) if b == decided && left.first_hole().is_some() => Some(Value::bool(decided)),
                    _ if left.first_hole().is_some() || right.first_hole().is_some() => return open(),
                    _ => None,
                }
            }
            _ if left.first_hole().is_some() || right.first_hole().is_some() => return open(),
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                self.order(left, right).map(|order| {
                    Value::bool(match operator {
                        Operator::Less => order.is_lt(),
                        Operator::LessOrEqual => order.is_le(),
                        Operator::Greater => order.is_gt(),
                        _ => order.is_ge(),
                    })
                })
            }
            _ => match (self.as_number(left), self.as_number(right)) {
                (Some(a), Some(b)) => match self.arithmetic(&a, operator, &b) {
                    Some(number) => Some(Value::number(number)),
                    None => return self.refuse(span, "this divides by zero".into()),
                },
                _ => None,
            },
        };
        match result {
            Some(value) => value.with_origin(Origin::written(span)),
            None => {
                let message =
                    format!("{} {} {} cannot be worked out", kind_word(left), word(operator), kind_word(right));
                self.refuse(span, message)
            }
        }
    }

    fn arithmetic(&self, a: &Number, operator: Operator, b: &Number) -> Option<Number> {
        match operator {
            Operator::Plus => Some(a.plus(b)),
            Operator::Minus => Some(a.minus(b)),
            Operator::Times => Some(a.times(b)),
            Operator::Modulo => a.modulo(b),
            // Bicep's numbers are whole, and so are its quotients, cut towards zero.
            _ if self.scope.dialect() == Dialect::Bicep => {
                let quotient = a.over(b)?;
                Some(quotient.rounded(quotient.is_negative()))
            }
            _ => a.over(b),
        }
    }

    /// `==`. Terraform and Bicep compare without converting: `1 == "1"` is false in both.
    fn equal(&self, left: &Value, right: &Value) -> Truth {
        if is_nothing_of(left, right) || is_nothing_of(right, left) {
            return Truth::No;
        }
        if self.scope.dialect() == Dialect::Bicep && (is_no_id_of(left, right) || is_no_id_of(right, left)) {
            return Truth::No;
        }
        let same = left.same(right);
        // A tuple never equals a list in Terraform, though their items do; which of them a value is may be lost here.
        let shapes_differ = match (&left.kind, &right.kind) {
            (Kind::List { shape: a, .. }, Kind::List { shape: b, .. }) => a != b,
            (Kind::Object { shape: a, .. }, Kind::Object { shape: b, .. }) => a != b,
            _ => false,
        };
        if shapes_differ && same == Truth::Yes && self.scope.dialect() == Dialect::Terraform {
            return Truth::Unknown;
        }
        same
    }

    fn order(&self, left: &Value, right: &Value) -> Option<std::cmp::Ordering> {
        if self.scope.dialect() == Dialect::Bicep
            && let (Some(a), Some(b)) = (left.as_text(), right.as_text())
        {
            return Some(a.cmp(b));
        }
        Some(self.as_number(left)?.cmp(&self.as_number(right)?))
    }

    /// A truth value, or in Terraform a text that spells one.
    pub(super) fn as_bool(&self, value: &Value) -> Option<bool> {
        match (&value.kind, self.scope.dialect()) {
            (Kind::Bool(value), _) => Some(*value),
            (Kind::Text(_), Dialect::Terraform) => match value.as_text()? {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// A number, or in Terraform a text that spells one.
    pub(super) fn as_number(&self, value: &Value) -> Option<Number> {
        match (&value.kind, self.scope.dialect()) {
            (Kind::Number(number), _) => Some(number.clone()),
            (Kind::Text(_), Dialect::Terraform) => Number::parse(value.as_text()?),
            _ => None,
        }
    }
}

/// Whether a value is null or empty and the other one an id or a name, which everything that is made has:
/// `azurerm_virtual_network.hub.id == null` is false once there is a network.
fn is_nothing_of(value: &Value, attribute: &Value) -> bool {
    let is_something = match &attribute.kind {
        // A name inside of a block may be left out.
        Kind::Reference(reference) => {
            reference.path.len() == 1 && (is_text_attribute(reference) || is_drawn_by_lot(reference))
        }
        _ => false,
    };
    is_something && (value.is_null() || value.as_text() == Some(""))
}

/// What the provider `random` draws: `random_string.suffix.result`
/// (<https://registry.terraform.io/providers/hashicorp/random/latest/docs>).
fn is_drawn_by_lot(reference: &Reference) -> bool {
    let drawn = matches!(reference.field(), Some("result" | "hex" | "dec" | "b64_std" | "b64_url"));
    drawn && reference.address.is_of_provider("random_")
}

/// Whether a value can be told from `vnet.id`, whatever that is: it is null, or a text without a slash.
fn is_no_id_of(value: &Value, id: &Value) -> bool {
    let is_id = matches!(&id.kind, Kind::Reference(reference) if reference.field() == Some("id"));
    is_id && (value.is_null() || value.as_text().is_some_and(|text| !text.contains('/')))
}

/// `[]` is a tuple, and no list or set equals it in Terraform: `var.servers == []` is false for a `list(string)`.
fn is_written_tuple(expr: &Expr, other: &Value) -> bool {
    matches!(expr.kind, ExprKind::List(_))
        && matches!(&other.kind, Kind::List { shape: ListShape::List | ListShape::Set, .. })
}

/// Bicep's `=~`: texts are equal in any case of letters.
fn like(left: &Value, right: &Value) -> Truth {
    match (&left.kind, &right.kind) {
        (Kind::Text(a), Kind::Text(b)) => a.equals_ignoring_case(b),
        _ => left.same(right),
    }
}

fn word(operator: Operator) -> &'static str {
    match operator {
        Operator::Or => "||",
        Operator::And => "&&",
        Operator::Coalesce => "??",
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
        Operator::Like => "=~",
        Operator::NotLike => "!~",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        Operator::Plus => "+",
        Operator::Minus => "-",
        Operator::Times => "*",
        Operator::Over => "/",
        Operator::Modulo => "%",
    }
}
