//! In: how a deployment names its resources. Out: addresses, and references to attributes of what they name.
//! Never: looks anything up.

use std::sync::Arc;

use smol_str::SmolStr;

use super::unknown::Unknown;
use super::{Truth, Value};

/// Which deployment of a run, by its place in the sorted list of roots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RootId(pub u32);

impl RootId {
    /// No root of its own: what all deployments of an estate share, such as the cloud that they go to.
    pub const SHARED: RootId = RootId(u32::MAX);
}

/// The name of one resource instance, module instance or declaration within a root.
///
/// The text is what the tools of the language print: `module.hub["a"].azurerm_subnet.nodes[0]` in Terraform,
/// `hub[1].vnet::nodes` in Bicep.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    root: RootId,
    text: Arc<str>,
}

impl Address {
    /// The address with this text in `root`.
    pub fn new(root: RootId, text: impl AsRef<str>) -> Address {
        Address { root, text: text.as_ref().into() }
    }

    /// The root that it lies in.
    pub fn root(&self) -> RootId {
        self.root
    }

    /// The address as the language's tools print it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// It is that of a resource of a Terraform provider, whose types begin with `prefix`: `azapi_`.
    pub fn is_of_provider(&self, prefix: &str) -> bool {
        self.text.split('.').any(|part| part.starts_with(prefix))
    }

    /// It is that of something in the module at `module`; both are without keys.
    pub fn is_below(&self, module: &Address) -> bool {
        let below = |text: &str| text.strip_prefix(module.text()).is_some_and(|rest| rest.starts_with('.'));
        self.root() == module.root() && below(self.text())
    }

    /// The address of the declaration behind an instance: all keys in `[]` taken off.
    ///
    /// The order of a deployment is an order of declarations.
    pub fn declaration(&self) -> Address {
        let mut text = String::with_capacity(self.text.len());
        let mut inside: u32 = 0;
        let mut quoted = false;
        let mut escaped = false;
        for c in self.text.chars() {
            if inside > 0 && quoted {
                (quoted, escaped) = (escaped || c != '"', !escaped && c == '\\');
                continue;
            }
            match c {
                '[' => inside += 1,
                ']' => inside = inside.saturating_sub(1),
                '"' if inside > 0 => quoted = true,
                _ if inside == 0 => text.push(c),
                _ => {}
            }
        }
        Address::new(self.root, text)
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// Which instance of a repeated declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A place in a count or a loop, from 0.
    Index(usize),
    /// A key of a map or a set.
    Text(SmolStr),
    /// Any instance of a set that is not known.
    Any(Unknown),
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Key::Index(index) => write!(f, "[{index}]"),
            Key::Text(text) => write!(f, "[{text:?}]"),
            Key::Any(_) => write!(f, "[*]"),
        }
    }
}

/// One step of a path into a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Segment {
    /// A field of an object.
    Field(SmolStr),
    /// An item of a list, from 0.
    Index(usize),
    /// Some item or field, chosen by what is not known; its source form.
    Some(SmolStr),
}

/// An attribute of a resource, as in `azurerm_subnet.nodes.id`. An empty path is the resource itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    /// Whose attribute it is.
    pub address: Address,
    /// Which one.
    pub path: Arc<[Segment]>,
}

impl Reference {
    /// A reference to the attribute at `path` of what is at `address`.
    pub fn new(address: Address, path: impl Into<Arc<[Segment]>>) -> Reference {
        Reference { address, path: path.into() }
    }

    /// The reference one step further in.
    pub fn then(&self, segment: Segment) -> Reference {
        let path: Vec<Segment> = self.path.iter().cloned().chain([segment]).collect();
        Reference { address: self.address.clone(), path: path.into() }
    }

    /// The path within what Azure answers, which azapi keeps in `output`: `azapi_resource.id.output.properties.principalId`
    /// (<https://registry.terraform.io/providers/Azure/azapi/latest/docs/resources/resource>).
    pub fn in_answer(&self) -> &[Segment] {
        let is_azapi = || self.address.is_of_provider("azapi_");
        match &*self.path {
            [Segment::Field(output), rest @ ..] if output == "output" && !rest.is_empty() && is_azapi() => rest,
            path => path,
        }
    }

    /// The fields on the path within what Azure answers.
    pub fn words(&self) -> Vec<&str> {
        let fields = self.in_answer().iter().filter_map(|segment| match segment {
            Segment::Field(name) => Some(name.as_str()),
            _ => None,
        });
        fields.collect()
    }

    /// It is the resource itself, or its id.
    pub fn is_id(&self) -> bool {
        match self.in_answer() {
            [] => true,
            [Segment::Field(name)] => name.eq_ignore_ascii_case("id"),
            _ => false,
        }
    }

    /// The only field of the path, as in `id`; `None` for longer paths.
    pub fn field(&self) -> Option<&str> {
        match self.in_answer() {
            [Segment::Field(name)] => Some(name),
            _ => None,
        }
    }

    /// The same attribute of the same resource is the same value; of others it may or may not be.
    pub fn same(&self, other: &Reference) -> Truth {
        Truth::yes_or_unknown(self == other)
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.address.fmt(f)?;
        for segment in self.path.iter() {
            match segment {
                Segment::Field(name) => write!(f, ".{name}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Some(source) => write!(f, "[{source}]")?,
            }
        }
        Ok(())
    }
}

impl From<Reference> for Value {
    fn from(reference: Reference) -> Value {
        Value::reference(reference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declaration_of_an_instance_has_no_keys() {
        let address = Address::new(RootId(0), r#"module.a["x\"]y"].azurerm_subnet.s[0]"#);
        assert_eq!(address.declaration().text(), "module.a.azurerm_subnet.s");
    }
}
