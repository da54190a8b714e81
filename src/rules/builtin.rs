//! The rules, models and roles that come with the program, found at build time below `rules/`.

use crate::data::{DataError, DataFile};
use crate::models::clients::Clients;
use crate::models::code::Code;
use crate::models::vocabulary::Vocabulary;
use crate::models::{self, Models, Roles};

use super::Rule;

/// Every file below `rules/`: its path, its text, and its documents packed.
const FILES: &[(&str, &str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

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

/// What is read of the files that are built in: packed, and where that fails once more as they are written, so that errors tell
/// the place.
fn read<T>(
    wanted: impl Fn(&str) -> bool,
    read: impl Fn(&[DataFile]) -> Result<T, DataError>,
) -> Result<T, DataError> {
    let files = |placed: bool| -> Vec<DataFile> {
        let files = FILES.iter().filter(|(name, ..)| wanted(name));
        files
            .map(|(name, text, packed)| DataFile::builtin(name, text, (!placed).then_some(*packed)))
            .collect()
    };
    read(&files(false)).or_else(|_| read(&files(true)))
}

/// One of the files, read; a default where it is not there.
fn one<T: Default>(
    files: &[DataFile],
    name: &str,
    read: impl Fn(&DataFile) -> Result<T, DataError>,
) -> Result<T, DataError> {
    files.iter().find(|file| file.name == name).map_or_else(|| Ok(T::default()), read)
}

/// How kinds of code are told.
///
/// # Errors
/// The first mistake, with its place.
pub fn code() -> Result<Code, DataError> {
    read(|name| name == CODE, |files| one(files, CODE, Code::read))
}

/// Words by which code says what it is about.
///
/// # Errors
/// The first mistake, with its place.
pub fn vocabulary() -> Result<Vocabulary, DataError> {
    read(|name| name == WORDS, |files| one(files, WORDS, Vocabulary::read))
}

impl Knowledge {
    /// Compiles what is built in together with a team's own rules and models.
    ///
    /// # Errors
    /// The first mistake, with its place.
    pub fn load(own_rules: &[DataFile], own_models: &[DataFile]) -> Result<Self, DataError> {
        read(|_| true, |builtin| Self::compile(builtin, own_rules, own_models))
    }

    fn compile(
        builtin: &[DataFile],
        own_rules: &[DataFile],
        own_models: &[DataFile],
    ) -> Result<Self, DataError> {
        let roles = one(builtin, ROLES, Roles::read)?;
        let code = one(builtin, CODE, Code::read)?;
        let clients = one(builtin, CLIENTS, Clients::read)?;
        let words = one(builtin, WORDS, Vocabulary::read)?;
        let is_rule =
            |file: &DataFile| !NO_RULES.contains(&file.name.as_str()) && !file.name.starts_with(MODELS);
        let model_files: Vec<DataFile> = own_models
            .iter()
            .chain(builtin.iter().filter(|file| file.name.starts_with(MODELS)))
            .cloned()
            .collect();
        let rule_files: Vec<DataFile> =
            builtin.iter().filter(|file| is_rule(file)).chain(own_rules).cloned().collect();
        let (models, rules) = std::thread::scope(|scope| {
            let models = scope.spawn(|| models::compile(&model_files, &roles));
            let rules = super::compile(&rule_files, &roles);
            (models.join().unwrap_or_else(|_| models::compile(&model_files, &roles)), rules)
        });
        Ok(Self { roles, models: models?, code, clients, words, rules: rules? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is packed reads, or everything would be read twice.
    #[test]
    fn packed_reads() {
        let files: Vec<DataFile> =
            FILES.iter().map(|(name, text, packed)| DataFile::builtin(name, text, Some(packed))).collect();
        Knowledge::compile(&files, &[], &[]).unwrap();
    }

    /// Patterns that are built in are not looked at before they are asked: one that does not read would never match.
    #[test]
    fn every_pattern_reads() {
        let written = |wanted: fn(&str) -> bool| -> Vec<DataFile> {
            let files = FILES.iter().filter(|(name, ..)| wanted(name));
            files.map(|(name, text, _)| DataFile::new(*name, *text)).collect()
        };
        let rules = written(|name| !NO_RULES.contains(&name) && !name.starts_with(MODELS));
        let models = written(|name| name.starts_with(MODELS));
        Knowledge::load(&rules, &models).unwrap();
    }
}
