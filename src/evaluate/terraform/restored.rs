//! In: what `terraform init` left beside a root. Out: where each called module lies.
//! Never: fetches anything.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::evaluate::{Library, Modules};
use crate::source::join;
use crate::value::SmolStr;

/// Where `terraform init` notes what it downloaded.
const MANIFEST: &str = ".terraform/modules/modules.json";

#[derive(Deserialize)]
struct Manifest {
    #[serde(rename = "Modules")]
    modules: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    /// The names of the calls from the root, with dots between them; empty for the root itself.
    #[serde(rename = "Key")]
    key: String,
    /// The directory, as the root's directory sees it.
    #[serde(rename = "Dir")]
    directory: String,
}

/// The directories of a root's modules by the names of the calls, as far as `terraform init` was run.
pub fn directories(library: &Library, root: &str) -> BTreeMap<String, String> {
    if library.modules != Modules::Restored {
        return BTreeMap::new();
    }
    let path = join(root, MANIFEST);
    let Some(Ok(file)) = path.map(|path| library.sources.open(&path)) else { return BTreeMap::new() };
    let text = library.sources.file(file);
    let Ok(manifest) = serde_json::from_str::<Manifest>(&text.text) else { return BTreeMap::new() };
    let below = |entry: Entry| Some((entry.key, join(root, &entry.directory)?));
    manifest.modules.into_iter().filter(|entry| !entry.key.is_empty()).filter_map(below).collect()
}

/// The key of a call in the manifest.
pub fn key(symbols: &[SmolStr], name: &str) -> String {
    symbols.iter().map(SmolStr::as_str).chain([name]).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::syntax::Limits;

    #[test]
    fn a_restored_module_is_found_by_the_names_of_its_calls() {
        let manifest = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"hub.vnet","Source":"registry.terraform.io/x/y/azurerm","Version":"1.0.0","Dir":".terraform/modules/hub.vnet"}]}"#;
        let sources = Sources::of_texts([("infra/.terraform/modules/modules.json", manifest)]);
        let library = Library::new(&sources, Limits::default());
        let found = directories(&library, "infra");
        assert_eq!(
            found.get(&key(&["hub".into()], "vnet")).map(String::as_str),
            Some("infra/.terraform/modules/hub.vnet")
        );
        assert_eq!(found.len(), 1);
    }
}
