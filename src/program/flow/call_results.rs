//! The variables that hold what a call gives, and which of them holds its error.
//!
//! Owns: [`Results`]: following a result through `await`, chains, callbacks and what is made of it, and telling errors by their names and
//! places. Does not own: what tests of these variables say (`outcome`), or whether anybody takes them (`taken`).

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::facts::{self, BinaryOp, ExprId, ExprKind, FuncId, Source, Step, VarId};
use crate::program::View;
use crate::source::Ecosystem;

/// The variables that hold a call's results; true where one holds its error.
pub(crate) type Results = FxHashMap<VarId, bool>;

/// A value that is made of a variable: its number among those of the function, what it is assigned with, and the value.
pub(in crate::program) type Made = (usize, facts::List<facts::Bind>, ExprId);

/// What is made of each variable of a function.
pub(in crate::program) type MadeOf = Rc<FxHashMap<VarId, Vec<Made>>>;

impl View<'_> {
    /// The variables that a call's results go to, directly or through a method of the result.
    pub fn results(&self, call: ExprId) -> Rc<Results> {
        self.remembered_results(call, || Rc::new(self.find_results(call)))
    }

    fn find_results(&self, call: ExprId) -> Results {
        let mut results = Results::default();
        // What `go` starts gives nothing to what follows, nor by way of its arguments.
        if self.index.is_spawned(call) {
            return results;
        }
        // The outermost expression that still stands for the call: awaited, cast, `.Result()`.
        let mut spine = vec![call];
        let mut at = call;
        while let Some(parent) = self.parent(at) {
            match self.facts.expr(parent).kind {
                ExprKind::Await(_) | ExprKind::Cast { .. } | ExprKind::Member { .. } => {}
                // `found ?? fallback`
                ExprKind::Binary { op: BinaryOp::Or | BinaryOp::Coalesce, left, .. } if left == at => {}
                ExprKind::Call { callee, .. } if callee == at && !self.is_then(callee) => {}
                ExprKind::Call { callee, .. } if callee == at => self.then_results(parent, &mut results),
                ExprKind::Call { .. } if self.passes_on(parent, at) || self.gathers(parent) => {}
                ExprKind::Array { .. } if self.parent(parent).is_some_and(|call| self.gathers(call)) => {}
                ExprKind::Assign { binds, .. } => {
                    self.bound_results(binds, at, &mut results);
                    break;
                }
                _ => break,
            }
            spine.push(parent);
            at = parent;
        }
        self.callback_results(call, &mut results);
        self.errors_given_on(call, &mut results);
        // `ok, err := result.Result()` on a variable that holds the call's result.
        let made = self.made_of_variables(self.home(call));
        for _ in 0..2 {
            let known = results.clone();
            let values = known.iter().filter(|(_, is_error)| !**is_error);
            let mut places: Vec<&Made> = values.filter_map(|(var, _)| made.get(var)).flatten().collect();
            places.sort_unstable_by_key(|(number, ..)| *number);
            for (_, binds, value) in places {
                let is_other = self.facts.binds(*binds).iter().any(|bind| {
                    bind.source == Source::Expr(*value)
                        && matches!(bind.place, facts::Place::Var(var) if self.is_told_otherwise(var, *value))
                });
                if !is_other {
                    self.bound_results(*binds, *value, &mut results);
                }
            }
        }
        results
    }

    /// What assignments of a function make of each variable, in order.
    fn made_of_variables(&self, function: FuncId) -> MadeOf {
        if let Some(known) = self.made_of_variables.borrow().get(&function) {
            return Rc::clone(known);
        }
        let mut made: FxHashMap<VarId, Vec<Made>> = FxHashMap::default();
        let mut number = 0;
        for id in self.assignments_in(function) {
            let ExprKind::Assign { binds, .. } = self.facts.expr(*id).kind else { continue };
            for bind in self.facts.binds(binds) {
                let Source::Expr(value) = bind.source else { continue };
                if let Some(root) = self.spine_root(value) {
                    made.entry(root).or_default().push((number, binds, value));
                }
                number += 1;
            }
        }
        let made = Rc::new(made);
        self.made_of_variables.borrow_mut().insert(function, Rc::clone(&made));
        made
    }

    /// Whether a call stands for one of its arguments: conversions, `redis.Int64(reply, err)`.
    pub(super) fn passes_on(&self, call: ExprId, argument: ExprId) -> bool {
        let Some(found) = self.call_entry(call) else { return false };
        match &self.models.calls[found.entry.index()].returns {
            Some(crate::models::Returns::Argument(path)) => {
                self.at(call, found.on, found.made, path) == crate::program::values::value::At::Expr(argument)
            }
            _ => false,
        }
    }

    /// `Promise.all([…])`, whose results are those of the promises in it.
    pub(super) fn gathers(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return false };
        matches!(self.text_of(callee), "Promise.all" | "Promise.allSettled" | "Promise.race" | "Promise.any")
    }

    /// Whether an expression is a method by which a promise is gone on with: `sent.catch`.
    pub(crate) fn is_chained(&self, expr: ExprId) -> bool {
        matches!(self.facts.expr(expr).kind, ExprKind::Member { name, .. }
            if matches!(self.facts.name(name), "then" | "catch" | "finally"))
    }

    pub(super) fn is_then(&self, callee: ExprId) -> bool {
        matches!(self.facts.expr(callee).kind, ExprKind::Member { name, .. } if self.facts.name(name) == "then")
    }

    /// The variable at the root of `x.Result()`, `(await x).y`.
    fn spine_root(&self, expr: ExprId) -> Option<VarId> {
        match self.facts.expr(expr).kind {
            ExprKind::Name { var, .. } => var,
            ExprKind::Await(inner)
            | ExprKind::Cast { value: inner, .. }
            | ExprKind::Member { object: inner, .. } => self.spine_root(inner),
            ExprKind::Call { args, .. }
                if !args.is_empty() && self.passes_on(expr, self.facts.list(args)[0]) =>
            {
                self.spine_root(self.facts.list(args)[0])
            }
            ExprKind::Call { callee, .. }
                if matches!(self.facts.expr(callee).kind, ExprKind::Member { .. }) =>
            {
                self.spine_root(callee)
            }
            _ => None,
        }
    }

    fn bound_results(
        &self,
        binds: crate::facts::List<crate::facts::Bind>,
        value: ExprId,
        results: &mut Results,
    ) {
        let binds = self.facts.binds(binds);
        let several = binds.len() > 1;
        for bind in binds {
            let (facts::Place::Var(var), Source::Expr(source)) = (bind.place, bind.source) else { continue };
            if source != value {
                continue;
            }
            let last = match self.facts.steps(bind.path) {
                [Step::Index(position)] => several && *position as usize + 1 == binds.len(),
                _ => false,
            };
            let is_error = self.is_error_name(var)
                || (last
                    && self.ecosystem() == Ecosystem::Go
                    && !self.is_flag_name(var)
                    && self.may_fail(value));
            results.entry(var).or_insert(is_error);
        }
    }

    /// Whether an expression is a variable that is called as errors are.
    pub(crate) fn names_error(&self, expr: ExprId) -> bool {
        matches!(self.facts.expr(expr).kind, ExprKind::Name { var: Some(var), .. } if self.is_error_name(var))
    }

    pub(crate) fn is_error_name(&self, var: VarId) -> bool {
        let name = self.var_name(var).to_ascii_lowercase();
        // Go's `e` is as often an element: `for e := list.Front(); e != nil; e = e.Next()`.
        let is_short = name == "e" && self.ecosystem() != Ecosystem::Go;
        is_short || name.starts_with("err") || name.ends_with("err") || name.ends_with("error")
    }

    fn is_flag_name(&self, var: VarId) -> bool {
        self.words.failures.results.is_in(&self.var_name(var).to_ascii_lowercase())
    }

    /// The parameters of a Node-style callback `(error, value) => …`.
    fn callback_results(&self, call: ExprId, results: &mut Results) {
        for arg in self.args(call) {
            let ExprKind::Function(function) = self.facts.expr(*arg).kind else { continue };
            for (position, param) in self.facts.params(function).iter().enumerate() {
                if let Some(var) = param.var {
                    results.insert(var, position == 0 && self.is_error_name(var));
                }
            }
        }
    }

    /// The parameter of `.then(value => …)`, or its parts: `.then(({ data }) => …)`.
    fn then_results(&self, then: ExprId, results: &mut Results) {
        let Some(handler) = self.args(then).first() else { return };
        let ExprKind::Function(function) = self.facts.expr(*handler).kind else { return };
        let Some(param) = self.facts.params(function).first() else { return };
        if let Some(var) = param.var {
            results.insert(var, false);
        }
        for part in self.facts.binds(param.parts) {
            if let facts::Place::Var(var) = part.place {
                results.insert(var, self.is_error_name(var));
            }
        }
    }
}
