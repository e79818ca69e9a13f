//! See the rule's page below.

use super::{Finding, Level, Settings, Step};
use crate::azure::cluster;
use crate::network::{Network, Place};
use crate::value::{Truth, Value};

rule! {
    /// Every node of a pool has a public address.
    ///
    /// Nodes with public addresses of their own are reached from the internet, and what their pods send leaves through them
    /// instead of the firewall or the NAT gateway, even where the cluster is told to have no way out. In a private cluster, or
    /// one whose way out is under control, that is a warning, elsewhere a note.
    ///
    /// Leave `node_public_ip_enabled` (`enable_node_public_ip` before version 4 of azurerm, `enableNodePublicIP` in Bicep)
    /// out. Where a game server needs it, allow it on its line.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "main" {
    ///   name                    = "aks-web"
    ///   resource_group_name     = "rg-web"
    ///   private_cluster_enabled = true
    ///
    ///   default_node_pool {
    ///     name                   = "system"
    ///     node_public_ip_enabled = true # expect: VNL125
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource main 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks-web'
    ///   properties: {
    ///     agentPoolProfiles: [
    ///       {
    ///         name: 'system'
    ///         enableNodePublicIP: true // expect: VNL125
    ///       }
    ///     ]
    ///     apiServerAccessProfile: { enablePrivateCluster: true }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/use-node-public-ips>
    VNL125 "node-public-ip", Warning High, since "0.2.0"
}

/// Ways out that somebody chose.
const CONTROLLED: [&str; 6] =
    ["userDefinedRouting", "none", "block", "managedNATGateway", "userAssignedNATGateway", "managedNATGatewayV2"];

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for pool in network.made(&cluster::POOL) {
        findings.extend(found(pool));
    }
}

fn found(pool: Place) -> Option<Finding> {
    let public = pool.is_true(&cluster::NODE_PUBLIC_IP);
    if public == Truth::No {
        return None;
    }
    let of = pool.parent();
    let controlled = of.map_or(Truth::Unknown, |cluster| {
        let is = |outbound: &Value| Truth::any(CONTROLLED.iter().map(|way| outbound.is(way)));
        cluster.get(&cluster::OUTBOUND).ask(|outbound| outbound.ask(&is))
    });
    let private = of.map_or(Truth::Unknown, |cluster| cluster.is_true(&cluster::PRIVATE));
    let shown = of.map_or_else(|| "a cluster".into(), |cluster| format!("`{}`", cluster.name()));
    let name = pool.name();
    let span = pool.span_of(&cluster::NODE_PUBLIC_IP);
    let message = match public {
        Truth::Yes => format!("every node of pool `{name}` of {shown} has a public address"),
        _ => format!("cannot tell whether the nodes of pool `{name}` of {shown} have public addresses"),
    };
    let mut found = RULE.finding(span, message).about(pool);
    found.objects.extend(of.map(|cluster| cluster.address().clone()));
    found.steps.push(Step { message: "the nodes of this pool have public addresses".into(), span });
    match (private, of) {
        (Truth::Yes, Some(cluster)) => {
            found.steps.push(Step { message: "in a cluster that is private".into(), span: cluster.span_of(&cluster::PRIVATE) });
        }
        (_, Some(cluster)) if controlled == Truth::Yes => {
            found.steps.push(Step { message: "in a cluster with this way out".into(), span: cluster.span_of(&cluster::OUTBOUND) });
        }
        _ => found.level = Level::Note,
    }
    if (public & pool.exists()) != Truth::Yes {
        let unknown = pool.get(&cluster::NODE_PUBLIC_IP).unknown().or_else(|| pool.decides().cloned());
        found = found.undecided(unknown, "if it is true: VNL125; else it passes");
    }
    found.help = Some(match pool.is_terraform() {
        true => "leave `node_public_ip_enabled` out".into(),
        false => "leave `enableNodePublicIP` out".into(),
    });
    found.why = Some("such nodes are reached from the internet, and what they send goes around the firewall".into());
    Some(found)
}
