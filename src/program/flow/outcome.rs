//! What a branch says about an earlier call: that it worked, that it failed, that it found nothing.
//!
//! Owns: which variables hold a call's results, and reading tests of them. Does not own: reachability (`flow`).

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::facts::{self, BinaryOp, ExprId, ExprKind, FuncId, Source, Step, UnaryOp, VarId};
use crate::finding::Place;
use crate::program::View;
use crate::program::values::entity::Entity;
use crate::source::Ecosystem;

/// The answers by which stores say that they did what was asked.
fn is_success(value: &crate::program::values::value::Const) -> bool {
    match value {
        crate::program::values::value::Const::Bool(yes) => *yes,
        crate::program::values::value::Const::Num(count) => (*count - 1.0).abs() < f64::EPSILON,
        crate::program::values::value::Const::Text(text) => text.eq_ignore_ascii_case("ok"),
        _ => false,
    }
}

/// What a branch says about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It worked, and gave something.
    Ok,
    /// It failed.
    Error,
    /// It worked, and gave nothing: null, false, zero.
    Empty,
    /// Something, but it cannot be told what.
    Unclear,
}

/// The variables that hold a call's results; true where one holds its error.
pub type Results = FxHashMap<VarId, bool>;

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
    fn passes_on(&self, call: ExprId, argument: ExprId) -> bool {
        let Some(found) = self.call_entry(call) else { return false };
        match &self.models.calls[found.entry.index()].returns {
            Some(crate::models::Returns::Argument(path)) => {
                self.at(call, found.on, found.made, path) == crate::program::values::value::At::Expr(argument)
            }
            _ => false,
        }
    }

    /// `Promise.all([…])`, whose results are those of the promises in it.
    fn gathers(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.facts.expr(call).kind else { return false };
        matches!(self.text_of(callee), "Promise.all" | "Promise.allSettled" | "Promise.race" | "Promise.any")
    }

    fn is_then(&self, callee: ExprId) -> bool {
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
        let name = self.var_name(var).to_ascii_lowercase();
        ["ok", "found", "exists", "acquired", "locked", "set", "success", "got"]
            .iter()
            .any(|flag| name.contains(flag))
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

    /// The parameter of `.then(value => …)`.
    fn then_results(&self, then: ExprId, results: &mut Results) {
        let Some(handler) = self.args(then).first() else { return };
        let ExprKind::Function(function) = self.facts.expr(*handler).kind else { return };
        if let Some(var) = self.facts.params(function).first().and_then(|param| param.var) {
            results.insert(var, false);
        }
    }

    /// What the two ways of a test say about a call: where it holds, where it does not.
    pub fn outcome(&self, test: ExprId, call: ExprId, results: &Results) -> Option<(Outcome, Outcome)> {
        match self.facts.expr(test).kind {
            ExprKind::Binary { op: op @ (BinaryOp::Eq | BinaryOp::NotEq), left, right } => {
                let (subject, other) =
                    match (self.stands_for(left, call, results), self.stands_for(right, call, results)) {
                        (Some(is_error), _) => (is_error, right),
                        (None, Some(is_error)) => (is_error, left),
                        (None, None) => return self.mentioned(test, call, results),
                    };
                let (yes, no) = self.compared(subject, other);
                Some(if op == BinaryOp::Eq { (yes, no) } else { (no, yes) })
            }
            ExprKind::Binary { op, left, right } if self.stands_for(left, call, results) == Some(false) => {
                // Counts: more than none is something.
                match (op, self.constant(right)) {
                    (BinaryOp::Greater, Some(crate::program::values::value::Const::Num(0.0)))
                    | (BinaryOp::GreaterEq, Some(crate::program::values::value::Const::Num(1.0))) => {
                        Some((Outcome::Ok, Outcome::Empty))
                    }
                    (BinaryOp::Less, Some(crate::program::values::value::Const::Num(1.0)))
                    | (BinaryOp::LessEq, Some(crate::program::values::value::Const::Num(0.0))) => {
                        Some((Outcome::Empty, Outcome::Ok))
                    }
                    _ => self.mentioned(test, call, results),
                }
            }
            ExprKind::Unary { op: UnaryOp::Not, operand } => {
                self.outcome(operand, call, results).map(|(yes, no)| (no, yes))
            }
            ExprKind::Call { callee, args, .. }
                if args.len() == 1
                    && self.asks_for_nothing(callee)
                    && self.stands_for(self.facts.list(args)[0], call, results) == Some(false) =>
            {
                Some((Outcome::Empty, Outcome::Ok))
            }
            _ => match self.stands_for(test, call, results) {
                Some(true) => Some((Outcome::Error, Outcome::Ok)),
                Some(false) => Some((Outcome::Ok, Outcome::Empty)),
                None => self.mentioned(test, call, results),
            },
        }
    }

    /// What `result == other` says, and what its contrary says.
    fn compared(&self, is_error: bool, other: ExprId) -> (Outcome, Outcome) {
        match (self.constant(other), is_error) {
            (Some(crate::program::values::value::Const::Null), true) => (Outcome::Ok, Outcome::Error),
            (Some(crate::program::values::value::Const::Null), false) => (Outcome::Empty, Outcome::Ok),
            (Some(value), false) if !value.truthy() => (Outcome::Empty, Outcome::Ok),
            // Only as written there: a named constant is something to compare with, not an answer.
            (Some(value), false) if self.is_literal(other) && is_success(&value) => {
                (Outcome::Ok, Outcome::Empty)
            }
            // A sentinel error: the one that says "nothing there".
            (None, true) => (Outcome::Empty, Outcome::Unclear),
            _ => (Outcome::Unclear, Outcome::Unclear),
        }
    }

    fn is_literal(&self, expr: ExprId) -> bool {
        matches!(self.facts.expr(expr).kind, ExprKind::Str(_) | ExprKind::Num(_) | ExprKind::Bool(_))
    }

    fn mentioned(&self, test: ExprId, call: ExprId, results: &Results) -> Option<(Outcome, Outcome)> {
        if !self.mentions(test, call, results) {
            return None;
        }
        // `errors.Is(err, …)`: one particular failure.
        let about_error = matches!(self.facts.expr(test).kind, ExprKind::Call { .. })
            && self.args(test).iter().any(|arg| self.stands_for(*arg, call, results) == Some(true));
        Some(if about_error {
            (Outcome::Empty, Outcome::Unclear)
        } else {
            (Outcome::Unclear, Outcome::Unclear)
        })
    }

    /// Whether an expression is a call's result (false) or its error (true).
    fn stands_for(&self, expr: ExprId, call: ExprId, results: &Results) -> Option<bool> {
        if expr == call {
            return Some(false);
        }
        match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => results.get(&var).copied(),
            ExprKind::Await(inner) | ExprKind::Cast { value: inner, .. } => {
                self.stands_for(inner, call, results)
            }
            // Go: `result.Err() != nil`.
            ExprKind::Call { callee, args, .. } if args.is_empty() => {
                let ExprKind::Member { object, name } = self.facts.expr(callee).kind else { return None };
                let is_error = self.stands_for(object, call, results)?;
                Some(is_error || self.facts.name(name) == "Err")
            }
            ExprKind::Call { args, .. }
                if args.len() == 1 && self.passes_on(expr, self.facts.list(args)[0]) =>
            {
                self.stands_for(self.facts.list(args)[0], call, results)
            }
            // `len(found) == 0`
            ExprKind::Call { callee, args, .. } if args.len() == 1 && self.counts(callee) => {
                self.stands_for(self.facts.list(args)[0], call, results)
            }
            ExprKind::Member { object, name } if self.is_answer(name) => {
                let is_error = self.stands_for(object, call, results)?;
                Some(is_error || matches!(self.facts.name(name), "error" | "err"))
            }
            ExprKind::Assign { binds, .. } => {
                self.facts.binds(binds).iter().find_map(|bind| match bind.source {
                    Source::Expr(value) => self.stands_for(value, call, results),
                    _ => None,
                })
            }
            _ => None,
        }
    }

    /// The parts of an answer that say whether there is one: `cached.hit`, `rows.length`, `result.error`.
    fn is_answer(&self, name: facts::Name) -> bool {
        const ANSWERS: [&str; 13] = [
            "ok", "hit", "found", "exists", "success", "value", "data", "result", "length", "size", "rows",
            "error", "err",
        ];
        ANSWERS.contains(&self.facts.name(name))
    }

    /// `isNil(found)`, `_.isEmpty(rows)`.
    fn asks_for_nothing(&self, callee: ExprId) -> bool {
        let name = self.last_name(callee).unwrap_or_default();
        matches!(name, "isNil" | "isNull" | "isUndefined" | "isEmpty" | "isNullOrUndefined")
    }

    /// Go's `len`, and `Object.keys(…)`.
    fn counts(&self, callee: ExprId) -> bool {
        matches!(self.text_of(callee), "len" | "Object.keys" | "Object.values" | "Object.entries")
    }

    /// Whether an expression has to do with a call's results at all.
    pub fn mentions(&self, expr: ExprId, call: ExprId, results: &Results) -> bool {
        if expr == call {
            return true;
        }
        if let ExprKind::Name { var: Some(var), .. } = self.facts.expr(expr).kind {
            return results.contains_key(&var);
        }
        let mut found = false;
        self.facts.children(expr, &mut |child| found = found || self.mentions(child, call, results));
        found
    }

    /// Whether a variable stands anywhere in an expression.
    pub fn names_var(&self, expr: ExprId, var: VarId) -> bool {
        if matches!(self.facts.expr(expr).kind, ExprKind::Name { var: Some(found), .. } if found == var) {
            return true;
        }
        let mut found = false;
        self.facts.children(expr, &mut |child| found = found || self.names_var(child, var));
        found
    }

    /// Whether a call's promise or result is taken by nobody.
    pub fn is_dropped(&self, call: ExprId) -> bool {
        let mut at = call;
        while let Some(parent) = self.parent(at) {
            match self.facts.expr(parent).kind {
                ExprKind::Unary { op: UnaryOp::Void, .. } => at = parent,
                ExprKind::Call { callee, .. } if callee == at => at = parent,
                ExprKind::Member { object, name } if object == at => {
                    if !matches!(self.facts.name(name), "then" | "catch" | "finally") {
                        return false;
                    }
                    at = parent;
                }
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
            _ => false,
        }
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
                        .any(|bind| matches!(bind.place, facts::Place::Var(found) if found == var));
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

    /// Whether a Go function's last result is an error.
    pub fn returns_error(&self, function: crate::facts::FuncId) -> bool {
        let Some(returns) = self.facts.function(function).returns else { return false };
        let last = match self.facts.type_ref(returns).kind {
            crate::facts::TypeRefKind::Tuple(parts) => self.facts.type_list(parts).last().copied(),
            _ => Some(returns),
        };
        last.is_some_and(|last| {
            matches!(self.facts.type_ref(last).kind, crate::facts::TypeRefKind::Named { first, rest: None, .. }
                if self.facts.name(first) == "error")
        })
    }

    /// Whether a Go call is handed a context.
    pub fn takes_context(&self, call: ExprId) -> bool {
        let is_context = |name: &str| {
            name.to_ascii_lowercase().contains("ctx") || name.to_ascii_lowercase().contains("context")
        };
        self.args(call).first().and_then(|first| self.last_name(*first)).is_some_and(is_context)
    }

    /// The variables of a function's parameters.
    pub fn params_of(&self, function: crate::facts::FuncId) -> Vec<VarId> {
        let params = self.facts.params(function);
        let parts =
            params.iter().flat_map(|param| self.facts.binds(param.parts)).filter_map(|bind| {
                match bind.place {
                    facts::Place::Var(var) => Some(var),
                    _ => None,
                }
            });
        params.iter().filter_map(|param| param.var).chain(parts).collect()
    }

    /// Where the variable or field that an expression names is declared.
    pub fn declared_at(&self, expr: ExprId) -> Option<Place> {
        match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => {
                let info = self.facts.var(var);
                Some(self.place(self.file_of(info.function), info.span))
            }
            ExprKind::Member { .. } => self.long_lived(expr),
            ExprKind::Cast { value, .. } | ExprKind::Await(value) => self.declared_at(value),
            _ => None,
        }
    }

    /// Where a promise chain begins: its innermost call.
    pub fn chain_start(&self, expr: ExprId) -> crate::source::Span {
        if let ExprKind::Call { callee, .. } = self.facts.expr(expr).kind
            && let ExprKind::Member { object, name } = self.facts.expr(callee).kind
            && matches!(self.facts.name(name), "then" | "catch" | "finally")
        {
            return self.chain_start(object);
        }
        self.call_span(expr)
    }

    /// An expression as far as its first line goes.
    #[expect(clippy::cast_possible_truncation, reason = "file size is bounded below 4 GiB")]
    pub fn first_line(&self, expr: ExprId) -> crate::source::Span {
        let span = self.facts.expr(expr).span;
        let line = span.of(self.text_around(expr)).lines().next().unwrap_or_default();
        crate::source::Span::new(span.start, span.start + line.len() as u32)
    }

    /// Where a call is shown, with its file.
    pub fn call_place(&self, call: ExprId) -> Place {
        self.place(self.file_of_expr(call), self.call_span(call))
    }

    /// Where a call is shown: what is called, without the arguments.
    pub fn call_span(&self, call: ExprId) -> crate::source::Span {
        let span = self.facts.expr(call).span;
        match self.facts.expr(call).kind {
            ExprKind::Call { callee, .. } => {
                let callee = self.facts.expr(callee).span;
                let name = match callee.of(self.text_around(call)).rfind('\n') {
                    // A chain over several lines: the last link is the call.
                    Some(line) => {
                        let tail = &callee.of(self.text_around(call))[line + 1..];
                        let indent = tail.len() - tail.trim_start().len();
                        callee.end - u32::try_from(tail.len() - indent).unwrap_or(0)
                    }
                    None => span.start.min(callee.start),
                };
                crate::source::Span::new(name, callee.end.max(name))
            }
            _ => span,
        }
    }
}
