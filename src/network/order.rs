//! In: what waits for what. Out: whether one declaration is made before another.
//! Never: takes a name, a file or the order of writing for an order.

use std::sync::Mutex;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Network;
use crate::evaluate::{Event, Need, Needs, Standing};
use crate::value::{Address, RootId};

/// Which of two things is made first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The first one, always.
    Before,
    /// The second one, always.
    After,
    /// Nothing says: they may be made at the same time.
    Race,
    /// It cannot be told.
    Unknown,
}

/// The moments of one root.
pub struct Events {
    needs: Needs,
    known: Mutex<FxHashMap<(Address, Address), Reach>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// By a chain of needs.
    Yes,
    /// Only through a module that could not be read.
    Perhaps,
    No,
}

impl Events {
    pub(super) fn new(needs: Needs) -> Events {
        Events { needs, known: Mutex::default() }
    }

    /// What waits for what.
    pub(super) fn needs(&self) -> &Needs {
        &self.needs
    }

    /// Whether `then` waits for `first`.
    fn waits(&self, then: &Address, first: &Address) -> Reach {
        let pair = (then.clone(), first.clone());
        let mut known = self.known.lock().expect("no reader panics while it holds the lock");
        if let Some(reach) = known.get(&pair) {
            return *reach;
        }
        let reach = if self.reaches(then, first, false) {
            Reach::Yes
        } else if self.reaches(then, first, true) {
            Reach::Perhaps
        } else {
            Reach::No
        };
        known.insert(pair, reach);
        reach
    }

    fn reaches(&self, then: &Address, first: &Address, through_opaque: bool) -> bool {
        let target = Event::Done(first.clone());
        let mut seen: FxHashSet<&Event> = FxHashSet::default();
        let start = Event::Done(then.clone());
        let mut stack: Vec<&Need> = self.needs.of.get(&start).into_iter().flatten().collect();
        while let Some(need) = stack.pop() {
            if need.event == target {
                return true;
            }
            let (Event::Done(address) | Event::Start(address)) = &need.event;
            if self.needs.opaque.contains(address) && !through_opaque {
                continue;
            }
            if seen.insert(&need.event) {
                stack.extend(self.needs.of.get(&need.event).into_iter().flatten());
            }
        }
        false
    }
}

impl Network {
    /// Which of two declarations is made first.
    pub fn order(&self, first: &Address, then: &Address) -> Order {
        if first == then {
            return Order::Before;
        }
        if first.root() != then.root() || self.stands(first.root()) {
            return self.order_of_roots(first, then);
        }
        let Some(events) = self.orders.get(&first.root()) else { return Order::Unknown };
        match (events.waits(then, first), events.waits(first, then)) {
            (Reach::Yes, _) => Order::Before,
            (_, Reach::Yes) => Order::After,
            (Reach::No, Reach::No) => Order::Race,
            _ => Order::Unknown,
        }
    }

    /// What is deployed comes first; a root that reads what another one makes comes after it; else the user may say.
    fn order_of_roots(&self, first: &Address, then: &Address) -> Order {
        match (self.stands(first.root()), self.stands(then.root())) {
            (true, false) => return Order::Before,
            (false, true) => return Order::After,
            (true, true) => return Order::Unknown,
            (false, false) => {}
        }
        let reads = |reader, maker| self.before.get(&reader).is_some_and(|makers| makers.contains(&maker));
        match (reads(then.root(), first.root()), reads(first.root(), then.root())) {
            (true, false) => Order::Before,
            (false, true) => Order::After,
            (true, true) => Order::Unknown,
            (false, false) => match (self.said_layers.get(&first.root()), self.said_layers.get(&then.root())) {
                (Some(first), Some(then)) if first < then => Order::Before,
                (Some(first), Some(then)) if first > then => Order::After,
                _ => Order::Unknown,
            },
        }
    }

    /// What a root holds is there already.
    fn stands(&self, root: RootId) -> bool {
        !matches!(self.standing.get(&root), None | Some(Standing::Made | Standing::Saved))
    }

    /// Another repository makes what a root holds.
    pub(super) fn is_saved(&self, root: RootId) -> bool {
        self.standing.get(&root) == Some(&Standing::Saved)
    }
}
