//! `check --since`, `--staged` and `--diff`, in repositories made here.

#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// One caller at a time; the line that says so can be taken away.
const GUARD: &str = "import Redis from 'ioredis';
import { Mutex } from 'async-mutex';

export const redis = new Redis(process.env.REDIS_URL);
const mutexes = new Map<string, Mutex>();

function mutexOf(key: string): Mutex {
  const known = mutexes.get(key) ?? new Mutex();
  mutexes.set(key, known);
  return known;
}

export async function guarded<T>(key: string, work: () => Promise<T>): Promise<T> {
  return mutexOf(key).runExclusive(work);
}
";

const GUARDED: &str = "  return mutexOf(key).runExclusive(work);\n";
const BARE: &str = "  return work();\n";
const RULE: &str = "cache-stampede/unguarded-miss";

/// A function that loads what is missing, under the guard.
fn caller(name: &str) -> String {
    format!(
        "import {{ Pool }} from 'pg';
import {{ guarded, redis }} from './guard';

const pool = new Pool();

export async function {name}(id: string) {{
  return guarded(id, async () => {{
    const hit = await redis.get(`{name}:${{id}}`);
    if (hit) return JSON.parse(hit);
    const {{ rows }} = await pool.query('SELECT * FROM {name} WHERE id = $1', [id]);
    await redis.set(`{name}:${{id}}`, JSON.stringify(rows[0]), 'EX', 60);
    return rows[0];
  }});
}}

export const routes = (router: any) => router.get('/{name}/:id', {name});
"
    )
}

/// The same without the guard.
fn bare_caller(name: &str) -> String {
    caller(name)
        .replace("  return guarded(id, async () => {\n", "  return (async () => {\n")
        .replace("  });\n", "  })();\n")
}

struct Repository(TempDir);

impl Repository {
    /// A repository with files that are committed.
    fn of(files: &[(&str, &str)]) -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        repository.git(&["init", "-q", "-b", "main", "."]);
        for (path, text) in files {
            repository.write(path, text);
        }
        repository.commit("first");
        repository
    }

    /// Two callers under a guard, and a third without.
    fn usual() -> Self {
        Self::of(&[
            ("src/guard.ts", GUARD),
            ("src/orders.ts", &caller("orders")),
            ("src/products.ts", &caller("products")),
            ("src/old.ts", &bare_caller("old")),
        ])
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn replace(&self, path: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path().join(path)).unwrap();
        assert!(text.contains(from), "{path} does not contain {from}");
        self.write(path, &text.replace(from, to));
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = git(self.path(), arguments);
        assert!(output.status.success(), "git {arguments:?}: {}", stderr(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn commit(&self, words: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", words]);
    }

    fn check(&self, more: &[&str]) -> Output {
        check(self.path(), more)
    }

    /// The findings, one a line: path, line, rule.
    fn found(&self, more: &[&str]) -> Vec<String> {
        found(&report(&self.check(&[&["--format", "json"], more].concat())))
    }

    fn with_diff(&self, diff: &str, more: &[&str]) -> Output {
        let mut command = faultlint(self.path());
        command.args(["check", "--select", "cache-stampede", "--diff", "-"]).args(more);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(diff.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    fn found_with(&self, diff: &str) -> Vec<String> {
        found(&report(&self.with_diff(diff, &["--format", "json"])))
    }
}

fn git(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("git");
    command.current_dir(directory).args(arguments);
    for (name, value) in [
        ("GIT_AUTHOR_NAME", "A"),
        ("GIT_AUTHOR_EMAIL", "a@example.com"),
        ("GIT_COMMITTER_NAME", "A"),
        ("GIT_COMMITTER_EMAIL", "a@example.com"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
    ] {
        command.env(name, value);
    }
    command.output().unwrap()
}

fn faultlint(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
    command.current_dir(directory).stdin(Stdio::null());
    for variable in ["NO_COLOR", "FORCE_COLOR", "GIT_DIR", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command
}

fn check(directory: &Path, more: &[&str]) -> Output {
    faultlint(directory).args(["check", "--select", "cache-stampede"]).args(more).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn report(output: &Output) -> Value {
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", stderr(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn found(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            format!(
                "{}:{} {}",
                finding["path"].as_str().unwrap(),
                finding["start"]["line"],
                finding["rule"].as_str().unwrap()
            )
        })
        .collect()
}

fn one(place: &str) -> Vec<String> {
    vec![format!("{place} {RULE}")]
}

/// Checks that a command fails with status 2 and says so.
fn refused(output: &Output, words: &str) {
    assert_eq!(output.status.code(), Some(2), "{}", stdout(output));
    assert!(stderr(output).contains(words), "{}", stderr(output));
}

const NONE: [String; 0] = [];

#[test]
fn only_what_changed_is_told() {
    let repository = Repository::usual();
    assert_eq!(repository.found(&[]), one("src/old.ts:8"));
    assert_eq!(repository.found(&["--since", "HEAD"]), NONE);
    repository.replace("src/old.ts", "const pool", "// The pool.\n\nconst pool");
    assert_eq!(repository.found(&["--since", "HEAD"]), NONE, "it moved and is as it was");
    repository.replace("src/old.ts", "SELECT *", "SELECT id");
    assert_eq!(repository.found(&["--since", "HEAD"]), one("src/old.ts:10"), "its evidence changed");
    repository.write("src/orders.ts", &bare_caller("orders"));
    let both = [one("src/old.ts:10"), one("src/orders.ts:8")].concat();
    assert_eq!(repository.found(&["--since", "HEAD"]), both, "what is new is on a line that did not change");
}

#[test]
fn a_branch_is_compared_with_where_it_began() {
    let repository = Repository::usual();
    repository.git(&["checkout", "-q", "-b", "work"]);
    repository.write("src/orders.ts", &bare_caller("orders"));
    repository.commit("mine");
    repository.git(&["checkout", "-q", "main"]);
    repository.replace("src/old.ts", "SELECT *", "SELECT id");
    repository.commit("theirs");
    repository.git(&["checkout", "-q", "work"]);
    assert_eq!(repository.found(&["--since", "main"]), one("src/orders.ts:8"));
    repository.write("src/links.ts", &bare_caller("links"));
    let both = [one("src/links.ts:8"), one("src/orders.ts:8")].concat();
    assert_eq!(repository.found(&["--since", "main"]), both, "git does not know the file yet");
}

#[test]
fn a_guard_that_goes_exposes_its_callers_as_one_finding() {
    let repository = Repository::usual();
    repository.replace("src/guard.ts", GUARDED, BARE);
    let diff = repository.git(&["diff"]);
    let of_diff = report(&repository.with_diff(&diff, &["--format", "json"]));
    let since = report(&repository.check(&["--format", "json", "--since", "HEAD"]));
    assert_eq!(repository.found(&["--staged"]), NONE, "nothing is staged");
    repository.git(&["add", "-A"]);
    let staged = report(&repository.check(&["--format", "json", "--staged"]));
    for report in [of_diff, since, staged] {
        assert_eq!(found(&report), one("src/guard.ts:14"));
        let finding = &report["findings"][0];
        assert!(finding["message"].as_str().unwrap().contains("this change exposes 2 places"), "{finding}");
        assert_eq!(finding["symbol"], "guarded");
        let places: Vec<&str> =
            finding["evidence"].as_array().unwrap().iter().map(|at| at["path"].as_str().unwrap()).collect();
        assert_eq!(places, ["src/orders.ts", "src/products.ts"]);
        assert_eq!(report["summary"]["unchanged"], 1, "what was there before");
        assert_eq!(report["summary"]["findings"], 1);
    }
    repository.replace("src/orders.ts", "SELECT *", "SELECT id");
    let expected = [one("src/guard.ts:14"), one("src/orders.ts:8")].concat();
    assert_eq!(repository.found(&["--since", "HEAD"]), expected, "a caller that changed tells of itself");
}

#[test]
fn a_line_that_is_only_taken_out_exposes_too() {
    let repository = Repository::usual();
    let text = caller("orders").replace("redis.set(`orders:${id}`", "redis.set(\n      `orders:${id}`");
    repository.write("src/orders.ts", &text);
    repository.commit("wrapped");
    let guard = GUARD.replace(GUARDED, "  if (process.env.ALONE)\n    return mutexOf(key).runExclusive(work);\n  return mutexOf(key).runExclusive(work);\n");
    repository.write("src/guard.ts", &guard);
    repository.commit("guard");
    repository.replace("src/guard.ts", "  return mutexOf(key).runExclusive(work);\n}", "  return work();\n}");
    repository.commit("half");
    repository.replace(
        "src/guard.ts",
        "  if (process.env.ALONE)\n    return mutexOf(key).runExclusive(work);\n",
        "",
    );
    let last = repository.found(&["--since", "HEAD~1"]);
    assert!(last.iter().all(|place| place.starts_with("src/guard.ts:")), "{last:?}");
}

#[test]
fn the_index_is_what_is_judged() {
    let repository = Repository::usual();
    repository.write("src/orders.ts", &bare_caller("orders"));
    repository.git(&["add", "-A"]);
    repository.write("src/orders.ts", &caller("orders"));
    assert_eq!(repository.found(&["--staged"]), one("src/orders.ts:8"), "as it will be committed");
    assert_eq!(repository.found(&["--since", "HEAD"]), NONE);
    repository.git(&["reset", "-q", "--hard"]);

    repository.replace("src/orders.ts", "SELECT *", "SELECT id");
    repository.git(&["add", "-A"]);
    repository.replace("src/guard.ts", GUARDED, BARE);
    repository.write("src/links.ts", &bare_caller("links"));
    let report = report(&repository.check(&["--format", "json", "--staged"]));
    assert_eq!(
        (found(&report).len(), &report["files"].as_array().unwrap().len()),
        (0, &4),
        "nor is the rest staged"
    );
    fs::remove_file(repository.path().join("src/guard.ts")).unwrap();
    assert_eq!(repository.found(&["--staged"]), NONE, "it is still there in the index");
}

#[test]
fn the_first_commit_is_checked_whole() {
    let repository = Repository(tempfile::tempdir().unwrap());
    repository.git(&["init", "-q", "."]);
    repository.write("guard.ts", GUARD);
    repository.write("old.ts", &bare_caller("old"));
    repository.git(&["add", "-A"]);
    assert_eq!(repository.found(&["--staged"]), one("old.ts:8"));
    refused(&repository.check(&["--since", "HEAD"]), "no commit is called `HEAD`");
}

#[test]
fn files_that_are_renamed_or_deleted_are_as_they_were() {
    let repository = Repository::usual();
    repository.git(&["mv", "src/old.ts", "src/new.ts"]);
    repository.git(&["mv", "src/guard.ts", "src/lock.ts"]);
    for caller in ["old", "orders", "products"] {
        let file = format!("src/{}.ts", if caller == "old" { "new" } else { caller });
        repository.replace(&file, "./guard", "./lock");
    }
    repository.git(&["add", "-A"]);
    let diff = repository.git(&["diff", "--cached", "-M"]);
    assert!(diff.contains("rename from"));
    assert_eq!((repository.found(&["--staged"]), repository.found_with(&diff)), (NONE.into(), NONE.into()));
    repository.replace("src/lock.ts", GUARDED, BARE);
    repository.git(&["add", "-A"]);
    let diff = repository.git(&["diff", "--cached", "-M"]);
    assert_eq!(repository.found(&["--staged"]), one("src/lock.ts:14"));
    assert_eq!(repository.found_with(&diff), one("src/lock.ts:14"));

    repository.git(&["reset", "-q", "--hard"]);
    repository.git(&["rm", "-q", "src/old.ts"]);
    let report = report(&repository.check(&["--format", "json", "--staged"]));
    assert_eq!((found(&report), &report["summary"]["unchanged"]), (NONE.into(), &Value::from(0)));
}

#[test]
fn comments_count_on_changed_lines_and_as_part_of_the_change() {
    let ignored = bare_caller("old").replace(
        "    const hit",
        "    // faultlint-ignore cache-stampede: there is one caller\n    const hit",
    );
    let unused = "// faultlint-ignore cache-stampede: nothing here\nexport const one = 1;\n";
    let repository =
        Repository::of(&[("src/guard.ts", GUARD), ("src/old.ts", &ignored), ("src/one.ts", unused)]);
    let notes = |more: &[&str]| {
        let report = report(&repository.check(&[&["--format", "json"], more].concat()));
        report["ignore_comments"].as_array().unwrap().len()
    };
    assert_eq!((notes(&[]), notes(&["--since", "HEAD"])), (1, 0));
    repository.write("src/two.ts", unused);
    assert_eq!(notes(&["--since", "HEAD"]), 1);
    repository.replace("src/old.ts", "    // faultlint-ignore cache-stampede: there is one caller\n", "");
    assert_eq!(repository.found(&["--since", "HEAD"]), one("src/old.ts:8"), "the comment hid it");

    let repository = Repository::of(&[("src/guard.ts", GUARD), ("src/orders.ts", &caller("orders"))]);
    repository.replace(
        "src/orders.ts",
        "    const hit",
        "    // faultlint-ignore cache-stampede: rare\n    const hit",
    );
    repository.commit("silenced");
    repository.replace("src/guard.ts", GUARDED, BARE);
    assert_eq!(repository.found(&["--since", "HEAD"]), NONE, "silenced where it is exposed");
}

#[test]
fn paths_and_the_configuration_bound_what_is_looked_at() {
    let repository = Repository::usual();
    repository.write("src/orders.ts", &bare_caller("orders"));
    repository.write("lib/links.ts", &bare_caller("links").replace("./guard", "../src/guard"));
    assert_eq!(repository.found(&["--since", "HEAD", "src"]), one("src/orders.ts:8"));
    assert_eq!(repository.found(&["--since", "HEAD", "lib", "src/guard.ts"]), one("lib/links.ts:8"));
    let below = report(&check(&repository.path().join("src"), &["--since", "HEAD", "--format", "json"]));
    assert_eq!(found(&below), one("orders.ts:8"), "names count from the working directory");
    repository.write("faultlint.yaml", "exclude: ['lib/**']\n");
    assert_eq!(repository.found(&["--since", "HEAD"]), one("src/orders.ts:8"));
    let quiet = repository.check(&["--since", "HEAD", "--min-severity", "critical"]);
    assert_eq!(quiet.status.code(), Some(0));
}

#[test]
fn the_statuses_and_every_format_tell_the_same() {
    let repository = Repository::usual();
    let clean = repository.check(&["--since", "HEAD"]);
    assert_eq!(clean.status.code(), Some(0), "{}", stdout(&clean));
    assert!(
        stdout(&clean).ends_with("no findings; 1 finding on unchanged lines not shown\n"),
        "{}",
        stdout(&clean)
    );
    repository.replace("src/guard.ts", GUARDED, BARE);
    let first = repository.check(&["--since", "HEAD", "--format", "sarif", "--threads", "1"]);
    assert_eq!(first.status.code(), Some(1));
    assert_eq!(
        first.stdout,
        repository.check(&["--since", "HEAD", "--format", "sarif", "--threads", "3"]).stdout
    );
    let log: Value = serde_json::from_slice(&first.stdout).unwrap();
    let run = &log["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 1);
    assert_eq!(run["properties"]["summary"]["unchanged"], 1);
    let place = &run["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(
        (place["artifactLocation"]["uri"].as_str(), &place["region"]["startLine"]),
        (Some("src/guard.ts"), &Value::from(14))
    );
    let mild = repository.check(&["--since", "HEAD", "--fail-on", "critical"]);
    assert_eq!(mild.status.code(), Some(0));
    let whole = report(&repository.check(&["--format", "json"]));
    assert!(whole["summary"].get("unchanged").is_none() && whole.get("change_problems").is_none());
}

#[test]
fn a_diff_that_does_not_fit_is_told() {
    let repository = Repository::usual();
    repository.replace("src/guard.ts", GUARDED, BARE);
    let diff = repository.git(&["diff"]);
    repository.replace("src/guard.ts", "const known", "const seen");
    let output = repository.with_diff(&diff.replace("mutexes.set", "mutexes.put"), &["--format", "json"]);
    assert_eq!(found(&report(&output)), one("src/guard.ts:14"), "what is around it is as it was");
    let diff = diff.replace("+  return work();", "+  return work(1);");
    let output = repository.with_diff(&diff, &["--format", "json", "--strict"]);
    assert_eq!(output.status.code(), Some(3));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let words = report["change_problems"][0].as_str().unwrap();
    assert!(words.starts_with("src/guard.ts:14: this line is not as the diff says"), "{words}");
    for format in ["human", "compact", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "agent"] {
        let output = repository.with_diff(&diff, &["--format", format]);
        assert!(
            stdout(&output).contains("this line is not as the diff says"),
            "{format}: {}",
            stdout(&output)
        );
    }
}

#[test]
fn diffs_of_all_kinds_are_read() {
    let repository = Repository::usual();
    repository.write("src/orders.ts", &bare_caller("orders"));
    let place = one("src/orders.ts:8");
    let plain = repository.git(&["diff"]);
    let file = repository.path().join("change.diff");
    let bare = repository.git(&["diff", "-U0"]);
    for (name, diff) in [
        ("git", plain.clone()),
        ("no context", bare),
        ("no prefix", repository.git(&["diff", "--no-prefix"])),
        (
            "plain",
            plain
                .split_inclusive('\n')
                .filter(|line| !line.starts_with("diff ") && !line.starts_with("index "))
                .collect(),
        ),
        ("CRLF", plain.replace('\n', "\r\n")),
        ("letter", format!("From: a\n\nwords\n---\n{plain}-- \n2.47\n")),
    ] {
        fs::write(&file, diff).unwrap();
        assert_eq!(repository.found(&["--diff", "change.diff"]), place, "{name}");
    }
    fs::write(&file, "").unwrap();
    assert_eq!(repository.found(&["--diff", "change.diff"]), NONE);

    let text = bare_caller("orders");
    repository.write("src/orders.ts", text.trim_end());
    let open = repository.git(&["diff"]);
    assert!(open.contains("\\ No newline"));
    assert_eq!(repository.found_with(&open), place);
    repository.write("src/orders.ts", &text.replace('\n', "\r\n"));
    assert_eq!(repository.found_with(&repository.git(&["diff"])), place);
    repository.write("src/ü \"x\".ts", &bare_caller("odd"));
    repository.git(&["add", "-A"]);
    let odd = repository.git(&["diff", "--cached", "--", "src/ü \"x\".ts"]);
    assert!(odd.contains("\\303"));
    assert_eq!(repository.found_with(&odd), one("src/ü \"x\".ts:8"));
}

#[test]
fn mistakes_in_a_diff_are_shown_with_their_line() {
    let repository = Repository::usual();
    for (diff, line, words, hint) in [
        ("words\n", 1, "this is no unified diff", "diff -u"),
        ("diff --cc src/old.ts\n", 1, "combined diff of a merge", "BASE...HEAD"),
        ("--- a.ts\n+++ a.ts\n@@ -1,9 +1,9 @@\n a\n", 3, "the hunk is cut off", "cut or edited"),
    ] {
        let output = repository.with_diff(diff, &[]);
        refused(&output, words);
        let said = stderr(&output);
        assert!(said.contains(&format!("<stdin>:{line}:1")) && said.contains(hint), "{said}");
    }
    refused(&repository.check(&["--diff", "absent.diff"]), "absent.diff: No such file");
}

#[test]
fn what_git_refuses_is_said_with_what_helps() {
    let repository = Repository::usual();
    for name in ["nope", "--all", "--output=x", "HEAD..HEAD", ""] {
        refused(&repository.check(&[&format!("--since={name}")]), "no commit is called");
    }
    assert!(!repository.path().join("x").exists());
    repository.git(&["update-ref", "refs/remotes/origin/dev", "HEAD"]);
    refused(&repository.check(&["--since", "dev"]), "did you mean `origin/dev`?");
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    repository.commit("alone");
    refused(&repository.check(&["--since", "main"]), "have no commit in common");

    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("a.ts"), "").unwrap();
    refused(&check(elsewhere.path(), &["--staged"]), "is in no git repository");
    git(elsewhere.path(), &["init", "-q", "--bare", "bare.git"]);
    refused(&check(&elsewhere.path().join("bare.git"), &["--staged"]), "bare repository");
    let mut without = faultlint(repository.path());
    without.env("PATH", elsewhere.path()).args(["check", "--staged"]);
    refused(&without.output().unwrap(), "git was not found");
    for more in
        [["--since", "main", "--staged"], ["--staged", "--diff", "x"], ["--diff", "x", "--since=main"]]
    {
        refused(&repository.check(&more), "cannot be used with");
    }
}

#[test]
fn a_shallow_clone_asks_for_more_history() {
    let origin = Repository::usual();
    origin.git(&["checkout", "-q", "-b", "work"]);
    for number in 0..3 {
        origin.write("src/orders.ts", &format!("{}// {number}\n", bare_caller("orders")));
        origin.commit("more");
    }
    let clone = tempfile::tempdir().unwrap();
    let url = format!("file://{}", origin.path().display());
    let made =
        git(clone.path(), &["clone", "-q", "--depth=1", "--no-single-branch", "-b", "work", &url, "c"]);
    assert!(made.status.success(), "{}", stderr(&made));
    let clone = clone.path().join("c");
    refused(&check(&clone, &["--since", "origin/main"]), "shallow clone; fetch more of the history");
    refused(&check(&clone, &["--since", "v1"]), "the clone is shallow");
    git(&clone, &["fetch", "-q", "--unshallow"]);
    let whole = report(&check(&clone, &["--since", "origin/main", "--format", "json"]));
    assert_eq!(found(&whole), one("src/orders.ts:8"));
}

#[test]
fn a_merge_under_way_is_refused() {
    let repository = Repository::usual();
    repository.git(&["checkout", "-q", "-b", "work"]);
    repository.replace("src/old.ts", "SELECT *", "SELECT id");
    repository.commit("mine");
    repository.git(&["checkout", "-q", "main"]);
    repository.replace("src/old.ts", "SELECT *", "SELECT name");
    repository.commit("theirs");
    assert!(!git(repository.path(), &["merge", "-q", "work"]).status.success());
    refused(&repository.check(&["--staged"]), "`src/old.ts` is not merged yet");
}

#[test]
fn worktrees_hooks_and_other_repositories_work() {
    let repository = Repository::usual();
    let beside = tempfile::tempdir().unwrap();
    let tree = beside.path().join("tree");
    repository.git(&["worktree", "add", "-q", "--detach", tree.to_str().unwrap()]);
    fs::write(tree.join("src/orders.ts"), bare_caller("orders")).unwrap();
    assert_eq!(
        found(&report(&check(&tree, &["--since", "main", "--format", "json"]))),
        one("src/orders.ts:8")
    );

    // As in a hook: what is about to be committed is in another index.
    repository.write("src/orders.ts", &bare_caller("orders"));
    let other = repository.path().join(".git/other");
    fs::copy(repository.path().join(".git/index"), &other).unwrap();
    let added = Command::new("git")
        .current_dir(repository.path())
        .env("GIT_INDEX_FILE", ".git/other")
        .args(["add", "-A"])
        .status()
        .unwrap();
    assert!(added.success());
    let hook = |directory: &Path, path: &str| {
        let mut command = faultlint(directory);
        command.env("GIT_DIR", ".git").env("GIT_INDEX_FILE", ".git/other");
        command.args(["check", "--select", "cache-stampede", "--format", "json", "--staged", path]);
        found(&report(&command.output().unwrap()))
    };
    assert_eq!(hook(repository.path(), "."), one("src/orders.ts:8"));
    let second = Repository::usual();
    assert_eq!(hook(repository.path(), second.path().to_str().unwrap()), NONE, "the hook is not of that one");
}

#[test]
fn settings_of_a_user_change_nothing() {
    let repository = Repository::usual();
    repository.replace("src/guard.ts", GUARDED, BARE);
    for (name, value) in [
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.external", "false"),
        ("diff.orderFile", "absent"),
        ("diff.context", "9"),
        ("diff.relative", "true"),
        ("color.ui", "always"),
        ("core.quotePath", "true"),
        ("core.attributesFile", "attributes"),
    ] {
        repository.git(&["config", name, value]);
    }
    repository.write(".gitattributes", "*.ts binary\n");
    assert_eq!(repository.found(&["--since", "HEAD"]), one("src/guard.ts:14"));
    repository.git(&["add", "-A"]);
    assert_eq!(repository.found(&["--staged"]), one("src/guard.ts:14"));
}

#[test]
fn what_modules_mean_is_part_of_the_change() {
    let settings = |file: &str| {
        format!("{{ \"compilerOptions\": {{ \"paths\": {{ \"@guard\": [\"./src/{file}.ts\"] }} }} }}\n")
    };
    let repository = Repository::of(&[
        ("src/guard.ts", GUARD),
        ("src/bare.ts", &GUARD.replace(GUARDED, BARE)),
        ("src/orders.ts", &caller("orders").replace("./guard", "@guard")),
        ("tsconfig.json", &settings("guard")),
    ]);
    repository.write("tsconfig.json", &settings("bare"));
    assert_eq!(repository.found(&["--since", "HEAD"]), one("src/orders.ts:8"));
    repository.git(&["add", "-A"]);
    repository.write("tsconfig.json", &settings("guard"));
    assert_eq!(repository.found(&["--staged"]), one("src/orders.ts:8"), "as it is staged");
}
