//! See the rule's page below.

use super::gateways::settled;
use super::{Finding, Settings, Step};
use crate::azure::{application_load_balancer as balancer, cluster, virtual_network};
use crate::network::{Network, Place};
use crate::source::Span;
use crate::value::{Truth, Unknown};

rule! {
    /// The subnet of an Application Gateway for Containers is not one that it can stand in.
    ///
    /// The subnet has to be delegated to `Microsoft.ServiceNetworking/trafficControllers` and to have 250 free addresses, a
    /// `/24`: otherwise Azure refuses the association (`AppGwForContainersAssociationSubnetNotDelegatedToTrafficController`).
    /// It does not work with kubenet, and with Azure CNI Overlay the subnet must not be larger than a `/24` either.
    ///
    /// Give it a delegated `/24` in the VNet of the cluster. What the controller in the cluster makes by itself is not in the
    /// code, and not reported.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_subnet" "alb" {
    ///   name                 = "snet-alb"
    ///   resource_group_name  = "rg-web"
    ///   virtual_network_name = "vnet-web"
    ///   address_prefixes     = ["10.1.8.0/24"]
    /// }
    ///
    /// resource "azurerm_application_load_balancer" "web" {
    ///   name                = "alb-web"
    ///   resource_group_name = "rg-web"
    /// }
    ///
    /// resource "azurerm_application_load_balancer_subnet_association" "web" {
    ///   name                         = "web"
    ///   application_load_balancer_id = azurerm_application_load_balancer.web.id
    ///   subnet_id                    = azurerm_subnet.alb.id # expect: VNL122
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
    ///   name: 'vnet-web'
    ///   properties: { addressSpace: { addressPrefixes: [ '10.1.0.0/16' ] } }
    ///   resource alb 'subnets' = {
    ///     name: 'snet-alb'
    ///     properties: { addressPrefix: '10.1.8.0/24' }
    ///   }
    /// }
    ///
    /// resource web 'Microsoft.ServiceNetworking/trafficControllers@2025-01-01' = {
    ///   name: 'alb-web'
    ///   resource association 'associations' = {
    ///     name: 'web'
    ///     properties: {
    ///       associationType: 'subnets'
    ///       subnet: { id: vnet::alb.id } // expect: VNL122
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/application-gateway/for-containers/container-networking>
    VNL122 "agc-requirements", Error Medium, since "0.2.0"
}

const SERVICE: &str = "Microsoft.ServiceNetworking/trafficControllers";

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for place in network.made(&balancer::ASSOCIATION) {
        findings.extend(found(network, place).map(|found| settled(found, place, RULE.code)));
    }
}

/// What is wrong with a subnet: in words, where, and what to do.
type Wrong<'n> = (String, Span, String, Option<Place<'n>>);

fn found(network: &Network, place: Place) -> Option<Finding> {
    let steps = place.follow(&balancer::ASSOCIATION_TO_SUBNET);
    let (subnet, span) = steps.into_iter().find_map(|step| Some((step.end.place()?, step.span)))?;
    let of = place.parent().map_or_else(|| place.name(), Place::name);
    let shown = subnet.name();
    let mut found = match wrong(network, subnet) {
        Ok(None) => return None,
        Ok(Some((words, at, help, object))) => {
            let message = format!("Application Gateway for Containers `{of}` cannot stand in `{shown}`: {words}");
            let mut found = RULE.finding(span, message).about(place);
            found.objects.extend(object.map(|object| object.address().clone()));
            found.steps = vec![
                Step { message: format!("it stands in `{shown}`"), span },
                Step { message: words, span: at },
            ];
            found.help = Some(help);
            found
        }
        Err(unknown) => {
            let message = format!("cannot tell whether Application Gateway for Containers `{of}` can stand in `{shown}`");
            let effect = format!("if it is delegated to `{SERVICE}` and is a `/24` it passes; else VNL122");
            RULE.finding(span, message).about(place).undecided(unknown, &effect)
        }
    };
    found.objects.push(subnet.address().clone());
    found.why = Some("Azure refuses the association, or the gateway does not reach the pods".into());
    Some(found)
}

fn wrong<'n>(network: &'n Network, subnet: Place<'n>) -> Result<Option<Wrong<'n>>, Option<Unknown>> {
    let (delegations, open) = subnet.get_all(&virtual_network::DELEGATIONS);
    let delegated = Truth::any(delegations.iter().map(|service| service.is(SERVICE)));
    if delegated == Truth::No && open.is_none() && subnet.is_made() {
        let words = match delegations.is_empty() {
            true => format!("it is not delegated to `{SERVICE}`"),
            false => "it is delegated to another service".into(),
        };
        let help = format!("delegate `{}` to `{SERVICE}`", subnet.name());
        return Ok(Some((words, subnet.span(), help, None)));
    }
    let clusters = network.made(&cluster::CLUSTER).into_iter();
    let beside: Vec<Place> = clusters.filter(|cluster| cluster.node_vnet().is_some() && cluster.node_vnet() == subnet.parent()).collect();
    if let Some(kubenet) = beside.iter().find(|cluster| cluster.is(&cluster::NETWORK_PLUGIN, "kubenet") == Truth::Yes) {
        let words = format!("`{}` in the same VNet runs kubenet, whose pods it does not reach", kubenet.name());
        let help = "take Azure CNI for the cluster".into();
        return Ok(Some((words, kubenet.span_of(&cluster::NETWORK_PLUGIN), help, Some(*kubenet))));
    }
    let overlay = beside.iter().find(|cluster| cluster.is(&cluster::NETWORK_PLUGIN_MODE, "overlay") == Truth::Yes);
    let span = subnet.span_of(&virtual_network::PREFIXES);
    for range in subnet.ranges(&virtual_network::PREFIXES).map_err(Some)? {
        let size = range.length();
        if range.net().addr().is_ipv4() && size > 24 {
            let words = format!("`{range}` is less than a `/24`");
            return Ok(Some((words, span, format!("give `{}` a `/24`", subnet.name()), None)));
        }
        if let Some(overlay) = overlay.filter(|_| range.net().addr().is_ipv4() && size < 24) {
            let words = format!("`{range}` is more than a `/24`, and `{}` is an overlay cluster", overlay.name());
            return Ok(Some((words, span, format!("give `{}` a `/24`", subnet.name()), Some(*overlay))));
        }
    }
    match delegated {
        Truth::Yes => Ok(None),
        // What is only read is there, and whoever made it has seen it work.
        _ if !subnet.is_made() => Ok(None),
        _ => Err(open.or_else(|| delegations.iter().find_map(|service| service.first_hole().map(|hole| hole.unknown())))),
    }
}
