//! Configuration, rules, models, baselines and manifests that are bombs, or that ask for what is none of theirs.

use super::{FETCH, FINE, faultlint, report, status, text, tree, write};

/// Ten times ten times ten …
fn laughs() -> String {
    let level = |n: usize| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(", "));
    let first = format!("a0: &a0 [{}]\n", ["lol"; 10].join(", "));
    first + &(1..12).map(level).collect::<String>()
}

fn bombs() -> Vec<String> {
    vec![
        laughs() + "select: *a11\n",
        format!("select: &a [{}]\nignore: [{}]\n", vec!["x"; 2000].join(", "), vec!["*a"; 2000].join(", ")),
        format!("select: {}{}\n", "[".repeat(100_000), "]".repeat(100_000)),
        format!("select: {}1{}\n", "{a: ".repeat(100_000), "}".repeat(100_000)),
        "- ".repeat(100_000),
        format!("nope{}: 1\n", "x".repeat(100_000)),
        format!("ignore: [x]\nselect: [{}{{a: 1}}]\n", "x, ".repeat(100_000)),
        "a".repeat(12_000_000),
    ]
}

#[test]
fn bombs_in_yaml_are_mistakes() {
    for bomb in bombs() {
        let root = tree(&[(".git/HEAD", ""), ("a.ts", FINE), ("faultlint.yaml", &bomb)]);
        write(root.path().join("data/one.yaml"), &bomb);
        for arguments in [
            ["check"].as_slice(),
            &["check", "--no-config", "--rules", "data"],
            &["check", "--no-config", "--models", "data"],
        ] {
            let output = faultlint(root.path(), arguments);
            assert_eq!(status(&output), 2, "{arguments:?} {}", &bomb[..40]);
            assert!(output.stdout.is_empty());
        }
    }
}

#[test]
fn bombs_in_a_baseline_are_mistakes() {
    let deep = format!("{{\"version\": 1, \"findings\": {}", "[".repeat(200_000));
    let number = format!("{{\"version\": {}, \"findings\": []}}", "9".repeat(100_000));
    for bomb in [deep, number, "[".repeat(200_000), "{\"version\": 1e999999}".to_owned()] {
        let root = tree(&[("a.ts", FINE), ("b.json", &bomb)]);
        assert_eq!(status(&faultlint(root.path(), &["check", "--baseline", "b.json"])), 2);
    }
}

#[test]
fn bombs_in_manifests_are_told() {
    let deep = "[".repeat(200_000);
    let root = tree(&[
        (".git/HEAD", ""),
        ("a.ts", FETCH),
        ("a.go", "package a\n"),
        ("package.json", &deep),
        ("tsconfig.json", &format!("{{\"compilerOptions\": {}", "{\"a\":".repeat(200_000))),
        ("one/package.json", &format!("{{\"name\": {}}}", "9".repeat(900_000))),
        ("two/tsconfig.json", "{\"extends\": [\"./tsconfig.json\", \"../two/tsconfig.json\"]}"),
        ("pnpm-workspace.yaml", &(laughs() + "packages: *a11\n")),
        ("go.mod", &format!("module {}\n", "x/".repeat(200_000))),
        ("go.work", &"use (\n".repeat(100_000)),
    ]);
    let found = report(root.path(), &[]);
    assert_eq!(found["findings"].as_array().unwrap().len(), 1);
    let told = found.to_string();
    assert!(told.contains("package.json: not JSON"), "{told}");
}

/// A repository with a configuration, beside what is none of its business.
fn with(configuration: &str) -> tempfile::TempDir {
    let root = tree(&[
        ("secret.yaml", "token: hunter2\n"),
        ("secret.json", "{\"token\": \"hunter2\"}\n"),
        ("outside/one.yaml", "token: hunter2\n"),
        ("repository/.git/HEAD", ""),
        ("repository/a.ts", FINE),
    ]);
    let place = root.path().display().to_string();
    write(root.path().join("repository/faultlint.yaml"), &configuration.replace("ROOT", &place));
    root
}

#[test]
fn a_configuration_reads_nothing_outside_of_its_repository() {
    for configuration in [
        "extends: ../secret.yaml\n",
        "extends: x/../../secret.yaml\n",
        "rules: [../outside]\n",
        "rules: [ROOT/outside]\n",
        "models: [../outside]\n",
        "models: ROOT/outside\n",
        "baseline: ../secret.json\n",
        "baseline: ROOT/secret.json\n",
    ] {
        let root = with(configuration);
        let output = faultlint(&root.path().join("repository"), &["check"]);
        let said = text(&output.stderr);
        assert_eq!(status(&output), 2, "{configuration}");
        assert!(said.contains("leads out of the repository") && !said.contains("hunter2"), "{said}");
    }
}

#[test]
fn what_is_extended_by_an_absolute_path_is_not_shown() {
    let root = with("extends: ROOT/secret.yaml\n");
    let output = faultlint(&root.path().join("repository"), &["check"]);
    let said = text(&output.stderr);
    assert_eq!(status(&output), 2);
    assert!(said.contains("secret.yaml:1") && !said.contains("hunter2") && !said.contains("token"), "{said}");
    write(root.path().join("secret.yaml"), "fail-on: never\n");
    assert_eq!(status(&faultlint(&root.path().join("repository"), &["check"])), 0, "it may be meant");
}

#[cfg(unix)]
#[test]
fn a_configuration_is_no_link_to_elsewhere_and_no_pipe() {
    use std::os::unix::fs::symlink;
    let root = with("");
    let repository = root.path().join("repository");
    let place = repository.join("faultlint.yaml");
    let says = |words: &str| {
        let output = faultlint(&repository, &["check"]);
        let said = text(&output.stderr);
        assert!(status(&output) == 2 && said.contains(words) && !said.contains("hunter2"), "{said}");
        let _ = std::fs::remove_file(&place).or_else(|_| std::fs::remove_dir(&place));
    };
    std::fs::remove_file(&place).unwrap();
    symlink("../secret.yaml", &place).unwrap();
    says("leads out of the repository");
    symlink("faultlint.yaml", &place).unwrap();
    says("cannot be read");
    std::fs::create_dir(&place).unwrap();
    says("not a regular file");
    assert!(std::process::Command::new("mkfifo").arg(&place).status().unwrap().success());
    says("not a regular file");
    write(repository.join("own/real.yaml"), "persona: gate\n");
    symlink("own/real.yaml", &place).unwrap();
    assert_eq!(status(&faultlint(&repository, &["check"])), 0, "a link within it is fine");
}

#[test]
fn a_diff_of_odd_paths_reads_nothing_else() {
    let root = tree(&[("r/a.ts", FETCH), ("secret.ts", FETCH)]);
    for name in
        ["../secret.ts", "/etc/passwd", "a/../../secret.ts", "\"\\n\\033.ts\"", "-o", "con\u{202e}.ts"]
    {
        let diff = format!("--- a/{name}\n+++ b/{name}\n@@ -0,0 +1,2 @@\n+x\n+y\n");
        write(root.path().join("r/d.diff"), &diff);
        let output = faultlint(&root.path().join("r"), &["check", "--diff", "d.diff", "--format", "json"]);
        assert!(matches!(status(&output), 0 | 2), "{name}: {}", text(&output.stdout));
        assert!(!text(&output.stdout).contains("secret.ts\""), "{name}");
    }
}

const RULE: &str = "id: own/bomb
severity: low
summary: A bomb
why: It explodes.
remedy: Defuse it.
";

#[test]
fn patterns_that_explode_are_mistakes_or_linear() {
    let rule = |pattern: &str| {
        format!(
            "{RULE}match:\n  steps:\n    a: {{ does: http.call, called: '{pattern}' }}\nreport: {{ at: a }}\n"
        )
    };
    let query =
        |text: &str| format!("{RULE}languages: [typescript]\nquery: |\n  {text}\nreport: {{ at: x }}\n");
    let wide = format!("({})", vec!["(_)? @y"; 60].join(" "));
    for own in [
        rule("((((a{0,1000}){0,1000}){0,1000}){0,1000})"),
        rule(&"(".repeat(10_000)),
        rule(&"a?".repeat(200_000)),
        query(&"(".repeat(50_000)),
        query(&format!("(program {wide}) @x")),
    ] {
        let root = tree(&[("a.ts", &FETCH.repeat(50)), ("own/bomb.yaml", &own)]);
        let begun = std::time::Instant::now();
        let output = faultlint(root.path(), &["check", "--rules", "own"]);
        assert!(begun.elapsed() < std::time::Duration::from_secs(60), "{:?}", begun.elapsed());
        assert!(matches!(status(&output), 0..=2), "{}", text(&output.stderr));
    }
}
