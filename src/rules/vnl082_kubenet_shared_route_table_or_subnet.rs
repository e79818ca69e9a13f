//! See the rule's page below.

use super::udr::{Egress, egresses_of};
use super::{Finding, Level, Settings, Step};
use crate::azure::cluster;
use crate::network::{End, Network, Place, Table};
use crate::value::{Truth, Unknown};

rule! {
    /// Clusters with kubenet share a subnet or a route table.
    ///
    /// With kubenet every cluster writes the routes of its pods into the route table of its subnet. Two clusters in one
    /// table overwrite each other's routes, because both take pod ranges from the same default, and pods of one get the
    /// packets of the other. And all subnets of one cluster need the same table.
    ///
    /// Give every cluster its own subnet and its own route table: in Terraform put the table into the same `for_each`, in
    /// Bicep into the same loop. Clusters with Azure CNI may share both. A cluster with Azure CNI beside one with kubenet
    /// is a warning: it gets the routes of the other.
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
    /// resource "azurerm_kubernetes_cluster" "blue" {
    ///   name                = "blue"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    ///
    ///   identity {
    ///     type = "SystemAssigned"
    ///   }
    ///
    ///   network_profile {
    ///     network_plugin = "kubenet"
    ///   }
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "green" {
    ///   name                = "green"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id # expect: VNL082
    ///   }
    ///
    ///   identity {
    ///     type = "SystemAssigned"
    ///   }
    ///
    ///   network_profile {
    ///     network_plugin = "kubenet"
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
    /// resource blue 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'blue'
    ///   identity: {
    ///     type: 'SystemAssigned'
    ///   }
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     networkProfile: {
    ///       networkPlugin: 'kubenet'
    ///     }
    ///   }
    /// }
    ///
    /// resource green 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'green'
    ///   identity: {
    ///     type: 'SystemAssigned'
    ///   }
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ] // expect: VNL082
    ///     networkProfile: {
    ///       networkPlugin: 'kubenet'
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/configure-kubenet>
    VNL082 "kubenet-shared-route-table-or-subnet", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let is_there = |cluster: &Place| cluster.exists() == Truth::Yes && !cluster.address().text().contains("[*]");
    let mut clusters: Vec<Place> = network.made(&cluster::CLUSTER).into_iter().filter(is_there).collect();
    // Which of two is named must not hang on the order of the text.
    clusters.sort_by(|a, b| a.address().cmp(b.address()));
    let kubenet = |cluster: Place| cluster.is(&cluster::NETWORK_PLUGIN, "kubenet");
    let egresses: Vec<(Place, Vec<Egress>)> = clusters.into_iter().map(|cluster| (cluster, egresses_of(cluster))).collect();
    for (index, (cluster, own)) in egresses.iter().enumerate() {
        if kubenet(*cluster) == Truth::Yes {
            findings.extend(different_tables(*cluster, own));
        }
        for (other, theirs) in &egresses[..index] {
            // One of both has kubenet; that the other has not is a smaller mistake, and must be known.
            let level = match (kubenet(*cluster), kubenet(*other)) {
                (Truth::Yes, Truth::Yes) => Level::Error,
                (Truth::Yes, Truth::No) | (Truth::No, Truth::Yes) => Level::Warning,
                _ => continue,
            };
            findings.extend(shared(own, theirs, level));
        }
    }
}

fn shared(own: &[Egress], theirs: &[Egress], level: Level) -> Option<Finding> {
    let pairs = || own.iter().flat_map(|own| theirs.iter().map(move |their| (own, their)));
    let same_subnet = |(own, their): &(&Egress, &Egress)| is_one(&own.subnet.end, &their.subnet.end);
    let same_table = |(own, their): &(&Egress, &Egress)| match (&own.table, &their.table) {
        (Table::Is(own, _), Table::Is(their, _)) => own == their,
        _ => false,
    };
    // A subnet that is shared shares its table as well; with kubenet on both sides it is enough by itself.
    let by_subnet = pairs().find(same_subnet).filter(|_| level == Level::Error);
    let (what, (one, other)) = match (by_subnet, pairs().find(same_table)) {
        (Some(pair), _) => (format!("subnet `{}`", pair.0.subnet_name()), pair),
        (None, Some(pair)) => match &pair.0.table {
            Table::Is(table, _) => (format!("route table `{}`", table.name()), pair),
            _ => return None,
        },
        (None, None) => return None,
    };
    let message = match level {
        Level::Error => format!("`{}` and `{}` share {what}, and both write the routes of their pods into it", other.cluster.name(), one.cluster.name()),
        _ => format!("`{}` and `{}` share {what}, into which one of them writes the routes of its pods", other.cluster.name(), one.cluster.name()),
    };
    let mut finding = RULE.finding(one.subnet.span, message).about(one.cluster);
    finding.level = level;
    finding.objects.push(other.cluster.address().clone());
    for egress in [other, one] {
        let span = egress.cluster.span_of(&cluster::NETWORK_PLUGIN);
        finding.steps.push(Step { message: format!("this is the network plugin of `{}`", egress.cluster.name()), span });
        finding.steps.extend(egress.steps());
    }
    finding.help = Some(format!("give `{}` a subnet and a route table of its own", one.cluster.name()));
    finding.why = Some("the pods of both clusters have the same addresses, and one table has one route for them".into());
    Some(finding)
}

/// Two pools surely stand in one subnet.
fn is_one(own: &End, their: &End) -> bool {
    match (own, their) {
        (End::Place(own), End::Place(their)) => own == their,
        (End::Outside(own), End::Outside(their)) => !own.contains("${") && own.eq_ignore_ascii_case(their),
        _ => false,
    }
}

/// All subnets of a cluster with kubenet need the same table.
fn different_tables(cluster: Place, egresses: &[Egress]) -> Option<Finding> {
    let table = |egress: &Egress<'_>| match &egress.table {
        Table::Is(table, _) => Some(table.address().clone()),
        _ => None,
    };
    let first = egresses.iter().find(|egress| table(egress).is_some())?;
    let open = |egress: &Egress<'_>| match &egress.table {
        Table::Unknown(unknown) => Some(unknown.clone()),
        _ => None,
    };
    let differs = |egress: &&Egress| table(egress).is_some() && table(egress) != table(first);
    let mut finding = match (egresses.iter().find(differs), egresses.iter().find_map(open)) {
        (Some(other), _) => {
            let message = format!("the subnets `{}` and `{}` of `{}` have two route tables, and kubenet needs one", first.subnet_name(), other.subnet_name(), cluster.name());
            let mut finding = RULE.finding(other.subnet.span, message).about(cluster);
            finding.steps = first.steps();
            finding.steps.extend(other.steps());
            finding
        }
        (None, Some(unknown)) => {
            let unknown: Unknown = unknown?;
            let message = format!("cannot tell whether all subnets of `{}` have the route table of `{}`, as kubenet needs", cluster.name(), first.subnet_name());
            let finding = RULE.finding(first.subnet.span, message).about(cluster);
            finding.undecided(Some(unknown), "if they have it passes; else VNL082")
        }
        (None, None) => return None,
    };
    finding.help = Some("attach one route table to all subnets of the cluster".into());
    finding.why = Some("kubenet writes the routes of all nodes into one table".into());
    Some(finding)
}
