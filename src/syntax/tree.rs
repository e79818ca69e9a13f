//! In: JSON. Out: its values as a tree, with the place of each, and of each letter of its texts.
//! Never: knows what a value is for, or looks into a text.
//!
//! A text is read into a tree at once, which keeps a template of many nested deployments linear: each of them lies in
//! all those around it. What nests too deeply is refused before anything goes down into it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::expression::{Element, Expr, ExprKind, Field};
use super::item::{Fault, Label};
use super::nesting::{Limits, Nesting};
use crate::source::{FileId, Span};
use crate::value::{Number, SmolStr};

/// What counts as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// What RFC 8259 allows, and nothing else.
    Strict,
    /// That and comments, which Azure takes in parameter files.
    Commented,
    /// What Azure takes in templates: comments, texts of several lines, texts in single quotes and a comma before a
    /// closing bracket (<https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax>).
    Lenient,
}

/// A value and its place.
#[derive(Debug)]
pub struct Node {
    pub kind: NodeKind,
    pub span: Span,
}

/// The forms of values.
#[derive(Debug)]
pub enum NodeKind {
    Null,
    Bool(bool),
    /// The digits as they are written.
    Number(String),
    Text(Text),
    List(Vec<Node>),
    /// The members in order; a repeated one is there twice.
    Object(Vec<Member>),
    /// What could not be read.
    Broken,
}

/// One member of an object.
#[derive(Debug)]
pub struct Member {
    pub key: Text,
    pub value: Node,
}

/// A text without its escapes.
#[derive(Debug)]
pub struct Text {
    pub text: String,
    /// Its place, quotes included.
    pub span: Span,
    /// Where the first letter stands in the file.
    pub start: usize,
    /// How far each byte of `text`, and its end, lies behind the first letter; `None` where nothing was escaped.
    pub places: Option<Vec<usize>>,
}

impl Text {
    /// Where in the file the byte at `offset` of the text stands.
    pub fn place_of(&self, offset: usize) -> usize {
        let behind = match &self.places {
            Some(places) => places.get(offset).or(places.last()).copied().unwrap_or_default(),
            None => offset,
        };
        self.start + behind
    }

    /// The text as it is.
    pub fn literal(&self) -> Expr {
        Expr::literal(&self.text, self.span)
    }

    /// The text as a name.
    pub fn label(&self) -> Label {
        Label { name: SmolStr::new(&self.text), span: self.span }
    }
}

impl Node {
    /// The members of an object; of anything else none.
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            NodeKind::Object(members) => members,
            _ => &[],
        }
    }

    /// The members of an object; of one name that is given twice the last counts.
    pub fn last_of_each(&self) -> Vec<&Member> {
        let mut found: Vec<&Member> = Vec::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for member in self.members() {
            match places.get(member.key.text.as_str()) {
                Some(place) => found[*place] = member,
                None => {
                    places.insert(&member.key.text, found.len());
                    found.push(member);
                }
            }
        }
        found
    }

    /// The items of a list; of anything else none.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            NodeKind::List(items) => items,
            _ => &[],
        }
    }

    /// A member of an object; of one name that is given twice the last counts.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.members().iter().rev().find(|member| member.key.text == key).map(|member| &member.value)
    }

    /// The same by a name in any case of letters, as Azure finds it; the exact one comes first.
    pub fn find(&self, name: &str) -> Option<&Node> {
        self.member(name).map(|member| &member.value)
    }

    /// What [`Node::find`] finds, with its key.
    pub fn member(&self, name: &str) -> Option<&Member> {
        let members = self.members();
        let exact = members.iter().rev().find(|member| member.key.text == name);
        exact.or_else(|| members.iter().rev().find(|member| member.key.text.eq_ignore_ascii_case(name)))
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

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        matches!(self.kind, NodeKind::Object(_))
    }

    /// The value as it is: a text is no template here.
    pub fn literal(&self) -> Expr {
        let kind = match &self.kind {
            NodeKind::Null => ExprKind::Null,
            NodeKind::Bool(value) => ExprKind::Bool(*value),
            NodeKind::Number(digits) => Number::parse(digits).map_or(ExprKind::Broken, ExprKind::Number),
            NodeKind::Text(text) => text.literal().kind,
            NodeKind::List(items) => ExprKind::List(items.iter().map(|item| Element::Item(item.literal())).collect()),
            NodeKind::Object(members) => ExprKind::Object(
                members
                    .iter()
                    .map(|member| Field::Pair { key: member.key.literal(), value: member.value.literal() })
                    .collect(),
            ),
            NodeKind::Broken => ExprKind::Broken,
        };
        Expr::new(kind, self.span)
    }
}

/// A text, read.
pub struct Read {
    /// What stands before the fault, if there is one.
    pub root: Node,
    /// Where each comment stands.
    pub comments: Vec<Span>,
    /// What ended the reading.
    pub fault: Option<Fault>,
}

impl Read {
    /// The tree of a text without a fault.
    pub fn whole(self) -> Result<Node, Fault> {
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok(self.root),
        }
    }
}

/// Reads a whole text.
pub fn read(file: FileId, text: &str, form: Form, limits: Limits) -> Read {
    let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let (comments, fault) = (Vec::new(), None);
    let mut reader = Reader { file, text, form, at: mark, depth: 0, limits, comments, too_deep: false, fault };
    let root = reader.value();
    reader.skip();
    if reader.at < text.len() {
        reader.expected("nothing after the value");
    }
    let Reader { comments, too_deep, mut fault, .. } = reader;
    if form != Form::Lenient && !too_deep {
        // What is more than JSON is read above as well; the parser says whether any of it is there.
        let comments = if form == Form::Commented { comments.as_slice() } else { &[] };
        fault = refused(file, text, mark, comments).or(fault);
    }
    Read { root, comments, fault }
}

/// What a parser of JSON finds wrong with a text behind its byte-order mark. It goes down into nothing, and does not
/// look at the halves of pairs of escapes.
fn refused(file: FileId, text: &str, mark: usize, comments: &[Span]) -> Option<Fault> {
    let mut plain = Cow::Borrowed(text);
    for comment in comments {
        let range = comment.start as usize..comment.end as usize;
        let blank: String = text[range.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
        plain.to_mut().replace_range(range, &blank);
    }
    let plain = &plain[mark..];
    let error = serde_json::from_str::<IgnoredAny>(plain).err()?;
    let at = mark + offset_of(plain, error.line(), error.column());
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default().to_string();
    Some(Fault { span: Span::new(file, at, at), message, opened: None })
}

/// The offset of a line and a column in bytes, both from 1.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut at = (before + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    form: Form,
    at: usize,
    depth: usize,
    limits: Limits,
    comments: Vec<Span>,
    too_deep: bool,
    fault: Option<Fault>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes past white space and comments.
    fn skip(&mut self) {
        while let Some(rest) = self.text.get(self.at..) {
            let blank = rest.len() - rest.trim_start().len();
            if blank > 0 {
                self.at += blank;
                continue;
            }
            let length = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.get(2..).and_then(|inner| inner.find("*/")).map_or(rest.len(), |length| length + 4)
            } else {
                return;
            };
            self.comments.push(self.span(self.at, self.at + length));
            self.at += length;
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    fn fault(&mut self, at: usize, length: usize, message: String) {
        let span = self.span(at, at + length);
        self.fault.get_or_insert(Fault { span, message, opened: None });
    }

    /// Notes what was expected here; only the first fault counts, and nothing is read behind it.
    fn expected(&mut self, what: &str) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let width = rest.chars().next().map_or(0, char::len_utf8);
        self.fault(self.at, width, format!("expected {what}"));
    }

    fn value(&mut self) -> Node {
        self.skip();
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{') => self.nested(Reader::object),
            Some(b'[') => self.nested(Reader::list),
            Some(quote @ (b'"' | b'\'')) => self.text(quote).map_or(NodeKind::Broken, NodeKind::Text),
            _ => self.word(),
        };
        Node { kind, span: self.span(start, self.at) }
    }

    fn nested(&mut self, read: fn(&mut Self) -> NodeKind) -> NodeKind {
        self.depth += 1;
        if let Some(message) = self.limits.refuse(Nesting { depth: self.depth, height: self.depth }) {
            self.too_deep = true;
            self.fault(self.at, 1, message);
            return NodeKind::Broken;
        }
        self.at += 1;
        let kind = read(self);
        self.depth -= 1;
        kind
    }

    fn object(&mut self) -> NodeKind {
        let mut members = Vec::new();
        loop {
            self.skip();
            let key = match self.peek() {
                Some(b'}') => {
                    self.at += 1;
                    break;
                }
                Some(quote @ (b'"' | b'\'')) => self.text(quote),
                _ => {
                    self.expected("a key in quotes or `}`");
                    None
                }
            };
            let Some(key) = key else { break };
            self.skip();
            if self.peek() != Some(b':') {
                self.expected("`:`");
                break;
            }
            self.at += 1;
            let value = self.value();
            members.push(Member { key, value });
            if !self.next(b'}') {
                break;
            }
        }
        NodeKind::Object(members)
    }

    fn list(&mut self) -> NodeKind {
        let mut items = Vec::new();
        loop {
            self.skip();
            if self.peek() == Some(b']') {
                self.at += 1;
                break;
            }
            items.push(self.value());
            if !self.next(b']') {
                break;
            }
        }
        NodeKind::List(items)
    }

    /// Goes past a comma, or stands before the closing bracket; false after a fault.
    fn next(&mut self, close: u8) -> bool {
        if self.fault.is_some() {
            return false;
        }
        self.skip();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                true
            }
            Some(byte) if byte == close => true,
            _ => {
                self.expected(&format!("`,` or `{}`", char::from(close)));
                false
            }
        }
    }

    /// `null`, `true`, `false` and numbers.
    fn word(&mut self) -> NodeKind {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length =
            rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.')).unwrap_or(rest.len());
        let word = &rest[..length];
        let kind = match word {
            "null" => NodeKind::Null,
            // Azure reads these in any case of letters.
            _ if word.eq_ignore_ascii_case("true") => NodeKind::Bool(true),
            _ if word.eq_ignore_ascii_case("false") => NodeKind::Bool(false),
            _ if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => NodeKind::Number(word.to_string()),
            _ => {
                self.expected("a value");
                return NodeKind::Broken;
            }
        };
        self.at += length;
        kind
    }

    fn text(&mut self, quote: u8) -> Option<Text> {
        let opened = self.at;
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut text = String::new();
        let mut places: Option<Vec<usize>> = None;
        let mut at = start;
        // Where the stretch without escapes begins that is not yet in `text`.
        let mut plain = start;
        let copy = |text: &mut String, places: &mut Option<Vec<usize>>, from: usize, to: usize| {
            text.push_str(self.text.get(from..to).unwrap_or_default());
            if let Some(places) = places {
                places.extend(from - start..to - start);
            }
        };
        loop {
            match bytes.get(at) {
                Some(byte) if *byte == quote => break,
                Some(b'\\') => {
                    copy(&mut text, &mut places, plain, at);
                    let Some((c, length)) = escaped(self.text.get(at..).unwrap_or_default()) else {
                        self.fault(at, 1, "this is no escape".to_string());
                        return None;
                    };
                    if c.is_none() && self.form != Form::Lenient {
                        self.fault(at, length, "this is half of a pair of escapes".to_string());
                        return None;
                    }
                    let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
                    let places = places.get_or_insert_with(|| (0..at - start).collect());
                    places.extend(std::iter::repeat_n(at - start, c.len_utf8()));
                    text.push(c);
                    at += length;
                    plain = at;
                }
                Some(_) => at += 1,
                None => {
                    self.fault(opened, 1, "this text is not closed".to_string());
                    self.at = bytes.len();
                    return None;
                }
            }
        }
        copy(&mut text, &mut places, plain, at);
        if let Some(places) = &mut places {
            places.push(at - start);
        }
        self.at = at + 1;
        Some(Text { text, span: self.span(opened, self.at), start, places })
    }
}

/// The character of the escape at the head of a text, and how long the escape is. Half of a pair is no character.
fn escaped(text: &str) -> Option<(Option<char>, usize)> {
    let simple = match text.as_bytes().get(1)? {
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'u' => {
            let unit = |at: usize| u32::from_str_radix(text.get(at..at + 4)?, 16).ok();
            let first = unit(2)?;
            if (0xd800..0xdc00).contains(&first)
                && text.get(6..8) == Some("\\u")
                && let Some(second @ 0xdc00..0xe000) = unit(8)
            {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Some((char::from_u32(code), 12));
            }
            return Some((char::from_u32(first), 6));
        }
        byte @ (b'"' | b'\'' | b'\\' | b'/') => char::from(*byte),
        _ => return None,
    };
    Some((Some(simple), 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn lenient(text: &str) -> Read {
        let file = Sources::of_texts([("a.json", "")]).open("a.json").expect("the text was handed over");
        read(file, text, Form::Lenient, Limits::default())
    }

    fn root(text: &str) -> Node {
        let read = lenient(text);
        assert!(read.fault.is_none(), "{:?}", read.fault);
        read.root
    }

    #[test]
    fn every_node_has_its_place() {
        let text = "\u{feff}// é\n{ \"a\": [1, \"b\"], /* c */ 'd': tRue, }";
        let root = root(text);
        let items = root.find("A").map(Node::items).unwrap_or_default();
        let written: Vec<&str> =
            items.iter().map(|item| &text[item.span.start as usize..item.span.end as usize]).collect();
        assert_eq!(written, ["1", "\"b\""]);
        assert!(matches!(root.get("d").map(|node| &node.kind), Some(NodeKind::Bool(true))));
        assert_eq!(lenient(text).comments.len(), 2);
    }

    #[test]
    fn escapes_move_places_and_lines_may_end_within_a_text() {
        let text = "[\"a\\u00e9\\n b\n\\uD83D\\uDE00c\"]";
        let root = root(text);
        let NodeKind::Text(found) = &root.items()[0].kind else { panic!("a text") };
        assert_eq!(found.text, "aé\n b\n😀c");
        for c in ['a', 'b', 'c'] {
            let offset = found.text.find(c).expect("a letter of the text");
            assert!(text[found.place_of(offset)..].starts_with(c));
        }
    }

    #[test]
    fn what_stands_before_a_fault_is_kept() {
        let broken = lenient("{\"a\": 1, \"b\": {\"c\": 2 \"d\": 3}, \"e\": 4}");
        let fault = broken.fault.expect("a fault");
        assert_eq!((fault.span.start..fault.span.end, fault.message.as_str()), (22..23, "expected `,` or `}`"));
        assert!(broken.root.get("b").and_then(|b| b.get("c")).is_some());
        assert!(broken.root.get("e").is_none());
    }

    #[test]
    fn each_form_allows_what_it_says() {
        let file = Sources::of_texts([("a.json", "")]).open("a.json").expect("the text was handed over");
        let fault = |text: &str, form: Form| read(file, text, form, Limits::default()).fault.map(|f| f.span.start);
        let all = [Form::Strict, Form::Commented, Form::Lenient];
        let cases = [
            ("\u{feff}{\"a\": [1e3, -0.5, \"\\uD83D\\uDE00\", true, null]}", [None, None, None]),
            ("{\"a\": 1 /* c */}", [Some(8), None, None]),
            ("[1, ]", [Some(4), Some(4), None]),
            ("['a']", [Some(1), Some(1), None]),
            ("[tRue]", [Some(2), Some(2), None]),
            ("[\"\\ud800\"]", [Some(2), Some(2), None]),
            ("[1] 2", [Some(4), Some(4), Some(4)]),
        ];
        for (text, expected) in cases {
            assert_eq!(all.map(|form| fault(text, form)), expected, "{text}");
        }
        let deep = read(file, &"[".repeat(1_000_000), Form::Strict, Limits::default());
        assert_eq!(
            deep.fault.map(|fault| fault.message),
            Some("nested deeper than 256 levels (--max-depth)".to_string())
        );
    }

    #[test]
    fn no_text_is_too_deep_or_too_short() {
        let deep = lenient(&"[".repeat(1_000_000));
        assert_eq!(
            deep.fault.map(|fault| fault.message),
            Some("nested deeper than 256 levels (--max-depth)".to_string())
        );
        let text = "\u{feff}/* é */ {\"a\\u00e9\": [1e3, \"é\\n\", {'b': nu";
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            lenient(&text[..end]);
        }
    }
}
