//! In: the flags of `check`. Out: its reports and its exit code.
//! Never: says anything of its own about an estate.

use std::path::PathBuf;
use std::time::Instant;

use super::arguments::{Check, Colour, FailOn, Input, Limits, Values};
use super::inspect::nothing;
use super::paths::{Located, file_below, locate};
use super::printer::Printer;
use super::selection::{Selection, known};
use super::{Refused, Surroundings, exit};
use crate::analysis::{self, Analysis, Options};
use crate::evaluate::{Inputs, Modules};
use crate::report::{Display, Format, render};
use crate::rules::{Level, RULES, Settings, Verdict};
use crate::source::{Sources, write};
use crate::syntax;

/// Analyses, reports, and says with a code how it went.
pub fn run(flags: &Check, surroundings: &Surroundings, printer: &Printer) -> Result<u8, Refused> {
    let started = Instant::now();
    let selection = Selection::new(&flags.select, &flags.extend_select, &flags.ignore, &known())?;
    let on_standard_output = flags.output.iter().filter(|output| output.path.is_none()).count();
    if on_standard_output > 1 {
        return Err(Refused("two outputs go to standard output; give one of them a path: --output sarif=FILE".into()));
    }
    let located = locate(&flags.paths)?;
    let options = Options {
        settings: Settings { phase: flags.phase, ..Settings::default() },
        ..options(&located, &flags.input, &flags.values, &flags.limits)?
    };
    let sources = sources(&located, surroundings, &flags.input, &flags.limits);
    readable(&sources, &located, &flags.paths)?;

    let mut analysis = analysis::analyze(sources, &options);
    analysis.findings.retain(|finding| {
        selection.wants(finding.code) && finding.level >= flags.min_level && finding.confidence >= flags.min_confidence
    });

    let rules = RULES.iter().copied().filter(|rule| selection.wants(rule.code)).collect();
    let display = Display {
        undecided: flags.undecided,
        colour: false,
        summary: !flags.quiet,
        statistics: flags.statistics,
        // Two runs print the same bytes where a program may compare them.
        duration: surroundings.terminal.then(|| started.elapsed()),
        rules,
    };
    for output in &flags.output {
        match &output.path {
            Some(path) => {
                let report = render(&analysis, output.format, &Display { duration: None, ..display.clone() });
                write(path, &report)
                    .map_err(|reason| Refused(format!("`{}` cannot be written: {reason}", path.display())))?;
            }
            None => {
                let colour = output.format == Format::Text && coloured(flags.color, surroundings);
                printer.out(render(&analysis, output.format, &Display { colour, ..display.clone() }));
            }
        }
    }
    match exit_code(&analysis, flags.fail_on, flags.exit_zero) {
        exit::NOTHING => Ok(nothing(printer)),
        code => Ok(code),
    }
}

/// The texts below the root, and beside it the downloaded modules where the flags ask for them.
pub fn sources(located: &Located, surroundings: &Surroundings, input: &Input, limits: &Limits) -> Sources {
    let sources = Sources::below(&located.root, limits.max_file_size);
    match input.modules {
        Modules::Restored => sources.with_reach(surroundings.home.clone()),
        Modules::None | Modules::Local => sources,
    }
}

/// What the flags say of inputs and limits.
pub fn options(located: &Located, input: &Input, values: &Values, limits: &Limits) -> Result<Options, Refused> {
    let mut inputs = Inputs { variables: values.var.clone(), environment: values.env.clone(), ..Inputs::default() };
    if values.tf_env {
        let named = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?.strip_prefix("TF_VAR_")?.to_string();
            Some((name, value.into_string().ok()?))
        });
        inputs.surroundings = named.collect();
        inputs.surroundings.sort();
    }
    for file in &values.var_file {
        inputs.variable_files.push(file_below(&located.root, file)?);
    }
    for text in &values.params {
        inputs.parameter_files.push(parameters(located, text)?);
    }
    Ok(Options {
        paths: located.paths.clone(),
        inputs,
        settings: Settings::default(),
        modules: input.modules,
        limits: syntax::Limits { max_depth: limits.max_depth, ..syntax::Limits::default() },
        max_instances: limits.max_instances,
        threads: limits.threads,
    })
}

/// `FILE` or `ROOT=FILE`; a file whose own name holds `=` is that file.
fn parameters(located: &Located, text: &str) -> Result<(Option<String>, String), Refused> {
    let whole = file_below(&located.root, &PathBuf::from(text));
    match (whole, text.split_once('=')) {
        (Err(_), Some((root, file))) => {
            let root = file_below(&located.root, &PathBuf::from(root))?;
            Ok((Some(root), file_below(&located.root, &PathBuf::from(file))?))
        }
        (whole, _) => Ok((None, whole?)),
    }
}

/// A file that is named on the command line must be one that can be read.
fn readable(sources: &Sources, located: &Located, named: &[PathBuf]) -> Result<(), Refused> {
    for (path, named) in located.paths.iter().zip(named) {
        if sources.is_directory(path) {
            continue;
        }
        sources.open(path).map_err(|refusal| Refused(format!("`{}` cannot be read: {refusal}", named.display())))?;
    }
    Ok(())
}

fn coloured(flag: Colour, surroundings: &Surroundings) -> bool {
    match flag {
        Colour::Auto => surroundings.colour,
        Colour::Always => true,
        Colour::Never => false,
    }
}

fn exit_code(analysis: &Analysis, fail_on: FailOn, exit_zero: bool) -> u8 {
    if analysis.incomplete {
        return exit::INCOMPLETE;
    }
    if analysis.roots.is_empty() && analysis.findings.is_empty() {
        return exit::NOTHING;
    }
    let least = match fail_on {
        FailOn::Error => Level::Error,
        FailOn::Warning => Level::Warning,
        FailOn::Note | FailOn::Undecided => Level::Note,
        FailOn::Never => return exit::CLEAN,
    };
    let fails = analysis.findings.iter().any(|finding| match finding.verdict {
        Verdict::Violation => finding.level >= least,
        Verdict::Undecided => fail_on == FailOn::Undecided,
    });
    if fails && !exit_zero { exit::FINDINGS } else { exit::CLEAN }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Coverage, RootSummary, Statistics};
    use crate::evaluate::Root;
    use crate::rules::Finding;
    use crate::source::Span;
    use crate::syntax::Dialect;
    use crate::value::RootId;

    fn analysis(levels: &[(Level, Verdict)]) -> Analysis {
        let sources = Sources::of_texts([("main.tf", "x")]);
        let file = sources.open("main.tf").expect("a text");
        let finding = |&(level, verdict): &(Level, Verdict)| {
            let said = "something is so".to_string();
            Finding { verdict, ..Finding::new("VNL001", "something", level, Span::new(file, 0, 1), said) }
        };
        let root = Root {
            id: RootId(0),
            path: String::new(),
            dialect: Dialect::Terraform,
            environment: None,
            input_files: Vec::new(),
        };
        Analysis {
            findings: levels.iter().map(finding).collect(),
            roots: vec![RootSummary { root, open_inputs: Vec::new(), statistics: Statistics::default() }],
            coverage: Coverage::default(),
            incomplete: false,
            sources,
        }
    }

    #[test]
    fn findings_below_the_line_do_not_fail() {
        let warning = analysis(&[(Level::Warning, Verdict::Violation)]);
        assert_eq!(exit_code(&warning, FailOn::Error, false), exit::CLEAN);
        assert_eq!(exit_code(&warning, FailOn::Warning, false), exit::FINDINGS);
        assert_eq!(exit_code(&warning, FailOn::Warning, true), exit::CLEAN);
        assert_eq!(exit_code(&warning, FailOn::Never, false), exit::CLEAN);
    }

    #[test]
    fn what_cannot_be_told_fails_only_when_asked_for() {
        let open = analysis(&[(Level::Error, Verdict::Undecided)]);
        assert_eq!(exit_code(&open, FailOn::Note, false), exit::CLEAN);
        assert_eq!(exit_code(&open, FailOn::Undecided, false), exit::FINDINGS);
    }

    #[test]
    fn an_incomplete_run_wins_over_findings() {
        let mut cut = analysis(&[(Level::Error, Verdict::Violation)]);
        cut.incomplete = true;
        assert_eq!(exit_code(&cut, FailOn::Warning, true), exit::INCOMPLETE);
    }

    #[test]
    fn without_roots_there_is_nothing_to_analyse() {
        let mut empty = analysis(&[]);
        assert_eq!(exit_code(&empty, FailOn::Warning, false), exit::CLEAN);
        empty.roots.clear();
        assert_eq!(exit_code(&empty, FailOn::Warning, false), exit::NOTHING);
    }
}
