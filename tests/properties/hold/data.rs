//! Rules, models and configurations.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use faultlint::config::{self, ConfigError};
use faultlint::data::DataFile;
use faultlint::models::vocabulary::Vocabulary;
use faultlint::models::{self, Roles};
use faultlint::program::Knowledge;
use faultlint::rules;
use faultlint::run::{self, RuleSet, Settings, prove};
use faultlint::source::Language;
use faultlint::syntax::Parsers;
use tempfile::TempDir;

use super::can_be_shown;

/// What queries are asked of.
const SAMPLES: [(Language, &str); 2] = [
    (
        Language::TypeScript,
        "import a from 'b';\nclass C { async m(x: string) { if (await a.get(x)) return f(() => x); } }\n",
    ),
    (
        Language::Go,
        "package a\n\nfunc (c *C) M(x string) error {\n\tfor _, v := range x {\n\t\tgo f(v)\n\t}\n\treturn nil\n}\n",
    ),
];

fn roles() -> &'static Roles {
    static ROLES: OnceLock<Roles> = OnceLock::new();
    ROLES.get_or_init(|| {
        let text = include_str!("../../../rules/roles.yaml");
        Roles::read(&DataFile::new("roles.yaml", text)).unwrap_or_else(|error| panic!("{error}"))
    })
}

/// Rules are compiled, and their queries answered, or refused with a place that can be shown.
pub(super) fn rules(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let rules = match rules::compile(&[DataFile::new("fuzz.yaml", text)], roles()) {
        Ok(rules) => rules,
        Err(error) => return can_be_shown(&error),
    };
    let queries = rules.iter().flat_map(|rule| &rule.queries);
    for query in queries {
        for (language, sample) in SAMPLES {
            let Some(asked) = query.for_language(language) else { continue };
            let tree = Parsers::default().parse(language, sample).unwrap_or_else(|error| panic!("{error}"));
            for found in asked.run(&tree, sample, query.limits).matches {
                assert!(
                    found
                        .iter()
                        .all(|(_, span)| sample.get(span.start as usize..span.end as usize).is_some())
                );
                query.label.iter().chain(&query.message).for_each(|text| drop(text.said(&found, sample)));
            }
        }
    }
}

/// A model is compiled and its test linked, or refused with a place that can be shown.
pub(super) fn models(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let models = match models::compile(&[DataFile::new("fuzz.yaml", text)], roles()) {
        Ok(models) => models,
        Err(error) => return can_be_shown(&error),
    };
    let words = Vocabulary::default();
    let known = Knowledge { models: &models, roles: roles(), words: &words };
    for library in &models.libraries {
        let proof = prove::prove(known, library);
        assert_eq!(proof, prove::prove(known, library), "the same model twice proves the same");
    }
}

/// A configuration is read and can be shown, and what it names looked up, or it is refused with a place that can be shown.
pub(super) fn config(bytes: &[u8]) {
    let folder = folder();
    let path = folder.join(config::NAME);
    fs::write(&path, bytes).unwrap_or_else(|error| panic!("{error}"));
    let load = || config::load(Some(&path), &[], &folder);
    let config = match load() {
        Ok(config) => config,
        Err(error) => return is_told(&error),
    };
    let file = Path::new("src/orders/store.ts");
    let shown = config::show(&config, None, &folder);
    assert_eq!(load().map(|again| config::show(&again, None, &folder)).ok(), Some(shown), "read twice");
    config::show(&config, Some(file), &folder);
    if let Err(error) = config.check_names(&known_rules().rules) {
        is_told(&error);
    }
    let path = folder.join(file);
    for rule in &known_rules().rules {
        let _ = (config.runs(rule), config.severity_in(rule, &path));
    }
    let choices = config.choices();
    let _ = (choices.told(&path), choices.excludes(&path), config.min_severity(&path));
}

fn is_told(error: &ConfigError) {
    if let ConfigError::Data(error) = error {
        can_be_shown(&**error);
    }
}

fn known_rules() -> &'static RuleSet {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(|| run::load_rules(&Settings::default()).unwrap_or_else(|error| panic!("{error}")))
}

/// A folder of this thread, gone when the thread ends.
pub(super) fn folder() -> PathBuf {
    thread_local! {
        static FOLDER: TempDir = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    }
    FOLDER.with(|folder| folder.path().to_path_buf())
}
