//! Every file of a run: found and read, then parsed and lowered.
//!
//! Owns: the order of these, which texts stand for what is on the disk, and handing the facts to the linker. Does not own: any of
//! the steps, or what is found.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::cache::Cache;
use crate::facts::Facts;
use crate::finding::SkipReason;
use crate::models::code::{Code, Kind, Side};
use crate::rules::Rule;
use crate::source::manifest::Manifests;
use crate::source::{Ecosystem, FoundFile, SourceFile, Walked, manifest, walk};
use crate::syntax::Parsers;

use super::changed::Overlay;
use super::load::{Loaded, Opened};
use super::memory::Memory;
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
pub(super) struct Tree {
    pub(super) walked: Walked,
    pub(super) manifests: Manifests,
    /// Of each file its text, or why it is left out.
    pub(super) opened: Vec<Result<Opened, SkipReason>>,
    pub(super) directory: PathBuf,
    /// The position of the file that a text stands for.
    pub(super) buffer: Option<usize>,
}

/// What a tree is read with.
#[derive(Clone, Copy)]
pub(super) struct Aids<'a> {
    pub(super) code: &'a Code,
    pub(super) pool: &'a Pool,
    pub(super) memory: &'a Memory<'a>,
    pub(super) progress: &'a Progress,
    /// Rules to ask of the syntax of each file.
    pub(super) asking: &'a [&'a Rule],
}

/// A tree of which every file was understood as far as it goes.
pub(super) struct Forest {
    pub(super) walked: Walked,
    pub(super) manifests: Manifests,
    pub(super) loaded: Vec<Loaded>,
    pub(super) texts: Vec<Option<Arc<SourceFile>>>,
    pub(super) directory: PathBuf,
    /// The position of the file that a text stands for.
    pub(super) buffer: Option<usize>,
}

impl Tree {
    /// Walks and reads.
    pub(super) fn open(
        paths: &[PathBuf],
        laid: &Laid<'_>,
        directory: &Path,
        aids: Aids<'_>,
    ) -> Result<Self, RunError> {
        let timing = aids.pool.timing();
        timing.stage("finding files");
        let (buffer, texts) = (laid.buffer, laid.texts);
        let mut walked = walk::walk(paths, directory, aids.pool.size())?;
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
        timing.stage("reading");
        let opened = aids.pool.map(
            &walked.files,
            || (),
            |(), position, file| Opened::open(file, text(position, file), aids),
            |message| Err(SkipReason::Failed(message)),
        );
        Ok(Self { walked, manifests, opened, directory: directory.to_path_buf(), buffer: own })
    }

    /// Parses and lowers.
    pub(super) fn understand(self, aids: Aids<'_>) -> Forest {
        let timing = aids.pool.timing();
        timing.stage("parsing and lowering");
        aids.progress.begin(Phase::Reading, self.walked.files.len());
        let files: Vec<(&FoundFile, &Result<Opened, SkipReason>)> =
            self.walked.files.iter().zip(&self.opened).collect();
        let mut loaded = aids.pool.map(
            &files,
            Parsers::default,
            |parsers, _, (file, opened)| {
                let loaded = Loaded::of(opened, parsers, file, aids);
                aids.progress.tick();
                loaded
            },
            |message| Loaded::skipped(SkipReason::Failed(message)),
        );
        mark_packages(&aids.code.packages(&self.manifests.found), &self.walked.files, &mut loaded);
        mark_run_by_hand(&aids.code.run_by_hand(&self.manifests.found), &self.walked.files, &mut loaded);
        self.with(loaded)
    }

    /// How long the text of each file is, in bytes; nothing for those that were not read.
    pub(super) fn sizes(&self) -> Vec<u32> {
        let size = |opened: &Result<Opened, SkipReason>| {
            opened.as_ref().map_or(0, |opened| u32::try_from(opened.source.text.len()).unwrap_or(u32::MAX))
        };
        self.opened.iter().map(size).collect()
    }

    /// The same with what came of its files.
    pub(super) fn with(self, loaded: Vec<Loaded>) -> Forest {
        let source = |file: &Loaded| file.read.as_ref().map(|read| Arc::clone(&read.opened.source));
        let texts = loaded.iter().map(source).collect();
        let Self { walked, manifests, directory, buffer, .. } = self;
        Forest { walked, manifests, loaded, texts, directory, buffer }
    }
}

impl Forest {
    /// Walks, reads, parses and lowers; nothing is remembered.
    pub(super) fn load(
        paths: &[PathBuf],
        directory: &Path,
        code: &Code,
        pool: &Pool,
    ) -> Result<Self, RunError> {
        let laid = Laid { buffer: None, texts: &Overlay::of(&[]) };
        let (cache, progress) = (Cache::default(), Progress::default());
        let memory = Memory::of(&cache, directory, paths);
        let aids = Aids { code, pool, memory: &memory, progress: &progress, asking: &[] };
        Ok(Tree::open(paths, &laid, directory, aids)?.understand(aids))
    }

    /// What the linker is to know of the tree beside the facts.
    pub(super) fn tree<'t>(&'t self, code: &'t Code) -> TreeFiles<'t> {
        TreeFiles {
            files: &self.walked.files,
            unread: &self.walked.unread,
            manifests: &self.manifests.found,
            directory: &self.directory,
            code,
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
        let unless_used = loaded.is_script_unless_used();
        Some(FileFacts { position, looked_at, side, script, told, unless_used, facts: loaded.take_facts()? })
    });
    facts.collect()
}

pub(super) fn parts_of(facts: Vec<FileFacts>, texts: &[Option<Arc<SourceFile>>]) -> Vec<Part<'_>> {
    let part = |FileFacts { position, looked_at, side, script, told, unless_used, facts }| {
        let text = &texts[position].as_ref()?.text;
        Some(Part { position, text, facts, looked_at, side, script, told, unless_used })
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
    pub(super) unless_used: bool,
    pub(super) facts: Arc<Facts>,
}
