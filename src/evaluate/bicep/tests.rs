//! In: Bicep texts. Out: what their evaluation says of them.

use std::collections::BTreeMap;

use super::{Console, evaluate};
use crate::evaluate::Given;
use crate::evaluate::{Evaluated, Event, Library, Resource, Root, form};
use crate::source::Sources;
use crate::syntax::{Dialect, Item, Limits};
use crate::value::{RootId, SmolStr, Truth, Value};

fn root() -> Root {
    Root {
        id: RootId(0),
        path: "main.bicep".into(),
        dialect: Dialect::Bicep,
        environment: None,
        input_files: Vec::new(),
        example: None,
    }
}

fn evaluated_with(files: &[(&str, &str)], inputs: &[(&str, Value)]) -> Evaluated {
    let sources = Sources::of_texts(files.iter().map(|(path, text)| (*path, *text)));
    let library = Library::new(&sources, Limits::default());
    let inputs: BTreeMap<SmolStr, Value> =
        inputs.iter().map(|(name, value)| (SmolStr::new(name), value.clone())).collect();
    evaluate(&library, &root(), &Given { inputs: &inputs, max_instances: 64, outputs: &Vec::new() })
}

fn evaluated(files: &[(&str, &str)]) -> Evaluated {
    evaluated_with(files, &[])
}

/// What the outputs of a single file are, as `name = form` in their order.
fn outputs(text: &str) -> Vec<String> {
    told(&evaluated(&[("main.bicep", text)]))
}

fn told(evaluated: &Evaluated) -> Vec<String> {
    evaluated.outputs.iter().map(|(name, value)| format!("{name} = {}", form(value))).collect()
}

fn resource<'e>(evaluated: &'e Evaluated, address: &str) -> &'e Resource {
    let found = evaluated.resources.iter().find(|resource| resource.address.text() == address);
    found.unwrap_or_else(|| panic!("{address} is among {:?}", addresses(evaluated)))
}

fn addresses(evaluated: &Evaluated) -> Vec<&str> {
    evaluated.resources.iter().map(|resource| resource.address.text()).collect()
}

fn names(resource: &Resource) -> Vec<String> {
    resource.names.iter().map(form).collect()
}

/// What a moment waits for, in a short form: `+a` for the end of `a`, `-m` for the beginning of `m`.
fn waits(evaluated: &Evaluated, event: &str) -> Vec<String> {
    let short = |event: &Event| match event {
        Event::Done(address) => format!("+{address}"),
        Event::Start(address) => format!("-{address}"),
    };
    let found = evaluated.needs.of.iter().find(|(known, _)| short(known) == event);
    let mut waits: Vec<String> =
        found.map(|(_, needs)| needs.iter().map(|need| short(&need.event)).collect()).unwrap_or_default();
    waits.sort();
    waits
}

const VNET: &str = "
    resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
      name: 'v'
      properties: { dhcpOptions: { dnsServers: ['10.0.0.4'] } }
      resource nodes 'subnets' = { name: 'n' }
    }
    ";

#[test]
fn a_parameter_takes_what_is_given_then_its_default_then_null() {
    let text = "
        param a string
        param b string = 'default'
        param c string?
        param d string = 'default'
        param e string
        output all array = [a, b, c, d, e]
        ";
    let inputs = [("a", Value::text("given")), ("d", Value::null())];
    let evaluated = evaluated_with(&[("main.bicep", text)], &inputs);
    assert_eq!(told(&evaluated), ["all = [\"given\", \"default\", null, \"default\", e]"]);
    assert_eq!(evaluated.open_inputs.iter().map(|input| input.name()).collect::<Vec<_>>(), ["e"]);
}

#[test]
fn a_secure_parameter_is_a_secret_wherever_it_goes() {
    let text = "@secure()\nparam key string = 'k'\nvar line = 'key=${key}'\noutput line string = line";
    assert!(evaluated(&[("main.bicep", text)]).outputs["line"].secret);
}

#[test]
fn variables_that_need_each_other_are_refused_and_do_not_hang() {
    let told = outputs("var a = b\nvar b = a\noutput a string = a");
    assert_eq!(told, ["a = refused: this depends on itself"]);
}

#[test]
fn a_long_chain_of_variables_does_not_exhaust_the_stack() {
    let mut text = "var v0 = 1\n".to_string();
    for at in 1..5000 {
        text.push_str(&format!("var v{at} = v{}\n", at - 1));
    }
    text.push_str("output last int = v4999");
    assert_eq!(outputs(&text).len(), 1);
}

#[test]
fn a_nested_resource_has_its_type_and_names_in_full() {
    let evaluated = evaluated(&[("main.bicep", VNET)]);
    let nodes = resource(&evaluated, "vnet::nodes");
    assert_eq!(nodes.type_name, "Microsoft.Network/virtualNetworks/subnets");
    assert_eq!(nodes.api_version.as_deref(), Some("2024-05-01"));
    assert_eq!(nodes.symbol, "vnet::nodes");
    assert_eq!(names(nodes), ["\"v\"", "\"n\""]);
}

#[test]
fn a_name_with_slashes_is_as_many_names_as_the_type_wants() {
    let evaluated = evaluated(&[(
        "main.bicep",
        "
        param p string
        param q string
        resource a 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = { name: '${p}-v/${q}' }
        resource b 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = { name: p }
        resource c 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = { name: 'n', parent: d[1] }
        resource d 'Microsoft.Network/virtualNetworks@2024-05-01' = [for i in range(0, 2): { name: 'v${i}' }]
        ",
    )]);
    assert_eq!(names(resource(&evaluated, "a")), ["\"${p}-v\"", "q"]);
    assert_eq!(names(resource(&evaluated, "b")), ["split(p, \"/\")[0]", "split(p, \"/\")[1]"]);
    assert_eq!(names(resource(&evaluated, "c")), ["\"v1\"", "\"n\""]);
}

#[test]
fn what_is_written_of_a_resource_is_known_and_the_rest_is_a_reference() {
    let told = outputs(&format!(
        "{VNET}
        output name string = vnet.name
        output inner string = vnet::nodes.name
        output type string = vnet::nodes.type
        output version string = vnet.apiVersion
        output id string = vnet::nodes.id
        output dns string = vnet.properties.dhcpOptions.dnsServers[0]
        output guid string = vnet.properties.resourceGuid
        output etag string = vnet.etag
        "
    ));
    assert_eq!(
        told,
        [
            "name = \"v\"",
            "inner = \"n\"",
            "type = \"Microsoft.Network/virtualNetworks/subnets\"",
            "version = \"2024-05-01\"",
            "id = vnet::nodes.id",
            "dns = \"10.0.0.4\"",
            "guid = vnet.properties.resourceGuid",
            "etag = vnet.etag",
        ]
    );
}

#[test]
fn an_id_is_text_to_whoever_takes_it_apart() {
    let told = outputs(&format!(
        "{VNET}
        output name string = last(split(vnet::nodes.id, '/'))
        output vnet string = split(vnet::nodes.id, '/')[8]
        output group string = split(vnet.id, '/')[4]
        "
    ));
    assert_eq!(told, ["name = \"n\"", "vnet = \"v\"", "group = resourceGroup().name"]);
}

#[test]
fn an_id_is_neither_empty_nor_null() {
    let told = outputs(&format!(
        "{VNET}
        param given string = vnet.id
        output empty bool = empty(given)
        output nothing bool = given == ''
        output there bool = null != given
        output among bool = contains([given], vnet.id)
        "
    ));
    assert_eq!(told, ["empty = false", "nothing = false", "there = true", "among = true"]);
}

#[test]
fn an_id_that_is_put_together_equals_one_by_names() {
    let told = outputs(
        "
        var byHand = '/subscriptions/${subscription().subscriptionId}/resourceGroups/${resourceGroup().name}/providers/Microsoft.Network/virtualNetworks/v'
        output same bool = byHand == resourceId('Microsoft.Network/virtualNetworks', 'v')
        output under bool = '${resourceGroup().id}/providers/Microsoft.Network/virtualNetworks/v' == byHand
        output elsewhere string = resourceId('g', 'Microsoft.Network/routeTables', 'r')
        output far string = resourceId('s', 'g', 'Microsoft.Network/routeTables/routes', 'r', 'x')
        output role string = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'd')
        output group string = subscriptionResourceId('s', 'Microsoft.Resources/resourceGroups', 'g')
        output policy string = tenantResourceId('Microsoft.Authorization/policyDefinitions', 'p')
        output lock string = extensionResourceId('/subscriptions/s', 'Microsoft.Authorization/locks', 'l')
        ",
    );
    assert_eq!(
        told,
        [
            "same = true",
            "under = true",
            "elsewhere = \"/subscriptions/${subscription().subscriptionId}/resourceGroups/g/providers/Microsoft.Network/routeTables/r\"",
            "far = \"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/routeTables/r/routes/x\"",
            "role = \"/subscriptions/${subscription().subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/d\"",
            "group = \"/subscriptions/s/resourceGroups/g\"",
            "policy = \"/providers/Microsoft.Authorization/policyDefinitions/p\"",
            "lock = \"/subscriptions/s/providers/Microsoft.Authorization/locks/l\"",
        ]
    );
}

#[test]
fn modules_are_deployed_to_where_their_root_is() {
    let evaluated = evaluated(&[
        (
            "main.bicep",
            "targetScope = 'subscription'\nmodule a 'a.bicep' = { name: 'first' }\noutput a string = a.outputs.zone\noutput own string = 'z.${deployment().location}'",
        ),
        ("a.bicep", "targetScope = 'subscription'\noutput zone string = 'z.${deployment().location}'"),
    ]);
    assert_eq!(told(&evaluated), ["a = \"z.${deployment().location}\"", "own = \"z.${deployment().location}\""]);
}

#[test]
fn what_only_azure_knows_has_a_name_and_keys_are_secrets() {
    let evaluated = evaluated(&[(
        "main.bicep",
        "
        resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' existing = { name: 'a' }
        output fqdn string = aks.properties.privateFQDN
        output key object = aks.listClusterAdminCredential()
        output old string = reference(aks.id, '2024-05-01').privateFQDN
        output suffix string = environment().suffixes.storage
        ",
    )]);
    assert_eq!(
        told(&evaluated),
        [
            "fqdn = aks.properties.privateFQDN",
            "key = aks.listClusterAdminCredential()",
            "old = aks.properties.privateFQDN",
            "suffix = environment().suffixes.storage",
        ]
    );
    assert!(evaluated.outputs["key"].secret);
    let aks = resource(&evaluated, "aks");
    assert!(aks.existing && aks.body.fields().is_some_and(|fields| fields.is_empty()));
}

const LOOPS: &str = "
    param some array
    param flag bool
    resource two 'My.Rp/a@2020-01-01' = [for (name, i) in ['x', 'y']: { name: '${name}${i}' }]
    resource odd 'My.Rp/a@2020-01-01' = [for i in range(0, 3): if (i == 1) { name: 'o${i}' }]
    resource many 'My.Rp/a@2020-01-01' = [for (one, i) in some: { name: one.name }]
    resource none 'My.Rp/a@2020-01-01' = [for one in []: { name: one }]
    resource off 'My.Rp/a@2020-01-01' = if (1 == 2) { name: 'off' }
    resource perhaps 'My.Rp/a@2020-01-01' = if (flag) { name: 'perhaps' }
    ";

#[test]
fn a_loop_makes_an_instance_an_item_and_a_template_of_what_is_not_known() {
    let evaluated = evaluated(&[("main.bicep", LOOPS)]);
    assert_eq!(addresses(&evaluated), ["two[0]", "two[1]", "odd[1]", "many[*]", "none[*]", "off", "perhaps"]);
    let of = |address: &str| {
        let resource = resource(&evaluated, address);
        (resource.exists, resource.absent, resource.looped, resource.conditional)
    };
    assert_eq!(names(resource(&evaluated, "two[1]")), ["\"y1\""]);
    assert_eq!(of("two[1]"), (Truth::Yes, false, true, false));
    assert_eq!(of("odd[1]"), (Truth::Yes, false, true, true));
    assert_eq!(of("many[*]"), (Truth::Unknown, false, true, false));
    assert_eq!(of("none[*]"), (Truth::No, true, true, false));
    assert_eq!(of("off"), (Truth::No, true, false, true));
    assert_eq!(of("perhaps"), (Truth::Unknown, false, false, true));
    let decides = resource(&evaluated, "perhaps").decides.clone();
    assert_eq!(decides.map(|unknown| unknown.name().to_string()).as_deref(), Some("flag"));
}

#[test]
fn an_instance_is_found_by_its_place_and_loops_over_one_list_go_together() {
    let text = format!(
        "{LOOPS}
        resource also 'My.Rp/b@2020-01-01' = [for (one, i) in some: {{ name: one.name, properties: {{ a: many[i].id }} }}]
        output first string = two[0].name
        output all array = [for i in range(0, 2): two[i].id]
        output gone string = two[2].id
        output some string = many[0].id
        "
    );
    let evaluated = evaluated(&[("main.bicep", &text)]);
    assert_eq!(
        told(&evaluated),
        [
            "first = \"x0\"",
            "all = [two[0].id, two[1].id]",
            "gone = refused: there is no instance 2 of two",
            "some = many[0].id",
        ]
    );
    assert_eq!(
        form(&resource(&evaluated, "also[*]").body.fields().expect("a body")["properties"]),
        "{ a = many[*].id }"
    );
}

#[test]
fn more_instances_than_the_limit_are_one_template_and_a_note() {
    let text = "resource a 'My.Rp/a@2020-01-01' = [for i in range(0, 65): { name: 'a${i}' }]";
    let evaluated = evaluated(&[("main.bicep", text)]);
    assert_eq!(addresses(&evaluated), ["a[*]"]);
    assert_eq!(evaluated.cut.len(), 1);
}

const HUB: &str = "
    targetScope = 'resourceGroup'
    param name string
    param location string = resourceGroup().location
    resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = { name: name, location: location }
    resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
      name: 'zone/link'
      properties: { virtualNetwork: { id: vnet.id } }
    }
    output id string = vnet.id
    output group string = resourceGroup().name
    output ids array = [vnet.id]
    ";

#[test]
fn a_module_puts_its_resources_where_its_scope_says() {
    let main = "
        targetScope = 'subscription'
        resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = { name: 'g', location: 'westeurope' }
        module hub 'modules/hub.bicep' = { name: 'hub', scope: group, params: { name: 'h' } }
        module spokes 'modules/hub.bicep' = [for n in ['a', 'b']: {
          name: 'spoke-${n}'
          scope: resourceGroup('11111111-1111-1111-1111-111111111111', 'rg-${n}')
          params: { name: n }
        }]
        output hub string = hub.outputs.id
        output group string = hub.outputs.group
        output spokes array = [for i in range(0, 2): spokes[i].outputs.ids[0]]
        output name string = spokes[1].name
        output groupId string = group.id
        ";
    let evaluated = evaluated(&[("main.bicep", main), ("modules/hub.bicep", HUB)]);
    assert_eq!(
        told(&evaluated),
        [
            "hub = hub.vnet.id",
            "group = \"g\"",
            "spokes = [spokes[0].vnet.id, spokes[1].vnet.id]",
            "name = \"spoke-b\"",
            "groupId = group.id",
        ]
    );
    let site = |address: &str| {
        let scope = &resource(&evaluated, address).scope;
        [&scope.subscription, &scope.resource_group]
            .map(|part| part.as_ref().map(ToString::to_string).unwrap_or_default())
    };
    assert_eq!(site("group"), ["${subscription().subscriptionId}", ""]);
    assert_eq!(site("hub.vnet"), ["${subscription().subscriptionId}", "g"]);
    assert_eq!(site("spokes[1].link"), ["11111111-1111-1111-1111-111111111111", "rg-b"]);
    let vnet = resource(&evaluated, "hub.vnet");
    assert_eq!((vnet.module.as_slice(), vnet.calls.len()), ([SmolStr::new("hub")].as_slice(), 1));
    assert_eq!(vnet.body.fields().and_then(|fields| fields["location"].as_text()), Some("westeurope"));
}

#[test]
fn an_id_taken_apart_in_a_module_finds_the_way_back() {
    let inner = "
        param vnetId string
        resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' existing = {
          name: last(split(vnetId, '/'))
          scope: resourceGroup(split(vnetId, '/')[2], split(vnetId, '/')[4])
        }
        ";
    let main = format!("{VNET}\nmodule m 'inner.bicep' = {{ name: 'm', params: {{ vnetId: vnet.id }} }}");
    let evaluated = evaluated(&[("main.bicep", &main), ("inner.bicep", inner)]);
    let (outer, inner) = (resource(&evaluated, "vnet"), resource(&evaluated, "m.vnet"));
    assert_eq!(names(outer), names(inner));
    assert_eq!(outer.scope, inner.scope);
}

#[test]
fn a_module_that_is_not_here_is_a_gap_and_one_that_should_be_is_a_fault() {
    let main = "
        module far 'br:contoso.azurecr.io/network:0.5.0' = { name: 'f', params: { name: 'v' } }
        module near './near.bicep' = { name: 'n' }
        module out '../out.bicep' = { name: 'o' }
        module self 'main.bicep' = { name: 's' }
        output id string = far.outputs.resourceId
        ";
    let evaluated = evaluated(&[("main.bicep", main)]);
    assert_eq!(told(&evaluated), ["id = far.outputs.resourceId"]);
    let unread: Vec<(&str, bool)> =
        evaluated.unread.iter().map(|unread| (unread.address.text(), unread.missing)).collect();
    assert_eq!(unread, [("far", false), ("near", true), ("out", false), ("self", true)]);
    assert_eq!(form(&evaluated.unread[0].arguments), "{ name = \"v\" }");
    assert_eq!(evaluated.faults.len(), 2);
}

#[test]
fn resources_of_a_module_that_is_not_deployed_are_told_once_and_are_absent() {
    let main = "module hub 'hub.bicep' = if (false) { name: 'h', params: { name: 'h' } }
        output id string? = hub.?outputs.id";
    let evaluated = evaluated(&[("main.bicep", main), ("hub.bicep", HUB)]);
    assert_eq!(addresses(&evaluated), ["hub.vnet", "hub.link"]);
    assert!(evaluated.resources.iter().all(|resource| resource.absent && !resource.conditional));
    assert_eq!(told(&evaluated), ["id = null"]);
}

#[test]
fn functions_and_variables_come_from_other_files() {
    let shared = "
        @export()
        var tags = { a: 'b' }
        var prefix = 'p'
        @export()
        func named(name string) string => '${prefix}-${name}'
        ";
    let main = "
        import { tags, named as called } from 'lib/shared.bicep'
        import * as shared from 'lib/shared.bicep'
        func own(x int) int => x + 1
        output all array = [tags.a, called('x'), shared.tags.a, shared.named('y'), own(1)]
        ";
    let evaluated = evaluated(&[("main.bicep", main), ("lib/shared.bicep", shared)]);
    assert_eq!(told(&evaluated), ["all = [\"b\", \"p-x\", \"b\", \"p-y\", 2]"]);
}

#[test]
fn a_function_that_calls_itself_ends() {
    let told = outputs("func f(x int) int => f(x)\noutput f int = f(1)");
    assert_eq!(told, ["f = a long chain of functions"]);
}

#[test]
fn a_reference_makes_a_resource_wait_also_through_variables_and_existing_resources() {
    let text = format!(
        "{VNET}
        var subnetId = true ? vnet::nodes.id : ''
        resource seen 'Microsoft.Network/virtualNetworks@2024-05-01' existing = {{ name: vnet.name }}
        resource a 'My.Rp/a@2020-01-01' = {{ name: 'a', properties: {{ s: subnetId }} }}
        resource b 'My.Rp/a@2020-01-01' = {{ name: 'b', properties: {{ s: seen.id }} }}
        resource c 'My.Rp/a@2020-01-01' = {{ name: 'c', dependsOn: [a] }}
        resource d 'My.Rp/a@2020-01-01' = [for vnet in ['x']: {{ name: vnet, properties: {{ n: nameof(a) }} }}]
        "
    );
    let evaluated = evaluated(&[("main.bicep", &text)]);
    assert_eq!(waits(&evaluated, "+vnet::nodes"), ["+vnet"]);
    assert_eq!(waits(&evaluated, "+a"), ["+vnet::nodes"]);
    assert_eq!(waits(&evaluated, "+b"), ["+vnet"]);
    assert_eq!(waits(&evaluated, "+c"), ["+a"]);
    assert_eq!(waits(&evaluated, "+d"), Vec::<String>::new());
    assert_eq!(waits(&evaluated, "+seen"), Vec::<String>::new());
}

#[test]
fn a_module_is_one_node() {
    let main = "
        resource first 'My.Rp/a@2020-01-01' = { name: 'first' }
        module hub 'hub.bicep' = { name: 'h', params: { name: first.name } }
        module far 'br:x/y:1' = { name: 'f', params: { id: hub.outputs.group } }
        resource last 'My.Rp/a@2020-01-01' = { name: far.outputs.name }
        ";
    let evaluated = evaluated(&[("main.bicep", main), ("hub.bicep", HUB)]);
    assert_eq!(waits(&evaluated, "-hub"), ["+first"]);
    assert_eq!(waits(&evaluated, "+hub.vnet"), ["-hub"]);
    assert_eq!(waits(&evaluated, "+hub.link"), ["+hub.vnet", "-hub"]);
    assert_eq!(waits(&evaluated, "+hub"), ["+hub.link", "+hub.vnet", "-hub"]);
    assert_eq!(waits(&evaluated, "+far"), ["+hub"]);
    assert_eq!(waits(&evaluated, "+last"), ["+far"]);
    assert_eq!(evaluated.needs.opaque.iter().map(ToString::to_string).collect::<Vec<_>>(), ["far"]);
}

#[test]
fn a_console_knows_the_names_of_its_file() {
    let sources = Sources::of_texts([("main.bicep", "var a = 1\nvar b = a + c"), ("line.bicep", "var it = a + 1")]);
    let library = Library::new(&sources, Limits::default());
    let inputs = BTreeMap::new();
    let given = Given { inputs: &inputs, max_instances: 8, outputs: &Vec::new() };
    let root = root();
    let console = Console::new(&library, &root, &given);
    let line = library.program("line.bicep").expect("a program");
    let Some(Item::Local(local)) = line.items.first() else { panic!("one variable") };
    assert_eq!(console.evaluate(&local.value).map(|value| form(&value)), Ok("2".into()));
}

#[test]
fn what_an_extension_makes_has_no_names_and_all_its_members_in_properties() {
    let evaluated = evaluated(&[(
        "main.bicep",
        "
        resource app 'Microsoft.Graph/applications@v1.0' = {
          uniqueName: 'a'
          resource inner 'credentials' = { name: '${app.uniqueName}/x', scope: 's' }
        }
        resource plain 'az:Microsoft.Network/routeTables@2024-05-01' = { name: 'r' }
        ",
    )]);
    let inner = resource(&evaluated, "app::inner");
    assert_eq!(inner.type_name, "Microsoft.Graph/applications/credentials@v1.0");
    assert_eq!((inner.api_version.as_deref(), inner.names.len()), (None, 0));
    assert_eq!(form(&inner.body), "{ properties = { name = \"a/x\", scope = \"s\" } }");
    assert_eq!(resource(&evaluated, "plain").type_name, "Microsoft.Network/routeTables");
}

#[test]
fn a_parameter_file_knows_its_variables_imports_and_what_it_extends() {
    let sources = Sources::of_texts([
        ("base.bicepparam", "using none\nparam a = 'base'\nparam b = 'base'"),
        ("lib.bicep", "@export()\nvar suffix = 'x'\n@export()\nfunc f(a string) string => '${a}!'"),
        (
            "main.bicepparam",
            "using 'main.bicep'\nextends 'base.bicepparam'\nimport { suffix, f } from 'lib.bicep'\nvar v = w\nvar w = f(suffix)\n\
             param a = v\nparam c = '${a}-${a}'\nparam d = e\nvar e = d",
        ),
    ]);
    let library = Library::new(&sources, Limits::default());
    let assigned = super::assigned(&library, &root(), "main.bicepparam");
    let told: Vec<String> = assigned.iter().map(|(name, value)| format!("{name} = {}", form(value))).collect();
    let refused = "refused: this depends on itself";
    let expected = ["a = \"x!\"", "b = \"base\"", "c = \"x!-x!\"", &format!("d = {refused}")];
    assert_eq!(told, expected);
}

#[test]
fn functions_and_members_are_found_in_any_case_of_letters() {
    let told = outputs(&format!(
        "{VNET}\noutput a string = last(Split(vnet.ID, '/'))\noutput b string = resourcegroup().name"
    ));
    assert_eq!(told, ["a = \"v\"", "b = resourceGroup().name"]);
}

#[test]
fn a_safe_access_makes_the_rest_of_its_chain_safe() {
    let told = outputs(
        "
        param a object = { b: { c: 1 } }
        output there int? = a.?b.c
        output gone int? = a.?x.c
        output deep int? = a.?x[0].y
        output other int? = a.?b.d
        ",
    );
    assert_eq!(told, ["there = 1", "gone = null", "deep = null", "other = null"]);
}

#[test]
fn a_field_is_found_in_any_case_of_letters() {
    assert_eq!(outputs("var a = { vnetSubnetID: 'x' }\noutput b string = a.vnetSubnetId"), ["b = \"x\""]);
}

#[test]
fn what_goes_round_in_circles_ends() {
    let main = "
        resource a 'My.Rp/a/b@2020-01-01' = { name: 'a', parent: b }
        resource b 'My.Rp/a/b@2020-01-01' = { name: 'b', parent: a }
        resource c 'My.Rp/a@2020-01-01' = [for x in c: { name: x.name }]
        resource d 'My.Rp/a@2020-01-01' = { name: last(split(e.id, '/')), scope: e }
        resource e 'My.Rp/a@2020-01-01' = { name: last(split(d.id, '/')), scope: d }
        resource f 'My.Rp/a@2020-01-01' = { name: f.name, properties: f.properties }
        resource g 'My.Rp/a@2020-01-01' = [for i in range(0, 2): if (g[i].properties.x) { name: 'g${i}' }]
        module m 'm.bicep' = if (m.outputs.id == '') { name: m.name, scope: resourceGroup(m.outputs.id), params: { x: m.outputs.id } }
        module n 'm.bicep' = [for o in n: { name: o.name }]
        output all array = [a.id, a.name, c, d.id, f, g, m, n, split(a.id, '/'), split(d.id, '/')]
        ";
    let evaluated = evaluated(&[("main.bicep", main), ("m.bicep", "param x string\noutput id string = x")]);
    assert_eq!(evaluated.outputs.len(), 1);
    assert!(evaluated.resources.len() >= 7);
}

#[test]
fn a_scope_that_hangs_on_a_condition_keeps_what_both_sides_share() {
    let main = "
        param near bool
        module m 'm.bicep' = { name: 'm', scope: near ? resourceGroup('a') : resourceGroup('s', 'b') }
        module n 'm.bicep' = { name: 'n', scope: near ? resourceGroup('a') : resourceGroup('b') }
        ";
    let inner = "resource r 'My.Rp/a@2020-01-01' = { name: 'r' }";
    let evaluated = evaluated(&[("main.bicep", main), ("m.bicep", inner)]);
    let site = |address: &str| {
        let scope = &resource(&evaluated, address).scope;
        [&scope.subscription, &scope.resource_group]
            .map(|part| part.as_ref().map(ToString::to_string).unwrap_or_default())
    };
    let own = "subscription().subscriptionId";
    assert_eq!(site("m.r"), [format!("${{(near ? \"${{{own}}}\" : \"s\")}}"), "${(near ? \"a\" : \"b\")}".into()]);
    assert_eq!(site("n.r"), [format!("${{{own}}}"), "${(near ? \"a\" : \"b\")}".into()]);
}

#[test]
fn a_module_in_a_module_starts_after_it() {
    let outer = "module inner 'inner.bicep' = { name: 'i' }\nresource r 'My.Rp/a@2020-01-01' existing = { name: 'r' }";
    let inner = "resource r 'My.Rp/a@2020-01-01' = { name: 'r' }";
    let files =
        [("main.bicep", "module outer 'outer.bicep' = { name: 'o' }"), ("outer.bicep", outer), ("inner.bicep", inner)];
    let evaluated = evaluated(&files);
    assert_eq!(waits(&evaluated, "-outer.inner"), ["-outer"]);
    assert_eq!(waits(&evaluated, "+outer.inner.r"), ["-outer.inner"]);
    assert_eq!(waits(&evaluated, "+outer"), ["+outer.inner", "-outer"]);
    assert_eq!(addresses(&evaluated), ["outer.r", "outer.inner.r"]);
}
