//! What a person breaks by one edit in something that is right, some rule sees.
//!
//! Every good case and the whole estate without faults is edited in one place at a time: a link, an association, a role or
//! a peering is dropped, a region, a range, a sort or a switch is another one. An edited estate is *killed* when a rule says
//! something of it that no rule said before. What survives is listed by `cargo test --test mutants -- --nocapture`.

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use regex::{Captures, Regex};
use support::options;
use vnetlint::analysis::analyze;
use vnetlint::rules::{RULES, Verdict};
use vnetlint::source::Sources;

/// One way to break something.
struct Edit {
    name: &'static str,
    /// What is looked for in Terraform, and in Bicep; empty for nothing.
    terraform: &'static str,
    bicep: &'static str,
    /// What stands there afterwards; `${1}` is what the first group found.
    becomes: &'static str,
    /// Where this stands in a text, the edit breaks nothing; empty for nothing.
    unless: &'static str,
}

const fn edit(name: &'static str, terraform: &'static str, bicep: &'static str, becomes: &'static str) -> Edit {
    Edit { name, terraform, bicep, becomes, unless: "" }
}

/// Declarations that nothing else is made of: without one, everything else can still be deployed.
const DROPPED: &[(&str, &str, &str)] = &[
    (
        "drop a zone link",
        "azurerm_private_dns_zone_virtual_network_link",
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    ),
    ("drop a route table association", "azurerm_subnet_route_table_association", ""),
    ("drop a NAT gateway association", "azurerm_subnet_nat_gateway_association", ""),
    ("drop a NAT gateway's address", "azurerm_nat_gateway_public_ip_association", ""),
    ("drop a role", "azurerm_role_assignment", "Microsoft.Authorization/roleAssignments"),
    ("drop a peering", "azurerm_virtual_network_peering", "Microsoft.Network/virtualNetworks/virtualNetworkPeerings"),
    ("drop a zone group", "", "Microsoft.Network/privateEndpoints/privateDnsZoneGroups"),
    ("drop the firewall's rules", "azurerm_firewall_policy_rule_collection_group", ""),
];

/// Edits of one line.
const EDITS: &[Edit] = &[
    edit(
        "no default route",
        r#"(address_prefix\s*=\s*)"0\.0\.0\.0/0""#,
        r"(addressPrefix: )'0\.0\.0\.0/0'",
        "${1}Q10.99.0.0/16Q",
    ),
    edit(
        "a default route to the internet",
        r#"(next_hop_type\s*=\s*)"VirtualAppliance"\s*\n\s*next_hop_in_ip_address.*"#,
        r"(nextHopType: )'VirtualAppliance'\s*\n\s*nextHopIpAddress: .*",
        "${1}QInternetQ",
    ),
    edit("the table of a subnet taken off", "", r"\s*,?\s*routeTable: \{ id: [^}]*\}()", "${1}"),
    edit(
        "a zone of another region",
        r#"(privatelink\.)westeurope(\.azmk8s)"#,
        r"(privatelink\.)westeurope(\.azmk8s)",
        "${1}northeurope${2}",
    ),
    edit(
        "a zone of another name",
        r"(privatelink\.vaultcore)\.azure\.net",
        r"(privatelink\.vaultcore)\.azure\.net",
        "${1}.windows.net",
    ),
    edit(
        "an identity of the system",
        r#"(?s)(azurerm_kubernetes_cluster" .*?identity \{\s*type\s*=\s*)"UserAssigned"\s*identity_ids\s*=[^\n]*"#,
        "",
        "${1}QSystemAssignedQ",
    ),
    edit(
        "service addresses of the VNet",
        r#"(service_cidr\s*=\s*)"[0-9./]+""#,
        r"(serviceCidr: )'[0-9./]+'",
        "${1}QRANGEQ",
    ),
    edit(
        "a DNS address outside",
        r#"(dns_service_ip\s*=\s*)"[0-9.]+""#,
        r"(dnsServiceIP: )'[0-9.]+'",
        "${1}Q203.0.113.10Q",
    ),
    edit(
        "a small node subnet",
        r#"(snet-nodes"(?s:.{0,200}?)address_prefixes\s*=\s*\["[0-9.]+)/\d+"#,
        r"(snet-nodes'(?s:.{0,80}?)addressPrefix: '[0-9.]+)/\d+",
        "${1}/29",
    ),
    edit("a small pod range", r#"(pod_cidr\s*=\s*"[0-9.]+)/\d+"#, r"(podCidr: '[0-9.]+)/\d+", "${1}/28"),
    // The data plane of Cilium enforces policies, whatever is written beside it.
    Edit {
        unless: "cilium",
        ..edit("no network policy", r#"\n\s*network_policy\s*=.*()"#, r"\n\s*networkPolicy: .*()", "${1}")
    },
    edit("a firewall that does not answer", r"(proxy_enabled\s*=\s*)true", r"(enableProxy: )true", "${1}false"),
    edit(
        "a cluster that waits for nothing",
        r"(?s)(azurerm_kubernetes_cluster\x22 .{0,2000}?)\n\s*depends_on = \[[^\]]*\]",
        "",
        "${1}",
    ),
    edit(
        "a peering without gateways",
        r"(allow_gateway_transit\s*=\s*)true",
        r"(allowGatewayTransit: )true",
        "${1}false",
    ),
    edit("an endpoint without zones", r"(?s)\n\s*private_dns_zone_group \{.*?\n  \}()", "", "${1}"),
    edit(
        "an address of the basic sort",
        r#"(?s)(azurerm_public_ip" .{0,300}?sku\s*=\s*)"Standard""#,
        r"(?s)(publicIPAddresses@.{0,200}?sku: \{ name: )'Standard'",
        "${1}QBasicQ",
    ),
    edit(
        "a load balancer of the basic sort",
        r#"(load_balancer_sku\s*=\s*)"standard""#,
        r"(loadBalancerSku: )'standard'",
        "${1}QbasicQ",
    ),
    edit("a firewall that only watches", r#"(mode\s*=\s*)"Prevention""#, r"(mode: )'Prevention'", "${1}QDetectionQ"),
    edit(
        "a listener without TLS",
        r#"(?s)(http_listener \{.{0,300}?protocol\s*=\s*)"Https""#,
        r"(?s)(httpListeners: .{0,500}?protocol: )'Https'",
        "${1}QHttpQ",
    ),
    edit(
        "a gateway without a firewall",
        r#"(?s)\n\s*firewall_policy_id\s*=\s*azurerm_web_application_firewall_policy[^\n]*(.*?)WAF_v2(.*?)WAF_v2"#,
        r"(?s)(sku: \{ name: )'WAF_v2', tier: 'WAF_v2'(, capacity: 2 \})\s*firewallPolicy: [^\n]*",
        "",
    ),
    edit(
        "an API server for everybody",
        r#"(authorized_ip_ranges\s*=\s*)\[.*\]"#,
        r"(authorizedIPRanges: )\[[^\]]*\]",
        "$1[Q0.0.0.0/0Q]",
    ),
    edit(
        "an API server without ranges",
        r"(?s)\n\s*api_server_access_profile \{\s*authorized_ip_ranges[^\n]*\n\s*\}()",
        r"\n\s*apiServerAccessProfile: \{ authorizedIPRanges: .*()",
        "${1}",
    ),
    edit(
        "a NAT gateway of its own for a managed one",
        r#"(outbound_type\s*=\s*)"userAssignedNATGateway""#,
        r"(outboundType: )'userAssignedNATGateway'",
        "${1}QmanagedNATGatewayQ",
    ),
    edit(
        "own routes without any",
        r#"(outbound_type\s*=\s*)"userAssignedNATGateway""#,
        r"(outboundType: )'userAssignedNATGateway'",
        "${1}QuserDefinedRoutingQ",
    ),
    edit(
        "a load balancer behind a default route",
        r#"(outbound_type\s*=\s*)"userDefinedRouting""#,
        r"(outboundType: )'userDefinedRouting'",
        "${1}QloadBalancerQ",
    ),
    edit(
        "a plan that is not switched on",
        r"(?s)(ddos_protection_plan \{.{0,100}?enable\s*=\s*)true",
        r"(enableDdosProtection: )true",
        "${1}false",
    ),
    edit("kubenet", r#"(network_plugin\s*=\s*)"azure""#, r"(networkPlugin: )'azure'", "${1}QkubenetQ"),
    edit("the subnet of a NAT gateway taken off", "", r", natGateway: \{ id: [^}]*\}()", "${1}"),
    edit(
        "a VNet over another",
        r#"(address_space\s*=\s*\[)"10\.10[12]\.0\.0/16""#,
        r"(addressPrefixes: \[ )'10\.10[12]\.0\.0/16'",
        "${1}Q10.100.0.0/16Q",
    ),
    edit(
        "a private cluster without a zone",
        r"(private_dns_zone_id\s*=\s*)azurerm_private_dns_zone.*",
        r"(privateDNSZone: )[a-zA-Z].*",
        "${1}QsystemQ",
    ),
    edit("a wrong zone role", r"()Private DNS Zone Contributor", "b12aa53e-6015-4669-85d0-8515ebb3ae7f()", "Reader"),
];

/// An estate as texts: paths and what they hold.
type Texts = Vec<(String, String)>;

/// The good cases and the estate without faults, each in one language.
fn estates() -> Vec<(String, Texts)> {
    let cases = RULES.iter().map(|rule| format!("fixtures/{}/good", rule.name));
    let all = cases.chain(["fixtures/estate-without-faults".to_string()]);
    let written = all.flat_map(|case| ["terraform", "bicep"].map(|language| format!("{case}/{language}")));
    written.map(|path| (path.clone(), texts(&path))).filter(|(_, texts)| !texts.is_empty()).collect()
}

/// Every file below a directory, sorted; none where there is no directory.
fn texts(path: &str) -> Texts {
    let mut found = Texts::new();
    let Ok(entries) = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)) else { return found };
    let paths: BTreeSet<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    for entry in paths {
        let name = entry.file_name().and_then(|name| name.to_str()).expect("names of fixtures are Unicode");
        match entry.is_dir() {
            true => found.extend(texts(&format!("{path}/{name}"))),
            false => found.push((format!("{path}/{name}"), std::fs::read_to_string(&entry).expect("a text"))),
        }
    }
    found
}

/// What rules say of an estate: which code of what, wherever it stands.
fn said(texts: &Texts) -> BTreeSet<(&'static str, String)> {
    let sources = Sources::of_texts(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let findings = analyze(sources, &options(&[""])).findings.into_iter();
    let violations =
        findings.filter(|finding| finding.verdict == Verdict::Violation && !finding.code.starts_with("VNL-"));
    violations
        .map(|finding| (finding.code, finding.subject.map(|subject| subject.to_string()).unwrap_or_default()))
        .collect()
}

/// Where a declaration that begins at a place ends: behind its last bracket.
fn end_of(text: &str, start: usize) -> usize {
    let mut depth = 0;
    for (at, c) in text[start..].char_indices() {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' if depth == 1 => return start + at + 1,
            '}' | ']' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// The texts without each declaration of a type in turn.
fn dropped(text: &str, terraform: bool, azurerm: &str, arm: &str) -> Vec<String> {
    let head = match terraform {
        _ if if terraform { azurerm } else { arm }.is_empty() => return Vec::new(),
        true => format!(r#"(?m)^resource "{azurerm}" "\w+" "#),
        false => format!(r"(?m)^ *resource \w+ '(?:{arm}@[0-9a-z-]+|{})' = ", arm.rsplit('/').next().unwrap_or(arm)),
    };
    let heads = Regex::new(&head).expect("an expression");
    let without = |at: regex::Match| format!("{}{}", &text[..at.start()], &text[end_of(text, at.start())..]);
    heads.find_iter(text).map(without).collect()
}

/// The texts with each place of an edit in turn changed.
fn edited(text: &str, terraform: bool, edit: &Edit) -> Vec<String> {
    if !edit.unless.is_empty() && text.contains(edit.unless) {
        return Vec::new();
    }
    let looked_for = if terraform { edit.terraform } else { edit.bicep };
    if looked_for.is_empty() {
        return Vec::new();
    }
    let expression = Regex::new(looked_for).expect("an expression");
    let range =
        Regex::new(r#"(?:address_space\s*=\s*\[|addressPrefixes: \[ )['"]([0-9.]+/\d+)"#).expect("an expression");
    let range = range.captures(text).map_or("10.0.0.0/8".into(), |found| found[1].to_string());
    let quote = if terraform { "\"" } else { "'" };
    let change = |found: Captures| {
        let mut becomes = String::new();
        found.expand(edit.becomes, &mut becomes);
        // A role is named in Terraform, and given by its id in Bicep.
        let reader = if terraform { "Reader" } else { "acdd72a7-3385-48ef-bd42-f606fba81ae7" };
        let becomes = becomes.replace('Q', quote).replace("RANGE", &range).replace("Reader", reader);
        let whole = found.get(0).expect("a match");
        format!("{}{becomes}{}", &text[..whole.start()], &text[whole.end()..])
    };
    expression.captures_iter(text).map(change).collect()
}

/// Every estate that one edit makes of one.
fn mutants(path: &str, texts: &Texts) -> Vec<(String, Texts)> {
    let terraform = path.ends_with("/terraform");
    let mut found = Vec::new();
    for (index, (file, text)) in texts.iter().enumerate() {
        let drops = DROPPED.iter().map(|(name, azurerm, arm)| (*name, dropped(text, terraform, azurerm, arm)));
        let edits = EDITS.iter().map(|edit| (edit.name, edited(text, terraform, edit)));
        for (name, changed) in drops.chain(edits) {
            for changed in changed.into_iter().filter(|changed| changed != text) {
                let mut mutant = texts.clone();
                mutant[index].1 = changed;
                found.push((format!("{name}: {file}"), mutant));
            }
        }
    }
    found
}

#[test]
fn one_edit_is_seen() {
    let estates = estates();
    let of = |(path, texts): &(String, Texts)| -> Vec<(String, bool)> {
        let before = said(texts);
        let all = mutants(path, texts);
        all.into_iter().map(|(name, mutant)| (name, said(&mutant).difference(&before).next().is_some())).collect()
    };
    let results: Vec<(String, bool)> = estates.par_iter().flat_map(of).collect();
    let survivors: Vec<&String> = results.iter().filter(|(_, killed)| !killed).map(|(name, _)| name).collect();
    let (all, alive) = (results.len(), survivors.len());
    println!("{} of {all} edits are seen; not seen:", all - alive);
    survivors.iter().for_each(|name| println!("  {name}"));
    assert!(all > 200, "{all}");
    assert!(alive * 20 <= all, "{alive} of {all} edits are not seen: {survivors:#?}");
}

#[test]
fn every_way_to_break_something_breaks_something() {
    let all: BTreeSet<String> = estates()
        .iter()
        .flat_map(|(path, texts)| mutants(path, texts))
        .filter_map(|(name, _)| name.split_once(": ").map(|(edit, _)| edit.to_string()))
        .collect();
    let names = DROPPED.iter().map(|(name, ..)| *name).chain(EDITS.iter().map(|edit| edit.name));
    let idle: Vec<&str> = names.filter(|name| !all.contains(*name)).collect();
    assert!(idle.is_empty(), "no estate holds what these edit: {idle:?}");
}
