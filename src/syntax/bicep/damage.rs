//! In: a tree with its errors. Out: faults in the reader's words, and the places of comments.
//! Never: decides what is lowered in spite of an error.

use std::ops::Range;

use tree_sitter::{Node, Tree};

use super::super::{Fault, Program};
use super::names::Named;
use super::scan;
use crate::source::{FileId, Span};

/// Adds all faults and comments of a tree to its program; `comments` are those of a tree without errors, which needs no
/// walk. An error within an error is not told again.
pub(super) fn note(text: &str, tree: &Tree, comments: &[Range<usize>], program: &mut Program) {
    if !tree.root_node().has_error() {
        program.comments.extend(comments.iter().map(|range| Span::new(program.file, range.start, range.end)));
        return;
    }
    let mut cursor = tree.walk();
    let mut parents: Vec<Node> = Vec::new();
    let mut told_until = 0;
    loop {
        let node = cursor.node();
        if matches!(node.is_a(), "comment" | "diagnostic_pragma") {
            program.comments.push(span_of(program.file, node));
        }
        if node.is_missing() {
            if node.start_byte() >= told_until {
                program.faults.push(of_missing(program.file, node, parents.last(), cursor.field_name()));
            }
        } else if node.is_error() && node.start_byte() >= told_until {
            program.faults.push(of_error(program.file, text, node, parents.last()));
            told_until = node.end_byte();
        }
        if cursor.goto_first_child() {
            parents.push(node);
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
            parents.pop();
        }
    }
}

fn span_of(file: FileId, node: Node) -> Span {
    Span::new(file, node.start_byte(), node.end_byte())
}

/// `a:` has no value; `f(a` is not closed.
fn of_missing(file: FileId, node: Node, parent: Option<&Node>, field: Option<&str>) -> Fault {
    let span = span_of(file, node);
    let opener = match node.is_a() {
        "}" => Some("{"),
        "]" => Some("["),
        ")" => Some("("),
        "'" => Some("'"),
        "'''" => Some("multiline_start"),
        _ => None,
    };
    let opened = opener.and_then(|opener| {
        let mut cursor = node.walk();
        let parent = parent?;
        let found = parent.children(&mut cursor).find(|child| !child.is_missing() && child.is_a().ends_with(opener));
        found.map(|found| span_of(file, found))
    });
    let message = match (node.is_a(), field) {
        ("identifier", Some("name" | "property" | "function" | "alias" | "variable")) => "expected a name".to_string(),
        ("identifier" | "object", _) => "expected a value".to_string(),
        ("type_identifier", _) => "expected a type".to_string(),
        (kind, _) if kind.starts_with('_') => "expected the end of the line".to_string(),
        (kind, _) => format!("expected `{kind}`"),
    };
    Fault { span, message, opened }
}

/// What a stretch of text that fits nowhere most likely is.
fn of_error(file: FileId, text: &str, node: Node, parent: Option<&Node>) -> Fault {
    let whole = text.get(node.byte_range()).unwrap_or_default();
    let written = whole.trim();
    let start = node.start_byte() + (whole.len() - whole.trim_start().len());
    let line = written.lines().next().unwrap_or_default().trim_end();
    let span = Span::new(file, start, start + line.len());

    if parent.is_some_and(|parent| parent.is_a() == "string")
        && let Some(escape) = written.strip_prefix('\\')
    {
        let escape: String = escape.chars().take(1).collect();
        return Fault { span, message: format!("there is no escape `\\{escape}`"), opened: None };
    }
    if let Some(unclosed) = scan::unclosed(written) {
        let opened = Span::new(file, start + unclosed.at, start + unclosed.at + unclosed.length);
        // A string is cut off by its line; what a bracket lacks, it lacks at the end.
        let end = match unclosed.closer {
            "'" => {
                let rest = &written[unclosed.at..];
                opened.start as usize + rest.lines().next().unwrap_or_default().trim_end().len()
            }
            _ => start + written.len(),
        };
        let span = Span::new(file, end, end);
        return Fault { span, message: format!("expected `{}`", unclosed.closer), opened: Some(opened) };
    }
    let first = first_word(written);
    let message = if written.is_empty() {
        "something is missing here".to_string()
    } else if written.len() <= 3 && written.bytes().all(|b| b"+-*/%=<>!&|?:~.^,@".contains(&b)) {
        let expected = if matches!(written, "." | ".?" | "::") { "a name" } else { "a value" };
        format!("expected {expected} after `{written}`")
    } else if let Some(keyword) = scan::keyword(written.as_bytes()) {
        format!("this is not a whole `{keyword}` declaration")
    } else if parent.is_some_and(|parent| parent.is_a() == "source_file")
        && first.len() == written.len()
        && !is_closer(first)
    {
        format!("expected a declaration, found `{first}`")
    } else {
        format!("unexpected `{first}`")
    };
    Fault { span, message, opened: None }
}

fn is_closer(written: &str) -> bool {
    matches!(written, "}" | "]" | ")")
}

/// The first word, or the first character where no word begins; a long word is cut.
fn first_word(text: &str) -> &str {
    let word = text.bytes().take(40).take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    match word {
        0 => text.chars().next().and_then(|first| text.get(..first.len_utf8())).unwrap_or_default(),
        _ => &text[..word],
    }
}
