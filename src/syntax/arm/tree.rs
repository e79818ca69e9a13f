//! In: JSON as Azure takes it. Out: a tree in which every node and key has its place.
//! Never: interprets a text; a fault ends the reading, and what was read before it is kept.
//!
//! Beyond JSON, Azure takes comments, texts of several lines, texts in single quotes and a comma before a closing
//! bracket (<https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax>). Reading into a tree at once
//! keeps a template of many nested deployments linear: each of them lies in all those around it.

use std::ops::Range;

use super::super::nesting::{Limits, Nesting};

/// A value and its place in bytes.
#[derive(Debug)]
pub struct Node {
    pub kind: NodeKind,
    pub place: Range<usize>,
}

/// The forms of values.
#[derive(Debug)]
pub enum NodeKind {
    Null,
    Bool(bool),
    /// A number as it is written.
    Number(String),
    Text(Text),
    List(Vec<Node>),
    Object(Vec<Member>),
    /// What could not be read.
    Broken,
}

/// A text without its escapes, and where each of its bytes stands.
#[derive(Debug)]
pub struct Text {
    pub text: String,
    /// Where it begins, behind the quote.
    start: usize,
    /// The place of each byte, where escapes have moved them.
    moved: Option<Vec<usize>>,
}

impl Text {
    /// Where in the file the byte at `offset` of the text stands.
    pub fn place_of(&self, offset: usize) -> usize {
        match &self.moved {
            Some(moved) => moved.get(offset).or(moved.last()).copied().unwrap_or(self.start),
            None => self.start + offset,
        }
    }
}

/// One member of an object.
#[derive(Debug)]
pub struct Member {
    pub key: Text,
    /// The key's place, quotes included.
    pub key_place: Range<usize>,
    pub value: Node,
}

impl Node {
    /// The last member of this name, in any case of letters, as Azure finds it.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.member(name).map(|member| &member.value)
    }

    /// The same with its key.
    pub fn member(&self, name: &str) -> Option<&Member> {
        let members = self.members();
        let exact = members.iter().rev().find(|member| member.key.text == name);
        exact.or_else(|| members.iter().rev().find(|member| member.key.text.eq_ignore_ascii_case(name)))
    }

    /// The members of an object; of anything else none.
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            NodeKind::Object(members) => members,
            _ => &[],
        }
    }

    /// The items of a list; of anything else none.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            NodeKind::List(items) => items,
            _ => &[],
        }
    }

    /// The text.
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Text(text) => Some(&text.text),
            _ => None,
        }
    }

    /// It is an object.
    pub fn is_object(&self) -> bool {
        matches!(self.kind, NodeKind::Object(_))
    }
}

/// A text, read.
pub struct Read {
    pub root: Node,
    /// Where each comment stands.
    pub comments: Vec<Range<usize>>,
    /// What ended the reading, and where.
    pub fault: Option<(Range<usize>, String)>,
}

/// Reads a whole text.
pub fn read(text: &str, limits: Limits) -> Read {
    let mut reader = Reader { text, at: 0, depth: 0, limits, comments: Vec::new(), fault: None };
    if text.starts_with('\u{feff}') {
        reader.at = '\u{feff}'.len_utf8();
    }
    let root = reader.value();
    reader.skip();
    if reader.at < text.len() {
        reader.expected("nothing after the template");
    }
    Read { root, comments: reader.comments, fault: reader.fault }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    limits: Limits,
    comments: Vec<Range<usize>>,
    fault: Option<(Range<usize>, String)>,
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
            self.comments.push(self.at..self.at + length);
            self.at += length;
        }
    }

    /// Notes what was expected here; only the first fault counts, and nothing is read behind it.
    fn expected(&mut self, what: &str) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let width = rest.chars().next().map_or(0, char::len_utf8);
        self.fault.get_or_insert_with(|| (self.at..self.at + width, format!("expected {what}")));
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
        Node { kind, place: start..self.at }
    }

    fn nested(&mut self, read: fn(&mut Self) -> NodeKind) -> NodeKind {
        let refused = self.limits.refuse(Nesting { depth: self.depth + 1, height: 0 });
        if let Some(message) = refused {
            self.fault.get_or_insert((self.at..self.at + 1, message));
            return NodeKind::Broken;
        }
        self.depth += 1;
        self.at += 1;
        let kind = read(self);
        self.depth -= 1;
        kind
    }

    fn object(&mut self) -> NodeKind {
        let mut members = Vec::new();
        loop {
            self.skip();
            let key_start = self.at;
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
            let key_place = key_start..self.at;
            self.skip();
            if self.peek() != Some(b':') {
                self.expected("`:`");
                break;
            }
            self.at += 1;
            let value = self.value();
            members.push(Member { key, key_place, value });
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
        let mut moved: Option<Vec<usize>> = None;
        let mut at = start;
        // Where the stretch without escapes begins that is not yet in `text`.
        let mut plain = start;
        let copy = |text: &mut String, moved: &mut Option<Vec<usize>>, from: usize, to: usize| {
            text.push_str(self.text.get(from..to).unwrap_or_default());
            if let Some(moved) = moved {
                moved.extend(from..to);
            }
        };
        loop {
            match bytes.get(at) {
                Some(byte) if *byte == quote => break,
                Some(b'\\') => {
                    copy(&mut text, &mut moved, plain, at);
                    let Some((c, length)) = escaped(self.text.get(at..).unwrap_or_default()) else {
                        self.fault.get_or_insert((at..at + 1, "this is no escape".to_string()));
                        return None;
                    };
                    let moved = moved.get_or_insert_with(|| (start..at).collect());
                    moved.extend(std::iter::repeat_n(at, c.len_utf8()));
                    text.push(c);
                    at += length;
                    plain = at;
                }
                Some(_) => at += 1,
                None => {
                    self.fault.get_or_insert((opened..opened + 1, "this text is not closed".to_string()));
                    self.at = bytes.len();
                    return None;
                }
            }
        }
        copy(&mut text, &mut moved, plain, at);
        if let Some(moved) = &mut moved {
            moved.push(at);
        }
        self.at = at + 1;
        Some(Text { text, start, moved })
    }
}

/// The character of the escape at the head of a text, and how long the escape is.
fn escaped(text: &str) -> Option<(char, usize)> {
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
                return char::from_u32(code).map(|c| (c, 12));
            }
            // Half of a surrogate pair is no character.
            return Some((char::from_u32(first).unwrap_or('\u{fffd}'), 6));
        }
        byte @ (b'"' | b'\'' | b'\\' | b'/') => char::from(*byte),
        _ => return None,
    };
    Some((simple, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(text: &str) -> Node {
        let read = read(text, Limits::default());
        assert!(read.fault.is_none(), "{:?}", read.fault);
        read.root
    }

    #[test]
    fn every_node_has_its_place() {
        let text = "\u{feff}// é\n{ \"a\": [1, \"b\"], /* c */ 'd': tRue, }";
        let root = root(text);
        let items = root.get("A").map(Node::items).unwrap_or_default();
        let written: Vec<&str> = items.iter().map(|item| &text[item.place.clone()]).collect();
        assert_eq!(written, ["1", "\"b\""]);
        assert!(matches!(root.get("d").map(|node| &node.kind), Some(NodeKind::Bool(true))));
        assert_eq!(read(text, Limits::default()).comments.len(), 2);
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
        let broken = read("{\"a\": 1, \"b\": {\"c\": 2 \"d\": 3}, \"e\": 4}", Limits::default());
        let (place, message) = broken.fault.expect("a fault");
        assert_eq!((place, message.as_str()), (22..23, "expected `,` or `}`"));
        assert!(broken.root.get("b").and_then(|b| b.get("c")).is_some());
        assert!(broken.root.get("e").is_none());
    }

    #[test]
    fn no_text_is_too_deep_or_too_short() {
        let deep = read(&"[".repeat(1_000_000), Limits::default());
        assert_eq!(deep.fault.map(|fault| fault.1), Some("nested deeper than 256 levels (--max-depth)".to_string()));
        let text = "\u{feff}/* é */ {\"a\\u00e9\": [1e3, \"é\\n\", {'b': nu";
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            read(&text[..end], Limits::default());
        }
    }
}
