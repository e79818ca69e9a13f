//! See the rule's page below.

use super::finding::in_words_of;
use super::{Finding, Level, Settings, Step};
use crate::azure::{cluster, virtual_network};
use crate::network::{Load, Network, Place, length_for};
use crate::value::{Truth, Unknown};

rule! {
    /// The subnet that the pods of a cluster have their addresses from is too small for its nodes.
    ///
    /// Each node keeps addresses of the pod subnet for itself in blocks of 16: one block when it boots, and more as its pods
    /// need them. With `StaticBlock` it takes blocks for all its pods at once. In a small subnet a further node gets none, though
    /// most of those that are kept are in use by nobody. The nodes themselves need a subnet of their own, and so do pools that
    /// keep blocks beside pools that do not.
    ///
    /// Give the pods a larger subnet, as in `address_prefixes = ["10.2.0.0/20"]` in Terraform and `addressPrefix: '10.2.0.0/20'` in
    /// Bicep. With `podIPAllocationMode: 'StaticBlock'`, a `maxPods` of 16 times a number less 1 leaves no address of a block
    /// unused: 31, 63, 127.
    ///
    /// It is an error where the nodes that a cluster begins with do not fit, a warning where the largest size with an upgrade does
    /// not, and a note where all nodes cannot run all the pods that they may.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = "spoke"
    ///   address_prefixes     = ["10.1.0.0/24"]
    /// }
    ///
    /// resource "azurerm_subnet" "pods" {
    ///   name                 = "pods"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = "spoke"
    ///   address_prefixes     = ["10.1.1.0/26"] # expect: VNL164
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     node_count     = 5
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///     pod_subnet_id  = azurerm_subnet.pods.id
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
    ///     properties: { addressPrefix: '10.1.0.0/24' }
    ///   }
    ///   resource pods 'subnets' = {
    ///     name: 'pods'
    ///     properties: {
    ///       addressPrefix: '10.1.1.0/26' // expect: VNL164
    ///     }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [
    ///       { name: 'system', count: 5, vnetSubnetID: spoke::nodes.id, podSubnetID: spoke::pods.id }
    ///     ]
    ///     networkProfile: { networkPlugin: 'azure' }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-pod-subnet>
    VNL164 "pod-subnet-too-small", Warning Medium, since "0.2.0"
}

/// The addresses of a block.
const BLOCK: i64 = 16;

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for subnet in network.subnets_of(&cluster::POOL_TO_POD_SUBNET) {
        let (loads, open) = subnet.pod_loads();
        if subnet.exists() != Truth::Yes || loads.is_empty() {
            continue;
        }
        match shared(subnet, &loads).or_else(|| size(subnet, &loads, open)) {
            Some(finding) => findings.push(finding),
            None => findings.extend(loads.iter().filter_map(|load| wasted(subnet, load))),
        }
    }
}

fn of(subnet: Place, load: &Load, message: String) -> Finding {
    let place = if subnet.is_made() { subnet.span_of(&virtual_network::PREFIXES) } else { load.span };
    let mut finding = RULE.finding(place, message).about(load.cluster);
    finding.objects.extend([subnet.address().clone(), load.pool.address().clone()]);
    finding
}

fn is_static(load: &Load) -> Truth {
    load.pool.is(&cluster::POD_IP_ALLOCATION, "StaticBlock")
}

/// The subnet is also one of nodes, or of pools that do not go together.
fn shared(subnet: Place, loads: &[Load]) -> Option<Finding> {
    let first = loads.first()?;
    let (nodes, _) = subnet.node_loads();
    let shown = subnet.name();
    if let Some(load) = nodes.first() {
        let message = format!("`{shown}` is the subnet of both the pods of `{}` and the nodes of `{}`", first.pool.name(), load.pool.name());
        let mut finding = RULE.finding(first.span, message).about(first.cluster);
        finding.level = Level::Error;
        finding.objects.extend([subnet.address().clone(), load.pool.address().clone()]);
        finding.steps.push(Step { message: format!("pods of `{}` have addresses of `{shown}`", first.pool.name()), span: first.span });
        finding.steps.push(Step { message: format!("nodes of `{}` stand in it", load.pool.name()), span: load.span });
        finding.help = Some("give the pods a subnet of their own in the same VNet".into());
        finding.why = Some("AKS keeps a pod subnet for pods, and refuses one in which nodes stand".into());
        return Some(finding);
    }
    let blocks = loads.iter().find(|load| is_static(load) == Truth::Yes)?;
    let others = loads.iter().find(|load| is_static(load) == Truth::No)?;
    let message = format!("`{shown}` gives blocks to pool `{}` and single addresses to pool `{}`", blocks.pool.name(), others.pool.name());
    let mut finding = of(subnet, blocks, message);
    finding.level = Level::Error;
    finding.objects.push(others.pool.address().clone());
    finding.steps.push(Step { message: format!("pool `{}` takes blocks of it", blocks.pool.name()), span: blocks.span });
    finding.steps.push(Step { message: format!("pool `{}` does not", others.pool.name()), span: others.span });
    finding.help = Some("give each of the two a pod subnet of its own".into());
    finding.why = Some("one pod subnet is for one mode of allocation".into());
    Some(finding)
}

/// The addresses that each node of a pool takes: at first, and with all its pods.
fn each(load: &Load) -> Result<(i64, i64), Unknown> {
    let pods = load.pods.clone()?.unwrap_or(0);
    match is_static(load) {
        Truth::Yes => Ok((blocks(pods + 1), blocks(pods + 1))),
        _ => Ok((BLOCK, blocks(pods))),
    }
}

/// So many addresses in whole blocks.
fn blocks(addresses: i64) -> i64 {
    (addresses + BLOCK - 1).div_euclid(BLOCK) * BLOCK
}

fn size(subnet: Place, loads: &[Load], open: Option<Unknown>) -> Option<Finding> {
    let first = loads.first()?;
    let shown = subnet.name();
    let (mut now, mut most, mut full, mut upgrade, mut unknown) = (0, 0, 0, 0, open);
    for load in loads {
        let counted = each(load).and_then(|each| Ok((each, load.now.clone()?)));
        match counted {
            Ok(((at_first, with_pods), nodes)) => {
                now += nodes * at_first;
                let largest = load.most.clone().unwrap_or(nodes).max(nodes);
                most += largest * at_first;
                full += largest * with_pods;
                upgrade = upgrade.max(load.surge.clone().map_or(0, |surge| surge.least) * at_first);
                unknown = unknown.or_else(|| load.most.clone().err());
            }
            Err(open) => unknown = unknown.or(Some(open)),
        }
    }
    let (pools, _) = subnet.get_all(&virtual_network::SUBNET_POOLS);
    let room = match subnet.room() {
        Ok(room) if room.ranges.is_empty() => return None,
        Ok(room) => room,
        Err(unknown) if subnet.is_made() && pools.is_empty() => {
            let message = format!("cannot tell whether pod subnet `{shown}` has the {} addresses that the nodes of `{}` take", most + upgrade, first.cluster.name());
            let effect = format!("if its range leaves fewer than {} addresses: VNL164; else it passes", most + upgrade);
            return Some(of(subnet, first, message).undecided(Some(unknown), &effect));
        }
        Err(_) => return None,
    };
    let left = i64::try_from(room.usable).unwrap_or(i64::MAX).saturating_sub(i64::try_from(room.others.len()).unwrap_or(0));
    let ranges = room.ranges.iter().map(|range| range.text.as_str()).collect::<Vec<_>>().join(" and ");
    let name = first.cluster.name();
    let start = format!("pod subnet `{shown}` ({ranges}) has {left} addresses to give, and the nodes of `{name}` take");
    let (level, message, wanted) = if now > left {
        (Level::Error, format!("{start} {now} from the beginning"), most + upgrade)
    } else if most + upgrade > left {
        (Level::Warning, format!("{start} {} at its largest while it is upgraded", most + upgrade), most + upgrade)
    } else if let Some(unknown) = unknown {
        let message = format!("cannot tell whether pod subnet `{shown}` ({ranges}) has enough addresses for `{name}`");
        let effect = format!("if its nodes, {BLOCK} addresses each, take more than {left}: VNL164; else it passes");
        return Some(of(subnet, first, message).undecided(Some(unknown), &effect));
    } else if full > left {
        (Level::Note, format!("{start} {full} when all of them run all the pods that they may"), full)
    } else {
        return None;
    };
    let mut finding = of(subnet, first, message);
    finding.level = level;
    for load in loads {
        let nodes = if level == Level::Error { &load.now } else { &load.most };
        let (Ok(nodes), Ok((at_first, with_pods))) = (nodes, each(load)) else { continue };
        let each = if level == Level::Note { with_pods } else { at_first };
        let message = format!("pool `{}` takes {}: {nodes} nodes x {each}", load.pool.name(), nodes * each);
        finding.steps.push(Step { message, span: load.span });
    }
    let span = subnet.span_of(&virtual_network::PREFIXES);
    finding.steps.push(Step { message: format!("`{shown}` has {left} to give; Azure keeps five of each range"), span });
    let wanted = u64::try_from(wanted).unwrap_or(0);
    let larger = length_for(wanted).map_or("a larger range".to_string(), |length| format!("a `/{length}`"));
    finding.help = Some(format!("give `{shown}` {larger} or more, or its pools fewer nodes"));
    finding.why = Some("a node that finds no block of 16 addresses runs no pods".into());
    Some(finding)
}

/// Blocks of which a node leaves addresses unused.
fn wasted(subnet: Place, load: &Load) -> Option<Finding> {
    let pods = load.pods.clone().ok().flatten().filter(|_| is_static(load) == Truth::Yes)?;
    if (pods + 1) % BLOCK == 0 {
        return None;
    }
    let (pool, best) = (load.pool.name(), blocks(pods + 1) - 1);
    let message = format!("each node of `{pool}` keeps {} addresses of `{}` for {pods} pods", blocks(pods + 1), subnet.name());
    let mut finding = RULE.finding(load.pool.span_of(&cluster::MAX_PODS), message).about(load.cluster);
    finding.level = Level::Note;
    finding.objects.extend([subnet.address().clone(), load.pool.address().clone()]);
    finding.steps.push(Step { message: format!("pool `{pool}` takes blocks of 16 addresses"), span: load.pool.span_of(&cluster::POD_IP_ALLOCATION) });
    finding.help = Some(format!("write {}", in_words_of(load.pool, &format!("`max_pods = {best}`"), &format!("`maxPods: {best}`"))));
    finding.why = Some("blocks are kept whole, and the node itself needs one address of them".into());
    Some(finding)
}
