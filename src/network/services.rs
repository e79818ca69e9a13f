//! In: a cluster. Out: the services that its identities were given roles on, and the private ways to them.
//! Never: takes a role that is assigned to nobody known for one of the cluster's.
//!
//! Source: <https://learn.microsoft.com/azure/aks/use-managed-identity>,
//! <https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview>.

use super::{End, Got, Place};
use crate::azure::{Type, cluster, identity, paas, private_endpoint, virtual_network};
use crate::value::{Kind, Truth, Unknown};

/// A service that a cluster uses, as a role says.
#[derive(Clone, Copy, Debug)]
pub struct Used<'n> {
    /// The service.
    pub service: Place<'n>,
    /// The role assignment that gives it to an identity of the cluster.
    pub assignment: Place<'n>,
}

/// How a cluster reaches a service without its public endpoint.
#[derive(Clone, Debug)]
pub enum PrivateWay<'n> {
    /// By this private endpoint.
    Endpoint(Place<'n>),
    /// By the service endpoint of this subnet.
    Subnet(Place<'n>),
    /// By none.
    None,
    /// It cannot be told.
    Unknown(Option<Unknown>),
}

/// Services that hold what pods need, and what their service endpoints are called.
const SERVICES: [(&Type, &str); 5] = [
    (&paas::REGISTRY, "Microsoft.ContainerRegistry"),
    (&paas::VAULT, "Microsoft.KeyVault"),
    (&paas::STORAGE, "Microsoft.Storage"),
    (&paas::SQL, "Microsoft.Sql"),
    (&paas::COSMOS, "Microsoft.AzureCosmosDB"),
];

impl<'n> Place<'n> {
    /// The services of this code that roles let a cluster use: registries, vaults, storage and databases, each once.
    pub fn used_services(self) -> Vec<Used<'n>> {
        let network = self.network;
        let mut found: Vec<Used> = Vec::new();
        for assignment in network.made(&identity::ROLE_ASSIGNMENT) {
            if assignment.exists() == Truth::No || !self.is_given(assignment) {
                continue;
            }
            let Got::Is(scope) = assignment.get(&identity::SCOPE) else { continue };
            let service = SERVICES.iter().find_map(|(kind, _)| {
                let Some(End::Place(place)) = network.resolve(&scope, kind, assignment.root()) else { return None };
                (place.kind() == *kind).then_some(place)
            });
            let Some(service) = service.filter(|service| service.is_made()) else { continue };
            match found.iter_mut().find(|used| used.service == service) {
                Some(used) if used.assignment.exists() != Truth::Yes => used.assignment = assignment,
                Some(_) => {}
                None => found.push(Used { service, assignment }),
            }
        }
        found
    }

    /// Whether a role is assigned to the cluster, to what comes to life with it, or to an identity that it names.
    fn is_given(self, assignment: Place<'n>) -> bool {
        let Got::Is(whom) = assignment.get(&identity::PRINCIPAL) else { return false };
        let Kind::Reference(reference) = &whom.kind else { return false };
        let Some(place) = self.network.referred(reference) else { return false };
        let links = [&cluster::CLUSTER_TO_IDENTITY, &cluster::CLUSTER_TO_KUBELET_IDENTITY];
        let own = links.into_iter().flat_map(|link| self.follow(link)).filter_map(|step| step.end.place());
        place == self || place.kind() == &identity::IDENTITY && own.into_iter().any(|identity| identity == place)
    }

    /// How a cluster reaches a service without its public endpoint, as far as it can be told.
    pub fn private_way(self, service: Place<'n>) -> PrivateWay<'n> {
        let mut open: Option<Option<Unknown>> = None;
        for endpoint in self.network.all(&private_endpoint::PRIVATE_ENDPOINT) {
            let target = endpoint.service();
            let leads = match (target.place, &target.kind) {
                (Some(place), _) if place == service => Truth::Yes,
                (Some(place), _) if place.kind() != service.kind() || place.is_surely_another(service) => Truth::No,
                (None, Some(kind)) if !kind.eq_ignore_ascii_case(service.kind().name) => Truth::No,
                _ => Truth::Unknown,
            };
            match leads & endpoint.exists() {
                Truth::Yes => return PrivateWay::Endpoint(endpoint),
                Truth::No => {}
                Truth::Unknown => {
                    let (targets, unknown) = endpoint.get_all(&private_endpoint::TARGETS);
                    let unknown = unknown.or_else(|| targets.first()?.hole().map(|hole| hole.unknown()));
                    open = open.or(Some(endpoint.decides().cloned().or(unknown)));
                }
            }
        }
        let names = SERVICES.iter().find(|(kind, _)| *kind == service.kind()).map(|(_, name)| *name);
        let pods = self.children(&cluster::POOL).into_iter().flat_map(|pool| pool.follow(&cluster::POOL_TO_POD_SUBNET));
        let ends = self.node_subnets().into_iter().map(|subnet| subnet.end).chain(pods.map(|step| step.end));
        for end in ends {
            let End::Place(subnet) = end else { continue };
            let (services, unknown) = subnet.get_all(&virtual_network::SERVICE_ENDPOINTS);
            // `Microsoft.Storage.Global` is one of storage too.
            let is = |text: &str| {
                let start = names.and_then(|name| text.get(..name.len()).map(|start| (start, name)));
                let rest = |name: &str| text[name.len()..].is_empty() || text[name.len()..].starts_with('.');
                start.is_some_and(|(start, name)| start.eq_ignore_ascii_case(name) && rest(name))
            };
            if services.iter().any(|value| value.as_text().is_some_and(is)) {
                return PrivateWay::Subnet(subnet);
            }
            if unknown.is_some() || services.iter().any(|value| value.as_text().is_none()) || !subnet.is_made() {
                open = open.or(Some(unknown));
            }
        }
        let hidden = service.hidden_from(&private_endpoint::PRIVATE_ENDPOINT).map(|hidden| hidden.unknown);
        match open.or(hidden.or_else(|| service.damage()).map(Some)) {
            Some(unknown) => PrivateWay::Unknown(unknown),
            None => PrivateWay::None,
        }
    }
}
