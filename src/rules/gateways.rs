//! In: a network. Out: the application gateways that it makes, and what their rules share.
//! Never: makes a finding that a rule did not ask for.

use super::{Finding, Rule, Step};
use crate::azure::{Field, application_gateway as gateway};
use crate::network::{Network, Place};
use crate::value::Truth;

/// The sizes of version 1, which is retired.
pub const VERSION_1: [&str; 5] = ["Standard_Small", "Standard_Medium", "Standard_Large", "WAF_Medium", "WAF_Large"];

/// The application gateways that are made, or may be.
pub fn gateways(network: &Network) -> Vec<Place<'_>> {
    network.made(&gateway::APPLICATION_GATEWAY)
}

/// Whether a gateway is of version 1.
pub fn is_version_1(place: Place) -> Truth {
    place.get(&gateway::SKU_NAME).ask(|sku| sku.ask(&|sku| Truth::any(VERSION_1.iter().map(|size| sku.is(size)))))
}

/// A finding about a gateway, at the line of a field; what may not be there at all is undecided.
pub fn finding(rule: &Rule, place: Place, field: &Field, message: String) -> Finding {
    settled(rule.finding(place.span_of(field), message).about(place), place, rule.code)
}

/// The same finding, undecided where it is not known whether what it is about is made.
pub fn settled(finding: Finding, place: Place, code: &str) -> Finding {
    match place.exists() {
        Truth::Yes => finding,
        _ => finding.undecided(place.decides().cloned(), &format!("if `{}` is made: {code}", place.name())),
    }
}

/// The step that says in which subnet a gateway stands.
pub fn stands_in<'n>(place: Place<'n>) -> Option<(Place<'n>, Step)> {
    let steps = place.follow(&gateway::GATEWAY_TO_SUBNET).into_iter();
    steps.filter_map(|step| Some((step.end.place()?, step.span))).next().map(|(subnet, span)| {
        let message = format!("application gateway `{}` stands in `{}`", place.name(), subnet.name());
        (subnet, Step { message, span })
    })
}
