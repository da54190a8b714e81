//! What may be written for code that has findings already: its baseline, and its ignore comments.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{DataArgs, confidence_parser, persona_parser, severity_parser};
use crate::finding::{Confidence, Persona, Severity};
use crate::run::Settings;

/// What to do with the baseline.
#[derive(Debug, Subcommand)]
pub enum BaselineCommand {
    /// Write what is found now to a file, for `check --baseline` to leave out
    Create {
        /// Over what.
        #[command(flatten)]
        over: BaselineArgs,
        /// Leave out findings that hurt less [default: low]
        #[arg(long, value_name = "SEVERITY", value_parser = severity_parser())]
        min_severity: Option<Severity>,
        /// Leave out findings that are less sure [default: medium]
        #[arg(long, value_name = "CONFIDENCE", value_parser = confidence_parser())]
        min_confidence: Option<Confidence>,
        /// Write it even though there is one
        #[arg(long)]
        force: bool,
    },
    /// Take out of the file what is no longer found, and say what
    Prune {
        /// Over what.
        #[command(flatten)]
        over: BaselineArgs,
    },
}

/// Options of `baseline`.
#[derive(Debug, Args)]
pub struct BaselineArgs {
    /// Files and directories to look at
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// The file of the baseline [default: what the configuration says, or faultlint-baseline.json]
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Run only these rules or families
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Do not run these rules or families
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Whose rules to run [default: gate]
    #[arg(long, value_name = "PERSONA", value_parser = persona_parser())]
    pub persona: Option<Persona>,
    /// Where more rules and models are.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Options of `suppressions`.
#[derive(Debug, Args)]
pub struct SuppressionsArgs {
    /// Files and directories to look at
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// How to list them
    #[arg(long, short, value_name = "FORMAT", default_value = "human")]
    pub format: ListFormat,
    /// Where more rules and models are.
    #[command(flatten)]
    pub data: DataArgs,
}

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// A line each
    Human,
    /// For programs
    Json,
}

impl BaselineArgs {
    /// The settings these options mean.
    pub fn settings(&self) -> Settings {
        Settings {
            paths: self.paths.clone(),
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            persona: self.persona,
            ..self.data.settings()
        }
    }
}

impl SuppressionsArgs {
    /// The settings these options mean: every rule that may run does, or its comments would not be known to be of use.
    pub fn settings(&self) -> Settings {
        Settings { paths: self.paths.clone(), persona: Some(Persona::Audit), ..self.data.settings() }
    }
}
