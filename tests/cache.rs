//! What runs keep for later ones: it may make them faster, and must never make them different.

#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const FETCHER: &str = "import axios from 'axios';

export async function load(url: string) {
  return axios.get(url);
}
";

const MENDED: &str = "import axios from 'axios';

export async function load(url: string) {
  return axios.get(url, { timeout: 2000, signal: AbortSignal.timeout(2000) });
}
";

const FINDING: &str = "circuit-breaker/no-timeout";

/// A tree beside the directory of its cache.
struct Project {
    root: TempDir,
}

impl Project {
    fn new() -> Self {
        let project = Self { root: tempfile::tempdir().unwrap() };
        project.write("package.json", "{\"name\": \"orders\", \"dependencies\": {\"axios\": \"1.7.0\"}}");
        project.write("src/fetcher.ts", FETCHER);
        project.write(
            "src/other.ts",
            "import { load } from './fetcher';\nexport const other = () => load('x');\n",
        );
        project.write("main.go", "package main\n\nfunc main() {}\n");
        project
    }

    fn tree(&self) -> PathBuf {
        self.root.path().join("tree")
    }

    fn cache(&self) -> PathBuf {
        self.root.path().join("cache")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.tree().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        check(&self.tree(), arguments).env("FAULTLINT_CACHE_DIR", self.cache()).output().unwrap()
    }

    /// What a run says that uses the cache; the same as one without, which is tried.
    fn said(&self, arguments: &[&str]) -> String {
        let with = self.run(arguments);
        let without = check(&self.tree(), arguments).arg("--no-cache").output().unwrap();
        assert_eq!(text(&with.stdout), text(&without.stdout), "{arguments:?}");
        assert_eq!(text(&with.stderr), text(&without.stderr), "{arguments:?}");
        assert_eq!(with.status.code(), without.status.code(), "{arguments:?}");
        text(&with.stdout)
    }

    fn entries(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.cache()) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| !path.ends_with("CACHEDIR.TAG"));
        paths.sort();
        paths
    }
}

fn check(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
    command.current_dir(directory).args(["check", "--format", "json"]).args(arguments);
    command.env_remove("FAULTLINT_NO_CACHE").env_remove("FAULTLINT_CACHE_DIR");
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Whether there are findings in a report.
fn finds(report: &str) -> bool {
    let report: serde_json::Value = serde_json::from_str(report).unwrap();
    !report["findings"].as_array().unwrap().is_empty()
}

/// Whether a run analysed anything, by its times.
fn analysed(project: &Project) -> bool {
    let told = text(&project.run(&["--timing"]).stderr);
    assert!(told.contains("finding files") && told.contains("time of threads"), "{told}");
    told.contains("linking")
}

#[test]
fn a_tree_in_which_nothing_changed_is_not_analysed_again() {
    let project = Project::new();
    let first = project.said(&[]);
    assert!(finds(&first), "{first}");
    assert!(!analysed(&project));
    assert_eq!(project.said(&[]), first);
    assert_eq!(project.said(&["--format", "sarif"]), project.said(&["--format", "sarif"]));
}

#[test]
fn whatever_changes_is_seen() {
    let project = Project::new();
    assert!(finds(&project.said(&[])));
    let steps: [(&str, &str); 6] = [
        ("src/fetcher.ts", MENDED),
        ("src/fetcher.ts", FETCHER),
        ("src/added.ts", "import axios from 'axios';\nexport const get = () => axios.get('y');\n"),
        ("package.json", "{\"name\": \"orders\", \"type\": \"module\"}"),
        (
            "src/fetcher.ts",
            &FETCHER.replace("import", "// faultlint-ignore-file circuit-breaker: tried\nimport"),
        ),
        ("faultlint.yaml", "rules:\n  circuit-breaker/no-timeout: low\n"),
    ];
    for (path, content) in steps {
        project.write(path, content);
        project.said(&[]);
        project.said(&[]);
    }
    fs::remove_file(project.tree().join("src/added.ts")).unwrap();
    assert!(!project.said(&[]).contains("added.ts"));
}

#[test]
fn options_that_change_what_is_found_are_seen() {
    let project = Project::new();
    for arguments in [
        &[] as &[&str],
        &["--select", "retry-storm"],
        &["--ignore", FINDING],
        &["--min-severity", "critical"],
        &["--min-confidence", "low"],
        &["--persona", "audit"],
        &["src/other.ts"],
        &["src"],
        &["--threads", "1"],
        &[],
    ] {
        project.said(arguments);
    }
}

#[test]
fn the_teams_own_rules_are_seen() {
    let project = Project::new();
    let rule = |does: &str| {
        format!(
            "id: team/calls\nseverity: low\nconfidence: high\nsummary: A call\nwhy: It waits.\nremedy: Do not.\n\
             match:\n  steps:\n    call: {{ does: {does} }}\n  report: {{ at: call, message: It calls }}\n"
        )
    };
    let with_rules = ["--rules", "../own", "--select", "team/calls"];
    project.write("../own/calls.yaml", &rule("cache.read"));
    assert!(!finds(&project.said(&with_rules)));
    project.write("../own/calls.yaml", &rule("http.call"));
    assert!(finds(&project.said(&with_rules)));
}

#[test]
fn one_that_changed_is_read_anew_and_the_others_are_recalled() {
    let project = Project::new();
    project.said(&[]);
    let before = project.entries();
    project.write("src/fetcher.ts", MENDED);
    assert!(!finds(&project.said(&[])));
    assert!(project.entries().len() > before.len());
    assert!(!analysed(&project));
}

#[test]
fn a_cache_that_was_tampered_with_counts_as_none() {
    let project = Project::new();
    let first = project.said(&[]);
    assert!(!project.entries().is_empty());
    let damages: [fn(&mut Vec<u8>); 3] =
        [|bytes| bytes.truncate(bytes.len() / 2), Vec::clear, |bytes| bytes.fill(7)];
    for damage in damages {
        for path in project.entries() {
            let mut bytes = fs::read(&path).unwrap();
            damage(&mut bytes);
            fs::write(&path, bytes).unwrap();
        }
        assert_eq!(project.said(&[]), first);
    }
}

#[test]
fn a_cache_that_cannot_be_kept_is_told_and_harms_nothing() {
    let project = Project::new();
    fs::write(project.cache(), "a file").unwrap();
    let output = project.run(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("nothing was kept for later runs"), "{}", text(&output.stderr));
}

#[test]
fn nothing_is_kept_unasked() {
    let project = Project::new();
    project.run(&["--no-cache"]);
    assert!(project.entries().is_empty());
    let by_variable = check(&project.tree(), &[])
        .env("FAULTLINT_CACHE_DIR", project.cache())
        .env("FAULTLINT_NO_CACHE", "1")
        .output();
    assert_eq!(by_variable.unwrap().status.code(), Some(1));
    assert!(project.entries().is_empty());
}

#[test]
fn the_option_goes_before_the_variable() {
    let project = Project::new();
    let other = project.root.path().join("other");
    project.run(&["--cache-dir", other.to_str().unwrap()]);
    assert!(project.entries().is_empty());
    assert!(other.join("CACHEDIR.TAG").exists());
}

#[test]
fn the_user_has_a_directory_for_it() {
    let project = Project::new();
    let home = project.root.path().join("home");
    let mut command = check(&project.tree(), &[]);
    command.env("HOME", &home).env("XDG_CACHE_HOME", home.join("kept"));
    assert_eq!(command.output().unwrap().status.code(), Some(1));
    if cfg!(target_os = "linux") {
        assert!(home.join("kept/faultlint/CACHEDIR.TAG").exists());
    }
}

#[test]
fn runs_side_by_side_do_not_disturb_each_other() {
    let project = Project::new();
    let expected = text(&check(&project.tree(), &["--no-cache"]).output().unwrap().stdout);
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..6).map(|_| scope.spawn(|| project.run(&[]))).collect();
        for run in runs {
            assert_eq!(text(&run.join().unwrap().stdout), expected);
        }
    });
    let is_whole = |path: &PathBuf| path.extension().is_some_and(|end| end == "faultlint");
    assert!(project.entries().iter().all(is_whole), "{:?}", project.entries());
}

#[test]
fn a_repository_that_a_folder_becomes_is_looked_at_anew() {
    let project = Project::new();
    // Of a folder in a bigger one others may use what nothing here uses; of a repository nobody else does.
    fs::write(project.root.path().join("package.json"), "{}").unwrap();
    let fetcher = format!("{}export const NAME = 'orders';\n", FETCHER.replace("load", "fetchOrder"));
    project.write("src/fetcher.ts", &fetcher);
    project.write("src/other.ts", "import { NAME } from './fetcher';\nconsole.log(NAME);\n");
    assert!(finds(&project.said(&["."])));
    fs::create_dir(project.tree().join(".git")).unwrap();
    assert!(!finds(&project.said(&["."])), "nothing uses it");
    fs::remove_dir(project.tree().join(".git")).unwrap();
    assert!(finds(&project.said(&["."])), "others may use it again");
}
