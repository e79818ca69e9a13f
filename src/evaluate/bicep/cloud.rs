//! In: a cloud of Azure. Out: what `environment()` says in it.
//! Never: guesses which cloud a root is deployed to.
//!
//! Source: <https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-deployment#environment>,
//! <https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure>,
//! <https://learn.microsoft.com/azure/china/resources-developer-guide>.

use super::target::open_object;
use crate::value::{Reason, RootId, Unknown, Value};

/// A cloud of Azure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cloud {
    /// The one that everybody means by Azure.
    Public,
    /// Azure Government of the United States.
    UsGovernment,
    /// Azure in China.
    China,
}

impl Cloud {
    /// What an unknown is in this cloud, where it is one of the suffixes of `environment()`.
    pub fn suffix_of(self, unknown: &Unknown) -> Option<String> {
        let name = unknown.name().strip_prefix("environment().suffixes.")?;
        let environment = self.environment(Unknown::new(RootId::SHARED, "environment()", Reason::Data));
        environment.fields()?.get("suffixes")?.fields()?.get(name)?.as_text().map(str::to_string)
    }

    /// `environment()`: its name and the suffixes of names; the rest is not known.
    pub(super) fn environment(self, rest: Unknown) -> Value {
        let [name, registry, vault, sql, storage] = match self {
            Cloud::Public => {
                ["AzureCloud", ".azurecr.io", ".vault.azure.net", ".database.windows.net", "core.windows.net"]
            }
            Cloud::UsGovernment => [
                "AzureUSGovernment",
                ".azurecr.us",
                ".vault.usgovcloudapi.net",
                ".database.usgovcloudapi.net",
                "core.usgovcloudapi.net",
            ],
            Cloud::China => [
                "AzureChinaCloud",
                ".azurecr.cn",
                ".vault.azure.cn",
                ".database.chinacloudapi.cn",
                "core.chinacloudapi.cn",
            ],
        };
        let more = Unknown::new(RootId::SHARED, "environment().suffixes", Reason::Data);
        let suffixes = [
            ("acrLoginServer", Value::text(registry)),
            ("keyvaultDns", Value::text(vault)),
            ("sqlServerHostname", Value::text(sql)),
            ("storage", Value::text(storage)),
        ];
        open_object([("name", Value::text(name)), ("suffixes", open_object(suffixes, more))], rest)
    }
}
