//! In: known arguments. Out: what Terraform's functions make of them
//! (<https://developer.hashicorp.com/terraform/language/functions>).
//! Never: sees an unknown, except in the rows that say so.
//!
//! `try` and `can` are not here: they catch what evaluating their arguments refuses, so the evaluator does them.

mod addresses;
mod choice;
mod collections;
mod conversions;
mod dates;
mod encoding;
mod files;
mod format;
mod numbers;
mod objects;
mod regex;
mod sets;
mod text;

use super::Function;

/// Every function, by topic.
pub static FUNCTIONS: &[&[Function]] = &[
    addresses::FUNCTIONS,
    choice::FUNCTIONS,
    collections::FUNCTIONS,
    conversions::FUNCTIONS,
    dates::FUNCTIONS,
    encoding::FUNCTIONS,
    files::FUNCTIONS,
    format::FUNCTIONS,
    numbers::FUNCTIONS,
    objects::FUNCTIONS,
    regex::FUNCTIONS,
    sets::FUNCTIONS,
    text::FUNCTIONS,
];
