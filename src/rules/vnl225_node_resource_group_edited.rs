//! See the rule's page below.

use super::{Finding, Level, Settings, Step};
use crate::azure::{Type, dns, identity, public_ip, security_group};
use crate::network::{Network, NodeGroup, Place, Step as Tie};
use crate::value::Truth;

rule! {
    /// The code makes something in the resource group that AKS makes for the nodes of a cluster.
    ///
    /// The group belongs to AKS: it makes the group together with the cluster, changes what is in it at every upgrade and scaling, and
    /// deletes all of it with the cluster. A load balancer rule or a route that somebody else writes there is gone one day, or stops
    /// the next upgrade, and Microsoft does not support the cluster any more.
    ///
    /// Make it in a resource group of your own. In Terraform write your own group in `resource_group_name`, not
    /// `azurerm_kubernetes_cluster.….node_resource_group`; in Bicep deploy it without a `scope: resourceGroup(…)` of that group. For a
    /// public address in a group of your own, give the cluster's identity `Network Contributor` on the group and name the group in
    /// the service's annotation `service.beta.kubernetes.io/azure-load-balancer-resource-group`.
    ///
    /// A public address or an identity there changes nothing that AKS made, and is a note: it goes away with the cluster. Nothing is
    /// said of role assignments, of links of the private DNS zone that AKS keeps there, nor of what is only read. Where the resource
    /// group is not known nothing is said either. VNL211 speaks of network security groups.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "app"
    ///   location            = "westeurope"
    /// }
    ///
    /// resource "azurerm_route_table" "nodes" { # expect: VNL225
    ///   name                = "nodes"
    ///   resource_group_name = azurerm_kubernetes_cluster.aks.node_resource_group
    ///   location            = "westeurope"
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   location: 'westeurope'
    ///   properties: { nodeResourceGroup: 'app-nodes' }
    /// }
    ///
    /// module nodes 'br/public:avm/res/network/route-table:0.5.0' = { // expect: VNL225
    ///   name: 'nodes'
    ///   scope: resourceGroup('app-nodes')
    ///   params: { name: 'nodes', location: 'westeurope' }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/support-policies> and <https://learn.microsoft.com/azure/aks/faq>
    VNL225 "node-resource-group-edited", Warning High, since "0.2.0"
}

/// What stands beside the things of AKS and changes none of them.
static BESIDE: [&Type; 3] = [&public_ip::PUBLIC_IP, &public_ip::PUBLIC_IP_PREFIX, &identity::IDENTITY];

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for (place, group) in network.made_in_node_groups() {
        // The zone that AKS makes lies there, and whoever wants to resolve its names links it.
        if place.kind() != &dns::ZONE_LINK {
            findings.push(made(place, group));
        }
    }
    for (subnet, group, tie) in network.given_to_managed_subnets() {
        if !tie.end.place().is_some_and(|end| end.kind() == &security_group::SECURITY_GROUP) {
            findings.push(given(subnet, group, &tie));
        }
    }
}

fn made(place: Place, group: NodeGroup) -> Finding {
    let (noun, name) = (place.kind().noun, place.name());
    let message = format!("{noun} `{name}` is made in {}", group.words());
    let mut finding = RULE.finding(place.span(), message).about(place).in_node_group(place, group);
    finding.help = Some(format!("make the {noun} in a resource group of your own"));
    finding.why = Some("AKS changes what is in this group, and deletes all of it with the cluster".into());
    if BESIDE.contains(&place.kind()) {
        finding.level = Level::Note;
        finding.why = Some("AKS deletes all of this group with the cluster".into());
    }
    finding
}

/// A route table or a NAT gateway for a subnet that AKS made.
fn given(subnet: Place, group: NodeGroup, tie: &Tie) -> Finding {
    let noun = tie.end.place().map_or("something", |end| end.kind().noun);
    let message = format!("subnet `{}` of {} gets a {noun}", subnet.name(), group.words());
    let steps = vec![Step { message: format!("this gives the subnet its {noun}"), span: tie.span }];
    let finding = RULE.finding(tie.span, message).about(subnet);
    let mut finding = Finding { steps, ..finding }.in_node_group(subnet, group);
    // Another block that gives this subnet something is another cause.
    finding.objects = vec![tie.drawn_by.clone()];
    finding.help = Some("give the cluster a subnet of your own, by `vnet_subnet_id` or `vnetSubnetID`, and write to that".into());
    finding.why = Some("AKS made this subnet, and changes it as it needs".into());
    match tie.exists {
        Truth::Yes => finding,
        _ => finding.undecided(tie.value.first_hole().map(|hole| hole.unknown()), "if it is made: VNL225; else it passes"),
    }
}
