//! The branches that calls stand in, and whether those of two calls have to do with each other.
//!
//! Owns: comparing conditions as they are written. Does not own: which ways exist (`ways`), or what a test says (`program`).

use crate::facts::{
    BinaryOp, Block, ExprId, ExprKind, FuncId, Place, Source, StmtId, StmtKind, VarId, VarKind,
};
use crate::source::Span;

use super::events::Event;
use super::steps::Search;

/// A branch that a call stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Branch {
    /// What is tested, or switched on.
    test: ExprId,
    /// Which way.
    arm: usize,
    /// Where the whole statement stands.
    span: Span,
}

impl Search<'_, '_> {
    /// Whether what two events stand under has to do with each other: not where each has a condition of its own, the two name
    /// nothing in common, and neither branch sets what the other tests.
    pub(super) fn goes_along(&self, event: &Event, other: &Event) -> bool {
        let (Some(a), Some(b)) = (event.call(), other.call()) else { return true };
        let (around, around_other) = (self.branches(a), self.branches(b));
        let own = |these: &[Branch], those: &[Branch]| {
            let not_shared = these.iter().filter(|branch| !those.contains(branch));
            not_shared.copied().collect::<Vec<_>>()
        };
        let (mine, others) = (own(&around, &around_other), own(&around_other, &around));
        if self.is_flagged_elsewhere(&mine, &others) || self.is_flagged_elsewhere(&others, &mine) {
            return false;
        }
        mine.is_empty()
            || others.is_empty()
            || mine.iter().any(|one| others.iter().any(|two| self.has_to_do_with(one, two)))
    }

    /// Whether something stands under a flag that is only set in branches of which something else stands in another one: where the
    /// one happens, the other does not.
    fn is_flagged_elsewhere(&self, flagged: &[Branch], others: &[Branch]) -> bool {
        let excludes =
            |branch: &Branch| others.iter().any(|other| other.span == branch.span && other.arm != branch.arm);
        let never_both = |flag: VarId| {
            let mut set =
                self.program.settings_of(flag).into_iter().filter(|at| self.sets(*at, flag)).peekable();
            set.peek().is_some() && set.all(|at| self.branches(at).iter().any(excludes))
        };
        let holds = flagged.iter().filter(|branch| branch.arm == 0);
        holds.flat_map(|branch| self.flags(branch.test)).any(never_both)
    }

    /// The variables all of which must hold for a test to.
    fn flags(&self, test: ExprId) -> Vec<VarId> {
        match self.program.facts.expr(test).kind {
            // A parameter may hold from the beginning.
            ExprKind::Name { var: Some(var), .. } => match self.program.facts.var(var).kind {
                VarKind::Let | VarKind::Const => vec![var],
                _ => Vec::new(),
            },
            ExprKind::Binary { op: BinaryOp::And, left, right } => {
                [self.flags(left), self.flags(right)].concat()
            }
            _ => Vec::new(),
        }
    }

    /// Whether an assignment sets a variable to something that may hold.
    fn sets(&self, assignment: ExprId, var: VarId) -> bool {
        let facts = self.program.facts;
        let ExprKind::Assign { binds, .. } = facts.expr(assignment).kind else { return false };
        facts.binds(binds).iter().any(|bind| {
            let may_hold = match bind.source {
                Source::Zero => false,
                Source::Expr(value) => {
                    !matches!(facts.expr(value).kind, ExprKind::Bool(false) | ExprKind::Null)
                }
                _ => true,
            };
            matches!(bind.place, Place::Var(of) if of == var) && may_hold
        })
    }

    fn has_to_do_with(&self, one: &Branch, two: &Branch) -> bool {
        let program = self.program;
        let (of_one, of_two) = (self.vars(one.test), self.vars(two.test));
        let sets = |branch: &Branch, vars: &[VarId]| vars.iter().any(|var| self.is_set_in(*var, branch.span));
        program.text_of(one.test) == program.text_of(two.test)
            || of_one.iter().any(|var| of_two.contains(var))
            || sets(one, &of_two)
            || sets(two, &of_one)
    }

    /// Whether a variable is set within a statement.
    fn is_set_in(&self, var: VarId, span: Span) -> bool {
        let file = self.program.file();
        self.program.settings_of(var).iter().any(|at| {
            self.program.file_of_expr(*at) == file && contains(span, self.program.facts.expr(*at).span)
        })
    }

    /// The variables that a test names, but for what a method is called on.
    fn vars(&self, test: ExprId) -> Vec<VarId> {
        let facts = self.program.facts;
        let mut found = Vec::new();
        let mut open = vec![test];
        while let Some(expr) = open.pop() {
            if let ExprKind::Name { var: Some(var), .. } = facts.expr(expr).kind
                && !matches!(facts.var(var).kind, VarKind::Receiver)
            {
                found.push(var);
            }
            facts.children(expr, &mut |child| open.push(child));
        }
        found
    }

    /// The branches that a call stands in, the outermost function's last.
    fn branches(&self, call: ExprId) -> Vec<Branch> {
        let mut found = Vec::new();
        let mut at = Some(call);
        while let Some(expr) = at {
            let home = self.program.home(expr);
            self.branches_in(home, self.program.facts.expr(expr).span, &mut found);
            at = if home == self.root().function { None } else { self.program.literal_of(home) };
        }
        found
    }

    fn branches_in(&self, function: FuncId, span: Span, found: &mut Vec<Branch>) {
        let facts = self.program.facts;
        let mut block = Some(facts.function(function).body);
        while let Some(inner) = block {
            let around = self.statement_around(inner, span);
            block = around.and_then(|stmt| self.step_in(stmt, span, found));
        }
    }

    /// The statement of a block that a place lies in.
    pub(super) fn statement_around(&self, block: Block, span: Span) -> Option<StmtId> {
        let facts = self.program.facts;
        facts.block(block).iter().copied().find(|stmt| contains(facts.stmt(*stmt).span, span))
    }

    /// The block of a statement that a place lies in; notes the branch.
    pub(super) fn step_in(&self, stmt: StmtId, span: Span, found: &mut Vec<Branch>) -> Option<Block> {
        let facts = self.program.facts;
        let whole = facts.stmt(stmt).span;
        let holds = |block: &Block| self.statement_around(*block, span).is_some();
        match facts.stmt(stmt).kind {
            StmtKind::If { test, then, other } => {
                let (arm, block) = [then, other].into_iter().enumerate().find(|(_, block)| holds(block))?;
                found.push(Branch { test, arm, span: whole });
                Some(block)
            }
            StmtKind::Switch { subject, cases, .. } => {
                let mut cases = facts.cases[cases.range()].iter().enumerate();
                let (arm, case) = cases.find(|(_, case)| holds(&case.body))?;
                if let Some(test) = subject.or_else(|| facts.list(case.tests).first().copied()) {
                    found.push(Branch { test, arm, span: whole });
                }
                Some(case.body)
            }
            StmtKind::Loop { body, .. } => Some(body).filter(holds),
            StmtKind::Try { body, catch, finally } => {
                [Some(body), catch.map(|(_, block)| block), Some(finally)].into_iter().flatten().find(holds)
            }
            StmtKind::Block(block) => Some(block).filter(holds),
            _ => None,
        }
    }
}

pub(super) fn contains(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
