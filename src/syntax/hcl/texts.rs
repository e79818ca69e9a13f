//! In: texts that are a template or an expression as a whole. Out: expressions, with the place of every node.
//! Never: resolves a backslash; whoever wrote the text has done that.

use super::lower::Lowering;
use super::scan::Form;
use super::{SHALLOW, is_deep, on_a_large_stack, parse, scan};
use crate::source::{FileId, Sources, Span};
use crate::syntax::{Expr, ExprKind, Fault, Limits};

/// Reads a whole file as a template, as `templatefile` does.
pub fn template(sources: &Sources, file: FileId, limits: Limits) -> Result<Expr, Fault> {
    let source = sources.file(file);
    Written { file, text: &source.text, start: 0, places: None, limits }.template()
}

/// A text within a file.
#[derive(Clone, Copy)]
pub(in crate::syntax) struct Written<'a> {
    pub file: FileId,
    /// The text without escapes.
    pub text: &'a str,
    /// Where its first letter stands in the file.
    pub start: usize,
    /// How far each of its bytes lies behind that, where it was written with escapes.
    pub places: Option<&'a [usize]>,
    pub limits: Limits,
}

impl Written<'_> {
    /// The text as a template. One without interpolations is a literal.
    pub fn template(self) -> Result<Expr, Fault> {
        if !self.text.contains(['$', '%']) {
            return Ok(Expr::literal(self.text, self.whole()));
        }
        self.read(Form::Template)
    }

    /// The text as an expression.
    pub fn expression(self) -> Result<Expr, Fault> {
        self.read(Form::Expression)
    }

    fn read(self, form: Form) -> Result<Expr, Fault> {
        let nesting = scan::nesting(self.text, form);
        if let Some(message) = self.limits.refuse(nesting) {
            return Err(Fault { span: self.whole(), message, opened: None });
        }
        if !is_deep(nesting) {
            return self.parse(form);
        }
        on_a_large_stack(|| self.parse(form)).unwrap_or_else(|| {
            let message = SHALLOW.refuse(nesting).unwrap_or_default();
            Err(Fault { span: self.whole(), message, opened: None })
        })
    }

    fn parse(self, form: Form) -> Result<Expr, Fault> {
        let mut lowering = Lowering::escaped(self.file, self.text, self.start, self.places);
        let refused = |refused: parse::Refused| {
            let lowering = Lowering::escaped(self.file, self.text, self.start, self.places);
            Fault { span: lowering.span(Some(refused.range)), message: refused.message, opened: None }
        };
        let expr = match form {
            Form::Template => {
                let template = parse::template(self.text).map_err(refused)?;
                Expr::new(ExprKind::Text(lowering.bare(&template)), self.whole())
            }
            Form::Expression => lowering.expr(&parse::expression(self.text).map_err(refused)?),
        };
        match lowering.faults.into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(expr),
        }
    }

    fn whole(self) -> Span {
        let length = self.places.map_or(self.text.len(), |places| places.last().copied().unwrap_or_default());
        Span::new(self.file, self.start, self.start + length)
    }
}
