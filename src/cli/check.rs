//! In: the flags of `check`. Out: its reports and its exit code.
//! Never: says anything of its own about an estate.

use std::time::Instant;

use super::arguments::{Check, Colour, FailOn};
use super::configured::{Opened, open};
use super::inspect::nothing;
use super::printer::Printer;
use super::selection::{Selection, known};
use super::{Refused, Surroundings, exit};
use crate::analysis::config::{self, Config};
use crate::analysis::{self, Analysis, Options};
use crate::report::{Display, Format, render};
use crate::rules::{Confidence, Level, RULES, Verdict};
use crate::source::{Sources, write};

/// Analyses, reports, and says with a code how it went.
pub fn run(flags: &Check, surroundings: &Surroundings, printer: &Printer) -> Result<u8, Refused> {
    let started = Instant::now();
    let on_standard_output = flags.output.iter().filter(|output| output.path.is_none()).count();
    if on_standard_output > 1 {
        return Err(Refused("two outputs go to standard output; give one of them a path: --output sarif=FILE".into()));
    }
    let Opened { sources, mut options } = open(&flags.paths, flags.into(), surroundings, printer)?;
    options.settings.phase = flags.phase.unwrap_or(options.settings.phase);
    let config = options.config.clone();
    let selection = selected(flags, &config)?;
    let min_confidence = flags.min_confidence.or(config.min_confidence).unwrap_or(Confidence::Medium);
    let fail_on = flags.fail_on.or(config.fail_on.map(FailOn::from)).unwrap_or(FailOn::Warning);
    environment_is_there(&sources, &options)?;

    let mut analysis = analysis::analyze(sources, &options);
    analysis.findings.retain(|finding| {
        selection.wants(finding.code) && finding.level >= flags.min_level && finding.confidence >= min_confidence
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
    match exit_code(&analysis, fail_on, flags.exit_zero) {
        exit::NOTHING => Ok(nothing(printer)),
        code => Ok(code),
    }
}

/// The codes that flags select, or else the configuration.
fn selected(flags: &Check, config: &Config) -> Result<Selection, Refused> {
    let or = |flag: &[String], key: &[String]| if flag.is_empty() { key.to_vec() } else { flag.to_vec() };
    let (select, ignore) = (or(&flags.select, &config.select), or(&flags.ignore, &config.ignore));
    let mut extend = or(&flags.extend_select, &config.extend_select);
    if select.is_empty() {
        extend.extend(config.settings.demanded().into_iter().map(str::to_string));
    }
    Selection::new(&select, &extend, &ignore, &known())
}

/// An environment that is asked for must be one that some root has.
pub fn environment_is_there(sources: &Sources, options: &Options) -> Result<(), Refused> {
    let Some(wanted) = &options.inputs.environment else { return Ok(()) };
    let known = analysis::environments(sources, options);
    if known.contains(wanted) {
        return Ok(());
    }
    let hint = config::did_you_mean(wanted, known.iter().map(String::as_str));
    Err(Refused(match known.is_empty() {
        true => format!("--env: no root has several environments, so there is none called `{wanted}`"),
        false => {
            let all: Vec<&str> = known.iter().map(String::as_str).collect();
            format!("--env: there is no environment `{wanted}`; there are {}{hint}", all.join(", "))
        }
    }))
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
            example: None,
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
