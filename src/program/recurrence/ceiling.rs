//! Whether something ends the growth of a value.
//!
//! Owns: ceilings. Does not own: whether a value grows (`trend`).

use crate::facts::{BinaryOp, ExprId, ExprKind, Source};
use crate::program::View;
use crate::program::recurrence::trend::Slot;

impl View<'_> {
    /// Whether a value that grows cannot grow for ever, as far as the code says: the smaller of two is taken, it is looked up in
    /// a table, or something that it is made of is compared with something.
    pub fn has_ceiling(&self, expr: ExprId) -> bool {
        let slots = self.slots(expr);
        self.is_cut(expr) || self.exprs().any(|other| self.limits(other, &slots))
    }

    /// Whether an expression compares one of these, or sets it to something that is cut.
    fn limits(&self, expr: ExprId, slots: &[Slot]) -> bool {
        let is_one = |expr: ExprId| self.slot(expr).is_some_and(|slot| slots.contains(&slot));
        match self.facts.expr(expr).kind {
            ExprKind::Binary {
                op: BinaryOp::Less | BinaryOp::LessEq | BinaryOp::Greater | BinaryOp::GreaterEq,
                left,
                right,
            } => is_one(left) || is_one(right),
            ExprKind::Assign { binds, .. } => self.facts.binds(binds).iter().any(|bind| {
                let slot = match bind.place {
                    crate::facts::Place::Var(var) => Some(Slot::Var(var)),
                    crate::facts::Place::Expr(place) => self.slot(place),
                    crate::facts::Place::Nothing => None,
                };
                let Source::Expr(value) = bind.source else { return false };
                slot.is_some_and(|slot| slots.contains(&slot)) && self.is_cut(value)
            }),
            _ => false,
        }
    }

    /// Whether a value is the smaller of two, a random one below something, or looked up by position.
    fn is_cut(&self, expr: ExprId) -> bool {
        let own = match self.facts.expr(expr).kind {
            ExprKind::Call { callee, .. } => {
                // A helper of the tree may do anything.
                self.is_called_ceiling(callee) || self.called_function(expr).is_some()
            }
            ExprKind::Index { .. } | ExprKind::Cond { .. } | ExprKind::Opaque(_) => true,
            _ => false,
        };
        let mut found = own;
        self.facts.children(expr, &mut |child| found = found || self.is_cut(child));
        found || self.values_of(expr).into_iter().any(|value| value != expr && self.is_cut_once(value))
    }

    fn is_cut_once(&self, expr: ExprId) -> bool {
        matches!(self.facts.expr(expr).kind, ExprKind::Call { callee, .. }
            if self.called_function(expr).is_some() || self.is_called_ceiling(callee))
    }

    fn is_called_ceiling(&self, callee: ExprId) -> bool {
        self.words.attempts.ceilings.names(self.last_name(callee).unwrap_or_default())
    }
}
