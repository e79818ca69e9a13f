//! In: `required_providers` blocks and the lock file. Out: which version of a provider a root runs with.
//! Never: asks a registry.

use crate::evaluate::{Library, ProviderVersion};
use crate::source::join;
use crate::syntax::{Element, Expr, ExprKind, Item, hcl};
use crate::value::SmolStr;

use super::Configuration;

/// Where `terraform init` notes the versions that it chose
/// (<https://developer.hashicorp.com/terraform/language/files/dependency-lock>).
const LOCK_FILE: &str = ".terraform.lock.hcl";

/// The providers that a root names, by name: with the version that the lock file chose, or else the constraint.
pub fn versions(library: &Library, configuration: &Configuration) -> Vec<ProviderVersion> {
    let locked = locked(library, &configuration.directory);
    let mut found: Vec<ProviderVersion> = Vec::new();
    for (name, wanted) in configuration.settings.iter().flat_map(required) {
        let source = wanted.field("source").and_then(Expr::as_literal).unwrap_or(&name).to_lowercase();
        let constraint = wanted.field("version").or(Some(wanted)).and_then(Expr::as_literal).unwrap_or_default();
        let chosen = locked.iter().find(|(address, _)| address.ends_with(&format!("/{source}")));
        let (version, is_locked) = match chosen {
            Some((_, version)) => (version.clone(), true),
            None => (SmolStr::new(constraint), false),
        };
        found.push(ProviderVersion { name, version, is_locked });
    }
    // Terraform 0.12 wrote the constraint into the provider's block.
    for (label, body) in &configuration.providers {
        let constraint = body.field("version").and_then(Expr::as_literal);
        if let Some(version) = constraint.filter(|_| found.iter().all(|known| known.name != label.name)) {
            found.push(ProviderVersion { name: label.name.clone(), version: version.into(), is_locked: false });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// The entries of the `required_providers` blocks in one `terraform` block.
fn required(settings: &Expr) -> Vec<(SmolStr, &Expr)> {
    let Some(ExprKind::List(blocks)) = settings.field("required_providers").map(|expr| &expr.kind) else {
        return Vec::new();
    };
    let fields = blocks.iter().map(Element::expr).flat_map(|block| match &block.kind {
        ExprKind::Object(fields) => fields.as_slice(),
        _ => &[],
    });
    let pair = |field: &'_ crate::syntax::Field| field.literal_key().map(SmolStr::new);
    fields
        .filter_map(|field| match field {
            crate::syntax::Field::Pair { value, .. } => Some((pair(field)?, value)),
            crate::syntax::Field::Spread(_) => None,
        })
        .collect()
}

/// The provider addresses of the lock file, in lower case, and their versions.
fn locked(library: &Library, directory: &str) -> Vec<(String, SmolStr)> {
    let path = join(directory, LOCK_FILE);
    let Some(Ok(file)) = path.map(|path| library.sources.open(&path)) else { return Vec::new() };
    let program = hcl::read(library.sources, file, library.limits());
    let entries = program.items.iter().filter_map(|item| match item {
        Item::Provider { name, body } => {
            let version = body.field("version").and_then(Expr::as_literal)?;
            Some((name.name.to_lowercase(), SmolStr::new(version)))
        }
        _ => None,
    });
    entries.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::syntax::Limits;

    #[test]
    fn the_lock_file_says_more_than_the_constraint() {
        let main = "terraform {\n  required_providers {\n    azurerm = {\n      source  = \"hashicorp/azurerm\"\n      version = \"~> 4.0\"\n    }\n    azapi = {\n      source = \"Azure/azapi\"\n    }\n  }\n}\n";
        let lock = "provider \"registry.terraform.io/hashicorp/azurerm\" {\n  version     = \"4.14.0\"\n  constraints = \"~> 4.0\"\n}\n";
        let sources = Sources::of_texts([("infra/main.tf", main), ("infra/.terraform.lock.hcl", lock)]);
        let library = Library::new(&sources, Limits::default());
        let configuration = Configuration::read(&library, "infra").expect("a module");
        let versions = versions(&library, &configuration);
        let azurerm = versions.iter().find(|known| known.name == "azurerm").expect("a version");
        assert_eq!((azurerm.version.as_str(), azurerm.is_locked, azurerm.major()), ("4.14.0", true, Some(4)));
        assert_eq!(versions.len(), 2);
    }

    #[test]
    fn a_constraint_names_its_major_version_where_it_allows_one_only() {
        let of = |version: &str| ProviderVersion { name: "azurerm".into(), version: version.into(), is_locked: false };
        assert_eq!(of("~> 3.35.0").major(), Some(3));
        assert_eq!(of(">= 4.0, < 5.0").major(), Some(4));
        assert_eq!(of(">= 3.0").major(), None);
        assert_eq!(of("=2.97.0").major(), Some(2));
    }
}
