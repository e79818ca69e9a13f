//! In: texts. Out: programs in one small language that all inputs share, with the place of every node.
//! Never: knows what anything means. A reader lowers and stops; it computes nothing.
//!
//! Reading is total: a broken node costs one value, a broken block or declaration costs itself, never the file.

pub mod arm;
pub mod bicep;
mod expression;
mod formula;
pub mod hcl;
mod item;
pub mod json;
mod nesting;
mod place;
pub mod plan;
mod tree;

pub use expression::{Binder, Element, Expr, ExprKind, Field, Operator, Part, Repeated, Sign, Yield};
pub use item::{
    Assignment, Declaration, Dialect, Fault, Import, Inline, Input, Item, Label, Local, Output, Program, Repeat, Shape,
};
pub use nesting::Limits;
pub use place::at;
pub use plan::Plan;

use crate::source::{FileId, Sources, extension_of};

/// Reads one text by its path's extension; a file of another kind is an empty program.
pub fn read(sources: &Sources, file: FileId, limits: Limits) -> Program {
    let path = sources.path(file);
    match extension_of(&path) {
        "tf" | "tfvars" | "tofu" => hcl::read(sources, file, limits),
        "json" if path.ends_with(".tf.json") || path.ends_with(".tofu.json") => hcl::read_json(sources, file, limits),
        "bicep" | "bicepparam" => bicep::read(sources, file, limits),
        "json" if plan::is_plan(&sources.file(file).text) => plan::read(sources, file, limits),
        _ if arm::may_be_template(&path) && arm::is_template(&sources.file(file).text) => {
            arm::read(sources, file, limits)
        }
        _ => json::read(sources, file, limits),
    }
}
