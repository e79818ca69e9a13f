//! In: JSON. Out: the values that a parameter file of ARM or a `.tfvars.json` gives, with the place of each.
//! Never: interprets a text; in both kinds of file a text is what it is, whatever it looks like.
//!
//! ```json
//! { "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
//!   "parameters": { "location": { "value": "westeurope" }, "key": { "reference": { "secretName": "k" } } } }
//! ```
//!
//! A value that stands in a key vault is a call of [`KEY_VAULT_REFERENCE`] with the reference as its argument.
//! JSON of any other kind is an empty program.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::expression::{Element, Expr, ExprKind, Field};
use super::item::{Assignment, Dialect, Fault, Item, Label, Program, Shape};
use super::nesting::{Gauge, Limits, Nesting};
use crate::source::{FileId, Sources, Span, extension_of};
use crate::value::{Number, SmolStr};

/// The function that stands for what a key vault holds: nobody knows its value before the deployment.
pub const KEY_VAULT_REFERENCE: &str = "__keyVaultReference";

/// Reads one text.
pub fn read(sources: &Sources, file: FileId, limits: Limits) -> Program {
    let source = sources.file(file);
    let mut program = Program {
        file,
        dialect: Dialect::Bicep,
        shape: Shape::Declarations,
        items: Vec::new(),
        faults: Vec::new(),
        comments: Vec::new(),
    };
    if source.path.ends_with(".tfvars.json") {
        program.dialect = Dialect::Terraform;
        program.shape = Shape::Values;
        // HCL's JSON has no comments (https://github.com/hashicorp/hcl/blob/main/json/spec.md).
        let plain = Plain { comments: Vec::new(), ..plain(&source.text, false) };
        Reader { file, text: &plain.text, program: &mut program }.tfvars(plain.nesting, limits);
    } else if extension_of(&source.path) == "json" && source.text.contains("\"parameters\"") {
        let plain = plain(&source.text, true);
        program.comments = plain.comments.iter().map(|range| Span::new(file, range.start, range.end)).collect();
        Reader { file, text: &plain.text, program: &mut program }.parameters(plain.nesting, limits);
    }
    program
}

struct Reader<'a> {
    file: FileId,
    /// The file's text with spaces for comments.
    text: &'a str,
    program: &'a mut Program,
}

impl<'a> Reader<'a> {
    fn tfvars(&mut self, nesting: Nesting, limits: Limits) {
        let Some(members) = self.root(nesting, limits) else { return };
        for member in last_of_each(members) {
            // A key of two slashes is a comment (https://github.com/hashicorp/hcl/blob/main/json/spec.md).
            if member.key != "//" {
                let value = self.value(member.value);
                self.assign(&member, value);
            }
        }
    }

    fn parameters(&mut self, nesting: Nesting, limits: Limits) {
        let declared = self.text.to_ascii_lowercase().contains("deploymentparameters.json");
        if declared {
            self.program.shape = Shape::Values;
        }
        let Some(root) = self.root(nesting, limits).filter(|root| declared || is_parameter_file(root)) else {
            if !declared {
                self.program.faults.clear();
            }
            return;
        };
        self.program.shape = Shape::Values;
        let Some(parameters) = root.into_iter().rev().find(|member| member.key == "parameters") else { return };
        let Some(parameters) = self.object(parameters.value) else {
            let span = self.span(parameters.value);
            self.fault(span, "expected an object of parameters");
            return;
        };
        for parameter in last_of_each(parameters) {
            self.parameter(&parameter);
        }
    }

    /// `"name": { "value": … }`, `"name": { "reference": { "keyVault": …, "secretName": … } }`.
    fn parameter(&mut self, parameter: &Member<'a>) {
        let Some(members) = self.object(parameter.value) else {
            let span = self.span(parameter.value);
            self.fault(span, "expected `{ \"value\": … }`");
            return;
        };
        let find = |key: &str| members.iter().rev().find(|member| member.key == key);
        if let Some(member) = find("value") {
            let value = self.value(member.value);
            self.assign(parameter, value);
        } else if let Some(member) = find("reference") {
            let span = self.span(member.value);
            let call = ExprKind::Call {
                function: SmolStr::new(KEY_VAULT_REFERENCE),
                function_span: self.key_span(member),
                receiver: None,
                arguments: vec![self.value(member.value)],
                spread: false,
            };
            self.assign(parameter, Expr::new(call, span));
        }
    }

    fn assign(&mut self, member: &Member<'a>, value: Expr) {
        let name = Label { name: SmolStr::new(&member.key), span: self.key_span(member) };
        self.program.items.push(Item::Assignment(Assignment { name, value }));
    }

    /// The members of the whole text's object.
    fn root(&mut self, nesting: Nesting, limits: Limits) -> Option<Vec<Member<'a>>> {
        if let Some(message) = limits.refuse(nesting) {
            self.fault(Span::new(self.file, 0, 0), message);
            return None;
        }
        let text = self.text;
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let read = Members::deserialize(&mut deserializer).and_then(|members| deserializer.end().map(|()| members));
        match read {
            Ok(members) => Some(members.0),
            Err(error) => {
                let at = offset_of(text, error.line(), error.column());
                let message = error.to_string();
                let message = message.split(" at line ").next().unwrap_or_default().to_string();
                self.fault(Span::new(self.file, at, at), message);
                None
            }
        }
    }

    fn object(&self, raw: &'a RawValue) -> Option<Vec<Member<'a>>> {
        serde_json::from_str::<Members>(raw.get()).ok().map(|members| members.0)
    }

    fn value(&mut self, raw: &'a RawValue) -> Expr {
        let span = self.span(raw);
        let text = raw.get();
        let kind = match text.as_bytes().first() {
            Some(b'{') => self.object(raw).map(|members| ExprKind::Object(self.fields(members))),
            Some(b'[') => serde_json::from_str::<Vec<&'a RawValue>>(text)
                .ok()
                .map(|items| ExprKind::List(items.into_iter().map(|item| Element::Item(self.value(item))).collect())),
            Some(b'"') => serde_json::from_str::<String>(text).ok().map(|text| Expr::literal(text, span).kind),
            Some(b't') => Some(ExprKind::Bool(true)),
            Some(b'f') => Some(ExprKind::Bool(false)),
            Some(b'n') => Some(ExprKind::Null),
            _ => Number::parse(text).map(ExprKind::Number),
        };
        let kind = kind.unwrap_or_else(|| {
            self.fault(span, "this value cannot be read");
            ExprKind::Broken
        });
        Expr::new(kind, span)
    }

    fn fields(&mut self, members: Vec<Member<'a>>) -> Vec<Field> {
        let mut fields = Vec::with_capacity(members.len());
        for member in members {
            let key = Expr::literal(&member.key, self.key_span(&member));
            fields.push(Field::Pair { key, value: self.value(member.value) });
        }
        fields
    }

    fn fault(&mut self, span: Span, message: impl Into<String>) {
        self.program.faults.push(Fault { span, message: message.into(), opened: None });
    }

    fn span(&self, raw: &RawValue) -> Span {
        let start = self.offset(raw.get());
        Span::new(self.file, start, start + raw.get().len())
    }

    /// Where a key stands, quotes included; its value where the key has escapes.
    fn key_span(&self, member: &Member<'a>) -> Span {
        match member.written {
            Some(written) => {
                let start = self.offset(written);
                Span::new(self.file, start.saturating_sub(1), start + written.len() + 1)
            }
            None => self.span(member.value),
        }
    }

    /// Where a part of the text begins in it.
    fn offset(&self, part: &str) -> usize {
        (part.as_ptr().addr()).saturating_sub(self.text.as_ptr().addr()).min(self.text.len())
    }
}

/// Without a schema: `parameters` is all that there is, and each gives a value.
fn is_parameter_file(root: &[Member]) -> bool {
    let known = ["parameters", "contentVersion", "$schema", "metadata"];
    let Some(parameters) = root.iter().find(|member| member.key == "parameters") else { return false };
    let gives = |member: &Member| {
        let members = serde_json::from_str::<Members>(member.value.get()).map(|members| members.0);
        members.is_ok_and(|members| members.iter().any(|member| matches!(&*member.key, "value" | "reference")))
    };
    root.iter().all(|member| known.contains(&&*member.key) && member.key != "$schema")
        && serde_json::from_str::<Members>(parameters.value.get())
            .is_ok_and(|members| !members.0.is_empty() && members.0.iter().all(gives))
}

/// Of one name that is given twice the last counts.
fn last_of_each(members: Vec<Member>) -> impl Iterator<Item = Member> {
    let mut last: BTreeMap<String, Member> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    for member in members {
        if !last.contains_key(&member.key) {
            order.push(member.key.clone());
        }
        last.insert(member.key.clone(), member);
    }
    order.into_iter().filter_map(move |key| last.remove(&key))
}

/// One member of an object.
pub(super) struct Member<'a> {
    pub(super) key: String,
    /// The key as the text has it, which tells its place; `None` where it has escapes.
    pub(super) written: Option<&'a str>,
    pub(super) value: &'a RawValue,
}

/// The members of an object in order, repeated ones too.
pub(super) struct Members<'a>(pub(super) Vec<Member<'a>>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Of;
        impl<'de> Visitor<'de> for Of {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((key, written)) = map.next_key_seed(Key)? {
                    members.push(Member { key, written, value: map.next_value()? });
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Of)
    }
}

/// Reads a key, and keeps the text's own letters where they can be borrowed.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = (String, Option<&'de str>);
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = (String, Option<&'de str>);
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok((key.to_string(), Some(key)))
    }
    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok((key.to_string(), None))
    }
}

/// A text of JSON without what the parser does not know.
pub(super) struct Plain {
    /// The text with spaces for its byte-order mark and comments.
    pub(super) text: String,
    comments: Vec<Range<usize>>,
    pub(super) nesting: Nesting,
}

/// Blanks the byte-order mark and, where they are allowed, the comments of a text, and measures how deeply it nests.
///
/// Azure takes `//` and `/* */` in parameter files
/// (<https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax#comments-and-metadata>).
pub(super) fn plain(text: &str, with_comments: bool) -> Plain {
    let bytes = text.as_bytes();
    let mut gauge = Gauge::default();
    let mut comments: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let length = match rest {
            [b'"', ..] => text_length(rest),
            [b'/', b'/', ..] if with_comments => rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()),
            [b'/', b'*', ..] if with_comments => {
                text[at..].get(2..).and_then(|rest| rest.find("*/")).map_or(rest.len(), |length| length + 4)
            }
            [b'{' | b'[', ..] => {
                gauge.open();
                1
            }
            [b'}' | b']', ..] => {
                gauge.close();
                1
            }
            [b',', ..] => {
                gauge.separate();
                1
            }
            _ => 1,
        };
        if with_comments && rest[0] == b'/' && length > 1 {
            comments.push(at..at + length);
        }
        at += length;
    }
    let mut plain = text.to_string();
    let mark = if text.starts_with('\u{feff}') { 0..'\u{feff}'.len_utf8() } else { 0..0 };
    for range in comments.iter().cloned().chain([mark]) {
        let blank: String = text[range.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
        plain.replace_range(range, &blank);
    }
    Plain { text: plain, comments, nesting: gauge.finish() }
}

/// How long the quoted text at the head of `bytes` is, quotes included.
fn text_length(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The offset of a line and a column in bytes, both from 1.
pub(super) fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut at = (before + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as(path: &str, text: &str) -> (Sources, Program) {
        let sources = Sources::of_texts([(path, text)]);
        let file = sources.open(path).expect("the text was handed over");
        let program = read(&sources, file, Limits::default());
        (sources, program)
    }

    /// Each assignment: its name's text, its name, and its value's text.
    fn given(path: &str, text: &str) -> Vec<(String, String, String)> {
        let (sources, program) = read_as(path, text);
        assert!(program.faults.is_empty(), "{:?}", program.faults);
        let assignment = |item: &Item| match item {
            Item::Assignment(a) => {
                Some((sources.text(a.name.span), a.name.name.to_string(), sources.text(a.value.span)))
            }
            _ => None,
        };
        program.items.iter().filter_map(assignment).collect()
    }

    const SCHEMA: &str = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#";

    #[test]
    fn a_parameter_file_gives_values_with_their_places() {
        let text = format!(
            "\u{feff}// one\n{{\"$schema\": \"{SCHEMA}\", \"parameters\": {{\n \
             \"a\": {{\"value\": [1, {{\"b\": \"[c]\"}}]}}, /* two */ \"d\\u0065\": {{\"value\": 1.50}}, \"f\": {{}} }} }}"
        );
        let found = given("main.parameters.json", &text);
        let expected = [("\"a\"", "a", "[1, {\"b\": \"[c]\"}]"), ("{\"value\": 1.50}", "de", "1.50")];
        assert_eq!(found, expected.map(|(a, b, c)| (a.to_string(), b.to_string(), c.to_string())));
        let (_, program) = read_as("main.parameters.json", &text);
        assert_eq!((program.dialect, program.shape), (Dialect::Bicep, Shape::Values));
        assert_eq!(program.comments.len(), 2);
    }

    #[test]
    fn what_a_key_vault_holds_is_a_call() {
        let text = format!("{{\"$schema\": \"{SCHEMA}\", \"parameters\": {{\"a\": {{\"reference\": {{\"x\": 1}}}}}}}}");
        let (_, program) = read_as("a.json", &text);
        let [Item::Assignment(assignment)] = program.items.as_slice() else { panic!("one assignment") };
        let ExprKind::Call { function, arguments, .. } = &assignment.value.kind else { panic!("a call") };
        assert_eq!(function, KEY_VAULT_REFERENCE);
        assert!(arguments.first().is_some_and(|reference| reference.field("x").is_some()));
    }

    #[test]
    fn without_a_schema_it_must_look_like_a_parameter_file() {
        assert_eq!(given("a.json", r#"{"parameters": {"a": {"value": true}}}"#).len(), 1);
        for other in [
            r#"{"parameters": {"a": {"type": "string"}}}"#,
            r#"{"parameters": {"a": {"value": 1}}, "resources": []}"#,
            r#"{"parameters": {}}"#,
            r#"{"$schema": "https://x/deploymentTemplate.json#", "parameters": {"a": {"value": 1}}}"#,
            r#"{"parameters": "#,
            r#"[{"parameters": 1}]"#,
        ] {
            let (_, program) = read_as("a.json", other);
            assert!(program.items.is_empty() && program.faults.is_empty(), "{other}");
            assert_eq!(program.shape, Shape::Declarations);
        }
    }

    #[test]
    fn tfvars_give_literal_texts_and_exact_numbers() {
        let text = r#"{"//": "a comment", "a": "${b}", "c": 123456789012345678901234567890.5, "a": null}"#;
        let found = given("x.tfvars.json", text);
        assert_eq!((found[0].1.as_str(), found[0].2.as_str()), ("a", "null"));
        assert_eq!(found[1].2, "123456789012345678901234567890.5");
        let (_, program) = read_as("x.auto.tfvars.json", r#"{"a": "${b}"}"#);
        let [Item::Assignment(assignment)] = program.items.as_slice() else { panic!("one assignment") };
        assert_eq!(assignment.value.as_literal(), Some("${b}"));
        assert_eq!(program.dialect, Dialect::Terraform);
    }

    #[test]
    fn a_mistake_has_a_place() {
        let (_, program) = read_as("x.tfvars.json", "{\n  \"a\": 1,\n  \"b\": }\n}");
        assert_eq!(program.faults.len(), 1);
        assert_eq!(program.faults[0].span.start, 19);
        let (_, program) = read_as("x.tfvars.json", "{\"a\": \"\\ud800\"} // no");
        assert_eq!(program.faults.len(), 1);
        let (_, program) = read_as("x.tfvars.json", "{\"a\": \"\\ud800\"}");
        assert_eq!(program.faults.len(), 1);
        let (_, program) = read_as("a.json", &format!("{{\"$schema\": \"{SCHEMA}\", \"parameters\": {{"));
        assert_eq!(program.faults.len(), 1);
    }

    #[test]
    fn deep_nesting_is_a_fault() {
        let text = format!("{{\"a\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let (_, program) = read_as("x.tfvars.json", &text);
        assert_eq!(program.faults[0].message, "nested deeper than 256 levels (--max-depth)");
    }

    #[test]
    fn no_cut_of_a_text_panics() {
        let text = format!(
            "\u{feff}/* é */ {{\"$schema\": \"{SCHEMA}\", // x\n\"parameters\": {{\"a\\n\": {{\"value\": [1e3, \"é\\u00e9\"]}}}}}}"
        );
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            read_as("a.json", &text[..end]);
            read_as("a.tfvars.json", &text[..end]);
        }
    }
}
