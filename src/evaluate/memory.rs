//! In: questions about a program. Out: their answers, each worked out once.
//! Never: knows what is asked, or what a circle of questions means.

use std::cell::RefCell;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::value::Value;

/// What was asked, and the answer where it is there; a question without one is being worked out.
pub struct Memory<Wanted>(RefCell<FxHashMap<Wanted, Option<Value>>>);

impl<Wanted> Default for Memory<Wanted> {
    fn default() -> Memory<Wanted> {
        Memory(RefCell::default())
    }
}

impl<Wanted: Clone + Eq + Hash> Memory<Wanted> {
    /// Works something out once. `None` for whoever asks for it while that goes on: it stands in a circle.
    pub fn once(&self, wanted: Wanted, work: impl FnOnce() -> Value) -> Option<Value> {
        if let Some(known) = self.0.borrow().get(&wanted) {
            return known.clone();
        }
        self.0.borrow_mut().insert(wanted.clone(), None);
        let value = work();
        self.0.borrow_mut().insert(wanted, Some(value.clone()));
        Some(value)
    }
}
