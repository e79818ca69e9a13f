//! See the rule's page below.

use super::clashes::{clashes, finding, free_range};
use super::clusters::{clusters, open};
use super::finding::in_words_of;
use super::{Confidence, Finding, Level, Settings, Step};
use crate::azure::cluster;
use crate::network::{Basis, Network, Place, overlap};

rule! {
    /// The addresses of a cluster's services are also addresses of a subnet or VNet near it.
    ///
    /// Every node answers for the service range itself: what has an address in it elsewhere cannot be reached from pods. Where
    /// it is a subnet of the cluster's own VNet, AKS refuses the cluster (`ServiceCidrOverlapExistingSubnetsCidr`); where it is
    /// in a peered VNet or on premises, pods silently lose the firewall, the DNS server or the database that lives there. The
    /// range that is taken where none is written, `10.0.0.0/16`, is the one that most VNets have too.
    ///
    /// Give the cluster a service range that exists nowhere else; several clusters may have the same one. In Terraform
    /// `service_cidr = "172.20.0.0/16"` with `dns_service_ip = "172.20.0.10"` in `network_profile`, in Bicep `serviceCidr` and
    /// `dnsServiceIP` in `networkProfile`. The range of an existing cluster cannot be changed.
    ///
    /// It is silent for a cluster whose VNet AKS makes, and of VNets whose ranges are not in the code.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.0.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.0.4.0/22"]
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" { # expect: VNL165
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
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.0.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.0.4.0/22' }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = { // expect: VNL165
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning>,
    /// <https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-codes/servicecidroverlapexistingsubnetscidr-error>
    VNL165 "service-cidr-overlap", Error High, since "0.2.0"
}

/// Ranges that are rarely used, for a proposal.
const PROPOSALS: [&str; 5] =
    ["172.20.0.0/16", "172.21.0.0/16", "192.168.128.0/17", "100.100.0.0/16", "10.200.0.0/16"];

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(clusters(network).filter_map(|cluster| found(cluster, settings)));
}

fn found(cluster: Place, settings: &Settings) -> Option<Finding> {
    let vnet = cluster.node_vnet()?;
    let name = cluster.name();
    let services = match cluster.ranges(&cluster::SERVICE_CIDRS) {
        Ok(services) => services,
        Err(unknown) => {
            let message = format!("cannot tell whether the services of `{name}` have addresses that are taken near `{}`", vnet.name());
            let effect = "if the service range is free it passes; else VNL165";
            return Some(open(&RULE, cluster, &cluster::SERVICE_CIDRS, unknown, message, effect));
        }
    };
    let mut finding = match of_pods(cluster, &services) {
        Some(finding) => finding,
        None => {
            let clashes = clashes(cluster, &services, settings)?;
            finding(&RULE, cluster, &cluster::SERVICE_CIDRS, (&services, "service"), &clashes)?
        }
    };
    let pods = cluster.pod_ranges().map(|(pods, _)| pods).unwrap_or_default();
    let free = free_range(cluster, &PROPOSALS, &pods, settings);
    let server = free.split('/').next().and_then(|base| base.rsplit_once('.')).map_or("", |(base, _)| base);
    let azurerm = format!("`service_cidr = \"{free}\"` and `dns_service_ip = \"{server}.10\"` in `network_profile`");
    let arm = format!("`serviceCidr: '{free}'` and `dnsServiceIP: '{server}.10'` in `networkProfile`");
    finding.help = Some(format!("write {}, which nothing here has", in_words_of(cluster, &azurerm, &arm)));
    finding.why = Some("nodes answer for the service range themselves, so whatever has the same address elsewhere cannot be reached".into());
    Some(finding)
}

/// Services and pods of one cluster have the same addresses.
fn of_pods(cluster: Place, services: &[crate::value::Cidr]) -> Option<Finding> {
    let (pods, written) = cluster.pod_ranges().ok()?;
    let (model, basis) = cluster.network_model().ok()?;
    let (service, pod) = overlap(services, &pods).filter(|_| model.has_pod_range())?;
    let name = cluster.name();
    let message = format!("`{name}` cannot be created: its service range {service} shares addresses with its pod range {pod}");
    let mut finding = super::clusters::on(&RULE, cluster, &cluster::SERVICE_CIDRS, message);
    finding.level = Level::Error;
    if !written && basis != Basis::Written {
        finding.confidence = Confidence::Medium;
    }
    finding.steps.push(super::clusters::hop(cluster, &cluster::SERVICE_CIDRS, format!("its services have addresses of {service}")));
    let said = if written { "" } else { ", which AKS takes where none is written" };
    finding.steps.push(Step { message: format!("its pods have addresses of {pod}{said}"), span: cluster.span_of(&cluster::POD_CIDRS) });
    Some(finding)
}
