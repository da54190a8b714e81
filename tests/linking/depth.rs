//! Trees made to hurt: what is handed on and on, and what is made of itself, is finished within seconds and never by a crash.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{Files, found, list, report, tree};

/// How long one of these trees may take: many times what it does take.
const LONGEST: Duration = Duration::from_secs(20);

/// The client that is handed on.
const CLIENT: &str = "import Redis from 'ioredis';\nexport const x = new Redis();\n";

/// Takes a lock that never expires with `x` of the module that it is given.
fn lock(module: &str) -> String {
    format!(
        "import {{ x }} from '{module}';\nexport async function take(id: string): Promise<boolean> {{\n  \
         return (await x.set(`lock:${{id}}`, id, 'NX')) === 'OK';\n}}\n"
    )
}

/// The report of a tree, of which every file must have been looked at, soon.
fn endured(what: &str, files: &Files) -> Value {
    let root = tree(files);
    let begun = Instant::now();
    let report = report(root.path(), &[]);
    assert!(begun.elapsed() < LONGEST, "{what} took {:?}", begun.elapsed());
    for file in list(&report, "files") {
        assert_eq!(file["status"], "checked", "{what}: {file}");
    }
    report
}

fn files<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Files {
    files.into_iter().map(|(path, text)| (path.into(), text.into())).collect()
}

/// The text of as many pieces.
fn each(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect::<Vec<_>>().concat()
}

/// As many modules, each handing on what the next exports.
fn handed_on(count: usize, how: &str) -> Files {
    let passed = (0..count).map(|n| (format!("m{n}.ts"), how.replace('#', &format!("'./m{}'", n + 1))));
    let mut files = files(passed);
    files.insert(format!("m{count}.ts"), CLIENT.to_owned());
    files.insert("use.ts".to_owned(), lock("./m0"));
    files
}

#[test]
fn what_is_handed_on_through_modules_is_found_or_given_up() {
    let ways = [
        "export * from #;\n",
        "export { x } from #;\n",
        "import { x } from #;\nexport { x };\n",
        "import * as all from #;\nexport const x = all.x;\n",
        "exports.x = require(#).x;\n",
        "module.exports = { ...require(#) };\n",
    ];
    for how in ways {
        // What is made of another object is a step more each time.
        let hops = if how.contains("...") { 4 } else { 10 };
        let short = endured(how, &handed_on(hops, how));
        assert_eq!(found(&short), ["unsafe-lock/no-ttl use.ts:3"], "{how}");
        let long = endured(how, &handed_on(if how.contains('*') { 3_000 } else { 300 }, how));
        let imports = &long["coverage"]["imports"];
        let counted: u64 = ["resolved", "no_file", "not_read", "no_export"]
            .map(|key| imports[key].as_u64().unwrap())
            .iter()
            .sum();
        assert_eq!(imports["of_tree"], counted, "{how}");
    }
}

#[test]
fn exports_in_a_circle_export_nothing() {
    let two = |a: &str, b: &str| files([("a.ts", a), ("b.ts", b), ("use.ts", &lock("./a"))]);
    let circles = [
        two("export * from './b';\n", "export * from './a';\n"),
        two("export { x } from './b';\n", "export { x } from './a';\n"),
        two("import { x } from './b';\nexport { x };\n", "import { x } from './a';\nexport { x };\n"),
        two("import { x } from './b';\nexport { x as x };\n", "export * from './a';\n"),
    ];
    for circle in circles {
        let report = endured("a circle", &circle);
        assert_ne!(report["coverage"]["imports"]["no_export"], 0, "{circle:?}");
        assert_eq!(found(&report), [""; 0]);
    }
    let itself =
        files([("a.ts", "export * from './a';\nexport * from '.';\n".to_owned()), ("use.ts", lock("./a"))]);
    endured("itself", &itself);
    // Everybody hands on everything, and nobody has it; or the last one does.
    let everybody = |has: &str| {
        let all = each(24, |n| format!("export * from './m{n}';\n"));
        let mut files = files((0..24).map(|n| (format!("m{n}.ts"), all.clone())));
        files.insert("m23.ts".to_owned(), format!("{has}{all}"));
        files.insert("use.ts".to_owned(), lock("./m0"));
        files
    };
    assert_eq!(endured("everybody", &everybody(""))["coverage"]["imports"]["no_export"], 1);
    assert_eq!(found(&endured("everybody", &everybody(CLIENT))), ["unsafe-lock/no-ttl use.ts:3"]);
}

#[test]
fn constants_made_of_constants_are_followed_a_while() {
    let chain = |count: usize, sum: &str| {
        let link = |n: usize| {
            let sum = sum.replace('#', &format!("C{}", n + 1));
            let next = n + 1;
            (
                format!("c{n}.ts"),
                format!("import {{ C{next} }} from './c{next}';\nexport const C{n} = {sum};\n"),
            )
        };
        let mut files = files((0..count).map(link));
        files.insert(format!("c{count}.ts"), format!("export const C{count} = 0;\n"));
        let used = "import Redis from 'ioredis';\nimport { C0 } from './c0';\nconst redis = new Redis();\n\
                    export const keep = (id: string) => redis.set(`lock:${id}`, id, 'PX', C0, 'NX');\n";
        files.insert("use.ts".to_owned(), used.to_owned());
        files
    };
    for sum in ["#", "# * 2", "# + # + #", "{ ...# }", "[#, #]", "# ? # : #", "`${#}${#}`", "() => #()"] {
        endured(sum, &chain(6, sum));
        endured(sum, &chain(200, sum));
    }
    endured("5,000 constants", &chain(5_000, "# + 1"));
    let one = each(5_000, |n| format!("export const C{n} = C{} + 1;\n", n + 1)) + "export const C5000 = 1;\n";
    let mut in_one = chain(0, "");
    in_one.insert("c0.ts".to_owned(), one);
    endured("in one file", &in_one);
}

#[test]
fn a_client_handed_down_through_calls_is_followed_a_while() {
    let typescript = |count: usize| {
        let link = |n: usize| {
            let next = n + 1;
            let text = format!(
                "import {{ f{next} }} from './f{next}';\nexport async function f{n}(x, id) {{\n  return f{next}(x, id);\n}}\n"
            );
            (format!("f{n}.ts"), text)
        };
        let mut files = files((0..count).map(link));
        let last = format!(
            "export async function f{count}(x, id) {{\n  return x.set(`lock:${{id}}`, id, 'NX');\n}}\n"
        );
        files.insert(format!("f{count}.ts"), last);
        let first = "import Redis from 'ioredis';\nimport { f0 } from './f0';\nconst redis = new Redis();\n\
                     export const run = (id) => f0(redis, id);\n";
        files.insert("run.ts".to_owned(), first.to_owned());
        files
    };
    assert_eq!(found(&endured("10 calls", &typescript(10))), ["unsafe-lock/no-ttl f10.ts:2"]);
    endured("3,000 calls", &typescript(3_000));
    let go = |count: usize| {
        let link = |n: usize| {
            let text = format!(
                "package chain\n\nimport \"context\"\n\nfunc f{n}(ctx context.Context, x Setter, id string) error {{\n\
                 \treturn f{}(ctx, x, id)\n}}\n",
                n + 1
            );
            (format!("f{n}.go"), text)
        };
        let mut files = files((0..count).map(link));
        let last = format!(
            "package chain\n\nimport (\n\t\"context\"\n\t\"github.com/redis/go-redis/v9\"\n)\n\n\
             type Setter = *redis.Client\n\n\
             func f{count}(ctx context.Context, x Setter, id string) error {{\n\
             \treturn x.SetNX(ctx, \"lock:\"+id, id, 0).Err()\n}}\n"
        );
        files.insert(format!("f{count}.go"), last);
        files
    };
    assert_eq!(found(&endured("Go", &go(10))), ["unsafe-lock/no-ttl f10.go:11"]);
    endured("Go", &go(3_000));
    // Everybody calls everybody: callers of callers of callers.
    let calls = each(40, |n| format!("  f{n}(x, ttl);\n"));
    let all = each(40, |n| {
        format!("function f{n}(x, ttl) {{\n  x.set('lock:a', 'me', 'PX', ttl, 'NX');\n{calls}}}\n")
    });
    endured("everybody", &files([("a.ts", all)]));
}

#[test]
fn classes_and_types_made_of_each_other_are_followed_a_while() {
    let classes = |count: usize| {
        let link = |n: usize| {
            let next = n + 1;
            (
                format!("k{n}.ts"),
                format!("import {{ K{next} }} from './k{next}';\nexport class K{n} extends K{next} {{}}\n"),
            )
        };
        let mut files = files((0..count).map(link));
        let last = format!(
            "import Redis from 'ioredis';\nexport class K{count} {{\n  protected x = new Redis();\n  \
             take(id: string) {{\n    return this.x.set(`lock:${{id}}`, id, 'NX');\n  }}\n}}\n"
        );
        files.insert(format!("k{count}.ts"), last);
        let used = "import { K0 } from './k0';\nclass Own extends K0 {\n  again(id: string) {\n    \
                    return this.x.set(`lock:${id}`, id, 'NX');\n  }\n}\nexport const own = new Own();\nown.take('a');\n";
        files.insert("use.ts".to_owned(), used.to_owned());
        files
    };
    let short = ["unsafe-lock/no-ttl k3.ts:5", "unsafe-lock/no-ttl use.ts:4"];
    assert_eq!(found(&endured("4 classes", &classes(3))), short);
    endured("500 classes", &classes(500));
    let circles = [
        "class A extends B {}\nclass B extends A {}\nnew A().take();\nexport const a = new A().x.set('lock:a', 'a', 'NX');\n",
        "class A extends A { constructor() { super(); this.take(); } }\nnew A();\n",
        "interface A extends B {}\ninterface B extends A {}\nexport const f = (a: A) => a.b.c();\n",
        "type A = B;\ntype B = C;\ntype C = A;\nexport const f = (a: A) => a.b.c();\n",
        "type A = Promise<B>;\ntype B = A[];\nexport const f = async (a: A) => (await a)[0].b();\n",
        "type A = B | C | D;\ntype B = A | C | D;\ntype C = A | B | D;\ntype D = A | B | C;\n\
         export const f = (a: A, b: B, c: C) => a.b.c(b, c);\n",
        "type A = [B, B];\ntype B = A;\nexport const f = (a: A) => a[0].b();\n",
        "const a = b;\nconst b = c;\nconst c = a;\nexport const f = (d: typeof a) => a.b.c(d);\n",
        "const f = () => g();\nconst g = () => f();\nf().set('lock:a', 'a', 'NX');\n",
        "function f(a) { return f(f(a)); }\nf(f(1)).set('lock:a', 'a', 'NX');\n",
        "function f(g = f) { return g(f); }\nexport const a = f(f).b;\n",
    ];
    for circle in circles {
        endured(circle, &files([("a.ts", circle)]));
        // The same, each declaration in a file of its own.
        let names = ["a", "b", "c", "d", "f", "g", "A", "B", "C", "D"];
        let lines: Vec<&str> = circle.lines().collect();
        let imports: String = (0..lines.len())
            .map(|n| {
                let declared = lines[n].trim_start_matches("export ").split(' ').nth(1).unwrap_or_default();
                let declared = declared.split('(').next().unwrap_or_default();
                if names.contains(&declared) {
                    format!("import {{ {declared} }} from './l{n}';\n")
                } else {
                    String::new()
                }
            })
            .collect();
        let apart = lines.iter().enumerate().map(|(n, line)| {
            let exported =
                if line.starts_with("export ") || line.starts_with("new ") || line.starts_with("f(") {
                    (*line).to_owned()
                } else {
                    format!("export {line}")
                };
            let own = format!("from './l{n}';\n");
            let imports: String =
                imports.split_inclusive('\n').filter(|import| !import.ends_with(&own)).collect();
            (format!("l{n}.ts"), format!("{imports}{exported}\n"))
        });
        endured(circle, &files(apart));
    }
}

#[test]
fn options_that_spread_each_other_are_options() {
    let options = |a: &str, b: &str| {
        files([
            ("a.ts", format!("import {{ b }} from './b';\nexport const a = {{ {a} }};\n")),
            ("b.ts", format!("import {{ a }} from './a';\nexport const b = {{ {b} }};\n")),
            (
                "use.ts",
                "import { rateLimit } from 'express-rate-limit';\nimport { a } from './a';\n\
                 import express from 'express';\nconst app = express();\n\
                 app.use(rateLimit({ ...a, max: 5 }));\n"
                    .to_owned(),
            ),
        ])
    };
    endured("each other", &options("...b, windowMs: 5", "...a, limit: 6"));
    let many = |name: &str| format!("...{name}, ").repeat(6);
    endured("each other often", &options(&many("b"), &many("a")));
    endured("in parts", &options("...b.c, d: b.d", "...a.c, d: a.d, c: { ...a, ...b }"));
    endured("in choices", &options("...(b || b.c || b.d)", "...(a ? a : a.c)"));
}

#[test]
fn go_packages_and_types_in_a_circle_are_finished() {
    let module = "module example.com/round\n\ngo 1.22\n";
    let package = |name: &str, other: &str| {
        format!(
            "package {name}\n\nimport (\n\t\"context\"\n\n\t\"example.com/round/{other}\"\n\t\"github.com/redis/go-redis/v9\"\n)\n\n\
             type Store struct {{\n\t*{other}.Store\n\tx *redis.Client\n}}\n\n\
             var Limit = {other}.Limit + 1\n\n\
             func Take(ctx context.Context, s *Store, id string) error {{\n\
             \tif err := {other}.Take(ctx, s.Store, id); err != nil {{\n\t\treturn err\n\t}}\n\
             \treturn s.x.SetNX(ctx, \"lock:\"+id, id, 0).Err()\n}}\n\n\
             func (s *Store) Again(ctx context.Context) {{\n\ts.Missing(ctx)\n\ts.Store.Again(ctx)\n}}\n"
        )
    };
    let packages = endured(
        "packages",
        &files([("go.mod", module.to_owned()), ("a/a.go", package("a", "b")), ("b/b.go", package("b", "a"))]),
    );
    assert_eq!(found(&packages), ["unsafe-lock/no-ttl a/a.go:21", "unsafe-lock/no-ttl b/b.go:21"]);
    let types = "package a\n\nimport \"context\"\n\n\
                 type A interface {\n\tA\n\tB\n\tC\n\tSet(ctx context.Context) error\n}\n\n\
                 type B interface {\n\tA\n\tB\n\tC\n}\n\ntype C interface {\n\tA\n\tB\n\tC\n}\n\n\
                 type S struct {\n\t*S\n\t*T\n\tA\n}\n\ntype T struct {\n\t*S\n\t*T\n\tB\n}\n\n\
                 func (s *S) Own(ctx context.Context) error { return s.Set(ctx) }\n\n\
                 func f(ctx context.Context, a A, s *S, t T) {\n\ta.Set(ctx)\n\ts.Own(ctx)\n\tt.Own(ctx)\n\tt.Missing(ctx)\n}\n\n\
                 type D = E\n\ntype E = D\n\ntype F []F\n\ntype G func(G) G\n\nfunc g(d D, e E, f F, g G) {\n\
                 \td.Set()\n\te.Set()\n\tf[0].Set()\n\tg(g)(g).Set()\n}\n";
    endured("types", &files([("a.go", types)]));
    // Everybody calls everybody, and looks for work in vain.
    let many = (0..100).map(|n| {
        let all = each(100, |m| format!("\t\"example.com/round/p{m}\"\n"));
        let calls = each(100, |m| format!("\tp{m}.F(ctx, rdb)\n"));
        let text = format!(
            "package p{n}\n\nimport (\n\t\"context\"\n\t\"time\"\n\n{all}\t\"github.com/redis/go-redis/v9\"\n)\n\n\
             func F(ctx context.Context, rdb *redis.Client) {{\n{calls}\trdb.Expire(ctx, \"x\", time.Second)\n}}\n"
        );
        (format!("p{n}/p.go"), text)
    });
    let mut many = files(many);
    many.insert("go.mod".to_owned(), module.to_owned());
    endured("everybody", &many);
}
