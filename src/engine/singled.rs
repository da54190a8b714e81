//! Which failures a test singles out: kinds that the program itself tells, and answers by which the other side refused.
//!
//! Owns: what such a test is, and the edges on which it holds. Does not own: what a repetition is (`repeats`), or whether
//! something failed at all (`program::flow::outcome`).

use crate::facts::words::words;
use crate::facts::{BinaryOp, ExprId, ExprKind, Step, TypeRefKind, UnaryOp, VarId};
use crate::models::Library;
use crate::models::vocabulary::Failures;
use crate::program::flow::{Edge, EdgeKind, NodeId, NodeKind};
use crate::program::values::value::Const;
use crate::program::{Arg, Entity};

use super::cycles::Cycle;
use super::events::Event;
use super::steps::Search;

/// What a test singles out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Singled {
    /// A failure that says nothing of whether the other side can answer: a conflict, an expired token.
    Own,
    /// The other side has said that it did not do what it was asked: too many requests.
    Refused,
}

impl Search<'_, '_> {
    /// Whether a failure leads round only where a test has told it as one of a kind of its own.
    pub(super) fn only_on_own_failures(&self, event: &Event, cycle: &Cycle) -> bool {
        let own = self.singled_out(&|singled| singled == Singled::Own);
        if own.is_empty() {
            return false;
        }
        let failed = self.failed(event);
        let passes = |from: NodeId, edge: &Edge| {
            let way = (from, edge.to);
            cycle.holds(edge.to) && !failed.blocked.contains(&way) && !own.contains(&way)
        };
        let starts = failed.starts.iter().copied().filter(|start| cycle.holds(*start));
        let again = |node: NodeId| event.nodes.contains(&node);
        cycle.reach(self.root().flow, starts, &passes, &again, &|node| cycle.turns(node)).is_none()
    }

    /// The edges on which a test has singled such a failure out.
    pub(super) fn singled_out(&self, wanted: &dyn Fn(Singled) -> bool) -> Vec<(NodeId, NodeId)> {
        let flow = self.root().flow;
        let mut found = Vec::new();
        for id in flow.ids() {
            let NodeKind::Test(test) = flow.node(id).kind else { continue };
            let Some((singled, holds)) = self.singles_out(test) else { continue };
            if wanted(singled) {
                let edges = flow.node(id).edges.iter().filter(|edge| edge.kind == holds);
                found.extend(edges.map(|edge| (id, edge.to)));
            }
        }
        found
    }

    /// What a test singles out, and the edge on which it does.
    fn singles_out(&self, test: ExprId) -> Option<(Singled, EdgeKind)> {
        let program = self.program;
        match program.facts.expr(test).kind {
            ExprKind::Binary { op: BinaryOp::InstanceOf, right, .. } => {
                let of_tree = matches!(program.entity(right).entity, Entity::Type(_));
                let singled = self.judged(program.last_name(right)?)?;
                (of_tree || singled == Singled::Refused).then_some((singled, EdgeKind::True))
            }
            ExprKind::Binary { op: op @ (BinaryOp::Eq | BinaryOp::NotEq), left, right }
                if self.is_about_failure(test) || self.is_time_up(left) || self.is_time_up(right) =>
            {
                let holds = if op == BinaryOp::Eq { EdgeKind::True } else { EdgeKind::False };
                if self.is_time_up(left) || self.is_time_up(right) {
                    return Some((Singled::Own, holds));
                }
                let named = if program.constant(left).is_some() { left } else { right };
                let singled = match program.constant(named) {
                    Some(Const::Text(text)) => self.judged(&text),
                    Some(Const::Num(number)) => self.judged(&number.to_string()),
                    Some(_) => None,
                    None => self.judged(program.last_name(named)?),
                };
                Some((singled?, holds))
            }
            ExprKind::Name { var: Some(var), .. } if self.tells_status(var) => {
                Some((Singled::Own, EdgeKind::False))
            }
            ExprKind::Call { callee, .. } => {
                let told = self.compares_errors(test, callee).or_else(|| self.looks_for_words(test, callee));
                Some((told.or_else(|| self.asks_for_kind(test, callee))?, EdgeKind::True))
            }
            _ => None,
        }
    }

    /// Whether an expression names what a Go context says once its time is up. Whoever tries again only then has waited for a whole
    /// attempt.
    fn is_time_up(&self, error: ExprId) -> bool {
        self.program.words.failures.time_up.has(self.program.text_of(error))
    }

    /// Go's `errors.Is(err, ErrStale)`, and `errors.As(err, &stale)` with a type of the tree.
    fn compares_errors(&self, call: ExprId, callee: ExprId) -> Option<Singled> {
        let program = self.program;
        let wanted = *program.args(call).get(1)?;
        match program.text_of(callee) {
            "errors.Is" if self.is_time_up(wanted) => Some(Singled::Own),
            "errors.Is" => self.judged(program.last_name(wanted)?),
            "errors.As" => {
                let ExprKind::Unary { op: UnaryOp::Address, operand } = program.facts.expr(wanted).kind
                else {
                    return None;
                };
                let ty = program.facts.var(program.facts_var(operand)?).ty?;
                let TypeRefKind::Named { first, rest, .. } = program.facts.type_ref(ty).kind else {
                    return None;
                };
                let of_tree = matches!(program.type_entity(ty).entity, Entity::Type(_) | Entity::Instance(_));
                let name = program.facts.name(rest.unwrap_or(first));
                of_tree.then(|| self.judged(name)).flatten()
            }
            _ => None,
        }
    }

    /// Whether a variable tells whether a failure has a status, as every answer of the other side has: what has none is of this
    /// side. `_, ok := err.(withStatus)`.
    fn tells_status(&self, var: VarId) -> bool {
        let program = self.program;
        let Some((value, part)) = program.part_set(var) else { return false };
        let ExprKind::Cast { value, ty: Some(ty) } = program.facts.expr(value).kind else { return false };
        let TypeRefKind::Named { first, rest, .. } = program.facts.type_ref(ty).kind else { return false };
        let name = program.facts.name(rest.unwrap_or(first)).to_ascii_lowercase();
        part == [Step::Index(1)] && name.contains("status") && self.is_about_failure(value)
    }

    /// Whether a library is told to try again only on failures of a kind of its own, as another round finds another state.
    pub(super) fn is_asked_for_own_failures(&self, event: &Event) -> bool {
        let program = self.program;
        let used = event.expr.and_then(|expr| program.role_use(expr));
        let given = used.zip(program.roles.arg("when")).map(|(used, arg)| self.value_of(event, used, arg));
        let Some(Arg::Given(when, _)) = given else { return false };
        let function = match program.facts.expr(when).kind {
            ExprKind::Function(function) => Some(function),
            _ => match program.entity(when).entity {
                Entity::Function(function) => Some(function),
                _ => None,
            },
        };
        let returned = function.map(|function| program.returned_by(function)).unwrap_or_default();
        let own = |value: &ExprId| matches!(self.singles_out(*value), Some((Singled::Own, EdgeKind::True)));
        !returned.is_empty() && returned.iter().all(own)
    }

    /// `error.message.includes('being deleted')`, and with a pattern.
    fn looks_for_words(&self, call: ExprId, callee: ExprId) -> Option<Singled> {
        let program = self.program;
        let name = program.last_name(callee)?.to_ascii_lowercase();
        let text = program.text_of(call).to_ascii_lowercase();
        let is_about_failure =
            self.is_about_failure(call) || text.contains("message") || text.contains("msg");
        let looks = program.words.failures.looking.has(&name) || name.starts_with("has");
        if !looks || !is_about_failure {
            return None;
        }
        let written = |expr: &ExprId| match program.facts.expr(*expr).kind {
            ExprKind::Regex(pattern) => Some(program.facts.name(pattern).to_owned()),
            _ => match program.constant(*expr)? {
                Const::Text(text) => Some(text),
                _ => None,
            },
        };
        let on = match program.facts.expr(callee).kind {
            ExprKind::Member { object, .. } => Some(object),
            _ => None,
        };
        let words = program.args(call).iter().copied().chain(on).find_map(|expr| written(&expr))?;
        self.judged(&words)
    }

    /// `isConflict(err)`: a function that asks a failure for its kind, by its name.
    fn asks_for_kind(&self, call: ExprId, callee: ExprId) -> Option<Singled> {
        let program = self.program;
        let name = program.last_name(callee)?;
        let is_failure = |arg: &ExprId| {
            program.last_name(*arg).is_some_and(|name| {
                let name = name.to_ascii_lowercase();
                name == "e" || name.starts_with("err") || name.ends_with("err") || name.ends_with("error")
            })
        };
        let asks = words(name).first().is_some_and(|first| first == "is" || first == "not");
        let tells = words(name).iter().any(|word| program.words.failures.kinds.has(word));
        (asks && tells && program.args(call).iter().any(is_failure)).then(|| self.judged(name)).flatten()
    }

    /// What the name of a failure says. That of a library says no more than that a call of it failed.
    fn judged(&self, name: &str) -> Option<Singled> {
        let program = self.program;
        let is_library = |word: &str| {
            let named = |library: &Library| library.name == word && library.ecosystem == program.ecosystem();
            program.models.libraries.iter().any(named)
        };
        judge(&program.words.failures, name, &is_library)
    }
}

/// What the name of a failure, or its code, says of it, beyond words that say nothing.
fn judge(known: &Failures, name: &str, says_nothing: &dyn Fn(&str) -> bool) -> Option<Singled> {
    let tells = |word: &String| !known.generic.has(word) && !says_nothing(word);
    let words: Vec<String> = words(name).into_iter().filter(tells).collect();
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    let refuses =
        words.iter().any(|word| word == "429" || word.starts_with("throttl") || word == "ratelimit")
            || has("rate") && (has("limit") || has("limited"))
            || has("many") && has("requests");
    if refuses {
        return Some(Singled::Refused);
    }
    let in_trouble = |word: &String| {
        known.trouble.has(word) || known.trouble_codes.begins(word) || is_number_in_trouble(word)
    };
    let is_word = |word: &String| word.len() > 2;
    (words.iter().any(is_word) && !words.iter().any(in_trouble)).then_some(Singled::Own)
}

/// Statuses of a server in trouble, and numbers that say nothing.
fn is_number_in_trouble(word: &str) -> bool {
    match word.parse::<u32>() {
        Ok(408 | 425) => true,
        Ok(status) => !(200..500).contains(&status) && word.len() != 5,
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Singled, judge as judge_beyond};

    #[test]
    fn what_the_name_of_a_failure_says() {
        let known = crate::rules::builtin::vocabulary().unwrap().failures;
        let judge = |name: &str| judge_beyond(&known, name, &|word| word == "house");
        assert_eq!(judge("HouseError"), None, "a library's word for whatever failed");
        assert_eq!(judge("HouseVersionConflict"), Some(Singled::Own));
        for own in
            ["transientKeyMismatchError", "VersionConflict", "token_expired", "404", "40001", "RefreshToken"]
        {
            assert_eq!(judge(own), Some(Singled::Own), "{own}");
        }
        for refused in ["429", "RateLimitError", "TooManyRequests", "ThrottlingException"] {
            assert_eq!(judge(refused), Some(Singled::Refused), "{refused}");
        }
        for trouble in [
            "TransientError",
            "HttpError",
            "ECONNRESET",
            "503",
            "RequestTimeout",
            "14",
            "ErrUnavailable",
            "e",
        ] {
            assert_eq!(judge(trouble), None, "{trouble}");
        }
    }
}
