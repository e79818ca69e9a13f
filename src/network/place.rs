//! In: a node. Out: answers to what rules ask of it.
//! Never: changes anything.

use super::order::Order;
use super::{Network, Node};
use crate::azure::{At, Default_, Field, Link, Type, VARIANTS, null_at, values_at};
use crate::source::Span;
use crate::value::{Address, Cidr, Hole, Kind, Pieces, ResourceId, RootId, Truth, Unknown, Value};

/// A resource of the graph.
#[derive(Clone, Copy)]
pub struct Place<'n> {
    pub(super) network: &'n Network,
    pub(super) index: usize,
}

/// What a field of a place is.
#[derive(Clone, Debug)]
pub enum Got {
    /// It is written, or assumed: then its origin says so.
    Is(Value),
    /// It is not written, and nothing is assumed.
    Absent,
    /// It cannot be told.
    Unknown(Unknown),
}

/// Where a link leads.
#[derive(Clone, Debug)]
pub enum End<'n> {
    /// To a place of the graph.
    Place(Place<'n>),
    /// To something that no program of the run declares; its id or text.
    Outside(String),
    /// It cannot be told.
    Unknown(Unknown),
}

/// A link that was followed.
#[derive(Clone, Debug)]
pub struct Step<'n> {
    /// Where it leads.
    pub end: End<'n>,
    /// Where it is written.
    pub span: Span,
    /// The declaration that draws it: the place itself, or a block that only sets the link.
    pub drawn_by: Address,
    /// The value that says so.
    pub value: Value,
    /// Whether the block that draws it is there.
    pub exists: Truth,
}

impl std::fmt::Debug for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.address())
    }
}

impl PartialEq for Place<'_> {
    fn eq(&self, other: &Place<'_>) -> bool {
        self.index == other.index
    }
}

impl Eq for Place<'_> {}

impl Step<'_> {
    /// What nobody knows of where a link leads, if no program of the run declares it: `routes` of a route table.
    pub fn unread(&self, parts: &str) -> Option<Unknown> {
        let End::Outside(id) = &self.end else { return None };
        let name = format!("{parts} of {id}");
        Some(Unknown::new(self.drawn_by.root(), name, crate::value::Reason::Data).at(self.span))
    }
}

impl<'n> Place<'n> {
    pub(super) fn node(self) -> &'n Node {
        &self.network.nodes[self.index]
    }

    /// Its type.
    pub fn kind(self) -> &'static Type {
        self.node().kind
    }

    /// Its address.
    pub fn address(self) -> &'n Address {
        &self.node().address
    }

    /// The root that declares it.
    pub fn root(self) -> RootId {
        self.node().address.root()
    }

    /// The declaration whose making makes it.
    pub fn declaration(self) -> &'n Address {
        &self.node().declaration
    }

    /// The head of its declaration.
    pub fn span(self) -> Span {
        self.node().span
    }

    /// It is written in azurerm's words, so in Terraform.
    pub fn is_terraform(self) -> bool {
        self.node().azurerm
    }

    /// The version of ARM's API that it is written for; azurerm writes none.
    pub fn api_version(self) -> Option<&'n str> {
        self.node().api_version.as_deref()
    }

    /// Its id, as far as it is known.
    pub fn id(self) -> Option<&'n ResourceId> {
        self.node().id.as_ref()
    }

    /// It is made here, not read.
    pub fn is_made(self) -> bool {
        !self.node().existing
    }

    /// All that is to say of it is here: it is made, or it is deployed and was exported.
    pub fn is_known(self) -> bool {
        self.is_made() || self.node().whole
    }

    /// Whether it is made at all.
    pub fn exists(self) -> Truth {
        self.node().exists
    }

    /// What would decide whether it is made.
    pub fn decides(self) -> Option<&'n Unknown> {
        self.node().decides.as_ref()
    }

    /// The name that a person knows it by: its Azure name, or its address where that has holes.
    pub fn name(self) -> String {
        let literal = self.id().and_then(ResourceId::name).and_then(Pieces::as_literal).filter(|name| !name.is_empty());
        literal.map_or_else(|| self.address().to_string(), str::to_string)
    }

    /// The resource that it lies in.
    pub fn parent(self) -> Option<Place<'n>> {
        let index = self.node().parent?;
        Some(Place { network: self.network, index: self.network.canonical(index) })
    }

    /// The resources of a type that lie in it.
    pub fn children(self, kind: &'static Type) -> Vec<Place<'n>> {
        let children = self.network.within.get(&self.index).into_iter().flatten();
        let places = children.map(|index| Place { network: self.network, index: *index });
        places.filter(|place| place.kind() == kind).collect()
    }

    /// What a field is, with the default of the language that it is written in.
    pub fn get(self, field: &Field) -> Got {
        let node = self.node();
        let mut found = values_at(&node.body, field).into_iter();
        match found.next() {
            Some(At::Value(value)) => Got::Is(value.clone()),
            Some(At::Maybe(hole)) => Got::Unknown(hole.unknown()),
            None if node.existing && !node.whole => Got::Unknown(self.unread(field)),
            None => {
                let value = match self.default_of(field) {
                    Default_::None => return Got::Absent,
                    Default_::Unknown => return Got::Unknown(self.unread(field)),
                    Default_::Text(text) => Value::text(text),
                    Default_::Bool(value) => Value::bool(value),
                    Default_::Number(value) => Value::number(value),
                    Default_::Texts(texts) => Value::list(texts.iter().map(Value::text).collect()),
                };
                let why = if node.azurerm { "azurerm's default" } else { "Azure's default" };
                let hand = crate::value::Hand::Assumed(why.into());
                Got::Is(value.with_origin(crate::value::Origin::default().through(hand, node.span)))
            }
        }
    }

    /// The default of a field in the language, and with the provider's version, that this place is written in.
    fn default_of(self, field: &Field) -> Default_ {
        let node = self.node();
        for variant in VARIANTS.iter().filter(|variant| variant.of == node.kind) {
            let Some((_, default)) = variant.assumes.iter().find(|(of, _)| std::ptr::eq(*of, field)) else { continue };
            match self.is(variant.field, variant.is) {
                Truth::Yes => return *default,
                Truth::Unknown => return Default_::Unknown,
                Truth::No => {}
            }
        }
        if !node.azurerm {
            return field.arm_default;
        }
        match (field.azurerm_before, node.azurerm_major) {
            (Some((major, default)), Some(version)) if version < major => default,
            _ => field.azurerm_default,
        }
    }

    /// A field is not written, and its default differs between versions of a provider whose version is not known: what
    /// rests on it is of medium confidence at most.
    pub fn is_guessed(self, field: &Field) -> bool {
        let node = self.node();
        let differs = field.azurerm_before.is_some_and(|(_, default)| default != field.azurerm_default);
        node.azurerm && node.azurerm_major.is_none() && differs && values_at(&node.body, field).is_empty()
    }

    /// The text of a field: `Err` holds what is not known of it, `Ok(None)` says that it is not there.
    pub fn text(self, field: &Field) -> Result<Option<String>, Unknown> {
        self.known(field, |value| value.as_text().map(str::to_string))
    }

    /// The whole number that a field is; `Err` holds what is not known of it, `Ok(None)` says that it is not there.
    pub fn number(self, field: &Field) -> Result<Option<i64>, Unknown> {
        self.known(field, |value| match &value.kind {
            Kind::Number(number) => number.to_i64(),
            // Terraform takes a number that is written as a text.
            Kind::Text(_) => value.as_text().and_then(|text| text.trim().parse().ok()),
            _ => None,
        })
    }

    /// The address ranges of a field that holds one or a list of them. What is no range is left out; `Err` holds what is
    /// not known of it.
    pub fn ranges(self, field: &Field) -> Result<Vec<Cidr>, Unknown> {
        let (values, open) = self.get_all(field);
        let mut ranges = Vec::new();
        for value in &values {
            for item in value.items().unwrap_or(std::slice::from_ref(value)) {
                match item.as_text() {
                    Some(_) => ranges.extend(range(item)),
                    None => match item.first_hole() {
                        Some(hole) => return Err(hole.unknown()),
                        None => continue,
                    },
                }
            }
            if let Some(rest) = value.rest() {
                return Err(rest.unknown());
            }
        }
        match open {
            Some(unknown) => Err(unknown),
            None if values.is_empty() => match self.get(field) {
                Got::Is(value) => Ok(value.items().unwrap_or_default().iter().filter_map(range).collect()),
                Got::Absent => Ok(Vec::new()),
                Got::Unknown(unknown) => Err(unknown),
            },
            None => Ok(ranges),
        }
    }

    fn known<T>(self, field: &Field, read: impl Fn(&Value) -> Option<T>) -> Result<Option<T>, Unknown> {
        match self.get(field) {
            Got::Is(value) => match (read(&value), value.first_hole()) {
                (Some(known), _) => Ok(Some(known)),
                (None, Some(hole)) => Err(hole.unknown()),
                (None, None) => Ok(None),
            },
            Got::Absent => Ok(None),
            Got::Unknown(unknown) => Err(unknown),
        }
    }

    /// Every value of a field that walks lists, and whether there may be more.
    pub fn get_all(self, field: &Field) -> (Vec<Value>, Option<Unknown>) {
        let mut values = Vec::new();
        let mut open = None;
        for at in values_at(&self.node().body, field) {
            match at {
                At::Value(value) => values.push(value.clone()),
                At::Maybe(hole) => open = open.or(Some(hole.unknown())),
            }
        }
        if values.is_empty() && open.is_none() && self.node().existing && !self.node().whole {
            open = Some(self.unread(field));
        }
        (values, open)
    }

    /// Whether a field is the given text, in any case of letters.
    pub fn is(self, field: &Field, text: &str) -> Truth {
        self.get(field).ask(|value| value.is(text))
    }

    /// Whether a field is true.
    pub fn is_true(self, field: &Field) -> Truth {
        self.get(field).ask(Value::is_true)
    }

    /// Where a field is written, be it as null; the head of the declaration where it is not.
    pub fn span_of(self, field: &Field) -> Span {
        match self.get(field) {
            Got::Is(value) => self.inside(&value).or(value.origin.place()).unwrap_or(self.span()),
            Got::Absent => self.span_of_null(field).unwrap_or(self.span()),
            Got::Unknown(_) => self.span(),
        }
    }

    /// Where a field is written as null, which is as good as not at all: `network_policy = var.network_policy`, where
    /// nobody gives the variable a value.
    pub fn span_of_null(self, field: &Field) -> Option<Span> {
        let null = null_at(&self.node().body, field)?;
        self.inside(null).filter(|span| *span != self.span())
    }

    /// The last hand that a value went through in the file that declares this place.
    ///
    /// All that a model does stands at the head of the call: what the call gives is found before that.
    pub(super) fn inside(self, value: &Value) -> Option<Span> {
        let head = self.span();
        let spans = || value.origin.hops().map(|hop| hop.span).filter(|span| span.file == head.file);
        spans().find(|span| *span != head).or_else(|| spans().next())
    }

    /// What a field is called in the language that this place is written in.
    pub fn spelling(self, field: &Field) -> &'static str {
        let azurerm = field.azurerm[0].filter(|_| self.node().azurerm);
        azurerm.map_or(field.arm, |spelling| spelling.path)
    }

    /// An attribute of something that is only read.
    pub(super) fn unread(self, field: &Field) -> Unknown {
        let name = format!("{}.{}", self.address(), self.spelling(field));
        Unknown::new(self.root(), name, crate::value::Reason::Data).at(self.span())
    }

    /// The parts of something that is only read: the routes of a route table, the rules of a security group.
    pub fn unread_parts(self, kind: &'static Type) -> Unknown {
        let split = self.kind().splits.iter().find(|split| std::ptr::eq(split.of, kind));
        let name = match split {
            Some(split) if self.node().azurerm => split.azurerm,
            Some(split) => split.list,
            None => kind.name,
        };
        let name = format!("{}.{name}", self.address());
        Unknown::new(self.root(), name, crate::value::Reason::Data).at(self.span())
    }

    /// Where a link leads: several ends for a link that walks a list, or that several blocks draw.
    pub fn follow(self, link: &Link) -> Vec<Step<'n>> {
        let node = self.node();
        let mut steps = Vec::new();
        for at in values_at(&node.body, link.field) {
            let (value, end) = match at {
                At::Value(value) => match self.network.resolve(value, link.to, node.address.root()) {
                    Some(end) => (value.clone(), end),
                    None => continue,
                },
                At::Maybe(hole) => (Value::of_hole(hole.clone()), End::Unknown(hole.unknown())),
            };
            let span = self.inside(&value).or(value.origin.last()).unwrap_or(node.span);
            let exists = !Truth::any(value.candidates().iter().map(Value::is_absent)).min(Truth::Unknown);
            steps.push(Step { end, span, drawn_by: node.declaration.clone(), value, exists });
        }
        if node.existing && !node.whole && steps.is_empty() {
            let unknown = self.unread(link.field);
            let value = Value::unknown(unknown.clone());
            let drawn_by = node.declaration.clone();
            steps.push(Step { end: End::Unknown(unknown), span: node.span, drawn_by, value, exists: Truth::Unknown });
        }
        for joined in self.joined().filter(|joined| std::ptr::eq(joined.field, link.field)) {
            // A block of the code that sets the link says more than a resource that is only read.
            steps.retain(|step| !(matches!(step.end, End::Unknown(_)) && step.drawn_by == node.declaration));
            if let Some(end) = self.network.resolve(&joined.value, link.to, joined.declaration.root()) {
                let (span, drawn_by) = (joined.span, joined.declaration.clone());
                steps.push(Step { end, span, drawn_by, value: joined.value.clone(), exists: joined.exists });
            }
        }
        steps
    }

    /// The blocks that set something of this place.
    pub(super) fn joined(self) -> impl Iterator<Item = &'n super::Joined> {
        let places = self.network.joined_of.get(&self.index).into_iter().flatten();
        places.map(|place| &self.network.joined[*place])
    }

    /// A block that may set a field of this place, and whose target is not known.
    pub fn perhaps_set(self, field: &Field) -> Option<Unknown> {
        let joined = self.network.joined.iter().filter(|joined| std::ptr::eq(joined.field, field));
        let open = joined.filter(|joined| joined.node.is_none()).find_map(|joined| joined.hole.clone());
        open.map(|hole| hole.unknown())
    }

    /// Whether this is made before `then`.
    pub fn made_before(self, then: Place) -> Order {
        if self.node().existing && !self.network.is_saved(self.root()) {
            return Order::Before;
        }
        self.network.order(self.declaration(), then.declaration())
    }
}

/// The range that a value spells.
fn range(value: &Value) -> Option<Cidr> {
    value.as_text().and_then(Cidr::parse)
}

impl Got {
    /// The answer of the value; `No` for what is absent.
    pub fn ask(&self, question: impl Fn(&Value) -> Truth) -> Truth {
        match self {
            Got::Is(value) => question(value),
            Got::Absent => Truth::No,
            Got::Unknown(_) => Truth::Unknown,
        }
    }

    /// What would decide, where it cannot be told.
    pub fn unknown(&self) -> Option<Unknown> {
        match self {
            Got::Is(value) => value.first_hole().as_ref().map(Hole::unknown),
            Got::Absent => None,
            Got::Unknown(unknown) => Some(unknown.clone()),
        }
    }
}

impl<'n> End<'n> {
    /// The place, if it leads to one.
    pub fn place(&self) -> Option<Place<'n>> {
        match self {
            End::Place(place) => Some(*place),
            _ => None,
        }
    }
}
