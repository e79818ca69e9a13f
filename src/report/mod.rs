//! In: one analysis. Out: one text in one format.
//! Never: changes a finding, or leaves one out but for what [`Display`] says.

mod concise;
mod escape;
mod excerpt;
mod fingerprint;
mod graph;
mod json;
mod pages;
mod resources;
mod roots;
mod sarif;
mod schema;
mod shown;
mod summary;
mod text;
mod why;

use std::time::Duration;

pub use escape::visible;
pub use graph::{graph_as_json, graph_schema};
pub use pages::{explain, rules_as_json, rules_as_text};
pub use resources::{in_one_line, resources_as_json, resources_as_text};
pub use roots::roots_as_text;
pub use schema::config_schema;
pub use shown::Shown;
pub use why::{why, why_two};

use crate::analysis::Analysis;
use crate::rules::{Finding, RULES, Rule, Verdict};

/// How a report looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// For a person: excerpts with numbered hops, then what was covered.
    Text,
    /// One line a finding.
    Concise,
    /// One object, for programs.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

/// What of an analysis is shown, and how.
#[derive(Clone)]
pub struct Display {
    /// Undecided findings are shown, not only counted.
    pub undecided: bool,
    /// The text carries colours for a terminal.
    pub colour: bool,
    /// The text ends with what was covered.
    pub summary: bool,
    /// The text ends with how much of the network is known.
    pub statistics: bool,
    /// How long the run took, where that may be shown.
    pub duration: Option<Duration>,
    /// The rules that were asked.
    pub rules: Vec<&'static Rule>,
}

impl Default for Display {
    fn default() -> Display {
        Display {
            undecided: false,
            colour: false,
            summary: true,
            statistics: false,
            duration: None,
            rules: RULES.to_vec(),
        }
    }
}

/// One analysis in one format.
pub fn render(analysis: &Analysis, format: Format, display: &Display) -> String {
    match format {
        Format::Text => text::render(analysis, display),
        Format::Concise => concise::render(analysis, display),
        Format::Json => json::render(analysis, display),
        Format::Sarif => sarif::render(analysis, display),
    }
}

/// The name and version that every report carries.
const TOOL: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The findings that a report lists, in their order.
fn listed<'a>(analysis: &'a Analysis, display: &Display) -> impl Iterator<Item = &'a Finding> {
    let undecided = display.undecided;
    analysis.findings.iter().filter(move |finding| undecided || finding.verdict == Verdict::Violation)
}

/// What a finding says; an undecided one says that it cannot be told.
fn headline(finding: &Finding) -> String {
    match finding.verdict {
        Verdict::Undecided if !finding.message.starts_with("cannot tell") => {
            format!("cannot tell whether {}", finding.message)
        }
        _ => finding.message.clone(),
    }
}
