//! What expressions and variables were found to be, so that each is found once.
//!
//! Owns: what each file's view remembers, and what views share. Does not own: finding it (`entity`, `calls`, `call_results`).
//!
//! A view remembers whatever it asked for. What stands in other files is asked for by many, so views also share it; but only
//! what comes out the same whoever asks first, since threads race. That is all that was found without meeting a value which was
//! itself just being found (a value made of itself), or the bound on depth.

use std::cell::{Cell, RefCell};
use std::hash::Hash;
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use super::View;
use super::calls::entries::FoundEntry;
use super::deadlines::limits::Limit;
use super::flow::call_results::Results;
use super::recurrence::trend::Trend;
use super::values::entity::Resolved;
use super::values::value::Const;
use crate::facts::{ExprId, ExprKind, FuncId, VarId};

/// How many values, each made of the next, are followed. Real code stays under 100; the bound keeps a look-up within the stack
/// of a thread.
const MAX_VALUE_DEPTH: u32 = 1_000;

/// Into how many parts what is shared is divided, so that threads seldom wait for each other.
const SHARDS: usize = 64;

/// What variables and expressions were found to be.
#[derive(Default)]
pub(super) struct Memo {
    vars: FxHashMap<VarId, Found>,
    exprs: FxHashMap<ExprId, Found>,
}

/// What something was found to be.
#[derive(Clone)]
struct Found {
    resolved: Resolved,
    hangs: Hangs,
}

/// What a result hangs on.
#[derive(Clone, Copy, Default)]
struct Hangs {
    /// What parameters, or what is injected, were found to hold: more may become known of those.
    open: bool,
    /// Where the search began.
    on_start: bool,
}

impl Hangs {
    fn and(self, other: Self) -> Self {
        Self { open: self.open || other.open, on_start: self.on_start || other.on_start }
    }
}

/// What the views of all files share.
pub(super) struct Shared(Vec<Mutex<Memo>>);

impl Default for Shared {
    fn default() -> Self {
        Self((0..SHARDS).map(|_| Mutex::default()).collect())
    }
}

impl Shared {
    fn shard(&self, number: usize) -> MutexGuard<'_, Memo> {
        self.0[number % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what hangs on parameters: between two looks at all files more may become known of them.
    pub(super) fn forget(&self) {
        (0..SHARDS).for_each(|shard| self.shard(shard).forget());
    }
}

/// Yes or no about functions, by how deep it was looked for: what all views share of a question that comes out the same whoever
/// asks it first.
pub(crate) struct OfFunctions(Vec<Mutex<FxHashMap<(FuncId, u32), bool>>>);

impl Default for OfFunctions {
    fn default() -> Self {
        Self((0..SHARDS).map(|_| Mutex::default()).collect())
    }
}

impl OfFunctions {
    /// What was answered before, or what is found now.
    pub(crate) fn answer(&self, view: &View<'_>, asked: (FuncId, u32), find: impl FnOnce() -> bool) -> bool {
        let shard = &self.0[asked.0.index() % SHARDS];
        let known = || shard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = known().get(&asked) {
            return *answer;
        }
        let answer = find();
        if !view.effort.is_spent() {
            known().insert(asked, answer);
        }
        answer
    }
}

impl Memo {
    /// Forgets what hangs on parameters.
    pub(super) fn forget(&mut self) {
        self.vars.retain(|_, known| !known.hangs.open);
        self.exprs.retain(|_, known| !known.hangs.open);
    }
}

/// A look-up as it goes on.
#[derive(Default)]
pub(super) struct Lookup {
    memo: RefCell<Memo>,
    /// What the value that is being looked up hangs on, as far as it is known.
    hangs: Cell<Hangs>,
    /// How many values deep it is.
    depth: Cell<u32>,
    /// What is known of calls. It follows from what the program holds, which stays as it is while a view lives.
    entries: Known<ExprId, Option<FoundEntry>>,
    /// The calls whose entries are being found.
    asked: RefCell<FxHashSet<ExprId>>,
    results: Known<ExprId, Rc<Results>>,
}

/// Answers to questions about a program, by what was asked.
type Known<Q, A> = RefCell<FxHashMap<Q, A>>;

/// What was answered while one file is looked at. Each of these is asked of callers and their callers in turn, so without it a chain
/// of functions, each with several callers, would be gone through as often as there are ways along it. With a question goes how far
/// it may still be followed, on which the answer hangs.
#[derive(Default)]
pub(super) struct Answers {
    /// Whether something is a context (`contexts`).
    pub(super) contexts: Known<(ExprId, u32), bool>,
    /// Whether something is handed on as a context (`passed_on`).
    pub(super) standing_for: Known<(ExprId, u32), bool>,
    /// The limit of the guards around a call (`guards`).
    pub(super) guards: Known<(ExprId, u32), Limit>,
    /// Whether a context is ended by somebody else (`contexts`).
    pub(super) ended: Known<(ExprId, u32), bool>,
    /// Whether a context comes from a parameter (`passed_on`).
    pub(super) of_params: Known<(ExprId, u32), bool>,
    /// The limit of a context (`contexts`).
    pub(super) carried: Known<(ExprId, u32), Limit>,
    /// The limit of a request that is sent (`contexts`).
    pub(super) of_request: Known<(ExprId, u32), Limit>,
    /// Whether all callers hand over a context that nothing ends (`endless`).
    pub(super) endless: Known<(VarId, u32), bool>,
    /// What a name stands for (`constant`).
    pub(super) constants: Known<(ExprId, u32), Option<Const>>,
    /// How a value changes from round to round, given what else does (`trend`).
    pub(super) trends: Known<(ExprId, u32, Box<[VarId]>), Trend>,
    /// Whether a variable holds the same in each call (`anew`).
    pub(super) same_each_time: Known<(VarId, u32), bool>,
    /// Whether what a function gives is kept by nobody who calls it (`anew`).
    pub(super) let_go: Known<(ExprId, u32), bool>,
    /// Whether many run a function at the same time (`crowd`).
    pub(super) crowds: Known<FuncId, bool>,
    /// Whether one at a time runs a function (`crowd`).
    pub(super) alone: Known<(FuncId, u32), bool>,
    /// Whether a function lets one in at a time (`crowd`).
    pub(super) one_in: Known<FuncId, bool>,
}

impl Lookup {
    pub(super) fn with(memo: Memo) -> Self {
        Self { memo: RefCell::new(memo), ..Self::default() }
    }

    /// Lets go of all that was found.
    pub(super) fn let_go(&self) {
        self.memo.take();
    }

    /// What was found, for a later view of the same file.
    pub(super) fn take(&self) -> Memo {
        self.memo.take()
    }

    /// What is being looked up hangs on what parameters hold.
    pub(super) fn set_open(&self) {
        self.add(Hangs { open: true, on_start: false });
    }

    fn add(&self, more: Hangs) {
        self.hangs.set(self.hangs.get().and(more));
    }
}

/// Where a kind of thing is remembered.
trait Key: Copy + Eq + Hash {
    fn among(memo: &mut Memo) -> &mut FxHashMap<Self, Found>;
    fn number(self) -> usize;
    /// Whether it stands in another file than the one that is looked at.
    fn is_foreign(self, view: &View<'_>) -> bool;
}

impl Key for ExprId {
    fn among(memo: &mut Memo) -> &mut FxHashMap<Self, Found> {
        &mut memo.exprs
    }

    fn number(self) -> usize {
        self.index()
    }

    fn is_foreign(self, view: &View<'_>) -> bool {
        view.file_of_expr(self) != view.file()
    }
}

impl Key for VarId {
    fn among(memo: &mut Memo) -> &mut FxHashMap<Self, Found> {
        &mut memo.vars
    }

    fn number(self) -> usize {
        self.index()
    }

    fn is_foreign(self, view: &View<'_>) -> bool {
        view.file_of(view.facts.var(self).function) != view.file()
    }
}

impl View<'_> {
    /// What an expression was found to be before, or what it is found to be now.
    pub(super) fn remembered_expr(&self, expr: ExprId, find: impl FnOnce() -> Resolved) -> Resolved {
        self.remembered(expr, find)
    }

    /// The same for a variable.
    pub(super) fn remembered_var(&self, var: VarId, find: impl FnOnce() -> Resolved) -> Resolved {
        self.remembered(var, find)
    }

    /// The model entry of a call. Not remembered while a value is looked up: what is found then may hang on where that began.
    /// None while it is being found: a call whose argument it gave itself, `a = create(a)`, is not told by that.
    pub(super) fn remembered_entry(
        &self,
        call: ExprId,
        find: impl FnOnce() -> Option<FoundEntry>,
    ) -> Option<FoundEntry> {
        self.settled(call, &self.lookup.entries, || {
            if !self.lookup.asked.borrow_mut().insert(call) {
                return None;
            }
            let found = find();
            self.lookup.asked.borrow_mut().remove(&call);
            found
        })
    }

    /// The variables that hold a call's results; remembered as its entry is.
    pub(super) fn remembered_results(&self, call: ExprId, find: impl FnOnce() -> Rc<Results>) -> Rc<Results> {
        self.settled(call, &self.lookup.results, find)
    }

    /// What was answered before, or what is found now: remembered as the entry of a call is.
    pub(super) fn settled<Q: Eq + Hash, A: Clone>(
        &self,
        asked: Q,
        known: &Known<Q, A>,
        find: impl FnOnce() -> A,
    ) -> A {
        if self.lookup.depth.get() > 0 {
            return find();
        }
        if let Some(known) = known.borrow().get(&asked) {
            return known.clone();
        }
        let found = find();
        if !self.effort.is_spent() {
            known.borrow_mut().insert(asked, found.clone());
        }
        found
    }

    fn remembered<K: Key>(&self, key: K, find: impl FnOnce() -> Resolved) -> Resolved {
        let lookup = &self.lookup;
        if !self.effort.may_ask() {
            return Resolved::unknown();
        }
        if let Some(known) = K::among(&mut lookup.memo.borrow_mut()).get(&key) {
            lookup.add(known.hangs);
            return known.resolved.clone();
        }
        let shard = key.is_foreign(self).then(|| key.number());
        if let Some(known) =
            shard.and_then(|shard| K::among(&mut self.shared.shard(shard)).get(&key).cloned())
        {
            lookup.add(known.hangs);
            K::among(&mut lookup.memo.borrow_mut()).insert(key, known.clone());
            return known.resolved;
        }
        let known = self.found(key, find);
        if let Some(shard) = shard.filter(|_| !known.hangs.on_start) {
            K::among(&mut self.shared.shard(shard)).insert(key, known.clone());
        }
        known.resolved
    }

    fn found<K: Key>(&self, key: K, find: impl FnOnce() -> Resolved) -> Found {
        let lookup = &self.lookup;
        let uncertain = Hangs { open: true, on_start: true };
        // A value that is made of itself has no beginning: unknown until told otherwise.
        let beginning = Found { resolved: Resolved::unknown(), hangs: uncertain };
        let depth = lookup.depth.get();
        if depth >= MAX_VALUE_DEPTH {
            lookup.add(uncertain);
            return beginning;
        }
        K::among(&mut lookup.memo.borrow_mut()).insert(key, beginning);
        lookup.depth.set(depth + 1);
        let around = lookup.hangs.replace(Hangs::default());
        let resolved = find();
        let hangs = lookup.hangs.replace(around.and(lookup.hangs.get()));
        lookup.depth.set(depth);
        if self.effort.is_spent() {
            K::among(&mut lookup.memo.borrow_mut()).remove(&key);
            return Found { resolved, hangs: uncertain };
        }
        let known = Found { resolved, hangs };
        K::among(&mut lookup.memo.borrow_mut()).insert(key, known.clone());
        known
    }

    /// Whether what an expression is hangs on what parameters hold.
    pub(super) fn is_open(&self, expr: ExprId) -> bool {
        let around = self.lookup.hangs.replace(Hangs::default());
        self.entity(expr);
        self.lookup.hangs.replace(around).open
    }

    /// The same of what a call calls.
    pub(super) fn is_callee_open(&self, call: ExprId) -> bool {
        match self.facts.expr(call).kind {
            ExprKind::Call { callee, .. } => self.is_open(callee),
            // An assignment of a listener: there are few.
            _ => true,
        }
    }
}
