//! See the rule's page below.

use super::gateways::settled;
use super::{Finding, Settings};
use crate::azure::{cluster, kubernetes};
use crate::network::{Network, Place};
use crate::value::Truth;

rule! {
    /// Ingress runs on NGINX, whose fixes end in November 2026.
    ///
    /// The project `ingress-nginx` is retired, and the application routing add-on of AKS, which runs it, is supported through
    /// November 2026. After that the part of the cluster that the internet talks to gets no more fixes.
    ///
    /// Move to the Gateway API: the Istio add-on, or Application Gateway for Containers. The add-on without its own
    /// controller (`default_nginx_controller = "None"`) is not reported.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "main" {
    ///   name                = "aks-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   web_app_routing { # expect: VNL127
    ///     dns_zone_ids = []
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource main 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks-web'
    ///   properties: {
    ///     ingressProfile: {
    ///       webAppRouting: {
    ///         enabled: true // expect: VNL127
    ///       }
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/app-routing>,
    /// <https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/>
    VNL127 "ingress-nginx-retirement", Note Medium, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&cluster::CLUSTER).into_iter().filter_map(add_on));
    findings.extend(network.made(&kubernetes::RELEASE).into_iter().filter_map(release));
}

fn helped(mut found: Finding, place: Place) -> Finding {
    found.help = Some("plan the move to the Gateway API: the Istio add-on, or Application Gateway for Containers".into());
    found.why = Some("from December 2026 on nobody fixes what the internet talks to".into());
    settled(found, place, RULE.code)
}

fn add_on(cluster: Place) -> Option<Finding> {
    let on = cluster.is_true(&cluster::APP_ROUTING) & !cluster.is(&cluster::APP_ROUTING_CONTROLLER, "None");
    let name = cluster.name();
    let span = cluster.span_of(&cluster::APP_ROUTING);
    match on {
        Truth::No => None,
        Truth::Yes => {
            let message = format!("the application routing of `{name}` runs NGINX, which is supported through November 2026");
            Some(helped(RULE.finding(span, message).about(cluster), cluster))
        }
        Truth::Unknown => {
            let message = format!("cannot tell whether `{name}` runs NGINX for application routing");
            let unknown = cluster.get(&cluster::APP_ROUTING).unknown().or_else(|| cluster.get(&cluster::APP_ROUTING_CONTROLLER).unknown());
            let found = helped(RULE.finding(span, message).about(cluster), cluster);
            Some(found.undecided(unknown, "if the add-on is on with a controller of its own: VNL127; else it passes"))
        }
    }
}

/// The chart of the retired project; the one of the company NGINX is `nginx-ingress`.
fn release(release: Place) -> Option<Finding> {
    let chart = release.text(&kubernetes::CHART).ok().flatten()?;
    if chart.rsplit('/').next() != Some("ingress-nginx") {
        return None;
    }
    let message = format!("Helm release `{}` installs `ingress-nginx`, which is retired", release.name());
    let found = RULE.finding(release.span_of(&kubernetes::CHART), message).about(release);
    Some(helped(found, release))
}
