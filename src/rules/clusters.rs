//! In: a cluster and a field of it. Out: findings that stand on the field's line, and words in the language of the code.
//! Never: decides anything.

use super::{Finding, Rule, Step};
use crate::azure::{Field, cluster};
use crate::network::{Network, Place};
use crate::value::{Cidr, Truth, Unknown};

/// The clusters that are surely made here.
pub fn clusters(network: &Network) -> impl Iterator<Item = Place<'_>> {
    network.made(&cluster::CLUSTER).into_iter().filter(|cluster| cluster.exists() == Truth::Yes)
}

/// A finding of a cluster, on the line of a field.
pub fn on<'n>(rule: &Rule, cluster: Place<'n>, field: &Field, message: String) -> Finding {
    rule.finding(cluster.span_of(field), message).about(cluster)
}

/// The same, where the field is not known.
pub fn open(rule: &Rule, cluster: Place, field: &Field, unknown: Unknown, message: String, effect: &str) -> Finding {
    on(rule, cluster, field, message).undecided(Some(unknown), effect)
}

/// What a sentence adds to a value that nobody wrote.
pub fn assumed(place: Place, field: &Field) -> &'static str {
    if place.is_written(field) { "" } else { ", which AKS takes where none is written" }
}

/// The hop that says what a field is.
pub fn hop(place: Place, field: &Field, message: String) -> Step {
    Step { message, span: place.span_of(field) }
}

/// Ranges in a sentence: `10.0.0.0/16 and fd00::/108`.
pub fn listed(ranges: &[Cidr]) -> String {
    ranges.iter().map(Cidr::to_string).collect::<Vec<_>>().join(" and ")
}
