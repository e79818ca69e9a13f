//! The documentation says what the rules' pages say, and every link in it leads somewhere.
//!
//! `UPDATE=1 cargo test --test docs` writes the pages of the rules, their list and the summary anew; `mdbook build docs`
//! makes a book of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use vnetlint::rules::{RULES, Rule};

/// The pages that are written by hand, as the summary lists them: a title and a file.
const TOPICS: &[(&str, &str)] = &[
    ("The network models and their addresses", "topics/network-models.md"),
    ("A private cluster and its name", "topics/private-clusters.md"),
    ("From users to the cluster", "topics/ingress.md"),
    ("From pods to backend services", "topics/backends.md"),
    ("The way out", "topics/egress.md"),
    ("Who may reach the API server", "topics/api-server.md"),
];

/// The blocks of codes, as the catalogue divides them: the first code of each and what it is about.
const BLOCKS: &[(&str, &str)] = &[
    ("VNL001", "Order of DNS and clusters"),
    ("VNL020", "Private DNS zones and identities"),
    ("VNL040", "DNS servers, proxies and resolvers"),
    ("VNL050", "VNets and peerings"),
    ("VNL070", "Egress and routes"),
    ("VNL100", "Hubs, Virtual WAN, Route Server"),
    ("VNL110", "Ingress and Application Gateway"),
    ("VNL140", "Web application firewalls, TLS, the edge"),
    ("VNL150", "The API server"),
    ("VNL160", "Network models and address plans"),
    ("VNL200", "Network policies and security groups"),
    ("VNL220", "Load balancers and NAT"),
    ("VNL230", "Private endpoints and platform services"),
    ("VNL250", "DDoS protection"),
];

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src")
}

/// The heading of one rule's page and what `explain` prints below it.
fn page(rule: &Rule) -> String {
    let Rule { code, name, since, .. } = rule;
    let (level, confidence) = (rule.level.word(), rule.confidence.word());
    let advice = if rule.opt_in { " It is only advice, and runs where `--extend-select` names it." } else { "" };
    let head = format!("# {code} {name}\n\n*{level}, {confidence} confidence, since {since}.*{advice}\n\n");
    format!("{head}{}\n", rule.page())
}

/// The rules of each block.
fn blocks() -> Vec<(&'static str, Vec<&'static Rule>)> {
    let of = |index: usize| {
        let (first, title) = BLOCKS[index];
        let end = BLOCKS.get(index + 1).map_or("VNL999", |(code, _)| code);
        let rules = RULES.iter().copied().filter(|rule| rule.code >= first && rule.code < end);
        (title, rules.collect())
    };
    (0..BLOCKS.len()).map(of).collect()
}

fn list() -> String {
    let mut text = String::from("# The rules\n");
    for (title, rules) in blocks().into_iter().filter(|(_, rules)| !rules.is_empty()) {
        text.push_str(&format!("\n## {title}\n\n| code | level | what it finds |\n|---|---|---|\n"));
        for rule in rules {
            let (code, level, summary) = (rule.code, rule.level.word(), rule.summary().replace('|', "\\|"));
            text.push_str(&format!("| [{code}](rules/{code}.md) | {level} | {summary} |\n"));
        }
    }
    text
}

fn summary() -> String {
    let mut text = String::from("# Summary\n\n[vnetlint](introduction.md)\n\n# Topics\n\n");
    TOPICS.iter().for_each(|(title, path)| text.push_str(&format!("- [{title}]({path})\n")));
    text.push_str("- [What we cannot know](what-we-cannot-know.md)\n\n# Rules\n\n- [The rules](rules.md)\n");
    for rule in RULES {
        text.push_str(&format!("  - [{} {}](rules/{}.md)\n", rule.code, rule.name, rule.code));
    }
    text
}

/// Every page that is made of the rules.
fn generated() -> Vec<(String, String)> {
    let pages = RULES.iter().map(|rule| (format!("rules/{}.md", rule.code), page(rule)));
    pages.chain([("rules.md".into(), list()), ("SUMMARY.md".into(), summary())]).collect()
}

/// Every Markdown file of the book, as paths below it.
fn files(below: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(docs().join(below)).expect("a directory of the book");
    let mut found = BTreeSet::new();
    for entry in entries.flatten() {
        let name = entry.file_name().into_string().expect("names are Unicode");
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        match entry.path().is_dir() {
            true => found.extend(files(&path)),
            false => drop(found.insert(path)),
        }
    }
    found
}

/// The targets of Markdown's links in a text.
fn links(text: &str) -> Vec<&str> {
    let mut inside_code = false;
    let lines = text.lines().filter(|line| {
        inside_code ^= line.starts_with("```");
        !inside_code
    });
    lines.flat_map(|line| line.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(to, _)| to))).collect()
}

#[test]
fn the_pages_are_what_the_rules_say() {
    let wanted = generated();
    if std::env::var_os("UPDATE").is_some() {
        drop(std::fs::remove_dir_all(docs().join("rules")));
        std::fs::create_dir_all(docs().join("rules")).expect("a directory");
        for (path, text) in &wanted {
            std::fs::write(docs().join(path), text).expect("the page is written");
        }
    }
    let differs =
        |(path, text): &&(String, String)| std::fs::read_to_string(docs().join(path)).ok().as_ref() != Some(text);
    let stale: Vec<&String> = wanted.iter().filter(differs).map(|(path, _)| path).collect();
    assert!(stale.is_empty(), "`UPDATE=1 cargo test --test docs` writes them: {stale:?}");
    let of_rules: BTreeSet<String> = wanted.iter().map(|(path, _)| path.clone()).collect();
    let by_hand = TOPICS.iter().map(|(_, path)| path.to_string());
    let by_hand = by_hand.chain(["introduction.md".into(), "what-we-cannot-know.md".into()]);
    assert_eq!(files(""), of_rules.into_iter().chain(by_hand).collect::<BTreeSet<_>>());
}

#[test]
fn every_link_leads_to_a_page() {
    let all = files("");
    let mut dead = Vec::new();
    let mut followed = 0;
    for path in &all {
        let text = std::fs::read_to_string(docs().join(path)).expect("a page");
        for link in links(&text).into_iter().filter(|link| !link.contains("://") && !link.starts_with('#')) {
            let file = link.split('#').next().unwrap_or(link);
            let beside = Path::new(path).parent().unwrap_or(Path::new("")).join(file);
            let mut parts: Vec<String> = Vec::new();
            for part in beside.components() {
                match part {
                    std::path::Component::ParentDir => drop(parts.pop()),
                    part => parts.push(part.as_os_str().to_string_lossy().into_owned()),
                }
            }
            followed += 1;
            if !all.contains(&parts.join("/")) {
                dead.push(format!("{path}: {link}"));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
    assert!(followed > RULES.len());
}

#[test]
fn every_code_that_a_page_names_is_a_rule() {
    let mut unknown = Vec::new();
    for path in files("").iter().filter(|path| !path.starts_with("rules/")) {
        let text = std::fs::read_to_string(docs().join(path)).expect("a page");
        for (at, _) in text.match_indices("VNL") {
            let code = text[at..].get(..6).unwrap_or_default();
            let is_code = code.bytes().skip(3).all(|byte| byte.is_ascii_digit());
            if is_code && !RULES.iter().any(|rule| rule.code == code) {
                unknown.push(format!("{path}: {code}"));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

#[test]
fn every_rule_is_in_the_list() {
    let listed: usize = blocks().iter().map(|(_, rules)| rules.len()).sum();
    assert_eq!(listed, RULES.len());
}
