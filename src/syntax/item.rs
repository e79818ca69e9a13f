//! In: what the readers saw. Out: the declarations of a program, the same for all inputs.
//! Never: decides which declarations are deployed.

use std::sync::Arc;

use super::expression::{Expr, ExprKind};
use crate::source::{FileId, Span};
use crate::value::SmolStr;

/// Which language's rules hold for a program's evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// HCL and its JSON form, in configurations and `.tfvars`.
    Terraform,
    /// Bicep, and ARM templates, which share its functions.
    Bicep,
}

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shape {
    /// It declares resources: `.tf`, `.bicep`.
    Declarations,
    /// Its blocks are laid over others of the same name: `override.tf`, `*_override.tf`.
    Override,
    /// It gives values to inputs: `.tfvars`, `.bicepparam`, ARM parameter files.
    Values,
}

/// One file, read.
#[derive(Clone, Debug)]
pub struct Program {
    /// The file.
    pub file: FileId,
    /// Its language.
    pub dialect: Dialect,
    /// What it is for.
    pub shape: Shape,
    /// What it declares, in the order of writing.
    pub items: Vec<Item>,
    /// What could not be read.
    pub faults: Vec<Fault>,
    /// Every comment, markers included, in the order of writing; suppressions are read from these.
    pub comments: Vec<Span>,
}

/// Something that could not be read.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Where.
    pub span: Span,
    /// What was expected, or what is wrong; no full stop.
    pub message: String,
    /// What it was opened by, where something was not closed.
    pub opened: Option<Span>,
}

/// A name as it is written.
#[derive(Clone, Debug)]
pub struct Label {
    /// The name.
    pub name: SmolStr,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// One declaration of a program.
#[derive(Clone, Debug)]
pub enum Item {
    /// `variable`, `param`.
    Input(Input),
    /// One entry of `locals`, `var`.
    Local(Local),
    /// `output`.
    Output(Output),
    /// `resource`, `data`, `ephemeral`, Bicep's `resource … existing`.
    Resource(Arc<Declaration>),
    /// `module`.
    Module(Arc<Declaration>),
    /// `provider "azurerm" { alias = … }`.
    Provider {
        /// The provider's local name.
        name: Label,
        /// The block's body.
        body: Expr,
    },
    /// The body of a `terraform { }` block.
    Terraform(Expr),
    /// `name = value` in `.tfvars`, `param name = value` in `.bicepparam`, one of a parameter file's `parameters`.
    Assignment(Assignment),
    /// `using './main.bicep'`; `None` for `using none`. A parameter file's `extends` is an `Import` of everything.
    Using(Option<Expr>),
    /// `targetScope = 'subscription'`.
    TargetScope(Expr),
    /// Bicep's `func`.
    Function {
        /// Its name.
        name: Label,
        /// The names of its parameters.
        parameters: Vec<SmolStr>,
        /// What it gives.
        body: Expr,
    },
    /// Bicep's compile-time `import`, and `extends`.
    Import(Import),
    /// A whole plan or state of Terraform, as `terraform show -json` prints it.
    Plan(Box<super::plan::Plan>),
    /// A block or statement that is read and says nothing of the network: `moved`, `check`, `type`, `metadata`.
    ///
    /// Its expressions are kept where they exist, because a mistake in them is still one.
    Other {
        /// The word it begins with.
        keyword: SmolStr,
        /// The whole of it.
        span: Span,
    },
}

/// A value that a deployment is given.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name.
    pub name: Label,
    /// Its type as an expression, in Terraform: `object({ a = optional(string) })`. Bicep's types are not lowered.
    pub type_constraint: Option<Expr>,
    /// Bicep's type as it is written.
    pub type_text: Option<SmolStr>,
    /// Its default.
    pub default: Option<Expr>,
    /// Without a value it is null: a Bicep type that ends in `?`.
    pub optional: bool,
    /// Terraform's `nullable = false`: null stands for the default.
    pub not_nullable: bool,
    /// `sensitive = true`, `@secure()`.
    pub secret: bool,
    /// The whole declaration.
    pub span: Span,
}

/// A named expression.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name.
    pub name: Label,
    /// What it names.
    pub value: Expr,
    /// Bicep's `@export()`.
    pub exported: bool,
}

/// A value that a deployment or module gives.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name.
    pub name: Label,
    /// The value.
    pub value: Expr,
    /// Terraform's `depends_on`, a list.
    pub depends_on: Option<Expr>,
    /// `sensitive = true`, `@secure()`.
    pub secret: bool,
}

/// A resource, a data source or a module call, as it is declared: before it is repeated.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// Its name in Terraform, its symbol in Bicep.
    pub name: Label,
    /// `azurerm_subnet`, `Microsoft.Network/virtualNetworks` or (nested in a resource) `subnets`; empty for modules.
    pub type_name: Label,
    /// What follows `@` in Bicep's type.
    pub api_version: Option<SmolStr>,
    /// It reads what is there: a data source, or `existing`.
    pub existing: bool,
    /// Bicep's `if`.
    pub condition: Option<Expr>,
    /// How often.
    pub repeat: Option<Repeat>,
    /// Its arguments as an object, without what stands in the other fields here. Nested blocks are lists of objects;
    /// `dynamic` blocks are spread into those. Bicep's `name`, `parent`, `scope` and a module's `params` stay in it.
    pub body: Expr,
    /// `depends_on`, `dependsOn`: a list.
    pub depends_on: Option<Expr>,
    /// A module's path or address.
    pub source: Option<Expr>,
    /// The versions of a registry's module that a call allows, in Terraform.
    pub version: Option<Expr>,
    /// A module that stands in its call: a nested deployment of an ARM template.
    pub inline: Option<Arc<Inline>>,
    /// Terraform's `provider = …`, a module's `providers = { … }`.
    pub provider: Option<Expr>,
    /// The body of Terraform's `lifecycle` block.
    pub lifecycle: Option<Expr>,
    /// Bicep's `@batchSize(n)`.
    pub batch_size: Option<Expr>,
    /// Resources that are written inside this one, in Bicep.
    pub nested: Vec<Arc<Declaration>>,
    /// The head: `resource "azurerm_subnet" "nodes"`, `resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01'`.
    pub head: Span,
    /// The whole declaration.
    pub span: Span,
}

impl Declaration {
    /// Nothing but a name and a place: made once, without a type and without arguments.
    pub fn named(name: Label, head: Span, span: Span) -> Declaration {
        Declaration {
            type_name: Label { name: SmolStr::default(), span: name.span.head() },
            name,
            api_version: None,
            existing: false,
            condition: None,
            repeat: None,
            body: Expr::new(ExprKind::Object(Vec::new()), span),
            depends_on: None,
            source: None,
            version: None,
            inline: None,
            provider: None,
            lifecycle: None,
            batch_size: None,
            nested: Vec::new(),
            head,
            span,
        }
    }
}

/// A module that is written where it is called.
#[derive(Clone, Debug)]
pub struct Inline {
    /// What it declares.
    pub items: Vec<Item>,
    /// Its expressions are those of the caller (`"scope": "outer"`): the caller's parameters, variables and places.
    pub shares_scope: bool,
}

/// How often a declaration is made.
#[derive(Clone, Debug)]
pub enum Repeat {
    /// Terraform's `count`.
    Count(Expr),
    /// Terraform's `for_each`.
    ForEach(Expr),
    /// Bicep's `[for (item, index) in collection: …]`.
    Loop {
        /// The name of the item.
        item: SmolStr,
        /// The name of the place.
        index: Option<SmolStr>,
        /// What is walked.
        collection: Expr,
    },
}

impl Repeat {
    /// What decides how often.
    pub fn expression(&self) -> &Expr {
        match self {
            Repeat::Count(expr) | Repeat::ForEach(expr) | Repeat::Loop { collection: expr, .. } => expr,
        }
    }
}

/// A value given to an input.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The input's name.
    pub name: Label,
    /// The value.
    pub value: Expr,
}

/// Names taken from another file.
#[derive(Clone, Debug)]
pub struct Import {
    /// The other file's path.
    pub path: Expr,
    /// The names and what they are called here; empty with `all_as`.
    pub names: Vec<(SmolStr, SmolStr)>,
    /// `* as name`; empty name for a parameter file's `extends`.
    pub all_as: Option<SmolStr>,
    /// The whole statement.
    pub span: Span,
}
