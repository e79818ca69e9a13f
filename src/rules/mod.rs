//! In: a network. Out: what is wrong with it, and what cannot be told.
//! Never: knows how a finding is shown, or which language it was written in.

mod azapi_words;
mod by_model;
mod clashes;
mod clusters;
mod conflicts;
mod dns_at_creation;
mod finding;
mod gateways;
mod hub_links;
mod identity_roles;
mod other_names;
mod precedence;
mod scope;
mod udr;
mod waiting;
mod written;

use finding::said_elsewhere;
pub use finding::{Confidence, Decider, Finding, Level, Step, Verdict};
pub use precedence::says_more;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::network::Network;
use crate::value::Cidr;

/// What the user said about the estate, as far as rules ask.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Whether objects may already be in place: rules of order then only note.
    pub phase: Phase,
    /// Whether the run holds the whole estate.
    pub world: World,
    /// VNets that are hubs though the code does not show it: names or ids, in any case of letters.
    pub hub_vnets: Vec<String>,
    /// Ranges of the networks on premises.
    pub on_prem_ranges: Vec<Cidr>,
    /// DNS servers on premises forward the zones of private clusters to the hub.
    pub onprem_dns_forwards: bool,
    /// A policy links every private DNS zone to the hub.
    pub hub_links_by_policy: bool,
    /// A policy gives every private endpoint its DNS record.
    pub pe_dns_by_policy: bool,
    /// Azure Policy applies to every cluster.
    pub policy_applies: bool,
    /// Every API server must be private.
    pub require_private_api: bool,
    /// Traffic that leaves must be inspected.
    pub require_egress_inspection: bool,
    /// A policy gives every subnet its route table.
    pub routes_by_policy: bool,
    /// The code of a VNet declares the links of zones to it, and not the code of the zones.
    pub links_owned_by_vnet: bool,
    /// Ranges that other teams hold.
    pub ip_plan: Vec<Planned>,
}

impl Settings {
    /// The rules that are advice elsewhere, and that the user's policy turns into a demand: they run without being selected.
    pub fn demanded(&self) -> Vec<&'static str> {
        let policies = [(self.require_egress_inspection, "VNL086")];
        policies.into_iter().filter(|(demands, _)| *demands).map(|(_, code)| code).collect()
    }
}

/// A range of a plan of addresses.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The range.
    pub range: Cidr,
    /// Whose it is.
    pub name: String,
    /// The line of the plan.
    pub place: crate::source::Span,
}

/// Whether the run holds the whole estate: then what is not in the code is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum World {
    /// Other code may add to what is declared here.
    #[default]
    Partial,
    /// Everything that belongs to the estate is here.
    Whole,
}

/// Which deployment the rules of order speak of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// The first one: nothing is there yet.
    #[default]
    Greenfield,
    /// A later one.
    Existing,
}

/// A rule: its page says everything that `explain`, `rules` and SARIF show.
pub struct Rule {
    /// As in `VNL001`.
    pub code: &'static str,
    /// As in `custom-dns-before-zone-link`.
    pub name: &'static str,
    /// The level of its plain case.
    pub level: Level,
    /// How sure its plain case is.
    pub confidence: Confidence,
    /// It is only advice that not every estate wants: it runs when a user selects it by name.
    pub opt_in: bool,
    /// The version that first had it.
    pub since: &'static str,
    /// Its page as the doc comment has it: every line begins with a space. See [`Rule::page`].
    pub written: &'static str,
    /// Looks at a network and says what it finds.
    pub check: fn(&Network, &Settings, &mut Vec<Finding>),
}

impl Rule {
    /// The first line of its page: what it finds.
    pub fn summary(&self) -> &'static str {
        self.written.trim_start().lines().next().unwrap_or_default()
    }

    /// Its page in Markdown: what, why it hurts, examples that run.
    pub fn page(&self) -> String {
        let lines = self.written.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n").trim().to_string()
    }

    /// A violation of this rule without a proof yet.
    fn finding(&self, place: crate::source::Span, message: String) -> Finding {
        let finding = Finding::new(self.code, self.name, self.level, place, message);
        Finding { confidence: self.confidence, ..finding }
    }
}

/// A rule's page, code, name, level and confidence, from the doc comment and the line below it.
macro_rules! rule {
    (@opt_in) => { false };
    (@opt_in opt_in) => { true };
    (
        $(#[doc = $line:literal])*
        $code:ident $name:literal, $level:ident $confidence:ident $($opt_in:ident)?, since $since:literal
    ) => {
        /// This rule.
        pub static RULE: $crate::rules::Rule = $crate::rules::Rule {
            code: stringify!($code),
            name: $name,
            level: $crate::rules::Level::$level,
            confidence: $crate::rules::Confidence::$confidence,
            opt_in: rule!(@opt_in $($opt_in)?),
            since: $since,
            written: concat!($($line, "\n"),*),
            check,
        };
    };
}

/// The list of rules: their modules and the registry.
macro_rules! rules {
    ($($module:ident)*) => {
        $(mod $module;)*

        /// Every rule, by code.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),*];
    };
}

rules! {
    vnl001_custom_dns_before_zone_link
    vnl002_system_zone_with_custom_dns
    vnl003_zone_link_not_before_cluster
    vnl004_vnet_update_races_cluster
    vnl005_dns_path_not_before_cluster
    vnl006_dns_servers_declared_twice
    vnl007_spoke_not_using_central_dns
    vnl020_custom_zone_not_linked_to_hub
    vnl021_system_zone_not_linked_to_hub
    vnl022_prefer_custom_private_dns_zone
    vnl023_private_zone_name_or_region_mismatch
    vnl024_byo_zone_needs_user_assigned_identity
    vnl025_byo_zone_role_missing
    vnl026_cluster_identity_network_role_missing
    vnl027_role_assignment_not_before_cluster
    vnl028_no_private_zone_and_no_public_fqdn
    vnl029_vnet_linked_to_two_zones_of_same_name
    vnl030_zone_link_to_cluster_vnet_races_aks
    vnl031_arm_api_too_old_for_byo_zone_link
    vnl032_private_dns_prefix_misused
    vnl033_zone_in_other_subscription
    vnl040_dns_server_is_firewall_without_proxy
    vnl041_secured_hub_firewall_cannot_see_zone
    vnl042_resolver_ruleset_loop
    vnl043_ruleset_overrides_aks_zone
    vnl044_dns_server_unreachable
    vnl045_mixed_dns_servers
    vnl050_one_way_peering
    vnl051_peered_address_overlap
    vnl052_gateway_transit_mismatch
    vnl053_peering_blocks_forwarded_traffic
    vnl054_pool_subnets_in_different_vnets
    vnl055_vnet_uses_reserved_range
    vnl056_on_premises_range_overlap
    vnl057_spoke_does_not_use_hub_gateway
    vnl070_udr_outbound_without_route_table
    vnl071_udr_route_table_without_default_route
    vnl072_udr_default_route_to_internet_or_none
    vnl073_default_route_next_hop_is_not_a_firewall
    vnl074_udr_outbound_relies_on_dynamic_routes
    vnl075_route_table_not_ready_before_cluster
    vnl076_outbound_type_needs_own_subnet
    vnl077_managed_nat_gateway_with_own_vnet
    vnl078_user_nat_gateway_not_attached
    vnl079_default_route_with_load_balancer_outbound
    vnl080_asymmetric_public_ingress
    vnl081_kubenet_own_route_table_with_system_identity
    vnl082_kubenet_shared_route_table_or_subnet
    vnl083_kubenet_private_own_dns_own_route_table
    vnl084_bgp_propagation_can_bypass_firewall
    vnl085_pools_have_different_egress
    vnl086_egress_not_inspected
    vnl087_firewall_missing_aks_rules
    vnl088_outbound_type_needs_vmss_and_standard_lb
    vnl089_network_isolated_prerequisites
    vnl090_default_outbound_access_relied_on
    vnl091_udr_outbound_beside_dynamic_routes
    vnl094_gateway_subnet_has_default_route
    vnl095_gateway_subnet_return_path_asymmetric
    vnl100_route_server_subnet_invalid
    vnl101_vhub_connection_internet_security_off
    vnl110_application_gateway_shared_by_clusters
    vnl111_appgw_subnet_default_route_to_appliance
    vnl112_appgw_subnet_not_dedicated
    vnl113_appgw_subnet_too_small
    vnl114_agic_with_overlay_requirements
    vnl115_appgw_v1_sku
    vnl116_agic_gateway_cannot_reach_pods
    vnl117_agic_kubenet_route_table
    vnl118_agic_gateway_managed_twice
    vnl119_agic_identity_role_missing
    vnl120_agic_without_user_pool
    vnl121_appgw_nsg_blocks_required
    vnl122_agc_requirements
    vnl123_http_application_routing
    vnl124_no_ingress_visible
    vnl125_node_public_ip
    vnl126_traffic_manager_or_front_door_target_not_gateway
    vnl127_ingress_nginx_retirement
    vnl140_internet_facing_app_without_waf
    vnl141_waf_in_detection_mode
    vnl142_http_listener_without_redirect
    vnl143_backend_plain_http
    vnl144_front_door_without_waf
    vnl145_edge_bypass
    vnl146_traffic_manager_probe_plain_http
    vnl147_firewall_dnat_in_front_of_web_app
    vnl148_front_door_classic
    vnl149_tls_certificate_inline
    vnl150_public_api_server_open
    vnl151_authorized_ranges_on_private_cluster
    vnl152_authorized_ranges_miss_cluster_egress
    vnl153_authorized_ranges_allow_all
    vnl154_authorized_ranges_limit
    vnl155_api_server_subnet_invalid
    vnl156_vnet_integration_without_subnet
    vnl157_private_cluster_needs_standard_lb
    vnl158_virtual_nodes_with_authorized_ranges
    vnl160_kubenet_retirement
    vnl161_kubenet_node_limit
    vnl162_cni_subnet_too_small
    vnl163_overlay_or_kubenet_pod_cidr_too_small
    vnl164_pod_subnet_too_small
    vnl165_service_cidr_overlap
    vnl166_pod_cidr_overlap
    vnl167_reserved_range_in_service_or_pod_cidr
    vnl168_dns_service_ip_invalid
    vnl169_service_cidr_too_large
    vnl170_virtual_nodes_network
    vnl171_windows_needs_azure_cni
    vnl172_node_subnet_delegated_or_special
    vnl174_overlay_scale_limits
    vnl175_pod_cidr_with_flat_cni
    vnl176_max_pods_out_of_bounds
    vnl177_dual_stack_needs_overlay
    vnl178_pod_or_service_cidr_public
    vnl179_network_model_implicit
    vnl180_flat_cni_only_needed_when
    vnl181_overlay_names_too_long
    vnl182_node_autoprovisioning_incompatible
    vnl183_cilium_prerequisites
    vnl200_network_policy_missing
    vnl201_network_policy_incompatible
    vnl202_azure_npm_retirement
    vnl210_nsg_denies_required_cluster_traffic
    vnl211_managed_nsg_or_node_resource_edited
    vnl213_nsg_deny_all_outbound
    vnl220_basic_load_balancer
    vnl221_outbound_ports_capacity
    vnl222_nat_zone_mismatch
    vnl223_nat_or_lb_public_ip_sku_mismatch
    vnl224_basic_public_ip
    vnl225_node_resource_group_edited
    vnl230_private_endpoint_without_dns_zone_group
    vnl231_private_endpoint_zone_not_linked
    vnl232_private_endpoint_zone_name_wrong
    vnl233_private_endpoint_bypasses_firewall
    vnl234_manual_a_record_for_private_endpoint
    vnl235_paas_without_private_access
    vnl236_private_endpoint_zone_in_application_subscription
    vnl237_private_endpoint_unreachable
    vnl250_vnet_without_ddos_protection
    vnl251_ddos_plan_attached_but_disabled
}

/// Everything that all rules find in a network, one root cause once.
pub fn check(network: &Network, settings: &Settings) -> Vec<Finding> {
    let of = |rule: &&Rule| {
        let mut found = Vec::new();
        (rule.check)(network, settings, &mut found);
        found
    };
    let found: Vec<Vec<Finding>> = RULES.par_iter().map(of).collect();
    let mut findings: Vec<Finding> = found.into_iter().flatten().collect();
    findings.extend(scope::unknown_facts(network));
    let mut findings = precedence::settle(findings);
    let made = other_names::Made::of(network);
    findings.iter_mut().for_each(|finding| made.say(finding));
    findings.iter_mut().for_each(azapi_words::say);
    findings.iter_mut().for_each(|finding| written::say(network, finding));
    findings.iter_mut().for_each(|finding| by_model::say(network, finding));
    findings
}
