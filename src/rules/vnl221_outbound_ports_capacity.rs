//! See the rule's page below.

use super::clusters::clusters;
use super::finding::in_words_of;
use super::{Finding, Level, Settings, Step};
use crate::azure::{cluster, public_ip};
use crate::network::{End, Network, Place};
use crate::value::{Reason, Truth, Unknown};

rule! {
    /// The outbound ports that each node is given do not fit the public addresses of the load balancer.
    ///
    /// A public address has 64000 ports. When every node is promised a number of them, the addresses bound how many nodes there can
    /// be: AKS refuses the node that is one too many, whether it comes by scaling or as the extra node of an upgrade.
    ///
    /// Give the load balancer more addresses or each node fewer ports: in Terraform `managed_outbound_ip_count` and
    /// `outbound_ports_allocated` of `load_balancer_profile`; in Bicep
    /// `loadBalancerProfile: { managedOutboundIPs: { count: 4 }, allocatedOutboundPorts: 2048 }`. The number must be a multiple of 8, and
    /// 0 leaves it to Azure. Terraform takes addresses of one kind: a count, or addresses of your own, or prefixes.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name       = "system"
    ///     node_count = 20
    ///   }
    ///
    ///   network_profile {
    ///     network_plugin = "azure"
    ///     load_balancer_profile {
    ///       outbound_ports_allocated = 4000 # expect: VNL221
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', count: 20 } ]
    ///     networkProfile: {
    ///       loadBalancerProfile: {
    ///         allocatedOutboundPorts: 4000 // expect: VNL221
    ///       }
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/load-balancer-standard>
    VNL221 "outbound-ports-capacity", Error High, since "0.2.0"
}

/// The ports of one public address.
const PORTS: i64 = 64_000;

/// The public addresses that nodes leave by.
struct Addresses {
    count: i64,
    step: Step,
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in clusters(network).filter(|cluster| cluster.is(&cluster::OUTBOUND, "loadBalancer") == Truth::Yes) {
        findings.extend(two_kinds(cluster));
        findings.extend(found(cluster));
    }
}

fn found(cluster: Place) -> Option<Finding> {
    let name = cluster.name();
    let ports = match cluster.number(&cluster::OUTBOUND_PORTS) {
        Ok(ports) => ports.filter(|ports| *ports > 0)?,
        Err(unknown) => {
            let message = format!("cannot tell whether the outbound ports of `{name}`'s nodes fit its public addresses");
            let finding = of(cluster, message);
            return Some(finding.undecided(Some(unknown), "if all nodes together have more than 64000 an address: VNL221; else it passes"));
        }
    };
    if ports % 8 != 0 || ports > PORTS {
        let mut finding = of(cluster, format!("`{name}` gives each node {ports} outbound ports, which AKS refuses"));
        finding.help = Some("write a multiple of 8 up to 64000, or 0 to leave it to Azure".into());
        finding.why = Some("an address has 64000 ports, and Azure hands them out in eights".into());
        return Some(finding);
    }
    let addresses = match addresses(cluster) {
        Ok(addresses) => addresses,
        Err(unknown) => {
            let message = format!("cannot tell how many nodes of `{name}` the public addresses of its load balancer have ports for");
            return Some(of(cluster, message).undecided(Some(unknown), "if the nodes need more ports than they have: VNL221; else it passes"));
        }
    };
    let most = PORTS * addresses.count / ports;
    let pools: Vec<Place> = cluster.pools().into_iter().filter(|pool| pool.exists() == Truth::Yes).collect();
    let (now, open) = sum(&pools, |pool| pool.nodes_now());
    let (later, open_later) = sum(&pools, |pool| pool.nodes_at_most());
    let bounded = cluster.has_unbounded_nodes() == Truth::No;
    // One pool is upgraded at a time.
    let added = pools.iter().filter_map(|pool| pool.surge(pool.nodes_at_most().ok()?).ok()).map(|surge| surge.least).max();
    let added = added.unwrap_or_default();
    let (nodes, words, level) = match () {
        () if now > most => (now, format!("{now} nodes"), Level::Error),
        () if bounded && later + added > most && added > 0 => {
            (later + added, format!("{later} nodes, and {added} more while it is upgraded,"), Level::Warning)
        }
        () if bounded && later > most => (later, format!("{later} nodes"), Level::Warning),
        () => {
            let unknown = open.or(open_later.filter(|_| bounded))?;
            let message = format!("cannot tell whether `{name}` has more than the {most} nodes that its outbound ports are enough for");
            return Some(of(cluster, message).undecided(Some(unknown), &format!("if there are more than {most} nodes: VNL221; else it passes")));
        }
    };
    let verb = if level == Level::Error { "has" } else { "may have" };
    let message = format!("`{name}` {verb} {words} with {ports} outbound ports each, and its public addresses are enough for {most}");
    let mut finding = of(cluster, message);
    finding.level = level;
    finding.steps.push(Step { message: format!("each node has {ports} ports"), span: cluster.span_of(&cluster::OUTBOUND_PORTS) });
    finding.steps.push(addresses.step);
    finding.steps.extend(pools.iter().map(|pool| Step { message: format!("its pool `{}`", pool.name()), span: pool.span() }));
    finding.objects.extend(pools.iter().map(|pool| pool.address().clone()));
    let needed = (nodes * ports + PORTS - 1) / PORTS;
    let fewer = PORTS * addresses.count / nodes / 8 * 8;
    finding.help = Some(in_words_of(
        cluster,
        &format!("`managed_outbound_ip_count = {needed}`, or `outbound_ports_allocated = {fewer}`"),
        &format!("`managedOutboundIPs: {{ count: {needed} }}`, or `allocatedOutboundPorts: {fewer}`"),
    ));
    finding.why = Some("a public address has 64000 ports; AKS refuses the node that is one too many".into());
    Some(finding)
}

fn of(cluster: Place, message: String) -> Finding {
    RULE.finding(cluster.span_of(&cluster::OUTBOUND_PORTS), message).about(cluster)
}

/// The sum over all pools of what is known, and what is not.
fn sum<'n>(pools: &[Place<'n>], nodes: impl Fn(Place<'n>) -> Result<i64, Unknown>) -> (i64, Option<Unknown>) {
    let (mut sum, mut open) = (0, None);
    for pool in pools {
        match nodes(*pool) {
            Ok(nodes) => sum += nodes,
            Err(unknown) => open = open.or(Some(unknown)),
        }
    }
    (sum, open)
}

fn addresses(cluster: Place) -> Result<Addresses, Unknown> {
    let (own, open) = cluster.get_all(&cluster::OUTBOUND_IPS);
    let (_, open_prefixes) = cluster.get_all(&cluster::OUTBOUND_PREFIXES);
    if let Some(unknown) = open.or(open_prefixes) {
        return Err(unknown);
    }
    let prefixes = cluster.follow(&cluster::CLUSTER_TO_OUTBOUND_PREFIX);
    let (count, field) = match (own.len(), prefixes.is_empty()) {
        (0, true) => (cluster.number(&cluster::OUTBOUND_IP_COUNT)?.unwrap_or(1), &cluster::OUTBOUND_IP_COUNT),
        (0, false) => {
            let mut count = 0;
            for prefix in &prefixes {
                count += of_prefix(cluster, &prefix.end)?;
            }
            (count, &cluster::OUTBOUND_PREFIXES)
        }
        (own, _) => (i64::try_from(own).unwrap_or(i64::MAX / PORTS), &cluster::OUTBOUND_IPS),
    };
    let words = if count == 1 { "1 public address".to_string() } else { format!("{count} public addresses") };
    let by_default = if cluster.is_written(field) { "" } else { ", which AKS takes where no number is written" };
    Ok(Addresses { count, step: Step { message: format!("the load balancer has {words}{by_default}"), span: cluster.span_of(field) } })
}

/// How many of a cluster's addresses a prefix holds.
fn of_prefix(cluster: Place, end: &End) -> Result<i64, Unknown> {
    let (length, name) = match end {
        End::Place(prefix) => (prefix.number(&public_ip::PREFIX_LENGTH)?, prefix.name()),
        End::Unknown(unknown) => return Err(unknown.clone()),
        End::Outside(id) => (None, id.clone()),
    };
    match length {
        Some(length) if (0..=32).contains(&length) => Ok(1 << (32 - length)),
        _ => Err(Unknown::new(cluster.root(), format!("the length of {name}"), Reason::Data)),
    }
}

/// azurerm takes addresses of one kind only.
fn two_kinds(cluster: Place) -> Option<Finding> {
    let some = |field| !cluster.get_all(field).0.is_empty();
    let kinds = [
        (cluster.is_written(&cluster::OUTBOUND_IP_COUNT) && matches!(cluster.number(&cluster::OUTBOUND_IP_COUNT), Ok(Some(_))), "managed_outbound_ip_count"),
        (some(&cluster::OUTBOUND_IPS), "outbound_ip_address_ids"),
        (some(&cluster::OUTBOUND_PREFIXES), "outbound_ip_prefix_ids"),
    ];
    let set: Vec<&str> = kinds.into_iter().filter(|(set, _)| *set).map(|(_, name)| name).collect();
    let [first, second, ..] = set.as_slice() else { return None };
    if !cluster.is_terraform() {
        return None;
    }
    let field = if *first == "managed_outbound_ip_count" { &cluster::OUTBOUND_IP_COUNT } else { &cluster::OUTBOUND_IPS };
    let message = format!("`{}` sets both `{first}` and `{second}`, and azurerm takes only one of them", cluster.name());
    let mut finding = RULE.finding(cluster.span_of(field), message).about(cluster);
    finding.help = Some(format!("leave out `{first}` or `{second}`"));
    finding.why = Some("the provider refuses a load balancer with public addresses of two kinds".into());
    Some(finding)
}
