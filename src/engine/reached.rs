//! What a call is known to come to: a service that a model knows, or a client of a library that none knows.
//!
//! Owns: telling these from what is only taken to be remote because nobody knows what it is. Does not own: what calls mean
//! (`program::calls`), or what functions do for their callers (`program::flow::summary`).

use crate::facts::{ExprId, ExprKind, FuncId};
use crate::models::{Nature, Role};
use crate::program::{Entity, Told};
use crate::rules::Reach;
use crate::source::Ecosystem;

use super::events::Event;
use super::steps::Search;

/// How many values and members what a call is on is followed through.
const MAX_HOPS: u32 = 8;

impl Search<'_, '_> {
    /// Whether an event is known to come to one of these.
    pub(super) fn comes_to_one(&self, wanted: &[Reach], event: &Event) -> bool {
        wanted.iter().any(|reach| match reach {
            Reach::Service => self.comes_to_service(event),
            Reach::Client => {
                let call = event.expr.filter(|_| event.role.is_none() && event.via.is_none());
                self.program.ecosystem() == Ecosystem::Ecmascript
                    && call
                        .is_some_and(|call| self.is_on_made_client(call) || self.is_handed_client_call(call))
            }
        })
    }

    /// Whether an event plays one of these roles, or all that is known of what it does outside, in the functions of the tree that it
    /// calls, plays one of them.
    pub(super) fn comes_to_no_more_than(&self, roles: &[Role], event: &Event) -> bool {
        if let Some(role) = event.role {
            return roles.contains(&role);
        }
        let program = self.program;
        let Some(call) = event.call() else { return false };
        let mut any = false;
        program.played_by(self.root().function, call).all(|played| {
            let role = program.role_use(played.expr).map(|used| used.role);
            let role = role.filter(|role| {
                program.roles.is(*role, Nature::Effect) || program.roles.is(*role, Nature::Service)
            });
            any |= role.is_some();
            role.is_none_or(|role| roles.contains(&role))
        }) && any
    }

    fn comes_to_service(&self, event: &Event) -> bool {
        self.comes_to_such(event, &|role| self.program.roles.is(role, Nature::Service))
    }

    /// Whether an event is known to play one of these roles, itself or in the functions of the tree that it runs.
    pub(super) fn comes_to_role(&self, roles: &[Role], event: &Event) -> bool {
        self.comes_to_such(event, &|role| roles.contains(&role))
    }

    fn comes_to_such(&self, event: &Event, wanted: &dyn Fn(Role) -> bool) -> bool {
        let program = self.program;
        let is_such = |expr: ExprId| {
            program.role_use(expr).is_some_and(|used| used.told != Told::Name && wanted(used.role))
        };
        if event.expr.is_some_and(is_such) {
            return true;
        }
        // What the call of a closure that was handed in, and what a function is handed, may run counts as well.
        event.call().is_some_and(|call| {
            let mut handed = program.handed_callees(call).into_iter();
            program.played_by(self.root().function, call).any(|played| is_such(played.expr))
                || handed.any(|function| self.runs(function, &is_such))
        })
    }

    /// Whether a function makes such a call, or runs one that does. A closure is a part of the function around it, so its calls are
    /// gone through.
    fn runs(&self, function: FuncId, is: &dyn Fn(ExprId) -> bool) -> bool {
        let program = self.program;
        program.played_in(function).any(is)
            || program.calls_of(function).iter().any(|call| {
                let mut callees = program.run_by(*call).iter();
                is(*call) || callees.any(|callee| program.played_in(*callee).any(is))
            })
    }

    /// Whether a call is of a function that was handed in, and some caller's one calls such a method.
    fn is_handed_client_call(&self, call: ExprId) -> bool {
        let handed = self.program.handed_callees(call).into_iter();
        let mut made = handed.flat_map(|function| self.program.calls_of(function));
        made.any(|inner| self.program.role_use(*inner).is_none() && self.is_on_made_client(*inner))
    }

    /// Whether a method is called on what a class of a library makes.
    fn is_on_made_client(&self, call: ExprId) -> bool {
        match self.program.facts.expr(call).kind {
            ExprKind::Call { callee, new: false, .. } => match self.program.facts.expr(callee).kind {
                ExprKind::Member { object, .. } => self.is_made_client(object, MAX_HOPS),
                _ => false,
            },
            _ => false,
        }
    }

    fn is_made_client(&self, expr: ExprId, hops: u32) -> bool {
        let Some(hops) = hops.checked_sub(1) else { return false };
        let program = self.program;
        match program.facts.expr(expr).kind {
            ExprKind::Call { callee, new: true, .. } => self.is_of_library(callee, hops),
            ExprKind::Call { callee, .. } => match program.called_function(expr) {
                Some(called) => {
                    program.returned_by(called).iter().any(|value| self.is_made_client(*value, hops))
                }
                None => match program.facts.expr(callee).kind {
                    ExprKind::Member { object, .. } => self.is_made_client(object, hops),
                    _ => false,
                },
            },
            ExprKind::Member { object, .. } => {
                let held = program.single_value(expr);
                self.is_made_client(object, hops)
                    || held.is_some_and(|value| self.is_made_client(value, hops))
            }
            ExprKind::Await(value) | ExprKind::Cast { value, .. } => self.is_made_client(value, hops),
            ExprKind::Name { var: Some(_), .. } => {
                program.values_of(expr).into_iter().any(|value| self.is_made_client(value, hops))
            }
            _ => false,
        }
    }

    /// Whether a class is imported from a library.
    fn is_of_library(&self, class: ExprId, hops: u32) -> bool {
        let Some(hops) = hops.checked_sub(1) else { return false };
        match self.program.entity(class).entity {
            Entity::Package(_) | Entity::Export { .. } => true,
            _ => match self.program.facts.expr(class).kind {
                ExprKind::Member { object, .. } => self.is_of_library(object, hops),
                _ => false,
            },
        }
    }
}
