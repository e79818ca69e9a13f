//! In: a `resource` declaration. Out: its instances, their names, ids and bodies.
//! Never: turns a reference to an id into text, but for whoever takes a text apart.

use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use super::declared::Placed;
use super::instances::{Instances, Made};
use super::target::{self, MANAGEMENT_GROUPS, RESOURCE_GROUPS, Target, id_of, pieces_of};
use super::{At, DIALECT, Module, Wanted, World, qualified, reference, written_one_by_one};
use crate::evaluate::Resource;
use crate::evaluate::expression::{Bindings, as_view, form, is_broken};
use crate::source::Span;
use crate::syntax::{Expr, ExprKind};
use crate::value::{
    Address, Hand, Hole, Kind, Origin, Piece, Pieces, Reason, Reference, Segment, SmolStr, Truth, Unknown, Value,
};

/// The longest chain of parents and of resources that extend each other.
const DEEPEST: u32 = 16;

/// The most instances that an unknown index is spread over.
const MOST_CANDIDATES: usize = 16;

/// The members of a declaration that say where it is, and not what it is.
const PLACING: [&str; 2] = ["parent", "scope"];

/// What every resource has, written or not.
const KNOWN_OF_EACH: [&str; 4] = ["id", "name", "type", "apiVersion"];

/// One instance of a resource: its module, its place among that file's resources, and which instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Instance {
    pub module: usize,
    pub resource: usize,
    pub index: usize,
}

/// What an expression such as `vnet[0]::nodes` finds.
pub struct Found {
    pub resource: usize,
    pub which: Which,
}

/// Which instances of a resource.
pub enum Which {
    /// This one.
    One(usize),
    /// All of a loop: it is a list.
    All,
    /// One of these.
    Some(Unknown, Vec<usize>),
    /// One that the known ones do not have, by the form of its index.
    Unknown(String),
    /// None: the language would refuse the index.
    Refused(Value),
}

impl World<'_> {
    /// The instances of a resource.
    pub(super) fn instances(&self, module: usize, resource: usize) -> Rc<Instances> {
        if let Some(known) = self.made.borrow().get(&(module, resource)) {
            return Rc::clone(known);
        }
        // Whoever asks for the instances while they are worked out is answered by a template of them.
        let unknown = Unknown::new(self.id(), "a repetition that depends on itself", Reason::Broken);
        self.made.borrow_mut().insert((module, resource), Rc::new(Instances::open(unknown)));
        let of = self.module(module);
        let placed = &of.declared.resources[resource];
        let instances = Rc::new(self.repeat(At { module, inside: placed.outer }, &placed.declaration));
        self.made.borrow_mut().insert((module, resource), Rc::clone(&instances));
        instances
    }

    fn with_instance<T>(&self, instance: Instance, run: impl FnOnce(&Module, &Placed, &Made) -> T) -> T {
        let of = self.module(instance.module);
        let instances = self.instances(instance.module, instance.resource);
        run(&of, &of.declared.resources[instance.resource], &instances.made[instance.index])
    }

    /// A resource instance as `resources` tells it.
    pub(super) fn resource(&self, instance: Instance) -> Resource {
        let address = self.address(instance);
        let names = self.names(instance, 0);
        let target = self.target(instance, 0);
        let body = self.body(instance);
        self.with_instance(instance, |of, placed, made| {
            // What extensions make has all its members in `properties`, as in the template that Bicep becomes.
            let body = match placed.foreign {
                true => Value::object([(SmolStr::new("properties"), body)]),
                false => body,
            };
            let around = placed.outer.map(|outer| self.around(instance.module, outer));
            let exists = of.way.exists & made.exists & around.as_ref().map_or(Truth::Yes, |(exists, _)| *exists);
            let decides = of.way.decides.clone().or_else(|| around.and_then(|(_, decides)| decides));
            let outwards = || of.declared.outwards(instance.resource).map(|at| &of.declared.resources[at].declaration);
            Resource {
                address,
                dialect: DIALECT,
                type_name: placed.type_name.clone(),
                api_version: placed.version.clone().filter(|_| !placed.foreign),
                module: of.way.symbols.clone(),
                symbol: placed.symbol.clone(),
                names,
                scope: target.site(),
                body,
                existing: placed.declaration.existing,
                exists,
                decides: decides.or_else(|| made.decides.clone()),
                conditional: outwards().any(|declaration| declaration.condition.is_some()),
                looped: placed.declaration.repeat.is_some(),
                absent: exists == Truth::No,
                ignored: Vec::new(),
                span: placed.declaration.head,
                calls: of.way.calls.clone(),
            }
        })
    }

    /// Whether a resource that others are nested in is made, and what decides that.
    fn around(&self, module: usize, resource: usize) -> (Truth, Option<Unknown>) {
        let of = self.module(module);
        let mut answer = (Truth::Yes, None);
        for at in of.declared.outwards(resource) {
            let instances = self.instances(module, at);
            let exists = instances.made.iter().map(|made| made.exists).max().unwrap_or(Truth::No);
            let decides = instances.made.iter().find_map(|made| made.decides.clone());
            answer = (answer.0 & exists, answer.1.or(decides));
        }
        answer
    }

    /// The address of an instance; whoever holds a reference finds its way back by it.
    pub(super) fn address(&self, instance: Instance) -> Address {
        let text = self.with_instance(instance, |of, placed, made| {
            let outer = placed.outer.map(|resource| self.address(Instance { resource, index: 0, ..instance }));
            let declaration = match outer {
                Some(outer) => format!("{outer}::{}", placed.declaration.name.name),
                None => qualified(&of.address, &placed.symbol),
            };
            made.address(&declaration)
        });
        let address = Address::new(self.id(), text);
        self.places.borrow_mut().entry(address.clone()).or_insert(instance);
        address
    }

    /// A member of a resource as it is written; `None` where it is not.
    fn member(&self, instance: Instance, name: &str) -> Option<Value> {
        self.with_instance(instance, |_, placed, made| {
            let at = At { module: instance.module, inside: Some(instance.resource) };
            let body = &placed.declaration.body;
            if written_one_by_one(body).is_none() {
                let all = self.members(instance);
                return match &all.kind {
                    Kind::Object { fields, rest, .. } => match (fields.get(name), rest) {
                        (Some(value), _) => Some(value.clone()),
                        (None, Some(hole)) => Some(self.part_of(hole, name, body.span)),
                        (None, None) => None,
                    },
                    _ => all.hole().map(|hole| self.part_of(&hole, name, body.span)),
                };
            }
            let expr = body.field(name)?;
            let wanted = Wanted::Member(instance.resource, instance.index, SmolStr::new(name));
            Some(self.remember(instance.module, wanted, expr.span, || {
                let value = match PLACING.contains(&name) {
                    true => made.with_bindings(|bindings| self.placing(at, expr, bindings)),
                    false => made.with_bindings(|bindings| self.value(at, expr, bindings)),
                };
                let origin = value.origin.through(Hand::Attribute(SmolStr::new(name)), expr.span);
                value.with_origin(origin)
            }))
        })
    }

    fn part_of(&self, hole: &Hole, name: &str, span: Span) -> Value {
        let part = Unknown::derived(format!("{hole}.{name}"), [hole]).unwrap_or_else(|| hole.unknown());
        Value::unknown(part).with_origin(Origin::written(span))
    }

    /// All members of a resource of which some are spread.
    fn members(&self, instance: Instance) -> Value {
        self.with_instance(instance, |_, placed, made| {
            let at = At { module: instance.module, inside: Some(instance.resource) };
            let body = &placed.declaration.body;
            let wanted = Wanted::Members(instance.resource, instance.index);
            self.remember(instance.module, wanted, body.span, || {
                made.with_bindings(|bindings| self.value(at, body, bindings))
            })
        })
    }

    /// `parent: vnet` and `scope: aks`: a reference to the resource's id, or the place as an object.
    fn placing(&self, at: At, expr: &Expr, bindings: Bindings) -> Value {
        match self.found(at, expr, bindings) {
            Some(Found { resource, which: Which::One(index) }) => {
                self.attribute(Instance { module: at.module, resource, index }, "id", expr.span)
            }
            _ => self.value(at, expr, bindings),
        }
    }

    /// What is written of a resource; nothing of an existing one.
    fn body(&self, instance: Instance) -> Value {
        self.with_instance(instance, |_, placed, _| {
            let origin = Origin::written(placed.declaration.span);
            if placed.declaration.existing && !placed.foreign {
                return Value::object([]).with_origin(origin);
            }
            let Some(written) = written_one_by_one(&placed.declaration.body) else {
                return self.members(instance).with_origin(origin);
            };
            let mut fields: IndexMap<SmolStr, Value> = IndexMap::with_capacity(written.len());
            for name in written.iter().filter_map(|field| field.literal_key()) {
                fields.insert(SmolStr::new(name), self.member(instance, name).unwrap_or_else(Value::null));
            }
            Value::object(fields).with_origin(origin)
        })
    }

    /// `vnet.name`, `vnet.id`, `vnet.properties`: what is written, else a reference.
    pub(super) fn attribute(&self, instance: Instance, name: &str, span: Span) -> Value {
        let name = &self.in_its_case(instance, name);
        let address = self.address(instance);
        let field = |name: &str| vec![Segment::Field(SmolStr::new(name))];
        let asked = || reference(&address, field(name)).with_origin(Origin::written(span));
        match name.as_str() {
            "id" => asked(),
            "type" => self.with_instance(instance, |_, placed, _| Value::text(&placed.type_name)),
            "apiVersion" => {
                let version = self.with_instance(instance, |_, placed, _| placed.version.clone());
                version.map_or_else(asked, Value::text)
            }
            _ => match self.member(instance, name) {
                Some(value) if !value.is_null() => {
                    as_view(&value, Hole::Reference(Reference::new(address.clone(), field(name))))
                }
                _ => asked(),
            },
        }
    }

    /// A member's name as it is written, or as Azure spells it: ARM finds a property in any case of letters.
    fn in_its_case(&self, instance: Instance, name: &str) -> SmolStr {
        if let Some(known) = KNOWN_OF_EACH.iter().find(|known| known.eq_ignore_ascii_case(name)) {
            return SmolStr::new_static(known);
        }
        self.with_instance(instance, |_, placed, _| {
            let written = written_one_by_one(&placed.declaration.body).unwrap_or_default();
            let mut keys = written.iter().filter_map(|field| field.literal_key());
            SmolStr::new(keys.find(|key| key.eq_ignore_ascii_case(name)).unwrap_or(name))
        })
    }

    /// A resource as an object: what is written, and references for the rest.
    pub(super) fn view(&self, instance: Instance, span: Span) -> Value {
        let address = self.address(instance);
        let mut fields: IndexMap<SmolStr, Value> = IndexMap::new();
        if let Some(written) = self.body(instance).fields() {
            fields.extend(written.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        fields.retain(|name, _| !PLACING.contains(&name.as_str()));
        for name in KNOWN_OF_EACH {
            fields.insert(SmolStr::new(name), self.attribute(instance, name, span));
        }
        let here = Hole::Reference(Reference::new(address, Vec::new()));
        as_view(&Value::object(fields), here).with_origin(Origin::written(span))
    }

    /// The names from the outermost parent to the resource itself: one for each segment of its type.
    pub(super) fn names(&self, instance: Instance, depth: u32) -> Vec<Value> {
        if self.with_instance(instance, |_, placed, _| placed.foreign) {
            return Vec::new();
        }
        let own = self.member(instance, "name");
        let (outer, written, segments, span) = self.with_instance(instance, |_, placed, made| {
            let at = At { module: instance.module, inside: Some(instance.resource) };
            let parent = placed.declaration.body.field("parent");
            let found = parent.map(|expr| made.with_bindings(|bindings| self.found(at, expr, bindings)));
            let span = placed.declaration.head;
            (placed.outer, found.map(|found| (found, parent.cloned())), placed.segments(), span)
        });
        let form_of = |name: &str| format!("{}.{name}", self.address(instance));
        let own = own.unwrap_or_else(|| self.unknown(form_of("name"), Reason::Broken, span));
        if depth > DEEPEST {
            return vec![self.unknown(form_of("name"), Reason::Limit, span); segments];
        }
        let of_parent: Vec<Value> = match (outer, written) {
            (Some(resource), _) => self.names(Instance { resource, index: 0, ..instance }, depth + 1),
            (None, None) => Vec::new(),
            (None, Some((Some(Found { resource, which: Which::One(index) }), _))) => {
                self.names(Instance { resource, index, ..instance }, depth + 1)
            }
            (None, Some((Some(Found { resource, which: Which::Some(condition, indices) }), _))) => {
                let all: Vec<Vec<Value>> = indices
                    .into_iter()
                    .map(|index| self.names(Instance { resource, index, ..instance }, depth + 1))
                    .collect();
                let length = all.first().map_or(0, Vec::len);
                (0..length)
                    .map(|at| Value::one_of(condition.clone(), all.iter().filter_map(|names| names.get(at).cloned())))
                    .collect()
            }
            (None, Some((_, parent))) => {
                let name = parent.map_or_else(String::new, |parent| self.library.sources.text(parent.span));
                let names = segments.saturating_sub(1).max(1);
                let name = qualified(&self.module(instance.module).address, &name);
                (0..names).map(|at| self.unknown(format!("{name}.name[{at}]"), Reason::Module, span)).collect()
            }
        };
        let wanted = segments.saturating_sub(of_parent.len()).max(1);
        of_parent.into_iter().chain(split_name(&own, wanted)).collect()
    }

    /// Where a resource is deployed to.
    pub(super) fn target(&self, instance: Instance, depth: u32) -> Target {
        let of = self.module(instance.module);
        if depth > DEEPEST {
            return Target::unknown(of.target.level);
        }
        self.with_instance(instance, |of, placed, made| {
            if placed.foreign {
                return of.target.clone();
            }
            if let Some(resource) = placed.outer {
                return self.target(Instance { resource, index: 0, ..instance }, depth + 1);
            }
            let at = At { module: instance.module, inside: Some(instance.resource) };
            let body = &placed.declaration.body;
            if let Some(parent) = body.field("parent") {
                return match made.with_bindings(|bindings| self.found(at, parent, bindings)) {
                    Some(Found { resource, which: Which::One(index) }) => {
                        self.target(Instance { resource, index, ..instance }, depth + 1)
                    }
                    Some(Found { resource, which: Which::Some(condition, indices) }) => {
                        let targets = indices
                            .iter()
                            .map(|index| self.target(Instance { resource, index: *index, ..instance }, depth + 1));
                        targets.reduce(|a, b| a.or(b, &condition)).unwrap_or_else(|| Target::unknown(of.target.level))
                    }
                    _ => Target::unknown(of.target.level),
                };
            }
            match body.field("scope") {
                Some(scope) => made.with_bindings(|bindings| self.target_of(at, scope, bindings, depth + 1)),
                None => of.target.clone(),
            }
        })
    }

    /// The target that a `scope:` names.
    pub(super) fn target_of(&self, at: At, scope: &Expr, bindings: Bindings, depth: u32) -> Target {
        if let Some(found) = self.found(at, scope, bindings) {
            return match found.which {
                Which::One(index) => {
                    self.target_in(Instance { module: at.module, resource: found.resource, index }, depth)
                }
                Which::Some(condition, indices) => indices
                    .into_iter()
                    .map(|index| self.target_in(Instance { module: at.module, resource: found.resource, index }, depth))
                    .reduce(|a, b| a.or(b, &condition))
                    .unwrap_or_else(|| Target::unknown(self.module(at.module).target.level)),
                _ => Target::unknown(self.module(at.module).target.level),
            };
        }
        let value = self.value(at, scope, bindings);
        self.target_of_value(at, &value, depth)
    }

    fn target_of_value(&self, at: At, value: &Value, depth: u32) -> Target {
        let level = self.module(at.module).target.level;
        match &value.kind {
            Kind::OneOf { condition, values } => values
                .iter()
                .map(|value| self.target_of_value(at, value, depth))
                .reduce(|a, b| a.or(b, condition))
                .unwrap_or_else(|| Target::unknown(level)),
            Kind::Object { fields, .. } => match fields.get("id").map(|id| &id.kind) {
                Some(Kind::Text(id)) => Target::parse(id).unwrap_or_else(|| Target::unknown(level)),
                Some(Kind::Reference(reference)) => match self.instance_at(reference) {
                    Some(instance) => self.target_in(instance, depth),
                    None => Target::unknown(level),
                },
                _ => Target::unknown(level),
            },
            Kind::Null => self.module(at.module).target.clone(),
            Kind::Text(id) => self.target_of_text(at, id),
            _ => Target::unknown(level),
        }
    }

    /// The target that the scope of a template names: an id, or a type and a name as in
    /// `Microsoft.KeyVault/vaults/{name}`, `/` for the tenant.
    fn target_of_text(&self, at: At, text: &Pieces) -> Target {
        let here = self.module(at.module).target.clone();
        if text.as_literal() == Some("/") {
            return Target::tenant();
        }
        if text.start().starts_with('/') {
            return Target::parse(text).unwrap_or_else(|| Target { extended: Some(text.clone()), ..here });
        }
        let segments = text.split('/');
        let Some((namespace, rest)) = segments.split_first() else { return Target::unknown(here.level) };
        let Some(namespace) = namespace.as_literal() else { return Target::unknown(here.level) };
        if namespace.eq_ignore_ascii_case("Microsoft.Management")
            && let [_, name] = rest
        {
            return Target::in_management_group(name.clone());
        }
        let kinds: Option<Vec<&str>> = rest.iter().step_by(2).map(Pieces::as_literal).collect();
        let names: Vec<Pieces> = rest.iter().skip(1).step_by(2).cloned().collect();
        let Some(kinds) = kinds else { return Target::unknown(here.level) };
        let extended = id_of(&here, &format!("{namespace}/{}", kinds.join("/")), &names);
        Target { extended: extended.or_else(|| here.id()), ..here }
    }

    /// The target that a resource is: a resource group or management group, else the resource that is extended.
    fn target_in(&self, instance: Instance, depth: u32) -> Target {
        let own = self.target(instance, depth + 1);
        let kind = self.with_instance(instance, |_, placed, _| placed.type_name.to_lowercase());
        let name = || self.names(instance, 0).last().and_then(pieces_of);
        match kind.as_str() {
            RESOURCE_GROUPS => match name() {
                Some(group) => {
                    let head = self.with_instance(instance, |_, placed, _| placed.declaration.head);
                    let location = Some(self.attribute(instance, "location", head));
                    Target { location, ..Target::in_group(own.subscription.clone(), group) }
                }
                None => Target::unknown(target::Level::ResourceGroup),
            },
            MANAGEMENT_GROUPS => match name() {
                Some(name) => Target::in_management_group(name),
                None => Target::unknown(target::Level::ManagementGroup),
            },
            _ => {
                let extended = self.id_at(instance, &own);
                Target { extended: extended.or_else(|| own.id()), ..own }
            }
        }
    }

    /// The id of a resource as a text with holes; `None` where its scope is not known.
    pub(super) fn id_text(&self, instance: Instance) -> Option<Pieces> {
        self.id_at(instance, &self.target(instance, 0))
    }

    fn id_at(&self, instance: Instance, target: &Target) -> Option<Pieces> {
        let names: Option<Vec<Pieces>> = self.names(instance, 0).iter().map(pieces_of).collect();
        let type_name = self.with_instance(instance, |_, placed, _| placed.type_name.clone());
        id_of(target, &type_name, &names?)
    }

    /// The resource behind a reference to its id.
    fn instance_at(&self, reference: &Reference) -> Option<Instance> {
        if reference.field() != Some("id") {
            return None;
        }
        self.places.borrow().get(&reference.address).copied()
    }

    /// A value for whoever takes a text apart: references to ids become what the ids say, with holes.
    pub(super) fn spelled_out(&self, value: &Value) -> Value {
        let id = |hole: &Hole| match hole {
            Hole::Reference(reference) => self.instance_at(reference).and_then(|found| self.id_text(found)),
            Hole::Unknown(_) => None,
        };
        let kind = match &value.kind {
            Kind::Reference(reference) => match id(&Hole::Reference(reference.clone())) {
                Some(text) => Kind::Text(text),
                None => return value.clone(),
            },
            Kind::Text(pieces) if pieces.holes().any(|hole| matches!(hole, Hole::Reference(_))) => {
                Kind::Text(Pieces::of(pieces.pieces().iter().flat_map(|piece| match piece {
                    Piece::Hole(hole) => match id(hole) {
                        Some(text) => text.pieces().to_vec(),
                        None => vec![piece.clone()],
                    },
                    literal => vec![literal.clone()],
                })))
            }
            Kind::OneOf { condition, values } => {
                let values: Vec<Value> = values.iter().map(|value| self.spelled_out(value)).collect();
                Kind::OneOf { condition: condition.clone(), values: Arc::new(values) }
            }
            _ => return value.clone(),
        };
        Value { kind, origin: value.origin.clone(), secret: value.secret }
    }

    /// The resource that an expression names: `vnet`, `vnet[0]`, `vnet::nodes`.
    pub(super) fn found(&self, at: At, expr: &Expr, bindings: Bindings) -> Option<Found> {
        let of = self.module(at.module);
        let looped = |resource: usize| of.declared.resources[resource].declaration.repeat.is_some();
        let whole = |resource: usize| {
            let which = if looped(resource) { Which::All } else { Which::One(0) };
            Found { resource, which }
        };
        match &expr.kind {
            ExprKind::Name(name) if bindings.get(name).is_none() => of.declared.resource(name, at.inside).map(whole),
            ExprKind::Nested { object, name } => {
                let outer = self.found(at, object, bindings)?;
                of.declared.resources[outer.resource].inner.get(name).copied().map(whole)
            }
            ExprKind::Index { object, index, .. } => {
                let list = self.found(at, object, bindings)?;
                if !matches!(list.which, Which::All) {
                    return None;
                }
                let index = self.value(at, index, bindings);
                let instances = self.instances(at.module, list.resource);
                Some(Found { resource: list.resource, which: chosen(&instances, &index) })
            }
            _ => None,
        }
    }
}

/// Which instances of a loop an index chooses.
pub fn chosen(instances: &Instances, index: &Value) -> Which {
    if is_broken(index) {
        return Which::Refused(index.clone());
    }
    let place = |value: &Value| match &value.kind {
        Kind::Number(number) => number.to_usize().and_then(|place| instances.position(place)),
        _ => None,
    };
    if let Kind::OneOf { condition, values } = &index.kind {
        let places: Option<Vec<usize>> = values.iter().map(place).collect();
        return match places {
            Some(places) if instances.open.is_none() && !places.is_empty() => Which::Some(condition.clone(), places),
            _ => Which::Unknown(form(index)),
        };
    }
    if let (Some(index), None) = (place(index), &instances.open) {
        return Which::One(index);
    }
    // The place of whichever instance finds whichever instance of the same list.
    let same = |made: &Made| made.place().same(index) == Truth::Yes;
    if index.hole().is_some()
        && let Some(index) = instances.made.iter().position(same)
    {
        return Which::One(index);
    }
    let there = instances.made.iter().filter(|made| !made.is_template()).count();
    match index.first_hole() {
        Some(hole) if instances.open.is_none() && (1..=MOST_CANDIDATES).contains(&there) => {
            Which::Some(hole.unknown(), (0..there).collect())
        }
        _ => Which::Unknown(form(index)),
    }
}

/// A written name as the names of so many segments: split at the slashes that can be seen when they are as many as
/// the type wants, else of each segment only its form is known.
fn split_name(name: &Value, segments: usize) -> Vec<Value> {
    if segments == 1 {
        return vec![name.clone()];
    }
    let part = |text: Pieces| Value::pieces(text).with_origin(name.origin.clone()).with_secret(name.secret);
    let parts = |value: &Value| match &value.kind {
        Kind::Text(pieces) => Some(pieces.split('/')).filter(|parts| parts.len() == segments),
        _ => None,
    };
    if let Kind::OneOf { condition, values } = &name.kind
        && let Some(all) = values.iter().map(parts).collect::<Option<Vec<_>>>()
    {
        let segment = |at: usize| all.iter().map(move |parts| parts[at].clone()).map(part);
        return (0..segments).map(|at| Value::one_of(condition.clone(), segment(at))).collect();
    }
    if let Some(parts) = parts(name) {
        return parts.into_iter().map(part).collect();
    }
    let Some(hole) = name.first_hole() else {
        // A mistake of the program's: its type wants another number of names.
        return vec![name.clone()];
    };
    let form = form(name);
    let unknown = |at: usize| Unknown::derived(format!("split({form}, \"/\")[{at}]"), [&hole]);
    (0..segments).filter_map(unknown).map(|unknown| Value::unknown(unknown).with_origin(name.origin.clone())).collect()
}
