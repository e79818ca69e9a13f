//! See the rule's page below.

use std::collections::BTreeMap;

use super::{Confidence, Finding, Settings, Step};
use crate::azure::cluster;
use crate::network::{End, Got, Network, Place};
use crate::source::Span;
use crate::value::{Address, RootId, Truth, Unknown};

rule! {
    /// The ingress controllers of two clusters write to one application gateway.
    ///
    /// The Application Gateway Ingress Controller takes the gateway for its own: each one writes its complete view of
    /// listeners, rules and backends. Two of them on one gateway keep deleting each other's routes, so applications disappear
    /// at random minutes.
    ///
    /// Give every cluster a gateway of its own.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_application_gateway" "shared" {
    ///   name                = "shared"
    ///   resource_group_name = "net"
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "blue" {
    ///   name                = "blue"
    ///   resource_group_name = "net"
    ///
    ///   ingress_application_gateway {
    ///     gateway_id = azurerm_application_gateway.shared.id # expect: VNL110
    ///   }
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "green" {
    ///   name                = "green"
    ///   resource_group_name = "net"
    ///
    ///   ingress_application_gateway {
    ///     gateway_id = azurerm_application_gateway.shared.id
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource shared 'Microsoft.Network/applicationGateways@2024-05-01' existing = {
    ///   name: 'shared'
    /// }
    ///
    /// resource blue 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'blue'
    ///   properties: {
    ///     addonProfiles: {
    ///       ingressApplicationGateway: {
    ///         enabled: true
    ///         config: { applicationGatewayId: shared.id } // expect: VNL110
    ///       }
    ///     }
    ///   }
    /// }
    ///
    /// resource green 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'green'
    ///   properties: {
    ///     addonProfiles: {
    ///       ingressApplicationGateway: {
    ///         enabled: true
    ///         config: { applicationGatewayId: shared.id }
    ///       }
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL110 "application-gateway-shared-by-clusters", Error High, since "0.1.0"
}

/// A cluster that writes to a gateway.
struct Writer<'n> {
    cluster: Place<'n>,
    span: Span,
    /// It is so for certain; otherwise what would decide.
    certain: Result<(), Option<Unknown>>,
}

/// What a gateway is known by: its address, its id where it is not declared here, or the unknown that holds its id,
/// which means something in its own root only.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Gateway {
    Declared(Address, String),
    Elsewhere(String),
    Unknown(RootId, String),
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut writers: BTreeMap<Gateway, Vec<Writer>> = BTreeMap::new();
    let mut clusters = network.made(&cluster::CLUSTER);
    // Which of them is named first must not hang on the order of the text.
    clusters.sort_by(|a, b| a.address().cmp(b.address()));
    for cluster in clusters {
        let enabled = cluster.is_true(&cluster::GATEWAY_ADDON_ENABLED) & cluster.exists();
        if enabled == Truth::No {
            continue;
        }
        for step in cluster.follow(&cluster::CLUSTER_TO_GATEWAY) {
            let gateway = match &step.end {
                End::Place(gateway) => Gateway::Declared(gateway.address().clone(), gateway.name()),
                End::Outside(id) => Gateway::Elsewhere(id.to_lowercase()),
                End::Unknown(unknown) => Gateway::Unknown(cluster.root(), unknown.to_string()),
            };
            let certain = match enabled {
                Truth::Yes => Ok(()),
                _ => Err(switch(cluster)),
            };
            let writers = writers.entry(gateway).or_default();
            // Two roots that may make the same cluster are two ways to deploy it.
            if !writers.iter().any(|writer| may_be_one(writer.cluster, cluster)) {
                writers.push(Writer { cluster, span: step.span, certain });
            }
        }
    }
    for (gateway, writers) in &writers {
        findings.extend(found(gateway, writers));
    }
}

fn may_be_one(a: Place, b: Place) -> bool {
    let same = a.id().zip(b.id()).map_or(Truth::Unknown, |(a, b)| a.same(b));
    a == b || a.root() != b.root() && same != Truth::No
}

/// What decides whether a cluster's add-on is on.
fn switch(cluster: Place) -> Option<Unknown> {
    match cluster.get(&cluster::GATEWAY_ADDON_ENABLED) {
        Got::Unknown(unknown) => Some(unknown),
        got => got.unknown().or_else(|| cluster.decides().cloned()),
    }
}

fn found(gateway: &Gateway, writers: &[Writer]) -> Option<Finding> {
    let first = writers.first()?;
    // A template stands for any number of clusters of one declaration.
    let template = writers.iter().find(|writer| writer.cluster.address().text().contains("[*]"));
    if writers.len() < 2 && template.is_none() {
        return None;
    }
    let (Gateway::Declared(_, name) | Gateway::Elsewhere(name) | Gateway::Unknown(_, name)) = gateway;
    let clusters: Vec<String> = writers.iter().map(|writer| format!("`{}`", writer.cluster.name())).collect();
    let open = writers.iter().find_map(|writer| writer.certain.clone().err());
    let certain = open.is_none() && writers.len() >= 2;
    let shown = clusters.join(" and ");
    let message = match certain {
        true => format!("{shown} write to the same application gateway `{name}`"),
        false => format!("cannot tell whether more than one cluster writes to application gateway `{name}`: {shown}"),
    };
    let mut finding = RULE.finding(first.span, message).about(first.cluster);
    if !certain {
        let unknown = open.flatten().or_else(|| template.and_then(|writer| writer.cluster.decides().cloned()));
        finding = finding.undecided(unknown, "if more than one cluster is made with the add-on: VNL110; else it passes");
    }
    // The same unknown is the same gateway, whichever it is.
    if !matches!(gateway, Gateway::Declared(..)) {
        finding.confidence = Confidence::Medium;
    }
    finding.objects = writers.iter().skip(1).map(|writer| writer.cluster.address().clone()).collect();
    for (index, writer) in writers.iter().enumerate() {
        let message = match index {
            0 => format!("the add-on of `{}` writes to the gateway", writer.cluster.name()),
            _ => format!("and so does that of `{}`", writer.cluster.name()),
        };
        finding.steps.push(Step { message, span: writer.span });
    }
    finding.help = Some("give every cluster an application gateway of its own".into());
    finding.why = Some("each controller writes its complete view of the gateway and deletes what the other one wrote".into());
    Some(finding)
}
