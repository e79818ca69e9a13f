//! In: one block or argument of HCL. Out: what hcl-edit makes of it, also where it wrongly refuses what HCL accepts.
//! Never: changes the length of a text, so that every offset stays that of the file.

use std::borrow::Cow;
use std::ops::Range;

use hcl::edit::expr::Expression;
use hcl::edit::parser::{Error, parse_body, parse_expr, parse_template};
use hcl::edit::structure::Body;
use hcl::edit::template::Template;

use super::scan::{self, Statement};

/// A statement, parsed.
pub(super) struct Parsed {
    /// What it holds.
    pub body: Body,
    /// Words were changed for the parser: names are to be taken from the file's text.
    pub renamed: bool,
}

/// Why a statement cannot be read.
pub(super) struct Refused {
    /// The stretch of the statement at which it goes wrong.
    pub range: Range<usize>,
    /// What was expected.
    pub message: String,
}

/// How many keys are given other names: as many as two letters can tell apart, and then some.
const MOST_RENAMED: usize = 4096;

/// How many bytes are read once more for keys that are repeated: each of these costs one more reading of its block.
const MOST_READ_AGAIN: usize = 32 * 1024 * 1024;

/// Parses a statement of `text`.
///
/// Three things that HCL accepts and hcl-edit refuses are mended in a copy:
/// an object that sets one key twice (the last wins), a line end in a conditional within brackets, and a line in a
/// heredoc that begins with its word and goes on.
pub(super) fn parse(text: &str, statement: &Statement) -> Result<Parsed, Refused> {
    let original = text.get(statement.range.clone()).unwrap_or_default();
    let mut copy = Cow::Borrowed(original);
    for offset in &statement.false_ends {
        let at = offset - statement.range.start;
        replace(&mut copy, at..at + 1, "_");
    }
    let (mut flat, mut renamed) = (false, 0);
    let mut first: Option<Refused> = None;
    loop {
        let error = match parse_body(&copy) {
            Ok(body) => return Ok(Parsed { body, renamed: renamed > 0 }),
            Err(error) => error,
        };
        let key = key_at(original, error.location().offset());
        let affordable = renamed * original.len() < MOST_READ_AGAIN && renamed < MOST_RENAMED;
        if error.message().contains("redefined object key") && affordable && !key.is_empty() {
            let name = other_name(&original[key.clone()], renamed);
            replace(&mut copy, key, &name);
            renamed += 1;
            continue;
        }
        let refused = first.get_or_insert_with(|| in_our_words(original, &error));
        if flat {
            return Err(Refused { range: refused.range.clone(), message: std::mem::take(&mut refused.message) });
        }
        flat = true;
        for range in scan::soft_breaks(original) {
            let blank = " ".repeat(range.len());
            replace(&mut copy, range, &blank);
        }
    }
}

/// Parses a text that is one template.
pub(super) fn template(text: &str) -> Result<Template, Refused> {
    parse_template(text).map_err(|error| in_our_words(text, &error))
}

/// Parses a text that is one expression.
pub(super) fn expression(text: &str) -> Result<Expression, Refused> {
    parse_expr(text).map_err(|error| in_our_words(text, &error))
}

fn replace(copy: &mut Cow<str>, range: Range<usize>, with: &str) {
    debug_assert_eq!(range.len(), with.len(), "offsets stay those of the file");
    if copy.is_char_boundary(range.start) && copy.is_char_boundary(range.end) {
        copy.to_mut().replace_range(range, with);
    }
}

/// The letters and digits of the key that begins at `offset`, quotes not included.
fn key_at(text: &str, offset: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let mut start = offset;
    while bytes.get(start).is_some_and(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'\n' | b'=')) {
        start += 1;
    }
    let rest = bytes.get(start..).unwrap_or_default();
    let numeric = rest.first().is_some_and(u8::is_ascii_digit);
    let goes_on = |byte: &&u8| if numeric { byte.is_ascii_digit() } else { byte.is_ascii_alphanumeric() };
    start..start + rest.iter().take_while(goes_on).count()
}

/// Another word of the same length, and a number for a number; a different one for each `turn` that has one.
fn other_name(word: &str, turn: usize) -> String {
    let numeric = word.starts_with(|c: char| c.is_ascii_digit());
    let letters: &[u8] = if numeric { b"9876543210" } else { b"zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJIHGFEDCBA" };
    let mut turn = turn;
    let mut name = vec![letters[0]; word.len()];
    for letter in name.iter_mut().rev() {
        *letter = letters[turn % letters.len()];
        turn /= letters.len();
    }
    String::from_utf8_lossy(&name).into_owned()
}

/// The parser's sentences, where they are not what a user would want to read.
const SENTENCES: [(&str, &str); 6] = [
    ("at most 64 nested levels", "nested deeper than 64 levels, the deepest that is read here"),
    ("at most 128 chained binary operators", "more than 128 operators in one expression, the most that are read here"),
    ("found redefined attribute", "this argument is set twice in the same block"),
    ("found redefined object key", "this key is set twice in the same object"),
    ("escape sequence", "expected one of the escapes `\\n`, `\\r`, `\\t`, `\\\"`, `\\\\`, `\\uNNNN` and `\\UNNNNNNNN`"),
    ("invalid expression", "expected an expression"),
];

fn in_our_words(text: &str, error: &Error) -> Refused {
    let message = error.message();
    let known = SENTENCES.iter().find(|(part, _)| message.contains(part)).map(|(_, sentence)| sentence.to_string());
    // The parser says "unexpected token" where it expected nothing in particular.
    let expected = message.split("; ").find(|part| part.starts_with("expected ")).map(str::to_string);
    let message = known.or(expected).unwrap_or_else(|| "this cannot be read here".to_string());
    Refused { range: token_at(text, error.location().offset()), message }
}

/// The word or sign at an offset; empty at a line's end.
fn token_at(text: &str, offset: usize) -> Range<usize> {
    let mut start = offset.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let rest = &text[start..];
    let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let sign = rest.chars().next().filter(|c| !matches!(c, '\n' | '\r')).map_or(0, char::len_utf8);
    start..start + word.max(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Parsed, Refused> {
        let cut = scan::cut(text);
        parse(text, &cut.statements[0])
    }

    #[test]
    fn a_repeated_key_is_read() {
        let parsed = read("a = {\n  b = 1\n  b = 2\n  \"b\" = 3\n  \"b\" = 4\n  1 = 2\n  1 = 3\n}").ok();
        assert!(parsed.is_some_and(|parsed| parsed.renamed));
        assert!(
            read("a = { b = 1, b = 2, b = 3, z = 4, z = 5, (b) = 1, (b) = 2, \"${b}\" = 3, \"${b}\" = 1 }").is_ok()
        );
    }

    #[test]
    fn a_line_end_in_a_conditional_in_brackets_is_read() {
        assert!(read("a = {for k, v in b : k => c\n  ? d # e\n  : f\n}").is_ok());
        assert!(read("a = [for v in (b\n ? c : d) : v]").is_ok());
        assert!(read("a = [\n  for v in b ? c :\n d : v\n]").is_ok());
    }

    #[test]
    fn a_line_of_a_heredoc_may_begin_with_its_word() {
        assert!(read("a = <<EOT\nEOT > b\nEOT\n").is_ok());
    }

    #[test]
    fn what_is_refused_is_said_in_our_words() {
        let refused = |text: &str| read(text).err().map(|r| (text[r.range].to_string(), r.message));
        let (at, message) = refused("b {\n  a = 1 +\n}").unwrap_or_default();
        assert_eq!((at.as_str(), message.as_str()), ("", "expected an expression"));
        let (at, message) = refused("b {\n  a = 1\n  a = 2\n}").unwrap_or_default();
        assert_eq!((at.as_str(), message.as_str()), ("a", "this argument is set twice in the same block"));
        let deep = format!("a = {}1{}", "(".repeat(70), ")".repeat(70));
        let on_a_large_stack = std::thread::Builder::new()
            .stack_size(64 << 20)
            .spawn(move || read(&deep).err().map(|refused| refused.message));
        let message = on_a_large_stack.ok().and_then(|thread| thread.join().ok()).flatten();
        assert_eq!(message.as_deref(), Some("nested deeper than 64 levels, the deepest that is read here"));
    }
}
