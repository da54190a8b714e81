//! What excuses steps that are there: the function that is called does all of it, or something is there without which it would be
//! a fault.
//!
//! Owns: whose finding it is, and `unless`, in the function and in those that call it. Does not own: ways that excuse (`ways`).

use crate::engine::events::{Event, Root};
use crate::engine::roots::Roots;
use crate::facts::FuncId;
use crate::rules::{Scope, Step};

use super::Search;

impl Search<'_, '_> {
    /// Whether all that this function has to do with it happens inside one function that it calls: that is the called
    /// function's own finding.
    pub(super) fn is_wholly_called(&self, bound: &[Event]) -> bool {
        let is_own = |event: &Event| {
            event
                .expr
                .is_none_or(|expr| self.program.root_of(self.program.home(expr)) == self.root().function)
        };
        let steps = self.matching.steps.iter().zip(bound);
        let mut here = steps
            .filter(|(step, event)| step.scope == Scope::Function || event.via.is_some() || is_own(event));
        let via = here.next().and_then(|(_, event)| event.via);
        let one = via.is_some() && here.all(|(_, event)| event.via == via);
        let steps = || self.matching.steps.iter().zip(bound);
        if steps().any(|(step, event)| step.direct && self.is_generated(event)) {
            return false;
        }
        one && !self.is_for_us(bound)
            && !steps().any(|(step, event)| via.is_some() && self.said_by(step, event) == via)
    }

    /// Whether the function in which it all happens is one that nobody looks at: what is generated is called by hand.
    fn is_for_us(&self, bound: &[Event]) -> bool {
        let called = bound.iter().find_map(|event| event.expr.filter(|_| event.via.is_some()));
        let callee =
            called.and_then(|expr| self.program.calls_to(self.root().function, expr).first().copied());
        callee.is_some_and(|(_, callee)| !self.program.is_looked_at(callee))
    }

    /// Whether one of the steps is there without which it would be a fault.
    pub(in crate::engine) fn is_excused(&self, bound: &[Event]) -> bool {
        let fits = |step: &Step| {
            let mut candidates = self.candidates(step).into_iter();
            candidates.any(|(root, event)| self.fits(step, root, event, bound).is_some())
        };
        self.matching.unless.iter().any(fits)
    }

    /// Whether every caller of the function does what excuses it: a helper that only begins something may leave it to them to
    /// make it safe.
    pub(super) fn is_excused_by_callers(&self, bound: &[Event]) -> bool {
        let is_about_steps = |step: &Step| step.scope == Scope::Function && !step.relations.is_empty();
        let own = bound.iter().all(|event| event.via.is_none() && event.expr.is_some());
        if !own || !self.matching.unless.iter().any(is_about_steps) {
            return false;
        }
        let callers = self.program.callers_of(self.root().function);
        !callers.is_empty()
            && callers.iter().all(|caller| self.is_excused_in(*caller, bound).unwrap_or(false))
    }

    /// Whether a caller does what excuses the function that it calls; none when the steps do not show in it.
    fn is_excused_in(&self, caller: FuncId, bound: &[Event]) -> Option<bool> {
        let roots = Roots::one(Root::of(self.program, caller)?);
        let lifted: Option<Vec<Event>> = bound
            .iter()
            .map(|step| {
                let is_it = |event: &&Event| event.expr == step.expr && event.via.is_some();
                roots[0].events.iter().find(is_it).cloned()
            })
            .collect();
        let lifted = lifted?;
        let search = Search { roots: &roots, root: 0, ..*self };
        Some(search.is_excused(&lifted))
    }
}
