//! Kinds of code.

use super::*;
use crate::rules::builtin::Knowledge;
use crate::source::Language;
use crate::syntax::Parsers;

fn code() -> Code {
    Knowledge::load(&[], &[]).unwrap().code
}

#[test]
fn tests_examples_and_vendored_files_are_told_by_name_and_folder() {
    let code = code();
    let tests = [
        "cmd/upgrade-tests/main.go",
        "acceptance/support/sign.ts",
        "a/b_test.go",
        "x.test.ts",
        "x.spec.js",
        "x.e2e-spec.ts",
        "src/__tests__/x.ts",
        "server/test/x.ts",
        "features/support/request.js",
        "ui/step_definitions/login.js",
        "app/tasks/specs/dummy-service.ts",
        "packages/ws-mocker/src/index.js",
        "internal/policytestutils/server.go",
    ];
    for path in tests {
        assert_eq!(code.by_name(path), Some(Kind::Test), "{path}");
    }
    assert_eq!(code.by_name("examples/a.ts"), Some(Kind::Example));
    assert_eq!(code.by_name("extra/push-examples/a.ts"), Some(Kind::Example));
    for path in ["packages/x/seeds/fill.ts", "ui/vite.config.ts", "cmd/dev/clock.go"] {
        assert_eq!(code.by_name(path), Some(Kind::Script), "{path}");
        assert!(!code.is_script_unless_used(path), "{path}");
    }
    for path in ["packages/x/scripts/fill.ts", "tools/a/b.go", "store/storetest/server.go", "extra/events.js"]
    {
        assert_eq!(code.by_name(path), None, "{path}");
        assert!(code.is_script_unless_used(path), "{path}");
    }
    for path in ["src/tools.ts", "cmd/speedtest/main.go", "contest/round.go", "src/latest/x.ts/y"] {
        assert!(!code.is_script_unless_used(path), "{path}");
    }
    assert_eq!(code.by_name("third_party/a/b.go"), Some(Kind::Vendored));
    for path in [
        "latest.ts",
        "src/testing.go",
        "contest/x.ts",
        "inspector.js",
        "example.ts",
        "src/redis.config.ts",
        "devserver/x.go",
        "src/features/login/support/x.ts",
        "",
    ] {
        assert_eq!(code.by_name(path), None, "{path}");
    }
}

#[test]
fn front_ends_are_told_by_name_imports_and_globals() {
    let code = code();
    let is_front_end = |path: &str, text: &str| {
        let (path, language) = (Path::new(path), Language::of(Path::new(path)).unwrap());
        let tree = Parsers::default().parse(language, text).unwrap();
        code.side(path, &crate::lower::lower(language, text, &tree)).is_front_end()
    };
    assert!(is_front_end("a.ts", "import { useState } from 'react'"));
    assert!(is_front_end("a.ts", "export const token = () => localStorage.getItem('t')"));
    assert!(is_front_end("a.ts", "'use client'\nexport const load = (id: string) => id"));
    assert!(is_front_end("a.ts", "export const load = (id: string) => fetch(`/api/orders/${id}`)"));
    assert!(!is_front_end("a.ts", "export const load = (id: string) => fetch(`//orders/${id}`)"));
    assert!(is_front_end("page.tsx", "import { useRouter } from 'next/navigation'"));
    assert!(is_front_end("page.tsx", "export default () => null"));
    assert!(!is_front_end("a.ts", "const document = load(); document.save()"));
    assert!(is_front_end(
        "sheet.tsx",
        "import { Role } from '@prisma/client'; import { useState } from 'react'; useState(Role.A)"
    ));
    assert!(is_front_end("a.ts", "import http from 'http'; import React from 'react'; React.useState(1)"));
    assert!(!is_front_end("a.tsx", "'use server'\nexport async function save() {}"));
    assert!(is_front_end("a.js", "define(['benchpress'], function (b) { return b })"));
    assert!(is_front_end("a.ts", "self.onmessage = () => send()"));
    assert!(!is_front_end("a.ts", "import { self } from './own'; self.onmessage = () => send()"));
    assert!(is_front_end("a.ts", "import FileSaver from 'file-saver'"));
    assert!(!is_front_end(
        "render.tsx",
        "import express from 'express'; import { renderToString } from 'react-dom/server'"
    ));
}

#[test]
fn a_package_is_a_front_end_by_what_it_depends_on() {
    let code = code();
    let is_front_end = |text: &str| code.is_front_end_package(&serde_json::from_str(text).unwrap());
    assert!(is_front_end(r#"{"dependencies": {"react-dom": "^19"}, "devDependencies": {"vite": "^6"}}"#));
    assert!(!is_front_end(r#"{"dependencies": {"react-dom": "^19", "express": "^5"}}"#));
    assert!(is_front_end(r#"{"dependencies": {"react": "^19"}, "devDependencies": {"express": "^5"}}"#));
    assert!(!is_front_end(r#"{"devDependencies": {"react": "^19", "express": "^5"}}"#));
    assert!(is_front_end(r#"{"peerDependencies": {"react": "^19"}}"#));
    assert!(!is_front_end(r#"{"dependencies": {"lodash": "^4"}}"#));
    assert!(!is_front_end(r#"{"dependencies": 3}"#));
}

#[test]
fn a_package_is_scripts_when_it_is_a_command_that_serves_nobody() {
    let code = code();
    let is_command = |text: &str| code.is_command(&serde_json::from_str(text).unwrap());
    assert!(is_command(r#"{"bin": "./x.js", "dependencies": {"commander": "^12", "axios": "^1"}}"#));
    assert!(!is_command(r#"{"dependencies": {"commander": "^12", "axios": "^1"}}"#));
    assert!(
        is_command(r#"{"devDependencies": {"minimist": "^1", "axios": "^1"}}"#),
        "nothing of it is shipped"
    );
    assert!(!is_command(r#"{"devDependencies": {"minimist": "^1", "express": "^5"}}"#));
    assert!(!is_command(r#"{"bin": "./x.js", "dependencies": {"axios": "^1"}}"#));
    assert!(!is_command(r#"{"bin": "./x.js", "dependencies": {"commander": "^12", "express": "^5"}}"#));
}

#[test]
fn what_may_go_on_is_told_by_words_packages_and_roles() {
    let code = code();
    let programs = code.programs().unwrap();
    for name in ["ListenAndServe", "run", "Start", "wait_for"] {
        assert!(programs.is_waiting(name), "{name}");
    }
    for name in ["Truncate", "WithWorkTree", "Observe", "Restart", ""] {
        assert!(!programs.is_waiting(name), "{name}");
    }
    assert!(programs.is_ending("os/exec") && programs.is_ending("github.com/spf13/cobra"));
    assert!(!programs.is_ending("net/http"));
    assert!(programs.is_serving("os/signal") && !programs.is_serving("os"));
    assert!(programs.keeps("store.write") && !programs.keeps("http.call"));
    let checked =
        Code { choices: Choices { checked: vec![Kind::Script], ..Choices::default() }, ..Code::default() };
    assert!(checked.programs().is_none(), "the team wants scripts looked at");
}

#[test]
fn some_kinds_are_told_by_what_a_file_says() {
    let code = code();
    let kind = |path: &str, text: &str| {
        let language = Language::of(Path::new(path)).unwrap();
        let tree = Parsers::default().parse(language, text).unwrap();
        code.by_text(&crate::lower::lower(language, text, &tree), text)
    };
    assert_eq!(kind("a.ts", "import { expect } from 'vitest'"), Some(Kind::Test));
    assert_eq!(kind("a.js", "const { expect } = require('chai')"), Some(Kind::Test));
    assert_eq!(kind("a.ts", "import type { Mock } from 'vitest'"), None);
    assert_eq!(kind("a.js", "import { Then } from '@cucumber/cucumber'"), Some(Kind::Test));
    assert_eq!(kind("a.go", "//go:build ignore\n\npackage main\n"), Some(Kind::Script));
    assert_eq!(kind("a.go", "//go:build linux\n\npackage main\n"), None);
    assert_eq!(kind("a.go", "package main\n\n//go:build ignore\n"), None);
}
