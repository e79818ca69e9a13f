//! In: known arguments. Out: what Terraform's functions make of them.
//! Never: sees an unknown, except in the rows that say so.

use super::Function;

/// Every function, by topic.
pub static FUNCTIONS: &[&[Function]] = &[];
