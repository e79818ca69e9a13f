//! In: JSON. Out: its values as a tree, with the place of each, and of each letter of its texts.
//! Never: knows what a value is for.

use super::expression::{Element, Expr, ExprKind, Field};
use super::item::Fault;
use super::json::{Members, Plain, offset_of, plain};
use super::nesting::Limits;
use crate::source::{FileId, Span};
use crate::value::{Number, SmolStr};
use serde::de::Deserialize;
use serde_json::value::RawValue;

/// A value and its place.
#[derive(Debug)]
pub(super) struct Node {
    pub kind: NodeKind,
    pub span: Span,
}

/// The values of JSON.
#[derive(Debug)]
pub(super) enum NodeKind {
    Null,
    Bool(bool),
    /// The digits as they are written.
    Number(String),
    Text(Text),
    List(Vec<Node>),
    /// The members in order; a repeated one is there twice.
    Object(Vec<(Key, Node)>),
}

/// The key of a member.
#[derive(Debug)]
pub(super) struct Key {
    pub text: Text,
    pub span: Span,
}

/// A text without its escapes.
#[derive(Debug)]
pub(super) struct Text {
    pub text: String,
    /// Where the first letter stands in the file.
    pub start: usize,
    /// How far each byte of `text`, and its end, lies behind the first letter; `None` where nothing was escaped.
    pub places: Option<Vec<usize>>,
}

/// Reads a whole text. Nesting is bounded before anything is parsed.
pub(super) fn read(file: FileId, text: &str, limits: Limits) -> Result<Node, Fault> {
    let Plain { text, nesting, .. } = plain(text, false);
    if let Some(message) = limits.refuse(nesting) {
        return Err(Fault { span: Span::new(file, 0, 0), message, opened: None });
    }
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    let read = <&RawValue>::deserialize(&mut deserializer).and_then(|raw| deserializer.end().map(|()| raw));
    let reader = Reader { file, text: &text };
    let failed = match read {
        Ok(raw) => return reader.node(raw),
        Err(error) => error,
    };
    let at = offset_of(&text, failed.line(), failed.column());
    let message = failed.to_string();
    let message = message.split(" at line ").next().unwrap_or_default().to_string();
    Err(Fault { span: Span::new(file, at, at), message, opened: None })
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
}

impl<'a> Reader<'a> {
    fn node(&self, raw: &'a RawValue) -> Result<Node, Fault> {
        let text = raw.get();
        let start = self.offset(text);
        let span = Span::new(self.file, start, start + text.len());
        let refused = |error: serde_json::Error| {
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default().to_string();
            Fault { span, message, opened: None }
        };
        let kind = match text.as_bytes().first() {
            Some(b'{') => {
                let members = serde_json::from_str::<Members>(text).map_err(refused)?.0;
                let member = |member: super::json::Member<'a>| {
                    let value = self.node(member.value)?;
                    let (start, end) = match member.written {
                        Some(written) => (self.offset(written), self.offset(written) + written.len()),
                        None => (value.span.start as usize + 1, value.span.end as usize - 1),
                    };
                    let places = member.written.is_none().then(|| vec![0; member.key.len() + 1]);
                    let span = Span::new(self.file, start.saturating_sub(1), end + 1);
                    Ok((Key { text: Text { text: member.key, start, places }, span }, value))
                };
                NodeKind::Object(members.into_iter().map(member).collect::<Result<_, _>>()?)
            }
            Some(b'[') => {
                let items = serde_json::from_str::<Vec<&'a RawValue>>(text).map_err(refused)?;
                NodeKind::List(items.into_iter().map(|item| self.node(item)).collect::<Result<_, _>>()?)
            }
            Some(b'"') => {
                let decoded = serde_json::from_str::<String>(text).map_err(refused)?;
                let places = places(&text[1..text.len() - 1], &decoded);
                NodeKind::Text(Text { text: decoded, start: start + 1, places })
            }
            Some(b't') => NodeKind::Bool(true),
            Some(b'f') => NodeKind::Bool(false),
            Some(b'n') => NodeKind::Null,
            _ => NodeKind::Number(text.to_string()),
        };
        Ok(Node { kind, span })
    }

    /// Where a part of the text begins in it.
    fn offset(&self, part: &str) -> usize {
        (part.as_ptr().addr()).saturating_sub(self.text.as_ptr().addr()).min(self.text.len())
    }
}

/// For each byte of `decoded`, and its end, where it stands in `written`.
fn places(written: &str, decoded: &str) -> Option<Vec<usize>> {
    if !written.contains('\\') {
        return None;
    }
    let mut places = Vec::with_capacity(decoded.len() + 1);
    let mut at = 0;
    for letter in decoded.chars() {
        let rest = &written.as_bytes()[at.min(written.len())..];
        let length = match rest {
            // Beyond the basic plane a letter is two escapes.
            [b'\\', b'u', ..] if letter.len_utf16() == 2 => 12,
            [b'\\', b'u', ..] => 6,
            [b'\\', ..] => 2,
            _ => letter.len_utf8(),
        };
        places.extend(std::iter::repeat_n(at, letter.len_utf8()));
        at += length;
    }
    places.push(at);
    Some(places)
}

impl Node {
    /// The members of an object; nothing of another value.
    pub fn members(&self) -> &[(Key, Node)] {
        match &self.kind {
            NodeKind::Object(members) => members,
            _ => &[],
        }
    }

    /// The items of a list; nothing of another value.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            NodeKind::List(items) => items,
            _ => &[],
        }
    }

    /// A member of an object; of one name that is given twice the last counts.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.members().iter().rev().find(|(name, _)| name.text.text == key).map(|(_, node)| node)
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Text(text) => Some(&text.text),
            _ => None,
        }
    }

    /// Whether it is `true`.
    pub fn is_true(&self) -> bool {
        matches!(self.kind, NodeKind::Bool(true))
    }

    /// The value as it is: a text is no template here.
    pub fn literal(&self) -> Expr {
        let kind = match &self.kind {
            NodeKind::Null => ExprKind::Null,
            NodeKind::Bool(value) => ExprKind::Bool(*value),
            NodeKind::Number(digits) => Number::parse(digits).map_or(ExprKind::Broken, ExprKind::Number),
            NodeKind::Text(text) => Expr::literal(&text.text, self.span).kind,
            NodeKind::List(items) => ExprKind::List(items.iter().map(|item| Element::Item(item.literal())).collect()),
            NodeKind::Object(members) => ExprKind::Object(
                members.iter().map(|(key, value)| Field::Pair { key: key.literal(), value: value.literal() }).collect(),
            ),
        };
        Expr::new(kind, self.span)
    }
}

impl Key {
    /// The key as it is.
    pub fn literal(&self) -> Expr {
        Expr::literal(&self.text.text, self.span)
    }

    /// The key as a name.
    pub fn name(&self) -> SmolStr {
        SmolStr::new(&self.text.text)
    }
}
