//! See the rule's page below.

use super::{Confidence, Finding, Settings, Step};
use crate::azure::private_endpoint;
use crate::evaluate::Cloud;
use crate::network::{End, Network, Place, is_zone};
use crate::value::{Piece, Pieces};

rule! {
    /// The zone of a private endpoint has another name than the one that its service is looked up under.
    ///
    /// A zone group takes any zone. But the service's public name leads by a CNAME to one official name, as
    /// `privatelink.vaultcore.azure.net`; a record in a zone of another name is never asked for, so pods resolve the public address.
    /// A zone called like the public suffix itself, without `privatelink.`, is worse: it hides the public names of everybody else's
    /// services from the VNets that it is linked to.
    ///
    /// Call the zone by its official name: in Terraform `name = "privatelink.vaultcore.azure.net"` in the `azurerm_private_dns_zone`,
    /// in Bicep `name: 'privatelink.vaultcore.azure.net'`. Nothing is said where the type of the service is not known, or where one
    /// of several zones is the right one.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_key_vault" "app" {
    ///   name                = "kv-app"
    ///   resource_group_name = "apps"
    /// }
    ///
    /// resource "azurerm_private_dns_zone" "vault" {
    ///   name                = "privatelink.vault.azure.net"
    ///   resource_group_name = "apps"
    /// }
    ///
    /// resource "azurerm_private_endpoint" "vault" {
    ///   name                = "pe-kv-app"
    ///   resource_group_name = "apps"
    ///   subnet_id           = azurerm_subnet.endpoints.id
    ///
    ///   private_service_connection {
    ///     name                           = "kv-app"
    ///     is_manual_connection           = false
    ///     private_connection_resource_id = azurerm_key_vault.app.id
    ///     subresource_names              = ["vault"]
    ///   }
    ///
    ///   private_dns_zone_group {
    ///     name                 = "default"
    ///     private_dns_zone_ids = [azurerm_private_dns_zone.vault.id] # expect: VNL232
    ///   }
    /// }
    ///
    /// resource "azurerm_subnet" "endpoints" {
    ///   name                 = "endpoints"
    ///   resource_group_name  = "apps"
    ///   virtual_network_name = "spoke"
    ///   address_prefixes     = ["10.1.4.0/27"]
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
    ///   name: 'kv-app'
    /// }
    ///
    /// resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
    ///   name: 'privatelink.vault.azure.net'
    ///   location: 'global'
    /// }
    ///
    /// resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
    ///   name: 'pe-kv-app'
    ///   properties: {
    ///     subnet: { id: resourceId('Microsoft.Network/virtualNetworks/subnets', 'spoke', 'endpoints') }
    ///     privateLinkServiceConnections: [
    ///       { name: 'kv-app', properties: { privateLinkServiceId: vault.id, groupIds: [ 'vault' ] } }
    ///     ]
    ///   }
    /// }
    ///
    /// resource group 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = {
    ///   parent: endpoint
    ///   name: 'default'
    ///   properties: {
    ///     privateDnsZoneConfigs: [
    ///       {
    ///         name: 'vault'
    ///         properties: { privateDnsZoneId: zone.id } // expect: VNL232
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/private-link/private-endpoint-dns>
    VNL232 "private-endpoint-zone-name-wrong", Error High, since "0.2.0"
}

/// Clouds of Azure whose names differ.
const OTHER_CLOUDS: [&str; 4] = [".us", ".cn", "usgovcloudapi.net", "chinacloudapi.cn"];

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let endpoints = network.made(&private_endpoint::PRIVATE_ENDPOINT);
    findings.extend(endpoints.into_iter().filter_map(found));
}

fn found(endpoint: Place) -> Option<Finding> {
    let service = endpoint.service();
    let official = service.zones()?;
    let zones = endpoint.endpoint_zones();
    let names: Vec<Option<String>> = zones.iter().map(|step| step.zone_name().and_then(|name| literal(&name))).collect();
    let elsewhere = |name: &str| OTHER_CLOUDS.iter().any(|cloud| name.ends_with(cloud));
    let fits = |name: &String| elsewhere(name) || official.iter().any(|pattern| is_zone(pattern, name));
    if names.iter().flatten().any(fits) {
        return None;
    }
    let (step, name) = zones.iter().zip(&names).find(|(_, name)| name.is_some()).or(zones.iter().zip(&names).next())?;
    let unknown = zones.iter().zip(&names).find(|(_, name)| name.is_none()).map(|(step, _)| step);
    let right = official.first().copied().unwrap_or_default().replace("{}", "<region>");
    let message = match (unknown, name) {
        (None, Some(name)) if official.iter().any(|zone| zone.strip_prefix("privatelink.") == Some(name.as_str())) => {
            format!("zone `{name}` of private endpoint `{}` hides every public name below it: the zone is `{right}`", endpoint.name())
        }
        (None, Some(name)) => {
            format!("the name of {} is never looked up in zone `{name}`: its zone is `{right}`", service.words())
        }
        _ => format!("cannot tell whether private endpoint `{}` writes into zone `{right}`", endpoint.name()),
    };
    let mut finding = RULE.finding(unknown.map_or(step.span, |step| step.span), message).about(endpoint);
    let message = format!("this endpoint leads to {}", service.words());
    finding.steps.push(Step { message: "the record is written into this zone".into(), span: step.span });
    finding.steps.push(Step { message, span: endpoint.span_of(&private_endpoint::TARGETS) });
    if let Some(zone) = step.end.place() {
        finding.objects.push(zone.address().clone());
        finding.steps.push(Step { message: "the zone is called so here".into(), span: zone.span() });
    }
    finding.help = Some(format!("call the zone `{right}`"));
    finding.why = Some("the public name leads to one official name, and records elsewhere are never asked for".into());
    match unknown {
        Some(step) => {
            let of_name = step.zone_name().and_then(|name| name.holes().next().map(|hole| hole.unknown()));
            let effect = match (&of_name, &step.end) {
                (Some(_), End::Place(_)) => format!("if the zone is called `{right}` it passes; else VNL232"),
                _ => format!("if it is the id of a zone `{right}` it passes; else VNL232"),
            };
            let hole = of_name.or_else(|| step.value.first_hole().map(|hole| hole.unknown()));
            Some(finding.undecided(hole, &effect))
        }
        None => {
            if step.zone_name().is_some_and(|name| name.as_literal().is_none()) {
                // The suffixes of another cloud are others.
                finding.confidence = Confidence::Medium;
            }
            Some(finding)
        }
    }
}

/// A name that is known, or would be if everything were deployed to the cloud that most people use:
/// `privatelink${environment().suffixes.acrLoginServer}`.
fn literal(name: &Pieces) -> Option<String> {
    let piece = |piece: &Piece| match piece {
        Piece::Literal(text) => Some(text.to_string()),
        Piece::Hole(hole) => Cloud::Public.suffix_of(&hole.unknown()),
    };
    name.pieces().iter().map(piece).collect()
}
