//! In: a text. Out: the same text without the declarations that nest too deeply, and how high its trees can be.
//! Never: reads what it scans. It knows strings, comments, brackets and where declarations begin, and takes linear time.

use std::ops::Range;

use super::super::nesting::{Gauge, Nesting};
use super::super::{Limits, Shape};

/// A text that may be parsed.
pub(super) struct Scan {
    /// The text, with blanks in place of what was refused and of a byte-order mark, and with a name in place of each
    /// placeholder. No offset has changed.
    pub bytes: Vec<u8>,
    /// What was refused.
    pub refused: Vec<Refused>,
    /// Where comments and pragmas stand, in a text whose tree has no error.
    pub comments: Vec<Range<usize>>,
    /// A bound on the height of the trees of everything else.
    pub height: usize,
}

/// A declaration that is not read.
pub(super) struct Refused {
    /// Where it stands.
    pub range: Range<usize>,
    /// Why.
    pub reason: String,
}

/// A bracket, quote or interpolation that is not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unclosed {
    /// Offset of its first byte.
    pub at: usize,
    /// How long it is.
    pub length: usize,
    /// What would close it.
    pub closer: &'static str,
}

/// The words that begin declarations, as in the scanner of the grammar.
pub(super) const KEYWORDS: [&str; 17] = [
    "assert",
    "extends",
    "extension",
    "extensionConfig",
    "func",
    "import",
    "metadata",
    "module",
    "output",
    "param",
    "provider",
    "resource",
    "targetScope",
    "test",
    "type",
    "using",
    "var",
];

/// Takes out of a text what the limits do not allow.
pub(super) fn scan(text: &str, shape: Shape, limits: Limits) -> Scan {
    let mut bytes = text.as_bytes().to_vec();
    let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    bytes[..mark].fill(b' ');

    let mut scanner = Scanner::new(text.as_bytes(), mark, limits);
    scanner.is_template = shape == Shape::Values;
    scanner.run();
    for placeholder in &scanner.placeholders {
        bytes[placeholder.clone()].fill(b'_');
    }
    let mut height = 0;
    let mut refused = Vec::new();
    for chunk in &scanner.chunks {
        let Some(reason) = limits.refuse(chunk.nesting) else {
            height = height.max(chunk.nesting.height);
            continue;
        };
        let written = text[chunk.range.clone()].trim();
        let start = chunk.range.start + text[chunk.range.clone()].find(written).unwrap_or(0);
        refused.push(Refused { range: start..start + written.len(), reason });
        blank(&mut bytes, chunk, &scanner.comments);
    }
    Scan { bytes, refused, comments: scanner.comments, height }
}

/// What is still open at the end of a text: the innermost bracket, or the outermost string that its line cuts off.
pub(super) fn unclosed(text: &str) -> Option<Unclosed> {
    let mut scanner = Scanner::new(text.as_bytes(), 0, Limits { max_depth: usize::MAX, max_chain: usize::MAX });
    scanner.whole = true;
    scanner.run();
    scanner.cut_off.or(scanner.open)
}

/// How long a pragma is. A comment may stand behind it; what else does belongs to it.
fn pragma(bytes: &[u8]) -> Option<usize> {
    let line = bytes.split(|byte| is_line_end(*byte)).next().unwrap_or_default();
    let comment = line.windows(2).position(|pair| matches!(pair, b"//" | b"/*"));
    let before = line[..comment.unwrap_or(line.len())].trim_ascii_end();
    Some(before.len())
}

/// Blanks a chunk out. Its comments stay, because suppressions are read from them, and its lines.
fn blank(bytes: &mut [u8], chunk: &Chunk, comments: &[Range<usize>]) {
    let first = comments.partition_point(|comment| comment.start < chunk.range.start);
    let mut at = chunk.range.start;
    let inside = comments[first..].iter().take_while(|comment| comment.end <= chunk.range.end);
    let end = chunk.range.end;
    for stop in inside.cloned().chain(std::iter::once(end..end)) {
        for byte in &mut bytes[at..stop.start] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
        at = stop.end;
    }
}

/// A declaration with its decorators, as far as the scan can tell.
struct Chunk {
    range: Range<usize>,
    nesting: Nesting,
}

/// What is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opened {
    Bracket(u8),
    /// `'`, which ends with its line.
    Line,
    /// `'''`, and how many `$` before it.
    Lines(usize),
    /// `${` in a string.
    Interpolation,
}

struct Frame {
    opened: Opened,
    at: usize,
}

struct Scanner<'t> {
    bytes: &'t [u8],
    at: usize,
    limits: Limits,
    /// The text is one chunk.
    whole: bool,
    /// What stands in `{{ }}` is put in before the text is used.
    is_template: bool,
    placeholders: Vec<Range<usize>>,
    frames: Vec<Frame>,
    /// Where among the frames those begin that end with their line.
    short: Vec<usize>,
    gauge: Gauge,
    chunk_start: usize,
    /// Something other than decorators and comments stands in the chunk.
    declares: bool,
    /// The last byte that is neither blank nor comment.
    last: u8,
    /// A line has ended since then.
    line_ended: bool,
    chunks: Vec<Chunk>,
    comments: Vec<Range<usize>>,
    cut_off: Option<Unclosed>,
    open: Option<Unclosed>,
}

impl<'t> Scanner<'t> {
    fn new(bytes: &'t [u8], at: usize, limits: Limits) -> Scanner<'t> {
        Scanner {
            bytes,
            at,
            limits,
            whole: false,
            is_template: false,
            placeholders: Vec::new(),
            frames: Vec::new(),
            short: Vec::new(),
            gauge: Gauge::default(),
            chunk_start: at,
            declares: false,
            last: b'\n',
            line_ended: true,
            chunks: Vec::new(),
            comments: Vec::new(),
            cut_off: None,
            open: None,
        }
    }

    fn run(&mut self) {
        self.line_begins();
        while self.at < self.bytes.len() {
            match self.frames.last().map(|frame| frame.opened) {
                Some(Opened::Line) => self.in_line_text(),
                Some(Opened::Lines(dollars)) => self.in_lines_text(dollars),
                _ => self.in_code(),
            }
        }
        self.open = self.frames.last().map(Frame::unclosed);
        self.end_chunk(self.bytes.len());
    }

    fn here(&self, text: &[u8]) -> bool {
        self.bytes[self.at..].starts_with(text)
    }

    fn in_code(&mut self) {
        let byte = self.bytes[self.at];
        match byte {
            b'\n' | b'\r' => return self.line_ends(),
            b' ' | b'\t' => {
                self.at += 1;
                return;
            }
            b'/' if self.here(b"//") => return self.comment(|bytes| bytes.iter().position(|b| is_line_end(*b))),
            b'/' if self.here(b"/*") => {
                return self.comment(|bytes| bytes[2..].windows(2).position(|pair| pair == b"*/").map(|at| at + 4));
            }
            b'#' => return self.comment(pragma),
            _ => {}
        }
        if std::mem::take(&mut self.line_ended) && !matches!(byte, b'?' | b':') {
            self.gauge.separate();
        }
        let mut length = 1;
        match byte {
            b'\'' if self.here(b"'''") => length = self.open_lines(0),
            b'\'' => self.open(Opened::Line),
            b'$' => {
                let dollars = self.bytes[self.at..].iter().take_while(|b| **b == b'$').count();
                if self.bytes[self.at + dollars..].starts_with(b"'''") {
                    length = self.open_lines(dollars);
                } else {
                    length = dollars;
                }
            }
            b'{' if self.placeholder().is_some() => {
                length = self.placeholder().unwrap_or(1);
                self.placeholders.push(self.at..self.at + length);
            }
            b'[' | b'{' | b'(' => {
                if byte == b'[' && (is_word(self.last) || matches!(self.last, b']' | b')' | b'}' | b'\'' | b'!')) {
                    self.gauge.link();
                }
                self.open(Opened::Bracket(byte));
            }
            b']' | b'}' | b')' => self.close(),
            b',' => self.gauge.separate(),
            b'.' if self.here(b"...") => length = 3,
            // The `?` of a ternary has counted it; after a key there is nothing to count.
            b':' if !self.here(b"::") => {}
            b'.' | b':' | b'?' | b'!' | b'=' | b'<' | b'>' | b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'~' => {
                self.gauge.link();
                let pairs: [&[u8]; 13] =
                    [b"::", b"??", b"!=", b"==", b"=~", b"!~", b"=>", b"<=", b">=", b"&&", b"||", b".?", b"[?"];
                if pairs.iter().any(|pair| self.here(pair)) {
                    length = 2;
                }
            }
            _ => {
                length = self.bytes[self.at..].iter().take_while(|b| is_word(**b)).count().max(1);
            }
        }
        self.at += length;
        self.last = self.bytes[self.at - 1];
    }

    /// How long the `{{ }}` is that begins here, in a template; no object begins with another one.
    fn placeholder(&self) -> Option<usize> {
        let rest = &self.bytes[self.at..];
        if !self.is_template || !rest.starts_with(b"{{") {
            return None;
        }
        let line = rest.split(|byte| is_line_end(*byte)).next().unwrap_or_default();
        line.windows(2).position(|pair| pair == b"}}").map(|at| at + 2)
    }

    fn in_line_text(&mut self) {
        match self.bytes[self.at] {
            b'\n' | b'\r' => self.line_ends(),
            b'\\' => self.at += if self.bytes.get(self.at + 1).is_some_and(|b| !is_line_end(*b)) { 2 } else { 1 },
            b'$' if self.here(b"${") => {
                self.open(Opened::Interpolation);
                self.at += 2;
            }
            b'\'' => {
                self.close();
                self.at += 1;
                self.last = b'\'';
            }
            _ => self.at += 1,
        }
    }

    fn in_lines_text(&mut self, dollars: usize) {
        let byte = self.bytes[self.at];
        let run = || self.bytes[self.at..].iter().take_while(|b| **b == byte).count();
        match byte {
            b'\'' => {
                let run = run();
                self.at += run;
                if run >= 3 {
                    self.close();
                    self.last = b'\'';
                }
            }
            b'$' => {
                let run = run();
                self.at += run;
                if dollars > 0 && run >= dollars && self.here(b"{") {
                    self.open(Opened::Interpolation);
                    self.at += 1;
                }
            }
            _ => self.at += 1,
        }
    }

    fn open(&mut self, opened: Opened) {
        match opened {
            Opened::Line => self.short.push(self.frames.len()),
            Opened::Interpolation => self.short.push(self.frames.len().saturating_sub(1)),
            Opened::Bracket(_) | Opened::Lines(_) => {}
        }
        self.frames.push(Frame { opened, at: self.at });
        match opened {
            Opened::Bracket(_) | Opened::Interpolation => self.gauge.open(),
            Opened::Line | Opened::Lines(_) => self.gauge.open_text(),
        }
        self.last = b'(';
    }

    fn open_lines(&mut self, dollars: usize) -> usize {
        self.open(Opened::Lines(dollars));
        dollars + 3
    }

    fn close(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        if matches!(frame.opened, Opened::Line | Opened::Interpolation) {
            self.short.pop();
        }
        self.gauge.close();
    }

    fn comment(&mut self, length: impl Fn(&[u8]) -> Option<usize>) {
        let rest = &self.bytes[self.at..];
        let length = length(rest).unwrap_or(rest.len());
        self.comments.push(self.at..self.at + length);
        self.at += length;
    }

    /// Stands at the end of a line, in code or in a string that cannot go on in the next.
    fn line_ends(&mut self) {
        if let Some(cut) = self.short.first().copied() {
            self.cut_off = self.cut_off.or(self.frames.get(cut).map(Frame::unclosed));
            while self.frames.len() > cut {
                self.close();
            }
        }
        self.at += 1;
        self.line_ended = true;
        self.line_begins();
    }

    /// Stands at the beginning of a line in code. A declaration that begins here ends what is open, as in the grammar.
    fn line_begins(&mut self) {
        if self.whole {
            return;
        }
        let indent = self.bytes[self.at..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let line = &self.bytes[self.at + indent..];
        let decorator = line.first() == Some(&b'@');
        let keyword = keyword(line);
        let begins = match keyword {
            // It may stand in the body of another one.
            Some("resource") => self.frames.is_empty() || (indent == 0 && self.gauge.depth() > self.limits.max_depth),
            Some(_) => true,
            None => decorator && self.frames.is_empty(),
        };
        if begins && self.declares {
            self.end_chunk(self.at);
        }
        let blank = line.first().is_none_or(|b| is_line_end(*b) || matches!(b, b'/' | b'#'));
        let in_decorator = !self.frames.is_empty() && !self.declares;
        if !blank && !decorator && !in_decorator || keyword.is_some() {
            self.declares = true;
        }
    }

    fn end_chunk(&mut self, end: usize) {
        while !self.frames.is_empty() {
            self.close();
        }
        self.chunks.push(Chunk { range: self.chunk_start..end, nesting: self.gauge.finish() });
        self.chunk_start = end;
        self.declares = false;
    }
}

impl Frame {
    fn unclosed(&self) -> Unclosed {
        let (length, closer) = match self.opened {
            Opened::Bracket(b'[') => (1, "]"),
            Opened::Bracket(b'(') => (1, ")"),
            Opened::Bracket(_) => (1, "}"),
            Opened::Line => (1, "'"),
            Opened::Lines(dollars) => (dollars + 3, "'''"),
            Opened::Interpolation => (2, "}"),
        };
        Unclosed { at: self.at, length, closer }
    }
}

/// The word that begins a declaration at the beginning of this line.
pub(super) fn keyword(line: &[u8]) -> Option<&'static str> {
    let length = line.iter().take_while(|b| is_word(**b)).count();
    let found = KEYWORDS.iter().find(|keyword| keyword.as_bytes() == &line[..length])?;
    let rest = &line[length..];
    let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let next = &rest[blanks..];
    if *found == "targetScope" {
        return next.first().is_some_and(|b| *b == b'=').then_some(found);
    }
    // `type: 1` is a property, and `type as t` an item of an import.
    let word = &next[..next.iter().take_while(|b| is_word(**b)).count()];
    let named = word.first().is_some_and(|b| !b.is_ascii_digit()) && word != b"as";
    (blanks > 0 && named).then_some(found)
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
