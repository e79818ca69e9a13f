//! In: settings that do not go together. Out: one finding for all of them, the worst first.
//! Never: says of two unknowns that they may clash; one must be known.

use super::finding::in_words_of;
use super::{Confidence, Finding, Level, Rule, Step};
use crate::azure::{Field, cluster};
use crate::network::{Basis, NetworkModel, Place};
use crate::source::Span;
use crate::value::{Address, Truth, Unknown};

/// One of the settings that do not go together.
pub struct Part {
    /// Whether it is so.
    pub truth: Truth,
    /// What would decide it.
    pub unknown: Option<Unknown>,
    /// How sure that is.
    pub confidence: Confidence,
    /// A hop of the proof.
    pub message: String,
    /// Where it is written.
    pub span: Span,
}

/// Settings that do not go together.
pub struct Conflict {
    level: Level,
    confidence: Confidence,
    parts: Vec<Part>,
    /// What is so, after the name of the cluster: "has Windows pool `win` with `kubenet`".
    what: String,
    help: String,
    objects: Vec<Address>,
}

impl Part {
    /// A setting that is so.
    pub fn so(message: impl Into<String>, span: Span) -> Part {
        Part { truth: Truth::Yes, unknown: None, confidence: Confidence::High, message: message.into(), span }
    }

    /// A field that has this value.
    pub fn is(place: Place, field: &Field, text: &str, message: impl Into<String>) -> Part {
        let unknown = place.get(field).unknown();
        Part { truth: place.is(field, text), unknown, ..Part::so(message, place.span_of(field)) }
    }

    /// A field that does not have this value.
    pub fn is_not(place: Place, field: &Field, text: &str, message: impl Into<String>) -> Part {
        let part = Part::is(place, field, text, message);
        Part { truth: !part.truth, ..part }
    }

    /// A field that is true.
    pub fn is_true(place: Place, field: &Field, message: impl Into<String>) -> Part {
        let unknown = place.get(field).unknown();
        Part { truth: place.is_true(field), unknown, ..Part::so(message, place.span_of(field)) }
    }

    /// A cluster whose network model is one of these.
    pub fn model(cluster: Place, is: impl Fn(NetworkModel) -> bool) -> Part {
        let span = cluster.span_of(&cluster::NETWORK_PLUGIN);
        match cluster.network_model() {
            Err(unknown) => {
                let part = Part::so("its network model is not known", span);
                Part { truth: Truth::Unknown, unknown: Some(unknown), ..part }
            }
            Ok((model, basis)) => {
                let (confidence, why) = match basis {
                    Basis::Written => (Confidence::High, ""),
                    Basis::Version => {
                        (Confidence::Medium, ", which its Kubernetes version takes where none is written")
                    }
                    Basis::Today => (Confidence::Low, ", which AKS takes today where none is written"),
                };
                let part = Part::so(format!("its network model is {}{why}", model.words()), span);
                Part { truth: Truth::from_known(is(model)), confidence, ..part }
            }
        }
    }

    /// The same, of a pool that may not be there.
    pub fn of(self, pool: Place) -> Part {
        let unknown = self.unknown.or_else(|| pool.decides().cloned());
        Part { truth: self.truth & pool.exists(), unknown, ..self }
    }
}

impl Conflict {
    /// Settings that do not go together; the first one's line is the one to change.
    pub fn new(level: Level, parts: Vec<Part>, what: impl Into<String>, help: impl Into<String>) -> Conflict {
        let (what, help) = (what.into(), help.into());
        Conflict { level, confidence: Confidence::High, parts, what, help, objects: Vec::new() }
    }

    /// The same, not so sure.
    pub fn at_most(self, confidence: Confidence) -> Conflict {
        Conflict { confidence: self.confidence.min(confidence), ..self }
    }

    /// The same, speaking of other places too.
    pub fn with(mut self, objects: impl IntoIterator<Item = Address>) -> Conflict {
        self.objects.extend(objects);
        self
    }

    /// Whether it is so: `No` too where more than one part is not known.
    fn truth(&self) -> Truth {
        let open = self.parts.iter().filter(|part| part.truth == Truth::Unknown).count();
        match Truth::all(self.parts.iter().map(|part| part.truth)) {
            Truth::Unknown if open > 1 => Truth::No,
            truth => truth,
        }
    }

    fn sure(&self) -> Confidence {
        self.parts.iter().map(|part| part.confidence).min().unwrap_or(self.confidence).min(self.confidence)
    }
}

/// `azurerm` in Terraform, `arm` elsewhere, as what to write.
pub fn write(place: Place, azurerm: &str, arm: &str) -> String {
    in_words_of(place, &format!("`{azurerm}`"), &format!("`{arm}`"))
}

/// One finding for all conflicts of a place: what is so before what may be, the worst first.
pub fn finding<'n>(rule: &Rule, subject: Place<'n>, mut conflicts: Vec<Conflict>, why: &str) -> Option<Finding> {
    conflicts.retain(|conflict| conflict.truth() != Truth::No);
    conflicts.sort_by_key(|conflict| std::cmp::Reverse((conflict.truth(), conflict.level, conflict.sure())));
    let worst = conflicts.first()?;
    let certain = worst.truth() == Truth::Yes;
    let name = subject.name();
    let message = match certain {
        true => format!("`{name}` {}", worst.what),
        false => format!("cannot tell whether `{name}` {}", worst.what),
    };
    let place = worst.parts.first()?.span;
    let mut finding = rule.finding(place, message).about(subject);
    (finding.level, finding.confidence) = (worst.level, worst.sure());
    finding.objects = worst.objects.clone();
    finding.help = Some(worst.help.clone());
    finding.why = Some(why.to_string());
    let step = |part: &Part| Step { message: part.message.clone(), span: part.span };
    finding.steps = worst.parts.iter().map(step).collect();
    if !certain {
        let unknown = worst.parts.iter().find_map(|part| part.unknown.clone().filter(|_| part.truth == Truth::Unknown));
        return Some(finding.undecided(unknown, &format!("if it {}: {}; else it passes", worst.what, rule.code)));
    }
    for other in conflicts[1..].iter().filter(|other| other.truth() == Truth::Yes) {
        finding.objects.extend(other.objects.iter().cloned());
        let span = other.parts.first().map_or(place, |part| part.span);
        finding.steps.push(Step { message: format!("beside that it {}", other.what), span });
    }
    Some(finding)
}
