//! In: the inside of `[…]` in an ARM template. Out: its expression, every node with its place.
//! Never: knows a function; every name before a bracket is a call
//! (<https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions>).
//!
//! ```text
//! concat(parameters('prefix'), '-', variables('names')[0].short, 'it''s')
//! ```

use super::expression::{Expr, ExprKind};
use super::nesting::{Gauge, Limits};
use crate::source::Span;
use crate::value::{Number, SmolStr};

/// What is wrong with a formula, and from where to where in it.
pub struct Mistake {
    pub message: String,
    pub start: usize,
    pub end: usize,
}

/// Reads a formula; `place` turns a stretch of it into a stretch of the file.
pub fn read(text: &str, limits: Limits, place: &dyn Fn(usize, usize) -> Span) -> Result<Expr, Mistake> {
    if let Some(message) = limits.refuse(gauge(text)) {
        return Err(Mistake { message, start: 0, end: text.len() });
    }
    let mut reader = Reader { text, at: 0, place };
    let expr = reader.expression()?;
    reader.skip();
    if reader.at < text.len() {
        return Err(reader.expected("the end of the expression"));
    }
    Ok(expr)
}

/// How deeply a formula nests.
fn gauge(text: &str) -> super::nesting::Nesting {
    let mut gauge = Gauge::default();
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'\'' => quoted = !quoted,
            _ if quoted => {}
            b'(' => gauge.open(),
            b'[' => {
                gauge.link();
                gauge.open();
            }
            b')' | b']' => gauge.close(),
            b'.' => gauge.link(),
            b',' => gauge.separate(),
            _ => {}
        }
    }
    gauge.finish()
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    place: &'a dyn Fn(usize, usize) -> Span,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Goes past `byte` if it comes next.
    fn takes(&mut self, byte: u8) -> bool {
        self.skip();
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn expected(&self, what: &str) -> Mistake {
        let width = self.text.get(self.at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        Mistake { message: format!("expected {what}"), start: self.at, end: self.at + width }
    }

    fn span(&self, start: usize) -> Span {
        (self.place)(start, self.at)
    }

    fn expression(&mut self) -> Result<Expr, Mistake> {
        self.skip();
        let start = self.at;
        let mut expr = self.operand()?;
        loop {
            if self.takes(b'.') {
                self.skip();
                let key = self.word();
                if key.is_empty() {
                    return Err(self.expected("the name of a property"));
                }
                let kind = ExprKind::Get { object: Box::new(expr), key, safe: false };
                expr = Expr::new(kind, self.span(start));
            } else if self.takes(b'[') {
                let index = Box::new(self.expression()?);
                if !self.takes(b']') {
                    return Err(self.expected("`]`"));
                }
                let kind = ExprKind::Index { object: Box::new(expr), index, safe: false, from_end: false };
                expr = Expr::new(kind, self.span(start));
            } else {
                return Ok(expr);
            }
        }
    }

    fn operand(&mut self) -> Result<Expr, Mistake> {
        match self.peek() {
            Some(b'\'') => self.literal(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.call(),
        }
    }

    /// `'it''s'`.
    fn literal(&mut self) -> Result<Expr, Mistake> {
        let start = self.at;
        let mut text = String::new();
        loop {
            let rest = self.text.get(self.at + 1..).unwrap_or_default();
            let Some(length) = rest.find('\'') else {
                return Err(Mistake { message: "this text is not closed".into(), start, end: self.text.len() });
            };
            text.push_str(&rest[..length]);
            self.at += length + 2;
            if self.peek() != Some(b'\'') {
                return Ok(Expr::literal(text, self.span(start)));
            }
            text.push('\'');
        }
    }

    fn number(&mut self) -> Result<Expr, Mistake> {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        let length = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, '-' | '+' | '.' | 'e' | 'E'));
        self.at += length.unwrap_or(rest.len());
        let written = self.text.get(start..self.at).unwrap_or_default();
        let number = (written.len() <= 40).then(|| Number::parse(written)).flatten();
        match number {
            Some(number) => Ok(Expr::new(ExprKind::Number(number), self.span(start))),
            None => Err(Mistake { message: "this is no number".into(), start, end: self.at }),
        }
    }

    /// `f(a, b)`, and `namespace.f(a)` of the template's own functions.
    fn call(&mut self) -> Result<Expr, Mistake> {
        let start = self.at;
        let mut name = self.word();
        if name.is_empty() {
            return Err(self.expected("a function, a text or a number"));
        }
        if self.takes(b'.') {
            self.skip();
            name = SmolStr::new(format!("{name}.{}", self.word()));
        }
        let function_span = self.span(start);
        if !self.takes(b'(') {
            return Err(self.expected("`(`"));
        }
        let mut arguments = Vec::new();
        if !self.takes(b')') {
            loop {
                arguments.push(self.expression()?);
                if self.takes(b')') {
                    break;
                }
                if !self.takes(b',') {
                    return Err(self.expected("`,` or `)`"));
                }
            }
        }
        let kind = ExprKind::Call { function: name, function_span, receiver: None, arguments, spread: false };
        Ok(Expr::new(kind, self.span(start)))
    }

    fn word(&mut self) -> SmolStr {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '$' | '-')).unwrap_or(rest.len());
        self.at += length;
        SmolStr::new(&rest[..length])
    }
}
