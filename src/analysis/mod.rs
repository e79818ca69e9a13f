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

use std::collections::{BTreeMap, BTreeSet};

pub use environments::Part;
pub use statistics::Statistics;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

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

/// Runs all steps.
pub fn analyze(sources: Sources, options: &Options) -> Analysis {
    let (estate, uncalled_modules, faults, files) = {
        let library = library(&sources, options);
        let Deployments { roots, uncalled } = find(&library, options);
        let estate: Vec<(Root, Evaluated)> = states::evaluate_all(&library, roots, options);
        (estate, uncalled, run::faults(&library), run::files(&library))
    };
    let mut findings = faults;
    let mut coverage = Coverage { files, uncalled_modules, ..Coverage::default() };
    coverage.faults = findings.len();
    let calls = owned::Calls::of(&sources, &estate);
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
    coverage.unread_modules.sort();
    coverage.unread_modules.dedup();
    coverage.modelled_modules.sort();
    coverage.modelled_modules.dedup();
    let mut found = environments::Found::default();
    let outside = outside::read(&sources, options, estate.len());
    coverage.files += outside.len();
    coverage.exports = outside.len();
    for (root, evaluated) in &outside {
        findings.extend(run::of_export(evaluated, root));
    }
    let mut made: BTreeMap<Option<String>, [usize; 3]> = BTreeMap::new();
    for (part, network, complaints) in joined(estate, &outside, options) {
        findings.extend(complaints);
        let counts = [&azure::cluster::CLUSTER, &azure::virtual_network::VNET, &azure::dns::ZONE_LINK]
            .map(|resource_type| network.made(resource_type).len());
        // The environments of one estate have the same resources.
        let most = made.entry(part.example.clone()).or_default();
        most.iter_mut().zip(counts).for_each(|(most, count)| *most = count.max(*most));
        found.add(&part, rules::check(&network, &options.settings));
    }
    for [clusters, vnets, zone_links] in made.into_values() {
        coverage.clusters += clusters;
        coverage.vnets += vnets;
        coverage.zone_links += zone_links;
    }
    findings.extend(found.once(&roots));
    findings.iter_mut().for_each(|finding| calls.bring_home(&sources, finding));
    settle(&sources, &options.config, &mut findings);
    sort(&sources, &mut findings);
    let findings = alike::once(findings);
    Analysis { sources, roots, findings, coverage, incomplete }
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
    let outside = outside::read(sources, options, roots.len());
    let mut examples = BTreeSet::new();
    if roots.iter().any(|(root, _)| root.example.is_none()) {
        examples.extend(roots.iter().filter_map(|(root, _)| root.example.clone()));
        roots.retain(|(root, _)| root.example.is_none());
    }
    let graphs = joined(roots, &outside, options).map(|(part, network, _)| (part, network)).collect();
    Networks { graphs, examples }
}

/// The graph of each estate, with what does not fit. What was exported is of that which is deployed, and so is what the
/// configuration says of names that no code has.
fn joined(
    roots: environments::Estate,
    outside: &[(Root, Evaluated)],
    options: &Options,
) -> impl Iterator<Item = (Part, network::Network, Vec<Finding>)> {
    let is_deployed = roots.iter().any(|(root, _)| root.example.is_none());
    environments::estates(roots).into_iter().map(move |(part, mut estate)| {
        let is_beside = is_deployed && part.example.is_some();
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
    let roots = find(&library, options).roots;
    states::evaluate_all(&library, roots, options)
}

/// The Terraform modules below the paths that no deployment calls.
pub fn uncalled(sources: &Sources, options: &Options) -> Vec<String> {
    find(&library(sources, options), options).uncalled
}

/// The inventories and saved graphs below the paths; `roots` is how many roots there are beside them.
pub fn outside(sources: &Sources, options: &Options, roots: usize) -> Vec<(Root, Evaluated)> {
    outside::read(sources, options, roots)
}

/// What could not be read of the files that the roots are made of, by path and place.
pub fn faults(sources: &Sources, options: &Options) -> Vec<Fault> {
    let library = library(sources, options);
    let roots = find(&library, options).roots;
    states::evaluate_all(&library, roots, options);
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
