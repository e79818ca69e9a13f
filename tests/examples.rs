//! The examples on the pages of the rules say the truth about their rule.

mod support;

use support::{difference, found, marks, of_texts};
use vnetlint::rules::RULES;

/// The fenced blocks of a page, as names of files and their texts.
fn examples(page: &str) -> Vec<(&'static str, String)> {
    let mut examples = Vec::new();
    let mut open: Option<(&'static str, String)> = None;
    for line in page.lines() {
        match (line.trim(), &mut open) {
            ("```tf", None) => open = Some(("main.tf", String::new())),
            ("```bicep", None) => open = Some(("main.bicep", String::new())),
            ("```", Some(_)) => examples.extend(open.take()),
            (_, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            _ => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    examples
}

/// How the findings of one rule differ from an example's marks; only that rule is asked.
fn differs(code: &str, path: &str, text: &str) -> Vec<String> {
    let analysis = of_texts(&[(path, text)]);
    let of_rule = found(&analysis, |finding| finding.code == code || finding.code.starts_with("VNL-"));
    difference(&marks(path, text), &of_rule)
}

#[test]
fn every_example_finds_what_it_says() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for (index, (path, text)) in examples(&rule.page()).into_iter().enumerate() {
            let lines = differs(rule.code, path, &text);
            wrong.extend(lines.into_iter().map(|line| format!("{} example {}: {line}", rule.code, index + 1)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_shows_its_plain_case_in_both_languages() {
    for rule in RULES {
        for language in ["main.tf", "main.bicep"] {
            let page = rule.page();
            let shown = examples(&page)
                .iter()
                .any(|(path, text)| *path == language && marks(path, text).iter().any(|mark| mark.code == rule.code));
            assert!(shown, "the page of {} shows no finding in {language}", rule.code);
        }
    }
}

#[test]
fn a_wrong_mark_is_seen() {
    let cluster = |mark: &str| {
        format!(
            "resource \"azurerm_kubernetes_cluster\" \"a\" {{\n  private_cluster_enabled = true {mark}\n\n  default_node_pool {{\n    name           = \"system\"\n    vnet_subnet_id = azurerm_subnet.nodes.id\n  }}\n}}\n\nresource \"azurerm_virtual_network\" \"spoke\" {{\n  name          = \"spoke\"\n  address_space = [\"10.1.0.0/16\"]\n  dns_servers   = [\"10.0.0.4\"]\n}}\n\nresource \"azurerm_subnet\" \"nodes\" {{\n  name                 = \"nodes\"\n  virtual_network_name = azurerm_virtual_network.spoke.name\n}}\n"
        )
    };
    assert_eq!(differs("VNL002", "main.tf", &cluster("# expect: VNL002")), Vec::<String>::new());
    assert_eq!(differs("VNL002", "main.tf", &cluster("")), ["main.tf:2: VNL002 found and not expected"]);
    assert_eq!(
        differs("VNL002", "main.tf", &cluster("# expect: VNL001")),
        ["main.tf:2: VNL001 expected and not found", "main.tf:2: VNL002 found and not expected"]
    );
    assert_eq!(
        differs("VNL002", "main.tf", &cluster("# expect: VNL002?")),
        ["main.tf:2: VNL002 found and not expected", "main.tf:2: VNL002? expected and not found"]
    );
    assert_eq!(
        differs("VNL002", "main.tf", &cluster("# expect: VNL002 VNL002")),
        ["main.tf:2: VNL002 expected and not found"]
    );
}

#[test]
fn a_mark_speaks_of_its_line_or_of_the_next() {
    let text = "# expect: VNL001\n# expect: VNL002\na = 1 # expect: VNL003? VNL004\n";
    let codes: Vec<(usize, String)> = marks("a.tf", text).into_iter().map(|mark| (mark.line, mark.code)).collect();
    let of_line = |code: &str| (3, code.to_string());
    assert_eq!(codes, ["VNL001", "VNL002", "VNL003?", "VNL004"].map(of_line));
}

#[test]
fn what_cannot_be_read_in_an_example_is_seen() {
    assert_eq!(differs("VNL002", "main.tf", "resource {\n").len(), 1);
    assert_eq!(differs("VNL002", "main.bicep", "resource aks =\n").len(), 1);
}
