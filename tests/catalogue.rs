//! The code and the catalogue of rules say the same.

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use support::{in_profile, options};
use vnetlint::analysis::analyze;
use vnetlint::rules::Confidence::{self, *};
use vnetlint::rules::Level::{self, *};
use vnetlint::rules::{Finding, RULES, Verdict};
use vnetlint::source::{MAX_FILE_SIZE, Sources};

/// Every rule of the catalogue: its code, name, the level and confidence of its plain case, and whether it is only advice.
const CATALOGUE: &[(&str, &str, Level, Confidence, bool)] = &[
    ("VNL001", "custom-dns-before-zone-link", Error, High, false),
    ("VNL002", "system-zone-with-custom-dns", Error, High, false),
    ("VNL003", "zone-link-not-before-cluster", Warning, High, false),
    ("VNL004", "vnet-update-races-cluster", Warning, Medium, false),
    ("VNL005", "dns-path-not-before-cluster", Warning, Medium, false),
    ("VNL006", "dns-servers-declared-twice", Warning, High, false),
    ("VNL007", "spoke-not-using-central-dns", Note, Low, true),
    ("VNL020", "custom-zone-not-linked-to-hub", Warning, High, false),
    ("VNL021", "system-zone-not-linked-to-hub", Warning, Medium, false),
    ("VNL022", "prefer-custom-private-dns-zone", Warning, High, false),
    ("VNL023", "private-zone-name-or-region-mismatch", Error, High, false),
    ("VNL024", "byo-zone-needs-user-assigned-identity", Error, High, false),
    ("VNL025", "byo-zone-role-missing", Error, High, false),
    ("VNL026", "cluster-identity-network-role-missing", Error, High, false),
    ("VNL027", "role-assignment-not-before-cluster", Warning, High, false),
    ("VNL028", "no-private-zone-and-no-public-fqdn", Error, Medium, false),
    ("VNL029", "vnet-linked-to-two-zones-of-same-name", Error, High, false),
    ("VNL030", "zone-link-to-cluster-vnet-races-aks", Warning, Medium, false),
    ("VNL031", "arm-api-too-old-for-byo-zone-link", Note, Low, false),
    ("VNL032", "private-dns-prefix-misused", Error, High, false),
    ("VNL033", "zone-in-other-subscription", Note, Medium, true),
    ("VNL040", "dns-server-is-firewall-without-proxy", Error, High, false),
    ("VNL041", "secured-hub-firewall-cannot-see-zone", Error, Medium, false),
    ("VNL042", "resolver-ruleset-loop", Warning, Medium, false),
    ("VNL043", "ruleset-overrides-aks-zone", Warning, Low, false),
    ("VNL044", "dns-server-unreachable", Warning, Medium, false),
    ("VNL045", "mixed-dns-servers", Warning, Medium, false),
    ("VNL050", "one-way-peering", Error, High, false),
    ("VNL051", "peered-address-overlap", Error, High, false),
    ("VNL052", "gateway-transit-mismatch", Error, High, false),
    ("VNL053", "peering-blocks-forwarded-traffic", Warning, Medium, false),
    ("VNL054", "pool-subnets-in-different-vnets", Error, High, false),
    ("VNL055", "vnet-uses-reserved-range", Error, High, false),
    ("VNL056", "on-premises-range-overlap", Warning, Medium, false),
    ("VNL057", "spoke-does-not-use-hub-gateway", Note, Low, true),
    ("VNL070", "udr-outbound-without-route-table", Error, High, false),
    ("VNL071", "udr-route-table-without-default-route", Error, High, false),
    ("VNL072", "udr-default-route-to-internet-or-none", Error, High, false),
    ("VNL073", "default-route-next-hop-is-not-a-firewall", Warning, Medium, false),
    ("VNL074", "udr-outbound-relies-on-dynamic-routes", Error, High, false),
    ("VNL091", "udr-outbound-beside-dynamic-routes", Warning, High, false),
    ("VNL075", "route-table-not-ready-before-cluster", Warning, High, false),
    ("VNL076", "outbound-type-needs-own-subnet", Error, High, false),
    ("VNL077", "managed-nat-gateway-with-own-vnet", Error, High, false),
    ("VNL078", "user-nat-gateway-not-attached", Error, High, false),
    ("VNL079", "default-route-with-load-balancer-outbound", Warning, High, false),
    ("VNL080", "asymmetric-public-ingress", Warning, Medium, false),
    ("VNL081", "kubenet-own-route-table-with-system-identity", Error, High, false),
    ("VNL082", "kubenet-shared-route-table-or-subnet", Error, High, false),
    ("VNL083", "kubenet-private-own-dns-own-route-table", Error, High, false),
    ("VNL084", "bgp-propagation-can-bypass-firewall", Note, Medium, true),
    ("VNL085", "pools-have-different-egress", Warning, Medium, false),
    ("VNL086", "egress-not-inspected", Note, Low, true),
    ("VNL087", "firewall-missing-aks-rules", Warning, Low, false),
    ("VNL088", "outbound-type-needs-vmss-and-standard-lb", Error, High, false),
    ("VNL089", "network-isolated-prerequisites", Error, High, false),
    ("VNL090", "default-outbound-access-relied-on", Note, Medium, true),
    ("VNL094", "gateway-subnet-has-default-route", Error, High, false),
    ("VNL095", "gateway-subnet-return-path-asymmetric", Warning, Medium, false),
    ("VNL100", "route-server-subnet-invalid", Error, High, false),
    ("VNL101", "vhub-connection-internet-security-off", Warning, Medium, false),
    ("VNL110", "application-gateway-shared-by-clusters", Error, High, false),
    ("VNL111", "appgw-subnet-default-route-to-appliance", Error, High, false),
    ("VNL112", "appgw-subnet-not-dedicated", Error, High, false),
    ("VNL113", "appgw-subnet-too-small", Warning, Medium, false),
    ("VNL114", "agic-with-overlay-requirements", Error, Medium, false),
    ("VNL115", "appgw-v1-sku", Error, High, false),
    ("VNL116", "agic-gateway-cannot-reach-pods", Error, Medium, false),
    ("VNL117", "agic-kubenet-route-table", Warning, High, false),
    ("VNL118", "agic-gateway-managed-twice", Warning, High, false),
    ("VNL119", "agic-identity-role-missing", Warning, Medium, false),
    ("VNL120", "agic-without-user-pool", Warning, High, false),
    ("VNL121", "appgw-nsg-blocks-required", Error, High, false),
    ("VNL122", "agc-requirements", Error, Medium, false),
    ("VNL123", "http-application-routing", Error, High, false),
    ("VNL124", "no-ingress-visible", Note, Low, true),
    ("VNL125", "node-public-ip", Warning, High, false),
    ("VNL126", "traffic-manager-or-front-door-target-not-gateway", Note, Low, true),
    ("VNL127", "ingress-nginx-retirement", Note, Medium, false),
    ("VNL140", "internet-facing-app-without-waf", Warning, High, false),
    ("VNL141", "waf-in-detection-mode", Note, High, false),
    ("VNL142", "http-listener-without-redirect", Warning, High, false),
    ("VNL143", "backend-plain-http", Note, Medium, true),
    ("VNL144", "front-door-without-waf", Warning, High, false),
    ("VNL145", "edge-bypass", Note, Medium, false),
    ("VNL146", "traffic-manager-probe-plain-http", Note, Medium, true),
    ("VNL147", "firewall-dnat-in-front-of-web-app", Note, Medium, false),
    ("VNL148", "front-door-classic", Error, High, false),
    ("VNL149", "tls-certificate-inline", Note, High, false),
    ("VNL150", "public-api-server-open", Warning, High, false),
    ("VNL151", "authorized-ranges-on-private-cluster", Warning, High, false),
    ("VNL152", "authorized-ranges-miss-cluster-egress", Error, Medium, false),
    ("VNL153", "authorized-ranges-allow-all", Warning, High, false),
    ("VNL154", "authorized-ranges-limit", Error, High, false),
    ("VNL155", "api-server-subnet-invalid", Error, High, false),
    ("VNL156", "vnet-integration-without-subnet", Error, High, false),
    ("VNL157", "private-cluster-needs-standard-lb", Error, High, false),
    ("VNL158", "virtual-nodes-with-authorized-ranges", Warning, High, false),
    ("VNL160", "kubenet-retirement", Warning, High, false),
    ("VNL161", "kubenet-node-limit", Error, High, false),
    ("VNL162", "cni-subnet-too-small", Error, High, false),
    ("VNL163", "overlay-or-kubenet-pod-cidr-too-small", Error, High, false),
    ("VNL164", "pod-subnet-too-small", Warning, Medium, false),
    ("VNL165", "service-cidr-overlap", Error, High, false),
    ("VNL166", "pod-cidr-overlap", Error, High, false),
    ("VNL167", "reserved-range-in-service-or-pod-cidr", Error, High, false),
    ("VNL168", "dns-service-ip-invalid", Error, High, false),
    ("VNL169", "service-cidr-too-large", Error, High, false),
    ("VNL170", "virtual-nodes-network", Error, High, false),
    ("VNL171", "windows-needs-azure-cni", Error, High, false),
    ("VNL172", "node-subnet-delegated-or-special", Error, High, false),
    ("VNL174", "overlay-scale-limits", Warning, High, false),
    ("VNL175", "pod-cidr-with-flat-cni", Error, High, false),
    ("VNL176", "max-pods-out-of-bounds", Error, High, false),
    ("VNL177", "dual-stack-needs-overlay", Error, Medium, false),
    ("VNL178", "pod-or-service-cidr-public", Warning, High, false),
    ("VNL179", "network-model-implicit", Note, High, false),
    ("VNL180", "flat-cni-only-needed-when", Note, Low, true),
    ("VNL181", "overlay-names-too-long", Error, High, false),
    ("VNL182", "node-autoprovisioning-incompatible", Error, High, false),
    ("VNL183", "cilium-prerequisites", Error, High, false),
    ("VNL200", "network-policy-missing", Warning, High, false),
    ("VNL201", "network-policy-incompatible", Error, High, false),
    ("VNL202", "azure-npm-retirement", Note, High, false),
    ("VNL210", "nsg-denies-required-cluster-traffic", Error, High, false),
    ("VNL211", "managed-nsg-or-node-resource-edited", Warning, High, false),
    ("VNL213", "nsg-deny-all-outbound", Warning, Medium, false),
    ("VNL220", "basic-load-balancer", Error, High, false),
    ("VNL221", "outbound-ports-capacity", Error, High, false),
    ("VNL222", "nat-zone-mismatch", Warning, Medium, false),
    ("VNL223", "nat-or-lb-public-ip-sku-mismatch", Error, High, false),
    ("VNL224", "basic-public-ip", Warning, High, false),
    ("VNL225", "node-resource-group-edited", Warning, High, false),
    ("VNL230", "private-endpoint-without-dns-zone-group", Warning, High, false),
    ("VNL231", "private-endpoint-zone-not-linked", Warning, High, false),
    ("VNL232", "private-endpoint-zone-name-wrong", Error, High, false),
    ("VNL233", "private-endpoint-bypasses-firewall", Note, Medium, false),
    ("VNL234", "manual-a-record-for-private-endpoint", Note, High, false),
    ("VNL235", "paas-without-private-access", Note, Medium, true),
    ("VNL236", "private-endpoint-zone-in-application-subscription", Note, Low, true),
    ("VNL237", "private-endpoint-unreachable", Warning, Medium, false),
    ("VNL250", "vnet-without-ddos-protection", Note, Medium, false),
    ("VNL251", "ddos-plan-attached-but-disabled", Warning, High, false),
];

/// Pairs that speak of one place and are two causes: each is mended by itself.
const TWO_CAUSES: &[(&str, &str)] = &[
    // A name that is not seen, and a role that is not given, are mended at two places; so are two roles on two things.
    ("VNL003", "VNL025"),
    ("VNL003", "VNL026"),
    ("VNL020", "VNL025"),
    ("VNL025", "VNL026"),
    ("VNL025", "VNL029"),
    ("VNL026", "VNL029"),
    ("VNL026", "VNL155"),
    // Which zone a cluster has, and where that zone lies.
    ("VNL029", "VNL033"),
    // A SKU that is retired, and what a private API server needs of a load balancer.
    ("VNL157", "VNL220"),
    // Between nodes, and out of the network: two rules of one security group.
    ("VNL210", "VNL213"),
];

#[test]
fn every_rule_of_the_catalogue_is_there_as_it_says() {
    let known: BTreeMap<&str, _> = RULES.iter().map(|rule| (rule.code, *rule)).collect();
    let mut wrong = Vec::new();
    for (code, name, level, confidence, opt_in) in CATALOGUE {
        match known.get(code) {
            None => wrong.push(format!("{code} {name} is missing")),
            Some(rule) => {
                let has = (rule.name, rule.level, rule.confidence, rule.opt_in);
                if has != (*name, *level, *confidence, *opt_in) {
                    wrong.push(format!("{code}: {has:?}, not {:?}", (name, level, confidence, opt_in)));
                }
            }
        }
    }
    let stray = RULES.iter().filter(|rule| CATALOGUE.iter().all(|(code, ..)| *code != rule.code));
    wrong.extend(stray.map(|rule| format!("{} is in no catalogue", rule.code)));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn rules_stand_in_the_order_of_their_codes() {
    assert!(RULES.is_sorted_by(|a, b| a.code < b.code));
}

/// The folders that are analysed as one run.
fn runs(path: &Path, found: &mut Vec<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(root.join(path)).expect("a directory of fixtures");
    for entry in entries.flatten().filter(|entry| entry.path().is_dir()) {
        let below = path.join(entry.file_name());
        match entry.file_name().to_str() {
            Some("terraform" | "bicep" | "arm") => found.push(below.to_string_lossy().into_owned()),
            _ => runs(&below, found),
        }
    }
    found.sort();
}

#[test]
fn no_two_rules_blame_one_cause() {
    let mut paths = vec!["fixtures/estate".to_string()];
    runs(Path::new("fixtures"), &mut paths);
    let mut twice = Vec::new();
    for path in paths {
        let sources = Sources::below(Path::new(env!("CARGO_MANIFEST_DIR")), MAX_FILE_SIZE);
        let findings = analyze(sources, &options(&[&path])).findings;
        let shown = |finding: &&Finding| {
            in_profile(finding) && finding.verdict == Verdict::Violation && !finding.code.starts_with("VNL-")
        };
        let shown: Vec<&Finding> = findings.iter().filter(shown).collect();
        for (index, a) in shown.iter().enumerate() {
            for b in &shown[index + 1..] {
                let one_place = a.subject == b.subject && a.place == b.place && a.code != b.code;
                let one_cause =
                    one_place && !a.objects.is_empty() && a.objects.iter().any(|object| b.objects.contains(object));
                let pair = (a.code.min(b.code), a.code.max(b.code));
                if one_cause && !TWO_CAUSES.contains(&pair) {
                    twice.push(format!("{path}: {} and {}: {} / {}", pair.0, pair.1, a.message, b.message));
                }
            }
        }
    }
    twice.sort();
    twice.dedup();
    assert!(twice.is_empty(), "{twice:#?}");
}
