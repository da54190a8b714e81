//! Carrying out a command.
//!
//! Owns: which part of the library does what was asked, where output goes, and the exit status. Results go to standard output or
//! the named file, everything else to standard error. Does not own: reading the command line (`cli`), any analysis, any format.

mod adopting;
mod pipeline;
pub mod terminal;
mod timing;

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::CommandFactory;
use etcetera::BaseStrategy;

use crate::baseline::BaselineError;
use crate::cache::Cache;
use crate::cli::{
    CheckArgs, Cli, Command, ConfigCommand, DataArgs, FoundArgs, InspectArgs, RulesCommand, SchemaOf,
    TestArgs,
};
use crate::config::{self, Config, ConfigError};
use crate::explain::{self, Figures};
use crate::finding::{FailOn, Persona, RuleInfo, RunReport};
use crate::fixture;
use crate::report::{self, Format, text};
use crate::run::{self, Asked, Buffer, ChangesError, RunError, Settings};
use crate::source::{Date, MAX_BYTES};
use terminal::Watcher;

/// How a command ended; its number is the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing to complain of.
    Clean = 0,
    /// Something was found.
    Findings = 1,
    /// The command could not be carried out.
    Error = 2,
    /// `--strict`, and something could not be analysed.
    Incomplete = 3,
}

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A mistake in settings, rules or models.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A mistake in the configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is a configuration already.
    #[error("{0} is there already")]
    Exists(String),
    /// There is a baseline already.
    #[error(
        "{0} is there already; `--force` writes it anew, `faultlint baseline prune` takes out what is no longer found"
    )]
    BaselineExists(String),
    /// A mistake in the baseline.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    /// What stands for the clock.
    #[error("FAULTLINT_TODAY is `{0}`, which is no day like 2026-12-31")]
    NoDay(String),
    /// A mistake in fixtures.
    #[error(transparent)]
    Fixture(#[from] fixture::FixtureError),
    /// A command that there is no page of.
    #[error("no command is called `{0}`; `faultlint help` lists them")]
    NoCommand(String),
    /// The figures that come with the program.
    #[error("the figures that come with the program: {0}")]
    Figures(#[from] explain::FiguresError),
    /// The file that was to be written.
    #[error("writing {0}: {1}")]
    Output(String, io::Error),
    /// Standard output.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Carries out a command.
///
/// # Errors
/// See [`CommandError`]; the exit status is then 2.
pub fn execute(cli: &Cli) -> Result<Status, CommandError> {
    match &cli.command {
        Command::Check(args) => check(args),
        Command::Rules { command: RulesCommand::List { data } } => list(&configured(data, &[])?),
        Command::Rules { command: RulesCommand::Show(args) } => {
            print_rule(&configured(&args.data, &[])?, &args.id, facts_of_rule)
        }
        Command::Explain(args) => {
            let figures = Figures::built_in()?;
            print_rule(&configured(&args.data, &[])?, &args.id, |rule| explain::prose(rule, &figures))
        }
        Command::Baseline { command } => adopting::baseline(command),
        Command::Suppressions(args) => adopting::suppressions(args),
        Command::Test(args) => test(args),
        Command::Inspect(args) => inspect(args),
        Command::Completions { shell } => completions(*shell),
        Command::Man { of } => manual(of.as_deref()),
        Command::Config { command: ConfigCommand::Show { file, found } } => {
            show_config(file.as_deref(), found)
        }
        Command::Init { directory } => init(directory),
        Command::Schema { of } => print_schema(*of),
    }
}

/// The configuration for some paths.
fn found(args: &FoundArgs, paths: &[PathBuf]) -> Result<Config, CommandError> {
    if args.no_config {
        return Ok(Config::default());
    }
    Ok(config::load(args.config.as_deref(), paths, &run::working_directory()?)?)
}

/// What the command line and the configuration say of rules and models.
fn configured(args: &DataArgs, paths: &[PathBuf]) -> Result<Settings, CommandError> {
    Ok(Settings { config: found(&args.found, paths)?, ..args.settings() })
}

/// Tells on standard error why a command could not be carried out: with its place, for a mistake in a rule or model.
pub fn complain(error: &CommandError) {
    match error {
        CommandError::Run(RunError::Data(mistake))
        | CommandError::Fixture(fixture::FixtureError::Run(RunError::Data(mistake))) => {
            notice(&format!("a mistake in a rule or model\n{}", render(&**mistake)));
        }
        CommandError::Config(ConfigError::Data(mistake)) => {
            notice(&format!("a mistake in the configuration\n{}", render(&**mistake)));
        }
        CommandError::Run(RunError::Changes(ChangesError::Diff(mistake))) => {
            notice(&format!("the diff cannot be read\n{}", render(&**mistake)));
        }
        CommandError::Baseline(BaselineError::Data(mistake)) => {
            notice(&format!("a mistake in the baseline\n{}", render(&**mistake)));
        }
        CommandError::Config(error) => notice(&format!("the configuration cannot be read: {error}")),
        other => notice(&other.to_string()),
    }
}

fn render(mistake: &dyn miette::Diagnostic) -> String {
    let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor());
    let mut text = String::new();
    match handler.render_report(&mut text, mistake) {
        Ok(()) => text,
        Err(_) => mistake.to_string(),
    }
}

fn check(args: &CheckArgs) -> Result<Status, CommandError> {
    let mut settings = Settings { config: found(&args.data.found, &args.paths)?, ..args.settings() };
    if let Some(path) = &args.stdin_filename {
        settings.buffer = Some(Buffer { path: path.clone(), bytes: standard_input(MAX_BYTES + 1)? });
    }
    settings.baseline = adopting::named(args.baseline.as_deref(), &settings.config)?;
    settings.today = today()?;
    settings.cache = Arc::new(cache(args));
    settings.changes = changes(args)?;
    let rules = run::load_rules(&settings)?;
    settings.config.check_names(&rules.rules)?;
    let variable = |name: &str| std::env::var(name).ok();
    let watcher = Watcher::of(&settings.progress, variable);
    let mut report = run::check_with(&rules, &settings)?;
    drop(watcher);
    report.pipeline = pipeline::of(variable);
    for words in report::said_aside(&report, args.format) {
        notice(&words);
    }
    settings.timing.stage("reporting");
    let look = terminal::look(args, variable, terminal::can_link());
    match &args.output {
        Some(path) => write_file(path, |out| report::write(&report, args.format, look, out))?,
        None => write_out(|out| report::write(&report, args.format, look, out))?,
    }
    for also in &args.also {
        let look = report::Look::default();
        write_file(&also.path, |out| report::write(&report, also.format, look, out))?;
    }
    if args.format == Format::Github {
        add_to_step_summary(&report, std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()));
    }
    if let Some(problem) = settings.cache.problem() {
        notice(&format!("nothing was kept for later runs (`--no-cache` asks for no more): {problem}"));
    }
    if let Some(told) = settings.timing.told() {
        notice(&timing::table(&told));
    }
    let fail_on = args.fail_on.or(settings.config.fail_on()).unwrap_or(FailOn::Low);
    let missing = if args.strict { missing(&settings.config, &report) } else { Vec::new() };
    for words in &missing {
        notice(&format!("strict: {words}"));
    }
    Ok(status(!missing.is_empty(), fail_on, &report))
}

/// Where what earlier runs left is; nowhere, if there is no place for it.
fn cache(args: &CheckArgs) -> Cache {
    let of_user = || Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("faultlint"));
    let directory = args.cache_dir.clone().or_else(of_user).filter(|_| !args.no_cache);
    directory.map(Cache::at).unwrap_or_default()
}

/// Adds to what a GitHub workflow shows of its step. The file is the service's: when it cannot be written, the run is as good.
fn add_to_step_summary(report: &RunReport, path: Option<OsString>) {
    let Some(path) = path.map(PathBuf::from) else { return };
    let attempt = || {
        let mut out = BufWriter::new(OpenOptions::new().append(true).create(true).open(&path)?);
        report::markdown::write(report, &mut out)?;
        out.flush()
    };
    if let Err(error) = attempt() {
        notice(&format!("the step summary was not written: {}: {error}", path.display()));
    }
}

/// The day that stands for that of the clock, so that what comes of a run can be told beforehand.
fn today() -> Result<Option<Date>, CommandError> {
    let said = std::env::var("FAULTLINT_TODAY").ok().filter(|day| !day.is_empty());
    said.map(|day| Date::read(&day).ok_or(CommandError::NoDay(day))).transpose()
}

/// Of which change to tell.
fn changes(args: &CheckArgs) -> Result<Option<Asked>, CommandError> {
    if let Some(name) = &args.since {
        return Ok(Some(Asked::Since(name.clone())));
    }
    Ok(match &args.diff {
        Some(path) if path == Path::new("-") => {
            Some(Asked::Diff { name: "<stdin>".to_owned(), bytes: standard_input(u64::MAX)? })
        }
        Some(path) => Some(run::read_diff(path)?),
        None => args.staged.then_some(Asked::Staged),
    })
}

/// Standard input, as far as it is of use: for a file one byte more than it may have, which tells that it is too long.
fn standard_input(limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What `--strict` does not let pass, in words.
fn missing(config: &Config, report: &RunReport) -> Vec<String> {
    let mut missing = config.strict().broken(report);
    if report.has_holes() {
        missing.push("it is not known what is missing: the notes of the report say why".to_owned());
    }
    missing
}

/// Incomplete comes first: whoever asks for strictness must not take "these findings" for "all findings".
fn status(incomplete: bool, fail_on: FailOn, report: &RunReport) -> Status {
    if incomplete {
        Status::Incomplete
    } else if report.worst().is_some_and(|worst| fail_on.is_met_by(worst)) {
        Status::Findings
    } else {
        Status::Clean
    }
}

/// Writes a file once all of it is there: an interrupted run leaves an older report as it was.
fn write_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CommandError> {
    let attempt = || {
        let mut text = Vec::new();
        write(&mut text)?;
        File::create(path)?.write_all(&text)
    };
    attempt().map_err(|error| CommandError::Output(path.display().to_string(), error))
}

/// Writes to standard output; a reader that has gone away has read enough.
fn write_out(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CommandError> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            // What is still buffered would fail again when dropped.
            let _ = out.into_parts();
            Ok(())
        }
        result => Ok(result?),
    }
}

/// Says something on standard error.
pub fn notice(words: &str) {
    // Nobody is left to tell when standard error is gone.
    let _ = writeln!(io::stderr(), "faultlint: {words}");
}

fn list(settings: &Settings) -> Result<Status, CommandError> {
    let rules = run::load_rules(settings)?.rules;
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    write_out(|out| {
        for rule in &rules {
            let persona = if rule.persona == Persona::Audit { " (audit)" } else { "" };
            writeln!(
                out,
                "{:width$}  {:8}  {}{persona}",
                rule.id,
                text::severity(rule.severity),
                rule.summary
            )?;
        }
        writeln!(out, "{}", text::counted(rules.len(), "rule"))
    })?;
    Ok(Status::Clean)
}

fn print_rule(
    settings: &Settings,
    id: &str,
    print: impl Fn(&RuleInfo) -> String,
) -> Result<Status, CommandError> {
    let rules = run::load_rules(settings)?;
    let text = match rules.called(id)?.as_slice() {
        [rule] => print(rule),
        family => family.iter().flat_map(|rule| [&rule.id, ": ", &rule.summary, "\n"]).collect(),
    };
    write_out(|out| out.write_all(text.as_bytes()))?;
    Ok(Status::Clean)
}

/// One line for each thing known of a rule.
fn facts_of_rule(rule: &RuleInfo) -> String {
    let persona = match rule.persona {
        Persona::Gate => "gate",
        Persona::Audit => "audit",
    };
    let mut lines = vec![
        format!("id:          {}", rule.id),
        format!("summary:     {}", rule.summary),
        format!("severity:    {}", text::severity(rule.severity)),
        format!("confidence:  {}", text::confidence(rule.confidence)),
        format!("persona:     {persona}"),
    ];
    lines.extend(rule.references.iter().map(|reference| format!("reference:   {reference}")));
    lines.join("\n") + "\n"
}

fn test(args: &TestArgs) -> Result<Status, CommandError> {
    let settings = configured(&args.data, std::slice::from_ref(&args.path))?.only_data();
    let outcome = fixture::run(&args.path, &settings)?;
    write_out(|out| outcome.write(out))?;
    Ok(if outcome.mismatches.is_empty() { Status::Clean } else { Status::Findings })
}

fn inspect(args: &InspectArgs) -> Result<Status, CommandError> {
    let here = PathBuf::from(".");
    let path = args.path.as_ref().unwrap_or(&here);
    let settings = configured(&args.data, std::slice::from_ref(path))?;
    let words = if args.program {
        run::inspect::tree(path, &settings)?
    } else {
        run::inspect::file(path, &settings)?
    };
    write_out(|out| out.write_all(words.as_bytes()))?;
    Ok(Status::Clean)
}

fn completions(shell: clap_complete::Shell) -> Result<Status, CommandError> {
    // Into memory first: the generator takes a failing writer for a bug of its own.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), env!("CARGO_PKG_NAME"), &mut script);
    write_out(|out| out.write_all(&script))?;
    Ok(Status::Clean)
}

/// Prints the page of faultlint, or of one of its commands.
fn manual(of: Option<&str>) -> Result<Status, CommandError> {
    let mut command = Cli::command();
    // Subcommands learn their whole names.
    command.build();
    if let Some(name) = of {
        let found = command.find_subcommand(name).ok_or_else(|| CommandError::NoCommand(name.to_owned()))?;
        command = found.clone();
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    write_out(|out| out.write_all(&page))?;
    Ok(Status::Clean)
}

fn show_config(file: Option<&Path>, args: &FoundArgs) -> Result<Status, CommandError> {
    let directory = run::working_directory()?;
    let path = file.unwrap_or(Path::new(".")).to_path_buf();
    let config = found(args, &[path])?;
    let rules = run::load_rules(&Settings { config: config.clone(), ..Settings::default() })?;
    config.check_names(&rules.rules)?;
    let words = config::show(&config, file, &directory);
    write_out(|out| out.write_all(words.as_bytes()))?;
    Ok(Status::Clean)
}

fn init(directory: &Path) -> Result<Status, CommandError> {
    let here = directory == Path::new(".");
    let path = if here { PathBuf::from(config::NAME) } else { directory.join(config::NAME) };
    let survey = run::survey::survey(directory)?;
    let words = config::starter::starter(&survey);
    let attempt = File::create_new(&path).and_then(|mut file| file.write_all(words.as_bytes()));
    match attempt {
        Ok(()) => write_out(|out| {
            writeln!(out, "{} written", path.display())?;
            config::starter::next_steps(&survey).map_or(Ok(()), |words| writeln!(out, "\n{words}"))
        })?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(CommandError::Exists(path.display().to_string()));
        }
        Err(error) => return Err(CommandError::Output(path.display().to_string(), error)),
    }
    Ok(Status::Clean)
}

fn print_schema(of: SchemaOf) -> Result<Status, CommandError> {
    let schema = match of {
        SchemaOf::Output => report::SCHEMA,
        SchemaOf::Config => config::SCHEMA,
        SchemaOf::Rules => run::SCHEMAS[0],
        SchemaOf::Models => run::SCHEMAS[1],
        SchemaOf::Baseline => crate::baseline::SCHEMA,
    };
    write_out(|out| out.write_all(schema.as_bytes()))?;
    Ok(Status::Clean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn the_status_follows_findings_and_gaps() {
        let report = samples::report();
        assert_eq!(status(false, FailOn::Low, &report), Status::Findings);
        assert_eq!(status(false, FailOn::Never, &report), Status::Clean);
        assert_eq!(status(true, FailOn::Low, &report), Status::Incomplete);
        let mut mild = report;
        mild.findings.retain(|finding| finding.rule.severity < crate::finding::Severity::High);
        assert_eq!(status(false, FailOn::High, &mild), Status::Clean);
    }

    #[test]
    fn a_rule_is_told_in_facts() {
        let rule = &samples::report().rules[1];
        assert!(facts_of_rule(rule).contains("severity:    critical"));
    }
}
