//! The rules and models of a run.
//!
//! Owns: where they come from, which rules run, and compiling them only when something is to be analysed: what is known of rules
//! apart from how they match is remembered, so a run in which nothing changed compiles nothing. Does not own: what they say
//! (`rules`, `models`).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::prove::{self, Proof};
use super::{RunError, Settings, working_directory};
use crate::cache::{Cache, Digest, Digester};
use crate::data::DataFile;
use crate::finding::RuleInfo;
use crate::models::code::Code;
use crate::rules::builtin::{self, Knowledge};
use crate::rules::{Need, Rule};
use crate::source::yaml;
use crate::suppress;

/// Rules and models, loaded.
#[derive(Debug)]
pub struct RuleSet {
    /// Every rule there is, by id.
    pub rules: Vec<Arc<RuleInfo>>,
    pub(super) code: Code,
    /// The rules without whose fault where one process is all there is.
    for_replicas: BTreeSet<String>,
    /// The rules that ask the syntax of each file by itself.
    queries: BTreeSet<String>,
    own_rules: Vec<DataFile>,
    own_models: Vec<DataFile>,
    /// What the team's own rules and models are known by.
    pub(super) own_data: Digest,
    compiled: OnceLock<Knowledge>,
}

/// What is remembered of a rule.
#[derive(Serialize, Deserialize)]
pub(super) struct Listed {
    info: RuleInfo,
    for_replicas: bool,
    is_query: bool,
}

impl RuleSet {
    /// The rules that a name means: one by its id, or all of a family.
    ///
    /// # Errors
    /// [`RunError::UnknownRule`].
    pub fn called(&self, name: &str) -> Result<Vec<&RuleInfo>, RunError> {
        let called = self.rules.iter().filter(|rule| matches(rule, name));
        let called: Vec<&RuleInfo> = called.map(AsRef::as_ref).collect();
        if called.is_empty() { Err(self.unknown(name)) } else { Ok(called) }
    }

    /// Rules, models and roles, compiled.
    pub(super) fn compiled(&self) -> Result<&Knowledge, RunError> {
        if let Some(knowledge) = self.compiled.get() {
            return Ok(knowledge);
        }
        let mut knowledge = Knowledge::load(&self.own_rules, &self.own_models).map_err(Box::new)?;
        tell(&mut knowledge, &self.rules);
        Ok(self.compiled.get_or_init(|| knowledge))
    }

    /// Models, roles and words, for the linker.
    pub(super) fn linked(&self) -> Result<crate::program::Knowledge<'_>, RunError> {
        let knowledge = self.compiled()?;
        let (models, roles, words) = (&knowledge.models, &knowledge.roles, &knowledge.words);
        Ok(crate::program::Knowledge { models, roles, words })
    }

    /// What the tests of the team's own models come to, each with its file.
    ///
    /// # Errors
    /// A mistake in a rule or model.
    pub fn proofs(&self) -> Result<Vec<(&DataFile, Proof)>, RunError> {
        let libraries = self.compiled()?.models.libraries.iter();
        let is_own = |name: &str| self.own_models.iter().any(|file| file.name == name);
        let own = libraries.filter(|library| is_own(&library.test.0.name));
        own.map(|library| Ok((&library.test.0, prove::prove(self.linked()?, library)))).collect()
    }

    /// Whether a rule asks the syntax of each file by itself.
    pub(super) fn is_query(&self, id: &str) -> bool {
        self.queries.contains(id)
    }

    /// Those of the rules that ask the syntax.
    pub(super) fn asking(&self, rules: &[Arc<RuleInfo>]) -> Result<Vec<&Rule>, RunError> {
        if !rules.iter().any(|rule| self.is_query(&rule.id)) {
            return Ok(Vec::new());
        }
        let is_asked =
            |rule: &&Rule| !rule.queries.is_empty() && rules.iter().any(|info| info.id == rule.info.id);
        Ok(self.compiled()?.rules.iter().filter(is_asked).collect())
    }

    pub(super) fn ids(&self) -> BTreeSet<String> {
        self.rules.iter().map(|rule| rule.id.clone()).collect()
    }

    fn unknown(&self, name: &str) -> RunError {
        RunError::UnknownRule(name.to_owned(), suppress::nearest(name, &self.ids()))
    }

    /// The rules that the settings ask for.
    pub(super) fn chosen(&self, settings: &Settings) -> Result<Vec<Arc<RuleInfo>>, RunError> {
        for name in settings.select.iter().chain(&settings.ignore) {
            if !self.rules.iter().any(|rule| matches(rule, name)) {
                return Err(self.unknown(name));
            }
        }
        let config = &settings.config;
        let select = if settings.select.is_empty() { config.select() } else { settings.select.clone() };
        let persona = settings.persona.or(config.persona()).unwrap_or_default();
        let names = |names: &[String], rule: &RuleInfo| names.iter().any(|name| matches(rule, name));
        let is_heard = |rule: &RuleInfo| rule.persona <= persona || select.contains(&rule.id);
        let is_asked =
            |rule: &RuleInfo| names(&select, rule) && is_heard(rule) && !names(&settings.ignore, rule);
        if !settings.select.is_empty() && !self.rules.iter().any(|rule| is_asked(rule)) {
            return Err(RunError::NothingSelected(settings.select.join(",")));
        }
        let wanted = |rule: &&Arc<RuleInfo>| {
            let selected = select.is_empty() || names(&select, rule);
            let runs =
                || config.runs(rule) && !(config.has_one_replica() && self.for_replicas.contains(&rule.id));
            selected && is_heard(rule) && !names(&settings.ignore, rule) && (settings.names(rule) || runs())
        };
        Ok(self.rules.iter().filter(wanted).cloned().collect())
    }
}

impl RuleSet {
    /// Of some rules those that matter where one process is all there is, and those that are named outright.
    pub(super) fn for_one_process(
        &self,
        chosen: Vec<Arc<RuleInfo>>,
        settings: &Settings,
    ) -> Vec<Arc<RuleInfo>> {
        let matters = |rule: &Arc<RuleInfo>| settings.names(rule) || !self.for_replicas.contains(&rule.id);
        chosen.into_iter().filter(matters).collect()
    }
}

/// Whether a name on the command line means a rule: its id or its family.
fn matches(rule: &RuleInfo, name: &str) -> bool {
    rule.id == name || rule.family() == name
}

/// Loads the built-in rules and models, and those of the settings. Where something is remembered, rules and models that were found
/// to be right before are not compiled until they are needed.
///
/// # Errors
/// A rule or model file that cannot be read or is wrong.
pub fn load_rules(settings: &Settings) -> Result<RuleSet, RunError> {
    settings.timing.stage("loading rules");
    let directory = working_directory()?;
    let read = |folders: &[PathBuf]| -> Result<Vec<DataFile>, RunError> {
        let mut files = Vec::new();
        for folder in folders {
            let found = yaml::read_below(folder, &directory)?;
            files.extend(found.into_iter().map(|file| DataFile::new(file.path, file.text)));
        }
        Ok(files)
    };
    let with = |of_project: Vec<PathBuf>, named: &[PathBuf]| read(&[&of_project, named].concat());
    let own_rules = with(settings.config.rules().map(Path::to_path_buf).collect(), &settings.rules)?;
    let own_models = with(settings.config.models().map(Path::to_path_buf).collect(), &settings.models)?;
    let mut code = builtin::code().map_err(Box::new)?;
    code.choices = settings.config.choices();
    let mut set = RuleSet {
        rules: Vec::new(),
        code,
        for_replicas: BTreeSet::new(),
        queries: BTreeSet::new(),
        own_data: digest(&own_rules, &own_models),
        own_rules,
        own_models,
        compiled: OnceLock::new(),
    };
    let listed = set.listed(&settings.cache)?;
    let for_replicas = listed.iter().filter(|rule| rule.for_replicas);
    set.for_replicas = for_replicas.map(|rule| rule.info.id.clone()).collect();
    let queries = listed.iter().filter(|rule| rule.is_query);
    set.queries = queries.map(|rule| rule.info.id.clone()).collect();
    let configured = |Listed { info, .. }: Listed| {
        let severity = settings.config.severity(&info).unwrap_or(info.severity);
        Arc::new(RuleInfo { severity, ..info })
    };
    set.rules = listed.into_iter().map(configured).collect();
    // Compiled before the configuration was asked.
    if let Some(knowledge) = set.compiled.get_mut() {
        tell(knowledge, &set.rules);
    }
    Ok(set)
}

impl RuleSet {
    /// What there is to know of each rule apart from how it matches.
    fn listed(&self, cache: &Cache) -> Result<Vec<Listed>, RunError> {
        let name = format!("rules-{}", self.own_data.name());
        let remembered = cache.read(&name).and_then(|bytes| listed(&bytes));
        if let Some(all) = remembered {
            return Ok(all);
        }
        let list = |rule: &Rule| Listed {
            info: RuleInfo::clone(&rule.info),
            for_replicas: rule.needs == Some(Need::ManyReplicas),
            is_query: !rule.queries.is_empty(),
        };
        let all: Vec<Listed> = self.compiled()?.rules.iter().map(list).collect();
        if let Ok(bytes) = postcard::to_stdvec(&all) {
            cache.write(&name, &bytes);
        }
        Ok(all)
    }
}

/// What is remembered of rules, read.
pub(super) fn listed(bytes: &[u8]) -> Option<Vec<Listed>> {
    postcard::from_bytes(bytes).ok()
}

/// Gives compiled rules what the configuration says of them. Both are in the order of their ids; there may be nothing to say yet.
fn tell(knowledge: &mut Knowledge, rules: &[Arc<RuleInfo>]) {
    for (rule, info) in knowledge.rules.iter_mut().zip(rules) {
        rule.info = Arc::clone(info);
    }
}

fn digest(own_rules: &[DataFile], own_models: &[DataFile]) -> Digest {
    let mut all = Digester::default();
    for (kind, files) in [("rules", own_rules), ("models", own_models)] {
        all.add(kind.as_bytes());
        for file in files {
            all.add(file.name.as_bytes());
            all.add(file.text.as_bytes());
        }
    }
    all.end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, Persona, Severity};

    fn rule(id: &str, persona: Persona) -> Arc<RuleInfo> {
        Arc::new(RuleInfo {
            id: id.to_owned(),
            summary: String::new(),
            why: String::new(),
            remedy: String::new(),
            fixes: Vec::new(),
            limits: None,
            severity: Severity::High,
            confidence: Confidence::High,
            persona,
            references: Vec::new(),
        })
    }

    fn chosen(select: &[&str], ignore: &[&str], persona: Persona) -> Result<Vec<String>, String> {
        let rules = RuleSet {
            rules: vec![
                rule("a/one", Persona::Gate),
                rule("a/two", Persona::Audit),
                rule("b/one", Persona::Gate),
            ],
            ..load_rules(&Settings::default()).unwrap()
        };
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let settings = Settings {
            select: owned(select),
            ignore: owned(ignore),
            persona: Some(persona),
            ..Settings::default()
        };
        let chosen = rules.chosen(&settings).map_err(|error| error.to_string())?;
        Ok(chosen.iter().map(|rule| rule.id.clone()).collect())
    }

    #[test]
    fn rules_are_chosen_by_persona_family_and_id() {
        assert_eq!(chosen(&[], &[], Persona::Gate).unwrap(), ["a/one", "b/one"]);
        assert_eq!(chosen(&[], &[], Persona::Audit).unwrap(), ["a/one", "a/two", "b/one"]);
        assert_eq!(chosen(&["a"], &[], Persona::Gate).unwrap(), ["a/one"]);
        assert_eq!(chosen(&["a/two"], &[], Persona::Gate).unwrap(), ["a/two"], "named outright");
        assert_eq!(chosen(&["a", "b"], &["a/one"], Persona::Gate).unwrap(), ["b/one"]);
    }

    #[test]
    fn an_unknown_rule_is_an_error_with_the_nearest() {
        let message = chosen(&["a/onn"], &[], Persona::Gate).unwrap_err();
        assert_eq!(message, "no rule or family is called `a/onn`; did you mean `a/one`?");
        assert!(chosen(&[], &["c"], Persona::Gate).is_err());
        assert!(chosen(&["a/one"], &["a"], Persona::Gate).unwrap_err().contains("--select a/one"));
    }
}
