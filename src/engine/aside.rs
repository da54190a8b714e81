//! Whether work is the point of what a function does with a message, or bookkeeping about it.
//!
//! Owns: telling notes of what became of the work (`markSent`, a status that is written last) and cleaning up. Does not own:
//! what work is (`events`).

use crate::facts::words::words;
use crate::facts::{ExprId, ExprKind, Prop, PropKey};
use crate::models::Nature;
use crate::models::vocabulary::Functions;

use super::events::Event;
use super::steps::Search;

impl Search<'_, '_> {
    /// Whether an event only notes or tidies up what other work of the function has done before it.
    pub(super) fn is_bookkeeping(&self, event: &Event) -> bool {
        self.is_noting_helper()
            || self.is_note(event) && {
                let flow = self.root().flow;
                let comes_first = |other: &&Event| {
                    let mut pairs =
                        other.nodes.iter().flat_map(|from| event.nodes.iter().map(move |to| (from, to)));
                    pairs.any(|(from, to)| flow.comes_after(*from, *to))
                };
                let is_main = |other: &Event| {
                    let reads = other.role.is_some_and(|role| self.program.roles.is(role, Nature::Lookup));
                    other.is_work(self.program)
                        && !reads
                        && other.call() != event.call()
                        && !self.is_note(other)
                        && !self.is_on_failure(other)
                };
                self.root().events.iter().filter(comes_first).any(is_main)
            }
    }

    /// Whether an event is named or written as a note or as tidying up.
    fn is_note(&self, event: &Event) -> bool {
        let calls = [event.via, event.expr];
        let names = calls.into_iter().flatten().filter_map(|call| match self.program.facts.expr(call).kind {
            ExprKind::Call { callee, .. } => self.program.last_name(callee),
            _ => None,
        });
        // What the function itself calls says what it is for; a plain store is asked what it writes.
        let is_noting = names.take(1).any(|name| is_noting(&self.program.words.functions, name));
        is_noting || event.via.is_none() && self.writes_marks(event)
    }

    /// Whether all that a change of a record sets are marks: `update({ where, data: { status: 'done', completedAt: new Date() } })`.
    fn writes_marks(&self, event: &Event) -> bool {
        let Some(call) = event.expr.map(|expr| self.without_catch(expr)) else { return false };
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return false };
        let name = words(self.program.last_name(callee).unwrap_or_default());
        if !name.first().is_some_and(|first| matches!(first.as_str(), "update" | "set" | "patch")) {
            return false;
        }
        let sets = |arg: &ExprId| self.set_by(*arg);
        self.program
            .args(call)
            .iter()
            .rev()
            .find_map(sets)
            .is_some_and(|props| !props.is_empty() && props.iter().all(|prop| self.is_mark(prop)))
    }

    /// What `.catch(…)` and `.then(…)` are chained to.
    fn without_catch(&self, call: ExprId) -> ExprId {
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return call };
        match self.program.facts.expr(callee).kind {
            ExprKind::Member { object, name }
                if matches!(self.program.facts.name(name), "catch" | "then") =>
            {
                object
            }
            _ => call,
        }
    }

    /// What an object that is written out sets, below `data` or `$set` where it has them.
    fn set_by(&self, value: ExprId) -> Option<&[Prop]> {
        let ExprKind::Object { props, .. } = self.program.facts.expr(value).kind else { return None };
        let props = self.program.facts.props(props);
        let is_below = |prop: &&Prop| matches!(prop.key, PropKey::Name(name) if matches!(self.program.facts.name(name), "data" | "$set" | "set"));
        match props.iter().find(is_below) {
            Some(below) => self.set_by(below.value),
            None => Some(props),
        }
    }

    fn is_mark(&self, prop: &Prop) -> bool {
        let PropKey::Name(name) = prop.key else { return false };
        words(self.program.facts.name(name)).iter().any(|word| self.program.words.fields.marks.has(word))
    }

    /// Whether this function is a helper that is handed what was in a message, and named as one that notes something.
    fn is_noting_helper(&self) -> bool {
        let function = self.root().function;
        let is_helper = self.program.handler(function).is_some_and(|handler| handler.run.is_none());
        let name = self.program.facts.function(function).name.map(|name| self.program.facts.name(name));
        is_helper && name.is_some_and(|name| is_noting(&self.program.words.functions, name))
    }
}

/// Whether a function is named as one that notes or tidies up.
fn is_noting(known: &Functions, name: &str) -> bool {
    let words = words(name);
    words.first().is_some_and(|first| known.noting.has(first))
        || (words.len() > 1 && words.iter().any(|word| known.notes.has(word)))
}
