//! The whole tree: its files linked, one program for each language family, and matched.
//!
//! Owns: handing files to the linker and taking findings from the engine. Does not own: either.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::engine;
use crate::facts::Facts;
use crate::finding::coverage::Coverage;
use crate::finding::{Finding, Unfinished, Unmodelled};
use crate::models::clients::Clients;
use crate::models::code::{Code, Side};
use crate::program::coverage::{coverage, imported};
use crate::program::modules::Target;
use crate::program::modules::ecmascript::EcmascriptModules;
use crate::program::modules::golang::{GoFile, GoModules};
use crate::program::names::Packages;
use crate::program::{Knowledge, Program, Tree, Unit, View};
use crate::rules::Rule;
use crate::source::manifest::Manifest;
use crate::source::{Ecosystem, FoundFile, Span};

use crate::timing::Work;

use super::importable;
use super::libraries::Libraries;
use super::near::{Near, Touched};
use super::pool::{Crew, Pool};
use super::users;

/// A file to link.
pub(super) struct Part<'a> {
    /// Its position among the files of the report.
    pub(super) position: usize,
    pub(super) text: &'a str,
    pub(super) facts: Arc<Facts>,
    /// Whether faults are looked for in it; else it is only what others call.
    pub(super) looked_at: bool,
    /// Where it runs.
    pub(super) side: Side,
    /// Whether a person starts it by hand.
    pub(super) script: bool,
    /// Whether its kind is the team's word.
    pub(super) told: bool,
    /// Whether a person starts it by hand if nothing else of the tree uses it.
    pub(super) unless_used: bool,
}

/// What a tree holds, looked at or not.
#[derive(Clone, Copy)]
pub(super) struct TreeFiles<'t> {
    /// The files of the report.
    pub(super) files: &'t [FoundFile],
    /// Files beside them that imports may mean and that are not read.
    pub(super) unread: &'t [PathBuf],
    /// What says how modules are named.
    pub(super) manifests: &'t [Manifest],
    /// The working directory, from which paths are shown.
    pub(super) directory: &'t Path,
    /// How kinds of code are told.
    pub(super) code: &'t Code,
}

/// What is known beforehand.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) linked: Knowledge<'a>,
    /// How libraries are told that look like clients of other systems.
    pub(super) clients: &'a Clients,
}

/// What came of a program.
#[derive(Default)]
pub(super) struct Matched {
    /// What the rules found, by place and rule.
    pub(super) findings: Vec<Finding>,
    pub(super) coverage: Coverage,
    /// Rules that came to their limits, with the position of the file in the report.
    pub(super) unfinished: Vec<(usize, Unfinished)>,
    /// Functions whose flow was too large to be laid out whole, with the position of their file in the report.
    pub(super) cut: Vec<(usize, Span)>,
    /// What could not be understood of the manifests, in words.
    pub(super) manifest_problems: Vec<String>,
    /// Libraries that look like clients of other systems and have no model.
    pub(super) unmodelled: Vec<Unmodelled>,
    /// Files whose analysis failed inside, by position in the report, and what it said.
    pub(super) failures: Vec<(usize, String)>,
    /// Files that turned out to run in browsers alone, by position in the report.
    pub(super) browser: Vec<usize>,
    /// Files that turned out to be parts of scripts alone, by position in the report.
    pub(super) scripts: Vec<usize>,
    /// What is near to what changed.
    pub(super) near: Near,
}

/// Links the files of one language family and looks for faults in them, and for what is near to the lines that were `touched`.
pub(super) fn check(
    ecosystem: Ecosystem,
    parts: Vec<Part<'_>>,
    tree: &TreeFiles<'_>,
    known: Known<'_>,
    rules: &[&Rule],
    touched: &[Touched],
    pool: &Pool,
) -> Matched {
    let crew = Crew::new(pool);
    let positions: Vec<usize> = parts.iter().map(|part| part.position).collect();
    let were: Vec<bool> = parts.iter().map(|part| part.looked_at).collect();
    let may_be_left_out: Vec<bool> =
        parts.iter().map(|part| !part.told && !tree.files[part.position].below.is_empty()).collect();
    let users = importable::users(ecosystem, &parts, tree);
    let (mut program, manifest_problems) = link(ecosystem, parts, tree, known.linked, &crew);
    program.find_server_exports(tree.code.server_exports());
    program.find_time_boxes(tree.code.time_boxes(), &crew);
    program.find_routed(tree.code.routes(), &crew);
    program.find_unused(users, &|name| tree.code.is_run_export(name), &crew);
    if let Some(programs) = tree.code.programs().filter(|_| ecosystem == Ecosystem::Go) {
        let paths: Vec<&Path> =
            positions.iter().map(|position| tree.files[*position].path.as_path()).collect();
        let tools = program.tools(programs, &paths, &crew);
        program.leave_out(tools.into_iter().filter(|file| may_be_left_out[*file]));
    }
    pool.timing().stage("matching");
    let timing = pool.timing();
    let looked_at: Vec<bool> = (0..were.len()).map(|file| program.is_file_looked_at(file)).collect();
    let everywhere = engine::Everywhere::of(&program, rules);
    let of_file = |view: &View<'_>| {
        let browser = view.is_front_end().then_some(view.file());
        if looked_at[view.file()] {
            let found = engine::check(view, rules, &everywhere, timing);
            let (coverage, imported) = timing.work(Work::Coverage, || (coverage(view), imported(view)));
            (found, coverage, imported, browser)
        } else {
            (engine::Found::default(), Coverage::default(), Vec::new(), browser)
        }
    };
    let found = program.each_file_at_last(&crew, of_file);
    let shown: FxHashSet<usize> =
        (0..positions.len()).filter(|file| looked_at[*file]).map(|file| positions[file]).collect();
    let mut matched = Matched { manifest_problems, ..Matched::default() };
    matched.scripts =
        (0..were.len()).filter(|file| were[*file] && !looked_at[*file]).map(|file| positions[file]).collect();
    let mut libraries = Libraries::of(ecosystem, tree.manifests, known.linked.models, known.clients);
    for (file, (found, coverage, imported, browser)) in found.into_iter().enumerate() {
        libraries.add(&imported);
        let position = positions[file];
        matched.unfinished.extend(found.unfinished.into_iter().map(|rule| (position, rule)));
        matched.cut.extend(found.cut.into_iter().map(|function| (position, function)));
        matched.browser.extend(browser.map(|file| positions[file]));
        // A place in a file that is only linked is nobody's to mend.
        let kept = |finding: &Finding| shown.contains(&finding.primary.file);
        matched.findings.extend(found.findings.into_iter().filter(kept));
        matched.coverage += coverage;
    }
    matched.unmodelled = libraries.told();
    engine::sort(&mut matched.findings);
    if !touched.is_empty() {
        matched.near = Near::of(&program, &positions, touched);
    }
    matched.failures =
        crew.failures().into_iter().map(|(file, message)| (positions[file], message)).collect();
    matched
}

/// Links the files of one language family.
///
/// Also gives what could not be understood of the manifests, in words.
pub(super) fn link<'a>(
    ecosystem: Ecosystem,
    parts: Vec<Part<'a>>,
    tree: &TreeFiles<'_>,
    knowledge: Knowledge<'a>,
    crew: &Crew<'_>,
) -> (Program<'a>, Vec<String>) {
    let own: Vec<usize> = (0..tree.files.len())
        .filter(|position| tree.files[*position].language.ecosystem() == ecosystem)
        .collect();
    let numbers: FxHashMap<usize, usize> =
        own.iter().enumerate().map(|(number, position)| (*position, number)).collect();
    let mut linked = vec![None; own.len()];
    for (file, part) in parts.iter().enumerate() {
        linked[numbers[&part.position]] = Some(file);
    }
    // From the number of a file in the program to its number among all files of the language family.
    let written_in: Vec<usize> = parts.iter().map(|part| numbers[&part.position]).collect();
    let here = |target: Target| match target {
        Target::File(file) => linked[file].map_or(Target::NotRead, Target::File),
        other => other,
    };
    let paths = || own.iter().map(|position| tree.files[*position].path.as_path());
    match ecosystem {
        Ecosystem::Ecmascript => {
            let paths: Vec<&Path> = paths().collect();
            let modules = EcmascriptModules::new(&paths, tree.unread, tree.manifests);
            let resolve = |file: usize, path: &str| here(modules.resolve(written_in[file], path));
            let mut parts = parts;
            let rendered = tree.code.rendered(tree.manifests);
            let is_rendered = |part: &Part<'_>| {
                let mut folders = tree.files[part.position].path.ancestors().skip(1);
                folders.find_map(|folder| rendered.get(folder)).copied().unwrap_or(false)
            };
            users::spread(&mut parts, &resolve, &is_rendered);
            let names = Tree { resolve: &resolve, packages: Packages::default() };
            let problems = modules.problems().iter().map(|problem| problem.shown(tree.directory));
            (Program::link(ecosystem, units(parts), &names, knowledge, crew), problems.collect())
        }
        Ecosystem::Go => {
            let mut files: Vec<GoFile<'_>> =
                paths().map(|path| GoFile { path, package: None, text: "" }).collect();
            for part in &parts {
                let file = &mut files[numbers[&part.position]];
                file.package = part.facts.package.map(|name| part.facts.name(name));
                file.text = part.text;
            }
            let modules = GoModules::new(&files, tree.manifests);
            let packages = Packages {
                names: modules.packages().iter().map(|package| package.name.clone()).collect(),
                of_file: written_in.iter().map(|file| modules.package_of(*file)).collect(),
                built: written_in.iter().map(|file| modules.is_built(*file)).collect(),
            };
            let resolve = |file: usize, path: &str| here(modules.resolve(written_in[file], path));
            let mut parts = parts;
            users::leave_out_unused_tools(&mut parts, &packages.of_file, &resolve);
            let names = Tree { resolve: &resolve, packages };
            let problems = modules.problems().to_vec();
            (Program::link(ecosystem, units(parts), &names, knowledge, crew), problems)
        }
    }
}

fn units(parts: Vec<Part<'_>>) -> Vec<Unit<'_>> {
    let units = parts.into_iter();
    units
        .map(|part| Unit {
            facts: part.facts,
            text: part.text,
            position: part.position,
            side: part.side,
            looked_at: part.looked_at,
        })
        .collect()
}
