//! Fixtures: source files that say in comments what is to be found in them.
//!
//! ```text
//! // expect: family/kind[, family/kind]     found on this line, or on the next line of code when the comment stands alone
//! // expect-low: family/kind                found at low confidence, which is not told of unless it is asked for
//! // todo-expect: family/kind               a known miss: fails as soon as it is found
//! // todo-ok: family/kind                   a known false alarm: fails as soon as it is gone
//! ```
//!
//! Each file is a program of its own; the files below a folder called `bad_…` or `ok_…` make one program together.
//!
//! Exact both ways: what is found and not expected fails as well. A rule named twice is to be found twice. Findings of medium
//! and high confidence count, those of low only where the project expects some; those of the families that the expectations of fixtures in the same folder speak of (all, where
//! there are none), those for an audit only where the rule itself is spoken of there.
//!
//! Owns: reading expectations and comparing. Does not own: the run.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::finding::{Confidence, Persona, RuleInfo, RunReport, Severity};
use crate::report::text::{self, counted, printable, status_in_words};
use crate::run::{self, RuleSet, RunError, Settings};
use crate::source::{FoundFile, SourceFile, walk};

/// Why fixtures could not be run.
#[derive(Debug, thiserror::Error)]
pub enum FixtureError {
    /// The run failed.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A run over nothing proves nothing.
    #[error("no fixture below {0}")]
    Empty(String),
}

/// What came of a directory of fixtures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Fixtures compared.
    pub files: usize,
    /// Expectations read.
    pub expectations: usize,
    /// Models of the team's own whose tests were run.
    pub models: usize,
    /// Where findings and expectations differ, by path and line.
    pub mismatches: Vec<Mismatch>,
}

/// A difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mismatch {
    /// The fixture, as shown.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// What is wrong.
    pub words: String,
    /// The line itself.
    pub code: String,
}

impl Outcome {
    /// Writes the differences, each with its line of code, and the numbers.
    ///
    /// # Errors
    /// Whatever the writer fails with.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for Mismatch { path, line, words, code } in &self.mismatches {
            writeln!(out, "{}:{line}: {}", text::path(path), printable(words))?;
            if !code.is_empty() {
                writeln!(out, "{line:>6} | {}", printable(code))?;
            }
        }
        let mismatches = match self.mismatches.len() {
            1 => "1 mismatch".to_owned(),
            count => format!("{count} mismatches"),
        };
        let mut compared = vec![counted(self.files, "fixture"), counted(self.expectations, "expectation")];
        compared.extend((self.models > 0).then(|| format!("{} of your own", counted(self.models, "model"))));
        writeln!(out, "{}: {mismatches}", compared.join(", "))
    }
}

/// Compares the findings in every source file below a path with its comments, and runs the tests of the team's own models. Of the
/// settings, only where rules and models are counts.
///
/// # Errors
/// See [`FixtureError`].
pub fn run(path: &Path, settings: &Settings) -> Result<Outcome, FixtureError> {
    let settings = Settings {
        paths: vec![path.to_path_buf()],
        min_severity: Some(Severity::Low),
        persona: Some(Persona::Audit),
        ..settings.clone()
    };
    let here = run::working_directory()?;
    let files = walk::walk(&settings.paths, &here, settings.threads).map_err(RunError::from)?.files;
    if files.is_empty() {
        return Err(FixtureError::Empty(walk::show(path, &here)));
    }
    let rules = run::load_rules(&settings)?;
    let known: BTreeSet<&str> = rules.rules.iter().map(|rule| rule.id.as_str()).collect();
    let mut outcome = Outcome { files: files.len(), ..Outcome::default() };
    let mut tallies: BTreeMap<(String, u32, String), Tally> = BTreeMap::new();
    let mut subjects: BTreeMap<PathBuf, Subject> = BTreeMap::new();
    for file in &files {
        let subject = subjects.entry(folder_of(&project_of(file, &here))).or_default();
        for expectation in read(file) {
            subject.rules.insert(expectation.rule.clone());
            outcome.add(&file.shown, expectation, &known, &mut tallies);
        }
    }
    let mut projects: BTreeMap<PathBuf, Confidence> = BTreeMap::new();
    for file in &files {
        let least = projects.entry(project_of(file, &here)).or_insert(Confidence::Medium);
        if read(file).iter().any(|expectation| expectation.kind == Kind::ExpectLow) {
            *least = Confidence::Low;
        }
    }
    for (project, least) in projects {
        let subject = subjects.entry(folder_of(&project)).or_default();
        let settings = Settings { paths: vec![project], min_confidence: Some(least), ..settings.clone() };
        let report = run::check_with(&rules, &settings)?;
        count_findings(&report, subject, &mut tallies);
        outcome.mismatches.extend(not_analysed(&report));
    }
    outcome.mismatches.extend(
        tallies
            .into_iter()
            .filter_map(|((path, line, rule), tally)| Some(Mismatch::at(path, line, tally.mismatch(&rule)?))),
    );
    for mismatch in &mut outcome.mismatches {
        mismatch.show_line(&files);
    }
    outcome.prove(&rules)?;
    outcome.mismatches.sort();
    Ok(outcome)
}

/// What is linked together: a folder whose name says that it is bad or fine, and any other file by itself.
fn project_of(file: &FoundFile, here: &Path) -> PathBuf {
    let is_project = |path: &&Path| {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        path.starts_with(here) && (name.starts_with("bad_") || name.starts_with("ok_"))
    };
    file.path.ancestors().filter(is_project).last().unwrap_or(&file.path).to_owned()
}

fn folder_of(project: &Path) -> PathBuf {
    project.parent().unwrap_or(project).to_owned()
}

/// What the fixtures of a folder are about: the rules that their expectations name.
#[derive(Debug, Default)]
struct Subject {
    rules: BTreeSet<String>,
}

impl Subject {
    /// Whether a finding counts.
    fn holds(&self, rule: &RuleInfo) -> bool {
        let family = |id: &str| id.split_once('/').map(|(family, _)| family.to_owned());
        let wanted = family(&rule.id);
        match rule.persona {
            Persona::Audit => self.rules.contains(&rule.id),
            Persona::Gate => self.rules.is_empty() || self.rules.iter().any(|id| family(id) == wanted),
        }
    }
}

/// A fixture that is not wholly looked at proves nothing.
fn not_analysed(report: &RunReport) -> impl Iterator<Item = Mismatch> {
    report.files.iter().flat_map(|file| {
        let unfinished = file.unfinished.iter().map(text::cut_in_words);
        status_in_words(file)
            .into_iter()
            .chain(unfinished)
            .map(|words| Mismatch::at(file.path.clone(), 1, words))
    })
}

impl Outcome {
    fn add(
        &mut self,
        path: &str,
        expectation: Expectation,
        known: &BTreeSet<&str>,
        tallies: &mut BTreeMap<(String, u32, String), Tally>,
    ) {
        self.expectations += 1;
        let Expectation { kind, line, rule } = expectation;
        if known.contains(rule.as_str()) {
            let tally = tallies.entry((path.to_owned(), line, rule)).or_default();
            match kind {
                Kind::Expect => tally.expected += 1,
                Kind::ExpectLow => tally.expected_low += 1,
                Kind::TodoExpect => tally.missed += 1,
                Kind::TodoOk => tally.alarms += 1,
            }
        } else {
            let words = format!("no rule is called `{}`", printable(&rule));
            self.mismatches.push(Mismatch::at(path.to_owned(), line, words));
        }
    }

    /// Adds what the tests of the team's own models come to.
    fn prove(&mut self, rules: &RuleSet) -> Result<(), RunError> {
        for (file, proof) in rules.proofs()? {
            self.models += 1;
            self.expectations += proof.expectations;
            self.mismatches.extend(proof.wrong.into_iter().map(|(line, words)| {
                let code = file.text.lines().nth(line.saturating_sub(1) as usize).unwrap_or_default();
                Mismatch { code: code.trim().to_owned(), ..Mismatch::at(file.name.clone(), line, words) }
            }));
        }
        Ok(())
    }
}

impl Mismatch {
    fn at(path: String, line: u32, words: String) -> Self {
        Self { path, line, words, code: String::new() }
    }

    /// Looks its line up.
    fn show_line(&mut self, files: &[FoundFile]) {
        let Some(file) = files.iter().find(|file| file.shown == self.path) else { return };
        if let Ok(source) = SourceFile::read(&file.path, &file.shown) {
            source.line_text(self.line).trim().clone_into(&mut self.code);
        }
    }
}

fn count_findings(
    report: &RunReport,
    subject: &Subject,
    tallies: &mut BTreeMap<(String, u32, String), Tally>,
) {
    for finding in &report.findings {
        let Some(file) = report.files.get(finding.primary.file) else { continue };
        let Some(source) = &file.source else { continue };
        if !subject.holds(&finding.rule) {
            continue;
        }
        let line = source.line_of(finding.primary.span.start);
        let tally = tallies.entry((file.path.clone(), line, finding.rule.id.clone())).or_default();
        if finding.confidence == Confidence::Low {
            tally.found_low += 1;
        } else {
            tally.found += 1;
        }
        tally.message.clone_from(&finding.message);
    }
}

/// Everything about one rule on one line.
#[derive(Debug, Default)]
struct Tally {
    expected: usize,
    missed: usize,
    alarms: usize,
    found: usize,
    expected_low: usize,
    found_low: usize,
    message: String,
}

impl Tally {
    fn mismatch(&self, rule: &str) -> Option<String> {
        let Self { expected, missed, alarms, found, expected_low, found_low, ref message } = *self;
        if found_low < expected_low {
            Some(format!("expected {rule} at low confidence, found {found_low} of {expected_low}"))
        } else if found_low > expected_low {
            Some(format!("found {rule} at low confidence, not expected: {}", printable(message)))
        } else if found < expected {
            Some(format!(
                "expected {rule}, found {}",
                if found == 0 { "nothing".to_owned() } else { format!("{found} of {expected}") }
            ))
        } else if found < expected + alarms {
            Some(format!("{rule} no longer fires here: remove its todo-ok"))
        } else if found > expected + alarms && missed > 0 {
            Some(format!("{rule} is found now: make its todo-expect an expect"))
        } else if found > expected + alarms {
            Some(format!("found {rule}, not expected: {}", printable(message)))
        } else {
            None
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Expect,
    ExpectLow,
    TodoExpect,
    TodoOk,
}

#[derive(Debug, PartialEq, Eq)]
struct Expectation {
    kind: Kind,
    line: u32,
    rule: String,
}

fn read(file: &FoundFile) -> Vec<Expectation> {
    // A file that cannot be read is told of by the run itself.
    SourceFile::read(&file.path, &file.shown).map(|source| expectations(&source)).unwrap_or_default()
}

fn expectations(source: &SourceFile) -> Vec<Expectation> {
    let mut found = Vec::new();
    for line in 1..=source.line_count() {
        let Some((kind, rules, alone)) = comment(source.line_text(line)) else { continue };
        let line = if alone { next_code(source, line) } else { line };
        found.extend(rules.split(',').map(|rule| Expectation { kind, line, rule: rule.trim().to_owned() }));
    }
    found
}

/// The expectation in a line, and whether nothing stands before it.
fn comment(line: &str) -> Option<(Kind, &str, bool)> {
    line.match_indices("//").find_map(|(at, slashes)| {
        let words = line[at + slashes.len()..].trim();
        let kinds = [
            ("expect:", Kind::Expect),
            ("expect-low:", Kind::ExpectLow),
            ("todo-expect:", Kind::TodoExpect),
            ("todo-ok:", Kind::TodoOk),
        ];
        let (kind, rules) = kinds.iter().find_map(|(word, kind)| Some((*kind, words.strip_prefix(word)?)))?;
        Some((kind, rules, line[..at].trim().is_empty()))
    })
}

/// The next line that is neither blank nor a comment of its own.
fn next_code(source: &SourceFile, line: u32) -> u32 {
    let holds_code = |line: &u32| {
        let text = source.line_text(*line).trim();
        !text.is_empty() && !text.starts_with("//")
    };
    (line + 1..=source.line_count()).find(holds_code).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Kind, u32, String)> {
        let source = SourceFile::new("a.ts", text);
        expectations(&source).into_iter().map(|found| (found.kind, found.line, found.rule)).collect()
    }

    #[test]
    fn expectations_stand_on_or_above_their_line() {
        let text = "\
f('http://x'); // expect: a/b, c/d
// expect: a/b
// todo-ok: c/d
// words

\tg();
  //todo-expect: e/f
h();
i(); // expect-low: a/b
";
        let expected = [
            (Kind::Expect, 1, "a/b"),
            (Kind::Expect, 1, "c/d"),
            (Kind::Expect, 6, "a/b"),
            (Kind::TodoOk, 6, "c/d"),
            (Kind::TodoExpect, 8, "e/f"),
            (Kind::ExpectLow, 9, "a/b"),
        ];
        assert_eq!(read(text), expected.map(|(kind, line, rule)| (kind, line, rule.to_owned())));
        assert_eq!(read("// we expect: nothing\nconst x = 'expect: y';\n"), []);
    }

    fn tally(expected: usize, missed: usize, alarms: usize, found: usize) -> Option<String> {
        let message = "m".to_owned();
        Tally { expected, missed, alarms, found, message, ..Tally::default() }.mismatch("a/b")
    }

    #[test]
    fn what_differs_is_told() {
        assert_eq!(tally(1, 0, 0, 1), None);
        assert_eq!(tally(1, 0, 0, 0).unwrap(), "expected a/b, found nothing");
        assert_eq!(tally(2, 0, 0, 1).unwrap(), "expected a/b, found 1 of 2");
        assert_eq!(tally(0, 0, 0, 1).unwrap(), "found a/b, not expected: m");
        assert_eq!(tally(0, 1, 0, 0), None, "a known miss");
        assert_eq!(tally(0, 1, 0, 1).unwrap(), "a/b is found now: make its todo-expect an expect");
        assert_eq!(tally(0, 0, 1, 1), None, "a known false alarm");
        assert_eq!(tally(0, 0, 1, 0).unwrap(), "a/b no longer fires here: remove its todo-ok");
        assert_eq!(tally(1, 0, 1, 2), None);
        let low = |expected_low, found_low| {
            Tally { expected_low, found_low, message: "m".to_owned(), ..Tally::default() }.mismatch("a/b")
        };
        assert_eq!(low(1, 1), None);
        assert_eq!(low(1, 0).unwrap(), "expected a/b at low confidence, found 0 of 1");
        assert_eq!(low(0, 1).unwrap(), "found a/b at low confidence, not expected: m");
    }

    #[test]
    fn no_fixture_is_an_error() {
        let empty = tempfile::tempdir().unwrap();
        assert!(matches!(run(empty.path(), &Settings::default()), Err(FixtureError::Empty(_))));
    }
}
