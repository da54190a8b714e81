//! Which findings a baseline knows, and which of its entries have none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Baseline;
use crate::finding::{BaselineEntry, BaselineUse, FileReport, FileStatus, Finding};
use crate::fingerprint;
use crate::source::walk::tidy;

/// What a run found, before anything was gathered.
pub struct Findings {
    /// What is to be shown, by file and place.
    pub shown: Vec<Finding>,
    /// What is below the asked severity or confidence: its entries are not stale.
    pub below: Vec<Finding>,
}

/// What a run looked at.
pub struct Seen<'r> {
    /// The working directory.
    pub directory: &'r Path,
    /// What was named.
    pub paths: &'r [PathBuf],
    /// The files, and where they lie.
    pub files: &'r [FileReport],
    /// Where they lie.
    pub places: &'r [PathBuf],
    /// The only file that was told of, if not all were.
    pub only: Option<usize>,
    /// The rules that ran.
    pub ran: BTreeSet<&'r str>,
    /// Every rule there is.
    pub known: &'r BTreeSet<String>,
}

/// Takes the findings that a baseline knows out of what is to be shown, and tells what became of its entries.
pub fn compare(baseline: &Baseline, seen: &Seen<'_>, findings: &mut Findings) -> BaselineUse {
    let mut matching = Matching::of(baseline, seen);
    let Findings { shown, below } = findings;
    let all = || shown.iter().chain(below.iter());
    let mut entries: Vec<Option<usize>> = all().map(|finding| matching.take_exact(finding)).collect();
    for (entry, finding) in entries.iter_mut().zip(all()) {
        if entry.is_none() {
            *entry = matching.take_moved(finding);
        }
    }
    let mut used = BaselineUse { path: baseline.shown.clone(), ..BaselineUse::default() };
    for (entry, finding) in entries.iter().zip(all()) {
        let now = matching.entry_of(finding);
        match entry.map(|entry| &baseline.entries[entry]) {
            Some(entry) if *entry == now => used.kept.push(now),
            Some(entry) => used.moved.push((entry.clone(), now)),
            None => {}
        }
    }
    let known = entries.iter().zip(shown.iter()).filter(|(entry, _)| entry.is_some());
    used.hidden = known.count();
    used.new = shown
        .iter()
        .zip(&entries)
        .filter(|(_, entry)| entry.is_none())
        .map(|(finding, _)| matching.entry_of(finding))
        .collect();
    for (entry, taken) in baseline.entries.iter().zip(&matching.taken) {
        if !taken {
            let stale = matching.is_stale(entry);
            if stale { used.stale.push(entry.clone()) } else { used.kept.push(entry.clone()) }
        }
    }
    let mut entries = entries.into_iter();
    shown.retain(|_| entries.next().flatten().is_none());
    used
}

struct Matching<'a> {
    baseline: &'a Baseline,
    seen: &'a Seen<'a>,
    /// The path of each file as entries have it.
    paths: Vec<String>,
    positions: BTreeMap<String, usize>,
    /// Entries by path, rule and fingerprint.
    exact: BTreeMap<(&'a str, &'a str, &'a str), Vec<usize>>,
    /// Entries of files that are gone, by rule and fingerprint.
    gone: BTreeMap<(&'a str, &'a str), Vec<usize>>,
    /// Entries by path and rule.
    beside: BTreeMap<(&'a str, &'a str), Vec<usize>>,
    /// Which entries have found their finding.
    taken: Vec<bool>,
}

impl<'a> Matching<'a> {
    fn of(baseline: &'a Baseline, seen: &'a Seen<'a>) -> Self {
        let paths: Vec<String> =
            seen.places.iter().map(|place| baseline.path_of(place, seen.directory)).collect();
        let positions = paths.iter().enumerate().map(|(position, path)| (path.clone(), position)).collect();
        let taken = vec![false; baseline.entries.len()];
        let (exact, gone, beside) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut matching = Self { baseline, seen, paths, positions, exact, gone, beside, taken };
        for (index, entry) in baseline.entries.iter().enumerate() {
            let BaselineEntry { path, rule, fingerprint, .. } = entry;
            matching.exact.entry((path, rule, fingerprint)).or_default().push(index);
            matching.beside.entry((path, rule)).or_default().push(index);
            if !matching.positions.contains_key(path) && baseline.is_gone(path) {
                matching.gone.entry((rule, fingerprint)).or_default().push(index);
            }
        }
        matching
    }

    fn path(&self, finding: &Finding) -> &str {
        self.paths.get(finding.primary.file).map_or("", String::as_str)
    }

    fn entry_of(&self, finding: &Finding) -> BaselineEntry {
        BaselineEntry {
            path: self.path(finding).to_owned(),
            rule: finding.rule.id.clone(),
            symbol: finding.symbol.clone(),
            fingerprint: fingerprint::of(finding),
        }
    }

    /// The entry that says just this. Entries that are there twice, as merging may leave them, are one.
    fn take_exact(&mut self, finding: &Finding) -> Option<usize> {
        let print = fingerprint::of(finding);
        let key = (self.path(finding), finding.rule.id.as_str(), print.as_str());
        let entries = self.exact.get(&key)?.clone();
        for entry in &entries {
            self.taken[*entry] = true;
        }
        entries.first().copied()
    }

    /// An entry that nothing else has taken, whose function had another name or whose file lay elsewhere.
    fn take_moved(&mut self, finding: &Finding) -> Option<usize> {
        let print = fingerprint::of(finding);
        let rule = finding.rule.id.as_str();
        let renamed = self.beside.get(&(self.path(finding), rule)).into_iter().flatten();
        let renamed = renamed.copied().find(|entry| !self.taken[*entry] && self.is_renamed(*entry, finding));
        let elsewhere = || {
            let gone = self.gone.get(&(rule, print.as_str())).into_iter().flatten();
            gone.copied().find(|entry| !self.taken[*entry])
        };
        let entry = renamed.or_else(elsewhere)?;
        self.taken[entry] = true;
        Some(entry)
    }

    /// Whether a finding is that of an entry but for the name of what is around it, which no longer stands in the file.
    fn is_renamed(&self, entry: usize, finding: &Finding) -> bool {
        let BaselineEntry { symbol, fingerprint, .. } = &self.baseline.entries[entry];
        let source = self.seen.files.get(finding.primary.file).and_then(|file| file.source.as_ref());
        !symbol.is_empty()
            && fingerprint::with_symbol(finding, symbol) == *fingerprint
            && source.is_some_and(|source| symbol.split('.').any(|name| !has_name(&source.text, name)))
    }

    /// Whether this run would have found what an entry stands for, were it still there.
    fn is_stale(&self, entry: &BaselineEntry) -> bool {
        if self.seen.known.contains(&entry.rule) && !self.seen.ran.contains(entry.rule.as_str()) {
            return false;
        }
        let Some(&position) = self.positions.get(&entry.path) else {
            return self.seen.only.is_none()
                && self.is_below_paths(entry)
                && self.baseline.is_gone(&entry.path);
        };
        let told = self.seen.only.is_none_or(|only| only == position);
        let looked_at = match &self.seen.files[position].status {
            FileStatus::Checked | FileStatus::Partial { .. } => true,
            FileStatus::Skipped(reason) => !reason.is_gap(),
        };
        // Nor is anything gone that a query may not have come to.
        let unfinished = &self.seen.files[position].unfinished;
        told && looked_at && !unfinished.iter().any(|rule| rule.rule == entry.rule)
    }

    fn is_below_paths(&self, entry: &BaselineEntry) -> bool {
        let file = tidy(&self.baseline.folder.join(&entry.path));
        self.seen.paths.iter().any(|path| file.starts_with(tidy(&self.seen.directory.join(path))))
    }
}

/// Whether a name stands in a text as a word.
fn has_name(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part))
}
