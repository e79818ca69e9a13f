//! In: templates as hcl-edit has them. Out: parts of texts, trimmed at `~` and without a heredoc's indentation.
//! Never: joins what is known with what is not.
//!
//! Trimming goes by HCL's own rules: a `~` reaches as far as one literal token, and a heredoc has one token a line.
//! So `%{ endfor ~}` eats its line's end, and not the indentation of the next line.

use std::collections::VecDeque;

use hcl::edit::Span as _;
use hcl::edit::template::{Directive, Element, HeredocTemplate, Strip, Template};

use super::lower::Lowering;
use crate::source::Span;
use crate::syntax::{Binder, Expr, ExprKind, Part, Repeated, Yield};
use crate::value::SmolStr;

/// How a template is written.
#[derive(Clone, Copy)]
enum Form {
    Quoted,
    Heredoc,
}

/// One step of a template as HCL's scanner sees it: a directive's inside stands between its marks.
enum Token {
    Literal(String),
    /// `${…}`, `%{if}`, `%{else}`, `%{endif}`, `%{for}`, `%{endfor}`.
    Mark(Strip),
}

impl Lowering<'_> {
    /// The parts of a quoted template.
    pub(super) fn quoted(&mut self, template: &Template) -> Vec<Part> {
        let mut tokens = Vec::new();
        self.tokens(template, Form::Quoted, &mut tokens);
        trim(&mut tokens);
        let mut literals = literals(tokens);
        self.parts(template, Form::Quoted, &mut literals)
    }

    /// The parts of a text that is a template as a whole: a backslash is a letter in it.
    pub(super) fn bare(&mut self, template: &Template) -> Vec<Part> {
        let mut tokens = Vec::new();
        self.tokens(template, Form::Heredoc, &mut tokens);
        trim(&mut tokens);
        let mut literals = literals(tokens);
        self.parts(template, Form::Heredoc, &mut literals)
    }

    /// The parts of a heredoc.
    pub(super) fn heredoc(&mut self, heredoc: &HeredocTemplate) -> Vec<Part> {
        let mut tokens = Vec::new();
        let range = heredoc.span().unwrap_or_default();
        let indented = self.text_of(&range).starts_with("<<-");
        self.tokens(&heredoc.template, Form::Heredoc, &mut tokens);
        trim(&mut tokens);
        if indented {
            dedent(&mut tokens);
        }
        let mut literals = literals(tokens);
        self.parts(&heredoc.template, Form::Heredoc, &mut literals)
    }

    /// The lines of a literal, escapes resolved: one for a quoted template.
    ///
    /// They come from the file's text. The parser takes a heredoc's indentation off by a rule of its own, and does not
    /// resolve escapes between the directives of a quoted template.
    fn lines(&self, element: &Element, form: Form) -> Vec<String> {
        let text = self.text_of(&element.span().unwrap_or_default());
        match form {
            Form::Quoted => vec![unescape(text)],
            Form::Heredoc => {
                let text = text.replace("$${", "${").replace("%%{", "%{");
                text.split_inclusive('\n').map(str::to_string).collect()
            }
        }
    }

    fn tokens(&self, template: &Template, form: Form, tokens: &mut Vec<Token>) {
        for element in template {
            match element {
                Element::Literal(_) => tokens.extend(self.lines(element, form).into_iter().map(Token::Literal)),
                Element::Interpolation(interpolation) => tokens.push(Token::Mark(interpolation.strip)),
                Element::Directive(directive) => match &**directive {
                    Directive::If(directive) => {
                        tokens.push(Token::Mark(directive.if_expr.strip));
                        self.tokens(&directive.if_expr.template, form, tokens);
                        if let Some(otherwise) = &directive.else_expr {
                            tokens.push(Token::Mark(otherwise.strip));
                            self.tokens(&otherwise.template, form, tokens);
                        }
                        tokens.push(Token::Mark(directive.endif_expr.strip));
                    }
                    Directive::For(directive) => {
                        tokens.push(Token::Mark(directive.for_expr.strip));
                        self.tokens(&directive.for_expr.template, form, tokens);
                        tokens.push(Token::Mark(directive.endfor_expr.strip));
                    }
                },
            }
        }
    }

    /// Walks the template once more in the same order, and puts the finished literals in.
    fn parts(&mut self, template: &Template, form: Form, literals: &mut VecDeque<String>) -> Vec<Part> {
        let mut parts = Vec::new();
        for element in template {
            match element {
                Element::Literal(_) => {
                    let count = self.lines(element, form).len().min(literals.len());
                    let text: String = literals.drain(..count).collect();
                    parts.push(Part::Literal(SmolStr::new(text)));
                }
                Element::Interpolation(interpolation) => parts.push(Part::Expr(self.expr(&interpolation.expr))),
                Element::Directive(directive) => parts.push(Part::Expr(self.directive(directive, form, literals))),
            }
        }
        parts
    }

    fn directive(&mut self, directive: &Directive, form: Form, literals: &mut VecDeque<String>) -> Expr {
        let span = self.span(directive.span());
        match directive {
            Directive::If(directive) => {
                let condition = Box::new(self.expr(&directive.if_expr.cond_expr));
                let then = Box::new(self.branch(&directive.if_expr.template, span, form, literals));
                let otherwise = match &directive.else_expr {
                    Some(otherwise) => self.branch(&otherwise.template, span, form, literals),
                    None => Expr::new(ExprKind::Text(Vec::new()), span),
                };
                let otherwise = Box::new(otherwise);
                Expr::new(ExprKind::If { condition, then, otherwise }, span)
            }
            Directive::For(directive) => {
                let intro = &directive.for_expr;
                let key = intro.key_var.as_ref().map(|key| SmolStr::new(key.as_str()));
                let binder = Binder::KeyValue { key, value: SmolStr::new(intro.value_var.as_str()) };
                let collection = self.expr(&intro.collection_expr);
                let result = Yield::Text(self.branch(&intro.template, span, form, literals));
                let repeated = Repeated { binder, collection, condition: None, result };
                Expr::new(ExprKind::For(Box::new(repeated)), span)
            }
        }
    }

    /// What stands between two directives; `around` is its place where it is empty.
    fn branch(&mut self, template: &Template, around: Span, form: Form, literals: &mut VecDeque<String>) -> Expr {
        let span = template.span().map_or(around, |range| self.span(Some(range)));
        Expr::new(ExprKind::Text(self.parts(template, form, literals)), span)
    }
}

fn literals(tokens: Vec<Token>) -> VecDeque<String> {
    let literal = |token| match token {
        Token::Literal(text) => Some(text),
        Token::Mark(_) => None,
    };
    tokens.into_iter().filter_map(literal).collect()
}

/// Lets each `~` eat the space of the token beside it.
fn trim(tokens: &mut [Token]) {
    let (mut before, mut after): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    for (place, token) in tokens.iter().enumerate() {
        let Token::Mark(strip) = token else { continue };
        if strip.strip_start() && place > 0 {
            before.push(place - 1);
        }
        if strip.strip_end() {
            after.push(place + 1);
        }
    }
    for place in before {
        if let Token::Literal(text) = &mut tokens[place] {
            text.truncate(text.trim_end().len());
        }
    }
    for place in after {
        if let Some(Token::Literal(text)) = tokens.get_mut(place) {
            *text = text.trim_start().to_string();
        }
    }
}

/// Takes the smallest indentation off every line, as `<<-` asks for. A line that begins with a mark has none.
fn dedent(tokens: &mut [Token]) {
    let mut least = usize::MAX;
    let mut lines = Vec::new();
    let mut at_start = true;
    for (place, token) in tokens.iter().enumerate() {
        let spaces = match token {
            Token::Literal(text) if text.trim().is_empty() && text.ends_with('\n') => None,
            Token::Literal(text) => Some(text.chars().take_while(|c| c.is_whitespace()).count()),
            Token::Mark(_) => Some(0),
        };
        if at_start && let Some(spaces) = spaces {
            least = least.min(spaces);
            lines.push(place);
        }
        at_start = matches!(token, Token::Literal(text) if text.ends_with('\n'));
    }
    for place in lines {
        if let Token::Literal(text) = &mut tokens[place] {
            *text = text.chars().skip(least).collect();
        }
    }
}

/// Resolves the escapes of a quoted text; what is no escape stays as it is.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '$', '%']) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let (letter, length) = escape(rest);
        match letter {
            Some(letter) => plain.push(letter),
            None => plain.push_str(&rest[..1]),
        }
        rest = &rest[length..];
    }
    plain.push_str(rest);
    plain
}

/// The letter that an escape at the head of `text` stands for, and how long the escape is.
fn escape(text: &str) -> (Option<char>, usize) {
    let hex = |digits: usize| {
        let letter = text.get(2..2 + digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match letter.and_then(char::from_u32) {
            Some(letter) => (Some(letter), 2 + digits),
            None => (None, 1),
        }
    };
    match text.as_bytes() {
        [b'\\', b'n', ..] => (Some('\n'), 2),
        [b'\\', b'r', ..] => (Some('\r'), 2),
        [b'\\', b't', ..] => (Some('\t'), 2),
        [b'\\', b'"', ..] => (Some('"'), 2),
        [b'\\', b'\\', ..] => (Some('\\'), 2),
        [b'\\', b'u', ..] => hex(4),
        [b'\\', b'U', ..] => hex(8),
        // `$${` is the text `${`: the second mark goes on as a plain letter.
        [b'$', b'$', b'{', ..] => (Some('$'), 2),
        [b'%', b'%', b'{', ..] => (Some('%'), 2),
        _ => (None, 1),
    }
}
