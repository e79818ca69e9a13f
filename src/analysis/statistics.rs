//! In: evaluated resources. Out: how much of what is written about the network is known.
//! Never: counts what nobody wrote.

use crate::azure::{self, At, Translated};
use crate::evaluate::{Evaluated, Resource};
use crate::value::{Hole, Reach, Reason, Value};

/// A choice is what its condition is.
const REACH: Reach = Reach { levels: 17, most: 65, candidates: false };

/// How many written attributes of the network's resource types are known, and how well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Values that are known through and through.
    pub known: usize,
    /// References to attributes of resources: whose they are is known.
    pub references: usize,
    /// What hangs on an input, a data source or a function whose answer nobody has.
    pub unknown: usize,
    /// What comes out of a module that could not be read.
    pub unread: usize,
}

impl Statistics {
    /// The counts of one root.
    pub fn of(evaluated: &Evaluated) -> Statistics {
        let mut counts = Statistics::default();
        evaluated.resources.iter().filter(|resource| !resource.absent).for_each(|resource| counts.add(resource));
        counts
    }

    /// All attributes that were counted.
    pub fn all(&self) -> usize {
        self.known + self.references + self.unknown + self.unread
    }

    /// Both counts together.
    pub fn plus(self, other: Statistics) -> Statistics {
        Statistics {
            known: self.known + other.known,
            references: self.references + other.references,
            unknown: self.unknown + other.unknown,
            unread: self.unread + other.unread,
        }
    }

    fn add(&mut self, resource: &Resource) {
        match azure::in_arm_words(resource) {
            Translated::Place { kind, body, .. } => {
                for field in kind.fields {
                    for at in azure::values_at(&body, field) {
                        match at {
                            At::Value(value) => self.count(value),
                            At::Maybe(hole) => self.count(&Value::of_hole(hole)),
                        }
                    }
                }
            }
            Translated::Join { of, value, .. } => [of, value].iter().for_each(|value| self.count(value)),
            Translated::Other => {}
        }
    }

    fn count(&mut self, value: &Value) {
        let mut holes: Vec<Hole> = Vec::new();
        value.holes(REACH, &mut holes);
        let module = |hole: &Hole| matches!(hole, Hole::Unknown(unknown) if unknown.reason() == Reason::Module);
        let count = match holes.as_slice() {
            [] => &mut self.known,
            holes if holes.iter().all(of_a_resource) => &mut self.references,
            holes if holes.iter().any(module) => &mut self.unread,
            _ => &mut self.unknown,
        };
        *count += 1;
    }
}

/// An attribute of a resource, or what is worked out from such attributes alone: known once that resource is made.
fn of_a_resource(hole: &Hole) -> bool {
    match hole {
        Hole::Reference(_) => true,
        Hole::Unknown(unknown) => unknown.reason() == Reason::Data && !unknown.made_of().is_empty(),
    }
}
