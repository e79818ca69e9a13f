//! In: findings, some in modules that a tool downloaded. Out: each in a file that the user owns: at the call of the
//! module.
//! Never: takes a step from a proof.

use std::collections::BTreeMap;

use crate::evaluate::{Evaluated, Root};
use crate::rules::{Finding, Step};
use crate::source::{FileId, Sources, Span};
use crate::value::Address;

/// The calls that lead out of the user's files.
#[derive(Default)]
pub struct Calls {
    /// By the address of a resource that is made behind one.
    of_resource: BTreeMap<Address, Span>,
    /// By a file that is read behind one: where several lead there, the first.
    of_file: Vec<(FileId, Span)>,
}

impl Calls {
    /// Those of an estate.
    pub fn of(sources: &Sources, estate: &[(Root, Evaluated)]) -> Calls {
        let mut calls = Calls::default();
        for resource in estate.iter().flat_map(|(_, evaluated)| &evaluated.resources) {
            let file = resource.span.file;
            if !is_downloaded(sources, file) {
                continue;
            }
            let Some(call) = resource.calls.iter().rev().find(|call| !is_downloaded(sources, call.file)) else {
                continue;
            };
            calls.of_resource.insert(resource.address.clone(), *call);
            if !calls.of_file.iter().any(|(known, _)| *known == file) {
                calls.of_file.push((file, *call));
            }
        }
        calls
    }

    /// Adds those of another estate.
    pub fn add(&mut self, other: Calls) {
        self.of_resource.extend(other.of_resource);
        for (file, call) in other.of_file {
            if !self.of_file.iter().any(|(known, _)| *known == file) {
                self.of_file.push((file, call));
            }
        }
    }

    /// Moves a finding to the call behind which it is.
    pub fn bring_home(&self, sources: &Sources, finding: &mut Finding) {
        if !is_downloaded(sources, finding.place.file) {
            return;
        }
        let of_subject = finding.subject.as_ref().and_then(|subject| self.of_resource.get(subject)).copied();
        let of_file = || self.of_file.iter().find(|(file, _)| *file == finding.place.file).map(|(_, call)| *call);
        if let Some(call) = of_subject.or_else(of_file) {
            finding.place = call;
            finding.steps.insert(0, Step { message: "this call of a downloaded module".into(), span: call });
        }
    }
}

/// A tool wrote the file: `terraform init`, or `bicep restore` beside the repository.
fn is_downloaded(sources: &Sources, file: FileId) -> bool {
    let path = sources.path(file);
    path.split('/').any(|segment| segment == ".terraform") || sources.is_beside(&path)
}
