//! In: version numbers and constraints as they are written. Out: ranges of versions that can be held against each other.
//! Never: knows which versions there are.

/// Major, minor, patch.
type Number = [u64; 3];

/// Versions from the first, which is in it, to the second, which is not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range(Number, Number);

/// Beyond every version.
const END: Number = [u64::MAX; 3];

impl Range {
    /// From the first version to all that begin with the last one.
    pub fn of_versions(first: &str, last: &str) -> Range {
        Range(number(first).unwrap_or_default(), after(last).unwrap_or(END))
    }

    /// What a constraint allows: `0.8.1`, `~> 0.8`, `>= 0.7, < 1.0`; nothing allows all. `None` for another text.
    pub fn of_constraint(text: &str) -> Option<Range> {
        let mut range = Range([0; 3], END);
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let version = part.trim_start_matches(|c: char| "=<>~!".contains(c));
            let sign = &part[..part.len() - version.len()];
            let version = version.trim();
            let this = number(version)?;
            let (first, beyond) = match sign {
                // `~> 1.2` allows 1.9, `~> 1.2.3` allows 1.2.9.
                "~>" => match version.rsplit_once('.') {
                    Some((shorter, _)) => (this, after(shorter)?),
                    None => (this, END),
                },
                ">=" => (this, END),
                ">" => (next(this), END),
                "<" => ([0; 3], this),
                "<=" => ([0; 3], next(this)),
                "!=" => ([0; 3], END),
                _ => (this, next(this)),
            };
            range = Range(range.0.max(first), range.1.min(beyond));
        }
        Some(range)
    }

    /// Some version is in both.
    pub fn meets(&self, other: &Range) -> bool {
        self.0.max(other.0) < self.1.min(other.1)
    }
}

/// `0.8`, `v0.8.1`, `1.2.3-beta`.
fn number(text: &str) -> Option<Number> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let text = text.split(['-', '+']).next().unwrap_or_default();
    let mut number = [0; 3];
    for (at, part) in text.split('.').enumerate() {
        *number.get_mut(at)? = part.parse().ok()?;
    }
    Some(number)
}

fn next([major, minor, patch]: Number) -> Number {
    [major, minor, patch + 1]
}

/// The first version beyond all that begin with `text`.
fn after(text: &str) -> Option<Number> {
    let [major, minor, patch] = number(text)?;
    Some(match text.matches('.').count() {
        0 => [major + 1, 0, 0],
        1 => [major, minor + 1, 0],
        _ => [major, minor, patch + 1],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constraint_meets_what_it_allows() {
        let allows = |constraint: &str, first: &str, last: &str| {
            let constraint = Range::of_constraint(constraint).expect("a constraint");
            constraint.meets(&Range::of_versions(first, last))
        };
        assert!(allows("0.8.1", "0.7", "0.10"));
        assert!(allows("v0.10.3", "0.7", "0.10"));
        assert!(!allows("0.11.0", "0.7", "0.10"));
        assert!(allows("~> 0.2", "0.4", "0.4"));
        assert!(!allows("~> 0.2.2", "0.4", "0.4"));
        assert!(allows(">= 9.0, < 10", "5", "9"));
        assert!(!allows(">= 10.0", "5", "9"));
        assert!(allows("", "1", "1"));
        assert!(allows("~> 9", "10", "10"));
        assert_eq!(Range::of_constraint("latest"), None);
    }
}
