//! See the rule's page below.

use super::clusters::clusters;
use super::finding::in_words_of;
use super::{Confidence, Finding, Level, Settings, Step};
use crate::azure::{paas, private_endpoint};
use crate::network::{Network, Place, PrivateWay, Used};
use crate::value::{Truth, Unknown};

rule! {
    /// The pods or nodes of a cluster reach a registry, a vault or a database over its public endpoint.
    ///
    /// A role lets an identity of the cluster use the service, and there is no private way to it: neither a private endpoint nor a
    /// service endpoint in the subnet of the nodes. The service then answers the whole internet, and its network rules cannot tell
    /// your cluster from anybody else who leaves through the same firewall. Where the code says in so many words that public
    /// access is on, it is a warning. A container registry has private endpoints in SKU `Premium` only: one of another SKU that
    /// is given one cannot be deployed, which is an error.
    ///
    /// Give the service a private endpoint and its zone (see VNL230), and switch public access off:
    /// `public_network_access_enabled = false` in Terraform, `publicNetworkAccess: 'Disabled'` in Bicep. Nothing is said of a
    /// service that no role gives to the cluster, of one that is only read here, where public access is off already, and where
    /// the subnet of the nodes or pods has the service's service endpoint: the service's own rules may let that subnet in.
    ///
    /// This rule only advises, and runs when it is asked for: `--extend-select VNL235`.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_container_registry" "apps" { # expect: VNL235
    ///   name                = "crapps"
    ///   resource_group_name = "apps"
    ///   sku                 = "Premium"
    /// }
    ///
    /// resource "azurerm_role_assignment" "pull" {
    ///   scope                = azurerm_container_registry.apps.id
    ///   role_definition_name = "AcrPull"
    ///   principal_id         = azurerm_kubernetes_cluster.aks.kubelet_identity[0].object_id
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "apps"
    ///
    ///   identity {
    ///     type = "SystemAssigned"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = { // expect: VNL235
    ///   name: 'crapps'
    ///   sku: { name: 'Premium' }
    /// }
    ///
    /// resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
    ///   name: guid(registry.id, aks.id)
    ///   scope: registry
    ///   properties: {
    ///     roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
    ///     principalId: aks.properties.identityProfile.kubeletidentity.objectId
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   identity: { type: 'SystemAssigned' }
    ///   properties: {}
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/container-registry/container-registry-private-link>
    /// Source: Cloud Adoption Framework: Private Link secures what a cluster calls of storage, registries, databases and vaults. <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL235 "paas-without-private-access", Note Medium opt_in, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut said: Vec<Place> = Vec::new();
    for cluster in clusters(network) {
        for used in cluster.used_services() {
            if said.contains(&used.service) {
                continue;
            }
            let found = match cluster.private_way(used.service) {
                PrivateWay::Endpoint(endpoint) => too_small(cluster, &used, endpoint),
                PrivateWay::Subnet(_) => None,
                PrivateWay::None => public(cluster, &used, None),
                PrivateWay::Unknown(unknown) => public(cluster, &used, Some(unknown)),
            };
            if let Some(found) = found {
                said.push(used.service);
                findings.push(found);
            }
        }
    }
}

/// The service answers on its public endpoint, as far as `open` lets it be told.
fn public(cluster: Place, used: &Used, open: Option<Option<Unknown>>) -> Option<Finding> {
    let service = used.service;
    let access = service.get(&paas::PUBLIC_ACCESS);
    let is_written = service.is_written(&paas::PUBLIC_ACCESS);
    let on = access.ask(|value| value.is("Enabled") | value.is_true());
    if is_written && on == Truth::No {
        return None;
    }
    let open = match is_written && on == Truth::Unknown {
        true => Some(access.unknown()),
        false if used.assignment.exists() == Truth::Unknown => Some(used.assignment.decides().cloned()),
        false => open,
    };
    let (kind, name) = (service.kind().noun, service.name());
    let message = match open {
        None => format!("`{}` reaches {kind} `{name}` over its public endpoint", cluster.name()),
        Some(_) => format!("cannot tell whether `{}` reaches {kind} `{name}` over its public endpoint", cluster.name()),
    };
    let mut finding = said(cluster, used, service.span(), message);
    let message = if is_written { "and this leaves its public endpoint open" } else { "and it has no private endpoint" };
    finding.steps.push(Step { message: message.into(), span: service.span_of(&paas::PUBLIC_ACCESS) });
    if is_written && on == Truth::Yes {
        finding.level = Level::Warning;
    }
    let premium = match service.kind() == &paas::REGISTRY && service.is(&paas::REGISTRY_SKU, "Premium") != Truth::Yes {
        true => "make it `Premium`, ",
        false => "",
    };
    let zone = paas::ZONES.iter().find(|row| row.of == service.kind().name).and_then(|row| row.zones.first());
    let zone = zone.filter(|zone| !zone.contains("{}")).map_or("its zone".to_string(), |zone| format!("zone `{zone}`"));
    let switch = in_words_of(service, "`public_network_access_enabled = false`", "`publicNetworkAccess: 'Disabled'`");
    finding.help = Some(format!("{premium}give it a private endpoint with a group for {zone}, and write {switch}"));
    finding.why = Some("who may reach it is decided by keys and roles alone".into());
    match open {
        None => Some(finding),
        Some(unknown) => Some(finding.undecided(unknown, "if there is a private way to it, it passes; else VNL235")),
    }
}

/// A registry that is not `Premium` is given a private endpoint.
fn too_small(cluster: Place, used: &Used, endpoint: Place) -> Option<Finding> {
    let (registry, sku) = (used.service, &paas::REGISTRY_SKU);
    if registry.kind() != &paas::REGISTRY || used.assignment.exists() != Truth::Yes {
        return None;
    }
    let small = ["Basic", "Standard"].into_iter().find(|small| registry.is(sku, small) == Truth::Yes)?;
    let name = registry.name();
    let message = format!("registry `{name}` is {small}, and only a Premium one has private endpoints");
    let mut finding = said(cluster, used, registry.span_of(sku), message);
    finding.level = Level::Error;
    finding.confidence = if registry.is_guessed(sku) { Confidence::Medium } else { Confidence::High };
    finding.objects.push(endpoint.address().clone());
    let span = endpoint.span_of(&private_endpoint::TARGETS);
    finding.steps.push(Step { message: format!("private endpoint `{}` leads to it", endpoint.name()), span });
    finding.help = Some(in_words_of(registry, "write `sku = \"Premium\"`", "write `sku: { name: 'Premium' }`"));
    finding.why = Some("Azure refuses the private endpoint".into());
    Some(finding)
}

fn said(cluster: Place, used: &Used, place: crate::source::Span, message: String) -> Finding {
    let mut finding = RULE.finding(place, message).about(used.service);
    finding.objects = vec![cluster.address().clone(), used.assignment.address().clone()];
    let message = format!("this role lets `{}` use it", cluster.name());
    finding.steps.push(Step { message, span: used.assignment.span() });
    finding
}
