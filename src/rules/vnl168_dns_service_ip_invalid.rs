//! See the rule's page below.

use std::net::IpAddr;

use super::clusters::{assumed, clusters, hop, listed, on, open};
use super::finding::in_words_of;
use super::{Confidence, Finding, Level, Settings};
use crate::azure::cluster;
use crate::network::{Network, Place, first_addresses};
use crate::value::{Cidr, Reason, Unknown};

rule! {
    /// The address of a cluster's DNS service does not lie among those of its services, or is one that cannot be had.
    ///
    /// The cluster's DNS is a service like others: its address must lie in the service range, and can be neither the first
    /// one, which is no address, nor the next, which is the API server's. AKS refuses the cluster. azurerm already refuses one
    /// that says only the range or only the address.
    ///
    /// Take the eleventh address. In Terraform `dns_service_ip = cidrhost(var.service_cidr, 10)`, in Bicep
    /// `dnsServiceIP: cidrHost(serviceCidr, 9)`, whose count begins behind the first address.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name = "system"
    ///   }
    ///   network_profile {
    ///     network_plugin = "azure"
    ///     service_cidr   = "172.20.0.0/16"
    ///     dns_service_ip = "10.0.0.10" # expect: VNL168
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system' } ]
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       serviceCidr: '172.20.0.0/16'
    ///       dnsServiceIP: '172.20.0.1' // expect: VNL168
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning#plan-ip-addressing-for-your-cluster>
    VNL168 "dns-service-ip-invalid", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(clusters(network).filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let name = cluster.name();
    let address = cluster.text(&cluster::DNS_SERVICE_IP).map(|text| text.and_then(|text| text.trim().parse::<IpAddr>().ok()));
    let ranges = cluster.ranges(&cluster::SERVICE_CIDRS);
    let (says_address, says_range) = (cluster.is_written(&cluster::DNS_SERVICE_IP), cluster.is_written(&cluster::SERVICE_CIDRS));
    if !says_address && !says_range {
        return None;
    }
    let (address, ranges) = match (address, ranges) {
        (Ok(address), Ok(ranges)) => (address?, ranges),
        // Whoever makes the one of the other, or takes both from outside, knows what he does.
        (Err(_), Err(_)) => return None,
        (Err(unknown), Ok(_)) | (Ok(_), Err(unknown)) if says_address && says_range => return undecided(cluster, unknown),
        _ => return None,
    };
    if ranges.is_empty() {
        return None;
    }
    let range = listed(&ranges);
    let field = if says_address { &cluster::DNS_SERVICE_IP } else { &cluster::SERVICE_CIDRS };
    let holding = ranges.iter().find(|range| range.holds(address));
    let (level, confidence, message) = match holding {
        _ if says_address != says_range && cluster.is_terraform() => {
            let (said, missing) = if says_address { ("dns_service_ip", "service_cidr") } else { ("service_cidr", "dns_service_ip") };
            (Level::Error, Confidence::High, format!("`{name}` cannot be created: `{said}` is said and `{missing}` is not, and azurerm takes both or neither"))
        }
        None if says_address => (
            Level::Error,
            Confidence::High,
            format!("`{name}` cannot be created: its DNS service has {address}, which lies outside its service range {range}{}", assumed(cluster, &cluster::SERVICE_CIDRS)),
        ),
        // What Azure makes of a range alone is not documented.
        None => (
            Level::Warning,
            Confidence::Medium,
            format!("`{name}` says its service range {range} and not the address of its DNS service, which is {address} where none is written"),
        ),
        Some(range) if first_addresses(*range).contains(&address) => {
            let what = if first_addresses(*range)[0] == address { "the first of" } else { "the API server's among" };
            (Level::Error, Confidence::High, format!("`{name}` cannot be created: its DNS service has {address}, {what} the addresses of its service range {range}"))
        }
        Some(range) if range.is_v4() && last(*range) == address => {
            (Level::Warning, Confidence::High, format!("the DNS service of `{name}` has {address}, the last address of its service range {range}"))
        }
        _ => return None,
    };
    let mut finding = on(&RULE, cluster, field, message);
    (finding.level, finding.confidence) = (level, confidence);
    finding.steps.push(hop(cluster, &cluster::SERVICE_CIDRS, format!("its services have addresses of {range}{}", assumed(cluster, &cluster::SERVICE_CIDRS))));
    finding.steps.push(hop(cluster, &cluster::DNS_SERVICE_IP, format!("its DNS service has {address}{}", assumed(cluster, &cluster::DNS_SERVICE_IP))));
    let good = tenth(*ranges.first()?);
    let words = in_words_of(cluster, &format!("`dns_service_ip = \"{good}\"`"), &format!("`dnsServiceIP: '{good}'`"));
    finding.help = Some(match says_range {
        true => format!("write {words}"),
        false => format!("write the service range beside it, or leave both out: {} is the default", listed(&ranges)),
    });
    finding.why = Some("the cluster's DNS is one of its services, and pods ask this address for every name".into());
    Some(finding)
}

fn undecided(cluster: Place, unknown: Unknown) -> Option<Finding> {
    // What is refused anyway is said by what reads it.
    if unknown.reason() == Reason::Broken {
        return None;
    }
    let message = format!("cannot tell whether the address of the DNS service of `{}` lies in its service range", cluster.name());
    Some(open(&RULE, cluster, &cluster::DNS_SERVICE_IP, unknown, message, "if it lies there, behind the second address, it passes; else VNL168"))
}

/// The last address of a range.
fn last(range: Cidr) -> IpAddr {
    range.net().broadcast()
}

/// The address that everybody takes: the eleventh.
fn tenth(range: Cidr) -> IpAddr {
    match range.net().network() {
        IpAddr::V4(first) => IpAddr::V4(u32::from(first).saturating_add(10).into()),
        IpAddr::V6(first) => IpAddr::V6(u128::from(first).saturating_add(10).into()),
    }
}
