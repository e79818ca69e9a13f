//! In: a plan or a state, and the configuration that it is of. Out: its instances, each value that is known from the
//! plan, and each that is not from the configuration's expression.
//! Never: takes a value that the configuration gives for one that the plan calls unknown.
//!
//! A plan's own configuration only says what an expression refers to. Where the `.tf` files lie beside it, theirs is
//! taken: `"${azurerm_virtual_network.v.id}/subnets/aks"` is then told from `azurerm_virtual_network.v.id`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use indexmap::IndexMap;

use super::configuration::local_source;
use super::instances::{Instances, Made, Repeated};
use super::{Configuration, World, declared_address, restored};
use crate::evaluate::Library;
use crate::evaluate::expression::{Bindings, Evaluator, is_broken};
use crate::source::{Span, directory_of};
use crate::syntax::plan::{Module, Plan, Planned, REFERENCES};
use crate::syntax::{Declaration, Element, Expr, ExprKind, Item, Label, Program, Repeat};
use crate::value::{Address, Hand, Hole, Key, Kind, ListShape, Origin, Reason, RootId, SmolStr, Unknown, Value};

/// A plan, ready to be laid over its configuration.
pub struct Laid {
    program: Arc<Program>,
    by_address: HashMap<SmolStr, usize>,
    /// The addresses of all module instances that hold something.
    modules: BTreeSet<String>,
    /// The directory of the `.tf` files that it is a plan of.
    pub tree: Option<String>,
}

/// Configurations by directory; of a plan's modules by the plan's path and the names of the calls.
pub type Configurations = BTreeMap<String, Option<Arc<Configuration>>>;

/// The plan at a path and its modules' configurations, if it is one.
pub fn of(library: &Library, path: &str) -> Option<(Laid, Configurations)> {
    if !path.ends_with(".json") {
        return None;
    }
    let program = library.program(path).ok()?;
    let plan = plan_in(&program)?;
    let mut modules: BTreeSet<String> = BTreeSet::new();
    for planned in &plan.resources {
        modules.extend(prefixes(&planned.module));
    }
    let by_address = plan.resources.iter().enumerate().map(|(index, planned)| (planned.address.clone(), index));
    let by_address = by_address.collect();
    let tree = tree_of(library, path);
    let mut builder = Builder { library, plan, found: BTreeMap::new(), restored: BTreeMap::new() };
    builder.restored = tree.as_deref().map(|tree| restored::directories(library, tree)).unwrap_or_default();
    builder.enter(plan.configuration.as_ref(), &[], path, tree.as_deref());
    let found = builder.found;
    Some((Laid { program: Arc::clone(&program), by_address, modules, tree }, found))
}

/// Whether a file is a plan or a state, by what is in it.
pub fn is_plan(library: &Library, path: &str) -> bool {
    library.program(path).is_ok_and(|program| plan_in(&program).is_some())
}

fn plan_in(program: &Program) -> Option<&Plan> {
    program.items.iter().find_map(|item| match item {
        Item::Plan(plan) => Some(&**plan),
        _ => None,
    })
}

/// The directory of the Terraform files that a plan is of: its own or its parent's, where they declare all that it does.
pub fn tree_of(library: &Library, path: &str) -> Option<String> {
    let program = library.program(path).ok()?;
    let plan = plan_in(&program)?;
    let here = directory_of(path);
    let above = (!here.is_empty()).then(|| directory_of(here));
    let holds = |directory: &&str| {
        let Some(tree) = Configuration::read(library, directory) else { return false };
        let declares = |existing: bool, kind: &str, name: &str| tree.resource(existing, kind, name).is_some();
        match &plan.configuration {
            Some(module) => module.items.iter().all(|item| match item {
                Item::Resource(resource) => declares(resource.existing, &resource.type_name.name, &resource.name.name),
                Item::Module(call) => tree.calls.contains_key(&call.name.name),
                _ => true,
            }),
            None => plan
                .resources
                .iter()
                .filter(|planned| planned.module.is_empty())
                .all(|planned| declares(planned.existing, &planned.type_name.name, &planned.name.name)),
        }
    };
    [Some(here), above].into_iter().flatten().find(holds).map(str::to_string)
}

/// Where the configuration of a called module is kept.
pub fn below(directory: &str, call: &str) -> String {
    format!("{directory}/{call}")
}

/// The addresses of a module and of all around it.
fn prefixes(module: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut quoted = false;
    for (at, letter) in module.char_indices() {
        match letter {
            '"' if !module[..at].ends_with('\\') => quoted = !quoted,
            '.' if !quoted && module[at..].starts_with(".module.") => found.push(module[..at].to_string()),
            _ => {}
        }
    }
    if !module.is_empty() {
        found.push(module.to_string());
    }
    found
}

/// Builds the configurations of a plan's modules.
struct Builder<'a> {
    library: &'a Library<'a>,
    plan: &'a Plan,
    restored: BTreeMap<String, String>,
    found: Configurations,
}

impl Builder<'_> {
    fn enter(&mut self, module: Option<&Module>, symbols: &[SmolStr], directory: &str, tree: Option<&str>) {
        let mut configuration = match module {
            Some(module) => Configuration::of_items(directory, &module.items),
            None => self.of_instances(symbols, directory),
        };
        let written = tree.and_then(|tree| Configuration::read(self.library, tree));
        if let Some(written) = &written {
            take_over(&mut configuration, written);
        }
        for (name, call) in &configuration.calls {
            let inner = module.and_then(|module| module.calls.iter().find(|(call, _)| call == name));
            let tree = tree.and_then(|tree| match local_source(call, tree) {
                Some(source) => source.ok(),
                None => self.restored.get(&restored::key(symbols, name)).cloned(),
            });
            let symbols: Vec<SmolStr> = symbols.iter().cloned().chain([name.clone()]).collect();
            // A plan has every module of it inside; what a state has is told by its instances.
            if symbols.len() < super::DEEPEST_CALLS && (inner.is_some() || module.is_none()) {
                self.enter(inner.map(|(_, inner)| inner), &symbols, &below(directory, name), tree.as_deref());
            }
        }
        self.found.insert(directory.to_string(), Some(Arc::new(configuration)));
    }

    /// The declarations that a state's instances were made of.
    fn of_instances(&self, symbols: &[SmolStr], directory: &str) -> Configuration {
        let mut items: Vec<Item> = Vec::new();
        for planned in &self.plan.resources {
            let module = symbols_of(&planned.module);
            let Some(rest) = module.strip_prefix(symbols) else { continue };
            let declaration = declaration(planned, rest.first());
            items.push(match rest.first() {
                Some(_) => Item::Module(Arc::new(declaration)),
                None => Item::Resource(Arc::new(declaration)),
            });
        }
        Configuration::of_items(directory, &items)
    }
}

/// The names of the calls in the address of a module instance.
fn symbols_of(module: &str) -> Vec<SmolStr> {
    let declared = Address::new(RootId(0), module).declaration();
    declared.text().split('.').skip(1).step_by(2).map(SmolStr::new).collect()
}

/// What a state's instance was declared by, or the call of the module that it lies in.
fn declaration(planned: &Planned, call: Option<&SmolStr>) -> Declaration {
    let nothing = Label { name: SmolStr::default(), span: planned.head };
    let name = call.map(|name| Label { name: name.clone(), span: planned.head });
    Declaration {
        type_name: if call.is_some() { nothing } else { planned.type_name.clone() },
        existing: call.is_none() && planned.existing,
        ..Declaration::named(name.unwrap_or_else(|| planned.name.clone()), planned.head, planned.head)
    }
}

/// Takes from the `.tf` files what they say more fully than the plan.
fn take_over(configuration: &mut Configuration, written: &Configuration) {
    for declaration in &mut configuration.resources {
        let name = (declaration.existing, declaration.type_name.name.as_str(), declaration.name.name.as_str());
        if let Some(written) = written.resource(name.0, name.1, name.2) {
            *declaration = Arc::clone(written);
        }
    }
    for (name, call) in &mut configuration.calls {
        if let Some(written) = written.calls.get(name) {
            *call = Arc::clone(written);
        }
    }
    configuration.inputs.extend(written.inputs.iter().map(|(name, input)| (name.clone(), input.clone())));
    configuration.outputs.extend(written.outputs.iter().map(|(name, output)| (name.clone(), output.clone())));
    configuration.locals.clone_from(&written.locals);
    if !written.providers.is_empty() {
        configuration.providers.clone_from(&written.providers);
    }
}

impl Laid {
    fn plan(&self) -> &Plan {
        plan_in(&self.program).expect("a plan is laid only where one was found")
    }

    /// The value of a variable of the root.
    pub fn variable(&self, name: &str) -> Option<&Expr> {
        named(&self.plan().variables, name)
    }

    /// The value of an output of the root, where it is known.
    pub fn output(&self, name: &str) -> Option<&Expr> {
        named(&self.plan().outputs, name)
    }

    /// The keys of a declaration's instances.
    pub fn keys_of(&self, module: &str, declaration: &Declaration) -> Vec<Option<Key>> {
        let mine = |planned: &&Planned| {
            planned.module == module
                && planned.existing == declaration.existing
                && planned.type_name.name == declaration.type_name.name
                && planned.name.name == declaration.name.name
        };
        self.plan().resources.iter().filter(mine).map(|planned| planned.key.clone()).collect()
    }

    /// The keys of a module's instances; `None` where none holds anything: the configuration may still know them.
    pub fn keys_of_module(&self, address: &str) -> Option<Vec<Option<Key>>> {
        let key = |module: &String| {
            let rest = module.strip_prefix(address)?;
            if rest.is_empty() {
                return Some(None);
            }
            let inside = rest.strip_prefix('[')?.strip_suffix(']')?;
            match inside.strip_prefix('"').and_then(|inside| inside.strip_suffix('"')) {
                Some(text) if !text.replace("\\\"", "").contains('"') => {
                    Some(Some(Key::Text(SmolStr::new(text.replace("\\\"", "\"").replace("\\\\", "\\")))))
                }
                Some(_) => None,
                None => inside.parse().ok().map(|index| Some(Key::Index(index))),
            }
        };
        let keys: Vec<Option<Key>> = self.modules.iter().filter_map(key).collect();
        (!keys.is_empty()).then_some(keys)
    }
}

fn named<'e>(values: &'e [(Label, Expr)], name: &str) -> Option<&'e Expr> {
    values.iter().find(|(label, _)| label.name == name).map(|(_, expr)| expr)
}

/// The names of all attributes that a plan says something of.
pub fn names_of(planned: &Planned) -> BTreeSet<&str> {
    [Some(&planned.values), planned.unknown.as_ref()].into_iter().flatten().flat_map(super::names).collect()
}

/// Where an attribute is said; `None` for one that the provider works out by itself.
pub fn place_of(planned: &Planned, name: &str, written: Option<&Expr>) -> Option<Span> {
    let unknown = planned.unknown.as_ref().and_then(|unknown| unknown.field(name));
    match (written, planned.values.field(name)) {
        (Some(written), _) => Some(written.span),
        (None, _) if is_true(unknown) => None,
        (None, value) => value.map(|value| value.span),
    }
}

fn is_true(expr: Option<&Expr>) -> bool {
    matches!(expr, Some(Expr { kind: ExprKind::Bool(true), .. }))
}

/// Where the value comes from that a plan does not know.
#[derive(Clone)]
enum Source<'e> {
    /// This expression; of several that it gives, the one of this place.
    Written(&'e Expr, usize),
    /// This value.
    Value(Value),
    /// Nobody wrote it: the provider works it out.
    Nobody,
    /// It cannot be told.
    Lost,
}

/// An instance whose values are laid over its configuration.
#[derive(Clone, Copy)]
struct At<'e> {
    module: usize,
    made: &'e Made,
    declaration: &'e Declaration,
    planned: &'e Planned,
}

impl World<'_> {
    /// Whether places are those of `.tf` files.
    pub(super) fn has_tree(&self) -> bool {
        self.laid.as_ref().is_some_and(|laid| laid.tree.is_some())
    }

    /// What the plan says of an instance.
    pub(super) fn planned(&self, module: usize, declaration: &Declaration, made: &Made) -> Option<&Planned> {
        let laid = self.laid.as_ref()?;
        let declared = declared_address(&self.module(module).address, declaration);
        let address = match &made.key {
            // Terraform's quotes are not quite Rust's.
            Some(Key::Text(key)) => format!("{declared}[\"{}\"]", key.replace('\\', "\\\\").replace('"', "\\\"")),
            _ => made.address(&declared),
        };
        laid.by_address.get(address.as_str()).map(|index| &laid.plan().resources[*index])
    }

    /// The instances of the given keys; `each.value` is the configuration's, where that can be worked out.
    pub(super) fn planned_instances(
        &self,
        module: usize,
        declaration: &Declaration,
        keys: Vec<Option<Key>>,
    ) -> Instances {
        let repeated = match (keys.first(), &declaration.repeat) {
            (Some(Some(Key::Index(_))), _) | (None, Some(Repeat::Count(_))) => Repeated::Count,
            (Some(Some(_)), _) | (None, Some(_)) => Repeated::Each,
            (Some(None), _) | (None, None) => Repeated::No,
        };
        let natural = (repeated == Repeated::Each).then(|| self.repeat(module, declaration));
        let made = keys.into_iter().map(|key| {
            let place = natural.as_ref().zip(key.as_ref()).and_then(|(natural, key)| natural.position(key));
            let value = natural.as_ref().zip(place).map(|(natural, place)| natural.made[place].each_value());
            let value = value.unwrap_or_else(|| {
                let address = declared_address(&self.module(module).address, declaration);
                let name = key.as_ref().map_or("each.value".into(), |key| format!("each.value of {address}{key}"));
                Value::unknown(Unknown::new(self.id(), name, Reason::Data).at(declaration.head))
            });
            Made::certain(key, value)
        });
        Instances { made: made.collect(), repeated, open: None }
    }

    /// An attribute of a planned instance.
    pub(super) fn laid_over(
        &self,
        module: usize,
        declaration: &Declaration,
        made: &Made,
        planned: &Planned,
        name: &str,
    ) -> Value {
        let at = At { module, made, declaration, planned };
        let part = |expr: Option<&'_ Expr>| expr.and_then(|expr| expr.field(name)).cloned();
        let (unknown, secret) = (part(planned.unknown.as_ref()), part(planned.secret.as_ref()));
        let written = declaration.body.field(name);
        let source = written.map_or(Source::Nobody, |written| Source::Written(written, 0));
        let value = planned.values.field(name);
        // What is write-only never stands in a plan.
        let only_written = name.ends_with("_wo") && value.is_some_and(|value| matches!(value.kind, ExprKind::Null));
        let value = match written.filter(|_| only_written) {
            Some(written) => made.with_bindings(|bindings| self.value(module, written, bindings)),
            None => self.lay(at, value, unknown.as_ref(), secret.as_ref(), &source, name).unwrap_or_else(Value::null),
        };
        let span = written.map_or(planned.head, |written| written.span);
        let origin = value.origin.through(Hand::Attribute(SmolStr::new(name)), span);
        value.with_origin(origin)
    }

    /// `None` for what the provider works out.
    fn lay(
        &self,
        at: At,
        value: Option<&Expr>,
        unknown: Option<&Expr>,
        secret: Option<&Expr>,
        source: &Source,
        path: &str,
    ) -> Option<Value> {
        if is_true(unknown) {
            return match source {
                Source::Written(expr, place) => Some(self.fill(at, expr, *place, path)),
                Source::Value(value) if value.first_hole().is_some() && !is_broken(value) => Some(value.clone()),
                Source::Value(_) | Source::Lost => Some(self.not_known(at, path)),
                Source::Nobody => None,
            };
        }
        let value = value?;
        let known = match &value.kind {
            ExprKind::Object(_) => self.lay_object(at, value, unknown, secret, source, path),
            ExprKind::List(elements) => self.lay_list(at, elements, unknown, secret, source, path),
            // Old providers write an empty text for what is not set.
            ExprKind::Text(_) if value.as_literal() == Some("") => Value::null(),
            _ => self.value(at.module, value, Bindings::default()),
        };
        let place = match source {
            Source::Written(expr, _) if self.has_tree() => expr.span,
            _ if self.has_tree() => at.declaration.head,
            // What is marked is shown: of an object its first letter, of a secret nothing.
            _ if is_true(secret) => at.planned.head,
            _ if matches!(value.kind, ExprKind::Object(_) | ExprKind::List(_)) => {
                let start = value.span.start as usize;
                Span::new(value.span.file, start, start + 1)
            }
            _ => value.span,
        };
        Some(known.with_origin(Origin::written(place)).with_secret(is_true(secret)))
    }

    fn lay_object(
        &self,
        at: At,
        value: &Expr,
        unknown: Option<&Expr>,
        secret: Option<&Expr>,
        source: &Source,
        path: &str,
    ) -> Value {
        let part = |expr: Option<&Expr>, name: &str| expr.and_then(|expr| expr.field(name)).cloned();
        let names: BTreeSet<&str> = [Some(value), unknown].into_iter().flatten().flat_map(super::names).collect();
        let mut fields: IndexMap<SmolStr, Value> = IndexMap::new();
        for name in names {
            let source = match source {
                Source::Written(expr, _) => match &expr.kind {
                    ExprKind::Object(_) => expr.field(name).map_or(Source::Nobody, |expr| Source::Written(expr, 0)),
                    _ => Source::Lost,
                },
                Source::Value(Value { kind: Kind::Object { fields, .. }, .. }) => {
                    fields.get(name).cloned().map_or(Source::Nobody, Source::Value)
                }
                Source::Value(_) | Source::Lost => Source::Lost,
                Source::Nobody => Source::Nobody,
            };
            let (unknown, secret) = (part(unknown, name), part(secret, name));
            let path = format!("{path}.{name}");
            if let Some(laid) = self.lay(at, value.field(name), unknown.as_ref(), secret.as_ref(), &source, &path) {
                fields.insert(SmolStr::new(name), laid);
            }
        }
        Value::object(fields)
    }

    fn lay_list(
        &self,
        at: At,
        elements: &[Element],
        unknown: Option<&Expr>,
        secret: Option<&Expr>,
        source: &Source,
        path: &str,
    ) -> Value {
        let item = |expr: Option<&Expr>, index: usize| match expr.map(|expr| &expr.kind) {
            Some(ExprKind::List(elements)) => elements.get(index).map(|element| element.expr().clone()),
            _ => None,
        };
        let elements: Vec<&Expr> = elements.iter().map(Element::expr).collect();
        let sources = self.sources_of_items(at, &elements, unknown, source);
        let mut items = Vec::with_capacity(elements.len());
        for (index, (element, source)) in elements.iter().zip(&sources).enumerate() {
            let (unknown, secret) = (item(unknown, index), item(secret, index));
            let path = format!("{path}[{index}]");
            let laid = self.lay(at, Some(element), unknown.as_ref(), secret.as_ref(), source, &path);
            items.push(laid.unwrap_or_else(|| self.not_known(at, &path)));
        }
        Value::new(Kind::List { items: Arc::new(items), rest: None, shape: ListShape::List })
    }

    /// Which part of the configuration each item of a list was written as. Sets stand in another order in a plan.
    fn sources_of_items<'e>(
        &self,
        at: At,
        elements: &[&Expr],
        unknown: Option<&Expr>,
        source: &Source<'e>,
    ) -> Vec<Source<'e>> {
        let given = match source {
            Source::Written(expr, _) => match &expr.kind {
                ExprKind::List(written) if written.iter().all(|element| matches!(element, Element::Item(_))) => {
                    return paired(elements, written.iter().map(Element::expr).collect());
                }
                ExprKind::Object(_) if elements.len() == 1 => return vec![source.clone()],
                ExprKind::Call { function, .. } if function == REFERENCES => {
                    // The first of what it refers to is the first that is not known, and so on.
                    let mut open = 0;
                    let is_open = |index: usize| match unknown.map(|unknown| &unknown.kind) {
                        Some(ExprKind::List(parts)) => parts.get(index).is_some_and(|part| is_true(Some(part.expr()))),
                        _ => false,
                    };
                    let next = |index: usize| {
                        open += usize::from(is_open(index));
                        Source::Written(expr, open)
                    };
                    return (0..elements.len()).map(next).collect();
                }
                _ => at.made.with_bindings(|bindings| self.value(at.module, expr, bindings)),
            },
            Source::Value(value) => value.clone(),
            Source::Nobody | Source::Lost => return vec![source.clone(); elements.len()],
        };
        match given.items() {
            Some(items) if items.len() == elements.len() => items.iter().cloned().map(Source::Value).collect(),
            _ => vec![Source::Lost; elements.len()],
        }
    }

    /// What an expression gives in the place of what the plan calls unknown.
    fn fill(&self, at: At, expr: &Expr, place: usize, path: &str) -> Value {
        let name = path.rsplit('.').next().unwrap_or(path);
        let name = name.split('[').next().unwrap_or(name);
        let value = at.made.with_bindings(|bindings| match &expr.kind {
            ExprKind::Call { function, arguments, .. } if function == REFERENCES => {
                self.with_evaluator(at.module, |evaluator| {
                    let mut referred = referred_to(evaluator, arguments, bindings);
                    // `place` counts from 1 where several items of a list are not known.
                    if place > 0 && referred.len() > 1 && place <= referred.len() {
                        referred = vec![referred.swap_remove(place - 1)];
                    }
                    let in_list = place > 0;
                    let fitted =
                        referred.into_iter().filter_map(|value| fitted(evaluator, value, name, in_list, expr.span));
                    one_of(evaluator, fitted.collect(), expr.span)
                })
            }
            _ => self.value(at.module, expr, bindings),
        });
        // Whatever the configuration says, the plan says that nobody knows it before the deployment.
        if is_broken(&value) || value.first_hole().is_none() { self.not_known(at, path) } else { value }
    }

    fn not_known(&self, at: At, path: &str) -> Value {
        let name = format!("{}.{path}", at.planned.address);
        let place = if self.has_tree() { at.declaration.head } else { at.planned.head };
        let unknown = Unknown::new(self.id(), name, Reason::Data).at(place);
        Value::unknown(unknown).with_origin(Origin::written(place))
    }
}

/// Each item with what it was written as: the one of the same place if their texts agree, else another one that does.
fn paired<'e>(elements: &[&Expr], written: Vec<&'e Expr>) -> Vec<Source<'e>> {
    let mut free: Vec<Option<&Expr>> = written.into_iter().map(Some).collect();
    let mut sources = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let fits = |candidate: &Option<&Expr>| candidate.is_some_and(|candidate| agree(element, candidate));
        let place = match free.get(index) {
            Some(own) if fits(own) => Some(index),
            _ => free.iter().position(fits),
        };
        let source = place.and_then(|place| free[place].take());
        sources.push(source.map_or(Source::Lost, |expr| Source::Written(expr, 0)));
    }
    sources
}

/// No text of `written` is another one in `element`.
fn agree(element: &Expr, written: &Expr) -> bool {
    match (&element.kind, &written.kind) {
        (ExprKind::Object(fields), ExprKind::Object(_)) => {
            fields.iter().filter_map(|field| field.literal_key()).all(|name| {
                let texts =
                    (element.field(name).and_then(Expr::as_literal), written.field(name).and_then(Expr::as_literal));
                !matches!(texts, (Some(a), Some(b)) if a != b)
            })
        }
        _ => !matches!((element.as_literal(), written.as_literal()), (Some(a), Some(b)) if a != b),
    }
}

/// What an expression of a plan gives, of which only the references are known.
pub fn one_referred_to(evaluator: &Evaluator, arguments: &[Expr], span: Span, bindings: Bindings) -> Value {
    let open = referred_to(evaluator, arguments, bindings);
    if open.is_empty() {
        // A key that is handed down; it is never taken for a value that the plan does not know.
        let known = arguments.iter().map(|expr| evaluator.value(expr, bindings)).find(|value| !is_broken(value));
        return known.unwrap_or_else(|| evaluator.unknown("what a plan does not know", Reason::Data, span));
    }
    one_of(evaluator, open, span)
}

/// The values that are not known of those that an expression refers to; of a resource with keys the instance of a key
/// that it refers to as well: `azurerm_subnet.s[each.key].id` is written `["azurerm_subnet.s", "each.key"]`.
fn referred_to(evaluator: &Evaluator, arguments: &[Expr], bindings: Bindings) -> Vec<Value> {
    let values = arguments.iter().map(|expr| evaluator.value(expr, bindings)).filter(|value| !is_broken(value));
    let (mut open, known): (Vec<Value>, Vec<Value>) = values.partition(|value| value.first_hole().is_some());
    for value in &mut open {
        for key in &known {
            let chosen = match (&value.kind, &key.kind) {
                (Kind::Object { fields, rest: None, .. }, Kind::Text(pieces)) => {
                    pieces.as_literal().and_then(|key| fields.get(key)).cloned()
                }
                (Kind::List { items, rest: None, .. }, Kind::Number(number)) => {
                    number.to_usize().and_then(|index| items.get(index)).cloned()
                }
                _ => None,
            };
            if let Some(chosen) = chosen {
                *value = chosen;
                break;
            }
        }
    }
    open
}

fn one_of(evaluator: &Evaluator, mut values: Vec<Value>, span: Span) -> Value {
    match values.len() {
        0 => evaluator.unknown("what a plan does not know", Reason::Data, span),
        1 => values.swap_remove(0),
        _ => {
            let name = format!("which of {}", evaluator.sources.text(span));
            let condition = Unknown::new(evaluator.scope.root(), name, Reason::Condition).at(span);
            Value::one_of(condition, values)
        }
    }
}

/// A value as an argument of this name takes it: of a whole resource its id. `None` where it cannot be told.
fn fitted(evaluator: &Evaluator, value: Value, name: &str, in_list: bool, span: Span) -> Option<Value> {
    let name = name.trim_end_matches("_wo");
    let many = name.ends_with("ids") && !in_list;
    let is_whole = |value: &Value| match &value.kind {
        Kind::Object { rest: Some(Hole::Reference(reference)), .. } | Kind::Reference(reference) => {
            reference.path.is_empty()
        }
        _ => false,
    };
    let ids = name.ends_with("id") || name.ends_with("ids");
    let id_of = |value: &Value| is_whole(value).then(|| evaluator.get(value, "id", false, span));
    if is_whole(&value) {
        let id = id_of(&value).filter(|_| ids)?;
        return Some(if many { Value::list(vec![id]) } else { id });
    }
    let instances: Option<Vec<Value>> = match &value.kind {
        Kind::Object { fields, rest: None, .. } => fields.values().map(id_of).collect(),
        Kind::List { items, rest: None, .. } => items.iter().map(id_of).collect(),
        Kind::Reference(reference) if many && reference.field() == Some("id") => return Some(Value::list(vec![value])),
        Kind::OneOf { condition, values } => {
            let parts: Option<Vec<Value>> =
                values.iter().map(|value| fitted(evaluator, value.clone(), name, in_list, span)).collect();
            return parts.map(|parts| Value::one_of(condition.clone(), parts));
        }
        _ => return Some(value),
    };
    match instances {
        Some(found) if many => Some(Value::list(found)),
        Some(found) if ids && found.len() == 1 => found.into_iter().next(),
        Some(_) => None,
        None => Some(value),
    }
}
