//! In: resource ids as texts with holes, or their parts. Out: ids that are compared part by part.
//! Never: knows which types exist.

use super::text::{Piece, Pieces};
use super::{SmolStr, Truth};

/// The id of an Azure resource: scope, type and names. Each part may have holes.
///
/// Azure compares ids without regard to the case of letters
/// (<https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules>).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceId {
    /// The subscription's GUID; `None` where nobody said which.
    pub subscription: Option<Pieces>,
    /// The resource group's name; `None` where nobody said which, or above resource groups.
    pub resource_group: Option<Pieces>,
    /// The full type in lower case, as in `microsoft.network/virtualnetworks/subnets`.
    pub type_name: SmolStr,
    /// One name for each segment of the type after its namespace.
    pub names: Vec<Pieces>,
}

impl ResourceId {
    /// The id that a text such as `/subscriptions/…/resourceGroups/…/providers/Microsoft.Network/virtualNetworks/v`
    /// spells; of several `providers` the last counts. `None` where the words of an id are missing or are holes.
    pub fn parse(text: &Pieces) -> Option<ResourceId> {
        let segments = text.split('/');
        let word = |index: usize| segments.get(index).and_then(|s: &Pieces| s.as_literal()).map(str::to_lowercase);
        let mut id =
            ResourceId { subscription: None, resource_group: None, type_name: SmolStr::default(), names: Vec::new() };
        // A text may begin with a hole that is a resource group's or a VNet's whole id; the caller opens those.
        let mut at = 1;
        if segments.first().map(Pieces::as_literal) != Some(Some("")) {
            return None;
        }
        if word(at).as_deref() == Some("subscriptions") {
            id.subscription = Some(segments.get(at + 1)?.clone());
            at += 2;
        }
        if word(at).as_deref() == Some("resourcegroups") {
            id.resource_group = Some(segments.get(at + 1)?.clone());
            at += 2;
        }
        if at == segments.len() && id.subscription.is_some() {
            let group = id.resource_group.clone();
            let (type_name, name) = match group {
                Some(group) => ("microsoft.resources/resourcegroups", Some(group)),
                None => ("microsoft.resources/subscriptions", id.subscription.clone()),
            };
            id.type_name = SmolStr::new(type_name);
            id.names = name.into_iter().collect();
            return Some(id);
        }
        let last = (at..segments.len()).rev().find(|index| word(*index).as_deref() == Some("providers"))?;
        let mut type_name = word(last + 1)?;
        let mut rest = segments.get(last + 2..)?;
        while let [kind, name, tail @ ..] = rest {
            type_name.push('/');
            type_name.push_str(&kind.as_literal()?.to_lowercase());
            id.names.push(name.clone());
            rest = tail;
        }
        if !rest.is_empty() || id.names.is_empty() {
            return None;
        }
        id.type_name = SmolStr::new(type_name);
        Some(id)
    }

    /// The id as a text, `None` where its scope is not known.
    pub fn to_pieces(&self) -> Option<Pieces> {
        let literal = |text: &str| Piece::Literal(SmolStr::new(text));
        let mut pieces = vec![literal("/subscriptions/")];
        pieces.extend(self.subscription.as_ref()?.pieces().iter().cloned());
        if let Some(group) = &self.resource_group {
            pieces.push(literal("/resourceGroups/"));
            pieces.extend(group.pieces().iter().cloned());
        }
        let mut kinds = self.type_name.split('/');
        pieces.push(literal("/providers/"));
        pieces.push(literal(kinds.next()?));
        for (kind, name) in kinds.zip(&self.names) {
            pieces.push(literal(&format!("/{kind}/")));
            pieces.extend(name.pieces().iter().cloned());
        }
        Some(Pieces::of(pieces))
    }

    /// The name of the resource itself: the last of its names.
    pub fn name(&self) -> Option<&Pieces> {
        self.names.last()
    }

    /// The id of the resource that this one lies in, for a nested type.
    pub fn parent(&self) -> Option<ResourceId> {
        let (type_name, _) = self.type_name.rsplit_once('/')?;
        if self.names.len() < 2 {
            return None;
        }
        let mut parent = self.clone();
        parent.type_name = SmolStr::new(type_name);
        parent.names.pop();
        Some(parent)
    }

    /// The id of a resource nested in this one; `kind` is the last segment of its type.
    pub fn child(&self, kind: &str, name: Pieces) -> ResourceId {
        let mut child = self.clone();
        child.type_name = SmolStr::new(format!("{}/{}", self.type_name, kind.to_lowercase()));
        child.names.push(name);
        child
    }

    /// Whether two ids name the same resource.
    ///
    /// They do when every part is equal under the same holes; they do not when any part is ruled out. A scope that
    /// only one of them has leaves it open.
    pub fn same(&self, other: &ResourceId) -> Truth {
        if self.type_name != other.type_name || self.names.len() != other.names.len() {
            return Truth::No;
        }
        let scope = |a: &Option<Pieces>, b: &Option<Pieces>| match (a, b) {
            (Some(a), Some(b)) => a.equals_ignoring_case(b),
            (None, None) => Truth::Yes,
            _ => Truth::Unknown,
        };
        let mut names = Truth::Yes;
        for (a, b) in self.names.iter().zip(&other.names).rev() {
            names = names & a.equals_ignoring_case(b);
            if names == Truth::No {
                return Truth::No;
            }
        }
        names & scope(&self.resource_group, &other.resource_group) & scope(&self.subscription, &other.subscription)
    }
}

impl std::fmt::Display for ResourceId {
    /// The type's last segment and the names, as in `virtualnetworks/hub`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.type_name)?;
        for name in &self.names {
            write!(f, "/{name}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ResourceId {
        ResourceId::parse(&Pieces::literal(text)).expect("an id")
    }

    #[test]
    fn a_nested_id_has_its_parent() {
        let subnet = id("/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/n");
        assert_eq!(subnet.type_name, "microsoft.network/virtualnetworks/subnets");
        let vnet = id("/SUBSCRIPTIONS/S/resourcegroups/G/providers/microsoft.network/virtualnetworks/V");
        assert_eq!(subnet.parent().map(|p| p.same(&vnet)), Some(Truth::Yes));
        assert_eq!(vnet.child("subnets", Pieces::literal("N")).same(&subnet), Truth::Yes);
    }

    #[test]
    fn another_name_is_another_resource_and_a_missing_scope_leaves_it_open() {
        let a = id("/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/routeTables/a");
        let mut b = a.clone();
        b.resource_group = None;
        assert_eq!(a.same(&b), Truth::Unknown);
        b.names = vec![Pieces::literal("b")];
        assert_eq!(a.same(&b), Truth::No);
        assert!(ResourceId::parse(&Pieces::literal("<custom-dns-VNet-ID")).is_none());
    }
}
