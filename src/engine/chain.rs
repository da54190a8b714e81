//! Events that stand deeper than the function that is looked at: in what order, run by what, in which loop.
//!
//! Owns: following the calls that lead to an event down to where two ways part. Does not own: order within one function
//! (`program::flow`), or what functions do (`program::flow::summary`).

use crate::facts::{ExprId, ExprKind, FuncId};
use crate::models::RunKind;
use crate::program::flow::{Context, Flow, NodeKind};

use super::events::{Event, Root};
use super::steps::Search;

/// How many callers up a handler is looked for.
const MAX_CALLERS: usize = 4;

/// How many functions are looked at for it.
const MAX_FUNCTIONS: usize = 64;

impl Search<'_, '_> {
    /// Whether an event comes after another in a function that one call of this one leads to.
    pub(super) fn comes_after_inside(&self, from: &Event, to: &Event) -> bool {
        let Some((function, first, second)) = self.parting(from, to) else { return false };
        let Some(flow) = self.program.flow(function) else { return false };
        let (from, to) = (flow.nodes_of(first), flow.nodes_of(second));
        from.iter().any(|from| to.iter().any(|to| flow.comes_after(*from, *to)))
    }

    /// Of two events that one call leads to: the function down to which the way is the same, and what leads on to each there.
    pub(super) fn parting(&self, from: &Event, to: &Event) -> Option<(FuncId, ExprId, ExprId)> {
        let (first, second) = (from.expr?, to.expr?);
        let via = from.via.filter(|via| to.via == Some(*via))?;
        let (before, after) =
            (self.program.calls_through(via, first), self.program.calls_through(via, second));
        let shared = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
        let (_, function) = before.get(shared.checked_sub(1)?)?;
        let at = |calls: &[(ExprId, FuncId)], own: ExprId| calls.get(shared).map_or(own, |(call, _)| *call);
        Some((*function, at(&before, first), at(&after, second)))
    }

    /// Whether an event stands in a callback of another's call, both perhaps in a function that is called here.
    pub(super) fn is_run_by(&self, event: &Event, other: &Event) -> bool {
        let (Some(expr), Some(runner)) = (event.expr, other.expr) else { return false };
        // A helper that does the other is handed what does this one.
        if let (Some(helper), Some(call)) = (other.via, event.call())
            && stands_in(self.root().flow, call, |context: &Context| context.runners.contains(&helper))
        {
            return true;
        }
        let home = self.program.root_of(self.program.home(runner));
        let at = match event.call() {
            Some(call) if home == self.root().function => vec![call],
            _ => self.program.leading_to(home, expr),
        };
        let is_runner = |context: &Context| context.runners.contains(&runner);
        self.program.flow(home).is_some_and(|flow| at.iter().any(|call| stands_in(flow, *call, is_runner)))
    }

    /// Whether an event happens only when something that was put off runs, in this function or one that leads there.
    pub(super) fn is_later(&self, root: &Root<'_>, event: &Event) -> bool {
        self.stands_along(root, event, &|context| context.later)
    }

    /// Whether an event happens only when a function of the tree runs what it was handed: when, that function decides.
    pub(super) fn is_run_by_tree(&self, root: &Root<'_>, event: &Event) -> bool {
        let is_of_tree = |runner: &ExprId| self.program.called_function(*runner).is_some();
        self.stands_along(root, event, &|context| context.runners.iter().any(is_of_tree))
    }

    /// Whether an event, or a call that leads to it, stands in such a place.
    fn stands_along(&self, root: &Root<'_>, event: &Event, is_it: &dyn Fn(&Context) -> bool) -> bool {
        let Some(expr) = event.expr else { return false };
        let calls = event.via.map(|via| self.program.calls_through(via, expr)).unwrap_or_default();
        let mut home = root.function;
        for (call, callee) in &calls {
            if self.program.flow(home).is_some_and(|flow| stands_in(flow, *call, is_it)) {
                return true;
            }
            home = *callee;
        }
        self.program.flow(home).is_some_and(|flow| stands_in(flow, expr, is_it))
    }

    /// Whether an event stands in a loop over items.
    pub(super) fn is_each(&self, root: &Root<'_>, event: &Event) -> bool {
        let is_taken = |over: ExprId| {
            let parent = self.program.parent(over).map(|parent| self.program.facts.expr(parent).kind);
            // Go counts with `range`, too: `range attempts + 1`.
            let counts =
                matches!(self.program.facts.expr(over).kind, ExprKind::Binary { .. } | ExprKind::Num(_))
                    || self.program.constant(over).is_some();
            !counts && !matches!(parent, Some(ExprKind::Receive(_)))
        };
        let over_items = |cycle: &&super::cycles::Cycle| {
            root.flow.ids().filter(|id| cycle.holds(*id)).any(|id| match root.flow.node(id).kind {
                NodeKind::Item(over) => is_taken(over),
                _ => false,
            })
        };
        let mut around = root.cycles(self.program).iter().filter(|cycle| cycle.loops).filter(over_items);
        around.any(|cycle| event.nodes.iter().any(|node| cycle.holds(*node)))
    }

    /// Whether a library runs a function as a handler of this kind, or such a handler leads to it.
    pub(super) fn is_called_on(&self, function: FuncId, kind: RunKind) -> bool {
        let mut seen = vec![function];
        let mut open = vec![(function, 0)];
        while let Some((at, depth)) = open.pop() {
            match self.program.handler(at) {
                Some(handler) if handler.kind == kind => return true,
                // What it is run for is known.
                Some(handler) if handler.run.is_some() && self.program.callers_of(at).is_empty() => continue,
                _ => {}
            }
            if depth == MAX_CALLERS {
                continue;
            }
            for caller in self.program.callers_of(at) {
                if seen.len() < MAX_FUNCTIONS && !seen.contains(&caller) {
                    seen.push(caller);
                    open.push((caller, depth + 1));
                }
            }
        }
        false
    }
}

/// Whether a call stands in such a place.
fn stands_in(flow: &Flow, call: ExprId, is_it: impl Fn(&Context) -> bool) -> bool {
    flow.nodes_of(call).iter().any(|node| is_it(flow.context(*node)))
}
