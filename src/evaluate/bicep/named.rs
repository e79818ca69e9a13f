//! In: a text in a template, as `dependsOn` and `reference` have it. Out: which resource or module it names.
//! Never: guesses: a text that could name several things for all that is known names none.
//!
//! ```json
//! "dependsOn": [ "[resourceId('Microsoft.Network/virtualNetworks', variables('vnet'))]", "nsg-loop", "route-table" ]
//! ```

use std::rc::Rc;
use std::sync::Arc;

use super::declared::Declared;
use super::instances::Made;
use super::resources::Instance;
use super::target::{Target, id_of, joined, pieces_of};
use super::{At, World, qualified};
use crate::evaluate::Event;
use crate::syntax::{Declaration, Expr, Repeat};
use crate::value::{Address, Kind, Piece, Pieces, SmolStr, Truth, Value};

/// The type of deployments.
const DEPLOYMENTS: &str = "/providers/Microsoft.Resources/deployments/";

/// The most instances of a declaration whose `dependsOn` are read one by one.
const MOST_INSTANCES: usize = 64;

/// A resource or module of a template and what it goes by.
pub struct Known {
    pub what: Named,
    by: Vec<Pieces>,
    /// The end of its id, where what comes before says where it is deployed.
    ending: Option<Pieces>,
}

/// What a text names.
#[derive(Clone, Debug)]
pub enum Named {
    /// An instance of a resource.
    Resource(Instance),
    /// An instance of a module call, by its place.
    Call(Arc<Declaration>, usize),
}

/// The declaration that a text stands in.
pub enum Holder {
    /// A resource, by its place in its file.
    Resource(usize),
    /// A module call.
    Call(Arc<Declaration>),
}

impl World<'_> {
    /// What a value names among the resources and modules of a template.
    pub(super) fn named(&self, module: usize, value: &Value) -> Vec<Named> {
        let Kind::Text(text) = &self.spelled_out(value).kind else {
            let Some(pieces) = pieces_of(value) else { return Vec::new() };
            return self.going_by(module, &pieces);
        };
        self.going_by(module, text)
    }

    fn going_by(&self, module: usize, text: &Pieces) -> Vec<Named> {
        let same = |known: &Pieces| known.equals_ignoring_case(text) == Truth::Yes;
        let ending = |ending: &Pieces| {
            let segments = text.split('/');
            let count = segments.len();
            count > 3 && same_ending(&segments[count - 3..], &ending.split('/'))
        };
        let known = self.known(module);
        let found = known.iter().filter(|known| known.by.iter().any(same) || known.ending.as_ref().is_some_and(ending));
        found.map(|known| known.what.clone()).collect()
    }

    /// Everything in a template that can be named.
    fn known(&self, module: usize) -> Rc<Vec<Known>> {
        if let Some(known) = self.named.borrow().get(&module) {
            return Rc::clone(known);
        }
        // Whoever asks while the names are worked out asks for a name that hangs on itself.
        self.named.borrow_mut().insert(module, Rc::default());
        let of = self.module(module);
        let mut all = Vec::new();
        if of.declared.is_template() {
            for resource in 0..of.declared.resources.len() {
                self.of_resource(module, &of.declared, resource, &mut all);
            }
        }
        // Bicep names its resources by symbols, and may still ask for a module by its deployment's name.
        for call in of.declared.calls.values() {
            self.of_call(module, call, &mut all);
        }
        let all = Rc::new(all);
        self.named.borrow_mut().insert(module, Rc::clone(&all));
        all
    }

    fn of_resource(&self, module: usize, declared: &Declared, resource: usize, all: &mut Vec<Known>) {
        let placed = &declared.resources[resource];
        let instances = self.instances(module, resource);
        for index in 0..instances.made.len() {
            let instance = Instance { module, resource, index };
            let mut by: Vec<Pieces> = self.id_text(instance).into_iter().collect();
            by.extend(copy_of(&placed.declaration).map(Pieces::literal));
            let names: Option<Vec<Pieces>> = self.names(instance, 0).iter().map(pieces_of).collect();
            if let Some(names) = names {
                // `concat('Microsoft.Network/virtualNetworks/', name)`, as in the first templates.
                let relative = id_of(&Target::tenant(), &placed.type_name, &names);
                by.extend(relative.and_then(|id| without(&id, "/providers/")));
                let slash = Pieces::literal("/");
                let whole = names.iter().enumerate();
                let whole = whole.flat_map(|(at, name)| (at > 0).then_some(&slash).into_iter().chain([name]));
                by.push(Pieces::concat(whole));
            }
            all.push(Known { what: Named::Resource(instance), by, ending: None });
        }
    }

    fn of_call(&self, module: usize, call: &Arc<Declaration>, all: &mut Vec<Known>) {
        let children = self.children(module, call);
        for (index, made) in children.instances.made.iter().enumerate() {
            let mut by: Vec<Pieces> = copy_of(call).map(Pieces::literal).into_iter().collect();
            let mut ending = None;
            if let Some(name) = self.deployment_name(module, call, made).as_ref().and_then(pieces_of) {
                let tail = joined(&[Pieces::literal(DEPLOYMENTS), name.clone()]);
                by.extend(without(&tail, "/providers/"));
                ending = Some(tail);
                by.push(name);
            }
            all.push(Known { what: Named::Call(Arc::clone(call), index), by, ending });
        }
    }

    /// What a declaration waits for by a text that it holds, as in `dependsOn`, `reference` and `listKeys`; `among` is
    /// the module whose resources the text names.
    pub(super) fn named_events(&self, module: usize, of: &Holder, expr: &Expr, among: usize) -> Vec<Event> {
        let evaluated = |made: &Made, inside: Option<usize>| {
            made.with_bindings(|bindings| self.value(At { module, inside }, expr, bindings))
        };
        let values: Vec<Value> = match of {
            Holder::Resource(resource) => {
                let instances = self.instances(module, *resource);
                let made = instances.made.iter().take(MOST_INSTANCES);
                made.map(|made| evaluated(made, Some(*resource))).collect()
            }
            Holder::Call(call) => {
                let children = self.children(module, call);
                let made = children.instances.made.iter().take(MOST_INSTANCES);
                made.map(|made| evaluated(made, None)).collect()
            }
        };
        let mut events: Vec<Event> = Vec::new();
        for named in values.iter().flat_map(Value::candidates).flat_map(|value| self.named(among, value)) {
            let of = self.module(among);
            let address = match &named {
                Named::Resource(instance) => {
                    let placed = &of.declared.resources[instance.resource];
                    if placed.declaration.existing {
                        continue;
                    }
                    qualified(&of.address, &placed.symbol)
                }
                Named::Call(call, _) => qualified(&of.address, &call.name.name),
            };
            let event = Event::Done(Address::new(self.id(), address).declaration());
            if !events.contains(&event) {
                events.push(event);
            }
        }
        events
    }
}

/// The name of the copy that a declaration is repeated by.
fn copy_of(declaration: &Declaration) -> Option<&str> {
    match &declaration.repeat {
        Some(Repeat::Loop { item, .. }) => item.strip_prefix("copy '")?.strip_suffix('\''),
        _ => None,
    }
}

/// A text without what it begins with.
fn without(text: &Pieces, beginning: &str) -> Option<Pieces> {
    let (first, rest) = text.pieces().split_first()?;
    let Piece::Literal(literal) = first else { return None };
    let first = Piece::Literal(SmolStr::new(literal.strip_prefix(beginning)?));
    Some(Pieces::of([first].into_iter().chain(rest.iter().cloned())))
}

fn same_ending(left: &[Pieces], right: &[Pieces]) -> bool {
    let right = &right[right.len().saturating_sub(left.len())..];
    left.iter().zip(right).all(|(left, right)| left.equals_ignoring_case(right) == Truth::Yes)
}
