//! Every kind of mistake in a rule or model file gives an error with its place and, where there is one, the word that was meant.
//!
//! Each case is a small change to a file that is right; the snapshot of a group shows what a person would read.

#![expect(clippy::expect_used, reason = "a test")]

use std::fmt::Write as _;

use faultlint::data::{DataError, DataFile};
use faultlint::models::Roles;
use faultlint::rules::builtin::Knowledge;

/// A rule without mistakes.
const RULE: &str = "\
id: demo/rule
severity: high
summary: A lock is taken
why: It stays.
remedy: Give it back.
match:
  steps:
    take:
      does: kv.set-if-absent
      where: { ttl: missing, key: { matches: '^lock' } }
    free: { does: [kv.delete], after: take, where: { key: { same-as: take.key } } }
  paths:
    lost: { from: take.ok, to: return, avoiding: [kv.delete, hands-on take] }
  report:
    at: take
    label: taken here
    labels: { lost: without giving it back, take.declaration: declared here }
";

/// A model without mistakes.
const MODEL: &str = "\
library: demo
language: ecmascript
receivers:
  client: { construct: [Client], members: { sub: message } }
  message: { types: [Message] }
  feed: { items: { receiver: message, ack: manual } }
calls:
  - on: client
    method: set
    when: { tokens: [NX], values: { 1.mode: { matches: '^SET$' } } }
    role: kv.set
    args: { key: 0, ttl: [1.ttl s, after EX s] }
    defaults: { ttl: 8s }
  - { function: connect, returns: client }
  - on: client
    method: each
    role: message.consume
    runs:
      - { at: 0.handler, as: message.handler, ack: return, message: 0, params: { 0: message } }
handlers:
  - { decorator: OnEvent, as: message.handler, receivers: { 0: message } }
test: |
  import { connect } from 'demo'
";

/// A rule over syntax without mistakes.
const QUERY: &str = "\
id: demo/query
severity: high
summary: A call
why: It is one.
remedy: Leave it.
query:
  languages: [typescript, go]
  pattern: |
    ; any call
    (call_expression
      function: (identifier) @name
      (#match? @name \"^f\")) @call

    (call_expression arguments: (_) @handed) @call
  at: call
  message: '{call} is a call'
  labels: { handed: with this }
  max-matches: 10
  time-limit: 20ms
or-query:
  - { languages: tsx, pattern: (jsx_element) @call, at: call }
";

/// Two rules of one name.
const TWICE: &str = "\
id: demo/rule
severity: high
summary: a
why: b
remedy: c
match: { steps: { take: { does: kv.set } }, report: { at: take } }
---
id: demo/rule
severity: low
summary: a
why: b
remedy: c
match: { steps: { take: { does: kv.set } }, report: { at: take } }
";

/// A change to a file: its name, what it replaces, and with what.
type Change = (&'static str, &'static str, &'static str);

fn changed(text: &str, (name, old, new): &Change) -> String {
    assert!(text.contains(old), "{name}: `{old}` is not there");
    text.replacen(old, new, 1)
}

fn rendered(outcome: Result<Knowledge, DataError>) -> String {
    let Err(error) = outcome else { return "no error\n".to_owned() };
    let theme = miette::GraphicalTheme::unicode_nocolor();
    let mut text = String::new();
    miette::GraphicalReportHandler::new_themed(theme)
        .with_width(100)
        .render_report(&mut text, &error)
        .expect("a string takes it");
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn rule(text: &str) -> String {
    rendered(Knowledge::load(&[DataFile::new("own/rule.yaml", text)], &[]))
}

fn model(text: &str) -> String {
    rendered(Knowledge::load(&[], &[DataFile::new("own/model.yaml", text)]))
}

/// All cases one below the other.
fn all(cases: impl IntoIterator<Item = (String, String)>) -> String {
    cases.into_iter().fold(String::new(), |mut text, (name, error)| {
        let _ = writeln!(text, "# {name}\n\n{error}");
        text
    })
}

fn rules_with(changes: &[Change]) -> String {
    all(changes.iter().map(|change| (change.0.to_owned(), rule(&changed(RULE, change)))))
}

fn models_with(changes: &[Change]) -> String {
    all(changes.iter().map(|change| (change.0.to_owned(), model(&changed(MODEL, change)))))
}

macro_rules! snapshot {
    ($name:literal, $text:expr) => {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(concat!("data_errors__", $name), $text);
        });
    };
}

#[test]
fn files_without_mistakes_load() {
    assert_eq!(rule(RULE), "no error\n");
    assert_eq!(rule(QUERY), "no error\n");
    assert_eq!(model(MODEL), "no error\n");
}

#[test]
fn mistakes_in_queries() {
    let changes: &[Change] = &[
        ("unknown key", "max-matches", "match-limit"),
        ("no language", "languages: [typescript, go]", "languages: []"),
        ("unknown language", "typescript, go", "typescript, goo"),
        ("a language twice", "typescript, go", "go, go"),
        ("unknown node", "(identifier)", "(identifer)"),
        ("unknown field", "arguments: (_)", "argument: (_)"),
        ("a node of another language", "(identifier)", "(property_identifier)"),
        ("a capture that is not there", "(#match? @name", "(#match? @nane"),
        ("no end", "@handed) @call", "@handed @call"),
        ("never", "(identifier)", "(comment (identifier))"),
        ("a pattern that does not read", "^f", "^(f"),
        ("an unknown predicate", "#match?", "#matches?"),
        ("a predicate that means nothing here", "(#match? @name \"^f\")", "(#set! kind \"f\")"),
        ("a pattern without the capture", "(_) @handed) @call", "(_) @handed)"),
        ("an unknown capture", "at: call\n  message", "at: cal\n  message"),
        ("an unknown capture in a message", "{call}", "{cal}"),
        ("a brace left open", "{call}", "{call"),
        ("an unknown capture in labels", "handed: with", "hand: with"),
        ("no matches", "max-matches: 10", "max-matches: 0"),
        ("no time", "20ms", "0ms"),
        ("too much time", "20ms", "20s"),
        ("time without a unit", "20ms", "20"),
        ("beside languages", "query:\n", "languages: [go]\nquery:\n"),
        (
            "beside a match",
            "or-query:",
            "match: { steps: { a: { does: kv.set } }, report: { at: a } }\nor-query:",
        ),
        (
            "other ways of a match",
            "or-query:\n  - { languages: tsx, pattern: (jsx_element) @call, at: call }",
            "or:\n  - { steps: { a: { does: kv.set } }, report: { at: a } }",
        ),
        ("nothing in it", "(jsx_element) @call", "''"),
        ("in a short one", "(jsx_element)", "(jsx_elephant)"),
    ];
    let cases = changes.iter().map(|change| (change.0.to_owned(), rule(&changed(QUERY, change))));
    snapshot!("mistakes_in_queries", all(cases));
    let other = RULE.replace("match:", "or-query: []\nmatch:");
    assert_eq!(rule(&other), "no error\n");
}

#[test]
fn unknown_keys_of_rules() {
    snapshot!(
        "unknown_keys_of_rules",
        rules_with(&[
            ("top", "summary:", "sumary:"),
            ("match", "  paths:", "  path:"),
            ("step", "after: take", "afer: take"),
            ("test of an argument", "matches: '^lock'", "match: '^lock'"),
            ("path", "avoiding:", "avoidng:"),
            ("report", "    label:", "    lable:"),
            ("nothing near", "after: take", "colour: take"),
        ])
    );
}

#[test]
fn unknown_words_of_rules() {
    snapshot!(
        "unknown_words_of_rules",
        rules_with(&[
            ("severity", "severity: high", "severity: hihg"),
            ("confidence", "severity: high", "severity: high\nconfidence: medum"),
            ("persona", "severity: high", "severity: high\npersona: audti"),
            ("rule that is hidden", "severity: high", "severity: high\nhides: [demo/rlue]"),
            ("role", "does: kv.set-if-absent", "does: kv.set-if-absend"),
            ("role, none near", "does: kv.set-if-absent", "does: banana"),
            ("role in a list", "[kv.delete], after", "[kv.delete, kv.delte], after"),
            ("argument of a role", "ttl: missing", "tll: missing"),
            ("argument that another role has", "ttl: missing", "pooled: missing"),
            ("step of a relation", "after: take", "after: tkae"),
            ("step that comes later", "      where: { ttl", "      before: free\n      where: { ttl"),
            ("step itself", "after: take", "after: free"),
            ("step of same-as", "same-as: take.key", "same-as: tkae.key"),
            ("argument of same-as", "same-as: take.key", "same-as: take.kye"),
            ("same-as without an argument", "same-as: take.key", "same-as: take"),
            ("scope", "after: take", "in: fiel"),
            ("place", "after: take", "within: [lop]"),
            ("acknowledgement", "after: take", "ack: [manaul]"),
            ("argument of work", "does: [kv.delete]", "does: work"),
            ("role of made-by", "matches: '^lock'", "made-by: data.randm"),
            ("step that a path starts from", "from: take.ok", "from: tkae.ok"),
            ("outcome that a path starts from", "from: take.ok", "from: take.okay"),
            ("start of a path", "from: take.ok", "from: entri"),
            ("end of a path", "to: return", "to: retrun"),
            ("role at the end of a path", "to: return", "to: kv.delet"),
            ("role that a path avoids", "[kv.delete, hands-on", "[kv.delet, hands-on"),
            ("step that a path avoids", "hands-on take", "hands-on tkae"),
            ("word that a path avoids", "hands-on take", "handson take"),
            ("place of the report", "at: take", "at: taek"),
            ("part of the place of the report", "at: take", "at: take.eror"),
            ("label", "{ lost: without", "{ lots: without"),
            ("part of a label", "take.declaration:", "take.declared:"),
        ])
    );
}

#[test]
fn unknown_keys_of_models() {
    snapshot!(
        "unknown_keys_of_models",
        models_with(&[
            ("top", "receivers:", "recievers:"),
            ("receiver", "construct:", "constructs:"),
            ("items", "{ receiver: message, ack: manual }", "{ reciever: message, ack: manual }"),
            ("call", "method: set", "metod: set"),
            ("when", "tokens:", "token:"),
            ("test of a value", "{ matches: '^SET$' }", "{ match: '^SET$' }"),
            ("count of arguments", "tokens: [NX]", "arguments: { atleast: 1 }"),
            ("runs", "params: { 0: message }", "parms: { 0: message }"),
            ("handler", "decorator:", "decorater:"),
        ])
    );
}

#[test]
fn unknown_words_of_models() {
    snapshot!(
        "unknown_words_of_models",
        models_with(&[
            ("language", "ecmascript", "ecma"),
            ("role", "role: kv.set", "role: kv.st"),
            ("argument", "args: { key: 0", "args: { kye: 0"),
            ("argument of defaults", "defaults: { ttl", "defaults: { tll"),
            ("arguments without a role", "    role: kv.set\n", ""),
            ("receiver that a call is on", "- on: client", "- on: clinet"),
            ("receiver that a call returns", "returns: client", "returns: clinet"),
            ("receiver of another library", "returns: client", "returns: ioredis:rediss"),
            ("library of a receiver", "returns: client", "returns: ioredsi:redis"),
            ("receiver of items", "items: { receiver: message", "items: { receiver: mesage"),
            ("receiver of a member", "sub: message", "sub: mesage"),
            ("receiver of a parameter", "params: { 0: message }", "params: { 0: mesage }"),
            ("receiver of a handler", "receivers: { 0: message }", "receivers: { 0: mesage }"),
            ("how a function runs", "as: message.handler, ack", "as: mesage.handler, ack"),
            ("acknowledgement", "ack: return", "ack: retrun"),
            ("guard", "ack: return", "under: kv.transction"),
        ])
    );
}

#[test]
fn values_of_the_wrong_kind() {
    let rules = rules_with(&[
        (
            "word for a mapping",
            "    free: { does: [kv.delete], after: take, where: { key: { same-as: take.key } } }",
            "    free: kv.delete",
        ),
        ("word for the match", "id: demo/rule", "match: [a]\nid: demo/rule"),
        ("list for a word", "severity: high", "severity: [high]"),
        ("mapping for a word", "severity: high", "severity: { high: yes }"),
        ("number for a word", "severity: high", "severity: 3"),
        ("mapping for text", "summary: A lock is taken", "summary: { a: b }"),
        ("nothing for text", "summary: A lock is taken", "summary:"),
        ("list for text", "summary: A lock is taken", "summary: [a]"),
        ("mapping for a role", "does: [kv.delete]", "does: { kv: delete }"),
        ("list for a test", "ttl: missing", "ttl: [missing]"),
        ("word for a truth value", "after: take", "direct: yes"),
        ("word for a list", "after: take", "within: loop"),
        (
            "word for a mapping of labels",
            "{ lost: without giving it back, take.declaration: declared here }",
            "lost",
        ),
        ("list of matches that is none", "severity: high", "severity: high\nor: { steps: {} }"),
        ("list for a file", RULE, "- a\n- b\n"),
        ("word for a file", RULE, "hello\n"),
    ]);
    let models = models_with(&[
        ("mapping for calls", "test: |", "calls: { on: client }\ntest: |"),
        ("word for a receiver", "{ types: [Message] }", "Message"),
        ("word for a truth value", "language: ecmascript", "language: ecmascript\nglobal: yes"),
        ("mapping for a path", "key: 0", "key: { at: 0 }"),
        ("word for a count", "tokens: [NX]", "arguments: many"),
        ("empty count", "tokens: [NX]", "arguments: {}"),
        ("most below least", "tokens: [NX]", "arguments: { at-least: 3, at-most: 1 }"),
        ("part of a count", "tokens: [NX]", "arguments: 1.5"),
        ("count below nothing", "tokens: [NX]", "arguments: { at-least: -1 }"),
        ("word for runs", "returns: client", "returns: client, runs: inline"),
        ("list for a constant", "language: ecmascript", "language: ecmascript\nconstants: { Second: [1] }"),
        ("mapping for a default", "{ ttl: 8s }", "{ ttl: { s: 8 } }"),
    ]);
    snapshot!("values_of_the_wrong_kind_rules", rules);
    snapshot!("values_of_the_wrong_kind_models", models);
}

#[test]
fn values_that_do_not_read() {
    let rules = rules_with(&[
        ("bad pattern", "matches: '^lock'", "matches: '^lock('"),
        ("pattern too large", "matches: '^lock'", "matches: '(\\w{500}){500}'"),
        ("bad id", "id: demo/rule", "id: Demo Rule"),
        ("id without a family", "id: demo/rule", "id: rule"),
        ("empty test", "{ matches: '^lock' }", "{}"),
    ]);
    let models = models_with(&[
        ("bad pattern", "'^SET$'", "'^SET['"),
        ("empty test", "{ matches: '^SET$' }", "{}"),
        ("two tests", "{ matches: '^SET$' }", "{ matches: '^SET$', is: SET }"),
        ("path", "key: 0", "key: frist"),
        ("path with a bad position", "key: 0", "key: -1"),
        ("path with a bad unit", "1.ttl s", "1.ttl sec"),
        ("option with a bad unit", "after EX s", "after EX sec"),
        ("path with an empty part", "key: 0", "key: 0..x"),
        ("path of the construction", "key: 0", "key: new.GroupID"),
        ("path of an option", "key: 0", "key: call WithExpiry.first"),
        ("path of a condition", "1.mode:", "mode:"),
        ("path of a parameter", "params: { 0: message }", "params: { msg: message }"),
        ("path of a message", "message: 0,", "message: first,"),
        ("path of a function", "at: 0.handler", "at: handler"),
    ]);
    snapshot!("values_that_do_not_read_rules", rules);
    snapshot!("values_that_do_not_read_models", models);
}

#[test]
fn what_is_missing_or_too_much() {
    let rules = rules_with(&[
        ("no summary", "summary: A lock is taken\n", ""),
        ("no match", RULE, "id: demo/rule\nseverity: high\nsummary: a\nwhy: b\nremedy: c\n"),
        (
            "no report",
            RULE,
            "id: demo/rule\nseverity: high\nsummary: a\nwhy: b\nremedy: c\nmatch:\n  steps:\n    take: { does: kv.set }\n",
        ),
        ("report at nothing", "    at: take\n", ""),
        ("empty summary", "A lock is taken", "''"),
        ("empty why", "It stays.", "' '"),
        ("empty fix", "Give it back.", "Give it back.\nfixes: { ioredis: ' ' }"),
        ("no does", "does: [kv.delete], ", ""),
        ("empty does", "does: [kv.delete]", "does: []"),
        ("nothing in does", "does: [kv.delete]", "does: "),
        ("empty step", "{ does: [kv.delete], after: take, where: { key: { same-as: take.key } } }", "{}"),
        ("`work` beside a role", "does: [kv.delete]", "does: [kv.delete, work]"),
        ("key twice", "severity: high", "severity: high\nseverity: low"),
        ("rule twice", RULE, TWICE),
        ("step twice", "    free: {", "    take: {"),
        ("path twice", "    lost: {", "    lost: { from: entry, to: return }\n    lost: {"),
        ("path named as a step", "    lost: {", "    take: { from: entry, to: return }\n    lost: {"),
        ("label twice", "{ lost: without", "{ take: here, take: there, lost: without"),
        ("path to nothing", "to: return, avoiding", "to: [], avoiding"),
        (
            "no step",
            RULE,
            "id: demo/rule\nseverity: high\nsummary: a\nwhy: b\nremedy: c\nmatch:\n  steps: {}\n  report: { at: take }\n",
        ),
        (
            "nothing for steps",
            RULE,
            "id: demo/rule\nseverity: high\nsummary: a\nwhy: b\nremedy: c\nmatch:\n  steps:\n  report: { at: take }\n",
        ),
        ("`unless` without does", "  report:\n", "  unless:\n    - { after: take }\n  report:\n"),
    ]);
    let models = models_with(&[
        ("no test", "test: |\n  import { connect } from 'demo'\n", ""),
        ("empty test", "test: |\n  import { connect } from 'demo'", "test: ''"),
        ("no library", "library: demo\n", ""),
        ("empty library", "library: demo\n", "library: ''\n"),
        ("call of nothing", "{ function: connect, returns", "{ returns"),
        ("on without a method", "    method: set\n", ""),
        ("on and function", "    method: set\n", "    method: set\n    function: set\n"),
        ("method without a receiver", "  - on: client\n    method: set", "  - method: set"),
        ("function that runs as nothing", "as: message.handler, ack", "ack"),
        ("handler that runs as nothing", "decorator: OnEvent, as: message.handler", "decorator: OnEvent"),
        ("handler without a shape", "decorator: OnEvent, as", "as"),
        ("receiver twice", "  message: {", "  client: {"),
        ("argument twice", "key: 0", "key: 0, key: 1"),
        ("key twice", "method: set", "method: set\n    method: get"),
    ]);
    snapshot!("what_is_missing_or_too_much_rules", rules);
    snapshot!("what_is_missing_or_too_much_models", models);
}

#[test]
fn broken_yaml() {
    let cases = rules_with(&[
        ("tab", "  steps:", "\tsteps:"),
        ("tab inside", "      does: kv.set", "\t\t\tdoes: kv.set"),
        ("bracket left open", "[kv.delete], after", "[kv.delete, after"),
        ("quote left open", "summary: A lock is taken", "summary: 'A lock is taken"),
        ("wrong indentation", "  report:", " report:"),
        ("colon in text", "why: It stays.", "why: It stays: forever"),
        ("at sign", "why: It stays.", "why: @later"),
        ("star", "after: take", "after: *take"),
        ("tag", "severity: high", "severity: !level high"),
        ("not a number", "ttl: missing", "ttl: .nan"),
        ("second document", "id: demo/rule", "id: demo/rule\n---\nid: demo/other"),
        ("text after a value", "severity: high", "severity: \"high\" or so"),
    ]);
    let models = models_with(&[("second document", "test: |", "---\ntest: |")]);
    snapshot!("broken_yaml", cases + &models);
}

#[test]
fn nothing_in_the_file() {
    let cases = ["", "\n\n", "# only a comment\n", "---\n", "~\n", "{}\n"];
    let rules = all(cases.iter().map(|text| (format!("rule {text:?}"), rule(text))));
    let models = all(cases.iter().map(|text| (format!("model {text:?}"), model(text))));
    snapshot!("nothing_in_the_file", rules + &models);
}

#[test]
fn hostile_files() {
    let bomb = (1..40).fold("  a0: &a0 { x: lol }\n".to_owned(), |mut text, n| {
        let _ = writeln!(text, "  a{n}: &a{n} {{ <<: [*a{m}, *a{m}, *a{m}, *a{m}] }}", m = n - 1);
        text
    });
    let model_bomb =
        MODEL.replace("receivers:\n", &format!("receivers:\n{}", bomb.replace("x: lol", "names: lol")));
    let aliases =
        format!("id: demo/bomb\nreferences:\n  - &a {}\n{}", "lol".repeat(1_000), "  - *a\n".repeat(100_000));
    let itself = "id: demo/bomb\nreferences: &a [*a]\n".to_owned();
    let bomb = format!("id: demo/bomb\nreferences:\n{}", bomb.replace("{ x: lol }", "[lol]"));
    let nested = |open: &str, close: &str| format!("id: {}{}\n", open.repeat(10_000), close.repeat(10_000));
    let cases = [
        ("aliases of aliases", bomb),
        ("many aliases", aliases),
        ("alias of itself", itself),
        ("nested lists", nested("[", "]")),
        ("nested lists left open", nested("[", "")),
        ("nested mappings", nested("{a: ", "}")),
        ("nested blocks", (0..10_000).fold(String::new(), |text, _| text + "- ")),
        ("zero byte", "id: a\0b\n".to_owned()),
        (
            "byte order mark and line ends of Windows",
            format!("\u{feff}{}", RULE.replace("high", "hihg").replace('\n', "\r\n")),
        ),
        (
            "letters of several bytes",
            RULE.replace("A lock is taken", "Ein Schloß wird zugemacht 🔒")
                .replace("{ lost:", "{ 'wörter 🔒': x, lost:"),
        ),
        ("key that is long", format!("{}: x\n", "k".repeat(5_000))),
        ("role that is long", RULE.replace("kv.set-if-absent", &"k".repeat(5_000))),
    ];
    let short = |line: &str| {
        if line.chars().count() > 140 {
            format!("{}…", line.chars().take(140).collect::<String>())
        } else {
            line.to_owned()
        }
    };
    let text = all(cases.into_iter().map(|(name, text)| (name.to_owned(), rule(&text))))
        + &all([("merged aliases of aliases".to_owned(), model(&model_bomb))]);
    snapshot!("hostile_files", text.lines().map(short).collect::<Vec<_>>().join("\n"));
}

#[test]
fn mistakes_in_roles() {
    let cases = [
        ("unknown key", "roles:\n  kv.get: { about: reads, arg: [key] }\n"),
        ("no args", "roles:\n  kv.get: { about: reads }\n"),
        ("twice", "roles:\n  kv.get: { about: reads, args: [] }\n  kv.get: { about: reads, args: [] }\n"),
    ];
    let text = all(cases.into_iter().map(|(name, text)| {
        let outcome = Roles::read(&DataFile::new("rules/roles.yaml", text));
        (
            name.to_owned(),
            rendered(outcome.map(|roles| Knowledge {
                roles,
                clients: faultlint::models::clients::Clients::default(),
                code: faultlint::models::code::Code::default(),
                models: faultlint::models::Models::default(),
                words: faultlint::models::vocabulary::Vocabulary::default(),
                rules: Vec::new(),
            })),
        )
    }));
    snapshot!("mistakes_in_roles", text);
}
