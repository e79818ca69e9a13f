//! In: directories. Out: the Bicep files below them that the grammar refuses, each with the place of its first error.
//!
//! `cargo run --release -p tree-sitter-bicep --example errors -- DIRECTORY…`

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tree_sitter::{Node, Parser};

fn main() {
    let mut files = Vec::new();
    for directory in std::env::args_os().skip(1) {
        below(Path::new(&directory), &mut files);
    }
    files.sort();
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_bicep::LANGUAGE.into()).expect("the parser fits the runtime");
    let (mut read, mut refused, mut bytes, mut spent) = (0, 0, 0, Duration::ZERO);
    for path in files {
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("{}: no UTF-8 text", path.display());
            continue;
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let start = Instant::now();
        let tree = parser.parse(text, None).expect("nothing cancels it");
        spent += start.elapsed();
        read += 1;
        bytes += text.len();
        if let Some(node) = first_error(tree.root_node()) {
            refused += 1;
            let place = node.start_position();
            println!("{}:{}:{}: {}", path.display(), place.row + 1, place.column + 1, what(node));
        }
    }
    let speed = bytes as f64 / 1e6 / spent.as_secs_f64().max(1e-9);
    println!("{read} files, {refused} with an error, {:.1} MB at {speed:.1} MB/s", bytes as f64 / 1e6);
}

fn what(node: Node) -> String {
    if node.is_missing() { format!("{} is missing", node.kind()) } else { "error".into() }
}

/// Walks without recursion: a tree may be as deep as its file is long.
fn first_error(root: Node) -> Option<Node> {
    let mut node = root.has_error().then_some(root)?;
    'down: while !node.is_error() && !node.is_missing() {
        for index in 0..node.child_count() {
            if let Some(child) = node.child(index).filter(Node::has_error) {
                node = child;
                continue 'down;
            }
        }
        break;
    }
    Some(node)
}

/// Links are not followed: they may lead back.
fn below(directory: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => below(&path, files),
            Ok(kind) if kind.is_file() && path.extension().is_some_and(|it| it == "bicep" || it == "bicepparam") => {
                files.push(path);
            }
            _ => {}
        }
    }
}
