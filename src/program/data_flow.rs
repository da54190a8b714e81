//! What a value is made of: following variables, callbacks and pointers that a decoder fills, inside one function.
//!
//! Owns: [`Program::made_of`]. Does not own: what a value is (`entity`, `value`).

use crate::facts::{ExprId, ExprKind, FuncId, Source, UnaryOp, VarId, VarKind};
use crate::source::Ecosystem;

use super::View;

impl View<'_> {
    /// Whether a value is made of one of these variables, through local variables.
    pub fn made_of(&self, expr: ExprId, known: &[VarId]) -> bool {
        self.made_of_within(expr, known, 6)
    }

    fn made_of_within(&self, expr: ExprId, known: &[VarId], hops: u32) -> bool {
        if let ExprKind::Name { var: Some(var), .. } = self.facts.expr(expr).kind {
            if known.contains(&var) {
                return true;
            }
            let info = self.facts.var(var);
            if matches!(info.kind, crate::facts::VarKind::Param(_)) {
                return hops > 0 && self.handed_by(info.function, known, hops - 1);
            }
            let local = matches!(info.kind, crate::facts::VarKind::Const | crate::facts::VarKind::Let)
                && !self.is_module(info.function);
            let Some(hops) = hops.checked_sub(1).filter(|_| local) else { return false };
            return self.index.var(var).iter().any(|binding| match binding.source {
                Source::Expr(value) | Source::Item(value) => self.made_of_within(value, known, hops),
                _ => false,
            }) || self.filled_by_reference(var, known, hops);
        }
        let mut found = false;
        self.facts.children(expr, &mut |child| found = found || self.made_of_within(child, known, hops));
        found
    }

    /// Whether a closure is a callback of something made of these variables: `message.items.forEach(item => …)`.
    fn handed_by(&self, closure: FuncId, known: &[VarId], hops: u32) -> bool {
        let Some(call) = self.index.literal(closure).and_then(|literal| self.parent(literal)) else {
            return false;
        };
        match self.facts.expr(call).kind {
            ExprKind::Call { callee, .. } => match self.facts.expr(callee).kind {
                ExprKind::Member { object, .. } => self.made_of_within(object, known, hops),
                _ => false,
            },
            _ => false,
        }
    }

    /// Go's `json.Unmarshal(data, &value)`: what a call is handed by address is made of its other arguments; so is a pointer
    /// that a decoder fills.
    fn filled_by_reference(&self, var: VarId, known: &[VarId], hops: u32) -> bool {
        self.ecosystem() == Ecosystem::Go
            && self.index.addressed_in(var).iter().any(|call| self.fills(*call, var, known, hops))
    }

    /// Whether a value is the same in every round of a loop in a function: made of no item, of no callback's parameter, of
    /// nothing that is set again, and of nothing random.
    pub fn is_uniform(&self, expr: ExprId, root: FuncId) -> bool {
        self.is_uniform_within(expr, root, 6)
    }

    fn is_uniform_within(&self, expr: ExprId, root: FuncId, hops: u32) -> bool {
        if let ExprKind::Name { var: Some(var), .. } = self.facts.expr(expr).kind {
            return self.is_uniform_var_within(var, root, hops);
        }
        if let ExprKind::Call { callee, .. } = self.facts.expr(expr).kind {
            let random = self
                .role_use(expr)
                .is_some_and(|used| matches!(self.roles.name(used.role), "data.random" | "time.now"));
            let name = self.text_of(callee).to_ascii_lowercase();
            if random || ["rand", "jitter", "spread"].iter().any(|word| name.contains(word)) {
                return false;
            }
        }
        let mut uniform = true;
        self.facts.children(expr, &mut |child| {
            uniform = uniform && self.is_uniform_within(child, root, hops);
        });
        uniform
    }

    /// The same of a variable.
    pub fn is_uniform_var(&self, var: VarId, root: FuncId) -> bool {
        self.is_uniform_var_within(var, root, 6)
    }

    fn is_uniform_var_within(&self, var: VarId, root: FuncId, hops: u32) -> bool {
        let info = self.facts.var(var);
        match info.kind {
            VarKind::Param(_) => info.function == root,
            VarKind::Const | VarKind::Let if !self.is_module(info.function) => {
                let Some(hops) = hops.checked_sub(1) else { return false };
                match self.index.var(var) {
                    [] => true,
                    [binding] => match binding.source {
                        Source::Expr(value) => self.is_uniform_within(value, root, hops),
                        Source::Item(_) | Source::Caught => false,
                        Source::Param(_) => info.function == root,
                        Source::Zero => true,
                    },
                    _ => false,
                }
            }
            _ => true,
        }
    }

    /// The variables that a Go call is handed by address, to put what it gives into: `db.First(&user)`.
    pub fn handed_to_fill(&self, call: ExprId) -> Vec<VarId> {
        if self.index.is_spawned(call) {
            return Vec::new();
        }
        let target = |arg: &ExprId| match self.facts.expr(*arg).kind {
            ExprKind::Unary { op: UnaryOp::Address, operand } => match self.facts.expr(operand).kind {
                ExprKind::Name { var, .. } => var,
                ExprKind::Member { object, .. } => match self.facts.expr(object).kind {
                    ExprKind::Name { var, .. } => var,
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        let filled = self.args(call).iter().filter_map(target);
        if self.ecosystem() == Ecosystem::Go { filled.collect() } else { Vec::new() }
    }

    fn fills(&self, call: ExprId, var: VarId, known: &[VarId], hops: u32) -> bool {
        let is_target = |arg: ExprId| matches!(self.facts.expr(arg).kind, ExprKind::Name { var: Some(found), .. } if found == var);
        let by_address = |arg: &&ExprId| {
            matches!(self.facts.expr(**arg).kind, ExprKind::Unary { op: UnaryOp::Address, .. })
        };
        let args = self.args(call);
        let decodes = self.role_use(call).is_some_and(|used| self.roles.name(used.role) == "data.decode");
        if !decodes && !args.iter().any(|arg| by_address(&arg)) {
            return false;
        }
        let from_args = args
            .iter()
            .filter(|arg| !by_address(arg) && !is_target(**arg))
            .any(|arg| self.made_of_within(*arg, known, hops));
        from_args
            || matches!(self.facts.expr(call).kind, ExprKind::Call { callee, .. } if self.made_of_within(callee, known, hops))
    }
}
