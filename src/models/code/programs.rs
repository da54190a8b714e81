//! Go programs that end by themselves: the words, packages and roles that tell what may go on.
//!
//! Owns: reading these lists. Does not own: what a program reaches (`program`).

use rustc_hash::FxHashSet;
use serde::Deserialize;

use super::is_of;

/// How Go programs are told that end by themselves and keep nothing, from those that serve.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Programs {
    /// Words in the names of calls that may go on for ever, where nothing else is known of them.
    waiting: FxHashSet<String>,
    /// Packages of which even such calls end with what they run.
    ending: FxHashSet<String>,
    /// Packages that only a program which goes on uses.
    serving: FxHashSet<String>,
    /// The first words of roles that keep something, or wait for others.
    keeping: FxHashSet<String>,
}

impl Programs {
    /// Whether a call of this name may go on for ever.
    pub fn is_waiting(&self, name: &str) -> bool {
        let begins =
            name.char_indices().filter(|(at, letter)| *at > 0 && letter.is_uppercase() || *letter == '_');
        let mut ends: Vec<usize> = begins.map(|(at, _)| at).collect();
        ends.push(name.len());
        let mut start = 0;
        ends.into_iter().any(|end| {
            let word = name[start..end].trim_matches('_').to_lowercase();
            start = end;
            self.waiting.contains(&word)
        })
    }

    /// Whether the calls of a package end with what they run.
    pub fn is_ending(&self, module: &str) -> bool {
        is_of(&self.ending, module)
    }

    /// Whether only a program which goes on uses a package.
    pub fn is_serving(&self, module: &str) -> bool {
        is_of(&self.serving, module)
    }

    /// Whether a role keeps something, or waits for others.
    pub fn keeps(&self, role: &str) -> bool {
        self.keeping.contains(role.split('.').next().unwrap_or(role))
    }
}
