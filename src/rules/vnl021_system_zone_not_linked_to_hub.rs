//! See the rule's page below.

use super::hub_links::{Spoke, spokes};
use super::{Confidence, Finding, Level, Settings, Step};
use crate::azure::{cluster, dns};
use crate::network::{End, Network, Place, ZoneMode};
use crate::value::Unknown;

rule! {
    /// The system zone of a private cluster is not linked to the hub in which names are resolved.
    ///
    /// AKS gives the system zone a random name and links it to the nodes' VNet only. The link to the hub is a second
    /// step that many templates forget; without it nobody outside the spoke can resolve the API server.
    ///
    /// Link the zone by a name that is cut out of the cluster's private name, in the cluster's node resource group; or
    /// take a zone of your own, which is linked once and survives the cluster.
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
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.1.0.0/16"]
    /// }
    ///
    /// resource "azurerm_virtual_network_peering" "spoke" {
    ///   name                      = "to-hub"
    ///   resource_group_name       = "net"
    ///   virtual_network_name      = azurerm_virtual_network.spoke.name
    ///   remote_virtual_network_id = azurerm_virtual_network.hub.id
    /// }
    ///
    /// resource "azurerm_subnet" "nodes" {
    ///   name                 = "nodes"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.spoke.name
    ///   address_prefixes     = ["10.1.0.0/22"]
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                    = "aks"
    ///   resource_group_name     = "net"
    ///   private_cluster_enabled = true # expect: VNL021
    ///
    ///   default_node_pool {
    ///     name           = "system"
    ///     vnet_subnet_id = azurerm_subnet.nodes.id
    ///   }
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
    ///     properties: { ipConfigurations: [ { subnet: { id: '${hub.id}/subnets/dns' } } ] }
    ///   }
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource nodes 'subnets' = {
    ///     name: 'nodes'
    ///     properties: { addressPrefix: '10.1.0.0/22' }
    ///   }
    ///   resource toHub 'virtualNetworkPeerings' = {
    ///     name: 'to-hub'
    ///     properties: { remoteVirtualNetwork: { id: hub.id } }
    ///   }
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     agentPoolProfiles: [ { name: 'system', vnetSubnetID: spoke::nodes.id } ]
    ///     apiServerAccessProfile: {
    ///       enablePrivateCluster: true // expect: VNL021
    ///       enablePrivateClusterPublicFQDN: false
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/private-clusters>
    VNL021 "system-zone-not-linked-to-hub", Warning Medium, since "0.1.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for spoke in spokes(network) {
        if matches!(spoke.cluster.zone_mode(), ZoneMode::System) {
            findings.extend(of_spoke(network, &spoke));
        }
    }
}

fn of_spoke<'n>(network: &'n Network, spoke: &Spoke<'n>) -> Option<Finding> {
    let links = spoke.cluster.system_zone_links();
    let mut targets: Vec<Place> = Vec::new();
    for hub in &spoke.hubs {
        match spoke.resolving(network, hub) {
            Ok(vnets) => targets.extend(vnets),
            Err(unknown) => return Some(open(spoke, unknown, "it is not known where the hub resolves names".into())),
        }
    }
    if targets.is_empty() || targets.contains(&spoke.vnet) {
        return None;
    }
    for (link, end) in &links {
        match end {
            End::Place(vnet)
                if link.exists().possibly()
                    && (targets.contains(vnet) || spoke.hubs.iter().any(|hub| hub.vnet == *vnet)) =>
            {
                return None;
            }
            End::Unknown(unknown) => {
                let why = "the code links the zone to a VNet that is not known".to_string();
                return Some(open(spoke, Some(unknown.clone()), why));
            }
            _ => {}
        }
    }
    // A link whose zone nobody can name may be this one.
    if let Some(unknown) = nameless_link(network, spoke, &targets) {
        return Some(open(spoke, Some(unknown), "a zone whose name is not known is linked to the hub".into()));
    }
    if let Some(hidden) = spoke.cluster.hidden_from(&dns::ZONE_LINK) {
        let why = format!("`{}` is told of the cluster and may link its zone", hidden.address);
        return Some(open(spoke, Some(hidden.unknown), why));
    }
    if let Some(unknown) = spoke.cluster.damage() {
        return Some(open(spoke, Some(unknown), "a part of the code could not be read".into()));
    }
    let target = targets.first().copied()?;
    let hub = spoke.hubs.iter().find(|hub| hub.vnet == target).or(spoke.hubs.first())?;
    let place = spoke.cluster.span_of(&cluster::PRIVATE);
    let message = format!(
        "the system zone of `{}` is not linked to `{}`, so the names of the cluster are not resolved there",
        spoke.cluster.name(),
        target.name()
    );
    let mut finding = RULE.finding(place, message).about(spoke.cluster);
    finding.confidence = spoke.confidence().min(Confidence::Medium);
    finding.steps.push(Step { message: "this private cluster leaves its zone to AKS".into(), span: place });
    // The code does link the zone, and to a network that has nothing to do with the cluster: it meant the hub.
    if let Some((link, _)) = links.iter().find(|(_, end)| leads_astray(spoke, end)) {
        finding.confidence = Confidence::Medium;
        let message = "its zone is linked to a VNet that the cluster's own has no way to".into();
        finding.steps.push(Step { message, span: link.span() });
    }
    // With a public name the address is known everywhere; only the way there is private.
    if spoke.cluster.is_true(&cluster::PUBLIC_FQDN).certainly() {
        finding.level = Level::Note;
    }
    finding.objects = vec![spoke.vnet.address().clone(), target.address().clone()];
    if let Some(tie) = hub.tie {
        let message = format!("its VNet `{}` is tied to `{}`", spoke.vnet.name(), hub.vnet.name());
        finding.steps.push(Step { message, span: tie.span() });
    }
    finding.steps.push(Step { message: format!("which is its hub: {}", hub.because), span: target.span() });
    finding.help = Some(format!(
        "link the zone to `{}` by a name cut out of the cluster's private name, or take a zone of your own",
        target.name()
    ));
    finding.why = Some("AKS links the system zone to the nodes' own VNet only".into());
    Some(finding)
}

/// The link leads to a VNet that is neither the cluster's own nor tied to it.
fn leads_astray(spoke: &Spoke, end: &End) -> bool {
    match end {
        End::Place(vnet) => *vnet != spoke.vnet && spoke.vnet.is_tied_to(*vnet).is_none(),
        End::Outside(_) => true,
        End::Unknown(_) => false,
    }
}

/// What is not known of a link to a hub whose zone has a name that nobody can tell.
fn nameless_link<'n>(network: &'n Network, spoke: &Spoke<'n>, targets: &[Place<'n>]) -> Option<Unknown> {
    network.all(&dns::ZONE_LINK).into_iter().find_map(|link| {
        let steps = link.follow(&crate::azure::dns::LINK_TO_VNET);
        let to_hub = steps.iter().filter_map(|step| step.end.place()).any(|vnet| {
            targets.contains(&vnet) || spoke.hubs.iter().any(|hub| hub.vnet == vnet)
        });
        let zone = link.id().and_then(|id| id.names.first())?;
        let hole = zone.holes().next().filter(|_| to_hub && zone.start().is_empty())?;
        Some(hole.unknown())
    })
}

fn open(spoke: &Spoke, unknown: Option<Unknown>, why: String) -> Finding {
    let message = format!("cannot tell whether the system zone of `{}` is linked to its hub: {why}", spoke.cluster.name());
    let place = spoke.cluster.span_of(&cluster::PRIVATE);
    let effect = "if it is the cluster's zone that is linked it passes; else VNL021";
    let finding = spoke.open(&RULE, place, unknown, message, effect);
    Finding { confidence: finding.confidence.min(Confidence::Medium), ..finding }
}
