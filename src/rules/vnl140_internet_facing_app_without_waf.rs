//! See the rule's page below.

use super::finding::in_words_of;
use super::gateways::{behind_front_door, finding, gateways, guarded, serves};
use super::{Finding, Settings, Step};
use crate::azure::application_gateway as gateway;
use crate::network::Network;
use crate::value::Truth;

rule! {
    /// The application gateway in front of a cluster is public, and no web application firewall filters what it takes.
    ///
    /// Everybody on the internet reaches the applications of the cluster through this gateway, and nothing looks for attacks
    /// in what they send: it is of a SKU without a firewall, or no policy is attached to it, or the policy is switched off.
    ///
    /// Take the SKU `WAF_v2` and attach a policy: `firewall_policy_id` in Terraform, `firewallPolicy: { id: … }` in Bicep. A
    /// policy on every listener does as well. A gateway whose network security group lets in Front Door alone is filtered
    /// there, and not reported.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_application_gateway" "web" {
    ///   name                = "agw-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   sku {
    ///     name = "Standard_v2"
    ///     tier = "Standard_v2" # expect: VNL140
    ///   }
    ///   frontend_ip_configuration {
    ///     name                 = "public"
    ///     public_ip_address_id = azurerm_public_ip.web.id
    ///   }
    /// }
    ///
    /// resource "azurerm_public_ip" "web" {
    ///   name                = "pip-web"
    ///   resource_group_name = "rg-web"
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "main" {
    ///   name                = "aks-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   ingress_application_gateway {
    ///     gateway_id = azurerm_application_gateway.web.id
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource pip 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
    ///   name: 'pip-web'
    /// }
    ///
    /// resource web 'Microsoft.Network/applicationGateways@2024-05-01' = {
    ///   name: 'agw-web'
    ///   properties: {
    ///     sku: {
    ///       name: 'Standard_v2'
    ///       tier: 'Standard_v2' // expect: VNL140
    ///     }
    ///     frontendIPConfigurations: [ { name: 'public', properties: { publicIPAddress: { id: pip.id } } } ]
    ///   }
    /// }
    ///
    /// resource main 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks-web'
    ///   properties: { addonProfiles: { ingressApplicationGateway: { enabled: true, config: { applicationGatewayId: web.id } } } }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/web-application-firewall/ag/ag-overview>;
    /// Cloud Adoption Framework: web applications that face the internet have a web application firewall at their ingress
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL140 "internet-facing-app-without-waf", Warning High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for place in gateways(network).into_iter().filter(|place| place.is_public() == Truth::Yes) {
        let Some((serves, confidence)) = serves(network, place) else { continue };
        // What lets in Front Door alone is filtered there.
        if behind_front_door(place) {
            continue;
        }
        let (guarded, gap) = guarded(place);
        let name = place.name();
        let mut found = match guarded {
            Truth::Yes => continue,
            Truth::No => finding(&RULE, place, &gateway::SKU_TIER, format!("application gateway `{name}` is public, and {}", gap.words)),
            Truth::Unknown => {
                let message = format!("cannot tell whether a web application firewall guards the public application gateway `{name}`");
                finding(&RULE, place, &gateway::SKU_TIER, message).undecided(gap.unknown, "if its tier is `WAF_v2` it passes; else VNL140")
            }
        };
        found.confidence = confidence;
        found.objects.push(serves.0.address().clone());
        found.steps.push(Step { message: "this application gateway listens on a public address".into(), span: place.span_of(&gateway::PUBLIC_ADDRESSES) });
        found.steps.push(serves.1);
        let policy = in_words_of(place, "`firewall_policy_id`", "`firewallPolicy: { id: … }`");
        // A firewall of version 2 is there; what it is to look for is not.
        let tier = match place.get(&gateway::SKU_TIER).ask(|tier| tier.is("WAF_v2")) {
            Truth::Yes => "",
            _ => "take the tier `WAF_v2`, and ",
        };
        found.help = Some(format!("{tier}attach a policy with {policy}"));
        found.why = Some("nothing filters attacks out of what the internet sends to the applications of the cluster".into());
        findings.push(found);
    }
}
