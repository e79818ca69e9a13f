//! In: texts of HCL: `.tf`, `.tofu`, `.tfvars`. Out: programs, with the place of every node.
//! Never: works anything out; and one mistake costs one block, never the file.
//!
//! A scan of our own cuts a file into its top-level blocks, measures how deeply each nests, and finds its comments;
//! each block is parsed by itself through hcl-edit and lowered.
//!
//! Where the verdict of a file differs from that of HashiCorp's own parser of HCL, and why:
//!
//! | text | HCL | here | why |
//! |---|---|---|---|
//! | `provider { }` without a label | valid | a fault | HCL's grammar knows no labels that must be there; Terraform refuses the block |
//! | more than 64 brackets inside each other | valid | a fault of that block | hcl-edit nests no deeper; no real file does |

mod items;
mod json;
mod lower;
mod parse;
mod scan;
mod template;
mod texts;

use std::collections::BTreeMap;

pub use json::read as read_json;
pub(super) use texts::Written;
pub use texts::template;

use super::item::{Dialect, Fault, Item, Program, Shape};
use super::nesting::{Limits, Nesting};
use crate::source::{FileId, Sources, Span, extension_of, name_of};
use crate::value::SmolStr;
use lower::Lowering;
use scan::{Cut, Mistake, Statement};

/// Reads one text.
pub fn read(sources: &Sources, file: FileId, limits: Limits) -> Program {
    let source = sources.file(file);
    let reader = Reader { file, text: &source.text, shape: shape_of(&source.path), limits };
    let cut = scan::cut(reader.text);
    let deep = cut.statements.iter().any(|statement| is_deep(statement.nesting));
    if !deep {
        return reader.program(&cut);
    }
    // Without a large stack only what is shallow can be read.
    on_a_large_stack(|| reader.program(&cut)).unwrap_or_else(|| Reader { limits: SHALLOW, ..reader }.program(&cut))
}

/// Runs `work` where deep trees can be built; `None` where there is no room for that.
fn on_a_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(LARGE_STACK).spawn_scoped(scope, work);
        match thread.map(|thread| thread.join()) {
            Ok(Ok(done)) => Some(done),
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => None,
        }
    })
}

/// hcl-edit wants 1 to 2 MB for the 64 levels that it reads, and trees of the longest chains are built in recursion.
const LARGE_STACK: usize = 64 * 1024 * 1024;

/// What any thread can read.
const SHALLOW: Limits = Limits { max_depth: 12, max_chain: 32 };

fn is_deep(nesting: Nesting) -> bool {
    SHALLOW.refuse(nesting).is_some()
}

/// `override.tf` and `*_override.tf` are laid over the other files
/// (<https://developer.hashicorp.com/terraform/language/files/override>).
fn shape_of(path: &str) -> Shape {
    let path = path.strip_suffix(".json").unwrap_or(path);
    let extension = extension_of(path);
    let stem = name_of(path).strip_suffix(extension).and_then(|stem| stem.strip_suffix('.')).unwrap_or_default();
    match extension {
        "tfvars" => Shape::Values,
        _ if stem == "override" || stem.ends_with("_override") => Shape::Override,
        _ => Shape::Declarations,
    }
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    shape: Shape,
    limits: Limits,
}

impl Reader<'_> {
    fn program(&self, cut: &Cut) -> Program {
        let mut program = Program {
            file: self.file,
            dialect: Dialect::Terraform,
            shape: self.shape,
            items: Vec::new(),
            faults: cut.mistakes.iter().map(|mistake| self.fault(mistake)).collect(),
            comments: cut.comments.iter().map(|range| self.span(range.start, range.end)).collect(),
        };
        for statement in &cut.statements {
            self.statement(statement, &mut program);
        }
        refuse_repeated(&mut program);
        program.faults.sort_by_key(|fault| (fault.span.start, fault.span.end));
        program
    }

    fn statement(&self, statement: &Statement, program: &mut Program) {
        let start = statement.range.start;
        if let Some(mistake) = &statement.mistake {
            program.faults.push(self.fault(mistake));
            return;
        }
        if let Some(message) = self.limits.refuse(statement.nesting) {
            program.faults.push(Fault { span: self.first_line(statement), message, opened: None });
            return;
        }
        match parse::parse(self.text, statement) {
            Ok(parsed) => {
                let text = self.text.get(statement.range.clone()).unwrap_or_default();
                let mut lowering = Lowering::new(self.file, text, start, parsed.renamed);
                program.items.extend(lowering.items(&parsed.body, self.shape));
                program.faults.append(&mut lowering.faults);
            }
            Err(refused) => {
                let span = self.span(start + refused.range.start, start + refused.range.end);
                program.faults.push(Fault { span, message: refused.message, opened: None });
            }
        }
    }

    fn fault(&self, mistake: &Mistake) -> Fault {
        let span = |range: &std::ops::Range<usize>| self.span(range.start, range.end);
        Fault {
            span: span(&mistake.range),
            message: mistake.message.clone(),
            opened: mistake.opened.as_ref().map(span),
        }
    }

    fn first_line(&self, statement: &Statement) -> Span {
        let text = self.text.get(statement.range.clone()).unwrap_or_default();
        let line = text.lines().next().unwrap_or_default();
        self.span(statement.range.start, statement.range.start + line.len())
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }
}

/// A top-level argument may be set once in a file. Of two the first counts.
fn refuse_repeated(program: &mut Program) {
    let mut first: BTreeMap<SmolStr, Span> = BTreeMap::new();
    let faults = &mut program.faults;
    program.items.retain(|item| {
        let Item::Assignment(assignment) = item else { return true };
        let name = &assignment.name;
        if let Some(opened) = first.get(&name.name) {
            let message = format!("`{}` is set twice in this file", name.name);
            faults.push(Fault { span: name.span, message, opened: Some(*opened) });
            return false;
        }
        first.insert(name.name.clone(), name.span);
        true
    });
}

#[cfg(test)]
mod tests;
