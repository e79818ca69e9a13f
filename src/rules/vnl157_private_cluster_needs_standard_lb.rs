//! See the rule's page below.

use super::clusters::{clusters, hop, on, open};
use super::finding::in_words_of;
use super::{Finding, Settings};
use crate::azure::cluster;
use crate::network::{Network, Place};
use crate::value::Truth;

rule! {
    /// A private cluster has a Basic load balancer.
    ///
    /// The API server of a private cluster is reached by a private endpoint, which works with the Standard load balancer only. AKS
    /// refuses the cluster. The Basic load balancer is retired as well.
    ///
    /// In Terraform `load_balancer_sku = "standard"` in `network_profile`, in Bicep `loadBalancerSku: 'standard'` in
    /// `networkProfile`; or leave it out, as it is what both assume.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                    = "aks"
    ///   resource_group_name     = "net"
    ///   private_cluster_enabled = true
    ///
    ///   default_node_pool {
    ///     name = "system"
    ///   }
    ///   network_profile {
    ///     network_plugin    = "azure"
    ///     load_balancer_sku = "basic" # expect: VNL157
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system' } ]
    ///     apiServerAccessProfile: { enablePrivateCluster: true }
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       loadBalancerSku: 'basic' // expect: VNL157
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/private-clusters#prerequisites>
    VNL157 "private-cluster-needs-standard-lb", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(clusters(network).filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let field = &cluster::LOAD_BALANCER_SKU;
    if cluster.is_true(&cluster::PRIVATE) != Truth::Yes {
        return None;
    }
    let name = cluster.name();
    match cluster.is(field, "basic") {
        Truth::No => return None,
        Truth::Yes => {}
        Truth::Unknown => {
            let unknown = cluster.get(field).unknown()?;
            let message = format!("cannot tell whether the load balancer of private cluster `{name}` is of SKU Basic");
            return Some(open(&RULE, cluster, field, unknown, message, "if it is \"basic\": VNL157; else it passes"));
        }
    }
    let mut finding = on(&RULE, cluster, field, format!("`{name}` cannot be created: a private cluster needs a Standard load balancer"));
    // The load balancer is the one cause of whatever else is said of it.
    finding.objects.push(cluster.address().clone());
    finding.steps.push(hop(cluster, &cluster::PRIVATE, "its API server is private".into()));
    finding.steps.push(hop(cluster, field, "and its load balancer is of SKU Basic".into()));
    let words = in_words_of(cluster, "`load_balancer_sku = \"standard\"`", "`loadBalancerSku: 'standard'`");
    finding.help = Some(format!("write {words}"));
    finding.why = Some("private endpoints work with the Standard load balancer only".into());
    Some(finding)
}
