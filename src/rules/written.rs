//! In: a finding. Out: the same, with the place where the value that it blames was written, if that is elsewhere.
//! Never: changes what is found.

use super::{Finding, Step, Verdict};
use crate::network::Network;

/// Adds the step from the line that a finding names to the default, argument or parameter that its value comes from.
pub fn say(network: &Network, finding: &mut Finding) {
    if finding.verdict != Verdict::Violation {
        return;
    }
    let addresses = finding.subject.iter().chain(&finding.objects);
    let Some(written) = addresses.filter_map(|address| network.written(address, finding.place)).next() else { return };
    if finding.steps.iter().all(|step| step.span != written.span) {
        let message = match written.text {
            Some(text) => format!("`{text}` comes from here"),
            None => "its value comes from here".into(),
        };
        finding.steps.push(Step { message, span: written.span });
    }
}
