//! In: a loop, a condition and their values. Out: which instances of a declaration there are.
//! Never: turns an unknown number of instances into none.

use std::rc::Rc;

use crate::evaluate::Bindings;
use crate::evaluate::expression::form;
use crate::source::Span;
use crate::value::{Hole, Key, Kind, Reason, RootId, SmolStr, Truth, Unknown, Value};

/// The instances of a resource or module.
#[derive(Debug)]
pub struct Instances {
    /// Those that are there, or may be; at least one, which is absent where there is none.
    pub made: Vec<Made>,
    /// There may be other instances than `made` names, for this reason.
    pub open: Option<Unknown>,
}

/// One instance.
#[derive(Clone, Debug)]
pub struct Made {
    /// Which one.
    pub key: Option<Key>,
    names: Option<(SmolStr, Option<SmolStr>)>,
    item: Value,
    place: Value,
    /// The instance around it whose names it knows too.
    pub around: Option<Rc<Made>>,
    /// Whether it is there.
    pub exists: Truth,
    /// What would decide that.
    pub decides: Option<Unknown>,
}

/// What a loop binds and walks.
pub struct Loop<'a> {
    pub item: &'a SmolStr,
    pub index: Option<&'a SmolStr>,
    pub collection: &'a Value,
    pub span: Span,
}

impl Made {
    /// The only instance of what is not repeated.
    pub fn one() -> Made {
        let (item, place) = (Value::null(), Value::null());
        Made { key: None, names: None, item, place, around: None, exists: Truth::Yes, decides: None }
    }

    /// What is not repeated itself, but stands within what is.
    pub fn within(around: Option<Rc<Made>>) -> Made {
        Made { around, ..Made::one() }
    }

    /// It stands for no instance at all.
    pub fn absent(&self) -> bool {
        self.exists == Truth::No
    }

    /// It stands for whichever instance there may be.
    pub fn is_template(&self) -> bool {
        matches!(self.key, Some(Key::Any(_)))
    }

    /// The place in the loop.
    pub fn place(&self) -> &Value {
        &self.place
    }

    /// The instance's address from that of its declaration.
    pub fn address(&self, declaration: &str) -> String {
        match &self.key {
            Some(key) => format!("{declaration}{key}"),
            None => declaration.to_string(),
        }
    }

    /// Runs `work` with the loop's variables bound.
    pub fn with_bindings<T>(&self, work: impl FnOnce(Bindings) -> T) -> T {
        let mut work = Some(work);
        let mut result = None;
        self.bind_all(&mut |bindings| result = work.take().map(|work| work(bindings)));
        result.expect("the bindings are handed over once")
    }

    /// The names of what is around it stand outside its own.
    fn bind_all(&self, work: &mut dyn FnMut(Bindings)) {
        match &self.around {
            Some(around) => around.bind_all(&mut |bindings| self.bind(bindings, work)),
            None => self.bind(Bindings::default(), work),
        }
    }

    fn bind(&self, bindings: Bindings, work: &mut dyn FnMut(Bindings)) {
        let Some((item, index)) = &self.names else { return work(bindings) };
        let inner = bindings.bind(item.clone(), self.item.clone());
        match index {
            Some(index) => {
                let inner = Bindings::with(&inner).bind(index.clone(), self.place.clone());
                work(Bindings::with(&inner))
            }
            None => work(Bindings::with(&inner)),
        }
    }
}

impl Instances {
    /// The only instance of what is not repeated.
    pub fn one() -> Instances {
        Instances { made: vec![Made::one()], open: None }
    }

    /// One template that stands for any number of instances.
    pub fn open(unknown: Unknown) -> Instances {
        Instances { made: vec![template(None, &unknown, Truth::Unknown)], open: Some(unknown) }
    }

    /// The instances of a loop. More than `most` are one template.
    pub fn of(walked: &Loop, root: RootId, most: usize) -> Instances {
        let names = Some((walked.item.clone(), walked.index.cloned()));
        let candidates = walked.collection.candidates();
        let lists: Option<Vec<&[Value]>> =
            candidates.iter().map(|value| value.items().filter(|items| items.len() <= most)).collect();
        let unknown = || match walked.collection.hole().or_else(|| walked.collection.rest()) {
            Some(hole) => hole.unknown(),
            None => {
                let reason = if walked.collection.items().is_some() { Reason::Limit } else { Reason::Broken };
                Unknown::new(root, form(walked.collection), reason).at(walked.span)
            }
        };
        let Some(lists) = lists else {
            let open = unknown();
            return Instances { made: vec![template(names, &open, Truth::Unknown)], open: Some(open) };
        };
        let condition = match &walked.collection.kind {
            Kind::OneOf { condition, .. } => Some(condition.clone()),
            _ => None,
        };
        // With more items somewhere, what is known of the list is that these are in it, and not where.
        let rest = candidates.iter().find_map(|value| match &value.kind {
            Kind::List { rest, .. } => rest.as_ref().map(Hole::unknown),
            _ => None,
        });
        let longest = lists.iter().map(|list| list.len()).max().unwrap_or_default();
        let mut made: Vec<Made> = (0..longest)
            .map(|at| {
                let items: Vec<Value> = lists.iter().filter_map(|list| list.get(at).cloned()).collect();
                let everywhere = items.len() == lists.len();
                let item = match &condition {
                    Some(condition) => Value::one_of(condition.clone(), items),
                    None => items.into_iter().next().unwrap_or_else(Value::null),
                };
                let place = match &rest {
                    Some(rest) => Value::unknown(rest.part(&format!("place of item {at} in"))),
                    None => Value::number(at),
                };
                let exists = Truth::yes_or_unknown(everywhere);
                let decides = if everywhere { None } else { condition.clone() };
                Made { key: Some(Key::Index(at)), names: names.clone(), item, place, around: None, exists, decides }
            })
            .collect();
        made.extend(rest.as_ref().map(|rest| template(names.clone(), rest, Truth::Unknown)));
        if made.is_empty() {
            let nobody = Unknown::new(root, form(walked.collection), Reason::Condition).at(walked.span);
            made.push(template(names, &nobody, Truth::No));
        }
        Instances { made, open: rest }
    }

    /// The instance at a place of the loop.
    pub fn position(&self, place: usize) -> Option<usize> {
        self.made.iter().position(|made| made.key == Some(Key::Index(place)))
    }
}

fn template(names: Option<(SmolStr, Option<SmolStr>)>, unknown: &Unknown, exists: Truth) -> Made {
    Made {
        key: Some(Key::Any(unknown.clone())),
        names,
        item: Value::unknown(unknown.part("item of")),
        place: Value::unknown(unknown.part("place in")),
        around: None,
        exists,
        decides: Some(unknown.clone()),
    }
}
