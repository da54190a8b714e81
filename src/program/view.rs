//! The program as seen while one file is looked at.
//!
//! Owns: [`View`], and what it keeps between questions. Does not own: the answers, which the other modules add to it.

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::rc::Rc;
use std::sync::PoisonError;

use rustc_hash::FxHashMap;

use super::Program;
use super::effort::Effort;
use super::flow::call_results::MadeOf;
use super::memo::{Answers, Lookup};
use crate::facts::join::Part;
use crate::facts::{Arenas, ExprId, FuncId, VarId};
use crate::source::Ecosystem;

/// The program as seen while one file is looked at: remembers what expressions are, whatever file they stand in.
pub struct View<'p> {
    /// The program.
    pub program: &'p Program<'p>,
    /// The facts of all files.
    pub facts: &'p Arenas,
    file: usize,
    pub(super) lookup: Lookup,
    pub(super) answers: Answers,
    /// How much more work may be done.
    pub(crate) effort: Effort,
    /// How many annotations deep a look-up is: types may be made of themselves.
    pub(super) type_depth: Cell<u32>,
    /// How many files deep one for what they export as a whole is.
    pub(super) part_depth: Cell<u32>,
    /// The calls that set limits on variables.
    pub(super) setters: RefCell<FxHashMap<VarId, Rc<[ExprId]>>>,
    /// What is made of the variables of functions.
    pub(super) made_of_variables: RefCell<FxHashMap<FuncId, MadeOf>>,
}

impl<'p> Deref for View<'p> {
    type Target = Program<'p>;

    fn deref(&self) -> &Program<'p> {
        self.program
    }
}

impl<'p> View<'p> {
    /// A view for one file, with what earlier ones of it found.
    pub fn of(program: &'p Program<'_>, file: usize) -> Self {
        let memo = std::mem::take(&mut *program.memos[file].lock().unwrap_or_else(PoisonError::into_inner));
        Self {
            program,
            facts: &program.facts,
            file,
            lookup: Lookup::with(memo),
            answers: Answers::default(),
            effort: Effort::default(),
            type_depth: Cell::default(),
            part_depth: Cell::default(),
            setters: RefCell::default(),
            made_of_variables: RefCell::default(),
        }
    }

    /// The file that is looked at.
    pub fn file(&self) -> usize {
        self.file
    }

    /// Whether it is of a front end.
    pub fn is_front_end(&self) -> bool {
        self.program.sides[self.file].is_front_end()
    }

    /// Its part of the facts.
    pub(crate) fn part(&self) -> &'p Part {
        &self.program.parts[self.file]
    }

    /// Its expressions.
    pub fn exprs(&self) -> impl Iterator<Item = ExprId> + use<> {
        self.part().expr_ids()
    }

    /// Its calls, in the order of the source.
    pub fn calls(&self) -> &'p [ExprId] {
        self.program.calls_of(self.part().module())
    }

    /// Its functions.
    pub fn functions(&self) -> impl Iterator<Item = FuncId> + use<> {
        self.part().function_ids()
    }

    /// The language family.
    pub fn ecosystem(&self) -> Ecosystem {
        self.program.ecosystem
    }
}

impl Drop for View<'_> {
    fn drop(&mut self) {
        let memo = self.lookup.take();
        *self.program.memos[self.file].lock().unwrap_or_else(PoisonError::into_inner) = memo;
    }
}
