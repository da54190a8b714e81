//! Rules and libraries are data: no string of the program's own code names one.

#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use faultlint::data::DataFile;
use serde::Deserialize;

/// Strings that look like the name of a library and are none: a file, the strings, and the reason.
const ALLOWED: &[(&str, &[&str], &str)] = &[
    (
        "engine/singled.rs",
        &["ratelimit"],
        "a word in the names of failures by which the other side has refused",
    ),
    (
        "config/starter.rs",
        &["cache-stampede/fixed-ttl", "rate-limit/incr-then-expire", "retry-storm", "timeout-chain"],
        "examples in the comments of the configuration that `init` writes",
    ),
    ("lower/ecmascript/function.rs", &["async"], "a keyword of the language"),
    ("engine/gone_over.rs", &["uuid"], "a word in the names of variables that hold an id"),
    ("engine/product.rs", &["delay"], "the argument `delay` of roles"),
    ("engine/fails.rs", &["delay"], "the name of a function that waits"),
    ("program/concurrency/anew.rs", &["context"], "a word in the names of parameters that hold a context"),
    ("program/deadlines/at_hand.rs", &["context"], "the argument `context` of roles"),
    ("program/calls/args.rs", &["context"], "the argument `context` of roles"),
    (
        "program/deadlines/contexts.rs",
        &["context", "request"],
        "the arguments `context` and `request` of roles",
    ),
    ("program/deadlines/passed_on.rs", &["request"], "a word in the names of parameters that hold a request"),
    ("program/deadlines/endless.rs", &["context"], "the argument `context` of roles"),
    (
        "program/deadlines/limits.rs",
        &["context", "request"],
        "the arguments `context` and `request` of roles",
    ),
    (
        "program/modules/ecmascript.rs",
        &[
            "cluster",
            "crypto",
            "events",
            "fs",
            "http",
            "http2",
            "https",
            "net",
            "os",
            "stream",
            "timers",
            "timers/promises",
            "tls",
            "util",
            "zlib",
        ],
        "modules of the runtime itself, which are never files of the tree",
    ),
];

/// What a model says of its library.
#[derive(Deserialize)]
struct Model {
    library: String,
    #[serde(default)]
    packages: Vec<String>,
}

fn files(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|known| known == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names of libraries and the paths of their packages.
fn libraries() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in files(&root().join("rules/models"), "yaml") {
        let file = DataFile::new(path.display().to_string(), fs::read_to_string(&path).unwrap());
        for model in file.parse_all::<Model>().unwrap() {
            names.insert(model.library);
            // `*` stands for any package, and names none
            names.extend(model.packages.into_iter().filter(|package| package != "*"));
        }
    }
    names
}

fn is_test(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "tests.rs" || name == "samples.rs")
        || path.components().any(|part| part.as_os_str() == "tests")
}

/// The strings in Rust code, comments and what follows `#[cfg(test)]` left out, each with its line.
fn strings(text: &str) -> Vec<(usize, String)> {
    let text: Vec<char> = text.split("#[cfg(test)]").next().unwrap().chars().collect();
    let at = |place: usize| text.get(place).copied().unwrap_or('\0');
    let mut found = Vec::new();
    let mut place = 0;
    let mut line = 1;
    while place < text.len() {
        let start = (place, line);
        match at(place) {
            '/' if at(place + 1) == '/' => {
                while place < text.len() && at(place) != '\n' {
                    place += 1;
                }
                continue;
            }
            '\'' if at(place + 1) == '\\' => place += 3,
            '\'' if at(place + 2) == '\'' => place += 2,
            '"' => {
                let hashes = text[..place].iter().rev().take_while(|c| **c == '#').count();
                let is_raw = place > hashes && at(place - hashes - 1) == 'r';
                let mut content = String::new();
                place += 1;
                while place < text.len() {
                    let ends = at(place) == '"' && (0..hashes).all(|more| at(place + 1 + more) == '#');
                    if ends || (at(place) == '"' && !is_raw) {
                        break;
                    }
                    if at(place) == '\\' && !is_raw {
                        content.push(at(place));
                        place += 1;
                    }
                    line += usize::from(at(place) == '\n');
                    content.push(at(place));
                    place += 1;
                }
                found.push((start.1, content));
            }
            _ => {}
        }
        line += usize::from(at(place) == '\n');
        place += 1;
    }
    found
}

/// Whether a string names something: it is the name, or has it as a word that can mean nothing else.
fn names(string: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_/.@".contains(c);
    string == name
        || (name.contains(['/', '-', '@'])
            && string.match_indices(name).any(|(at, _)| {
                !string[..at].ends_with(is_part) && !string[at + name.len()..].starts_with(is_part)
            }))
}

#[test]
fn no_rule_and_no_library_is_known_by_name() {
    let knowledge = faultlint::rules::builtin::Knowledge::load(&[], &[]).unwrap();
    let ids: BTreeSet<String> = knowledge.rules.iter().map(|rule| rule.info.id.clone()).collect();
    let families = ids.iter().filter_map(|id| id.split_once('/')).map(|(family, _)| family.to_owned());
    let names_of: BTreeSet<String> = ids.iter().cloned().chain(families).chain(libraries()).collect();
    let mut idle: BTreeSet<(&str, &str)> =
        ALLOWED.iter().flat_map(|(file, words, _)| words.iter().map(|word| (*file, *word))).collect();
    let allowed = idle.clone();
    let mut wrong = Vec::new();
    let source = root().join("src");
    for path in files(&source, "rs").into_iter().filter(|path| !is_test(path)) {
        let file = path.strip_prefix(&source).unwrap().to_str().unwrap().replace('\\', "/");
        for (line, string) in strings(&fs::read_to_string(&path).unwrap()) {
            for name in names_of.iter().filter(|name| names(&string, name)) {
                if allowed.contains(&(file.as_str(), name.as_str())) {
                    idle.retain(|known| *known != (file.as_str(), name.as_str()));
                } else {
                    wrong.push(format!("src/{file}:{line}: \"{string}\" names {name}"));
                }
            }
        }
    }
    wrong.extend(
        idle.iter().map(|(file, name)| format!("src/{file}: \"{name}\" need not be allowed any more")),
    );
    wrong.extend(ALLOWED.iter().filter(|(.., why)| why.len() < 20).map(|(file, ..)| format!("{file}: why?")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A list of words that nothing asks for would be believed to do something.
#[test]
fn every_list_of_words_is_asked_for() {
    let text = fs::read_to_string(root().join("rules/words.yaml")).unwrap();
    let source: Vec<String> =
        files(&root().join("src"), "rs").iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let source = source.concat().split_whitespace().collect::<String>();
    let (mut group, mut lists, mut idle) = ("", 0, Vec::new());
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        let Some((name, _)) = line.split_once(':') else { continue };
        if !line.starts_with(' ') {
            group = name;
            continue;
        }
        lists += 1;
        let list = name.trim().replace('-', "_");
        // Some functions are handed a whole group.
        let ways = [format!("{group}.{list}"), format!("known.{list}")];
        let ends = |(at, way): (usize, &str)| source[at + way.len()..].starts_with(['.', ';', ',', ')']);
        if !ways.iter().any(|way| source.match_indices(way.as_str()).any(ends)) {
            idle.push(format!("{group}.{}", name.trim()));
        }
    }
    assert!(lists > 40 && idle.is_empty(), "{lists} lists; nothing asks for {idle:?}");
}

#[test]
fn strings_are_found() {
    let code = "let a = \"one\"; // \"no\"\nlet b = ('\"', '\\'', \"t\\\"wo\");\nlet c: &'static str = r#\"th\"ree\"#;\n\"four\nlines\"; \"five\"\n#[cfg(test)] \"no\"";
    let expected = [(1, "one"), (2, "t\\\"wo"), (3, "th\"ree"), (4, "four\nlines"), (5, "five")];
    assert_eq!(strings(code), expected.map(|(line, text)| (line, text.to_owned())));
    assert!(names("a no-ttl b", "no-ttl") && names("time", "time"));
    assert!(!names("a time", "time") && !names("a/no-ttl", "no-ttl"));
}
