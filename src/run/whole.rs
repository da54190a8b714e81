//! The whole tree: its files linked, one program for each language family, and matched.
//!
//! Owns: handing files to the linker and taking findings from the engine. Does not own: either.

use crate::engine;
use crate::facts::Facts;
use crate::finding::{Coverage, Finding};
use crate::program::modules::Target;
use crate::program::names::Packages;
use crate::program::{Knowledge, Program, Tree, Unit, View};
use crate::rules::Rule;
use crate::source::{Ecosystem, FoundFile};

use super::pool::{Crew, Pool};

/// A file to link.
pub(super) struct Part<'a> {
    /// Its position among the files of the report.
    pub(super) position: usize,
    pub(super) file: &'a FoundFile,
    pub(super) text: &'a str,
    pub(super) facts: Facts,
}

/// What came of a program.
#[derive(Default)]
pub(super) struct Matched {
    /// What the rules found, by place and rule.
    pub(super) findings: Vec<Finding>,
    pub(super) coverage: Coverage,
    /// Files whose analysis failed inside, by position in the report, and what it said.
    pub(super) failures: Vec<(usize, String)>,
}

/// Links the files of one language family and looks for faults in them.
pub(super) fn check(
    ecosystem: Ecosystem,
    parts: Vec<Part<'_>>,
    knowledge: Knowledge<'_>,
    rules: &[&Rule],
    pool: &Pool,
) -> Matched {
    let crew = Crew::new(pool);
    let positions: Vec<usize> = parts.iter().map(|part| part.position).collect();
    let program = link(ecosystem, parts, knowledge, &crew);
    let everywhere = engine::Everywhere::of(&program, rules);
    let of_file = |view: &View<'_>| (engine::check(view, rules, &everywhere), engine::coverage(view));
    let found = program.each_file(&crew, of_file);
    let mut matched = Matched::default();
    for (findings, coverage) in found {
        matched.findings.extend(findings);
        matched.coverage += coverage;
    }
    engine::sort(&mut matched.findings);
    matched.failures =
        crew.failures().into_iter().map(|(file, message)| (positions[file], message)).collect();
    matched
}

/// Links the files of one language family.
pub(super) fn link<'a>(
    ecosystem: Ecosystem,
    parts: Vec<Part<'a>>,
    knowledge: Knowledge<'a>,
    crew: &Crew<'_>,
) -> Program<'a> {
    let resolve = |_: usize, specifier: &str| {
        if specifier.starts_with('.') { Target::Missing } else { Target::Library }
    };
    let packages = Packages::default();
    let units =
        parts.into_iter().map(|part| Unit { facts: part.facts, text: part.text, position: part.position });
    let tree = Tree { resolve: &resolve, packages };
    Program::link(ecosystem, units.collect(), &tree, knowledge, crew)
}
