//! The merged configuration as YAML, with the place where each value is said.

use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use super::{At, Config, Files, Level, Say};
use crate::data::nearest::nearest;
use crate::models::code::Kind;
use crate::source::walk::show as shown;

/// What is said by nobody.
const DEFAULT: &str = "default";

/// All that holds, or all that holds for one file. What is not said and is empty by default is left out.
pub fn show(config: &Config, file: Option<&Path>, directory: &Path) -> String {
    let mut page = Page { text: String::new(), directory };
    match config.files.as_slice() {
        [] => page.line("# no configuration file", ""),
        files => {
            let nearest_first: Vec<&str> = files.iter().rev().map(String::as_str).collect();
            page.line(&format!("# {}", nearest_first.join(", over ")), "");
        }
    }
    let path = file.map(|file| directory.join(file));
    if let Some(path) = &path {
        page.file(config, path);
    }
    let says: Vec<&Say> = match &path {
        Some(path) => config.saying(path).collect(),
        None => vec![&config.all],
    };
    if let Some(select) = &config.select {
        page.list(0, "select", select);
    }
    page.say(0, &says, true);
    page.value("persona", config.persona.as_ref(), "gate");
    page.value("fail-on", config.fail_on.as_ref(), "low");
    if let Some((at, path)) = &config.baseline {
        page.line(&format!("baseline: {}", quoted(&shown(path, directory))), &at.origin());
    }
    let exclude: Vec<At<String>> = config.exclude.iter().flat_map(|files| files.patterns.clone()).collect();
    page.list(0, "exclude", &exclude);
    if path.is_none() {
        page.overrides(config);
    }
    page.code(config, path.as_deref());
    page.line("project:", "");
    page.value("  replicas", config.replicas.as_ref(), "many");
    page.list(2, "harmless-libraries", &config.harmless);
    page.line("strict:", "");
    for (key, limit, origin) in config.strict.shown() {
        page.line(&format!("  {key}: {limit}"), origin.as_deref().unwrap_or(DEFAULT));
    }
    page.folders("rules", &config.rules);
    page.folders("models", &config.models);
    page.text
}

/// A text that is being written.
struct Page<'d> {
    text: String,
    directory: &'d Path,
}

impl Page<'_> {
    fn line(&mut self, text: &str, origin: &str) {
        // Writing to a string cannot fail.
        let _ = match origin {
            "" => writeln!(self.text, "{text}"),
            origin => writeln!(self.text, "{text}  # {origin}"),
        };
    }

    fn value<T: Serialize>(&mut self, key: &str, said: Option<&At<T>>, default: &str) {
        match said {
            Some(at) => self.line(&format!("{key}: {}", word(&at.value.value)), &at.origin()),
            None if default.is_empty() => {}
            None => self.line(&format!("{key}: {default}"), DEFAULT),
        }
    }

    fn list(&mut self, indent: usize, key: &str, items: &[At<String>]) {
        if items.is_empty() {
            return;
        }
        self.line(&format!("{:indent$}{key}:", ""), "");
        for item in items {
            self.line(&format!("{:indent$}  - {}", "", quoted(&item.value.value)), &item.origin());
        }
    }

    /// What is said of rules and findings, what goes before first.
    fn say(&mut self, indent: usize, says: &[&Say], defaults: bool) {
        let ignore: Vec<At<String>> = says.iter().rev().flat_map(|say| say.ignore.clone()).collect();
        self.list(indent, "ignore", &ignore);
        let mut severity: Vec<&(At<String>, Level)> = Vec::new();
        for entry in says.iter().flat_map(|say| say.severity.iter().rev()) {
            if !severity.iter().any(|(name, _)| name.value.value == entry.0.value.value) {
                severity.push(entry);
            }
        }
        severity.sort_by(|a, b| a.0.value.value.cmp(&b.0.value.value));
        if !severity.is_empty() {
            self.line(&format!("{:indent$}severity:", ""), "");
        }
        for (name, level) in severity {
            let text = format!("{:indent$}  {}: {}", "", quoted(&name.value.value), word(level));
            self.line(&text, &name.origin());
        }
        let default = |word: &'static str| if defaults { word } else { "" };
        let min_severity = says.iter().find_map(|say| say.min_severity.as_ref());
        self.value(&format!("{:indent$}min-severity", ""), min_severity, default("low"));
        let min_confidence = says.iter().find_map(|say| say.min_confidence.as_ref());
        self.value(&format!("{:indent$}min-confidence", ""), min_confidence, default("medium"));
    }

    /// What is said of a file alone.
    fn file(&mut self, config: &Config, path: &Path) {
        let name = shown(path, self.directory);
        self.line(&format!("# what holds for {name}"), "");
        if let Some(files) = config.exclude.iter().find(|files| files.globs.matches(path)) {
            self.line("# excluded", &files.origins());
        }
        if let Some((_, kind)) = config.kinds.iter().rev().find(|(files, _)| files.globs.matches(path)) {
            self.line(&format!("# kind: {}", word(&kind.value.value)), &kind.origin());
        }
    }

    fn overrides(&mut self, config: &Config) {
        if !config.overrides.is_empty() {
            self.line("overrides:", "");
        }
        for (files, say) in &config.overrides {
            self.line("  -", "");
            self.list(4, "files", &files.patterns);
            self.say(4, &[say], false);
        }
    }

    fn code(&mut self, config: &Config, path: Option<&Path>) {
        self.line("code:", "");
        let kinds = [
            (Kind::Test, "tests"),
            (Kind::Example, "examples"),
            (Kind::Vendored, "vendored"),
            (Kind::Generated, "generated"),
            (Kind::Script, "scripts"),
            (Kind::FrontEnd, "front-end"),
        ];
        for (kind, key) in kinds {
            let said = config.treat.iter().find(|(known, _)| *known == kind).map(|(_, treat)| treat);
            self.value(&format!("  {key}"), said, "skip");
        }
        if !config.kinds.is_empty() && path.is_none() {
            self.line("  paths:", "");
            for (files, kind) in &config.kinds {
                self.line("    -", "");
                self.list(6, "files", &files.patterns);
                self.value("      kind", Some(kind), "");
            }
        }
    }

    fn folders(&mut self, key: &str, folders: &[(At<String>, std::path::PathBuf)]) {
        if !folders.is_empty() {
            self.line(&format!("{key}:"), "");
        }
        for (name, path) in folders {
            self.line(&format!("  - {}", quoted(&shown(path, self.directory))), &name.origin());
        }
    }
}

impl Files {
    fn origins(&self) -> String {
        self.patterns.first().map(At::origin).unwrap_or_default()
    }
}

/// The word of the file for a value.
fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// Text as YAML reads it back: in quotes, unless it is a plain word.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/_.-".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_value = nearest(text, &["true", "false", "null"]) == Some(text);
    if begins && text.chars().all(is_plain) && !is_value {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}
