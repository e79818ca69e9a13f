//! In: sources and options. Out: one analysis.
//! Never: holds knowledge of its own; it runs the steps in their order.

use crate::evaluate::{Evaluated, Inputs, Root};
use crate::rules::{Finding, Settings};
use crate::source::Sources;
use crate::syntax::{Dialect, Fault, Limits};
use crate::value::{Unknown, Value};

/// What the user asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The paths to look at, from the root of the sources; each is a file or a directory.
    pub paths: Vec<String>,
    /// Values for inputs.
    pub inputs: Inputs,
    /// What rules may assume.
    pub settings: Settings,
    /// Bounds of reading.
    pub limits: Limits,
    /// Bounds of evaluation: the most instances of one declaration.
    pub max_instances: usize,
    /// How many threads; 0 for one a core.
    pub threads: usize,
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
    /// AKS clusters.
    pub clusters: usize,
    /// Virtual networks that are made here.
    pub vnets: usize,
    /// Links of private DNS zones that are made here.
    pub zone_links: usize,
    /// Files and blocks that could not be read.
    pub faults: usize,
    /// Module calls whose source is not here, as `module.aks (Azure/aks/azurerm)`, sorted.
    pub unread_modules: Vec<String>,
}

// STUBS: what `cli` calls. They are replaced when evaluation, the network and the rules are there.

/// STUB. Runs all steps.
pub fn analyze(sources: Sources, options: &Options) -> Analysis {
    let _ = options;
    Analysis { sources, roots: Vec::new(), findings: Vec::new(), coverage: Coverage::default(), incomplete: false }
}

/// STUB. Evaluates every root below the paths.
pub fn evaluate(sources: &Sources, options: &Options) -> Vec<(Root, Evaluated)> {
    let _ = (sources, options);
    Vec::new()
}

/// STUB. What could not be read of the files that the roots are made of, by path and place.
pub fn faults(sources: &Sources, options: &Options) -> Vec<Fault> {
    let _ = (sources, options);
    Vec::new()
}

/// STUB. A root in which expressions are evaluated.
pub fn console(sources: &Sources, options: &Options, dialect: Dialect, directory: &str) -> Console {
    let _ = (sources, options, dialect, directory);
    Console
}

/// STUB.
pub struct Console;

impl Console {
    /// STUB. The value of an expression, or why there is none.
    pub fn evaluate(&self, text: &str) -> Result<Value, String> {
        Err(format!("`{text}` cannot be evaluated"))
    }
}
