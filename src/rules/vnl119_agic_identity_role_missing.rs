//! See the rule's page below.

use super::{Finding, Settings, Step};
use crate::azure::identity::{CONTRIBUTOR, NETWORK_CONTRIBUTOR, OWNER, Role};
use crate::azure::{cluster, identity};
use crate::network::{Controller, Network, Permission, Writer};
use crate::value::Truth;

rule! {
    /// The ingress add-on of a cluster is not allowed to write to its application gateway.
    ///
    /// The add-on acts as an identity that AKS makes together with the cluster. Where the gateway is the code's own, neither
    /// Terraform nor Bicep grants that identity anything: the controller logs 403, and the gateway is never configured.
    ///
    /// Assign it `Network Contributor` or `Contributor` on the gateway and on its subnet, and `Reader` on the resource group:
    /// in Terraform its `principal_id` is
    /// `azurerm_kubernetes_cluster.main.ingress_application_gateway[0].ingress_application_gateway_identity[0].object_id`, in
    /// Bicep `main.properties.addonProfiles.ingressApplicationGateway.identity.objectId`.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_application_gateway" "web" {
    ///   name                = "agw-web"
    ///   resource_group_name = "rg-web"
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "main" {
    ///   name                = "aks-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   ingress_application_gateway {
    ///     gateway_id = azurerm_application_gateway.web.id # expect: VNL119
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource web 'Microsoft.Network/applicationGateways@2024-05-01' = {
    ///   name: 'agw-web'
    /// }
    ///
    /// resource main 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks-web'
    ///   properties: {
    ///     addonProfiles: {
    ///       ingressApplicationGateway: {
    ///         enabled: true
    ///         config: { applicationGatewayId: web.id } // expect: VNL119
    ///       }
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/application-gateway/tutorial-ingress-controller-add-on-existing>
    VNL119 "agic-identity-role-missing", Warning Medium, since "0.2.0"
}

/// Roles of which one is enough to write a gateway.
const WRITE_GATEWAY: &[Role] = &[NETWORK_CONTRIBUTOR, CONTRIBUTOR, OWNER];

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for writer in network.gateway_writers() {
        findings.extend(found(network, &writer));
    }
}

fn found(network: &Network, writer: &Writer) -> Option<Finding> {
    let (cluster, gateway) = (writer.cluster?, writer.gateway.place()?);
    if !matches!(writer.controller, Controller::AddOn) || writer.there != Truth::Yes || !gateway.is_made() {
        return None;
    }
    let (name, shown) = (cluster.name(), gateway.name());
    let mut found = match cluster.add_on_permission(gateway, WRITE_GATEWAY) {
        Permission::Given(_) => return None,
        Permission::Missing(_) => {
            let message = format!("the ingress add-on of `{name}` may not write to application gateway `{shown}`: no role allows it");
            RULE.finding(writer.span, message).about(cluster)
        }
        Permission::Unknown(unknown, _) => {
            let message = format!("cannot tell whether the ingress add-on of `{name}` may write to application gateway `{shown}`");
            let effect = "if its identity has `Network Contributor` or `Contributor` on the gateway it passes; else VNL119";
            RULE.finding(writer.span, message).about(cluster).undecided(unknown, effect)
        }
    };
    found.objects.push(gateway.address().clone());
    found.steps = vec![
        Step { message: "the add-on writes to this gateway".into(), span: writer.span },
        Step { message: "which is the code's own, so AKS grants nothing on it".into(), span: gateway.span() },
    ];
    let roles = network.made(&identity::ROLE_ASSIGNMENT).len();
    let help = match cluster.is_terraform() {
        true => format!("assign `Network Contributor` on the gateway to `{}.ingress_application_gateway[0].ingress_application_gateway_identity[0].object_id`", cluster.address()),
        false => "assign `Network Contributor` on the gateway to `properties.addonProfiles.ingressApplicationGateway.identity.objectId` of the cluster".into(),
    };
    if roles > 0 {
        found.steps.push(Step { message: "and no role assignment names the add-on's identity".into(), span: cluster.span_of(&cluster::GATEWAY_ADDON_ENABLED) });
    }
    found.help = Some(help);
    found.why = Some("the controller is refused with 403, and the gateway is never configured".into());
    Some(found)
}
