//! See the rule's page below.

use super::clusters::{clusters, hop, on};
use super::{Finding, Settings, Step};
use crate::azure::{cluster, dns};
use crate::network::{End, Network, Place, ZoneMode};
use crate::value::{Truth, Unknown};

rule! {
    /// A VNet is linked to two private zones of the same name.
    ///
    /// A VNet sees one zone of a name. Azure refuses the second link: "a virtual network cannot be linked to multiple zones with
    /// overlapping namespaces". A second cluster that brings its own `privatelink.<region>.azmk8s.io` cannot be linked to the
    /// shared hub, and AKS, which links the zone of a cluster to the VNet of its nodes, cannot do so where that VNet sees another one
    /// of that name already; then the cluster is not created.
    ///
    /// Take one zone a region for all clusters: in Terraform
    /// `private_dns_zone_id = data.azurerm_private_dns_zone.shared.id`, in Bicep `privateDNSZone: shared.id` of an `existing` zone.
    /// Or give each team a subzone, `<team>.privatelink.<region>.azmk8s.io`.
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
    /// resource "azurerm_private_dns_zone" "blue" {
    ///   name                = "privatelink.westeurope.azmk8s.io"
    ///   resource_group_name = "blue"
    /// }
    ///
    /// resource "azurerm_private_dns_zone" "green" {
    ///   name                = "privatelink.westeurope.azmk8s.io"
    ///   resource_group_name = "green"
    /// }
    ///
    /// resource "azurerm_private_dns_zone_virtual_network_link" "blue" {
    ///   name                  = "hub"
    ///   resource_group_name   = "blue"
    ///   private_dns_zone_name = azurerm_private_dns_zone.blue.name
    ///   virtual_network_id    = azurerm_virtual_network.hub.id
    /// }
    ///
    /// resource "azurerm_private_dns_zone_virtual_network_link" "green" {
    ///   name                  = "hub"
    ///   resource_group_name   = "green"
    ///   private_dns_zone_name = azurerm_private_dns_zone.green.name
    ///   virtual_network_id    = azurerm_virtual_network.hub.id # expect: VNL029
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
    /// resource blueZone 'Microsoft.Network/privateDnsZones@2024-06-01' existing = {
    ///   name: 'privatelink.westeurope.azmk8s.io'
    ///   scope: resourceGroup('00000000-0000-0000-0000-000000000001', 'blue')
    /// }
    ///
    /// resource greenZone 'Microsoft.Network/privateDnsZones@2024-06-01' existing = {
    ///   name: 'privatelink.westeurope.azmk8s.io'
    ///   scope: resourceGroup('00000000-0000-0000-0000-000000000001', 'green')
    /// }
    ///
    /// resource blue 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'blue'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     apiServerAccessProfile: { enablePrivateCluster: true, privateDNSZone: blueZone.id }
    ///   }
    /// }
    ///
    /// resource green 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'green'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     apiServerAccessProfile: {
    ///       enablePrivateCluster: true
    ///       privateDNSZone: greenZone.id // expect: VNL029
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/dns/private-dns-virtual-network-links>
    VNL029 "vnet-linked-to-two-zones-of-same-name", Error High, since "0.2.0"
}

/// A link of a zone to a VNet, or the cluster for which AKS makes it.
#[derive(Clone, Copy)]
struct Linked<'n> {
    link: Place<'n>,
    zone: Place<'n>,
    vnet: Place<'n>,
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let mut links: Vec<Linked> = network.all(&dns::ZONE_LINK).into_iter().filter_map(linked).collect();
    links.sort_by_key(|linked| linked.link.address());
    let mut said: Vec<Place> = Vec::new();
    for (index, second) in links.iter().enumerate() {
        // What a name may be is asked of the zones of clusters only, which are called alike: others rarely are.
        let of_zones = |first: &Linked| if first.has_name_of(second) { two_zones(first.zone, second.zone) } else { Truth::No };
        let of_vnet = links[..index].iter().filter(|first| first.vnet == second.vnet);
        let Some((first, certain)) = of_vnet.map(|first| (first, of_zones(first))).max_by_key(|(_, certain)| *certain) else {
            continue;
        };
        let certain = certain & first.link.exists() & second.link.exists();
        // A third zone of the name is mended with the second one.
        if certain != Truth::No && !said.contains(&second.zone) {
            said.push(second.zone);
            findings.extend(twice_linked(first, second, certain));
        }
    }
    let mut by_aks: Vec<Linked> = clusters(network).filter_map(by_aks).collect();
    by_aks.sort_by_key(|linked| linked.link.address());
    for own in by_aks {
        // Where the code links the zone too, that is said of the link.
        if !links.iter().any(|link| link.vnet == own.vnet && link.zone == own.zone) {
            findings.extend(linked_by_aks(own, &links));
            links.push(own);
        }
    }
}

impl Linked<'_> {
    /// Both zones are surely called the same.
    fn has_name_of(&self, other: &Linked) -> bool {
        let name = |link: &Linked| link.zone.id().and_then(|id| id.name().cloned());
        name(self).zip(name(other)).is_some_and(|(a, b)| a.equals_ignoring_case(&b) == Truth::Yes)
    }
}

fn linked(link: Place) -> Option<Linked> {
    let vnet = link.follow(&dns::LINK_TO_VNET).into_iter().find_map(|step| step.end.place())?;
    Some(Linked { link, zone: link.parent()?, vnet })
}

/// Whether two zones are two, and have one name.
fn two_zones(a: Place, b: Place) -> Truth {
    if a == b {
        return Truth::No;
    }
    let same_name = match (a.id().and_then(|id| id.name()), b.id().and_then(|id| id.name())) {
        (Some(a), Some(b)) => a.equals_ignoring_case(b),
        _ => Truth::No,
    };
    same_name & Truth::yes_or_unknown(a.is_surely_another(b))
}

fn twice_linked(first: &Linked, second: &Linked, certain: Truth) -> Option<Finding> {
    let place = second.link.span_of(&dns::LINKED_VNET);
    let name = second.zone.name();
    let mut finding = if certain == Truth::Yes {
        let message = format!("`{}` is linked to a second zone that is called `{name}`, which Azure refuses", second.vnet.name());
        RULE.finding(place, message).about(second.link)
    } else {
        let message = format!("cannot tell whether `{}` is linked to two zones that are called `{name}`", second.vnet.name());
        RULE.finding(place, message).about(second.link).undecided(Some(decider(first, second)?), "if these are two zones: VNL029; else it passes")
    };
    finding.objects = vec![second.vnet.address().clone(), first.zone.address().clone(), second.zone.address().clone()];
    finding.steps.push(Step { message: format!("this link ties `{}` to zone `{name}`", second.vnet.name()), span: place });
    finding.steps.push(Step { message: "and this one to another zone of that name".into(), span: first.link.span_of(&dns::LINKED_VNET) });
    if first.zone.span() != second.zone.span() {
        finding.steps.push(Step { message: "the one zone".into(), span: second.zone.span() });
        finding.steps.push(Step { message: "and the other".into(), span: first.zone.span() });
    }
    finding.help = Some("keep one of the zones for all that use it, or put what is in this one into a subzone with a name of its own".into());
    finding.why = Some("a VNet sees one zone of a name".into());
    Some(finding)
}

/// What would decide: an input that a name hangs on, or one that a link hangs on. Two that hang on inputs may exclude each other.
fn decider(first: &Linked, second: &Linked) -> Option<Unknown> {
    let of_links: Vec<Unknown> = [first.link, second.link].iter().filter_map(|link| link.decides().cloned()).collect();
    let of_zone = |zone: Place| {
        let id = zone.id()?;
        let parts = id.names.iter().chain(&id.resource_group).chain(&id.subscription);
        parts.flat_map(|part| part.holes()).map(|hole| hole.unknown()).next()
    };
    match of_links.as_slice() {
        [] => of_zone(first.zone).or_else(|| of_zone(second.zone)),
        [only] if two_zones(first.zone, second.zone) == Truth::Yes => Some(only.clone()),
        _ => None,
    }
}

/// The link that AKS makes for a cluster whose API server has a private name.
fn by_aks(cluster: Place) -> Option<Linked> {
    let by_name = cluster.is_true(&cluster::PRIVATE) & !cluster.is_true(&cluster::VNET_INTEGRATION);
    let (Truth::Yes, ZoneMode::Custom(End::Place(zone))) = (by_name, cluster.zone_mode()) else { return None };
    Some(Linked { link: cluster, zone, vnet: cluster.node_vnet()? })
}

/// AKS links a zone to a VNet that sees another one of that name already.
fn linked_by_aks(own: Linked, links: &[Linked]) -> Option<Finding> {
    let Linked { link: cluster, zone, vnet } = own;
    let of_vnet = links.iter().filter(|link| link.vnet == vnet);
    let (other, certain) =
        of_vnet.map(|link| (link, two_zones(link.zone, zone) & link.link.exists())).max_by_key(|(_, certain)| *certain)?;
    let (name, of) = (zone.name(), cluster.name());
    let mut finding = match certain {
        Truth::No => return None,
        Truth::Yes => {
            let message = format!("`{of}` cannot be created: `{}` sees another zone that is called `{name}`", vnet.name());
            on(&RULE, cluster, &cluster::PRIVATE_DNS_ZONE, message)
        }
        Truth::Unknown => {
            let message = format!("cannot tell whether `{}` sees another zone that is called `{name}` than `{of}`", vnet.name());
            on(&RULE, cluster, &cluster::PRIVATE_DNS_ZONE, message)
                .undecided(Some(decider(other, &own)?), "if these are two zones: VNL029; else it passes")
        }
    };
    finding.objects = vec![vnet.address().clone(), zone.address().clone(), other.zone.address().clone()];
    finding.steps.push(hop(cluster, &cluster::PRIVATE_DNS_ZONE, format!("AKS links this zone to `{}`", vnet.name())));
    let other_way = match other.link.kind() == &cluster::CLUSTER {
        true => hop(other.link, &cluster::PRIVATE_DNS_ZONE, format!("and for `{}` another one of that name", other.link.name())),
        false => Step { message: "which this link ties to another zone of that name".into(), span: other.link.span() },
    };
    finding.steps.push(other_way);
    finding.help = Some("let all clusters of the VNet take one zone, or take subzones with names of their own".into());
    finding.why = Some("a VNet sees one zone of a name".into());
    Some(finding)
}
