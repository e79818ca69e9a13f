//! In: one analysis. Out: the lines that say what was covered, what was found and what stayed open.
//! Never: names a finding.

use std::collections::BTreeMap;

use super::escape::visible;
use super::{Display, TOOL, VERSION};
use crate::analysis::{Analysis, Coverage, RootSummary, Statistics};
use crate::rules::{Level, Verdict};
use crate::source::Sources;
use crate::value::Unknown;

/// So many module calls of a kind are named.
const NAMED: usize = 8;

/// The last lines of the text report.
pub fn render(analysis: &Analysis, display: &Display) -> String {
    let mut lines = vec![covered(&analysis.coverage, display), found(&Counts::of(analysis))];
    lines.extend(open(analysis, display));
    lines.extend(modules("by models", &analysis.coverage.modelled_modules));
    lines.extend(modules("not read", &analysis.coverage.unread_modules));
    lines.extend(modules("called by no deployment, so not checked", &analysis.coverage.uncalled_modules));
    if analysis.coverage.faults > 0 {
        lines.push(format!(
            "{} could not be read",
            plural(analysis.coverage.faults, "file or block", "files or blocks")
        ));
    }
    if display.statistics {
        lines.extend(analysis.roots.iter().filter(|root| root.statistics.all() > 0).map(known));
        let all = analysis.roots.iter().fold(Statistics::default(), |sum, root| sum.plus(root.statistics));
        lines.push(format!("all roots: {}", shares(&all)));
    }
    if analysis.incomplete {
        lines.push("A limit was reached: something may be missing".into());
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

/// How many findings there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Violations that are errors.
    pub errors: usize,
    /// Violations that are warnings.
    pub warnings: usize,
    /// Violations that are notes.
    pub notes: usize,
    /// What could not be told.
    pub undecided: usize,
}

impl Counts {
    /// The numbers of one analysis.
    pub fn of(analysis: &Analysis) -> Counts {
        let mut counts = Counts::default();
        for finding in &analysis.findings {
            let count = match (finding.verdict, finding.level) {
                (Verdict::Undecided, _) => &mut counts.undecided,
                (Verdict::Violation, Level::Error) => &mut counts.errors,
                (Verdict::Violation, Level::Warning) => &mut counts.warnings,
                (Verdict::Violation, Level::Note) => &mut counts.notes,
            };
            *count += 1;
        }
        counts
    }
}

/// An unknown with the place of its declaration: `var.outbound (main.tf:1)`.
pub fn named(unknown: &Unknown, sources: &Sources) -> String {
    let name = visible(unknown.name());
    match unknown.place() {
        Some(span) => {
            let file = sources.file(span.file);
            format!("{name} ({}:{})", visible(&file.path), file.place(span.start as usize).line)
        }
        None => name.into_owned(),
    }
}

/// `1 finding`, `3 findings`.
fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn covered(coverage: &Coverage, display: &Display) -> String {
    let languages =
        [(coverage.terraform_roots, "Terraform"), (coverage.bicep_roots, "Bicep"), (coverage.arm_roots, "ARM")];
    let mut roots = plural(languages.iter().map(|(count, _)| count).sum(), "root", "roots");
    let languages: Vec<String> =
        languages.iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}")).collect();
    if !languages.is_empty() {
        roots.push_str(&format!(" ({})", languages.join(", ")));
    }
    if coverage.exports > 0 {
        roots.push_str(&format!(" · {}", plural(coverage.exports, "export", "exports")));
    }
    let parts = [
        plural(coverage.files, "file", "files"),
        roots,
        plural(coverage.clusters, "cluster", "clusters"),
        plural(coverage.vnets, "VNet", "VNets"),
        plural(coverage.zone_links, "zone link", "zone links"),
    ];
    let duration = display.duration.map_or(String::new(), |duration| format!(", in {} ms", duration.as_millis()));
    format!("{TOOL} {VERSION}: {}{duration}", parts.join(" · "))
}

fn found(counts: &Counts) -> String {
    let Counts { errors, warnings, notes, .. } = *counts;
    let kinds = [(errors, "error", "errors"), (warnings, "warning", "warnings"), (notes, "note", "notes")];
    let kinds: Vec<String> =
        kinds.iter().filter(|(count, ..)| *count > 0).map(|(count, one, many)| plural(*count, one, many)).collect();
    match errors + warnings + notes {
        0 => "No findings".into(),
        all => format!("{} ({})", plural(all, "finding", "findings"), kinds.join(", ")),
    }
}

/// How many checks stayed open, and the input that would decide most of them.
fn open(analysis: &Analysis, display: &Display) -> Option<String> {
    let undecided = analysis.findings.iter().filter(|finding| finding.verdict == Verdict::Undecided);
    let mut all = 0;
    let mut decided: BTreeMap<String, usize> = BTreeMap::new();
    for finding in undecided {
        all += 1;
        let mut names: Vec<String> =
            finding.deciders.iter().map(|decider| named(&decider.unknown, &analysis.sources)).collect();
        names.sort();
        names.dedup();
        for name in names {
            *decided.entry(name).or_default() += 1;
        }
    }
    if all == 0 {
        return None;
    }
    let mut line = format!("{} could not be decided", plural(all, "check", "checks"));
    // The first by name of those that decide most.
    if let Some((name, count)) = decided.iter().rev().max_by_key(|(_, count)| **count) {
        let which = match (*count, all) {
            (1, 1) => "it".into(),
            (2, 2) => "both".into(),
            (some, all) if some == all => format!("all {all}"),
            (some, _) => format!("{some} of them"),
        };
        line.push_str(&format!(": {name} would decide {which}"));
    }
    if !display.undecided {
        line.push_str(" (--undecided)");
    }
    Some(line)
}

/// How much of one root's network is known.
fn known(root: &RootSummary) -> String {
    let path = if root.root.path.is_empty() { "." } else { &root.root.path };
    let environment = root.root.environment.as_ref().map_or(String::new(), |name| format!(" [{}]", visible(name)));
    format!("{}{environment}: {}", visible(path), shares(&root.statistics))
}

/// `120 attributes: 60 known, 40 references, 10 unknown (8.3 %), 10 in modules that were not read`.
fn shares(counts: &Statistics) -> String {
    let all = counts.all();
    let readable = all - counts.unread;
    let share = if readable == 0 { 0.0 } else { counts.unknown as f64 * 100.0 / readable as f64 };
    format!(
        "{}: {} known, {} references, {} unknown ({share:.1} %), {} in modules that were not read",
        plural(all, "attribute", "attributes"),
        counts.known,
        counts.references,
        counts.unknown,
        counts.unread
    )
}

/// `not read: module.aks (Azure/aks/azurerm)`.
fn modules(what: &str, modules: &[String]) -> Option<String> {
    if modules.is_empty() {
        return None;
    }
    let mut named: Vec<String> = modules.iter().take(NAMED).map(|module| visible(module).into_owned()).collect();
    if modules.len() > NAMED {
        named.push(format!("and {} more", modules.len() - NAMED));
    }
    Some(format!("{what}: {}", named.join(", ")))
}
