//! See the rule's page below.

use super::finding::in_words_of;
use super::{Finding, Level, Settings, Step};
use crate::azure::{cluster, virtual_network};
use crate::network::{Load, Network, NetworkModel, Place, Room, length_for};
use crate::value::{Truth, Unknown};

rule! {
    /// The subnet of a cluster's nodes has too few addresses for them and their pods.
    ///
    /// With flat Azure CNI every node takes an address for itself and one for each pod that it may run, all at once when it
    /// boots; with overlay, kubenet and pod subnets it takes one. An upgrade needs as many again for the nodes that it adds. Azure
    /// keeps five addresses of each range, and what else stands in the subnet takes its own. Without enough of them the cluster
    /// cannot be made (`InsufficientSubnetSize`), or later can neither grow nor be upgraded; and a subnet that is in use cannot be
    /// made larger.
    ///
    /// Give the subnet a larger range, let pools have fewer nodes or fewer pods a node, or use Azure CNI Overlay. In Terraform
    /// `address_prefixes = ["10.1.0.0/21"]`, `max_pods`, or `network_plugin_mode = "overlay"`; in Bicep `addressPrefix`, `maxPods`,
    /// or `networkPluginMode: 'overlay'`.
    ///
    /// It is an error where the nodes that a cluster begins with do not fit, a warning where the largest size with the upgrade of
    /// one pool does not, and a note where all pools cannot be upgraded at once. All clusters in a subnet are counted together.
    /// A range from an IPAM pool is not reported.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = "spoke"
    ///   address_prefixes     = ["10.1.0.0/24"] # expect: VNL162
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     node_count     = 10
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    ///   network_profile {
    ///     network_plugin = "azure"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: {
    ///       addressPrefix: '10.1.0.0/24' // expect: VNL162
    ///     }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', count: 10, vnetSubnetID: spoke::nodes.id } ]
    ///     networkProfile: { networkPlugin: 'azure' }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning>,
    /// <https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-codes/insufficientsubnetsize-error-advanced-networking>,
    /// Cloud Adoption Framework: plan the size of the subnet so that the cluster can scale
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL162 "cni-subnet-too-small", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.subnets_of(&cluster::POOL_TO_SUBNET).into_iter().filter_map(found));
}

/// The addresses that the pools in a subnet need, as far as is known.
struct Needs {
    now: u64,
    /// At most size, without an upgrade.
    most: u64,
    /// For the upgrade of the pool that takes most.
    one: u64,
    /// For the upgrade of all pools.
    all: u64,
    unknown: Option<Unknown>,
}

fn needs(loads: &[Load], open: Option<Unknown>) -> Needs {
    let mut needs = Needs { now: 0, most: 0, one: 0, all: 0, unknown: open };
    for load in loads {
        let mut known = |of: Result<u64, Unknown>| {
            of.unwrap_or_else(|unknown| {
                needs.unknown.get_or_insert(unknown);
                0
            })
        };
        let (now, most) = (known(load.needs_now()), known(load.needs_at_most()));
        let upgrade = known(load.needs_for_upgrade().map(|(least, _)| least));
        let at_once = known(load.needs_for_upgrade().map(|(_, most)| most));
        if load.model.is_none() {
            needs.unknown = needs.unknown.or_else(|| load.cluster.network_model().err());
        }
        needs.now += now;
        needs.most += most.max(now);
        needs.one = needs.one.max(upgrade);
        needs.all += at_once;
    }
    needs
}

fn found(subnet: Place) -> Option<Finding> {
    let (loads, open) = subnet.node_loads();
    let first = loads.first()?;
    if subnet.exists() != Truth::Yes || loads.iter().any(|load| load.cluster.has_unbounded_nodes() != Truth::No) {
        return None;
    }
    let (shown, needs) = (subnet.name(), needs(&loads, open));
    let names = names(&loads);
    let of_subnet = |message: String| {
        let place = if subnet.is_made() { subnet.span_of(&virtual_network::PREFIXES) } else { first.span };
        let mut finding = RULE.finding(place, message).about(first.cluster);
        finding.objects.push(subnet.address().clone());
        finding.objects.extend(loads.iter().flat_map(|load| [load.cluster.address().clone(), load.pool.address().clone()]));
        finding
    };
    let (pools, _) = subnet.get_all(&virtual_network::SUBNET_POOLS);
    let room = match subnet.room() {
        Ok(room) if room.ranges.is_empty() => return None,
        Ok(room) => room,
        Err(unknown) if subnet.is_made() && pools.is_empty() => {
            let message = format!("cannot tell whether `{shown}` has room for {names}, which needs {} addresses", needs.most + needs.one);
            let effect = format!("if its range leaves fewer than {} addresses: VNL162; else it passes", needs.most + needs.one);
            return Some(of_subnet(message).undecided(Some(unknown), &effect));
        }
        Err(_) => return None,
    };
    let left = room.usable.saturating_sub(u64::try_from(room.others.len()).unwrap_or(0));
    let ranges = room.ranges.iter().map(|range| range.text.as_str()).collect::<Vec<_>>().join(" and ");
    let (level, message, wanted) = if needs.now > left {
        (Level::Error, format!("`{shown}` ({ranges}) has {left} addresses to give, and {names} needs {} from the beginning", needs.now), needs.now)
    } else if needs.most + needs.one > left {
        let message = match needs.most > left {
            true => format!("`{shown}` ({ranges}) has {left} addresses to give, and {names} needs {} at its largest", needs.most),
            false => format!(
                "`{shown}` ({ranges}) has {left} addresses to give, and {names} needs {} at its largest and {} more to be upgraded then",
                needs.most, needs.one
            ),
        };
        (Level::Warning, message, needs.most + needs.one)
    } else if let Some(unknown) = needs.unknown {
        let message = format!("cannot tell whether `{shown}` ({ranges}) has enough addresses for {names}");
        let effect = format!("if nodes, pods and one upgrade need more than {left} addresses: VNL162; else it passes");
        return Some(of_subnet(message).undecided(Some(unknown), &effect));
    } else if needs.most + needs.all > left {
        let message = format!(
            "`{shown}` ({ranges}) has {left} addresses to give, and {names} needs {} at its largest and {} more to upgrade all pools at once",
            needs.most, needs.all
        );
        (Level::Note, message, needs.most + needs.all)
    } else {
        return None;
    };
    let mut finding = of_subnet(message);
    finding.level = level;
    finding.steps.extend(loads.iter().map(|load| step(load, level)));
    finding.steps.extend(of_room(subnet, &room, left));
    let wanted = wanted.max(needs.most + needs.one) + u64::try_from(room.others.len()).unwrap_or(0);
    let larger = length_for(wanted).map_or("a larger range".to_string(), |length| format!("a `/{length}`"));
    let flat = loads.iter().any(|load| load.model == Some(NetworkModel::NodeSubnet));
    let overlay = in_words_of(first.cluster, "`network_plugin_mode = \"overlay\"`", "`networkPluginMode: 'overlay'`");
    let overlay = if flat { format!(", or write {overlay}, with which pods take none of its addresses") } else { String::new() };
    finding.help = Some(format!("give `{shown}` {larger} or more, or its pools fewer nodes{overlay}"));
    finding.why = Some("a node that finds no addresses does not start, and a subnet in use cannot be made larger".into());
    Some(finding)
}

/// `aks-app`, or several clusters in a sentence.
fn names(loads: &[Load]) -> String {
    let mut names: Vec<String> = loads.iter().map(|load| format!("`{}`", load.cluster.name())).collect();
    names.dedup();
    match names.as_slice() {
        [only] => only.clone(),
        _ => format!("all of {}", names.join(" and ")),
    }
}

/// What one pool takes.
fn step(load: &Load, level: Level) -> Step {
    let pool = load.pool.name();
    let nodes = if level == Level::Error { &load.now } else { &load.most };
    let when = if level == Level::Error { "from the beginning" } else { "at its largest" };
    let message = match (nodes, load.each()) {
        (Ok(nodes), Ok(each)) => format!("pool `{pool}` takes {} {when}: {}", nodes * each, load.sum(*nodes)),
        _ => format!("pool `{pool}` takes some of its addresses, nobody knows how many"),
    };
    Step { message, span: load.span }
}

/// What the subnet has.
fn of_room(subnet: Place, room: &Room, left: u64) -> Vec<Step> {
    let mut steps = Vec::new();
    if let Some(other) = room.others.first() {
        let message = format!("{} addresses are taken by `{}` and the like", room.others.len(), other.name());
        steps.push(Step { message, span: other.span() });
    }
    let message = format!("`{}` has {left} to give; Azure keeps five of each range", subnet.name());
    steps.push(Step { message, span: subnet.span_of(&virtual_network::PREFIXES) });
    steps
}
