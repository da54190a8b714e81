//! What a call makes anew each time although one would do: nobody keeps it, and it is made of nothing that differs from call to call.
//!
//! Owns: where what a call makes ends up, and whether its settings are always the same. Does not own: what is expensive to make (roles).

use crate::facts::words::{is_form_of, words};
use crate::facts::{Bind, ExprId, ExprKind, Place, Source, Step, VarId, VarKind};
use crate::program::View;
use crate::program::values::entity::Entity;

/// How many names, calls and functions a value is followed through.
const MAX_HOPS: u32 = 5;

/// Of how many callers it is asked what they hand over and keep; each may ask its own in turn, so more would have no end.
const MAX_CALLERS: usize = 16;

impl View<'_> {
    /// Whether a call makes anew what one could be made of for all: its settings are the same each time, and nobody keeps it.
    pub fn is_made_anew(&self, call: ExprId) -> bool {
        let home = self.home(call);
        !self.is_module(self.root_of(home))
            && self.is_on_what_stays(call)
            && self.args(call).iter().all(|arg| self.is_same_each_time(*arg, MAX_HOPS))
            && self.is_let_go(call, MAX_HOPS)
    }

    /// Whether what a call is made on is the same each time as well: not something that was just made for one customer, nor a client
    /// that was itself made here.
    fn is_on_what_stays(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return true };
        let ExprKind::Member { object, .. } = self.facts.expr(callee).kind else { return true };
        let ExprKind::Name { var: Some(var), .. } = self.facts.expr(object).kind else { return true };
        let is_local = matches!(self.facts.var(var).kind, VarKind::Const | VarKind::Let);
        let made_here = |value: ExprId| {
            let call = match self.facts.expr(value).kind {
                ExprKind::Await(call) => call,
                _ => value,
            };
            self.role_use(call).is_some_and(|used| self.roles.name(used.role).starts_with("client."))
        };
        let is_module = self.is_module(self.facts.var(var).function);
        !is_local
            || is_module
            || self.is_var_same_each_time(var, MAX_HOPS) && !self.values_of(object).into_iter().any(made_here)
    }

    /// Whether nobody keeps a value beyond the call that it is made in.
    fn is_let_go(&self, expr: ExprId, hops: u32) -> bool {
        let Some(hops) = hops.checked_sub(1) else { return false };
        let mut at = expr;
        loop {
            let Some(parent) = self.parent(at) else { return self.is_let_go_by_callers(at, hops) };
            match self.facts.expr(parent).kind {
                ExprKind::Await(_)
                | ExprKind::Cast { .. }
                | ExprKind::Unary { .. }
                | ExprKind::Cond { .. }
                | ExprKind::Binary { .. }
                | ExprKind::Sequence(_)
                | ExprKind::Opaque(_)
                | ExprKind::Spread(_)
                | ExprKind::Array { .. }
                | ExprKind::Object { .. } => at = parent,
                ExprKind::Assign { binds, .. } => {
                    // Of several results the first is what is made; the others tell of failures.
                    let is_made = |bind: &&Bind| {
                        let later = matches!(self.facts.steps(bind.path), [Step::Index(1..), ..]);
                        bind.source == Source::Expr(at) && !(later && at == expr)
                    };
                    let binds = self.facts.binds(binds).iter().filter(is_made);
                    return binds.copied().all(|bind| match bind.place {
                        Place::Var(var) => self.is_var_let_go(var, expr, hops),
                        // A part of something else: of a variable of this call, or of what outlives it.
                        Place::Expr(place) => match self.root_var(place) {
                            Some(var) => self.is_var_let_go(var, expr, hops),
                            None => false,
                        },
                        Place::Nothing => true,
                    });
                }
                ExprKind::Member { name, .. } => match self.parent(parent) {
                    Some(outer) if self.gives_itself(outer, parent, self.facts.name(name)) => at = outer,
                    _ => return true,
                },
                ExprKind::Call { callee, .. } if callee == at => return true,
                ExprKind::Call { callee, new, .. } => {
                    let name = self.last_name(callee).unwrap_or_default().to_ascii_lowercase();
                    if self.words.objects.keeping.begins(&name) {
                        return false;
                    }
                    if !new && !self.words.objects.holding.begins(&name) {
                        return true;
                    }
                    at = parent;
                }
                _ => return false,
            }
        }
    }

    /// Whether a call of a method gives what it is called on, or a promise of it.
    fn gives_itself(&self, call: ExprId, method: ExprId, name: &str) -> bool {
        matches!(self.facts.expr(call).kind, ExprKind::Call { callee, .. } if callee == method)
            && (self.words.objects.giving_itself.has(name) || self.gives_its_like(call, method))
    }

    /// Whether a method of a library's object gives an object of the same kind, by the models.
    fn gives_its_like(&self, call: ExprId, method: ExprId) -> bool {
        let ExprKind::Member { object, .. } = self.facts.expr(method).kind else { return false };
        match (self.entity(object).entity, self.entity(call).entity) {
            (Entity::Object { receiver: on, .. }, Entity::Object { receiver: given, .. }) => on == given,
            _ => false,
        }
    }

    /// Whether a variable, and with it what it holds, ends with the call that `expr` is made in.
    fn is_var_let_go(&self, var: VarId, expr: ExprId, hops: u32) -> bool {
        let info = self.facts.var(var);
        let is_local = matches!(info.kind, VarKind::Const | VarKind::Let) && !self.is_module(info.function);
        if !is_local || self.root_of(info.function) != self.root_of(self.home(expr)) {
            return false;
        }
        let home = self.home(expr);
        self.names_of(var).iter().all(|name| {
            let used_in = self.home(*name);
            let is_own = self.root_of(used_in) == self.root_of(home);
            is_own && self.is_use_let_go(*name, expr, hops)
        })
    }

    fn is_use_let_go(&self, name: ExprId, expr: ExprId, hops: u32) -> bool {
        match self.parent(name).map(|parent| self.facts.expr(parent).kind) {
            // Tested, or left as a statement.
            None if !self.returned_by(self.home(name)).contains(&name) => true,
            Some(ExprKind::Assign { binds, .. }) => {
                let binds = self.facts.binds(binds).iter();
                let sources: Vec<_> = binds.filter(|bind| bind.source == Source::Expr(name)).collect();
                sources.is_empty()
                    || sources.iter().all(|bind| match bind.place {
                        Place::Var(var) => hops > 0 && self.is_var_let_go(var, expr, hops - 1),
                        Place::Expr(_) => false,
                        Place::Nothing => true,
                    })
            }
            _ => self.is_let_go(name, hops),
        }
    }

    /// Whether what a function gives back is let go by all who call it.
    fn is_let_go_by_callers(&self, given: ExprId, hops: u32) -> bool {
        self.settled((given, hops), &self.answers.let_go, || self.find_let_go_by_callers(given, hops))
    }

    fn find_let_go_by_callers(&self, given: ExprId, hops: u32) -> bool {
        let function = self.home(given);
        if !self.returned_by(function).contains(&given) {
            return true;
        }
        let callers = self.calls_that_run(function);
        (1..=MAX_CALLERS).contains(&callers.len())
            && callers.iter().all(|call| {
                self.args(*call).iter().all(|arg| self.is_same_each_time(*arg, hops))
                    && self.is_let_go(*call, hops)
            })
    }

    /// Whether a value is the same in each call of a function, going by what it is made of.
    fn is_same_each_time(&self, expr: ExprId, hops: u32) -> bool {
        let Some(hops) = hops.checked_sub(1) else { return false };
        match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => self.is_var_same_each_time(var, hops),
            ExprKind::Function(_) => true,
            // There may be one such object for each customer.
            ExprKind::Member { .. } if self.is_held(expr) => self.is_setting(expr),
            ExprKind::Await(_) | ExprKind::Receive(_) | ExprKind::Index { .. } => self.is_setting(expr),
            ExprKind::Call { .. }
                if self.role_use(expr).is_some_and(|used| {
                    let role = self.roles.name(used.role);
                    role.starts_with("http.") || matches!(role.split_once('.'), Some((_, "read" | "query")))
                }) =>
            {
                false
            }
            _ => {
                let mut same = true;
                self.facts.children(expr, &mut |child| {
                    same = same && self.is_same_each_time(child, hops + 1);
                });
                same
            }
        }
    }

    fn is_var_same_each_time(&self, var: VarId, hops: u32) -> bool {
        self.settled((var, hops), &self.answers.same_each_time, || self.find_same_each_time(var, hops))
    }

    fn find_same_each_time(&self, var: VarId, hops: u32) -> bool {
        let info = self.facts.var(var);
        match info.kind {
            VarKind::Param(position) => {
                if self.is_context_name(var) {
                    return true;
                }
                let calls = self.calls_that_run(info.function);
                (1..=MAX_CALLERS).contains(&calls.len())
                    && calls.iter().all(|call| {
                        let handed = self.args(*call).get(position as usize);
                        handed.is_none_or(|arg| self.is_same_each_time(*arg, hops))
                    })
            }
            VarKind::Const | VarKind::Let if !self.is_module(info.function) => {
                self.index.var(var).iter().all(|binding| match binding.source {
                    Source::Expr(value) => self.is_same_each_time(value, hops),
                    Source::Zero => true,
                    Source::Item(_) | Source::Caught | Source::Param(_) => false,
                })
            }
            _ => true,
        }
    }

    fn is_context_name(&self, var: VarId) -> bool {
        let name = self.var_name(var).to_ascii_lowercase();
        name.ends_with("ctx") || name.ends_with("context")
    }

    /// Whether what is waited for, or looked up, is named as a setting of the program: `process.env['URL']`, `await getConfig()`.
    fn is_setting(&self, expr: ExprId) -> bool {
        let names_setting =
            |word: &String| is_form_of(word, "env") || self.words.objects.settings.begins(word);
        let asks_with = |expr: ExprId| match self.facts.expr(expr).kind {
            ExprKind::Await(call) => self.args(call).len(),
            _ => 0,
        };
        words(self.text_of(expr)).iter().any(names_setting) && asks_with(expr) <= 1
    }
}
