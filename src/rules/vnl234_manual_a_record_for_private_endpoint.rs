//! See the rule's page below.

use super::{Finding, Settings, Step};
use crate::azure::{dns, private_endpoint};
use crate::network::{Network, Place};

rule! {
    /// The record of a private endpoint is written by hand.
    ///
    /// It works until the endpoint is made anew, gets another address and the record does not follow: names then lead nowhere. A zone
    /// group on the endpoint writes the record, changes it and takes it away.
    ///
    /// Replace the record by a zone group: in Terraform `private_dns_zone_group { … }` in the `azurerm_private_endpoint`, in Bicep a
    /// child `privateDnsZoneGroups`. Records in zones that do not begin with `privatelink.` are left alone.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_private_endpoint" "vault" {
    ///   name                = "pe-kv-app"
    ///   resource_group_name = "apps"
    ///   subnet_id           = "/subscriptions/0/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/spoke/subnets/pe"
    ///
    ///   private_service_connection {
    ///     name                           = "kv-app"
    ///     is_manual_connection           = false
    ///     private_connection_resource_id = "/subscriptions/0/resourceGroups/apps/providers/Microsoft.KeyVault/vaults/kv-app"
    ///     subresource_names              = ["vault"]
    ///   }
    /// }
    ///
    /// resource "azurerm_private_dns_zone" "vault" {
    ///   name                = "privatelink.vaultcore.azure.net"
    ///   resource_group_name = "apps"
    /// }
    ///
    /// resource "azurerm_private_dns_a_record" "vault" {
    ///   name                = "kv-app"
    ///   zone_name           = azurerm_private_dns_zone.vault.name
    ///   resource_group_name = "apps"
    ///   ttl                 = 300
    ///   records             = [azurerm_private_endpoint.vault.private_service_connection[0].private_ip_address] # expect: VNL234
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
    ///   name: 'privatelink.vaultcore.azure.net'
    ///   location: 'global'
    /// }
    ///
    /// resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
    ///   name: 'pe-kv-app'
    ///   properties: {
    ///     subnet: { id: resourceId('Microsoft.Network/virtualNetworks/subnets', 'spoke', 'endpoints') }
    ///     privateLinkServiceConnections: [
    ///       {
    ///         name: 'kv-app'
    ///         properties: { privateLinkServiceId: resourceId('Microsoft.KeyVault/vaults', 'kv-app'), groupIds: [ 'vault' ] }
    ///       }
    ///     ]
    ///   }
    /// }
    ///
    /// resource record 'Microsoft.Network/privateDnsZones/A@2024-06-01' = {
    ///   parent: zone
    ///   name: 'kv-app'
    ///   properties: {
    ///     ttl: 300
    ///     aRecords: [
    ///       { ipv4Address: endpoint.properties.customDnsConfigs[0].ipAddresses[0] } // expect: VNL234
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/private-link/private-endpoint-dns-integration>
    VNL234 "manual-a-record-for-private-endpoint", Note High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let endpoints = network.made(&private_endpoint::PRIVATE_ENDPOINT);
    let mut seen: Vec<Place> = Vec::new();
    for endpoint in &endpoints {
        for record in endpoint.own_records().into_iter().filter(|record| record.is_made() && in_private_zone(*record)) {
            if !seen.contains(&record) {
                seen.push(record);
                findings.push(found(*endpoint, record));
            }
        }
    }
    for record in network.made(&dns::A_RECORD).into_iter().filter(|record| in_private_zone(*record) && !seen.contains(record)) {
        findings.extend(open(record, &endpoints));
    }
}

/// The record lies in a zone of private endpoints; that of clusters is written by AKS.
fn in_private_zone(record: Place) -> bool {
    let zone = record.id().and_then(|id| id.names.first()).and_then(|name| name.as_literal());
    zone.is_some_and(|zone| zone.to_lowercase().starts_with("privatelink.") && !zone.ends_with(".azmk8s.io"))
}

fn found(endpoint: Place, record: Place) -> Finding {
    let message = format!("the record `{}` of private endpoint `{}` is written by hand", record.name(), endpoint.name());
    let mut finding = of(record, message);
    finding.objects.push(endpoint.address().clone());
    finding.steps.push(Step { message: "it is the address of this endpoint".into(), span: endpoint.span() });
    finding
}

fn of(record: Place, message: String) -> Finding {
    let place = address(record);
    let mut finding = RULE.finding(place, message).about(record);
    finding.steps.push(Step { message: "this address is written into the zone".into(), span: place });
    finding.help = Some(match record.is_terraform() {
        true => "give the endpoint a `private_dns_zone_group` and take the record away".into(),
        false => "give the endpoint a child `privateDnsZoneGroups` and take the record away".into(),
    });
    finding.why = Some("an endpoint that is made anew gets another address, and the record does not follow".into());
    finding
}

/// A record of an address that is not known, beside endpoints that nobody else writes the names of.
fn open(record: Place, endpoints: &[Place]) -> Option<Finding> {
    let (values, open) = record.get_all(&dns::RECORD_ADDRESSES);
    let unknown = open.or_else(|| values.iter().find_map(|value| value.first_hole()).map(|hole| hole.unknown()))?;
    endpoints.iter().find(|endpoint| endpoint.root() == record.root() && endpoint.endpoint_zones().is_empty())?;
    let message = format!("cannot tell whether the record `{}` is that of a private endpoint", record.name());
    Some(of(record, message).undecided(Some(unknown), "if it is an endpoint's address: VNL234; else it passes"))
}

fn address(record: Place) -> crate::source::Span {
    let (values, _) = record.get_all(&dns::RECORD_ADDRESSES);
    let inside = |span: &crate::source::Span| span.file == record.span().file;
    let written = values.iter().find_map(|value| value.origin.hops().map(|hop| hop.span).find(inside));
    written.unwrap_or_else(|| record.span_of(&dns::RECORD_ADDRESSES))
}
