//! See the rule's page below.

use super::clusters::{clusters, on, open};
use super::{Confidence, Finding, Level, Settings, Step};
use crate::azure::{as_pieces, cluster};
use crate::network::{Got, Network, Place, ZoneMode};
use crate::value::{Hand, Hole, Pieces, Truth};

rule! {
    /// The zone of a private cluster has a name that AKS does not take for the cluster's region.
    ///
    /// AKS takes `privatelink.<region>.azmk8s.io` or `<subzone>.privatelink.<region>.azmk8s.io`, with the region of the
    /// cluster, and with VNet integration `private.<region>.azmk8s.io` too. Everything else is refused while the cluster is
    /// being created; a template that was copied to a second region is the usual cause.
    ///
    /// Build the name from the cluster's own location: in Terraform
    /// `name = "privatelink.${azurerm_resource_group.aks.location}.azmk8s.io"`, in Bicep
    /// `name: 'privatelink.${location}.azmk8s.io'`. A region's display name, as in `West Europe`, is fine as a location and
    /// no part of a zone's name. A subzone has at most 32 letters and goes without a private DNS prefix of the cluster. Zones of
    /// clouds whose suffix is not documented are not looked at.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_private_dns_zone" "aks" {
    ///   name                = "privatelink.westeurope.azmk8s.io"
    ///   resource_group_name = "net"
    /// }
    ///
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                    = "aks"
    ///   resource_group_name     = "app"
    ///   location                = "northeurope"
    ///   private_cluster_enabled = true
    ///   private_dns_zone_id     = azurerm_private_dns_zone.aks.id # expect: VNL023
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
    ///   name: 'privatelink.azmk8s.io'
    ///   location: 'global'
    /// }
    ///
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   location: 'westeurope'
    ///   properties: {
    ///     apiServerAccessProfile: {
    ///       enablePrivateCluster: true
    ///       privateDNSZone: zone.id // expect: VNL023
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/private-clusters>
    VNL023 "private-zone-name-or-region-mismatch", Error High, since "0.2.0"
}

/// What stands behind the region, in Azure and in the clouds of the United States' government and of China.
const SUFFIXES: [&[&str]; 3] = [
    &["azmk8s", "io"],
    &["cx", "aks", "containerservice", "azure", "us"],
    &["cx", "prod", "service", "azk8s", "cn"],
];

/// The longest subzone that AKS takes.
const LONGEST_SUBZONE: usize = 32;

/// What the name of a zone says.
#[derive(Debug)]
enum Name {
    /// It has the form that AKS asks for.
    Zone { subzone: Option<Pieces>, kind: Pieces, region: Pieces },
    /// AKS does not take it.
    Another,
    /// Its form cannot be told.
    Open(Hole),
    /// Nothing documented says what it has to be.
    Foreign,
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for cluster in clusters(network).filter(|cluster| cluster.is_true(&cluster::PRIVATE) == Truth::Yes) {
        let (ZoneMode::Custom(end), Some(name)) = (cluster.zone_mode(), cluster.zone_name()) else { continue };
        let Some(mut finding) = found(cluster, &name) else { continue };
        if let Some(zone) = end.place() {
            finding.objects.push(zone.address().clone());
            finding.steps.push(Step { message: format!("this zone is called `{name}`"), span: zone.span() });
        }
        findings.push(finding);
    }
}

fn found(cluster: Place, name: &Pieces) -> Option<Finding> {
    let refused = |why: String, help: String| {
        let message = format!("`{}` cannot be created: {why}", cluster.name());
        let mut finding = on(&RULE, cluster, &cluster::PRIVATE_DNS_ZONE, message);
        finding.help = Some(help);
        finding.why = Some("AKS writes its name only into a zone that is called after the region of the cluster".into());
        Some(finding)
    };
    let region_of_cluster = region_of(cluster);
    let proposal = region_of_cluster.as_ref().and_then(|(region, _)| region.as_literal().map(str::to_string));
    let proposal = format!("privatelink.{}.azmk8s.io", proposal.unwrap_or_else(|| "<region>".into()));
    let call = format!("call the zone `{proposal}`");
    let (subzone, kind, region) = match read(name) {
        Name::Foreign => return None,
        Name::Another => return refused(format!("AKS takes no zone that is called `{name}`"), call),
        Name::Open(hole) => {
            // A name of which nothing is known says less than whose zone it is.
            let message = match name.only_hole() {
                Some(_) => format!("cannot tell whether AKS takes the zone that `{}` is given", cluster.name()),
                None => format!("cannot tell whether AKS takes zone `{name}` for `{}`", cluster.name()),
            };
            let effect = format!("if the zone is called `{proposal}` it passes; else VNL023");
            return Some(open(&RULE, cluster, &cluster::PRIVATE_DNS_ZONE, hole.unknown(), message, &effect));
        }
        Name::Zone { subzone, kind, region } => (subzone, kind, region),
    };
    if region.as_literal().is_some_and(|region| region.contains(' ')) {
        return refused(format!("its zone `{name}` has the display name of a region in its name"), call);
    }
    if let Some((own, guessed)) = region_of_cluster {
        match own.equals_ignoring_case(&region) {
            Truth::Yes => {}
            Truth::No => {
                let mut finding = refused(format!("it stands in `{own}`, and zone `{name}` is one for `{region}`"), call)?;
                if guessed {
                    finding.confidence = Confidence::Medium;
                }
                finding.steps.insert(0, super::clusters::hop(cluster, &cluster::LOCATION, format!("this cluster stands in `{own}`")));
                return Some(finding);
            }
            Truth::Unknown => {
                let hole = own.holes().chain(region.holes()).next()?.unknown();
                let message = format!("cannot tell whether zone `{name}` is one for the region of `{}`", cluster.name());
                let effect = "if the region in the zone's name is the cluster's it passes; else VNL023";
                return Some(open(&RULE, cluster, &cluster::PRIVATE_DNS_ZONE, hole, message, effect));
            }
        }
    }
    if kind.as_literal() == Some("private") && cluster.is_true(&cluster::VNET_INTEGRATION) == Truth::No {
        let why = format!("zone `{name}` is of a form that only clusters with VNet integration take");
        let mut finding = refused(why, call)?;
        finding.confidence = Confidence::Medium;
        return Some(finding);
    }
    let subzone = subzone?;
    if subzone.as_literal().is_some_and(|subzone| subzone.len() > LONGEST_SUBZONE) {
        let why = format!("the subzone `{subzone}` of its zone has more than {LONGEST_SUBZONE} letters");
        return refused(why, format!("shorten the first part of the zone's name to {LONGEST_SUBZONE} letters"));
    }
    if let Ok(Some(prefix)) = cluster.text(&cluster::FQDN_SUBDOMAIN) {
        let message = format!("`{}` has a private DNS prefix `{prefix}` beside a zone with a subzone, `{name}`", cluster.name());
        let mut finding = on(&RULE, cluster, &cluster::FQDN_SUBDOMAIN, message);
        finding.level = Level::Warning;
        finding.help = Some(format!("take the zone `{proposal}`, or a DNS prefix instead of the private one"));
        finding.why = Some("a private DNS prefix is for zones without a subzone".into());
        return Some(finding);
    }
    None
}

/// The region of a cluster as Azure spells it in names, and whether it rests on the default of an input.
fn region_of(cluster: Place) -> Option<(Pieces, bool)> {
    let Got::Is(value) = cluster.get(&cluster::LOCATION) else { return None };
    let region = as_pieces(&value)?.map_literals(|text| text.to_lowercase().replace(' ', ""));
    let guessed = value.origin.hops().any(|hop| matches!(hop.hand, Hand::Default(_)));
    Some((region, guessed))
}

fn read(name: &Pieces) -> Name {
    let parts = name.split('.');
    let ends_with = |suffix: &[&str]| {
        parts.len() > suffix.len()
            && parts[parts.len() - suffix.len()..]
                .iter()
                .zip(suffix)
                .all(|(part, word)| part.as_literal().is_some_and(|part| part.eq_ignore_ascii_case(word)))
    };
    let Some(suffix) = SUFFIXES.into_iter().find(|suffix| ends_with(suffix)) else {
        let is_kind = |part: &Pieces| part.as_literal().is_some_and(|part| matches!(part, "privatelink" | "private"));
        return match name.holes().next() {
            Some(hole) => Name::Open(hole.clone()),
            // A cloud of its own has a suffix of its own.
            None if parts.iter().any(is_kind) => Name::Foreign,
            None => Name::Another,
        };
    };
    let (subzone, kind, region) = match &parts[..parts.len() - suffix.len()] {
        [kind, region] => (None, kind, region),
        [subzone, kind, region] => (Some(subzone), kind, region),
        // A hole may be several parts.
        front => match front.iter().flat_map(Pieces::holes).next() {
            Some(hole) => return Name::Open(hole.clone()),
            None if front.len() < 2 => return Name::Another,
            None => return Name::Foreign,
        },
    };
    match kind.as_literal().map(str::to_lowercase).as_deref() {
        Some(word @ ("privatelink" | "private")) => {
            Name::Zone { subzone: subzone.cloned(), kind: Pieces::literal(word), region: region.clone() }
        }
        Some(_) => Name::Another,
        None => kind.holes().next().map_or(Name::Another, |hole| Name::Open(hole.clone())),
    }
}
