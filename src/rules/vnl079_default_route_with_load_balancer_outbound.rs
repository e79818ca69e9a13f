//! See the rule's page below.

use super::finding::in_words_of;
use super::udr::{Egress, egresses_of};
use super::{Finding, Level, Settings, Step};
use crate::azure::cluster;
use crate::network::{DefaultRoute, Got, Network, Table};
use crate::value::Truth;

rule! {
    /// The nodes leave through a firewall by a default route, and the cluster says that it leaves through a load balancer.
    ///
    /// The route table of the node subnet wins: everything goes to the firewall. With outbound type `loadBalancer`, which
    /// is what AKS assumes when nothing is said, AKS still makes a public address and outbound rules that no packet ever
    /// uses, and replies to what comes in over a public load balancer leave by the other way and are dropped. Nobody who
    /// reads the cluster learns that it cannot live without the route.
    ///
    /// Say what is so: in Terraform `outbound_type = "userDefinedRouting"`, in Bicep `outboundType: 'userDefinedRouting'`.
    /// Beside a Route Server or a secured virtual hub the load balancer may be chosen on purpose, because AKS does not
    /// take their routes for a default route; then this is only a note. A default route to `Internet`, and a table without
    /// a default route, are nothing to say here.
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
    /// resource "azurerm_route_table" "nodes" {
    ///   name                = "nodes"
    ///   resource_group_name = "net"
    ///
    ///   route {
    ///     name                   = "default"
    ///     address_prefix         = "0.0.0.0/0"
    ///     next_hop_type          = "VirtualAppliance"
    ///     next_hop_in_ip_address = "10.0.0.4"
    ///   }
    /// }
    ///
    /// resource "azurerm_subnet_route_table_association" "nodes" {
    ///   subnet_id      = azurerm_subnet.nodes.id
    ///   route_table_id = azurerm_route_table.nodes.id
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
    ///     outbound_type  = "loadBalancer" # expect: VNL079
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource table 'Microsoft.Network/routeTables@2024-05-01' = {
    ///   name: 'nodes'
    ///   properties: {
    ///     routes: [
    ///       {
    ///         name: 'default'
    ///         properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' }
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
    ///     properties: { addressPrefix: '10.1.0.0/22', routeTable: { id: table.id } }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       outboundType: 'loadBalancer' // expect: VNL079
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/limit-egress-traffic>
    /// Source: Cloud Adoption Framework: ingress and egress filtering must fit together, or routing becomes asymmetric. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL079 "default-route-with-load-balancer-outbound", Warning High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in network.made(&cluster::CLUSTER) {
        let types = ["loadBalancer", "managedNATGateway"];
        let Some(outbound) = types.into_iter().find(|text| cluster.is(&cluster::OUTBOUND, text).certainly()) else {
            continue;
        };
        let mut said: Vec<Finding> =
            egresses_of(cluster).iter().filter_map(|egress| found(egress, outbound)).collect();
        // One cluster is one mistake, however many subnets it has; what is certain goes first.
        said.sort_by_key(|finding| finding.verdict);
        findings.extend(said.into_iter().take(1));
    }
}

fn found(egress: &Egress, outbound: &str) -> Option<Finding> {
    let (cluster, table) = (egress.cluster, egress.table.clone());
    let place = egress.place();
    let Table::Is(table, _) = table else { return None };
    let mut finding = match egress.has_own_default() {
        Truth::Yes => {
            let hop = egress.hop()?;
            let message = format!(
                "`{}` leaves through {} by the default route of `{}`, but its outbound type is `{outbound}`",
                cluster.name(),
                hop.words(),
                table.name()
            );
            RULE.finding(place, message).about(cluster)
        }
        Truth::No => return None,
        // Two halves do the same to packets; who wrote them meant to.
        Truth::Unknown => {
            let unknown = match &egress.route {
                DefaultRoute::Unknown(unknown) => unknown.clone(),
                DefaultRoute::Is(_) | DefaultRoute::Halves(_) | DefaultRoute::None => None,
            };
            let message = format!("cannot tell whether `{}` leaves through a default route of `{}`", cluster.name(), table.name());
            let effect = "if the table has a default route to an appliance or a gateway: VNL079; else it passes";
            RULE.finding(place, message).about(cluster).undecided(Some(unknown?), effect)
        }
    };
    finding.objects.push(table.address().clone());
    let said = match cluster.get(&cluster::OUTBOUND) {
        Got::Is(value) if value.origin.hops().any(|hop| matches!(hop.hand, crate::value::Hand::Assumed(_))) => {
            "this cluster says no outbound type, and AKS takes `loadBalancer`".to_string()
        }
        _ => format!("this cluster says that it leaves by `{outbound}`"),
    };
    finding.steps.push(Step { message: said, span: place });
    finding.steps.extend(egress.steps());
    if let Some(injection) = egress.injections.iter().max_by_key(|injection| injection.certain) {
        // Where routes arrive by themselves, a load balancer is a way around AKS's check.
        finding.level = Level::Note;
        finding.steps.extend(egress.way_of(injection));
    }
    finding.help = Some(in_words_of(
        cluster,
        "`outbound_type = \"userDefinedRouting\"` in `network_profile`",
        "`outboundType: 'userDefinedRouting'` in `networkProfile`",
    ));
    finding.why = Some("the public address that AKS makes is never used, and what comes in over it is answered by another way".into());
    Some(finding)
}
