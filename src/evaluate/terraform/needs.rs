//! In: the syntax of a root and its modules. Out: what waits for what.
//! Never: looks at a value: the branch not taken orders as well, as it does in Terraform.
//!
//! Terraform orders by resource: locals, inputs and outputs only pass a reference on, and an output waits for what it
//! reads, not for the whole of its module (<https://developer.hashicorp.com/terraform/internals/graph>).

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::configuration::{Configuration, elements, provider_of};
use super::{DEEPEST_CALLS, World, declared_address};
use crate::evaluate::{Event, Need, Needs};
use crate::source::Span;
use crate::syntax::{Declaration, Expr, ExprKind};
use crate::value::{Address, SmolStr};

/// The most calls of modules that are followed for the order.
const MOST_CALLS: usize = 4096;

/// A module as it is called, before it is repeated.
struct Call {
    configuration: Arc<Configuration>,
    address: String,
    parent: Option<(usize, Arc<Declaration>)>,
    /// The modules that it calls; `None` for one that cannot be read.
    children: BTreeMap<SmolStr, Option<usize>>,
}

/// Something that passes references on.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Passing {
    Input(usize, SmolStr),
    Local(usize, SmolStr),
    Output(usize, SmolStr),
}

struct Reader<'w, 'a> {
    world: &'w World<'a>,
    calls: Vec<Call>,
    known: FxHashMap<Passing, Rc<Vec<Address>>>,
    asked: FxHashSet<Passing>,
    /// Locals that a plan names without saying what they are.
    hidden: BTreeSet<(usize, SmolStr)>,
    /// Models that were asked for outputs they do not know.
    asked_in_vain: BTreeSet<usize>,
}

/// What waits for what in a root.
pub fn of(world: &World) -> Needs {
    let mut reader = Reader {
        world,
        calls: Vec::new(),
        known: FxHashMap::default(),
        asked: FxHashSet::default(),
        hidden: BTreeSet::new(),
        asked_in_vain: BTreeSet::new(),
    };
    reader.enter(Arc::clone(&world.module(0).configuration), String::new(), None, 0);
    let mut needs = Needs::default();
    for call in 0..reader.calls.len() {
        reader.resources(call, &mut needs);
    }
    reader.hidden_locals(&mut needs);
    reader.unknown_outputs(&mut needs);
    needs
}

impl Reader<'_, '_> {
    fn enter(
        &mut self,
        configuration: Arc<Configuration>,
        address: String,
        parent: Option<(usize, Arc<Declaration>)>,
        depth: usize,
    ) -> usize {
        let at = self.calls.len();
        let directory = configuration.directory.clone();
        let inner: Vec<Arc<Declaration>> = configuration.calls.values().cloned().collect();
        self.calls.push(Call { configuration, address: address.clone(), parent, children: BTreeMap::new() });
        for call in inner {
            let symbols: Vec<SmolStr> = symbols(&address);
            let source = self.world.directory_of(&symbols, &call, &directory).ok().map(|(directory, _)| directory);
            let fits = depth < DEEPEST_CALLS && self.calls.len() < MOST_CALLS;
            let read = source.filter(|_| fits).and_then(|directory| self.world.configuration(&directory));
            let read = read.filter(|read| !self.stands_above(at, &read.directory));
            let own = child_address(&address, &call.name.name);
            let child = read.map(|read| self.enter(read, own, Some((at, Arc::clone(&call))), depth + 1));
            self.calls[at].children.insert(call.name.name.clone(), child);
        }
        at
    }

    fn stands_above(&self, at: usize, directory: &str) -> bool {
        let mut at = Some(at);
        while let Some(index) = at {
            if self.calls[index].configuration.directory == directory {
                return true;
            }
            at = self.calls[index].parent.as_ref().map(|(parent, _)| *parent);
        }
        false
    }

    fn address(&self, text: &str) -> Address {
        Address::new(self.world.id(), text)
    }

    /// The needs of every resource of one call, and of the modules in it that cannot be read.
    fn resources(&mut self, at: usize, needs: &mut Needs) {
        let configuration = Arc::clone(&self.calls[at].configuration);
        let around = self.around(at);
        for declaration in &configuration.resources {
            let address = declared_address(&self.calls[at].address, declaration);
            let mut found: Vec<Need> = around.clone();
            let mut say = |address: Address, span: Span| found.push(Need { event: Event::Done(address), span });
            self.declaration(at, declaration, &mut say);
            let kind = provider_of(&declaration.type_name.name);
            for (name, body) in &configuration.providers {
                if name.name == kind {
                    self.expression(at, body, &mut say);
                }
            }
            let own = self.address(&address);
            needs.of.insert(Event::Done(own.clone()), unique(found, &own));
        }
        for call in configuration.calls.values() {
            if self.calls[at].children.get(&call.name.name).is_some_and(Option::is_some) {
                continue;
            }
            let own = self.address(&child_address(&self.calls[at].address, &call.name.name));
            let mut found: Vec<Need> = around.clone();
            let mut say = |address: Address, span: Span| found.push(Need { event: Event::Done(address), span });
            self.declaration(at, call, &mut say);
            needs.of.insert(Event::Done(own.clone()), unique(found, &own));
            needs.opaque.insert(own);
        }
    }

    /// A local of which nothing is known may wait for anything in its module.
    fn hidden_locals(&mut self, needs: &mut Needs) {
        for (at, name) in std::mem::take(&mut self.hidden) {
            let own = self.hidden_local(at, &name);
            let span = self.calls[at].configuration.resources.first().map(|first| first.head);
            let mut found: Vec<Need> = self.around(at);
            if let Some(span) = span {
                let mut say = |address: Address, span: Span| found.push(Need { event: Event::Done(address), span });
                self.everything(at, span, &mut say);
                for input in Arc::clone(&self.calls[at].configuration).inputs.keys() {
                    self.pass(Passing::Input(at, input.clone()), span, &mut say);
                }
            }
            needs.of.insert(Event::Done(own.clone()), unique(found, &own));
            needs.opaque.insert(own);
        }
    }

    /// An output that a model does not know may wait for anything that the module is given, or for nothing.
    fn unknown_outputs(&mut self, needs: &mut Needs) {
        for at in std::mem::take(&mut self.asked_in_vain) {
            let Some((parent, call)) = self.calls[at].parent.clone() else { continue };
            let own = self.address(&self.calls[at].address);
            let mut found: Vec<Need> = self.around(at);
            let mut say = |address: Address, span: Span| found.push(Need { event: Event::Done(address), span });
            self.declaration(parent, &call, &mut say);
            needs.of.insert(Event::Done(own.clone()), unique(found, &own));
            needs.opaque.insert(own);
        }
    }

    fn hidden_local(&self, at: usize, name: &str) -> Address {
        let module = &self.calls[at].address;
        self.address(&if module.is_empty() { format!("local.{name}") } else { format!("{module}.local.{name}") })
    }

    /// What everything in a call waits for: the `depends_on`, `count` and `for_each` of it and of the calls around it.
    fn around(&mut self, at: usize) -> Vec<Need> {
        let mut found = Vec::new();
        let mut inner = at;
        while let Some((parent, call)) = self.calls[inner].parent.clone() {
            let mut say = |address: Address, span: Span| found.push(Need { event: Event::Done(address), span });
            if let Some(repeat) = &call.repeat {
                self.expression(parent, repeat.expression(), &mut say);
            }
            if let Some(list) = &call.depends_on {
                self.depends_on(parent, list, &mut say);
            }
            inner = parent;
        }
        found
    }

    fn declaration(&mut self, at: usize, declaration: &Declaration, say: &mut dyn FnMut(Address, Span)) {
        self.expression(at, &declaration.body, say);
        if let Some(repeat) = &declaration.repeat {
            self.expression(at, repeat.expression(), say);
        }
        if let Some(lifecycle) = &declaration.lifecycle {
            for name in ["precondition", "postcondition", "replace_triggered_by"] {
                if let Some(expr) = lifecycle.field(name) {
                    self.expression(at, expr, say);
                }
            }
        }
        if let Some(list) = &declaration.depends_on {
            self.depends_on(at, list, say);
        }
    }

    /// `depends_on = [module.m]` waits for everything in `m`.
    fn depends_on(&mut self, at: usize, list: &Expr, say: &mut dyn FnMut(Address, Span)) {
        for element in elements(list) {
            match called(element) {
                Some(name) => match self.calls[at].children.get(name).copied() {
                    Some(Some(child)) => self.everything(child, element.span, say),
                    Some(None) => {
                        let address = child_address(&self.calls[at].address, name);
                        say(self.address(&address), element.span);
                    }
                    None => {}
                },
                // Terraform 0.11 wrote `depends_on = ["azurerm_subnet.s"]`.
                None => match element.as_literal() {
                    Some(text) => {
                        let text = text.to_string();
                        self.named(at, &text, element.span, say);
                    }
                    None => self.expression(at, element, say),
                },
            }
        }
    }

    fn named(&mut self, at: usize, text: &str, span: Span, say: &mut dyn FnMut(Address, Span)) {
        let parts: Vec<&str> = text.split('.').collect();
        let call = &self.calls[at];
        let found = match parts.as_slice() {
            ["data", kind, name, ..] => call.configuration.resource(true, kind, name),
            [kind, name, ..] => call.configuration.resource(false, kind, name),
            _ => None,
        };
        if let Some(declaration) = found {
            let address = declared_address(&call.address, declaration);
            say(self.address(&address), span);
        }
    }

    fn everything(&mut self, at: usize, span: Span, say: &mut dyn FnMut(Address, Span)) {
        let configuration = Arc::clone(&self.calls[at].configuration);
        for declaration in &configuration.resources {
            let address = declared_address(&self.calls[at].address, declaration);
            say(self.address(&address), span);
        }
        for (name, child) in self.calls[at].children.clone() {
            match child {
                Some(child) => self.everything(child, span, say),
                None => {
                    let address = child_address(&self.calls[at].address, &name);
                    say(self.address(&address), span);
                }
            }
        }
    }

    /// Everything that an expression refers to, through what passes references on.
    fn expression(&mut self, at: usize, expr: &Expr, say: &mut dyn FnMut(Address, Span)) {
        // An access path is looked at from its outside: `module.m.out` is one output, `module.m` all of them.
        let mut stack: Vec<&Expr> = vec![expr];
        while let Some(expr) = stack.pop() {
            if self.path(at, expr, expr.span, say) {
                // What stands in its indices refers to other things.
                push_indices(expr, &mut stack);
                continue;
            }
            expr.each_child(&mut |child| stack.push(child));
        }
    }

    /// Whether an expression is an access path that means something as a whole, and what it refers to.
    fn path(&mut self, at: usize, expr: &Expr, span: Span, say: &mut dyn FnMut(Address, Span)) -> bool {
        let ExprKind::Get { object, key, .. } = &expr.kind else {
            return match &expr.kind {
                ExprKind::Index { object, .. } => self.path(at, object, span, say),
                _ => false,
            };
        };
        let configuration = Arc::clone(&self.calls[at].configuration);
        if let ExprKind::Name(name) = &object.kind {
            match name.as_str() {
                "var" => self.pass(Passing::Input(at, key.clone()), span, say),
                "local" if self.world.laid.is_some() && !configuration.locals.contains_key(key) => {
                    self.hidden.insert((at, key.clone()));
                    say(self.hidden_local(at, key), span);
                }
                "local" => self.pass(Passing::Local(at, key.clone()), span, say),
                "module" => match self.calls[at].children.get(key).copied() {
                    Some(Some(child)) => {
                        let outputs: Vec<SmolStr> = self.calls[child].configuration.outputs.keys().cloned().collect();
                        for output in outputs {
                            self.pass(Passing::Output(child, output), span, say);
                        }
                    }
                    Some(None) => {
                        let address = child_address(&self.calls[at].address, key);
                        say(self.address(&address), span);
                    }
                    None => {}
                },
                kind => match configuration.resource(false, kind, key) {
                    Some(declaration) => {
                        let address = declared_address(&self.calls[at].address, declaration);
                        say(self.address(&address), span);
                    }
                    None => return false,
                },
            }
            return true;
        }
        if let ExprKind::Get { object: inner, key: kind, .. } = &object.kind
            && let ExprKind::Name(data) = &inner.kind
            && data == "data"
        {
            if let Some(declaration) = configuration.resource(true, kind, key) {
                let address = declared_address(&self.calls[at].address, declaration);
                say(self.address(&address), span);
            }
            return true;
        }
        // `module.m.out` and `module.m[k].out`.
        let call = match &object.kind {
            ExprKind::Index { object, .. } => called(object),
            _ => called(object),
        };
        if let Some(Some(Some(child))) = call.map(|name| self.calls[at].children.get(name).copied()) {
            self.pass(Passing::Output(child, key.clone()), span, say);
            return true;
        }
        self.path(at, object, span, say)
    }

    fn pass(&mut self, passing: Passing, span: Span, say: &mut dyn FnMut(Address, Span)) {
        for address in self.passed(passing).iter() {
            say(address.clone(), span);
        }
    }

    /// Everything that a local, an input or an output refers to in the end.
    fn passed(&mut self, passing: Passing) -> Rc<Vec<Address>> {
        if let Some(known) = self.known.get(&passing) {
            return Rc::clone(known);
        }
        if !self.asked.insert(passing.clone()) {
            return Rc::default();
        }
        let mut found: Vec<Address> = Vec::new();
        let mut say = |address: Address, _: Span| found.push(address);
        match &passing {
            Passing::Local(at, name) => {
                let configuration = Arc::clone(&self.calls[*at].configuration);
                if let Some(local) = configuration.locals.get(name) {
                    self.expression(*at, &local.value, &mut say);
                }
            }
            Passing::Input(at, name) => {
                if let Some((parent, call)) = self.calls[*at].parent.clone()
                    && let Some(expr) = call.body.field(name)
                {
                    self.expression(parent, expr, &mut say);
                }
            }
            Passing::Output(at, name) => {
                let configuration = Arc::clone(&self.calls[*at].configuration);
                if let Some(output) = configuration.outputs.get(name) {
                    self.expression(*at, &output.value, &mut say);
                    if let Some(list) = &output.depends_on {
                        self.depends_on(*at, list, &mut say);
                    }
                } else if configuration.model.is_some() {
                    self.asked_in_vain.insert(*at);
                    found.push(self.address(&self.calls[*at].address));
                }
            }
        }
        found.sort();
        found.dedup();
        let found = Rc::new(found);
        self.known.insert(passing, Rc::clone(&found));
        found
    }
}

fn child_address(parent: &str, name: &str) -> String {
    if parent.is_empty() { format!("module.{name}") } else { format!("{parent}.module.{name}") }
}

/// The names of the calls in a module's address.
fn symbols(address: &str) -> Vec<SmolStr> {
    address.split('.').skip(1).step_by(2).map(SmolStr::new).collect()
}

/// The call behind `module.m`.
fn called(expr: &Expr) -> Option<&SmolStr> {
    let ExprKind::Get { object, key, .. } = &expr.kind else { return None };
    matches!(&object.kind, ExprKind::Name(name) if name == "module").then_some(key)
}

fn push_indices<'e>(expr: &'e Expr, stack: &mut Vec<&'e Expr>) {
    let mut at = expr;
    loop {
        match &at.kind {
            ExprKind::Index { object, index, .. } => {
                stack.push(index);
                at = object;
            }
            ExprKind::Get { object, .. } => at = object,
            _ => return,
        }
    }
}

/// Each event once, at the first place that names it, without itself.
fn unique(found: Vec<Need>, own: &Address) -> Vec<Need> {
    let mut seen: FxHashSet<Event> = FxHashSet::default();
    let mut needs: Vec<Need> = Vec::new();
    for need in found {
        if need.event != Event::Done(own.clone()) && seen.insert(need.event.clone()) {
            needs.push(need);
        }
    }
    needs
}
