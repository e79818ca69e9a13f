//! In: literals and holes. Out: texts that can be compared although not all of them is known.
//! Never: fills a hole.

use std::sync::Arc;

use smol_str::SmolStr;

use super::Truth;
use super::unknown::Hole;

/// One piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Known characters; never empty, and never next to another literal.
    Literal(SmolStr),
    /// A stretch of any length that is not known.
    Hole(Hole),
}

/// A text with holes: `"${var.prefix}-rt"` is a hole and a literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pieces(Arc<[Piece]>);

impl Pieces {
    /// A text without holes.
    pub fn literal(text: &str) -> Pieces {
        Pieces::of([Piece::Literal(SmolStr::new(text))])
    }

    /// A text that is one hole.
    pub fn hole(hole: Hole) -> Pieces {
        Pieces(Arc::new([Piece::Hole(hole)]))
    }

    /// The pieces one after another; neighbouring literals become one.
    pub fn of(pieces: impl IntoIterator<Item = Piece>) -> Pieces {
        let mut joined: Vec<Piece> = Vec::new();
        let mut open = String::new();
        for piece in pieces {
            match piece {
                Piece::Literal(text) => open.push_str(&text),
                hole => {
                    if !open.is_empty() {
                        joined.push(Piece::Literal(SmolStr::new(std::mem::take(&mut open))));
                    }
                    joined.push(hole);
                }
            }
        }
        if !open.is_empty() {
            joined.push(Piece::Literal(SmolStr::new(open)));
        }
        Pieces(joined.into())
    }

    /// Several texts one after another.
    pub fn concat<'a>(parts: impl IntoIterator<Item = &'a Pieces>) -> Pieces {
        Pieces::of(parts.into_iter().flat_map(|part| part.0.iter().cloned()))
    }

    /// The pieces in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// The holes in order.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Hole(hole) => Some(hole),
            Piece::Literal(_) => None,
        })
    }

    /// The whole text, if it has no holes.
    pub fn as_literal(&self) -> Option<&str> {
        match &*self.0 {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The hole, if the text is one hole and nothing else.
    pub fn only_hole(&self) -> Option<&Hole> {
        match &*self.0 {
            [Piece::Hole(hole)] => Some(hole),
            _ => None,
        }
    }

    /// The known characters that the text begins with.
    pub fn start(&self) -> &str {
        match self.0.first() {
            Some(Piece::Literal(text)) => text,
            _ => "",
        }
    }

    /// The known characters that the text ends with.
    pub fn end(&self) -> &str {
        match self.0.last() {
            Some(Piece::Literal(text)) => text,
            _ => "",
        }
    }

    /// How many characters it has at least: a hole may be filled with nothing.
    pub fn least_length(&self) -> usize {
        let literal = |piece: &Piece| match piece {
            Piece::Literal(text) => text.chars().count(),
            Piece::Hole(_) => 0,
        };
        self.pieces().iter().map(literal).sum()
    }

    /// Every literal piece through `change`, the holes as they are.
    pub fn map_literals(&self, change: impl Fn(&str) -> String) -> Pieces {
        Pieces::of(self.0.iter().map(|piece| match piece {
            Piece::Literal(text) => Piece::Literal(SmolStr::new(change(text))),
            hole => hole.clone(),
        }))
    }

    /// The stretches between the separators that can be seen; one inside a hole cannot.
    pub fn split(&self, separator: char) -> Vec<Pieces> {
        let mut parts: Vec<Vec<Piece>> = vec![Vec::new()];
        for piece in self.0.iter() {
            match piece {
                Piece::Literal(text) => {
                    for (index, part) in text.split(separator).enumerate() {
                        if index > 0 {
                            parts.push(Vec::new());
                        }
                        if let Some(last) = parts.last_mut() {
                            last.push(Piece::Literal(SmolStr::new(part)));
                        }
                    }
                }
                hole => {
                    if let Some(last) = parts.last_mut() {
                        last.push(hole.clone());
                    }
                }
            }
        }
        parts.into_iter().map(Pieces::of).collect()
    }

    /// Whether two texts are equal, letter by letter.
    ///
    /// Equal holes are equal stretches. Two texts are ruled out where known characters contradict each other.
    pub fn equals(&self, other: &Pieces) -> Truth {
        compare(self, other, Case::Counts)
    }

    /// Whether two texts are equal when letters count the same in either case, as Azure's names and keywords do.
    pub fn equals_ignoring_case(&self, other: &Pieces) -> Truth {
        compare(self, other, Case::Ignored)
    }
}

impl std::fmt::Display for Pieces {
    /// The text as a template, as in `${var.prefix}-rt`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for piece in self.0.iter() {
            match piece {
                Piece::Literal(text) => f.write_str(text)?,
                Piece::Hole(hole) => write!(f, "${{{hole}}}")?,
            }
        }
        Ok(())
    }
}

/// Whether upper and lower case are different letters.
#[derive(Clone, Copy, PartialEq)]
enum Case {
    Counts,
    Ignored,
}

impl Case {
    fn of(self, letter: char) -> char {
        match self {
            Case::Counts => letter,
            Case::Ignored if letter.is_ascii() => letter.to_ascii_lowercase(),
            Case::Ignored => letter.to_lowercase().next().unwrap_or(letter),
        }
    }
}

fn compare(left: &Pieces, right: &Pieces, case: Case) -> Truth {
    // Most texts are known, or differ in their first or last letter.
    if let (Some(left), Some(right)) = (left.as_literal(), right.as_literal()) {
        let fold = |text: &'_ str| -> Vec<char> { text.chars().map(|letter| case.of(letter)).collect() };
        return Truth::from_known(left == right || case == Case::Ignored && fold(left) == fold(right));
    }
    let clash = |a: Option<char>, b: Option<char>| a.zip(b).is_some_and(|(a, b)| case.of(a) != case.of(b));
    if clash(left.start().chars().next(), right.start().chars().next())
        || clash(left.end().chars().last(), right.end().chars().last())
    {
        return Truth::No;
    }
    let (mut a, mut b): (Vec<Unit>, Vec<Unit>) = (units(&left.0, case), units(&right.0, case));
    // What both begin or end with says nothing; what is left over decides.
    let same_start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    a.drain(..same_start);
    b.drain(..same_start);
    let same_end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    a.truncate(a.len() - same_end);
    b.truncate(b.len() - same_end);
    let holes = |units: &[Unit]| units.iter().any(|unit| matches!(unit, Unit::Hole(_)));
    match (holes(&a), holes(&b)) {
        (false, false) => Truth::from_known(a.is_empty() && b.is_empty()),
        (true, false) => may_match(&a, &b),
        (false, true) => may_match(&b, &a),
        (true, true) => {
            let clash = |x: Option<&Unit>, y: Option<&Unit>| match (x, y) {
                (Some(Unit::Character(x)), Some(Unit::Character(y))) => x != y,
                _ => false,
            };
            if clash(a.first(), b.first()) || clash(a.last(), b.last()) { Truth::No } else { Truth::Unknown }
        }
    }
}

#[derive(PartialEq)]
enum Unit<'a> {
    Character(char),
    Hole(&'a Hole),
}

fn units(pieces: &[Piece], case: Case) -> Vec<Unit<'_>> {
    let mut units = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Literal(text) => units.extend(text.chars().map(|letter| Unit::Character(case.of(letter)))),
            Piece::Hole(hole) => units.push(Unit::Hole(hole)),
        }
    }
    units
}

/// Whether a text with holes could become the given one: each hole stands for any stretch.
fn may_match(pattern: &[Unit], text: &[Unit]) -> Truth {
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(Unit::Hole(_)) => {
                retry = Some((p, t));
                p += 1;
            }
            Some(unit) if *unit == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match &mut retry {
                Some((hole, from)) => {
                    *from += 1;
                    (p, t) = (*hole + 1, *from);
                }
                None => return Truth::No,
            },
        }
    }
    let rest_is_holes = pattern[p.min(pattern.len())..].iter().all(|unit| matches!(unit, Unit::Hole(_)));
    if rest_is_holes { Truth::Unknown } else { Truth::No }
}

#[cfg(test)]
mod tests {
    use super::super::{Reason, RootId, Unknown};
    use super::*;

    fn text(parts: &[&str]) -> Pieces {
        Pieces::of(parts.iter().map(|part| match part.strip_prefix('$') {
            Some(name) => Piece::Hole(Hole::Unknown(Unknown::new(RootId(0), name, Reason::Input))),
            None => Piece::Literal(SmolStr::new(part)),
        }))
    }

    #[test]
    fn the_same_hole_is_the_same_text() {
        assert_eq!(text(&["$p", "-rt"]).equals(&text(&["$p", "-rt"])), Truth::Yes);
        assert_eq!(text(&["$p", "-rt"]).equals(&text(&["$q", "-rt"])), Truth::Unknown);
        assert_eq!(text(&["$p", "-rt"]).equals(&text(&["$p", "-vnet"])), Truth::No);
    }

    #[test]
    fn ends_rule_out() {
        assert_eq!(text(&["$p", "-rt"]).equals(&text(&["prod-vnet"])), Truth::No);
        assert_eq!(text(&["$p", "-rt"]).equals(&text(&["prod-rt"])), Truth::Unknown);
        assert_eq!(text(&["$p", "-rt"]).equals(&text(&["-rt"])), Truth::Unknown);
        assert_eq!(text(&["a", "$p", "b", "$q", "c"]).equals(&text(&["axxbyyc"])), Truth::Unknown);
        assert_eq!(text(&["a", "$p", "b", "$q", "c"]).equals(&text(&["axxyyc"])), Truth::No);
        assert_eq!(text(&["hub-", "$p"]).equals(&text(&["spoke-", "$q"])), Truth::No);
    }

    #[test]
    fn splitting_sees_only_known_separators() {
        let parts = text(&["/subscriptions/", "$s", "/x"]).split('/');
        assert_eq!(parts, [text(&[]), text(&["subscriptions"]), text(&["$s"]), text(&["x"])]);
    }
}
