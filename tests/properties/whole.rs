//! What must hold of whole runs: over trees of fixtures, over broken ones, and after edits that change nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use faultlint::finding::{FileStatus, RunReport, SkipReason};
use faultlint::fingerprint;
use faultlint::report::{Format, Look, write};
use faultlint::run::{self, RuleSet, Settings};
use faultlint::source::{Language, SourceFile};
use faultlint::syntax::Parsers;
use tempfile::TempDir;

use crate::mutate::{Chance, mutated};
use crate::seeds;

const SOURCES: [&str; 3] = ["ts", "js", "go"];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn report(settings: &Settings) -> RunReport {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    let rules = RULES.get_or_init(|| run::load_rules(&Settings::default()).unwrap());
    run::check_with(rules, settings).unwrap()
}

fn report_of(path: &Path) -> RunReport {
    report(&Settings { paths: vec![path.to_path_buf()], ..Settings::default() })
}

fn written(report: &RunReport, format: Format) -> String {
    let mut out = Vec::new();
    write(report, format, Look::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// What fingerprints there are, each with how often.
fn fingerprints(report: &RunReport) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for finding in &report.findings {
        *all.entry(fingerprint::of(finding)).or_default() += 1;
    }
    all
}

/// Bad fixtures that are one file, every so many of each language.
fn bad_files(every: usize) -> Vec<PathBuf> {
    let is_bad = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with("bad_");
    let of = |extension| seeds::below(&fixtures(), &[extension]).into_iter().filter(is_bad).step_by(every);
    SOURCES.into_iter().flat_map(of).collect()
}

/// A tree of files, written in this order.
fn tree(files: &[(String, String)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn shuffled<T>(mut all: Vec<T>, chance: &mut Chance) -> Vec<T> {
    for at in (1..all.len()).rev() {
        all.swap(at, chance.below(at + 1));
    }
    all
}

/// The shapes of several files, as they lie in `fixtures/linking`.
fn linked() -> Vec<(String, String)> {
    let root = fixtures().join("linking");
    let paths = seeds::below(&root, &["ts", "js", "go", "json", "mod", "work"]);
    let name = |path: &PathBuf| path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn findings_do_not_depend_on_the_order_of_files_or_on_threads() {
    let files = linked();
    let mut chance = Chance::new(7);
    let said = |files: &[(String, String)], paths: Option<&mut Chance>, threads: usize| {
        let root = tree(files);
        let mut folders: Vec<PathBuf> =
            fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        if let Some(chance) = paths {
            folders = shuffled(folders, chance);
        }
        let report = report(&Settings { paths: folders, threads, ..Settings::default() });
        assert!(!report.findings.is_empty());
        written(&report, Format::Json).replace(root.path().to_str().unwrap(), "")
    };
    let first = said(&files, None, 1);
    for threads in [2, 3, 8] {
        let other = said(&shuffled(files.clone(), &mut chance), Some(&mut chance), threads);
        assert_eq!(first, other, "{threads} threads, another order");
    }
}

/// Above every statement that begins a line, blank lines and a comment are put in.
fn with_lines(text: &str, language: Language, chance: &mut Chance) -> String {
    let parsed = Parsers::default().parse(language, text).unwrap();
    let facts = faultlint::lower::lower(language, text, &parsed);
    let source = SourceFile::new("x", text);
    let is_first = |offset: u32| {
        let line = source.line_span(source.line_of(offset));
        text[line.start as usize..offset as usize].trim().is_empty().then_some(line.start as usize)
    };
    let mut places: Vec<usize> = facts.stmts.iter().filter_map(|stmt| is_first(stmt.span.start)).collect();
    places.sort_unstable();
    places.dedup();
    let mut edited = text.to_owned();
    for place in places.into_iter().rev() {
        let added = ["", "\n", "\n\n  \t\n", "// a remark\n", "\n/* a remark,\n   and more */\n"];
        edited.insert_str(place, added[chance.below(added.len())]);
    }
    edited
}

#[test]
fn fingerprints_stay_where_lines_are_put_in() {
    let mut chance = Chance::new(11);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (number, path) in bad_files(3).into_iter().enumerate() {
        let text = fs::read_to_string(&path).unwrap();
        let name = format!("{number}/{}", path.file_name().unwrap().to_string_lossy());
        after.push((name.clone(), with_lines(&text, Language::of(&path).unwrap(), &mut chance)));
        before.push((name, text));
    }
    let (before, after) = (tree(&before), tree(&after));
    let (before, after) = (report_of(before.path()), report_of(after.path()));
    assert!(before.findings.len() > 100, "{} findings", before.findings.len());
    assert_eq!(fingerprints(&before), fingerprints(&after));
}

fn faultlint(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_faultlint")).current_dir(directory).args(arguments).output().unwrap()
}

#[test]
fn a_baseline_is_the_same_twice_and_leaves_nothing() {
    let files: Vec<(String, String)> = bad_files(4)
        .iter()
        .enumerate()
        .map(|(number, path)| {
            let name = format!("{number}/{}", path.file_name().unwrap().to_string_lossy());
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    let root = tree(&files);
    let create = |which: &str| {
        let made = faultlint(root.path(), &["baseline", "create", "--force"]);
        assert!(made.status.success(), "{which}: {}", String::from_utf8_lossy(&made.stderr));
        fs::read(root.path().join(faultlint::baseline::NAME)).unwrap()
    };
    let first = create("first");
    assert!(first.split(|byte| *byte == b'\n').count() > 100);
    assert!(first == create("second"), "two baselines of one tree");
    let checked =
        faultlint(root.path(), &["check", "--baseline", faultlint::baseline::NAME, "--format", "compact"]);
    assert_eq!(checked.status.code(), Some(0), "{}", String::from_utf8_lossy(&checked.stdout));
    let pruned = faultlint(root.path(), &["baseline", "prune"]);
    assert!(pruned.status.success());
    assert!(first == fs::read(root.path().join(faultlint::baseline::NAME)).unwrap(), "nothing is stale");
}

/// The text with an ignore comment above the line of every finding in it.
fn silenced(text: &str, report: &RunReport, file: usize) -> String {
    let source = SourceFile::new("x", text);
    let mut comments: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.primary.file == file) {
        let line = source.line_span(source.line_of(finding.primary.span.start));
        comments.entry(line.start).or_default().push(&finding.rule.id);
        // Several places of one cause are told as one finding; each is silenced by itself.
        for other in finding.evidence.iter().filter(|other| other.label == "the same here") {
            let line = source.line_span(source.line_of(other.place.span.start));
            comments.entry(line.start).or_default().push(&finding.rule.id);
        }
    }
    let mut edited = text.to_owned();
    for (place, mut rules) in comments.into_iter().rev() {
        rules.sort_unstable();
        rules.dedup();
        edited.insert_str(place as usize, &format!("// faultlint-ignore {}: known\n", rules.join(", ")));
    }
    edited
}

#[test]
fn what_is_silenced_once_stays_silent() {
    let files: Vec<(String, String)> = bad_files(5)
        .iter()
        .enumerate()
        .map(|(number, path)| {
            let name = format!("{number:03}/{}", path.file_name().unwrap().to_string_lossy());
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    let silence = |files: &[(String, String)]| {
        let root = tree(files);
        let report = report_of(root.path());
        let edited = files.iter().map(|(name, text)| {
            let ends = |file: &faultlint::finding::FileReport| file.path.ends_with(name);
            let file = report.files.iter().position(ends).unwrap();
            (name.clone(), silenced(text, &report, file))
        });
        (edited.collect::<Vec<_>>(), report)
    };
    let (once, before) = silence(&files);
    assert!(before.findings.len() > 50, "{} findings", before.findings.len());
    let (twice, after) = silence(&once);
    assert!(after.findings.is_empty(), "{}", written(&after, Format::Compact));
    assert!(once == twice, "a second time there is nothing to silence");
    assert!(after.suppressed >= before.findings.len());
    assert_eq!(after.suppression_notes.len(), 0, "every comment is of use");
}

#[test]
fn broken_code_never_stops_a_run() {
    let mut chance = Chance::new(13);
    let texts: Vec<(PathBuf, Vec<u8>)> = bad_files(2)
        .into_iter()
        .map(|path| {
            let text = fs::read(&path).unwrap();
            (path, text)
        })
        .collect();
    for _ in 0..15 {
        let root = tempfile::tempdir().unwrap();
        for number in 0..80 {
            let (path, text) = &texts[chance.below(texts.len())];
            let (_, other) = &texts[chance.below(texts.len())];
            let name = format!("{number}.{}", path.extension().unwrap().to_string_lossy());
            fs::write(root.path().join(name), mutated(text, other, &mut chance)).unwrap();
        }
        let report = report_of(root.path());
        for file in &report.files {
            let failed = matches!(&file.status, FileStatus::Skipped(SkipReason::Failed(_)));
            assert!(!failed, "{}: {:?}", file.path, file.status);
        }
        for place in report.findings.iter().flat_map(|finding| {
            finding.evidence.iter().map(|evidence| evidence.place).chain([finding.primary])
        }) {
            let source = report.files[place.file].source.as_ref().unwrap();
            let range = place.span.start as usize..place.span.end as usize;
            assert!(source.text.get(range).is_some(), "{place:?} lies in {}", source.path);
        }
        for format in [Format::Human, Format::Json, Format::Sarif, Format::Markdown, Format::Junit] {
            assert!(!written(&report, format).is_empty());
        }
    }
}
