//! Programs side by side in one tree that declare the same names do not mix.

use crate::{Files, found, list, report, tree};

/// Puts programs into folders of one tree.
fn side_by_side(programs: &[(&str, &Files)]) -> Files {
    let mut all = Files::new();
    for (folder, files) in programs {
        all.extend(files.iter().map(|(path, text)| (format!("{folder}/{path}"), text.clone())));
    }
    all
}

fn files<const N: usize>(files: [(&str, String); N]) -> Files {
    files.into_iter().map(|(path, text)| (path.to_owned(), text)).collect()
}

/// Each program says by itself what it says beside the other.
fn keep_apart(a: &Files, b: &Files, beside: &[(&str, &str)], expected: &[&str]) {
    let mut alone = Vec::new();
    let mut functions = 0;
    for (folder, program) in [("a", a), ("b", b)] {
        let root = tree(side_by_side(&[(folder, program)]).into_iter().chain(owned(beside)));
        let report = report(root.path(), &[]);
        alone.extend(found(&report));
        functions += report["coverage"]["functions"].as_u64().unwrap();
    }
    let both = tree(side_by_side(&[("a", a), ("b", b)]).into_iter().chain(owned(beside)));
    let both = report(both.path(), &[]);
    assert_eq!(found(&both), expected);
    assert_eq!(found(&both), alone);
    assert_eq!(both["coverage"]["functions"], functions);
    for finding in list(&both, "findings") {
        let folder = |of: &serde_json::Value| of["path"].as_str().unwrap()[..2].to_owned();
        for evidence in list(finding, "evidence") {
            assert_eq!(folder(evidence), folder(finding), "{finding}");
        }
    }
}

fn owned<'f>(files: &'f [(&str, &str)]) -> impl Iterator<Item = (String, String)> + 'f {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
}

#[test]
fn workspaces_of_the_same_names_are_two_programs() {
    let program = |name: &str, set: &str, limit: &str| {
        files([
            ("package.json", format!("{{ \"name\": \"@shop/{name}\", \"main\": \"src/index.ts\" }}")),
            ("src/index.ts", "export * from './locks';\nexport * from './limits';\n".to_owned()),
            (
                "src/limits.ts",
                format!(
                    "export const LOCK_MS = {limit};\nexport class Clock {{ now() {{ return {limit}; }} }}\n"
                ),
            ),
            (
                "src/locks.ts",
                format!(
                    "import Redis from 'ioredis';\nimport {{ LOCK_MS, Clock }} from './limits';\n\
                     const redis = new Redis();\nconst clock = new Clock();\n\
                     export async function acquire(key: string, owner: string): Promise<boolean> {{\n  \
                     clock.now();\n  return (await redis.set(`lock:${{key}}`, owner, {set})) === 'OK';\n}}\n"
                ),
            ),
            (
                "src/job.ts",
                format!(
                    "import {{ acquire }} from '@shop/{name}';\nexport async function run(id: string) {{\n  \
                     if (await acquire(id, id)) {{\n    await fetch('https://jobs.internal');\n  }}\n}}\n"
                ),
            ),
        ])
    };
    let [without, with] = [program("a", "'NX'", "5000"), program("b", "'PX', LOCK_MS, 'NX'", "30000")];
    let workspaces = [("package.json", "{ \"private\": true, \"workspaces\": [\"a\", \"b\"] }")];
    keep_apart(&without, &with, &workspaces, &["unsafe-lock/no-ttl a/src/locks.ts:7"]);
    // The constant of one is not the other's.
    let without = program("a", "'PX', LOCK_MS, 'NX'", "0");
    keep_apart(&with, &without, &workspaces, &["unsafe-lock/no-ttl b/src/locks.ts:7"]);
}

#[test]
fn modules_of_the_same_names_are_two_programs() {
    let program = |module: &str, ttl: &str| {
        files([
            ("go.mod", format!("module example.com/{module}\n\ngo 1.22\n")),
            (
                "kv/limits.go",
                format!(
                    "package kv\n\nimport \"time\"\n\nconst lifetime = {ttl}\n\ntype Locker interface {{\n\tAcquire(key string) error\n}}\n\nvar _ = time.Second\n"
                ),
            ),
            (
                "kv/kv.go",
                "package kv\n\nimport (\n\t\"context\"\n\n\t\"github.com/redis/go-redis/v9\"\n)\n\n\
                 type Store struct {\n\trdb *redis.Client\n}\n\n\
                 func New(rdb *redis.Client) *Store { return &Store{rdb: rdb} }\n\n\
                 func (s *Store) Acquire(key string) error {\n\
                 \treturn s.rdb.SetNX(context.Background(), \"lock:\"+key, key, lifetime).Err()\n}\n"
                    .to_owned(),
            ),
            (
                "cmd/main.go",
                format!(
                    "package main\n\nimport \"example.com/{module}/kv\"\n\nfunc run(locks kv.Locker) error {{\n\
                     \treturn locks.Acquire(\"a\")\n}}\n\nfunc main() {{\n\t_ = run(kv.New(nil))\n}}\n"
                ),
            ),
        ])
    };
    let [without, with] = [program("one", "0"), program("two", "30 * time.Second")];
    let expected = ["unsafe-lock/no-ttl a/kv/kv.go:16"];
    keep_apart(&without, &with, &[], &expected);
    // By the same name, and beside each other in a workspace.
    let twice = program("one", "30 * time.Second");
    keep_apart(&without, &twice, &[], &expected);
    keep_apart(&without, &with, &[("go.work", "go 1.22\n\nuse (\n\t./a\n\t./b\n)\n")], &expected);
}
