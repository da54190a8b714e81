//! The human report: each finding with its source, and what the run saw.
//!
//! Owns: the one miette diagnostic over a [`Finding`], and what a person reads at the end. Does not own: words that other text
//! formats share (`text`, `summary`).
//!
//! Rendering takes time in the number of findings, not in the size of their files: a snippet is cut out through the file's
//! line index, and never holds more than a few lines around a place.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::compact;
use super::excerpt::{Excerpt, separate};
use super::summary::{Summary, coverage_in_words};
use super::text::{self, counted, printable};
use super::{Look, gaps};
use crate::finding::{FileReport, Finding, RunReport, Severity};

/// How many evidence places are drawn; more would hide the first.
const MAX_PLACES: usize = 12;

/// Writes the human report.
///
/// # Errors
/// Whatever the writer fails with.
pub fn write(report: &RunReport, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let handler = handler(look);
    let excerpts: Vec<Option<Excerpt>> =
        report.files.iter().map(|file| Some(Excerpt::of(file.source.as_deref()?))).collect();
    let mut drawn = String::new();
    for finding in &report.findings {
        let Some(view) = View::new(report, &excerpts, finding) else { continue };
        drawn.clear();
        handler.render_report(&mut drawn, &view).map_err(io::Error::other)?;
        writeln!(out, "{}\n", drawn.trim_end())?;
    }
    compact::write_notes(report, out)?;
    write_summary(report, out)
}

fn handler(look: Look) -> GraphicalReportHandler {
    let theme = match (look.unicode, look.color) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(look.width)
        .with_links(look.links)
        // Without links, miette would write the address beside the id: `explain` tells it.
        .with_urls(look.links)
        .with_context_lines(1)
        .with_show_related_as_nested(true)
}

fn write_summary(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    let summary = Summary::of(report);
    if gaps::notes(report).next().is_some() {
        writeln!(out)?;
    }
    writeln!(out, "{}", summary.files_in_words())?;
    if let Some(words) = coverage_in_words(report) {
        writeln!(out, "{words}")?;
    }
    writeln!(out, "{}", summary.findings_in_words())
}

/// A finding as miette draws it.
struct View<'a> {
    finding: &'a Finding,
    excerpt: &'a Excerpt<'a>,
    labels: Vec<LabeledSpan>,
    why: Words,
    elsewhere: Vec<Elsewhere<'a>>,
    /// The place in words, where the line is too long to be drawn.
    place: Option<String>,
}

/// Evidence in another file.
#[derive(Debug)]
struct Elsewhere<'a> {
    file: &'a FileReport,
    excerpt: &'a Excerpt<'a>,
    labels: Vec<LabeledSpan>,
}

/// A sentence below the message.
#[derive(Debug)]
struct Words(String);

impl<'a> View<'a> {
    fn new(report: &'a RunReport, excerpts: &'a [Option<Excerpt<'a>>], finding: &'a Finding) -> Option<Self> {
        let here = finding.primary.file;
        let excerpt = excerpts.get(here)?.as_ref()?;
        let mut places: BTreeMap<usize, Vec<LabeledSpan>> = BTreeMap::new();
        for evidence in finding.evidence.iter().take(MAX_PLACES) {
            let Some(Some(excerpt)) = excerpts.get(evidence.place.file) else { continue };
            let label = printable(&evidence.label).into_owned();
            places.entry(evidence.place.file).or_default().extend(excerpt.label(
                evidence.place.span,
                Some(label),
                false,
            ));
        }
        let label = finding.label.as_deref().map(|label| printable(label).into_owned());
        let primary = excerpt.label(finding.primary.span, label, true);
        let at = excerpt.file.char_column(finding.primary.span.start);
        let place = primary
            .is_none()
            .then(|| format!("{}:{}:{}", text::path(&excerpt.file.path), at.line, at.column));
        let mut labels = places.remove(&here).unwrap_or_default();
        labels.extend(primary);
        let elsewhere = |(file, labels): (usize, Vec<LabeledSpan>)| {
            let excerpt = excerpts.get(file)?.as_ref()?;
            Some(Elsewhere { file: &report.files[file], excerpt, labels: separate(labels) })
        };
        let elsewhere = places.into_iter().filter_map(elsewhere).collect();
        let why = Words(printable(&finding.rule.why).into_owned());
        Some(Self { finding, excerpt, labels: separate(labels), why, elsewhere, place })
    }

    /// The remedy, and what the reader should know of the finding's grounds.
    fn advice(&self) -> String {
        let mut lines = vec![printable(&self.finding.rule.remedy).into_owned()];
        lines.extend(self.finding.notes.iter().map(|note| format!("note: {}", printable(note))));
        let hidden = self.finding.evidence.len().saturating_sub(MAX_PLACES);
        if hidden > 0 {
            lines.push(format!("note: {} not shown", counted(hidden, "more place")));
        }
        lines.join("\n")
    }
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.finding, f)
    }
}

impl fmt::Display for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.finding.message))?;
        self.place.iter().try_for_each(|place| write!(f, " ({place})"))
    }
}

impl std::error::Error for View<'_> {
    /// What happens in production, drawn as the chain of causes is.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if self.why.0.is_empty() { None } else { Some(&self.why) }
    }
}

impl Diagnostic for View<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        let rule = &self.finding.rule;
        let (severity, confidence) =
            (text::severity(rule.severity), text::confidence(self.finding.confidence));
        Some(Box::new(format!("{} ({severity}, {confidence} confidence)", rule.id)))
    }

    /// What its rule refers to, if a terminal can be trusted with the address.
    fn url<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        let is_address =
            |text: &&String| text.starts_with("https://") && text.chars().all(|c| c.is_ascii_graphic());
        self.finding.rule.references.iter().find(is_address).map(|address| Box::new(address) as Box<_>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.finding.rule.severity {
            Severity::Critical | Severity::High => miette::Severity::Error,
            Severity::Medium => miette::Severity::Warning,
            Severity::Low => miette::Severity::Advice,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        Some(Box::new(self.advice()))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'b>(&'b self) -> Option<Box<dyn Iterator<Item = &'b dyn Diagnostic> + 'b>> {
        if self.elsewhere.is_empty() {
            return None;
        }
        Some(Box::new(self.elsewhere.iter().map(|elsewhere| elsewhere as &dyn Diagnostic)))
    }
}

impl fmt::Display for Elsewhere<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in {}", text::path(&self.file.path))
    }
}

impl std::error::Error for Elsewhere<'_> {}

impl Diagnostic for Elsewhere<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(miette::Severity::Advice)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Words {}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::finding::{Evidence, Place};
    use crate::report::samples;
    use crate::source::Span;

    fn drawn(report: &RunReport, look: Look) -> String {
        let mut out = Vec::new();
        write(report, look, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn shows_findings_with_their_source() {
        insta::assert_snapshot!(drawn(&samples::report(), Look::default()));
    }

    #[test]
    fn does_without_colours_and_line_drawing() {
        let look = Look { unicode: false, ..Look::default() };
        let text = drawn(&samples::report(), look);
        assert!(!text.contains('\x1b'));
        assert!(!text.contains('╭'));
        let colored = drawn(&samples::report(), Look { color: true, ..Look::default() });
        assert!(colored.contains('\x1b'));
    }

    #[test]
    fn rules_link_to_what_they_refer_to() {
        let mut report = samples::report();
        let address = report.rules.iter().find_map(|rule| rule.references.first()).unwrap().clone();
        let link = format!("\x1b]8;;{address}\x1b\\");
        let linked = Look { links: true, ..Look::default() };
        assert!(drawn(&report, linked).contains(&link), "{}", drawn(&report, linked));
        assert!(!drawn(&report, Look::default()).contains('\x1b'));
        for finding in &mut report.findings {
            let references = vec!["javascript:x".to_owned(), "https://x/\x1b[2J".to_owned()];
            let rule = crate::finding::RuleInfo { references, ..(*finding.rule).clone() };
            finding.rule = std::sync::Arc::new(rule);
        }
        assert!(!drawn(&report, linked).contains('\x1b'), "no address that a terminal could stumble over");
    }

    #[test]
    fn source_cannot_steer_the_terminal() {
        let text = "f('\x1b[2J\u{202e}\u{9b}');\rg();\n";
        let mut report = samples::report();
        report.files.push(samples::file("evil.ts", text));
        report.findings = vec![samples::finding(&report.rules[0], 4, samples::span(text, "g()"))];
        let drawn = drawn(&report, Look::default());
        assert!(!drawn.contains(['\x1b', '\r', '\u{202e}', '\u{9b}']), "{drawn}");
        assert!(drawn.contains("evil.ts:2:1"), "a lone CR ends a line: {drawn}");
    }

    #[test]
    fn a_very_long_line_is_named_and_not_drawn() {
        let text = format!("const x = '{}'; f();\n", "y".repeat(100_000));
        let mut report = samples::report();
        report.files.push(samples::file("long.ts", &text));
        report.findings = vec![samples::finding(&report.rules[0], 4, samples::span(&text, "f()"))];
        let drawn = drawn(&report, Look::default());
        assert!(drawn.contains("long.ts:1:100015") && drawn.len() < 5_000, "{}", drawn.len());
    }

    #[test]
    fn places_at_odd_spans_are_drawn_without_panic() {
        let text = "aé\n\nf(g(x))\n";
        let end = u32::try_from(text.len()).unwrap();
        let mut report = samples::report();
        report.files.push(samples::file("odd.ts", text));
        report.files.push(samples::file("empty.ts", ""));
        let mut all = Vec::new();
        for start in 0..=end + 2 {
            for stop in start..=end + 2 {
                let mut finding = samples::finding(&report.rules[0], 4, Span::new(start, stop));
                let place = |file, start, end| Place { file, span: Span::new(start, end) };
                finding.evidence =
                    [place(4, 5, 12), place(4, 7, 11), place(4, stop, stop + 4), place(5, start, stop)]
                        .map(|place| Evidence { place, label: "seen".to_owned() })
                        .to_vec();
                all.push(finding);
            }
        }
        report.findings = all;
        drawn(&report, Look::default());
    }

    #[test]
    fn twenty_thousand_findings_in_one_file_take_linear_time() {
        let mut text = String::new();
        let mut spans = Vec::new();
        for index in 0..20_000u32 {
            let start = u32::try_from(text.len()).unwrap() + 6;
            spans.push(Span::new(start, start + 14));
            let _ = writeln!(text, "await redis.set(k, {index});");
        }
        let mut report = samples::report();
        report.files.push(samples::file("many.ts", &text));
        let rule = report.rules[0].clone();
        report.findings = spans.iter().map(|&span| samples::finding(&rule, 4, span)).collect();
        let begun = Instant::now();
        let drawn = drawn(&report, Look::default());
        assert!(drawn.contains("many.ts:20000:7"));
        // Rescanning the file for each finding takes minutes; a second or two is a slow machine.
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    }
}
