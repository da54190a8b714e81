//! What a function writes down for itself: flags, counts, items of its collections.
//!
//! Owns: which variable an assignment notes something in, and what stands in a map under a constant key. Does not own: what
//! comes of it (`engine::noted`).

use crate::facts::{AssignOp, ExprId, ExprKind, FuncId, Place, Source, VarId};
use crate::program::View;
use crate::program::values::value::{At, Const};

impl View<'_> {
    /// The variable in which an assignment notes something for later: `found = true`, `failed++`, `unknown[id] = x`,
    /// `missing = append(missing, id)`, `lastErr = err`, `errs = errors.Join(errs, err)`.
    pub fn noted_in(&self, expr: ExprId) -> Option<VarId> {
        let ExprKind::Assign { op, binds } = self.facts.expr(expr).kind else { return None };
        let [bind] = self.facts.binds(binds) else { return None };
        match (bind.place, bind.source) {
            (Place::Var(var), _) if op == AssignOp::Update => Some(var),
            (Place::Var(var), Source::Expr(value)) if matches!(op, AssignOp::Set | AssignOp::SetLogical) => {
                if self.keeps_error(value) {
                    return Some(var);
                }
                match self.facts.expr(value).kind {
                    ExprKind::Bool(_) if op == AssignOp::Set => Some(var),
                    ExprKind::Call { .. } if self.last_name(value) == Some("append") => {
                        let first = self.args(value).first()?;
                        self.root_var(*first).filter(|of| *of == var)
                    }
                    _ => None,
                }
            }
            (Place::Expr(place), _) if op != AssignOp::Declare => match self.facts.expr(place).kind {
                ExprKind::Index { object, .. } => self.root_var(object),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a value is an error, or a call makes it of one.
    fn keeps_error(&self, value: ExprId) -> bool {
        self.names_error(value)
            || matches!(self.facts.expr(value).kind, ExprKind::Call { .. })
                && self.args(value).iter().any(|arg| self.names_error(*arg))
    }

    /// The variable that several errors go into at once, whichever of them are set: `all := errors.Join(readErr, writeErr)`.
    pub fn joins_errors(&self, call: ExprId) -> Option<VarId> {
        let args = self.args(call);
        let are_errors = args.len() > 1 && args.iter().all(|arg| self.names_error(*arg));
        self.result_var(call).filter(|_| are_errors)
    }

    /// What a variable is called, where an expression is one.
    pub fn variable_name(&self, expr: ExprId) -> Option<&str> {
        match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => Some(self.var_name(var)),
            _ => None,
        }
    }

    /// The variable that an assignment sets to a truth value, and to which.
    pub fn sets_flag(&self, expr: ExprId) -> Option<(VarId, bool)> {
        let ExprKind::Assign { op: AssignOp::Set, binds } = self.facts.expr(expr).kind else { return None };
        let [bind] = self.facts.binds(binds) else { return None };
        match (bind.place, bind.source) {
            (Place::Var(var), Source::Expr(value)) => match self.facts.expr(value).kind {
                ExprKind::Bool(to) => Some((var, to)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a variable begins as false, or without a value, and is set to nothing but truth values.
    pub fn begins_false(&self, var: VarId) -> bool {
        let bindings = self.index.var(var);
        let mut declared = bindings.iter().filter(|binding| match binding.source {
            Source::Zero => true,
            Source::Expr(value) => matches!(self.facts.expr(value).kind, ExprKind::Bool(false)),
            _ => false,
        });
        let is_flag = |source: Source| match source {
            Source::Zero => true,
            Source::Expr(value) => matches!(self.facts.expr(value).kind, ExprKind::Bool(_)),
            _ => false,
        };
        declared.next().is_some() && bindings.iter().all(|binding| is_flag(binding.source))
    }

    /// The variables that say of which kind an error is: `_, ok := err.(Rejected)`, `status, ok := FromError(err)`.
    pub fn kinds_of_errors(&self, function: FuncId, errors: &[VarId]) -> Vec<VarId> {
        let binds = self.assignments_in(function).iter().flat_map(|assignment| {
            match self.facts.expr(*assignment).kind {
                ExprKind::Assign { binds, .. } => self.facts.binds(binds),
                _ => &[],
            }
        });
        let told = binds.filter_map(|bind| match (bind.place, bind.source) {
            (Place::Var(var), Source::Expr(value)) if !self.is_error_name(var) => {
                let is_about = errors.iter().any(|error| self.names_var(value, *error));
                (is_about
                    && matches!(self.facts.expr(value).kind, ExprKind::Cast { .. } | ExprKind::Call { .. }))
                .then_some(var)
            }
            _ => None,
        });
        told.collect()
    }

    /// What is put into the map that a variable holds under a constant key: `args[Header] = value`. Nothing is said of other
    /// keys.
    pub(in crate::program) fn put_under(&self, var: VarId, key: &str) -> Option<At> {
        self.names_of(var).iter().find_map(|name| {
            let place = self.parent(*name)?;
            let ExprKind::Index { object, index } = self.facts.expr(place).kind else { return None };
            let ExprKind::Assign { binds, .. } = self.facts.expr(self.parent(place)?).kind else {
                return None;
            };
            let bind = self.facts.binds(binds).iter().find(|bind| match bind.place {
                Place::Expr(target) => target == place && object == *name,
                _ => false,
            })?;
            let named = matches!(self.constant(index), Some(Const::Text(text)) if text == key);
            match bind.source {
                Source::Expr(value) if named => Some(At::Expr(value)),
                _ => None,
            }
        })
    }
}
