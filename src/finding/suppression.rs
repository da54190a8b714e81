//! Inline ignore comments, as a report tells of them.
//!
//! Owns: what may be wrong with one, and how each fares. Does not own: reading them and silencing findings (`suppress`).

use serde::{Deserialize, Serialize};

use super::Place;
use crate::source::Date;

/// A remark about an inline ignore comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppressionNote {
    /// Where the comment stands.
    pub place: Place,
    /// What is wrong with it.
    pub problem: SuppressionProblem,
}

/// What is wrong with an inline ignore comment. A malformed one silences nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SuppressionProblem {
    /// No finding of that rule where it points.
    Unused(String),
    /// No rule of that name; the nearest one that exists.
    UnknownRule(String, Option<String>),
    /// No reason after the colon.
    NoReason,
    /// It names no rule.
    NoRule,
    /// It begins like one but is spelt otherwise (`faultlint-ignore-next-line`): the word.
    UnknownWord(String),
    /// `key=value` with a key that means nothing: the key.
    UnknownKey(String),
    /// What follows `until=` is no day.
    NoDate(String),
    /// Its last day is over.
    Expired(Date),
}

/// An inline ignore comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// Where it stands.
    pub place: Place,
    /// Whether it is for its whole file.
    pub whole_file: bool,
    /// The rules and families that it names, and how each fares.
    pub rules: Vec<(String, SuppressionState)>,
    /// Why it is there.
    pub reason: String,
    /// Its last day.
    pub until: Option<Date>,
    /// How it fares as a whole: as the rule that needs attention most.
    pub state: SuppressionState,
    /// What is wrong with it, where it is malformed.
    pub problem: Option<SuppressionProblem>,
}

/// How an inline ignore comment fares; what needs more attention is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuppressionState {
    /// It silences something.
    Active,
    /// Its rule did not run.
    NotRun,
    /// It silences nothing.
    Unused,
    /// It names no known rule.
    Unknown,
    /// Its last day is over: it silences nothing any more.
    Expired,
    /// It cannot be read: it silences nothing.
    Malformed,
}
