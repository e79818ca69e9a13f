//! See the rule's page below.

use super::finding::in_words_of;
use super::udr::{Egress, egresses_with_pods};
use super::{Finding, Level, Settings, Step};
use crate::azure::{cluster, nat_gateway};
use crate::network::{End, Network, Place};
use crate::value::{Truth, Unknown};

rule! {
    /// A cluster leaves by a NAT gateway of its own, and its subnet has none.
    ///
    /// With outbound type `userAssignedNATGateway` AKS makes no public address and expects a NAT gateway, with a public
    /// address or prefix, on the subnets of the nodes and of the pods. Without one the nodes have no way out, and the
    /// cluster is refused or never becomes ready. A default route to an appliance in the same subnet wins over the NAT
    /// gateway, which is then never used.
    ///
    /// In Terraform `azurerm_subnet_nat_gateway_association` for every subnet and
    /// `azurerm_nat_gateway_public_ip_association`, in Bicep `natGateway: { id: nat.id }` in the subnet and
    /// `publicIpAddresses` in the NAT gateway.
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
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    ///
    ///   network_profile {
    ///     network_plugin = "azure"
    ///     outbound_type  = "userAssignedNATGateway" # expect: VNL078
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
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       outboundType: 'userAssignedNATGateway' // expect: VNL078
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/egress-outboundtype>
    /// Source: <https://learn.microsoft.com/azure/aks/nat-gateway>
    VNL078 "user-nat-gateway-not-attached", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in network.made(&cluster::CLUSTER) {
        if cluster.is(&cluster::OUTBOUND, "userAssignedNATGateway").certainly() {
            findings.extend(egresses_with_pods(cluster).iter().filter_map(found));
        }
    }
}

fn found(egress: &Egress) -> Option<Finding> {
    let End::Place(subnet) = &egress.subnet.end else { return None };
    let (cluster, place) = (egress.cluster, egress.place());
    let finding = |message: String| RULE.finding(place, message).about(cluster);
    let steps = subnet.follow(&nat_gateway::SUBNET_TO_NAT_GATEWAY);
    let step = steps.into_iter().find(|step| step.exists.possibly());
    // Of a subnet that is only read nobody knows; what gives it a gateway here is known.
    let step = step.filter(|step| !matches!(step.end, End::Unknown(_)) || subnet.is_made());
    let (mut finding, last) = match step.as_ref().map(|step| (&step.end, step)) {
        None => match subnet.may_have_nat_gateway() {
            None => {
                let message = format!("`{}` leaves by a NAT gateway, and `{}` has none", cluster.name(), subnet.name());
                (finding(message), Some(Step { message: "the subnet has no NAT gateway".into(), span: subnet.span() }))
            }
            Some(unknown) => {
                let message = format!("cannot tell whether `{}` of `{}` has a NAT gateway", subnet.name(), cluster.name());
                let effect = "if it has one with a public address it passes; else VNL078";
                (finding(message).undecided(Some(unknown), effect), None)
            }
        },
        Some((End::Place(gateway), step)) => {
            let lead = Step { message: format!("the subnet has NAT gateway `{}`", gateway.name()), span: step.span };
            if egress.has_own_default().certainly() {
                let hop = egress.hop()?;
                let message = format!("`{}` leaves through {}: its default route wins over its NAT gateway", cluster.name(), hop.words());
                let mut finding = finding(message);
                finding.level = Level::Warning;
                (finding, Some(lead))
            } else if let Some(missing) = without_address(*gateway) {
                let mut finding = match missing {
                    None => finding(format!("NAT gateway `{}` of `{}` has no public address", gateway.name(), cluster.name())),
                    Some(unknown) => {
                        let message = format!("cannot tell whether NAT gateway `{}` of `{}` has a public address", gateway.name(), cluster.name());
                        finding(message).undecided(Some(unknown), "if it has one it passes; else VNL078")
                    }
                };
                finding.objects.push(gateway.address().clone());
                (finding, Some(lead))
            } else {
                return None;
            }
        }
        Some(_) => return None,
    };
    finding.objects.push(subnet.address().clone());
    finding.steps.push(Step { message: "this cluster leaves by a NAT gateway of its own".into(), span: place });
    finding.steps.extend(egress.steps());
    finding.steps.extend(last);
    finding.help = Some(in_words_of(
        cluster,
        "`azurerm_subnet_nat_gateway_association` for the subnet and `azurerm_nat_gateway_public_ip_association` for the gateway",
        "`natGateway: { id: … }` in the subnet and `publicIpAddresses` in the gateway",
    ));
    finding.why = Some("AKS makes no public address for these nodes".into());
    Some(finding)
}

/// A NAT gateway has no public address or prefix: surely, or as far as is known.
fn without_address(gateway: Place) -> Option<Option<Unknown>> {
    let links = [&nat_gateway::NAT_GATEWAY_TO_PUBLIC_IP, &nat_gateway::NAT_GATEWAY_TO_PREFIX];
    let has = links.iter().any(|link| gateway.follow(link).iter().any(|step| step.exists == Truth::Yes));
    if has || !gateway.is_made() {
        return None;
    }
    let (_, open) = gateway.get_all(&nat_gateway::PUBLIC_IPS);
    let (_, open_prefix) = gateway.get_all(&nat_gateway::PREFIXES);
    let perhaps = gateway.perhaps_set(&nat_gateway::PUBLIC_IPS).or_else(|| gateway.perhaps_set(&nat_gateway::PREFIXES));
    let hidden = || gateway.hidden_from(&nat_gateway::NAT_GATEWAY).map(|hidden| hidden.unknown).or_else(|| gateway.damage());
    Some(open.or(open_prefix).or(perhaps).or_else(hidden))
}
