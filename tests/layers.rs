//! The layers of the design: which module may use which.

#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each module may use, as drawn in `ARCHITECTURE.md`. A module may always use its own parts.
const EDGES: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("data", &[]),
    ("facts", &["source"]),
    ("finding", &["source"]),
    ("syntax", &["source"]),
    ("timing", &[]),
    ("cache", &[]),
    ("lower", &["facts", "source", "syntax"]),
    ("fingerprint", &["facts", "finding", "source"]),
    ("baseline", &["data", "finding", "fingerprint", "source"]),
    ("models", &["data", "facts", "finding", "source"]),
    ("rules", &["data", "facts", "finding", "models", "source", "syntax"]),
    ("config", &["data", "finding", "models", "source"]),
    ("program", &["data", "facts", "finding", "models", "source"]),
    ("engine", &["data", "facts", "finding", "models", "program", "rules", "source", "timing"]),
    ("suppress", &["data", "facts", "finding", "source"]),
    ("report", &["finding", "fingerprint", "source"]),
    ("changes", &["finding", "source"]),
    ("explain", &["finding", "report"]),
    (
        "run",
        &[
            "baseline",
            "cache",
            "changes",
            "config",
            "data",
            "engine",
            "facts",
            "finding",
            "fingerprint",
            "lower",
            "models",
            "program",
            "report",
            "rules",
            "source",
            "suppress",
            "syntax",
            "timing",
        ],
    ),
    ("fixture", &["finding", "report", "run", "source"]),
    ("cli", &["finding", "report", "run", "timing"]),
    (
        "command",
        &[
            "baseline", "cache", "cli", "config", "data", "explain", "finding", "fixture", "report", "run",
            "source", "timing",
        ],
    ),
];

/// Words that only some modules may use.
const KEPT: &[(&str, &[&str])] = &[
    ("tree_sitter", &["syntax", "lower"]),
    ("rayon", &["run"]),
    ("serde_yaml", &["data"]),
    ("json_strip_comments", &["source"]),
    // `command` creates the file that a report is written to, `cache` keeps its own; all other reading is `source`.
    ("std::fs", &["source", "command", "cache"]),
    // `changes` runs git; `cache` names what it writes by the process.
    ("std::process", &["changes", "cache"]),
    ("std::env::var", &["command"]),
    ("println!", &[]),
    ("eprintln!", &[]),
];

fn sources() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let first = path.strip_prefix(&root).unwrap().components().next().unwrap();
                let module = Path::new(first.as_os_str()).file_stem().unwrap().to_str().unwrap().to_owned();
                found.push((module, path));
            }
        }
    }
    found.sort();
    found
}

/// The code of a file without comments and without what follows `#[cfg(test)]`, where layers do not matter.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let ours = text.split("#[cfg(test)]").next().unwrap_or_default();
    ours.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn is_test(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "tests.rs" || name == "samples.rs")
        || path.components().any(|part| part.as_os_str() == "tests")
}

/// The modules that `crate::` leads to, `use crate::{a, b}` included.
fn used(code: &str) -> BTreeSet<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (at, word) in code.match_indices("crate::") {
        let rest = &code[at + word.len()..];
        match rest.strip_prefix('{') {
            Some(list) => found
                .extend(list.split('}').next().unwrap_or_default().split(',').map(|part| name(part.trim()))),
            None => drop(found.insert(name(rest))),
        }
    }
    found.retain(|module| !module.is_empty());
    found
}

#[test]
fn edges_run_one_way() {
    let edges: BTreeMap<&str, &[&str]> = EDGES.iter().copied().collect();
    let mut wrong = Vec::new();
    for (module, path) in sources() {
        if module == "main" || module == "lib" || is_test(&path) {
            continue;
        }
        let Some(allowed) = edges.get(module.as_str()) else {
            wrong.push(format!("{module} is not in the list of layers"));
            continue;
        };
        for other in used(&code(&path)) {
            if other != module && !allowed.contains(&other.as_str()) {
                wrong.push(format!("{}: {module} must not use {other}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_and_the_system_are_used_where_they_belong() {
    let mut wrong = Vec::new();
    for (module, path) in sources() {
        if module == "main" || is_test(&path) {
            continue;
        }
        let code = code(&path);
        for (word, owners) in KEPT {
            if code.contains(word) && !owners.contains(&module.as_str()) {
                wrong.push(format!("{}: `{word}` belongs to {owners:?}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn uses_are_read() {
    let code = "use crate::source::{Span, walk};\nuse crate::{finding, report::text};\nfn f() -> crate::facts::Facts {}";
    assert_eq!(used(code), ["facts", "finding", "report", "source"].map(str::to_owned).into());
}

/// The rows of the table of layers in the page: each module with what it may use; none where that is all the others.
fn drawn() -> BTreeMap<String, Option<BTreeSet<String>>> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md")).unwrap();
    let table = page.split("## Who may use whom").nth(1).unwrap();
    let rows =
        table.lines().skip_while(|line| !line.starts_with("| `")).take_while(|line| line.starts_with('|'));
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<_>>();
    let mut found = BTreeMap::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let uses = (!cells[1].contains("all of the above")).then(|| names(cells[1]));
        found.extend(names(cells[0]).into_iter().map(|module| (module, uses.clone())));
    }
    found
}

#[test]
fn the_page_draws_the_layers_as_they_are() {
    let drawn = drawn();
    for (module, uses) in EDGES {
        let uses: BTreeSet<String> = uses.iter().map(|other| (*other).to_owned()).collect();
        let row = drawn.get(*module).unwrap_or_else(|| panic!("`{module}` is not drawn"));
        assert!(row.as_ref().is_none_or(|row| *row == uses), "`{module}` is drawn as using {row:?}");
    }
    assert_eq!(drawn.len(), EDGES.len());
}

/// Where the page says what lies where, every file of these folders is there, by its name.
#[test]
fn the_page_names_every_file_of_the_analysis() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md")).unwrap();
    let files = page.split("## The files").nth(1).unwrap().split("\n## ").next().unwrap();
    let words: BTreeSet<&str> = files.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    for (module, path) in sources() {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let is_told = is_test(&path) || matches!(name, "mod" | "properties" | "rebinding");
        let is_deep = path.components().any(|part| part.as_os_str() == "modules");
        if matches!(module.as_str(), "program" | "engine") && !is_told && !is_deep {
            assert!(words.contains(name), "{} is not in the page", path.display());
        }
    }
}
