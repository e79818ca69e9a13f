//! In: spans with labels. Out: the lines that hold them, clean and cut, with the numbers they have in their files.
//! Never: lets a character through that acts on a terminal, or a line that is longer than a screen.

use std::collections::BTreeMap;
use std::ops::Range;

use codespan_reporting::diagnostic::{Label, LabelStyle};
use codespan_reporting::files::{Error, Files};

use super::escape::{push_visible, visible};
use crate::source::{File, FileId, Sources, Span};

/// A line of more bytes than this is shown in part.
const LONG: usize = 240;
/// So many characters of a long line are shown before what is marked.
const BEFORE: usize = 60;
/// So many characters of a long line are shown from there on.
const SHOWN: usize = 200;

/// Something that is marked and what is said of it.
pub struct Mark {
    /// Where; of several lines the first is marked.
    pub span: Span,
    /// It is the place of the finding.
    pub primary: bool,
    /// What is said of it.
    pub message: String,
}

/// Parts of several files: all that a diagnostic prints of them.
#[derive(Default)]
pub struct Excerpts {
    files: Vec<Excerpt>,
}

#[derive(Default)]
struct Excerpt {
    path: String,
    source: String,
    lines: Vec<Line>,
    /// The columns in the file by the offset in the excerpt, for what is marked.
    columns: BTreeMap<usize, usize>,
}

struct Line {
    number: usize,
    range: Range<usize>,
}

/// The excerpts that show the marks, and the labels that mark them there.
pub fn excerpts(sources: &Sources, marks: &[Mark]) -> (Excerpts, Vec<Label<usize>>) {
    let mut order: Vec<FileId> = Vec::new();
    for mark in marks {
        if !order.contains(&mark.span.file) {
            order.push(mark.span.file);
        }
    }
    let mut excerpts = Excerpts::default();
    let mut places: Vec<(usize, Range<usize>)> = vec![(0, 0..0); marks.len()];
    for (index, id) in order.iter().enumerate() {
        let file = sources.file(*id);
        let mut excerpt = Excerpt { path: visible(&file.path).into_owned(), ..Excerpt::default() };
        let mut by_line: BTreeMap<usize, Vec<(Range<usize>, usize)>> = BTreeMap::new();
        for (number, mark) in marks.iter().enumerate().filter(|(_, mark)| mark.span.file == *id) {
            let (line, range) = within_its_line(&file, mark.span);
            by_line.entry(line).or_default().push((range, number));
        }
        for (line, mut marked) in by_line {
            marked.sort_by_key(|(range, number)| (range.start, range.end, *number));
            let whole = line_text(&file, line);
            let mut rest = marked.as_slice();
            while let Some((first, _)) = rest.first() {
                let window = window(&file, &whole, first);
                let inside = rest.iter().take_while(|(range, _)| range == first || range.end <= window.end).count();
                for (number, shown) in excerpt.push_line(&file, line, &whole, &window, &rest[..inside]) {
                    places[number] = (index, shown);
                }
                rest = &rest[inside..];
            }
        }
        excerpts.files.push(excerpt);
    }
    let labels = marks.iter().zip(places).map(|(mark, (file, range))| {
        let style = if mark.primary { LabelStyle::Primary } else { LabelStyle::Secondary };
        Label::new(style, file, range).with_message(visible(&mark.message))
    });
    (excerpts, labels.collect())
}

/// The line on which a span begins, from 0, and what of it the span covers, in bytes of the file.
pub fn within_its_line(file: &File, span: Span) -> (usize, Range<usize>) {
    let start = file.place(span.start as usize).offset;
    let line = file.line_of(start);
    let whole = line_text(file, line);
    let start = start.min(whole.end);
    let end = file.place(span.end as usize).offset.clamp(start, whole.end);
    (line, start.max(whole.start)..end.max(whole.start))
}

/// The bytes of a line without its end and without a byte-order mark.
fn line_text(file: &File, line: usize) -> Range<usize> {
    let whole = file.line_range(line).unwrap_or(0..0);
    let text = &file.text[whole.clone()];
    let end = whole.start + text.trim_end_matches(['\n', '\r']).len();
    let mark = if line == 0 && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    (whole.start + mark).min(end)..end
}

/// The part of a line that is shown around what is marked.
fn window(file: &File, line: &Range<usize>, marked: &Range<usize>) -> Range<usize> {
    let text = &*file.text;
    if line.len() <= LONG {
        return line.clone();
    }
    // A plan is one line, and what stands beside a value there may be a secret.
    if file.path.ends_with(".json") {
        let end = text[marked.clone()].char_indices().nth(SHOWN).map_or(marked.end, |(at, _)| marked.start + at);
        return marked.start..end;
    }
    let before = text[line.start..marked.start].char_indices().rev().take(BEFORE).last();
    let start = before.map_or(marked.start, |(at, _)| line.start + at);
    let end = text[start..line.end].char_indices().nth(SHOWN).map_or(line.end, |(at, _)| start + at);
    start..end.max(start)
}

impl Excerpt {
    /// Appends the part of a line that `window` names; gives the numbers of the marks with their new ranges.
    fn push_line(
        &mut self,
        file: &File,
        line: usize,
        whole: &Range<usize>,
        window: &Range<usize>,
        marked: &[(Range<usize>, usize)],
    ) -> Vec<(usize, Range<usize>)> {
        let begin = self.source.len();
        if window.start > whole.start {
            self.source.push('…');
        }
        let clamp = |offset: usize| offset.clamp(window.start, window.end);
        let mut borders: BTreeMap<usize, usize> =
            marked.iter().flat_map(|(range, _)| [clamp(range.start), clamp(range.end)]).map(|at| (at, 0)).collect();
        for (at, c) in file.text[window.clone()].char_indices() {
            if let Some(shown) = borders.get_mut(&(window.start + at)) {
                *shown = self.source.len();
            }
            match c {
                '\t' => self.source.push(c),
                _ => push_visible(&mut self.source, c),
            }
        }
        if let Some(shown) = borders.get_mut(&window.end) {
            *shown = self.source.len();
        }
        if window.end < whole.end {
            self.source.push('…');
        }
        self.lines.push(Line { number: line + 1, range: begin..self.source.len() });
        self.source.push('\n');
        let shown = |offset: usize| borders.get(&clamp(offset)).copied().unwrap_or(begin);
        let mut places = Vec::new();
        for (range, number) in marked {
            let new = shown(range.start)..shown(range.end);
            self.columns.insert(new.start, file.place(range.start).column);
            places.push((*number, new));
        }
        places
    }
}

impl Excerpts {
    fn file(&self, id: usize) -> Result<&Excerpt, Error> {
        self.files.get(id).ok_or(Error::FileMissing)
    }

    fn line(&self, id: usize, line: usize) -> Result<&Line, Error> {
        let lines = &self.file(id)?.lines;
        lines.get(line).ok_or(Error::LineTooLarge { given: line, max: lines.len() })
    }
}

impl<'a> Files<'a> for Excerpts {
    type FileId = usize;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.file(id)?.path)
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.file(id)?.source)
    }

    fn line_index(&'a self, id: usize, offset: usize) -> Result<usize, Error> {
        Ok(self.file(id)?.lines.partition_point(|line| line.range.start <= offset).saturating_sub(1))
    }

    fn line_number(&'a self, id: usize, line: usize) -> Result<usize, Error> {
        Ok(self.line(id, line)?.number)
    }

    fn column_number(&'a self, id: usize, _line: usize, offset: usize) -> Result<usize, Error> {
        Ok(self.file(id)?.columns.get(&offset).copied().unwrap_or(1))
    }

    fn line_range(&'a self, id: usize, line: usize) -> Result<Range<usize>, Error> {
        Ok(self.line(id, line)?.range.clone())
    }
}
