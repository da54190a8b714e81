//! What import paths mean in small trees.

use std::path::{Path, PathBuf};

use super::Target;
use super::ecmascript::EcmascriptModules;
use crate::source::Manifest;

/// A tree of files: those with a text are manifests.
struct Tree {
    files: Vec<PathBuf>,
    modules: EcmascriptModules,
}

fn tree(files: &str, manifests: &[(&str, &str)]) -> Tree {
    let at = |path: &str| PathBuf::from(format!("/r/{path}"));
    let (unread, files): (Vec<PathBuf>, Vec<PathBuf>) =
        files.split_whitespace().map(at).partition(|path| path.to_string_lossy().contains(".d.ts"));
    let manifest = |(path, text): &(&str, &str)| Manifest { path: at(path), text: (*text).to_owned() };
    let manifests: Vec<Manifest> = manifests.iter().map(manifest).collect();
    let paths: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let modules = EcmascriptModules::new(&paths, &unread, &manifests);
    Tree { files, modules }
}

impl Tree {
    fn resolve(&self, importer: &str, specifier: &str) -> String {
        let importer = Path::new("/r").join(importer);
        let position = self.files.iter().position(|file| *file == importer).unwrap();
        match self.modules.resolve(position, specifier) {
            Target::File(found) => self.files[found].strip_prefix("/r").unwrap().display().to_string(),
            other => format!("{other:?}").to_lowercase(),
        }
    }

    #[track_caller]
    fn expect(&self, importer: &str, expected: &[(&str, &str)]) {
        for (specifier, target) in expected {
            assert_eq!(self.resolve(importer, specifier), *target, "{specifier} in {importer}");
        }
    }
}

#[test]
fn relative_paths() {
    let files =
        "a/x.ts a/y.tsx a/z.js a/z.ts a/m.mts a/d/index.ts a/index.js a.ts a/p.service.ts a/t.d.ts b.jsx";
    tree(files, &[]).expect(
        "a/x.ts",
        &[
            ("./y", "a/y.tsx"),
            ("./y.js", "a/y.tsx"),
            ("./z.js", "a/z.ts"),
            ("./m.mjs", "a/m.mts"),
            ("./d", "a/d/index.ts"),
            ("./d/", "a/d/index.ts"),
            (".", "a/index.js"),
            ("./", "a/index.js"),
            ("../a", "a.ts"),
            ("../a/", "a/index.js"),
            ("./p.service", "a/p.service.ts"),
            ("./t", "asset"),
            ("./style.css", "asset"),
            ("./gone.d.ts", "asset"),
            ("./gone", "missing"),
            ("./gone.service", "missing"),
            ("../b", "b.jsx"),
            ("../../../../b", "missing"),
            ("./y?worker", "a/y.tsx"),
            ("some-loader!./y", "a/y.tsx"),
            ("../.config/x.js", "asset"),
            ("../node_modules/x", "library"),
            ("../vendor/x", "asset"),
        ],
    );
}

#[test]
fn what_is_not_of_the_tree() {
    let tree = tree("a.ts util/index.ts", &[("tsconfig.json", r#"{"compilerOptions": {"baseUrl": "."}}"#)]);
    for name in
        ["", "fs", "node:fs", "util", "fs/promises", "redis", "@acme/x", "https://x.y/z.js", "virtual:x", "@"]
    {
        tree.expect("a.ts", &[(name, "library")]);
    }
    assert_eq!(tree.modules.resolve(99, "./a"), Target::Library);
}

#[test]
fn paths_of_the_nearest_settings() {
    let tsconfig = r#"{
        // as people write it
        "compilerOptions": {
            "baseUrl": "./src",
            "paths": {
                "@/*": ["./*"],
                "@lib/*": ["./gone/*", "./lib/*"],
                "@lib/deep/*": ["./deep/*"],
                "exact": ["./exact.ts"],
                "variables": ["./styles/variables.scss"],
                "redis": ["./typings/redis.d.ts"],
                "left": ["../node_modules/left"],
            },
        },
    }"#;
    let package = r#"{"dependencies": {"redis": "4", "config": "1"}}"#;
    let files = "src/a.ts src/lib/b.ts src/lib/deep/c.ts src/deep/c.ts src/exact.ts src/config.ts src/typings/redis.d.ts \
                 src/config/x.ts other.ts";
    tree(files, &[("tsconfig.json", tsconfig), ("package.json", package)]).expect(
        "src/a.ts",
        &[
            ("@/lib/b", "src/lib/b.ts"),
            ("@lib/b", "src/lib/b.ts"),
            ("@lib/deep/c", "src/deep/c.ts"),
            ("@lib/gone", "missing"),
            ("@lib/gone.css", "asset"),
            ("exact", "src/exact.ts"),
            ("variables", "asset"),
            ("lib/b", "src/lib/b.ts"),
            ("redis", "library"),
            ("left", "library"),
            ("config", "library"),
            ("config/x", "src/config/x.ts"),
            ("images/x.png", "asset"),
        ],
    );
}

#[test]
fn settings_extend_others() {
    let base = r#"{"compilerOptions": {"paths": {"@base/*": ["libs/*"], "@own/*": ["${configDir}/own/*"]}}}"#;
    let round = format!(r#"{{"extends": [{}"."]}}"#, r#""./round", "./tsconfig", "#.repeat(50));
    let several = r#"{"extends": ["not-installed/tsconfig.json", "../tsconfig.base"], "compilerOptions": {"strict": true}}"#;
    let tree = tree(
        "app/a.ts libs/x.ts app/own/y.ts web/a.ts web/src/z.ts loop/a.ts",
        &[
            ("tsconfig.base.json", base),
            ("app/tsconfig.json", several),
            ("config/package.json", r#"{"name": "@acme/config"}"#),
            ("config/next.json", r#"{"compilerOptions": {"paths": {"~web/*": ["../web/src/*"]}}}"#),
            ("web/tsconfig.json", r#"{"extends": "@acme/config/next.json"}"#),
            ("loop/tsconfig.json", &round),
            ("loop/round.json", &round),
        ],
    );
    tree.expect("app/a.ts", &[("@base/x", "libs/x.ts"), ("@own/y", "app/own/y.ts")]);
    tree.expect("web/a.ts", &[("~web/z", "web/src/z.ts")]);
    // Nothing of its own: the settings further up count.
    tree.expect("loop/a.ts", &[("@base/x", "libs/x.ts")]);
}

#[test]
fn settings_refer_to_others() {
    let tree = tree(
        "src/a.ts src/b.ts packages/x/a.ts",
        &[
            (
                "tsconfig.json",
                r#"{"files": [], "references": [{"path": "./config"}, {"path": "./packages/x"}]}"#,
            ),
            (
                "config/tsconfig.json",
                r##"{"include": ["../src"], "compilerOptions": {"paths": {"@/*": ["../src/*"], "#b": ["../src/b"]}}}"##,
            ),
            ("packages/x/tsconfig.json", r#"{"compilerOptions": {"paths": {"only-x": ["./a"]}}}"#),
        ],
    );
    tree.expect("src/a.ts", &[("@/b", "src/b.ts"), ("#b", "src/b.ts"), ("only-x", "library")]);
    tree.expect("packages/x/a.ts", &[("only-x", "packages/x/a.ts")]);
}

#[test]
fn several_roots_count_as_one() {
    let config = r#"{"compilerOptions": {"rootDirs": ["src", "generated"]}}"#;
    let tree = tree("src/a/x.ts generated/a/y.ts", &[("tsconfig.json", config)]);
    tree.expect("src/a/x.ts", &[("./y", "generated/a/y.ts"), ("./z", "missing")]);
}

#[test]
fn packages_of_the_tree() {
    let core = r#"{
        "name": "@acme/core",
        "exports": {
            ".": {"types": "./dist/index.d.ts", "import": {"default": "./dist/index.js"}},
            "./feature": "./dist/features/feature.js",
            "./sub/*": "./dist/sub/*.js",
            "./internal/*": null
        }
    }"#;
    let files = "app/a.ts core/src/index.ts core/src/features/feature.ts core/src/sub/x.ts core/src/internal/y.ts \
                 core/src/utils/z.ts old/src/main.ts old/lib.js plain/index.js";
    let tree = tree(
        files,
        &[
            ("core/package.json", core),
            ("old/package.json", r#"{"name": "old", "main": "./build/main.js"}"#),
            ("plain/package.json", r#"{"name": "plain"}"#),
            ("styles/package.json", r#"{"name": "styles", "main": "index.css"}"#),
            ("empty/package.json", r#"{"name": "empty"}"#),
        ],
    );
    tree.expect(
        "app/a.ts",
        &[
            ("@acme/core", "core/src/index.ts"),
            ("@acme/core/feature", "core/src/features/feature.ts"),
            ("@acme/core/sub/x", "core/src/sub/x.ts"),
            ("@acme/core/internal/y", "missing"),
            ("@acme/core/utils/z", "core/src/utils/z.ts"),
            ("@acme/core/dist/utils/z", "core/src/utils/z.ts"),
            ("@acme/core/dist/src/utils/z.js", "core/src/utils/z.ts"),
            ("@acme/core/src/utils/z", "core/src/utils/z.ts"),
            ("@acme/core/types", "missing"),
            ("@acme/core/package.json", "asset"),
            ("@acme/other", "library"),
            ("old", "old/src/main.ts"),
            ("../old", "old/src/main.ts"),
            ("../old/", "old/src/main.ts"),
            ("old/lib", "old/lib.js"),
            ("plain", "plain/index.js"),
            ("styles", "asset"),
            ("empty", "missing"),
        ],
    );
}

#[test]
fn build_output_is_told_by_the_compiler_or_by_habit() {
    let config = r#"{"compilerOptions": {"outDir": "./made/main", "rootDir": "code"}}"#;
    let tree = tree(
        "p/code/index.ts p/code/x.ts p/test/a.ts q/src/index.ts q/src/y.ts q/a.ts",
        &[
            ("p/package.json", r#"{"name": "p", "main": "made/main/index.js"}"#),
            ("p/tsconfig.json", config),
            ("q/package.json", r#"{"name": "q", "main": "whatever/deep/src/index.js"}"#),
        ],
    );
    tree.expect("p/test/a.ts", &[("../made/main", "p/code/index.ts"), ("../made/main/x.js", "p/code/x.ts")]);
    tree.expect(
        "q/a.ts",
        &[("./lib", "q/src/index.ts"), ("./dist/y.js", "q/src/y.ts"), ("./whatever/y", "missing")],
    );
    tree.expect(
        "q/a.ts",
        &[("p", "p/code/index.ts"), ("p/made/main/x", "p/code/x.ts"), ("q", "q/src/index.ts")],
    );
}

#[test]
fn names_of_a_packages_own() {
    let package = r##"{
        "name": "p",
        "imports": {"#internal/*": "./src/internal/*.js", "#db": "pg", "#x": {"node": "./src/x.js"}},
        "_moduleAliases": {"@root": ".", "@models": "src/models"}
    }"##;
    let tree = tree("src/a.ts src/internal/b.ts src/x.js src/models/m.js", &[("package.json", package)]);
    tree.expect(
        "src/a.ts",
        &[
            ("#internal/b", "src/internal/b.ts"),
            ("#internal/gone", "missing"),
            ("#db", "library"),
            ("#x", "src/x.js"),
            ("#made-by-a-framework", "library"),
            ("@models/m", "src/models/m.js"),
            ("@root/src/x", "src/x.js"),
        ],
    );
}

#[test]
fn aliases_that_only_a_bundler_knows() {
    let package = r#"{"dependencies": {"@acme/ui": "1", "utils": "1"}}"#;
    let files = "web/src/a.ts web/src/c/b.ts web/lib/d.ts web/src/parts/nav/bar.ts web/src/ui/x.ts web/src/utils/y.ts \
                 web/admin/src/a.ts web/admin/src/own/o.ts";
    let tree = tree(files, &[("web/package.json", package)]);
    tree.expect(
        "web/src/a.ts",
        &[
            ("@/c/b", "web/src/c/b.ts"),
            ("~/lib/d", "web/lib/d.ts"),
            ("src/c/b", "web/src/c/b.ts"),
            ("src/gone", "missing"),
            ("@/gone", "missing"),
            ("@/gone.svg", "asset"),
            ("@c/b", "web/src/c/b.ts"),
            ("@nav/bar", "web/src/parts/nav/bar.ts"),
            ("@strange/nav/bar", "web/src/parts/nav/bar.ts"),
            ("nav/bar", "library"),
            ("@acme/ui/x", "library"),
            ("utils/y", "library"),
            ("/src/c/b", "web/src/c/b.ts"),
            ("/opt/layer", "library"),
        ],
    );
    tree.expect("web/admin/src/a.ts", &[("@/own/o", "web/admin/src/own/o.ts")]);
}

#[test]
fn a_library_may_have_the_name_of_a_package_of_the_tree() {
    let listing = |range: &str| format!(r#"{{"dependencies": {{"queue": "{range}"}}}}"#);
    for (range, expected) in [
        ("^4.0.0", "library"),
        ("^1.2.0", "examples/queue/index.ts"),
        ("workspace:*", "examples/queue/index.ts"),
        ("file:../examples/queue", "examples/queue/index.ts"),
        ("npm:other@^2", "other/index.ts"),
        ("link:../gone", "library"),
    ] {
        let tree = tree(
            "app/a.ts examples/queue/index.ts other/index.ts",
            &[
                ("app/package.json", &listing(range)),
                ("examples/queue/package.json", r#"{"name": "queue", "version": "1.5.0"}"#),
                ("other/package.json", r#"{"name": "other", "version": "2.0.0"}"#),
            ],
        );
        tree.expect("app/a.ts", &[("queue", expected)]);
    }
}

#[test]
fn of_several_packages_of_one_name_the_nearest_counts() {
    let tree = tree(
        "a/app/x.ts a/shared/index.ts b/app/x.ts b/shared/index.ts",
        &[
            ("a/shared/package.json", r#"{"name": "shared"}"#),
            ("b/shared/package.json", r#"{"name": "shared"}"#),
        ],
    );
    tree.expect("a/app/x.ts", &[("shared", "a/shared/index.ts")]);
    tree.expect("b/app/x.ts", &[("shared", "b/shared/index.ts")]);
}

#[test]
fn what_is_not_understood_is_told() {
    let tree = tree(
        "a.ts",
        &[
            ("x/tsconfig.json", "{"),
            ("package.json", "[1, 2"),
            (
                "odd/package.json",
                r#"{"name": 1, "exports": 2, "imports": [], "dependencies": "x", "main": {}}"#,
            ),
            (
                "odd/tsconfig.json",
                r#"{"compilerOptions": {"paths": {"a": 1, "b": [2]}, "baseUrl": 3}, "extends": 4}"#,
            ),
            ("list/tsconfig.json", "[]"),
            ("go.mod", "module x"),
        ],
    );
    let told: Vec<String> =
        tree.modules.problems().iter().map(|problem| problem.shown(Path::new("/r"))).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("package.json: not JSON"), "{told:?}");
    assert!(told[1].starts_with("x/tsconfig.json: not JSON"), "{told:?}");
}

/// All texts of up to so many of these parts: whatever is written, an answer is given.
#[test]
fn no_import_path_panics() {
    let package = r##"{"name": "p", "imports": {"#*": "./*"}, "exports": {"./*": "./dist/*"}, "_moduleAliases": {"@": ""}}"##;
    let config = r#"{"compilerOptions": {"baseUrl": "", "paths": {"*": ["*"], "@*": ["../*"]}, "rootDirs": ["", ".."]}}"#;
    let tree = tree("src/é.ts index.ts", &[("package.json", package), ("tsconfig.json", config)]);
    let parts = [
        "/",
        ".",
        "..",
        "@",
        "~",
        "#",
        "*",
        "?",
        "!",
        "p",
        "é",
        "dist",
        ".ts",
        ":",
        "\\",
        "\0",
        "node_modules",
    ];
    let mut open: Vec<String> = vec![String::new()];
    for _ in 0..4 {
        open = open.iter().flat_map(|start| parts.iter().map(move |part| format!("{start}{part}"))).collect();
        for specifier in &open {
            for importer in 0..2 {
                tree.modules.resolve(importer, specifier);
            }
        }
    }
    tree.modules.resolve(0, &"../".repeat(100_000));
    tree.modules.resolve(0, &"@".repeat(100_000));
}

#[test]
fn it_is_shared_between_threads() {
    fn shared<T: Sync + Send>() {}
    shared::<EcmascriptModules>();
}
