//! What files say of each other's functions, found in rounds until nothing is new: who calls them, which of them libraries run,
//! what is registered for injection.
//!
//! Owns: the rounds, and asking again only what may be answered otherwise. Does not own: the questions (`sites`, `handlers`,
//! `tokens`).

use crate::facts::{ExprId, FuncId};
use crate::program::callgraph::handlers::{self, Given};
use crate::program::callgraph::sites::Sites;
use crate::program::callgraph::tokens::{Provided, Token, Tokens};
use crate::program::workers::Workers;
use crate::program::{Program, View};

/// How often parameters may make more calls known that fill more parameters.
const MAX_ROUNDS: u32 = 4;

/// Finds it all.
pub(in crate::program) fn find(program: &mut Program<'_>, workers: &dyn Workers) {
    handlers::enter_shaped(program, workers);
    let mut found: Vec<Round> = program.each_file(workers, Round::before_the_first);
    for _ in 0..MAX_ROUNDS {
        program.forget();
        found = program.each_file(workers, |view| found[view.file()].next(view));
        let is_new = learn(program, &mut found);
        if !is_new {
            return;
        }
    }
    program.forget();
}

/// What one file says, given what was known before, and what to ask it again.
#[derive(Default)]
struct Round {
    /// Calls of functions of the tree that will stay so.
    settled: Vec<(FuncId, ExprId)>,
    /// Those that may turn out otherwise.
    sites: Vec<(FuncId, ExprId)>,
    given: Vec<Given>,
    provided: Vec<(Token, Provided)>,
    /// Calls, and assignments of listeners, that may turn out otherwise, or that hand over what may.
    calls: Vec<ExprId>,
    /// Object literals that register something.
    objects: Vec<ExprId>,
    /// Assignments that may set a property of a library's object.
    assignments: Vec<ExprId>,
}

impl Round {
    /// Everything is to be asked.
    fn before_the_first(view: &View<'_>) -> Self {
        let assignments = || view.functions().flat_map(|function| view.assignments_in(function)).copied();
        // `socket.onclose = handler` hands a function over as a call does.
        let listening = assignments().filter(|assignment| view.may_hand_over(*assignment));
        Self {
            calls: view.calls().iter().copied().chain(listening).collect(),
            objects: view.registering_objects(),
            assignments: assignments().filter(|assignment| view.sets_member(*assignment)).collect(),
            ..Self::default()
        }
    }

    fn next(&self, view: &View<'_>) -> Self {
        let mut next =
            Self { settled: self.settled.clone(), objects: self.objects.clone(), ..Self::default() };
        for call in &self.calls {
            next.ask_call(view, *call);
        }
        for object in &self.objects {
            view.provided_by_object(*object, &mut next.provided);
        }
        for assignment in &self.assignments {
            let provided = view.provided_by_assignment(*assignment);
            if provided.is_some() || view.sets_member_of_open(*assignment) {
                next.assignments.push(*assignment);
            }
            next.provided.extend(provided);
        }
        next
    }

    fn ask_call(&mut self, view: &View<'_>, call: ExprId) {
        let may_hand_over = view.may_hand_over(call);
        if !may_hand_over && !view.may_run_tree(call) {
            return;
        }
        let mut site: Vec<(FuncId, ExprId)> =
            view.constructed_or_called(call).map(|function| (function, call)).into_iter().collect();
        if site.is_empty() {
            site.extend(view.handed_callees(call).into_iter().map(|function| (function, call)));
        }
        let entry = view.call_entry(call).filter(|_| may_hand_over);
        let hands_over = entry.is_some_and(|entry| {
            handlers::given_by_call(view, call, &entry, &mut self.given)
                | view.provided_by_call(call, &entry, &mut self.provided)
        });
        if view.is_callee_open(call) {
            self.sites.extend(site);
            self.calls.push(call);
        } else {
            self.settled.extend(site);
            if hands_over {
                self.calls.push(call);
            }
        }
    }
}

/// Takes in what a round found; false when it was nothing new.
fn learn(program: &mut Program<'_>, found: &mut [Round]) -> bool {
    let calls = found.iter().flat_map(|round| round.settled.iter().chain(&round.sites));
    let sites = Sites::of(calls.copied().collect());
    let mut tokens = Tokens::default();
    let mut all_given = Vec::new();
    for round in found {
        all_given.append(&mut round.given);
        for (token, provided) in std::mem::take(&mut round.provided) {
            tokens.entry(token).or_insert(provided);
        }
    }
    let is_new = !all_given.is_empty() || tokens != program.tokens || sites != program.sites;
    program.tokens = tokens;
    program.sites = sites;
    for given in all_given {
        handlers::enter_given(program, &given);
    }
    is_new
}
