//! The schemas of rules, models and baselines say what the program says. What the types say, they say by how they are made.

#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use faultlint::data::DataFile;
use faultlint::rules::builtin::Knowledge;
use serde_json::Value;

struct Schema {
    schemas: boon::Schemas,
    index: boon::SchemaIndex,
}

impl Schema {
    /// The one that the program prints.
    fn of(name: &str) -> Self {
        let output = faultlint(Path::new("."), &["schema", name]);
        let schema: Value = serde_json::from_slice(&output).unwrap();
        let mut compiler = boon::Compiler::new();
        let at = format!("file:///{name}.json");
        compiler.add_resource(&at, schema).unwrap();
        let mut schemas = boon::Schemas::new();
        let index = compiler.compile(&at, &mut schemas).unwrap();
        Self { schemas, index }
    }

    fn fits(&self, value: &Value) -> Result<(), String> {
        self.schemas.validate(value, self.index).map_err(|error| format!("{error:#}"))
    }
}

fn faultlint(directory: &Path, arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
    command.current_dir(directory).args(arguments).stdin(Stdio::null()).output().unwrap().stdout
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The documents of a YAML text.
fn documents(name: &str, text: &str) -> Vec<Value> {
    DataFile::new(name, text).parse_all().unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn yaml_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            yaml_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
}

/// The fenced blocks of a document that begin with a key.
fn blocks(document: &str, key: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let blocks = text.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned());
    blocks.filter(|block| block.starts_with(key)).collect()
}

#[test]
fn every_rule_and_model_of_the_tree_fits() {
    let (rules, models) = (Schema::of("rules"), Schema::of("models"));
    let mut files = Vec::new();
    yaml_below(&root().join("rules"), &mut files);
    files.retain(|path| {
        !["roles.yaml", "code.yaml", "clients.yaml", "words.yaml"]
            .contains(&path.file_name().unwrap().to_str().unwrap())
    });
    let texts = files.iter().map(|path| (path.display().to_string(), fs::read_to_string(path).unwrap()));
    let mut texts: Vec<(String, String)> = texts.collect();
    for (document, key) in [("docs/writing-rules.md", "id:"), ("docs/models.md", "library:")] {
        let found = blocks(document, key);
        assert!(!found.is_empty(), "no example in {document}");
        texts.extend(found.into_iter().map(|block| (document.to_owned(), block)));
    }
    let mut counted = [0, 0];
    let mut wrong = Vec::new();
    for (name, text) in texts {
        for document in documents(&name, &text) {
            let is_model = document.get("library").is_some();
            counted[usize::from(is_model)] += 1;
            let schema = if is_model { &models } else { &rules };
            wrong.extend(schema.fits(&document).err().map(|error| format!("{name}: {error}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(counted[0] > 40 && counted[1] > 50, "{counted:?}");
}

const RULE: &str = "\
id: demo/rule
severity: high
summary: A lock is taken
why: It stays.
remedy: Give it back.
match:
  steps:
    take: { does: kv.set-if-absent, within: [loop], where: { ttl: missing, key: { matches: '^lock' } } }
    free: { does: [kv.delete], after: take }
  paths:
    lost: { from: take.ok, to: return }
  report: { at: take, labels: { lost: without giving it back } }
";

const QUERY: &str = "\
id: demo/query
severity: low
summary: A call
why: It is one.
remedy: Leave it.
query: { languages: go, pattern: (call_expression) @call, at: call, max-matches: 3, time-limit: 1s }
";

const MODEL: &str = "\
library: demo
language: go
receivers: { client: { construct: [New], items: { receiver: client, ack: manual } } }
calls:
  - { on: client, method: Set, role: kv.set, args: { key: 0 }, when: { arguments: 2 } }
  - { on: client, method: Each, runs: [ { at: 0, as: inline } ] }
test: |
  package a
";

#[test]
fn what_holds_by_default_fits_the_schema_of_configurations() {
    let shown = String::from_utf8(faultlint(root(), &["config", "show", "README.md"])).unwrap();
    let schema = Schema::of("config");
    for document in documents("config show", &shown) {
        assert!(document["strict"].as_object().is_some_and(|keys| keys.len() > 4), "{shown}");
        schema.fits(&document).unwrap_or_else(|error| panic!("{error}\n{shown}"));
    }
}

#[test]
fn what_a_schema_refuses_the_program_refuses_and_the_reverse() {
    let (rules, models) = (Schema::of("rules"), Schema::of("models"));
    // What is replaced, and with what; the last says whether it fits.
    let of_rules = [
        (RULE, "", "", true),
        (QUERY, "", "", true),
        (RULE, "severity: high", "severity: huge", false),
        (RULE, "summary: A lock is taken\n", "", false),
        (RULE, "remedy:", "remdy:", false),
        (RULE, "within: [loop]", "within: [lop]", false),
        (RULE, "after: take", "aftr: take", false),
        (RULE, "matches:", "machtes:", false),
        (RULE, "from: take.ok, ", "", false),
        (RULE, "at: take, ", "", false),
        (
            RULE,
            "id: demo/rule\n",
            "id: demo/rule\nfront-end: true\npersona: audit\nneeds: many-replicas\n",
            true,
        ),
        (RULE, "id: demo/rule\n", "id: demo/rule\npersona: judge\n", false),
        (QUERY, "pattern: (call_expression) @call, ", "", false),
        (QUERY, "max-matches: 3", "max-matches: many", false),
        (QUERY, "time-limit", "time-limits", false),
    ];
    for (text, old, new, fits) in of_rules {
        let text = text.replacen(old, new, 1);
        let said = Knowledge::load(&[DataFile::new("own.yaml", text.as_str())], &[]);
        assert_eq!(said.is_ok(), fits, "the program on\n{text}");
        let said = rules.fits(&documents("own.yaml", &text)[0]);
        assert_eq!(said.is_ok(), fits, "the schema on\n{text}\n{said:?}");
    }
    let of_models = [
        ("", "", true),
        ("language: go", "language: ruby", false),
        ("ack: manual", "ack: manully", false),
        ("as: inline", "as: inlined", false),
        ("construct", "constructs", false),
        ("role:", "roll:", false),
        ("library: demo\n", "", false),
        ("arguments: 2", "arguments: { at-least: 2 }", true),
        ("arguments: 2", "arguments: { least: 2 }", false),
    ];
    for (old, new, fits) in of_models {
        let text = MODEL.replacen(old, new, 1);
        let said = Knowledge::load(&[], &[DataFile::new("own.yaml", text.as_str())]);
        assert_eq!(said.is_ok(), fits, "the program on\n{text}\n{:?}", said.err());
        let said = models.fits(&documents("own.yaml", &text)[0]);
        assert_eq!(said.is_ok(), fits, "the schema on\n{text}\n{said:?}");
    }
}

#[test]
fn a_baseline_fits_and_what_is_none_does_not() {
    let schema = Schema::of("baseline");
    let root = tempfile::tempdir().unwrap();
    let lock = "import Redis from 'ioredis';\nconst redis = new Redis();\nredis.on('error', report);\n\
                export async function take(id: string) {\n  return redis.set(`lock:${id}`, '1', 'NX');\n}\n";
    fs::write(root.path().join("a.ts"), lock).unwrap();
    faultlint(root.path(), &["baseline", "create"]);
    let text = fs::read_to_string(root.path().join("faultlint-baseline.json")).unwrap();
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    schema.fits(&read(&text)).unwrap();
    assert!(!read(&text)["findings"].as_array().unwrap().is_empty());
    for (old, new) in
        [("\"version\": 1", "\"version\": 7"), ("\"rule\"", "\"rules\""), ("\"findings\"", "\"found\"")]
    {
        assert!(text.contains(old), "{text}");
        assert!(schema.fits(&read(&text.replacen(old, new, 1))).is_err(), "{new}");
        fs::write(root.path().join("faultlint-baseline.json"), text.replacen(old, new, 1)).unwrap();
        let told = faultlint(root.path(), &["check", "--baseline", "faultlint-baseline.json"]);
        assert!(told.is_empty(), "the program reads {new}");
    }
}
