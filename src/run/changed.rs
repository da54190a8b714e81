//! A run that tells of what changed.
//!
//! Owns: which findings lie on lines that changed, the state of the tree before, and which of the other findings were not there
//! then. Does not own: what changed (`changes`), or how what a change exposes is told (`changes::exposed`).
//!
//! Findings are a function of the program. So what a change exposes elsewhere is what is found now and was not found before, and
//! that is asked only if there are findings on lines that did not change. A line that did not change stood somewhere before, and a
//! finding on it is the same if it began there. Files that did not change are parsed once for both.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::changes::Changes;
use crate::changes::exposed::{self, Cause};
use crate::changes::lines::LineIndex;
use crate::finding::{FileReport, Finding, Place, SkipReason};
use crate::source::manifest::Manifests;
use crate::source::{Ecosystem, FoundFile, Language, SourceFile, Span, Walked, walk};

use super::forest::{Forest, Tree};
use super::load::{Loaded, Opened};
use super::near::{Near, Touched};
use super::record::Analysed;
use super::{Job, RunError, judged};

/// At most so many lines of an edit are asked which functions they are in.
const MAX_LINES: u32 = 20_000;

/// Texts that stand for what is in files, by path.
pub(super) struct Overlay<'a>(FxHashMap<&'a Path, Option<&'a [u8]>>);

impl<'a> Overlay<'a> {
    /// Of two texts of a file the last counts.
    pub(super) fn of(texts: &'a [(PathBuf, Option<Vec<u8>>)]) -> Self {
        Self(texts.iter().map(|(path, text)| (path.as_path(), text.as_deref())).collect())
    }

    /// Leaves out the files that are to count as absent, and takes in those that are not there.
    pub(super) fn lay_over(&self, walked: &mut Walked, paths: &[PathBuf], directory: &Path) {
        if self.0.is_empty() {
            return;
        }
        walked.files.retain(|file| self.0.get(&*walk::tidy(&file.path)).is_none_or(Option::is_some));
        let known: FxHashSet<PathBuf> = walked.files.iter().map(|file| walk::tidy(&file.path)).collect();
        let mut absent: Vec<&Path> =
            self.0.iter().filter(|(_, text)| text.is_some()).map(|(path, _)| *path).collect();
        absent.retain(|path| !known.contains(*path));
        absent.sort_unstable();
        for path in absent {
            walk::put_back(walked, path, paths, directory);
        }
    }

    pub(super) fn put_manifests(&self, manifests: &mut Manifests) {
        let mut texts: Vec<(&Path, Option<&[u8]>)> =
            self.0.iter().map(|(path, text)| (*path, *text)).collect();
        texts.sort_unstable();
        for (path, text) in texts {
            manifests.put(path, text);
        }
    }

    /// What stands for what is in a file.
    pub(super) fn text(&self, file: &FoundFile) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&*walk::tidy(&file.path)).copied().flatten()
    }
}

/// What changed, as a run sees it.
pub(super) struct Change {
    changes: Changes,
    /// The files of the run that changed: which of the changes, and their lines.
    files: FxHashMap<usize, (usize, LineIndex)>,
    /// The files as they were read.
    kept: Vec<Result<Opened, SkipReason>>,
    walked: Walked,
}

impl Change {
    pub(super) fn of(changes: Changes, opened: Vec<Result<Opened, SkipReason>>, forest: &Forest) -> Self {
        let positions: FxHashMap<PathBuf, usize> =
            forest.walked.files.iter().enumerate().map(|(at, file)| (walk::tidy(&file.path), at)).collect();
        let mut files = FxHashMap::default();
        for (number, file) in changes.files.iter().enumerate() {
            let position = file.now.as_ref().and_then(|path| positions.get(path));
            if let Some((position, Some(text))) = position.map(|at| (*at, &forest.texts[*at])) {
                files.insert(position, (number, LineIndex::of(&text.text)));
            }
        }
        let keep = |(opened, loaded): (Result<Opened, SkipReason>, &Loaded)| {
            let facts = loaded.read.as_ref().and_then(|read| read.opened.facts.clone());
            opened.map(|opened| Opened { facts, ..opened })
        };
        let kept = opened.into_iter().zip(&forest.loaded).map(keep).collect();
        let walked = Walked { files: forest.walked.files.clone(), ..Walked::default() };
        Self { changes, files, kept, walked }
    }

    /// What cannot be told of the change.
    pub(super) fn problems(&self) -> &[String] {
        &self.changes.problems
    }

    /// How many of the files that are looked at changed.
    pub(super) fn files_among(&self, files: &[FileReport]) -> usize {
        self.files.keys().filter(|position| files[**position].is_looked_at()).count()
    }

    /// Whether one of the lines of a place changed.
    pub(super) fn touches(&self, place: Place) -> bool {
        self.files.get(&place.file).is_some_and(|(number, index)| {
            let last = index.line_of(place.span.end.saturating_sub(1).max(place.span.start));
            let edits = &self.changes.files[*number].edits;
            (index.line_of(place.span.start)..=last).any(|line| edits.touch(line))
        })
    }

    /// Whether a line of a finding changed: of its own place, or of one that explains it.
    pub(super) fn touches_any(&self, finding: &Finding) -> bool {
        places(finding).any(|place| self.touches(place))
    }

    /// The lines that changed in files that are looked at; where lines were only taken out, the one above.
    pub(super) fn touched(&self, forest: &Forest) -> Vec<Touched> {
        let mut positions: Vec<usize> = self.files.keys().copied().collect();
        positions.sort_unstable();
        positions.retain(|position| forest.loaded[*position].is_looked_at());
        let of_file = |file: usize| {
            let (number, index) = &self.files[&file];
            let source = forest.texts[file].as_ref()?;
            let edits = self.changes.files[*number].edits.iter();
            let edits = edits.map(|edit| {
                let lines = if edit.now.is_empty() {
                    edit.now.start.saturating_sub(1)..edit.now.start.max(1)
                } else {
                    edit.now.start
                        ..edit.now.end.min(index.count()).min(edit.now.start.saturating_add(MAX_LINES))
                };
                let spans = lines.map(|line| shown(source, index.start_of(line)));
                if edit.now.is_empty() {
                    // What stood behind the line above may have been in what begins on it, and in nothing that ends on it.
                    return spans.map(|span| (span, span.end)).collect();
                }
                spans.filter(|span| !span.is_empty()).map(|span| (span, span.start)).collect()
            });
            Some(Touched { file, edits: edits.collect() })
        };
        positions.into_iter().filter_map(of_file).collect()
    }

    /// Of findings on lines that did not change, those that were not there before, as they are told; and how many were.
    pub(super) fn exposed(
        self,
        job: &Job<'_>,
        forest: &Forest,
        unchanged: Vec<Finding>,
        near: &[(Ecosystem, Near)],
    ) -> Result<(Vec<Finding>, usize), RunError> {
        let families = families(&self.changes);
        let family = |finding: &Finding| forest.walked.files[finding.primary.file].language.ecosystem();
        let count = unchanged.len();
        let mut asked = unchanged;
        // What is asked of the syntax of a file by itself is exposed by no other line.
        asked.retain(|finding| families.contains(&family(finding)) && !job.rules.is_query(&finding.rule.id));
        if asked.is_empty() {
            return Ok((Vec::new(), count));
        }
        let wanted: BTreeSet<Ecosystem> = asked.iter().map(family).collect();
        let before = self.found_before(job, forest, &wanted)?;
        asked.retain(|finding| self.key_before(forest, finding).is_none_or(|key| !before.contains(&key)));
        let count = count - asked.len();
        let with_cause = |finding: Finding| {
            let near = near.iter().find(|(of, _)| *of == family(&finding)).map(|(_, near)| near);
            let found = near.and_then(|near| near.cause(&places(&finding).collect::<Vec<_>>()));
            let cause =
                found.map(|(spot, is_own)| Cause { place: spot.place, symbol: spot.symbol.clone(), is_own });
            (finding, cause)
        };
        crate::engine::shorten(&mut asked);
        Ok((exposed::tell(asked.into_iter().map(with_cause).collect()), count))
    }

    /// Where a finding would have been found before; none in a file that was not there.
    fn key_before(&self, forest: &Forest, finding: &Finding) -> Option<Key> {
        let Place { file, span } = finding.primary;
        let text = forest.texts[file].as_ref()?;
        let path = walk::tidy(&forest.walked.files[file].path);
        match self.files.get(&file) {
            Some((number, index)) => {
                let changed = &self.changes.files[*number];
                let line = index.line_of(span.start);
                let column = span.start - index.start_of(line);
                Some(Key {
                    rule: finding.rule.id.clone(),
                    path: changed.before.clone()?,
                    line: changed.edits.before(line)?,
                    column,
                })
            }
            None => Some(Key::of(finding, path, &LineIndex::of(&text.text))),
        }
    }

    /// What was found before.
    fn found_before(
        &self,
        job: &Job<'_>,
        forest: &Forest,
        wanted: &BTreeSet<Ecosystem>,
    ) -> Result<FxHashSet<Key>, RunError> {
        let Analysed { forest: mut before, programs } = job.found(self.tree_before(job, forest))?;
        let mut keys = FxHashSet::default();
        let mut by_file: FxHashMap<usize, Vec<Finding>> = FxHashMap::default();
        let programs = programs.into_iter().filter(|(ecosystem, _)| wanted.contains(ecosystem));
        for finding in programs.flat_map(|(_, matched)| matched.findings) {
            by_file.entry(finding.primary.file).or_default().push(finding);
        }
        let mut positions: Vec<usize> = by_file.keys().copied().collect();
        positions.sort_unstable();
        for file in positions {
            let (found, Some(findings)) = (&before.walked.files[file], by_file.remove(&file)) else {
                continue;
            };
            let Some(read) = before.loaded[file].read.take() else { continue };
            let index = LineIndex::of(&read.opened.source.text);
            let path = walk::tidy(&found.path);
            let judged = judged(job, &found.path, read.seen.ignores, findings, file);
            let shown = judged.kept.iter().filter(|finding| job.settings.shows(&found.path, finding));
            keys.extend(shown.map(|finding| Key::of(finding, path.clone(), &index)));
        }
        Ok(keys)
    }

    /// The tree before the change.
    fn tree_before(&self, job: &Job<'_>, forest: &Forest) -> Tree {
        let texts = self.changes.before();
        let overlay = Overlay::of(&texts);
        let mut walked = self.walked.clone();
        walked.unread.clone_from(&forest.walked.unread);
        let kept: FxHashMap<&Path, &Result<Opened, SkipReason>> = self
            .walked
            .files
            .iter()
            .zip(&self.kept)
            .map(|(file, opened)| (file.path.as_path(), opened))
            .collect();
        overlay.lay_over(&mut walked, &job.settings.paths, &forest.directory);
        let mut manifests = forest.manifests.clone();
        overlay.put_manifests(&mut manifests);
        let aids = job.aids;
        let open = |(): &mut (), _: usize, file: &FoundFile| match (overlay.text(file), kept.get(&*file.path))
        {
            (Some(text), _) => Opened::open(file, Some(text), aids),
            (None, Some(opened)) => (*opened).clone(),
            (None, None) => Err(SkipReason::Excluded),
        };
        let opened = aids.pool.map(&walked.files, || (), open, |message| Err(SkipReason::Failed(message)));
        Tree { walked, manifests, opened, directory: forest.directory.clone(), buffer: None }
    }
}

/// What tells a finding among those of one state of the tree.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    rule: String,
    path: PathBuf,
    line: u32,
    column: u32,
}

impl Key {
    fn of(finding: &Finding, path: PathBuf, index: &LineIndex) -> Self {
        let start = finding.primary.span.start;
        let line = index.line_of(start);
        Self { rule: finding.rule.id.clone(), path, line, column: start - index.start_of(line) }
    }
}

fn places(finding: &Finding) -> impl Iterator<Item = Place> {
    std::iter::once(finding.primary).chain(finding.evidence.iter().map(|evidence| evidence.place))
}

/// The language families in which something changed; what says how modules are named counts for all.
fn families(changes: &Changes) -> BTreeSet<Ecosystem> {
    let paths = changes.files.iter().flat_map(|file| [&file.now, &file.before]).flatten();
    let mut families = BTreeSet::new();
    for path in paths {
        match Language::of(path) {
            Some(language) => drop(families.insert(language.ecosystem())),
            None => families.extend([Ecosystem::Ecmascript, Ecosystem::Go]),
        }
    }
    families
}

/// A line without blanks around it.
fn shown(source: &SourceFile, start: u32) -> Span {
    let span = source.line_span(source.line_of(start));
    let text = span.of(&source.text);
    let length = |text: &str| u32::try_from(text.len()).unwrap_or_default();
    let begins = span.start + length(text) - length(text.trim_start());
    Span::new(begins, (begins + length(text.trim())).max(begins))
}
