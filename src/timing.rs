//! Where the time of a run goes.
//!
//! Owns: the stages, what threads spend on which kind of work, and what each rule costs. Does not own: showing any of it
//! (`command`), or stopping what takes too long.
//!
//! A stage is told in time that passed, one after the other, so the stages add up to the run. Work and rules are told in time of
//! threads, so with two threads they may add up to twice as much. Nothing is measured unless it is asked for.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What threads do with one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// From the disk to a text.
    Read,
    /// From a text to what it is known by.
    Hash,
    /// To and from what is remembered.
    Recall,
    /// From a text to a tree.
    Parse,
    /// From a tree to facts.
    Lower,
    /// From functions to what happens in them.
    Events,
    /// From what is linked to what could not be seen.
    Coverage,
}

const WORK: [(Work, &str); 7] = [
    (Work::Read, "reading"),
    (Work::Hash, "hashing"),
    (Work::Recall, "remembering"),
    (Work::Parse, "parsing"),
    (Work::Lower, "lowering"),
    (Work::Events, "events of functions"),
    (Work::Coverage, "coverage"),
];

/// The times of a run; of none, unless they are asked for.
#[derive(Debug, Default)]
pub struct Timing(Option<Box<Clocks>>);

#[derive(Debug, Default)]
struct Clocks {
    stages: Mutex<Stages>,
    work: [AtomicU64; WORK.len()],
    rules: Mutex<BTreeMap<String, Duration>>,
}

#[derive(Debug, Default)]
struct Stages {
    /// In the order in which they first began.
    ended: Vec<(&'static str, Duration)>,
    running: Option<(&'static str, Instant)>,
}

impl Stages {
    fn end(&mut self) {
        let Some((name, begun)) = self.running.take() else { return };
        let spent = begun.elapsed();
        match self.ended.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sum)) => *sum += spent,
            None => self.ended.push((name, spent)),
        }
    }
}

impl Timing {
    /// Measures.
    #[must_use]
    pub fn on() -> Self {
        Self(Some(Box::default()))
    }

    /// The stage before ends and this one begins; one that begins again goes on.
    pub fn stage(&self, name: &'static str) {
        if let Some(clocks) = &self.0 {
            let mut stages = locked(&clocks.stages);
            stages.end();
            stages.running = Some((name, Instant::now()));
        }
    }

    /// Does work of a kind.
    pub fn work<T>(&self, kind: Work, work: impl FnOnce() -> T) -> T {
        let Some(clocks) = &self.0 else { return work() };
        let begun = Instant::now();
        let made = work();
        let nanos = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        clocks.work[kind as usize].fetch_add(nanos, Ordering::Relaxed);
        made
    }

    /// Matches a rule.
    pub fn rule<T>(&self, id: &str, work: impl FnOnce() -> T) -> T {
        let Some(clocks) = &self.0 else { return work() };
        let begun = Instant::now();
        let made = work();
        let spent = begun.elapsed();
        let mut rules = locked(&clocks.rules);
        match rules.get_mut(id) {
            Some(sum) => *sum += spent,
            None => drop(rules.insert(id.to_owned(), spent)),
        }
        made
    }

    /// What came of it, the last stage ended; nothing if nothing was measured.
    pub fn told(&self) -> Option<Told> {
        let clocks = self.0.as_ref()?;
        let mut stages = locked(&clocks.stages);
        stages.end();
        let nanos = |kind: Work| clocks.work[kind as usize].load(Ordering::Relaxed);
        let work = WORK.map(|(kind, name)| (name, Duration::from_nanos(nanos(kind))));
        let mut rules: Vec<(String, Duration)> =
            locked(&clocks.rules).iter().map(|(id, spent)| (id.clone(), *spent)).collect();
        rules.sort_by_key(|(_, spent)| std::cmp::Reverse(*spent));
        Some(Told { stages: stages.ended.clone(), work: work.to_vec(), rules })
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The times of a run that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Time that passed in each stage, in their order.
    pub stages: Vec<(&'static str, Duration)>,
    /// Time of threads for each kind of work.
    pub work: Vec<(&'static str, Duration)>,
    /// Time of threads for each rule, the dearest first. What rules share is charged to the one that asks first.
    pub rules: Vec<(String, Duration)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_measured_unasked() {
        let timing = Timing::default();
        timing.stage("a");
        assert_eq!(timing.work(Work::Parse, || 1), 1);
        assert_eq!(timing.told(), None);
    }

    #[test]
    fn a_stage_that_begins_again_goes_on() {
        let timing = Timing::on();
        for name in ["a", "b", "a"] {
            timing.stage(name);
        }
        timing.rule("x/y", || ());
        timing.rule("x/y", || ());
        let told = timing.told().unwrap();
        assert_eq!(told.stages.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(told.rules.len(), 1);
    }

    #[test]
    fn each_kind_of_work_has_its_own_clock() {
        for (place, (kind, _)) in WORK.iter().enumerate() {
            assert_eq!(*kind as usize, place);
        }
        let timing = Timing::on();
        timing.work(Work::Lower, || std::thread::sleep(Duration::from_millis(2)));
        let told = timing.told().unwrap();
        let spent = |name: &str| told.work.iter().find(|(known, _)| *known == name).unwrap().1;
        assert!(spent("lowering") >= Duration::from_millis(2));
        assert_eq!(spent("parsing"), Duration::ZERO);
    }
}
