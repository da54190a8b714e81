//! Things by whose they are and what they are called.
//!
//! Owns: looking them up by a name that is borrowed, as happens for every call of a program. Does not own: what the things are.

use std::hash::Hash;

use rustc_hash::FxHashMap;

/// Things of owners, by name.
#[derive(Debug)]
pub(super) struct ByName<O, T>(FxHashMap<O, FxHashMap<String, T>>);

impl<O, T> Default for ByName<O, T> {
    fn default() -> Self {
        Self(FxHashMap::default())
    }
}

impl<O: Copy + Eq + Hash, T> ByName<O, T> {
    pub(super) fn get(&self, owner: O, name: &str) -> Option<&T> {
        self.0.get(&owner)?.get(name)
    }

    pub(super) fn insert(&mut self, owner: O, name: String, thing: T) {
        self.0.entry(owner).or_default().insert(name, thing);
    }

    /// Everything, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (O, &str, &T)> {
        self.0
            .iter()
            .flat_map(|(owner, named)| named.iter().map(move |(name, thing)| (*owner, name.as_str(), thing)))
    }
}

impl<O: Copy + Eq + Hash, T> ByName<O, Vec<T>> {
    /// Adds one more of a name.
    pub(super) fn push(&mut self, owner: O, name: String, thing: T) {
        self.0.entry(owner).or_default().entry(name).or_default().push(thing);
    }

    /// All of a name.
    pub(super) fn all(&self, owner: O, name: &str) -> &[T] {
        self.get(owner, name).map_or(&[], Vec::as_slice)
    }
}
