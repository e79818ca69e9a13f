//! In: one analysis. Out: what a person reads: excerpts with numbered hops, then what was covered.
//! Never: prints a character of the input that acts on a terminal.

use codespan_reporting::diagnostic::{Diagnostic, Severity};
use codespan_reporting::term::termcolor::{Ansi, NoColor};
use codespan_reporting::term::{Config, emit_to_write_style};

use super::escape::visible;
use super::excerpt::{Mark, excerpts};
use super::{Display, headline, listed, summary};
use crate::analysis::Analysis;
use crate::rules::{Decider, Finding, Level, Verdict};
use crate::source::Sources;

/// One analysis as text.
pub fn render(analysis: &Analysis, display: &Display) -> String {
    let mut out: Vec<u8> = Vec::new();
    for finding in listed(analysis, display) {
        let (files, labels) = excerpts(&analysis.sources, &marks(finding));
        let diagnostic = Diagnostic::new(severity(finding))
            .with_code(finding.code)
            .with_message(visible(&headline(finding)))
            .with_labels(labels)
            .with_notes(notes(finding, &analysis.sources, display));
        let config = Config::default();
        let written = if display.colour {
            emit_to_write_style(&mut Ansi::new(&mut out), &config, &files, &diagnostic)
        } else {
            emit_to_write_style(&mut NoColor::new(&mut out), &config, &files, &diagnostic)
        };
        written.expect("every label lies in its excerpt, and memory takes all that is written");
    }
    let mut out = String::from_utf8(out).expect("all parts are UTF-8");
    if display.summary {
        out.push_str(&summary::render(analysis, display));
    }
    out
}

fn severity(finding: &Finding) -> Severity {
    match (finding.verdict, finding.level) {
        (Verdict::Undecided, _) | (_, Level::Note) => Severity::Note,
        (_, Level::Warning) => Severity::Warning,
        (_, Level::Error) => Severity::Error,
    }
}

/// The place, labelled by the steps that stand on it, and the other steps in their order.
fn marks(finding: &Finding) -> Vec<Mark> {
    let steps: Vec<_> = finding.steps.iter().enumerate().collect();
    // A single step is no chain; its number would only ask for a second.
    let said = |&(index, step): &(usize, &crate::rules::Step)| match finding.steps.len() {
        1 => step.message.clone(),
        _ => format!("{}. {}", index + 1, step.message),
    };
    let (here, elsewhere): (Vec<_>, Vec<_>) = steps.into_iter().partition(|(_, step)| step.span == finding.place);
    let message = here.iter().map(said).collect::<Vec<_>>().join("; ");
    let mut marks = vec![Mark { span: finding.place, primary: true, message }];
    marks.extend(elsewhere.iter().map(|step| Mark { span: step.1.span, primary: false, message: said(step) }));
    marks
}

fn notes(finding: &Finding, sources: &Sources, display: &Display) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    notes.extend(finding.deciders.iter().map(|decider| format!("would decide: {}", decides(decider, sources))));
    notes.extend(finding.help.iter().map(|help| format!("help: {}", visible(help))));
    notes.extend(finding.why.iter().map(|why| format!("why: {}", visible(why))));
    if !finding.environments.is_empty() {
        notes.push(format!("in: {}", visible(&finding.environments.join(", "))));
    }
    if display.rules.iter().any(|rule| rule.code == finding.code) {
        notes.push(format!("more: vnetlint explain {}", finding.code));
    }
    notes
}

/// `var.outbound (main.tf:1): if it is "userDefinedRouting": VNL070; else it passes`.
fn decides(decider: &Decider, sources: &Sources) -> String {
    format!("{}: {}", summary::named(&decider.unknown, sources), visible(&decider.effect))
}
