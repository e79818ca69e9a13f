//! In: the deployments of a run. Out: which they are, what they are given and what stayed open.
//! Never: evaluates.

use super::escape::visible;
use super::summary::named;
use crate::evaluate::{Evaluated, ProviderVersion, Root, Standing};
use crate::source::Sources;
use crate::syntax::Dialect;

/// The deployments as text, and the modules that none of them calls.
pub fn roots_as_text(roots: &[(Root, Evaluated)], uncalled: &[String], sources: &Sources) -> String {
    let mut out = String::new();
    for (root, evaluated) in roots {
        if evaluated.standing != Standing::Made {
            out.push_str(&exported(root, evaluated));
            continue;
        }
        out.push_str(&format!("{}\n", heading(root)));
        let mut line = |what: &str, items: Vec<String>| {
            if !items.is_empty() {
                out.push_str(&format!("  {what}: {}\n", items.join(", ")));
            }
        };
        line("plan of", evaluated.plan_of.iter().map(|path| shown(path)).collect());
        line(
            "stands for what was compiled from it",
            evaluated.compiled.iter().map(|path| visible(path).into_owned()).collect(),
        );
        line("providers", evaluated.providers.iter().map(version).collect());
        line("inputs", root.input_files.iter().map(|path| visible(path).into_owned()).collect());
        line("open", evaluated.open_inputs.iter().map(|unknown| named(unknown, sources)).collect());
        line(
            "by models",
            evaluated
                .modelled
                .iter()
                .map(|module| format!("{} ({})", visible(module.address.text()), visible(&module.source)))
                .collect(),
        );
        line(
            "not read",
            evaluated
                .unread
                .iter()
                .map(|module| format!("{} ({})", visible(module.address.text()), visible(&module.source)))
                .collect(),
        );
    }
    for module in uncalled {
        out.push_str(&visible(&format!("{module} (Terraform module that no deployment calls: not checked)")));
        out.push('\n');
    }
    out
}

/// `tools.json (inventory, 12 resources of the network)`.
fn exported(root: &Root, evaluated: &Evaluated) -> String {
    let what = match evaluated.standing {
        Standing::Saved => "graph of another run",
        Standing::DeployedInPart => "inventory, cut",
        _ => "inventory",
    };
    let count = evaluated.resources.len();
    let noun = if count == 1 { "resource" } else { "resources" };
    format!("{}\n", visible(&format!("{} ({what}: {count} {noun} of the network)", root.path)))
}

/// `azurerm 4.14.0 (locked)`, `azapi ~> 2.0`.
fn version(provider: &ProviderVersion) -> String {
    let ProviderVersion { name, version, is_locked } = provider;
    let locked = if *is_locked { " (locked)" } else { "" };
    visible(format!("{name} {version}{locked}").trim()).into_owned()
}

/// A directory, and what its plan does to it: the plan is read in place of it.
fn shown(directory: &str) -> String {
    let directory = if directory.is_empty() { "." } else { directory };
    format!("{}, which it stands for", visible(directory))
}

/// `infra/hub (Terraform, environment prod)`, `examples/basic (Terraform, example)`.
pub fn heading(root: &Root) -> String {
    let path = if root.path.is_empty() { "." } else { &root.path };
    let dialect = match root.dialect {
        Dialect::Terraform => "Terraform",
        Dialect::Bicep if root.is_template() => "ARM template",
        Dialect::Bicep => "Bicep",
    };
    let environment = root.environment.as_deref().map_or(String::new(), |name| format!(", environment {name}"));
    let example = root.example.as_ref().map_or("", |_| ", example");
    visible(&format!("{path} ({dialect}{example}{environment})")).into_owned()
}
