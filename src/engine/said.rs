//! Whether the code itself speaks of trying again: by the names and messages of a way round.
//!
//! Owns: these words. Does not own: what a repetition is (`repeats`).

use super::cycles::Cycle;
use super::events::Event;
use super::lead::without_comments;
use super::steps::Search;
use super::wording::Wording;

impl Search<'_, '_> {
    /// Whether a way round, or the name of its function, speaks of trying again.
    pub(super) fn is_said(&self, event: &Event, cycle: &Cycle) -> bool {
        let program = self.program;
        let speaks = |text: &str| {
            program.words.attempts.again.is_in(&text.to_ascii_lowercase()) || Wording::of(text).has("tries")
        };
        let Some(call) = event.call() else { return false };
        let round = cycle.span(self.root().flow).filter(|round| round.file == program.place_of(call).file);
        speaks(&super::symbol(program, self.root().function))
            || round.is_some_and(|round| speaks(&without_comments(round.span.of(program.text_around(call)))))
    }
}
