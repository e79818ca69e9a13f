//! In: a text. Out: how deeply its brackets and interpolations nest, and how long its chains of operators are.
//! Never: parses; it is a cheap scan that runs before any parser, so that none can exhaust the stack.

/// How deep a text may nest before it is refused.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Brackets, braces, parentheses and interpolations inside each other (`--max-depth`).
    pub max_depth: usize,
    /// Operators, accesses and signs in one expression without a bracket in between.
    pub max_chain: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { max_depth: 256, max_chain: 4096 }
    }
}
