//! In: YAML texts, known values. Out: values, the YAML text that Terraform writes.
//! Never: meets a hole; the callers made sure.

use indexmap::IndexMap;
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::MOST_ITEMS;
use super::read::sorted_keys;
use crate::value::{Kind, Number, SmolStr, Value};

/// The deepest nesting that is read.
const DEEPEST: usize = 128;

/// How the plain words of YAML are read.
#[derive(Clone, Copy, PartialEq)]
pub enum Words {
    /// As Terraform reads them: YAML 1.1's bools too, and `_` between digits.
    Terraform,
    /// As YAML 1.2 has them.
    Core,
}

/// Why a YAML text is no value.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The language refuses it, with this sentence.
    Refused(String),
    /// The language may read it; this reader does not.
    Unmodelled,
}

impl From<String> for Failure {
    fn from(sentence: String) -> Failure {
        Failure::Refused(sentence)
    }
}

/// A list or an object that is being read.
enum Open {
    List(Vec<Value>, usize),
    Object(IndexMap<SmolStr, Value>, Option<Value>, usize),
}

/// The one document of a YAML text as a value. Terraform refuses several documents.
pub fn parse(text: &str, words: Words) -> Result<Value, Failure> {
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: std::collections::BTreeMap<usize, Value> = std::collections::BTreeMap::new();
    let mut document: Option<Value> = None;
    let mut nodes = 0_usize;
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| format!("this is not YAML: {error}"))?;
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => (scalar(&text, style, tag.as_deref(), words)?, anchor),
            Event::Alias(anchor) => {
                let value = anchors.get(&anchor).cloned();
                let value = value.ok_or_else(|| "this YAML repeats what it is still defining".to_string())?;
                // What is repeated counts each time, else a few lines could unfold into more than fits.
                nodes += size(&value, MOST_ITEMS);
                (value, 0)
            }
            Event::SequenceStart(anchor, _) => {
                open.push(Open::List(Vec::new(), anchor));
                check_depth(open.len())?;
                continue;
            }
            Event::MappingStart(anchor, _) => {
                open.push(Open::Object(IndexMap::new(), None, anchor));
                check_depth(open.len())?;
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(items, anchor)) => (Value::list(items), anchor),
                Some(Open::Object(fields, _, anchor)) => (Value::object(fields), anchor),
                None => continue,
            },
            Event::DocumentStart(_) if document.is_some() => {
                return Err("this YAML holds several documents".to_string().into());
            }
            _ => continue,
        };
        nodes += 1;
        if nodes > MOST_ITEMS {
            return Err(Failure::Unmodelled);
        }
        if anchor > 0 {
            anchors.insert(anchor, value.clone());
        }
        match open.last_mut() {
            None => document = Some(value),
            Some(Open::List(items, _)) => items.push(value),
            Some(Open::Object(fields, key, _)) => match key.take() {
                None => *key = Some(value),
                Some(key) => add(fields, &key, value)?,
            },
        }
    }
    Ok(document.unwrap_or_else(Value::null))
}

fn check_depth(depth: usize) -> Result<(), Failure> {
    if depth > DEEPEST { Err(Failure::Unmodelled) } else { Ok(()) }
}

fn size(value: &Value, most: usize) -> usize {
    let mut sum = 1;
    let inner: Vec<&Value> = match &value.kind {
        Kind::List { items, .. } => items.iter().collect(),
        Kind::Object { fields, .. } => fields.values().collect(),
        _ => Vec::new(),
    };
    for value in inner {
        if sum > most {
            break;
        }
        sum += size(value, most - sum.min(most));
    }
    sum
}

fn add(fields: &mut IndexMap<SmolStr, Value>, key: &Value, value: Value) -> Result<(), String> {
    let key = super::read::text(key).map_err(|_| "a key of this YAML is not a text".to_string())?;
    if key == "<<" {
        // A merge key brings the fields that the object does not have itself.
        let from: Vec<&Value> = value.items().map_or_else(|| vec![&value], |items| items.iter().collect());
        for (key, value) in from.into_iter().filter_map(Value::fields).flatten() {
            fields.entry(key.clone()).or_insert_with(|| value.clone());
        }
        return Ok(());
    }
    fields.insert(key.into(), value);
    Ok(())
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, words: Words) -> Result<Value, Failure> {
    match tag.filter(|tag| tag.is_yaml_core_schema()).map(|tag| tag.suffix.as_str()) {
        Some("str" | "binary") => return Ok(Value::text(text)),
        Some("null") => return Ok(Value::null()),
        Some("bool" | "int" | "float") | None => {}
        Some(_) => return Err(Failure::Unmodelled),
    }
    if style != ScalarStyle::Plain && tag.is_none() {
        return Ok(Value::text(text));
    }
    let terraform = words == Words::Terraform;
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::null(),
        "true" | "True" | "TRUE" => Value::bool(true),
        "false" | "False" | "FALSE" => Value::bool(false),
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" if terraform => Value::bool(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" if terraform => Value::bool(false),
        _ => plain(text, terraform)?,
    })
}

fn plain(text: &str, terraform: bool) -> Result<Value, Failure> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        return Ok(Value::text(text));
    }
    if text.contains(".inf") || text.contains(".nan") || text.contains(".Inf") || text.contains(".NaN") {
        return Err(Failure::Unmodelled);
    }
    if terraform && is_timestamp(text) {
        // Terraform rewrites timestamps into one form.
        return Err(Failure::Unmodelled);
    }
    let digits = if terraform { text.replace('_', "") } else { text.to_string() };
    let radix = |prefix: &str, radix: u32| {
        let (sign, rest) = digits.strip_prefix('-').map_or((1, digits.as_str()), |rest| (-1, rest));
        let value = rest.strip_prefix(prefix).and_then(|rest| i64::from_str_radix(rest, radix).ok())?;
        Some(Value::number(sign * value))
    };
    // Terraform turns only binary prefixes into numbers; the core schema has hexadecimal and octal ones.
    let prefixed = if terraform { radix("0b", 2) } else { radix("0x", 16).or_else(|| radix("0o", 8)) };
    if let Some(value) = prefixed {
        return Ok(value);
    }
    let shape_fits = digits.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    Ok(match Number::parse(digits.strip_prefix('+').unwrap_or(&digits)) {
        Some(number) if shape_fits => Value::number(number),
        _ => Value::text(text),
    })
}

fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 8 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-' && bytes[5].is_ascii_digit()
}

/// A known value as `yamlencode` writes it; `None` where a text would be folded or written in blocks.
pub fn encode(value: &Value) -> Option<String> {
    let mut text = String::new();
    match &value.kind {
        Kind::List { items, .. } if !items.is_empty() => write(value, 0, &mut text)?,
        Kind::Object { fields, .. } if !fields.is_empty() => write(value, 0, &mut text)?,
        Kind::List { .. } | Kind::Object { .. } => {
            text.push_str(&inline(value)?);
            text.push('\n');
        }
        Kind::Text(_) => {
            text.push_str(&inline(value)?);
            text.push('\n');
        }
        _ => {
            text.push_str(&inline(value)?);
            text.push_str("\n...\n");
        }
    }
    Some(text)
}

fn inline(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Null => Some("null".to_string()),
        Kind::Bool(value) => Some(value.to_string()),
        Kind::Number(number) => Some(number.to_string()),
        Kind::Text(pieces) => {
            let text = pieces.as_literal()?;
            // Longer texts may be folded, and others than these escaped in YAML's own ways.
            let simple = text.len() <= 60 && text.bytes().all(|b| (0x20..0x7f).contains(&b));
            simple.then(|| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
        }
        Kind::List { items, .. } => items.is_empty().then(|| "[]".to_string()),
        Kind::Object { fields, .. } => fields.is_empty().then(|| "{}".to_string()),
        Kind::OneOf { .. } | Kind::Reference(_) | Kind::Unknown(_) => None,
    }
}

/// Writes a list or an object; the first line begins where the text stands.
fn write(value: &Value, indent: usize, text: &mut String) -> Option<()> {
    let margin = " ".repeat(indent);
    match &value.kind {
        Kind::List { items, .. } => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push_str(&margin);
                }
                text.push_str("- ");
                match inline(item) {
                    Some(line) => text.push_str(&format!("{line}\n")),
                    None => write(item, indent + 2, text)?,
                }
            }
        }
        Kind::Object { fields, .. } => {
            for (index, key) in sorted_keys(fields).into_iter().enumerate() {
                if index > 0 {
                    text.push_str(&margin);
                }
                text.push_str(&format!("{}:", inline(&Value::text(key))?));
                let value = &fields[key];
                match (inline(value), &value.kind) {
                    (Some(line), _) => text.push_str(&format!(" {line}\n")),
                    (None, Kind::List { .. }) => {
                        text.push_str(&format!("\n{margin}"));
                        write(value, indent, text)?;
                    }
                    (None, Kind::Object { .. }) => {
                        text.push_str(&format!("\n{margin}  "));
                        write(value, indent + 2, text)?;
                    }
                    _ => return None,
                }
            }
        }
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_lists_and_objects_are_written_as_terraform_writes_them() {
        let value = super::super::json::parse(r#"{"foo":[1,{"a":"b","c":{"d":[]}},3],"bar":"baz"}"#);
        let text = value.ok().as_ref().and_then(encode);
        let expected = "\"bar\": \"baz\"\n\"foo\":\n- 1\n- \"a\": \"b\"\n  \"c\":\n    \"d\": []\n- 3\n";
        assert_eq!(text.as_deref(), Some(expected));
    }

    #[test]
    fn words_are_read_as_terraform_reads_them() {
        let json = |text| parse(text, Words::Terraform).map(|value| super::super::json::terraform(&value));
        assert_eq!(json("a: yes\nb: 0ba\nc: '1'\nd: 1_000\ne: 1.5").as_deref(), {
            Ok(r#"{"a":true,"b":"0ba","c":"1","d":1000,"e":1.5}"#)
        });
        assert_eq!(json("a: &x [1, 2]\nb: *x").as_deref(), Ok(r#"{"a":[1,2],"b":[1,2]}"#));
        assert_eq!(json("").as_deref(), Ok("null"));
        assert_eq!(json("on: 2020-01-31"), Err(Failure::Unmodelled));
        assert!(json("a: [1").is_err());
    }

    #[test]
    fn repeated_repeats_do_not_unfold() {
        let mut text = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n".to_string();
        for level in 1..9 {
            let before = format!("*a{}", level - 1);
            text.push_str(&format!("a{level}: &a{level} [{}]\n", vec![before; 10].join(",")));
        }
        assert!(parse(&text, Words::Terraform).is_err());
    }
}
