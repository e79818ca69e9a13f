//! In: roots, each in its environments. Out: one estate an environment and an example, and what all of them found, once.
//! Never: joins a root of one environment with a root of another, or an example with anything.

use std::collections::{BTreeMap, BTreeSet};

use super::RootSummary;
use crate::evaluate::{Evaluated, Root};
use crate::rules::Finding;
use crate::source::Span;
use crate::syntax::Dialect;

/// Roots that are joined, each with what it evaluated to.
pub type Estate = Vec<(Root, Evaluated)>;

/// Which estate it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// The example or test that it is, by its path; `None` for what is meant to be deployed.
    pub example: Option<String>,
    /// Its environment, where there are several.
    pub environment: Option<String>,
}

/// Roots in groups that have nothing to do with each other.
pub struct Apart {
    /// The roots of each group, with the first number of those that are kept for further roots of it.
    pub groups: Vec<(Vec<Root>, u32)>,
    /// The first number that no root has or may get.
    pub first_free: u32,
}

/// What is meant to be deployed, then each example by itself. Where nothing is left but an empty run, one empty group.
pub fn apart(roots: Vec<Root>) -> Apart {
    let mut first_free = roots.iter().map(|root| root.id.0 + 1).max().unwrap_or_default();
    let mut groups: BTreeMap<Option<String>, Vec<Root>> = BTreeMap::new();
    if roots.is_empty() {
        groups.insert(None, Vec::new());
    }
    for root in roots {
        groups.entry(root.example.clone()).or_default().push(root);
    }
    let numbered = |roots: Vec<Root>| {
        // A root may turn out to be one in each environment of another one.
        let environments: BTreeSet<&String> = roots.iter().filter_map(|root| root.environment.as_ref()).collect();
        let most = roots.len().saturating_mul(environments.len());
        let own = first_free;
        first_free = first_free.saturating_add(u32::try_from(most).unwrap_or(u32::MAX));
        (roots, own)
    };
    let groups = groups.into_values().map(numbered).collect();
    Apart { groups, first_free }
}

/// What is meant to be deployed, and each example by itself: one estate for each environment. Where nothing is left but
/// an empty run, one empty estate.
pub fn estates(estate: Estate) -> Vec<(Part, Estate)> {
    let mut parts: BTreeMap<Option<String>, Estate> = BTreeMap::new();
    if estate.iter().all(|(root, _)| root.example.is_none()) {
        parts.insert(None, estate);
    } else {
        for (root, evaluated) in estate {
            parts.entry(root.example.clone()).or_default().push((root, evaluated));
        }
    }
    let part =
        |example: Option<String>| move |(environment, estate)| (Part { example: example.clone(), environment }, estate);
    parts.into_iter().flat_map(|(example, estate)| by_environment(estate).into_iter().map(part(example))).collect()
}

/// One estate for each environment: a root without that environment joins with what it has.
fn by_environment(estate: Estate) -> Vec<(Option<String>, Estate)> {
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
    environments: BTreeMap<Option<String>, BTreeSet<String>>,
    findings: Vec<(Part, Finding)>,
}

impl Found {
    /// Adds what one estate's rules found.
    pub fn add(&mut self, part: &Part, findings: Vec<Finding>) {
        self.environments.entry(part.example.clone()).or_default().extend(part.environment.clone());
        self.findings.extend(findings.into_iter().map(|finding| (part.clone(), finding)));
    }

    /// Each finding once, with the environments that share it; of a root that has none, they say nothing.
    pub fn once(self, roots: &[RootSummary]) -> Vec<Finding> {
        let mut places: BTreeMap<(&str, u32, u32), Vec<usize>> = BTreeMap::new();
        let mut once: Vec<(Option<String>, BTreeSet<String>, Finding)> = Vec::new();
        for (Part { example, environment }, finding) in self.findings {
            let key = (finding.code, finding.place.start, finding.place.end);
            let known = places.entry(key).or_default();
            match known.iter().find(|index| once[**index].0 == example && same(&once[**index].2, &finding)) {
                Some(index) => once[*index].1.extend(environment),
                None => {
                    known.push(once.len());
                    once.push((example, environment.into_iter().collect(), finding));
                }
            }
        }
        let has_environment = |finding: &Finding| {
            let own = finding.root.and_then(|id| roots.iter().find(|summary| summary.root.id == id));
            own.is_some_and(|summary| summary.root.environment.is_some())
        };
        let named = |(example, environments, finding): (Option<String>, BTreeSet<String>, Finding)| {
            let everywhere = self.environments.get(&example) == Some(&environments) && !has_environment(&finding);
            let environments = if everywhere { BTreeSet::new() } else { environments };
            Finding { environments: environments.into_iter().collect(), ..finding }
        };
        once.into_iter().map(named).collect()
    }
}

/// They say the same of the same place.
fn same(a: &Finding, b: &Finding) -> bool {
    let place = |span: Span| (span.file, span.start, span.end);
    a.code == b.code && place(a.place) == place(b.place) && a.verdict == b.verdict && a.message == b.message
}
