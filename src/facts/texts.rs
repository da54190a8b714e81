//! Text, each kept once and known by a number.
//!
//! Owns: where the bytes lie, and finding a text again. Does not own: what a name means. All texts lie behind each other in one
//! allocation: a tree has hundreds of thousands of them, which are read, joined and let go in every run.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use super::Name;

/// Texts by number.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Texts {
    all: String,
    /// Where each ends; it begins where the one before ends.
    ends: Vec<u32>,
}

impl Texts {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of a name; empty for one that is not of these.
    pub fn get(&self, name: Name) -> &str {
        let end = |number: usize| self.ends.get(number).map_or(usize::MAX, |end| *end as usize);
        let start = name.index().checked_sub(1).map_or(0, end);
        self.all.get(start..end(name.index())).unwrap_or_default()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|number| self.get(Name::from_index(number)))
    }

    /// Adds a text that is not among them. Those of a tree stay below 4 GiB, since its files do.
    fn push(&mut self, text: &str) -> Name {
        let name = Name::from_index(self.len());
        self.all.push_str(text);
        self.ends.push(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        name
    }
}

/// The names by their texts, which are kept elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Names(HashTable<Name>);

impl Names {
    /// The name of a text, if it has one.
    pub fn get(&self, texts: &Texts, text: &str) -> Option<Name> {
        self.0.find(FxBuildHasher.hash_one(text), |name| texts.get(*name) == text).copied()
    }

    /// The name of a text, which has one from here on.
    pub fn intern(&mut self, texts: &mut Texts, text: &str) -> Name {
        let hash = FxBuildHasher.hash_one(text);
        if let Some(name) = self.0.find(hash, |name| texts.get(*name) == text) {
            return *name;
        }
        let name = texts.push(text);
        self.0.insert_unique(hash, name, |name| FxBuildHasher.hash_one(texts.get(*name)));
        name
    }

    /// How many have a name.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_name_and_is_found_by_it() {
        let (mut texts, mut names) = (Texts::default(), Names::default());
        let words: Vec<String> = (0..500).map(|number| format!("wörter{}", number % 300)).collect();
        for word in words.iter().map(String::as_str).chain([""]) {
            let name = names.intern(&mut texts, word);
            assert_eq!(texts.get(name), word);
            assert_eq!(names.get(&texts, word), Some(name));
        }
        assert_eq!((texts.len(), names.len(), texts.iter().count()), (301, 301, 301));
        assert_eq!(names.get(&texts, "none"), None);
    }

    #[test]
    fn texts_that_do_not_fit_their_ends_are_empty() {
        let texts = Texts { all: "aéb".to_owned(), ends: vec![2, 3, 99, 1] };
        assert!((0..6).all(|number| texts.get(Name::from_index(number)).len() < 3));
    }
}
