//! Whether two calls are about the same thing: one is made of what the other gave, or both of one value. And whether a call only
//! asks for something, by its name.
//!
//! Owns: which values of two events are compared. Does not own: what those are made of (`program::values::origins`).

use crate::facts::words::words;
use crate::facts::{ExprId, ExprKind, VarId};
use crate::models::Nature;
use crate::models::vocabulary::List;
use crate::program::Arg;
use crate::program::recurrence::counted::Known;

use super::events::Event;
use super::events::branches::subject;
use super::steps::Search;

impl Search<'_, '_> {
    /// Whether an event's arguments are made of what another received or gave, through local variables.
    pub(super) fn takes(&self, event: &Event, other: &Event) -> bool {
        let Some(call) = event.call() else { return false };
        if self.is_settled_within(other) {
            return false;
        }
        let known = self.given_by(other);
        let args = self.program.args(call).to_vec();
        args.iter().any(|arg| self.program.made_of(*arg, &known))
            || matches!(self.program.facts.expr(call).kind, ExprKind::Call { callee, .. } if self.program.made_of(callee, &known))
    }

    /// Whether a value is, or is made of, what an event received or gave.
    pub(super) fn is_made_of(&self, value: ExprId, other: &Event) -> bool {
        let is_itself = other.call().is_some_and(|call| self.program.is_inside(call, value));
        is_itself || self.program.made_of(value, &self.given_by(other))
    }

    /// The variables that hold what an event received or gave.
    fn given_by(&self, other: &Event) -> Vec<VarId> {
        let (source, results) = subject(self.program, other);
        let mut known: Vec<VarId> =
            results.into_iter().filter(|(_, is_error)| !is_error).map(|(var, _)| var).collect();
        known.extend(other.message);
        known.extend(source.into_iter().flat_map(|source| self.program.handed_to_fill(source)));
        // `db.QueryRow(…).Scan(&order.Total)`
        known.extend(other.call().into_iter().flat_map(|call| self.program.filled_in_chain(call)));
        // A handler that takes its message apart in the parameter list.
        if other.expr.is_none() && other.nodes.contains(&crate::program::flow::ENTRY) {
            known.extend(self.program.params_of(self.root().function));
        }
        known
    }

    /// Whether an event writes a sum or difference made with what another gave.
    pub(super) fn counts_on(&self, event: &Event, other: &Event) -> bool {
        !self.counted_on(event, other).is_empty()
    }

    /// Whether it does so with something that the program decides by, as far as the field is known, or that is worth something: a
    /// tally that is only shown may be a little off.
    pub(super) fn decides_on(&self, event: &Event, other: &Event) -> bool {
        let counted = self.counted_on(event, other);
        counted.into_iter().any(|field| field.is_none_or(|field| self.program.is_decisive(field)))
    }

    /// The fields of which an event writes a sum or difference made with what another gave; none for a variable.
    fn counted_on(&self, event: &Event, other: &Event) -> Vec<Option<ExprId>> {
        let vars = self.given_by(other);
        let known = Known { vars: &vars, call: other.call() };
        event.call().map(|call| self.program.counted_by(call, known)).unwrap_or_default()
    }

    /// Whether two events have a value in common. Where it cannot be told what one of them is made of they may.
    pub(super) fn shares(&self, event: &Event, other: &Event) -> bool {
        let (Some(a), Some(b)) = (event.call(), other.call()) else { return true };
        if a == b || self.takes(event, other) || self.takes(other, event) {
            return true;
        }
        let [mine, theirs] = [event, other].map(|event| self.program.origins(&self.told(event)));
        self.program.have_in_common(&mine, &theirs)
    }

    /// What an event is about: the value and the key of its role where those are known here and vary; else all that its call is
    /// handed.
    fn told(&self, event: &Event) -> Vec<ExprId> {
        let used = event.expr.and_then(|expr| self.program.role_use(expr));
        let given = |name: &str| {
            let (used, arg) = (used?, self.program.roles.arg(name)?);
            let is_no_message =
                !self.program.roles.info(used.role).args.contains(&self.program.roles.arg("topic")?);
            let value = match event.via {
                _ if is_no_message => return None,
                Some(_) => self.handed_arg(event, used, arg)?.0,
                None => self.program.arg(used, arg),
            };
            match value {
                Arg::Given(value, _) if self.program.constant(value).is_none() => Some(value),
                _ => None,
            }
        };
        match given("value") {
            Some(value) => [Some(value), given("key")].into_iter().flatten().collect(),
            None => event.call().into_iter().collect(),
        }
    }

    /// Whether an event stands in a function that is named as one that asks for something or watches it (`canCreate`,
    /// `checkLimit`, `subscribe`), and not also as one that makes it (`getOrCreate`); or is itself a look-up, by its role.
    pub(super) fn is_asking(&self, event: &Event) -> bool {
        if event.via.is_none()
            && let Some(role) = event.role
        {
            return self.program.roles.is(role, Nature::Lookup);
        }
        let Some(call) = event.call() else { return false };
        let asks = |call: ExprId, words: &List| self.is_named_after(call, words);
        let functions = &self.program.words.functions;
        asks(call, &functions.asking)
            || self.way_of_write(event).iter().any(|call| asks(*call, &functions.reading))
    }

    /// Whether what is called is named by one of these words first, and does nothing else besides (`getOrCreate`).
    fn is_named_after(&self, call: ExprId, first: &List) -> bool {
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return false };
        let words = words(self.program.last_name(callee).unwrap_or_default());
        words.first().is_some_and(|word| first.has(word))
            && !words.iter().any(|word| matches!(word.as_str(), "or" | "and"))
    }

    /// The calls that lead to a write from the function that is called on: what a look-up writes on its way is a note or a copy.
    fn way_of_write(&self, event: &Event) -> Vec<ExprId> {
        let writes = |role| matches!(self.program.roles.name(role), "store.write" | "store.query");
        let (Some(via), Some(expr)) = (event.via, event.expr.filter(|_| event.role.is_some_and(writes)))
        else {
            return Vec::new();
        };
        self.program.calls_through(via, expr).into_iter().skip(1).map(|(call, _)| call).collect()
    }
}
