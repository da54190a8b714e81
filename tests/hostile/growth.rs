//! Sources that are right and far larger than people write: the work of a run stays bounded, and what it leaves out is told.

use std::fmt::Write;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{entry, faultlint, report, status, text, tree};

/// Much more than any of these takes, and much less than what grows without bound.
const LIMIT: Duration = Duration::from_secs(300);

const HEAD: &str = "import Redis from 'ioredis';\nimport axios from 'axios';\nconst redis = new Redis();\n";

/// The report of one file, soon enough.
fn timely(name: &str, text: &str) -> Value {
    let root = tree(&[(name, text)]);
    let begun = Instant::now();
    let found = report(root.path(), &[]);
    assert!(begun.elapsed() < LIMIT, "took {:?}", begun.elapsed());
    entry(&found, name)
}

fn lines(count: usize, mut line: impl FnMut(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut all, number| {
        let _ = writeln!(all, "{}", line(number));
        all
    })
}

/// One function in which each of so many reads may belong to each of as many writes.
fn pairs(count: usize) -> String {
    let pair = |n: usize| {
        format!("const v{n} = await redis.get(k + '{n}');\nif (!v{n}) await redis.set(k + '{n}', '1');")
    };
    format!("{HEAD}export async function f(k: string) {{\n{}}}\n", lines(count, pair))
}

#[test]
fn a_rule_that_is_too_much_work_in_a_file_is_told() {
    let root = tree(&[("a.ts", &pairs(800))]);
    let begun = Instant::now();
    let found = report(root.path(), &[]);
    assert!(begun.elapsed() < LIMIT, "took {:?}", begun.elapsed());
    let unfinished = entry(&found, "a.ts")["unfinished"].clone();
    assert!(unfinished.as_array().unwrap().iter().any(|rule| rule["reason"] == "work"), "{unfinished}");
    assert_eq!(status(&faultlint(root.path(), &["check", "--strict"])), 3);
    let human = faultlint(root.path(), &["check"]);
    assert!(text(&human.stdout).contains("than is compared with each other"));
    // Two threads stop where one stops.
    assert_eq!(found, report(root.path(), &["--threads", "2"]));
}

#[test]
fn a_function_too_large_to_be_laid_out_is_told() {
    let calls = lines(25_000, |_| "g();".to_owned());
    let function = format!("{HEAD}export async function f() {{\nawait redis.get('k');\n{calls}}}\n");
    let file = timely("a.ts", &function);
    assert_eq!(file["status"], "partial");
    assert_eq!(file["functions"], 1);
}

#[test]
fn functions_that_call_each_other_by_the_thousand_are_linked() {
    let chain = |n: usize| format!("export async function f{n}(k: string) {{ return f{}(k); }}", n + 1);
    let end = "export async function f10000(k: string) { return axios.get(k); }\n";
    timely("chain.ts", &format!("{HEAD}{}{end}", lines(10_000, chain)));
    let mesh = |n: usize| {
        let calls = lines(10, |m| format!("await f{}(k);", (n * 7 + m * 13 + 1) % 1000));
        format!("export async function f{n}(k: string) {{ await redis.incr(k);\n{calls} }}")
    };
    timely("mesh.ts", &format!("{HEAD}{}", lines(1000, mesh)));
    let go = |n: usize| format!("func f{n}(k string) error {{ return f{}(k) }}", n + 1);
    let end = "func f10000(k string) error { _, err := http.Get(k); return err }\n";
    timely("chain.go", &format!("package p\n\nimport \"net/http\"\n\n{}{end}", lines(10_000, go)));
}

#[test]
fn deep_classes_and_embedded_structs_are_linked() {
    let class = |n: usize| {
        format!("class C{} extends C{n} {{ async m{n}(k: string) {{ return this.m(k); }} }}", n + 1)
    };
    let first = "class C0 { r = new Redis(); async m(k: string) { return this.r.get(k); } }\n";
    timely("classes.ts", &format!("{HEAD}{first}{}", lines(5_000, class)));
    let embedded = |n: usize| format!("type T{} struct {{ *T{n} }}", n + 1);
    let first =
        "package p\n\nimport \"net/http\"\n\ntype T0 struct{}\n\nfunc (t *T0) M(k string) { http.Get(k) }\n";
    let last = "func Use(t *T5000) { t.M(\"k\") }\n";
    timely("embedded.go", &format!("{first}{}{last}", lines(5_000, embedded)));
}

#[test]
fn imports_in_circles_and_handed_on_exports_are_linked() {
    const FILES: usize = 2_000;
    let circle: Vec<(String, String)> = (0..FILES)
        .map(|n| {
            let next = (n + 1) % FILES;
            let import = format!("import {{ g{next} }} from './c{next}';\nexport * from './c{next}';\n");
            (format!("c{n}.ts"), format!("{import}export async function g{n}() {{ return g{next}(); }}\n"))
        })
        .collect();
    let files: Vec<(&str, &str)> = circle.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let root = tree(&files);
    let begun = Instant::now();
    assert_eq!(report(root.path(), &[])["files"].as_array().unwrap().len(), FILES);
    assert!(begun.elapsed() < LIMIT, "took {:?}", begun.elapsed());
}

#[test]
fn files_that_export_themselves_or_each_other_as_a_whole_are_linked() {
    let use_of = |name: &str| {
        format!("const it = require('./{name}');\nmodule.exports.run = async () => it.missing.more(1);\n")
    };
    let files = [
        ("empty.js", "module.exports = exports = {};\nexports.all = () => exports.one(exports.missing);\nexports.one = (x) => x;\n".to_owned()),
        ("a.js", "module.exports = require('./b');\n".to_owned()),
        ("b.js", "const a = require('./a');\nmodule.exports = a;\n".to_owned()),
        ("own.js", "module.exports = require('./own');\n".to_owned()),
        ("parts.js", "module.exports = require('./parts').inner;\n".to_owned()),
        ("use-empty.js", use_of("empty")),
        ("use-a.js", use_of("a")),
        ("use-own.js", use_of("own")),
        ("use-parts.js", use_of("parts")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let root = tree(&files);
    let files = report(root.path(), &[])["files"].clone();
    assert!(files.as_array().unwrap().iter().all(|file| file["status"] == "checked"), "{files:#}");
}

#[test]
fn long_switches_and_chains_are_laid_out() {
    let case = |n: usize| format!("case '{n}': await redis.set(k, '{n}'); break;");
    let switch = lines(10_000, case);
    timely(
        "switch.ts",
        &format!("{HEAD}export async function f(k: string) {{ switch (k) {{\n{switch}}} }}\n"),
    );
    let then = lines(10_000, |n| format!("  .then((x) => g{n}(x))"));
    let file = timely("then.ts", &format!("{HEAD}export const f = (k: string) => axios.get(k)\n{then};\n"));
    assert_eq!(file["status"], "partial", "what is nested too deeply is told");
    let property = lines(10_000, |n| format!("  k{n}: {n},"));
    let reads = lines(500, |n| format!("await redis.get(o.k{n});"));
    let object = format!("const o = {{\n{property}}};\nexport async function f() {{\n{reads}}}\n");
    timely("object.ts", &format!("{HEAD}{object}"));
}

/// Functions in nine layers of nine, each of which calls all of the next; `function` writes one, by its name and what is in it.
fn layered(function: impl Fn(&str, &str) -> String, call: impl Fn(&str) -> String, last: &str) -> String {
    const LAYERS: usize = 9;
    let layer = |layer: usize| {
        let calls = lines(LAYERS, |n| call(&format!("f{}_{n}", layer + 1)));
        let body = if layer == LAYERS { last } else { &calls };
        lines(LAYERS, |n| function(&format!("f{layer}_{n}"), body))
    };
    (0..=LAYERS).map(layer).collect()
}

#[test]
fn what_is_handed_down_through_layers_is_followed_once() {
    let go = layered(
        |name, body| format!("func {name}(ctx context.Context, url string) {{\n{body}}}"),
        |name| format!("{name}(ctx, url)"),
        "req, _ := http.NewRequestWithContext(ctx, \"GET\", url, nil)\nhttp.DefaultClient.Do(req)\n",
    );
    timely("a.go", &format!("package p\n\nimport (\n\"context\"\n\"net/http\"\n)\n{go}"));
    let script = layered(
        |name, body| format!("async function {name}(signal: AbortSignal, url: string) {{\n{body}}}"),
        |name| format!("await {name}(signal, url);"),
        "await axios.get(url, { signal });\n",
    );
    timely("a.ts", &format!("{HEAD}{script}"));
}

#[test]
fn texts_that_are_made_of_each_other_do_not_grow() {
    let made = |n: usize| format!("const a{} = `{}`;", n + 1, format!("${{a{n}}}").repeat(60));
    for first in ["'xxxxxxxxxx'", "''", "key()"] {
        let text = format!("{HEAD}const a0 = {first};\n{}", lines(8, made));
        timely("a.ts", &format!("{text}await redis.set(a8, '1');\nawait axios.get('https://shop/' + a8);\n"));
    }
}

#[test]
fn an_interface_may_be_implemented_by_hundreds() {
    let class = |n: usize| {
        format!(
            "export class C{n} implements Next {{ constructor(private next: Next) {{}}\n\
             async run(url: string) {{ await axios.get(url); return this.next.run(url); }} }}"
        )
    };
    let head = "export interface Next { run(url: string): Promise<unknown> }\n";
    timely("a.ts", &format!("{HEAD}{head}{}", lines(600, class)));
}

#[test]
fn functions_of_thousands_of_branches_are_gone_through() {
    let go = |n: usize| format!("if err := f{n}(); err != nil {{\nhttp.Get(url)\nreturn err\n}}");
    let head = "package p\n\nimport \"net/http\"\n\nfunc run(url string) error {\n";
    timely("a.go", &format!("{head}{}return nil\n}}\n", lines(2500, go)));
    let script =
        |n: usize| format!("try {{ await axios.get(url + {n}); }} catch (err) {{ if (err) g{n}(err); }}");
    timely("a.ts", &format!("{HEAD}export async function run(url: string) {{\n{}}}\n", lines(2500, script)));
}

/// A variable that is set over and over, each time to what is made of itself and of its like.
#[test]
fn what_is_made_of_itself_again_and_again_is_followed_once() {
    const TIMES: usize = 40;
    let contexts = lines(TIMES, |_| {
        "ctx, _ = tel.Span(ctx, tel.Note(ctx))\nrdb.Get(context.Background(), \"a\")".to_owned()
    });
    let requests = lines(TIMES, |_| {
        "req = req.WithContext(tel.Both(req.Context(), r.Context()))\nreq = wrap(req, req)\nhttp.DefaultClient.Do(req)"
            .to_owned()
    });
    let go = format!(
        "package p\n\nimport (\n\"context\"\n\"net/http\"\n\n\"example.org/tel\"\n\"github.com/redis/go-redis/v9\"\n)\n\n\
         var rdb = redis.NewClient(&redis.Options{{}})\n\n\
         func f(ctx context.Context) {{\n{contexts}}}\n\n\
         func g(w http.ResponseWriter, r *http.Request) {{\nreq, _ := http.NewRequest(\"GET\", \"http://x\", nil)\n{requests}}}\n\n\
         func wrap(a, b *http.Request) *http.Request {{ if a == nil {{ return b }}; return a }}\n"
    );
    timely("a.go", &go);
    let delays = lines(TIMES, |n| format!("a = b * c + a; b = Math.min(a, c * b); c = a + b + {n};"));
    let script = format!(
        "{HEAD}export async function f() {{\nlet a = 1, b = 2, c = 3;\nfor (;;) {{\ntry {{\nreturn await axios.get('http://x');\n\
         }} catch (e) {{\n{delays}await new Promise((r) => setTimeout(r, a + b + c));\n}}\n}}\n}}\n"
    );
    timely("a.ts", &script);
}

/// What a call is handed hangs on what it gives: the question what the call is leads back to itself.
#[test]
fn a_call_may_be_handed_what_it_gave() {
    let text = "import Stripe from 'stripe';\nconst stripe = new Stripe('');\n\
                export async function pay(a: any, b?: any) {\nlet d: any = a;\na = [[d, a], pay(d, b)];\n\
                d = await stripe.paymentIntents.create(a, d);\n}\n";
    timely("a.ts", text);
}

/// Functions that all call each other, and variables that are all made of one another: every question leads to every other.
/// Numbers below a bound, the same in each run: the constants are those of Knuth's MMIX.
fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |bound| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % bound
    }
}

#[test]
fn programs_in_which_everything_hangs_on_everything_end() {
    const FUNCTIONS: u32 = 12;
    const STATEMENTS: usize = 60;
    const SHAPES: [&str; 10] = [
        "A = await fK(B, C);",
        "A = Math.min(B + C, A * 2);",
        "A = { ...B, x: C };",
        "await axios.get(A, B);",
        "await redis.set(A, B, 'PX', C);",
        "await new Promise((r) => setTimeout(r, A));",
        "await Promise.race([fK(A, B), new Promise((r) => setTimeout(r, C))]);",
        "while (A) { try { B = await axios.get(C); } catch (e) { A = fK(A, e); continue; } }",
        "setTimeout(() => fK(A, B), C);",
        "for (let i = 0; i < A; i++) { await fK(B, i); C = B ?? A; }",
    ];
    let mut below = numbers(1);
    let mut script = HEAD.to_owned();
    for function in 0..FUNCTIONS {
        writeln!(script, "export async function f{function}(a, b, c) {{\nlet d = a;").unwrap();
        for _ in 0..STATEMENTS {
            let mut line = SHAPES[below(SHAPES.len())].to_owned();
            for place in ["A", "B", "C"] {
                line = line.replace(place, ["a", "b", "c", "d"][below(4)]);
            }
            script.push_str(&line.replace("fK", &format!("f{}", below(FUNCTIONS as usize))));
            script.push('\n');
        }
        script.push_str("return a + b + c + d;\n}\n");
    }
    let unfinished = timely("a.js", &script)["unfinished"].clone();
    assert!(unfinished.as_array().unwrap().iter().any(|rule| rule["reason"] == "work"), "{unfinished}");
}

/// A consumer whose variables, each set once, are made of each other, before or after they are declared.
fn consumer(seed: u64) -> String {
    const VARIABLES: usize = 10;
    const SHAPES: [&str; 17] = [
        "{ A, B }",
        "{ timeout: A, ...B }",
        "[A, B]",
        "A.x ?? B",
        "A(B)",
        "() => A(B)",
        "new A(B)",
        "A ? A : B",
        "`${A}-${B}`",
        "A * 2 + B",
        "axios.create(A)",
        "new Redis(A)",
        "A.bind(B)",
        "new Map([[A, B]])",
        "Promise.all([A, B])",
        "class { x = A; f() { return B; } }",
        "AbortSignal.timeout(A)",
    ];
    const USES: [&str; 12] = [
        "await axios.get(A, B);",
        "await redis.set(A, B, 'PX', A);",
        "await unknown.settle(A);",
        "A.on('error', B);",
        "await fetch(A, { signal: B });",
        "setTimeout(A, B);",
        "await Promise.race([A, new Promise((r) => setTimeout(r, B))]);",
        "while (A) { try { await axios.get(B); } catch (e) { await B(A); } }",
        "if (!A(message)) return;",
        "A.x = B;",
        "await A.acquire(); await B();",
        "channel.ack(A);",
    ];
    let mut below = numbers(seed);
    let mut line = |shapes: &[&str]| {
        let mut line = shapes[below(shapes.len())].to_owned();
        for place in ["A", "B"] {
            let name = if below(20) == 0 { "message".to_owned() } else { format!("v{}", below(VARIABLES)) };
            line = replace_word(&line, place, &name);
        }
        line
    };
    let declared = lines(VARIABLES, |number| format!("var v{number} = {};", line(&SHAPES)));
    let used = lines(12, |_| line(&USES));
    format!(
        "{HEAD}import amqp from 'amqplib';\nimport {{ unknown }} from './unknown';\n\
         const channel = await (await amqp.connect('amqp://broker')).createChannel();\n\
         await channel.consume('jobs', async (message) => {{\n{declared}{used}channel.ack(message);\n}});\n"
    )
}

/// Puts a name in place of a word of one letter.
fn replace_word(text: &str, word: &str, name: &str) -> String {
    let parts = text.split_inclusive(|c: char| !c.is_alphanumeric());
    let replaced = parts.map(|part| match part.strip_prefix(word) {
        Some(rest) if !rest.starts_with(char::is_alphanumeric) => format!("{name}{rest}"),
        _ => part.to_owned(),
    });
    replaced.collect()
}

#[test]
fn variables_that_are_made_of_each_other_end() {
    let handed = "var first = { second };\nvar second = { first };\nawait unknown.settle(first);\n";
    let mut files = vec![(
        "handed.ts".to_owned(),
        consumer(0).replace(
            "channel.ack(message);\n}",
            &format!("if (!check(message)) return;\n{handed}channel.ack(message);\n}}"),
        ),
    )];
    let flags = "var first = !second, second = !first;\nvar third = fourth === first, fourth = third !== second;\nif (first) return;\n\
                 if (!third) return;\n";
    files.push((
        "flags.ts".to_owned(),
        consumer(0).replace("channel.ack(message);\n}", &format!("{flags}channel.ack(message);\n}}")),
    ));
    files.extend((1..60).map(|seed| (format!("f{seed}.ts"), consumer(seed))));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let found = report(tree(&files).path(), &["--persona", "audit", "--min-confidence", "low"]);
    assert_eq!(found["summary"]["checked"], files.len(), "{}", found["summary"]);
}
