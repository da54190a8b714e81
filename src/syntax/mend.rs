//! Reading past what a grammar does not know.
//!
//! The published grammars trail the languages. Where a parse fails, words that it stumbles over are masked by others of the same
//! length and the text is parsed again, so that every place stays what it was; the facts are taken from the text as it stands. A
//! mask holds only if less is left that is not understood. None of the words that are masked carries a fact: what they say is
//! how a type may vary, when a module is run, how a request is typed.
//!
//! Owns: which constructs those are, where to look for them, how often to try. Does not own: parsing, or what a node means.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::{Parsed, error_spans};
use crate::source::{Language, Span};

/// How often one file is parsed again at the most.
const ATTEMPTS: usize = 24;

/// How many places of one construct are masked in one file.
const PLACES: usize = 10_000;

/// How many bytes what stands between brackets may have.
const REACH: usize = 8_000;

/// A construct that a grammar does not know.
struct Construct {
    /// What reports call it.
    name: &'static str,
    /// In which languages it is written.
    languages: &'static [Language],
    /// What it looks like; the first group is what is masked.
    looks: Looks,
}

enum Looks {
    /// As a pattern says.
    Like(&'static str, Mask),
    /// As it is found by hand; gives what stands at a place of the text where the pattern fits.
    Found(&'static str, fn(&[u8], usize) -> Option<Edit>),
}

/// What stands for the masked words.
#[derive(Clone, Copy)]
enum Mask {
    /// Blanks.
    Blank,
    /// Another name.
    Name,
    /// This, after blanks.
    Word(&'static str),
}

/// What is to be masked at one place: offsets, and what to put there.
struct Edit(Vec<(usize, Vec<u8>)>);

const ES: &[Language] = &[Language::TypeScript, Language::Tsx, Language::JavaScript];
const TS: &[Language] = &[Language::TypeScript, Language::Tsx];
const MARKUP: &[Language] = &[Language::Tsx, Language::JavaScript];
const GO: &[Language] = &[Language::Go];

/// What the grammars do not know; `tests/data/modern` holds each.
const CONSTRUCTS: &[Construct] = &[
    Construct {
        name: "export-type-star",
        languages: TS,
        looks: Looks::Like(r"\bexport\s+(type)\s*\*", Mask::Blank),
    },
    Construct {
        name: "deferred-import",
        languages: ES,
        looks: Looks::Like(r"\bimport(\s+(?:defer|source)\s|\.(?:defer|source))\s*[\w$*(]", Mask::Blank),
    },
    Construct {
        name: "import-attributes",
        languages: ES,
        looks: Looks::Like(
            r#"\bfrom\s*(?:"[^"\n]*"|'[^'\n]*')\s*((?:with|assert)\s*\{[^{}]*\})"#,
            Mask::Blank,
        ),
    },
    Construct {
        name: "variance",
        languages: TS,
        looks: Looks::Like(r"[<,]\s*(?:const\s+)?((?:in\s+out|in|out)\s)\s*[A-Za-z_$]", Mask::Blank),
    },
    Construct {
        name: "accessor-field",
        languages: ES,
        looks: Looks::Like(r"\b(accessor)\s+[\w$#\[]", Mask::Blank),
    },
    Construct {
        name: "using-in-loop",
        languages: ES,
        looks: Looks::Like(
            r"\bfor\s*(?:await\s*)?\(\s*((?:await\s+)?using)\s+[\w$]+\s+of\b",
            Mask::Word("const"),
        ),
    },
    Construct { name: "typed-template", languages: TS, looks: Looks::Found(">`", type_arguments) },
    Construct {
        name: "type-of-a-module",
        languages: TS,
        looks: Looks::Like(
            r#"[:<|&]\s*(?:typeof\s+)?(import\s*\(\s*(?:"[^"\n]*"|'[^'\n]*')\s*\))\s*\.\s*[A-Z]"#,
            Mask::Name,
        ),
    },
    Construct {
        name: "type-word-as-parameter",
        languages: TS,
        looks: Looks::Like(
            r"[(,]\s*(string|number|boolean|bigint|any|object|symbol|never|unknown)\s*\??\s*[,)]",
            Mask::Name,
        ),
    },
    Construct {
        name: "word-as-name",
        languages: TS,
        looks: Looks::Like(
            r"\b(unique|abstract|infer|keyof|never|unknown|using|accessor)\s*[.;,)\]=:(?!]",
            Mask::Name,
        ),
    },
    Construct {
        name: "word-as-name",
        languages: TS,
        looks: Looks::Like(
            r"(?:[(,{.]|\b(?:readonly|public|private|protected|override|let|const|var)\s)\s*(as|satisfies|using)\s*[:?=,.;)]",
            Mask::Name,
        ),
    },
    Construct {
        name: "word-as-name",
        languages: TS,
        looks: Looks::Like(r"\n\s*(in|instanceof)\s*\??\s*:", Mask::Name),
    },
    Construct {
        name: "signature-without-semicolon",
        languages: TS,
        looks: Looks::Like(r"(\n)[\t ]*<(?:const\s+)?[A-Za-z_$][^\n(]*>\s*\(", Mask::Word(";")),
    },
    Construct {
        name: "ampersand-in-markup",
        languages: MARKUP,
        looks: Looks::Like(r"[^&](&)[^&]", Mask::Word("+")),
    },
    Construct {
        name: "ampersand-in-markup",
        languages: MARKUP,
        looks: Looks::Like("(&&)", Mask::Word("++")),
    },
    Construct { name: "decorator-of-an-expression", languages: ES, looks: Looks::Found(r"@\(", decorator) },
    Construct { name: "new-of-a-value", languages: GO, looks: Looks::Found(r"\bnew\(", new_of_a_value) },
];

static PATTERNS: LazyLock<Vec<Option<Regex>>> = LazyLock::new(|| {
    let pattern = |construct: &Construct| match construct.looks {
        Looks::Like(pattern, _) | Looks::Found(pattern, _) => pattern,
    };
    CONSTRUCTS.iter().map(|construct| Regex::new(&format!("(?-u){}", pattern(construct))).ok()).collect()
});

/// Masks what the grammar of `language` does not know, as long as it helps. `parse` gives the tree of a text, if there is time.
pub(super) fn mend(
    language: Language,
    text: &str,
    first: Parsed,
    mut parse: impl FnMut(&[u8]) -> Option<super::Tree>,
) -> Parsed {
    let mut best = first;
    let mut damage = error_spans(&best.tree);
    let mut masked = text.as_bytes().to_vec();
    let mut attempts = ATTEMPTS;
    let own =
        || CONSTRUCTS.iter().zip(&*PATTERNS).filter(|(construct, _)| construct.languages.contains(&language));
    loop {
        let before = amount(&damage);
        for (construct, pattern) in own() {
            if damage.is_empty() || attempts == 0 {
                return best;
            }
            let Some(pattern) = pattern else { continue };
            let edits = construct.edits(pattern, &masked, &windows(&masked, &damage));
            if edits.is_empty() {
                continue;
            }
            let attempt = with(&masked, &edits);
            attempts -= 1;
            let Some(tree) = parse(&attempt) else {
                best.cut_short = true;
                return best;
            };
            let left = error_spans(&tree);
            if amount(&left) < amount(&damage) {
                (best.tree, damage, masked) = (tree, left, attempt);
                note(&mut best.mended, construct.name, edits.len());
            }
        }
        if amount(&damage) == before {
            return best;
        }
    }
}

fn note(mended: &mut Vec<(&'static str, usize)>, name: &'static str, places: usize) {
    match mended.iter_mut().find(|(known, _)| *known == name) {
        Some((_, known)) => *known += places,
        None => mended.push((name, places)),
    }
}

/// How much is not understood.
pub(super) fn amount(errors: &[Span]) -> u32 {
    errors.iter().map(|span| span.len().max(1)).sum()
}

/// The lines that errors stand in, and the one before each, merged.
fn windows(text: &[u8], errors: &[Span]) -> Vec<(usize, usize)> {
    let line_before = |at: usize| text[..at].iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    let line_after = |at: usize| {
        text[at..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |length| at + length + 1)
    };
    let mut windows: Vec<(usize, usize)> = Vec::new();
    for error in errors {
        let start = line_before(line_before((error.start as usize).min(text.len())));
        let end = line_after((error.end as usize).min(text.len()));
        match windows.last_mut() {
            Some((_, last)) if start <= *last => *last = end.max(*last),
            _ => windows.push((start, end)),
        }
    }
    windows
}

/// The text with what is masked.
fn with(text: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut masked = text.to_vec();
    for (at, put) in edits.iter().flat_map(|edit| &edit.0) {
        if let Some(place) = masked.get_mut(*at..at + put.len()) {
            place.copy_from_slice(put);
        }
    }
    masked
}

impl Construct {
    /// What is to be masked in some parts of a text.
    fn edits(&self, pattern: &Regex, text: &[u8], windows: &[(usize, usize)]) -> Vec<Edit> {
        let mut edits = Vec::new();
        for (start, end) in windows {
            let mut at = *start;
            while edits.len() < PLACES {
                let Some(found) = pattern.captures_at(&text[..*end], at) else { break };
                let Some(group) = found.get(found.len() - 1) else { break };
                // What follows may begin the next, so only what is masked is passed over.
                at = group.end();
                edits.extend(match self.looks {
                    Looks::Like(_, mask) => Some(Edit(vec![(group.start(), mask.over(group.as_bytes()))])),
                    Looks::Found(_, find) => find(text, group.start()),
                });
            }
        }
        edits
    }
}

impl Mask {
    fn over(self, words: &[u8]) -> Vec<u8> {
        let mut put = vec![b' '; words.len()];
        match self {
            Self::Blank => {}
            Self::Name => {
                put.copy_from_slice(words);
                let is_odd = |byte: &u8| !byte.is_ascii_alphanumeric() && *byte != b'$';
                put.iter_mut().filter(|byte| is_odd(byte)).for_each(|byte| *byte = b'_');
                // A name that is no word of the language.
                put.iter_mut().last().into_iter().for_each(|byte| *byte = b'_');
            }
            Self::Word(word) => {
                let at = put.len().saturating_sub(word.len());
                put[at..].copy_from_slice(&word.as_bytes()[..word.len().min(words.len())]);
            }
        }
        put
    }
}

/// The type arguments that end before a template: `` f<T>`…` ``.
fn type_arguments(text: &[u8], end: usize) -> Option<Edit> {
    let least = end.saturating_sub(REACH);
    let mut depth = 0usize;
    let mut at = end + 1;
    while at > least {
        at -= 1;
        match text[at] {
            b'>' if at > 0 && text[at - 1] == b'=' => {}
            b'>' => depth += 1,
            b'<' => depth = depth.checked_sub(1)?,
            _ => continue,
        }
        if depth == 0 {
            let before = *text.get(at.checked_sub(1)?)?;
            let is_tag = before.is_ascii_alphanumeric() || b"_$)]".contains(&before);
            return is_tag.then(|| Edit(vec![(at, vec![b' '; end + 1 - at])]));
        }
    }
    None
}

/// A decorator that is any expression, `@(a) b`, as a field with a computed name before what it decorates: ` [a];b`.
fn decorator(text: &[u8], start: usize) -> Option<Edit> {
    let end = closing(text, start + 1)?;
    let is_apart = text.get(end + 1).is_some_and(u8::is_ascii_whitespace);
    is_apart.then(|| Edit(vec![(start, b" [".to_vec()), (end, b"];".to_vec())]))
}

/// How the types begin that are no expressions.
const GO_TYPES: [&[u8]; 8] =
    [b"[", b"map[", b"chan ", b"chan<-", b"<-chan", b"struct", b"interface", b"func"];

/// `new(5)`, as the call of a function of another name; not so `new([]int)`.
fn new_of_a_value(text: &[u8], start: usize) -> Option<Edit> {
    let open = start + b"new".len();
    let inner = &text[open + 1..closing(text, open)?];
    let is_type = GO_TYPES.iter().any(|begin| inner.trim_ascii_start().starts_with(begin));
    let of_fields = |before: &[u8]| before.ends_with(b"struct") || before.ends_with(b"interface");
    let holds = |at: usize| inner[at] == b'{' && !of_fields(inner[..at].trim_ascii_end());
    let is_value = !is_type || (0..inner.len()).any(holds);
    is_value.then(|| Edit(vec![(start, b"ne_".to_vec())]))
}

/// Where the bracket closes that opens at a place.
fn closing(text: &[u8], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in text.iter().enumerate().skip(open).take(REACH) {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.checked_sub(1)?,
            _ => continue,
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// The names of all constructs.
#[cfg(test)]
pub(crate) fn names() -> Vec<&'static str> {
    CONSTRUCTS.iter().map(|construct| construct.name).collect()
}
