//! In: the programs of one directory. Out: a Terraform module: its blocks by name, overrides laid over them.
//! Never: evaluates.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::evaluate::Library;
use crate::evaluate::models::Model;
use crate::source::{extension_of, join};
use crate::syntax::{Declaration, Dialect, Element, Expr, ExprKind, Field, Input, Item, Label, Local, Output, Shape};
use crate::value::SmolStr;

/// Managed or data, type and name of a resource: data sources have a name space of their own.
pub type ResourceName = (bool, SmolStr, SmolStr);

/// One directory of `.tf` files.
#[derive(Debug, Default)]
pub struct Configuration {
    /// The directory.
    pub directory: String,
    /// `variable` blocks.
    pub inputs: BTreeMap<SmolStr, Input>,
    /// Entries of `locals`.
    pub locals: BTreeMap<SmolStr, Local>,
    /// `output` blocks, in the order of writing.
    pub outputs: indexmap::IndexMap<SmolStr, Output>,
    /// `resource` and `data` blocks, in the order of writing.
    pub resources: Vec<Arc<Declaration>>,
    /// Where a resource stands in `resources`.
    pub by_name: BTreeMap<ResourceName, usize>,
    /// `module` blocks, in the order of writing.
    pub calls: indexmap::IndexMap<SmolStr, Arc<Declaration>>,
    /// `provider` blocks.
    pub providers: Vec<(Label, Expr)>,
    /// The bodies of `terraform` blocks.
    pub settings: Vec<Expr>,
    /// It is not the module itself but a model of it: what it does not say is not known.
    pub model: Option<&'static Model>,
}

impl Configuration {
    /// The module in a directory; `None` where it holds no Terraform file.
    pub fn read(library: &Library, directory: &str) -> Option<Configuration> {
        let mut configuration = Configuration { directory: directory.to_string(), ..Configuration::default() };
        let mut overrides: Vec<Item> = Vec::new();
        let mut found = false;
        for path in files(library, directory) {
            found = true;
            let Ok(program) = library.program(&path) else { continue };
            match program.shape {
                Shape::Declarations => program.items.iter().for_each(|item| configuration.add(item)),
                Shape::Override => overrides.extend(program.items.iter().cloned()),
                Shape::Values => {}
            }
        }
        overrides.iter().for_each(|item| configuration.lay_over(item));
        found.then_some(configuration)
    }

    /// The module of the given declarations.
    pub fn of_items<'i>(directory: &str, items: impl IntoIterator<Item = &'i Item>) -> Configuration {
        let mut configuration = Configuration { directory: directory.to_string(), ..Configuration::default() };
        items.into_iter().for_each(|item| configuration.add(item));
        configuration
    }

    fn add(&mut self, item: &Item) {
        match item {
            Item::Input(input) => {
                self.inputs.insert(input.name.name.clone(), input.clone());
            }
            Item::Local(local) => {
                self.locals.insert(local.name.name.clone(), local.clone());
            }
            Item::Output(output) => {
                self.outputs.insert(output.name.name.clone(), output.clone());
            }
            Item::Resource(declaration) => {
                let name = name_of(declaration);
                if !self.by_name.contains_key(&name) {
                    self.by_name.insert(name, self.resources.len());
                    self.resources.push(Arc::clone(declaration));
                }
            }
            Item::Module(declaration) => {
                self.calls.insert(declaration.name.name.clone(), Arc::clone(declaration));
            }
            Item::Provider { name, body } => self.providers.push((name.clone(), body.clone())),
            Item::Terraform(body) => self.settings.push(body.clone()),
            _ => {}
        }
    }

    /// An override file's block replaces the arguments that it names
    /// (<https://developer.hashicorp.com/terraform/language/files/override>).
    fn lay_over(&mut self, item: &Item) {
        match item {
            Item::Resource(over) => {
                let Some(index) = self.by_name.get(&name_of(over)) else { return self.add(item) };
                self.resources[*index] = Arc::new(merged(&self.resources[*index], over));
            }
            Item::Module(over) => match self.calls.get_mut(&over.name.name) {
                Some(call) => *call = Arc::new(merged(call, over)),
                None => self.add(item),
            },
            Item::Input(over) => match self.inputs.get_mut(&over.name.name) {
                Some(input) => {
                    input.default = over.default.clone().or(input.default.take());
                    input.type_constraint = over.type_constraint.clone().or(input.type_constraint.take());
                    input.secret |= over.secret;
                }
                None => self.add(item),
            },
            _ => self.add(item),
        }
    }

    /// The resource or data source of a type and name.
    pub fn resource(&self, data: bool, type_name: &str, name: &str) -> Option<&Arc<Declaration>> {
        let key = (data, SmolStr::new(type_name), SmolStr::new(name));
        self.by_name.get(&key).map(|index| &self.resources[*index])
    }

    /// Where its first declaration stands.
    pub fn start(&self) -> Option<crate::source::Span> {
        let resources = self.resources.iter().map(|declaration| declaration.head);
        let calls = self.calls.values().map(|call| call.head);
        let names = self.locals.values().map(|local| local.name.span);
        resources.chain(calls).chain(names).next()
    }

    /// It says where its state lies, which only a root does.
    pub fn keeps_state(&self) -> bool {
        self.settings.iter().any(|body| body.field("backend").is_some() || body.field("cloud").is_some())
    }

    /// It sets up a provider: a root does, and modules did when Terraform was young.
    pub fn sets_up_providers(&self) -> bool {
        !self.providers.is_empty()
    }

    /// It can be deployed as it is: it sets up Azure's provider, and every input has a default.
    pub fn stands_alone(&self) -> bool {
        let azure = |(name, _): &(Label, Expr)| matches!(name.name.as_str(), "azurerm" | "azapi" | "azuread");
        self.providers.iter().any(azure) && self.inputs.values().all(|input| input.default.is_some())
    }

    /// The directories below the root of the sources that its module calls name.
    pub fn local_sources(&self) -> BTreeSet<String> {
        self.calls.values().filter_map(|call| local_source(call, &self.directory)?.ok()).collect()
    }

    /// The directories that its module calls name in repositories elsewhere, this one maybe among them: `modules/a` of
    /// `git::https://host/team/repository.git//modules/a?ref=v1`
    /// (<https://developer.hashicorp.com/terraform/language/modules/sources#modules-in-package-sub-directories>).
    pub fn directories_elsewhere(&self) -> BTreeSet<String> {
        let directory = |call: &Arc<Declaration>| {
            let source = call.source.as_ref()?.as_literal()?.split('?').next()?;
            let package = source.find("://").map_or(source, |scheme| &source[scheme + 3..]);
            let (_, directory) = package.split_once("//")?;
            Some(directory.trim_matches('/').to_string()).filter(|directory| !directory.is_empty())
        };
        self.calls.values().filter_map(directory).collect()
    }
}

/// The Terraform files of a directory, by name.
pub fn files(library: &Library, directory: &str) -> Vec<String> {
    let entries = library.sources.list(directory).unwrap_or_default();
    entries.into_iter().filter(|e| is_configuration(&e.name)).filter_map(|e| join(directory, &e.name)).collect()
}

/// A file of Terraform's language, in either of its forms.
pub fn is_configuration(path: &str) -> bool {
    matches!(extension_of(path.strip_suffix(".json").unwrap_or(path)), "tf" | "tofu")
}

/// The directory that a call's source names, seen from `directory`. `None` for registries and other places;
/// `Err` with the source for one that climbs out of the repository.
pub fn local_source(call: &Declaration, directory: &str) -> Option<Result<String, String>> {
    let source = call.source.as_ref()?.as_literal()?;
    if !(source.starts_with("./") || source.starts_with("../") || source == "." || source == "..") {
        return None;
    }
    Some(join(directory, source).ok_or_else(|| source.to_string()))
}

/// The name of a declared resource or data source.
pub fn name_of(declaration: &Declaration) -> ResourceName {
    (declaration.existing, declaration.type_name.name.clone(), declaration.name.name.clone())
}

fn merged(base: &Declaration, over: &Declaration) -> Declaration {
    let mut merged = base.clone();
    merged.repeat = over.repeat.clone().or(merged.repeat);
    merged.depends_on = over.depends_on.clone().or(merged.depends_on);
    merged.source = over.source.clone().or(merged.source);
    merged.version = over.version.clone().or(merged.version);
    merged.provider = over.provider.clone().or(merged.provider);
    merged.lifecycle = over.lifecycle.clone().or(merged.lifecycle);
    if let (ExprKind::Object(fields), ExprKind::Object(over)) = (&mut merged.body.kind, &over.body.kind) {
        let named: BTreeSet<&str> = over.iter().filter_map(Field::literal_key).collect();
        fields.retain(|field| field.literal_key().is_none_or(|key| !named.contains(key)));
        fields.extend(over.iter().cloned());
    }
    merged
}

/// The items of a list as it is written; one that is no list is its own only item.
pub fn elements(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::List(elements) => elements.iter().map(Element::expr).collect(),
        _ => vec![expr],
    }
}

/// The provider that a resource type belongs to, by Terraform's convention: what stands before the first `_`.
pub fn provider_of(type_name: &str) -> &str {
    type_name.split('_').next().unwrap_or(type_name)
}

/// Terraform is the dialect of everything here.
pub const DIALECT: Dialect = Dialect::Terraform;
