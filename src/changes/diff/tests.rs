use super::*;

fn read(diff: &str) -> Vec<FileDiff> {
    parse("x.diff", diff.as_bytes()).unwrap()
}

fn wrong(diff: &str) -> (usize, String) {
    let error = parse("x.diff", diff.as_bytes()).unwrap_err();
    (error.line, error.message)
}

fn names(file: &FileDiff) -> (Option<String>, Option<String>) {
    let text = |name: &Option<Vec<u8>>| name.as_ref().map(|name| String::from_utf8_lossy(name).into_owned());
    (text(&file.before), text(&file.now))
}

fn both(before: &str, now: &str) -> (Option<String>, Option<String>) {
    (Some(before.to_owned()), Some(now.to_owned()))
}

#[test]
fn a_diff_of_git_is_read() {
    let files = read(
        "commit 1\n\n    words\n\ndiff --git a/s/a.ts b/s/a.ts\nindex 1..2 100644\n--- a/s/a.ts\n+++ b/s/a.ts\n@@ -1,2 +1,3 @@ f() {\n a\n-b\n+c\n+d\ndiff --git a/b.go b/b.go\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/b.go\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\ndiff --git a/c.go b/c.go\ndeleted file mode 100644\n--- a/c.go\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n-- \n2.47\n",
    );
    assert_eq!(
        files.iter().map(names).collect::<Vec<_>>(),
        [both("s/a.ts", "s/a.ts"), (None, Some("b.go".to_owned())), (Some("c.go".to_owned()), None),]
    );
    assert_eq!((files[0].hunks[0].starts, files[0].hunks[0].lines.len()), ((0, 0), 4));
    assert!(files[1].hunks[0].lines[0].is_open && files.iter().all(|file| file.of_git));
    assert_eq!((files[1].hunks[0].starts, files[2].hunks[0].starts), ((0, 0), (0, 0)));
}

#[test]
fn files_without_hunks_are_named_by_what_git_says_of_them() {
    let files = read(
        "diff --git a/old name.ts b/new.ts\nsimilarity index 100%\nrename from old name.ts\nrename to new.ts\ndiff --git a/e.ts b/e.ts\nnew file mode 100644\nindex 0..e\ndiff --git a/m.ts b/m.ts\nold mode 100644\nnew mode 100755\ndiff --git a/c.ts b/d.ts\nsimilarity index 100%\ncopy from c.ts\ncopy to d.ts\ndiff --git a/x y.png b/x y.png\nBinary files a/x y.png and b/x y.png differ\n",
    );
    assert_eq!(
        files.iter().map(names).collect::<Vec<_>>(),
        [
            both("old name.ts", "new.ts"),
            (None, Some("e.ts".to_owned())),
            both("m.ts", "m.ts"),
            both("c.ts", "d.ts"),
            both("x y.png", "x y.png"),
        ]
    );
    assert!(files[3].is_copy && !files[0].is_copy);
}

#[test]
fn quoted_and_odd_names_are_read() {
    let files = read(
        "diff --git \"a/\\303\\274\\t\\\"x\\\".ts\" \"b/\\303\\274\\t\\\"x\\\".ts\"\n--- \"a/\\303\\274\\t\\\"x\\\".ts\"\n+++ \"b/\\303\\274\\t\\\"x\\\".ts\"\n@@ -1 +1 @@\n-a\n+b\ndiff --git a/my file.ts b/my file.ts\n--- a/my file.ts\t\n+++ b/my file.ts\t\n@@ -1 +1 @@\n-a\n+b\n",
    );
    assert_eq!(names(&files[0]), both("ü\t\"x\".ts", "ü\t\"x\".ts"));
    assert_eq!(names(&files[1]), both("my file.ts", "my file.ts"));
    let moded = read("diff --git \"a/\\303\\274.ts\" \"b/\\303\\274.ts\"\nold mode 1\nnew mode 2\n");
    assert_eq!(names(&moded[0]), both("ü.ts", "ü.ts"));
}

#[test]
fn prefixes_are_taken_off_only_where_both_names_have_them() {
    let named = |before: &str, now: &str| {
        names(&read(&format!("diff --git {before} {now}\n--- {before}\n+++ {now}\n@@ -1 +1 @@\n-a\n+b\n"))[0])
    };
    assert_eq!(named("i/x.ts", "w/x.ts"), both("x.ts", "x.ts"));
    assert_eq!(named("src/x.ts", "src/x.ts"), both("src/x.ts", "src/x.ts"));
    assert_eq!(named("c/x.ts", "c/x.ts"), both("c/x.ts", "c/x.ts"), "written with --no-prefix");
    let plain =
        read("--- a/x.ts\t2020-01-01 00:00:00\n+++ b/x.ts\t2020-01-01 00:00:00\n@@ -1 +1 @@\n-a\n+b\n");
    assert_eq!((names(&plain[0]), plain[0].of_git), (both("a/x.ts", "b/x.ts"), false));
}

#[test]
fn plain_diffs_follow_each_other() {
    let files = read(
        "diff -ru old/a.ts new/a.ts\n--- old/a.ts\n+++ new/a.ts\n@@ -1,2 +1,2 @@\n a\n--- x\n+++ y\n--- old/b.ts\n+++ new/b.ts\n@@ -1 +1 @@\n-a\n+b\nOnly in new: c.ts\n",
    );
    assert_eq!(files.len(), 2);
    assert_eq!(files[0].hunks[0].lines.len(), 3, "what looks like names is within the hunk");
}

#[test]
fn line_ends_of_windows_and_lost_blanks_are_borne() {
    let diff = "--- a.ts\r\n+++ a.ts\r\n@@ -1,4 +1,4 @@\r\n x\r\n\r\n-a\r\n+b\r\n\n";
    let files = read(diff);
    assert_eq!(names(&files[0]), both("a.ts", "a.ts"));
    assert_eq!(files[0].hunks[0].lines.len(), 5);
}

#[test]
fn what_cannot_be_read_is_told_with_its_line() {
    let of = |at: usize, words: &str| (at, words.to_owned());
    let head = "--- a.ts\n+++ a.ts\n";
    let cut = "the hunk is cut off: 1 of 2 lines before and 1 of 2 lines now are missing";
    assert_eq!(wrong(&format!("{head}@@ -1,2 +1,2 @@\n a\n")), of(3, cut));
    assert_eq!(wrong(&format!("{head}@@ -1,2 +1,2 @@\n a\nrubbish\n")), of(3, cut));
    let long = "the hunk has more lines than it says";
    assert_eq!(wrong(&format!("{head}@@ -1 +1 @@\n-a\n+b\n+c\n")), of(3, long));
    assert_eq!(wrong(&format!("{head}@@ -1 +1 @@\n-a\n-b\n")), of(3, long));
    assert_eq!(wrong(&format!("{head}@@ -x +1 @@\n")), of(3, "this does not begin a hunk"));
    assert_eq!(wrong(&format!("{head}@@ -99999999999 +1 @@\n")), of(3, "this does not begin a hunk"));
    let overlap = "this hunk overlaps the one before it";
    assert_eq!(wrong(&format!("{head}@@ -5 +5 @@\n-a\n+b\n@@ -1 +1 @@\n-a\n+b\n")), of(6, overlap));
    assert_eq!(wrong("words\n@@ -1 +1 @@\n-a\n+b\n"), of(2, "a hunk of no file"));
    assert_eq!(wrong("just words\n"), of(1, "this is no unified diff"));
    assert_eq!(wrong("1c1\n< a\n---\n> b\n"), of(1, "this is no unified diff"));
    assert_eq!(wrong("*** a.ts\n--- b.ts\n***************\n"), of(1, "this is a context diff"));
    for combined in ["diff --cc a.ts\n", "diff --combined a.ts\n", "--- a\n+++ a\n@@@ -1 -1 +1 @@@\n"] {
        assert!(wrong(combined).1.contains("combined diff of a merge"), "{combined}");
    }
    let twice = format!("{head}@@ -1 +1 @@\n-a\n+b\n").repeat(2);
    assert_eq!(wrong(&twice), of(6, "the diff tells of this file twice: it is a series of patches"));
    let utf16 = parse("x", b"\xff\xfed\0i\0").unwrap_err();
    assert!(utf16.message.contains("UTF-16"));
}

#[test]
fn nothing_changed_is_no_mistake() {
    assert_eq!((read(""), read("\n \n")), (Vec::new(), Vec::new()));
}

#[test]
fn no_bytes_make_it_panic() {
    let whole = "diff --git \"a/\\30\" b/x\n--- \"a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No\n@@ -9 +9 @@\n-\n+\n";
    for end in 0..whole.len() {
        let _ = parse("x", &whole.as_bytes()[..end]);
        let mut bytes = whole.as_bytes().to_vec();
        bytes[end] = 0xff;
        let _ = parse("x", &bytes);
    }
}
