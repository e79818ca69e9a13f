//! In: answers. Out: Kleene's three-valued logic over them.
//! Never: turns "cannot tell" into a `bool` by itself; whoever needs one says which side it falls on.

use std::ops::{BitAnd, BitOr, Not};

/// The answer to a question about what may not be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Truth {
    /// It is not so, whatever the unknowns turn out to be.
    No,
    /// It cannot be told.
    Unknown,
    /// It is so, whatever the unknowns turn out to be.
    Yes,
}

impl Truth {
    /// The answer to a question of which everything is known.
    pub fn from_known(value: bool) -> Truth {
        if value { Truth::Yes } else { Truth::No }
    }

    /// `Yes` where it is proved, else `Unknown`.
    pub fn yes_or_unknown(proved: bool) -> Truth {
        if proved { Truth::Yes } else { Truth::Unknown }
    }

    /// It is so, whatever the unknowns turn out to be.
    pub fn certainly(self) -> bool {
        self == Truth::Yes
    }

    /// It is so, or might be.
    pub fn possibly(self) -> bool {
        self != Truth::No
    }

    /// The answer that all share; unknown where they differ or there are none.
    pub fn all_or_none(answers: impl IntoIterator<Item = Truth>) -> Truth {
        let mut answers = answers.into_iter();
        let Some(first) = answers.next() else { return Truth::Unknown };
        if answers.all(|answer| answer == first) { first } else { Truth::Unknown }
    }

    /// Whether any is so: `No` without any.
    pub fn any(answers: impl IntoIterator<Item = Truth>) -> Truth {
        answers.into_iter().fold(Truth::No, |sum, answer| sum | answer)
    }

    /// Whether all are so: `Yes` without any.
    pub fn all(answers: impl IntoIterator<Item = Truth>) -> Truth {
        answers.into_iter().fold(Truth::Yes, |sum, answer| sum & answer)
    }
}

impl BitAnd for Truth {
    type Output = Truth;
    fn bitand(self, other: Truth) -> Truth {
        self.min(other)
    }
}

impl BitOr for Truth {
    type Output = Truth;
    fn bitor(self, other: Truth) -> Truth {
        self.max(other)
    }
}

impl Not for Truth {
    type Output = Truth;
    fn not(self) -> Truth {
        match self {
            Truth::No => Truth::Yes,
            Truth::Unknown => Truth::Unknown,
            Truth::Yes => Truth::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, *};

    #[test]
    fn kleene_holds_for_all_pairs() {
        for a in [No, Unknown, Yes] {
            for b in [No, Unknown, Yes] {
                assert_eq!(!(a & b), !a | !b);
                assert_eq!(a & b, b & a);
                assert_eq!(a | (a & b), a);
            }
        }
        assert_eq!(Unknown & No, No);
        assert_eq!(Unknown | Yes, Yes);
        assert_eq!(Truth::any([]), No);
        assert_eq!(Truth::all([]), Yes);
    }
}
