//! See the rule's page below.

use super::{Finding, Level, Settings, Step};
use crate::azure::{Field, ddos, public_ip, virtual_network};
use crate::network::{Got, Network, Place};
use crate::value::{Truth, Unknown, Value};

rule! {
    /// A DDoS protection plan is named, and protection is not switched on; or the other way round.
    ///
    /// Azure needs both the plan and the switch. With the plan alone you pay for it and the VNet is not protected; the switch without
    /// a plan is refused. A public address with a plan of its own likewise needs protection mode `Enabled`.
    ///
    /// In Terraform write `enable = true` beside the `id` in `ddos_protection_plan`; in Bicep `enableDdosProtection: true` beside
    /// `ddosProtectionPlan: { id: plan.id }`. For a public address: `ddos_protection_mode = "Enabled"`, or
    /// `ddosSettings: { protectionMode: 'Enabled', … }`.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_network_ddos_protection_plan" "plan" {
    ///   name                = "ddos"
    ///   resource_group_name = "net"
    ///   location            = "westeurope"
    /// }
    ///
    /// resource "azurerm_virtual_network" "spoke" {
    ///   name                = "spoke"
    ///   resource_group_name = "net"
    ///   address_space       = ["10.1.0.0/16"]
    ///
    ///   ddos_protection_plan {
    ///     id     = azurerm_network_ddos_protection_plan.plan.id
    ///     enable = false # expect: VNL251
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource plan 'Microsoft.Network/ddosProtectionPlans@2024-05-01' = {
    ///   name: 'ddos'
    ///   location: 'westeurope'
    /// }
    ///
    /// resource spoke 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'spoke'
    ///   properties: {
    ///     addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] }
    ///     enableDdosProtection: false // expect: VNL251
    ///     ddosProtectionPlan: { id: plan.id }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/ddos-protection/manage-ddos-protection-template>
    VNL251 "ddos-plan-attached-but-disabled", Warning High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    findings.extend(network.made(&virtual_network::VNET).into_iter().filter_map(of_vnet));
    findings.extend(network.made(&public_ip::PUBLIC_IP).into_iter().filter_map(of_address));
}

fn of_vnet(vnet: Place) -> Option<Finding> {
    let (plan, unknown) = is_there(vnet, &ddos::VNET_PLAN);
    let switch = vnet.get(&ddos::ENABLED);
    let enabled = switch.ask(Value::is_true);
    let name = vnet.name();
    let [plan_at, switch_at] = [&ddos::VNET_PLAN, &ddos::ENABLED].map(|field| vnet.span_of(field));
    // Where neither is known, one condition usually decides both.
    let mut finding = match (plan, enabled) {
        (Truth::Yes, Truth::No) => {
            let written = switch_at != vnet.span();
            let place = if written { switch_at } else { plan_at };
            let mut finding = RULE.finding(place, format!("`{name}` names a DDoS protection plan and does not switch it on"));
            finding.steps.push(Step { message: "this is the plan".into(), span: plan_at });
            let message = if written { "and this switches it off" } else { "nothing switches it on, and Azure's default is off" };
            finding.steps.push(Step { message: message.into(), span: switch_at });
            finding
        }
        (Truth::No, Truth::Yes) => {
            let message = format!("`{name}` cannot be deployed: it switches DDoS protection on and names no plan");
            let mut finding = RULE.finding(switch_at, message);
            finding.level = Level::Error;
            finding.steps.push(Step { message: "this switches protection on".into(), span: switch_at });
            finding
        }
        (Truth::Yes, Truth::Unknown) => RULE
            .finding(switch_at, format!("cannot tell whether the DDoS protection plan of `{name}` is switched on"))
            .undecided(switch.unknown(), "if it is false: VNL251; else it passes"),
        (Truth::Unknown, Truth::Yes) => RULE
            .finding(switch_at, format!("cannot tell whether `{name}` names the DDoS protection plan that it switches on"))
            .undecided(unknown, "if there is no plan: VNL251; else it passes"),
        _ => return None,
    };
    finding.help = Some(match vnet.is_terraform() {
        true => "write `enable = true` and the plan's `id` into `ddos_protection_plan`".into(),
        false => "write `enableDdosProtection: true` and `ddosProtectionPlan: { id: … }`".into(),
    });
    finding.why = Some("Azure protects a VNet only with both the plan and the switch; the plan alone costs and does nothing".into());
    Some(finding.about(vnet))
}

/// A public address with a plan of its own.
fn of_address(address: Place) -> Option<Finding> {
    let on = address.is(&public_ip::DDOS_MODE, "Enabled");
    if is_there(address, &public_ip::DDOS_PLAN).0 != Truth::Yes || on != Truth::No {
        return None;
    }
    let place = address.span_of(&public_ip::DDOS_PLAN);
    let mode = address.text(&public_ip::DDOS_MODE).ok().flatten().unwrap_or_default();
    let message = format!("public IP address `{}` names a DDoS protection plan, and its protection mode is `{mode}`", address.name());
    let mut finding = RULE.finding(place, message).about(address);
    finding.level = Level::Error;
    finding.steps.push(Step { message: "this is the plan".into(), span: place });
    let message = format!("and its protection mode is `{mode}`");
    finding.steps.push(Step { message, span: address.span_of(&public_ip::DDOS_MODE) });
    finding.help = Some(match address.is_terraform() {
        true => "write `ddos_protection_mode = \"Enabled\"`, or leave the plan out".into(),
        false => "write `protectionMode: 'Enabled'` into `ddosSettings`, or leave the plan out".into(),
    });
    finding.why = Some("a plan of an address's own is taken with mode `Enabled` only".into());
    Some(finding)
}

/// Whether a field that holds an id holds one, and what would decide.
fn is_there(place: Place, field: &Field) -> (Truth, Option<Unknown>) {
    match place.get(field) {
        Got::Is(value) => (!value.is_absent(), value.first_hole().map(|hole| hole.unknown())),
        Got::Absent => (Truth::No, None),
        Got::Unknown(unknown) => (Truth::Unknown, Some(unknown)),
    }
}
