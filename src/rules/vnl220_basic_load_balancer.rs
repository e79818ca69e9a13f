//! See the rule's page below.

use super::{Finding, Level, Settings, Step};
use crate::azure::{cluster, load_balancer};
use crate::network::{Network, Place};
use crate::value::Truth;

rule! {
    /// A cluster, or its VNet, has a load balancer of SKU Basic.
    ///
    /// Basic load balancers were retired on 30 September 2025: a cluster with one can no longer be created, and it never worked with
    /// availability zones, authorized IP ranges or a private API server. The SKU of a cluster cannot be changed later.
    ///
    /// In Terraform write `load_balancer_sku = "standard"` into `network_profile`, or leave it out; in Bicep
    /// `loadBalancerSku: 'standard'`. A load balancer of your own says `sku = "Standard"` or `sku: { name: 'Standard' }`; azurerm
    /// before version 4 assumes Basic for that one.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "apps"
    ///
    ///   network_profile {
    ///     network_plugin    = "azure"
    ///     load_balancer_sku = "basic" # expect: VNL220
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       loadBalancerSku: 'basic' // expect: VNL220
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/load-balancer-standard> and, in the Cloud Adoption Framework, "use the Standard
    /// tier of the load balancer, not Basic":
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL220 "basic-load-balancer", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let clusters = network.made(&cluster::CLUSTER);
    findings.extend(clusters.iter().filter_map(|cluster| of_cluster(*cluster)));
    for balancer in network.made(&load_balancer::LOAD_BALANCER) {
        findings.extend(of_balancer(balancer, &clusters));
    }
}

fn of_cluster(cluster: Place) -> Option<Finding> {
    let basic = cluster.is(&cluster::LOAD_BALANCER_SKU, "basic");
    if basic == Truth::No {
        return None;
    }
    let (name, place) = (cluster.name(), cluster.span_of(&cluster::LOAD_BALANCER_SKU));
    let message = match basic {
        Truth::Yes => format!("`{name}` cannot be created: its load balancer is of SKU Basic, which is retired"),
        _ => format!("cannot tell whether the load balancer of `{name}` is of SKU Basic, which is retired"),
    };
    let mut finding = RULE.finding(place, message).about(cluster);
    finding.objects.push(cluster.address().clone());
    finding.steps.push(Step { message: "this is the SKU of its load balancer".into(), span: place });
    finding.help = Some(match cluster.is_terraform() {
        true => "write `load_balancer_sku = \"standard\"`; the cluster has to be made anew".into(),
        false => "write `loadBalancerSku: 'standard'`; the cluster has to be made anew".into(),
    });
    finding.why = Some("Basic load balancers can no longer be made, and knew no zones, no authorized ranges, no private API server".into());
    if basic == Truth::Unknown {
        let unknown = cluster.get(&cluster::LOAD_BALANCER_SKU).unknown();
        finding = finding.undecided(unknown, "if it is `basic`: VNL220; else it passes");
    }
    Some(finding)
}

/// A load balancer of the code's own, in the VNet of a cluster.
fn of_balancer(balancer: Place, clusters: &[Place]) -> Option<Finding> {
    if balancer.is(&load_balancer::SKU, "Basic") != Truth::Yes {
        return None;
    }
    let vnet = balancer.stands_in(&load_balancer::LOAD_BALANCER_TO_SUBNET)?;
    let cluster = clusters.iter().find(|cluster| cluster.node_vnet() == Some(vnet))?;
    let (name, place) = (balancer.name(), balancer.span_of(&load_balancer::SKU));
    let message = format!("load balancer `{name}` in the VNet of `{}` is of SKU Basic, which is retired", cluster.name());
    let mut finding = RULE.finding(place, message).about(balancer);
    finding.level = Level::Warning;
    finding.objects.push(cluster.address().clone());
    finding.steps.push(Step { message: "this load balancer is of SKU Basic".into(), span: place });
    finding.steps.push(Step { message: format!("it stands in `{}`", vnet.name()), span: vnet.span() });
    finding.help = Some(match balancer.is_terraform() {
        true => "write `sku = \"Standard\"`".into(),
        false => "write `sku: { name: 'Standard' }`".into(),
    });
    finding.why = Some("Basic load balancers can no longer be made".into());
    Some(finding)
}
