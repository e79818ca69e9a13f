//! In: roots, each in its environments. Out: one estate an environment, and what all of them found, once.
//! Never: joins a root of one environment with a root of another.

use std::collections::{BTreeMap, BTreeSet};

use super::RootSummary;
use crate::evaluate::{Evaluated, Root};
use crate::rules::Finding;
use crate::source::Span;
use crate::syntax::Dialect;

/// Roots that are joined, each with what it evaluated to.
pub type Estate = Vec<(Root, Evaluated)>;

/// One estate for each environment: a root without that environment joins with what it has.
pub fn estates(estate: Estate) -> Vec<(Option<String>, Estate)> {
    let environments: BTreeSet<String> = estate.iter().filter_map(|(root, _)| root.environment.clone()).collect();
    if environments.is_empty() {
        return vec![(None, estate)];
    }
    let of = |environment: &String| {
        let mut chosen: BTreeMap<(&str, Dialect), usize> = BTreeMap::new();
        for (index, (root, evaluated)) in estate.iter().enumerate() {
            let place = chosen.entry((evaluated_as(root, evaluated), root.dialect)).or_insert(index);
            if root.environment.as_ref() == Some(environment) {
                *place = index;
            }
        }
        chosen.into_values().map(|index| estate[index].clone()).collect()
    };
    environments.iter().map(|environment| (Some(environment.clone()), of(environment))).collect()
}

/// What a root is one environment of: for one of several plans of a directory, that directory.
fn evaluated_as<'e>(root: &'e Root, evaluated: &'e Evaluated) -> &'e str {
    match &evaluated.plan_of {
        Some(directory) if root.environment.is_some() => directory,
        _ => &root.path,
    }
}

/// What the environments found.
#[derive(Default)]
pub struct Found {
    environments: Vec<String>,
    findings: Vec<(Option<String>, Finding)>,
}

impl Found {
    /// Adds what one environment found.
    pub fn add(&mut self, environment: Option<String>, findings: Vec<Finding>) {
        self.environments.extend(environment.clone());
        self.findings.extend(findings.into_iter().map(|finding| (environment.clone(), finding)));
    }

    /// Each finding once, with the environments that share it; of a root that has none, they say nothing.
    pub fn once(self, roots: &[RootSummary]) -> Vec<Finding> {
        let mut places: BTreeMap<(&str, u32, u32), Vec<usize>> = BTreeMap::new();
        let mut once: Vec<(Vec<String>, Finding)> = Vec::new();
        for (environment, finding) in self.findings {
            let key = (finding.code, finding.place.start, finding.place.end);
            let known = places.entry(key).or_default();
            match known.iter().find(|index| same(&once[**index].1, &finding)) {
                Some(index) => once[*index].0.extend(environment),
                None => {
                    known.push(once.len());
                    once.push((environment.into_iter().collect(), finding));
                }
            }
        }
        let has_environment = |finding: &Finding| {
            let own = finding.root.and_then(|id| roots.iter().find(|summary| summary.root.id == id));
            own.is_some_and(|summary| summary.root.environment.is_some())
        };
        let named = |(mut environments, finding): (Vec<String>, Finding)| {
            environments.dedup();
            let everywhere = environments.len() == self.environments.len() && !has_environment(&finding);
            Finding { environments: if everywhere { Vec::new() } else { environments }, ..finding }
        };
        once.into_iter().map(named).collect()
    }
}

/// They say the same of the same place.
fn same(a: &Finding, b: &Finding) -> bool {
    let place = |span: Span| (span.file, span.start, span.end);
    a.code == b.code && place(a.place) == place(b.place) && a.verdict == b.verdict && a.message == b.message
}
