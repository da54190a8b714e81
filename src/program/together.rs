//! Which Go packages come together in a program: what one of them makes can be what another asks for only where some program
//! imports both. A tree of many services has many a type with the methods of an interface that it never meets.
//!
//! Owns: [`Together`]. Does not own: what an import means (`names`), who implements what (`classes`).

use super::modules::Target;
use super::names::{Bindings, Packages};
use crate::facts::Arenas;
use crate::facts::join::Part;

/// The programs that lead to each package.
#[derive(Debug, Default)]
pub(super) struct Together {
    /// By package and program, in words of 64 programs.
    programs: Vec<Vec<u64>>,
    /// Packages that something leads to that is no program: tests that are not read, generated code, other repositories.
    open: Vec<bool>,
}

impl Together {
    /// Follows the imports from each program of a tree, and from each package that nothing imports.
    pub(super) fn of(facts: &Arenas, parts: &[Part], packages: &Packages, bindings: &Bindings) -> Self {
        let count = packages.names.len();
        let mut imports = vec![Vec::new(); count];
        let mut imported = vec![false; count];
        for (file, target) in bindings.targets() {
            let package = packages.of_file.get(file).copied().flatten();
            if let (Some(from), Target::Package(to)) = (package, target) {
                imports[from].push(*to);
                imported[*to] |= from != *to;
            }
        }
        for to in &mut imports {
            to.sort_unstable();
            to.dedup();
        }
        let mut is_program = vec![false; count];
        for (part, package) in parts.iter().zip(&packages.of_file) {
            if let (Some(name), Some(package)) = (part.package, package) {
                is_program[*package] |= facts.name(name) == "main";
            }
        }
        let roots =
            |wanted: bool| (0..count).filter(|package| is_program[*package] == wanted).collect::<Vec<_>>();
        let starts = roots(true);
        let mut programs = vec![vec![0; starts.len().div_ceil(64)]; count];
        for (number, start) in starts.into_iter().enumerate() {
            for package in led_to(&imports, vec![start]) {
                programs[package][number / 64] |= 1 << (number % 64);
            }
        }
        let unknown = roots(false).into_iter().filter(|package| !imported[*package]).collect();
        let mut open = vec![false; count];
        for package in led_to(&imports, unknown) {
            open[package] = true;
        }
        Self { programs, open }
    }

    /// Whether two packages may be part of one program.
    pub(super) fn may_meet(&self, one: usize, other: usize) -> bool {
        let share =
            || self.programs[one].iter().zip(&self.programs[other]).any(|(one, other)| one & other != 0);
        one == other || self.open[one] || self.open[other] || share()
    }
}

/// The packages that some packages lead to, themselves included.
fn led_to(imports: &[Vec<usize>], mut found: Vec<usize>) -> Vec<usize> {
    let mut seen = vec![false; imports.len()];
    for package in &found {
        seen[*package] = true;
    }
    let mut at = 0;
    while let Some(package) = found.get(at).copied() {
        at += 1;
        found.extend(imports[package].iter().filter(|to| !std::mem::replace(&mut seen[**to], true)));
    }
    found
}
