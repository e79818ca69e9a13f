//! See the rule's page below.

use super::{Confidence, Finding, Settings, Step};
use crate::azure::{Field, cluster, load_balancer, nat_gateway, public_ip};
use crate::network::{Network, Place};
use crate::source::Span;
use crate::value::Truth;

rule! {
    /// A NAT gateway, a load balancer or a cluster uses a public address of another SKU than its own.
    ///
    /// A Standard NAT gateway or load balancer takes Standard addresses only, a NAT gateway of SKU StandardV2 takes StandardV2 ones
    /// only. Azure refuses the deployment. azurerm before version 4 makes a Basic address where nothing is said.
    ///
    /// In Terraform write `sku = "Standard"` and `allocation_method = "Static"` into the `azurerm_public_ip`; in Bicep
    /// `sku: { name: 'Standard' }` and `publicIPAllocationMethod: 'Static'`.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_nat_gateway" "egress" {
    ///   name                = "egress"
    ///   resource_group_name = "net"
    ///   location            = "westeurope"
    /// }
    ///
    /// resource "azurerm_public_ip" "egress" {
    ///   name                = "egress"
    ///   resource_group_name = "net"
    ///   location            = "westeurope"
    ///   allocation_method   = "Static"
    ///   sku                 = "Basic" # expect: VNL223
    /// }
    ///
    /// resource "azurerm_nat_gateway_public_ip_association" "egress" {
    ///   nat_gateway_id       = azurerm_nat_gateway.egress.id
    ///   public_ip_address_id = azurerm_public_ip.egress.id
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource address 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
    ///   name: 'egress'
    ///   location: 'westeurope'
    ///   sku: { name: 'Basic' } // expect: VNL223
    ///   properties: { publicIPAllocationMethod: 'Static' }
    /// }
    ///
    /// resource egress 'Microsoft.Network/natGateways@2024-05-01' = {
    ///   name: 'egress'
    ///   location: 'westeurope'
    ///   sku: { name: 'Standard' }
    ///   properties: { publicIpAddresses: [ { id: address.id } ] }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/nat-gateway/nat-overview>
    VNL223 "nat-or-lb-public-ip-sku-mismatch", Error High, since "0.2.0"
}

/// The SKUs that somebody's own SKU and its addresses may be.
const SKUS: [&str; 3] = ["Basic", "Standard", "StandardV2"];

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for address in network.made(&public_ip::PUBLIC_IP) {
        findings.extend(first(address, &public_ip::SKU));
    }
    for prefix in network.made(&public_ip::PUBLIC_IP_PREFIX) {
        findings.extend(first(prefix, &public_ip::PREFIX_SKU));
    }
}

/// The first violation among the users of an address; else what cannot be told of one.
fn first(address: Place, sku: &Field) -> Option<Finding> {
    let found: Vec<Finding> = address.used_by().into_iter().filter_map(|(user, step)| of(address, sku, user, step.span)).collect();
    let sure = found.iter().find(|finding| finding.verdict == super::Verdict::Violation).cloned();
    sure.or_else(|| found.into_iter().next())
}

/// The field that says a user's SKU.
fn sku_of(user: Place) -> Option<&'static Field> {
    match user.kind() {
        kind if kind == &nat_gateway::NAT_GATEWAY => Some(&nat_gateway::SKU),
        kind if kind == &load_balancer::LOAD_BALANCER => Some(&load_balancer::SKU),
        kind if kind == &cluster::CLUSTER => Some(&cluster::LOAD_BALANCER_SKU),
        _ => None,
    }
}

/// The SKU that a user's addresses must be of.
fn wanted(user: Place) -> Option<&'static str> {
    let field = sku_of(user)?;
    let known = SKUS.into_iter().find(|sku| user.is(field, sku) == Truth::Yes)?;
    let is_gateway = user.kind() == &nat_gateway::NAT_GATEWAY;
    (known == "Standard" || is_gateway && known != "Basic").then_some(known)
}

fn of(address: Place, sku: &Field, user: Place, uses: Span) -> Option<Finding> {
    let wanted = wanted(user)?;
    let fits = address.is(sku, wanted);
    let dynamic = match address.kind() == &public_ip::PUBLIC_IP {
        true => address.is(&public_ip::ALLOCATION, "Dynamic"),
        false => Truth::No,
    };
    let written = address.span_of(sku) != address.span();
    if fits == Truth::Yes && dynamic != Truth::Yes || fits == Truth::Unknown && !written {
        return None;
    }
    let (name, noun) = (address.name(), address.kind().noun);
    let own = address.text(sku).ok().flatten().unwrap_or_default();
    let by = format!("{} `{}`", user.kind().noun, user.name());
    let (place, message) = match fits {
        Truth::No => (address.span_of(sku), format!("{by} takes {wanted} addresses only, and {noun} `{name}` is {own}")),
        Truth::Unknown => (address.span_of(sku), format!("cannot tell whether {by} takes {noun} `{name}`: it takes {wanted} only")),
        Truth::Yes => {
            (address.span_of(&public_ip::ALLOCATION), format!("{by} takes static addresses only, and {noun} `{name}` is dynamic"))
        }
    };
    let mut finding = RULE.finding(place, message).about(address);
    finding.objects.push(user.address().clone());
    let by_default = !written && fits == Truth::No && address.is_terraform();
    let message = match (by_default, fits) {
        (true, _) => "azurerm before version 4 assumes `Basic` here",
        (_, Truth::Yes) => "this makes it dynamic",
        _ => "this is its SKU",
    };
    finding.steps.push(Step { message: message.into(), span: place });
    finding.steps.push(Step { message: format!("{by} uses it"), span: uses });
    let of_user = sku_of(user);
    if let Some(sku) = of_user.filter(|sku| !user.is_written(sku)) {
        let who = if user.is_terraform() { "azurerm since version 4" } else { "Azure" };
        let who = if user.kind() == &cluster::CLUSTER { "AKS" } else { who };
        finding.steps.push(Step { message: format!("and is {wanted}, which {who} takes where none is written"), span: user.span_of(sku) });
    }
    if address.is_guessed(sku) || of_user.is_some_and(|sku| user.is_guessed(sku)) {
        finding.confidence = Confidence::Medium;
    }
    finding.help = Some(match address.is_terraform() {
        true => format!("write `sku = \"{wanted}\"` and `allocation_method = \"Static\"`"),
        false => format!("write `sku: {{ name: '{wanted}' }}` and `publicIPAllocationMethod: 'Static'`"),
    });
    finding.why = Some(match fits {
        Truth::Yes => format!("Azure makes no {wanted} address that is dynamic"),
        _ => "Azure refuses to attach an address of another SKU".into(),
    });
    match fits {
        Truth::Unknown => Some(finding.undecided(address.get(sku).unknown(), &format!("if it is `{wanted}` it passes; else VNL223"))),
        _ => Some(finding),
    }
}
