//! The tutorial: its files are written, its commands run, and what they print is what stands there. `cargo bless` rewrites it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::{command, root, told};

/// One fenced block, with the text before it.
struct Block<'t> {
    before: &'t str,
    kind: &'t str,
    text: &'t str,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("\n```") {
        let (kind, after) = after.split_once('\n').unwrap();
        // A block may be empty, its end right below its beginning.
        let end = if after.starts_with("```") { 0 } else { after.find("\n```").unwrap() + 1 };
        found.push(Block { before, kind, text: &after[..end] });
        rest = &after[end + 3..];
    }
    found.push(Block { before: rest, kind: "", text: "" });
    found
}

/// The file that a block is, named by the line above it.
fn named(before: &str) -> Option<&str> {
    before.trim_end().rsplit('\n').next()?.strip_prefix('`')?.strip_suffix("`:")
}

/// Runs the commands of a block; gives it with what they print.
fn ran(text: &str, directory: &Path) -> String {
    let commands = text.lines().filter(|line| line.starts_with("$ "));
    let mut printed = String::new();
    for line in commands {
        let output =
            command("sh", directory).args(["-c", &format!("exec 2>&1; {}", &line[2..])]).output().unwrap();
        let _ = write!(printed, "{line}\n{}\n", told(&output).trim_end());
    }
    printed
}

#[test]
fn the_tutorial_does_what_it_says() {
    let path = root().join("docs/tutorial.md");
    let page = fs::read_to_string(&path).unwrap();
    let here = tempfile::tempdir().unwrap();
    let mut rewritten = String::new();
    let (mut files, mut runs) = (0, 0);
    for Block { before, kind, text } in blocks(&page) {
        rewritten.push_str(before);
        if kind.is_empty() {
            continue;
        }
        let text = if kind == "console" {
            runs += 1;
            ran(text, here.path())
        } else {
            let file = here.path().join(named(before).unwrap_or_else(|| panic!("no file: {before}")));
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
            files += 1;
            text.to_owned()
        };
        let _ = write!(rewritten, "\n```{kind}\n{text}```");
    }
    assert!(files > 5 && runs > 5, "{files} files, {runs} runs");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &rewritten).unwrap();
        return;
    }
    for (line, (said, is)) in page.lines().zip(rewritten.lines()).enumerate() {
        assert_eq!(said, is, "docs/tutorial.md:{}; `cargo bless` rewrites it", line + 1);
    }
    assert_eq!(page.lines().count(), rewritten.lines().count());
}
