//! Whether a round asks for the same work again, or for the next.
//!
//! Owns: what changes from round to round, what is taken out of queues, and what stays at their heads. Does not own: what a
//! repetition is (`repeats`), or what failures are tried again (`singled`).

use crate::facts::{BinaryOp, ExprId, ExprKind, VarId};
use crate::finding::Place;
use crate::models::vocabulary::List;
use crate::program::flow::{NodeId, NodeKind};
use crate::program::recurrence::trend::Trend;
use crate::program::values::value::Const;

use super::cycles::Cycle;
use super::events::Event;
use super::events::branches::subject;
use super::steps::{Found, Search};

/// How many names a head of a queue is followed through.
const MAX_HOPS: u32 = 3;

impl Search<'_, '_> {
    /// The way round by which a call of a match is repeated.
    pub(super) fn round(&self, found: &Found) -> Option<Place> {
        let steps = self.matching.steps.iter().zip(&found.steps);
        let mut repeated = steps.filter(|(step, _)| step.repeated.is_some());
        self.repeat(repeated.next()?.1)?.round
    }

    /// Whether each round is about something else: the next item, the next host.
    pub(super) fn takes_what_changes(&self, event: &Event, cycle: &Cycle) -> bool {
        let program = self.program;
        let Some(call) = event.call() else { return false };
        let flow = self.root().flow;
        let items: Vec<VarId> = flow
            .ids()
            .filter(|id| cycle.holds(*id))
            .filter_map(|id| match flow.node(id).kind {
                NodeKind::Item(over) => super::events::item_var(program, over),
                _ => None,
            })
            .collect();
        let ExprKind::Call { callee, .. } = program.facts.expr(call).kind else { return false };
        let parts = || program.args(call).iter().copied().chain([callee]);
        let rounds = self.rounds(cycle);
        let replaced = self.replaced(cycle);
        !items.is_empty() && parts().any(|part| program.made_of(part, &items))
            || !replaced.is_empty() && parts().any(|part| program.made_of(part, &replaced))
            || parts().any(|part| self.is_indexed(part, &rounds, 3))
    }

    /// The parameters for which the function hands itself what a call has given: another error, the next page.
    fn replaced(&self, cycle: &Cycle) -> Vec<VarId> {
        let program = self.program;
        let is_given = |arg: ExprId| {
            let part = program.facts_var(arg).and_then(|var| program.part_set(var));
            part.is_some_and(|(value, _)| {
                let value = match program.facts.expr(value).kind {
                    ExprKind::Await(inner) => inner,
                    _ => value,
                };
                matches!(program.facts.expr(value).kind, ExprKind::Call { .. })
            })
        };
        let mut found = Vec::new();
        for call in cycle.again.iter().filter_map(|node| self.call_at(*node)) {
            let Some(function) = program.called_function(call) else { continue };
            let params = program.facts.params(function).iter().zip(program.args(call));
            found.extend(params.filter(|(_, arg)| is_given(**arg)).filter_map(|(param, _)| param.var));
        }
        found
    }

    /// Whether a loop does something with each of the items that it goes over, beside waiting and telling of it: then each round
    /// is about another one, whatever the call is handed.
    pub(super) fn goes_over_items(&self, event: &Event, cycle: &Cycle) -> bool {
        let program = self.program;
        let flow = self.root().flow;
        let held = || flow.ids().filter(|id| cycle.holds(*id));
        let items: Vec<VarId> = held()
            .filter_map(|id| match flow.node(id).kind {
                NodeKind::Item(over) if cycle.begins_at(flow, id) && program.constant(over).is_none() => {
                    super::events::item_var(program, over)
                }
                _ => None,
            })
            .filter(|item| !is_of_attempts(&program.words.attempts.items, program.var_name(*item)))
            .collect();
        if !cycle.loops || items.is_empty() {
            return false;
        }
        let used = |call: ExprId| {
            let ExprKind::Call { callee, .. } = program.facts.expr(call).kind else { return false };
            let tells = program
                .last_name(callee)
                .is_some_and(|name| program.words.attempts.telling.begins(&name.to_ascii_lowercase()))
                || program.role_use(call).is_some_and(|used| {
                    let role = program.roles.name(used.role);
                    ["log.", "metric.", "time."].iter().any(|start| role.starts_with(start))
                });
            !tells && program.args(call).iter().chain([&callee]).any(|part| program.made_of(*part, &items))
        };
        held().any(|id| match flow.node(id).kind {
            NodeKind::Call(call) => !event.nodes.contains(&id) && used(call),
            _ => false,
        })
    }

    /// Whether what the call is handed is changed in each round: `order.quantity = …`.
    fn is_changed(&self, call: ExprId, cycle: &Cycle) -> bool {
        let program = self.program;
        let handed: Vec<VarId> = program.args(call).iter().filter_map(|arg| program.root_var(*arg)).collect();
        let Some(span) = cycle.span(self.root().flow) else { return false };
        program.assignments_in(program.home(call)).iter().any(|assignment| {
            let place = program.place_of(*assignment);
            let within = place.file == span.file
                && span.span.start <= place.span.start
                && place.span.end <= span.span.end;
            within && program.sets_member_of(*assignment, &handed)
        })
    }

    /// Whether a call is handed what another one of the same round gave: another token, another host.
    pub(super) fn takes_what_is_fetched(&self, event: &Event, cycle: &Cycle) -> bool {
        let program = self.program;
        let Some(call) = event.call() else { return false };
        let given: Vec<VarId> = self
            .root()
            .events
            .iter()
            .filter(|other| other.nodes.iter().any(|node| cycle.holds(*node)))
            .filter(|other| other.call() != Some(call) && super::steps::is_remote_work(program, other))
            .flat_map(|other| subject(program, other).1)
            .filter(|(_, is_error)| !is_error)
            .map(|(var, _)| var)
            .collect();
        program.args(call).iter().any(|arg| program.made_of(*arg, &given)) || self.is_changed(call, cycle)
    }

    /// Whether a value is taken out of a list by something that changes: `hosts[attempt % hosts.length]`.
    fn is_indexed(&self, expr: ExprId, rounds: &[VarId], hops: u32) -> bool {
        let Some(hops) = hops.checked_sub(1).filter(|_| self.program.effort.may_ask()) else { return false };
        if let ExprKind::Index { index, .. } = self.program.facts.expr(expr).kind {
            let computed = |value: &ExprId| {
                matches!(self.program.facts.expr(*value).kind, ExprKind::Binary { op: BinaryOp::Rem, .. })
            };
            if self.program.trend(index, rounds) >= Trend::Growing
                || computed(&index)
                || self.program.values_of(index).iter().any(computed)
            {
                return true;
            }
        }
        let mut found =
            self.program.values_of(expr).into_iter().any(|value| self.is_indexed(value, rounds, hops));
        self.program
            .facts
            .children(expr, &mut |child| found = found || self.is_indexed(child, rounds, hops + 1));
        found
    }

    /// Whether a call is handed what is taken out of a queue in each round, and nothing puts that back.
    pub(super) fn takes_what_is_taken_out(&self, event: &Event, cycle: &Cycle) -> bool {
        let program = self.program;
        let Some(call) = event.call() else { return false };
        let here = |other: &&Event| other.via.is_none() && other.nodes.iter().any(|node| cycle.holds(*node));
        let named = |other: &Event, words: &List| {
            other.expr.is_some_and(|expr| expr != call && self.is_called(expr, words.words()))
        };
        let events = || self.root().events.iter().filter(here);
        let taken: Vec<VarId> = events()
            .filter(|other| named(other, &program.words.queues.taking))
            .flat_map(|other| subject(program, other).1)
            .filter(|(_, is_error)| !is_error)
            .map(|(var, _)| var)
            .collect();
        let handed = |call: ExprId| program.args(call).iter().any(|arg| program.made_of(*arg, &taken));
        let put_back =
            |other: &Event| named(other, &program.words.queues.putting) && other.expr.is_some_and(handed);
        !taken.is_empty() && handed(call) && !events().any(put_back)
    }

    /// The nodes that take off the head of a queue that a call is about, where its failure leaves it there.
    pub(super) fn taken_off(&self, event: &Event, cycle: &Cycle) -> Vec<NodeId> {
        let Some(call) = event.call() else { return Vec::new() };
        if !self.program.args(call).iter().any(|arg| self.is_peeked(*arg, MAX_HOPS)) {
            return Vec::new();
        }
        let flow = self.root().flow;
        let removes = |id: &NodeId| match flow.node(*id).kind {
            NodeKind::Call(other) => {
                other != call
                    && !event.nodes.contains(id)
                    && self.is_called(other, self.program.words.queues.removing.words())
            }
            _ => false,
        };
        let removed: Vec<NodeId> = flow.ids().filter(|id| cycle.holds(*id)).filter(removes).collect();
        let past = |node: NodeId| event.nodes.contains(&node) || removed.contains(&node);
        if self.failure_leads_to(event, cycle, &past, &|node| cycle.turns(node)) {
            removed
        } else {
            Vec::new()
        }
    }

    /// Whether a value is, or is found by, what stands at the head of a queue: `jobs[0]`, `this.first()`.
    fn is_peeked(&self, expr: ExprId, hops: u32) -> bool {
        let program = self.program;
        let is_zero = |at: ExprId| matches!(program.constant(at), Some(Const::Num(number)) if number == 0.0);
        match program.facts.expr(expr).kind {
            ExprKind::Index { index, .. } if is_zero(index) => return true,
            ExprKind::Call { .. } if self.is_called(expr, program.words.queues.peeking.words()) => {
                return true;
            }
            ExprKind::Call { .. } if self.is_called(expr, &["at"]) => {
                return program.args(expr).first().is_some_and(|at| is_zero(*at));
            }
            _ => {}
        }
        let Some(hops) = hops.checked_sub(1) else { return false };
        let mut found = program.values_of(expr).into_iter().any(|value| self.is_peeked(value, hops));
        program.facts.children(expr, &mut |child| found = found || self.is_peeked(child, hops));
        found
    }

    /// Whether the name of what a call calls begins with one of these words.
    fn is_called<W: AsRef<str>>(&self, call: ExprId, words: &[W]) -> bool {
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return false };
        self.program
            .last_name(callee)
            .is_some_and(|name| words.iter().any(|word| begins_with(name, word.as_ref())))
    }
}

/// Whether an item is named after attempts, or after the time until the next.
fn is_of_attempts(words: &List, name: &str) -> bool {
    name == "_" || words.is_in(&name.to_ascii_lowercase())
}

/// Whether a name begins with a whole word: `shiftNext` with `shift`, `shifted` not.
fn begins_with(name: &str, word: &str) -> bool {
    let Some(start) = name.get(..word.len()) else { return false };
    start.eq_ignore_ascii_case(word)
        && !name[word.len()..].starts_with(|next: char| next.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::begins_with;

    #[test]
    fn a_word_ends_where_the_next_begins() {
        assert!(begins_with("shift", "shift"));
        assert!(begins_with("DequeueNext", "dequeue"));
        assert!(begins_with("pop_front", "pop"));
        assert!(!begins_with("populate", "pop"));
        assert!(!begins_with("po", "pop"));
    }
}
