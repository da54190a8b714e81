//! The project itself: what belongs together is there together.

#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use faultlint::source::Ecosystem;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a directory.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_path_buf()];
    while let Some(directory) = open.pop() {
        for entry in
            fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()))
        {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

fn told(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// `family/kind` of every rule file, `rules/<family>/<kind>.yaml`.
fn rules() -> BTreeSet<String> {
    let directory = root().join("rules");
    let models = directory.join("models");
    let is_rule = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "yaml")
            && !path.starts_with(&models)
            && path.parent() != Some(directory.as_path())
    };
    let id = |path: PathBuf| {
        path.strip_prefix(&directory).unwrap().with_extension("").to_str().unwrap().replace('\\', "/")
    };
    files(&directory).into_iter().filter(is_rule).map(id).collect()
}

/// `family/kind` of every directory of fixtures.
fn fixtures() -> BTreeSet<String> {
    let directory = root().join("fixtures");
    let id = |path: PathBuf| {
        let parts: Vec<_> = path
            .strip_prefix(&directory)
            .unwrap()
            .iter()
            .map(|part| part.to_str().unwrap().to_owned())
            .collect();
        (parts.len() >= 3).then(|| parts[..2].join("/"))
    };
    files(&directory).into_iter().filter_map(id).collect()
}

#[test]
fn every_dependency_says_why_it_is_there() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let mut section = "";
    let mut silent = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
        } else if section.ends_with("dependencies") && line.contains('=') {
            let reason = line.rsplit_once('#').map_or("", |(_, reason)| reason.trim());
            if reason.split_whitespace().count() < 2 {
                silent.push(line);
            }
        }
    }
    assert!(silent.is_empty(), "no reason: {silent:#?}");
}

#[test]
fn there_are_rules() {
    assert!(!rules().is_empty(), "no file below rules/<family>/");
}

#[test]
fn every_rule_has_bad_and_ok_fixtures_in_each_language() {
    let mut missing = Vec::new();
    let knowledge = faultlint::rules::builtin::Knowledge::load(&[], &[]).unwrap();
    for rule in rules() {
        let languages: Vec<_> = knowledge
            .rules
            .iter()
            .filter(|known| known.info.id == rule)
            .flat_map(|known| &known.languages)
            .collect();
        let looks_at = |language: &str| {
            let ecosystem = if language == "go" { Ecosystem::Go } else { Ecosystem::Ecmascript };
            languages.is_empty() || languages.contains(&&ecosystem)
        };
        let directory = root().join("fixtures").join(&rule);
        if !directory.is_dir() {
            missing.push(format!("{rule}: no fixtures"));
            continue;
        }
        let names: Vec<String> =
            files(&directory).iter().map(|path| told(path.strip_prefix(&directory).unwrap())).collect();
        for kind in ["bad", "ok"] {
            for language in ["ts", "js", "go"].into_iter().filter(|language| looks_at(language)) {
                let fits = |name: &&String| {
                    let extension = Path::new(name)
                        .extension()
                        .and_then(|extension| extension.to_str())
                        .unwrap_or_default();
                    let same = extension == language
                        || (language != "go" && extension.trim_end_matches('x') == language);
                    name.starts_with(&format!("{kind}_")) && same
                };
                if !names.iter().any(|name| fits(&name)) {
                    missing.push(format!("{rule}: no {kind}_*.{language}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// A rule over syntax needs the tree of each file in every run, and what was found before is then of no use.
#[test]
fn no_rule_that_is_built_in_asks_the_syntax() {
    for rule in files(&root().join("rules")) {
        let text = fs::read_to_string(&rule).unwrap();
        assert!(!text.lines().any(|line| line == "query:"), "{}", rule.display());
    }
}

#[test]
fn every_fixture_belongs_to_a_rule() {
    let is_shape = |fixture: &&String| fixture.starts_with("linking/");
    let strays: Vec<String> =
        fixtures().difference(&rules()).filter(|fixture| !is_shape(fixture)).cloned().collect();
    assert!(strays.is_empty(), "fixtures without a rule: {strays:#?}");
}

#[test]
fn every_shape_of_linking_is_there_with_its_guard_and_without() {
    let mut wrong = Vec::new();
    for shape in fs::read_dir(root().join("fixtures/linking")).unwrap() {
        let shape = shape.unwrap().path();
        let mut kinds = BTreeSet::new();
        for project in fs::read_dir(&shape).unwrap() {
            let project = project.unwrap().path();
            let name = told(project.file_name().unwrap().as_ref());
            let expects = files(&project)
                .iter()
                .filter_map(|file| fs::read_to_string(file).ok())
                .any(|text| text.contains("expect: ") || text.contains("expect-low: "));
            match name.split_once('_').map(|(kind, _)| kind) {
                Some("bad") if expects => kinds.insert("bad"),
                Some("ok") if !expects => kinds.insert("ok"),
                _ => {
                    wrong.push(format!("{}: neither bad nor ok", told(&project)));
                    false
                }
            };
        }
        if kinds.len() != 2 {
            wrong.push(format!("{}: only {kinds:?}", told(&shape)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn bad_fixtures_expect_their_rule_and_ok_ones_do_not() {
    let mut wrong = Vec::new();
    for path in files(&root().join("fixtures")) {
        let relative = path.strip_prefix(root().join("fixtures")).unwrap();
        let parts: Vec<&str> = relative.iter().map(|part| part.to_str().unwrap()).collect();
        let [family, kind, name, ..] = parts[..] else { continue };
        let id = format!("{family}/{kind}");
        let text = fs::read_to_string(&path).unwrap();
        // In a fixture of several files one of them expects.
        let is_single = parts.len() == 3;
        let says = |line: &str| line.contains("expect:") || line.contains("expect-low:");
        let expects = text.lines().any(|line| says(line) && line.contains(&id));
        if is_single && name.starts_with("bad_") && !expects {
            wrong.push(format!("{}: expects nothing of {id}", told(&path)));
        }
        if name.starts_with("ok_") && expects {
            wrong.push(format!("{}: expects {id}", told(&path)));
        }
        if !name.starts_with("bad_") && !name.starts_with("ok_") {
            wrong.push(format!("{}: is neither bad_ nor ok_", told(&path)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_model_proves_itself() {
    let is_model = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "yaml");
    let models: Vec<PathBuf> = files(&root().join("rules/models")).into_iter().filter(is_model).collect();
    assert!(!models.is_empty(), "no model");
    let has_test =
        |path: &PathBuf| fs::read_to_string(path).unwrap().lines().any(|line| line.starts_with("test:"));
    let silent: Vec<String> = models.iter().filter(|path| !has_test(path)).map(|path| told(path)).collect();
    assert!(silent.is_empty(), "models without a test: {silent:#?}");
}

/// A file that has grown past this answers more than one question.
const MAX_LINES: usize = 500;

#[test]
fn no_file_of_the_program_is_too_long() {
    let sources = files(&root().join("src"));
    let sources = sources.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let lines = |path: &Path| fs::read_to_string(path).unwrap().lines().count();
    let long: Vec<String> = sources
        .map(|path| (lines(path), told(path)))
        .filter(|(lines, _)| *lines > MAX_LINES)
        .map(|(lines, path)| format!("{path}: {lines} lines, more than {MAX_LINES}"))
        .collect();
    assert!(long.is_empty(), "to be split along their questions: {long:#?}");
}

/// The words inside backticks and fenced blocks of a document.
fn code_words(path: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join(path)).unwrap();
    let is_other = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.');
    text.split('`').skip(1).step_by(2).flat_map(|code| code.split(is_other)).map(str::to_owned).collect()
}

/// The keys and words that a schema reads: its fields and variants as they are written in YAML.
fn schema_words(path: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(path)).unwrap();
    let mut words = Vec::new();
    let mut renamed = None;
    for line in text.lines().map(str::trim) {
        let field = line.strip_prefix("pub(super) ").and_then(|rest| rest.split_once(": "));
        let variant = line.strip_suffix(',').filter(|name| {
            name.starts_with(char::is_uppercase) && name.chars().all(|c| c.is_ascii_alphanumeric())
        });
        if let Some(rest) = line.split_once("rename = \"") {
            renamed = rest.1.split_once('"').map(|(name, _)| name.to_owned());
        } else if let Some(name) = field.map(|(name, _)| name).or(variant) {
            words.push(renamed.take().unwrap_or_else(|| kebab(name)));
        }
    }
    words
}

fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(if c == '_' { '-' } else { c.to_ascii_lowercase() });
    }
    kebab
}

#[test]
fn the_documents_know_every_rule_role_and_key() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut missing = Vec::new();
    let knowledge = faultlint::rules::builtin::Knowledge::load(&[], &[]).unwrap();
    assert!(!knowledge.rules.is_empty(), "no rule");
    for rule in &knowledge.rules {
        let info = &rule.info;
        let is_row = |line: &str| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            matches!(cells[..], [id, _, summary] if id == format!("`{}`", info.id)
                && summary.trim_end_matches(" (audit)") == info.summary)
        };
        if !readme.lines().any(is_row) {
            missing.push(format!("README.md: no row of `{}` with \"{}\"", info.id, info.summary));
        }
    }
    let table = readme.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let ids = rules();
    for (id, _) in table.filter(|(id, _)| id.contains('/') && !ids.contains(*id)) {
        missing.push(format!("README.md: `{id}` is no rule"));
    }
    let roles = fs::read_to_string(root().join("rules/roles.yaml")).unwrap();
    let role = |line: &str| Some(line.strip_prefix("  ")?.split_once(':')?.0.to_owned());
    let roles: Vec<String> = roles.lines().filter_map(role).collect();
    assert!(!roles.is_empty(), "no role");
    for (document, words) in [
        ("docs/writing-rules.md", roles),
        ("docs/writing-rules.md", schema_words("src/rules/schema.rs")),
        ("docs/models.md", schema_words("src/models/schema.rs")),
        ("docs/configuration.md", schema_words("src/config/schema.rs")),
    ] {
        let known = code_words(document);
        let unknown = words.iter().filter(|word| !known.contains(*word));
        missing.extend(unknown.map(|word| format!("{document}: nothing of `{word}`")));
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// Checks a generated file, or writes it when blessing.
fn hold(path: &Path, text: &str, wrong: &mut Vec<String>) {
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    } else if fs::read_to_string(path).ok().as_deref() != Some(text) {
        wrong.push(format!("{} is not what `cargo bless` writes", told(path)));
    }
}

#[test]
fn every_rule_has_its_page() {
    let folder = root().join("docs/rules");
    let knowledge = faultlint::rules::builtin::Knowledge::load(&[], &[]).unwrap();
    let figures = faultlint::explain::Figures::built_in().unwrap();
    let infos: Vec<_> = knowledge.rules.iter().map(|rule| &*rule.info).collect();
    let index = faultlint::explain::index(infos.iter().copied(), &figures);
    let mut pages = vec![(folder.join("README.md"), index)];
    for info in infos {
        pages.push((folder.join(format!("{}.md", info.id)), faultlint::explain::page(info, &figures)));
    }
    let mut wrong = Vec::new();
    for (path, text) in &pages {
        hold(path, text, &mut wrong);
    }
    for path in files(&folder).into_iter().filter(|path| !pages.iter().any(|(page, _)| page == path)) {
        if std::env::var_os("BLESS").is_some() {
            fs::remove_file(&path).unwrap();
        } else {
            wrong.push(format!("{}: no rule has this page", told(&path)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn figures_are_of_rules_that_are_there() {
    const UNKNOWN: &str = "unknown";
    let figures = faultlint::explain::Figures::built_in().unwrap();
    let ids = rules();
    let gone: Vec<&str> = figures.rules().filter(|id| !ids.contains(*id)).collect();
    assert!(gone.is_empty(), "no rules, but in benchmark/: {gone:?}");
    let table = fs::read_to_string(root().join("benchmark/README.md")).unwrap();
    let labels = fs::read_to_string(root().join("benchmark/labels.jsonl")).unwrap();
    for family in ids.iter().filter_map(|id| id.split_once('/')).map(|(family, _)| family) {
        let Some(measured) = figures.family(family) else {
            // What came after the labels has none of its own yet.
            let labelled = labels.contains(&format!("\"family\": \"{family}\""));
            assert!(!labelled, "benchmark/figures.json: no {family}");
            continue;
        };
        let recall = measured.recall().split(" (").next().unwrap().replacen(" of ", "/", 1);
        if recall == UNKNOWN {
            // Those beyond the twelve share the labels called `beyond`.
            continue;
        }
        let row = format!("| {family} | {recall},");
        assert!(table.contains(&row), "benchmark/README.md: no row `{row} …`; benchmark/run.sh writes it");
    }
}

/// The tests that a page names, as `file::test` in the last cell of a row.
fn named_tests(page: &str) -> BTreeSet<(String, String)> {
    let text = fs::read_to_string(root().join(page)).unwrap();
    let last = |line: &str| {
        line.strip_prefix('|')?.trim_end().strip_suffix('|')?.rsplit('|').next().map(str::to_owned)
    };
    let cells = text.lines().filter_map(last);
    let name = |cell: String| {
        let (file, test) = cell.trim().strip_prefix('`')?.strip_suffix('`')?.split_once("::")?;
        Some((file.to_owned(), test.to_owned()))
    };
    cells.filter_map(name).collect()
}

/// The tests of a file below `tests/`, by `file::test`.
fn tests_in(file: &str) -> BTreeSet<(String, String)> {
    let text = fs::read_to_string(root().join(format!("tests/{file}.rs"))).unwrap();
    let mut lines = text.lines();
    let mut found = BTreeSet::new();
    while let Some(line) = lines.next() {
        if line == "#[test]" {
            let head = lines.find(|line| line.starts_with("fn ")).unwrap();
            let name = head.trim_start_matches("fn ").split('(').next().unwrap();
            found.insert((file.to_owned(), name.to_owned()));
        }
    }
    found
}

#[test]
fn every_hostile_input_and_fault_names_its_test() {
    let named = named_tests("docs/robustness.md");
    let hostile = ["cache", "configuration", "files", "growth", "names", "nesting"];
    let hostile = hostile.iter().map(|file| format!("hostile/{file}"));
    let files = hostile.chain(["faults".to_owned(), "supply".to_owned()]);
    let there: BTreeSet<_> = files.flat_map(|file| tests_in(&file)).collect();
    assert!(there.len() > 40);
    let gone: Vec<_> = named.difference(&there).collect();
    let untold: Vec<_> = there.difference(&named).collect();
    assert!(gone.is_empty() && untold.is_empty(), "no such tests: {gone:?}; not in the table: {untold:?}");
}
