//! Small trees and what their import paths mean.

use super::*;

/// A tree: Go files with the name in their `package` clause (none for an empty one), and manifests, which are in `go.mod` and
/// `go.work`.
struct Tree {
    files: Vec<String>,
    modules: GoModules,
}

fn tree(files: &[(&str, &str)]) -> Tree {
    let is_go = |path: &str| Path::new(path).extension().is_some_and(|extension| extension == "go");
    let paths: Vec<_> = files.iter().filter(|(path, _)| is_go(path)).collect();
    let full: Vec<_> = paths.iter().map(|(path, _)| Path::new("/home/me/shop").join(path)).collect();
    let given: Vec<_> = paths
        .iter()
        .zip(&full)
        .map(|((_, text), path)| GoFile { path, package: package(text), text })
        .collect();
    let manifests: Vec<_> = files
        .iter()
        .filter(|(path, _)| !is_go(path))
        .map(|(path, text)| Manifest {
            path: Path::new("/home/me/shop").join(path),
            text: (*text).to_owned(),
        })
        .collect();
    let modules = GoModules::new(&given, &manifests);
    Tree { files: paths.iter().map(|(path, _)| (*path).to_owned()).collect(), modules }
}

fn package(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_prefix("package "))
}

impl Tree {
    fn file(&self, path: &str) -> usize {
        self.files.iter().position(|file| file == path).unwrap()
    }

    /// What a path means: the first file of the package, or a word.
    fn of(&self, importer: &str, path: &str) -> String {
        match self.modules.resolve(self.file(importer), path) {
            Target::Package(package) => {
                let package = &self.modules.packages()[package];
                self.files[package.files[0]].clone()
            }
            other => format!("{other:?}"),
        }
    }
}

#[test]
fn a_package_is_one_directory_and_one_name() {
    let tree = tree(&[
        ("go.mod", "module example.com/shop\n"),
        ("a/x.go", "package a"),
        ("a/y.go", "package a"),
        ("a/x_test.go", "package a_test"),
        ("./b/../a/z.go", "package a"),
        ("b/broken.go", ""),
        ("main.go", "package main"),
        ("cmd/main.go", "package main"),
    ]);
    let shown: Vec<_> = tree
        .modules
        .packages()
        .iter()
        .map(|p| (p.name.as_str(), p.files.as_slice(), p.path.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            ("a", [0, 1, 3].as_slice(), Some("example.com/shop/a")),
            ("a_test", &[2], Some("example.com/shop/a")),
            ("main", &[5], Some("example.com/shop")),
            ("main", &[6], Some("example.com/shop/cmd")),
        ]
    );
    assert_eq!(tree.modules.packages()[0].directory, Path::new("/home/me/shop/a"));
    assert_eq!((tree.modules.package_of(1), tree.modules.package_of(4)), (Some(0), None));
    assert_eq!((tree.modules.package_of(99), tree.modules.is_built(99)), (None, false));
    assert_eq!(tree.modules.resolve(99, "example.com/shop/a"), Target::Library);
}

#[test]
fn the_module_path_leads_into_the_tree() {
    let tree = tree(&[
        ("go.mod", "module example.com/shop/v2 // the second\n"),
        ("shop.go", "package shop"),
        ("internal/cache/c.go", "package cache"),
        ("api/api.pb.go", ""),
        ("cmd/main.go", "package main"),
        ("only/x_test.go", "package only"),
    ]);
    let of = |path| tree.of("cmd/main.go", path);
    assert_eq!(of("example.com/shop/v2"), "shop.go");
    assert_eq!(of("example.com/shop/v2/internal/cache"), "internal/cache/c.go");
    assert_eq!(of("example.com/shop/v2/nope"), "Missing");
    assert_eq!(of("example.com/shop/v2/internal"), "Missing", "holds no Go file itself");
    assert_eq!(of("example.com/shop/v2/only"), "Missing", "tests alone are not imported");
    assert_eq!(of("example.com/shop/v2/api"), "Asset", "there, but not understood");
    assert_eq!(of("../internal/cache"), "internal/cache/c.go");
    assert_eq!(of("./nope"), "Missing");
    let libraries = [
        "example.com/shop",
        "example.com/shop/internal/cache",
        "example.com/shop/v22",
        "example.com/shop/v2/v3/x",
        "fmt",
        "net/http",
        "C",
        "github.com/redis/go-redis/v9",
        "example.com/shop/v2/vendor/x.com/y",
        "example.com/shop/v2/third_party/y",
    ];
    for library in libraries {
        assert_eq!(of(library), "Library", "{library}");
    }
}

#[test]
fn modules_of_one_tree_import_each_other() {
    let tree = tree(&[
        ("go.mod", "module example.com/mono\nrequire (\n\texample.com/mono/gone v1.0.0\n)\n"),
        ("lib/x.go", "package lib"),
        ("svc/go.mod", "module example.com/mono/svc\n"),
        ("svc/a/a.go", "package a"),
        ("svc/main.go", "package main"),
        ("pkg/go.mod", "module other.org/pkg/v3"),
        ("pkg/q/q.go", "package q"),
        ("main.go", "package main"),
    ]);
    assert_eq!(tree.of("main.go", "example.com/mono/svc/a"), "svc/a/a.go");
    assert_eq!(tree.of("main.go", "other.org/pkg/v3/q"), "pkg/q/q.go");
    assert_eq!(tree.of("svc/main.go", "example.com/mono/lib"), "lib/x.go");
    assert_eq!(tree.of("svc/main.go", "other.org/pkg/q"), "Library", "another version");
    assert_eq!(
        tree.of("main.go", "example.com/mono/gone/x"),
        "Library",
        "a module below it that lies elsewhere"
    );
    assert_eq!(tree.of("main.go", "example.com/mono/svc/b"), "Missing");
}

#[test]
fn one_name_for_several_modules_means_the_own_one() {
    let tree = tree(&[
        ("one/go.mod", "module service"),
        ("one/db/db.go", "package db"),
        ("one/main.go", "package main"),
        ("two/go.mod", "module service"),
        ("two/db/db.go", "package db"),
        ("two/cmd/main.go", "package main"),
        ("two/more/go.mod", "module service/more"),
        ("two/more/x.go", "package more"),
    ]);
    assert_eq!(tree.of("one/main.go", "service/db"), "one/db/db.go");
    assert_eq!(tree.of("two/cmd/main.go", "service/db"), "two/db/db.go");
    assert_eq!(tree.of("two/more/x.go", "service/db"), "two/db/db.go", "the nearest");
    assert_eq!(tree.of("one/main.go", "service/more"), "two/more/x.go");
}

#[test]
fn replaces_lead_to_directories_and_to_modules_of_the_tree() {
    let tree = tree(&[
        (
            "svc/go.mod",
            "module example.com/svc\nreplace old.com/a => ../a // here\nreplace (\n\told.com/b v1.2.0 => \"../b\"\n\
             \told.com/c => new.com/c v1.0.0\n\told.com/d => new.com/d v1.0.0\n\told.com/e => ../../elsewhere/e\n\
             \told.com/f => ../third_party/f\n\told.com/g => ../g\n)\n",
        ),
        ("svc/main.go", "package main"),
        ("a/go.mod", "module renamed.com/a"),
        ("a/x/x.go", "package x"),
        ("b/go.mod", "module old.com/b"),
        ("b/b.go", "package b"),
        ("c/go.mod", "module new.com/c"),
        ("c/y/y.go", "package y"),
    ]);
    let of = |path| tree.of("svc/main.go", path);
    assert_eq!(of("old.com/a/x"), "a/x/x.go");
    assert_eq!(of("old.com/b"), "b/b.go");
    assert_eq!(of("old.com/c/y"), "c/y/y.go");
    assert_eq!(of("old.com/a/nope"), "Missing");
    assert_eq!(of("old.com/d"), "Library", "renamed, but not of the tree");
    assert_eq!(of("old.com/e"), "Library", "beside the tree");
    assert_eq!(of("old.com/f"), "Library", "not walked");
    assert_eq!(of("old.com/g"), "Missing");
    assert_eq!(tree.of("b/b.go", "old.com/a/x"), "a/x/x.go", "whoever builds it");
    assert_eq!(tree.modules.problems(), ["svc/go.mod replaces old.com/g by ../g, which has no go.mod"]);
}

#[test]
fn the_own_replace_comes_before_that_of_others() {
    let tree = tree(&[
        ("one/go.mod", "module one\nreplace x.com/y => ./y\n"),
        ("one/main.go", "package main"),
        ("one/y/y.go", "package y"),
        ("one/y/go.mod", "module x.com/y"),
        ("two/go.mod", "module two\nreplace x.com/y => ./y\n"),
        ("two/main.go", "package main"),
        ("two/y/y.go", "package y"),
        ("two/y/go.mod", "module x.com/y"),
    ]);
    assert_eq!(tree.of("one/main.go", "x.com/y"), "one/y/y.go");
    assert_eq!(tree.of("two/main.go", "x.com/y"), "two/y/y.go");
}

#[test]
fn workspaces_are_known() {
    let tree = tree(&[
        ("go.work", "go 1.22\nuse (\n\t./a\n\t./b\n\t./gone\n)\nreplace x.com/z v1.0.0 => ./z\n"),
        ("a/go.mod", "module a\nreplace x.com/z => ./own\n"),
        ("a/main.go", "package main"),
        ("a/own/z.go", "package z"),
        ("a/own/go.mod", "module x.com/z"),
        ("b/go.mod", "module lib"),
        ("b/b.go", "package lib"),
        ("copy/go.mod", "module lib"),
        ("copy/b.go", "package lib"),
        ("z/z.go", "package z"),
        ("z/go.mod", "module x.com/z"),
    ]);
    assert_eq!(tree.of("a/main.go", "x.com/z"), "z/z.go", "a workspace overrides its modules");
    assert_eq!(tree.of("a/main.go", "lib"), "b/b.go", "used by the workspace");
    assert_eq!(tree.modules.problems(), ["go.work uses ./gone, which has no go.mod"]);
}

#[test]
fn the_package_to_import_is_no_program_and_no_test() {
    let tree = tree(&[
        ("go.mod", "module m.com/m"),
        ("a/gen.go", "//go:build ignore\n\npackage main"),
        ("a/gen2.go", "//go:build ignore\n\npackage main"),
        ("a/a.go", "package a"),
        ("a/a_test.go", "package a_test"),
        ("b/old.go", "// +build ignore\n\npackage older"),
        ("b/old_windows.go", "package older"),
        ("b/new.go", "package newer"),
        ("c/x_windows.go", "package c"),
        ("p/main.go", "package main"),
        ("p/main_test.go", "package main_test"),
    ]);
    let of = |path| tree.of("a/a.go", path);
    assert_eq!(of("m.com/m/a"), "a/a.go");
    assert_eq!(of("m.com/m/b"), "b/new.go", "most built files");
    assert_eq!(of("m.com/m/c"), "c/x_windows.go", "built elsewhere");
    assert_eq!(of("m.com/m/p"), "Missing", "a program");
    assert_eq!(tree.of("p/main_test.go", "m.com/m/p"), "p/main.go", "for its own tests");
    let built: Vec<_> = (0..tree.files.len()).filter(|file| tree.modules.is_built(*file)).collect();
    assert_eq!(built, ["a/a.go", "b/new.go", "p/main.go"].map(|path| tree.file(path)));
}

#[test]
fn the_standard_library_comes_first() {
    let tree =
        tree(&[("go.mod", "module log"), ("x.go", "package log"), ("sinks/file/f.go", "package file")]);
    assert_eq!(tree.of("x.go", "log"), "Library");
    assert_eq!(tree.of("x.go", "log/slog"), "Library");
    assert_eq!(tree.of("x.go", "log/sinks/file"), "sinks/file/f.go");
}

#[test]
fn a_tree_without_modules_is_told_by_what_it_imports() {
    let main = "package main\nimport (\n\t\"fmt\"\n\t\"encoding/json\"\n\t\"github.com/pkg/errors\"\n\
                \tc \"github.com/acme/store/internal/cache\" // x\n\t_ \"github.com/acme/store/models\"\n)\nimport \"a.com/b/json\"\n\
                import \"x.org/grpc/models\"\nimport \"x.org/grpc/internal/cache\"\nimport \"x.org/grpc\"\n";
    let tree = tree(&[
        ("main.go", main),
        ("internal/cache/c.go", "package cache"),
        ("models/m.go", "package models\nimport \"github.com/acme/store/errors\""),
        ("errors/e.go", "package errors"),
        ("json/j.go", "package json"),
    ]);
    let of = |path| tree.of("main.go", path);
    assert_eq!(of("github.com/acme/store/internal/cache"), "internal/cache/c.go");
    assert_eq!(of("github.com/acme/store/models"), "models/m.go");
    assert_eq!(of("github.com/acme/store/nope"), "Missing");
    assert_eq!(of("github.com/acme/store/vendor/x"), "Library");
    for library in [
        "fmt",
        "encoding/json",
        "github.com/pkg/errors",
        "a.com/b/json",
        "github.com/acme/other/models",
        "x.org/grpc/models",
    ] {
        assert_eq!(of(library), "Library", "{library}");
    }
}

#[test]
fn a_tree_without_modules_may_be_all_of_a_gopath() {
    let tree = tree(&[
        ("src/shop/main.go", "package main\nimport \"shop/db\"\nimport \"shop/web/api\"\n"),
        ("src/shop/db/db.go", "package db"),
        ("src/shop/web/api/api.go", "package api"),
    ]);
    assert_eq!(tree.of("src/shop/main.go", "shop/db"), "src/shop/db/db.go");
    assert_eq!(tree.of("src/shop/db/db.go", "shop/web/api"), "src/shop/web/api/api.go");
    let named = super::tests::tree(&[
        ("main.go", "package main\nimport \"x.com/shop/db\"\n"),
        ("db/db.go", "package db"),
    ]);
    assert_eq!(named.of("main.go", "x.com/shop/db"), "db/db.go", "the checkout's own name");
}

#[test]
fn manifests_that_say_nothing_are_told() {
    let tree = tree(&[
        ("go.mod", "module m"),
        ("x/go.mod", "go 1.22\nreplace a.com/b => ./b\n"),
        ("x/y/y.go", "package y"),
        ("package.json", "{}"),
        ("main.go", "package main"),
    ]);
    assert_eq!(tree.modules.problems(), ["x/go.mod says no module path"]);
    assert_eq!(tree.of("main.go", "m/x/y"), "x/y/y.go");
}

#[test]
fn no_path_and_no_manifest_panics() {
    let odd = [
        "",
        "/",
        "//",
        ".",
        "..",
        "./",
        "../",
        "../../../../../..",
        "/etc/passwd",
        "m/../../x",
        "m//x",
        "m/",
        "m/.",
        "é",
        "m/é\u{0}",
        "C:\\x",
        "m\\x",
        "\u{feff}",
        "vendor",
        "m/vendor",
        "a b",
        "\"",
        "v2",
        "m/v2",
    ];
    for text in odd {
        for manifest in [
            format!("module {text}"),
            format!("module m\nreplace {text} => {text}\nreplace m/x => {text}\nrequire {text}\n"),
            format!("use {text}\nreplace ( {text} =>\n"),
        ] {
            for name in ["go.mod", "go.work", "sub/go.mod", text] {
                let import = format!("package p\nimport \"{text}\"\n");
                let tree = tree(&[(name, &manifest), ("a.go", &import), ("sub/b.go", "package q")]);
                for path in odd {
                    let target = tree.modules.resolve(0, path);
                    assert!(!matches!(target, Target::File(_)));
                }
            }
        }
    }
    assert!(GoModules::new(&[], &[]).packages().is_empty());
    let file = GoFile { path: Path::new(""), package: Some(""), text: "" };
    assert_eq!(GoModules::new(&[file], &[]).resolve(0, "x/y"), Target::Library);
}

#[test]
fn it_is_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<GoModules>();
}
