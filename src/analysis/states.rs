//! In: roots. Out: all of them evaluated, each with the outputs of those whose states it reads.
//! Never: pairs a root of one environment with a root of another.

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::Options;
use super::config::Config;
use crate::evaluate::{self, Evaluated, Library, RemoteState, Root, SharedOutputs};
use crate::value::{RootId, SmolStr, Value};

/// Evaluates every root; who reads another one's state comes after it, and is given its outputs. Roots that turn out to
/// be several, one for each environment, get the numbers from `first_free` on.
pub fn evaluate_all(library: &Library, roots: Vec<Root>, first_free: u32, options: &Options) -> Vec<(Root, Evaluated)> {
    let run = |root: Root| {
        let evaluated = evaluate::evaluate(library, &root, &options.inputs, options.max_instances, &Vec::new());
        (root, evaluated)
    };
    let mut all: Vec<(Root, Evaluated)> = roots.into_par_iter().map(run).collect();
    let reads: Vec<Vec<(RemoteState, Option<String>)>> = makers(library, &all, &options.config);
    if reads.iter().flatten().all(|(_, maker)| maker.is_none()) {
        return all;
    }
    let mut reads: BTreeMap<usize, Vec<(RemoteState, String)>> = reads
        .into_iter()
        .enumerate()
        .map(|(index, states)| (index, states.into_iter().filter_map(|(state, maker)| Some((state, maker?))).collect()))
        .filter(|(_, states): &(usize, Vec<_>)| !states.is_empty())
        .collect();
    spread(&mut all, first_free, &mut reads);
    let mut done: BTreeSet<usize> = (0..all.len()).filter(|index| !reads.contains_key(index)).collect();
    while !reads.is_empty() {
        let of = |all: &[(Root, Evaluated)], index: usize, maker: &str| found(all, index, maker);
        let mut ready: Vec<usize> = reads
            .iter()
            .filter(|(index, states)| {
                states.iter().all(|(_, maker)| of(&all, **index, maker).is_none_or(|maker| done.contains(&maker)))
            })
            .map(|(index, _)| *index)
            .collect();
        if ready.is_empty() {
            // They read each other in a circle: each gets what the others say without it.
            ready = reads.keys().copied().collect();
        }
        let again: Vec<(usize, Evaluated)> = ready
            .par_iter()
            .map(|index| {
                let (mut shared, mut makers): (SharedOutputs, Vec<RootId>) = (Vec::new(), Vec::new());
                for (state, maker) in &reads[index] {
                    let Some(maker) = of(&all, *index, maker) else { continue };
                    let outputs = all[maker].1.outputs.iter().map(|(name, value)| (name.clone(), value.clone()));
                    shared.push((SmolStr::new(state.address.text()), Value::object(outputs)));
                    makers.push(all[maker].0.id);
                }
                let root = &all[*index].0;
                let evaluated = evaluate::evaluate(library, root, &options.inputs, options.max_instances, &shared);
                (*index, Evaluated { reads: makers, ..evaluated })
            })
            .collect();
        for (index, evaluated) in again {
            all[index].1 = evaluated;
            reads.remove(&index);
            done.insert(index);
        }
    }
    all
}

/// The path of the root that makes each state that a root reads.
fn makers(library: &Library, all: &[(Root, Evaluated)], config: &Config) -> Vec<Vec<(RemoteState, Option<String>)>> {
    let states: Vec<Vec<RemoteState>> = all.iter().map(|(_, evaluated)| evaluate::states_read_by(evaluated)).collect();
    if states.iter().all(Vec::is_empty) {
        return Vec::new();
    }
    let kept: Vec<_> = all.iter().map(|(root, _)| evaluate::state_kept_by(library, root)).collect();
    let maker = |reader: &Root, state: &RemoteState| {
        if let Some(path) = said(config, reader, state) {
            return all.iter().any(|(root, _)| root.path == path).then_some(path);
        }
        let own = |root: &Root| root.path == reader.path;
        let meant = all.iter().zip(&kept).filter(|((root, _), kept)| {
            !own(root) && kept.as_ref().is_some_and(|kept| state.place.is(kept, &reader.path))
        });
        let paths: BTreeSet<&str> = meant.map(|((root, _), _)| root.path.as_str()).collect();
        match paths.len() {
            1 => paths.first().map(|path| path.to_string()),
            _ => None,
        }
    };
    let of = |((reader, _), states): (&(Root, Evaluated), Vec<RemoteState>)| {
        states.into_iter().map(|state| (state.clone(), maker(reader, &state))).collect()
    };
    all.iter().zip(states).map(of).collect()
}

/// The root that an alias names for a state: `"data.terraform_remote_state.hub" = "root:connectivity"`.
fn said(config: &Config, reader: &Root, state: &RemoteState) -> Option<String> {
    let own = format!("root:{}/{}", reader.path, state.address.text());
    let alias = config.aliases.iter().find(|alias| alias.name == state.address.text() || alias.name == own)?;
    alias.other.strip_prefix("root:").map(|path| path.trim_end_matches('/').to_string())
}

/// The root at a path that a reader is paired with: of its own environment, or the only one.
fn found(all: &[(Root, Evaluated)], reader: usize, path: &str) -> Option<usize> {
    let environment = &all[reader].0.environment;
    let at = |index: &usize| all[*index].0.path == path;
    let makers: Vec<usize> = (0..all.len()).filter(at).collect();
    match makers.as_slice() {
        [only] if all[*only].0.environment.is_none() || environment.is_none() => Some(*only),
        several => several.iter().copied().find(|index| &all[*index].0.environment == environment),
    }
}

/// A root without environments that reads one with several is one of each.
fn spread(all: &mut Vec<(Root, Evaluated)>, first_free: u32, reads: &mut BTreeMap<usize, Vec<(RemoteState, String)>>) {
    let mut numbers = first_free..;
    for index in reads.keys().copied().collect::<Vec<_>>() {
        if all[index].0.environment.is_some() {
            continue;
        }
        let of = |path: &String| {
            let roots = all.iter().filter(|(root, _)| root.path == *path);
            roots.filter_map(|(root, _)| root.environment.clone()).collect::<BTreeSet<String>>()
        };
        let environments: BTreeSet<String> = reads[&index].iter().flat_map(|(_, maker)| of(maker)).collect();
        for (place, environment) in environments.into_iter().enumerate() {
            if place == 0 {
                all[index].0.environment = Some(environment);
                continue;
            }
            let mut root = all[index].0.clone();
            root.id = RootId(numbers.next().unwrap_or(u32::MAX));
            root.environment = Some(environment);
            reads.insert(all.len(), reads[&index].clone());
            let evaluated = all[index].1.clone();
            all.push((root, evaluated));
        }
    }
}
