//! In: one text. Out: the same text with the starts of its lines, worked out when first asked for.
//! Never: reads anything.

use std::sync::{Arc, OnceLock};

/// A position that a person reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in UTF-16 units, from 1, as editors and SARIF count.
    pub column: usize,
    /// The offset in bytes, from 0.
    pub offset: usize,
}

/// One text and the path it is known by.
#[derive(Debug)]
pub struct File {
    /// The path from the root, with `/`.
    pub path: String,
    /// The text as it was read, a byte-order mark included.
    pub text: Arc<str>,
    starts: OnceLock<Vec<usize>>,
}

impl File {
    pub(super) fn new(path: String, text: String) -> File {
        File { path, text: text.into(), starts: OnceLock::new() }
    }

    fn starts(&self) -> &[usize] {
        self.starts.get_or_init(|| {
            let ends = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(ends).collect()
        })
    }

    /// How many lines there are; an empty text has one.
    pub fn lines(&self) -> usize {
        self.starts().len()
    }

    /// The line that holds a byte, from 0.
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts().partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The bytes of a line counted from 0, its line end included; `None` beyond the last line.
    pub fn line_range(&self, line: usize) -> Option<std::ops::Range<usize>> {
        let start = *self.starts().get(line)?;
        Some(start..self.starts().get(line + 1).copied().unwrap_or(self.text.len()))
    }

    /// A byte's position as a person reads it; offsets inside a character or beyond the end are moved back.
    pub fn place(&self, offset: usize) -> Place {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_of(offset);
        let before = &self.text[self.starts()[line]..offset];
        let before = if line == 0 { before.trim_start_matches('\u{feff}') } else { before };
        Place { line: line + 1, column: before.encode_utf16().count() + 1, offset }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_utf16_units_and_lines_begin_at_one() {
        let file = File::new("a".into(), "a\n😀b\n".into());
        assert_eq!(file.place(0), Place { line: 1, column: 1, offset: 0 });
        assert_eq!(file.place(6), Place { line: 2, column: 3, offset: 6 });
        assert_eq!(file.place(4), Place { line: 2, column: 1, offset: 2 });
        assert_eq!(file.place(99), Place { line: 3, column: 1, offset: 8 });
    }
}
