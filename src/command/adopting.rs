//! The commands for code that has findings already: `baseline create`, `baseline prune`, `suppressions`.
//!
//! Owns: what they print, and writing the baseline: beside it first, so that nobody ever reads half of one. Does not own: what is
//! in a baseline (`baseline`), or how comments fare (`suppress`).

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::{CommandError, Status, found, notice, today, write_out};
use crate::baseline::{self, Baseline};
use crate::cli::{BaselineArgs, BaselineCommand, ListFormat, SuppressionsArgs};
use crate::config::Config;
use crate::finding::suppression::{Suppression, SuppressionState};
use crate::finding::{BaselineEntry, BaselineUse, RunReport};
use crate::report::text::{self, counted};
use crate::run::{self, Settings};
use crate::source::upward;

/// The baseline that `check` is to go by, if any.
pub(super) fn named(option: Option<&Path>, config: &Config) -> Result<Option<Arc<Baseline>>, CommandError> {
    let Some(path) = option.or_else(|| config.baseline()) else { return Ok(None) };
    Ok(Some(Arc::new(Baseline::read(path, &run::working_directory()?)?)))
}

pub(super) fn baseline(command: &BaselineCommand) -> Result<Status, CommandError> {
    match command {
        BaselineCommand::Create { over, min_severity, min_confidence, force } => {
            let (min_severity, min_confidence) = (*min_severity, *min_confidence);
            create(over, Settings { min_severity, min_confidence, ..configured(over)? }, *force)
        }
        BaselineCommand::Prune { over } => prune(over),
    }
}

fn create(args: &BaselineArgs, settings: Settings, force: bool) -> Result<Status, CommandError> {
    let (path, directory) = (file_of(args, &settings), run::working_directory()?);
    let empty = Baseline::empty(&path, &directory);
    if !force && upward::is_there(&directory.join(&path)) {
        return Err(CommandError::BaselineExists(empty.shown));
    }
    let shown = empty.shown.clone();
    let used = run_with(empty, settings)?;
    write(&path, &baseline::text(&used.new))?;
    let count = text::counted_as(used.new.len(), "entry", "entries");
    write_out(|out| {
        writeln!(out, "{count} in {shown}; `faultlint check --baseline {shown}` leaves them out")
    })?;
    Ok(Status::Clean)
}

fn prune(args: &BaselineArgs) -> Result<Status, CommandError> {
    let settings = configured(args)?;
    let path = file_of(args, &settings);
    let known = Baseline::read(&path, &run::working_directory()?)?;
    let used = run_with(known, settings)?;
    let mut entries = used.kept.clone();
    entries.extend(used.moved.iter().map(|(_, now)| now.clone()));
    let text = baseline::text(&entries);
    write(&path, &text)?;
    write_out(|out| {
        for entry in &used.stale {
            writeln!(out, "{}: no longer found", in_words(entry))?;
        }
        for (before, now) in &used.moved {
            writeln!(out, "{}: now {}", in_words(before), in_words(now))?;
        }
        let taken = text::counted_as(used.stale.len(), "entry", "entries");
        writeln!(out, "{taken} taken out, {} left in {}", entries.len(), text::printable(&used.path))
    })?;
    Ok(Status::Clean)
}

fn configured(args: &BaselineArgs) -> Result<Settings, CommandError> {
    let config = found(&args.data.found, &args.paths)?;
    Ok(Settings { config, today: today()?, ..args.settings() })
}

fn file_of(args: &BaselineArgs, settings: &Settings) -> PathBuf {
    let named = args.baseline.as_deref().or_else(|| settings.config.baseline());
    named.unwrap_or(Path::new(baseline::NAME)).to_path_buf()
}

/// What becomes of a baseline in a run.
fn run_with(baseline: Baseline, settings: Settings) -> Result<BaselineUse, CommandError> {
    let settings = Settings { baseline: Some(Arc::new(baseline)), ..settings };
    let report = checked(&settings)?;
    if report.has_gaps() {
        notice("something could not be analysed; `faultlint check` tells what");
    }
    Ok(report.baseline.unwrap_or_default())
}

fn checked(settings: &Settings) -> Result<RunReport, CommandError> {
    let rules = run::load_rules(settings)?;
    settings.config.check_names(&rules.rules)?;
    Ok(run::check_with(&rules, settings)?)
}

fn in_words(entry: &BaselineEntry) -> String {
    let symbol = if entry.symbol.is_empty() { String::new() } else { format!(" in {}", entry.symbol) };
    text::one_line(&format!("{}: {}{symbol}", text::path(&entry.path), entry.rule))
}

/// Writes a file whole or not at all.
fn write(path: &Path, words: &str) -> Result<(), CommandError> {
    let attempt = || {
        let (beside, mut file) = new_beside(path)?;
        let written = file.write_all(words.as_bytes()).and_then(|()| file.sync_all());
        written.and_then(|()| fs::rename(&beside, path)).inspect_err(|_| {
            // The first error is what there is to tell.
            let _ = fs::remove_file(&beside);
        })
    };
    attempt().map_err(|error: io::Error| CommandError::Output(path.display().to_string(), error))
}

/// A new file beside another. One that a killed run has left is passed over.
fn new_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut number = 0;
    loop {
        let beside = path.with_file_name(format!(".{name}.{number}.tmp"));
        match File::create_new(&beside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => number += 1,
            made => return Ok((beside, made?)),
        }
    }
}

pub(super) fn suppressions(args: &SuppressionsArgs) -> Result<Status, CommandError> {
    let config = found(&args.data.found, &args.paths)?;
    let report = checked(&Settings { config, today: today()?, ..args.settings() })?;
    write_out(|out| match args.format {
        ListFormat::Human => list(&report, out),
        ListFormat::Json => list_as_json(&report, out),
    })?;
    Ok(Status::Clean)
}

const fn word(state: SuppressionState) -> &'static str {
    match state {
        SuppressionState::Active => "active",
        SuppressionState::NotRun => "not-run",
        SuppressionState::Unused => "unused",
        SuppressionState::Unknown => "unknown",
        SuppressionState::Expired => "expired",
        SuppressionState::Malformed => "malformed",
    }
}

/// Where a comment stands: the path as shown, and the line.
fn place<'r>(report: &'r RunReport, comment: &Suppression) -> (&'r str, u32) {
    let file = &report.files[comment.place.file];
    let line = file.source.as_ref().map_or(1, |source| source.line_of(comment.place.span.start));
    (&file.path, line)
}

fn list(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    for comment in &report.suppressions {
        let (path, line) = place(report, comment);
        let rules: Vec<&str> = comment.rules.iter().map(|(rule, _)| rule.as_str()).collect();
        let mut words = vec![word(comment.state).to_owned(), rules.join(", ")];
        words.extend(comment.whole_file.then(|| "(whole file)".to_owned()));
        words.extend(comment.until.map(|day| format!("until {day}")));
        match &comment.problem {
            Some(problem) => words.push(format!("- {}", text::problem_in_words(problem))),
            None => words.push(format!("- {}", comment.reason)),
        }
        let words = text::one_line(&words.join(" "));
        writeln!(out, "{}:{line}: {words}", text::path(path))?;
    }
    writeln!(out, "{}", in_numbers(&report.suppressions))
}

/// `4 ignore comments: 2 active, 1 unused, 1 expired`
fn in_numbers(all: &[Suppression]) -> String {
    let mut states: Vec<SuppressionState> = all.iter().map(|comment| comment.state).collect();
    states.sort();
    let of_each: Vec<String> = states
        .chunk_by(|a, b| a == b)
        .filter_map(|same| Some(format!("{} {}", same.len(), word(*same.first()?))))
        .collect();
    let colon = if of_each.is_empty() { "" } else { ": " };
    format!("{}{colon}{}", counted(all.len(), "ignore comment"), of_each.join(", "))
}

#[derive(Serialize)]
struct Listed<'r> {
    version: u32,
    suppressions: Vec<Entry<'r>>,
}

#[derive(Serialize)]
struct Entry<'r> {
    path: &'r str,
    line: u32,
    scope: &'static str,
    rules: Vec<RuleEntry<'r>>,
    reason: &'r str,
    until: Option<String>,
    state: SuppressionState,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

#[derive(Serialize)]
struct RuleEntry<'r> {
    name: &'r str,
    state: SuppressionState,
}

fn list_as_json(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    let entry = |comment: &'_ Suppression| {
        let (path, line) = place(report, comment);
        (path, line, comment.problem.as_ref().map(text::problem_in_words))
    };
    let entries = report.suppressions.iter().map(|comment| {
        let (path, line, problem) = entry(comment);
        let rules = comment.rules.iter().map(|(name, state)| RuleEntry { name, state: *state });
        Entry {
            path,
            line,
            scope: if comment.whole_file { "file" } else { "code" },
            rules: rules.collect(),
            reason: &comment.reason,
            until: comment.until.map(|day| day.to_string()),
            state: comment.state,
            problem,
        }
    });
    let listed = Listed { version: 1, suppressions: entries.collect() };
    serde_json::to_writer_pretty(&mut *out, &listed)?;
    writeln!(out)
}
