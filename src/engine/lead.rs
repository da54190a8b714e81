//! What leads to a match: a request or message that arrives in the function, or in one whose calls lead to it, with nothing on
//! the way that excuses it.
//!
//! Owns: going up from function to function, and what excuses on the way. Does not own: what happens in each (`events`).

use rustc_hash::FxHashSet;

use crate::facts::{ExprId, FuncId};
use crate::program::View;
use crate::rules::{Scope, Step};

use super::events::{Event, Root};
use super::roots::Roots;
use super::steps::Search;
use super::wording::Wording;

/// How many functions that lead to a match are looked at.
const MAX_FUNCTIONS: usize = 64;

/// What leads to a match.
#[derive(Debug)]
pub(super) struct Lead {
    /// What arrives.
    pub(super) event: Event,
    /// The calls on the way, each with the function that it stands in, from the match up.
    pub(super) way: Vec<(ExprId, FuncId)>,
}

impl Search<'_, '_> {
    /// The event that a rule wants before its steps, in the function or in one whose calls lead to it, on a way where nothing
    /// excuses.
    pub(super) fn lead(&self, step: &Step, bound: &[Event]) -> Option<Lead> {
        let mut seen = FxHashSet::default();
        let mut waiting = vec![(self.root().function, bound.to_vec(), Vec::new())];
        while let Some((function, bound, way)) = waiting.pop() {
            if !seen.insert(function) || seen.len() > MAX_FUNCTIONS {
                continue;
            }
            let Some(root) = Root::of(self.program, function) else { continue };
            let roots = Roots::one(root);
            let search = Search { roots: &roots, root: 0, ..*self };
            if search.is_let_off(&bound) {
                continue;
            }
            if let Some(event) = search.arrival(step, &bound) {
                return Some(Lead { event, way });
            }
            for caller in self.callers(function) {
                let Some(bound) = self.lifted(caller, &bound) else { continue };
                let mut way = way.clone();
                way.extend(bound.first().and_then(Event::call).map(|call| (call, caller)));
                waiting.push((caller, bound, way));
            }
        }
        None
    }

    /// Whether something in the function excuses the steps: what must not be found, tested or mentioned.
    pub(super) fn is_let_off(&self, bound: &[Event]) -> bool {
        let words = &self.matching.unless_mentions;
        self.is_excused(bound)
            || self.is_tested(&self.matching.unless_tests)
            || (!words.is_empty() && speaks_of(self.program, self.root().function, words))
            || bound.iter().any(|event| self.is_of_a_type_that_speaks_of(event, words))
            || self.is_remarked(bound, &self.matching.unless_comments)
    }

    /// Whether a file of the programs that this one is a part of has a word in it that excuses what is found, or there is no such program.
    pub(super) fn is_excused_by_program(&self) -> bool {
        let words = &self.matching.unless_program_mentions;
        let tells = |text: &str| {
            let text = without_comments(text);
            Wording::of(&text).has_one(words)
        };
        let file = self.program.file();
        !words.is_empty()
            && (!self.program.is_of_a_program(file) || self.program.program_speaks_of(file, words, &tells))
    }

    /// Whether something that excuses what is found is put around a router of the programs that this file is a part of.
    pub(super) fn is_excused_by_what_is_mounted(&self) -> bool {
        let Some(wanted) = &self.matching.unless_mounted else { return false };
        let program = self.program;
        let plays =
            |played: ExprId| program.role_use(played).is_some_and(|used| wanted.does.contains(&used.role));
        let does = |function: FuncId| {
            let mut run = program.calls_of(function).iter().flat_map(|call| program.run_by(*call));
            program.exprs_within(function).any(plays) || run.any(|run| program.played_in(*run).any(plays))
        };
        let mut fitting = program.mounted().iter().filter(|mounted| {
            speaks_of(program, mounted.function, &wanted.mentions) && does(mounted.function)
        });
        fitting.any(|mounted| program.is_of_one_program(program.file(), program.file_of_expr(mounted.at)))
    }

    /// Whether the type of what is written is declared with one of these words: a column that is unique.
    fn is_of_a_type_that_speaks_of(&self, event: &Event, words: &[String]) -> bool {
        let program = self.program;
        let used = event.expr.filter(|_| !words.is_empty()).and_then(|expr| program.role_use(expr));
        let value = used.zip(program.roles.arg("value")).map(|(used, value)| program.arg(used, value));
        let Some(crate::program::Arg::Given(value, _)) = value else { return false };
        Wording::of(program.type_text(value).unwrap_or_default()).has_one(words)
    }

    /// The event of this function that a step asks for, before all that is bound.
    fn arrival(&self, step: &Step, bound: &[Event]) -> Option<Event> {
        let flow = self.root().flow;
        let is_before = |event: &Event, other: &Event| {
            event.nodes.iter().any(|from| other.nodes.iter().any(|to| flow.comes_after(*from, *to)))
        };
        let mut found = self.candidates(step).into_iter();
        found.find_map(|(root, event)| {
            let fits = self.of_function(bound).all(|other| is_before(event, other))
                && !self.is_handed_on(event)
                && self.fits(step, root, event, bound).is_some();
            fits.then(|| event.clone())
        })
    }

    /// The events of the steps that are looked for in the function alone: what stands elsewhere nothing here leads to.
    fn of_function<'e>(&'e self, bound: &'e [Event]) -> impl Iterator<Item = &'e Event> {
        let steps = self.matching.steps.iter().zip(bound);
        steps.filter(|(step, _)| step.scope == Scope::Function).map(|(_, event)| event)
    }

    /// Whether what arrives was received by a caller, who hands it on.
    fn is_handed_on(&self, event: &Event) -> bool {
        let function = self.root().function;
        let handler = self.program.handler(function);
        event.expr.is_none()
            && event.nodes.contains(&crate::program::flow::ENTRY)
            && handler.is_some_and(|handler| handler.run.is_none())
            && !self.program.calls_that_run(function).is_empty()
    }

    /// The events as a caller brings them about; none where it does not bring about all of them.
    fn lifted(&self, caller: FuncId, bound: &[Event]) -> Option<Vec<Event>> {
        let root = Root::of(self.program, caller)?;
        let lift = |(step, event): (&Step, &Event)| {
            let is_it = |found: &&Event| found.expr == event.expr && found.via.is_some();
            let elsewhere = step.scope != Scope::Function;
            if elsewhere { Some(event.clone()) } else { root.events.iter().find(is_it).cloned() }
        };
        self.matching.steps.iter().zip(bound).map(lift).collect()
    }

    fn callers(&self, function: FuncId) -> Vec<FuncId> {
        let mut callers: Vec<FuncId> = Vec::new();
        for call in self.program.calls_that_run(function) {
            let caller = self.program.root_of(self.program.home(*call));
            if !callers.contains(&caller) {
                callers.push(caller);
            }
        }
        callers
    }

    /// Whether a program wrote the function in which an event happens, and a person the call of it.
    pub(super) fn is_generated(&self, event: &Event) -> bool {
        let (Some(via), Some(expr)) = (event.via, event.expr) else { return false };
        let program = self.program;
        if program.is_looked_at(program.home(expr)) {
            return false;
        }
        let function = program.root_of(program.home(via));
        let first = program.calls_to(function, expr).first().copied();
        first.is_some_and(|(_, callee)| !program.is_looked_at(callee))
    }
}

/// Whether a function, what decorates it or its class, or the call that it is given to is written with one of these words.
fn speaks_of(program: &View<'_>, function: FuncId, words: &[String]) -> bool {
    let facts = program.facts;
    let info = facts.function(function);
    let mut texts = vec![program.text_of_function(function)];
    texts.extend(facts.list(info.decorators).iter().map(|expr| program.text_of(*expr)));
    if let Some(owner) = info.owner {
        texts.extend(facts.list(facts.type_def(owner).decorators).iter().map(|expr| program.text_of(*expr)));
    }
    texts
        .extend(program.handler(function).and_then(|handler| handler.call).map(|call| program.text_of(call)));
    texts.iter().map(|text| without_comments(text)).any(|text| Wording::of(&text).has_one(words))
}

/// Source text without its comments: a note that something is to be done does not do it. The `//` of an address is none.
pub(super) fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("//").into_iter().chain(rest.find("/*")).min() {
        let (before, comment) = rest.split_at(at);
        kept.push_str(before);
        let is_line = comment.starts_with("//");
        if is_line && before.ends_with(':') {
            kept.push_str("//");
            rest = &comment[2..];
            continue;
        }
        let end = if is_line { comment.find('\n') } else { comment.find("*/").map(|end| end + 2) };
        rest = end.map_or("", |end| &comment[end..]);
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::without_comments;

    #[test]
    fn comments_do_not_speak() {
        assert_eq!(without_comments("a() // b\nc() /* d */ e"), "a() \nc()  e");
        assert_eq!(without_comments("get('https://x.org/y')"), "get('https://x.org/y')");
        assert_eq!(without_comments("a() // b"), "a() ");
    }
}
