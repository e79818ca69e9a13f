//! In: known arguments. Out: what Bicep's functions make of them
//! (<https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions>), and ARM's own that JSON
//! templates call.
//! Never: sees an unknown, except in the rows that say so.
//!
//! What asks for a scope or a resource is not here (`subscription`, `resourceId`, `reference`, `list…`): the evaluator
//! knows both. ARM compares and writes in .NET's ways; where they hang on what is not documented, the answer is not
//! known.

mod addresses;
mod dates;
mod deployment;
mod encoding;
mod files;
mod lambdas;
mod lists;
mod logic;
mod numbers;
mod objects;
mod text;

use super::Function;

/// Every function, by topic.
pub static FUNCTIONS: &[&[Function]] = &[
    addresses::FUNCTIONS,
    dates::FUNCTIONS,
    deployment::FUNCTIONS,
    encoding::FUNCTIONS,
    files::FUNCTIONS,
    lambdas::FUNCTIONS,
    lists::FUNCTIONS,
    logic::FUNCTIONS,
    numbers::FUNCTIONS,
    objects::FUNCTIONS,
    text::FUNCTIONS,
];
