//! In: programs. Out: which of them are deployments, and the resources these make, each value as far as it is known.
//! Never: knows a resource type of Azure.

pub mod bicep;
mod examples;
mod expression;
pub mod functions;
mod inputs;
mod memory;
pub mod models;
mod outside;
mod placeholder;
mod roots;
pub mod terraform;
mod way;

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::source::{Refusal, Span};
use crate::syntax::{self, Dialect, Fault, Item};
use crate::value::{Address, Pieces, Reason, RootId, SmolStr, Truth, Unknown, Value};

pub use bicep::Cloud;
pub use expression::{Bindings, Call, Evaluator, Fuel, Refused, Scope, form, is_broken};
pub use models::ModelledModule;
pub use outside::{
    Outside, SavedGraph, SavedIdentity, SavedLink, SavedNode, SavedOrder, SavedPlace, VERSION as GRAPH_VERSION,
    kind_of as kind_of_outside, read as read_outside,
};
pub use roots::{Bound, Deployments, Inputs, Library, Modules, find_roots, is_program, may_be_template};
pub use terraform::remote::{RemoteState, StatePlace, kept_by as state_kept_by, read_by as states_read_by};

/// The most module instances of one root, and the deepest chain of module calls.
const MOST_MODULES: usize = 4096;
const DEEPEST_CALLS: usize = 32;

/// The steps that one root may spend.
const FUEL: u64 = 1_000_000;

/// One deployment: a Terraform root module or a Bicep file that nobody uses as a module, with its inputs.
#[derive(Clone, Debug)]
pub struct Root {
    /// Its number in the sorted list of roots.
    pub id: RootId,
    /// The directory of a Terraform root module, the file of a Bicep one.
    pub path: String,
    /// Its language.
    pub dialect: Dialect,
    /// The name of the file of inputs that makes it one of several environments.
    pub environment: Option<String>,
    /// The files whose values it takes, in the order of rising precedence.
    pub input_files: Vec<String>,
    /// The example or test that it belongs to, by its path: one stands by itself.
    pub example: Option<String>,
}

impl Root {
    /// It is an ARM template, which is read as Bicep is.
    pub fn is_template(&self) -> bool {
        self.dialect == Dialect::Bicep && self.path.ends_with(".json")
    }
}

/// What one root's evaluation found.
#[derive(Clone, Debug, Default)]
pub struct Evaluated {
    /// Every instance of every resource, data source and `existing`, in the order of declaration.
    pub resources: Vec<Resource>,
    /// The root's outputs.
    pub outputs: IndexMap<SmolStr, Value>,
    /// Bicep's variables and Terraform's locals of the root itself.
    pub variables: IndexMap<SmolStr, Value>,
    /// What waits for what.
    pub needs: Needs,
    /// Module calls that could not be followed.
    pub unread: Vec<UnreadModule>,
    /// Module calls that were followed: what `resources` prints of them.
    pub modules: Vec<ModuleCall>,
    /// Module calls that models answer, because their sources are not here.
    pub modelled: Vec<ModelledModule>,
    /// Inputs of the root without a value.
    pub open_inputs: Vec<Unknown>,
    /// Terraform's providers and their versions, by name.
    pub providers: Vec<ProviderVersion>,
    /// What is wrong with the program as a whole: circles of modules, missing directories.
    pub faults: Vec<Fault>,
    /// What was cut short because a limit was reached.
    pub cut: Vec<Fault>,
    /// The directory of the Terraform configuration that this is a plan or state of, where it lies beside it.
    pub plan_of: Option<String>,
    /// The templates that were compiled from the root's file and are left to it.
    pub compiled: Vec<String>,
    /// A part of a program could not be read: what is not there may stand in it.
    pub damaged: Option<Unknown>,
    /// The types of children and links of which a resource may have more than are here.
    pub open: Vec<(Address, SmolStr)>,
    /// The roots whose outputs it reads.
    pub reads: Vec<RootId>,
    /// Whether its resources are made by this deployment, or are there already.
    pub standing: Standing,
}

/// How the resources of a root come to be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// The deployment makes or reads them, as each says.
    #[default]
    Made,
    /// They are deployed, and what is said of each is all that there is to say.
    Deployed,
    /// As [`Standing::Deployed`], and there are others that are not in the list.
    DeployedInPart,
    /// They are deployed as far as somebody says.
    Assumed,
    /// Another repository's code makes them; a run over it saved its graph.
    Saved,
}

/// Evaluates one root.
pub fn evaluate(
    library: &Library,
    root: &Root,
    inputs: &Inputs,
    max_instances: usize,
    outputs: &SharedOutputs,
) -> Evaluated {
    let given = Given { inputs: &inputs::of_root(library, root, inputs), max_instances, outputs };
    let mut evaluated = match root.dialect {
        Dialect::Terraform => terraform::evaluate(library, root, &given),
        Dialect::Bicep => bicep::evaluate(library, root, &given),
    };
    let broken = roots::programs_of(library, root).into_iter().find_map(|path| {
        let span = match library.program(&path) {
            Ok(program) => program.faults.first()?.span,
            // What neither language would look into is no part of the program.
            Err(Refusal::Missing | Refusal::NotAFile) => return None,
            Err(_) => Span::new(library.sources.stand_in(&path), 0, 0),
        };
        let line = library.sources.file(span.file).place(span.start as usize).line;
        let name = format!("what could not be read at {path}:{line}");
        Some(Unknown::new(root.id, name, Reason::Broken).at(span))
    });
    evaluated.damaged = broken;
    evaluated.compiled = library.compiled_from(&root.path);
    evaluated
}

/// Evaluates one expression in a root, or says why its language would refuse it; `asked` tells questions apart.
pub fn evaluate_text(
    library: &Library,
    root: &Root,
    inputs: &Inputs,
    text: &str,
    asked: usize,
) -> Result<Value, String> {
    let (extension, written) = match root.dialect {
        // Terraform reads what is asked as if it stood in parentheses: line ends say nothing.
        Dialect::Terraform => ("tf", format!("locals {{\n  asked = (\n{text}\n)\n}}\n")),
        Dialect::Bicep => ("bicep", format!("var asked = {text}\n")),
    };
    let file = library.sources.overlay(&format!(".console/{asked}.{extension}"), written);
    let program = syntax::read(library.sources, file, library.limits());
    if let Some(fault) = program.faults.first() {
        return Err(fault.message.clone());
    }
    let found = program.items.iter().find_map(|item| match item {
        Item::Local(local) => Some(&local.value),
        _ => None,
    });
    let Some(expr) = found else { return Err("this is no expression".into()) };
    let none = Vec::new();
    let given = Given { inputs: &inputs::of_root(library, root, inputs), max_instances: 4096, outputs: &none };
    match root.dialect {
        Dialect::Terraform => terraform::Console::new(library, root, &given).evaluate(expr),
        Dialect::Bicep => bicep::Console::new(library, root, &given).evaluate(expr),
    }
}

/// The answer of a console: a value, or the first reason for which the language would refuse it.
fn answer(value: Value, refused: &[Refused]) -> Result<Value, String> {
    match (expression::holds_broken(&value), refused.first()) {
        (true, Some(refused)) => Err(refused.message.clone()),
        (true, None) => Err("this cannot be read".into()),
        _ => Ok(value),
    }
}

/// Why a module is found on Windows and macOS only.
fn in_another_case(written: &str, read: &str) -> String {
    format!("there is no {written:?}, and {read:?} is read for it")
}

/// Says that a root took all of its steps.
fn cut_short(span: Span) -> Fault {
    let message = "the analysis of this root was cut short: evaluating it takes too many steps".into();
    Fault { span, message, opened: None }
}

/// What one root's evaluation is given.
pub struct Given<'a> {
    /// The values of the root's inputs, by name, converted when they are asked for.
    pub inputs: &'a BTreeMap<SmolStr, Value>,
    /// The most instances of one declaration.
    pub max_instances: usize,
    /// What other roots share in their states.
    pub outputs: &'a SharedOutputs,
}

/// The outputs of other roots, by the address of the data source that reads their states.
pub type SharedOutputs = Vec<(SmolStr, Value)>;

/// A provider of Terraform and the version that a root runs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderVersion {
    /// Its local name.
    pub name: SmolStr,
    /// The version that the lock file chose, or the constraint; empty for any.
    pub version: SmolStr,
    /// The lock file chose it.
    pub is_locked: bool,
}

impl ProviderVersion {
    /// The major version, where only one is allowed: azurerm 3, 4 and 5 have other names and defaults.
    pub fn major(&self) -> Option<u64> {
        let number = |text: &str| text.trim().split('.').next()?.parse::<u64>().ok();
        let mut lowest: Option<u64> = None;
        let mut below: Option<u64> = None;
        for part in self.version.split(',').map(str::trim) {
            let sign = part.trim_end_matches(|c: char| c != '=' && c != '>' && c != '<' && c != '~' && c != '!');
            let version = part[sign.len()..].trim();
            match sign {
                "~>" | "=" | "" => return number(version),
                ">" | ">=" => lowest = number(version),
                "<" => below = number(version),
                "<=" => below = number(version).map(|major| major + 1),
                _ => {}
            }
        }
        lowest.filter(|lowest| below == Some(lowest + 1))
    }
}

/// A resource instance, evaluated.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its address.
    pub address: Address,
    /// The language it is written in.
    pub dialect: Dialect,
    /// Its type as it is written, in full: `azurerm_subnet`, `Microsoft.Network/virtualNetworks/subnets`.
    pub type_name: SmolStr,
    /// Bicep's and ARM's API version.
    pub api_version: Option<SmolStr>,
    /// The symbols of the module calls from the root, without keys.
    pub module: Vec<SmolStr>,
    /// Its own symbol or name.
    pub symbol: SmolStr,
    /// The names from the outermost parent to itself, in Bicep; empty in Terraform, whose arguments say it.
    pub names: Vec<Value>,
    /// Where it is deployed to, in Bicep; in Terraform its provider may say the subscription.
    pub scope: Site,
    /// Its arguments as an object, in the words of its type.
    pub body: Value,
    /// It reads what is there: a data source, or `existing`.
    pub existing: bool,
    /// Whether it is made at all.
    pub exists: Truth,
    /// What would decide that.
    pub decides: Option<Unknown>,
    /// It, or a resource it is nested in, has an `if` or a `count`.
    pub conditional: bool,
    /// It has a `for`, `count` or `for_each`.
    pub looped: bool,
    /// Bicep: the declaration stands for no instance, because its loop is empty or its condition false.
    pub absent: bool,
    /// The attributes that Terraform's `ignore_changes` names.
    pub ignored: Vec<SmolStr>,
    /// The head of its declaration.
    pub span: Span,
    /// The heads of the module calls on the way from the root, the outermost first.
    pub calls: Vec<Span>,
}

impl Resource {
    /// Something that is there already, whatever code says: in ARM's words, said by an export or by the user at a place.
    pub fn standing(
        address: Address,
        type_name: SmolStr,
        names: Vec<Value>,
        scope: Site,
        body: Value,
        span: Span,
    ) -> Resource {
        Resource {
            symbol: SmolStr::new(address.text()),
            address,
            dialect: Dialect::Bicep,
            type_name,
            api_version: None,
            module: Vec::new(),
            names,
            scope,
            body,
            existing: true,
            exists: Truth::Yes,
            decides: None,
            conditional: false,
            looped: false,
            absent: false,
            ignored: Vec::new(),
            span,
            calls: Vec::new(),
        }
    }
}

/// Where a deployment puts its resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The subscription's GUID.
    pub subscription: Option<Pieces>,
    /// The resource group's name.
    pub resource_group: Option<Pieces>,
}

/// A module call that was followed.
#[derive(Clone, Debug)]
pub struct ModuleCall {
    /// Its address.
    pub address: Address,
    /// The symbols from the root, its own last.
    pub module: Vec<SmolStr>,
    /// The head of the call.
    pub span: Span,
}

/// A module call that could not be followed.
#[derive(Clone, Debug)]
pub struct UnreadModule {
    /// Its address.
    pub address: Address,
    /// The source as it is written.
    pub source: String,
    /// Why: `not in the repository`, `there is no such directory`.
    pub reason: String,
    /// A local path that should have been there: a finding, not only a gap.
    pub missing: bool,
    /// Its arguments.
    pub arguments: Value,
    /// The head of the call.
    pub span: Span,
}

/// One moment of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Event {
    /// A declaration's resources, or everything inside a module, are made.
    Done(Address),
    /// A module begins.
    Start(Address),
}

/// One moment waits for another.
#[derive(Clone, Debug)]
pub struct Need {
    /// What comes first.
    pub event: Event,
    /// Who says so.
    pub span: Span,
}

/// What waits for what, by declaration: addresses have no keys.
///
/// Read from the syntax of bodies, through locals, inputs and outputs, never from what evaluation happened to touch.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// The moments that each moment waits for.
    pub of: BTreeMap<Event, Vec<Need>>,
    /// Modules that could not be read: what waits for their outputs may or may not wait for all that they were given.
    pub opaque: std::collections::BTreeSet<Address>,
}
