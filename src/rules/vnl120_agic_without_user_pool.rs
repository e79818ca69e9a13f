//! See the rule's page below.

use super::{Finding, Settings, Step};
use crate::azure::cluster;
use crate::network::{Got, Network, Place};
use crate::source::Span;
use crate::value::{Truth, Value};

rule! {
    /// The ingress add-on has no pool that it may run in.
    ///
    /// The only pools of the cluster are reserved for critical add-ons, and the Application Gateway Ingress Controller is
    /// none of them: its pod stays `Pending`, and the gateway is never configured.
    ///
    /// Add a pool of mode `User`, or take the taint `CriticalAddonsOnly` off.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "main" {
    ///   name                = "aks-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   default_node_pool {
    ///     name                         = "system"
    ///     only_critical_addons_enabled = true # expect: VNL120
    ///   }
    ///   ingress_application_gateway {
    ///     gateway_name = "agw-web"
    ///     subnet_cidr  = "10.225.0.0/24"
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
    ///         mode: 'System'
    ///         nodeTaints: [ 'CriticalAddonsOnly=true:NoSchedule' ] // expect: VNL120
    ///       }
    ///     ]
    ///     addonProfiles: {
    ///       ingressApplicationGateway: {
    ///         enabled: true
    ///         config: { applicationGatewayName: 'agw-web', subnetCIDR: '10.225.0.0/24' }
    ///       }
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/kubernetes_cluster#only_critical_addons_enabled-1>
    VNL120 "agic-without-user-pool", Warning High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(found));
}

fn found(place: Place) -> Option<Finding> {
    if place.is_true(&cluster::GATEWAY_ADDON_ENABLED) != Truth::Yes || place.exists() != Truth::Yes {
        return None;
    }
    let pools = place.children(&cluster::POOL);
    let reserved: Vec<(Truth, Span)> = pools.iter().map(|pool| is_reserved(*pool)).collect();
    // Node autoprovisioning brings pools of its own.
    let brings = !place.is(&cluster::NODE_PROVISIONING, "Auto");
    let all = Truth::all(reserved.iter().map(|(reserved, _)| *reserved)) & brings;
    let open = place.open_for(&cluster::POOL);
    if all == Truth::No || pools.is_empty() {
        return None;
    }
    let (_, span) = reserved.iter().find(|(reserved, _)| *reserved == Truth::Yes).or(reserved.first())?;
    let name = place.name();
    let message = match (all, &open) {
        (Truth::Yes, None) => format!("the ingress add-on of `{name}` has no pool to run in: all of them are reserved for critical add-ons"),
        _ => format!("cannot tell whether the ingress add-on of `{name}` has a pool to run in"),
    };
    let mut found = RULE.finding(*span, message).about(place);
    if all != Truth::Yes || open.is_some() {
        let unknown = open.or_else(|| pools.iter().find_map(|pool| pool.decides().cloned().or(pool.get(&cluster::CRITICAL_ADDONS_ONLY).unknown())));
        found = found.undecided(unknown, "if a pool of mode `User` is made it passes; else VNL120");
    }
    found.steps = vec![
        Step { message: "the pool takes critical add-ons only".into(), span: *span },
        Step { message: "and the ingress add-on is none of them".into(), span: place.span_of(&cluster::GATEWAY_ADDON_ENABLED) },
    ];
    found.help = Some("add a node pool of mode `User`".into());
    found.why = Some("the pod of the ingress controller stays pending, and the gateway is never configured".into());
    Some(found)
}

/// Whether only critical add-ons run in a pool, and where that is written.
fn is_reserved(pool: Place) -> (Truth, Span) {
    // A pool that may not be made keeps nobody away for certain.
    let flag = pool.is_true(&cluster::CRITICAL_ADDONS_ONLY);
    let taints = match pool.get(&cluster::NODE_TAINTS) {
        Got::Is(value) => {
            let items = value.items().unwrap_or(std::slice::from_ref(&value)).iter();
            Truth::any(items.map(is_taint)) | if value.rest().is_some() { Truth::Unknown } else { Truth::No }
        }
        Got::Absent => Truth::No,
        Got::Unknown(_) => Truth::Unknown,
    };
    let span = match flag {
        Truth::No => pool.span_of(&cluster::NODE_TAINTS),
        _ => pool.span_of(&cluster::CRITICAL_ADDONS_ONLY),
    };
    match pool.exists() {
        Truth::Yes => (flag | taints, span),
        _ => (if (flag | taints) == Truth::Yes { Truth::Yes } else { Truth::Unknown }, span),
    }
}

fn is_taint(taint: &Value) -> Truth {
    match taint.as_text() {
        Some(text) => Truth::from_known(text.to_lowercase().starts_with("criticaladdonsonly=")),
        None => Truth::Unknown,
    }
}
