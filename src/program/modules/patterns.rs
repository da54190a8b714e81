//! Tables of names with at most one `*`, as `paths`, `exports` and `imports` have them.
//!
//! Owns: which entry a name falls under. Does not own: where the targets are.

use rustc_hash::FxHashMap;

/// How many `*` of a target are replaced: one for a compiler, all for who runs the code, and nobody writes more than two.
const MAX_STARS: usize = 4;

/// Names and what they stand for.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    exact: FxHashMap<String, Vec<String>>,
    /// The longest prefix first, as compilers take them.
    wild: Vec<Wild>,
}

#[derive(Debug)]
struct Wild {
    prefix: String,
    suffix: String,
    targets: Vec<String>,
}

/// The entry that a name falls under.
pub(super) struct Match<'a> {
    /// What it stands for, in order; none where the entry forbids the name.
    targets: &'a [String],
    /// What the `*` of the entry covers.
    star: Option<&'a str>,
    /// The entry is `*`, which every name falls under.
    pub(super) catch_all: bool,
}

impl Patterns {
    pub(super) fn new(entries: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        let mut patterns = Self::default();
        for (name, targets) in entries {
            match name.split_once('*') {
                Some((prefix, suffix)) => {
                    let (prefix, suffix) = (prefix.to_owned(), suffix.to_owned());
                    patterns.wild.push(Wild { prefix, suffix, targets });
                }
                None => drop(patterns.exact.insert(name, targets)),
            }
        }
        patterns.wild.sort_by_key(|wild| std::cmp::Reverse((wild.prefix.len(), wild.suffix.len())));
        patterns
    }

    pub(super) fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.wild.is_empty()
    }

    pub(super) fn find<'a>(&'a self, name: &'a str) -> Option<Match<'a>> {
        if let Some(targets) = self.exact.get(name) {
            return Some(Match { targets, star: None, catch_all: false });
        }
        self.wild.iter().find_map(|wild| {
            let star = name.strip_prefix(wild.prefix.as_str())?.strip_suffix(wild.suffix.as_str())?;
            let catch_all = wild.prefix.is_empty() && wild.suffix.is_empty();
            Some(Match { targets: &wild.targets, star: Some(star), catch_all })
        })
    }
}

impl Match<'_> {
    pub(super) fn is_forbidden(&self) -> bool {
        self.targets.is_empty()
    }

    /// What the name stands for, in order.
    pub(super) fn targets(&self) -> impl Iterator<Item = String> {
        self.targets.iter().map(|target| match self.star {
            Some(star) => target.replacen('*', star, MAX_STARS),
            None => target.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(patterns: &Patterns, name: &str) -> Vec<String> {
        patterns.find(name).map_or_else(Vec::new, |found| found.targets().collect())
    }

    #[test]
    fn the_longest_prefix_wins_and_exact_names_before_it() {
        let entry = |name: &str, target: &str| (name.to_owned(), vec![target.to_owned()]);
        let patterns = Patterns::new([
            entry("*", "any/*"),
            entry("@a/*", "short/*"),
            entry("@a/b/*", "long/*"),
            entry("@a/b/*.js", "suffix/*"),
            entry("@a/x", "exact"),
            ("@a/no/*".to_owned(), Vec::new()),
        ]);
        assert_eq!(found(&patterns, "@a/x"), ["exact"]);
        assert_eq!(found(&patterns, "@a/y"), ["short/y"]);
        assert_eq!(found(&patterns, "@a/b/c"), ["long/c"]);
        assert_eq!(found(&patterns, "@a/b/c.js"), ["suffix/c"]);
        assert_eq!(found(&patterns, "z"), ["any/z"]);
        assert!(patterns.find("@a/no/z").unwrap().is_forbidden());
        assert!(patterns.find("z").unwrap().catch_all);
    }

    #[test]
    fn prefix_and_suffix_do_not_share_letters() {
        let patterns = Patterns::new([("aba*aba".to_owned(), vec!["x".to_owned()])]);
        assert!(patterns.find("aba").is_none() && patterns.find("ababa").is_none());
        assert!(patterns.find("abaaba").is_some());
    }
}
