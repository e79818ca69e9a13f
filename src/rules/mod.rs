//! In: a network. Out: what is wrong with it, and what cannot be told.
//! Never: knows how a finding is shown, or which language it was written in.

mod finding;

pub use finding::{Confidence, Decider, Finding, Level, Step, Verdict};

use crate::network::Network;

/// What the user said about the estate, as far as rules ask.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether objects may already be in place: rules of order then only note.
    pub phase: Phase,
}

/// Which deployment the rules of order speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The first one: nothing is there yet.
    Greenfield,
    /// A later one.
    Existing,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { phase: Phase::Greenfield }
    }
}

/// A rule: its page says everything that `explain`, `rules` and SARIF show.
pub struct Rule {
    /// As in `VNL001`.
    pub code: &'static str,
    /// As in `custom-dns-before-zone-link`.
    pub name: &'static str,
    /// The level of its plain case.
    pub level: Level,
    /// The version that first had it.
    pub since: &'static str,
    /// Its page in Markdown: what, why it hurts, examples that run.
    pub page: &'static str,
    /// Looks at a network and says what it finds.
    pub check: fn(&Network, &Settings, &mut Vec<Finding>),
}

impl Rule {
    /// The first line of its page: what it finds.
    pub fn summary(&self) -> &'static str {
        self.page.trim_start().lines().next().unwrap_or_default()
    }
}

/// Every rule, by code.
pub static RULES: &[&Rule] = &[];

/// Everything that all rules find in a network, one root cause once.
pub fn check(network: &Network, settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in RULES {
        (rule.check)(network, settings, &mut findings);
    }
    findings
}
