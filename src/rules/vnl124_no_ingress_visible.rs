//! See the rule's page below.

use super::gateways::{gateways, serves};
use super::{Finding, Settings};
use crate::azure::{application_load_balancer as balancer, cluster, kubernetes};
use crate::network::{Network, Place};
use crate::value::{Truth, Value};

rule! {
    /// Nothing in the code brings an ingress into a cluster.
    ///
    /// Applications of a cluster are published through one controller that encrypts, filters and routes, not each by a load
    /// balancer of its own. This cluster has none that the code shows: perhaps somebody installs one by hand. Where the code
    /// sets up GitOps, that may bring one, and nothing is said.
    ///
    /// Add one: `web_app_routing { default_nginx_controller = "Internal" }`, in Bicep `ingressProfile.webAppRouting`, the
    /// Istio add-on, or an application gateway. This rule runs only where it is selected by name.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "main" { # expect: VNL124
    ///   name                = "aks-web"
    ///   resource_group_name = "rg-web"
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource main 'Microsoft.ContainerService/managedClusters@2025-05-01' = { // expect: VNL124
    ///   name: 'aks-web'
    /// }
    /// ```
    ///
    /// Source: Cloud Adoption Framework: an ingress controller gives routing, security and one endpoint to the applications
    /// of a cluster
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL124 "no-ingress-visible", Note Low opt_in, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let all = |kinds: &[&'static crate::azure::Type]| kinds.iter().any(|kind| !network.all(kind).is_empty());
    // What lies in a cluster may be anything.
    let inside = [&kubernetes::GITOPS, &kubernetes::EXTENSION, &kubernetes::MANIFEST, &kubernetes::INGRESS, &kubernetes::RELEASE];
    if all(&inside) || all(&[&balancer::TRAFFIC_CONTROLLER]) {
        return;
    }
    let served: Vec<Place> = gateways(network).into_iter().filter_map(|place| Some(serves(network, place)?.0.0)).collect();
    for cluster in network.made(&cluster::CLUSTER).into_iter().filter(|cluster| !served.contains(cluster)) {
        findings.extend(bare(cluster));
    }
}

fn bare(cluster: Place) -> Option<Finding> {
    let mesh = cluster.get(&cluster::MESH_MODE);
    let has = [
        cluster.is_true(&cluster::GATEWAY_ADDON_ENABLED),
        cluster.is_true(&cluster::APP_ROUTING),
        cluster.is_true(&cluster::HTTP_APPLICATION_ROUTING),
        mesh.ask(|mode| !(mode.is_absent() | mode.is("Disabled"))),
    ];
    let name = cluster.name();
    let message = match Truth::any(has) | !cluster.exists() {
        Truth::Yes => return None,
        Truth::No => format!("nothing in the code brings an ingress into `{name}`"),
        Truth::Unknown => format!("cannot tell whether the code brings an ingress into `{name}`"),
    };
    let mut found = RULE.finding(cluster.span(), message).about(cluster);
    if Truth::any(has) | !cluster.exists() == Truth::Unknown {
        let fields = [&cluster::GATEWAY_ADDON_ENABLED, &cluster::APP_ROUTING, &cluster::HTTP_APPLICATION_ROUTING, &cluster::MESH_MODE];
        let open = |field: &&crate::azure::Field| cluster.get(field).ask(Value::is_true) == Truth::Unknown;
        let unknown = fields.into_iter().find(open).and_then(|field| cluster.get(field).unknown());
        found = found.undecided(unknown.or_else(|| cluster.decides().cloned()), "if it is on it passes; else VNL124");
    }
    found.help = Some(match cluster.is_terraform() {
        true => "add a `web_app_routing` block, or an application gateway with its controller".into(),
        false => "add `ingressProfile: { webAppRouting: { enabled: true } }`, or an application gateway with its controller".into(),
    });
    found.why = Some("without one every application gets a load balancer of its own, and nothing encrypts or filters".into());
    Some(found)
}
