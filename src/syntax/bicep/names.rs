//! In: nodes. Out: their kinds and children by the names that the grammar gives them.
//! Never: searches for a name twice.
//!
//! The runtime keeps names as texts of C and looks through all of them whenever it is asked; that was a third of the
//! time of reading.

use std::collections::HashMap;
use std::num::NonZeroU16;
use std::sync::LazyLock;

use rustc_hash::FxBuildHasher;
use tree_sitter::{Language, Node};

/// What stands for each name.
struct Names {
    /// The names of kinds by number.
    kinds: Vec<&'static str>,
    /// The numbers of fields by name.
    fields: HashMap<&'static str, NonZeroU16, FxBuildHasher>,
}

static LANGUAGE: LazyLock<Language> = LazyLock::new(|| tree_sitter_bicep::LANGUAGE.into());

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let language: &'static Language = &LANGUAGE;
    let kind = |id: usize| u16::try_from(id).ok().and_then(|id| language.node_kind_for_id(id)).unwrap_or_default();
    let fields = (1..=language.field_count()).filter_map(|id| u16::try_from(id).ok());
    let field = |id: u16| Some((language.field_name_for_id(id)?, NonZeroU16::new(id)?));
    Names { kinds: (0..language.node_kind_count()).map(kind).collect(), fields: fields.filter_map(field).collect() }
});

/// A node that is asked by name.
pub(super) trait Named<'t>: Sized {
    /// The name of its kind.
    fn is_a(&self) -> &'static str;
    /// Its first child in a field.
    fn child_in(&self, field: &str) -> Option<Node<'t>>;
}

impl<'t> Named<'t> for Node<'t> {
    fn is_a(&self) -> &'static str {
        // What fits nowhere has the last number there is.
        NAMES.kinds.get(usize::from(self.kind_id())).copied().unwrap_or("ERROR")
    }

    fn child_in(&self, field: &str) -> Option<Node<'t>> {
        self.child_by_field_id(NAMES.fields.get(field)?.get())
    }
}
