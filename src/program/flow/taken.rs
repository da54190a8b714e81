//! What becomes of the result of a call: nobody takes it, it is only waited for, or somebody keeps it.
//!
//! Owns: [`Taken`]. Does not own: what branches say of a result (`outcome`).

use crate::facts::{ExprId, ExprKind, Place, UnaryOp};
use crate::program::View;

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
        let mut at = call;
        let mut awaited = false;
        while let Some(parent) = self.parent(at) {
            match self.facts.expr(parent).kind {
                ExprKind::Unary { op: UnaryOp::Void, .. } | ExprKind::Cast { .. } => {}
                ExprKind::Await(_) => awaited = true,
                ExprKind::Call { callee, .. } if callee == at && self.settles(parent) => return Taken::Kept,
                ExprKind::Call { callee, .. } if callee == at => {}
                ExprKind::Member { object, name }
                    if object == at && matches!(self.facts.name(name), "then" | "catch" | "finally") => {}
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
