//! How much work a rule may be in a file, and all of them together.
//!
//! Owns: the bounds and the count. Does not own: what is told of a file in which they are reached (`engine`).
//!
//! Work is counted, not timed, so that a file is looked at as far on a slow machine as on a fast one. The unit is about a node of
//! a function's flow that is looked at, some ten nanoseconds. The bounds are for code in which everything is made of everything else.

use std::cell::Cell;

/// How much work one rule may be in one file: about a second.
const OF_RULE: u32 = 100_000_000;

/// How much all rules together may be: about five.
const OF_FILE: u32 = 500_000_000;

/// What it costs to ask what a value is.
const OF_LOOKUP: usize = 5;

/// What is left of the work that may be done; without bound where none was set.
#[derive(Debug, Default)]
pub(crate) struct Effort {
    of_rule: Cell<Option<u32>>,
    of_file: Cell<Option<u32>>,
}

impl Effort {
    /// A rule begins: from here on it may be so much work. What is asked beyond that has no answer, and none is remembered.
    pub(crate) fn begin_rule(&self) {
        let left = self.left_after_rule();
        self.of_file.set(Some(left));
        self.of_rule.set(Some(left.min(OF_RULE)));
    }

    /// The rules are done: what is asked from here on has an answer however long it takes.
    pub(crate) fn end(&self) {
        self.of_rule.set(None);
        self.of_file.set(None);
    }

    /// What is left for the file when the rule that runs has had its part.
    fn left_after_rule(&self) -> u32 {
        let Some(left) = self.of_file.get() else { return OF_FILE };
        let had = left.min(OF_RULE);
        left - had + self.of_rule.get().unwrap_or(had)
    }

    /// Takes some of it; none is left in the end.
    pub(crate) fn spend(&self, work: usize) {
        let work = u32::try_from(work).unwrap_or(u32::MAX);
        self.of_rule.set(self.of_rule.get().map(|left| left.saturating_sub(work)));
    }

    /// Takes what a look-up costs; false where that is not left.
    pub(crate) fn may_ask(&self) -> bool {
        let is_left = !self.is_spent();
        self.spend(OF_LOOKUP);
        is_left
    }

    /// Whether none is left: there may be more to find.
    pub(crate) fn is_spent(&self) -> bool {
        self.of_rule.get() == Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_end_where_none_was_set() {
        let effort = Effort::default();
        effort.spend(usize::MAX);
        assert!(!effort.is_spent());
    }

    #[test]
    fn a_rule_ends_and_leaves_the_rest_to_others() {
        let effort = Effort::default();
        for _ in 0..OF_FILE / OF_RULE {
            effort.begin_rule();
            effort.spend(OF_RULE as usize - 1);
            assert!(!effort.is_spent());
            assert!(effort.may_ask());
            assert!(effort.is_spent());
            assert!(!effort.may_ask());
        }
        effort.begin_rule();
        assert!(effort.is_spent(), "nothing is left of the file");
    }

    #[test]
    fn what_a_rule_did_not_need_is_left() {
        let effort = Effort::default();
        for _ in 0..100 {
            effort.begin_rule();
            effort.spend(OF_RULE as usize / 100);
            assert!(!effort.is_spent());
        }
    }
}
