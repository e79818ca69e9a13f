//! See the rule's page below.

use super::{Confidence, Finding, Level, Settings, Step};
use crate::azure::{cluster, security_group, virtual_network};
use crate::network::{Decision, Flow, Group, Network, Place};
use crate::value::{Cidr, Unknown};

rule! {
    /// The network security group of a node subnet drops traffic that the cluster needs inside its network.
    ///
    /// Nodes talk to nodes on every port, and AKS does not support that this is blocked: nodes turn NotReady, the DNS of the cluster
    /// times out, upgrades hang. The usual culprit is a deny-all rule with a number below 65000, meant for the internet, that comes
    /// before Azure's own rule that lets the VNet talk to itself.
    ///
    /// Let the node subnet talk to itself before the rule that denies. In Terraform an `azurerm_network_security_rule` with
    /// `access = "Allow"`, `protocol = "*"`, the subnet's range as source and destination and a smaller `priority`; in Bicep an entry
    /// of `securityRules` that says the same. Or take the rule away: Azure's own last rule denies what comes in from the internet.
    /// Rules that name application security groups leave the question open.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.1.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.1.0.0/22"]
    /// }
    ///
    /// resource "azurerm_network_security_group" "nodes" {
    ///   name                = "nodes"
    ///   resource_group_name = "net"
    ///
    ///   security_rule {
    ///     name                       = "deny-all"
    ///     priority                   = 4096
    ///     direction                  = "Inbound"
    ///     access                     = "Deny" # expect: VNL210
    ///     protocol                   = "*"
    ///     source_port_range          = "*"
    ///     destination_port_range     = "*"
    ///     source_address_prefix      = "*"
    ///     destination_address_prefix = "*"
    ///   }
    /// }
    ///
    /// resource "azurerm_subnet_network_security_group_association" "nodes" {
    ///   subnet_id                 = azurerm_subnet.nodes.id
    ///   network_security_group_id = azurerm_network_security_group.nodes.id
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource group 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
    ///   name: 'nodes'
    ///   properties: {
    ///     securityRules: [
    ///       {
    ///         name: 'deny-all'
    ///         properties: {
    ///           priority: 4096
    ///           direction: 'Inbound'
    ///           access: 'Deny' // expect: VNL210
    ///           protocol: '*'
    ///           sourcePortRange: '*'
    ///           destinationPortRange: '*'
    ///           sourceAddressPrefix: '*'
    ///           destinationAddressPrefix: '*'
    ///         }
    ///       }
    ///     ]
    ///   }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: {
    ///       addressPrefix: '10.1.0.0/22'
    ///       networkSecurityGroup: { id: group.id }
    ///     }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-cni-overview> and
    /// <https://learn.microsoft.com/azure/aks/outbound-rules-control-egress>
    VNL210 "nsg-denies-required-cluster-traffic", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in network.made(&cluster::CLUSTER) {
        let mut subnets: Vec<Place> = cluster.node_subnets().iter().filter_map(|subnet| subnet.end.place()).collect();
        subnets.dedup();
        let mut asked: Vec<Place> = Vec::new();
        for subnet in subnets.iter().copied().filter(|subnet| subnet.is_made()) {
            if asked.contains(&subnet) {
                continue;
            }
            asked.push(subnet);
            findings.extend(of_subnet(cluster, subnet, &subnets));
        }
    }
}

/// What a group does with what the nodes of a subnet and of all node subnets say to each other.
fn of_subnet(cluster: Place, subnet: Place, all: &[Place]) -> Option<Finding> {
    let Group::Is(group, step) = subnet.security_group() else { return None };
    let own: Vec<Cidr> = subnet.ranges(&virtual_network::PREFIXES).ok().filter(|own| !own.is_empty())?;
    let mut perhaps: Option<Option<Unknown>> = None;
    for peer in all {
        let Some(ranges) = peer.ranges(&virtual_network::PREFIXES).ok().filter(|ranges| !ranges.is_empty()) else { continue };
        for (inbound, protocol) in [(true, "Tcp"), (true, "Udp"), (false, "Tcp"), (false, "Udp")] {
            let flow = Flow { inbound, peer: "VirtualNetwork", protocol, ports: (0, u16::MAX) };
            match group.decides_on_ranges(flow, subnet, &ranges) {
                Decision::Allows => {}
                Decision::Unknown(unknown) => perhaps = perhaps.or(Some(unknown)),
                Decision::Denies(rule) => {
                    // The kubelet and DNS: without them a node is not Ready.
                    let vital = |port| group.decides_on_ranges(Flow { ports: (port, port), ..flow }, subnet, &ranges);
                    let in_part = [10250, 53].into_iter().all(|port| matches!(vital(port), Decision::Allows));
                    let (group_name, name) = (group.name(), cluster.name());
                    let denied = rule.map_or_else(|| "some ports".into(), ports);
                    let message = match in_part {
                        true => format!("network security group `{group_name}` denies {denied} between the nodes of `{name}`"),
                        false => format!("network security group `{group_name}` keeps the nodes of `{name}` from each other"),
                    };
                    let mut finding = of(cluster, subnet, group, rule.map_or(group.span(), |rule| rule.span_of(&security_group::ACCESS)), message);
                    if in_part {
                        finding.level = Level::Warning;
                        finding.confidence = Confidence::Medium;
                        finding.why = Some("AKS supports no denied port between nodes; what a service or a probe uses there fails".into());
                    }
                    let (from, to) = if inbound { (shown(&ranges), shown(&own)) } else { (shown(&own), shown(&ranges)) };
                    let what = if inbound { "comes in" } else { "goes out" };
                    if let Some(rule) = rule {
                        let message = format!("this rule denies what {what} from {from} to {to}, before the rule that lets the VNet talk to itself");
                        finding.steps.push(Step { message, span: rule.span_of(&security_group::ACCESS) });
                        finding.objects.push(rule.address().clone());
                    }
                    finding.steps.push(Step { message: format!("`{}` has the group", subnet.name()), span: step.span });
                    let traffic = if in_part { &denied } else { "all traffic" };
                    finding.help = Some(format!("allow {traffic} from {from} to {to} by a rule with a smaller priority number, or take the rule away"));
                    return Some(finding);
                }
            }
        }
    }
    let unknown = perhaps?;
    let message = format!("cannot tell whether network security group `{}` lets the nodes of `{}` talk to each other", group.name(), cluster.name());
    let finding = of(cluster, subnet, group, step.span, message);
    Some(finding.undecided(unknown, "if a rule denies it before one allows it: VNL210; else it passes"))
}

fn of(cluster: Place, subnet: Place, group: Place, place: crate::source::Span, message: String) -> Finding {
    let mut finding = RULE.finding(place, message).about(cluster);
    finding.objects.extend([subnet.address().clone(), group.address().clone()]);
    finding.why = Some("AKS needs every port between nodes: without it they turn NotReady and the cluster's DNS fails".into());
    finding
}

/// The ports that a rule speaks of, in a sentence: `port 22`, `ports 22 and 3389`.
fn ports(rule: Place) -> String {
    let range = |(from, to): &(u16, u16)| if from == to { from.to_string() } else { format!("{from}-{to}") };
    match &rule.ports().0[..] {
        [(from, to)] if from == to => format!("port {from}"),
        [one] if *one != (0, u16::MAX) => format!("ports {}", range(one)),
        [all @ .., last] if !all.is_empty() && all.len() < 4 => {
            format!("ports {} and {}", all.iter().map(range).collect::<Vec<_>>().join(", "), range(last))
        }
        _ => "some ports".into(),
    }
}

fn shown(ranges: &[Cidr]) -> String {
    ranges.iter().map(|range| format!("`{}`", range.net())).collect::<Vec<_>>().join(", ")
}
