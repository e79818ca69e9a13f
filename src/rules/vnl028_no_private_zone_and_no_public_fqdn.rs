//! See the rule's page below.

use super::clusters::{clusters, hop, on, open};
use super::finding::in_words_of;
use super::{Finding, Level, Settings};
use crate::azure::cluster;
use crate::network::{Network, Place, Server, ZoneMode};
use crate::value::Truth;

rule! {
    /// A private cluster has neither a private zone nor a public name.
    ///
    /// With `None` for a zone AKS publishes the API server's address nowhere, unless the cluster has a public name. Nodes
    /// then find the API server only by a record that you keep in a DNS server of your own, which Microsoft does not
    /// support, and the cluster is in trouble as soon as it is there.
    ///
    /// In Terraform write `private_cluster_public_fqdn_enabled = true`: azurerm sends `false` where it is left out. In Bicep leave
    /// `enablePrivateClusterPublicFQDN` out, or write `true`. A zone of your own, or AKS's own, does it too.
    ///
    /// Where the VNet of the nodes has DNS servers of its own this is a warning: they may know the record.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                    = "aks"
    ///   resource_group_name     = "app"
    ///   private_cluster_enabled = true
    ///   private_dns_zone_id     = "None" # expect: VNL028
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     apiServerAccessProfile: {
    ///       enablePrivateCluster: true
    ///       privateDNSZone: 'none'
    ///       enablePrivateClusterPublicFQDN: false // expect: VNL028
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/private-clusters> and
    /// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/kubernetes_cluster>
    VNL028 "no-private-zone-and-no-public-fqdn", Error Medium, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in clusters(network) {
        let none = cluster.is_true(&cluster::PRIVATE) == Truth::Yes && matches!(cluster.zone_mode(), ZoneMode::None);
        findings.extend(none.then(|| found(cluster)).flatten());
    }
}

fn found(cluster: Place) -> Option<Finding> {
    let name = cluster.name();
    let public = cluster.get(&cluster::PUBLIC_FQDN);
    let mut finding = match public.ask(crate::value::Value::is_true) {
        Truth::Yes => return None,
        Truth::No => {
            let written = cluster.is_written(&cluster::PUBLIC_FQDN);
            let line = if written { &cluster::PUBLIC_FQDN } else { &cluster::PRIVATE_DNS_ZONE };
            let message = format!("nothing publishes the address of the API server of `{name}`: it has no zone and no public name");
            on(&RULE, cluster, line, message)
        }
        Truth::Unknown => {
            let message = format!("cannot tell whether `{name}`, which has no zone, has a public name");
            let effect = "if it has a public name it passes; else VNL028";
            return Some(open(&RULE, cluster, &cluster::PUBLIC_FQDN, public.unknown()?, message, effect));
        }
    };
    if cluster.is_true(&cluster::VNET_INTEGRATION) != Truth::No || may_have_own_servers(cluster) {
        finding.level = Level::Warning;
    }
    finding.steps.push(hop(cluster, &cluster::PRIVATE_DNS_ZONE, "this private cluster has no zone".into()));
    let assumed = match (cluster.is_written(&cluster::PUBLIC_FQDN), cluster.is_terraform()) {
        (false, true) => ", as azurerm says where nothing is written",
        _ => "",
    };
    finding.steps.push(hop(cluster, &cluster::PUBLIC_FQDN, format!("and no public name{assumed}")));
    finding.help = Some(in_words_of(
        cluster,
        "write `private_cluster_public_fqdn_enabled = true`, or name a private zone",
        "write `enablePrivateClusterPublicFQDN: true`, or name a private zone",
    ));
    finding.why = Some("nodes and administrators find the API server by its name only".into());
    Some(finding)
}

/// The nodes may ask servers that know a record which nobody sees here.
fn may_have_own_servers(cluster: Place) -> bool {
    let Some(vnet) = cluster.node_vnet() else {
        // A subnet that is only named lies in a VNet whose servers nobody sees here.
        return !cluster.node_subnets().is_empty();
    };
    !vnet.is_made()
        || vnet.dns_settings().into_iter().any(|setting| match setting.servers {
            Ok(servers) => servers.iter().any(|server| !matches!(server, Server::Azure)),
            Err(_) => true,
        })
}
