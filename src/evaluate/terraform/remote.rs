//! In: a root that reads another one's state, and roots that say where theirs lies. Out: which of them is meant.
//! Never: pairs a state with a root by its name alone, or takes one of several.

use std::collections::BTreeMap;

use super::Configuration;
use super::configuration::elements;
use super::plan::tree_of;
use crate::evaluate::{Evaluated, Library, Root};
use crate::source::{join, name_of};
use crate::syntax::{Dialect, Expr, ExprKind, Field};
use crate::value::{Address, Value};

/// The data source that reads a state.
pub const TYPE: &str = "terraform_remote_state";

/// What a root reads of another deployment's state.
#[derive(Clone, Debug)]
pub struct RemoteState {
    /// The data source.
    pub address: Address,
    /// Where that state lies, as far as it is known.
    pub place: StatePlace,
}

/// Where a state lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatePlace {
    /// The kind of backend: `azurerm`, `local`, `remote`, …
    pub backend: String,
    /// What is known of its settings.
    pub settings: BTreeMap<String, String>,
}

/// The states that a root reads.
pub fn read_by(evaluated: &Evaluated) -> Vec<RemoteState> {
    let states = evaluated.resources.iter().filter(|resource| resource.type_name == TYPE && resource.existing);
    states
        .map(|resource| {
            let get = |name: &str| resource.body.fields().and_then(|fields| fields.get(name));
            let backend = get("backend").and_then(Value::as_text).unwrap_or_default().to_string();
            let mut place = StatePlace { backend, settings: BTreeMap::new() };
            // Terraform 0.11 wrote `config { }`, a block.
            let config = get("config").map(|config| config.items().and_then(<[Value]>::first).unwrap_or(config));
            config.iter().for_each(|config| place.note(config));
            RemoteState { address: resource.address.clone(), place: place.settled() }
        })
        .collect()
}

/// Where a root's own state lies, as its code says; a plan's configuration says it for the plan.
pub fn kept_by(library: &Library, root: &Root) -> Option<StatePlace> {
    if root.dialect != Dialect::Terraform {
        return None;
    }
    let directory = if root.path.ends_with(".json") { tree_of(library, &root.path)? } else { root.path.clone() };
    let configuration = Configuration::read(library, &directory)?;
    let mut place = StatePlace { backend: "local".into(), settings: BTreeMap::new() };
    for settings in &configuration.settings {
        for written in settings.field("backend").iter().flat_map(|backend| elements(backend)) {
            match written.field("__label").and_then(Expr::as_literal) {
                Some(kind) => place = StatePlace::written(kind, written),
                // JSON: `{"backend": {"azurerm": {…}}}`.
                None => {
                    if let ExprKind::Object(fields) = &written.kind
                        && let Some(Field::Pair { key, value }) = fields.first()
                        && let Some(kind) = key.as_literal()
                    {
                        let body = elements(value).first().copied().unwrap_or(value);
                        place = StatePlace::written(kind, body);
                    }
                }
            }
        }
        if let Some(cloud) = settings.field("cloud").and_then(|cloud| elements(cloud).first().copied()) {
            place = StatePlace::written("remote", cloud);
        }
    }
    if place.backend == "local" {
        let written = place.settings.remove("path").unwrap_or_else(|| "terraform.tfstate".into());
        place.settings.extend(join(&directory, &written).map(|path| ("path".to_string(), path)));
    }
    Some(place.settled())
}

impl StatePlace {
    fn written(backend: &str, body: &Expr) -> StatePlace {
        let mut place = StatePlace { backend: backend.to_string(), settings: BTreeMap::new() };
        place.note_expr("", body);
        place
    }

    fn note_expr(&mut self, before: &str, body: &Expr) {
        let ExprKind::Object(fields) = &body.kind else { return };
        for field in fields {
            let Field::Pair { key, value } = field else { continue };
            let Some(key) = key.as_literal() else { continue };
            match (value.as_literal(), &value.kind) {
                (Some(text), _) => {
                    self.settings.insert(format!("{before}{key}"), text.to_string());
                }
                (None, ExprKind::Object(_)) => self.note_expr(&format!("{before}{key}."), value),
                (None, ExprKind::List(_)) => {
                    elements(value).first().iter().for_each(|item| self.note_expr(&format!("{before}{key}."), item));
                }
                _ => {}
            }
        }
    }

    fn note(&mut self, config: &Value) {
        self.note_value("", config);
    }

    fn note_value(&mut self, before: &str, config: &Value) {
        for (name, value) in config.fields().into_iter().flatten() {
            match value.as_text() {
                Some(text) => {
                    self.settings.insert(format!("{before}{name}"), text.to_string());
                }
                None => {
                    let inner = value.items().and_then(<[Value]>::first).unwrap_or(value);
                    self.note_value(&format!("{before}{name}."), inner);
                }
            }
        }
    }

    /// One spelling: a local state by its path alone.
    fn settled(mut self) -> StatePlace {
        if self.backend == "cloud" {
            self.backend = "remote".into();
        }
        self.settings.retain(|name, _| NAMES.contains(&name.as_str()));
        self
    }

    /// Whether this is where `own` says that its state lies: what names a state is equal, and nothing contradicts.
    pub fn is(&self, own: &StatePlace, from: &str) -> bool {
        if self.backend != own.backend {
            return false;
        }
        if self.backend == "local" {
            let Some(path) = self.settings.get("path").and_then(|path| join(from, path)) else { return false };
            return own.settings.get("path") == Some(&path);
        }
        let key = |place: &StatePlace| KEYS.iter().find_map(|name| place.settings.get(*name).cloned());
        let agree = |name: &str| match (self.settings.get(name), own.settings.get(name)) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        let named = key(self);
        named.as_deref().is_some_and(|name| !name_of(name).is_empty())
            && named == key(own)
            && NAMES.iter().all(|name| agree(name))
    }
}

/// The settings that name a state within its store, of any backend
/// (<https://developer.hashicorp.com/terraform/language/backend>).
const KEYS: [&str; 5] = ["key", "workspaces.name", "prefix", "path", "address"];

/// The settings that say which store, or which state of it.
const NAMES: [&str; 12] = [
    "key",
    "workspaces.name",
    "prefix",
    "path",
    "address",
    "storage_account_name",
    "container_name",
    "resource_group_name",
    "bucket",
    "organization",
    "hostname",
    "region",
];
