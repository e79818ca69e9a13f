//! Models stand in for modules of a registry whose sources are not on disk: they make the same graph as the modules, say
//! so in what is found, and say nothing of what they do not know.

mod support;

#[path = "support/graph.rs"]
mod graph;

use std::path::{Path, PathBuf};

use support::{code, options, verdicts};
use vnetlint::analysis::{self, Analysis, Options, analyze};
use vnetlint::evaluate::{Evaluated, models::MODELS};
use vnetlint::network;
use vnetlint::rules::Confidence;
use vnetlint::source::Sources;
use vnetlint::syntax::Dialect;
use vnetlint::value::Reason;

const CASES: &str = "fixtures/module-models";
const STAND_INS: &str = "tests/support/stand-ins";

/// Which stand-in lies where `terraform init` puts the module of a call.
const RESTORED: &[(&str, &str)] = &[
    ("hub", "virtualnetwork"),
    ("spoke", "virtualnetwork"),
    ("nodes", "virtualnetwork/modules/subnet"),
    ("address", "publicipaddress"),
    ("policy", "firewallpolicy"),
    ("firewall", "azurefirewall"),
    ("routes", "routetable"),
    ("zone", "privatednszone"),
    ("identity", "identity"),
];

/// Where `bicep restore` puts the modules of the public registry.
const CACHED: &[(&str, &str)] = &[
    ("virtual-network", "avm$res$network$virtual-network/0.5.1$"),
    ("public-ip-address", "avm$res$network$public-ip-address/0.7.0$"),
    ("firewall-policy", "avm$res$network$firewall-policy/0.3.0$"),
    ("azure-firewall", "avm$res$network$azure-firewall/0.5.1$"),
    ("route-table", "avm$res$network$route-table/0.4.0$"),
    ("private-dns-zone", "avm$res$network$private-dns-zone/0.6.0$"),
    ("user-assigned-identity", "avm$res$managed-identity$user-assigned-identity/0.4.0$"),
    ("managed-cluster", "avm$res$container-service$managed-cluster/0.9.0$"),
];

fn text(below: &str, path: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join(below).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A case with its modules absent.
fn absent(case: &str, language: &str) -> Vec<(String, String)> {
    let name = if language == "bicep" { "main.bicep" } else { "main.tf" };
    vec![(name.into(), text(CASES, &format!("{case}/{language}/{name}")))]
}

/// A case with stand-ins of its modules where the tool of its language leaves what it downloads.
fn present(case: &str, language: &str) -> Vec<(String, String)> {
    let mut texts = absent(case, language);
    if language == "bicep" {
        texts.push(("bicepconfig.json".into(), r#"{ "cacheRootDirectory": "cache" }"#.into()));
        for (name, below) in CACHED {
            let path = format!("cache/br/mcr.microsoft.com/bicep${below}/main.json");
            texts.push((path, text(STAND_INS, &format!("bicep/{name}.json"))));
        }
        return texts;
    }
    let mut entries = vec![r#"{"Key":"","Source":"","Dir":"."}"#.to_string()];
    for (call, name) in RESTORED {
        let directory = format!(".terraform/modules/{call}");
        entries.push(format!(r#"{{"Key":"{call}","Source":"registry","Dir":"{directory}"}}"#));
        texts.push((format!("{directory}/main.tf"), text(STAND_INS, &format!("terraform/{name}/main.tf"))));
        if *name == "virtualnetwork" {
            let below = "modules/subnet/main.tf";
            entries.push(format!(
                r#"{{"Key":"{call}.subnet","Source":"./modules/subnet","Dir":"{directory}/modules/subnet"}}"#
            ));
            texts.push((format!("{directory}/{below}"), text(STAND_INS, &format!("terraform/{name}/{below}"))));
        }
    }
    texts.push((".terraform/modules/modules.json".into(), format!(r#"{{"Modules":[{}]}}"#, entries.join(","))));
    texts
}

/// The path of the root of a case.
fn root(language: &str) -> &'static str {
    if language == "bicep" { "main.bicep" } else { "" }
}

fn dump(texts: Vec<(String, String)>, language: &str) -> String {
    let sources = Sources::of_texts(texts);
    network::build(analysis::evaluate(&sources, &options(&[root(language)]))).dump()
}

fn analysed(texts: Vec<(String, String)>, options: &Options) -> Analysis {
    analyze(Sources::of_texts(texts), options)
}

#[test]
fn a_model_makes_the_graph_that_the_module_makes() {
    for (case, language) in [
        ("zone-not-linked-to-hub", "terraform"),
        ("linked-to-hub", "terraform"),
        ("zone-not-linked-to-hub", "bicep"),
        ("linked-to-hub", "bicep"),
    ] {
        let [model, module] =
            [absent(case, language), present(case, language)].map(|texts| graph::facts(&dump(texts, language)));
        assert!(model.nodes.len() > 10, "{case} in {language}: {:?}", model.nodes);
        assert_eq!(model.nodes, module.nodes, "{case} in {language}");
        assert_eq!(model.links, module.links, "{case} in {language}");
        assert_eq!(model.order, module.order, "{case} in {language}");
        let mut compared = 0;
        for (key, value) in &module.fields {
            // What is not written is what Azure assumes, and a model may write just that.
            if let (Some(value), Some(Some(other))) = (value, model.fields.get(key)) {
                assert_eq!(value, other, "{case} in {language}: {key:?}");
                compared += 1;
            }
        }
        assert!(compared > 40, "{case} in {language}: {compared}");
    }
}

#[test]
fn what_is_found_through_a_model_stands_in_the_users_file_and_says_so() {
    for language in ["terraform", "bicep"] {
        let with = |texts| analysed(texts, &options(&[root(language)]));
        let model = with(absent("zone-not-linked-to-hub", language));
        let module = with(present("zone-not-linked-to-hub", language));
        assert_eq!(verdicts(&model), verdicts(&module), "{language}");
        let by_model = |finding: &&vnetlint::rules::Finding| {
            finding.steps.iter().any(|step| step.message.starts_with("this comes from the model of `"))
        };
        let found: Vec<_> = model.findings.iter().filter(by_model).collect();
        assert!(!found.is_empty(), "{language}");
        for finding in found {
            assert_ne!(finding.confidence, Confidence::High);
            for span in finding.steps.iter().map(|step| step.span).chain([finding.place]) {
                assert!(model.sources.path(span.file).starts_with("main."), "{language}: {}", code(finding));
            }
        }
        assert_eq!(module.findings.iter().filter(by_model).count(), 0, "{language}");
        assert_eq!((model.coverage.unread_modules.len(), module.coverage.modelled_modules.len()), (0, 0));
        assert!(model.coverage.modelled_modules.len() > 5, "{:?}", model.coverage.modelled_modules);
    }
}

#[test]
fn without_models_what_is_not_there_is_not_known() {
    for language in ["terraform", "bicep"] {
        let options = Options { without_models: true, ..options(&[root(language)]) };
        let analysis = analysed(absent("zone-not-linked-to-hub", language), &options);
        assert!(analysis.coverage.modelled_modules.is_empty() && analysis.coverage.unread_modules.len() > 5);
        assert_eq!(verdicts(&analysis).iter().filter(|code| *code == "VNL001").count(), 0);
    }
}

fn evaluated(texts: &[(&str, &str)], path: &str) -> Evaluated {
    let sources = Sources::of_texts(texts.iter().copied());
    let mut all = analysis::evaluate(&sources, &options(&[path]));
    assert_eq!(all.len(), 1);
    all.remove(0).1
}

#[test]
fn an_output_that_a_model_does_not_know_is_a_named_unknown() {
    let terraform = "
        module \"zone\" {
          source              = \"Azure/avm-res-network-privatednszone/azurerm\"
          version             = \"0.2.2\"
          domain_name         = \"a.b\"
          resource_group_name = \"rg\"
        }
        output \"known\" { value = module.zone.name }
        output \"other\" { value = module.zone.newest_of_all }
    ";
    let bicep = "
        module zone 'br/public:avm/res/network/private-dns-zone:0.6.0' = { name: 'z', params: { name: 'a.b' } }
        output known string = zone.outputs.name
        output other string = zone.outputs.newestOfAll
    ";
    for (evaluated, name) in [
        (evaluated(&[("main.tf", terraform)], ""), "module.zone.newest_of_all"),
        (evaluated(&[("main.bicep", bicep)], "main.bicep"), "zone.outputs.newestOfAll"),
    ] {
        assert_eq!(evaluated.outputs["known"].as_text(), Some("a.b"));
        let unknown = evaluated.outputs["other"].first_hole().expect("a hole").unknown();
        assert_eq!((unknown.name(), unknown.reason()), (name, Reason::Module));
    }
}

#[test]
fn a_call_that_gives_what_no_model_knows_is_not_answered() {
    let call = |arguments: &str| {
        let text = format!(
            "module \"zone\" {{
               source              = \"Azure/avm-res-network-privatednszone/azurerm\"
               {arguments}
             }}"
        );
        let evaluated = evaluated(&[("main.tf", &text)], "");
        let unread = evaluated.unread.iter().map(|module| module.reason.clone()).collect::<Vec<_>>();
        (evaluated.modelled.iter().map(|module| module.model.versions.0).collect::<Vec<_>>(), unread)
    };
    // The version decides, and where there is none, what is given.
    assert_eq!(call("version = \"0.2.2\"\nresource_group_name = \"rg\""), (vec!["0.1"], vec![]));
    assert_eq!(call("version = \"~> 0.4\"\nparent_id = \"/x\""), (vec!["0.4"], vec![]));
    assert_eq!(call("resource_group_name = \"rg\""), (vec!["0.1"], vec![]));
    assert_eq!(call("parent_id = \"/x\""), (vec!["0.4"], vec![]));
    let (modelled, unread) = call("version = \"0.2.2\"\nparent_id = \"/x\"");
    assert!(modelled.is_empty());
    assert_eq!(unread, ["its source is not in this repository, and no model of it knows the input \"parent_id\""]);
    assert_eq!(call("version = \"99.0.0\"").1, ["its source is not in this repository"]);
}

#[test]
fn a_model_is_found_by_its_repository_too() {
    let text = "module \"zone\" {
      source = \"git::https://github.com/Azure/terraform-azurerm-avm-res-network-privatednszone.git?ref=v0.2.2\"
    }";
    let evaluated = evaluated(&[("main.tf", text)], "");
    assert_eq!(evaluated.modelled.len(), 1);
}

#[test]
fn the_subnets_of_a_map_have_its_keys_as_names() {
    let text = "
        resource \"azurerm_route_table\" \"nodes\" {
          name                = \"rt\"
          resource_group_name = \"net\"
          location            = \"westeurope\"
        }
        module \"network\" {
          source                        = \"Azure/subnets/azurerm\"
          version                       = \"1.0.0\"
          resource_group_name           = \"net\"
          virtual_network_name          = \"spoke\"
          virtual_network_location      = \"westeurope\"
          virtual_network_address_space = [\"10.56.0.0/16\"]
          virtual_network_dns_servers   = { dns_servers = [\"10.0.0.4\"] }
          subnets = {
            nodes   = { address_prefixes = [\"10.56.0.0/24\"], route_table = { id = azurerm_route_table.nodes.id } }
            gateway = { address_prefixes = [\"10.56.1.0/24\"] }
          }
        }
        resource \"azurerm_kubernetes_cluster\" \"aks\" {
          name                = \"aks\"
          resource_group_name = \"net\"
          location            = \"westeurope\"
          default_node_pool {
            name           = \"system\"
            vnet_subnet_id = lookup(module.network.vnet_subnets_name_id, \"nodes\")
          }
        }
    ";
    let facts = graph::facts(&dump(vec![("main.tf".into(), text.into())], "terraform"));
    let leads = |from: &str, to: &str| {
        let said = |link: &&String| link.split_once(" -> ").is_some_and(|(a, b)| a.contains(from) && b.ends_with(to));
        facts.links.iter().any(|link| said(&link))
    };
    let nodes = "virtualnetworks/subnets spoke/nodes";
    assert!(leads("managedclusters/agentpools aks/system", nodes), "{:#?}", facts.links);
    assert!(leads(nodes, "routetables rt"), "{:#?}", facts.links);
    assert!(!leads("spoke/gateway", "routetables rt"), "{:#?}", facts.links);
}

/// Every model makes something of no inputs at all: no name in it means nothing.
#[test]
fn every_model_can_be_evaluated() {
    for model in MODELS {
        let version = model.versions.0;
        let version = format!("{version}{}", ".0".repeat(2 - version.matches('.').count()));
        let (path, text) = match model.dialect {
            Dialect::Terraform => {
                ("main.tf", format!("module \"m\" {{\n source = \"{}\"\n version = \"{version}\"\n}}", model.source))
            }
            Dialect::Bicep => (
                "main.bicep",
                format!("module m 'br/public:{}:{version}' = {{ name: 'm', params: {{}} }}", model.source),
            ),
        };
        let evaluated = evaluated(&[(path, &text)], if path == "main.tf" { "" } else { path });
        assert_eq!(evaluated.modelled.len(), 1, "{}", model.title());
        assert!(evaluated.faults.is_empty(), "{}: {:?}", model.title(), evaluated.faults);
    }
}
