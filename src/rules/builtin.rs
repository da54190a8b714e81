//! The rules, models and roles that come with the program, found at build time below `rules/`.

use crate::data::{DataError, DataFile};
use crate::models::clients::Clients;
use crate::models::code::Code;
use crate::models::vocabulary::Vocabulary;
use crate::models::{self, Models, Roles};

use super::Rule;

/// Every file below `rules/`: its path and text.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

const ROLES: &str = "rules/roles.yaml";
const CODE: &str = "rules/code.yaml";
const CLIENTS: &str = "rules/clients.yaml";
const WORDS: &str = "rules/words.yaml";
/// What is no rule, beside models.
const NO_RULES: [&str; 4] = [ROLES, CODE, CLIENTS, WORDS];
const MODELS: &str = "rules/models/";

/// Rules, models and roles, compiled.
#[derive(Debug)]
pub struct Knowledge {
    /// The roles.
    pub roles: Roles,
    /// The models.
    pub models: Models,
    /// How kinds of code are told.
    pub code: Code,
    /// How libraries are told that look like clients of other systems.
    pub clients: Clients,
    /// Words by which code says what it is about.
    pub words: Vocabulary,
    /// The rules, by id.
    pub rules: Vec<Rule>,
}

/// How kinds of code are told.
///
/// # Errors
/// The first mistake, with its place.
pub fn code() -> Result<Code, DataError> {
    match FILES.iter().find(|(name, _)| *name == CODE) {
        Some((name, text)) => Code::read(&DataFile::builtin(name, text)),
        None => Ok(Code::default()),
    }
}

/// Words by which code says what it is about.
///
/// # Errors
/// The first mistake, with its place.
pub fn vocabulary() -> Result<Vocabulary, DataError> {
    match FILES.iter().find(|(name, _)| *name == WORDS) {
        Some((name, text)) => Vocabulary::read(&DataFile::builtin(name, text)),
        None => Ok(Vocabulary::default()),
    }
}

impl Knowledge {
    /// Compiles what is built in together with a team's own rules and models.
    ///
    /// # Errors
    /// The first mistake, with its place.
    pub fn load(own_rules: &[DataFile], own_models: &[DataFile]) -> Result<Self, DataError> {
        let builtin = || FILES.iter().map(|(name, text)| DataFile::builtin(name, text));
        let roles = match builtin().find(|file| file.name == ROLES) {
            Some(file) => Roles::read(&file)?,
            None => Roles::default(),
        };
        let code = code()?;
        let clients = match builtin().find(|file| file.name == CLIENTS) {
            Some(file) => Clients::read(&file)?,
            None => Clients::default(),
        };
        let is_rule =
            |file: &DataFile| !NO_RULES.contains(&file.name.as_str()) && !file.name.starts_with(MODELS);
        let model_files: Vec<DataFile> = own_models
            .iter()
            .cloned()
            .chain(builtin().filter(|file| file.name.starts_with(MODELS)))
            .collect();
        let rule_files: Vec<DataFile> = builtin().filter(is_rule).chain(own_rules.iter().cloned()).collect();
        let (models, rules) = std::thread::scope(|scope| {
            let models = scope.spawn(|| models::compile(&model_files, &roles));
            let rules = super::compile(&rule_files, &roles);
            (models.join().unwrap_or_else(|_| models::compile(&model_files, &roles)), rules)
        });
        Ok(Self { roles, models: models?, code, clients, words: vocabulary()?, rules: rules? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Patterns that are built in are not looked at before they are asked: one that does not read would never match.
    #[test]
    fn every_pattern_reads() {
        let written = |wanted: fn(&str) -> bool| -> Vec<DataFile> {
            let files = FILES.iter().filter(|(name, _)| wanted(name));
            files.map(|(name, text)| DataFile::new(*name, *text)).collect()
        };
        let rules = written(|name| !NO_RULES.contains(&name) && !name.starts_with(MODELS));
        let models = written(|name| name.starts_with(MODELS));
        Knowledge::load(&rules, &models).unwrap();
    }
}
