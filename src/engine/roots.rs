//! The functions of a file, and how much work a rule may be in them.
//!
//! Owns: finding what plays a role without looking at everything else, and the bound of a search. Does not own: events (`events`)
//! or what is searched for (`steps`).

use std::cell::Cell;
use std::ops::{Deref, Range};

use rustc_hash::FxHashMap;

use super::events::Root;
use crate::models::Role;

/// How much work one rule may be in one file. The unit is about a node of a function's flow that is looked at, some ten
/// nanoseconds.
const MAX_WORK: usize = 50_000_000;

/// Functions with their events.
pub(super) struct Roots<'a> {
    roots: Vec<Root<'a>>,
    /// The events that play a role: number of the function, number of the event; in order.
    by_role: FxHashMap<Role, Vec<(usize, usize)>>,
}

impl<'a> Roots<'a> {
    pub(super) fn of(roots: Vec<Root<'a>>) -> Self {
        let mut by_role: FxHashMap<Role, Vec<(usize, usize)>> = FxHashMap::default();
        for (number, root) in roots.iter().enumerate() {
            for (event, role) in
                root.events.iter().enumerate().filter_map(|(at, event)| Some((at, event.role?)))
            {
                by_role.entry(role).or_default().push((number, event));
            }
        }
        Self { roots, by_role }
    }

    /// One function alone.
    pub(super) fn one(root: Root<'a>) -> Self {
        Self::of(vec![root])
    }

    /// The events of some of the functions that play one of these roles, in order.
    pub(super) fn playing(&self, roles: &[Role], range: &Range<usize>) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for role in roles {
            found.extend_from_slice(self.playing_one(*role, range));
        }
        if roles.len() > 1 {
            found.sort_unstable();
            found.dedup();
        }
        found
    }

    /// Whether anything in some of the functions plays one of these roles.
    pub(super) fn play(&self, roles: &[Role], range: &Range<usize>) -> bool {
        roles.iter().any(|role| !self.playing_one(*role, range).is_empty())
    }

    fn playing_one(&self, role: Role, range: &Range<usize>) -> &[(usize, usize)] {
        let events = self.by_role.get(&role).map_or(&[][..], Vec::as_slice);
        let until = |end: usize| events.partition_point(|(root, _)| *root < end);
        &events[until(range.start)..until(range.end)]
    }
}

impl<'a> Deref for Roots<'a> {
    type Target = [Root<'a>];

    fn deref(&self) -> &[Root<'a>] {
        &self.roots
    }
}

/// What is left of the work that a rule may be. It counts what is looked at, not time, so that the same is found everywhere.
pub(super) struct Effort(Cell<usize>);

impl Effort {
    pub(super) fn new() -> Self {
        Self(Cell::new(MAX_WORK))
    }

    /// Takes some of it; none is left in the end.
    pub(super) fn spend(&self, work: usize) {
        self.0.set(self.0.get().saturating_sub(work));
    }

    /// Whether none is left: what was not found until then is not looked for.
    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effort_ends() {
        let effort = Effort::new();
        effort.spend(MAX_WORK - 1);
        assert!(!effort.is_spent());
        effort.spend(2);
        assert!(effort.is_spent());
    }
}
