//! Races with a timer: whether the timer makes what is waited for fail, and whether somebody looks after what lost.
//!
//! Owns: reading both off the calls. Does not own: how long the timer is (`limits`), or what a race is (models).

use crate::facts::{ExprId, ExprKind, FuncId, StmtKind, VarId};
use crate::program::View;
use crate::program::values::entity::Entity;

/// Which parameter of the function that `new Promise` is given makes it fail.
const REJECT: usize = 1;

impl View<'_> {
    /// Whether a timer makes what is waited for fail when its time is up: `setTimeout(() => reject(new Error('late')), 500)`,
    /// `setTimeout(reject, 500)`, `sleep(500).then(() => { throw late })`, `await sleep(500); throw late`.
    pub fn rejects(&self, timer: ExprId) -> bool {
        let run = self.args(timer).first().copied();
        run.is_some_and(|run| {
            self.is_reject(run) || self.function_of(run).is_some_and(|run| self.calls_reject(run))
        }) || self
            .chained_to(timer)
            .and_then(|next| self.function_of(next))
            .is_some_and(|next| self.only_fails(next))
            || self.index.literal(self.home(timer)).is_some() && self.ends_in_throw(self.home(timer))
    }

    /// Whether a promise that is made by hand fails when a timer's time is up, whatever becomes of the work in it.
    pub(super) fn gives_up(&self, promise: ExprId) -> bool {
        let executor = self.args(promise).first().and_then(|run| self.function_of(*run));
        executor.is_some_and(|executor| {
            self.calls_of(executor).iter().any(|call| {
                self.role_use(*call).is_some_and(|used| self.roles.name(used.role) == "time.later")
                    && self.rejects(*call)
            })
        })
    }

    /// Whether what a call is handed, among whose arguments `work` stands, gets into a race that the call leads to: the parameter that
    /// takes it is raced, or handed on to where it is.
    pub fn is_handed_into(&self, work: ExprId, via: ExprId, race: ExprId) -> bool {
        let calls = self.calls_through(via, race);
        let mut handed = vec![work];
        for (call, callee) in calls {
            let takes = |(position, arg): (usize, &ExprId)| {
                let param = self.facts.params(callee).get(position)?.var?;
                handed.iter().any(|inner| self.is_within(*inner, *arg)).then_some(param)
            };
            let params: Vec<VarId> = self.args(call).iter().enumerate().filter_map(takes).collect();
            handed = params.iter().flat_map(|param| self.names_of(*param).iter().copied()).collect();
        }
        handed.iter().any(|name| self.is_inside(*name, race))
    }

    /// Whether an expression is written in another, in a closure there, or in what a variable named there holds.
    fn is_within(&self, inner: ExprId, outer: ExprId) -> bool {
        inner == outer || self.is_inside(inner, outer)
    }

    /// Whether a call that is raced is held by a variable that is used for more than the race: somebody looks after it when it has lost.
    pub fn is_looked_after(&self, work: ExprId, race: ExprId) -> bool {
        let Some(var) = self.result_var(work) else { return false };
        // `work.catch(() => {})` only keeps a late failure from being unhandled.
        let is_more =
            |name: &ExprId| !self.is_muted(*name) && !self.climb(*name).any(|around| around == race);
        self.names_of(var).iter().any(is_more)
    }

    /// `work.catch(…)`.
    fn is_muted(&self, name: ExprId) -> bool {
        self.parent(name).is_some_and(|member| {
            matches!(self.facts.expr(member).kind, ExprKind::Member { object, name: method }
            if object == name && self.facts.name(method) == "catch")
        })
    }

    fn is_reject(&self, value: ExprId) -> bool {
        self.param_of(value).is_some_and(|(function, at)| at == REJECT && self.is_promise_executor(function))
    }

    fn calls_reject(&self, function: FuncId) -> bool {
        self.calls_of(function).iter().any(|call| {
            matches!(self.facts.expr(*call).kind, ExprKind::Call { callee, .. } if self.is_reject(callee))
        })
    }

    /// The function written or named by an expression.
    fn function_of(&self, value: ExprId) -> Option<FuncId> {
        match self.entity(value).entity {
            Entity::Function(function) => Some(function),
            _ => None,
        }
    }

    /// What runs when a call's promise has come: the argument of the `then` that is chained to it.
    fn chained_to(&self, call: ExprId) -> Option<ExprId> {
        let member = self.parent(call)?;
        let chained = matches!(self.facts.expr(member).kind, ExprKind::Member { object, name }
            if object == call && self.facts.name(name) == "then");
        let then = self.parent(member).filter(|_| chained)?;
        self.args(then).first().copied()
    }

    /// Whether a function does nothing but fail: it ends in a `throw`, or gives `Promise.reject(…)`.
    fn only_fails(&self, function: FuncId) -> bool {
        let gives_failure = || {
            let calls = self.calls_of(function);
            calls.iter().any(|call| matches!(self.facts.expr(*call).kind, ExprKind::Call { callee, .. } if self.text_of(callee) == "Promise.reject"))
        };
        self.ends_in_throw(function) || gives_failure()
    }

    fn ends_in_throw(&self, function: FuncId) -> bool {
        let last = self.facts.block(self.facts.function(function).body).last();
        last.is_some_and(|last| matches!(self.facts.stmt(*last).kind, StmtKind::Throw(_)))
    }
}
