//! In: a network. Out: one line for each cluster fact that is not known and that decides whether rules apply at all.
//! Never: lists every rule as undecided for one unknown flag.

use super::{Finding, Level};
use crate::azure::{Field, cluster};
use crate::network::{Network, Place};
use crate::value::{Truth, Value};

/// The code and name of what speaks of facts that are not known.
const SCOPE: (&str, &str) = ("VNL-N002", "scope-not-known");

/// A fact of a cluster, the question that rules ask of it, and the rules that ask.
struct Fact {
    field: &'static Field,
    asks: fn(&Value) -> Truth,
    words: &'static str,
    rules: &'static str,
}

static FACTS: [Fact; 2] = [
    Fact {
        field: &cluster::PRIVATE,
        asks: Value::is_true,
        words: "is private",
        rules: "VNL001 to VNL003, VNL020 to VNL033, VNL041, VNL045, VNL150 to VNL153, VNL157 and VNL158",
    },
    Fact {
        field: &cluster::OUTBOUND,
        asks: |value| value.is("userDefinedRouting"),
        words: "has outbound type `userDefinedRouting`",
        rules: "VNL070, VNL071, VNL072, VNL074, VNL075, VNL076, VNL077, VNL079, VNL088, VNL089 and VNL091",
    },
];

/// The facts that are not known, each once a cluster.
pub fn unknown_facts(network: &Network) -> Vec<Finding> {
    let clusters = network.made(&cluster::CLUSTER);
    clusters.iter().flat_map(|cluster| FACTS.iter().filter_map(|fact| of(*cluster, fact))).collect()
}

fn of(cluster: Place, fact: &Fact) -> Option<Finding> {
    let got = cluster.get(fact.field);
    if got.ask(fact.asks) != Truth::Unknown {
        return None;
    }
    let message = format!("cannot tell whether `{}` {}: {} were not asked", cluster.name(), fact.words, fact.rules);
    let (code, name) = SCOPE;
    let effect = format!("if it {}, these rules apply; else they say nothing", fact.words);
    let finding = Finding::new(code, name, Level::Note, cluster.span_of(fact.field), message);
    Some(finding.about(cluster).undecided(got.unknown(), &effect))
}
