//! In: the roots of one environment and the configuration. Out: what it says of them, and what does not fit.
//! Never: guesses which root was meant.

use rustc_hash::FxHashMap;

use super::assumption;
use super::config::Config;
use crate::evaluate::{Evaluated, Root};
use crate::network::{Alias, Facts, Network};
use crate::rules::{Finding, Level, Step};
use crate::value::RootId;

/// An alias leads to nothing.
const ALIAS: (&str, &str) = ("VNL-S020", "alias-to-nothing");
/// The order of layers goes in a circle.
const LAYERS: (&str, &str) = ("VNL-S021", "layer-cycle");
/// Two roots make what has one id.
const TWICE: (&str, &str) = ("VNL-N003", "one-id-made-twice");

/// What the configuration says of these roots, and which of its layers go in a circle.
pub fn facts(estate: &[(Root, Evaluated)], config: &Config) -> (Facts, Vec<Finding>) {
    let mut layers: FxHashMap<RootId, usize> = FxHashMap::default();
    let mut findings = Vec::new();
    for (root, _) in estate {
        let mut named = config.layers.iter().enumerate().filter_map(|(index, layer)| {
            let member = layer.members.iter().find(|(glob, _)| glob.is_match(&root.path))?;
            Some((index, member.1))
        });
        let Some((index, first)) = named.next() else { continue };
        layers.insert(root.id, index);
        if let Some((_, again)) = named.next() {
            layers.remove(&root.id);
            let (code, name) = LAYERS;
            let message =
                format!("`layers` names `{}` in two layers, so that it would come before itself", shown(root));
            let mut finding = Finding::new(code, name, Level::Error, again, message);
            finding.steps.push(Step { message: "it stands in a layer already".into(), span: first });
            finding.help = Some("name it in one layer; until then nothing is said of its order".into());
            findings.push(finding);
        }
    }
    // What an alias says of a state is said of a whole root, and was asked for when that state was read.
    let of_a_state = |alias: &&Alias| alias.name.contains("data.terraform_remote_state.");
    let aliases = config.aliases.iter().filter(|alias| !of_a_state(alias)).cloned().collect();
    (Facts { aliases, layers }, findings)
}

/// The roots, and one more that holds what is assumed.
pub fn with_assumptions(
    mut estate: Vec<(Root, Evaluated)>,
    facts: Facts,
    config: &Config,
) -> (Vec<(Root, Evaluated)>, Facts) {
    if !config.assumptions.is_empty() {
        // No root that was found has this number.
        estate.push(assumption::evaluated(&config.assumptions, "vnetlint.toml", RootId(u32::MAX)));
    }
    (estate, facts)
}

/// What the configuration says and the code does not bear out, and what two roots both make.
pub fn misfits(network: &Network, config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    for dangling in network.dangling() {
        let (code, name) = ALIAS;
        let mut finding = Finding::new(code, name, Level::Warning, dangling.place, dangling.message.clone());
        finding.help = Some("mend the name or take the alias out; what it was to settle stays unknown".into());
        findings.push(finding);
    }
    let root = |id: RootId| network.roots().iter().find(|root| root.id == id);
    for (reader, maker) in network.against_layers() {
        let (Some(reader), Some(maker)) = (root(*reader), root(*maker)) else { continue };
        let member =
            config.layers.iter().flat_map(|layer| &layer.members).find(|(glob, _)| glob.is_match(&reader.path));
        let Some((_, place)) = member else { continue };
        let (code, name) = LAYERS;
        let (reader, maker) = (shown(reader), shown(maker));
        let message = format!("`layers` puts `{reader}` before `{maker}`, and `{reader}` reads what `{maker}` makes");
        let mut finding = Finding::new(code, name, Level::Error, *place, message);
        finding.help = Some(format!("put `{maker}` into an earlier layer; what is read counts until then"));
        findings.push(finding);
    }
    for (first, then) in network.made_twice() {
        let (code, name) = TWICE;
        let of = |id: RootId| root(id).map_or_else(String::new, shown);
        let message = format!("`{}` is made by `{}` and by `{}`", then.name(), of(first.root()), of(then.root()));
        let mut finding = Finding::new(code, name, Level::Warning, then.span(), message).about(then);
        finding.objects.push(first.address().clone());
        finding.steps.push(Step { message: "this deployment makes it".into(), span: then.span() });
        finding.steps.push(Step { message: "and this one makes the same id".into(), span: first.span() });
        finding.why = Some("each of two deployments undoes what the other one did".into());
        finding.help = Some("make it in one of them, and read it in the other: `data`, `existing`".into());
        findings.push(finding);
    }
    findings
}

/// A root as a user names it.
fn shown(root: &Root) -> String {
    if root.path.is_empty() { ".".into() } else { root.path.clone() }
}
