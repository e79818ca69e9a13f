//! In: a declaration that is made too early, and what it has to wait for. Out: the line that makes it wait.
//! Never: decides whether it has to.

use crate::network::Place;
use crate::value::Address;

/// The `depends_on` or `dependsOn` that makes `waiting` wait for all of `first`, and where it stands.
pub fn let_wait_for(waiting: Place, first: &[&Address]) -> String {
    let terraform = is_terraform(waiting.declaration());
    let own = modules(waiting.declaration());
    let shared = first
        .iter()
        .map(|address| own.0.iter().zip(modules(address).0).take_while(|(a, b)| **a == *b).count())
        .min()
        .unwrap_or_default();
    let name = |address: &Address| {
        let (modules, resource) = modules(address);
        match modules.get(shared) {
            Some(module) if terraform => format!("module.{module}"),
            Some(module) => module.clone(),
            None => resource,
        }
    };
    let mut names: Vec<String> = first.iter().map(|address| name(address)).collect();
    names.dedup();
    let who = match own.0.get(shared) {
        Some(module) if terraform => format!("module.{module}"),
        Some(module) => module.clone(),
        None => waiting.name(),
    };
    match terraform {
        true => format!("let `{who}` wait: `depends_on = [{}]`", names.join(", ")),
        false => format!("let `{who}` wait: `dependsOn: [ {} ]`", names.join(", ")),
    }
}

/// The modules around a declaration, the outermost first, and its name inside.
fn modules(address: &Address) -> (Vec<String>, String) {
    let mut modules = Vec::new();
    let mut rest = address.text();
    let before = if is_terraform(address) { "module." } else { "" };
    while !is_terraform(address) || rest.starts_with(before) {
        let Some((module, tail)) = rest.strip_prefix(before).and_then(|inner| inner.split_once('.')) else { break };
        modules.push(module.to_string());
        rest = tail;
    }
    (modules, rest.to_string())
}

/// `module.net.azurerm_subnet.nodes` is Terraform; `network.nodes` is a resource in a module of Bicep.
pub fn is_terraform(address: &Address) -> bool {
    ["azurerm_", "azapi_"].iter().any(|provider| address.is_of_provider(provider))
}
