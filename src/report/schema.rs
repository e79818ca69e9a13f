//! In: the types of files that people or programs write. Out: their JSON schemas.
//! Never: describes a file by hand; the types are the description.

use super::json::pretty;
use crate::analysis::config::Written;

/// The schema of `vnetlint.toml`.
pub fn config_schema() -> String {
    pretty(&schemars::schema_for!(Written))
}
