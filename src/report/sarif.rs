//! In: one analysis. Out: SARIF 2.1.0 as code scanning services read it
//! (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>).
//! Never: writes a path of the machine or a time. The structs hold what is emitted, not the whole format.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::Serialize;

use super::escape::uri;
use super::excerpt::within_its_line;
use super::fingerprint::{fingerprint, line_hashes};
use super::json::pretty;
use super::{Display, TOOL, VERSION, headline, listed};
use crate::analysis::Analysis;
use crate::rules::{Finding, Level, Rule, Verdict};
use crate::source::{File, FileId, Span};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The name under which viewers know the root of the repository.
const SOURCE_ROOT: &str = "%SRCROOT%";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    invocations: [Invocation; 1],
    original_uri_base_ids: BTreeMap<&'static str, BaseId>,
    column_kind: &'static str,
    results: Vec<Outcome>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    full_name: String,
    version: &'static str,
    semantic_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    information_uri: Option<&'static str>,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    name: String,
    short_description: Text,
    full_description: Text,
    help: Help,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct RuleProperties {
    tags: [&'static str; 3],
    precision: &'static str,
    #[serde(rename = "problem.severity")]
    severity: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    level: &'static str,
    message: Text,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    associated_rule: Option<RuleReference>,
}

#[derive(Serialize)]
struct RuleReference {
    id: &'static str,
    index: usize,
}

#[derive(Serialize)]
struct BaseId {
    description: Text,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: &'static str,
    rule_index: usize,
    kind: &'static str,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    code_flows: Vec<CodeFlow>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    properties: OutcomeProperties,
}

#[derive(Serialize)]
struct OutcomeProperties {
    confidence: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    fully_qualified_name: String,
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CodeFlow {
    thread_flows: [ThreadFlow; 1],
}

#[derive(Serialize)]
struct ThreadFlow {
    locations: Vec<FlowLocation>,
}

#[derive(Serialize)]
struct FlowLocation {
    location: Location,
}

/// One analysis as SARIF.
pub fn render(analysis: &Analysis, display: &Display) -> String {
    let rules = descriptors(analysis, display);
    let index: HashMap<&str, usize> = rules.iter().enumerate().map(|(index, rule)| (rule.id, index)).collect();
    let at = |finding: &Finding| index.get(finding.code).copied().unwrap_or_default();
    let mut hashes: HashMap<FileId, Vec<String>> = HashMap::new();
    let results =
        listed(analysis, display).map(|finding| outcome(analysis, finding, at(finding), &mut hashes)).collect();
    let information_uri = [env!("CARGO_PKG_HOMEPAGE"), env!("CARGO_PKG_REPOSITORY")];
    let root = Text { text: "The root of the repository.".into() };
    pretty(&Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: TOOL,
                    full_name: format!("{TOOL} {VERSION}"),
                    version: VERSION,
                    semantic_version: VERSION,
                    information_uri: information_uri.into_iter().find(|uri| !uri.is_empty()),
                    rules,
                },
            },
            invocations: [Invocation {
                execution_successful: !analysis.incomplete,
                tool_execution_notifications: notifications(analysis, &at),
            }],
            original_uri_base_ids: BTreeMap::from([(SOURCE_ROOT, BaseId { description: root })]),
            column_kind: "utf16CodeUnits",
            results,
        }],
    })
}

/// The rules that were asked and the codes that speak of the run itself, as far as they occur, by code.
fn descriptors(analysis: &Analysis, display: &Display) -> Vec<Descriptor> {
    let mut all: BTreeMap<&'static str, Descriptor> =
        display.rules.iter().map(|rule| (rule.code, of_rule(rule))).collect();
    for finding in &analysis.findings {
        all.entry(finding.code).or_insert_with(|| of_finding(finding));
    }
    all.into_values().collect()
}

fn of_rule(rule: &Rule) -> Descriptor {
    let why = rule.page().split("\n\n").nth(1).map(one_line).unwrap_or_default();
    let summary = rule.summary().to_string();
    let whole = if why.is_empty() { summary.clone() } else { format!("{summary} {why}") };
    descriptor(rule.code, rule.name, rule.level, [summary, whole], rule.page())
}

/// A code without a page: what it finds is said by its name.
fn of_finding(finding: &Finding) -> Descriptor {
    let said = sentence(&finding.name.replace('-', " "));
    let page = finding.why.as_deref().map_or_else(|| said.clone(), |why| format!("{said}\n\n{}", sentence(why)));
    descriptor(finding.code, finding.name, finding.level, [said.clone(), said], page)
}

fn descriptor(code: &'static str, name: &str, level: Level, said: [String; 2], page: String) -> Descriptor {
    let [short, full] = said;
    Descriptor {
        id: code,
        name: pascal(name),
        short_description: Text { text: short },
        full_description: Text { text: full },
        help: Help { text: page.clone(), markdown: page },
        default_configuration: Configuration { level: level.word() },
        properties: RuleProperties {
            tags: ["azure", "aks", "network"],
            precision: "high",
            severity: match level {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Note => "recommendation",
            },
        },
    }
}

fn outcome(
    analysis: &Analysis,
    finding: &Finding,
    rule_index: usize,
    hashes: &mut HashMap<FileId, Vec<String>>,
) -> Outcome {
    let file = analysis.sources.file(finding.place.file);
    let line = within_its_line(&file, finding.place).0;
    let hashes = hashes.entry(finding.place.file).or_insert_with(|| line_hashes(&file.text));
    let mut fingerprints = BTreeMap::from([("vnetlint/v1", fingerprint(analysis, finding))]);
    if let Some(hash) = hashes.get(line) {
        fingerprints.insert("primaryLocationLineHash", hash.clone());
    }
    let mut place = location(analysis, finding.place, None);
    place.logical_locations.extend(
        finding
            .subject
            .iter()
            .map(|address| LogicalLocation { fully_qualified_name: address.text().to_string(), kind: "resource" }),
    );
    let (kind, level) = match finding.verdict {
        Verdict::Violation => ("fail", finding.level.word()),
        Verdict::Undecided => ("open", "none"),
    };
    let (text, related_locations) = linked(analysis, finding);
    Outcome {
        rule_id: finding.code,
        rule_index,
        kind,
        level,
        message: Text { text },
        locations: [place],
        related_locations,
        code_flows: code_flow(analysis, finding).into_iter().collect(),
        partial_fingerprints: fingerprints,
        properties: OutcomeProperties { confidence: finding.confidence.word() },
    }
}

/// The message, each hop and each decider in it a link to its place, and these places.
fn linked(analysis: &Analysis, finding: &Finding) -> (String, Vec<Location>) {
    let mut text = plain(&sentence(&headline(finding)));
    let mut places: Vec<Location> = Vec::new();
    for (index, step) in finding.steps.iter().enumerate() {
        let id = places.len() + 1;
        text.push_str(&format!("\n[{}. {}]({id})", index + 1, link_text(&step.message)));
        places.push(Location { id: Some(id), ..location(analysis, step.span, Some(&step.message)) });
    }
    for decider in &finding.deciders {
        let name = decider.unknown.name();
        let said = match decider.unknown.place() {
            Some(span) => {
                let id = places.len() + 1;
                places.push(Location { id: Some(id), ..location(analysis, span, Some(name)) });
                format!("[{}]({id})", link_text(name))
            }
            None => plain(name),
        };
        text.push_str(&format!("\nWould decide: {said}: {}", plain(&sentence(&decider.effect))));
    }
    if let Some(help) = &finding.help {
        text.push_str(&format!("\nHelp: {}", plain(&sentence(help))));
    }
    // Services wrap a message as they like; its last character is a full stop.
    if !text.ends_with('.') {
        text.push('.');
    }
    (text, places)
}

fn code_flow(analysis: &Analysis, finding: &Finding) -> Option<CodeFlow> {
    let steps = finding.steps.iter().enumerate();
    let locations: Vec<FlowLocation> = steps
        .map(|(index, step)| {
            let said = format!("{}. {}", index + 1, step.message);
            FlowLocation { location: location(analysis, step.span, Some(&said)) }
        })
        .collect();
    (!locations.is_empty()).then_some(CodeFlow { thread_flows: [ThreadFlow { locations }] })
}

/// What could not be read, and whether a limit was reached.
fn notifications(analysis: &Analysis, at: &dyn Fn(&Finding) -> usize) -> Vec<Notification> {
    let mut all: Vec<Notification> = Vec::new();
    for finding in analysis.findings.iter().filter(|finding| finding.code.starts_with("VNL-P")) {
        all.push(Notification {
            level: finding.level.word(),
            message: Text { text: plain(&sentence(&finding.message)) },
            locations: vec![location(analysis, finding.place, None)],
            associated_rule: Some(RuleReference { id: finding.code, index: at(finding) }),
        });
    }
    let mut say = |level, text: String| {
        let message = Text { text: plain(&text) };
        all.push(Notification { level, message, locations: Vec::new(), associated_rule: None });
    };
    for module in &analysis.coverage.unread_modules {
        say("note", format!("{module} was not read."));
    }
    for module in &analysis.coverage.modelled_modules {
        say("note", format!("{module} was answered by a model, because its source is not here."));
    }
    for module in &analysis.coverage.uncalled_modules {
        say("note", format!("{module} is a module that no deployment calls: it was not checked."));
    }
    if analysis.incomplete {
        say("warning", "A limit was reached: something may be missing.".into());
    }
    all
}

/// The first line of a span.
fn location(analysis: &Analysis, span: Span, message: Option<&str>) -> Location {
    let file: Arc<File> = analysis.sources.file(span.file);
    let (_, range) = within_its_line(&file, span);
    let (start, end) = (file.place(range.start), file.place(range.end));
    let region =
        Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column };
    Location {
        id: None,
        message: message.map(|message| Text { text: plain(message) }),
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri(&file.path), uri_base_id: SOURCE_ROOT },
            region,
        },
        logical_locations: Vec::new(),
    }
}

/// A message as a sentence that ends with a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '?', '!']) { text.to_string() } else { format!("{text}.") }
}

/// A text outside of links: brackets are only escaped where they would be read as a link.
fn plain(text: &str) -> String {
    let text = super::visible(text);
    if text.contains("](") { text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]") } else { text.into() }
}

/// A text inside the brackets of a link.
fn link_text(text: &str) -> String {
    super::visible(text).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// `custom-dns-before-zone-link` as `CustomDnsBeforeZoneLink`.
fn pascal(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    });
    words.collect()
}

fn one_line(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}
