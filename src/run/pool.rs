//! Threads, and what becomes of a panic on one of them.
//!
//! Owns: the only use of rayon. Does not own: what is done on the threads.

use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, Once, PoisonError};

use rayon::prelude::*;

use super::RunError;
use crate::program::workers::Workers;
use crate::timing::Timing;

/// Stack of a worker thread. Nesting is bounded where facts are built, but the bound is generous.
const STACK_BYTES: usize = 32 * 1024 * 1024;

/// The threads of a run, and its clocks.
pub(super) struct Pool {
    threads: rayon::ThreadPool,
    timing: Arc<Timing>,
}

impl Pool {
    /// Starts them; 0 for one per core.
    pub(super) fn start(threads: usize) -> Result<Self, RunError> {
        Self::timed(threads, Arc::default())
    }

    /// The same, by these clocks.
    pub(super) fn timed(threads: usize, timing: Arc<Timing>) -> Result<Self, RunError> {
        let builder = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK_BYTES);
        match builder.build() {
            Ok(threads) => Ok(Self { threads, timing }),
            Err(error) => Err(RunError::System(format!("starting threads: {error}"))),
        }
    }

    /// How many threads it has.
    pub(super) fn size(&self) -> usize {
        self.threads.current_num_threads()
    }

    /// Its clocks.
    pub(super) fn timing(&self) -> &Timing {
        &self.timing
    }

    /// What `work` makes of each item, in order. Each thread makes itself a tool with `tool`; after a panic `recover` says what
    /// becomes of the item, and the tool is not used again.
    pub(super) fn map<I: Sync, S: Send, T: Send>(
        &self,
        items: &[I],
        tool: impl Fn() -> S + Sync + Send,
        work: impl Fn(&mut S, usize, &I) -> T + Sync,
        recover: impl Fn(String) -> T + Sync,
    ) -> Vec<T> {
        let one = |state: &mut S, (index, item): (usize, &I)| {
            caught(|| work(state, index, item)).unwrap_or_else(|message| {
                *state = tool();
                recover(message)
            })
        };
        self.threads.install(|| items.par_iter().enumerate().map_init(&tool, one).collect())
    }
}

/// The pool as workers for the files of one program; keeps the first message of each file whose work panicked.
pub(super) struct Crew<'p> {
    pool: &'p Pool,
    failures: Mutex<BTreeMap<usize, String>>,
}

impl<'p> Crew<'p> {
    pub(super) fn new(pool: &'p Pool) -> Self {
        Self { pool, failures: Mutex::default() }
    }

    /// The files whose work panicked, and what it said.
    pub(super) fn failures(self) -> BTreeMap<usize, String> {
        self.failures.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Workers for Crew<'_> {
    fn stage(&self, name: &'static str) {
        self.pool.timing.stage(name);
    }

    fn each(&self, count: usize, work: &(dyn Fn(usize) + Sync)) {
        let one = |index: usize| {
            if let Err(message) = caught(|| work(index)) {
                let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
                failures.entry(index).or_insert(message);
            }
        };
        self.pool.threads.install(|| (0..count).into_par_iter().for_each(one));
    }
}

thread_local! {
    /// Whether a panic of this thread is caught and reported, and so need not be printed.
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic becomes its message.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_CAUGHT.get() {
                usual(info);
            }
        }));
    });
    let around = IS_CAUGHT.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    IS_CAUGHT.set(around);
    result.map_err(|payload| message_of(payload.as_ref()))
}

fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message() {
        assert_eq!(caught(|| panic!("at {}", 1)), Err::<(), _>("at 1".to_owned()));
        assert_eq!(caught(|| 2), Ok(2));
    }

    #[test]
    fn work_that_panics_keeps_no_other_from_being_done() {
        let pool = Pool::start(2).unwrap();
        let crew = Crew::new(&pool);
        let done: Vec<Mutex<bool>> = (0..8).map(|_| Mutex::default()).collect();
        crew.each(8, &|index| {
            assert!(index != 3, "number {index}");
            *done[index].lock().unwrap() = true;
        });
        let done: Vec<bool> = done.iter().map(|done| *done.lock().unwrap()).collect();
        assert_eq!(done.iter().filter(|done| **done).count(), 7);
        assert_eq!(crew.failures(), BTreeMap::from([(3, "number 3".to_owned())]));
    }
}
