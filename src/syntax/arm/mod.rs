//! In: ARM templates. Out: their declarations in the one small language, as Bicep's are.
//! Never: works anything out: which resource a `dependsOn` or `reference` names is for the evaluation to say.
//!
//! ```json
//! { "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
//!   "contentVersion": "1.0.0.0",
//!   "resources": [
//!     { "type": "Microsoft.Network/routeTables", "apiVersion": "2024-05-01", "name": "[parameters('name')]" } ] }
//! ```
//!
//! Both forms are read: resources in a list, and (`languageVersion` 2.0) by symbolic names. A nested deployment is a
//! module call that holds its module; a linked one names a file.

mod spelling;
mod template;
#[cfg(test)]
mod tests;

use super::tree::{self, Form};
use super::{Dialect, Limits, Program, Shape};
use crate::source::{FileId, Sources, extension_of};

/// Whether Bicep takes a file of this name for a template.
pub fn may_be_template(path: &str) -> bool {
    matches!(extension_of(path), "json" | "jsonc" | "arm")
}

/// Whether a text of JSON looks like a template, before anything is parsed.
pub fn is_template(text: &str) -> bool {
    // `deploymentTemplate.json`, `subscriptionDeploymentTemplate.json` and so on.
    text.contains("eploymentTemplate.json") || text.contains("\"contentVersion\"") && text.contains("\"resources\"")
}

/// Whether a compiler made the template at this path from a Bicep file. Its head tells, and no more of it is read:
/// where templates lie beside what they were made of, they are most of the bytes of a repository.
pub fn is_compiled(sources: &Sources, path: &str) -> bool {
    let names = |head: String| is_template(&head) && head.contains("\"_generator\"") && head.contains("\"bicep\"");
    sources.head(path, 2000).is_some_and(names)
}

/// Reads one text.
pub fn read(sources: &Sources, file: FileId, limits: Limits) -> Program {
    let source = sources.file(file);
    let read = tree::read(file, &source.text, Form::Lenient, limits);
    let mut program = Program {
        file,
        dialect: Dialect::Bicep,
        shape: Shape::Declarations,
        items: Vec::new(),
        faults: read.fault.into_iter().collect(),
        comments: read.comments,
    };
    if !template::is_template(&read.root) {
        // It only looked like one; what is wrong with it is nobody's concern here.
        program.faults.clear();
        return program;
    }
    program.items = template::items(&read.root, file, limits, &mut program.faults);
    program
}
