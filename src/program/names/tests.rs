use super::*;
use crate::program::Program;
use crate::program::samples::linked;

/// What each import of the last file means, in its order.
fn meanings(files: &[(&str, &str)]) -> Vec<String> {
    linked(files, |program| {
        let part = program.parts.last().unwrap();
        part.imports.clone().map(|import| told(program, files, program.bindings.imports[import])).collect()
    })
}

fn told(program: &Program<'_>, files: &[(&str, &str)], meaning: Meaning) -> String {
    let facts = &program.facts;
    match meaning {
        Meaning::Var(var) => {
            let file = program.file_of(facts.var(var).function);
            format!("{} of {}", facts.name(facts.var(var).name), files[file].0)
        }
        Meaning::Value(value) => program.text_of(value).to_owned(),
        Meaning::Part(whole, name) => format!("{} in {}", facts.name(name), program.text_of(whole)),
        Meaning::Foreign { module, name } => format!("{} of {}", facts.name(name), facts.name(module)),
        Meaning::Module(file) => files[file].0.to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn imports_mean_what_is_exported() {
    let a = "export const one = 1;\nexport default function main() {}\nconst inner = 2;\nexport { inner as outer };\n\
             export type T = string;\nexport * as rest from './b';\n";
    let b = "export const two = 2;\nexport * from 'pg';\nexport { readFile as read } from 'node:fs';\nexport default { x: 1 };\n";
    let user = "import main, { one, outer, inner, T, rest, default as again } from './a';\nimport * as all from './a';\n\
                import value, { two, read, Pool } from './b';\nimport './a';\nimport x from './gone';\nimport y from './hidden';\n\
                import './style.css';\nimport z from 'pg';\n";
    let expected = [
        "main of a.ts",
        "one of a.ts",
        "inner of a.ts",
        "NoExport",
        "T of a.ts",
        "b.ts",
        "main of a.ts",
        "a.ts",
        "{ x: 1 }",
        "two of b.ts",
        "readFile of node:fs",
        "Pool of pg",
        "a.ts",
        "NoFile",
        "NotRead",
        "Asset",
        "Library",
    ];
    assert_eq!(meanings(&[("a.ts", a), ("b.ts", b), ("user.ts", user)]), expected);
}

#[test]
fn what_is_handed_round_in_a_circle_is_no_export() {
    let circle = [
        ("a.ts", "export { x } from './b';\nexport * from './b';\nexport * from './c';\n"),
        ("b.ts", "import { x } from './a';\nexport { x };\nexport * from './a';\nexport * from './c';\n"),
        (
            "c.ts",
            "export * from './a';\nexport * from './b';\nexport * from './c';\nexport const here = 1;\n",
        ),
        ("user.ts", "import { x, y, here } from './a';\n"),
    ];
    assert_eq!(meanings(&circle), ["NoExport", "NoExport", "here of c.ts"]);
}

#[test]
fn an_export_is_handed_on_only_so_far() {
    let texts: Vec<(String, String)> =
        (0..40).map(|n| (format!("m{n}.ts"), format!("export * from './m{}';\n", n + 1))).collect();
    let mut files: Vec<(&str, &str)> =
        texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.push(("m40.ts", "export const x = 1;\n"));
    files.push((
        "user.ts",
        "import { x } from './m39';\nimport { x as y } from './m10';\nimport { x as z } from './m0';\n",
    ));
    assert_eq!(meanings(&files), ["x of m40.ts", "x of m40.ts", "NoExport"]);
}

#[test]
fn commonjs_modules_are_what_they_export() {
    let files = [
        ("a.js", "const own = 1;\nmodule.exports = { own, made: make(), call() {} };\n"),
        ("b.js", "class Store {}\nmodule.exports = Store;\n"),
        ("c.js", "exports.first = 1;\nexports.second = function () {};\n"),
        ("d.js", "module.exports = build();\n"),
        (
            "user.js",
            "import a, { own, made, gone } from './a';\nimport Store from './b';\nimport c, { first } from './c';\nimport { part } from './d';\n",
        ),
    ];
    let expected = [
        "{ own, made: make(), call() {} }",
        "own of a.js",
        "make()",
        "gone in { own, made: make(), call() {} }",
        "Store of b.js",
        "c.js",
        "1",
        "part in build()",
    ];
    assert_eq!(meanings(&files), expected);
}

#[test]
fn required_names_are_imports_unless_they_are_set_again() {
    let files = [
        ("a.js", "function one() {}\nfunction two() {}\nmodule.exports = { one, two };\n"),
        ("b.js", "class Store {}\nmodule.exports = Store;\n"),
        (
            "user.js",
            "const { one, two: second, ...others } = require('./a');\nlet { two: changed } = require('./a');\nchanged = null;\n\
             const all = require('./a');\nconst Store = require('./b');\nconst part = require('./a').two;\n\
             const gone = require('./gone');\nconst { Pool } = require('pg');\none(); second(); changed(); all.two(); Store(); part();\n",
        ),
    ];
    linked(&files, |program| {
        let mut required: Vec<String> = Vec::new();
        for index in program.parts[2].vars.clone() {
            let var = VarId::from_index(index);
            let meaning = program.bindings.required.get(&var);
            required
                .extend(meaning.map(|meaning| {
                    format!("{}: {}", program.var_name(var), told(program, &files, *meaning))
                }));
        }
        let expected = [
            "one: one of a.js",
            "second: two of a.js",
            "all: a.js",
            "Store: Store of b.js",
            "part: two of a.js",
        ];
        assert_eq!(required, expected);
        // The names themselves mean the variables of the other file.
        let calls = program.parts[2].expr_ids().filter_map(|expr| match program.facts.expr(expr).kind {
            ExprKind::Call { callee, .. } => match program.facts.expr(callee).kind {
                ExprKind::Name { var: Some(var), .. } => Some(program.var_name(var)),
                _ => None,
            },
            _ => None,
        });
        assert_eq!(calls.collect::<Vec<_>>(), ["one", "two", "changed", "two", "Store", "two"]);
    });
}

#[test]
fn a_package_of_go_shares_its_names() {
    let files = [
        ("a/one.go", "package a\n\nfunc Run() { helper(limit) }\n\nfunc (s Store) Put() {}\n"),
        (
            "a/two.go",
            "package a\n\nconst limit = 1\n\nfunc helper(n int) { local := n; _ = local }\n\ntype Store struct{}\n",
        ),
        ("a/two_windows.go", "package a\n\nconst limit = 2\n"),
        (
            "b/b.go",
            "package b\n\nimport (\n\tother \"a\"\n)\n\nfunc helper(s other.Store) { other.Run(); helper(s); missing() }\n",
        ),
        ("c/c.go", "package c\n\nimport . \"a\"\n\nfunc use() { Run() }\n"),
    ];
    linked(&files, |program| {
        let called = |file: usize| {
            let part = &program.parts[file];
            let calls = part.expr_ids().filter_map(|expr| match program.facts.expr(expr).kind {
                ExprKind::Call { callee, .. } => Some(callee),
                _ => None,
            });
            let told = calls.map(|callee| match program.facts.expr(callee).kind {
                ExprKind::Name { var: Some(var), .. } => told(program, &files, Meaning::Var(var)),
                _ => program.text_of(callee).to_owned(),
            });
            told.collect::<Vec<_>>()
        };
        assert_eq!(called(0), ["helper of a/two.go"]);
        assert_eq!(called(3), ["Run of a/one.go", "helper of b/b.go", "missing"]);
        assert_eq!(called(4), ["Run of a/one.go"]);
        let limit = program.parts[0].expr_ids().find_map(|expr| match program.facts.expr(expr).kind {
            ExprKind::Name { var: Some(var), .. } if program.var_name(var) == "limit" => Some(var),
            _ => None,
        });
        assert_eq!(program.file_of(program.facts.var(limit.unwrap()).function), 1, "of the usual build");
        let put = crate::program::samples::function(program, "Put");
        let owner = program.facts.function(put).owner.unwrap();
        assert_eq!(program.file_of_type(owner), 1, "a method may stand beside its type's file");
    });
}
