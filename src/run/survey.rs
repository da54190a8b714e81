//! What there is in a repository: languages, libraries that have a model, kinds of code.
//!
//! Owns: counting. Does not own: what is made of it (`config::starter`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::forest::Forest;
use super::load::Loaded;
use super::pool::Pool;
use super::{RunError, Settings, load_rules, working_directory};
use crate::config::starter::Survey;
use crate::facts::Facts;
use crate::finding::{FileStatus, SkipReason};
use crate::rules::builtin::Knowledge;
use crate::source::{Ecosystem, FoundFile, Language};

/// Looks at all that is below a directory, with no configuration.
///
/// # Errors
/// The directory does not exist.
pub fn survey(directory: &Path) -> Result<Survey, RunError> {
    let rules = load_rules(&Settings::default())?;
    let pool = Pool::start(0)?;
    let mut forest = Forest::load(&[directory.to_path_buf()], &working_directory()?, &rules.code, &pool)?;
    let knowledge = rules.compiled()?;
    let roles = roles_of_libraries(knowledge);
    let first = Settings { paths: vec![directory.to_path_buf()], ..Settings::default() };
    let findings = super::check_with(&rules, &first)?.findings.len();
    let mut survey = Survey { findings, ..Survey::default() };
    for (file, loaded) in forest.walked.files.iter().zip(&mut forest.loaded) {
        if let Some(kind) = kind_of(loaded) {
            let folder = file.below.rsplit_once('/').map_or(".", |(folder, _)| folder);
            *survey.kinds.entry(kind).or_default().entry(folder.to_owned()).or_default() += 1;
        }
        if !loaded.is_looked_at() {
            continue;
        }
        *survey.languages.entry(name_of(file.language)).or_default() += 1;
        if let Some(facts) = loaded.take_facts() {
            for library in libraries(knowledge, file, &facts) {
                let Some(roles) = roles.get(&library) else { continue };
                let entry = survey.libraries.entry(library).or_default();
                entry.0 += 1;
                entry.1.extend(roles.iter().cloned());
            }
        }
    }
    Ok(survey)
}

/// The families of the roles that the calls of each library play.
fn roles_of_libraries(knowledge: &Knowledge) -> BTreeMap<String, BTreeSet<String>> {
    let (models, roles) = (&knowledge.models, &knowledge.roles);
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for call in &models.calls {
        if let Some(role) = call.role {
            let name = models.libraries[call.library.index()].name.clone();
            let family = roles.name(role).split('.').next().unwrap_or_default().to_owned();
            found.entry(name).or_default().insert(family);
        }
    }
    found
}

/// The libraries that a file imports, each once.
fn libraries(knowledge: &Knowledge, file: &FoundFile, facts: &Facts) -> BTreeSet<String> {
    let models = &knowledge.models;
    let ecosystem: Ecosystem = file.language.ecosystem();
    let imported = facts.imports.iter().map(|import| facts.name(import.module));
    let known = imported.flat_map(|module| models.libraries_of(ecosystem, module));
    known.map(|library| models.libraries[library.index()].name.clone()).collect()
}

const fn name_of(language: Language) -> &'static str {
    match language {
        Language::TypeScript | Language::Tsx => "TypeScript",
        Language::JavaScript => "JavaScript",
        Language::Go => "Go",
    }
}

/// The key of the configuration that says what becomes of a file, where that is not looked at as a service is.
fn kind_of(loaded: &Loaded) -> Option<&'static str> {
    match &loaded.status {
        FileStatus::Skipped(SkipReason::Test) => Some("tests"),
        FileStatus::Skipped(SkipReason::Example) => Some("examples"),
        FileStatus::Skipped(SkipReason::Vendored) => Some("vendored"),
        FileStatus::Skipped(SkipReason::Generated) => Some("generated"),
        FileStatus::Skipped(SkipReason::Script) => Some("scripts"),
        FileStatus::Skipped(_) => None,
        _ => loaded.is_front_end().then_some("front-end"),
    }
}
