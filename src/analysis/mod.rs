//! In: sources and options. Out: one analysis.
//! Never: holds knowledge of its own; it runs the steps in their order.

mod alike;
mod assumption;
pub mod config;
mod environments;
mod estate;
mod outside;
mod owned;
mod run;
mod states;
mod statistics;

use std::collections::BTreeSet;

pub use environments::Part;
pub use statistics::Statistics;

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::evaluate::{self, Deployments, Evaluated, Inputs, Library, Modules, Root};
use crate::rules::{self, Finding, Settings};
use crate::source::Sources;
use crate::syntax::{Dialect, Fault, Limits};
use crate::value::{RootId, Unknown, Value};
use crate::{azure, network};

use config::Config;

/// What the user asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The paths to look at, from the root of the sources; each is a file or a directory.
    pub paths: Vec<String>,
    /// Values for inputs.
    pub inputs: Inputs,
    /// What rules may assume.
    pub settings: Settings,
    /// Which module calls are followed.
    pub modules: Modules,
    /// Bounds of reading.
    pub limits: Limits,
    /// Bounds of evaluation: the most instances of one declaration.
    pub max_instances: usize,
    /// How many threads; 0 for one a core.
    pub threads: usize,
    /// What the configuration says of the estate, of levels and of paths.
    pub config: Config,
    /// No model stands for a module whose source is not here.
    pub without_models: bool,
}

/// What one run found.
pub struct Analysis {
    /// The texts that it read.
    pub sources: Sources,
    /// The deployments that it found.
    pub roots: Vec<RootSummary>,
    /// What is wrong, and what cannot be told, sorted by place and code.
    pub findings: Vec<Finding>,
    /// What was looked at.
    pub coverage: Coverage,
    /// A limit was reached, so that something may be missing.
    pub incomplete: bool,
}

/// One deployment, as reports show it.
#[derive(Clone, Debug)]
pub struct RootSummary {
    /// The deployment.
    pub root: Root,
    /// Its inputs that have no value.
    pub open_inputs: Vec<Unknown>,
    /// How much of its network is known.
    pub statistics: Statistics,
}

/// What was looked at, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Files that were read.
    pub files: usize,
    /// Terraform roots.
    pub terraform_roots: usize,
    /// Bicep roots.
    pub bicep_roots: usize,
    /// Roots that are ARM templates.
    pub arm_roots: usize,
    /// AKS clusters.
    pub clusters: usize,
    /// Virtual networks that are made here.
    pub vnets: usize,
    /// Links of private DNS zones that are made here.
    pub zone_links: usize,
    /// Inventories, and graphs of other repositories.
    pub exports: usize,
    /// Files and blocks that could not be read.
    pub faults: usize,
    /// Terraform modules that no deployment calls, sorted: they are not looked at.
    pub uncalled_modules: Vec<String>,
    /// Module calls whose source is not here, as `module.aks (Azure/aks/azurerm)`, sorted.
    pub unread_modules: Vec<String>,
    /// Module calls that models answer, as `module.aks (Azure/aks/azurerm)`, sorted.
    pub modelled_modules: Vec<String>,
}

impl Coverage {
    /// Adds what was looked at in another part of the run.
    fn add(&mut self, other: Coverage) {
        self.files += other.files;
        self.terraform_roots += other.terraform_roots;
        self.bicep_roots += other.bicep_roots;
        self.arm_roots += other.arm_roots;
        self.clusters += other.clusters;
        self.vnets += other.vnets;
        self.zone_links += other.zone_links;
        self.exports += other.exports;
        self.faults += other.faults;
        self.uncalled_modules.extend(other.uncalled_modules);
        self.unread_modules.extend(other.unread_modules);
        self.modelled_modules.extend(other.modelled_modules);
    }
}

/// Runs all steps.
///
/// What is meant to be deployed and each example are looked at one by one, so that what an example evaluates to is
/// dropped before the next one is begun: registries of modules have hundreds.
pub fn analyze(sources: Sources, options: &Options) -> Analysis {
    let library = library(&sources, options);
    let Deployments { roots, uncalled: uncalled_modules } = find(&library, options);
    let is_deployed = roots.iter().any(|root| root.example.is_none());
    let apart = environments::apart(roots);
    let outside = outside::read(&sources, options, apart.first_free);
    let look = |(roots, first_free): (Vec<Root>, u32)| {
        let is_beside = is_deployed && roots.first().is_some_and(|root| root.example.is_some());
        let estate = states::evaluate_all(&library, roots, first_free, options);
        look_at(&sources, estate, Beside { is_beside, outside: &outside }, options)
    };
    let looked_at: Vec<LookedAt> = apart.groups.into_par_iter().map(look).collect();

    let mut findings = run::faults(&library);
    let mut coverage =
        Coverage { files: run::files(&library) + outside.len(), uncalled_modules, ..Coverage::default() };
    drop(library);
    coverage.faults = findings.len();
    coverage.exports = outside.len();
    for (root, evaluated) in &outside {
        findings.extend(run::of_export(evaluated, root));
    }
    let mut calls = owned::Calls::default();
    let mut roots = Vec::new();
    let mut incomplete = false;
    for part in looked_at {
        findings.extend(part.findings);
        coverage.add(part.coverage);
        calls.add(part.calls);
        roots.extend(part.roots);
        incomplete |= part.incomplete;
    }
    coverage.unread_modules.sort();
    coverage.unread_modules.dedup();
    coverage.modelled_modules.sort();
    coverage.modelled_modules.dedup();
    roots.sort_by_key(|summary| summary.root.id);
    findings.iter_mut().for_each(|finding| calls.bring_home(&sources, finding));
    settle(&sources, &options.config, &mut findings);
    sort(&sources, &mut findings);
    let findings = alike::once(findings);
    Analysis { sources, roots, findings, coverage, incomplete }
}

/// What one group of roots says: that which is meant to be deployed, or one example.
struct LookedAt {
    roots: Vec<RootSummary>,
    findings: Vec<Finding>,
    coverage: Coverage,
    calls: owned::Calls,
    incomplete: bool,
}

/// Joins the roots of one group and asks the rules.
fn look_at(sources: &Sources, estate: environments::Estate, beside: Beside, options: &Options) -> LookedAt {
    let mut findings = Vec::new();
    let mut coverage = Coverage::default();
    let calls = owned::Calls::of(sources, &estate);
    let mut roots = Vec::new();
    let mut incomplete = false;
    for (root, evaluated) in &estate {
        match root.dialect {
            Dialect::Terraform => coverage.terraform_roots += 1,
            Dialect::Bicep if root.is_template() => coverage.arm_roots += 1,
            Dialect::Bicep => coverage.bicep_roots += 1,
        }
        for module in &evaluated.unread {
            coverage.unread_modules.push(format!("{} ({})", module.address, module.source));
        }
        for module in &evaluated.modelled {
            coverage.modelled_modules.push(format!("{} ({})", module.address, module.source));
        }
        findings.extend(run::of_evaluation(evaluated, root));
        incomplete |= !evaluated.cut.is_empty();
        let open_inputs = evaluated.open_inputs.clone();
        roots.push(RootSummary { root: root.clone(), open_inputs, statistics: Statistics::of(evaluated) });
    }
    let mut found = environments::Found::default();
    for (part, network, complaints) in joined(estate, beside, options) {
        findings.extend(complaints);
        // The environments of one estate have the same resources.
        let most = |before: usize, resource_type| before.max(network.made(resource_type).len());
        coverage.clusters = most(coverage.clusters, &azure::cluster::CLUSTER);
        coverage.vnets = most(coverage.vnets, &azure::virtual_network::VNET);
        coverage.zone_links = most(coverage.zone_links, &azure::dns::ZONE_LINK);
        found.add(&part, rules::check(&network, &options.settings));
    }
    findings.extend(found.once(&roots));
    LookedAt { roots, findings, coverage, calls, incomplete }
}

/// The graphs of a run.
#[derive(Default)]
pub struct Networks {
    /// That of each environment of what is meant to be deployed; where there are only examples, that of each.
    pub graphs: Vec<(Part, network::Network)>,
    /// The examples that stand beside what is meant to be deployed, by path: their graphs are not made.
    pub examples: BTreeSet<String>,
}

/// The graphs of the roots below the paths.
pub fn networks(sources: &Sources, options: &Options) -> Networks {
    let mut roots = evaluate(sources, options);
    let outside = outside(sources, options, &roots);
    let mut examples = BTreeSet::new();
    if roots.iter().any(|(root, _)| root.example.is_none()) {
        examples.extend(roots.iter().filter_map(|(root, _)| root.example.clone()));
        roots.retain(|(root, _)| root.example.is_none());
    }
    let beside = Beside { is_beside: false, outside: &outside };
    let graphs = joined(roots, beside, options).map(|(part, network, _)| (part, network)).collect();
    Networks { graphs, examples }
}

/// What stands beside a group of roots.
#[derive(Clone, Copy)]
struct Beside<'a> {
    /// It is an example beside what is meant to be deployed.
    is_beside: bool,
    /// What was exported, or saved of another repository.
    outside: &'a [(Root, Evaluated)],
}

/// The graph of each estate, with what does not fit. What was exported is of that which is deployed, and so is what the
/// configuration says of names that no code has.
fn joined(
    roots: environments::Estate,
    Beside { is_beside, outside }: Beside,
    options: &Options,
) -> impl Iterator<Item = (Part, network::Network, Vec<Finding>)> {
    environments::estates(roots).into_iter().map(move |(part, mut estate)| {
        if !is_beside {
            estate.extend(outside.iter().cloned());
        }
        let (facts, mut findings) = estate::facts(&estate, &options.config);
        let (estate, facts) = estate::with_assumptions(estate, facts, &options.config);
        let network = network::build_with(estate, &facts);
        if !is_beside {
            findings.extend(estate::misfits(&network, &options.config));
        }
        (part, network, findings)
    })
}

/// What the configuration says of levels and of paths.
fn settle(sources: &Sources, config: &Config, findings: &mut Vec<Finding>) {
    findings.retain_mut(|finding| match config.levels.get(finding.code).map(|word| config::level(*word)) {
        Some(None) => false,
        Some(Some(level)) => {
            finding.level = level;
            true
        }
        None => true,
    });
    if config.ignored_paths.is_empty() {
        return;
    }
    findings.retain(|finding| {
        let path = sources.path(finding.place.file);
        let hides = |ignored: &config::IgnoredPath| {
            ignored.glob.is_match(&path) && ignored.codes.iter().any(|code| finding.code.starts_with(code.as_str()))
        };
        !config.ignored_paths.iter().any(hides)
    });
}

/// The environments that the roots below the paths have.
pub fn environments(sources: &Sources, options: &Options) -> BTreeSet<String> {
    let any = Inputs { environment: None, ..options.inputs.clone() };
    let options = Options { inputs: any, ..options.clone() };
    let library = library(sources, &options);
    let roots = find(&library, &options).roots;
    roots.into_iter().filter_map(|root| root.environment).collect()
}

fn library<'a>(sources: &'a Sources, options: &Options) -> Library<'a> {
    let mut library = Library::new(sources, options.limits).with_modules(options.modules);
    library.cloud = options.config.cloud;
    if options.without_models { library.without_models() } else { library }
}

/// Evaluates every root below the paths.
pub fn evaluate(sources: &Sources, options: &Options) -> Vec<(Root, Evaluated)> {
    let library = library(sources, options);
    evaluate_apart(&library, find(&library, options).roots, options)
}

/// Evaluates all roots, each group of them apart from the others; in the order of their numbers.
fn evaluate_apart(library: &Library, roots: Vec<Root>, options: &Options) -> Vec<(Root, Evaluated)> {
    let groups = environments::apart(roots).groups;
    let evaluated = |(roots, first_free)| states::evaluate_all(library, roots, first_free, options);
    let mut all: Vec<(Root, Evaluated)> = groups.into_par_iter().flat_map_iter(evaluated).collect();
    all.sort_by_key(|(root, _)| root.id);
    all
}

/// The Terraform modules below the paths that no deployment calls.
pub fn uncalled(sources: &Sources, options: &Options) -> Vec<String> {
    find(&library(sources, options), options).uncalled
}

/// The inventories and saved graphs below the paths; `roots` are those that they stand beside.
pub fn outside(sources: &Sources, options: &Options, roots: &[(Root, Evaluated)]) -> Vec<(Root, Evaluated)> {
    let first_free = roots.iter().map(|(root, _)| root.id.0 + 1).max();
    outside::read(sources, options, first_free.unwrap_or_default())
}

/// What could not be read of the files that the roots are made of, by path and place.
pub fn faults(sources: &Sources, options: &Options) -> Vec<Fault> {
    let library = library(sources, options);
    evaluate_apart(&library, find(&library, options).roots, options);
    run::faults_of(&library).into_iter().map(|(_, fault)| fault).collect()
}

/// The deployments below the paths; every file there is read first, in parallel.
fn find(library: &Library, options: &Options) -> Deployments {
    let walked: Vec<String> =
        options.paths.iter().flat_map(|path| library.sources.find(path, &evaluate::is_program)).collect();
    walked.par_iter().for_each(|path| drop(library.program(path)));
    let templates: Vec<String> =
        options.paths.iter().flat_map(|path| library.sources.find(path, &evaluate::may_be_template)).collect();
    templates.par_iter().for_each(|path| drop(library.template(path)));
    let mut found = evaluate::find_roots(library, &options.paths, &options.inputs);
    let is_layer = |root: &Root| {
        let mut members = options.config.layers.iter().flat_map(|layer| &layer.members);
        members.any(|(glob, _)| glob.is_match(&root.path))
    };
    // What the configuration orders is meant to be deployed.
    found.roots.iter_mut().filter(|root| is_layer(root)).for_each(|root| root.example = None);
    found
}

/// Sorts by place and code, and shows once what several environments or roots share.
fn sort(sources: &Sources, findings: &mut Vec<Finding>) {
    findings.sort_by_cached_key(|finding| {
        (sources.path(finding.place.file), finding.place.start, finding.code, finding.message.clone())
    });
    findings
        .dedup_by(|a, b| a.code == b.code && a.place == b.place && a.verdict == b.verdict && a.message == b.message);
}

/// A root in which expressions are evaluated.
pub fn console<'a>(sources: &'a Sources, options: &Options, dialect: Dialect, path: &str) -> Console<'a> {
    let path = path.to_string();
    let root = Root { id: RootId(0), path, dialect, environment: None, input_files: Vec::new(), example: None };
    Console {
        sources,
        limits: options.limits,
        without_models: options.without_models,
        modules: options.modules,
        cloud: options.config.cloud,
        inputs: options.inputs.clone(),
        root,
        asked: std::cell::Cell::new(0),
    }
}

/// Evaluates single expressions in a root, as `terraform console` and `bicep console` do.
pub struct Console<'a> {
    sources: &'a Sources,
    limits: Limits,
    without_models: bool,
    modules: Modules,
    cloud: Option<evaluate::Cloud>,
    inputs: Inputs,
    root: Root,
    asked: std::cell::Cell<usize>,
}

impl Console<'_> {
    /// The value of an expression, or why there is none.
    pub fn evaluate(&self, text: &str) -> Result<Value, String> {
        let asked = self.asked.get();
        self.asked.set(asked + 1);
        let mut library = Library::new(self.sources, self.limits).with_modules(self.modules);
        library.cloud = self.cloud;
        let library = if self.without_models { library.without_models() } else { library };
        evaluate::evaluate_text(&library, &self.root, &self.inputs, text, asked)
    }
}
