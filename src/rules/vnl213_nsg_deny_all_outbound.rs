//! See the rule's page below.

use super::{Finding, Level, Settings, Step};
use crate::azure::{cluster, security_group};
use crate::network::{Decision, Flow, Group, Network, Place};
use crate::value::{Cidr, Truth};

rule! {
    /// The network security group of a node subnet lets nothing out to the internet, and the cluster needs it.
    ///
    /// A group looks at the destination of a packet before any route does. So what would go to a firewall is dropped as well: nodes
    /// cannot reach the API server, the registry of Microsoft or the identity service, and the cluster does not start.
    ///
    /// Filter what goes out by name in a firewall and let the group allow port 443: in Terraform a rule with
    /// `direction = "Outbound"`, `access = "Allow"`, `destination_address_prefix = "Internet"`, `destination_port_range = "443"` and a
    /// smaller `priority`; in Bicep
    /// `{ access: 'Allow', direction: 'Outbound', destinationAddressPrefix: 'Internet', destinationPortRange: '443', … }`. With outbound
    /// type `none` a group that denies is as it should be, and nothing is said; nor is it where a rule allows a service tag.
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
    ///     name                       = "deny-internet"
    ///     priority                   = 4000
    ///     direction                  = "Outbound"
    ///     access                     = "Deny" # expect: VNL213
    ///     protocol                   = "*"
    ///     source_port_range          = "*"
    ///     destination_port_range     = "*"
    ///     source_address_prefix      = "*"
    ///     destination_address_prefix = "Internet"
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
    ///         name: 'deny-internet'
    ///         properties: {
    ///           priority: 4000
    ///           direction: 'Outbound'
    ///           access: 'Deny' // expect: VNL213
    ///           protocol: '*'
    ///           sourcePortRange: '*'
    ///           destinationPortRange: '*'
    ///           sourceAddressPrefix: '*'
    ///           destinationAddressPrefix: 'Internet'
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
    /// Source: <https://learn.microsoft.com/azure/aks/outbound-rules-control-egress>
    VNL213 "nsg-deny-all-outbound", Warning Medium, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in network.made(&cluster::CLUSTER) {
        let outbound = |word: &str| cluster.is(&cluster::OUTBOUND, word);
        if (outbound("none") | outbound("block")).possibly() {
            continue;
        }
        let mut asked: Vec<Place> = Vec::new();
        for subnet in cluster.node_subnets().iter().filter_map(|subnet| subnet.end.place()) {
            if !asked.contains(&subnet) && subnet.is_made() {
                asked.push(subnet);
                findings.extend(of_subnet(cluster, subnet));
            }
        }
    }
}

fn of_subnet(cluster: Place, subnet: Place) -> Option<Finding> {
    let Group::Is(group, step) = subnet.security_group() else { return None };
    if group.children(&security_group::SECURITY_RULE).into_iter().any(allows_a_service) {
        return None;
    }
    let flow = |peer| Flow { inbound: false, peer, protocol: "Tcp", ports: (443, 443) };
    let (name, by) = (cluster.name(), group.name());
    let finding = |place, message: String| {
        let mut finding = RULE.finding(place, message).about(cluster);
        finding.objects.extend([subnet.address().clone(), group.address().clone()]);
        finding.help = Some("allow port 443 to `Internet`, or at least to `AzureCloud`, and filter by name in a firewall".into());
        finding.why = Some("a group is asked before any route: what would go to a firewall is dropped as well".into());
        finding
    };
    match group.decides_on(flow("Internet"), subnet) {
        Decision::Allows => None,
        Decision::Unknown(unknown) => {
            let message = format!("cannot tell whether network security group `{by}` lets the nodes of `{name}` out to port 443");
            Some(finding(step.span, message).undecided(unknown, "if nothing lets them out: VNL213; else it passes"))
        }
        Decision::Denies(rule) => {
            let place = rule.map_or(group.span(), |rule| rule.span_of(&security_group::ACCESS));
            let mut finding = finding(place, format!("network security group `{by}` lets the nodes of `{name}` reach nothing outside"));
            // A public API server is outside too.
            let public = !cluster.is_true(&cluster::PRIVATE) & !cluster.is_true(&cluster::VNET_INTEGRATION);
            if (cluster.is(&cluster::OUTBOUND, "loadBalancer") & public) == Truth::Yes {
                finding.level = Level::Error;
            }
            let message = "this rule denies what goes out to port 443 of the internet".into();
            finding.steps.push(Step { message, span: place });
            finding.steps.push(Step { message: format!("`{}` has the group", subnet.name()), span: step.span });
            Some(finding)
        }
    }
}

/// A rule that lets something out to a service tag or to public addresses: perhaps all that the nodes need.
fn allows_a_service(rule: Place) -> bool {
    let outbound = rule.is(&security_group::DIRECTION, "Outbound") & rule.is(&security_group::ACCESS, "Allow");
    let (single, _) = rule.get_all(&security_group::DESTINATION);
    let (several, _) = rule.get_all(&security_group::DESTINATIONS);
    let all = single.iter().chain(several.iter().flat_map(|list| list.items().unwrap_or_default()));
    let texts: Vec<&str> = all.filter_map(|value| value.as_text()).collect();
    let inside = |text: &str| match Cidr::parse(text) {
        Some(range) => is_private(range),
        None => ["*", "VirtualNetwork", "AzureLoadBalancer"].iter().any(|word| text.eq_ignore_ascii_case(word)),
    };
    outbound.possibly() && texts.iter().any(|text| !inside(text))
}

fn is_private(range: Cidr) -> bool {
    let private = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
    private.into_iter().filter_map(Cidr::parse).any(|private| private.covers(range))
}
