//! In: TOML. Out: the keys of `vnetlint.toml` as they are written, each with its type.
//! Never: says what a key means; an unknown one is an error.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// The configuration of vnetlint: `vnetlint.toml`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Written {
    /// Only these rules: codes or beginnings of codes.
    pub select: Option<Vec<String>>,
    /// These rules as well.
    #[serde(rename = "extend-select")]
    pub extend_select: Option<Vec<String>>,
    /// Not these rules; the longer of two beginnings that fit wins.
    pub ignore: Option<Vec<String>>,
    /// What makes the exit code 1.
    #[serde(rename = "fail-on")]
    pub fail_on: Option<FailOnWord>,
    /// Only findings of at least this confidence.
    #[serde(rename = "min-confidence")]
    pub min_confidence: Option<ConfidenceWord>,
    /// The baseline file.
    #[schemars(with = "Option<String>")]
    pub baseline: Option<Spanned<String>>,
    /// Paths that are not looked into: globs, from the folder of this file.
    #[schemars(with = "Option<Vec<String>>")]
    pub exclude: Option<Vec<Spanned<String>>>,
    /// Whether objects may already be in place.
    pub phase: Option<PhaseWord>,
    /// The cloud that all is deployed to, as `environment().name` has it in Bicep.
    pub cloud: Option<CloudWord>,
    /// What one deployment is given.
    #[schemars(with = "Option<Vec<WrittenRoot>>")]
    pub root: Option<Vec<Spanned<WrittenRoot>>>,
    /// The order in which roots are deployed: lists of paths or globs, the first list first.
    #[schemars(with = "Option<Vec<Vec<String>>>")]
    pub layers: Option<Vec<Vec<Spanned<String>>>>,
    /// Facts that stand outside the code, each with its reason.
    #[schemars(with = "Option<Vec<WrittenAssumption>>")]
    pub assume: Option<Vec<Spanned<WrittenAssumption>>>,
    /// VNets that are hubs though the code does not show it: names or ids.
    pub hub_vnets: Option<Vec<String>>,
    /// Ranges of the networks on premises.
    #[schemars(with = "Option<Vec<String>>")]
    pub on_prem_ranges: Option<Vec<Spanned<String>>>,
    /// DNS servers on premises forward zones to Azure: true for all, or each zone and where to.
    pub onprem_dns_forwards: Option<Forwards>,
    /// A CSV file of address ranges that other teams hold: one range a line, with a name.
    #[schemars(with = "Option<String>")]
    pub ip_plan: Option<Spanned<String>>,
    /// Whether the run holds the whole estate.
    pub world: Option<WorldWord>,
    /// Two names or ids for one thing: a name as the tool prints it, an id, or `root:PATH/ADDRESS`.
    #[schemars(with = "BTreeMap<String, String>")]
    pub aliases: BTreeMap<String, Spanned<String>>,
    /// A policy links every private DNS zone to the hub.
    pub hub_links_by_policy: Option<bool>,
    /// Whose code declares the links of a zone: the zone's, or the VNet's.
    pub links_owned_by: Option<LinkOwner>,
    /// A policy gives every private endpoint its DNS record.
    pub pe_dns_by_policy: Option<bool>,
    /// What Azure Policy adds at deployment: true, or which of `udr`, `dns-zone-group`, `diag`.
    pub policy_applies: Option<Policies>,
    /// Every API server must be private.
    pub require_private_api: Option<bool>,
    /// Traffic that leaves must be inspected.
    pub require_egress_inspection: Option<bool>,
    /// What is said of one rule, by its code.
    #[schemars(with = "BTreeMap<String, WrittenRule>")]
    pub rule: BTreeMap<String, Spanned<WrittenRule>>,
    /// Codes or beginnings of codes that are not reported in files: by glob, from the folder of this file.
    #[serde(rename = "per-path-ignores")]
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub per_path_ignores: BTreeMap<String, Spanned<Vec<String>>>,
    /// Bounds of the work.
    pub limits: Option<WrittenLimits>,
}

/// What one deployment is given.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenRoot {
    /// Its directory (Terraform) or file (Bicep, ARM), from the folder of this file.
    pub path: String,
    /// The environment that these values make.
    pub env: Option<String>,
    /// Files of values for Terraform, from the folder of this file.
    #[serde(default, rename = "var-files")]
    pub var_files: Vec<String>,
    /// A file of parameters for Bicep or ARM, from the folder of this file.
    pub params: Option<String>,
    /// Values by the names of inputs.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub vars: BTreeMap<String, Spanned<toml::Value>>,
}

/// A fact that stands outside the code.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenAssumption {
    /// Why it is so, for whoever reads this later.
    pub reason: String,
    /// A link of a private DNS zone to a VNet is there.
    #[serde(rename = "zone-link")]
    pub zone_link: Option<ZoneLink>,
    /// The DNS servers of a VNet.
    #[serde(rename = "dns-servers")]
    pub dns_servers: Option<DnsServers>,
    /// A role that somebody has on something.
    pub role: Option<Role>,
    /// Any resource in ARM's words, as it is deployed.
    pub resource: Option<DeployedResource>,
}

/// A link of a private DNS zone to a VNet.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ZoneLink {
    /// The zone's name or id.
    pub zone: String,
    /// The VNet's name, id or `root:PATH/ADDRESS`.
    pub vnet: String,
}

/// The DNS servers of a VNet.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DnsServers {
    /// The VNet's name or id.
    pub vnet: String,
    /// Their addresses; none for Azure's own.
    pub servers: Vec<String>,
}

/// A role assignment.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Whose it is: the id of the principal.
    pub principal: String,
    /// The id of the role's definition.
    pub role: String,
    /// The id of what it is assigned on.
    pub scope: String,
}

/// A resource in ARM's words.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeployedResource {
    /// Its id.
    pub id: String,
    /// Its properties.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub properties: toml::Table,
}

/// What is said of one rule.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WrittenRule {
    /// The level of all its findings; `off` switches it off.
    pub level: Option<LevelWord>,
    /// False: a comment in the code does not silence it.
    pub ignorable: Option<bool>,
    /// Settings of the rule's own.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub options: toml::Table,
}

/// Bounds of the work.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct WrittenLimits {
    /// Larger files are not read: `4MiB`.
    pub max_file_size: Option<String>,
    /// The most instances of one declaration.
    pub max_instances: Option<usize>,
    /// How deep brackets may nest.
    pub max_depth: Option<usize>,
    /// How long a run may take: `60s`.
    pub timeout: Option<String>,
}

/// DNS servers on premises forward zones to Azure.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Forwards {
    /// All of them, or none.
    All(bool),
    /// Each zone, and where to.
    Zones(BTreeMap<String, String>),
}

/// What Azure Policy adds at deployment.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Policies {
    /// Everything, or nothing.
    All(bool),
    /// Some things.
    Some(Vec<Policy>),
}

macro_rules! words {
    ($(#[doc = $about:literal] $name:ident { $(#[doc = $what:literal] $variant:ident $word:literal,)* })*) => { $(
        #[doc = $about]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
        pub enum $name { $(#[doc = $what] #[serde(rename = $word)] $variant),* }
    )* };
}

words! {
    /// The least that makes the exit code 1.
    FailOnWord {
        /// Errors.
        Error "error",
        /// Warnings and errors.
        Warning "warning",
        /// Any finding.
        Note "note",
        /// Any finding, and what could not be decided.
        Undecided "undecided",
        /// Nothing.
        Never "never",
    }
    /// How sure a finding is.
    ConfidenceWord {
        /// A hint.
        Low "low",
        /// It rests on a default or a convention.
        Medium "medium",
        /// Everything it rests on is written.
        High "high",
    }
    /// How bad a finding is.
    LevelWord {
        /// It is not reported.
        Off "off",
        /// Worth a review.
        Note "note",
        /// Breaks later.
        Warning "warning",
        /// Fails.
        Error "error",
    }
    /// Which deployment the rules of order speak of.
    PhaseWord {
        /// The first one.
        Greenfield "greenfield",
        /// A later one.
        Existing "existing",
    }
    /// A cloud of Azure.
    CloudWord {
        /// The public one.
        Public "AzureCloud",
        /// Azure Government of the United States.
        UsGovernment "AzureUSGovernment",
        /// Azure in China.
        China "AzureChinaCloud",
    }
    /// Whether the run holds the whole estate.
    WorldWord {
        /// All of it: what is not in the code is not there.
        Whole "whole",
        /// Other code may add to it.
        Partial "partial",
    }
    /// Whose code declares the links of a zone.
    LinkOwner {
        /// The zone's.
        Zone "zone",
        /// The VNet's.
        Vnet "vnet",
    }
    /// Something that Azure Policy adds.
    Policy {
        /// Route tables.
        Udr "udr",
        /// DNS records of private endpoints.
        DnsZoneGroup "dns-zone-group",
        /// Diagnostic settings.
        Diag "diag",
    }
}
