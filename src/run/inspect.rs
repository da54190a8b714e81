//! What is understood of a file or of a tree, to be read by people.
//!
//! Owns: linking what is asked for, and putting the parts together. Does not own: the words of the parts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::forest::{Forest, facts_of, parts_of};
use super::pool::{Crew, Pool};
use super::{RunError, Settings, load_rules, whole, working_directory};
use crate::facts::show;
use crate::finding::coverage::Coverage;
use crate::finding::{FileStatus, Place, SkipReason};
use crate::program::{View, coverage::coverage, inspect as words, workers};
use crate::report::text;
use crate::source::{Ecosystem, Language, walk};

/// What is understood of one file, seen in the tree below the working directory (or by itself, if it lies elsewhere).
///
/// # Errors
/// The file does not exist, or cannot be analysed.
pub fn file(path: &Path, settings: &Settings) -> Result<String, RunError> {
    let rules = load_rules(settings)?;
    let directory = working_directory()?;
    let shown = walk::show(path, &directory);
    let failed = |reason: String| RunError::NotAnalysed(shown.clone(), reason);
    let language = Language::of(path).ok_or_else(|| failed("not TypeScript, JavaScript or Go".to_owned()))?;
    let mut paths = vec![path.to_path_buf()];
    if walk::tidy(&directory.join(path)).starts_with(walk::tidy(&directory)) {
        paths.push(PathBuf::from("."));
    }
    let pool = Pool::start(settings.threads)?;
    let mut forest = Forest::load(&paths, &directory, &rules.code, &pool)?;
    let position = forest.walked.files.iter().position(|file| file.shown == shown);
    let position = position.ok_or_else(|| failed("it cannot be read".to_owned()))?;
    if let FileStatus::Skipped(reason) = &forest.loaded[position].status {
        return Err(failed(text::reason_in_words(reason)));
    }
    let facts = facts_of(language.ecosystem(), &forest.walked.files, &mut forest.loaded);
    let own = facts.iter().position(|file| file.position == position);
    let own = own.ok_or_else(|| failed("it cannot be read".to_owned()))?;
    let said = show::show(&facts[own].facts);
    let source = &forest.texts[position];
    let line_of = |offset: u32| source.as_ref().map_or(0, |source| source.line_column(offset).line);
    let crew = Crew::new(&pool);
    let parts = parts_of(facts, &forest.texts);
    let (program, _) =
        whole::link(language.ecosystem(), parts, &forest.tree(&rules.code), rules.linked()?, &crew);
    let described = workers::map(&crew, 1, |_| {
        let view = View::of(&program, own);
        format!(
            "# Handlers\n\n{}\n# Calls, what they are made on, and their roles\n\n{}",
            words::handlers(&view, &line_of),
            words::calls(&view, &line_of),
        )
    });
    let front_end = View::of(&program, own).is_front_end();
    let kind = if front_end { "Code of a front end.\n\n" } else { "" };
    match crew.failures().into_iter().next() {
        Some((_, message)) => Err(failed(text::reason_in_words(&SkipReason::Failed(message)))),
        None => Ok(format!("{kind}# Facts\n\n{said}\n{}", described.concat())),
    }
}

/// How much of the tree below a path is understood: numbers, and each import of the tree that leads nowhere.
///
/// # Errors
/// The path does not exist.
pub fn tree(path: &Path, settings: &Settings) -> Result<String, RunError> {
    let rules = load_rules(settings)?;
    let pool = Pool::start(settings.threads)?;
    let mut forest = Forest::load(&[path.to_path_buf()], &working_directory()?, &rules.code, &pool)?;
    let mut total = Coverage::default();
    let mut lost = String::new();
    let mut named = String::new();
    for ecosystem in [Ecosystem::Ecmascript, Ecosystem::Go] {
        let facts = facts_of(ecosystem, &forest.walked.files, &mut forest.loaded);
        let looked_at: Vec<bool> = facts.iter().map(|file| file.looked_at).collect();
        let parts = parts_of(facts, &forest.texts);
        let crew = Crew::new(&pool);
        let (program, _) = whole::link(ecosystem, parts, &forest.tree(&rules.code), rules.linked()?, &crew);
        let of_file =
            |view: &View<'_>| (coverage(view), words::lost_imports(view), words::named_receivers(view));
        let found = program.each_file(&crew, of_file);
        let list = |out: &mut String, places: Vec<(Place, String)>| {
            for (place, what) in places {
                let line = forest.texts[place.file].as_ref().map_or(0, |text| text.line_of(place.span.start));
                let _ = writeln!(out, "{}:{line}: {what}", forest.walked.files[place.file].shown);
            }
        };
        for ((covered, imports, receivers), _) in found.into_iter().zip(looked_at).filter(|(_, own)| *own) {
            total += covered;
            list(&mut lost, imports);
            list(&mut named, receivers);
        }
    }
    let numbers = words::numbers(&total);
    Ok(format!(
        "{numbers}\n# Imports of the tree that lead nowhere\n\n{lost}\n# Objects told by their name alone\n\n{named}"
    ))
}
