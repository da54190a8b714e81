//! Words by which code says what it is about, where nothing else tells. Read from `rules/words.yaml`, which says what each list is.
//!
//! Owns: the lists, and how a name is held against one. Does not own: what follows from a word (whoever asks), the words that rules
//! ask for (`rules`), or what tells kinds of code apart (`code`).

use serde::Deserialize;

use crate::data::{DataError, DataFile};
use crate::facts::words::has_word;

/// A list of words.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct List(Vec<String>);

impl List {
    /// Whether a word is one of these.
    pub fn has(&self, word: &str) -> bool {
        self.0.iter().any(|known| known == word)
    }

    /// Whether a name begins with one of these.
    pub fn begins(&self, name: &str) -> bool {
        self.0.iter().any(|known| name.starts_with(known.as_str()))
    }

    /// Whether a name ends with one of these.
    pub fn ends(&self, name: &str) -> bool {
        self.0.iter().any(|known| name.ends_with(known.as_str()))
    }

    /// Whether one of these is a part of a text.
    pub fn is_in(&self, text: &str) -> bool {
        self.0.iter().any(|known| text.contains(known.as_str()))
    }

    /// Whether one of the words of a name is one of these, in singular or plural.
    pub fn names(&self, name: &str) -> bool {
        has_word(name, &self.0)
    }

    /// The words.
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

macro_rules! lists {
    ($($(#[$doc:meta])* $group:ident { $($list:ident),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        #[allow(missing_docs, reason = "rules/words.yaml says what each list is")]
        pub struct $group { $(pub $list: List),* }
    )*};
}

lists! {
    /// Reading and making records.
    Records { one, more, look_up, along, kept_as, making }
    /// What functions are for.
    Functions { asking, reading, noting, notes, ending, decoding, starts, program_starts, running, value_takers }
    /// What fields are for.
    Fields { marks, worth, amounts }
    /// What failures are.
    Failures { generic, trouble, trouble_codes, kinds, tested, tested_parts, statuses, results, looking, time_up }
    /// Trying again.
    Attempts { again, wanted, counted, limits, left, named, counts, items, clock, stopping, telling, ceilings }
    /// The time until something is done again.
    Delays { waiting, named, told, random, spreading, reading }
    /// What stands in line.
    Queues { taking, putting, peeking, removing }
    /// Lists, and parts of them.
    Lists { cutting, keeping, parts, putting }
    /// Locks.
    Locks { named, doing }
    /// What handlers of requests are handed.
    Requests { parameters, holders, tools, mounting, providing, passing, rebinding }
    /// What is kept, and for how long.
    Objects { keeping_connections, keeping, holding, giving_itself, settings, live, doubles }
    /// Numbers.
    Numbers { converting, passing }
}

/// All of them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the types say it")]
pub struct Vocabulary {
    pub records: Records,
    pub functions: Functions,
    pub fields: Fields,
    pub failures: Failures,
    pub attempts: Attempts,
    pub delays: Delays,
    pub queues: Queues,
    pub lists: Lists,
    pub locks: Locks,
    pub requests: Requests,
    pub objects: Objects,
    pub numbers: Numbers,
}

impl Vocabulary {
    /// Reads them.
    ///
    /// # Errors
    /// YAML that does not fit.
    pub fn read(file: &DataFile) -> Result<Self, DataError> {
        file.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_held_against_lists_in_every_way() {
        let list = List(vec!["part".to_owned(), "find".to_owned()]);
        assert!(list.has("find") && !list.has("finds"));
        assert!(list.begins("findall") && !list.begins("tofind"));
        assert!(list.ends("tofind") && !list.ends("finder"));
        assert!(list.is_in("refinding"));
        assert!(list.names("myParts") && !list.names("participants"));
    }
}
