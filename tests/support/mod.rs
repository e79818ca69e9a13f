//! What tests of findings share: marks in texts, what was found, and how the two differ.
#![allow(dead_code)] // Every test binary takes what it needs.

use std::collections::BTreeMap;

use vnetlint::analysis::{Analysis, Options, analyze};
use vnetlint::rules::{Confidence, Finding, Verdict};
use vnetlint::source::Sources;

/// A finding as a mark speaks of it: a path, a line from 1, and a code with `?` where it is undecided.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expected {
    pub path: String,
    pub line: usize,
    pub code: String,
}

/// The marks of a text: `# expect: CODE` and `// expect: CODE`, on the line or alone above it.
pub fn marks(path: &str, text: &str) -> Vec<Expected> {
    let mut marks = Vec::new();
    let mut above: Vec<&str> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let (codes, alone) = marked(line);
        if alone {
            above.extend(codes);
            continue;
        }
        let codes = above.drain(..).chain(codes);
        marks.extend(codes.map(|code| Expected { path: path.into(), line: index + 1, code: code.into() }));
    }
    assert!(above.is_empty(), "{path} ends with a mark that stands above nothing");
    marks
}

/// The codes that a line's mark names, and whether the line holds nothing else.
fn marked(line: &str) -> (Vec<&str>, bool) {
    for mark in ["# expect:", "// expect:"] {
        if let Some((before, codes)) = line.split_once(mark) {
            return (codes.split_whitespace().collect(), before.trim().is_empty());
        }
    }
    (Vec::new(), false)
}

/// The marks that `expect.txt` holds, for files that have no comments or are shown to readers: `PATH:LINE CODE`.
pub fn listed(directory: &str, text: &str) -> Vec<Expected> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let (place, code) = line.split_once(' ').unwrap_or_else(|| panic!("`PATH:LINE CODE`, not `{line}`"));
            let (path, number) = place.rsplit_once(':').unwrap_or_else(|| panic!("`PATH:LINE CODE`, not `{line}`"));
            let number = number.parse().unwrap_or_else(|_| panic!("no number of a line in `{line}`"));
            Expected { path: format!("{directory}/{path}"), line: number, code: code.trim().into() }
        })
        .collect()
}

/// What an analysis found, in the words of marks: a line that is blamed for several resources has as many marks.
pub fn found(analysis: &Analysis, shown: impl Fn(&Finding) -> bool) -> Vec<Expected> {
    let findings = analysis.findings.iter().filter(|finding| shown(finding));
    findings
        .flat_map(|finding| {
            let file = analysis.sources.file(finding.place.file);
            let line = file.place(finding.place.start as usize).line;
            let one = Expected { path: file.path.clone(), line, code: code(finding) };
            std::iter::repeat_n(one, 1 + finding.also.len())
        })
        .collect()
}

/// `VNL001`, or `VNL001?` where it is undecided.
pub fn code(finding: &Finding) -> String {
    match finding.verdict {
        Verdict::Violation => finding.code.to_string(),
        Verdict::Undecided => format!("{}?", finding.code),
    }
}

/// What the default profile reports: `--min-confidence medium`.
pub fn in_profile(finding: &Finding) -> bool {
    finding.confidence >= Confidence::Medium
}

/// The codes of what is in the profile, sorted: what twins have in common.
pub fn verdicts(analysis: &Analysis) -> Vec<String> {
    let mut codes: Vec<String> = analysis.findings.iter().filter(|finding| in_profile(finding)).map(code).collect();
    codes.sort();
    codes
}

/// How what was found differs from what was expected, one line a difference.
pub fn difference(expected: &[Expected], found: &[Expected]) -> Vec<String> {
    let mut balance: BTreeMap<&Expected, i32> = BTreeMap::new();
    for mark in expected {
        *balance.entry(mark).or_default() += 1;
    }
    for mark in found {
        *balance.entry(mark).or_default() -= 1;
    }
    let lines = balance.into_iter().filter(|(_, count)| *count != 0).map(|(mark, count)| {
        let what = if count > 0 { "expected and not found" } else { "found and not expected" };
        format!("{}:{}: {} {what}", mark.path, mark.line, mark.code)
    });
    lines.collect()
}

/// The options of the command line's defaults.
pub fn options(paths: &[&str]) -> Options {
    Options { paths: paths.iter().map(|path| path.to_string()).collect(), max_instances: 4096, ..Options::default() }
}

/// An analysis of texts that stand on no disk.
pub fn of_texts(texts: &[(&str, &str)]) -> Analysis {
    analyze(Sources::of_texts(texts.iter().copied()), &options(&[""]))
}
