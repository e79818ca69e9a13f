//! See the rule's page below.

use super::{Finding, Level, Settings, Step};
use crate::azure::private_endpoint;
use crate::network::{Network, Place};
use crate::value::Truth;

rule! {
    /// A private endpoint has no DNS zone group, so nobody writes its name.
    ///
    /// The endpoint exists and has an address, and the service's name still leads to its public address. Pods are refused there, or
    /// leave through the internet, while the portal shows a healthy private endpoint.
    ///
    /// Give the endpoint a zone group: in Terraform
    /// `private_dns_zone_group { name = "default" private_dns_zone_ids = [azurerm_private_dns_zone.kv.id] }`, in Bicep a child
    /// `privateDnsZoneGroups` with the zone's id. Where an Azure Policy attaches the groups, as in the landing zones of Azure, set
    /// `pe_dns_by_policy`, or write `lifecycle { ignore_changes = [private_dns_zone_group] }`, which Terraform needs there anyway.
    /// Nothing is said of endpoints to a private link service, nor where the code writes the record itself (see VNL234).
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_key_vault" "app" {
    ///   name                = "kv-app"
    ///   resource_group_name = "apps"
    /// }
    ///
    /// resource "azurerm_private_endpoint" "vault" { # expect: VNL230
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
    /// resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = { // expect: VNL230
    ///   name: 'pe-kv-app'
    ///   properties: {
    ///     subnet: { id: resourceId('Microsoft.Network/virtualNetworks/subnets', 'spoke', 'endpoints') }
    ///     privateLinkServiceConnections: [
    ///       { name: 'kv-app', properties: { privateLinkServiceId: vault.id, groupIds: [ 'vault' ] } }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/private-link/private-endpoint-dns> and, in the Cloud Adoption Framework, "a zone that is
    /// associated with the endpoint is less prone to mistakes than records by hand":
    /// <https://learn.microsoft.com/azure/cloud-adoption-framework/scenarios/app-platform/aks/network-topology-and-connectivity>
    VNL230 "private-endpoint-without-dns-zone-group", Warning High, since "0.2.0"
}

fn check(network: &Network, settings: &Settings, findings: &mut Vec<Finding>) {
    let endpoints = network.made(&private_endpoint::PRIVATE_ENDPOINT);
    findings.extend(endpoints.into_iter().filter_map(|endpoint| found(endpoint, settings)));
}

fn found(endpoint: Place, settings: &Settings) -> Option<Finding> {
    let groups = endpoint.children(&private_endpoint::ZONE_GROUP);
    let service = endpoint.service();
    let by_alias = !endpoint.get_all(&private_endpoint::ALIASES).0.is_empty();
    let has_name = !by_alias && service.has_name();
    let by_others = endpoint.ignores("private_dns_zone_group") || !endpoint.own_records().is_empty();
    if !has_name || by_others || groups.iter().any(|group| group.exists() == Truth::Yes) {
        return None;
    }
    let perhaps = groups.first().and_then(|group| group.decides().cloned());
    let open = perhaps.or_else(|| endpoint.open_for(&private_endpoint::ZONE_GROUP));
    let open = open.or_else(|| endpoint.perhaps_own_record(&service.zones().unwrap_or_default()));
    let (name, place) = (endpoint.name(), endpoint.span());
    let message = match open {
        None => format!("nobody writes the name of {} for private endpoint `{name}`: it still leads to the public address", service.words()),
        Some(_) => format!("cannot tell whether private endpoint `{name}` has a DNS zone group"),
    };
    let mut finding = RULE.finding(place, message).about(endpoint);
    finding.objects.extend(service.place.map(|place| place.address().clone()));
    let message = format!("this endpoint leads to {} and has no DNS zone group", service.words());
    finding.steps.push(Step { message, span: place });
    if settings.pe_dns_by_policy {
        finding.level = Level::Note;
    }
    let zone = service.zones().and_then(|zones| zones.first().copied()).filter(|zone| !zone.contains("{}"));
    let zone = zone.map_or("its zone".to_string(), |zone| format!("zone `{zone}`"));
    finding.help = Some(match endpoint.is_terraform() {
        true => format!("add `private_dns_zone_group {{ … }}` with the id of {zone}"),
        false => format!("add a child `privateDnsZoneGroups` with the id of {zone}"),
    });
    finding.why = Some("without a record in the private zone the public address is resolved".into());
    match open {
        Some(unknown) => Some(finding.undecided(Some(unknown), "if it has a group it passes; else VNL230")),
        None => Some(finding),
    }
}
