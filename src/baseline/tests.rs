use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;
use crate::facts::outline::Outline;
use crate::finding::{BaselineUse, FileReport, FileStatus, Finding, RuleInfo, Severity, SkipReason};
use crate::fingerprint;
use crate::report::samples;
use crate::source::{Language, Span};

/// A tree whose files each have findings wherever `f(…)` stands in them, in the function that is named before it.
struct Tree {
    root: tempfile::TempDir,
    files: Vec<(&'static str, String, FileStatus)>,
    rule: Arc<RuleInfo>,
    known: BTreeSet<String>,
    ran: bool,
    below: bool,
    only: Option<usize>,
    paths: Vec<PathBuf>,
}

impl Tree {
    fn of(files: &[(&'static str, &str)]) -> Self {
        let root = tempfile::tempdir().unwrap();
        let rule = samples::rule("a/one", Severity::High);
        let known = BTreeSet::from(["a/one".to_owned()]);
        let mut tree = Self {
            root,
            files: vec![],
            rule,
            known,
            ran: true,
            below: false,
            only: None,
            paths: vec![".".into()],
        };
        for (path, text) in files {
            std::fs::create_dir_all(tree.root.path().join(path).parent().unwrap()).unwrap();
            std::fs::write(tree.root.path().join(path), text).unwrap();
            tree.files.push((path, (*text).to_owned(), FileStatus::Checked));
        }
        tree
    }

    fn findings(&self) -> Vec<Finding> {
        let mut all = Vec::new();
        for (file, (path, text, _)) in self.files.iter().enumerate() {
            let mut own: Vec<Finding> = Vec::new();
            for (at, _) in text.match_indices("f(") {
                let end = at + text[at..].find(')').unwrap() + 1;
                let span = Span::new(u32::try_from(at).unwrap(), u32::try_from(end).unwrap());
                let around = text[..at].rsplit("fn ").next().unwrap();
                let symbol = around.split(' ').next().unwrap().to_owned();
                own.push(Finding { symbol, ..samples::finding(&self.rule, file, span) });
            }
            fingerprint::identify(
                &mut own,
                &Outline::default(),
                &SourceFile::new(*path, text.as_str()),
                Language::TypeScript,
            );
            all.extend(own);
        }
        all
    }

    /// What is shown, and what became of a baseline.
    fn compared(&self, baseline: &Baseline) -> (usize, BaselineUse) {
        let report = |(path, text, status): &(&str, String, FileStatus)| FileReport {
            status: status.clone(),
            ..samples::file(path, text)
        };
        let files: Vec<FileReport> = self.files.iter().map(report).collect();
        let places: Vec<PathBuf> = self.files.iter().map(|(path, ..)| PathBuf::from(path)).collect();
        let seen = Seen {
            directory: self.root.path(),
            paths: &self.paths,
            files: &files,
            places: &places,
            only: self.only,
            ran: self.ran.then_some("a/one").into_iter().collect(),
            known: &self.known,
        };
        let mut findings = Findings { shown: self.findings(), below: vec![] };
        if self.below {
            std::mem::swap(&mut findings.shown, &mut findings.below);
        }
        let used = compare(baseline, &seen, &mut findings);
        (findings.shown.len(), used)
    }

    fn empty(&self) -> Baseline {
        Baseline::empty(Path::new(NAME), self.root.path())
    }

    /// The baseline of what is found now, written and read.
    fn baseline(&self) -> Baseline {
        let (_, used) = self.compared(&self.empty());
        let path = self.root.path().join(NAME);
        std::fs::write(&path, text(&used.new)).unwrap();
        Baseline::read(Path::new(NAME), self.root.path()).unwrap()
    }

    /// How many are shown, hidden, moved and stale after a change.
    fn after(&self, baseline: &Baseline) -> [usize; 4] {
        let (shown, used) =
            self.compared(&Baseline { folder: self.root.path().to_path_buf(), ..baseline.clone() });
        [shown, used.hidden, used.moved.len(), used.stale.len()]
    }
}

const TWO: &str = "fn one { f(x); f(x); }";

#[test]
fn what_is_in_the_baseline_is_not_shown() {
    let tree = Tree::of(&[("src/a.ts", TWO), ("b.ts", "fn two { f(y) }")]);
    let baseline = tree.baseline();
    assert_eq!(baseline.entries.len(), 3);
    assert_eq!(tree.after(&baseline), [0, 3, 0, 0]);
    assert_eq!(tree.after(&tree.empty()), [3, 0, 0, 0]);
    let moved =
        Tree::of(&[("src/a.ts", "// words\n\nfn one { f(\n x,\n);\n\n f(x) }"), ("b.ts", "fn two { f(y) }")]);
    assert_eq!(moved.after(&baseline), [0, 3, 0, 0], "lines and layout do not count");
}

#[test]
fn of_two_that_are_alike_one_may_go() {
    let baseline = Tree::of(&[("a.ts", TWO)]).baseline();
    assert_eq!(Tree::of(&[("a.ts", "fn one { f(x); }")]).after(&baseline), [0, 1, 0, 1]);
    assert_eq!(Tree::of(&[("a.ts", "fn one { f(x); f(x); f(x) }")]).after(&baseline), [1, 2, 0, 0]);
    assert_eq!(Tree::of(&[("a.ts", "fn one { f(z); f(x); }")]).after(&baseline), [1, 1, 0, 1]);
}

#[test]
fn a_file_that_was_moved_keeps_its_entries_and_a_copy_has_none() {
    let baseline = Tree::of(&[("a.ts", TWO)]).baseline();
    assert_eq!(Tree::of(&[("src/b.ts", TWO)]).after(&baseline), [0, 2, 2, 0]);
    assert_eq!(Tree::of(&[("a.ts", TWO), ("b.ts", TWO)]).after(&baseline), [2, 2, 0, 0]);
    assert_eq!(Tree::of(&[("b.ts", TWO), ("c.ts", TWO)]).after(&baseline), [2, 2, 2, 0], "once");
}

#[test]
fn a_function_that_was_renamed_keeps_its_entries() {
    let baseline = Tree::of(&[("a.ts", TWO)]).baseline();
    assert_eq!(Tree::of(&[("a.ts", "fn other { f(x); f(x); }")]).after(&baseline), [0, 2, 2, 0]);
    let copied = Tree::of(&[("a.ts", "fn one { } fn other { f(x); }")]);
    assert_eq!(copied.after(&baseline), [1, 0, 0, 2], "the old name is still there");
}

#[test]
fn an_entry_is_stale_only_if_it_would_have_been_found() {
    let baseline = Tree::of(&[("a.ts", TWO)]).baseline();
    let mut tree = Tree::of(&[("a.ts", "fn one { }"), ("b.ts", "")]);
    assert_eq!(tree.after(&baseline), [0, 0, 0, 2]);
    tree.ran = false;
    assert_eq!(tree.after(&baseline), [0, 0, 0, 0], "the rule did not run");
    tree.known.clear();
    assert_eq!(tree.after(&baseline), [0, 0, 0, 2], "there is no such rule any more");
    tree = Tree::of(&[("a.ts", "fn one { }"), ("b.ts", "")]);
    tree.only = Some(1);
    assert_eq!(tree.after(&baseline), [0, 0, 0, 0], "another file was asked for");
    tree = Tree::of(&[("a.ts", "fn one { }")]);
    tree.files[0].2 = FileStatus::Skipped(SkipReason::TimedOut);
    assert_eq!(tree.after(&baseline), [0, 0, 0, 0], "the file could not be looked at");
    tree.files[0].2 = FileStatus::Skipped(SkipReason::Test);
    assert_eq!(tree.after(&baseline), [0, 0, 0, 2], "nothing is looked for in it any more");
    tree.files.clear();
    assert_eq!(tree.after(&baseline), [0, 0, 0, 0], "the file is there, but was not named");
    std::fs::remove_file(tree.root.path().join("a.ts")).unwrap();
    assert_eq!(tree.after(&baseline), [0, 0, 0, 2], "the file is gone");
    tree.paths = vec!["src".into()];
    assert_eq!(tree.after(&baseline), [0, 0, 0, 0], "and is elsewhere");
    let mut below = Tree::of(&[("a.ts", TWO)]);
    below.below = true;
    assert_eq!(below.after(&baseline), [0, 0, 0, 0], "found, if not to be shown");
}

#[test]
fn one_entry_a_line_in_order_each_once() {
    let entry = |path: &str| BaselineEntry {
        path: path.to_owned(),
        rule: "a/one".to_owned(),
        symbol: "\"odd\"".to_owned(),
        fingerprint: "f".to_owned(),
    };
    let written = text(&[entry("b"), entry("a"), entry("b")]);
    let expected = "{\n  \"version\": 1,\n  \"findings\": [\n    {\"path\":\"a\",\"rule\":\"a/one\",\"symbol\":\"\\\"odd\\\"\",\"fingerprint\":\"f\"},\n    {\"path\":\"b\",\"rule\":\"a/one\",\"symbol\":\"\\\"odd\\\"\",\"fingerprint\":\"f\"}\n  ]\n}\n";
    assert_eq!(written, expected);
    assert_eq!(text(&[]), "{\n  \"version\": 1,\n  \"findings\": [\n  ]\n}\n");
    let read = read::entries(&SourceFile::new(
        NAME,
        written.replace("\n    {\"path\":\"b\"", "\n    {\"path\":\"a\""),
    ));
    assert_eq!(read.unwrap(), [entry("a"), entry("a")]);
}

#[test]
fn an_entry_that_merging_left_twice_is_one() {
    let tree = Tree::of(&[("a.ts", TWO)]);
    let mut baseline = tree.baseline();
    baseline.entries.push(baseline.entries[0].clone());
    assert_eq!(tree.after(&baseline), [0, 2, 0, 0]);
    let (_, used) = tree.compared(&baseline);
    assert_eq!(used.kept.len(), 2);
}

#[test]
fn paths_count_from_the_folder_of_the_baseline() {
    let at = |baseline: &str, file: &str| {
        Baseline::empty(Path::new(baseline), Path::new("/srv/x"))
            .path_of(Path::new(file), Path::new("/srv/x"))
    };
    assert_eq!(at("b.json", "src/a.ts"), "src/a.ts");
    assert_eq!(at("lint/b.json", "src/a.ts"), "../src/a.ts");
    assert_eq!(at("../b.json", "./src/a.ts"), "x/src/a.ts");
    assert_eq!(at("/b.json", "/srv/a.ts"), "srv/a.ts");
}

#[test]
fn what_is_no_baseline_is_told_with_its_place() {
    let entry = "{\"path\":\"a\",\"rule\":\"a/b\",\"symbol\":\"\",\"fingerprint\":\"f\"";
    let mistakes = [
        ("", "no baseline"),
        ("[]", "no baseline"),
        ("{\"findings\": []}", "does not say its `version`"),
        ("{\"version\": 2, \"entries\": 3}", "a baseline of version 2; this faultlint reads 1"),
        ("{\"version\": 1}", "missing field `findings`"),
        ("{\"version\": 1, \"findings\": [}]}", "expected value"),
        (&format!("{{\"version\": 1, \"findings\": [{entry}, \"line\": 3}}]}}"), "unknown field `line`"),
        ("{\"version\": 1, \"findings\": [{\"path\": 3}]}", "expected a string"),
        ("{\n<<<<<<< ours\n", "not merged"),
    ];
    for (text, words) in mistakes {
        let error = read::entries(&SourceFile::new(NAME, text)).unwrap_err();
        let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor());
        let mut told = String::new();
        handler.render_report(&mut told, &error).unwrap();
        assert!(told.contains(words) && told.contains("help: ") && told.contains(NAME), "{text}\n{told}");
    }
}
