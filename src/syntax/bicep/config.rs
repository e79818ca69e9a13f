//! In: `bicepconfig.json`. Out: what its module aliases stand for, and where downloaded modules are kept.
//! Never: looks at what it says of linters, or whether anything is there.
//!
//! <https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-config-modules>

use std::collections::BTreeMap;

use super::super::tree::{self, Form, Node};
use crate::source::{FileId, Sources};
use crate::syntax::Limits;

/// The name of the file.
pub const CONFIG: &str = "bicepconfig.json";

/// What a configuration says of modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// What stands for `NAME` of `br/NAME:`: a registry, and perhaps the beginning of a path in it.
    pub registries: BTreeMap<String, String>,
    /// What stands for `NAME` of `ts/NAME:`: a subscription and a resource group.
    pub template_specs: BTreeMap<String, String>,
    /// The directory of downloaded modules as it is written; `None` for Bicep's own.
    pub cache: Option<String>,
    /// The directory that holds the configuration, which the other is seen from.
    pub directory: String,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            registries: BTreeMap::from([("public".to_string(), "mcr.microsoft.com/bicep".to_string())]),
            template_specs: BTreeMap::new(),
            cache: None,
            directory: String::new(),
        }
    }
}

/// Reads one; what cannot be read says nothing.
pub fn read(sources: &Sources, file: FileId, limits: Limits) -> Config {
    let source = sources.file(file);
    let root = tree::read(file, &source.text, Form::Lenient, limits).root;
    let directory = crate::source::directory_of(&source.path).to_string();
    let mut config = Config { directory, ..Config::default() };
    let text = |node: &Node, name: &str| node.get(name).and_then(Node::text).map(str::to_string);
    let aliases = |scheme: &str| root.get("moduleAliases").and_then(|aliases| aliases.get(scheme)).map(Node::members);
    for member in aliases("br").unwrap_or_default() {
        let Some(registry) = text(&member.value, "registry") else { continue };
        let path = text(&member.value, "modulePath").map(|path| format!("/{path}")).unwrap_or_default();
        config.registries.insert(member.key.text.clone(), registry + &path);
    }
    for member in aliases("ts").unwrap_or_default() {
        let parts = (text(&member.value, "subscription"), text(&member.value, "resourceGroup"));
        let (Some(subscription), Some(group)) = parts else { continue };
        config.template_specs.insert(member.key.text.clone(), format!("{subscription}/{group}"));
    }
    config.cache = text(&root, "cacheRootDirectory").filter(|path| !path.trim().is_empty());
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_stand_for_registries_and_groups_beside_the_public_one() {
        let text = r#"{
            // Where our own modules are.
            "moduleAliases": {
                "br": { "own": { "registry": "contoso.azurecr.io", "modulePath": "bicep/modules" }, "none": {} },
                "ts": { "specs": { "subscription": "11111111-1111-1111-1111-111111111111", "resourceGroup": "rg" } },
            },
            "cacheRootDirectory": "~/cache",
        }"#;
        let sources = Sources::of_texts([("infra/bicepconfig.json", text)]);
        let file = sources.open("infra/bicepconfig.json").expect("a text");
        let config = read(&sources, file, Limits::default());
        assert_eq!(config.registries["own"], "contoso.azurecr.io/bicep/modules");
        assert_eq!(config.registries["public"], "mcr.microsoft.com/bicep");
        assert_eq!(config.registries.len(), 2);
        assert_eq!(config.template_specs["specs"], "11111111-1111-1111-1111-111111111111/rg");
        assert_eq!((config.cache.as_deref(), config.directory.as_str()), (Some("~/cache"), "infra"));
    }
}
