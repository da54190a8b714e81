//! Libraries that look like clients of other systems, read from `rules/clients.yaml`.
//!
//! Owns: telling one by the words of its name. Does not own: which libraries have a model, or who imports what.

use rustc_hash::FxHashSet;
use serde::Deserialize;

use crate::data::{DataError, DataFile, Pairs, Several};

/// How libraries are told that look like clients of other systems.
#[derive(Debug, Default)]
pub struct Clients {
    /// By kind, the first that fits counts.
    kinds: Vec<(String, Vec<Word>)>,
    /// Words of names of what is no client.
    harmless_words: Vec<Word>,
    /// Names of what is no client.
    harmless: FxHashSet<String>,
    /// Beginnings of such names.
    harmless_below: Vec<String>,
}

/// A word of a name; `*` before or behind it stands for anything.
#[derive(Debug)]
struct Word {
    text: String,
    open_before: bool,
    open_behind: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ClientsFile {
    kinds: Pairs<Several>,
    harmless_words: Several,
    harmless: Several,
}

impl Clients {
    /// Reads the file.
    ///
    /// # Errors
    /// The first mistake, with its place.
    pub fn read(file: &DataFile) -> Result<Self, DataError> {
        let says: ClientsFile = file.parse()?;
        let words = |several: &Several| several.texts().map(|word| Word::of(&word.value)).collect();
        let kinds = says.kinds.0.iter().map(|(kind, names)| (kind.value.clone(), words(names))).collect();
        let names = says.harmless.texts().map(|name| name.value);
        let (below, harmless): (Vec<String>, Vec<String>) = names.partition(|name| name.ends_with('*'));
        let harmless_below = below.into_iter().map(|name| name.trim_end_matches('*').to_owned()).collect();
        Ok(Self {
            kinds,
            harmless_words: words(&says.harmless_words),
            harmless: harmless.into_iter().collect(),
            harmless_below,
        })
    }

    /// What a library of this name looks like a client of, if of anything.
    pub fn kind(&self, name: &str) -> Option<&str> {
        let is_below = |start: &String| name.starts_with(start.as_str());
        if self.harmless.contains(name) || self.harmless_below.iter().any(is_below) {
            return None;
        }
        let lower = name.to_ascii_lowercase();
        let parts: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        let holds = |words: &[Word]| words.iter().any(|word| parts.iter().any(|part| word.fits(part)));
        if holds(&self.harmless_words) {
            return None;
        }
        self.kinds.iter().find(|(_, words)| holds(words)).map(|(kind, _)| kind.as_str())
    }
}

impl Word {
    fn of(text: &str) -> Self {
        Self {
            text: text.trim_matches('*').to_owned(),
            open_before: text.starts_with('*'),
            open_behind: text.ends_with('*'),
        }
    }

    fn fits(&self, part: &str) -> bool {
        match (self.open_before, self.open_behind) {
            (false, false) => part == self.text,
            (false, true) => part.starts_with(&self.text),
            (true, false) => part.ends_with(&self.text),
            (true, true) => part.contains(&self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_is_told_by_the_words_of_its_name() {
        let text = "kinds:\n  queue: [kafka*, '*mq']\n  store: [cache, '*redis*']\nharmless-words: [types]\n\
                    harmless: [kafka-names, '@acme/*']\n";
        let clients = Clients::read(&DataFile::new("clients.yaml", text)).unwrap();
        for (name, kind) in [
            ("kafkajs", Some("queue")),
            ("github.com/zeromq/goczmq", Some("queue")),
            ("node-cache", Some("store")),
            ("github.com/x/GoRedisPool", Some("store")),
            ("nocache", None),
            ("@types/kafkajs", None),
            ("kafka-names", None),
            ("@acme/kafka", None),
            ("left-pad", None),
        ] {
            assert_eq!(clients.kind(name), kind, "{name}");
        }
    }

    #[test]
    fn a_mistake_is_told() {
        assert!(Clients::read(&DataFile::new("clients.yaml", "kind: {}\n")).is_err());
    }
}
