//! See the rule's page below.

use super::{Finding, Level, Settings, Step};
use crate::azure::virtual_network;
use crate::network::{DnsSetting, Got, Network, Order, Place};
use crate::value::Truth;

rule! {
    /// The DNS servers of a VNet are written in two places.
    ///
    /// Both write the same list, so every run of one undoes the other, and the nodes of a cluster that start in between ask the wrong
    /// servers. What is said of the order of DNS servers and clusters means nothing then.
    ///
    /// In Terraform leave `dns_servers` out of the `azurerm_virtual_network`, or ignore its changes
    /// (`lifecycle { ignore_changes = [dns_servers] }`), where an `azurerm_virtual_network_dns_servers` sets them. In Bicep write
    /// `dhcpOptions` in every declaration of the VNet, or in the last one: a declaration without it hands the VNet back to Azure's
    /// DNS. A first declaration without servers and a later one that sets them, once the cluster is there, is fine.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.1.0.0/16"]
    ///   dns_servers         = ["10.0.0.4"]
    /// }
    ///
    /// resource "azurerm_virtual_network_dns_servers" "spoke" {
    ///   virtual_network_id = azurerm_virtual_network.spoke.id
    ///   dns_servers        = ["10.0.0.5"] # expect: VNL006
    /// }
    /// ```
    ///
    /// ```bicep
    /// param vnetName string = 'spoke'
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: vnetName
    ///   properties: {
    ///     addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] }
    ///     dhcpOptions: { dnsServers: [ '10.0.0.4' ] }
    ///   }
    /// }
    ///
    /// resource again 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: vnetName
    ///   properties: {
    ///     addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] }
    ///     dhcpOptions: { dnsServers: [ '10.0.0.5' ] } // expect: VNL006
    ///   }
    ///   dependsOn: [ spoke ]
    /// }
    /// ```
    ///
    /// Source: <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/virtual_network_dns_servers> and
    /// <https://learn.microsoft.com/azure/virtual-network/virtual-networks-name-resolution-for-vms-and-role-instances>
    VNL006 "dns-servers-declared-twice", Warning High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for vnet in network.made(&virtual_network::VNET).into_iter().filter(|vnet| vnet.dns_writers() > 1) {
        let ignores = vnet.ignores("dns_servers");
        let all = vnet.dns_settings().into_iter();
        let mut settings: Vec<DnsSetting> = all.filter(|setting| !(ignores && setting.own)).collect();
        settings.sort_by_key(|setting| (!setting.own, setting.declaration.clone()));
        let twice = settings.split_first().and_then(|(first, others)| {
            others.iter().filter(|other| other.declaration.root() == first.declaration.root()).find_map(|other| differs(network, vnet, first, other))
        });
        findings.extend(twice.or_else(|| settings.iter().find_map(|setting| reset(network, vnet, setting))));
    }
}

/// Two blocks set the list.
fn differs(network: &Network, vnet: Place, first: &DnsSetting, other: &DnsSetting) -> Option<Finding> {
    let is_empty = |setting: &DnsSetting| setting.value.items().is_some_and(<[_]>::is_empty) && setting.value.rest().is_none();
    // Bicep's way to set servers once the cluster is there.
    if !vnet.is_terraform() && is_empty(first) && network.order(&first.declaration, &other.declaration) == Order::Before {
        return None;
    }
    let name = vnet.name();
    let same = first.value.same(&other.value);
    let both = first.exists & other.exists;
    let mut finding = match (both, same) {
        (Truth::Yes, Truth::No) => {
            RULE.finding(other.span, format!("two blocks give `{name}` different DNS servers, and each undoes the other"))
        }
        // Bicep that says the same of a VNet twice changes nothing; in Terraform the next change of one is undone by the other.
        (Truth::Yes, Truth::Yes) if vnet.is_terraform() => {
            let message = format!("two blocks give `{name}` its DNS servers, for now the same");
            Finding { level: Level::Note, ..RULE.finding(other.span, message) }
        }
        (Truth::Yes, Truth::Unknown) => {
            let hole = first.value.first_hole().or_else(|| other.value.first_hole())?;
            let message = format!("cannot tell whether two blocks give `{name}` the same DNS servers");
            RULE.finding(other.span, message).undecided(Some(hole.unknown()), "if they differ: VNL006; else they only say it twice")
        }
        _ => return None,
    };
    finding = finding.about(vnet);
    finding.subject = Some(vnet.first_declaration().clone());
    finding.objects.push(other.declaration.clone());
    finding.steps.push(Step { message: "the servers are written here".into(), span: first.span });
    finding.steps.push(Step { message: "and here".into(), span: other.span });
    finding.help = Some("keep one of the two".into());
    finding.why = Some("every run of one block undoes what the other one wrote".into());
    Some(finding)
}

/// A later declaration of the same VNet says nothing of DNS, which hands it back to Azure.
fn reset(network: &Network, vnet: Place, setting: &DnsSetting) -> Option<Finding> {
    let is_reset = |place: &Place| {
        let silent = !place.is_terraform() && matches!(place.get(&virtual_network::DNS_SERVERS), Got::Absent);
        let after = network.order(&setting.declaration, place.declaration());
        silent && place.exists() == Truth::Yes && matches!(after, Order::Before | Order::Race)
    };
    if setting.exists != Truth::Yes || setting.value.items().is_none_or(<[_]>::is_empty) {
        return None;
    }
    let again = vnet.declarations().filter(|place| place.root() == setting.declaration.root()).find(is_reset)?;
    let message = format!("this declaration of `{}` hands it back to Azure's DNS, and another one gives it DNS servers", vnet.name());
    let mut finding = RULE.finding(again.span(), message).about(vnet);
    finding.subject = Some(vnet.first_declaration().clone());
    finding.objects.push(again.address().clone());
    finding.steps.push(Step { message: "the servers are written here".into(), span: setting.span });
    finding.steps.push(Step { message: "and left out here, which resets them".into(), span: again.span() });
    finding.help = Some("write `dhcpOptions` here too".into());
    finding.why = Some("a VNet that is deployed without `dhcpOptions` asks Azure again".into());
    Some(finding)
}
