//! Code as words: what stays the same when a formatter has been at work.
//!
//! It is told apart by its characters alone, not parsed: a piece of a file need not be a whole of anything. What is read wrongly
//! is read wrongly the same way the next time.
//!
//! Owns: which differences do not count. Does not own: which code is looked at.

use crate::source::Language;

/// Words of JavaScript behind which `{` opens an object or a pattern; behind any other word it opens a block.
const BEFORE_OBJECTS: [&str; 22] = [
    "as",
    "await",
    "case",
    "const",
    "default",
    "delete",
    "export",
    "extends",
    "import",
    "in",
    "instanceof",
    "let",
    "new",
    "of",
    "return",
    "satisfies",
    "throw",
    "type",
    "typeof",
    "var",
    "void",
    "yield",
];

/// Words of Go that a block belongs to.
const BEFORE_BLOCKS: [&str; 6] = ["else", "for", "func", "if", "select", "switch"];

#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    /// A name, keyword or number.
    Plain(String),
    /// The inside of a string.
    Text(String),
    /// A template or regular expression, as written.
    Verbatim(String),
    Mark(char),
}

impl Word {
    const fn is(&self, mark: char) -> bool {
        matches!(self, Self::Mark(own) if *own == mark)
    }
}

/// The words of a piece of code, blanks between them, without its blocks: whether one statement stands in braces is a matter of
/// taste.
pub(super) fn of(code: &str, language: Language) -> String {
    let is_go = language == Language::Go;
    let mut words = Reader { rest: code, is_go, words: Vec::new() }.read();
    if !is_go {
        words = without_quoted_keys(without_arrow_brackets(&words));
    }
    let mut text = String::with_capacity(code.len());
    for word in without_optional(without_blocks(words, is_go)) {
        match word {
            Word::Plain(word) | Word::Verbatim(word) => text.push_str(&word),
            Word::Text(inside) => {
                text.push('"');
                text.push_str(&inside);
            }
            Word::Mark(mark) => text.push(mark),
        }
        text.push('\u{1f}');
    }
    text
}

/// `(x) =>` is `x =>`.
fn without_arrow_brackets(words: &[Word]) -> Vec<Word> {
    let mut kept = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        if let [open, name @ Word::Plain(_), close, equals, tip, ..] = &words[at..]
            && open.is('(')
            && close.is(')')
            && equals.is('=')
            && tip.is('>')
        {
            kept.push(name.clone());
            at += 3;
        } else {
            kept.push(words[at].clone());
            at += 1;
        }
    }
    kept
}

/// `'key':` is `key:`.
fn without_quoted_keys(mut words: Vec<Word>) -> Vec<Word> {
    for at in 1..words.len() {
        if words[at].is(':')
            && let Word::Text(key) = &words[at - 1]
            && key.chars().all(is_of_name)
        {
            words[at - 1] = Word::Plain(key.clone());
        }
    }
    words
}

/// Without `;`, and without `,` before what closes.
fn without_optional(words: Vec<Word>) -> Vec<Word> {
    let mut kept: Vec<Word> = Vec::with_capacity(words.len());
    for word in words.into_iter().filter(|word| !word.is(';')) {
        if [')', ']', '}'].iter().any(|close| word.is(*close)) && kept.last().is_some_and(|last| last.is(','))
        {
            kept.pop();
        }
        kept.push(word);
    }
    kept
}

/// Without what stands in blocks: a change there is none of the code around it.
fn without_blocks(words: Vec<Word>, is_go: bool) -> Vec<Word> {
    let mut kept: Vec<Word> = Vec::with_capacity(words.len());
    // For each open bracket, and outside all, whether a word that a block belongs to still waits for it.
    let mut waiting = vec![false];
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match &word {
            Word::Plain(name) if is_go && BEFORE_BLOCKS.contains(&name.as_str()) => {
                if let Some(waits) = waiting.last_mut() {
                    *waits = true;
                }
            }
            Word::Mark('{') if opens_block(kept.last(), is_go, waiting.last() == Some(&true)) => {
                pass_block(&mut words);
                if let Some(waits) = waiting.last_mut() {
                    *waits = false;
                }
                continue;
            }
            Word::Mark('(' | '[' | '{') => waiting.push(false),
            Word::Mark(')' | ']' | '}') if waiting.len() > 1 => drop(waiting.pop()),
            _ => {}
        }
        kept.push(word);
    }
    kept
}

fn opens_block(before: Option<&Word>, is_go: bool, waits: bool) -> bool {
    match before {
        Some(Word::Plain(name)) if is_go => waits && name != "interface" && name != "struct",
        _ if is_go => waits,
        Some(Word::Plain(name)) => !BEFORE_OBJECTS.contains(&name.as_str()),
        Some(Word::Mark(mark)) => [')', '>', '}', ';'].contains(mark),
        _ => false,
    }
}

fn pass_block(words: &mut impl Iterator<Item = Word>) {
    let mut depth = 1;
    for word in words {
        depth += i32::from(word.is('{')) - i32::from(word.is('}'));
        if depth == 0 {
            return;
        }
    }
}

/// Takes words off the front of a text.
struct Reader<'t> {
    rest: &'t str,
    is_go: bool,
    words: Vec<Word>,
}

impl Reader<'_> {
    fn read(mut self) -> Vec<Word> {
        while let Some(first) = self.rest.chars().next() {
            match first {
                c if c.is_whitespace() => drop(self.take(c.len_utf8())),
                '/' if self.rest.starts_with("//") => {
                    let end = self.rest.find('\n').unwrap_or(self.rest.len());
                    self.take(end);
                }
                '/' if self.rest.starts_with("/*") => {
                    let end = self.rest.get(2..).and_then(|rest| rest.find("*/")).map(|at| at + 4);
                    self.take(end.unwrap_or(self.rest.len()));
                }
                '/' if !self.is_go && self.may_begin_value() => self.pattern(),
                '"' | '\'' => self.string(first),
                '`' => self.template(),
                c if c.is_ascii_digit() || (c == '.' && self.second_is_digit()) => self.number(),
                c if is_of_name(c) => {
                    let end = self.rest.find(|c| !is_of_name(c)).unwrap_or(self.rest.len());
                    let name = self.take(end).to_owned();
                    self.words.push(Word::Plain(name));
                }
                mark => {
                    self.take(mark.len_utf8());
                    self.words.push(Word::Mark(mark));
                }
            }
        }
        self.words
    }

    fn take(&mut self, length: usize) -> &str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn second_is_digit(&self) -> bool {
        self.rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit())
    }

    /// Whether what comes is a value and no operator: a `/` is then the beginning of a regular expression.
    fn may_begin_value(&self) -> bool {
        match self.words.last() {
            None => true,
            Some(Word::Mark(mark)) => ![')', ']', '}'].contains(mark),
            Some(Word::Plain(name)) => BEFORE_OBJECTS.contains(&name.as_str()),
            Some(Word::Text(_) | Word::Verbatim(_)) => false,
        }
    }

    fn pattern(&mut self) {
        let (mut escaped, mut in_class) = (false, false);
        let end = self.rest.char_indices().skip(1).find_map(|(at, c)| {
            let ends = c == '\n' || (c == '/' && !escaped && !in_class);
            in_class = !escaped && (c == '[' || (in_class && c != ']')) || (escaped && in_class);
            escaped = c == '\\' && !escaped;
            ends.then_some(at + 1)
        });
        let text = self.take(end.unwrap_or(self.rest.len())).to_owned();
        self.words.push(Word::Verbatim(text));
    }

    fn string(&mut self, quote: char) {
        let mut escaped = false;
        let end = self.rest.char_indices().skip(1).find(|&(_, c)| {
            let ends = c == '\n' || (c == quote && !escaped);
            escaped = c == '\\' && !escaped;
            ends
        });
        let end = end.map_or(self.rest.len(), |(at, _)| at + 1);
        let is_rune = self.is_go && quote == '\'';
        let written = self.take(end);
        let inside = written.get(1..written.len().saturating_sub(1)).unwrap_or_default();
        let word = if is_rune {
            Word::Verbatim(written.to_owned())
        } else {
            Word::Text(inside.replace("\\'", "'").replace("\\\"", "\""))
        };
        self.words.push(word);
    }

    /// A template without parts is a string.
    fn template(&mut self) {
        let end = if self.is_go {
            self.rest.get(1..).and_then(|rest| rest.find('`')).map_or(self.rest.len(), |at| at + 2)
        } else {
            template_end(self.rest)
        };
        let is_go = self.is_go;
        let written = self.take(end).to_owned();
        let is_plain = !is_go && !written.contains("${") && !written.contains('\n');
        let inside = written.get(1..written.len().saturating_sub(1)).unwrap_or_default();
        let word = if is_plain { Word::Text(inside.replace("\\`", "`")) } else { Word::Verbatim(written) };
        self.words.push(word);
    }

    fn number(&mut self) {
        let mut before = ' ';
        let is_hex = self.rest.starts_with("0x") || self.rest.starts_with("0X");
        let end = self.rest.find(|c: char| {
            let of_exponent = (c == '+' || c == '-') && !is_hex && before.eq_ignore_ascii_case(&'e');
            before = c;
            !(c.is_ascii_alphanumeric() || c == '.' || c == '_' || of_exponent)
        });
        let number = self.take(end.unwrap_or(self.rest.len())).to_ascii_lowercase();
        let is_decimal = number.contains('.') && !number.contains('e') && !is_hex;
        let number = if is_decimal { number.trim_end_matches('0').trim_end_matches('.') } else { &number };
        let number = if number.starts_with('.') { format!("0{number}") } else { number.to_owned() };
        self.words.push(Word::Plain(number));
    }
}

/// Where a template ends, with those within its parts.
fn template_end(text: &str) -> usize {
    // Whether each open one is a template, or a part within one with so many open braces.
    let mut open: Vec<Option<u32>> = vec![None];
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        match (open.last_mut(), c) {
            (None, _) => return at,
            (Some(_), '\\') => drop(characters.next()),
            (Some(None), '`') | (Some(Some(0)), '}') => drop(open.pop()),
            (Some(None), '$') if characters.peek().is_some_and(|(_, next)| *next == '{') => {
                characters.next();
                open.push(Some(0));
            }
            (Some(Some(_)), '`') => open.push(None),
            (Some(Some(braces)), '{') => *braces += 1,
            (Some(Some(braces)), '}') => *braces -= 1,
            _ => {}
        }
        if open.is_empty() {
            return at + c.len_utf8();
        }
    }
    text.len()
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}
