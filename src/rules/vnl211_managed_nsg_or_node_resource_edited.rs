//! See the rule's page below.

use super::{Confidence, Finding, Settings, Step};
use crate::azure::{security_group as group, virtual_network};
use crate::network::{Network, Place, Step as Tie};
use crate::value::Truth;

rule! {
    /// The code writes to a network security group that AKS manages.
    ///
    /// AKS makes a security group for the interfaces of its nodes, in the resource group that it makes for the cluster, and writes the
    /// rules of your `LoadBalancer` services into it. A rule that somebody else writes there is taken out again, or it blocks traffic
    /// that the cluster needs, and Microsoft does not support the cluster any more.
    ///
    /// Filter at a security group on your own node subnet, with network policies inside the cluster, and with
    /// `loadBalancerSourceRanges` on a service. In Terraform take out the `azurerm_network_security_rule` or the association whose
    /// `resource_group_name` is `azurerm_kubernetes_cluster.….node_resource_group`; in Bicep give no `securityRules` to an `existing`
    /// group of AKS, and deploy no security group to its resource group.
    ///
    /// To read the group, by a `data` source or as `existing`, is fine. Nothing is said where the resource group is not known. A group
    /// is taken for one of AKS by its resource group, or because it has the name that AKS gives it: `aks-agentpool-…-nsg`.
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
    /// resource "azurerm_network_security_rule" "ssh" { # expect: VNL211
    ///   name                        = "ssh"
    ///   resource_group_name         = azurerm_kubernetes_cluster.aks.node_resource_group
    ///   network_security_group_name = "aks-agentpool-12345678-nsg"
    ///   priority                    = 200
    ///   direction                   = "Inbound"
    ///   access                      = "Allow"
    ///   protocol                    = "Tcp"
    ///   source_address_prefix       = "10.0.0.0/8"
    ///   source_port_range           = "*"
    ///   destination_address_prefix  = "*"
    ///   destination_port_range      = "22"
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource managed 'Microsoft.Network/networkSecurityGroups@2024-05-01' existing = {
    ///   name: 'aks-agentpool-12345678-nsg'
    /// }
    ///
    /// resource ssh 'Microsoft.Network/networkSecurityGroups/securityRules@2024-05-01' = { // expect: VNL211
    ///   parent: managed
    ///   name: 'ssh'
    ///   properties: {
    ///     priority: 200
    ///     direction: 'Inbound'
    ///     access: 'Allow'
    ///     protocol: 'Tcp'
    ///     sourceAddressPrefix: '10.0.0.0/8'
    ///     sourcePortRange: '*'
    ///     destinationAddressPrefix: '*'
    ///     destinationPortRange: '22'
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/support-policies> and
    /// <https://learn.microsoft.com/azure/aks/concepts-network-cni-overview>
    VNL211 "managed-nsg-or-node-resource-edited", Warning High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for (place, of) in network.made_in_node_groups() {
        let message = match place.kind() {
            kind if kind == &group::SECURITY_RULE => written(place, &of.words()),
            kind if kind == &group::SECURITY_GROUP => {
                format!("network security group `{}` is made in {}", place.name(), of.words())
            }
            _ => continue,
        };
        findings.push(about(place, message).in_node_group(place, of));
    }
    findings.extend(network.made(&group::SECURITY_RULE).into_iter().filter_map(by_name));
    for (subnet, of, tie) in network.given_to_managed_subnets() {
        if tie.end.place().is_some_and(|end| end.kind() == &group::SECURITY_GROUP) {
            let message = format!("subnet `{}` of {} gets a network security group", subnet.name(), of.words());
            findings.push(drawn(about(subnet, message), &tie).in_node_group(subnet, of));
        }
    }
    for subnet in network.all(&virtual_network::SUBNET).into_iter().filter(|subnet| subnet.node_group().is_none()) {
        findings.extend(subnet.follow(&group::SUBNET_TO_SECURITY_GROUP).iter().filter_map(|tie| shared(subnet, tie)));
    }
}

/// A rule in a group that is only known by the name that AKS gives such groups.
fn by_name(rule: Place) -> Option<Finding> {
    let name = rule.id()?.names.first()?.as_literal()?;
    if !is_name_of_aks(name) || rule.node_group().is_some() || rule.parent().is_some_and(|of| of.is_made()) {
        return None;
    }
    let mut finding = about(rule, written(rule, "AKS, by its name"));
    finding.confidence = Confidence::Medium;
    finding.steps.push(Step { message: format!("AKS calls its own groups like `{name}`"), span: rule.span() });
    Some(match rule.exists() {
        Truth::Yes => finding,
        _ => finding.undecided(rule.decides().cloned(), "if it is made: VNL211; else it passes"),
    })
}

/// A subnet of the user's own gets the group that AKS manages.
fn shared(subnet: Place, tie: &Tie) -> Option<Finding> {
    let managed = tie.end.place().filter(|managed| !managed.is_made())?;
    let of = managed.node_group();
    if of.is_none() && !is_name_of_aks(&managed.name()) {
        return None;
    }
    let message = format!("subnet `{}` gets network security group `{}`, which AKS manages", subnet.name(), managed.name());
    let mut finding = drawn(about(subnet, message), tie);
    finding.objects.push(managed.address().clone());
    match of {
        Some(of) => Some(finding.in_node_group(managed, of)),
        None => Some(Finding { confidence: Confidence::Medium, ..finding }),
    }
}

fn about(place: Place, message: String) -> Finding {
    let help = "take it out; filter at a network security group on your own node subnet, with network policies, or with `loadBalancerSourceRanges` on the service";
    let why = "AKS writes this group itself: what others write is taken out again, or blocks what the cluster needs";
    Finding { help: Some(help.into()), why: Some(why.into()), ..RULE.finding(place.span(), message).about(place) }
}

/// The same finding, at the block that draws the link.
fn drawn(finding: Finding, tie: &Tie) -> Finding {
    let steps = vec![Step { message: "this gives the subnet its network security group".into(), span: tie.span }];
    let finding = Finding { place: tie.span, steps, ..finding };
    match tie.exists {
        Truth::Yes => finding,
        _ => finding.undecided(tie.value.first_hole().map(|hole| hole.unknown()), "if it is made: VNL211; else it passes"),
    }
}

fn written(rule: Place, whose: &str) -> String {
    let group = rule.id().and_then(|id| id.names.first()).and_then(|name| name.as_literal());
    let group = group.map_or_else(|| "a network security group".into(), |name| format!("network security group `{name}`"));
    format!("security rule `{}` is written into {group} of {whose}", rule.name())
}

/// `aks-agentpool-12345678-nsg`.
fn is_name_of_aks(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with("aks-agentpool-") && name.ends_with("-nsg")
}
