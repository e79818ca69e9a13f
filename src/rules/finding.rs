//! In: what a rule saw. Out: findings that prove themselves hop by hop.
//! Never: says how a finding is shown.

use crate::azure::cluster;
use crate::network::{NodeGroup, Place};
use crate::source::Span;
use crate::value::{Address, Reason, RootId, Truth, Unknown};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Worth a review.
    Note,
    /// Against the recommendation, a race, or something that breaks later.
    Warning,
    /// The deployment fails, or the cluster does not work.
    Error,
}

/// How sure the tool is of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Confidence {
    /// A hint.
    Low,
    /// It rests on a default, a convention or an address that was matched.
    Medium,
    /// Everything it rests on is written.
    High,
}

/// Whether it is so, or cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// It is so.
    Violation,
    /// An input that decides it is not known.
    Undecided,
}

impl Level {
    /// The word that reports use.
    pub fn word(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

impl Confidence {
    /// The word that reports use.
    pub fn word(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

impl Verdict {
    /// The word that reports use.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Violation => "violation",
            Verdict::Undecided => "undecided",
        }
    }
}

/// One step of a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// A short clause that continues the one before: `has its nodes in "snet-nodes" of "vnet-data"`.
    pub message: String,
    /// Where it says so.
    pub span: Span,
}

/// An unknown that would decide a finding, and what each answer would mean.
#[derive(Clone, Debug)]
pub struct Decider {
    /// What is not known.
    pub unknown: Unknown,
    /// What its answers would mean: `if it is "userDefinedRouting": VNL070; else it passes`.
    pub effect: String,
}

/// What to write, in the words of the language that a place is declared in.
pub fn in_words_of(place: Place, terraform: &str, bicep: &str) -> String {
    if place.is_terraform() { terraform.to_string() } else { bicep.to_string() }
}

/// What only other code than that of this run says, or nobody before the deployment.
pub fn said_elsewhere(subject: Place, what: String, at: Span) -> Unknown {
    Unknown::new(subject.root(), what, Reason::Data).at(at)
}

/// Something that is wrong, or that cannot be told.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule's code, as in `VNL001`; `VNL-P…`, `VNL-S…` and `VNL-N…` speak of the run itself.
    pub code: &'static str,
    /// The rule's name, as in `custom-dns-before-zone-link`.
    pub name: &'static str,
    /// How bad it is.
    pub level: Level,
    /// How sure it is.
    pub confidence: Confidence,
    /// Whether it is so.
    pub verdict: Verdict,
    /// What is so, in this place, with the names of this place; no full stop.
    pub message: String,
    /// The address of what it speaks of; none for a file that could not be read.
    pub subject: Option<Address>,
    /// The addresses of everything else that it rests on: with the subject, its cause.
    pub objects: Vec<Address>,
    /// The addresses of which the same line makes the same true.
    pub also: Vec<Address>,
    /// The root of the subject.
    pub root: Option<RootId>,
    /// Its place: one line in a file that the user owns.
    pub place: Span,
    /// The proof, in the order of reading; the first step is the place itself where a proof is needed.
    pub steps: Vec<Step>,
    /// What to do; no full stop.
    pub help: Option<String>,
    /// Why it hurts; no full stop.
    pub why: Option<String>,
    /// What would decide it, where it is undecided.
    pub deciders: Vec<Decider>,
    /// The environments in which it is so, where there are several.
    pub environments: Vec<String>,
}

impl Finding {
    /// A violation without a proof yet.
    pub fn new(code: &'static str, name: &'static str, level: Level, place: Span, message: String) -> Finding {
        Finding {
            code,
            name,
            level,
            confidence: Confidence::High,
            verdict: Verdict::Violation,
            message,
            subject: None,
            objects: Vec::new(),
            also: Vec::new(),
            root: None,
            place,
            steps: Vec::new(),
            help: None,
            why: None,
            deciders: Vec::new(),
            environments: Vec::new(),
        }
    }

    /// The same, speaking of a place in the network.
    pub fn about(self, subject: Place) -> Finding {
        Finding { subject: Some(subject.address().clone()), root: Some(subject.root()), ..self }
    }

    /// The same, about something because it lies in a node resource group; it is undecided where that may not be made.
    pub fn in_node_group(self, place: Place, group: NodeGroup) -> Finding {
        let mut finding = self;
        if !group.said {
            finding.confidence = finding.confidence.min(Confidence::Medium);
        }
        if let Some(text) = place.id().and_then(|id| id.resource_group.as_ref()) {
            finding.steps.push(Step { message: format!("its resource group is `{text}`"), span: place.span() });
        }
        if let Some(cluster) = group.cluster {
            finding.objects.push(cluster.address().clone());
            let message = format!("the group that AKS makes for the nodes of `{}`", cluster.name());
            finding.steps.push(Step { message, span: cluster.span_of(&cluster::NODE_RESOURCE_GROUP) });
        }
        match place.is_made() && place.exists() != Truth::Yes {
            true => {
                let effect = format!("if it is made: {}; else it passes", finding.code);
                finding.undecided(place.decides().cloned(), &effect)
            }
            false => finding,
        }
    }

    /// The same, where it cannot be told; `effect` says what the answers of the unknown that decides would mean.
    pub fn undecided(self, unknown: Option<Unknown>, effect: &str) -> Finding {
        let deciders = unknown.into_iter().map(|unknown| Decider { unknown, effect: effect.to_string() }).collect();
        Finding { verdict: Verdict::Undecided, deciders, ..self }
    }
}
