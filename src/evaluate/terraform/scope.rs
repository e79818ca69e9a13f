//! In: access paths of a Terraform module, such as `var.a`, `module.m["k"].out`, `azurerm_subnet.s[0].id`. Out: values.
//! Never: evaluates more than the path asks for: an output of a module may be asked for while another one is not known.

use std::rc::Rc;
use std::sync::Arc;

use super::instances::{Instances, Repeated};
use super::{Children, DIALECT, Module, World, declared_address};
use crate::evaluate::expression::{Bindings, Call, Evaluator, Scope, as_view, form, is_broken};
use crate::source::Span;
use crate::syntax::plan::REFERENCES;
use crate::syntax::{Declaration, Dialect, Expr, ExprKind};
use crate::value::{
    Address, Hand, Hole, Key, Kind, ListShape, ObjectShape, Origin, Reason, Reference, RootId, Segment, SmolStr, Truth,
    Unknown, Value,
};

/// The names of one module instance.
pub struct Here<'w, 'a> {
    pub world: &'w World<'a>,
    pub module: usize,
    pub of: Rc<Module>,
}

/// The most instances that an unknown key is spread over.
const MOST_CANDIDATES: usize = 16;

impl Scope for Here<'_, '_> {
    fn root(&self) -> RootId {
        self.world.id()
    }

    fn dialect(&self) -> Dialect {
        DIALECT
    }

    fn directories(&self) -> (&str, &str) {
        (&self.of.configuration.directory, &self.world.root.path)
    }

    fn resolve(&self, evaluator: &Evaluator, expr: &Expr, bindings: Bindings) -> Option<Value> {
        match &expr.kind {
            ExprKind::Get { object, key, .. } => self.attribute(evaluator, object, key, expr.span, bindings),
            ExprKind::Index { object, index, .. } => {
                if let Some(declaration) = self.declared(object, bindings) {
                    let key = evaluator.value(index, bindings);
                    return Some(self.by_key(evaluator, &declaration, &key, None, expr.span));
                }
                let call = self.called(object, bindings)?;
                let key = evaluator.value(index, bindings);
                Some(self.module_by_key(evaluator, &call, &key, None, expr.span))
            }
            _ => None,
        }
    }

    fn call(&self, evaluator: &Evaluator, call: &Call, bindings: Bindings) -> Option<Value> {
        (call.function == REFERENCES)
            .then(|| super::plan::one_referred_to(evaluator, call.arguments, call.span, bindings))
    }
}

impl Here<'_, '_> {
    /// `object.key` where the path means something as a whole.
    fn attribute(
        &self,
        evaluator: &Evaluator,
        object: &Expr,
        key: &SmolStr,
        span: Span,
        bindings: Bindings,
    ) -> Option<Value> {
        if let ExprKind::Name(name) = &object.kind
            && bindings.get(name).is_none()
            && let Some(value) = self.named(evaluator, name, key, span)
        {
            return Some(value);
        }
        // `azurerm_subnet.s` and `data.azurerm_subnet.s` as a whole.
        if let Some(declaration) = self.declared_by(object, key, bindings) {
            return Some(self.whole(evaluator, &declaration));
        }
        if let Some(declaration) = self.declared(object, bindings) {
            let instances = self.world.instances(self.module, &declaration);
            // Terraform 0.11 knew `azurerm_subnet.s.0`, and a repeated resource has no attributes of its own.
            return (instances.repeated == Repeated::No)
                .then(|| self.instance(&declaration, &instances, 0, Some(key), span));
        }
        if let Some(call) = self.called(object, bindings) {
            let children = self.world.children(self.module, &call);
            if children.instances.repeated != Repeated::No {
                return None;
            }
            return Some(self.output(evaluator, &children, 0, key, span));
        }
        if let ExprKind::Index { object, index, .. } = &object.kind {
            if let Some(declaration) = self.declared(object, bindings) {
                let at = evaluator.value(index, bindings);
                return Some(self.by_key(evaluator, &declaration, &at, Some(key), span));
            }
            let call = self.called(object, bindings)?;
            let at = evaluator.value(index, bindings);
            return Some(self.module_by_key(evaluator, &call, &at, Some(key), span));
        }
        None
    }

    /// `var.a`, `local.a`, `path.module`, `terraform.workspace`, `module.m` as a whole.
    fn named(&self, evaluator: &Evaluator, name: &str, key: &SmolStr, span: Span) -> Option<Value> {
        let configuration = &self.of.configuration;
        match name {
            "var" if configuration.inputs.contains_key(key) => Some(self.world.input(self.module, key)),
            "var" => Some(evaluator.refuse(span, format!("there is no variable {key:?}"))),
            "local" if configuration.locals.contains_key(key) => Some(self.world.local(self.module, key)),
            // A plan names locals and does not say what they are.
            "local" if self.world.laid.is_some() => {
                Some(evaluator.unknown(&format!("local.{key}"), Reason::Data, span))
            }
            "local" => Some(evaluator.refuse(span, format!("there is no local value {key:?}"))),
            "module" => match configuration.calls.get(key) {
                Some(call) => Some(self.whole_module(evaluator, &self.world.children(self.module, call), span)),
                None => Some(evaluator.refuse(span, format!("there is no module {key:?}"))),
            },
            "path" => Some(match key.as_str() {
                "module" => Value::text(relative(&self.world.root.path, &configuration.directory)),
                "root" => Value::text("."),
                _ => evaluator.unknown(&format!("path.{key}"), Reason::Data, span),
            }),
            "terraform" | "tofu" => Some(evaluator.unknown(&format!("terraform.{key}"), Reason::Input, span)),
            "self" => Some(evaluator.unknown(&format!("self.{key}"), Reason::Data, span)),
            "each" | "count" => Some(evaluator.refuse(span, format!("{name}.{key} means nothing here"))),
            _ => None,
        }
        .map(|value| if value.origin.place().is_some() { value } else { value.with_origin(Origin::written(span)) })
    }

    /// The declaration behind `azurerm_subnet.s` or `data.azurerm_subnet.s`.
    fn declared(&self, expr: &Expr, bindings: Bindings) -> Option<Arc<Declaration>> {
        match &expr.kind {
            ExprKind::Get { object, key, .. } => self.declared_by(object, key, bindings),
            _ => None,
        }
    }

    fn declared_by(&self, object: &Expr, key: &SmolStr, bindings: Bindings) -> Option<Arc<Declaration>> {
        match &object.kind {
            ExprKind::Name(type_name) if bindings.get(type_name).is_none() => {
                self.of.configuration.resource(false, type_name, key).cloned()
            }
            ExprKind::Get { object, key: type_name, .. } => match &object.kind {
                ExprKind::Name(data) if data == "data" => self.of.configuration.resource(true, type_name, key).cloned(),
                _ => None,
            },
            _ => None,
        }
    }

    /// The call behind `module.m`.
    fn called(&self, expr: &Expr, bindings: Bindings) -> Option<Arc<Declaration>> {
        let ExprKind::Get { object, key, .. } = &expr.kind else { return None };
        match &object.kind {
            ExprKind::Name(name) if name == "module" && bindings.get(name).is_none() => {
                self.of.configuration.calls.get(key).cloned()
            }
            _ => None,
        }
    }

    /// All instances: the object of one, the list of a count, the map of a `for_each`.
    fn whole(&self, evaluator: &Evaluator, declaration: &Arc<Declaration>) -> Value {
        let instances = self.world.instances(self.module, declaration);
        let view = |index: usize| self.instance(declaration, &instances, index, None, declaration.head);
        gather(&instances, view).unwrap_or_else(|| evaluator.refuse(declaration.head, "there is no instance".into()))
    }

    fn whole_module(&self, evaluator: &Evaluator, children: &Children, span: Span) -> Value {
        let Some(modules) = &children.modules else { return self.unread(children, None, span) };
        let outputs = |index: usize| self.outputs(modules[index], span);
        gather(&children.instances, outputs).unwrap_or_else(|| evaluator.refuse(span, "there is no instance".into()))
    }

    /// One instance of a resource, or an attribute of it.
    fn instance(
        &self,
        declaration: &Arc<Declaration>,
        instances: &Instances,
        index: usize,
        key: Option<&SmolStr>,
        span: Span,
    ) -> Value {
        let made = &instances.made[index];
        let Some(key) = key else { return self.world.view(self.module, declaration, index, made) };
        let address = self.world.address(&self.of, declaration, made);
        let here = Reference::new(address, vec![Segment::Field(key.clone())]);
        match self.world.attribute(self.module, declaration, index, made, key) {
            Some(value) if !value.is_null() => as_view(&value, Hole::Reference(here)),
            _ => Value::reference(here).with_origin(Origin::written(span)),
        }
    }

    /// `azurerm_subnet.s[key]`, or an attribute of it.
    fn by_key(
        &self,
        evaluator: &Evaluator,
        declaration: &Arc<Declaration>,
        key: &Value,
        attribute: Option<&SmolStr>,
        span: Span,
    ) -> Value {
        let instances = self.world.instances(self.module, declaration);
        let chosen = chosen(&instances, key);
        match chosen {
            Chosen::Broken(value) => value,
            Chosen::One(index) => self.instance(declaration, &instances, index, attribute, span),
            Chosen::Some(condition, indices) => {
                let values = indices.into_iter().map(|i| self.instance(declaration, &instances, i, attribute, span));
                Value::one_of(condition, values)
            }
            // An unrepeated resource with an index: Terraform 0.11 allowed `[0]`.
            Chosen::None if instances.repeated == Repeated::No => {
                let whole = self.instance(declaration, &instances, 0, None, span);
                let item = evaluator.index(&whole, key, false, false, span);
                attribute.map_or(item.clone(), |name| evaluator.get(&item, name, false, span))
            }
            Chosen::None if instances.open.is_none() => {
                let address = declared_address(&self.of.address, declaration);
                evaluator.refuse(span, format!("there is no instance {} of {address}", form(key)))
            }
            Chosen::None | Chosen::Unknown => {
                let address = declared_address(&self.of.address, declaration);
                let address = Address::new(self.world.id(), format!("{address}[{}]", form(key)));
                let path: Vec<Segment> = attribute.map(|name| Segment::Field(name.clone())).into_iter().collect();
                Value::reference(Reference::new(address, path)).with_origin(Origin::written(span))
            }
        }
    }

    /// `module.m[key]`, or an output of it.
    fn module_by_key(
        &self,
        evaluator: &Evaluator,
        call: &Arc<Declaration>,
        key: &Value,
        output: Option<&SmolStr>,
        span: Span,
    ) -> Value {
        let children = self.world.children(self.module, call);
        let take = |index: usize| match output {
            Some(name) => self.output(evaluator, &children, index, name, span),
            None => {
                let Some(modules) = &children.modules else { return self.unread(&children, None, span) };
                self.outputs(modules[index], span)
            }
        };
        match chosen(&children.instances, key) {
            Chosen::Broken(value) => value,
            Chosen::One(index) => take(index),
            Chosen::Some(condition, indices) => Value::one_of(condition, indices.into_iter().map(take)),
            Chosen::None if children.instances.open.is_none() => {
                evaluator.refuse(span, format!("there is no instance {} of {}", form(key), children.address))
            }
            Chosen::None | Chosen::Unknown => {
                let name = format!("{}[{}]", children.address, form(key));
                let name = output.map_or(name.clone(), |output| format!("{name}.{output}"));
                evaluator.derived(&name, [key], span)
            }
        }
    }

    /// All outputs of a module instance; of a model, those that it knows.
    fn outputs(&self, module: usize, span: Span) -> Value {
        let child = self.world.module(module);
        let outputs = child.configuration.outputs.keys().map(|name| (name.clone(), self.world.output(module, name)));
        let others = || Unknown::new(self.world.id(), &child.address, Reason::Module).at(span);
        Value::open_object(outputs, child.configuration.model.map(|_| Hole::Unknown(others())))
    }

    fn output(&self, evaluator: &Evaluator, children: &Children, index: usize, name: &SmolStr, span: Span) -> Value {
        let Some(modules) = &children.modules else { return self.unread(children, Some((index, name)), span) };
        let Some(module) = modules.get(index) else {
            return evaluator.refuse(span, format!("there is no instance of {}", children.address));
        };
        let child = self.world.module(*module);
        if !child.configuration.outputs.contains_key(name) {
            if child.configuration.model.is_some() {
                return self.unread(children, Some((index, name)), span);
            }
            return evaluator.refuse(span, format!("{} has no output {name:?}", children.address));
        }
        let value = self.world.output(*module, name);
        let origin = value.origin.through(Hand::Output(name.clone()), span);
        value.with_origin(origin)
    }

    /// What a module gives whose source is not here.
    fn unread(&self, children: &Children, output: Option<(usize, &SmolStr)>, span: Span) -> Value {
        let name = match output {
            Some((index, output)) => {
                let address = children.instances.made[index].address(&children.address);
                format!("{address}.{output}")
            }
            None => children.address.clone(),
        };
        let unknown = Unknown::new(self.world.id(), name, Reason::Module).at(span);
        Value::unknown(unknown).with_origin(Origin::written(span))
    }
}

/// Which instances a key chooses.
enum Chosen {
    One(usize),
    Some(Unknown, Vec<usize>),
    Unknown,
    None,
    Broken(Value),
}

fn chosen(instances: &Instances, key: &Value) -> Chosen {
    if is_broken(key) {
        return Chosen::Broken(key.clone());
    }
    let as_key = |value: &Value| match &value.kind {
        Kind::Number(number) if instances.repeated == Repeated::Count => number.to_usize().map(Key::Index),
        Kind::Text(pieces) if instances.repeated == Repeated::Count => {
            pieces.as_literal().and_then(|text| text.parse().ok()).map(Key::Index)
        }
        Kind::Text(pieces) => pieces.as_literal().map(|text| Key::Text(SmolStr::new(text))),
        Kind::Number(number) => Some(Key::Text(SmolStr::new(number.to_string()))),
        _ => None,
    };
    if let Kind::OneOf { condition, values } = &key.kind {
        let keys: Option<Vec<Key>> = values.iter().map(as_key).collect();
        let indices: Option<Vec<usize>> =
            keys.map(|keys| keys.iter().filter_map(|key| instances.position(key)).collect());
        return match indices {
            Some(indices) if !indices.is_empty() => Chosen::Some(condition.clone(), indices),
            _ => Chosen::Unknown,
        };
    }
    match as_key(key) {
        Some(key) => instances.position(&key).map_or(Chosen::None, Chosen::One),
        None => {
            // The key of whichever instance finds whichever instance of the same collection.
            let same = |made: &super::Made| match &made.key {
                Some(Key::Any(_)) => made.with_bindings(|bindings| {
                    let each = bindings.get("each").and_then(|each| each.fields()?.get("key").cloned());
                    let count = bindings.get("count").and_then(|count| count.fields()?.get("index").cloned());
                    [each, count].into_iter().flatten().any(|own| own.same(key) == Truth::Yes)
                }),
                _ => false,
            };
            if let Some(index) = instances.made.iter().position(same) {
                return Chosen::One(index);
            }
            match key.first_hole() {
                Some(hole) if instances.open.is_none() && (1..=MOST_CANDIDATES).contains(&instances.made.len()) => {
                    Chosen::Some(hole.unknown(), (0..instances.made.len()).collect())
                }
                _ => Chosen::Unknown,
            }
        }
    }
}

/// All instances as one value; `None` where there is none and it is not repeated.
fn gather(instances: &Instances, view: impl Fn(usize) -> Value) -> Option<Value> {
    let rest = instances.open.clone().map(Hole::Unknown);
    let maybe = instances.made.iter().find(|made| made.exists != Truth::Yes).and_then(|made| made.decides.clone());
    let known = instances.made.iter().enumerate().filter(|(_, made)| !matches!(made.key, Some(Key::Any(_))));
    match instances.repeated {
        Repeated::No => instances.made.first().map(|_| view(0)),
        Repeated::Count => {
            let certain: Vec<Value> =
                known.clone().filter(|(_, made)| made.exists == Truth::Yes).map(|(i, _)| view(i)).collect();
            let all: Vec<Value> = known.map(|(i, _)| view(i)).collect();
            let list = |items: Vec<Value>, rest: Option<Hole>| {
                Value::new(Kind::List { items: Arc::new(items), rest, shape: ListShape::Tuple })
            };
            Some(match (maybe, rest) {
                (Some(decides), None) => Value::one_of(decides, [list(all, None), list(certain, None)]),
                (_, rest) => list(all, rest),
            })
        }
        Repeated::Each => {
            let fields = known.filter_map(|(index, made)| match &made.key {
                Some(Key::Text(key)) => Some((key.clone(), view(index))),
                _ => None,
            });
            let fields = Arc::new(fields.collect());
            Some(Value::new(Kind::Object { fields, rest, shape: ObjectShape::Object }))
        }
    }
}

/// A module's directory as Terraform prints `path.module`: seen from the root's.
fn relative(root: &str, directory: &str) -> String {
    if root == directory {
        return ".".into();
    }
    if root.is_empty() {
        return directory.into();
    }
    if let Some(below) = directory.strip_prefix(&format!("{root}/")) {
        return below.into();
    }
    let root: Vec<&str> = root.split('/').collect();
    let directory: Vec<&str> = directory.split('/').filter(|segment| !segment.is_empty()).collect();
    let shared = root.iter().zip(&directory).take_while(|(a, b)| a == b).count();
    let up = vec![".."; root.len() - shared];
    up.into_iter().chain(directory[shared..].iter().copied()).collect::<Vec<_>>().join("/")
}
