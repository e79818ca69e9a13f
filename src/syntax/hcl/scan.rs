//! In: a text of HCL. Out: where its top-level blocks and arguments stand, its comments, and how deeply each nests.
//! Never: reads an expression; it only knows brackets, texts, heredocs, comments and line ends.
//!
//! What is not closed costs its own block: the scan goes on where the next block begins in the first column.

use std::ops::Range;

use super::super::nesting::{Gauge, Nesting};

/// A top-level block or argument.
#[derive(Debug)]
pub(super) struct Statement {
    /// Where it stands, without the space around it.
    pub range: Range<usize>,
    /// How deeply it nests.
    pub nesting: Nesting,
    /// Why it cannot be read.
    pub mistake: Option<Mistake>,
    /// First letters of words that hcl-edit would take for the end of a heredoc that goes on.
    pub false_ends: Vec<usize>,
}

/// Brackets, texts and heredocs that do not fit together.
#[derive(Clone, Debug)]
pub(super) struct Mistake {
    /// Where that shows.
    pub range: Range<usize>,
    /// What was expected.
    pub message: String,
    /// What is not closed.
    pub opened: Option<Range<usize>>,
}

/// A text, cut.
#[derive(Debug, Default)]
pub(super) struct Cut {
    /// Its blocks and arguments in order.
    pub statements: Vec<Statement>,
    /// Its comments in order, without line ends.
    pub comments: Vec<Range<usize>>,
    /// Comments that are not closed.
    pub mistakes: Vec<Mistake>,
}

/// Cuts a text into its top-level blocks and arguments.
pub(super) fn cut(text: &str) -> Cut {
    let mut scanner = Scanner::new(text);
    if text.starts_with('\u{feff}') {
        scanner.at = '\u{feff}'.len_utf8();
    }
    let mut statements = Vec::new();
    while let Some(statement) = scanner.statement() {
        statements.push(statement);
    }
    Cut { statements, comments: scanner.comments, mistakes: scanner.mistakes }
}

/// How deeply a text nests that is one template as a whole, or one expression.
pub(super) fn nesting(text: &str, form: Form) -> Nesting {
    let mut scanner = Scanner::new(text);
    while let Some(byte) = scanner.peek() {
        match scanner.stack.last().map(|open| open.kind) {
            Some(Kind::Quote) => scanner.in_quote(byte),
            Some(Kind::Heredoc) => scanner.in_heredoc(byte),
            None if form == Form::Template => match byte {
                b'$' | b'%' => scanner.marker(byte),
                _ => scanner.at += 1,
            },
            _ if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') => scanner.line_end(byte),
            _ if matches!(byte, b'#' | b'/') && scanner.comment() => {}
            kind => scanner.in_code(byte, kind),
        }
    }
    scanner.gauge.finish()
}

/// What a text is that stands by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A template, as in a file for `templatefile`.
    Template,
    /// An expression.
    Expression,
}

/// The line ends and comments of one statement that say nothing: those in `( )`, `[ ]`, `${ }` and `{for … }`.
pub(super) fn soft_breaks(statement: &str) -> Vec<Range<usize>> {
    let mut scanner = Scanner::new(statement);
    scanner.statement();
    scanner.soft_breaks
}

/// The words that begin a block of Terraform. Only these end a block that was not closed.
const KEYWORDS: [&str; 14] = [
    "check",
    "data",
    "ephemeral",
    "import",
    "locals",
    "module",
    "moved",
    "output",
    "provider",
    "removed",
    "resource",
    "run",
    "terraform",
    "variable",
];

/// How many heredocs without an end are looked for to the end of the file. Beyond these nobody reads the faults.
const LONG_SEARCHES: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The body of a block, or an object.
    Brace,
    /// `{for …}`, in which line ends say nothing.
    ForBrace,
    Bracket,
    Parenthesis,
    /// `${` or `%{`.
    Interpolation,
    Quote,
    Heredoc,
}

impl Kind {
    fn closer(self) -> &'static str {
        match self {
            Kind::Brace | Kind::ForBrace | Kind::Interpolation => "}",
            Kind::Bracket => "]",
            Kind::Parenthesis => ")",
            Kind::Quote => "\"",
            Kind::Heredoc => "the end of the heredoc",
        }
    }

    fn is_text(self) -> bool {
        matches!(self, Kind::Quote | Kind::Heredoc)
    }
}

/// Something open, and where it was opened; for a heredoc this is its introduction, `<<-EOT`.
#[derive(Clone, Debug)]
struct Open {
    kind: Kind,
    range: Range<usize>,
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    stack: Vec<Open>,
    gauge: Gauge,
    /// A value stands before: `[` after it is an access.
    after_value: bool,
    mistake: Option<Mistake>,
    false_ends: Vec<usize>,
    soft_breaks: Vec<Range<usize>>,
    comments: Vec<Range<usize>>,
    mistakes: Vec<Mistake>,
    /// A block was not closed up to the end of the file: from there on, the next head in the first column ends one.
    eager: bool,
    searches: usize,
    /// No `*/` comes after this.
    last_comment_end: Option<usize>,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Scanner<'a> {
        Scanner {
            text,
            bytes: text.as_bytes(),
            at: 0,
            stack: Vec::new(),
            gauge: Gauge::default(),
            after_value: false,
            mistake: None,
            false_ends: Vec::new(),
            soft_breaks: Vec::new(),
            comments: Vec::new(),
            mistakes: Vec::new(),
            eager: false,
            searches: 0,
            last_comment_end: None,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// The next statement, and the scanner behind it.
    fn statement(&mut self) -> Option<Statement> {
        self.skip_space();
        let start = self.at;
        if start >= self.bytes.len() {
            return None;
        }
        let comments = self.comments.len();
        let mistakes = self.mistakes.len();
        let mut end = self.scan_statement(start);
        if !self.stack.is_empty() && !self.eager {
            self.eager = true;
            self.reset(start, comments, mistakes);
            end = self.scan_statement(start);
        }
        if let Some(open) = self.stack.last().cloned() {
            let mut message = format!("expected `{}`", open.kind.closer());
            if open.kind == Kind::Heredoc {
                let word = self.text.get(open.range.clone()).unwrap_or_default().trim_start_matches(['<', '-']);
                message = format!("expected a line with `{word}` alone, which ends the heredoc");
            }
            self.blame(end..end, message, Some(open.range));
        }
        self.stack.clear();
        Some(Statement {
            range: start..end,
            nesting: self.gauge.finish(),
            mistake: self.mistake.take(),
            false_ends: std::mem::take(&mut self.false_ends),
        })
    }

    fn reset(&mut self, start: usize, comments: usize, mistakes: usize) {
        self.at = start;
        self.stack.clear();
        self.gauge.finish();
        self.mistake = None;
        self.false_ends.clear();
        self.comments.truncate(comments);
        self.mistakes.truncate(mistakes);
    }

    fn blame(&mut self, range: Range<usize>, message: String, opened: Option<Range<usize>>) {
        self.mistake.get_or_insert(Mistake { range, message, opened });
    }

    fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'#' | b'/' if self.comment() => {}
                _ => break,
            }
        }
    }

    /// Scans to the end of the statement that begins at `start`, and says where its last letter stands.
    fn scan_statement(&mut self, start: usize) -> usize {
        let mut end = start;
        self.after_value = false;
        while let Some(byte) = self.peek() {
            if self.eager && self.at > start && !self.stack.is_empty() && self.begins_a_block() {
                break;
            }
            match self.stack.last().map(|open| open.kind) {
                Some(Kind::Quote) => self.in_quote(byte),
                Some(Kind::Heredoc) => self.in_heredoc(byte),
                None if byte == b'\n' && !self.brace_follows() => break,
                _ if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') => {
                    self.line_end(byte);
                    continue;
                }
                _ if matches!(byte, b'#' | b'/') && self.comment() => continue,
                kind => self.in_code(byte, kind),
            }
            end = self.at;
        }
        end.min(self.bytes.len())
    }

    fn line_end(&mut self, byte: u8) {
        if byte == b'\n' || byte == b'\r' {
            match self.stack.last().map(|open| open.kind) {
                Some(Kind::Brace) | None => self.gauge.separate(),
                _ => self.soft_breaks.push(self.at..self.at + 1),
            }
        }
        self.at += 1;
    }

    /// The brace of a block stands on a line of its own. HCL refuses that; it is one mistake, not two.
    fn brace_follows(&self) -> bool {
        self.rest().iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
    }

    /// Takes a comment; `false` where none begins.
    fn comment(&mut self) -> bool {
        let (start, rest) = (self.at, self.rest());
        let soft = self.stack.last().is_some_and(|open| open.kind != Kind::Brace);
        if rest.starts_with(b"/*") {
            let none = self.last_comment_end.is_some_and(|end| start >= end);
            match self.text.get(start + 2..).filter(|_| !none).and_then(|rest| rest.find("*/")) {
                Some(length) => self.at = start + 2 + length + 2,
                None => {
                    self.last_comment_end.get_or_insert(start);
                    self.at = self.end_of_line(start);
                    let message = "expected `*/`, which ends the comment".to_string();
                    let mistake = Mistake { range: self.at..self.at, message, opened: Some(start..start + 2) };
                    self.mistakes.push(mistake);
                }
            }
        } else if rest.starts_with(b"#") || rest.starts_with(b"//") {
            self.at = self.end_of_line(start);
        } else {
            return false;
        }
        self.comments.push(start..self.at);
        if soft {
            self.soft_breaks.push(start..self.at);
        }
        true
    }

    /// Where the line that holds `from` ends, line end not included.
    fn end_of_line(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        let end = from + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        if end > from && self.bytes[end - 1] == b'\r' { end - 1 } else { end }
    }

    fn in_quote(&mut self, byte: u8) {
        match byte {
            b'"' => self.close_text(1),
            b'\\' if !matches!(self.bytes.get(self.at + 1), None | Some(b'\n' | b'\r')) => self.at += 2,
            b'\n' => self.unclosed_quote(),
            b'$' | b'%' => self.marker(byte),
            _ => self.at += 1,
        }
    }

    /// A text ends on its line. All that is open since its first quote is given up.
    fn unclosed_quote(&mut self) {
        let outer = self.stack.iter().position(|open| open.kind == Kind::Quote).unwrap_or(0);
        let opened = self.stack[outer].range.clone();
        let end = self.end_of_line(self.at.saturating_sub(1));
        self.blame(end..end, "expected `\"` on this line".to_string(), Some(opened));
        self.give_up(outer);
        self.after_value = true;
    }

    fn in_heredoc(&mut self, byte: u8) {
        match byte {
            b'$' | b'%' => self.marker(byte),
            b'\n' => {
                self.at += 1;
                self.heredoc_line();
            }
            _ => self.at += 1,
        }
    }

    /// At the start of a line in a heredoc: ends it where the line holds its word alone.
    fn heredoc_line(&mut self) {
        let Some(open) = self.stack.last() else { return };
        let word = self.text.get(open.range.clone()).unwrap_or_default().trim_start_matches(['<', '-']).as_bytes();
        let line = &self.bytes[self.at..self.end_of_line(self.at)];
        let indent = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let Some(after) = line[indent..].strip_prefix(word) else { return };
        if after.iter().all(u8::is_ascii_whitespace) {
            self.close_text(indent + word.len());
        } else {
            self.false_ends.push(self.at + indent);
        }
    }

    fn close_text(&mut self, length: usize) {
        self.at += length;
        self.stack.pop();
        self.after_value = true;
    }

    /// `$` or `%` in a text: `${` opens, `$${` does not.
    fn marker(&mut self, byte: u8) {
        match self.rest() {
            [_, second, b'{', ..] if *second == byte => self.at += 3,
            [_, b'{', ..] => self.open(Kind::Interpolation, 2),
            _ => self.at += 1,
        }
    }

    fn open(&mut self, kind: Kind, length: usize) {
        self.stack.push(Open { kind, range: self.at..self.at + length });
        if !kind.is_text() {
            self.gauge.open();
        }
        self.at += length;
        self.after_value = false;
    }

    /// Takes all off the stack from the given place on.
    fn give_up(&mut self, from: usize) {
        while self.stack.len() > from {
            if self.stack.pop().is_some_and(|open| !open.kind.is_text()) {
                self.gauge.close();
            }
        }
    }

    fn in_code(&mut self, byte: u8, top: Option<Kind>) {
        match byte {
            b'"' => self.open(Kind::Quote, 1),
            b'{' if self.for_follows() => self.open(Kind::ForBrace, 1),
            b'{' => self.open(Kind::Brace, 1),
            b'(' => self.open(Kind::Parenthesis, 1),
            b'[' => {
                if self.after_value {
                    self.gauge.link();
                }
                self.open(Kind::Bracket, 1);
            }
            b'}' | b']' | b')' => self.closer(byte, top),
            b',' => {
                self.gauge.separate();
                self.step(1);
            }
            b'<' if self.heredoc() => {}
            b'.' if self.rest().starts_with(b"...") => self.step(3),
            b'.' | b'!' | b'-' | b'+' | b'*' | b'/' | b'%' | b'?' | b'&' | b'|' | b'<' | b'>' | b'=' => {
                self.operator(byte);
            }
            b'0'..=b'9' => self.number(),
            byte if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 => {
                self.word(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || byte >= 0x80);
            }
            _ => self.step(1),
        }
    }

    fn step(&mut self, length: usize) {
        self.at += length;
        self.after_value = false;
    }

    fn operator(&mut self, byte: u8) {
        let double = matches!(self.rest(), [b'=' | b'!' | b'<' | b'>', b'=', ..] | [b'&', b'&', ..] | [b'|', b'|', ..]);
        if double || byte != b'=' {
            self.gauge.link();
        }
        self.step(if double { 2 } else { 1 });
    }

    fn word(&mut self, goes_on: impl Fn(u8) -> bool) {
        let length = self.rest().iter().take_while(|byte| goes_on(**byte)).count();
        self.at += length.max(1);
        self.after_value = true;
    }

    /// Takes a number. `10.0.0.0` is none, though hcl-edit reads an access to a number in it.
    fn number(&mut self) {
        let start = self.at;
        let accessed = start.checked_sub(1).and_then(|before| self.bytes.get(before)) == Some(&b'.');
        let mut dots = 0;
        while let [byte, rest @ ..] = self.rest() {
            let dot = *byte == b'.' && rest.first().is_some_and(u8::is_ascii_digit);
            if !dot && !byte.is_ascii_alphanumeric() {
                break;
            }
            dots += usize::from(dot);
            self.at += 1;
        }
        self.after_value = true;
        if accessed {
            (0..dots).for_each(|_| self.gauge.link());
        } else if dots > 1 {
            self.blame(start..self.at, "expected a number, or quotes around this".to_string(), None);
        }
    }

    /// Whether the brace at hand begins a `{for …}`.
    fn for_follows(&self) -> bool {
        let mut inside = Scanner::new(self.text.get(self.at + 1..).unwrap_or_default());
        inside.last_comment_end = self.last_comment_end.map(|_| 0);
        match inside.peek() {
            Some(b' ' | b'\t' | b'\r' | b'\n' | b'f' | b'#' | b'/') => inside.skip_space(),
            _ => return false,
        }
        let rest = inside.rest();
        rest.starts_with(b"for")
            && !matches!(rest.get(3), Some(byte) if is_word(*byte) || *byte == b'=')
            && !is_assigned(&rest[3..])
    }

    fn closer(&mut self, byte: u8, top: Option<Kind>) {
        let closes = |kind: Kind| !kind.is_text() && kind.closer().as_bytes() == [byte];
        let here = self.at..self.at + 1;
        match top {
            Some(kind) if closes(kind) => self.give_up(self.stack.len() - 1),
            Some(kind) => {
                let opened = self.stack.last().map(|open| open.range.clone());
                let found = char::from(byte);
                self.blame(here, format!("expected `{}` before this `{found}`", kind.closer()), opened);
                // Within the innermost text only: a bracket outside of it is closed outside of it.
                let text = self.stack.iter().rposition(|open| open.kind.is_text()).map_or(0, |place| place + 1);
                if let Some(place) = self.stack[text..].iter().rposition(|open| closes(open.kind)) {
                    self.give_up(text + place);
                }
            }
            None => self.blame(here, format!("nothing is open that this `{}` closes", char::from(byte)), None),
        }
        self.at += 1;
        self.after_value = true;
    }

    /// Takes the introduction of a heredoc with its line end, `<<-EOT`; `false` where none begins.
    fn heredoc(&mut self) -> bool {
        let Some(rest) = self.rest().strip_prefix(b"<<") else { return false };
        let dash = usize::from(rest.first() == Some(&b'-'));
        let word = rest[dash..].iter().take_while(|byte| is_word(**byte)).count();
        let line_end = match &rest[dash + word..] {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => return false,
        };
        if word == 0 {
            return false;
        }
        let range = self.at..self.at + 2 + dash + word;
        if !self.has_end(&range, line_end) {
            let word = self.text.get(range.start + 2 + dash..range.end).unwrap_or_default();
            let message = format!("expected a line with `{word}` alone, which ends the heredoc");
            self.blame(range.end..range.end, message, Some(range.clone()));
            self.at = range.end;
            self.after_value = true;
            return true;
        }
        self.stack.push(Open { kind: Kind::Heredoc, range: range.clone() });
        self.at = range.end + line_end;
        self.heredoc_line();
        true
    }

    /// Whether a line holds the word of a heredoc alone. What has none costs its line, not the rest of the file.
    fn has_end(&mut self, introduction: &Range<usize>, line_end: usize) -> bool {
        if self.searches >= LONG_SEARCHES {
            return false;
        }
        // What nests this deep is refused whatever it holds, and looking from each level would be quadratic.
        if self.stack.len() > 600 {
            return true;
        }
        let word = self.text.get(introduction.clone()).unwrap_or_default().trim_start_matches(['<', '-']);
        let body = self.text.get(introduction.end + line_end..).unwrap_or_default();
        let alone = |(at, _): (usize, &str)| {
            let before = body[..at].trim_end_matches([' ', '\t']);
            let after = body[at + word.len()..].trim_start_matches([' ', '\t', '\r']);
            (before.is_empty() || before.ends_with('\n')) && (after.is_empty() || after.starts_with('\n'))
        };
        let found = body.match_indices(word).any(alone);
        self.searches += usize::from(!found);
        found
    }

    /// Whether a block of Terraform begins here, in the first column: `resource "azurerm_subnet" "nodes" {`.
    fn begins_a_block(&self) -> bool {
        let in_heredoc = self.stack.last().is_some_and(|open| open.kind == Kind::Heredoc);
        if in_heredoc || self.bytes.get(self.at.wrapping_sub(1)) != Some(&b'\n') {
            return false;
        }
        let line = self.text.get(self.at..self.end_of_line(self.at)).unwrap_or_default();
        let keyword = line.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        if !KEYWORDS.contains(&keyword) {
            return false;
        }
        let head = line[keyword.len()..].split('{').next().unwrap_or_default();
        head.len() + keyword.len() < line.len()
            && head.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '\t' | '"' | '_' | '-' | '.'))
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || byte >= 0x80
}

/// `for = 1` in an object is a key of that name.
fn is_assigned(after: &[u8]) -> bool {
    let next = after.iter().find(|byte| !matches!(byte, b' ' | b'\t'));
    matches!(next, Some(b'=' | b':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_texts(text: &str) -> Vec<&str> {
        cut(text).statements.iter().map(|statement| &text[statement.range.clone()]).collect()
    }

    fn mistakes(text: &str) -> Vec<(&str, String, Option<&str>)> {
        let cut = cut(text);
        let all = cut.statements.into_iter().filter_map(|statement| statement.mistake).chain(cut.mistakes);
        all.map(|m| (&text[m.range.start..], m.message, m.opened.map(|opened| &text[opened]))).collect()
    }

    #[test]
    fn blocks_and_arguments_are_cut_at_line_ends() {
        let text = "a = 1 # one\nb {\n  c = \"}\"\n}\n\nd = [\n  1,\n]\n";
        assert_eq!(cut_texts(text), ["a = 1", "b {\n  c = \"}\"\n}", "d = [\n  1,\n]"]);
    }

    #[test]
    fn texts_hide_brackets_and_templates_hide_quotes() {
        let text = "a = \"x ${f(\"}\", \"${b[\"k\"]}\")} $${ %%{ \\\" {\"\nb = 1";
        assert_eq!(cut_texts(text).len(), 2);
        assert!(mistakes(text).is_empty());
    }

    #[test]
    fn heredocs_end_where_their_word_stands_alone() {
        let text = "a = <<-EOT\n  { EOT\n  EOT > file\n  ${f(<<X\n}\nX\n)}\n  EOT\nb = 1";
        assert_eq!(cut_texts(text).len(), 2);
        assert_eq!(cut(text).statements[0].false_ends.len(), 1);
        assert!(mistakes(text).is_empty());
        assert_eq!(cut_texts("a = <<E\nE\nb = 1"), ["a = <<E\nE", "b = 1"]);
    }

    #[test]
    fn comments_are_collected_but_not_from_texts() {
        let text = "# one\na = \"# no\" // two\r\nb = [ /* three\n*/ 1, # four\n]\nc = <<E\n# no\nE\n";
        let comments: Vec<&str> = cut(text).comments.into_iter().map(|range| &text[range]).collect();
        assert_eq!(comments, ["# one", "// two", "/* three\n*/", "# four"]);
    }

    #[test]
    fn a_block_never_closed_ends_where_the_next_begins() {
        let text = "variable \"a\" {\n  x = [1\n\nresource \"b\" \"c\" {\n}\noutput \"d\" {\n}\n";
        assert_eq!(cut_texts(text).len(), 3);
        let found = mistakes(text);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].1.as_str(), found[0].2), ("expected `]`", Some("[")));
        assert!(found[0].0.starts_with("\n\nresource"));
    }

    #[test]
    fn a_text_never_closed_costs_its_block() {
        let text = "a {\n  b = \"x ${f(\"y)}\n}\nc {\n}\n";
        assert_eq!(cut_texts(text).len(), 2);
        assert_eq!(mistakes(text), [("\n}\nc {\n}\n", "expected `\"` on this line".to_string(), Some("\""))]);
    }

    #[test]
    fn a_heredoc_or_comment_never_closed_costs_its_block() {
        let text = "a {\n  b = <<EOT\n  c\n}\nd {\n}\n/* e\nf {\n}\n";
        assert_eq!(cut_texts(text).len(), 3);
        let found = mistakes(text);
        assert_eq!((found[0].2, found[1].2), (Some("<<EOT"), Some("/*")));
    }

    #[test]
    fn brackets_that_do_not_match_are_named() {
        assert_eq!(mistakes("a {\n  b = [1, (2]\n}\nc = 1")[0].1, "expected `)` before this `]`");
        assert_eq!(mistakes("}\na = 1")[0].1, "nothing is open that this `}` closes");
        assert_eq!(cut_texts("a {\n  b = [1\n}\nc = 1").len(), 2);
    }

    #[test]
    fn a_brace_on_its_own_line_belongs_to_its_head() {
        assert_eq!(cut_texts("a \"b\"\n{\n}\nc = 1").len(), 2);
    }

    #[test]
    fn an_address_without_quotes_is_no_number() {
        assert_eq!(mistakes("a = 10.0.0.0/8")[0].0, "10.0.0.0/8");
        assert!(mistakes("a = b.0.1.2 + 1.5e3 - c[0].d").is_empty());
    }

    #[test]
    fn line_ends_in_brackets_and_repetitions_are_soft() {
        assert_eq!(soft_breaks("a = [\n1,\n]").len(), 2);
        assert_eq!(soft_breaks("a = {\nb = 1\n}").len(), 0);
        assert_eq!(soft_breaks("a = { # c\n for x in y :\n x => {\n}\n}").len(), 4);
        assert_eq!(soft_breaks("a = {\nfor = 1\n}").len(), 0);
    }

    #[test]
    fn the_longest_way_is_measured_over_brackets() {
        let nesting = |text: &str| cut(text).statements[0].nesting;
        assert_eq!(nesting("a = b.c[d.e].f"), Nesting { depth: 1, height: 5 });
        assert_eq!(nesting("a = \"${b.c}\""), Nesting { depth: 1, height: 2 });
        assert_eq!(nesting("a {\n b = 1 - 2\n c = !!d\n}"), Nesting { depth: 1, height: 3 });
    }
}
