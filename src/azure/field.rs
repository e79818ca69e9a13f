//! In: constants. Out: fields that know their spelling in every vocabulary, and their default.
//! Never: reads a value.

use super::Type;

/// What Azure or the provider assumes where a field is left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Default_ {
    /// Nothing: it is absent.
    None,
    /// A text.
    Text(&'static str),
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A list of texts.
    Texts(&'static [&'static str]),
    /// It cannot be said: it differs by version, or the documents do not tell.
    Unknown,
}

/// One spelling of a field in azurerm.
#[derive(Clone, Copy, Debug)]
pub struct Spelling {
    /// The attribute path: `network_profile.outbound_type`; `[]` walks the blocks of a list.
    pub path: &'static str,
    /// How its value becomes ARM's.
    pub change: Change,
}

/// How an azurerm value becomes ARM's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// As it is.
    Same,
    /// True is false.
    Inverted,
    /// The block is there, so it is on.
    Present,
    /// True is `Enabled`, false is `Disabled`.
    Enabled,
}

/// One thing that is read of a resource: its ARM path, azurerm's spellings, the defaults of both languages.
#[derive(Debug)]
pub struct Field {
    /// ARM's path: `properties.networkProfile.outboundType`; `[]` walks lists.
    pub arm: &'static str,
    /// Another ARM path that holds the same for one item: `properties.addressPrefix` beside `…addressPrefixes`.
    pub single: Option<&'static str>,
    /// azurerm's spellings, the newest first.
    pub azurerm: [Option<Spelling>; 3],
    /// The default where ARM, Bicep or azapi leaves it out.
    pub arm_default: Default_,
    /// The default where azurerm leaves it out.
    pub azurerm_default: Default_,
    /// Another default of azurerm before a major version.
    pub azurerm_before: Option<(u64, Default_)>,
}

/// A field that both vocabularies spell, without a default.
pub const fn field(arm: &'static str, azurerm: &'static str) -> Field {
    Field {
        arm,
        single: None,
        azurerm: [Some(Spelling { path: azurerm, change: Change::Same }), None, None],
        arm_default: Default_::None,
        azurerm_default: Default_::None,
        azurerm_before: None,
    }
}

impl Field {
    /// The default in both languages.
    pub const fn or(mut self, text: &'static str) -> Field {
        self.arm_default = Default_::Text(text);
        self.azurerm_default = Default_::Text(text);
        self
    }

    /// The default in both languages.
    pub const fn or_bool(mut self, value: bool) -> Field {
        self.arm_default = Default_::Bool(value);
        self.azurerm_default = Default_::Bool(value);
        self
    }

    /// The default in both languages.
    pub const fn or_number(mut self, value: i64) -> Field {
        self.arm_default = Default_::Number(value);
        self.azurerm_default = Default_::Number(value);
        self
    }

    /// The default in both languages.
    pub const fn or_texts(mut self, texts: &'static [&'static str]) -> Field {
        self.arm_default = Default_::Texts(texts);
        self.azurerm_default = Default_::Texts(texts);
        self
    }

    /// Another default in azurerm before a major version. Where the version is not known, the newest default is assumed,
    /// and the value says so: see `Place::is_guessed`.
    pub const fn before(mut self, major: u64, default: Default_) -> Field {
        self.azurerm_before = Some((major, default));
        self
    }

    /// Another default in ARM, Bicep and azapi.
    pub const fn in_arm(mut self, default: Default_) -> Field {
        self.arm_default = default;
        self
    }

    /// Another default in azurerm.
    pub const fn in_azurerm(mut self, default: Default_) -> Field {
        self.azurerm_default = default;
        self
    }

    /// Another spelling, of another provider version or resource type.
    pub const fn also(self, path: &'static str) -> Field {
        self.spelled(Spelling { path, change: Change::Same })
    }

    /// Another spelling that says the opposite.
    pub const fn inverted(self, path: &'static str) -> Field {
        self.spelled(Spelling { path, change: Change::Inverted })
    }

    /// A block that switches it on by being there.
    pub const fn present(self, path: &'static str) -> Field {
        self.spelled(Spelling { path, change: Change::Present })
    }

    /// A spelling that is true where ARM says `Enabled`, and false where it says `Disabled`.
    pub const fn enabled(self, path: &'static str) -> Field {
        self.spelled(Spelling { path, change: Change::Enabled })
    }

    /// The ARM path of the form that holds one item only.
    pub const fn single(mut self, path: &'static str) -> Field {
        self.single = Some(path);
        self
    }

    const fn spelled(mut self, spelling: Spelling) -> Field {
        if self.azurerm[0].is_none() {
            self.azurerm[0] = Some(spelling);
        } else if self.azurerm[1].is_none() {
            self.azurerm[1] = Some(spelling);
        } else {
            assert!(self.azurerm[2].is_none(), "a field has at most three spellings");
            self.azurerm[2] = Some(spelling);
        }
        self
    }

    /// Whether an attribute path without indices spells this field, in either vocabulary.
    pub fn is_spelled(&self, words: &[&str]) -> bool {
        let same = |path: &str| {
            let path = part_words(path);
            path.len() == words.len() && path.iter().zip(words).all(|(a, b)| a.eq_ignore_ascii_case(b))
        };
        same(self.arm) || self.single.is_some_and(same) || self.azurerm.iter().flatten().any(|s| same(s.path))
    }
}

/// A field that exists in ARM only.
pub const fn arm_field(arm: &'static str) -> Field {
    Field {
        arm,
        single: None,
        azurerm: [None, None, None],
        arm_default: Default_::None,
        azurerm_default: Default_::None,
        azurerm_before: None,
    }
}

/// A field that points at a resource.
#[derive(Debug)]
pub struct Link {
    /// The field that holds the id.
    pub field: &'static Field,
    /// What it points at.
    pub to: &'static Type,
}

/// One part of a field's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'p> {
    /// A field of an object; a list of one block is entered.
    Field(&'p str),
    /// Every item of a list.
    Each,
}

/// The parts of a path such as `properties.agentPoolProfiles[].vnetSubnetID`.
pub fn parts(path: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for word in path.split('.') {
        match word.strip_suffix("[]") {
            Some(word) => parts.extend([Part::Field(word), Part::Each]),
            None => parts.push(Part::Field(word)),
        }
    }
    parts
}

/// The words of a path, without the signs that walk lists.
pub fn part_words(path: &str) -> Vec<&str> {
    path.split('.').map(|word| word.trim_end_matches("[]")).collect()
}
