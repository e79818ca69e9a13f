//! In: ARM templates. Out: what their evaluation says of them.

use std::collections::BTreeMap;

use super::evaluate;
use crate::evaluate::{Evaluated, Event, Given, Library, Resource, Root, form};
use crate::source::Sources;
use crate::syntax::{Dialect, Limits};
use crate::value::{RootId, Truth};

/// What one file of several deploys.
fn evaluated_at(path: &str, files: &[(&str, &str)]) -> Evaluated {
    let sources = Sources::of_texts(files.iter().map(|(path, text)| (*path, *text)));
    let library = Library::new(&sources, Limits::default());
    let (id, path, dialect) = (RootId(0), path.to_string(), Dialect::Bicep);
    let root = Root { id, path, dialect, environment: None, input_files: Vec::new(), example: None };
    evaluate(&library, &root, &Given { inputs: &BTreeMap::new(), max_instances: 64, outputs: &Vec::new() })
}

/// A template with these members beside its schema.
fn template(members: &str) -> String {
    let schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";
    format!("{{\"$schema\": \"{schema}\", \"contentVersion\": \"1.0.0.0\", {members}}}")
}

fn evaluated(members: &str) -> Evaluated {
    evaluated_at("main.json", &[("main.json", &template(members))])
}

fn outputs(evaluated: &Evaluated) -> Vec<String> {
    evaluated.outputs.iter().map(|(name, value)| format!("{name} = {}", form(value))).collect()
}

/// Each resource: its address and its names.
fn named(evaluated: &Evaluated) -> Vec<String> {
    let names = |resource: &Resource| resource.names.iter().map(form).collect::<Vec<_>>().join("/").replace('"', "");
    evaluated.resources.iter().map(|resource| format!("{} {}", resource.address, names(resource))).collect()
}

/// What the end of something waits for, by address; the beginning of a module as `-m`.
fn waits(evaluated: &Evaluated, address: &str) -> Vec<String> {
    let short = |event: &Event| match event {
        Event::Done(address) => address.to_string(),
        Event::Start(address) => format!("-{address}"),
    };
    let found = evaluated.needs.of.iter().find(|(event, _)| short(event) == address);
    found.map(|(_, needs)| needs.iter().map(|need| short(&need.event)).collect()).unwrap_or_default()
}

#[test]
fn names_are_found_in_any_case_of_letters_and_loops_are_lists() {
    let evaluated = evaluated(
        r#""parameters": {"Prefix": {"type": "string", "defaultValue": "p"}, "open": {"type": "int"}},
           "variables": {"copy": [{"name": "names", "count": 2, "input": "[concat(parameters('prefix'), copyIndex('Names', 1))]"}],
                         "object": {"copy": [{"name": "disks", "count": "[length(variables('names'))]",
                                              "input": {"lun": "[copyIndex('disks')]"}}], "size": 1}},
           "functions": [{"namespace": "own", "members": {"twice": {"parameters": [{"name": "x", "type": "string"}],
                          "output": {"type": "string", "value": "[concat(parameters('x'), parameters('x'))]"}}}}],
           "resources": [],
           "outputs": {"names": {"type": "array", "value": "[VARIABLES('NAMES')]"},
                       "object": {"type": "object", "value": "[variables('object')]"},
                       "twice": {"type": "string", "value": "[Own.Twice('ab')]"},
                       "none": {"condition": false, "type": "string", "value": "[fail('never')]"},
                       "open": {"type": "int", "value": "[add(parameters('open'), 1)]"}}"#,
    );
    assert_eq!(
        outputs(&evaluated),
        [
            "names = [\"p1\", \"p2\"]",
            "object = { disks = [{ lun = 0 }, { lun = 1 }], size = 1 }",
            "twice = \"abab\"",
            "none = null",
            "open = open + 1"
        ]
    );
}

#[test]
fn a_text_in_depends_on_names_a_resource_by_its_id_name_type_or_loop() {
    let vnet = r#"{"type": "Microsoft.Network/virtualNetworks", "name": "[variables('v')]"}"#;
    let looped = r#"{"type": "Microsoft.Network/routeTables", "name": "[concat('rt', copyIndex())]", "copy": {"name": "Tables", "count": 2}}"#;
    for (text, first) in [
        ("[resourceId('Microsoft.Network/virtualNetworks', 'V')]", "virtualNetworks_v"),
        ("[variables('id')]", "virtualNetworks_v"),
        ("v", "virtualNetworks_v"),
        ("[concat('Microsoft.Network/virtualNetworks/', variables('v'))]", "virtualNetworks_v"),
        ("tables", "routeTables_rt"),
        ("[resourceId('Microsoft.Network/routeTables', 'rt1')]", "routeTables_rt"),
    ] {
        let evaluated = evaluated(&format!(
            r#""variables": {{"v": "v", "id": "[resourceId('Microsoft.Network/virtualNetworks', variables('v'))]"}},
               "resources": [{vnet}, {looped}, {{"type": "a/b", "name": "last", "dependsOn": ["{text}"]}}]"#
        ));
        assert_eq!(waits(&evaluated, "b_last"), [first], "{text}");
    }
}

#[test]
fn a_reference_orders_and_gives_what_is_written() {
    let evaluated = evaluated(
        r#""resources": [{"type": "Microsoft.Network/virtualNetworks", "name": "v", "properties": {"a": 1}},
                         {"type": "a/b", "name": "last", "a": "[reference(resourceId('Microsoft.Network/virtualNetworks', 'v'), '2024-05-01').a]"},
                         {"type": "a/b", "name": "free", "a": "[resourceId('Microsoft.Network/virtualNetworks', 'v')]"}]"#,
    );
    assert_eq!(waits(&evaluated, "b_last"), ["virtualNetworks_v"]);
    assert!(waits(&evaluated, "b_free").is_empty());
    let last = evaluated.resources[1].body.fields().and_then(|fields| fields.get("a")).map(form);
    assert_eq!(last.as_deref(), Some("1"));
}

#[test]
fn a_nested_resource_is_named_after_the_one_around_it_and_waits_for_nothing() {
    let evaluated = evaluated(
        r#""resources": [{"type": "Microsoft.Network/virtualNetworks", "name": "v", "condition": false,
                          "resources": [{"type": "subnets", "name": "s"}]}]"#,
    );
    assert_eq!(named(&evaluated), ["virtualNetworks_v v", "subnets_v_s v/s"]);
    assert!(waits(&evaluated, "subnets_v_s").is_empty());
    assert_eq!(evaluated.resources[1].exists, Truth::Yes);
}

#[test]
fn an_inner_deployment_has_names_of_its_own() {
    let inner = r#"{"parameters": {"name": {"type": "string"}},
                    "resources": [{"type": "Microsoft.Network/virtualNetworks", "name": "[parameters('name')]"}],
                    "outputs": {"id": {"type": "string", "value": "[resourceId('Microsoft.Network/virtualNetworks', parameters('name'))]"}}}"#;
    for reference in ["resourceId('Microsoft.Resources/deployments', 'net')", "'net'"] {
        let evaluated = evaluated(&format!(
            r#""parameters": {{"name": {{"type": "string", "defaultValue": "outer"}}}},
               "resources": [{{"type": "Microsoft.Resources/deployments", "name": "net", "resourceGroup": "other",
                 "properties": {{"mode": "Incremental", "expressionEvaluationOptions": {{"scope": "inner"}},
                   "parameters": {{"name": {{"value": "v"}}}}, "template": {inner}}}}},
                 {{"type": "a/b", "name": "c", "x": "[reference({reference}).outputs.id.value]"}}],
               "outputs": {{"id": {{"type": "string", "value": "[reference({reference}).outputs.id.value]"}}}}"#
        ));
        assert_eq!(named(&evaluated), ["b_c c", "deployments_net.virtualNetworks_name v"]);
        let id = "/subscriptions/${subscription().subscriptionId}/resourceGroups/other\
                  /providers/Microsoft.Network/virtualNetworks/v";
        assert_eq!(outputs(&evaluated), [format!("id = \"{id}\"")]);
        assert_eq!(waits(&evaluated, "b_c"), ["deployments_net"]);
    }
}

#[test]
fn an_outer_deployment_speaks_with_the_names_around_it() {
    let evaluated = evaluated(
        r#""parameters": {"name": {"type": "string", "defaultValue": "outer"}},
           "resources": [{"type": "Microsoft.Resources/deployments", "name": "[concat('net', copyIndex())]",
             "copy": {"name": "nets", "count": 2},
             "properties": {"mode": "Incremental", "template": {
               "parameters": {"name": {"type": "string", "defaultValue": "inner"}},
               "resources": [{"type": "Microsoft.Network/virtualNetworks", "name": "[concat(parameters('name'), copyIndex('nets'))]",
                              "dependsOn": ["t"]},
                             {"type": "Microsoft.Network/routeTables", "name": "t"}]}}}]"#,
    );
    assert_eq!(
        named(&evaluated),
        [
            "deployments_net[0].virtualNetworks_name outer0",
            "deployments_net[0].routeTables_t t",
            "deployments_net[1].virtualNetworks_name outer1",
            "deployments_net[1].routeTables_t t"
        ]
    );
    let own = waits(&evaluated, "deployments_net.virtualNetworks_name");
    assert_eq!(own, ["-deployments_net", "deployments_net.routeTables_t"]);
}

#[test]
fn a_linked_template_is_followed_where_it_is_a_file_here() {
    let linked = |link: &str| {
        template(&format!(
            r#""resources": [{{"type": "Microsoft.Resources/deployments", "name": "n", "properties": {{"templateLink": {link},
               "parameters": {{"name": {{"value": "v"}}, "key": {{"reference": {{"secretName": "s"}}}}}}}}}}]"#
        ))
    };
    let part = template(
        r#""parameters": {"name": {"type": "string"}}, "resources": [{"type": "Microsoft.Network/virtualNetworks", "name": "[parameters('name')]"}]"#,
    );
    let main = linked(r#"{"relativePath": "parts/net.json"}"#);
    let evaluated = evaluated_at("main.json", &[("main.json", &main), ("parts/net.json", &part)]);
    assert_eq!(named(&evaluated), ["deployments_n.virtualNetworks_name v"]);
    let evaluated = evaluated_at("main.json", &[("main.json", &main)]);
    assert!(evaluated.unread[0].missing);
    let main = linked(r#"{"uri": "https://example.com/net.json"}"#);
    let evaluated = evaluated_at("main.json", &[("main.json", &main)]);
    assert_eq!((evaluated.unread.len(), evaluated.unread[0].missing), (1, false));
    // What links to itself is a circle.
    let main = linked(r#"{"relativePath": "main.json"}"#);
    let evaluated = evaluated_at("main.json", &[("main.json", &main)]);
    assert!(evaluated.unread[0].reason.contains("circle"));
}

#[test]
fn a_template_is_a_module_of_a_bicep_file() {
    let part = template(
        r#""parameters": {"name": {"type": "string"}}, "resources": {"vnet": {"type": "Microsoft.Network/virtualNetworks", "name": "[parameters('name')]"}},
           "outputs": {"name": {"type": "string", "value": "[parameters('name')]"}}"#,
    );
    let main = "module net 'net.json' = { params: { name: 'v' } }\noutput name string = net.outputs.name\n";
    let evaluated = evaluated_at("main.bicep", &[("main.bicep", main), ("net.json", &part)]);
    assert_eq!(named(&evaluated), ["net.vnet v"]);
    assert_eq!(outputs(&evaluated), ["name = \"v\""]);
}

#[test]
fn the_scope_of_a_resource_says_what_it_extends() {
    let evaluated = evaluated(
        r#""resources": {
             "vault": {"type": "Microsoft.KeyVault/vaults", "existing": true, "name": "kv", "resourceGroup": "shared"},
             "lock": {"type": "Microsoft.Authorization/locks", "name": "l", "scope": "[resourceId('Microsoft.KeyVault/vaults', 'kv')]"},
             "other": {"type": "Microsoft.Authorization/locks", "name": "o", "scope": "[format('Microsoft.KeyVault/vaults/{0}', 'kv')]"}}"#,
    );
    assert!(evaluated.resources[0].existing);
    let group = evaluated.resources[0].scope.resource_group.as_ref().map(|group| group.to_string());
    assert_eq!(group.as_deref(), Some("shared"));
    assert_eq!(evaluated.resources[1].scope, evaluated.resources[2].scope);
}
