//! Binds the steps of a rule to events.
//!
//! Owns: the search for full matches, which events a step may be bound to, and whether one fits by itself. Does not own: how it lies
//! to others (`relations`), what it is called on (`objects`), what excuses a match (`excuses`), tests of arguments (`args`).

mod excuses;
mod objects;
mod relations;

use crate::facts::{ExprId, ExprKind};
use crate::finding::Confidence;
use crate::program::View;
use crate::program::flow::NodeId;
use crate::program::flow::taken::Taken;
use crate::rules::{Does, Match, Scope, Step};
use crate::source::Ecosystem;

use super::events::{Event, Everywhere, Root};
use super::lead::Lead;
use super::roots::Roots;

/// How many bindings of one rule in one function are looked at.
const MAX_BINDINGS: usize = 256;

/// What it costs to look at a value, in nodes that are looked at.
const COST_OF_VALUE: usize = 100;

/// The search for one way of making a fault in one function.
#[derive(Clone, Copy)]
pub(super) struct Search<'s, 'a> {
    pub(super) program: &'s View<'a>,
    pub(super) everywhere: &'s Everywhere,
    pub(super) roots: &'s Roots<'s>,
    pub(super) root: usize,
    pub(super) matching: &'s Match,
    /// How many functions deep this looks within a search for another: functions that call each other have no end.
    pub(super) depth: usize,
}

/// A full match.
#[derive(Debug)]
pub(super) struct Found {
    /// The events, by step.
    pub(super) steps: Vec<Event>,
    /// The ends of the ways.
    pub(super) ways: Vec<NodeId>,
    /// What leads to them, where the rule asks for that.
    pub(super) lead: Option<Lead>,
    /// How sure.
    pub(super) confidence: Confidence,
    /// What limits that.
    pub(super) notes: Vec<&'static str>,
}

/// How well a step fits, beyond that it does.
#[derive(Clone, Copy)]
pub(super) struct Fit {
    pub(super) confidence: Confidence,
    pub(super) note: &'static str,
}

pub(super) const SURE: Fit = Fit { confidence: Confidence::High, note: "" };

impl<'s> Search<'s, '_> {
    pub(super) fn root(&self) -> &Root<'s> {
        &self.roots[self.root]
    }

    /// Whether there is no more to be looked at for this rule in this file.
    fn is_spent(&self) -> bool {
        self.program.effort.is_spent()
    }

    /// Every full match, and whether there may be more.
    pub(super) fn all(&self) -> (Vec<Found>, bool) {
        let mut found = Vec::new();
        let mut bound = Vec::new();
        self.bind(&mut bound, Confidence::High, &mut Vec::new(), &mut found);
        let is_cut = found.len() >= MAX_BINDINGS || self.is_spent();
        (found, is_cut)
    }

    fn bind(
        &self,
        bound: &mut Vec<Event>,
        confidence: Confidence,
        notes: &mut Vec<&'static str>,
        found: &mut Vec<Found>,
    ) {
        let Some(step) = self.matching.steps.get(bound.len()) else {
            found.extend(self.complete(bound, confidence, notes));
            return;
        };
        for (root, event) in self.candidates(step) {
            if found.len() >= MAX_BINDINGS || self.is_spent() {
                return;
            }
            if self.is_stand_in(event) {
                continue;
            }
            let Some(fit) = self.fits_itself(step, root, event, bound) else { continue };
            if step.scope != Scope::Function && !self.placed_by_callers(step, root, event) {
                continue;
            }
            bound.push(event.clone());
            let had = notes.len();
            if !fit.note.is_empty() && !notes.contains(&fit.note) {
                notes.push(fit.note);
            }
            self.bind(bound, confidence.min(fit.confidence), notes, found);
            notes.truncate(had);
            bound.pop();
            // The others would lead to the same again.
            if step.witness && fit.confidence == Confidence::High {
                return;
            }
        }
    }

    fn complete(&self, bound: &[Event], confidence: Confidence, notes: &[&'static str]) -> Option<Found> {
        // Left until here, since most of what is bound at first comes to nothing.
        let mut own = self.matching.steps.iter().zip(bound).filter(|(step, _)| step.scope == Scope::Function);
        if self.is_wholly_called(bound)
            || !own.all(|(step, event)| self.placed_by_callers(step, Some(self.root), event))
        {
            return None;
        }
        let ways_to_go = self.matching.paths.len() + self.matching.unless_paths.len();
        self.program.effort.spend(ways_to_go * self.root().flow.nodes.len());
        if self.is_excused_by_program() || self.is_excused_by_what_is_mounted() {
            return None;
        }
        let mut ways = Vec::new();
        for way in &self.matching.paths {
            ways.push(self.way_end(way, bound)?);
        }
        let lead = match &self.matching.led_to_by {
            Some(step) => Some(self.lead(step, bound)?),
            None if self.is_let_off(bound) || self.is_excused_by_callers(bound) => return None,
            None => None,
        };
        if self.matching.unless_paths.iter().any(|way| self.way(way, bound).is_some()) {
            return None;
        }
        // What would have excused it may not have been looked for any more.
        if self.is_spent() {
            return None;
        }
        let unsure = if confidence < Confidence::High { self.matching.unsure } else { Confidence::High };
        let mut confidence = confidence.min(unsure).min(self.matching.confidence);
        let mut notes = notes.to_vec();
        let is_unused = self.program.is_unused(self.root().function)
            || bound
                .iter()
                .any(|event| event.call().is_some_and(|call| self.program.is_in_unused_variable(call)));
        if is_unused {
            confidence = Confidence::Low;
            notes.push("nothing here uses this code");
        }
        Some(Found { steps: bound.to_vec(), ways, lead, confidence, notes })
    }

    /// The events a step may be bound to, with the root of this file each is of.
    pub(super) fn candidates(&self, step: &Step) -> Vec<(Option<usize>, &Event)> {
        let roots = match step.scope {
            Scope::Function => self.root..self.root + 1,
            Scope::File | Scope::Source => 0..self.roots.len(),
            Scope::Program => return self.everywhere.candidates(step),
        };
        let mut found = Vec::new();
        if step.scope == Scope::File {
            // Go's files are parts of one package.
            found.extend(self.everywhere.in_package(self.program, step));
        }
        let numbers = match &step.does {
            Does::Roles(roles) => self.roots.playing(roles, &roots),
            Does::Work | Does::Remote | Does::Call => roots.flat_map(|root| self.all_of(root)).collect(),
        };
        self.program.effort.spend(numbers.len() + 1);
        for (root, number) in numbers {
            let event = &self.roots[root].events[number];
            if step.repeated.is_some() && !self.roots[root].goes_round(self.program, event) {
                continue;
            }
            let does = match &step.does {
                Does::Roles(_) => true,
                Does::Work => event.is_work(self.program),
                Does::Remote => is_remote_work(self.program, event),
                Does::Call => event.expr.is_some() && event.via.is_none(),
            };
            if does && self.is_own(step, root, event) {
                found.push((Some(root), event));
            }
        }
        found
    }

    /// The events of a function, by number.
    fn all_of(&self, root: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
        (0..self.roots[root].events.len()).map(move |number| (root, number))
    }

    /// Whether an event counts for a function of the file: elsewhere in the file each call counts where it stands, not once more
    /// in each caller; one of another file where the file leads to it.
    fn is_own(&self, step: &Step, root: usize, event: &Event) -> bool {
        if event.via.is_none() {
            return true;
        }
        if step.direct {
            return self.is_generated(event);
        }
        let of_file = |expr| self.program.file_of_expr(expr) == self.program.file();
        root == self.root || !event.expr.is_some_and(of_file)
    }

    pub(super) fn fits(
        &self,
        step: &Step,
        root: Option<usize>,
        event: &Event,
        bound: &[Event],
    ) -> Option<Fit> {
        let fit = self.fits_itself(step, root, event, bound)?;
        self.placed_by_callers(step, root, event).then_some(fit)
    }

    /// The same but for places that the function's callers tell of.
    fn fits_itself(&self, step: &Step, root: Option<usize>, event: &Event, bound: &[Event]) -> Option<Fit> {
        let mut fit = self.evidence(event);
        if matches!(step.does, Does::Work) && fit.confidence == Confidence::Low {
            // What it is has not to be known for sure: somebody waits for it.
            fit.confidence = Confidence::Medium;
        }
        if !step.ack.is_empty() && !event.ack.is_some_and(|ack| step.ack.contains(&ack)) {
            return None;
        }
        if let Some(awaited) = step.awaited
            && event.call().is_none_or(|call| self.program.is_dropped(call) == awaited)
        {
            return None;
        }
        if step.unused_signal && !event.expr.is_some_and(|call| self.program.has_unused_signal(call)) {
            return None;
        }
        if step.rejects && !event.expr.is_some_and(|timer| self.program.rejects(timer)) {
            return None;
        }
        if step.thunk && !self.is_thunk(event)
            || step.handed_in && self.runs_what_was_handed_in(event).is_none()
            || !self.is_of_kind(step, event)
        {
            return None;
        }
        if !step.hands.is_empty() && self.handed_by(step, event).is_none() {
            return None;
        }
        if !step.taken.is_empty() && !self.taken_so(step, event) {
            return None;
        }
        if step.long_lived && self.declaration(event).is_none() || step.of_module && !self.is_on_module(event)
        {
            return None;
        }
        self.program.effort.spend(1 + usize::from(step.repeated.is_some()) * self.root().flow.nodes.len());
        if let Some(wanted) = &step.repeated
            && (root != Some(self.root) || !self.is_repeated(wanted, event))
        {
            return None;
        }
        if !self.named(step, event)
            || !self.called_on(step, event)
            || !self.worded(step, event)
            || !self.placed(step, root, event)
        {
            return None;
        }
        for (arg, test) in &step.args {
            self.program.effort.spend(COST_OF_VALUE);
            fit = weaker(fit, self.arg_fits(event, *arg, test, bound)?);
        }
        for (relation, of) in &step.relations {
            self.program.effort.spend(self.root().flow.nodes.len());
            fit = weaker(fit, self.related(*relation, event, &bound[*of], (root, step.in_callee))?);
        }
        // These look through whole packages, so they come last.
        if step.long_lived && self.is_held_by(event, &|ty| self.program.is_made_for_one_run(ty))
            || step.no_shared_alternative
                && self.is_held_by(event, &|ty| self.program.has_shared_alternative(ty))
        {
            return None;
        }
        Some(fit)
    }

    /// Whether an event is, or is not, of the kinds that a step asks for.
    fn is_of_kind(&self, step: &Step, event: &Event) -> bool {
        (step.reaches.is_empty() || self.comes_to_one(&step.reaches, event))
            && (step.comes_to.is_empty() || self.comes_to_role(&step.comes_to, event))
            && (!step.tries_again || self.tries_again(event))
            && (!step.anew || event.expr.is_some_and(|expr| self.program.is_made_anew(expr)))
            && step.asking.is_none_or(|asking| asking == self.is_asking(event))
            && (step.besides.is_empty() || !self.comes_to_no_more_than(&step.besides, event))
            && step.scoped.is_none_or(|scoped| scoped == self.is_scoped(event))
            && step.one_record.is_none_or(|one| one == self.is_of_one_record(event))
            && step.bookkeeping.is_none_or(|wanted| wanted == self.is_bookkeeping(event))
            && step.serves.is_none_or(|wanted| wanted == self.is_served(event))
            // Looks at all that is used in the program, so it comes last.
            && step
                .lone
                .is_none_or(|wanted| wanted == event.expr.is_some_and(|expr| self.program.is_lone(expr)))
    }

    /// Whether what becomes of an event's result is what the step asks for. What a function gives that is called instead says so
    /// only if it may be waited for, and does not drop the result itself.
    fn taken_so(&self, step: &Step, event: &Event) -> bool {
        let (Some(expr), Some(call)) = (event.expr, event.call()) else { return false };
        // Who deals with its failures by itself has nothing to tell.
        let is_settled = |via: ExprId| {
            self.program.called_function(via).is_some_and(|called| self.program.never_fails(called))
        };
        let promised = event.via.is_none_or(|via| {
            !is_settled(via)
                && self.program.taken(expr) != Taken::Dropped
                && if self.program.ecosystem() == Ecosystem::Go {
                    self.program.called_function(via).is_some_and(|called| self.program.returns_error(called))
                } else {
                    self.program.is_promised(via)
                }
        });
        let taken = match self.program.taken(call) {
            Taken::Dropped => crate::rules::Taken::Dropped,
            Taken::Awaited => crate::rules::Taken::Awaited,
            Taken::Returned => crate::rules::Taken::Returned,
            Taken::Kept => crate::rules::Taken::Kept,
        };
        // What the caller gets is kept as well.
        let is_kept =
            taken == crate::rules::Taken::Returned && step.taken.contains(&crate::rules::Taken::Kept);
        let wants = |taken: crate::rules::Taken| step.taken.contains(&taken);
        let is_unheard = || self.program.is_unheard(call);
        // An error that is put aside and not looked at is not kept.
        let fits = match taken {
            crate::rules::Taken::Kept => wants(taken) && !is_unheard(),
            _ => wants(taken),
        };
        promised && (is_kept || fits || wants(crate::rules::Taken::Unheard) && is_unheard())
    }

    /// Whether an event is what one of several implementations does within this process: the one that stands in where there
    /// is no shared store. It may excuse, but not accuse.
    fn is_stand_in(&self, event: &Event) -> bool {
        event.perhaps && event.role.is_some_and(|role| self.program.roles.name(role).starts_with("memory."))
    }

    /// How sure it is that an event is what it seems.
    fn evidence(&self, event: &Event) -> Fit {
        let used = event.expr.and_then(|expr| self.program.role_use(expr));
        let told = used.map_or(SURE, |used| Fit { confidence: used.sure, note: used.how });
        let perhaps =
            Fit { confidence: Confidence::Medium, note: "one of several implementations is called" };
        if event.perhaps { weaker(told, perhaps) } else { told }
    }

    /// Whether a call runs a function that was handed in, with no argument. One that gives what something is called on is no work:
    /// `getClient().send(command)`.
    fn is_thunk(&self, event: &Event) -> bool {
        let program = self.program;
        let is_called_on = |call: ExprId| {
            program.parent(call).is_some_and(|parent| {
                matches!(program.facts.expr(parent).kind, ExprKind::Member { .. })
                    && !program.is_chained(parent)
            })
        };
        let call = self.runs_what_was_handed_in(event);
        call.is_some_and(|call| program.args(call).is_empty() && !is_called_on(call))
    }

    /// The call, if it runs a function that was handed in.
    pub(super) fn runs_what_was_handed_in(&self, event: &Event) -> Option<ExprId> {
        let call = event.expr.filter(|_| event.via.is_none())?;
        let ExprKind::Call { callee, .. } = self.program.facts.expr(call).kind else { return None };
        // What settles a promise was handed in by the language: it runs nothing.
        let handed =
            self.handed_as(callee).into_iter().find(|(to, _)| !self.program.is_promise_executor(*to));
        handed.map(|_| call)
    }

    /// The parameter that a name is, or the parameters that it is one or the other of: `const load = isNamed ? second : first`.
    fn handed_as(&self, name: ExprId) -> Vec<(crate::facts::FuncId, usize)> {
        if let Some(param) = self.program.param_of(name) {
            return vec![param];
        }
        let (mut found, mut left) =
            (Vec::new(), self.program.single_value(name).into_iter().collect::<Vec<_>>());
        while let Some(value) = left.pop() {
            match self.program.facts.expr(value).kind {
                ExprKind::Cond { then, other, .. } => left.extend([then, other]),
                _ => found.extend(self.program.param_of(value)),
            }
        }
        found
    }
}

/// Whether an event is an effect on the outside, or a call that nobody knows and somebody waits for.
pub(super) fn is_remote_work(program: &View<'_>, event: &Event) -> bool {
    event.is_work(program)
        || event.role.is_none() && event.call().is_some_and(|call| program.is_waited_for(call))
}

fn weaker(a: Fit, b: Fit) -> Fit {
    if b.confidence < a.confidence { b } else { a }
}
