//! In: a finding. Out: the same, saying so where it rests on a model of a module and not on the module itself.
//! Never: changes what is found.

use super::{Confidence, Finding, Step};
use crate::network::Network;

/// Adds a step for each module call that a model answered and that the finding speaks of.
pub fn say(network: &Network, finding: &mut Finding) {
    let addresses = finding.subject.iter().chain(&finding.objects);
    let mut calls: Vec<_> = addresses.filter_map(|address| network.modelled(address)).collect();
    calls.extend(
        network
            .models()
            .iter()
            .filter(|module| finding.place == module.span || finding.steps.iter().any(|step| step.span == module.span)),
    );
    let mut steps: Vec<Step> = Vec::new();
    for module in calls {
        let message = format!("this comes from the model of {}, not from its source", module.model.title());
        let step = Step { message, span: module.span };
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    if !steps.is_empty() {
        // What is not written in the code of the user rests on what the registry is known to hold.
        finding.confidence = finding.confidence.min(Confidence::Medium);
        finding.steps.extend(steps);
    }
}
