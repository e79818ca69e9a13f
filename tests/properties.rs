//! What holds for every input: rewrites that change nothing change no finding, and knowing more never contradicts.
//!
//! The inputs are the cases below `fixtures/`, rewritten.

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;
use vnetlint::analysis::{Analysis, analyze};
use vnetlint::rules::{Confidence, Verdict, says_more};
use vnetlint::source::Sources;
use vnetlint::value::Truth;

use support::{code, in_profile, options};

/// The files of one run of a case, by their path from its folder.
#[derive(Clone, Debug)]
struct Case {
    name: String,
    files: Vec<(String, String)>,
}

impl Case {
    fn analysis(&self) -> Analysis {
        analyze(Sources::of_texts(self.files.clone()), &options(&[""]))
    }

    /// The findings: code, verdict and subject; those of the profile, sorted.
    fn findings(&self) -> Vec<String> {
        let analysis = self.analysis();
        let findings = analysis.findings.iter().filter(|finding| in_profile(finding));
        let mut found: Vec<String> = findings
            .map(|finding| {
                format!("{} {}", code(finding), finding.subject.as_ref().map_or("", |subject| subject.text()))
            })
            .collect();
        found.sort();
        found
    }

    /// All its files, for whoever reads why a test failed.
    fn text(&self) -> String {
        self.files.iter().map(|(path, text)| format!("--- {path}\n{text}")).collect()
    }

    /// It has one Terraform directory or one Bicep file, so that it can be wrapped as a whole.
    fn is_flat(&self) -> bool {
        self.files.iter().all(|(path, _)| !path.contains('/'))
            && self.files.iter().all(|(path, _)| !path.ends_with("vars"))
    }

    fn holds(&self, text: &str) -> bool {
        self.files.iter().any(|(_, file)| file.contains(text))
    }
}

/// Every run of every case, the estate left out: it is large, and it is tested for itself.
fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| {
        let mut found = Vec::new();
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        collect(&fixtures, "", &mut found);
        found.retain(|case: &Case| !case.name.starts_with("estate"));
        assert!(found.len() > 50, "the cases are not where they were");
        found
    })
}

fn collect(directory: &Path, name: &str, found: &mut Vec<Case>) {
    let is_case = directory.join("case.md").exists();
    let twins = directory.join("terraform").is_dir() && directory.join("bicep").is_dir();
    if is_case && !twins || name.ends_with("/terraform") || name.ends_with("/bicep") {
        let mut files = Vec::new();
        texts(directory, "", &mut files);
        found.push(Case { name: name.to_string(), files });
        return;
    }
    for (entry, is_directory) in entries(directory) {
        if is_directory {
            let below = if name.is_empty() { entry.clone() } else { format!("{name}/{entry}") };
            collect(&directory.join(&entry), &below, found);
        }
    }
}

fn texts(directory: &Path, below: &str, files: &mut Vec<(String, String)>) {
    for (entry, is_directory) in entries(directory) {
        let path = if below.is_empty() { entry.clone() } else { format!("{below}/{entry}") };
        match is_directory {
            true => texts(&directory.join(&entry), &path, files),
            false if entry == "case.md" => {}
            false => files.push((path, std::fs::read_to_string(directory.join(&entry)).expect("a text"))),
        }
    }
}

fn entries(directory: &Path) -> Vec<(String, bool)> {
    let read = std::fs::read_dir(directory).expect("a directory");
    let mut entries: Vec<(String, bool)> = read
        .flatten()
        .map(|entry| (entry.file_name().into_string().expect("a Unicode name"), entry.path().is_dir()))
        .collect();
    entries.sort();
    entries
}

/// The lines of a text in groups that belong together: a line, or one that opens something and all to its close.
fn groups(lines: &[String]) -> Vec<Vec<String>> {
    let mut groups: Vec<Vec<String>> = Vec::new();
    let mut depth = 0i32;
    for line in lines {
        if depth == 0 {
            groups.push(Vec::new());
        }
        groups.last_mut().expect("a group is open").push(line.clone());
        depth += opened(line);
    }
    groups
}

/// How many brackets a line leaves open; the texts of the fixtures have none inside their strings but `${…}`.
fn opened(line: &str) -> i32 {
    let code = line.split(" # ").next().unwrap_or_default().split(" // ").next().unwrap_or_default();
    code.chars().map(|c| i32::from("{[(".contains(c)) - i32::from("}])".contains(c))).sum()
}

/// The same declarations and attributes in another order; the items of lists stay where they are.
fn reordered(lines: &[String], random: &mut impl FnMut(usize) -> usize) -> Vec<String> {
    let mut groups = groups(lines);
    for index in (1..groups.len()).rev() {
        groups.swap(index, random(index + 1));
    }
    let inner = |mut group: Vec<String>| {
        let first = group.first().cloned().unwrap_or_default();
        let last = group.last().cloned().unwrap_or_default();
        if group.len() > 2 && first.trim_end().ends_with('{') && last.trim() == "}" {
            let body = reordered(&group[1..group.len() - 1], random);
            group = std::iter::once(first).chain(body).chain([last]).collect();
        }
        group
    };
    groups.into_iter().flat_map(inner).collect()
}

/// Numbers below a bound, the same for the same seed.
fn random(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % below
    }
}

/// The places of the plain texts that stand alone after `=` or `:`, without their quotes.
fn literals(path: &str, text: &str) -> Vec<std::ops::Range<usize>> {
    let (sign, quote) = if path.ends_with(".tf") { (" = \"", '"') } else { (": '", '\'') };
    let mut found = Vec::new();
    let mut at = 0;
    let mut inside_call = false;
    for line in text.split_inclusive('\n') {
        // The source of a module, and what declares an input, must be written out.
        let head = line.trim_start();
        if !line.starts_with(' ') {
            inside_call =
                ["module", "variable", "data", "terraform", "provider"].iter().any(|word| head.starts_with(word));
        }
        let fixed = inside_call || ["source ", "version ", "command "].iter().any(|name| head.starts_with(name));
        if let (Some(start), false) = (line.find(sign), fixed) {
            let start = start + sign.len();
            let rest = &line[start..];
            if let Some(length) = rest.find(quote) {
                let after = rest[length + 1..].trim();
                let alone = after.is_empty() || after.starts_with('#') || after.starts_with("//");
                if alone && !rest[..length].contains("${") {
                    found.push(at + start..at + start + length);
                }
            }
        }
        at += line.len();
    }
    found
}

/// A literal of a case: which file, and where in it.
fn chosen(case: &Case, index: Index) -> Option<(usize, std::ops::Range<usize>)> {
    let all: Vec<(usize, std::ops::Range<usize>)> = case
        .files
        .iter()
        .enumerate()
        .filter(|(_, (path, _))| path.ends_with(".tf") || path.ends_with(".bicep"))
        .flat_map(|(file, (path, text))| literals(path, text).into_iter().map(move |range| (file, range)))
        .collect();
    (!all.is_empty()).then(|| all[index.index(all.len())].clone())
}

/// The case with a literal replaced by a name, and the declaration of that name added to its file.
fn with_name(case: &Case, file: usize, range: std::ops::Range<usize>, tf: (&str, &str), bicep: (&str, &str)) -> Case {
    let mut case = case.clone();
    let (path, text) = &mut case.files[file];
    let (name, declaration) = if path.ends_with(".tf") { tf } else { bicep };
    let (before, after) = (&text[..range.start - 1], &text[range.end + 1..]);
    *text = format!("{before}{name}{after}\n{declaration}\n");
    case
}

fn config() -> ProptestConfig {
    // The same cases on every run; another number here looks at others.
    ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::with_cases(96) }
}

fn any_truth() -> impl Strategy<Value = Truth> {
    prop::sample::select(vec![Truth::No, Truth::Unknown, Truth::Yes])
}

/// What a truth may turn out to be.
fn outcomes(truth: Truth) -> Vec<bool> {
    match truth {
        Truth::Yes => vec![true],
        Truth::No => vec![false],
        Truth::Unknown => vec![false, true],
    }
}

/// The one truth that stands for these outcomes.
fn of_outcomes(outcomes: &BTreeSet<bool>) -> Truth {
    match (outcomes.contains(&true), outcomes.contains(&false)) {
        (true, false) => Truth::Yes,
        (false, true) => Truth::No,
        _ => Truth::Unknown,
    }
}

proptest! {
    #![proptest_config(config())]

    /// A combination is known exactly if every way in which its parts may turn out gives the same answer.
    #[test]
    fn truth_obeys_kleene(a in any_truth(), b in any_truth()) {
        let both = |of: fn(bool, bool) -> bool| {
            let all = outcomes(a).into_iter().flat_map(|a| outcomes(b).into_iter().map(move |b| of(a, b)));
            of_outcomes(&all.collect())
        };
        prop_assert_eq!(a & b, both(|a, b| a && b));
        prop_assert_eq!(a | b, both(|a, b| a || b));
        prop_assert_eq!(!a, of_outcomes(&outcomes(a).into_iter().map(|a| !a).collect()));
        prop_assert_eq!(Truth::any([a, b]), a | b);
        prop_assert_eq!(Truth::all([a, b]), a & b);
    }

    #[test]
    fn the_order_of_declarations_and_attributes_changes_no_finding(
        case in any::<Index>(),
        seed in any::<u64>(),
    ) {
        let case = &cases()[case.index(cases().len())];
        let mut random = random(seed);
        let mut other = case.clone();
        for (path, text) in &mut other.files {
            if path.ends_with(".tf") || path.ends_with(".bicep") {
                let lines: Vec<String> = text.lines().map(str::to_string).collect();
                *text = reordered(&lines, &mut random).join("\n") + "\n";
            }
        }
        prop_assert_eq!(case.findings(), other.findings(), "{}\n{}", case.name, other.text());
    }

    /// Terraform reads a directory: which of its files says something does not matter.
    #[test]
    fn the_files_of_a_directory_are_one_text(case in any::<Index>(), seed in any::<u64>()) {
        let mut random = random(seed);
        let flat: Vec<&Case> = cases().iter().filter(|case| case.is_flat() && case.holds("azurerm_")).collect();
        let case = flat[case.index(flat.len())];
        let blocks: Vec<Vec<String>> = case
            .files
            .iter()
            .flat_map(|(_, text)| groups(&text.lines().map(str::to_string).collect::<Vec<_>>()))
            .collect();
        let mut files = ["z.tf", "a.tf", "m.tf"].map(|path| (path.to_string(), String::new()));
        for block in &blocks {
            files[random(3)].1.push_str(&(block.join("\n") + "\n"));
        }
        let other = Case { name: case.name.clone(), files: files.to_vec() };
        prop_assert_eq!(case.findings(), other.findings(), "{}", case.name);
    }

    #[test]
    fn a_name_for_a_value_changes_no_finding(case in any::<Index>(), literal in any::<Index>()) {
        let case = &cases()[case.index(cases().len())];
        let Some((file, range)) = chosen(case, literal) else { return Ok(()) };
        let text = case.files[file].1[range.clone()].to_string();
        let tf = format!("locals {{\n  extracted = \"{text}\"\n}}");
        let bicep = format!("var extracted = '{text}'");
        let other = with_name(case, file, range, ("local.extracted", &tf), ("extracted", &bicep));
        prop_assert_eq!(case.findings(), other.findings(), "{}: `{}` extracted", case.name, text);
        let tf = format!("variable \"extracted\" {{\n  type    = string\n  default = \"{text}\"\n}}");
        let bicep = format!("param extracted string = '{text}'");
        let Some((file, range)) = chosen(case, literal) else { return Ok(()) };
        if !case.files[file].0.contains('/') {
            let other = with_name(case, file, range, ("var.extracted", &tf), ("extracted", &bicep));
            prop_assert_eq!(case.findings(), other.findings(), "{}: `{}` made an input", case.name, text);
        }
    }

    /// A violation that holds while a text is not known holds whatever the text is.
    #[test]
    fn knowing_more_never_contradicts(case in any::<Index>(), literal in any::<Index>()) {
        let case = &cases()[case.index(cases().len())];
        let Some((file, range)) = chosen(case, literal) else { return Ok(()) };
        let forgotten = with_name(
            case,
            file,
            range.clone(),
            ("var.forgotten", "variable \"forgotten\" {\n  type = string\n}"),
            ("forgotten", "param forgotten string"),
        );
        let mut other = case.clone();
        other.files[file].1.replace_range(range.clone(), "something-else");
        let text = &case.files[file].1[range.clone()];
        let sure = violations(&forgotten, Confidence::High);
        // A subnet, a link and a peering lie in the group of what they belong to: Azure refuses any other.
        let line = case.files[file].1[..range.start].lines().last().unwrap_or_default();
        let possible: Vec<&Case> = match line.contains("resource_group_name") {
            true => vec![case],
            false => vec![case, &other],
        };
        for known in possible {
            let all = violations(known, Confidence::Low);
            for (code, subject) in &sure {
                let holds = all.iter().any(|(other, of)| of == subject && says(other, code));
                prop_assert!(holds, "{}: {code} of {subject} without `{text}`, with it {all:?}", case.name);
            }
        }
    }
}

/// The violations of a case that are at least so sure: the code and the subject, or what it is a part of.
fn violations(case: &Case, least: Confidence) -> BTreeSet<(&'static str, String)> {
    let analysis = case.analysis();
    let findings = analysis.findings.iter();
    findings
        .filter(|finding| finding.verdict == Verdict::Violation && finding.confidence >= least)
        // A part without a name that is known is called by its number.
        .filter_map(|finding| {
            let subject = finding.subject.as_ref()?.text();
            Some((finding.code, subject.split_once('/').map_or(subject, |(whole, _)| whole).to_string()))
        })
        .collect()
}

/// The one finding says what the other one says, of the same root cause.
fn says(code: &str, of: &str) -> bool {
    // One table, and the model of a cluster, have several things that may be wrong with them.
    const AS_MUCH: [(&str, &str); 2] = [("VNL071", "VNL070"), ("VNL160", "VNL179")];
    code == of || says_more(code, of) || AS_MUCH.contains(&(code, of))
}

/// The findings without the way to their subjects: a module puts its name before those.
fn codes(case: &Case) -> Vec<String> {
    let mut codes: Vec<String> =
        case.findings().iter().filter_map(|finding| finding.split(' ').next().map(str::to_string)).collect();
    codes.sort();
    codes
}

#[test]
fn a_module_around_everything_changes_no_finding() {
    let mut wrong = Vec::new();
    let mut wrapped = 0;
    for case in cases().iter().filter(|case| {
        // The root says which version of a provider all its modules have, and a directory with a provider is a root.
        case.is_flat()
            && !case.holds("variable \"")
            && !case.holds("required_providers")
            && !case.holds("\nprovider \"")
    }) {
        let bicep = case.files.iter().any(|(path, _)| path == "main.bicep");
        if bicep
            && case
                .files
                .iter()
                .any(|(_, text)| text.lines().any(|line| line.starts_with("param ") && !line.contains('=')))
        {
            continue;
        }
        let call = if bicep {
            ("main.bicep", "module all 'all/main.bicep' = {\n  name: 'all'\n}\n")
        } else {
            ("main.tf", "module \"all\" {\n  source = \"./all\"\n}\n")
        };
        let mut files: Vec<(String, String)> =
            case.files.iter().map(|(path, text)| (format!("all/{path}"), text.clone())).collect();
        files.push((call.0.to_string(), call.1.to_string()));
        let other = Case { name: case.name.clone(), files };
        wrapped += 1;
        if codes(case) != codes(&other) {
            wrong.push(format!("{}: {:?}, in a module {:?}", case.name, codes(case), codes(&other)));
        }
    }
    assert!(wrapped > 50, "only {wrapped} cases could be wrapped");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Answers for the inputs that cases leave open, and what each answer makes of the case.
#[test]
fn an_answer_decides_what_was_open() {
    let answers: &[(&str, &str, &str, &[&str])] = &[
        ("udr-outbound-relies-on-dynamic-routes/undecided", "use_remote_gateways", "true", &["VNL074"]),
        ("udr-outbound-relies-on-dynamic-routes/undecided", "use_remote_gateways", "false", &["VNL071"]),
        ("udr-outbound-beside-dynamic-routes/undecided", "propagate", "true", &["VNL091"]),
        ("udr-outbound-beside-dynamic-routes/undecided", "propagate", "false", &[]),
        ("udr-route-table-without-default-route/undecided", "routes", "[]", &["VNL071"]),
        (
            "udr-route-table-without-default-route/undecided",
            "routes",
            "[{ name = \"out\", prefix = \"0.0.0.0/0\" }]",
            &[],
        ),
        ("udr-outbound-without-route-table/outbound-undecided", "outbound", "userDefinedRouting", &["VNL070"]),
        ("udr-outbound-without-route-table/outbound-undecided", "outbound", "loadBalancer", &[]),
        ("system-zone-with-custom-dns/undecided", "zone_id", "System", &["VNL002"]),
        ("application-gateway-shared-by-clusters/undecided", "clusters", "[\"blue\", \"green\"]", &["VNL110"]),
        ("application-gateway-shared-by-clusters/undecided", "clusters", "[\"blue\"]", &[]),
        ("custom-dns-before-zone-link/unknown-servers-and-hub-linked", "dns_servers", "[\"10.20.1.4\"]", &[]),
        ("custom-dns-before-zone-link/unknown-servers-and-hub-linked", "dns_servers", "[]", &[]),
    ];
    for (name, input, answer, expected) in answers {
        let folder = |case: &&Case| case.name == format!("{name}/terraform") || case.name == *name;
        let case = cases().iter().find(folder).unwrap_or_else(|| panic!("there is no case {name}"));
        let mut asked = options(&[""]);
        asked.inputs.variables.push((input.to_string(), answer.to_string()));
        let analysis = analyze(Sources::of_texts(case.files.clone()), &asked);
        let mut codes: Vec<String> = analysis.findings.iter().filter(|finding| in_profile(finding)).map(code).collect();
        // Other rules may speak of a case too.
        codes.retain(|code| answers.iter().any(|(_, _, _, expected)| expected.contains(&code.as_str())));
        codes.sort();
        assert_eq!(codes, *expected, "{name} with {input} = {answer}");
    }
}
