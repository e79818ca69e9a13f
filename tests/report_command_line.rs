//! The command line as a process would see it: what it prints, and its exit code.

use std::ffi::OsString;
use std::io::{Cursor, Write};
use std::path::PathBuf;

use vnetlint::cli::{Surroundings, run_in};

struct Said {
    code: u8,
    out: String,
    err: String,
}

fn say(words: &[&str], input: &str) -> Said {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let input = Box::new(Cursor::new(input.to_string().into_bytes()));
    let surroundings = Surroundings { input, terminal: false, colour: false, home: None };
    let args = ["vnetlint"].iter().chain(words).map(OsString::from);
    let code = run_in(surroundings, args, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Said { code, out: text(out), err: text(err) }
}

/// A repository of its own for one test.
fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    // What an earlier run left is no part of it.
    if path.exists() {
        std::fs::remove_dir_all(&path).expect("the directory goes");
    }
    std::fs::create_dir_all(path.join(".git")).expect("a directory");
    path
}

#[test]
fn a_path_that_does_not_exist_is_a_mistake_with_a_sentence() {
    let said = say(&["no/such/path"], "");
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert_eq!(said.err, "error: there is no file or directory `no/such/path`\n");
}

#[test]
fn a_directory_without_code_has_nothing_to_analyse() {
    let path = folder("nothing");
    let said = say(&["check", path.to_str().expect("Unicode")], "");
    assert_eq!(said.code, 3);
    assert!(said.err.starts_with("error: there is nothing to analyse"), "{}", said.err);
    assert!(said.out.starts_with("vnetlint 0.1.0: "), "{}", said.out);
    assert!(!said.out.contains(" ms"), "a file or pipe gets no time");
}

#[test]
fn a_file_that_is_named_and_cannot_be_read_is_a_mistake() {
    let path = folder("latin").join("main.tf");
    std::fs::write(&path, b"name = \"caf\xe9\"\n").expect("a file");
    let said = say(&[path.to_str().expect("Unicode")], "");
    assert_eq!(said.code, 2);
    assert!(said.err.ends_with("cannot be read: this is not UTF-8 text (byte 11)\n"), "{}", said.err);
}

#[test]
fn an_unknown_flag_and_an_unknown_code_are_mistakes() {
    assert_eq!(say(&["--nonsense"], "").code, 2);
    assert_eq!(say(&["--output", "pdf"], "").code, 2);
    assert_eq!(say(&["--output", "json", "--output", "sarif", "src"], "").code, 2);
    let said = say(&["--select", "E501", "src"], "");
    assert_eq!(said.code, 2);
    assert!(said.err.contains("no code is or begins with `E501`"), "{}", said.err);
    let said = say(&["explain", "VNL-nothing"], "");
    assert_eq!(said.code, 2);
    assert!(said.err.starts_with("error: there is no rule `VNL-nothing`"), "{}", said.err);
}

#[test]
fn help_and_version_are_answers() {
    let said = say(&["--version"], "");
    assert_eq!((said.code, said.out.as_str()), (0, "vnetlint 0.1.0\n"));
    assert_eq!(say(&["--help"], "").code, 0);
    assert_eq!(say(&["rules", "--format", "json"], "").code, 0);
}

#[test]
fn one_run_writes_several_reports() {
    let path = folder("several");
    let sarif = path.join("out.sarif");
    let json = path.join("out.json");
    let (sarif_flag, json_flag) = (format!("sarif={}", sarif.display()), format!("json={}", json.display()));
    let said = say(&["--output", &sarif_flag, "--output", &json_flag, path.to_str().expect("Unicode")], "");
    assert_eq!(said.out, "");
    for (path, holds) in [(sarif, "\"2.1.0\""), (json, "\"version\": \"1\"")] {
        assert!(std::fs::read_to_string(path).expect("a report").contains(holds));
    }
    let said = say(&["--output", "json=no/such/directory/x.json", path.to_str().expect("Unicode")], "");
    assert_eq!(said.code, 2);
    assert!(said.err.contains("`no/such/directory/x.json` cannot be written"), "{}", said.err);
}

#[test]
fn a_file_of_values_outside_the_repository_is_refused() {
    let path = folder("inside");
    let outside = folder("outside").join("x.tfvars");
    std::fs::write(&outside, "a = 1\n").expect("a file");
    let (path, outside) = (path.to_str().expect("Unicode"), outside.to_str().expect("Unicode"));
    let said = say(&["--var-file", outside, path], "");
    assert_eq!(said.code, 2);
    assert!(said.err.contains("lies outside the repository root"), "{}", said.err);
    assert_eq!(say(&["--var", "novalue", path], "").code, 2);
}

#[test]
fn resources_are_an_object_also_where_there_are_none() {
    let path = folder("no_resources");
    let said = say(&["resources", "--output", "json", path.to_str().expect("Unicode")], "");
    let object: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    let keys: Vec<&String> = object.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["resources", "outputs", "variables", "syntax_errors"]);
}

#[test]
fn a_console_answers_every_line() {
    let path = folder("console");
    let path = path.to_str().expect("Unicode");
    let lines = "{\"id\": 1, \"expr\": \"1 + \"}\n\nnonsense\n";
    let said = say(&["console", "--dialect", "terraform", "--json", path], lines);
    assert_eq!((said.code, said.out.lines().count()), (0, 2), "{}", said.out);
    assert!(said.out.starts_with("{\"id\":1,"), "{}", said.out);
    assert_eq!(say(&["console", "--dialect", "pkl", path], "").code, 2);
}

/// A reader that has gone away.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_is_success() {
    let path = folder("closed");
    let mut err = Vec::new();
    let args = ["vnetlint", path.to_str().expect("Unicode")].map(OsString::from);
    let surroundings =
        Surroundings { input: Box::new(Cursor::new(Vec::new())), terminal: false, colour: false, home: None };
    assert_eq!(run_in(surroundings, args, &mut Closed, &mut err), 0);
}

#[test]
fn the_nearest_configuration_counts_unless_a_flag_says_otherwise() {
    let root = folder("configured");
    let spoke = root.join("spokes");
    std::fs::create_dir_all(&spoke).expect("a directory");
    std::fs::write(spoke.join("main.tf"), "variable \"a\" {}\n").expect("a file");
    std::fs::write(root.join("vnetlint.toml"), "selct = []\n").expect("a file");
    let path = spoke.to_str().expect("Unicode");
    let said = say(&["check", path], "");
    assert_eq!(said.code, 2);
    assert_eq!(said.err, "error: vnetlint.toml:1:1: there is no key `selct`; did you mean `select`?\n");
    assert_eq!(say(&["check", "--isolated", path], "").code, 0);
    std::fs::write(spoke.join("vnetlint.toml"), "baseline = \"b.json\"\n").expect("a file");
    let said = say(&["check", path], "");
    assert_eq!(said.code, 0);
    assert!(said.err.starts_with("note: spokes/vnetlint.toml:1:12: `baseline` is read and not used"), "{}", said.err);
    let named = root.join("other.toml");
    std::fs::write(&named, "select = [\"VNL9999\"]\n").expect("a file");
    let said = say(&["check", "--config", named.to_str().expect("Unicode"), path], "");
    assert_eq!(said.err, "error: --select: no code is or begins with `VNL9999`\n");
}

#[test]
fn one_key_of_the_configuration_may_be_a_flag() {
    let root = folder("one-key");
    std::fs::write(root.join("main.tf"), "variable \"a\" {}\n").expect("a file");
    let path = root.to_str().expect("Unicode");
    assert_eq!(say(&["check", "--config", "phase=existing", "--config", "select=['VNL0']", path], "").code, 0);
    let said = say(&["check", "--config", "phase=exsting", path], "");
    assert_eq!(
        said.err,
        "error: --config 1:1:9: `exsting` is none of greenfield, existing; did you mean `existing`?\n"
    );
    let said = say(&["check", "--config", "no-such-file", path], "");
    assert_eq!(said.err, "error: --config: `no-such-file` is neither a file nor KEY=VALUE\n");
}

#[test]
fn what_is_excluded_is_not_looked_into() {
    let root = folder("excluded");
    std::fs::create_dir_all(root.join("old")).expect("a directory");
    std::fs::write(root.join("main.tf"), "variable \"a\" {}\n").expect("a file");
    std::fs::write(root.join("old/main.tf"), "this is no HCL\n").expect("a file");
    let path = root.to_str().expect("Unicode");
    assert_eq!(say(&["check", path], "").code, 1);
    assert_eq!(say(&["check", "--exclude", "old", path], "").code, 0);
    assert_eq!(say(&["check", "--config", "exclude=['old/**']", path], "").code, 0);
}

#[test]
fn an_environment_that_no_root_has_is_a_mistake() {
    let root = folder("environments");
    std::fs::write(root.join("main.tf"), "variable \"a\" {}\n").expect("a file");
    let path = root.to_str().expect("Unicode");
    let said = say(&["check", "--env", "prod", path], "");
    assert_eq!(said.err, "error: --env: no root has several environments, so there is none called `prod`\n");
    for name in ["dev", "prod"] {
        std::fs::write(root.join(format!("{name}.tfvars")), "a = 1\n").expect("a file");
    }
    assert_eq!(say(&["check", "--env", "prod", path], "").code, 0);
    let said = say(&["check", "--env", "prd", path], "");
    assert_eq!(said.err, "error: --env: there is no environment `prd`; there are dev, prod; did you mean `prod`?\n");
}

#[test]
fn the_schema_of_the_configuration_knows_every_key() {
    let said = say(&["schema", "config"], "");
    let schema: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    let keys = schema["properties"].as_object().expect("properties");
    for key in ["select", "fail-on", "root", "layers", "assume", "aliases", "hub_vnets", "per-path-ignores", "limits"] {
        assert!(keys.contains_key(key), "{key}");
    }
    assert_eq!(schema["additionalProperties"], serde_json::Value::Bool(false));
}

#[test]
fn a_policy_that_demands_inspection_turns_advice_into_a_warning() {
    let path = folder("inspection");
    let cluster = "resource \"azurerm_kubernetes_cluster\" \"aks\" {\n  name = \"aks\"\n}\n";
    std::fs::write(path.join("main.tf"), cluster).expect("a file");
    let check = |more: &[&str]| {
        let words = ["check", "--output", "concise", path.to_str().expect("Unicode")];
        say(&[&words[..], more].concat(), "").out
    };
    assert!(!check(&[]).contains("VNL086"), "advice is not asked for");
    std::fs::write(path.join("vnetlint.toml"), "require_egress_inspection = true\n").expect("a file");
    assert!(check(&[]).contains("main.tf:1:1: warning VNL086"), "{}", check(&[]));
    assert!(!check(&["--ignore", "VNL086"]).contains("VNL086"), "what is ignored is not said");
    assert!(!check(&["--select", "VNL070"]).contains("VNL086"), "what is selected is all that is said");
}

#[test]
fn what_a_data_source_would_decide_is_named_as_the_provider_names_it() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/egress-not-inspected/undecided/terraform");
    let words = ["check", "--select", "VNL086", "--min-confidence", "low", "--undecided"];
    let said = say(&[&words[..], &[path.to_str().expect("Unicode")]].concat(), "");
    assert!(said.out.contains("would decide: data.azurerm_subnet.nodes.route_table_id ("), "{}", said.out);
}

#[test]
fn why_says_what_is_known_and_what_it_may_be_asked() {
    let estate = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/estate");
    let said = say(&["why", "aks-data", "--path", estate], "");
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("it asks the firewall `afw-hub`"), "{}", said.out);
    assert!(said.out.lines().all(|line| line.contains(":") || line.trim_start().starts_with("it ")), "{}", said.out);
    let said = say(&["why", "aks-data", "vnet-hub", "--path", estate], "");
    assert!(said.out.contains("packets find their way"), "{}", said.out);
    let said = say(&["why", "aks-dat", "--path", estate], "");
    assert_eq!(
        (said.code, said.err.as_str()),
        (2, "error: no resource is called `aks-dat`; did you mean `aks-data`?\n")
    );
    let said = say(&["why", "snet-nodes", "--path", estate], "");
    assert_eq!(said.code, 2);
    assert!(said.err.contains("`snet-nodes` may be any of these; name one: root:"), "{}", said.err);
    let one = "root:fixtures/estate/spokes/data/main.bicep/spoke.nodes";
    assert_eq!(say(&["why", one, "--path", estate], "").code, 0);
}

/// Whoever follows a value to its place finds it there, though it came through inputs and modules.
#[test]
fn a_value_that_why_shows_stands_where_it_says() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let estate = root.join("fixtures/estate");
    let said = say(&["why", "aks-data", "--path", estate.to_str().expect("Unicode")], "");
    let mut followed = 0;
    for line in said.out.lines().filter(|line| ["its ranges:", "it asks"].iter().any(|fact| line.contains(fact))) {
        let (fact, place) = line.split_once("  (").expect("a place");
        let place = place.trim_end_matches(')').rsplit(", from ").next().expect("a place");
        let (path, number) = place.rsplit_once(':').expect("a line");
        let text = std::fs::read_to_string(root.join(path)).expect("a file");
        let there = text.lines().nth(number.parse::<usize>().expect("a number") - 1).expect("a line");
        let value = fact.rsplit(' ').next().expect("a value");
        assert!(there.contains(value), "{line}: {there}");
        followed += 1;
    }
    assert_eq!(followed, 2, "{}", said.out);
}

#[test]
fn the_stages_of_an_estate_are_asked_for_together() {
    let stage = |name: &str| format!("{}/tests/support/one-estate/terraform/{name}", env!("CARGO_MANIFEST_DIR"));
    let said = say(&["roots", &stage("hub"), &stage("cluster")], "");
    let heads: Vec<&str> = said.out.lines().filter(|line| !line.starts_with(' ')).collect();
    let [hub, cluster] =
        ["hub", "cluster"].map(|name| format!("tests/support/one-estate/terraform/{name} (Terraform)"));
    assert_eq!((said.code, heads), (0, vec![cluster.as_str(), &hub]));
    let said = say(&["resources", &stage("hub"), &stage("cluster")], "");
    let has = |address: &str| said.out.contains(address);
    assert!(has("module.hub_network.azapi_resource.vnet") && has("azurerm_kubernetes_cluster.orders"), "{}", said.out);
}

#[test]
fn a_graph_is_of_one_environment() {
    let root = folder("graphs");
    std::fs::write(root.join("main.tf"), "variable \"a\" {}\n").expect("a file");
    for name in ["dev", "prod"] {
        std::fs::write(root.join(format!("{name}.tfvars")), "a = 1\n").expect("a file");
    }
    let path = root.to_str().expect("Unicode");
    let said = say(&["graph", "--format", "json", path], "");
    assert_eq!(said.err, "error: there are several environments: choose one with --env dev or prod\n");
    for name in ["dev", "prod"] {
        std::fs::create_dir_all(root.join("samples").join(name)).expect("a folder");
        std::fs::write(root.join("samples").join(name).join("main.tf"), "variable \"a\" {}\n").expect("a file");
    }
    let with_samples = say(&["graph", "--format", "json", "--env", "dev", path], "");
    let note = "note: 2 examples and tests stand by themselves and are left out: name one, as `samples/dev`\n";
    assert_eq!((with_samples.code, with_samples.err.ends_with(note)), (0, true), "{}", with_samples.err);
    let samples = root.join("samples");
    std::fs::remove_file(root.join("main.tf")).expect("the file");
    let only_samples = say(&["graph", "--format", "json", path], "");
    assert_eq!(only_samples.err, "error: there are 2 examples, each by itself: name one, as `samples/dev`\n");
    std::fs::write(root.join("main.tf"), "variable \"a\" {}\n").expect("a file");
    let roots = say(&["roots", path], "");
    assert!(roots.out.contains("samples/prod (Terraform, example)\n"), "{}", roots.out);
    std::fs::remove_dir_all(samples).expect("the folder");
    let file = root.join("graph.json");
    let written = say(&["graph", "--format", "json", "--env", "dev", "-o", file.to_str().expect("Unicode"), path], "");
    assert_eq!((written.code, written.out.as_str()), (0, ""));
    assert!(std::fs::read_to_string(&file).expect("a graph").starts_with("{\n  \"version\": \"1\""));
    let schema: serde_json::Value = serde_json::from_str(&say(&["schema", "graph"], "").out).expect("JSON");
    assert!(schema["properties"]["nodes"].is_object());
}
