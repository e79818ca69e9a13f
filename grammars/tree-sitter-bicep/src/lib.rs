//! The grammar of Bicep goes in, a tree-sitter language comes out. It reads no files and evaluates nothing.

use tree_sitter_language::LanguageFn;

unsafe extern "C" {
    fn tree_sitter_bicep() -> *const ();
}

/// The language, for `tree_sitter::Parser::set_language`.
// SAFETY: The function is the one that `tree-sitter generate` wrote for this grammar.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_bicep) };

/// Every kind of node with its fields, as `tree-sitter generate` describes them.
pub const NODE_TYPES: &str = include_str!("node-types.json");

/// What an editor colours how: a query for `tree_sitter::Query`, with the capture names that editors share.
pub const HIGHLIGHTS_QUERY: &str = include_str!("../queries/highlights.scm");
