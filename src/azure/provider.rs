//! Resource providers, which a subscription has to know before anything of theirs can be made in it.
//!
//! Source: <https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types> and
//! <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/resource_provider_registration>.

use super::{Field, Naming, Type, field};

/// `Microsoft.Resources/providers`: that a provider is registered in a subscription. Only azurerm declares it.
pub static REGISTRATION: Type = Type {
    name: "Microsoft.Resources/providers",
    noun: "provider registration",
    azurerm: &[("azurerm_resource_provider_registration", Naming::Own)],
    fields: &[&PROVIDER],
    splits: &[],
};

/// The provider, as in `Microsoft.ContainerService`.
pub static PROVIDER: Field = field("name", "name");
