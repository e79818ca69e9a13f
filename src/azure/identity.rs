//! Managed identities, and the roles that are assigned to them.
//!
//! Role names and ids: <https://learn.microsoft.com/azure/role-based-access-control/built-in-roles>. An assignment counts
//! for its scope and everything below it (<https://learn.microsoft.com/azure/role-based-access-control/scope-overview>).

use super::{Field, Naming, Type, field};

/// `Microsoft.ManagedIdentity/userAssignedIdentities`.
pub static IDENTITY: Type = Type {
    name: "Microsoft.ManagedIdentity/userAssignedIdentities",
    noun: "managed identity",
    azurerm: &[("azurerm_user_assigned_identity", Naming::Own)],
    fields: &[&PRINCIPAL_ID, &CLIENT_ID],
    splits: &[],
};

/// `Microsoft.Authorization/roleAssignments`: it extends the resource, group or subscription that it counts for.
pub static ROLE_ASSIGNMENT: Type = Type {
    name: "Microsoft.Authorization/roleAssignments",
    noun: "role assignment",
    azurerm: &[("azurerm_role_assignment", Naming::Own), ("azurerm_pim_active_role_assignment", Naming::Own)],
    fields: &[&SCOPE, &ROLE_ID, &ROLE_NAME, &PRINCIPAL],
    splits: &[],
};

/// `Microsoft.Authorization/roleDefinitions`.
pub static ROLE_DEFINITION: Type = Type {
    name: "Microsoft.Authorization/roleDefinitions",
    noun: "role definition",
    azurerm: &[("azurerm_role_definition", Naming::Own)],
    fields: &[&DEFINITION_NAME],
    splits: &[],
};

/// The object that roles are assigned to: known once the identity is there.
pub static PRINCIPAL_ID: Field = field("properties.principalId", "principal_id");

/// The application of an identity, which is not the object that roles are assigned to.
pub static CLIENT_ID: Field = field("properties.clientId", "client_id");

/// What an assignment counts for.
pub static SCOPE: Field = field("scope", "scope");

/// The role by its id.
pub static ROLE_ID: Field = field("properties.roleDefinitionId", "role_definition_id");

/// The role by its name, which only azurerm takes.
pub static ROLE_NAME: Field = field("properties.roleDefinitionName", "role_definition_name");

/// Whom a role is assigned to.
pub static PRINCIPAL: Field = field("properties.principalId", "principal_id");

/// What people call a role.
pub static DEFINITION_NAME: Field = field("properties.roleName", "name");

/// A role that Azure brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// What people call it.
    pub name: &'static str,
    /// The last segment of its id.
    pub id: &'static str,
}

/// May write private zones, their records and links.
pub const PRIVATE_DNS_ZONE_CONTRIBUTOR: Role =
    Role { name: "Private DNS Zone Contributor", id: "b12aa53e-6015-4669-85d0-8515ebb3ae7f" };

/// May write public zones only.
pub const DNS_ZONE_CONTRIBUTOR: Role =
    Role { name: "DNS Zone Contributor", id: "befefa01-2a29-4197-83a8-272ff33ce314" };

/// May do everything with networks, private zones among them.
pub const NETWORK_CONTRIBUTOR: Role = Role { name: "Network Contributor", id: "4d97b98b-1d4f-4787-a291-c67834d212e7" };

/// May do everything but assign roles.
pub const CONTRIBUTOR: Role = Role { name: "Contributor", id: "b24988ac-6180-42a0-ab88-20f7382dd24c" };

/// May do everything.
pub const OWNER: Role = Role { name: "Owner", id: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635" };

/// May look.
pub const READER: Role = Role { name: "Reader", id: "acdd72a7-3385-48ef-bd42-f606fba81ae7" };

/// Other roles that Azure brings and that allow nothing of this. A role that stands nowhere here may be of somebody's
/// making, and allow anything.
const OTHERS: &[Role] = &[
    Role { name: "AcrPull", id: "7f951dda-4ed3-4680-a7ca-43fe172d538d" },
    Role { name: "AcrPush", id: "8311e382-0749-4cb8-b61a-304f252e45ec" },
    Role { name: "Managed Identity Operator", id: "f1a07417-d97a-45cb-824c-1c7467783830" },
    Role { name: "Managed Identity Contributor", id: "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59" },
    Role { name: "Virtual Machine Contributor", id: "9980e02c-c2be-4d73-94e8-173b1dc7cf3c" },
    Role { name: "User Access Administrator", id: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9" },
    Role { name: "Monitoring Metrics Publisher", id: "3913510d-42f4-4e42-8a64-420c390055eb" },
    Role { name: "Monitoring Reader", id: "43d0d8ad-25c7-4714-9337-8ba259a9fe05" },
    Role { name: "Log Analytics Contributor", id: "92aaf0da-9dab-42b6-94a3-d43ce8d16293" },
    Role { name: "Key Vault Administrator", id: "00482a5a-887f-4fb3-b363-3b7fe8e74483" },
    Role { name: "Key Vault Secrets User", id: "4633458b-17de-408a-b874-0445c86b69e6" },
    Role { name: "Key Vault Reader", id: "21090545-7ca7-4776-b22c-e363652d74d2" },
    Role { name: "Key Vault Crypto Service Encryption User", id: "e147488a-f6f5-4113-8e2d-b22465e65bf6" },
    Role { name: "Storage Blob Data Contributor", id: "ba92f5b4-2d11-453d-a403-e96b0029c9fe" },
    Role { name: "Azure Kubernetes Service Cluster User Role", id: "4abbcc35-e782-43d8-92c5-2d3f1bd2253f" },
    Role { name: "Azure Kubernetes Service RBAC Cluster Admin", id: "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b" },
];

/// Roles of which one is enough to write in a private zone.
pub const WRITE_ZONE: &[Role] = &[PRIVATE_DNS_ZONE_CONTRIBUTOR, NETWORK_CONTRIBUTOR, CONTRIBUTOR, OWNER];

/// Roles of which one is enough to join subnets and to write route tables.
pub const WRITE_NETWORK: &[Role] = &[NETWORK_CONTRIBUTOR, CONTRIBUTOR, OWNER];

/// Roles of which one is enough to link a VNet to a zone: whoever writes private zones may join VNets.
pub const LINK_VNET: &[Role] = WRITE_ZONE;

/// The role of a name or an id, if it is one that Azure brings and that is known here.
pub fn role(name_or_id: &str) -> Option<Role> {
    let known = [PRIVATE_DNS_ZONE_CONTRIBUTOR, DNS_ZONE_CONTRIBUTOR, NETWORK_CONTRIBUTOR, CONTRIBUTOR, OWNER, READER];
    let is = |role: &Role| role.name.eq_ignore_ascii_case(name_or_id) || role.id.eq_ignore_ascii_case(name_or_id);
    known.into_iter().chain(OTHERS.iter().copied()).find(is)
}
