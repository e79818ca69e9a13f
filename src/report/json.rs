//! In: one analysis. Out: one object, version 1, for programs.
//! Never: writes a path of the machine, a time, or anything else that two equal runs would not share.

use serde::Serialize;

use super::fingerprint::fingerprint;
use super::summary::Counts;
use super::{Display, TOOL, VERSION, listed};
use crate::analysis::{Analysis, RootSummary, Statistics};
use crate::rules::{Decider, Finding};
use crate::source::{Place, Sources, Span};
use crate::syntax::Dialect;

#[derive(Serialize)]
struct Report<'a> {
    version: &'static str,
    tool: Tool,
    files: usize,
    roots: Vec<Root<'a>>,
    findings: Vec<Found<'a>>,
    summary: Summary<'a>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Root<'a> {
    path: &'a str,
    dialect: &'static str,
    environment: Option<&'a str>,
    /// The example or test that it belongs to, which is joined with nothing else.
    example: Option<&'a str>,
    inputs: &'a [String],
    open_inputs: Vec<&'a str>,
    /// How many written attributes of the network are known, references, unknown, or in modules that were not read.
    attributes: Attributes,
}

#[derive(Serialize)]
struct Attributes {
    known: usize,
    references: usize,
    unknown: usize,
    unread: usize,
}

#[derive(Serialize)]
struct Found<'a> {
    code: &'a str,
    name: &'a str,
    level: &'static str,
    confidence: &'static str,
    verdict: &'static str,
    message: &'a str,
    subject: Option<&'a str>,
    objects: Vec<&'a str>,
    /// What the same line makes the same true of.
    also: Vec<&'a str>,
    root: Option<&'a str>,
    /// The environments in which it is so, where there are several.
    environments: &'a [String],
    #[serde(flatten)]
    place: Stretch,
    hops: Vec<Hop<'a>>,
    help: Option<&'a str>,
    would_decide: Vec<Decides<'a>>,
    fingerprint: String,
    suppressed: bool,
    baselined: bool,
}

#[derive(Serialize)]
struct Hop<'a> {
    message: &'a str,
    #[serde(flatten)]
    place: Stretch,
}

#[derive(Serialize)]
struct Decides<'a> {
    unknown: &'a str,
    effect: &'a str,
    #[serde(flatten)]
    place: Option<Stretch>,
}

#[derive(Serialize)]
struct Stretch {
    path: String,
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: usize,
    column: usize,
    offset: usize,
}

#[derive(Serialize)]
struct Summary<'a> {
    files: usize,
    terraform_roots: usize,
    bicep_roots: usize,
    arm_roots: usize,
    clusters: usize,
    vnets: usize,
    zone_links: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    undecided: usize,
    suppressed: usize,
    baselined: usize,
    faults: usize,
    not_read: &'a [String],
    by_models: &'a [String],
    /// Terraform modules that no deployment calls: they are not checked.
    uncalled: &'a [String],
    incomplete: bool,
}

/// One analysis as JSON.
pub fn render(analysis: &Analysis, display: &Display) -> String {
    let coverage = &analysis.coverage;
    let counts = Counts::of(analysis);
    let report = Report {
        version: "1",
        tool: Tool { name: TOOL, version: VERSION },
        files: coverage.files,
        roots: analysis.roots.iter().map(root).collect(),
        findings: listed(analysis, display).map(|finding| found(analysis, finding)).collect(),
        summary: Summary {
            files: coverage.files,
            terraform_roots: coverage.terraform_roots,
            bicep_roots: coverage.bicep_roots,
            arm_roots: coverage.arm_roots,
            clusters: coverage.clusters,
            vnets: coverage.vnets,
            zone_links: coverage.zone_links,
            errors: counts.errors,
            warnings: counts.warnings,
            notes: counts.notes,
            undecided: counts.undecided,
            // An analysis does not hold what is suppressed or baselined.
            suppressed: 0,
            baselined: 0,
            faults: coverage.faults,
            not_read: &coverage.unread_modules,
            by_models: &coverage.modelled_modules,
            uncalled: &coverage.uncalled_modules,
            incomplete: analysis.incomplete,
        },
    };
    pretty(&report)
}

/// A report as JSON for people and programs, with a line end.
pub fn pretty(report: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(report).expect("reports hold texts, numbers and lists only");
    text.push('\n');
    text
}

/// The word for a language.
pub fn dialect(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Terraform => "terraform",
        Dialect::Bicep => "bicep",
    }
}

fn root(summary: &RootSummary) -> Root<'_> {
    let Statistics { known, references, unknown, unread } = summary.statistics;
    Root {
        path: &summary.root.path,
        dialect: dialect(summary.root.dialect),
        environment: summary.root.environment.as_deref(),
        example: summary.root.example.as_deref(),
        inputs: &summary.root.input_files,
        open_inputs: summary.open_inputs.iter().map(|unknown| unknown.name()).collect(),
        attributes: Attributes { known, references, unknown, unread },
    }
}

fn found<'a>(analysis: &'a Analysis, finding: &'a Finding) -> Found<'a> {
    let sources = &analysis.sources;
    let root = finding.root.and_then(|id| analysis.roots.iter().find(|summary| summary.root.id == id));
    Found {
        code: finding.code,
        name: finding.name,
        level: finding.level.word(),
        confidence: finding.confidence.word(),
        verdict: finding.verdict.word(),
        message: &finding.message,
        subject: finding.subject.as_ref().map(|address| address.text()),
        objects: finding.objects.iter().map(|address| address.text()).collect(),
        also: finding.also.iter().map(|address| address.text()).collect(),
        root: root.map(|summary| summary.root.path.as_str()),
        environments: &finding.environments,
        place: stretch(sources, finding.place),
        hops: finding
            .steps
            .iter()
            .map(|step| Hop { message: &step.message, place: stretch(sources, step.span) })
            .collect(),
        help: finding.help.as_deref(),
        would_decide: finding.deciders.iter().map(|decider| decides(sources, decider)).collect(),
        fingerprint: fingerprint(analysis, finding),
        suppressed: false,
        baselined: false,
    }
}

fn decides<'a>(sources: &Sources, decider: &'a Decider) -> Decides<'a> {
    Decides {
        unknown: decider.unknown.name(),
        effect: &decider.effect,
        place: decider.unknown.place().map(|span| stretch(sources, span)),
    }
}

fn stretch(sources: &Sources, span: Span) -> Stretch {
    let file = sources.file(span.file);
    let point = |Place { line, column, offset }| Point { line, column, offset };
    Stretch {
        path: file.path.clone(),
        start: point(file.place(span.start as usize)),
        end: point(file.place(span.end as usize)),
    }
}
