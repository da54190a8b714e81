//! How far a run has come, for whoever watches it from another thread.
//!
//! Owns: the phases and the count. Does not own: showing them, or when.

use std::sync::atomic::{AtomicUsize, Ordering};

/// What a run is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Files are being found.
    Walking,
    /// Files are read and parsed, each counted when done.
    Reading,
    /// Files are linked to one program and rules are matched.
    Matching,
}

const PHASES: [Phase; 3] = [Phase::Walking, Phase::Reading, Phase::Matching];

/// How far a run has come.
#[derive(Debug, Default)]
pub struct Progress {
    phase: AtomicUsize,
    done: AtomicUsize,
    all: AtomicUsize,
}

impl Progress {
    /// The phase, how many files are done in it, and how many there are.
    pub fn now(&self) -> (Phase, usize, usize) {
        let load = |number: &AtomicUsize| number.load(Ordering::Relaxed);
        (PHASES[load(&self.phase).min(PHASES.len() - 1)], load(&self.done), load(&self.all))
    }

    /// A phase over so many files begins.
    pub(super) fn begin(&self, phase: Phase, all: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.all.store(all, Ordering::Relaxed);
        self.phase.store(phase as usize, Ordering::Relaxed);
    }

    /// One file more is done.
    pub(super) fn tick(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_begin_at_nothing_done() {
        let progress = Progress::default();
        assert_eq!(progress.now(), (Phase::Walking, 0, 0));
        progress.begin(Phase::Reading, 3);
        progress.tick();
        assert_eq!(progress.now(), (Phase::Reading, 1, 3));
        progress.begin(Phase::Matching, 2);
        assert_eq!(progress.now(), (Phase::Matching, 0, 2));
    }
}
