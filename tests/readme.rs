//! What the README shows is what the tool does: its commands run here, and its table is the registry.
//!
//! A block of `sh` holds commands only. A block of `console` holds commands after `$ ` and below each what it prints;
//! a line `…` stands for any lines left out, and `echo $?` asks for the exit code of the command before it. `UPDATE=1`
//! writes the table of rules anew.

use std::ffi::OsString;

use vnetlint::cli::run;
use vnetlint::rules::RULES;

/// A fenced block of the README.
struct Block {
    language: String,
    line: usize,
    text: String,
}

struct Said {
    code: u8,
    out: String,
    err: String,
}

#[test]
fn every_command_that_is_shown_is_one_that_the_tool_takes() {
    let mut count = 0;
    for block in blocks(&readme()).iter().filter(|block| block.language == "sh") {
        for command in block.text.lines().filter_map(words) {
            let said = say(&command);
            assert!(said.code < 2, "line {}: `{}`: {}", block.line, command.join(" "), said.err);
            count += 1;
        }
    }
    assert!(count > 5, "{count} commands were found");
}

#[test]
fn what_is_shown_below_a_command_is_what_it_prints() {
    let mut count = 0;
    for block in blocks(&readme()).iter().filter(|block| block.language == "console") {
        let mut code = None;
        for (line, shown) in shown_in(block) {
            if line == "echo $?" {
                assert_eq!(Some(shown.trim()), code.as_deref(), "line {}: the exit code", block.line);
                continue;
            }
            let command = words(line).unwrap_or_else(|| panic!("line {}: `{line}` is no command here", block.line));
            let said = say(&command);
            assert!(fits(&shown, &said.out), "line {}: `{line}` prints:\n{}{}", block.line, said.out, said.err);
            code = Some(said.code.to_string());
            count += 1;
        }
    }
    assert!(count > 0, "no output is shown");
}

#[test]
fn the_table_of_rules_is_the_registry() {
    let rows = RULES
        .iter()
        .map(|rule| format!("| `{}` | `{}` | {} | {} |\n", rule.code, rule.name, rule.level.word(), rule.summary()));
    let table = "| code | name | level | what it finds |\n|---|---|---|---|\n".to_string() + &rows.collect::<String>();
    let readme = readme();
    let start = readme.find("| code | name |").expect("there is a table of rules");
    let length = readme[start..].find("\n\n").map_or(readme.len() - start, |end| end + 1);
    if std::env::var_os("UPDATE").is_some() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
        let whole = format!("{}{table}{}", &readme[..start], &readme[start + length..]);
        std::fs::write(path, whole).expect("the README can be written");
        return;
    }
    assert_eq!(readme[start..start + length], table, "`UPDATE=1 cargo test --test readme` writes the table");
}

#[test]
fn what_the_readme_names_is_there() {
    let readme = readme();
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let missing: Vec<&str> = links
        .filter(|target| !target.contains("://") && !target.starts_with('#'))
        .filter(|target| !std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(target).exists())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn lines_may_be_left_out_only_where_it_is_said() {
    assert!(fits("a\nb\n", "a\nb\n"));
    assert!(fits("a\n…\nd\n", "a\nb\nc\nd\n"));
    assert!(fits("…\nd\n", "a\nd\nd\n"));
    assert!(fits("a\n…\n", "a\nb\n"));
    assert!(!fits("a\nd\n", "a\nb\nc\nd\n"));
    assert!(!fits("a\n…\nc\n", "a\nb\nc\nd\n"));
    assert!(!fits("", "a\n"));
}

fn readme() -> String {
    include_str!("../README.md").replace("\r\n", "\n")
}

fn blocks(readme: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for (index, line) in readme.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(language) => {
                open = !open;
                if open {
                    let language = language.to_string();
                    blocks.push(Block { language, line: index + 1, text: String::new() });
                }
            }
            None if open => {
                let block = blocks.last_mut().expect("a block is open");
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => {}
        }
    }
    assert!(!open, "a block is not closed");
    blocks
}

/// The commands of a `console` block, each with what is shown below it.
fn shown_in(block: &Block) -> Vec<(&str, String)> {
    let mut all: Vec<(&str, String)> = Vec::new();
    for line in block.text.lines() {
        match (line.strip_prefix("$ "), all.last_mut()) {
            (Some(command), _) => all.push((command, String::new())),
            (None, Some((_, shown))) => *shown = format!("{shown}{line}\n"),
            (None, None) => panic!("line {}: the block begins without a command", block.line),
        }
    }
    all
}

/// The words of a command line of vnetlint, without a comment; none for a command of another program.
fn words(line: &str) -> Option<Vec<&str>> {
    let line = line.split(" #").next().unwrap_or_default().trim();
    let ours = line.strip_prefix("vnetlint ").or_else(|| {
        let (cargo, ours) = line.split_once(" -- ")?;
        cargo.starts_with("cargo run").then_some(ours)
    })?;
    // No command here needs the quoting of a shell.
    assert!(!ours.contains(['\'', '"', '|', '>', '$', '\\']), "`{line}` needs a shell");
    Some(ours.split_whitespace().collect())
}

/// Runs a command in the root of the repository, where cargo starts tests. What it writes goes to a place for that.
fn say(words: &[&str]) -> Said {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = words.iter().map(|word| match word.split_once('=') {
        Some((format @ ("text" | "concise" | "json" | "sarif"), file)) => {
            OsString::from(format!("{format}={}/{file}", env!("CARGO_TARGET_TMPDIR")))
        }
        _ => OsString::from(word),
    });
    let code = run(std::iter::once("vnetlint".into()).chain(args), &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Said { code, out: text(out), err: text(err) }
}

/// Whether an output is what is shown, where a line `…` stands for any lines.
fn fits(shown: &str, said: &str) -> bool {
    fn lines_fit(shown: &[&str], said: &[&str]) -> bool {
        match (shown.split_first(), said.split_first()) {
            (None, None) => true,
            (Some((&"…", rest)), _) => (0..=said.len()).any(|skipped| lines_fit(rest, &said[skipped..])),
            (Some((shown, more)), Some((said, rest))) => shown == said && lines_fit(more, rest),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }
    let (shown, said): (Vec<&str>, Vec<&str>) = (shown.trim_end().lines().collect(), said.trim_end().lines().collect());
    lines_fit(&shown, &said)
}
