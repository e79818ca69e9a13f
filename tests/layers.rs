//! The modules stand in `src/lib.rs` from the ground up, and a module names those above it in that list, never those
//! below. Files are touched in `source` only, and text is printed in `main.rs` and `cli` only.

use std::path::{Path, PathBuf};

#[test]
fn no_module_names_one_below_it() {
    let order = order();
    assert!(order.len() > 5, "the list of modules was not found");
    let mut broken: Vec<String> = Vec::new();
    for (path, code) in sources() {
        broken.extend(upward(&path, &code, &order).into_iter().map(|fault| format!("{path}: {fault}")));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn files_are_touched_in_one_module_and_text_is_printed_in_one() {
    let mut broken: Vec<String> = Vec::new();
    for (path, code) in sources() {
        broken.extend(misplaced(&path, &code).into_iter().map(|fault| format!("{path}: {fault}")));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_name_from_below_is_found_however_it_is_written() {
    let order: Vec<String> = ["value", "rules", "report"].map(String::from).to_vec();
    let found = |path: &str, code: &str| upward(path, code, &order).len();
    assert_eq!(found("rules/mod.rs", "use crate::report::Format;"), 1);
    assert_eq!(found("rules/mod.rs", "use crate::{value::Value, report::{Format, Display}};"), 1);
    assert_eq!(found("rules/mod.rs", "fn f(x: &crate :: report::Format) {}"), 1);
    assert_eq!(found("rules/mod.rs", "use super::report;"), 1);
    assert_eq!(found("rules/one.rs", "use super::super::report::Format;"), 1);
    assert_eq!(found("rules/one.rs", "use super::super::{value, report};"), 1);
    assert_eq!(found("rules/one.rs", "mod tests { use super::super::super::report; }"), 1);
    assert_eq!(found("rules/one.rs", "macro_rules! m { () => { $crate::report::render() } }"), 1);
    assert_eq!(found("value/mod.rs", "use crate::*;"), 1);
    assert_eq!(found("value/mod.rs", "use crate as all;"), 1);
    assert_eq!(found("value/mod.rs", "use vnetlint::rules::RULES;"), 1);
}

#[test]
fn a_name_from_above_or_in_a_text_is_no_fault() {
    let order: Vec<String> = ["value", "rules", "report"].map(String::from).to_vec();
    let found = |path: &str, code: &str| upward(path, code, &order).len();
    assert_eq!(found("report/mod.rs", "use crate::{rules, value::Value}; use super::rules::Rule;"), 0);
    assert_eq!(found("rules/mod.rs", "use crate::rules::report; use self::report;"), 0);
    assert_eq!(found("rules/mod.rs", "mod tests { use super::report; } "), 0);
    assert_eq!(found("rules/one.rs", "use super::report; use crate::{value::{self, report}};"), 0);
    assert_eq!(found("rules/mod.rs", "//! [`crate::report`]\n/* crate::report */ fn f() { \"crate::report\"; }"), 0);
    assert_eq!(found("rules/mod.rs", "fn f() { r#\"crate::report \" \"#; '\"'; \"\\\"crate::report\"; }"), 0);
    assert_eq!(found("rules/mod.rs", "fn f<'a>(x: &'a str) { let c = '\\''; }"), 0);
}

#[test]
fn files_and_prints_in_the_wrong_place_are_found() {
    assert_eq!(misplaced("rules/mod.rs", "fn f() { std::fs::read(p); }").len(), 1);
    assert_eq!(misplaced("rules/mod.rs", "use std::{io, fs::File};").len(), 1);
    assert_eq!(misplaced("rules/mod.rs", "use std::{collections::{BTreeMap, BTreeSet}, fs};").len(), 1);
    assert_eq!(misplaced("cli/mod.rs", "use std::fs;").len(), 1);
    assert_eq!(misplaced("source/file.rs", "use std::fs;").len(), 0);
    assert_eq!(misplaced("rules/mod.rs", "fn f() { println!(\"x\"); eprint!(\"y\"); dbg!(z); }").len(), 3);
    assert_eq!(misplaced("source/mod.rs", "fn f() { std::io::stderr().write(b); }").len(), 1);
    assert_eq!(misplaced("cli/mod.rs", "fn f() { println!(\"x\"); std::io::stdout(); }").len(), 0);
    assert_eq!(misplaced("main.rs", "fn main() { eprintln!(\"x\"); }").len(), 0);
    assert_eq!(misplaced("rules/mod.rs", "/// println!\nfn print() { write!(f, \"{}\", std::fmt::x) }").len(), 0);
}

/// The modules in the order of `src/lib.rs`.
fn order() -> Vec<String> {
    let tokens = tokens(&read(&folder().join("lib.rs")));
    let declared = tokens.windows(3).filter(|window| window[0] == "mod" && window[2] == ";");
    declared.map(|window| window[1].clone()).collect()
}

/// Every file below `src` but `lib.rs`, by its path from there.
fn sources() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut open = vec![folder()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(&directory).expect("a directory").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let relative = path.strip_prefix(folder()).expect("it lies below src");
                let name = relative.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
                all.push((name, read(&path)));
            }
        }
    }
    all.retain(|(path, _)| path != "lib.rs");
    all.sort();
    all
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a source file")
}

/// What a file names although it stands below the file's own module.
fn upward(path: &str, code: &str, order: &[String]) -> Vec<String> {
    let home = path.split('/').next().unwrap_or_default();
    // `main.rs` stands below everything.
    let Some(own) = order.iter().position(|module| module == home) else { return Vec::new() };
    let tokens = tokens(code);
    let mut faults: Vec<String> = Vec::new();
    let mut judge = |name: &str| match order.iter().position(|module| module == name) {
        Some(other) if other > own => faults.push(format!("`{home}` names `{name}`, which stands below it")),
        None if name == "*" || name == "as" => faults.push(format!("`{home}` takes the whole crate")),
        _ => {}
    };
    let depth_of_file = path.trim_end_matches(".rs").trim_end_matches("/mod").split('/').count();
    let mut inline: Vec<usize> = Vec::new();
    let mut braces = 0;
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "{" => {
                braces += 1;
                if at >= 2 && tokens[at - 2] == "mod" {
                    inline.push(braces);
                }
            }
            "}" => {
                if inline.last() == Some(&braces) {
                    inline.pop();
                }
                braces -= 1;
            }
            "crate" | "vnetlint" if tokens.get(at + 1).is_some_and(|next| next == "as") => judge("as"),
            "crate" | "vnetlint" => heads(&tokens, at + 1).iter().for_each(|name| judge(name)),
            "super" if at < 2 || tokens[at - 1] != "::" => {
                let mut climbed = 1;
                while tokens.get(at + 1).is_some_and(|next| next == "::")
                    && tokens.get(at + 2).is_some_and(|next| next == "super")
                {
                    climbed += 1;
                    at += 2;
                }
                if climbed == depth_of_file + inline.len() {
                    heads(&tokens, at + 1).iter().for_each(|name| judge(name));
                }
            }
            _ => {}
        }
        at += 1;
    }
    faults
}

/// What a file does although only another module may.
fn misplaced(path: &str, code: &str) -> Vec<String> {
    let home = path.split('/').next().unwrap_or_default();
    let tokens = tokens(code);
    let mut faults: Vec<String> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map_or("", String::as_str);
        let files = token == "std" && heads(&tokens, at + 1).iter().any(|name| name == "fs");
        if files && home != "source" {
            faults.push("`std::fs` stands in `source` only".into());
        }
        let macros = matches!(token.as_str(), "print" | "println" | "eprint" | "eprintln" | "dbg") && next == "!";
        let streams = matches!(token.as_str(), "stdout" | "stderr") && next == "(";
        if (macros || streams) && home != "cli" && home != "main.rs" {
            faults.push(format!("`{token}` stands in `main.rs` and `cli` only"));
        }
    }
    faults
}

/// The names that follow a path's `::` at `at`: one, or the first ones of each member of a group.
fn heads(tokens: &[String], at: usize) -> Vec<String> {
    if tokens.get(at).is_none_or(|token| token != "::") {
        return Vec::new();
    }
    match tokens.get(at + 1).map(String::as_str) {
        Some("{") => {
            let mut names: Vec<String> = Vec::new();
            let (mut depth, mut fresh) = (1, true);
            for token in &tokens[at + 2..] {
                match token.as_str() {
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    "," if depth == 1 => fresh = true,
                    name if fresh && depth == 1 => {
                        names.push(name.to_string());
                        fresh = false;
                    }
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
            }
            names
        }
        Some(name) => vec![name.to_string()],
        None => Vec::new(),
    }
}

/// Names and signs of a Rust text, without comments, texts and characters; `::` is one sign.
fn tokens(code: &str) -> Vec<String> {
    let chars: Vec<char> = code.chars().collect();
    let mut tokens: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        match c {
            '/' if next == '/' => at = find(&chars, at, |rest| rest[0] == '\n'),
            '/' if next == '*' => {
                let mut depth = 0;
                while at < chars.len() {
                    match (chars[at], chars.get(at + 1)) {
                        ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
                        ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
                        _ => at += 1,
                    }
                    if depth == 0 {
                        break;
                    }
                }
            }
            '"' => at = after_text(&chars, at),
            'r' | 'b' | 'c' if begins_raw(&chars, at).is_some() => {
                let hashes = begins_raw(&chars, at).unwrap_or_default();
                let quote = find(&chars, at, |rest| rest[0] == '"') + 1;
                let end = find(&chars, quote, |rest| {
                    rest[0] == '"' && rest.iter().skip(1).take_while(|c| **c == '#').count() >= hashes
                });
                at = end + 1 + hashes;
            }
            '\'' if next == '\\' => at = find(&chars, at + 3, |rest| rest[0] == '\'') + 1,
            '\'' if chars.get(at + 2) == Some(&'\'') => at += 3,
            ':' if next == ':' => {
                tokens.push("::".into());
                at += 2;
            }
            _ if c.is_alphanumeric() || c == '_' => {
                let end = find(&chars, at, |rest| !(rest[0].is_alphanumeric() || rest[0] == '_'));
                tokens.push(chars[at..end].iter().collect());
                at = end;
            }
            _ => {
                if !c.is_whitespace() {
                    tokens.push(c.to_string());
                }
                at += 1;
            }
        }
    }
    tokens
}

/// How many `#` a raw text has that begins here: `r"`, `br#"`.
fn begins_raw(chars: &[char], at: usize) -> Option<usize> {
    let before = at.checked_sub(1).and_then(|at| chars.get(at));
    if before.is_some_and(|c| c.is_alphanumeric() || *c == '_') {
        return None;
    }
    let at = if chars[at] == 'r' { at } else { at + 1 };
    if chars.get(at) != Some(&'r') {
        return None;
    }
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    (chars.get(at + 1 + hashes) == Some(&'"')).then_some(hashes)
}

fn after_text(chars: &[char], at: usize) -> usize {
    let mut at = at + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

fn find(chars: &[char], from: usize, wanted: impl Fn(&[char]) -> bool) -> usize {
    (from..chars.len()).find(|at| wanted(&chars[*at..])).unwrap_or(chars.len())
}
