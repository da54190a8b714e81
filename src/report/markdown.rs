//! The report for a review comment or a step's summary, in Markdown.
//!
//! Owns: its layout, worst first and no longer than such a comment may be, and the escaping: text of the code under review makes no
//! link, mentions nobody and is no HTML. Does not own: the words.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::gaps::{self, Note};
use super::ranking::worst_first;
use super::summary::{Summary, coverage_in_words};
use super::text::{self, counted, one_line};
use crate::finding::{Finding, RunReport};

/// Review comments hold 65,536 characters; what is said below the findings must fit as well.
const MAX_FINDINGS: usize = 50_000;

/// How long all notes may be.
const MAX_NOTES: usize = 10_000;

/// How many places of evidence a finding shows.
const MAX_EVIDENCE: usize = 5;

/// Writes the Markdown report.
///
/// # Errors
/// Whatever the writer fails with.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    let summary = Summary::of(report);
    writeln!(out, "### faultlint: {}\n", summary.findings_in_words())?;
    let findings = worst_first(report).into_iter().map(|position| &report.findings[position]);
    let findings = findings.filter_map(|finding| item(report, finding));
    let left = write_list(findings, report.findings.len(), MAX_FINDINGS, out)?;
    if left > 0 {
        writeln!(out, "- … and {}, none of them worse", counted(left, "more finding"))?;
    }
    if !report.findings.is_empty() {
        writeln!(out)?;
    }
    let notes: Vec<String> = gaps::notes(report).map(|note| line(&note)).collect();
    if !notes.is_empty() {
        writeln!(out, "**Not wholly looked at, or in need of attention**\n")?;
        let count = notes.len();
        let left = write_list(notes.into_iter(), count, MAX_NOTES, out)?;
        if left > 0 {
            writeln!(out, "- … and {}", counted(left, "more note"))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", prose(&summary.files_in_words()))?;
    if let Some(words) = coverage_in_words(report) {
        writeln!(out, "{}", prose(&words))?;
    }
    Ok(())
}

/// Writes items up to so many characters; gives how many of them were left out.
fn write_list(
    items: impl Iterator<Item = String>,
    count: usize,
    most: usize,
    out: &mut dyn Write,
) -> io::Result<usize> {
    let (mut written, mut length) = (0, 0);
    for item in items {
        length += item.len();
        if length > most {
            return Ok(count - written);
        }
        out.write_all(item.as_bytes())?;
        written += 1;
    }
    Ok(0)
}

fn item(report: &RunReport, finding: &Finding) -> Option<String> {
    let (file, at) = gaps::chars_at(report, finding.primary)?;
    let mut item = format!(
        "- **{}** {} {}: {}\n",
        text::severity(finding.rule.severity),
        code(&format!("{}:{}:{}", file.path, at.line, at.column)),
        code(&finding.rule.id),
        prose(&finding.message)
    );
    for evidence in finding.evidence.iter().take(MAX_EVIDENCE) {
        let Some((file, at)) = gaps::chars_at(report, evidence.place) else { continue };
        let place = code(&format!("{}:{}:{}", file.path, at.line, at.column));
        // Writing to a string cannot fail.
        let _ = writeln!(item, "  - {place} {}", prose(&evidence.label));
    }
    let _ = writeln!(item, "  - Fix: {}", prose(&finding.rule.remedy));
    Some(item)
}

fn line(note: &Note<'_>) -> String {
    match (note.path, note.at) {
        (Some(path), Some(at)) => {
            format!("- {} {}\n", code(&format!("{path}:{}:{}", at.line, at.column)), prose(&note.words))
        }
        (Some(path), None) => format!("- {} {}\n", code(path), prose(&note.words)),
        (None, _) => format!("- {}\n", prose(&note.words)),
    }
}

/// Text as code, in which nothing means anything.
fn code(text: &str) -> String {
    let text = one_line(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// Text as it is; what stands between single backticks remains code.
fn prose(text: &str) -> String {
    let text = one_line(text);
    let parts: Vec<&str> = text.split('`').collect();
    // With an even number of backticks the parts between them are odd in number, and each second one is code.
    let paired = parts.len() % 2 == 1;
    let inner = parts.iter().skip(1).take(parts.len().saturating_sub(2));
    if parts.len() < 3 || !paired || inner.into_iter().any(|part| part.trim().is_empty()) {
        return escaped(&text);
    }
    let part = |(index, part): (usize, &&str)| if index % 2 == 1 { code(part) } else { escaped(part) };
    parts.iter().enumerate().map(part).collect()
}

/// What nobody sees, put where two characters together would mean something.
const NOTHING: &str = "&#8203;";

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' | '#' => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
        let next = characters.peek().copied();
        // `@name`, `#12`, `!12` and the like are references; `://` and `www.` begin links.
        let refers = matches!(c, '@' | '#' | '!' | '~' | '$' | '%')
            && next.is_some_and(|next| next.is_alphanumeric() || matches!(next, '"' | '_'));
        let links = (c == ':' && next == Some('/')) || (matches!(c, 'w' | 'W') && next == Some('.'));
        if refers || links {
            escaped.push_str(NOTHING);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    fn written(report: &RunReport) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn worst_first_with_remedies() {
        let mut report = samples::report();
        report.findings.reverse();
        insta::assert_snapshot!(written(&report));
    }

    #[test]
    fn text_of_the_code_means_nothing() {
        assert_eq!(
            escaped("<img src=x> & [a](b) @all #12"),
            "&lt;img src=x&gt; &amp; \\[a\\](b) @&#8203;all \\#&#8203;12"
        );
        assert_eq!(escaped("https://x www.y a*b_c"), "https:&#8203;//x www&#8203;.y a\\*b\\_c");
        assert_eq!(prose("use `SET` and `NX`"), "use `SET` and `NX`");
        assert_eq!(prose("one ` alone <b>"), "one \\` alone &lt;b&gt;");
        assert_eq!(prose("`` <b> ``"), "\\`\\` &lt;b&gt; \\`\\`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`"), "`` ` ``");
    }

    #[test]
    fn a_comment_holds_it_and_the_rest_is_told() {
        let mut report = samples::report();
        let (worst, low) = (report.findings[0].clone(), report.findings[1].clone());
        report.findings = vec![low; 5000];
        report.findings.push(worst);
        report.walk_errors = vec!["x".repeat(99); 500];
        let text = written(&report);
        assert!(text.len() < 65_536, "{}", text.len());
        let shown = text.matches("`message-ack/auto-ack`").count();
        assert!(text.contains("`unsafe-lock/no-ttl`"), "the worst is shown");
        assert!(
            text.contains(&format!("- … and {} more findings, none of them worse", 5000 - shown)),
            "{shown}"
        );
        assert!(text.contains(" more notes\n"));
    }
}
