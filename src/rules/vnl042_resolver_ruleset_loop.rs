//! See the rule's page below.

use super::{Finding, Level, Settings, Step};
use crate::azure::dns;
use crate::network::{Network, Place, Server};
use crate::source::Span;
use crate::value::{Truth, Unknown, Value};

rule! {
    /// A forwarding rule sends questions back to where they come from.
    ///
    /// A ruleset that is linked to a VNet decides for all that resolve names there, the inbound endpoint of a DNS Private Resolver
    /// among them. A rule of it that forwards to that endpoint sends the question round in a circle until it fails, and nodes find
    /// neither the API server nor anything else below that name.
    ///
    /// Remove the link of the ruleset to the endpoint's VNet: in Terraform the
    /// `azurerm_private_dns_resolver_virtual_network_link`, in Bicep the `virtualNetworkLinks` of the `dnsForwardingRulesets`. A private
    /// zone that is linked there answers without a rule. Rulesets that are linked to spokes and forward to the hub's endpoint are good.
    /// Where the VNet sees a zone of that name, which comes first is not documented, and this is a note. A rule that forwards to
    /// 168.63.129.16, which Azure does not allow, is found too.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "hub" {
    ///   name                = "hub"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.0.0.0/16"]
    /// }
    ///
    /// resource "azurerm_private_dns_resolver" "hub" {
    ///   name                = "resolver"
    ///   resource_group_name = "net"
    ///   virtual_network_id  = azurerm_virtual_network.hub.id
    /// }
    ///
    /// resource "azurerm_private_dns_resolver_inbound_endpoint" "hub" {
    ///   name                    = "inbound"
    ///   private_dns_resolver_id = azurerm_private_dns_resolver.hub.id
    /// }
    ///
    /// resource "azurerm_private_dns_resolver_dns_forwarding_ruleset" "hub" {
    ///   name                = "rules"
    ///   resource_group_name = "net"
    /// }
    ///
    /// resource "azurerm_private_dns_resolver_forwarding_rule" "aks" {
    ///   name                      = "aks"
    ///   dns_forwarding_ruleset_id = azurerm_private_dns_resolver_dns_forwarding_ruleset.hub.id
    ///   domain_name               = "privatelink.westeurope.azmk8s.io."
    ///
    ///   target_dns_servers {
    ///     ip_address = azurerm_private_dns_resolver_inbound_endpoint.hub.ip_configurations[0].private_ip_address
    ///   }
    /// }
    ///
    /// resource "azurerm_private_dns_resolver_virtual_network_link" "hub" {
    ///   name                      = "hub"
    ///   dns_forwarding_ruleset_id = azurerm_private_dns_resolver_dns_forwarding_ruleset.hub.id
    ///   virtual_network_id        = azurerm_virtual_network.hub.id # expect: VNL042
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'hub'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.0.0.0/16' ] } }
    /// }
    ///
    /// resource resolver 'Microsoft.Network/dnsResolvers@2022-07-01' = {
    ///   name: 'resolver'
    ///   properties: { virtualNetwork: { id: hub.id } }
    ///   resource inbound 'inboundEndpoints' = {
    ///     name: 'inbound'
    ///     properties: { ipConfigurations: [ { privateIpAddress: '10.0.1.4', privateIpAllocationMethod: 'Static' } ] }
    ///   }
    /// }
    ///
    /// resource rules 'Microsoft.Network/dnsForwardingRulesets@2022-07-01' = {
    ///   name: 'rules'
    ///   properties: { dnsResolverOutboundEndpoints: [] }
    ///   resource aks 'forwardingRules' = {
    ///     name: 'aks'
    ///     properties: {
    ///       domainName: 'privatelink.westeurope.azmk8s.io.'
    ///       targetDnsServers: [ { ipAddress: '10.0.1.4', port: 53 } ]
    ///     }
    ///   }
    ///   resource toHub 'virtualNetworkLinks' = {
    ///     name: 'hub'
    ///     properties: { virtualNetwork: { id: hub.id } } // expect: VNL042
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/dns/private-resolver-endpoints-rulesets>
    VNL042 "resolver-ruleset-loop", Warning Medium, since "0.2.0"
}

/// Azure's own resolver, which no rule may forward to.
const AZURE_DNS: &str = "168.63.129.16";

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for rule in network.made(&dns::FORWARDING_RULE) {
        let Some(ruleset) = rule.parent() else { continue };
        findings.extend(to_azure(rule));
        for link in ruleset.children(&dns::RULESET_LINK) {
            for step in link.follow(&dns::RULESET_LINK_TO_VNET) {
                let Some(vnet) = step.end.place() else { continue };
                findings.extend(circle(network, rule, link, vnet, step.span));
            }
        }
    }
}

/// Whether a rule counts, and what would decide.
fn counts(rule: Place) -> (Truth, Option<Unknown>) {
    let state = rule.get(&dns::RULE_STATE);
    let off = state.ask(|value| value.is("Disabled"));
    let unknown = state.unknown();
    (!off & rule.exists(), unknown.or_else(|| rule.decides().cloned()))
}

fn circle<'n>(network: &'n Network, rule: Place<'n>, link: Place<'n>, vnet: Place<'n>, place: Span) -> Option<Finding> {
    let domain = rule.text(&dns::RULE_DOMAIN).ok()??;
    let to_itself = |(server, value): (Server<'n>, Value)| match server {
        Server::Inbound(endpoint) if endpoint.endpoint_vnet() == Some(vnet) => Some((endpoint, value)),
        _ => None,
    };
    let (endpoint, value) = rule.forwards_to(vnet).into_iter().find_map(to_itself)?;
    let (of_rule, unknown) = counts(rule);
    let mut finding = match of_rule & link.exists() {
        Truth::No => return None,
        Truth::Yes => {
            let message = format!("questions for `{domain}` go round in a circle in `{}`: they are forwarded to the endpoint that asks", vnet.name());
            RULE.finding(place, message).about(link)
        }
        Truth::Unknown => {
            let unknown = unknown.or_else(|| link.decides().cloned());
            let message = format!("cannot tell whether questions for `{domain}` go round in a circle in `{}`", vnet.name());
            RULE.finding(place, message).about(link).undecided(unknown, "if the rule and the link count: VNL042; else it passes")
        }
    };
    if has_zone(network, &domain, vnet) {
        finding.level = Level::Note;
    }
    finding.objects = vec![rule.address().clone(), endpoint.address().clone(), vnet.address().clone()];
    finding.steps.push(Step { message: format!("the ruleset decides for all that resolve names in `{}`", vnet.name()), span: place });
    finding.steps.push(Step { message: format!("this rule forwards `{domain}`"), span: rule.span_of(&dns::RULE_DOMAIN) });
    let span = value.origin.last().unwrap_or(rule.span());
    finding.steps.push(Step { message: format!("to the endpoint `{}`", endpoint.name()), span });
    finding.steps.push(Step { message: format!("which resolves names in `{}` itself", vnet.name()), span: endpoint.span() });
    finding.help = Some(format!("remove the link of the ruleset to `{}`, or this rule", vnet.name()));
    finding.why = Some("the endpoint asks the rules of its own VNet, and they send the question back to it".into());
    Some(finding)
}

/// A zone of that name, or of one around it, is linked to the VNet.
fn has_zone(network: &Network, domain: &str, vnet: Place) -> bool {
    let domain = domain.trim_end_matches('.').to_lowercase();
    let is_zone = |zone: &Place| {
        let name = zone.name().to_lowercase();
        domain == name || domain.ends_with(&format!(".{name}")) || name.ends_with(&format!(".{domain}"))
    };
    let zones = network.all(&dns::ZONE).into_iter().filter(is_zone);
    zones.flat_map(Place::zone_links).any(|(_, end)| end.place() == Some(vnet))
}

fn to_azure(rule: Place) -> Option<Finding> {
    let (targets, _) = rule.get_all(&dns::RULE_TARGETS);
    let target = targets.iter().find(|target| target.as_text().is_some_and(|text| text.trim() == AZURE_DNS))?;
    let place = target.origin.last().filter(|span| span.file == rule.span().file).unwrap_or(rule.span());
    let message = format!("`{}` forwards to Azure's own DNS, which no rule may", rule.name());
    let mut finding = RULE.finding(place, message).about(rule);
    finding.steps.push(Step { message: format!("{AZURE_DNS} is Azure's own DNS"), span: place });
    finding.help = Some("forward to the inbound endpoint of a resolver whose VNet sees the zone".into());
    finding.why = Some("a resolver asks Azure's DNS by itself where no rule counts".into());
    Some(finding)
}
