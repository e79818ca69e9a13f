//! In: a resource and a line of it. Out: where what stands in that line was written, if that is elsewhere.
//! Never: names a place where several may be meant.

use super::{Network, Place};
use crate::source::Span;
use crate::value::{Address, Kind, Value};

/// Where a value comes from.
#[derive(Clone, Debug)]
pub struct Written {
    /// The value; none for one that may not be shown, for several at one place, and for one that is too long to be read.
    pub text: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// So deep are the values of a resource looked into.
const LEVELS: usize = 16;

/// Longer texts say less than the line that they are in.
const LONGEST: usize = 60;

impl Network {
    /// Where the one value that `line` of a resource holds was written: as the default of an input, as the argument of a
    /// module call, in a file of parameters. None where it stands in that line, where several values do, and where it is
    /// an attribute of something else.
    pub fn written(&self, address: &Address, line: Span) -> Option<Written> {
        let place = Place { network: self, index: *self.by_address.get(address)? };
        let mut values = Vec::new();
        place.in_line(&place.node().body, line, LEVELS, &mut values);
        let first = *values.first()?;
        let span = first.origin.place()?;
        let is_here = span.file == line.file && span.start < line.end && line.start < span.end;
        let is_one = values.iter().all(|value| value.origin.place() == Some(span));
        // What somebody else decides is written nowhere.
        let is_known = values.iter().all(|value| match &value.kind {
            Kind::Text(_) => value.as_text().is_some(),
            kind => !matches!(kind, Kind::Reference(_) | Kind::Unknown(_)),
        });
        if is_here || !is_one || !is_known {
            return None;
        }
        let text = shown(first).filter(|_| values.len() == 1);
        Some(Written { text, span })
    }
}

impl<'n> Place<'n> {
    /// The single values of a resource that stand in a line of it.
    fn in_line(self, value: &'n Value, line: Span, levels: usize, found: &mut Vec<&'n Value>) {
        let Some(levels) = levels.checked_sub(1) else { return };
        if self.inside(value) == Some(line) {
            return single(value, levels, found);
        }
        match &value.kind {
            Kind::List { items, .. } => items.iter().for_each(|item| self.in_line(item, line, levels, found)),
            Kind::Object { fields, .. } => fields.values().for_each(|field| self.in_line(field, line, levels, found)),
            Kind::OneOf { values, .. } => values.iter().for_each(|value| self.in_line(value, line, levels, found)),
            _ => {}
        }
    }
}

/// The values that are no lists and no objects.
fn single<'v>(value: &'v Value, levels: usize, found: &mut Vec<&'v Value>) {
    let Some(levels) = levels.checked_sub(1) else { return };
    match &value.kind {
        Kind::List { items, .. } if !items.is_empty() => items.iter().for_each(|item| single(item, levels, found)),
        Kind::Object { fields, .. } if !fields.is_empty() => {
            fields.values().for_each(|field| single(field, levels, found));
        }
        _ => found.push(value),
    }
}

fn shown(value: &Value) -> Option<String> {
    let text = match &value.kind {
        _ if value.secret => return None,
        Kind::Null => "null".to_string(),
        Kind::Bool(is) => is.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::Text(_) => value.as_text()?.to_string(),
        _ => return None,
    };
    (!text.is_empty() && text.len() <= LONGEST && !text.contains(['\n', '`'])).then_some(text)
}
