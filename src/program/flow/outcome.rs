//! What a branch says about an earlier call: that it worked, that it failed, that it found nothing.
//!
//! Owns: reading tests of what a call gave. Does not own: which variables hold that (`call_results`), or reachability (`flow`).

use crate::facts::{self, BinaryOp, ExprId, ExprKind, Source, UnaryOp, VarId};
use crate::program::View;
use crate::program::flow::call_results::Results;

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

impl View<'_> {
    /// What the two ways of a test say about a call, or, where there is none, of what arrived: where it holds, where it does not.
    pub fn outcome(
        &self,
        test: ExprId,
        call: Option<ExprId>,
        results: &Results,
    ) -> Option<(Outcome, Outcome)> {
        self.outcome_through(true, test, call, results)
    }

    /// The same. `flags`: whether a variable may stand for the test that it holds; one of another is not followed, since they may be
    /// made of each other.
    fn outcome_through(
        &self,
        flags: bool,
        test: ExprId,
        call: Option<ExprId>,
        results: &Results,
    ) -> Option<(Outcome, Outcome)> {
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
                self.outcome_through(flags, operand, call, results).map(|(yes, no)| (no, yes))
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
                None => {
                    let flagged = flags.then(|| self.flagged(test, call, results)).flatten();
                    flagged.or_else(|| self.mentioned(test, call, results))
                }
            },
        }
    }

    /// What a variable says that holds nothing but a test: `held := count != 0`.
    fn flagged(&self, test: ExprId, call: Option<ExprId>, results: &Results) -> Option<(Outcome, Outcome)> {
        let is_test = |value: &ExprId| match self.facts.expr(*value).kind {
            ExprKind::Binary { op, .. } => matches!(
                op,
                BinaryOp::Eq
                    | BinaryOp::NotEq
                    | BinaryOp::Less
                    | BinaryOp::LessEq
                    | BinaryOp::Greater
                    | BinaryOp::GreaterEq
            ),
            ExprKind::Unary { op, .. } => op == UnaryOp::Not,
            _ => false,
        };
        let values = self.values_of(test);
        if !values.iter().all(is_test) {
            return None;
        }
        let mut said = values.iter().map(|value| self.outcome_through(false, *value, call, results));
        let first = said.next()??;
        (first != (Outcome::Unclear, Outcome::Unclear) && said.all(|other| other == Some(first)))
            .then_some(first)
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

    fn mentioned(&self, test: ExprId, call: Option<ExprId>, results: &Results) -> Option<(Outcome, Outcome)> {
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
    fn stands_for(&self, expr: ExprId, call: Option<ExprId>, results: &Results) -> Option<bool> {
        if Some(expr) == call {
            return Some(false);
        }
        match self.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } => results.get(&var).copied(),
            ExprKind::Await(inner) | ExprKind::Cast { value: inner, .. } => {
                self.stands_for(inner, call, results)
            }
            // Go: `result.Err() != nil`, `result.Error() != nil`.
            ExprKind::Call { callee, args, .. } if args.is_empty() => {
                let ExprKind::Member { object, name } = self.facts.expr(callee).kind else { return None };
                let is_error = self.stands_for(object, call, results)?;
                Some(is_error || matches!(self.facts.name(name), "Err" | "Error"))
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
    pub fn mentions(&self, expr: ExprId, call: Option<ExprId>, results: &Results) -> bool {
        if Some(expr) == call {
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
}
