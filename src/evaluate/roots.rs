//! In: the paths that a user gave. Out: the deployments below them, and the programs that they are made of.
//! Never: evaluates.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use crate::source::{Refusal, Sources};
use crate::syntax::{self, Limits, Program};

/// The values that a user gives to inputs.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// `--var name=text`, for every root that declares the name.
    pub variables: Vec<(String, String)>,
    /// `--var-file`, paths from the root of the sources.
    pub variable_files: Vec<String>,
    /// `--params`, paths from the root of the sources; `(None, file)` binds to what the file says itself.
    pub parameter_files: Vec<(Option<String>, String)>,
    /// `--env`: only the environment of this name.
    pub environment: Option<String>,
}

/// The programs of a run: every file is read once.
pub struct Library<'a> {
    /// The texts.
    pub sources: &'a Sources,
    limits: Limits,
    programs: RwLock<BTreeMap<String, Result<Arc<Program>, Refusal>>>,
}

impl<'a> Library<'a> {
    /// An empty library over the texts.
    pub fn new(sources: &'a Sources, limits: Limits) -> Library<'a> {
        Library { sources, limits, programs: RwLock::default() }
    }

    /// The program at a path, or why the file could not be read.
    pub fn program(&self, path: &str) -> Result<Arc<Program>, Refusal> {
        if let Some(known) = self.programs.read().expect("no reader panics while it holds the lock").get(path) {
            return known.clone();
        }
        let read = self.sources.open(path).map(|id| Arc::new(syntax::read(self.sources, id, self.limits)));
        let mut programs = self.programs.write().expect("no reader panics while it holds the lock");
        programs.entry(path.to_string()).or_insert(read).clone()
    }

    /// Every program that was read and every file that was refused, by path.
    pub fn all(&self) -> Vec<(String, Result<Arc<Program>, Refusal>)> {
        let programs = self.programs.read().expect("no reader panics while it holds the lock");
        programs.iter().map(|(path, program)| (path.clone(), program.clone())).collect()
    }
}
