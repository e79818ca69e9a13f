//! Every folder below `fixtures/` that holds a `case.md` finds what its files say, and nothing else.
//!
//! A folder below `fixtures/` that is called as a rule holds that rule's cases: compared are the findings of that rule, of
//! every confidence, of the codes that a mark of the run names, and of the run itself. A case stands for what its rule needs and
//! for no more, so that other rules may speak of it; so does a case of `plan-twins`, of the codes that its marks name. Every other folder is a whole estate, and all that the default
//! profile finds in it is compared.
//!
//! A case with two or more of the folders `terraform`, `bicep`, `arm` and `plan` is one infrastructure in several
//! languages: each is run alone, and all have the same verdicts. Every other case is one run over the whole folder.

mod support;

use std::path::{Path, PathBuf};

use support::{Expected, code, difference, found, in_profile, listed, marks, options, verdicts};
use vnetlint::analysis::{Analysis, analyze};
use vnetlint::rules::{Finding, RULES, Rule, Verdict};
use vnetlint::source::{MAX_FILE_SIZE, Sources};

/// The repository; cases are named by their path from here.
fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn run(path: &str) -> Analysis {
    analyze(Sources::below(&repository(), MAX_FILE_SIZE), &options(&[path]))
}

/// Every file below a directory, as paths from the repository, sorted.
fn files(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(repository().join(path)).unwrap_or_else(|_| panic!("{path} is a directory"));
    for entry in entries.flatten() {
        let name = entry.file_name().into_string().expect("names of fixtures are Unicode");
        match entry.path().is_dir() {
            true => found.extend(files(&format!("{path}/{name}"))),
            false => found.push(format!("{path}/{name}")),
        }
    }
    found.sort();
    found
}

fn text(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).unwrap_or_else(|_| panic!("{path} is a text"))
}

/// The cases, as paths from the repository.
fn cases() -> Vec<String> {
    let all = files("fixtures");
    all.iter().filter_map(|path| path.strip_suffix("/case.md").map(str::to_string)).collect()
}

/// The rule whose case a path is.
fn rule_of(path: &str) -> Option<&'static Rule> {
    let folder = path.strip_prefix("fixtures/")?.split('/').next()?;
    RULES.iter().copied().find(|rule| rule.name == folder)
}

/// Whether a finding is compared in a run whose marks name these codes.
fn compared(path: &str, finding: &Finding, expected: &[Expected]) -> bool {
    let named = |code: &str| expected.iter().any(|mark| mark.code == code);
    let undecided = finding.verdict == Verdict::Undecided && !named(&code(finding));
    match rule_of(path) {
        _ if undecided => false,
        Some(rule) => finding.code == rule.code || named(&code(finding)) || finding.code.starts_with("VNL-P"),
        // What a plan is compared with is no estate: it stands for how a plan is read.
        None if path.starts_with("fixtures/plan-twins/") => named(&code(finding)) || finding.code.starts_with("VNL-P"),
        None => in_profile(finding) && !is_advice(finding),
    }
}

/// It is of a rule that only runs where it is selected.
fn is_advice(finding: &Finding) -> bool {
    RULES.iter().any(|rule| rule.code == finding.code && rule.opt_in)
}

/// The languages of a case that is written in several.
fn twins(case: &str) -> Option<Vec<String>> {
    let all = ["terraform", "bicep", "arm", "plan"].map(|language| format!("{case}/{language}"));
    let written: Vec<String> = all.into_iter().filter(|path| repository().join(path).is_dir()).collect();
    (written.len() > 1).then_some(written)
}

/// The runs of a case: one, or one a language.
fn runs(case: &str) -> Vec<String> {
    twins(case).unwrap_or_else(|| vec![case.to_string()])
}

fn expected(path: &str) -> Vec<Expected> {
    let mut all = Vec::new();
    for file in files(path) {
        match Path::new(&file).extension().and_then(|extension| extension.to_str()) {
            Some("tf" | "tofu" | "bicep" | "bicepparam" | "tfvars") => all.extend(marks(&file, &text(&file))),
            Some("txt") if file.ends_with("/expect.txt") => all.extend(listed(path, &text(&file))),
            _ => {}
        }
    }
    all
}

#[test]
fn every_case_finds_what_it_says_and_nothing_else() {
    let mut wrong = Vec::new();
    for path in cases().iter().flat_map(|case| runs(case)) {
        let analysis = run(&path);
        let expected = expected(&path);
        let found = found(&analysis, |finding| compared(&path, finding, &expected));
        wrong.extend(difference(&expected, &found));
        if analysis.roots.is_empty() {
            wrong.push(format!("{path}: nothing to analyse"));
        }
        let undecided = analysis.findings.iter().filter(|finding| finding.verdict == Verdict::Undecided);
        for finding in undecided.filter(|finding| finding.deciders.is_empty() && !finding.code.starts_with("VNL-")) {
            wrong.push(format!("{path}: {} does not say what would decide: {}", finding.code, finding.message));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_same_infrastructure_has_the_same_verdicts_in_all_languages() {
    let mut wrong = Vec::new();
    for languages in cases().iter().filter_map(|case| twins(case)) {
        // What the languages assume differs, so only what the case is about must be the same, whatever its confidence.
        let of_rule = |path: &str, analysis: &Analysis| match rule_of(path) {
            Some(rule) => {
                let of = analysis.findings.iter().filter(|finding| finding.code == rule.code);
                let mut codes: Vec<String> = of.map(code).collect();
                codes.sort();
                codes
            }
            None => verdicts(analysis),
        };
        let of: Vec<_> = languages.iter().map(|path| (path, of_rule(path, &run(path)))).collect();
        if of.iter().any(|(_, verdicts)| *verdicts != of[0].1) {
            wrong.push(format!("{of:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_twins_that_are_bad_good_and_undecided() {
    for rule in RULES {
        for kind in ["bad", "good", "undecided"] {
            let case = format!("fixtures/{}/{kind}", rule.name);
            let written = twins(&case).unwrap_or_default();
            let both = ["terraform", "bicep"].iter().all(|language| written.contains(&format!("{case}/{language}")));
            assert!(both, "{case} is missing in Terraform or Bicep");
            let codes: Vec<String> = runs(&case).iter().flat_map(|path| expected(path)).map(|mark| mark.code).collect();
            match kind {
                "bad" => assert!(codes.iter().any(|code| code == rule.code), "{case} does not show {}", rule.code),
                "good" => assert!(codes.is_empty(), "{case} is not good: {codes:?}"),
                _ => assert!(codes.iter().any(|code| code.ends_with('?')), "{case} is decided: {codes:?}"),
            }
        }
    }
}

#[test]
fn every_case_says_what_it_shows() {
    for case in cases() {
        let said = text(&format!("{case}/case.md"));
        assert!(said.trim().ends_with('.') && said.trim().len() > 20, "{case}/case.md says nothing");
    }
}

#[test]
fn every_file_belongs_to_a_case() {
    let cases = cases();
    for file in files("fixtures") {
        let inside = cases.iter().any(|case| file.starts_with(&format!("{case}/")));
        assert!(inside, "{file} belongs to no case; a case has a case.md");
    }
}

/// How the estate's report looks; what it says is in its `expect.txt`. `UPDATE=1 cargo test` writes it anew.
#[test]
fn the_estate_is_reported_as_it_was() {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = ["vnetlint", "check", "fixtures/estate"];
    let code = vnetlint::cli::run(arguments.map(Into::into), &mut out, &mut err);
    let report = String::from_utf8(out).expect("a report is text");
    let kept = repository().join("fixtures/estate/expected/report.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&kept, &report).expect("the report is written");
    }
    assert_eq!(report, text("fixtures/estate/expected/report.txt"));
    assert_eq!((code, String::from_utf8_lossy(&err).as_ref()), (1, ""));
}

#[test]
fn the_estate_shows_all_that_the_tool_was_made_for() {
    for estate in ["fixtures/estate", "fixtures/estate-with-templates"] {
        let mut codes = verdicts(&run(estate));
        codes.retain(|code| !code.ends_with('?'));
        assert_eq!(codes, ["VNL001", "VNL020", "VNL091", "VNL110"], "{estate}");
    }
}
