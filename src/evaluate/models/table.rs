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

/// A model of a module in Bicep's public registry: its path, its first and last version, and the file of the model.
macro_rules! bicep {
    ($source:literal, $first:literal, $last:literal, $file:literal) => {
        Model {
            dialect: Dialect::Bicep,
            source: $source,
            versions: ($first, $last),
            open: &[],
            text: include_str!(concat!("bicep/", $file, ".bicep")),
        }
    };
}

/// The same of a module that may assign roles besides, which its model leaves out.
macro_rules! with_roles {
    ($source:literal, $first:literal, $last:literal, $file:literal) => {
        Model { open: ROLES, ..bicep!($source, $first, $last, $file) }
    };
}

/// A module of which every version makes nothing in the network but the types that are named.
macro_rules! quiet {
    ($dialect:ident, $source:literal, $open:expr) => {
        quiet!($dialect, $source, "0", "99", $open)
    };
    ($dialect:ident, $source:literal, $first:literal, $last:literal, $open:expr) => {
        Model { dialect: Dialect::$dialect, source: $source, versions: ($first, $last), open: $open, text: "" }
    };
}

// What such a module makes where it is asked to.
const ENDPOINTS: &[&str] = &["Microsoft.Network/privateEndpoints", "Microsoft.Authorization/roleAssignments"];
const ADDRESSES: &[&str] = &["Microsoft.Network/publicIPAddresses", "Microsoft.Authorization/roleAssignments"];
const ROLES: &[&str] = &["Microsoft.Authorization/roleAssignments"];

/// Every model, the older versions of a module first.
#[rustfmt::skip]
pub static MODELS: &[Model] = &[
    terraform!("Azure/aks/azurerm", "5", "7", "aks-5"),
    terraform!("Azure/aks/azurerm", "8", "9", "aks-8"),
    terraform!("Azure/aks/azurerm", "10", "10", "aks-10"),
    terraform!("Azure/aks/azurerm", "11", "11", "aks-11"),
    terraform!("Azure/avm-res-containerservice-managedcluster/azurerm", "0.1.4", "0.3", "avm-res-containerservice-managedcluster-0.1"),
    terraform!("Azure/avm-res-containerservice-managedcluster/azurerm", "0.4", "0.8", "avm-res-containerservice-managedcluster-0.4"),
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
    terraform!("Azure/avm-res-resources-resourcegroup/azurerm", "0.1", "0.4", "avm-res-resources-resourcegroup-0.1"),
    terraform!("Azure/subnets/azurerm", "1.0", "1.1", "subnets-1.0"),

    with_roles!("avm/res/container-registry/registry", "0.1", "0.5", "container-registry-registry-0.1"),
    with_roles!("avm/res/container-registry/registry", "0.6", "0.7", "container-registry-registry-0.6"),
    // Endpoints go to other resource groups there.
    quiet!(Bicep, "avm/res/container-registry/registry", "0.8", "0.8", ENDPOINTS),
    with_roles!("avm/res/container-registry/registry", "0.9", "0.12", "container-registry-registry-0.6"),
    bicep!("avm/res/container-service/managed-cluster", "0.1", "0.4.0", "managed-cluster-0.1"),
    bicep!("avm/res/container-service/managed-cluster", "0.4.1", "0.5.0", "managed-cluster-0.4.1"),
    bicep!("avm/res/container-service/managed-cluster", "0.5.1", "0.9", "managed-cluster-0.5.1"),
    bicep!("avm/res/container-service/managed-cluster", "0.10", "0.11", "managed-cluster-0.10"),
    bicep!("avm/res/container-service/managed-cluster", "0.12", "0.14", "managed-cluster-0.12"),
    with_roles!("avm/res/key-vault/vault", "0.2", "0.11.1", "key-vault-vault-0.2"),
    quiet!(Bicep, "avm/res/key-vault/vault", "0.11.2", "0.11", ENDPOINTS),
    with_roles!("avm/res/key-vault/vault", "0.12", "0.14", "key-vault-vault-0.2"),
    bicep!("avm/res/managed-identity/user-assigned-identity", "0.1", "0.6", "user-assigned-identity-0.1"),
    bicep!("avm/res/network/application-gateway", "0.1", "0.1", "application-gateway-0.1"),
    bicep!("avm/res/network/application-gateway", "0.2", "0.5", "application-gateway-0.2"),
    bicep!("avm/res/network/application-gateway", "0.6", "0.10", "application-gateway-0.6"),
    bicep!("avm/res/network/azure-firewall", "0.1", "0.5.0", "azure-firewall-0.1"),
    bicep!("avm/res/network/azure-firewall", "0.5.1", "0.6", "azure-firewall-0.5.1"),
    bicep!("avm/res/network/azure-firewall", "0.7.1", "0.7", "azure-firewall-0.7.1"),
    bicep!("avm/res/network/azure-firewall", "0.8", "0.8", "azure-firewall-0.8"),
    bicep!("avm/res/network/azure-firewall", "0.9", "0.11", "azure-firewall-0.9"),
    bicep!("avm/res/network/firewall-policy", "0.1", "0.2", "firewall-policy-0.1"),
    bicep!("avm/res/network/firewall-policy", "0.3", "0.3", "firewall-policy-0.3"),
    bicep!("avm/res/network/network-security-group", "0.1", "0.2", "network-security-group-0.1"),
    bicep!("avm/res/network/network-security-group", "0.3", "0.5", "network-security-group-0.3"),
    bicep!("avm/res/network/private-dns-zone", "0.2", "0.8", "private-dns-zone-0.2"),
    bicep!("avm/res/network/private-endpoint", "0.2", "0.2", "private-endpoint-0.2"),
    bicep!("avm/res/network/private-endpoint", "0.3", "0.6", "private-endpoint-0.3"),
    bicep!("avm/res/network/private-endpoint", "0.7", "0.12", "private-endpoint-0.7"),
    bicep!("avm/res/network/public-ip-address", "0.2", "0.6", "public-ip-address-0.2"),
    bicep!("avm/res/network/public-ip-address", "0.7", "0.8", "public-ip-address-0.7"),
    bicep!("avm/res/network/public-ip-address", "0.9", "0.13", "public-ip-address-0.9"),
    bicep!("avm/res/network/route-table", "0.1", "0.5", "route-table-0.1"),
    bicep!("avm/res/network/virtual-network", "0.1", "0.2", "virtual-network-0.1"),
    bicep!("avm/res/network/virtual-network", "0.3", "0.10", "virtual-network-0.3"),
    bicep!("avm/res/network/virtual-network/subnet", "0.1", "0.2", "virtual-network-subnet-0.1"),
    bicep!("avm/res/network/virtual-network/virtual-network-peering", "0.1", "0.2", "virtual-network-peering-0.1"),
    bicep!("avm/res/resources/resource-group", "0.1", "0.4", "resource-group-0.1"),
    bicep!("avm/res/resources/resource-group/nested-role-assignments", "0.1", "0.4", "resource-group-roles-0.1"),
    with_roles!("avm/res/storage/storage-account", "0.5", "0.16", "storage-account-0.5"),
    quiet!(Bicep, "avm/res/storage/storage-account", "0.17", "0.17", ENDPOINTS),
    with_roles!("avm/res/storage/storage-account", "0.18", "0.28", "storage-account-0.5"),

    quiet!(Terraform, "Azure/naming/azurerm", &[]),
    quiet!(Terraform, "Azure/avm-res-operationalinsights-workspace/azurerm", ENDPOINTS),
    quiet!(Terraform, "Azure/avm-res-network-bastionhost/azurerm", ADDRESSES),
    quiet!(Terraform, "Azure/avm-res-containerregistry-registry/azurerm", ENDPOINTS),
    quiet!(Terraform, "Azure/avm-res-keyvault-vault/azurerm", ENDPOINTS),
    quiet!(Terraform, "Azure/avm-res-storage-storageaccount/azurerm", ENDPOINTS),
    quiet!(Terraform, "Azure/avm-res-authorization-roleassignment/azurerm", ROLES),
    quiet!(Terraform, "Azure/avm-res-cognitiveservices-account/azurerm", ENDPOINTS),
    quiet!(Terraform, "Azure/avm-res-documentdb-databaseaccount/azurerm", ENDPOINTS),
    quiet!(Terraform, "Azure/avm-res-servicebus-namespace/azurerm", ENDPOINTS),
    quiet!(Terraform, "Azure/avm-utl-regions/azurerm", &[]),
    quiet!(Bicep, "avm/res/operational-insights/workspace", ROLES),
    quiet!(Bicep, "avm/res/insights/component", ROLES),
    quiet!(Bicep, "avm/res/network/bastion-host", ADDRESSES),
    quiet!(Bicep, "avm/res/document-db/database-account", ENDPOINTS),
    quiet!(Bicep, "avm/res/cognitive-services/account", ENDPOINTS),
];
