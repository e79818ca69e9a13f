//! In: ranges, subnets, pools. Out: which ranges share addresses, how many a subnet has to give, and how many a cluster
//! takes now, at its largest and while it is upgraded.
//! Never: takes a range for free because it cannot be read.
//!
//! Sources: <https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning>,
//! <https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq#are-there-any-restrictions-on-using-ip-addresses-within-these-subnets>.

use std::net::IpAddr;

use super::{ApiMode, End, Network, NetworkModel, Place, Surge};
use crate::azure::{Field, Link, cluster, load_balancer, network_interface, private_endpoint, virtual_network};
use crate::source::Span;
use crate::value::{Cidr, Kind, Truth, Unknown, Value};

/// The addresses of each range of a subnet that Azure keeps: the first four and the last.
const KEPT: u64 = 5;

/// What AKS keeps for itself: neither pods, services nor nodes may have these addresses
/// (<https://learn.microsoft.com/azure/aks/concepts-network-cni-overview>).
pub const RESERVED: [&str; 4] = ["169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24"];

/// One range as far as it is known: of `${var.base}.0/24` that it has 256 addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sized {
    /// As it is written.
    pub text: String,
    /// How many bits its addresses have in common.
    pub length: u8,
    /// It is a range of IPv6.
    pub is_v6: bool,
}

/// What a subnet has to give.
#[derive(Clone, Debug)]
pub struct Room<'n> {
    /// Its IPv4 ranges.
    pub ranges: Vec<Sized>,
    /// The addresses that Azure leaves of them.
    pub usable: u64,
    /// What else stands in it: private endpoints, load balancers, interfaces, each with an address at least.
    pub others: Vec<Place<'n>>,
}

/// A pool whose nodes or pods have their addresses from a subnet.
#[derive(Clone, Debug)]
pub struct Load<'n> {
    /// The cluster.
    pub cluster: Place<'n>,
    /// The pool.
    pub pool: Place<'n>,
    /// Where the pool names the subnet.
    pub span: Span,
    /// The network model, where it is known.
    pub model: Option<NetworkModel>,
    /// The most pods on a node, where they have addresses of the subnet.
    pub pods: Result<Option<i64>, Unknown>,
    /// Nodes from the beginning.
    pub now: Result<i64, Unknown>,
    /// Nodes at most.
    pub most: Result<i64, Unknown>,
    /// Nodes that an upgrade adds at most size.
    pub surge: Result<Surge, Unknown>,
}

/// The addresses of so many leading bits.
pub fn size(length: u8) -> u64 {
    1u64.checked_shl(u32::from(32u8.saturating_sub(length))).unwrap_or(u64::MAX)
}

/// What Azure leaves of a range of a subnet.
pub fn usable(length: u8) -> u64 {
    size(length).saturating_sub(KEPT)
}

/// The longest prefix of a subnet that leaves so many addresses.
pub fn length_for(addresses: u64) -> Option<u8> {
    // A subnet of Azure has at least a /29.
    (1..=29).rev().find(|length| usable(*length) >= addresses)
}

/// Two ranges, one of each side, that share addresses.
pub fn overlap(left: &[Cidr], right: &[Cidr]) -> Option<(Cidr, Cidr)> {
    left.iter().find_map(|own| right.iter().find(|other| own.overlaps(**other)).map(|other| (*own, *other)))
}

/// The range of AKS's own that a range shares addresses with.
pub fn reserved(range: Cidr) -> Option<Cidr> {
    RESERVED.iter().filter_map(|text| Cidr::parse(text)).find(|reserved| reserved.overlaps(range))
}

/// Whether a range lies in what RFC 1918 and RFC 6598, or RFC 4193, keep for private networks.
pub fn is_private(range: Cidr) -> bool {
    const PRIVATE: [&str; 5] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"];
    PRIVATE.iter().filter_map(|text| Cidr::parse(text)).any(|private| private.covers(range))
}

/// The first address of a range and the one after it.
pub fn first_addresses(range: Cidr) -> [IpAddr; 2] {
    match range.net().network() {
        IpAddr::V4(first) => [IpAddr::V4(first), IpAddr::V4(u32::from(first).checked_add(1).map_or(first, Into::into))],
        IpAddr::V6(first) => {
            [IpAddr::V6(first), IpAddr::V6(u128::from(first).checked_add(1).map_or(first, Into::into))]
        }
    }
}

impl Sized {
    /// A range that is written with a prefix; what stands before it may have holes.
    pub fn of(value: &Value) -> Option<Sized> {
        let Kind::Text(pieces) = &value.kind else { return None };
        let (before, length) = pieces.end().rsplit_once('/')?;
        let is_v6 = before.contains(':') || pieces.start().contains(':');
        let length = length.trim().parse().ok().filter(|length| *length <= if is_v6 { 128 } else { 32 })?;
        // A text without holes must be a range.
        if let Some(text) = pieces.as_literal() {
            Cidr::parse(text)?;
        }
        Some(Sized { text: pieces.to_string(), length, is_v6 })
    }
}

impl<'n> Load<'n> {
    /// The addresses that each node takes.
    pub fn each(&self) -> Result<i64, Unknown> {
        Ok(1 + self.pods.clone()?.unwrap_or(0))
    }

    /// What `nodes` of it take.
    fn take(&self, nodes: &Result<i64, Unknown>) -> Result<u64, Unknown> {
        Ok(u64::try_from(nodes.clone()?.saturating_mul(self.each()?)).unwrap_or(0))
    }

    /// The addresses from the beginning.
    pub fn needs_now(&self) -> Result<u64, Unknown> {
        self.take(&self.now)
    }

    /// The addresses at most size.
    pub fn needs_at_most(&self) -> Result<u64, Unknown> {
        self.take(&self.most)
    }

    /// The addresses that an upgrade takes beside that: at least, at most.
    pub fn needs_for_upgrade(&self) -> Result<(u64, u64), Unknown> {
        let surge = self.surge.clone()?;
        Ok((self.take(&Ok(surge.least))?, self.take(&Ok(surge.most))?))
    }

    /// How it comes to its number: `6 nodes x (1 + 100)`.
    pub fn sum(&self, nodes: i64) -> String {
        let noun = if nodes == 1 { "node" } else { "nodes" };
        match &self.pods {
            Ok(Some(pods)) => format!("{nodes} {noun} x (1 + {pods})"),
            _ => format!("{nodes} {noun}"),
        }
    }
}

impl<'n> Place<'n> {
    /// The ranges of a field, each at least with its size; `Err` for what is not known.
    pub fn sizes(self, field: &Field) -> Result<Vec<Sized>, Unknown> {
        let (values, open) = self.get_all(field);
        if values.is_empty() && open.is_none() {
            // What is assumed.
            let assumed = self.ranges(field)?;
            return Ok(assumed.iter().filter_map(|range| Sized::of(&Value::text(range.to_string()))).collect());
        }
        let mut sizes = Vec::new();
        for value in &values {
            for item in value.items().unwrap_or(std::slice::from_ref(value)) {
                match (Sized::of(item), item.first_hole()) {
                    (Some(range), _) => sizes.push(range),
                    (None, Some(hole)) => return Err(hole.unknown()),
                    (None, None) => {}
                }
            }
            if let Some(rest) = value.rest() {
                return Err(rest.unknown());
            }
        }
        open.map_or(Ok(sizes), Err)
    }

    /// What a subnet has to give to nodes and pods.
    pub fn room(self) -> Result<Room<'n>, Unknown> {
        let (pools, open) = self.get_all(&virtual_network::SUBNET_POOLS);
        if let Some(unknown) = open.or_else(|| pools.first()?.first_hole().map(|hole| hole.unknown())) {
            return Err(unknown);
        }
        let mut ranges = self.sizes(&virtual_network::PREFIXES)?;
        ranges.retain(|range| !range.is_v6);
        let usable = ranges.iter().map(|range| usable(range.length)).sum();
        Ok(Room { ranges, usable, others: self.others_in() })
    }

    /// What stands in a subnet and is no node.
    fn others_in(self) -> Vec<Place<'n>> {
        const LINKS: [(&crate::azure::Type, &Link); 3] = [
            (&private_endpoint::PRIVATE_ENDPOINT, &private_endpoint::ENDPOINT_TO_SUBNET),
            (&load_balancer::LOAD_BALANCER, &load_balancer::LOAD_BALANCER_TO_SUBNET),
            (&network_interface::NETWORK_INTERFACE, &network_interface::INTERFACE_TO_SUBNET),
        ];
        let mut others = Vec::new();
        for (kind, link) in LINKS {
            let there = self.network.made(kind).into_iter().filter(|place| place.exists() == Truth::Yes);
            others.extend(there.flat_map(|place| {
                place.follow(link).into_iter().filter(move |step| step.end.place() == Some(self)).map(move |_| place)
            }));
        }
        // The private endpoint of an API server stands in the first node subnet.
        let clusters = self.network.made(&cluster::CLUSTER).into_iter();
        others.extend(clusters.filter(|cluster| {
            cluster.api_mode() == Some(ApiMode::PrivateLink)
                && cluster.node_subnets().first().and_then(|first| first.end.place()) == Some(self)
        }));
        others
    }

    /// The pools of all clusters whose nodes stand in a subnet, and why there may be more.
    pub fn node_loads(self) -> (Vec<Load<'n>>, Option<Unknown>) {
        self.loads(&cluster::POOL_TO_SUBNET, |pool, model| {
            let takes = match model {
                None | Some(NetworkModel::Overlay | NetworkModel::Kubenet | NetworkModel::Own) => false,
                Some(NetworkModel::NodeSubnet) => true,
                // A pool without a pod subnet of its own is flat.
                Some(NetworkModel::PodSubnet) => pool.follow(&cluster::POOL_TO_POD_SUBNET).is_empty(),
            };
            Ok(match takes {
                true => Some(pool.max_pods(NetworkModel::NodeSubnet)?.0),
                false => None,
            })
        })
    }

    /// The pools of all clusters whose pods have addresses of a subnet, and why there may be more.
    pub fn pod_loads(self) -> (Vec<Load<'n>>, Option<Unknown>) {
        self.loads(&cluster::POOL_TO_POD_SUBNET, |pool, _| Ok(Some(pool.max_pods(NetworkModel::PodSubnet)?.0)))
    }

    fn loads(
        self,
        link: &'static Link,
        pods: impl Fn(Place<'n>, Option<NetworkModel>) -> Result<Option<i64>, Unknown>,
    ) -> (Vec<Load<'n>>, Option<Unknown>) {
        let mut loads = Vec::new();
        let mut open = None;
        let mut clusters = self.network.made(&cluster::CLUSTER);
        // Not in the order of writing.
        clusters.sort_by_key(|cluster| cluster.address());
        for cluster in clusters {
            let model = cluster.network_model().ok().map(|(model, _)| model);
            for pool in cluster.pools() {
                let steps = pool.follow(link);
                let Some(step) = steps.iter().find(|step| step.end.place() == Some(self)) else {
                    let unknown = steps.into_iter().find_map(|step| match step.end {
                        End::Unknown(unknown) => Some(unknown),
                        _ => None,
                    });
                    open = open.or(unknown);
                    continue;
                };
                if pool.exists() != Truth::Yes || cluster.exists() != Truth::Yes {
                    open = open.or_else(|| pool.decides().or(cluster.decides()).cloned());
                    continue;
                }
                let most = pool.nodes_at_most();
                let surge = most.clone().and_then(|most| pool.surge(most));
                let pods = pods(pool, model);
                loads.push(Load { cluster, pool, span: step.span, model, pods, now: pool.nodes_now(), most, surge });
            }
        }
        // The order of the declarations says nothing.
        let place =
            |load: &Load| (load.cluster.address().clone(), load.pool.declaration() != load.cluster.declaration());
        loads.sort_by_cached_key(|load| (place(load), load.pool.address().clone()));
        (loads, open)
    }

    /// The VNets and virtual hubs that a VNet sends packets to, and what ties it to each.
    pub fn near(self) -> Vec<(Place<'n>, Place<'n>)> {
        let mut near = self.within_reach();
        let hubs = self.hub_connections().into_iter();
        near.extend(hubs.filter_map(|connection| Some((connection.parent()?, connection))));
        near
    }
}

impl Network {
    /// The subnets that nodes stand in, each once.
    pub fn subnets_of(&self, link: &'static Link) -> Vec<Place<'_>> {
        let mut subnets: Vec<Place> = Vec::new();
        for cluster in self.made(&cluster::CLUSTER) {
            for step in cluster.pools().into_iter().flat_map(|pool| pool.follow(link)) {
                subnets.extend(step.end.place().filter(|subnet| !subnets.contains(subnet)));
            }
        }
        subnets
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Hole, Piece, Pieces, Reason, RootId};
    use proptest::prelude::*;

    fn cidr(text: &str) -> Cidr {
        Cidr::parse(text).expect("a range")
    }

    #[test]
    fn azure_keeps_five_addresses_of_each_range() {
        assert_eq!(usable(24), 251);
        assert_eq!(usable(28), 11);
        assert_eq!(usable(29), 3);
        assert_eq!(usable(31), 0);
        assert_eq!(length_for(251), Some(24));
        assert_eq!(length_for(252), Some(23));
        assert_eq!(length_for(0), Some(29));
    }

    #[test]
    fn the_size_of_a_range_is_known_before_its_base() {
        let hole = Hole::Unknown(Unknown::new(RootId(0), "var.base", Reason::Input));
        let text = |end: &str| Value::pieces(Pieces::of([Piece::Hole(hole.clone()), Piece::Literal(end.into())]));
        assert_eq!(Sized::of(&text(".0.0/22")).map(|range| range.length), Some(22));
        assert_eq!(Sized::of(&text(".0.0")), None);
        assert_eq!(Sized::of(&text("::/64")).map(|range| (range.is_v6, range.length)), Some((true, 64)));
        assert_eq!(Sized::of(&Value::text("10.0.0/24")), None);
        assert_eq!(Sized::of(&Value::text("10.0.0.0/24")).map(|range| range.length), Some(24));
    }

    #[test]
    fn private_ranges_are_those_of_the_rfcs() {
        assert!(is_private(cidr("100.64.0.0/10")));
        assert!(is_private(cidr("172.20.0.0/16")));
        assert!(!is_private(cidr("172.0.0.0/8")));
        assert!(!is_private(cidr("20.0.0.0/16")));
        assert!(is_private(cidr("fd00::/108")));
    }

    #[test]
    fn the_first_addresses_of_a_range_are_found_at_its_end_too() {
        assert_eq!(first_addresses(cidr("10.0.0.0/16")).map(|it| it.to_string()), ["10.0.0.0", "10.0.0.1"]);
        assert_eq!(first_addresses(cidr("255.255.255.255/32")).map(|it| it.to_string())[1], "255.255.255.255");
    }

    /// A range by its bits.
    fn ranges() -> impl Strategy<Value = (u32, u8)> {
        (any::<u32>(), 8u8..=32).prop_map(|(base, length)| {
            let mask = u32::MAX.checked_shl(u32::from(32 - length)).unwrap_or(0);
            // Few bases, so that ranges meet.
            (base & 0x0a03_0f0f & mask, length)
        })
    }

    fn of_bits((base, length): (u32, u8)) -> Cidr {
        cidr(&format!("{}/{length}", std::net::Ipv4Addr::from(base)))
    }

    proptest! {
        #[test]
        fn ranges_overlap_where_their_first_bits_agree(left in ranges(), right in ranges()) {
            let shared = left.1.min(right.1);
            let agree = (0..shared).all(|bit| (left.0 >> (31 - bit)) & 1 == (right.0 >> (31 - bit)) & 1);
            prop_assert_eq!(of_bits(left).overlaps(of_bits(right)), agree);
            prop_assert_eq!(overlap(&[of_bits(left)], &[of_bits(right)]).is_some(), agree);
            prop_assert_eq!(overlap(&[of_bits(right)], &[of_bits(left)]).is_some(), agree);
        }

        #[test]
        fn a_range_that_covers_another_one_shares_its_addresses(left in ranges(), right in ranges()) {
            let (left, right) = (of_bits(left), of_bits(right));
            prop_assert!(!left.covers(right) || left.overlaps(right));
            prop_assert!(!(left.covers(right) && right.covers(left)) || left == right);
        }

        #[test]
        fn the_prefix_for_a_need_is_the_longest_that_holds_it(need in 0u64..2_000_000) {
            let length = length_for(need).expect("a prefix");
            prop_assert!(usable(length) >= need);
            prop_assert!(length == 29 || usable(length + 1) < need);
        }

        #[test]
        fn halves_of_a_range_leave_five_addresses_less(length in 1u8..=28) {
            prop_assert_eq!(size(length), 2 * size(length + 1));
            prop_assert_eq!(2 * usable(length + 1) + KEPT, usable(length));
        }
    }
}
