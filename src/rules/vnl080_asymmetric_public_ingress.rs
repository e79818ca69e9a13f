//! See the rule's page below.

use super::finding::in_words_of;
use super::udr::{Egress, egresses_of};
use super::{Finding, Settings, Step};
use crate::azure::{cluster, kubernetes, routes};
use crate::network::{DefaultRoute, Got, Network, Place};
use crate::source::Span;
use crate::value::{Truth, Unknown, Value};

rule! {
    /// Requests come in over a public load balancer, and their answers leave through a firewall.
    ///
    /// A request reaches a pod straight from the load balancer's public address. The answer follows the default route to
    /// the firewall, which never saw the request and drops it. The application cannot be reached although every health
    /// probe is green.
    ///
    /// Give the ingress controller an internal load balancer, and let the firewall hand requests to it by a DNAT rule. For
    /// the add-on: in Terraform `web_app_routing { default_nginx_controller = "Internal" }`, in Bicep `nginx: {
    /// defaultIngressControllerType: 'Internal' }`. For a controller by Helm: the annotation
    /// `service.beta.kubernetes.io/azure-load-balancer-internal: "true"`. An application gateway in front is no problem:
    /// it speaks to the pods with its own address.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.1.0.0/16"]
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.1.0.0/22"]
    /// }
    ///
    /// resource "azurerm_route_table" "nodes" {
    ///   name                = "nodes"
    ///   resource_group_name = "net"
    ///
    ///   route {
    ///     name                   = "default"
    ///     address_prefix         = "0.0.0.0/0"
    ///     next_hop_type          = "VirtualAppliance"
    ///     next_hop_in_ip_address = "10.0.0.4"
    ///   }
    /// }
    ///
    /// resource "azurerm_subnet_route_table_association" "nodes" {
    ///   subnet_id      = azurerm_subnet.nodes.id
    ///   route_table_id = azurerm_route_table.nodes.id
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    ///
    ///   web_app_routing { # expect: VNL080
    ///     dns_zone_ids = []
    ///   }
    ///
    ///   network_profile {
    ///     network_plugin = "azure"
    ///     outbound_type  = "userDefinedRouting"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource table 'Microsoft.Network/routeTables@2024-05-01' = {
    ///   name: 'nodes'
    ///   properties: {
    ///     routes: [
    ///       {
    ///         name: 'default'
    ///         properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' }
    ///       }
    ///     ]
    ///   }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22', routeTable: { id: table.id } }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     ingressProfile: {
    ///       webAppRouting: {
    ///         enabled: true // expect: VNL080
    ///       }
    ///     }
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       outboundType: 'userDefinedRouting'
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/limit-egress-traffic>
    /// Source: Cloud Adoption Framework: ingress must fit egress filtering, because user-defined routes can make routing asymmetric; an application gateway translates addresses and does not suffer from it. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL080 "asymmetric-public-ingress", Warning Medium, since "0.2.0"
}

/// The annotation that keeps a load balancer inside the VNet.
const INTERNAL: &str = "service.beta.kubernetes.io/azure-load-balancer-internal";

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in network.made(&cluster::CLUSTER) {
        let egresses = egresses_of(cluster);
        let Some(egress) = egresses.iter().find(|egress| leads_to_appliance(egress)) else { continue };
        findings.extend(doors(network, cluster).into_iter().filter_map(|door| found(egress, door)));
    }
}

/// A way by which requests come into a cluster from the internet.
struct Door<'n> {
    by: Place<'n>,
    what: String,
    span: Span,
    public: Truth,
    unknown: Option<Unknown>,
    /// Nothing says which load balancer it has.
    is_default: bool,
    help: String,
}

/// Answers go to an appliance: by the subnet's own default route, or by that of a hub.
fn leads_to_appliance(egress: &Egress) -> bool {
    match &egress.route {
        DefaultRoute::Is(route) => route.is(&routes::NEXT_HOP_TYPE, "VirtualAppliance") == Truth::Yes,
        DefaultRoute::None => egress.injections.iter().any(|from| from.noun == "virtual hub" && from.certain == Truth::Yes),
        DefaultRoute::Halves(_) | DefaultRoute::Unknown(_) => false,
    }
}

fn found(egress: &Egress, door: Door) -> Option<Finding> {
    let cluster = egress.cluster;
    let leads = egress.hop().map_or_else(|| "the virtual hub".to_string(), |hop| hop.words());
    let mut finding = match door.public {
        Truth::No => return None,
        Truth::Yes => {
            let message = format!("{} of `{}` is public, and its answers leave through {leads}, which drops them", door.what, cluster.name());
            RULE.finding(door.span, message).about(cluster)
        }
        Truth::Unknown => {
            let message = format!("cannot tell whether {} of `{}`, whose answers leave through {leads}, is public", door.what, cluster.name());
            let effect = "if its load balancer is public: VNL080; else it passes";
            RULE.finding(door.span, message).about(cluster).undecided(Some(door.unknown?), effect)
        }
    };
    finding.objects.push(door.by.address().clone());
    let by_default = if door.is_default { ", as nothing else is said" } else { "" };
    let message = format!("{} has a public load balancer{by_default}", door.what);
    finding.steps.push(Step { message, span: door.span });
    finding.steps.extend(egress.steps());
    finding.help = Some(door.help);
    finding.why = Some("a firewall drops answers to requests that it has not seen".into());
    Some(finding)
}

fn doors<'n>(network: &'n Network, cluster: Place<'n>) -> Vec<Door<'n>> {
    let mut doors = Vec::new();
    let controller = cluster.get(&cluster::APP_ROUTING_CONTROLLER);
    let inside = controller.ask(|value| value.is("Internal") | value.is("None"));
    let add_on = cluster.get(&cluster::APP_ROUTING);
    doors.push(Door {
        by: cluster,
        what: "the ingress add-on".into(),
        span: written(cluster),
        public: add_on.ask(Value::is_true) & !inside,
        unknown: add_on.unknown().or_else(|| controller.unknown()),
        is_default: cluster.span_of(&cluster::APP_ROUTING_CONTROLLER) == cluster.span(),
        help: in_words_of(
            cluster,
            "`default_nginx_controller = \"Internal\"` in `web_app_routing`",
            "`nginx: { defaultIngressControllerType: 'Internal' }` in `webAppRouting`",
        ),
    });
    let (modes, open) = cluster.get_all(&cluster::MESH_GATEWAYS);
    let by_mode = Truth::any(modes.iter().map(|mode| mode.is("External")));
    doors.push(Door {
        by: cluster,
        what: "the external gateway of the service mesh".into(),
        span: cluster.span_of(&cluster::MESH_EXTERNAL),
        public: by_mode | cluster.is_true(&cluster::MESH_EXTERNAL),
        unknown: open,
        is_default: false,
        help: "switch the external gateway off, and the internal one on".into(),
    });
    for release in network.made(&kubernetes::RELEASE) {
        if release.cluster_inside() == Some(cluster) && release.exists() == Truth::Yes {
            doors.extend(of_release(release));
        }
    }
    for service in network.made(&kubernetes::SERVICE) {
        let annotation = service.get(&kubernetes::ANNOTATIONS);
        let inside = annotation.ask(is_inside);
        if service.cluster_inside() == Some(cluster) && service.exists() == Truth::Yes {
            doors.push(Door {
                by: service,
                what: format!("service `{}`", service.name()),
                span: service.span_of(&kubernetes::SERVICE_TYPE),
                public: service.is(&kubernetes::SERVICE_TYPE, "LoadBalancer") & !inside,
                unknown: annotation.unknown(),
                is_default: false,
                help: format!("`\"{INTERNAL}\" = \"true\"` in `annotations`"),
            });
        }
    }
    doors
}

/// Where the add-on is switched on, or what kind its controller is.
fn written(cluster: Place) -> Span {
    let controller = cluster.span_of(&cluster::APP_ROUTING_CONTROLLER);
    let is_assumed = controller == cluster.span();
    if is_assumed { cluster.span_of(&cluster::APP_ROUTING) } else { controller }
}

/// A controller that Helm brings, with a service of its own.
fn of_release(release: Place<'_>) -> Option<Door<'_>> {
    let chart = release.text(&kubernetes::CHART).ok().flatten()?;
    let service = match chart.trim_end_matches('/').rsplit('/').next()? {
        "ingress-nginx" | "nginx-ingress" => "controller.service",
        "traefik" => "service",
        _ => return None,
    };
    let escaped = format!("{service}.annotations.{}", INTERNAL.replace('.', "\\."));
    let single = release.release_value(&escaped);
    let inside = single.ask(Value::is_true);
    let kind = release.release_value(&format!("{service}.type"));
    let other = kind.ask(|value| !value.is("LoadBalancer"));
    let off = release.release_value(&format!("{service}.enabled")).ask(|value| !value.is_true());
    let internal = release.release_value(&format!("{service}.internal.enabled")).ask(Value::is_true);
    Some(Door {
        by: release,
        what: format!("the controller of Helm release `{}`", release.name()),
        span: release.span_of(&kubernetes::CHART),
        public: !(inside | other | off | internal),
        unknown: single.unknown().or_else(|| kind.unknown()),
        is_default: matches!(single, Got::Absent),
        help: format!("set `{service}.annotations` with `\"{INTERNAL}\": \"true\"`"),
    })
}

/// Annotations keep the load balancer inside.
fn is_inside(annotations: &Value) -> Truth {
    match annotations.fields().map(|fields| fields.get(INTERNAL)) {
        Some(Some(value)) => value.is_true(),
        Some(None) if annotations.rest().is_none() => Truth::No,
        _ => Truth::Unknown,
    }
}
