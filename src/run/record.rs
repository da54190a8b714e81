//! What was found in a tree, as it is remembered.
//!
//! Owns: all that findings hang on, and their shape on the disk. Does not own: where they lie (`memory`), or what is made of them:
//! comments, the baseline, the configuration's severities and the day count anew in every run.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Job;
use super::forest::{Forest, Tree};
use super::importable;
use super::load::{Loaded, Read, Seen};
use super::near::Near;
use super::queries::Answers;
use super::whole::Matched;
use crate::cache::{Digest, Digester};
use crate::facts::outline::Outline;
use crate::finding::coverage::Coverage;
use crate::finding::{
    Confidence, Evidence, FileStatus, Finding, Identity, Place, RuleInfo, SkipReason, Unfinished, Unmodelled,
};
use crate::source::Ecosystem;

/// What was found in a tree.
#[derive(Serialize, Deserialize)]
pub(super) struct Record {
    /// Of each file, in order.
    files: Vec<FileRecord>,
    /// Of each language family.
    programs: Vec<ProgramRecord>,
}

/// What came of a file.
#[derive(Serialize, Deserialize)]
struct FileRecord {
    status: FileStatus,
    /// If it was linked.
    seen: Option<Seen>,
}

/// What was found in the files of one language family.
#[derive(Serialize, Deserialize)]
struct ProgramRecord {
    ecosystem: Ecosystem,
    findings: Vec<FindingRecord>,
    coverage: Coverage,
    unfinished: Vec<(usize, Unfinished)>,
    manifest_problems: Vec<String>,
    unmodelled: Vec<Unmodelled>,
}

/// A finding, with its rule by id.
#[derive(Serialize, Deserialize)]
struct FindingRecord {
    rule: String,
    confidence: Confidence,
    message: String,
    primary: Place,
    label: Option<String>,
    evidence: Vec<Evidence>,
    gathers: bool,
    cause: Option<Place>,
    notes: Vec<String>,
    symbol: String,
}

/// What was found in each language family.
pub(super) type Programs = Vec<(Ecosystem, Matched)>;

/// A tree with what was found in it.
pub(super) struct Analysed {
    pub(super) forest: Forest,
    pub(super) programs: Programs,
}

/// What everything hangs on that is found in a tree: its files, what says how modules are named, models, and which rules run.
pub(super) fn key(job: &Job<'_>, tree: &Tree) -> Digest {
    let mut all = Digester::default();
    all.add(job.rules.own_data.bytes());
    job.chosen.iter().for_each(|rule| all.add(rule.id.as_bytes()));
    all.add(format!("{:?}", job.rules.code.choices.checked).as_bytes());
    all.add(tree.directory.as_os_str().as_encoded_bytes());
    all.add(format!("{:?}", tree.buffer).as_bytes());
    for (file, opened) in tree.walked.files.iter().zip(&tree.opened) {
        all.add(file.path.as_os_str().as_encoded_bytes());
        all.add(file.shown.as_bytes());
        all.add(file.below.as_bytes());
        match opened {
            Ok(opened) => {
                all.add(opened.digest.as_ref().map_or(&[], Digest::bytes));
                all.add(&[opened.kind.map_or(0, |kind| kind as u8 + 1), u8::from(opened.told)]);
            }
            Err(reason) => all.add(format!("{reason:?}").as_bytes()),
        }
    }
    for path in &tree.walked.unread {
        all.add(path.as_os_str().as_encoded_bytes());
    }
    for manifest in &tree.manifests.found {
        all.add(manifest.path.as_os_str().as_encoded_bytes());
        all.add(manifest.text.as_bytes());
    }
    for (root, holds_all) in importable::roots(&tree.walked.files) {
        all.add(root.as_os_str().as_encoded_bytes());
        all.add(&[u8::from(holds_all)]);
    }
    all.end()
}

impl Record {
    /// What was found; none if another run might find something else, since time ran out or the analysis failed inside.
    pub(super) fn of(forest: &Forest, programs: &[(Ecosystem, Matched)]) -> Option<Self> {
        let chance = |file: &Loaded| {
            matches!(file.status, FileStatus::Skipped(SkipReason::TimedOut | SkipReason::Failed(_)))
                || file.read.as_ref().is_some_and(|read| read.seen.cut_short)
        };
        if forest.loaded.iter().any(chance) {
            return None;
        }
        let mut files: Vec<FileRecord> = forest.loaded.iter().map(FileRecord::of).collect();
        let found = programs.iter().flat_map(|(_, matched)| &matched.findings);
        let mut has_findings = vec![false; files.len()];
        found.for_each(|finding| has_findings[finding.primary.file] = true);
        for (file, has_findings) in files.iter_mut().zip(has_findings) {
            // Only findings are ever asked in which statement they are.
            if let Some(seen) = file.seen.as_mut().filter(|_| !has_findings) {
                seen.outline = Outline::default();
            }
        }
        Some(Self { files, programs: programs.iter().map(ProgramRecord::of).collect() })
    }

    /// The same for the tree that it is of; none if it does not fit, which takes a record that was tampered with.
    pub(super) fn restore(self, tree: &Tree, chosen: &[Arc<RuleInfo>]) -> Option<(Vec<Loaded>, Programs)> {
        if self.files.len() != tree.opened.len() {
            return None;
        }
        let sizes: Vec<u32> = tree.sizes();
        let fits = |place: &Place| sizes.get(place.file).is_some_and(|size| place.span.end <= *size);
        let mut programs = Vec::new();
        for program in self.programs {
            let findings = program.findings.into_iter().map(|finding| finding.restore(chosen, &fits));
            let matched = Matched {
                findings: findings.collect::<Option<Vec<Finding>>>()?,
                coverage: program.coverage,
                unfinished: program.unfinished,
                cut: Vec::new(),
                manifest_problems: program.manifest_problems,
                unmodelled: program.unmodelled,
                failures: Vec::new(),
                browser: Vec::new(),
                scripts: Vec::new(),
                near: Near::default(),
            };
            programs.push((program.ecosystem, matched));
        }
        let loaded = self.files.into_iter().zip(&tree.opened).map(|(file, opened)| {
            let read = match (file.seen, opened) {
                (Some(seen), Ok(opened)) => {
                    Some(Read { opened: opened.clone(), seen, answers: Answers::default() })
                }
                (None, _) => None,
                (Some(_), Err(_)) => return None,
            };
            Some(Loaded { status: file.status, read })
        });
        Some((loaded.collect::<Option<Vec<Loaded>>>()?, programs))
    }
}

impl FileRecord {
    fn of(file: &Loaded) -> Self {
        Self { status: file.status.clone(), seen: file.read.as_ref().map(|read| read.seen.clone()) }
    }
}

impl ProgramRecord {
    fn of((ecosystem, matched): &(Ecosystem, Matched)) -> Self {
        Self {
            ecosystem: *ecosystem,
            findings: matched.findings.iter().map(FindingRecord::of).collect(),
            coverage: matched.coverage,
            unfinished: matched.unfinished.clone(),
            manifest_problems: matched.manifest_problems.clone(),
            unmodelled: matched.unmodelled.clone(),
        }
    }
}

impl FindingRecord {
    fn of(finding: &Finding) -> Self {
        let finding = finding.clone();
        Self {
            rule: finding.rule.id.clone(),
            confidence: finding.confidence,
            message: finding.message,
            primary: finding.primary,
            label: finding.label,
            evidence: finding.evidence,
            gathers: finding.gathers,
            cause: finding.cause,
            notes: finding.notes,
            symbol: finding.symbol,
        }
    }

    fn restore(self, chosen: &[Arc<RuleInfo>], fits: &impl Fn(&Place) -> bool) -> Option<Finding> {
        let places = self.evidence.iter().map(|evidence| &evidence.place);
        if !places.chain([&self.primary]).chain(&self.cause).all(fits) {
            return None;
        }
        let rule = chosen.iter().find(|rule| rule.id == self.rule)?;
        Some(Finding {
            rule: Arc::clone(rule),
            confidence: self.confidence,
            message: self.message,
            primary: self.primary,
            label: self.label,
            evidence: self.evidence,
            gathers: self.gathers,
            cause: self.cause,
            notes: self.notes,
            symbol: self.symbol,
            identity: Identity::default(),
        })
    }
}
