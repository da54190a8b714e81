//! The SARIF 2.1.0 report, for code-review tools.
//!
//! Owns: what of a run goes where in SARIF, chosen for what such tools read: the defect first in the message, a primary region
//! of one line (tools annotate only what lies wholly inside a diff), evidence both as linked related locations and as a code
//! flow, `problem.severity` rather than `security-severity`, silenced findings left out (tools would open them as alerts),
//! files that were not wholly looked at as notifications (`notifications`). Does not own: the shapes (`sarif_schema`), how a place
//! is written (`places`), fingerprints.

mod notifications;
mod places;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::fingerprint::LineHashes;
use super::sarif_schema::{
    AutomationDetails, CodeFlow, Configuration, Driver, Fingerprints, FlowLocation, Help, Location, Log,
    LogicalLocation, NotificationKind, PipelineProperties, ResultProperties, Rule, RuleProperties, Run,
    RunProperties, SarifResult, Text, ThreadFlow, Tool,
};
use super::summary::Summary;
use super::{ranking, text};
use crate::finding::{Confidence, Finding, Place, RuleInfo, RunReport, Severity};
use crate::fingerprint;
use crate::source::SourceFile;
use notifications::{NOTIFICATIONS, invocation};
use places::location;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Tools keep no more of a description.
const MAX_DESCRIPTION: usize = 1024;

/// Tools keep 100 locations of a result; the nearest evidence comes first.
const MAX_LOCATIONS: usize = 100;

/// Code scanning refuses a run with more results; the worst are kept.
const MAX_RESULTS: usize = 25_000;

/// Writes the SARIF report.
///
/// # Errors
/// Whatever the writer fails with.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    let run = Run {
        tool: Tool { driver: driver(report) },
        automation_details: automation(report),
        column_kind: "utf16CodeUnits",
        newline_sequences: ["\r\n", "\n", "\r"],
        invocations: [invocation(report)],
        results: results(report),
        properties: RunProperties { coverage: report.coverage, summary: Summary::of(report) },
    };
    serde_json::to_writer_pretty(&mut *out, &Log { schema: SCHEMA, version: "2.1.0", runs: [run] })?;
    writeln!(out)
}

/// What tells this run's results from those of other runs: the pipeline, where the service wants to know.
fn automation(report: &RunReport) -> AutomationDetails<'_> {
    let properties = report.pipeline.as_ref().map(|pipeline| PipelineProperties {
        definition: pipeline.definition,
        definition_name: &pipeline.definition_name,
        phase: &pipeline.phase,
        phase_name: &pipeline.phase_name,
    });
    let id = report.pipeline.as_ref().map_or("faultlint/", |pipeline| pipeline.id.as_str());
    AutomationDetails { id, properties }
}

fn driver(report: &RunReport) -> Driver<'_> {
    let kind = |(id, words): (&'static str, &'static str)| NotificationKind {
        id,
        name: pascal_case(id),
        short_description: Text { text: words.into() },
        full_description: Text { text: words.into() },
        help: Text { text: words.into() },
    };
    Driver {
        name: env!("CARGO_PKG_NAME"),
        full_name: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).to_owned(),
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: report.rules.iter().map(|info| rule(info)).collect(),
        notifications: NOTIFICATIONS.into_iter().map(kind).collect(),
    }
}

fn rule(rule: &RuleInfo) -> Rule<'_> {
    Rule {
        id: &rule.id,
        name: pascal_case(&rule.id),
        short_description: Text { text: clipped(&rule.summary) },
        full_description: Text { text: clipped(&rule.why) },
        help: help(rule),
        help_uri: rule.references.first().map(String::as_str),
        default_configuration: Configuration { level: level(rule.severity) },
        properties: RuleProperties {
            precision: precision(rule.confidence),
            problem_severity: problem_severity(rule.severity),
            tags: ["reliability", "distributed-systems", rule.family()],
        },
    }
}

fn help(rule: &RuleInfo) -> Help {
    let mut sections = vec![("What happens", rule.why.clone()), ("What to do", rule.remedy.clone())];
    sections.extend(rule.limits.iter().map(|limits| ("What it does not see", limits.clone())));
    let (mut plain, mut markdown) = (vec![rule.summary.clone()], vec![format!("**{}**", rule.summary)]);
    for (title, words) in sections {
        plain.push(format!("{title}: {words}"));
        markdown.push(format!("### {title}\n{words}"));
    }
    if !rule.references.is_empty() {
        let links: Vec<String> = rule.references.iter().map(|link| format!("- <{link}>")).collect();
        plain.push(format!("Read more: {}", rule.references.join(" ")));
        markdown.push(format!("### Read more\n{}", links.join("\n")));
    }
    plain.push(format!("Rule: {}\n", rule.id));
    markdown.push(format!("Rule: `{}`\n", rule.id));
    Help { text: plain.join("\n\n"), markdown: markdown.join("\n\n") }
}

fn pascal_case(id: &str) -> String {
    let capital = |word: &str| {
        let mut characters = word.chars();
        characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
    };
    id.split(['/', '-']).map(capital).collect()
}

fn clipped(words: &str) -> Cow<'_, str> {
    if words.chars().count() <= MAX_DESCRIPTION {
        return words.into();
    }
    let kept: String = words.chars().take(MAX_DESCRIPTION - 1).collect();
    format!("{kept}…").into()
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

const fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "recommendation",
    }
}

/// Graded by hand so far; `very-high` is kept for what has been measured.
const fn precision(confidence: Confidence) -> &'static str {
    text::confidence(confidence)
}

fn results(report: &RunReport) -> Vec<SarifResult<'_>> {
    let index_of: BTreeMap<&str, usize> =
        report.rules.iter().enumerate().map(|(i, rule)| (rule.id.as_str(), i)).collect();
    let mut hashes: BTreeMap<usize, LineHashes> = BTreeMap::new();
    let mut results = Vec::with_capacity(report.findings.len().min(MAX_RESULTS));
    let kept = ranking::worst(report, MAX_RESULTS);
    for (finding, _) in report.findings.iter().zip(kept).filter(|(_, kept)| *kept) {
        let Some(&rule_index) = index_of.get(finding.rule.id.as_str()) else { continue };
        let line_hash = source_of(report, finding.primary).and_then(|source| {
            let hashes = hashes.entry(finding.primary.file).or_insert_with(|| LineHashes::of(source));
            hashes.line(source.line_of(finding.primary.span.start))
        });
        results.push(result(
            report,
            finding,
            rule_index,
            Fingerprints { line_hash, own: fingerprint::of(finding) },
        ));
    }
    results
}

fn source_of(report: &RunReport, place: Place) -> Option<&SourceFile> {
    report.files.get(place.file)?.source.as_deref()
}

fn result<'a>(
    report: &'a RunReport,
    finding: &'a Finding,
    rule_index: usize,
    fingerprints: Fingerprints,
) -> SarifResult<'a> {
    let related: Vec<Location> = finding
        .evidence
        .iter()
        .take(MAX_LOCATIONS)
        .enumerate()
        .map(|(index, evidence)| location(report, evidence.place, Some(index + 1), Some(&evidence.label)))
        .collect();
    let mut primary = location(report, finding.primary, None, finding.label.as_deref());
    if !finding.symbol.is_empty() {
        primary
            .logical_locations
            .push(LogicalLocation { fully_qualified_name: &finding.symbol, kind: "function" });
    }
    SarifResult {
        rule_id: &finding.rule.id,
        rule_index,
        level: level(finding.rule.severity),
        message: Text { text: message(finding).into() },
        locations: [primary],
        code_flows: code_flows(report, finding, &related),
        related_locations: related,
        partial_fingerprints: fingerprints,
        properties: ResultProperties {
            confidence: text::confidence(finding.confidence),
            severity: text::severity(finding.rule.severity),
            notes: &finding.notes,
        },
    }
}

/// The defect as the first sentence, then links to the evidence.
fn message(finding: &Finding) -> String {
    let mut message = format!("{}.", escaped(finding.message.trim_end_matches('.')));
    for (index, evidence) in finding.evidence.iter().take(MAX_LOCATIONS).enumerate() {
        let before = if index == 0 { " See: " } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(message, "{before}[{}]({})", escaped(&evidence.label), index + 1);
    }
    if !finding.evidence.is_empty() {
        message.push('.');
    }
    message
}

/// Text that cannot be taken for a link.
fn escaped(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    for c in words.chars() {
        if matches!(c, '[' | ']' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// The places in the order to read them: the primary one, then the evidence.
fn code_flows<'a>(
    report: &'a RunReport,
    finding: &'a Finding,
    related: &[Location<'a>],
) -> Vec<CodeFlow<'a>> {
    if related.is_empty() {
        return Vec::new();
    }
    let label = finding.label.as_deref().unwrap_or(&finding.message);
    let first = location(report, finding.primary, None, Some(label));
    let rest = related.iter().map(|related| Location { id: None, ..related.clone() });
    let locations = std::iter::once(first).chain(rest).map(|location| FlowLocation { location }).collect();
    vec![CodeFlow { thread_flows: [ThreadFlow { locations }] }]
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::report::samples;

    fn written(report: &RunReport) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn says_what_review_tools_read() {
        insta::assert_snapshot!(written(&samples::report()).replace(env!("CARGO_PKG_VERSION"), "[version]"));
    }

    #[test]
    fn fits_the_official_schema() {
        let mut schemas = boon::Schemas::new();
        let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/sarif-2.1.0.json");
        let mut compiler = boon::Compiler::new();
        compiler.enable_format_assertions();
        let schema = compiler.compile(schema, &mut schemas).unwrap();
        let mut without = samples::report();
        without.findings.clear();
        for report in [samples::report(), without, RunReport::default()] {
            let value = serde_json::from_str(&written(&report)).unwrap();
            schemas.validate(&value, schema).map_err(|error| error.to_string()).unwrap();
        }
    }

    #[test]
    fn no_more_results_than_are_taken_and_the_rest_is_told() {
        let mut report = samples::report();
        let (worst, low) = (report.findings[0].clone(), report.findings[1].clone());
        report.findings = vec![low; MAX_RESULTS];
        report.findings.push(worst);
        let log: Value = serde_json::from_str(&written(&report)).unwrap();
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), MAX_RESULTS);
        assert_eq!(
            results.last().unwrap()["ruleId"],
            "unsafe-lock/no-ttl",
            "the worst is kept, in its place"
        );
        let cuts = |log: &Value| {
            let notifications =
                log["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
            let cut = notifications.iter().find(|note| note["descriptor"]["id"] == "results-cut");
            cut.map(|note| note["message"]["text"].as_str().unwrap().to_owned())
        };
        assert!(cuts(&log).unwrap().starts_with("1 finding not in this log"));
        report.findings.pop();
        assert_eq!(cuts(&serde_json::from_str(&written(&report)).unwrap()), None, "as many as are taken");
    }

    #[test]
    fn the_primary_region_is_one_line_in_utf16() {
        let value: Value = serde_json::from_str(&written(&samples::report())).unwrap();
        let region = |result: usize| {
            &value["runs"][0]["results"][result]["locations"][0]["physicalLocation"]["region"]
        };
        let numbers = |region: &Value| {
            ["startLine", "startColumn", "endLine", "endColumn"].map(|key| region[key].as_u64().unwrap())
        };
        assert_eq!(numbers(region(0)), [3, 25, 3, 50]);
        assert_eq!(numbers(region(1)), [3, 1, 3, 3], "clipped to its first line");
    }

    #[test]
    fn long_descriptions_are_clipped() {
        assert_eq!(clipped("short"), "short");
        assert_eq!(clipped(&"é".repeat(2000)).chars().count(), MAX_DESCRIPTION);
        assert_eq!(pascal_case("unsafe-lock/no-ttl"), "UnsafeLockNoTtl");
    }
}
