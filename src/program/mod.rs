//! The program: facts linked together and given roles.
//!
//! Owns: what a name, a receiver, a value and a call mean ([`entity`], [`value`], [`shape`], [`calls`]), in which order calls
//! happen ([`flow`]), and what a branch says about an earlier call ([`outcome`]). Does not own: what is a fault (`engine`).
//!
//! Today a program is one file; everything that would need a second file is [`entity::Entity::Outside`], and is counted.

pub mod calls;
mod constant;
mod data_flow;
pub mod entity;
pub mod flow;
mod flow_build;
mod flow_expr;
pub mod handlers;
pub mod index;
pub mod inspect;
pub mod modules;
pub mod outcome;
pub mod shape;
pub mod summary;
mod types;
pub mod value;

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use crate::facts::{ExprId, Facts, FuncId, VarId};
use crate::models::{LibraryId, Models, ReceiverId, Roles};
use crate::source::Ecosystem;

pub use calls::{Arg, RoleUse};
pub use entity::{Entity, Resolved};
pub use handlers::HandlerInfo;

/// A part of a parameter (by the path into it) and what a library puts there.
type FilledPart = (Vec<String>, ReceiverId);

/// One file's facts with everything that can be said about them.
pub struct Program<'a> {
    /// The facts.
    pub facts: &'a Facts,
    /// Its text.
    pub text: &'a str,
    /// What libraries do.
    pub models: &'a Models,
    /// The roles.
    pub roles: &'a Roles,
    index: index::Index,
    entities: RefCell<Vec<Option<Resolved>>>,
    /// How many annotations deep a look-up is: types may be made of themselves.
    type_depth: std::cell::Cell<u32>,
    libraries: RefCell<FxHashMap<String, std::rc::Rc<[LibraryId]>>>,
    /// Parameters, or parts of them, that a library fills.
    params: FxHashMap<(FuncId, u32), Vec<FilledPart>>,
    handlers: FxHashMap<FuncId, HandlerInfo>,
    uses: FxHashMap<ExprId, RoleUse>,
    summaries: Vec<summary::Summary>,
}

impl<'a> Program<'a> {
    /// Links one file.
    pub fn link(facts: &'a Facts, text: &'a str, models: &'a Models, roles: &'a Roles) -> Self {
        let mut program = Self {
            facts,
            text,
            models,
            roles,
            index: index::Index::of(facts),
            entities: RefCell::new(vec![None; facts.exprs.len()]),
            type_depth: std::cell::Cell::default(),
            libraries: RefCell::default(),
            params: FxHashMap::default(),
            handlers: FxHashMap::default(),
            uses: FxHashMap::default(),
            summaries: Vec::new(),
        };
        handlers::find(&mut program);
        program.uses = calls::find(&program);
        // A helper's helper is one too; how deep does not matter much.
        for _ in 0..3 {
            if !handlers::delegated(&mut program) {
                break;
            }
        }
        program.summaries = summary::summarise(&program);
        program
    }

    /// The language family.
    pub fn ecosystem(&self) -> Ecosystem {
        self.facts.language.ecosystem()
    }

    /// The role of a call, if it has one.
    pub fn role_use(&self, expr: ExprId) -> Option<&RoleUse> {
        self.uses.get(&expr)
    }

    /// What is known of a function that a library runs.
    pub fn handler(&self, function: FuncId) -> Option<&HandlerInfo> {
        self.handlers.get(&function)
    }

    /// The expression that holds this one.
    pub fn parent(&self, expr: ExprId) -> Option<ExprId> {
        self.index.parent(expr)
    }

    /// The function that an expression stands in.
    pub fn home(&self, expr: ExprId) -> FuncId {
        self.index.home(expr)
    }

    /// The summary of a function of this file.
    pub fn summary(&self, function: FuncId) -> Option<&summary::Summary> {
        self.summaries.get(function.index())
    }

    /// Whether an expression stands in a function or a closure within it.
    pub(crate) fn is_inside(&self, expr: ExprId, function: FuncId) -> bool {
        let mut at = Some(self.home(expr));
        while let Some(id) = at {
            if id == function {
                return true;
            }
            at = self.facts.function(id).parent;
        }
        false
    }

    /// The calls that stand in a function or in a closure within it.
    pub fn calls_of(&self, function: FuncId) -> Vec<ExprId> {
        let calls = (0..self.facts.exprs.len()).map(ExprId::from_index);
        calls
            .filter(|expr| {
                matches!(self.facts.expr(*expr).kind, crate::facts::ExprKind::Call { .. })
                    && self.is_inside(*expr, function)
            })
            .collect()
    }

    /// The text of an expression.
    pub fn text_of(&self, expr: ExprId) -> &'a str {
        self.facts.expr(expr).span.of(self.text)
    }

    /// The name of a variable.
    pub fn var_name(&self, var: VarId) -> &'a str {
        self.facts.name(self.facts.var(var).name)
    }

    /// The libraries that an import path means.
    fn libraries_of(&self, module: &str) -> std::rc::Rc<[LibraryId]> {
        if let Some(found) = self.libraries.borrow().get(module) {
            return std::rc::Rc::clone(found);
        }
        let found: std::rc::Rc<[LibraryId]> = self.models.libraries_of(self.ecosystem(), module).into();
        self.libraries.borrow_mut().insert(module.to_owned(), std::rc::Rc::clone(&found));
        found
    }
}
