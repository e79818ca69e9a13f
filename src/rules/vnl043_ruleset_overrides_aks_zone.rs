//! See the rule's page below.

use super::clusters::clusters;
use super::{Finding, Settings, Step};
use crate::azure::{cluster, dns};
use crate::network::{End, Network, Place, Seen, Server, ZoneMode};
use crate::value::{Truth, Unknown};

rule! {
    /// A forwarding rule sends questions for the API server to servers that may not know it.
    ///
    /// A ruleset that is linked to the VNet of a cluster decides for its nodes and pods. A rule for `azmk8s.io.` or for all names sends
    /// the name of the API server to servers which do not see the zone of the cluster, and the zone is not linked to the VNet, where it
    /// would answer. Only clusters with VNet integration are looked at: AKS links the zone of others to their VNet by itself.
    ///
    /// Add a rule for the zone's own name that forwards to a resolver which sees the zone, or link the zone to the VNet: in Terraform
    /// an `azurerm_private_dns_resolver_forwarding_rule` with `domain_name = "privatelink.westeurope.azmk8s.io."`, in Bicep a
    /// `forwardingRules` with that `domainName`. Of several rules the one with the longest name counts.
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
    /// resource "azurerm_private_dns_resolver_dns_forwarding_ruleset" "hub" {
    ///   name                = "rules"
    ///   resource_group_name = "net"
    /// }
    ///
    /// resource "azurerm_private_dns_resolver_forwarding_rule" "all" {
    ///   name                      = "all"
    ///   dns_forwarding_ruleset_id = azurerm_private_dns_resolver_dns_forwarding_ruleset.hub.id
    ///   domain_name               = "." # expect: VNL043
    ///
    ///   target_dns_servers {
    ///     ip_address = "192.168.0.4"
    ///   }
    /// }
    ///
    /// resource "azurerm_private_dns_resolver_virtual_network_link" "spoke" {
    ///   name                      = "spoke"
    ///   dns_forwarding_ruleset_id = azurerm_private_dns_resolver_dns_forwarding_ruleset.hub.id
    ///   virtual_network_id        = azurerm_virtual_network.spoke.id
    /// }
    ///
    /// resource "azurerm_private_dns_zone" "aks" {
    ///   name                = "private.westeurope.azmk8s.io"
    ///   resource_group_name = "net"
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                    = "aks"
    ///   resource_group_name     = "net"
    ///   private_cluster_enabled = true
    ///   private_dns_zone_id     = azurerm_private_dns_zone.aks.id
    ///
    ///   api_server_access_profile {
    ///     virtual_network_integration_enabled = true
    ///   }
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    /// }
    ///
    /// resource rules 'Microsoft.Network/dnsForwardingRulesets@2022-07-01' = {
    ///   name: 'rules'
    ///   properties: { dnsResolverOutboundEndpoints: [] }
    ///   resource all 'forwardingRules' = {
    ///     name: 'all'
    ///     properties: {
    ///       domainName: '.' // expect: VNL043
    ///       targetDnsServers: [ { ipAddress: '192.168.0.4', port: 53 } ]
    ///     }
    ///   }
    ///   resource toSpoke 'virtualNetworkLinks' = {
    ///     name: 'spoke'
    ///     properties: { virtualNetwork: { id: spoke.id } }
    ///   }
    /// }
    ///
    /// resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
    ///   name: 'private.westeurope.azmk8s.io'
    ///   location: 'global'
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     apiServerAccessProfile: { enablePrivateCluster: true, enableVnetIntegration: true, privateDNSZone: zone.id }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/dns/private-resolver-endpoints-rulesets>
    VNL043 "ruleset-overrides-aks-zone", Warning Low, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in clusters(network) {
        let integrated = cluster.is_true(&cluster::PRIVATE) & cluster.is_true(&cluster::VNET_INTEGRATION);
        let (Truth::Yes, ZoneMode::Custom(End::Place(zone)), Some(vnet)) = (integrated, cluster.zone_mode(), cluster.node_vnet()) else {
            continue;
        };
        if zone.is_linked_to_any(&[vnet]).0 == Truth::No {
            findings.extend(found(network, cluster, zone, vnet));
        }
    }
}

fn found<'n>(network: &'n Network, cluster: Place<'n>, zone: Place<'n>, vnet: Place<'n>) -> Option<Finding> {
    let (rule, domain, link) = rule_for(network, &zone.name(), vnet)?;
    let targets = rule.forwards_to(vnet);
    let knows = Truth::any(targets.iter().map(|(server, _)| knows(network, server, zone, vnet)));
    let place = rule.span_of(&dns::RULE_DOMAIN);
    let state = rule.get(&dns::RULE_STATE);
    let certain = !knows & state.ask(|value| value.is("Enabled")) & rule.exists() & link.exists();
    let mut finding = match certain {
        Truth::No => return None,
        Truth::Yes => {
            let message = format!("questions for `{}` in `{}` are forwarded to servers that may not know zone `{}`", cluster.name(), vnet.name(), zone.name());
            RULE.finding(place, message).about(cluster)
        }
        Truth::Unknown => {
            let unknown: Unknown = state.unknown().or_else(|| rule.decides().cloned()).or_else(|| link.decides().cloned())?;
            let message = format!("cannot tell whether questions for `{}` in `{}` are forwarded past zone `{}`", cluster.name(), vnet.name(), zone.name());
            RULE.finding(place, message).about(cluster).undecided(Some(unknown), "if the rule and the link count: VNL043; else it passes")
        }
    };
    finding.objects = vec![rule.address().clone(), zone.address().clone(), vnet.address().clone()];
    finding.steps.push(Step { message: format!("this rule forwards `{domain}`, and no other has a longer name that fits"), span: place });
    finding.steps.push(Step { message: format!("its ruleset decides in `{}`, where the nodes stand", vnet.name()), span: link.span() });
    finding.steps.push(Step { message: "and the zone of the cluster is not linked there".into(), span: zone.span() });
    finding.help = Some(format!("forward `{}.` to a resolver that sees the zone, or link the zone to `{}`", zone.name(), vnet.name()));
    finding.why = Some("a server that does not see the zone says that the API server's name does not exist".into());
    Some(finding)
}

/// The rule with the longest name that a zone's name ends with, among those that decide in a VNet.
fn rule_for<'n>(network: &'n Network, zone: &str, vnet: Place<'n>) -> Option<(Place<'n>, String, Place<'n>)> {
    let mut fitting = Vec::new();
    for link in network.made(&dns::RULESET_LINK) {
        let decides = link.follow(&dns::RULESET_LINK_TO_VNET).iter().any(|step| step.end.place() == Some(vnet));
        let Some(ruleset) = link.parent().filter(|_| decides) else { continue };
        for rule in ruleset.children(&dns::FORWARDING_RULE) {
            let Ok(Some(domain)) = rule.text(&dns::RULE_DOMAIN) else { return None };
            let name = domain.trim_end_matches('.').to_lowercase();
            let zone = zone.to_lowercase();
            let fits = name.is_empty() || zone == name || zone.ends_with(&format!(".{name}"));
            if fits && rule.is(&dns::RULE_STATE, "Disabled") != Truth::Yes {
                fitting.push((name.len(), rule, domain, link));
            }
        }
    }
    fitting.into_iter().max_by_key(|(length, ..)| *length).map(|(_, rule, domain, link)| (rule, domain, link))
}

/// Whether a server sees a zone. What stands elsewhere is not linked to anything here.
fn knows<'n>(network: &'n Network, server: &Server<'n>, zone: Place<'n>, vnet: Place<'n>) -> Truth {
    match network.sees(server, vnet) {
        Seen::From(vnets) => zone.is_linked_to_any(&vnets).0,
        Seen::Never => Truth::No,
        Seen::Unknown(None) if matches!(server, Server::Elsewhere(_)) => Truth::No,
        Seen::Unknown(_) => Truth::Unknown,
    }
}
