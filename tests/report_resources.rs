//! `vnetlint resources` over roots that are built by hand, in the shape that its readers rely on.

use indexmap::IndexMap;
use serde_json::json;
use vnetlint::evaluate::{Evaluated, ModuleCall, Resource, Root, Site};
use vnetlint::report::{resources_as_json, resources_as_text};
use vnetlint::source::{FileId, Sources, Span};
use vnetlint::syntax::{Dialect, Fault};
use vnetlint::value::{Address, Hole, Piece, Pieces, Reason, RootId, SmolStr, Truth, Unknown, Value};

fn texts() -> (Sources, FileId) {
    let sources = Sources::of_texts([("main.bicep", "a\n  b")]);
    let file = sources.open("main.bicep").expect("a text of the test");
    (sources, file)
}

fn root(dialect: Dialect) -> Root {
    Root {
        id: RootId(0),
        path: "main.bicep".into(),
        dialect,
        environment: Some("prod".into()),
        input_files: Vec::new(),
        example: None,
    }
}

fn resource(file: FileId, dialect: Dialect, address: &str, names: Vec<Value>, body: Value) -> Resource {
    Resource {
        address: Address::new(RootId(0), address),
        dialect,
        type_name: SmolStr::new("Microsoft.Network/virtualNetworks"),
        api_version: Some(SmolStr::new("2024-05-01")),
        module: vec![SmolStr::new("hub")],
        symbol: SmolStr::new("vnet"),
        names,
        scope: Site::default(),
        body,
        existing: false,
        exists: Truth::Yes,
        decides: None,
        conditional: false,
        looped: true,
        absent: false,
        ignored: Vec::new(),
        span: Span::new(file, 0, 1),
        calls: Vec::new(),
    }
}

fn object(fields: &[(&str, Value)]) -> Value {
    Value::object(fields.iter().map(|(name, value)| (SmolStr::new(name), value.clone())))
}

fn hole(name: &str) -> Unknown {
    Unknown::new(RootId(0), name, Reason::Input)
}

fn listed(dialect: Dialect, evaluated: Evaluated, sources: &Sources, faults: &[Fault]) -> serde_json::Value {
    let text = resources_as_json(&[(root(dialect), evaluated)], sources, faults);
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn bicep_has_one_entry_for_a_declaration_and_what_its_instances_share() {
    let (sources, file) = texts();
    let instance = |index: i64| {
        let body = object(&[
            ("name", Value::text("x")),
            ("location", Value::text("westeurope")),
            ("dependsOn", Value::list(Vec::new())),
            ("zone", Value::number(index)),
        ]);
        let name = Value::text(format!("vnet-{index}"));
        resource(file, Dialect::Bicep, &format!("hub[0].vnet[{index}]"), vec![name], body)
    };
    let evaluated = Evaluated {
        resources: vec![instance(0), instance(1)],
        modules: vec![ModuleCall {
            address: Address::new(RootId(0), "hub[0]"),
            module: vec![SmolStr::new("hub")],
            span: Span::new(file, 0, 1),
        }],
        ..Evaluated::default()
    };
    let listing = listed(Dialect::Bicep, evaluated, &sources, &[]);
    assert_eq!(
        listing["resources"][0],
        json!({
            "address": "hub.vnet", "module": ["hub"], "symbol": "vnet", "type": "Microsoft.Network/virtualNetworks",
            "apiVersion": "2024-05-01", "existing": false, "conditional": false, "looped": true,
            "name": {"unknown": "hub.vnet[*]"},
            "body": {"location": "westeurope", "zone": {"unknown": "hub.vnet[*]"}},
            "kind": "resource", "root": "main.bicep", "environment": "prod",
        })
    );
    assert_eq!(
        (&listing["resources"][1]["kind"], &listing["resources"][1]["symbol"]),
        (&json!("module"), &json!("hub"))
    );
    assert_eq!(listing["resources"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_name_is_whole_or_unknown() {
    let (sources, file) = texts();
    let open = Pieces::of([Piece::Hole(Hole::Unknown(hole("prefix"))), Piece::Literal(SmolStr::new("-hub"))]);
    let names = |names| {
        let resource = resource(file, Dialect::Bicep, "vnet", names, object(&[]));
        let evaluated = Evaluated { resources: vec![resource], ..Evaluated::default() };
        listed(Dialect::Bicep, evaluated, &sources, &[])["resources"][0]["name"].clone()
    };
    assert_eq!(names(vec![Value::text("hub"), Value::text("nodes")]), json!("hub/nodes"));
    assert_eq!(
        names(vec![Value::pieces(open.clone()), Value::text("nodes")]),
        json!({"unknown": "${prefix}-hub/nodes"})
    );
    assert_eq!(names(vec![Value::unknown(hole("name")), Value::text("n")]), json!({"unknown": "${name}/n"}));
    assert_eq!(names(vec![Value::unknown(hole("name"))]), json!({"unknown": "name"}));
}

#[test]
fn terraform_has_an_entry_for_each_instance_that_may_exist() {
    let (sources, file) = texts();
    let instance = |address: &str, exists| Resource {
        exists,
        ..resource(file, Dialect::Terraform, address, Vec::new(), object(&[("name", Value::text("n"))]))
    };
    let evaluated = Evaluated {
        resources: vec![
            instance("azurerm_subnet.a[0]", Truth::Yes),
            instance("azurerm_subnet.b", Truth::Unknown),
            instance("azurerm_subnet.c", Truth::No),
        ],
        modules: vec![ModuleCall {
            address: Address::new(RootId(0), "module.hub"),
            module: vec![SmolStr::new("hub")],
            span: Span::new(file, 0, 1),
        }],
        ..Evaluated::default()
    };
    let listing = listed(Dialect::Terraform, evaluated, &sources, &[]);
    let rows = listing["resources"].as_array().expect("a list");
    let addresses: Vec<_> = rows.iter().map(|row| row["address"].as_str()).collect();
    assert_eq!(addresses, [Some("azurerm_subnet.a[0]"), Some("azurerm_subnet.b")]);
    assert_eq!(rows[0]["body"]["name"], "n");
}

#[test]
fn secrets_stay_secret_and_faults_have_their_place() {
    let (sources, file) = texts();
    let outputs: IndexMap<SmolStr, Value> = [
        (SmolStr::new("password"), Value::text("hunter2").with_secret(true)),
        (SmolStr::new("id"), Value::unknown(hole("vnet.id"))),
    ]
    .into_iter()
    .collect();
    let body = object(&[("key", Value::text("hunter2").with_secret(true))]);
    let resources = vec![resource(file, Dialect::Bicep, "vnet", vec![Value::text("v")], body)];
    let evaluated = Evaluated { outputs, resources, ..Evaluated::default() };
    let faults = [Fault { span: Span::new(file, 4, 5), message: "a value was expected".into(), opened: None }];
    let listing = listed(Dialect::Bicep, evaluated.clone(), &sources, &faults);
    assert_eq!(listing["outputs"], json!({"password": {"unknown": "(sensitive)"}, "id": {"unknown": "vnet.id"}}));
    let expected = json!([{"path": "main.bicep", "line": 2, "column": 3, "message": "a value was expected"}]);
    assert_eq!(listing["syntax_errors"], expected);
    let text = resources_as_text(&[(root(Dialect::Bicep), evaluated)], &sources, &faults);
    assert!(!text.contains("hunter2"), "{text}");
    assert!(text.contains("output id = (unknown: vnet.id)"), "{text}");
    assert!(text.ends_with("main.bicep:2:3: a value was expected\n"), "{text}");
}
