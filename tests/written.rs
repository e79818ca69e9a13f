//! A finding names the line that holds a wrong value, and then the line where somebody wrote it.

mod support;

use support::of_texts;
use vnetlint::analysis::Analysis;

const CLUSTER: &str = r#"
variable "pods" {
  type = string
}

resource "azurerm_kubernetes_cluster" "aks" {
  name                = "aks"
  resource_group_name = "rg"

  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    pod_cidr            = var.pods
  }
}
"#;

const BICEP: &str = "
resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks'
  properties: {
    networkProfile: { networkPlugin: 'azure', networkPluginMode: 'overlay', podCidr: pods }
  }
}
";

/// The step to what was written, as `path:line message`, of the only finding of a rule.
fn step(analysis: &Analysis, code: &str) -> Option<String> {
    let findings: Vec<_> = analysis.findings.iter().filter(|finding| finding.code == code).collect();
    assert_eq!(findings.len(), 1, "{findings:?}");
    let step = findings[0].steps.iter().find(|step| step.message.ends_with("comes from here"))?;
    let line = analysis.sources.file(step.span.file).text[..step.span.range().start].lines().count();
    Some(format!("{}:{line} {}", analysis.sources.path(step.span.file), step.message))
}

fn called_with(pods: &str) -> Analysis {
    let root = format!(
        "variable \"env\" {{\n  default = \"20.0.0.0/16\"\n}}\nmodule \"aks\" {{\n  source = \"./aks\"\n  pods   = {pods}\n}}\n"
    );
    of_texts(&[("main.tf", &root), ("aks/main.tf", CLUSTER)])
}

#[test]
fn the_argument_of_a_call_is_named() {
    let said = step(&called_with("\"20.0.0.0/16\""), "VNL178");
    assert_eq!(said.as_deref(), Some("main.tf:6 `20.0.0.0/16` comes from here"));
}

#[test]
fn the_default_behind_the_argument_is_named() {
    for argument in ["var.env", "\"${var.env}\""] {
        let said = step(&called_with(argument), "VNL178");
        assert_eq!(said.as_deref(), Some("main.tf:2 `20.0.0.0/16` comes from here"), "{argument}");
    }
}

#[test]
fn a_value_that_is_put_together_is_named_where_that_is_done() {
    let said = step(&called_with("\"${split(\"/\", var.env)[0]}/16\""), "VNL178");
    assert_eq!(said.as_deref(), Some("main.tf:6 `20.0.0.0/16` comes from here"));
}

#[test]
fn what_is_written_in_the_line_itself_is_not_named_again() {
    let cluster = CLUSTER.replace("var.pods", "\"20.0.0.0/16\"");
    assert_eq!(step(&of_texts(&[("main.tf", &cluster)]), "VNL178"), None);
}

#[test]
fn a_default_of_bicep_and_its_parameters_are_named() {
    let template = format!("param pods string = '20.0.0.0/16'{BICEP}");
    let said = step(&of_texts(&[("main.bicep", &template)]), "VNL178");
    assert_eq!(said.as_deref(), Some("main.bicep:1 `20.0.0.0/16` comes from here"));
    let parameters = "using './main.bicep'\nparam pods = '21.0.0.0/16'\n";
    let said = step(&of_texts(&[("main.bicep", &template), ("main.bicepparam", parameters)]), "VNL178");
    assert_eq!(said.as_deref(), Some("main.bicepparam:2 `21.0.0.0/16` comes from here"));
}

#[test]
fn a_secret_is_not_shown() {
    let template = format!("@secure()\nparam pods string = '20.0.0.0/16'{BICEP}");
    let analysis = of_texts(&[("main.bicep", &template)]);
    assert!(
        analysis
            .findings
            .iter()
            .flat_map(|finding| &finding.steps)
            .all(|step| !step.message.contains("`20.0.0.0/16` comes"))
    );
}
