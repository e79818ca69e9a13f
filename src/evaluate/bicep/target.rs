//! In: what a deployment says of where it goes. Out: the subscription and resource group of what it makes, and ids.
//! Never: guesses a subscription; one that nobody named is a hole with a name.

use crate::evaluate::Site;
use crate::evaluate::expression::form;
use crate::value::{Hole, Kind, Piece, Pieces, Reach, Reason, RootId, SmolStr, Unknown, Value};

/// How high a deployment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Tenant,
    ManagementGroup,
    Subscription,
    ResourceGroup,
}

impl Level {
    /// The level that `targetScope` names; resource groups without it.
    pub fn of(target_scope: Option<&str>) -> Level {
        match target_scope {
            Some("tenant") => Level::Tenant,
            Some("managementGroup") => Level::ManagementGroup,
            Some("subscription") => Level::Subscription,
            _ => Level::ResourceGroup,
        }
    }
}

/// Where something is deployed to.
#[derive(Clone, Debug)]
pub struct Target {
    pub level: Level,
    /// The management group's name.
    pub management_group: Option<Pieces>,
    /// The subscription's GUID.
    pub subscription: Option<Pieces>,
    /// The resource group's name.
    pub group: Option<Pieces>,
    /// The location of the resource group, where that is made here.
    pub location: Option<Value>,
    /// The id of the resource that is extended.
    pub extended: Option<Pieces>,
}

/// The type of resource groups, whose ids have a form of their own.
pub const RESOURCE_GROUPS: &str = "microsoft.resources/resourcegroups";

/// The type of management groups.
pub const MANAGEMENT_GROUPS: &str = "microsoft.management/managementgroups";

impl Target {
    /// Where a root goes that says no more than its level.
    pub fn of_root(root: RootId, level: Level) -> Target {
        let hole = |name: &str| Some(named(root, name));
        Target {
            level,
            management_group: (level == Level::ManagementGroup).then(|| named(root, "managementGroup().name")),
            subscription: (level >= Level::Subscription).then(|| hole("subscription().subscriptionId")).flatten(),
            group: (level == Level::ResourceGroup).then(|| hole("resourceGroup().name")).flatten(),
            location: None,
            extended: None,
        }
    }

    /// Where nobody can tell.
    pub fn unknown(level: Level) -> Target {
        Target { level, management_group: None, subscription: None, group: None, location: None, extended: None }
    }

    /// A whole tenant.
    pub fn tenant() -> Target {
        Target::unknown(Level::Tenant)
    }

    /// A management group.
    pub fn in_management_group(name: Pieces) -> Target {
        Target { management_group: Some(name), ..Target::unknown(Level::ManagementGroup) }
    }

    /// A subscription.
    pub fn in_subscription(subscription: Option<Pieces>) -> Target {
        Target { subscription, ..Target::unknown(Level::Subscription) }
    }

    /// A resource group.
    pub fn in_group(subscription: Option<Pieces>, group: Pieces) -> Target {
        Target { subscription, group: Some(group), ..Target::unknown(Level::ResourceGroup) }
    }

    /// The same for a file whose `targetScope` is another: what is missing is not known, what is too much is left out.
    pub fn at_level(mut self, level: Level, root: RootId, module: &str) -> Target {
        let hole = |name: &str| Some(named(root, &format!("{module}.{name}")));
        match level >= Level::Subscription {
            true if self.subscription.is_none() => self.subscription = hole("subscription().subscriptionId"),
            true => {}
            false => self.subscription = None,
        }
        match level {
            Level::ResourceGroup if self.group.is_none() => self.group = hole("resourceGroup().name"),
            Level::ResourceGroup => {}
            _ => self.group = None,
        }
        self.level = level;
        self
    }

    /// The parts that identify a resource there.
    pub fn site(&self) -> Site {
        Site { subscription: self.subscription.clone(), resource_group: self.group.clone() }
    }

    /// What the id of everything there begins with; empty for a tenant.
    pub fn id(&self) -> Option<Pieces> {
        if let Some(extended) = &self.extended {
            return Some(extended.clone());
        }
        Some(match self.level {
            Level::Tenant => Pieces::literal(""),
            Level::ManagementGroup => joined(&[
                Pieces::literal("/providers/Microsoft.Management/managementGroups/"),
                self.management_group.clone()?,
            ]),
            Level::Subscription => joined(&[Pieces::literal("/subscriptions/"), self.subscription.clone()?]),
            Level::ResourceGroup => joined(&[
                Pieces::literal("/subscriptions/"),
                self.subscription.clone()?,
                Pieces::literal("/resourceGroups/"),
                self.group.clone()?,
            ]),
        })
    }

    /// The target that the id of a resource group, subscription, management group or tenant names.
    pub fn parse(id: &Pieces) -> Option<Target> {
        let segments = id.split('/');
        let word = |at: usize| segments.get(at).and_then(Pieces::as_literal).map(str::to_lowercase);
        match (word(1).as_deref(), word(3).as_deref(), segments.len()) {
            (Some("subscriptions"), None, 3) => Some(Target::in_subscription(segments.get(2).cloned())),
            (Some("subscriptions"), Some("resourcegroups"), 5) => {
                Some(Target::in_group(segments.get(2).cloned(), segments.get(4)?.clone()))
            }
            (Some("tenants"), _, _) => Some(Target::tenant()),
            (Some("providers"), Some("managementgroups"), 5) => {
                Some(Target::in_management_group(segments.get(4)?.clone()))
            }
            _ => None,
        }
    }

    /// What both agree on; a part that differs hangs on `condition`.
    pub fn or(self, other: Target, condition: &Unknown) -> Target {
        if self.level != other.level {
            return Target::unknown(self.level.max(other.level));
        }
        let part = |a: Option<Pieces>, b: Option<Pieces>| match (a, b) {
            (Some(a), Some(b)) if a == b => Some(a),
            (Some(a), Some(b)) => {
                let name = format!("({condition} ? \"{a}\" : \"{b}\")");
                let derived = Unknown::derived(name, [&Hole::Unknown(condition.clone())]);
                derived.map(|unknown| Pieces::hole(Hole::Unknown(unknown)))
            }
            _ => None,
        };
        Target {
            level: self.level,
            management_group: part(self.management_group, other.management_group),
            subscription: part(self.subscription, other.subscription),
            group: part(self.group, other.group),
            location: None,
            extended: part(self.extended, other.extended),
        }
    }
}

/// The id of a resource at `target`; `names` has one for each segment of the type after its namespace.
pub fn id_of(target: &Target, type_name: &str, names: &[Pieces]) -> Option<Pieces> {
    if type_name.eq_ignore_ascii_case(RESOURCE_GROUPS) && target.level >= Level::Subscription {
        let subscription = target.subscription.clone()?;
        let (start, middle) = (Pieces::literal("/subscriptions/"), Pieces::literal("/resourceGroups/"));
        return Some(joined(&[start, subscription, middle, names.first()?.clone()]));
    }
    let (namespace, kinds) = type_name.split_once('/')?;
    let kinds: Vec<&str> = kinds.split('/').collect();
    if kinds.len() != names.len() {
        return None;
    }
    let mut parts = vec![target.id()?, Pieces::literal("/providers/"), Pieces::literal(namespace)];
    for (kind, name) in kinds.into_iter().zip(names) {
        parts.push(Pieces::literal(&format!("/{kind}/")));
        parts.push(name.clone());
    }
    Some(joined(&parts))
}

/// Several stretches as one text.
pub fn joined(parts: &[Pieces]) -> Pieces {
    Pieces::concat(parts)
}

/// How far a choice is looked into for what its texts hang on.
const CHOSEN_FROM: Reach = Reach { levels: 33, most: 32, candidates: true };

/// A value as a stretch of an id. A choice is named by its candidates: its condition alone would make
/// `c ? a : b` and `c ? x : y` the same.
pub fn pieces_of(value: &Value) -> Option<Pieces> {
    match &value.kind {
        Kind::Text(pieces) => Some(pieces.clone()),
        Kind::Number(number) => Some(Pieces::literal(&number.to_string())),
        Kind::OneOf { .. } => {
            let mut holes = Vec::new();
            value.holes(CHOSEN_FROM, &mut holes);
            let derived = Unknown::derived(form(value), &holes);
            derived.map(|unknown| Pieces::hole(Hole::Unknown(unknown)))
        }
        _ => value.hole().map(Pieces::hole),
    }
}

/// A text that is a hole of the deployment's own surroundings.
pub fn named(root: RootId, name: &str) -> Pieces {
    Pieces::of([Piece::Hole(Hole::Unknown(Unknown::new(root, name, Reason::Data)))])
}

/// `resourceGroup()`, of which location and tags may be asked.
pub fn group_object(root: RootId, target: &Target) -> Value {
    let id = target.id().map_or_else(|| unknown(root, "resourceGroup().id"), Value::pieces);
    let name = target.group.clone().map_or_else(|| unknown(root, "resourceGroup().name"), Value::pieces);
    let own = match &target.group {
        Some(group) if *group != named(root, "resourceGroup().name") => format!("resourceGroup({})", form(&name)),
        _ => "resourceGroup()".to_string(),
    };
    let location = target.location.clone().unwrap_or_else(|| unknown(root, &format!("{own}.location")));
    open_object(
        [
            ("id", id),
            ("name", name),
            ("type", Value::text("Microsoft.Resources/resourceGroups")),
            ("location", location),
        ],
        Unknown::new(root, own, Reason::Data),
    )
}

/// `subscription()`.
pub fn subscription_object(root: RootId, target: &Target) -> Value {
    let at = Target::in_subscription(target.subscription.clone());
    let id = at.id().map_or_else(|| unknown(root, "subscription().id"), Value::pieces);
    let guid = target.subscription.clone();
    let guid = guid.map_or_else(|| unknown(root, "subscription().subscriptionId"), Value::pieces);
    let own = match &target.subscription {
        Some(known) if *known != named(root, "subscription().subscriptionId") => {
            format!("subscription({})", form(&guid))
        }
        _ => "subscription()".to_string(),
    };
    let tenant = Value::pieces(named(root, "tenant().tenantId"));
    let fields = [("id", id), ("subscriptionId", guid), ("tenantId", tenant)];
    open_object(fields, Unknown::new(root, own, Reason::Data))
}

/// `managementGroup()`.
pub fn management_group_object(root: RootId, target: &Target) -> Value {
    let name = target.management_group.clone().unwrap_or_else(|| named(root, "managementGroup().name"));
    let id = Target::in_management_group(name.clone()).id();
    let id = id.map_or_else(|| unknown(root, "managementGroup().id"), Value::pieces);
    let own = format!("managementGroup({})", form(&Value::pieces(name.clone())));
    let kind = Value::text("Microsoft.Management/managementGroups");
    open_object([("id", id), ("name", Value::pieces(name)), ("type", kind)], Unknown::new(root, own, Reason::Data))
}

/// `tenant()`.
pub fn tenant_object(root: RootId) -> Value {
    let guid = named(root, "tenant().tenantId");
    let id = joined(&[Pieces::literal("/tenants/"), guid.clone()]);
    let fields = [("id", Value::pieces(id)), ("tenantId", Value::pieces(guid))];
    open_object(fields, Unknown::new(root, "tenant()", Reason::Data))
}

/// An object of which these fields are known and others may be asked.
pub fn open_object<const N: usize>(fields: [(&str, Value); N], rest: Unknown) -> Value {
    let fields = fields.into_iter().map(|(name, value)| (SmolStr::new(name), value)).collect();
    Value::new(Kind::Object {
        fields: std::sync::Arc::new(fields),
        rest: Some(Hole::Unknown(rest)),
        shape: crate::value::ObjectShape::Object,
    })
}

fn unknown(root: RootId, name: &str) -> Value {
    Value::unknown(Unknown::new(root, name, Reason::Data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_begins_with_where_it_is() {
        let group = Target::in_group(Some(Pieces::literal("s")), Pieces::literal("g"));
        let id = |target: &Target| {
            id_of(target, "Microsoft.Network/virtualNetworks/subnets", &["v", "n"].map(Pieces::literal))
                .map(|id| id.to_string())
        };
        let tail = "/providers/Microsoft.Network/virtualNetworks/v/subnets/n";
        assert_eq!(id(&group), Some(format!("/subscriptions/s/resourceGroups/g{tail}")));
        assert_eq!(id(&Target::tenant()), Some(tail.to_string()));
        assert_eq!(id(&Target::in_subscription(None)), None);
        let too_few = id_of(&group, "Microsoft.Network/virtualNetworks/subnets", &[Pieces::literal("v")]);
        assert_eq!(too_few, None);
    }

    #[test]
    fn the_id_of_a_resource_group_names_a_target() {
        let group = Target::in_group(Some(Pieces::literal("s")), Pieces::literal("g"));
        let parsed = group.id().and_then(|id| Target::parse(&id)).expect("a resource group's id");
        assert_eq!((parsed.level, parsed.site()), (Level::ResourceGroup, group.site()));
    }
}
