//! A tree that was edited gives the report of a tree that was always so, and paths may be named in any order.

use std::collections::BTreeSet;

use crate::{Files, fixture, found, report, reported, tree, write};

/// Programs that lean on files in every way there is; each has a near miss, whose files are what a person might write instead.
const PROGRAMS: [&str; 10] = [
    "barrel/bad_renamed_export_ts",
    "commonjs/bad_exports_property_js",
    "construction-elsewhere/bad_client_object_ts",
    "constant-elsewhere/bad_lock_value_js",
    "decorated-handler/bad_service_swallows_ts",
    "exports-map/bad_built_entry_ts",
    "go-work/bad_lease_without_ttl_go",
    "embedding/bad_base_repo_go",
    "build-tags/bad_linux_without_ttl_go",
    "awilix/bad_as_value_js",
];

/// How many edits are tried.
const EDITS: u32 = 24;

/// Numbers that only look as if nobody had chosen them.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn one_of<'f>(&mut self, files: &'f Files) -> &'f str {
        files.keys().nth(self.below(files.len())).unwrap()
    }
}

fn is_source(path: &str) -> bool {
    [".ts", ".js", ".go"].iter().any(|extension| path.ends_with(extension))
}

fn is_go(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension == "go")
}

/// The programs side by side, each in a folder of its own; and for files that have one, the text of the near miss.
fn programs() -> (Files, Files) {
    let mut files = Files::new();
    let mut variants = Files::new();
    for name in PROGRAMS {
        let folder = name.split('/').next().unwrap();
        let near_miss = fixture(&name.replace("/bad_", "/ok_").replace("without_ttl", "with_ttl"));
        for (path, text) in fixture(name) {
            let shown = format!("{folder}/{path}");
            if let Some(variant) = near_miss.get(&path).filter(|variant| **variant != text) {
                variants.insert(shown.clone(), variant.clone());
            }
            files.insert(shown, text);
        }
    }
    (files, variants)
}

/// Gives the first thing that a text exports another name.
fn rename(text: &str) -> String {
    for before in ["export const ", "export class ", "export async function ", "\nexports.", "\nfunc "] {
        if let Some((head, rest)) = text.split_once(before) {
            return format!("{head}{before}Renamed{rest}");
        }
    }
    text.replace("module.exports", "exports.renamed")
}

/// One edit: of a file as it was at first, so that edits do not pile up in it.
fn edit(dice: &mut Dice, files: &mut Files, first: &Files, variants: &Files, number: u32) -> String {
    if number % 8 == 7 {
        files.clone_from(first);
        return "everything as it was".to_owned();
    }
    let sources: Files = first.iter().filter(|(path, _)| is_source(path)).map(own).collect();
    let path = dice.one_of(&sources).to_owned();
    let text = &first[&path];
    let (what, text) = match dice.below(6) {
        0 | 1 => {
            let path = dice.one_of(variants).to_owned();
            files.insert(path.clone(), variants[&path].clone());
            return format!("{path}: as in the near miss");
        }
        2 if is_go(&path) => ("another function", format!("{text}\nfunc added() int {{ return 1 }}\n")),
        2 => ("another function", format!("{text}\nfunction added() {{ return 1; }}\n")),
        3 => ("an export renamed", rename(text)),
        4 => ("blank lines at the top", format!("\n\n\n{text}")),
        _ => {
            files.remove(&path);
            return format!("{path}: gone");
        }
    };
    files.insert(path.clone(), text);
    format!("{path}: {what}")
}

fn own((path, text): (&String, &String)) -> (String, String) {
    (path.clone(), text.clone())
}

#[test]
fn an_edited_tree_gives_what_a_fresh_one_does() {
    let (first, variants) = programs();
    assert!(variants.len() >= PROGRAMS.len(), "{:?}", variants.keys());
    let edited = tree(&first);
    let at_first = reported(edited.path(), &[]);
    let mut files = first.clone();
    let mut dice = Dice(3);
    let mut reports = BTreeSet::from([at_first.clone()]);
    for number in 0..EDITS {
        let before = files.clone();
        let what = edit(&mut dice, &mut files, &first, &variants, number);
        for path in before.keys().filter(|path| !files.contains_key(*path)) {
            std::fs::remove_file(edited.path().join(path)).unwrap();
        }
        write(edited.path(), files.iter().filter(|(path, text)| before.get(*path) != Some(text)));
        let one = reported(edited.path(), &["--threads", "1"]);
        assert!(one == reported(edited.path(), &["--threads", "4"]), "edit {number}, {what}: threads");
        let fresh = tree(&files);
        assert!(one == reported(fresh.path(), &[]), "edit {number}, {what}: a fresh tree");
        assert!(files != first || one == at_first, "edit {number}, {what}");
        reports.insert(one);
    }
    assert!(reports.len() > 12, "{} different reports", reports.len());
}

#[test]
fn blank_lines_move_findings_and_nothing_else() {
    let (first, _) = programs();
    let moved = first.iter().map(|(path, text)| {
        let is_moved = is_source(path);
        (path.clone(), if is_moved { format!("\n\n\n{text}") } else { text.clone() })
    });
    let [before, after] = [tree(&first), tree(moved)].map(|tree| report(tree.path(), &[]));
    let lines = |report: &serde_json::Value, by: u64| -> Vec<_> {
        let findings = crate::list(report, "findings").iter();
        let line = |of: &serde_json::Value| of["start"]["line"].as_u64().unwrap() + by;
        let told = findings.map(|finding| {
            let evidence = crate::list(finding, "evidence").iter();
            let evidence: Vec<_> = evidence.map(|of| (of["path"].clone(), line(of))).collect();
            (finding["path"].clone(), line(finding), finding["fingerprint"].clone(), evidence)
        });
        told.collect()
    };
    assert!(found(&before).len() >= PROGRAMS.len(), "{:?}", found(&before));
    assert_eq!(lines(&before, 3), lines(&after, 0));
    assert_eq!(before["coverage"], after["coverage"]);
}

#[test]
fn the_order_of_paths_does_not_matter() {
    let (files, _) = programs();
    let root = tree(&files);
    let whole = reported(root.path(), &[]);
    let mut folders: Vec<&str> = PROGRAMS.iter().map(|name| name.split('/').next().unwrap()).collect();
    let mut paths: Vec<&str> = files.keys().map(String::as_str).filter(|path| is_source(path)).collect();
    let mut dice = Dice(5);
    for names in [&mut folders, &mut paths] {
        for turn in 0..3 {
            assert!(whole == reported(root.path(), names), "turn {turn}: {names:?}");
            for at in (1..names.len()).rev() {
                names.swap(at, dice.below(at + 1));
            }
        }
    }
    // Twice, by another name, and with a part of itself.
    let again = [folders.as_slice(), &["./", "go-work/../go-work"], &paths[..4]].concat();
    assert!(whole == reported(root.path(), &again), "{again:?}");
    let above = root.path().canonicalize().unwrap();
    let absolute: Vec<String> = paths.iter().map(|path| above.join(path).display().to_string()).collect();
    let absolute: Vec<&str> = absolute.iter().map(String::as_str).collect();
    assert!(whole == reported(root.path(), &absolute), "absolute paths");
}
