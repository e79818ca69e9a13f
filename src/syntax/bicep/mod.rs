//! In: `.bicep` and `.bicepparam` files. Out: their declarations in the one small language.
//! Never: decides what a name, a decorator or a function means, beyond where the language of declarations puts it.
//!
//! A text is scanned, parsed and lowered. The scan takes out what nests too deeply, so that neither the parser nor the
//! walks after it can exhaust the stack. What is broken keeps its name where that is certain, and loses its value.

mod config;
mod damage;
mod expression;
mod item;
mod names;
mod scan;
#[cfg(test)]
mod tests;

pub use config::{CONFIG, Config, read as config};
use tree_sitter::{Parser, Tree};

use super::{Dialect, Fault, Limits, Program, Shape};
use crate::source::{FileId, Sources, Span, extension_of};

/// Trees up to this height are lowered on the stack of the caller, which may have 2 MiB.
const LOW: usize = 100;

/// A bound on what lowering one level of a tree takes from the stack, without optimization.
const STACK_PER_LEVEL: usize = 16 * 1024;

/// What may be higher in the tree than the scan says: the declaration and its body.
const ABOVE: usize = 16;

/// Reads one text.
pub fn read(sources: &Sources, file: FileId, limits: Limits) -> Program {
    let source = sources.file(file);
    let shape = match extension_of(&source.path) {
        "bicepparam" => Shape::Values,
        _ => Shape::Declarations,
    };
    let mut program =
        Program { file, dialect: Dialect::Bicep, shape, items: Vec::new(), faults: Vec::new(), comments: Vec::new() };

    let scan = scan::scan(&source.text, shape, limits);
    for refused in &scan.refused {
        let span = Span::new(file, refused.range.start, refused.range.end);
        program.faults.push(Fault { span, message: refused.reason.clone(), opened: None });
    }
    let tree = parse(&scan.bytes);
    damage::note(&source.text, &tree, &scan.comments, &mut program);

    let bound = scan.height + ABOVE;
    let lower = || item::lower(&source.text, &tree, bound, file, shape);
    let lowered = if scan.height <= LOW { Some(lower()) } else { on_a_larger_stack(bound, lower) };
    match lowered {
        Some((items, faults)) => {
            program.items = items;
            program.faults.extend(faults);
        }
        None => {
            let message = "there is not enough memory to read what nests so deeply".to_string();
            program.faults.push(Fault { span: Span::new(file, 0, 0), message, opened: None });
        }
    }
    program.faults.sort_by_key(|fault| (fault.span.start, fault.span.end));
    program
}

fn parse(text: &[u8]) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_bicep::LANGUAGE.into()).expect("the grammar fits the runtime it is built with");
    parser.parse(text, None).expect("a parser with a language and without a callback is never cancelled")
}

/// Runs `work` on a stack for trees of that height; `None` where the system has none to give.
fn on_a_larger_stack<T: Send>(height: usize, work: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let stack = height.saturating_mul(STACK_PER_LEVEL);
        let thread = std::thread::Builder::new().stack_size(stack).spawn_scoped(scope, work).ok()?;
        match thread.join() {
            Ok(done) => Some(done),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}
