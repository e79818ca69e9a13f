//! One analysis that is built by hand, in every format.

use vnetlint::analysis::{Analysis, Coverage, RootSummary, Statistics};
use vnetlint::evaluate::Root;
use vnetlint::report::{Display, Format, render};
use vnetlint::rules::{Confidence, Decider, Finding, Level, Rule, Step, Verdict};
use vnetlint::source::{Sources, Span};
use vnetlint::syntax::Dialect;
use vnetlint::value::{Address, Reason, RootId, Unknown};

const CLUSTER: &str = "param nodeSubnetId string

resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-data'
  properties: {
    apiServerAccessProfile: { enablePrivateCluster: true }
    agentPoolProfiles: [
      { name: 'sys', vnetSubnetID: nodeSubnetId }
    ]
  }
}
";
const ZONE: &str =
    "resource \"azurerm_private_dns_zone\" \"aks\" {\n  name = \"privatelink.westeurope.azmk8s.io\"\n}\n";

static RULE: Rule = Rule {
    code: "VNL001",
    name: "custom-dns-before-zone-link",
    level: Level::Error,
    confidence: Confidence::High,
    opt_in: false,
    since: "0.1.0",
    written: "The DNS servers of a private cluster do not see its zone.\n\nA node asks for the API server's name\nwhile the cluster is being created.\n\nWrong:\n\n```tf\n```\n",
    check: |_, _, _| {},
};

fn display() -> Display {
    Display { rules: vec![&RULE], ..Display::default() }
}

fn mark(sources: &Sources, path: &str, text: &str) -> Span {
    let id = sources.open(path).expect("a text of the test");
    let start = sources.file(id).text.find(text).expect("the text holds it");
    Span::new(id, start, start + text.len())
}

fn root(id: u32, path: &str, dialect: Dialect) -> RootSummary {
    let root =
        Root { id: RootId(id), path: path.into(), dialect, environment: None, input_files: Vec::new(), example: None };
    RootSummary { root, open_inputs: Vec::new(), statistics: Statistics::default() }
}

fn blocked() -> Analysis {
    let sources = Sources::of_texts([("spokes/data/aks.bicep", CLUSTER), ("hub/dns.tf", ZONE)]);
    let place = mark(&sources, "spokes/data/aks.bicep", "enablePrivateCluster: true");
    let step = |message: &str, span| Step { message: message.into(), span };
    let said = "`aks-data` cannot be created: its DNS servers do not see zone `privatelink.westeurope.azmk8s.io`";
    let finding = Finding {
        subject: Some(Address::new(RootId(1), "aks")),
        objects: vec![Address::new(RootId(0), "azurerm_private_dns_zone.aks")],
        also: Vec::new(),
        root: Some(RootId(1)),
        confidence: Confidence::High,
        steps: vec![
            step("this private cluster", place),
            step(
                "has its nodes in `snet-nodes` of `vnet-data`",
                mark(&sources, "spokes/data/aks.bicep", "vnetSubnetID: nodeSubnetId"),
            ),
            step(
                "the zone is linked to `vnet-data` only",
                mark(&sources, "hub/dns.tf", "resource \"azurerm_private_dns_zone\" \"aks\""),
            ),
        ],
        help: Some("link the zone to `vnet-hub` and let the cluster wait for the link".into()),
        why: Some("a node asks for the API server's name while the cluster is being created".into()),
        ..Finding::new("VNL001", "custom-dns-before-zone-link", Level::Error, place, said.into())
    };
    Analysis {
        roots: vec![root(0, "hub", Dialect::Terraform), root(1, "spokes/data/aks.bicep", Dialect::Bicep)],
        findings: vec![finding],
        coverage: Coverage {
            files: 2,
            terraform_roots: 1,
            bicep_roots: 1,
            clusters: 1,
            vnets: 2,
            zone_links: 1,
            ..Coverage::default()
        },
        incomplete: false,
        sources,
    }
}

/// Two checks hang on one input that has no value.
fn open() -> Analysis {
    let text = "variable \"outbound\" {}\nresource \"azurerm_kubernetes_cluster\" \"a\" {}\n";
    let sources = Sources::of_texts([("main.tf", text)]);
    let place = mark(&sources, "main.tf", "resource \"azurerm_kubernetes_cluster\" \"a\"");
    let unknown =
        Unknown::new(RootId(0), "var.outbound", Reason::Input).at(mark(&sources, "main.tf", "variable \"outbound\""));
    let finding = |code: &'static str| Finding {
        verdict: Verdict::Undecided,
        root: Some(RootId(0)),
        subject: Some(Address::new(RootId(0), "azurerm_kubernetes_cluster.a")),
        deciders: vec![Decider {
            unknown: unknown.clone(),
            effect: format!("if it is \"userDefinedRouting\": {code}; else it passes"),
        }],
        ..Finding::new(code, "egress", Level::Error, place, "`a` sends its traffic where no route leads".into())
    };
    Analysis {
        roots: vec![root(0, "", Dialect::Terraform)],
        findings: vec![finding("VNL070"), finding("VNL071")],
        coverage: Coverage {
            files: 1,
            terraform_roots: 1,
            faults: 1,
            unread_modules: vec!["module.aks (Azure/aks/azurerm)".into()],
            uncalled_modules: vec!["modules/old".into()],
            ..Coverage::default()
        },
        incomplete: false,
        sources,
    }
}

#[test]
fn the_text_shows_every_hop_in_its_file() {
    assert_eq!(
        render(&blocked(), Format::Text, &display()),
        r#"error[VNL001]: `aks-data` cannot be created: its DNS servers do not see zone `privatelink.westeurope.azmk8s.io`
  ┌─ spokes/data/aks.bicep:6:31
  │
6 │     apiServerAccessProfile: { enablePrivateCluster: true }
  │                               ^^^^^^^^^^^^^^^^^^^^^^^^^^ 1. this private cluster
8 │       { name: 'sys', vnetSubnetID: nodeSubnetId }
  │                      -------------------------- 2. has its nodes in `snet-nodes` of `vnet-data`
  │
  ┌─ hub/dns.tf:1:1
  │
1 │ resource "azurerm_private_dns_zone" "aks" {
  │ ----------------------------------------- 3. the zone is linked to `vnet-data` only
  │
  = help: link the zone to `vnet-hub` and let the cluster wait for the link
  = why: a node asks for the API server's name while the cluster is being created
  = more: vnetlint explain VNL001

vnetlint 0.1.0: 2 files · 2 roots (1 Terraform, 1 Bicep) · 1 cluster · 2 VNets · 1 zone link
1 finding (1 error)
"#
    );
}

#[test]
fn the_roots_are_counted_by_language() {
    let coverage = Coverage { terraform_roots: 2, bicep_roots: 1, arm_roots: 1, ..Coverage::default() };
    let analysis = Analysis { coverage, findings: Vec::new(), ..blocked() };
    let text = render(&analysis, Format::Text, &display());
    assert!(text.contains(" · 4 roots (2 Terraform, 1 Bicep, 1 ARM) · "), "{text}");
    assert_eq!(json(&analysis, Format::Json, &display())["summary"]["arm_roots"], 1);
}

#[test]
fn colours_only_where_they_are_asked_for() {
    let coloured = render(&blocked(), Format::Text, &Display { colour: true, ..display() });
    assert!(coloured.contains("\u{1b}["));
    assert!(!render(&blocked(), Format::Text, &display()).contains('\u{1b}'));
}

#[test]
fn what_is_undecided_is_counted_and_shown_when_asked_for() {
    let counted = render(&open(), Format::Text, &display());
    assert_eq!(
        counted,
        "vnetlint 0.1.0: 1 file · 1 root (1 Terraform) · 0 clusters · 0 VNets · 0 zone links\n\
         No findings\n\
         2 checks could not be decided: var.outbound (main.tf:1) would decide both (--undecided)\n\
         not read: module.aks (Azure/aks/azurerm)\n\
         called by no deployment, so not checked: modules/old\n\
         1 file or block could not be read\n"
    );
    let shown = render(&open(), Format::Text, &Display { undecided: true, ..display() });
    assert!(shown.starts_with(
        r#"note[VNL070]: cannot tell whether `a` sends its traffic where no route leads
  ┌─ main.tf:2:1
  │
2 │ resource "azurerm_kubernetes_cluster" "a" {}
  │ ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  │
  = would decide: var.outbound (main.tf:1): if it is "userDefinedRouting": VNL070; else it passes

note[VNL071]"#
    ));
    assert!(shown.contains("would decide both\n"), "{shown}");
}

#[test]
fn a_hostile_text_does_not_reach_the_terminal() {
    let long =
        format!("{{\"a\":\"{}\",\"bad\u{1b}]8;;x\u{202e}\":1,\"b\":\"{}\"}}", "x".repeat(50_000), "ä".repeat(50_000));
    let sources = Sources::of_texts([("a\u{1b}[2J.json", long)]);
    let place = mark(&sources, "a\u{1b}[2J.json", "\"bad\u{1b}]8;;x\u{202e}\":1");
    let message = "`bad\u{1b}[31m\nerror[VNL999]: forged`".to_string();
    let finding = Finding::new("VNL001", "custom-dns-before-zone-link", Level::Error, place, message);
    let analysis = Analysis {
        findings: vec![finding],
        roots: Vec::new(),
        coverage: Coverage::default(),
        incomplete: true,
        sources,
    };
    let text = render(&analysis, Format::Text, &display());
    assert!(text.len() < 2_000, "{}", text.len());
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    assert!(!text.contains("\nerror[VNL999]"), "{text}");
    assert!(text.contains("a\\u{1b}[2J.json:1:50009"), "{text}");
    let lines: Vec<&str> = text.lines().collect();
    let (code, carets) = (lines[3], lines[4]);
    let under = |line: &str, from: usize, count: usize| line.chars().skip(from).take(count).collect::<String>();
    let start = carets.chars().position(|c| c == '^').expect("a mark");
    let width = carets.chars().filter(|c| *c == '^').count();
    assert_eq!(under(code, start, width), r#""bad\u{1b}]8;;x\u{202e}":1"#);
    assert!(code.contains('…') && code.ends_with('…'));
    assert!(text.contains("A limit was reached"));
    let concise = render(&analysis, Format::Concise, &display());
    assert_eq!(concise.lines().count(), 1);
    assert!(!concise.contains('\u{1b}'));
}

#[test]
fn marks_that_lie_far_apart_on_one_line_are_shown_apart() {
    let text = format!("{}FIRST{}SECOND{}", "a".repeat(1000), "b".repeat(1000), "c".repeat(1000));
    let sources = Sources::of_texts([("a.json", text)]);
    let place = mark(&sources, "a.json", "FIRST");
    let second = Step { message: "here".into(), span: mark(&sources, "a.json", "SECOND") };
    let mut finding = Finding::new("VNL001", "custom-dns-before-zone-link", Level::Note, place, "it is so".into());
    finding.steps = vec![Step { message: "there".into(), span: place }, second];
    let analysis = Analysis {
        findings: vec![finding],
        roots: Vec::new(),
        coverage: Coverage::default(),
        incomplete: false,
        sources,
    };
    let text = render(&analysis, Format::Text, &display());
    assert!(text.contains("^^^^^ 1. there") && text.contains("------ 2. here"), "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("1 │ …")).count(), 2, "{text}");
}

#[test]
fn the_place_may_lie_at_the_end_of_an_empty_text() {
    let sources = Sources::of_texts([("gone.bicep", ""), ("bom.tf", "\u{feff}a = \"\r\nb")]);
    let empty = sources.open("gone.bicep").expect("a text");
    let bom = sources.open("bom.tf").expect("a text");
    let at = |span| Finding::new("VNL-P001", "unreadable", Level::Error, span, "this cannot be read".into());
    let findings = vec![at(Span::new(empty, 0, 0)), at(Span::new(bom, 7, 12)), at(Span::new(bom, 400, 900))];
    let analysis = Analysis { findings, roots: Vec::new(), coverage: Coverage::default(), incomplete: false, sources };
    for format in [Format::Text, Format::Concise, Format::Json, Format::Sarif] {
        assert!(render(&analysis, format, &display()).contains("gone.bicep"));
    }
    let concise = render(&analysis, Format::Concise, &display());
    assert!(concise.contains("bom.tf:1:5: error VNL-P001 this cannot be read\n"), "{concise}");
}

#[test]
fn concise_is_one_line_a_finding() {
    let line = render(&blocked(), Format::Concise, &display());
    assert!(line.starts_with("spokes/data/aks.bicep:6:31: error VNL001 `aks-data` cannot be created"), "{line}");
    assert_eq!(render(&open(), Format::Concise, &display()), "");
}

fn json(analysis: &Analysis, format: Format, display: &Display) -> serde_json::Value {
    serde_json::from_str(&render(analysis, format, display)).expect("JSON")
}

#[test]
fn json_has_what_its_contract_says() {
    let report = json(&blocked(), Format::Json, &display());
    assert_eq!(report["version"], "1");
    assert_eq!(report["roots"][1]["dialect"], "bicep");
    let finding = &report["findings"][0];
    assert_eq!(finding["path"], "spokes/data/aks.bicep");
    let start = CLUSTER.find("enablePrivateCluster").expect("an offset");
    assert_eq!(finding["start"], serde_json::json!({"line": 6, "column": 31, "offset": start}));
    assert_eq!(finding["root"], "spokes/data/aks.bicep");
    assert_eq!(finding["hops"][2]["path"], "hub/dns.tf");
    assert_eq!(finding["fingerprint"].as_str().map(str::len), Some(32));
    assert_eq!(report["summary"]["errors"], 1);
    let report = json(&open(), Format::Json, &Display { undecided: true, ..display() });
    assert_eq!(report["findings"][0]["would_decide"][0]["unknown"], "var.outbound");
    assert_eq!(report["summary"]["undecided"], 2);
    assert_eq!(json(&open(), Format::Json, &display())["findings"], serde_json::json!([]));
}

#[test]
fn the_fingerprint_survives_what_moves_and_what_is_said() {
    let mark_of =
        |analysis: &Analysis| json(analysis, Format::Json, &display())["findings"][0]["fingerprint"].to_string();
    let plain = mark_of(&blocked());
    let mut moved = blocked();
    moved.sources.overlay("spokes/data/aks.bicep", format!("\n\n{CLUSTER}"));
    moved.findings[0].place = mark(&moved.sources, "spokes/data/aks.bicep", "enablePrivateCluster: true");
    moved.findings[0].message = "it is said in other words".into();
    assert_eq!(mark_of(&moved), plain);
    let mut other = blocked();
    other.findings[0].objects.clear();
    assert_ne!(mark_of(&other), plain);
}

#[test]
fn sarif_links_its_hops() {
    let log = json(&blocked(), Format::Sarif, &display());
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    let result = &run["results"][0];
    assert_eq!(result["kind"], "fail");
    assert_eq!(result["level"], "error");
    let text = result["message"]["text"].as_str().expect("a text");
    assert!(text.contains("[1. this private cluster](1)") && text.ends_with('.'), "{text}");
    assert_eq!(result["relatedLocations"][2]["id"], 3);
    assert_eq!(result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().map(Vec::len), Some(3));
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!(region["startLine"], region["endLine"]);
    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!(rule["id"], "VNL001");
    assert_eq!(rule["properties"]["problem.severity"], "error");
    let hash = result["partialFingerprints"]["primaryLocationLineHash"].as_str().expect("a hash");
    assert!(hash.ends_with(":1"), "{hash}");
}

#[test]
fn sarif_shows_what_is_undecided_only_when_asked_for_and_what_was_not_read_always() {
    let log = json(&open(), Format::Sarif, &display());
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
    let said = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert_eq!(said, "module.aks (Azure/aks/azurerm) was not read.");
    let log = json(&open(), Format::Sarif, &Display { undecided: true, ..display() });
    let result = &log["runs"][0]["results"][0];
    assert_eq!((&result["kind"], &result["level"]), (&"open".into(), &"none".into()));
}

#[test]
fn a_report_is_the_same_bytes_every_time() {
    for format in [Format::Text, Format::Concise, Format::Json, Format::Sarif] {
        let show = Display { undecided: true, ..display() };
        assert_eq!(render(&open(), format, &show), render(&open(), format, &show));
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 128, failure_persistence: None, ..Default::default() })]

    /// Whatever a text holds and wherever spans fall in it, each format has a report that is clean and not long.
    #[test]
    fn any_text_and_any_span_can_be_shown(
        text in "[ab\t\r\n\u{1b}\u{202e}ä😀\u{feff}\"{}]{0,40}([x\u{1b}é]{0,700}[\n]?){0,2}",
        spans in proptest::collection::vec((0usize..1500, 0usize..1500), 1..5),
    ) {
        let sources = Sources::of_texts([("a.tf", text)]);
        let file = sources.open("a.tf").expect("a text");
        let steps = spans.iter().map(|(start, end)| Step { message: "here".into(), span: Span::new(file, *start, *end) });
        let steps: Vec<Step> = steps.collect();
        let place = steps[0].span;
        let finding = Finding { steps, ..Finding::new("VNL001", "x", Level::Error, place, "it is so".into()) };
        let analysis = Analysis {
            findings: vec![finding],
            roots: Vec::new(),
            coverage: Coverage::default(),
            incomplete: false,
            sources,
        };
        for format in [Format::Text, Format::Concise, Format::Json, Format::Sarif] {
            let report = render(&analysis, format, &display());
            proptest::prop_assert!(report.len() < 16_000);
            // Inside of a JSON text a character that only reorders may stand as it is.
            let acts = |c: char| c.is_control() && c != '\n' || format != Format::Json && c == '\u{202e}';
            let clean = !report.chars().any(acts);
            proptest::prop_assert!(clean, "{}", report);
        }
    }
}
