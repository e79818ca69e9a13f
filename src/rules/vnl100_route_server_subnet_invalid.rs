//! See the rule's page below.

use super::{Finding, Level, Settings, Step};
use crate::azure::{Link, bastion, firewall, hub, security_group, virtual_network};
use crate::network::{Network, Place, Table};
use crate::source::Span;
use crate::value::Truth;

rule! {
    /// A subnet that Azure fixes the name of is too small, or has what it must not have.
    ///
    /// Route Servers, firewalls, gateways and Bastion hosts stand in subnets whose name Azure fixes, and have demands on
    /// them: `RouteServerSubnet` of at least /27 without a security group or route table, `AzureFirewallSubnet` and
    /// `AzureFirewallManagementSubnet` of at least /26, `AzureBastionSubnet` of at least /26 without a route table,
    /// `GatewaySubnet` without a security group. Azure refuses what stands in them otherwise, or it goes down. A loop that
    /// attaches a security group to every subnet is the usual cause.
    ///
    /// In Terraform `name = "RouteServerSubnet"` with `address_prefixes = ["10.0.1.0/27"]` and no association; in Bicep
    /// `name: 'RouteServerSubnet'` with `addressPrefix: '10.0.1.0/27'`. Leave these names out of loops over subnets. A
    /// `GatewaySubnet` smaller than /27 works and is a warning: there is no room for a second gateway. So is any of them that is too small
    /// while nothing in the code stands in it yet.
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
    /// resource "azurerm_subnet" "route_server" {
    ///   name                 = "RouteServerSubnet"
    ///   resource_group_name  = "net"
    ///   virtual_network_name = azurerm_virtual_network.hub.name
    ///   address_prefixes     = ["10.0.1.0/28"] # expect: VNL100
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'hub'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.0.0.0/16' ] } }
    ///   resource routeServer 'subnets' = {
    ///     name: 'RouteServerSubnet'
    ///     properties: {
    ///       addressPrefix: '10.0.1.0/28' // expect: VNL100
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/route-server/route-server-faq>
    /// Source: <https://learn.microsoft.com/azure/firewall/firewall-faq>
    /// Source: <https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub>
    /// Source: <https://learn.microsoft.com/azure/bastion/configuration-settings>
    VNL100 "route-server-subnet-invalid", Error High, since "0.2.0"
}

/// What Azure demands of a subnet with a fixed name.
struct Demand {
    name: &'static str,
    /// The longest prefix that it takes.
    longest: u8,
    /// What a longer one means.
    level: Level,
    /// What must not be attached.
    without: &'static [Attached],
}

#[derive(Clone, Copy, PartialEq)]
enum Attached {
    SecurityGroup,
    RouteTable,
}

const DEMANDS: [Demand; 5] = [
    Demand {
        name: "RouteServerSubnet",
        longest: 27,
        level: Level::Error,
        without: &[Attached::SecurityGroup, Attached::RouteTable],
    },
    Demand { name: "AzureFirewallSubnet", longest: 26, level: Level::Error, without: &[] },
    Demand { name: "AzureFirewallManagementSubnet", longest: 26, level: Level::Error, without: &[] },
    Demand { name: "AzureBastionSubnet", longest: 26, level: Level::Error, without: &[Attached::RouteTable] },
    Demand { name: "GatewaySubnet", longest: 27, level: Level::Warning, without: &[Attached::SecurityGroup] },
];

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for vnet in network.all(&virtual_network::VNET) {
        for demand in &DEMANDS {
            let Some(subnet) = vnet.subnet_named(demand.name).filter(|subnet| subnet.exists() != Truth::No) else { continue };
            findings.extend(size(demand, subnet));
            findings.extend(demand.without.iter().filter_map(|what| attached(demand, subnet, *what)));
        }
    }
    let stands: [(&'static crate::azure::Type, &Link, &str); 5] = [
        (&hub::VIRTUAL_HUB, &hub::HUB_TO_SUBNET, "RouteServerSubnet"),
        (&hub::HUB_IP, &hub::HUB_IP_TO_SUBNET, "RouteServerSubnet"),
        (&hub::GATEWAY, &hub::GATEWAY_TO_SUBNET, "GatewaySubnet"),
        (&firewall::FIREWALL, &firewall::FIREWALL_TO_SUBNET, "AzureFirewallSubnet"),
        (&bastion::BASTION, &bastion::BASTION_TO_SUBNET, "AzureBastionSubnet"),
    ];
    for (kind, link, name) in stands {
        findings.extend(network.made(kind).into_iter().filter_map(|place| other_name(place, link, name)));
    }
}

fn size(demand: &Demand, subnet: Place) -> Option<Finding> {
    let place = subnet.span_of(&virtual_network::PREFIXES);
    let ranges = match subnet.ranges(&virtual_network::PREFIXES) {
        Ok(ranges) => ranges,
        Err(unknown) if subnet.is_made() => {
            let message = format!("cannot tell whether `{}` is at least /{}", demand.name, demand.longest);
            let finding = RULE.finding(place, message).about(subnet);
            let mut finding = finding.undecided(Some(unknown), "if it is large enough it passes; else VNL100");
            finding.level = demand.level;
            return Some(finding);
        }
        Err(_) => return None,
    };
    let range = *ranges.iter().filter(|range| range.is_v4()).min_by_key(|range| range.length())?;
    if range.length() <= demand.longest {
        return None;
    }
    let message = format!("`{}` is {range}, and needs at least a /{}", demand.name, demand.longest);
    let mut finding = RULE.finding(place, message).about(subnet);
    let is_empty = subnet.users().is_empty();
    // Azure makes the subnet: what is to stand in it is refused.
    finding.level = if is_empty { demand.level.min(Level::Warning) } else { demand.level };
    finding.steps.push(Step { message: format!("this subnet is {range}"), span: place });
    finding.help = Some(format!("give `{}` a /{} or more", demand.name, demand.longest));
    finding.why = Some(match demand.level {
        Level::Error if is_empty => "Azure will refuse what is to stand in it, and the range of a subnet in use is not changed easily".into(),
        Level::Error => "Azure refuses what stands in it".into(),
        _ => "there is no room for a second gateway, or for what Azure adds to one".into(),
    });
    Some(finding)
}

fn attached(demand: &Demand, subnet: Place, what: Attached) -> Option<Finding> {
    let (noun, span) = match what {
        Attached::SecurityGroup => {
            let steps = subnet.follow(&security_group::SUBNET_TO_SECURITY_GROUP);
            ("a security group", steps.into_iter().find(|step| step.exists == Truth::Yes)?.span)
        }
        Attached::RouteTable => match subnet.route_table() {
            Table::Is(_, step) | Table::Outside(step) => ("a route table", step.span),
            Table::None | Table::Unknown(_) => return None,
        },
    };
    // A subnet that is only read, or a link that is not known, says nothing.
    if !subnet.is_made() && what == Attached::SecurityGroup && span == subnet.span() {
        return None;
    }
    let message = format!("`{}` of `{}` has {noun}, and must not", demand.name, subnet.parent()?.name());
    let mut finding = RULE.finding(span, message).about(subnet);
    finding.steps.push(Step { message: format!("this gives it {noun}"), span });
    finding.steps.push(Step { message: "to this subnet".into(), span: subnet.span() });
    finding.help = Some(format!("leave `{}` out of what attaches {noun}", demand.name));
    finding.why = Some("Azure refuses it there, or what stands in the subnet stops working".into());
    Some(finding)
}

fn other_name(place: Place, link: &Link, name: &str) -> Option<Finding> {
    let (subnet, span): (Place, Span) =
        place.follow(link).into_iter().find_map(|step| Some((step.end.place()?, step.span)))?;
    let own = subnet.id()?.name()?.as_literal()?.to_string();
    if own.eq_ignore_ascii_case(name) {
        return None;
    }
    let message = format!("{} `{}` stands in `{own}`, and Azure takes only `{name}`", place.kind().noun, place.name());
    let mut finding = RULE.finding(span, message).about(place);
    finding.objects.push(subnet.address().clone());
    finding.steps.push(Step { message: format!("it stands in `{own}`"), span });
    finding.steps.push(Step { message: "which is this subnet".into(), span: subnet.span() });
    finding.help = Some(format!("call the subnet `{name}`"));
    finding.why = Some("Azure finds such a subnet by its name".into());
    Some(finding)
}
