//! The text of `go.mod` and `go.work`.
//!
//! Owns: their grammar. Does not own: what a module path means for an import.

/// What of a manifest counts for imports.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parsed {
    /// The path of the module.
    pub(super) module: Option<String>,
    /// Modules that it needs.
    pub(super) require: Vec<String>,
    /// What stands for another module: old path, new path or directory.
    pub(super) replace: Vec<(String, String)>,
    /// The directories of a workspace.
    pub(super) uses: Vec<String>,
}

/// Reads what can be read; a line that means nothing is passed over.
pub(super) fn parse(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let mut block: Option<String> = None;
    for line in text.strip_prefix('\u{feff}').unwrap_or(text).lines() {
        let mut words = words(line);
        let verb = match &block {
            Some(_) if words.first().is_some_and(|word| word == ")") => {
                block = None;
                continue;
            }
            Some(verb) => verb.clone(),
            None if words.is_empty() => continue,
            None => words.remove(0),
        };
        if block.is_none() && words.first().is_some_and(|word| word == "(") {
            block = (words.last().is_none_or(|last| last != ")")).then_some(verb);
            continue;
        }
        parsed.line(&verb, words);
    }
    parsed
}

impl Parsed {
    fn line(&mut self, verb: &str, words: Vec<String>) {
        if verb == "replace" {
            let arrow = words.iter().position(|word| word == "=>");
            let new = arrow.and_then(|arrow| words.get(arrow + 1));
            if let (Some(1..), Some(old), Some(new)) = (arrow, words.first(), new) {
                self.replace.push((old.clone(), new.clone()));
            }
            return;
        }
        let Some(first) = words.into_iter().next() else { return };
        match verb {
            "module" => self.module = self.module.take().or(Some(first)),
            "require" => self.require.push(first),
            "use" => self.uses.push(first),
            _ => {}
        }
    }
}

/// The words of a line up to its comment; text in quotes is one word.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            break;
        }
        let (word, after) = match first {
            '(' | ')' => (first.to_string(), rest.get(1..).unwrap_or_default()),
            '"' | '`' => quoted(rest, first),
            _ => {
                let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '`');
                let end = rest.find(ends).unwrap_or(rest.len());
                let end = rest.find("//").map_or(end, |comment| comment.min(end));
                (rest.get(..end).unwrap_or_default().to_owned(), rest.get(end..).unwrap_or_default())
            }
        };
        words.push(word);
        rest = after.trim_start();
    }
    words
}

/// The text in quotes at the start of `text`, and what follows it.
fn quoted(text: &str, quote: char) -> (String, &str) {
    let mut word = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            _ if c == quote => return (word, text.get(at + 1..).unwrap_or_default()),
            '\\' if quote == '"' => word.extend(chars.next().map(|(_, escaped)| escaped)),
            _ => word.push(c),
        }
    }
    (word, "")
}

/// Whether the new side of a `replace` is a directory and no module.
pub(super) fn is_directory(path: &str) -> bool {
    matches!(path, "." | "..")
        || ["./", "../", ".\\", "..\\", "/", "\\"].iter().any(|start| path.starts_with(start))
        || path.as_bytes().get(1) == Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_file_is_read() {
        let parsed = parse(
            "\u{feff}// Deprecated: x\nmodule \"example.com/x/v2\" // y\r\n\r\ngo 1.22\n\nrequire a.com/b v1.0.0 // indirect\n\
             require (\n\t// c\n\tc.com/d/v3 v3.1.0\n)\n\nreplace a.com/b => ./b // why\nreplace (\n\
             \tc.com/d/v3 v3.1.0 => \"../d d\"\n\te.com/f => g.com/h v1.2.3\n\n\tbroken\n\t=> ./nothing\n)\nexclude i.com/j v1.0.0\n",
        );
        assert_eq!(parsed.module.as_deref(), Some("example.com/x/v2"));
        assert_eq!(parsed.require, ["a.com/b", "c.com/d/v3"]);
        let pairs = [("a.com/b", "./b"), ("c.com/d/v3", "../d d"), ("e.com/f", "g.com/h")];
        assert_eq!(parsed.replace, pairs.map(|(old, new)| (old.to_owned(), new.to_owned())));
        assert!(parsed.uses.is_empty());
    }

    #[test]
    fn a_workspace_is_read() {
        let parsed =
            parse("go 1.22\nuse ./a\nuse(\n .\n `./b c` // d\n ./e//f\n)\nreplace x.com/y v1 => ./y\n");
        assert_eq!(parsed.uses, ["./a", ".", "./b c", "./e"]);
        assert_eq!(parsed.replace, [("x.com/y".to_owned(), "./y".to_owned())]);
    }

    #[test]
    fn directories_are_told_from_modules() {
        for directory in [".", "..", "./a", "../a", "/a", "C:\\a", ".\\a"] {
            assert!(is_directory(directory), "{directory}");
        }
        for module in ["a.com/b", "a", "", ".a/b", "..."] {
            assert!(!is_directory(module), "{module}");
        }
    }

    #[test]
    fn nonsense_does_not_panic() {
        for text in [
            "\"",
            "`",
            "module",
            "(",
            ")",
            "replace =>",
            "replace a =>",
            "use (",
            "é\"é\\",
            "\\",
            "=>",
            "module ()",
        ] {
            parse(text);
            parse(&format!("require (\n{text}\n"));
        }
        assert_eq!(parse("replace => ./a").replace, []);
        assert_eq!(parse("require ()\nmodule m\n").module.as_deref(), Some("m"));
    }
}
