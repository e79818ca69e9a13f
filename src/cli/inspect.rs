//! In: the flags of the commands that show what is known: rules, roots, resources. Out: their output.
//! Never: checks anything.

use super::arguments::{Listing, Resources, Roots, Schema};
use super::check::environment_is_there;
use super::configured::{Opened, open};
use super::printer::Printer;
use super::selection::rule;
use super::{Refused, Surroundings, exit};
use crate::analysis;
use crate::report;
use crate::rules::RULES;

/// `explain`: the pages of the rules that are named; nothing where one of them does not exist.
pub fn explain(codes: &[String], printer: &Printer) -> Result<u8, Refused> {
    let rules: Vec<_> = codes.iter().map(|code| rule(code)).collect::<Result<_, _>>()?;
    let pages: Vec<String> = rules.into_iter().map(report::explain).collect();
    printer.out(pages.join("\n"));
    Ok(exit::CLEAN)
}

/// `rules`: the list of rules.
pub fn rules(format: Listing, printer: &Printer) -> Result<u8, Refused> {
    printer.out(match format {
        Listing::Text => report::rules_as_text(RULES),
        Listing::Json => report::rules_as_json(RULES),
    });
    Ok(exit::CLEAN)
}

/// `resources`: every resource as evaluated. What could not be read is part of the answer.
pub fn resources(flags: &Resources, surroundings: &Surroundings, printer: &Printer) -> Result<u8, Refused> {
    let Opened { sources, options } = open(&flags.paths, flags.into(), surroundings, printer)?;
    environment_is_there(&sources, &options)?;
    let roots = analysis::evaluate(&sources, &options);
    let faults = analysis::faults(&sources, &options);
    printer.out(match flags.output {
        Listing::Text => report::resources_as_text(&roots, &sources, &faults),
        Listing::Json => report::resources_as_json(&roots, &sources, &faults),
    });
    Ok(if roots.is_empty() && faults.is_empty() { nothing(printer) } else { exit::CLEAN })
}

/// `roots`: the deployments, their inputs and what stayed open.
pub fn roots(flags: &Roots, surroundings: &Surroundings, printer: &Printer) -> Result<u8, Refused> {
    let Opened { sources, options } = open(&flags.paths, flags.into(), surroundings, printer)?;
    environment_is_there(&sources, &options)?;
    let mut roots = analysis::evaluate(&sources, &options);
    roots.extend(analysis::outside(&sources, &options, &roots));
    printer.out(report::roots_as_text(&roots, &analysis::uncalled(&sources, &options), &sources));
    Ok(if roots.is_empty() { nothing(printer) } else { exit::CLEAN })
}

/// `schema`: what a file may hold.
pub fn schema(of: Schema, printer: &Printer) -> Result<u8, Refused> {
    printer.out(match of {
        Schema::Config => report::config_schema(),
        Schema::Graph => report::graph_schema(),
    });
    Ok(exit::CLEAN)
}

/// Says that there is nothing to look at, and gives the code that means it.
pub fn nothing(printer: &Printer) -> u8 {
    printer.log("error: there is nothing to analyse: no Terraform or Bicep that makes a deployment\n");
    exit::NOTHING
}
