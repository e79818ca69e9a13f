//! In: a network. Out: what is wrong with it, and what cannot be told.
//! Never: knows how a finding is shown, or which language it was written in.

mod by_model;
mod dns_at_creation;
mod finding;
mod hub_links;
mod precedence;
mod scope;
mod udr;

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
    /// Its page as the doc comment has it: every line begins with a space. See [`Rule::page`].
    pub written: &'static str,
    /// Looks at a network and says what it finds.
    pub check: fn(&Network, &Settings, &mut Vec<Finding>),
}

impl Rule {
    /// The first line of its page: what it finds.
    pub fn summary(&self) -> &'static str {
        self.written.trim_start().lines().next().unwrap_or_default()
    }

    /// Its page in Markdown: what, why it hurts, examples that run.
    pub fn page(&self) -> String {
        let lines = self.written.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n").trim().to_string()
    }

    /// A violation of this rule without a proof yet.
    fn finding(&self, place: crate::source::Span, message: String) -> Finding {
        Finding::new(self.code, self.name, self.level, place, message)
    }
}

/// A rule's page, code, name and level, from the doc comment and the line below it.
macro_rules! rule {
    ($(#[doc = $line:literal])* $code:ident $name:literal, $level:ident, since $since:literal) => {
        /// This rule.
        pub static RULE: $crate::rules::Rule = $crate::rules::Rule {
            code: stringify!($code),
            name: $name,
            level: $crate::rules::Level::$level,
            since: $since,
            written: concat!($($line, "\n"),*),
            check,
        };
    };
}

/// The list of rules: their modules and the registry.
macro_rules! rules {
    ($($module:ident)*) => {
        $(mod $module;)*

        /// Every rule, by code.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),*];
    };
}

rules! {
    vnl001_custom_dns_before_zone_link
    vnl002_system_zone_with_custom_dns
    vnl003_zone_link_not_before_cluster
    vnl020_custom_zone_not_linked_to_hub
    vnl021_system_zone_not_linked_to_hub
    vnl070_udr_outbound_without_route_table
    vnl071_udr_route_table_without_default_route
    vnl074_udr_outbound_relies_on_dynamic_routes
    vnl091_udr_outbound_beside_dynamic_routes
    vnl110_application_gateway_shared_by_clusters
}

/// Everything that all rules find in a network, one root cause once.
pub fn check(network: &Network, settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in RULES {
        (rule.check)(network, settings, &mut findings);
    }
    findings.extend(scope::unknown_facts(network));
    let mut findings = precedence::settle(findings);
    findings.iter_mut().for_each(|finding| by_model::say(network, finding));
    findings
}
