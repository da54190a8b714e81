//! What becomes of the result of a call: nobody takes it, it is only waited for, or somebody keeps it.
//!
//! Owns: [`Taken`], and whether a call is dropped, awaited, assigned or returned. Does not own: which variables hold the result
//! (`call_results`), or what branches say of it (`outcome`).

use crate::facts::{ExprId, ExprKind, Place, TypeRefId, TypeRefKind, UnaryOp, VarId};
use crate::program::View;
use crate::program::values::entity::Entity;

/// What becomes of the result of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Nobody takes it: a statement, `void f()`, `_ = f()`.
    Dropped,
    /// It is waited for, and what that gives is dropped: `await f()`.
    Awaited,
    /// The caller gets it as it is.
    Returned,
    /// Anything else: it is assigned, tested, handed on.
    Kept,
}

impl View<'_> {
    /// What becomes of the result of a call; what is chained to it with `then`, `catch` and `finally` takes nothing.
    pub fn taken(&self, call: ExprId) -> Taken {
        // `new Promise((resolve, reject) => client.send(message, (error) => …))`: the promise has its outcome.
        if self.settles(call) {
            return Taken::Returned;
        }
        let mut at = call;
        let mut awaited = false;
        while let Some(parent) = self.parent(at) {
            match self.facts.expr(parent).kind {
                ExprKind::Unary { op: UnaryOp::Void, .. } | ExprKind::Cast { .. } => {}
                ExprKind::Await(_) => awaited = true,
                ExprKind::Call { callee, .. } if callee == at && self.settles(parent) => return Taken::Kept,
                ExprKind::Call { callee, .. } if callee == at => {}
                ExprKind::Member { object, .. } if object == at && self.is_chained(parent) => {}
                ExprKind::Assign { binds, .. }
                    if self.facts.binds(binds).iter().all(|bind| matches!(bind.place, Place::Nothing)) => {}
                ExprKind::Assign { .. } if self.is_returned_by_name(call) => return Taken::Returned,
                _ => return Taken::Kept,
            }
            at = parent;
        }
        match (self.index.is_statement(at), awaited) {
            (true, true) => Taken::Awaited,
            (true, false) => Taken::Dropped,
            (false, _) if self.index.is_returned(at) => Taken::Returned,
            (false, _) => Taken::Kept,
        }
    }

    /// Whether a call's promise or result is taken by nobody.
    pub fn is_dropped(&self, call: ExprId) -> bool {
        let mut at = call;
        while let Some(parent) = self.parent(at) {
            match self.facts.expr(parent).kind {
                ExprKind::Unary { op: UnaryOp::Void, .. } => at = parent,
                ExprKind::Call { callee, .. } if callee == at => at = parent,
                ExprKind::Member { object, .. } if object == at && self.is_chained(parent) => at = parent,
                _ => return false,
            }
        }
        self.index.is_statement(at)
    }

    /// Whether somebody awaits a call, or hands its promise on.
    pub fn is_awaited(&self, call: ExprId) -> bool {
        let mut at = call;
        while let Some(parent) = self.parent(at) {
            match self.facts.expr(parent).kind {
                ExprKind::Await(_) => return true,
                ExprKind::Member { .. } if self.is_then(parent) => return true,
                ExprKind::Call { callee, .. } if callee == at || self.gathers(parent) => at = parent,
                // `await Promise.resolve(run())`
                ExprKind::Call { .. } if self.passes_on(parent, at) => at = parent,
                ExprKind::Array { .. } if self.parent(parent).is_some_and(|call| self.gathers(call)) => {
                    at = parent;
                }
                ExprKind::Member { object, .. } if object == at => at = parent,
                ExprKind::Cast { .. } => at = parent,
                _ => return false,
            }
        }
        false
    }

    /// Whether a call starts an async function of the tree, or runs an async closure in place.
    pub fn is_async_call(&self, expr: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.facts.expr(expr).kind else { return false };
        match self.entity(callee).entity {
            Entity::Function(function) => self.facts.function(function).is_async,
            // Functions that were handed in, where all of them are.
            Entity::Unknown => {
                let handed = self.functions_handed_in(expr);
                !handed.is_empty() && handed.iter().all(|function| self.facts.function(*function).is_async)
            }
            _ => false,
        }
    }

    /// Whether a call runs an `async` function of the tree that waits for nothing, so that it is done when the call returns: no
    /// `await`, nothing chained, and no promise of something else that it returns.
    pub fn is_done_at_once(&self, call: ExprId) -> bool {
        let Some(function) = self.called_function(call) else { return false };
        let text = self.text_of_function(function);
        let hands_on = |value: &ExprId| matches!(self.facts.expr(*value).kind, ExprKind::Call { .. });
        !self.facts.function(function).body.is_empty()
            && !["await", ".then(", "new Promise"].iter().any(|word| text.contains(word))
            && !self.index.returns(function).iter().any(hands_on)
            && !self.calls_of(function).iter().any(|inner| self.is_async_call(*inner))
    }

    /// Whether a call runs a function of the tree that gives a promise: an `async` one, one that says so, or one that makes a promise
    /// in each `return`.
    pub fn is_promised(&self, call: ExprId) -> bool {
        let Some(function) = self.called_function(call) else { return self.is_async_call(call) };
        let info = self.facts.function(function);
        let is_named = |ty: TypeRefId| match self.facts.type_ref(ty).kind {
            TypeRefKind::Named { first, rest: None, .. } => self.facts.name(first) == "Promise",
            _ => false,
        };
        let is_made = |value: &ExprId| match self.facts.expr(*value).kind {
            ExprKind::Call { callee, new: true, .. } => self.text_of(callee) == "Promise",
            _ => false,
        };
        let returns = self.index.returns(function);
        info.is_async
            || info.returns.is_some_and(is_named)
            || (!returns.is_empty() && returns.iter().all(is_made))
    }

    /// Whether the statement around a call assigns a variable from it.
    pub fn assigns(&self, call: ExprId, var: VarId) -> bool {
        let mut at = call;
        while let Some(parent) = self.parent(at) {
            match self.facts.expr(parent).kind {
                ExprKind::Assign { binds, .. } => {
                    return self
                        .facts
                        .binds(binds)
                        .iter()
                        .any(|bind| matches!(bind.place, Place::Var(found) if found == var));
                }
                ExprKind::Await(_) | ExprKind::Cast { .. } | ExprKind::Member { .. } => at = parent,
                ExprKind::Call { callee, .. } if callee == at => at = parent,
                _ => return false,
            }
        }
        false
    }

    /// Whether a call stands in a `return` whole (Go: its error is the caller's).
    pub fn error_is_returned(&self, call: ExprId) -> bool {
        let mut at = call;
        while let Some(parent) = self.parent(at) {
            match self.facts.expr(parent).kind {
                ExprKind::Call { callee, .. } if callee == at => at = parent,
                ExprKind::Member { .. } => at = parent,
                _ => return false,
            }
        }
        self.index.is_returned(at)
    }

    /// Whether a call is handed what settles a promise that is being made, or a function that does so: `.then(resolve)`,
    /// `.catch((error) => reject(error))`.
    fn settles(&self, call: ExprId) -> bool {
        let is_settler = |value: ExprId| {
            self.param_of(value).is_some_and(|(function, _)| self.is_promise_executor(function))
        };
        self.args(call).iter().any(|arg| {
            match self.facts.expr(*arg).kind {
            ExprKind::Function(function) => self.index.calls_of(function).iter().any(|inner| {
                matches!(self.facts.expr(*inner).kind, ExprKind::Call { callee, .. } if is_settler(callee))
            }),
            _ => is_settler(*arg),
        }
        })
    }

    /// Whether a function does nothing with the result of a call but return the variable that holds it.
    fn is_returned_by_name(&self, call: ExprId) -> bool {
        let results = self.results(call);
        let mut held = results.iter().filter(|(_, is_error)| !**is_error).map(|(var, _)| *var).peekable();
        held.peek().is_some()
            && held.all(|var| {
                let names = self.names_of(var);
                !names.is_empty() && names.iter().all(|name| self.index.is_returned(*name))
            })
    }
}
