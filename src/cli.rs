//! The command line: what may be written, and what it means as settings.
//!
//! Owns: names, defaults and help of commands and options. Does not own: doing anything (`command`).

mod adopting;

use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::{FalseyValueParser, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

pub use adopting::{BaselineArgs, BaselineCommand, ListFormat, SuppressionsArgs};

use crate::finding::{Confidence, FailOn, Persona, Severity};
use crate::report::Format;
use crate::run::Settings;
use crate::timing::Timing;

/// Finds the faults of distributed systems in TypeScript, JavaScript and Go.
#[derive(Debug, Parser)]
#[command(name = "faultlint", version, max_term_width = 100, after_help = EXIT_STATUS)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_STATUS: &str = "\
Exit status:
  0  nothing found at or above --fail-on
  1  something found (for `test`: an expectation is not met)
  2  a mistake in the command line, the configuration, a rule or a model
  3  with --strict: something could not be analysed, whatever else was found
  130  interrupted; nothing is reported";

const COLOR_HELP: &str = "\
Whether to colour the human report; with `auto`, on a terminal that can, unless NO_COLOR is set, and always when CLICOLOR_FORCE \
or FORCE_COLOR is";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look for faults
    Check(CheckArgs),
    /// List rules, or show one
    Rules {
        /// What of them.
        #[command(subcommand)]
        command: RulesCommand,
    },
    /// Tell what a rule finds, why it hurts and what to do
    Explain(RuleArgs),
    /// Compare findings with the expectations in comments of fixtures
    Test(TestArgs),
    /// Print what is understood of a file
    Inspect(InspectArgs),
    /// Print a script that completes commands and options
    Completions {
        /// The shell that reads it.
        #[arg(value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
    /// Print the manual, as a page for `man`
    Man {
        /// The command to print the page of; if none, that of faultlint
        #[arg(value_name = "COMMAND")]
        of: Option<String>,
    },
    /// Keep what is found now in a file, so that only what is new is told
    Baseline {
        /// What to do with it.
        #[command(subcommand)]
        command: BaselineCommand,
    },
    /// List the ignore comments, with how each of them fares
    Suppressions(SuppressionsArgs),
    /// Tell what the project's configuration says
    Config {
        /// What of it.
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Write a commented faultlint.yaml from what is seen in a repository
    Init {
        /// Where to look, and where to write it
        #[arg(value_name = "DIR", default_value = ".")]
        directory: PathBuf,
    },
    /// Print a JSON schema
    Schema {
        /// Of what
        #[arg(value_name = "WHAT")]
        of: SchemaOf,
    },
}

/// What of the rules.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Print every rule with its severity
    List {
        /// Where more rules and models are.
        #[command(flatten)]
        data: DataArgs,
    },
    /// Print what is known of a rule
    Show(RuleArgs),
}

/// What of the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print all that holds, and where each value is said
    Show {
        /// The file to tell it for: with what overrides say of it, and what kind of code it is
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// Where the configuration is.
        #[command(flatten)]
        found: FoundArgs,
    },
}

/// What there are JSON schemas of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// The JSON report
    Output,
    /// The configuration file
    Config,
    /// A rule: one document of a rule file
    Rules,
    /// A model file
    Models,
    /// The baseline
    Baseline,
}

/// Where the project's configuration is.
#[derive(Debug, Clone, Default, Args)]
pub struct FoundArgs {
    /// Read the configuration from FILE; its patterns count from the working directory
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Read no configuration
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
}

/// Where rules and models come from.
#[derive(Debug, Clone, Default, Args)]
pub struct DataArgs {
    /// Read more rules from the YAML files below DIR
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// Read more models of libraries from the YAML files below DIR
    #[arg(long, value_name = "DIR")]
    pub models: Vec<PathBuf>,
    /// Where the configuration is.
    #[command(flatten)]
    pub found: FoundArgs,
}

/// One rule.
#[derive(Debug, Args)]
pub struct RuleArgs {
    /// The rule, as `family/kind`; of a family, its rules are listed
    #[arg(value_name = "ID")]
    pub id: String,
    /// Where more rules and models are.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Options of `test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// A fixture, or where they are; the tests of your own models are run as well
    #[arg(value_name = "PATH", default_value = "fixtures")]
    pub path: PathBuf,
    /// Where more rules and models are.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Options of `inspect`.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// The file; with `--program` a file or directory, and if none is named the working directory
    #[arg(value_name = "PATH", required_unless_present = "program")]
    pub path: Option<PathBuf>,
    /// Say how much of the whole tree is understood: imports, calls and receivers, by how they were told
    #[arg(long)]
    pub program: bool,
    /// Where more rules and models are.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Options of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Files and directories to look at; a file named here is looked at whatever ignore files say
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Take the text on standard input for what is in the file of --stdin-filename, and report on that file alone
    #[arg(long, requires = "stdin_filename")]
    pub stdin: bool,
    /// The file that the text on standard input stands for; it need not be there
    #[arg(long, value_name = "NAME", requires = "stdin")]
    pub stdin_filename: Option<PathBuf>,
    /// Report only what changed since the branch, tag or commit REF was left, with what the working tree holds
    #[arg(long, value_name = "REF", conflicts_with_all = ["staged", "diff", "stdin"])]
    pub since: Option<String>,
    /// Report only what is staged, as it would be committed
    #[arg(long, conflicts_with_all = ["diff", "stdin"])]
    pub staged: bool,
    /// Report only what the unified diff in FILE changed (`-` for standard input); the files are as it leaves them
    #[arg(long, value_name = "FILE", conflicts_with = "stdin")]
    pub diff: Option<PathBuf>,
    /// How to report
    #[arg(long, short, value_name = "FORMAT", default_value = "human", value_parser = format_parser())]
    pub format: Format,
    /// Write the report to FILE instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write the report to FILE in another format as well, as `sarif=faultlint.sarif`; may be given more than once
    #[arg(long, value_name = "FORMAT=FILE", value_parser = also)]
    pub also: Vec<Also>,
    /// Run only these rules or families; an audit rule named in full runs
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Do not run these rules or families
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Leave out findings that hurt less [default: low]
    #[arg(long, value_name = "SEVERITY", value_parser = severity_parser())]
    pub min_severity: Option<Severity>,
    /// Leave out findings that are less sure [default: medium]
    #[arg(long, value_name = "CONFIDENCE", value_parser = confidence_parser())]
    pub min_confidence: Option<Confidence>,
    /// Whose rules to run: those to gate on, or also those for a review at leisure [default: gate]
    #[arg(long, value_name = "PERSONA", value_parser = persona_parser())]
    pub persona: Option<Persona>,
    /// Exit with 1 from this severity on [default: low]
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on_parser())]
    pub fail_on: Option<FailOn>,
    /// Leave out the findings that are in FILE, which `faultlint baseline create` writes
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Exit with 3 when something could not be analysed
    #[arg(long)]
    pub strict: bool,
    /// How many threads to use; 0 for one per core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=256))]
    pub threads: u16,
    /// Whether to colour the human report
    #[arg(long, value_name = "WHEN", default_value = "auto", long_help = COLOR_HELP)]
    pub color: When,
    /// Whether findings link to what their rules refer to; with `auto`, on a terminal that can
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub hyperlinks: When,
    /// Keep nothing for later runs, and use nothing that earlier ones kept
    #[arg(long, env = "FAULTLINT_NO_CACHE", value_parser = FalseyValueParser::new())]
    pub no_cache: bool,
    /// Where to keep what later runs can use [default: the user's directory for caches]
    #[arg(long, env = "FAULTLINT_CACHE_DIR", value_name = "DIR")]
    pub cache_dir: Option<PathBuf>,
    /// Tell on standard error where the time of the run went: its stages, and what each rule cost
    #[arg(long)]
    pub timing: bool,
    /// Where more rules and models are.
    #[command(flatten)]
    pub data: DataArgs,
}

/// One more report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Also {
    /// How it is written.
    pub format: Format,
    /// Where to.
    pub path: PathBuf,
}

/// When to do what depends on the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "each is its name")]
pub enum When {
    Auto,
    Always,
    Never,
}

impl DataArgs {
    /// Settings that are otherwise the default.
    pub fn settings(&self) -> Settings {
        Settings { rules: self.rules.clone(), models: self.models.clone(), ..Settings::default() }
    }
}

impl CheckArgs {
    /// The settings these options mean.
    pub fn settings(&self) -> Settings {
        Settings {
            paths: self.paths.clone(),
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            min_severity: self.min_severity,
            min_confidence: self.min_confidence,
            persona: self.persona,
            threads: self.threads.into(),
            timing: Arc::new(if self.timing { Timing::on() } else { Timing::default() }),
            ..self.data.settings()
        }
    }
}

/// A parser of the words of `choices`.
fn choice<T: Copy + Send + Sync + 'static>(
    choices: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    let find = |word: String| {
        choices.iter().find(|(name, _)| *name == word).map(|(_, value)| *value).ok_or("no such value")
    };
    PossibleValuesParser::new(choices.iter().map(|(name, _)| *name)).try_map(find)
}

const FORMATS: &[(&str, Format)] = &[
    ("human", Format::Human),
    ("compact", Format::Compact),
    ("json", Format::Json),
    ("jsonl", Format::Jsonl),
    ("sarif", Format::Sarif),
    ("github", Format::Github),
    ("gitlab", Format::Gitlab),
    ("junit", Format::Junit),
    ("markdown", Format::Markdown),
    ("agent", Format::Agent),
];

fn format_parser() -> impl TypedValueParser<Value = Format> {
    choice(FORMATS)
}

fn also(text: &str) -> Result<Also, String> {
    let names = || FORMATS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let (name, path) = text.split_once('=').unwrap_or((text, ""));
    let Some((_, format)) = FORMATS.iter().find(|(known, _)| *known == name) else {
        return Err(format!("no format is called `{name}`; there are {}", names()));
    };
    if path.is_empty() {
        return Err(format!("no file: `{name}=FILE`"));
    }
    Ok(Also { format: *format, path: PathBuf::from(path) })
}

fn severity_parser() -> impl TypedValueParser<Value = Severity> {
    choice(&[
        ("low", Severity::Low),
        ("medium", Severity::Medium),
        ("high", Severity::High),
        ("critical", Severity::Critical),
    ])
}

fn confidence_parser() -> impl TypedValueParser<Value = Confidence> {
    choice(&[("low", Confidence::Low), ("medium", Confidence::Medium), ("high", Confidence::High)])
}

fn fail_on_parser() -> impl TypedValueParser<Value = FailOn> {
    choice(&[
        ("low", FailOn::Low),
        ("medium", FailOn::Medium),
        ("high", FailOn::High),
        ("critical", FailOn::Critical),
        ("never", FailOn::Never),
    ])
}

fn persona_parser() -> impl TypedValueParser<Value = Persona> {
    choice(&[("gate", Persona::Gate), ("audit", Persona::Audit)])
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn check(options: &[&str]) -> Result<CheckArgs, clap::Error> {
        let cli = Cli::try_parse_from(["faultlint", "check"].iter().chain(options))?;
        let Command::Check(args) = cli.command else { panic!("not check") };
        Ok(args)
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn defaults_are_those_of_the_settings() {
        let settings = check(&[]).unwrap().settings();
        assert_eq!(format!("{settings:?}"), format!("{:?}", Settings::default()));
    }

    #[test]
    fn options_become_settings() {
        let options =
            ["a", "b", "--select", "x,y/z", "--ignore", "q", "--min-confidence", "low", "--threads", "3"];
        let settings = check(&options).unwrap().settings();
        assert_eq!(settings.paths, [PathBuf::from("a"), PathBuf::from("b")]);
        assert_eq!(
            (settings.select, settings.ignore),
            (vec!["x".to_owned(), "y/z".to_owned()], vec!["q".to_owned()])
        );
        assert_eq!((settings.min_confidence, settings.threads), (Some(Confidence::Low), 3));
    }

    #[test]
    fn what_is_not_offered_is_refused() {
        for options in
            [["--format", "xml"], ["--threads", "1000"], ["--fail-on", "always"], ["--staged", "--stdin"]]
        {
            assert!(check(&options).is_err(), "{options:?}");
        }
    }

    #[test]
    fn failing_starts_at_a_severity() {
        assert!(FailOn::Low.is_met_by(Severity::Low) && FailOn::High.is_met_by(Severity::Critical));
        assert!(!FailOn::Critical.is_met_by(Severity::High) && !FailOn::Never.is_met_by(Severity::Critical));
    }
}
