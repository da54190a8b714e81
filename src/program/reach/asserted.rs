//! Where Go code only says that a type is fit for an interface: that uses neither.
//!
//! Owns: finding that. Does not own: what is used otherwise (`used`, `uncalled`).

use crate::facts::{ExprId, ExprKind, Place, Source};
use crate::program::View;
use crate::source::Ecosystem;

impl View<'_> {
    /// Where Go code only says that a type is fit for an interface: `var _ Store = (*memory)(nil)`.
    pub(super) fn assertions(&self, file: usize) -> Vec<(u32, u32)> {
        if self.ecosystem != Ecosystem::Go {
            return Vec::new();
        }
        let is_plain = |value: ExprId| match self.facts.expr(value).kind {
            ExprKind::Object { .. } => true,
            ExprKind::Unary { operand, .. } => {
                matches!(self.facts.expr(operand).kind, ExprKind::Object { .. })
            }
            ExprKind::Call { args, .. } => {
                let args = self.facts.list(args);
                !args.is_empty()
                    && args.iter().all(|arg| matches!(self.facts.expr(*arg).kind, ExprKind::Null))
            }
            _ => false,
        };
        let at_top = self.assignments_in(self.parts[file].module()).iter();
        let found = at_top.filter_map(|at| match self.facts.expr(*at).kind {
            ExprKind::Assign { binds, .. } => {
                let asserts = self.facts.binds(binds).iter().all(|bind| {
                    matches!(bind.place, Place::Nothing)
                        && matches!(bind.source, Source::Expr(value) if is_plain(value))
                });
                let span = self.facts.expr(*at).span;
                asserts.then_some((span.start, span.end))
            }
            _ => None,
        });
        found.collect()
    }
}
