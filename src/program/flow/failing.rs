//! Where a function has failed, as its text says: in a `catch`, in a branch on an error. And who is told of a failure that a
//! function literal returns.
//!
//! Owns: reading that off the structure of a function. Does not own: what is a failure of which call (`outcome`), or order
//! (`flow`).

use crate::facts::{BinaryOp, Block, ExprId, ExprKind, FuncId, StmtKind};
use crate::models::{Nature, RunKind};
use crate::program::View;
use crate::program::flow::call_results::Results;
use crate::source::{Ecosystem, Span};

impl View<'_> {
    /// Whether a call stands in a `catch`, or in a branch that is taken when there is an error.
    pub(in crate::program) fn is_in_failing_branch(&self, call: ExprId) -> bool {
        let body = self.facts.function(self.home(call)).body;
        self.fails_around(body, self.facts.expr(call).span)
    }

    /// Whether a function of the tree deals with every failure itself: all that it does stands in a `try`, of which the `catch` throws
    /// nothing.
    pub fn never_fails(&self, function: FuncId) -> bool {
        let statements = self.facts.block(self.facts.function(function).body);
        let calls = self.index.calls_of(function);
        let (mut caught, mut settled) = (Vec::new(), false);
        for id in statements {
            if let StmtKind::Try { body, catch: Some((_, handler)), .. } = self.facts.stmt(*id).kind {
                settled = true;
                caught.push(body);
                if self.throws(handler) {
                    return false;
                }
            }
        }
        let around = |block: &Block, span: Span| {
            self.facts.block(*block).iter().any(|id| {
                let place = self.facts.stmt(*id).span;
                place.start <= span.start && span.end <= place.end
            })
        };
        let is_telling =
            |call: ExprId| self.role_use(call).is_some_and(|used| self.roles.is(used.role, Nature::Note));
        // What is awaited outside of it can fail.
        settled
            && calls.iter().all(|call| {
                let span = self.facts.expr(*call).span;
                caught.iter().any(|block| around(block, span)) || is_telling(*call) || !self.is_awaited(*call)
            })
    }

    /// Whether a block throws or returns anything, in itself.
    fn throws(&self, block: Block) -> bool {
        self.facts.block(block).iter().any(|id| match self.facts.stmt(*id).kind {
            StmtKind::Throw(_) => true,
            StmtKind::Return(values) => !self.facts.list(values).is_empty(),
            StmtKind::If { then, other, .. } => self.throws(then) || self.throws(other),
            StmtKind::Loop { body, .. } | StmtKind::Block(body) => self.throws(body),
            StmtKind::Switch { cases, .. } => {
                self.facts.cases[cases.range()].iter().any(|case| self.throws(case.body))
            }
            StmtKind::Try { body, catch, finally } => {
                self.throws(body)
                    || self.throws(finally)
                    || catch.is_some_and(|(_, handler)| self.throws(handler))
            }
            _ => false,
        })
    }

    fn fails_around(&self, block: Block, span: Span) -> bool {
        let around = |place: Span| place.start <= span.start && span.end <= place.end;
        let covers = |block: Block| {
            let statements = self.facts.block(block);
            statements.iter().any(|id| around(self.facts.stmt(*id).span))
        };
        let Some(id) = self.facts.block(block).iter().find(|id| around(self.facts.stmt(**id).span)) else {
            return false;
        };
        let inside =
            |blocks: &[Block]| blocks.iter().any(|block| covers(*block) && self.fails_around(*block, span));
        match self.facts.stmt(*id).kind {
            StmtKind::If { test, then, .. } if covers(then) && self.is_error_test(test) => true,
            StmtKind::If { then, other, .. } => inside(&[then, other]),
            StmtKind::Loop { body, .. } | StmtKind::Block(body) => inside(&[body]),
            StmtKind::Switch { cases, .. } => {
                let cases: Vec<Block> =
                    self.facts.cases[cases.range()].iter().map(|case| case.body).collect();
                inside(&cases)
            }
            StmtKind::Try { body, catch, finally } => {
                catch.is_some_and(|(_, block)| covers(block)) || inside(&[body, finally])
            }
            _ => false,
        }
    }

    /// `err != nil`, `error`.
    fn is_error_test(&self, test: ExprId) -> bool {
        match self.facts.expr(test).kind {
            ExprKind::Binary { op: BinaryOp::NotEq, left, right } => {
                self.names_error(left) && matches!(self.facts.expr(right).kind, ExprKind::Null)
            }
            _ => self.names_error(test),
        }
    }

    /// The errors that tell of a call's error where the function literal around it returns that to who runs it: of the call that
    /// runs it (`err := retry.Do(func() error { … })`), or of the one that waits for all that were started (`group.Wait()`).
    pub(in crate::program) fn errors_given_on(&self, call: ExprId, results: &mut Results) {
        let Some(runner) = self.runner_told(call, results) else { return };
        let waited = self.waits_for(runner).into_iter();
        for told in waited.chain([runner]) {
            let held = self.results(told);
            results.extend(held.iter().filter(|(_, is_error)| **is_error).map(|(var, _)| (*var, true)));
        }
    }

    /// The call that runs the function literal around a call in place, if that returns the error of the call.
    fn runner_told(&self, call: ExprId, results: &Results) -> Option<ExprId> {
        let function = self.home(call);
        if self.ecosystem() != Ecosystem::Go || !self.returns_error(function) {
            return None;
        }
        let literal = self.literal_of(function)?;
        let runner = self.parent(literal)?;
        // `err := func() error { … }()` runs it, too.
        let ExprKind::Call { callee, .. } = self.facts.expr(runner).kind else { return None };
        let runs = callee == literal || self.args(runner).contains(&literal);
        let in_place = || self.handler(function).is_none_or(|handler| handler.kind == RunKind::Inline);
        let is_told = || self.error_is_returned(call) || self.returns_one_of(function, results);
        (runs && in_place() && is_told()).then_some(runner)
    }

    /// Whether a function returns one of these errors, bare or wrapped, alone or behind other results:
    /// `return nil, fmt.Errorf("…: %w", err)`.
    fn returns_one_of(&self, function: FuncId, errors: &Results) -> bool {
        let wraps = |name: ExprId| {
            let around = self.parent(name);
            around.is_some_and(|call| self.args(call).contains(&name) && self.index.is_returned(call))
        };
        let is_given =
            |name: &ExprId| self.home(*name) == function && (self.index.is_returned(*name) || wraps(*name));
        let mut held = errors.iter().filter(|(_, is_error)| **is_error);
        held.any(|(var, _)| self.names_of(*var).iter().any(is_given))
    }

    /// The calls that wait for what a call starts: those that do so by a method of the same variable.
    fn waits_for(&self, starter: ExprId) -> Vec<ExprId> {
        let group = |call: ExprId| match self.facts.expr(call).kind {
            ExprKind::Call { callee, .. } => match self.facts.expr(callee).kind {
                ExprKind::Member { object, .. } => match self.facts.expr(object).kind {
                    ExprKind::Name { var, .. } => var,
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        let Some(var) = group(starter) else { return Vec::new() };
        let names = self.names_of(var).iter();
        let calls = names.filter_map(|name| self.parent(*name).and_then(|member| self.parent(member)));
        let waits = |call: &ExprId| {
            group(*call) == Some(var)
                && self.role_use(*call).is_some_and(|used| self.roles.name(used.role) == "task.wait")
        };
        calls.filter(waits).collect()
    }

    /// Whether a Go function's last result is an error.
    pub fn returns_error(&self, function: FuncId) -> bool {
        let Some(returns) = self.facts.function(function).returns else { return false };
        let last = match self.facts.type_ref(returns).kind {
            crate::facts::TypeRefKind::Tuple(parts) => self.facts.type_list(parts).last().copied(),
            _ => Some(returns),
        };
        last.is_some_and(|last| {
            matches!(self.facts.type_ref(last).kind, crate::facts::TypeRefKind::Named { first, rest: None, .. }
                if self.facts.name(first) == "error")
        })
    }
}
