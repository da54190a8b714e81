//! Every file of a run: found, read, parsed and lowered.
//!
//! Owns: the order of these, which texts stand for what is on the disk, and handing the facts to the linker. Does not own: any of
//! the steps, or what is found.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::Facts;
use crate::finding::SkipReason;
use crate::models::code::{Code, Kind, Side};
use crate::source::manifest::Manifests;
use crate::source::{Ecosystem, FoundFile, SourceFile, Walked, manifest, walk};
use crate::syntax::Parsers;

use super::changed::Overlay;
use super::load::Loaded;
use super::pool::Pool;
use super::progress::{Phase, Progress};
use super::whole::{Part, TreeFiles};
use super::{Buffer, RunError};

/// What stands for what is on the disk.
pub(super) struct Laid<'l> {
    /// What an editor holds.
    pub(super) buffer: Option<&'l Buffer>,
    pub(super) texts: &'l Overlay<'l>,
}

/// Every file below the paths, read, and what says how modules are named.
pub(super) struct Forest {
    pub(super) walked: Walked,
    pub(super) manifests: Manifests,
    pub(super) loaded: Vec<Loaded>,
    pub(super) texts: Vec<Option<Arc<SourceFile>>>,
    pub(super) directory: PathBuf,
    /// The position of the file that a text stands for.
    pub(super) buffer: Option<usize>,
}

impl Forest {
    /// Walks, reads, parses and lowers.
    pub(super) fn load(
        paths: &[PathBuf],
        directory: &Path,
        code: &Code,
        pool: &Pool,
    ) -> Result<Self, RunError> {
        let laid = Laid { buffer: None, texts: &Overlay::of(&[]) };
        Self::load_with(paths, &laid, directory, code, (pool, &Progress::default()))
    }

    /// The same, with texts that stand for what is in some of them.
    pub(super) fn load_with(
        paths: &[PathBuf],
        laid: &Laid<'_>,
        directory: &Path,
        code: &Code,
        (pool, progress): (&Pool, &Progress),
    ) -> Result<Self, RunError> {
        let (buffer, texts) = (laid.buffer, laid.texts);
        let mut walked = walk::walk(paths, directory)?;
        texts.lay_over(&mut walked, paths, directory);
        let own = buffer.map(|buffer| {
            let position = walk::take_in(&mut walked, &buffer.path, directory);
            position.ok_or_else(|| {
                let words = "not a TypeScript, JavaScript or Go file".to_owned();
                RunError::NotAnalysed(walk::show(&buffer.path, directory), words)
            })
        });
        let own = own.transpose()?;
        let text = |position: usize, file: &FoundFile| match buffer.filter(|_| own == Some(position)) {
            Some(buffer) => Some(buffer.bytes.as_slice()),
            None => texts.text(file),
        };
        let mut manifests = manifest::collect(&walked, paths, directory);
        texts.put_manifests(&mut manifests);
        progress.begin(Phase::Reading, walked.files.len());
        let loaded = pool.map(
            &walked.files,
            Parsers::default,
            |parsers, position, file| {
                let loaded = Loaded::load(parsers, file, code, text(position, file));
                progress.tick();
                loaded
            },
            |message| Loaded::skipped(SkipReason::Failed(message)),
        );
        Ok(Self { buffer: own, ..Self::of_loaded(walked, manifests, loaded, code, directory) })
    }

    /// Of files that are parsed already.
    pub(super) fn of_loaded(
        walked: Walked,
        manifests: Manifests,
        mut loaded: Vec<Loaded>,
        code: &Code,
        directory: &Path,
    ) -> Self {
        mark_packages(&code.packages(&manifests.found), &walked.files, &mut loaded);
        mark_run_by_hand(&code.run_by_hand(&manifests.found), &walked.files, &mut loaded);
        let source = |file: &Loaded| file.read.as_ref().map(|read| Arc::clone(&read.source));
        let texts = loaded.iter().map(source).collect();
        Self { walked, manifests, loaded, texts, directory: directory.to_path_buf(), buffer: None }
    }

    /// What the linker is to know of the tree beside the facts.
    pub(super) fn tree(&self) -> TreeFiles<'_> {
        TreeFiles {
            files: &self.walked.files,
            unread: &self.walked.unread,
            manifests: &self.manifests.found,
            directory: &self.directory,
        }
    }
}

/// Marks the files of packages that are of one kind as a whole; the package of a file is the nearest one around it.
fn mark_packages(packages: &[(PathBuf, Option<Kind>)], files: &[FoundFile], loaded: &mut [Loaded]) {
    if packages.iter().all(|(_, kind)| kind.is_none()) {
        return;
    }
    let packages: FxHashMap<&Path, Option<Kind>> =
        packages.iter().map(|(folder, kind)| (folder.as_path(), *kind)).collect();
    for (file, loaded) in files.iter().zip(loaded) {
        let path = walk::tidy(&file.path);
        let around = path.ancestors().find_map(|folder| packages.get(folder)).copied().flatten();
        // What is named outright is looked at.
        let kind = around.filter(|kind| !file.below.is_empty() || kind.left_out().is_none());
        if let Some(kind) = kind
            && file.language.ecosystem() == Ecosystem::Ecmascript
        {
            loaded.mark(kind);
        }
    }
}

/// Marks the files that a package has a person start. What is named outright is looked at.
fn mark_run_by_hand(started: &FxHashSet<PathBuf>, files: &[FoundFile], loaded: &mut [Loaded]) {
    for (file, loaded) in files.iter().zip(loaded) {
        if !file.below.is_empty() && !started.is_empty() && started.contains(&walk::tidy(&file.path)) {
            loaded.mark(Kind::Script);
        }
    }
}

/// The facts of the files of one language family that are to be linked, which are then the linker's.
pub(super) fn facts_of(ecosystem: Ecosystem, files: &[FoundFile], loaded: &mut [Loaded]) -> Vec<FileFacts> {
    let files = files.iter().zip(loaded).enumerate();
    let own = files.filter(|(_, (file, _))| file.language.ecosystem() == ecosystem);
    let facts = own.filter_map(|(position, (_, loaded))| {
        let (looked_at, side) = (loaded.is_looked_at(), loaded.side());
        let (script, told) = (loaded.is_script(), loaded.is_told());
        Some(FileFacts { position, looked_at, side, script, told, facts: loaded.take_facts()? })
    });
    facts.collect()
}

pub(super) fn parts_of(facts: Vec<FileFacts>, texts: &[Option<Arc<SourceFile>>]) -> Vec<Part<'_>> {
    let part = |FileFacts { position, looked_at, side, script, told, facts }| {
        let text = &texts[position].as_ref()?.text;
        Some(Part { position, text, facts, looked_at, side, script, told })
    };
    facts.into_iter().filter_map(part).collect()
}

/// The facts of one file on their way to the linker.
pub(super) struct FileFacts {
    pub(super) position: usize,
    pub(super) looked_at: bool,
    pub(super) side: Side,
    pub(super) script: bool,
    pub(super) told: bool,
    pub(super) facts: Facts,
}
