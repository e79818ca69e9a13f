//! In: the flags of `graph` and `why`. Out: the graph, or what is known of a place in it.
//! Never: checks anything.

use std::collections::BTreeSet;

use super::arguments::{Graph, GraphFormat, Why};
use super::check::environment_is_there;
use super::configured::{Opened, open};
use super::inspect::nothing;
use super::printer::Printer;
use super::{Refused, Surroundings, exit};
use crate::analysis::{self, Networks};
use crate::network::{Network, Place};
use crate::report;
use crate::source::{Sources, write};

/// `graph`: the graph of the paths.
pub fn graph(flags: &Graph, surroundings: &Surroundings, printer: &Printer) -> Result<u8, Refused> {
    let opened = open(&flags.paths, flags.into(), surroundings, printer)?;
    let Some((sources, network)) = one(opened, printer)? else { return Ok(nothing(printer)) };
    let text = match flags.format {
        GraphFormat::Json => report::graph_as_json(&network, &sources),
    };
    match &flags.output {
        Some(path) => {
            write(path, &text).map_err(|reason| Refused(format!("`{}` cannot be written: {reason}", path.display())))?
        }
        None => drop(printer.out(text)),
    }
    Ok(exit::CLEAN)
}

/// `why`: what is known of a place, or of the way between two.
pub fn why(flags: &Why, surroundings: &Surroundings, printer: &Printer) -> Result<u8, Refused> {
    let opened = open(&flags.path, flags.into(), surroundings, printer)?;
    let Some((sources, network)) = one(opened, printer)? else { return Ok(nothing(printer)) };
    let first = called(&network, &flags.node)?;
    printer.out(match &flags.other {
        Some(other) => report::why_two(&network, first, called(&network, other)?, &sources),
        None => report::why(&network, first, &sources),
    });
    Ok(exit::CLEAN)
}

/// The only environment's graph; `None` where there is nothing to look at.
fn one(opened: Opened, printer: &Printer) -> Result<Option<(Sources, Network)>, Refused> {
    let Opened { sources, options } = opened;
    environment_is_there(&sources, &options)?;
    let Networks { mut graphs, examples } = analysis::networks(&sources, &options);
    if graphs.len() > 1 {
        let several: BTreeSet<&String> = graphs.iter().filter_map(|(part, _)| part.example.as_ref()).collect();
        if several.len() > 1 {
            let first = several.first().map_or("", |first| first);
            return Err(Refused(format!(
                "there are {} examples, each by itself: name one, as `{first}`",
                several.len()
            )));
        }
        let names: Vec<String> = graphs.into_iter().filter_map(|(part, _)| part.environment).collect();
        return Err(Refused(format!("there are several environments: choose one with --env {}", names.join(" or "))));
    }
    if let Some(first) = examples.first() {
        let count = examples.len();
        printer.log(&format!(
            "note: {count} examples and tests stand by themselves and are left out: name one, as `{first}`\n"
        ));
    }
    let network = graphs.pop().map(|(_, network)| network).filter(|network| !network.roots().is_empty());
    Ok(network.map(|network| (sources, network)))
}

/// The one place that a word means.
fn called<'n>(network: &'n Network, word: &str) -> Result<Place<'n>, Refused> {
    let found = network.called(word);
    match found.as_slice() {
        [only] => Ok(*only),
        [] => {
            let names: Vec<String> = network.places().into_iter().map(Place::name).collect();
            let hint = analysis::config::did_you_mean(word, names.iter().map(String::as_str));
            Err(Refused(format!("no resource is called `{word}`{hint}")))
        }
        several => {
            let labels: Vec<String> = several.iter().map(|place| place.stable_id()).collect();
            Err(Refused(format!("`{word}` may be any of these; name one: {}", labels.join(", "))))
        }
    }
}
