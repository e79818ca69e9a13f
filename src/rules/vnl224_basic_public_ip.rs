//! See the rule's page below.

use super::{Finding, Level, Settings, Step};
use crate::azure::public_ip;
use crate::network::{Network, Place};
use crate::value::Truth;

rule! {
    /// A public IP address is of SKU Basic.
    ///
    /// Basic public addresses were retired on 30 September 2025: no new one can be made. Standard load balancers, NAT gateways,
    /// firewalls, application gateways of version 2 and Route Servers never took one. azurerm before version 4 assumes Basic where
    /// nothing is said.
    ///
    /// In Terraform write `sku = "Standard"` and `allocation_method = "Static"`; in Bicep `sku: { name: 'Standard' }` and
    /// `publicIPAllocationMethod: 'Static'`. An address that something here uses is an error, one that nothing here uses a warning.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_public_ip" "web" {
    ///   name                = "web"
    ///   resource_group_name = "apps"
    ///   location            = "westeurope"
    ///   allocation_method   = "Dynamic"
    ///   sku                 = "Basic" # expect: VNL224
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource web 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
    ///   name: 'web'
    ///   location: 'westeurope'
    ///   sku: { name: 'Basic' } // expect: VNL224
    ///   properties: { publicIPAllocationMethod: 'Dynamic' }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-basic-upgrade-guidance>
    VNL224 "basic-public-ip", Warning High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&public_ip::PUBLIC_IP).into_iter().filter_map(found));
}

fn found(address: Place) -> Option<Finding> {
    let basic = address.is(&public_ip::SKU, "Basic");
    // What Azure assumes where a template leaves it out is not documented: nothing is said then.
    let written = address.span_of(&public_ip::SKU) != address.span();
    if basic == Truth::No || basic == Truth::Unknown && !written {
        return None;
    }
    let (name, place) = (address.name(), address.span_of(&public_ip::SKU));
    let users = address.used_by();
    let message = match (basic, users.first()) {
        (Truth::Unknown, _) => format!("cannot tell whether public IP address `{name}` is of SKU Basic, which is retired"),
        (_, Some((user, _))) => {
            format!("{} `{}` uses public IP address `{name}` of SKU Basic, which is retired", user.kind().noun, user.name())
        }
        (_, None) => format!("public IP address `{name}` is of SKU Basic, which is retired"),
    };
    let mut finding = RULE.finding(place, message).about(address);
    if !users.is_empty() && basic == Truth::Yes {
        finding.level = Level::Error;
    }
    let by_default = !written && address.is_terraform();
    let message = if by_default { "azurerm before version 4 assumes `Basic` here" } else { "this is its SKU" };
    finding.steps.push(Step { message: message.into(), span: place });
    for (user, step) in &users {
        finding.objects.push(user.address().clone());
        let message = format!("{} `{}` uses the address", user.kind().noun, user.name());
        finding.steps.push(Step { message, span: step.span });
    }
    finding.help = Some(match address.is_terraform() {
        true => "write `sku = \"Standard\"` and `allocation_method = \"Static\"`".into(),
        false => "write `sku: { name: 'Standard' }` and `publicIPAllocationMethod: 'Static'`".into(),
    });
    finding.why = Some("Basic addresses can no longer be made, and Standard load balancers, NAT gateways and firewalls take none".into());
    if basic == Truth::Unknown {
        let unknown = address.get(&public_ip::SKU).unknown();
        finding = finding.undecided(unknown, "if it is `Basic`: VNL224; else it passes");
    }
    Some(finding)
}
