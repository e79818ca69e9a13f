//! In: names and access paths of a Bicep file, such as `vnet::nodes.id`, `hub[0].outputs.x`. Out: values.
//! Never: evaluates more than the path asks for: one output of a module may be known while another is not.

use std::rc::Rc;
use std::sync::Arc;

use super::declared::Function;
use super::instances::Instances;
use super::named::Named;
use super::resources::{Found, Instance, Which, chosen};
use super::target::{
    Level, Target, group_object, id_of, joined, management_group_object, named, open_object, pieces_of,
    subscription_object, tenant_object,
};
use super::{At, Children, DIALECT, Module, World, qualified, reference};
use crate::evaluate::expression::{Bindings, Call, Evaluator, Scope, form, is_broken};
use crate::evaluate::functions;
use crate::source::{Span, directory_of};
use crate::syntax::{Declaration, Dialect, Expr, ExprKind};
use crate::value::{
    Hand, Hole, Kind, ListShape, Origin, Pieces, Reason, RootId, Segment, SmolStr, Truth, Unknown, Value,
};

/// The names of one place in a file.
pub struct Here<'w, 'a> {
    pub world: &'w World<'a>,
    pub at: At,
    pub of: Rc<Module>,
}

/// The most candidates of choices among the arguments of `resourceId`.
const MOST_CANDIDATES: usize = 8;

/// The functions that look into a text: an id is text to them, to everyone else it is a reference.
const LOOKS_INTO: [&str; 14] = [
    "split",
    "last",
    "first",
    "replace",
    "substring",
    "take",
    "skip",
    "indexOf",
    "lastIndexOf",
    "contains",
    "startsWith",
    "endsWith",
    "length",
    "empty",
];

/// The functions that ask where they stand.
const ASKS_WHERE: [&str; 17] = [
    "parameters",
    "variables",
    "reference",
    "any",
    "nameof",
    "resourceGroup",
    "subscription",
    "managementGroup",
    "tenant",
    "deployment",
    "environment",
    "deployer",
    "resourceId",
    "subscriptionResourceId",
    "tenantResourceId",
    "managementGroupResourceId",
    "extensionResourceId",
];

/// What an access path begins with, when that is a module call.
struct Called {
    call: Arc<Declaration>,
    /// `None` for the whole of a loop.
    which: Option<Which>,
}

impl Scope for Here<'_, '_> {
    fn root(&self) -> RootId {
        self.world.id()
    }

    fn dialect(&self) -> Dialect {
        DIALECT
    }

    fn directories(&self) -> (&str, &str) {
        (&self.of.declared.directory, directory_of(&self.world.root.path))
    }

    fn resolve(&self, evaluator: &Evaluator, expr: &Expr, bindings: Bindings) -> Option<Value> {
        match &expr.kind {
            ExprKind::Name(name) if bindings.get(name).is_none() => self.named(evaluator, expr, name, bindings),
            ExprKind::Get { object, key, .. } if key == "value" && self.is_output_of_state(object, bindings) => {
                Some(evaluator.value(object, bindings))
            }
            ExprKind::Get { object, key, safe } => self.get(evaluator, object, key, *safe, expr.span, bindings),
            ExprKind::Index { .. } | ExprKind::Nested { .. } => self.whole(evaluator, expr, bindings),
            _ => None,
        }
    }

    fn call(&self, evaluator: &Evaluator, call: &Call, bindings: Bindings) -> Option<Value> {
        let function = call.function.strip_prefix("az.").or(call.function.strip_prefix("sys."));
        let mut call = Call { function: function.unwrap_or(call.function), ..*call };
        if let Some(receiver) = call.receiver {
            match self.namespace(receiver, bindings) {
                Namespace::Builtin => call.receiver = None,
                Namespace::Imported(module) => return Some(self.imported_call(evaluator, module, &call, bindings)),
                Namespace::None => return Some(self.method(evaluator, receiver, &call, bindings)),
            }
        } else if function.is_none() {
            if let Some(function) = self.of.declared.functions.get(call.function) {
                return Some(self.user_function(evaluator, self.at.module, function, &call, bindings));
            }
            if let Some(imported) = self.of.declared.imports.get(call.function)
                && let Some(name) = &imported.name
                && let Some(module) = self.world.imported(&self.of, &imported.path)
            {
                let call = Call { function: name, ..call };
                return Some(self.imported_call(evaluator, module, &call, bindings));
            }
        }
        self.builtin(evaluator, &call, bindings)
    }
}

/// What stands before the point of a call.
enum Namespace {
    Builtin,
    Imported(usize),
    None,
}

impl Here<'_, '_> {
    /// A symbol of the file.
    fn named(&self, evaluator: &Evaluator, expr: &Expr, name: &SmolStr, bindings: Bindings) -> Option<Value> {
        if let Some(value) = self.whole(evaluator, expr, bindings) {
            return Some(value);
        }
        let declared = &self.of.declared;
        if declared.inputs.contains_key(name) {
            return Some(self.world.input(self.at.module, name));
        }
        if declared.locals.contains_key(name) {
            return Some(self.world.local(self.at.module, name));
        }
        if declared.assignments.contains_key(name) {
            return Some(self.world.assigned(self.at.module, name));
        }
        let imported = declared.imports.get(name)?;
        let Some(module) = self.world.imported(&self.of, &imported.path) else {
            return Some(evaluator.unknown(&qualified(&self.of.address, name), Reason::Module, expr.span));
        };
        Some(match &imported.name {
            Some(there) => self.imported_name(evaluator, module, there, expr.span),
            None => {
                let names = self.world.module(module).declared.locals.keys().cloned().collect::<Vec<_>>();
                Value::object(names.into_iter().map(|name| {
                    let value = self.world.local(module, &name);
                    (name, value)
                }))
            }
        })
    }

    fn imported_name(&self, evaluator: &Evaluator, module: usize, name: &str, span: Span) -> Value {
        if self.world.module(module).declared.locals.contains_key(name) {
            return self.world.local(module, name);
        }
        evaluator.refuse(span, format!("the other file has no variable {name:?}"))
    }

    fn namespace(&self, receiver: &Expr, bindings: Bindings) -> Namespace {
        let ExprKind::Name(name) = &receiver.kind else { return Namespace::None };
        if bindings.get(name).is_some() {
            return Namespace::None;
        }
        if let Some(imported) = self.of.declared.imports.get(name)
            && imported.name.is_none()
            && let Some(module) = self.world.imported(&self.of, &imported.path)
        {
            return Namespace::Imported(module);
        }
        let own = &self.of.declared;
        let is_symbol = own.outermost.contains_key(name)
            || own.locals.contains_key(name)
            || own.inputs.contains_key(name)
            || own.calls.contains_key(name);
        if matches!(name.as_str(), "az" | "sys") && !is_symbol { Namespace::Builtin } else { Namespace::None }
    }

    /// `object.key` where the path means something as a whole.
    fn get(
        &self,
        evaluator: &Evaluator,
        object: &Expr,
        key: &SmolStr,
        safe: bool,
        span: Span,
        bindings: Bindings,
    ) -> Option<Value> {
        if let Namespace::Imported(module) = self.namespace(object, bindings) {
            return Some(self.imported_name(evaluator, module, key, span));
        }
        if let Some(found) = self.world.found(self.at, object, bindings) {
            return self.attribute(evaluator, found, key, safe, span);
        }
        if let Some(called) = self.called(object, bindings) {
            return self.of_module(evaluator, &called, &|index, children| {
                self.module_member(children, &called.call, index, key, safe, span)
            });
        }
        // `hub.outputs.x`, `hub[0].outputs.x`, `hub.?outputs.x`.
        let ExprKind::Get { object: module, key: outputs, safe: safely } = &object.kind else { return None };
        if outputs != "outputs" {
            return None;
        }
        let called = self.called(module, bindings)?;
        self.of_module(evaluator, &called, &|index, children| {
            let value = self.output(evaluator, children, index, key, safe || *safely, span);
            if *safely { self.if_there(children, index, value) } else { value }
        })
    }

    /// A resource or module, or all of a loop, as values of their own.
    fn whole(&self, evaluator: &Evaluator, expr: &Expr, bindings: Bindings) -> Option<Value> {
        let span = expr.span;
        if let Some(Found { resource, which }) = self.world.found(self.at, expr, bindings) {
            let view = |index: usize| self.world.view(self.instance(resource, index), span);
            return Some(match which {
                Which::One(index) => view(index),
                Which::Some(condition, indices) => Value::one_of(condition, indices.into_iter().map(view)),
                Which::Refused(value) => value,
                Which::Unknown(index) => match self.missing(evaluator, resource, &index, span) {
                    Some(refused) => refused,
                    None => reference(&self.unknown_address(resource, &index), vec![]),
                },
                Which::All => {
                    let instances = self.world.instances(self.at.module, resource);
                    all(&instances, view).with_origin(Origin::written(span))
                }
            });
        }
        let called = self.called(expr, bindings)?;
        if called.which.is_none() {
            let children = self.world.children(self.at.module, &called.call);
            let view = |index: usize| self.module_view(&children, &called.call, index, span);
            return Some(all(&children.instances, view).with_origin(Origin::written(span)));
        }
        self.of_module(evaluator, &called, &|index, children| self.module_view(children, &called.call, index, span))
    }

    fn instance(&self, resource: usize, index: usize) -> Instance {
        Instance { module: self.at.module, resource, index }
    }

    /// The address of an instance that is not among the known ones.
    fn unknown_address(&self, resource: usize, index: &str) -> crate::value::Address {
        let symbol = &self.of.declared.resources[resource].symbol;
        let declaration = qualified(&self.of.address, symbol);
        crate::value::Address::new(self.world.id(), format!("{declaration}[{index}]"))
    }

    /// What is refused of an index that no instance has, where all instances are known.
    fn missing(&self, evaluator: &Evaluator, resource: usize, index: &str, span: Span) -> Option<Value> {
        let instances = self.world.instances(self.at.module, resource);
        let known = instances.open.is_none() && index.bytes().all(|byte| byte.is_ascii_digit());
        let symbol = &self.of.declared.resources[resource].symbol;
        known.then(|| evaluator.refuse(span, format!("there is no instance {index} of {symbol}")))
    }

    /// An attribute of a resource.
    fn attribute(&self, evaluator: &Evaluator, found: Found, key: &SmolStr, safe: bool, span: Span) -> Option<Value> {
        let Found { resource, which } = found;
        let one = |index: usize| {
            let value = self.world.attribute(self.instance(resource, index), key, span);
            // `.?` asks whether the resource is deployed at all; its id and name are known either way.
            if !safe || matches!(key.as_str(), "id" | "name" | "type" | "apiVersion") {
                return value;
            }
            let instances = self.world.instances(self.at.module, resource);
            if_made(instances.made.get(index), value)
        };
        match which {
            Which::One(index) => Some(one(index)),
            Which::Some(condition, indices) => Some(Value::one_of(condition, indices.into_iter().map(one))),
            Which::Refused(value) => Some(value),
            Which::All => None,
            Which::Unknown(index) => Some(self.missing(evaluator, resource, &index, span).unwrap_or_else(|| {
                let address = self.unknown_address(resource, &index);
                reference(&address, vec![Segment::Field(key.clone())]).with_origin(Origin::written(span))
            })),
        }
    }

    /// The module call behind `hub` or `hub[0]`.
    fn called(&self, expr: &Expr, bindings: Bindings) -> Option<Called> {
        match &expr.kind {
            ExprKind::Name(name) if bindings.get(name).is_none() => {
                let call = self.of.declared.calls.get(name)?;
                let which = call.repeat.is_none().then_some(Which::One(0));
                Some(Called { call: Arc::clone(call), which })
            }
            ExprKind::Call { function, arguments, .. } => self.referred(function, arguments, bindings),
            ExprKind::Index { object, index, .. } => {
                let Called { call, which: None } = self.called(object, bindings)? else { return None };
                let index = self.world.value(self.at, index, bindings);
                let children = self.world.children(self.at.module, &call);
                Some(Called { call, which: Some(chosen(&children.instances, &index)) })
            }
            _ => None,
        }
    }

    /// `reference(…).outputs.x` of a deployment, in Bicep: its state wraps every output as `{ type, value }`.
    fn is_output_of_state(&self, expr: &Expr, bindings: Bindings) -> bool {
        let ExprKind::Get { object: outputs, .. } = &expr.kind else { return false };
        let ExprKind::Get { object: state, key, .. } = &outputs.kind else { return false };
        let asks = matches!(&state.kind, ExprKind::Call { function, .. } if function.eq_ignore_ascii_case("reference"));
        key == "outputs" && asks && !self.of.declared.is_template() && self.called(state, bindings).is_some()
    }

    /// The deployment that a template's `reference('name')` or `reference(resourceId(…))` names.
    fn referred(&self, function: &str, arguments: &[Expr], bindings: Bindings) -> Option<Called> {
        let first = arguments.first().filter(|_| function.eq_ignore_ascii_case("reference"))?;
        if self.of.declared.calls.is_empty() {
            return None;
        }
        let asked = self.world.value(self.at, first, bindings);
        // Bicep has names for its modules; their deployments are asked for by id there, not by name alone.
        let is_id = || crate::evaluate::form(&asked).to_lowercase().contains("microsoft.resources/deployments/");
        if !self.of.declared.is_template() && !is_id() {
            return None;
        }
        let named = self.world.named(self.at.module, &asked);
        match named.as_slice() {
            [Named::Call(call, index)] => Some(Called { call: Arc::clone(call), which: Some(Which::One(*index)) }),
            _ => None,
        }
    }

    /// `parameters('x')` and `variables('x')`, whose names are found in any case of letters.
    fn of_template(&self, evaluator: &Evaluator, call: &Call, name: &Value) -> Value {
        let Some(name) = name.as_text() else {
            return evaluator.derived(&call_form(call.function, std::slice::from_ref(name)), [name], call.span);
        };
        let declared = &self.of.declared;
        let same = |known: &&SmolStr| known.eq_ignore_ascii_case(name);
        let of_inputs = call.function == "parameters";
        let found = match of_inputs {
            true => {
                declared.inputs.get_key_value(name).map(|(key, _)| key).or_else(|| declared.inputs.keys().find(same))
            }
            false => {
                declared.locals.get_key_value(name).map(|(key, _)| key).or_else(|| declared.locals.keys().find(same))
            }
        };
        match found {
            Some(found) if of_inputs => self.world.input(self.at.module, found),
            Some(found) => self.world.local(self.at.module, found),
            None => evaluator.refuse(call.span, format!("there is nothing named {name:?} in the {}", call.function)),
        }
    }

    fn of_module(
        &self,
        evaluator: &Evaluator,
        called: &Called,
        take: &dyn Fn(usize, &Children) -> Value,
    ) -> Option<Value> {
        let children = self.world.children(self.at.module, &called.call);
        let span = called.call.head;
        match called.which.as_ref()? {
            Which::One(index) => Some(take(*index, &children)),
            Which::Some(condition, indices) => {
                Some(Value::one_of(condition.clone(), indices.iter().map(|index| take(*index, &children))))
            }
            Which::Refused(value) => Some(value.clone()),
            Which::All => None,
            Which::Unknown(index) => {
                let known = children.instances.open.is_none() && index.bytes().all(|byte| byte.is_ascii_digit());
                if known {
                    return Some(
                        evaluator.refuse(span, format!("there is no instance {index} of {}", children.address)),
                    );
                }
                let name = format!("{}[{index}].outputs", children.address);
                Some(self.world.unknown(name, Reason::Condition, span))
            }
        }
    }

    /// A module as an object of its name and outputs.
    fn module_view(&self, children: &Children, call: &Arc<Declaration>, index: usize, span: Span) -> Value {
        let member = |key: &str| (SmolStr::new(key), self.module_member(children, call, index, key, false, span));
        Value::object([member("name"), member("outputs")])
    }

    fn module_member(
        &self,
        children: &Children,
        call: &Arc<Declaration>,
        index: usize,
        key: &str,
        safe: bool,
        span: Span,
    ) -> Value {
        let Some(made) = children.instances.made.get(index) else {
            return self.world.unknown(&children.address, Reason::Broken, span);
        };
        let address = made.address(&children.address);
        match key {
            "name" => match self.world.deployment_name(self.at.module, call, made) {
                Some(name) => name,
                None => self.world.unknown(format!("{address}.name"), Reason::Function, span),
            },
            "outputs" => {
                let value = match children.modules.as_ref().and_then(|modules| modules.get(index)) {
                    Some(module) => {
                        let declared = Arc::clone(&self.world.module(*module).declared);
                        let outputs =
                            declared.outputs.keys().map(|name| (name.clone(), self.world.output(*module, name)));
                        // The module has other outputs than its model.
                        let others = format!("{address}.outputs");
                        let rest =
                            declared.model.map(|_| Unknown::new(self.world.id(), others, Reason::Module).at(span));
                        Value::open_object(outputs, rest.map(Hole::Unknown))
                    }
                    None => self.world.unknown(format!("{address}.outputs"), Reason::Module, span),
                };
                if safe { self.if_there(children, index, value) } else { value }
            }
            _ => self.world.unknown(format!("{address}.{key}"), Reason::Broken, span),
        }
    }

    /// An output of a module.
    fn output(
        &self,
        evaluator: &Evaluator,
        children: &Children,
        index: usize,
        name: &SmolStr,
        safe: bool,
        span: Span,
    ) -> Value {
        let Some(made) = children.instances.made.get(index) else {
            return self.world.unknown(&children.address, Reason::Broken, span);
        };
        let Some(module) = children.modules.as_ref().and_then(|modules| modules.get(index)).copied() else {
            let address = made.address(&children.address);
            return self.world.unknown(format!("{address}.outputs.{name}"), Reason::Module, span);
        };
        if !self.world.module(module).declared.outputs.contains_key(name) {
            if self.world.module(module).declared.model.is_some() {
                let address = made.address(&children.address);
                return self.world.unknown(format!("{address}.outputs.{name}"), Reason::Module, span);
            }
            if safe {
                return Value::null();
            }
            return evaluator.refuse(span, format!("{} has no output {name:?}", children.address));
        }
        let value = self.world.output(module, name);
        let origin = value.origin.through(Hand::Output(name.clone()), span);
        value.with_origin(origin)
    }

    /// `hub.?outputs`: null where the module is not deployed.
    fn if_there(&self, children: &Children, index: usize, value: Value) -> Value {
        if_made(children.instances.made.get(index), value)
    }

    /// `f(x)` of the user's.
    fn user_function(
        &self,
        evaluator: &Evaluator,
        module: usize,
        function: &Arc<Function>,
        call: &Call,
        bindings: Bindings,
    ) -> Value {
        let arguments = match evaluator.arguments(call, bindings) {
            Ok(arguments) => arguments,
            Err(value) => return value,
        };
        if arguments.len() != function.parameters.len() {
            let message = format!("{} does not take {} arguments", call.function, arguments.len());
            return evaluator.refuse(call.span, message);
        }
        let secret = arguments.iter().any(|argument| argument.secret);
        let run = || {
            self.world.with_evaluator(At { module, inside: None }, |evaluator| {
                evaluator.with_names(&function.parameters, &arguments, Bindings::default(), &function.body)
            })
        };
        match self.world.deeper(run) {
            Some(value) => value.with_secret(secret),
            None => evaluator.unknown("a long chain of functions", Reason::Limit, call.span),
        }
    }

    fn imported_call(&self, evaluator: &Evaluator, module: usize, call: &Call, bindings: Bindings) -> Value {
        match self.world.module(module).declared.functions.get(call.function) {
            Some(function) => self.user_function(evaluator, module, function, call, bindings),
            None => evaluator.refuse(call.span, format!("the other file has no function {:?}", call.function)),
        }
    }

    /// `aks.listKeys()`, `vault.getSecret('x')`: what only Azure knows.
    fn method(&self, evaluator: &Evaluator, receiver: &Expr, call: &Call, bindings: Bindings) -> Value {
        let on = match self.world.found(self.at, receiver, bindings) {
            Some(Found { resource, which: Which::One(index) }) => {
                self.world.attribute(self.instance(resource, index), "id", receiver.span)
            }
            _ => evaluator.value(receiver, bindings),
        };
        if is_broken(&on) {
            return on;
        }
        let arguments: Vec<String> =
            call.arguments.iter().map(|argument| form(&evaluator.value(argument, bindings))).collect();
        let on_form = form(&on);
        let on_form = on_form.strip_suffix(".id").unwrap_or(&on_form);
        let name = format!("{on_form}.{}({})", call.function, arguments.join(", "));
        self.asked_of_azure(&name, &[on], call.span)
    }

    fn asked_of_azure(&self, name: &str, of: &[Value], span: Span) -> Value {
        let holes: Vec<Hole> = of.iter().filter_map(Value::first_hole).collect();
        let unknown = match Unknown::derived(name, &holes) {
            Some(derived) if derived.reason() != Reason::Input => derived,
            _ => Unknown::new(self.world.id(), name, Reason::Data).at(span),
        };
        Value::unknown(unknown).with_origin(Origin::written(span)).with_secret(true)
    }

    /// The functions that ask where they stand.
    fn builtin(&self, evaluator: &Evaluator, call: &Call, bindings: Bindings) -> Option<Value> {
        // ARM finds a function in any case of letters.
        let known = ASKS_WHERE.iter().chain(&LOOKS_INTO).find(|name| name.eq_ignore_ascii_case(call.function));
        let call = &Call { function: known.unwrap_or(&call.function), ..*call };
        let root = self.world.id();
        let target = &self.of.target;
        let written = |value: Value| Some(value.with_origin(Origin::written(call.span)));
        match (call.function, call.arguments) {
            ("parameters" | "variables", [argument]) => {
                let name = evaluator.value(argument, bindings);
                Some(self.of_template(evaluator, call, &name))
            }
            ("any", [argument]) => Some(evaluator.value(argument, bindings)),
            ("nameof", [argument]) => written(self.name_of(evaluator, argument)),
            ("resourceGroup", []) => written(group_object(root, target)),
            ("subscription", []) => written(subscription_object(root, target)),
            ("managementGroup", []) => written(management_group_object(root, target)),
            ("tenant", []) => written(tenant_object(root)),
            ("deployment", []) => written(self.deployment()),
            // Networks of two clouds are never one estate.
            ("environment", []) => {
                let unknown = Unknown::new(RootId::SHARED, "environment()", Reason::Data).at(call.span);
                let cloud = self.world.library.cloud;
                written(
                    cloud.map_or_else(|| Value::unknown(unknown.clone()), |cloud| cloud.environment(unknown.clone())),
                )
            }
            ("deployer", []) => written(evaluator.unknown("deployer()", Reason::Data, call.span)),
            ("resourceGroup" | "subscription" | "managementGroup", _) => {
                let arguments = match evaluator.arguments(call, bindings) {
                    Ok(arguments) => arguments,
                    Err(value) => return Some(value),
                };
                written(self.over_choices(&arguments, &|arguments| self.elsewhere(evaluator, call, arguments)))
            }
            (
                "resourceId"
                | "subscriptionResourceId"
                | "tenantResourceId"
                | "managementGroupResourceId"
                | "extensionResourceId",
                _,
            ) => {
                let arguments = match evaluator.arguments(call, bindings) {
                    Ok(arguments) => arguments,
                    Err(value) => return Some(value),
                };
                written(self.over_choices(&arguments, &|arguments| self.id_by_names(evaluator, call, arguments)))
            }
            ("reference", [_, ..]) => {
                let arguments = match evaluator.arguments(call, bindings) {
                    Ok(arguments) => arguments,
                    Err(value) => return Some(value),
                };
                written(self.state_of(&arguments, call.span))
            }
            (list, [_, ..])
                if list == "getSecret" || list.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("list")) =>
            {
                let arguments = match evaluator.arguments(call, bindings) {
                    Ok(arguments) => arguments,
                    Err(value) => return Some(value),
                };
                written(self.asked_of_azure(&call_form(list, &arguments), &arguments, call.span))
            }
            (function, _) if LOOKS_INTO.contains(&function) => {
                let row = functions::find(DIALECT, function)?;
                let mut arguments = match evaluator.arguments(call, bindings) {
                    Ok(arguments) => arguments,
                    Err(value) => return Some(value),
                };
                // In a list an id is as good as any other item.
                let in_a_text = arguments.first().is_some_and(|first| first.items().is_none());
                if in_a_text {
                    arguments = arguments.iter().map(|argument| self.world.spelled_out(argument)).collect();
                }
                Some(evaluator.apply(row, &arguments, call))
            }
            _ => None,
        }
    }

    /// The name of what is written, as in `nameof(vnet.properties.subnets)`.
    fn name_of(&self, evaluator: &Evaluator, expr: &Expr) -> Value {
        match &expr.kind {
            ExprKind::Name(name) | ExprKind::Get { key: name, .. } | ExprKind::Nested { name, .. } => Value::text(name),
            ExprKind::Index { object, .. } => self.name_of(evaluator, object),
            _ => evaluator.refuse(expr.span, "nameof takes a name".into()),
        }
    }

    /// `deployment()`: of a module the name that its call gives it. Bicep deploys every module to where its root is
    /// deployed; a template says for each of its deployments where that is.
    fn deployment(&self) -> Value {
        let own = qualified(&self.of.address, "deployment()");
        let root = self.world.id();
        let parent = self.of.parent.as_ref();
        let given = parent.and_then(|parent| self.world.deployment_name(parent.module, &parent.call, &parent.made));
        let name = given.unwrap_or_else(|| Value::pieces(named(root, &format!("{own}.name"))));
        let rest = Unknown::new(root, own, Reason::Data);
        match parent.is_some_and(|parent| self.world.module(parent.module).declared.is_template()) {
            true => open_object([("name", name)], rest),
            false => {
                let location = Value::pieces(named(root, "deployment().location"));
                open_object([("name", name), ("location", location)], rest)
            }
        }
    }

    /// `resourceGroup('x')`, `subscription(guid)`, `managementGroup('x')`: places to deploy to.
    fn elsewhere(&self, evaluator: &Evaluator, call: &Call, arguments: &[Value]) -> Value {
        let root = self.world.id();
        let parts: Vec<Pieces> = arguments.iter().filter_map(pieces_of).collect();
        if parts.len() != arguments.len() {
            return evaluator.refuse(call.span, format!("{} takes texts", call.function));
        }
        match (call.function, parts.as_slice()) {
            ("resourceGroup", [group]) => {
                let subscription = self.of.target.subscription.clone();
                let subscription = subscription.or_else(|| Some(named(root, "subscription().subscriptionId")));
                group_object(root, &Target::in_group(subscription, group.clone()))
            }
            ("resourceGroup", [subscription, group]) => {
                group_object(root, &Target::in_group(Some(subscription.clone()), group.clone()))
            }
            ("subscription", [subscription]) => {
                subscription_object(root, &Target::in_subscription(Some(subscription.clone())))
            }
            ("managementGroup", [name]) => management_group_object(root, &Target::in_management_group(name.clone())),
            _ => evaluator.refuse(call.span, format!("{} does not take {} arguments", call.function, parts.len())),
        }
    }

    /// `resourceId('Microsoft.Network/virtualNetworks', 'v')` and its sisters, as a text with holes.
    fn id_by_names(&self, evaluator: &Evaluator, call: &Call, arguments: &[Value]) -> Value {
        let open = || evaluator.derived(&call_form(call.function, arguments), arguments, call.span);
        let is_type = |value: &Value| value.as_text().is_some_and(|text| text.contains('/') && !text.starts_with('/'));
        let most = match call.function {
            "resourceId" => 2,
            "tenantResourceId" => 0,
            _ => 1,
        };
        let fewest = usize::from(call.function == "extensionResourceId");
        let Some(before) = (fewest..=most).find(|at| arguments.get(*at).is_some_and(is_type)) else { return open() };
        let (place, rest) = arguments.split_at(before);
        let Some((type_name, names)) = rest.split_first() else { return open() };
        let place: Option<Vec<Pieces>> = place.iter().map(pieces_of).collect();
        let names: Option<Vec<Pieces>> = names.iter().map(pieces_of).collect();
        let (Some(place), Some(names), Some(type_name)) = (place, names, type_name.as_text()) else { return open() };
        // Azure takes a type that ends in a slash for the same.
        let type_name = type_name.trim_end_matches('/');
        let here = &self.of.target;
        let own = || Target { extended: None, ..here.clone() };
        let target = match (call.function, place.as_slice()) {
            ("resourceId", []) => own(),
            ("resourceId", [group]) => Target::in_group(here.subscription.clone(), group.clone()),
            ("resourceId", [subscription, group, ..]) => Target::in_group(Some(subscription.clone()), group.clone()),
            ("subscriptionResourceId", []) => Target::in_subscription(here.subscription.clone()),
            ("subscriptionResourceId", [subscription, ..]) => Target::in_subscription(Some(subscription.clone())),
            ("managementGroupResourceId", []) => {
                let name = here.management_group.clone();
                Target::in_management_group(name.unwrap_or_else(|| named(self.world.id(), "managementGroup().name")))
            }
            ("managementGroupResourceId", [name, ..]) => Target::in_management_group(name.clone()),
            ("extensionResourceId", [extended, ..]) => {
                Target { extended: Some(extended.clone()), ..Target::unknown(Level::Tenant) }
            }
            _ => Target::tenant(),
        };
        // A name such as 'v/s' is as good as two.
        let names: Vec<Pieces> = names.iter().flat_map(|name| name.split('/')).collect();
        match id_of(&target, type_name, &names) {
            Some(id) => {
                let secret = arguments.iter().any(|argument| argument.secret);
                Value::pieces(joined(&[id])).with_secret(secret)
            }
            None => open(),
        }
    }

    /// `reference(x)`: the properties of a resource as Azure has them; with `'Full'` all of it.
    fn state_of(&self, arguments: &[Value], span: Span) -> Value {
        let whole = arguments.get(2).is_some_and(|argument| argument.is("Full") == Truth::Yes);
        if let Some(Kind::Reference(id)) = arguments.first().map(|argument| &argument.kind)
            && id.field() == Some("id")
        {
            let path = if whole { vec![] } else { vec![Segment::Field(SmolStr::new("properties"))] };
            return reference(&id.address, path);
        }
        if let Some(first) = arguments.first().filter(|_| self.of.declared.is_template())
            && let [Named::Resource(instance)] = self.world.named(self.at.module, first).as_slice()
        {
            return match whole {
                true => self.world.view(*instance, span),
                false => self.world.attribute(*instance, "properties", span),
            };
        }
        let name = call_form("reference", arguments);
        Value::unknown(Unknown::new(self.world.id(), name, Reason::Data).at(span))
    }

    /// What each candidate of a choice among the arguments gives.
    fn over_choices(&self, arguments: &[Value], run: &dyn Fn(&[Value]) -> Value) -> Value {
        let choice = arguments.iter().find_map(|argument| match &argument.kind {
            Kind::OneOf { condition, values } if values.len() <= MOST_CANDIDATES => Some((condition, values.len())),
            _ => None,
        });
        let Some((condition, count)) = choice else { return run(arguments) };
        // Arguments that hang on the same condition move together.
        let parts = (0..count).map(|index| {
            let chosen: Vec<Value> = arguments
                .iter()
                .map(|argument| match &argument.kind {
                    Kind::OneOf { condition: other, values } if other == condition && values.len() == count => {
                        values[index].clone()
                    }
                    _ => argument.clone(),
                })
                .collect();
            self.over_choices(&chosen, run)
        });
        Value::one_of(condition.clone(), parts)
    }
}

/// The value of something that may not be deployed; null where it is not.
fn if_made(made: Option<&super::instances::Made>, value: Value) -> Value {
    match made.map(|made| (made.exists, made.decides.clone())) {
        Some((Truth::No, _)) => Value::null(),
        Some((Truth::Unknown, Some(decides))) => Value::one_of(decides, [value, Value::null()]),
        _ => value,
    }
}

/// All instances of a loop as a list; those whose condition is false keep their places.
fn all(instances: &Instances, view: impl Fn(usize) -> Value) -> Value {
    let known = (0..instances.made.len()).filter(|index| !instances.made[*index].is_template());
    let items: Vec<Value> = known.map(view).collect();
    let rest = instances.open.clone().map(Hole::Unknown);
    Value::new(Kind::List { items: Arc::new(items), rest, shape: ListShape::Tuple })
}

/// A call in the form that names what stays unknown of it.
pub fn call_form(function: &str, arguments: &[Value]) -> String {
    let arguments: Vec<String> = arguments.iter().map(form).collect();
    format!("{function}({})", arguments.join(", "))
}
