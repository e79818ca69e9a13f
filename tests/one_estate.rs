//! A hub, a landing zone and a cluster are one estate: in three deployments or in one, in Terraform or in Bicep, with the
//! modules of the registries absent or where `terraform init` and `bicep restore` leave them.

mod support;

#[path = "support/graph.rs"]
mod graph;

use std::path::{Path, PathBuf};

use support::{options, verdicts};
use vnetlint::analysis::{self, analyze};
use vnetlint::azure::{cluster, dns, virtual_network};
use vnetlint::network::{self, End, Network, Place, Server, ZoneMode};
use vnetlint::source::Sources;
use vnetlint::value::Cidr;

const ESTATE: &str = "tests/support/one-estate";
const STAND_INS: &str = "tests/support/stand-ins";

/// The stages in the order in which they are deployed, and the root that deploys all of them.
const STAGES: [&str; 3] = ["hub", "landing-zone", "cluster"];
const ALL_IN_ONE: &str = "all-in-one";

/// Which module each call of a stage is of, by the folder of its stand-in.
const CALLS: &[(&str, &str, &str)] = &[
    ("hub", "hub_network", "virtualnetwork"),
    ("hub", "address", "publicipaddress"),
    ("hub", "policy", "firewallpolicy"),
    ("hub", "firewall", "azurefirewall"),
    ("landing-zone", "routes", "routetable"),
    ("landing-zone", "apps_network", "virtualnetwork"),
    ("landing-zone", "nodes", "virtualnetwork/modules/subnet"),
    ("landing-zone", "zone", "privatednszone"),
    ("landing-zone", "vaults", "privatednszone"),
    ("cluster", "identity", "identity"),
];

/// Where `bicep restore` puts the modules of the public registry.
const CACHED: &[(&str, &str)] = &[
    ("resource-group", "avm$res$resources$resource-group/0.4.0$"),
    ("virtual-network", "avm$res$network$virtual-network/0.5.1$"),
    ("public-ip-address", "avm$res$network$public-ip-address/0.7.0$"),
    ("firewall-policy", "avm$res$network$firewall-policy/0.3.0$"),
    ("azure-firewall", "avm$res$network$azure-firewall/0.5.1$"),
    ("route-table", "avm$res$network$route-table/0.4.0$"),
    ("private-dns-zone", "avm$res$network$private-dns-zone/0.6.0$"),
    ("user-assigned-identity", "avm$res$managed-identity$user-assigned-identity/0.4.0$"),
    ("managed-cluster", "avm$res$container-service$managed-cluster/0.9.0$"),
];

/// What every form of the estate is, in words.
const JOINED: &[&str] = &[
    "aks-orders has its nodes in snet-nodes of vnet-orders-apps",
    "aks-orders takes zone privatelink.northeurope.azmk8s.io",
    "privatelink.northeurope.azmk8s.io is linked to vnet-orders-hub",
    "privatelink.vaultcore.azure.net is linked to vnet-orders-apps",
    "privatelink.vaultcore.azure.net is linked to vnet-orders-hub",
    "snet-nodes sends 0.0.0.0/0 to firewall `afw-orders`",
    "snet-nodes sends 10.40.0.0/20 to VNet `vnet-orders-hub`",
    "vnet-orders-apps asks the firewall afw-orders",
    "vnet-orders-apps is peered with vnet-orders-hub",
    "vnet-orders-hub is peered with vnet-orders-apps",
];

fn text(path: String) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Modules {
    Absent,
    Restored,
}

/// One way to write the estate.
#[derive(Clone, Copy, Debug)]
struct Form {
    language: &'static str,
    roots: &'static [&'static str],
    modules: Modules,
}

const fn form(language: &'static str, roots: &'static [&'static str], modules: Modules) -> Form {
    Form { language, roots, modules }
}

/// Every form, first without the modules and then with them.
const FORMS: [[Form; 2]; 4] = [
    [form("terraform", &STAGES, Modules::Absent), form("terraform", &STAGES, Modules::Restored)],
    [form("terraform", &[ALL_IN_ONE], Modules::Absent), form("terraform", &[ALL_IN_ONE], Modules::Restored)],
    [form("bicep", &STAGES, Modules::Absent), form("bicep", &STAGES, Modules::Restored)],
    [form("bicep", &[ALL_IN_ONE], Modules::Absent), form("bicep", &[ALL_IN_ONE], Modules::Restored)],
];

impl Form {
    fn texts(self) -> Vec<(String, String)> {
        let names: &[&str] = match self.language {
            "bicep" => &["main.bicep", "parameters-main.json"],
            _ => &["main.tf", "terraform.tfvars"],
        };
        let mut texts: Vec<(String, String)> = Vec::new();
        for stage in STAGES.iter().chain([&ALL_IN_ONE]) {
            let of_stage = names.iter().filter(|name| *stage != ALL_IN_ONE || name.starts_with("main."));
            texts.extend(of_stage.map(|name| {
                let path = format!("{stage}/{name}");
                let text = text(format!("{ESTATE}/{}/{path}", self.language));
                (path, text)
            }));
        }
        if self.modules == Modules::Restored {
            match self.language {
                "bicep" => texts.extend(cached()),
                _ => texts.extend(self.roots.iter().flat_map(|root| initialised(root))),
            }
        }
        texts
    }

    fn sources(self) -> Sources {
        Sources::of_texts(self.texts())
    }

    fn paths(self) -> Vec<String> {
        let path = |root: &&str| if self.language == "bicep" { format!("{root}/main.bicep") } else { root.to_string() };
        self.roots.iter().map(path).collect()
    }

    fn network(self) -> Network {
        let paths = self.paths();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        network::build(analysis::evaluate(&self.sources(), &options(&paths)))
    }
}

/// What `terraform init` leaves in a root: the modules of its calls, and of those of the stages that it calls.
fn initialised(root: &str) -> Vec<(String, String)> {
    let mut entries = vec![entry("", ".")];
    let mut texts = Vec::new();
    if root == ALL_IN_ONE {
        entries.extend(STAGES.map(|stage| entry(&stage.replace('-', "_"), &format!("../{stage}"))));
    }
    for (stage, call, module) in CALLS.iter().filter(|(stage, ..)| root == ALL_IN_ONE || root == *stage) {
        let key = if root == ALL_IN_ONE { format!("{}.{call}", stage.replace('-', "_")) } else { call.to_string() };
        let directory = format!(".terraform/modules/{key}");
        entries.push(entry(&key, &directory));
        let mut add = |below: &str| {
            let text = text(format!("{STAND_INS}/terraform/{module}{below}/main.tf"));
            texts.push((format!("{root}/{directory}{below}/main.tf"), text));
        };
        add("");
        if *module == "virtualnetwork" {
            add("/modules/subnet");
            entries.push(entry(&format!("{key}.subnet"), &format!("{directory}/modules/subnet")));
        }
    }
    let manifest = format!(r#"{{"Modules":[{}]}}"#, entries.join(","));
    texts.push((format!("{root}/.terraform/modules/modules.json"), manifest));
    texts
}

fn entry(key: &str, directory: &str) -> String {
    format!(r#"{{"Key":"{key}","Source":"","Dir":"{directory}"}}"#)
}

/// What `bicep restore` leaves in the cache.
fn cached() -> Vec<(String, String)> {
    let config = ("bicepconfig.json".to_string(), r#"{ "cacheRootDirectory": "cache" }"#.to_string());
    let module = |(name, below): &(&str, &str)| {
        let path = format!("cache/br/mcr.microsoft.com/bicep${below}/main.json");
        (path, text(format!("{STAND_INS}/bicep/{name}.json")))
    };
    CACHED.iter().map(module).chain([config]).collect()
}

/// What the graph says of how things hang together, in words.
fn joined(network: &Network) -> Vec<String> {
    let name = |end: &End| end.place().map_or_else(|| format!("{end:?}"), Place::name);
    let [cluster] = network.made(&cluster::CLUSTER)[..] else { panic!("one cluster") };
    let mut said = Vec::new();
    for nodes in cluster.node_subnets() {
        let subnet = nodes.end.place().expect("the subnet is here");
        let vnet = subnet.parent().map_or_else(|| "?".into(), Place::name);
        said.push(format!("{} has its nodes in {} of {vnet}", cluster.name(), subnet.name()));
        for range in ["0.0.0.0/0", "10.40.0.0/20"] {
            let route = subnet.way_to(Cidr::parse(range).expect("a range")).expect("a known way");
            said.push(format!("{} sends {range} to {}", subnet.name(), route.hop.words()));
        }
    }
    if let ZoneMode::Custom(zone) = cluster.zone_mode() {
        said.push(format!("{} takes zone {}", cluster.name(), name(&zone)));
    }
    for zone in network.made(&dns::ZONE) {
        said.extend(zone.zone_links().iter().map(|(_, vnet)| format!("{} is linked to {}", zone.name(), name(vnet))));
    }
    for vnet in network.made(&virtual_network::VNET) {
        for other in network.made(&virtual_network::VNET) {
            let half = vnet.peering_to(other).filter(|half| half.parent() == Some(vnet));
            said.extend(half.map(|_| format!("{} is peered with {}", vnet.name(), other.name())));
        }
        for server in vnet.dns_settings().into_iter().flat_map(|setting| setting.servers.expect("known servers")) {
            let who = match server {
                Server::Firewall(wall) => format!("the firewall {}", wall.name()),
                other => format!("{other:?}"),
            };
            said.push(format!("{} asks {who}", vnet.name()));
        }
    }
    said.sort();
    said
}

#[test]
fn hub_spoke_zones_firewall_and_cluster_are_joined_in_every_form() {
    for form in FORMS.as_flattened() {
        assert_eq!(joined(&form.network()), JOINED, "{form:?}");
    }
}

#[test]
fn models_and_modules_make_the_same_graph() {
    for forms in FORMS {
        let [model, module] = forms.map(|form| graph::facts(&form.network().dump()));
        assert!(model.nodes.len() > 18, "{forms:?}: {:?}", model.nodes);
        assert_eq!(model.nodes, module.nodes, "{forms:?}");
        assert_eq!(model.links, module.links, "{forms:?}");
        assert_eq!(model.order, module.order, "{forms:?}");
        let known = |facts: &graph::Facts, key: &(String, String)| facts.fields.get(key).cloned().flatten();
        let both = module.fields.keys().filter_map(|key| Some((key, known(&model, key)?, known(&module, key)?)));
        let both: Vec<_> = both.collect();
        assert!(both.len() > 60, "{forms:?}: {}", both.len());
        for (key, model, module) in both {
            assert_eq!(model, module, "{forms:?}: {key:?}");
        }
    }
}

#[test]
fn stages_and_one_deployment_make_the_same_graph() {
    for (stages, one) in [(FORMS[0][0], FORMS[1][0]), (FORMS[2][0], FORMS[3][0])] {
        let [stages, one] = [stages, one].map(|form| graph::facts(&form.network().dump()));
        assert_eq!(stages.nodes, one.nodes);
        assert_eq!(stages.links, one.links);
    }
}

/// The zone of the cluster is linked to the spoke in place of the hub, where the DNS servers stand.
#[test]
fn a_link_that_is_missing_is_found_in_every_form() {
    let (terraform, bicep) = ("vnetid       = local.hub", "virtualNetworkResourceId: hub.id");
    for form in FORMS.as_flattened() {
        let mut texts = form.texts();
        let (link, other) = match form.language {
            "bicep" => (bicep, "virtualNetworkResourceId: appsNetwork.outputs.resourceId"),
            _ => (terraform, "vnetid       = module.apps_network.resource_id"),
        };
        let landing_zone = texts.iter_mut().find(|(path, _)| path.starts_with("landing-zone/main."));
        let (_, text) = landing_zone.expect("the landing zone");
        assert!(text.find(link) < text.rfind(link), "the first of two links is the zone's");
        *text = text.replacen(link, other, 1);
        let paths = form.paths();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let analysis = analyze(Sources::of_texts(texts), &options(&paths));
        assert_eq!(verdicts(&analysis), ["VNL001"], "{form:?}");
    }
}

/// What is read is what another stage makes: nothing is found, and nothing stays open.
#[test]
fn every_rule_is_decided_in_every_form() {
    for form in FORMS.as_flattened() {
        let paths = form.paths();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let analysis = analyze(form.sources(), &options(&paths));
        assert_eq!(verdicts(&analysis), [""; 0], "{form:?}");
        assert_eq!(analysis.coverage.modelled_modules.is_empty(), form.modules == Modules::Restored, "{form:?}");
        assert_eq!(analysis.coverage.unread_modules, [""; 0], "{form:?}");
    }
}
