//! In: one analysis. Out: one line a finding, as compilers write them: `path:line:col: error VNL001 message`.
//! Never: says what was covered.

use super::escape::visible;
use super::{Display, headline, listed};
use crate::analysis::Analysis;
use crate::rules::Verdict;

/// One analysis as lines.
pub fn render(analysis: &Analysis, display: &Display) -> String {
    let mut out = String::new();
    for finding in listed(analysis, display) {
        let file = analysis.sources.file(finding.place.file);
        let place = file.place(finding.place.start as usize);
        // The words that editors and CI match are a level's; what cannot be told is a note.
        let level = if finding.verdict == Verdict::Undecided { "note" } else { finding.level.word() };
        let (path, message) = (visible(&file.path), headline(finding));
        let message = visible(&message);
        out.push_str(&format!("{path}:{}:{}: {level} {} {message}\n", place.line, place.column, finding.code));
    }
    out
}
