//! See the rule's page below.

use std::net::IpAddr;

use super::gateways::{settled, texts};
use super::{Finding, Level, Settings, Step};
use crate::azure::{application_gateway as gateway, cluster, firewall, virtual_network, waf};
use crate::network::{Network, Place};
use crate::source::Span;
use crate::value::{SmolStr, Truth, Value};

rule! {
    /// Web traffic goes through a NAT rule of the firewall before it reaches the gateway.
    ///
    /// A NAT rule of Azure Firewall replaces the address of the client with the firewall's. The application gateway, its
    /// firewall policy and every log behind see that one address: a rule that blocks an address, or that limits how often one
    /// may ask, acts on everybody at once. Where the policy has such rules, this is a warning.
    ///
    /// Publish the gateway by its own public address, or put Front Door in front, which hands the client's address on. NAT
    /// rules are for what is no web traffic.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_subnet" "gateway" {
    ///   name                 = "snet-agw"
    ///   resource_group_name  = "rg-web"
    ///   virtual_network_name = "vnet-web"
    ///   address_prefixes     = ["10.1.4.0/24"]
    /// }
    ///
    /// resource "azurerm_application_gateway" "web" {
    ///   name                = "agw-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   gateway_ip_configuration {
    ///     name      = "gateway"
    ///     subnet_id = azurerm_subnet.gateway.id
    ///   }
    /// }
    ///
    /// resource "azurerm_firewall_nat_rule_collection" "web" {
    ///   name                = "web"
    ///   resource_group_name = "rg-hub"
    ///   azure_firewall_name = "afw-hub"
    ///   priority            = 100
    ///   action              = "Dnat"
    ///
    ///   rule {
    ///     name                  = "shop"
    ///     protocols             = ["TCP"]
    ///     source_addresses      = ["*"]
    ///     destination_addresses = ["203.0.113.10"]
    ///     destination_ports     = ["443"]
    ///     translated_address    = "10.1.4.10" # expect: VNL147
    ///     translated_port       = "443"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'vnet-web'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource gateway 'subnets' = {
    ///     name: 'snet-agw'
    ///     properties: { addressPrefix: '10.1.4.0/24' }
    ///   }
    /// }
    ///
    /// resource web 'Microsoft.Network/applicationGateways@2024-05-01' = {
    ///   name: 'agw-web'
    ///   properties: { gatewayIPConfigurations: [ { name: 'gateway', properties: { subnet: { id: vnet::gateway.id } } } ] }
    /// }
    ///
    /// resource policy 'Microsoft.Network/firewallPolicies@2024-05-01' = {
    ///   name: 'afwp-hub'
    ///   resource group 'ruleCollectionGroups' = {
    ///     name: 'web'
    ///     properties: {
    ///       priority: 100
    ///       ruleCollections: [
    ///         {
    ///           ruleCollectionType: 'FirewallPolicyNatRuleCollection'
    ///           name: 'web'
    ///           priority: 100
    ///           action: { type: 'DNAT' }
    ///           rules: [
    ///             {
    ///               ruleType: 'NatRule'
    ///               name: 'shop'
    ///               ipProtocols: [ 'TCP' ]
    ///               sourceAddresses: [ '*' ]
    ///               destinationAddresses: [ '203.0.113.10' ]
    ///               destinationPorts: [ '443' ]
    ///               translatedAddress: '10.1.4.10' // expect: VNL147
    ///               translatedPort: '443'
    ///             }
    ///           ]
    ///         }
    ///       ]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/architecture/example-scenario/gateway/firewall-application-gateway>;
    /// Cloud Adoption Framework: a firewall in front of web applications hides the addresses of clients
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL147 "firewall-dnat-in-front-of-web-app", Note Medium, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let collections = [network.made(&firewall::RULE_COLLECTION), network.made(&firewall::OWN_NAT_RULES)].concat();
    for collection in collections {
        let rules = match collection.kind() == &firewall::RULE_COLLECTION {
            true => &firewall::GROUP_RULES,
            false => &firewall::RULES,
        };
        for rule in collection.get_all(rules).0 {
            findings.extend(found(network, collection, &rule));
        }
    }
}

/// A field of a rule, in any case of letters.
fn part<'v>(rule: &'v Value, name: &str) -> Option<&'v Value> {
    rule.fields()?.iter().find(|(key, _): &(&SmolStr, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn found(network: &Network, collection: Place, rule: &Value) -> Option<Finding> {
    let translated = part(rule, "translatedAddress").filter(|value| !value.is_null())?;
    let ports = part(rule, "destinationPorts")?;
    let span = translated.origin.hops().map(|hop| hop.span).find(|span| span.file == collection.span().file);
    let span = span.unwrap_or(collection.span());
    let web = texts(ports).iter().any(|port| port == "80" || port == "443");
    let open = ports.first_hole();
    if !web && open.is_none() {
        return None;
    }
    let target = target(network, collection, translated)?;
    let (noun, name) = (target.kind().noun, target.name());
    let shown = collection.name();
    let mut found = match web {
        true => {
            let message = format!("rule collection `{shown}` sends web traffic to {noun} `{name}`, which sees the firewall's address instead of the client's");
            RULE.finding(span, message).about(collection)
        }
        false => {
            let message = format!("cannot tell whether rule collection `{shown}` sends web traffic to {noun} `{name}`");
            let unknown = open.map(|hole| hole.unknown());
            RULE.finding(span, message).about(collection).undecided(unknown, "if its port is 80 or 443: VNL147; else it passes")
        }
    };
    found.objects.push(target.address().clone());
    found.steps = vec![
        Step { message: "the firewall hands web traffic to this address".into(), span },
        Step { message: format!("which is in the subnet of {noun} `{name}`"), span: target.span() },
    ];
    if let Some(span) = looks_at_client(target) {
        found.level = Level::Warning;
        found.steps.push(Step { message: "whose firewall policy looks at the client's address".into(), span });
    }
    found.help = Some(format!("publish {noun} `{name}` by a public address of its own, or through Front Door"));
    found.why = Some("rules and logs see one address for all clients, so what blocks one of them blocks everybody".into());
    Some(settled(found, collection, RULE.code))
}

/// The gateway, or the internal load balancer beside a cluster, whose address a NAT rule names.
fn target<'n>(network: &'n Network, collection: Place<'n>, translated: &Value) -> Option<Place<'n>> {
    let address: IpAddr = translated.as_text()?.trim().parse().ok()?;
    let holds = |subnet: &Place<'n>| {
        let ranges = subnet.ranges(&virtual_network::PREFIXES).unwrap_or_default();
        ranges.iter().any(|range| range.holds(address)) && is_near(network, collection, *subnet)
    };
    let gateways = network.all(&gateway::APPLICATION_GATEWAY).into_iter();
    let gateway = gateways.into_iter().find(|place| place.gateway_subnet().is_some_and(|subnet| holds(&subnet)));
    // What AKS gives a service has no resource of its own: it lies in the subnet of the nodes.
    let clusters = || {
        let nodes =
            |cluster: &Place<'n>| cluster.node_subnets().iter().filter_map(|subnet| subnet.end.place()).any(|subnet| holds(&subnet));
        network.all(&cluster::CLUSTER).into_iter().find(nodes)
    };
    gateway.or_else(clusters)
}

/// Private addresses are many networks' own: the subnet is of the same deployment, or its VNet is tied to the firewall's.
fn is_near(network: &Network, collection: Place, subnet: Place) -> bool {
    let Some(vnet) = subnet.parent() else { return collection.root() == subnet.root() };
    let of = |wall: &Place| {
        let policies = wall.follow(&firewall::FIREWALL_TO_POLICY).into_iter().filter_map(|step| step.end.place());
        let group = collection.parent();
        Some(*wall) == group || policies.into_iter().any(|policy| group.and_then(Place::parent) == Some(policy))
    };
    let mut homes = network.all(&firewall::FIREWALL).into_iter().filter(of).filter_map(Place::home);
    collection.root() == subnet.root() || homes.any(|home| home == vnet || home.is_tied_to(vnet).is_some())
}

/// Where a rule of a gateway's firewall policy looks at the address of the client.
fn looks_at_client(target: Place) -> Option<Span> {
    if target.kind() != &gateway::APPLICATION_GATEWAY {
        return None;
    }
    let policies = target.follow(&gateway::GATEWAY_TO_POLICY).into_iter().filter_map(|step| step.end.place());
    let looks = |policy: &Place| policy.get_all(&waf::CUSTOM_VARIABLES).0.iter().any(|variable| variable.is("RemoteAddr") == Truth::Yes);
    policies.into_iter().find(looks).map(Place::span)
}
