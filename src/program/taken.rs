//! What becomes of the result of a call: nobody takes it, it is only waited for, or somebody keeps it.
//!
//! Owns: [`Taken`]. Does not own: what branches say of a result (`outcome`).

use crate::facts::{ExprId, ExprKind, Place, UnaryOp};

use super::View;

/// What becomes of the result of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Nobody takes it: a statement, `void f()`, `_ = f()`.
    Dropped,
    /// It is waited for, and what that gives is dropped: `await f()`.
    Awaited,
    /// Anything else: it is assigned, returned, tested, handed on.
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
                ExprKind::Call { callee, .. } if callee == at => {}
                ExprKind::Member { object, name }
                    if object == at && matches!(self.facts.name(name), "then" | "catch" | "finally") => {}
                ExprKind::Assign { binds, .. }
                    if self.facts.binds(binds).iter().all(|bind| matches!(bind.place, Place::Nothing)) => {}
                _ => return Taken::Kept,
            }
            at = parent;
        }
        if !self.index.is_statement(at) {
            return Taken::Kept;
        }
        if awaited { Taken::Awaited } else { Taken::Dropped }
    }
}
