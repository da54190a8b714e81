//! A team's first day, on three small services: init, a first run, a baseline, a commit that adds a defect and one that mends one.
//!
//! The trees are in `tests/newcomer/`; what was typed and what came of it is kept as a transcript.

#![expect(clippy::unwrap_used, reason = "this is how a test fails")]
#![cfg(unix)]

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A change of one file; the file is new where nothing is to be replaced.
struct Edit {
    path: &'static str,
    old: &'static str,
    new: &'static str,
}

/// Somebody at a terminal.
struct Newcomer {
    root: TempDir,
    transcript: String,
}

impl Newcomer {
    fn at(service: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/newcomer").join(service), root.path());
        Self { root, transcript: String::new() }
    }

    /// Types a command, and notes it with what can be read of its outcome.
    fn types(&mut self, line: &str) -> Output {
        let words = line.replace("faultlint ", concat!(env!("CARGO_BIN_EXE_faultlint"), " "));
        let output = Command::new("sh")
            .args(["-c", &words])
            .current_dir(self.root.path())
            .stdin(Stdio::null())
            .env("GIT_AUTHOR_NAME", "A")
            .env("GIT_AUTHOR_EMAIL", "a@example.com")
            .env("GIT_COMMITTER_NAME", "A")
            .env("GIT_COMMITTER_EMAIL", "a@example.com")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE")
            .output()
            .unwrap();
        writeln!(self.transcript, "$ {line}").unwrap();
        for line in told(&output).lines() {
            // Of a finding its place and rule: how it is worded is no business of this transcript.
            let words: Vec<&str> = line.splitn(4, ' ').collect();
            match words[..] {
                [place, _, rule, _] if place.ends_with(':') && rule.contains('/') => {
                    writeln!(self.transcript, "{place} {rule}").unwrap();
                }
                _ => writeln!(self.transcript, "{line}").unwrap(),
            }
        }
        writeln!(self.transcript, "[{}]\n", output.status.code().unwrap()).unwrap();
        output
    }

    fn is_told(&mut self, line: &str, status: i32) -> String {
        let output = self.types(line);
        assert_eq!(output.status.code(), Some(status), "{line}\n{}", self.transcript);
        told(&output)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.path().join(path)).unwrap()
    }

    fn edits(&mut self, edit: &Edit) {
        let text = if edit.old.is_empty() {
            edit.new.to_owned()
        } else {
            let text = self.read(edit.path);
            assert_eq!(text.matches(edit.old).count(), 1, "{}", edit.path);
            text.replace(edit.old, edit.new)
        };
        fs::write(self.root.path().join(edit.path), text).unwrap();
        writeln!(self.transcript, "(edits {})\n", edit.path).unwrap();
    }

    /// Makes git ask before each commit.
    fn hooks(&self) {
        let hook = self.root.path().join(".git/hooks/pre-commit");
        fs::create_dir_all(hook.parent().unwrap()).unwrap();
        let program = env!("CARGO_BIN_EXE_faultlint");
        fs::write(&hook, format!("#!/bin/sh\nexec '{program}' check --staged --format compact\n")).unwrap();
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&[&*output.stdout, &*output.stderr].concat()).into_owned()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A first day at a service: a rule that its old code breaks, one that the defect breaks, and the two edits.
fn first_day(service: &str, known: &str, defect: (&str, &Edit), mend: &Edit) -> String {
    let mut newcomer = Newcomer::at(service);
    newcomer.is_told("git init -q -b main . && git add -A && git commit -q -m 'As it was'", 0);

    let said = newcomer.is_told("faultlint init", 0);
    assert!(said.contains("faultlint baseline create"), "the next step is told: {said}");
    let said = newcomer.is_told("faultlint check --format compact", 1);
    let (first, count) = (said.clone(), said.lines().filter(|line| line.contains(": ")).count());
    assert!(first.contains(known), "{first}");

    newcomer.is_told("faultlint baseline create", 0);
    newcomer.is_told("sed -i.bak 's/^# baseline:/baseline:/' faultlint.yaml && rm faultlint.yaml.bak", 0);
    newcomer.is_told("faultlint check --format compact", 0);
    newcomer.is_told("git add -A && git commit -q -m 'A gate'", 0);
    newcomer.hooks();

    let (rule, edit) = defect;
    newcomer.edits(edit);
    let said = newcomer.is_told("git add -A && git commit -q -m 'A defect'", 1);
    assert!(said.contains(rule), "{said}");
    let found = said.lines().filter(|line| line.starts_with(edit.path)).count();
    assert_eq!(
        found,
        said.lines().filter(|line| line.contains(": ") && line.contains('/')).count(),
        "that alone: {said}"
    );
    let said = newcomer.is_told("git log --format=%s", 0);
    assert!(!said.contains("A defect"), "{said}");
    newcomer.is_told("faultlint check --format compact", 1);

    newcomer.is_told("git checkout -q HEAD -- . && git clean -qfd && git reset -q --hard", 0);
    newcomer.edits(mend);
    let said = newcomer.is_told("faultlint baseline prune", 0);
    assert!(said.contains(known), "{said}");
    newcomer.is_told("git add -A && git commit -q -m 'A mend'", 0);
    newcomer.is_told("faultlint check --strict --format compact", 0);
    assert!(!newcomer.read("faultlint-baseline.json").contains(known));
    let left = newcomer.read("faultlint-baseline.json").matches("\"rule\"").count();
    assert!(left > 0 && left < count, "{left} of {count} are left");
    newcomer.transcript.replace(env!("CARGO_BIN_EXE_faultlint"), "faultlint")
}

macro_rules! snapshot {
    ($name:literal, $text:expr) => {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(concat!("newcomer__", $name), $text);
        });
    };
}

#[test]
fn at_a_nest_service() {
    let defect = Edit {
        path: "src/orders/reminder.service.ts",
        old: "",
        new: "import { Injectable } from '@nestjs/common';\nimport { RedisClient } from '../common/redis.client';\n\n\
              @Injectable()\nexport class ReminderService {\n  constructor(private readonly redis: RedisClient) {}\n\n\
              \x20 async claim(order: string, worker: string): Promise<boolean> {\n    \
              const taken = await this.redis.connection.set(`reminder:${order}:lock`, worker, 'NX');\n    \
              return taken === 'OK';\n  }\n}\n",
    };
    let mend = Edit {
        path: "src/billing/billing.service.ts",
        old: "accounts/${account}`)",
        new: "accounts/${account}`, { timeout: 2_000 })",
    };
    snapshot!(
        "nest",
        first_day("nest", "circuit-breaker/no-timeout", ("unsafe-lock/no-ttl", &defect), &mend)
    );
}

#[test]
fn at_an_express_service() {
    let defect = Edit {
        path: "routes/votes.js",
        old: "const express = require('express')\n\nconst router = express.Router()\n",
        new: "const express = require('express')\nconst request = require('request')\n\nconst router = express.Router()\n\n\
              router.get('/', (req, res, next) => {\n  request(`${process.env.TALLY_URL}/votes`, (error, response, body) => {\n    \
              if (error) return next(error)\n    res.type('json').send(body)\n  })\n})\n",
    };
    let mend = Edit { path: "lib/kitchen.js", old: "json: true }", new: "json: true, timeout: 2000 }" };
    let rule = "circuit-breaker/no-timeout";
    snapshot!("express", first_day("express", rule, (rule, &defect), &mend));
}

#[test]
fn at_a_go_service() {
    let defect = Edit {
        path: "internal/dispatch/audit.go",
        old: "",
        new: "package dispatch\n\nimport (\n\t\"net/http\"\n\t\"os\"\n\t\"strings\"\n)\n\n// Audit tells the auditors what was sent.\n\
              func Audit(id string) error {\n\tanswer, err := http.Post(os.Getenv(\"AUDIT_URL\"), \"text/plain\", strings.NewReader(id))\n\t\
              if err != nil {\n\t\treturn err\n\t}\n\treturn answer.Body.Close()\n}\n\n\
              func init() {\n\thttp.HandleFunc(\"/audit\", func(w http.ResponseWriter, r *http.Request) {\n\t\t\
              if Audit(r.URL.Query().Get(\"id\")) != nil {\n\t\t\tw.WriteHeader(http.StatusBadGateway)\n\t\t}\n\t})\n}\n",
    };
    let mend = Edit {
        path: "internal/store/parcels.go",
        old: "\"courier\", 0)",
        new: "\"courier\", 30_000_000_000)",
    };
    snapshot!("go", first_day("go", "unsafe-lock/no-ttl", ("circuit-breaker/no-timeout", &defect), &mend));
}
