//! See the rule's page below.

use super::conflicts::{Conflict, Part, finding, write};
use super::{Finding, Level, Settings};
use crate::azure::cluster;
use crate::network::{Network, NetworkModel, Place};
use crate::value::Truth;

rule! {
    /// Node auto-provisioning is on beside something that it does not support.
    ///
    /// Node auto-provisioning makes nodes by itself and knows few network set-ups: no Calico, no pod subnets with dynamic allocation,
    /// no kubenet, no IPv6, no Windows pools, no service principal, and in a VNet of yours no Basic load balancer. AKS refuses the
    /// rest, or new nodes never join; to get there later often takes another cluster.
    ///
    /// Take Azure CNI with overlay and Cilium: in Terraform `network_plugin_mode = "overlay"`, `network_data_plane = "cilium"` and
    /// `network_policy = "cilium"`; in Bicep `networkPluginMode: 'overlay'`, `networkDataplane: 'cilium'` and
    /// `networkPolicy: 'cilium'`. Or leave `node_provisioning_profile` (`nodeProvisioningProfile`) at `Manual`.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "apps"
    ///
    ///   node_provisioning_profile {
    ///     mode = "Auto"
    ///   }
    ///
    ///   network_profile {
    ///     network_plugin      = "azure"
    ///     network_plugin_mode = "overlay"
    ///     network_policy      = "calico" # expect: VNL182
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     nodeProvisioningProfile: { mode: 'Auto' }
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       networkPluginMode: 'overlay'
    ///       networkPolicy: 'calico' // expect: VNL182
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/node-auto-provisioning>
    /// Source: <https://learn.microsoft.com/azure/aks/node-auto-provisioning-networking>
    VNL182 "node-autoprovisioning-incompatible", Error High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let auto = || Part::is(cluster, &cluster::NODE_PROVISIONING, "Auto", "nodes are provisioned automatically");
    if auto().truth != Truth::Yes {
        return None;
    }
    let mut conflicts = Vec::new();
    let mut conflict = |part: Part, what: &str, help: String| {
        let what = format!("has node auto-provisioning, which does not support {what}");
        conflicts.push(Conflict::new(Level::Error, vec![part, auto()], what, help));
    };
    conflict(
        Part::is(cluster, &cluster::NETWORK_POLICY, "calico", "its network policies are of engine `calico`"),
        "network policies of Calico",
        format!("write {}", write(cluster, "network_policy = \"cilium\"", "networkPolicy: 'cilium'")),
    );
    conflict(
        Part::model(cluster, |model| model == NetworkModel::Kubenet),
        "kubenet",
        format!("write {}", write(cluster, "network_plugin_mode = \"overlay\"", "networkPluginMode: 'overlay'")),
    );
    let (truth, unknown) = cluster.is_dual_stack();
    let part = Part::so("it has addresses of IPv6 too", cluster.span_of(&cluster::IP_FAMILIES));
    conflict(
        Part { truth, unknown, ..part },
        "clusters with IPv6",
        format!("write {}", write(cluster, "ip_versions = [\"IPv4\"]", "ipFamilies: [ 'IPv4' ]")),
    );
    conflict(service_principal(cluster), "service principals", "give the cluster a managed identity".into());
    if cluster.brings_subnet().0 == Truth::Yes {
        conflict(
            Part::is(cluster, &cluster::LOAD_BALANCER_SKU, "basic", "its load balancer is a Basic one"),
            "a Basic load balancer in a VNet of yours",
            format!("write {}", write(cluster, "load_balancer_sku = \"standard\"", "loadBalancerSku: 'standard'")),
        );
    }
    for pool in cluster.pools() {
        let name = pool.name();
        conflict(
            Part::is(pool, &cluster::OS, "Windows", format!("its pool `{name}` has Windows nodes")).of(pool),
            &format!("Windows nodes, as pool `{name}` has them"),
            "leave the Windows pool out, or provision nodes by hand".into(),
        );
        let (subnet, unknown) = pool.has_pod_subnet();
        let truth = subnet & pool.is(&cluster::POD_IP_ALLOCATION, "DynamicIndividual");
        let message = format!("its pool `{name}` allocates pod addresses from a subnet as it needs them");
        let part = Part::so(message, pool.span_of(&cluster::POD_SUBNET));
        conflict(
            Part { truth, unknown, ..part }.of(pool),
            &format!("dynamic allocation from a pod subnet, as pool `{name}` has it"),
            format!("leave the pod subnet out and write {}", write(cluster, "network_plugin_mode = \"overlay\"", "networkPluginMode: 'overlay'")),
        );
    }
    finding(&RULE, cluster, conflicts, "AKS refuses what auto-provisioning does not support, and moving later takes another cluster")
}

/// The application that a cluster acts as; `msi` stands for a managed identity.
fn service_principal(cluster: Place) -> Part {
    let got = cluster.get(&cluster::SERVICE_PRINCIPAL);
    let truth = got.ask(|value| match value.kind {
        crate::value::Kind::Reference(_) => Truth::Yes,
        _ => !(value.is_absent() | value.is("msi") | value.is("")),
    });
    let part = Part::so("it acts as a service principal", cluster.span_of(&cluster::SERVICE_PRINCIPAL));
    Part { truth, unknown: got.unknown(), ..part }
}
