//! In: the paths that a user gave. Out: the deployments below them, with the files that give values to their inputs.
//! Never: evaluates a body; it reads which files name which.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, RwLock};

use super::Root;
use super::bicep::{Declared, located};
use super::examples;
use super::models::Model;
use super::terraform::{Configuration, files, is_configuration, is_plan, tree_of};
use crate::source::{Refusal, Sources, Span, directory_of, extension_of, join, name_of};
use crate::syntax::{self, Dialect, Item, Limits, Program, Shape, arm, bicep};
use crate::value::{RootId, SmolStr, Value};

/// The values that a user gives to inputs.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// `--var name=text`, for every root that declares the name.
    pub variables: Vec<(String, String)>,
    /// `TF_VAR_name=text` of the process, where the user asked for it: below every file of values.
    pub surroundings: Vec<(String, String)>,
    /// `--var-file`, paths from the root of the sources.
    pub variable_files: Vec<String>,
    /// `--params`, paths from the root of the sources; `(None, file)` binds to what the file says itself.
    pub parameter_files: Vec<(Option<String>, String)>,
    /// `--env`: only the environment of this name.
    pub environment: Option<String>,
    /// What the configuration gives to single deployments.
    pub bound: Vec<Bound>,
}

/// What the configuration gives to one deployment, in one environment: a `[[root]]`.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The root's path.
    pub path: String,
    /// The environment that it makes.
    pub environment: Option<String>,
    /// Files of values for Terraform.
    pub variable_files: Vec<String>,
    /// Files of parameters for Bicep and ARM.
    pub parameter_files: Vec<String>,
    /// Values by the names of inputs.
    pub variables: Vec<(SmolStr, Value)>,
    /// Where it is written.
    pub place: Span,
}

/// Which module calls are followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Modules {
    /// None.
    None,
    /// Those whose source is a path in the repository.
    Local,
    /// Those, and what `terraform init` and `bicep restore` left on the disk.
    #[default]
    Restored,
}

/// The programs of a run: every file is read once.
pub struct Library<'a> {
    /// The texts.
    pub sources: &'a Sources,
    /// Which module calls are followed.
    pub modules: Modules,
    /// The cloud that Bicep and ARM are deployed to, where the user says so.
    pub cloud: Option<super::Cloud>,
    limits: Limits,
    configs: RwLock<BTreeMap<String, Arc<bicep::Config>>>,
    programs: RwLock<BTreeMap<String, Result<Arc<Program>, Refusal>>>,
    /// What Bicep files and templates declare: many roots call the same modules.
    declared: RwLock<BTreeMap<String, Result<Arc<Declared>, Refusal>>>,
    /// The models that were asked for, by what they stand for; `None` where none may be.
    models: Option<RwLock<BTreeMap<String, Arc<Program>>>>,
}

impl<'a> Library<'a> {
    /// An empty library over the texts.
    pub fn new(sources: &'a Sources, limits: Limits) -> Library<'a> {
        Library {
            sources,
            modules: Modules::default(),
            cloud: None,
            limits,
            configs: RwLock::default(),
            programs: RwLock::default(),
            declared: RwLock::default(),
            models: Some(RwLock::default()),
        }
    }

    /// The same library, in which no model stands for a module that is not there.
    pub fn without_models(self) -> Library<'a> {
        Library { models: None, ..self }
    }

    /// Models stand for modules that were not downloaded.
    pub(super) fn has_models(&self) -> bool {
        self.models.is_some() && self.modules == Modules::Restored
    }

    /// What a model declares.
    pub(super) fn model(&self, model: &Model) -> Arc<Program> {
        let read = || Arc::new(model.read(self.sources, self.limits));
        let Some(models) = &self.models else { return read() };
        let title = model.title();
        if let Some(known) = models.read().expect("no reader panics while it holds the lock").get(&title) {
            return Arc::clone(known);
        }
        let read = read();
        let mut models = models.write().expect("no reader panics while it holds the lock");
        Arc::clone(models.entry(title).or_insert(read))
    }

    /// The same library, of which only such modules are read.
    pub fn with_modules(self, modules: Modules) -> Library<'a> {
        Library { modules, ..self }
    }

    /// What the `bicepconfig.json` next to or above a directory says of modules; without one, what Bicep assumes.
    pub fn bicep_config(&self, directory: &str) -> Arc<bicep::Config> {
        if let Some(known) = self.configs.read().expect("no reader panics while it holds the lock").get(directory) {
            return Arc::clone(known);
        }
        let here = join(directory, bicep::CONFIG).and_then(|path| self.sources.open(&path).ok());
        let config = match here {
            Some(file) => Arc::new(bicep::config(self.sources, file, self.limits)),
            None if directory.is_empty() => Arc::default(),
            None => self.bicep_config(directory_of(directory)),
        };
        let mut configs = self.configs.write().expect("no reader panics while it holds the lock");
        Arc::clone(configs.entry(directory.to_string()).or_insert(config))
    }

    /// The bounds of reading.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// The program at a path, or why the file could not be read.
    pub fn program(&self, path: &str) -> Result<Arc<Program>, Refusal> {
        if let Some(known) = self.programs.read().expect("no reader panics while it holds the lock").get(path) {
            return known.clone();
        }
        let read = self.sources.open(path).map(|id| Arc::new(syntax::read(self.sources, id, self.limits)));
        let mut programs = self.programs.write().expect("no reader panics while it holds the lock");
        programs.entry(path.to_string()).or_insert(read).clone()
    }

    /// What the Bicep file or template at a path declares, by name.
    pub(super) fn declared(&self, path: &str) -> Result<Arc<Declared>, Refusal> {
        if let Some(known) = self.declared.read().expect("no reader panics while it holds the lock").get(path) {
            return known.clone();
        }
        let read = Declared::read(self, path).map(Arc::new);
        let mut declared = self.declared.write().expect("no reader panics while it holds the lock");
        declared.entry(path.to_string()).or_insert(read).clone()
    }

    /// The ARM template at a path; `None` for other JSON, and for what the compiler made of a Bicep file beside it.
    pub fn template(&self, path: &str) -> Option<Arc<Program>> {
        if self.has_source(path) && arm::is_compiled(self.sources, path) {
            return None;
        }
        let file = self.sources.file(self.sources.open(path).ok()?);
        if !arm::is_template(&file.text) {
            return None;
        }
        self.program(path).ok().filter(|program| declares(program))
    }

    /// `main.json` stands beside `main.bicep`; `azuredeploy.json` is made of that as well.
    fn has_source(&self, path: &str) -> bool {
        let stem = name_of(path).trim_end_matches(".json");
        let names = [stem, "main"].into_iter().take(if stem == "azuredeploy" { 2 } else { 1 });
        let entries = self.sources.list(directory_of(path)).unwrap_or_default();
        names.into_iter().any(|name| entries.iter().any(|entry| entry.name == format!("{name}.bicep")))
    }

    /// The templates that were compiled from a Bicep file and lie beside it: they are left to that file.
    pub fn compiled_from(&self, path: &str) -> Vec<String> {
        let Some(stem) = name_of(path).strip_suffix(".bicep") else { return Vec::new() };
        let names = [stem, "azuredeploy"].into_iter().take(if stem == "main" { 2 } else { 1 });
        let paths = names.filter_map(|name| join(directory_of(path), &format!("{name}.json")));
        let entries = self.sources.list(directory_of(path)).unwrap_or_default();
        let is_here = |path: &String| entries.iter().any(|entry| entry.name == name_of(path));
        paths.filter(|path| is_here(path) && arm::is_compiled(self.sources, path)).collect()
    }

    /// Every program that was read and every file that was refused, by path.
    pub fn all(&self) -> Vec<(String, Result<Arc<Program>, Refusal>)> {
        let programs = self.programs.read().expect("no reader panics while it holds the lock");
        programs.iter().map(|(path, program)| (path.clone(), program.clone())).collect()
    }
}

/// Files that the walk reads: everything that may declare something.
pub fn is_program(path: &str) -> bool {
    is_configuration(path) || matches!(extension_of(path), "bicep" | "bicepparam")
}

/// Files that may be ARM templates; what stands in them decides.
pub fn may_be_template(path: &str) -> bool {
    let others = [".tf.json", ".tofu.json", ".tfvars.json", ".tftest.json", ".parameters.json"];
    extension_of(path) == "json" && !others.iter().any(|other| path.ends_with(other))
}

/// What is deployed of that which lies below some paths.
#[derive(Clone, Debug, Default)]
pub struct Deployments {
    /// The deployments, sorted, each once an environment.
    pub roots: Vec<Root>,
    /// Terraform modules that no deployment calls, though one calls others of their kind: nothing says what they would
    /// be given, so that they are not looked at.
    pub uncalled: Vec<String>,
}

/// The deployments at and below the given paths.
///
/// A path that the user names is always a root. Below a directory, roots are Terraform directories that no local
/// module call names, or that look like one by themselves, and Bicep files and ARM templates that no other file uses as a
/// module, or that a parameter file belongs to.
pub fn find_roots(library: &Library, paths: &[String], inputs: &Inputs) -> Deployments {
    let mut named: BTreeSet<(String, Dialect)> = BTreeSet::new();
    let mut walked: BTreeSet<String> = BTreeSet::new();
    for path in paths {
        if library.sources.is_directory(path) {
            walked.extend(library.sources.find(path, &is_program));
            let templates = library.sources.find(path, &may_be_template);
            walked.extend(templates.into_iter().filter(|path| library.template(path).is_some()));
            named.extend(plans_below(library, path).into_iter().map(|path| (path, Dialect::Terraform)));
            if !files(library, path).is_empty() {
                named.insert((path.clone(), Dialect::Terraform));
            }
            continue;
        }
        match extension_of(path) {
            // What was exported or saved elsewhere is no deployment, and may be large.
            "json" if is_outside(library, path) => {}
            _ if is_configuration(path) => {
                named.insert((directory_of(path).to_string(), Dialect::Terraform));
            }
            "bicepparam" => named.extend(used_by(library, path).map(|path| (path, Dialect::Bicep))),
            "json" if library.program(path).is_ok_and(|program| declares(&program)) => {
                named.insert((path.clone(), Dialect::Bicep));
            }
            "bicep" => {
                named.insert((path.clone(), Dialect::Bicep));
            }
            "json" if is_plan(library, path) => {
                named.insert((path.clone(), Dialect::Terraform));
            }
            _ => {}
        }
    }
    let (roots, mut uncalled) = terraform_roots(library, &walked, paths);
    named.extend(roots);
    named.extend(bicep_roots(library, &walked));
    for bound in
        inputs.bound.iter().filter(|bound| paths.iter().any(|path| examples::below(&bound.path, path).is_some()))
    {
        let dialect = match library.sources.is_directory(&bound.path) {
            true => Dialect::Terraform,
            false => Dialect::Bicep,
        };
        named.insert((bound.path.clone(), dialect));
    }
    uncalled.retain(|path| !named.contains(&(path.clone(), Dialect::Terraform)));
    let plans = plans_of(library, &named);
    // A plan says all that its configuration says, and more: the same infrastructure is not read twice.
    named.retain(|(path, dialect)| *dialect != Dialect::Terraform || !plans.contains_key(path));
    let values: Vec<&String> = walked.iter().filter(|path| extension_of(path) == "bicepparam").collect();
    let mut roots: Vec<Root> =
        named.into_iter().flat_map(|(path, dialect)| bound(library, path, dialect, inputs, &values)).collect();
    for root in &mut roots {
        // Several plans of one configuration are several environments.
        if plans.values().any(|plans| plans.len() > 1 && plans.contains(&root.path)) {
            root.environment = Some(environment_of(&root.path));
        }
    }
    if let Some(wanted) = &inputs.environment {
        let is_plan = |root: &Root| plans.values().any(|plans| plans.contains(&root.path));
        roots.retain(|root| !is_plan(root) || root.environment.as_ref().is_none_or(|own| own == wanted));
    }
    roots.sort_by(|a, b| (&a.path, a.dialect, &a.environment).cmp(&(&b.path, b.dialect, &b.environment)));
    for (index, root) in roots.iter_mut().enumerate() {
        root.id = RootId(u32::try_from(index).unwrap_or(u32::MAX));
        // What the configuration names is meant to be deployed.
        if inputs.bound.iter().all(|bound| bound.path != root.path) {
            root.example = examples::example_of(&root.path, paths);
        }
    }
    Deployments { roots, uncalled }
}

fn is_outside(library: &Library, path: &str) -> bool {
    let file = library.sources.open(path).map(|file| library.sources.file(file));
    file.is_ok_and(|file| super::outside::kind_of(&file.text).is_some())
}

/// The plans and states below a directory: JSON that looks like one, and is. No other JSON is parsed for this.
fn plans_below(library: &Library, directory: &str) -> Vec<String> {
    let other = |path: &str| path.ends_with(".tfvars.json") || is_configuration(path);
    let candidates = library.sources.find(directory, &|path| extension_of(path) == "json" && !other(path));
    let looks_like_one = |path: &String| {
        let opened = || library.sources.open(path).map(|file| library.sources.file(file));
        !arm::is_compiled(library.sources, path) && opened().is_ok_and(|file| syntax::plan::is_plan(&file.text))
    };
    candidates.into_iter().filter(|path| looks_like_one(path) && is_plan(library, path)).collect()
}

/// The plans among some roots, by the directory whose configuration each of them is of.
fn plans_of(library: &Library, named: &BTreeSet<(String, Dialect)>) -> BTreeMap<String, BTreeSet<String>> {
    let mut plans: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, dialect) in named {
        if *dialect == Dialect::Terraform
            && path.ends_with(".json")
            && let Some(directory) = tree_of(library, path)
        {
            plans.entry(directory).or_default().insert(path.clone());
        }
    }
    plans
}

/// The roots of Terraform below some paths, and the modules that are none.
fn terraform_roots(
    library: &Library,
    walked: &BTreeSet<String>,
    paths: &[String],
) -> (Vec<(String, Dialect)>, Vec<String>) {
    let directories: BTreeSet<&str> =
        walked.iter().filter(|path| is_configuration(path)).map(|path| directory_of(path)).collect();
    let mut calls: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut elsewhere: BTreeSet<String> = BTreeSet::new();
    let mut own: BTreeSet<&str> = BTreeSet::new();
    let mut maybe: BTreeMap<&str, bool> = BTreeMap::new();
    for directory in &directories {
        let Some(configuration) = Configuration::read(library, directory) else { continue };
        calls.insert(directory, configuration.local_sources());
        elsewhere.extend(configuration.directories_elsewhere());
        let entries = library.sources.list(directory).unwrap_or_default();
        if configuration.keeps_state() || entries.iter().any(|entry| is_loaded(&entry.name)) {
            own.insert(directory);
        } else if configuration.sets_up_providers() {
            maybe.insert(directory, configuration.stands_alone());
        }
    }
    let called: BTreeSet<&String> = calls.values().flatten().collect();
    // A module that others call and that needs what they give sets up a provider for itself at most.
    let alone = maybe.into_iter().filter(|(directory, alone)| *alone || !called.contains(&directory.to_string()));
    own.extend(alone.map(|(directory, _)| directory));
    let is_root = |directory: &&str| own.contains(*directory) || !called.contains(&directory.to_string());
    let all = directories.iter().map(|directory| directory.to_string()).collect();
    let roots = directories.iter().filter(|d| is_root(d)).map(|d| d.to_string()).collect();
    let of = |directory: &str| calls.get(directory).into_iter().flatten().cloned().collect();
    let roots = with_circles(all, roots, of);
    // Terragrunt and stacks call modules as well, in languages that are not read.
    if paths.iter().any(|path| !library.sources.find(path, &calls_modules_too).is_empty()) {
        return (roots.into_iter().map(|root| (root, Dialect::Terraform)).collect(), Vec::new());
    }
    let deployed: Vec<&str> =
        own.iter().copied().filter(|directory| examples::example_of(directory, paths).is_none()).collect();
    let folders: BTreeSet<&str> =
        deployed.iter().filter_map(|root| calls.get(root)).flatten().map(|module| directory_of(module)).collect();
    let is_uncalled = |root: &String| {
        // What puts modules together that lie elsewhere is not one among them.
        let composes = || calls.get(root.as_str()).into_iter().flatten().any(|m| examples::below(m, root).is_none());
        let within = || deployed.iter().any(|above| examples::below(root, above).is_some());
        let is_used = || elsewhere.iter().any(|used| root == used || root.ends_with(&format!("/{used}")));
        let has_values = || {
            let entries = library.sources.list(root).unwrap_or_default();
            entries.iter().any(|entry| entry.name.ends_with(".tfvars") || entry.name.ends_with(".tfvars.json"))
        };
        !own.contains(root.as_str())
            && examples::example_of(root, paths).is_none()
            && (within() || folders.contains(directory_of(root)))
            && !composes()
            && !is_used()
            && !has_values()
    };
    let (uncalled, roots): (Vec<String>, Vec<String>) = roots.into_iter().partition(is_uncalled);
    (roots.into_iter().map(|root| (root, Dialect::Terraform)).collect(), uncalled)
}

/// Files that say which modules are deployed without being Terraform's own
/// (<https://terragrunt.gruntwork.io/docs/reference/hcl/blocks/#terraform>,
/// <https://developer.hashicorp.com/terraform/language/stacks>).
fn calls_modules_too(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name == "terragrunt.hcl" || [".tfstack.hcl", ".tfcomponent.hcl"].iter().any(|end| name.ends_with(end))
}

/// The roots, and the first of those programs that nobody reaches because they call each other in a circle.
fn with_circles(all: BTreeSet<String>, mut roots: Vec<String>, calls: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<String> = roots.clone();
    loop {
        while let Some(at) = open.pop() {
            if reached.insert(at.clone()) {
                open.extend(calls(&at));
            }
        }
        let Some(first) = all.iter().find(|program| !reached.contains(*program)) else { return roots };
        roots.push(first.clone());
        open.push(first.clone());
    }
}

fn bicep_roots(library: &Library, walked: &BTreeSet<String>) -> Vec<(String, Dialect)> {
    // `main.tf.json` is JSON as well, and Terraform's.
    let is_bicep = |path: &&String| matches!(extension_of(path), "bicep" | "json") && !is_configuration(path);
    let programs: Vec<&String> = walked.iter().filter(is_bicep).collect();
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut bound: BTreeSet<String> = BTreeSet::new();
    for path in &programs {
        let Ok(program) = library.program(path) else { continue };
        used.extend(bicep_sources(library, &program, path));
    }
    for path in walked.iter().filter(|path| extension_of(path) == "bicepparam") {
        bound.extend(used_by(library, path));
    }
    let is_root = |path: &&String| {
        bound.contains(path.as_str())
            || !used.contains(path.as_str())
            || !parameter_files(library, path).is_empty() && named_after(library, path)
    };
    let all = programs.iter().map(|path| path.to_string()).collect();
    let roots = programs.iter().copied().filter(is_root).cloned().collect();
    let calls = |path: &str| {
        library.program(path).map_or_else(|_| Vec::new(), |program| bicep_sources(library, &program, path))
    };
    with_circles(all, roots, calls).into_iter().map(|root| (root, Dialect::Bicep)).collect()
}

/// The name of a Bicep file or template without what says its language.
fn stem_of(path: &str) -> &str {
    let name = name_of(path);
    name.strip_suffix(".bicep").or(name.strip_suffix(".json")).unwrap_or(name)
}

/// A JSON file is a template, and not a file of values.
fn declares(program: &Program) -> bool {
    program.dialect == Dialect::Bicep
        && program.shape == Shape::Declarations
        && (!program.items.is_empty() || !program.faults.is_empty())
}

/// A parameter file carries the name of this program: `X.parameters.json` for `X.bicep`.
fn named_after(library: &Library, path: &str) -> bool {
    let stem = stem_of(path).to_string();
    parameter_files(library, path).iter().any(|file| name_of(file).starts_with(&format!("{stem}.")))
}

/// The Bicep file that a `.bicepparam` file is for.
fn used_by(library: &Library, path: &str) -> Option<String> {
    let program = library.program(path).ok()?;
    let source = program.items.iter().find_map(|item| match item {
        Item::Using(Some(expr)) => expr.as_literal(),
        _ => None,
    })?;
    join(directory_of(path), source).filter(|path| library.sources.open(path).is_ok())
}

/// Terraform loads it without being told.
fn is_loaded(name: &str) -> bool {
    matches!(name, "terraform.tfvars" | "terraform.tfvars.json")
        || name.ends_with(".auto.tfvars")
        || name.ends_with(".auto.tfvars.json")
}

/// A root, once for each environment that its input files make.
fn bound(library: &Library, path: String, dialect: Dialect, inputs: &Inputs, values: &[&String]) -> Vec<Root> {
    let root = |environment: Option<String>, input_files: Vec<String>| Root {
        id: RootId(0),
        path: path.clone(),
        dialect,
        environment,
        input_files,
        example: None,
    };
    let (always, candidates) = match dialect {
        // A plan was made with its inputs.
        Dialect::Terraform if path.ends_with(".json") => (Vec::new(), Vec::new()),
        Dialect::Terraform => terraform_inputs(library, &path, inputs),
        Dialect::Bicep => bicep_inputs(library, &path, inputs, values),
    };
    let with = |files: &[String]| always.iter().chain(files).cloned().collect();
    let wanted = |environment: &str| inputs.environment.as_deref().is_none_or(|wanted| wanted == environment);
    let candidates = named_environments(candidates, &path);
    let said: Vec<&Bound> = inputs.bound.iter().filter(|bound| bound.path == path).collect();
    let environments: Vec<Root> = if said.is_empty() {
        let several = candidates.len() > 1;
        let chosen = candidates.iter().filter(|(environment, _)| wanted(environment));
        chosen
            .map(|(environment, file)| root(several.then(|| environment.clone()), with(std::slice::from_ref(file))))
            .collect()
    } else {
        let files = |bound: &Bound| -> Vec<String> {
            let own: Vec<String> = bound.variable_files.iter().chain(&bound.parameter_files).cloned().collect();
            let named =
                candidates.iter().filter(|(name, _)| own.is_empty() && bound.environment.as_ref() == Some(name));
            own.iter().cloned().chain(named.map(|(_, file)| file.clone())).collect()
        };
        let chosen = said.iter().filter(|bound| bound.environment.as_deref().is_none_or(wanted));
        chosen.map(|bound| root(bound.environment.clone(), with(&files(bound)))).collect()
    };
    // A root without the environment that is asked for joins with what it has.
    if environments.is_empty() { vec![root(None, always)] } else { environments }
}

/// The candidates by the environments that they make; several of one name are named by their paths.
fn named_environments(candidates: Vec<String>, root: &str) -> Vec<(String, String)> {
    let directory = if extension_of(root).is_empty() { root } else { directory_of(root) };
    let names: Vec<String> = candidates.iter().map(|file| environment_of(file)).collect();
    let named = |(index, file): (usize, String)| {
        let name = &names[index];
        if names.iter().filter(|other| *other == name).count() == 1 {
            return (name.clone(), file);
        }
        let below = file.strip_prefix(directory).unwrap_or(&file).trim_start_matches('/');
        (below.rsplit_once('.').map_or(below, |(stem, _)| stem).to_string(), file)
    };
    candidates.into_iter().enumerate().map(named).collect()
}

/// The files that always give values to a Terraform root, and those that each make an environment
/// (<https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence>).
fn terraform_inputs(library: &Library, directory: &str, inputs: &Inputs) -> (Vec<String>, Vec<String>) {
    let entries = library.sources.list(directory).unwrap_or_default();
    let here = |name: &str| join(directory, name);
    let mut always: Vec<String> = Vec::new();
    for name in ["terraform.tfvars", "terraform.tfvars.json"] {
        if entries.iter().any(|entry| entry.name == name && !entry.directory) {
            always.extend(here(name));
        }
    }
    let automatic = entries.iter().filter(|entry| is_loaded(&entry.name) && entry.name.contains(".auto."));
    always.extend(automatic.filter_map(|entry| here(&entry.name)));
    always.extend(inputs.variable_files.iter().cloned());
    if !inputs.variable_files.is_empty() {
        return (always, Vec::new());
    }
    let Some(configuration) = Configuration::read(library, directory) else { return (always, Vec::new()) };
    let mut candidates: Vec<String> = Vec::new();
    for (below, entry) in values_below(library, directory) {
        let is_values = entry.ends_with(".tfvars") && !(below == directory && is_loaded(&entry));
        let Some(path) = join(&below, &entry).filter(|_| is_values) else { continue };
        let declared = |item: &Item| match item {
            Item::Assignment(assignment) => configuration.inputs.contains_key(&assignment.name.name),
            _ => true,
        };
        let fits = library.program(&path).is_ok_and(|program| {
            !program.items.is_empty() && program.faults.is_empty() && program.items.iter().all(declared)
        });
        if fits {
            candidates.push(path);
        }
    }
    (always, candidates)
}

/// The files of a directory and, two levels down, of those directories that hold no program of their own.
fn values_below(library: &Library, directory: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![(directory.to_string(), 0)];
    while let Some((at, depth)) = open.pop() {
        let entries = library.sources.list(&at).unwrap_or_default();
        if depth > 0 && entries.iter().any(|entry| is_program(&entry.name)) {
            continue;
        }
        for entry in entries {
            match entry.directory {
                true if depth < 2 && !entry.name.starts_with('.') => {
                    open.extend(join(&at, &entry.name).map(|below| (below, depth + 1)));
                }
                true => {}
                false => found.push((at.clone(), entry.name)),
            }
        }
    }
    found.sort();
    found
}

fn bicep_inputs(library: &Library, path: &str, inputs: &Inputs, values: &[&String]) -> (Vec<String>, Vec<String>) {
    let given: Vec<String> = inputs
        .parameter_files
        .iter()
        .filter(|(root, file)| match root {
            Some(root) => root == path,
            None if extension_of(file) == "bicepparam" => used_by(library, file).as_deref() == Some(path),
            None => belongs(library, file, path),
        })
        .map(|(_, file)| file.clone())
        .collect();
    if !given.is_empty() {
        return (given, Vec::new());
    }
    let mut found = parameter_files(library, path);
    // A parameter file says itself which program it is for, wherever it lies.
    let elsewhere = values.iter().filter(|file| used_by(library, file).as_deref() == Some(path));
    found.extend(elsewhere.map(|file| file.to_string()));
    found.sort();
    found.dedup();
    (Vec::new(), found)
}

/// The parameter files that belong to a Bicep file, by what they use or by their name.
fn parameter_files(library: &Library, path: &str) -> Vec<String> {
    let directory = directory_of(path);
    let mut found = Vec::new();
    let below = ["", "parameters"].map(|below| join(directory, below));
    for at in below.into_iter().flatten() {
        for entry in library.sources.list(&at).unwrap_or_default() {
            let Some(file) = join(&at, &entry.name).filter(|_| !entry.directory) else { continue };
            let fits = match extension_of(&file) {
                "bicepparam" => used_by(library, &file).as_deref() == Some(path),
                "json" => belongs(library, &file, path),
                _ => false,
            };
            if fits {
                found.push(file);
            }
        }
    }
    found
}

/// Whether an ARM parameter file belongs to a Bicep file: by its name, and because the file declares all that it gives.
fn belongs(library: &Library, file: &str, path: &str) -> bool {
    let name = name_of(file).to_lowercase();
    let stem = stem_of(path).to_lowercase();
    let named = name.starts_with(&format!("{stem}.param"))
        || name == format!("parameters-{stem}.json")
        || name == "parameters.json"
        || name.starts_with("azuredeploy.parameters") && stem == "main";
    if !named || !name.ends_with(".json") {
        return false;
    }
    let (Ok(values), Ok(program)) = (library.program(file), library.program(path)) else { return false };
    let declares =
        |name: &str| program.items.iter().any(|item| matches!(item, Item::Input(input) if input.name.name == name));
    let mut given = values.items.iter().filter_map(|item| match item {
        Item::Assignment(assignment) => Some(assignment.name.name.as_str()),
        _ => None,
    });
    !values.items.is_empty() && given.all(declares)
}

/// The name of the environment that a file of inputs makes: `prod` of `prod.tfvars`, `env/prod/terraform.tfvars` and
/// `main.parameters.prod.json`.
fn environment_of(path: &str) -> String {
    let name = name_of(path);
    if is_loaded(name) {
        return name_of(directory_of(path)).to_string();
    }
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let stem = stem.trim_end_matches(".tfvars");
    let last = stem.rsplit('.').next().unwrap_or(stem);
    if last.eq_ignore_ascii_case("parameters") { stem.to_string() } else { last.to_string() }
}

/// Every program that a root is made of: its own and those of the local modules that it calls, however deep.
pub fn programs_of(library: &Library, root: &Root) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut entered: BTreeSet<String> = BTreeSet::new();
    let mut open = vec![root.path.clone()];
    while let Some(at) = open.pop() {
        if !entered.insert(at.clone()) {
            continue;
        }
        match root.dialect {
            Dialect::Terraform => {
                if at.ends_with(".json") {
                    found.insert(at);
                    continue;
                }
                found.extend(files(library, &at));
                open.extend(Configuration::read(library, &at).iter().flat_map(Configuration::local_sources));
            }
            Dialect::Bicep => {
                open.extend(library.program(&at).iter().flat_map(|program| bicep_sources(library, program, &at)));
                found.insert(at);
            }
        }
    }
    found
}

/// The files that a Bicep program takes modules and names from.
fn bicep_sources(library: &Library, program: &Program, path: &str) -> Vec<String> {
    sources_of(library, &program.items, path)
}

fn sources_of(library: &Library, items: &[Item], path: &str) -> Vec<String> {
    let source = |item: &Item| match item {
        Item::Module(declaration) => {
            declaration.source.as_ref().and_then(|source| source.as_literal()).map(str::to_string)
        }
        Item::Import(import) => import.path.as_literal().map(str::to_string),
        _ => None,
    };
    let own = items.iter().filter_map(source);
    let own = own.filter_map(|source| located(library, directory_of(path), &source).ok());
    // Nested deployments may link to others.
    let inline = items.iter().filter_map(|item| match item {
        Item::Module(declaration) => declaration.inline.as_ref(),
        _ => None,
    });
    own.chain(inline.flat_map(|inline| sources_of(library, &inline.items, path))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roots(texts: &[(&str, &str)], paths: &[&str]) -> Vec<(String, Option<String>)> {
        let sources = Sources::of_texts(texts.iter().copied());
        let library = Library::new(&sources, Limits::default());
        let paths: Vec<String> = paths.iter().map(|path| path.to_string()).collect();
        let roots = find_roots(&library, &paths, &Inputs::default()).roots;
        roots.into_iter().map(|root| (root.path, root.environment)).collect()
    }

    #[test]
    fn a_directory_that_a_module_call_names_is_no_root() {
        let texts = [
            ("infra/main.tf", "module \"m\" {\n  source = \"../modules/m\"\n}\n"),
            ("modules/m/main.tf", "variable \"a\" {}\n"),
        ];
        assert_eq!(roots(&texts, &[""]), [("infra".to_string(), None)]);
        assert_eq!(roots(&texts, &["modules/m"]), [("modules/m".to_string(), None)]);
    }

    #[test]
    fn a_module_that_no_deployment_calls_is_not_deployed() {
        let call = |source: &str| format!("module \"m\" {{\n  source = \"{source}\"\n}}\n");
        let deployment = |source: &str| format!("provider \"azurerm\" {{\n  features {{}}\n}}\n{}", call(source));
        let (module, composing) = ("variable \"a\" {}\n", call("../a"));
        let found = |texts: &[(&str, &str)]| {
            let sources = Sources::of_texts(texts.iter().copied());
            let library = Library::new(&sources, Limits::default());
            let found = find_roots(&library, &[String::new()], &Inputs::default());
            (found.roots.into_iter().map(|root| root.path).collect::<Vec<_>>(), found.uncalled)
        };
        let of = |roots: &[&str], uncalled: &[&str]| {
            let owned = |paths: &[&str]| paths.iter().map(|path| path.to_string()).collect::<Vec<_>>();
            (owned(roots), owned(uncalled))
        };
        let (inside, beside) = (deployment("./modules/a"), deployment("../modules/a"));
        let below = [("main.tf", inside.as_str()), ("modules/a/main.tf", module), ("modules/b/main.tf", module)];
        assert_eq!(found(&below), of(&[""], &["modules/b"]));
        let mut estate =
            vec![("infra/main.tf", beside.as_str()), ("modules/a/main.tf", module), ("modules/b/main.tf", module)];
        assert_eq!(found(&estate), of(&["infra"], &["modules/b"]));
        // Each of these says that somebody deploys it.
        for (path, text) in [
            ("modules/b/prod.tfvars", "a = 1\n"),
            ("live/b/terragrunt.hcl", "terraform {\n  source = \"../../modules//b\"\n}\n"),
            ("modules/b/call.tf", composing.as_str()),
        ] {
            estate.push((path, text));
            assert_eq!(found(&estate), of(&["infra", "modules/b"], &[]), "{path}");
            estate.pop();
        }
        let by_address = deployment("git::https://example.com/team/infra.git//modules/b?ref=v1");
        estate.push(("other/main.tf", &by_address));
        assert_eq!(found(&estate), of(&["infra", "modules/b", "other"], &[]));
        // A library has no deployment but its examples.
        let example = deployment("../../modules/a");
        let library = [("examples/a/main.tf", example.as_str()), below[1], below[2]];
        assert_eq!(found(&library), of(&["examples/a", "modules/b"], &[]));
    }

    #[test]
    fn a_called_module_with_a_provider_of_its_own_is_a_root_only_if_it_stands_alone() {
        let call = "module \"m\" {\n  source = \"./m\"\n}\n";
        let azure = "provider \"azurerm\" {\n  features {}\n}\n";
        let helm = "provider \"helm\" {}\n";
        let (given, open) = ("variable \"a\" {\n  default = 1\n}\n", "variable \"a\" {}\n");
        let backend = "terraform {\n  backend \"azurerm\" {}\n}\n";
        let of = |parts: &[&str]| {
            let module = parts.concat();
            roots(&[("main.tf", call), ("m/main.tf", &module)], &[""]).len()
        };
        assert_eq!(of(&[azure, given]), 2);
        assert_eq!(of(&[azure, open]), 1);
        assert_eq!(of(&[helm, given]), 1);
        assert_eq!(of(&[open, backend]), 2);
    }

    #[test]
    fn a_configuration_in_json_is_a_root_of_terraform_only() {
        assert_eq!(roots(&[("infra/main.tf.json", "{\"locals\": {}}")], &[""]), [("infra".to_string(), None)]);
    }

    #[test]
    fn a_template_is_a_root_unless_it_was_compiled_from_the_file_beside_it_or_is_used() {
        let schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";
        let template = |more: &str| {
            format!(
                "{{\"$schema\": \"{schema}\", {more} \"contentVersion\": \"1\", \
                 \"parameters\": {{\"a\": {{\"type\": \"int\"}}}}, \"resources\": []}}"
            )
        };
        let compiled = template("\"metadata\": {\"_generator\": {\"name\": \"bicep\"}},");
        let given = "{\"parameters\": {\"a\": {\"value\": 1}}}";
        let texts = [
            ("a/main.bicep", "param a int\nmodule m 'part.json' = {}\n"),
            ("a/main.json", compiled.as_str()),
            ("a/part.json", &template("")),
            ("b/azuredeploy.json", &template("")),
            ("b/azuredeploy.parameters.dev.json", given),
            ("b/azuredeploy.parameters.prod.json", given),
            ("b/package.json", "{\"resources\": [], \"name\": \"x\"}"),
            ("c/main.json", &compiled),
        ];
        let of = |name: &str| Some(name.to_string());
        let expected = [
            ("a/main.bicep".to_string(), None),
            ("b/azuredeploy.json".to_string(), of("dev")),
            ("b/azuredeploy.json".to_string(), of("prod")),
            ("c/main.json".to_string(), None),
        ];
        assert_eq!(roots(&texts, &[""]), expected);
        assert_eq!(roots(&texts, &["a/main.json"]), [("a/main.json".to_string(), None)]);
        let sources = Sources::of_texts(texts);
        let library = Library::new(&sources, Limits::default());
        assert_eq!(library.compiled_from("a/main.bicep"), ["a/main.json"]);
        assert_eq!(library.compiled_from("c/main.json"), [""; 0]);
        assert_eq!(roots(&texts, &["b/package.json"]), []);
    }

    #[test]
    fn several_files_of_values_are_several_environments() {
        let texts = [
            ("main.tf", "variable \"a\" {}\n"),
            ("env/dev.tfvars", "a = 1\n"),
            ("env/prod.tfvars", "a = 2\n"),
            ("env/other.tfvars", "b = 2\n"),
        ];
        let environments: Vec<_> = roots(&texts, &[""]).into_iter().map(|(_, environment)| environment).collect();
        assert_eq!(environments, [Some("dev".to_string()), Some("prod".to_string())]);
    }
}
