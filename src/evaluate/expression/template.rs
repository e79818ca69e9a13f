//! In: the parts of a text. Out: the text, with holes where a part is not known.
//! Never: prints a value in a way that its language would not.

use indexmap::IndexMap;

use super::call::is_broken;
use super::{Bindings, Call, Evaluator, LARGEST, Scope};
use crate::evaluate::functions::Answer;
use crate::source::FileId;
use crate::syntax::{Dialect, Expr, ExprKind, Limits, Part, hcl};
use crate::value::{Kind, Origin, Piece, Pieces, Reason, RootId, SmolStr, Value};

/// The most candidates that a text is spread over.
const MOST_CANDIDATES: usize = 16;

impl Evaluator<'_> {
    pub(super) fn text(&self, parts: &[Part], expr: &Expr, bindings: Bindings) -> Value {
        // `"${x}"` is `x` itself in Terraform, whatever its type; in Bicep it is a text.
        if let ([Part::Expr(only)], Dialect::Terraform) = (parts, self.scope.dialect()) {
            return self.value(only, bindings);
        }
        let origin = Origin::written(expr.span);
        let mut texts: Vec<Value> = vec![Value::new(Kind::Text(Pieces::of([])))];
        let mut condition = None;
        let mut secret = false;
        for part in parts {
            let value = match part {
                Part::Literal(text) => Value::text(text),
                Part::Expr(expr) => self.value(expr, bindings),
            };
            if is_broken(&value) {
                return value;
            }
            secret |= value.secret;
            let candidates = value.candidates();
            if texts.len() * candidates.len() > MOST_CANDIDATES {
                return self.derived(&self.sources.text(expr.span), [&value], expr.span);
            }
            if let Kind::OneOf { condition: unknown, .. } = &value.kind {
                condition.get_or_insert_with(|| unknown.clone());
            }
            let mut longer = Vec::with_capacity(texts.len() * candidates.len());
            for text in &texts {
                for candidate in candidates {
                    let piece = match to_text(candidate, self.scope.dialect()) {
                        Ok(piece) => piece,
                        Err(message) => return self.refuse(expr.span, message),
                    };
                    if let Kind::Text(before) = &text.kind {
                        longer.push(Value::new(Kind::Text(Pieces::concat([before, &piece]))));
                    }
                }
            }
            texts = longer;
            let (bytes, pieces) = texts.iter().map(size).fold((0, 0), |a, b| (a.0.max(b.0), a.1.max(b.1)));
            if bytes > LARGEST || pieces > MOST_PIECES || !self.fuel.spend(bytes as u64 / 1024) {
                let name = format!("a text that is too long: {}", self.sources.text(expr.span));
                return self.unknown(&super::form::shorten(name), Reason::Limit, expr.span);
            }
        }
        let value = match condition {
            Some(condition) => Value::one_of(condition, texts),
            None => texts.into_iter().next().map_or_else(Value::null, whole),
        };
        value.with_origin(origin).with_secret(secret)
    }

    /// The text of a file as a template with names in scope.
    pub(super) fn template(&self, file: FileId, names: &IndexMap<SmolStr, Value>) -> Answer {
        let read = hcl::template(self.sources, file, Limits::default());
        let expr = read.map_err(|fault| {
            let line = self.sources.file(file).place(fault.span.start as usize).line;
            format!("line {line} of this template: {}", fault.message)
        })?;
        let scope = Template { around: self.scope, names };
        Ok(Evaluator { scope: &scope, ..*self }.value(&expr, Bindings::default()))
    }
}

/// The names of a template in a file: only those that it is given.
struct Template<'a> {
    around: &'a dyn Scope,
    names: &'a IndexMap<SmolStr, Value>,
}

impl Scope for Template<'_> {
    fn root(&self) -> RootId {
        self.around.root()
    }

    fn dialect(&self) -> Dialect {
        self.around.dialect()
    }

    fn directories(&self) -> (&str, &str) {
        self.around.directories()
    }

    fn resolve(&self, _: &Evaluator, expr: &Expr, bindings: Bindings) -> Option<Value> {
        match &expr.kind {
            ExprKind::Name(name) if bindings.get(name).is_none() => self.names.get(name).cloned(),
            _ => None,
        }
    }

    /// Terraform refuses a template that reads templates.
    fn call(&self, evaluator: &Evaluator, call: &Call, _: Bindings) -> Option<Value> {
        let nested = matches!(call.function, "templatefile" | "templatestring");
        nested.then(|| evaluator.refuse(call.span, format!("{} cannot be called in a template", call.function)))
    }
}

/// The most pieces of a text.
const MOST_PIECES: usize = 1024;

/// How many bytes are known of a text, and how many pieces it has.
fn size(text: &Value) -> (usize, usize) {
    let Kind::Text(pieces) = &text.kind else { return (0, 0) };
    let bytes = pieces.pieces().iter().map(|piece| match piece {
        Piece::Literal(text) => text.len(),
        Piece::Hole(_) => 0,
    });
    (bytes.sum(), pieces.pieces().len())
}

/// A text of one hole only is that hole.
fn whole(text: Value) -> Value {
    match text.kind {
        Kind::Text(pieces) => Value::pieces(pieces),
        _ => text,
    }
}

/// A value as a stretch of a text, or why the language refuses it.
pub(in crate::evaluate) fn to_text(value: &Value, dialect: Dialect) -> Result<Pieces, String> {
    match (&value.kind, dialect) {
        (Kind::Text(pieces), _) => Ok(pieces.clone()),
        (Kind::Number(number), _) => Ok(Pieces::literal(&number.to_string())),
        (Kind::Bool(value), Dialect::Terraform) => Ok(Pieces::literal(if *value { "true" } else { "false" })),
        // ARM prints truth values as .NET does.
        (Kind::Bool(value), Dialect::Bicep) => Ok(Pieces::literal(if *value { "True" } else { "False" })),
        (Kind::Null, Dialect::Bicep) => Ok(Pieces::literal("")),
        (Kind::Null, Dialect::Terraform) => Err("null cannot be part of a text".into()),
        (Kind::Unknown(_) | Kind::Reference(_) | Kind::OneOf { .. }, _) => match value.hole() {
            Some(hole) => Ok(Pieces::of([Piece::Hole(hole)])),
            None => Err("this cannot be part of a text".into()),
        },
        (Kind::List { .. } | Kind::Object { .. }, Dialect::Bicep) => {
            let mut pieces = Vec::new();
            json_in_text(value, &mut pieces, 0)?;
            Ok(Pieces::of(pieces))
        }
        (Kind::List { .. }, Dialect::Terraform) => Err("a list cannot be part of a text".into()),
        (Kind::Object { .. }, Dialect::Terraform) => Err("an object cannot be part of a text".into()),
    }
}

/// ARM's `format` prints arrays and objects as JSON with single quotes.
fn json_in_text(value: &Value, pieces: &mut Vec<Piece>, depth: usize) -> Result<(), String> {
    let literal = |text: &str| Piece::Literal(SmolStr::new(text));
    if depth > 64 {
        return Err("this nests too deeply to be part of a text".into());
    }
    match &value.kind {
        Kind::Null => pieces.push(literal("null")),
        Kind::Bool(value) => pieces.push(literal(if *value { "true" } else { "false" })),
        Kind::Number(number) => pieces.push(literal(&number.to_string())),
        Kind::Text(text) => {
            let quoted = text.map_literals(|text| text.replace('\\', "\\\\").replace('\'', "\\'"));
            pieces.push(literal("'"));
            pieces.extend(quoted.pieces().iter().cloned());
            pieces.push(literal("'"));
        }
        Kind::List { items, rest, .. } => {
            pieces.push(literal("["));
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    pieces.push(literal(","));
                }
                json_in_text(item, pieces, depth + 1)?;
            }
            pieces.extend(rest.clone().map(Piece::Hole));
            pieces.push(literal("]"));
        }
        Kind::Object { fields, rest, .. } => {
            pieces.push(literal("{"));
            for (index, (key, field)) in fields.iter().enumerate() {
                pieces.push(literal(&format!("{}'{key}':", if index > 0 { "," } else { "" })));
                json_in_text(field, pieces, depth + 1)?;
            }
            pieces.extend(rest.clone().map(Piece::Hole));
            pieces.push(literal("}"));
        }
        Kind::OneOf { .. } | Kind::Reference(_) | Kind::Unknown(_) => pieces.extend(value.hole().map(Piece::Hole)),
    }
    Ok(())
}
