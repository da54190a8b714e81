//! Rules: YAML in, checked and compiled matches out.
//!
//! Owns: the schema of rule files, their checks, the shape of a compiled rule, and the table of built-in rules and models. Does not
//! own: matching (`engine`).

pub mod builtin;
mod compile;
mod compile_query;
mod compile_report;
mod query;
pub mod repeated;
pub mod schema;
pub mod ways;

use std::sync::Arc;

use serde::Deserialize;

pub use compile::compile;
pub use query::{QueryMatch, QueryText};
pub use schema::{PlaceEntry as Within, ScopeEntry as Scope, TakenEntry as Taken};

use crate::data::{Pattern, Scalar};
use crate::finding::{Confidence, RuleInfo};
use crate::models::{AckMode, ArgName, Role};
use crate::source::Ecosystem;
use repeated::Repeated;
use ways::WayThrough;

/// The JSON schema of a rule: one document of a rule file.
pub const SCHEMA: &str = include_str!("../../schema/rules.schema.json");

/// A compiled rule.
#[derive(Debug)]
pub struct Rule {
    /// All but how it matches.
    pub info: Arc<RuleInfo>,
    /// Whether it looks at code of front ends too.
    pub front_end: bool,
    /// Without what in the project there is no fault.
    pub needs: Option<Need>,
    /// The language families it looks at; empty for all.
    pub languages: Vec<Ecosystem>,
    /// Rules of which nothing is said at a place where this one finds something as sure.
    pub hides: Vec<String>,
    /// The ways of making the fault.
    pub matches: Vec<Match>,
    /// Instead of these: queries over the syntax of each file.
    pub queries: Vec<QueryMatch>,
}

/// What a project must have for a rule to make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// More than one process of it runs.
    ManyReplicas,
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
    /// What no comment near to the steps may say, in lower case.
    pub unless_comments: Vec<String>,
    /// Words: no file of the programs that it is a part of may be written with one of them.
    pub unless_program_mentions: Vec<String>,
    /// What must be put around no router of the programs that it is a part of.
    pub unless_mounted: Option<Mounted>,
    /// What must be found before the steps, in the function or in one whose calls lead to it.
    pub led_to_by: Option<Step>,
    /// The most that this match may claim.
    pub confidence: Confidence,
    /// The most that it may claim where the evidence is not certain.
    pub unsure: Confidence,
    /// What to show.
    pub report: Report,
}

/// A function of the tree that is put around what routers run.
#[derive(Debug)]
pub struct Mounted {
    /// Words of which it must be written with one.
    pub mentions: Vec<String>,
    /// Roles of which it must play one.
    pub does: Vec<Role>,
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
    /// Roles of calls of which one of its arguments must be, or be made of, one.
    pub hands: Vec<Role>,
    /// Whether the context that it hands over must, or must not, have a limit of its own.
    pub hands_limited: Option<bool>,
    /// Words of which one must be in the name of what is called.
    pub called: Vec<String>,
    /// Words none of which may be.
    pub not_called: Vec<String>,
    /// Whether that there is one is all that is asked: it is looked for in the whole program, and nothing else speaks of it.
    pub witness: bool,
    /// Only calls in the function itself, not what it calls.
    pub direct: bool,
    /// What it makes is kept by nobody, and made of nothing that differs from call to call.
    pub anew: bool,
    /// A function that was handed in is called with no argument: nothing can tell it to stop.
    pub thunk: bool,
    /// What it ends is a controller whose signal nobody was handed.
    pub unused_signal: bool,
    /// It is a timer that makes what is waited for fail when its time is up.
    pub rejects: bool,
    /// A function that was handed in is called.
    pub handed_in: bool,
    /// Whether the function that leads to it is named as one that only asks for something.
    pub asking: Option<bool>,
    /// Roles that are not enough: it comes to something besides these, as far as that is known.
    pub besides: Vec<Role>,
    /// Whether it asks for one thing, or for what belongs to one.
    pub scoped: Option<bool>,
    /// Whether it looks up a single record by its key, and nothing that goes with it.
    pub one_record: Option<bool>,
    /// Whether it is the one place of its programs that does this, for one other.
    pub lone: Option<bool>,
    /// Whether it only notes or tidies up what other work of the function has done.
    pub bookkeeping: Option<bool>,
    /// Whether the functions that it is handed serve the connections that they are given.
    pub serves: Option<bool>,
    /// Order counts also inside a function that one call leads to.
    pub in_callee: bool,
    /// Whether somebody must, or must not, wait for it.
    pub awaited: Option<bool>,
    /// What must become of its result: one of these, or anything.
    pub taken: Vec<Taken>,
    /// What it is called on outlives the call: a module variable, or a field.
    pub long_lived: bool,
    /// What it is called on is a variable of a module or package.
    pub of_module: bool,
    /// What it is a field of is no store of which another works on what many processes share.
    pub no_shared_alternative: bool,
    /// What it must be known to come to: one of these, or anything.
    pub reaches: Vec<Reach>,
    /// What it must be known to play, itself or in the functions of the tree that it runs: one of these, or anything.
    pub comes_to: Vec<Role>,
    /// What it runs tries something again by itself.
    pub tries_again: bool,
    /// How it must be repeated when it fails.
    pub repeated: Option<Repeated>,
}

/// What a call is known to come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// Another service, as a model says: itself, or in the functions of the tree that it runs.
    Service,
    /// A client that a library's class makes, which no model knows.
    Client,
}

/// What a step does.
#[derive(Debug)]
pub enum Does {
    /// One of these roles.
    Roles(Vec<Role>),
    /// Any work that can fail: an effect, or a call that is awaited or whose error is looked at.
    Work,
    /// Work, or a call that nobody knows and somebody waits for in any way: by `then`, by a callback that is told of errors.
    Remote,
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
    /// It comes after the other gave nothing or failed, and not where what the other gave does.
    ForWantOf,
    /// Whether it runs depends on the other's result.
    DependsOn,
    /// The other comes only after it gave nothing.
    Screens,
    /// Its arguments are made of the other's result.
    Takes,
    /// It writes a sum or difference made with the other's result.
    CountsOn,
    /// The same of something that the program decides by, or that is worth something.
    DecidesOn,
    /// Only one of the two happens in one pass: neither can come after the other.
    InsteadOf,
    /// The conditions of the two have to do with each other.
    Along,
    /// They are made of a value in common.
    Shares,
    /// One call leads to both: each stands in what that call runs.
    Together,
    /// It is called on the same object.
    OnSame,
    /// It runs beside the other: something started it without waiting.
    Beside,
    /// It does not.
    InLine,
    /// It runs beside the other, and was started before it.
    StartedBefore,
    /// It is written among the other's arguments, or in what they hold.
    Inside,
    /// It is written inside the other, and what holds it is named nowhere else: nobody looks after it any more.
    ForgottenBy,
    /// It stands in a callback that the other runs, now or later.
    RunBy,
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
    /// Made of something that the function multiplies as it goes.
    Growing,
    /// The same in each round, whether or not it is known.
    Steady,
    /// Growing, with nothing that ends it.
    Unbounded,
    /// The same for every item of the loops it stands in.
    Uniform,
    /// Another one for each item.
    PerItem,
    /// Of a type of the tree whose declaration is written so.
    DeclaredWith(Pattern),
    /// Nothing live: no connection, timer, lock or function, nor what holds one.
    Plain,
    /// An object written out or constructed by the function itself.
    Fresh,
    /// A constant equal to this.
    Is(Scalar),
    /// Known, and not this.
    IsNot(Scalar),
    /// The same as an argument of an earlier step.
    SameAs(usize, ArgName),
    /// The same as an argument of an earlier step, or the same text around other values.
    Like(usize, ArgName),
    /// Its constant text matches.
    Matches(Pattern),
    /// Its constant text does not match.
    NotMatches(Pattern),
    /// Its constant text matches, whatever is configured.
    MatchesSettled(Pattern),
    /// Its constant text does not match, or may be configured to be another.
    NotMatchesSettled(Pattern),
    /// Its source text matches.
    Written(Pattern),
    /// Its source text does not match.
    NotWritten(Pattern),
    /// It is written with one of these words.
    Mentions(Vec<String>),
    /// Named after one of these things.
    Named(Vec<String>),
    /// Made by a call with one of these roles.
    MadeBy(Vec<Role>),
    /// Given, and made by no call with one of these roles.
    NotMadeBy(Vec<Role>),
    /// Made of what an earlier step gave or received.
    MadeOf(usize),
    /// A number or time that stands so to another.
    Number(Comparison, Operand),
    /// A number above this, or one that is not known; attempts with the first.
    Beyond(u32),
}

/// How two numbers stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its name")]
pub enum Comparison {
    AtLeast,
    AtMost,
    MoreThan,
    LessThan,
}

impl Comparison {
    /// Whether the first stands so to the second.
    pub fn holds(self, a: f64, b: f64) -> bool {
        match self {
            Self::AtLeast => a >= b,
            Self::AtMost => a <= b,
            Self::MoreThan => a > b,
            Self::LessThan => a < b,
        }
    }
}

/// What a number is compared with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand {
    /// A number; a time in nanoseconds.
    Number(f64),
    /// An argument of an earlier step.
    Of(usize, ArgName),
}

/// Text with places for what arguments of steps are: `gives up after {outer.timeout}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// The text, piece by piece; a piece may end with an argument of a step.
    pub pieces: Vec<(String, Option<(usize, ArgName)>)>,
}

/// What a finding shows.
#[derive(Debug)]
pub struct Report {
    /// Where.
    pub at: Shown,
    /// What to call the primary place.
    pub label: Option<Template>,
    /// What to say; the rule's summary by default.
    pub message: Option<Template>,
    /// Other places and what to call them.
    pub labels: Vec<(Shown, Template)>,
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
    /// Where a repeated step waits; the step itself where it does not.
    PauseOf(usize),
    /// Where a delay is computed that governs no wait.
    GrowthOf(usize),
    /// What is repeated within a repeated step.
    InnerOf(usize),
    /// The call that runs the function of a repeated step again.
    AgainOf(usize),
    /// Where what a step is called on was made; the step where that is not known.
    MakingOf(usize),
    /// Where an argument of a step is given; the step where it is not.
    ArgumentOf(usize, ArgName),
    /// The call that made what a step hands over (`hands`); the step where that is elsewhere.
    HandedBy(usize),
    /// Where a function that is called leads to a step apart from an earlier one; the step where it is done here.
    PartingOf(usize),
    /// What leads to the steps.
    Lead,
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_is_what_the_types_say() {
        let description =
            "One document of a rule file: docs/writing-rules.md. A rule has a `match` or a `query`.";
        crate::data::hold_schema::<super::schema::RuleFile>("rules", "faultlint rule", description);
    }
}
