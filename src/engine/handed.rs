//! Arguments that callers hand over: what a helper takes as its parameter, or as a part of one, is the caller's argument.
//!
//! Owns: whose argument it is. Does not own: tests of it (`args`).

use crate::facts::{ExprId, FuncId};
use crate::models::ArgName;
use crate::program::values::open::{Open, Walked};
use crate::program::{Arg, RoleUse};
use crate::rules::{ArgTest, Step, Within};

use super::args::names_a_lock;
use super::events::Event;
use super::steps::Search;

/// Whether a test of a parameter is for the callers to answer: each is looked at by itself.
pub(super) fn is_for_callers(test: &ArgTest) -> bool {
    matches!(test, ArgTest::Missing | ArgTest::Is(_) | ArgTest::MadeBy(_))
}

/// Whether it is a caller that says what holds of an argument it hands over.
fn is_what_callers_say(test: &ArgTest) -> bool {
    use ArgTest::{Constant, Given, PerItem, Steady, Unbounded, Uniform};
    matches!(test, Given | Constant | Steady | Unbounded | Uniform | PerItem)
}

impl Search<'_, '_> {
    /// Whether the function's own call hands over one of its parameters, or a part of one, which it has callers to fill.
    pub(super) fn is_open(&self, event: &Event, used: &RoleUse, arg: ArgName) -> bool {
        event.via.is_none()
            && self
                .program
                .open_arg(used, arg)
                .and_then(|open| self.program.param_of(open.base))
                .is_some_and(|(function, _)| self.program.has_callers(function))
    }

    /// An argument that a function hands on from its callers, as the call gives it that says what it is; and which of the calls
    /// that lead to the event that is, 0 for this root's own.
    pub(super) fn handed_arg(&self, event: &Event, used: &RoleUse, arg: ArgName) -> Option<(Arg, usize)> {
        let via = event.via?;
        let calls = self.program.calls_through(via, used.expr);
        let mut weaker: Option<(Arg, usize)> = None;
        for open in self.program.open_args(used, arg) {
            match self.handed_down(open, &calls) {
                Some((Arg::Missing, level)) => weaker = weaker.or(Some((Arg::Missing, level))),
                Some((Arg::Unknown, level)) => weaker = Some((Arg::Unknown, level)),
                Some(given) => return Some(given),
                None => {}
            }
        }
        weaker
    }

    /// What the calls that lead somewhere hand over for something that lies in a parameter there.
    fn handed_down(&self, mut open: Open<'_>, calls: &[(ExprId, FuncId)]) -> Option<(Arg, usize)> {
        let mut said_by = None;
        for (level, (call, callee)) in calls.iter().enumerate().rev() {
            let Some((function, position)) = self.program.param_of(open.base) else { break };
            if function != *callee {
                break;
            }
            said_by = Some(level);
            let default =
                || self.program.facts.params(function).get(position).and_then(|param| param.default);
            let Some(given) = self.program.args(*call).get(position).copied().or_else(default) else {
                return Some((Arg::Missing, level));
            };
            open = match self.program.walk_down(given, open.steps, open.unit) {
                Walked::To(further) => further,
                Walked::Missing => return Some((Arg::Missing, level)),
                Walked::Unknown => return Some((Arg::Unknown, level)),
            };
        }
        let level = said_by?;
        let value = if open.steps.is_empty() { Arg::Given(open.base, open.unit) } else { Arg::Unknown };
        Some((value, level))
    }

    /// The call among what an event's call is handed, or is made of, that has one of the roles that the step asks for. One that
    /// makes a context counts where it is a context that is handed over, or a request that has one.
    pub(super) fn handed_by(&self, step: &Step, event: &Event) -> Option<ExprId> {
        let (program, call) = (self.program, event.call()?);
        let of_contexts = step.hands.iter().all(|role| program.roles.name(*role).starts_with("context."));
        let fits = |arg: ExprId| !of_contexts || program.is_context(arg);
        let is_limited =
            |arg: ExprId| step.hands_limited.is_none_or(|limited| program.is_limited(arg) == limited);
        // What is handed the context at hand beside, or runs something under it, works under that one.
        if of_contexts
            && (program.args(call).iter().any(|arg| program.is_context_at_hand(*arg))
                || program.runs_under_context_at_hand(call))
        {
            return None;
        }
        let is_kept = |position: usize| of_contexts && program.is_kept_in_callees(call, position);
        let args = program.args(call).iter().enumerate();
        args.filter(|(_, arg)| !program.is_param(**arg) && fits(**arg))
            .filter(|(position, _)| !is_kept(*position))
            .filter(|(position, arg)| program.is_used(call, *position) && is_limited(**arg))
            .find_map(|(_, arg)| self.maker(*arg, &step.hands))
    }

    /// The call that says what a step asks of its arguments: the one that plays the role, or one that leads to it and hands
    /// over what is wrong, drops what it gives, or starts it without waiting.
    pub(super) fn said_by(&self, step: &Step, event: &Event) -> Option<ExprId> {
        let used = self.program.role_use(event.expr?)?;
        let Some(via) = event.via else { return Some(used.expr) };
        if !step.taken.is_empty() || step.within.contains(&Within::Detached) {
            return Some(via);
        }
        let asked = step.args.iter().filter(|(_, test)| is_for_callers(test) || is_what_callers_say(test));
        let level =
            asked.filter_map(|(arg, _)| self.handed_arg(event, used, *arg)).map(|(_, level)| level).min();
        let calls = self.program.calls_through(via, used.expr);
        Some(level.and_then(|level| calls.get(level)).map_or(used.expr, |(call, _)| *call))
    }

    /// The call that gives a lock back by way of a helper that deletes whatever key it is handed: in the innermost function that is
    /// named after locks, or else where the key is said.
    pub(super) fn lock_given_back_by(&self, step: &Step, event: &Event) -> Option<ExprId> {
        let used = self.program.role_use(event.expr?)?;
        let (key, _) = step.args.iter().find(|(_, test)| matches!(test, ArgTest::SameAs(..)))?;
        let (_, level) = self.handed_arg(event, used, *key)?;
        let calls = self.program.calls_through(event.via?, used.expr);
        let of_locks =
            |callee: FuncId| names_a_lock(self.program.words, &super::symbol(self.program, callee));
        match calls.iter().rposition(|(_, callee)| of_locks(*callee)) {
            Some(helper) => Some(calls.get(helper + 1).map_or(used.expr, |(call, _)| *call)),
            None => calls.get(level).map(|(call, _)| *call),
        }
    }
}
