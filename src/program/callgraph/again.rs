//! Functions that call themselves again: directly, through a timer, through a helper.
//!
//! Owns: whether a call leads back to a function. Does not own: the order of calls (`flow`), or what a round of a loop does.

use crate::facts::{ExprId, ExprKind, FuncId, VarKind};
use crate::program::View;
use crate::program::values::entity::Entity;
use crate::program::values::value::{At, Const};

/// How many helpers a way back may lead through.
const MAX_HELPERS: u32 = 2;

/// How many functions may stand around a closure that leads back to one of them.
const MAX_AROUND: usize = 8;

impl View<'_> {
    /// Whether a call may run a function again, or one that it is a closure of: by calling it, by handing it to something that
    /// runs it (a timer), or by way of a helper that does either.
    pub fn runs_again(&self, call: ExprId, function: FuncId) -> bool {
        self.leads_to(call, &self.around(function), MAX_HELPERS)
    }

    /// The same without helpers.
    pub fn runs_again_itself(&self, call: ExprId, function: FuncId) -> bool {
        self.leads_to(call, &self.around(function), 0)
    }

    /// A function and those that it is a closure of.
    fn around(&self, function: FuncId) -> Vec<FuncId> {
        let mut around = Vec::new();
        let mut at = Some(function);
        while let Some(id) = at.filter(|id| !self.is_module(*id) && around.len() < MAX_AROUND) {
            around.push(id);
            at = self.facts.function(id).parent;
        }
        around
    }

    fn leads_to(&self, call: ExprId, targets: &[FuncId], helpers: u32) -> bool {
        let ExprKind::Call { args, .. } = self.facts.expr(call).kind else { return false };
        let called = self.called_function(call);
        if called.is_some_and(|called| targets.contains(&called)) {
            return !self.is_of_what_it_holds(call, targets);
        }
        let is_target = |arg: &ExprId| {
            self.speaks_of_one(*arg, targets)
                && self.handed_function(*arg).is_some_and(|found| targets.contains(&found))
        };
        if self.facts.list(args).iter().any(is_target) {
            return true;
        }
        let (Some(helper), Some(left)) = (called, helpers.checked_sub(1)) else { return false };
        // A helper that is written inside the function itself is looked at where it stands.
        self.calls_of(helper).iter().any(|inner| {
            self.leads_to(*inner, targets, left) && !self.asks_for_its_own(*inner, targets)
                || self.called_by_name(*inner, call, helper).is_some_and(|found| targets.contains(&found))
        })
    }

    /// Whether what is handed over is called as one of these functions: most arguments are not, and what they are takes long to
    /// find out.
    fn speaks_of_one(&self, arg: ExprId, functions: &[FuncId]) -> bool {
        let name = match self.facts.expr(arg).kind {
            ExprKind::Cast { value, .. } => return self.speaks_of_one(value, functions),
            ExprKind::Call { callee, .. } => match self.facts.expr(callee).kind {
                ExprKind::Member { object, .. } => self.last_name(object),
                _ => None,
            },
            _ => self.last_name(arg),
        };
        let own = |function: &FuncId| self.facts.function(*function).name.map(|name| self.facts.name(name));
        name.is_some() && functions.iter().any(|function| own(function) == name)
    }

    /// Whether a function among these calls a method of what it holds (`t.next.RoundTrip(r)`): who wraps something calls the
    /// same method of that, and not itself.
    fn is_of_what_it_holds(&self, call: ExprId, targets: &[FuncId]) -> bool {
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return false };
        let ExprKind::Member { object, .. } = self.facts.expr(callee).kind else { return false };
        let within = targets.contains(&self.root_of(self.home(call)));
        within && matches!(self.facts.expr(object).kind, ExprKind::Member { .. }) && self.is_held(object)
    }

    /// Whether something is what a method is called on, or a part of that.
    pub(in crate::program) fn is_held(&self, expr: ExprId) -> bool {
        match self.facts.expr(expr).kind {
            ExprKind::This => true,
            ExprKind::Name { var: Some(var), .. } => self.facts.var(var).kind == VarKind::Receiver,
            ExprKind::Member { object, .. } => self.is_held(object),
            _ => false,
        }
    }

    /// Whether a helper calls one of these functions with a text of its own: `n.call("ping")` asks for something else than what
    /// has failed.
    fn asks_for_its_own(&self, call: ExprId, targets: &[FuncId]) -> bool {
        self.called_function(call).is_some_and(|called| targets.contains(&called))
            && self.args(call).iter().any(|arg| matches!(self.facts.expr(*arg).kind, ExprKind::Str(_)))
    }

    /// The variable that an expression names.
    pub fn facts_var(&self, expr: ExprId) -> Option<crate::facts::VarId> {
        match self.facts.expr(expr).kind {
            ExprKind::Name { var, .. } => var,
            ExprKind::Cast { value, .. } | ExprKind::Await(value) => self.facts_var(value),
            _ => None,
        }
    }

    /// Whether a function is what `new Promise(…)` is given.
    pub fn is_promise_executor(&self, function: FuncId) -> bool {
        let call = self.index.literal(function).and_then(|literal| self.parent(literal));
        call.is_some_and(|call| match self.facts.expr(call).kind {
            ExprKind::Call { callee, new: true, .. } => self.text_of(callee).ends_with("Promise"),
            _ => false,
        })
    }

    /// Whether somebody takes what a call gives later: by `then` or `catch`, or by a callback that is told of errors.
    pub fn is_waited_for(&self, call: ExprId) -> bool {
        let chained = self.parent(call).is_some_and(|parent| match self.facts.expr(parent).kind {
            ExprKind::Member { object, name } if object == call => {
                matches!(self.facts.name(name), "then" | "catch")
            }
            _ => false,
        });
        let tells_errors = |arg: &ExprId| match self.facts.expr(*arg).kind {
            ExprKind::Function(function) => {
                let first = self.facts.params(function).first().and_then(|param| param.var);
                first.is_some_and(|var| self.is_error_name(var))
            }
            _ => false,
        };
        let listens = |callee: ExprId| {
            matches!(self.facts.expr(callee).kind, ExprKind::Member { name, .. }
                if matches!(self.facts.name(name), "on" | "once"))
        };
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return false };
        !listens(callee) && !self.is_chained(callee) && (chained || self.args(call).iter().any(tells_errors))
    }

    /// The function that an argument is, `f.bind(…)` included.
    pub(crate) fn handed_function(&self, arg: ExprId) -> Option<FuncId> {
        match self.facts.expr(arg).kind {
            ExprKind::Cast { value, .. } => self.handed_function(value),
            ExprKind::Name { .. } | ExprKind::Member { .. } => match self.entity(arg).entity {
                Entity::Function(function) => Some(function),
                _ => None,
            },
            ExprKind::Call { callee, .. } => match self.facts.expr(callee).kind {
                ExprKind::Member { object, name } if self.facts.name(name) == "bind" => {
                    self.handed_function(object)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The function that `object[name](…)` runs in a helper that is handed the name: `retry('fetch', args)`.
    fn called_by_name(&self, call: ExprId, handed: ExprId, helper: FuncId) -> Option<FuncId> {
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return None };
        let callee = match self.facts.expr(callee).kind {
            ExprKind::Member { object, name } if matches!(self.facts.name(name), "call" | "apply") => object,
            _ => callee,
        };
        let ExprKind::Index { object, index } = self.facts.expr(callee).kind else { return None };
        let (of, position) = self.param_of(index)?;
        if of != helper {
            return None;
        }
        let Const::Text(name) = self.constant(*self.args(handed).get(position)?)? else { return None };
        let At::Expr(value) = self.property(object, &name) else { return None };
        match self.entity(value).entity {
            Entity::Function(function) => Some(function),
            _ => None,
        }
    }
}
