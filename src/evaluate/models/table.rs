//! In: the models beside this file. Out: which module and which versions each of them stands for.
//! Never: lists two models for one version of a module.

use super::Model;
use crate::syntax::Dialect;

/// A model of a Terraform module: its source, its first and last version, and the file of the model.
macro_rules! terraform {
    ($source:literal, $first:literal, $last:literal, $file:literal) => {
        Model {
            dialect: Dialect::Terraform,
            source: $source,
            versions: ($first, $last),
            open: &[],
            text: include_str!(concat!("terraform/", $file, ".tf")),
        }
    };
}

/// Every model, the older versions of a module first.
#[rustfmt::skip]
pub static MODELS: &[Model] = &[
    terraform!("Azure/avm-res-managedidentity-userassignedidentity/azurerm", "0.1", "0.3", "avm-res-managedidentity-userassignedidentity-0.1"),
    terraform!("Azure/avm-res-managedidentity-userassignedidentity/azurerm", "0.4", "0.5", "avm-res-managedidentity-userassignedidentity-0.4"),
    terraform!("Azure/avm-res-network-applicationgateway/azurerm", "0.1", "0.1", "avm-res-network-applicationgateway-0.1"),
    terraform!("Azure/avm-res-network-applicationgateway/azurerm", "0.2", "0.4", "avm-res-network-applicationgateway-0.2"),
    terraform!("Azure/avm-res-network-applicationgateway/azurerm", "0.5.0", "0.5.2", "avm-res-network-applicationgateway-0.5"),
    terraform!("Azure/avm-res-network-azurefirewall/azurerm", "0.1.1", "0.1.3", "avm-res-network-azurefirewall-0.1"),
    terraform!("Azure/avm-res-network-azurefirewall/azurerm", "0.1.4", "0.4", "avm-res-network-azurefirewall-0.2"),
    terraform!("Azure/avm-res-network-firewallpolicy/azurerm", "0.1", "0.3", "avm-res-network-firewallpolicy-0.1"),
    terraform!("Azure/avm-res-network-firewallpolicy/azurerm//modules/rule_collection_groups", "0.1", "0.3", "avm-res-network-firewallpolicy-rule_collection_groups-0.1"),
    terraform!("Azure/avm-res-network-natgateway/azurerm", "0.1", "0.2", "avm-res-network-natgateway-0.2"),
    terraform!("Azure/avm-res-network-natgateway/azurerm", "0.3", "0.3", "avm-res-network-natgateway-0.3"),
    terraform!("Azure/avm-res-network-networksecuritygroup/azurerm", "0.2", "0.5", "avm-res-network-networksecuritygroup-0.2"),
    terraform!("Azure/avm-res-network-privatednszone/azurerm", "0.1", "0.3", "avm-res-network-privatednszone-0.1"),
    terraform!("Azure/avm-res-network-privatednszone/azurerm", "0.4", "0.5", "avm-res-network-privatednszone-0.4"),
    terraform!("Azure/avm-res-network-privateendpoint/azurerm", "0.1", "0.1", "avm-res-network-privateendpoint-0.1"),
    terraform!("Azure/avm-res-network-publicipaddress/azurerm", "0.1", "0.2", "avm-res-network-publicipaddress-0.1"),
    terraform!("Azure/avm-res-network-routetable/azurerm", "0.1", "0.2", "avm-res-network-routetable-0.1"),
    terraform!("Azure/avm-res-network-routetable/azurerm", "0.3", "0.5", "avm-res-network-routetable-0.3"),
    terraform!("Azure/avm-res-network-virtualnetwork/azurerm", "0.2", "0.10", "avm-res-network-virtualnetwork-0.2"),
    terraform!("Azure/avm-res-network-virtualnetwork/azurerm", "0.11", "0.22", "avm-res-network-virtualnetwork-0.11"),
    terraform!("Azure/avm-res-network-virtualnetwork/azurerm//modules/peering", "0.2", "0.10", "avm-res-network-virtualnetwork-peering-0.2"),
    terraform!("Azure/avm-res-network-virtualnetwork/azurerm//modules/peering", "0.11", "0.22", "avm-res-network-virtualnetwork-peering-0.11"),
    terraform!("Azure/avm-res-network-virtualnetwork/azurerm//modules/subnet", "0.2", "0.10", "avm-res-network-virtualnetwork-subnet-0.2"),
    terraform!("Azure/avm-res-network-virtualnetwork/azurerm//modules/subnet", "0.11", "0.22", "avm-res-network-virtualnetwork-subnet-0.11"),
];
