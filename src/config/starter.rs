//! The configuration that `faultlint init` writes: what was seen in a repository, and what may be said, in comments.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// How many folders of a kind are named.
const FOLDERS: usize = 6;

/// What was seen in a repository.
#[derive(Debug, Default)]
pub struct Survey {
    /// How many files there are of each language.
    pub languages: BTreeMap<&'static str, usize>,
    /// Libraries that have a model: how many files import them, and the families of roles that they play.
    pub libraries: BTreeMap<String, (usize, BTreeSet<String>)>,
    /// Files of each kind that are not looked at as services are, by the key of the configuration: their number by folder.
    pub kinds: BTreeMap<&'static str, BTreeMap<String, usize>>,
    /// How many findings a first run has.
    pub findings: usize,
}

/// The text of the file.
pub fn starter(survey: &Survey) -> String {
    let mut text = String::from(
        "# faultlint reads this file in the folders around what it checks and above. `faultlint config show` prints what holds.\n\n",
    );
    text.push_str(&seen(survey));
    text.push_str(RULES);
    text.push_str(&code(survey));
    text.push_str(REST);
    text.push_str(&baseline(survey));
    text
}

/// What to do with what is found before anybody began; nothing where that is nothing.
fn baseline(survey: &Survey) -> String {
    if survey.findings == 0 {
        return String::new();
    }
    format!(
        "\n# {} here before anybody looked. `faultlint baseline create` keeps what is known, so that only what is new fails;\n\
         # then take the `#` from the next line (docs/adopting.md).\n# baseline: {BASELINE}\n",
        findings(survey.findings)
    )
}

/// What to do next, in words; nothing where a first run finds nothing.
pub fn next_steps(survey: &Survey) -> Option<String> {
    if survey.findings == 0 {
        return None;
    }
    Some(format!(
        "{} here now (`faultlint check` tells them). To fail only on new ones, keep these in a baseline:\n  \
         faultlint baseline create\nand take the `#` from `baseline: {BASELINE}` in the file.",
        findings(survey.findings)
    ))
}

/// What `faultlint baseline create` writes.
const BASELINE: &str = "faultlint-baseline.json";

fn findings(count: usize) -> String {
    if count == 1 { "1 finding is".to_owned() } else { format!("{count} findings are") }
}

fn seen(survey: &Survey) -> String {
    let mut text = String::from("# Seen here:\n");
    if survey.languages.is_empty() {
        text.push_str("#   no TypeScript, JavaScript or Go file\n");
    }
    // Writing to a string cannot fail.
    for (language, files) in &survey.languages {
        let _ = writeln!(text, "#   {language}: {}", counted(*files));
    }
    if !survey.languages.is_empty() && survey.libraries.is_empty() {
        text.push_str("#   no library that has a model (docs/models.md says how to write one)\n");
    }
    for (library, (files, roles)) in &survey.libraries {
        let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
        let _ = writeln!(text, "#   {library}, in {}: {}", counted(*files), roles.join(", "));
    }
    text.push('\n');
    text
}

fn code(survey: &Survey) -> String {
    let mut text = String::from(
        "# Which code is looked at: `check` it like a service, or `skip` it (few rules look at front-end code).\ncode:\n",
    );
    for kind in ["tests", "examples", "vendored", "generated", "scripts", "front-end"] {
        let _ = writeln!(text, "  {kind}: skip{}", folders(survey.kinds.get(kind)));
    }
    text.push_str(
        "  # What is told wrongly: kind is service, front-end, test, example, vendored, generated or script; the last that fits counts.\n  \
         # paths:\n  #   - { files: 'tools/**', kind: service }\n\n",
    );
    text
}

/// Where files of a kind were seen, most first.
fn folders(kind: Option<&BTreeMap<String, usize>>) -> String {
    let Some(kind) = kind else { return String::new() };
    let mut folders: Vec<(&String, usize)> = kind.iter().map(|(folder, files)| (folder, *files)).collect();
    folders.sort_by_key(|(folder, files)| (std::cmp::Reverse(*files), *folder));
    let more = if folders.len() > FOLDERS { " …" } else { "" };
    let named: Vec<&str> = folders.iter().take(FOLDERS).map(|(folder, _)| folder.as_str()).collect();
    format!("  # {} in {}{more}", counted(kind.values().sum()), named.join(", "))
}

fn counted(files: usize) -> String {
    if files == 1 { "1 file".to_owned() } else { format!("{files} files") }
}

const RULES: &str = "\
# No configuration above this one counts.
root: true

# How much a fault must hurt to fail the build: low, medium, high, critical, never.
fail-on: low

# What is reported: from which severity on, and how sure (low, medium, high).
min-severity: low
min-confidence: medium

# gate: what a build can fail on. audit: also what is for a review at leisure.
persona: gate

# Rules and families that do not run (`faultlint rules list` prints all).
# ignore: [cache-stampede/fixed-ttl]

# What hurts more or less here than in general, or `off`.
# severity: { timeout-chain: high, rate-limit/incr-then-expire: low }

# What holds for some files; patterns are those of .gitignore.
# overrides:
#   - files: ['src/legacy/**']
#     ignore: [retry-storm]

# Files that are not read at all.
# exclude: ['src/migrations/**']

";

const REST: &str = "\
project:
  # With `one`, rules that matter only with several replicas do not run.
  replicas: many
  # Libraries that look like clients of other systems and are none.
  # harmless-libraries: ['@acme/queue-names']

# How much may be missing before `--strict` fails: files, shares in percent, libraries; `any` for no limit.
strict:
  partly-parsed: 0
  skipped: 0
  unresolved-imports: 25
  unresolved-calls: 60
  unread-manifests: 0
  unmodelled-libraries: any

# Folders of your own rules and models (docs/writing-rules.md, docs/models.md).
# rules: [lint/rules]
# models: [lint/models]
";
