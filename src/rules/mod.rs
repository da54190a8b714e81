//! Rules: YAML in, checked and compiled matches out.
//!
//! Owns: the schema of rule files, their checks, and the table of built-in rules and models. Does not own: matching
//! (`engine`).

pub mod builtin;
mod compile;
pub mod schema;

use std::sync::Arc;

use regex::Regex;

pub use compile::compile;
pub use schema::{PlaceEntry as Within, ScopeEntry as Scope};

use crate::data::Scalar;
use crate::finding::{Confidence, RuleInfo};
use crate::models::{AckMode, ArgName, Role};

/// A compiled rule.
#[derive(Debug)]
pub struct Rule {
    /// All but how it matches.
    pub info: Arc<RuleInfo>,
    /// The ways of making the fault.
    pub matches: Vec<Match>,
}

/// One way of making a fault.
#[derive(Debug)]
pub struct Match {
    /// Steps in the order they are looked for.
    pub steps: Vec<Step>,
    /// Ways that must exist.
    pub paths: Vec<WayThrough>,
    /// Steps none of which may be found.
    pub unless: Vec<Step>,
    /// Ways none of which may exist.
    pub unless_paths: Vec<WayThrough>,
    /// Words: no branch of the function may test something so named.
    pub unless_tests: Vec<String>,
    /// Words: nothing on the way from `led_to_by` may be written with one of them.
    pub unless_mentions: Vec<String>,
    /// What must be found before the steps, in the function or in one whose calls lead to it.
    pub led_to_by: Option<Step>,
    /// The most that this match may claim.
    pub confidence: Confidence,
    /// What to show.
    pub report: Report,
}

/// A step.
#[derive(Debug)]
pub struct Step {
    /// Its name; empty in `unless`.
    pub name: String,
    /// The roles it may have.
    pub does: Does,
    /// Where it is looked for.
    pub scope: Scope,
    /// Tests of its arguments.
    pub args: Vec<(ArgName, ArgTest)>,
    /// How it stands to steps before it.
    pub relations: Vec<(Relation, usize)>,
    /// What it must stand in.
    pub within: Vec<Within>,
    /// What it must not stand in.
    pub outside: Vec<Within>,
    /// Words of which one must be near it: in the key, the names of the function, type, variable.
    pub mentions: Vec<String>,
    /// Words none of which may be near it.
    pub not_mentions: Vec<String>,
    /// Words of which one must be in the name of what it is called on.
    pub on_mentions: Vec<String>,
    /// Words none of which may be.
    pub on_not_mentions: Vec<String>,
    /// How what it receives must be acknowledged: one of these, or any way.
    pub ack: Vec<AckMode>,
    /// Only calls in the function itself, not what it calls.
    pub direct: bool,
    /// Whether somebody must, or must not, wait for it.
    pub awaited: Option<bool>,
    /// What it is called on outlives the call: a module variable, or a field.
    pub long_lived: bool,
}

/// What a step does.
#[derive(Debug)]
pub enum Does {
    /// One of these roles.
    Roles(Vec<Role>),
    /// Any work that can fail: an effect, or a call that is awaited or whose error is looked at.
    Work,
    /// Any call.
    Call,
}

/// How a step stands to an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It can come after it, without going round a loop.
    After,
    /// It can come before it.
    Before,
    /// It comes after the other failed.
    OnErrorOf,
    /// It comes after the other gave nothing.
    OnMissOf,
    /// Whether it runs depends on the other's result.
    DependsOn,
    /// The other comes only after it gave nothing.
    Screens,
    /// Its arguments are made of the other's result.
    Takes,
    /// It is called on the same object.
    OnSame,
    /// It runs beside the other: something started it without waiting.
    Beside,
    /// It does not.
    InLine,
}

/// A test of an argument.
#[derive(Debug)]
pub enum ArgTest {
    /// Known to be left out.
    Missing,
    /// Given.
    Given,
    /// A constant.
    Constant,
    /// Not a constant.
    Varying,
    /// An object written out or constructed by the function itself.
    Fresh,
    /// A constant equal to this.
    Is(Scalar),
    /// Known, and not this.
    IsNot(Scalar),
    /// The same as an argument of an earlier step.
    SameAs(usize, ArgName),
    /// Its constant text matches.
    Matches(Regex),
    /// Its constant text does not match.
    NotMatches(Regex),
    /// Its source text matches.
    Written(Regex),
    /// Its source text does not match.
    NotWritten(Regex),
    /// It is written with one of these words.
    Mentions(Vec<String>),
    /// Named after one of these things.
    Named(Vec<String>),
    /// Made by a call with one of these roles.
    MadeBy(Vec<Role>),
    /// Given, and made by no call with one of these roles.
    NotMadeBy(Vec<Role>),
}

/// A way through a function.
#[derive(Debug)]
pub struct WayThrough {
    /// Its name; binds its end.
    pub name: String,
    /// Where it starts.
    pub from: From,
    /// Where it ends.
    pub to: Vec<To>,
    /// What it must not pass.
    pub avoiding: Vec<Avoid>,
}

/// Where a way starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// Where the function begins.
    Entry,
    /// After a step, whatever came of it.
    After(usize),
    /// After a step that worked and gave something.
    Ok(usize),
    /// After a step that failed.
    Error(usize),
    /// After a step that gave nothing.
    Miss(usize),
    /// After a step, where a count of attempts is found to be used up.
    Exhausted(usize),
}

/// Where a way ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// At a normal end of the function, or of a loop's round that began with the step.
    Return,
    /// At an error that nobody catches.
    Fail,
    /// At a `throw` in a `catch`, or a Go `return` of an error that was told apart: some failures are passed on.
    Rethrow,
    /// At a step.
    Step(usize),
    /// At a call with a role.
    Role(Role),
}

/// What a way must not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Avoid {
    /// A call with a role.
    Role(Role),
    /// A step.
    Step(usize),
    /// A call that is not understood and is handed what the step received.
    HandsOn(usize),
    /// Work in a `catch`, or in a branch on an error: something is done about the failure.
    Rescue,
    /// The branch where attempts are found to be used up.
    Exhausted,
    /// Where a loop takes the next of what it goes over.
    NextItem,
}

/// What a finding shows.
#[derive(Debug)]
pub struct Report {
    /// Where.
    pub at: Shown,
    /// What to call the primary place.
    pub label: Option<String>,
    /// What to say; the rule's summary by default.
    pub message: Option<String>,
    /// Other places and what to call them.
    pub labels: Vec<(Shown, String)>,
    /// Report where it is written, also when a function that is called does it: the fault is there and not with the caller.
    pub as_written: bool,
}

/// A place to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A step's call.
    Step(usize),
    /// Where a step's failure is dealt with: the `catch`, the `if err != nil`.
    ErrorOf(usize),
    /// Where the thing that a step is called on is declared.
    DeclarationOf(usize),
    /// Where a way ends.
    Way(usize),
    /// The branch on which a step depends.
    TestOf(usize),
    /// Where what a step receives is subscribed to.
    SubscriptionOf(usize),
    /// Where what a step stands in was started without waiting.
    ForkOf(usize),
    /// The branch where attempts are found to be used up.
    ExhaustionOf(usize),
    /// What leads to the steps.
    Lead,
}
