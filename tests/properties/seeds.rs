//! Valid inputs of every kind, made of the fixtures and data of the project. Mutations and the fuzzers begin from them.

use std::fs;
use std::path::{Path, PathBuf};

use faultlint::source::Language;
use faultlint::syntax::Parsers;
use faultlint::{baseline, cache, finding::BaselineEntry, lower};

/// No seed is larger, so that one takes a millisecond and not ten.
const LARGEST: usize = 4_096;

/// The inputs of a fuzz target, in order of name.
pub(crate) fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "go" => files("fixtures", &["go"]),
        "typescript" => files("fixtures", &["ts", "tsx"]),
        "javascript" => files("fixtures", &["js", "jsx"]),
        "rules" => rules(),
        "models" => files("rules/models", &["yaml"]),
        "config" => configurations(),
        "baseline" => baselines(),
        "cache" => entries(),
        "diff" => diffs(),
        other => panic!("there are no seeds for {other}"),
    }
}

/// The files below a folder, in order.
pub(crate) fn below(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let fits = path.extension().is_some_and(|own| extensions.iter().any(|wanted| own == *wanted));
            if path.is_dir() {
                open.push(path);
            } else if fits {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn files(folder: &str, extensions: &[&str]) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let texts = below(&folder, extensions).into_iter().map(|path| fs::read(path).unwrap());
    texts.filter(|text| text.len() <= LARGEST).collect()
}

fn has_line(text: &[u8], start: &str) -> bool {
    String::from_utf8_lossy(text).lines().any(|line| line.starts_with(start))
}

/// Patterns of queries, each with other words of their language.
const PATTERNS: [&str; 6] = [
    "(call_expression function: (identifier) @f arguments: (_ . (_)* @a)) @at",
    "((identifier) @at (#match? @at \"^(get|set)+$\") (#not-eq? @at \"x\"))",
    "[(if_statement) (for_statement)]+ @at",
    "(_ (identifier)? @b . (_)* !body) @at",
    "((comment) @at . (_) @b (#any-of? @at \"a\" \"b\"))",
    "((return_statement \"return\" . (_)? @b) @at (#any-not-eq? @b @at))",
];

/// The rules that come with the program, and ones that ask the syntax.
fn rules() -> Vec<Vec<u8>> {
    let own = files("rules", &["yaml"]).into_iter().filter(|text| has_line(text, "severity:"));
    let asking = PATTERNS.iter().flat_map(|pattern| {
        ["typescript", "go"].map(|language| {
            format!(
                "id: a/b\nseverity: low\nsummary: a\nwhy: b\nremedy: c\nquery:\n  languages: [{language}]\n  pattern: |\n    {pattern}\n  at: at\n  message: '{{at}} is there'\n  max-matches: 50\n  time-limit: 100ms\n"
            )
            .into_bytes()
        })
    });
    own.chain(asking).collect()
}

/// The examples in the documents.
fn configurations() -> Vec<Vec<u8>> {
    let pages = ["docs/configuration.md", "docs/adopting.md", "docs/tutorial.md"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for page in pages {
        let text = fs::read_to_string(root.join(page)).unwrap();
        let blocks = text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
        found.extend(blocks.map(|block| block.as_bytes().to_vec()));
    }
    found
}

fn baselines() -> Vec<Vec<u8>> {
    let entry = |path: &str, symbol: &str, number: u32| BaselineEntry {
        path: path.to_owned(),
        rule: "retry-storm/no-backoff".to_owned(),
        symbol: symbol.to_owned(),
        fingerprint: faultlint::fingerprint::hex(&number.to_string()),
    };
    let all = [entry("src/a.ts", "Store.load", 1), entry("../b \"c\".go", "", 2), entry("src/a.ts", "é", 3)];
    (0..=all.len()).map(|end| baseline::text(&all[..end]).into_bytes()).collect()
}

/// What a run keeps of a few fixtures, without the headers of the entries, and facts as they lie in them.
fn entries() -> Vec<Vec<u8>> {
    let root = tempfile::tempdir().unwrap();
    let (tree, kept) = (root.path().join("tree"), root.path().join("cache"));
    fs::create_dir(&tree).unwrap();
    let mut found = Vec::new();
    for (extension, language) in [("go", Language::Go), ("ts", Language::TypeScript)] {
        for (number, text) in files("fixtures", &[extension]).into_iter().step_by(200).enumerate() {
            fs::write(tree.join(format!("{number}.{extension}")), &text).unwrap();
            let text = String::from_utf8(text).unwrap();
            let parsed = Parsers::default().parse(language, &text).unwrap();
            found.push(postcard::to_stdvec(&lower::lower(language, &text, &parsed)).unwrap());
        }
    }
    let settings = faultlint::run::Settings {
        paths: vec![tree],
        cache: std::sync::Arc::new(cache::Cache::at(kept.clone())),
        ..Default::default()
    };
    faultlint::run::check(&settings).unwrap();
    let mut names: Vec<PathBuf> = fs::read_dir(&kept).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    for entry in names {
        let bytes = fs::read(entry).unwrap();
        let header = bytes.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1 + 32);
        found.extend(bytes.get(header..).map(<[u8]>::to_vec));
    }
    found
}

/// Diffs of neighbouring fixtures, and the odd forms that git writes.
fn diffs() -> Vec<Vec<u8>> {
    let odd = [
        "commit 1\n\n    words\n\ndiff --git a/s/a.ts b/s/a.ts\nindex 1..2 100644\n--- a/s/a.ts\n+++ b/s/a.ts\n@@ -1,2 +1,3 @@ f() {\n a\n-b\n+c\n+d\n@@ -9,3 +10,2 @@\n x\n-y\n z\n",
        "diff --git a/b.go b/b.go\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/b.go\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n",
        "diff --git a/c.go b/c.go\ndeleted file mode 100644\n--- a/c.go\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-x\n-y\n-- \n2.47\n",
        "diff --git a/old name.ts b/new.ts\nsimilarity index 100%\nrename from old name.ts\nrename to new.ts\n",
        "diff --git a/c.ts b/d.ts\nsimilarity index 90%\ncopy from c.ts\ncopy to d.ts\n--- a/c.ts\n+++ b/d.ts\n@@ -3 +3 @@\n-a\r\n+b\r\n",
        "diff --git \"a/\\303\\274\\t.ts\" \"b/\\303\\274\\t.ts\"\nold mode 100644\nnew mode 100755\n",
        "diff -ru old/a.ts new/a.ts\n--- old/a.ts\t2020-01-01\n+++ new/a.ts\t2020-01-02\n@@ -1,2 +1,2 @@\n a\n--- x\n+++ y\nOnly in new: c.ts\n",
        "diff --cc a.ts\n@@@ -1,1 -1,1 +1,1 @@@\n",
        "*** a.ts\n--- b.ts\n***************\n",
    ];
    let mut found: Vec<Vec<u8>> = odd.iter().map(|text| text.as_bytes().to_vec()).collect();
    let texts = files("fixtures", &["go"]);
    found.extend(texts.chunks_exact(2).step_by(30).map(|pair| replaced(&pair[0], &pair[1])));
    found
}

/// A diff that puts one text in the place of another.
fn replaced(before: &[u8], now: &[u8]) -> Vec<u8> {
    let (before, now) = (String::from_utf8_lossy(before), String::from_utf8_lossy(now));
    let same = before.lines().zip(now.lines()).take_while(|(before, now)| before == now).count();
    let mut diff =
        format!("--- a/x.go\n+++ b/x.go\n@@ -1,{} +1,{} @@\n", before.lines().count(), now.lines().count());
    let lines = before.lines().take(same).map(|line| (' ', line));
    let removed = before.lines().skip(same).map(|line| ('-', line));
    for (sign, line) in lines.chain(removed).chain(now.lines().skip(same).map(|line| ('+', line))) {
        diff.push(sign);
        diff.push_str(line);
        diff.push('\n');
    }
    diff.into_bytes()
}

/// Names, keywords and marks of the seeds, each of which a fuzzer may put anywhere: as libFuzzer reads dictionaries.
pub(crate) fn dictionary(target: &str) -> String {
    let seeds = of(target);
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-@".contains(c);
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    let texts: Vec<&str> = seeds.iter().filter_map(|seed| std::str::from_utf8(seed).ok()).collect();
    for word in texts.iter().flat_map(|text| text.split(|c: char| !is_word(c))) {
        if (2..=24).contains(&word.len()) {
            *counts.entry(word).or_default() += 1;
        }
    }
    let mut words: Vec<(&str, usize)> = counts.into_iter().collect();
    words.sort_by_key(|(word, count)| (std::cmp::Reverse(*count), *word));
    let marks = [
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "=>",
        ":=",
        "...",
        "`",
        "${",
        "/*",
        "*/",
        "//",
        "&",
        "*",
        "!!",
        "|",
        "4294967295",
        ">",
    ];
    let all = words.iter().take(300).map(|(word, _)| *word).chain(marks);
    all.fold(String::new(), |written, word| written + "\"" + word + "\"\n")
}
