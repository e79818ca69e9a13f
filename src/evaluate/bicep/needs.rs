//! In: the syntax of a root and its modules. Out: what waits for what.
//! Never: looks at a value: a branch that is not taken orders as well.
//!
//! A symbolic reference anywhere in a declaration makes it wait. A module is one node: it starts when everything its
//! call refers to is there, and is done when everything in it is; what reads one output waits for all of it. An
//! `existing` resource is no node and passes on what it refers to itself
//! (<https://learn.microsoft.com/azure/azure-resource-manager/bicep/resource-dependencies>).

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::calls::file_of;
use super::declared::Declared;
use super::named::Holder;
use super::{At, DEEPEST_CALLS, MOST_MODULES, World, qualified};
use crate::evaluate::{Event, Need, Needs};
use crate::source::Span;
use crate::syntax::{Binder, Declaration, Element, Expr, ExprKind, Repeat, Yield};
use crate::value::{Address, SmolStr};

/// The longest chain of variables that pass references on.
const DEEPEST_CHAIN: usize = 256;

/// A module as it is called, before it is repeated.
struct Call {
    declared: Arc<Declared>,
    address: String,
    /// One of its instances, which says what a text in it names.
    module: Option<usize>,
    parent: Option<(usize, Arc<Declaration>)>,
    /// The modules that it calls; `None` for one that cannot be read.
    children: BTreeMap<SmolStr, Option<usize>>,
}

/// Something that passes references on.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Passing {
    Local(usize, SmolStr),
    Existing(usize, usize),
}

/// Where an expression stands: its module, the resource it is written in, and the names that loops bind around it.
#[derive(Clone)]
struct Place {
    call: usize,
    inside: Option<usize>,
    bound: Vec<SmolStr>,
}

struct Reader<'w, 'a> {
    world: &'w World<'a>,
    calls: Vec<Call>,
    known: FxHashMap<Passing, Rc<Vec<Event>>>,
    asked: FxHashSet<Passing>,
    depth: usize,
}

/// What waits for what in a root.
pub fn of(world: &World) -> Needs {
    let calls = Vec::new();
    let mut reader = Reader { world, calls, known: FxHashMap::default(), asked: FxHashSet::default(), depth: 0 };
    reader.enter(Arc::clone(&world.module(0).declared), String::new(), Some(0), None, 0);
    let mut needs = Needs::default();
    for call in 0..reader.calls.len() {
        reader.module(call, &mut needs);
        reader.resources(call, &mut needs);
    }
    needs
}

impl Reader<'_, '_> {
    fn enter(
        &mut self,
        declared: Arc<Declared>,
        address: String,
        module: Option<usize>,
        parent: Option<(usize, Arc<Declaration>)>,
        depth: usize,
    ) -> usize {
        let at = self.calls.len();
        let directory = declared.directory.clone();
        let inner: Vec<Arc<Declaration>> = declared.calls.values().cloned().collect();
        let around = Arc::clone(&declared);
        self.calls.push(Call { declared, address: address.clone(), module, parent, children: BTreeMap::new() });
        for call in inner {
            let fits = depth < DEEPEST_CALLS && self.calls.len() < MOST_MODULES;
            let inline = self.world.inline(&around, &call).filter(|_| fits);
            let path = file_of(self.world.library, &call, &directory);
            let modelled = |absent| self.world.modelled(&call, absent).ok().filter(|_| fits);
            let modelled = path.as_ref().err().copied().and_then(modelled);
            let path = path.ok();
            let path = path.filter(|path| fits && !self.stands_above(at, path));
            let read = inline.or_else(|| path.and_then(|path| self.world.readable(&path).ok()));
            let read = read.or(modelled);
            let own = qualified(&address, &call.name.name);
            let parent = Some((at, Arc::clone(&call)));
            // Only what is in a template names anything by text.
            let instance = match &read {
                Some(read) if read.is_template() => module.and_then(|module| {
                    self.world.children(module, &call).modules.as_ref().and_then(|modules| modules.first().copied())
                }),
                _ => None,
            };
            let child = read.map(|read| self.enter(read, own, instance, parent, depth + 1));
            self.calls[at].children.insert(call.name.name.clone(), child);
        }
        at
    }

    fn stands_above(&self, at: usize, path: &str) -> bool {
        let mut at = Some(at);
        while let Some(index) = at {
            if self.calls[index].declared.path == path {
                return true;
            }
            at = self.calls[index].parent.as_ref().map(|(parent, _)| *parent);
        }
        false
    }

    fn address(&self, text: &str) -> Address {
        Address::new(self.world.id(), text)
    }

    fn resource_address(&self, call: usize, resource: usize) -> Address {
        let call = &self.calls[call];
        self.address(&qualified(&call.address, &call.declared.resources[resource].symbol))
    }

    /// The beginning of a module, which everything in it waits for; the root begins at once.
    fn start(&self, call: usize) -> Option<Need> {
        let (_, declaration) = self.calls[call].parent.as_ref()?;
        let event = Event::Start(self.address(&self.calls[call].address));
        Some(Need { event, span: declaration.head })
    }

    /// When a module starts and when it is done; of one that cannot be read, what it is given.
    fn module(&mut self, at: usize, needs: &mut Needs) {
        if let (Some(start), Some((parent, declaration))) = (self.start(at), self.calls[at].parent.clone()) {
            let found = self.call(parent, &declaration);
            needs.of.insert(start.event.clone(), unique(found, &start.event));
            let done = Event::Done(self.address(&self.calls[at].address));
            let inside = self.everything(at);
            needs.of.insert(done.clone(), unique([start].into_iter().chain(inside).collect(), &done));
        }
        let calls: Vec<Arc<Declaration>> = self.calls[at].declared.calls.values().cloned().collect();
        for call in calls {
            if self.calls[at].children.get(&call.name.name).is_some_and(Option::is_some) {
                continue;
            }
            let own = self.address(&qualified(&self.calls[at].address, &call.name.name));
            let done = Event::Done(own.clone());
            let found = self.call(at, &call);
            needs.of.insert(done.clone(), unique(found, &done));
            needs.opaque.insert(own);
        }
    }

    /// Everything that a module's end waits for.
    fn everything(&self, at: usize) -> Vec<Need> {
        let declared = &self.calls[at].declared;
        let managed = (0..declared.resources.len()).filter(|index| !declared.resources[*index].declaration.existing);
        let resources = managed.map(|index| {
            let event = Event::Done(self.resource_address(at, index));
            Need { event, span: declared.resources[index].declaration.head }
        });
        let modules = declared.calls.values().map(|call| {
            let event = Event::Done(self.address(&qualified(&self.calls[at].address, &call.name.name)));
            Need { event, span: call.head }
        });
        resources.chain(modules).collect()
    }

    /// What a module call waits for.
    fn call(&mut self, at: usize, call: &Declaration) -> Vec<Need> {
        let mut found: Vec<Need> = self.start(at).into_iter().collect();
        let mut say = |event: Event, span: Span| found.push(Need { event, span });
        self.declaration(&Place { call: at, inside: None, bound: Vec::new() }, None, call, &mut say);
        found
    }

    /// The needs of every resource of a module.
    fn resources(&mut self, at: usize, needs: &mut Needs) {
        let declared = Arc::clone(&self.calls[at].declared);
        for (index, placed) in declared.resources.iter().enumerate() {
            if placed.declaration.existing {
                continue;
            }
            let mut found: Vec<Need> = self.start(at).into_iter().collect();
            let mut say = |event: Event, span: Span| found.push(Need { event, span });
            self.resource(at, index, &mut say);
            let done = Event::Done(self.resource_address(at, index));
            needs.of.insert(done.clone(), unique(found, &done));
        }
    }

    /// What a resource refers to, the one that it is nested in included.
    fn resource(&mut self, at: usize, resource: usize, say: &mut dyn FnMut(Event, Span)) {
        let declared = Arc::clone(&self.calls[at].declared);
        let placed = &declared.resources[resource];
        if let Some(outer) = placed.outer {
            self.meet(at, outer, placed.declaration.head, say);
        }
        let place = Place { call: at, inside: placed.outer, bound: Vec::new() };
        self.declaration(&place, Some(resource), &placed.declaration, say);
    }

    fn declaration(
        &mut self,
        place: &Place,
        own: Option<usize>,
        declaration: &Declaration,
        say: &mut dyn FnMut(Event, Span),
    ) {
        let mut within = place.clone();
        if let Some(repeat) = &declaration.repeat {
            self.expression(place, repeat.expression(), say);
            if let Repeat::Loop { item, index, .. } = repeat {
                within.bound.push(item.clone());
                within.bound.extend(index.clone());
            }
        }
        if let Some(condition) = &declaration.condition {
            self.expression(&within, condition, say);
        }
        within.inside = own.or(within.inside);
        self.expression(&within, &declaration.body, say);
        if let Some(list) = &declaration.depends_on {
            self.expression(&within, list, say);
        }
        self.texts(place.call, own, declaration, say);
    }

    /// What a template's declaration refers to by ids and names: all of `dependsOn`, and the arguments of `reference`
    /// and `list…`.
    fn texts(&mut self, at: usize, own: Option<usize>, declaration: &Declaration, say: &mut dyn FnMut(Event, Span)) {
        let call = &self.calls[at];
        let Some(module) = call.module.filter(|_| call.declared.is_template()) else { return };
        let holder = match (own, call.declared.calls.get(&declaration.name.name)) {
            (Some(resource), _) => Holder::Resource(resource),
            (None, Some(call)) => Holder::Call(Arc::clone(call)),
            (None, None) => return,
        };
        let mut ask = |expr: &Expr, among: usize| {
            for event in self.world.named_events(module, &holder, expr, among) {
                say(event, expr.span);
            }
        };
        if let Some(ExprKind::List(elements)) = declaration.depends_on.as_ref().map(|list| &list.kind) {
            let texts = elements.iter().map(Element::expr).filter(|item| !is_symbol(item));
            texts.for_each(|item| ask(item, module));
        }
        let mut asked: Vec<&Expr> = Vec::new();
        referred(&declaration.body, &mut asked);
        if let Some(condition) = &declaration.condition {
            referred(condition, &mut asked);
        }
        let among = self.world.seen_from(At { module, inside: None }).module;
        asked.into_iter().for_each(|expr| ask(expr, among));
    }

    /// A resource that is referred to: it has to be done, or, where it exists already, what it refers to itself.
    fn meet(&mut self, at: usize, resource: usize, span: Span, say: &mut dyn FnMut(Event, Span)) {
        if !self.calls[at].declared.resources[resource].declaration.existing {
            return say(Event::Done(self.resource_address(at, resource)), span);
        }
        for event in self.passed(Passing::Existing(at, resource)).iter() {
            say(event.clone(), span);
        }
    }

    /// Everything that an expression refers to, through what passes references on.
    fn expression(&mut self, place: &Place, expr: &Expr, say: &mut dyn FnMut(Event, Span)) {
        match &expr.kind {
            ExprKind::Name(name) if !place.bound.contains(name) => {
                let declared = Arc::clone(&self.calls[place.call].declared);
                if let Some(resource) = declared.resource(name, place.inside) {
                    self.meet(place.call, resource, expr.span, say);
                } else if declared.calls.contains_key(name) {
                    let address = qualified(&self.calls[place.call].address, name);
                    say(Event::Done(self.address(&address)), expr.span);
                } else if declared.locals.contains_key(name) {
                    for event in self.passed(Passing::Local(place.call, name.clone())).iter() {
                        say(event.clone(), expr.span);
                    }
                }
            }
            ExprKind::Nested { object, .. } => match self.nested(place, expr) {
                Some(resource) => {
                    self.meet(place.call, resource, expr.span, say);
                    let mut object = object;
                    // What stands in the indices on the way refers to other things.
                    loop {
                        match &object.kind {
                            ExprKind::Nested { object: outer, .. } => object = outer,
                            ExprKind::Index { object: outer, index, .. } => {
                                self.expression(place, index, say);
                                object = outer;
                            }
                            _ => break,
                        }
                    }
                }
                None => self.expression(place, object, say),
            },
            // `nameof(vnet)` is its name and nothing more.
            ExprKind::Call { function, .. } if function == "nameof" || function == "sys.nameof" => {}
            ExprKind::For(repeated) => {
                self.expression(place, &repeated.collection, say);
                let mut within = place.clone();
                match &repeated.binder {
                    Binder::ItemIndex { item, index } => {
                        within.bound.push(item.clone());
                        within.bound.extend(index.clone());
                    }
                    Binder::KeyValue { key, value } => {
                        within.bound.push(value.clone());
                        within.bound.extend(key.clone());
                    }
                    Binder::Iterator(name) => within.bound.push(name.clone()),
                }
                if let Some(condition) = &repeated.condition {
                    self.expression(&within, condition, say);
                }
                match &repeated.result {
                    Yield::Item(expr) | Yield::Text(expr) => self.expression(&within, expr, say),
                    Yield::Pair { key, value, .. } => {
                        self.expression(&within, key, say);
                        self.expression(&within, value, say);
                    }
                }
            }
            ExprKind::Lambda { parameters, body } => {
                let mut within = place.clone();
                within.bound.extend(parameters.iter().cloned());
                self.expression(&within, body, say);
            }
            _ => expr.each_child(&mut |child| self.expression(place, child, say)),
        }
    }

    /// The resource behind `vnet::nodes` or `vnet[0]::nodes`.
    fn nested(&self, place: &Place, expr: &Expr) -> Option<usize> {
        let declared = &self.calls[place.call].declared;
        match &expr.kind {
            ExprKind::Name(name) if !place.bound.contains(name) => declared.resource(name, place.inside),
            ExprKind::Index { object, .. } => self.nested(place, object),
            ExprKind::Nested { object, name } => {
                let outer = self.nested(place, object)?;
                declared.resources[outer].inner.get(name).copied()
            }
            _ => None,
        }
    }

    /// Everything that a variable or an existing resource refers to in the end.
    fn passed(&mut self, passing: Passing) -> Rc<Vec<Event>> {
        if let Some(known) = self.known.get(&passing) {
            return Rc::clone(known);
        }
        if self.depth >= DEEPEST_CHAIN || !self.asked.insert(passing.clone()) {
            return Rc::default();
        }
        self.depth += 1;
        let mut found: Vec<Event> = Vec::new();
        let mut say = |event: Event, _: Span| found.push(event);
        match &passing {
            Passing::Local(at, name) => {
                let declared = Arc::clone(&self.calls[*at].declared);
                if let Some(local) = declared.locals.get(name) {
                    let place = Place { call: *at, inside: None, bound: Vec::new() };
                    self.expression(&place, &local.value, &mut say);
                }
            }
            Passing::Existing(at, resource) => self.resource(*at, *resource, &mut say),
        }
        self.depth -= 1;
        found.sort();
        found.dedup();
        let found = Rc::new(found);
        self.known.insert(passing, Rc::clone(&found));
        found
    }
}

/// A symbolic name, or an instance of what it names.
fn is_symbol(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(_) => true,
        ExprKind::Index { object, .. } => is_symbol(object),
        _ => false,
    }
}

/// What the calls of `reference` and `list…` in an expression ask for.
fn referred<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
    if let ExprKind::Call { function, arguments, .. } = &expr.kind
        && let Some(first) = arguments.first().filter(|first| !is_symbol(first))
    {
        let function = function.to_ascii_lowercase();
        if function == "reference" || function.starts_with("list") {
            found.push(first);
        }
    }
    expr.each_child(&mut |child| referred(child, found));
}

/// Each event once, at the first place that names it, without itself.
fn unique(found: Vec<Need>, own: &Event) -> Vec<Need> {
    let mut seen: FxHashSet<Event> = FxHashSet::default();
    found.into_iter().filter(|need| need.event != *own && seen.insert(need.event.clone())).collect()
}
