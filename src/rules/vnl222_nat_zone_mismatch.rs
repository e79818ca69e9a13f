//! See the rule's page below.

use std::collections::BTreeSet;

use super::finding::in_words_of;
use super::{Confidence, Finding, Level, Settings, Step};
use crate::azure::{Field, cluster, nat_gateway, public_ip};
use crate::network::{Got, Network, Place};
use crate::value::{Kind, Truth};

rule! {
    /// A NAT gateway stands in one zone, and the nodes that leave by it stand in others.
    ///
    /// A gateway of SKU Standard lives in a single availability zone: the one that is written, or one that Azure picks. When that zone
    /// fails, every node loses its way out, those in the healthy zones too: images are not pulled, and nothing outside answers.
    ///
    /// Take a gateway of SKU StandardV2, which spans the zones by itself: in Terraform `sku_name = "StandardV2"`, in Bicep
    /// `sku: { name: 'StandardV2' }`, both without `zones` and with addresses of SKU StandardV2. Or give each zone a pool, a subnet and a
    /// gateway of its own. Nothing is said of pools whose zones are not written.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_nat_gateway" "egress" {
    ///   name                = "egress"
    ///   resource_group_name = "net"
    ///   zones               = ["1"] # expect: VNL222
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = "spoke"
    ///   address_prefixes     = ["10.1.0.0/22"]
    /// }
    ///
    /// resource "azurerm_subnet_nat_gateway_association" "nodes" {
    ///   subnet_id      = azurerm_subnet.nodes.id
    ///   nat_gateway_id = azurerm_nat_gateway.egress.id
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "net"
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     zones          = ["1", "2", "3"]
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource egress 'Microsoft.Network/natGateways@2024-05-01' = {
    ///   name: 'egress'
    ///   sku: { name: 'Standard' }
    ///   zones: [ '1' ] // expect: VNL222
    /// }
    ///
    /// resource nodes 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
    ///   name: 'spoke/nodes'
    ///   properties: {
    ///     addressPrefix: '10.1.0.0/22'
    ///     natGateway: { id: egress.id }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', availabilityZones: [ '1', '2', '3' ], vnetSubnetID: nodes.id } ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones>
    VNL222 "nat-zone-mismatch", Warning Medium, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let pools: Vec<Place> = network.made(&cluster::POOL);
    for gateway in network.made(&nat_gateway::NAT_GATEWAY) {
        if let Some(found) = refused(gateway).or_else(|| address_elsewhere(gateway)) {
            findings.push(found);
        } else if let Some(own) = zones(gateway, &nat_gateway::ZONES) {
            findings.extend(found(gateway, &own, &pools));
        }
    }
}

/// The pools that leave by a gateway stand in zones that it does not.
fn found(gateway: Place, own: &BTreeSet<String>, pools: &[Place]) -> Option<Finding> {
    let standard = gateway.is(&nat_gateway::SKU, "Standard");
    let leaves = |pool: &&Place| {
        let subnets = pool.follow(&cluster::POOL_TO_SUBNET).into_iter().filter_map(|step| step.end.place());
        let gateways = subnets.flat_map(|subnet| subnet.follow(&nat_gateway::SUBNET_TO_NAT_GATEWAY));
        gateways.into_iter().any(|step| step.end.place() == Some(gateway) && step.exists == Truth::Yes)
    };
    let leaving: Vec<(Place, BTreeSet<String>)> = pools
        .iter()
        .filter(leaves)
        .filter_map(|pool| Some((*pool, zones(*pool, &cluster::ZONES)?)))
        .filter(|(_, zones)| !zones.is_empty())
        .collect();
    let all: BTreeSet<String> = leaving.iter().flat_map(|(_, zones)| zones.iter().cloned()).collect();
    let elsewhere = match own.len() {
        0 => all.len() >= 2,
        1 => !all.is_subset(own),
        _ => false,
    };
    if standard == Truth::No || !elsewhere {
        return None;
    }
    let (name, shown) = (gateway.name(), listed(&all));
    let message = match (standard, own.first()) {
        (Truth::Unknown, _) => format!("cannot tell whether NAT gateway `{name}` spans the zones {shown} of the nodes that leave by it"),
        (_, Some(zone)) => format!("NAT gateway `{name}` stands in zone {zone}, and the nodes that leave by it stand in {shown}"),
        (_, None) => format!("NAT gateway `{name}` stands in a zone that Azure picks, and the nodes that leave by it stand in {shown}"),
    };
    let place = if standard == Truth::Unknown { &nat_gateway::SKU } else { &nat_gateway::ZONES };
    let mut finding = RULE.finding(gateway.span_of(place), message).about(gateway);
    if own.is_empty() {
        finding.level = Level::Note;
    }
    for (pool, zones) in &leaving {
        finding.objects.push(pool.address().clone());
        let message = format!("pool `{}` leaves by it, from {}", pool.name(), listed(zones));
        finding.steps.push(Step { message, span: pool.span_of(&cluster::ZONES) });
    }
    finding.help = Some(in_words_of(
        gateway,
        "`sku_name = \"StandardV2\"` without `zones`, and addresses of SKU StandardV2",
        "`sku: { name: 'StandardV2' }` without `zones`, and addresses of SKU StandardV2",
    ));
    finding.why = Some("when its zone fails, the nodes of every zone lose their way out".into());
    match standard {
        Truth::Unknown => Some(finding.undecided(gateway.get(&nat_gateway::SKU).unknown(), "if it is `StandardV2` it passes; else VNL222")),
        _ => Some(finding),
    }
}

/// azurerm refuses zones of a gateway that spans them by itself.
fn refused(gateway: Place) -> Option<Finding> {
    let zones = zones(gateway, &nat_gateway::ZONES).filter(|zones| !zones.is_empty())?;
    if !gateway.is_terraform() || gateway.is(&nat_gateway::SKU, "StandardV2") != Truth::Yes {
        return None;
    }
    let message = format!("NAT gateway `{}` of SKU StandardV2 names {}", gateway.name(), listed(&zones));
    let mut finding = RULE.finding(gateway.span_of(&nat_gateway::ZONES), message).about(gateway);
    (finding.level, finding.confidence) = (Level::Error, Confidence::High);
    finding.help = Some("leave `zones` out".into());
    finding.why = Some("such a gateway spans all zones by itself, and azurerm takes no `zones` with it".into());
    Some(finding)
}

/// The gateway and an address of it stand in two zones.
fn address_elsewhere(gateway: Place) -> Option<Finding> {
    let own = zones(gateway, &nat_gateway::ZONES).filter(|zones| zones.len() == 1)?;
    let links = [(&nat_gateway::NAT_GATEWAY_TO_PUBLIC_IP, &public_ip::ZONES), (&nat_gateway::NAT_GATEWAY_TO_PREFIX, &public_ip::PREFIX_ZONES)];
    let used = links.iter().flat_map(|(link, field)| gateway.follow(link).into_iter().map(|step| (step, *field)));
    let (address, field, theirs) = used
        .filter(|(step, _)| step.exists == Truth::Yes)
        .filter_map(|(step, field)| {
            let address = step.end.place()?;
            Some((address, field, zones(address, field)?))
        })
        .find(|(_, _, theirs)| theirs.len() == 1 && *theirs != own)?;
    let message = format!("NAT gateway `{}` stands in {}, and its address `{}` in {}", gateway.name(), listed(&own), address.name(), listed(&theirs));
    let mut finding = RULE.finding(address.span_of(field), message).about(gateway);
    finding.objects.push(address.address().clone());
    finding.steps.push(Step { message: "this is the zone of the gateway".into(), span: gateway.span_of(&nat_gateway::ZONES) });
    finding.steps.push(Step { message: "this is the zone of its address".into(), span: address.span_of(field) });
    finding.help = Some("take an address of the gateway's zone, or one of all zones".into());
    finding.why = Some("a gateway of one zone takes addresses of its own zone, or of all of them".into());
    Some(finding)
}

/// The zones of a place; nothing where they are not all known.
fn zones(place: Place, field: &Field) -> Option<BTreeSet<String>> {
    match place.get(field) {
        Got::Absent => Some(BTreeSet::new()),
        Got::Unknown(_) => None,
        Got::Is(value) if value.is_null() => Some(BTreeSet::new()),
        Got::Is(value) if value.rest().is_some() => None,
        Got::Is(value) => value
            .items()?
            .iter()
            .map(|item| match &item.kind {
                Kind::Number(number) => Some(number.to_string()),
                _ => item.as_text().map(str::to_string),
            })
            .collect(),
    }
}

/// Zones in a sentence: `zone 1`, `zones 1, 2 and 3`.
fn listed(zones: &BTreeSet<String>) -> String {
    let all: Vec<&str> = zones.iter().map(String::as_str).collect();
    match all.as_slice() {
        [] => "no zone".into(),
        [only] => format!("zone {only}"),
        [first @ .., last] => format!("zones {} and {last}", first.join(", ")),
    }
}
