//! See the rule's page below.

use super::gateways::{finding, gateways};
use super::{Confidence, Finding, Settings, Step};
use crate::azure::{application_gateway as gateway, cluster, virtual_network, waf};
use crate::network::{End, Network, Place};
use crate::value::{Cidr, Truth, Unknown, Value};

rule! {
    /// The application gateway in front of a cluster is public, and no web application firewall filters what it takes.
    ///
    /// Everybody on the internet reaches the applications of the cluster through this gateway, and nothing looks for attacks
    /// in what they send: it is of a SKU without a firewall, or no policy is attached to it, or the policy is switched off.
    ///
    /// Take the SKU `WAF_v2` and attach a policy: `firewall_policy_id` in Terraform, `firewallPolicy: { id: … }` in Bicep. A
    /// policy on every listener does as well.
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
        found.help = Some(match place.is_terraform() {
            true => "take the tier `WAF_v2`, and attach a policy with `firewall_policy_id`".into(),
            false => "take the tier `WAF_v2`, and attach a policy with `firewallPolicy: { id: … }`".into(),
        });
        found.why = Some("nothing filters attacks out of what the internet sends to the applications of the cluster".into());
        findings.push(found);
    }
}

/// What is missing.
struct Gap {
    words: String,
    unknown: Option<Unknown>,
}

/// Whether a firewall guards a gateway, and what is missing if none does.
fn guarded(place: Place) -> (Truth, Gap) {
    let tier = place.get(&gateway::SKU_TIER);
    let has_tier = tier.ask(|tier| tier.is("WAF_v2") | tier.is("WAF"));
    let shown = place.text(&gateway::SKU_TIER).ok().flatten().unwrap_or_default();
    if has_tier != Truth::Yes {
        let words = match shown.is_empty() {
            true => "its SKU has no web application firewall".into(),
            false => format!("its tier `{shown}` has no web application firewall"),
        };
        return (has_tier, Gap { words, unknown: tier.unknown() });
    }
    let policies = place.follow(&gateway::GATEWAY_TO_POLICY);
    let off = |place: &Place| place.is_made() && place.is(&waf::STATE, "Disabled") == Truth::Yes;
    if let Some(policy) = policies.iter().filter_map(|step| step.end.place()).find(off) {
        return (Truth::No, Gap { words: format!("its firewall policy `{}` is switched off", policy.name()), unknown: None });
    }
    // A policy that an input names counts as one.
    if policies.iter().any(|step| step.exists.possibly()) || place.is_true(&gateway::FIREWALL_ON).possibly() {
        return (Truth::Yes, Gap { words: String::new(), unknown: None });
    }
    let listeners = place.children(&gateway::LISTENER);
    let open: Vec<&Place> = listeners.iter().filter(|listener| listener.follow(&gateway::LISTENER_TO_POLICY).is_empty()).collect();
    if !listeners.is_empty() && open.is_empty() {
        return (Truth::Yes, Gap { words: String::new(), unknown: None });
    }
    let words = match open.len() < listeners.len() {
        true => format!("only some of its listeners have a firewall policy: {} of {}", listeners.len() - open.len(), listeners.len()),
        false => "no firewall policy is attached to it".into(),
    };
    (Truth::No, Gap { words, unknown: None })
}

/// How a gateway is known to serve a cluster: an ingress controller writes to it, its backends lie in the VNet of the nodes,
/// or it stands beside them.
fn serves<'n>(network: &'n Network, place: Place<'n>) -> Option<((Place<'n>, Step), Confidence)> {
    if let Some(writer) = place.writers().into_iter().find(|writer| writer.there == Truth::Yes) {
        let step = Step { message: format!("{} writes to it", writer.words()), span: writer.span };
        return Some(((writer.by, step), Confidence::High));
    }
    let clusters = network.all(&cluster::CLUSTER);
    let vnets: Vec<(Place, Place)> = clusters.iter().filter_map(|cluster| Some((*cluster, cluster.node_vnet()?))).collect();
    let pools = place.children(&gateway::BACKEND_POOL);
    let addresses: Vec<(std::net::IpAddr, Place)> = pools.iter().flat_map(|pool| {
        let (values, _) = pool.get_all(&gateway::ADDRESSES);
        let texts: Vec<String> = values.iter().flat_map(texts).collect();
        texts.into_iter().filter_map(|text| Some((text.parse().ok()?, *pool))).collect::<Vec<_>>()
    }).collect();
    for (cluster, vnet) in &vnets {
        let ranges: Vec<Cidr> = vnet.ranges(&virtual_network::ADDRESS_SPACE).unwrap_or_default();
        if let Some((address, pool)) = addresses.iter().find(|(address, _)| ranges.iter().any(|range| range.holds(*address))) {
            let message = format!("its pool holds `{address}` of `{}`, the VNet of `{}`", vnet.name(), cluster.name());
            return Some(((*cluster, Step { message, span: pool.span() }), Confidence::High));
        }
    }
    // A gateway whose pools are all for something else has said so.
    let steps = place.follow(&gateway::GATEWAY_TO_SUBNET);
    let own = steps.iter().find_map(|step| match &step.end {
        End::Place(subnet) => Some((subnet.parent()?, step.span)),
        _ => None,
    });
    let (own, span) = own?;
    let (cluster, vnet) = vnets.iter().find(|(_, vnet)| *vnet == own).or_else(|| vnets.iter().find(|(_, vnet)| own.is_tied_to(*vnet).is_some()))?;
    let message = match *vnet == own {
        true => format!("it stands in `{}`, the VNet of `{}`", own.name(), cluster.name()),
        false => format!("it stands in `{}`, which is tied to `{}`, the VNet of `{}`", own.name(), vnet.name(), cluster.name()),
    };
    Some(((*cluster, Step { message, span }), Confidence::Medium))
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.items().unwrap_or(std::slice::from_ref(value));
    items.iter().filter_map(Value::as_text).map(str::to_string).collect()
}
