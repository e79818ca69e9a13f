//! In: the hands a value goes through. Out: the chain of them, the last first.
//! Never: takes part in comparing values.

use std::sync::Arc;

use smol_str::SmolStr;

use crate::source::Span;

/// Where a value was written and every hand it went through, the last one first. Clones are cheap.
#[derive(Clone, Debug, Default)]
pub struct Origin(Option<Arc<Link>>);

#[derive(Debug)]
struct Link {
    hop: Hop,
    length: u16,
    before: Origin,
}

/// One hand that a value went through.
#[derive(Clone, Debug)]
pub struct Hop {
    /// What was done with it there.
    pub hand: Hand,
    /// Where.
    pub span: Span,
}

/// What was done with a value at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hand {
    /// It was written there.
    Written,
    /// It is the default of the input of this name.
    Default(SmolStr),
    /// It was given to the input of this name.
    Argument(SmolStr),
    /// It was named by a local value or variable.
    Local(SmolStr),
    /// It left a module through the output of this name.
    Output(SmolStr),
    /// A resource takes it as this attribute.
    Attribute(SmolStr),
    /// A list takes it as an item.
    Item,
    /// Nothing was written: it is what Azure, or the provider in its documented version, assumes.
    Assumed(SmolStr),
}

/// Longer chains lose their newest hops: what matters is where a value was written.
const LONGEST: u16 = 64;

impl Origin {
    /// A value written at `span`.
    pub fn written(span: Span) -> Origin {
        Origin::default().through(Hand::Written, span)
    }

    /// The same after one more hand.
    pub fn through(&self, hand: Hand, span: Span) -> Origin {
        let length = self.0.as_ref().map_or(0, |link| link.length);
        if length >= LONGEST {
            return self.clone();
        }
        Origin(Some(Arc::new(Link { hop: Hop { hand, span }, length: length + 1, before: self.clone() })))
    }

    /// The hops, the last hand first.
    pub fn hops(&self) -> impl Iterator<Item = &Hop> {
        let mut at = self.0.as_deref();
        std::iter::from_fn(move || {
            let link = at?;
            at = link.before.0.as_deref();
            Some(&link.hop)
        })
    }

    /// Where it was written: the place of the first hand.
    pub fn place(&self) -> Option<Span> {
        self.hops().last().map(|hop| hop.span)
    }

    /// Where it arrived: the place of the last hand.
    pub fn last(&self) -> Option<Span> {
        self.hops().next().map(|hop| hop.span)
    }
}

impl Drop for Origin {
    /// A chain is taken apart in a loop: its depth must not become the depth of the stack.
    fn drop(&mut self) {
        let mut next = self.0.take();
        while let Some(link) = next {
            match Arc::try_unwrap(link) {
                Ok(mut link) => next = link.before.0.take(),
                Err(_) => break,
            }
        }
    }
}
