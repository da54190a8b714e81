//! Words and characters that all text formats share.
//!
//! Owns: making text safe to print, counting nouns, naming skip reasons and comment problems. Does not own: layout.

use std::borrow::Cow;
use std::fmt::Write;

use crate::finding::suppression::SuppressionProblem;
use crate::finding::{Confidence, Cut, FileReport, FileStatus, Severity, SkipReason, Unfinished};
use crate::source::walk::is_hidden_character;

/// What continuous integration takes for a command wherever it stands in a line.
pub(super) const COMMAND: &str = "##[";

/// The text with what does not show as itself escaped: no report can steer a terminal, reorder a line or give a CI service
/// orders.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden_character) && !text.contains(COMMAND) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_hidden_character(c) {
            // Writing to a string cannot fail.
            let _ = write!(safe, "{}", c.escape_default());
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe.replace(COMMAND, "##\\["))
}

/// A shown path at the beginning of a line, where `::` would give a CI service orders.
pub fn path(shown: &str) -> Cow<'_, str> {
    if shown.trim_start().starts_with("::") {
        format!("./{}", printable(shown)).into()
    } else {
        printable(shown)
    }
}

/// Printable text on one line, its blanks evened out.
pub fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    printable(&words.join(" ")).into_owned()
}

/// `1 file`, `2 files`.
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// `1 entry`, `2 entries`.
pub fn counted_as(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

/// The name of a severity.
pub const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

/// The name of a confidence.
pub const fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}

/// The word that tools read for a skip reason.
pub const fn reason(reason: &SkipReason) -> &'static str {
    match reason {
        SkipReason::Unreadable(_) => "unreadable",
        SkipReason::NotUtf8(_) => "not-utf8",
        SkipReason::Binary => "binary",
        SkipReason::TooLarge(_) => "too-large",
        SkipReason::Generated => "generated",
        SkipReason::Minified => "minified",
        SkipReason::Test => "test",
        SkipReason::Example => "example",
        SkipReason::Excluded => "excluded",
        SkipReason::Vendored => "vendored",
        SkipReason::Script => "script",
        SkipReason::TimedOut => "timed-out",
        SkipReason::Failed(_) => "failed",
    }
}

/// A skip reason in words.
pub fn reason_in_words(reason: &SkipReason) -> String {
    match reason {
        SkipReason::Unreadable(words) => format!("it could not be read: {}", printable(words)),
        SkipReason::NotUtf8(offset) => format!("it is not UTF-8 at byte {offset}"),
        SkipReason::Binary => "it is a binary file".to_owned(),
        SkipReason::TooLarge(size) => {
            format!("its {size} bytes are over the limit of {}", crate::source::file::MAX_BYTES)
        }
        SkipReason::Generated => "it says that it is generated".to_owned(),
        SkipReason::Minified => "it is minified".to_owned(),
        SkipReason::Test => "it is a test".to_owned(),
        SkipReason::Example => "it is an example".to_owned(),
        SkipReason::Script => "it is a script or tool".to_owned(),
        SkipReason::Excluded => "the configuration excludes it".to_owned(),
        SkipReason::Vendored => "it is somebody else's (vendored)".to_owned(),
        SkipReason::TimedOut => "the parser gave up within its time".to_owned(),
        SkipReason::Failed(words) => format!("the analysis failed, a bug in faultlint: {}", printable(words)),
    }
}

/// What is wrong with an ignore comment, in words.
pub fn problem_in_words(problem: &SuppressionProblem) -> String {
    let words = match problem {
        SuppressionProblem::Unused(rule) => format!("nothing here for `{rule}` to silence"),
        SuppressionProblem::UnknownRule(rule, None) => format!("no rule or family is called `{rule}`"),
        SuppressionProblem::UnknownRule(rule, Some(near)) => {
            format!("no rule or family is called `{rule}`; did you mean `{near}`?")
        }
        SuppressionProblem::NoReason => {
            "a reason must follow the rule and a colon; nothing is silenced".to_owned()
        }
        SuppressionProblem::NoRule => "it names no rule; nothing is silenced".to_owned(),
        SuppressionProblem::UnknownKey(key) => {
            format!("`{key}=` means nothing here, only `until=`; nothing is silenced")
        }
        SuppressionProblem::NoDate(words) => {
            format!("`{words}` is no day: write `until=2026-12-31`; nothing is silenced")
        }
        SuppressionProblem::Expired(day) => {
            format!("its last day was {day}; nothing is silenced any more")
        }
        SuppressionProblem::UnknownWord(word) => {
            format!("`{word}` means nothing; write `faultlint-ignore` or `faultlint-ignore-file`")
        }
    };
    printable(&words).into_owned()
}

/// The word that tools read for what is wrong with an ignore comment.
pub const fn problem(problem: &SuppressionProblem) -> &'static str {
    match problem {
        SuppressionProblem::Unused(_) => "unused",
        SuppressionProblem::UnknownRule(..) => "unknown-rule",
        SuppressionProblem::NoReason => "no-reason",
        SuppressionProblem::NoRule => "no-rule",
        SuppressionProblem::UnknownWord(_) => "unknown-word",
        SuppressionProblem::UnknownKey(_) => "unknown-key",
        SuppressionProblem::NoDate(_) => "no-date",
        SuppressionProblem::Expired(_) => "expired",
    }
}

/// Why a rule was not looked for in all of a file, in words.
pub fn cut_in_words(unfinished: &Unfinished) -> String {
    let why = match unfinished.cut {
        Cut::Matches => "its query came to the limit of matches (`max-matches`)",
        Cut::Time => "its query came to the limit of time (`time-limit`)",
        Cut::Grammar => "the file reads only with the grammar of TSX, in which its query means nothing",
        Cut::Work => "there is more in one of its functions than is compared with each other",
    };
    format!("`{}` was not looked for in all of it: {why}", printable(&unfinished.rule))
}

/// What a reader should know of a file that was not wholly looked at; none where all is well.
pub fn status_in_words(file: &FileReport) -> Option<String> {
    match &file.status {
        FileStatus::Checked => None,
        FileStatus::Partial { errors, functions, .. } => {
            let touched = if *functions > 0 {
                format!(", {} touched", counted(*functions, "function"))
            } else {
                String::new()
            };
            Some(format!("partly parsed: {} not understood{touched}", counted(*errors, "place")))
        }
        FileStatus::Skipped(reason) => Some(format!("skipped: {}", reason_in_words(reason))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_show_is_escaped() {
        assert_eq!(printable("plain ünï"), "plain ünï");
        assert_eq!(printable("a\x1b[31m\n\u{202e}"), "a\\u{1b}[31m\\n\\u{202e}");
    }

    #[test]
    fn nothing_gives_a_ci_service_orders() {
        assert_eq!(printable("// ##[add-path]/tmp"), "// ##\\[add-path]/tmp");
        assert_eq!(path("::error::x.ts"), "./::error::x.ts");
        assert_eq!(path(" ::error::x.ts"), "./ ::error::x.ts");
        assert_eq!(path("src/a::b.ts"), "src/a::b.ts");
        assert_eq!(one_line("a\n  b\t\u{1b}c"), "a b \\u{1b}c");
    }

    #[test]
    fn nouns_are_counted() {
        assert_eq!((counted(1, "file"), counted(0, "file")), ("1 file".to_owned(), "0 files".to_owned()));
    }
}
