//! In: a cluster or one of its pools. Out: which network model it has, what that makes of its defaults, how many nodes it
//! has and may have, and how its API server is reached.
//! Never: says how many addresses that takes; `addresses` does.
//!
//! Sources: <https://learn.microsoft.com/azure/aks/concepts-network-cni-overview>,
//! <https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning>.

use super::{Got, Place};
use crate::azure::cluster;
use crate::value::{Cidr, Hand, Kind, Truth, Unknown};

/// Where pods have their addresses from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkModel {
    /// A range of the cluster's own, and a route for each node.
    Kubenet,
    /// A range of the cluster's own, which Azure routes.
    Overlay,
    /// The subnet of their node.
    NodeSubnet,
    /// A subnet for pods alone.
    PodSubnet,
    /// What the user installs.
    Own,
}

/// Why a cluster has its network model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The code says so.
    Written,
    /// The Kubernetes version of the code decides.
    Version,
    /// Neither is written: what AKS does today.
    Today,
}

/// How the API server of a cluster is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiMode {
    /// By a public address.
    Public,
    /// By a private endpoint in the VNet of the nodes.
    PrivateLink,
    /// It stands in the VNet, and has a public address too.
    InVnetPublic,
    /// It stands in the VNet and is reached from there only.
    InVnetPrivate,
}

/// How many nodes an upgrade adds to a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surge {
    /// At least so many.
    pub least: i64,
    /// At most so many.
    pub most: i64,
    /// The code says so.
    pub written: bool,
}

/// How many nodes a cluster has, as far as that is known: what is not known is not counted.
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    /// From the beginning.
    pub now: i64,
    /// At most.
    pub most: i64,
    /// What the upgrade of one pool adds at least.
    pub surge: i64,
    /// Why there may be more.
    pub unknown: Option<Unknown>,
}

impl NetworkModel {
    /// What a person calls it.
    pub fn words(self) -> &'static str {
        match self {
            NetworkModel::Kubenet => "kubenet",
            NetworkModel::Overlay => "Azure CNI Overlay",
            NetworkModel::NodeSubnet => "flat Azure CNI",
            NetworkModel::PodSubnet => "Azure CNI with a pod subnet",
            NetworkModel::Own => "a network plugin of its own",
        }
    }

    /// Pods have addresses of a range that the cluster alone knows.
    pub fn has_pod_range(self) -> bool {
        matches!(self, NetworkModel::Kubenet | NetworkModel::Overlay)
    }
}

impl<'n> Place<'n> {
    /// The network model of a cluster, and why; `Err` for what would decide.
    ///
    /// A plugin without a mode is the flat model. Without a plugin it was kubenet before Kubernetes 1.30, and is overlay
    /// since (<https://learn.microsoft.com/azure/aks/azure-cni-overlay>).
    pub fn network_model(self) -> Result<(NetworkModel, Basis), Unknown> {
        let plugin = self.get(&cluster::NETWORK_PLUGIN);
        let is = |text: &str| plugin.ask(|value| value.is(text));
        let left_out = match &plugin {
            Got::Is(value) => value.is_absent(),
            Got::Absent => Truth::Yes,
            Got::Unknown(_) => Truth::Unknown,
        };
        match (is("kubenet"), is("none"), is("azure")) {
            (Truth::Yes, ..) => Ok((NetworkModel::Kubenet, Basis::Written)),
            (_, Truth::Yes, _) => Ok((NetworkModel::Own, Basis::Written)),
            (.., Truth::Yes) => Ok((self.model_of_azure(NetworkModel::NodeSubnet)?, Basis::Written)),
            _ if left_out == Truth::Yes => match self.kubernetes_minor() {
                Some(minor) if minor < 30 => Ok((NetworkModel::Kubenet, Basis::Version)),
                Some(_) => Ok((self.model_of_azure(NetworkModel::Overlay)?, Basis::Version)),
                None => Ok((self.model_of_azure(NetworkModel::Overlay)?, Basis::Today)),
            },
            _ => Err(plugin.unknown().unwrap_or_else(|| self.not_told("network plugin"))),
        }
    }

    /// The model of Azure CNI; `without_mode` is that of a cluster that says none.
    fn model_of_azure(self, without_mode: NetworkModel) -> Result<NetworkModel, Unknown> {
        let mode = self.get(&cluster::NETWORK_PLUGIN_MODE);
        let overlay = mode.ask(|value| value.is("overlay"));
        if overlay == Truth::Yes {
            return Ok(NetworkModel::Overlay);
        }
        let pods = self.pools().into_iter().map(|pool| match pool.get(&cluster::POD_SUBNET) {
            Got::Is(value) => (!value.is_absent(), value.first_hole().map(|hole| hole.unknown())),
            Got::Absent => (Truth::No, None),
            Got::Unknown(unknown) => (Truth::Unknown, Some(unknown)),
        });
        // A reference to a subnet is one, whatever its id will be.
        let of_subnet = pods.fold((Truth::No, None), |sum, (is, unknown)| (sum.0 | is, sum.1.or(unknown)));
        match (overlay, of_subnet) {
            (Truth::Unknown, _) => Err(mode.unknown().unwrap_or_else(|| self.not_told("network plugin mode"))),
            (_, (Truth::Yes, _)) => Ok(NetworkModel::PodSubnet),
            (_, (Truth::Unknown, unknown)) => Err(unknown.unwrap_or_else(|| self.not_told("pod subnet"))),
            _ => Ok(without_mode),
        }
    }

    fn not_told(self, what: &str) -> Unknown {
        let name = format!("{what} of {}", self.address());
        Unknown::new(self.root(), name, crate::value::Reason::Data).at(self.span())
    }

    /// The minor version of Kubernetes that a cluster says: 30 of `1.30.4`.
    pub fn kubernetes_minor(self) -> Option<u32> {
        let Got::Is(value) = self.get(&cluster::KUBERNETES_VERSION) else { return None };
        match &value.kind {
            Kind::Number(number) => minor_of(&number.to_string(), true),
            Kind::Text(pieces) => minor_of(pieces.start(), pieces.as_literal().is_some()),
            _ => None,
        }
    }

    /// The ranges of a cluster's pods, and whether the code says them; none for a model whose pods have addresses of a
    /// subnet.
    pub fn pod_ranges(self) -> Result<(Vec<Cidr>, bool), Unknown> {
        if !matches!(self.get(&cluster::POD_CIDRS), Got::Absent) {
            let ranges = self.ranges(&cluster::POD_CIDRS)?;
            if !ranges.is_empty() {
                return Ok((ranges, true));
            }
        }
        let (model, _) = self.network_model()?;
        let assumed = Cidr::parse("10.244.0.0/16").filter(|_| model.has_pod_range());
        Ok((Vec::from_iter(assumed), false))
    }

    /// How the API server of a cluster is reached, where both facts that decide are known.
    pub fn api_mode(self) -> Option<ApiMode> {
        match (self.is_true(&cluster::PRIVATE), self.is_true(&cluster::VNET_INTEGRATION)) {
            (Truth::Yes, Truth::No) => Some(ApiMode::PrivateLink),
            (Truth::Yes, Truth::Yes) => Some(ApiMode::InVnetPrivate),
            (Truth::No, Truth::Yes) => Some(ApiMode::InVnetPublic),
            (Truth::No, Truth::No) => Some(ApiMode::Public),
            _ => None,
        }
    }

    /// Whether the nodes and pods of a cluster have addresses of IPv6 too, and what would decide.
    pub fn is_dual_stack(self) -> (Truth, Option<Unknown>) {
        let families = self.get(&cluster::IP_FAMILIES);
        let asks = |value: &crate::value::Value| match value.items() {
            Some(items) => {
                let more = if value.rest().is_some() { Truth::Unknown } else { Truth::No };
                Truth::any(items.iter().map(|item| item.is("IPv6"))) | more
            }
            None => value.is("IPv6"),
        };
        (families.ask(|value| value.ask(&asks)), families.unknown())
    }

    /// Nodes come as they are needed, and no number bounds them.
    pub fn has_unbounded_nodes(self) -> Truth {
        self.is(&cluster::NODE_PROVISIONING, "Auto")
    }

    /// The most pods on a node of a pool, and whether the code says it.
    pub fn max_pods(self, model: NetworkModel) -> Result<(i64, bool), Unknown> {
        if let Some(written) = self.number(&cluster::MAX_PODS)? {
            return Ok((written, true));
        }
        let assumed = match model {
            NetworkModel::Overlay => 250,
            NetworkModel::NodeSubnet => 30,
            NetworkModel::PodSubnet | NetworkModel::Kubenet => 110,
            NetworkModel::Own => 250,
        };
        Ok((assumed, false))
    }

    /// How many nodes a pool has from its beginning.
    pub fn nodes_now(self) -> Result<i64, Unknown> {
        let written = match self.is_written(&cluster::COUNT) {
            true => self.number(&cluster::COUNT)?,
            false => None,
        };
        match self.is_true(&cluster::AUTOSCALING) {
            Truth::Yes => {
                let least = self.number(&cluster::MIN_COUNT)?;
                Ok(written.into_iter().chain(least).max().unwrap_or(self.nodes_by_default()))
            }
            Truth::No => Ok(written.unwrap_or(self.nodes_by_default())),
            Truth::Unknown => Err(self.unknown_of(&cluster::AUTOSCALING)),
        }
    }

    /// azurerm sends 0 for a pool of its own that says nothing, and a cluster's first pool has a node.
    fn nodes_by_default(self) -> i64 {
        let own = self.is_terraform() && self.parent().is_some_and(|of| of.declaration() != self.declaration());
        if own { 0 } else { 1 }
    }

    /// How many nodes a pool may grow to.
    pub fn nodes_at_most(self) -> Result<i64, Unknown> {
        match self.is_true(&cluster::AUTOSCALING) {
            Truth::Yes => match self.number(&cluster::MAX_COUNT)? {
                Some(most) => Ok(most),
                None => self.nodes_now(),
            },
            Truth::No => self.nodes_now(),
            Truth::Unknown => Err(self.unknown_of(&cluster::AUTOSCALING)),
        }
    }

    /// How many nodes an upgrade adds to a pool of so many nodes.
    ///
    /// Left out, a tenth of the pool and at least one; before, it was one
    /// (<https://learn.microsoft.com/azure/aks/upgrade-aks-node-pools-rolling>).
    pub fn surge(self, nodes: i64) -> Result<Surge, Unknown> {
        if self.is(&cluster::PRIORITY, "Spot") == Truth::Yes {
            return Ok(Surge { least: 0, most: 0, written: false });
        }
        let text = match self.get(&cluster::MAX_SURGE) {
            Got::Is(value) => match &value.kind {
                Kind::Number(number) => Some(number.to_string()),
                Kind::Text(pieces) => match pieces.as_literal() {
                    Some(text) => Some(text.to_string()),
                    None => return Err(self.unknown_of(&cluster::MAX_SURGE)),
                },
                Kind::Null => None,
                _ => return Err(self.unknown_of(&cluster::MAX_SURGE)),
            },
            Got::Absent => None,
            Got::Unknown(unknown) => return Err(unknown),
        };
        if let Some(nodes) = text.as_deref().and_then(|text| added(text, nodes)) {
            return Ok(Surge { least: nodes, most: nodes, written: true });
        }
        // Nodes that may be missing take the place of nodes that are added.
        if !matches!(self.get(&cluster::MAX_UNAVAILABLE), Got::Absent) {
            return Ok(Surge { least: 0, most: tenth(nodes), written: false });
        }
        Ok(Surge { least: nodes.min(1), most: tenth(nodes), written: false })
    }

    /// How many nodes all pools of a cluster have.
    pub fn nodes(self) -> Nodes {
        let mut nodes = Nodes::default();
        for pool in self.pools() {
            if pool.exists() != Truth::Yes {
                nodes.unknown = nodes.unknown.or_else(|| pool.decides().cloned());
                continue;
            }
            let counts = pool.nodes_now().and_then(|now| Ok((now, pool.nodes_at_most()?)));
            match pool.nodes_now() {
                Ok(now) => nodes.now += now,
                Err(unknown) => nodes.unknown = nodes.unknown.or(Some(unknown)),
            }
            match counts {
                Ok((now, most)) => {
                    nodes.most += now.max(most);
                    match pool.surge(most) {
                        Ok(surge) => nodes.surge = nodes.surge.max(surge.least),
                        Err(unknown) => nodes.unknown = nodes.unknown.or(Some(unknown)),
                    }
                }
                Err(unknown) => nodes.unknown = nodes.unknown.or(Some(unknown)),
            }
        }
        nodes
    }

    /// A field is written, not assumed.
    pub fn is_written(self, field: &crate::azure::Field) -> bool {
        match self.get(field) {
            Got::Is(value) => !value.origin.hops().any(|hop| matches!(hop.hand, Hand::Assumed(_))),
            Got::Absent => false,
            Got::Unknown(_) => true,
        }
    }

    fn unknown_of(self, field: &crate::azure::Field) -> Unknown {
        self.get(field).unknown().unwrap_or_else(|| self.not_told("a setting"))
    }
}

/// The minor version of the known beginning of a version; of `1.3` it may be 3 or 30, if that is not the whole of it.
fn minor_of(known: &str, whole: bool) -> Option<u32> {
    let mut parts = known.trim().trim_start_matches('v').split('.');
    let (major, minor, patch) = (parts.next()?, parts.next()?, parts.next());
    (major == "1" && (whole || patch.is_some())).then(|| minor.parse().ok())?
}

/// The nodes that a setting such as `2` or `33%` adds to a pool of `nodes`.
fn added(text: &str, nodes: i64) -> Option<i64> {
    match text.trim().strip_suffix('%') {
        Some(share) => share.trim().parse::<i64>().ok().map(|share| (nodes * share + 99).div_euclid(100)),
        None => text.trim().parse().ok(),
    }
}

/// A tenth, rounded up.
fn tenth(nodes: i64) -> i64 {
    (nodes + 9).div_euclid(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nodes_is_rounded_up() {
        assert_eq!(added("10%", 11), Some(2));
        assert_eq!(added("33%", 3), Some(1));
        assert_eq!(added("2", 100), Some(2));
        assert_eq!(added("0", 5), Some(0));
        assert_eq!(added("many", 5), None);
        assert_eq!(tenth(0), 0);
        assert_eq!(tenth(1), 1);
        assert_eq!(tenth(11), 2);
    }

    #[test]
    fn a_version_with_a_hole_is_known_as_far_as_it_goes() {
        assert_eq!(minor_of("1.29.4", true), Some(29));
        assert_eq!(minor_of("1.30", true), Some(30));
        assert_eq!(minor_of("1.29.", false), Some(29));
        assert_eq!(minor_of("1.3", false), None);
        assert_eq!(minor_of("", false), None);
    }
}
