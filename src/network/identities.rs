//! In: a cluster, what it must be allowed to write. Out: whom it acts as, and which role assignments allow it.
//! Never: takes a role that another repository may assign for one that is missing.
//!
//! Sources: <https://learn.microsoft.com/azure/aks/use-managed-identity>,
//! <https://learn.microsoft.com/azure/role-based-access-control/scope-overview>.

use super::{End, Got, Network, Place};
use crate::azure::identity::{self, Role};
use crate::azure::{Field, by_arm_name, cluster, virtual_network};
use crate::value::{Hole, Kind, Pieces, Reason, Reference, ResourceId, RootId, Truth, Unknown, Value};

/// Whom a cluster acts as when it writes zones, subnets and route tables.
#[derive(Clone, Debug)]
pub enum Actor<'n> {
    /// An identity that comes to life together with the cluster.
    System,
    /// An identity that is there before.
    User(End<'n>),
    /// An application with a secret.
    ServicePrincipal,
    /// Nothing says.
    Unknown(Option<Unknown>),
}

/// A role assignment, as somebody sees it who asks for a permission.
#[derive(Clone, Debug)]
pub struct Grant<'n> {
    /// The assignment.
    pub place: Place<'n>,
    /// It is for the one who asks.
    pub principal: Truth,
    /// It counts for the resource, or for something that holds it.
    pub covers: Truth,
    /// Its role is enough.
    pub enough: Truth,
    /// Whose it is instead, where that looks like a mistake: the application of the identity, the kubelet.
    pub mistaken: Option<Mistaken>,
    /// The role that it assigns, where that is one of the known ones.
    pub role: Option<Role>,
    /// What would decide.
    pub unknown: Option<Unknown>,
}

/// A principal that people take for the cluster's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistaken {
    /// The identity's client id, where its principal id is meant.
    Client,
    /// The identity's resource id, where its principal id is meant.
    Id,
    /// The identity that the nodes pull images with.
    Kubelet,
}

/// Whether a permission is given.
#[derive(Clone, Debug)]
pub enum Permission<'n> {
    /// By these assignments.
    Given(Vec<Place<'n>>),
    /// By none; this one comes near.
    Missing(Option<Grant<'n>>),
    /// It cannot be told: these would give it, if they are made.
    Unknown(Option<Unknown>, Vec<Place<'n>>),
}

impl<'n> Place<'n> {
    /// Whom a cluster acts as.
    pub fn actor(self) -> Actor<'n> {
        let kind = self.get(&cluster::IDENTITY_TYPE);
        let (user, system) = (kind.ask(|value| value.is("UserAssigned")), kind.ask(|value| value.is("SystemAssigned")));
        match (user, system) {
            (Truth::Yes, _) => Actor::User(self.acting_identity()),
            (_, Truth::Yes) => Actor::System,
            (Truth::No, Truth::No) if !matches!(kind, Got::Is(_)) => self.actor_without_identity(),
            _ if matches!(kind, Got::Unknown(_)) && self.has_service_principal() == Truth::Yes => {
                Actor::ServicePrincipal
            }
            _ => Actor::Unknown(kind.unknown()),
        }
    }

    fn actor_without_identity(self) -> Actor<'n> {
        match self.has_service_principal() {
            Truth::Yes => Actor::ServicePrincipal,
            _ => Actor::Unknown(None),
        }
    }

    /// ARM writes `msi` for a managed identity.
    fn has_service_principal(self) -> Truth {
        match self.get(&cluster::SERVICE_PRINCIPAL) {
            Got::Is(value) => !value.is("msi"),
            Got::Absent => Truth::No,
            Got::Unknown(_) => Truth::Unknown,
        }
    }

    /// The identity that a cluster names; AKS takes one.
    fn acting_identity(self) -> End<'n> {
        let nobody = || Unknown::new(self.root(), "the identity of the cluster", Reason::Broken);
        let mut steps = self.follow(&cluster::CLUSTER_TO_IDENTITY).into_iter();
        match (steps.next(), steps.next()) {
            (Some(step), None) => step.end,
            (Some(step), Some(_)) => End::Unknown(step.value.hole().map_or_else(nobody, |hole| hole.unknown())),
            (None, _) => End::Unknown(nobody()),
        }
    }

    /// Whether a cluster's identity may write a resource: one of `roles`, on it or on something that holds it.
    pub fn permission(self, actor: Place<'n>, target: Place<'n>, roles: &[Role]) -> Permission<'n> {
        let grants = self.network.grants(self, actor, target, roles);
        let given: Vec<Place> =
            grants.iter().filter(|grant| grant.gives() == Truth::Yes).map(|grant| grant.place).collect();
        if !given.is_empty() {
            return Permission::Given(given);
        }
        if let Some(grant) = grants.iter().find(|grant| grant.gives() == Truth::Unknown) {
            let unknown = grant.unknown.clone().or_else(|| grant.place.decides().cloned());
            let whole = grants.iter().filter(|g| (g.principal & g.covers & g.enough).certainly());
            return Permission::Unknown(unknown, whole.map(|grant| grant.place).collect());
        }
        // What looks like a mistake is one, whatever other code assigns.
        if let Some(grant) = grants.iter().find(|grant| grant.is_mistake(roles)) {
            return Permission::Missing(Some(grant.clone()));
        }
        if let Some(unknown) = self.network.may_hide_roles(actor, target) {
            return Permission::Unknown(Some(unknown), Vec::new());
        }
        Permission::Missing(grants.into_iter().find(Grant::comes_near))
    }
}

impl Grant<'_> {
    /// Whether it gives the permission.
    pub fn gives(&self) -> Truth {
        self.principal & self.covers & self.enough & self.place.exists()
    }

    /// It is meant for the one who asks, and cannot serve: it names the identity by the wrong id, or the role for public
    /// zones where a private one is meant.
    fn is_mistake(&self, roles: &[Role]) -> bool {
        let wrong_id = matches!(self.mistaken, Some(Mistaken::Client | Mistaken::Id)) && self.enough.certainly();
        let wrong_role = self.principal.certainly()
            && self.role == Some(identity::DNS_ZONE_CONTRIBUTOR)
            && roles.contains(&identity::PRIVATE_DNS_ZONE_CONTRIBUTOR);
        self.place.exists().certainly() && self.covers.certainly() && (wrong_id || wrong_role)
    }

    /// It may serve another purpose, and may have been taken for what is missing.
    fn comes_near(&self) -> bool {
        let kubelet = self.mistaken == Some(Mistaken::Kubelet) && self.enough.certainly();
        let reader = self.principal.certainly() && self.role == Some(identity::READER);
        self.covers.certainly() && (kubelet || reader)
    }
}

impl Network {
    /// Every role assignment, as it looks from an identity that wants to write a resource.
    pub fn grants<'n>(
        &'n self,
        cluster: Place<'n>,
        actor: Place<'n>,
        target: Place<'n>,
        roles: &[Role],
    ) -> Vec<Grant<'n>> {
        let assignments = self.all(&identity::ROLE_ASSIGNMENT).into_iter().filter(|place| place.is_made());
        assignments.map(|place| self.grant(place, cluster, actor, target, roles)).collect()
    }

    fn grant<'n>(
        &'n self,
        place: Place<'n>,
        cluster: Place<'n>,
        actor: Place<'n>,
        target: Place<'n>,
        roles: &[Role],
    ) -> Grant<'n> {
        let whom = place.get(&identity::PRINCIPAL);
        let principal = whom.ask(|value| value.ask(&|value| self.is_principal(value, actor)));
        let mistaken = match &whom {
            Got::Is(value) => self.mistaken(value, cluster, actor),
            _ => None,
        };
        let scope = place.get(&identity::SCOPE);
        let covers = match &scope {
            Got::Is(value) => value.ask(&|value| self.covers(value, target, place.root())),
            _ => Truth::Unknown,
        };
        let (enough, role) = place.assigns(roles);
        let unknowns = [(principal, whom.unknown()), (covers, scope.unknown()), (enough, place.unknown_of_role())];
        let unknown = unknowns.into_iter().find(|(truth, _)| *truth == Truth::Unknown).and_then(|(_, unknown)| unknown);
        Grant { place, principal, covers, enough, mistaken, role, unknown }
    }

    /// Whether a value is the object id of an identity.
    fn is_principal(&self, value: &Value, actor: Place) -> Truth {
        match &value.kind {
            Kind::Reference(reference) => match self.referred(reference) {
                Some(place) if place == actor => Truth::from_known(is_attribute(reference, &identity::PRINCIPAL_ID)),
                // The attribute of another resource is another object; an identity that is read under a name that is not known may
                // be this one, and so may one that is read twice.
                Some(place) if place.kind() == &identity::IDENTITY && !place.is_made() => {
                    match place.id().zip(actor.id()) {
                        Some((read, own)) if actor.is_made() && read.same(own) == Truth::No => Truth::No,
                        _ => Truth::Unknown,
                    }
                }
                Some(_) => Truth::No,
                None => may_be_anybody(reference),
            },
            // Nobody knows the object id of what is only being made.
            Kind::Text(pieces) if pieces.as_literal().is_some() && actor.is_made() => Truth::No,
            Kind::Null => Truth::No,
            _ => Truth::Unknown,
        }
    }

    fn mistaken(&self, value: &Value, cluster: Place, actor: Place) -> Option<Mistaken> {
        let Kind::Reference(reference) = &value.kind else { return None };
        let place = self.referred(reference)?;
        let ends_with =
            |words: &[&str]| reference.words().iter().any(|word| words.iter().any(|w| word.eq_ignore_ascii_case(w)));
        if place == actor && is_attribute(reference, &identity::CLIENT_ID) {
            return Some(Mistaken::Client);
        }
        if place == actor && reference.field().is_some_and(|field| field.eq_ignore_ascii_case("id")) {
            return Some(Mistaken::Id);
        }
        (place == cluster && ends_with(&["kubelet_identity", "kubeletidentity"])).then_some(Mistaken::Kubelet)
    }

    /// Whether a role assignment's scope is a resource, or holds it.
    pub(super) fn covers(&self, scope: &Value, target: Place, root: RootId) -> Truth {
        if let Kind::Reference(reference) = &scope.kind {
            let inline = match self.by_reference(reference, &virtual_network::SUBNET) {
                End::Place(subnet) => Some(subnet),
                _ => None,
            };
            let by_id =
                || self.referred(reference).filter(|_| reference.field().is_some_and(|f| f.eq_ignore_ascii_case("id")));
            if let Some(place) = inline.or_else(by_id) {
                return may_hold(place, target);
            }
        }
        let Some(id) = self.scope_id(scope, root) else { return Truth::Unknown };
        let Some(own) = target.id() else { return Truth::Unknown };
        match id.type_name.as_str() {
            "microsoft.resources/subscriptions" => same_part(id.subscription.as_ref(), own.subscription.as_ref()),
            "microsoft.resources/resourcegroups" => {
                same_part(id.resource_group.as_ref(), own.resource_group.as_ref())
                    & same_part(id.subscription.as_ref(), own.subscription.as_ref())
            }
            "microsoft.management/managementgroups" => Truth::Unknown,
            name => {
                if let Some(kind) = by_arm_name(name)
                    && let Some(End::Place(place)) = self.resolve(scope, kind, root)
                {
                    return may_hold(place, target);
                }
                let mut own = Some(own.clone());
                let mut answer = Truth::No;
                while let Some(at) = own {
                    answer = answer | at.same(&id);
                    own = at.parent();
                }
                answer
            }
        }
    }

    /// The id of a scope: a resource, a resource group, a subscription.
    fn scope_id(&self, scope: &Value, root: RootId) -> Option<ResourceId> {
        match &scope.kind {
            Kind::Text(pieces) => self.id_of_text(pieces, root),
            Kind::Reference(reference) => {
                if let Some(group) = self.groups.get(&reference.address) {
                    return Some(self.normal(group.clone(), root));
                }
                let address = reference.address.text();
                let kind = "data.azurerm_subscription.";
                let own = address.starts_with(kind) || address.contains(&format!(".{kind}"));
                // Without an argument it is the subscription of the provider, which ids leave out.
                own.then(|| ResourceId {
                    subscription: None,
                    resource_group: None,
                    type_name: "microsoft.resources/subscriptions".into(),
                    names: Vec::new(),
                })
            }
            _ => None,
        }
    }

    /// A module or a script that was told of an identity or of a resource may assign roles, as may a part of the code
    /// that could not be read.
    fn may_hide_roles(&self, actor: Place, target: Place) -> Option<Unknown> {
        let hidden = actor.hidden_from(&identity::ROLE_ASSIGNMENT).map(|hiding| hiding.unknown);
        hidden.or_else(|| actor.damage()).or_else(|| target.damage())
    }

    pub(super) fn referred(&self, reference: &Reference) -> Option<Place<'_>> {
        let known = self.by_address.get(&reference.address).copied().or_else(|| self.only_template(reference));
        known.map(|index| Place { network: self, index: self.canonical(index) })
    }
}

/// Whether a place is a resource or holds it; one that is read under a name that is not known may be any of its kind.
fn may_hold(place: Place, target: Place) -> Truth {
    Truth::any(above(target).map(|holder| match holder == place {
        true => Truth::Yes,
        false => Truth::from_known(!place.is_surely_another(holder)).min(Truth::Unknown),
    }))
}

impl<'n> Place<'n> {
    /// Whether a role assignment assigns one of some roles, and which role it is where that is known.
    pub(super) fn assigns(self, roles: &[Role]) -> (Truth, Option<Role>) {
        // A role that Azure does not bring, or that is not known here, may allow anything.
        let of = |known: Option<Role>| known.map_or(Truth::Unknown, |role| Truth::from_known(roles.contains(&role)));
        let value = match (self.get(&identity::ROLE_NAME), self.get(&identity::ROLE_ID)) {
            (Got::Is(name), _) => name,
            (Got::Absent, Got::Is(id)) => id,
            _ => return (Truth::Unknown, None),
        };
        let known = |value: &Value| self.network.role_of(value);
        (value.ask(&|value| of(known(value))), known(&value))
    }

    /// Whether it lies in the subscription of another place. What nobody says is the deployment's own.
    pub fn shares_subscription(self, other: Place) -> Truth {
        let of = |place: Place<'n>| place.id().and_then(|id| id.subscription.as_ref());
        match (self.id(), other.id()) {
            (Some(own), Some(theirs)) if self.root() == other.root() => {
                same_part(own.subscription.as_ref(), theirs.subscription.as_ref())
            }
            (Some(_), Some(theirs)) => match (of(self), &theirs.subscription) {
                (Some(own), Some(theirs)) => own.equals_ignoring_case(theirs),
                _ => Truth::Unknown,
            },
            _ => Truth::Unknown,
        }
    }

    /// Whether it is known to lie in another subscription than a place that is made here.
    pub fn lies_in_another_subscription_than(self, own: Place) -> bool {
        let of = |id: Option<&'n ResourceId>| id.and_then(|id| id.subscription.as_ref());
        let Some(its) = of(self.id()) else { return false };
        match own.id().and_then(|id| id.subscription.as_ref()) {
            Some(own) if own.only_hole().is_none_or(|hole| hole.unknown().name() != OF_DEPLOYMENT) => {
                own.equals_ignoring_case(its) == Truth::No
            }
            // Nobody names the subscription of the deployment to read something in it.
            _ => !own.is_terraform() && !self.is_made() && self.root() == own.root() && its.as_literal().is_some(),
        }
    }

    fn unknown_of_role(self) -> Option<Unknown> {
        self.get(&identity::ROLE_NAME).unknown().or_else(|| self.get(&identity::ROLE_ID).unknown())
    }
}

impl Network {
    /// The role that a value names: by its name, by the last segment of its id, or as a data source looks it up.
    fn role_of(&self, value: &Value) -> Option<Role> {
        match &value.kind {
            Kind::Text(pieces) => {
                let whole = pieces.as_literal().is_some() || pieces.end().contains('/');
                identity::role(pieces.end().rsplit('/').next().filter(|_| whole)?)
            }
            Kind::Reference(reference) => {
                let place = self.referred(reference).filter(|place| place.kind() == &identity::ROLE_DEFINITION)?;
                if place.is_made() {
                    return None;
                }
                match place.text(&identity::DEFINITION_NAME) {
                    Ok(Some(name)) => identity::role(&name),
                    _ => identity::role(place.id()?.name()?.as_literal()?),
                }
            }
            _ => None,
        }
    }
}

/// Whose object an attribute is that belongs to no place of the network: a group may have the identity as a member, and
/// a directory is asked by names; another resource is somebody else.
fn may_be_anybody(reference: &Reference) -> Truth {
    let address = reference.address.text();
    let of = |kind: &str| address.starts_with(kind) || address.contains(&format!(".{kind}"));
    let caller = of("data.azurerm_client_config.") || of("data.azuread_client_config.");
    let directory = of("azuread_group.") || of("azuread_service_principal.") || of("data.");
    Truth::yes_or_unknown(false) & Truth::from_known(directory && !caller)
}

/// A resource and everything that it lies in.
fn above(place: Place<'_>) -> impl Iterator<Item = Place<'_>> {
    std::iter::successors(Some(place), |place| place.parent())
}

/// What the subscription is called that a deployment of Bicep goes to.
const OF_DEPLOYMENT: &str = "subscription().subscriptionId";

/// Whether two parts of a scope are the same. What nobody says is the deployment's own, which has a name where somebody
/// asks for it.
fn same_part(a: Option<&Pieces>, b: Option<&Pieces>) -> Truth {
    match (a, b) {
        (Some(a), Some(b)) => a.equals_ignoring_case(b),
        (None, None) => Truth::Yes,
        (Some(said), None) | (None, Some(said)) => match said.only_hole() {
            Some(Hole::Unknown(unknown)) => Truth::yes_or_unknown(unknown.name() == super::identity::OWN_SUBSCRIPTION),
            _ => Truth::Unknown,
        },
    }
}

/// Whether a reference is to a field of an identity, in either vocabulary.
fn is_attribute(reference: &Reference, field: &Field) -> bool {
    field.is_spelled(&reference.words())
}
