//! In: what could not be read or evaluated. Out: findings that speak of the run itself.
//! Never: hides a file that was skipped.

use crate::evaluate::{Evaluated, Library, Root};
use crate::rules::{Finding, Level, Step};
use crate::source::{Refusal, Span};
use crate::syntax::{Fault, Program};

/// A file or block that could not be parsed.
pub const PARSE: (&str, &str) = ("VNL-P001", "syntax-error");
/// A file that could not be read.
pub const READ: (&str, &str) = ("VNL-P002", "unreadable-file");
/// A local module that is not there, or a circle of modules.
pub const MODULE: (&str, &str) = ("VNL-P003", "unreadable-module");
/// An inventory that was cut, or a graph of another version.
pub const EXPORT: (&str, &str) = ("VNL-P004", "unusable-export");
/// A limit was reached.
pub const LIMIT: (&str, &str) = ("VNL-N001", "limit-reached");

/// How many files were read.
pub fn files(library: &Library) -> usize {
    library.all().len()
}

/// Everything that could not be read, as findings.
pub fn faults(library: &Library) -> Vec<Finding> {
    faults_of(library).into_iter().map(|((code, name), fault)| finding(code, name, &fault)).collect()
}

/// Everything that could not be read.
pub fn faults_of(library: &Library) -> Vec<((&'static str, &'static str), Fault)> {
    let mut faults = Vec::new();
    for (path, program) in library.all() {
        match program {
            Ok(program) => faults.extend(Program::clone(&program).faults.into_iter().map(|fault| (PARSE, fault))),
            // A directory that Terraform or Bicep would not look into is no file that was lost.
            Err(Refusal::Missing) => {}
            Err(refusal) => {
                let span = Span::new(library.sources.stand_in(&path), 0, 0);
                faults
                    .push((READ, Fault { span, message: format!("`{path}` cannot be read: {refusal}"), opened: None }));
            }
        }
    }
    faults
}

/// What is wrong with a root as a whole.
pub fn of_evaluation(evaluated: &Evaluated, root: &Root) -> Vec<Finding> {
    let modules = evaluated.faults.iter().map(|fault| (MODULE, fault));
    let limits = evaluated.cut.iter().map(|fault| (LIMIT, fault));
    let of = |((code, name), fault): ((&'static str, &'static str), &Fault)| Finding {
        root: Some(root.id),
        ..finding(code, name, fault)
    };
    modules.chain(limits).map(of).collect()
}

/// What is wrong with an inventory or a saved graph.
pub fn of_export(evaluated: &Evaluated, root: &Root) -> Vec<Finding> {
    let (code, name) = EXPORT;
    let of = |fault: &Fault| Finding {
        root: Some(root.id),
        level: Level::Warning,
        help: Some("what it would have settled stays unknown".into()),
        ..Finding::new(code, name, Level::Warning, fault.span, fault.message.clone())
    };
    evaluated.faults.iter().map(of).collect()
}

fn finding(code: &'static str, name: &'static str, fault: &Fault) -> Finding {
    let mut finding = Finding::new(code, name, Level::Error, fault.span, fault.message.clone());
    if let Some(opened) = fault.opened {
        finding.steps.push(Step { message: "it was opened here".into(), span: opened });
    }
    finding.help = Some("mend this block; the rest of the file was analysed".into());
    if code == READ.0 {
        finding.help = Some("everything else was analysed; exclude the file if it is not meant to be read".into());
    }
    if code == MODULE.0 {
        finding.help = Some("mend the path of the module; what depends on its outputs cannot be told".into());
    }
    if code == LIMIT.0 {
        finding.level = Level::Warning;
        finding.help = Some("what was cut may hide findings".into());
    }
    finding
}
