//! In: a `module` declaration. Out: its instances, each with its file, its target and what its caller gives it.
//! Never: fetches a module.

use std::rc::Rc;
use std::sync::Arc;

use super::declared::Declared;
use super::instances::{Instances, Made};
use super::located::{Absent, located};
use super::target::Level;
use super::{At, Children, MOST_MODULES, Module, Parent, Wanted, World, qualified};
use crate::evaluate::memory::Memory;
use crate::evaluate::{Library, ModelledModule, Modules, UnreadModule, in_another_case, models};
use crate::source::{Refusal, Span, extension_of};
use crate::syntax::{Declaration, Fault};
use crate::value::{Address, Reason, Truth, Unknown, Value};

/// Why a module cannot be looked into, and whether that is a mistake.
type Unreadable = (String, bool);

impl World<'_> {
    /// The instances of a module call, looked into where its source is here.
    pub(super) fn children(&self, module: usize, call: &Arc<Declaration>) -> Rc<Children> {
        let key = (module, call.name.name.clone());
        if let Some(known) = self.children.borrow().get(&key) {
            return Rc::clone(known);
        }
        let parent = self.module(module);
        let address = qualified(&parent.address, &call.name.name);
        // Whoever asks for the instances while they are worked out is answered by a template of them.
        let unknown = Unknown::new(self.id(), "a repetition that depends on itself", Reason::Broken);
        let asked = Children { instances: Rc::new(Instances::open(unknown)), modules: None, address: address.clone() };
        self.children.borrow_mut().insert(key.clone(), Rc::new(asked));
        let instances = Rc::new(self.repeat(At { module, inside: None }, call));
        let modules = match self.source_of(&parent, call) {
            Ok(declared) => {
                // A model that is called by a model is a part of it.
                if let Some(model) = declared.model.filter(|_| parent.declared.model.is_none()) {
                    self.note_modelled(&parent, module, call, &address, &instances, model);
                }
                Some(instances.made.iter().map(|made| self.enter(module, call, made, &address, &declared)).collect())
            }
            Err(reason) => {
                self.note_unread(&parent, module, call, &address, &instances, reason);
                None
            }
        };
        let children = Rc::new(Children { instances, modules, address });
        self.children.borrow_mut().insert(key, Rc::clone(&children));
        children
    }

    /// The name that a call gives to the deployment of an instance; `None` where it leaves that to Bicep.
    pub(super) fn deployment_name(&self, module: usize, call: &Declaration, made: &Made) -> Option<Value> {
        let name = call.body.field("name")?;
        let wanted = Wanted::Deployment(made.address(&call.name.name));
        let at = At { module, inside: None };
        let work = || made.with_bindings(|bindings| self.value(at, name, bindings));
        Some(self.remember(module, wanted, name.span, work))
    }

    fn enter(
        &self,
        module: usize,
        call: &Arc<Declaration>,
        made: &Made,
        address: &str,
        declared: &Arc<Declared>,
    ) -> usize {
        let parent = self.module(module);
        let address = made.address(address);
        let at = At { module, inside: None };
        let target = match call.body.field("scope") {
            Some(scope) => made.with_bindings(|bindings| self.target_of(at, scope, bindings, 0)),
            None => parent.target.clone(),
        };
        let level = Level::of(declared.target_scope.as_deref());
        let target = target.at_level(level, self.id(), &address);
        let mut modules = self.modules.borrow_mut();
        modules.push(Rc::new(Module {
            declared: Arc::clone(declared),
            address,
            way: parent.way.through(call, made.exists, made.decides.as_ref()),
            parent: Some(Parent { module, call: Arc::clone(call), made: made.clone() }),
            target,
            memory: Memory::default(),
        }));
        modules.len() - 1
    }

    /// The file that a call names.
    fn source_of(&self, parent: &Module, call: &Declaration) -> Result<Arc<Declared>, Unreadable> {
        if self.modules.borrow().len() >= MOST_MODULES || parent.way.is_deepest() {
            return Err(("the root calls more modules than are followed".into(), false));
        }
        if let Some(inline) = self.inline(&parent.declared, call) {
            return Ok(inline);
        }
        let path = match file_of(self.library, call, &parent.declared.directory) {
            Ok(path) => path,
            Err(absent) => return self.modelled(call, absent).map_err(|reason| (reason, false)),
        };
        if let Ok(written) = written_file_of(self.library, call, &parent.declared.directory)
            && written != path
        {
            let message = format!(
                "module {:?} is found on Windows and macOS only: {}",
                call.name.name.as_str(),
                in_another_case(&written, &path)
            );
            self.note_fault(call.source.as_ref().map_or(call.head, |source| source.span), message);
        }
        if self.stands_above(parent, &path) {
            return Err(("the modules call each other in a circle".into(), true));
        }
        self.readable(&path)
    }

    /// The model of a module that was not downloaded; where there is none, why the module is not read.
    pub(super) fn modelled(&self, call: &Declaration, absent: Absent) -> Result<Arc<Declared>, String> {
        if !absent.elsewhere {
            return Err(absent.reason.to_string());
        }
        let model = models::of_call(self.library, call, absent.reason)?;
        let place = format!("{} at {}:{}", model.title(), self.library.sources.path(call.head.file), call.head.start);
        let mut standing = self.standing.borrow_mut();
        let declared = standing.entry(place.clone()).or_insert_with(|| {
            Arc::new(Declared::of_model(&place, model, &models::standing_at(self.library, model, call.head)))
        });
        Ok(Arc::clone(declared))
    }

    fn note_modelled(
        &self,
        parent: &Module,
        module: usize,
        call: &Declaration,
        address: &str,
        instances: &Instances,
        model: &'static models::Model,
    ) {
        let address = Address::new(self.id(), address).declaration();
        let is_absent = parent.way.exists == Truth::No || instances.made.iter().all(Made::absent);
        if is_absent || self.modelled.borrow().contains_key(address.text()) {
            return;
        }
        let source = call.source.as_ref().and_then(|source| source.as_literal()).unwrap_or("…").to_string();
        let text = address.text().to_string();
        let modelled = ModelledModule { address, source, model, arguments: Value::null(), span: call.head };
        self.modelled.borrow_mut().insert(text.clone(), modelled);
        // Arguments are asked for only where something may be hidden from whom they name.
        let arguments = call.body.field("params").zip(instances.made.first().filter(|_| !model.open.is_empty()));
        let Some((params, made)) = arguments else { return };
        let arguments = made.with_bindings(|bindings| self.value(At { module, inside: None }, params, bindings));
        if let Some(modelled) = self.modelled.borrow_mut().get_mut(&text) {
            modelled.arguments = arguments;
        }
    }

    /// The module that is written in a call.
    pub(super) fn inline(&self, around: &Declared, call: &Declaration) -> Option<Arc<Declared>> {
        let inline = call.inline.as_ref()?;
        let mut known = self.inline.borrow_mut();
        Some(Arc::clone(known.entry(call.span).or_insert_with(|| Arc::new(around.inline(inline)))))
    }

    /// The file at a path, if modules are read from such files.
    pub(super) fn readable(&self, path: &str) -> Result<Arc<Declared>, Unreadable> {
        match self.file(path) {
            Ok(declared) if extension_of(path) == "bicep" || declared.start().is_some() => Ok(declared),
            Ok(_) => Err(("this kind of file is not read as a module".into(), false)),
            Err(refusal @ Refusal::Outside) => Err((refusal.to_string(), false)),
            Err(refusal) => Err((refusal.to_string(), true)),
        }
    }

    fn stands_above(&self, parent: &Module, path: &str) -> bool {
        if parent.declared.path == path {
            return true;
        }
        let mut at = parent.parent.as_ref().map(|parent| parent.module);
        while let Some(index) = at {
            let ancestor = self.module(index);
            if ancestor.declared.path == path {
                return true;
            }
            at = ancestor.parent.as_ref().map(|parent| parent.module);
        }
        false
    }

    fn note_fault(&self, span: Span, message: String) {
        let mut faults = self.faults.borrow_mut();
        if !faults.iter().any(|fault| fault.span == span && fault.message == message) {
            faults.push(Fault { span, message, opened: None });
        }
    }

    fn note_unread(
        &self,
        parent: &Module,
        module: usize,
        call: &Declaration,
        address: &str,
        instances: &Instances,
        (reason, missing): Unreadable,
    ) {
        let address = Address::new(self.id(), address).declaration();
        if self.unread.borrow().contains_key(address.text()) {
            return;
        }
        if missing {
            let message = format!("module {:?} cannot be read: {reason}", call.name.name.as_str());
            self.note_fault(call.source.as_ref().map_or(call.head, |source| source.span), message);
        }
        // What is certainly not deployed leaves no gap.
        if parent.way.exists == Truth::No || instances.made.iter().all(Made::absent) {
            return;
        }
        let source = call.source.as_ref().and_then(|source| source.as_literal()).unwrap_or("…").to_string();
        let text = address.text().to_string();
        let unread = UnreadModule { address, source, reason, missing, arguments: Value::null(), span: call.head };
        self.unread.borrow_mut().insert(text.clone(), unread);
        let at = At { module, inside: None };
        let arguments = call
            .body
            .field("params")
            .zip(instances.made.first())
            .map(|(params, made)| made.with_bindings(|bindings| self.value(at, params, bindings)));
        if let (Some(unread), Some(arguments)) = (self.unread.borrow_mut().get_mut(&text), arguments) {
            unread.arguments = arguments;
        }
    }
}

/// The file that a call's source names, seen from `directory`, or why it is none that is read. Where only letters of
/// another case name it, that is the file: Windows and macOS find it.
pub fn file_of(library: &Library, call: &Declaration, directory: &str) -> Result<String, Absent> {
    let written = written_file_of(library, call, directory)?;
    let other = library.sources.open(&written).is_err().then(|| library.sources.in_another_case(&written)).flatten();
    Ok(other.unwrap_or(written))
}

/// The path of the file that a call's source names, as it is written.
fn written_file_of(library: &Library, call: &Declaration, directory: &str) -> Result<String, Absent> {
    if library.modules == Modules::None {
        return Err(Absent::because("no modules are read (--modules none)"));
    }
    let source = call.source.as_ref().and_then(|source| source.as_literal());
    located(library, directory, source.ok_or(Absent::because("its source cannot be read"))?)
}
