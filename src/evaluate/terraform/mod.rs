//! In: a Terraform root module and its inputs. Out: every resource instance of it and of its modules.
//! Never: knows a resource type of Azure.

mod configuration;
mod convert;
mod instances;
mod needs;
mod plan;
mod providers;
pub mod remote;
mod restored;
mod scope;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxHashMap;

use super::expression::{Bindings, Evaluator, Fuel, Refused};
use super::memory::Memory;
use super::way::Way;
use super::{DEEPEST_CALLS, FUEL, MOST_MODULES, answer, cut_short, in_another_case};
use super::{
    Evaluated, Given, Library, ModelledModule, ModuleCall, Modules, Resource, Root, Site, UnreadModule, models,
};
use crate::source::Span;
use crate::syntax::{Declaration, Expr, ExprKind, Fault};
use crate::value::{Address, Hand, Kind, Origin, Pieces, Reason, Reference, RootId, SmolStr, Unknown, Value};

pub use configuration::{Configuration, files, is_configuration};
use configuration::{DIALECT, local_source, provider_of};
use instances::{Instances, Made};
pub use plan::{is_plan, tree_of};

/// A module call that is being evaluated: one instance of it.
struct Module {
    configuration: Arc<Configuration>,
    /// `""` for the root, else as in `module.hub["a"]`.
    address: String,
    way: Way,
    parent: Option<Parent>,
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
    /// An attribute of an instance: the declaration's place, which instance, and the attribute.
    Attribute(bool, SmolStr, SmolStr, usize, SmolStr),
}

/// One root's evaluation.
struct World<'a> {
    library: &'a Library<'a>,
    root: &'a Root,
    given: &'a Given<'a>,
    fuel: Fuel,
    refused: RefCell<Vec<Refused>>,
    modules: RefCell<Vec<Rc<Module>>>,
    configurations: RefCell<plan::Configurations>,
    children: RefCell<FxHashMap<(usize, SmolStr), Rc<Children>>>,
    declared: RefCell<FxHashMap<(usize, configuration::ResourceName), Rc<Instances>>>,
    unread: RefCell<IndexMap<String, UnreadModule>>,
    modelled: RefCell<IndexMap<String, ModelledModule>>,
    faults: RefCell<Vec<Fault>>,
    cut: RefCell<Vec<Fault>>,
    restored: BTreeMap<String, String>,
    /// The plan or state that the root is, laid over its configuration.
    laid: Option<plan::Laid>,
}

/// The instances of a module call, or why there are none to look into.
struct Children {
    instances: Rc<Instances>,
    /// The place of each made instance among the world's modules; `None` where the source is not read.
    modules: Option<Vec<usize>>,
    address: String,
}

/// Evaluates a root module.
pub fn evaluate(library: &Library, root: &Root, given: &Given) -> Evaluated {
    let world = World::new(library, root, given, Fuel::new(FUEL));
    let Some(configuration) = world.configuration(&root.path) else { return Evaluated::default() };
    world.enter_root(configuration);
    let mut evaluated = Evaluated::default();
    world.gather(0, &mut evaluated);
    let main = world.module(0);
    for name in main.configuration.outputs.keys() {
        evaluated.outputs.insert(name.clone(), world.output(0, name));
    }
    for name in main.configuration.locals.keys() {
        evaluated.variables.insert(name.clone(), world.local(0, name));
    }
    for name in main.configuration.inputs.keys() {
        if let Kind::Unknown(unknown) = world.input(0, name).kind {
            evaluated.open_inputs.push(unknown);
        }
    }
    evaluated.needs = needs::of(&world);
    evaluated.plan_of = world.laid.as_ref().and_then(|laid| laid.tree.clone());
    evaluated.unread = world.unread.take().into_values().collect();
    evaluated.modelled = world.modelled.take().into_values().collect();
    evaluated.faults = world.faults.take();
    evaluated.providers = providers::versions(library, &main.configuration);
    evaluated.cut = world.cut.take();
    if world.fuel.ran_out() {
        evaluated.cut.extend(main.configuration.start().map(cut_short));
    }
    evaluated
}

/// Evaluates single expressions in a root, as `terraform console` does.
pub struct Console<'a> {
    world: World<'a>,
}

impl<'a> Console<'a> {
    /// A console in the root module; a directory without Terraform files has no names.
    pub fn new(library: &'a Library<'a>, root: &'a Root, given: &'a Given<'a>) -> Console<'a> {
        let world = World::new(library, root, given, Fuel::new(u64::MAX));
        let configuration = world
            .configuration(&root.path)
            .unwrap_or_else(|| Arc::new(Configuration { directory: root.path.clone(), ..Configuration::default() }));
        world.enter_root(configuration);
        Console { world }
    }

    /// The value of an expression, or the first reason for which Terraform would refuse it.
    pub fn evaluate(&self, expr: &Expr) -> Result<Value, String> {
        self.world.refused.borrow_mut().clear();
        let value = self.world.value(0, expr, Bindings::default());
        answer(value, &self.world.refused.borrow())
    }
}

impl<'a> World<'a> {
    fn new(library: &'a Library<'a>, root: &'a Root, given: &'a Given<'a>, fuel: Fuel) -> World<'a> {
        let (laid, configurations) = plan::of(library, &root.path).unzip();
        World {
            library,
            root,
            given,
            fuel,
            refused: RefCell::default(),
            modules: RefCell::default(),
            configurations: RefCell::new(configurations.unwrap_or_default()),
            children: RefCell::default(),
            declared: RefCell::default(),
            unread: RefCell::default(),
            modelled: RefCell::default(),
            faults: RefCell::default(),
            cut: RefCell::default(),
            restored: restored::directories(library, &root.path),
            laid,
        }
    }

    fn id(&self) -> RootId {
        self.root.id
    }

    fn module(&self, module: usize) -> Rc<Module> {
        Rc::clone(&self.modules.borrow()[module])
    }

    fn configuration(&self, directory: &str) -> Option<Arc<Configuration>> {
        if let Some(known) = self.configurations.borrow().get(directory) {
            return known.clone();
        }
        let read = Configuration::read(self.library, directory).map(Arc::new);
        self.configurations.borrow_mut().insert(directory.to_string(), read.clone());
        read
    }

    fn enter_root(&self, configuration: Arc<Configuration>) {
        self.modules.borrow_mut().push(Rc::new(Module {
            configuration,
            address: String::new(),
            way: Way::root(),
            parent: None,
            memory: Memory::default(),
        }));
    }

    /// The value of an expression of a module.
    fn value(&self, module: usize, expr: &Expr, bindings: Bindings) -> Value {
        let here = scope::Here { world: self, module, of: self.module(module) };
        let evaluator =
            Evaluator { scope: &here, sources: self.library.sources, fuel: &self.fuel, refused: &self.refused };
        evaluator.value(expr, bindings)
    }

    fn with_evaluator<T>(&self, module: usize, run: impl FnOnce(&Evaluator) -> T) -> T {
        let here = scope::Here { world: self, module, of: self.module(module) };
        run(&Evaluator { scope: &here, sources: self.library.sources, fuel: &self.fuel, refused: &self.refused })
    }

    /// Works something out once. Whoever asks for it while that goes on stands in a cycle.
    fn remember(&self, module: usize, wanted: Wanted, span: Span, work: impl FnOnce() -> Value) -> Value {
        let circle = |evaluator: &Evaluator| evaluator.refuse(span, "this depends on itself".into());
        self.module(module).memory.once(wanted, work).unwrap_or_else(|| self.with_evaluator(module, circle))
    }

    /// `var.name`.
    fn input(&self, module: usize, name: &str) -> Value {
        let of = self.module(module);
        let Some(input) = of.configuration.inputs.get(name) else {
            let span = of.configuration.resources.first().map(|r| r.head);
            let unknown = Unknown::new(self.id(), format!("var.{name}"), Reason::Broken);
            return Value::unknown(span.map_or(unknown.clone(), |span| unknown.at(span)));
        };
        let wanted = Wanted::Input(SmolStr::new(name));
        self.remember(module, wanted, input.span, || {
            let given = match &of.parent {
                None => self.given_to_the_root(name).map(|value| {
                    let span = value.origin.last().unwrap_or(input.span);
                    (value, Hand::Argument(SmolStr::new(name)), span)
                }),
                Some(parent) => parent.call.body.field(name).map(|expr| {
                    let value = parent.made.with_bindings(|bindings| self.value(parent.module, expr, bindings));
                    (value, Hand::Argument(SmolStr::new(name)), expr.span)
                }),
            };
            let given = given.filter(|(value, _, _)| !(value.is_null() && input.not_nullable));
            let default = || {
                input.default.as_ref().map(|expr| {
                    let value = self.value(module, expr, Bindings::default());
                    (value, Hand::Default(SmolStr::new(name)), input.name.span)
                })
            };
            let value = match given.or_else(default) {
                Some((value, hand, span)) => {
                    let value = match &input.type_constraint {
                        Some(constraint) => {
                            self.with_evaluator(module, |evaluator| convert::convert(evaluator, value, constraint))
                        }
                        None => value,
                    };
                    let origin = value.origin.through(hand, span);
                    value.with_origin(origin)
                }
                None => {
                    let prefix = if of.address.is_empty() { String::new() } else { format!("{}.", of.address) };
                    let name = format!("{prefix}var.{name}");
                    let unknown = Unknown::new(self.id(), name, Reason::Input).at(input.name.span);
                    Value::unknown(unknown).with_origin(Origin::written(input.name.span))
                }
            };
            value.with_secret(input.secret)
        })
    }

    fn given_to_the_root(&self, name: &str) -> Option<Value> {
        match &self.laid {
            Some(laid) => laid.variable(name).map(|expr| self.value(0, expr, Bindings::default())),
            None => self.given.inputs.get(name).cloned(),
        }
    }

    /// `local.name`.
    fn local(&self, module: usize, name: &str) -> Value {
        let of = self.module(module);
        let Some(local) = of.configuration.locals.get(name) else {
            return Value::unknown(Unknown::new(self.id(), format!("local.{name}"), Reason::Broken));
        };
        self.remember(module, Wanted::Local(SmolStr::new(name)), local.value.span, || {
            let value = self.value(module, &local.value, Bindings::default());
            let origin = value.origin.through(Hand::Local(SmolStr::new(name)), local.name.span);
            value.with_origin(origin)
        })
    }

    /// The output of a module instance.
    fn output(&self, module: usize, name: &str) -> Value {
        let of = self.module(module);
        let Some(output) = of.configuration.outputs.get(name) else {
            return Value::unknown(Unknown::new(self.id(), format!("output.{name}"), Reason::Broken));
        };
        self.remember(module, Wanted::Output(SmolStr::new(name)), output.value.span, || {
            let planned = self.laid.as_ref().filter(|_| module == 0).and_then(|laid| laid.output(name));
            let value = self.value(module, planned.unwrap_or(&output.value), Bindings::default());
            let origin = value.origin.through(Hand::Output(SmolStr::new(name)), output.name.span);
            value.with_origin(origin).with_secret(output.secret)
        })
    }

    /// The instances of a resource or data source.
    fn instances(&self, module: usize, declaration: &Declaration) -> Rc<Instances> {
        let name = (module, configuration::name_of(declaration));
        if let Some(known) = self.declared.borrow().get(&name) {
            return Rc::clone(known);
        }
        // Whoever asks for the instances while they are worked out is answered by a template of them.
        let unknown = Unknown::new(self.id(), "a repetition that depends on itself", Reason::Broken);
        self.declared.borrow_mut().insert(name.clone(), Rc::new(Instances::open(unknown)));
        let planned = self.laid.as_ref().map(|laid| laid.keys_of(&self.module(module).address, declaration));
        let instances = match planned {
            Some(keys) => self.planned_instances(module, declaration, keys),
            None => self.repeat(module, declaration),
        };
        let instances = Rc::new(instances);
        self.declared.borrow_mut().insert(name, Rc::clone(&instances));
        instances
    }

    fn repeat(&self, module: usize, declaration: &Declaration) -> Instances {
        match &declaration.repeat {
            None => Instances::one(),
            Some(repeat) => {
                let value = self.value(module, repeat.expression(), Bindings::default());
                let most = self.given.max_instances;
                if let Some(count) = instances::too_many(&value, most) {
                    let message = format!("{count} instances are analysed as one: more than {most} (--max-instances)");
                    self.note_cut(Fault { span: repeat.expression().span, message, opened: None });
                }
                Instances::of(repeat, &value, self.id(), most)
            }
        }
    }

    /// The instances of a module call, looked into where its source is here.
    fn children(&self, module: usize, call: &Arc<Declaration>) -> Rc<Children> {
        let key = (module, call.name.name.clone());
        if let Some(known) = self.children.borrow().get(&key) {
            return Rc::clone(known);
        }
        let parent = self.module(module);
        let own = format!("module.{}", call.name.name);
        let address = if parent.address.is_empty() { own } else { format!("{}.{own}", parent.address) };
        let planned = self.laid.as_ref().and_then(|laid| laid.keys_of_module(&address));
        let instances = Rc::new(match planned {
            Some(keys) => self.planned_instances(module, call, keys),
            None => self.repeat(module, call),
        });
        let modules = match self.source_of(&parent, call) {
            Ok(configuration) => {
                // A model that is called by a model is a part of it.
                if let Some(model) = configuration.model.filter(|_| parent.configuration.model.is_none()) {
                    self.note_modelled(module, call, &address, &instances, model);
                }
                let enter = |made| self.enter(module, call, made, &address, &configuration);
                Some(instances.made.iter().map(enter).collect())
            }
            Err((reason, missing)) => {
                self.note_unread(module, call, &address, reason, missing);
                None
            }
        };
        let children = Rc::new(Children { instances, modules, address });
        self.children.borrow_mut().insert(key, Rc::clone(&children));
        children
    }

    fn enter(
        &self,
        module: usize,
        call: &Arc<Declaration>,
        made: &Made,
        address: &str,
        configuration: &Arc<Configuration>,
    ) -> usize {
        let parent = self.module(module);
        let mut modules = self.modules.borrow_mut();
        modules.push(Rc::new(Module {
            configuration: Arc::clone(configuration),
            address: made.address(address),
            way: parent.way.through(call, made.exists, made.decides.as_ref()),
            parent: Some(Parent { module, call: Arc::clone(call), made: made.clone() }),
            memory: Memory::default(),
        }));
        modules.len() - 1
    }

    /// The module that a call names, or why it cannot be looked into and whether that is a mistake.
    fn source_of(&self, parent: &Module, call: &Declaration) -> Result<Arc<Configuration>, (String, bool)> {
        let (written, ours) = match self.directory_of(&parent.way.symbols, call, &parent.configuration.directory) {
            Ok(found) => found,
            Err(reason) => return Err((reason, false)),
        };
        let other =
            || self.library.sources.in_another_case(&written).filter(|other| self.configuration(other).is_some());
        let directory = match self.configuration(&written) {
            Some(_) => written.clone(),
            None => other().unwrap_or_else(|| written.clone()),
        };
        if self.modules.borrow().len() >= MOST_MODULES || parent.way.is_deepest() {
            let message = "modules below this call are not followed: the root calls too many".into();
            self.note_cut(Fault { span: call.head, message, opened: None });
            return Err(("the root calls more modules than are followed".into(), false));
        }
        let ancestors = self.ancestors(parent);
        if parent.configuration.directory == directory
            || ancestors.iter().any(|module| module.configuration.directory == directory)
        {
            return Err(("the modules call each other in a circle".into(), true));
        }
        if written != directory {
            let message = format!(
                "module {:?} is found on Windows and macOS only: {}",
                call.name.name.as_str(),
                in_another_case(&written, &directory)
            );
            self.note_fault(call.source.as_ref().map_or(call.head, |source| source.span), message);
        }
        self.configuration(&directory).ok_or_else(|| (format!("there is no Terraform file in {directory:?}"), ours))
    }

    /// The directory of a called module, and whether it is part of the repository: then it has to be there.
    fn directory_of(&self, symbols: &[SmolStr], call: &Declaration, from: &str) -> Result<(String, bool), String> {
        if self.laid.is_some() {
            return Ok((plan::below(from, &call.name.name), false));
        }
        if self.library.modules == Modules::None {
            return Err("no modules are read (--modules none)".into());
        }
        match local_source(call, from) {
            // What `terraform init` leaves behind is not part of a repository.
            Some(Ok(directory)) => {
                let ours = !directory.split('/').any(|segment| segment == ".terraform");
                Ok((directory, ours))
            }
            Some(Err(_)) => Err("its source lies outside the repository root".into()),
            None => match self.restored.get(&restored::key(symbols, &call.name.name)) {
                Some(directory) => Ok((directory.clone(), false)),
                None => Ok((self.model_of(call)?, false)),
            },
        }
    }

    /// Where the configuration of a call's model is kept: a place that no directory has.
    fn model_of(&self, call: &Declaration) -> Result<String, String> {
        let model = models::of_call(self.library, call, "its source is not in this repository")?;
        let path = self.library.sources.path(call.head.file);
        let place = format!("{} at {path}:{}", model.title(), call.head.start);
        let mut configurations = self.configurations.borrow_mut();
        if !configurations.contains_key(&place) {
            let items = models::standing_at(self.library, model, call.head);
            let configuration = Configuration { model: Some(model), ..Configuration::of_items(&place, &items) };
            configurations.insert(place.clone(), Some(Arc::new(configuration)));
        }
        Ok(place)
    }

    /// Notes what a limit cut, once a place and a handful a root.
    fn note_cut(&self, fault: Fault) {
        let mut cut = self.cut.borrow_mut();
        if cut.len() < 8 && !cut.iter().any(|known| known.span == fault.span) {
            cut.push(fault);
        }
    }

    fn ancestors(&self, module: &Module) -> Vec<Rc<Module>> {
        let mut ancestors = Vec::new();
        let mut at = module.parent.as_ref().map(|parent| parent.module);
        while let Some(index) = at {
            let ancestor = self.module(index);
            at = ancestor.parent.as_ref().map(|parent| parent.module);
            ancestors.push(ancestor);
        }
        ancestors
    }

    fn note_fault(&self, span: Span, message: String) {
        self.faults.borrow_mut().push(Fault { span, message, opened: None });
    }

    fn note_unread(&self, module: usize, call: &Declaration, address: &str, reason: String, missing: bool) {
        if self.unread.borrow().contains_key(address) {
            return;
        }
        let source = call.source.as_ref().and_then(|source| source.as_literal()).unwrap_or("…").to_string();
        let unread = UnreadModule {
            address: Address::new(self.id(), address),
            source,
            reason: reason.clone(),
            missing,
            arguments: Value::null(),
            span: call.head,
        };
        self.unread.borrow_mut().insert(address.to_string(), unread);
        if missing {
            let message = format!("module {:?} cannot be read: {reason}", call.name.name.as_str());
            self.note_fault(call.source.as_ref().map_or(call.head, |source| source.span), message);
        }
        let instances = self.repeat(module, call);
        let arguments = match instances.made.first() {
            Some(made) => made.with_bindings(|bindings| self.value(module, &call.body, bindings)),
            None => return,
        };
        if let Some(unread) = self.unread.borrow_mut().get_mut(address) {
            unread.arguments = arguments;
        }
    }

    fn note_modelled(
        &self,
        module: usize,
        call: &Declaration,
        address: &str,
        instances: &Instances,
        model: &'static models::Model,
    ) {
        let address = Address::new(self.id(), address).declaration();
        if self.modelled.borrow().contains_key(address.text()) {
            return;
        }
        let source = call.source.as_ref().and_then(|source| source.as_literal()).unwrap_or("…").to_string();
        let text = address.text().to_string();
        let modelled = ModelledModule { address, source, model, arguments: Value::null(), span: call.head };
        self.modelled.borrow_mut().insert(text.clone(), modelled);
        // Arguments are asked for only where something may be hidden from whom they name.
        let Some(made) = instances.made.first().filter(|_| !model.open.is_empty()) else { return };
        let arguments = made.with_bindings(|bindings| self.value(module, &call.body, bindings));
        if let Some(modelled) = self.modelled.borrow_mut().get_mut(&text) {
            modelled.arguments = arguments;
        }
    }

    /// Every resource of a module and of the modules that it calls.
    fn gather(&self, module: usize, into: &mut Evaluated) {
        let of = self.module(module);
        for declaration in &of.configuration.resources {
            for (index, made) in self.instances(module, declaration).made.iter().enumerate() {
                into.resources.push(self.resource(module, &of, declaration, index, made));
            }
        }
        for call in of.configuration.calls.values() {
            let children = self.children(module, call);
            for child in children.modules.iter().flatten() {
                let child_module = self.module(*child);
                into.modules.push(ModuleCall {
                    address: Address::new(self.id(), &child_module.address),
                    module: child_module.way.symbols.clone(),
                    span: call.head,
                });
                self.gather(*child, into);
            }
        }
    }

    fn resource(&self, module: usize, of: &Module, declaration: &Declaration, index: usize, made: &Made) -> Resource {
        let planned = self.planned(module, declaration, made);
        let mut fields: IndexMap<SmolStr, Value> = IndexMap::new();
        match planned {
            Some(planned) => {
                for name in plan::names_of(planned) {
                    if let Some(value) = self.attribute(module, declaration, index, made, name) {
                        fields.insert(SmolStr::new(name), value);
                    }
                }
            }
            None => {
                for name in names(&declaration.body) {
                    let value = self.attribute(module, declaration, index, made, name).unwrap_or_else(Value::null);
                    fields.insert(SmolStr::new(name), value);
                }
            }
        }
        let body = Value::object(fields).with_origin(Origin::written(declaration.span));
        Resource {
            address: self.address(of, declaration, made),
            dialect: DIALECT,
            type_name: declaration.type_name.name.clone(),
            api_version: None,
            module: of.way.symbols.clone(),
            symbol: declaration.name.name.clone(),
            names: Vec::new(),
            scope: self.site(module, declaration),
            body,
            existing: declaration.existing,
            exists: of.way.exists & made.exists,
            decides: of.way.decides.clone().or_else(|| made.decides.clone()),
            conditional: matches!(declaration.repeat, Some(crate::syntax::Repeat::Count(_))),
            looped: declaration.repeat.is_some(),
            absent: false,
            ignored: ignored(declaration),
            span: planned.filter(|_| !self.has_tree()).map_or(declaration.head, |planned| planned.head),
            calls: of.way.calls.clone(),
        }
    }

    fn address(&self, of: &Module, declaration: &Declaration, made: &Made) -> Address {
        Address::new(self.id(), made.address(&declared_address(&of.address, declaration)))
    }

    /// An attribute as it is written; `None` where it is not.
    fn attribute(
        &self,
        module: usize,
        declaration: &Declaration,
        index: usize,
        made: &Made,
        name: &str,
    ) -> Option<Value> {
        if name == "outputs" && declaration.existing && declaration.type_name.name == remote::TYPE {
            let address = self.address(&self.module(module), declaration, made);
            let shared = self.given.outputs.iter().find(|(own, _)| own == address.text());
            if let Some((_, outputs)) = shared {
                return Some(outputs.clone());
            }
        }
        let expr = declaration.body.field(name);
        let planned = self.planned(module, declaration, made);
        let span = match planned {
            Some(planned) => plan::place_of(planned, name, expr)?,
            None => expr?.span,
        };
        let wanted = Wanted::Attribute(
            declaration.existing,
            declaration.type_name.name.clone(),
            declaration.name.name.clone(),
            index,
            SmolStr::new(name),
        );
        Some(self.remember(module, wanted, span, || match (planned, expr) {
            (Some(planned), _) => self.laid_over(module, declaration, made, planned, name),
            (None, None) => Value::null(),
            (None, Some(expr)) => {
                let value = made.with_bindings(|bindings| self.value(module, expr, bindings));
                let origin = value.origin.through(Hand::Attribute(SmolStr::new(name)), expr.span);
                kept(&declaration.type_name.name, name, value).with_origin(origin)
            }
        }))
    }

    /// The subscription that a resource's provider names: its own alias, or the root's default configuration.
    fn site(&self, module: usize, declaration: &Declaration) -> Site {
        let kind = provider_of(&declaration.type_name.name);
        let alias = declaration.provider.as_ref().and_then(alias_of).unwrap_or_default();
        Site { subscription: self.subscription(module, kind, &alias), resource_group: None }
    }

    fn subscription(&self, module: usize, kind: &str, alias: &str) -> Option<Pieces> {
        let of = self.module(module);
        if let Some(parent) = &of.parent {
            // `providers = { azurerm = azurerm.hub }` hands a configuration down under another name.
            let wanted = if alias.is_empty() { kind.to_string() } else { format!("{kind}.{alias}") };
            let handed = parent.call.provider.as_ref().and_then(|map| handed_down(map, &wanted));
            let alias = handed.unwrap_or_else(|| alias.to_string());
            return self.subscription(parent.module, kind, &alias);
        }
        let is_meant = |body: &Expr| match body.field("alias") {
            Some(name) => name.as_literal() == Some(alias),
            None => alias.is_empty(),
        };
        let provider = of.configuration.providers.iter().find(|(name, body)| name.name == kind && is_meant(body));
        let written = provider.and_then(|(_, body)| body.field("subscription_id"));
        if let Some(expr) = written {
            let value = self.value(0, expr, Bindings::default());
            return super::expression::to_text(&value, DIALECT).ok();
        }
        // Without a word the subscription is the one that whoever deploys is logged in to: the same for the whole root.
        let name =
            if alias.is_empty() { "the subscription".into() } else { format!("the subscription of {kind}.{alias}") };
        let unknown = Unknown::new(self.id(), name, Reason::Data);
        Some(Pieces::hole(crate::value::Hole::Unknown(unknown)))
    }

    /// A resource instance as an object: what is written, and references for the rest.
    fn view(&self, module: usize, declaration: &Declaration, index: usize, made: &Made) -> Value {
        let of = self.module(module);
        let resource = self.resource(module, &of, declaration, index, made);
        let reference = Reference::new(resource.address, Vec::new());
        super::expression::as_view(&resource.body, crate::value::Hole::Reference(reference))
    }
}

/// An argument as its resource hands it out once it is made: azurerm keeps `West Europe` as `westeurope`
/// (<https://github.com/hashicorp/go-azure-helpers/blob/main/resourcemanager/location/normalize.go>).
fn kept(type_name: &str, name: &str, value: Value) -> Value {
    match &value.kind {
        Kind::Text(pieces) if name == "location" && provider_of(type_name) == "azurerm" => {
            let kept = pieces.map_literals(|text| text.to_lowercase().replace(' ', ""));
            Value { kind: Kind::Text(kept), ..value }
        }
        _ => value,
    }
}

/// The names of the arguments of a body, in the order of writing; what is no object has none.
fn names(body: &Expr) -> impl Iterator<Item = &str> {
    let written = match &body.kind {
        ExprKind::Object(written) => written.as_slice(),
        _ => &[],
    };
    written.iter().filter_map(crate::syntax::Field::literal_key)
}

/// A declaration's address without a key, as in `module.hub.data.azurerm_subnet.nodes`.
fn declared_address(module: &str, declaration: &Declaration) -> String {
    let data = if declaration.existing { "data." } else { "" };
    let own = format!("{data}{}.{}", declaration.type_name.name, declaration.name.name);
    if module.is_empty() { own } else { format!("{module}.{own}") }
}

/// The alias in `provider = azurerm.hub`; a text in Terraform 0.11.
fn alias_of(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Get { key, .. } => Some(key.to_string()),
        ExprKind::Name(_) => Some(String::new()),
        ExprKind::Text(_) => {
            let text = expr.as_literal()?;
            Some(text.split_once('.').map_or_else(String::new, |(_, alias)| alias.to_string()))
        }
        _ => None,
    }
}

/// The alias that a call's `providers` gives to the configuration that the module calls `wanted`.
fn handed_down(providers: &Expr, wanted: &str) -> Option<String> {
    let ExprKind::Object(fields) = &providers.kind else { return None };
    fields.iter().find_map(|field| {
        let crate::syntax::Field::Pair { key, value } = field else { return None };
        let name = match &key.kind {
            ExprKind::Get { object, key, .. } => match &object.kind {
                ExprKind::Name(kind) => format!("{kind}.{key}"),
                _ => return None,
            },
            ExprKind::Name(kind) => kind.to_string(),
            _ => key.as_literal()?.to_string(),
        };
        (name == wanted).then(|| alias_of(value)).flatten()
    })
}

/// The attributes that `lifecycle { ignore_changes = [a, b] }` names; `all` for every one.
fn ignored(declaration: &Declaration) -> Vec<SmolStr> {
    let Some(list) = declaration.lifecycle.as_ref().and_then(|lifecycle| lifecycle.field("ignore_changes")) else {
        return Vec::new();
    };
    let name = |expr: &Expr| match &expr.kind {
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::Text(_) => expr.as_literal().map(SmolStr::new),
        ExprKind::Get { object, .. } | ExprKind::Index { object, .. } => match &object.kind {
            ExprKind::Name(name) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    };
    configuration::elements(list).into_iter().filter_map(name).collect()
}
