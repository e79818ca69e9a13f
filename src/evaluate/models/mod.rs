//! In: a call of a registry's module whose source is not on disk. Out: a short module that makes the same network.
//! Never: stands in for a source that can be read, or answers a call that gives it something it does not know.
//!
//! Models are written in the language of the module that they stand for. `README.md` beside this file says how one is
//! added, and `table.rs` lists them.

mod table;
mod versions;

use std::collections::BTreeSet;

use super::Library;
use crate::source::{Sources, Span};
use crate::syntax::{self, Declaration, Dialect, ExprKind, Field, Item, Limits, Program};
use crate::value::{Address, SmolStr, Value};

pub use table::MODELS;
use versions::Range;

/// A module that stands in for a registry's.
#[derive(Debug)]
pub struct Model {
    /// The language of both.
    pub dialect: Dialect,
    /// The module, as in `Azure/avm-res-network-virtualnetwork/azurerm//modules/subnet` and
    /// `avm/res/network/virtual-network` of Bicep's public registry.
    pub source: &'static str,
    /// The first and the last version that it speaks for: `0.7` stands for all that begin with it.
    pub versions: (&'static str, &'static str),
    /// Types of resources that the module may make and the model says nothing of.
    pub open: &'static [&'static str],
    /// What it declares.
    text: &'static str,
}

impl Model {
    /// What it stands for: `` `Azure/avm-res-network-virtualnetwork/azurerm` 0.7–0.10 ``.
    pub fn title(&self) -> String {
        let place = match self.dialect {
            Dialect::Terraform => "",
            Dialect::Bicep => "br/public:",
        };
        if self.is_quiet() {
            return format!("`{place}{}`", self.source);
        }
        let (first, last) = self.versions;
        let versions = if first == last { first.to_string() } else { format!("{first}–{last}") };
        format!("`{place}{}` {versions}", self.source)
    }

    /// Reads it.
    pub fn read(&self, sources: &Sources, limits: Limits) -> Program {
        let extension = match self.dialect {
            Dialect::Terraform => "tf",
            Dialect::Bicep => "bicep",
        };
        let name = format!("model of {}.{extension}", self.source);
        syntax::read(sources, sources.apart(&name, self.text.to_string()), limits)
    }

    /// It stands for a module that makes nothing in the network, whatever it is given.
    fn is_quiet(&self) -> bool {
        self.text.is_empty()
    }

    fn range(&self) -> Range {
        Range::of_versions(self.versions.0, self.versions.1)
    }
}

/// A module call that a model answers.
#[derive(Clone, Debug)]
pub struct ModelledModule {
    /// Its address, without keys.
    pub address: Address,
    /// The source as it is written.
    pub source: String,
    /// The model.
    pub model: &'static Model,
    /// Its arguments.
    pub arguments: Value,
    /// The head of the call.
    pub span: Span,
}

/// What a model declares, every part of it standing at `place`: the head of the call that it answers.
pub fn standing_at(library: &Library, model: &Model, place: Span) -> Vec<Item> {
    syntax::at(&library.model(model).items, place)
}

/// The model that answers a call. Where there is none, why: `absent` says where its source is not.
pub fn of_call(library: &Library, call: &Declaration, absent: &str) -> Result<&'static Model, String> {
    let absent = || absent.to_string();
    let source = call.source.as_ref().and_then(|source| source.as_literal()).ok_or_else(absent)?;
    let version = call.version.as_ref().and_then(|version| version.as_literal());
    let (dialect, source, range) = wanted(source, version).filter(|_| library.has_models()).ok_or_else(absent)?;
    let models = MODELS.iter().rev().filter(|model| {
        model.dialect == dialect && model.source.eq_ignore_ascii_case(&source) && model.range().meets(&range)
    });
    let mut unknown: Option<SmolStr> = None;
    for model in models {
        let program = library.model(model);
        let known: BTreeSet<&SmolStr> = program.items.iter().filter_map(input).collect();
        match given(call, dialect).into_iter().find(|name| !known.contains(name) && !model.is_quiet()) {
            None => return Ok(model),
            Some(name) => unknown = unknown.or(Some(name)),
        }
    }
    Err(match unknown {
        Some(name) => format!("{}, and no model of it knows the input {:?}", absent(), name.as_str()),
        None => absent(),
    })
}

fn input(item: &Item) -> Option<&SmolStr> {
    match item {
        Item::Input(input) => Some(&input.name.name),
        _ => None,
    }
}

/// The inputs that a call gives.
fn given(call: &Declaration, dialect: Dialect) -> Vec<SmolStr> {
    let arguments = match dialect {
        Dialect::Terraform => Some(&call.body),
        Dialect::Bicep => call.body.field("params"),
    };
    match arguments.map(|arguments| &arguments.kind) {
        Some(ExprKind::Object(fields)) => fields.iter().filter_map(Field::literal_key).map(SmolStr::new).collect(),
        _ => Vec::new(),
    }
}

/// The module that a source means, as the table names it, and its versions that may be meant.
///
/// ```tf
/// source = "Azure/avm-res-network-virtualnetwork/azurerm//modules/subnet"
/// source = "git::https://github.com/Azure/terraform-azurerm-avm-res-network-virtualnetwork.git?ref=v0.8.1"
/// ```
/// ```bicep
/// 'br/public:avm/res/network/virtual-network:0.5.1'
/// 'br:mcr.microsoft.com/bicep/avm/res/network/virtual-network:0.5.1'
/// ```
fn wanted(source: &str, version: Option<&str>) -> Option<(Dialect, String, Range)> {
    let public = ["br/public:", "br:mcr.microsoft.com/bicep/"].iter().find_map(|place| source.strip_prefix(place));
    if let Some(public) = public {
        let (path, tag) = public.rsplit_once(':')?;
        return Some((Dialect::Bicep, path.to_string(), Range::of_constraint(tag)?));
    }
    let source = ["registry.terraform.io/", "registry.opentofu.org/"]
        .iter()
        .find_map(|host| source.strip_prefix(host))
        .unwrap_or(source);
    if let Some((module, reference)) = of_repository(source) {
        return Some((Dialect::Terraform, module, Range::of_constraint(reference.unwrap_or_default())?));
    }
    Some((Dialect::Terraform, source.to_string(), Range::of_constraint(version.unwrap_or_default())?))
}

/// The registry's name of a module that is taken from its repository, and the tag.
fn of_repository(source: &str) -> Option<(String, Option<&str>)> {
    let source = source.strip_prefix("git::").unwrap_or(source);
    let path = ["https://github.com/", "ssh://git@github.com/", "git@github.com:", "github.com/"]
        .iter()
        .find_map(|place| source.strip_prefix(place))?;
    let (path, reference) = match path.split_once("?ref=") {
        Some((path, reference)) => (path, Some(reference)),
        None => (path, None),
    };
    let (repository, below) = match path.split_once("//") {
        Some((repository, below)) => (repository, format!("//{below}")),
        None => (path, String::new()),
    };
    let (owner, name) = repository.strip_suffix(".git").unwrap_or(repository).split_once('/')?;
    let (provider, name) = name.strip_prefix("terraform-")?.split_once('-')?;
    Some((format!("{owner}/{name}/{provider}{below}"), reference))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(source: &str) -> Option<String> {
        wanted(source, None).map(|(_, module, _)| module)
    }

    #[test]
    fn a_module_has_several_spellings() {
        let registry = module("Azure/avm-res-network-virtualnetwork/azurerm//modules/subnet");
        let git = "git::https://github.com/Azure/terraform-azurerm-avm-res-network-virtualnetwork.git//modules/subnet";
        assert_eq!(registry, module(&format!("{git}?ref=v0.8.1")));
        assert_eq!(
            registry,
            module("registry.terraform.io/Azure/avm-res-network-virtualnetwork/azurerm//modules/subnet")
        );
        let bicep = module("br/public:avm/res/network/virtual-network:0.5.1");
        assert_eq!(bicep, module("br:mcr.microsoft.com/bicep/avm/res/network/virtual-network:0.5.1"));
        assert_eq!(bicep.as_deref(), Some("avm/res/network/virtual-network"));
    }

    #[test]
    fn every_model_is_read_without_a_fault() {
        let sources = Sources::of_texts(Vec::<(String, String)>::new());
        for model in MODELS {
            let program = model.read(&sources, Limits::default());
            let faults: Vec<String> = program
                .faults
                .iter()
                .map(|fault| format!("{} at byte {}: {}", model.title(), fault.span.start, fault.message))
                .collect();
            assert!(faults.is_empty(), "{faults:?}");
            let has_output = program.items.iter().any(|item| matches!(item, Item::Output(_)));
            assert!(has_output != model.is_quiet(), "{}", model.title());
        }
    }

    #[test]
    fn the_models_of_a_module_follow_each_other() {
        for model in MODELS {
            let same = |other: &&Model| other.dialect == model.dialect && other.source == model.source;
            let meets = MODELS.iter().filter(same).filter(|other| other.range().meets(&model.range())).count();
            assert_eq!(meets, 1, "{}", model.title());
            let mut all = MODELS.iter().filter(same).map(Model::range).collect::<Vec<_>>();
            all.sort();
            assert_eq!(all, MODELS.iter().filter(same).map(Model::range).collect::<Vec<_>>(), "{}", model.title());
        }
    }
}
