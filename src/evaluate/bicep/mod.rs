//! In: a Bicep file that is deployed and its inputs. Out: every resource of it and of the modules it calls.
//! Never: knows a resource type of Azure, but for those that are themselves places to deploy to.

mod calls;
mod cloud;
mod declared;
mod instances;
mod located;
mod named;
mod needs;
mod resources;
mod scope;
mod target;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxHashMap;

use super::expression::{Bindings, Evaluator, Fuel, Refused, form};
use super::memory::Memory;
use super::way::Way;
use super::{DEEPEST_CALLS, FUEL, MOST_MODULES, answer, cut_short};
use super::{Evaluated, Given, Library, ModelledModule, ModuleCall, Root, UnreadModule};
use crate::source::{Refusal, Span, directory_of, join};
use crate::syntax::{Declaration, Dialect, Expr, ExprKind, Fault, Field};
use crate::value::{Address, Hand, Kind, Origin, Reason, Reference, RootId, SmolStr, Truth, Unknown, Value};

pub use cloud::Cloud;
pub(super) use declared::Declared;
use instances::{Instances, Loop, Made};
pub use located::located;
use target::{Level, Target};

/// The longest chain of variables, parameters and functions that ask for each other.
const DEEPEST_CHAIN: u32 = 128;

/// Bicep is the dialect of everything here.
const DIALECT: Dialect = Dialect::Bicep;

/// A file that is being evaluated: the root, one instance of a module, or what others import names from.
struct Module {
    declared: Arc<Declared>,
    /// `""` for the root, else as in `hub[1].dns`.
    address: String,
    way: Way,
    parent: Option<Parent>,
    target: Target,
    memory: Memory<Wanted>,
}

/// Where a module instance was called.
struct Parent {
    module: usize,
    call: Arc<Declaration>,
    made: Made,
}

/// What a module remembers once it was worked out.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Wanted {
    Input(SmolStr),
    Local(SmolStr),
    Output(SmolStr),
    /// What a parameter file assigns.
    Assigned(SmolStr),
    /// All arguments of a module, where they are not written one by one.
    Arguments,
    /// The name of the deployment that an instance of a module call is, by its address.
    Deployment(String),
    /// A member of a resource: which one, which instance of it, and the member.
    Member(usize, usize, SmolStr),
    /// All members of a resource, where they are not written one by one.
    Members(usize, usize),
}

/// A place in a program: a file, and the resource whose nested ones go by their short names.
#[derive(Clone, Copy)]
struct At {
    module: usize,
    inside: Option<usize>,
}

/// One root's evaluation.
struct World<'a> {
    library: &'a Library<'a>,
    root: &'a Root,
    given: &'a Given<'a>,
    fuel: Fuel,
    refused: RefCell<Vec<Refused>>,
    depth: Cell<u32>,
    modules: RefCell<Vec<Rc<Module>>>,
    /// What the models declare that stand at calls, by the model and the call.
    standing: RefCell<BTreeMap<String, Arc<Declared>>>,
    /// The files that names were imported from, as modules of their own.
    imported: RefCell<BTreeMap<String, usize>>,
    /// The modules that are written where they are called, by the place of the call.
    inline: RefCell<FxHashMap<Span, Arc<Declared>>>,
    /// What the resources and modules of a template go by.
    named: RefCell<FxHashMap<usize, Rc<Vec<named::Known>>>>,
    children: RefCell<FxHashMap<(usize, SmolStr), Rc<Children>>>,
    made: RefCell<FxHashMap<(usize, usize), Rc<Instances>>>,
    /// Which resource instance stands behind an address that was given out.
    places: RefCell<FxHashMap<Address, resources::Instance>>,
    unread: RefCell<IndexMap<String, UnreadModule>>,
    modelled: RefCell<IndexMap<String, ModelledModule>>,
    faults: RefCell<Vec<Fault>>,
    cut: RefCell<Vec<Fault>>,
}

/// The instances of a module call, or why there are none to look into.
struct Children {
    instances: Rc<Instances>,
    /// The place of each instance among the world's modules; `None` where the source is not read.
    modules: Option<Vec<usize>>,
    address: String,
}

/// Evaluates the Bicep file of a root.
pub fn evaluate(library: &Library, root: &Root, given: &Given) -> Evaluated {
    let world = World::new(library, root, given, FUEL);
    let Ok(declared) = world.file(&root.path) else { return Evaluated::default() };
    world.enter_file(declared);
    let mut evaluated = Evaluated::default();
    world.gather(0, &mut evaluated);
    let main = world.module(0);
    for name in main.declared.outputs.keys() {
        evaluated.outputs.insert(name.clone(), world.output(0, name));
    }
    for name in main.declared.locals.keys() {
        evaluated.variables.insert(name.clone(), world.local(0, name));
    }
    for name in main.declared.inputs.keys() {
        if let Kind::Unknown(unknown) = world.input(0, name).kind
            && unknown.reason() == Reason::Input
        {
            evaluated.open_inputs.push(unknown);
        }
    }
    evaluated.needs = needs::of(&world);
    evaluated.unread = world.unread.take().into_values().collect();
    evaluated.modelled = world.modelled.take().into_values().collect();
    evaluated.faults = world.faults.take();
    evaluated.cut = world.cut.take();
    if world.fuel.ran_out() {
        evaluated.cut.extend(main.declared.start().map(cut_short));
    }
    evaluated
}

/// The values that a parameter file assigns, with what it `extends` beneath them.
pub fn assigned(library: &Library, root: &Root, path: &str) -> BTreeMap<SmolStr, Value> {
    let inputs = BTreeMap::new();
    let given = Given { inputs: &inputs, max_instances: MOST_MODULES, outputs: &Vec::new() };
    let world = World::new(library, root, &given, FUEL);
    let mut values = BTreeMap::new();
    // What a file extends is beneath it; a chain that comes back to itself ends there.
    let mut chain: Vec<String> = vec![path.to_string()];
    let mut at = 0;
    while let Some(Ok(declared)) = chain.get(at).map(|path| world.file(path)) {
        for base in &declared.extends {
            if let Some(base) = base.as_literal().and_then(|base| join(&declared.directory, base))
                && !chain.contains(&base)
                && chain.len() < DEEPEST_CALLS
            {
                chain.push(base);
            }
        }
        at += 1;
    }
    for path in chain.iter().rev() {
        let Ok(declared) = world.file(path) else { continue };
        let names: Vec<SmolStr> = declared.assignments.keys().cloned().collect();
        let module = world.enter_file(declared);
        for name in names {
            let value = world.assigned(module, &name);
            values.insert(name, value);
        }
    }
    values
}

/// Evaluates single expressions in a file's scope, as `bicep console` does.
pub struct Console<'a> {
    world: World<'a>,
}

impl<'a> Console<'a> {
    /// A console in the root's file; without one there are no names.
    pub fn new(library: &'a Library<'a>, root: &'a Root, given: &'a Given<'a>) -> Console<'a> {
        let world = World::new(library, root, given, u64::MAX);
        let declared = world.file(&root.path).unwrap_or_else(|_| {
            let directory = directory_of(&root.path).to_string();
            Arc::new(Declared { path: root.path.clone(), directory, ..Declared::default() })
        });
        world.enter_file(declared);
        Console { world }
    }

    /// The value of an expression, or the first reason for which Bicep would refuse it.
    pub fn evaluate(&self, expr: &Expr) -> Result<Value, String> {
        self.world.refused.borrow_mut().clear();
        let value = self.world.value(At { module: 0, inside: None }, expr, Bindings::default());
        answer(value, &self.world.refused.borrow())
    }
}

impl<'a> World<'a> {
    fn new(library: &'a Library<'a>, root: &'a Root, given: &'a Given<'a>, fuel: u64) -> World<'a> {
        World {
            library,
            root,
            given,
            fuel: Fuel::new(fuel),
            refused: RefCell::default(),
            depth: Cell::new(0),
            modules: RefCell::default(),
            standing: RefCell::default(),
            imported: RefCell::default(),
            inline: RefCell::default(),
            named: RefCell::default(),
            children: RefCell::default(),
            made: RefCell::default(),
            places: RefCell::default(),
            unread: RefCell::default(),
            modelled: RefCell::default(),
            faults: RefCell::default(),
            cut: RefCell::default(),
        }
    }

    fn id(&self) -> RootId {
        self.root.id
    }

    fn module(&self, module: usize) -> Rc<Module> {
        Rc::clone(&self.modules.borrow()[module])
    }

    fn file(&self, path: &str) -> Result<Arc<Declared>, Refusal> {
        self.library.declared(path)
    }

    /// A file on its own: the root, a parameter file, or one that names are imported from.
    fn enter_file(&self, declared: Arc<Declared>) -> usize {
        let level = Level::of(declared.target_scope.as_deref());
        let mut modules = self.modules.borrow_mut();
        modules.push(Rc::new(Module {
            declared,
            address: String::new(),
            way: Way::root(),
            parent: None,
            target: Target::of_root(self.id(), level),
            memory: Memory::default(),
        }));
        modules.len() - 1
    }

    /// Whose names an expression at `at` uses: those of the first module around it that has some of its own.
    fn seen_from(&self, at: At) -> At {
        let mut at = at;
        loop {
            let of = self.module(at.module);
            match &of.parent {
                Some(parent) if of.declared.shares_scope => at = At { module: parent.module, inside: None },
                _ => return at,
            }
        }
    }

    /// The instance of the call around a module, where the module knows its names.
    fn round_of_call(&self, module: usize) -> Option<Rc<Made>> {
        let of = self.module(module);
        of.parent.as_ref().filter(|_| of.declared.shares_scope).map(|parent| Rc::new(parent.made.clone()))
    }

    fn with_evaluator<T>(&self, at: At, run: impl FnOnce(&Evaluator) -> T) -> T {
        let at = self.seen_from(at);
        let here = scope::Here { world: self, at, of: self.module(at.module) };
        run(&Evaluator { scope: &here, sources: self.library.sources, fuel: &self.fuel, refused: &self.refused })
    }

    fn value(&self, at: At, expr: &Expr, bindings: Bindings) -> Value {
        self.with_evaluator(at, |evaluator| evaluator.value(expr, bindings))
    }

    fn refuse(&self, module: usize, span: Span, message: String) -> Value {
        self.with_evaluator(At { module, inside: None }, |evaluator| evaluator.refuse(span, message))
    }

    fn unknown(&self, name: impl AsRef<str>, reason: Reason, span: Span) -> Value {
        Value::unknown(Unknown::new(self.id(), name, reason).at(span)).with_origin(Origin::written(span))
    }

    /// Runs `work` unless too much already waits for its answer: the depth of a program must not become the depth of
    /// the stack.
    fn deeper<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let depth = self.depth.get();
        if depth >= DEEPEST_CHAIN {
            return None;
        }
        self.depth.set(depth + 1);
        let result = work();
        self.depth.set(depth);
        Some(result)
    }

    /// Works something out once. Whoever asks for it while that goes on stands in a cycle.
    fn remember(&self, module: usize, wanted: Wanted, span: Span, work: impl FnOnce() -> Value) -> Value {
        let too_long = || self.unknown("a long chain of names", Reason::Limit, span);
        let work = || self.deeper(work).unwrap_or_else(too_long);
        let circle = || self.refuse(module, span, "this depends on itself".into());
        self.module(module).memory.once(wanted, work).unwrap_or_else(circle)
    }

    /// `param name`.
    fn input(&self, module: usize, name: &str) -> Value {
        let of = self.module(module);
        let Some(input) = of.declared.inputs.get(name) else {
            return Value::unknown(Unknown::new(self.id(), qualified(&of.address, name), Reason::Broken));
        };
        let wanted = Wanted::Input(SmolStr::new(name));
        self.remember(module, wanted, input.span, || {
            let default = || {
                input.default.as_ref().map(|expr| {
                    let value = self.value(At { module, inside: None }, expr, Bindings::default());
                    let origin = value.origin.through(Hand::Default(SmolStr::new(name)), input.name.span);
                    value.with_origin(origin)
                })
            };
            let value = match self.argument(module, &of, name) {
                // A parameter that is given null keeps its default, as in ARM.
                Some(value) if input.default.is_some() && value.candidates().iter().any(Value::is_null) => {
                    let default = default().unwrap_or_else(Value::null);
                    match &value.kind {
                        Kind::OneOf { condition, values } => {
                            let instead = |value: &Value| if value.is_null() { default.clone() } else { value.clone() };
                            Value::one_of(condition.clone(), values.iter().map(instead))
                        }
                        _ => default,
                    }
                }
                Some(value) => value,
                None => default().unwrap_or_else(|| {
                    if input.optional {
                        return Value::null().with_origin(Origin::written(input.name.span));
                    }
                    self.unknown(qualified(&of.address, name), Reason::Input, input.name.span)
                }),
            };
            value.with_secret(input.secret)
        })
    }

    /// What the caller gives to an input.
    fn argument(&self, module: usize, of: &Module, name: &str) -> Option<Value> {
        let hand = Hand::Argument(SmolStr::new(name));
        let Some(parent) = &of.parent else {
            let value = self.given.inputs.get(name)?.clone();
            return Some(match value.origin.last() {
                Some(span) => {
                    let origin = value.origin.through(hand, span);
                    value.with_origin(origin)
                }
                None => value,
            });
        };
        let written = parent.call.body.field("params")?;
        let (value, span) = match &written.kind {
            ExprKind::Object(fields) if fields.iter().all(|field| field.literal_key().is_some()) => {
                let expr = written.field(name)?;
                let at = At { module: parent.module, inside: None };
                (parent.made.with_bindings(|bindings| self.value(at, expr, bindings)), expr.span)
            }
            _ => {
                let all = self.remember(module, Wanted::Arguments, written.span, || {
                    let at = At { module: parent.module, inside: None };
                    parent.made.with_bindings(|bindings| self.value(at, written, bindings))
                });
                match &all.kind {
                    Kind::Object { fields, rest: None, .. } => (fields.get(name)?.clone(), written.span),
                    Kind::Null => return None,
                    _ => {
                        let at = At { module, inside: None };
                        (self.with_evaluator(at, |e| e.get(&all, name, true, written.span)), written.span)
                    }
                }
            }
        };
        let origin = value.origin.through(hand, span);
        Some(value.with_origin(origin))
    }

    /// `var name`.
    fn local(&self, module: usize, name: &str) -> Value {
        let of = self.module(module);
        let Some(local) = of.declared.locals.get(name) else {
            return Value::unknown(Unknown::new(self.id(), qualified(&of.address, name), Reason::Broken));
        };
        self.remember(module, Wanted::Local(SmolStr::new(name)), local.value.span, || {
            let value = self.value(At { module, inside: None }, &local.value, Bindings::default());
            let origin = value.origin.through(Hand::Local(SmolStr::new(name)), local.name.span);
            value.with_origin(origin)
        })
    }

    /// `output name`.
    fn output(&self, module: usize, name: &str) -> Value {
        let of = self.module(module);
        let Some(output) = of.declared.outputs.get(name) else {
            return Value::unknown(Unknown::new(self.id(), qualified(&of.address, name), Reason::Broken));
        };
        self.remember(module, Wanted::Output(SmolStr::new(name)), output.value.span, || {
            let here = Made::within(self.round_of_call(module));
            let value = here.with_bindings(|bindings| self.value(At { module, inside: None }, &output.value, bindings));
            let origin = value.origin.through(Hand::Output(SmolStr::new(name)), output.name.span);
            value.with_origin(origin).with_secret(output.secret)
        })
    }

    /// `param name = value` in a parameter file.
    fn assigned(&self, module: usize, name: &str) -> Value {
        let of = self.module(module);
        let Some(assignment) = of.declared.assignments.get(name) else { return Value::null() };
        self.remember(module, Wanted::Assigned(SmolStr::new(name)), assignment.value.span, || {
            self.value(At { module, inside: None }, &assignment.value, Bindings::default())
        })
    }

    /// The file that a path names, seen from a module's file, entered as one that names are imported from.
    fn imported(&self, of: &Module, path: &Expr) -> Option<usize> {
        let path = located(self.library, &of.declared.directory, path.as_literal()?).ok()?;
        if let Some(known) = self.imported.borrow().get(&path) {
            return Some(*known);
        }
        let declared = self.file(&path).ok()?;
        let module = self.enter_file(declared);
        self.imported.borrow_mut().insert(path, module);
        Some(module)
    }

    /// The instances of a resource or module: its loop, and its condition for each round.
    fn repeat(&self, at: At, declaration: &Declaration) -> Instances {
        let around = self.round_of_call(at.module);
        let outside = Made::within(around.clone());
        let mut instances = match &declaration.repeat {
            None => Instances::one(),
            Some(crate::syntax::Repeat::Loop { item, index, collection }) => {
                let value = outside.with_bindings(|bindings| self.value(at, collection, bindings));
                let most = self.given.max_instances;
                let walked = Loop { item, index: index.as_ref(), collection: &value, span: collection.span };
                let said = match &value.kind {
                    Kind::Unknown(unknown) if unknown.reason() == Reason::Limit => {
                        Some("this loop makes too many instances; they are looked at as one".to_string())
                    }
                    _ if value.items().is_some_and(|items| items.len() > most) => {
                        Some(format!("this loop makes more than {most} instances; they are looked at as one"))
                    }
                    _ => None,
                };
                if let Some(message) = said {
                    let note = Fault { span: collection.span, message, opened: None };
                    let mut cut = self.cut.borrow_mut();
                    if !cut.iter().any(|known| known.span == note.span) {
                        cut.push(note);
                    }
                }
                Instances::of(&walked, self.id(), most)
            }
            Some(repeat) => {
                let value = self.value(at, repeat.expression(), Bindings::default());
                Instances::open(Unknown::new(self.id(), form(&value), Reason::Broken))
            }
        };
        if around.is_some() {
            instances.made.iter_mut().for_each(|made| made.around = around.clone());
        }
        if let Some(condition) = &declaration.condition {
            for made in &mut instances.made {
                let decided = made.with_bindings(|bindings| self.value(at, condition, bindings));
                let answer = decided.is_true();
                made.exists = made.exists & answer;
                if answer == Truth::Unknown && made.decides.is_none() {
                    made.decides = Some(match decided.first_hole() {
                        Some(hole) => hole.unknown(),
                        None => Unknown::new(self.id(), form(&decided), Reason::Condition).at(condition.span),
                    });
                }
            }
        }
        instances
    }

    /// Every resource of a module and of the modules that it calls.
    fn gather(&self, module: usize, into: &mut Evaluated) {
        let of = self.module(module);
        for resource in 0..of.declared.resources.len() {
            let instances = self.instances(module, resource);
            for index in told(&instances) {
                into.resources.push(self.resource(resources::Instance { module, resource, index }));
            }
        }
        for call in of.declared.calls.values() {
            let children = self.children(module, call);
            let Some(modules) = &children.modules else { continue };
            for index in told(&children.instances) {
                let Some(child) = modules.get(index).copied() else { continue };
                let child_module = self.module(child);
                into.modules.push(ModuleCall {
                    address: Address::new(self.id(), &child_module.address),
                    module: child_module.way.symbols.clone(),
                    span: call.head,
                });
                self.gather(child, into);
            }
        }
    }
}

/// The instances worth telling: those that may be there, else one that stands for the declaration.
fn told(instances: &Instances) -> Vec<usize> {
    let there: Vec<usize> = (0..instances.made.len()).filter(|index| !instances.made[*index].absent()).collect();
    if there.is_empty() && !instances.made.is_empty() { vec![0] } else { there }
}

/// A name as it is known from the root.
fn qualified(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_string() } else { format!("{module}.{name}") }
}

/// The fields of an object that are all written with literal keys; `None` where some are spread or worked out.
fn written_one_by_one(body: &Expr) -> Option<&[Field]> {
    match &body.kind {
        ExprKind::Object(fields) if fields.iter().all(|field| field.literal_key().is_some()) => Some(fields),
        _ => None,
    }
}

/// A reference to a resource's attribute.
fn reference(address: &Address, path: impl Into<Arc<[crate::value::Segment]>>) -> Value {
    Value::reference(Reference::new(address.clone(), path))
}

#[cfg(test)]
mod template_tests;
#[cfg(test)]
mod tests;
