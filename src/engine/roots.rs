//! The functions of a file.
//!
//! Owns: finding what plays a role without looking at everything else. Does not own: events (`events`) or what is searched for
//! (`steps`).

use std::ops::{Deref, Range};

use rustc_hash::FxHashMap;

use super::events::Root;
use crate::models::Role;

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
