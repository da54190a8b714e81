//! Which files make one program: what leads to a file by its imports, and all that these import.
//!
//! Owns: `Reach`, and words in the files of a program. Does not own: what an import means (`names`).

pub(super) mod ending;
pub(super) mod led_from;
mod methods;
pub(super) mod taken_whole;
pub mod used;

use std::sync::{Mutex, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use super::Program;
use super::modules::Target;
use crate::facts::ExprId;
use crate::source::Ecosystem;

/// Who imports whom. Files come first, then the packages of Go, each of which imports its files and is imported by them.
pub(super) struct Reach {
    imports: Vec<Vec<usize>>,
    importers: Vec<Vec<usize>>,
    /// Whether some program (Go) leads to a file.
    of_programs: Vec<bool>,
    /// Which files have one of some words in them, as far as anybody asked.
    worded: Mutex<FxHashMap<Vec<String>, Vec<Option<bool>>>>,
}

impl Reach {
    fn of(program: &Program<'_>) -> Self {
        let files = program.file_count();
        let packages = program.packages.iter().flatten().max().map_or(0, |last| last + 1);
        let mut reach = Self {
            imports: vec![Vec::new(); files + packages],
            importers: vec![Vec::new(); files + packages],
            of_programs: vec![false; files + packages],
            worded: Mutex::default(),
        };
        for (file, package) in program.packages.iter().enumerate() {
            if let Some(package) = package {
                reach.add(file, files + package);
                reach.add(files + package, file);
            }
        }
        for (file, target) in program.bindings.targets() {
            match target {
                Target::File(to) if *to < files => reach.add(file, *to),
                Target::Package(to) if *to < packages => reach.add(file, files + to),
                _ => {}
            }
        }
        let mains = (0..files).filter(|file| program.is_of_main(*file)).collect();
        for file in closure(&reach.imports, mains) {
            reach.of_programs[file] = true;
        }
        reach
    }

    fn add(&mut self, from: usize, to: usize) {
        self.imports[from].push(to);
        self.importers[to].push(from);
    }

    /// The files and packages of the programs that a file is a part of.
    fn program_of(&self, file: usize) -> Vec<usize> {
        self.programs_of(vec![file])
    }

    /// The same for several files.
    fn programs_of(&self, files: Vec<usize>) -> Vec<usize> {
        let around = closure(&self.importers, files);
        closure(&self.imports, around)
    }
}

/// All that some nodes lead to, themselves included.
fn closure(edges: &[Vec<usize>], mut found: Vec<usize>) -> Vec<usize> {
    let mut seen = vec![false; edges.len()];
    for node in &found {
        seen[*node] = true;
    }
    let mut at = 0;
    while let Some(node) = found.get(at).copied() {
        at += 1;
        for next in &edges[node] {
            if !std::mem::replace(&mut seen[*next], true) {
                found.push(*next);
            }
        }
    }
    found
}

impl Program<'_> {
    /// Whether a file is a part of some program: Go says which packages are programs, and the others may be only for others to import.
    pub(crate) fn is_of_a_program(&self, file: usize) -> bool {
        self.ecosystem != Ecosystem::Go || {
            let reach = self.reach.get_or_init(|| Reach::of(self));
            reach.of_programs.get(file).is_some_and(|is| *is)
        }
    }

    /// Whether the tree has programs (Go), and a file is of none of them: nothing runs it.
    pub(super) fn is_run_by_nothing(&self, file: usize) -> bool {
        let any_runs = || (0..self.file_count()).any(|file| self.looked_at[file] && self.is_of_main(file));
        self.ecosystem == Ecosystem::Go && !self.is_of_a_program(file) && any_runs()
    }

    fn is_of_main(&self, file: usize) -> bool {
        let package = self.parts.get(file).and_then(|part| part.package);
        package.is_some_and(|name| self.facts.name(name) == "main")
    }

    /// Whether a call is the only one of its role in the programs that it is a part of, in a function that one other calls or that
    /// a library runs.
    pub(crate) fn is_lone(&self, call: ExprId) -> bool {
        let Some(role) = self.role_use(call).map(|used| used.role) else { return false };
        let function = self.root_of(self.home(call));
        let is_for_one = match self.callers_of(function).len() {
            0 => self.handler(function).is_some(),
            callers => callers == 1,
        };
        let others = || self.uses.values().filter(|used| used.role == role && used.expr != call);
        is_for_one && {
            let reach = self.reach.get_or_init(|| Reach::of(self));
            let files = reach.program_of(self.file_of_expr(call));
            !others().any(|used| files.contains(&self.file_of_expr(used.expr)))
        }
    }

    /// The files of all programs that some files are parts of.
    pub(super) fn around(&self, files: &FxHashSet<usize>) -> FxHashSet<usize> {
        let reach = self.reach.get_or_init(|| Reach::of(self));
        let found = reach.programs_of(files.iter().copied().collect()).into_iter();
        found.filter(|node| *node < self.file_count()).collect()
    }

    /// Whether a file is of the programs that another is a part of.
    pub(crate) fn is_of_one_program(&self, file: usize, other: usize) -> bool {
        self.reach.get_or_init(|| Reach::of(self)).program_of(file).contains(&other)
    }

    /// Whether some file of the programs that a file is a part of is written with one of these words, by what `tells` so of its text.
    pub(crate) fn program_speaks_of(
        &self,
        file: usize,
        words: &[String],
        tells: &dyn Fn(&str) -> bool,
    ) -> bool {
        let reach = self.reach.get_or_init(|| Reach::of(self));
        let files = reach.program_of(file).into_iter().filter(|node| *node < self.file_count());
        let mut worded = reach.worded.lock().unwrap_or_else(PoisonError::into_inner);
        let known = worded.entry(words.to_vec()).or_insert_with(|| vec![None; self.file_count()]);
        files.into_iter().any(|file| *known[file].get_or_insert_with(|| tells(self.texts[file])))
    }
}
