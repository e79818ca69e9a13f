//! See the rule's page below.

use super::conflicts::{Conflict, Part, finding, write};
use super::waiting::let_wait_for;
use super::{Confidence, Finding, Level, Settings};
use crate::azure::{cluster, virtual_network};
use crate::network::{Got, Network, NetworkModel, Order, Place};
use crate::source::Span;
use crate::value::{Kind, Truth, Value};

rule! {
    /// Virtual nodes are switched on where the network does not carry them.
    ///
    /// Virtual nodes run pods in Azure Container Instances. They need flat Azure CNI, and an empty subnet in the VNet of the nodes
    /// that is delegated to `Microsoft.ContainerInstance/containerGroups` and that the add-on names. Without it the virtual node
    /// never becomes ready, and pods that are scheduled to it wait for ever.
    ///
    /// In Terraform give the subnet `delegation { name = "aci" service_delegation { name =
    /// "Microsoft.ContainerInstance/containerGroups" } }` and write `aci_connector_linux { subnet_name = azurerm_subnet.aci.name }`;
    /// in Bicep `delegations: [ { name: 'aci', properties: { serviceName: 'Microsoft.ContainerInstance/containerGroups' } } ]` and
    /// `aciConnectorLinux: { enabled: true, config: { SubnetName: aci.name } }`.
    ///
    /// A subnet without any delegation is a warning: the add-on delegates it, and the next deployment takes the delegation away or
    /// fails. A name that only happens to be that of a subnet gives no order, which is a note.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_kubernetes_cluster" "aks" {
    ///   name                = "aks"
    ///   resource_group_name = "apps"
    ///
    ///   aci_connector_linux {
    ///     subnet_name = "aci" # expect: VNL170
    ///   }
    ///
    ///   network_profile {
    ///     network_plugin      = "azure"
    ///     network_plugin_mode = "overlay"
    ///   }
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
    ///   name: 'aks'
    ///   properties: {
    ///     addonProfiles: {
    ///       aciConnectorLinux: {
    ///         enabled: true
    ///         config: { SubnetName: 'aci' } // expect: VNL170
    ///       }
    ///     }
    ///     networkProfile: {
    ///       networkPlugin: 'azure'
    ///       networkPluginMode: 'overlay'
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/aks/virtual-nodes>
    /// Source: <https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay>
    VNL170 "virtual-nodes-network", Error High, since "0.2.0"
}

/// The service that virtual nodes run in.
const SERVICE: &str = "Microsoft.ContainerInstance/containerGroups";

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    let clusters = network.made(&cluster::CLUSTER).into_iter();
    let on = clusters.filter(|cluster| cluster.is_true(&cluster::VIRTUAL_NODES) == Truth::Yes);
    findings.extend(on.filter_map(found));
}

fn found(cluster: Place) -> Option<Finding> {
    let named = cluster.get(&cluster::VIRTUAL_NODES_SUBNET);
    let is_named = named.ask(|value| !value.is_absent());
    let place = match is_named {
        Truth::No => cluster.span_of(&cluster::VIRTUAL_NODES),
        _ => cluster.span_of(&cluster::VIRTUAL_NODES_SUBNET),
    };
    let on = || Part::so("virtual nodes are switched on", place);
    let other = |model| matches!(model, NetworkModel::Kubenet | NetworkModel::Overlay | NetworkModel::Own);
    let mut conflicts = vec![Conflict::new(
        Level::Error,
        vec![on(), Part::model(cluster, other)],
        match cluster.network_model() {
            Ok((model, _)) => format!("has virtual nodes beside {}, and they need flat Azure CNI", model.words()),
            Err(_) => "has virtual nodes without flat Azure CNI, which they need".to_string(),
        },
        format!("take flat Azure CNI, {} without a mode, or leave virtual nodes out", write(cluster, "network_plugin = \"azure\"", "networkPlugin: 'azure'")),
    )];
    if cluster.brings_subnet().0 == Truth::No {
        conflicts.push(Conflict::new(
            Level::Warning,
            vec![on(), Part::so("no pool names a subnet: AKS makes a VNet of its own", cluster.span())],
            "has virtual nodes, which need a subnet of your own VNet, and its nodes stand in one that AKS makes",
            "give the pools and the virtual nodes subnets of one VNet",
        ));
    }
    if is_named == Truth::No {
        conflicts.push(Conflict::new(
            Level::Warning,
            vec![on(), Part::so("and no subnet is named", place)],
            "has virtual nodes without a subnet for them",
            format!("write {}", write(cluster, "subnet_name = azurerm_subnet.aci.name", "config: { SubnetName: aci.name }")),
        ));
    } else if let (Some(vnet), Got::Is(value)) = (cluster.node_vnet(), &named) {
        of_subnet(cluster, vnet, value, place, &mut conflicts);
    }
    finding(&RULE, cluster, conflicts, "the virtual node never becomes ready, and its pods wait for ever")
}

/// What is wrong with the subnet of this name.
fn of_subnet(cluster: Place, vnet: Place, name: &Value, place: Span, conflicts: &mut Vec<Conflict>) {
    let Kind::Text(name) = &name.kind else { return };
    let subnets = vnet.children(&virtual_network::SUBNET);
    let is = |subnet: &Place| {
        let own = subnet.id().and_then(|id| id.name());
        own.map_or(Truth::Unknown, |own| own.equals_ignoring_case(name))
    };
    let on = || Part::so(format!("virtual nodes are to stand in `{name}`"), place);
    let Some(subnet) = subnets.iter().copied().find(|subnet| is(subnet) == Truth::Yes) else {
        let closed = vnet.open_for(&virtual_network::SUBNET).is_none() && name.as_literal().is_some();
        if closed && subnets.iter().all(|subnet| is(subnet) == Truth::No) {
            conflicts.push(Conflict::new(
                Level::Error,
                vec![on(), Part::so(format!("`{}`, in which the nodes stand, has no such subnet", vnet.name()), vnet.span())],
                format!("has virtual nodes in `{name}`, and `{}` has no subnet of this name", vnet.name()),
                format!("add subnet `{name}` to `{}`, delegated to `{SERVICE}`", vnet.name()),
            ));
        }
        return;
    };
    let mut conflict = |level, part: Part, what: String, help: String| {
        conflicts.push(Conflict::new(level, vec![on(), part], what, help).with([subnet.address().clone()]));
    };
    if let Some(nodes) = cluster.node_subnets().into_iter().find(|nodes| nodes.end.place() == Some(subnet)) {
        conflict(
            Level::Error,
            Part::so(format!("so do the nodes of pool `{}`", nodes.pool.name()), nodes.span),
            format!("has virtual nodes in `{name}`, in which its own nodes stand"),
            format!("give the virtual nodes a subnet of their own, delegated to `{SERVICE}`"),
        );
        return;
    }
    let (services, open) = subnet.get_all(&virtual_network::DELEGATIONS);
    let right = Truth::any(services.iter().map(|service| service.is(SERVICE)));
    let delegate = || format!("delegate `{name}` to `{SERVICE}`");
    match (services.first(), open) {
        _ if right == Truth::Yes => {}
        (Some(service), None) => conflict(
            Level::Error,
            Part {
                truth: !right,
                unknown: service.first_hole().map(|hole| hole.unknown()),
                ..Part::so("it is delegated to another service", service.origin.place().unwrap_or(subnet.span()))
            },
            format!("has virtual nodes in `{name}`, which is delegated to another service"),
            delegate(),
        ),
        (None, None) if subnet.is_made() => conflict(
            Level::Warning,
            Part::so(format!("`{name}` is not delegated"), subnet.span()),
            format!("has virtual nodes in `{name}`, and the delegation that the add-on gives it is not in the code"),
            delegate(),
        ),
        (_, Some(unknown)) if subnet.is_made() => conflict(
            Level::Error,
            Part {
                truth: Truth::Unknown,
                unknown: Some(unknown),
                ..Part::so("its delegations are not known", subnet.span_of(&virtual_network::DELEGATIONS))
            },
            format!("has virtual nodes in `{name}`, which is not delegated to `{SERVICE}`"),
            delegate(),
        ),
        _ => {}
    }
    if subnet.made_before(cluster) == Order::Race {
        let part = Part::so("nothing makes the cluster wait for this subnet", subnet.span());
        let help = let_wait_for(cluster, &[subnet.declaration()]);
        let what = format!("has virtual nodes in `{name}`, which may be made after it: a name gives no order");
        conflicts.push(Conflict::new(Level::Note, vec![on(), part], what, help).at_most(Confidence::Medium));
    }
}
