//! In: the program of one Bicep file. Out: what it declares, by name, nested resources with their full types.
//! Never: evaluates.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::evaluate::Library;
use crate::evaluate::models::Model;
use crate::source::{Refusal, Span, directory_of};
use crate::syntax::{Assignment, Declaration, Dialect, Expr, Import, Inline, Input, Item, Local, Output, arm};
use crate::value::SmolStr;

/// What one file declares.
#[derive(Debug, Default)]
pub struct Declared {
    /// The file.
    pub path: String,
    /// The directory that its paths are seen from.
    pub directory: String,
    /// `param`.
    pub inputs: IndexMap<SmolStr, Input>,
    /// `var`.
    pub locals: IndexMap<SmolStr, Local>,
    /// `output`.
    pub outputs: IndexMap<SmolStr, Output>,
    /// `func`.
    pub functions: BTreeMap<SmolStr, Arc<Function>>,
    /// Every `resource`, the outer ones before those in them.
    pub resources: Vec<Placed>,
    /// Where the resources that stand in no other are in `resources`.
    pub outermost: BTreeMap<SmolStr, usize>,
    /// `module`.
    pub calls: IndexMap<SmolStr, Arc<Declaration>>,
    /// What comes from other files, by the name it has here.
    pub imports: BTreeMap<SmolStr, Imported>,
    /// Its expressions are those of the module around it: a nested deployment of a template without a scope of its own.
    pub shares_scope: bool,
    /// `targetScope`.
    pub target_scope: Option<SmolStr>,
    /// A parameter file's `param name = value`.
    pub assignments: IndexMap<SmolStr, Assignment>,
    /// What a parameter file `extends`.
    pub extends: Vec<Expr>,
    /// It is not the module itself but a model of it: what it does not say is not known.
    pub model: Option<&'static Model>,
}

/// A resource and where it is written.
#[derive(Debug)]
pub struct Placed {
    /// As it is written.
    pub declaration: Arc<Declaration>,
    /// The resource that it is written in.
    pub outer: Option<usize>,
    /// Its symbol, as in `vnet::nodes`.
    pub symbol: SmolStr,
    /// Its type in full; of what is no resource of Azure's with its version, as in `apps/Deployment@v1`.
    pub type_name: SmolStr,
    /// Its version, or that of the resource around it.
    pub version: Option<SmolStr>,
    /// It is made by an extension, such as Kubernetes or Microsoft Graph, and not by Azure.
    pub foreign: bool,
    /// The resources that are written in it.
    pub inner: BTreeMap<SmolStr, usize>,
}

impl Placed {
    /// How many names its type wants: one for each segment after the namespace.
    pub fn segments(&self) -> usize {
        self.type_name.matches('/').count().max(1)
    }
}

/// A function of the user's.
#[derive(Debug)]
pub struct Function {
    /// The names of its parameters.
    pub parameters: Vec<SmolStr>,
    /// What it gives.
    pub body: Expr,
}

/// What a name stands for that is imported.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The other file's path.
    pub path: Expr,
    /// What it is called there; `None` for everything, as in `* as shared`.
    pub name: Option<SmolStr>,
}

impl Declared {
    /// The file at a path.
    pub fn read(library: &Library, path: &str) -> Result<Declared, Refusal> {
        let program = library.program(path)?;
        let directory = directory_of(path).to_string();
        let mut declared = Declared { path: path.to_string(), directory, ..Declared::default() };
        if program.dialect == Dialect::Bicep {
            program.items.iter().for_each(|item| declared.add(item));
        }
        Ok(declared)
    }

    /// A module that is written where it is called.
    pub fn inline(&self, inline: &Inline) -> Declared {
        let (path, directory) = (self.path.clone(), self.directory.clone());
        let mut declared = Declared { path, directory, shares_scope: inline.shares_scope, ..Declared::default() };
        inline.items.iter().for_each(|item| declared.add(item));
        declared
    }

    /// A model that stands in for a module.
    pub fn of_model(path: &str, model: &'static Model, items: &[Item]) -> Declared {
        let mut declared = Declared { path: path.to_string(), model: Some(model), ..Declared::default() };
        items.iter().for_each(|item| declared.add(item));
        declared
    }

    /// It is an ARM template, in which resources go by their ids and names.
    pub fn is_template(&self) -> bool {
        arm::may_be_template(&self.path)
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
                let at = self.place(declaration, None);
                self.outermost.insert(declaration.name.name.clone(), at);
            }
            Item::Module(declaration) => {
                self.calls.insert(declaration.name.name.clone(), Arc::clone(declaration));
            }
            Item::Function { name, parameters, body } => {
                let function = Function { parameters: parameters.clone(), body: body.clone() };
                self.functions.insert(name.name.clone(), Arc::new(function));
            }
            Item::Import(import) => self.import(import),
            Item::TargetScope(level) => self.target_scope = level.as_literal().map(SmolStr::new),
            Item::Assignment(assignment) => {
                self.assignments.insert(assignment.name.name.clone(), assignment.clone());
            }
            Item::Provider { .. } | Item::Terraform(_) | Item::Using(_) | Item::Plan(_) | Item::Other { .. } => {}
        }
    }

    fn place(&mut self, declaration: &Arc<Declaration>, outer: Option<usize>) -> usize {
        let own = &declaration.name.name;
        // `az:Microsoft.Network/virtualNetworks` says whose type it is.
        let kind = &declaration.type_name.name;
        let kind = kind.split_once(':').map_or(kind.as_str(), |(_, kind)| kind);
        let around = outer.map(|outer| &self.resources[outer]);
        let symbol = match around {
            Some(around) => SmolStr::new(format!("{}::{own}", around.symbol)),
            None => own.clone(),
        };
        let version = declaration.api_version.clone().or_else(|| around.and_then(|around| around.version.clone()));
        // Every version of Azure's begins with a year.
        let foreign = version.as_ref().is_some_and(|version| !version.starts_with(|c: char| c.is_ascii_digit()));
        let outer_type = around.map(|around| around.type_name.split('@').next().unwrap_or_default());
        let full = outer_type.map_or_else(|| kind.to_string(), |outer| format!("{outer}/{kind}"));
        let type_name = match &version {
            Some(version) if foreign => SmolStr::new(format!("{full}@{version}")),
            _ => SmolStr::new(full),
        };
        let declared = Arc::clone(declaration);
        let inner = BTreeMap::new();
        let placed = Placed { declaration: declared, outer, symbol, type_name, version, foreign, inner };
        let at = self.resources.len();
        self.resources.push(placed);
        for nested in &declaration.nested {
            let inner = self.place(nested, Some(at));
            self.resources[at].inner.insert(nested.name.name.clone(), inner);
        }
        at
    }

    fn import(&mut self, import: &Import) {
        match &import.all_as {
            Some(name) if name.is_empty() => self.extends.push(import.path.clone()),
            Some(name) => {
                self.imports.insert(name.clone(), Imported { path: import.path.clone(), name: None });
            }
            None => {
                for (there, here) in &import.names {
                    let imported = Imported { path: import.path.clone(), name: Some(there.clone()) };
                    self.imports.insert(here.clone(), imported);
                }
            }
        }
    }

    /// The resource that a symbol means inside the resource at `inside`: what is written in it, in those around it,
    /// then in the file.
    pub fn resource(&self, symbol: &str, inside: Option<usize>) -> Option<usize> {
        let mut around = inside;
        while let Some(at) = around {
            if let Some(found) = self.resources[at].inner.get(symbol) {
                return Some(*found);
            }
            around = self.resources[at].outer;
        }
        self.outermost.get(symbol).copied()
    }

    /// Where its first declaration stands; `None` for a file that declares nothing.
    pub fn start(&self) -> Option<Span> {
        let resource = self.resources.first().map(|placed| placed.declaration.head);
        let call = || self.calls.values().next().map(|call| call.head);
        let local = || self.locals.values().next().map(|local| local.name.span);
        resource.or_else(call).or_else(local).or_else(|| self.inputs.values().next().map(|input| input.span))
    }

    /// The resource and those that it is written in, the innermost first.
    pub fn outwards(&self, at: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(at), |at| self.resources[*at].outer)
    }
}
