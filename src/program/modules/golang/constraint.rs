//! Build constraints: whether a Go file belongs to the usual build.
//!
//! Owns: `//go:build` and `// +build` lines and what file names say, for linux/amd64 with cgo, any release of the language, and
//! no tags of the project's own. Does not own: which packages there are.

/// Nesting of an expression that is followed; a deeper one is taken as malformed.
const MAX_DEPTH: u32 = 100;

/// Operating systems that a file name may end with.
const SYSTEMS: [&str; 18] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "windows",
    "zos",
];

/// Architectures that a file name may end with.
const ARCHITECTURES: [&str; 27] = [
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "armbe",
    "arm64",
    "arm64be",
    "loong64",
    "mips",
    "mipsle",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
    "x86",
    "amd64v1",
    "arm64v8",
];

/// Whether a file of this name and text is compiled by a plain `go build`. A malformed constraint keeps no file out.
pub(super) fn is_built(name: &str, text: &str) -> bool {
    !is_test(name) && !name.starts_with(['_', '.']) && name_fits(name) && text_fits(text)
}

/// Whether a file is compiled for tests alone.
pub(super) fn is_test(name: &str) -> bool {
    name.ends_with("_test.go")
}

fn holds(tag: &str) -> bool {
    let release = tag.strip_prefix("go1.").is_some_and(|minor| minor.bytes().all(|b| b.is_ascii_digit()));
    release || matches!(tag, "linux" | "amd64" | "unix" | "cgo" | "gc" | "go1")
}

/// `x_linux.go`, `x_amd64.go`, `x_linux_amd64.go`. What stands before the first `_` is never a constraint.
fn name_fits(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    let stem = stem.strip_suffix("_test").unwrap_or(stem);
    let mut parts = stem.split('_').skip(1).collect::<Vec<_>>().into_iter().rev();
    let Some(last) = parts.next() else { return true };
    if ARCHITECTURES.contains(&last) {
        let system = parts.next().filter(|part| SYSTEMS.contains(part));
        return holds(last) && system.is_none_or(holds);
    }
    !SYSTEMS.contains(&last) || holds(last)
}

/// What the lines before the package clause say. A `//go:build` line makes the old form void.
fn text_fits(text: &str) -> bool {
    let (mut old, mut pending) = (true, true);
    for line in Header::of(text) {
        match line {
            Line::Comment(comment) => {
                if let Some(expression) = directive(comment, "go:build") {
                    return Parser::of(expression).evaluate().unwrap_or(true);
                }
                if let Some(options) = directive(comment.trim_start(), "+build") {
                    pending &= options.split_whitespace().any(option_holds);
                }
            }
            // The old form must stand apart from the package clause: what touches it is its documentation.
            Line::Blank => old &= pending,
        }
    }
    old
}

fn directive<'a>(comment: &'a str, word: &str) -> Option<&'a str> {
    comment.strip_prefix(word).filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// `linux,!cgo`: all of them.
fn option_holds(option: &str) -> bool {
    option.split(',').all(|term| match term.strip_prefix('!') {
        Some(tag) => !holds(tag),
        None => holds(term),
    })
}

/// A line before the package clause.
enum Line<'a> {
    /// What follows `//`.
    Comment(&'a str),
    Blank,
}

/// The lines before the package clause; block comments are passed over.
struct Header<'a>(&'a str);

impl<'a> Header<'a> {
    fn of(text: &'a str) -> Self {
        Self(text.strip_prefix('\u{feff}').unwrap_or(text))
    }
}

impl<'a> Iterator for Header<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        loop {
            let text = self.0.trim_start_matches([' ', '\t', '\r']);
            if let Some(block) = text.strip_prefix("/*") {
                self.0 = block.split_once("*/")?.1;
                // The rest of the line that it ends on is no blank line.
                self.0 = self.0.trim_start_matches([' ', '\t', '\r']);
                self.0 = self.0.strip_prefix('\n').unwrap_or(self.0);
                continue;
            }
            if text.is_empty() {
                return None;
            }
            let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
            let line = line.trim_end();
            self.0 = rest;
            return match line.strip_prefix("//") {
                Some(comment) => Some(Line::Comment(comment)),
                None if line.is_empty() => Some(Line::Blank),
                None => None,
            };
        }
    }
}

/// A `//go:build` expression, evaluated as it is read.
struct Parser<'a> {
    rest: &'a str,
    depth: u32,
}

impl<'a> Parser<'a> {
    fn of(text: &'a str) -> Self {
        Self { rest: text, depth: 0 }
    }

    /// None for what is no expression.
    fn evaluate(mut self) -> Option<bool> {
        let value = self.any()?;
        self.rest.trim().is_empty().then_some(value)
    }

    fn any(&mut self) -> Option<bool> {
        let mut value = self.all()?;
        while self.take("||") {
            value |= self.all()?;
        }
        Some(value)
    }

    fn all(&mut self) -> Option<bool> {
        let mut value = self.one()?;
        while self.take("&&") {
            value &= self.one()?;
        }
        Some(value)
    }

    fn one(&mut self) -> Option<bool> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let value = if self.take("!") {
            !self.one()?
        } else if self.take("(") {
            let inner = self.any()?;
            self.take(")").then_some(inner)?
        } else {
            holds(self.tag()?)
        };
        self.depth -= 1;
        Some(value)
    }

    fn take(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start().strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn tag(&mut self) -> Option<&'a str> {
        let text = self.rest.trim_start();
        let end = text.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.')).unwrap_or(text.len());
        let (tag, rest) = text.split_at_checked(end)?;
        self.rest = rest;
        (!tag.is_empty()).then_some(tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> bool {
        is_built("x.go", &format!("{header}\npackage p\n"))
    }

    #[test]
    fn expressions_are_evaluated() {
        for yes in [
            "linux",
            "amd64 && cgo",
            "!windows",
            "windows || linux",
            "(darwin || linux) && !arm64",
            "go1.18",
            "!(a || b) && unix",
            "!!gc",
            "integration || !integration",
        ] {
            assert!(of(&format!("//go:build {yes}\n")), "{yes}");
        }
        for no in
            ["ignore", "integration", "windows && amd64", "!linux", "!go1.21", "linux && (wireinject || arm)"]
        {
            assert!(!of(&format!("//go:build {no}\n")), "{no}");
        }
    }

    #[test]
    fn the_old_form_counts_where_it_stands_apart() {
        assert!(!of("// +build ignore\n"));
        assert!(!of("//+build windows\n"));
        assert!(of("// +build windows linux\n"));
        assert!(!of("// +build linux,!cgo darwin\n"));
        assert!(!of("// +build linux\n// +build arm64\n"));
        assert!(of("// +build ignore"), "touches the package clause");
        assert!(of("//go:build linux\n// +build ignore\n"), "the new form decides");
    }

    #[test]
    fn only_what_stands_before_the_package_clause_counts() {
        assert!(!of("\u{feff}// Copyright\n\n/* a\n b */\n\n//go:build ignore\r\n\r\n"));
        assert!(!of("/* a */ /* b */\n//go:build tools"), "no blank line is needed");
        assert!(is_built("x.go", "package p\n\n//go:build ignore\n\nfunc f() {}\n"));
        assert!(is_built("x.go", "package p // x\nimport `\n//go:build ignore\n`"));
        assert!(of("// go:build ignore\n"), "a space makes it a remark");
        assert!(of("//go:builder ignore\n"));
    }

    #[test]
    fn names_say_what_they_are_built_for() {
        for yes in [
            "a.go",
            "linux.go",
            "amd64.go",
            "a_linux.go",
            "a_linux_amd64.go",
            "a_unix.go",
            "x_windows_y.go",
            "test.go",
        ] {
            assert!(is_built(yes, "package p"), "{yes}");
        }
        for no in [
            "a_windows.go",
            "a_arm64.go",
            "a_windows_amd64.go",
            "a_linux_arm.go",
            "a_test.go",
            "a_linux_test.go",
            "_a.go",
            ".a.go",
            "a_darwin.gen.go",
            "_linux.go",
        ] {
            assert!(!is_built(no, "package p"), "{no}");
        }
    }

    #[test]
    fn nonsense_keeps_no_file_out_and_does_not_panic() {
        for odd in ["", "&&", "a &&", "(", "a b", "!", "a || ||", ")", "ü && €", "a & b"] {
            assert!(of(&format!("//go:build {odd}\n")), "{odd}");
        }
        for deep in ["!", "("] {
            assert!(of(&format!("//go:build {}\n", deep.repeat(100_000))));
        }
        for text in ["/*", "//", "/", "", "\n", "/* */", "é/*é"] {
            assert!(is_built("", text) && is_built("é_é.go", text));
        }
    }
}
