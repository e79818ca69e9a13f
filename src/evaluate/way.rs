//! In: a root and the module calls below it. Out: how an instance of a module is reached, and whether it is there.
//! Never: follows a call; each language does that.

use super::DEEPEST_CALLS;
use crate::source::Span;
use crate::syntax::Declaration;
use crate::value::{SmolStr, Truth, Unknown};

/// The way from a root to an instance of a module.
pub struct Way {
    /// The names of the calls, the outermost first.
    pub symbols: Vec<SmolStr>,
    /// Where they stand.
    pub calls: Vec<Span>,
    /// Whether the instance is there.
    pub exists: Truth,
    /// What would decide that.
    pub decides: Option<Unknown>,
}

impl Way {
    /// The root itself.
    pub fn root() -> Way {
        Way { symbols: Vec::new(), calls: Vec::new(), exists: Truth::Yes, decides: None }
    }

    /// One call further, to an instance that `exists`.
    pub fn through(&self, call: &Declaration, exists: Truth, decides: Option<&Unknown>) -> Way {
        Way {
            symbols: self.symbols.iter().cloned().chain([call.name.name.clone()]).collect(),
            calls: self.calls.iter().copied().chain([call.head]).collect(),
            exists: self.exists & exists,
            decides: self.decides.as_ref().or(decides).cloned(),
        }
    }

    /// No call is followed from here.
    pub fn is_deepest(&self) -> bool {
        self.symbols.len() >= DEEPEST_CALLS
    }
}
