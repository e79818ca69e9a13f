//! In: what all rules found. Out: the same with one finding for one root cause.
//! Never: lets what is undecided, or only a hint, take the place of anything.

use super::{Confidence, Finding, Verdict};

/// Which code says the same as another one, more exactly: the left one stays.
const YIELDS: &[(&str, &str)] = &[
    ("VNL001", "VNL003"),
    ("VNL001", "VNL020"),
    ("VNL002", "VNL021"),
    ("VNL002", "VNL022"),
    ("VNL003", "VNL020"),
    ("VNL021", "VNL022"),
    ("VNL040", "VNL001"),
    ("VNL040", "VNL002"),
    ("VNL040", "VNL045"),
    ("VNL041", "VNL001"),
    ("VNL041", "VNL002"),
    ("VNL070", "VNL071"),
    ("VNL070", "VNL075"),
    ("VNL071", "VNL075"),
    ("VNL072", "VNL075"),
    ("VNL074", "VNL070"),
    ("VNL074", "VNL071"),
    ("VNL074", "VNL072"),
    ("VNL074", "VNL075"),
    ("VNL074", "VNL091"),
    ("VNL075", "VNL087"),
    ("VNL076", "VNL070"),
    ("VNL111", "VNL117"),
    ("VNL170", "VNL172"),
    ("VNL175", "VNL179"),
    ("VNL177", "VNL179"),
    ("VNL183", "VNL179"),
    ("VNL211", "VNL225"),
    ("VNL223", "VNL224"),
];

/// Whether one code says the same as another one, more exactly.
pub fn says_more(code: &str, than: &str) -> bool {
    YIELDS.contains(&(code, than))
}

/// Drops what yields to another finding of the same subject that rests on something that it rests on too, or as it on
/// nothing but the subject.
pub fn settle(findings: Vec<Finding>) -> Vec<Finding> {
    let yields = |loser: &Finding| {
        findings.iter().any(|winner| {
            winner.verdict == Verdict::Violation
                && winner.confidence != Confidence::Low
                && says_more(winner.code, loser.code)
                && winner.subject == loser.subject
                && (winner.objects.iter().any(|object| loser.objects.contains(object))
                    || winner.objects.is_empty() && loser.objects.is_empty())
        })
    };
    findings.iter().filter(|finding| !yields(finding)).cloned().collect()
}
