//! x
use super::Function;
pub static FUNCTIONS: &[&[Function]] = &[];
