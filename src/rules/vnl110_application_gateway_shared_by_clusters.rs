//! See the rule's page below.

use std::collections::BTreeMap;

use super::{Confidence, Finding, Level, Settings, Step};
use crate::network::{Controller, End, Network, Place, Writer};
use crate::value::{Address, RootId, Truth, Unknown};

rule! {
    /// The ingress controllers of two clusters write to one application gateway.
    ///
    /// The Application Gateway Ingress Controller takes the gateway for its own: each one writes its complete view of
    /// listeners, rules and backends. Two of them on one gateway keep deleting each other's routes, so applications disappear
    /// at random minutes.
    ///
    /// Give every cluster a gateway of its own. Controllers that Helm installs can be told to leave each other's part alone
    /// (`appgw.shared` and `AzureIngressProhibitedTarget`); where all of them are, this is a warning.
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

/// What a gateway is known by: its address, its id where it is not declared here, or the unknown that holds its id,
/// which means something in its own root only.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Gateway {
    Declared(Address, String),
    Elsewhere(String),
    Unknown(RootId, String),
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut gateways: BTreeMap<Gateway, Vec<Writer>> = BTreeMap::new();
    for writer in network.gateway_writers() {
        let gateway = match &writer.gateway {
            End::Place(gateway) => Gateway::Declared(gateway.address().clone(), gateway.name()),
            End::Outside(id) => Gateway::Elsewhere(id.to_lowercase()),
            End::Unknown(unknown) => Gateway::Unknown(writer.by.root(), unknown.to_string()),
        };
        let writers = gateways.entry(gateway).or_default();
        // Two roots that may make the same cluster are two ways to deploy it.
        if !writers.iter().any(|known| may_be_one(known, &writer)) {
            writers.push(writer);
        }
    }
    for (gateway, writers) in &gateways {
        findings.extend(found(gateway, writers));
    }
}

fn may_be_one(a: &Writer, b: &Writer) -> bool {
    let id = |writer: &Writer| writer.cluster.and_then(Place::id).cloned();
    let same = id(a).zip(id(b)).map_or(Truth::Unknown, |(a, b)| a.same(&b));
    a.by == b.by || a.by.root() != b.by.root() && same != Truth::No
}

fn found(gateway: &Gateway, writers: &[Writer]) -> Option<Finding> {
    let first = writers.first()?;
    // A template stands for any number of clusters of one declaration.
    let template = writers.iter().find(|writer| writer.by.address().text().contains("[*]"));
    let along = get_along(writers);
    if writers.len() < 2 && template.is_none() || along == Truth::Yes {
        return None;
    }
    let (Gateway::Declared(_, name) | Gateway::Elsewhere(name) | Gateway::Unknown(_, name)) = gateway;
    let shown: Vec<String> = writers.iter().map(|writer| format!("`{}`", writer.by.name())).collect();
    let shown = shown.join(" and ");
    let open = writers.iter().find(|writer| writer.there != Truth::Yes);
    let certain = open.is_none() && writers.len() >= 2 && along == Truth::No;
    let message = match certain {
        true => format!("{shown} write to the same application gateway `{name}`"),
        false => format!("cannot tell whether more than one cluster writes to application gateway `{name}`: {shown}"),
    };
    let mut finding = RULE.finding(first.span, message).about(first.by);
    if !certain {
        let unknown = match open {
            Some(writer) => writer.decides.clone(),
            None => template
                .and_then(|writer| writer.by.decides().cloned())
                .or_else(|| writers.iter().find_map(|writer| writer.by.release_value("appgw.shared").unknown()))
                .or_else(|| writers.iter().find_map(unknown_class)),
        };
        let effect = match along {
            Truth::No => "if more than one cluster is made with the add-on: VNL110; else it passes",
            _ => "if they do not keep to classes of their own: VNL110; else it passes",
        };
        finding = finding.undecided(unknown, effect);
    }
    // The same unknown is the same gateway, whichever it is.
    if !matches!(gateway, Gateway::Declared(..)) {
        finding.confidence = Confidence::Medium;
    }
    finding.objects = writers.iter().skip(1).map(|writer| writer.by.address().clone()).collect();
    for (index, writer) in writers.iter().enumerate() {
        let message = match index {
            0 => format!("{} writes to the gateway", writer.words()),
            _ if matches!(writer.controller, Controller::AddOn) => {
                format!("and so does that of `{}`", writer.by.name())
            }
            _ => format!("and so does {}", writer.words()),
        };
        finding.steps.push(Step { message, span: writer.span });
    }
    finding.help = Some("give every cluster an application gateway of its own".into());
    finding.why = Some("each controller writes its complete view of the gateway and deletes what the other one wrote".into());
    if writers.iter().all(|writer| shares(writer) == Truth::Yes) {
        finding.level = Level::Warning;
        finding.why = Some(
            "each controller only spares what an `AzureIngressProhibitedTarget` names: one that is missing is an outage".into(),
        );
    }
    Some(finding)
}

/// Whether a controller leaves the others' part of the gateway alone.
fn shares(writer: &Writer) -> Truth {
    match writer.controller {
        Controller::AddOn => Truth::No,
        Controller::Helm { shares, .. } => shares,
    }
}

/// Controllers of one cluster that all share, each with a class of its own, are as Helm's chart means them to be.
fn get_along(writers: &[Writer]) -> Truth {
    let mut classes: Vec<&str> = Vec::new();
    Truth::all(writers.iter().map(|writer| match &writer.controller {
        Controller::Helm { shares, class: Some(class) } if !classes.contains(&class.as_str()) => {
            classes.push(class);
            *shares & Truth::from_known(writer.cluster.is_some() && writer.cluster == writers[0].cluster)
        }
        Controller::Helm { shares, class: None } if unknown_class(writer).is_some() => *shares & Truth::Unknown,
        _ => Truth::No,
    }))
}

/// What would say which class of ingresses a release looks at.
fn unknown_class(writer: &Writer) -> Option<Unknown> {
    let names = ["kubernetes.ingressClassResource.name", "kubernetes.ingressClass"];
    names.into_iter().find_map(|name| writer.by.release_value(name).unknown())
}
